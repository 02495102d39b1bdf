#!/bin/sh
# embed.sh - SQL and its documentation as C: embed.sh VIEWS QUERIES STEP... > schema_sql.c
#
# Steps and views become strings, the documentation lines of VIEWS (see its head) rows,
# the named queries a table. Any awk will do. Fails for a column without documentation.
set -eu
awk=${AWK:-awk} views=$1 queries=$2
shift 2

# Standard input as the inside of a C string, a line a line.
quote() {
	tab=$(printf '\t')
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e "s/$tab/\\\\t/g" -e 's/^/	"/' -e 's/$/\\n"/'
}

# The same without comments: what SQLite is to keep in its schema.
bare() {
	sed -e '/^[[:space:]]*--/d' -e '/^[[:space:]]*$/d' "$1" | quote
}

echo '/* schema_sql.c - made by schema/embed.sh out of schema/; do not edit. */'
echo '#include "store/schema.h"'
echo
echo 'const struct iq_schema_step iq_schema_steps[] = {'
for step; do
	base=${step##*/}
	case $base in
	*_search.sql) search=true ;;
	*) search=false ;;
	esac
	echo "	{ \"$base\", $search,"
	bare "$step"
	echo '	},'
done
echo '	{ NULL, false, NULL }'
echo '};'
echo
echo 'const char iq_schema_views[] ='
bare "$views"
echo '	;'
echo
echo 'const struct iq_schema_row iq_schema_rows[] = {'
"$awk" '
function fail(what) { printf "%s:%d: %s\n", FILENAME, FNR, what >"/dev/stderr"; bad = 1; exit 1 }
function c(s) { gsub(/\\/, "\\\\\\\\", s); gsub(/"/, "\\\"", s); return "\"" s "\"" }
function row(view, column, key) {
	used[key] = 1
	printf "\t{ %s, %s, %s,\n\t  %s },\n", c(view), c(column), c(unit[key]), c(meaning[key])
}
/^-- (v1_[a-z0-9_]*(\.[a-z0-9_]+)?|\*\.[a-z0-9_]+) \| / {
	n = split(substr($0, 4), part, / \| /)
	if (n != 3)
		fail("not of the form: name | unit | meaning")
	if (part[1] in unit)
		fail(part[1] " is documented twice")
	unit[part[1]] = part[2]
	meaning[part[1]] = part[3]
	next
}
/^CREATE VIEW / {
	view = $3
	sub(/\($/, "", view)
	if (!(view in unit))
		fail(view " is not documented")
	row(view, "", view)
	listing = 1
	next
}
listing && /^\) AS/ { listing = 0; next }
listing {
	gsub(/[ \t]/, "")
	n = split($0, column, ",")
	for (i = 1; i <= n; i++) {
		if (column[i] == "")
			continue
		key = view "." column[i]
		if (!(key in unit))
			key = "*." column[i]
		if (!(key in unit))
			fail(view "." column[i] " is not documented")
		row(view, column[i], key)
	}
}
END {
	if (bad)
		exit 1
	for (key in unit)
		if (!(key in used))
			fail(key " documents nothing")
}' "$views"
echo '};'
echo
echo 'const size_t iq_schema_n_rows = sizeof iq_schema_rows / sizeof *iq_schema_rows;'
echo
echo 'const struct iq_schema_query iq_schema_queries[] = {'
"$awk" '
function c(s) { gsub(/\\/, "\\\\\\\\", s); gsub(/"/, "\\\"", s); gsub(/\t/, "\\t", s); return s }
/^-- @[a-z_]+: / {
	name = substr($2, 2)
	sub(/:$/, "", name)
	about = $0
	sub(/^-- @[a-z_]+: /, "", about)
	printf "\t{ \"%s\", \"%s\",\n", name, c(about)
	open = 1
	next
}
/^--/ || !open || /^[ \t]*$/ { next }
{
	end = /;[ \t]*$/
	sub(/;[ \t]*$/, "")
	printf "\t\"%s%s\"%s\n", c($0), end ? "" : "\\n", end ? " }," : ""
	if (end)
		open = 0
}' "$queries"
echo '	{ NULL, NULL, NULL }'
echo '};'
