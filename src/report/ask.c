/* report/ask.c - see ask.h */
#include "report/ask.h"

/* An event is in the report if the options let it in; an event that another led to
 * follows it, whatever its own time. */
#define SELECTED							\
	"(:event IS NULL OR e.event_id = :event) AND "			\
	"(:host IS NULL OR e.host_id IN "				\
	"	(SELECT host_id FROM v1_host WHERE name = :host)) AND "	\
	"(:since IS NULL OR e.wall_us >= :since) AND "			\
	"(:until IS NULL OR e.wall_us <= :until)"

/* The dump's own state is shown once for all its events; theirs is what was reckoned
 * with: rows of the check CHECK. */
#define OWN(check) "(x.role = 'report' OR " check " IS NOT NULL)"

/* One counter of the host. */
#define HOST(name) "max(CASE name WHEN '" name "' THEN value END)"

/* Tasks of a snapshot of which WHICH is true, by stack: how many, the first of them with
 * WHERE behind the name, the frames.  Idle tasks (pid 0) are left out. */
#define STACKS(which, where)						\
	"SELECT g.tasks, (SELECT group_concat(n, ', ') FROM (SELECT coalesce(t.comm, '?') " \
	"	|| '[' || t.pid || ']'" where " AS n FROM v1_stack AS k JOIN v1_task AS t " \
	"	ON t.snapshot_id = k.snapshot_id AND t.pid = k.pid " \
	"	WHERE k.snapshot_id = g.snapshot_id AND k.hash = g.hash AND k.depth = 0 " \
	"	AND t.state IS g.state AND t.pid > 0 AND " which " ORDER BY t.pid LIMIT 6)) " \
	"AS who, (SELECT group_concat(value, ' < ') FROM json_each(g.frames)) " \
	"FROM v1_stack_group AS g WHERE g.snapshot_id = :id " \
	" AND who IS NOT NULL ORDER BY g.tasks DESC, g.hash"

/* The frames of PID's stack in the snapshot :id. */
#define FRAMES_OF(pid)							\
	"(SELECT group_concat(function, ' < ') FROM (SELECT coalesce(f.function, '?') "	\
	"	AS function FROM v1_stack AS f WHERE f.snapshot_id = :id AND f.pid = " pid " " \
	"	ORDER BY f.depth))"

static const char *const questions[IQ_ASK_MAX] = {
	[IQ_ASK_EVENTS] =
		"SELECT e.event_id FROM v1_event AS e LEFT JOIN v1_event AS p "
		"ON p.event_id = e.parent_id WHERE " SELECTED
		" ORDER BY coalesce(p.wall_us, e.wall_us), e.boot_id, "
		"coalesce(p.mono_us, e.mono_us), coalesce(p.event_id, e.event_id), "
		"e.parent_id IS NOT NULL, e.event_id",
	[IQ_ASK_EVENT] =
		"SELECT e.event_id, e.kind, e.parent_id, e.time, e.mono_us, h.name, "
		"coalesce(e.kernel_release, b.kernel_release), coalesce(e.arch, b.arch), "
		"e.seen_count, e.truncated, e.era, e.missing, e.wall_kind, e.title, e.verdict, "
		"e.confidence, e.severity, e.wall_us, e.stamp "
		"FROM v1_event AS e LEFT JOIN v1_host AS h USING (host_id) "
		"LEFT JOIN v1_boot AS b USING (boot_id) WHERE e.event_id = :id",
	[IQ_ASK_SIGHTING] =
		"SELECT c.path, s.member, s.first_line, s.last_line FROM v1_sighting AS s "
		"JOIN v1_capture AS c USING (capture_id) WHERE s.event_id = :id "
		"ORDER BY s.capture_id = (SELECT capture_id FROM v1_event WHERE event_id = :id) "
		"DESC, s.sighting_id",
	[IQ_ASK_OOM] =
		"SELECT constraint_kind, trigger_pid, trigger_comm, trigger_adj, gfp_mask, "
		"gfp_flags, alloc_order, nodemask, cpuset, mems_allowed, cgroup_limited, "
		"cgroup_task, usage_bytes, limit_bytes, failcnt, swap_usage_bytes, "
		"swap_limit_bytes, tasks_listed, totalpages_bytes, swap_free_bytes, "
		"swap_total_bytes, killer, killer_reason, alloc_kind, alloc_cache, alloc_bytes, "
		"victim_count, memsw_usage_bytes, memsw_limit_bytes, kmem_usage_bytes, "
		"kmem_limit_bytes, chosen_pid, chosen_comm, chosen_score "
		"FROM v1_oom WHERE event_id = :id",
	[IQ_ASK_VICTIMS] =
		"SELECT pid, comm, uid, oom_score_adj, score, total_vm_bytes, anon_rss_bytes, "
		"file_rss_bytes, shmem_rss_bytes, page_table_bytes, cgroup, unit, container, "
		"reaped FROM v1_victim WHERE event_id = :id ORDER BY victim_id",
	[IQ_ASK_CRASH] =
		"SELECT reason, function, suspect, module, address, comm, pid, cpu, taint, "
		"hardware, crash_key, access FROM v1_crash WHERE event_id = :id",
	[IQ_ASK_FRAMES] =
		"SELECT function, offset, module, reliable, depth FROM v1_stack WHERE event_id = :id "
		"ORDER BY stack_id",
	[IQ_ASK_CAUSE] =
		"SELECT finding_id, verdict, holder, severity, confidence, rule, title, "
		"explanation, advice, plugin FROM v1_finding "
		"WHERE event_id = :id AND role = 'cause' ORDER BY finding_id LIMIT 1",
	[IQ_ASK_CONTRIBUTING] =
		"SELECT finding_id, verdict, holder, severity, confidence, rule, title, "
		"explanation, advice, plugin FROM v1_finding "
		"WHERE event_id = :id AND role = 'contributing' ORDER BY finding_id",
	[IQ_ASK_EVIDENCE] =
		"SELECT c.path, v.member, v.line, v.text, v.view_name, v.row_id "
		"FROM v1_evidence AS v LEFT JOIN v1_capture AS c USING (capture_id) "
		"WHERE v.finding_id = :id ORDER BY v.seq",
	/* a line that several findings rest on, once; what comes from no line, at the end */
	[IQ_ASK_EVENT_EVIDENCE] =
		"SELECT c.path, v.member, v.line, v.text, v.view_name, v.row_id "
		"FROM v1_finding AS f JOIN v1_evidence AS v USING (finding_id) "
		"LEFT JOIN v1_capture AS c USING (capture_id) WHERE f.event_id = :id "
		"GROUP BY v.capture_id, v.member, v.line, "
		"	CASE WHEN v.line IS NULL THEN v.text END "
		"ORDER BY v.capture_id IS NULL, v.capture_id, v.member, v.line, "
		"min(f.finding_id), min(v.seq)",
	[IQ_ASK_EVENT_MISSING] =
		"SELECT DISTINCT what, how_to_collect FROM v1_missing WHERE event_id = :id "
		"ORDER BY missing_id",
	[IQ_ASK_FINDING_MISSING] =
		"SELECT DISTINCT what, how_to_collect FROM v1_missing WHERE finding_id = :id "
		"ORDER BY missing_id",
	[IQ_ASK_CAPTURES] =
		"SELECT c.capture_id, c.path, c.kind, c.sha256, c.size_bytes, c.status, h.name, "
		"c.format FROM v1_capture AS c LEFT JOIN v1_host AS h USING (host_id) "
		"ORDER BY c.capture_id",
	[IQ_ASK_HOSTS] =
		"SELECT h.host_id, h.name, h.machine_id, h.os_release, "
		"(SELECT kernel_release FROM v1_boot AS b WHERE b.host_id = h.host_id "
		"ORDER BY b.start_us DESC, b.boot_id DESC LIMIT 1) FROM v1_host AS h "
		"ORDER BY h.host_id",
	[IQ_ASK_NOTICES] =
		"SELECT f.finding_id, f.verdict, f.holder, f.severity, f.confidence, f.rule, "
		"f.title, f.explanation, f.advice, f.plugin, h.name FROM v1_finding AS f "
		"LEFT JOIN v1_host AS h USING (host_id) WHERE f.role = 'notice' "
		"AND (:host IS NULL OR h.name = :host) ORDER BY f.finding_id",
	[IQ_ASK_ISSUES] =
		"SELECT c.path, i.member, i.line, i.severity, i.code, i.text FROM v1_issue AS i "
		"JOIN v1_capture AS c USING (capture_id) ORDER BY i.issue_id",
	[IQ_ASK_MISSING] =
		"SELECT DISTINCT m.what, m.how_to_collect FROM v1_missing AS m "
		"LEFT JOIN v1_event AS e USING (event_id) WHERE " SELECTED
		" ORDER BY m.missing_id",
	[IQ_ASK_COUNTS] =
		"SELECT e.kind, e.verdict, count(*) FROM v1_event AS e WHERE " SELECTED
		" GROUP BY e.kind, e.verdict ORDER BY count(*) DESC, 1, 2",
	[IQ_ASK_READ] =
		"SELECT count(*), sum(lines), sum(records_kernel), "
		"(SELECT count(*) FROM v1_event) FROM v1_member",
	[IQ_ASK_ZONES] =
		"SELECT z.node, z.zone, z.free_bytes, z.min_bytes, z.low_bytes, z.high_bytes, "
		"z.managed_bytes, c.usable, c.reserve_bytes, c.watermark_ok, c.order_ok, c.why "
		"FROM v1_event_snapshot AS x JOIN v1_zone AS z USING (snapshot_id) "
		"LEFT JOIN v1_zone_check AS c ON c.zone_id = z.zone_id AND c.event_id = x.event_id "
		"WHERE x.event_id = :id AND " OWN("c.event_id") " ORDER BY z.zone_id",
	[IQ_ASK_RANKING] =
		"SELECT c.rank, t.pid, t.comm, t.uid, t.oom_score_adj, t.rss_bytes, t.swap_bytes, "
		"c.badness_pages, c.score, c.eligible, c.why_not, c.killed "
		"FROM v1_task_choice AS c JOIN v1_task AS t USING (task_id) "
		"WHERE c.event_id = :id AND (c.rank <= 15 OR c.killed OR NOT c.eligible) "
		"ORDER BY c.rank IS NULL, c.rank, t.rss_bytes DESC LIMIT 25",
	[IQ_ASK_FREE_LISTS] =
		"SELECT f.node, f.zone, f.block_order, f.blocks, f.migrate_type "
		"FROM v1_event_snapshot AS x JOIN v1_free_list AS f USING (snapshot_id) "
		"WHERE x.event_id = :id AND x.role = 'report' "
		"ORDER BY f.free_list_id",
	[IQ_ASK_CGROUPS] =
		"SELECT g.path, g.usage_bytes, g.limit_bytes, g.anon_bytes, g.file_bytes, "
		"g.shmem_bytes, g.kernel_bytes FROM v1_event_snapshot AS x "
		"JOIN v1_cgroup AS g USING (snapshot_id) "
		"WHERE x.event_id = :id AND x.role = 'report' "
		"ORDER BY coalesce(g.usage_bytes, g.anon_bytes + g.file_bytes) DESC LIMIT 20",
	[IQ_ASK_SLABS] =
		"SELECT s.cache, s.used_bytes, s.total_bytes FROM v1_event_snapshot AS x "
		"JOIN v1_slab AS s USING (snapshot_id) "
		"WHERE x.event_id = :id AND x.role = 'report' "
		"ORDER BY s.total_bytes DESC LIMIT 12",
	[IQ_ASK_DUMPS] =
		"SELECT s.snapshot_id, c.path, s.time, s.mono_us, s.complete, s.symbols_from, "
		"s.types_from "
		"FROM v1_snapshot AS s JOIN v1_capture AS c USING (capture_id) "
		"LEFT JOIN v1_boot AS b USING (boot_id) LEFT JOIN v1_host AS h USING (host_id) "
		"WHERE s.source = 'vmcore' AND (:host IS NULL OR h.name = :host) "
		"AND (:event IS NULL OR s.snapshot_id IN (SELECT snapshot_id "
		"	FROM v1_event_snapshot WHERE event_id = :event)) ORDER BY s.snapshot_id",
	/* what the machine died of, and what led to it; of a crash by hand what was wrong
	 * before, as that is what the dump was wanted for */
	[IQ_ASK_DUMP_LEAD] =
		"WITH RECURSIVE last(id, hand, fatal, fault) AS (SELECT event_id, "
		"	verdict IS 'manual-crash', kind = 'panic', severity IS 'fault' "
		"	FROM v1_event ORDER BY mono_us DESC, event_id DESC), "
		"start(id) AS (SELECT coalesce((SELECT id FROM last WHERE fatal AND NOT hand), "
		"	(SELECT id FROM last WHERE fault AND NOT hand), "
		"	(SELECT id FROM last WHERE fatal), (SELECT id FROM last))), "
		"up(id, parent, n) AS (SELECT e.event_id, e.parent_id, 0 FROM start AS s "
		"	JOIN v1_event AS e ON e.event_id = s.id UNION "
		"	SELECT e.event_id, e.parent_id, n + 1 FROM up AS u JOIN v1_event AS e "
		"	ON e.event_id = u.parent WHERE n < 100) "
		"SELECT id FROM up ORDER BY n DESC LIMIT 1",
	[IQ_ASK_DUMP_END] =
		"SELECT e.event_id, coalesce(c.reason, e.title), iif(e.verdict IS NOT l.verdict, "
		"e.title, NULL) FROM v1_event AS e LEFT JOIN v1_crash AS c USING (event_id) "
		"LEFT JOIN v1_event AS l ON l.event_id = :id "
		"WHERE e.kind = 'panic' ORDER BY e.mono_us DESC, e.event_id DESC LIMIT 1",
	[IQ_ASK_DUMP_CRASHED] =
		"SELECT EXISTS (SELECT 1 FROM v1_snapshot AS s JOIN v1_event AS e USING (boot_id) "
		"	WHERE s.snapshot_id = :id AND e.verdict IS NOT 'manual-crash') "
		"AND NOT EXISTS (SELECT 1 FROM v1_snapshot AS s JOIN v1_event AS e USING (boot_id) "
		"	WHERE s.snapshot_id = :id "
		"	AND e.kind IN ('oom-kill', 'alloc-failure', 'userspace-kill')) "
		"AND NOT EXISTS (SELECT 1 FROM v1_zone WHERE snapshot_id = :id "
		"	AND managed_bytes > 0 AND free_bytes <= low_bytes)",
	[IQ_ASK_DUMP_MEMORY] =
		"SELECT " HOST("MemTotal") ", " HOST("MemFree") ", " HOST("AnonPages") ", "
		HOST("Cached") ", " HOST("Shmem") ", " HOST("Slab") ", " HOST("SUnreclaim") ", "
		HOST("PageTables") ", " HOST("KernelStack") ", " HOST("Percpu") ", "
		HOST("VmallocUsed") ", " HOST("Hugetlb") ", " HOST("Mlocked") ", "
		HOST("SwapTotal") ", " HOST("SwapFree")
		" FROM v1_counter WHERE snapshot_id = :id AND scope = 'host'",
	[IQ_ASK_DUMP_ZONES] =
		"SELECT node, zone, free_bytes, min_bytes, low_bytes, high_bytes, managed_bytes "
		"FROM v1_zone WHERE snapshot_id = :id AND managed_bytes IS NOT 0 ORDER BY zone_id",
	[IQ_ASK_DUMP_FULL_CGROUPS] =
		"SELECT path, usage_bytes, limit_bytes FROM v1_cgroup WHERE snapshot_id = :id "
		"AND limit_bytes > 0 AND usage_bytes >= limit_bytes * 0.95 "
		"ORDER BY usage_bytes DESC LIMIT 8",
	/* what has at least a hundredth of memory */
	[IQ_ASK_DUMP_KERNEL_MEMORY] =
		"SELECT what, name, bytes FROM ("
		"	SELECT 'slab' AS what, cache AS name, total_bytes AS bytes FROM v1_slab "
		"	WHERE snapshot_id = :id UNION ALL "
		"	SELECT 'vmalloc by', name, value FROM v1_counter "
		"	WHERE snapshot_id = :id AND scope = 'vmalloc' UNION ALL "
		"	SELECT 'tmpfs', substr(scope, 7), value FROM v1_counter "
		"	WHERE snapshot_id = :id AND scope GLOB 'tmpfs *' AND name = 'resident') "
		"WHERE bytes * 100 >= (SELECT value FROM v1_counter WHERE snapshot_id = :id "
		"	AND scope = 'host' AND name = 'MemTotal') ORDER BY bytes DESC LIMIT 8",
	[IQ_ASK_DUMP_COUNTS] =
		"SELECT count(*), total(kernel_thread), "
		"count(DISTINCT CASE WHEN kernel_thread IS 0 THEN tgid END), "
		"total(coalesce(on_cpu, state IS 'R')), total(state IS 'D'), "
		"total(state IS 'Z'), total(state IS 'R' AND on_cpu = 0) "
		"FROM v1_task WHERE snapshot_id = :id AND pid > 0",
	[IQ_ASK_DUMP_LARGEST] =
		"SELECT comm, pid, rss_bytes, swap_bytes, oom_score_adj FROM v1_task "
		"WHERE snapshot_id = :id AND coalesce(rss_bytes, 0) + coalesce(swap_bytes, 0) > 0 "
		"ORDER BY coalesce(rss_bytes, 0) + coalesce(swap_bytes, 0) DESC, pid LIMIT 8",
	[IQ_ASK_DUMP_PROTECTED] =
		"SELECT comm, pid, rss_bytes, swap_bytes, oom_score_adj FROM v1_task "
		"WHERE snapshot_id = :id AND oom_score_adj < 0 AND kernel_thread IS 0 "
		"AND pid = tgid ORDER BY oom_score_adj, rss_bytes DESC, pid",
	/* one that runs in user space has no stack in the kernel */
	[IQ_ASK_DUMP_RUNNING] =
		"SELECT 1, coalesce(t.comm, '?') || '[' || t.pid || ']' || "
		"coalesce(' on CPU ' || t.cpu, ''), coalesce((SELECT group_concat(f, ' < ') "
		"FROM (SELECT function AS f FROM v1_stack AS k WHERE "
		"k.snapshot_id = t.snapshot_id AND k.pid = t.pid ORDER BY depth)), "
		"'in user space, or its stack is not known') AS frames FROM v1_task AS t "
		"WHERE t.snapshot_id = :id AND t.pid > 0 AND "
		"(t.on_cpu = 1 OR (t.on_cpu IS NULL AND t.state = 'R')) "
		"ORDER BY frames NOT LIKE '%panic%', frames LIKE 'in user space%', t.cpu, t.pid",
	[IQ_ASK_DUMP_READY] = STACKS("t.state = 'R' AND t.on_cpu = 0",
		" || coalesce(' for CPU ' || t.cpu, '')"),
	[IQ_ASK_DUMP_WAITING] = STACKS("t.state = 'D'", ""),
	[IQ_ASK_DUMP_BLOCKED] =
		"WITH w AS (SELECT w.*, k.hash FROM v1_wait AS w LEFT JOIN (SELECT pid, hash "
		"	FROM v1_stack WHERE snapshot_id = :id AND depth = 0 AND pid > 0) AS k "
		"	ON k.pid = w.pid WHERE w.snapshot_id = :id AND w.state IS NOT 'R') "
		"SELECT n, waited, (SELECT group_concat(t, ', ') FROM "
		"	(SELECT coalesce(i.comm, '?') || '[' || i.pid || ']' AS t FROM w AS i "
		"	WHERE i.hash IS g.hash AND i.lock IS g.lock AND i.kind IS g.kind "
		"	AND i.mode IS g.mode AND i.owner_pid IS g.owner_pid ORDER BY i.pid "
		"	LIMIT 6)), " FRAMES_OF("g.first") ", kind, mode, coalesce(lock_name, lock), "
		"owner_comm, owner_pid, owner_state, certain, readers, root_comm, root_pid, "
		"deadlock, groups "
		"FROM (SELECT *, count(*) AS n, max(waited_us) AS waited, min(pid) AS first, "
		"	count(*) OVER () AS groups FROM w "
		"	GROUP BY hash, kind, mode, lock, owner_pid "
		"	ORDER BY deadlock IS 1 DESC, n DESC, waited DESC, first LIMIT 100) AS g",
	[IQ_ASK_DUMP_OWNERS] =
		"SELECT owner_comm, owner_pid, owner_state, n, locks, " FRAMES_OF("g.owner_pid")
		", certain FROM (SELECT owner_comm, owner_pid, owner_state, count(*) AS n, "
		"	group_concat(DISTINCT coalesce(lock_name, lock)) AS locks, "
		"	max(certain) AS certain FROM v1_wait "
		"	WHERE snapshot_id = :id AND owner_pid IS NOT NULL "
		"	GROUP BY owner_pid ORDER BY n DESC, owner_pid LIMIT 50) AS g",
	[IQ_ASK_DUMP_CPUS] =
		"SELECT cpu, comm, pid, crashed, user_mode, function, offset, module, entered_by, "
		"registers FROM v1_cpu WHERE snapshot_id = :id ORDER BY cpu",
	[IQ_ASK_DUMP_SPINNING] =
		"SELECT comm, pid, kind, source, caller FROM v1_wait "
		"WHERE snapshot_id = :id AND state = 'R' ORDER BY source, pid",
	[IQ_ASK_DUMP_SLEEPING] = STACKS("t.state NOT IN ('R', 'D')", ""),
	[IQ_ASK_DUMP_FREE_LISTS] =
		"SELECT node, zone, block_order, sum(blocks), CASE WHEN count(*) > 1 THEN "
		"group_concat(blocks || migrate_type, ' ') ELSE migrate_type END "
		"FROM v1_free_list WHERE snapshot_id = :id "
		"GROUP BY node, zone, block_order ORDER BY node, zone, block_order",
	[IQ_ASK_DUMP_CGROUPS] =
		"SELECT path, usage_bytes, limit_bytes, anon_bytes, file_bytes, shmem_bytes, "
		"kernel_bytes FROM v1_cgroup WHERE snapshot_id = :id "
		"ORDER BY coalesce(usage_bytes, anon_bytes + file_bytes) DESC LIMIT 40",
	[IQ_ASK_DUMP_SLABS] =
		"SELECT cache || CASE reclaimable WHEN 1 THEN ' (reclaimable)' ELSE '' END, "
		"used_bytes, total_bytes FROM v1_slab WHERE snapshot_id = :id "
		"ORDER BY total_bytes DESC LIMIT 20",
	[IQ_ASK_DUMP_TASKS] =
		"SELECT pid, ppid, uid, oom_score_adj, state, rss_bytes, swap_bytes, "
		"total_vm_bytes, comm, cgroup, badness_pages, badness_why_not "
		"FROM v1_task WHERE snapshot_id = :id "
		"AND kernel_thread IS 0 AND pid = tgid "
		"ORDER BY coalesce(rss_bytes, 0) + coalesce(swap_bytes, 0) DESC, pid LIMIT 100",
};

void iq_asks_init(struct iq_asks *r, struct iq_store *s, const struct iq_report_opts *opts)
{
	*r = (struct iq_asks){ .db = iq_store_db(s), .opts = opts };
}

void iq_asks_fini(struct iq_asks *r)
{
	for (int q = 0; q < IQ_ASK_MAX; q++)
		sqlite3_finalize(r->st[q]);
}

/* sqlite3_reset() says how the last round ended. */
static void note_end(struct iq_asks *r, sqlite3_stmt *st)
{
	if (sqlite3_reset(st) != SQLITE_OK && !r->err.code)
		iq_err_set(&r->err, IQ_E_STORE, "the store cannot be read: %s",
			   sqlite3_errmsg(r->db));
}

int iq_asks_end(struct iq_asks *r, struct iq_err *err)
{
	for (int q = 0; q < IQ_ASK_MAX; q++)
		note_end(r, r->st[q]);
	if (!r->err.code)
		return 0;
	*err = r->err;
	return -1;
}

/* What SQLite gives for no statement is no row, so a question that cannot be asked has no
 * answer, and iq_asks_end() tells. */
static sqlite3_stmt *prepared(struct iq_asks *r, enum iq_question q)
{
	if (!r->st[q] && sqlite3_prepare_v3(r->db, questions[q], -1,
					    SQLITE_PREPARE_PERSISTENT, &r->st[q], NULL) &&
	    !r->err.code)
		iq_err_set(&r->err, IQ_E_STORE, "report: %s", sqlite3_errmsg(r->db));
	return r->st[q];
}

static void bind_int(sqlite3_stmt *st, const char *name, int64_t v)
{
	int at = sqlite3_bind_parameter_index(st, name);
	if (at && v != INT64_MIN)
		sqlite3_bind_int64(st, at, v);
}

sqlite3_stmt *iq_ask(struct iq_asks *r, enum iq_question q, int64_t id)
{
	sqlite3_stmt *st = prepared(r, q);
	note_end(r, st);
	bind_int(st, ":id", id);
	bind_int(st, ":event", r->opts->event_id);
	bind_int(st, ":since", r->opts->since_us);
	bind_int(st, ":until", r->opts->until_us);
	int at = sqlite3_bind_parameter_index(st, ":host");
	if (at && r->opts->host)
		sqlite3_bind_text(st, at, r->opts->host, -1, SQLITE_STATIC);
	return st;
}
