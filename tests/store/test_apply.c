/* tests/store/test_apply.c - facts go in and come out through the views; hostile ones
 * do not.
 */
#include "feed.h"

/* One row of every kind, each column with a value of its own: n is counted on, ids
 * and references are 1. */
static void every_kind(struct feed *f, char (*texts)[32])
{
	int64_t n = 1000;
	for (unsigned type = 0; type < IQ_FACT_MAX; type++) {
		const struct iq_fact_desc *d = &iq_fact_descs[type];
		union { char bytes[IQ_FACT_BYTES_MAX]; int64_t align; } fact;
		iq_fact_init(type, fact.bytes);
		*(int64_t *)(void *)fact.bytes = 1;
		for (size_t i = 0; i < d->n_columns; i++, n++) {
			const struct iq_column *c = &d->columns[i];
			snprintf(texts[n - 1000], sizeof texts[0], "t%lld", (long long)n);
			if (c->kind == IQ_COL_TEXT)
				*iq_fact_text(fact.bytes, c) = iq_slice_z(texts[n - 1000]);
			else
				*iq_fact_int(fact.bytes, c) = c->kind == IQ_COL_REF ? 1 : n;
			if (strcmp(c->name, "wall_kind") == 0)
				*iq_fact_int(fact.bytes, c) = IQ_WALL_UTC;
		}
		if (type == IQ_FACT_EVENT)
			((struct iq_event *)(void *)fact.bytes)->parent_id = IQ_NULL;
		if (type == IQ_FACT_EVENT_SNAPSHOT)
			((struct iq_event_snapshot *)(void *)fact.bytes)->role = IQ_LIT("report");
		if (type == IQ_FACT_CAPTURE)
			((struct iq_capture *)(void *)fact.bytes)->status = IQ_LIT("ok");
		if (type == IQ_FACT_ISSUE)
			((struct iq_issue *)(void *)fact.bytes)->severity = IQ_LIT("note");
		feed_add(f, type, fact.bytes);
	}
}

/* Every column of every kind is in the view of that name (or only in the table). */
static void check_view(struct iq_store *s, const struct feed_item *item, size_t *seen)
{
	const struct iq_fact_desc *d = &iq_fact_descs[item->type];
	for (size_t i = 0; i < d->n_columns; i++) {
		const struct iq_column *c = &d->columns[i];
		char sql[300], want[64], name[64];
		bool member = item->type == IQ_FACT_MEMBER && strcmp(c->name, "name") == 0;
		snprintf(name, sizeof name, "%s", member ? "member" : c->name);
		if (item->type == IQ_FACT_CAPTURE && strcmp(c->name, "kind") == 0)
			continue;	/* t1001 is none */
		snprintf(sql, sizeof sql, "SELECT \"%s\" FROM v1_%s", name, d->name);
		int64_t v = c->kind == IQ_COL_TEXT ? 0 : *iq_fact_int(item->fact, c);
		if (c->kind == IQ_COL_TEXT)
			snprintf(want, sizeof want, "%s", iq_fact_text(item->fact, c)->p);
		else if (v == IQ_NULL)
			snprintf(want, sizeof want, "NULL");
		else
			snprintf(want, sizeof want, "%lld", (long long)v);
		assert_sql(s, sql, want);
		++*seen;
	}
}

static void test_every_column(void **state)
{
	(void)state;
	struct feed f;
	char (*texts)[32] = calloc(1000, sizeof *texts);
	size_t seen = 0;
	feed_init(&f);
	every_kind(&f, texts);
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	struct iq_apply_result r = apply(s, &f);
	assert_int_equal(r.events_new, 1);
	assert_int_equal(r.events_known, 0);
	assert_false(r.already_there);
	for (size_t i = 0; i < f.n; i++)
		check_view(s, &f.items[i], &seen);
	assert_true(seen > 300);
	assert_sql(s, "SELECT status FROM v1_capture", "ok");
	assert_sql(s, "SELECT kind FROM v1_capture", "NULL");
	assert_sql(s, "SELECT count(*) FROM pragma_foreign_key_check", "0");
	iq_store_close(s);
	feed_fini(&f);
	free(texts);
}

/* A capture without anything shows nothing: no 0 where NULL belongs. */
static void test_missing_stays_null(void **state)
{
	(void)state;
	struct feed f;
	feed_init(&f);
	ADD(&f, CAPTURE, capture, .status = IQ_LIT("ok"));
	ADD(&f, SNAPSHOT, snapshot, .id = 7);
	ADD(&f, EVENT, event, .id = 9);
	ADD(&f, EVENT_SNAPSHOT, event_snapshot, .event_id = 9, .snapshot_id = 7);
	ADD(&f, TASK, task, .snapshot_id = 7);
	ADD(&f, ZONE, zone, .snapshot_id = 7);
	ADD(&f, OOM, oom, .event_id = 9);
	ADD(&f, TASK, task, .snapshot_id = 7, .uid = ZERO, .comm = IQ_LIT(""));
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	apply(s, &f);
	assert_sql(s, "SELECT count(uid) FROM v1_task WHERE comm IS NULL", "0");
	assert_sql(s, "SELECT uid FROM v1_task WHERE comm = ''", "0");
	assert_sql(s, "SELECT count(free_bytes) + count(lowmem_reserve) FROM v1_zone", "0");
	assert_sql(s, "SELECT count(limit_bytes) + count(constraint_kind) FROM v1_oom", "0");
	assert_sql(s, "SELECT time FROM v1_event", "NULL");
	/* followable all the same */
	assert_sql(s, "SELECT capture_id FROM v1_sighting", "1");
	assert_sql(s, "SELECT seen_count FROM v1_event", "1");
	assert_sql(s, "SELECT count(*) FROM v1_issue", "0");
	iq_store_close(s);
	feed_fini(&f);
}

static void test_text_is_made_valid(void **state)
{
	(void)state;
	struct feed f;
	feed_init(&f);
	ADD(&f, CAPTURE, capture, .status = IQ_LIT("ok"), .path = TEXT("/tmp/a\033[31m"));
	ADD(&f, MEMBER, member, .id = 1, .name = TEXT("m\xff"));
	ADD(&f, LOG, log, .member_id = 1, .line = 1, .text = TEXT("a\0b\xc3\x28 \xc3\xa9\t"),
	    .source = TEXT("12345678\x01"));
	ADD(&f, LOG, log, .member_id = 1, .line = 2, .text = TEXT("plain ascii of some length ~"));
	ADD(&f, LOG, log, .member_id = 1, .line = 3, .text = TEXT("1234567\x7f""abcdefgh"));
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	apply(s, &f);
	assert_sql(s, "SELECT text FROM v1_log WHERE line = 1", "a\\x00b\\xc3( \xc3\xa9\t");
	assert_sql(s, "SELECT source FROM v1_log WHERE line = 1", "12345678\\x01");
	assert_sql(s, "SELECT text FROM v1_log WHERE line = 2", "plain ascii of some length ~");
	assert_sql(s, "SELECT text FROM v1_log WHERE line = 3", "1234567\\x7fabcdefgh");
	assert_sql(s, "SELECT path FROM v1_capture", "/tmp/a\\x1b[31m");
	assert_sql(s, "SELECT member FROM v1_log LIMIT 1", "m\\xff");
	iq_store_close(s);
	feed_fini(&f);
}

/* --- times --- */

#define US INT64_C(1000000)
#define DAY (86400 * US)

struct time_case {
	const char *name;
	int64_t wall, kind, mono, year_delta, zone, start;
	const char *want, *want_kind, *stamp;
};

/* 1972-02-29T12:00:00Z is 68212800 s; provisional years are leap years. */
static const struct time_case time_cases[] = {
	{ "utc stays", 1700000000 * US, ZERO, 0, 0, 0, 0, "2023-11-14T22:13:20Z", "0" },
	{ "fraction", 1700000000 * US + 5, ZERO, 0, 0, 0, 0, "2023-11-14T22:13:20.000005Z", "0" },
	{ "before 1970", -1500000, ZERO, 0, 0, 0, 0, "1969-12-31T23:59:58.500000Z", "0" },
	{ "no year, delta", 68212800 * US, 2, 0, 52, 0, 0, "2024-02-29T12:00:00Z", "0" },
	{ "29 February of no leap year", 68212800 * US, 2, 0, 51, 0, 0, "2023-03-01T12:00:00Z",
	  "0" },
	{ "no year known", 68212800 * US, 2, 0, 0, 0, 0, "NULL", "NULL", "Feb 29 12:00:00" },
	{ "no year known, but boot", 68212800 * US, 2, 5 * US, 0, 0, 1700000000 * US,
	  "2023-11-14T22:13:25Z", "4" },
	{ "local, no zone", 1700000000 * US, 1, 0, 0, 0, 0, "2023-11-14T22:13:20Z", "1" },
	{ "local, zone +8", 1700000000 * US, 1, 0, 0, 28800 * US, 0, "2023-11-14T14:13:20Z", "0" },
	{ "local without year", 68212800 * US, 3, 0, 52, -3600 * US, 0, "2024-02-29T13:00:00Z",
	  "0" },
	{ "from boot", 0, 0, 90 * US + 1, 0, 0, 1700000000 * US, "2023-11-14T22:14:50.000001Z",
	  "4" },
	{ "mono without boot", 0, 0, 90 * US, 0, 0, 0, "NULL", "NULL" },
	{ "absurd wall", INT64_MAX, ZERO, 0, 0, 0, 0, "NULL", "NULL" },
	{ "absurd wall, no year", INT64_MAX, 2, 0, 52, 0, 0, "NULL", "NULL" },
	{ "absurd delta", 68212800 * US, 2, 0, INT64_MAX, 0, 0, "NULL", "NULL",
	  "Feb 29 12:00:00" },
	{ "absurd zone", 1700000000 * US, 1, 0, 0, INT64_MIN + 2, 0, "NULL", "NULL" },
	{ "absurd boot", 0, 0, 90 * US, 0, 0, INT64_MAX, "NULL", "NULL" },
};

static void add_time_case(struct feed *f, const struct time_case *t)
{
	ADD(f, CAPTURE, capture, .status = IQ_LIT("ok"));
	ADD(f, SNAPSHOT, snapshot, .id = 1, .boot_id = 1, .wall_us = t->wall,
	    .wall_kind = t->kind, .mono_us = t->mono);
	ADD(f, EVENT, event, .id = 1, .boot_id = 1, .wall_us = t->wall, .wall_kind = t->kind,
	    .mono_us = t->mono);
	ADD(f, EVENT_SNAPSHOT, event_snapshot, .event_id = 1, .snapshot_id = 1);
	ADD(f, LOG, log, .member_id = 3, .boot_id = 1, .wall_us = t->wall,
	    .wall_kind = t->kind, .mono_us = t->mono);
	ADD(f, SIGHTING, sighting, .event_id = 1, .member_id = 3);
	/* what they refer to comes last, with another member that knows no better */
	ADD(f, MEMBER, member, .id = 2, .year_delta = 1);
	ADD(f, MEMBER, member, .id = 3, .year_delta = t->year_delta, .zone_offset_us = t->zone);
	ADD(f, BOOT, boot, .id = 1, .start_us = t->start);
}

static void test_times(void **state)
{
	(void)state;
	static const char *const views[] = { "log", "event", "snapshot" };
	for (size_t i = 0; i < sizeof time_cases / sizeof *time_cases; i++) {
		const struct time_case *t = &time_cases[i];
		struct feed f;
		feed_init(&f);
		add_time_case(&f, t);
		struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
		apply(s, &f);
		for (size_t k = 0; k < 3; k++) {
			char sql[100];
			snprintf(sql, sizeof sql, "SELECT time FROM v1_%s", views[k]);
			const char *got = ask(s, sql);
			if (strcmp(got, t->want) != 0)
				fail_msg("%s, %s: %s", t->name, views[k], got);
			snprintf(sql, sizeof sql, "SELECT wall_kind FROM v1_%s", views[k]);
			got = ask(s, sql);
			if (strcmp(got, t->want_kind) != 0)
				fail_msg("%s, %s: kind %s", t->name, views[k], got);
		}
		assert_string_equal(ask(s, "SELECT stamp FROM v1_event"),
				    t->stamp ? t->stamp : "NULL");
		iq_store_close(s);
		feed_fini(&f);
	}
}

/* --- the same bytes --- */

static void add_capture(struct feed *f, const char *sha, const char *status)
{
	ADD(f, CAPTURE, capture, .sha256 = iq_slice_z(sha), .status = iq_slice_z(status));
	ADD(f, MEMBER, member, .id = 1, .name = IQ_LIT(""));
	ADD(f, HOST, host, .id = 1, .name = IQ_LIT("web-3"), .cloud = IQ_LIT("x"));
	ADD(f, BOOT, boot, .id = 1, .host_id = 1, .kernel_release = IQ_LIT("6.1.0"));
	ADD(f, LOG, log, .member_id = 1, .boot_id = 1, .line = 1, .text = IQ_LIT("hello"));
	ADD(f, EVENT, event, .id = 1, .boot_id = 1, .fingerprint = IQ_LIT("f"), .mono_us = 5);
	ADD(f, SIGHTING, sighting, .event_id = 1, .member_id = 1, .first_line = 1);
	ADD(f, UNIT, unit, .host_id = 1, .name = IQ_LIT("a.service"));
	ADD(f, ISSUE, issue, .severity = IQ_LIT("damage"), .member_id = 1);
}

static void test_same_bytes(void **state)
{
	(void)state;
	struct feed f, other;
	feed_init(&f);
	feed_init(&other);
	add_capture(&f, "aa", "partial");
	add_capture(&other, "bb", "ok");
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	struct iq_apply_result first = apply(s, &f);
	char *before = strdup(ask(s, "SELECT total_changes()"));
	struct iq_apply_result again = apply(s, &f);
	assert_true(again.already_there);
	assert_int_equal(again.capture_id, first.capture_id);
	assert_sql(s, "SELECT total_changes()", before);
	assert_int_equal(iq_store_find_capture(s, IQ_LIT("aa")), first.capture_id);
	assert_int_equal(iq_store_find_capture(s, IQ_LIT("bb")), 0);
	assert_int_equal(iq_store_find_capture(s, IQ_SLICE_NULL), 0);
	assert_false(apply(s, &other).already_there);
	assert_sql(s, "SELECT count(*) FROM v1_capture", "2");
	free(before);
	iq_store_close(s);
	feed_fini(&f);
	feed_fini(&other);
}

/* A failed import leaves its row; the next try takes its place, with what it said. */
static void test_failed_capture_again(void **state)
{
	(void)state;
	struct feed f, again;
	feed_init(&f);
	feed_init(&again);
	add_capture(&f, "aa", "failed");
	add_capture(&again, "aa", "ok");
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	apply(s, &f);
	assert_int_equal(iq_store_find_capture(s, IQ_LIT("aa")), 0);
	struct iq_apply_result r = apply(s, &again);
	assert_false(r.already_there);
	assert_int_equal(r.events_new, 1);
	assert_int_equal(iq_store_find_capture(s, IQ_LIT("aa")), r.capture_id);
	static const char *const views[] = { "capture", "member", "host", "boot", "log", "event",
					     "sighting", "unit", "issue" };
	for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
		char sql[100];
		snprintf(sql, sizeof sql, "SELECT count(*) FROM v1_%s", views[i]);
		assert_sql(s, sql, "1");
	}
	assert_sql(s, "SELECT status FROM v1_capture", "ok");
	assert_sql(s, "SELECT count(*) FROM pragma_foreign_key_check", "0");
	iq_store_close(s);
	feed_fini(&f);
	feed_fini(&again);
}

/* What a capture that goes said with others stays; its own words go with it. */
static void test_taken_out(void **state)
{
	(void)state;
	struct feed a, b, empty;
	feed_init(&a);
	feed_init(&b);
	feed_init(&empty);
	ADD(&a, CAPTURE, capture, .status = IQ_LIT("ok"), .sha256 = IQ_LIT("aa"));
	ADD(&a, HOST, host, .id = 1, .name = IQ_LIT("web-3"), .dmi_vendor = IQ_LIT("v"));
	ADD(&a, BOOT, boot, .id = 1, .host_id = 1, .boot_uuid = IQ_LIT("u"));
	ADD(&a, EVENT, event, .id = 1, .boot_id = 1, .fingerprint = IQ_LIT("f"), .mono_us = 5);
	add_capture(&b, "bb", "failed");
	((struct iq_boot *)b.items[3].fact)->boot_uuid = IQ_LIT("u");
	ADD(&b, EVENT, event, .id = 2, .boot_id = 1, .fingerprint = IQ_LIT("only b"));
	ADD(&b, SNAPSHOT, snapshot, .id = 1, .boot_id = 1);
	ADD(&b, EVENT_SNAPSHOT, event_snapshot, .event_id = 1, .snapshot_id = 1,
	    .role = IQ_LIT("report"));
	ADD(&b, TASK, task, .snapshot_id = 1);
	ADD(&b, ZONE, zone, .snapshot_id = 1);
	ADD(&empty, CAPTURE, capture, .status = IQ_LIT("ok"), .sha256 = IQ_LIT("bb"));
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	apply(s, &a);
	apply(s, &b);
	assert_sql(s, "SELECT capture_id || ' ' || seen_count FROM v1_event WHERE event_id = 1",
		   "2 2");
	const struct iq_task_choice choice = { 1, 1, 1, 0, 0, 0, 0, IQ_SLICE_NULL };
	const struct iq_zone_check check = { 1, 1, 1, 0, 0, 0, 1, IQ_SLICE_NULL };
	assert_int_equal(iq_store_put_task_choices(s, &choice, 1, NULL), 0);
	assert_int_equal(iq_store_put_zone_check(s, &check, NULL), 0);
	assert_sql(s, "SELECT cloud || kernel_release FROM v1_host JOIN v1_boot", "x6.1.0");
	apply(s, &empty);	/* the same bytes, read again to another end */
	assert_sql(s, "SELECT group_concat(capture_id || ' ' || seen_count) FROM v1_event", "1 1");
	assert_sql(s, "SELECT name || dmi_vendor FROM v1_host", "web-3v");
	assert_sql(s, "SELECT coalesce(cloud, '-') || coalesce(kernel_release, '-')"
		   " FROM v1_host JOIN v1_boot", "--");
	assert_sql(s, "SELECT (SELECT count(*) FROM v1_task_choice) +"
		   " (SELECT count(*) FROM v1_zone_check) + (SELECT count(*) FROM v1_task) +"
		   " (SELECT count(*) FROM v1_log) + (SELECT count(*) FROM v1_unit)", "0");
	assert_sql(s, "SELECT count(*) FROM pragma_foreign_key_check", "0");
	iq_store_close(s);
	feed_fini(&a);
	feed_fini(&b);
	feed_fini(&empty);
}

/* --- hostile sources --- */

static void add_hostile(struct feed *f)
{
	ADD(f, CAPTURE, capture, .status = IQ_LIT("splendid"), .kind = IQ_LIT("x"));
	ADD(f, CAPTURE, capture, .status = IQ_LIT("ok"));
	ADD(f, MEMBER, member, .id = 1);
	ADD(f, MEMBER, member, .id = 1);
	ADD(f, MEMBER, member, .id = INT64_MAX);
	ADD(f, BOOT, boot, .id = -1, .host_id = 77, .start_us = INT64_MAX);
	ADD(f, EVENT, event, .id = 5, .boot_id = 1000, .parent_id = 6);
	ADD(f, EVENT, event, .id = 6, .parent_id = 7);
	ADD(f, EVENT, event, .id = 7, .parent_id = 5);
	ADD(f, EVENT, event, .id = 8, .parent_id = 8);
	ADD(f, EVENT, event, .id = 9, .parent_id = 99999);
	ADD(f, EVENT, event, .id = INT64_MIN, .kind = IQ_LIT("min"));
	ADD(f, OOM, oom, .event_id = 5);
	ADD(f, OOM, oom, .event_id = 5);
	ADD(f, OOM, oom, .event_id = 50);
	ADD(f, OOM, oom, .alloc_order = 1);
	ADD(f, CRASH, crash, .event_id = 5);
	ADD(f, CRASH, crash, .event_id = 5);
	ADD(f, TASK, task, .snapshot_id = 1, .pid = 1);
	ADD(f, TASK, task, .snapshot_id = INT64_MAX, .pid = 2);
	ADD(f, TASK, task, .pid = 3);
	ADD(f, SNAPSHOT, snapshot, .id = 2, .mono_us = -5);
	ADD(f, TASK, task, .snapshot_id = 2, .pid = 4, .member_id = 12, .uid = INT64_MAX);
	ADD(f, STACK, stack, .function = IQ_LIT("nowhere"));
	ADD(f, STACK, stack, .event_id = 5, .function = IQ_LIT("here"));
	ADD(f, LOG, log, .member_id = 44, .text = IQ_LIT("lost"));
	ADD(f, LOG, log, .boot_id = 44, .text = IQ_LIT("kept"), .level = -9);
	ADD(f, EVENT_SNAPSHOT, event_snapshot, .event_id = 5, .snapshot_id = 2);
	ADD(f, EVENT_SNAPSHOT, event_snapshot, .event_id = 5, .snapshot_id = 2);
	ADD(f, EVENT_SNAPSHOT, event_snapshot, .event_id = 5, .snapshot_id = 3);
	ADD(f, SIGHTING, sighting, .event_id = 4, .member_id = 1);
	ADD(f, ISSUE, issue, .severity = IQ_LIT("x'); DROP TABLE log; --"), .member_id = 9);
}

static void test_hostile_facts(void **state)
{
	(void)state;
	struct feed f;
	feed_init(&f);
	add_hostile(&f);
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	assert_int_equal(apply(s, &f).events_new, 6);
	assert_sql(s, "SELECT status FROM v1_capture", "partial");
	assert_sql(s, "SELECT count(*) FROM v1_member", "2");
	assert_sql(s, "SELECT start_us FROM v1_boot", "NULL");
	assert_sql(s, "SELECT count(*) FROM v1_oom", "1");
	assert_sql(s, "SELECT count(*) FROM v1_crash", "1");
	assert_sql(s, "SELECT group_concat(pid) FROM v1_task", "4");
	assert_sql(s, "SELECT group_concat(function) FROM v1_stack", "here");
	assert_sql(s, "SELECT group_concat(text) FROM v1_log", "kept");
	assert_sql(s, "SELECT count(*) FROM v1_event_snapshot", "1");
	assert_sql(s, "SELECT mono_us FROM v1_snapshot", "NULL");
	assert_sql(s, "SELECT severity FROM v1_issue LIMIT 1", "note");
	/* two of three parents of a ring, none of the rest */
	assert_sql(s, "SELECT count(parent_id) FROM v1_event", "2");
	assert_sql(s, "SELECT count(*) FROM v1_event WHERE seen_count = 1", "6");
	assert_sql(s, "SELECT text FROM v1_issue WHERE text LIKE '% of task not%'",
		   "3 rows of task not stored: what they belong to is not there");
	assert_sql(s, "SELECT count(*) FROM pragma_foreign_key_check", "0");
	assert_sql(s, "PRAGMA integrity_check", "ok");
	iq_store_close(s);
	feed_fini(&f);
}

/* An error in the source at any point leaves nothing. */
static void test_source_breaks(void **state)
{
	(void)state;
	struct feed f, good;
	feed_init(&f);
	feed_init(&good);
	add_hostile(&f);
	add_capture(&good, "aa", "ok");
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	apply(s, &good);
	for (f.fail_at = 1; f.fail_at <= f.n + 1; f.fail_at++) {
		struct iq_err err = { 0 };
		f.rewinds = 0;
		assert_int_equal(iq_store_apply(s, &f.source, NULL, &err), -1);
		assert_string_equal(err.text, "the source broke");
		assert_sql(s, "SELECT count(*) FROM v1_capture", "1");
		assert_sql(s, "SELECT count(*) FROM v1_event", "1");
		assert_true(sqlite3_get_autocommit(iq_store_db(s)));
	}
	assert_sql(s, "PRAGMA integrity_check", "ok");
	iq_store_close(s);
	feed_fini(&f);
	feed_fini(&good);
}

static void test_refused_sources(void **state)
{
	(void)state;
	struct feed empty, strange;
	struct iq_err err = { 0 };
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	feed_init(&empty);
	assert_int_equal(iq_store_apply(s, &empty.source, NULL, &err), -1);
	assert_string_equal(err.text, "facts without a capture");
	feed_init(&strange);
	ADD(&strange, CAPTURE, capture, .status = IQ_LIT("ok"));
	feed_add(&strange, (enum iq_fact_type)IQ_FACT_MAX, &(int64_t){ 0 });
	assert_int_equal(iq_store_apply(s, &strange.source, NULL, &err), -1);
	assert_int_equal(err.code, IQ_E_FORMAT);
	assert_sql(s, "SELECT count(*) FROM v1_capture", "0");
	iq_store_close(s);
	feed_fini(&empty);
	feed_fini(&strange);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_column),
		cmocka_unit_test(test_missing_stays_null),
		cmocka_unit_test(test_text_is_made_valid),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_failed_capture_again),
		cmocka_unit_test(test_taken_out),
		cmocka_unit_test(test_hostile_facts),
		cmocka_unit_test(test_source_breaks),
		cmocka_unit_test(test_refused_sources),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
