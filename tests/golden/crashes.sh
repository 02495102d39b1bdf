#!/bin/bash
# Crashes over kinds, eras and machines, end to end: what the parser saw and what the
# plugins said of it, a line an event.  crashes/*.txt hold the cases, composed from the
# kernel's format strings:
#
#	== NAME
#	% DIALECT		how the lines reach a log; "time" if not told
#	@12.5 text		this line and those after it are of that second of uptime
#	T7|text			in dialect "caller": printed by thread 7 (C0: in CPU 0)
#	=> EVENT		what is expected; no such line: no event
#
# With UPDATE=1 the expected lines are written anew (read the diff before you keep it).
: "${srcdir:=.}" "${INQUEST:=src/inquest}"
cases=$(cd "$srcdir/tests/golden/crashes" && pwd) || exit 99
case $INQUEST in /*) ;; *) INQUEST=$PWD/$INQUEST ;; esac
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
sql="SELECT '=> ' || e.kind || coalesce(' ' || c.form, '') || coalesce(' ' || e.arch, '') || coalesce(' f=' || c.function, '')
	|| coalesce(' s=' || c.suspect, '') || coalesce(' m=' || c.module, '')
	|| coalesce(' a=' || c.address, '') || coalesce(' ' || c.access, '')
	|| coalesce(' ' || c.comm || '[' || coalesce(c.pid, '?') || ']', '')
	|| coalesce(' cpu' || c.cpu, '') || coalesce(' +' || replace(c.taint, ' ', ''), '')
	|| coalesce(' stuck=' || (c.stuck_us / 1000000), '') || coalesce(' in ' || c.waits_in, '')
	|| coalesce(' owner=' || c.owner_comm, '') || coalesce(' of ' || c.object, '')
	|| coalesce(' sev=' || c.hw_severity, '')
	|| iif(c.repeats > 1, ' x' || c.repeats, '') || iif(e.truncated, ' cut', '')
	|| coalesce(' ^' || e.parent_id, '')
	|| ': ' || coalesce(f.verdict || ' ' || f.rule || ' ' || f.confidence, 'nothing')
	AS event
FROM v1_event AS e LEFT JOIN v1_crash AS c USING (event_id)
LEFT JOIN v1_finding AS f ON f.event_id = e.event_id AND f.role = 'cause'
ORDER BY e.event_id"

# split FILE: its cases into NNN.log, NNN.want, NNN.name
split='
function close_all() { if (n) { close(log_); close(want) } }
/^== / {
	close_all(); n++; at = 100; us = 0; how = "time"
	base = sprintf("%s/%03d", dir, n); log_ = base ".log"; want = base ".want"
	print substr($0, 4) >(base ".name"); close(base ".name")
	printf "" >log_; printf "" >want; next
}
/^% / { how = $2; next }
/^=> / { print >want; next }
/^#/ || !n { next }
{
	text = $0
	if (match(text, /^@[0-9.]+ /)) {
		at = substr(text, 2, RLENGTH - 2); us = 0; text = substr(text, RLENGTH + 1)
	}
	t = sprintf("%.6f", at + ++us / 1000000); who = ""
	if (match(text, /^[CT][0-9]+\|/)) {
		who = sprintf("[%6s]", substr(text, 1, RLENGTH - 1))
		text = substr(text, RLENGTH + 1)
	}
	clock = sprintf("%02d:%02d:%02d", 10 + t / 3600 % 12, t / 60 % 60, t % 60)
	if (how == "bare") front = ""
	else if (how == "level") front = sprintf("<4>[%12s] ", t)
	else if (how == "syslog") front = sprintf("Nov 21 %s node1 kernel: [%12s] ", clock, t)
	else if (how == "journal")
		front = sprintf("2026-11-21T%s.%s+00:00 node1 kernel: ", clock, substr(t, length(t) - 5))
	else if (how == "raw") front = sprintf("Nov 21 %s node1 ", clock)
	else front = sprintf("[%12s]%s ", t, who)
	print front text >log_
}
'
n=0 bad=0
for file in "$cases"/*.txt; do
	rm -rf "$tmp/c" && mkdir "$tmp/c"
	awk -v dir="$tmp/c" "$split" "$file"
	: >"$tmp/new"
	for log in "$tmp"/c/*.log; do
		b=${log%.log}
		n=$((n + 1))
		rm -f "$tmp/s.db"
		"$INQUEST" import -q -s "$tmp/s.db" --year 2026 "$log" 2>"$tmp/err"
		"$INQUEST" query -s "$tmp/s.db" --format tsv "$sql" 2>>"$tmp/err" |
			tail -n +2 >"$tmp/got"
		cat "$tmp/got" >"$b.got"
		[ -n "$UPDATE" ] || diff -u "$b.want" "$tmp/got" >"$tmp/diff" || {
			echo "FAILED: ${file##*/}: $(cat "$b.name")"
			cat "$tmp/err" "$tmp/diff"
			bad=$((bad + 1))
		}
	done
	[ -z "$UPDATE" ] || awk -v dir="$tmp/c" '
		function told() {
			if (!n) return
			got = sprintf("%s/%03d.got", dir, n)
			while ((getline line <got) > 0) print line
			close(got)
		}
		/^=> / { next }
		/^$/ { blank = blank "\n"; next }
		/^== / { told(); n++ }
		{ printf "%s", blank; blank = ""; print }
		END { told(); printf "%s", blank }' "$file" >"$tmp/new" &&
		{ [ -z "$UPDATE" ] || cat "$tmp/new" >"$file"; }
done
echo "$n cases, $bad failed"
[ "$n" -gt 0 ] && [ "$bad" -eq 0 ]
