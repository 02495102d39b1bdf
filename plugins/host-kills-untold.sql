-- Kills that the kernel counted (/proc/vmstat oom_kill, 4.13 and later: every victim, those
-- of cgroups too) and that no log of the capture tells of. Kills whose boot is not known for
-- sure to be another are taken as of this one.
-- rule: host-kills-untold
-- verdict: kills-untold
-- role: notice
-- severity: warning
-- confidence: certain
-- needs: proc
-- applies-to: host
-- title: the kernel counts {counted} OOM kill{s} since it started, and the logs here tell of {told}
-- explanation: vmstat's oom_kill at collection against the reports found of this boot: the others are in no log of this capture.
-- missing: the kernel log of the whole boot | journalctl -k -b before it rotates, kept over a restart with Storage=persistent in journald.conf (mkdir /var/log/journal); sos report --all-logs --log-size 0
WITH at AS (
	SELECT s.snapshot_id, s.boot_id, s.capture_id, s.wall_us FROM v1_boot AS b
		JOIN v1_snapshot AS s USING (boot_id)
	WHERE b.host_id = :host_id AND s.source = 'proc'
	ORDER BY s.wall_us DESC, s.snapshot_id DESC LIMIT 1
), told AS (
	SELECT c.counter_id, c.name, c.value FROM at JOIN v1_counter AS c USING (snapshot_id)
	WHERE c.scope = 'host'
), here AS (
	SELECT a.*, b.boot_uuid FROM at AS a JOIN v1_boot AS b USING (boot_id)
), kills AS (
	SELECT sum(max(1, (SELECT count(*) FROM v1_victim AS v WHERE v.event_id = e.event_id)))
		AS n
	FROM here AS h JOIN v1_event AS e ON e.host_id = :host_id
		LEFT JOIN v1_boot AS b ON b.boot_id = e.boot_id
	WHERE e.kind = 'oom-kill' AND (e.boot_id = h.boot_id OR b.boot_uuid IS NULL
		OR h.boot_uuid IS NULL OR b.boot_uuid = h.boot_uuid)
)
SELECT 'v1_counter' AS view_name, c.counter_id AS row_id,
	printf('vmstat oom_kill %d', c.value) AS text, c.value AS counted,
	iif(c.value = 1, '', 's') AS s,
	iif(coalesce(k.n, 0) = 0, 'none', k.n) AS told
FROM told AS c, kills AS k
WHERE c.name = 'oom_kill' AND c.value > coalesce(k.n, 0)
LIMIT 1
