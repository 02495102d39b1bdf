/* parse/crash/opener.h - lines that begin a report of a crash, or stand in front of one.
 *
 * One table of texts: which event kind a line opens, in one word what it is (crash.form)
 * and how to read the figures in it.  All eras are accepted from every kernel, since
 * texts were carried back.  Pure; slices are views into the line.
 */
#ifndef IQ_PARSE_CRASH_OPENER_H
#define IQ_PARSE_CRASH_OPENER_H

#include "model/facts.h"

enum iq_crash_kind {
	IQ_CRASH_NONE, IQ_CRASH_PANIC, IQ_CRASH_OOPS, IQ_CRASH_BUG, IQ_CRASH_SANITIZER,
	IQ_CRASH_WARNING, IQ_CRASH_SOFT, IQ_CRASH_HARD, IQ_CRASH_HUNG, IQ_CRASH_RCU,
	IQ_CRASH_WORKQUEUE, IQ_CRASH_HARDWARE, IQ_CRASH_FILESYSTEM, IQ_CRASH_STORAGE,
};

const char *iq_crash_kind_name(enum iq_crash_kind kind);	/* as contract's event kind */

enum iq_opener_part {
	IQ_OPENER_REPORT,	/* begins a report with trace and registers */
	IQ_OPENER_BEFORE,	/* stands before one; says what is wrong; alone it is a `bug` */
	IQ_OPENER_CUT,		/* cut here: something follows */
	IQ_OPENER_DIE,		/* Oops: 0002 [#1] SMP: mostly inside a report */
	IQ_OPENER_BLOCK,	/* lines of its own (hardware, disks): no trace */
};

struct iq_opened {
	enum iq_crash_kind kind;
	enum iq_opener_part part;
	struct iq_slice text;	/* the line without what stood in front of it */
	struct iq_crash c;	/* what the line tells; c.form always */
};

/* Does TEXT begin a report?  RET is then filled. */
bool iq_crash_opens(struct iq_slice text, struct iq_opened *ret);

#endif
