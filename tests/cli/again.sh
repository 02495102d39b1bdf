#!/bin/bash
# A capture that was read in part, or not at all, is read anew when there is more to be
# had: its row is replaced, never doubled; what was read whole stays as it is.
. "${srcdir:-.}/tests/cli/lib.sh"
cp "$cases/memcg-oom-6.1.log" x.log
rows() { ask "$1" "SELECT count(*) || ' ' || group_concat(status) || ' ' || count(sha256) || ' ' ||
	(SELECT count(*) FROM v1_event) FROM v1_capture"; }
is() {	# WHAT WANTED GOT
	[ "$2" = "$3" ] && ok "$1" || failed "$1: $3, not $2"
}

# --- a reader that dies at once ---
# a sanitized program reserves terabytes of addresses: the limit is not for it
if (ulimit -v 1000000; exec "$INQUEST" --version) >/dev/null 2>&1; then
	want 1 1 'a reader without memory' "$INQUEST" import -s s.db --limit-memory 1M x.log
	is 'its capture is known by its bytes' '1 failed 1 0' "$(rows s.db)"
	want 1 1 'and again' "$INQUEST" import -s s.db --limit-memory 1M x.log
	is 'is still one' '1 failed 1 0' "$(rows s.db)"
	want 0 0 'with memory' "$INQUEST" import -s s.db x.log
	is 'takes its place' "1 ok 1 $(rows s.db | awk '{ print $4 }')" "$(rows s.db)"
	[ "$(rows s.db | awk '{ print $4 }')" -gt 0 ] && ok 'with its events' || failed 'no event'
fi

# --- a limit that cuts it short ---
awk 'BEGIN { for (i = 0; i < 25000; i++) printf "[%5d.000000] line %d of a log that is long enough to be read in more than one piece, and then some more words\n", 9000 + i, i }' >>x.log
gzip -k x.log
want 3 1 'a limit of bytes' "$INQUEST" import -s l.db --limit-bytes 2M x.log.gz
is 'part of it is stored' '1 partial 1' "$(rows l.db | cut -d' ' -f1-3)"
everything l.db >cut
want 3 0 'the same limit again' "$INQUEST" import -s l.db --limit-bytes 2M x.log.gz
everything l.db >again
same again cut 'changes nothing'
want 0 0 'without a limit' "$INQUEST" import -s l.db x.log.gz
everything l.db >long
"$INQUEST" import -s w.db x.log.gz || failed 'a whole import'
everything w.db >whole.all
same long whole.all 'the whole takes its place'
want 0 0 'a limit on what was read whole: it is not read again' "$INQUEST" import -s l.db --limit-bytes 2M x.log.gz
everything l.db >again
same again long 'takes nothing away'
whole l.db 'after all'
done_testing
