#!/bin/sh
# make bench DUMP=PATH [VMLINUX=PATH]: explaining a dump, all state and all stacks stored
# and analysed, without debuginfo; beside it what crash and drgn take, with it, for less:
# a list of the tasks.  DUMP may be packed, or several paths: each is unpacked first.
: "${INQUEST:=src/inquest}" "${BENCH_ROUNDS:=5}"
bin=tests/bench
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# Tasks with their oom_score_adj, as drgn's users list them.
cat >"$dir/tasks.py" <<'END'
from drgn.helpers.linux.pid import for_each_task
for t in for_each_task(prog):
    print(t.pid.value_(), t.comm.string_().decode(), t.signal.oom_score_adj.value_())
END
echo ps >"$dir/ps"

for packed in $DUMP; do
	dump=$dir/vmcore
	case $packed in
	*.xz) xz -dc "$packed" >"$dump" ;;
	*.gz) gzip -dc "$packed" >"$dump" ;;
	*.zst) zstd -dcq "$packed" >"$dump" ;;
	*) dump=$packed ;;
	esac || exit 1
	echo "== $packed, $(wc -c <"$dump") bytes unpacked"
	explain="'$INQUEST' explain --no-pager '$dump'"
	set -- "$explain"
	names=inquest
	if [ -n "$VMLINUX" ] && command -v crash >/dev/null; then
		set -- "$@" "crash -s '$VMLINUX' '$dump' <'$dir/ps'"
		names="$names crash"
	fi
	if [ -n "$VMLINUX" ] && command -v drgn >/dev/null; then
		set -- "$@" "drgn -q -c '$dump' -s '$VMLINUX' '$dir/tasks.py'"
		names="$names drgn"
	fi
	"$bin/paired" "$BENCH_ROUNDS" "$@" | awk -v names="$names" '
		BEGIN { split(names, name, " ") }
		{ t[name[NR]] = $1; printf "%-8s %.3f s median, %.3f s least, %.1f MB the largest process\n",
			name[NR], $1, $2, $3 / 1024 }
		END { if (t["crash"]) printf "RATIO crash to inquest %.1f (at least 25)\n",
				t["crash"] / t["inquest"]
			if (t["drgn"]) printf "RATIO inquest to drgn %.2f (at most 1)\n",
				t["inquest"] / t["drgn"] }'
	"$bin/resident" "$explain" |
		awk '{ printf "RESIDENT %.1f MB over all processes (under 80)\n", $1 / 1024 }'
	"$bin/dump_times" "$dump"
done
