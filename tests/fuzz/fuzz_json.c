/* tests/fuzz/fuzz_json.c - logs in JSON, object by object: any bytes.
 *
 * Fed line by line; the reader never stands still, and never says that it read past
 * what it got.
 */
#include <stdlib.h>

#include "text/jsonlog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void touch(const char *p, size_t n)
{
	unsigned sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (unsigned char)p[i];
	__asm__ volatile("" : : "r"(sum));
}

static void take(struct iq_fields *f)
{
	struct iq_peeled r = { .mono_us = IQ_NULL, .wall_us = IQ_NULL, .level = -1 };
	iq_fields_fill(f, &r);
	if (f->host_n > sizeof f->host || f->ident_n > sizeof f->ident ||
	    f->boot_n > sizeof f->boot || r.level < -1 || r.level > 7)
		abort();
	touch(f->text.p, f->text.n);
	touch(f->host, f->host_n);
	touch(f->ident, f->ident_n);
	f->has_text = false;
}

/* A piece is a line: it may end between values, or inside a word. */
static enum iq_json_result one_line(struct iq_json_reader *j, struct iq_fields *f,
				    struct iq_slice p, int64_t *records)
{
	size_t at = 0;
	for (;;) {
		size_t before = at;
		enum iq_json_result res = iq_json_read(j, p, &at, f);
		if (at > p.n || at < before)
			abort();
		if (res != IQ_JSON_RECORD)
			return res;
		if (at == before)
			abort();	/* would never end */
		take(f);
		++*records;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iq_slice all = iq_slice((const char *)data, size);
	struct iq_json_reader j;
	struct iq_fields f;
	int64_t records = 0;
	iq_json_reader_init(&j);
	iq_fields_init(&f);
	iq_fields_reset(&f);
	while (all.n) {
		struct iq_slice line = iq_cut(&all, '\n');
		/* a copy of its own: a read past the end is seen */
		char *own = malloc(line.n ? line.n : 1);
		if (!own)
			break;
		memcpy(own, line.p, line.n);
		enum iq_json_result end = one_line(&j, &f, iq_slice(own, line.n), &records);
		free(own);
		if (end != IQ_JSON_MORE)
			iq_json_reader_reset(&j);
	}
	if ((size_t)records > size)
		abort();
	iq_fields_fini(&f);
	iq_json_reader_fini(&j);
	return 0;
}
