#!/bin/sh
# make bench: dumps of 10 000 and 50 000 processes, made from the project's own dump of a
# small machine (many_tasks.c).  Five times the processes may take five times as long, and
# no more memory than the cache of pages and what is kept for each of them.
: "${srcdir:=.}" "${INQUEST:=src/inquest}" "${BENCH_ROUNDS:=5}"
bin=tests/bench
dir=${BENCH_DIR:-}
if [ -z "$dir" ]; then
	dir=$(mktemp -d) || exit 1
	trap 'rm -rf "$dir"' EXIT
fi
mkdir -p "$dir" || exit 1
small=$dir/small.vmcore
[ -s "$small" ] || xz -dc "$srcdir/samples/memcg-oom-6.1.vmcore.xz" >"$small" || exit 1
for n in 10000 50000; do
	dump=$dir/tasks.vmcore
	"$bin/many_tasks" "$small" "$n" "$dump" || exit 1
	explain="'$INQUEST' explain --no-pager '$dump'"
	echo "== a dump of $n processes more, $(wc -c <"$dump") bytes" >&2
	"$bin/dump_times" "$dump" | grep -E 'PAGES|FLOOR' >&2
	t=$("$bin/paired" "$BENCH_ROUNDS" "$explain") || exit 1
	echo "$n $t $("$bin/resident" "$explain")"
	rm -f "$dump"
done | awk '{ printf "%d processes: %.2f s median, %.2f s least (%.0f us each), %.1f MB over all processes\n",
		$1, $2, $3, $3 / $1 * 1e6, $5 / 1024
		each[NR] = $3 / $1 }
	END { printf "RATIO of the time for each, 50000 to 10000: %.2f (linear: at most 1.2)\n",
		each[2] / each[1] }'
