#!/bin/sh
# make bench: what the issue of speed asks, as ratios to the tool that one would use
# instead, each pair measured in turns in one run.  BENCH_DIR keeps the composed logs
# (1.2 GB) from run to run; BENCH_ROUNDS is the number of turns.
: "${srcdir:=.}" "${INQUEST:=src/inquest}" "${BENCH_ROUNDS:=5}"
bin=tests/bench
dir=${BENCH_DIR:-}
if [ -z "$dir" ]; then
	dir=$(mktemp -d) || exit 1
	trap 'rm -rf "$dir"' EXIT
fi
mkdir -p "$dir" || exit 1
template=$srcdir/tests/golden/cases/global-oom-6.12.log

compose() { # NAME awk-options...
	name=$1
	shift
	[ -s "$dir/$name" ] && return
	echo "composing $name ..." >&2
	awk -v template="$template" "$@" -f "$srcdir/tests/bench/make_logs.awk" \
		>"$dir/$name.new" && mv "$dir/$name.new" "$dir/$name"
}

compose syslog -v mode=syslog -v lines=10000000 -v count=20 || exit 1
compose kernel -v mode=kernel -v lines=1380000 -v count=5 || exit 1
compose reports -v mode=kernel -v count=1000 -v tasks=300 || exit 1
compose dmesg -v mode=kernel -v lines=26000 -v count=5 -v tasks=100 || exit 1

echo "== syslog of $(wc -c <"$dir/syslog") bytes, 20 OOM reports"
"$bin/paired" "$BENCH_ROUNDS" \
	"openssl dgst -sha256 '$dir/syslog'" \
	"'$INQUEST' explain --no-pager '$dir/syslog'" \
	"grep -aE 'invoked oom-killer|Killed process' '$dir/syslog' | cat" |
awk '{ t[NR] = $1; rss[NR] = $3 }
	END { printf "openssl sha256 %.2f s, inquest explain %.2f s (%d kB), grep %.2f s\n",
		t[1], t[2], rss[2], t[3]
	printf "RATIO to openssl %.2f (at most 1.50), to grep %.2f\n", t[2] / t[1], t[2] / t[3]
	printf "RESIDENT %.1f MB (under 64)\n", rss[2] / 1024 }'

echo "== import of $(wc -c <"$dir/kernel") bytes of kernel log, every line stored"
for i in $(seq "$BENCH_ROUNDS"); do
	rm -f "$dir/a.db" "$dir/b.db"
	t=$("$bin/paired" 1 "'$INQUEST' import --quiet -s '$dir/a.db' '$dir/kernel'") || exit 1
	echo "$t $("$bin/insert_loop" "$dir/a.db" "$dir/b.db")"
done | sort -n | awk '{ a[NR] = $1; b[NR] = $4; rss = $3 }
	END { n = asort_(b); m = int((NR + 1) / 2)
	printf "inquest import %.2f s (%d kB), INSERT loop %.2f s\n", a[m], rss, b[m]
	printf "RATIO %.2f (at most 1.50)\n", a[m] / b[m] }
	function asort_(v,	i, j, x) {
		for (i = 2; i <= NR; i++) {
			x = v[i]
			for (j = i - 1; j > 0 && v[j] > x; j--)
				v[j + 1] = v[j]
			v[j + 1] = x
		}
		return NR
	}'
rm -f "$dir/a.db" "$dir/b.db"

echo "== 1000 OOM reports of 300 tasks each, $(wc -c <"$dir/reports") bytes"
"$bin/paired" "$BENCH_ROUNDS" "'$INQUEST' explain --no-pager '$dir/reports'" |
	awk '{ printf "inquest explain %.2f s median, %.2f s least (under 2), %d kB\n", $1, $2, $3 }'

echo "== dmesg of $(wc -c <"$dir/dmesg") bytes"
"$bin/paired" 15 "cat '$dir/dmesg'" "'$INQUEST' explain --no-pager '$dir/dmesg'" |
	awk '{ t[NR] = $1 * 1000 }
	END { printf "cat %.1f ms, inquest explain %.1f ms: %.1f ms more (at most 80)\n",
		t[1], t[2], t[2] - t[1] }'

. "$srcdir/tests/bench/many.sh"
