#!/bin/bash
# Stores and places that cannot be used, and disks that are full: one clear line, status 1,
# nothing lost, nothing half-written.
. "${srcdir:-.}/tests/cli/lib.sh"
cp "$cases/memcg-oom-6.1.log" x.log
cp "$cases/global-oom-7.log" y.log
"$INQUEST" import -q -s good.db x.log || exit 99
import() { "$INQUEST" import "$@"; }

# --- not ours, newer, damaged ---
every() {	# STATUS WHAT STORE PATTERN: every command that uses a store
	cp "$3" kept
	for command in "import -s $3 y.log" "analyze -s $3" "report -s $3" "query -s $3 @events" \
			"whatif -s $3 --event 1" "schema -s $3"; do
		want "$1" 1 "$2: ${command%% *}" "$INQUEST" $command
		says err "^inquest: $3: .*$4" "and says why"
	done
	same "$3" kept "$2: not a byte is changed"
}
printf 'this is not a store' >text.db
every 1 'a text' text.db 'not an inquest store'
{ printf 'SQLite format 3\0'; head -c 8176 /dev/zero; } >foreign.db
every 1 'a database that is not ours' foreign.db 'not an inquest store'
cp good.db newer.db
printf '\0\0\3\347' | dd of=newer.db bs=1 seek=60 conv=notrunc 2>/dev/null	# user_version 999
every 1 'a newer step' newer.db 'newer inquest.*use that version'
size=$(wc -c <good.db)
head -c $((size / 2)) good.db >cut.db
for command in "import -s cut.db y.log" "report -s cut.db" "query -s cut.db @ps" "query -s cut.db @log"; do
	"$INQUEST" $command >out 2>err
	got=$?
	{ [ $got = 1 ] || [ $got = 2 ]; } && [ "$(wc -l <err)" = 1 ] && ok "half a store: ${command%% *}" ||
		{ [ $got = 0 ] && failed "half a store: ${command%% *} finds nothing wrong" || cat err; }
done
mkdir dir.db
want 1 1 'a directory as store' import -s dir.db x.log
want 1 1 'a store below what is no directory' import -s x.log/s.db x.log
want 1 1 'a store in no directory' import -s none/s.db x.log
want 1 1 'a capture as store' import -s y.log x.log
"$INQUEST" explain -q good.db >out 2>err
[ $? = 1 ] && says err 'good.db.*store' 'a store as capture is told as such'

# --- places without permission: as somebody else, should we be root ---
as_user() { "$@"; }
if [ "$(id -u)" = 0 ]; then
	as_user() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
	as_user true 2>/dev/null || as_user() { return 99; }
	chmod 755 .
fi
if as_user test -x "$INQUEST" && as_user test -r x.log; then
	mkdir ro && cp good.db ro/s.db && chmod 555 ro && chmod 444 ro/s.db
	want 1 1 'a directory without write permission' as_user "$INQUEST" import -s ro/new.db x.log
	says err '^inquest: ro/new.db: .*Permission denied' 'and says why'
	want 1 1 'a store without write permission' as_user "$INQUEST" import -s ro/s.db y.log
	says err '^inquest: ro/s.db: .*permission' 'and says why'
	want 0 0 'which can be read' as_user "$INQUEST" query -s ro/s.db @events
	cp x.log secret.log && chmod 0 secret.log
	want 1 1 'a log without read permission' as_user "$INQUEST" explain -q secret.log
	says err '^inquest: secret.log.*Permission denied' 'and says why'
	want 3 1 'one of two' as_user "$INQUEST" explain -q secret.log x.log
	mkdir mixed && cp x.log secret.log mixed/ && chmod 0 mixed/secret.log && chmod 755 mixed
	want 3 1 'one of two in a directory' as_user "$INQUEST" explain -q mixed
	mkdir closed && chmod 0 closed
	want 1 1 'a directory without permission' as_user "$INQUEST" explain -q closed
	want 1 1 'a report into a directory without permission' as_user "$INQUEST" explain -q -o ro/out x.log
	[ "$(ls ro)" = s.db ] && ok 'nothing is left there' || failed "left: $(ls ro)"
else
	echo 'skipped: no other user can run the program here'
fi

# --- full disks ---
awk 'BEGIN { for (i = 0; i < 60000; i++)
	printf "[%5d.%06d] line number %d of a log that is long enough for a small disk\n", i / 10, i, i }' >long.log
full() {	# WHAT STORE: importing long.log into it fails and changes nothing
	everything "$2" >before
	want 1 1 "$1" import -s "$2" long.log
	says err "^inquest: ($2|long.log): " 'and names the place'
	whole "$2" "$1"
	everything "$2" >after
	same before after "$1: what was there is there"
}
cp good.db limited.db
(ulimit -f $((size / 512 + 200)) && full 'a limit on file sizes' limited.db; exit $status) || status=1
for command in "explain -q x.log" "explain --format json x.log" "log x.log" "identify x.log" \
		"query -s good.db @events" "report -s good.db" "schema" "plugins" "query @" "--version" "--help" \
		"whatif -s good.db --event 1"; do
	"$INQUEST" $command >/dev/full 2>err
	got=$?
	[ $got = 1 ] && [ "$(wc -l <err)" = 1 ] && ok "a full standard output: $command" ||
		{ failed "a full standard output: $command: status $got"; cat err; }
done
mkdir small
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=$((size / 1024 + 900))k none small 2>/dev/null; then
	trap 'umount "$tmp/small"; rm -rf "$tmp"' EXIT
	cp good.db small/s.db
	full 'a full disk' small/s.db
	says err 'no room left' 'and says why'
	rm small/s.db
	want 1 1 'a full disk, a new store' import -s small/new.db long.log
	whole small/new.db 'a full disk, a new store'
	head -c 10000000 /dev/zero >small/fill 2>/dev/null
	want 1 1 'a full TMPDIR' env TMPDIR="$tmp/small" "$INQUEST" import -s tmp.db long.log
	says err 'TMPDIR' 'and says what to do'
	[ "$(ask tmp.db 'SELECT count(*) FROM v1_capture')" = 0 ] && ok 'half a capture is not stored' || failed 'half a capture is stored'
	echo old >small/keep 2>/dev/null
	want 1 1 'a report onto a full disk' "$INQUEST" explain -q -o small/out x.log
	says err '^inquest: small/out: cannot write: No space left' 'and says why'
	[ -e small/out ] && failed 'half a report is left' || ok 'no half of a report is left'
else
	echo 'skipped: no small disk can be mounted here'
fi

# --- -o FILE: whole or not at all ---
echo old >old.txt
chmod 640 old.txt
ln -s old.txt link.txt
want 0 0 '-o onto a link' "$INQUEST" explain -q -o link.txt x.log
[ -L link.txt ] && grep -q 'OOM: killed' old.txt && ok 'the file behind it is written' || failed '-o replaced the link'
[ "$(stat -c %a old.txt)" = 640 ] && ok 'its mode stays' || failed "mode $(stat -c %a old.txt)"
want 0 0 '-o onto a device' "$INQUEST" explain -q -o /dev/null x.log
[ -c /dev/null ] && ok 'the device is there' || failed '-o replaced a device'
want 1 1 '-o with nothing to report' "$INQUEST" explain -q -o none.txt missing.log
[ -e none.txt ] && failed 'a file of nothing is left'
[ "$(ls | grep -c 'txt\.')" = 0 ] || failed "left: $(ls)"
done_testing
