/* input/sections.c - a text file of supportconfig as the archive of sections it is.
 *
 * Each section, "#==[ Kind ]====#", a line "# command or path", and what that gave, is
 * a stream of its own named "memory.txt#/proc/meminfo"; its lines count from the
 * beginning of the file.  What stands before the first section is nobody's.
 *
 * Follows bin/supportconfig.rc of supportutils: log_cmd(), conf_files(), log_files().
 * The blocks below are handed on without a copy, but for what a header may hide at the
 * edge of one.
 */
#include "input/stream.h"

#include "model/facts.h"

#define HEADER_MAX 1024			/* of a line; what is longer is cut */

static const struct iq_slice mark = IQ_LIT("#==[ ");
static const struct iq_slice line_mark = IQ_LIT("\n#==[ ");

struct sections {
	struct iq_stream *under;
	struct iq_slice rest;		/* of the block in hand */
	struct iq_buf glued;		/* a held piece and the block behind it */
	bool held;			/* GLUED has a piece that REST lacks */
	bool no_more;			/* the layer below has ended */
	bool at_start;			/* REST begins a line */
	int64_t lines;			/* over so far */
};

static void count_lines(struct sections *s, struct iq_slice text)
{
	ptrdiff_t at;
	while ((at = iq_find_char(text, '\n')) >= 0) {
		s->lines++;
		text = iq_from(text, (size_t)at + 1);
	}
}

/* Keeps REST until there is more behind it. */
static void hold(struct sections *s)
{
	if (s->rest.p >= s->glued.p && s->glued.p && s->rest.p < s->glued.p + s->glued.cap)
		memmove(s->glued.p, s->rest.p, s->rest.n);
	else if (iq_buf_reset(&s->glued), s->rest.n)
		iq_buf_slice(&s->glued, s->rest);
	s->glued.n = s->rest.n;
	s->rest = IQ_LIT("");
	s->held = true;
}

static bool fill(struct sections *s)
{
	struct iq_slice b;

	if (s->rest.n)
		return true;
	bool more = !s->no_more && iq_stream_read(s->under, &b) == 1;
	if (!more)
		s->no_more = true;
	if (more && s->held) {
		iq_buf_slice(&s->glued, b);
		b = iq_buf_as_slice(&s->glued);
	} else if (s->held) {
		b = iq_buf_as_slice(&s->glued);
		more = b.n > 0;
	}
	s->held = false;
	s->rest = more ? b : IQ_LIT("");
	return more;
}

/* Does a header begin here?  Fills as far as is needed to tell. */
static bool at_header(struct sections *s)
{
	while (s->at_start && fill(s)) {
		if (s->rest.n >= mark.n)
			return iq_starts(s->rest, mark);
		if (s->no_more || !iq_starts(mark, s->rest))
			return false;
		hold(s);
	}
	return false;
}

/* How much of REST's end may be the beginning of a header, with the newline. */
static size_t doubtful(struct iq_slice s)
{
	for (size_t n = line_mark.n - 1; n; n--)
		if (iq_ends(s, iq_head(line_mark, n)))
			return n;
	return 0;
}

/* The next piece of the body; false at its end. */
static bool body_piece(struct sections *s, struct iq_slice *ret)
{
	if (at_header(s) || !fill(s))
		return false;
	ptrdiff_t at = iq_find(s->rest, line_mark);
	size_t n = at >= 0 ? (size_t)at + 1 : s->rest.n;
	size_t doubt = at >= 0 || s->no_more ? 0 : doubtful(s->rest);
	if (doubt)
		n -= doubt - 1;		/* the newline is the body's */
	*ret = iq_head(s->rest, n);
	s->at_start = n && ret->p[n - 1] == '\n';
	count_lines(s, *ret);
	s->rest = iq_from(s->rest, n);
	return true;
}

static int section_next(struct iq_stream *m, struct iq_slice *ret)
{
	struct sections *s = m->layer;

	if (body_piece(s, ret))
		return 1;
	return s->no_more && iq_stream_broken(s->under) ? -1 : 0;
}

/* A line without its newline; what is longer than HEADER_MAX is left out. */
static void take_line(struct sections *s, struct iq_buf *ret)
{
	iq_buf_reset(ret);
	while (fill(s)) {
		ptrdiff_t at = iq_find_char(s->rest, '\n');
		struct iq_slice part = iq_head(s->rest, at < 0 ? s->rest.n : (size_t)at);
		iq_buf_slice(ret, iq_head(part, HEADER_MAX - (ret->n < HEADER_MAX
							      ? ret->n : HEADER_MAX)));
		s->rest = iq_from(s->rest, part.n + (at >= 0));
		if (at >= 0) {
			s->lines++;
			break;
		}
	}
	s->at_start = true;
}

/* "# /var/log/messages - Last 200000 Lines"; "# /etc/x - File not found" */
static bool take_title(struct sections *s, struct iq_buf *line, struct iq_slice *ret,
		       bool *ret_cut)
{
	*ret = IQ_LIT("");
	*ret_cut = false;
	if (at_header(s) || !fill(s) || s->rest.p[0] != '#')
		return true;
	take_line(s, line);
	struct iq_slice t = iq_trim(iq_from(iq_buf_as_slice(line), 1));
	ptrdiff_t last = iq_rfind(t, IQ_LIT(" - Last "));
	*ret_cut = last > 0 && iq_ends(t, IQ_LIT(" Lines"));
	if (*ret_cut)
		t = iq_head(t, (size_t)last);
	*ret = t;
	return !iq_ends(t, IQ_LIT(" - File not found"));
}

static int section_walk(struct iq_walk *w, struct iq_stream *in, struct sections *s,
			struct iq_slice title, bool cut)
{
	struct iq_stream m;
	struct iq_buf name;
	int r = 0;

	iq_buf_init(&name);
	iq_buf_slice(&name, in->name);
	iq_buf_char(&name, '#');
	iq_buf_slice(&name, title);
	if (name.failed)
		r = iq_err_set(w->err, IQ_E_NOMEM, "out of memory");
	iq_stream_init(&m, w, in);
	m.name = iq_buf_as_slice(&name);
	m.layer = s;
	m.next = section_next;
	m.lines_before = s->lines;
	m.tail_only = cut;
	if (r == 0)
		r = iq_walk_stream(w, &m);
	iq_stream_fini(&m);
	iq_buf_fini(&name);
	return r;
}

int iq_sections_walk(struct iq_walk *w, struct iq_stream *under, struct iq_stream *in)
{
	struct sections s = { .under = under, .at_start = true };
	struct iq_buf line;
	struct iq_slice title, b;
	int r = 0;

	iq_buf_init(&line);
	iq_buf_init(&s.glued);
	/* to the first header, then from one to the next */
	while (r == 0 && !w->stopped) {
		bool cut;
		while (body_piece(&s, &b) && !w->stopped)
			;
		if (w->stopped || !at_header(&s))
			break;
		take_line(&s, &line);
		bool there = take_title(&s, &line, &title, &cut);
		if (there && !iq_limit_member(w, in->name, false))
			break;
		if (there)
			r = section_walk(w, in, &s, title, cut);
	}
	if (line.failed || s.glued.failed)
		r = iq_err_set(w->err, IQ_E_NOMEM, "out of memory");
	iq_buf_fini(&s.glued);
	iq_buf_fini(&line);
	return r;
}
