#!/bin/bash
# The project's dumps of real kernels with bytes flipped and cut off, at places that SEED
# chooses (tests/vmcore/damaged.c).  INQUEST_LONG=1: every sample dump beside the source
# tree, at 500 places and 200 lengths.
: "${srcdir:=.}" "${SEED:=1}"
tool=$PWD/tests/vmcore/damaged
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
status=0
flips=12 cuts=6
dumps=("$srcdir"/samples/*.vmcore.xz)
if [ -n "$INQUEST_LONG" ]; then
	flips=500 cuts=200
	dumps+=("$srcdir"/../shared/samples/vmcore/*/vmcore*)
fi
for dump in "${dumps[@]}"; do
	[ -e "$dump" ] || continue
	echo "$dump"
	case $dump in
	*.xz) xz -dc "$dump" >"$tmp/vmcore" || exit 99 ;;
	*) cp "$dump" "$tmp/vmcore" || exit 99 ;;
	esac
	"$tool" "$tmp/vmcore" $flips $cuts "$SEED" || status=1
done
exit $status
