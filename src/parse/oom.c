/* parse/oom.c - the OOM report machine: see oom.h. */
#include "parse/oom.h"

#include <stdlib.h>

#include "parse/oom_take.h"
#include "parse/roles.h"

struct iq_oom_report *iq_oom_new(const struct iq_record *rec, int64_t member_id,
				 int64_t boot_id, struct iq_err *err)
{
	struct iq_oom_report *o = calloc(1, sizeof *o);
	if (!o) {
		iq_err_set(err, IQ_E_NOMEM, "OOM report: out of memory");
		return NULL;
	}
	iq_report_init(&o->rep, "oom-kill", rec, member_id, boot_id);
	iq_fact_init(IQ_FACT_OOM, &o->fact);
	iq_memcg_init(&o->memcg, &o->rep.mem);
	iq_tasktable_init(&o->table, &o->rep.mem);
	iq_buf_init(&o->prev);
	o->victim_end = &o->victims;
	o->summary_pid = o->summary_uid = IQ_NULL;
	/* A task prints its own report; the CPU line says the same and wins. */
	if (rec->caller_kind == 'T' && rec->caller > 0)
		o->fact.trigger_pid = rec->caller;
	return o;
}

void iq_oom_free(struct iq_oom_report *o)
{
	if (!o)
		return;
	iq_memdump_free(o->dump);
	iq_buf_fini(&o->prev);
	iq_report_fini(&o->rep);
	free(o);
}

size_t iq_oom_bytes(const struct iq_oom_report *o)
{
	return o->rep.mem.total_bytes + o->prev.cap + (o->dump ? 64 * 1024 : 0);
}

static void reach(struct iq_oom_report *o, enum iq_oom_phase phase)
{
	if (phase > o->phase)
		o->phase = phase;
}

/* ---------------------------------------------------------------- which lines fit */

/* One report kills one task, unless the group line said more. */
static bool killed_fits(const struct iq_oom_report *o, struct iq_slice text)
{
	struct iq_kill k;
	if (!iq_kill_killed(text, &k) || o->fact.no_killable == 1)
		return false;
	bool cgroup = k.prefix == IQ_KILL_CGROUP || k.prefix == IQ_KILL_UB;
	if ((cgroup || k.prefix == IQ_KILL_HOST) && o->fact.global_oom == cgroup)
		return false;			/* the other kind of shortage */
	if (o->fact.group_kill == 1)
		return true;
	if (o->killed)
		return k.pid != IQ_NULL && iq_oom_find_victim(o, k.pid);
	/* From 5.2 on the summary names who is killed; before, a child may be. */
	return !o->summary || o->chosen || k.pid == o->summary_pid ||
	       o->summary_pid == IQ_NULL || k.prefix == IQ_KILL_BARE ||
	       (o->summary_cut && iq_eq(k.comm, o->summary_task));
}

static bool fits(const struct iq_oom_report *o, const struct iq_record *rec,
		 enum iq_oom_kind kind)
{
	struct iq_memcg_usage u;
	enum iq_oom_phase phase = iq_oom_phase_of(kind);
	if (phase && phase < o->phase)
		return false;
	switch (kind) {
	case IQ_OOM_HEADLINE:
		return !o->phase;
	case IQ_OOM_CPUSET:
		return !o->fact.cpuset.p;
	case IQ_OOM_TASK_IN:
	case IQ_OOM_LIMIT_REACHED:
		return !o->fact.cgroup_limited.p && !o->fact.cgroup_task.p;
	case IQ_OOM_CG_USAGE:
		return iq_memcg_usage(rec->text, &u) && !o->limited.seen[u.res];
	case IQ_OOM_TITLE:
		return !o->table.title && !o->table.header && !o->table.n_rows;
	case IQ_OOM_HEADER:
		return !o->table.header && !o->table.n_rows;
	case IQ_OOM_SUMMARY:
	case IQ_OOM_NO_KILLABLE:
		return !o->summary && o->fact.no_killable != 1;
	case IQ_OOM_NOTHING_ELIGIBLE:
		return o->fact.manual == 1 && !o->n_victims;
	case IQ_OOM_CHOSEN:
		return !o->chosen;
	case IQ_OOM_KILLED:
		return killed_fits(o, rec->text);
	case IQ_OOM_GROUP:
		return o->fact.group_kill != 1;
	default:
		return true;
	}
}

/* CPU, hardware, stack: until the memory lines come. */
static bool take_common(struct iq_oom_report *o, const struct iq_record *rec)
{
	if (!o->headline || o->phase > IQ_OOM_AT_STACK)
		return false;
	enum iq_common c = iq_report_common(rec->text);
	if (c == IQ_COMMON_NONE || (c == IQ_COMMON_CPU && o->rep.have_cpu))
		return false;
	/* Frames before our own CPU line or trace are the rest of another report. */
	if (c == IQ_COMMON_FRAME && !o->rep.have_cpu && !o->rep.in_trace)
		return false;
	iq_report_take(&o->rep, rec, c);
	reach(o, IQ_OOM_AT_STACK);
	return true;
}

/* Lines that can stand in a Mem-Info block whose header is lost. */
static bool smells_of_memory(struct iq_slice text)
{
	static const char *const words[] = {
		"_anon:", "free:", "pagecache pages", "Free swap", "Total swap", "pages RAM",
		"lowmem_reserve[", "hugepages_total=", "Unreclaimable slab", "kB = ",
		"Mem-Info:", "Mem-info:", "pages reserved",
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (iq_has(text, iq_slice_z(words[i])))
			return true;
	return false;
}

static int take_memory(struct iq_oom_report *o, const struct iq_record *rec,
		       struct iq_err *err)
{
	if (o->phase > IQ_OOM_AT_MEMORY || (!o->dump && !smells_of_memory(rec->text)))
		return 0;
	if (!o->dump) {
		o->dump = iq_memdump_new();
		if (!o->dump)
			return iq_err_set(err, IQ_E_NOMEM, "OOM report: out of memory");
		iq_memdump_member(o->dump, o->rep.member_id);
	}
	if (!iq_memdump_line(o->dump, rec))
		return 0;
	struct iq_slice role = iq_memdump_role(o->dump);
	if (role.p)
		iq_report_cite(&o->rep, rec, role);
	else
		iq_report_touch(&o->rep, rec);
	if (iq_starts(iq_ltrim(rec->text), IQ_LIT("Unreclaimable slab info:")))
		o->sure = true;		/* only dump_header() prints it */
	iq_memcg_end_block(&o->memcg);
	reach(o, IQ_OOM_AT_MEMORY);
	return 1;
}

/* The same line twice in a row: a console and a journal in one file. */
static bool is_doubled(const struct iq_oom_report *o, struct iq_slice text)
{
	return o->prev.n == text.n && text.n && memcmp(o->prev.p, text.p, text.n) == 0;
}

int iq_oom_line(struct iq_oom_report *o, const struct iq_record *rec,
		enum iq_oom_kind kind, struct iq_err *err)
{
	int got = 0;
	if (is_doubled(o, rec->text)) {
		iq_report_touch(&o->rep, rec);
		return 1;
	}
	if (kind == IQ_OOM_NONE || kind == IQ_OOM_MEMDUMP) {
		if (iq_oom_take_block_line(o, rec) || take_common(o, rec))
			got = 1;
		else
			got = take_memory(o, rec, err);
	} else if (fits(o, rec, kind)) {
		if (kind != IQ_OOM_CG_STATS)
			iq_memcg_end_block(&o->memcg);
		if (!iq_oom_take(o, rec, kind))
			return 0;
		reach(o, iq_oom_phase_of(kind));
		o->sure |= iq_oom_begins(kind) == IQ_OOM_SURELY;
		got = 1;
	}
	if (got > 0) {
		iq_buf_reset(&o->prev);
		iq_buf_slice(&o->prev, rec->text);
	}
	return got;
}

bool iq_oom_knows(const struct iq_oom_report *o, int64_t pid)
{
	if (pid == IQ_NULL)
		return false;
	if (o->n_victims)
		return iq_oom_find_victim(o, pid) != NULL;
	if (o->fact.no_killable == 1)
		return false;
	if (o->summary_pid != IQ_NULL)
		return o->summary_pid == pid;
	return o->phase >= IQ_OOM_AT_TABLE;
}

void iq_oom_manual(struct iq_oom_report *o, struct iq_slice text, int64_t line)
{
	o->fact.manual = 1;
	iq_report_cite_text(&o->rep, line, IQ_LIT(IQ_ROLE_SYSRQ),
			    iq_report_keep(&o->rep, text));
}
