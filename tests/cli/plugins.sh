#!/bin/bash
# Plugins that crash, are too old or too new, do nothing, say what is refused, or cannot be
# read: each is reported in one line and costs nothing else.  The sample plugins are those
# of tests/analyze/plugins.  INQUEST_LONG=1: one that never ends, too.
samples=$(cd "${builddir:-.}/tests/analyze/plugins" && pwd) || exit 99
. "${srcdir:-.}/tests/cli/lib.sh"
cp "$cases/memcg-oom-6.1.log" x.log
explain() { "$INQUEST" explain --format json "$@" x.log; }
explain >plain.json 2>err || exit 99
sed -n '/"plugin"/p; /"verdict": "/p; /"title"/p' plain.json >plain

bad="crash old new tiny none bare"
[ -n "$INQUEST_LONG" ] && bad="$bad hang"
for p in $bad; do
	mkdir $p
	cp "$samples/$p/$p.so" $p/ || exit 99
	explain --plugin-dir $p >out 2>err
	got=$?
	[ $got = 0 ] && ok "$p: status 0" || failed "$p: status $got"
	[ "$(wc -l <err)" = 1 ] && grep -q "$p" err && ok "$p: one line names it" ||
		{ failed "$p: not one line that names it"; cat err; }
	sed -n '/"plugin"/p; /"verdict": "/p; /"title"/p' out >now
	same plain now "$p: the findings of the others are all there"
	explain -q --plugin-dir $p >out 2>err
	[ -s err ] && failed "$p: --quiet is not" && cat err
done

# --- files that are no plugins ---
mkdir junk
echo 'this is no ELF file' >junk/text.so
: >junk/empty.so
head -c 3000 "$samples/crash/crash.so" >junk/cut.so
mkdir junk/dir.so
mkfifo junk/fifo.so
: >junk/empty.sql
rule() { printf -- '-- rule: r\n-- verdict: unknown\n-- role: cause\n-- severity: fault\n-- confidence: guess\n-- applies-to: oom-kill\n-- title: t\n%s\n' "$1"; }
rule 'SELEC nonsense' >junk/syntax.sql
rule 'DELETE FROM event' >junk/writes.sql
rule "ATTACH 'x.db' AS x" >junk/attach.sql
rule 'SELECT capture_id, member, line, text FROM v1_none' >junk/no_view.sql
rule 'SELECT 1' >junk/no_evidence.sql
printf 'SELECT 1\n' >junk/no_head.sql
head -c 2000 /dev/zero >junk/zeros.sql
explain --plugin-dir junk >out 2>err
got=$?
[ $got = 0 ] && ok 'what is no plugin: status 0' || failed "what is no plugin: status $got"
sed -n '/"plugin"/p; /"verdict": "/p; /"title"/p' out >now
same plain now 'what is no plugin: the findings of the others are all there'
for f in text.so empty.so cut.so dir.so fifo.so empty.sql syntax writes attach no_view no_head.sql zeros.sql; do
	[ "$(grep -c "plugin $f" err)" = 1 ] || { failed "$f is not told in one line"; grep "${f%.*}" err; }
done
[ -e x.db ] && failed 'a rule made a file'
"$INQUEST" plugins --dir junk >out 2>err || failed 'plugins --dir'
says out 'text.so' 'the list names what was refused'
"$INQUEST" plugins --plugin-dir "$samples/good" >out
says out "^good .* ok .*good/good.so" 'the list names a good one'

# --- the same name twice: the first directory wins ---
mkdir mine
sed 's/^-- title: .*/-- title: mine first/; s/^-- confidence.*/-- confidence: certain/' "$top/plugins/dump-differs.sql" >mine/dump-differs.sql
"$INQUEST" plugins --plugin-dir mine >out
says out 'dump-differs .*mine/dump-differs.sql' 'a plugin of the same name hides the later one'
[ "$(grep -c '^dump-differs .* ok ' out)" = 1 ] || { failed 'both are in use'; cat out; }

# --- --only ---
"$INQUEST" import -q -s s.db x.log
everything s.db >before
want 0 0 'analyze again' "$INQUEST" analyze -s s.db
ask s.db 'SELECT rule, role, verdict, title FROM v1_finding ORDER BY 1, 2, 4' >again
everything s.db >/dev/null
want 0 0 'analyze --only' "$INQUEST" analyze -s s.db --only memory-cgroup
ask s.db 'SELECT rule, role, verdict, title FROM v1_finding ORDER BY 1, 2, 4' >only
same again only 'one plugin again: what the others said stays'
want 1 1 'analyze --only of one that is not there' "$INQUEST" analyze -s s.db --only nonsense
done_testing
