-- What the kernel holds that no counter of a report has, by who asked for it, and the
-- tmpfs that the shared memory of a report lies in: told by a dump alone.
-- rule: dump-kernel-memory
-- verdict: kernel-memory-named
-- role: contributing
-- severity: notice
-- confidence: certain
-- needs: vmcore
-- applies-to: oom-kill
-- title: in the dump, {later} s later: {top}
-- explanation: A dump of the same boot tells what the counters of the report do not: memory that the kernel took by vmalloc, by the function that asked for it, per-CPU data, a balloon; and which tmpfs holds the shared memory. {size}
WITH dump AS (
	SELECT x.snapshot_id, s.mono_us - e.mono_us AS later_us
	FROM v1_event AS e JOIN v1_event_snapshot AS x USING (event_id)
		JOIN v1_snapshot AS s USING (snapshot_id)
	WHERE e.event_id = :event_id AND x.role = 'dump'
		AND s.mono_us - e.mono_us BETWEEN 0 AND 60000000
	LIMIT 1
), told AS (
	SELECT c.counter_id, c.scope, c.name, c.value, c.unit FROM v1_counter AS c
		JOIN dump USING (snapshot_id)
), held AS (
	-- stacks of tasks come by vmalloc too, and are counted as such
	SELECT counter_id, value, printf('%s of vmalloc memory by %s', human_bytes(value), name)
		AS text
	FROM told WHERE scope = 'vmalloc' AND unit = 'bytes' AND name NOT IN ('kernel_clone',
		'copy_process', 'dup_task_struct', 'alloc_thread_stack_node', '_do_fork', 'do_fork')
	UNION ALL
	SELECT counter_id, value, printf('%s of %s', human_bytes(value),
		CASE name WHEN 'Percpu' THEN 'per-CPU memory' ELSE 'memory in a balloon' END)
	FROM told WHERE scope = 'host' AND unit = 'bytes' AND name IN ('Percpu', 'Balloon')
	UNION ALL
	SELECT t.counter_id, t.value, printf('%s of %s%s', human_bytes(t.value),
		CASE t.scope WHEN 'tmpfs shared memory'	-- the kernel's own mount
			THEN 'shared memory of SysV, memfd or mmap()'
			ELSE printf('shared memory in tmpfs %s', substr(t.scope, 7)) END,
		coalesce((SELECT printf(', its largest file %s with %s', substr(f.name, 6),
				human_bytes(f.value))
			FROM told AS f WHERE f.scope = t.scope AND f.name GLOB 'file *'
			ORDER BY f.value DESC LIMIT 1), ''))
	FROM told AS t WHERE t.scope GLOB 'tmpfs *' AND t.name = 'resident'
), whole AS (	-- where a cgroup was full the machine was not: only tmpfs counts, in it
	SELECT CASE WHEN coalesce(constraint_kind, 'memcg') = 'memcg' AND cgroup_limited IS NOT NULL
		THEN limit_bytes ELSE (SELECT value FROM told WHERE scope = 'host'
			AND name = 'MemTotal' AND unit = 'bytes') END AS bytes,
		coalesce(constraint_kind, 'memcg') = 'memcg' AND cgroup_limited IS NOT NULL AS cgroup
	FROM v1_oom WHERE event_id = :event_id AND manual IS NOT 1
), much AS (
	SELECT h.* FROM held AS h, whole AS w WHERE CASE WHEN w.cgroup IS 1
		THEN h.text GLOB '*shared memory*' AND h.value >= w.bytes / 4
		ELSE h.value >= w.bytes / 20 END
)
SELECT 'v1_counter' AS view_name, m.counter_id AS row_id, m.text,
	(SELECT group_concat(text, '; ') FROM (SELECT text FROM much ORDER BY value DESC LIMIT 3))
		AS top,
	printf('%.1f', dump.later_us / 1000000.0) AS later,
	CASE WHEN w.cgroup IS 1 THEN 'Each is a quarter of the cgroup''s limit or more; whether it '
			|| 'was this cgroup that filled it is not told.'
		ELSE 'Each has at least a twentieth of memory.' END AS size
FROM much AS m, dump, whole AS w
ORDER BY m.value DESC
LIMIT 10
