/* tests/store/test_same.c - one machine, one boot, one event: when two captures speak
 * of the same, and when they must not be taken to.
 */
#include "pairs.h"

static void count(struct iq_store *s, const struct pair *p, const char *view, int want)
{
	char sql[100];
	snprintf(sql, sizeof sql, "SELECT count(*) FROM v1_%s", view);
	int got = atoi(ask(s, sql));
	if (got != want)
		fail_msg("%s: %d x %s, not %d", p->name, got, view, want);
}

static void test_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		const struct pair *p = &pairs[i];
		struct feed a, b;
		feed_init(&a);
		feed_init(&b);
		add_said(&a, &p->a);
		add_said(&b, &p->b);
		struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
		apply(s, &a);
		struct iq_apply_result r = apply(s, &b);
		count(s, p, "host", p->hosts);
		count(s, p, "boot", p->boots);
		count(s, p, "event", p->events);
		count(s, p, "sighting", 2);
		assert_int_equal(r.events_known, 2 - p->events);
		assert_sql(s, "SELECT sum(seen_count) FROM v1_event", "2");
		assert_sql(s, "SELECT count(*) FROM pragma_foreign_key_check", "0");
		iq_store_close(s);
		feed_fini(&a);
		feed_fini(&b);
	}
}

/* Two hosts of one name and different machine ids: a third without one is neither. */
static void test_ambiguous_name(void **state)
{
	(void)state;
	static const struct said three[] = {
		{ .name = "web", .machine = M1 }, { .name = "web", .machine = M2 }, { .name = "web" }
	};
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	for (size_t i = 0; i < 3; i++) {
		struct feed f;
		feed_init(&f);
		add_said(&f, &three[i]);
		apply(s, &f);
		feed_fini(&f);
	}
	assert_sql(s, "SELECT count(*) FROM v1_host", "3");
	iq_store_close(s);
}

/* --- which report stays --- */

static void add_report(struct feed *f, int tasks, int zones, bool cut, const char *line)
{
	ADD(f, CAPTURE, capture, .status = IQ_LIT("ok"));
	ADD(f, MEMBER, member, .id = 1, .name = IQ_LIT("m"));
	ADD(f, HOST, host, .id = 1, .name = IQ_LIT("web"));
	ADD(f, BOOT, boot, .id = 1, .host_id = 1, .boot_uuid = IQ_LIT("u1"));
	ADD(f, EVENT, event, .id = 1, .boot_id = 1, .fingerprint = IQ_LIT("f"),
	    .kind = IQ_LIT("oom-kill"), .mono_us = 5 * US, .truncated = cut ? 1 : ZERO,
	    .missing = cut ? IQ_LIT("table,zones") : IQ_SLICE_NULL);
	ADD(f, SIGHTING, sighting, .event_id = 1, .member_id = 1, .first_line = 1);
	ADD(f, EVENT_LINE, event_line, .event_id = 1, .member_id = 1, .line = 1,
	    .role = IQ_LIT("headline"), .text = z(line));
	ADD(f, OOM, oom, .event_id = 1, .trigger_comm = z(line));
	ADD(f, VICTIM, victim, .event_id = 1, .comm = z(line));
	ADD(f, SNAPSHOT, snapshot, .id = 1, .boot_id = 1);
	ADD(f, EVENT_SNAPSHOT, event_snapshot, .event_id = 1, .snapshot_id = 1,
	    .role = IQ_LIT("report"));
	for (int i = 0; i < tasks; i++)
		ADD(f, TASK, task, .snapshot_id = 1, .pid = i + 1);
	for (int i = 0; i < zones; i++)
		ADD(f, ZONE, zone, .snapshot_id = 1, .zone = IQ_LIT("Normal"));
}

struct richer_case {
	const char *name;
	int tasks_a, zones_a, cut_a, tasks_b, zones_b, cut_b;
	const char *stays;
};

static const struct richer_case richer_cases[] = {
	{ "equal: the first", 3, 1, 0, 3, 1, 0, "first" },
	{ "poorer", 3, 1, 0, 0, 0, 1, "first" },
	{ "richer", 0, 0, 1, 3, 1, 0, "second" },
	{ "has zones", 3, 0, 0, 3, 1, 0, "second" },
	{ "whole", 3, 1, 1, 3, 1, 0, "second" },
	{ "a row more", 3, 1, 0, 4, 1, 0, "second" },
	{ "a row less", 4, 1, 0, 3, 1, 0, "first" },
};

static void check_report(struct iq_store *s, const struct richer_case *c, int sightings)
{
	char tasks[20], zones[20], seen[20];
	bool second = strcmp(c->stays, "second") == 0;
	snprintf(tasks, sizeof tasks, "%d", second ? c->tasks_b : c->tasks_a);
	snprintf(zones, sizeof zones, "%d", second ? c->zones_b : c->zones_a);
	snprintf(seen, sizeof seen, "%d", sightings);
	print_message("%s\n", c->name);
	assert_sql(s, "SELECT count(*) FROM v1_event", "1");
	assert_sql(s, "SELECT event_id FROM v1_event", "1");
	assert_sql(s, "SELECT seen_count FROM v1_event", seen);
	assert_sql(s, "SELECT group_concat(trigger_comm) FROM v1_oom", c->stays);
	assert_sql(s, "SELECT group_concat(comm) FROM v1_victim", c->stays);
	assert_sql(s, "SELECT group_concat(text) FROM v1_event_line", c->stays);
	assert_sql(s, "SELECT count(*) FROM v1_snapshot", "1");
	assert_sql(s, "SELECT count(*) FROM v1_event_snapshot", "1");
	assert_sql(s, "SELECT count(*) FROM v1_task", tasks);
	assert_sql(s, "SELECT count(*) FROM v1_zone", zones);
	assert_sql(s, "SELECT truncated FROM v1_event",
		   (second ? c->cut_b : c->cut_a) ? "1" : "0");
	assert_sql(s, "SELECT verdict FROM v1_event", second && sightings == 2 ? "NULL" : "x");
	assert_sql(s, "SELECT count(*) FROM pragma_foreign_key_check", "0");
}

static void put_verdict(struct iq_store *s)
{
	struct iq_err err = { 0 };
	const struct iq_evidence e = { .capture_id = 1, .line = 1, .row_id = IQ_NULL };
	const struct iq_finding f = {
		.event_id = 1, .host_id = IQ_NULL, .plugin = IQ_LIT("p"), .rule = IQ_LIT("r"),
		.role = IQ_LIT("cause"), .verdict = IQ_LIT("x"), .severity = IQ_LIT("fault"),
		.confidence = IQ_LIT("likely"), .title = IQ_LIT("t"), .evidence = &e,
		.n_evidence = 1,
	};
	assert_int_equal(iq_store_begin(s, &err), 0);
	assert_int_equal(iq_store_put_finding(s, &f, &err), 0);
	assert_int_equal(iq_store_commit(s, &err), 0);
}

static void test_richer_report(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof richer_cases / sizeof *richer_cases; i++) {
		const struct richer_case *c = &richer_cases[i];
		struct feed a, b;
		feed_init(&a);
		feed_init(&b);
		add_report(&a, c->tasks_a, c->zones_a, c->cut_a, "first");
		add_report(&b, c->tasks_b, c->zones_b, c->cut_b, "second");
		struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
		apply(s, &a);
		put_verdict(s);
		apply(s, &b);
		check_report(s, c, 2);
		iq_store_close(s);
		feed_fini(&a);
		feed_fini(&b);
	}
}

/* Console and journal in one capture: the report twice, cut the first time. */
static void test_twice_in_one_capture(void **state)
{
	(void)state;
	struct feed f;
	feed_init(&f);
	add_report(&f, 1, 0, true, "first");
	ADD(&f, MEMBER, member, .id = 2, .name = IQ_LIT("journal"));
	ADD(&f, EVENT, event, .id = 2, .boot_id = 1, .fingerprint = IQ_LIT("f"),
	    .mono_us = 5 * US + 300, .wall_us = T0);
	ADD(&f, EVENT, event, .id = 3, .boot_id = 1, .parent_id = 2, .fingerprint = IQ_LIT("p"));
	ADD(&f, SIGHTING, sighting, .event_id = 2, .member_id = 2, .first_line = 7);
	ADD(&f, SNAPSHOT, snapshot, .id = 2, .boot_id = 1);
	ADD(&f, EVENT_SNAPSHOT, event_snapshot, .event_id = 2, .snapshot_id = 2,
	    .role = IQ_LIT("report"));
	ADD(&f, TASK, task, .snapshot_id = 2, .pid = 50);
	ADD(&f, ZONE, zone, .snapshot_id = 2);
	ADD(&f, OOM, oom, .event_id = 2, .trigger_comm = IQ_LIT("second"));
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	struct iq_apply_result r = apply(s, &f);
	assert_int_equal(r.events_new, 2);
	assert_int_equal(r.events_known, 1);
	assert_sql(s, "SELECT group_concat(member || first_line) FROM v1_sighting"
		   " WHERE event_id = 1", "m1,journal7");
	assert_sql(s, "SELECT group_concat(trigger_comm) FROM v1_oom", "second");
	assert_sql(s, "SELECT group_concat(pid) FROM v1_task", "50");
	assert_sql(s, "SELECT count(*) FROM v1_victim", "0");
	assert_sql(s, "SELECT mono_us || ' ' || time FROM v1_event WHERE event_id = 1",
		   "5000000 2023-11-14T22:13:20Z");
	assert_sql(s, "SELECT parent_id FROM v1_event WHERE event_id = 2", "1");
	assert_sql(s, "SELECT count(*) FROM v1_issue", "0");
	iq_store_close(s);
	feed_fini(&f);
}

/* A dump of a machine whose log we know: its state is news, the report is not. */
static void test_dump_of_known_event(void **state)
{
	(void)state;
	struct feed a, b;
	feed_init(&a);
	feed_init(&b);
	add_report(&a, 3, 1, false, "first");
	add_report(&b, 0, 0, true, "second");
	ADD(&b, SNAPSHOT, snapshot, .id = 2, .boot_id = 1, .source = IQ_LIT("vmcore"));
	ADD(&b, EVENT_SNAPSHOT, event_snapshot, .event_id = 1, .snapshot_id = 2,
	    .role = IQ_LIT("dump"));
	ADD(&b, TASK, task, .snapshot_id = 2, .pid = 4711);
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	apply(s, &a);
	apply(s, &b);
	assert_sql(s, "SELECT count(*) FROM v1_snapshot", "2");
	assert_sql(s, "SELECT pid FROM v1_event_snapshot JOIN v1_task USING (snapshot_id)"
		   " WHERE event_id = 1 AND role = 'dump'", "4711");
	assert_sql(s, "SELECT group_concat(comm) FROM v1_victim", "first");
	iq_store_close(s);
	feed_fini(&a);
	feed_fini(&b);
}

/* Thousands of equal events must not cost their square, and two boots that a reader
 * told apart in one file stay apart. */
static void test_many_equal_events(void **state)
{
	(void)state;
	struct feed f;
	feed_init(&f);
	ADD(&f, CAPTURE, capture, .status = IQ_LIT("ok"));
	ADD(&f, MEMBER, member, .id = 1, .name = IQ_LIT(""));
	ADD(&f, HOST, host, .id = 1, .name = IQ_LIT("web"));
	for (int64_t i = 1; i <= 20000; i++) {
		ADD(&f, BOOT, boot, .id = i, .host_id = 1);
		ADD(&f, EVENT, event, .id = i, .boot_id = i, .fingerprint = IQ_LIT("f"),
		    .wall_us = T0);
		ADD(&f, SIGHTING, sighting, .event_id = i, .member_id = 1);
	}
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	alarm(60);
	assert_int_equal(apply(s, &f).events_new, 20000);
	alarm(0);
	iq_store_close(s);
	feed_fini(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_ambiguous_name),
		cmocka_unit_test(test_richer_report),
		cmocka_unit_test(test_twice_in_one_capture),
		cmocka_unit_test(test_dump_of_known_event),
		cmocka_unit_test(test_many_equal_events),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
