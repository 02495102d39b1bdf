/* tests/fuzz/fuzz_oom.c - any lines, of any callers and times, into the parser.
 *
 * A line's first byte, if it is below ' ', says how its record differs from the one
 * before (caller, host, time, member); the rest is its text.  The sink reads every
 * byte of every fact, so that a slice into freed memory is found.
 */
#include <stdlib.h>

#include "parse/parse.h"

static volatile unsigned char seen;

static int check_put(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
		     struct iq_err *err)
{
	(void)sink;
	(void)err;
	unsigned char copy[IQ_FACT_BYTES_MAX];
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	memcpy(copy, fact, d->size);
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++) {
		if (c->kind != IQ_COL_TEXT)
			continue;
		struct iq_slice s = *iq_fact_text(copy, c);
		if (!s.p && s.n)
			abort();
		for (size_t i = 0; i < s.n; i++)
			seen ^= (unsigned char)s.p[i];
	}
	return 0;
}

static void vary(struct iq_record *r, unsigned char how, struct iq_parser *p)
{
	static const char kinds[] = { 0, 'T', 'C', 'T' };
	r->caller_kind = kinds[how & 3];
	r->caller = how >> 2 & 3;
	if (how & 16)
		r->mono_us = r->mono_us == IQ_NULL ? 1000000 : r->mono_us + 700000;
	if (how == 31) {
		r->host_no ^= 1;
		r->mono_us = IQ_NULL;
	}
	if (how == 30)
		r->kernel = !r->kernel;
	if (how == 29)
		iq_parser_member(p, 2, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iq_sink sink = { check_put, { 0 } };
	struct iq_parser *p = iq_parser_new(&sink);
	struct iq_record r = { .kernel = true, .ident_pid = IQ_NULL, .wall_us = IQ_NULL,
			       .mono_us = IQ_NULL, .level = -1, .facility = -1 };
	struct iq_slice in = { (const char *)data, size };
	if (!p)
		return 0;
	iq_parser_member(p, 1, NULL);
	while (in.n) {
		struct iq_slice line = iq_cut(&in, '\n');
		if (line.n && (unsigned char)line.p[0] < ' ' && line.p[0] != '\t') {
			vary(&r, (unsigned char)line.p[0], p);
			line = iq_from(line, 1);
		}
		/* A copy of its own, so that a read past the end is seen. */
		char *own = malloc(line.n ? line.n : 1);
		if (!own)
			break;
		memcpy(own, line.p, line.n);
		r.text = iq_slice(own, line.n);
		r.first_line = ++r.last_line;
		(void)iq_parser_wants(r.text);
		(void)iq_parser_record(p, &r, 1 + r.host_no, NULL);
		free(own);
	}
	iq_parser_finish(p, size & 1, NULL);
	iq_parser_free(p);
	return 0;
}
