/* The program on what ABRT keeps of an oops: the report has no stamps, the words beside it
 * say where and when.  Loose, in a bundle, against logs that know better, and hostile.
 * Composed after abrt and libreport.
 */
#define WORLD_MTIME 1760000000
#include "program.h"

#define COUNT_OF(a) (sizeof(a) / sizeof *(a))
#define TOP "sosreport-app07-2026-01-11-abcdefg/"
#define OOPS "var/spool/abrt/oops-2026-01-10-10:00:00-812-0/"
#define ID "0123456789abcdef0123456789abcdef"
#define RELEASE "5.14.0-427.el9.x86_64"

/* MARK: in front of each line.  RELEASE_END: behind the taint letters. */
#define REPORT(mark, release_end) \
	mark "BUG: kernel NULL pointer dereference, address: 0000000000000018\n" \
	mark "Oops: 0000 [#1] PREEMPT SMP PTI\n" \
	mark "CPU: 3 PID: 4242 Comm: reader Tainted: G           OE    " release_end "\n" \
	mark "RIP: 0010:sample_read+0x1a/0x40 [sample]\n" \
	mark "Call Trace:\n" \
	mark " vfs_read+0x9d/0x300\n" \
	mark " ksys_read+0x5f/0xe0\n" \
	mark "CR2: 0000000000000018\n"
#define BACKTRACE REPORT("", "")

struct word { const char *name, *text; };

static void query(const char *sql, const char *want)
{
	char args[2048];
	snprintf(args, sizeof args, "query -s s.db --format tsv \"%s\"", sql);
	expect(args, 0, want);
}

static void import(const char *what, int want_status)
{
	char args[1024];
	unlink("s.db");
	snprintf(args, sizeof args, "import -s s.db %s", what);
	expect(args, want_status, "");
}

/* A tree t with that one directory. */
static void make(const char *dir, const struct word *words, size_t n)
{
	char path[300];
	snprintf(path, sizeof path, "rm -rf t && mkdir -p 't/%s'", dir);
	assert_int_equal(system(path), 0);
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof path, "t/%s%s", dir, words[i].name);
		write_file(path, iq_slice_z(words[i].text));
	}
}

static const struct word good[] = {
	{ "backtrace", BACKTRACE }, { "hostname", "web7.example.com" }, { "kernel", RELEASE },
	{ "time", "1768039200" }, { "last_occurrence", "1768042800" }, { "count", "2" },
	{ "architecture", "x86_64" }, { "os_release", "Example Linux release 9.4 (Composed)" },
	{ "reason", "BUG: kernel NULL pointer dereference, address: 0000000000000018" },
	{ "type", "Kerneloops" }, { "analyzer", "abrt-oops" },
	{ "machineid", "sosreport_uploader-dmidecode=" ID ID "\nsystemd=" ID "\n" },
};

#define EVENT "SELECT e.kind, e.time, e.seen_count AS seen, h.name, h.machine_id AS id, " \
	"h.os_release AS os, b.kernel_release AS kernel, b.arch FROM v1_event AS e " \
	"LEFT JOIN v1_host AS h USING (host_id) LEFT JOIN v1_boot AS b USING (boot_id)"
#define HEAD "kind\ttime\tseen\tname\tid\tos\tkernel\tarch\n"
#define GOOD HEAD "oops\t2026-01-10T10:00:00Z\t1\tweb7.example.com\t" ID \
	"\tExample Linux release 9.4 (Composed)\t" RELEASE "\tx86_64\n"

static void loose(void **state)
{
	(void)state;
	static const char *const ways[] = { "t", "t/" OOPS, "t/var/spool" };
	make(OOPS, good, COUNT_OF(good));
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		import(ways[i], 0);
		query(EVENT, GOOD);
		query("SELECT count(*) AS n FROM v1_capture", "n\n1\n");
	}
	/* whoever moved it somewhere else; two with one text are two */
	assert_int_equal(system("mv t/" OOPS " t/a && cp -r t/a t/b && rm -r t/var && "
				"rm t/b/machineid && printf web8 >t/b/hostname"), 0);
	import("t", 0);
	query("SELECT name FROM v1_event JOIN v1_host USING (host_id) ORDER BY 1",
	      "name\nweb7.example.com\nweb8\n");
}

static void in_bundle(void **state)
{
	(void)state;
	struct entry list[COUNT_OF(good) + 2] = {
		{ TOP "sos_commands/host/hostname", IQ_LIT("web7\n"), 0, NULL },
		{ TOP "etc/machine-id", IQ_LIT(ID "\n"), 0, NULL },
	};
	static char names[COUNT_OF(good)][200];
	for (int back = 0; back < 2; back++) {
		for (size_t i = 0; i < COUNT_OF(good); i++) {
			size_t at = back ? COUNT_OF(good) - 1 - i : i;
			snprintf(names[i], sizeof names[i], TOP "%s%s", OOPS, good[i].name);
			list[2 + at] = (struct entry){ names[i], iq_slice_z(good[i].text), 0,
						       NULL };
		}
		struct iq_buf tar = tarred(list, COUNT_OF(list),
					   ARCHIVE_FORMAT_TAR_PAX_RESTRICTED);
		write_file("b.tar", iq_buf_as_slice(&tar));
		iq_buf_fini(&tar);
		import("b.tar", 0);
		/* the bundle's own name of the same machine stays */
		query("SELECT e.kind, e.time, h.name FROM v1_event AS e JOIN v1_host AS h "
		      "USING (host_id)", "kind\ttime\tname\noops\t2026-01-10T10:00:00Z\tweb7\n");
		query("SELECT count(*) AS n FROM v1_host", "n\n1\n");
	}
}

static void only_where_nothing_is_said(void **state)
{
	(void)state;
	const struct word own[] = {
		{ "backtrace", REPORT("2026-01-10T09:59:58.000000+00:00 db3 kernel: ",
				      " 6.1.7-example #1") },
		{ "hostname", "web7" }, { "kernel", RELEASE }, { "time", "1768039200" },
		{ "type", "Kerneloops" },
	};
	make(OOPS, own, COUNT_OF(own));
	import("t", 0);
	query("SELECT e.time, h.name, b.kernel_release FROM v1_event AS e JOIN v1_host AS h "
	      "USING (host_id) JOIN v1_boot AS b USING (boot_id)",
	      "time\tname\tkernel_release\n2026-01-10T09:59:58Z\tdb3\t6.1.7-example\n");
	/* the whole log beside it tells the same, once more, and has a clock of its own */
	const struct word two[] = {
		{ "backtrace", BACKTRACE }, { "dmesg", REPORT("[  812.000001] ", "") },
		{ "hostname", "web7" }, { "kernel", RELEASE }, { "time", "1768039200" },
	};
	make(OOPS, two, COUNT_OF(two));
	import("t", 0);
	query("SELECT time, mono_us, seen_count FROM v1_event",
	      "time\tmono_us\tseen_count\n2026-01-10T10:00:00Z\t812000001\t2\n");
}

/* The boot that found a dump is another one than that which crashed. */
static void found_later(void **state)
{
	(void)state;
	const struct word words[] = {
		{ "vmcore-dmesg.txt", REPORT("[  812.000001] ", "") },
		{ "hostname", "web7" }, { "kernel", RELEASE }, { "time", "1768039200" },
		{ "type", "vmcore" },
	};
	make("var/spool/abrt/vmcore-127.0.0.1-2026-01-10-09:00:00/", words, COUNT_OF(words));
	import("t", 0);
	query("SELECT e.time, h.name, b.kernel_release AS kernel FROM v1_event AS e JOIN v1_host "
	      "AS h USING (host_id) JOIN v1_boot AS b USING (boot_id)",
	      "time\tname\tkernel\n\tweb7\t\n");
}

static void hostile(void **state)
{
	(void)state;
	static const char *const times[] = { "", "soon", "-5", "99999999999999999999",
					     "9223372036854775807", "1768039200 1", "\x01" };
	for (size_t i = 0; i < COUNT_OF(times); i++) {
		const struct word words[] = {
			{ "backtrace", BACKTRACE }, { "hostname", "two words" },
			{ "kernel", "\x1b[2J" }, { "time", times[i] },
			{ "machineid", "systemd=" ID "0\nsystemd=\n\n=" }, { "type", "Kerneloops" },
			{ "os_release", "" }, { "architecture", "\n\n" },
		};
		make(OOPS, words, COUNT_OF(words));
		import("t", 0);
		query(EVENT, HEAD "oops\t\t1\t\t\t\t\tx86_64\n");	/* by its registers */
	}
	/* a program's: its backtrace is none of the kernel's, its core no dump */
	const struct word words[] = {
		{ "backtrace", "#0  main () at a.c:1\n" }, { "time", "1768039200" },
		{ "hostname", "web7" }, { "kernel", RELEASE }, { "type", "CCpp" },
	};
	make("var/spool/abrt/ccpp-2026-01-10-10:00:00-7/", words, COUNT_OF(words));
	expect("import -s n.db t", 1, "");
}

static int setup(void **state)
{
	(void)state;
	return program_setup();
}

static int teardown(void **state)
{
	(void)state;
	return program_teardown();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loose),
		cmocka_unit_test(in_bundle),
		cmocka_unit_test(only_where_nothing_is_said),
		cmocka_unit_test(found_later),
		cmocka_unit_test(hostile),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
