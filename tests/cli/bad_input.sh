#!/bin/sh
# Bad input: one clear line, the documented exit status, nothing lost or half-written.
: "${INQUEST:=src/inquest}"
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 99
status=0

# want STATUS LINES-ON-STDERR WHAT COMMAND...
want() {
	code=$1 lines=$2 what=$3
	shift 3
	"$@" >out 2>err
	got=$?
	n=$(wc -l <err)
	if [ "$got" -ne "$code" ] || [ "$n" -ne "$lines" ]; then
		echo "FAILED: $what: status $got (want $code), $n lines on stderr (want $lines)"
		cat err
		status=1
	else
		echo "ok: $what"
	fi
}

: >empty
printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1' >picture.png
head -c 20000 /dev/zero | tr '\0' '\377' >binary
mkdir nothing
mkdir loop && ln -s . loop/again
printf '[    1.000000] Linux version 6.1.0 (x) #1\n[    2.000000] hello\n' >good.log
gzip -c good.log | head -c 30 >cut.gz
head -c 300000000 /dev/zero | gzip -9 >bomb.gz
printf 'this is not a store' >foreign.db

want 1 1 'a file that is not there' "$INQUEST" explain missing.log
want 1 1 'an empty file' "$INQUEST" explain empty
want 1 1 'a picture' "$INQUEST" explain picture.png
want 1 1 'binary' "$INQUEST" explain binary
yes '# CONFIG_NOTHING is not set' | head -n 4000 >prose
want 1 1 'a long text without a log' "$INQUEST" explain prose
{
	cat prose
	printf '[   12.0] x\n[   12.100000] app invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n'
	printf '[   12.100100] CPU: 0 PID: 77 Comm: app Not tainted 6.1.0 #1\n[   12.100200] Mem-Info:\n'
	printf '[   12.100300] 2000 pages RAM\n[   12.100400] 0 pages reserved\n'
	printf '[   12.100500] Out of memory: Killed process 77 (app) total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB\n'
} >below
want 0 0 'a log below much other text' "$INQUEST" explain below
grep -q 'killed app\[77\]' out || { echo 'FAILED: the log below other text is not read'; status=1; }
want 1 1 'a directory without captures' "$INQUEST" explain nothing
mkdir -p var/log/sub full/of
cp good.log var/log/kern.log
cp picture.png binary empty var/log
echo 'notes on the case' >var/log/sub/notes.txt
cp picture.png full/of
want 0 0 'a directory with a log among other files' "$INQUEST" explain var
want 0 0 'the same, imported' "$INQUEST" import -s var.db var
want 0 0 'only the log is a capture' "$INQUEST" query -s var.db 'SELECT count(*) FROM v1_capture'
tail -n 1 out | grep -q '^ *1$' || { echo 'FAILED: captures that are none'; cat out; status=1; }
want 0 0 'the log in it' "$INQUEST" log var
want 1 1 'a directory of files that are no captures' "$INQUEST" explain full
want 1 1 'no log in it either' "$INQUEST" log full
want 3 1 'named, such a file is an error' "$INQUEST" explain good.log picture.png
want 1 1 'a loop of links' "$INQUEST" explain loop
want 0 0 'a log without events' "$INQUEST" explain good.log
want 3 1 'one good, one missing' "$INQUEST" explain good.log missing.log
want 2 2 'no path' "$INQUEST" explain
want 2 2 'an unknown option' "$INQUEST" explain --nonsense good.log
want 2 1 'an unknown command' "$INQUEST" nonsense
want 1 1 'a store that is not ours' "$INQUEST" import -s foreign.db good.log
want 1 1 'no store to read' "$INQUEST" report -s none.db
want 1 1 'a store in a directory that is not there' "$INQUEST" import -s no/where.db good.log
[ "$(cat foreign.db)" = 'this is not a store' ] || { echo 'FAILED: the foreign file was touched'; status=1; }

want 0 0 'import' "$INQUEST" import -s ok.db good.log
want 0 0 'import again' "$INQUEST" import -s ok.db good.log
want 0 0 'query' "$INQUEST" query -s ok.db 'SELECT count(*) FROM v1_capture'
tail -n 1 out | grep -q '^ *1$' || { echo 'FAILED: imported twice'; cat out; status=1; }
for sql in 'DELETE FROM log' 'DROP TABLE log' "ATTACH 'x.db' AS x" 'PRAGMA user_version=7' \
	'CREATE TABLE t(a)' 'nonsense'; do
	want 1 1 "SQL: $sql" "$INQUEST" query -s ok.db "$sql"
done

# what a capture says never reaches a terminal raw
printf '[    1.000000] Linux version 6.1.0\n[    2.000000] \033[31m\342\200\256evil\033[0m\n' >esc.log
"$INQUEST" log esc.log >out 2>&1
if LC_ALL=C grep -q "$(printf '\033')" out || LC_ALL=C grep -q "$(printf '\342\200\256')" out; then
	echo 'FAILED: escapes reach the terminal'
	status=1
fi
exit $status
