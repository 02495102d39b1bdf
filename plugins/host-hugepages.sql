-- Huge pages set aside that nobody uses or has been promised: a twentieth of memory or more
-- (Documentation/admin-guide/mm/hugetlbpage.rst).
-- rule: host-hugepages
-- verdict: hugepages-idle
-- role: notice
-- severity: notice
-- confidence: certain
-- needs: proc
-- applies-to: host
-- title: {idle} in huge pages is reserved and unused at collection
-- explanation: {free} of {total} pages of {page} are free and promised to nobody. Nothing else can use that memory, and no counter of used memory shows who has it.
-- advice: lower vm.nr_hugepages (or hugepages= of the kernel's command line) to what is used, unless the program that is to use them was just not running
WITH at AS (
	SELECT s.snapshot_id, s.boot_id, s.capture_id, s.wall_us FROM v1_boot AS b
		JOIN v1_snapshot AS s USING (boot_id)
	WHERE b.host_id = :host_id AND s.source = 'proc'
	ORDER BY s.wall_us DESC, s.snapshot_id DESC LIMIT 1
), told AS (
	SELECT c.counter_id, c.name, c.value FROM at JOIN v1_counter AS c USING (snapshot_id)
	WHERE c.scope = 'host'
)
SELECT 'v1_hugetlb' AS view_name, g.hugetlb_id AS row_id,
	printf('%d huge pages of %s, %d free, %d promised', g.total, human_bytes(g.page_bytes),
		g.free, coalesce(g.reserved, 0)) AS text,
	human_bytes((g.free - coalesce(g.reserved, 0)) * g.page_bytes) AS idle,
	g.free - coalesce(g.reserved, 0) AS free, g.total, human_bytes(g.page_bytes) AS page
FROM at JOIN v1_hugetlb AS g USING (snapshot_id)
	JOIN told AS m ON m.name = 'MemTotal'
WHERE g.node IS NULL AND g.total > 0
	-- by division: a count in a file may be anything
	AND g.page_bytes > 0 AND g.free - coalesce(g.reserved, 0) BETWEEN 1 AND m.value / g.page_bytes
	AND (g.free - coalesce(g.reserved, 0)) * g.page_bytes >= m.value / 20
ORDER BY g.page_bytes DESC
LIMIT 1
