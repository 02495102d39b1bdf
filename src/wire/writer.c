/* wire/writer.c - the child's side of wire.h: facts are encoded from their
 * descriptors into a buffer that is written out now and then. */
#include "wire/wire.h"
#include "wire/frame.h"

#include <errno.h>
#include <unistd.h>

#define FLUSH_BYTES (256 * 1024)

/* A table of tasks is a million of these: straight into the buffer. */
static void add_varint(struct iq_buf *b, uint64_t v)
{
	char *to = b->cap - b->n > 11 && !b->failed ? b->p + b->n : iq_buf_reserve(b, 10);
	size_t n = 0;
	if (!to)
		return;
	for (; v >= 0x80; v >>= 7)
		to[n++] = (char)(v | 0x80);
	to[n++] = (char)v;
	b->n += n;
}

static uint64_t number_code(int64_t v)
{
	if (v == IQ_NULL)
		return 0;
	return (((uint64_t)v << 1) ^ (uint64_t)(v >> 63)) + 1;
}

static void add_text(struct iq_buf *b, struct iq_slice s)
{
	add_varint(b, s.p ? s.n + 1 : 0);
	if (s.p)
		iq_buf_slice(b, s);
}

static int flush(struct iq_wire_writer *w, struct iq_err *err)
{
	if (w->buf.failed)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory for the spool");
	const char *p = w->buf.p;
	for (size_t left = w->buf.n; left;) {
		ssize_t k = write(w->fd, p, left);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return iq_err_sys(err, errno, "cannot write the spool in TMPDIR");
		p += k;
		left -= (size_t)k;
		w->written_bytes += (uint64_t)k;
	}
	iq_buf_reset(&w->buf);
	return 0;
}

/* Frames have their length in front, which is known only behind: a fixed-width
 * slot is filled in afterwards. */
static size_t frame_open(struct iq_wire_writer *w, unsigned kind)
{
	size_t at = w->buf.n;
	iq_buf_add(&w->buf, "\0\0\0\0", 4);
	iq_buf_char(&w->buf, (char)kind);
	return at;
}

static int frame_close(struct iq_wire_writer *w, size_t at, struct iq_err *err)
{
	if (w->buf.failed)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory for the spool");
	size_t n = w->buf.n - at - 4;
	if (n > IQ_WIRE_FRAME_MAX) {
		w->buf.n = at;
		return iq_err_set(err, IQ_E_LIMIT, "a fact of %zu bytes is too large", n);
	}
	for (size_t i = 0; i < 4; i++)
		w->buf.p[at + i] = (char)(n >> 8 * i);
	if (w->limit_bytes && w->written_bytes + w->buf.n > w->limit_bytes)
		return iq_err_set(err, IQ_E_LIMIT, "the facts of this capture exceed the "
				  "limit of %llu bytes",
				  (unsigned long long)w->limit_bytes);
	return w->buf.n >= FLUSH_BYTES ? flush(w, err) : 0;
}

static int put(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
	       struct iq_err *err)
{
	struct iq_wire_writer *w = (struct iq_wire_writer *)(void *)sink;
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	size_t at = frame_open(w, IQ_FRAME_FACT + type);
	int64_t id;
	memcpy(&id, fact, sizeof id);
	add_varint(&w->buf, number_code(id));
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++) {
		const char *from = (const char *)fact + c->offset;
		if (c->kind == IQ_COL_TEXT)
			add_text(&w->buf, *(const struct iq_slice *)(const void *)from);
		else
			add_varint(&w->buf, number_code(*(const int64_t *)(const void *)from));
	}
	return frame_close(w, at, err);
}

void iq_wire_writer_init(struct iq_wire_writer *w, int fd, uint64_t limit_bytes)
{
	*w = (struct iq_wire_writer){ .sink.put = put, .fd = fd, .limit_bytes = limit_bytes };
	iq_buf_init(&w->buf);
}

void iq_wire_writer_fini(struct iq_wire_writer *w)
{
	iq_buf_fini(&w->buf);
}

int iq_wire_stage(struct iq_wire_writer *w, struct iq_slice stage, struct iq_err *err)
{
	size_t at = frame_open(w, IQ_FRAME_STAGE);
	iq_buf_slice(&w->buf, iq_head(stage, 190));
	return frame_close(w, at, err) || flush(w, err) ? -1 : 0;
}

int iq_wire_done(struct iq_wire_writer *w, const struct iq_err *outcome, struct iq_err *err)
{
	size_t at = frame_open(w, IQ_FRAME_DONE);
	add_varint(&w->buf, outcome ? outcome->code : IQ_E_NONE);
	add_text(&w->buf, outcome ? iq_slice_z(outcome->text) : IQ_SLICE_NULL);
	w->limit_bytes = 0;		/* the end always gets through */
	return frame_close(w, at, err) || flush(w, err) ? -1 : 0;
}
