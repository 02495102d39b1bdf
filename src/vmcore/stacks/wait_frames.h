/* vmcore/stacks/wait_frames.h - what a sleeping task waits for, by the functions on its
 * stack.
 *
 * Names of kernel/sched/, kernel/locking/ and mm/filemap.c of 2.6.32 to 7.x, without what
 * the compiler hung on them.  Pure.
 */
#ifndef IQ_VMCORE_WAIT_FRAMES_H
#define IQ_VMCORE_WAIT_FRAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

enum iq_wait_kind {
	IQ_WAIT_OTHER,
	IQ_WAIT_MUTEX, IQ_WAIT_SEMAPHORE, IQ_WAIT_RWSEM, IQ_WAIT_PERCPU_RWSEM,
	IQ_WAIT_RT_MUTEX, IQ_WAIT_COMPLETION, IQ_WAIT_IO, IQ_WAIT_SPINLOCK,
	IQ_WAIT_KINDS
};

enum iq_wait_mode { IQ_MODE_NONE, IQ_MODE_READ, IQ_MODE_WRITE };

struct iq_wait_for {
	enum iq_wait_kind kind;
	enum iq_wait_mode mode;
	size_t caller;			/* number of the function that wanted it; N: none */
};

/* FUNCTION: those of a sleeping task, innermost first. */
struct iq_wait_for iq_wait_of_frames(const struct iq_slice *function, size_t n);

/* The same of a running task: is it spinning for a lock, under whatever interrupted it? */
bool iq_spin_of_frames(const struct iq_slice *function, size_t n, struct iq_wait_for *ret);

/* "mutex", "read"; OTHER and NONE: p NULL. */
struct iq_slice iq_wait_kind_name(enum iq_wait_kind k);
struct iq_slice iq_wait_mode_name(enum iq_wait_mode m);

#endif
