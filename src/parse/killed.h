/* parse/killed.h - the lines that name who is killed, or why nobody is.
 *
 * mm/oom_kill.c of 2.6.32 to 7.x, el6 to el8, Alibaba: score line, Killed line,
 * reaper lines, the oom-kill: summary of 5.0, group line.  Pure functions; slices are
 * views into the line, sizes in bytes, IQ_NULL for what is not printed or masked.
 */
#ifndef IQ_PARSE_KILLED_H
#define IQ_PARSE_KILLED_H

#include "model/facts.h"

/* The words in front of ": Kill process" and ": Killed process". */
enum iq_kill_prefix {
	IQ_KILL_BARE,			/* none printed */
	IQ_KILL_HOST,			/* Out of memory */
	IQ_KILL_CGROUP,			/* Memory cgroup out of memory */
	IQ_KILL_ALLOCATING,		/* Out of memory (oom_kill_allocating_task) */
	IQ_KILL_MEMPOLICY,		/* No available memory (MPOL_BIND), 2.6.32 */
	IQ_KILL_UB,			/* Out of memory in UB 317592: OpenVZ's containers */
	IQ_KILL_OTHER,
};

#define IQ_KILL_EXTRA_MAX 8

struct iq_kill {
	enum iq_kill_prefix prefix;
	int64_t pid, uid, adj, score;
	struct iq_slice comm;		/* p NULL: the line breaks off before it */
	struct iq_slice ub;		/* "UB 317592": the beancounter that ran out */
	int64_t total_vm_bytes, anon_rss_bytes, file_rss_bytes, shmem_rss_bytes;
	int64_t page_table_bytes;
	bool cut;			/* the line breaks off inside the numbers */
	struct { struct iq_slice name; int64_t bytes; bool is_bytes; } extra[IQ_KILL_EXTRA_MAX];
	size_t n_extra;			/* fields of a newer kernel, by name */
};

/* "Kill process 1 (x) score 2 or sacrifice child"; el6 ... 5.0; 2.6.32 "kill ... or a
 * child". */
bool iq_kill_chosen(struct iq_slice text, struct iq_kill *ret);
/* "Kill process 1 (x) sharing same memory" (el6 ... 3.16) */
bool iq_kill_sharing(struct iq_slice text, struct iq_kill *ret);
/* "Killed process 1 (x) total-vm:..." with or without its prefix; OpenVZ's "OOM killed
 * process 1 (x) score 0 vm:1kB, rss:1kB, swap:0kB". */
bool iq_kill_killed(struct iq_slice text, struct iq_kill *ret);
/* "oom_reaper: reaped process 1 (x), now anon-rss:..." (4.6+; figures: what is left) */
bool iq_kill_reaped(struct iq_slice text, struct iq_kill *ret);
/* "oom_reaper: unable to reap pid:1 (x)", "giving up pid:1 (x)" */
bool iq_kill_unreaped(struct iq_slice text, struct iq_kill *ret);
/* "Out of memory: OOM victim 1 (x) is already exiting. Skip killing the task" (5.10+) */
bool iq_kill_exiting(struct iq_slice text, struct iq_kill *ret);

/* oom-kill:constraint=...,nodemask=...,cpuset=...,... (5.0+, el8) */
struct iq_kill_summary {
	struct iq_slice constraint, nodemask, cpuset, mems_allowed;
	struct iq_slice oom_memcg, task_memcg, task;
	bool global;
	int64_t pid, uid;
};
bool iq_kill_summary(struct iq_slice text, struct iq_kill_summary *ret);

#endif
