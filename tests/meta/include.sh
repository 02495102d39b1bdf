#!/bin/sh
# Holds every #include between the rooms of src/ to the table of the design: which
# room may include which, besides itself.  Plugins include inquest/plugin.h alone.
: "${srcdir:=.}"
cd "$srcdir" || exit 99

table='
base
model base
kern base model
text base model
parse base model kern text
input base model
vmcore base model kern text input
journal base model text
bundle base model parse input
wire base model
jail base wire
store base model
analyze base model kern store
import base model kern text parse input vmcore journal bundle wire jail store
report base store
cli base model kern text parse input vmcore journal bundle wire jail store analyze import report
'
# and the sub-rooms of vmcore/; its open, log and vmcore_impl.h stand between
inside='
dump
printk dump
symbols dump kernel
types dump symbols kernel
kernel dump printk symbols types state
state dump symbols types kernel
stacks dump symbols types kernel state
'
bad=$(find src -name '*.[ch]' -o -name '*.def' | sort | xargs awk -v table="$table" -v inside="$inside" '
function read_table(t, may, room,	rows, w, n, k, i, j) {
	n = split(t, rows, "\n")
	for (i = 1; i <= n; i++) {
		k = split(rows[i], w, " ")
		for (j = 1; j <= k; j++)
			may[w[1], w[j]] = 1
		if (k)
			room[w[1]] = 1
	}
}
BEGIN {
	read_table(table, may, room)
	read_table(inside, sub_may, sub_room)
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, q, "\"")
	split(FILENAME, f, "/")
	if (q[2] !~ /\//)
		next			# generated, or beside the file
	split(q[2], t, "/")
	if (f[2] == "analyze" && t[1] == "inquest")
		next
	if (!(f[2] in room))
		print FILENAME ":" FNR ": src/" f[2] " is not a room of the table"
	else if (!((f[2], t[1]) in may))
		print FILENAME ":" FNR ": " f[2] " may not include " t[1] "/"
	else if (f[2] == "vmcore" && t[1] == "vmcore" && f[3] in sub_room &&
		 t[2] in sub_room && !((f[3], t[2]) in sub_may))
		print FILENAME ":" FNR ": " f[3] "/ may not include " t[2] "/"
}')
plugins=$(grep -n '#include *"' plugins/*.[ch] /dev/null 2>/dev/null |
	grep -v '"inquest/plugin.h"' | grep -vE '"[a-z_]+\.h"')
if [ -n "$bad$plugins" ]; then
	printf '%s\n' "$bad" "$plugins"
	exit 1
fi
echo "includes keep to the table"
