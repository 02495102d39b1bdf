#!/bin/sh
# Golden cases, end to end: each NAME.log is imported, the facts of its events are asked
# for in SQL, and the answer is compared with NAME.expect.  With UPDATE=1 the answers are
# written instead (read the diff before you keep it).  Where there is a NAME.why, it
# holds the findings that follow; a NAME.crash what v1_crash has; a NAME.text the report
# as a person reads it.  Names with composed- in front: texts composed line by line from the format strings of the kernel
# and of the killers.
: "${srcdir:=.}" "${INQUEST:=src/inquest}"
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
sql="SELECT e.kind, e.time, e.mono_us, e.kernel_release AS kernel, e.truncated AS cut,
	(SELECT group_concat(v.comm || '[' || v.pid || '] adj ' || coalesce(v.oom_score_adj, '?')
		|| ' anon ' || coalesce(v.anon_rss_bytes, '?'), '; ')
		FROM (SELECT * FROM v1_victim WHERE event_id = e.event_id ORDER BY victim_id) AS v)
		AS victims,
	o.trigger_comm || '[' || coalesce(o.trigger_pid, '?') || ']' AS trigger, o.gfp_mask,
	o.alloc_order AS ord, o.constraint_kind AS constr, o.cgroup_limited, o.cgroup_task,
	o.usage_bytes AS usage, o.limit_bytes AS lim, o.tasks_listed AS tasks,
	o.swap_free_bytes AS swap_free,
	(SELECT count(*) FROM v1_event_snapshot AS x JOIN v1_zone AS z USING (snapshot_id)
		WHERE x.event_id = e.event_id) AS zones,
	(SELECT c.reason FROM v1_crash AS c WHERE c.event_id = e.event_id) AS reason
FROM v1_event AS e LEFT JOIN v1_oom AS o USING (event_id) ORDER BY e.event_id"
why="SELECT f.event_id AS event, e.kind, f.role, f.verdict, f.holder, f.severity AS bad,
	f.confidence AS sure, f.rule, f.title
FROM v1_finding AS f JOIN v1_event AS e USING (event_id) ORDER BY f.event_id, f.finding_id"
crash="SELECT c.event_id AS event, e.kind, e.parent_id AS parent, e.seen_count AS seen, c.form,
	c.function, c.suspect, c.module, c.address, c.access, c.comm, c.pid, c.cpu, c.taint,
	c.stuck_us / 1000000 AS stuck_s, c.waits_in, c.owner_comm, c.object, c.hw_severity AS sev,
	c.repeats, c.crash_key,
	(SELECT count(*) FROM v1_stack AS s WHERE s.event_id = c.event_id) AS frames
FROM v1_crash AS c JOIN v1_event AS e USING (event_id) ORDER BY c.event_id"
# a name without summer time and a year, for logs that tell none
n=0 bad=0
cases=$srcdir/tests/golden/cases

case $INQUEST in
/*) ;;
*) INQUEST=$PWD/$INQUEST ;;
esac

# compare EXT: what was got with NAME.EXT, or writes it
compare() {
	if [ -n "$UPDATE" ]; then
		cp "$tmp/got" "$cases/$name.$1"
	elif ! diff -u "$cases/$name.$1" "$tmp/got" >"$tmp/diff" 2>&1; then
		echo "FAILED: $name.$1"
		cat "$tmp/err" "$tmp/diff"
		bad=$((bad + 1))
	fi
}

# ask EXT SQL
ask() {
	"$INQUEST" query -s "$tmp/s.db" --format tsv "$2" >"$tmp/got" 2>>"$tmp/err"
	compare "$1"
}

for log in "$cases"/*.log; do
	name=$(basename "$log" .log)
	rm -f "$tmp/s.db"
	"$INQUEST" import -q -s "$tmp/s.db" --year 2026 "$log" >"$tmp/err" 2>&1
	ask expect "$sql"
	[ ! -e "$cases/$name.why" ] || ask why "$why"
	[ ! -e "$cases/$name.crash" ] || ask crash "$crash"
	if [ -e "$cases/$name.text" ]; then
		(cd "$cases" && "$INQUEST" explain -q --year 2026 "$name.log") \
			>"$tmp/got" 2>>"$tmp/err"
		compare text
	fi
	n=$((n + 1))
done
echo "$n cases, $bad failed"
[ "$n" -gt 0 ] && [ "$bad" -eq 0 ]
