-- Transparent huge pages where memory is tight: most of the processes' memory is in them,
-- all processes get them, and under a fifth of memory is available, or the machine has
-- killed for lack of it (Documentation/admin-guide/mm/transhuge.rst).
-- rule: host-thp
-- verdict: thp-bloat
-- role: notice
-- severity: notice
-- confidence: likely
-- needs: proc
-- applies-to: host
-- title: {huge} of {anon} anonymous memory is in transparent huge pages at collection
-- explanation: transparent_hugepage/enabled is [always]: a program that touches one byte of 2 MiB gets all of it, so part of this may be memory that nobody asked for. Allocators that give memory back in small pieces suffer most.
-- advice: try: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled, restart what is large, and compare its RSS
WITH at AS (
	SELECT s.snapshot_id, s.boot_id, s.capture_id, s.wall_us FROM v1_boot AS b
		JOIN v1_snapshot AS s USING (boot_id)
	WHERE b.host_id = :host_id AND s.source = 'proc'
	ORDER BY s.wall_us DESC, s.snapshot_id DESC LIMIT 1
), told AS (
	SELECT c.counter_id, c.name, c.value FROM at JOIN v1_counter AS c USING (snapshot_id)
	WHERE c.scope = 'host'
), figures AS (
	SELECT max(iif(name = 'MemTotal', value, NULL)) AS total,
		max(iif(name = 'MemAvailable', value, NULL)) AS available,
		max(iif(name = 'AnonPages', value, NULL)) AS anon,
		max(iif(name = 'AnonHugePages', value, NULL)) AS huge
	FROM told
), setting AS (
	SELECT y.sysctl_id, y.value FROM at JOIN v1_sysctl AS y USING (snapshot_id)
	WHERE y.name = 'sys/kernel/mm/transparent_hugepage/enabled' AND y.value GLOB '*[[]always]*'
	LIMIT 1
), evidence AS (
	SELECT 0 AS n, 'v1_counter' AS view_name, counter_id AS row_id,
		printf('%s %s', name, human_bytes(value)) AS text
	FROM told WHERE name IN ('AnonPages', 'AnonHugePages')
	UNION ALL
	SELECT 1, 'v1_sysctl', sysctl_id, printf('transparent_hugepage/enabled: %s', value)
	FROM setting
)
SELECT e.view_name, e.row_id, e.text, human_bytes(f.huge) AS huge, human_bytes(f.anon) AS anon
FROM evidence AS e, figures AS f
WHERE EXISTS (SELECT 1 FROM setting) AND f.huge >= f.anon / 2 AND f.huge >= f.total / 10
	AND (f.available < f.total / 5 OR EXISTS (SELECT 1 FROM at
		JOIN v1_event AS v USING (boot_id) JOIN v1_oom AS o USING (event_id)
		WHERE v.kind = 'oom-kill' AND o.constraint_kind IS NOT 'memcg'))
ORDER BY e.n, e.row_id
