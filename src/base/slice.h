/* base/slice.h - a borrowed piece of text or bytes: pointer and length.
 *
 * Input is never assumed to end in NUL; parsers take slices and cut them up.
 * A slice with p == NULL means "the capture does not say" (NULL in the store);
 * an empty one with p != NULL is an empty string.  Nothing here allocates.
 */
#ifndef IQ_BASE_SLICE_H
#define IQ_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct iq_slice {
	const char *p;
	size_t n;
};

#define IQ_SLICE_NULL ((struct iq_slice){ NULL, 0 })
#define IQ_LIT(s) ((struct iq_slice){ "" s, sizeof(s) - 1 })
/* for printf's %.*s */
#define IQ_FMT(s) (int)((s).n > 4096 ? 4096 : (s).n), (s).p ? (s).p : ""

static inline struct iq_slice iq_slice(const char *p, size_t n)
{
	return (struct iq_slice){ p, n };
}

static inline struct iq_slice iq_slice_z(const char *z)
{
	return (struct iq_slice){ z, z ? strlen(z) : 0 };
}

static inline bool iq_eq(struct iq_slice a, struct iq_slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool iq_starts(struct iq_slice s, struct iq_slice lead)
{
	return s.n >= lead.n && (lead.n == 0 || memcmp(s.p, lead.p, lead.n) == 0);
}

static inline bool iq_ends(struct iq_slice s, struct iq_slice tail)
{
	return s.n >= tail.n &&
	       (tail.n == 0 || memcmp(s.p + s.n - tail.n, tail.p, tail.n) == 0);
}

static inline struct iq_slice iq_from(struct iq_slice s, size_t at)
{
	return at >= s.n ? iq_slice(s.p + s.n, 0) : iq_slice(s.p + at, s.n - at);
}

static inline struct iq_slice iq_head(struct iq_slice s, size_t n)
{
	return iq_slice(s.p, n < s.n ? n : s.n);
}

/* Offset of NEEDLE or -1. */
static inline ptrdiff_t iq_find(struct iq_slice s, struct iq_slice needle)
{
	const char *at = s.n >= needle.n && s.n
		? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	return at ? at - s.p : -1;
}

static inline bool iq_has(struct iq_slice s, struct iq_slice needle)
{
	return iq_find(s, needle) >= 0;
}

static inline ptrdiff_t iq_find_char(struct iq_slice s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
	return at ? at - s.p : -1;
}

ptrdiff_t iq_rfind(struct iq_slice s, struct iq_slice needle);

/* Blanks and tabs at the ends. */
struct iq_slice iq_trim(struct iq_slice s);
struct iq_slice iq_ltrim(struct iq_slice s);

/* If *s starts with LEAD, moves *s behind it and returns true. */
static inline bool iq_skip(struct iq_slice *s, struct iq_slice lead)
{
	if (!iq_starts(*s, lead))
		return false;
	s->p += lead.n;
	s->n -= lead.n;
	return true;
}

/* Moves *s behind blanks and tabs. */
static inline void iq_skip_blank(struct iq_slice *s)
{
	while (s->n && (*s->p == ' ' || *s->p == '\t')) {
		s->p++;
		s->n--;
	}
}

/* The next word (bytes without blank or tab); *s ends up behind it.  Empty at
 * the end. */
struct iq_slice iq_word(struct iq_slice *s);

/* Everything up to SEP; *s ends up behind SEP, or empty if there is none. */
struct iq_slice iq_cut(struct iq_slice *s, char sep);

/* Numbers at the front of *s, which is moved behind them on success.  False, and
 * nothing written, if there is no digit or the value does not fit. */
bool iq_take_u64(struct iq_slice *s, uint64_t *ret);
bool iq_take_i64(struct iq_slice *s, int64_t *ret);
bool iq_take_hex(struct iq_slice *s, uint64_t *ret);	/* without 0x */

/* The whole slice, trimmed, is the number. */
bool iq_to_i64(struct iq_slice s, int64_t *ret);

#endif
