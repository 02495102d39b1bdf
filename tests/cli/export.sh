#!/bin/sh
# export: a file for each view, whole or not at all; for PostgreSQL a script that psql(1)
# takes, of which nothing is kept unless all came.
. "${srcdir:-.}/tests/cli/lib.sh"
"$INQUEST" import -q -s s.db "$cases/global-oom-7.log" "$cases/memcg-oom-6.1.log" || exit 99
views=$(ask s.db "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name")
many=$(echo "$views" | wc -l)

# --- files ---
want 0 0 'to a directory' "$INQUEST" export -s s.db --to dir
[ "$(ls dir | wc -l)" = "$many" ] && ok 'a file for each view' || failed "$(ls dir)"
want 0 0 'to the same' "$INQUEST" export -s s.db --to dir --format jsonl
for v in $views; do
	"$INQUEST" query -s s.db --format csv "SELECT * FROM $v" >got
	cmp -s got dir/$v.csv || failed "$v.csv"
	"$INQUEST" query -s s.db --format jsonl "SELECT * FROM $v" >got
	cmp -s got dir/$v.jsonl || failed "$v.jsonl"
done
[ "$(ls dir | wc -l)" = $((2 * many)) ] && ok 'nothing else' || failed "$(ls dir)"
: >file
want 1 1 'to a file' "$INQUEST" export -s s.db --to file
want 1 1 'below what is not there' "$INQUEST" export -s s.db --to none/dir
want 1 1 'no store' "$INQUEST" export -s none.db --to d
[ -e d ] && failed 'a directory of nothing'
want 2 2 'nowhere' "$INQUEST" export -s s.db
want 2 2 'another form' "$INQUEST" export -s s.db --to d --format xml
want 2 2 'an argument too many' "$INQUEST" export -s s.db --to d x
if [ "$(id -u)" = 0 ] && mkdir small && mount -t tmpfs -o size=32k none small 2>/dev/null; then
	trap 'umount "$tmp/small"; rm -rf "$tmp"' EXIT
	want 1 1 'a full disk' "$INQUEST" export -s s.db --to small/d
	for f in small/d/*; do
		v=$(basename "$f")
		[ "$v" = '*' ] || cmp -s "$f" "dir/$v" || failed "half of $v is left"
	done
fi

# --- PostgreSQL, as far as the program goes ---
mkdir bin
cat >bin/psql <<'PSQL'
#!/bin/sh
printf '%s\n' "$@" >"$PSQL_OUT.args"
cat >"$PSQL_OUT"
exit "${PSQL_STATUS:-0}"
PSQL
chmod +x bin/psql
PSQL_OUT=$tmp/script PATH=$tmp/bin:$PATH
export PSQL_OUT PATH
url='postgresql://u@h/db?a=1&b=;rm'
want 0 0 'to PostgreSQL' "$INQUEST" export -s s.db --to "$url"
[ "$(tail -n 1 script.args)" = "$url" ] && ok 'the address is one argument' || cat script.args
[ "$(grep -c '^CREATE TABLE v1_' script)" = "$many" ] && ok 'a table for each view' || failed 'tables'
[ "$(grep -c '^\\\.$' script)" = "$many" ] && ok 'each ended' || failed 'ends'
[ "$(sed -n '/^BEGIN;$/p; $p' script | tr '\n' ' ')" = 'BEGIN; COMMIT; ' ] && ok 'one transaction' || failed 'transaction'
"$INQUEST" query -s s.db --format tsv 'SELECT log_id FROM v1_log' | tail -n +2 >want
sed -n '/^COPY v1_log /,/^\\\.$/p' script | sed '1d; $d' | cut -f 1 >got
same got want 'the lines of the log, a row a line'
awk -F '\t' '/^COPY/ { n = 0; next } /^\\\.$/ { n = -1; next } n >= 0 && !/^(SET|BEGIN|DROP|CREATE|\t|\)|COMMIT)/ {
	if (!n) n = NF; if (n != NF) { print; bad = 1 } } END { exit bad }' script &&
	ok 'as many values in each row' || failed 'values'
grep -q '"event_id" bigint' script && grep -q '"title" text' script && grep -q '"seen_count" bigint' script &&
	grep -q '"time" text' script && ok 'numbers are numbers' || failed 'types'
want 1 1 'psql fails' env PSQL_STATUS=3 "$INQUEST" export -s s.db --to "$url"
says err 'nothing was changed' 'and it is said'
rm bin/psql
want 1 1 'no psql' env PATH="$tmp/bin" "$INQUEST" export -s s.db --to "$url"
says err 'psql is not there' 'and it is said'
want 2 2 'a form of files' "$INQUEST" export -s s.db --to "$url" --format csv
done_testing
