/* tests/analyze/test_rule.c - the header of an SQL rule, and its templates. */
#include "world.h"
#include "analyze/inquest/plugin.h"
#include "analyze/rule.h"

#define HEAD "-- rule: r-1\n-- verdict: v\n-- severity: warning\n-- confidence: strong\n"
#define FULL HEAD "-- applies-to: oom-kill\n-- title: t\n"

static void whole_rule(void **state)
{
	static const char text[] =
		"\xef\xbb\xbf-- What swap has to say.\r\n"
		"--\n"
		"-- rule: swap-full\n"
		"-- verdict: swap-full\r\n"
		"--severity:warning\n"
		"-- confidence: likely\n"
		"-- role: cause\n"
		"-- holder: processes\n"
		"-- applies-to: oom-kill, alloc-failure\n"
		"-- title: swap {{x} is full: {used:bytes} of {size}\n"
		"-- explanation: one\n"
		"-- explanation: two\n"
		"-- advice: a: b\n"
		"-- advice: c\n"
		"-- missing: the size | cat /proc/swaps\n"
		"-- priority: -3\n"
		"-- needs: proc\n"
		"\n"
		"SELECT 1 -- title: not a header\n";
	struct iq_err err = { 0 };
	struct iq_rule r;

	(void)state;
	if (iq_rule_parse(&r, iq_slice_z(text), &err))
		fail_msg("%s", err.text);
	assert_string_equal(r.rule.p, "swap-full");
	assert_string_equal(r.verdict.p, "swap-full");
	assert_string_equal(r.holder.p, "processes");
	assert_int_equal(r.severity, INQUEST_WARNING);
	assert_int_equal(r.confidence, INQUEST_LIKELY);
	assert_int_equal(r.role, INQUEST_CAUSE);
	assert_int_equal(r.priority, -3);
	assert_int_equal(r.needs, IQ_RULE_PROC);
	assert_string_equal(r.kinds[0], "oom-kill");
	assert_string_equal(r.kinds[1], "alloc-failure");
	assert_null(r.kinds[2]);
	assert_false(r.host);
	assert_string_equal(r.explanation.p, "one two");
	assert_int_equal(r.n_advice, 2);
	assert_string_equal(r.advice[0].p, "a: b");
	assert_int_equal(r.n_missing, 1);
	assert_string_equal(r.missing[0].what.p, "the size");
	assert_string_equal(r.missing[0].how.p, "cat /proc/swaps");
	assert_string_equal(r.sql, "SELECT 1 -- title: not a header\n");
	iq_rule_fini(&r);
}

static const struct { const char *text, *says; } broken[] = {
	{ "", "`-- rule: ...` is missing" },
	{ "SELECT 1", "`-- rule: ...` is missing" },
	{ HEAD "-- title: t\nSELECT 1", "`-- applies-to: ...` is missing" },
	{ HEAD "-- applies-to: oom-kill\nSELECT 1", "`-- title: ...` is missing" },
	{ FULL, "no SELECT" },
	{ FULL "-- nothing else\n", "no SELECT" },
	{ FULL "-- rule: again\nSELECT 1", "line 7: rule stands twice" },
	{ FULL "-- colour: red\nSELECT 1", "line 7: unknown header `colour`" },
	{ FULL "-- holder:\nSELECT 1", "holder is empty" },
	{ FULL "-- holder: Not A Word\nSELECT 1", "no word of a-z" },
	{ FULL "-- role: boss\nSELECT 1", "none of cause, contributing, notice" },
	{ FULL "-- role: notice\nSELECT 1", "role `notice` goes with" },
	{ FULL "-- needs: swap\nSELECT 1", "none of log, proc, vmcore" },
	{ FULL "-- priority: high\nSELECT 1", "no number" },
	{ FULL "-- priority: 99999999999\nSELECT 1", "no number" },
	{ FULL "-- missing: only half\nSELECT 1", "what | how to collect" },
	{ FULL "-- explanation: {a\nSELECT 1", "explanation: a `{` without" },
	{ FULL "-- advice: {}\nSELECT 1", "advice: `{}` names no column" },
	{ FULL "-- advice: {a:hex}\nSELECT 1", "`:hex` is no format" },
	{ HEAD "-- applies-to: OOM KILL\n-- title: t\nSELECT 1", "no event kind" },
	{ HEAD "-- applies-to: host, oom-kill\n-- title: t\nSELECT 1", "`host` goes alone" },
	{ HEAD "-- applies-to: host\n-- role: cause\n-- title: t\nSELECT 1", "`notice` goes" },
	{ "-- rule: Bad Rule\nSELECT 1", "line 1: rule: `Bad Rule`" },
	{ "-- severity: grave\nSELECT 1", "none of fault, warning, notice" },
	{ "-- confidence: sure\nSELECT 1", "none of certain, strong, likely, guess" },
};

static void broken_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(broken); i++) {
		struct iq_err err = { 0 };
		struct iq_rule r;
		if (iq_rule_parse(&r, iq_slice_z(broken[i].text), &err) == 0)
			fail_msg("row %zu was taken", i);
		if (!strstr(err.text, broken[i].says))
			fail_msg("row %zu says: %s", i, err.text);
	}
}

static void bytes_that_are_no_rule(void **state)
{
	static const char nul[] = FULL "SELECT 1\0; DROP";
	char *big = malloc(IQ_RULE_BYTES_MAX + 1);
	struct iq_err err = { 0 };
	struct iq_rule r;

	(void)state;
	assert_int_equal(iq_rule_parse(&r, iq_slice(nul, sizeof(nul)), &err), -1);
	assert_non_null(strstr(err.text, "NUL"));
	memset(big, ' ', IQ_RULE_BYTES_MAX + 1);
	assert_int_equal(iq_rule_parse(&r, iq_slice(big, IQ_RULE_BYTES_MAX + 1), &err), -1);
	assert_int_equal(err.code, IQ_E_LIMIT);
	free(big);
}

static bool value(void *arg, struct iq_slice column, struct iq_slice format,
		  struct iq_buf *out)
{
	(void)arg;
	if (iq_eq(column, IQ_LIT("none")))
		return false;
	iq_buf_printf(out, "<%.*s%s>", IQ_FMT(column), format.n ? "!" : "");
	return true;
}

static void filling(void **state)
{
	static const struct { const char *in, *out; } rows[] = {
		{ "", "" }, { "plain }", "plain }" }, { "{a}{b:bytes}", "<a><b!>" },
		{ "{{a}", "{a}" }, { "x{ a }y", "x<a>y" }, { "{none}", NULL },
		{ "{", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct iq_buf b;
		iq_buf_init(&b);
		int rc = iq_rule_fill(iq_slice_z(rows[i].in), value, NULL, &b, NULL);
		assert_int_equal(rc, rows[i].out ? 0 : -1);
		if (rows[i].out)
			assert_true(iq_eq(iq_buf_as_slice(&b), iq_slice_z(rows[i].out)));
		iq_buf_fini(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_rule), cmocka_unit_test(broken_rules),
		cmocka_unit_test(bytes_that_are_no_rule), cmocka_unit_test(filling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
