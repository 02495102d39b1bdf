/* input/input.h - any path as a tree of named byte streams.
 *
 * A capture is opened once and walked in one pass: its members (files inside
 * archives inside archives, or just the one stream) are handed to a visitor in the
 * order in which they stand.  Filters (gz xz zst bz2 lz4) and tar, in any nesting,
 * come off through libarchive, with each filter and format enabled by name and
 * none that runs a program.  Nothing is ever written but unlinked temporary files
 * in TMPDIR.  Flat memory.
 *
 * Limits (base/limits.h) hold for the whole walk.  Links inside a capture are
 * told as such (visitor->link) and never followed to the outside.
 *
 * Member names are labels, never used as paths: a leading "./" is dropped, a member
 * of an archive inside an archive is "inner.tar!path", a part of a text that is many
 * (supportconfig, apport) "memory.txt#/proc/meminfo"; other bytes stay as they are.
 * Error and issue texts do not name the path; whoever prints them puts it in front.
 *
 * raw() of a directory: for each file in order its path and a NUL, its bytes, their
 * number as 8 bytes little endian.  A file with several names counts by the first; the
 * others are links.
 */
#ifndef IQ_INPUT_INPUT_H
#define IQ_INPUT_INPUT_H

#include "base/err.h"
#include "base/limits.h"
#include "base/slice.h"

struct iq_stream;		/* a member as it is read, open only during the visitor's call
				 * (struct iq_member is the fact, model/facts.def) */

/* What a stream is, from its first bytes. */
enum iq_stream_kind {
	IQ_STREAM_EMPTY,
	IQ_STREAM_TEXT,			/* lines of text, maybe a log */
	IQ_STREAM_ELF_CORE,
	IQ_STREAM_KDUMP,		/* kdump-compressed, DISKDUMP too */
	IQ_STREAM_FLATTENED,		/* makedumpfile -F */
	IQ_STREAM_JOURNAL,		/* LPKSHHRH */
	IQ_STREAM_STORE,		/* an inquest store: not a capture */
	IQ_STREAM_ENCRYPTED,		/* gpg: refused, with the command that decrypts */
	IQ_STREAM_BINARY,		/* none of these */
};

struct iq_stream_info {
	enum iq_stream_kind kind;
	const char *format;		/* static: "kdump-compressed", "utf-16 text" ... */
	int bits;			/* of evidence, as in iq_reader_bid() */
};

struct iq_visitor {
	/* One member.  The visitor reads as much of it as it likes.  0, or -1 with
	 * ERR filled to stop the walk. */
	int (*member)(void *arg, struct iq_stream *m, struct iq_err *err);
	/* Damage, limits, things left out.  MEMBER "" is the capture itself. */
	void (*issue)(void *arg, const char *severity, const char *code,
		      struct iq_slice member, int64_t offset_bytes, const char *text);
	/* The capture's own bytes as they stream by, for the hash; may be NULL.  P
	 * stays valid and unchanged until release() was called with it. */
	void (*raw)(void *arg, const void *p, size_t n, void (*release)(void *, const void *),
		    void *release_arg);
	/* A link: its name, where it points to (as written there; of a hard link: the
	 * name of the member that holds the bytes, as the archive has it).  The target,
	 * if it is in the capture at all, is a member of its own, before or after.  May
	 * be NULL. */
	void (*link)(void *arg, struct iq_slice name, struct iq_slice target, bool hard);
	/* A file of an archive that is unpacked further: its bytes as they stand in the
	 * archive, a block of none first, and its end (WHOLE: none is missing).  May be
	 * NULL, both or none. */
	void (*packed)(void *arg, struct iq_slice name, struct iq_slice block);
	void (*packed_end)(void *arg, struct iq_slice name, bool whole);
	void *arg;
};

struct iq_walk_opts {
	struct iq_limits limits;
	int stdin_fd;			/* for the path "-" */
	/* Where iq_stream_fd() gets an empty file to copy to (a jail hands out what
	 * was opened for it); NULL: input/scratch.h makes one. */
	int (*scratch)(void *arg, struct iq_err *err);
	void *scratch_arg;
};

/* Walks PATH: a file, "-", or a directory that is one capture (an unpacked
 * bundle, a crash).  0: all was read or turned into issues; -1: nothing could be read, or
 * the visitor stopped. */
int iq_walk(const char *path, const struct iq_walk_opts *opts,
	    const struct iq_visitor *v, struct iq_err *err);

/* Shows TEXT as the one member of that name, whatever it looks like. */
int iq_walk_text(struct iq_slice text, struct iq_slice name, const struct iq_walk_opts *opts,
		 const struct iq_visitor *v, struct iq_err *err);

/* Walks several files, the parts of one dump, as the one capture that a directory of
 * them would be; in the order given.  The first one's member has no name, the others'
 * their own. */
int iq_walk_files(const char *const *paths, size_t n, const struct iq_walk_opts *opts,
		  const struct iq_visitor *v, struct iq_err *err);

/* --- of a member, during the visitor's call --- */

struct iq_slice iq_stream_name(const struct iq_stream *m);	/* "" : the capture itself */
int64_t iq_stream_mtime_us(const struct iq_stream *m);		/* INT64_MIN: unknown */
int64_t iq_stream_size(const struct iq_stream *m);		/* INT64_MIN: unknown */
/* Lines in front of it, where it is a part of a text file: add them to its own. */
int64_t iq_stream_lines_before(const struct iq_stream *m);
/* Was it read, and not only looked at from the beginning? */
bool iq_stream_was_read(const struct iq_stream *m);
/* Only the last lines of what it is called by, as the collector says? */
bool iq_stream_is_tail(const struct iq_stream *m);
/* The wrappers around it, outermost first: "xz,tar,gzip"; "" if none. */
struct iq_slice iq_stream_wrappers(const struct iq_stream *m);

/* At least WANT bytes from the beginning without consuming, fewer at the end. */
struct iq_slice iq_stream_peek(struct iq_stream *m, size_t want);
struct iq_stream_info iq_stream_identify(struct iq_stream *m);

/* Is it a part of a dump that makedumpfile --split wrote?  *ret_set as of
 * iq_path_is_split_part(). */
bool iq_stream_is_split_part(struct iq_stream *m, uint64_t *ret_set);

/* The next block: 1 and *ret, 0 at the end, -1 if the stream is damaged here (the
 * issue was reported; what came before is good).  Valid until the next call. */
int iq_stream_read(struct iq_stream *m, struct iq_slice *ret);

/* Whoever reads M asks for what is in it, not where: a hole of a sparse file, however
 * long, comes as a few zeros from now on.  Without meaning once M has a descriptor. */
void iq_stream_short_holes(struct iq_stream *m);

/* A descriptor for random access: the file itself, or an unlinked temporary copy
 * under the limits.  The caller closes it.  -1 with ERR on failure.  *ret_cut: the
 * stream was damaged and the copy ends early. */
int iq_stream_fd(struct iq_stream *m, bool *ret_cut, struct iq_err *err);

/* --- finding captures --- */

/* What a path is before it is opened for good. */
enum iq_path_kind {
	IQ_PATH_FILE,			/* or stdin, a pipe, a device */
	IQ_PATH_DIR,			/* holds captures */
	IQ_PATH_BUNDLE,			/* a directory that is one unpacked bundle */
	IQ_PATH_CRASH,			/* one that holds a dump, or its parts, and its log */
	IQ_PATH_JOURNAL,		/* one of binary journals only: a machine's */
};

/* -1: PATH cannot be read. */
int iq_path_kind(const char *path, enum iq_path_kind *ret, struct iq_err *err);

/* Is it a directory in which ABRT keeps a problem of the kernel? */
bool iq_path_is_problem(const char *path);

/* Is the file a part of a split dump?  *ret_set: equal for parts of one dump, unless
 * their writer left no name and no time in them. */
bool iq_path_is_split_part(const char *path, uint64_t *ret_set);

/* Calls FOUND for every capture that PATH leads to: a file is one, "-" is one, a
 * directory is one if it is laid out as an unpacked bundle or holds what one crash
 * left, otherwise every file below it (sorted by name, links not followed,
 * sockets and devices left out with a note).  -1: PATH cannot be read. */
int iq_find_captures(const char *path,
		     int (*found)(void *arg, const char *path, struct iq_err *err),
		     void (*issue)(void *arg, const char *severity, const char *code,
				   const char *path, const char *text),
		     void *arg, struct iq_err *err);

#endif
