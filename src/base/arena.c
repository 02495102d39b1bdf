/* base/arena.c - see arena.h */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK_BYTES (32 * 1024)

struct iq_arena_block {
	struct iq_arena_block *next;
	size_t size, used;
	_Alignas(max_align_t) char data[];
};

void iq_arena_init(struct iq_arena *a)
{
	a->top = NULL;
	a->total_bytes = 0;
}

static void free_chain(struct iq_arena *a, struct iq_arena_block *b)
{
	while (b) {
		struct iq_arena_block *next = b->next;
		a->total_bytes -= b->size;
		free(b);
		b = next;
	}
}

void iq_arena_reset(struct iq_arena *a)
{
	if (!a->top)
		return;
	free_chain(a, a->top->next);
	a->top->next = NULL;
	a->top->used = 0;
}

void iq_arena_fini(struct iq_arena *a)
{
	free_chain(a, a->top);
	iq_arena_init(a);
}

static void *take(struct iq_arena *a, size_t n)
{
	const size_t align = _Alignof(max_align_t);
	if (n > SIZE_MAX / 2)
		return NULL;
	n = (n + align - 1) & ~(align - 1);
	struct iq_arena_block *b = a->top;
	if (!b || b->size - b->used < n) {
		size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;
		b = malloc(sizeof *b + size);
		if (!b)
			return NULL;
		*b = (struct iq_arena_block){ .next = a->top, .size = size };
		a->top = b;
		a->total_bytes += size;
	}
	void *p = b->data + b->used;
	b->used += n;
	return p;
}

void *iq_arena_alloc(struct iq_arena *a, size_t n)
{
	void *p = take(a, n ? n : 1);
	if (p)
		memset(p, 0, n);
	return p;
}

struct iq_slice iq_arena_copy(struct iq_arena *a, struct iq_slice s)
{
	if (!s.p)
		return IQ_SLICE_NULL;
	char *p = take(a, s.n + 1);
	if (!p)
		return IQ_SLICE_NULL;
	memcpy(p, s.p, s.n);
	p[s.n] = 0;
	return iq_slice(p, s.n);
}

struct iq_slice iq_arena_printf(struct iq_arena *a, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *p = n < 0 ? NULL : take(a, (size_t)n + 1);
	if (p)
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p ? iq_slice(p, (size_t)n) : IQ_SLICE_NULL;
}
