/* base/cursor.h - reading binary numbers from a bounded run of bytes.
 *
 * Every read checks what is left; a read past the end returns 0, leaves the
 * cursor at the end and sets ->failed, so a whole header can be read and checked
 * once.  Little endian unless the name says otherwise.
 */
#ifndef IQ_BASE_CURSOR_H
#define IQ_BASE_CURSOR_H

#include "base/slice.h"

struct iq_cursor {
	const unsigned char *p, *end;
	bool failed;
};

static inline struct iq_cursor iq_cursor(const void *p, size_t n)
{
	return (struct iq_cursor){ p, (const unsigned char *)p + n, false };
}

static inline size_t iq_cur_left(const struct iq_cursor *c)
{
	return (size_t)(c->end - c->p);
}

/* N bytes, or NULL. */
static inline const unsigned char *iq_cur_bytes(struct iq_cursor *c, size_t n)
{
	if (c->failed || iq_cur_left(c) < n) {
		c->failed = true;
		c->p = c->end;
		return NULL;
	}
	const unsigned char *at = c->p;
	c->p += n;
	return at;
}

static inline uint64_t iq_cur_le(struct iq_cursor *c, size_t n)
{
	const unsigned char *b = iq_cur_bytes(c, n);
	uint64_t v = 0;
	for (size_t i = 0; b && i < n; i++)
		v |= (uint64_t)b[i] << 8 * i;
	return v;
}

static inline uint64_t iq_cur_be(struct iq_cursor *c, size_t n)
{
	const unsigned char *b = iq_cur_bytes(c, n);
	uint64_t v = 0;
	for (size_t i = 0; b && i < n; i++)
		v = v << 8 | b[i];
	return v;
}

/* LEB128, at most 10 bytes; a longer one fails. */
static inline uint64_t iq_cur_varint(struct iq_cursor *c)
{
	uint64_t v = 0;
	if (!c->failed && c->p < c->end && *c->p < 0x80)
		return *c->p++;		/* nearly all of them */
	for (unsigned shift = 0; shift < 70; shift += 7) {
		const unsigned char *b = iq_cur_bytes(c, 1);
		if (!b)
			return 0;
		if (shift == 63 && *b > 1)
			break;
		v |= (uint64_t)(*b & 0x7f) << shift;
		if (!(*b & 0x80))
			return v;
	}
	c->failed = true;
	return 0;
}

#endif
