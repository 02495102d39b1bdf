#!/bin/bash
# merge and forget: a store put together from shards is the one that a single import makes;
# a capture taken out was never there; kill -9 at any moment, a full disk, and stores that
# are none leave the store whole, and running the command again completes it.
. "${srcdir:-.}/tests/cli/lib.sh"
: "${SEED:=$(( ($(date +%s) * 7919 + $$) % 1000000007 ))}"
echo "SEED=$SEED"
RANDOM=$((SEED % 32768))
mkdir in
for n in cgroup1-oom-6.1 global-oom-7 memcg-oom-6.1 fragmentation-6.1 file-leak-7 global-oom-6.12; do
	cp "$cases/$n.log" in/
done
import() { "$INQUEST" import -q --year 2026 -s "$@"; }
merge() { "$INQUEST" merge -q -s "$@"; }
import whole.db in || exit 99
everything whole.db >whole.all

# --- shards, in the order of their captures ---
mkdir parts
i=0
for f in in/*; do
	i=$((i + 1))
	import parts/$i.db "$f" || exit 99
done
want 0 0 'merge of shards' merge m.db parts/*.db
everything m.db >m.all
same m.all whole.all 'is what one import makes'
whole m.db 'merged'
cp m.db before.db
want 0 0 'merge again' merge m.db parts/*.db parts/1.db
same m.db before.db 'not a byte is changed'
want 0 0 'the captures again' import m.db in
everything m.db >m.all
same m.all whole.all 'importing the same bytes changes nothing'
cmp -s parts/1.db <(cat parts/1.db) && [ ! -e parts/1.db-journal ] && ok 'the others are only read'

# --- what cannot be joined costs only itself ---
printf 'no store' >text.db
: >empty.db
rm -f m2.db
want 3 3 'three of five cannot be joined' merge m2.db parts/1.db text.db none.db empty.db parts/2.db
says err '^inquest: text.db: not an inquest store' 'a text is told as such'
says err '^inquest: none.db: ' 'one that is not there'
says err '^inquest: empty.db: ' 'an empty one'
[ "$(ask m2.db 'SELECT count(*) FROM v1_capture')" = 2 ] && ok 'the two others are there' || failed 'captures'
want 1 1 'none can be joined' merge m2.db text.db
want 1 1 'a store with itself' merge m2.db m2.db
want 2 2 'no store given' "$INQUEST" merge -s m2.db
head -c $(($(wc -c <parts/3.db) / 2)) parts/3.db >half.db
want 1 1 'half a store' merge m2.db half.db
whole m2.db 'after that'

# --- forget ---
for n in cgroup1-oom-6.1.log global-oom-7.log memcg-oom-6.1.log; do
	rm -f f.db w.db
	cp whole.db f.db
	import w.db $(ls in/* | grep -v "/$n\$")
	want 0 0 "forget $n" "$INQUEST" forget -q -s f.db in/$n
	whole f.db "without $n"
	# ids are those of before
	for db in f w; do
		ask $db.db "SELECT e.kind, e.fingerprint, e.mono_us, e.verdict, e.title, e.seen_count,
			(SELECT group_concat(rule) FROM (SELECT rule FROM v1_finding AS f
			WHERE f.event_id = e.event_id ORDER BY rule)) FROM v1_event AS e" |
			sort >$db.events
		for v in capture member host boot log sighting event_line oom victim snapshot task zone \
				counter finding evidence zone_check task_choice crash stack issue; do
			ask $db.db "SELECT '$v', count(*) FROM v1_$v"
		done >>$db.events
	done
	same f.events w.events "$n was never there"
done
cp whole.db f.db
want 0 0 'all, by id, hash and path' "$INQUEST" forget -q -s f.db 1 in/file-leak-7.log \
	"$(sha256sum in/global-oom-7.log | cut -c 1-10)"
[ "$(ask f.db 'SELECT count(*) FROM v1_capture')" = 3 ] && ok 'three are left' || failed 'captures'
for n in $(ask f.db 'SELECT capture_id FROM v1_capture'); do "$INQUEST" forget -q -s f.db $n; done
for v in capture member host boot log event sighting oom task snapshot finding evidence issue; do
	[ "$(ask f.db "SELECT count(*) FROM v1_$v")" = 0 ] || failed "$v is not empty"
done
want 1 1 'what is not there' "$INQUEST" forget -s whole.db 77
want 3 1 'one of two' "$INQUEST" forget -q -s m2.db nothing 1
want 1 1 'from no store' "$INQUEST" forget -s none.db 1
[ -e none.db ] && failed 'forget made a store'
want 2 2 'no capture given' "$INQUEST" forget -s whole.db

# --- a machine without events: its notices rest on all that is there of it ---
mkdir quiet rules
for k in 1 2; do
	printf 'Sep 14 03:20:0%d web1 kernel: [   1%d.000000] usb 1-%d: new high-speed USB device\n' \
		$k $k $k $k $k $k $k $k $k >quiet/$k.log
done
cat >rules/counts.sql <<'RULE'
-- rule: test-counts
-- verdict: seen
-- severity: notice
-- confidence: certain
-- applies-to: host
-- title: {captures} captures speak of it
SELECT min(c.capture_id) AS capture_id, '' AS member, 1 AS line, 'x' AS text, count(*) AS captures
FROM v1_capture AS c WHERE c.host_id = :host_id
RULE
notices() { ask "$1" "SELECT group_concat(title) FROM v1_finding WHERE rule = 'test-counts'"; }
both='--plugin-dir rules --year 2026'
"$INQUEST" import -q -s q1.db $both quiet/1.log && "$INQUEST" import -q -s q2.db $both quiet/2.log || failed quiet
[ "$(notices q1.db)" = '1 captures speak of it' ] && ok 'a notice without an event' || failed "notices: $(notices q1.db)"
"$INQUEST" merge -q -s q1.db --plugin-dir rules q2.db
[ "$(notices q1.db)" = '2 captures speak of it' ] && ok 'made again by a merge' || failed "notices: $(notices q1.db)"
"$INQUEST" forget -q -s q1.db --plugin-dir rules quiet/1.log
[ "$(notices q1.db)" = '1 captures speak of it' ] && ok 'and when a capture goes' || failed "notices: $(notices q1.db)"

# --- kill -9 at random moments ---
merge_aside() { exec "$INQUEST" merge -q -s k.db parts/*.db; }
start=$(date +%s%N)
rm -f k.db && merge k.db parts/*.db
span=$(( ($(date +%s%N) - start) / 1000000 ))	# ms
killed=0 bad=0
for round in $(seq ${INQUEST_LONG:+5}8); do
	rm -f k.db k.db-journal
	merge_aside 2>/dev/null &
	pid=$!
	sleep "$(awk -v m=$((RANDOM % 1000)) -v span=$span 'BEGIN { printf "%.4f", m * span / 1e6 }')"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	if [ $? = 137 ]; then
		killed=$((killed + 1)) span=$((span * 102 / 100 + 1))
	else
		span=$((span * 8 / 10 + 1))
	fi
	if [ -s k.db ]; then
		found=$(ask k.db 'PRAGMA integrity_check' 2>&1; ask k.db 'PRAGMA foreign_key_check' 2>&1)
		case $found in
		ok | *': empty: '*) ;;
		*) echo "$found"; bad=$((bad + 1)) ;;
		esac
	fi
	merge k.db parts/*.db || bad=$((bad + 1))
	everything k.db >k.all
	cmp -s k.all whole.all || { diff k.all whole.all | head -n 5; bad=$((bad + 1)); }
done
[ $bad = 0 ] && ok "$killed merges killed" || failed "$bad merges"
[ $killed -gt 1 ] || failed 'too few were killed in time'

# --- no room ---
size=$(wc -c <m2.db)
cp m2.db limited.db
everything limited.db >before
(ulimit -f $((size / 1024 + 20)); want 1 1 'a limit on file sizes' merge limited.db whole.db; exit $status) || status=1
whole limited.db 'a limit on file sizes'
everything limited.db >after
same before after 'what was there is there'
mkdir small
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=$((size / 1024 + 300))k none small 2>/dev/null; then
	trap 'umount "$tmp/small"; rm -rf "$tmp"' EXIT
	cp m2.db small/s.db
	want 1 1 'a full disk' merge small/s.db whole.db
	says err '^inquest: small/s.db: no room left' 'and says why'
	whole small/s.db 'a full disk'
	everything small/s.db >after
	same before after 'what was there is there'
else
	echo 'skipped: no small disk can be mounted here'
fi
done_testing
