#!/bin/sh
# The bundles of make bench: a typical one against xz alone, many small members, two
# gigabytes, and one with a messages file of a gigabyte.  Composed by this script;
# BENCH_DIR keeps them (1.4 GB, most of it the log).  BUNDLE=PATH measures a given one.
: "${srcdir:=.}" "${INQUEST:=src/inquest}" "${BENCH_ROUNDS:=5}"
bin=tests/bench
dir=${BENCH_DIR:-}
if [ -z "$dir" ]; then
	dir=$(mktemp -d) || exit 1
	trap 'rm -rf "$dir"' EXIT
fi
mkdir -p "$dir" || exit 1
template=$srcdir/tests/golden/cases/global-oom-6.12.log
top=sosreport-bench-2026-11-21-abcdefg

# host DIR: what each of the bundles has beside its bulk
host() {
	mkdir -p "$1/sos_commands/host" "$1/sos_commands/kernel" "$1/proc" "$1/var/log"
	echo 'sos report: 4.9.1' >"$1/version.txt"
	echo bench01 >"$1/sos_commands/host/hostname"
	cp "$template" "$1/sos_commands/kernel/dmesg"
	printf 'cpu  1 2 3\nbtime 1795255850\n' >"$1/proc/stat"
}

pack() { # NAME FILTER...
	name=$1
	shift
	tar -C "$dir/tree" -cf - "$top" | "$@" >"$dir/$name.new" && mv "$dir/$name.new" "$dir/$name"
	rm -rf "$dir/tree"
}

# As sos makes them: thousands of small files of sys, units, and a few large ones.
if [ ! -s "$dir/typical.tar.xz" ]; then
	echo "composing typical.tar.xz ..." >&2
	t=$dir/tree/$top
	host "$t"
	awk -v t="$t" 'BEGIN {
		for (d = 0; d < 120; d++) {
			system("mkdir -p " t "/sys/devices/d" d)
			for (i = 0; i < 35; i++) {
				f = t "/sys/devices/d" d "/attr" i
				print d * i % 977 > f
				close(f)
			}
		}
		f = t "/proc/kallsyms"
		srand(1)
		for (i = 0; i < 220000; i++)
			printf "%016x t function_%d_%x\n", i * 64, i % 7919, i * 31 > f
		f = t "/sos_commands/host/lists"
		for (i = 0; i < 150000; i++)
			printf "%d some line of a command, number %d of %x\n", rand() * 1e6, i, i * 17 > f
	}'
	awk -v mode=syslog -v lines=90000 -v count=3 -v template="$template" \
		-f "$srcdir/tests/bench/make_logs.awk" >"$t/var/log/messages"
	pack typical.tar.xz xz -6
fi
if [ ! -s "$dir/members.tar" ]; then
	echo "composing members.tar ..." >&2
	t=$dir/tree/$top
	host "$t"
	awk -v t="$t" 'BEGIN {
		for (d = 0; d < 1000; d++) {
			system("mkdir -p " t "/sys/kernel/slab/d" d)
			for (i = 0; i < 100; i++) {
				f = t "/sys/kernel/slab/d" d "/" i
				print d + i > f
				close(f)
			}
		}
	}'
	pack members.tar cat
fi
if [ ! -s "$dir/messages.tar.xz" ]; then
	echo "composing messages.tar.xz ..." >&2
	t=$dir/tree/$top
	host "$t"
	awk -v mode=syslog -v lines=10000000 -v count=20 -v template="$template" \
		-f "$srcdir/tests/bench/make_logs.awk" >"$t/var/log/messages"
	pack messages.tar.xz xz -1 -T0
fi
if [ ! -s "$dir/large.tar.xz" ]; then
	echo "composing large.tar.xz ..." >&2
	t=$dir/tree/$top
	host "$t"
	i=0
	while [ $i -lt 20 ]; do
		seq $i 3 $((i + 42000000)) | head -c 104857600 >"$t/var/log/numbers.$i"
		i=$((i + 1))
	done
	pack large.tar.xz xz -0 -T0
fi

against_xz() { # FILE FACTOR PLUS
	"$bin/paired" "$BENCH_ROUNDS" "xz -dc '$1' | wc -c" \
		"'$INQUEST' explain --no-pager '$1'" |
	awk -v factor="$2" -v plus="$3" '{ t[NR] = $1; rss[NR] = $3 }
		END { printf "xz -dc | wc -c %.3f s, inquest explain %.3f s (%d kB)\n", t[1], t[2],
			rss[2]
		printf "RATIO %.2f of %s x xz + %s s (at most 1.00)\n",
			t[2] / (factor * t[1] + plus), factor, plus
		printf "RESIDENT %.1f MB (under 100)\n", rss[2] / 1024 }'
}

for f in ${BUNDLE:-"$dir/typical.tar.xz"}; do
	echo "== bundle of $(wc -c <"$f") bytes, $(xz -dc "$f" | wc -c) unpacked"
	against_xz "$f" 1.3 0.1
done
[ -n "$BUNDLE" ] && exit
echo "== bundle with a messages file of 1 GB"
against_xz "$dir/messages.tar.xz" 2 0
echo "== bundle of 2 GB"
BENCH_ROUNDS=1 against_xz "$dir/large.tar.xz" 1.3 0.1
echo "== bundle of $(tar -tf "$dir/members.tar" | wc -l) members"
"$bin/paired" "$BENCH_ROUNDS" "rm -f '$dir/m.db'; '$INQUEST' import --quiet -s '$dir/m.db' '$dir/members.tar'" |
	awk '{ printf "inquest import %.2f s (under 10), %d kB\n", $1, $3 }'
rm -f "$dir/m.db"
