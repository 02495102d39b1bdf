/* input/codec.c - gzip and xz, taken off by zlib and liblzma themselves.
 *
 * libarchive does it too, but keeps up to 64 kB back: of a stream that is cut off it
 * gives nothing of the block it was filling, which of a small log is all of it.  It also
 * lets xz take as much memory as the stream's header asks for.
 *
 * Follows RFC 1952 (members may follow one another, zeros may follow the last; what
 * else follows is no part of the stream, as gzip(1) has it) and the .xz file format
 * 1.0.4 (streams and padding, by LZMA_CONCATENATED).
 */
#include "input/stream.h"

#include <lzma.h>
#include <stdlib.h>
#include <zlib.h>

#include "model/facts.h"

#define OUT_BYTES ((size_t)256 * 1024)

enum step { GO, END, CUT, BAD, TOO_BIG };

struct codec {
	struct iq_stream *under;
	const char *name;
	enum step (*step)(struct codec *c);
	struct iq_slice in;
	bool in_end;			/* nothing follows IN */
	bool between;			/* gzip: a member is over */
	uint64_t members;		/* that are */
	enum step state;		/* GO until it is over */
	const char *why;		/* of BAD */
	z_stream z;
	lzma_stream x;
	unsigned char *out;
	size_t made;			/* of OUT */
};

static bool need_input(struct codec *c)
{
	while (!c->in.n && !c->in_end)
		if (iq_stream_read(c->under, &c->in) != 1) {
			c->in = IQ_LIT("");
			c->in_end = true;
		}
	return c->in.n > 0;
}

/* Behind a member: another one, zeros, or what does not belong to it. */
static enum step next_member(struct codec *c)
{
	while (need_input(c) && c->in.p[0] == 0)
		c->in = iq_from(c->in, 1);
	if (!c->in.n || (unsigned char)c->in.p[0] != 0x1f)
		return END;
	c->between = false;
	return inflateReset(&c->z) == Z_OK ? GO : BAD;
}

static enum step step_gzip(struct codec *c)
{
	if (c->between)
		return next_member(c);
	need_input(c);
	c->z.next_in = (unsigned char *)(uintptr_t)c->in.p;
	c->z.avail_in = (unsigned)(c->in.n < 1 << 30 ? c->in.n : 1 << 30);
	unsigned given = c->z.avail_in;
	c->z.next_out = c->out + c->made;
	c->z.avail_out = (unsigned)(OUT_BYTES - c->made);
	int r = inflate(&c->z, Z_NO_FLUSH);
	c->made = OUT_BYTES - c->z.avail_out;
	c->in = iq_from(c->in, given - c->z.avail_in);
	if (r == Z_STREAM_END) {
		c->between = true;
		c->members++;
		return GO;
	}
	if (r == Z_OK)
		return GO;
	if (r == Z_BUF_ERROR)
		return c->in_end && !c->in.n ? CUT : GO;
	/* not another member after all, by its first two bytes */
	if (r == Z_DATA_ERROR && c->members && !c->z.total_out && c->z.total_in < 3)
		return END;
	c->why = c->z.msg ? c->z.msg : "not gzip";
	return BAD;
}

static enum step step_xz(struct codec *c)
{
	need_input(c);
	c->x.next_in = (const uint8_t *)c->in.p;
	c->x.avail_in = c->in.n;
	c->x.next_out = c->out + c->made;
	c->x.avail_out = OUT_BYTES - c->made;
	lzma_ret r = lzma_code(&c->x, c->in_end ? LZMA_FINISH : LZMA_RUN);
	c->made = OUT_BYTES - c->x.avail_out;
	c->in = iq_from(c->in, c->in.n - c->x.avail_in);
	switch (r) {
	case LZMA_OK:
		return GO;
	case LZMA_STREAM_END:
		return END;
	case LZMA_BUF_ERROR:
		return c->in_end ? CUT : GO;
	case LZMA_MEMLIMIT_ERROR:
		return TOO_BIG;
	case LZMA_FORMAT_ERROR:		/* behind the first stream: no part of it */
		c->why = "not xz";
		return c->x.total_out || c->made ? END : BAD;
	case LZMA_OPTIONS_ERROR:
		c->why = "packed with options that are not known here";
		return BAD;
	default:
		c->why = "its data do not decode";
		return BAD;
	}
}

static void report(struct codec *c, struct iq_stream *m)
{
	struct iq_walk *w = m->w;

	m->damaged = true;
	if (iq_stream_broken(c->under) || w->stopped)
		return;			/* said where it is */
	if (c->state == TOO_BIG)
		iq_walk_issue(w, "limit", "memory", m->name, m->given_bytes,
			      "unpacking it takes more memory than allowed; "
			      "--limit-memory raises the limit");
	else if (c->state == CUT)
		iq_walk_issue(w, "damage", "damaged", m->name, m->given_bytes,
			      "the %s stream is cut off; what comes before was read",
			      c->name);
	else
		iq_walk_issue(w, "damage", "damaged", m->name, m->given_bytes,
			      "the %s stream is damaged (%s); what comes before was read",
			      c->name, c->why ? c->why : "no reason given");
}

static int codec_next(struct iq_stream *m, struct iq_slice *ret)
{
	struct codec *c = m->layer;

	c->made = 0;
	while (c->state == GO && c->made < OUT_BYTES && !m->w->stopped)
		c->state = c->step(c);
	if (c->made) {
		*ret = iq_slice((char *)c->out, c->made);
		return 1;
	}
	if (c->state == END && !iq_stream_broken(c->under))
		return 0;
	report(c, m);
	return -1;
}

/* The time of the file that was packed, often 0 for none. */
static int64_t gzip_mtime_us(struct iq_stream *m)
{
	struct iq_slice head = iq_stream_peek(m, 10);
	uint32_t s = 0;

	for (size_t i = 0; i < 4 && head.n >= 10; i++)
		s |= (uint32_t)(unsigned char)head.p[4 + i] << 8 * i;
	return s ? (int64_t)s * 1000000 : m->mtime_us;
}

/* Half of what the process may use: the rest of it has to live, too. */
static uint64_t xz_memory(const struct iq_walk *w)
{
	uint64_t max = w->opts->limits.memory_bytes;
	return max ? max / 2 : UINT64_MAX;
}

bool iq_codec_knows(enum iq_wrap wrap)
{
	return wrap == IQ_WRAP_GZIP || wrap == IQ_WRAP_XZ;
}

int iq_codec_walk(struct iq_walk *w, struct iq_stream *under, struct iq_stream *in,
		  enum iq_wrap wrap)
{
	struct codec c = {
		.under = under, .name = iq_wrap_name(wrap), .out = malloc(OUT_BYTES),
		.step = wrap == IQ_WRAP_XZ ? step_xz : step_gzip,
		.x = LZMA_STREAM_INIT,
	};
	bool ok = c.out && (wrap == IQ_WRAP_XZ
		? lzma_stream_decoder(&c.x, xz_memory(w), LZMA_CONCATENATED) == LZMA_OK
		: inflateInit2(&c.z, MAX_WBITS + 16) == Z_OK);
	int r = ok ? 0 : iq_err_set(w->err, IQ_E_NOMEM, "out of memory");

	if (ok) {
		if (wrap == IQ_WRAP_GZIP)
			in->mtime_us = gzip_mtime_us(under);
		in->layer = &c;
		in->next = codec_next;
		in->swells = true;
		r = iq_walk_stream(w, in);
	}
	if (ok && wrap == IQ_WRAP_GZIP)
		inflateEnd(&c.z);
	lzma_end(&c.x);
	free(c.out);
	return r;
}
