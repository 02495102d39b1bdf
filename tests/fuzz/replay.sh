#!/bin/sh
# Replays the corpus of every fuzz target, and a seeded share of mutations of it.
# FUZZ_MUTATE: mutations an input (make check: few; make check-long: many).
: "${srcdir:=.}" "${builddir:=.}"
FUZZ_MUTATE=${FUZZ_MUTATE:-20}
export FUZZ_MUTATE
status=0
for dir in "$srcdir"/tests/fuzz/corpus/*/; do
	name=$(basename "$dir")
	target=$builddir/tests/fuzz/fuzz_$name
	if [ ! -x "$target" ]; then
		echo "no target for the corpus $name"
		status=1
	elif out=$(timeout 600 "$target" "$dir" 2>&1); then
		echo "$name: $out"
	else
		echo "$name: FAILED with status $?"
		printf '%s\n' "$out" | tail -40
		status=1
	fi
done
exit $status
