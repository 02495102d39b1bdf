/* tests/fuzz/fuzz_found.c - what the process that ran the plugins sends: any bytes.
 *
 * A finding that is taken must be one that can be sent and taken again as it is.
 */
#include <stdlib.h>

#include "analyze/found.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct iq_found *f, struct iq_arena *arena)
{
	struct iq_cursor c, body;
	struct iq_found g;
	struct iq_buf b;
	uint8_t type;

	if (!f->n_evidence || !f->title.n || !iq_utf8_is_clean(f->title) ||
	    !iq_role_word(f->role))
		abort();
	iq_buf_init(&b);
	iq_found_encode(&b, f);
	c = iq_cursor(b.p, b.n);
	/* A text that grew by being cleaned may be too long now; else it is the same. */
	if (iq_frame_next(&c, &type, &body) == 1 &&
	    iq_found_decode(&body, arena, &g, NULL) == 0 &&
	    (!iq_eq(g.title, f->title) || g.n_evidence != f->n_evidence ||
	     g.priority != f->priority))
		abort();
	iq_buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iq_cursor c = iq_cursor(data, size), body;
	struct iq_arena arena;
	struct iq_slice text;
	struct iq_found f;
	uint32_t item, plugin;
	uint8_t type;

	iq_arena_init(&arena);
	while (iq_frame_next(&c, &type, &body) == 1) {
		if (type == IQ_FRAME_FOUND && iq_found_decode(&body, &arena, &f, NULL) == 0)
			check(&f, &arena);
		if (type == IQ_FRAME_REMARK)
			iq_remark_decode(&body, &arena, &item, &plugin, &text);
	}
	iq_arena_fini(&arena);
	return 0;
}
