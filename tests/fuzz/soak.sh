#!/bin/sh
# The whole program on damaged logs: explained one by one, then imported together.
#
#	soak.sh MUTATIONS		of each golden case
#
# Whatever is in them, explain ends in 0 (read), 1 (nothing to read) or 3 (damaged), in a
# second or two, with a report that is JSON; an import is whole, and importing the same
# again changes nothing.
: "${srcdir:=.}" "${builddir:=.}" "${INQUEST:=$builddir/src/inquest}"
FUZZ_MUTATE=${1:-5}
export FUZZ_MUTATE
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
trap 'exit 99' INT TERM
mkdir "$dir/logs"
FUZZ_WRITE=$dir/logs "$builddir/tests/fuzz/fuzz_log" "$srcdir"/tests/golden/cases/*.log \
	>/dev/null || exit 99
bad=0 n=0
for log in "$dir"/logs/*; do
	timeout 20 "$INQUEST" explain --format json "$log" >"$dir/out" 2>"$dir/err"
	got=$?
	n=$((n + 1))
	case $got in
	0 | 1 | 3) ;;
	*)
		echo "status $got: seed ${FUZZ_SEED:-1}, $(basename "$log")"
		cp "$log" "crash-soak-$n"
		tail -5 "$dir/err"
		bad=1
		continue
		;;
	esac
	if command -v jq >/dev/null && [ -s "$dir/out" ] &&
		! jq -e .format "$dir/out" >/dev/null 2>&1; then
		echo "no JSON: seed ${FUZZ_SEED:-1}, $(basename "$log")"
		bad=1
	fi
done
"$INQUEST" import -q -s "$dir/s.db" "$dir/logs" 2>"$dir/err"
first=$("$INQUEST" query -s "$dir/s.db" --format csv 'SELECT count(*) FROM v1_event')
"$INQUEST" import -q -s "$dir/s.db" "$dir/logs" 2>"$dir/err"
again=$("$INQUEST" query -s "$dir/s.db" --format csv 'SELECT count(*) FROM v1_event')
if [ "$first" != "$again" ] || [ -z "$first" ]; then
	echo "events after one import: $first, after two: $again"
	bad=1
fi
echo "$n damaged logs explained and imported"
exit $bad
