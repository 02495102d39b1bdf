/* tests/vmcore/compose_waits.h - locks on the little machine, and tasks that wait for them.
 *
 *	a mutex     its owner, and waiters whose structures lie on their stacks
 *	a rw-semaphore, a semaphore, an rt_mutex
 *
 * With the head of the list in the lock, as up to 7.0, or without, as from 7.1 on.
 */
#ifndef TESTS_VMCORE_COMPOSE_WAITS_H
#define TESTS_VMCORE_COMPOSE_WAITS_H

#include "compose_tasks.h"
#include "vmcore/stacks/waits.h"

#define LITTLE_STACK 1024
#define LITTLE_SP 256			/* of a sleeping task, from its stack's low end */

enum {
	/* of a mutex, a rw-semaphore, a semaphore */
	X_OWNER = 0, X_LIST = 8, RW_COUNT = 0, RW_OWNER = 8, RW_LIST = 16, SEM_LIST = 8,
	SEM_HOLDER = 24, W_LIST = 0, W_TASK = 16, W_SIZE = 32, RT_OWNER = 8, RW_TASK = 0,
	RT_LOCK = 8,
	T_BLOCKER = 256, T_PI = 264, T_ARRIVAL = 272, T_IOWAIT = 280,
	Q_CLOCK = 24,
};

struct waits {
	struct little *l;
	struct iq_waits w;
	bool headless;
	uint64_t ring[8];		/* first waiter of each lock, by number */
	uint64_t lock[8];
	size_t n_locks;
	/* what came out */
	struct iq_wait got[N_TASKS];
	char text[N_TASKS][8][64];
	size_t n;
};

static inline void little_locks(struct little *l, bool headless)
{
	static const struct { enum iq_member_no list, first; uint32_t at; } heads[] = {
		{ IQ_M_MUTEX_WAIT_LIST, IQ_M_MUTEX_FIRST_WAITER, X_LIST },
		{ IQ_M_RWSEM_WAIT_LIST, IQ_M_RWSEM_FIRST_WAITER, RW_LIST },
		{ IQ_M_SEMAPHORE_WAIT_LIST, IQ_M_SEMAPHORE_FIRST_WAITER, SEM_LIST },
	};
	static const enum iq_member_no waiters[][2] = {
		{ IQ_M_MUTEX_WAITER_LIST, IQ_M_MUTEX_WAITER_TASK },
		{ IQ_M_RWSEM_WAITER_LIST, IQ_M_RWSEM_WAITER_TASK },
		{ IQ_M_SEMAPHORE_WAITER_LIST, IQ_M_SEMAPHORE_WAITER_TASK },
	};

	for (size_t i = 0; i < 3; i++) {
		little_member(l, headless ? heads[i].first : heads[i].list, heads[i].at, 16,
			      16, false);
		little_member(l, waiters[i][0], W_LIST, 16, 16, false);
		little_member(l, waiters[i][1], W_TASK, 8, 8, false);
	}
	little_member(l, IQ_M_MUTEX_OWNER, X_OWNER, 8, 8, false);
	little_member(l, IQ_M_RWSEM_COUNT, RW_COUNT, 8, 8, true);
	little_member(l, IQ_M_RWSEM_OWNER, RW_OWNER, 8, 8, false);
	little_member(l, IQ_M_RT_MUTEX_OWNER, RT_OWNER, 8, 8, false);
	little_member(l, IQ_M_RT_WAITER_TASK, RW_TASK, 8, 8, false);
	little_member(l, IQ_M_RT_WAITER_LOCK, RT_LOCK, 8, 8, false);
	little_member(l, IQ_M_TASK_STACK, T_STACK, 8, 8, false);
	little_member(l, IQ_M_TASK_LAST_ARRIVAL, T_ARRIVAL, 8, 8, false);
	little_member(l, IQ_M_TASK_PI_BLOCKED_ON, T_PI, 8, 8, false);
	little_member(l, IQ_M_TASK_IN_IOWAIT, T_IOWAIT, 4, 4, false);
	little_member(l, IQ_M_RQ_CLOCK, Q_CLOCK, 8, 8, false);
	for (int i = 0; i < N_TASKS; i++) {
		l->used = (l->used + LITTLE_STACK - 1) & ~(size_t)(LITTLE_STACK - 1);
		put(l, l->task[i] + T_STACK, 8, alloc(l, LITTLE_STACK));
		put(l, l->task[i] + T_ARRIVAL, 8, 1000000000 * (uint64_t)(i + 1));
	}
}

static inline int little_put_wait(struct iq_sink *sink, enum iq_fact_type type,
				  const void *fact, struct iq_err *err)
{
	struct little *l = (struct little *)(void *)((char *)sink -
						     offsetof(struct little, sink));
	struct waits *x = l->v.issue_arg;
	const struct iq_wait *f = fact;
	(void)err;

	if (type != IQ_FACT_WAIT || x->n == N_TASKS)
		return 0;
	const struct iq_slice texts[] = { f->comm, f->kind, f->mode, f->lock_name, f->caller,
					  f->owner_comm, f->source, f->note };
	for (size_t i = 0; i < 8; i++)
		keep(x->text[x->n][i], 64, texts[i].p ? texts[i] : IQ_LIT(""));
	x->got[x->n++] = *f;
	return 0;
}

/* The tasks of the machine are found; what is put from now on is kept here. */
static inline void waits_open(struct waits *x, struct little *l, bool headless)
{
	memset(x, 0, sizeof *x);
	x->l = l;
	x->headless = headless;
}

static inline int waits_begin(struct waits *x)
{
	if (iq_state_tasks(&x->l->k, &x->l->err) || !x->l->k.tasks)
		return -1;
	x->l->v.issue = NULL;
	x->l->v.issue_arg = x;
	x->l->sink.put = little_put_wait;
	iq_waits_init(&x->w, x->l->k.tasks, LITTLE_STACK);
	return 0;
}

/* A lock of 48 bytes. */
static inline size_t waits_lock(struct waits *x)
{
	x->lock[x->n_locks] = alloc(x->l, 48);
	return x->n_locks++;
}

/* Task AT waits for lock NO, the list at LIST in it. */
static inline void waits_join(struct waits *x, int at, size_t no, unsigned list)
{
	struct little *l = x->l;
	uint64_t low = get8(l, l->task[at] + T_STACK), w = low + LITTLE_SP + 64;

	put(l, l->task[at] + T_STATE, 4, 2);
	put(l, w + W_TASK, 8, l->task[at]);
	put(l, low + LITTLE_SP + 16, 8, x->lock[no]);	/* a saved register */
	if (!x->ring[no]) {
		x->ring[no] = w;
		if (x->headless) {
			put(l, x->lock[no] + list, 8, w);
			list_init(l, w + W_LIST);
			return;
		}
		list_init(l, x->lock[no] + list);
	}
	list_add_tail(l, x->headless ? x->ring[no] + W_LIST : x->lock[no] + list, w + W_LIST);
}

static inline void waits_look(struct waits *x, int at, const char *const *functions, size_t n)
{
	struct iq_slice function[8], module[8];
	struct little *l = x->l;

	for (size_t i = 0; i < n && i < 8; i++) {
		function[i] = iq_slice_z(functions[i]);
		module[i] = IQ_SLICE_NULL;
	}
	for (size_t i = 0; i < l->k.tasks->n; i++)
		if (l->k.tasks->t[i].va == l->task[at])
			iq_waits_add(&x->w, &l->k.tasks->t[i], -1,
				     get8(l, l->task[at] + T_STACK) + LITTLE_SP, function,
				     module, n);
}

static inline int waits_end(struct waits *x)
{
	int rc = iq_waits_put(&x->w, &x->l->err);

	iq_waits_free(&x->w);
	return rc;
}

#endif
