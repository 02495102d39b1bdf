/* input/unwrap.c - taking one wrapper off a stream, through libarchive (gzip and xz:
 * codec.c).
 *
 * One handle a wrapper, with exactly the one filter or format that sniff.c found:
 * nothing is bid for, nothing can run a program, and every layer is counted by
 * limit.c (a handle with all filters would open 25 layers of gzip on its own).
 * Blocks are passed from handle to handle without a copy of ours.
 *
 * Of libarchive 3.6: a stream that breaks off gives everything before the break,
 * then ARCHIVE_FATAL; format `raw` does not take an empty stream, so `empty` is
 * enabled beside it.
 */
#include "input/stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/facts.h"

#define ZEROS_BYTES 65536
#define TAR_BLOCK 512
#define BAD_HEADERS_MAX 100000		/* of one archive, skipped looking for the next */

struct unwrapped {
	struct archive *a;
	struct iq_stream *under;
	bool broken;			/* the handle gave up: nothing more to come */
	size_t zeros;			/* that the bytes so far end with, as far as counted */
	/* of the entry being read */
	struct iq_slice block;		/* waits for a hole before it to be filled */
	int64_t block_at, end_at;	/* end_at: IQ_NULL if unknown */
	bool have_block, at_end;
};

static const char zeros[ZEROS_BYTES];

static void count_zeros(struct unwrapped *u, struct iq_slice b)
{
	size_t n = 0;

	while (n < TAR_BLOCK && n < b.n && !b.p[b.n - 1 - n])
		n++;
	u->zeros = n == b.n ? u->zeros + n : n;
}

/* Damage below is presented as the end: the handle then gives all it has. */
static ssize_t pull(struct archive *a, void *arg, const void **ret)
{
	struct unwrapped *u = arg;
	struct iq_slice b;

	(void)a;
	*ret = NULL;
	if (iq_stream_read(u->under, &b) != 1)
		return 0;
	count_zeros(u, b);
	*ret = b.p;
	return (ssize_t)b.n;
}

static const char *why(struct archive *a)
{
	const char *s = archive_error_string(a);
	return s ? s : "the archive is damaged";
}

/* What is broken below, or stopped by a limit, has been said there. */
static void report(struct unwrapped *u, struct iq_stream *m, struct iq_slice name,
		   int64_t offset_bytes)
{
	struct iq_walk *w = u->under->w;
	u->broken = true;
	if (m)
		m->damaged = true;
	if (iq_stream_broken(u->under) || w->stopped)
		return;
	iq_walk_issue(w, "damage", "damaged", name, offset_bytes,
		      "%s; what comes before was read", why(u->a));
}

/* --- one filter --- */

static int filter_code(enum iq_wrap wrap)
{
	static const int codes[IQ_WRAP_MAX] = {
		[IQ_WRAP_BZIP2] = ARCHIVE_FILTER_BZIP2,
		[IQ_WRAP_LZMA] = ARCHIVE_FILTER_LZMA,
		[IQ_WRAP_ZSTD] = ARCHIVE_FILTER_ZSTD,
		[IQ_WRAP_LZ4] = ARCHIVE_FILTER_LZ4,
	};
	return codes[wrap];
}

static int filter_next(struct iq_stream *m, struct iq_slice *ret)
{
	struct unwrapped *u = m->layer;
	const void *p;
	size_t n = 0;
	la_int64_t at;
	int r;

	if (u->at_end)
		return 0;
	do
		r = archive_read_data_block(u->a, &p, &n, &at);
	while (r == ARCHIVE_OK && n == 0);
	if (r == ARCHIVE_EOF) {
		/* the wrapper looks whole, but what it stands on broke off */
		return iq_stream_broken(u->under) ? -1 : 0;
	}
	if (r != ARCHIVE_OK && r != ARCHIVE_WARN) {
		report(u, m, m->name, m->given_bytes);
		return -1;
	}
	*ret = iq_slice(p, n);
	return 1;
}

static int64_t entry_mtime_us(struct archive_entry *e)
{
	int64_t us;
	if (!archive_entry_mtime_is_set(e) ||
	    __builtin_mul_overflow((int64_t)archive_entry_mtime(e), INT64_C(1000000), &us))
		return IQ_NULL;
	return us + archive_entry_mtime_nsec(e) / 1000;
}

static int filter_walk(struct iq_walk *w, struct unwrapped *u, struct iq_stream *in)
{
	struct archive_entry *e;
	int r = archive_read_open1(u->a);

	/* `empty` also takes a stream that breaks before its first byte */
	bool bad = r != ARCHIVE_OK || archive_errno(u->a);
	if (!bad) {
		r = archive_read_next_header(u->a, &e);
		u->at_end = r == ARCHIVE_EOF;
		bad = r != ARCHIVE_OK && r != ARCHIVE_WARN && r != ARCHIVE_EOF;
	}
	if (bad) {
		report(u, in, in->name, 0);
		return 0;
	}
	in->next = filter_next;
	in->swells = true;
	return iq_walk_stream(w, in);
}

/* --- an archive --- */

/* Holes of sparse members are read as the zeros that they stand for. */
static int fill_hole(struct iq_stream *m, int64_t to, struct iq_slice *ret)
{
	int64_t n = to - m->given_bytes;
	if (n > ZEROS_BYTES && m->short_holes) {
		iq_walk_note(m->w, "hole", m->name, "a hole of %lld bytes was passed over",
			     (long long)(n - ZEROS_BYTES));
		m->passed_bytes += n - ZEROS_BYTES;
		m->given_bytes = to - ZEROS_BYTES;
	}
	*ret = iq_slice(zeros, n > ZEROS_BYTES ? ZEROS_BYTES : (size_t)n);
	return 1;
}

static int entry_next(struct iq_stream *m, struct iq_slice *ret)
{
	struct unwrapped *u = m->layer;
	la_int64_t at = 0;
	const void *p;
	size_t n = 0;
	int r = ARCHIVE_OK;

	while (!u->have_block && !u->at_end) {
		r = archive_read_data_block(u->a, &p, &n, &at);
		if (r != ARCHIVE_OK && r != ARCHIVE_WARN) {
			u->at_end = true;
			break;
		}
		if (n == 0 && at <= m->given_bytes)
			continue;
		u->have_block = true;
		u->block = iq_slice(p, n);
		u->block_at = at;
	}
	if (r != ARCHIVE_OK && r != ARCHIVE_WARN && r != ARCHIVE_EOF) {
		report(u, m, m->name, m->given_bytes);
		u->broken = r == ARCHIVE_FATAL;
		return -1;
	}
	if (u->have_block && u->block_at > m->given_bytes)
		return fill_hole(m, u->block_at, ret);
	if (u->have_block) {
		u->have_block = false;
		*ret = u->block;
		if (ret->n)
			return 1;
		return entry_next(m, ret);
	}
	if (u->end_at != IQ_NULL && u->end_at > m->given_bytes)
		return fill_hole(m, u->end_at, ret);
	return 0;
}

/* tar -P keeps a leading slash; to climb by ".." is nobody's habit. */
static void check_name(struct iq_walk *w, struct iq_slice s, struct iq_slice shown)
{
	static const char text[] = "the name points outside of the archive; taken as a label";

	if (iq_eq(s, IQ_LIT("..")) || iq_starts(s, IQ_LIT("../")) ||
	    iq_has(s, IQ_LIT("/../")) || iq_ends(s, IQ_LIT("/..")))
		iq_walk_some(w, "damage", "member-name", shown, "%s", text);
	else if (iq_starts(s, IQ_LIT("/")))
		iq_walk_note(w, "member-name", shown, "%s", text);
}

/* The name as it is shown: without "./", cut if absurd, behind the name of the
 * archive it lies in. */
static bool entry_name(struct iq_walk *w, struct iq_stream *in, struct archive_entry *e,
		       struct iq_buf *ret)
{
	const char *z = archive_entry_pathname(e);
	if (!z)
		z = archive_entry_pathname_utf8(e);
	struct iq_slice s = z ? iq_slice_z(z) : IQ_LIT("?");

	while (iq_skip(&s, IQ_LIT("./")))
		while (iq_skip(&s, IQ_LIT("/")))
			;
	if (in->name.n) {
		iq_buf_slice(ret, in->name);
		iq_buf_char(ret, '!');
	}
	iq_buf_slice(ret, iq_head(s, IQ_INPUT_NAME_MAX));
	iq_buf_char(ret, 0);
	if (ret->failed)
		return false;
	ret->n--;
	struct iq_slice shown = iq_buf_as_slice(ret);
	if (s.n > IQ_INPUT_NAME_MAX)
		iq_walk_note(w, "member-name", shown, "a name of %zu bytes was cut", s.n);
	check_name(w, s, shown);
	return true;
}

static const char *file_type(unsigned type)
{
	switch (type) {
	case AE_IFCHR: return "a character device";
	case AE_IFBLK: return "a block device";
	case AE_IFIFO: return "a named pipe";
	case AE_IFSOCK: return "a socket";
	default: return "of a kind that holds no bytes";
	}
}

static int entry_file(struct iq_walk *w, struct unwrapped *u, struct iq_stream *in,
		      struct archive_entry *e, struct iq_slice name, bool zip)
{
	struct iq_stream m;

	if (archive_entry_is_data_encrypted(e) > 0) {
		iq_walk_issue(w, "failed", "encrypted", name, IQ_NULL,
			      "encrypted with a password; unpack it by hand");
		return 0;
	}
	iq_stream_init(&m, w, in);
	m.name = name;
	m.mtime_us = entry_mtime_us(e);
	m.size_bytes = archive_entry_size_is_set(e) ? archive_entry_size(e) : IQ_NULL;
	m.swells = zip || archive_entry_sparse_count(e) > 0;
	m.layer = u;
	m.next = entry_next;
	/* in a tar the gap behind the last block of a sparse member is a hole too */
	u->end_at = zip ? IQ_NULL : m.size_bytes;
	u->have_block = u->at_end = false;
	if (archive_entry_sparse_count(e) > 0)
		iq_limit_sparse(&m);
	iq_limit_begin(&m);
	m.is_file = true;
	int r = iq_walk_stream(w, &m);
	iq_stream_fini(&m);
	return r;
}

static int entry_walk(struct iq_walk *w, struct unwrapped *u, struct iq_stream *in,
		      struct archive_entry *e, bool zip)
{
	const char *hard = archive_entry_hardlink(e), *soft = archive_entry_symlink(e);
	unsigned type = archive_entry_filetype(e);
	struct iq_buf name;
	int r = 0;

	if (type == AE_IFDIR)
		return 0;
	iq_buf_init(&name);
	if (!entry_name(w, in, e, &name)) {
		iq_buf_fini(&name);
		return iq_err_set(w->err, IQ_E_NOMEM, "out of memory");
	}
	/* A link is followed by name, by whoever knows the layout: what it points to
	 * is a member itself.  Old tars keep data with a hard link. */
	if (type == AE_IFLNK || (hard && archive_entry_size(e) == 0)) {
		if (w->v->link && (hard || soft))
			w->v->link(w->v->arg, iq_buf_as_slice(&name),
				   iq_slice_z(hard ? hard : soft), hard != NULL);
	} else if (type == AE_IFREG || hard) {
		r = entry_file(w, u, in, e, iq_buf_as_slice(&name), zip);
	} else {
		iq_walk_note(w, "left-out", iq_buf_as_slice(&name), "%s; left out",
			     file_type(type));
	}
	iq_buf_fini(&name);
	return r;
}

/* A tar ends with blocks of zeros.  To libarchive one that was cut between two files is
 * whole. */
static void check_end(struct iq_walk *w, const struct unwrapped *u, struct iq_slice name)
{
	if (u->zeros >= TAR_BLOCK || iq_stream_broken(u->under) || w->stopped)
		return;
	iq_walk_issue(w, "damage", "damaged", name, archive_filter_bytes(u->a, 0),
		      "the archive has no end, it may be cut off; what is there was read");
}

static int archive_walk(struct iq_walk *w, struct unwrapped *u, struct iq_stream *in,
			bool zip)
{
	struct archive_entry *e;
	unsigned bad = 0;
	bool said = false;

	if (archive_read_open1(u->a) != ARCHIVE_OK) {
		report(u, NULL, in->name, 0);
		return 0;
	}
	while (!u->broken && !w->stopped) {
		int r = archive_read_next_header(u->a, &e);
		if (r == ARCHIVE_EOF) {
			if (!zip)
				check_end(w, u, in->name);
			break;
		}
		if (r != ARCHIVE_OK && r != ARCHIVE_WARN) {
			if (!said)
				report(u, NULL, in->name, archive_filter_bytes(u->a, 0));
			said = true;
			u->broken = r == ARCHIVE_FATAL || ++bad > BAD_HEADERS_MAX;
			continue;
		}
		said = false;
		struct iq_slice name = in->name;
		if (!iq_limit_member(w, name, archive_entry_size(e) == 0))
			break;
		if (entry_walk(w, u, in, e, zip))
			return -1;
	}
	return 0;
}

/* --- both --- */

static struct archive *open_handle(struct unwrapped *u, enum iq_wrap wrap)
{
	struct archive *a = archive_read_new();
	int r = ARCHIVE_OK;

	if (!a)
		return NULL;
	if (wrap == IQ_WRAP_TAR) {
		r = archive_read_support_format_tar(a);
		archive_read_set_option(a, "tar", "read_concatenated_archives", "1");
	} else if (wrap == IQ_WRAP_ZIP) {
		r = archive_read_support_format_zip_streamable(a);
	} else {
		r = archive_read_append_filter(a, filter_code(wrap));
		if (archive_read_support_format_raw(a) != ARCHIVE_OK ||
		    archive_read_support_format_empty(a) != ARCHIVE_OK)
			r = ARCHIVE_FATAL;
	}
	if (r != ARCHIVE_OK || archive_read_set_callback_data(a, u) != ARCHIVE_OK ||
	    archive_read_set_read_callback(a, pull) != ARCHIVE_OK) {
		archive_read_free(a);
		return NULL;
	}
	return a;
}

/* What stands behind the end of the stream is of the file, too. */
static void end_tap(struct iq_walk *w, struct iq_stream *m)
{
	struct iq_slice rest;

	while (iq_stream_read(m, &rest) == 1)
		;
	w->v->packed_end(w->v->arg, m->name, !iq_stream_broken(m) && !w->stopped);
}

int iq_unwrap(struct iq_walk *w, struct iq_stream *m, enum iq_wrap wrap)
{
	struct unwrapped u = { .under = m };
	bool archive = wrap == IQ_WRAP_TAR || wrap == IQ_WRAP_ZIP;
	char wrappers[16 * IQ_INPUT_DEPTH_MAX];
	struct iq_stream in;

	bool text = wrap == IQ_WRAP_SECTIONS || wrap == IQ_WRAP_APPORT;
	bool own = iq_codec_knows(wrap) || text;
	m->holds_many = archive || text;
	m->tapped = m->is_file && w->v->packed && !text;
	if (m->tapped)
		w->v->packed(w->v->arg, m->name, IQ_LIT(""));
	u.a = own ? NULL : open_handle(&u, wrap);
	if (!own && !u.a)
		return iq_err_set(w->err, IQ_E_NOMEM, "out of memory");
	/* the layer itself for a filter, the prototype of its entries for an archive */
	iq_stream_init(&in, w, m);
	in.layer = &u;
	in.depth = m->depth + 1;
	int n = snprintf(wrappers, sizeof wrappers, "%.*s%s%s", IQ_FMT(m->wrappers),
			 m->wrappers.n ? "," : "", iq_wrap_name(wrap));
	in.wrappers = iq_slice(wrappers, n < 0 ? 0 : (size_t)n);
	int r = wrap == IQ_WRAP_SECTIONS ? iq_sections_walk(w, m, &in)
			: wrap == IQ_WRAP_APPORT ? iq_apport_walk(w, m, &in)
			: own ? iq_codec_walk(w, m, &in, wrap)
			: archive ? archive_walk(w, &u, &in, wrap == IQ_WRAP_ZIP)
			: filter_walk(w, &u, &in);
	iq_stream_fini(&in);
	if (u.a)
		archive_read_free(u.a);
	if (m->tapped && r == 0)
		end_tap(w, m);
	return r;
}
