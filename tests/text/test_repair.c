/* tests/text/test_repair.c - colours, HTML, typography, boxes.  Texts are composed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text/repair.h"

struct pair { const char *in, *out; };

static void expect(const char *in, struct iq_slice got, const char *want)
{
	if (!iq_eq(got, iq_slice_z(want)))
		fail_msg("%s\ngot  '%.*s'\nwant '%s'", in, IQ_FMT(got), want);
}

static void ansi(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ "plain", "plain" },
		{ "", "" },
		{ "\x1b[32m[    1.234999] \x1b[0m\x1b[33mfoo: \x1b[0mbar",
		  "[    1.234999] foo: bar" },
		{ "\x1b[1;39m-- Reboot --\x1b[0m", "-- Reboot --" },
		{ "\x1b]8;;file://h/x\x1b\\link\x1b]8;;\x1b\\ end", "link end" },
		{ "\x1b]0;title\atext", "text" },
		{ "\x1b[Kafter", "after" },
		{ "\x1b[?25ltext\x1b(B", "text" },
		{ "\x1b" "7saved\x1b" "8", "saved" },
		{ "x\bxy\by", "xy" },
		{ "\xc3\xa9\b\xc3\xa9", "\xc3\xa9" },
		{ "\b\bstart", "start" },
		{ "cut \x1b[3", "cut " },
		{ "cut \x1b", "cut " },
		{ "cut \x1b]8;;never closed", "cut " },
	};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		char copy[200];
		size_t n = strlen(pairs[i].in);
		memcpy(copy, pairs[i].in, n);
		n = iq_strip_ansi(copy, n);
		expect(pairs[i].in, iq_slice(copy, n), pairs[i].out);
	}
}

static void html(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ "&lt;4&gt;[    1.0] a &amp; b &quot;c&quot; &#39;d&#x27; &nbsp;e",
		  "<4>[    1.0] a & b \"c\" 'd'  e" },
		{ "one<br>two<br/>three<br />four", "one\ntwo\nthree\nfour" },
		{ "<pre><code>[    1.0] x</code></pre>", "[    1.0] x\n" },
		{ "<span class=\"k\">kernel</span>: y", "kernel: y" },
		{ "<p>one</p><p>two</p>", "one\ntwo\n" },
		{ "<IRQ> <TASK> </TASK> <4> <ffffffff81000000> <unknown>",
		  "<IRQ> <TASK> </TASK> <4> <ffffffff81000000> <unknown>" },
		{ "a < b && c > d", "a < b && c > d" },
		{ "&lt", "&lt" },
		{ "&unknown; &#; &#x;", "&unknown; &#; &#x;" },
		{ "x\xc2\xa0y", "x y" },
		{ "a<!-- hidden -->b", "ab" },
		{ "<br", "<br" },
		{ "<span never closed", "<span never closed" },
		{ "&#1114112;&#0;", "\xef\xbf\xbd\xef\xbf\xbd" },
	};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct iq_buf out;
		iq_buf_init(&out);
		iq_undo_html(&out, iq_slice_z(pairs[i].in));
		expect(pairs[i].in, iq_buf_as_slice(&out), pairs[i].out);
		iq_buf_fini(&out);
	}
}

static void html_seen(void **state)
{
	(void)state;
	assert_true(iq_looks_html(IQ_LIT("&lt;IRQ&gt;")));
	assert_true(iq_looks_html(IQ_LIT("a<br>b")));
	assert_true(iq_looks_html(IQ_LIT("it&#39;s")));
	assert_false(iq_looks_html(IQ_LIT("<4>[    1.0] <IRQ> a & b")));
	assert_false(iq_looks_html(IQ_LIT("<a.b.c>")));
	assert_false(iq_looks_html(IQ_LIT("")));
}

static void typography(void **state)
{
	(void)state;
	struct iq_buf out;
	iq_buf_init(&out);
	iq_undo_typography(&out, IQ_LIT("\xe2\x80\x9c" "echo 0\xe2\x80\x9d \xe2\x80\x94\xe2"
					"\x80\x93 x\xe2\x80\xa6 it\xe2\x80\x99s\xc2\xa0z\xe2"
					"\x80\x8b \xc3\xa9 \xff"));
	expect("typography", iq_buf_as_slice(&out),
	       "\"echo 0\" --- x... it's z \xc3\xa9 \xff");
	iq_buf_fini(&out);
}

/* "[    0.000000] Linux version 6.1.0\n[    0.100000] second line of the log\n" */
#define BOX "WyAgICAwLjAwMDAwMF0gTGludXggdmVyc2lvbiA2LjEuMApbICAgIDAuMTAwMDAwXSBzZWNvbm" \
	    "QgbGluZSBvZiB0aGUgbG9nCg=="
#define IN_BOX "[    0.000000] Linux version 6.1.0\n[    0.100000] second line of the log\n"

static void boxes(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{ BOX, IN_BOX },
		{ BOX "\n", IN_BOX },
		{ "{\"InstanceId\":\"i-1\",\"ConsoleOutput\":\"" BOX "\",\"LastUpdateTime\":"
		  "\"2024\"}", IN_BOX },
		{ "{\n    \"InstanceId\": \"i-1\",\n    \"Output\": \"" BOX "\"\n}", IN_BOX },
		{ "<GetConsoleOutputResponse><output>" BOX "</output></X>", IN_BOX },
		{ "{\"contents\": \"[    0.000000] a\\n[    0.100000] \\u0041 \\\"q\\\"\\n\","
		  " \"start\": \"0\", \"next\": \"1048576\"}",
		  "[    0.000000] a\n[    0.100000] A \"q\"\n" },
		/* cut off in the middle */
		{ "{\"InstanceId\":\"i-12345678901234567890\",\"ConsoleOutput\":\"WyAgICAwLj"
		  "AwMDAwMF0gTGludXggdmVyc2lvbiA2LjEuMApbICAgIDAuMTAwMDAwXSBz",
		  "[    0.000000] Linux version 6.1.0\n[    0.100000] s" },
		{ "[    0.000000] a plain log that is long enough to be looked at by the code "
		  "in question", NULL },
		{ "thisisawordwithoutanyblanksinitwhichisverylongbutisnobase64ofanytextatall",
		  NULL },
		{ "{\"msg\":\"x\",\"pri\":6,\"time\":1.000000,\"and\":\"more to make it longer "
		  "than the least\"}", NULL },
		{ "", NULL },
		{ "{", NULL },
	};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct iq_buf out;
		iq_buf_init(&out);
		bool got = iq_unbox_console(&out, iq_slice_z(pairs[i].in));
		if (got != (pairs[i].out != NULL))
			fail_msg("%s\n%s", pairs[i].in, got ? "is no box" : "is a box");
		if (got)
			expect(pairs[i].in, iq_buf_as_slice(&out), pairs[i].out);
		else
			assert_int_equal(out.n, 0);
		iq_buf_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ansi),
		cmocka_unit_test(html),
		cmocka_unit_test(html_seen),
		cmocka_unit_test(typography),
		cmocka_unit_test(boxes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
