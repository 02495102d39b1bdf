/* tests/parse/test_sar.c - text of sar, in the forms that versions and locales give it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/units.h"
#include "parse/sar.h"

static int on_value(void *arg, const struct iq_sar_value *v, struct iq_err *err)
{
	struct iq_buf *out = arg;
	(void)err;
	iq_buf_printf(out, "%lld ", (long long)v->line);
	iq_time_iso(out, v->wall_us);
	iq_buf_printf(out, " %.*s %lld %.*s\n", IQ_FMT(v->name), (long long)v->value,
		      IQ_FMT(v->unit));
	return 0;
}

/* In pieces of STEP bytes. */
static void read_text(const char *text, int day, size_t step, struct iq_buf *out)
{
	struct iq_sar *s = malloc(sizeof *s);
	struct iq_err err;
	size_t n = strlen(text);
	iq_buf_init(out);
	iq_sar_init(s, day);
	for (size_t i = 0; i < n; i += step)
		assert_int_equal(iq_sar_feed(s, text + i, n - i < step ? n - i : step, on_value,
					     out, &err), 0);
	assert_int_equal(iq_sar_finish(s, on_value, out, &err), 0);
	free(s);
}

static const struct { const char *what, *text; int day; const char *want; } rows[] = {
	{ "the C locale; blocks of no interest; a restart; what is no figure",
	  "Linux 6.1.0 (web1) \t11/21/26 \t_x86_64_\t(2 CPU)\n\n"
	  "09:00:01        CPU     %user\n09:10:01        all      1.00\n\n"
	  "09:00:01    kbmemfree   kbavail  %memused\n09:10:01         1000      2000     50.00\n"
	  "Average:         1000      2000     50.00\n\n"
	  "09:20:30     LINUX RESTART\t(2 CPU)\n\n"
	  "09:20:31      ldavg-1   blocked\n09:30:01         0.52         3\n"
	  "09:40:01         nan         4\n", 0,
	  "7 2026-11-21T09:10:01Z MemFree 1024000 bytes\n"
	  "7 2026-11-21T09:10:01Z MemAvailable 2048000 bytes\n"
	  "13 2026-11-21T09:30:01Z ldavg-1 520 load\n"
	  "13 2026-11-21T09:30:01Z blocked 3000 tasks\n"
	  "14 2026-11-21T09:40:01Z blocked 4000 tasks\n" },
	{ "half days, midnight crossed, columns in another order",
	  "Linux 3.10.0-1160.el7.x86_64 (db)\t2023-11-13\t_x86_64_\t(4 CPU)\n\n"
	  "11:40:01 PM pswpout/s  pswpin/s\n11:50:01 PM     12.34      0.00\n"
	  "12:00:01 AM      1,5      2\n", 0,
	  "4 2023-11-13T23:50:01Z pswpout 12340 pages/s\n"
	  "4 2023-11-13T23:50:01Z pswpin 0 pages/s\n"
	  "5 2023-11-14T00:00:01Z pswpout 1500 pages/s\n"
	  "5 2023-11-14T00:00:01Z pswpin 2000 pages/s\n" },
	{ "the day first, by its number", "Linux 5.14.0 (a) \t21.11.2026 \t_x86_64_\t(2 CPU)\n\n"
	  "00:00:01    kbswpfree\n00:10:01    5\n", 0,
	  "4 2026-11-21T00:10:01Z SwapFree 5120 bytes\n" },
	{ "the day first, by the file's name", "Linux 5.14.0 (a) \t05/11/26 \t_x86_64_\t(2 CPU)\n\n"
	  "00:00:01    kbswpfree\n00:10:01    5\n", 5,
	  "4 2026-11-05T00:10:01Z SwapFree 5120 bytes\n" },
	{ "the month first, by the file's name", "Linux 5.14.0 (a) \t11/05/26 \t_x86_64_\t(2 CPU)\n"
	  "\n00:00:01    kbswpfree\n00:10:01    5\n", 5,
	  "4 2026-11-05T00:10:01Z SwapFree 5120 bytes\n" },
	{ "a clock with words", "Linux 3.10.0 (db) \t2023\u5e7411\u670814\u65e5 \t_x86_64_\t(4 CPU)\n\n"
	  "00\u65f600\u520601\u79d2 kbmemfree kbmemused\n00\u65f610\u520601\u79d2      1000      2000\n"
	  "\u5e73\u5747\u65f6\u95f4:      1000      2000\n", 0,
	  "4 2023-11-14T00:10:01Z MemFree 1024000 bytes\n" },
	{ "words and blanks", "Linux 3.10.0 (db) \t2023\ub144 11\uc6d4 14\uc77c \t_x86_64_\t(4 CPU)\n\n"
	  "13\uc2dc 00\ubd84 01\ucd08 kbmemfree\n13\uc2dc 10\ubd84 01\ucd08      1000\n", 0,
	  "4 2023-11-14T13:10:01Z MemFree 1024000 bytes\n" },
	{ "the half of the day first", "Linux 3.10.0 (db) \t2023\u5e7411\u670814\u65e5 \t_x86_64_\t(4 CPU)\n\n"
	  "\u4e0b\u5348 01\u664200\u520601\u79d2 kbmemfree\n\u4e0b\u5348 01\u664210\u520601\u79d2   1000\n", 0,
	  "4 2023-11-14T13:10:01Z MemFree 1024000 bytes\n" },
	{ "dots, and a half of the day in another script",
	  "Linux 3.10.0 (db) \t14.11.2023 \t_x86_64_\t(4 CPU)\n\n"
	  "00.00.01    kbmemfree\n00.10.01     1000\n", 0,
	  "4 2023-11-14T00:10:01Z MemFree 1024000 bytes\n" },
	{ "noon in Greek", "Linux 3.10.0 (db) \t14/11/2023 \t_x86_64_\t(4 CPU)\n\n"
	  "12:00:01 \u03bc\u03bc    kbmemfree\n12:10:01 \u03bc\u03bc     1000\n", 0,
	  "4 2023-11-14T12:10:01Z MemFree 1024000 bytes\n" },
	{ "no first line: no date", "00:00:01    kbswpfree\n00:10:01    5\n", 0, "" },
	{ "rows shorter and longer than their header",
	  "Linux 5.14.0 (a) \t2026-11-05 \t_x86_64_\t(2 CPU)\n\n"
	  "00:00:01    kbswpfree kbswpused\n00:10:01    5\n00:20:01 1 2 3 4", 0,
	  "4 2026-11-05T00:10:01Z SwapFree 5120 bytes\n"
	  "5 2026-11-05T00:20:01Z SwapFree 1024 bytes\n"
	  "5 2026-11-05T00:20:01Z SwapUsed 2048 bytes\n" },
};

static void test_sar_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t step = 1; step < 4096; step *= 7) {
			struct iq_buf out;
			read_text(rows[i].text, rows[i].day, step, &out);
			if (strcmp(out.p ? out.p : "", rows[i].want) != 0)
				fail_msg("%s: got\n%s", rows[i].what, out.p ? out.p : "");
			iq_buf_fini(&out);
		}
}

static void test_sar_known(void **state)
{
	(void)state;
	assert_true(iq_sar_is(IQ_LIT("\nLinux 6.1.0 (web1) \t11/21/26 \t_x86_64_\t(2 CPU)\n")));
	assert_false(iq_sar_is(IQ_LIT("Linux version 6.1.0 (a@b) #1 SMP (2 CPU)\n")));
	assert_false(iq_sar_is(IQ_LIT("Linux web1 6.1.0 #1 SMP x86_64 GNU/Linux\n")));
	assert_int_equal(iq_sar_file_day(IQ_LIT("var/log/sa/sar21")), 21);
	assert_int_equal(iq_sar_file_day(IQ_LIT("var/log/sysstat/sar20261105")), 5);
	assert_int_equal(iq_sar_file_day(IQ_LIT("sar")), 0);
	assert_int_equal(iq_sar_file_day(IQ_LIT("sos_commands/sar/sar99")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sar_texts),
		cmocka_unit_test(test_sar_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
