/* tests/store/test_schema.c - the schema keeps its promises: tables as the vocabulary of
 * facts has them, views as users were told, every column explained, questions
 * answered through indexes.
 */
#include "feed.h"

static int exec(struct iq_store *s, const char *sql)
{
	return sqlite3_exec(iq_store_db(s), sql, NULL, NULL, NULL);
}

static void test_tables_are_facts(void **state)
{
	(void)state;
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	for (unsigned type = 0; type < IQ_FACT_MAX; type++) {
		const struct iq_fact_desc *d = &iq_fact_descs[type];
		char sql[400];
		snprintf(sql, sizeof sql, "SELECT count(*) FROM pragma_table_info('%s') WHERE"
			 " name = 'id' AND type = 'INTEGER' AND pk = 1", d->name);
		assert_sql(s, sql, "1");
		snprintf(sql, sizeof sql, "SELECT strict FROM pragma_table_list('%s')", d->name);
		assert_sql(s, sql, "1");
		for (size_t i = 0; i < d->n_columns; i++) {
			const struct iq_column *c = &d->columns[i];
			snprintf(sql, sizeof sql, "SELECT type FROM pragma_table_info('%s')"
				 " WHERE name = '%s'", d->name, c->name);
			const char *want = c->kind == IQ_COL_TEXT ? "TEXT" : "INTEGER";
			if (strcmp(ask(s, sql), want) != 0)
				fail_msg("%s.%s is %s, not %s", d->name, c->name, ask(s, sql), want);
		}
	}
	iq_store_close(s);
}

/* The public contract: changing this list breaks people. */
struct promise { const char *view, *columns; };

static const struct promise promises[] = {
	{ "v1_capture", "capture_id path kind format sha256 size_bytes imported_us status"
	  " tool_version" },
	{ "v1_host", "host_id name machine_id dmi_vendor dmi_product os_release cloud" },
	{ "v1_boot", "boot_id host_id kernel_release kernel_version arch page_size command_line"
	  " boot_uuid start_us ram_bytes" },
	{ "v1_log", "capture_id boot_id member line wall_us time mono_us level facility cpu task"
	  " source text" },
	{ "v1_event", "event_id host_id boot_id kind parent_id fingerprint wall_us time mono_us"
	  " title verdict holder severity confidence seen_count truncated" },
	{ "v1_sighting", "event_id capture_id member first_line last_line" },
	{ "v1_event_snapshot", "event_id snapshot_id role" },
	{ "v1_event_line", "event_id role capture_id member line text" },
	{ "v1_oom", "event_id constraint_kind trigger_pid trigger_comm trigger_adj gfp_mask"
	  " gfp_flags alloc_order nodemask mems_allowed cgroup_limited cgroup_task usage_bytes"
	  " limit_bytes failcnt totalpages_bytes victim_count manual" },
	{ "v1_victim", "event_id pid comm uid oom_score_adj score total_vm_bytes anon_rss_bytes"
	  " file_rss_bytes shmem_rss_bytes page_table_bytes cgroup unit container reaped" },
	{ "v1_snapshot", "snapshot_id capture_id boot_id source wall_us mono_us complete" },
	{ "v1_task", "task_id snapshot_id pid tgid ppid uid comm state flags cpu start_us"
	  " oom_score_adj total_vm_bytes rss_bytes anon_rss_bytes file_rss_bytes"
	  " shmem_rss_bytes swap_bytes page_table_bytes cgroup unit container kernel_thread" },
	{ "v1_task_choice", "event_id task_id eligible why_not badness_pages score rank killed" },
	{ "v1_node", "node_id snapshot_id node" },
	{ "v1_zone", "zone_id snapshot_id node zone free_bytes min_bytes low_bytes high_bytes"
	  " boost_bytes highatomic_bytes present_bytes managed_bytes free_cma_bytes"
	  " lowmem_reserve" },
	{ "v1_zone_check", "event_id zone_id usable reserve_bytes mark_bytes watermark_ok"
	  " order_ok why" },
	{ "v1_free_list", "snapshot_id node zone block_order migrate_type blocks" },
	{ "v1_counter", "snapshot_id scope name value unit" },
	{ "v1_cgroup", "snapshot_id path version usage_bytes limit_bytes unlimited"
	  " effective_limit_bytes swap_bytes failcnt anon_bytes file_bytes shmem_bytes"
	  " kernel_bytes oom_group oom_kills unit container pod" },
	{ "v1_slab", "snapshot_id cache objects active object_bytes total_bytes reclaimable" },
	{ "v1_unit", "name state result main_pid restarts restart_policy oom_policy"
	  " oom_score_adjust memory_max_bytes memory_high_bytes cgroup source capture_id" },
	{ "v1_trend", "capture_id host_id boot_id member line wall_us time name value unit" },
	{ "v1_swap", "snapshot_id path kind size_bytes used_bytes priority" },
	{ "v1_hugetlb", "snapshot_id node page_bytes total free reserved surplus" },
	{ "v1_module", "snapshot_id name size_bytes address taints" },
	{ "v1_sysctl", "snapshot_id name value" },
	{ "v1_stack", "snapshot_id event_id pid cpu state hash depth function offset module"
	  " reliable" },
	{ "v1_stack_group", "hash tasks state top frames" },
	{ "v1_crash", "event_id reason function suspect module address taint hardware cpu pid"
	  " comm crash_key" },
	{ "v1_finding", "finding_id event_id host_id plugin rule role verdict holder severity"
	  " confidence title explanation advice" },
	{ "v1_evidence", "finding_id seq capture_id member line text view_name row_id" },
	{ "v1_issue", "capture_id severity code member line offset_bytes text" },
	{ "v1_missing", "event_id what how_to_collect" },
	{ "v1_member", "capture_id member_id member" },
};

static void test_views_as_promised(void **state)
{
	(void)state;
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	for (size_t i = 0; i < sizeof promises / sizeof *promises; i++) {
		struct iq_slice left = iq_slice_z(promises[i].columns), word;
		while ((word = iq_word(&left)).n) {
			char sql[200];
			snprintf(sql, sizeof sql, "SELECT \"%.*s\" FROM %s", IQ_FMT(word),
				 promises[i].view);
			if (exec(s, sql) != SQLITE_OK)
				fail_msg("%s: %s", promises[i].view,
					 sqlite3_errmsg(iq_store_db(s)));
		}
	}
	iq_store_close(s);
}

/* iq_store_schema() and the views themselves agree, in order. */
static void test_documentation(void **state)
{
	(void)state;
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	size_t n, columns = 0;
	const struct iq_schema_row *row = iq_store_schema(&n), *end = row + n;
	for (; row < end; row++) {
		char sql[200];
		assert_true(strlen(row->meaning) > 2);
		if (!row->column[0]) {
			columns = 0;
			continue;
		}
		snprintf(sql, sizeof sql, "SELECT name FROM pragma_table_info('%s') WHERE cid = %zu",
			 row->view, columns++);
		assert_sql(s, sql, row->column);
		bool id = strlen(row->column) > 3 && strcmp(row->column, "machine_id") != 0 &&
			  strcmp(row->column + strlen(row->column) - 3, "_id") == 0;
		bool bytes = strstr(row->column, "_bytes") && !strstr(row->column, "lowmem");
		if (id && strcmp(row->unit, "id") != 0)
			fail_msg("%s.%s: unit %s", row->view, row->column, row->unit);
		if (bytes && strcmp(row->unit, "bytes") != 0)
			fail_msg("%s.%s: unit %s", row->view, row->column, row->unit);
	}
	char want[20];
	size_t documented = 0;
	for (row = iq_store_schema(&n); row < end; row++)
		documented += row->column[0] != 0;
	snprintf(want, sizeof want, "%zu", documented);
	assert_sql(s, "SELECT count(*) FROM sqlite_schema AS v, pragma_table_info(v.name)"
		   " WHERE v.type = 'view' AND v.name GLOB 'v1_*'", want);
	iq_store_close(s);
}

static void test_named_queries(void **state)
{
	(void)state;
	static const char *const promised[] = { "events", "hosts", "ps", "bt", "zones", "slabs",
		"cgroups", "findings", "issues", "victims", "captures", "boots", "log" };
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	const char *sql, *name, *meaning;
	for (size_t i = 0; i < sizeof promised / sizeof *promised; i++)
		assert_non_null(iq_store_named_query(iq_slice_z(promised[i])));
	assert_null(iq_store_named_query(IQ_LIT("nosuch")));
	assert_string_equal(iq_store_named_query(IQ_LIT("@log")),
			    iq_store_named_query(IQ_LIT("log")));
	size_t i = 0;
	for (; (sql = iq_store_named_query_at(i, &name, &meaning)); i++) {
		struct iq_err err = { 0 };
		sqlite3_stmt *st;
		if (iq_store_prepare_readonly(s, iq_slice_z(sql), &st, NULL, &err) < 0)
			fail_msg("@%s: %s", name, err.text);
		assert_int_equal(sqlite3_step(st), SQLITE_DONE);
		assert_true(sqlite3_column_count(st) > 1 && *meaning);
		sqlite3_finalize(st);
	}
	assert_true(i > 15);
	iq_store_close(s);
}

/* Questions that must not read a whole table, however large. */
static const char *const quick[] = {
	"SELECT * FROM v1_event WHERE event_id = 1",
	"SELECT * FROM v1_event WHERE verdict = 'x'",
	"SELECT * FROM v1_event WHERE kind = 'x'",
	"SELECT * FROM v1_event WHERE host_id = 1",
	"SELECT * FROM v1_event WHERE parent_id = 1",
	"SELECT * FROM v1_event WHERE wall_us BETWEEN 1 AND 2",
	"SELECT * FROM v1_sighting WHERE event_id = 1",
	"SELECT * FROM v1_sighting WHERE capture_id = 1",
	"SELECT * FROM v1_event_line WHERE event_id = 1",
	"SELECT * FROM v1_event_snapshot WHERE event_id = 1",
	"SELECT * FROM v1_event_snapshot WHERE snapshot_id = 1",
	"SELECT * FROM v1_oom WHERE event_id = 1",
	"SELECT * FROM v1_oom WHERE trigger_comm = 'x'",
	"SELECT * FROM v1_victim WHERE event_id = 1",
	"SELECT * FROM v1_victim WHERE comm = 'x'",
	"SELECT * FROM v1_task WHERE comm = 'x'",
	"SELECT * FROM v1_task WHERE snapshot_id = 1",
	"SELECT * FROM v1_task WHERE task_id = 1",
	"SELECT * FROM v1_task_choice WHERE event_id = 1",
	"SELECT * FROM v1_task_choice WHERE task_id = 1",
	"SELECT * FROM v1_zone_check WHERE event_id = 1",
	"SELECT * FROM v1_zone WHERE snapshot_id = 1",
	"SELECT * FROM v1_node WHERE snapshot_id = 1",
	"SELECT * FROM v1_free_list WHERE snapshot_id = 1",
	"SELECT * FROM v1_counter WHERE snapshot_id = 1 AND name = 'x'",
	"SELECT * FROM v1_cgroup WHERE snapshot_id = 1",
	"SELECT * FROM v1_cgroup WHERE path = 'x'",
	"SELECT * FROM v1_slab WHERE snapshot_id = 1",
	"SELECT * FROM v1_swap WHERE snapshot_id = 1",
	"SELECT * FROM v1_hugetlb WHERE snapshot_id = 1",
	"SELECT * FROM v1_module WHERE snapshot_id = 1",
	"SELECT * FROM v1_sysctl WHERE snapshot_id = 1",
	"SELECT * FROM v1_sysctl WHERE name = 'x'",
	"SELECT * FROM v1_unit WHERE host_id = 1",
	"SELECT * FROM v1_stack WHERE event_id = 1",
	"SELECT * FROM v1_stack WHERE snapshot_id = 1",
	"SELECT * FROM v1_stack WHERE hash = 'x'",
	"SELECT * FROM v1_stack_group WHERE snapshot_id = 1",
	"SELECT * FROM v1_stack_group WHERE event_id = 1",
	"SELECT * FROM v1_crash WHERE event_id = 1",
	"SELECT * FROM v1_crash WHERE comm = 'x'",
	"SELECT * FROM v1_finding WHERE event_id = 1",
	"SELECT * FROM v1_finding WHERE host_id = 1",
	"SELECT * FROM v1_finding WHERE verdict = 'x'",
	"SELECT * FROM v1_evidence WHERE finding_id = 1",
	"SELECT * FROM v1_missing WHERE event_id = 1",
	"SELECT * FROM v1_missing WHERE finding_id = 1",
	"SELECT * FROM v1_issue WHERE capture_id = 1",
	"SELECT * FROM v1_log WHERE capture_id = 1 AND line = 5",
	"SELECT * FROM v1_log WHERE member_id = 1 AND line BETWEEN 5 AND 9",
	"SELECT * FROM v1_log WHERE boot_id = 1 AND mono_us BETWEEN 5 AND 9",
	"SELECT * FROM v1_boot WHERE host_id = 1",
	"SELECT * FROM v1_host WHERE name = 'x'",
	"SELECT * FROM v1_capture WHERE sha256 = 'x'",
	"SELECT * FROM v1_snapshot WHERE boot_id = 1",
	"SELECT t.* FROM v1_event AS e JOIN v1_event_snapshot USING (event_id)"
	" JOIN v1_task AS t USING (snapshot_id) WHERE e.verdict = 'x'",
	"SELECT * FROM v1_victim JOIN v1_event USING (event_id) JOIN v1_host USING (host_id)"
	" WHERE comm = 'x'",
	"SELECT * FROM v1_event AS e JOIN v1_oom USING (event_id) JOIN v1_victim USING (event_id)"
	" WHERE e.event_id = 1",
	"SELECT * FROM v1_task AS t JOIN v1_task_choice AS c USING (task_id)"
	" WHERE c.event_id = 1 ORDER BY rank",
	"SELECT * FROM v1_finding AS f JOIN v1_evidence USING (finding_id)"
	" JOIN v1_capture USING (capture_id) WHERE f.event_id = 1",
	"SELECT * FROM v1_zone AS z JOIN v1_zone_check AS c USING (zone_id) WHERE c.event_id = 1",
};

/* A line of the plan that begins with SCAN reads all of something; scanning the
 * result of a subquery is no crime. */
static void check_plan(struct iq_store *s, const char *sql)
{
	char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
	sqlite3_stmt *st;
	if (sqlite3_prepare_v2(iq_store_db(s), explain, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(iq_store_db(s)));
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *step = (const char *)sqlite3_column_text(st, 3);
		if (strncmp(step, "SCAN", 4) == 0 && strcmp(step, "SCAN f") != 0 &&
		    !strstr(step, "SUBQUERY") && strcmp(step, "SCAN v1_stack_group") != 0)
			fail_msg("%s: %s", sql, step);
	}
	sqlite3_finalize(st);
	sqlite3_free(explain);
}

static void test_plans(void **state)
{
	(void)state;
	const char *path = feed_path(feed_mkdir(), "plans.db");
	struct iq_store *s = open_store(path, IQ_STORE_WRITE);
	for (size_t i = 0; i < sizeof quick / sizeof *quick; i++)
		check_plan(s, quick[i]);
	iq_store_close(s);
}

/* Every key that another row is followed by has an index, or deleting would scan. */
static void test_foreign_keys_have_indexes(void **state)
{
	(void)state;
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	assert_sql(s,
		   "SELECT group_concat(t.name || '.' || k.\"from\") FROM sqlite_schema AS t,"
		   " pragma_foreign_key_list(t.name) AS k WHERE t.type = 'table'"
		   " AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name) AS i,"
		   " pragma_index_info(i.name) AS c WHERE c.seqno = 0 AND c.name = k.\"from\")",
		   "log.boot_id");	/* in a store in memory only: 002_search.sql has it */
	iq_store_close(s);
}

static void test_stack_groups(void **state)
{
	(void)state;
	struct feed f;
	feed_init(&f);
	ADD(&f, CAPTURE, capture, .status = IQ_LIT("ok"));
	ADD(&f, SNAPSHOT, snapshot, .id = 1);
	for (int64_t pid = 1; pid <= 3; pid++) {
		struct iq_slice hash = pid < 3 ? IQ_LIT("h1") : IQ_LIT("h2");
		ADD(&f, STACK, stack, .snapshot_id = 1, .pid = pid, .hash = hash, .depth = 1,
		    .function = IQ_LIT("sch\"ed\\u\tle"), .state = IQ_LIT("D"));
		ADD(&f, STACK, stack, .snapshot_id = 1, .pid = pid, .hash = hash, .depth = ZERO,
		    .function = pid < 3 ? IQ_LIT("__schedule") : IQ_LIT("other"),
		    .state = IQ_LIT("D"));
	}
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	apply(s, &f);
	assert_sql(s, "SELECT tasks || state || top || frames FROM v1_stack_group"
		   " WHERE hash = 'h1'", "2D__schedule[\"__schedule\",\"sch\\\"ed\\\\u\\tle\"]");
	assert_sql(s, "SELECT frames ->> 1 FROM v1_stack_group WHERE hash = 'h1'",
		   "sch\"ed\\u\tle");
	assert_sql(s, "SELECT count(*) FROM v1_stack_group", "2");
	iq_store_close(s);
	feed_fini(&f);
}

/* Frames of no task stand once, for every task of the snapshot with that hash. */
static void test_shared_stacks(void **state)
{
	(void)state;
	struct feed f;
	feed_init(&f);
	ADD(&f, CAPTURE, capture, .status = IQ_LIT("ok"));
	ADD(&f, SNAPSHOT, snapshot, .id = 1);
	ADD(&f, SNAPSHOT, snapshot, .id = 2);
	for (int64_t pid = 1; pid <= 3; pid++)
		ADD(&f, STACK, stack, .snapshot_id = 1, .pid = pid, .hash = IQ_LIT("h"),
		    .depth = ZERO, .function = IQ_LIT("schedule"), .state = IQ_LIT("S"));
	ADD(&f, STACK, stack, .snapshot_id = 1, .hash = IQ_LIT("h"), .depth = 2,
	    .function = IQ_LIT("entry"));
	ADD(&f, STACK, stack, .snapshot_id = 1, .hash = IQ_LIT("h"), .depth = 1,
	    .function = IQ_LIT("wait"));
	ADD(&f, STACK, stack, .snapshot_id = 2, .pid = 1, .hash = IQ_LIT("h"),
	    .depth = ZERO, .function = IQ_LIT("elsewhere"));
	struct iq_store *s = open_store(NULL, IQ_STORE_MEMORY);
	apply(s, &f);
	assert_sql(s, "SELECT group_concat(function) FROM (SELECT function FROM v1_stack"
		   " WHERE snapshot_id = 1 AND pid = 3 ORDER BY depth)", "schedule,wait,entry");
	assert_sql(s, "SELECT count(*) || min(state) FROM v1_stack WHERE snapshot_id = 1", "9S");
	assert_sql(s, "SELECT count(*) FROM v1_stack WHERE snapshot_id = 2", "1");
	assert_sql(s, "SELECT tasks || frames FROM v1_stack_group WHERE snapshot_id = 1",
		   "3[\"schedule\",\"wait\",\"entry\"]");
	iq_store_close(s);
	feed_fini(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables_are_facts),
		cmocka_unit_test(test_views_as_promised),
		cmocka_unit_test(test_documentation),
		cmocka_unit_test(test_named_queries),
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_foreign_keys_have_indexes),
		cmocka_unit_test(test_stack_groups),
		cmocka_unit_test(test_shared_stacks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
