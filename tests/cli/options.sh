#!/bin/bash
# Every command has help; common options are taken by all; what is not there yet says so;
# what a filter or limit leaves out; colours, pager and progress only on a terminal.
. "${srcdir:-.}/tests/cli/lib.sh"
cp "$cases/memcg-oom-6.1.log" x.log
"$INQUEST" import -q -s s.db x.log "$cases/global-oom-7.log" || exit 99
"$INQUEST" --help >help
for c in explain identify log import analyze report query whatif merge forget export plugins schema; do
	grep -q "^  $c  *[a-z]" help || failed "--help does not list $c"
	want 0 0 "$c --help" "$INQUEST" $c --help
	says out "^Usage: inquest $c" 'names the command'
	cp out one
	"$INQUEST" help $c >out
	same out one "help $c"
	want 2 2 "$c --nonsense" "$INQUEST" $c --nonsense
	want 0 0 "$c --version" "$INQUEST" $c --version
done
want 2 0 'no command' sh -c '"$0" 2>/dev/null' "$INQUEST"
want 2 1 'an unknown command' "$INQUEST" nonsense

# --- common options, by every command that works ---
echo '{"hostname_map": {"real01": "host0"}}' >x.map
common='--quiet --color never --progress never --no-pager --plugin-dir . --timezone +02:00 --year 2020
	--vmlinux x.log --system-map x.log --btf x.log --debug-dir . --clean-map x.map
	--limit-bytes 1G --limit-time 100 --limit-memory 2G'
for c in 'explain x.log' 'identify x.log' 'log x.log' 'import -s t.db x.log' 'analyze -s t.db' \
		'report -s t.db' 'query -s t.db @events' 'whatif -s t.db --event 1' plugins schema; do
	want 0 0 "common options: $c" "$INQUEST" $c $common
done
want 0 0 'a log needs no symbols' "$INQUEST" explain --vmlinux x.log x.log
want 1 1 'a map of names that is none' "$INQUEST" explain --clean-map x.log x.log
says err 'no map of sos clean' 'is said'
sed 's/^/Nov 21 10:00:01 host0 kernel: /' x.log >hidden.log
echo '{"hostname_map": {"real01": "host0"}, "username_map": {"mm_secret": "batch-import"}}' >x.map
for c in identify log; do
	want 1 1 "such a map: $c" "$INQUEST" $c --clean-map x.log x.log
done
want 0 0 'identify of hidden names' "$INQUEST" identify --clean-map x.map hidden.log
says out 'host real01, ' 'shows the real host'
want 0 0 'log of hidden names' "$INQUEST" log --clean-map x.map hidden.log
says out 'mm_secret invoked oom-killer' 'shows the real names'

# --- not there yet ---
for c in 'explain --redact x.log' 'report -s s.db --redact=map' 'explain --format html x.log' \
		'report -s s.db --format html'; do
	want 2 2 "$c" "$INQUEST" $c
	says err 'not there yet' 'is said'
done

# --- wrong arguments ---
while read -r c; do
	want 2 2 "$c" "$INQUEST" $c
done <<'WRONG'
explain
explain --format xml x.log
explain --since yesterday x.log
explain --until 2026-13-01 x.log
explain --event 0 x.log
explain --year 26 x.log
explain --timezone Europe/Nowhere x.log
explain --timezone +25:00 x.log
explain --limit-bytes 1X x.log
explain --limit-time soon x.log
explain --color sometimes x.log
explain --vmlinux none x.log
import --shard 0/3 x.log
import --shard 4/3 x.log
import -j 0 x.log
whatif
whatif --event 1 --adj 137
whatif --event 1 --adj 137=2000
report x.log
analyze x.log
plugins x
schema x
query
WRONG

# --- filters ---
all=$("$INQUEST" query -s s.db --format tsv 'SELECT count(*) FROM v1_event' | tail -n 1)
one=$("$INQUEST" report -s s.db --event 1 --format json | grep -c '"where"')
[ "$one" = 1 ] && ok '--event' || failed "--event: $one events"
want 1 1 '--event of none' "$INQUEST" report -s s.db --event 999
want 0 0 '--host of none' "$INQUEST" report -s s.db --host nowhere
says out "^None of the $all events" 'is said'
printf '%s\n' 'Mar 10 10:00:00 web kernel: Out of memory: Killed process 7 (a) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB' \
	'Mar 12 10:00:00 web kernel: Out of memory: Killed process 8 (b) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB' >dates.log
count() { "$INQUEST" explain --year 2024 "$@" dates.log | grep -c 'OOM: killed'; }
[ "$(count)" = 2 ] && [ "$(count --since 2024-03-11)" = 1 ] && [ "$(count --until 2024-03-11)" = 1 ] &&
	[ "$(count --since 2024-03-10 --until 2024-03-13)" = 2 ] && [ "$(count --host web)" = 2 ] &&
	[ "$(count --host db)" = 0 ] && ok '--since, --until, --host' || failed '--since, --until, --host'
for args in '--year 2024 --timezone +02:00' '--timezone +02:00 --year 2024' '--timezone=+02:00 --year=2024'; do
	"$INQUEST" explain --format json $args dates.log >out
	says out '"time": "2024-03-10T08:00:00Z"' "$args"
done

# --- a terminal, and none ---
esc=$(printf '\033')
"$INQUEST" explain x.log >out
grep -q "$esc" out && failed 'colours into a file'
"$INQUEST" explain --color always x.log >out
says out "$esc" '--color always'
if command -v script >/dev/null && script -qec true /dev/null >/dev/null 2>&1; then
	tty() { TERM=xterm script -qec "$*" /dev/null </dev/null; }
	tty "PAGER=cat '$INQUEST' explain x.log" >out
	says out "$esc" 'colours on a terminal'
	tty "NO_COLOR=1 PAGER=cat '$INQUEST' explain x.log" >out
	grep -q "$esc" out && failed 'NO_COLOR does not count' || ok 'NO_COLOR counts'
	tty "PAGER='sed s/OOM/paged/' '$INQUEST' explain x.log" >out
	says out 'paged: killed' 'the pager'
	tty "PAGER='sed s/OOM/paged/' '$INQUEST' explain --no-pager x.log" >out
	grep -q paged out && failed '--no-pager does not count' || ok '--no-pager'
	tty "PAGER=/none/such '$INQUEST' explain x.log" >out 2>&1
	says out 'OOM: killed' 'a pager that is missing costs nothing'
	tty "'$INQUEST' query -s s.db --format csv \"SELECT char(27) || '[31m'\"" >out
	grep -q "$esc" out && failed 'csv on a terminal is raw' || ok 'csv on a terminal is escaped'
else
	echo 'skipped: no terminal can be had here'
fi

# --- log and identify ---
"$INQUEST" log x.log >plain.log
"$INQUEST" explain --format json plain.log >out
says out '"verdict": "cgroup-ancestor-limit"' 'log prints what can be read again'
"$INQUEST" log plain.log >again.log
same plain.log again.log 'log of log is the same'
gzip -k x.log && tar cf x.tar x.log && xz -k x.tar
for f in x.log.gz x.tar x.tar.xz; do
	"$INQUEST" log $f >out
	same plain.log out "log $f"
	"$INQUEST" identify $f >out
	says out "^$f.*kernel log \(dmesg\).*kernel 6.1" "identify $f"
done
"$INQUEST" log x.log | head -n 1 >out
says out '.' 'log into a pipe that is closed'
done_testing
