/* input/walk.c - one capture from outside to inside, and what a visitor may ask.
 *
 * See stream.h for the layers.  The nesting of archives is the nesting of calls
 * iq_walk_stream() -> iq_unwrap() -> iq_walk_stream(), bounded by iq_limit_depth().
 */
#include "input/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/scratch.h"
#include "input/tree.h"
#include "model/facts.h"

/* --- issues --- */

static void issue_v(struct iq_walk *w, const char *severity, const char *code,
		    struct iq_slice member, int64_t offset_bytes, const char *fmt,
		    va_list ap)
{
	char text[600];

	vsnprintf(text, sizeof text, fmt, ap);
	if (w->v->issue)
		w->v->issue(w->v->arg, severity, code, member, offset_bytes, text);
}

void iq_walk_issue(struct iq_walk *w, const char *severity, const char *code,
		   struct iq_slice member, int64_t offset_bytes, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	issue_v(w, severity, code, member, offset_bytes, fmt, ap);
	va_end(ap);
}

/* How many of CODE were there before this one? */
static unsigned note_count(struct iq_walk *w, const char *code)
{
	for (size_t i = 0; i < sizeof w->notes / sizeof *w->notes; i++) {
		if (!w->notes[i].code)
			w->notes[i].code = code;
		if (strcmp(w->notes[i].code, code) == 0)
			return w->notes[i].n++;
	}
	return 0;
}

static void some_v(struct iq_walk *w, const char *severity, const char *code,
		   struct iq_slice member, const char *fmt, va_list ap)
{
	unsigned before = note_count(w, code);

	if (before == IQ_INPUT_NOTES_MAX)
		iq_walk_issue(w, severity, code, member, IQ_NULL,
			      "further ones of this kind are not listed");
	if (before < IQ_INPUT_NOTES_MAX)
		issue_v(w, severity, code, member, IQ_NULL, fmt, ap);
}

void iq_walk_note(struct iq_walk *w, const char *code, struct iq_slice member,
		  const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	some_v(w, "note", code, member, fmt, ap);
	va_end(ap);
}

void iq_walk_some(struct iq_walk *w, const char *severity, const char *code,
		  struct iq_slice member, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	some_v(w, severity, code, member, fmt, ap);
	va_end(ap);
}

/* --- members --- */

void iq_stream_init(struct iq_stream *m, struct iq_walk *w, struct iq_stream *under)
{
	memset(m, 0, sizeof *m);
	m->w = w;
	m->under = under;
	m->name = under ? under->name : IQ_LIT("");
	m->wrappers = under ? under->wrappers : IQ_LIT("");
	m->depth = under ? under->depth : 0;
	m->mtime_us = under ? under->mtime_us : IQ_NULL;
	m->lines_before = under ? under->lines_before : 0;
	m->source_from = under ? under->source_from : 0;
	m->packed_bytes = under ? under->packed_bytes : 0;
	m->made_max = under ? under->made_max : 0;
	m->size_bytes = IQ_NULL;
	iq_buf_init(&m->peeked);
}

void iq_stream_fini(struct iq_stream *m)
{
	iq_buf_fini(&m->peeked);
}

bool iq_stream_broken(const struct iq_stream *m)
{
	for (; m; m = m->under)
		if (m->damaged)
			return true;
	return false;
}

struct iq_slice iq_stream_name(const struct iq_stream *m)
{
	return m->name;
}

int64_t iq_stream_mtime_us(const struct iq_stream *m)
{
	return m->mtime_us;
}

int64_t iq_stream_size(const struct iq_stream *m)
{
	return m->size_bytes;
}

int64_t iq_stream_lines_before(const struct iq_stream *m)
{
	return m->lines_before;
}

bool iq_stream_was_read(const struct iq_stream *m)
{
	return m->begun;
}

bool iq_stream_is_tail(const struct iq_stream *m)
{
	return m->tail_only;
}

struct iq_slice iq_stream_wrappers(const struct iq_stream *m)
{
	return m->wrappers;
}

void iq_stream_short_holes(struct iq_stream *m)
{
	m->short_holes = true;
}

static int fetch(struct iq_stream *m, struct iq_slice *ret)
{
	if (m->ended)
		return m->damaged ? -1 : 0;
	int r = m->w->stopped ? -1 : m->next(m, ret);
	if (r == 1 && !iq_limit_bytes(m, ret->n))
		r = -1;
	if (r == 1) {
		m->given_bytes += (int64_t)ret->n;
		return 1;
	}
	m->ended = true;
	m->damaged = r < 0;
	return r;
}

int iq_stream_read(struct iq_stream *m, struct iq_slice *ret)
{
	int r = 1;

	m->begun = true;
	if (m->have_ahead)
		*ret = m->ahead;
	else
		r = fetch(m, ret);
	m->have_ahead = false;
	if (r == 1 && m->tapped)
		m->w->v->packed(m->w->v->arg, m->name, *ret);
	return r;
}

struct iq_slice iq_stream_peek(struct iq_stream *m, size_t want)
{
	struct iq_slice more;

	if (want > IQ_INPUT_PEEK_MAX)
		want = IQ_INPUT_PEEK_MAX;
	if (m->begun && !m->have_ahead)
		return IQ_LIT("");
	if (!m->have_ahead && fetch(m, &m->ahead) == 1)
		m->have_ahead = true;
	/* glue blocks until there is enough; what is glued stays one block */
	while (m->have_ahead && m->ahead.n < want && !m->ended) {
		if (m->ahead.p != m->peeked.p)
			iq_buf_slice(&m->peeked, m->ahead);
		m->ahead = iq_buf_as_slice(&m->peeked);
		if (m->peeked.failed || fetch(m, &more) != 1)
			break;
		iq_buf_slice(&m->peeked, more);
		m->ahead = iq_buf_as_slice(&m->peeked);
	}
	if (m->peeked.failed && !m->ended) {
		m->ended = m->damaged = true;
		iq_walk_issue(m->w, "failed", "memory", m->name, 0, "out of memory");
	}
	return m->have_ahead ? m->ahead : IQ_LIT("");
}

struct iq_stream_info iq_stream_identify(struct iq_stream *m)
{
	return iq_sniff_kind(iq_stream_peek(m, IQ_SNIFF_KIND_BYTES));
}

bool iq_stream_is_split_part(struct iq_stream *m, uint64_t *ret_set)
{
	struct iq_slice head = iq_stream_peek(m, IQ_SNIFF_SPLIT_BYTES);

	if (!iq_sniff_split_part(head))
		return false;
	*ret_set = iq_sniff_split_set(head);
	return true;
}

static int copy_out(struct iq_stream *m, int fd, struct iq_err *err)
{
	struct iq_slice b;
	int64_t at = 0;

	while (iq_stream_read(m, &b) == 1) {
		if (iq_scratch_write(fd, b.p, b.n, at, false, err))
			return -1;
		at += (int64_t)b.n;
	}
	return ftruncate(fd, at) ? iq_err_sys(err, errno, "temporary copy") : 0;
}

int iq_stream_fd(struct iq_stream *m, bool *ret_cut, struct iq_err *err)
{
	int fd = m->dup_fd ? m->dup_fd(m) : -1;

	*ret_cut = false;
	if (fd >= 0)
		return fd;
	if (m->begun)
		return iq_err_set(err, IQ_E_BUG, "a member half read has no descriptor");
	fd = m->w->opts->scratch ? m->w->opts->scratch(m->w->opts->scratch_arg, err)
				 : iq_scratch_open(err);
	if (fd < 0)
		return -1;
	if (copy_out(m, fd, err)) {
		close(fd);
		return -1;
	}
	*ret_cut = iq_stream_broken(m);
	return fd;
}

/* --- the walk --- */

int iq_walk_stream(struct iq_walk *w, struct iq_stream *m)
{
	struct iq_slice head = iq_stream_peek(m, IQ_SNIFF_WRAP_BYTES);
	enum iq_wrap wrap = iq_sniff_wrap(head);

	if (wrap != IQ_WRAP_NONE)
		return iq_limit_depth(w, m) ? iq_unwrap(w, m, wrap) : 0;
	/* broken before its first byte: said already, and not the same as empty */
	if (head.n == 0 && (iq_stream_broken(m) || w->stopped))
		return 0;
	if (w->v->member(w->v->arg, m, w->err)) {
		w->aborted = true;
		return -1;
	}
	return 0;
}

static int walk_fd(struct iq_walk *w, int fd, struct iq_slice name)
{
	struct iq_stream m;

	if (iq_source_init(&m, w, fd, w->err))
		return -1;
	m.name = name;
	int r = iq_walk_stream(w, &m);
	/* not one byte, and that is no wonder of a wrapper: the file itself refuses */
	if (r == 0 && m.damaged && m.given_bytes == 0 && !w->stopped && !name.n)
		r = iq_err_set(w->err, IQ_E_IO, "cannot be read");
	iq_source_fini(&m);
	return r;
}

/* --- a directory that is one capture --- */

/* FD is a file that PATH names within the capture, or -1 with errno; closes it. */
static int walk_file(struct iq_walk *w, int fd, const char *path, struct iq_slice name)
{
	uint64_t before = w->source_bytes;
	unsigned char count[8];

	if (fd < 0) {
		iq_walk_issue(w, "failed", "unreadable", name, IQ_NULL,
			      "cannot be opened: %s", strerror(errno));
		return 0;
	}
	int r = iq_source_tap(w, path, strlen(path) + 1);
	if (r == 0)
		r = walk_fd(w, fd, name);
	close(fd);
	/* path, bytes, length: one way only to take the tapped bytes apart */
	for (int i = 0; i < 8; i++)
		count[i] = (unsigned char)((w->source_bytes - before) >> 8 * i);
	if (r == 0)
		r = iq_source_tap(w, count, sizeof count);
	return r;
}

/* Terabytes of nothing, made by truncate(1): only the time limit would end reading them. */
static bool is_nothing_but_hole(const struct iq_walk *w, const struct stat *st)
{
	uint64_t max = w->opts->limits.bytes;

	return max && S_ISREG(st->st_mode) && st->st_size > 0 &&
	       (uint64_t)st->st_size > max && st->st_blocks < st->st_size / 512 / 1000;
}

static int tree_file(void *arg, const struct iq_tree_entry *e, struct iq_err *err)
{
	struct iq_walk *w = arg;
	struct iq_slice name = iq_slice_z(e->path);

	(void)err;
	if (w->stopped || !iq_limit_member(w, name, e->st->st_size == 0))
		return 0;
	if (is_nothing_but_hole(w, e->st)) {
		iq_walk_issue(w, "limit", "sparse", name, IQ_NULL,
			      "a sparse file of %lld bytes, nearly all of it a hole; left out",
			      (long long)e->st->st_size);
		return 0;
	}
	struct iq_slice first = e->st->st_nlink < 2 ? IQ_SLICE_NULL
		: iq_inodes_first(&w->inodes, e->st->st_dev, e->st->st_ino, name);
	if (first.p) {
		if (w->v->link)
			w->v->link(w->v->arg, name, first, true);
		return 0;
	}
	/* no waiting for what never comes (proc/kmsg, a fifo put there meanwhile) */
	int fd = openat(e->dir_fd, e->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
			O_NOCTTY | O_CLOEXEC);
	return walk_file(w, fd, e->path, name);
}

static void tree_link(void *arg, const struct iq_tree_entry *e, const char *target)
{
	struct iq_walk *w = arg;
	if (w->v->link)
		w->v->link(w->v->arg, iq_slice_z(e->path), iq_slice_z(target), false);
}

static void tree_issue(void *arg, const char *severity, const char *code,
		       const char *path, const char *text)
{
	struct iq_walk *w = arg;
	if (strcmp(severity, "note") == 0)
		iq_walk_note(w, code, iq_slice_z(path), "%s", text);
	else
		iq_walk_issue(w, severity, code, iq_slice_z(path), IQ_NULL, "%s", text);
}

static const struct iq_tree_ops tree_ops = {
	.file = tree_file,
	.link = tree_link,
	.issue = tree_issue,
};

int iq_walk(const char *path, const struct iq_walk_opts *opts,
	    const struct iq_visitor *v, struct iq_err *err)
{
	struct iq_err own;
	struct iq_walk w = { .opts = opts, .v = v, .err = err ? err : &own };
	bool is_stdin = strcmp(path, "-") == 0;
	struct stat st;

	iq_err_clear(w.err);
	int fd = is_stdin ? opts->stdin_fd : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return iq_err_sys(w.err, errno, "cannot be opened");
	int r = fstat(fd, &st) ? iq_err_sys(w.err, errno, "cannot be examined")
		: is_nothing_but_hole(&w, &st)
		? iq_err_set(w.err, IQ_E_IO, "a sparse file of %lld bytes, nearly all of it a "
			     "hole; not read", (long long)st.st_size)
		: S_ISDIR(st.st_mode) ? iq_tree_walk(fd, &tree_ops, &w, w.err)
		: walk_fd(&w, fd, IQ_LIT(""));
	if (!is_stdin)
		close(fd);
	iq_inodes_fini(&w.inodes);
	iq_ring_free(w.ring);
	return r;
}

static int text_next(struct iq_stream *m, struct iq_slice *ret)
{
	struct iq_slice *text = m->layer;
	*ret = *text;
	*text = IQ_LIT("");
	return ret->n > 0;
}

int iq_walk_text(struct iq_slice text, struct iq_slice name, const struct iq_walk_opts *opts,
		 const struct iq_visitor *v, struct iq_err *err)
{
	struct iq_walk w = { .opts = opts, .v = v, .err = err };
	struct iq_stream m;

	iq_stream_init(&m, &w, NULL);
	m.name = name;
	m.size_bytes = (int64_t)text.n;
	m.layer = &text;
	m.next = text_next;
	int r = v->member(v->arg, &m, err) ? -1 : 0;
	iq_stream_fini(&m);
	return r;
}

int iq_walk_files(const char *const *paths, size_t n, const struct iq_walk_opts *opts,
		  const struct iq_visitor *v, struct iq_err *err)
{
	struct iq_err own;
	struct iq_walk w = { .opts = opts, .v = v, .err = err ? err : &own };
	int r = 0;

	iq_err_clear(w.err);
	for (size_t i = 0; r == 0 && i < n && !w.stopped; i++) {
		const char *slash = strrchr(paths[i], '/');
		const char *name = slash ? slash + 1 : paths[i];
		int fd = open(paths[i], O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		r = walk_file(&w, fd, name, i ? iq_slice_z(name) : IQ_LIT(""));
	}
	iq_ring_free(w.ring);
	return r;
}
