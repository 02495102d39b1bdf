/* kern/frameclass.h - what a name in a stack trace is: the reporter, a helper, a wait,
 * the way in, or the code that matters.
 *
 * A table of names after the kernel's own (panics.md 8.5).  Who looks for the function
 * to blame skips some classes and not others: a hung task's waits are skipped, a soft
 * lockup's spinlock is where it spins.  Pure.
 */
#ifndef IQ_KERN_FRAMECLASS_H
#define IQ_KERN_FRAMECLASS_H

#include "base/slice.h"

enum iq_frame_class {
	IQ_FRAME_CODE,			/* anything else: what one looks for */
	IQ_FRAME_REPORT,		/* prints the report, or takes the exception */
	IQ_FRAME_SANITIZER,		/* KASAN ..., refcount, list and usercopy checks */
	IQ_FRAME_WATCHDOG,		/* lockup and stall detection, the tick under it, NMI */
	IQ_FRAME_WAIT,			/* scheduler, locks, wait primitives */
	IQ_FRAME_SERVICE,		/* waits for another thread: flush_work, kthread_stop */
	IQ_FRAME_HELPER,		/* memcpy, allocator, trees: the messenger of a bad pointer */
	IQ_FRAME_ENTRY,			/* system call and thread entry: the trace ends here */
};

/* NAME as printed, with or without suffix, offset, module and leading dot. */
enum iq_frame_class iq_frame_class(struct iq_slice name);

/* NAME without what the build or the machine put there: suffixes of the compiler, the
 * dot of ppc64, system call wrappers (__x64_sys_read, SyS_read: sys_read).  Written to
 * BUF where it is no part of NAME; longer than N bytes it is cut. */
struct iq_slice iq_frame_normal(struct iq_slice name, char *buf, size_t n);

#endif
