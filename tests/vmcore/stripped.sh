#!/bin/bash
# A dump of a real kernel as if that had neither a table of symbols nor type data
# (tests/vmcore/stripped.c): what is left without them, and that a System.map and a BTF
# file bring back the same state, to the last row.
here=$PWD
. "${srcdir:-.}/tests/cli/lib.sh"
expected=$top/tests/vmcore/expected
state() { # STORE: as real.sh asks, but for what was said of the sources
	grep -v '^--' "$top/tests/vmcore/state.sql" | tr '\n' ' ' | tr ';' '\n' |
		while read -r sql; do
			[ -n "$sql" ] && ask "$1" "$sql"
		done | grep -v -e '^issue' -e '^read by'
}
for name in hung-task-5.10 memcg-oom-6.1; do
	xz -dc "$top/samples/$name.vmcore.xz" >whole || exit 99
	"$here/tests/vmcore/stripped" whole vmcore map btf || exit 99
	rm -f none.db given.db
	want 0 0 "$name: with neither" "$INQUEST" import -q -s none.db vmcore
	ask none.db "SELECT code FROM v1_issue ORDER BY code" >codes
	says codes '^symbols-missing$' "$name: it asks for symbols"
	says codes '^types-missing$' "$name: it asks for types"
	ask none.db "SELECT count(*) > 300 FROM v1_log" >lines
	says lines '^1$' "$name: the log is there"
	ask none.db "SELECT complete FROM v1_snapshot WHERE source = 'vmcore'" >complete
	says complete '^0$' "$name: the snapshot is not called complete"
	want 0 0 "$name: with both" \
		"$INQUEST" import -q -s given.db --system-map map --btf btf vmcore
	state given.db >given
	grep -v -e '^issue' -e '^read by' "$expected/$name.state" >wanted
	same given wanted "$name: the state is that of the whole dump"
	ask given.db "SELECT types_from || ', ' || symbols_from FROM v1_snapshot
		WHERE source = 'vmcore'" >from
	says from '^BTF of btf, map$' "$name: and where it came from is said"
done
# a placeholder, as Debian has it in /boot, is called that
echo 'ffffffffffffffff B The real System.map is in the linux-image-<version>-dbg package' >stub
"$INQUEST" import -q -s stub.db --system-map stub vmcore 2>/dev/null
ask stub.db "SELECT text FROM v1_issue WHERE code = 'symbols-refused'" >why
says why 'a placeholder' 'a placeholder of a System.map'
done_testing
