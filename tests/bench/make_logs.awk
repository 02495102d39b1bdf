# make_logs.awk - the logs that `make bench` measures on.  Composed, the same each time.
#
#   awk -v mode=MODE -v template=LOG [-v lines=N] [-v count=N] [-v tasks=N] -f make_logs.awk
#
# mode syslog   `lines` lines of a syslog by other programs, with `count` OOM reports of
#               the kernel spread evenly among them
# mode kernel   `lines` lines of drivers, in the form of dmesg, with `count` reports
# Each report is that of LOG (a log with one global OOM report in the form of dmesg); its
# table of tasks is replaced by `tasks` rows (0: as it is), and pids and sizes differ from
# report to report, so that no report is the same happening as another.
function read_template(	line, on) {
	while ((getline line < template) > 0) {
		if (line ~ /invoked oom-killer/)
			on = 1
		if (!on)
			continue
		sub(/^\[ *[0-9.]+\] /, "", line)
		text[n_text++] = line
		if (line ~ /Killed process/)
			break
	}
}

function task_row(r, k,	pid, rss) {
	pid = 1000 + k * 7 % 31000 + r % 7
	rss = 200 + (k * 7919 + r * 104729) % 40000
	return sprintf("[%7d] %5d %5d %8d %8d %8d %8d %9d %8d %8d %13d worker-%d", pid,
		k % 60, pid, rss * 3, rss, rss - 160, 0, 160, 40960 + rss * 8, 0, 0, k % 97)
}

# Puts out report number r by put(line).
function report(r,	i, k, line, pid) {
	pid = 40000 + r
	for (i = 0; i < n_text; i++) {
		line = text[i]
		if (tasks && line ~ /^\[ *[0-9]+\] +[0-9]+ +[0-9]+ /)
			continue
		gsub(/etl-loader/, "loader-" r, line)
		if (line ~ /^oom-kill:/)
			sub(/pid=[0-9]+/, "pid=" pid, line)
		sub(/Killed process [0-9]+/, "Killed process " pid, line)
		put(line)
		if (line ~ /^\[ *pid *\]/) {
			for (k = 0; k < tasks; k++)
				put(task_row(r, k))
			put(sprintf("[%7d]     0 %5d    50000    45000    44840        0       160   400000        0           600 chrome-worker",
				pid, pid))
		}
	}
}

function put(line) {
	if (mode == "syslog") {
		printf "%skernel: [%12.6f] %s\n", stamp, us / 1e6, line
	} else {
		printf "[%12.6f] %s\n", us / 1e6, line
	}
	us += 37
}

function syslog_line(i,	s) {
	s = int(i / 40)
	stamp = sprintf("Mar %2d %02d:%02d:%02d web-3 ", 7 + int(s / 86400) % 20,
		int(s / 3600) % 24, int(s / 60) % 60, s % 60)
	us = s * 1000000
	printf "%s%s[%d]: session %d opened for user app by (uid=%d) from 10.0.%d.%d port\n",
		stamp, prog[i % 6 + 1], 1000 + i % 30000, i, i % 1000, i % 256, i % 251
}

function kernel_line(i) {
	us += 1371
	put(sprintf(driver[i % 6 + 1], i % 16, i % 7, i, i * 2654435761 % 65536))
}

BEGIN {
	read_template()
	split("sshd CRON systemd nginx postgres dockerd", prog, " ")
	split("usb %d-%d: new high-speed device number %d, serial 0x%04x|" \
		"nvme nvme%d: I/O tag %d (%d) QID 3 completion after %d us|" \
		"eth%d: renamed from veth%d.%d, address family %d|" \
		"ata%d.%02d: failed command %d: status 0x%04x|" \
		"docker0: port %d(veth%d) entered state %d, cookie %d|" \
		"audit: type=%d audit(%d.%d:%d): apparmor=\"STATUS\"", driver, "|")
	every = int(lines / (count + 1))
	if (!lines)
		for (; done < count; us += 1000000)
			report(done++)
	for (i = 1; i <= lines; i++) {
		if (mode == "syslog")
			syslog_line(i)
		else
			kernel_line(i)
		if (every && i % every == 0 && done < count)
			report(done++)
	}
}
