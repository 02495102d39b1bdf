/* tests/report/test_report.c - one store, two forms: what they say, what they leave out,
 * and that nothing of a capture reaches a terminal or a JSON parser as it came.
 *
 * Facts and findings are composed.
 */
#include "../store/feed.h"

#include "base/utf8.h"
#include "report/ask.h"

#define US INT64_C(1000000)
#define T0 (INT64_C(1700000000) * US)		/* 2023-11-14T22:13:20Z */

/* A name that tries everything: colours, a title, an overwriting return, a reordering
 * control, what is no UTF-8, quotes and a tag. */
#define EVIL "a\x1b[31m\x1b]0;t\x07\r\xe2\x80\xae\xff\"\\<b>\x9b"

struct page {
	struct iq_buf text;
	size_t pieces, stop_after;
};

static int write_piece(void *arg, const char *p, size_t n)
{
	struct page *page = arg;
	iq_buf_add(&page->text, p, n);
	return page->stop_after && ++page->pieces >= page->stop_after;
}

static struct iq_report_opts options(enum iq_report_format format)
{
	return (struct iq_report_opts){
		.format = format, .event_id = IQ_NULL, .since_us = IQ_NULL,
		.until_us = IQ_NULL, .version = "0",
	};
}

static const char *report(struct iq_store *s, struct iq_report_opts o, struct page *page)
{
	struct iq_err err = { 0 };
	memset(page, 0, sizeof *page);
	if (iq_report(s, &o, write_piece, page, &err))
		fail_msg("%s", err.text);
	assert_true(page->text.n > 0);
	return page->text.p;
}

static void put_finding(struct iq_store *s, int64_t event, const char *role,
			const char *title, const char *verdict)
{
	struct iq_err err = { 0 };
	const struct iq_evidence e = {
		.capture_id = 1, .member = TEXT(EVIL), .line = 7, .text = TEXT(EVIL " line"),
		.row_id = IQ_NULL,
	};
	const struct iq_finding f = {
		.event_id = event, .host_id = IQ_NULL, .plugin = TEXT("p"),
		.rule = TEXT("r.1"), .role = iq_slice_z(role),
		.verdict = iq_slice_z(verdict), .severity = TEXT("fault"),
		.confidence = TEXT("certain"), .title = iq_slice_z(title),
		.explanation = TEXT("because " EVIL), .advice = TEXT("[\"do \\\"this\\\"\"]"),
		.missing = TEXT("[{\"what\":\"figures\",\"how_to_collect\":\"dmesg\"}]"),
		.evidence = &e, .n_evidence = 1,
	};
	assert_int_equal(iq_store_begin(s, &err), 0);
	if (iq_store_put_finding(s, &f, &err))
		fail_msg("%s", err.text);
	assert_int_equal(iq_store_commit(s, &err), 0);
}

/* Two kills on two hosts, and a panic that the first led to. */
static struct iq_store *world(void)
{
	struct iq_store *s = open_store("", IQ_STORE_MEMORY);
	struct feed f;
	feed_init(&f);
	ADD(&f, CAPTURE, capture, .id = 1, .path = TEXT("logs/" EVIL), .kind = TEXT("log"),
	    .sha256 = TEXT("ab"), .status = TEXT("ok"));
	ADD(&f, MEMBER, member, .id = 1, .name = TEXT(EVIL), .lines = 100);
	ADD(&f, HOST, host, .id = 1, .name = TEXT("web" EVIL));
	ADD(&f, HOST, host, .id = 2, .name = TEXT("db"));
	ADD(&f, BOOT, boot, .id = 1, .host_id = 1, .kernel_release = TEXT("6.1.0" EVIL));
	ADD(&f, BOOT, boot, .id = 2, .host_id = 2);
	ADD(&f, EVENT, event, .id = 1, .boot_id = 1, .kind = TEXT("oom-kill"),
	    .fingerprint = TEXT("1"), .wall_us = T0, .mono_us = 5 * US + 1,
	    .truncated = ZERO);
	ADD(&f, EVENT, event, .id = 2, .boot_id = 1, .parent_id = 1, .kind = TEXT("panic"),
	    .fingerprint = TEXT("2"), .wall_us = T0 + US, .truncated = 1);
	ADD(&f, EVENT, event, .id = 3, .boot_id = 2, .kind = TEXT("oom-kill"),
	    .fingerprint = TEXT("3"), .wall_us = T0 + 3600 * US, .truncated = ZERO);
	for (int64_t i = 1; i <= 3; i++)
		ADD(&f, SIGHTING, sighting, .event_id = i, .member_id = 1,
		    .first_line = i * 10, .last_line = i * 10 + 5);
	ADD(&f, OOM, oom, .event_id = 1, .constraint_kind = TEXT("memcg"),
	    .trigger_pid = 5, .trigger_comm = TEXT(EVIL), .gfp_mask = TEXT("0xcc0"),
	    .cgroup_limited = TEXT("/" EVIL), .limit_bytes = 209715200,
	    .usage_bytes = 209715200);
	ADD(&f, VICTIM, victim, .event_id = 1, .pid = 5, .comm = TEXT(EVIL),
	    .anon_rss_bytes = 4096, .oom_score_adj = ZERO);
	ADD(&f, CRASH, crash, .event_id = 2, .reason = TEXT("Kernel panic " EVIL));
	ADD(&f, SNAPSHOT, snapshot, .id = 1, .boot_id = 1, .source = TEXT("vmcore"));
	ADD(&f, EVENT_SNAPSHOT, event_snapshot, .event_id = 1, .snapshot_id = 1,
	    .role = TEXT("dump"));
	for (int64_t i = 1; i <= 3; i++)
		ADD(&f, TASK, task, .snapshot_id = 1, .pid = i, .tgid = i, .comm = TEXT("t"),
		    .state = i < 3 ? TEXT("S") : TEXT("D"), .kernel_thread = ZERO);
	for (int64_t i = 1; i <= 3; i++)
		ADD(&f, STACK, stack, .snapshot_id = 1, .pid = i, .depth = ZERO,
		    .function = TEXT("schedule"), .state = i < 3 ? TEXT("S") : TEXT("D"),
		    .hash = i < 3 ? TEXT("h1") : TEXT("h2"));
	ADD(&f, STACK, stack, .snapshot_id = 1, .depth = 1, .function = TEXT("do_wait" EVIL),
	    .hash = TEXT("h1"));
	ADD(&f, STACK, stack, .snapshot_id = 1, .depth = 1, .function = TEXT("mutex_lock"),
	    .hash = TEXT("h2"));
	ADD(&f, ISSUE, issue, .severity = TEXT("damage"), .code = TEXT("gzip"),
	    .member_id = 1, .text = TEXT("cut " EVIL));
	apply(s, &f);
	feed_fini(&f);
	put_finding(s, 1, "cause", "limit of " EVIL, "cgroup-limit");
	put_finding(s, 1, "contributing", "also " EVIL, "kill-storm");
	put_finding(s, 2, "cause", "nobody left", "no-killable");
	return s;
}

/* --- JSON --- */

static const char *in_json(struct iq_store *s, const char *json, const char *path)
{
	static char out[4096];
	sqlite3_stmt *st;
	const char *text;
	assert_int_equal(sqlite3_prepare_v2(iq_store_db(s), "SELECT json_extract(?1, ?2)", -1,
					    &st, NULL), SQLITE_OK);
	sqlite3_bind_text(st, 1, json, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 2, path, -1, SQLITE_STATIC);
	if (sqlite3_step(st) != SQLITE_ROW)
		fail_msg("no JSON: %s", sqlite3_errmsg(iq_store_db(s)));
	text = (const char *)sqlite3_column_text(st, 0);
	snprintf(out, sizeof out, "%s", text ? text : "(absent)");
	sqlite3_finalize(st);
	return out;
}

#define assert_json(s, json, path, want) assert_string_equal(in_json(s, json, path), want)

static void json_has_what_the_contract_names(void **state)
{
	(void)state;
	struct iq_store *s = world();
	struct page page;
	const char *j = report(s, options(IQ_REPORT_JSON), &page);
	assert_json(s, j, "$.format", "1");
	assert_json(s, j, "$.inquest", "0");
	assert_json(s, j, "$.events[0].kind", "oom-kill");
	assert_json(s, j, "$.events[0].time", "2023-11-14T22:13:20Z");
	assert_json(s, j, "$.events[0].mono_s", "5.000001");
	assert_json(s, j, "$.events[0].where.first_line", "10");
	assert_json(s, j, "$.events[0].oom.cgroup.limit_bytes", "209715200");
	assert_json(s, j, "$.events[0].oom.victims[0].pid", "5");
	assert_json(s, j, "$.events[0].oom.victims[0].oom_score_adj", "0");
	assert_json(s, j, "$.events[0].verdict.verdict", "cgroup-limit");
	assert_json(s, j, "$.events[0].verdict.advice[0]", "do \"this\"");
	assert_json(s, j, "$.events[0].verdict.evidence[0].line", "7");
	assert_json(s, j, "$.events[0].findings[0].verdict", "kill-storm");
	assert_json(s, j, "$.events[1].kind", "panic");
	assert_json(s, j, "$.events[1].parent_id", in_json(s, j, "$.events[0].id"));
	assert_json(s, j, "$.events[1].truncated", "1");
	assert_json(s, j, "$.issues[0].severity", "damage");
	assert_json(s, j, "$.missing[0].what", "figures");
	/* what does not apply is absent, not null or 0 */
	assert_json(s, j, "$.events[0].parent_id", "(absent)");
	assert_json(s, j, "$.events[0].oom.victims[0].total_vm_bytes", "(absent)");
	assert_json(s, j, "$.events[1].mono_s", "(absent)");
	assert_json(s, j, "$.events[0].crash", "(absent)");
	assert_null(strstr(j, "null,"));
	iq_buf_fini(&page.text);
	iq_store_close(s);
}

static void json_is_plain_utf8(void **state)
{
	(void)state;
	struct iq_store *s = world();
	struct page page;
	const char *j = report(s, options(IQ_REPORT_JSON), &page);
	assert_json(s, j, "$.events[0].host", in_json(s, j, "$.hosts[0].name"));
	assert_non_null(strstr(in_json(s, j, "$.events[0].oom.victims[0].comm"), "\"\\<b>"));
	for (size_t i = 0; i < page.text.n;) {
		uint32_t c;
		size_t n = iq_utf8_at(j + i, page.text.n - i, &c);
		if (!n || (c < ' ' && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0))
			fail_msg("byte %zu: %.40s", i, j + i);
		i += n;
	}
	iq_buf_fini(&page.text);
	iq_store_close(s);
}

/* --- text --- */

static void check_safe(const struct page *page, bool color)
{
	for (size_t i = 0; i < page->text.n;) {
		const char *at = page->text.p + i;
		uint32_t c;
		size_t n = iq_utf8_at(at, page->text.n - i, &c);
		bool ours = c == 0x1b && color && at[1] == '[' &&
			    strspn(at + 2, "0123456789;") + 2 < page->text.n - i;
		if (!n || (c < ' ' && c != '\n' && !ours) || (c >= 0x7f && c < 0xa0) ||
		    iq_utf8_is_deceptive(c))
			fail_msg("byte %zu: %.60s", i, at);
		i += n;
	}
}

static void text_is_safe_for_a_terminal(void **state)
{
	(void)state;
	struct iq_store *s = world();
	for (int i = 0; i < 4; i++) {
		struct iq_report_opts o = options(IQ_REPORT_TEXT);
		struct page page;
		o.color = i & 1;
		o.verbose = i & 2;
		report(s, o, &page);
		check_safe(&page, o.color);
		/* the only colours are ours: theirs is shown as text */
		assert_non_null(strstr(page.text.p, "\\x1b[31m"));
		assert_null(strstr(page.text.p, "\x1b]"));
		iq_buf_fini(&page.text);
	}
	iq_store_close(s);
}

/* Tasks that wait at one place stand together; those that cannot be killed are shown
 * without -v too. */
static void verbose_shows_stacks(void **state)
{
	(void)state;
	struct iq_store *s = world();
	struct iq_report_opts o = options(IQ_REPORT_TEXT);
	struct page page;
	o.verbose = true;
	report(s, o, &page);
	const char *stuck = strstr(page.text.p, "Waiting   t[3]: schedule < mutex_lock\n");
	const char *waits = strstr(page.text.p, "Sleeping  2 tasks: t[1], t[2]: schedule < do_waita");
	assert_non_null(stuck);
	assert_true(waits > stuck);
	iq_buf_fini(&page.text);
	iq_store_close(s);
}

/* A machine of 20 processors, and of 20 tasks stuck each in its own way: one screen, who
 * panicked first, who ran outside the kernel last. */
static struct iq_store *busy_machine(void)
{
	struct iq_store *s = open_store("", IQ_STORE_MEMORY);
	char text[40][40];
	struct feed f;

	feed_init(&f);
	ADD(&f, CAPTURE, capture, .id = 1, .path = TEXT("vmcore"), .kind = TEXT("vmcore"),
	    .sha256 = TEXT("cd"), .status = TEXT("ok"));
	ADD(&f, HOST, host, .id = 1, .name = TEXT("db"));
	ADD(&f, BOOT, boot, .id = 1, .host_id = 1);
	ADD(&f, SNAPSHOT, snapshot, .id = 1, .boot_id = 1, .source = TEXT("vmcore"));
	for (int64_t i = 0; i < 40; i++) {
		bool runs = i < 20;
		struct iq_slice function;
		snprintf(text[i], sizeof text[i], i == 7 ? "panic" : "work_%d", (int)i);
		function = iq_slice_z(text[i]);
		ADD(&f, TASK, task, .snapshot_id = 1, .pid = 100 + i, .tgid = 100 + i,
		    .comm = TEXT("t"), .state = runs ? TEXT("R") : TEXT("D"),
		    .on_cpu = runs ? 1 : ZERO, .cpu = i ? i % 20 : ZERO,
		    .kernel_thread = ZERO);
		if (i != 0)
			ADD(&f, STACK, stack, .snapshot_id = 1, .pid = 100 + i,
			    .depth = ZERO, .function = function, .hash = function,
			    .state = runs ? TEXT("R") : TEXT("D"));
	}
	ADD(&f, TASK, task, .snapshot_id = 1, .pid = 200, .tgid = 200, .comm = TEXT("next"),
	    .state = TEXT("R"), .on_cpu = ZERO, .cpu = 3, .kernel_thread = ZERO);
	ADD(&f, STACK, stack, .snapshot_id = 1, .pid = 200, .depth = ZERO,
	    .function = TEXT("schedule"), .hash = TEXT("next"), .state = TEXT("R"));
	apply(s, &f);
	feed_fini(&f);
	return s;
}

static void one_screen_of_stacks(void **state)
{
	(void)state;
	struct iq_store *s = busy_machine();
	struct iq_report_opts o = options(IQ_REPORT_TEXT);
	struct page page;

	report(s, o, &page);
	assert_non_null(strstr(page.text.p, " 20 running, 1 ready to run, 20 in "));
	assert_non_null(strstr(page.text.p, "Running   t[107] on CPU 7: panic\n"));
	assert_non_null(strstr(page.text.p, "t[102] on CPU 2: work_2\n"));
	assert_null(strstr(page.text.p, "work_3\n"));
	assert_non_null(strstr(page.text.p, "and 17 more tasks, with 17 other stacks: -v"));
	assert_non_null(strstr(page.text.p, "Ready     next[200] for CPU 3: schedule\n"));
	iq_buf_fini(&page.text);
	o.verbose = true;
	report(s, o, &page);
	const char *last = strstr(page.text.p, "t[119] on CPU 19: work_19\n");
	const char *user = strstr(page.text.p, "t[100] on CPU 0: in user space");
	assert_non_null(last);
	assert_true(user > last);
	assert_null(strstr(page.text.p, "more tasks"));
	iq_buf_fini(&page.text);
	iq_store_close(s);
}

static void text_says_what_json_says(void **state)
{
	static const char *const words[] = {
		"OOM", "2023-11-14 22:13:20", "200 MiB", "[certain]", "do \"this\"",
		"no-killable", "nobody left", "cut ", "dmesg",
	};
	(void)state;
	struct iq_store *s = world();
	struct page page;
	report(s, options(IQ_REPORT_TEXT), &page);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strstr(page.text.p, words[i]))
			fail_msg("no '%s' in:\n%s", words[i], page.text.p);
	iq_buf_fini(&page.text);
	iq_store_close(s);
}

/* --- choosing --- */

static void options_choose_events(void **state)
{
	static const struct {
		const char *name;
		int64_t event, since, until;
		const char *host;
		int n;
	} rows[] = {
		{ "all", IQ_NULL, IQ_NULL, IQ_NULL, NULL, 3 },
		{ "one", 3, IQ_NULL, IQ_NULL, NULL, 1 },
		{ "none such", 99, IQ_NULL, IQ_NULL, NULL, 0 },
		{ "host", IQ_NULL, IQ_NULL, IQ_NULL, "db", 1 },
		{ "no such host", IQ_NULL, IQ_NULL, IQ_NULL, "d", 0 },
		{ "since", IQ_NULL, T0 + US, IQ_NULL, NULL, 2 },
		{ "until", IQ_NULL, IQ_NULL, T0 + US, NULL, 2 },
		{ "both", IQ_NULL, T0 + 1, T0 + 10 * US, NULL, 1 },
	};
	(void)state;
	struct iq_store *s = world();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct iq_report_opts o = options(IQ_REPORT_JSON);
		struct page page;
		char want[16];
		o.event_id = rows[i].event;
		o.since_us = rows[i].since;
		o.until_us = rows[i].until;
		o.host = rows[i].host;
		const char *j = report(s, o, &page);
		snprintf(want, sizeof want, "%d", rows[i].n);
		sqlite3_stmt *st;
		sqlite3_prepare_v2(iq_store_db(s), "SELECT json_array_length(?, '$.events')",
				   -1, &st, NULL);
		sqlite3_bind_text(st, 1, j, -1, SQLITE_STATIC);
		assert_int_equal(sqlite3_step(st), SQLITE_ROW);
		if (sqlite3_column_int(st, 0) != rows[i].n)
			fail_msg("%s: %d events, want %s", rows[i].name,
				 sqlite3_column_int(st, 0), want);
		sqlite3_finalize(st);
		iq_buf_fini(&page.text);
	}
	iq_store_close(s);
}

static void an_empty_store_has_a_report(void **state)
{
	(void)state;
	struct iq_store *s = open_store("", IQ_STORE_MEMORY);
	struct page page;
	const char *j = report(s, options(IQ_REPORT_JSON), &page);
	assert_json(s, j, "$.events", "[]");
	assert_json(s, j, "$.issues", "[]");
	iq_buf_fini(&page.text);
	report(s, options(IQ_REPORT_TEXT), &page);
	assert_non_null(strstr(page.text.p, "No event"));
	iq_buf_fini(&page.text);
	iq_store_close(s);
}

static void a_writer_that_fails_stops_it(void **state)
{
	(void)state;
	struct iq_store *s = world();
	for (int f = 0; f < 2; f++) {
		struct iq_report_opts o = options(f ? IQ_REPORT_JSON : IQ_REPORT_TEXT);
		struct page page = { .stop_after = 1 };
		struct iq_err err = { 0 };
		assert_int_equal(iq_report(s, &o, write_piece, &page, &err), -1);
		assert_int_equal(err.code, IQ_E_IO);
		iq_buf_fini(&page.text);
	}
	iq_store_close(s);
}

/* Each is prepared when first asked: none may be left that the views do not know. */
static void every_question_can_be_asked(void **state)
{
	struct iq_report_opts opts = options(IQ_REPORT_TEXT);
	struct iq_err err = { 0 };
	struct iq_asks asks;
	(void)state;
	struct iq_store *s = open_store("", IQ_STORE_MEMORY);
	iq_asks_init(&asks, s, &opts);
	for (int q = 0; q < IQ_ASK_MAX; q++) {
		assert_non_null(iq_ask(&asks, (enum iq_question)q, 1));
		assert_int_equal(iq_asks_end(&asks, &err), 0);
	}
	assert_int_equal(sqlite3_exec(iq_store_db(s), "DROP VIEW v1_oom", NULL, NULL, NULL), 0);
	iq_asks_fini(&asks);
	iq_asks_init(&asks, s, &opts);
	assert_false(iq_ask_next(iq_ask(&asks, IQ_ASK_OOM, 1)));
	assert_int_equal(iq_asks_end(&asks, &err), -1);
	assert_non_null(strstr(err.text, "v1_oom"));
	iq_asks_fini(&asks);
	iq_store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_has_what_the_contract_names),
		cmocka_unit_test(json_is_plain_utf8),
		cmocka_unit_test(text_is_safe_for_a_terminal),
		cmocka_unit_test(verbose_shows_stacks), cmocka_unit_test(one_screen_of_stacks),
		cmocka_unit_test(text_says_what_json_says),
		cmocka_unit_test(options_choose_events),
		cmocka_unit_test(an_empty_store_has_a_report),
		cmocka_unit_test(every_question_can_be_asked),
		cmocka_unit_test(a_writer_that_fails_stops_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
