#!/bin/sh
# build.sh SRCDIR OUTDIR COMPILER... - the sample plugins, each in a directory of its own.
set -eu
src=$1 out=$2
shift 2
for v in good crash always hang bare nosy load old new tiny idle none; do
	mkdir -p "$out/$v"
	"$@" -fPIC -shared -DVARIANT_$v -DNAME="\"$v\"" -I"$src/src/analyze" \
		-o "$out/$v/$v.so" "$src/tests/analyze/plugins/sample.c"
done
