/* vmcore/: the symbols in the lab's dumps of real kernels are those that the guest's
 * own /proc/kallsyms had.
 */
#include "sample.h"

/* "lab_spin [lab_lockup]" */
static bool of_module(struct iq_slice name, const struct iq_symbols *symbols, uint64_t *va)
{
	struct iq_slice function = iq_word(&name);
	char z[200];

	iq_skip_blank(&name);
	snprintf(z, sizeof z, "%.*s", IQ_FMT(function));
	return iq_skip(&name, IQ_LIT("[")) &&
	       iq_symbol_of(symbols, iq_cut(&name, ']'), z, va);
}

/* Every symbol of the record. */
static size_t compare(const struct sample *s, const struct iq_symbols *symbols)
{
	struct iq_slice rest = truth_value(s->truth, "symbols", '}');
	size_t n = 0;

	while (iq_find_char(rest, '"') >= 0) {
		struct iq_slice name = truth_string(&rest), value = truth_string(&rest);
		char z[200];
		uint64_t want, got;
		snprintf(z, sizeof z, "%.*s", IQ_FMT(name));
		assert_true(iq_skip(&value, IQ_LIT("0x")) && iq_take_hex(&value, &want));
		if (!(iq_has(name, IQ_LIT(" [")) ? of_module(name, symbols, &got)
						 : iq_symbol(symbols, z, &got)))
			fail_msg("%s: no %s", s->dir[0], z);
		if (got != want)
			fail_msg("%s: %s is %llx, not %llx", s->dir[0], z,
				 (unsigned long long)got, (unsigned long long)want);
		n++;
	}
	return n;
}

static void all_symbols(const struct sample *s, struct iq_vmcore *v)
{
	static const struct iq_vmcore_sources nothing;
	struct iq_kimage k = { .sink = NULL };
	struct iq_err err;

	iq_arena_init(&k.arena);
	if (iq_kimage_open(&k, v, &nothing, &err))
		fail_msg("%s: %s", s->dir[0], err.text);
	size_t n = compare(s, k.symbols);
	assert_true(n >= 4);
	print_message("%s: %zu of %zu\n", s->dir[0], n, iq_symbols_count(k.symbols));
	/* addresses have names, and where code is data has none */
	struct iq_symbol_at at;
	uint64_t text, data;
	assert_true(iq_symbol(k.symbols, "out_of_memory", &text));
	assert_true(iq_symbol_at(k.symbols, text + 1, &at));
	assert_true(iq_eq(at.name, IQ_LIT("out_of_memory")) && at.start == text);
	assert_true(iq_symbol(k.symbols, "init_uts_ns", &data));
	assert_false(iq_symbol_at(k.symbols, data, &at));
	iq_kimage_close(&k);
}

static void symbols_are_the_truth(void **state)
{
	sample_run(*state, all_symbols);
}

int main(void)
{
	struct CMUnitTest tests[N_SAMPLES];
	for (size_t i = 0; i < N_SAMPLES; i++)
		tests[i] = (struct CMUnitTest){ sample_dirs[i][0], symbols_are_the_truth,
						NULL, NULL,
						(void *)(uintptr_t)sample_dirs[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
