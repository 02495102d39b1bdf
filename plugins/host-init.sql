-- PID 1 that has grown: 200 MB of its own, the threshold of Alibaba Cloud's guide.
-- rule: host-init
-- verdict: init-large
-- role: notice
-- severity: warning
-- confidence: certain
-- needs: proc
-- applies-to: host
-- title: process 1 ({comm}) has {held} at collection
-- explanation: It has a few MB on most machines, and 200 MB is far too much: a leak, or units without number (mounts, scopes of sessions and containers). It cannot be killed, and the kernel's task table does not list it.
-- advice: systemctl daemon-reexec gives most of it back while all goes on; systemctl list-units --all | wc -l says whether units are many; update systemd
WITH at AS (
	SELECT s.snapshot_id FROM v1_boot AS b JOIN v1_snapshot AS s USING (boot_id)
	WHERE b.host_id = :host_id AND s.source = 'proc'
	ORDER BY s.wall_us DESC, s.snapshot_id DESC LIMIT 1
)
SELECT 'v1_task' AS view_name, t.task_id AS row_id, t.comm,
	human_bytes(coalesce(t.anon_rss_bytes, t.rss_bytes) + coalesce(t.swap_bytes, 0)) AS held,
	printf('process 1: %s resident, %s in swap', human_bytes(t.rss_bytes),
		human_bytes(coalesce(t.swap_bytes, 0))) AS text
FROM at JOIN v1_task AS t USING (snapshot_id)
WHERE t.pid = 1
	AND coalesce(t.anon_rss_bytes, t.rss_bytes) + coalesce(t.swap_bytes, 0) > 200000000
LIMIT 1
