/* tests/text/test_stamp.c - stamps and names of months.  Lines are composed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/units.h"
#include "text/dialect.h"
#include "text/stamp.h"

struct form {
	const char *in;
	size_t used;			/* 0: no stamp */
	const char *iso;		/* NULL: masked */
	int kind;
};

static void expect(const struct form *f, size_t used, const struct iq_stamp *st)
{
	if (used != f->used)
		fail_msg("%s: %zu bytes, want %zu", f->in, used, f->used);
	if (!used)
		return;
	if ((st->us == IQ_NULL) != (f->iso == NULL))
		fail_msg("%s: value %s", f->in, st->us == IQ_NULL ? "missing" : "there");
	if (!f->iso)
		return;
	struct iq_buf b;
	iq_buf_init(&b);
	iq_time_iso(&b, st->us);
	if (strcmp(b.p, f->iso) != 0)
		fail_msg("%s: %s, want %s", f->in, b.p, f->iso);
	iq_buf_fini(&b);
	if (st->kind != f->kind)
		fail_msg("%s: kind %d, want %d", f->in, st->kind, f->kind);
}

static void iso(void **state)
{
	(void)state;
	static const struct form forms[] = {
		{ "2026-11-21T09:37:29,234567+00:00 x", 32, "2026-11-21T09:37:29.234567Z", 0 },
		{ "2026-11-21T09:37:29Z", 20, "2026-11-21T09:37:29Z", 0 },
		{ "2026-11-21T09:37:29+0530", 24, "2026-11-21T04:07:29Z", 0 },
		{ "2026-11-21T09:37:29-08", 22, "2026-11-21T17:37:29Z", 0 },
		{ "2026-11-21 09:37:29", 19, "2026-11-21T09:37:29Z", IQ_WALL_LOCAL },
		{ "2026-11-21 09:37:29.5 x", 21, "2026-11-21T09:37:29.500000Z",
		  IQ_WALL_LOCAL },
		{ "2026-11-21T09:37:29.123456789Z", 30, "2026-11-21T09:37:29.123456Z", 0 },
		{ "2024-02-29T00:00:00Z", 20, "2024-02-29T00:00:00Z", 0 },
		{ "2023-02-29T00:00:00Z", 0, NULL, 0 },
		{ "2026-13-01T00:00:00Z", 0, NULL, 0 },
		{ "2026-11-21T24:00:00Z", 0, NULL, 0 },
		{ "2026-**-** **:**:**", 19, NULL, 0 },
		{ "2026-11-21", 0, NULL, 0 },
		{ "0000-00-00T00:00:00Z", 0, NULL, 0 },
		{ "20261121T093729Z 012345", 0, NULL, 0 },
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct iq_stamp st;
		expect(&forms[i], iq_stamp_iso(iq_slice_z(forms[i].in), &st), &st);
	}
}

static void bsd(void **state)
{
	(void)state;
	const int kind = IQ_WALL_LOCAL | IQ_WALL_NO_YEAR;
	const struct form forms[] = {
		{ "Mar  7 02:43:11 x", 15, "1972-03-07T02:43:11Z", kind },
		{ "Mar 7 02:43:11 x", 14, "1972-03-07T02:43:11Z", kind },
		{ "Mar 17 02:43:11.123456 x", 22, "1972-03-17T02:43:11.123456Z", kind },
		{ "Feb 29 00:00:00", 15, "1972-02-29T00:00:00Z", kind },
		{ "Feb 30 00:00:00", 0, NULL, 0 },
		{ "Mar  7 2023 02:43:11 x", 20, "2023-03-07T02:43:11Z", IQ_WALL_LOCAL },
		{ "févr. 07 02:43:11 x", 18, "1972-02-07T02:43:11Z", kind },
		{ "12月 07 02:43:11 x", 17, "1972-12-07T02:43:11Z", kind },
		{ " 9月 07 02:43:11 x", 17, "1972-09-07T02:43:11Z", kind },
		{ "XXX XX XX:XX:XX x", 15, NULL, 0 },
		{ "Mar  7 02.43.11 x", 0, NULL, 0 },
		{ "Foo  7 02:43:11 x", 0, NULL, 0 },
		{ "Mar  7 02:43", 0, NULL, 0 },
		{ "Mar", 0, NULL, 0 },
		{ "", 0, NULL, 0 },
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct iq_stamp st;
		expect(&forms[i], iq_stamp_bsd(iq_slice_z(forms[i].in), &st), &st);
	}
}

static void bsd_leading_zero(void **state)
{
	(void)state;
	struct iq_stamp st;
	assert_true(iq_stamp_bsd(IQ_LIT("Mar 07 02:43:11 x"), &st));
	assert_true(st.zero_day);
	assert_true(iq_stamp_bsd(IQ_LIT("Mar  7 02:43:11 x"), &st));
	assert_false(st.zero_day);
}

static void asctime_form(void **state)
{
	(void)state;
	static const struct form forms[] = {
		{ "Thu Jan  1 00:00:12 1970 x", 24, "1970-01-01T00:00:12Z", IQ_WALL_LOCAL },
		{ "Thu Jan 31 00:00:12 2026", 24, "2026-01-31T00:00:12Z", IQ_WALL_LOCAL },
		{ "Xyz Jan 31 00:00:12 2026", 0, NULL, 0 },
		{ "Thu Jan 31 00:00:12", 0, NULL, 0 },
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct iq_stamp st;
		struct iq_slice in = iq_slice_z(forms[i].in);
		/* a blank behind it, as the caller has it */
		expect(&forms[i], iq_stamp_asctime(in, &st), &st);
	}
}

static void zones(void **state)
{
	(void)state;
	static const struct { const char *in; size_t used; int64_t shift_s; int kind; } c[] = {
		{ "UTC x", 3, 0, 0 },
		{ "GMT", 3, 0, 0 },
		{ "CEST x", 4, 0, IQ_WALL_LOCAL },
		{ "+02 x", 3, -7200, 0 },
		{ "-0330", 5, 12600, 0 },
		{ "+05:45", 6, -20700, 0 },
		{ "host", 0, 0, IQ_WALL_LOCAL },
		{ "", 0, 0, IQ_WALL_LOCAL },
	};
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct iq_stamp st = { .us = 0, .kind = IQ_WALL_LOCAL };
		assert_int_equal(iq_stamp_zone_word(iq_slice_z(c[i].in), &st), c[i].used);
		assert_int_equal(st.us, c[i].shift_s * IQ_USEC);
		assert_int_equal(st.kind, c[i].kind);
	}
}

/* The short names of a year in each language; every one must be its month. */
static void months(void **state)
{
	(void)state;
	static const char *const years[][12] = {
		{ "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
		  "Dec" },
		{ "Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov",
		  "Dez" },
		{ "janv", "févr", "mars", "avril", "mai", "juin", "juil", "août", "sept",
		  "oct", "nov", "déc" },
		{ "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov",
		  "dic" },
		{ "gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov",
		  "dic" },
		{ "jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov",
		  "dez" },
		{ "sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis",
		  "gru" },
		{ "янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя",
		  "дек" },
		{ "jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov",
		  "dec" },
		{ "jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov",
		  "dec" },
		{ "led", "úno", "bře", "dub", "kvě", "čen", "čec", "srp", "zář", "říj", "lis",
		  "pro" },
		{ "Oca", "Şub", "Mar", "Nis", "May", "Haz", "Tem", "Ağu", "Eyl", "Eki", "Kas",
		  "Ara" },
		{ "1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月",
		  "12月" },
		{ " 1월", " 2월", " 3월", " 4월", " 5월", " 6월", " 7월", " 8월", " 9월",
		  "10월", "11월", "12월" },
	};
	for (size_t l = 0; l < sizeof years / sizeof *years; l++)
		for (int m = 0; m < 12; m++)
			if (iq_stamp_month(iq_slice_z(years[l][m])) != m + 1)
				fail_msg("%s is month %d, want %d", years[l][m],
					 iq_stamp_month(iq_slice_z(years[l][m])), m + 1);
	static const char *const none[] = { "", "J", "Janu", "13月", "0月", "drm", "Mi",
					    "Wed", "日", "月", "9" };
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		if (iq_stamp_month(iq_slice_z(none[i])))
			fail_msg("%s is no month", none[i]);
}

static void content(void **state)
{
	(void)state;
	const int dmesg = IQ_WALL_LOCAL | IQ_WALL_COMPUTED;
	const struct form forms[] = {
		{ "Wed Sep 13 10:13:20 2023", 1, "2023-09-13T10:13:20Z", dmesg },
		{ "Mi, 13. Sep 2023, 10:13:20", 1, "2023-09-13T10:13:20Z", dmesg },
		{ "2023 წლის 13 სექტემბერი, 10:13:20 UTC", 1, "2023-09-13T10:13:20Z", dmesg },
		{ "mar. 14 mars 10:13:20 2023", 1, "2023-03-14T10:13:20Z", dmesg },
		{ "13.zář 10:13", 1, "1972-09-13T10:13:00Z", dmesg | IQ_WALL_NO_YEAR },
		{ "9月13日 10:13", 1, "1972-09-13T10:13:00Z", dmesg | IQ_WALL_NO_YEAR },
		{ "13sep 10.13", 1, "1972-09-13T10:13:00Z", dmesg | IQ_WALL_NO_YEAR },
		{ "Sat Sep ** 10:13:20 2021", 1, NULL, 0 },
		{ "??? ??? 13 10:13:20 2023", 0, NULL, 0 },
		{ "drm:radeon_dp_i2c_aux_ch", 0, NULL, 0 },
		{ "Hardware Error", 0, NULL, 0 },
		{ "mem 0x00000000-0x0009ffff", 0, NULL, 0 },
		{ "12:00:00", 0, NULL, 0 },
		{ "Sep 13 2023", 0, NULL, 0 },
		{ "Sep 31 10:13:20 2023", 0, NULL, 0 },
		{ "Sep 13 14 10:13:20 2023", 0, NULL, 0 },
		{ "", 0, NULL, 0 },
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct iq_stamp st;
		expect(&forms[i], iq_stamp_content(iq_slice_z(forms[i].in), &st), &st);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(iso),
		cmocka_unit_test(bsd),
		cmocka_unit_test(bsd_leading_zero),
		cmocka_unit_test(asctime_form),
		cmocka_unit_test(zones),
		cmocka_unit_test(months),
		cmocka_unit_test(content),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
