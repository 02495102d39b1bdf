/* text/glue.h - pieces of kernel lines put together again.
 *
 * A line of kernel text may reach us in pieces: pr_cont() fragments that printk gave
 * records of their own because another CPU printed in between (each with a header),
 * and what a wrap broke off (without one).  Per host and printk caller one line is
 * kept open: a fragment that can only go on with it is appended, any other line of
 * that caller lets it go.  A line that lacks nothing waits only for a wrapped tail,
 * that is for the next line; one that does waits for IQ_GLUE_WAIT lines at most.  So
 * the order of the file holds per caller.
 */
#ifndef IQ_TEXT_GLUE_H
#define IQ_TEXT_GLUE_H

#include "base/buf.h"
#include "text/record.h"
#include "text/shape.h"

#define IQ_GLUE_OPEN 16			/* callers that print at the same time */
#define IQ_GLUE_WAIT 64			/* lines */
#define IQ_IDENT_MAX 64

struct iq_open_line {
	struct iq_record rec;		/* text and ident are in here */
	struct iq_buf text;
	char ident[IQ_IDENT_MAX];
	enum iq_need need;
	size_t columns;			/* of its last physical line */
	int64_t opened;			/* lines that had passed then */
};

struct iq_glue {
	int (*emit)(void *arg, const struct iq_record *rec, struct iq_err *err);
	void *arg;
	struct iq_open_line slot[IQ_GLUE_OPEN];	/* oldest first */
	size_t n;
	size_t n_needy;			/* of them lack something */
	struct iq_open_line *last;	/* the physically last line, or NULL */
	int64_t passed;
};

void iq_glue_init(struct iq_glue *g, int (*emit)(void *, const struct iq_record *,
						  struct iq_err *), void *arg);
void iq_glue_fini(struct iq_glue *g);

/* A line with a header comes.  1: it was a fragment and is taken.  0: it begins a line;
 * what had to be handed out before it was, iq_glue_open() may follow.  -1: ERR. */
int iq_glue_meet(struct iq_glue *g, const struct iq_record *rec, size_t columns,
		 struct iq_err *err);
/* The same for a line without header that was found to begin one: 0 or -1. */
int iq_glue_meet_bare(struct iq_glue *g, const struct iq_record *rec,
		      struct iq_err *err);
int iq_glue_open(struct iq_glue *g, const struct iq_record *rec, enum iq_need need,
		 size_t columns, struct iq_err *err);

/* MORE, a line without a header, goes on with the last line.  BLANK: with a blank. */
int iq_glue_append(struct iq_glue *g, struct iq_slice more, bool blank, int64_t line,
		   size_t columns, struct iq_err *err);

/* Lines went by that are not handed out. */
int iq_glue_pass(struct iq_glue *g, struct iq_err *err);
int iq_glue_flush(struct iq_glue *g, struct iq_err *err);
/* The last line comes again, whole: forget it. */
void iq_glue_drop_last(struct iq_glue *g);

#endif
