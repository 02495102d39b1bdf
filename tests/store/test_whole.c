/* tests/store/test_whole.c - a store is whole whatever happens to those who write it:
 * killed at any moment, two at once, no room left.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "feed.h"

/* At least so many kills; more, up to MOST, until one of them left a journal. */
#define ROUNDS 50
#define MOST 1000

static void add_capture(struct feed *f, const char *sha, int64_t rows)
{
	ADD(f, CAPTURE, capture, .status = IQ_LIT("ok"), .sha256 = iq_slice_z(sha));
	ADD(f, MEMBER, member, .id = 1, .name = IQ_LIT(""));
	ADD(f, HOST, host, .id = 1, .name = IQ_LIT("web"));
	ADD(f, BOOT, boot, .id = 1, .host_id = 1, .boot_uuid = IQ_LIT("u"));
	ADD(f, EVENT, event, .id = 1, .boot_id = 1, .fingerprint = IQ_LIT("f"), .mono_us = 5);
	ADD(f, SNAPSHOT, snapshot, .id = 1, .boot_id = 1);
	for (int64_t i = 1; i <= rows; i++) {
		ADD(f, LOG, log, .member_id = 1, .boot_id = 1, .line = i, .mono_us = i,
		    .text = IQ_LIT("a line of kernel log, as long as such lines are wont to be"));
		ADD(f, TASK, task, .snapshot_id = 1, .pid = i, .comm = IQ_LIT("java"));
	}
}

/* Everything of each capture is there or nothing of it. */
static void check_whole(const char *path, int64_t rows)
{
	char want[40];
	struct iq_store *s = open_store(path, IQ_STORE_READ);
	assert_sql(s, "PRAGMA integrity_check", "ok");
	assert_sql(s, "SELECT count(*) FROM pragma_foreign_key_check", "0");
	int64_t captures = atoll(ask(s, "SELECT count(*) FROM v1_capture"));
	snprintf(want, sizeof want, "%lld", (long long)(captures * rows));
	assert_sql(s, "SELECT count(*) FROM v1_log", want);
	assert_sql(s, "SELECT count(*) FROM v1_task", want);
	snprintf(want, sizeof want, "%lld", (long long)captures);
	assert_sql(s, "SELECT count(*) FROM v1_sighting", want);
	iq_store_close(s);
}

static int64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* In a child: imports one capture after the other; never returns. */
static void import_for_ever(const char *path, struct feed *f)
{
	struct iq_store *s = NULL;
	if (iq_store_open(path, IQ_STORE_WRITE, &s, NULL) < 0)
		_exit(1);
	/* a small cache: pages reach the file long before the commit */
	sqlite3_exec(iq_store_db(s), "PRAGMA cache_size = 20", NULL, NULL, NULL);
	for (unsigned i = 0;; i++) {
		char sha[40];
		struct iq_capture *c = f->items[0].fact;
		snprintf(sha, sizeof sha, "%d-%u", (int)getpid(), i);
		c->sha256 = iq_slice_z(sha);
		f->rewinds = 0;
		if (iq_store_apply(s, &f->source, NULL, NULL) < 0)
			_exit(1);
	}
}

static void test_killed_at_any_moment(void **state)
{
	(void)state;
	const char *path = feed_path(feed_mkdir(), "killed.db");
	struct feed f;
	unsigned seed = 4711, journals = 0;
	feed_init(&f);
	add_capture(&f, "x", 300);
	unsigned round = 0;
	for (; round < ROUNDS || (!journals && round < MOST); round++) {
		seed = seed * 1103515245 + 12345;
		int64_t wait = 300 + (seed >> 8) % 30000;
		pid_t pid = fork();
		if (pid == 0)
			import_for_ever(path, &f);
		int64_t until = now_us() + wait;
		while (now_us() < until)
			usleep(100);
		int status;
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		assert_true(WIFSIGNALED(status));
		char journal[300];
		snprintf(journal, sizeof journal, "%s-journal", path);
		journals += access(journal, F_OK) == 0;
		struct iq_store *s = NULL;
		struct iq_err err = { 0 };
		/* it may have died before there was a store */
		if (iq_store_open(path, IQ_STORE_READ, &s, &err) == 0) {
			iq_store_close(s);
			check_whole(path, 300);
		} else {
			assert_true(strstr(err.text, "no such store") ||
				    strstr(err.text, "empty"));
		}
	}
	print_message("%u of %u left a journal\n", journals, round);
	assert_true(journals > 0);
	struct iq_store *s = open_store(path, IQ_STORE_WRITE);
	f.items[0].fact = memcpy(f.items[0].fact, &(struct iq_capture){ .status = IQ_LIT("ok"),
				 .size_bytes = IQ_NULL }, sizeof(struct iq_capture));
	apply(s, &f);
	iq_store_close(s);
	check_whole(path, 300);
	feed_fini(&f);
}

/* Two processes, ten captures each, half of them the same bytes. */
static void import_ten(const char *path, struct feed *f, char who)
{
	struct iq_store *s = NULL;
	if (iq_store_open(path, IQ_STORE_WRITE, &s, NULL) < 0)
		_exit(1);
	for (int i = 0; i < 10; i++) {
		char sha[40];
		struct iq_capture *c = f->items[0].fact;
		snprintf(sha, sizeof sha, "%c%d", i < 5 ? who : 's', i);
		c->sha256 = iq_slice_z(sha);
		f->rewinds = 0;
		if (iq_store_apply(s, &f->source, NULL, NULL) < 0)
			_exit(2);
	}
	iq_store_close(s);
	_exit(0);
}

static void test_two_writers(void **state)
{
	(void)state;
	const char *path = feed_path(feed_mkdir(), "two.db");
	struct feed f;
	pid_t pid[2];
	feed_init(&f);
	add_capture(&f, "x", 500);
	for (int i = 0; i < 2; i++)
		if ((pid[i] = fork()) == 0)
			import_ten(path, &f, (char)('a' + i));
	for (int i = 0; i < 2; i++) {
		int status;
		waitpid(pid[i], &status, 0);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	check_whole(path, 500);
	struct iq_store *s = open_store(path, IQ_STORE_READ);
	assert_sql(s, "SELECT count(*) FROM v1_capture", "15");
	/* one happening, seen fifteen times */
	assert_sql(s, "SELECT count(*) FROM v1_event", "1");
	assert_sql(s, "SELECT seen_count FROM v1_event", "15");
	iq_store_close(s);
	feed_fini(&f);
}

/* No room: a file may not grow beyond what it is.  In a child, for the limit. */
static void fill_up(const char *path, struct feed *f, rlim_t room)
{
	struct iq_store *s = NULL;
	struct iq_err err = { 0 };
	const struct rlimit limit = { room, room };
	signal(SIGXFSZ, SIG_IGN);
	if (iq_store_open(path, IQ_STORE_WRITE, &s, NULL) < 0)
		_exit(1);
	sqlite3_exec(iq_store_db(s), "PRAGMA cache_size = 20", NULL, NULL, NULL);
	setrlimit(RLIMIT_FSIZE, &limit);
	if (iq_store_apply(s, &f->source, NULL, &err) == 0)
		_exit(2);
	if (err.code != IQ_E_STORE && err.code != IQ_E_IO)
		_exit(3);
	if (!strstr(err.text, path) || strchr(err.text, '\n'))
		_exit(4);
	/* still to be used */
	sqlite3_stmt *st = NULL;
	if (iq_store_prepare_readonly(s, IQ_LIT("SELECT count(*) FROM v1_log"), &st, NULL,
				      &err) < 0 || sqlite3_step(st) != SQLITE_ROW)
		_exit(5);
	_exit(0);
}

static void test_no_room(void **state)
{
	(void)state;
	const char *path = feed_path(feed_mkdir(), "full.db");
	struct feed small, large;
	struct stat st;
	feed_init(&small);
	feed_init(&large);
	add_capture(&small, "small", 100);
	add_capture(&large, "large", 100);
	for (int i = 0; i < 20000; i++)
		feed_add(&large, IQ_FACT_LOG, large.items[6].fact);
	struct iq_store *s = open_store(path, IQ_STORE_WRITE);
	apply(s, &small);
	iq_store_close(s);
	stat(path, &st);
	for (rlim_t more = 0; more < 10; more++) {
		pid_t pid = fork();
		int status;
		if (pid == 0)
			fill_up(path, &large, (rlim_t)st.st_size + more * more * 5000);
		waitpid(pid, &status, 0);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
		check_whole(path, 100);
	}
	feed_fini(&small);
	feed_fini(&large);
}

/* SQLite's own word for a full disk. */
static void test_full(void **state)
{
	(void)state;
	const char *path = feed_path(feed_mkdir(), "pages.db");
	struct feed f;
	struct iq_err err = { 0 };
	feed_init(&f);
	add_capture(&f, "x", 3000);
	struct iq_store *s = open_store(path, IQ_STORE_WRITE);
	sqlite3_exec(iq_store_db(s), "PRAGMA max_page_count = 1", NULL, NULL, NULL);
	assert_int_equal(iq_store_apply(s, &f.source, NULL, &err), -1);
	assert_non_null(strstr(err.text, "no room left on the disk; nothing of this was stored"));
	assert_sql(s, "SELECT count(*) FROM v1_capture", "0");
	iq_store_close(s);
	feed_fini(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed_at_any_moment),
		cmocka_unit_test(test_two_writers),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_full),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
