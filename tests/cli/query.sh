#!/bin/sh
# query: reads only, whatever the SQL says; all forms with awkward values; its functions,
# names and limits; which store is meant.
. "${srcdir:-.}/tests/cli/lib.sh"
"$INQUEST" import -q -s s.db "$cases/global-oom-7.log" "$cases/memcg-oom-6.1.log" || exit 99
cp s.db before.db
q() { "$INQUEST" query -s s.db "$@"; }

# --- no SQL writes, loads or reaches other files ---
while IFS= read -r sql; do
	want 1 1 "refused: $sql" q "$sql"
	[ -e x.db ] || [ -e x.txt ] && failed "$sql made a file"
done <<'SQL'
DELETE FROM event
UPDATE event SET verdict = 'x'
INSERT INTO event(id) VALUES (7)
REPLACE INTO event(id) VALUES (7)
WITH a(x) AS (SELECT 1) DELETE FROM event
CREATE TABLE t(a)
CREATE TEMP TABLE t(a)
CREATE TEMP VIEW t AS SELECT 1
CREATE TEMP TRIGGER t AFTER INSERT ON event BEGIN SELECT 1; END
CREATE VIRTUAL TABLE temp.t USING fts5(a)
DROP VIEW v1_event
DROP TABLE event
ALTER TABLE event RENAME TO e
CREATE INDEX i ON event(kind)
REINDEX
ANALYZE
VACUUM
VACUUM INTO 'x.db'
ATTACH 'x.db' AS x
ATTACH ':memory:' AS x
DETACH main
BEGIN
BEGIN IMMEDIATE
COMMIT
SAVEPOINT s
PRAGMA user_version = 7
PRAGMA query_only = OFF
PRAGMA writable_schema = ON
PRAGMA journal_mode = WAL
PRAGMA trusted_schema = ON
PRAGMA temp_store_directory = '/'
PRAGMA wal_checkpoint
PRAGMA optimize
PRAGMA mmap_size = 1000000000
SELECT * FROM pragma_journal_mode
SELECT load_extension('x.so')
SELECT writefile('x.txt', 'x')
SELECT readfile('/etc/passwd')
SELECT edit('x')
SELECT * FROM fsdir('.')
SELECT fts3_tokenizer('x')
SELECT 1; DELETE FROM event
SELECT 1; /* a remark */ DROP TABLE event -- another
/* DELETE */ DELETE FROM event
EXPLAIN DELETE FROM event
SELECT * FROM no_such_view
SELECT "no such column" FROM v1_event
SELECT regexp('(', 'x')
SELECT 1 FROM
nonsense
SQL
same s.db before.db 'the store is what it was, byte for byte'
[ -e s.db-journal ] && failed 'a journal was left'

# --- what is allowed ---
while IFS= read -r sql; do
	want 0 0 "allowed: $sql" q "$sql"
done <<'SQL'
SELECT count(*) FROM v1_event
SELECT count(*) FROM event
EXPLAIN QUERY PLAN SELECT * FROM v1_event
WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000) SELECT sum(x) FROM n
PRAGMA table_info(v1_event)
PRAGMA integrity_check
SELECT name FROM pragma_table_info('v1_event')
/* only */ -- a remark
SELECT 1; SELECT 2; -- and a remark
SELECT json_extract('{"a": 1}', '$.a'), json_array(1, 2)
SELECT 'a' REGEXP '^[a-c]$', regexp('b+', 'abbc'), regexp(NULL, 'x') IS NULL
SELECT row_number() OVER (ORDER BY event_id), time FROM v1_event
VALUES (1), (2)
SQL
want 0 0 'nothing at all' q ''
ask s.db 'SELECT 1; SELECT 2' >two
printf '1\n2\n' >two.want
grep -vxE "[12]" two >/dev/null; tr -d -c '12\n' <two | grep . | sort -u >two.got
same two.got two.want 'two statements give two answers'

# --- limits ---
bomb='WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n'
want 3 1 'an endless query ends at --limit-time' q --limit-time 1 "$bomb"
says err 'limit-time' 'and says which limit'
fat="SELECT length(replace(printf('%.*c', 1000000, 'x'), 'x', 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy'))"
want 3 1 'a fat query ends at --limit-memory' q --limit-memory 4M "$fat"
says err 'limit-memory' 'and says which limit'

# --- functions ---
q --format csv "SELECT human_bytes(199229440), human_bytes(NULL), human_bytes(0), pages(8192),
	pages(65536, 65536), pages(NULL), regexp('^a.c$', 'abc'), 'xyz' REGEXP 'b'" |
	tail -n 1 | tr -d '\r' >got
echo '190 MiB,,0 B,2,1,,1,0' >want
same got want 'human_bytes, pages, regexp'

# --- all forms with awkward values ---
awkward="SELECT NULL AS n, x'00ff' AS b, 'two' || char(10) || 'lines' AS nl, 'a' || char(9) || 'b' AS tab,
	'say \"hi\", ok' AS quotes, char(27) || '[31m' AS esc, char(0x202e) || 'x' AS bidi,
	'漢字' AS wide, 'e' || char(0x301) AS comb, '' AS empty, 1.5 AS r, 9007199254740993 AS i,
	'a|b\\c' AS bar, char(0x9b) || '31m' AS c1, 9e999 AS inf"
form() { q --format "$1" "$awkward" >out 2>err || failed "--format $1"; cat err; }
e=$(printf 'e\314\201')
form json
cat >want <<JSON
[
 {"n":null,"b":"X'00ff'","nl":"two\nlines","tab":"a\tb","quotes":"say \"hi\", ok","esc":"\u001b[31m","bidi":"\u202ex","wide":"漢字","comb":"$e","empty":"","r":1.5,"i":9007199254740993,"bar":"a|b\\\\c","c1":"\u009b31m","inf":1e999}
]
JSON
same out want json
form jsonl
sed -n '2s/^ //p' want >want1
same out want1 jsonl
form csv
printf 'n,b,nl,tab,quotes,esc,bidi,wide,comb,empty,r,i,bar,c1,inf\r\n' >want
printf ",X'00ff',\"two\nlines\",a\tb,\"say \"\"hi\"\", ok\",\033[31m,\342\200\256x,漢字,$e,\"\",1.5,9007199254740993,a|b\\\\c,\302\23331m,Inf\r\n" >>want
same out want csv
form tsv
printf 'n\tb\tnl\ttab\tquotes\tesc\tbidi\twide\tcomb\tempty\tr\ti\tbar\tc1\tinf\n' >want
printf "\tX'00ff'\ttwo\\\\nlines\ta\\\\tb\tsay \"hi\", ok\t\033[31m\t\342\200\256x\t漢字\t$e\t\t1.5\t9007199254740993\ta|b\\\\\\\\c\t\302\23331m\tInf\n" >>want
same out want tsv
for f in table markdown; do
	form $f
	if LC_ALL=C grep -q "$(printf '[\033\233]')" out || LC_ALL=C grep -q "$(printf '\342\200\256')" out
	then failed "$f: control characters pass"; else ok "$f: no control character passes"; fi
done
q "SELECT '漢字' AS a, 1 AS b UNION ALL SELECT 'abcd', 2 UNION ALL SELECT 'e' || char(0x301) || 'bcd', 3" >out
printf '%s\n' 'a     b' '漢字  1' 'abcd  2' "${e}bcd  3" >want
same out want 'table: wide characters are two columns, combining ones none'
q --format markdown "SELECT 'a|b' AS \"x|y\"" >out
printf '%s\n' '| x\|y |' '|---|' '| a\|b |' >want
same out want markdown
q --format json 'SELECT 1 WHERE 0' >out
printf '[]\n' >want
same out want 'json of no rows'
want 2 2 'an unknown form' q --format xml 'SELECT 1'

# --- names ---
"$INQUEST" query @ >names || failed 'the list of names'
for name in $(awk '{ print $1 }' names); do
	for f in table json; do q --format $f "$name" >/dev/null 2>err || { failed "$name"; cat err; }; done
done
for name in events hosts ps bt zones slabs cgroups findings issues units settings storms worst \
		daily same containers; do
	grep -q "^@$name " names || failed "@$name is missing"
	"$INQUEST" query --help | grep -q "^  @$name " || failed "@$name is not in --help"
done

# --- a terminal's width ---
if script -qec true /dev/null >/dev/null 2>&1; then
	on_terminal() {	# COLUMNS QUERY
		script -qec "stty cols $1; '$INQUEST' query -s s.db \"$2\"" /dev/null | tr -d '\r'
	}
	for name in events findings captures evidence zones same; do
		on_terminal 90 "@$name" >out
		[ "$(sed 's/…/./g' out | awk '{ if (length > n) n = length } END { print n }')" -le 90 ] &&
			ok "@$name fits 90 columns" || { failed "@$name is wider than 90"; cat out; }
	done
	wide="SELECT 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz' AS a, 123456789012 AS n,
		'漢字漢字漢字漢字漢字漢字' AS wide, 'short' AS s"
	on_terminal 60 "$(echo $wide)" >out
	[ "$(awk 'NR == 2 { n = gsub(/…/, ""); print n }' out)" = 2 ] && grep -q ' 123456789012 ' out &&
		ok 'texts are cut with a mark, numbers never' || { failed 'cut'; cat out; }
	on_terminal 20 'SELECT 1234567890123456789 AS a, 1234567890123456789 AS b' >out
	grep -q '1234567890123456789 *1234567890123456789' out && ok 'what cannot fit is whole' || cat out
	"$INQUEST" query -s s.db @events | grep -q '…' && failed 'a pipe is cut' || ok 'a pipe gets all'
else
	echo 'skipped: no script(1)'
fi
want 2 2 'an unknown name' q @nonsense
want 2 2 'no SQL' q
want 2 2 'two SQL texts' q 'SELECT 1' 'SELECT 2'

# --- which store ---
want 1 1 'no store' "$INQUEST" query 'SELECT 1'
INQUEST_STORE=s.db; export INQUEST_STORE
want 0 0 'INQUEST_STORE' "$INQUEST" query 'SELECT 1'
want 1 1 '--store wins' "$INQUEST" query -s none.db 'SELECT 1'
unset INQUEST_STORE
cp s.db inquest.db
want 0 0 'inquest.db in the current directory' "$INQUEST" query 'SELECT 1'
mkdir ro && cp s.db ro/ && chmod a-w ro/s.db ro
want 0 0 'a store that cannot be written' "$INQUEST" query -s ro/s.db 'SELECT 1'
for odd in ':memory:' 'file:x.db?mode=memory'; do
	want 1 1 "a store named $odd" "$INQUEST" query -s "$odd" 'SELECT 1'
done
done_testing
