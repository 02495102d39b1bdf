/* tests/store/test_findings.c - what analysis writes, refuses and takes back.
 */
#include "feed.h"

static struct iq_store *with_events(void)
{
	struct feed f;
	feed_init(&f);
	ADD(&f, CAPTURE, capture, .status = IQ_LIT("ok"));
	ADD(&f, HOST, host, .id = 1, .name = IQ_LIT("web"));
	ADD(&f, BOOT, boot, .id = 1, .host_id = 1);
	ADD(&f, EVENT, event, .id = 1, .boot_id = 1);
	ADD(&f, EVENT, event, .id = 2, .boot_id = 1);
	ADD(&f, SNAPSHOT, snapshot, .id = 1);
	ADD(&f, ZONE, zone, .snapshot_id = 1);
	ADD(&f, TASK, task, .snapshot_id = 1);
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	apply(s, &f);
	feed_fini(&f);
	return s;
}

static const struct iq_evidence lines[] = {
	{ .capture_id = 1, .member = { "m", 1 }, .line = 7, .text = { "text \x1b", 6 },
	  .row_id = IQ_NULL },
	{ .capture_id = IQ_NULL, .line = IQ_NULL, .view_name = { "v1_zone", 7 }, .row_id = 1 },
};

static struct iq_finding finding(const char *role, const char *verdict)
{
	return (struct iq_finding){
		.event_id = 1, .host_id = IQ_NULL, .plugin = IQ_LIT("p"), .rule = IQ_LIT("r"),
		.role = iq_slice_z(role), .verdict = iq_slice_z(verdict),
		.holder = IQ_LIT("slab"), .severity = IQ_LIT("fault"),
		.confidence = IQ_LIT("strong"), .title = iq_slice_z(verdict),
		.explanation = IQ_LIT("why"), .advice = IQ_LIT("[\"do\",\"that\"]"),
		.evidence = lines, .n_evidence = 2,
	};
}

static void put(struct iq_store *s, struct iq_finding f)
{
	struct iq_err err = { 0 };
	if (iq_store_put_finding(s, &f, &err) < 0)
		fail_msg("%s", err.text);
}

static void refused(struct iq_store *s, struct iq_finding f, const char *want)
{
	struct iq_err err = { 0 };
	assert_int_equal(iq_store_put_finding(s, &f, &err), -1);
	if (!strstr(err.text, want))
		fail_msg("%s: not \"%s\"", err.text, want);
}

static void test_cause_is_the_verdict(void **state)
{
	(void)state;
	struct iq_store *s = with_events();
	struct iq_finding f = finding("cause", "cgroup-limit");
	f.missing = IQ_LIT("[{\"what\":\"table\",\"how_to_collect\":\"dmesg\"},"
			   "{\"what\":\"zones\"}]");
	assert_int_equal(iq_store_begin(s, NULL), 0);
	put(s, f);
	put(s, finding("contributing", "swap-full"));
	assert_int_equal(iq_store_commit(s, NULL), 0);
	assert_sql(s, "SELECT verdict || holder || severity || confidence || title"
		   " FROM v1_event WHERE event_id = 1",
		   "cgroup-limitslabfaultstrongcgroup-limit");
	assert_sql(s, "SELECT verdict FROM v1_event WHERE event_id = 2", "NULL");
	assert_sql(s, "SELECT text FROM v1_evidence WHERE seq = 0", "text \\x1b");
	assert_sql(s, "SELECT view_name || row_id FROM v1_evidence WHERE seq = 1", "v1_zone1");
	assert_sql(s, "SELECT row_id FROM v1_evidence WHERE seq = 0", "NULL");
	assert_sql(s, "SELECT group_concat(what || coalesce(how_to_collect, '-')) FROM v1_missing"
		   " WHERE event_id = 1", "tabledmesg,zones-");
	/* another cause takes its place: there is one */
	put(s, finding("cause", "unknown"));
	assert_sql(s, "SELECT verdict FROM v1_event WHERE event_id = 1", "unknown");
	assert_sql(s, "SELECT group_concat(verdict) FROM v1_finding WHERE role = 'cause'",
		   "unknown");
	assert_sql(s, "SELECT count(*) FROM v1_finding WHERE role = 'contributing'", "2");
	iq_store_close(s);
}

static void test_refused_findings(void **state)
{
	(void)state;
	struct iq_store *s = with_events();
	struct iq_finding f = finding("cause", "x");
	f.n_evidence = 0;
	refused(s, f, "no evidence");
	f = finding("cause", "x");
	f.host_id = 1;
	refused(s, f, "an event and a host");
	f.event_id = IQ_NULL;
	refused(s, f, "notices only");
	f.host_id = IQ_NULL;
	refused(s, f, "nothing");
	f = finding("cause", "x");
	f.event_id = 99;
	refused(s, f, "FOREIGN KEY");
	f = finding("judge", "x");
	refused(s, f, "CHECK");
	f = finding("cause", "x");
	f.confidence = IQ_LIT("sure");
	refused(s, f, "CHECK");
	f = finding("cause", "x");
	f.title = IQ_SLICE_NULL;
	refused(s, f, "NOT NULL");
	f = finding("cause", "x");
	f.missing = IQ_LIT("[{");
	refused(s, f, "JSON");
	f = finding("cause", "x");
	f.advice = IQ_LIT("{}");
	refused(s, f, "JSON array");
	f.advice = IQ_LIT("nonsense");
	refused(s, f, "JSON array");
	/* a capture that is not there, behind one that is; keys checked or not */
	struct iq_evidence nowhere[] = { lines[0], lines[1], lines[0] };
	nowhere[2].capture_id = 99;
	f = finding("cause", "x");
	f.evidence = nowhere;
	f.n_evidence = 3;
	refused(s, f, "capture 99, which is not there");
	iq_store_check_keys(s, false, NULL);
	assert_sql(s, "PRAGMA foreign_keys", "0");
	refused(s, f, "capture 99, which is not there");
	iq_store_check_keys(s, true, NULL);
	assert_sql(s, "PRAGMA foreign_keys", "1");
	/* nothing is left of them, not even half, and what was before stays */
	assert_sql(s, "SELECT count(*) FROM v1_finding", "0");
	assert_sql(s, "SELECT count(*) FROM v1_evidence", "0");
	assert_sql(s, "SELECT count(verdict) FROM v1_event", "0");
	assert_int_equal(iq_store_begin(s, NULL), 0);
	put(s, finding("cause", "good"));
	refused(s, f, "capture 99");
	f = finding("cause", "half written when it fails");
	f.missing = IQ_LIT("[{}]");
	refused(s, f, "NOT NULL");
	put(s, finding("contributing", "better"));
	assert_int_equal(iq_store_commit(s, NULL), 0);
	assert_sql(s, "SELECT verdict FROM v1_event WHERE event_id = 1", "good");
	assert_sql(s, "SELECT count(*) FROM v1_finding", "2");
	iq_store_close(s);
}

static void test_notice_of_host(void **state)
{
	(void)state;
	struct iq_store *s = with_events();
	struct iq_finding f = finding("notice", "swap-off");
	f.event_id = IQ_NULL;
	f.host_id = 1;
	f.severity = IQ_LIT("notice");
	put(s, f);
	assert_sql(s, "SELECT host_id FROM v1_finding WHERE event_id IS NULL", "1");
	put(s, finding("cause", "stays"));
	assert_int_equal(iq_store_drop_notices(s, 1, IQ_LIT("other"), NULL), 0);
	assert_sql(s, "SELECT count(*) FROM v1_finding", "2");
	assert_int_equal(iq_store_drop_notices(s, 1, IQ_LIT("p"), NULL), 0);
	assert_sql(s, "SELECT group_concat(verdict) FROM v1_finding", "stays");
	put(s, f);
	assert_int_equal(iq_store_drop_notices(s, 1, IQ_SLICE_NULL, NULL), 0);
	assert_sql(s, "SELECT count(*) FROM v1_finding", "1");
	iq_store_close(s);
}

static void test_checks_and_choices(void **state)
{
	(void)state;
	struct iq_store *s = with_events();
	struct iq_err err = { 0 };
	const struct iq_zone_check z = { 1, 1, 1, IQ_NULL, 4096, 0, 1, IQ_LIT("short") };
	const struct iq_task_choice t = { 1, 1, 0, IQ_NULL, IQ_NULL, IQ_NULL, 0,
					  IQ_LIT("adj -1000") };
	const struct iq_task_choice lost = { 77, 1, 0, 0, 0, 0, 0, IQ_SLICE_NULL };
	assert_int_equal(iq_store_put_zone_check(s, &z, &err), 0);
	assert_int_equal(iq_store_put_zone_check(s, &z, &err), -1);	/* once */
	assert_int_equal(iq_store_put_task_choices(s, &t, 1, &err), 0);
	assert_int_equal(iq_store_put_task_choices(s, &lost, 1, &err), -1);
	assert_sql(s, "SELECT usable || mark_bytes || watermark_ok || order_ok || why"
		   " FROM v1_zone_check", "1409601short");
	assert_sql(s, "SELECT reserve_bytes FROM v1_zone_check", "NULL");
	assert_sql(s, "SELECT eligible || killed || why_not FROM v1_task_choice",
		   "00adj -1000");
	iq_store_close(s);
}

static void fill(struct iq_store *s)
{
	const struct iq_zone_check z = { 1, 1, 1, 0, 0, 0, 1, IQ_LIT("") };
	struct iq_finding q = finding("contributing", "q"), two = finding("cause", "second");
	q.plugin = IQ_LIT("q");
	two.event_id = 2;
	two.missing = IQ_LIT("[{\"what\":\"x\"}]");
	assert_int_equal(iq_store_put_zone_check(s, &z, NULL), 0);
	put(s, finding("cause", "first"));
	put(s, q);
	put(s, two);
}

struct drop_case {
	const char *name, *plugin;
	int64_t event;
	const char *findings, *verdicts, *checks, *missing;
};

static const struct drop_case drops[] = {
	{ "all", NULL, IQ_NULL, "0", "0", "0", "0" },
	{ "of an event", NULL, 1, "1", "1", "0", "1" },
	{ "of a plugin", "p", IQ_NULL, "1", "0", "1", "0" },
	{ "of a plugin without cause", "q", IQ_NULL, "2", "2", "1", "1" },
	{ "of a plugin and event", "p", 1, "2", "1", "1", "1" },
	{ "of nobody", "z", IQ_NULL, "3", "2", "1", "1" },
};

static void test_taken_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof drops / sizeof *drops; i++) {
		struct iq_store *s = with_events();
		struct iq_err err = { 0 };
		fill(s);
		print_message("%s\n", drops[i].name);
		assert_int_equal(iq_store_drop_analysis(s, drops[i].event,
				 iq_slice_z(drops[i].plugin), &err), 0);
		assert_sql(s, "SELECT count(*) FROM v1_finding", drops[i].findings);
		assert_sql(s, "SELECT count(verdict) FROM v1_event", drops[i].verdicts);
		assert_sql(s, "SELECT count(*) FROM v1_zone_check", drops[i].checks);
		assert_sql(s, "SELECT count(*) FROM v1_missing", drops[i].missing);
		assert_sql(s, "SELECT count(*) FROM v1_evidence WHERE finding_id NOT IN"
			   " (SELECT finding_id FROM v1_finding)", "0");
		iq_store_close(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cause_is_the_verdict),
		cmocka_unit_test(test_refused_findings),
		cmocka_unit_test(test_notice_of_host),
		cmocka_unit_test(test_checks_and_choices),
		cmocka_unit_test(test_taken_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
