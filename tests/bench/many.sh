# many.sh - a fleet: sourced by run.sh.  1 000 bundles read by one child on one core and by
# two on two, and 100 stores joined.  MANY is the number of bundles.
: "${MANY:=1000}"
bundles=$dir/bundles
echo "composing $MANY bundles ..." >&2
(srcdir=$(cd "$srcdir" && pwd) && export srcdir &&
	sh "$srcdir/tests/bench/make_bundles.sh" "$bundles" "$MANY") || exit 1

echo "== import of $MANY bundles, $(du -sk "$bundles" | cut -f 1) kB"
"$bin/paired" "$BENCH_ROUNDS" \
	"rm -f '$dir/a.db'; taskset -c 0 '$INQUEST' import -q -j1 --year 2026 -s '$dir/a.db' '$bundles'" \
	"rm -f '$dir/b.db'; '$INQUEST' import -q -j2 --year 2026 -s '$dir/b.db' '$bundles'" \
	"'$INQUEST' import -q -j2 --year 2026 -s '$dir/b.db' '$bundles'" |
awk -v n="$MANY" '{ t[NR] = $1 }
	END { printf "-j1 on one core %.1f a second, -j2 %.1f, known before %.1f\n",
		n / t[1], n / t[2], n / t[3]
	printf "RATIO %.2f (at least 1.80)\n", t[1] / t[2] }'
rm -f "$dir/a.db" "$dir/b.db"

mkdir -p "$dir/stores"
i=0
for f in "$bundles"/*; do
	i=$((i + 1))
	[ $i -gt 100 ] && break
	[ -s "$dir/stores/$i.db" ] ||
		"$INQUEST" import -q --year 2026 -s "$dir/stores/$i.db" "$f" || exit 1
done
echo "== 100 stores, $(du -sk "$dir/stores" | cut -f 1) kB"
"$bin/paired" "$BENCH_ROUNDS" \
	"rm -f '$dir/m.db'; '$INQUEST' merge -q -s '$dir/m.db' '$dir'/stores/*.db" |
	awk '{ printf "MERGE %.2f s median, %.2f s least (under 2)\n", $1, $2 }'
rm -rf "$dir/m.db" "$dir/stores"
