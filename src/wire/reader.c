/* wire/reader.c - the parent's side of wire.h. */
#include "wire/wire.h"
#include "wire/frame.h"
#include "base/cursor.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define READ_BYTES (256 * 1024)

void iq_wire_reader_init(struct iq_wire_reader *r, int fd)
{
	*r = (struct iq_wire_reader){ .fd = fd };
	iq_buf_init(&r->buf);
}

void iq_wire_reader_fini(struct iq_wire_reader *r)
{
	iq_buf_fini(&r->buf);
}

void iq_wire_reader_rewind(struct iq_wire_reader *r)
{
	r->at = 0;
	r->pos = 0;
	r->done = false;
	iq_buf_reset(&r->buf);
}

/* Makes WANT bytes available at pos.  1 if there are, 0 if the file ends before. */
static int fill(struct iq_wire_reader *r, size_t want, struct iq_err *err)
{
	while (r->buf.n - r->pos < want) {
		if (r->pos) {
			memmove(r->buf.p, r->buf.p + r->pos, r->buf.n - r->pos);
			r->at += r->pos;
			r->buf.n -= r->pos;
			r->pos = 0;
		}
		char *to = iq_buf_reserve(&r->buf, READ_BYTES);
		if (!to)
			return iq_err_set(err, IQ_E_NOMEM, "out of memory reading the spool");
		ssize_t k = pread(r->fd, to, READ_BYTES, (off_t)(r->at + r->buf.n));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return iq_err_sys(err, errno, "cannot read the spool");
		if (k == 0)
			return 0;
		r->buf.n += (size_t)k;
	}
	return 1;
}

static int64_t number(uint64_t code)
{
	if (!code)
		return IQ_NULL;
	code--;
	return (int64_t)(code >> 1) ^ -(int64_t)(code & 1);
}

static struct iq_slice text(struct iq_cursor *c)
{
	uint64_t n = iq_cur_varint(c);
	if (!n)
		return IQ_SLICE_NULL;
	const unsigned char *p = n - 1 <= iq_cur_left(c) ? iq_cur_bytes(c, n - 1) : NULL;
	if (!p)
		c->failed = true;
	return iq_slice((const char *)p, p ? n - 1 : 0);
}

static int decode_fact(struct iq_cursor *c, enum iq_fact_type type, void *fact)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	int64_t id = number(iq_cur_varint(c));
	memcpy(fact, &id, sizeof id);
	for (const struct iq_column *k = d->columns; k < d->columns + d->n_columns; k++) {
		if (k->kind == IQ_COL_TEXT)
			*iq_fact_text(fact, k) = text(c);
		else
			*iq_fact_int(fact, k) = number(iq_cur_varint(c));
	}
	return c->failed || iq_cur_left(c) ? -1 : 0;
}

static int decode_done(struct iq_wire_reader *r, struct iq_cursor *c)
{
	uint64_t code = iq_cur_varint(c);
	struct iq_slice why = text(c);
	if (c->failed || iq_cur_left(c) || code > IQ_E_BUG)
		return -1;
	r->outcome.code = (enum iq_err_code)code;
	snprintf(r->outcome.text, sizeof r->outcome.text, "%.*s", IQ_FMT(why));
	r->done = true;
	return 0;
}

int iq_wire_next(struct iq_wire_reader *r, enum iq_fact_type *ret_type, void *fact,
		 struct iq_err *err)
{
	while (!r->done) {
		int got = fill(r, 5, err);
		if (got <= 0)
			return got;
		struct iq_cursor head = iq_cursor(r->buf.p + r->pos, 5);
		size_t n = (size_t)iq_cur_le(&head, 4);
		unsigned kind = (unsigned)iq_cur_le(&head, 1);
		if (n < 1 || n > IQ_WIRE_FRAME_MAX)
			return iq_err_set(err, IQ_E_FORMAT, "spool: frame of %zu bytes", n);
		got = fill(r, 4 + n, err);
		if (got <= 0)
			return got;		/* a frame's first half */
		struct iq_cursor body = iq_cursor(r->buf.p + r->pos + 5, n - 1);
		r->pos += 4 + n;
		if (kind == IQ_FRAME_STAGE) {
			snprintf(r->stage, sizeof r->stage, "%.*s", (int)(n - 1),
				 (const char *)body.p);
		} else if (kind == IQ_FRAME_DONE) {
			if (decode_done(r, &body))
				return iq_err_set(err, IQ_E_FORMAT, "spool: bad end frame");
		} else if (kind >= IQ_FRAME_FACT && kind < IQ_FRAME_FACT + IQ_FACT_MAX) {
			*ret_type = (enum iq_fact_type)(kind - IQ_FRAME_FACT);
			if (r->unwanted >> *ret_type & 1)
				continue;
			if (decode_fact(&body, *ret_type, fact))
				return iq_err_set(err, IQ_E_FORMAT, "spool: bad %s",
						  iq_fact_descs[*ret_type].name);
			return 1;
		} else {
			return iq_err_set(err, IQ_E_FORMAT, "spool: frame of kind %u", kind);
		}
	}
	return 0;
}
