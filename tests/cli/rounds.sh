#!/bin/bash
# An import of many captures judges while it reads: rounds, and the order in which captures
# come, make no difference to what is found in the end.  Each of 50 machines is told by six
# files, with one kill of a storm each, and the later kills come first; the last round has
# to judge again what earlier ones judged without them, also where a round in between
# judged other events of that machine.  The same holds for what comes with a later import
# or with a merge.
. "${srcdir:-.}/tests/cli/lib.sh"
mkdir all
awk -v hosts=50 '
	match($0, /^\[[A-Z][a-z][a-z] [A-Z][a-z][a-z] [ 0-9]+ [0-9:]+ [0-9]+\] /) {
		text[++n] = substr($0, RLENGTH + 1)
		if (/invoked oom-killer/)
			first = n
	}
	function put(file, host, s, i) {
		printf "2026-05-07T%02d:%02d:%02d.%06d+00:00 %s kernel: [%5d.%06d] %s\n",
			10 + s / 3600, s / 60 % 60, s % 60, i, host, s, i, text[i] >file
	}
	END {
		for (h = 0; h < hosts; h++)
			for (k = 0; k < 6; k++) {
				host = sprintf("web%03d", h)
				file = sprintf("all/part%d-%s.log", (k + 3) % 6, host)
				for (i = 1; i < first && i < 30 && !k; i++)
					put(file, host, 1, i)
				for (i = first; i <= n; i++)
					put(file, host, 100 + 300 * k + h, i)
				close(file)
			}
	}' "$top/samples/cgroup-limit-6.1.log"
[ "$(ls all | wc -l)" = 300 ] || failed 'the files'

findings() {
	ask "$1" 'SELECT event_id, host_id, plugin, rule, role, verdict, holder, severity,
		confidence, title, explanation, advice FROM v1_finding' | sort
}

# six_each FINDINGS KILLS WHAT
six_each() {
	[ "$(grep -c 'kill [1-6] of 6' "$1")" = "$2" ] && ok "$3: each kill is one of six" ||
		failed "$3: $(grep -o 'kill [1-6] of [1-6]' "$1" | sort | uniq -c)"
}

# anew STORE KILLS WHAT: judged anew from nothing it says the same
anew() {
	whole "$1" "$3"
	findings "$1" >before
	six_each before "$2" "$3"
	"$INQUEST" analyze -s "$1" || failed "$3: analyze"
	findings "$1" >after
	same before after "$3: judged anew from nothing: the same"
}

for jobs in 1 4; do
	"$INQUEST" import -j$jobs -s r.db all 2>err &
	importer=$!
	judged=0
	while kill -0 $importer 2>kill.err; do	# a round has been there before all is read
		now=$(ask r.db 'SELECT (SELECT count(*) FROM v1_capture) < 300 AND
			EXISTS (SELECT 1 FROM v1_event WHERE verdict IS NOT NULL)' 2>ask.err)
		[ "$now" = 1 ] && judged=1
	done
	wait $importer && ok "-j$jobs" || failed "-j$jobs: $(cat err)"
	[ $judged = 1 ] && ok 'judged while it reads' || echo 'not seen: judged while it reads'
	anew r.db 300 "-j$jobs"
	rm r.db
done

# --- ended after a round, and gone on with ---
for signal in INT KILL; do
	"$INQUEST" import -j2 -s s.db all/*-web0[0-2]* 2>err &
	importer=$!
	while kill -0 $importer 2>kill.err; do
		[ "$(ask s.db 'SELECT count(verdict) > 0 FROM v1_event' 2>ask.err)" = 1 ] && break
	done
	kill -$signal $importer 2>kill.err
	wait $importer 2>wait.err
	case $? in
	0 | 130 | 137) ok "ended by $signal" ;;
	*) failed "$signal: $(cat err)" ;;
	esac
	whole s.db "$signal"
	want 0 0 'and gone on with' "$INQUEST" import -j2 -s s.db all/*-web0[0-2]*
	findings s.db >rounds
	six_each rounds 180 "after $signal"
	rm s.db
done

# --- what a later import, or a merge, brings to the storm ---
for k in 4 1 0 5 3 2; do
	want 0 0 "part $k in a run of its own" "$INQUEST" import -s t.db all/part$k-web00[0-4].log
done
anew t.db 30 'six runs'
for k in 2 3; do
	"$INQUEST" import -s t$k.db all/part[$k]-web00[0-4].log all/part[$((k + 2))]-web00[0-4].log ||
		failed "t$k.db"
done
"$INQUEST" import -s m.db all/part[01]-web00[0-4].log || failed 'm.db'
want 0 0 'merged' "$INQUEST" merge -s m.db t2.db t3.db
anew m.db 30 'merged'

# --- two at once, of different files of the same machines ---
"$INQUEST" import -j2 -s u.db all/part[024]-web0[0-2]* 2>err1 & p1=$!
"$INQUEST" import -j2 -s u.db all/part[135]-web0[0-2]* 2>err2 & p2=$!
wait $p1; s1=$?
wait $p2; s2=$?
[ "$s1$s2" = 00 ] || failed "two at once: status $s1, $s2: $(cat err1 err2)"
anew u.db 180 'two at once'

# --- spools of what is read ahead leave no room for others: those come once more ---
mkdir small
cat >in_small <<-'END'
	mount -t tmpfs -o size=32k tmpfs small || exit 77
	TMPDIR=$PWD/small "$INQUEST" import -j2 -s n.db all/*-web0[01]* 2>err
END
unshare -rm sh in_small 2>unshare.err
case $? in
0) ok 'a small TMPDIR'; anew n.db 120 'a small TMPDIR' ;;
1 | 77) echo 'not seen: a small TMPDIR, no mount here' ;;
*) failed "a small TMPDIR: $(head -n 3 err)" ;;
esac
done_testing
