/* tests/analyze/test_killer_figures.c - figures in the words of user-space killers, and
 * the small arithmetic of the public plugin header (composed). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../plugins/killer.h"

static void whole_numbers(void **state)
{
	(void)state;
	const char *s = "mem avail:   702 of  7870 MiB ( 8.92%), swap free:  190 of 2047 MiB";
	assert_int_equal(killer_int(s, "mem avail:"), 702);
	assert_int_equal(killer_int(s, " of "), 7870);
	assert_int_equal(killer_int(strstr(s, "swap"), " of "), 2047);
	assert_int_equal(killer_int(s, "no such lead"), INQUEST_NULL);
	assert_int_equal(killer_int(NULL, "x"), INQUEST_NULL);
	assert_int_equal(killer_int("used (x)", "used ("), INQUEST_NULL);
	assert_int_equal(killer_int("n 99999999999999999999", "n "), INQUEST_NULL);
}

static void hundredths(void **state)
{
	static const struct { const char *text; int64_t want; } t[] = {
		{ "x 61.21% > 50", 6121 }, { "x 8.9%", 890 }, { "x 7", 700 }, { "x 7.", 700 },
		{ "x 1.239", 123 }, { "x 0.05", 5 }, { "x .5", INQUEST_NULL },
		{ "x 922337203685477580700", INQUEST_NULL }, { "x ", INQUEST_NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		assert_int_equal(killer_hundredths(t[i].text, "x "), t[i].want);
}

static void quantities(void **state)
{
	static const struct { const char *text; int64_t want; } t[] = {
		{ "x 60124Ki, and", INT64_C(60124) << 10 }, { "x 100Mi", INT64_C(100) << 20 },
		{ "x 1.5Gi.", INT64_C(1536) << 20 }, { "x 500M", 500000000 }, { "x 0", 0 },
		{ "x 2k", 2000 }, { "x 123 of", 123 }, { "x 9000000Ti", INQUEST_NULL },
		{ "x many", INQUEST_NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		assert_int_equal(killer_quantity(t[i].text, "x "), t[i].want);
}

static void pieces(void **state)
{
	(void)state;
	char longer[2000];
	memset(longer, 'a', sizeof longer - 1);
	longer[sizeof longer - 1] = 0;
	assert_int_equal(killer_until("a.b being c", " being "), 3);
	assert_int_equal(killer_until("a.b", " being "), 3);
	assert_int_equal(killer_until(longer, "b"), 512);
	assert_string_equal(killer_last_part("/a/b.service"), "b.service");
	assert_string_equal(killer_last_part("/a/"), "/a/");
	assert_string_equal(killer_last_part("b"), "b");
	assert_null(killer_last_part(NULL));
}

static void of_the_header(void **state)
{
	(void)state;
	assert_int_equal(inquest_list_has("0-1,3", 1), 1);
	assert_int_equal(inquest_list_has("0-1,3", 2), 0);
	assert_int_equal(inquest_list_has("0-1,3", 3), 1);
	assert_int_equal(inquest_list_has("12", 1), 0);
	assert_int_equal(inquest_list_has("(null)", 0), -1);
	assert_int_equal(inquest_list_has("", 0), -1);
	assert_int_equal(inquest_list_has(NULL, 0), -1);
	assert_int_equal(inquest_list_has("0-99999999999999999999", 7), 1);
	assert_int_equal(inquest_percent(1, 3), 33);
	assert_int_equal(inquest_percent(INT64_MAX, INT64_MAX), 99);	/* rounded */
	assert_int_equal(inquest_percent(INQUEST_NULL, 3), 0);
	assert_int_equal(inquest_percent(3, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_numbers), cmocka_unit_test(hundredths),
		cmocka_unit_test(quantities), cmocka_unit_test(pieces),
		cmocka_unit_test(of_the_header),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
