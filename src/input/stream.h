/* input/stream.h - inside of the room: a walk, and streams in layers.
 *
 * Every layer is a struct iq_stream: the file itself, what a filter makes of it, a
 * file of a tar in that.  A layer reads from the one under it and hands out blocks
 * it does not copy where that can be helped.
 *
 *     source (ring of blocks, tapped for the hash) -> xz -> tar entry -> gzip -> ...
 *
 * Damage is reported once, by the layer that finds it; the layers above then see
 * the end of the stream, so that each still hands out all it has, and keep silent.
 */
#ifndef IQ_INPUT_STREAM_H
#define IQ_INPUT_STREAM_H

#include "base/arena.h"
#include "base/buf.h"
#include "input/input.h"
#include "input/sniff.h"

#define IQ_INPUT_DEPTH_MAX 16		/* whatever the limits say: the C stack */
#define IQ_INPUT_NAME_MAX 4096		/* a longer name of a member is cut */
#define IQ_INPUT_NOTES_MAX 20		/* of one kind; then counted only */
#define IQ_INPUT_PEEK_MAX (1024 * 1024)

struct iq_ring;

struct iq_inode;
struct iq_inodes {
	struct iq_inode *at;
	size_t n, cap;
	struct iq_arena names;
};

struct iq_walk {
	const struct iq_walk_opts *opts;
	const struct iq_visitor *v;
	struct iq_err *err;
	struct iq_ring *ring;		/* made when first needed, one for the walk */
	uint64_t source_bytes;		/* read from the outside */
	uint64_t made_bytes;		/* handed out by all layers that can swell */
	uint64_t members;		/* sixteenths: an empty one counts as one */
	struct iq_inodes inodes;	/* of a tree */
	bool stopped;			/* a limit of the whole walk was reached; one of
					 * a single file ends that file's stream */
	bool aborted;			/* the visitor said stop; err is filled */
	struct {
		const char *code;	/* static strings, compared by content */
		unsigned n;
	} notes[16];
};

struct iq_stream {
	struct iq_walk *w;
	struct iq_stream *under;	/* the layer this is made from, NULL: outside */
	/* 1 and a block valid until the next call, 0 at the end, -1 damaged (reported
	 * already).  Never called again after 0 or -1. */
	int (*next)(struct iq_stream *m, struct iq_slice *ret);
	/* A descriptor of the bytes themselves, or -1: they have to be copied. */
	int (*dup_fd)(struct iq_stream *m);
	void *layer;			/* of next() */
	struct iq_slice name, wrappers;
	int64_t mtime_us, size_bytes;
	int64_t lines_before;		/* of the text that this is a part of */
	bool tail_only;			/* who packed it says so */
	unsigned depth;			/* filters and archives around it */
	bool swells;			/* its bytes count as made_bytes */
	bool is_file;			/* of an archive */
	bool tapped;			/* its bytes go to the visitor's packed(), too */
	bool holds_many;		/* files, each with limits of its own */
	/* of the file of an archive that this is, or is packed in */
	uint64_t source_from;		/* source_bytes where it begins */
	uint64_t packed_bytes;		/* of it in the archive; 0: unknown */
	uint64_t made_max;		/* of made_bytes, its share; 0: all there is */
	int64_t passed_bytes;		/* of holes, not handed out */
	bool short_holes;

	struct iq_buf peeked;		/* blocks glued by a peek */
	struct iq_slice ahead;		/* fetched, not yet read */
	bool have_ahead;
	bool begun;			/* something was read: a peek is past */
	bool ended, damaged;
	int64_t given_bytes;		/* by next() so far */
};

/* --- walk.c --- */

void iq_walk_issue(struct iq_walk *w, const char *severity, const char *code,
		   struct iq_slice member, int64_t offset_bytes, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

/* As iq_walk_issue() with severity note, but at most IQ_INPUT_NOTES_MAX of a code. */
void iq_walk_note(struct iq_walk *w, const char *code, struct iq_slice member,
		  const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* The same, of another severity. */
void iq_walk_some(struct iq_walk *w, const char *severity, const char *code,
		  struct iq_slice member, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* Hands M to the visitor, or what is wrapped in it.  -1: stop the walk. */
int iq_walk_stream(struct iq_walk *w, struct iq_stream *m);

void iq_stream_init(struct iq_stream *m, struct iq_walk *w, struct iq_stream *under);
void iq_stream_fini(struct iq_stream *m);

/* Did this layer or one under it break off? */
bool iq_stream_broken(const struct iq_stream *m);

/* --- inodes.c --- */

/* The name by which that file was met before; p NULL: this is the first. */
struct iq_slice iq_inodes_first(struct iq_inodes *t, uint64_t dev, uint64_t ino,
				struct iq_slice name);
void iq_inodes_fini(struct iq_inodes *t);

/* --- source.c --- */

/* FD is read from its present place on (pread for files, so that others may use
 * it too).  The tap of the visitor gets every block. */
int iq_source_init(struct iq_stream *m, struct iq_walk *w, int fd, struct iq_err *err);
/* Goes on to the end for the tap's sake, as far as that is sensible. */
void iq_source_fini(struct iq_stream *m);
/* Hands bytes that are not of a file to the tap; copies. */
int iq_source_tap(struct iq_walk *w, const void *p, size_t n);
/* Waits until the tap gave back all blocks. */
void iq_ring_free(struct iq_ring *r);

/* --- unwrap.c --- */

/* Takes WRAP off M and passes what is inside to iq_walk_stream(). */
int iq_unwrap(struct iq_walk *w, struct iq_stream *m, enum iq_wrap wrap);

/* --- codec.c --- */

/* The wraps for which iq_codec_walk() does what iq_unwrap() does for the others: IN is
 * the layer above UNDER, its bytes go to iq_walk_stream(). */
bool iq_codec_knows(enum iq_wrap wrap);
int iq_codec_walk(struct iq_walk *w, struct iq_stream *under, struct iq_stream *in,
		  enum iq_wrap wrap);

/* --- sections.c, apport.c: a text that is many; as iq_codec_walk() --- */

int iq_sections_walk(struct iq_walk *w, struct iq_stream *under, struct iq_stream *in);
int iq_apport_walk(struct iq_walk *w, struct iq_stream *under, struct iq_stream *in);

/* --- limit.c --- */

/* M hands out N more bytes: false if that is too much, said as an issue. */
bool iq_limit_bytes(struct iq_stream *m, size_t n);
/* Says so where the sparse file M reads as more than may be read. */
void iq_limit_sparse(struct iq_stream *m);
/* M is a file of an archive, and has limits of its own. */
void iq_limit_begin(struct iq_stream *m);
bool iq_limit_member(struct iq_walk *w, struct iq_slice name, bool empty);
bool iq_limit_depth(struct iq_walk *w, const struct iq_stream *m);

#endif
