/* parse/oom_take.c - what each line of an OOM report says: see oom_take.h.
 *
 * One function a kind of line; they trust oom.c that the line fits the report.
 */
#include "parse/oom_take.h"

#include "parse/roles.h"

static struct iq_slice keep(struct iq_oom_report *o, struct iq_slice s)
{
	return iq_report_keep(&o->rep, s);
}

/* The text says that it was the host, or a cgroup; who says so first is right. */
static void set_global(struct iq_oom_report *o, bool global)
{
	if (o->fact.global_oom == IQ_NULL)
		o->fact.global_oom = global;
}

/* ---------------------------------------------------------------- headline */

/* "key=value" up to ',' or blank, the key anywhere in S. */
static struct iq_slice value_of(struct iq_slice s, const char *key)
{
	struct iq_slice k = iq_slice_z(key);
	ptrdiff_t at = iq_find(s, k);
	if (at < 0)
		return IQ_SLICE_NULL;
	s = iq_from(s, (size_t)at + k.n);
	size_t n = 0;
	while (n < s.n && s.p[n] != ',' && s.p[n] != ' ')
		n++;
	return iq_head(s, n);
}

static void set_number(int64_t *to, struct iq_slice s)
{
	int64_t v;
	if (s.p && iq_take_i64(&s, &v))		/* pages lose commas: "order=0oom_score_adj=0" */
		*to = v;
}

/* A node list; "(null)" is what the kernel prints for none. */
static void set_mask(struct iq_oom_report *o, struct iq_slice *to, struct iq_slice list)
{
	if (list.n && !iq_eq(list, IQ_LIT("(null)")))
		*to = keep(o, list);
}

/* nodemask=0,2-3, order=0: a list of nodes holds commas itself. */
static struct iq_slice list_of(struct iq_slice s, const char *key)
{
	struct iq_slice k = iq_slice_z(key);
	ptrdiff_t at = iq_find(s, k);
	if (at < 0)
		return IQ_SLICE_NULL;
	s = iq_from(s, (size_t)at + k.n);
	if (iq_starts(s, IQ_LIT("(null)")))
		return iq_head(s, 6);
	size_t n = 0;
	while (n < s.n && ((s.p[n] >= '0' && s.p[n] <= '9') || s.p[n] == '-' ||
			   (s.p[n] == ',' && n + 1 < s.n && s.p[n + 1] >= '0' &&
			    s.p[n + 1] <= '9')))
		n++;
	return iq_head(s, n);
}

static void gfp(struct iq_oom_report *o, struct iq_slice s)
{
	ptrdiff_t at = iq_find(s, IQ_LIT("gfp_mask="));
	if (at < 0)
		return;
	s = iq_from(s, (size_t)at + 9);
	size_t n = 0;
	while (n < s.n && memchr("0123456789abcdefABCDEFxX*", s.p[n], 25))
		n++;
	if (!n)
		return;
	o->fact.gfp_mask = keep(o, iq_head(s, n));
	s = iq_from(s, n);
	if (!iq_skip(&s, IQ_LIT("(")))			/* names from 4.6 on */
		return;
	at = iq_find_char(s, ')');
	if (at >= 0)
		o->fact.gfp_flags = keep(o, iq_head(s, (size_t)at));
}

static void take_headline(struct iq_oom_report *o, const struct iq_record *rec)
{
	struct iq_slice s = rec->text;
	ptrdiff_t at = iq_find(s, IQ_LIT(" invoked oom-killer"));
	o->headline = true;
	o->fact.trigger_comm = keep(o, iq_cpuline_name(iq_head(s, (size_t)at)));
	s = iq_from(s, (size_t)at);
	gfp(o, s);
	set_mask(o, &o->fact.nodemask, list_of(s, "nodemask="));	/* 4.9 ... 4.19 */
	set_number(&o->fact.alloc_order, value_of(s, "order="));
	set_number(&o->fact.trigger_adj, value_of(s, "oom_score_adj="));
	if (o->fact.alloc_order == -1)
		o->fact.manual = 1;
	iq_report_cite(&o->rep, rec, IQ_LIT(IQ_ROLE_HEADLINE));
}

static void take_cpuset(struct iq_oom_report *o, const struct iq_record *rec)
{
	struct iq_slice s = rec->text;
	ptrdiff_t at = iq_rfind(s, IQ_LIT(" mems_allowed="));
	ptrdiff_t set = iq_rfind(s, IQ_LIT(" cpuset="));
	if (at >= 0 && set >= 0 && set < at) {
		o->fact.cpuset = keep(o, iq_slice(s.p + set + 8, (size_t)(at - set - 8)));
		set_mask(o, &o->fact.mems_allowed, list_of(s, " mems_allowed="));
	}
	iq_report_cite(&o->rep, rec, IQ_LIT(IQ_ROLE_CPUSET));
}

/* ---------------------------------------------------------------- cgroup */

/* B is who ran out; "host" is Alibaba's word for the machine. */
static void set_limited(struct iq_oom_report *o, struct iq_slice b)
{
	if (!b.p)
		return;
	if (iq_eq(b, IQ_LIT("host"))) {
		set_global(o, true);
		return;
	}
	o->fact.cgroup_limited = keep(o, b);
	set_global(o, false);
}

static void take_task_in(struct iq_oom_report *o, const struct iq_record *rec)
{
	struct iq_slice a, b;
	if (iq_memcg_task_in(rec->text, &a, &b)) {
		o->cgroup_text = true;
		if (a.n)
			o->fact.cgroup_task = keep(o, a);
		set_limited(o, b);
	}
	iq_report_cite(&o->rep, rec, IQ_LIT(IQ_ROLE_CGROUP));
}

static void take_limit_reached(struct iq_oom_report *o, const struct iq_record *rec)
{
	struct iq_slice b;
	if (iq_memcg_limit_reached(rec->text, &b)) {
		o->cgroup_text = true;
		set_limited(o, b);
	}
	iq_report_cite(&o->rep, rec, IQ_LIT(IQ_ROLE_CGROUP));
}

static void take_usage(struct iq_oom_report *o, const struct iq_record *rec)
{
	static const char *const roles[IQ_MEMCG_RES_MAX] = {
		IQ_ROLE_CG_MEMORY, IQ_ROLE_CG_MEMSW, IQ_ROLE_CG_KMEM, IQ_ROLE_CG_SWAP,
	};
	struct iq_memcg_usage u;
	if (!iq_memcg_usage(rec->text, &u))
		return;
	struct { int64_t *usage, *limit, *failcnt; } to[IQ_MEMCG_RES_MAX] = {
		{ &o->fact.usage_bytes, &o->fact.limit_bytes, &o->fact.failcnt },
		{ &o->fact.memsw_usage_bytes, &o->fact.memsw_limit_bytes, &o->fact.memsw_failcnt },
		{ &o->fact.kmem_usage_bytes, &o->fact.kmem_limit_bytes, &o->fact.kmem_failcnt },
		{ &o->fact.swap_usage_bytes, &o->fact.swap_limit_bytes, &o->fact.swap_failcnt },
	};
	*to[u.res].usage = u.usage_bytes;
	*to[u.res].limit = u.limit_bytes;
	*to[u.res].failcnt = u.failcnt;
	if (u.res == IQ_MEMCG_MEMORY && (u.unlimited || u.limit_bytes != IQ_NULL))
		o->fact.unlimited = u.unlimited;
	o->limited.usage[u.res] = u;
	o->limited.seen[u.res] = true;
	o->cgroup_text = true;
	set_global(o, false);
	iq_report_cite(&o->rep, rec, iq_slice_z(roles[u.res]));
}

/* The first of the stats lines is that of the cgroup at its limit, those below it
 * follow; which is the first, the usage lines in front of it tell. */
static void limited_of_stats(struct iq_oom_report *o, size_t groups_before)
{
	const struct iq_memcg_group *g = o->memcg.groups;
	if (groups_before || !g || !g->path.p || o->fact.cgroup_limited.p ||
	    !o->limited.seen[IQ_MEMCG_MEMORY])
		return;
	o->limit_by_stats = true;
	o->fact.cgroup_limited = keep(o, g->path);
}

static void take_stats(struct iq_oom_report *o, const struct iq_record *rec)
{
	size_t before = o->memcg.n_groups;
	iq_memcg_stats(&o->memcg, rec->text);
	limited_of_stats(o, before);
	o->cgroup_text = true;
	set_global(o, false);
	iq_report_cite(&o->rep, rec, IQ_LIT(IQ_ROLE_CG_STATS));
}

/* "anon 24735744" below "Memory cgroup stats for X:" */
bool iq_oom_take_block_line(struct iq_oom_report *o, const struct iq_record *rec)
{
	struct iq_slice s = rec->text;
	if (!o->memcg.open || o->phase != IQ_OOM_AT_MEMORY ||
	    !iq_memcg_block_line(&o->memcg, s))
		return false;
	struct iq_slice name = iq_word(&s);
	if (iq_memcg_tells(name)) {
		struct iq_slice role = iq_arena_printf(&o->rep.mem, IQ_ROLE_CG_STATS " %.*s",
						       IQ_FMT(name));
		iq_report_cite_text(&o->rep, rec->first_line, role, keep(o, rec->text));
	}
	iq_report_touch(&o->rep, rec);
	return true;
}

/* ---------------------------------------------------------------- table */

static void take_title(struct iq_oom_report *o, const struct iq_record *rec)
{
	o->table.title = true;
	iq_report_cite(&o->rep, rec, IQ_LIT(IQ_ROLE_TABLE_HEADER));
}

static void take_header(struct iq_oom_report *o, const struct iq_record *rec)
{
	iq_tasktable_header(&o->table, rec->text);
	iq_report_cite(&o->rep, rec, IQ_LIT(IQ_ROLE_TABLE_HEADER));
}

static void take_row(struct iq_oom_report *o, const struct iq_record *rec)
{
	iq_tasktable_row(&o->table, rec);
	iq_report_touch(&o->rep, rec);
	/* One row could be anything; nothing else prints two. */
	o->sure |= o->table.n_rows > 1;
}

/* ---------------------------------------------------------------- victims */

struct iq_oom_victim *iq_oom_find_victim(const struct iq_oom_report *o, int64_t pid)
{
	for (struct iq_oom_victim *v = o->victims; v; v = v->next)
		if (v->v.pid == pid)
			return v;
	return NULL;
}

/* The victim with that pid, made if need be; NULL: too many, or out of memory. */
static struct iq_oom_victim *victim(struct iq_oom_report *o, int64_t pid,
				    struct iq_slice comm)
{
	struct iq_oom_victim *v = pid == IQ_NULL ? NULL : iq_oom_find_victim(o, pid);
	if (!v) {
		if (o->n_victims >= IQ_OOM_VICTIMS_MAX)
			return NULL;
		v = iq_arena_alloc(&o->rep.mem, sizeof *v);
		if (!v) {
			o->rep.failed = true;
			return NULL;
		}
		iq_fact_init(IQ_FACT_VICTIM, &v->v);
		v->v.pid = pid;
		*o->victim_end = v;
		o->victim_end = &v->next;
		o->n_victims++;
	}
	if (!v->v.comm.p && comm.p)
		v->v.comm = keep(o, comm);
	return v;
}

static void set_prefix(struct iq_oom_report *o, enum iq_kill_prefix prefix)
{
	if (prefix == IQ_KILL_BARE || prefix == IQ_KILL_OTHER)
		return;
	if (o->prefix == IQ_KILL_BARE)
		o->prefix = prefix;
	if (prefix == IQ_KILL_ALLOCATING)
		o->fact.allocating_task = 1;
	if (prefix != IQ_KILL_MEMPOLICY)
		set_global(o, prefix != IQ_KILL_CGROUP && prefix != IQ_KILL_UB);
}

static void take_chosen(struct iq_oom_report *o, const struct iq_record *rec)
{
	struct iq_kill k;
	if (!iq_kill_chosen(rec->text, &k))
		return;
	o->chosen = true;
	o->fact.chosen_pid = k.pid;
	o->fact.chosen_comm = keep(o, k.comm);
	o->fact.chosen_score = k.score;
	set_prefix(o, k.prefix);
	iq_report_cite(&o->rep, rec, IQ_LIT(IQ_ROLE_CHOSEN));
}

/* "... Kill process 1 (x) score 9 or sacrifice child Killed process 1 (x) ...": copied
 * without its newline. */
static void take_joined(struct iq_oom_report *o, const struct iq_record *rec)
{
	struct iq_record first = *rec;
	ptrdiff_t at = iq_find(rec->text, IQ_LIT("Killed process "));
	first.text = iq_head(rec->text, at < 0 ? 0 : (size_t)at);
	if (iq_has(first.text, IQ_LIT("Kill process ")))
		take_chosen(o, &first);
}

static void take_killed(struct iq_oom_report *o, const struct iq_record *rec)
{
	struct iq_kill k;
	if (!iq_kill_killed(rec->text, &k))
		return;
	take_joined(o, rec);
	set_prefix(o, k.prefix);
	if (k.prefix == IQ_KILL_UB && !o->fact.cgroup_limited.p)
		o->fact.cgroup_limited = keep(o, k.ub);
	struct iq_oom_victim *v = victim(o, k.pid, k.comm);
	iq_report_cite_pid(&o->rep, rec, IQ_ROLE_KILLED, k.pid);
	o->killed = true;
	if (!v || v->printed)
		return;
	v->printed = !k.cut || k.anon_rss_bytes != IQ_NULL;
	v->prefix = k.prefix;
	v->v.uid = k.uid;
	v->v.oom_score_adj = k.adj;
	v->v.total_vm_bytes = k.total_vm_bytes;
	v->v.anon_rss_bytes = k.anon_rss_bytes;
	v->v.file_rss_bytes = k.file_rss_bytes;
	v->v.shmem_rss_bytes = k.shmem_rss_bytes;
	v->v.page_table_bytes = k.page_table_bytes;
	if (k.n_extra && !o->extra.n_extra) {
		o->extra = k;
		for (size_t i = 0; i < k.n_extra; i++)
			o->extra.extra[i].name = keep(o, k.extra[i].name);
	}
}

static void take_reaped(struct iq_oom_report *o, const struct iq_record *rec)
{
	struct iq_kill k;
	if (!iq_kill_reaped(rec->text, &k))
		return;
	/* Where Alibaba's kernel kept the Killed line to itself the victim is this one. */
	struct iq_oom_victim *v = victim(o, k.pid, k.comm);
	if (v)
		v->v.reaped = 1;
	iq_report_cite_pid(&o->rep, rec, IQ_ROLE_REAPED, k.pid);
}

static void take_unreaped(struct iq_oom_report *o, const struct iq_record *rec)
{
	struct iq_kill k;
	if (!iq_kill_unreaped(rec->text, &k))
		return;
	struct iq_oom_victim *v = k.pid == IQ_NULL ? NULL : iq_oom_find_victim(o, k.pid);
	if (v && v->v.reaped == IQ_NULL)
		v->v.reaped = 0;
	iq_report_cite_pid(&o->rep, rec, IQ_ROLE_REAPED, k.pid);
}

static void take_exiting(struct iq_oom_report *o, const struct iq_record *rec)
{
	struct iq_kill k;
	if (iq_kill_exiting(rec->text, &k)) {
		o->exiting = true;
		set_prefix(o, k.prefix);
		iq_report_cite_pid(&o->rep, rec, IQ_ROLE_NO_KILLABLE, k.pid);
	}
}

static void take_sharing(struct iq_oom_report *o, const struct iq_record *rec)
{
	struct iq_kill k;
	if (iq_kill_sharing(rec->text, &k))
		iq_report_cite_pid(&o->rep, rec, IQ_ROLE_KILLED, k.pid);
}

static void take_group(struct iq_oom_report *o, const struct iq_record *rec)
{
	struct iq_slice s = iq_ltrim(rec->text);
	o->fact.group_kill = 1;
	set_global(o, false);
	iq_skip(&s, IQ_LIT("Tasks in "));
	ptrdiff_t at = iq_rfind(s, IQ_LIT(" are going to be killed"));
	if (at > 0)
		o->group_path = keep(o, iq_head(s, (size_t)at));
	iq_report_cite(&o->rep, rec, IQ_LIT(IQ_ROLE_GROUP));
}

/* Is A the cgroup B or one below it? */
static bool is_below(struct iq_slice a, struct iq_slice b)
{
	if (!iq_skip(&a, b))
		return false;
	return !a.n || *a.p == '/' || (b.n && b.p[b.n - 1] == '/');
}

static void take_summary(struct iq_oom_report *o, const struct iq_record *rec)
{
	struct iq_kill_summary k;
	struct iq_slice lead = IQ_LIT("CONSTRAINT_");
	char low[32];
	iq_report_cite(&o->rep, rec, IQ_LIT(IQ_ROLE_SUMMARY));
	if (!iq_kill_summary(iq_ltrim(rec->text), &k))
		return;
	if (iq_skip(&k.constraint, lead) && k.constraint.n < sizeof low) {
		for (size_t i = 0; i < k.constraint.n; i++) {
			char c = k.constraint.p[i];
			low[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
		}
		o->fact.constraint_kind = keep(o, iq_slice(low, k.constraint.n));
	}
	set_mask(o, &o->fact.nodemask, k.nodemask);
	if (k.cpuset.p)
		o->fact.cpuset = keep(o, k.cpuset);
	set_mask(o, &o->fact.mems_allowed, k.mems_allowed);
	set_limited(o, k.oom_memcg.n ? k.oom_memcg : IQ_SLICE_NULL);
	if (k.global)
		set_global(o, true);
	else if (iq_eq(o->fact.constraint_kind, IQ_LIT("memcg")))
		set_global(o, false);
	/* The last field of a line that a window cut may be torn. */
	if (k.task_memcg.n && (k.task.p || !k.oom_memcg.n || is_below(k.task_memcg, k.oom_memcg)))
		o->fact.cgroup_task = keep(o, k.task_memcg);
	o->summary = true;
	o->summary_pid = k.pid;
	o->summary_uid = k.uid;
	o->summary_cut = k.uid == IQ_NULL;
	o->summary_task = k.task.p ? keep(o, k.task) : IQ_SLICE_NULL;
}

static void take_no_killable(struct iq_oom_report *o, const struct iq_record *rec)
{
	o->fact.no_killable = 1;
	iq_report_cite(&o->rep, rec, IQ_LIT(IQ_ROLE_NO_KILLABLE));
}

static void take_suppressed(struct iq_oom_report *o, const struct iq_record *rec)
{
	iq_report_cite(&o->rep, rec, IQ_LIT(IQ_ROLE_SUPPRESSED));
}

static void take_compaction(struct iq_oom_report *o, const struct iq_record *rec)
{
	iq_report_cite(&o->rep, rec, IQ_LIT(IQ_ROLE_HEADLINE));
}

static void take_pinned(struct iq_oom_report *o, const struct iq_record *rec)
{
	iq_report_cite(&o->rep, rec, IQ_LIT(IQ_ROLE_REAPED));
}

static void (*const takers[IQ_OOM_KIND_MAX])(struct iq_oom_report *, const struct iq_record *) = {
	[IQ_OOM_HEADLINE] = take_headline,
	[IQ_OOM_COMPACTION] = take_compaction,
	[IQ_OOM_CPUSET] = take_cpuset,
	[IQ_OOM_TASK_IN] = take_task_in,
	[IQ_OOM_LIMIT_REACHED] = take_limit_reached,
	[IQ_OOM_CG_USAGE] = take_usage,
	[IQ_OOM_CG_STATS] = take_stats,
	[IQ_OOM_TITLE] = take_title,
	[IQ_OOM_HEADER] = take_header,
	[IQ_OOM_ROW] = take_row,
	[IQ_OOM_SUMMARY] = take_summary,
	[IQ_OOM_NO_KILLABLE] = take_no_killable,
	[IQ_OOM_NOTHING_ELIGIBLE] = take_no_killable,
	[IQ_OOM_CHOSEN] = take_chosen,
	[IQ_OOM_EXITING] = take_exiting,
	[IQ_OOM_KILLED] = take_killed,
	[IQ_OOM_SHARING] = take_sharing,
	[IQ_OOM_GROUP] = take_group,
	[IQ_OOM_REAPED] = take_reaped,
	[IQ_OOM_UNREAPED] = take_unreaped,
	[IQ_OOM_PINNED] = take_pinned,
	[IQ_OOM_SUPPRESSED] = take_suppressed,
};

bool iq_oom_take(struct iq_oom_report *o, const struct iq_record *rec, enum iq_oom_kind kind)
{
	if (!takers[kind])
		return false;
	takers[kind](o, rec);
	return true;
}
