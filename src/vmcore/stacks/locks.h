/* vmcore/stacks/locks.h - the lock that a sleeping task waits for, and who has it.
 *
 * Kernels from 6.15 on may keep the lock in the task (blocker_mutex, blocker).  With
 * older ones it is found from the waiter: a structure on the task's stack that names the
 * task and hangs in the lock's list of waiters.  It counts only if the ring holds: its
 * neighbours point back, every other element is a waiter on the stack of the task it
 * names, and just one is none, the head inside the lock; or, where the ring has no head
 * (7.1), a word on the stack is the address of a lock whose first waiter is of the ring.
 * Nothing is guessed.  Each lock and its ring are read once, whoever asks.
 *
 * Follows kernel/locking/mutex.c, rwsem.c, semaphore.c, rtmutex.c and kernel/hung_task.c
 * of 3.10 to 7.x.
 */
#ifndef IQ_VMCORE_LOCKS_H
#define IQ_VMCORE_LOCKS_H

#include "vmcore/kernel/addrset.h"
#include "vmcore/stacks/wait_frames.h"
#include "vmcore/state/tasks.h"

enum iq_lock_source { IQ_LOCK_BY_BLOCKER, IQ_LOCK_BY_WAITER, IQ_LOCK_BY_PI };

struct iq_lock {
	enum iq_wait_kind kind;
	enum iq_lock_source source;
	uint64_t va;
	const struct iq_task_at *owner;	/* NULL: none is known */
	bool certain;			/* the owner is that of now, not the last one */
	bool reader_owned;		/* a rw-semaphore: readers have it */
	int64_t readers;		/* IQ_NULL: not told */
	int64_t waiters;		/* counted in its list; IQ_NULL: that is broken */
	const char *note;		/* static, or NULL */
};

struct iq_locks {
	const struct iq_tasks *tasks;
	struct iq_kimage *k;
	uint64_t stack_size;
	struct iq_addrset known;	/* addresses of locks, by number in ->lock */
	struct iq_lock *lock;
	size_t cap;
	struct iq_addrset waiting;	/* tasks found in a ring; ... */
	uint32_t *waits_for;		/* ... the lock of each */
	size_t cap_waiting;
	size_t steps;			/* left, over all rings */
	bool no_memory;
};

void iq_locks_init(struct iq_locks *l, const struct iq_tasks *tasks, uint64_t stack_size);
void iq_locks_free(struct iq_locks *l);

/* What the task T waits for, whose frames say W; SP: of its innermost frame.  Number in
 * ->lock, or UINT32_MAX: not found.  W gets what the blocker tells better. */
uint32_t iq_lock_of(struct iq_locks *l, const struct iq_task_at *t, uint64_t sp,
		    struct iq_wait_for *w);

#endif
