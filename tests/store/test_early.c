/* tests/store/test_early.c - a capture that comes bit by bit into a store in memory:
 * rows are there before its end, and it ends as in a file, whatever came between.
 */
#include "feed.h"

static void add_member(struct feed *f, int64_t id)
{
	ADD(f, MEMBER, member, .id = id, .name = id == 1 ? IQ_LIT("a.log") : IQ_LIT("b.log"));
}

/* An event of its own second with a snapshot of N tasks and one zone. */
static void add_report(struct feed *f, int64_t id, int64_t member, int64_t us, int n)
{
	ADD(f, EVENT, event, .id = id, .boot_id = 1, .kind = IQ_LIT("oom-kill"),
	    .fingerprint = IQ_LIT("f"), .mono_us = us);
	ADD(f, SIGHTING, sighting, .event_id = id, .member_id = member, .first_line = id);
	ADD(f, SNAPSHOT, snapshot, .id = id, .boot_id = 1);
	ADD(f, EVENT_SNAPSHOT, event_snapshot, .event_id = id, .snapshot_id = id,
	    .role = IQ_LIT("report"));
	for (int i = 0; i < n; i++)
		ADD(f, TASK, task, .snapshot_id = id, .pid = id * 100 + i,
		    .comm = IQ_LIT("worker"), .member_id = member, .line = i + 1);
	ADD(f, ZONE, zone, .snapshot_id = id, .zone = IQ_LIT("Normal"), .member_id = member);
}

static void add_end(struct feed *f)
{
	ADD(f, HOST, host, .id = 1, .name = IQ_LIT("web"));
	ADD(f, BOOT, boot, .id = 1, .host_id = 1);
	ADD(f, CAPTURE, capture, .status = IQ_LIT("ok"));
}

#define APART INT64_C(1000000000)	/* far enough apart to be no echo */

static void usual(struct feed *f)
{
	for (int64_t id = 1; id <= 3; id++)
		add_report(f, id, 1, id * APART, 40);
	add_member(f, 1);
	add_end(f);
}

static void odd_ids(struct feed *f)
{
	add_report(f, 70, 9, 1 * APART, 3);
	add_report(f, -3, 2, 2 * APART, 20);
	add_member(f, 2);
	add_member(f, 9);
	add_end(f);
}

/* The poorer of the two is not stored: the rows behind it get other ids. */
static void same_report_twice(struct feed *f)
{
	add_report(f, 1, 1, 5 * APART, 17);
	add_report(f, 2, 1, 5 * APART, 20);
	add_report(f, 3, 1, 9 * APART, 2);
	add_member(f, 1);
	add_end(f);
}

static void no_snapshot(struct feed *f)
{
	usual(f);
	ADD(f, TASK, task, .snapshot_id = 8, .pid = 1);
	ADD(f, TASK, task, .pid = 2);
	ADD(f, TASK, task, .snapshot_id = 2, .pid = 3);
}

static void no_member(struct feed *f)
{
	usual(f);
	ADD(f, TASK, task, .snapshot_id = 2, .pid = 3, .member_id = 6);
	ADD(f, TASK, task, .snapshot_id = 2, .pid = 4);
}

static void member_of_nothing(struct feed *f)
{
	add_member(f, 2);
	usual(f);
}

static void not_alone(struct feed *f)
{
	ADD(f, SNAPSHOT, snapshot, .id = 9);	/* of no event */
	usual(f);
	add_report(f, 12, 1, 20 * APART, 1);
}

static const struct { const char *name; void (*add)(struct feed *f); bool stays; } cases[] = {
	{ "usual", usual, true },
	{ "odd ids", odd_ids, true },
	{ "the same report twice", same_report_twice, false },
	{ "no snapshot", no_snapshot, false },
	{ "no member", no_member, false },
	{ "a member of nothing", member_of_nothing, true },
	{ "not alone", not_alone, true },
};

#define ROWS(columns, table) "SELECT json_group_array(json_array(" columns ")) FROM (SELECT * " \
	"FROM " table " ORDER BY id)"

static void assert_same_rows(const char *name, struct iq_store *a, struct iq_store *b)
{
	static const char *const questions[] = {
		ROWS("id, snapshot_id, pid, member_id, line, comm", "task"),
		ROWS("id, snapshot_id, zone, member_id", "zone"),
		ROWS("id, capture_id, boot_id", "snapshot"), ROWS("id, name", "member"),
		ROWS("id, code, text", "issue"), ROWS("id, mono_us", "event"),
		"SELECT count(*) FROM pragma_foreign_key_check", "PRAGMA integrity_check",
	};
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
		const char *x = ask(a, questions[i]), *y = ask(b, questions[i]);
		if (strcmp(x, y))
			fail_msg("%s: %s\n%s\n%s", name, questions[i], x, y);
	}
}

/* In steps of 7 facts, as a child's spool grows. */
static void apply_slowly(struct iq_store *s, struct feed *f, bool *ret_was_there)
{
	struct iq_place *p;
	struct iq_err err = { 0 };
	size_t all = f->n;
	f->rewinds = 0;
	assert_int_equal(iq_store_apply_begin(s, &f->source, &p, &err), 0);
	for (f->n = 0; f->n + 7 < all; f->n += 7)
		assert_int_equal(iq_store_apply_more(p, &err), 0);
	f->n = all;
	*ret_was_there = strcmp(ask(s, "SELECT count(*) FROM task"), "0") != 0;
	if (iq_store_apply_end(p, NULL, &err))
		fail_msg("%s", err.text);
	*ret_was_there &= f->source.unwanted != 0;
	iq_store_apply_drop(p);
}

static void as_in_a_file(void **state)
{
	(void)state;
	const char *dir = feed_mkdir();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char path[300];
		struct feed f;
		bool early;
		snprintf(path, sizeof path, "%s/%zu.db", dir, i);
		struct iq_store *memory = open_store(NULL, IQ_STORE_MEMORY);
		struct iq_store *file = open_store(path, IQ_STORE_WRITE);
		feed_init(&f);
		cases[i].add(&f);
		apply(file, &f);
		apply_slowly(memory, &f, &early);
		assert_same_rows(cases[i].name, memory, file);
		if (early != cases[i].stays)
			fail_msg("%s: early rows %s", cases[i].name, early ? "stay" : "go");
		assert_sql(memory, "PRAGMA foreign_keys", "1");
		iq_store_close(memory);
		iq_store_close(file);
		feed_fini(&f);
	}
}

/* Whatever was taken so far goes; the next capture finds the store as it was. */
static void dropped_half_way(void **state)
{
	(void)state;
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	struct iq_err err = { 0 };
	struct iq_place *p;
	struct feed f;
	feed_init(&f);
	usual(&f);
	assert_int_equal(iq_store_apply_begin(s, &f.source, &p, &err), 0);
	assert_int_equal(iq_store_apply_more(p, &err), 0);
	assert_sql(s, "SELECT count(*) > 0 FROM task", "1");
	iq_store_apply_drop(p);
	assert_sql(s, "SELECT count(*) FROM task", "0");
	assert_sql(s, "PRAGMA foreign_keys", "1");
	apply(s, &f);
	assert_sql(s, "SELECT count(*) || ' ' || max(id) FROM task", "120 120");
	iq_store_close(s);
	feed_fini(&f);
}

/* A second capture refers to what is there already: nothing is foreseen. */
static void the_second_capture(void **state)
{
	(void)state;
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	struct feed f;
	bool early;
	feed_init(&f);
	usual(&f);
	apply(s, &f);
	feed_fini(&f);
	ADD(&f, CAPTURE, capture, .status = IQ_LIT("ok"), .sha256 = IQ_LIT("aa"));
	ADD(&f, SNAPSHOT, snapshot, .id = 1);
	ADD(&f, TASK, task, .snapshot_id = 1, .pid = 5);
	apply_slowly(s, &f, &early);
	assert_false(early);
	assert_sql(s, "SELECT snapshot_id FROM task WHERE pid = 5", "4");
	iq_store_close(s);
	feed_fini(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_in_a_file),
		cmocka_unit_test(dropped_half_way),
		cmocka_unit_test(the_second_capture),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
