/* base/: slices, numbers, UTF-8, JSON, units, calendar, errors, arena. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/cursor.h"
#include "base/err.h"
#include "base/json.h"
#include "base/units.h"
#include "base/utf8.h"

static void assert_slice(struct iq_slice s, const char *want)
{
	assert_int_equal(s.n, strlen(want));
	assert_memory_equal(s.p, want, s.n);
}

static void slices(void **state)
{
	(void)state;
	struct iq_slice s = IQ_LIT("  one\ttwo  three");
	assert_slice(iq_word(&s), "one");
	assert_slice(iq_word(&s), "two");
	assert_slice(iq_word(&s), "three");
	assert_int_equal(iq_word(&s).n, 0);
	s = IQ_LIT("a,b,");
	assert_slice(iq_cut(&s, ','), "a");
	assert_slice(iq_cut(&s, ','), "b");
	assert_int_equal(s.n, 0);
	assert_int_equal(iq_rfind(IQ_LIT("x) y) z"), IQ_LIT(")")), 4);
	assert_int_equal(iq_rfind(IQ_LIT("a"), IQ_LIT("ab")), -1);
	assert_int_equal(iq_find(IQ_LIT("abc"), IQ_LIT("c")), 2);
	assert_int_equal(iq_find(IQ_LIT(""), IQ_LIT("c")), -1);
	assert_slice(iq_trim(IQ_LIT("\t x ")), "x");
}

static void numbers(void **state)
{
	(void)state;
	static const struct { const char *text; bool ok; int64_t v; } cases[] = {
		{ "0", true, 0 }, { "-17", true, -17 }, { "9223372036854775807", true, INT64_MAX },
		{ "9223372036854775808", false, 0 }, { "99999999999999999999999", false, 0 },
		{ "", false, 0 }, { "-", false, 0 }, { "12x", false, 0 }, { " 5 ", true, 5 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t v = 42;
		assert_int_equal(iq_to_i64(iq_slice_z(cases[i].text), &v), cases[i].ok);
		assert_int_equal(v, cases[i].ok ? cases[i].v : 42);
	}
	struct iq_slice s = IQ_LIT("ffffffffffffffffg");
	uint64_t h;
	assert_true(iq_take_hex(&s, &h));
	assert_true(h == UINT64_MAX);
	s = IQ_LIT("1ffffffffffffffff");
	assert_false(iq_take_hex(&s, &h));
}

static void cursor_stops_at_the_end(void **state)
{
	(void)state;
	static const unsigned char b[] = { 1, 2, 3 };
	struct iq_cursor c = iq_cursor(b, sizeof b);
	assert_int_equal(iq_cur_le(&c, 2), 0x0201);
	assert_int_equal(iq_cur_le(&c, 2), 0);
	assert_true(c.failed);
	static const unsigned char endless[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
						 0xff, 0xff, 0xff, 0xff, 0xff };
	c = iq_cursor(endless, sizeof endless);
	iq_cur_varint(&c);
	assert_true(c.failed);
}

static void errors_grow_from_the_inside(void **state)
{
	(void)state;
	struct iq_err e;
	assert_int_equal(iq_err_set(&e, IQ_E_FORMAT, "bad byte %d", 7), -1);
	iq_err_prefix(&e, "%s", "file.gz");
	assert_string_equal(e.text, "file.gz: bad byte 7");
	for (int i = 0; i < 300; i++)
		iq_err_prefix(&e, "%s", "a long piece of context");
	assert_true(strlen(e.text) < sizeof e.text);
	assert_int_equal(iq_err_set(NULL, IQ_E_IO, "x"), -1);
}

static void utf8(void **state)
{
	(void)state;
	static const struct { const char *in, *clean, *terminal; } cases[] = {
		{ "plain", "plain", "plain" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "latin \xfc", "latin \\xfc", "latin \\xfc" },
		{ "esc \033[31m", "esc \\x1b[31m", "esc \\x1b[31m" },
		{ "tab\tnl\n", "tab\tnl\n", "tab nl\\x0a" },
		{ "bidi \xe2\x80\xae x", "bidi \xe2\x80\xae x", "bidi \\xe2\\x80\\xae x" },
		{ "cut \xe2\x80", "cut \\xe2\\x80", "cut \\xe2\\x80" },
		{ "c1 \xc2\x9b", "c1 \\xc2\\x9b", "c1 \\xc2\\x9b" },
		{ "over \xc0\xaf", "over \\xc0\\xaf", "over \\xc0\\xaf" },
		{ "surrogate \xed\xa0\x80", "surrogate \\xed\\xa0\\x80", "surrogate \\xed\\xa0\\x80" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct iq_buf b;
		iq_buf_init(&b);
		iq_utf8_clean(&b, iq_slice_z(cases[i].in));
		assert_string_equal(b.p, cases[i].clean);
		assert_int_equal(iq_utf8_is_clean(iq_slice_z(cases[i].in)),
				 !strcmp(cases[i].in, cases[i].clean));
		iq_buf_reset(&b);
		iq_utf8_terminal(&b, iq_slice_z(cases[i].in));
		assert_string_equal(b.p, cases[i].terminal);
		iq_buf_fini(&b);
	}
}

static void json(void **state)
{
	(void)state;
	struct iq_buf b;
	struct iq_json j;
	iq_buf_init(&b);
	iq_json_init(&j, &b, 0);
	iq_json_open(&j, '{');
	iq_json_key(&j, "a\"b");
	iq_json_open(&j, '[');
	iq_json_int(&j, INT64_MIN);
	iq_json_str(&j, IQ_LIT("x\n\x01\xff\\"));
	iq_json_str(&j, IQ_SLICE_NULL);
	iq_json_bool(&j, true);
	iq_json_close(&j, ']');
	iq_json_key(&j, "e");
	iq_json_open(&j, '{');
	iq_json_close(&j, '}');
	iq_json_close(&j, '}');
	assert_string_equal(b.p, "{\"a\\\"b\":[-9223372036854775808,\"x\\n\\u0001\\\\xff\\\\\",null,"
				 "true],\"e\":{}}");
	iq_buf_fini(&b);
}

static void calendar(void **state)
{
	(void)state;
	static const struct { const char *text; int64_t us; const char *iso; } cases[] = {
		{ "1970-01-01", 0, "1970-01-01T00:00:00Z" },
		{ "2000-02-29T12:00:00Z", INT64_C(951825600000000), "2000-02-29T12:00:00Z" },
		{ "2021-09-08 18:01:32", INT64_C(1631124092000000), "2021-09-08T18:01:32Z" },
		{ "2021-09-08T18:01:32.5+08:00", INT64_C(1631095292500000),
		  "2021-09-08T10:01:32.500000Z" },
		{ "1969-12-31T23:59:59Z", -1000000, "1969-12-31T23:59:59Z" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t us;
		struct iq_buf b;
		iq_buf_init(&b);
		assert_true(iq_time_parse(iq_slice_z(cases[i].text), &us));
		assert_int_equal(us, cases[i].us);
		iq_time_iso(&b, us);
		assert_string_equal(b.p, cases[i].iso);
		iq_buf_fini(&b);
	}
	static const char *const wrong[] = { "", "2021-02-29", "2021-13-01", "2021-1-1",
					     "2021-01-01T25:00:00", "2021-01-01T10:00:00 here" };
	int64_t us;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(iq_time_parse(iq_slice_z(wrong[i]), &us));
	/* every day of 800 years there and back */
	for (int64_t d = -146097; d < 146097; d++) {
		struct iq_civil c;
		iq_civil_from_us(d * 86400 * IQ_USEC, &c);
		assert_int_equal(iq_days_from_civil(c.year, c.month, c.day), d);
	}
}

static void sizes(void **state)
{
	(void)state;
	static const struct { int64_t v; const char *text; } human[] = {
		{ 0, "0 B" }, { 1023, "1023 B" }, { 1024, "1 KiB" }, { 1536, "1.50 KiB" },
		{ 204800 * 1024LL, "200 MiB" }, { 46592 * 1024LL, "45.5 MiB" },
		{ -4096, "-4 KiB" }, { INT64_MAX, "8 EiB" },
	};
	for (size_t i = 0; i < sizeof human / sizeof *human; i++) {
		struct iq_buf b;
		iq_buf_init(&b);
		iq_human_bytes(&b, human[i].v);
		assert_string_equal(b.p, human[i].text);
		iq_buf_fini(&b);
	}
	static const struct { const char *text; bool ok; uint64_t v; } parse[] = {
		{ "10", true, 10 }, { "64K", true, 65536 }, { "1.5G", true, 1610612736 },
		{ "2GiB", true, UINT64_C(2) << 30 }, { "", false, 0 }, { "x", false, 0 },
		{ "5Z", false, 0 }, { "99999999999999999999", false, 0 }, { "20000000T", false, 0 },
	};
	for (size_t i = 0; i < sizeof parse / sizeof *parse; i++) {
		uint64_t v = 0;
		assert_int_equal(iq_size_parse(iq_slice_z(parse[i].text), &v), parse[i].ok);
		assert_true(v == parse[i].v);
	}
}

static void arena(void **state)
{
	(void)state;
	struct iq_arena a;
	iq_arena_init(&a);
	for (int round = 0; round < 3; round++) {
		for (int i = 1; i < 2000; i++) {
			char *p = iq_arena_alloc(&a, (size_t)i);
			for (int k = 0; k < i; k++)
				assert_int_equal(p[k], 0);
			memset(p, 0xee, (size_t)i);
		}
		struct iq_slice s = iq_arena_printf(&a, "%d %s", 5, "five");
		assert_slice(s, "5 five");
		assert_null(iq_arena_copy(&a, IQ_SLICE_NULL).p);
		iq_arena_reset(&a);
	}
	assert_null(iq_arena_alloc(&a, SIZE_MAX));
	iq_arena_fini(&a);
	assert_int_equal(a.total_bytes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slices),
		cmocka_unit_test(numbers),
		cmocka_unit_test(cursor_stops_at_the_end),
		cmocka_unit_test(errors_grow_from_the_inside),
		cmocka_unit_test(utf8),
		cmocka_unit_test(json),
		cmocka_unit_test(calendar),
		cmocka_unit_test(sizes),
		cmocka_unit_test(arena),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
