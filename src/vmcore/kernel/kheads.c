/* vmcore/kernel/kheads.c - variables of the kernel where no symbol names them.
 *
 * A kernel without CONFIG_KALLSYMS_ALL names functions only, and what it exports
 * (ksymtab.c).  The heads of the lists of slab caches, super blocks and modules are not
 * exported, but a member of each list can be reached: a cache by kmalloc_caches[], the
 * super block of block devices by blockdev_superblock, a module by its own memory among
 * the vmalloc areas.  A list is a ring; what lies in it among the kernel's own data is
 * the head.  Nodes are what their kswapd was started with.  Where per-CPU variables lie
 * among each other is in the type data; one that is known tells of all.  What is found
 * becomes a symbol like any other.
 */
#include "vmcore/kernel/kheads.h"
#include "vmcore/kernel/kread.h"

#define RING_MAX 20000
#define DATA_BYTES (UINT64_C(16) << 20)	/* .data and .bss around init_uts_ns */
#define AREAS_MAX 20000
#define AREA_BYTES_MAX (UINT64_C(64) << 20)
#define PROBES_MAX 2000000		/* 128 MB of modules */
#define MODULE_ALIGN 64			/* ____cacheline_aligned */

static bool in_data(const struct iq_kimage *k, uint64_t va)
{
	uint64_t at;

	return iq_ki_symbol(k, "init_uts_ns", &at) && va - at + DATA_BYTES < 2 * DATA_BYTES;
}

static bool next_in_ring(struct iq_kimage *k, uint64_t link, uint64_t *ret)
{
	return iq_mem_uint(k->mem, link, k->mem->long_bytes, ret) == IQ_MEM_OK &&
	       iq_ki_plausible(k, *ret, k->mem->long_bytes);
}

/* From a list_head inside a member. */
static bool find_head(struct iq_kimage *k, uint64_t link, uint64_t *ret)
{
	uint64_t at = link;

	for (size_t i = 0; i < RING_MAX && next_in_ring(k, at, &at) && at != link; i++) {
		if (!in_data(k, at))
			continue;
		*ret = at;
		return true;
	}
	return false;
}

static bool slab_caches(struct iq_kimage *k, uint64_t *ret)
{
	uint64_t table, cache;

	if (!iq_ki_has(k, IQ_M_CACHE_LIST) || !iq_ki_symbol(k, "kmalloc_caches", &table))
		return false;
	/* the first ones of a row may be unused: sizes begin at 8 bytes or more */
	for (unsigned i = 0; i < 14; i++) {
		uint64_t at = table + i * k->mem->long_bytes;
		if (iq_mem_uint(k->mem, at, k->mem->long_bytes, &cache) == IQ_MEM_OK &&
		    iq_ki_plausible(k, cache, 8))
			return find_head(k, iq_ki_at(k, cache, IQ_M_CACHE_LIST), ret);
	}
	return false;
}

static bool super_blocks(struct iq_kimage *k, uint64_t *ret)
{
	uint64_t sb;

	return iq_ki_has(k, IQ_M_SUPER_LIST) &&
	       iq_kr_pointer_at(k, "blockdev_superblock", &sb) &&
	       find_head(k, iq_ki_at(k, sb, IQ_M_SUPER_LIST), ret);
}

/* --- modules --- */

static bool is_module(struct iq_kimage *k, uint64_t at)
{
	uint64_t link = iq_ki_at(k, at, IQ_M_MODULE_LIST), next, back;
	int64_t state;

	if (!next_in_ring(k, link, &next) || next == link ||
	    !next_in_ring(k, next + k->mem->long_bytes, &back) || back != link ||
	    !iq_ki_get(k, at, IQ_M_MODULE_STATE, &state) || state < 0 || state > 3)
		return false;
	struct iq_slice name = iq_ki_chars(k, at, IQ_M_MODULE_NAME);
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] > '~')
			return false;
	return name.n > 0;
}

struct search {
	struct iq_kimage *k;
	uint64_t found;			/* a struct module; 0: none yet */
	size_t probes_left;
};

/* What loads modules asks for their memory by one of these names. */
static bool is_loader(struct iq_kimage *k, uint64_t caller)
{
	static const char *const names[] = {
		"load_module", "move_module", "module_alloc", "layout_and_allocate",
		"module_memory_alloc", "execmem_alloc", "execmem_alloc_rw", "execmem_vmalloc",
	};
	struct iq_symbol_at s;

	if (!k->symbols || !iq_symbol_at(k->symbols, caller - 1, &s))
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (iq_starts(s.name, iq_slice_z(names[i])))
			return true;
	return false;
}

static int look_into(void *arg, uint64_t area)
{
	struct search *w = arg;
	struct iq_kimage *k = w->k;
	uint64_t vm, start, end;
	int64_t caller;

	if (!iq_kr_vm_area(k, area, &vm) ||
	    !iq_ki_get(k, vm, IQ_M_VM_STRUCT_CALLER, &caller) ||
	    !is_loader(k, (uint64_t)caller) ||
	    !iq_ki_pointer(k, area, IQ_M_VMAP_AREA_START, &start) ||
	    !iq_ki_pointer(k, area, IQ_M_VMAP_AREA_END, &end) || end < start ||
	    end - start > AREA_BYTES_MAX)
		return 0;
	for (uint64_t at = start; at < end && !w->found && w->probes_left;
	     at += MODULE_ALIGN) {
		uint64_t next;
		w->probes_left--;
		/* where a page is not there, on to the next */
		if (!next_in_ring(k, iq_ki_at(k, at, IQ_M_MODULE_LIST), &next))
			continue;
		if (is_module(k, at))
			w->found = at;
		iq_arena_reset(&k->arena);
	}
	return w->found != 0;
}

static bool modules(struct iq_kimage *k, uint64_t *ret)
{
	struct search w = { .k = k, .probes_left = PROBES_MAX };
	uint64_t areas;

	if (!iq_ki_has(k, IQ_M_MODULE_LIST) || !iq_ki_has(k, IQ_M_MODULE_NAME) ||
	    !iq_ki_has(k, IQ_M_VMAP_AREA_LIST) || !iq_ki_has(k, IQ_M_VM_STRUCT_CALLER) ||
	    !iq_ki_symbol(k, "vmap_area_list", &areas))
		return false;
	iq_ki_list(k, areas, k->member[IQ_M_VMAP_AREA_LIST].offset, AREAS_MAX, look_into, &w);
	return w.found && find_head(k, iq_ki_at(k, w.found, IQ_M_MODULE_LIST), ret);
}

/* --- nodes --- */

struct swappers {
	struct iq_kimage *k;
	uint64_t pgdat;			/* of node 0 */
};

/* kswapd(void *p) { pg_data_t *pgdat = p; ... }: the node points back to its thread. */
static int look_at_task(void *arg, uint64_t task)
{
	struct swappers *w = arg;
	struct iq_kimage *k = w->k;
	uint64_t kthread, pgdat, back;

	if (!iq_eq(iq_ki_chars(k, task, IQ_M_TASK_COMM), IQ_LIT("kswapd0")) ||
	    !iq_ki_pointer(k, task, IQ_M_TASK_WORKER_PRIVATE, &kthread) ||
	    !iq_ki_pointer(k, kthread, IQ_M_KTHREAD_DATA, &pgdat) ||
	    !iq_ki_pointer(k, pgdat, IQ_M_NODE_KSWAPD, &back) || back != task) {
		iq_arena_reset(&k->arena);
		return 0;
	}
	w->pgdat = pgdat;
	return 1;
}

/* The table of nodes: a word in the kernel's data that points to node 0.  Others may do
 * so as well; with more than one node the words behind it must be nodes too. */
static bool node_data(struct iq_kimage *k, uint64_t *ret)
{
	struct swappers w = { .k = k };
	unsigned step = k->mem->long_bytes;
	uint64_t task, at, v;
	unsigned char b[4096];
	int64_t n = 1;

	if (iq_ki_symbol(k, "contig_page_data", &at) || !iq_ki_has(k, IQ_M_TASK_TASKS) ||
	    !iq_ki_has(k, IQ_M_NODE_NODE_ID) || !iq_ki_symbol(k, "init_task", &task) ||
	    !iq_ki_symbol(k, "init_uts_ns", &at))
		return false;
	iq_ki_list(k, iq_ki_at(k, task, IQ_M_TASK_TASKS), k->member[IQ_M_TASK_TASKS].offset,
		   RING_MAX, look_at_task, &w);
	iq_ki_variable(k, "nr_node_ids", 4, false, &n);
	at = (at - DATA_BYTES) & ~(uint64_t)(sizeof b - 1);
	for (uint64_t end = at + 2 * DATA_BYTES; w.pgdat && at < end; at += sizeof b) {
		if (iq_mem_read(k->mem, at, b, sizeof b) != IQ_MEM_OK)
			continue;
		for (size_t o = 0; o < sizeof b; o += step) {
			*ret = at + o;
			if (iq_mem_int(k->mem, b + o, step) != w.pgdat)
				continue;
			if (n < 2 || (iq_mem_uint(k->mem, *ret + step, step, &v) == IQ_MEM_OK &&
				      iq_ki_plausible(k, v, 8) &&
				      iq_ki_value(k, v, IQ_M_NODE_NODE_ID) == 1))
				return true;
		}
	}
	return false;
}

/* --- per-CPU variables --- */

struct percpu {
	struct iq_kimage *k;
	uint64_t start;			/* as most of the known ones have it */
	size_t votes, others;
	bool failed, adding;
	size_t added;
};

static void take_percpu(void *arg, struct iq_slice name, int64_t offset)
{
	struct percpu *p = arg;
	char z[64];
	uint64_t va;

	if (name.n >= sizeof z)
		return;
	memcpy(z, name.p, name.n);
	z[name.n] = 0;
	bool known = iq_ki_symbol(p->k, z, &va);
	if (p->adding) {
		if (known || p->failed)
			return;
		p->failed = iq_symbols_add(p->k->symbols, name, IQ_SLICE_NULL,
					   p->start + (uint64_t)offset, 'D') != 0;
		p->added++;
	} else if (known && (p->votes == 0 || p->start == va - (uint64_t)offset)) {
		p->start = va - (uint64_t)offset;
		p->votes++;
	} else if (known) {
		p->others++;
	}
}

static int percpu_variables(struct iq_kimage *k, bool *added, struct iq_err *err)
{
	struct percpu p = { .k = k };
	uint64_t va;

	if (!k->types->ops->each_percpu || iq_ki_symbol(k, "vm_event_states", &va) ||
	    !k->types->ops->each_percpu(k->types->impl, take_percpu, &p) || p.votes < 2 ||
	    p.votes < 4 * p.others)
		return 0;
	p.adding = true;
	k->types->ops->each_percpu(k->types->impl, take_percpu, &p);
	*added = *added || p.added;
	return p.failed ? iq_err_set(err, IQ_E_NOMEM, "out of memory") : 0;
}

int iq_heads_find(struct iq_kimage *k, struct iq_err *err)
{
	static const struct {
		const char *name;
		bool (*find)(struct iq_kimage *k, uint64_t *ret);
	} heads[] = {
		{ "slab_caches", slab_caches }, { "super_blocks", super_blocks },
		{ "modules", modules }, { "node_data", node_data },
	};
	uint64_t va, lost[IQ_S_MAX][IQ_MEM_FAILED + 1];
	bool added = false;

	if (!k->symbols || !k->types)
		return 0;
	memcpy(lost, k->lost, sizeof lost);
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		if (iq_ki_symbol(k, heads[i].name, &va) || !heads[i].find(k, &va))
			continue;
		if (iq_symbols_add(k->symbols, iq_slice_z(heads[i].name), IQ_SLICE_NULL, va,
				   'D'))
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
		added = true;
	}
	/* what a search tries in vain is not lost */
	memcpy(k->lost, lost, sizeof lost);
	iq_arena_reset(&k->arena);
	if (percpu_variables(k, &added, err))
		return -1;
	return added ? iq_symbols_sort(k->symbols, err) : 0;
}
