/* wire/wire.h - facts as bytes: what the jailed child hands to the parent.
 *
 * A spool is a run of frames in an unlinked file: length (4 bytes, little endian),
 * kind byte, payload.  The payload of a fact is its columns in the order of facts.def: a
 * number as 0 (missing) or zigzag + 1, a text as 0 (missing) or length + 1 and the
 * bytes.  The last frame is DONE; a spool without one comes from a child that died,
 * and what stands before is still good.
 *
 * The reader takes the bytes for hostile: a child that a capture has taken over
 * can write what it likes, so lengths, kinds and ends are checked, and every
 * mistake is an error, never a crash.  Numbers themselves mean nothing here.
 *
 * Writer and reader live in one program version: the format is not kept stable.
 */
#ifndef IQ_WIRE_WIRE_H
#define IQ_WIRE_WIRE_H

#include "base/buf.h"
#include "base/err.h"
#include "model/facts.h"

#define IQ_WIRE_FRAME_MAX (1024 * 1024)		/* one fact; a log line is at most 64 KiB */

/* --- writing: the sink of the child --- */

struct iq_wire_writer {
	struct iq_sink sink;		/* first: the sink's put() casts back */
	int fd;
	struct iq_buf buf;
	uint64_t written_bytes, limit_bytes;
};

/* FD stays the caller's.  LIMIT_BYTES: of the spool, 0 none; reaching it is an
 * IQ_E_LIMIT error of put(). */
void iq_wire_writer_init(struct iq_wire_writer *w, int fd, uint64_t limit_bytes);
void iq_wire_writer_fini(struct iq_wire_writer *w);

/* What the child is about to do, for the case that it dies doing it.  Flushed at
 * once. */
int iq_wire_stage(struct iq_wire_writer *w, struct iq_slice stage, struct iq_err *err);

/* The end: OUTCOME (NULL: all went well) travels to the parent.  Flushes. */
int iq_wire_done(struct iq_wire_writer *w, const struct iq_err *outcome, struct iq_err *err);

/* --- reading --- */

struct iq_wire_reader {
	int fd;
	uint64_t at;			/* file offset of buf.p[0] */
	struct iq_buf buf;		/* bytes read and not yet used up start at pos */
	size_t pos;
	uint64_t unwanted;		/* bit per fact type: passed over unread */
	/* what was met so far */
	bool done;			/* the DONE frame */
	struct iq_err outcome;		/* its contents */
	char stage[200];		/* the last one */
};

/* FD stays the caller's; reading starts at its beginning. */
void iq_wire_reader_init(struct iq_wire_reader *r, int fd);
void iq_wire_reader_fini(struct iq_wire_reader *r);
void iq_wire_reader_rewind(struct iq_wire_reader *r);

/* The next fact into FACT (IQ_FACT_BYTES_MAX bytes, suitably aligned); texts point
 * into the reader until the next call.  1; 0 at the end of what was written so far
 * (->done tells whether that is all; if the writer goes on, so may the reader); -1 with
 * ERR if the bytes are not what a writer writes. */
int iq_wire_next(struct iq_wire_reader *r, enum iq_fact_type *ret_type, void *fact,
		 struct iq_err *err);

#endif
