/* bundle/state_groups.c - memory cgroups, put together by path from their files.
 *
 * Follows Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst.  A limit
 * counts for everything below: the effective one is the smallest from a group up to the
 * root, unless v1's memory.stat says it itself (hierarchical_memory_limit).
 */
#include "bundle/state_impl.h"

#include "parse/cgname.h"

#define GROUPS_MAX 65536
#define COUNTERS_MAX 262144
#define V1_NONE (INT64_C(1) << 62)	/* "no limit" is LONG_MAX, rounded down to a page */

static uint64_t key_of(const struct iq_state *s, struct iq_slice path, int64_t version)
{
	return iq_state_hash(s, path) + (uint64_t)version;
}

static struct iq_state_group *find_group(const struct iq_state *s, struct iq_slice path,
					 int64_t version)
{
	size_t at = SIZE_MAX;
	ptrdiff_t i;

	while ((i = iq_state_find(&s->by_group, key_of(s, path, version), &at)) >= 0) {
		struct iq_state_group *g = IQ_STATE_AT(&s->groups, struct iq_state_group, i);
		if (g->f.version == version && iq_eq(g->f.path, path))
			return g;
	}
	return NULL;
}

static struct iq_state_group *group(struct iq_state *s, struct iq_slice path, int64_t version)
{
	struct iq_state_group *g = find_group(s, path, version);

	if (g)
		return g;
	g = IQ_STATE_ROW(s, &s->groups, struct iq_state_group, GROUPS_MAX);
	if (!g || !iq_state_note(s, &s->by_group, key_of(s, path, version), s->groups.n - 1))
		return NULL;
	iq_fact_init(IQ_FACT_CGROUP, &g->f);
	g->f.path = path.n ? iq_state_keep(s, path) : IQ_LIT("");
	g->f.version = version;
	g->memsw_usage = g->hierarchy_limit = IQ_NULL;
	g->f.member_id = s->member_id;
	g->f.line = 1;
	return g;
}

/* --- one file each --- */

static void counter(struct iq_state *s, const struct iq_state_group *g, const char *name,
		    int64_t value, const char *unit)
{
	struct iq_counter *c = IQ_STATE_ROW(s, &s->counters, struct iq_counter, COUNTERS_MAX);

	if (!c)
		return;
	iq_fact_init(IQ_FACT_COUNTER, c);
	c->scope = iq_arena_printf(&s->arena, "cgroup /%.*s", IQ_FMT(g->f.path));
	c->name = iq_state_keep(s, iq_slice_z(name));
	c->value = value;
	c->unit = iq_slice_z(unit);
}

static void take_limit(struct iq_state *s, struct iq_state_group *g, int64_t v, bool none)
{
	g->has_limit = true;
	g->f.unlimited = none;
	g->f.limit_bytes = none ? IQ_NULL : v;
	g->f.member_id = s->member_id;
	g->f.line = 1;
}

/* Files of one number. */
static bool take_number(struct iq_state *s, struct iq_state_group *g, int64_t v, bool max)
{
	static const struct { const char *name; size_t at; } rows[] = {
		{ "memory.current", offsetof(struct iq_cgroup, usage_bytes) },
		{ "memory.usage_in_bytes", offsetof(struct iq_cgroup, usage_bytes) },
		{ "memory.swap.current", offsetof(struct iq_cgroup, swap_bytes) },
		{ "memory.failcnt", offsetof(struct iq_cgroup, failcnt) },
		{ "memory.oom.group", offsetof(struct iq_cgroup, oom_group) },
		{ "memory.kmem.usage_in_bytes", offsetof(struct iq_cgroup, kernel_bytes) },
	};
	/* kept by name where they say something */
	static const struct { const char *name; bool is_limit; } others[] = {
		{ "memory.high", true }, { "memory.swap.max", true },
		{ "memory.memsw.limit_in_bytes", true },
		{ "memory.soft_limit_in_bytes", true }, { "memory.peak", false },
		{ "memory.max_usage_in_bytes", false }, { "memory.min", false },
		{ "memory.low", false },
	};
	struct iq_slice name = s->file.name;
	bool none = max || v >= V1_NONE;

	s->enough = true;
	if (iq_eq(name, IQ_LIT("memory.max")) || iq_eq(name, IQ_LIT("memory.limit_in_bytes"))) {
		take_limit(s, g, v, none);
		return true;
	}
	if (iq_eq(name, IQ_LIT("memory.memsw.usage_in_bytes")))
		g->memsw_usage = none ? IQ_NULL : v;
	for (size_t i = 0; i < sizeof rows / sizeof *rows && !none; i++)
		if (iq_eq(name, iq_slice_z(rows[i].name)))
			*(int64_t *)(void *)((char *)&g->f + rows[i].at) = v;
	for (size_t i = 0; i < sizeof others / sizeof *others && !none; i++)
		if (iq_eq(name, iq_slice_z(others[i].name)) && (others[i].is_limit || v > 0))
			counter(s, g, others[i].name, v, "bytes");
	return true;
}

/* memory.events and memory.oom_control: "name N" */
static void take_event(struct iq_state *s, struct iq_state_group *g,
		       const struct iq_number *v)
{
	static const char *const names[] = { "low", "high", "max", "oom", "oom_kill",
					     "oom_group_kill", "under_oom",
					     "oom_kill_disable" };
	bool local = iq_ends(s->file.name, IQ_LIT(".local"));

	if (iq_eq(v->name, IQ_LIT("oom_kill")) && !local)
		g->f.oom_kills = v->value;
	if (iq_eq(v->name, IQ_LIT("max")) && (local || g->f.failcnt == IQ_NULL))
		g->f.failcnt = v->value;
	for (size_t i = 0; i < sizeof names / sizeof *names && v->value && !local; i++)
		if (iq_eq(v->name, iq_slice_z(names[i])))
			counter(s, g, names[i], v->value, "count");
}

static void take_stat(struct iq_state_group *g, const struct iq_number *v)
{
	/* later rows before earlier ones: v1's own values are without the groups below */
	static const struct { const char *name; int64_t version; size_t at; } rows[] = {
		{ "rss", 1, offsetof(struct iq_cgroup, anon_bytes) },
		{ "cache", 1, offsetof(struct iq_cgroup, file_bytes) },
		{ "shmem", 1, offsetof(struct iq_cgroup, shmem_bytes) },
		{ "swap", 1, offsetof(struct iq_cgroup, swap_bytes) },
		{ "total_rss", 1, offsetof(struct iq_cgroup, anon_bytes) },
		{ "total_cache", 1, offsetof(struct iq_cgroup, file_bytes) },
		{ "total_shmem", 1, offsetof(struct iq_cgroup, shmem_bytes) },
		{ "total_swap", 1, offsetof(struct iq_cgroup, swap_bytes) },
		{ "anon", 2, offsetof(struct iq_cgroup, anon_bytes) },
		{ "file", 2, offsetof(struct iq_cgroup, file_bytes) },
		{ "shmem", 2, offsetof(struct iq_cgroup, shmem_bytes) },
		{ "kernel", 2, offsetof(struct iq_cgroup, kernel_bytes) },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].version == g->f.version && iq_eq(v->name, iq_slice_z(rows[i].name)))
			*(int64_t *)(void *)((char *)&g->f + rows[i].at) = v->value;
	if (g->f.version == 1 && iq_eq(v->name, IQ_LIT("hierarchical_memory_limit")))
		g->hierarchy_limit = v->value;
}

bool iq_state_take_group(struct iq_state *s, struct iq_slice line)
{
	struct iq_slice file = s->file.name;
	struct iq_number v;
	struct iq_state_group *g;
	int64_t n = IQ_NULL;
	bool max, kib = false;
	bool stat = iq_eq(file, IQ_LIT("memory.stat"));
	bool named = stat || iq_starts(file, IQ_LIT("memory.events")) ||
		     iq_eq(file, IQ_LIT("memory.oom_control"));

	if (named ? !iq_vmstat_line(line, &kib, &v)
		  : !iq_one_number(line, &n, &max) || (!max && n < 0))
		return false;
	g = group(s, s->file.path, s->file.number);
	if (!g)
		return true;
	if (!named)
		return take_number(s, g, n, max);
	if (stat)
		take_stat(g, &v);
	else
		take_event(s, g, &v);
	return true;
}

/* --- the end --- */

static int64_t least(int64_t a, int64_t b)
{
	return a == IQ_NULL ? b : b == IQ_NULL || a < b ? a : b;
}

/* The root itself has no limit on v2; on v1 its file says none. */
static void settle_limit(struct iq_state *s, struct iq_state_group *g)
{
	int64_t limit = g->f.limit_bytes;
	struct iq_slice path = g->f.path;
	ptrdiff_t slash;

	if (g->hierarchy_limit != IQ_NULL) {
		g->f.effective_limit_bytes = g->hierarchy_limit >= V1_NONE ? IQ_NULL
							     : g->hierarchy_limit;
		return;
	}
	while ((slash = iq_rfind(path, IQ_LIT("/"))) > 0) {
		path = iq_head(path, (size_t)slash);
		const struct iq_state_group *up = find_group(s, path, g->f.version);
		if (up)
			limit = least(limit, up->f.limit_bytes);
	}
	g->f.effective_limit_bytes = limit;
}

static void settle_swap(struct iq_state_group *g)
{
	struct iq_cgroup *f = &g->f;

	if (f->version == 1 && g->memsw_usage != IQ_NULL && f->usage_bytes != IQ_NULL &&
	    f->swap_bytes == IQ_NULL && g->memsw_usage >= f->usage_bytes)
		f->swap_bytes = g->memsw_usage - f->usage_bytes;
}

int iq_state_put_groups(struct iq_state *s, const struct iq_state_frame *f,
			struct iq_sink *sink, struct iq_err *err)
{
	for (size_t i = 0; i < s->groups.n; i++) {
		struct iq_state_group *g = IQ_STATE_AT(&s->groups, struct iq_state_group, i);
		struct iq_cgroup row;
		struct iq_cgname n;
		settle_limit(s, g);
		settle_swap(g);
		row = g->f;
		row.path = iq_arena_printf(&s->arena, "/%.*s", IQ_FMT(g->f.path));
		if (!row.path.p)
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
		iq_cgname_parse(row.path, &n);
		row.unit = n.unit;
		row.container = n.container;
		row.pod = n.pod;
		row.snapshot_id = f->snapshot_id;
		if (iq_sink_put(sink, IQ_FACT_CGROUP, &row, err))
			return -1;
	}
	return 0;
}
