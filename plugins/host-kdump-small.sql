-- Less memory for the second kernel than kdumpctl estimate recommends (kexec-tools
-- kdump-lib.sh): it may run out of memory while it saves the dump.
-- rule: host-kdump-small
-- verdict: kdump-reservation-small
-- role: notice
-- severity: notice
-- confidence: certain
-- needs: proc
-- applies-to: host
-- title: {reserved} is reserved for the kernel that saves a dump, and {recommended} is recommended for this machine
-- explanation: By kdumpctl estimate at collection. With too little the second kernel runs out of memory itself, and the dump is not saved or not whole.
-- advice: crashkernel={recommended} on the command line (kdumpctl reset-crashkernel), restart, and try it once with a crash on purpose
WITH at AS (
	SELECT s.snapshot_id FROM v1_boot AS b JOIN v1_snapshot AS s USING (boot_id)
	WHERE b.host_id = :host_id AND s.source = 'proc'
	ORDER BY s.wall_us DESC, s.snapshot_id DESC LIMIT 1
), setting AS (
	SELECT y.sysctl_id, y.name, trim(y.value) AS value FROM at JOIN v1_sysctl AS y USING (snapshot_id)
	WHERE y.name IN ('kdumpctl/Reserved crashkernel', 'kdumpctl/Recommended crashkernel')
)
SELECT 'v1_sysctl' AS view_name, s.sysctl_id AS row_id,
	printf('kdumpctl estimate: %s: %s', substr(s.name, 10), s.value) AS text,
	r.value AS reserved, m.value AS recommended
FROM setting AS s
	JOIN setting AS r ON r.name = 'kdumpctl/Reserved crashkernel'
	JOIN setting AS m ON m.name = 'kdumpctl/Recommended crashkernel'
WHERE r.value GLOB '[0-9]*M' AND m.value GLOB '[0-9]*M'
	AND CAST(r.value AS INTEGER) BETWEEN 1 AND CAST(m.value AS INTEGER) - 1
ORDER BY s.name DESC
