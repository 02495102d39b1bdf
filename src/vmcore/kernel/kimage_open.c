/* vmcore/kernel/kimage_open.c - symbols, types, members and processors of a dump, in this order.
 *
 * Each step does with what the one before found; what is missing is said once, with what
 * to give, and the walkers find out by members that are unknown.
 */
#include "vmcore/kernel/kheads.h"
#include "vmcore/state/tasks.h"

#include <stdlib.h>

#define CPUS_MAX 16384		/* CONFIG_NR_CPUS reaches 8192 */

struct struct_row {
	const char *const *types;
};

struct member_row {
	const char *const *paths;
	uint8_t of;
};

static const struct struct_row structs[IQ_S_MAX] = {
#define IQ_STRUCT(STRUCT, ...) \
	[IQ_S_##STRUCT] = { (const char *const[]){ __VA_ARGS__, NULL } },
#define IQ_MEMBER(STRUCT, MEMBER, ...)
#include "vmcore/types/members.def"
};

static const struct member_row members[IQ_M_MAX] = {
#define IQ_STRUCT(STRUCT, ...)
#define IQ_MEMBER(STRUCT, MEMBER, ...) [IQ_M_##STRUCT##_##MEMBER] = { \
	(const char *const[]){ __VA_ARGS__, NULL }, IQ_S_##STRUCT },
#include "vmcore/types/members.def"
};

/* --- members --- */

static bool find_member(const struct iq_types *t, const struct member_row *m,
			struct iq_member_at *ret)
{
	for (const char *const *type = structs[m->of].types; *type; type++)
		for (const char *const *path = m->paths; *path; path++)
			if (t->ops->member(t->impl, *type, *path, ret))
				return true;
	return false;
}

void iq_kimage_members(struct iq_kimage *k, const struct iq_types *t)
{
	for (size_t i = 0; i < IQ_M_MAX; i++)
		if (!k->member[i].known && !find_member(t, &members[i], &k->member[i]))
			k->member[i] = (struct iq_member_at){ 0 };
	for (size_t i = 0; i < IQ_S_MAX; i++)
		for (const char *const *type = structs[i].types;
		     *type && !k->struct_size[i]; type++)
			if (!t->ops->size(t->impl, *type, &k->struct_size[i]))
				k->struct_size[i] = 0;
}

/* --- processors --- */

/* After a panic the online mask holds only who panicked (facts on vmcores 4.1), so the
 * possible ones count.  A kernel for one processor has neither mask nor offsets. */
static int read_cpus(struct iq_kimage *k, struct iq_err *err)
{
	unsigned word = k->mem->long_bytes;
	uint64_t offsets = 0, mask = 0;
	int64_t n = 1;
	bool smp = iq_ki_symbol(k, "__per_cpu_offset", &offsets);

	if (smp && (!iq_ki_variable(k, "nr_cpu_ids", 4, false, &n) || n < 1))
		n = 1;
	k->n_cpus = n > CPUS_MAX ? CPUS_MAX : (uint32_t)n;
	k->percpu_offset = calloc(k->n_cpus, sizeof *k->percpu_offset);
	if (!k->percpu_offset)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	if (!smp)
		return 0;
	if (!iq_ki_symbol(k, "__cpu_possible_mask", &mask))
		iq_ki_symbol(k, "cpu_possible_bits", &mask);	/* before 4.6 */
	for (uint32_t i = 0; i < k->n_cpus; i++) {
		uint64_t bits = UINT64_MAX, at;
		if (mask &&
		    iq_mem_uint(k->mem, mask + i / (word * 8) * word, word, &bits))
			bits = UINT64_MAX;
		if (!(bits >> i % (word * 8) & 1) ||
		    iq_mem_uint(k->mem, offsets + (uint64_t)i * word, word, &at))
			at = UINT64_MAX;
		k->percpu_offset[i] = at;
	}
	return 0;
}

static int open_module_symbols(struct iq_kimage *k, struct iq_err *err)
{
	int r = iq_module_symbols_read(k, err);

	if (r < 0 && err->code != IQ_E_NOMEM)
		iq_vmcore_issue(k->v, "damage", "module-symbols", IQ_NULL,
				"%s", err->text);
	return r < 0 && err->code == IQ_E_NOMEM ? -1 : 0;
}

int iq_kimage_open(struct iq_kimage *k, struct iq_vmcore *v,
		   const struct iq_vmcore_sources *src, struct iq_err *err)
{
	k->v = v;
	k->mem = &v->memory;
	k->info = &v->vmcoreinfo;
	k->arch = v->arch;
	k->page_size = v->info.page_size > 0 ? (uint64_t)v->info.page_size : 4096;
	if (iq_kimage_symbols(k, src, err) || iq_kimage_types(k, src, err) ||
	    read_cpus(k, err) || iq_heads_find(k, err) || open_module_symbols(k, err)) {
		iq_kimage_close(k);
		return -1;
	}
	return 0;
}

void iq_kimage_close(struct iq_kimage *k)
{
	if (k->tasks)
		iq_tasks_free(k->tasks);
	free(k->tasks);
	iq_kimage_free_module_types(k);
	iq_types_free(k->types);
	iq_symbols_free(k->symbols);
	free(k->percpu_offset);
	iq_arena_fini(&k->arena);
	k->tasks = NULL;
	k->types = NULL;
	k->symbols = NULL;
	k->percpu_offset = NULL;
}
