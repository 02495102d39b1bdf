/* vmcore/stacks/waits.h - what waits in a dump: tasks in uninterruptible sleep, tasks that
 * sleep for a lock, and processors that spin for one; whom each waits for, and whom that
 * one waits for.
 *
 * Fed task by task while their stacks are unwound (state_stacks.c), put when all are
 * known, since an owner may come behind those who wait for it.
 */
#ifndef IQ_VMCORE_WAITS_H
#define IQ_VMCORE_WAITS_H

#include "vmcore/stacks/locks.h"

#define IQ_WAIT_FRAMES_MAX 40		/* looked at, of a stack */

struct iq_wait_row {
	const struct iq_task_at *task;
	struct iq_wait_for what;
	uint32_t lock;			/* number, or UINT32_MAX */
	uint32_t root;			/* number of a row, or UINT32_MAX */
	int32_t cpu;			/* that it spins on; -1: it sleeps */
	bool deadlock;
	struct iq_slice caller, module;
};

struct iq_waits {
	struct iq_kimage *k;
	struct iq_locks locks;
	struct iq_wait_row *row;
	size_t n, cap;
	struct iq_addrset who;		/* tasks, by number of their row */
	struct iq_arena names;		/* of locks */
	struct iq_slice *stands_in;	/* the function each task stands in, by its number */
	int64_t now, now_task;		/* of the clocks of run queues, ns; IQ_NULL */
	bool no_memory, full;
};

void iq_waits_init(struct iq_waits *w, const struct iq_tasks *tasks, uint64_t stack_size);
void iq_waits_free(struct iq_waits *w);

/* A task with the functions and modules of its reliable frames; SP: of the innermost.
 * CPU: that it runs on, -1: it sleeps. */
void iq_waits_add(struct iq_waits *w, const struct iq_task_at *t, int64_t cpu, uint64_t sp,
		  const struct iq_slice *function, const struct iq_slice *module, size_t n);

/* All rows, and the run queues' counters.  -1: the sink failed or memory ran out. */
int iq_waits_put(struct iq_waits *w, struct iq_err *err);

#endif
