/* vmcore/state/state_vmalloc.c - who holds vmalloc memory, by the function that asked for it.
 *
 * No counter of a report has these pages: what is missing there is looked for here.
 * mm/vmalloc.c: areas in use are on one list up to 6.8, then on one of several nodes;
 * each has a vm_struct with the pages and the caller, as /proc/vmallocinfo prints.  Only
 * areas with pages of their own count (VM_ALLOC): mappings of other memory, I/O and the
 * room of per-CPU chunks do not.  Rows of scope "vmalloc", named by function.
 */
#include "vmcore/kernel/kread.h"
#include "vmcore/state/state_mem.h"

#include <stdlib.h>

#define AREAS_MAX 100000
#define NODES_MAX 1024
#define CALLERS_MAX 512
#define ROWS_MAX 40
#define VM_ALLOC 2			/* include/linux/vmalloc.h, never changed */

struct caller {
	uint64_t function;		/* its start, or the address where it has no name */
	int64_t pages;
};

struct walk {
	struct iq_kimage *k;
	size_t areas;
	size_t n;
	bool too_many;
	struct caller caller[CALLERS_MAX];	/* hash, open addressing; 0: free */
};

static struct caller *find(struct walk *w, uint64_t function)
{
	uint64_t h = function * UINT64_C(0x9E3779B97F4A7C15) >> 32;

	for (size_t i = 0; i < CALLERS_MAX; i++) {
		struct caller *c = &w->caller[(h + i) % CALLERS_MAX];
		if (c->function == function)
			return c;
		if (c->function)
			continue;
		c->function = function;
		w->n++;
		return c;
	}
	return NULL;
}

static int add_area(void *arg, uint64_t area)
{
	struct walk *w = arg;
	struct iq_kimage *k = w->k;
	struct iq_symbol_at s;
	uint64_t vm, at;
	int64_t flags, pages, caller;

	w->areas++;
	if (!iq_kr_vm_area(k, area, &vm))
		return 0;		/* vm_map_ram(): pages of somebody else */
	flags = iq_ki_value(k, vm, IQ_M_VM_STRUCT_FLAGS);
	pages = iq_ki_value(k, vm, IQ_M_VM_STRUCT_NR_PAGES);
	if (flags == IQ_NULL || !(flags & VM_ALLOC) || pages <= 0 ||
	    pages > INT64_C(1) << 40)
		return 0;
	caller = iq_ki_value(k, vm, IQ_M_VM_STRUCT_CALLER);
	at = caller == IQ_NULL || !caller ? 1 : (uint64_t)caller;
	/* a return address: the call stands before it */
	if (at != 1 && k->symbols && iq_symbol_at(k->symbols, at - 1, &s))
		at = s.start;
	struct caller *c = find(w, at);
	if (!c)
		w->too_many = true;
	else if (__builtin_add_overflow(c->pages, pages, &c->pages))
		c->pages = INT64_MAX;
	return 0;
}

/* False: a list that breaks off. */
static bool walk_areas(struct walk *w)
{
	struct iq_kimage *k = w->k;
	const struct iq_member_at *busy = &k->member[IQ_M_VMAP_NODE_BUSY];
	uint64_t at, size = k->struct_size[IQ_S_VMAP_NODE];
	bool whole = true;
	int64_t n;

	if (!iq_ki_has(k, IQ_M_VMAP_AREA_LIST) || !iq_ki_has(k, IQ_M_VMAP_AREA_VM))
		return true;
	if (iq_ki_symbol(k, "vmap_area_list", &at))
		return iq_ki_list(k, at, k->member[IQ_M_VMAP_AREA_LIST].offset, AREAS_MAX,
				  add_area, w) == IQ_LIST_WHOLE;
	if (!busy->known || !size || !iq_kr_pointer_at(k, "vmap_nodes", &at) ||
	    !iq_ki_variable(k, "nr_vmap_nodes", 4, false, &n))
		return true;
	for (int64_t i = 0; i < n && i < NODES_MAX && w->areas < AREAS_MAX; i++)
		whole &= iq_ki_list(k, at + (uint64_t)i * size + busy->offset,
				    k->member[IQ_M_VMAP_AREA_LIST].offset,
				    AREAS_MAX - w->areas, add_area, w) == IQ_LIST_WHOLE;
	return whole;
}

static int by_pages(const void *a, const void *b)
{
	const struct caller *x = a, *y = b;
	return (y->pages > x->pages) - (y->pages < x->pages);
}

static struct iq_slice name_of(struct iq_kimage *k, uint64_t function)
{
	struct iq_symbol_at s;

	if (function == 1)
		return IQ_LIT("unknown");
	if (!k->symbols || !iq_symbol_at(k->symbols, function, &s))
		return iq_arena_printf(&k->arena, "0x%llx", (unsigned long long)function);
	if (!s.module.p)
		return s.name;
	return iq_arena_printf(&k->arena, "%.*s [%.*s]", IQ_FMT(s.name), IQ_FMT(s.module));
}

/* Functions of one name (static ones) are rows of their own: the plain sum is wrong for
 * neither of them. */
static int put_callers(struct walk *w, struct iq_err *err)
{
	struct iq_kimage *k = w->k;

	qsort(w->caller, CALLERS_MAX, sizeof *w->caller, by_pages);
	for (size_t i = 0; i < w->n && i < ROWS_MAX && w->caller[i].pages; i++)
		if (iq_kr_put(k, IQ_LIT("vmalloc"), name_of(k, w->caller[i].function),
			      iq_kr_bytes(k, w->caller[i].pages), "bytes", err))
			return -1;
	return 0;
}

int iq_state_vmalloc(struct iq_kimage *k, struct iq_err *err)
{
	struct walk *w = calloc(1, sizeof *w);
	int r;

	if (!w)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	w->k = k;
	if (!walk_areas(w) || w->too_many)
		iq_vmcore_issue(k->v, "note", "vmalloc-areas", IQ_NULL, "vmalloc areas were "
				"listed in part: %zu of them", w->areas);
	r = put_callers(w, err);
	free(w);
	return r;
}
