/* tests/text/test_boots.c - hosts, boots, clocks and years over whole small logs.
 * All logs here are composed. */
#include "reader_run.h"

#define LINUX_VERSION "Linux version 5.10.0-32-amd64 (b@c) (gcc) #1 SMP Debian 5.10.223-1"

static struct run of(const char *log)
{
	struct run r = run_new();
	run_bytes(&r, log, strlen(log));
	return r;
}

static int64_t utc(const char *z)
{
	int64_t us;
	assert_true(iq_time_parse(iq_slice_z(z), &us));
	return us;
}

static void version_and_command_line(void **state)
{
	(void)state;
	struct run r = of("[    0.000000] " LINUX_VERSION "\n"
			  "[    0.000000] Command line: BOOT_IMAGE=/vmlinuz quiet\n"
			  "[    1.000000] x\n");
	assert_int_equal(r.sum->n_boots, 1);
	assert_memory_equal(r.sum->boots[0].kernel_release.p, "5.10.0-32-amd64", 15);
	assert_int_equal(r.sum->boots[0].kernel_release.n, 15);
	assert_string_equal(r.sum->boots[0].kernel_version.p, LINUX_VERSION);
	assert_string_equal(r.sum->boots[0].command_line.p, "BOOT_IMAGE=/vmlinuz quiet");
	assert_string_equal(r.sum->boots[0].arch.p, "x86_64");
	assert_false(r.sum->boots[0].kdump);
	assert_int_equal(r.sum->boots[0].wall_minus_mono_us, IQ_NULL);
	run_end(&r);
}

/* Each case: how many boots, and of which the last line is. */
static void boots_counted(void **state)
{
	static const struct { const char *name, *log; size_t boots; unsigned last; } cases[] = {
		{ "reboot on a console",
		  "[    0.000000] " LINUX_VERSION "\n[    5.000001] a\n[  500.000001] b\n"
		  "[    0.000000] " LINUX_VERSION "\n[    5.100002] a\n", 2, 1 },
		{ "reboot, head of the second lost",
		  "[  500.000001] b\n[    7.123456] c\n", 2, 1 },
		{ "crash within ten seconds",
		  "[    0.000000] " LINUX_VERSION "\n[    5.000001] a\n"
		  "[    0.000000] " LINUX_VERSION "\n[    0.500000] a\n", 2, 1 },
		{ "skew between CPUs",
		  "[    5.000100] a\n[    5.000001] b\n[    4.700000] c\n[    6.000000] d\n", 1, 0 },
		{ "the ring printed again after a panic",
		  "[    1.000001] a\n[    2.000002] b\n[  300.000003] panic\n"
		  "[    1.000001] a\n[    2.000002] b\n[  300.000003] panic\n", 1, 0 },
		{ "whole boot printed again from its start: the first lines look new",
		  "[    0.000000] " LINUX_VERSION "\n[    1.000001] a\n[    2.000002] b\n"
		  "[    3.000003] c\n[  300.000003] d\n"
		  "[    0.000000] " LINUX_VERSION "\n[    1.000001] a\n[    2.000002] b\n"
		  "[    3.000003] c\n[  300.000003] d\n", 2, 0 },
		{ "journal separator with ids",
		  "-- Boot 0123456789abcdef0123456789abcdef --\n"
		  "Sep 13 10:13:21 a kernel: x\n"
		  "-- Boot 1123456789abcdef0123456789abcdef --\n"
		  "Sep 13 10:14:21 a kernel: y\n", 2, 1 },
		{ "the old separator",
		  "Sep 13 10:13:21 a kernel: x\n-- Reboot --\nSep 13 10:14:21 a kernel: y\n", 2, 1 },
		{ "syslog without stamps",
		  "Sep 13 10:13:21 a kernel: x\nSep 13 10:14:21 a kernel: " LINUX_VERSION "\n"
		  "Sep 13 10:14:21 a kernel: y\nSep 13 11:14:21 a kernel: " LINUX_VERSION "\n"
		  "Sep 13 11:14:21 a kernel: y\n", 2, 1 },
		{ "syslog with both clocks: a reboot",
		  "Sep 13 10:13:21 a kernel: [  900.000001] x\n"
		  "Sep 13 10:14:21 a kernel: [    1.000001] y\n", 2, 1 },
		{ "two captures of one boot in one file",
		  "Sep 13 10:13:21 a kernel: [  900.000001] x\n"
		  "Sep 13 10:13:51 a kernel: [  930.000001] y\n"
		  "Sep 13 10:13:21 a kernel: [  900.000001] x\n"
		  "Sep 13 10:13:51 a kernel: [  930.000001] y\n", 1, 0 },
		{ "old file behind the new one",
		  "Sep 13 10:14:21 a kernel: [  100.000001] x\n"
		  "Sep 13 10:14:51 a kernel: [  130.000001] x\n"
		  "Sep 12 10:13:21 a kernel: [   50.000001] y\n", 2, 1 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run r = of(cases[i].log);
		const char *line = r.out.p, *next;
		while ((next = strchr(line, '\n')) && next[1])
			line = next + 1;
		unsigned boot = (unsigned)atoi(strchr(line, '.') + 1);
		if (r.sum->n_boots != cases[i].boots || boot != cases[i].last)
			fprintf(stderr, "%s:\n%s", cases[i].name, r.out.p);
		assert_int_equal(r.sum->n_boots, cases[i].boots);
		assert_int_equal(boot, cases[i].last);
		run_end(&r);
	}
}

static void boot_ids(void **state)
{
	(void)state;
	struct run r = of("-- Boot 0123456789abcdef0123456789abcdef --\n"
			  "Sep 13 10:13:21 a kernel: x\n");
	assert_int_equal(r.sum->n_boots, 1);
	assert_string_equal(r.sum->boots[0].boot_uuid.p, "0123456789abcdef0123456789abcdef");
	run_end(&r);
}

static void kdump_kernel(void **state)
{
	(void)state;
	struct run r = of("[    0.000000] " LINUX_VERSION "\n"
			  "[    0.000000] Command line: ro crashkernel=256M\n"
			  "[  700.000001] Kernel panic - not syncing: x\n"
			  "[    0.000000] " LINUX_VERSION "\n"
			  "[    0.000000] Command line: ro irqpoll elfcorehdr=0x2f000000\n");
	assert_int_equal(r.sum->n_boots, 2);
	assert_false(r.sum->boots[0].kdump);
	assert_true(r.sum->boots[1].kdump);
	run_end(&r);
}

static void hosts(void **state)
{
	(void)state;
	struct run r = of("Mar  7 02:43:11 a kernel: x\nMar  7 02:43:11 b kernel: y\n"
			  "Mar  7 02:43:11 a kernel: z\n");
	assert_int_equal(r.sum->n_hosts, 2);
	assert_string_equal(r.sum->hosts[0].p, "a");
	assert_string_equal(r.sum->hosts[1].p, "b");
	check_out(&r, "1 0.0 K |x\n2 1.1 K |y\n3 0.0 K |z\n");
	run_end(&r);
	/* lines without a name belong to the only host there is */
	r = of("[    1.000000] x\nMar  7 02:43:11 a kernel: y\n");
	assert_int_equal(r.sum->n_hosts, 1);
	assert_string_equal(r.sum->hosts[0].p, "a");
	run_end(&r);
	/* boots of one host say nothing of another's */
	r = of("Mar  7 02:43:11 a kernel: [  900.000001] x\n"
	       "Mar  7 02:43:12 b kernel: [   10.000001] y\n"
	       "Mar  7 02:43:13 a kernel: [  902.000001] x\n"
	       "Mar  7 02:43:14 b kernel: [   12.000001] y\n");
	assert_int_equal(r.sum->n_boots, 2);
	run_end(&r);
}

static void many_hosts(void **state)
{
	struct iq_buf log = { 0 };
	(void)state;
	for (int i = 0; i < 5000; i++)
		iq_buf_printf(&log, "Mar  7 02:43:11 h%d kernel: x\n", i);
	struct run r = of(log.p);
	assert_int_equal(r.sum->n_hosts, 4096);
	assert_non_null(strstr(r.out.p, "! limit too-many-hosts"));
	run_end(&r);
	iq_buf_fini(&log);
}

static void clocks(void **state)
{
	static const struct { const char *name, *log; int64_t start; int kind; } cases[] = {
		{ "both stamps: the smallest distance",
		  "2024-05-01T10:00:10.500000+00:00 a kernel: [   10.000000] x\n"
		  "2024-05-01T10:00:20.100000+00:00 a kernel: [   20.000000] x\n"
		  "2024-05-01T10:00:30.900000+00:00 a kernel: [   30.000000] x\n",
		  INT64_C(1714557600100000), IQ_WALL_UTC },
		{ "audit in a plain dmesg",
		  "[   12.000000] audit: type=1400 audit(1714557612.250:3): apparmor\n",
		  INT64_C(1714557600250000), IQ_WALL_UTC },
		{ "the real time clock",
		  "[    1.500000] rtc_cmos rtc_cmos: setting system clock to 2024-05-01T10:00:01 UTC (1714557601)\n",
		  INT64_C(1714557599500000), IQ_WALL_UTC },
		{ "recorded before computed",
		  "2024-05-01T10:00:20.100000+00:00 a kernel: [   20.000000] x\n"
		  "[   12.000000] [Wed May  1 09:00:00 2024] x\n",
		  INT64_C(1714557600100000), IQ_WALL_UTC },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run r = of(cases[i].log);
		if (r.sum->boots[0].wall_minus_mono_us != cases[i].start)
			fprintf(stderr, "%s\n", cases[i].name);
		assert_int_equal(r.sum->boots[0].wall_minus_mono_us, cases[i].start);
		assert_int_equal(r.sum->boots[0].wall_kind, cases[i].kind);
		run_end(&r);
	}
}

static void zone(void **state)
{
	(void)state;
	const char *log = "Sep 13 10:13:21 a kernel: x\n";
	struct run r = run_new();
	r.times = true;
	r.opts.zone_offset_us = 2 * 3600 * IQ_USEC;
	r.opts.year = 2023;
	run_bytes(&r, log, strlen(log));
	check_out(&r, "1 0.0 K 1972-09-13T08:13:21Z/2  |x\n");
	assert_int_equal(r.sum->year_delta, 51);
	assert_true(r.sum->year_known);
	run_end(&r);
}

struct year_case {
	const char *name, *log;
	int year;
	const char *file, *mtime;
	bool member;
	int expected;			/* year of the last line; 0: unknown */
};

static void years(void **state)
{
	static const struct year_case cases[] = {
		{ "nothing tells", "Mar  7 02:43:11 a kernel: x\n", 0, NULL, NULL, false, 0 },
		{ "told", "Mar  7 02:43:11 a kernel: x\n", 2019, NULL, NULL, false, 2019 },
		{ "the name of the file", "Mar  7 02:43:11 a kernel: x\n", 0,
		  "2021-03-08", NULL, false, 2021 },
		{ "rotated on new year", "Dec 31 02:43:11 a kernel: x\n", 0,
		  "2021-01-01", NULL, false, 2020 },
		{ "a member's mtime", "Mar  7 02:43:11 a kernel: x\n", 0,
		  NULL, "2022-06-01T00:00:00", true, 2022 },
		{ "a member's mtime before the day", "Dec  7 02:43:11 a kernel: x\n", 0,
		  NULL, "2022-06-01T00:00:00", true, 2021 },
		{ "a file's mtime that agrees", "Mar  7 02:43:11 a kernel: x\n", 0,
		  NULL, "2022-03-07T03:00:00", false, 2022 },
		{ "a file's mtime that does not", "Mar  7 02:43:11 a kernel: x\n", 0,
		  NULL, "2022-06-01T00:00:00", false, 0 },
		{ "audit", "Mar  7 02:43:11 a kernel: [    5.000000] audit: type=1400 "
		  "audit(1615084991.123:4): x\n", 0, "2024-01-01", NULL, false, 2021 },
		{ "a leap day needs a leap year", "Feb 29 02:43:11 a kernel: x\n", 0,
		  NULL, "2023-03-01T03:00:00", false, 0 },
		{ "a leap day", "Feb 29 02:43:11 a kernel: x\n", 0,
		  NULL, "2024-03-01T03:00:00", false, 2024 },
		{ "over new year", "Dec 31 23:59:59 a kernel: x\nJan  1 00:00:01 a kernel: y\n", 0,
		  "2021-01-03", NULL, false, 2021 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct year_case *c = &cases[i];
		struct run r = run_new();
		r.times = true;
		r.opts.year = c->year;
		r.opts.name_date_us = c->file ? utc(c->file) : IQ_NULL;
		r.opts.mtime_us = c->mtime ? utc(c->mtime) : IQ_NULL;
		r.opts.mtime_is_member = c->member;
		run_bytes(&r, c->log, strlen(c->log));
		const char *last = r.out.p, *next;
		while ((next = strchr(last, '\n')) && next[1])
			last = next + 1;
		int year = atoi(strstr(last, "K ") + 2) + r.sum->year_delta;
		if (r.sum->year_known != !!c->expected || (c->expected && year != c->expected))
			fprintf(stderr, "%s: %d\n%s", c->name, year, r.out.p);
		assert_int_equal(r.sum->year_known, !!c->expected);
		if (c->expected)
			assert_int_equal(year, c->expected);
		run_end(&r);
	}
}

/* The year turns while only dull lines pass: the hot loop must see it. */
static bool oom_only(void *arg, struct iq_slice text)
{
	(void)arg;
	return iq_has(text, IQ_LIT("oom-killer"));
}

static void year_turns_unseen(void **state)
{
	(void)state;
	const char *log = "Nov 20 02:43:11 a kernel: b invoked oom-killer: x\n"
			  "Jan 10 02:43:11 a sshd[1]: y\n"
			  "Oct 20 02:43:11 a sshd[1]: y\n"
			  "Oct 21 02:43:11 a kernel: c invoked oom-killer: x\n";
	struct run r = run_new();
	r.times = true;
	r.opts.want_all_kernel = false;
	r.opts.wants = oom_only;
	r.opts.report_open = run_open;
	run_bytes(&r, log, strlen(log));
	check_out(&r, "1 0.0 K 1972-11-20T02:43:11Z/3  |b invoked oom-killer: x\n"
		      "4 0.0 K 1973-10-21T02:43:11Z/3  |c invoked oom-killer: x\n");
	run_end(&r);
}

/* A boot between two lines of interest is not missed either. */
static void boot_unseen(void **state)
{
	(void)state;
	const char *log = "Nov 20 02:43:11 a kernel: [ 1000.000001] b invoked oom-killer: x\n"
			  "Nov 20 03:43:11 a kernel: [    0.000000] " LINUX_VERSION "\n"
			  "Nov 20 03:43:12 a kernel: [    1.000001] dull\n"
			  "Nov 20 04:43:11 a kernel: [ 3600.000001] c invoked oom-killer: x\n";
	struct run r = run_new();
	r.opts.want_all_kernel = false;
	r.opts.wants = oom_only;
	r.opts.report_open = run_open;
	run_bytes(&r, log, strlen(log));
	check_out(&r, "1 0.0 K |b invoked oom-killer: x\n4 0.1 K |c invoked oom-killer: x\n");
	assert_non_null(r.sum->boots[1].kernel_release.p);
	run_end(&r);
}

#define ENTRY(at, host, boot, text)						\
	"__REALTIME_TIMESTAMP=179525526" at "000000\n_BOOT_ID=" boot "\n"	\
	"_TRANSPORT=kernel\nSYSLOG_IDENTIFIER=kernel\n_HOSTNAME=" host "\nMESSAGE=" text "\n\n"
#define B1 "11111111111111111111111111111111"
#define B2 "22222222222222222222222222222222"

/* A machine is localhost until it is told its name; its boot tells that it is one. */
static void named_while_it_booted(void **state)
{
	(void)state;
	struct run r = of(ENTRY("1", "localhost", B1, LINUX_VERSION)
			  ENTRY("2", "web1", B1, "a invoked oom-killer: x")
			  ENTRY("3", "localhost", B2, LINUX_VERSION)
			  ENTRY("4", "web1", B2, "b invoked oom-killer: x"));
	assert_int_equal(r.sum->n_hosts, 1);
	assert_int_equal(r.sum->n_boots, 2);
	assert_true(iq_eq(r.sum->hosts[0], IQ_LIT("web1")));
	assert_non_null(r.sum->boots[1].kernel_release.p);
	run_end(&r);
	/* two machines, of which one has no name */
	r = of(ENTRY("1", "localhost", B1, "x") ENTRY("2", "web1", B2, "y")
	       ENTRY("3", "localhost", B1, "x") ENTRY("4", "web1", B2, "y"));
	assert_int_equal(r.sum->n_hosts, 2);
	run_end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_and_command_line),
		cmocka_unit_test(boots_counted),
		cmocka_unit_test(boot_ids),
		cmocka_unit_test(kdump_kernel),
		cmocka_unit_test(hosts),
		cmocka_unit_test(many_hosts),
		cmocka_unit_test(clocks),
		cmocka_unit_test(zone),
		cmocka_unit_test(years),
		cmocka_unit_test(year_turns_unseen),
		cmocka_unit_test(boot_unseen),
		cmocka_unit_test(named_while_it_booted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
