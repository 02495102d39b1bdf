-- Promises of memory (Documentation/mm/overcommit-accounting.rst): strict accounting that
-- is nearly used up, or no accounting and half as much again promised as there is.
-- rule: host-overcommit
-- verdict: overcommit
-- role: notice
-- severity: notice
-- confidence: certain
-- needs: proc
-- applies-to: host
-- title: vm.overcommit_memory is {mode}, and {promised} of {limit} is promised at collection
-- explanation: {means}
-- advice: {advice}
WITH at AS (
	SELECT s.snapshot_id, s.boot_id, s.capture_id, s.wall_us FROM v1_boot AS b
		JOIN v1_snapshot AS s USING (boot_id)
	WHERE b.host_id = :host_id AND s.source = 'proc'
	ORDER BY s.wall_us DESC, s.snapshot_id DESC LIMIT 1
), told AS (
	SELECT c.counter_id, c.name, c.value FROM at JOIN v1_counter AS c USING (snapshot_id)
	WHERE c.scope = 'host'
), figures AS (
	SELECT max(iif(name = 'MemTotal', value, NULL)) + max(iif(name = 'SwapTotal', value, NULL))
			AS backing,
		max(iif(name = 'CommitLimit', value, NULL)) AS strict,
		max(iif(name = 'Committed_AS', value, NULL)) AS promised
	FROM told
), setting AS (
	SELECT y.sysctl_id, y.value AS mode FROM at JOIN v1_sysctl AS y USING (snapshot_id)
	WHERE y.name = 'vm.overcommit_memory' LIMIT 1
), judged AS (
	SELECT s.*, f.promised, iif(s.mode = '2', f.strict, f.backing) AS limit_bytes
	FROM setting AS s, figures AS f
	WHERE (s.mode = '2' AND f.promised > f.strict / 10 * 9)
		OR (s.mode = '1' AND f.promised / 3 * 2 > f.backing)
), evidence AS (
	SELECT 0 AS n, 'v1_sysctl' AS view_name, sysctl_id AS row_id,
		printf('vm.overcommit_memory = %s', mode) AS text
	FROM setting
	UNION ALL
	SELECT 1, 'v1_counter', counter_id, printf('%s %s', name, human_bytes(value))
	FROM told WHERE name IN ('Committed_AS', 'CommitLimit', 'MemTotal', 'SwapTotal')
)
SELECT e.view_name, e.row_id, e.text, j.mode, human_bytes(j.promised) AS promised,
	human_bytes(j.limit_bytes) AS "limit",
	iif(j.mode = '2', 'With strict accounting (2) the kernel refuses what goes beyond that: '
		|| 'malloc() and fork() fail while memory may be free.',
		'The kernel never refuses (1): if the programs use what they were promised, beyond '
		|| 'RAM and swap, the OOM killer is all that is left.') AS means,
	iif(j.mode = '2', 'raise vm.overcommit_ratio or vm.overcommit_kbytes, or add swap',
		'unless a program needs it (redis, kubelet set it): vm.overcommit_memory = 0')
		AS advice
FROM evidence AS e, judged AS j
ORDER BY e.n, e.row_id
