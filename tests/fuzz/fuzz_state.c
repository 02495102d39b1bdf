/* tests/fuzz/fuzz_state.c - members that show the state of a machine, all formats.
 *
 * The input is a bundle: a line "@PATH" begins the member of that path, what follows is
 * its text, up to the next such line.  Blocks are cut at odd places.  Checked beside
 * memory: every text that is put can be read, every number is a number.
 */
#include <stdlib.h>

#include "bundle/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t sum;

/* Reads every byte of what it gets. */
static int put(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
	       struct iq_err *err)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];

	(void)sink;
	(void)err;
	for (size_t i = 0; i < d->n_columns; i++) {
		if (d->columns[i].kind != IQ_COL_TEXT)
			continue;
		const struct iq_slice *s = (const void *)((const char *)fact +
							  d->columns[i].offset);
		for (size_t k = 0; k < s->n; k++)
			sum += (unsigned char)s->p[k];
	}
	if (type == IQ_FACT_TASK && ((const struct iq_task *)fact)->pid <= 0)
		abort();
	if (type == IQ_FACT_CGROUP && ((const struct iq_cgroup *)fact)->path.n == 0)
		abort();
	return 0;
}

static void member(struct iq_state *s, const struct iq_state_file *f, struct iq_slice text,
		   size_t step)
{
	iq_state_begin(s, f, 1, 1);
	while (text.n) {
		/* a copy of its own: a read past the end is seen */
		struct iq_slice part = iq_head(text, step);
		char *copy = malloc(part.n);
		if (!copy)
			break;
		memcpy(copy, part.p, part.n);
		int more = iq_state_feed(s, iq_slice(copy, part.n));
		free(copy);
		text = iq_from(text, part.n);
		if (more)
			break;
	}
	if (iq_state_end(s, text.n != 0) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iq_slice rest = iq_slice((const char *)data, size);
	struct iq_state *s = iq_state_new();
	struct iq_sink sink = { .put = put };
	struct iq_state_frame frame = { .snapshot_id = 1, .host_id = 1, .page_size = IQ_NULL,
					.zone_us = 0, .boot_us = 0 };
	struct iq_err err;

	if (!s)
		abort();
	for (size_t step = 7; iq_skip(&rest, IQ_LIT("@")); step = step * 3 % 1021 + 1) {
		struct iq_slice path = iq_cut(&rest, '\n');
		ptrdiff_t end = iq_find(rest, IQ_LIT("\n@"));
		struct iq_slice text = end < 0 ? rest : iq_head(rest, (size_t)end + 1);
		struct iq_state_file f;
		if (iq_state_file(path, &f) || iq_state_loose_file(path, &f))
			member(s, &f, text, step);
		rest = iq_from(rest, text.n);
	}
	iq_state_settle_page_size(s, &frame);
	sum += iq_state_any(s);
	if (iq_state_put(s, &frame, &sink, &err))
		abort();
	iq_state_free(s);
	return sum == SIZE_MAX;
}
