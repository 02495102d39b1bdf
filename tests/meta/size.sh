#!/bin/sh
# A source file over 900 lines, or a function over 120, is a heap: say which.
: "${srcdir:=.}"
cd "$srcdir" || exit 99
long=$(find src plugins -name '*.[ch]' ! -name schema_sql.c | xargs wc -l |
	awk '$2 != "total" && $1 > 900 { print $2 ": " $1 " lines" }')
fns=$(find src plugins -name '*.c' | xargs awk '
/^{/ { start = FNR }
/^}/ { if (start && FNR - start > 120) print FILENAME ":" start ": function of " FNR - start " lines"; start = 0 }')
[ -z "$long$fns" ] && exit 0
printf '%s\n' "$long" "$fns"
exit 1
