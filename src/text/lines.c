/* text/lines.c - see lines.h
 *
 * The hot loop is split(): one memchr() for the newline per line, and one look at each
 * block for odd bytes (NUL, CR, ESC, BS), so that clean text pays nothing more.
 */
#include "text/lines.h"

#include "base/limits.h"
#include "text/repair.h"

#define NUL_ISSUES_MAX 16		/* a file of holes shall not fill the store */
#define DECODE_BYTES (16 * 1024)

void iq_lines_init(struct iq_lines *l, const struct iq_lines_ops *ops,
		   const char *sample, size_t n)
{
	*l = (struct iq_lines){ .ops = *ops, .number = 1, .end = '\n' };
	iq_buf_init(&l->decoded);
	iq_buf_init(&l->carry);
	iq_buf_init(&l->clean);
	l->decoder.coding = iq_coding_detect(sample, n, &l->skip);
	if (l->decoder.coding != IQ_CODING_BYTES)
		return;
	l->offset = l->start = (int64_t)l->skip;
	if (n && memchr(sample, '\r', n) && !memchr(sample, '\n', n))
		l->end = '\r';
}

void iq_lines_fini(struct iq_lines *l)
{
	iq_buf_fini(&l->decoded);
	iq_buf_fini(&l->carry);
	iq_buf_fini(&l->clean);
}

static bool has(struct iq_slice s, char c)
{
	return s.n && memchr(s.p, c, s.n);
}

static int hand_out(struct iq_lines *l, struct iq_slice s, unsigned flags,
		    struct iq_err *err)
{
	struct iq_line line = { s, l->number, l->start, flags };
	if (l->after_nul)
		line.flags |= IQ_LINE_AFTER_NUL;
	l->after_nul = false;
	return l->ops.line(l->ops.arg, &line, err);
}

/* A line with CRs, escapes, overstrikes or DELs in it. */
static int hand_out_odd(struct iq_lines *l, struct iq_slice s, unsigned flags,
			struct iq_err *err)
{
	while (s.n && s.p[s.n - 1] == '\r')
		s.n--;
	while (s.n && *s.p == '\r')
		s = iq_from(s, 1);
	if (has(s, 033) || has(s, '\b') || has(s, 0177)) {
		iq_buf_reset(&l->clean);
		iq_buf_slice(&l->clean, s);
		if (l->clean.failed)
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
		s = iq_slice(l->clean.p, iq_strip_ansi(l->clean.p, l->clean.n));
	}
	for (ptrdiff_t at; (at = iq_find_char(s, '\r')) >= 0; s = iq_from(s, (size_t)at + 1))
		if (at && hand_out(l, iq_head(s, (size_t)at), IQ_LINE_OVERWRITTEN, err))
			return -1;
	return hand_out(l, s, flags, err);
}

static int finish_line(struct iq_lines *l, struct iq_slice s, unsigned flags,
		       struct iq_err *err)
{
	if (has(s, '\r') || has(s, 033) || has(s, '\b') || has(s, 0177))
		return hand_out_odd(l, s, flags, err);
	return hand_out(l, s, flags, err);
}

static int too_long(struct iq_lines *l, struct iq_slice s, struct iq_err *err)
{
	l->overlong = true;
	l->ops.issue(l->ops.arg, "limit", "line-too-long", l->number, l->start,
		     "line is longer than 64 KiB; the rest of it was skipped");
	return finish_line(l, s, IQ_LINE_CUT, err);
}

/* The kept beginning of a line is as long as may be: hands out what stands in front of
 * its last seam.  *ret_cut: there was one. */
static int cut_at_seam(struct iq_lines *l, bool *ret_cut, struct iq_err *err)
{
	struct iq_slice all = iq_buf_as_slice(&l->carry);
	size_t at = l->ops.seam ? l->ops.seam(all) : 0;
	*ret_cut = at > 0;
	if (!at)
		return 0;
	int rc = finish_line(l, iq_head(all, at), 0, err);
	memmove(l->carry.p, l->carry.p + at, l->carry.n - at);
	l->carry.n -= at;
	return rc;
}

/* SEG belongs to the current line, which ends with it if END. */
static int take(struct iq_lines *l, struct iq_slice seg, bool end, unsigned flags,
		struct iq_err *err)
{
	int rc = 0;
	if (l->overlong) {
		l->overlong = !end;
		return 0;
	}
	if (end && !l->carry.n && seg.n <= IQ_LINE_MAX_BYTES)
		return l->odd ? finish_line(l, seg, flags, err)
			      : hand_out(l, seg, flags, err);
	size_t room;
	for (bool cut = true;; seg = iq_from(seg, room)) {
		room = IQ_LINE_MAX_BYTES - l->carry.n;
		iq_buf_slice(&l->carry, iq_head(seg, room));
		if (l->carry.failed)
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
		if (seg.n <= room)
			break;
		if (cut_at_seam(l, &cut, err))
			return -1;
		if (!cut)
			break;
	}
	if (seg.n > room) {
		rc = too_long(l, iq_buf_as_slice(&l->carry), err);
		iq_buf_reset(&l->carry);
		l->overlong = !end;
	} else if (end) {
		rc = finish_line(l, iq_buf_as_slice(&l->carry), flags, err);
		iq_buf_reset(&l->carry);
	}
	return rc;
}

static void note_nul(struct iq_lines *l)
{
	if (++l->nul_runs > NUL_ISSUES_MAX)
		return;
	l->ops.issue(l->ops.arg, "note", "nul-bytes", l->number, l->start,
		     "zero bytes in the text: the file was not closed cleanly here");
}

/* The same where there are NULs: each run of them ends what came before. */
static int take_holey(struct iq_lines *l, struct iq_slice seg, bool end,
		      struct iq_err *err)
{
	while (seg.n) {
		if (!*seg.p) {
			if (!l->in_nul)
				note_nul(l);
			l->in_nul = true;
			l->overlong = false;
			if (l->carry.n && take(l, iq_head(seg, 0), true, 0, err))
				return -1;
			while (seg.n && !*seg.p)
				seg = iq_from(seg, 1);
			continue;
		}
		l->after_nul |= l->in_nul;
		l->in_nul = false;
		ptrdiff_t at = iq_find_char(seg, 0);
		struct iq_slice part = at < 0 ? seg : iq_head(seg, (size_t)at);
		seg = iq_from(seg, part.n);
		if (take(l, part, end && at < 0, 0, err))
			return -1;
		if (end && at < 0)
			return 0;
	}
	/* NULs up to the line's end: no line is left, but the end counts. */
	if (end)
		l->in_nul = l->overlong = false;
	return 0;
}

static size_t divert(struct iq_lines *l, const char *p, size_t n)
{
	size_t now = n < l->divert ? n : l->divert;
	l->divert -= now;
	l->offset += (int64_t)now;
	for (size_t i = 0; i < now; i++)
		l->number += p[i] == '\n';
	l->start = l->offset;
	if (l->ops.raw)
		l->ops.raw(l->ops.arg, p, now);
	return now;
}

typedef unsigned char vec __attribute__((vector_size(16)));

static bool is_odd(char c)
{
	return c == 0 || c == '\b' || c == '\r' || c == 033 || c == 0177;
}

/* Is there a byte that clean text has not?  Sixteen at a time, on any machine. */
static bool has_odd(const char *p, size_t n)
{
	for (; n >= 64; p += 64, n -= 64) {
		vec any = { 0 };
		uint64_t half[2];
		for (size_t i = 0; i < 64; i += sizeof any) {
			vec v;
			memcpy(&v, p + i, sizeof v);
			any |= (vec)(v == 0) | (vec)(v == '\b') | (vec)(v == '\r') |
			       (vec)(v == 033) | (vec)(v == 0177);
		}
		memcpy(half, &any, sizeof half);
		if (half[0] | half[1])
			return true;
	}
	while (n && !is_odd(*p)) {
		p++;
		n--;
	}
	return n > 0;
}

static int split(struct iq_lines *l, const char *p, size_t n, struct iq_err *err)
{
	l->odd = has_odd(p, n);
	bool nuls = l->odd && memchr(p, 0, n);
	while (n) {
		if (l->divert) {
			size_t gone = divert(l, p, n);
			p += gone;
			n -= gone;
			continue;
		}
		const char *nl = memchr(p, l->end, n);
		size_t len = nl ? (size_t)(nl - p) : n;
		struct iq_slice seg = iq_slice(p, len);
		bool holey = l->in_nul || (nuls && has(seg, 0));
		if (holey ? take_holey(l, seg, nl != NULL, err)
			  : take(l, seg, nl != NULL, 0, err))
			return -1;
		p += len;
		n -= len;
		l->offset += (int64_t)len;
		if (!nl)
			break;
		p++;
		n--;
		l->offset++;
		l->number++;
		l->start = l->offset;
		l->in_nul = false;
	}
	return 0;
}

int iq_lines_feed(struct iq_lines *l, const char *p, size_t n, struct iq_err *err)
{
	size_t gone = n < l->skip ? n : l->skip;
	l->skip -= gone;
	p += gone;
	n -= gone;
	if (l->decoder.coding == IQ_CODING_BYTES)
		return split(l, p, n, err);
	while (n) {
		size_t now = n < DECODE_BYTES ? n : DECODE_BYTES;
		iq_buf_reset(&l->decoded);
		iq_decode_utf16(&l->decoder, p, now, &l->decoded);
		if (l->decoded.failed)
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
		if (split(l, l->decoded.p, l->decoded.n, err))
			return -1;
		p += now;
		n -= now;
	}
	return 0;
}

int iq_lines_finish(struct iq_lines *l, struct iq_err *err)
{
	if (l->overlong || !l->carry.n)
		return 0;
	return take(l, iq_slice("", 0), true, IQ_LINE_CUT, err);
}
