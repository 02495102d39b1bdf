/* tests/fuzz/fuzz_sar.c - text of sar.
 *
 * The first byte is the size of the pieces it comes in.  In whatever pieces, the same
 * values come out, lines and times in range.
 */
#include <stdlib.h>
#include <string.h>

#include "parse/sar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define YEAR_10000_US INT64_C(253402300800000000)

static int on_value(void *arg, const struct iq_sar_value *v, struct iq_err *err)
{
	uint64_t *sum = arg;
	(void)err;
	if (v->line < 1 || !v->name.n || !v->unit.n || v->value < 0 ||
	    v->wall_us > YEAR_10000_US * 2)
		abort();
	*sum = *sum * 31 + (uint64_t)v->line + (uint64_t)v->wall_us + (uint64_t)v->value;
	return 0;
}

static uint64_t read_all(const uint8_t *data, size_t size, size_t step)
{
	struct iq_sar *s = malloc(sizeof *s);
	struct iq_err err;
	uint64_t sum = 0;
	if (!s)
		abort();
	iq_sar_init(s, 21);
	for (size_t i = 0; i < size; i += step)
		iq_sar_feed(s, (const char *)data + i, size - i < step ? size - i : step,
			    on_value, &sum, &err);
	iq_sar_finish(s, on_value, &sum, &err);
	free(s);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	(void)iq_sar_is(iq_slice((const char *)data + 1, size - 1));
	if (read_all(data + 1, size - 1, data[0] ? data[0] : 1) !=
	    read_all(data + 1, size - 1, size))
		abort();
	return 0;
}
