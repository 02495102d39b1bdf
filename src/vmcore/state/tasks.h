/* vmcore/state/tasks.h - finding every task, in more ways than one.
 *
 * The list of processes with the threads of each is enough in a whole dump.  A filter
 * older than the kernel takes pages with task_structs away and breaks it, so every task
 * is looked for in each structure that knows it, and what is found is compared with
 * what the kernel counted (nr_threads, signal_struct.nr_threads).
 *
 * A task that was found is one whose task_struct can be read and looks like one.
 * Follows kernel/fork.c, kernel/exit.c and kernel/pid.c of 3.10 to 7.x.
 */
#ifndef IQ_VMCORE_TASKS_H
#define IQ_VMCORE_TASKS_H

#include "vmcore/kernel/addrset.h"
#include "vmcore/kernel/kimage.h"

enum iq_task_way {
	IQ_BY_LIST = 1,		/* init_task.tasks: leaders of processes */
	IQ_BY_THREADS = 2,	/* signal_struct.thread_head */
	IQ_BY_PID = 4,		/* the numbers of the first pid namespace */
	IQ_BY_RQ = 8,		/* on a CPU, or its idle task */
	IQ_BY_FAMILY = 16,	/* children, parents, leaders of those found */
	IQ_BY_PAGES = 32,	/* its stack and what points to it, in the pages stored */
};

#define IQ_NO_PROCESS UINT32_MAX

struct iq_task_at {
	uint64_t va;		/* of the task_struct */
	uint64_t signal, mm;	/* 0: none, or not readable */
	int32_t pid, tgid;
	int32_t idle_cpu;	/* of an idle task; else -1 */
	uint32_t process;	/* number in ->processes, or IQ_NO_PROCESS */
	uint32_t flags;		/* PF_* */
	uint8_t ways;		/* enum iq_task_way */
	bool ring_seen;		/* its threads were listed */
	bool current;		/* the run queue of a CPU has it as the one that runs */
	uint32_t current_on;	/* that CPU */
	char state;		/* the letter of /proc/PID/stat; 0: not known */
};

struct iq_process_at {		/* one signal_struct */
	int64_t nr_threads;	/* as the kernel counted; IQ_NULL: not readable */
	uint32_t found;		/* threads found */
};

struct iq_tasks {
	struct iq_kimage *k;
	struct iq_addrset known;	/* addresses looked at: tasks and others */
	uint32_t *task_of;		/* by number in known; UINT32_MAX: is none */
	size_t cap_known;
	struct iq_task_at *t;
	size_t n, cap;
	struct iq_addrset signals;
	struct iq_process_at *p;	/* by number in signals */
	size_t cap_p;
	size_t n_idle;			/* of the tasks, idle tasks of CPUs */
	/* damage */
	int64_t nr_threads;		/* as the kernel counted; IQ_NULL: not readable */
	enum iq_list_end list_end;
	size_t by_list;			/* leaders on it that were readable */
	size_t unreadable, not_tasks;	/* pointers to tasks that led to none */
	size_t pids, pids_unreadable;	/* struct pid seen; or not readable */
	bool pids_broken;		/* a node of the tree is missing */
	bool curr_read;			/* of every run queue there is */
	uint64_t pages_scanned;
	bool scan_cut, full, no_memory;
	bool whole;		/* all who count tasks agree */
};

/* What the processor runs: by its run queue, or where that is not known (no types) by the
 * per-CPU variable current_task (x86). */
bool iq_cpu_current(struct iq_kimage *k, uint32_t cpu, uint64_t *ret);

/* ret->k set, all tasks in the order in which the kernel lists them, then the rest.
 * -1: out of memory. */
int iq_tasks_find(struct iq_tasks *s, struct iq_kimage *k, struct iq_err *err);
void iq_tasks_free(struct iq_tasks *s);

/* A pointer to a task that was met: looks at it once.  NULL: not a task, or not
 * readable (counted). */
struct iq_task_at *iq_tasks_add(struct iq_tasks *s, uint64_t va, enum iq_task_way way);

/* Tasks that the kernel counts: all but the idle ones. */
static inline size_t iq_tasks_counted(const struct iq_tasks *s)
{
	return s->n - s->n_idle;
}

/* Threads that signal_structs count and that were not found. */
uint64_t iq_tasks_short_of_threads(const struct iq_tasks *s);

void iq_tasks_by_pid(struct iq_tasks *s);	/* tasks_pid.c */
void iq_tasks_by_pages(struct iq_tasks *s);	/* tasks_scan.c */
/* After the last task was found: issues over what is missing (tasks_report.c). */
void iq_tasks_say_missing(struct iq_tasks *s);

#endif
