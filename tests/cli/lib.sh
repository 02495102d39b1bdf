# What the shell tests of the program share: sourced, not run.
#
# Leaves the caller in an empty directory that is removed at the end; $cases is where the
# golden logs are.  Each check prints "ok: ..." or "FAILED: ..."; `done_testing` ends with
# the status that automake expects.  INQUEST_LONG=1 (make check-long) asks for full sizes.
: "${srcdir:=.}" "${INQUEST:=src/inquest}"
cases=$(cd "$srcdir/tests/golden/cases" && pwd) || exit 99
top=$(cd "$srcdir" && pwd) || exit 99
tmp=$(mktemp -d) || exit 99
trap 'chmod -R u+rwx "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT
cd "$tmp" || exit 99
status=0

ok() { echo "ok: $*"; }
failed() { echo "FAILED: $*"; status=1; }
done_testing() { exit $status; }

# want STATUS LINES-ON-STDERR WHAT COMMAND...: output in ./out and ./err
want() {
	code=$1 lines=$2 what=$3
	shift 3
	"$@" >out 2>err
	got=$?
	n=$(wc -l <err)
	if [ "$got" -ne "$code" ] || [ "$n" -ne "$lines" ]; then
		failed "$what: status $got (want $code), $n lines on stderr (want $lines)"
		cat err
	else
		ok "$what"
	fi
}

# says FILE PATTERN WHAT: FILE has a line that matches
says() {
	if grep -qE -e "$2" "$1"; then ok "$3"; else failed "$3: no '$2' in:"; head -n 20 "$1"; fi
}

# same FILE FILE WHAT
same() {
	if cmp -s "$1" "$2"; then ok "$3"; else failed "$3"; diff "$1" "$2" | head -n 20; fi
}

# ask STORE SQL: the rows, tab separated, without the names
ask() { "$INQUEST" query -s "$1" --format tsv "$2" | tail -n +2; }

# whole STORE WHAT: SQLite finds nothing wrong in the file, and no key points nowhere
whole() {
	found=$(ask "$1" 'PRAGMA integrity_check' 2>&1; ask "$1" 'PRAGMA foreign_key_check' 2>&1)
	if [ "$found" = ok ]; then ok "$2: the store is whole"; else failed "$2: $found"; fi
}

# everything STORE: what all views say, but for the time of the import
everything() {
	[ -s everything.sql ] || ask "$1" "SELECT 'SELECT ' || quote(v.name) || ' AS view, '
			|| group_concat('\"' || c.name || '\"') || ' FROM ' || v.name || ';'
		FROM sqlite_schema AS v, pragma_table_info(v.name) AS c
		WHERE v.type = 'view' AND v.name GLOB 'v1_*' AND c.name <> 'imported_us'
		GROUP BY v.name" >everything.sql
	ask "$1" "$(cat everything.sql)" | sort
}
