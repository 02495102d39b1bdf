#!/bin/bash
# Two imports into one store at once, of the same captures and of different ones, with
# several readers each; parts of a shard are disjoint and together the whole.
. "${srcdir:-.}/tests/cli/lib.sh"
mkdir all a b
i=0
for f in "$cases"/*6.1*.log "$cases"/*-7.log; do
	cp "$f" all/
	i=$((i + 1))
	[ $((i % 2)) = 0 ] && cp "$f" a/ || cp "$f" b/
	[ $((i % 3)) = 0 ] && cp "$f" a/ && cp "$f" b/
done
import() { db=$1; shift; "$INQUEST" import -s "$db" --year 2026 "$@"; }

# what the store says, without the ids that depend on who was first
content() {
	ask "$1" "SELECT 'capture', sha256, status, kind, format,
			(SELECT count(*) FROM v1_log AS l WHERE l.capture_id = c.capture_id),
			(SELECT count(*) FROM v1_issue AS i WHERE i.capture_id = c.capture_id)
		FROM v1_capture AS c" | tr -d '\r' >raw
	ask "$1" "SELECT 'event', fingerprint, kind, mono_us, wall_us, verdict, holder, confidence,
		title, seen_count, (SELECT count(*) FROM v1_finding AS f WHERE f.event_id = e.event_id),
		(SELECT count(*) FROM v1_task_choice AS f WHERE f.event_id = e.event_id),
		(SELECT count(*) FROM v1_zone_check AS f WHERE f.event_id = e.event_id),
		(SELECT group_concat(rule, ' ') FROM (SELECT rule FROM v1_finding AS f
			WHERE f.event_id = e.event_id ORDER BY rule))
		FROM v1_event AS e" >>raw
	ask "$1" "SELECT 'host', name FROM v1_host UNION ALL SELECT 'boot', kernel_release FROM v1_boot" >>raw
	sort raw
}

# Files of one boot tell it in several forms; alone, or in any order, they must come out
# alike: the order of the first import is the reference for all.
import one.db all 2>err; [ $? -le 3 ] || exit 99
content one.db >one

import j.db -j 4 all 2>err; got=$?
[ -s err ] && cat err
content j.db >j
same j one "-j 4: the same as one by one (status $got)"
whole j.db '-j 4'

for round in 1 2 3; do
	rm -f t.db
	import t.db -j 2 all 2>err1 & p1=$!
	import t.db -j 2 all 2>err2 & p2=$!
	wait $p1; s1=$?
	wait $p2; s2=$?
	[ "$s1$s2" = 00 ] || { failed "the same captures twice at once: status $s1, $s2"; cat err1 err2; }
	content t.db >t
	same t one "the same captures twice at once, round $round"
done
whole t.db 'the same captures twice at once'

rm -f t.db
import t.db a 2>err1 & p1=$!
import t.db -j 3 b 2>err2 & p2=$!
wait $p1; s1=$?
wait $p2; s2=$?
[ "$s1$s2" = 00 ] || { failed "different captures at once: status $s1, $s2"; cat err1 err2; }
content t.db >t
same t one 'different captures at once'
whole t.db 'different captures at once'

"$INQUEST" analyze -s t.db & p1=$!
"$INQUEST" analyze -s t.db & p2=$!
wait $p1 && wait $p2 || failed 'two analyses at once'
content t.db >t
same t one 'two analyses at once change nothing'

# --- a path twice, two captures of one name, thousands of files in a directory ---
mkdir -p many/x many/y
cp "$cases/memcg-oom-6.1.log" many/x/messages
cp "$cases/global-oom-7.log" many/y/messages
cp "$cases/global-oom-7.log" many/copy
seq 3000 | sed 's,.*,many/note-&,' | xargs touch
import n.db -j 4 many many/x/messages many many/x >out 2>err
got=$?
[ $got = 0 ] && [ ! -s err ] && ok 'a path twice is no failure' || { failed "a path twice: status $got"; cat err; }
[ "$(ask n.db 'SELECT count(*) FROM v1_capture')" = 2 ] && ok 'the same bytes are one capture' ||
	failed "$(ask n.db 'SELECT path FROM v1_capture')"
[ "$(ask n.db "SELECT count(*) FROM v1_capture WHERE path GLOB 'many/[xy]/messages' OR path = 'many/copy'")" = 2 ] ||
	failed 'two captures of one name'
whole n.db 'a directory of thousands'

# --- what failed stands at the end, in order, one line each, and not without end ---
mkdir bad
for k in $(seq 130); do head -c 3000 /dev/zero | tr '\0' "$(printf '\\%03o' $((k % 90 + 128)))" >bad/$k.bin; done
cp "$cases/memcg-oom-6.1.log" bad/good.log
import f.db -j 3 bad/*.bin bad/good.log none.log >out 2>err
[ $? = 3 ] && ok 'one of many: status 3' || failed 'status'
[ "$(wc -l <err)" = 101 ] && ok 'a hundred lines, and a number' || failed "$(wc -l <err) lines"
head -n 100 err | LC_ALL=C sort -c && ok 'in the order of the paths' || failed 'order'
tail -n 1 err >last
says last '^inquest: and 31 more; inquest query @issues' 'the rest is counted'

# --- shards ---
n=$(ls all | wc -l)
: >parts
for k in 1 2 3; do
	rm -f p.db
	import p.db --shard $k/3 all || failed "--shard $k/3"
	ask p.db 'SELECT path FROM v1_capture' >>parts
	import s.db --shard $k/3 all || failed "--shard $k/3 into one store"
done
[ "$(sort parts | uniq -d | wc -l)" = 0 ] && ok 'shards are disjoint' || failed 'shards overlap'
[ "$(wc -l <parts)" = "$n" ] && ok 'and together the whole' || failed "$(wc -l <parts) of $n captures in shards"
content s.db >s
same s one 'a store filled shard by shard is the same'
set -- all/*
for k in 1 2; do import few.db --shard $k/2 "$1" || failed "shard $k of 2 of one capture: $?"; done
[ "$(ask few.db 'SELECT count(*) FROM v1_capture')" = 1 ] && ok 'a shard without captures is no failure' ||
	failed 'shards of one capture'
want 1 1 'but one with a file that is not there' "$INQUEST" import -s few.db --shard 1/1 none.log

# what is in many files: the report names a few of them
mkdir many
for i in 1 2 3 4 5 6 7 8 9; do
	cat >many/$i.log <<-END
		Nov 21 10:00:00 node1 kernel: [    0.000000] Linux version 5.10.0-1 (a@b) #1 SMP
		Nov 21 10:00:0$i node1 prog[1]: line $i
		Nov 21 10:00:20 node1 kernel: [   20.000000] WARNING: CPU: 0 PID: 5 at fs/x.c:1 bad_fn+0x1/0x2 [x]
	END
done
import m.db many
want 0 0 'a report of what nine files have' "$INQUEST" report -s m.db
tr -s ' \n' ' ' <out >words
says words 'many/4.log:3-3; and 5 more with -v, event 1' 'names four of them'
want 0 0 'and with -v' "$INQUEST" report -v -s m.db
tr -s ' \n' ' ' <out >words
says words 'many/8.log:3-3; many/9.log:3-3, event 1' 'all nine'
done_testing
