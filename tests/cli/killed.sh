#!/bin/bash
# kill -9 at random moments of an import: the store holds whole captures, as they are in
# an undisturbed one, and importing again completes it to the same.
#
# SEED=n repeats a run; INQUEST_LONG=1 takes more captures and points.
. "${srcdir:-.}/tests/cli/lib.sh"
: "${SEED:=$(( ($(date +%s) * 7919 + $$) % 1000000007 ))}"
points=50
echo "SEED=$SEED, $points points"
mkdir in
for n in cgroup1-oom-6.1 global-oom-7 memcg-oom-6.1 fragmentation-6.1 file-leak-7; do
	cp "$cases/$n.log" in/
done
[ -n "$INQUEST_LONG" ] && cp "$cases"/*.log in/

import() { "$INQUEST" import -q -s "$1" --year 2026 in; }
# in the background: $! must be the program, not a shell around it
import_aside() { exec "$INQUEST" import -q -s "$1" --year 2026 in; }
# one line a capture: what belongs to it, without ids
captures() {
	ask "$1" "SELECT c.path, c.sha256, c.status,
		(SELECT count(*) FROM v1_log AS l WHERE l.capture_id = c.capture_id),
		(SELECT group_concat(e.kind || e.mono_us || ' ' || (SELECT count(*)
			FROM v1_event_snapshot AS x JOIN v1_task AS t USING (snapshot_id)
			WHERE x.event_id = e.event_id)) FROM v1_event AS e
			WHERE e.capture_id = c.capture_id)
		FROM v1_capture AS c ORDER BY 1"
}

start=$(date +%s%N)
import whole.db || [ $? = 3 ] || exit 99
span=$(( ($(date +%s%N) - start) / 1000000 ))	# ms
everything whole.db >whole.all
captures whole.db >whole.captures
echo "an undisturbed import takes $span ms, $(wc -l <whole.captures) captures"

# parts of the time an import takes, in thousandths; that time is learned as it goes,
# since a machine that does other things too is not equally fast all the time
awk -v seed="$SEED" -v n=$points 'BEGIN { srand(seed)
	for (i = 0; i < 10 * n; i++) print int(rand() * 1000) }' >moments
killed=0 partly=0 bad=0 tried=0
while read -r moment; do
	# as many as asked for, and more while too few were in time
	[ $tried -ge $points ] && [ $killed -gt $((points / 5)) ] && break
	tried=$((tried + 1))
	delay=$(awk -v m="$moment" -v span="$span" 'BEGIN { printf "%.4f", m * span / 1e6 }')
	rm -f k.db k.db-journal
	import_aside k.db 2>/dev/null &
	pid=$!
	sleep "$delay"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	if [ $? = 137 ]; then
		killed=$((killed + 1)) span=$((span * 102 / 100 + 1))
	else
		span=$((span * 8 / 10 + 1))
	fi
	if [ -s k.db ]; then
		found=$(ask k.db 'PRAGMA integrity_check' 2>&1)
		# killed before the first step of the schema: as if there were none
		case $found in
		ok) captures k.db >k.captures ;;
		*': empty: '*) : >k.captures ;;
		*) echo "after $delay s: $found"; bad=$((bad + 1)); continue ;;
		esac
		if comm -23 k.captures whole.captures | grep -q .; then
			echo "after $delay s: half a capture:"
			comm -23 k.captures whole.captures
			bad=$((bad + 1))
		fi
		n=$(wc -l <k.captures)
		[ "$n" -gt 0 ] && [ "$n" -lt "$(wc -l <whole.captures)" ] && partly=$((partly + 1))
	fi
	import k.db || [ $? = 3 ] || { echo "after $delay s: cannot be completed"; bad=$((bad + 1)); }
	everything k.db >k.all
	cmp -s k.all whole.all || {
		echo "after $delay s: completed otherwise:"
		diff k.all whole.all | head -n 10
		bad=$((bad + 1))
	}
	ls k.db-journal 2>/dev/null && bad=$((bad + 1))
done <moments
echo "$killed of $tried killed, $partly of them between two captures"
[ $bad = 0 ] && ok "$tried points" || failed "$bad of $tried points"
[ "$killed" -gt $((points / 5)) ] || failed 'too few imports were killed in time'

# --- children, and the process that starts them, with two at once ---
# A child that is killed is an issue of its capture, and only of that; the next run reads
# it again.  Where its server is killed the import ends, with what was applied.
children_of() { local c; { read -r c </proc/$1/task/$1/children; } 2>/dev/null; echo "$c"; }
import_two_aside() { exec "$INQUEST" import -q -s k.db -j 2 --year 2026 in; }
if [ -n "$(sleep 0.2 & children_of $$; wait)" ]; then
	shots=0 bad=0
	for round in $(seq 12); do
		rm -f k.db k.db-journal
		import_two_aside 2>/dev/null &
		pid=$!
		server=
		while [ -z "$server" ] && kill -0 $pid 2>/dev/null; do
			server=$(children_of $pid | cut -d ' ' -f 1)
		done
		# some of its children, whenever they come, as long as it runs
		left=$((RANDOM % 4 + 1))
		while [ $left -gt 0 ] && kill -0 $pid 2>/dev/null; do
			child=	# a line without an end
			{ read -r child rest </proc/$server/task/$server/children; } 2>/dev/null
			[ -n "$child" ] && [ $((RANDOM % 8)) = 0 ] || continue
			kill -9 $child 2>/dev/null && shots=$((shots + 1)) left=$((left - 1))
		done
		[ $((round % 4)) = 0 ] && kill -9 $server 2>/dev/null
		[ $((round % 4)) = 1 ] && kill -9 $pid 2>/dev/null
		wait $pid 2>/dev/null
		if [ -s k.db ]; then
			found=$(ask k.db 'PRAGMA integrity_check' 2>&1; ask k.db 'PRAGMA foreign_key_check' 2>&1)
			case $found in
			ok | *': empty: '*) ;;
			*) echo "round $round: $found"; bad=$((bad + 1)) ;;
			esac
		fi
		import k.db || [ $? = 3 ] || { echo "round $round: cannot be completed"; bad=$((bad + 1)); }
		captures k.db >k.captures
		cmp -s k.captures whole.captures || {
			echo "round $round: completed otherwise:"
			diff k.captures whole.captures
			bad=$((bad + 1))
		}
	done
	[ $bad = 0 ] && ok "$shots children killed" || failed "$bad of 12 rounds"
	[ $shots -gt 0 ] || failed 'no child was killed in time'
else
	echo 'skipped: /proc does not tell of children here'
fi

# --- asked to stop: 128 + signal, the store whole ---
# What comes from standard input is not over before we say so: it stops in the middle.
mkfifo never
exec 3<>never
set -m	# a shell lets its background jobs ignore SIGINT, unless it controls them
# a signal that whoever started this test lets be ignored stays so in the program
ignored=$((0x$(sed -n 's/^SigIgn:[[:space:]]*//p' /proc/self/status)))
for sig in INT TERM HUP; do
	if [ $((ignored >> ($(kill -l $sig) - 1) & 1)) = 1 ]; then
		echo "skipped: SIG$sig is ignored here"
		continue
	fi
	rm -f k.db
	"$INQUEST" import -q -s k.db --year 2026 in - <never 2>err &
	pid=$!
	until [ -s k.db ]; do sleep 0.01; done
	sleep 0.0$((RANDOM % 10))
	kill -$sig $pid
	wait $pid
	got=$?
	want=$((128 + $(kill -l $sig)))
	[ $got = $want ] && ok "SIG$sig: status $want" || failed "SIG$sig: status $got, not $want"
	[ -s err ] && { failed "SIG$sig: it speaks"; cat err; }
	[ -s k.db ] && whole k.db "SIG$sig"
	import k.db || [ $? = 3 ] || failed "SIG$sig: cannot be completed"
	everything k.db >k.all
	same k.all whole.all "SIG$sig: completed to the same"
done
done_testing
