/* The program on bundles: one kill, in dmesg (time since boot), in messages (local time,
 * no year) and in the journal, is one event of one host; in every wrapper and nesting,
 * unpacked too.  Layout and commands' output are composed after sos, the log is one of
 * the lab's.
 */
#define WORLD_MTIME 1760000000		/* repacked two years later */
#include "program.h"

#include "base/units.h"

#define COUNT_OF(a) (sizeof(a) / sizeof *(a))
#define LOG_NAME "tests/golden/cases/memcg-oom-6.1.log"
#define BOOT_S INT64_C(1699989160)		/* 2023-11-14 19:12:40 UTC */
#define ZONE_S (8 * 3600)
#define TOP "sosreport-app07-2023-11-15-abcdefg/"

static struct iq_buf dmesg, messages, journal;

/* The log as a daemon would have stored it: its own stamp and the host, no printk time. */
static void as_syslog(struct iq_buf *out, struct iq_slice log, const char *host, int64_t zone)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct iq_civil c = { 0 };
	iq_buf_init(out);
	while (log.n) {
		struct iq_slice line = iq_cut(&log, '\n');
		uint64_t s;
		if (iq_skip(&line, IQ_LIT("["))) {
			iq_skip_blank(&line);
			assert_true(iq_take_u64(&line, &s));
			iq_civil_from_us((BOOT_S + zone + (int64_t)s) * 1000000, &c);
			iq_cut(&line, ']');
		}
		line = iq_ltrim(line);
		iq_buf_printf(out, "%s %2d %02d:%02d:%02d %s kernel: %.*s\n",
			      months[c.month - 1], c.day, c.hour, c.minute, c.second, host,
			      IQ_FMT(line));
	}
}

static int setup(void **state)
{
	(void)state;
	read_source(LOG_NAME, &dmesg);
	as_syslog(&messages, iq_buf_as_slice(&dmesg), "app07", ZONE_S);
	as_syslog(&journal, iq_buf_as_slice(&dmesg), "localhost", ZONE_S);
	return program_setup();
}

static int teardown(void **state)
{
	(void)state;
	iq_buf_fini(&dmesg);
	iq_buf_fini(&messages);
	iq_buf_fini(&journal);
	return program_teardown();
}

/* Members in the order in which sos writes them: what tells of the host stands on both
 * sides of the logs. */
static struct iq_buf bundle(void)
{
	const struct entry list[] = {
		{ TOP "etc/login.defs", IQ_LIT("# text\nUID_MIN 1000\nkernel: none\n"), 0, NULL },
		{ TOP "proc/stat", IQ_LIT("cpu  1 2 3\nbtime 1699989160\n"), 0, NULL },
		{ TOP "proc/zoneinfo", IQ_LIT("Node 0, zone DMA\n  pages free 3\n"), 0, NULL },
		{ TOP "proc/sys/kernel/random/boot_id",
		  IQ_LIT("2f0a8e3c-0d0b-4c55-9d9e-6f8c1f3a7b21\n"), 0, NULL },
		{ TOP "sos_commands/date/date", IQ_LIT("Wed Nov 15 03:20:00 CST 2023\n"), 0,
		  NULL },
		{ TOP "sos_commands/date/date_--utc", IQ_LIT("Tue Nov 14 19:20:00 UTC 2023\n"),
		  0, NULL },
		{ TOP "sos_commands/kernel/dmesg", iq_buf_as_slice(&dmesg), 0, NULL },
		{ TOP "sos_commands/logs/journalctl_--no-pager_--boot",
		  iq_buf_as_slice(&journal), 0, NULL },
		{ TOP "sos_commands/systemd/systemctl_status_--all", IQ_LIT(
		  "* a.service\nNov 15 03:12:44 app07 systemd[1]: a.service: A process of this "
		  "unit has been killed by the OOM killer.\n"), 0, NULL },
		{ TOP "var/log/messages", iq_buf_as_slice(&messages), 0, NULL },
		{ TOP "var/log/link", { 0 }, AE_IFLNK, "../../../../etc/passwd" },
		{ TOP "sos_commands/host/hostname", IQ_LIT("app07.example.com\n"), 0, NULL },
		{ TOP "etc/machine-id", IQ_LIT("0123456789abcdef0123456789abcdef\n"), 0, NULL },
	};
	return tarred(list, COUNT_OF(list), ARCHIVE_FORMAT_TAR_PAX_RESTRICTED);
}

static void query(const char *sql, const char *want)
{
	char args[2048];
	snprintf(args, sizeof args, "query -s s.db --format tsv \"%s\"", sql);
	expect(args, 0, want);
}

static void check(const char *name, const char *prefix)
{
	char args[1024], want[1024];
	unlink("s.db");
	snprintf(args, sizeof args, "import -s s.db %s", name);
	expect(args, 0, "");
	query("SELECT count(*) AS n, min(seen_count) AS seen, min(time) AS time, min(verdict) "
	      "AS v FROM v1_event WHERE kind = 'oom-kill'",
	      "n\tseen\ttime\tv\n1\t3\t2023-11-14T19:12:44Z\tcgroup-ancestor-limit\n");
	snprintf(want, sizeof want, "member\n%1$ssos_commands/kernel/dmesg\n"
		 "%1$ssos_commands/logs/journalctl_--no-pager_--boot\n%1$svar/log/messages\n",
		 prefix);
	query("SELECT s.member FROM v1_sighting AS s JOIN v1_event AS e USING (event_id) "
	      "WHERE e.kind = 'oom-kill' ORDER BY 1", want);
	query("SELECT name, machine_id FROM v1_host",
	      "name\tmachine_id\napp07.example.com\t0123456789abcdef0123456789abcdef\n");
	query("SELECT boot_uuid FROM v1_boot WHERE boot_uuid IS NOT NULL",
	      "boot_uuid\n2f0a8e3c-0d0b-4c55-9d9e-6f8c1f3a7b21\n");
	query("SELECT kind, status FROM v1_capture", "kind\tstatus\nbundle\tok\n");
	/* what is no log is counted, not listed */
	query("SELECT count(*) AS n FROM v1_issue WHERE severity <> 'note'", "n\n0\n");
	query("SELECT count(*) AS n FROM v1_issue WHERE code = 'no-log'", "n\n1\n");
}

static void wrappers(void **state)
{
	(void)state;
	static const int filters[] = { ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_XZ,
				       ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_BZIP2 };
	struct iq_buf tar = bundle();
	write_file("b.tar", iq_buf_as_slice(&tar));
	check("b.tar", TOP);
	for (size_t i = 0; i < COUNT_OF(filters); i++) {
		struct iq_buf z = packed(iq_buf_as_slice(&tar), filters[i]);
		write_file("b", iq_buf_as_slice(&z));
		check("b", TOP);
		iq_buf_fini(&z);
	}
	iq_buf_fini(&tar);
}

/* sos collect: a bundle a node, and what could not be read is said */
static void collected(void **state)
{
	(void)state;
	struct iq_buf tar = bundle();
	struct iq_buf xz = packed(iq_buf_as_slice(&tar), ARCHIVE_FILTER_XZ);
	const struct entry list[] = {
		{ "collect/sos_logs/ui.log", IQ_LIT("done\n"), 0, NULL },
		{ "collect/app07.tar.xz", iq_buf_as_slice(&xz), 0, NULL },
	};
	struct iq_buf outer = tarred(list, COUNT_OF(list), ARCHIVE_FORMAT_TAR_USTAR);
	write_file("c.tar", iq_buf_as_slice(&outer));
	check("c.tar", "collect/app07.tar.xz!" TOP);
	iq_buf_fini(&outer);
	iq_buf_fini(&xz);
	iq_buf_fini(&tar);
}

static void unpacked(void **state)
{
	(void)state;
	struct iq_buf tar = bundle();
	write_file("b.tar", iq_buf_as_slice(&tar));
	assert_int_equal(system("tar -xf b.tar"), 0);
	check(TOP, "");
	/* found below a directory, it is still one capture, and a known one */
	mkdir("d", 0755);
	assert_int_equal(system("mv " TOP " b.tar d/"), 0);
	expect("import -s s.db d", 0, "");
	query("SELECT count(*) AS n FROM v1_capture WHERE kind = 'bundle'", "n\n2\n");
	query("SELECT count(*) AS n, min(seen_count) AS seen FROM v1_event "
	      "WHERE kind = 'oom-kill'", "n\tseen\n1\t6\n");
	iq_buf_fini(&tar);
}

/* From sos 4.9 on a separator names the boot above it: such an id is worth nothing. */
static void turned_journal(void **state)
{
	(void)state;
	static const struct iq_slice journals = IQ_LIT(
		"Nov 14 10:00:00 app07 kernel: Linux version 6.1.0 (x) #1\n"
		"Nov 14 10:00:01 app07 kernel: old boot\n"
		"-- Boot 0888be45000000000000000000000001 --\n"
		"Nov 14 11:00:00 app07 kernel: Linux version 6.1.0 (x) #1\n"
		"Nov 14 11:00:01 app07 kernel: new boot\n");
	for (int turned = 0; turned < 2; turned++) {
		const struct entry list[] = {
			{ "b/version.txt", turned ? IQ_LIT("sos report: 4.9.1")
						  : IQ_LIT("sosreport: 4.7"), 0, NULL },
			{ "b/sos_commands/logs/journalctl_--no-pager", journals, 0, NULL },
		};
		struct iq_buf tar = tarred(list, COUNT_OF(list), ARCHIVE_FORMAT_TAR_USTAR);
		write_file("b.tar", iq_buf_as_slice(&tar));
		unlink("s.db");
		expect("import -s s.db b.tar", 0, "");
		query("SELECT count(*) AS boots, count(boot_uuid) AS ids FROM v1_boot",
		      turned ? "boots\tids\n2\t0\n" : "boots\tids\n2\t1\n");
		iq_buf_fini(&tar);
	}
}

/* The archive breaks off: what came through counts. */
static void cut(void **state)
{
	(void)state;
	struct iq_buf tar = bundle();
	struct iq_slice s = iq_buf_as_slice(&tar);
	ptrdiff_t at = iq_find(s, IQ_LIT("var/log/messages"));
	assert_true(at > 0);
	struct iq_buf z = packed(s, ARCHIVE_FILTER_XZ), half;
	write_file("half.tar.xz", iq_head(iq_buf_as_slice(&z), z.n * 9 / 10));
	expect_part("explain --format json half.tar.xz", 3, "cgroup-ancestor-limit");
	half = packed(iq_head(s, (size_t)at), ARCHIVE_FILTER_GZIP);
	write_file("half.tar.gz", iq_buf_as_slice(&half));
	expect_part("explain --format json half.tar.gz", 3, "\"severity\": \"damage\"");
	iq_buf_fini(&half);
	iq_buf_fini(&z);
	iq_buf_fini(&tar);
}

static void identified(void **state)
{
	(void)state;
	struct iq_buf tar = bundle();
	write_file("b.tar", iq_buf_as_slice(&tar));
	expect_part("identify b.tar", 0, "b.tar!" TOP "var/log/messages: kernel log");
	expect_part("identify b.tar", 0, "b.tar: 9 files inside are no kernel log");
	iq_buf_fini(&tar);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrappers),
		cmocka_unit_test(collected),
		cmocka_unit_test(unpacked),
		cmocka_unit_test(turned_journal),
		cmocka_unit_test(cut),
		cmocka_unit_test(identified),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
