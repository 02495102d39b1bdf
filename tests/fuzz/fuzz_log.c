/* tests/fuzz/fuzz_log.c - a whole log: reader and parser together, any bytes.
 *
 * Read the two ways that exist: `explain` hands the parser only the lines that it may
 * want, `import` every one.  Every byte of every fact is read.
 */
#include <stdlib.h>

#include "parse/parse.h"
#include "text/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct run {
	struct iq_sink sink;		/* first: put() casts back */
	struct iq_parser *parser;
	unsigned touched;
};

static int put(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
	       struct iq_err *err)
{
	struct run *r = (struct run *)(void *)sink;
	unsigned char copy[IQ_FACT_BYTES_MAX];
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	(void)err;
	memcpy(copy, fact, d->size);
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++) {
		if (c->kind != IQ_COL_TEXT)
			continue;
		struct iq_slice s = *iq_fact_text(copy, c);
		for (size_t i = 0; i < s.n; i++)
			r->touched += (unsigned char)s.p[i];
	}
	return 0;
}

static int record(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	struct run *r = arg;
	return iq_parser_record(r->parser, rec, 1 + rec->boot_no, err);
}

static void issue(void *arg, const char *severity, const char *code, int64_t line,
		  int64_t offset_bytes, const char *text)
{
	(void)arg, (void)severity, (void)code, (void)line, (void)offset_bytes, (void)text;
}

static bool wants(void *arg, struct iq_slice text)
{
	(void)arg;
	return iq_parser_wants(text);
}

static bool report_open(void *arg)
{
	return iq_parser_open(((struct run *)arg)->parser);
}

static void read_log(struct run *r, const uint8_t *data, size_t size, bool all)
{
	const struct iq_reader_ops ops = { record, issue };
	struct iq_reader_opts opts = {
		.wants = wants, .report_open = report_open, .want_all_kernel = all,
		.zone_offset_us = IQ_NULL, .name_date_us = IQ_NULL, .mtime_us = IQ_NULL,
	};
	*r = (struct run){ .sink.put = put };
	r->parser = iq_parser_new(&r->sink);
	struct iq_reader *reader = iq_reader_new(&opts, &ops, r);
	if (!r->parser || !reader || iq_parser_member(r->parser, 1, NULL) ||
	    iq_reader_feed(reader, (const char *)data, size, NULL) ||
	    iq_reader_finish(reader, false, NULL) ||
	    iq_parser_finish(r->parser, false, NULL))
		abort();
	iq_reader_free(reader);
	iq_parser_free(r->parser);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run all, wanted;
	read_log(&all, data, size, true);
	read_log(&wanted, data, size, false);
	return 0;
}
