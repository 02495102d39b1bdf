#!/bin/bash
# Hostile input: bombs, endless lines, loops, pipes and devices, files that change while
# they are read, names that a terminal would obey.  One clear line each, the documented
# status, flat memory.  INQUEST_LONG=1: the full sizes.
. "${srcdir:-.}/tests/cli/lib.sh"
cp "$cases/memcg-oom-6.1.log" good.log
explain() { "$INQUEST" explain -q "$@"; }

# --- bombs ---
zeros() { head -c "$1" /dev/zero; }
zeros 300000000 | gzip -9 >zero.gz
want 1 1 'a bomb of nothing' explain zero.gz
[ -n "$INQUEST_LONG" ] && mb=4096 || mb=64
line='[    1.000000] systemd[1]: a line like all others, over and over, to the end of the disk'
bomb() { yes "$line" | head -c $((mb << 20)); }
bomb | gzip -1 >bomb.gz
gzip -9 <bomb.gz >bomb2.gz
gzip -9 <bomb2.gz >bomb3.gz
want 3 1 'a bomb of log lines meets --limit-bytes' explain --limit-bytes 16M bomb.gz
says err '^inquest: bomb.gz.*limit' 'and is named, with the option'
want 3 1 'three deep' explain --limit-bytes 16M bomb3.gz
mkdir t && cp bomb3.gz good.log t/ && tar cf nested.tar t && xz -0 <nested.tar >nested.tar.xz
want 3 1 'three deep in a tar in xz' explain --limit-bytes 16M nested.tar.xz
says out 'OOM: killed batch-import' 'the log beside it is explained'
says err '^inquest: nested.tar.xz!t/bomb3.gz' 'the member is named'
cp good.log deep
for i in 1 2 3 4 5 6 7; do gzip <deep >deep.gz && mv deep.gz deep; done
want 1 1 'seven deep' explain deep
if [ -n "$INQUEST_LONG" ]; then
	want 3 1 'an expansion without measure, no limit but the own ones' explain bomb3.gz
fi

# --- one endless line, through a pipe, in flat memory ---
endless() { printf '[    1.000000] '; zeros $((mb << 20)) | tr '\0' x; echo; cat good.log; }
# a sanitized program reserves terabytes of addresses: it has the limit of its own only
bound=unlimited
{ (ulimit -v 1000000; exec "$INQUEST" --version); } >/dev/null 2>&1 && bound=1000000
endless | (ulimit -v $bound; explain --limit-memory 256M -) >out 2>err
got=$?
[ $got = 0 ] || [ $got = 3 ] && ok "a line of $mb MB: status $got" || failed "a line of $mb MB: status $got"
says out 'OOM: killed batch-import' 'what stands behind it is explained'
[ "$(wc -l <err)" -le 1 ] || { failed 'more than one line about it'; cat err; }

# --- a terabyte of nothing on the disk ---
mkdir -p hole/sos_commands/kernel hole/var/log loose && cp good.log hole/sos_commands/kernel/dmesg
cp good.log loose/
if truncate -s 1T hole/var/log/huge.log 2>/dev/null && truncate -s 1T loose/huge.log; then
	want 3 1 'an unpacked bundle with a huge sparse file' timeout 20 "$INQUEST" explain -q hole
	says out 'OOM: killed batch-import' 'the log beside it is explained'
	says err 'huge.log.*nearly all of it a hole' 'and it is named'
	want 3 1 'one among loose logs' timeout 20 "$INQUEST" explain -q loose
	want 1 1 'and alone' timeout 20 "$INQUEST" import -q -s hole.db loose/huge.log
	rm -f hole/var/log/huge.log loose/huge.log
fi

# --- links, pipes, devices ---
mkdir loop && ln -s . loop/a && ln -s ../loop loop/b && cp good.log loop/
want 0 0 'a directory with links to itself' "$INQUEST" import -s loop.db loop
[ "$(ask loop.db 'SELECT count(*) FROM v1_capture')" = 1 ] && ok 'is read once' || failed 'is read more than once'
ln -s y x && ln -s x y
want 1 1 'links that lead nowhere' explain x
mkdir pipes && mkfifo pipes/p && cp good.log pipes/
want 0 0 'a pipe in a directory is left alone' timeout 20 "$INQUEST" explain -q pipes
mkfifo p
cat good.log >p &
want 0 0 'a pipe that is named is read' timeout 20 "$INQUEST" explain -q p
says out 'OOM: killed batch-import' 'to its end'
want 0 0 'a substituted process' "$INQUEST" explain -q <(cat good.log)
want 1 1 '/dev/null' explain /dev/null
want 1 1 '/dev/zero' explain --limit-bytes 4M /dev/zero
want 1 1 'standard input that is closed' bash -c '"$0" explain -q - <&-' "$INQUEST"
want 3 1 'standard input twice' bash -c '"$0" explain -q - - <good.log' "$INQUEST"
says err '^inquest: -: given twice' 'and says so'
want 1 1 'an empty standard input' bash -c '"$0" explain -q - </dev/null' "$INQUEST"

# --- a file that grows, shrinks, goes while it is read ---
for how in grows shrinks goes; do
	bomb >moving.log
	cat good.log >>moving.log
	"$INQUEST" import -q -s moving.db moving.log 2>err &
	pid=$!
	case $how in
	grows) for i in 1 2 3 4; do cat good.log; done >>moving.log ;;
	shrinks) sleep 0.02; : >moving.log ;;
	goes) rm -f moving.log ;;
	esac
	wait $pid
	got=$?
	[ $got -le 3 ] && [ $got != 2 ] && [ "$(wc -l <err)" -le 2 ] && ok "a file that $how: status $got" ||
		{ failed "a file that $how: status $got"; cat err; }
	[ -s moving.db ] && whole moving.db "a file that $how"
	rm -f moving.db
done

# --- names ---
bad=$(printf 'n\nl\033[31m\342\200\256e\302\233m.log')
cp good.log "$bad"
mkdir m && cp good.log "m/$bad" && tar cf "$bad.tar" m
cp -r m cut && gzip -c good.log | head -c 300 >"cut/$bad.gz" && tar cf "$bad.cut.tar" cut
printf 'not a log, but text\nof two lines\n' >"$bad.txt"
raw() {	# nothing a terminal obeys, in FILE...
	if LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]' "$@"
	then failed "$what: raw bytes pass"; LC_ALL=C cat -v "$@" | head; fi
}
for command in explain identify log 'explain --format json' 'explain -v'; do
	for file in "$bad" "$bad.tar" "$bad.cut.tar" "$bad.txt" "$bad.none"; do
		"$INQUEST" $command "$file" >out 2>err
		what="$command: $(printf %q "$file")"
		raw out err
		[ "$(wc -l <err)" -le 1 ] || { failed "$what: $(wc -l <err) lines"; cat err; }
	done
done
"$INQUEST" import -s "$bad.db" "$bad" "$bad.tar" || failed 'a store with such a name'
for q in @captures @members @events @evidence; do
	for form in table json jsonl markdown; do
		"$INQUEST" query -s "$bad.db" --format $form $q >out 2>err
		what="query --format $form $q"
		raw out err
	done
done
"$INQUEST" query -s "$bad.db" 'SELECT 1 FROM v1_none' >out 2>err; what='query'; raw err
"$INQUEST" explain "--$bad" >out 2>err; what='an option of such a name'; raw err
"$INQUEST" "$bad" >out 2>err; what='a command of such a name'; raw err
ok 'no name reaches a terminal raw'

# --- encrypted: refused with the command that decrypts, a word of the shell each ---
printf 'Salted__%032d' 7 >"it's.tar.enc"
printf 'U2FsdGVkX1%054d' 7 >b64.enc
printf 'age-encryption.org/v1\n-> X25519 abc\n' >x.tar.age
printf '\214\015\004\007\003\002%032d' 7 >secured-x.tar.xz.gpg
for row in "it's.tar.enc openssl enc -d .*-in 'it'.''s.tar.enc' -out 'it'.''s.tar'" \
		"b64.enc openssl enc -d -a .*-out 'b64'" "x.tar.age age -d -o 'x.tar'" \
		"secured-x.tar.xz.gpg gpg -o 'secured-x.tar.xz' -d"; do
	f=${row%% *}
	for c in explain log; do
		want 1 1 "$c of $f" "$INQUEST" $c -q "$f"
		says err "encrypted; decrypt it first with: ${row#* }" 'names the command'
	done
	"$INQUEST" identify -q "$f" >out 2>err
	says out "encrypted; decrypt it first with: ${row#* }" "identify of $f too"
done
done_testing
