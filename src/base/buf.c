/* base/buf.c - see buf.h */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void iq_buf_init(struct iq_buf *b)
{
	*b = (struct iq_buf){ 0 };
}

void iq_buf_fini(struct iq_buf *b)
{
	free(b->p);
	iq_buf_init(b);
}

char *iq_buf_reserve(struct iq_buf *b, size_t n)
{
	if (b->failed || n > SIZE_MAX / 4) {
		b->failed = true;
		return NULL;
	}
	if (b->cap - b->n < n + 1) {
		size_t cap = b->cap ? b->cap : 256;
		while (cap - b->n < n + 1)
			cap *= 2;
		char *p = realloc(b->p, cap);
		if (!p) {
			b->failed = true;
			return NULL;
		}
		b->p = p;
		b->cap = cap;
	}
	return b->p + b->n;
}

void iq_buf_add(struct iq_buf *b, const void *p, size_t n)
{
	char *to = iq_buf_reserve(b, n);
	if (!to)
		return;
	if (n)
		memcpy(to, p, n);
	b->n += n;
	b->p[b->n] = 0;
}

void iq_buf_slice(struct iq_buf *b, struct iq_slice s)
{
	iq_buf_add(b, s.p, s.n);
}

void iq_buf_char(struct iq_buf *b, char c)
{
	iq_buf_add(b, &c, 1);
}

void iq_buf_str(struct iq_buf *b, const char *z)
{
	iq_buf_add(b, z, strlen(z));
}

void iq_buf_printf(struct iq_buf *b, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *to = n < 0 ? NULL : iq_buf_reserve(b, (size_t)n);
	if (to) {
		vsnprintf(to, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}
