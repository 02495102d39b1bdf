/* tests/parse/test_stop.c - which ends of a log are stops without a word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "parse/stop.h"


/* "SECONDS IDENT TEXT"; SECONDS "-": no time; IDENT kernel: the kernel's. */
static bool judge(const char *const *lines, struct iq_stop *s)
{
	struct iq_record r[32];
	size_t n = 0, banner = SIZE_MAX;
	for (; lines[n]; n++) {
		struct iq_slice l = iq_slice_z(lines[n]), when = iq_word(&l);
		int64_t at = 0;
		iq_skip_blank(&l);
		r[n] = (struct iq_record){
			.ident = iq_word(&l), .ident_pid = IQ_NULL, .mono_us = IQ_NULL,
			.wall_us = iq_to_i64(when, &at) ? at * 1000000 : IQ_NULL,
			.first_line = (int64_t)n + 1, .last_line = (int64_t)n + 1,
		};
		iq_skip_blank(&l);
		r[n].text = l;
		r[n].kernel = iq_eq(r[n].ident, IQ_LIT("kernel"));
		if (iq_starts(l, IQ_LIT("Linux version")))
			banner = n;
	}
	return iq_stop_judge(r, n, banner, s);
}

#define HEAD "10 sshd Accepted publickey", "20 CRON (root) CMD (x)", "30 dhclient bound to"
#define BANNER(at) #at " kernel Linux version 6.1.0"
#define LINES(...) (const char *const[]){ __VA_ARGS__, NULL }

static void test_stop_silent(void **state)
{
	struct iq_stop s;
	(void)state;
	assert_true(judge(LINES(HEAD, BANNER(90)), &s));
	assert_int_equal(s.last, 2);
	assert_int_equal(s.gap_us, 60000000);
	assert_true(s.few);
	/* what a daemon wrote at its start is of the new boot, however it was stamped */
	assert_true(judge(LINES(HEAD, "85 rsyslogd [origin x] start", "88 systemd Started",
				BANNER(90)), &s));
	assert_int_equal(s.last, 2);
	assert_true(judge(LINES(HEAD, "89 systemd-modules-load Inserted", BANNER(90)), &s));
	assert_int_equal(s.last, 2);
	/* a start long before is not this one */
	assert_true(judge(LINES(HEAD, "40 rsyslogd [origin x] start", "50 CRON (root) CMD",
				BANNER(900)), &s));
	assert_int_equal(s.last, 4);
	/* a daemon that was started again, and words of hours ago */
	assert_true(judge(LINES("10 rsyslogd [origin x] exiting on signal 15.",
				"12 rsyslogd [origin x] start", "7000 CRON (root) CMD",
				"7100 sshd Accepted", BANNER(7200)), &s));
	/* without times: the line before */
	assert_true(judge(LINES("- sshd Accepted", "- CRON (root) CMD",
				"- kernel Linux version 6.1.0"), &s));
	assert_int_equal(s.last, 1);
	assert_true(s.gap_us == IQ_NULL);
	assert_true(judge(LINES(HEAD, BANNER(90), "91 kernel EXT4-fs (sda1): recovery complete",
				"92 kernel XFS (sdb): Ending clean mount"), &s));
	assert_int_equal(s.unclean, 4);
}

static void test_stop_told(void **state)
{
	static const char *const last[] = {
		"40 systemd Shutting down.", "40 systemd-logind System is rebooting.",
		"40 systemd Reached target System Reboot.", "40 kernel reboot: Restarting system",
		"40 systemd-journald Received SIGTERM from PID 1 (systemd-shutdow).",
		"40 shutdown shutting down for system halt", "40 init Switching to runlevel: 0",
		"40 rsyslogd [origin x] exiting on signal 15.",
		"40 acpid received event \"button/power PBTN 00000080 00000000\"",
		"40 sshd Received signal 15; terminating.",
		"40 kernel Kernel panic - not syncing: x", "40 kernel Oops: 0002 [#1] SMP",
		"40 kernel watchdog: watchdog0: watchdog did not stop!",
		"40 systemd-sleep Suspending system...",
		"40 kernel mce: [Hardware Error]: CPU 0: Machine Check Exception: 4 Bank 5",
	};
	struct iq_stop s;
	(void)state;
	for (size_t i = 0; i < sizeof last / sizeof *last; i++)
		if (judge(LINES(HEAD, last[i], BANNER(90)), &s))
			fail_msg("silent after: %s", last[i]);
}

static void test_stop_none(void **state)
{
	struct iq_stop s;
	(void)state;
	/* nothing before; the kernel alone; one program; the clock goes back */
	assert_false(judge(LINES(BANNER(90)), &s));
	assert_false(judge(LINES("10 kernel a", "20 kernel b", BANNER(90)), &s));
	assert_false(judge(LINES("10 CRON a", "20 CRON b", BANNER(90)), &s));
	assert_false(judge(LINES(HEAD, BANNER(29)), &s) && s.gap_us < 0);
	/* no banner */
	assert_false(judge(LINES(HEAD), &s));
	/* a capture kernel; its dump; clean filesystems */
	assert_false(judge(LINES(HEAD, BANNER(90), "90 kernel Command line: elfcorehdr=1"), &s));
	assert_false(judge(LINES(HEAD, BANNER(90), "95 kdump saving vmcore"), &s));
	assert_false(judge(LINES(HEAD, BANNER(90), "91 kernel XFS (sda): Ending clean mount"),
			   &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stop_silent), cmocka_unit_test(test_stop_told),
		cmocka_unit_test(test_stop_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
