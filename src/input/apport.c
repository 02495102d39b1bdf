/* input/apport.c - a report of Ubuntu's apport as the archive of values it is.
 *
 * "Key: value", "Key:" with lines that are indented by a blank, or "Key: base64" with
 * such lines, each of them base64 for itself: together a gzip stream (zlib or zstd at
 * times).  Values of several lines become streams named "x.crash#VmCoreDmesg"; those of
 * one line tell of nothing to read, and the core of a program is none of a kernel.
 *
 * Follows apport's problem_report.py (load(), write()) and data/kernel_crashdump.
 */
#include "input/stream.h"

#include <stdlib.h>

#include "model/facts.h"

#define KEY_MAX 200
#define OUT_BYTES ((size_t)64 * 1024)

struct report {
	struct iq_stream *under;
	struct iq_slice rest;
	bool no_more;
	int64_t lines;			/* over so far */
	/* of the value in hand */
	bool base64;
	bool line_start;		/* the next byte begins a line */
	bool over;
	uint32_t bits;			/* of base64, N_BITS of them not yet handed out */
	unsigned n_bits;
	bool padded;			/* '=' was seen in this line */
	char *out;
};

static bool fill(struct report *p)
{
	if (p->rest.n)
		return true;
	if (p->no_more || iq_stream_read(p->under, &p->rest) != 1) {
		p->no_more = true;
		p->rest = IQ_LIT("");
	}
	return p->rest.n > 0;
}

static int digit(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26
		: c >= '0' && c <= '9' ? c - '0' + 52 : c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* One byte of the value's lines: 1 and *ret where that makes one. */
static bool step(struct report *p, char c, char *ret)
{
	if (c == '\n') {
		p->lines++;
		p->line_start = true;
		p->n_bits = 0;
		p->padded = false;
		*ret = c;
		return !p->base64;
	}
	if (!p->base64) {
		*ret = c;
		return true;
	}
	int d = digit(c);
	p->padded = p->padded || c == '=';
	if (d < 0 || p->padded)
		return false;
	p->bits = p->bits << 6 | (uint32_t)d;
	p->n_bits += 6;
	if (p->n_bits < 8)
		return false;
	p->n_bits -= 8;
	*ret = (char)(p->bits >> p->n_bits & 255);
	return true;
}

/* Up to OUT_BYTES of the value; 0 at its end. */
static size_t value_piece(struct report *p)
{
	size_t n = 0;

	while (!p->over && n < OUT_BYTES && fill(p)) {
		if (p->line_start && p->rest.p[0] != ' ') {
			p->over = true;
			break;
		}
		size_t at = p->line_start;	/* without the blank */
		p->line_start = false;
		for (; at < p->rest.n && n < OUT_BYTES && !p->line_start; at++)
			n += step(p, p->rest.p[at], &p->out[n]);
		p->rest = iq_from(p->rest, at);
	}
	return n;
}

static int value_next(struct iq_stream *m, struct iq_slice *ret)
{
	struct report *p = m->layer;
	size_t n = value_piece(p);

	if (!n)
		return p->no_more && iq_stream_broken(p->under) ? -1 : 0;
	*ret = iq_slice(p->out, n);
	return 1;
}

/* "Key: value" into LINE, as far as it matters. */
static bool take_line(struct report *p, struct iq_buf *line)
{
	bool any = false;

	iq_buf_reset(line);
	while (fill(p)) {
		ptrdiff_t at = iq_find_char(p->rest, '\n');
		struct iq_slice part = iq_head(p->rest, at < 0 ? p->rest.n : (size_t)at);
		if (line->n < KEY_MAX)
			iq_buf_slice(line, iq_head(part, KEY_MAX - line->n));
		p->rest = iq_from(p->rest, part.n + (at >= 0));
		any = true;
		if (at >= 0) {
			p->lines++;
			break;
		}
	}
	return any;
}

static int value_walk(struct iq_walk *w, struct iq_stream *in, struct report *p,
		      struct iq_slice key)
{
	struct iq_stream m;
	struct iq_buf name;
	int r = 0;

	iq_buf_init(&name);
	iq_buf_slice(&name, in->name);
	iq_buf_char(&name, '#');
	iq_buf_slice(&name, key);
	if (name.failed)
		r = iq_err_set(w->err, IQ_E_NOMEM, "out of memory");
	iq_stream_init(&m, w, in);
	m.name = iq_buf_as_slice(&name);
	m.layer = p;
	m.next = value_next;
	m.lines_before = p->base64 ? 0 : p->lines;
	if (r == 0)
		r = iq_walk_stream(w, &m);
	iq_stream_fini(&m);
	iq_buf_fini(&name);
	return r;
}

static int take_value(struct iq_walk *w, struct iq_stream *in, struct report *p,
		      struct iq_slice line)
{
	struct iq_slice key = iq_cut(&line, ':'), value = iq_trim(line);
	int r = 0;

	p->base64 = iq_eq(value, IQ_LIT("base64"));
	p->line_start = true;
	p->over = p->padded = false;
	p->n_bits = 0;
	bool wanted = (!value.n || p->base64) && !iq_starts(key, IQ_LIT("CoreDump"));
	if (wanted && fill(p) && p->rest.p[0] == ' ' && iq_limit_member(w, in->name, false))
		r = value_walk(w, in, p, key);
	while (r == 0 && !w->stopped && value_piece(p))
		;
	return r;
}

int iq_apport_walk(struct iq_walk *w, struct iq_stream *under, struct iq_stream *in)
{
	struct report p = { .under = under, .out = malloc(OUT_BYTES) };
	struct iq_buf line;
	int r = p.out ? 0 : iq_err_set(w->err, IQ_E_NOMEM, "out of memory");

	iq_buf_init(&line);
	while (r == 0 && !w->stopped && take_line(&p, &line))
		r = line.failed ? iq_err_set(w->err, IQ_E_NOMEM, "out of memory")
				: take_value(w, in, &p, iq_buf_as_slice(&line));
	iq_buf_fini(&line);
	free(p.out);
	return r;
}
