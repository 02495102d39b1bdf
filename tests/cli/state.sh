#!/bin/bash
# An OOM kill of a bundle beside the machine's state at collection, and notices of that
# state.  Composed.
. "${srcdir:-.}/tests/cli/lib.sh"
export TZ=UTC

# bundle DIR UUID: a machine that ran for an hour when it was collected, with a cgroup kill
bundle() {
	mkdir -p "$1"/sos_commands/{kernel,host,date,systemd,process} "$1"/etc/systemd/system \
		"$1"/proc/sys/{kernel/random,vm} "$1"/sys/kernel
	echo web1 >"$1/sos_commands/host/hostname"
	echo "$2" >"$1/proc/sys/kernel/random/boot_id"
	echo 'Sat Nov 21 12:00:00 UTC 2026' >"$1/sos_commands/date/date"
	echo 'Sat Nov 21 12:00:00 UTC 2026' >"$1/sos_commands/date/date_--utc"
	echo ' 12:00:00 up 1:00,  0 user,  load average: 0.00, 0.00, 0.00' >"$1/sos_commands/host/uptime"
	cat >"$1/sos_commands/kernel/dmesg" <<-'LOG'
	[    0.000000] Command line: root=/dev/vda
	[  700.100000] api invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=200
	[  700.100001] memory: usage 98304kB, limit 98304kB, failcnt 331
	[  700.100002] swap: usage 0kB, limit 0kB, failcnt 0
	[  700.100003] Memory cgroup stats for /system.slice/api.service:
	[  700.100004] Tasks state (memory values in pages):
	[  700.100005] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
	[  700.100006] [    338]  1001   338    24832    24432   237568        0           200 api
	[  700.100007] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/system.slice/api.service,task_memcg=/system.slice/api.service,task=api,pid=338,uid=1001
	[  700.100008] Memory cgroup out of memory: Killed process 338 (api) total-vm:99328kB, anon-rss:97728kB, file-rss:0kB, shmem-rss:0kB, UID:1001 pgtables:232kB oom_score_adj:200
	LOG
	printf '[Unit]\n[Service]\nOOMScoreAdjust=200\nMemoryMax=96M\nRestart=always\n' \
		>"$1/etc/systemd/system/api.service"
	printf '%s\n' Id=api.service ActiveState=active SubState=running Result=success NRestarts=1 \
		MainPID=900 ExecMainPID=900 OOMScoreAdjust=200 OOMPolicy=stop MemoryMax=100663296 \
		Restart=always ControlGroup=/system.slice/api.service \
		FragmentPath=/etc/systemd/system/api.service \
		>"$1/sos_commands/systemd/systemctl_show_service_--all"
	printf '%s\n' 'MemTotal: 1000000 kB' 'MemAvailable: 60000 kB' 'SwapTotal: 0 kB' \
		'AnonPages: 300000 kB' 'SUnreclaim: 150000 kB' 'CommitLimit: 500000 kB' \
		'Committed_AS: 490000 kB' >"$1/proc/meminfo"
	echo 2 >"$1/proc/sys/vm/overcommit_memory"
	echo 1 >"$1/proc/sys/kernel/panic_on_oops"
	echo 0 >"$1/sys/kernel/kexec_crash_loaded"
	echo 'oom_kill 3' >"$1/proc/vmstat"
	cat >"$1/sos_commands/process/ps_auxwww" <<-'PS'
	USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
	root         1  0.0  9.0 400000 300000 ?       Ss   11:00   0:01 /sbin/init
	api        900  0.1  6.0  99328  60000 ?       Ssl  11:30   0:09 /opt/api
	PS
}
bundle b 0b5e5a1c-5b1e-4c5e-8f3a-2d1c0b9a8f7e
want 0 0 'import' "$INQUEST" import -q -s s.db b
ask s.db "SELECT rule || ': ' || title FROM v1_finding WHERE rule GLOB 'unit-*' OR
	rule GLOB 'host-*' OR rule GLOB 'bundle-*' ORDER BY rule" >out
says out '^unit-limit: the limit of api.service, 96 MiB, is set in /etc/systemd/system/api.service:4$' 'limit'
says out '^unit-adj: oom_score_adj 200 of api.338. is set in /etc/systemd/system/api.service:3$' 'adj'
says out '^unit-after: api.service runs again at collection, .*: main process 900$' 'restarted'
says out '^host-slab: 146 MiB of unreclaimable slab at collection, 15 % of memory$' 'slab'
says out '^host-init: process 1 .* has 293 MiB at collection$' 'process 1'
says out '^host-no-swap: no swap, and 58.6 MiB of 977 MiB available at collection$' 'no swap'
says out '^host-overcommit: vm.overcommit_memory is 2, and 479 MiB of 488 MiB' 'overcommit'
says out '^host-kdump: no dump of the next crash would be saved: the command line has no crashkernel=$' 'kdump'
says out '^host-kills-untold: the kernel counts 3 OOM kills since it started, and the logs here tell of 1$' 'kills'
ask s.db "SELECT count(*) FROM v1_finding AS f WHERE NOT EXISTS
	(SELECT 1 FROM v1_evidence AS e WHERE e.finding_id = f.finding_id)" >out
says out '^0$' 'each with evidence'
ask s.db "SELECT count(*) FROM v1_finding WHERE role = 'notice' AND severity = 'fault'" >out
says out '^0$' 'no notice is a fault'
"$INQUEST" report -s s.db >out
says out 'Missing +the kernel log of the whole boot: journalctl -k' 'what was missing, in the text'
"$INQUEST" report -s s.db --format json >out
says out 'the kernel log of the whole boot' 'and in JSON'

# the same log, of a boot before: what files set up is the same there, and nothing else
bundle c 1c5e5a1c-5b1e-4c5e-8f3a-2d1c0b9a8f7e
mkdir -p c/sos_commands/logs
{ echo '-- Boot 2d5e5a1c5b1e4c5e8f3a2d1c0b9a8f7e --'
	sed 's/^\[ *\([0-9.]*\)\] /Nov 20 09:00:00 web1 kernel: /' c/sos_commands/kernel/dmesg
	echo '-- Boot 1c5e5a1c5b1e4c5e8f3a2d1c0b9a8f7e --'
	echo 'Nov 21 11:00:00 web1 kernel: Linux version 6.1.0-50 (gcc) #1 SMP'
} >c/sos_commands/logs/journalctl_--no-pager
echo '[    0.000000] Linux version 6.1.0-50 (gcc) #1 SMP' >c/sos_commands/kernel/dmesg
# rebooted: the findings of the one kill, by what the files of then say
rebooted() {
	rm -f t.db
	want 0 0 'import of another boot' "$INQUEST" import -q -s t.db c
	ask t.db "SELECT (SELECT count(*) FROM v1_event), (SELECT group_concat(role) FROM
		v1_event_snapshot)" >out
	says out "^1.$1\$" "the kill of the boot before: $1"
	ask t.db "SELECT rule || ': ' || title || ' ' || coalesce(explanation, '') FROM v1_finding
		WHERE event_id IS NOT NULL AND (rule GLOB 'unit-*' OR rule GLOB 'bundle-*')
		ORDER BY rule" >out
}
then='.the unit file as it was at collection, after a reboot.'
rebooted report,rebooted
says out "^unit-limit: the limit of api.service, 96 MiB, is set in /etc/systemd/system/api.service:4 $then" 'limit'
says out "^unit-adj: oom_score_adj 200 of api.338. is set in /etc/systemd/system/api.service:3 $then" 'adj'
says out "^unit-policy: Restart=always in /etc/systemd/system/api.service:5: systemd starts api.service again .*$then" 'policy'
grep -qE 'unit-after|runs again|main process 900|it uses' out && failed 'no state of this boot' || ok 'no state of this boot'
ask t.db "SELECT verdict || ' ' || title FROM v1_event" >u.all
ask s.db "SELECT verdict || ' ' || title FROM v1_event" >v.all
same u.all v.all 'the cause is as the log says'
# what was shown and stands in no file, or in one of /run, may be of this boot
sed -i '/^FragmentPath/s,/etc,/run,' c/sos_commands/systemd/systemctl_show_service_--all
mkdir -p c/run/systemd/system && mv c/etc/systemd/system/api.service c/run/systemd/system/
rebooted report,rebooted
grep -qE 'unit-limit|unit-adj|unit-policy' out && failed 'a runtime unit says nothing' || ok 'a runtime unit says nothing'
mv c/run/systemd/system/api.service c/etc/systemd/system/
sed -i '/^FragmentPath/s,/run,/etc,' c/sos_commands/systemd/systemctl_show_service_--all
# a setting as read in this boot may be another; a store of it merged is the same
echo 2 >c/proc/sys/vm/panic_on_oom
rebooted report,rebooted
says out '^bundle-settings: settings that may have shaped it, as at collection after a reboot: vm.panic_on_oom=2 .*sysctl.d' 'settings'
ask t.db "SELECT confidence FROM v1_finding WHERE rule = 'bundle-settings'" >out
says out '^likely$' 'not for certain'
rm c/proc/sys/vm/panic_on_oom
rebooted report,rebooted
rm -f v.db
cp out u.all
want 0 0 'a merge of it' "$INQUEST" merge -q -s v.db t.db
ask v.db "SELECT rule || ': ' || title || ' ' || coalesce(explanation, '') FROM v1_finding
	WHERE event_id IS NOT NULL AND (rule GLOB 'unit-*' OR rule GLOB 'bundle-*')
	ORDER BY rule" >v.all
same v.all u.all 'a merge has the same findings'
# the limit was changed since
sed -i 's/MemoryMax=96M/MemoryMax=192M/' c/etc/systemd/system/api.service
sed -i 's/MemoryMax=100663296/MemoryMax=201326592/' c/sos_commands/systemd/systemctl_show_service_--all
rebooted report,rebooted
says out '^unit-limit: the limit of api.service was 96 MiB at the kill and is 192 MiB at collection' 'changed'
# no id tells the boots apart: it was over an hour and a day before this one began
sed -i '/^-- Boot/d' c/sos_commands/logs/journalctl_--no-pager
sed -i '1i Nov 20 08:00:00 web1 kernel: Linux version 6.1.0-50 (gcc) #1 SMP' c/sos_commands/logs/journalctl_--no-pager
rebooted report,rebooted
# within the minute that the start of this boot is known to: no proof
sed -i 's/^Nov 20 09:00:00/Nov 21 10:59:30/; s/^Nov 20 08/Nov 21 09/' c/sos_commands/logs/journalctl_--no-pager
rebooted report

# the kill was known and judged before the state came
mkdir -p d/sos_commands/{kernel,host} d/proc/sys/kernel/random
for f in sos_commands/kernel/dmesg sos_commands/host/hostname proc/sys/kernel/random/boot_id; do
	cp b/$f d/$f
done
want 0 0 'import of the log' "$INQUEST" import -q -s u.db d
ask u.db "SELECT count(*) FROM v1_finding WHERE rule = 'unit-after'" >out
says out '^0$' 'no state yet'
want 0 0 'import of all' "$INQUEST" import -q -s u.db b
ask u.db "SELECT (SELECT count(*) FROM v1_event), (SELECT count(*) FROM v1_finding
	WHERE rule = 'unit-after'), (SELECT count(*) FROM v1_finding WHERE role = 'cause')" >out
says out '^1.1.1$' 'state that comes later is taken in'

# and by a merge, whichever store comes first
want 0 0 'a store of the log' "$INQUEST" import -q -s log.db d
cp -r b c && rm -r $(grep -rlE 'oom-kill|Out of memory' c)
want 0 0 'a store of the state' "$INQUEST" import -q -s state.db c
rm -f u.db
want 0 0 'and one of both' "$INQUEST" import -q -s u.db c d
all() {
	ask "$1" "SELECT e.kind, e.verdict, f.role, f.rule, f.title, f.explanation, f.advice FROM
		v1_finding AS f LEFT JOIN v1_event AS e USING (event_id) ORDER BY 1, 2, 3, 4, 5, 6"
}
all u.db >u.all
for order in 'log.db state.db' 'state.db log.db'; do
	rm -f v.db
	for one in $order; do		# judged in between
		want 0 0 "merge of $one" "$INQUEST" merge -q -s v.db $one
	done
	all v.db >v.all
	same v.all u.all "$order: what an import of both makes"
	want 0 0 'without the state' "$INQUEST" forget -q -s v.db c
	all v.db >v.all
	all log.db >log.all
	same v.all log.all 'is what the log alone makes'
done

# a log from before the end of summer time, in a bundle made after it; the zone by TZif
bundle e 2e5e5a1c-5b1e-4c5e-8f3a-2d1c0b9a8f7e
mkdir -p e/var/log
sed 's/^\[ *[0-9.]*\] /Oct 19 03:12:44 web1 kernel: /' e/sos_commands/kernel/dmesg \
	>e/var/log/kern.log.1
rm e/sos_commands/kernel/dmesg
echo 'Sat Nov 21 13:00:00 CET 2026' >e/sos_commands/date/date
head='TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
types='\0\0\016\020\0\0\0\0\034\040\1\4CET\0CEST\0'
printf "$head"'\0\0\0\2\0\0\0\2\0\0\0\011\151\310\171\220\152\335\124\220\1\0'"$types" \
	>e/etc/localtime
want 0 0 'import after summer time' "$INQUEST" import -q -s e.db e
ask e.db 'SELECT time, wall_kind FROM v1_event' >out
says out '^2026-10-19T01:12:44Z.0$' 'the offset is that of the day of the event'

# the systemd driver writes the pod's uid with underscores; it is the uid all the same
mkdir -p e/sys/fs/cgroup/kubepods.slice/kubepods-pod0f1e2d3c_4b5a_6978_8796_a5b4c3d2e1f0.slice
echo 104857600 >"$(echo e/sys/fs/cgroup/kubepods.slice/*)/memory.max"
want 0 0 'import of a pod' "$INQUEST" import -q -s p.db e
ask p.db 'SELECT DISTINCT pod FROM v1_cgroup WHERE pod IS NOT NULL' >out
says out '^0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0$' 'the uid of a pod, as kubectl shows it'
done_testing
