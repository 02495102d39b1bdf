/* tests/store/test_merge.c - stores joined are as if all had been imported into one; a
 * capture taken out is as if it had never been; a stranger's store runs nothing here.
 */
#include "pairs.h"

#include <limits.h>

static struct iq_merge_result merge(struct iq_store *s, const char *path)
{
	struct iq_merge_result r;
	struct iq_err err = { 0 };
	if (iq_store_merge(s, path, &r, &err))
		fail_msg("%s", err.text);
	return r;
}

static void merge_fails(struct iq_store *s, const char *path, const char *why)
{
	struct iq_merge_result r;
	struct iq_err err = { 0 };
	char before[300];
	snprintf(before, sizeof before, "%s", ask(s, "SELECT count(*) || ' ' || max(id) FROM log"));
	if (!iq_store_merge(s, path, &r, &err))
		fail_msg("%s was joined, not refused: %s", path, why);
	if (!strstr(err.text, why) || strncmp(err.text, path, strlen(path)) != 0)
		fail_msg("'%s' instead of '%s: ...%s'", err.text, path, why);
	assert_sql(s, "SELECT count(*) || ' ' || max(id) FROM log", before);
	/* the store goes on to work */
	assert_sql(s, "PRAGMA quick_check", "ok");
	assert_sql(s, "SELECT count(*) FROM pragma_database_list WHERE name = 'src'", "0");
}

/* What a store says of hosts, boots and events, in one text without ids. */
static const char summary[] =
	"SELECT group_concat(x, char(10)) FROM (SELECT x FROM ("
	"SELECT 'host ' || quote(name) || quote(machine_id) AS x FROM host"
	" UNION ALL SELECT 'boot ' || quote(boot_uuid) || quote(kernel_release) ||"
	"  quote(start_us) FROM boot"
	" UNION ALL SELECT 'event ' || quote(fingerprint) || quote(wall_us) || quote(wall_kind)"
	"  || quote(mono_us) || quote(boot_uuid) || (SELECT count(*) FROM sighting AS s WHERE"
	"  s.event_id = e.id) FROM event AS e LEFT JOIN boot AS b ON b.id = e.boot_id"
	" UNION ALL SELECT 'seen ' || count(*) FROM host_seen"
	" UNION ALL SELECT 'capture ' || status FROM capture"
	") ORDER BY x)";

static struct iq_store *with(const char *path, const struct said *a, const struct said *b)
{
	struct iq_store *s = open_store(path, path ? IQ_STORE_WRITE : IQ_STORE_MEMORY);
	const struct said *all[] = { a, b };
	for (size_t i = 0; i < 2; i++) {
		struct feed f;
		feed_init(&f);
		if (all[i])
			add_said(&f, all[i]);
		if (all[i])
			apply(s, &f);
		feed_fini(&f);
	}
	return s;
}

static void test_merged_is_imported(void **state)
{
	(void)state;
	const char *dir = feed_mkdir();
	char a[300], b[300];
	snprintf(a, sizeof a, "%s", feed_path(dir, "a.db"));
	snprintf(b, sizeof b, "%s", feed_path(dir, "b 50%?.db"));
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		const struct pair *p = &pairs[i];
		iq_store_close(with(a, &p->a, NULL));
		iq_store_close(with(b, &p->b, NULL));
		struct iq_store *want = with(NULL, &p->a, &p->b);
		struct iq_store *got = open_store(NULL, IQ_STORE_MEMORY);
		merge(got, a);
		struct iq_merge_result r = merge(got, b);
		assert_int_equal(r.captures_new, 1);
		assert_int_equal(r.events_new, p->events - 1);
		if (strcmp(ask(got, summary), ask(want, summary)) != 0)
			fail_msg("%s:\n%s\ninstead of\n%s", p->name, ask(got, summary),
				 ask(want, summary));
		assert_sql(got, "SELECT count(*) FROM pragma_foreign_key_check", "0");
		/* again: nothing */
		r = merge(got, b);
		assert_int_equal(r.captures_new, 0);
		assert_int_equal(r.captures_known, 1);
		assert_string_equal(ask(got, summary), ask(want, summary));
		iq_store_close(want);
		iq_store_close(got);
		remove(a);
		remove(b);
	}
}

static void forget(struct iq_store *s, const char *which)
{
	struct iq_err err = { 0 };
	int64_t id, lost = 0;
	if (iq_store_name_capture(s, iq_slice_z(which), &id, &err) ||
	    iq_store_forget(s, id, &lost, &err))
		fail_msg("%s", err.text);
}

static void test_forgotten_was_never_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		const struct pair *p = &pairs[i];
		for (int first = 0; first < 2; first++) {
			struct iq_store *want = with(NULL, first ? &p->b : &p->a, NULL);
			struct iq_store *got = with(NULL, &p->a, &p->b);
			forget(got, first ? "1" : "2");
			/* an event that both saw has lost the first one's report */
			if (first && p->events == 1)
				assert_sql(got, "UPDATE capture SET status = 'ok'", "(no row)");
			if (strcmp(ask(got, summary), ask(want, summary)) != 0)
				fail_msg("%s, without %s:\n%s\ninstead of\n%s", p->name,
					 first ? "the first" : "the second",
					 ask(got, summary), ask(want, summary));
			assert_sql(got, "SELECT count(*) FROM pragma_foreign_key_check", "0");
			iq_store_close(want);
			iq_store_close(got);
		}
	}
}

/* --- reports: the richer one stays, here as in an import --- */

static void add_report(struct feed *f, const char *sha, int tasks)
{
	ADD(f, CAPTURE, capture, .status = IQ_LIT("ok"), .sha256 = z(sha), .path = z(sha));
	ADD(f, HOST, host, .id = 1, .name = IQ_LIT("web"));
	ADD(f, BOOT, boot, .id = 1, .host_id = 1, .boot_uuid = IQ_LIT("u"));
	ADD(f, MEMBER, member, .id = 1, .name = IQ_LIT("var/log/messages"));
	ADD(f, LOG, log, .boot_id = 1, .member_id = 1, .line = 1, .text = z(sha));
	ADD(f, EVENT, event, .id = 1, .boot_id = 1, .mono_us = 7 * US,
	    .fingerprint = IQ_LIT("f"));
	ADD(f, SIGHTING, sighting, .event_id = 1, .member_id = 1, .first_line = 10);
	ADD(f, OOM, oom, .event_id = 1, .trigger_pid = tasks, .trigger_comm = z(sha));
	ADD(f, EVENT_LINE, event_line, .event_id = 1, .member_id = 1, .line = 10,
	    .role = IQ_LIT("headline"), .text = z(sha));
	ADD(f, SNAPSHOT, snapshot, .id = 1, .boot_id = 1, .source = IQ_LIT("log"));
	ADD(f, EVENT_SNAPSHOT, event_snapshot, .event_id = 1, .snapshot_id = 1,
	    .role = IQ_LIT("report"));
	for (int i = 0; i < tasks; i++)
		ADD(f, TASK, task, .snapshot_id = 1, .pid = i + 1, .member_id = 1, .line = 20 + i);
	ADD(f, SNAPSHOT, snapshot, .id = 2, .boot_id = 1, .source = IQ_LIT("proc"));
	ADD(f, SYSCTL, sysctl, .snapshot_id = 2, .name = IQ_LIT("vm.swappiness"), .value = z(sha));
	ADD(f, UNIT, unit, .host_id = 1, .name = IQ_LIT("web.service"));
	ADD(f, ISSUE, issue, .severity = IQ_LIT("note"), .member_id = 1, .text = z(sha));
}

static void put_report(struct iq_store *s, const char *sha, int tasks)
{
	struct feed f;
	feed_init(&f);
	add_report(&f, sha, tasks);
	apply(s, &f);
	feed_fini(&f);
}

static const char *make(const char *path, const char *sha, int tasks)
{
	struct iq_store *s = open_store(path, IQ_STORE_WRITE);
	put_report(s, sha, tasks);
	iq_store_close(s);
	return path;
}

static void check_both(struct iq_store *s, const char *rich)
{
	assert_sql(s, "SELECT count(*) FROM event", "1");
	assert_sql(s, "SELECT count(*) FROM sighting", "2");
	assert_sql(s, "SELECT trigger_comm FROM oom", rich);
	assert_sql(s, "SELECT group_concat(text) FROM event_line", rich);
	assert_sql(s, "SELECT c.sha256 FROM event AS e JOIN capture AS c ON c.id = e.capture_id", rich);
	assert_sql(s, "SELECT count(*) FROM task", "5");
	assert_sql(s, "SELECT count(*) FROM task AS t JOIN snapshot AS n ON n.id = t.snapshot_id"
		   " JOIN member AS m ON m.id = t.member_id AND m.capture_id = n.capture_id", "5");
	assert_sql(s, "SELECT count(*) FROM snapshot", "3");
	assert_sql(s, "SELECT count(*) FROM log", "2");
	assert_sql(s, "SELECT count(*) FROM sysctl", "2");
	assert_sql(s, "SELECT count(*) FROM unit WHERE host_id = (SELECT id FROM host)", "2");
	assert_sql(s, "SELECT count(*) FROM issue WHERE member_id IS NOT NULL", "2");
	assert_sql(s, "SELECT count(*) FROM pragma_foreign_key_check", "0");
}

static void test_richer_report(void **state)
{
	(void)state;
	const char *dir = feed_mkdir();
	const char *poor = make(feed_path(dir, "poor.db"), "poor", 2);
	const char *rich = make(feed_path(dir, "rich.db"), "rich", 5);
	for (int order = 0; order < 2; order++) {
		struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
		merge(s, order ? poor : rich);
		merge(s, order ? rich : poor);
		check_both(s, "rich");
		merge(s, rich);
		merge(s, poor);
		check_both(s, "rich");
		iq_store_close(s);
	}
}

/* A store with two captures, of which one is here: what the other says comes, once. */
static void test_one_of_two_is_known(void **state)
{
	(void)state;
	const char *dir = feed_mkdir(), *two = feed_path(dir, "two.db");
	for (int known = 0; known < 2; known++) {
		make(two, "poor", 2);
		make(two, "rich", 5);
		struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
		put_report(s, known ? "rich" : "poor", known ? 5 : 2);
		struct iq_merge_result r = merge(s, two);
		assert_int_equal(r.captures_new, 1);
		assert_int_equal(r.captures_known, 1);
		check_both(s, "rich");
		r = merge(s, two);
		assert_int_equal(r.captures_new, 0);
		check_both(s, "rich");
		iq_store_close(s);
		remove(two);
	}
}

/* A reading that a limit cut short makes room for a whole one, and not the other way. */
static void test_longer_reading(void **state)
{
	(void)state;
	const char *dir = feed_mkdir(), *whole = feed_path(dir, "w.db"), *cut = feed_path(dir, "c.db");
	struct feed f;
	feed_init(&f);
	ADD(&f, CAPTURE, capture, .status = IQ_LIT("partial"), .sha256 = IQ_LIT("same"));
	ADD(&f, ISSUE, issue, .severity = IQ_LIT("limit"), .text = IQ_LIT("too much"));
	struct iq_store *s = open_store(cut, IQ_STORE_WRITE);
	apply(s, &f);
	iq_store_close(s);
	feed_fini(&f);
	make(whole, "same", 3);
	s = open_store(NULL, IQ_STORE_MEMORY);
	merge(s, cut);
	assert_int_equal(merge(s, whole).captures_new, 1);
	assert_sql(s, "SELECT count(*) || status FROM capture", "1ok");
	assert_sql(s, "SELECT count(*) FROM task", "3");
	assert_int_equal(merge(s, cut).captures_new, 0);
	assert_sql(s, "SELECT count(*) || status FROM capture", "1ok");
	iq_store_close(s);
}

/* The first words of a report are another's when it goes; the bytes are read again then. */
static void test_report_that_goes(void **state)
{
	(void)state;
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	put_report(s, "poor", 2);
	put_report(s, "rich", 5);
	forget(s, "rich");
	assert_sql(s, "SELECT count(*) FROM oom", "0");
	assert_sql(s, "SELECT count(*) FROM task", "0");
	assert_sql(s, "SELECT count(*) || ' ' || capture_id FROM event", "1 1");
	assert_sql(s, "SELECT status FROM capture", "partial");
	assert_sql(s, "SELECT count(*) FROM issue WHERE severity = 'limit'", "1");
	put_report(s, "poor", 2);
	assert_sql(s, "SELECT trigger_comm FROM oom", "poor");
	assert_sql(s, "SELECT count(*) FROM task", "2");
	assert_sql(s, "SELECT count(*) || status FROM capture", "1ok");
	iq_store_close(s);
}

/* --- a stranger's store --- */

static void change(const char *path, const char *sql)
{
	sqlite3 *db;
	char *why = NULL;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
	sqlite3_close(db);
}

struct strange { const char *sql, *why; };

static const struct strange strangers[] = {
	{ "CREATE TRIGGER t AFTER INSERT ON log BEGIN DELETE FROM log; END", "a trigger" },
	{ "CREATE VIRTUAL TABLE v USING fts5(x)", "a virtual table" },
	{ "DROP INDEX log_member", "no table or index log_member" },
	{ "CREATE TABLE t AS SELECT * FROM task; DROP TABLE task;"
	  " CREATE VIEW task AS SELECT * FROM t", "no table or index task" },
	{ "DROP TABLE log; CREATE TABLE log(id INTEGER PRIMARY KEY, text TEXT)", "table or index log" },
	{ "PRAGMA foreign_keys = OFF; UPDATE log SET member_id = 77", "is damaged" },
	{ "PRAGMA foreign_keys = OFF; DELETE FROM capture", "is damaged" },
	{ "PRAGMA ignore_check_constraints = ON; UPDATE capture SET status = 'x'", "" },
	{ "PRAGMA user_version = 1000", "newer inquest" },
	{ "PRAGMA user_version = 1", "older inquest" },
	{ "PRAGMA application_id = 7", "not an inquest store" },
};

static void test_strangers(void **state)
{
	(void)state;
	const char *dir = feed_mkdir(), *other = feed_path(dir, "other.db");
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	put_report(s, "mine", 3);
	for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
		make(other, "theirs", 4);
		change(other, strangers[i].sql);
		merge_fails(s, other, strangers[i].why);
		remove(other);
	}
	merge_fails(s, feed_path(dir, "none.db"), "no such store");
	merge_fails(s, dir, "not an inquest store");
	iq_store_close(s);
}

/* Views are never asked, tables that somebody added never read. */
static void test_harmless(void **state)
{
	(void)state;
	const char *dir = feed_mkdir(), *other = feed_path(dir, "other.db");
	make(other, "theirs", 4);
	change(other, "DROP VIEW v1_event; CREATE VIEW v1_event AS SELECT load_extension('x');"
	       "CREATE TABLE notes(x); INSERT INTO notes VALUES (1);"
	       "UPDATE log SET text = CAST(x'ff00fe' AS TEXT); UPDATE log SET wall_us = 9223372036854775807;"
	       "UPDATE event SET parent_id = id, mono_us = -9223372036854775807; ANALYZE");
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	assert_int_equal(merge(s, other).captures_new, 1);
	assert_sql(s, "SELECT count(*) FROM task", "4");
	assert_sql(s, "SELECT count(*) FROM sqlite_schema WHERE name = 'notes'", "0");
	assert_sql(s, "SELECT parent_id FROM event", "NULL");
	iq_store_close(s);
}

/* Ids at the end of what SQLite can count. */
static void test_high_ids(void **state)
{
	(void)state;
	const char *dir = feed_mkdir(), *other = feed_path(dir, "other.db");
	make(other, "theirs", 4);
	change(other, "PRAGMA foreign_keys = OFF; UPDATE capture SET id = 9223372036854775807;"
	       "UPDATE member SET id = 9223372036854775806, capture_id = 9223372036854775807;"
	       "UPDATE host SET id = -5; UPDATE boot SET id = -7, host_id = -5;"
	       "UPDATE host_seen SET host_id = -5, capture_id = 9223372036854775807;"
	       "UPDATE boot_seen SET boot_id = -7, capture_id = 9223372036854775807;"
	       "UPDATE snapshot SET capture_id = 9223372036854775807, boot_id = -7;"
	       "UPDATE event SET capture_id = 9223372036854775807, host_id = -5, boot_id = -7;"
	       "UPDATE unit SET capture_id = 9223372036854775807, host_id = -5;"
	       "UPDATE issue SET capture_id = 9223372036854775807, member_id = 9223372036854775806;"
	       "UPDATE log SET member_id = 9223372036854775806, boot_id = -7, id = 9223372036854775807;"
	       "UPDATE sighting SET member_id = 9223372036854775806;"
	       "UPDATE event_line SET member_id = 9223372036854775806;"
	       "UPDATE task SET member_id = 9223372036854775806");
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	merge(s, other);
	put_report(s, "mine", 5);
	check_both(s, "mine");
	assert_sql(s, "SELECT max(id) < 100 FROM log", "1");
	iq_store_close(s);
}

/* --- state that was collected later --- */

static void add_state(struct feed *f, const char *uuid, int64_t mono)
{
	ADD(f, CAPTURE, capture, .status = IQ_LIT("ok"), .sha256 = IQ_LIT("state"));
	ADD(f, HOST, host, .id = 1, .name = IQ_LIT("web"));
	ADD(f, BOOT, boot, .id = 1, .host_id = 1, .boot_uuid = z(uuid));
	ADD(f, SNAPSHOT, snapshot, .id = 1, .boot_id = 1, .source = IQ_LIT("proc"),
	    .mono_us = mono);
	ADD(f, CONTAINER, container, .snapshot_id = 1, .container = IQ_LIT("4fd0a1c9e3b7"));
}

#define LATER "SELECT count(*) FROM event_snapshot WHERE role = 'later'"

/* By import and by merge, whichever came first: of the boot of the event alone, and not
 * of the time before it. */
static void test_later_state(void **state)
{
	static const struct { const char *uuid; int64_t mono; const char *links; } cases[] = {
		{ "u1", 900 * US, "1" }, { "u2", 900 * US, "0" }, { "u1", 5 * US, "0" },
		{ "u1", 0, "1" },
	};
	const struct said kill = { .name = "web", .uuid = "u1", .mono = 100 * US };
	const char *dir = feed_mkdir();
	char a[300], b[300];

	(void)state;
	snprintf(a, sizeof a, "%s", feed_path(dir, "a.db"));
	snprintf(b, sizeof b, "%s", feed_path(dir, "b.db"));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct feed f;
		feed_init(&f);
		add_state(&f, cases[i].uuid, cases[i].mono);
		struct iq_store *s = open_store(b, IQ_STORE_WRITE);
		apply(s, &f);
		iq_store_close(s);
		iq_store_close(with(a, &kill, NULL));
		for (int turn = 0; turn < 2; turn++) {
			s = open_store(NULL, IQ_STORE_MEMORY);
			merge(s, turn ? a : b);
			merge(s, turn ? b : a);
			assert_sql(s, LATER, cases[i].links);
			assert_sql(s, "SELECT count(*) FROM container", "1");
			merge(s, turn ? b : a);
			assert_sql(s, LATER, cases[i].links);
			iq_store_close(s);
		}
		s = with(NULL, &kill, NULL);
		apply(s, &f);
		assert_sql(s, LATER, cases[i].links);
		iq_store_close(s);
		feed_fini(&f);
		remove(a);
		remove(b);
	}
}

static void test_itself(void **state)
{
	(void)state;
	const char *dir = feed_mkdir(), *mine = feed_path(dir, "mine.db"), *link = feed_path(dir, "l");
	struct iq_store *s = open_store(mine, IQ_STORE_WRITE);
	put_report(s, "mine", 1);
	assert_int_equal(symlink(mine, link), 0);
	merge_fails(s, mine, "the store itself");
	merge_fails(s, link, "the store itself");
	iq_store_close(s);
}

/* --- how a capture is called --- */

static void named(struct iq_store *s, const char *text, int64_t want)
{
	struct iq_err err = { 0 };
	int64_t id = 0;
	int rc = iq_store_name_capture(s, iq_slice_z(text), &id, &err);
	if (rc ? want != 0 : id != want)
		fail_msg("%s: %lld %s", text, (long long)id, err.text);
}

static void test_names(void **state)
{
	(void)state;
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	static const char *const shas[] = { "0123456789abcdef", "0123456780", "7", "dead", NULL };
	for (size_t i = 0; shas[i]; i++)
		put_report(s, shas[i], 1);
	assert_sql(s, "UPDATE capture SET path = 'twice' WHERE id > 2", "(no row)");
	named(s, "1", 1);
	named(s, "01", 0);
	named(s, "7", 0);
	named(s, "0123456789abcdef", 1);	/* its path, too */
	named(s, "012345678", 0);		/* two begin so */
	named(s, "0123456789", 1);
	named(s, "dead", 0);			/* too short */
	named(s, "twice", 0);
	named(s, "", 0);
	named(s, "none", 0);
	iq_store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merged_is_imported),
		cmocka_unit_test(test_forgotten_was_never_there),
		cmocka_unit_test(test_richer_report),
		cmocka_unit_test(test_one_of_two_is_known),
		cmocka_unit_test(test_longer_reading),
		cmocka_unit_test(test_report_that_goes),
		cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_harmless),
		cmocka_unit_test(test_high_ids),
		cmocka_unit_test(test_later_state),
		cmocka_unit_test(test_itself),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
