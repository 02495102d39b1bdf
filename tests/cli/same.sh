#!/bin/bash
# One event once: a kill and a panic as a host's logs tell of them, each with the clock
# that it has in practice, in one bundle.  The texts are the lab's, the clocks composed.
. "${srcdir:-.}/tests/cli/lib.sh"
export TZ=UTC

# the kill at 4.6 s, as the second of two: one of the same name a minute before
sed -n '/batch-import invoked/,/Killed process\|oom_reaper/p' "$cases/memcg-oom-6.1.log" >one
grep -q 'Killed process' one || failed 'no kill in the log'
kill_at() {	# SECONDS PID: the kill, so many seconds after the boot
	awk -v at="$1" -v pid="$2" '{
		t = substr($0, 2) + 0; gsub(/\[ *137\]/, "[" pid "]")
		gsub(/process 137/, "process " pid); gsub(/pid=137/, "pid=" pid)
		gsub(/PID: 137/, "PID: " pid)
		sub(/^\[ *[0-9.]*\] ?/, "")
		printf "%.6f %s\n", at + t - 4.611791, $0 }' one
}
{ kill_at 40.611791 137; kill_at 104.611791 139; } >raw

# as FORM START ZONE: START seconds of 2026-11-21 UTC at the boot, ZONE hours east
as() {
	awk -v form="$1" -v start="$2" -v zone="$3" '
	function clock(s) { s = int(s); return sprintf("%02d:%02d:%02d", s / 3600, s / 60 % 60, s % 60) }
	{
		t = $1; text = substr($0, length($1) + 2); s = start + t + zone * 3600
		if (form == "dmesg") printf "[%12.6f] %s\n", t, text
		else if (form == "dmesg-T") printf "[Sat Nov 21 %s 2026] %s\n", clock(s), text
		else if (form == "journal") printf "Nov 21 %s web1 kernel: %s\n", clock(s), text
		else if (form == "stamped") printf "Nov 21 %s web1 kernel: [%12.6f] %s\n", clock(s), t, text
		else if (form == "rfc3339") printf "2026-11-21T%s.%06d+%02d:00 web1 kernel: %s\n", clock(s), (s - int(s)) * 1000000, zone, text
	}' raw
}

# bundle NAME ZONE BOOT-START [DAYS]: what tells of host, zone and boot; made ten minutes
# after the boot, and so many days
bundle() {
	rm -rf "$1"
	mkdir -p "$1"/sos_commands/{kernel,logs,host,date,systemd} "$1"/proc/sys/kernel/random "$1"/var/log
	echo web1 >"$1/sos_commands/host/hostname"
	echo 0b5e5a1c-5b1e-4c5e-8f3a-2d1c0b9a8f7e >"$1/proc/sys/kernel/random/boot_id"
	echo 'sosreport: 4.5.1' >"$1/version.txt"
	local days=${4:-0} t=$((1795219200 + $3 + 600 + ${4:-0} * 86400))
	made=$t
	LC_ALL=C date -u -d "@$t" '+%a %b %e %H:%M:%S UTC %Y' >"$1/sos_commands/date/date_--utc"
	LC_ALL=C date -u -d "@$((t + $2 * 3600))" '+%a %b %e %H:%M:%S XXT %Y' >"$1/sos_commands/date/date"
	[ $days = 0 ] && days='' || days="$days days, "
	echo " 10:02:57 up ${days}10 min,  0 user,  load average: 2.70, 0.99, 0.36" >"$1/sos_commands/host/uptime"
}

# events NAME WANT: kind, pid of the victim and how often it was seen
events() {
	[ ! -d "$1" ] || find "$1" -exec touch -d "@$made" {} +
	"$INQUEST" import -q -s "$1.db" "$1" >out 2>err || { failed "$1: import"; cat err; }
	ask "$1.db" "SELECT kind || ' ' || coalesce(pid, '-') || ' ' || seen_count
		FROM v1_event LEFT JOIN v1_victim USING (event_id) ORDER BY 1" >out
	printf '%s\n' "${@:2}" >expect
	same expect out "$1"
	ask "$1.db" "SELECT count(DISTINCT e.time) FROM v1_event AS e JOIN v1_victim USING (event_id)
		GROUP BY e.host_id" >>times
}

# a host east of Greenwich: every log but dmesg in local time
bundle east 8 7200
as dmesg 7200 0 >east/sos_commands/kernel/dmesg
as journal 7200 8 >east/sos_commands/logs/journalctl_--no-pager
as journal 7200 8 >east/sos_commands/logs/journalctl_--no-pager_--boot
as stamped 7200 8 >east/var/log/kern.log
as stamped 7200 8 | gzip >east/var/log/kern.log.1.gz
as journal 7200 8 >east/var/log/messages
as rfc3339 7200 8 >east/var/log/syslog
as dmesg-T 7200 8 >east/sos_commands/kernel/dmesg_-T
events east 'oom-kill 137 8' 'oom-kill 139 8'
ask east.db 'SELECT DISTINCT time FROM v1_event ORDER BY 1' >out
says out '^2026-11-21T02:00:40' 'the time is UTC'

# suspended for eleven hours since boot: the clock of dmesg stood still
bundle slept 0 3600
as dmesg 3600 0 >slept/sos_commands/kernel/dmesg
as journal 43200 0 >slept/sos_commands/logs/journalctl_--no-pager
as rfc3339 43200 0 >slept/var/log/syslog
events slept 'oom-kill 137 3' 'oom-kill 139 3'

# nothing tells of the boot or the zone
bundle bare 0 7200
rm -r bare/sos_commands/{date,host} bare/proc
as dmesg 7200 0 >bare/sos_commands/kernel/dmesg
as journal 7200 8 >bare/var/log/messages
as stamped 7200 8 >bare/var/log/kern.log
events bare 'oom-kill 137 3' 'oom-kill 139 3'

# two boots that kill alike, to the microsecond of their clocks and the byte of their
# figures; the bundle is of the second
bundle twice 0 50000
mkdir -p twice/var/crash/127.0.0.1-2026-11-21-09:00:00
as dmesg 50000 0 >twice/sos_commands/kernel/dmesg
{ as journal 32000 0; echo 'Nov 21 13:53:20 web1 kernel: Linux version 6.1.0-50-cloud-amd64 (a@b) #1 SMP'
  as journal 50000 0; } >twice/var/log/messages
{ echo '-- Boot 11111111111111111111111111111111 --'; as journal 32000 0
  echo '-- Boot 0b5e5a1c5b1e4c5e8f3a2d1c0b9a8f7e --'; as journal 50000 0; } \
	>twice/sos_commands/logs/journalctl_--no-pager
as journal 50000 0 >twice/sos_commands/logs/journalctl_--no-pager_--boot
events twice 'oom-kill 137 2' 'oom-kill 137 4' 'oom-kill 139 2' 'oom-kill 139 4'
ask twice.db "SELECT boot_uuid, count(*) FROM v1_event JOIN v1_boot USING (boot_id) GROUP BY 1" >out
says out '^0b5e5a1c.*.2$' 'two are of the boot in which the bundle was made'
says out '^11111111.*.2$' 'two are of the one before'

# suspended for days, and nothing but the text's own figures to tell
bundle days 0 3600 3
as dmesg 3600 0 >days/sos_commands/kernel/dmesg
as journal 3600 0 | sed 's/^Nov 21/Nov 24/' >days/sos_commands/logs/journalctl_--no-pager
events days 'oom-kill 137 2' 'oom-kill 139 2'

# the ring buffer has lost the head of the first report
bundle torn 0 7200
as dmesg 7200 0 | tail -n +12 >torn/sos_commands/kernel/dmesg
as journal 7200 0 >torn/sos_commands/logs/journalctl_--no-pager
events torn 'oom-kill 137 2' 'oom-kill 139 2'

# two hosts of a collector that kill alike
rm -rf collected
mkdir collected
for h in web1 web2; do
	bundle sosreport-$h 0 7200
	echo $h >sosreport-$h/sos_commands/host/hostname
	[ $h = web1 ] || echo 1b5e5a1c-5b1e-4c5e-8f3a-2d1c0b9a8f7e >sosreport-$h/proc/sys/kernel/random/boot_id
	as dmesg 7200 0 >sosreport-$h/sos_commands/kernel/dmesg
	as journal 7200 0 | sed "s/web1/$h/" >sosreport-$h/var/log/messages
	tar cJf collected/sosreport-$h.tar.xz sosreport-$h
done
tar cf sos-collector.tar collected
events sos-collector.tar 'oom-kill 137 2' 'oom-kill 137 2' 'oom-kill 139 2' 'oom-kill 139 2'

# machines that crash in the same way after the same time, again and again, each crash with
# its log and one of them also with what pstore kept
sed -n '/sysrq: Trigger a crash/,$p' "$cases/memcg-oom-6.1.log" >crash
bundle crashes 0 50000
for t in 09:00:00 10:00:00 11:00:00; do
	mkdir -p "crashes/var/crash/127.0.0.1-2026-11-21-$t"
	sed "s/^\[   10\.4/[   10.${t:1:1}/" crash >"crashes/var/crash/127.0.0.1-2026-11-21-$t/vmcore-dmesg.txt"
done
mkdir -p crashes/var/lib/systemd/pstore/1
sed 's/^\[   10\.4/[   10.0/' crash >crashes/var/lib/systemd/pstore/1/dmesg.txt
events crashes 'panic - 1' 'panic - 1' 'panic - 2'

# the bundle was made in a later boot than the one that killed: which one that was tells
# the list of boots, of systemd or of last
later() {	# NAME: the logs, the boots are still to be listed
	bundle "$1" 8 50000
	as dmesg 50000 0 | head -n 1 | sed 's/\].*/] eth0: link up/' >"$1/sos_commands/kernel/dmesg"
	as journal 32000 8 >"$1/var/log/messages"
	as rfc3339 32000 8 >"$1/var/log/syslog"
}
later listed
cat >listed/sos_commands/systemd/journalctl_--list-boots <<'END'
IDX BOOT ID                          FIRST ENTRY                 LAST ENTRY
 -2 22222222222222222222222222222222 Fri 2026-11-20 08:00:00 CST Fri 2026-11-20 09:00:00 CST
 -1 11111111111111111111111111111111 Sat 2026-11-21 16:53:25 CST Sat 2026-11-21 18:00:00 CST
  0 0b5e5a1c5b1e4c5e8f3a2d1c0b9a8f7e Sat 2026-11-21 21:53:25 CST Sat 2026-11-21 22:03:00 CST
END
events listed 'oom-kill 137 2' 'oom-kill 139 2'
ask listed.db "SELECT DISTINCT boot_uuid FROM v1_event JOIN v1_boot USING (boot_id)" >out
says out '^11111111-1111' 'the kills are of the boot before'
ask listed.db "SELECT count(*), min(start_us) FROM v1_boot" >out
says out '^3.1795132800000000$' 'all boots of the list are known'
later dashed
sed 's/ CST Sat/ CST\xe2\x80\x94Sat/; /IDX/d' listed/sos_commands/systemd/journalctl_--list-boots \
	>dashed/sos_commands/systemd/journalctl_--list-boots
events dashed 'oom-kill 137 2' 'oom-kill 139 2'
ask dashed.db "SELECT DISTINCT boot_uuid FROM v1_event JOIN v1_boot USING (boot_id)" >out
says out '^11111111-1111' 'also in the form with a dash'
later last
mkdir last/sos_commands/login
cat >last/sos_commands/login/last_-F_reboot <<'END'
reboot   system boot  6.1.0-50-amd64   Sat Nov 21 21:53:20 2026   still running
reboot   system boot  6.1.0-49-amd64   Sat Nov 21 16:53:20 2026 - Sat Nov 21 18:00:00 2026  (01:06)

wtmp begins Fri Nov 20 08:00:00 2026
END
events last 'oom-kill 137 2' 'oom-kill 139 2'
ask last.db "SELECT DISTINCT b.start_us FROM v1_event JOIN v1_boot AS b USING (boot_id)" >out
says out '^1795251200000000$' 'begun as last says'
done_testing
