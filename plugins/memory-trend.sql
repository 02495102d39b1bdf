-- How the machine's available memory went before the kill, where sar was sampling it.
-- Before sysstat 11.5 sar has no kbavail: free memory and the page cache stand for it.
-- rule: memory-trend
-- verdict: memory-trend
-- role: contributing
-- severity: notice
-- confidence: certain
-- applies-to: oom-kill
-- title: {what} fell from {high} at {high_at} to {low} at {low_at} UTC
-- explanation: By what sar sampled in the twelve hours before the kill. A slow fall is a leak or growing load, a sudden one a single program; the sample nearest to the kill may be missing, a starved machine takes none.
WITH kill AS (
	SELECT e.host_id, e.wall_us, max(coalesce(b.start_us, 0), e.wall_us - 43200000000) AS from_us
	FROM v1_event AS e JOIN v1_oom AS o USING (event_id)
		LEFT JOIN v1_boot AS b ON b.boot_id = e.boot_id
	WHERE e.event_id = :event_id AND o.constraint_kind IS NOT 'memcg'
), told AS (
	SELECT t.trend_id, t.capture_id, t.member, t.line, t.wall_us, t.value,
		'available memory' AS what
	FROM kill AS k JOIN v1_trend AS t ON t.host_id = k.host_id
		AND t.name = 'MemAvailable' AND t.wall_us BETWEEN k.from_us AND k.wall_us
), sample AS (
	SELECT * FROM told
	UNION ALL
	SELECT min(t.trend_id), t.capture_id, t.member, t.line, t.wall_us, sum(t.value),
		'free memory with the page cache'
	FROM kill AS k JOIN v1_trend AS t ON t.host_id = k.host_id
		AND t.name IN ('MemFree', 'Buffers', 'Cached')
		AND t.wall_us BETWEEN k.from_us AND k.wall_us
	WHERE NOT EXISTS (SELECT 1 FROM told)
	GROUP BY t.member_id, t.wall_us HAVING count(*) = 3
), low AS (
	SELECT * FROM sample ORDER BY wall_us DESC LIMIT 1
), high AS (
	SELECT s.* FROM sample AS s, low WHERE s.wall_us < low.wall_us
	ORDER BY s.value DESC, s.wall_us DESC LIMIT 1
), fall AS (
	SELECT high.*, 1 AS n FROM high UNION ALL SELECT low.*, 2 FROM low
)
SELECT f.capture_id, f.member, f.line,
	printf('%s UTC: %s %s', strftime('%H:%M', f.wall_us / 1000000, 'unixepoch'),
		human_bytes(f.value), iif(f.what = 'available memory', 'available',
		'free or page cache')) AS text, f.what,
	human_bytes(high.value) AS high, human_bytes(low.value) AS low,
	strftime(CASE WHEN date(high.wall_us / 1000000, 'unixepoch')
			= date(low.wall_us / 1000000, 'unixepoch') THEN '%H:%M' ELSE '%m-%d %H:%M' END,
		high.wall_us / 1000000, 'unixepoch') AS high_at,
	strftime('%H:%M', low.wall_us / 1000000, 'unixepoch') AS low_at
FROM fall AS f, high, low, kill
WHERE low.value <= high.value / 2 AND kill.wall_us - low.wall_us < 3600000000
ORDER BY f.n
