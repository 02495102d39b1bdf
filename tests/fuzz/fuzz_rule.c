/* tests/fuzz/fuzz_rule.c - an SQL rule's header and templates: any bytes. */
#include <stdlib.h>

#include "analyze/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool value(void *arg, struct iq_slice column, struct iq_slice format,
		  struct iq_buf *out)
{
	(void)arg;
	iq_buf_slice(out, column);
	iq_buf_slice(out, format);
	return column.n % 7 != 6;
}

static void fill(struct iq_slice template)
{
	struct iq_err err = { 0 };
	struct iq_buf out;

	iq_buf_init(&out);
	iq_rule_fill(template, value, NULL, &out, &err);
	if (out.n > template.n)		/* holes are replaced by no more than themselves */
		abort();
	iq_buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iq_slice text = { (const char *)data, size };
	struct iq_err err = { 0 };
	struct iq_rule r;

	fill(text);
	if (iq_rule_parse(&r, text, &err)) {
		if (!err.text[0])
			abort();
		return 0;
	}
	fill(r.title);
	if (r.explanation.p)
		fill(r.explanation);
	for (size_t i = 0; i < r.n_advice; i++)
		fill(r.advice[i]);
	if (!r.sql || (r.host ? r.kinds[0] != NULL : r.kinds[0] == NULL))
		abort();
	iq_rule_fini(&r);
	return 0;
}
