#!/bin/sh
# Every rule that a plugin's finding may name stands in plugins/README, by its id or by a
# family ("memory-victim-*").
: "${srcdir:=.}"
cd "$srcdir/plugins" || exit 99
ids=$({
	# not the plugins' own names
	grep -hvE '^[[:space:]]*\.name = ' ./*.c |
		grep -ohE '"(alloc|bundle|container|killer|memory|panic|report|unit)-[a-z0-9-]+"' | tr -d '"'
	sed -n 's/^-- rule: *//p' ./*.sql
} | sort -u | grep -vx alloc-failure)	# that is a kind of event
missing=
for id in $ids; do
	family=$id known=
	while [ -n "$family" ]; do
		grep -qwF -e "$family" README && [ "$family" = "$id" ] && known=1
		grep -qF -e "$family-*" README && known=1
		case $family in
		*-*) family=${family%-*} ;;
		*) family= ;;
		esac
	done
	[ -n "$known" ] || missing="$missing $id"
done
[ -z "$missing" ] && exit 0
echo "not in plugins/README:$missing"
exit 1
