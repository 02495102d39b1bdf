/* base/arena.h - memory that is freed all at once.
 *
 * For the many small strings of one report or one import.  iq_arena_reset()
 * keeps the newest block for the next round, so a parser in a loop settles down
 * to no allocation at all.  Not for threads.
 */
#ifndef IQ_BASE_ARENA_H
#define IQ_BASE_ARENA_H

#include "base/slice.h"

struct iq_arena_block;

struct iq_arena {
	struct iq_arena_block *top;
	size_t total_bytes;		/* of all blocks: what a limit is held against */
};

void iq_arena_init(struct iq_arena *a);
void iq_arena_reset(struct iq_arena *a);
void iq_arena_fini(struct iq_arena *a);

/* Zeroed, aligned for any type.  NULL when out of memory. */
void *iq_arena_alloc(struct iq_arena *a, size_t n);

/* A copy with a NUL behind it (not counted in n).  NULL stays NULL; out of
 * memory gives IQ_SLICE_NULL too. */
struct iq_slice iq_arena_copy(struct iq_arena *a, struct iq_slice s);

struct iq_slice iq_arena_printf(struct iq_arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
