/* parse/oom_put.c - an OOM report that has ended becomes facts: see oom.h.
 *
 * What follows from several lines together is settled here: who the victims were where
 * no Killed line says it, their figures from the table, the page size, what is missing.
 */
#include <stdio.h>
#include <stdlib.h>

#include "parse/cgname.h"
#include "parse/oom.h"
#include "parse/roles.h"

#define PAGE_ASSUMED 4096		/* where nothing tells (facts: most memcg reports) */
#define CITED_LARGEST 5			/* rows of the table worth citing for their size */
#define CITED_PROTECTED 5		/* and for their oom_score_adj */
#define PROTECTED_ADJ (-900)

/* ---------------------------------------------------------------- page size */

/* Killed line in kB over the row's pages; IQ_NULL: they do not fit. */
static int64_t page_size_of_kill(const struct iq_oom_report *o)
{
	const struct iq_oom_victim *v = o->victims;
	if (!v || !v->printed || v->v.total_vm_bytes <= 0)
		return IQ_NULL;
	int64_t pages = iq_tasktable_total_vm_pages(&o->table, v->v.pid);
	if (pages <= 0 || v->v.total_vm_bytes % pages)
		return IQ_NULL;
	int64_t page = v->v.total_vm_bytes / pages;
	return page == 4096 || page == 8192 || page == 16384 || page == 65536 ? page : IQ_NULL;
}

static int64_t page_size(const struct iq_oom_report *o)
{
	static const char *const four_k[] = { "x86_64", "i686", "i386", "s390x", "riscv64" };
	int64_t page = o->dump ? iq_memdump_page_size(o->dump) : IQ_NULL;
	if (page == IQ_NULL)
		page = page_size_of_kill(o);
	for (size_t i = 0; page == IQ_NULL && o->rep.arch && i < sizeof four_k / sizeof *four_k; i++)
		if (!strcmp(o->rep.arch, four_k[i]))
			page = 4096;
	return page;
}

/* ---------------------------------------------------------------- what is told */

static void trigger(struct iq_oom_report *o)
{
	const struct iq_cpuline *c = &o->rep.cpu;
	/* Both lines are of the same task; if not, the CPU line is another report's. */
	if (!o->rep.have_cpu || (o->fact.trigger_comm.p && c->comm.p &&
				 !iq_eq(o->fact.trigger_comm, c->comm)))
		return;
	if (c->pid != IQ_NULL)
		o->fact.trigger_pid = c->pid;
	if (!o->fact.trigger_comm.p)
		o->fact.trigger_comm = c->comm;
}

static bool has_frame(const struct iq_oom_report *o, struct iq_slice function)
{
	for (const struct iq_report_frame *f = o->rep.frames; f; f = f->next)
		if (iq_starts(f->function, function))
			return true;
	return false;
}

static unsigned have_memory(const struct iq_oom_report *o)
{
	return o->dump ? iq_memdump_have(o->dump) : 0;
}

/* Where version 1 listed one group only, all that was in reach of the killer is in it. */
static void settle_limited(struct iq_oom_report *o)
{
	const struct iq_memcg_group *g = o->memcg.groups;
	if (o->limit_by_stats && !o->fact.cgroup_task.p && g && !g->next && !g->block &&
	    g->counters)
		o->fact.cgroup_task = o->fact.cgroup_limited;
}

static void what_kind(struct iq_oom_report *o)
{
	/* Until 4.3 a run asked for by sysrq says order=0; the stack tells. */
	if (has_frame(o, IQ_LIT("moom_callback")) || has_frame(o, IQ_LIT("sysrq_handle_moom")))
		o->fact.manual = 1;
	if (o->fact.global_oom == IQ_NULL && has_frame(o, IQ_LIT("mem_cgroup_out_of_memory")))
		o->fact.global_oom = 0;
	if (o->fact.global_oom == IQ_NULL && o->headline && !o->cgroup_text && have_memory(o))
		o->fact.global_oom = 1;
	if (!o->dump)
		return;
	o->fact.swap_free_bytes = iq_memdump_counter(o->dump, IQ_LIT("Free swap"));
	o->fact.swap_total_bytes = iq_memdump_counter(o->dump, IQ_LIT("Total swap"));
}

/* No Killed line: the summary's task is the victim (Alibaba's kernels print no more),
 * or the one that the score line said would be killed, unless the reaper already told
 * or the text says that nobody was killed. */
static void victim_untold(struct iq_oom_report *o)
{
	bool summary = o->summary && o->summary_pid != IQ_NULL;
	if (o->n_victims || o->exiting || o->fact.no_killable == 1 || o->panicked ||
	    (!summary && (!o->chosen || o->fact.chosen_pid == IQ_NULL)))
		return;
	struct iq_oom_victim *v = iq_arena_alloc(&o->rep.mem, sizeof *v);
	if (!v) {
		o->rep.failed = true;
		return;
	}
	iq_fact_init(IQ_FACT_VICTIM, &v->v);
	v->v.pid = summary ? o->summary_pid : o->fact.chosen_pid;
	v->v.comm = summary ? o->summary_task : o->fact.chosen_comm;
	*o->victim_end = v;
	o->victim_end = &v->next;
	o->n_victims++;
}

static void fill(int64_t *to, int64_t from)
{
	if (*to == IQ_NULL)
		*to = from;
}

static void victim_cgroup(struct iq_oom_report *o, struct iq_oom_victim *v, bool first)
{
	struct iq_cgname name;
	/* Processes live in leaves only, so a group that is the task's own has them all. */
	if (o->fact.cgroup_task.p &&
	    (first || (o->group_path.p && iq_eq(o->group_path, o->fact.cgroup_task))))
		v->v.cgroup = o->fact.cgroup_task;
	if (!v->v.cgroup.p)
		return;
	iq_cgname_parse(v->v.cgroup, &name);
	v->v.unit = name.unit;
	v->v.container = name.container;
}

static void finish_victims(struct iq_oom_report *o)
{
	bool first = true;
	victim_untold(o);
	for (struct iq_oom_victim *v = o->victims; v; v = v->next, first = false) {
		const struct iq_taskrow *row = iq_tasktable_find(&o->table, v->v.pid);
		if (o->chosen && o->fact.chosen_pid == v->v.pid)
			v->v.score = o->fact.chosen_score;
		if (o->summary && o->summary_pid == v->v.pid)
			fill(&v->v.uid, o->summary_uid);
		if (row) {
			const struct iq_task *t = &row->task;
			fill(&v->v.uid, t->uid);
			fill(&v->v.oom_score_adj, t->oom_score_adj);
			fill(&v->v.total_vm_bytes, t->total_vm_bytes);
			fill(&v->v.anon_rss_bytes, t->anon_rss_bytes);
			fill(&v->v.file_rss_bytes, t->file_rss_bytes);
			fill(&v->v.shmem_rss_bytes, t->shmem_rss_bytes);
			fill(&v->v.page_table_bytes, t->page_table_bytes);
			if (!v->v.comm.p)
				v->v.comm = t->comm;
		}
		if (v->v.pid != IQ_NULL && v->v.pid == o->fact.trigger_pid)
			fill(&v->v.oom_score_adj, o->fact.trigger_adj);
		victim_cgroup(o, v, first);
	}
	if (o->n_victims)
		o->fact.victim_count = (int64_t)o->n_victims;
	else if (o->fact.no_killable == 1 || o->exiting || o->panicked)
		o->fact.victim_count = 0;
}

/* ---------------------------------------------------------------- what is missing */

static bool is_alibaba(struct iq_slice release)
{
	static const char *const words[] = { ".al7", ".al8", ".alnx", "alios", ".an7", ".an8", ".an23" };
	for (size_t i = 0; release.p && i < sizeof words / sizeof *words; i++)
		if (iq_has(release, iq_slice_z(words[i])))
			return true;
	return false;
}

static void missing(struct iq_oom_report *o, bool cut)
{
	bool ended = o->killed || o->fact.no_killable == 1 || o->exiting || o->panicked;
	bool table = o->table.title || o->table.header || o->table.n_rows;
	bool memory = have_memory(o) || o->limited.seen[IQ_MEMCG_MEMORY] || o->memcg.groups;
	/* 5.2+ and el8 print it between table and Killed line, and only they have a
	 * prefix there. */
	bool no_summary = o->killed && !o->summary && !o->chosen &&
			  o->prefix != IQ_KILL_BARE && o->headline;
	/* Their cgroup kills have no Killed line (facts: a test turned round). */
	bool silent = !ended && is_alibaba(o->rep.ev.kernel_release) &&
		      o->fact.global_oom == 0 && table;
	char buf[80];
	snprintf(buf, sizeof buf, "%s%s%s%s%s", o->headline ? "" : "headline,",
		 memory ? "" : "mem-info,", table && (o->table.n_rows || ended) ? "" : "table,",
		 no_summary ? "summary," : "", ended || silent ? "" : "killed,");
	size_t n = strlen(buf);
	if (n)
		o->rep.ev.missing = iq_report_keep(&o->rep, iq_slice(buf, n - 1));
	o->rep.ev.truncated = cut || !o->headline || (!ended && !silent && !o->n_victims) ||
			      (o->dump && iq_memdump_torn(o->dump) > 0) ||
			      o->table.n_rows > o->table.n_kept;
}

/* ---------------------------------------------------------------- fingerprint */

static void add_int(struct iq_buf *b, const char *name, int64_t v)
{
	if (v != IQ_NULL)
		iq_buf_printf(b, "|%s=%lld", name, (long long)v);
}

static void add_text(struct iq_buf *b, struct iq_slice s)
{
	iq_buf_char(b, '|');
	iq_buf_slice(b, s);
}

static void add_trigger(struct iq_buf *b, const struct iq_oom_report *o)
{
	add_int(b, "trigger", o->fact.trigger_pid);
	add_text(b, o->fact.trigger_comm);
	add_text(b, o->fact.gfp_mask);
	add_int(b, "order", o->fact.alloc_order);
}

/* Figures that two runs of the killer will not share; false: there are none. */
static bool add_figures(struct iq_buf *b, const struct iq_oom_report *o)
{
	static const char *const names[] = { "active_anon", "inactive_anon", "free",
					     "slab_unreclaimable" };
	size_t before = b->n;
	add_int(b, "usage", o->fact.usage_bytes);
	add_int(b, "failcnt", o->fact.failcnt);
	for (size_t i = 0; o->dump && i < sizeof names / sizeof *names; i++)
		add_int(b, names[i], iq_memdump_counter(o->dump, iq_slice_z(names[i])));
	if (b->n == before && o->table.rows) {		/* a table alone */
		const struct iq_task *t = &o->table.rows->task;
		add_int(b, "pid", t->pid);
		add_int(b, "rss", t->rss_bytes);
		add_int(b, "vm", t->total_vm_bytes);
	}
	return b->n > before;
}

static void fingerprint(struct iq_oom_report *o, const struct iq_oom_close *how)
{
	const struct iq_oom_victim *v = o->victims;
	struct iq_buf b;
	bool weak = false;
	iq_buf_init(&b);
	iq_buf_str(&b, "oom-kill");
	if (v) {
		add_int(&b, "killed", v->v.pid);
		add_text(&b, v->v.comm);
		if (v->printed) {
			add_int(&b, "vm", v->v.total_vm_bytes);
			add_int(&b, "anon", v->v.anon_rss_bytes);
		}
	} else if (o->chosen) {
		add_int(&b, "chosen", o->fact.chosen_pid);
		add_text(&b, o->fact.chosen_comm);
		add_int(&b, "score", o->fact.chosen_score);
	} else {
		add_trigger(&b, o);
		weak = !add_figures(&b, o);
	}
	/* Two headlines alone look the same: count them. */
	unsigned n = weak && how->repeat
		? how->repeat(how->arg, iq_buf_as_slice(&b), o->rep.ev.boot_id) : 0;
	if (n)
		iq_buf_printf(&b, "#%u", n);
	o->rep.failed |= b.failed;
	o->rep.ev.fingerprint = iq_report_keep(&o->rep, iq_buf_as_slice(&b));
	iq_buf_fini(&b);
}

/* ---------------------------------------------------------------- lines to cite */

static void cite_row(struct iq_oom_report *o, const struct iq_taskrow *r)
{
	char role[40];
	int n = snprintf(role, sizeof role, IQ_ROLE_TASK " %lld", (long long)r->task.pid);
	if (r->task.pid != IQ_NULL)
		iq_report_cite_text(&o->rep, r->line,
				    iq_report_keep(&o->rep, iq_slice(role, (size_t)n)), r->text);
}

static int64_t held(const struct iq_taskrow *r)
{
	int64_t rss = r->task.rss_bytes, swap = r->task.swap_bytes;
	if (rss < 0)
		return -1;
	return swap > 0 && swap < INT64_MAX - rss ? rss + swap : rss;
}

struct top {
	const struct iq_taskrow *row[CITED_LARGEST + CITED_PROTECTED];
	size_t n, max;
};

static void top_add(struct top *t, const struct iq_taskrow *r)
{
	size_t at = t->n;
	while (at > 0 && held(t->row[at - 1]) < held(r))
		at--;
	if (at >= t->max)
		return;
	if (t->n < t->max)
		t->n++;
	memmove(&t->row[at + 1], &t->row[at], (t->n - at - 1) * sizeof *t->row);
	t->row[at] = r;
}

static bool is_cited(const struct top *large, const struct iq_taskrow *r)
{
	for (size_t i = 0; i < large->n; i++)
		if (large->row[i] == r)
			return true;
	return false;
}

/* Victims, the trigger, the largest, the protected. */
static void cite_rows(struct iq_oom_report *o)
{
	struct top large = { .max = CITED_LARGEST }, safe = { .max = CITED_PROTECTED };
	for (const struct iq_taskrow *r = o->table.rows; r; r = r->next) {
		top_add(&large, r);
		if (r->task.oom_score_adj != IQ_NULL && r->task.oom_score_adj <= PROTECTED_ADJ)
			top_add(&safe, r);
	}
	size_t n = large.n;
	for (size_t i = 0; i < safe.n; i++)
		if (!is_cited(&large, safe.row[i]))
			large.row[n++] = safe.row[i];
	large.n = n;
	for (size_t i = 0; i < large.n; i++)
		cite_row(o, large.row[i]);
	const struct iq_taskrow *t = iq_tasktable_find(&o->table, o->fact.trigger_pid);
	if (t && !is_cited(&large, t))
		cite_row(o, t);
	int left = 100;				/* a group may have thousands */
	for (const struct iq_oom_victim *v = o->victims; v && left; v = v->next, left--) {
		const struct iq_taskrow *r = iq_tasktable_find(&o->table, v->v.pid);
		if (r && r != t && !is_cited(&large, r))
			cite_row(o, r);
	}
}

/* ---------------------------------------------------------------- out */

static int put_extra(const struct iq_oom_report *o, struct iq_sink *sink, int64_t snapshot_id,
		     struct iq_err *err)
{
	for (size_t i = 0; i < o->extra.n_extra; i++) {
		struct iq_counter c;
		iq_fact_init(IQ_FACT_COUNTER, &c);
		c.snapshot_id = snapshot_id;
		c.scope = IQ_LIT("host");
		c.name = iq_arena_printf((struct iq_arena *)&o->rep.mem, "killed %lld %.*s",
					 (long long)o->extra.pid,
					 IQ_FMT(o->extra.extra[i].name));
		c.value = o->extra.extra[i].bytes;
		c.unit = o->extra.extra[i].is_bytes ? IQ_LIT("bytes") : IQ_LIT("count");
		if (iq_sink_put(sink, IQ_FACT_COUNTER, &c, err))
			return -1;
	}
	return 0;
}

static int put_snapshot(struct iq_oom_report *o, struct iq_sink *sink, int64_t page,
			struct iq_err *err)
{
	struct iq_snapshot s;
	struct iq_event_snapshot es;
	if (!have_memory(o) && !o->table.rows && !o->memcg.groups && !o->extra.n_extra &&
	    !o->limited.seen[IQ_MEMCG_MEMORY])
		return 0;
	iq_fact_init(IQ_FACT_SNAPSHOT, &s);
	s.id = iq_sink_id(sink, IQ_FACT_SNAPSHOT);
	s.boot_id = o->rep.ev.boot_id;
	s.source = IQ_LIT("log");
	s.wall_us = o->rep.ev.wall_us;
	s.wall_kind = o->rep.ev.wall_kind;
	s.mono_us = o->rep.ev.mono_us;
	s.complete = !o->rep.ev.truncated && o->table.n_rows;
	iq_fact_init(IQ_FACT_EVENT_SNAPSHOT, &es);
	es.event_id = o->rep.ev.id;
	es.snapshot_id = s.id;
	es.role = IQ_LIT("report");
	o->limited.path = o->fact.cgroup_limited;
	if (iq_sink_put(sink, IQ_FACT_SNAPSHOT, &s, err) ||
	    iq_sink_put(sink, IQ_FACT_EVENT_SNAPSHOT, &es, err) ||
	    (o->dump && iq_memdump_put(o->dump, sink, s.id, page, err)) ||
	    iq_tasktable_put(&o->table, sink, s.id, o->rep.member_id, err) ||
	    iq_memcg_put(&o->memcg, &o->limited, sink, s.id, err) ||
	    put_extra(o, sink, s.id, err))
		return -1;
	return 0;
}

static int put_victims(struct iq_oom_report *o, struct iq_killers *killers, struct iq_err *err)
{
	if (!o->victims)
		return iq_killers_kill(killers, &o->rep.ev, NULL, o->rep.member_id, err);
	for (struct iq_oom_victim *v = o->victims; v; v = v->next) {
		v->v.event_id = o->rep.ev.id;
		if (iq_killers_kill(killers, &o->rep.ev, &v->v, o->rep.member_id, err))
			return -1;
	}
	return 0;
}

void iq_oom_panicked(struct iq_oom_report *o, const struct iq_report *panic, bool no_killable,
		     bool host)
{
	o->panicked = true;
	o->sure = true;
	if (no_killable)
		o->fact.no_killable = 1;
	if (host && o->fact.global_oom == IQ_NULL)
		o->fact.global_oom = 1;
	/* The task that could not be served is the one that panics. */
	if (panic && panic->have_cpu && !o->rep.have_cpu) {
		o->rep.have_cpu = true;
		o->rep.cpu = panic->cpu;
		o->rep.cpu.comm = iq_report_keep(&o->rep, panic->cpu.comm);
		o->rep.cpu.taint = iq_report_keep(&o->rep, panic->cpu.taint);
		o->rep.cpu.release = iq_report_keep(&o->rep, panic->cpu.release);
		o->rep.ev.kernel_release = o->rep.cpu.release;
		if (!o->rep.arch)
			o->rep.arch = panic->arch;
	}
}

int iq_oom_close(struct iq_oom_report *o, const struct iq_oom_close *how,
		 int64_t *ret_event_id, struct iq_err *err)
{
	*ret_event_id = 0;
	if (!o->sure)
		return 0;		/* a Mem-Info block that nothing followed */
	int64_t told = page_size(o);
	int64_t page = told == IQ_NULL ? PAGE_ASSUMED : told;
	o->rep.ev.page_size = told;
	trigger(o);
	what_kind(o);
	settle_limited(o);
	iq_tasktable_finish(&o->table, page);
	if (o->table.title || o->table.header || o->table.n_rows)
		o->fact.tasks_listed = (int64_t)o->table.n_rows;
	finish_victims(o);
	missing(o, how->cut);
	fingerprint(o, how);
	cite_rows(o);
	if (iq_report_put(&o->rep, how->sink, err))
		return -1;
	o->fact.event_id = o->rep.ev.id;
	*ret_event_id = o->rep.ev.id;
	if (iq_sink_put(how->sink, IQ_FACT_OOM, &o->fact, err) ||
	    put_snapshot(o, how->sink, page, err) || put_victims(o, how->killers, err))
		return -1;
	return 0;
}
