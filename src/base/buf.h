/* base/buf.h - a growing run of bytes.
 *
 * Out of memory is sticky: appending goes on doing nothing, and ->failed tells
 * at the end.  The bytes always have a NUL behind them once anything was added.
 */
#ifndef IQ_BASE_BUF_H
#define IQ_BASE_BUF_H

#include "base/slice.h"

struct iq_buf {
	char *p;
	size_t n, cap;
	bool failed;
};

void iq_buf_init(struct iq_buf *b);
void iq_buf_fini(struct iq_buf *b);
static inline void iq_buf_reset(struct iq_buf *b) { b->n = 0; b->failed = false; }

/* Room for N more bytes, or NULL.  The caller writes there and adds to ->n. */
char *iq_buf_reserve(struct iq_buf *b, size_t n);
void iq_buf_add(struct iq_buf *b, const void *p, size_t n);
void iq_buf_slice(struct iq_buf *b, struct iq_slice s);
void iq_buf_char(struct iq_buf *b, char c);
void iq_buf_str(struct iq_buf *b, const char *z);
void iq_buf_printf(struct iq_buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static inline struct iq_slice iq_buf_as_slice(const struct iq_buf *b)
{
	return iq_slice(b->p ? b->p : "", b->n);
}

#endif
