/* vmcore/state/state_cgroups.c - the tree of the memory controller, version 1 or 2.
 *
 * Walked by cgroup_subsys_state.children from root_mem_cgroup, so groups that were
 * removed and still hold memory are seen too; their paths end in " (deleted)", as
 * /proc/PID/cgroup says it.  What page_counters say is exact; the statistics are
 * those of the last flush, seconds old at most.
 *
 * Follows mm/memcontrol.c and mm/page_counter.c of 3.19 to 7.x.
 */
#include "vmcore/kernel/addrset.h"
#include "vmcore/kernel/cgpath.h"

#include <stdlib.h>

#define GROUPS_MAX 1000000
#define CHILDREN_MAX 1000000
#define DETAILED_MAX 256		/* groups whose statistics are stored one by one */
#define ITEMS_MAX 1024
#define CSS_ONLINE 2
#define NO_INDEX 0xff			/* in mem_cgroup_stats_index[] */

struct group {
	uint64_t css;
	uint32_t parent;		/* number; of the root its own */
	int64_t usage, effective;	/* pages; effective INT64_MAX: no limit */
};

/* Statistics that memory.stat shows, by its names. */
enum { ANON, FILE_PAGES, SHMEM, KERNEL, SWAP, STATS };
enum unit { PAGES, KB, BYTES };
static const struct {
	const char *name, *items[2];	/* enumerators; the first that is known */
	enum unit unit;
} stats[] = {
	[ANON] = { "anon", { "MEMCG_RSS", "NR_ANON_MAPPED" }, PAGES },	/* MEMCG_RSS: to 5.7 */
	[FILE_PAGES] = { "file", { "MEMCG_CACHE", "NR_FILE_PAGES" }, PAGES },
	[SHMEM] = { "shmem", { "NR_SHMEM" }, PAGES },
	[KERNEL] = { "kernel", { "MEMCG_KMEM" }, PAGES },		/* 5.18 */
	[SWAP] = { "swap", { "MEMCG_SWAP" }, PAGES },
	{ "kernel_stack", { "MEMCG_KERNEL_STACK_KB", "NR_KERNEL_STACK_KB" }, KB },
	{ "pagetables", { "NR_PAGETABLE" }, PAGES },
	{ "percpu", { "MEMCG_PERCPU_B" }, BYTES },
	{ "sock", { "MEMCG_SOCK" }, PAGES },
	{ "vmalloc", { "MEMCG_VMALLOC" }, PAGES },
	{ "slab_reclaimable", { "NR_SLAB_RECLAIMABLE_B" }, BYTES },
	{ "slab_unreclaimable", { "NR_SLAB_UNRECLAIMABLE_B" }, BYTES },
	{ "file_mapped", { "NR_FILE_MAPPED" }, PAGES },
	{ "file_dirty", { "NR_FILE_DIRTY" }, PAGES },
	{ "file_writeback", { "NR_WRITEBACK" }, PAGES },
	{ "inactive_anon", { "NR_INACTIVE_ANON" }, PAGES },
	{ "active_anon", { "NR_ACTIVE_ANON" }, PAGES },
	{ "inactive_file", { "NR_INACTIVE_FILE" }, PAGES },
	{ "active_file", { "NR_ACTIVE_FILE" }, PAGES },
	{ "unevictable", { "NR_UNEVICTABLE" }, PAGES },
};
#define N_STATS (sizeof stats / sizeof *stats)

struct events {
	struct { struct iq_slice name; int64_t index; } e[32];
	size_t n;
};

struct tree {
	struct iq_kimage *k;
	struct iq_addrset seen;
	struct group *g;		/* by number in seen */
	size_t cap;
	uint32_t parent;		/* whose children are being listed */
	bool no_memory, broken;
	int index[N_STATS];		/* into the array of statistics; -1: none */
	struct events events;
	uint64_t unlimited_pages;	/* PAGE_COUNTER_MAX */
	size_t unreadable;
	int64_t detail_from;		/* pages: groups that use less have no details */
};

/* --- the shape of this kernel's statistics --- */

static int item_index(struct iq_kimage *k, const char *name)
{
	uint64_t map, at;
	int64_t n;

	if (!name || !k->types->ops->enumerator(k->types->impl, NULL, name, &n) || n < 0 ||
	    n >= ITEMS_MAX)
		return -1;
	/* 6.10: only what is used has a place */
	if (iq_ki_symbol(k, "mem_cgroup_stats_index", &map)) {
		if (iq_mem_uint(k->mem, map + (uint64_t)n, 1, &at) != IQ_MEM_OK ||
		    at == NO_INDEX)
			return -1;
		return (int)at;
	}
	return (int)n;
}

static void take_event(void *arg, struct iq_slice name, int64_t value)
{
	struct events *e = arg;

	if (value < 0 || value >= 64 || e->n == sizeof e->e / sizeof *e->e ||
	    !iq_skip(&name, IQ_LIT("MEMCG_")) || iq_starts(name, IQ_LIT("NR_")))
		return;
	e->e[e->n].name = name;
	e->e[e->n++].index = value;
}

static void learn(struct tree *t)
{
	struct iq_kimage *k = t->k;

	for (size_t i = 0; i < N_STATS; i++) {
		t->index[i] = item_index(k, stats[i].items[0]);
		if (t->index[i] < 0)
			t->index[i] = item_index(k, stats[i].items[1]);
	}
	if (k->types->ops->each)
		k->types->ops->each(k->types->impl, "memcg_memory_event", take_event,
				    &t->events);
	t->unlimited_pages = (k->mem->long_bytes == 4 ? (uint64_t)INT32_MAX : INT64_MAX) /
			     k->page_size;
}

/* The array of longs of a group's statistics; false: not known where. */
static bool stats_at(struct iq_kimage *k, uint64_t memcg, uint64_t *at, uint64_t *n)
{
	const struct iq_member_at *m = &k->member[IQ_M_MEM_CGROUP_VMSTATS_STATE];
	unsigned lb = k->mem->long_bytes;

	if (m->known) {
		*at = memcg + m->offset;
	} else {
		m = &k->member[IQ_M_MEM_CGROUP_VMSTATS];
		if (!m->known)
			return false;
		*at = memcg + m->offset;
		if (m->size <= lb) {		/* a pointer */
			if (!iq_ki_pointer(k, memcg, IQ_M_MEM_CGROUP_VMSTATS, at))
				return false;
			m = &k->member[IQ_M_MEMCG_VMSTATS_STATE];
			if (!m->known)
				return false;
			*at += m->offset;
		}
	}
	*n = m->size / lb;
	return true;
}

static int64_t in_bytes(const struct iq_kimage *k, int64_t v, enum unit unit)
{
	int64_t by = unit == PAGES ? (int64_t)k->page_size : unit == KB ? 1024 : 1, n;

	if (v < 0)
		v = 0;			/* not yet flushed */
	return __builtin_mul_overflow(v, by, &n) ? IQ_NULL : n;
}

static void read_stats(struct tree *t, uint64_t memcg, int64_t *out)
{
	struct iq_kimage *k = t->k;
	unsigned lb = k->mem->long_bytes;
	uint64_t at, n, v;
	bool there = stats_at(k, memcg, &at, &n);

	for (size_t i = 0; i < N_STATS; i++) {
		out[i] = IQ_NULL;
		if (there && t->index[i] >= 0 && (uint64_t)t->index[i] < n &&
		    iq_mem_uint(k->mem, at + (uint64_t)t->index[i] * lb, lb, &v) == IQ_MEM_OK)
			out[i] = in_bytes(k, lb == 4 ? (int32_t)v : (int64_t)v,
					  stats[i].unit);
	}
}

/* --- the tree --- */

static uint64_t memcg_of(const struct iq_kimage *k, uint64_t css)
{
	return css - k->member[IQ_M_MEM_CGROUP_CSS].offset;
}

/* usage, max or failcnt of the page_counter COUNTER of a group; pages. */
static int64_t counter(struct iq_kimage *k, uint64_t memcg, enum iq_member_no counter_m,
		       enum iq_member_no m)
{
	return iq_ki_has(k, counter_m) ? iq_ki_value(k, iq_ki_at(k, memcg, counter_m), m)
				       : IQ_NULL;
}

static int take_group(void *arg, uint64_t css)
{
	struct tree *t = arg;
	struct iq_kimage *k = t->k;
	bool new;

	if (!iq_ki_plausible(k, css, 8)) {
		t->unreadable++;
		return 0;
	}
	size_t at = iq_addrset_add(&t->seen, css, &new);
	if (at == IQ_ADDRSET_NONE || !new)
		return at == IQ_ADDRSET_NONE;
	if (at >= t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 64;
		struct group *g = reallocarray(t->g, cap, sizeof *g);
		if (!g) {
			t->no_memory = true;
			return 1;
		}
		t->g = g;
		t->cap = cap;
	}
	uint64_t memcg = memcg_of(k, css);
	int64_t max = counter(k, memcg, IQ_M_MEM_CGROUP_MEMORY, IQ_M_PAGE_COUNTER_MAX);
	int64_t above = at ? t->g[t->parent].effective : INT64_MAX;
	t->g[at] = (struct group){
		.css = css, .parent = at ? t->parent : 0,
		.usage = counter(k, memcg, IQ_M_MEM_CGROUP_MEMORY, IQ_M_PAGE_COUNTER_USAGE),
		/* a limit that is not known may be lower: then this one is not either */
		.effective = max < 0 || above < 0 ? IQ_NULL :
			(uint64_t)max >= t->unlimited_pages || max > above ? above : max,
	};
	return 0;
}

static void collect(struct tree *t, uint64_t root_css)
{
	struct iq_kimage *k = t->k;

	take_group(t, root_css);
	for (size_t i = 0; i < t->seen.n && !t->no_memory; i++) {
		t->parent = (uint32_t)i;
		enum iq_list_end end = iq_ki_list(k, iq_ki_at(k, t->g[i].css,
							      IQ_M_CSS_CHILDREN),
						  k->member[IQ_M_CSS_SIBLING].offset,
						  CHILDREN_MAX, take_group, t);
		t->broken = t->broken || (end != IQ_LIST_WHOLE);
	}
}

static int by_usage(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x < y) - (x > y);
}

/* The usage from which on a group's statistics are stored. */
static bool choose_detail(struct tree *t)
{
	size_t n = t->seen.n;
	int64_t *usage;

	if (n <= DETAILED_MAX)
		return true;
	usage = malloc(n * sizeof *usage);
	if (!usage)
		return false;
	for (size_t i = 0; i < n; i++)
		usage[i] = t->g[i].usage;
	qsort(usage, n, sizeof *usage, by_usage);
	t->detail_from = usage[DETAILED_MAX - 1] > 0 ? usage[DETAILED_MAX - 1] : 1;
	free(usage);
	return true;
}

/* --- rows --- */

static int put_counter(struct iq_kimage *k, struct iq_slice scope, struct iq_slice name,
		       int64_t value, const char *unit, struct iq_err *err)
{
	struct iq_counter f;

	iq_fact_init(IQ_FACT_COUNTER, &f);
	f.snapshot_id = k->snapshot_id;
	f.scope = scope;
	f.name = name;
	f.value = value;
	f.unit = iq_slice_z(unit);
	return iq_sink_put(k->sink, IQ_FACT_COUNTER, &f, err);
}

/* memory.events: what never happened has no row. */
static int put_events(struct tree *t, uint64_t memcg, struct iq_slice scope,
		      struct iq_cgroup *f, struct iq_err *err)
{
	struct iq_kimage *k = t->k;
	const struct iq_member_at *m = &k->member[IQ_M_MEM_CGROUP_EVENTS];
	unsigned lb = k->mem->long_bytes;
	uint64_t v;

	for (size_t i = 0; m->known && i < t->events.n; i++) {
		uint64_t at = (uint64_t)t->events.e[i].index * lb;
		if (at + lb > m->size ||
		    iq_mem_uint(k->mem, memcg + m->offset + at, lb, &v) != IQ_MEM_OK)
			continue;
		if (iq_eq(t->events.e[i].name, IQ_LIT("OOM_KILL")))
			f->oom_kills = v > INT64_MAX ? IQ_NULL : (int64_t)v;
		if (!v || v > INT64_MAX)
			continue;
		char low[32];
		size_t n = t->events.e[i].name.n < sizeof low ? t->events.e[i].name.n
							      : sizeof low;
		for (size_t c = 0; c < n; c++) {
			char ch = t->events.e[i].name.p[c];
			low[c] = ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch;
		}
		if (put_counter(k, scope, iq_slice(low, n), (int64_t)v, "count", err))
			return -1;
	}
	return 0;
}

static int put_stats(struct tree *t, const struct group *g, struct iq_slice scope,
		     const int64_t *v, struct iq_err *err)
{
	if (g->usage < t->detail_from)
		return 0;
	for (size_t i = 0; i < N_STATS; i++)
		if (v[i] != IQ_NULL && v[i] != 0 &&
		    put_counter(t->k, scope, iq_slice_z(stats[i].name), v[i], "bytes", err))
			return -1;
	return 0;
}

static void fill_limit(struct tree *t, const struct group *g, uint64_t memcg,
		       struct iq_cgroup *f)
{
	struct iq_kimage *k = t->k;
	int64_t max = counter(k, memcg, IQ_M_MEM_CGROUP_MEMORY, IQ_M_PAGE_COUNTER_MAX);

	f->usage_bytes = g->usage == IQ_NULL ? IQ_NULL : in_bytes(k, g->usage, PAGES);
	f->failcnt = counter(k, memcg, IQ_M_MEM_CGROUP_MEMORY, IQ_M_PAGE_COUNTER_FAILCNT);
	if (max != IQ_NULL) {
		f->unlimited = max < 0 || (uint64_t)max >= t->unlimited_pages;
		if (!f->unlimited)
			f->limit_bytes = in_bytes(k, max, PAGES);
	}
	if (g->effective != IQ_NULL && g->effective != INT64_MAX)
		f->effective_limit_bytes = in_bytes(k, g->effective, PAGES);
}

static void fill_use(struct tree *t, uint64_t memcg, const int64_t *v, struct iq_cgroup *f)
{
	struct iq_kimage *k = t->k;
	int64_t kmem;

	f->anon_bytes = v[ANON];
	f->file_bytes = v[FILE_PAGES];
	f->shmem_bytes = v[SHMEM];
	f->kernel_bytes = v[KERNEL];
	f->swap_bytes = v[SWAP];
	if (f->version == 2 && iq_ki_has(k, IQ_M_MEM_CGROUP_SWAP)) {
		int64_t swap = counter(k, memcg, IQ_M_MEM_CGROUP_SWAP,
				       IQ_M_PAGE_COUNTER_USAGE);
		if (swap != IQ_NULL)
			f->swap_bytes = in_bytes(k, swap, PAGES);
	}
	/* before 5.18, and only version 1 counted there */
	kmem = counter(k, memcg, IQ_M_MEM_CGROUP_KMEM, IQ_M_PAGE_COUNTER_USAGE);
	if (f->version == 1 && f->kernel_bytes == IQ_NULL && kmem != IQ_NULL)
		f->kernel_bytes = in_bytes(k, kmem, PAGES);
}

/* Version 1 shows for the root, which is not charged itself, what the machine holds of
 * file pages and anonymous memory: mem_cgroup_usage(). */
static int64_t usage_of_root(struct iq_kimage *k)
{
	static const char *const items[] = { "NR_FILE_PAGES", "NR_ANON_MAPPED" };
	unsigned lb = k->mem->long_bytes;
	uint64_t at, v;
	int64_t n, pages = 0;

	if (!iq_ki_symbol(k, "vm_node_stat", &at))
		return IQ_NULL;
	for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
		if (!k->types->ops->enumerator(k->types->impl, NULL, items[i], &n) || n < 0 ||
		    n >= ITEMS_MAX ||
		    iq_mem_uint(k->mem, at + (uint64_t)n * lb, lb, &v) != IQ_MEM_OK ||
		    v > (uint64_t)INT64_MAX / 2 / k->page_size)
			return IQ_NULL;
		pages += (int64_t)v;
	}
	return in_bytes(k, pages, PAGES);
}

static int put_group(struct tree *t, const struct group *g, struct iq_err *err)
{
	struct iq_kimage *k = t->k;
	uint64_t memcg = memcg_of(k, g->css), cgroup;
	int64_t v[N_STATS], flags = iq_ki_value(k, g->css, IQ_M_CSS_FLAGS);
	bool gone = flags != IQ_NULL && !(flags & CSS_ONLINE);
	struct iq_cgroup f;

	if (g->usage == IQ_NULL || !iq_ki_pointer(k, g->css, IQ_M_CSS_CGROUP, &cgroup)) {
		t->unreadable++;
		return 0;
	}
	if (gone && !g->usage)
		return 0;
	iq_fact_init(IQ_FACT_CGROUP, &f);
	f.snapshot_id = k->snapshot_id;
	f.path = iq_cgpath(k, cgroup, &k->arena);
	if (!f.path.p) {
		t->unreadable++;
		return 0;
	}
	if (gone)
		f.path = iq_arena_printf(&k->arena, "%.*s (deleted)", IQ_FMT(f.path));
	f.version = iq_cgroup_is_v2(k, cgroup) ? 2 : 1;
	fill_limit(t, g, memcg, &f);
	if (g == t->g && f.version == 1) {
		int64_t root = usage_of_root(k);
		f.usage_bytes = root != IQ_NULL ? root : f.usage_bytes;
	}
	read_stats(t, memcg, v);
	fill_use(t, memcg, v, &f);
	f.oom_group = iq_ki_value(k, memcg, IQ_M_MEM_CGROUP_OOM_GROUP);
	struct iq_slice scope = iq_arena_printf(&k->arena, "cgroup %.*s", IQ_FMT(f.path));
	if (!f.path.p || !scope.p)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	if (put_events(t, memcg, scope, &f, err) || put_stats(t, g, scope, v, err))
		return -1;
	return iq_sink_put(k->sink, IQ_FACT_CGROUP, &f, err);
}

static int put_all(struct tree *t, struct iq_err *err)
{
	for (size_t i = 0; i < t->seen.n; i++) {
		if (put_group(t, &t->g[i], err))
			return -1;
		iq_arena_reset(&t->k->arena);
	}
	if (t->broken || t->unreadable)
		iq_ki_missing(t->k, "cgroups-missing", "memory cgroups are missing: %zu not "
			      "readable%s; %zu found", t->unreadable,
			      t->broken ? ", a list of children is broken" : "", t->seen.n);
	return 0;
}

/* From root_mem_cgroup, or where that has no name, from the first task's place, which is
 * the root of every hierarchy.  False: the controller is not built in, or off. */
static bool root_css(struct iq_kimage *k, uint64_t *ret)
{
	int id = iq_cgroup_memory_id(k);
	uint64_t init, set;
	int64_t v;

	if (iq_ki_variable(k, "root_mem_cgroup", 0, false, &v)) {
		*ret = iq_ki_at(k, (uint64_t)v, IQ_M_MEM_CGROUP_CSS);
		return v != 0;
	}
	if (id < 0 || !iq_ki_symbol(k, "init_task", &init) ||
	    !iq_ki_pointer(k, init, IQ_M_TASK_CGROUPS, &set) ||
	    !iq_ki_element(k, set, IQ_M_CSS_SET_SUBSYS, (size_t)id, &v) || !v)
		return false;
	*ret = (uint64_t)v;
	return true;
}

int iq_state_cgroups(struct iq_kimage *k, struct iq_err *err)
{
	struct tree t = { .k = k };
	uint64_t root;

	if (!k->types)
		return 0;		/* said already */
	if (!root_css(k, &root))
		return 0;
	if (!iq_ki_has(k, IQ_M_MEM_CGROUP_MEMORY) || !iq_ki_has(k, IQ_M_CSS_CHILDREN) ||
	    !iq_ki_has(k, IQ_M_PAGE_COUNTER_USAGE)) {
		/* before 3.19, or types of VMCOREINFO alone: no fault of the dump */
		k->missing = true;
		iq_vmcore_issue(k->v, "note", "cgroups-unknown", IQ_NULL, "no cgroups: where "
				"the members of mem_cgroup are is not known, or they are of "
				"a kernel before 3.19");
		return 0;
	}
	iq_addrset_init(&t.seen, GROUPS_MAX);
	learn(&t);
	collect(&t, root);
	int rc = t.no_memory || !choose_detail(&t)
		? iq_err_set(err, IQ_E_NOMEM, "out of memory") : put_all(&t, err);
	iq_addrset_fini(&t.seen);
	free(t.g);
	return rc;
}
