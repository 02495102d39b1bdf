#!/bin/bash
# How well crash keys tell crashes apart and bring the same ones together: pairs of logs
# whose label says what crashed in them (tests/golden/crash-groups.tsv: name, label; what
# only a panic repeats of another event is left out).  Two logs of one label must have the same set
# of keys (else: a false split), two of unlike labels no key in common (else: a false
# merge).  For other logs: LABELS=FILE LOGS=DIR tests/cli/crash_groups.sh
. "${srcdir:-.}/tests/cli/lib.sh"
labels=${LABELS:-$top/tests/golden/crash-groups.tsv}
logs=${LOGS:-$cases}

n=0
while IFS='	' read -r name label; do
	n=$((n + 1))
	log=$logs/$name
	[ -e "$log" ] || log=$logs/$name.log
	"$INQUEST" import -q -s "$n.db" --year 2026 "$log" 2>err || { failed "$name"; cat err; }
	"$INQUEST" query -s "$n.db" --format tsv "SELECT DISTINCT crash_key FROM v1_crash_group
		WHERE kind <> 'panic' OR verdict = 'manual-crash' ORDER BY 1" | tail -n +2 >"$n.keys"
	printf '%s\n' "$label" >"$n.label"
	[ -s "$n.keys" ] || failed "$name has no key"
done <"$labels"

same=0 split=0 unlike=0 merged=0
for i in $(seq "$n"); do
	for k in $(seq $((i + 1)) "$n"); do
		if cmp -s "$i.label" "$k.label"; then
			same=$((same + 1))
			cmp -s "$i.keys" "$k.keys" || {
				split=$((split + 1))
				echo "split: $(cat "$i.label")"; diff "$i.keys" "$k.keys"
			}
		else
			unlike=$((unlike + 1))
			[ -z "$(comm -12 "$i.keys" "$k.keys")" ] || {
				merged=$((merged + 1))
				echo "merged: $(cat "$i.label") and $(cat "$k.label")"
				comm -12 "$i.keys" "$k.keys"
			}
		fi
	done
done
echo "$same pairs of the same crash, $split split; $unlike of unlike ones, $merged merged"
[ $n -gt 0 ] && [ $split = 0 ] && [ $merged = 0 ] && ok 'groups' || failed 'groups'

# one store: machines and boots are counted together
"$INQUEST" import -q -s all.db --year 2026 "$cases/hung-task-5.10.log" "$cases/hung-task-6.12.log"
ask all.db "SELECT events, boots, suspect, verdict FROM v1_crash_group WHERE kind = 'hung-task'
	ORDER BY events" >got
printf '2\t2\tlab_hung_write\thung-task\n8\t2\tlab_config_read\thung-task\n' >want
same got want 'a group over two boots'
done_testing
