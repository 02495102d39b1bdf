/* tests/store/test_open.c - what is ours is opened, all else is left alone and named.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "feed.h"
#include "store/schema.h"

static void write_file(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(p, 1, n, f) != n || fclose(f))
		fail_msg("%s", path);
}

static void sql_file(const char *path, const char *sql)
{
	sqlite3 *db;
	char *why = NULL;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
	sqlite3_close(db);
}

/* Opens, expecting a refusal that holds WANT, on one line. */
static void refused(const char *path, enum iq_store_mode mode, const char *want)
{
	struct iq_store *s = NULL;
	struct iq_err err = { 0 };
	if (iq_store_open(path, mode, &s, &err) == 0)
		fail_msg("%s was opened", path);
	assert_null(s);
	assert_int_equal(err.code == IQ_E_STORE || err.code == IQ_E_IO, 1);
	if (!strstr(err.text, want) || !strstr(err.text, path) || strchr(err.text, '\n'))
		fail_msg("%s: not \"%s\"", err.text, want);
}

static char *slurp(const char *path, size_t *n)
{
	struct stat st;
	FILE *f = fopen(path, "rb");
	if (!f || fstat(fileno(f), &st) < 0)
		fail_msg("%s", path);
	char *p = malloc((size_t)st.st_size + 1);
	*n = fread(p, 1, (size_t)st.st_size, f);
	fclose(f);
	return p;
}

static void unchanged_after_refusal(const char *path, const char *want)
{
	size_t n, m;
	char *before = slurp(path, &n);
	refused(path, IQ_STORE_WRITE, want);
	refused(path, IQ_STORE_READ, want);
	char *after = slurp(path, &m);
	assert_int_equal(n, m);
	assert_memory_equal(before, after, n);
	free(before);
	free(after);
}

static void test_made_and_read(void **state)
{
	(void)state;
	const char *dir = feed_mkdir();
	const char *path = feed_path(dir, "inquest.db");
	struct iq_store *s = open_store(path, IQ_STORE_WRITE);
	assert_sql(s, "PRAGMA application_id", "1229869395");
	assert_sql(s, "PRAGMA foreign_keys", "1");
	assert_sql(s, "PRAGMA journal_mode", "delete");
	assert_sql(s, "PRAGMA synchronous", "2");
	assert_sql(s, "PRAGMA trusted_schema", "0");
	assert_sql(s, "PRAGMA cell_size_check", "1");
	struct feed f;
	feed_init(&f);
	ADD(&f, CAPTURE, capture, .status = IQ_LIT("ok"), .path = IQ_LIT("x"));
	apply(s, &f);
	iq_store_close(s);
	s = open_store(path, IQ_STORE_READ);
	assert_sql(s, "SELECT path FROM v1_capture", "x");
	struct iq_err err = { 0 };
	assert_int_equal(iq_store_apply(s, &f.source, NULL, &err), -1);
	assert_int_equal(sqlite3_exec(iq_store_db(s), "DELETE FROM capture", NULL, NULL, NULL),
			 SQLITE_READONLY);
	iq_store_close(s);
	s = open_store(path, IQ_STORE_WRITE);	/* again: nothing to upgrade */
	assert_sql(s, "SELECT count(*) FROM v1_capture", "1");
	iq_store_close(s);
	feed_fini(&f);
}

static void test_refusals(void **state)
{
	(void)state;
	const char *dir = feed_mkdir();
	refused(feed_path(dir, "nowhere.db"), IQ_STORE_READ, "no such store");
	refused(feed_path(dir, "no/where.db"), IQ_STORE_WRITE, "No such file");
	refused(dir, IQ_STORE_READ, "not an inquest store");
	refused(dir, IQ_STORE_WRITE, "not an inquest store");
	assert_int_equal(access(feed_path(dir, "nowhere.db"), F_OK), -1);

	const char *p = feed_path(dir, "empty.db");
	write_file(p, "", 0);
	refused(p, IQ_STORE_READ, "empty");
	iq_store_close(open_store(p, IQ_STORE_WRITE));		/* as sqlite3 would */

	p = feed_path(dir, "text.db");
	write_file(p, "Jan  1 00:00:00 web kernel: hello\n", 34);
	unchanged_after_refusal(p, "not an inquest store");

	p = feed_path(dir, "foreign.db");
	sql_file(p, "CREATE TABLE capture(id); PRAGMA user_version = 1");
	unchanged_after_refusal(p, "not an inquest store");

	p = feed_path(dir, "half.db");		/* an application id and nothing else */
	sql_file(p, "PRAGMA application_id = 1229869395; CREATE TABLE t(x)");
	unchanged_after_refusal(p, "not an inquest store");
}

static void test_other_steps(void **state)
{
	(void)state;
	const char *dir = feed_mkdir();
	const char *p = feed_path(dir, "newer.db");
	iq_store_close(open_store(p, IQ_STORE_WRITE));
	sql_file(p, "PRAGMA user_version = 4711");
	unchanged_after_refusal(p, "newer inquest (schema step 4711");

	/* step 1 of 2 or more: the rest and the views are made on write */
	p = feed_path(dir, "older.db");
	sql_file(p, "BEGIN; PRAGMA application_id = 1229869395; PRAGMA user_version = 1");
	char *sql = sqlite3_mprintf("%s; CREATE VIEW v1_old AS SELECT 1;"
				    "CREATE VIEW \"v1_o\"\"dd\" AS SELECT 1;"
				    "PRAGMA application_id = 1229869395; PRAGMA user_version = 1",
				    iq_schema_steps[0].sql);
	sql_file(p, sql);
	sqlite3_free(sql);
	refused(p, IQ_STORE_READ, "older inquest");
	struct iq_store *s = open_store(p, IQ_STORE_WRITE);
	assert_sql(s, "SELECT count(*) FROM v1_event", "0");
	assert_sql(s, "SELECT count(*) FROM sqlite_schema WHERE name GLOB 'v1_o*'"
		   " AND name <> 'v1_oom'", "0");
	assert_sql(s, "SELECT count(*) FROM sqlite_schema WHERE name = 'event_verdict'", "1");
	iq_store_close(s);
}

static void test_damaged(void **state)
{
	(void)state;
	const char *dir = feed_mkdir();
	const char *p = feed_path(dir, "damaged.db");
	iq_store_close(open_store(p, IQ_STORE_WRITE));
	int fd = open(p, O_WRONLY);
	char junk[4096];
	memset(junk, 0xa5, sizeof junk);
	for (int page = 1; page < 40; page++)
		assert_int_equal(pwrite(fd, junk, sizeof junk, page * 4096), sizeof junk);
	assert_int_equal(pwrite(fd, junk, 3900, 196), 3900);	/* the schema's page, too */
	close(fd);
	refused(p, IQ_STORE_READ, "damaged");
}

/* Names that SQLite would take for something else. */
static void test_odd_names(void **state)
{
	(void)state;
	static const char *const names[] = { "file:x.db?mode=memory", ":memory:", "a b'\"%.db" };
	const char *dir = feed_mkdir();
	char *here = getcwd(NULL, 0);
	assert_int_equal(chdir(dir), 0);
	for (size_t i = 0; i < 3; i++) {
		iq_store_close(open_store(names[i], IQ_STORE_WRITE));
		assert_int_equal(access(names[i], F_OK), 0);
		iq_store_close(open_store(names[i], IQ_STORE_READ));
	}
	assert_int_equal(chdir(here), 0);
	free(here);
}

/* A store that somebody put into WAL mode goes back at the next import. */
static void test_wal_goes_back(void **state)
{
	(void)state;
	const char *dir = feed_mkdir();
	const char *p = feed_path(dir, "wal.db");
	iq_store_close(open_store(p, IQ_STORE_WRITE));
	sql_file(p, "PRAGMA journal_mode = WAL");
	iq_store_close(open_store(p, IQ_STORE_READ));
	struct iq_store *s = open_store(p, IQ_STORE_WRITE);
	assert_sql(s, "PRAGMA journal_mode", "delete");
	iq_store_close(s);
}

/* A child that dies in the middle of a transaction, its pages already in the file. */
static void leave_hot_journal(const char *path)
{
	pid_t pid = fork();
	if (pid == 0) {
		sqlite3 *db;
		if (sqlite3_open(path, &db) == SQLITE_OK)
			sqlite3_exec(db, "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN;"
				     "DELETE FROM capture;"
				     "CREATE TABLE junk(x);"
				     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
				     " FROM n LIMIT 2000) INSERT INTO junk SELECT zeroblob(900)"
				     " FROM n; UPDATE junk SET x = zeroblob(901)",
				     NULL, NULL, NULL);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void test_hot_journal(void **state)
{
	(void)state;
	const char *dir = feed_mkdir();
	const char *p = feed_path(dir, "hot.db"), *journal = feed_path(dir, "hot.db-journal");
	struct iq_store *s = open_store(p, IQ_STORE_WRITE);
	struct feed f;
	feed_init(&f);
	ADD(&f, CAPTURE, capture, .status = IQ_LIT("ok"), .path = IQ_LIT("x"));
	apply(s, &f);
	iq_store_close(s);
	leave_hot_journal(p);
	struct stat st;
	assert_int_equal(stat(journal, &st), 0);
	assert_true(st.st_size > 512);
	s = open_store(p, IQ_STORE_READ);
	assert_sql(s, "SELECT path FROM v1_capture", "x");
	assert_sql(s, "SELECT count(*) FROM sqlite_schema WHERE name = 'junk'", "0");
	iq_store_close(s);
	assert_int_equal(stat(journal, &st), -1);
	feed_fini(&f);
}

/* Locked by another for longer than anybody waits: here by making the wait short. */
static void test_in_use(void **state)
{
	(void)state;
	const char *dir = feed_mkdir();
	const char *p = feed_path(dir, "busy.db");
	struct iq_store *a = open_store(p, IQ_STORE_WRITE), *b = open_store(p, IQ_STORE_WRITE);
	struct iq_err err = { 0 };
	assert_int_equal(iq_store_begin(a, &err), 0);
	sqlite3_busy_timeout(iq_store_db(b), 10);
	assert_int_equal(sqlite3_exec(iq_store_db(b), "BEGIN IMMEDIATE", NULL, NULL, NULL),
			 SQLITE_BUSY);
	/* reading goes on meanwhile */
	struct iq_store *r = open_store(p, IQ_STORE_READ);
	assert_sql(r, "SELECT count(*) FROM v1_capture", "0");
	iq_store_close(r);
	iq_store_rollback(a);
	assert_int_equal(iq_store_begin(b, &err), 0);
	assert_int_equal(iq_store_commit(b, &err), 0);
	iq_store_close(a);
	iq_store_close(b);
}

static int put(struct iq_store *s)
{
	struct iq_err err;
	return iq_store_begin(s, &err) ||
	       sqlite3_exec(iq_store_db(s), "INSERT INTO host(name) VALUES('web1')", NULL, NULL,
			    NULL) || iq_store_commit(s, &err);
}

/* Commits that are held are one: others see nothing of it before the end, and all after;
 * an error takes back everything. */
static void test_held(void **state)
{
	(void)state;
	const char *p = feed_path(feed_mkdir(), "held.db");
	struct iq_store *s = open_store(p, IQ_STORE_WRITE), *r = open_store(p, IQ_STORE_READ);
	struct iq_err err = { 0 };
	iq_store_hold(s);
	assert_int_equal(put(s), 0);
	assert_int_equal(put(s), 0);
	assert_sql(r, "SELECT count(*) FROM v1_host", "0");
	assert_int_equal(iq_store_release(s, &err), 0);
	assert_sql(r, "SELECT count(*) FROM v1_host", "2");
	assert_int_equal(put(s), 0);		/* on its own again */
	assert_sql(r, "SELECT count(*) FROM v1_host", "3");
	iq_store_hold(s);
	assert_int_equal(put(s), 0);
	assert_int_equal(iq_store_begin(s, &err), 0);
	iq_store_rollback(s);
	assert_int_equal(iq_store_release(s, &err), 0);
	assert_sql(r, "SELECT count(*) FROM v1_host", "3");
	iq_store_close(r);
	iq_store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made_and_read),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_other_steps),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_odd_names),
		cmocka_unit_test(test_wal_goes_back),
		cmocka_unit_test(test_hot_journal),
		cmocka_unit_test(test_in_use),
		cmocka_unit_test(test_held),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
