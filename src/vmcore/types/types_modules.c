/* vmcore/types/types_modules.c - the types of modules, out of the dump.
 *
 * Each loaded module with BTF hangs on the list btf_modules (5.11 on) with a struct btf
 * of its own, whose data is split off from the kernel's: ids and names go on where those
 * end.  (struct module has no pointer to it any more.)  The list is walked when the first
 * module is asked for, and a module's data is read when it is.  Follows kernel/bpf/btf.c.
 */
#include "vmcore/kernel/kimage.h"

#include <stdlib.h>

#include "vmcore/types/btf_check.h"
#include "vmcore/types/types_btf.h"

#define MODULES_MAX 4096

struct iq_module_types {
	struct iq_module_types *next;
	char name[64];
	uint64_t btf;			/* struct btf in the dump */
	struct iq_types *types;
	bool tried;
};

struct walk {
	struct iq_kimage *k;
};

static int add(void *arg, uint64_t element)
{
	struct walk *w = arg;
	struct iq_kimage *k = w->k;
	uint64_t module, btf;

	if (!iq_ki_pointer(k, element, IQ_M_BTF_MODULE_MODULE, &module) ||
	    !iq_ki_pointer(k, element, IQ_M_BTF_MODULE_BTF, &btf))
		return 0;
	struct iq_slice name = iq_ki_chars(k, module, IQ_M_MODULE_NAME);
	struct iq_module_types *m =
		name.n && name.n < sizeof m->name ? calloc(1, sizeof *m) : NULL;
	if (!m)
		return 0;
	memcpy(m->name, name.p, name.n);
	m->btf = btf;
	m->next = k->module_types;
	k->module_types = m;
	return 0;
}

static void read_list(struct iq_kimage *k)
{
	struct walk w = { k };
	uint64_t head;

	k->module_types_known = true;
	if (iq_ki_symbol(k, "btf_modules", &head) && iq_ki_has(k, IQ_M_BTF_MODULE_LIST))
		iq_ki_list(k, head, k->member[IQ_M_BTF_MODULE_LIST].offset, MODULES_MAX,
			   add, &w);
}

/* Its ids and names begin where the kernel's end, or it is split off from others. */
static bool fits(struct iq_kimage *k, uint64_t btf)
{
	uint32_t types, names;
	int64_t id, at;

	return iq_types_btf_ends(k->types, &types, &names) &&
	       iq_ki_get(k, btf, IQ_M_BTF_START_ID, &id) && id == types &&
	       iq_ki_get(k, btf, IQ_M_BTF_START_STR_OFF, &at) && at == names;
}

static void read_types(struct iq_kimage *k, struct iq_module_types *m)
{
	uint64_t data;
	int64_t n;

	m->tried = true;
	if (!k->types || !fits(k, m->btf) ||
	    !iq_ki_pointer(k, m->btf, IQ_M_BTF_DATA, &data) ||
	    !iq_ki_get(k, m->btf, IQ_M_BTF_DATA_SIZE, &n) || n < IQ_BTF_HEADER_BYTES ||
	    (uint64_t)n > IQ_BTF_MAX_BYTES)
		return;
	void *p = malloc((size_t)n);
	if (p && iq_ki_read(k, IQ_S_BTF, data, p, (size_t)n))
		iq_types_btf_new(p, (size_t)n, k->mem->long_bytes, k->types, &m->types,
				 NULL);
	free(p);
}

const struct iq_types *iq_ki_module_types(struct iq_kimage *k, const char *name)
{
	if (!k->module_types_known)
		read_list(k);
	for (struct iq_module_types *m = k->module_types; m; m = m->next) {
		if (strcmp(m->name, name) != 0)
			continue;
		if (!m->tried)
			read_types(k, m);
		return m->types;
	}
	return NULL;
}

void iq_kimage_free_module_types(struct iq_kimage *k)
{
	while (k->module_types) {
		struct iq_module_types *m = k->module_types;
		k->module_types = m->next;
		iq_types_free(m->types);
		free(m);
	}
}
