#!/bin/bash
# The JSON report is public: that of every golden case, of bad input and of an empty store
# is held to schema/report.schema.json.
checker=$PWD/tests/report/schema_check
[ -n "$builddir" ] && checker=$(cd "$builddir" && pwd)/tests/report/schema_check
. "${srcdir:-.}/tests/cli/lib.sh"
schema=$top/schema/report.schema.json
mkdir j

n=0
for log in "$cases"/*.log; do
	n=$((n + 1))
	"$INQUEST" explain -q --year 2026 --format json "$log" >"j/$(basename "$log" .log).json" 2>err
	[ $? -le 3 ] || failed "$log"
done
: >empty
printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1' >picture.png
head -c 4000 "$cases/memcg-oom-6.1.log" | gzip | head -c 1500 >cut.gz
bad=$(printf 'n\nl\033[31m\342\200\256\377.log')
cp "$cases/memcg-oom-6.1.log" "$bad"
{ cat "$cases/memcg-oom-6.1.log"; printf '\377\376\0\1[   9.0] \033[31m\342\200\256\n'; } >dirty.log
tar cf bundle.tar "$bad" picture.png dirty.log cut.gz
for f in empty picture.png cut.gz dirty.log bundle.tar "$bad" missing; do
	n=$((n + 1))
	"$INQUEST" explain -q --format json "$f" >j/bad$n.json 2>err
	# where nothing at all could be read, nothing is printed
	[ -s j/bad$n.json ] || rm j/bad$n.json
done
"$INQUEST" import -q -s s.db "$cases/memcg-oom-6.1.log" "$cases/global-oom-7.log" picture.png cut.gz 2>err
"$INQUEST" report -s s.db --format json >j/store.json || failed 'report of a store'
"$INQUEST" report -s s.db --format json --since 2100-01-01 >j/none.json || failed 'report of nothing'

printf '%s\n' j/*.json | xargs "$checker" "$schema" >offences 2>&1
got=$?
[ $got = 0 ] && ok "$(ls j | wc -l) reports" || { failed "status $got"; head -n 40 offences; }

# the checker itself sees an offence
while IFS='|' read -r what edit; do
	sed "$edit" j/memcg-oom-6.1.json >broken.json
	cmp -s broken.json j/memcg-oom-6.1.json && failed "$what: the edit does not apply"
	"$checker" "$schema" broken.json >offences && failed "$what is not seen" || ok "$what is seen"
done <<'EDITS'
an unknown key|s/"inquest":/"nonsense": 1, "inquest":/
a missing key|s/"format": 1,//
a wrong type|s/"seen_count": 1/"seen_count": "1"/
a wrong value|s/"kind": "oom-kill"/"kind": "oom"/
a number out of bounds|0,/"pid": [0-9]*/s//"pid": -1/
a text that does not match|s/"gfp_mask": "0x/"gfp_mask": "/
an unknown verdict|s/"verdict": "cgroup[a-z-]*"/"verdict": "Nonsense"/
no JSON|s/^{/[/
EDITS
done_testing
