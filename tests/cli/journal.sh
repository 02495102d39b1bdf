#!/bin/bash
# Binary journals: alone, packed, in a directory of their own, in a bundle beside the same
# log as text, cut at their end.
. "${srcdir:-.}/tests/cli/lib.sh"

xz -dc "$cases/memcg-oom-6.1.journal.log" >system.journal
want 0 0 'identify' "$INQUEST" identify system.journal
says out 'systemd journal, [0-9]+ entries, [0-9]+ lines of the kernel, host lab-61, 2026-11-21T' \
	'what it is'
want 0 0 'log' "$INQUEST" log system.journal
says out '^\[    4\.611791\] batch-import invoked oom-killer' 'its kernel log'

# a machine's directory is one capture, whatever is twice in it
d=journal/0123456789abcdef0123456789abcdef
mkdir -p $d
cp system.journal $d/system.journal
cp system.journal $d/system@00000000000000000000000000000001-0000000000000001-1.journal~
want 0 0 'a directory' "$INQUEST" import -q -s dir.db journal
ask dir.db "SELECT count(*), min(kind), min(status) FROM v1_capture" >out
says out '^1.journal.ok$' 'one capture, a journal'
ask dir.db "SELECT kind, seen_count FROM v1_event ORDER BY event_id" >out
printf 'oom-kill\t1\npanic\t1\n' >expect
same expect out 'each event once'
ask dir.db "SELECT machine_id, boot_uuid FROM v1_host JOIN v1_boot USING (host_id)" >out
says out '6d6163686e652d69642d6c61622d3631.5e0c0ffe-?e5e0' 'machine and boot by their ids'

# the same machine's log as text: one event, two sightings
sed -n '/batch-import invoked/,$p' "$cases/memcg-oom-6.1.log" >dmesg.txt
mkdir -p b/sos_commands/kernel b/sos_commands/host b/var/log
cp dmesg.txt b/sos_commands/kernel/dmesg
echo lab-61 >b/sos_commands/host/hostname
cp -r journal b/var/log/
tar cJf sosreport-lab-61.tar.xz b
for in in b sosreport-lab-61.tar.xz; do
	want 0 0 "$in" "$INQUEST" import -q -s "$in.db" $in
	ask "$in.db" "SELECT kind, seen_count FROM v1_event ORDER BY event_id" >out
	printf 'oom-kill\t2\npanic\t2\n' >expect
	same expect out "$in: each event once, seen twice"
done

# the last part is missing: what is left counts, and it is said
head -c 3760000 system.journal >cut.journal
want 3 1 'cut' "$INQUEST" import -q -s cut.db cut.journal
ask cut.db "SELECT severity, code, text FROM v1_issue" >out
says out '^damage.truncated.the journal ends early; [0-9]+ of [0-9]+ entries are left$' 'said so'
head -c 100 system.journal >none.journal
want 1 1 'cut in its header' "$INQUEST" explain none.journal
says err 'none.journal: a journal cut inside its header' 'named'
done_testing
