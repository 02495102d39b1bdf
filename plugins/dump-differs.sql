-- The task table of the log and the processes of the dump, compared: what a kill freed
-- or somebody changed in the seconds between them, and rows that the log lost.
-- rule: dump-differs
-- verdict: dump-differs
-- role: contributing
-- severity: notice
-- confidence: certain
-- needs: vmcore
-- applies-to: oom-kill
-- title: {n} between the log's task table and the dump, {later} s later
-- explanation: The table was printed when the kernel chose; the dump shows the processes when the machine died. Of what differs, the largest stand below.
WITH dump AS (
	SELECT x.snapshot_id, e.mono_us AS then_us, s.mono_us - e.mono_us AS later_us,
		s.complete
	FROM v1_event AS e JOIN v1_event_snapshot AS x USING (event_id)
		JOIN v1_snapshot AS s USING (snapshot_id)
	WHERE e.event_id = :event_id AND x.role = 'dump'
		AND s.mono_us - e.mono_us BETWEEN 0 AND 60000000
	LIMIT 1
), listed AS (	-- nothing is read of it where there is no dump
	SELECT t.task_id, t.pid, t.comm, t.rss_bytes, t.oom_score_adj
	FROM v1_task AS t JOIN v1_event_snapshot AS x USING (snapshot_id)
	WHERE x.event_id = :event_id AND x.role = 'report' AND EXISTS (SELECT 1 FROM dump)
), alive AS (
	SELECT t.* FROM v1_task AS t JOIN dump USING (snapshot_id)
	WHERE t.kernel_thread = 0 AND t.rss_bytes IS NOT NULL AND t.pid <> 1
), differs AS (
	SELECT t.task_id, t.rss_bytes AS weight,
		printf('%s[%d]: in the table, %s', t.comm, t.pid, CASE dump.complete
			WHEN 1 THEN 'gone in the dump'
			ELSE 'not found in the dump, which is not complete' END) AS text
	FROM listed AS t, dump
	WHERE EXISTS (SELECT 1 FROM alive) AND t.pid NOT IN (SELECT pid FROM alive)
		AND t.pid NOT IN (SELECT pid FROM v1_victim WHERE event_id = :event_id)
	UNION ALL
	SELECT a.task_id, a.rss_bytes,
		printf('%s[%d]: oom_score_adj %d in the table, %d in the dump', a.comm, a.pid,
			t.oom_score_adj, a.oom_score_adj)
	FROM listed AS t JOIN alive AS a ON a.pid = t.pid AND a.comm = t.comm
	WHERE a.oom_score_adj <> t.oom_score_adj
	UNION ALL
	SELECT a.task_id, abs(a.rss_bytes - t.rss_bytes),
		printf('%s[%d]: %s resident in the table, %s in the dump', a.comm, a.pid,
			human_bytes(t.rss_bytes), human_bytes(a.rss_bytes))
	FROM listed AS t JOIN alive AS a ON a.pid = t.pid AND a.comm = t.comm
	WHERE abs(a.rss_bytes - t.rss_bytes) > 16777216
		AND abs(a.rss_bytes - t.rss_bytes) > t.rss_bytes / 4
	UNION ALL
	SELECT a.task_id, a.rss_bytes,
		printf('%s[%d]: in the dump with %s, and started before; not in the table',
			a.comm, a.pid, human_bytes(a.rss_bytes))
	FROM alive AS a, dump
	WHERE EXISTS (SELECT 1 FROM listed) AND a.pid NOT IN (SELECT pid FROM listed)
		AND a.tgid NOT IN (SELECT pid FROM listed) AND a.start_us < dump.then_us
		AND (SELECT constraint_kind FROM v1_oom WHERE event_id = :event_id) = 'none'
)
SELECT 'v1_task' AS view_name, d.task_id AS row_id, d.text,
	CASE count(*) OVER () WHEN 1 THEN 'one difference'
		ELSE printf('%d differences', count(*) OVER ()) END AS n,
	printf('%.1f', dump.later_us / 1000000.0) AS later
FROM differs AS d, dump
ORDER BY d.weight DESC
LIMIT 20
