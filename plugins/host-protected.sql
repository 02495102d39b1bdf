-- Processes that may never be killed (oom_score_adj -1000, mm/oom_kill.c oom_badness()) and
-- hold much: one a tenth of memory, or all a fifth. Not the collector, which is gone now.
-- rule: host-protected
-- verdict: protected-large
-- role: notice
-- severity: notice
-- confidence: certain
-- needs: proc
-- applies-to: host
-- title: processes that may never be killed hold {held} at collection, {share} % of memory: {names}
-- explanation: oom_score_adj is -1000. If one of them leaks, all others are killed before the machine panics.
-- advice: give them a milder oom_score_adj (-900: last, but possible), or a limit of their own
WITH at AS (
	SELECT s.snapshot_id, s.boot_id, s.capture_id, s.wall_us FROM v1_boot AS b
		JOIN v1_snapshot AS s USING (boot_id)
	WHERE b.host_id = :host_id AND s.source = 'proc'
	ORDER BY s.wall_us DESC, s.snapshot_id DESC LIMIT 1
), told AS (
	SELECT c.counter_id, c.name, c.value FROM at JOIN v1_counter AS c USING (snapshot_id)
	WHERE c.scope = 'host'
), never AS (
	SELECT t.task_id, t.pid, t.comm, t.rss_bytes + coalesce(t.swap_bytes, 0) AS held
	FROM at JOIN v1_task AS t USING (snapshot_id)
	WHERE t.oom_score_adj = -1000 AND t.kernel_thread IS NOT 1 AND t.rss_bytes > 0
		AND coalesce(t.tgid, t.pid) = t.pid
		AND t.comm NOT IN ('sos', 'sosreport', 'supportconfig')
), figures AS (
	SELECT sum(n.held) AS held, max(n.held) AS largest,
		(SELECT value FROM told WHERE name = 'MemTotal') AS total
	FROM never AS n
), most AS (
	SELECT * FROM never ORDER BY held DESC, pid LIMIT 5
)
SELECT 'v1_task' AS view_name, m.task_id AS row_id,
	printf('%s[%d] oom_score_adj -1000, %s', m.comm, m.pid, human_bytes(m.held)) AS text,
	human_bytes(f.held) AS held, f.held * 100 / f.total AS share,
	(SELECT group_concat(printf('%s[%d] %s', comm, pid, human_bytes(held)), ', ') FROM most)
		AS names
FROM most AS m, figures AS f
WHERE f.total > 0 AND (f.largest >= f.total / 10 OR f.held >= f.total / 5)
ORDER BY m.held DESC, m.pid
