/* tests/analyze/test_run.c - analysis from facts to findings: good plugins, plugins
 * that crash, hang and pry, rules, and what the store looks like afterwards.
 */
#include <sys/stat.h>

#include "world.h"

static char plugin_root[300];

struct told {
	char text[8192];
	int64_t done, all;
};

static void on_remark(void *arg, const char *text)
{
	struct told *t = arg;
	size_t n = strlen(t->text);

	snprintf(t->text + n, sizeof(t->text) - n, "%s\n", text);
}

static void on_progress(void *arg, int64_t done, int64_t all)
{
	struct told *t = arg;

	t->done = done;
	t->all = all;
}

static const char *dir_of(const char *variant)
{
	static char path[8][400];
	static unsigned turn;
	char *p = path[turn++ % COUNT(path)];

	snprintf(p, sizeof(path[0]), "%s/%s", plugin_root, variant);
	return p;
}

static void analyze(struct iq_store *s, const char *const *dirs, bool again,
		    const char *const *only, struct told *t)
{
	struct iq_analyze_opts opts = {
		.plugin_dirs = dirs, .only = only, .again = again, .cpu_ms = 1500,
		.wall_ms = 20000, .remark = on_remark, .progress = on_progress, .arg = t,
	};
	struct iq_err err = { 0 };

	*t = (struct told){ 0 };
	if (iq_analyze(s, &opts, &err))
		fail_msg("%s", err.text);
}

static struct iq_store *five_events(const char *path)
{
	struct feed f;

	world_begin(&f, "aa", "web-3", "5.10.0");
	for (int64_t i = 1; i <= 5; i++)
		world_v10(&f, i, 1000 + i);
	return world_end(&f, path);
}

#define VERDICTS "SELECT group_concat(coalesce(verdict, 'none'), ' ') FROM " \
	"(SELECT verdict FROM v1_event ORDER BY event_id)"

static void findings(struct iq_store *s)
{
	assert_sql(s, VERDICTS, "cgroup-limit cgroup-limit cgroup-limit cgroup-limit "
		   "cgroup-limit");
	assert_sql(s, "SELECT title FROM v1_event WHERE event_id = 1",
		   "cgroup /pod at its limit of 512 MiB");
	assert_sql(s, "SELECT explanation || holder || advice FROM v1_finding "
		   "WHERE event_id = 2 AND role = 'cause'",
		   "One. Two 2.processes[\"raise it above 512 MiB\"]");
	assert_sql(s, "SELECT group_concat(line) FROM v1_evidence JOIN v1_finding "
		   "USING (finding_id) WHERE event_id = 3 AND role = 'cause'", "300,331");
	assert_sql(s, "SELECT what || '|' || how_to_collect FROM v1_missing WHERE event_id = 1",
		   "nothing|by looking");
	assert_sql(s, "SELECT title FROM v1_finding WHERE event_id = 1 AND "
		   "role = 'contributing'", "3 of 3 ranked, first 102, agrees 1, spare 914");
	assert_sql(s, "SELECT group_concat(pid || ':' || rank || ':' || badness_pages || ':' "
		   "|| killed, ' ') FROM (SELECT * FROM v1_task_choice JOIN v1_task "
		   "USING (task_id) WHERE event_id = 1 ORDER BY rank)",
		   "102:1:131310:1 100:2:120100:0 101:3:-121708:0");
}

static void good_in_memory(void **state)
{
	const char *dirs[] = { dir_of("good"), NULL };
	struct iq_store *s = five_events(NULL);
	struct told t;

	(void)state;
	analyze(s, dirs, false, NULL, &t);
	assert_string_equal(t.text, "");
	assert_int_equal(t.done, 5);
	assert_int_equal(t.all, 5);
	findings(s);
	assert_sql(s, "SELECT title FROM v1_finding WHERE role = 'notice'", "host web-3");
	/* Nothing new: nothing done.  Again: the same, not twice. */
	analyze(s, dirs, false, NULL, &t);
	assert_int_equal(t.all, 0);
	analyze(s, dirs, true, NULL, &t);
	assert_int_equal(t.all, 5);
	findings(s);
	assert_sql(s, "SELECT count(*) FROM v1_finding", "11");
	iq_store_close(s);
}

static void good_in_a_file(void **state)
{
	const char *dirs[] = { dir_of("good"), NULL };
	const char *dir = feed_mkdir(), *path = strdup(feed_path(dir, "s.db"));
	struct iq_store *s = five_events(path);
	struct told t;

	(void)state;
	analyze(s, dirs, false, NULL, &t);
	assert_string_equal(t.text, "");
	findings(s);
	iq_store_close(s);
	unlink(path);
	rmdir(dir);
	free((char *)path);
}

static void nobody_knows(void **state)
{
	const char *dirs[] = { NULL };
	struct iq_store *s;
	struct told t;
	struct feed f;

	(void)state;
	world_begin(&f, "bb", "h", NULL);
	world_event(&f, 1, "oom-kill", 5);
	world_line(&f, 1, 7, "killed 5", "Killed process 5 (x)");
	((struct iq_event *)f.items[4].fact)->missing = IQ_LIT("headline,table,whatever");
	world_event(&f, 2, "panic", 6);
	s = world_end(&f, NULL);
	analyze(s, dirs, false, NULL, &t);
	assert_sql(s, VERDICTS, "unknown unknown");
	assert_sql(s, "SELECT text FROM v1_evidence JOIN v1_finding USING (finding_id) WHERE "
		   "event_id = 1", "Killed process 5 (x)");
	assert_sql(s, "SELECT view_name || row_id FROM v1_evidence JOIN v1_finding USING "
		   "(finding_id) WHERE event_id = 2", "v1_event2");
	assert_sql(s, "SELECT count(*) FROM v1_missing WHERE event_id = 1", "3");
	assert_sql(s, "SELECT count(*) FROM v1_missing WHERE what LIKE '%task table%' AND "
		   "how_to_collect LIKE '%oom_dump_tasks%'", "1");
	assert_sql(s, "SELECT plugin || ' ' || confidence FROM v1_finding", "inquest guess");
	iq_store_close(s);
}

/* One crashes at the second event, one ends itself always, one spins: each costs its
 * own findings alone. */
static void bad_company(void **state)
{
	const char *dirs[] = { dir_of("crash"), dir_of("always"), dir_of("hang"),
			       dir_of("good"), dir_of("old"), NULL };
	const char *file_dir = feed_mkdir(), *path = strdup(feed_path(file_dir, "s.db"));

	(void)state;
	for (int in_file = 0; in_file < 2; in_file++) {
		struct iq_store *s = five_events(in_file ? path : NULL);
		struct told t;
		analyze(s, dirs, false, NULL, &t);
		findings(s);
		assert_non_null(strstr(t.text, "plugin crash: event 2: crashed: Aborted"));
		assert_non_null(strstr(t.text, "plugin crash: event 1: failed on purpose"));
		assert_non_null(strstr(t.text, "plugin always: event 5: ended its process "
				       "with status 3; its findings here are left out, and "
				       "it is not asked again"));
		assert_non_null(strstr(t.text, "plugin hang: event 1: took more than 1.5 s"));
		assert_non_null(strstr(t.text, "old.so: built for plugin ABI 0"));
		assert_sql(s, "SELECT count(*) FROM v1_finding WHERE plugin <> 'good'", "0");
		iq_store_close(s);
	}
	unlink(path);
	rmdir(file_dir);
	free((char *)path);
}

static void refused_and_prying(void **state)
{
	const char *dirs[] = { dir_of("bare"), dir_of("nosy"), NULL };
	const char *dir = feed_mkdir(), *path = strdup(feed_path(dir, "s.db"));

	(void)state;
	for (int in_file = 0; in_file < 2; in_file++) {
		struct iq_store *s = five_events(in_file ? path : NULL);
		struct told t;
		analyze(s, dirs, false, NULL, &t);
		assert_sql(s, VERDICTS, "unknown unknown unknown unknown unknown");
		assert_sql(s, "SELECT count(*) FROM v1_finding WHERE plugin = 'bare'", "0");
		assert_non_null(strstr(t.text, "plugin bare: event 1: "));
		assert_null(strstr(t.text, "plugin bare: event 1: 3 refused"));
		if (!strstr(t.text, "plugin nosy: event 1: all as it should be"))
			fail_msg("%s", t.text);
		iq_store_close(s);
	}
	unlink(path);
	rmdir(dir);
	free((char *)path);
}

/* --- rules --- */

static void put_rule(const char *dir, const char *name, const char *head, const char *sql)
{
	FILE *f = fopen(feed_path(dir, name), "w");

	assert_non_null(f);
	fprintf(f, "-- rule: %.*s\n-- severity: warning\n%s\n%s\n", (int)strcspn(name, "."),
		name, head, sql);
	fclose(f);
}

static void rules(void **state)
{
	const char *dir = feed_mkdir();
	const char *dirs[] = { dir, NULL };
	struct iq_store *s = five_events(NULL);
	struct told t;
	char cmd[400];

	(void)state;
	put_rule(dir, "limit.sql", "-- verdict: cgroup-limit\n-- confidence: certain\n"
		 "-- role: cause\n-- holder: processes\n-- applies-to: oom-kill\n"
		 "-- title: {cgroup_limited} at {limit_bytes:bytes} ({unseen})\n"
		 "-- advice: more than {limit_bytes}",
		 "SELECT l.capture_id, l.member, l.line, l.text, o.cgroup_limited,"
		 " o.limit_bytes, NULL AS unseen FROM v1_oom o JOIN v1_event_line l"
		 " USING (event_id) WHERE o.event_id = :event_id AND l.role IN"
		 " ('headline', 'summary') ORDER BY l.line");
	put_rule(dir, "never.sql", "-- verdict: never\n-- confidence: certain\n"
		 "-- role: cause\n-- applies-to: *\n-- title: never",
		 "SELECT 'x' AS text FROM v1_oom WHERE event_id = -:event_id");
	put_rule(dir, "view.sql", "-- verdict: viewed\n-- confidence: likely\n"
		 "-- applies-to: oom-kill\n-- title: {n} tasks",
		 "SELECT 'v1_oom' AS view_name, :event_id AS row_id, 'counted' AS text,"
		 " count(*) AS n FROM v1_task_choice WHERE event_id = :event_id");
	put_rule(dir, "column.sql", "-- verdict: x\n-- confidence: likely\n"
		 "-- applies-to: oom-kill\n-- title: {nowhere}",
		 "SELECT 'x' AS text, :event_id");
	put_rule(dir, "prying.sql", "-- verdict: x\n-- confidence: likely\n"
		 "-- applies-to: oom-kill\n-- title: t",
		 "SELECT text FROM event_line WHERE event_id = :event_id");
	put_rule(dir, "other.sql", "-- verdict: x\n-- confidence: certain\n-- role: cause\n"
		 "-- applies-to: panic\n-- title: t", "SELECT 'x' AS text, :event_id");
	put_rule(dir, "machine.sql", "-- verdict: busy\n-- confidence: certain\n"
		 "-- applies-to: host\n-- title: {name} had {n} events",
		 "SELECT 'v1_host' AS view_name, h.host_id AS row_id, h.name, count(*) AS n"
		 " FROM v1_host h JOIN v1_event USING (host_id) WHERE host_id = :host_id");
	/* the store has what a log says, and no dump: this one is not even prepared */
	put_rule(dir, "snap.sql", "-- verdict: y\n-- confidence: likely\n-- needs: log\n"
		 "-- applies-to: oom-kill\n-- title: t",
		 "SELECT 'x' AS text WHERE :event_id = 5");
	put_rule(dir, "nodump.sql", "-- verdict: y\n-- confidence: likely\n-- needs: vmcore\n"
		 "-- applies-to: oom-kill\n-- title: t", "SELECT nonsense");
	analyze(s, dirs, false, NULL, &t);
	if (strstr(t.text, "limit") || strstr(t.text, "nodump"))
		fail_msg("%s", t.text);
	assert_sql(s, VERDICTS, "cgroup-limit cgroup-limit cgroup-limit cgroup-limit "
		   "cgroup-limit");
	assert_sql(s, "SELECT title || advice FROM v1_finding WHERE rule = 'limit'",
		   "/pod at 512 MiB (?)[\"more than 536870912\"]");
	assert_sql(s, "SELECT group_concat(line) FROM v1_evidence JOIN v1_finding "
		   "USING (finding_id) WHERE event_id = 4 AND rule = 'limit'", "400,430");
	assert_sql(s, "SELECT title || text || view_name || row_id FROM v1_finding JOIN "
		   "v1_evidence USING (finding_id) WHERE rule = 'view' AND event_id = 5",
		   "3 taskscountedv1_oom5");
	assert_sql(s, "SELECT title || role FROM v1_finding WHERE plugin = 'machine'",
		   "web-3 had 5 eventsnotice");
	assert_sql(s, "SELECT event_id FROM v1_finding WHERE rule = 'snap'", "5");
	assert_sql(s, "SELECT count(*) FROM v1_finding", "12");
	assert_non_null(strstr(t.text, "plugin column: event 1: the SELECT has no column "
			       "`nowhere`"));
	assert_non_null(strstr(t.text, "plugin prying: event 1: "));
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", dir);
	assert_int_equal(system(cmd), 0);
	iq_store_close(s);
}

/* --only asks one again and leaves what the others said. */
static void only_one(void **state)
{
	const char *dir = feed_mkdir();
	const char *dirs[] = { dir, dir_of("good"), NULL };
	static const char *const only[] = { "weak", NULL }, *const none[] = { "nobody", NULL };
	struct iq_store *s = five_events(NULL);
	struct iq_analyze_opts opts = { .plugin_dirs = dirs, .only = none };
	struct iq_err err = { 0 };
	struct told t;
	char cmd[400];

	(void)state;
	put_rule(dir, "weak.sql", "-- verdict: transient\n-- confidence: likely\n-- role: cause"
		 "\n-- applies-to: oom-kill\n-- title: before", "SELECT 'x' AS text, :event_id");
	analyze(s, dirs, false, NULL, &t);
	findings(s);
	put_rule(dir, "weak.sql", "-- verdict: swap-full\n-- confidence: likely\n"
		 "-- applies-to: oom-kill\n-- title: after", "SELECT 'x' AS text, :event_id");
	analyze(s, dirs, true, only, &t);
	assert_sql(s, VERDICTS, "cgroup-limit cgroup-limit cgroup-limit cgroup-limit "
		   "cgroup-limit");
	assert_sql(s, "SELECT group_concat(title) FROM v1_finding WHERE plugin = 'weak' AND "
		   "event_id < 3", "after,after");
	assert_sql(s, "SELECT group_concat(line) FROM v1_evidence JOIN v1_finding "
		   "USING (finding_id) WHERE event_id = 3 AND role = 'cause'", "300,331");
	assert_sql(s, "SELECT count(*) FROM v1_missing", "5");
	assert_sql(s, "SELECT count(*) FROM v1_task_choice", "15");
	assert_sql(s, "SELECT count(*) FROM v1_finding WHERE role = 'notice'", "1");
	assert_int_equal(iq_analyze(s, &opts, &err), -1);
	assert_int_equal(err.code, IQ_E_USAGE);
	assert_non_null(strstr(err.text, "no plugin named nobody"));
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", dir);
	assert_int_equal(system(cmd), 0);
	iq_store_close(s);
}

/* More than one batch, and hosts that do not mix. */
static void many(void **state)
{
	const char *dirs[] = { dir_of("good"), dir_of("crash"), NULL };
	struct iq_store *s;
	struct told t;
	struct feed f;

	(void)state;
	world_begin(&f, "cc", "h", "5.10.0");
	for (int64_t i = 1; i <= 150; i++)
		world_v10(&f, i, 1000 + i);
	s = world_end(&f, NULL);
	analyze(s, dirs, false, NULL, &t);
	assert_sql(s, "SELECT count(*) FROM v1_event WHERE verdict = 'cgroup-limit'", "150");
	assert_sql(s, "SELECT count(*) FROM v1_finding", "301");
	assert_non_null(strstr(t.text, "and it is not asked again"));
	iq_store_close(s);
}

int main(void)
{
	const char *build = getenv("builddir");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_in_memory), cmocka_unit_test(good_in_a_file),
		cmocka_unit_test(nobody_knows), cmocka_unit_test(bad_company),
		cmocka_unit_test(refused_and_prying), cmocka_unit_test(rules),
		cmocka_unit_test(only_one), cmocka_unit_test(many),
	};

	snprintf(plugin_root, sizeof(plugin_root), "%s/tests/analyze/plugins",
		 build ? build : ".");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
