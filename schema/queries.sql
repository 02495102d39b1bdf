-- queries.sql - questions with a name: `inquest query @events`.
--
-- One `-- @name: meaning` line, then one SELECT over the views up to its semicolon.
-- schema/embed.sh makes the table of src/store/schema_sql.c out of it.

-- @events: every event with its verdict, oldest first
SELECT event_id, coalesce(time, stamp, printf('[%d.%06d]', mono_us / 1000000,
	mono_us % 1000000)) AS time, (SELECT name FROM v1_host AS h WHERE h.host_id = e.host_id)
	AS host, kind, verdict, confidence, seen_count AS seen, title
FROM v1_event AS e ORDER BY wall_us, boot_id, mono_us, event_id;

-- @captures: what was imported
SELECT capture_id, path, kind, human_bytes(size_bytes) AS size, status,
	(SELECT name FROM v1_host AS h WHERE h.host_id = c.host_id) AS host,
	substr(sha256, 1, 12) AS sha256
FROM v1_capture AS c ORDER BY capture_id;

-- @members: the files of the captures
SELECT capture_id, member, format, lines, records_kernel, records_other
FROM v1_member ORDER BY capture_id, member_id;

-- @hosts: machines, with their boots and events counted
SELECT host_id, name, machine_id, os_release,
	(SELECT count(*) FROM v1_boot AS b WHERE b.host_id = h.host_id) AS boots,
	(SELECT count(*) FROM v1_event AS e WHERE e.host_id = h.host_id) AS events
FROM v1_host AS h ORDER BY name, host_id;

-- @boots: runs of a kernel
SELECT boot_id, h.name AS host, kernel_release, arch,
	strftime('%Y-%m-%dT%H:%M:%SZ', start_us / 1000000, 'unixepoch') AS started,
	human_bytes(ram_bytes) AS ram, boot_uuid
FROM v1_boot AS b LEFT JOIN v1_host AS h USING (host_id) ORDER BY start_us, boot_id;

-- @verdicts: how often each cause
SELECT verdict, holder, confidence, count(*) AS events, min(time) AS first, max(time) AS last
FROM v1_event GROUP BY verdict, holder, confidence ORDER BY events DESC;

-- @ooms: memory events with request, limit and cgroup
SELECT event_id, e.time, e.kind, o.constraint_kind, o.trigger_comm, o.gfp_flags,
	o.alloc_order, o.cgroup_limited, human_bytes(o.usage_bytes) AS used,
	human_bytes(o.limit_bytes) AS "limit", o.victim_count, e.verdict
FROM v1_oom AS o JOIN v1_event AS e USING (event_id) ORDER BY e.wall_us, event_id;

-- @victims: who was killed, with the figures at the kill
SELECT event_id, e.time, v.pid, v.comm, v.oom_score_adj, v.score,
	human_bytes(v.anon_rss_bytes) AS anon, human_bytes(v.file_rss_bytes) AS file,
	human_bytes(v.shmem_rss_bytes) AS shmem, v.cgroup, v.container, e.verdict
FROM v1_victim AS v JOIN v1_event AS e USING (event_id) ORDER BY e.wall_us, event_id;

-- @crashes: panics, oopses, lockups and where they happened
SELECT event_id, e.time, e.kind, c.reason, c.function, c.suspect, c.module, c.comm,
	c.taint, e.verdict
FROM v1_crash AS c JOIN v1_event AS e USING (event_id) ORDER BY e.wall_us, event_id;

-- @ps: tasks of every snapshot, the largest first; of dumps with the badness of each
SELECT snapshot_id, pid, ppid, uid, comm, state, oom_score_adj,
	human_bytes(rss_bytes) AS rss, human_bytes(swap_bytes) AS swap,
	human_bytes(total_vm_bytes) AS vm, cgroup, badness_pages AS badness,
	badness_why_not AS spared
FROM v1_task ORDER BY snapshot_id, rss_bytes DESC;

-- @choice: the kernel's choice of a victim, recomputed
SELECT event_id, c.rank, t.pid, t.comm, t.oom_score_adj, c.badness_pages, c.score,
	c.eligible, c.why_not, c.killed
FROM v1_task_choice AS c JOIN v1_task AS t USING (task_id) ORDER BY event_id, c.rank IS NULL, c.rank;

-- @bt: stacks, the most frequent first
SELECT snapshot_id, event_id, tasks, state, top, frames
FROM v1_stack_group ORDER BY tasks DESC, snapshot_id, event_id;

-- @cpus: what each processor of a dump did
SELECT snapshot_id, cpu, crashed, pid, comm, user_mode, function, module, entered_by, registers
FROM v1_cpu ORDER BY snapshot_id, cpu;

-- @waits: who waits for whom in a dump, the longest first
SELECT snapshot_id, pid, comm, state, printf('%.1f', waited_us / 1000000.0) AS waited_s, kind,
	mode, coalesce(lock_name, lock) AS "lock", caller, owner_pid, owner_comm, owner_state,
	owner_at, certain, readers, waiters, root_pid, root_comm, deadlock, note
FROM v1_wait ORDER BY snapshot_id, waited_us DESC, pid;
-- @crash_groups: the same crash over all machines, the most frequent first
SELECT events, hosts, boots, repeats, first_time, last_time, kind, suspect, module, verdict,
	kernels, crash_key, reason
FROM v1_crash_group ORDER BY events DESC, last_us DESC;

-- @stacks: tasks that do not run, by stack over all snapshots: what most of them wait in
SELECT count(DISTINCT snapshot_id) AS snapshots, sum(tasks) AS tasks, state, top, frames
FROM v1_stack_group WHERE snapshot_id IS NOT NULL
GROUP BY state, frames ORDER BY tasks DESC LIMIT 100;

-- @waiting: functions that tasks in uninterruptible sleep stand in, at any depth, with how many
SELECT snapshot_id, function, module, count(DISTINCT pid) AS tasks, min(depth) AS depth
FROM v1_stack WHERE state = 'D' AND snapshot_id IS NOT NULL AND function IS NOT NULL
GROUP BY snapshot_id, function, module ORDER BY snapshot_id, tasks DESC, depth;

-- @blocked: tasks that were blocked, the longest first: hung tasks of logs
SELECT e.event_id, e.time, c.comm, c.pid, c.stuck_us / 1000000 AS seconds, c.waits_in,
	c.function, c.module, c.lock_kind, c.owner_comm, c.owner_pid, c.repeats
FROM v1_crash AS c JOIN v1_event AS e USING (event_id) WHERE e.kind = 'hung-task'
ORDER BY c.stuck_us DESC, e.wall_us, e.event_id;

-- @zones: zones against their watermarks
SELECT snapshot_id, node, zone, human_bytes(free_bytes) AS free,
	human_bytes(min_bytes) AS min, human_bytes(low_bytes) AS low,
	human_bytes(high_bytes) AS high, human_bytes(managed_bytes) AS managed, lowmem_reserve
FROM v1_zone ORDER BY snapshot_id, node, zone_id;

-- @free: free blocks by order
SELECT snapshot_id, node, zone, block_order, migrate_type, blocks
FROM v1_free_list ORDER BY snapshot_id, node, zone, block_order, migrate_type;

-- @counters: numbers by the kernel's own names
SELECT snapshot_id, scope, name, value, unit,
	CASE unit WHEN 'bytes' THEN human_bytes(value) END AS human
FROM v1_counter ORDER BY snapshot_id, scope, counter_id;

-- @cgroups: memory cgroups, the fullest first
SELECT snapshot_id, path, human_bytes(usage_bytes) AS used,
	CASE unlimited WHEN 1 THEN 'none' ELSE human_bytes(limit_bytes) END AS "limit",
	failcnt, human_bytes(anon_bytes) AS anon, human_bytes(file_bytes) AS file,
	human_bytes(kernel_bytes) AS kernel, unit, container, pod
FROM v1_cgroup ORDER BY snapshot_id, usage_bytes DESC;

-- @slabs: slab caches, the largest first
SELECT snapshot_id, cache, human_bytes(total_bytes) AS total, active, objects,
	object_bytes, reclaimable
FROM v1_slab ORDER BY snapshot_id, total_bytes DESC;

-- @units: systemd units that limit memory, were restarted or killed
SELECT name, state, result, restarts, restart_policy, oom_policy,
	human_bytes(memory_max_bytes) AS memory_max, cgroup
FROM v1_unit ORDER BY name;

-- @sysctls: settings of the kernel
SELECT snapshot_id, name, value FROM v1_sysctl ORDER BY snapshot_id, name;

-- @findings: everything that was concluded
SELECT finding_id, event_id, (SELECT name FROM v1_host AS h WHERE h.host_id = f.host_id)
	AS host, role, verdict, severity, confidence, rule, title
FROM v1_finding AS f ORDER BY event_id, host_id, role, finding_id;

-- @evidence: what the findings rest on
SELECT finding_id, e.seq, c.path, e.member, e.line, e.text
FROM v1_evidence AS e LEFT JOIN v1_capture AS c USING (capture_id)
ORDER BY finding_id, e.seq;

-- @missing: what to collect next time
SELECT event_id, what, how_to_collect FROM v1_missing ORDER BY event_id, missing_id;

-- @issues: what was cut, dropped, damaged or not understood
SELECT capture_id, severity, code, member, line, offset_bytes, text
FROM v1_issue ORDER BY capture_id, issue_id;

-- @log: the kernel log of all captures
SELECT capture_id, member, line, time, printf('%d.%06d', mono_us / 1000000, mono_us % 1000000)
	AS mono_s, level, source, text
FROM v1_log ORDER BY log_id;

-- @same: the same cause or defect, by the number of machines that had it
SELECT hosts, events, kind, verdict, holder, function, last_time, event_id
FROM v1_spread ORDER BY hosts DESC, events DESC, event_id;

-- @worst: machines, those with most faults first
SELECT host_id, name, faults, events, memory_events, notices, boots, captures, last_time
FROM v1_host_summary ORDER BY faults DESC, events DESC, notices DESC, name, host_id;

-- @daily: events a day
SELECT day, events, memory_events, faults, victims, hosts FROM v1_day ORDER BY day;

-- @storms: three or more events of a machine with no more than ten minutes between them
WITH at AS (SELECT event_id, host_id, boot_id, time, verdict, coalesce(wall_us, mono_us) AS us
	FROM v1_event WHERE coalesce(wall_us, mono_us) IS NOT NULL),
gap AS (SELECT *, us - lag(us) OVER run > 600000000 AS wide FROM at
	WINDOW run AS (PARTITION BY host_id, boot_id ORDER BY us, event_id)),
storm AS (SELECT *, sum(coalesce(wide, 1)) OVER (PARTITION BY host_id, boot_id
	ORDER BY us, event_id ROWS UNBOUNDED PRECEDING) AS n FROM gap)
SELECT (SELECT name FROM v1_host AS h WHERE h.host_id = s.host_id) AS host, count(*) AS events,
	min(time) AS first, max(time) AS last, (max(us) - min(us)) / 1000000 AS seconds,
	count(DISTINCT verdict) AS verdicts, min(verdict) AS verdict, min(event_id) AS event_id
FROM storm AS s GROUP BY host_id, boot_id, n HAVING count(*) >= 3
ORDER BY events DESC, event_id;

-- @settings: settings that decide what happens when memory is short or the kernel fails
SELECT h.name AS host, n.source, s.name, s.value
FROM v1_sysctl AS s JOIN v1_snapshot AS n USING (snapshot_id)
	LEFT JOIN v1_boot AS b USING (boot_id) LEFT JOIN v1_host AS h USING (host_id)
WHERE s.name GLOB 'vm.*' OR s.name GLOB 'kernel.*panic*' OR s.name GLOB 'kernel.*watchdog*'
	OR s.name GLOB 'kernel.hung_task*' OR s.name IN ('kernel.sysrq', 'kernel.core_pattern',
	'kernel.threads-max', 'kernel.pid_max', 'kernel.softlockup_all_cpu_backtrace')
ORDER BY h.name, s.snapshot_id, s.name;

-- @swaps: swap areas
SELECT snapshot_id, path, kind, human_bytes(size_bytes) AS size, human_bytes(used_bytes) AS used,
	priority FROM v1_swap ORDER BY snapshot_id, priority DESC, path;

-- @containers: containers and pods that lost a task
SELECT substr(v.container, 1, 12) AS container, v.comm, e.time,
	(SELECT name FROM v1_host AS h WHERE h.host_id = e.host_id) AS host, event_id, e.verdict,
	v.cgroup
FROM v1_victim AS v JOIN v1_event AS e USING (event_id)
WHERE v.container IS NOT NULL ORDER BY e.wall_us, event_id;
