/* The program on state: a bundle's /proc is one snapshot, of the boot it was made in;
 * events of that boot are linked to it as something later, those of an earlier boot
 * are not; what is printed as the state of the kill does not come from it.  Files of
 * /proc by themselves, and many machines in one archive.  Texts are composed, the log is
 * one of the lab's.
 */
#define WORLD_MTIME 1700000400
#include "program.h"

#define COUNT_OF(a) (sizeof(a) / sizeof *(a))
#define LOG_NAME "tests/golden/cases/memcg-oom-6.1.log"
#define BOOT_ID "2f0a8e3c-0d0b-4c55-9d9e-6f8c1f3a7b21"

static struct iq_buf dmesg, earlier;

/* The same machine a day before: the kill of another boot, in the file that has all. */
static int setup(void **state)
{
	(void)state;
	read_source(LOG_NAME, &dmesg);
	struct iq_slice log = iq_buf_as_slice(&dmesg);
	iq_buf_init(&earlier);
	while (log.n) {
		struct iq_slice line = iq_cut(&log, '\n');
		ptrdiff_t at = iq_find_char(line, ']');
		iq_buf_printf(&earlier, "Nov 13 10:00:01 app07 kernel: %.*s\n",
			      IQ_FMT(iq_ltrim(iq_from(line, (size_t)(at + 1)))));
	}
	return program_setup();
}

static int teardown(void **state)
{
	(void)state;
	iq_buf_fini(&dmesg);
	iq_buf_fini(&earlier);
	return program_teardown();
}

static void query(const char *sql, const char *want)
{
	char args[2048];
	snprintf(args, sizeof args, "query -s s.db --format tsv \"%s\"", sql);
	expect(args, 0, want);
}

#define STATUS "Name:\tmetric reader\nState:\tS (sleeping)\nTgid:\t440\nPid:\t440\nPPid:\t1\n" \
	"Uid:\t1004\t0\t0\t0\nVmRSS:\t 100 kB\n"

static struct iq_buf bundle(const char *top, const char *host, const char *boot)
{
	char name[9][200];
	static const char *const path[] = {
		"proc/440/status", "proc/440/cgroup", "proc/meminfo",
		"proc/sys/kernel/random/boot_id", "sos_commands/date/date_--utc",
		"sos_commands/host/hostname", "sos_commands/kernel/dmesg",
		"sys/fs/cgroup/later.slice/memory.max", "var/log/messages",
	};
	for (size_t i = 0; i < COUNT_OF(path); i++)
		snprintf(name[i], sizeof name[i], "%s%s", top, path[i]);
	const struct entry list[] = {
		{ name[0], IQ_LIT(STATUS), 0, NULL },
		{ name[1], IQ_LIT("0::/later.slice/metricsd.service\n"), 0, NULL },
		{ name[2], IQ_LIT("MemTotal: 245760 kB\nMemFree: 77 kB\n"), 0, NULL },
		{ name[3], iq_slice_z(boot), 0, NULL },
		{ name[4], IQ_LIT("Tue Nov 14 22:20:00 UTC 2023\n"), 0, NULL },
		{ name[5], iq_slice_z(host), 0, NULL },
		{ name[6], iq_buf_as_slice(&dmesg), 0, NULL },
		{ name[7], IQ_LIT("1048576\n"), 0, NULL },
		{ name[8], iq_buf_as_slice(&earlier), 0, NULL },
	};
	return tarred(list, COUNT_OF(list), ARCHIVE_FORMAT_TAR_PAX_RESTRICTED);
}

static void check_links(void)
{
	query("SELECT (SELECT count(*) FROM v1_snapshot WHERE source = 'proc') AS states, "
	      "count(*) AS links, min(e.mono_us IS NOT NULL) AS of_dmesg, min(b.boot_uuid) AS boot "
	      "FROM v1_event_snapshot AS x JOIN v1_event AS e USING (event_id) "
	      "JOIN v1_snapshot AS s USING (snapshot_id) "
	      "JOIN v1_boot AS b ON b.boot_id = s.boot_id AND b.boot_id = e.boot_id "
	      "WHERE x.role = 'later' AND e.kind = 'oom-kill'",
	      "states\tlinks\tof_dmesg\tboot\n1\t1\t1\t" BOOT_ID "\n");
}

static void one_snapshot(void **state)
{
	struct iq_buf tar = bundle("b/", "app07\n", BOOT_ID "\n");

	(void)state;
	write_file("b.tar", iq_buf_as_slice(&tar));
	unlink("s.db");
	expect("import -s s.db b.tar", 0, "");
	query("SELECT count(*) AS n FROM v1_event WHERE kind = 'oom-kill'", "n\n2\n");
	check_links();
	query("SELECT time, complete FROM v1_snapshot WHERE source = 'proc'",
	      "time\tcomplete\n2023-11-14T22:20:00Z\t1\n");
	query("SELECT pid, uid, comm, unit, rss_bytes, kernel_thread, member, line FROM v1_task AS t "
	      "JOIN v1_snapshot AS s USING (snapshot_id) WHERE source = 'proc'",
	      "pid\tuid\tcomm\tunit\trss_bytes\tkernel_thread\tmember\tline\n"
	      "440\t1004\tmetric reader\tmetricsd.service\t102400\t0\tb/proc/440/status\t1\n");
	/* the tables of the kill are those of the kill */
	struct iq_buf out;
	assert_int_equal(run(&out, "report -v -s s.db"), 0);
	assert_null(strstr(out.p, "later.slice"));
	assert_null(strstr(out.p, "metric reader"));
	iq_buf_fini(&out);
	/* unpacked it is the same */
	assert_int_equal(system("tar -xf b.tar"), 0);
	unlink("s.db");
	expect("import -s s.db b", 0, "");
	check_links();
	assert_int_equal(system("rm -r b"), 0);
	iq_buf_fini(&tar);
}

/* The log came in a capture of its own, before the state or after it. */
static void log_apart(void **state)
{
	static const char *const orders[][2] = { { "a.tar", "b.tar" }, { "b.tar", "a.tar" } };
	const struct entry list[] = {
		{ "b/proc/sys/kernel/random/boot_id", IQ_LIT(BOOT_ID "\n"), 0, NULL },
		{ "b/sos_commands/host/hostname", IQ_LIT("app07\n"), 0, NULL },
		{ "b/proc/meminfo", IQ_LIT("MemTotal: 245760 kB\n"), 0, NULL },
		{ "b/sos_commands/kernel/dmesg", iq_buf_as_slice(&dmesg), 0, NULL },
	};
	struct iq_buf tar = tarred(list, 3, ARCHIVE_FORMAT_TAR_USTAR);
	char args[200];

	(void)state;
	write_file("b.tar", iq_buf_as_slice(&tar));
	iq_buf_fini(&tar);
	const struct entry log[] = { list[0], list[1], list[3] };
	tar = tarred(log, 3, ARCHIVE_FORMAT_TAR_USTAR);
	write_file("a.tar", iq_buf_as_slice(&tar));
	iq_buf_fini(&tar);
	for (size_t i = 0; i < COUNT_OF(orders); i++) {
		unlink("s.db");
		for (size_t k = 0; k < 2; k++) {
			snprintf(args, sizeof args, "import -s s.db %s", orders[i][k]);
			expect(args, 0, "");
		}
		query("SELECT count(*) AS n FROM v1_event_snapshot AS x JOIN v1_event "
		      "USING (event_id) WHERE role = 'later' AND kind = 'oom-kill'", "n\n1\n");
	}
}

/* A setting that names the host is the host's name. */
static void named_by_setting(void **state)
{
	const struct entry list[] = {
		{ "b/proc/sys/kernel/hostname", IQ_LIT("app09\n"), 0, NULL },
		{ "b/proc/sys/vm/swappiness", IQ_LIT("60\n"), 0, NULL },
	};
	struct iq_buf tar = tarred(list, COUNT_OF(list), ARCHIVE_FORMAT_TAR_USTAR);

	(void)state;
	write_file("n.tar", iq_buf_as_slice(&tar));
	unlink("s.db");
	expect("import -s s.db n.tar", 0, "");
	query("SELECT (SELECT name FROM v1_host) AS host, name, value FROM v1_sysctl",
	      "host\tname\tvalue\napp09\tvm.swappiness\t60\n");
	iq_buf_fini(&tar);
}

static void collector(void **state)
{
	struct iq_buf a = bundle("a/", "app07\n", BOOT_ID "\n");
	struct iq_buf b = bundle("b/", "app08\n", "11111111-0d0b-4c55-9d9e-6f8c1f3a7b21\n");
	const struct entry list[] = {
		{ "c/a.tar", iq_buf_as_slice(&a), 0, NULL },
		{ "c/sos_logs/ui.log", IQ_LIT("done\n"), 0, NULL },
		{ "c/b.tar", iq_buf_as_slice(&b), 0, NULL },
	};
	struct iq_buf outer = tarred(list, COUNT_OF(list), ARCHIVE_FORMAT_TAR_USTAR);

	(void)state;
	write_file("c.tar", iq_buf_as_slice(&outer));
	unlink("s.db");
	expect("import -s s.db c.tar", 0, "");
	query("SELECT h.name, count(t.task_id) AS tasks FROM v1_snapshot AS s "
	      "JOIN v1_boot AS b USING (boot_id) JOIN v1_host AS h USING (host_id) "
	      "LEFT JOIN v1_task AS t USING (snapshot_id) WHERE source = 'proc' GROUP BY 1",
	      "name\ttasks\napp07\t1\napp08\t1\n");
	iq_buf_fini(&outer);
	iq_buf_fini(&a);
	iq_buf_fini(&b);
}

static void loose(void **state)
{
	static const char *const paths[] = { "l/proc/meminfo", "l/proc", "l/proc/", "l" };
	char args[200];

	(void)state;
	assert_int_equal(system("mkdir -p l/proc/440"), 0);
	write_file("l/proc/meminfo", IQ_LIT("MemTotal: 245760 kB\n"));
	write_file("l/proc/vmstat", IQ_LIT("nr_free_pages 7\n"));
	write_file("l/proc/440/status", IQ_LIT(STATUS));
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		unlink("s.db");
		snprintf(args, sizeof args, "import -s s.db %s", paths[i]);
		expect(args, 0, "");
		query("SELECT kind, status FROM v1_capture", "kind\tstatus\nstate\tok\n");
		query("SELECT (SELECT count(*) FROM v1_counter) AS counters, "
		      "(SELECT count(*) FROM v1_task) AS tasks",
		      i ? "counters\ttasks\n2\t1\n" : "counters\ttasks\n1\t0\n");
	}
	expect_part("explain l/proc/440/status", 0, "No event found.");
	/* files of settings among many are no captures */
	assert_int_equal(system("mkdir -p m/x/sys/kernel/mm/transparent_hugepage; "
				"echo always > m/x/sys/kernel/mm/transparent_hugepage/enabled"), 0);
	unlink("s.db");
	expect("import -s s.db m l/proc/vmstat", 0, "");
	query("SELECT count(*) AS n FROM v1_capture", "n\n1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_snapshot),
		cmocka_unit_test(log_apart),
		cmocka_unit_test(named_by_setting),
		cmocka_unit_test(collector),
		cmocka_unit_test(loose),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
