/* tests/fuzz/fuzz_memdump.c - a Mem-Info block from hostile lines.
 *
 * One record a line.  A line that begins with ~ comes without header (wrapped), one with
 * ^ behind lost lines.
 */
#include <stdlib.h>

#include "parse/memdump.h"

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
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iq_slice rest = iq_slice((const char *)data, size);
	struct iq_memdump *m = iq_memdump_new();
	struct iq_sink sink = { .put = put };
	struct iq_err err;
	if (!m)
		abort();
	iq_memdump_member(m, 1);
	for (int64_t line = 1; rest.n; line++) {
		struct iq_slice text = iq_cut(&rest, '\n');
		struct iq_record rec = { .first_line = line, .last_line = line };
		if (iq_skip(&text, IQ_LIT("~")))
			rec.flags |= IQ_REC_BARE;
		if (iq_skip(&text, IQ_LIT("^")))
			rec.flags |= IQ_REC_AFTER_GAP;
		rec.text = text;
		int kind = iq_memdump_line(m, &rec);
		struct iq_slice role = iq_memdump_role(m);
		if (kind < 0 || kind > IQ_MEMDUMP_PROTECTION || (role.p && !role.n))
			abort();
	}
	sum += iq_memdump_forms(m) + iq_memdump_torn(m);
	if (iq_memdump_put(m, &sink, 1, IQ_NULL, &err) ||
	    iq_memdump_put(m, &sink, 2, 65536, &err))
		abort();
	iq_memdump_free(m);
	return sum == SIZE_MAX;
}
