/* analyze/child.h - work done in a child process, so that its death is a result.
 *
 * The child writes bytes to a pipe and notes in a page shared with its parent
 * what it is at; the parent collects the bytes and learns how it ended.  The
 * child gets /dev/null for standard input and output, no core file, default
 * signal handlers, and dies with its parent.  Each tick of iq_child_at() renews its
 * allowance of processor time.
 */
#ifndef IQ_ANALYZE_CHILD_H
#define IQ_ANALYZE_CHILD_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

struct iq_child_page {
	_Atomic int64_t item, step;	/* what it is at; -1: nothing of ours */
	_Atomic int64_t ticks;
};

struct iq_child {
	pid_t pid;
	int fd;
	struct iq_child_page *page;
	int64_t cpu_ms;			/* processor time from one tick to the next */
	int64_t wall_ms;		/* the same on the clock */
};

enum iq_child_end {
	IQ_CHILD_DONE,			/* came to its end */
	IQ_CHILD_DIED,			/* a signal, or it ended itself */
	IQ_CHILD_TIMEOUT,		/* used up its time */
	IQ_CHILD_FLOOD,			/* wrote more than MAX_BYTES */
};

struct iq_child_result {
	enum iq_child_end end;
	int64_t item, step;		/* where it was */
	char how[80];			/* "crashed: Segmentation fault" */
};

/* BODY runs in the child, writes to FD and returns 0 when all is done. */
int iq_child_start(struct iq_child *c, int (*body)(void *arg, struct iq_child *c), void *arg,
		   struct iq_err *err);

/* In the child: now at ITEM, STEP; the clock starts anew. */
void iq_child_at(struct iq_child *c, int64_t item, int64_t step);
/* In the child: all of B to the parent, or no return. */
void iq_child_write(struct iq_child *c, struct iq_buf *b);

/* Reads until the child has ended; appends to OUT at most MAX_BYTES. */
int iq_child_collect(struct iq_child *c, struct iq_buf *out, size_t max_bytes,
		     struct iq_child_result *ret, struct iq_err *err);

#endif
