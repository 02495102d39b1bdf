/* text/reader_priv.h - the reader's state, and the stages that share it: reader.c (the
 * stream and its sample), hot.c and intake.c (a line), records.c (a record's text),
 * deliver.c (to the callback).  Private to these.
 */
#ifndef IQ_TEXT_READER_PRIV_H
#define IQ_TEXT_READER_PRIV_H

#include "text/boots.h"
#include "text/dialect.h"
#include "text/glue.h"
#include "text/lines.h"
#include "text/mail.h"
#include "text/paste.h"
#include "text/programs.h"
#include "text/reader.h"
#include "text/reverse.h"
#include "text/wrap.h"
#include "text/years.h"

#define IQ_REPEAT_MAX 1000		/* records out of one "message repeated" line */
#define IQ_ISSUES_MAX 1000		/* of one stream; then they are only counted */
#define IQ_BARE_REACH 24		/* unknown lines a headless kernel text may hold */
#define IQ_BOX_MAX (32 * 1024 * 1024)	/* console output in base64 or JSON */

/* The last line with a header: what further lines of its record take over. */
struct iq_head_line {
	struct iq_record rec;
	char ident[IQ_IDENT_MAX];
	size_t width;			/* columns in front of its text; 0: none */
	bool valid, wanted, stats;	/* stats: lines of memory.stat follow */
};

/* What of a host's lines was lost. */
struct iq_host_watch {
	bool gap;			/* lines were, since the last record */
	/* of /dev/kmsg, the last one first: each machine counts its own, and two of them
	 * may send to one file without their names */
	int64_t seq[2];
	int n_seq;
};

/* Lines that were pasted as one, and broken anew where they were too long. */
struct iq_run_on {
	int64_t line;			/* the last of them, or one as full behind it */
	size_t bytes, last_bytes;	/* of the longest, of the last */
	int64_t cuts;			/* records that began inside a line, so far */
};

struct iq_reader {
	struct iq_reader_opts opts;
	const struct iq_reader_ops ops;
	void *arg;

	struct iq_buf sample;		/* until it is full */
	bool started, boxed, box_full;
	struct iq_lines lines;
	struct iq_mail mail;
	struct iq_paste paste;
	struct iq_wrap wrap;
	struct iq_peeler *peeler;
	struct iq_glue glue;
	struct iq_boots boots;
	struct iq_years years;
	struct iq_buf undone, typed;	/* a line being repaired */

	struct iq_head_line head;
	bool fast;			/* the hot loop may be used */
	bool after_blank;		/* the line before was empty */
	struct iq_run_on run_on;
	bool newest_first, replaying;	/* records wait in .reverse for the end */
	struct iq_reverse reverse;
	bool all_bare;			/* kernel text without any header */
	int bare_reach;			/* lines that still count as kernel text */
	struct iq_slice boot_id;	/* of the record at hand */
	uint32_t month;			/* the hot loop's last, its three letters */
	struct iq_record said;		/* the last record handed out, for "repeated" */
	struct iq_buf said_text;
	bool said_valid;
	struct iq_host_watch *watched;	/* by host, as many as spoke of losses */
	size_t n_watched;

	int64_t issues;
	int64_t counts[IQ_DIA_MAX];
	enum iq_dialect fast_dialect;
	struct iq_buf names;		/* of the dialects */
	struct iq_reader_summary summary;
};

/* --- intake.c --- */

/* One line of the stream; the callback of text/lines.h. */
int iq_intake_line(void *arg, const struct iq_line *line, struct iq_err *err);
/* What the peeler still held at the end, and what waited for it. */
int iq_intake_flush(struct iq_reader *r, struct iq_err *err);

/* --- hot.c --- */

/* A line with a syslog's shape: 1 done with, 0 the long way, -1 ERR. */
int iq_hot_line(struct iq_reader *r, struct iq_slice raw, struct iq_err *err);

/* --- records.c --- */

/* The header that was peeled off LINE, in the reader's terms. */
struct iq_record iq_record_of(struct iq_reader *r, const struct iq_peeled *p,
			      const struct iq_line *line);
/* All lines of a record's text go on to iq_deliver(). */
int iq_pieces(struct iq_reader *r, struct iq_record *rec, bool read, size_t columns,
	      struct iq_err *err);
/* Cuts the next line off *text.  OCTAL: #012 is a newline too. */
struct iq_slice iq_next_line(struct iq_slice *text, bool octal);
/* Is the record of a program that is handed out whatever the parser wants? */
bool iq_is_read(struct iq_reader *r, const struct iq_record *rec);
/* N messages (IQ_NULL: some) were lost in front of REC. */
void iq_lost(struct iq_reader *r, const struct iq_record *rec, const char *code,
	     int64_t n);
void iq_watch_gaps(struct iq_reader *r, const struct iq_peeled *p,
		   const struct iq_record *rec);

/* --- deliver.c --- */

/* A piece of text whose header is in REC: glued, filtered, handed out.  READ: it is to
 * be handed out whatever the parser wants. */
int iq_deliver(struct iq_reader *r, struct iq_record *rec, bool read, size_t columns,
	       struct iq_err *err);
/* Glue's callback. */
int iq_deliver_emit(void *arg, const struct iq_record *rec, struct iq_err *err);
/* The record handed out last, N times more. */
int iq_deliver_repeat(struct iq_reader *r, const struct iq_record *rec, int64_t n,
		      struct iq_err *err);
/* Would a kernel line with that text be handed out now? */
bool iq_deliver_wants(const struct iq_reader *r, struct iq_slice text);
/* What was noted of a host; NULL: out of memory. */
struct iq_host_watch *iq_deliver_watch(struct iq_reader *r, uint32_t host);
void iq_reader_issue(struct iq_reader *r, const char *severity, const char *code,
		     int64_t line, int64_t offset_bytes, const char *text);

#endif
