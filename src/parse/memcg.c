/* parse/memcg.c - see memcg.h. */
#include "parse/memcg.h"

#include "parse/cgname.h"

bool iq_memcg_task_in(struct iq_slice text, struct iq_slice *ret_task,
		      struct iq_slice *ret_limited)
{
	struct iq_slice s = iq_trim(text);
	struct iq_slice mid = IQ_LIT(" killed as a result of limit of");
	/* "Task in " may be clipped off, if a path is left. */
	if (!iq_skip(&s, IQ_LIT("Task in ")) && (!s.n || *s.p != '/'))
		return false;
	ptrdiff_t at = iq_find(s, mid);
	if (at < 0)
		return false;
	struct iq_slice limited = iq_trim(iq_from(s, (size_t)at + mid.n));
	*ret_task = iq_trim(iq_head(s, (size_t)at));
	*ret_limited = limited.n ? limited : IQ_SLICE_NULL;
	return true;
}

bool iq_memcg_limit_reached(struct iq_slice text, struct iq_slice *ret_limited)
{
	struct iq_slice s = iq_trim(text);
	if (!iq_skip(&s, IQ_LIT("Memory limit reached of cgroup")))
		return false;
	s = iq_ltrim(s);
	*ret_limited = s.n ? s : IQ_SLICE_NULL;
	return true;
}

/* Digits behind NAME; IQ_NULL if masked or not there. */
static int64_t figure(struct iq_slice s, struct iq_slice name)
{
	int64_t v;
	ptrdiff_t at = iq_find(s, name);
	if (at < 0)
		return IQ_NULL;
	s = iq_ltrim(iq_from(s, (size_t)at + name.n));
	uint64_t u;
	if (!iq_take_u64(&s, &u) || (s.n && *s.p == '*'))
		return IQ_NULL;
	v = u > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)u;
	return v;
}

static int64_t kb_to_bytes(int64_t kb)
{
	int64_t bytes;
	if (kb == IQ_NULL || __builtin_mul_overflow(kb, 1024, &bytes))
		return IQ_NULL;
	return bytes;
}

bool iq_memcg_usage(struct iq_slice text, struct iq_memcg_usage *ret)
{
	static const struct { const char *lead; enum iq_memcg_res res; } rows[] = {
		{ "memory: usage", IQ_MEMCG_MEMORY },
		{ "memory+swap: usage", IQ_MEMCG_MEMSW },	/* v1; until 4.19 on v2 too */
		{ "kmem: usage", IQ_MEMCG_KMEM },		/* 3.10, v1 */
		{ "swap: usage", IQ_MEMCG_SWAP },		/* 5.3, el8: v2 */
	};
	struct iq_slice s = iq_trim(text);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct iq_slice lead = iq_slice_z(rows[i].lead);
		if (!iq_starts(s, lead))
			continue;
		int64_t limit = figure(s, IQ_LIT("limit "));
		ret->res = rows[i].res;
		ret->usage_bytes = kb_to_bytes(figure(s, IQ_LIT("usage ")));
		ret->failcnt = figure(s, IQ_LIT("failcnt "));
		ret->unlimited = limit != IQ_NULL && limit >= IQ_MEMCG_UNLIMITED_KB;
		ret->limit_bytes = ret->unlimited ? IQ_NULL : kb_to_bytes(limit);
		return true;
	}
	return false;
}

void iq_memcg_init(struct iq_memcg *m, struct iq_arena *mem)
{
	memset(m, 0, sizeof *m);
	m->mem = mem;
	m->end = &m->groups;
}

static struct iq_memcg_group *add_group(struct iq_memcg *m, struct iq_slice path, bool block)
{
	if (m->n_groups >= IQ_MEMCG_GROUPS_MAX)
		return NULL;
	struct iq_memcg_group *g = iq_arena_alloc(m->mem, sizeof *g);
	if (!g) {
		m->failed = true;
		return NULL;
	}
	g->path = path.n ? iq_arena_copy(m->mem, path) : IQ_SLICE_NULL;
	g->end = &g->counters;
	g->block = block;
	*m->end = g;
	m->end = &g->next;
	m->n_groups++;
	return g;
}

static void add_counter(struct iq_memcg *m, struct iq_memcg_group *g, struct iq_slice name,
			int64_t value, bool count)
{
	if (m->n_counters >= IQ_MEMCG_COUNTERS_MAX)
		return;
	struct iq_memcg_counter *c = iq_arena_alloc(m->mem, sizeof *c);
	if (!c) {
		m->failed = true;
		return;
	}
	c->name = iq_arena_copy(m->mem, name);
	c->value = value;
	c->count = count;
	*g->end = c;
	g->end = &c->next;
	m->n_counters++;
}

/* cache:0KB rss:980KB ... */
static void one_line(struct iq_memcg *m, struct iq_memcg_group *g, struct iq_slice s)
{
	for (;;) {
		struct iq_slice w = iq_word(&s);
		int64_t v;
		if (!w.n)
			return;
		struct iq_slice name = iq_cut(&w, ':');
		if (!name.n || !iq_take_i64(&w, &v))
			continue;
		bool kb = iq_starts(w, IQ_LIT("KB")) || iq_starts(w, IQ_LIT("kB"));
		if (kb && (v = kb_to_bytes(v)) != IQ_NULL)
			add_counter(m, g, name, v, false);
		else if (!w.n && s.n)			/* a count; at the line's end a cut number */
			add_counter(m, g, name, v, true);
	}
}

bool iq_memcg_stats(struct iq_memcg *m, struct iq_slice text)
{
	struct iq_slice s = iq_trim(text);
	if (!iq_skip(&s, IQ_LIT("Memory cgroup stats")))
		return false;
	m->open = NULL;
	if (!iq_skip(&s, IQ_LIT(" for ")) && !iq_starts(s, IQ_LIT(":")))
		return false;
	if (iq_ends(s, IQ_LIT(":"))) {			/* the path itself may hold ':' */
		m->open = add_group(m, iq_head(s, s.n - 1), true);
		return true;
	}
	ptrdiff_t at = iq_find(s, IQ_LIT(": "));
	if (at < 0)
		return true;
	struct iq_memcg_group *g = add_group(m, iq_head(s, (size_t)at), false);
	if (g)
		one_line(m, g, iq_from(s, (size_t)at + 2));
	return true;
}

/* Names of memory.stat that count events; the others are bytes. */
static bool is_count(struct iq_slice name)
{
	static const char *const leads[] = {
		"pg", "workingset_", "thp_", "numa_", "zswpin", "zswpout", "zswpwb", "swpin",
		"swpout", "oom", "hugetlb_",
	};
	iq_skip(&name, IQ_LIT("total_"));
	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
		if (iq_starts(name, iq_slice_z(leads[i])))
			return true;
	return false;
}

bool iq_memcg_block_line(struct iq_memcg *m, struct iq_slice text)
{
	struct iq_slice s = iq_trim(text);
	struct iq_slice name = iq_word(&s);
	int64_t v;
	if (!m->open || !name.n || name.p[0] < 'a' || name.p[0] > 'z')
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!((name.p[i] >= 'a' && name.p[i] <= 'z') || name.p[i] == '_' ||
		      name.p[i] == '-' || (name.p[i] >= '0' && name.p[i] <= '9')))
			return false;
	if (!iq_to_i64(s, &v))
		return false;
	add_counter(m, m->open, name, v, is_count(name));
	return true;
}

bool iq_memcg_tells(struct iq_slice name)
{
	static const char *const names[] = {
		"anon", "file", "kernel", "shmem", "slab", "slab_unreclaimable", "pagetables",
		"kernel_stack", "percpu", "sock", "vmalloc", "unevictable", "file_dirty",
		"file_writeback", "rss", "cache", "total_rss", "total_cache", "total_shmem",
		"inactive_file", "active_file", "zswap", "swapcached",
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (iq_eq(name, iq_slice_z(names[i])))
			return true;
	return false;
}

/* Columns by name.  The later row wins: total_* are the sums over the children that
 * v1 of 6.5+ prints beside the cgroup's own numbers. */
static void columns(const struct iq_memcg_group *g, struct iq_cgroup *c)
{
	static const struct { const char *name; size_t at; } rows[] = {
		{ "rss", offsetof(struct iq_cgroup, anon_bytes) },
		{ "anon", offsetof(struct iq_cgroup, anon_bytes) },
		{ "total_rss", offsetof(struct iq_cgroup, anon_bytes) },
		{ "cache", offsetof(struct iq_cgroup, file_bytes) },	/* with shmem, as v2's file */
		{ "file", offsetof(struct iq_cgroup, file_bytes) },
		{ "total_cache", offsetof(struct iq_cgroup, file_bytes) },
		{ "shmem", offsetof(struct iq_cgroup, shmem_bytes) },
		{ "total_shmem", offsetof(struct iq_cgroup, shmem_bytes) },
		{ "kernel", offsetof(struct iq_cgroup, kernel_bytes) },	/* 6.1 */
		{ "swap", offsetof(struct iq_cgroup, swap_bytes) },
		{ "total_swap", offsetof(struct iq_cgroup, swap_bytes) },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (const struct iq_memcg_counter *k = g->counters; k; k = k->next)
			if (iq_eq(k->name, iq_slice_z(rows[i].name)))
				*(int64_t *)(void *)((char *)c + rows[i].at) = k->value;
}

/* Until 4.19 the names of v1 are printed on v2 too, with 0 in them. */
static int64_t version_of(const struct iq_memcg_limited *l, bool block)
{
	const struct iq_memcg_usage *sw = &l->usage[IQ_MEMCG_MEMSW], *km = &l->usage[IQ_MEMCG_KMEM];
	if (l->seen[IQ_MEMCG_SWAP])
		return 2;
	if ((l->seen[IQ_MEMCG_MEMSW] && (block || sw->usage_bytes > 0)) ||
	    (l->seen[IQ_MEMCG_KMEM] && km->usage_bytes > 0))
		return 1;
	return IQ_NULL;
}

static void limits(const struct iq_memcg_limited *l, struct iq_cgroup *c)
{
	const struct iq_memcg_usage *mem = &l->usage[IQ_MEMCG_MEMORY];
	if (l->seen[IQ_MEMCG_MEMORY]) {
		c->usage_bytes = mem->usage_bytes;
		c->limit_bytes = mem->limit_bytes;
		c->failcnt = mem->failcnt;
		if (mem->unlimited || mem->limit_bytes != IQ_NULL)
			c->unlimited = mem->unlimited;
	}
	if (l->seen[IQ_MEMCG_SWAP])
		c->swap_bytes = l->usage[IQ_MEMCG_SWAP].usage_bytes;
	if (l->seen[IQ_MEMCG_KMEM] && c->kernel_bytes == IQ_NULL)
		c->kernel_bytes = l->usage[IQ_MEMCG_KMEM].usage_bytes;
}

static int put_cgroup(struct iq_cgroup *c, struct iq_slice path, struct iq_sink *sink,
		      struct iq_err *err)
{
	struct iq_cgname n;
	iq_cgname_parse(path, &n);
	c->path = path;
	c->unit = n.unit;
	c->container = n.container;
	c->pod = n.pod;
	return iq_sink_put(sink, IQ_FACT_CGROUP, c, err);
}

static int put_counters(const struct iq_memcg *m, const struct iq_memcg_group *g,
			struct iq_slice path, struct iq_sink *sink, int64_t snapshot_id,
			struct iq_err *err)
{
	struct iq_slice scope = iq_arena_printf(m->mem, "cgroup %.*s", IQ_FMT(path));
	struct iq_counter k;
	for (const struct iq_memcg_counter *c = g->counters; c; c = c->next) {
		iq_fact_init(IQ_FACT_COUNTER, &k);
		k.snapshot_id = snapshot_id;
		k.scope = scope;
		k.name = c->name;
		k.value = c->value;
		k.unit = c->count ? IQ_LIT("count") : IQ_LIT("bytes");
		if (iq_sink_put(sink, IQ_FACT_COUNTER, &k, err))
			return -1;
	}
	return 0;
}

int iq_memcg_put(const struct iq_memcg *m, const struct iq_memcg_limited *limited,
		 struct iq_sink *sink, int64_t snapshot_id, struct iq_err *err)
{
	bool done = false;
	struct iq_cgroup c;
	if (m->failed)
		return iq_err_set(err, IQ_E_NOMEM, "cgroup statistics: out of memory");
	for (const struct iq_memcg_group *g = m->groups; g; g = g->next) {
		struct iq_slice path = g->path.p ? g->path : limited->path;
		bool mine = limited->path.p && iq_eq(path, limited->path);
		if (!path.p)
			continue;
		iq_fact_init(IQ_FACT_CGROUP, &c);
		c.snapshot_id = snapshot_id;
		columns(g, &c);
		c.version = version_of(limited, g->block);
		if (mine)
			limits(limited, &c);
		done |= mine;
		if (put_cgroup(&c, path, sink, err) ||
		    put_counters(m, g, path, sink, snapshot_id, err))
			return -1;
	}
	if (done || !limited->path.p || !limited->seen[IQ_MEMCG_MEMORY])
		return 0;
	iq_fact_init(IQ_FACT_CGROUP, &c);
	c.snapshot_id = snapshot_id;
	c.version = version_of(limited, false);
	limits(limited, &c);
	return put_cgroup(&c, limited->path, sink, err);
}
