/* tests/text/test_peeler.c - forms that take several lines, and what a peeler learns
 * from the lines before.
 */
#include "dialect_row.h"

struct step {
	const char *in;
	enum iq_special special;
	const char *text;		/* NULL: not looked at */
	int again;			/* comes out in front of the line */
	const char *mono;
	int back;
};

static void run(struct iq_peeler *p, const struct step *steps, size_t n)
{
	struct iq_peeled r;
	for (size_t i = 0; i < n; i++) {
		struct row w = { .in = steps[i].in };
		iq_peel(p, iq_slice_z(steps[i].in), &r);
		expect_n(&w, "special", r.special, steps[i].special);
		expect_n(&w, "again", r.again, steps[i].again);
		if (steps[i].text)
			expect_slice(&w, "text", r.text, steps[i].text);
		if (steps[i].mono) {
			char got[64];
			snprintf(got, sizeof got, "%lld.%06lld",
				 (long long)(r.mono_us / IQ_USEC),
				 (long long)(r.mono_us % IQ_USEC));
			expect_z(&w, "mono", got, steps[i].mono);
		}
		if (steps[i].text)
			expect_n(&w, "back", r.back, steps[i].back);
	}
}

#define RUN(steps) do {							\
	struct iq_peeler *peeler = iq_peeler_new();			\
	run(peeler, steps, sizeof steps / sizeof *steps);		\
	iq_peeler_free(peeler);						\
} while (0)

#define PEND IQ_SPECIAL_PENDING, NULL, 0, NULL, 0
#define FRAME IQ_SPECIAL_NOISE, NULL, 0, NULL, 0

static void dmesg_json_pretty(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ "{", PEND },
		{ "   \"dmesg\": [", PEND },
		{ "      {", PEND },
		{ "         \"pri\": 6,", PEND },
		{ "         \"time\":     1.234567,", PEND },
		{ "         \"msg\": \"one\"", PEND },
		{ "      },{", IQ_SPECIAL_NONE, "one", 1, "1.234567", 1 },
		{ "      },{", PEND },
		{ "         \"fac\": \"kern\",", PEND },
		{ "         \"pri\": \"info\",", PEND },
		{ "         \"time\": 99999.999999,", PEND },
		{ "         \"caller\": \"T1234\",", PEND },
		{ "         \"msg\": \"two\"", PEND },
		{ "      }", IQ_SPECIAL_NONE, "two", 0, "99999.999999", 1 },
		{ "   ]", PEND },
		{ "}", FRAME },
		{ "[    1.234567] after", IQ_SPECIAL_NONE, "after", 0, "1.234567", 0 },
	};
	RUN(steps);
}

static void journal_json_pretty(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ "{", PEND },
		{ "\t\"MESSAGE\" : \"one\",", PEND },
		{ "\t\"_SOURCE_MONOTONIC_TIMESTAMP\" : \"1234567\"", PEND },
		{ "}", IQ_SPECIAL_NONE, "one", 0, "1.234567", 2 },
		{ "{", PEND },
		{ "\t\"MESSAGE\" : [", PEND },
		{ "\t\t98,", PEND },
		{ "\t\t99", PEND },
		{ "\t],", PEND },
		{ "\t\"_TRANSPORT\" : \"kernel\"", PEND },
		{ "}", IQ_SPECIAL_NONE, "bc", 0, NULL, 2 },
	};
	RUN(steps);
}

static void json_many_on_a_line(void **state)
{
	(void)state;
	const char *array = "[{\"MESSAGE\":\"a\"},{\"MESSAGE\":\"b\"}]";
	const char *run_on = "{\"MESSAGE\":\"a\"} {\"MESSAGE\":\"b\"}";
	const struct step steps[] = {
		{ array, IQ_SPECIAL_NONE, "a", 1, NULL, 0 },
		{ array, IQ_SPECIAL_NONE, "b", 0, NULL, 0 },
		{ run_on, IQ_SPECIAL_NONE, "a", 1, NULL, 0 },
		{ run_on, IQ_SPECIAL_NONE, "b", 0, NULL, 0 },
		{ "plain", IQ_SPECIAL_NONE, "plain", 0, NULL, 0 },
	};
	RUN(steps);
}

/* A stray brace must not swallow the log behind it; an object that breaks off gives
 * what it had. */
static void json_that_is_none(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ "{", PEND },
		{ "[    1.234567] text", IQ_SPECIAL_NONE, "text", 0, "1.234567", 0 },
		{ "{", PEND },
		{ "  \"MESSAGE\" : \"whole\",", PEND },
		{ "[    1.234567] text", IQ_SPECIAL_NONE, "whole", 1, NULL, 1 },
		{ "[    1.234567] text", IQ_SPECIAL_NONE, "text", 0, "1.234567", 0 },
		/* bad within the line that began it: what was there, once */
		{ "{\"MESSAGE\":\"x\",\"a\":\"\"b", IQ_SPECIAL_NONE, "x", 0, NULL, 0 },
		{ "next", IQ_SPECIAL_NONE, "next", 0, NULL, 0 },
	};
	RUN(steps);
}

static void export_entries(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ "__CURSOR=s=1;i=2", PEND },
		{ "__REALTIME_TIMESTAMP=1694600001123456", PEND },
		{ "__MONOTONIC_TIMESTAMP=99", PEND },
		{ "_BOOT_ID=0123456789abcdef0123456789abcdef", PEND },
		{ "_TRANSPORT=kernel", PEND },
		{ "MESSAGE=one", PEND },
		{ "_SOURCE_MONOTONIC_TIMESTAMP=1234567", PEND },
		{ "", IQ_SPECIAL_NONE, "one", 0, "1.234567", 2 },
		{ "__CURSOR=s=1;i=3", PEND },
		{ "MESSAGE=two", PEND },
		{ "__CURSOR=s=1;i=4", IQ_SPECIAL_NONE, "two", 1, NULL, 1 },
		{ "__CURSOR=s=1;i=4", PEND },
		{ "", FRAME },
		{ "plain", IQ_SPECIAL_NONE, "plain", 0, NULL, 0 },
	};
	RUN(steps);
}

static void export_binary(void **state)
{
	(void)state;
	struct iq_peeler *p = iq_peeler_new();
	struct iq_peeled r;
	size_t raw;
	iq_peel(p, IQ_LIT("__CURSOR=s=1"), &r);
	iq_peel(p, IQ_LIT("MESSAGE"), &r);
	assert_int_equal(r.special, IQ_SPECIAL_PENDING);
	assert_true(iq_peel_collecting(p, &raw));
	assert_int_equal(raw, 8);
	iq_peel_raw(p, "\x05\0\0", 3);
	iq_peel_collecting(p, &raw);
	assert_int_equal(raw, 5);
	iq_peel_raw(p, "\0\0\0\0\0", 5);
	iq_peel_collecting(p, &raw);
	assert_int_equal(raw, 6);
	iq_peel_raw(p, "a\nb", 3);
	iq_peel_raw(p, "\0c\n", 3);
	iq_peel_collecting(p, &raw);
	assert_int_equal(raw, 0);
	iq_peel(p, IQ_LIT("_TRANSPORT=kernel"), &r);
	iq_peel(p, IQ_LIT(""), &r);
	assert_int_equal(r.dialect, IQ_DIA_EXPORT);
	assert_int_equal(r.text.n, 5);
	assert_memory_equal(r.text.p, "a\nb\0c", 5);
	assert_true(r.kernel);
	/* a length that cannot be ends the collecting */
	iq_peel(p, IQ_LIT("__CURSOR=s=1"), &r);
	iq_peel(p, IQ_LIT("MESSAGE"), &r);
	iq_peel_raw(p, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	assert_false(iq_peel_collecting(p, &raw));
	iq_peeler_free(p);
}

#define VERBOSE(m) "Wed 2023-09-13 10:13:21.123456 UTC [s=0123456789abcdef0123456789" \
	"abcdef;i=2;b=00112233445566778899aabbccddeeff;m=" m ";t=6053acf1a7480;x=1]"

static void verbose_entries(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ VERBOSE("5b8d80"), PEND },
		{ "    _TRANSPORT=kernel", PEND },
		{ "    MESSAGE=one", PEND },
		{ "            more of it", PEND },
		{ "    PRIORITY=6", PEND },
		{ VERBOSE("1"), IQ_SPECIAL_NONE, "one\nmore of it", 1, "6.000000", 3 },
		{ VERBOSE("1"), PEND },
		{ "    MESSAGE=two", PEND },
		{ "    _SOURCE_MONOTONIC_TIMESTAMP=7", PEND },
		{ "-- Reboot --", IQ_SPECIAL_NONE, "two", 1, "0.000007", 2 },
		{ "-- Reboot --", IQ_SPECIAL_REBOOT, NULL, 0, NULL, 0 },
	};
	RUN(steps);
}

static void flush_gives_the_last(void **state)
{
	(void)state;
	struct iq_peeler *p = iq_peeler_new();
	struct iq_peeled r;
	assert_false(iq_peel_flush(p, &r));
	iq_peel(p, IQ_LIT("__CURSOR=s=1"), &r);
	iq_peel(p, IQ_LIT("_BOOT_ID=0123456789abcdef0123456789abcdef"), &r);
	iq_peel(p, IQ_LIT("MESSAGE=last"), &r);
	assert_true(iq_peel_flush(p, &r));
	assert_true(iq_eq(r.text, IQ_LIT("last")));
	assert_true(iq_eq(r.boot_id, IQ_LIT("0123456789abcdef0123456789abcdef")));
	assert_false(iq_peel_flush(p, &r));
	iq_peel(p, IQ_LIT("2024-05-01T12:00:00Z stdout P half of"), &r);
	assert_int_equal(r.special, IQ_SPECIAL_PENDING);
	assert_true(iq_peel_flush(p, &r));
	assert_true(iq_eq(r.text, IQ_LIT("half of")));
	iq_peeler_free(p);
}

static void cri_parts(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ "2024-05-01T12:00:00.1Z stdout P [    1.234", PEND },
		{ "2024-05-01T12:00:00.2Z stdout P 567] a", PEND },
		{ "2024-05-01T12:00:00.3Z stdout F b", IQ_SPECIAL_NONE, "ab", 0, "1.234567",
		  0 },
		{ "2024-05-01T12:00:00.4Z stdout P cut", PEND },
		{ "[    2.000000] other", IQ_SPECIAL_NONE, "cut", 1, NULL, 0 },
		{ "[    2.000000] other", IQ_SPECIAL_NONE, "other", 0, "2.000000", 0 },
	};
	RUN(steps);
}

static void docker_parts(void **state)
{
	(void)state;
	struct iq_buf line;
	struct iq_peeled r;
	struct iq_peeler *p = iq_peeler_new();
	iq_buf_init(&line);
	iq_buf_str(&line, "{\"log\":\"");
	for (int i = 0; i < 16384; i++)
		iq_buf_char(&line, 'a');
	iq_buf_str(&line, "\",\"stream\":\"stdout\",\"time\":\"2024-05-01T12:00:00Z\"}");
	iq_peel(p, iq_buf_as_slice(&line), &r);
	assert_int_equal(r.special, IQ_SPECIAL_PENDING);
	iq_peel(p, IQ_LIT("{\"log\":\"end\\n\",\"stream\":\"stdout\"}"), &r);
	assert_int_equal(r.special, IQ_SPECIAL_NONE);
	assert_int_equal(r.text.n, 16387);
	assert_memory_equal(r.text.p + 16384, "end", 3);
	iq_buf_fini(&line);
	iq_peeler_free(p);
}

static void netconsole_fragments(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ "6,416,1758426,-,ncfrag=0/31;the first chunk,", PEND },
		{ "6,416,1758426,-,ncfrag=16/31; the 2nd chunk.", IQ_SPECIAL_NONE,
		  "the first chunk, the 2nd chunk.", 0, "1.758426", 0 },
		{ "6,417,1758427,-,ncfrag=0/31;the first chunk,", PEND },
		{ "6,418,1758428,-;next", IQ_SPECIAL_NONE, "the first chunk,", 1, "1.758427",
		  0 },
		{ "6,418,1758428,-;next", IQ_SPECIAL_NONE, "next", 0, "1.758428", 0 },
		{ "Nov 21 10:28:58 h 6,419,7,-,ncfrag=0/4;ab", PEND },
		{ "Nov 21 10:28:58 h 6,419,7,-,ncfrag=2/4;cd", IQ_SPECIAL_NONE, "abcd", 0,
		  "0.000007", 0 },
	};
	RUN(steps);
}

static void kmsg_dictionary(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ " SUBSYSTEM=net", IQ_SPECIAL_NONE, " SUBSYSTEM=net", 0, NULL, 0 },
		{ "6,1,2,-;x", IQ_SPECIAL_NONE, "x", 0, NULL, 0 },
		{ " SUBSYSTEM=net", IQ_SPECIAL_DICT, "SUBSYSTEM=net", 0, NULL, 0 },
		{ " DEVICE=n2", IQ_SPECIAL_DICT, "DEVICE=n2", 0, NULL, 0 },
		{ "[    1.000000] y", IQ_SPECIAL_NONE, "y", 0, NULL, 0 },
		{ " a=b", IQ_SPECIAL_NONE, " a=b", 0, NULL, 0 },
	};
	RUN(steps);
}

static void reltime_sums_up(void **state)
{
	(void)state;
	struct iq_peeler *p = iq_peeler_new();
	struct iq_peeled r;
	iq_peel(p, IQ_LIT("[  +0.500000] before any mark"), &r);
	assert_true(r.wall_us == IQ_NULL);
	assert_int_equal(r.delta_us, 500000);
	iq_peel(p, IQ_LIT("[Nov21 09:37] mark"), &r);
	int64_t mark = r.wall_us;
	iq_peel(p, IQ_LIT("[  +0.000432] a"), &r);
	assert_int_equal(r.wall_us - mark, 432);
	iq_peel(p, IQ_LIT("[ +12.000001] b"), &r);
	assert_int_equal(r.wall_us - mark, 12000433);
	iq_peel(p, IQ_LIT("[Nov21 09:38] next minute"), &r);
	assert_int_equal(r.wall_us - mark, 60 * IQ_USEC);
	iq_peeler_free(p);
}

static void mono_host_is_learnt(void **state)
{
	(void)state;
	struct iq_peeler *p = iq_peeler_new();
	struct iq_peeled r;
	iq_peel(p, IQ_LIT("[    1.000000] web1 sshd[3]: hi"), &r);
	assert_int_equal(r.dialect, IQ_DIA_PLAIN);
	iq_peel(p, IQ_LIT("[    1.000000] web1 kernel: hi"), &r);
	iq_peel(p, IQ_LIT("[    1.000000] web1 sshd[3]: hi"), &r);
	assert_int_equal(r.dialect, IQ_DIA_SHORT_MONO);
	assert_true(iq_eq(r.ident, IQ_LIT("sshd")));
	assert_false(r.kernel);
	iq_peeler_free(p);
}

static void header_width(void **state)
{
	(void)state;
	static const struct { const char *in; unsigned width; } cases[] = {
		{ "[    1.234999] line", 15 },
		{ "kern  :info  : [    1.234999] line", 30 },
		{ "Sep 13 10:13:21 web1 kernel: line", 29 },
		{ "[Sat Nov 21 09:37:28 2026] line", 27 },
		{ "<6>[    1.234999] line", 18 },
		{ "web_1  | [    1.234999] line", 15 },
		{ "line", 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct iq_peeler *p = iq_peeler_new();
		struct iq_peeled r;
		iq_peel(p, iq_slice_z(cases[i].in), &r);
		assert_int_equal(r.header_width, cases[i].width);
		iq_peeler_free(p);
	}
}

static void grep_prefix_is_learnt(void **state)
{
	(void)state;
	struct iq_peeler *p = iq_peeler_new();
	struct iq_peeled r;
	iq_peel(p, IQ_LIT("a.log:[    1.000000] x"), &r);
	assert_true(iq_eq(r.file, IQ_LIT("a.log")));
	assert_true(iq_peel(p, IQ_LIT("a.log-               second line"), &r));
	assert_true(iq_eq(r.text, IQ_LIT("               second line")));
	assert_false(r.has_header);
	iq_peeler_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dmesg_json_pretty),
		cmocka_unit_test(journal_json_pretty),
		cmocka_unit_test(json_many_on_a_line),
		cmocka_unit_test(json_that_is_none),
		cmocka_unit_test(export_entries),
		cmocka_unit_test(export_binary),
		cmocka_unit_test(verbose_entries),
		cmocka_unit_test(flush_gives_the_last),
		cmocka_unit_test(cri_parts),
		cmocka_unit_test(docker_parts),
		cmocka_unit_test(netconsole_fragments),
		cmocka_unit_test(kmsg_dictionary),
		cmocka_unit_test(reltime_sums_up),
		cmocka_unit_test(mono_host_is_learnt),
		cmocka_unit_test(header_width),
		cmocka_unit_test(grep_prefix_is_learnt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
