/* text/lines.h - a stream of bytes, cut into lines.
 *
 * Blocks of any size go in, lines come out through a callback; the result does not
 * depend on how the stream was cut into blocks.  A line that lies within one block
 * is handed out where it stands, only those that straddle blocks are copied.
 *
 * A line loses its end (LF, CRLF, CRCRLF), colours and overstrikes.  Runs of NUL
 * (files after a power loss) end a line and are reported, but do not count as a
 * line end: numbers are those an editor shows.  Of text with lone CRs in it (progress
 * bars) the part after the last one is the line, the others come before it, marked.
 * A line over IQ_LINE_MAX_BYTES that is several, pasted as one, is handed out in pieces
 * with the same number; any other is cut, reported, and the rest of it skipped without
 * being kept.
 */
#ifndef IQ_TEXT_LINES_H
#define IQ_TEXT_LINES_H

#include "base/err.h"
#include "text/decode.h"

enum iq_line_flags {
	IQ_LINE_CUT	  = 1 << 0,	/* limit reached, or the stream ends without newline */
	IQ_LINE_AFTER_NUL = 1 << 1,	/* behind a run of NULs */
	IQ_LINE_OVERWRITTEN = 1 << 2,	/* in front of a lone CR */
};

struct iq_line {
	struct iq_slice raw;		/* valid during the callback */
	int64_t number;			/* physical line, from 1 */
	int64_t offset_bytes;		/* of the physical line */
	unsigned flags;
	uint32_t folded;		/* lines behind it that are part of it (mail) */
};

struct iq_lines_ops {
	int (*line)(void *arg, const struct iq_line *line, struct iq_err *err);
	/* Where the beginning of a line that is too long may be cut; 0: nowhere.  May be
	 * NULL. */
	size_t (*seam)(struct iq_slice head);
	/* Bytes asked for with iq_lines_divert(). */
	void (*raw)(void *arg, const char *p, size_t n);
	void (*issue)(void *arg, const char *severity, const char *code, int64_t line,
		      int64_t offset_bytes, const char *text);
	void *arg;
};

struct iq_lines {
	struct iq_lines_ops ops;
	struct iq_decoder decoder;
	struct iq_buf decoded;		/* of a UTF-16 block */
	struct iq_buf carry;		/* beginning of a line that goes on in the next block */
	struct iq_buf clean;		/* a line without its colours */
	size_t skip;			/* byte order mark still to be dropped */
	size_t divert;			/* bytes that go to ops.raw */
	char end;			/* '\n', or '\r' in a file that has no other */
	bool overlong;			/* the line was handed out, its rest is dropped */
	bool odd;			/* the block has CRs, escapes or overstrikes */
	bool in_nul, after_nul;
	int64_t nul_runs;
	int64_t number, start;		/* of the current line */
	int64_t offset;			/* bytes of decoded stream so far */
};

/* SAMPLE: the first bytes of the stream, which are still to be fed. */
void iq_lines_init(struct iq_lines *l, const struct iq_lines_ops *ops,
		   const char *sample, size_t n);
void iq_lines_fini(struct iq_lines *l);
int iq_lines_feed(struct iq_lines *l, const char *p, size_t n, struct iq_err *err);
/* The last line, if it has no end. */
int iq_lines_finish(struct iq_lines *l, struct iq_err *err);

/* From within ops.line: the next N bytes are no text but go to ops.raw. */
static inline void iq_lines_divert(struct iq_lines *l, size_t n)
{
	l->divert = n;
}

#endif
