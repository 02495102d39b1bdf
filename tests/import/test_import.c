/* tests/import/test_import.c - captures into a store, by jailed children.
 *
 * The jail is started before anything else, as in the program.  Logs are the golden
 * cases (of our own kernels) and lines composed here.
 */
#include "../store/feed.h"

#include <dirent.h>

#include "import/import.h"

static struct iq_jail *jail;
static char complaints[4096];

static void complain(void *arg, const char *line)
{
	size_t n = strlen(complaints);
	(void)arg;
	snprintf(complaints + n, sizeof complaints - n, "%s\n", line);
}

static struct iq_import_result import_as(struct iq_store *s, const char *const *paths,
					 size_t n, enum iq_read_what what)
{
	struct iq_import_opts o = {
		.read = { .what = what, .limits = IQ_LIMITS_DEFAULT, .year = 2026,
			  .zone_offset_us = IQ_NULL },
		.jobs = 2, .complain = complain,
	};
	struct iq_import_result res = { 0 };
	struct iq_err err = { 0 };
	complaints[0] = 0;
	if (iq_import(jail, s, paths, n, &o, &res, &err))
		fail_msg("%s", err.text);
	return res;
}

static struct iq_import_result import_one(struct iq_store *s, const char *path)
{
	return import_as(s, &path, 1, IQ_READ_IMPORT);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* composed */
#define KILL(host, mono, pid, comm)						\
	"Mar  7 02:43:11 " host " kernel: [" mono "] Out of memory: Killed process "	\
	pid " (" comm ") total-vm:4096kB, anon-rss:1024kB, file-rss:0kB, "		\
	"shmem-rss:0kB, UID:0 pgtables:44kB oom_score_adj:0\n"

/* --- the same again --- */

static void the_same_bytes_change_nothing(void **state)
{
	(void)state;
	const char *dir = feed_mkdir();
	const char *a = feed_path(dir, "a.log"), *b = feed_path(dir, "copy");
	struct iq_store *s = open_store("", IQ_STORE_MEMORY);
	write_file(a, KILL("web", "  100.000001", "5", "java"));
	write_file(b, KILL("web", "  100.000001", "5", "java"));
	struct iq_import_result r = import_one(s, a);
	assert_int_equal(r.applied, 1);
	assert_int_equal(r.events_new, 1);
	for (int i = 0; i < 2; i++) {
		r = import_one(s, i ? b : a);
		assert_int_equal(r.applied, 0);
		assert_int_equal(r.known, 1);
		assert_int_equal(r.useful, 1);
		assert_int_equal(r.events_new, 0);
	}
	assert_sql(s, "SELECT count(*) FROM v1_capture", "1");
	assert_sql(s, "SELECT seen_count FROM v1_event", "1");
	assert_sql(s, "SELECT count(*) FROM v1_log", "1");
	iq_store_close(s);
}

/* kern.log and syslog hold the same lines: one event, seen twice. */
static void one_happening_in_two_files(void **state)
{
	(void)state;
	const char *dir = feed_mkdir();
	struct iq_store *s = open_store("", IQ_STORE_MEMORY);
	const char *both = dir;
	write_file(feed_path(dir, "kern.log"), KILL("web", "  100.000001", "5", "java"));
	write_file(feed_path(dir, "syslog"),
		   "Mar  7 02:43:10 web sshd[812]: session opened\n"
		   KILL("web", "  100.000001", "5", "java"));
	struct iq_import_result r = import_as(s, &both, 1, IQ_READ_IMPORT);
	assert_int_equal(r.captures, 2);
	assert_int_equal(r.applied, 2);
	assert_sql(s, "SELECT count(*) FROM v1_event", "1");
	assert_sql(s, "SELECT seen_count FROM v1_event", "2");
	assert_sql(s, "SELECT group_concat(first_line) FROM (SELECT first_line "
		   "FROM v1_sighting ORDER BY 1)", "1,2");
	assert_sql(s, "SELECT count(*) FROM v1_victim", "1");
	iq_store_close(s);
}

/* The same words of two machines are two happenings; so are those of two boots. */
static void never_across_hosts_or_boots(void **state)
{
	(void)state;
	const char *dir = feed_mkdir();
	struct iq_store *s = open_store("", IQ_STORE_MEMORY);
	write_file(feed_path(dir, "central"), KILL("web", "  100.000001", "5", "java")
		   KILL("db", "  100.000001", "5", "java"));
	write_file(feed_path(dir, "boots"),
		   "Mar  7 01:00:00 app kernel: [    0.000000] Linux version 6.1.0 (a@b) #1\n"
		   KILL("app", "  100.000001", "5", "java")
		   "Mar  7 03:00:00 app kernel: [    0.000000] Linux version 6.1.0 (a@b) #1\n"
		   "Mar  7 03:01:40 app kernel: [  100.000001] Out of memory: Killed process "
		   "5 (java) total-vm:4096kB, anon-rss:1024kB, file-rss:0kB, shmem-rss:0kB, "
		   "UID:0 pgtables:44kB oom_score_adj:0\n");
	import_one(s, feed_path(dir, "central"));
	assert_sql(s, "SELECT count(*) FROM v1_event", "2");
	assert_sql(s, "SELECT group_concat(name) FROM (SELECT name FROM v1_host ORDER BY 1)",
		   "db,web");
	import_one(s, feed_path(dir, "boots"));
	assert_sql(s, "SELECT count(*) FROM v1_event", "4");
	assert_sql(s, "SELECT count(DISTINCT boot_id) FROM v1_event JOIN v1_host "
		   "USING (host_id) WHERE name = 'app'", "2");
	iq_store_close(s);
}

/* --- one fails --- */

static void a_bad_capture_costs_only_itself(void **state)
{
	(void)state;
	const char *dir = feed_mkdir();
	struct iq_store *s = open_store("", IQ_STORE_MEMORY);
	const char *const paths[] = {
		feed_path(dir, "not-there"), feed_path(dir, "a\x1b[31m.log"),
		feed_path(dir, "noise"),
	};
	write_file(paths[1], KILL("web", "  100.000001", "5", "java"));
	write_file(paths[2], "\x7f\x01\x02\x03\x04 nothing that anybody logs \x05\x06\x07");
	struct iq_import_result r = import_as(s, paths, 3, IQ_READ_IMPORT);
	assert_int_equal(r.useful, 1);
	assert_int_equal(r.failed, 2);
	assert_int_equal(r.events_new, 1);
	assert_non_null(strstr(complaints, "not-there: "));
	assert_non_null(strstr(complaints, "noise: "));
	assert_null(strchr(complaints, 0x1b));
	iq_store_close(s);
}

static void limits_are_told_and_what_was_read_stays(void **state)
{
	(void)state;
	const char *dir = feed_mkdir(), *path = feed_path(dir, "long.log.gz");
	char command[400];
	struct iq_store *s = open_store("", IQ_STORE_MEMORY);
	snprintf(command, sizeof command, "gzip -c >'%s'", path);
	FILE *f = popen(command, "w");
	assert_non_null(f);
	fputs(KILL("web", "  100.000001", "5", "java"), f);
	for (int i = 0; i < 50000; i++)
		fprintf(f, "Mar  7 02:44:00 web kernel: [%5d.000001] usb 1-1: new device\n",
			200 + i / 100);
	if (pclose(f))
		skip();			/* no gzip */
	struct iq_import_opts o = {
		.read = { .what = IQ_READ_IMPORT, .limits = IQ_LIMITS_DEFAULT,
			  .zone_offset_us = IQ_NULL }, .complain = complain,
	};
	o.read.limits.bytes = 1 << 20;
	struct iq_import_result r = { 0 };
	struct iq_err err = { 0 };
	complaints[0] = 0;
	assert_int_equal(iq_import(jail, s, &path, 1, &o, &r, &err), 0);
	assert_int_equal(r.damaged, 1);
	assert_int_equal(r.failed, 0);
	assert_int_equal(r.events_new, 1);
	assert_sql(s, "SELECT count(*) > 0 FROM v1_issue WHERE severity = 'limit'", "1");
	assert_sql(s, "SELECT status FROM v1_capture", "partial");
	assert_non_null(strstr(complaints, "limit"));
	iq_store_close(s);
}

/* --- shards --- */

static void shards_take_each_capture_once(void **state)
{
	(void)state;
	const char *dir = feed_mkdir();
	size_t all = 0;
	for (int i = 0; i < 12; i++) {
		char name[32], pid[16], line[400];
		snprintf(name, sizeof name, "%d.log", i);
		snprintf(pid, sizeof pid, "%d", i + 10);
		snprintf(line, sizeof line, "[  1%02d.000001] Out of memory: Killed process "
			 "%s (a) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, "
			 "UID:0 pgtables:4kB oom_score_adj:0\n", i, pid);
		write_file(feed_path(dir, name), line);
	}
	for (int k = 1; k <= 3; k++) {
		struct iq_store *s = open_store("", IQ_STORE_MEMORY);
		struct iq_import_opts o = {
			.read = { .what = IQ_READ_IMPORT, .limits = IQ_LIMITS_DEFAULT,
				  .zone_offset_us = IQ_NULL },
			.shard = k, .shards = 3, .complain = complain,
		};
		struct iq_import_result r = { 0 };
		struct iq_err err = { 0 };
		assert_int_equal(iq_import(jail, s, &dir, 1, &o, &r, &err), 0);
		assert_int_equal(r.failed, 0);
		assert_true(r.captures < 12);
		all += r.applied;
		iq_store_close(s);
	}
	assert_int_equal(all, 12);
}

/* --- the two ways to read --- */

/* `explain` passes over what it does not need; it must find what `import` finds. */
static void explain_and_import_tell_the_same(void **state)
{
	static const char *const facts =
		"SELECT group_concat(x, ';') FROM (SELECT kind || ' ' || coalesce(mono_us, '-') "
		"|| ' ' || coalesce(wall_us, '-') || ' ' || truncated || ' ' || "
		"coalesce((SELECT group_concat(pid) FROM v1_victim v WHERE v.event_id = "
		"e.event_id), '') || ' ' || (SELECT count(*) FROM v1_task t JOIN "
		"v1_event_snapshot es USING (snapshot_id) WHERE es.event_id = e.event_id) "
		"AS x FROM v1_event e ORDER BY mono_us, wall_us, kind)";
	const char *src = getenv("srcdir");
	char path[4096];
	size_t n = 0;
	(void)state;
	snprintf(path, sizeof path, "%s/tests/golden/cases", src ? src : ".");
	DIR *d = opendir(path);
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));) {
		size_t len = strlen(e->d_name);
		if (len < 4 || strcmp(e->d_name + len - 4, ".log"))
			continue;
		snprintf(path, sizeof path, "%s/tests/golden/cases/%s", src ? src : ".",
			 e->d_name);
		const char *one = path;
		struct iq_store *a = open_store("", IQ_STORE_MEMORY);
		struct iq_store *b = open_store("", IQ_STORE_MEMORY);
		import_as(a, &one, 1, IQ_READ_IMPORT);
		import_as(b, &one, 1, IQ_READ_EXPLAIN);
		const char *want = ask(a, facts), *got = ask(b, facts);
		if (strcmp(want, got))
			fail_msg("%s\nimport:  %s\nexplain: %s", e->d_name, want, got);
		iq_store_close(a);
		iq_store_close(b);
		n++;
	}
	closedir(d);
	assert_true(n > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_bytes_change_nothing),
		cmocka_unit_test(one_happening_in_two_files),
		cmocka_unit_test(never_across_hosts_or_boots),
		cmocka_unit_test(a_bad_capture_costs_only_itself),
		cmocka_unit_test(limits_are_told_and_what_was_read_stays),
		cmocka_unit_test(shards_take_each_capture_once),
		cmocka_unit_test(explain_and_import_tell_the_same),
	};
	struct iq_err err;
	if (iq_jail_start(iq_read_job, &jail, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 99;
	}
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	iq_jail_stop(jail);
	return failed;
}
