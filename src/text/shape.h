/* text/shape.h - does a piece of kernel text begin a line, or go on with one?
 *
 * Lines are torn by printk (pieces of pr_cont that another CPU came between), by
 * terminals and by web pages.  Whether two pieces belong together only the grammar
 * of the reports tells (facts: oom 1.22 and 6.4), so this is the one place in text/
 * that knows how lines of memory reports look.  Pure functions, no allocation.
 */
#ifndef IQ_TEXT_SHAPE_H
#define IQ_TEXT_SHAPE_H

#include "base/slice.h"

enum iq_shape {
	IQ_SHAPE_UNKNOWN = 0,
	IQ_SHAPE_OPENER,	/* surely begins a line of kernel text */
	IQ_SHAPE_FRAME,		/* of a stack trace, a register or code line */
	IQ_SHAPE_PAIR,		/* "name number": a line of memory.stat */
};

enum iq_shape iq_shape_of(struct iq_slice text);
/* Do its first words open a line of the kernel, of whatever rest? */
bool iq_opens_line(struct iq_slice text);

/* What a line still lacks. */
enum iq_need {
	IQ_NEED_NOTHING = 0,
	IQ_NEED_NODE,		/* "Node 0 ": the zone */
	IQ_NEED_ZONE,		/* counters of a zone or node line */
	IQ_NEED_LIST,		/* terms or the sum of a free list */
	IQ_NEED_RESERVE,	/* numbers of lowmem_reserve[] */
	IQ_NEED_TASK_IN,	/* paths of "Task in A killed as a result of limit of B" */
	IQ_NEED_TASKS_IN,	/* path or tail of "Tasks in A are going to be killed" */
	IQ_NEED_LIMIT,		/* path of "Memory limit reached of cgroup" */
	IQ_NEED_STATS,		/* path or terms of "Memory cgroup stats for A: x:0KB" */
	IQ_NEED_INVOKED,	/* rest of an invocation line */
	IQ_NEED_CPUSET,		/* "comm cpuset=" */
	IQ_NEED_SUMMARY,	/* rest of oom-kill: */
	IQ_NEED_ALLOC,		/* rest of a page allocation failure */
	IQ_NEED_KILLED,		/* rest of a Killed line */
	IQ_NEED_FIGURES,	/* a Killed line that may be whole, or set out anew */
	IQ_NEED_ROW,		/* the last columns of a task table's row */
	IQ_NEED_REST,		/* some other line that visibly breaks off */
	IQ_NEED_FOLD,		/* ends in a backslash: folded by hand */
};

enum iq_need iq_need_of(struct iq_slice text);

/* May MORE be what HAVE (with that need) lacks?  WRAPPED: MORE is a line without a
 * header, so that it is already suspect; otherwise it must be a piece that can be
 * nothing else. */
bool iq_need_fits(enum iq_need need, struct iq_slice have, struct iq_slice more,
		  bool wrapped);

/* Do HAVE and MORE join with a blank between them?  For pieces that were separate
 * records or were broken at a blank. */
bool iq_seam_blank(struct iq_slice have, struct iq_slice more);
/* Is there one for sure, wherever the line was broken?  Both are whole words. */
bool iq_seam_words(struct iq_slice have, struct iq_slice more);
/* Is there surely none?  Mail programs break words at their hyphens: "anon-", "rss:". */
bool iq_seam_hyphen(struct iq_slice have, struct iq_slice more);

/* Removes in place blanks that a wrap left inside a known token ("unevi   ctable:",
 * "0    *2048kB"); returns the new length. */
size_t iq_mend(char *p, size_t n);

#endif
