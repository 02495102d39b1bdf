#!/bin/bash
# What sar sampled before a kill of the machine: in the store, and told with the event.
. "${srcdir:-.}/tests/cli/lib.sh"
export TZ=UTC

# samples ZONE: every ten minutes from 9 to 11:40 UTC, available memory falling
samples() {
	awk -v zone="$1" '
	function clock(s) { return sprintf("%02d:%02d:01", s / 3600 + zone, s / 60 % 60) }
	BEGIN {
		printf "Linux 6.12.0 (web1) \t11/21/26 \t_x86_64_\t(2 CPU)\n\n"
		printf "%s LINUX RESTART\t(2 CPU)\n\n%s  kbmemfree   kbavail\n", clock(32300), clock(32400)
		for (s = 33000; s <= 42000; s += 600)
			printf "%s  100000  %d\n", clock(s), 3250586 - (s - 33000) * 337.283
		printf "Average:  1 1\n"
	}'
}
mkdir -p b/sos_commands/{kernel,host,date,sar} b/var/log/sa b/proc/sys/kernel/random
echo web1 >b/sos_commands/host/hostname
echo 0b5e5a1c-5b1e-4c5e-8f3a-2d1c0b9a8f7e >b/proc/sys/kernel/random/boot_id
cp "$cases/global-oom-6.12.log" b/sos_commands/kernel/dmesg
echo 'Sat Nov 21 20:00:00 CST 2026' >b/sos_commands/date/date
echo 'Sat Nov 21 12:00:00 UTC 2026' >b/sos_commands/date/date_--utc
echo ' 20:00:00 up 15 min,  0 user,  load average: 0.00, 0.00, 0.00' >b/sos_commands/host/uptime
samples 8 >b/sos_commands/sar/sar21
samples 8 >b/var/log/sa/sar21
printf '\x96\xd5\x75\x21%0100d' 0 >b/var/log/sa/sa21

# before this boot: nothing to say
want 0 0 'another boot' "$INQUEST" import -q -s other.db b
ask other.db "SELECT count(*) FROM v1_finding WHERE rule = 'memory-trend'" >out
says out '^0$' 'samples of another boot say nothing'

echo ' 20:00:00 up 5:00,  0 user,  load average: 0.00, 0.00, 0.00' >b/sos_commands/host/uptime
sed 's/^\[ *\([0-9]*\)\./[171\1./; s/^\[171\([0-9]\)\./[1710\1./' "$cases/global-oom-6.12.log" >b/sos_commands/kernel/dmesg
tar cJf b.tar.xz b
want 0 0 'import' "$INQUEST" import -q -s s.db b.tar.xz
ask s.db "SELECT count(*), count(DISTINCT wall_us), min(time), max(time), min(unit) FROM v1_trend
	WHERE name = 'MemAvailable'" >out
says out '^16.16.2026-11-21T09:10:01Z.2026-11-21T11:40:01Z.bytes$' 'each sample once, in UTC'
ask s.db "SELECT DISTINCT b.boot_uuid FROM v1_trend JOIN v1_boot AS b USING (boot_id)" >out
says out '^0b5e5a1c' 'of the boot that ran then'
ask s.db "SELECT DISTINCT title FROM v1_finding WHERE rule = 'memory-trend'" >out
says out '^available memory fell from 3.10 GiB at 09:10 to 210 MiB at 11:40 UTC$' 'told with the kill'
ask s.db "SELECT e.member, e.line FROM v1_evidence AS e JOIN v1_finding USING (finding_id)
	WHERE rule = 'memory-trend' AND event_id = 1 ORDER BY seq" >out
printf 'b/sos_commands/sar/sar21\t6\nb/sos_commands/sar/sar21\t21\n' >expect
same expect out 'with the lines it rests on'
for i in 1 2; do "$INQUEST" merge -q -s all.db s.db other.db >/dev/null 2>err || cat err; done
ask all.db "SELECT count(*), count(DISTINCT capture_id), count(host_id) = count(*) FROM v1_trend
	WHERE name = 'MemAvailable'" >out
says out '^32.2.1$' 'merged, once each'
# before sysstat 11.5: what is free and what the page cache has
rm b/var/log/sa/sar21
awk '/kbavail/ { print $1, "kbmemfree kbbuffers kbcached"; next }
	$2 == 100000 { print $1, 100000, 24, $3; next } { print }' b/sos_commands/sar/sar21 >old
mv old b/sos_commands/sar/sar21
want 0 0 'import of older samples' "$INQUEST" import -q -s old.db b
ask old.db "SELECT title FROM v1_finding WHERE rule = 'memory-trend' LIMIT 1" >out
says out '^free memory with the page cache fell from 3.20 GiB at 09:10 to 308 MiB at 11:40 UTC$' 'without kbavail'
ask s.db "SELECT text FROM v1_issue WHERE code = 'sar-binary'" >out
says out 'LC_ALL=C sar -A -f' 'the binary file is named'
"$INQUEST" identify b/var/log/sa/sa21 >out
says out 'binary sar data' 'and known alone'
done_testing
