#!/bin/bash
# Stops without a word, wherever in a log they stand and however it comes: the lines
# around each banner are looked at again, over the borders of blocks.
. "${srcdir:-.}/tests/cli/lib.sh"

awk 'BEGIN {
	t = 0
	for (boot = 0; boot < 30; boot++) {
		for (i = 0; i < 700; i++) {
			t += 3
			printf "Nov 21 %02d:%02d:%02d web-3 ", t / 3600 % 24, t / 60 % 60, t % 60
			if (i == 0 && boot)
				print "kernel: [    0.000000] Linux version 6.1.0-50-amd64 (build@host) #1 SMP"
			else if (i == 699 && boot % 3 == 2)
				print "systemd-journald[300]: Journal stopped"
			else if (i % 5 == 4)
				printf "kernel: [%5d.123456] device eth%d entered promiscuous mode\n", i * 3, i
			else
				printf "%s[%d]: line %d of boot %d\n", i % 2 ? "CRON" : "sshd", i, i, boot
		}
		t += 60
	}
}' >messages
sql="SELECT first_line, last_line FROM v1_sighting ORDER BY 1"
# the last line of each boot that did not say so; a banner behind it
awk 'BEGIN { for (boot = 1; boot < 30; boot++) if (boot % 3)
	printf "%d\t%d\n", boot * 700, boot * 700 + 1 }' >expect
got() {
	rm -f s.db
	"$INQUEST" import -q -s s.db --year 2026 "$1" || failed "import of $1"
	"$INQUEST" query -s s.db --format tsv "$sql" | tail -n +2 >out
	same expect out "stops of $1"
}
got messages
gzip -k messages && mv messages.gz a.gz && got a.gz
dd if=messages bs=4099 status=none | got -

# entries of a journal
remote=$(PATH=$PATH:/lib/systemd:/usr/lib/systemd command -v systemd-journal-remote) || done_testing
entry() { # SECONDS BOOT TRANSPORT IDENT TEXT
	seq=$((seq + 1))
	printf '__CURSOR=s=0123456789abcdef0123456789abcdef;i=%x;b=%032x;m=%x;t=%x;x=%x\n' \
		$seq "$2" $(($1 * 1000000)) $((1795255264000000 + $1 * 1000000)) $seq
	printf '__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=%032x\n' \
		$((1795255264000000 + $1 * 1000000)) $(($1 % 1000 * 1000000)) "$2"
	printf '_MACHINE_ID=0123456789abcdef0123456789abcdef\n_HOSTNAME=web-3\n'
	printf '_TRANSPORT=%s\nSYSLOG_IDENTIFIER=%s\n_PID=1\nMESSAGE=%s\n\n' "$3" "$4" "$5"
}
boot() { # SECONDS BOOT
	entry "$1" "$2" kernel kernel "Linux version 6.1.0-50-amd64 (build@host) #1 SMP"
	for i in 1 2 3 4 5 6 7 8 9; do
		entry $(($1 + i * 20)) "$2" journal systemd "Started Session $i of User deploy."
		entry $(($1 + i * 20 + 1)) "$2" syslog sshd "Accepted publickey for deploy"
	done
}
{
	boot 1000 1
	boot 2000 2
	entry 2200 2 journal systemd-journald "Journal stopped"
	boot 3000 3
} >export
"$remote" -o j.journal export 2>/dev/null || done_testing
rm -f s.db
"$INQUEST" import -q -s s.db j.journal || failed "import of a journal"
"$INQUEST" query -s s.db --format tsv "SELECT e.kind, s.first_line, s.last_line,
	e.time FROM v1_event AS e JOIN v1_sighting AS s USING (event_id)" >out
printf 'kind\tfirst_line\tlast_line\ttime\nsilent-stop\t19\t20\t2026-11-21T10:20:45Z\n' >expect
same expect out 'stops of a journal'
done_testing
