/* input/: texts that are many, sections of supportconfig and values of apport.  Composed
 * after bin/supportconfig.rc and problem_report.py. */
#include "world.h"

#include <archive.h>

static const char two[] =
	"a line of nobody's\n\n"
	"#==[ Command ]======================================#\n"
	"# /bin/date\n"
	"Mon Mar 11 09:30:12 CET 2024\n\n"
	"#==[ Configuration File ]===========================#\n"
	"# /etc/gone - File not found\n\n"
	"#==[ Log File ]=====================================#\n"
	"# /var/log/messages - Last 200 Lines\n"
	"first\n#==( no header\nlast\n";

static void sections(void **state)
{
	(void)state;
	struct seen s;
	seen_init(&s);
	walk_bytes(&s, iq_slice_z(two));
	assert_int_equal(s.rc, 0);
	assert_int_equal(s.n, 2);
	assert_string_equal(s.m[0].name, "#/bin/date");
	assert_string_equal(s.m[0].wrappers, "supportconfig");
	assert_int_equal(s.m[0].lines_before, 4);
	assert_true(iq_eq(as_slice(&s.m[0].head), IQ_LIT("Mon Mar 11 09:30:12 CET 2024\n\n")));
	assert_string_equal(s.m[1].name, "#/var/log/messages");
	assert_int_equal(s.m[1].lines_before, 11);
	assert_true(iq_eq(as_slice(&s.m[1].head), IQ_LIT("first\n#==( no header\nlast\n")));
	assert_int_equal(s.n_issues, 0);
	assert_false(s.m[0].tail);
	assert_true(s.m[1].tail);
	assert_true(iq_eq(as_slice(&s.raw), iq_slice_z(two)));
	seen_fini(&s);
}

/* A section that is not read does not get into the way of the next one. */
static void sections_unread(void **state)
{
	(void)state;
	struct seen s;
	seen_init(&s);
	s.do_not_read = true;
	walk_bytes(&s, iq_slice_z(two));
	assert_int_equal(s.n, 2);
	assert_string_equal(s.m[1].name, "#/var/log/messages");
	assert_int_equal(s.m[1].lines_before, 11);
	seen_fini(&s);
}

/* A header wherever a block may end: a file is read in blocks of 512 kB. */
static void headers_at_the_edge(void **state)
{
	static const char head[] = "#==[ Command ]====#\n";
	(void)state;
	for (size_t back = 0; back < 50; back++) {
		struct iq_buf b;
		struct seen s;
		iq_buf_init(&b);
		iq_buf_str(&b, head);
		iq_buf_str(&b, "# /bin/one\n");
		while (b.n + 8 < 512 * 1024 - back)
			iq_buf_str(&b, "1234567\n");
		while (b.n + 1 < 512 * 1024 - back)
			iq_buf_char(&b, '#');
		iq_buf_char(&b, '\n');
		size_t body = b.n - strlen(head) - strlen("# /bin/one\n");
		iq_buf_str(&b, head);
		iq_buf_str(&b, "# /bin/two\nend\n#==");
		seen_init(&s);
		walk_bytes(&s, as_slice(&b));
		assert_int_equal(s.n, 2);
		assert_int_equal(s.m[0].bytes, body);
		assert_string_equal(s.m[1].name, "#/bin/two");
		assert_true(iq_eq(as_slice(&s.m[1].head), IQ_LIT("end\n#==")));
		assert_int_equal(s.m[1].end, 0);
		seen_fini(&s);
		iq_buf_fini(&b);
	}
}

static void sections_cut_off(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof two; n++) {
		struct iq_buf gz = packed(iq_slice_z(two), ARCHIVE_FILTER_GZIP);
		struct seen s;
		seen_init(&s);
		walk_bytes(&s, iq_slice(two, n));
		assert_int_equal(s.rc, 0);
		seen_fini(&s);
		if (n < gz.n) {
			seen_init(&s);
			walk_bytes(&s, iq_head(as_slice(&gz), n));
			seen_fini(&s);
		}
		iq_buf_fini(&gz);
	}
}

static void quotes_are_no_sections(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"he wrote: #==[ Command ]===#\n# x\n", "#==[ Command\n# x\n",
		"#==[ Command ]===#", "ProblemTypes: x\nA: b\n", "ProblemType: KernelCrash",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct seen s;
		seen_init(&s);
		walk_bytes(&s, iq_slice_z(texts[i]));
		assert_int_equal(s.n, 1);
		assert_string_equal(s.m[0].wrappers, "");
		seen_fini(&s);
	}
}

/* Each line base64 for itself, as many bytes a line as STEP. */
static void put_base64(struct iq_buf *to, struct iq_slice data, size_t step)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789+/";
	while (data.n) {
		struct iq_slice line = iq_head(data, step);
		data = iq_from(data, line.n);
		iq_buf_char(to, ' ');
		for (size_t i = 0; i < line.n; i += 3) {
			unsigned v = 0;
			for (size_t k = 0; k < 3; k++)
				v = v << 8 | (i + k < line.n ? (unsigned char)line.p[i + k] : 0);
			for (size_t k = 0; k < 4; k++)
				iq_buf_char(to, i + k > line.n ? '='
					    : digits[v >> (18 - 6 * k) & 63]);
		}
		iq_buf_char(to, '\n');
	}
}

static void apport(void **state)
{
	(void)state;
	struct iq_buf log = composed_log(5000), gz = packed(as_slice(&log), ARCHIVE_FILTER_GZIP);
	for (size_t step = 1; step < 300; step += 37) {
		struct iq_buf b;
		struct seen s;
		iq_buf_init(&b);
		iq_buf_str(&b, "ProblemType: KernelCrash\nDate: Mon Jan  1 00:00:00 2024\n"
			   "Text:\n one\n two\nCoreDump: base64\n H4sI\nVmCore: base64\n");
		put_base64(&b, as_slice(&gz), step);
		iq_buf_str(&b, "Uname: Linux x\nVmCoreDmesg:\n [    1.0] last");
		seen_init(&s);
		s.keep_bytes = log.n;
		walk_bytes(&s, as_slice(&b));
		assert_int_equal(s.rc, 0);
		assert_int_equal(s.n, 3);
		assert_string_equal(s.m[0].name, "#Text");
		assert_true(iq_eq(as_slice(&s.m[0].head), IQ_LIT("one\ntwo\n")));
		assert_int_equal(s.m[0].lines_before, 3);
		assert_string_equal(s.m[1].name, "#VmCore");
		assert_string_equal(s.m[1].wrappers, "apport,gzip");
		assert_true(iq_eq(as_slice(&s.m[1].head), as_slice(&log)));
		assert_string_equal(s.m[2].name, "#VmCoreDmesg");
		assert_true(iq_eq(as_slice(&s.m[2].head), IQ_LIT("[    1.0] last")));
		assert_int_equal(s.n_issues, 0);
		seen_fini(&s);
		iq_buf_fini(&b);
	}
	iq_buf_fini(&gz);
	iq_buf_fini(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections),
		cmocka_unit_test(sections_unread),
		cmocka_unit_test(headers_at_the_edge),
		cmocka_unit_test(sections_cut_off),
		cmocka_unit_test(quotes_are_no_sections),
		cmocka_unit_test(apport),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
