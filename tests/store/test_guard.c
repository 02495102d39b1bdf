/* tests/store/test_guard.c - SQL that would do more than read, and the functions that
 * reading gets.
 */
#include "feed.h"

static const char *const hostile[] = {
	"INSERT INTO capture(status, imported_us) VALUES('ok', 1)",
	"insert or replace into v1_event default values",
	"UPDATE event SET verdict = 'x'",
	"DELETE FROM capture",
	"REPLACE INTO sysctl(snapshot_id) VALUES(1)",
	"WITH x AS (SELECT 1) INSERT INTO capture(status, imported_us) SELECT 'ok', 1",
	"WITH x AS (SELECT 1) DELETE FROM capture",
	"DELETE FROM capture RETURNING *",
	"CREATE TABLE t(x)", "CREATE TEMP TABLE t(x)", "CREATE VIEW v AS SELECT 1",
	"CREATE TEMP VIEW v1_event AS SELECT 1", "CREATE INDEX i ON event(kind)",
	"CREATE TRIGGER t AFTER INSERT ON event BEGIN SELECT 1; END",
	"CREATE VIRTUAL TABLE temp.t USING fts5(x)",
	"CREATE TABLE t AS SELECT * FROM v1_event",
	"DROP TABLE event", "DROP VIEW v1_event", "ALTER TABLE event ADD COLUMN x",
	"ALTER TABLE event RENAME TO e",
	"ATTACH ':memory:' AS m", "ATTACH DATABASE '/tmp/x' AS m", "DETACH main",
	"VACUUM", "VACUUM INTO '/tmp/inquest-test-vacuum.db'", "ANALYZE", "REINDEX",
	"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT s", "RELEASE s", "END",
	"PRAGMA writable_schema = ON", "PRAGMA query_only = OFF", "PRAGMA journal_mode = OFF",
	"PRAGMA journal_mode", "PRAGMA user_version = 1", "PRAGMA foreign_keys = OFF",
	"PRAGMA optimize", "PRAGMA wal_checkpoint", "PRAGMA temp_store_directory = '/tmp'",
	"PRAGMA trusted_schema = ON", "PRAGMA mmap_size = 1", "PRAGMA shrink_memory",
	"SELECT * FROM pragma_optimize", "SELECT count(*) FROM pragma_optimize",
	"SELECT * FROM v1_event, pragma_optimize('x')",
	"SELECT * FROM pragma_journal_mode", "SELECT * FROM pragma_wal_checkpoint",
	"SELECT load_extension('/tmp/x.so')", "SELECT load_extension('/tmp/x.so', 'init')",
	"SELECT fts3_tokenizer('simple')", "SELECT 1 WHERE (SELECT load_extension('x'))",
	"SELECT fts3_tokenizer('x', x'0000000000000000')",
	"UPDATE sqlite_schema SET sql = ''", "DELETE FROM sqlite_schema",
	"SELECT * FROM sqlite_stmt",
	"EXPLAIN DELETE FROM capture",
};

static const char *const harmless[] = {
	"SELECT 1", "SELECT * FROM v1_event", "VALUES(1), (2)", "  SELECT 2;  ",
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9)"
	" SELECT sum(i) FROM n",
	"SELECT * FROM v1_oom NATURAL JOIN v1_event ORDER BY event_id LIMIT 1",
	"SELECT count(*) FROM v1_task WHERE comm REGEXP '^ja'",
	"SELECT value FROM json_each('[1,2]')", "EXPLAIN QUERY PLAN SELECT * FROM v1_event",
	"SELECT name FROM pragma_table_info('v1_event')", "PRAGMA table_info(v1_event)",
	"PRAGMA table_list", "SELECT name FROM sqlite_schema",
	"SELECT row_number() OVER (ORDER BY event_id) FROM v1_event",
	"SELECT strftime('%Y', 'now'), printf('%d', 1), json_array(1), random()",
	"SELECT max(pid) FILTER (WHERE pid > 1) FROM v1_task GROUP BY comm",
};

static int prepare(struct iq_store *s, const char *sql, sqlite3_stmt **st, struct iq_err *err)
{
	*st = NULL;
	return iq_store_prepare_readonly(s, iq_slice_z(sql), st, NULL, err);
}

static void test_hostile_sql(void **state)
{
	const enum iq_store_mode modes[] = { IQ_STORE_WRITE, IQ_STORE_READ };
	const char *path = feed_path(feed_mkdir(), "a.db");
	(void)state;
	for (size_t m = 0; m < 2; m++) {
		struct iq_store *s = open_store(path, modes[m]);
		for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
			struct iq_err err = { 0 };
			sqlite3_stmt *st;
			if (prepare(s, hostile[i], &st, &err) == 0)
				fail_msg("allowed: %s", hostile[i]);
			assert_null(st);
			assert_int_equal(err.code, IQ_E_USAGE);
			assert_true(strlen(err.text) > 10);
		}
		/* our own statements are not under guard */
		if (modes[m] == IQ_STORE_WRITE)
			assert_int_equal(sqlite3_exec(iq_store_db(s), "BEGIN; ROLLBACK", NULL,
						      NULL, NULL), SQLITE_OK);
		iq_store_close(s);
	}
}

static void test_harmless_sql(void **state)
{
	(void)state;
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
		struct iq_err err = { 0 };
		sqlite3_stmt *st;
		if (prepare(s, harmless[i], &st, &err) < 0)
			fail_msg("%s: %s", harmless[i], err.text);
		int rc;
		while ((rc = sqlite3_step(st)) == SQLITE_ROW)
			;
		assert_int_equal(rc, SQLITE_DONE);
		sqlite3_finalize(st);
	}
	iq_store_close(s);
}

static void test_messages(void **state)
{
	(void)state;
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	struct iq_err err = { 0 };
	sqlite3_stmt *st;
	prepare(s, "DELETE FROM capture", &st, &err);
	assert_string_equal(err.text, "only reading is allowed here, not DELETE from capture");
	prepare(s, "SELECT load_extension('x')", &st, &err);
	assert_string_equal(err.text,
			    "only reading is allowed here, not the function load_extension");
	prepare(s, "SELECT \"typo\"", &st, &err);
	assert_string_equal(err.text, "SQL: no such column: typo");
	prepare(s, "SELEC 1", &st, &err);
	assert_string_equal(err.text, "SQL: near \"SELEC\": syntax error");
	iq_store_close(s);
}

/* One statement at a time; what stands behind it is the caller's. */
static void test_tail(void **state)
{
	(void)state;
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	struct iq_err err = { 0 };
	struct iq_slice tail;
	sqlite3_stmt *st = NULL;
	const char *sql = "SELECT 1; DROP TABLE event; SELECT 2";
	assert_int_equal(iq_store_prepare_readonly(s, iq_slice_z(sql), &st, &tail, &err), 0);
	sqlite3_finalize(st);
	assert_string_equal(tail.p, " DROP TABLE event; SELECT 2");
	assert_int_equal(iq_store_prepare_readonly(s, tail, &st, &tail, &err), -1);
	/* not terminated by NUL */
	assert_int_equal(iq_store_prepare_readonly(s, iq_slice(sql, 9), &st, &tail, &err), 0);
	sqlite3_finalize(st);
	assert_int_equal(tail.n, 0);
	static const char *const blank[] = { "", "  ", "-- nothing", ";" };
	for (size_t i = 0; i < 4; i++) {
		st = (sqlite3_stmt *)(void *)s;
		assert_int_equal(iq_store_prepare_readonly(s, iq_slice_z(blank[i]), &st, &tail,
							   &err), 0);
		assert_null(st);
	}
	iq_store_close(s);
}

struct value_case { const char *sql, *want; };

static const struct value_case values[] = {
	{ "regexp('^java$', 'java')", "1" }, { "regexp('^java$', 'java2')", "0" },
	{ "'a.b' REGEXP 'a[.]b'", "1" }, { "'axb' REGEXP 'a\\.b'", "0" },
	{ "regexp('(oom|panic)', 'a panic')", "1" }, { "regexp('a{2,3}', 'aa')", "1" },
	{ "regexp(NULL, 'x')", "NULL" }, { "regexp('x', NULL)", "NULL" },
	{ "regexp('', '')", "1" }, { "regexp('1', 17)", "1" },
	{ "human_bytes(199229440)", "190 MiB" }, { "human_bytes(0)", "0 B" },
	{ "human_bytes(46592 * 1024)", "45.5 MiB" }, { "human_bytes(NULL)", "NULL" },
	{ "human_bytes(-1024)", "-1 KiB" },
	{ "pages(40960)", "10" }, { "pages(4095)", "0" }, { "pages(131072, 65536)", "2" },
	{ "pages(NULL)", "NULL" }, { "pages(1, NULL)", "NULL" },
};

static const char *const bad_calls[] = {
	"regexp('(', 'x')", "regexp('a{99}{99}', 'x')", "regexp('((a{99}){99}){99}', 'x')",
	"regexp('(a)\\1', 'x')", "pages(1, 0)", "pages(1, -4096)",
	"regexp(printf('%2000s', 'x'), 'x')",
};

static void test_functions(void **state)
{
	(void)state;
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	char sql[200];
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		snprintf(sql, sizeof sql, "SELECT %s", values[i].sql);
		const char *got = ask(s, sql);
		if (strcmp(got, values[i].want) != 0)
			fail_msg("%s: %s", sql, got);
	}
	for (size_t i = 0; i < sizeof bad_calls / sizeof *bad_calls; i++) {
		snprintf(sql, sizeof sql, "SELECT %s", bad_calls[i]);
		assert_int_equal(sqlite3_exec(iq_store_db(s), sql, NULL, NULL, NULL),
				 SQLITE_ERROR);
	}
	/* the compiled pattern serves all rows, and another one when it changes */
	assert_sql(s, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		   " LIMIT 5000) SELECT sum(i REGEXP '7$') FROM n", "500");
	assert_sql(s, "WITH p(x) AS (VALUES('a'), ('b'), ('a')) SELECT sum(regexp(x, 'a'))"
		   " FROM p", "2");
	iq_store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile_sql),
		cmocka_unit_test(test_harmless_sql),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_tail),
		cmocka_unit_test(test_functions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
