/* tests/base/test_jsonin.c - what is JSON, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/jsonin.h"

/* Tokens as one word: { } [ ] k s w, then . or ! */
static void is(struct iq_slice text, const char *want)
{
	static const char *const names[] = { ".", "!", "", "", "k", "s", "w" };
	struct iq_jsonin j;
	struct iq_buf got;
	enum iq_jsonin_token t;

	iq_buf_init(&got);
	iq_jsonin_init(&j, text);
	do {
		t = iq_jsonin_next(&j);
		iq_buf_str(&got, t == IQ_JSONIN_OPEN ? j.object ? "{" : "["
			   : t == IQ_JSONIN_CLOSE ? j.object ? "}" : "]" : names[t]);
	} while (t != IQ_JSONIN_END && t != IQ_JSONIN_BAD);
	assert_int_equal(iq_jsonin_next(&j), t);
	assert_string_equal(got.p, want);
	iq_buf_fini(&got);
}

static void tokens(void **state)
{
	(void)state;
	is(IQ_LIT("{\"a\": [1, -2.5e3, true, null, \"x\\\"y\"], \"b\": {}}"),
	   "{k[wwwws]k{}}.");
	is(IQ_LIT(" [ ] \n"), "[].");
	is(IQ_LIT("3"), "w.");
	is(IQ_LIT("\xef\xbb\xbf{}"), "{}.");
	is(IQ_LIT("[[[]],{\"k\":[{}]}]"), "[[[]]{k[{}]}].");
	/* broken */
	is(IQ_LIT(""), "!");
	is(IQ_LIT("{"), "{!");
	is(IQ_LIT("[1,]"), "[w!");
	is(IQ_LIT("{\"a\" 1}"), "{!");
	is(IQ_LIT("{\"a\":}"), "{k!");
	is(IQ_LIT("{\"a\":1]"), "{kw!");
	is(IQ_LIT("[1 2]"), "[w!");
	is(IQ_LIT("{1:2}"), "{!");
	is(IQ_LIT("[\"a"), "[!");
	is(IQ_LIT("[\"a\\"), "[!");
	is(IQ_LIT("[] x"), "[]!");
}

static void depth(void **state)
{
	(void)state;
	struct iq_buf b;
	struct iq_jsonin j;
	unsigned n = 0;
	iq_buf_init(&b);
	for (int i = 0; i < 100000; i++)
		iq_buf_char(&b, '[');
	iq_jsonin_init(&j, iq_buf_as_slice(&b));
	while (iq_jsonin_next(&j) == IQ_JSONIN_OPEN)
		n++;
	assert_int_equal(n, IQ_JSONIN_DEPTH);
	iq_buf_fini(&b);
}

static void skipping(void **state)
{
	(void)state;
	struct iq_jsonin j;
	iq_jsonin_init(&j, IQ_LIT("{\"a\": {\"x\": [1, {}]}, \"b\": 2, \"c\": 3}"));
	assert_int_equal(iq_jsonin_next(&j), IQ_JSONIN_OPEN);
	assert_int_equal(iq_jsonin_next(&j), IQ_JSONIN_KEY);
	iq_jsonin_skip(&j, IQ_JSONIN_KEY);
	assert_int_equal(iq_jsonin_next(&j), IQ_JSONIN_KEY);
	assert_true(iq_eq(j.text, IQ_LIT("b")));
	iq_jsonin_skip(&j, IQ_JSONIN_KEY);
	assert_int_equal(iq_jsonin_next(&j), IQ_JSONIN_KEY);
	assert_true(iq_eq(j.text, IQ_LIT("c")));
}

static void texts(void **state)
{
	(void)state;
	static const struct {
		struct iq_slice raw, want;
	} rows[] = {
		{ IQ_LIT("plain"), IQ_LIT("plain") },
		{ IQ_LIT("a\\n\\t\\\"\\\\\\/"), IQ_LIT("a\n\t\"\\/") },
		{ IQ_LIT("\\u0041\\u00e9\\u20ac"), IQ_LIT("A\xc3\xa9\xe2\x82\xac") },
		{ IQ_LIT("\\ud83d\\ude00"), IQ_LIT("\xf0\x9f\x98\x80") },
		{ IQ_LIT("\\ud83dx"), IQ_LIT("\xef\xbf\xbdx") },
		{ IQ_LIT("\\u12"), IQ_LIT("u12") }, { IQ_LIT("x\\"), IQ_LIT("x\\") },
	};
	struct iq_arena mem;
	iq_arena_init(&mem);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_true(iq_eq(iq_jsonin_text(rows[i].raw, &mem), rows[i].want));
	iq_arena_fini(&mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens), cmocka_unit_test(depth),
		cmocka_unit_test(skipping), cmocka_unit_test(texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
