/* tests/analyze/test_dump.c - an event whose log was cut, and a dump of the machine made
 * soon after it: what stands in, what does not, what differs.
 */
#include "world.h"
#include "analyze/compute.h"
#include "analyze/host.h"

/* 25 s after the boot; the dump is snapshot 9. */
#define EVENT_S 25
enum { DUMP = 9 };

struct dumped {
	int64_t pid, tgid, rss, adj;
	const char *comm, *cgroup;
	bool kernel, no_memory;
	int64_t start_s;
};

static const struct dumped machine[] = {
	{ 1, 1, 500, 0, "systemd", "/init.scope", false, false, 1 },
	{ 2, 2, 0, 0, "kthreadd", "/", true, true, 1 },
	{ 100, 100, 121000, 0, "java", "/pod/a", false, false, 3 },
	{ 110, 100, 0, 0, "java-gc", "/pod/a", false, true, 3 },
	{ 101, 101, 9000, -998, "sidecar", "/pod", false, false, 3 },
	{ 103, 103, 90000, 0, "other", "/podium/x", false, false, 3 },
	{ 105, 105, 700, 0, "late", "/pod/a", false, false, 27 },
};

/* A machine of 1000 MB; what has less than 50, and stacks, are not told. */
static const struct {
	const char *scope, *name;
	int64_t mb;
} counters[] = {
	{ "host", "MemTotal", 1000 }, { "host", "Percpu", 49 }, { "host", "VmallocUsed", 800 },
	{ "vmalloc", "leaky_init [leak]", 300 }, { "vmalloc", "kernel_clone", 100 },
	{ "vmalloc", "small", 40 }, { "tmpfs /dev/shm", "resident", 60 },
	{ "tmpfs /dev/shm", "used", 61 }, { "tmpfs /dev/shm", "file /pg.1", 10 },
	{ "tmpfs /dev/shm", "file /pg.2", 40 }, { "tmpfs /run", "resident", 1 },
};

static int64_t lost_pid;		/* of a task that the dump lost; 0: it is whole */

static void add_dump(struct feed *f, int64_t after_s)
{
	ADD(f, SNAPSHOT, snapshot, .id = DUMP, .boot_id = 1, .source = TEXT("vmcore"),
	    .mono_us = (EVENT_S + after_s) * 1000000, .complete = lost_pid ? ZERO : 1);
	ADD(f, EVENT_SNAPSHOT, event_snapshot, .event_id = 1, .snapshot_id = DUMP,
	    .role = TEXT("dump"));
	for (size_t i = 0; i < COUNT(machine); i++) {
		const struct dumped *t = &machine[i];
		if (t->pid == lost_pid)
			continue;
		ADD(f, TASK, task, .snapshot_id = DUMP, .pid = t->pid, .tgid = t->tgid,
		    .uid = ZERO, .comm = iq_slice_z(t->comm),
		    .rss_bytes = t->no_memory ? 0 : zero(t->rss * PAGE),
		    .swap_bytes = t->no_memory ? 0 : ZERO,
		    .page_table_bytes = t->no_memory ? 0 : ZERO,
		    .oom_score_adj = zero(t->adj), .cgroup = iq_slice_z(t->cgroup),
		    .kernel_thread = t->kernel ? 1 : ZERO, .seq = zero((int64_t)i),
		    .start_us = t->start_s * 1000000);
	}
	for (size_t i = 0; i < COUNT(counters); i++)
		ADD(f, COUNTER, counter, .snapshot_id = DUMP,
		    .scope = iq_slice_z(counters[i].scope), .name = iq_slice_z(counters[i].name),
		    .value = counters[i].mb << 20, .unit = TEXT("bytes"));
}

/* The kill of V10, with LISTED rows of its table. */
static struct iq_store *killed(size_t listed, const char *constraint, int64_t after_s)
{
	struct feed f;

	world_begin(&f, "aa", "web-3", "5.10.0");
	ADD(&f, EVENT, event, .id = 1, .boot_id = 1, .kind = TEXT("oom-kill"),
	    .fingerprint = TEXT("print"), .mono_us = EVENT_S * 1000000, .truncated = 1,
	    .missing = iq_slice_z(listed < 3 ? "table" : ""));
	ADD(&f, SIGHTING, sighting, .event_id = 1, .member_id = 1, .first_line = 1,
	    .last_line = 50);
	ADD(&f, SNAPSHOT, snapshot, .id = 1, .boot_id = 1, .source = TEXT("log"));
	ADD(&f, EVENT_SNAPSHOT, event_snapshot, .event_id = 1, .snapshot_id = 1,
	    .role = TEXT("report"));
	ADD(&f, OOM, oom, .event_id = 1, .constraint_kind = iq_slice_z(constraint),
	    .cgroup_limited = TEXT("/pod"), .limit_bytes = 536870912,
	    .swap_limit_bytes = ZERO, .swap_usage_bytes = ZERO, .swap_total_bytes = ZERO,
	    .alloc_order = ZERO, .victim_count = 1);
	ADD(&f, VICTIM, victim, .event_id = 1, .pid = 102, .comm = TEXT("sh"), .uid = 1000,
	    .oom_score_adj = 1000, .anon_rss_bytes = 250 * PAGE, .file_rss_bytes = 50 * PAGE,
	    .shmem_rss_bytes = ZERO, .page_table_bytes = 10 * PAGE);
	world_tasks(&f, 1, v10_tasks, listed);
	add_dump(&f, after_s);
	return world_end(&f, NULL);
}

static void analyze(struct iq_store *s)
{
	static char dir[4096];
	const char *dirs[] = { dir, NULL };
	const char *only[] = { "dump-differs", "dump-kernel-memory", "dump-lock-holder",
			       "dump-deadlock", NULL };
	struct iq_analyze_opts opts = { .plugin_dirs = dirs, .only = only };
	struct iq_err err = { 0 };
	const char *top = getenv("srcdir");

	snprintf(dir, sizeof dir, "%s/plugins", top ? top : ".");
	if (iq_analyze(s, &opts, &err))
		fail_msg("%s", err.text);
}

#define RANKING "SELECT group_concat(comm || ':' || rank || ':' || badness_pages, ' ') " \
	"FROM (SELECT * FROM v1_task_choice JOIN v1_task USING (task_id) ORDER BY rank)"

/* No table at all: processes below the limited group, with the victim from its line (it
 * has rank 1 and no row); neither init nor threads nor who lives elsewhere. */
static void table_is_cut(void **state)
{
	struct iq_store *s = killed(0, "memcg", 3);

	(void)state;
	analyze(s);
	assert_string_equal(ask(s, RANKING), "java:2:121000 late:3:700 sidecar:4:-121738");
	iq_store_close(s);
}

/* Rows that the log has are those of the moment. */
static void log_wins(void **state)
{
	struct iq_store *s = killed(1, "memcg", 3);

	(void)state;
	analyze(s);
	assert_string_equal(ask(s, RANKING), "java:2:120100 late:3:700 sidecar:4:-121738");
	iq_store_close(s);
}

/* A whole table is enough; a dump of another day tells nothing; of the nodes of a cpuset
 * a dump knows nothing. */
static void not_asked(void **state)
{
	struct iq_store *s = killed(3, "memcg", 3);

	(void)state;
	analyze(s);
	assert_string_equal(ask(s, RANKING),
			    "sh:1:131310 java:2:120100 sidecar:3:-121708");
	iq_store_close(s);
	s = killed(0, "memcg", 3600);
	analyze(s);
	assert_string_equal(ask(s, RANKING), "NULL");
	iq_store_close(s);
	s = killed(0, "cpuset", 3);
	analyze(s);
	assert_string_equal(ask(s, RANKING), "NULL");
	iq_store_close(s);
}

#define DIFFERS "SELECT text FROM v1_evidence JOIN v1_finding USING (finding_id) " \
	"WHERE rule = 'dump-differs' ORDER BY seq"

static void what_differs(void **state)
{
	struct iq_store *s = killed(3, "none", 3);

	(void)state;
	analyze(s);
	assert_string_equal(ask(s, "SELECT title FROM v1_finding WHERE rule = 'dump-differs'"),
			    "one difference between the log's task table and the dump, 3.0 s later");
	assert_string_equal(ask(s, DIFFERS), "other[103]: in the dump with 352 MiB, and "
			    "started before; not in the table");
	iq_store_close(s);
	/* a list of a group leaves others out on purpose */
	s = killed(3, "memcg", 3);
	analyze(s);
	assert_string_equal(ask(s, DIFFERS), "(no row)");
	iq_store_close(s);
}

/* What the dump lacks is not gone from the machine. */
static void what_a_dump_lost(void **state)
{
	struct iq_store *s;

	(void)state;
	lost_pid = 101;
	s = killed(3, "memcg", 3);
	lost_pid = 0;
	analyze(s);
	assert_string_equal(ask(s, DIFFERS), "sidecar[101]: in the table, not found in the dump, "
			    "which is not complete");
	iq_store_close(s);
}

#define HELD "SELECT group_concat(text, ' | ') FROM (SELECT text FROM v1_evidence JOIN " \
	"v1_finding USING (finding_id) WHERE rule = 'dump-kernel-memory' ORDER BY seq)"

static void what_no_counter_has(void **state)
{
	struct iq_store *s = killed(3, "none", 3);

	(void)state;
	analyze(s);
	assert_string_equal(ask(s, HELD), "300 MiB of vmalloc memory by leaky_init [leak] | "
			    "60 MiB of shared memory in tmpfs /dev/shm, its largest file /pg.2 "
			    "with 40 MiB");
	iq_store_close(s);
	s = killed(3, "none", 3600);
	analyze(s);
	assert_string_equal(ask(s, HELD), "NULL");
	iq_store_close(s);
	/* a cgroup was full, not the machine, and this is an eighth of its limit */
	s = killed(3, "memcg", 3);
	analyze(s);
	assert_string_equal(ask(s, HELD), "NULL");
	iq_store_close(s);
}

/* --- who waits for whom --- */

static void wait_for(struct feed *f, int64_t pid, int64_t owner, int64_t seconds, bool deadlock)
{
	ADD(f, WAIT, wait, .snapshot_id = DUMP, .pid = pid, .comm = TEXT("t"),
	    .state = TEXT("D"), .kind = TEXT("mutex"), .lock = TEXT("0xff"),
	    .lock_name = owner == 7 ? TEXT("big_mutex") : TEXT("other_mutex"),
	    .caller = TEXT("do_it"), .owner_pid = owner, .owner_comm = TEXT("own"),
	    .owner_state = TEXT("S"), .owner_at = TEXT("do_rest"), .certain = 1,
	    .deadlock = deadlock ? 1 : ZERO, .waited_us = seconds * 1000000);
}

/* A panic, led to by a hung task if LED, and a dump in which two wait for LONG. */
static struct iq_store *panicked(bool led, int64_t seconds, bool deadlock)
{
	struct feed f;

	world_begin(&f, "bb", "web-4", "5.10.0");
	world_event(&f, 1, "panic", EVENT_S);
	if (led) {
		world_event(&f, 2, "hung-task", EVENT_S - 1);
		ADD(&f, EVENT, event, .id = 3, .boot_id = 1, .kind = TEXT("panic"),
		    .fingerprint = TEXT("led"), .parent_id = 2, .mono_us = EVENT_S * 1000000);
	}
	ADD(&f, SNAPSHOT, snapshot, .id = DUMP, .boot_id = 1, .source = TEXT("vmcore"),
	    .mono_us = EVENT_S * 1000000, .complete = 1);
	ADD(&f, EVENT_SNAPSHOT, event_snapshot, .event_id = led ? 3 : 1, .snapshot_id = DUMP,
	    .role = TEXT("dump"));
	wait_for(&f, 5, deadlock ? 6 : 7, seconds, deadlock);
	wait_for(&f, 6, deadlock ? 5 : 7, seconds - 1, deadlock);
	return world_end(&f, NULL);
}

#define TITLES "SELECT group_concat(rule || ': ' || title, ' | ') FROM v1_finding " \
	"WHERE rule IN ('dump-lock-holder', 'dump-deadlock')"

static void behind_a_lock(void **state)
{
	struct iq_store *s = panicked(false, 30, false);

	(void)state;
	analyze(s);
	assert_string_equal(ask(s, TITLES), "dump-lock-holder: in the dump 2 tasks wait for mutex "
			    "big_mutex, held by own[7], the longest for 30 s");
	assert_string_equal(ask(s, "SELECT text FROM v1_evidence WHERE view_name = 'v1_wait' "
				"ORDER BY seq LIMIT 1"),
			    "t[5] waits since 30.0 s for mutex big_mutex in do_it(), held by "
			    "own[7] (S)");
	iq_store_close(s);
	/* a lock is waited for all the time; the cause of a hung task says it itself */
	s = panicked(false, 9, false);
	analyze(s);
	assert_string_equal(ask(s, TITLES), "NULL");
	iq_store_close(s);
	s = panicked(true, 30, false);
	analyze(s);
	assert_string_equal(ask(s, TITLES), "NULL");
	iq_store_close(s);
}

static void in_a_circle(void **state)
{
	struct iq_store *s = panicked(false, 30, true);

	(void)state;
	analyze(s);
	assert_string_equal(ask(s, TITLES), "dump-deadlock: deadlock in the dump: t[5] waits for "
			    "other_mutex, held by own[6]; t[6] waits for other_mutex, held by "
			    "own[5]");
	iq_store_close(s);
}

/* --- the Mem-Info of the report is gone: zones and counters of the dump stand in --- */

static const struct {
	const char *name, *unit;
	int64_t value;
} at_crash[] = {
	{ "nr_active_anon", "pages", 60000 }, { "nr_inactive_anon", "pages", 5000 },
	{ "nr_active_file", "pages", 300 }, { "nr_inactive_file", "pages", 200 },
	{ "nr_unevictable", "pages", 700 }, { "nr_slab_reclaimable", "pages", 2000 },
	{ "nr_slab_unreclaimable", "pages", 6000 }, { "nr_page_table_pages", "pages", 400 },
	{ "nr_shmem", "pages", 15000 }, { "nr_free_pages", "pages", 900 },
	{ "SwapTotal", "bytes", 4096 * PAGE }, { "SwapFree", "bytes", 16 * PAGE },
};

static void add_zone(struct feed *f, int64_t snapshot, const char *name, int64_t present,
		     int64_t managed)
{
	ADD(f, ZONE, zone, .snapshot_id = snapshot, .node = ZERO, .zone = iq_slice_z(name),
	    .free_bytes = 450 * PAGE, .min_bytes = 700 * PAGE, .low_bytes = 800 * PAGE,
	    .high_bytes = 900 * PAGE, .present_bytes = present * PAGE,
	    .managed_bytes = managed * PAGE, .lowmem_reserve = TEXT("[0,0]"));
}

/* The request that met panic_on_oom, and a dump of the 1000 MB machine AFTER_S later; a
 * line of its own Mem-Info is there if OWN. */
static struct iq_store *demanded(int64_t after_s, bool own)
{
	struct feed f;

	world_begin(&f, "bb", "db-1", "6.12.0");
	ADD(&f, EVENT, event, .id = 1, .boot_id = 1, .kind = TEXT("oom-kill"),
	    .fingerprint = TEXT("print"), .mono_us = EVENT_S * 1000000, .truncated = 1);
	ADD(&f, SNAPSHOT, snapshot, .id = 1, .boot_id = 1, .source = TEXT("log"));
	ADD(&f, EVENT_SNAPSHOT, event_snapshot, .event_id = 1, .snapshot_id = 1,
	    .role = TEXT("report"));
	ADD(&f, OOM, oom, .event_id = 1, .constraint_kind = TEXT("none"),
	    .gfp_mask = TEXT("0xcc0"), .alloc_order = ZERO);
	world_tasks(&f, 1, v10_tasks, COUNT(v10_tasks));
	if (own)
		add_zone(&f, 1, "Normal", 100000, 99000);
	if (own)
		ADD(&f, COUNTER, counter, .snapshot_id = 1, .scope = TEXT("host"),
		    .name = TEXT("active_anon"), .value = 77, .unit = TEXT("pages"));
	add_dump(&f, after_s);
	add_zone(&f, DUMP, "DMA", 4000, 3840);
	add_zone(&f, DUMP, "DMA32", 260000, 252160);
	for (size_t i = 0; i < COUNT(at_crash); i++)
		ADD(&f, COUNTER, counter, .snapshot_id = DUMP, .scope = TEXT("host"),
		    .name = iq_slice_z(at_crash[i].name), .value = at_crash[i].value,
		    .unit = iq_slice_z(at_crash[i].unit));
	return world_end(&f, NULL);
}

static struct iq_case *load(struct iq_store *s)
{
	static struct iq_desk d;
	struct iq_case *c = calloc(1, sizeof *c);
	struct iq_err err = { 0 };

	assert_non_null(c);
	iq_case_init(c);
	iq_desk_init(&d, iq_store_db(s));
	if (iq_case_load(c, &d.rows, 1, &err) ||
	    iq_compute(c, &(struct iq_row_list){ 0 }, &err))
		fail_msg("%s", err.text);
	iq_desk_fini(&d);
	return c;
}

static void unload(struct iq_store *s, struct iq_case *c)
{
	iq_case_fini(c);
	free(c);
	iq_store_close(s);
}

static void memory_stands_in(void **state)
{
	struct iq_store *s = demanded(0, false);
	struct iq_case *c = load(s);

	(void)state;
	assert_true(c->memory_from_dump);
	assert_string_equal(c->event.from_dump, "zones and counters");
	assert_int_equal(c->zones.n, 2);
	/* under the names of a report; its last lines as show_mem() adds them up */
	assert_int_equal(iq_case_counter(c, NULL, "active_anon"), 60000 * PAGE);
	assert_int_equal(iq_case_counter(c, NULL, "pages RAM"), 264000 * PAGE);
	assert_int_equal(iq_case_counter(c, NULL, "pages reserved"), 8000 * PAGE);
	assert_int_equal(c->oom->swap_total_bytes, 4096 * PAGE);
	assert_int_equal(c->oom->swap_free_bytes, 16 * PAGE);
	assert_int_equal(c->account.managed_bytes, 256000 * PAGE);
	assert_int_equal(c->account.anon_bytes, 50000 * PAGE);
	assert_int_equal(c->account.unaccounted_bytes, 180500 * PAGE);
	/* RAM + swap; nothing of the dump tells the text's era */
	assert_int_equal(c->ranking.totalpages, 256000 + 4096);
	assert_int_equal(iq_compute_forms(c), 0);
	unload(s, c);
}

static void memory_stays_out(void **state)
{
	/* two seconds later it is another moment; what the report has is its own */
	struct iq_store *s = demanded(2, false);
	struct iq_case *c = load(s);

	(void)state;
	assert_int_equal(c->zones.n, 0);
	assert_int_equal(iq_case_counter(c, NULL, "active_anon"), IQ_NULL);
	assert_false(c->memory_from_dump);
	unload(s, c);
	s = demanded(0, true);
	c = load(s);
	assert_int_equal(c->zones.n, 1);
	assert_int_equal(iq_case_counter(c, NULL, "active_anon"), 77 * PAGE);
	assert_int_equal(iq_case_counter(c, NULL, "shmem"), IQ_NULL);
	unload(s, c);
}

/* A cgroup's report, ended by a panic or by KILLED; the dump of a machine with 64 MB of
 * swap AFTER_S later. */
static struct iq_store *group_full(bool killed_one, int64_t trigger, int64_t after_s)
{
	struct feed f;

	world_begin(&f, "cc", "web-5", "6.12.0");
	ADD(&f, EVENT, event, .id = 1, .boot_id = 1, .kind = TEXT("oom-kill"),
	    .fingerprint = TEXT("print"), .mono_us = EVENT_S * 1000000, .truncated = ZERO);
	ADD(&f, SNAPSHOT, snapshot, .id = 1, .boot_id = 1, .source = TEXT("log"));
	ADD(&f, EVENT_SNAPSHOT, event_snapshot, .event_id = 1, .snapshot_id = 1,
	    .role = TEXT("report"));
	ADD(&f, OOM, oom, .event_id = 1, .cgroup_limited = TEXT("/pod"),
	    .limit_bytes = 1000 * PAGE, .usage_bytes = 1000 * PAGE, .trigger_pid = trigger,
	    .trigger_comm = TEXT("java-gc"), .alloc_order = ZERO);
	world_tasks(&f, 1, v10_tasks, COUNT(v10_tasks));
	if (killed_one)
		world_victim(&f, 1, 102, "sh");
	add_dump(&f, after_s);
	ADD(&f, COUNTER, counter, .snapshot_id = DUMP, .scope = TEXT("host"),
	    .name = TEXT("SwapTotal"), .value = 64 << 20, .unit = TEXT("bytes"));
	return world_end(&f, NULL);
}

/* What such a report never prints: the host's swap, and with a panic who asked from where
 * (here a thread).  What a cgroup's processes had a minute later is another matter. */
static void values_of_a_dump(void **state)
{
	struct iq_store *s = group_full(false, 110, 0);
	struct iq_case *c = load(s);

	(void)state;
	assert_int_equal(c->oom->swap_total_bytes, 64 << 20);
	assert_string_equal(c->oom->cgroup_task, "/pod/a");
	assert_non_null(strstr(c->dump_words, "the task's cgroup"));
	unload(s, c);
	/* another of that number */
	s = group_full(false, 100, 0);
	c = load(s);
	assert_null(c->oom->cgroup_task);
	unload(s, c);
	/* a victim's line tells it, and who asked may be elsewhere by now */
	s = group_full(true, 110, 0);
	c = load(s);
	assert_null(c->oom->cgroup_task);
	unload(s, c);
	s = group_full(false, 110, 5);
	c = load(s);
	assert_null(c->oom->cgroup_task);
	assert_int_equal(c->oom->swap_total_bytes, 64 << 20);
	assert_string_equal(c->dump_words, "the size of swap");
	unload(s, c);
	s = group_full(false, 110, 3600);
	c = load(s);
	assert_int_equal(c->oom->swap_total_bytes, IQ_NULL);
	unload(s, c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_a_dump), cmocka_unit_test(table_is_cut), cmocka_unit_test(log_wins),
		cmocka_unit_test(not_asked), cmocka_unit_test(what_differs),
		cmocka_unit_test(what_a_dump_lost),
		cmocka_unit_test(what_no_counter_has), cmocka_unit_test(behind_a_lock),
		cmocka_unit_test(in_a_circle),
		cmocka_unit_test(memory_stands_in), cmocka_unit_test(memory_stays_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
