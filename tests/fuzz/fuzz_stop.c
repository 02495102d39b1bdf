/* tests/fuzz/fuzz_stop.c - the surroundings of a banner, as any log may have them.
 *
 * The text goes through the reader, all programs'; every line is judged as the banner it
 * may be.  What is found is put into a sink; its places are within the records.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "parse/stop.h"
#include "text/reader.h"

#define RECORDS 64

struct records {
	struct iq_arena mem;
	struct iq_record at[RECORDS];
	size_t n;
};

static int take(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	struct records *r = arg;
	(void)err;
	if (r->n == RECORDS)
		return 0;
	struct iq_record *at = &r->at[r->n++];
	*at = *rec;
	at->text = iq_arena_copy(&r->mem, rec->text);
	at->ident = iq_arena_copy(&r->mem, rec->ident);
	at->host = iq_arena_copy(&r->mem, rec->host);
	return 0;
}

static int put(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
	       struct iq_err *err)
{
	(void)sink, (void)fact, (void)err;
	if (type >= IQ_FACT_MAX)
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct iq_reader_ops ops = { take, NULL };
	struct iq_reader_opts opts = {
		.all_programs = true, .want_all_kernel = true, .zone_offset_us = IQ_NULL,
		.name_date_us = IQ_NULL, .mtime_us = IQ_NULL,
	};
	struct iq_sink sink = { put, { 0 } };
	struct records *r = calloc(1, sizeof *r);
	struct iq_reader *reader = r ? iq_reader_new(&opts, &ops, r) : NULL;
	struct iq_err err;
	struct iq_stop s;
	if (!reader)
		abort();
	iq_arena_init(&r->mem);
	if (!iq_reader_feed(reader, (const char *)data, size, &err))
		(void)iq_reader_finish(reader, true, &err);
	for (size_t i = 0; i < r->n; i++) {
		if (!iq_stop_judge(r->at, r->n, i, &s))
			continue;
		if (s.last >= i || s.banner != i || (s.unclean < r->n && s.unclean <= i) ||
		    (s.gap_us != IQ_NULL && s.gap_us < 0))
			abort();
		if (iq_stop_put(r->at, &s, 1, 1, &sink, &err))
			abort();
	}
	iq_reader_free(reader);
	iq_arena_fini(&r->mem);
	free(r);
	return 0;
}
