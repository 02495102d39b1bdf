#!/bin/sh
# Golden cases, end to end: each NAME.log is imported, the facts of its events are asked
# for in SQL, and the answer is compared with NAME.expect.  With UPDATE=1 the answers are
# written instead (read the diff before you keep it).
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
# a name without summer time and a year, for logs that tell none
n=0 bad=0
for log in "$srcdir"/tests/golden/cases/*.log; do
	name=$(basename "$log" .log)
	rm -f "$tmp/s.db"
	"$INQUEST" import -q -s "$tmp/s.db" --year 2026 "$log" >"$tmp/err" 2>&1
	"$INQUEST" query -s "$tmp/s.db" --format tsv "$sql" >"$tmp/got" 2>>"$tmp/err"
	n=$((n + 1))
	if [ -n "$UPDATE" ]; then
		cp "$tmp/got" "$srcdir/tests/golden/cases/$name.expect"
	elif ! diff -u "$srcdir/tests/golden/cases/$name.expect" "$tmp/got" >"$tmp/diff" 2>&1; then
		echo "FAILED: $name"
		cat "$tmp/err" "$tmp/diff"
		bad=$((bad + 1))
	fi
done
echo "$n cases, $bad failed"
[ "$n" -gt 0 ] && [ "$bad" -eq 0 ]
