# A syslog of N lines of other programs with the text of one OOM report (file REPORT,
# kernel text a line) put in COUNT times, evenly.  Composed; deterministic.
BEGIN {
	while ((getline line < report) > 0)
		text[n_text++] = line
	split("sshd CRON systemd nginx postgres dockerd", prog, " ")
	every = int(n / (count + 1))
	for (i = 1; i <= n; i++) {
		s = int(i / 40)
		stamp = sprintf("Mar %2d %02d:%02d:%02d web-3 ", 7 + int(s / 86400) % 20,
			int(s / 3600) % 24, int(s / 60) % 60, s % 60)
		printf "%s%s[%d]: session %d opened for user app by (uid=%d) from 10.0.%d.%d port\n",
			stamp, prog[i % 6 + 1], 1000 + i % 30000, i, i % 1000, i % 256, i % 251
		if (every && i % every == 0 && done < count) {
			done++
			for (k = 0; k < n_text; k++)
				print stamp "kernel: " text[k]
		}
	}
}
