#!/bin/bash
# The project's dumps of real kernels: what is explained and what is stored, line by line.
# UPDATE=1 writes expected/ anew; look at the difference before it is committed.
. "${srcdir:-.}/tests/cli/lib.sh"
expected=$top/tests/vmcore/expected
for dump in "$top"/samples/*.vmcore.xz; do
	name=$(basename "$dump" .vmcore.xz)
	cp "$dump" .
	want 0 0 "$name: imported" "$INQUEST" import -q -s "$name.db" "$name.vmcore.xz"
	grep -v '^--' "$top/tests/vmcore/state.sql" | tr '\n' ' ' | tr ';' '\n' |
		while read -r sql; do
			[ -n "$sql" ] && ask "$name.db" "$sql"
		done >"$name.state"
	"$INQUEST" explain --no-pager -v "$name.vmcore.xz" >"$name.txt" 2>&1
	"$INQUEST" explain --no-pager "$name.vmcore.xz" >"$name.screen" 2>&1
	whole "$name.db" "$name"
	if [ -n "$UPDATE" ]; then
		mkdir -p "$expected"
		cp "$name.state" "$name.txt" "$name.screen" "$expected"
	fi
	same "$name.state" "$expected/$name.state" "$name: the state of the machine"
	same "$name.txt" "$expected/$name.txt" "$name: the report"
	same "$name.screen" "$expected/$name.screen" "$name: the report without -v"
	lines=$(wc -l <"$name.screen")
	if [ "$lines" -le 60 ]; then
		ok "$name: $lines lines are one screen"
	else
		failed "$name: $lines lines are more than a screen"
	fi
done
done_testing
