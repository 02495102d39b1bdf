-- Whether a dump of the next crash would be saved (Documentation/admin-guide/kdump/kdump.rst):
-- memory for the second kernel, that kernel loaded, its service not failed, what kdumpctl and
-- kdump-config say. That the command line has no crashkernel= is told of machines that are
-- set up to panic, or that did.
-- rule: host-kdump
-- verdict: kdump-not-ready
-- role: notice
-- severity: warning
-- confidence: certain
-- needs: proc
-- applies-to: host
-- title: no dump of the next crash would be saved: {why}
-- explanation: As it was at collection. After a crash the log up to then is all there is, and often not even that.
-- advice: {advice}
WITH at AS (
	SELECT s.snapshot_id, s.boot_id, s.capture_id FROM v1_boot AS b
		JOIN v1_snapshot AS s USING (boot_id)
	WHERE b.host_id = :host_id AND s.source = 'proc'
	ORDER BY s.wall_us DESC, s.snapshot_id DESC LIMIT 1
), setting AS (
	SELECT y.sysctl_id, y.name, trim(y.value) AS value FROM at JOIN v1_sysctl AS y USING (snapshot_id)
), reserves AS (
	SELECT b.boot_id, b.command_line, b.command_line GLOB '*crashkernel=*' AS asked,
		printf('command line: %s', substr(b.command_line, 1, 200)) AS text
	FROM at JOIN v1_boot AS b USING (boot_id)
	WHERE b.command_line IS NOT NULL AND b.command_line NOT GLOB '*fadump=on*'
), wanted AS (
	SELECT 1 FROM setting WHERE value = '1' AND name IN ('kernel.panic_on_oops',
		'kernel.softlockup_panic', 'kernel.hardlockup_panic', 'kernel.hung_task_panic',
		'kernel.panic_on_rcu_stall', 'kernel.panic_on_warn')
	UNION ALL
	SELECT 1 FROM v1_event WHERE host_id = :host_id AND kind = 'panic'
), found AS (
	SELECT 1 AS n, 'v1_sysctl' AS view_name, s.sysctl_id AS row_id,
		'/sys/kernel/kexec_crash_size: 0' AS text,
		iif((SELECT asked FROM reserves), 'crashkernel= reserved no memory',
			'no memory is reserved for a second kernel') AS why,
		'reserve memory: crashkernel=256M or so on the command line (kdumpctl '
			|| 'reset-crashkernel on RHEL 9), and restart' AS advice
	FROM setting AS s WHERE s.name = 'sys/kernel/kexec_crash_size' AND s.value = '0'
	UNION ALL
	SELECT 2, 'v1_boot', r.boot_id, r.text, 'the command line has no crashkernel=',
		'put crashkernel= on the command line, install and enable the kdump service, and restart'
	FROM reserves AS r WHERE NOT r.asked AND EXISTS (SELECT 1 FROM wanted)
	UNION ALL
	SELECT 3, 'v1_sysctl', s.sysctl_id, '/etc/default/kdump-tools: USE_KDUMP=0',
		'USE_KDUMP=0 in /etc/default/kdump-tools', 'set USE_KDUMP=1 there; then '
			|| 'systemctl restart kdump-tools, and kdump-config show must say ready to kdump'
	FROM setting AS s WHERE s.name = 'default/kdump-tools/USE_KDUMP' AND s.value = '0'
		AND (EXISTS (SELECT 1 FROM wanted) OR EXISTS (SELECT 1 FROM reserves WHERE asked))
	UNION ALL
	SELECT 4, 'v1_sysctl', s.sysctl_id, '/sys/kernel/kexec_crash_loaded: 0',
		'no second kernel is loaded',
		'systemctl enable --now kdump (kdump-tools on Debian); then '
			|| 'cat /sys/kernel/kexec_crash_loaded must say 1'
	FROM setting AS s WHERE s.name = 'sys/kernel/kexec_crash_loaded' AND s.value = '0'
		-- of a machine that nobody meant to dump it says nothing
		AND (EXISTS (SELECT 1 FROM wanted) OR EXISTS (SELECT 1 FROM reserves WHERE asked))
	UNION ALL
	SELECT 5, 'v1_unit', u.unit_id, printf('%s: %s, Result=%s', u.name, u.state,
			coalesce(u.result, '?')),
		printf('%s failed', u.name), printf('journalctl -u %s -b says why', u.name)
	FROM at JOIN v1_unit AS u USING (capture_id)
	WHERE u.host_id = :host_id AND u.state = 'failed'
		AND u.name IN ('kdump.service', 'kdump-tools.service')
	UNION ALL
	SELECT 6, 'v1_sysctl', s.sysctl_id, printf('%s: %s', s.name, s.value),
		printf('%s says: %s', substr(s.name, 1, instr(s.name, '/') - 1), s.value),
		'see why: journalctl -b -u kdump -u kdump-tools'
	FROM setting AS s
	WHERE ((s.name = 'kdump-config/current state' AND s.value GLOB 'Not ready*')
		OR (s.name IN ('kdumpctl/kdump', 'kdumpctl/Kdump')
			AND s.value GLOB '*not operational*'))
		AND (EXISTS (SELECT 1 FROM wanted) OR EXISTS (SELECT 1 FROM reserves WHERE asked))
), cause AS (
	SELECT why, advice FROM found ORDER BY n LIMIT 1
)
SELECT f.view_name, f.row_id, f.text, c.why, c.advice
FROM found AS f, cause AS c
-- no memory reserved alone: only where a crash was seen or asked for
WHERE EXISTS (SELECT 1 FROM found WHERE n > 1) OR EXISTS (SELECT 1 FROM wanted)
	OR EXISTS (SELECT 1 FROM reserves WHERE asked)
ORDER BY f.n
