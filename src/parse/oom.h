/* parse/oom.h - the report of one run of the kernel's OOM killer.
 *
 * From "X invoked oom-killer" over stack, memory and process table to the Killed and
 * reaper lines; of every era (facts: 2.6.32 to 7.x, el6 to el8, Alibaba), whole,
 * clipped at either end, rate limited to its last line, or grepped to pieces.  One
 * struct is one open report; parse.c decides which records reach it and when it ends.
 *
 * Lines come in the order of enum iq_oom_phase; a line of an earlier phase than the one
 * reached belongs to another report.  Follows mm/oom_kill.c.
 */
#ifndef IQ_PARSE_OOM_H
#define IQ_PARSE_OOM_H

#include "base/buf.h"
#include "parse/killed.h"
#include "parse/killers.h"
#include "parse/memcg.h"
#include "parse/memdump.h"
#include "parse/report.h"
#include "parse/tasktable.h"

#define IQ_OOM_VICTIMS_MAX 4096

enum iq_oom_kind {
	IQ_OOM_NONE,			/* may be a line that other reports have too */
	IQ_OOM_HEADLINE,
	IQ_OOM_COMPACTION, IQ_OOM_CPUSET,
	IQ_OOM_TASK_IN, IQ_OOM_LIMIT_REACHED, IQ_OOM_CG_USAGE, IQ_OOM_CG_STATS,
	IQ_OOM_TITLE, IQ_OOM_HEADER, IQ_OOM_ROW,
	IQ_OOM_SUMMARY, IQ_OOM_NO_KILLABLE, IQ_OOM_NOTHING_ELIGIBLE,
	IQ_OOM_CHOSEN, IQ_OOM_EXITING, IQ_OOM_KILLED, IQ_OOM_SHARING, IQ_OOM_GROUP,
	IQ_OOM_REAPED, IQ_OOM_UNREAPED, IQ_OOM_PINNED, IQ_OOM_SUPPRESSED,
	IQ_OOM_SYSRQ, IQ_OOM_MEMDUMP,	/* one that must begin a Mem-Info block */
	IQ_OOM_KIND_MAX,
};

enum iq_oom_phase {
	IQ_OOM_ANY, IQ_OOM_AT_HEAD, IQ_OOM_AT_STACK, IQ_OOM_AT_MEMORY, IQ_OOM_AT_TABLE,
	IQ_OOM_AT_SUMMARY, IQ_OOM_AT_CHOSEN, IQ_OOM_AT_KILLED,
};

enum iq_oom_begins {
	IQ_OOM_NEVER,			/* cannot begin a report */
	IQ_OOM_MAYBE,			/* begins one that counts once a surer line comes */
	IQ_OOM_SURELY,
};

/* Which line is it?  By the table in oom_lines.c. */
enum iq_oom_kind iq_oom_classify(struct iq_slice text);
enum iq_oom_phase iq_oom_phase_of(enum iq_oom_kind kind);
enum iq_oom_begins iq_oom_begins(enum iq_oom_kind kind);

struct iq_oom_victim {
	struct iq_oom_victim *next;
	struct iq_victim v;		/* text lives in the report */
	enum iq_kill_prefix prefix;
	bool printed;			/* by a Killed line: its figures count */
};

struct iq_oom_report {
	struct iq_report rep;
	struct iq_oom fact;		/* the columns as they become known */
	enum iq_oom_phase phase;
	bool sure;			/* a line was there that only the OOM killer prints */
	bool headline;
	struct iq_memdump *dump;	/* NULL: no such line yet */
	struct iq_memcg memcg;
	struct iq_memcg_limited limited;
	struct iq_tasktable table;
	bool summary;
	struct iq_slice summary_task;
	int64_t summary_pid, summary_uid;
	bool summary_cut;		/* it ends before its uid: its last number may be torn */
	bool chosen, exiting, panicked, cgroup_text;
	bool limit_by_stats;		/* cgroup_limited is the first of the stats lines */
	enum iq_kill_prefix prefix;	/* of the first line that had one */
	struct iq_slice group_path;
	struct iq_oom_victim *victims, **victim_end;
	size_t n_victims;
	bool killed;			/* a Killed line was there */
	struct iq_kill extra;		/* fields of the Killed line without a column */
	struct iq_buf prev;		/* text taken last: a doubled line is one */
};

/* REC begins it; it is then fed by iq_oom_line().  NULL: out of memory. */
struct iq_oom_report *iq_oom_new(const struct iq_record *rec, int64_t member_id,
				 int64_t boot_id, struct iq_err *err);
void iq_oom_free(struct iq_oom_report *o);

/* 1 taken, 0 not of this report, -1 ERR.  KIND as iq_oom_classify() said. */
int iq_oom_line(struct iq_oom_report *o, const struct iq_record *rec,
		enum iq_oom_kind kind, struct iq_err *err);

/* Does the reaper's line for PID belong here?  (It comes from another task.) */
bool iq_oom_knows(const struct iq_oom_report *o, int64_t pid);

/* Bytes held, for the limit on all that is open. */
size_t iq_oom_bytes(const struct iq_oom_report *o);

/* The run was asked for by sysrq: REC said so before it began. */
void iq_oom_manual(struct iq_oom_report *o, struct iq_slice text, int64_t line);

/* The machine stopped here; CPU (may be NULL) is the line of the panic that followed,
 * printed by the task that had invoked the killer.  NO_KILLABLE: for want of a victim.
 * HOST: the panic's text is that of a machine, not a cgroup, out of memory. */
void iq_oom_panicked(struct iq_oom_report *o, const struct iq_report *panic,
		     bool no_killable, bool host);

/* Puts the facts; victims through KILLERS.  *ret_event_id 0: it was none.  REPEAT is
 * asked how often a fingerprint that holds no figure was there before. */
struct iq_oom_close {
	struct iq_sink *sink;
	struct iq_killers *killers;
	bool cut;			/* the text broke off here */
	unsigned (*repeat)(void *arg, struct iq_slice fingerprint, int64_t boot_id);
	void *arg;
};
int iq_oom_close(struct iq_oom_report *o, const struct iq_oom_close *how,
		 int64_t *ret_event_id, struct iq_err *err);

#endif
