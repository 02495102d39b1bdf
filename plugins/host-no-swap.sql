-- No swap, told only where it matters: under a tenth of memory was available.
-- rule: host-no-swap
-- verdict: no-swap
-- role: notice
-- severity: notice
-- confidence: certain
-- needs: proc
-- applies-to: host
-- title: no swap, and {available} of {total} available at collection
-- explanation: Memory of processes cannot be moved out: what they ask for beyond that is taken from the page cache first, which makes the machine slow, and then somebody is killed.
-- advice: more memory, less load, or swap (some gigabytes help against short peaks)
WITH at AS (
	SELECT s.snapshot_id, s.boot_id, s.capture_id, s.wall_us FROM v1_boot AS b
		JOIN v1_snapshot AS s USING (boot_id)
	WHERE b.host_id = :host_id AND s.source = 'proc'
	ORDER BY s.wall_us DESC, s.snapshot_id DESC LIMIT 1
), told AS (
	SELECT c.counter_id, c.name, c.value FROM at JOIN v1_counter AS c USING (snapshot_id)
	WHERE c.scope = 'host'
)
SELECT 'v1_counter' AS view_name, e.counter_id AS row_id,
	printf('%s %s', e.name, human_bytes(e.value)) AS text,
	human_bytes(a.value) AS available, human_bytes(m.value) AS total
FROM told AS e JOIN told AS a ON a.name = 'MemAvailable' JOIN told AS m ON m.name = 'MemTotal'
	JOIN told AS s ON s.name = 'SwapTotal'
WHERE s.value = 0 AND a.value < m.value / 10 AND e.name IN ('SwapTotal', 'MemAvailable')
ORDER BY e.name DESC
