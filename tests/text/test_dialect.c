/* tests/text/test_dialect.c - every form of line, peeled.  The lines stand in
 * rows_*.h.
 */
#include "rows_kernel.h"
#include "rows_syslog.h"
#include "rows_carried.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct { const struct row *rows; size_t n; } tables[] = {
	{ rows_kernel, COUNT(rows_kernel) },
	{ rows_syslog, COUNT(rows_syslog) },
	{ rows_carried, COUNT(rows_carried) },
};

static size_t n_rows(void)
{
	size_t n = 0;
	for (size_t i = 0; i < COUNT(tables); i++)
		n += tables[i].n;
	return n;
}

static const struct row *row_at(size_t at)
{
	size_t i = 0;
	while (at >= tables[i].n)
		at -= tables[i++].n;
	return &tables[i].rows[at];
}

static void every_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_rows(); i++) {
		const struct row *w = row_at(i);
		struct iq_peeler *p = iq_peeler_new();
		struct iq_peeled r;
		/* an exact copy on the heap: a read past the end is seen */
		size_t n = strlen(w->in);
		char *copy = malloc(n ? n : 1);
		assert_non_null(copy);
		memcpy(copy, w->in, n);
		struct iq_slice line = iq_slice(copy, n);
		bool known = iq_peel(p, line, &r);
		expect_row(w, &r);
		expect_n(w, "known", known,
			 r.has_header || r.special || r.transport);
		free(copy);
		iq_peeler_free(p);
	}
}

/* One line after the other through one peeler: a form must not stick. */
static void forms_mixed_in_one_file(void **state)
{
	(void)state;
	struct iq_peeler *p = iq_peeler_new();
	struct iq_peeled r;
	for (size_t i = 0; i < n_rows(); i++) {
		const struct row *w = row_at(i);
		/* these learn from the lines before */
		if (w->dialect == D(RELTIME) || w->transport == D(PREFIXED))
			continue;
		iq_peel(p, iq_slice_z(w->in), &r);
		expect_row(w, &r);
	}
	iq_peeler_free(p);
}

/* --- the hot path --- */

static void syslog_tag(void **state)
{
	(void)state;
	static const struct { const char *in, *host, *tag; } cases[] = {
		{ "Mar  7 02:43:11 myhost sshd[812]: x", "myhost", "sshd" },
		{ "Mar  7 02:43:11 myhost kernel: x", "myhost", "kernel" },
		{ "Mar  7 02:43:11.123 myhost kernel: x", "myhost", "kernel" },
		{ "<86>Mar  7 02:43:11 myhost su: x yy", "myhost", "su" },
		{ "Mar  7 02:43:11 kernel: missing host", "", "kernel" },
		{ "2023-06-10T12:00:00.123456+02:00 h app[1]: x", "h", "app" },
		{ "2023-06-10T12:00:00+0200 h kernel: x", "h", "kernel" },
		{ "2023-06-10T12:00:00Z h (systemd)[1]: x", "h", "(systemd)" },
		{ "2017-06-30 16:25:43.012 err kernel: [1.0] x", "err", "kernel" },
		/* the long way */
		{ "Mar  7 02:43:11 h last message repeated 3 times", NULL, NULL },
		{ "Mar  7 02:43:11 h [12345.678901] netconsole", NULL, NULL },
		{ "Mar  7 02:43:11 h kern.err kernel: x", NULL, NULL },
		{ "Mar  7 02:43:11 h kernel [    1.000000] x", NULL, NULL },
		{ "2024-05-01T12:00:00.123456789Z stdout F x: y", NULL, NULL },
		{ "2026-11-21T09:37:29,234567+00:00 eth0: link up", NULL, NULL },
		{ "[    1.234567] web1 kernel: eth0: link up", NULL, NULL },
		{ "short", NULL, NULL },
		{ "Mar  7 02:43:11 myhost xxxxxxxxxxxxxxxx", NULL, NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct row w = { .in = cases[i].in };
		struct iq_slice host = IQ_SLICE_NULL, tag = IQ_SLICE_NULL;
		bool got = iq_peel_syslog_tag(iq_slice_z(cases[i].in), &host, &tag);
		expect_n(&w, "found", got, cases[i].tag != NULL);
		if (!got)
			continue;
		expect_slice(&w, "tag", tag, cases[i].tag);
		expect_slice(&w, "host", host, *cases[i].host ? cases[i].host : NULL);
	}
}

/* Where both ways know the program they must agree. */
static void syslog_tag_agrees(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_rows(); i++) {
		const struct row *w = row_at(i);
		struct iq_slice host, tag;
		char want[300];
		if (!iq_peel_syslog_tag(iq_slice_z(w->in), &host, &tag) ||
		    !w->ident || strstr(w->in, "relay"))
			continue;
		snprintf(want, sizeof want, "%.*s", (int)strcspn(w->ident, "["),
			 w->ident);
		expect_slice(w, "tag", tag, want);
	}
}

static void second_header(void **state)
{
	(void)state;
	static const struct { const char *in; int64_t own; ptrdiff_t want; } cases[] = {
		{ "first[    1.500000] second", 1400000, 5 },
		{ "first<6>[    1.500000] second", 1400000, 5 },
		{ " <IRQ> [  168.317567]  [<ffffffff81eb4be9>] f", 168317560, 7 },
		{ "first [    1.500000][    T1] second", IQ_NULL, 6 },
		{ "first [    9.500000] too late by far", -60000000, -1 },
		{ "first [    0.100000] too early", 5000000, -1 },
		{ "no [drm] [ 1799] [<ffffffff81000000>] header", 1000000, -1 },
		{ "[    1.500000] at the front only", 1400000, -1 },
		{ "a [ 104.660699] blanks lost", 104660600, 2 },
		{ "a [ 104.660699] quoted?", IQ_NULL, -1 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct row w = { .in = cases[i].in };
		expect_n(&w, "at",
			 iq_find_second_header(iq_slice_z(cases[i].in), cases[i].own),
			 cases[i].want);
	}
}

static void kernel_header_alone(void **state)
{
	(void)state;
	struct iq_peeled r = { .mono_us = IQ_NULL, .level = -1 };
	assert_true(iq_peel_kernel_header(IQ_LIT("<4>[    1.000000][   C2] x"), &r));
	assert_true(iq_eq(r.text, IQ_LIT("x")));
	assert_int_equal(r.mono_us, 1000000);
	assert_int_equal(r.level, 4);
	assert_int_equal(r.caller, 2);
	assert_false(iq_peel_kernel_header(IQ_LIT("[drm] x"), &r));
	assert_true(iq_eq(r.text, IQ_LIT("[drm] x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form),
		cmocka_unit_test(forms_mixed_in_one_file),
		cmocka_unit_test(syslog_tag),
		cmocka_unit_test(syslog_tag_agrees),
		cmocka_unit_test(second_header),
		cmocka_unit_test(kernel_header_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
