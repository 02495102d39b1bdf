-- Slab memory that no reclaim gives back, and whose it is: /proc/meminfo SUnreclaim over a
-- tenth of memory. Of caches /proc/slabinfo does not say whether they can be shrunk: those
-- of inodes, directory entries and buffers can, and are left out.
-- rule: host-slab
-- verdict: slab-large
-- role: notice
-- severity: warning
-- confidence: certain
-- needs: proc
-- applies-to: host
-- title: {slab} of unreclaimable slab at collection, {share} % of memory
-- explanation: More than a tenth of memory is in kernel objects that reclaim cannot give back: a leak in the kernel or a module, or very many sockets, files or tasks.{caches}
-- advice: see whether it grows: slabtop -o -s c; grep SUnreclaim /proc/meminfo, some hours apart
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
		max(iif(name = 'SUnreclaim', value, NULL)) AS slab
	FROM told
), large AS (
	SELECT s.slab_id, s.cache, s.total_bytes FROM at JOIN v1_slab AS s USING (snapshot_id)
	WHERE s.reclaimable IS NOT 1 AND s.total_bytes > 0 AND s.cache NOT GLOB '*inode*'
		AND s.cache NOT IN ('dentry', 'buffer_head', 'radix_tree_node')
	ORDER BY s.total_bytes DESC, s.cache LIMIT 3
), evidence AS (
	SELECT 0 AS n, 'v1_counter' AS view_name, counter_id AS row_id,
		printf('SUnreclaim %s', human_bytes(value)) AS text
	FROM told WHERE name = 'SUnreclaim'
	UNION ALL
	SELECT row_number() OVER (ORDER BY total_bytes DESC), 'v1_slab', slab_id,
		printf('slab cache %s: %s', cache, human_bytes(total_bytes))
	FROM large
)
SELECT e.view_name, e.row_id, e.text, human_bytes(f.slab) AS slab,
	f.slab * 100 / f.total AS share,
	coalesce((SELECT printf(' The largest caches: %s.', group_concat(t, ', ')) FROM (
		SELECT printf('%s %s', cache, human_bytes(total_bytes)) AS t FROM large)), '')
		AS caches
FROM evidence AS e, figures AS f
WHERE f.total > 0 AND f.slab > f.total / 10
ORDER BY e.n
