/* The program on bundles as they really come: links, cut logs, packed directories, sections
 * of supportconfig, crash reports of apport, checksums, encryption; and on hostile ones.
 * Layouts are composed after sos, supportutils and apport, the log is one of the lab's.
 */
#define WORLD_MTIME 1760000000
#include "program.h"

#define COUNT_OF(a) (sizeof(a) / sizeof *(a))
#define TOP "sosreport-app07-2023-11-15-abcdefg/"

static struct iq_buf dmesg;

static int setup(void **state)
{
	(void)state;
	read_source("tests/golden/cases/memcg-oom-6.1.log", &dmesg);
	dmesg.n--;			/* without the NUL */
	return program_setup();
}

static int teardown(void **state)
{
	(void)state;
	iq_buf_fini(&dmesg);
	return program_teardown();
}

static void query(const char *sql, const char *want)
{
	char args[2048];
	snprintf(args, sizeof args, "query -s s.db --format tsv \"%s\"", sql);
	expect(args, 0, want);
}

static void write_tar(const char *name, const struct entry *list, size_t n)
{
	struct iq_buf tar = tarred(list, n, ARCHIVE_FORMAT_TAR_PAX_RESTRICTED);
	write_file(name, iq_buf_as_slice(&tar));
	iq_buf_fini(&tar);
}

static void import(const char *what, int want_status)
{
	char args[1024];
	unlink("s.db");
	snprintf(args, sizeof args, "import -s s.db %s", what);
	expect(args, want_status, "");
}

#define ONE_KILL "SELECT count(*) AS n, max(seen_count) AS seen FROM v1_event " \
	"WHERE kind = 'oom-kill'"

/* A small file known only by the name of a link to it, behind it or before. */
static void by_links(void **state)
{
	(void)state;
	const struct entry list[] = {
		{ TOP "sos_commands/kernel/dmesg", iq_buf_as_slice(&dmesg), 0, NULL },
		{ TOP "blobs/1", IQ_LIT("app07.example.com\n"), 0, NULL },
		{ TOP "sos_commands/host/hostname", { 0 }, 0, TOP "blobs/1" },
		{ TOP "proc/8/status", IQ_LIT("Name:\tone\nPid:\t8\nPPid:\t1\n"), 0, NULL },
		{ TOP "proc/8/oom_score_adj", IQ_LIT("-500\n"), 0, NULL },
		{ TOP "proc/9/status", IQ_LIT("Name:\ttwo\nPid:\t9\nPPid:\t1\n"), 0, NULL },
		{ TOP "proc/9/oom_score_adj", { 0 }, 0, TOP "proc/8/oom_score_adj" },
		{ TOP "etc/machine-id", { 0 }, AE_IFLNK, "../data/id" },
		{ TOP "data", { 0 }, AE_IFLNK, "blobs" },
		{ TOP "blobs/id", IQ_LIT("0123456789abcdef0123456789abcdef\n"), 0, NULL },
		{ TOP "etc/os-release", { 0 }, AE_IFLNK, "/etc/hostname" },
		{ TOP "etc/redhat-release", { 0 }, AE_IFLNK, "../../../../../../etc/hostname" },
		{ TOP "var/log/a", { 0 }, AE_IFLNK, "b" },
		{ TOP "var/log/b", { 0 }, AE_IFLNK, "a" },
		{ TOP "var/log/messages", { 0 }, AE_IFLNK, "../../sos_commands/kernel/dmesg" },
	};
	write_tar("l.tar", list, COUNT_OF(list));
	import("l.tar", 0);
	query("SELECT name, machine_id, os_release FROM v1_host", "name\tmachine_id\tos_release\n"
	      "app07.example.com\t0123456789abcdef0123456789abcdef\t\n");
	query(ONE_KILL, "n\tseen\n1\t1\n");
	query("SELECT count(*) AS n FROM v1_issue WHERE code = 'link'", "n\n2\n");
	query("SELECT t.comm, t.oom_score_adj FROM v1_task AS t JOIN v1_snapshot AS s USING "
	      "(snapshot_id) WHERE s.source = 'proc' ORDER BY t.pid",
	      "comm\toom_score_adj\none\t-500\ntwo\t-500\n");
	/* unpacked the file with two names is met under the other one first */
	assert_int_equal(system("tar -xf l.tar"), 0);
	import(TOP, 0);
	query("SELECT name, machine_id FROM v1_host", "name\tmachine_id\n"
	      "app07.example.com\t0123456789abcdef0123456789abcdef\n");
	query(ONE_KILL, "n\tseen\n1\t1\n");
}

/* What is too long for sos lies elsewhere, cut; a link stands at its place. */
static void tailed(void **state)
{
	(void)state;
	const struct entry list[] = {
		{ TOP "proc/sys/kernel/random/boot_id",
		  IQ_LIT("2f0a8e3c-0d0b-4c55-9d9e-6f8c1f3a7b21\n"), 0, NULL },
		{ TOP "sos_commands/kernel/dmesg", { 0 }, AE_IFLNK,
		  "../../sos_strings/kernel/dmesg.tailed" },
		{ TOP "sos_strings/kernel/dmesg.tailed", iq_buf_as_slice(&dmesg), 0, NULL },
	};
	write_tar("t.tar", list, COUNT_OF(list));
	import("t.tar", 0);
	query(ONE_KILL, "n\tseen\n1\t1\n");
	query("SELECT boot_uuid FROM v1_boot", "boot_uuid\n2f0a8e3c-0d0b-4c55-9d9e-6f8c1f3a7b21\n");
	query("SELECT severity, member FROM v1_issue WHERE code = 'log-cut'",
	      "severity\tmember\nnote\t" TOP "sos_strings/kernel/dmesg.tailed\n");
}

/* sos --pack-dir: a tar beside the directory that it stands for */
static void packed_directories(void **state)
{
	(void)state;
	const struct entry inside[] = {
		{ "sys/kernel/random/boot_id", IQ_LIT("2f0a8e3c-0d0b-4c55-9d9e-6f8c1f3a7b21\n"),
		  0, NULL },
	};
	struct iq_buf tar = tarred(inside, 1, ARCHIVE_FORMAT_TAR_PAX_RESTRICTED);
	const struct entry list[] = {
		{ "./" TOP "proc/sys.tar", iq_buf_as_slice(&tar), 0, NULL },
		{ "./" TOP "sos_commands/kernel/dmesg", iq_buf_as_slice(&dmesg), 0, NULL },
	};
	write_tar("p.tar", list, COUNT_OF(list));
	import("p.tar", 0);
	query("SELECT boot_uuid FROM v1_boot", "boot_uuid\n2f0a8e3c-0d0b-4c55-9d9e-6f8c1f3a7b21\n");
	iq_buf_fini(&tar);
}

static const char gpg[] = "\x8c\x0d\x04\x09\x03\x02\x01\x02\x03\x04\x05\x06\x07\x08\xff\xd2....";

static void encrypted(void **state)
{
	(void)state;
	const struct entry list[] = {
		{ "c/secured-sosreport-db02.tar.xz.gpg", iq_slice(gpg, sizeof gpg), 0, NULL },
		{ "c/app07/sos_commands/kernel/dmesg", iq_buf_as_slice(&dmesg), 0, NULL },
	};
	write_tar("c.tar", list, 2);
	import("c.tar", 3);
	query("SELECT severity, text FROM v1_issue WHERE code = 'encrypted'", "severity\ttext\n"
	      "failed\tencrypted; decrypt it first with: gpg -o 'secured-sosreport-db02.tar.xz' "
	      "-d 'secured-sosreport-db02.tar.xz.gpg'\n");
	query(ONE_KILL, "n\tseen\n1\t1\n");
	write_file("secured-x.gpg", iq_slice(gpg, sizeof gpg));
	expect("explain secured-x.gpg", 1, NULL);
	assert_int_equal(system("grep -q \"gpg -o 'secured-x' -d 'secured-x.gpg'\" errors"), 0);
	/* a secret of the host itself is no host that is missing */
	const struct entry other[] = {
		{ TOP "etc/app/secret.gpg", iq_slice(gpg, sizeof gpg), 0, NULL },
		{ TOP "sos_commands/kernel/dmesg", iq_buf_as_slice(&dmesg), 0, NULL },
	};
	write_tar("o.tar", other, 2);
	import("o.tar", 0);
}

static void checksums(void **state)
{
	(void)state;
	const struct entry list[] = {
		{ TOP "sos_commands/kernel/dmesg", iq_buf_as_slice(&dmesg), 0, NULL },
	};
	static const char *const kinds[] = { "md5", "sha256" };
	mkdir("sums", 0755);
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		char command[200];
		write_tar("sums/b.tar", list, 1);
		snprintf(command, sizeof command, "openssl dgst -r -%s sums/b.tar | cut -d ' ' -f 1 "
			 ">sums/b.tar.%s && test -s sums/b.tar.%s", kinds[i], kinds[i], kinds[i]);
		if (system(command) != 0) {
			print_message("no openssl here\n");
			return;
		}
		/* the digest is read with the archive, and is no capture of its own */
		import("sums/b.tar sums/b.tar.*", 0);
		import("sums", 0);
		query("SELECT count(*) AS n FROM v1_capture", "n\n1\n");
		query("SELECT count(*) AS n FROM v1_issue WHERE code = 'checksum'", "n\n0\n");
		assert_int_equal(system("printf x >>sums/b.tar"), 0);
		import("sums/b.tar", 3);
		query("SELECT severity, count(*) AS n FROM v1_issue WHERE code = 'checksum'",
		      "severity\tn\ndamage\t1\n");
		query(ONE_KILL, "n\tseen\n1\t1\n");
		snprintf(command, sizeof command, "rm sums/b.tar.%s", kinds[i]);
		assert_int_equal(system(command), 0);
	}
}

/* Lines of the file beside b.tar; %s is the digest in lower, %S in upper case. */
static const struct { const char *kind, *line; bool checked; } forms[] = {
	{ "sha256", "%s  b.tar\n", true },
	{ "sha256", "%s *b.tar\r\n", true },
	{ "md5", "%s b.tar\n", true },
	{ "md5", "%S\r\n", true },
	{ "sha256", "SHA256 (b.tar) = %s\n", true },
	{ "md5", "MD5 (b.tar) = %s", true },
	{ "md5", "md5 (/srv/up (1)/b.tar) = %S\r\n", true },
	{ "sha256", "SHA2-256(in/b.tar)= %s\n", true },
	{ "sha256", "# two\nSHA256 (a.tar) = 00\nSHA256 (b.tar) = %s\n", true },
	{ "md5", "0123456789abcdef0123456789abcdef *a.tar\r\n%S *b.tar\r\n", true },
	{ "sha256", "%s  a.tar\n", false },
	{ "sha256", "SHA256 (xb.tar) = %s\n", false },
	{ "sha256", "SHA1 (b.tar) = %s\n", false },
	{ "md5", "MD5 (b.tar) = %s0\n", false },
	{ "md5", "MD5 b.tar = %s\n", false },
	{ "md5", "%s\n%s\n", false },
};

static void write_form(const char *form, const struct iq_buf *hex)
{
	struct iq_buf text;
	iq_buf_init(&text);
	for (const char *f = form; *f; f++) {
		bool hole = *f == '%';
		f += hole;
		for (size_t i = 0; i < hex->n && hole; i++)
			iq_buf_char(&text, *f == 'S' && hex->p[i] >= 'a' ? hex->p[i] - 32
									   : hex->p[i]);
		if (!hole)
			iq_buf_char(&text, *f);
	}
	write_file("x.sum", iq_buf_as_slice(&text));
	iq_buf_fini(&text);
}

static struct iq_buf digest_of(const char *file, const char *program)
{
	char command[200];
	struct iq_buf hex;
	snprintf(command, sizeof command, "%s <%s", program, file);
	FILE *p = popen(command, "r");
	iq_buf_init(&hex);
	char *to = iq_buf_reserve(&hex, 200);
	assert_non_null(p);
	assert_non_null(fgets(to, 200, p));
	pclose(p);
	hex.n = strcspn(to, " \n");
	return hex;
}

static void forms_of_checksums(void **state)
{
	(void)state;
	const struct entry list[] = {
		{ TOP "sos_commands/kernel/dmesg", iq_buf_as_slice(&dmesg), 0, NULL },
	};
	mkdir("forms", 0755);
	write_tar("forms/b.tar", list, 1);
	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		char to[100], sum[20];
		snprintf(to, sizeof to, "forms/b.tar.%s", forms[i].kind);
		snprintf(sum, sizeof sum, "%ssum", forms[i].kind);
		struct iq_buf hex = digest_of("forms/b.tar", sum);
		for (int wrong = 0; wrong < 2; wrong++) {
			if (wrong)
				hex.p[3] = hex.p[3] == '0' ? '1' : '0';
			write_form(forms[i].line, &hex);
			assert_int_equal(rename("x.sum", to), 0);
			bool told = wrong && forms[i].checked;
			print_message("%s", forms[i].line);
			import("forms/b.tar", told ? 3 : 0);
			query("SELECT count(*) AS n FROM v1_issue WHERE code = 'checksum' AND "
			      "severity = 'damage'", told ? "n\n1\n" : "n\n0\n");
		}
		assert_int_equal(remove(to), 0);
		iq_buf_fini(&hex);
	}
	/* it is read with the archive, and is no capture of its own */
	write_file("forms/b.tar.md5", IQ_LIT("0123456789abcdef0123456789abcdef *a.tar\r\n"
					     "MD5 (c.tar) = 0123456789abcdef0123456789abcdef\n"));
	import("forms", 0);
	query("SELECT count(*) AS n FROM v1_capture", "n\n1\n");
}

/* What the nodes wrote beside their archives, in the collector's: before them or behind
 * them, one archive in another. */
static void inner_checksums(void **state)
{
	(void)state;
	const struct entry list[] = {
		{ "sosreport-x/sos_commands/host/hostname", IQ_LIT("db01\n"), 0, NULL },
		{ "sosreport-x/sos_commands/kernel/dmesg", iq_buf_as_slice(&dmesg), 0, NULL },
	};
	struct iq_buf tar = tarred(list, 2, ARCHIVE_FORMAT_TAR_PAX_RESTRICTED);
	struct iq_buf xz = packed(iq_buf_as_slice(&tar), ARCHIVE_FILTER_XZ);
	write_file("in.tar.xz", iq_buf_as_slice(&xz));
	struct iq_buf sha = digest_of("in.tar.xz", "sha256sum");
	struct iq_buf md5 = digest_of("in.tar.xz", "md5sum");
	for (int wrong = 0; wrong < 4; wrong++) {
		const char right[] = { sha.p[7], md5.p[7] };
		struct iq_buf bsd;
		iq_buf_init(&bsd);
		if (wrong & 1)
			sha.p[7] = right[0] == '0' ? '1' : '0';
		if (wrong & 2)
			md5.p[7] = right[1] == '0' ? '1' : '0';
		iq_buf_printf(&bsd, "SHA256 (a.tar.xz) = 0\nSHA256 (b.tar.xz) = %.*s\r\n",
			      (int)sha.n, sha.p);
		const struct entry outer[] = {
			{ "c/checksums/a.tar.xz.sha256", iq_buf_as_slice(&sha), 0, NULL },
			{ "c/a.tar.xz", iq_buf_as_slice(&xz), 0, NULL },
			{ "c/b.tar.xz", iq_buf_as_slice(&xz), 0, NULL },
			{ "c/b.tar.xz.md5", iq_buf_as_slice(&md5), 0, NULL },
			{ "c/b.tar.xz.sha256", iq_buf_as_slice(&bsd), 0, NULL },
			{ "c/none.tar.xz.md5", IQ_LIT("0123456789abcdef0123456789abcdef"), 0,
			  NULL },
		};
		struct iq_buf all = tarred(outer, COUNT_OF(outer), ARCHIVE_FORMAT_TAR_USTAR);
		const struct entry box = { "case.tar", iq_buf_as_slice(&all), 0, NULL };
		write_file("c.tar", iq_buf_as_slice(&all));
		write_tar("box.tar", &box, 1);
		const char *const counts[] = { "n\n0\n", "n\n2\n", "n\n1\n", "n\n3\n" };
		const char *n = counts[wrong];
		for (int i = 0; i < 2; i++) {
			import(i ? "box.tar" : "c.tar", wrong ? 3 : 0);
			query("SELECT count(*) AS n FROM v1_issue WHERE code = 'checksum'", n);
			query(ONE_KILL, "n\tseen\n1\t2\n");
		}
		sha.p[7] = right[0];
		md5.p[7] = right[1];
		iq_buf_fini(&bsd);
		iq_buf_fini(&all);
	}
	iq_buf_fini(&md5);
	iq_buf_fini(&sha);
	iq_buf_fini(&xz);
	iq_buf_fini(&tar);
}

static void supportconfig(void **state)
{
	(void)state;
	struct iq_buf boot, env;
	iq_buf_init(&boot);
	iq_buf_str(&boot, "#==[ Command ]======#\n# /usr/bin/dmesg\n");
	iq_buf_slice(&boot, iq_buf_as_slice(&dmesg));
	iq_buf_str(&boot, "\n#==[ Log File ]=====#\n# /var/log/messages - Last 200 Lines\n"
		   "Nov 15 03:12:44 erp12 systemd[1]: nothing\n\n"
		   "#==[ Command ]======#\n# /usr/bin/dmesg -T | grep oom\n");
	iq_buf_slice(&boot, iq_buf_as_slice(&dmesg));
	iq_buf_init(&env);
	iq_buf_str(&env, "#==[ Command ]====#\n# /bin/date\nMon Mar 11 09:30:12 CET 2024\n\n"
		   "#==[ Command ]====#\n# /bin/uname -a\nLinux erp12 6.1.0 #1 SMP x86_64\n\n"
		   "#==[ System ]=====#\n# Virtualization\nManufacturer:  Alibaba Cloud\n"
		   "Hardware:      Alibaba Cloud ECS\n\n"
		   "#==[ Configuration File ]===#\n# /etc/os-release\n"
		   "PRETTY_NAME=\"SUSE Linux Enterprise Server 15 SP5\"\n");
	const struct entry list[] = {
		{ "scc_erp12/basic-environment.txt", iq_buf_as_slice(&env), 0, NULL },
		{ "scc_erp12/boot.txt", iq_buf_as_slice(&boot), 0, NULL },
	};
	write_tar("scc.tar", list, 2);
	import("scc.tar", 0);
	query("SELECT name, os_release, cloud FROM v1_host", "name\tos_release\tcloud\n"
	      "erp12\tSUSE Linux Enterprise Server 15 SP5\tAlibaba Cloud ECS\n");
	query(ONE_KILL, "n\tseen\n1\t1\n");
	/* the line is that of the file */
	ptrdiff_t at = iq_find(iq_buf_as_slice(&boot), IQ_LIT("invoked oom-killer"));
	int line = 1;
	char want[200];
	for (ptrdiff_t i = 0; i < at; i++)
		line += boot.p[i] == '\n';
	snprintf(want, sizeof want, "member\tfirst_line\nscc_erp12/boot.txt#/usr/bin/dmesg\t%d\n",
		 line);
	query("SELECT s.member, s.first_line FROM v1_sighting AS s JOIN v1_event AS e USING "
	      "(event_id) WHERE e.kind = 'oom-kill'", want);
	query("SELECT member FROM v1_issue WHERE code = 'log-cut'",
	      "member\nscc_erp12/boot.txt#/var/log/messages\n");
	iq_buf_fini(&boot);
	iq_buf_fini(&env);
}

static void apport(void **state)
{
	(void)state;
	struct iq_buf b;
	struct iq_slice rest = iq_buf_as_slice(&dmesg);
	iq_buf_init(&b);
	iq_buf_str(&b, "ProblemType: KernelCrash\nDate: Mon Jan  1 00:00:00 2024\n"
		   "Package: linux-image 6.1\nVmCoreDmesg:\n");
	while (rest.n) {
		struct iq_slice line = iq_cut(&rest, '\n');
		iq_buf_printf(&b, " %.*s\n", IQ_FMT(line));
	}
	iq_buf_str(&b, "Uname: Linux\n");
	write_file("linux-image.crash", iq_buf_as_slice(&b));
	import("linux-image.crash", 0);
	query(ONE_KILL, "n\tseen\n1\t1\n");
	query("SELECT DISTINCT member FROM v1_sighting", "member\n#VmCoreDmesg\n");
	iq_buf_fini(&b);
}

/* Names and kinds that no tar should have, a second bundle of the same name, and none of
 * it may touch the disk. */
static void hostile_members(void **state)
{
	(void)state;
	char deep[3000];
	memset(deep, 'd', sizeof deep - 1);
	deep[sizeof deep - 1] = 0;
	for (size_t i = 50; i < sizeof deep - 1; i += 51)
		deep[i] = '/';
	const struct entry list[] = {
		{ "/etc/passwd", IQ_LIT("root\n"), 0, NULL },
		{ "../../../../tmp/inquest-out", IQ_LIT("x\n"), 0, NULL },
		{ TOP "../../etc/machine-id", IQ_LIT("0123456789abcdef0123456789abcdef\n"), 0,
		  NULL },
		{ TOP "dev/sda", { 0 }, AE_IFBLK, NULL }, { TOP "dev/null", { 0 }, AE_IFCHR, NULL },
		{ TOP "run/fifo", { 0 }, AE_IFIFO, NULL },
		{ TOP "self", { 0 }, AE_IFLNK, "self" }, { TOP "up", { 0 }, AE_IFLNK, "up/x" },
		{ TOP "a\xff\xfe\x01\033[31mb", IQ_LIT("x\n"), 0, NULL },
		{ TOP "line\nfeed", IQ_LIT("x\n"), 0, NULL }, { deep, IQ_LIT("x\n"), 0, NULL },
		{ TOP "sos_commands/kernel/dmesg", iq_buf_as_slice(&dmesg), 0, NULL },
		/* packed twice into one archive */
		{ TOP "sos_commands/kernel/dmesg", iq_buf_as_slice(&dmesg), 0, NULL },
	};
	write_tar("h.tar", list, COUNT_OF(list));
	import("h.tar", 3);
	query(ONE_KILL, "n\tseen\n1\t2\n");
	query("SELECT code, count(*) AS n FROM v1_issue WHERE code IN ('member-name', 'left-out', "
	      "'link') GROUP BY 1 ORDER BY 1", "code\tn\nleft-out\t3\nlink\t2\nmember-name\t3\n");
	query("SELECT count(*) AS n FROM v1_issue WHERE severity = 'damage'", "n\n2\n");
	query("SELECT count(*) AS n FROM v1_host WHERE machine_id IS NOT NULL", "n\n0\n");
	assert_int_not_equal(access("/tmp/inquest-out", F_OK), 0);
	/* control characters of a name reach no terminal */
	expect("explain --no-pager -v h.tar", 3, NULL);
	assert_int_not_equal(system("\"$INQUEST\" explain --no-pager -v h.tar | grep -q "
				    "\"$(printf '\\033')\\\\[31m\""), 0);
}

/* Cut at every 64 kB: what came through counts, and the end is said. */
static void cut_everywhere(void **state)
{
	(void)state;
	struct iq_buf junk = composed_log(7000);
	const struct entry list[] = {
		{ TOP "sos_commands/kernel/dmesg", iq_buf_as_slice(&dmesg), 0, NULL },
		{ TOP "sos_commands/host/hostname", IQ_LIT("app07\n"), 0, NULL },
		{ TOP "var/lib/one", iq_buf_as_slice(&junk), 0, NULL },
		{ TOP "etc/machine-id", { 0 }, 0, TOP "var/lib/two" },
		{ TOP "var/lib/two", iq_buf_as_slice(&junk), 0, NULL },
	};
	struct iq_buf tar = tarred(list, COUNT_OF(list), ARCHIVE_FORMAT_TAR_PAX_RESTRICTED);
	for (size_t n = 65536; n < tar.n; n += 65536) {
		write_file("cut.tar", iq_head(iq_buf_as_slice(&tar), n));
		import("cut.tar", 3);
		query(ONE_KILL, "n\tseen\n1\t1\n");
		query("SELECT count(*) > 0 AS said FROM v1_issue WHERE severity = 'damage'",
		      "said\n1\n");
	}
	iq_buf_fini(&tar);
	iq_buf_fini(&junk);
}

/* A bundle and its unpacked tree say the same, but for paths. */
static void same_unpacked(void **state)
{
	(void)state;
	const struct entry list[] = {
		{ TOP "etc/localtime", { 0 }, AE_IFLNK, "../usr/share/zoneinfo/Asia/Shanghai" },
		{ TOP "etc/machine-id", IQ_LIT("0123456789abcdef0123456789abcdef\n"), 0, NULL },
		{ TOP "proc/meminfo", IQ_LIT("MemTotal: 100 kB\nMemFree: 50 kB\n"), 0, NULL },
		{ TOP "sos_commands/date/date", IQ_LIT("Wed Nov 15 03:20:00 CST 2023\n"), 0, NULL },
		{ TOP "sos_commands/kernel/dmesg", iq_buf_as_slice(&dmesg), 0, NULL },
		{ TOP "sos_commands/kernel/uname_-a", IQ_LIT("Linux app07 6.1.0-50 #1\n"), 0, NULL },
		{ TOP "sos_logs/sos.log", IQ_LIT("x WARNING: [plugin:process] command 'ps auxwwwm' "
						 "timed out after 300s\n"), 0, NULL },
		{ TOP "version.txt", IQ_LIT("sosreport: 3.9"), 0, NULL },
	};
	static const char dump[] = "for v in $(\"$INQUEST\" query -s s.db --format tsv \"SELECT name "
		"FROM sqlite_schema WHERE type = 'view' AND name GLOB 'v1_*' AND name <> "
		"'v1_capture' ORDER BY 1\" | tail -n +2); do echo $v; \"$INQUEST\" query -s s.db "
		"--format tsv \"SELECT * FROM $v\" | sort; done | sed 's,%s,,g' >%s";
	char command[1000];
	write_tar("b.tar", list, COUNT_OF(list));
	import("b.tar", 0);
	query("SELECT code, text FROM v1_issue WHERE code = 'sos-timeout'", "code\ttext\n"
	      "sos-timeout\tps auxwwwm: ran out of time, and the rest of its output is missing; "
	      "sos report --cmd-timeout gives it longer\n");
	snprintf(command, sizeof command, dump, TOP, "packed.txt");
	assert_int_equal(system(command), 0);
	assert_int_equal(system("rm -rf " TOP "; tar -xf b.tar"), 0);
	import(TOP, 0);
	snprintf(command, sizeof command, dump, TOP, "unpacked.txt");
	assert_int_equal(system(command), 0);
	assert_int_equal(system("test -s packed.txt && diff packed.txt unpacked.txt"), 0);
}

/* Dumps that a listing tells of, and the bundle does not hold. */
static void dumps_not_shipped(void **state)
{
	(void)state;
	static const char ls[] = "/var/crash/127.0.0.1-2024-01-02-03:04:05:\ntotal 1.3G\n"
		"-rw------- 1 root root 1.2G Jan  2 03:05 vmcore\n"
		"-rw-r--r-- 1 root root  88K Jan  2 03:04 vmcore-dmesg.txt\n";
	const struct entry list[] = {
		{ TOP "sos_commands/kdump/ls_-alhR_.var.crash", iq_slice_z(ls), 0, NULL },
		{ TOP "sos_commands/apport/ls_-alhR_.var.crash", iq_slice_z(ls), 0, NULL },
		{ TOP "var/crash/127.0.0.1-2024-01-02-03:04:05/vmcore-dmesg.txt",
		  iq_buf_as_slice(&dmesg), 0, NULL },
		{ TOP "var/crash/127.0.0.1-2024-01-02-03:04:05/vmcore",
		  IQ_LIT("KDUMP   and nothing behind it"), 0, NULL },
	};
	write_tar("d.tar", list, COUNT_OF(list) - 1);
	import("d.tar", 0);
	query("SELECT severity, substr(text, 1, 87) AS text FROM v1_issue "
	      "WHERE code = 'dump-not-shipped'", "severity\ttext\nnote\t"
	      "var/crash/127.0.0.1-2024-01-02-03:04:05/vmcore: a dump of 1.2G, of Jan  2 03:05 "
	      "that is\n");
	query(ONE_KILL, "n\tseen\n1\t1\n");
	write_tar("d.tar", list, COUNT_OF(list));
	import("d.tar", 3);
	query("SELECT count(*) AS n FROM v1_issue WHERE code = 'dump-not-shipped'", "n\n0\n");
}

/* sos clean, and its private map */
static void hidden_names(void **state)
{
	(void)state;
	const struct entry list[] = {
		{ "sosreport-host0-obfuscated/sos_commands/host/hostname", IQ_LIT("host0\n"), 0,
		  NULL },
		{ "sosreport-host0-obfuscated/sos_commands/kernel/dmesg", iq_buf_as_slice(&dmesg),
		  0, NULL },
	};
	write_tar("o.tar", list, COUNT_OF(list));
	write_file("o.map", IQ_LIT("{\"hostname_map\": {\"app07\": \"host0\"}, "
				   "\"username_map\": {\"mm_secret\": \"mm_test\"}}"));
	import("o.tar", 0);
	query("SELECT name FROM v1_host", "name\nhost0\n");
	query("SELECT severity FROM v1_issue WHERE code = 'obfuscated'", "severity\nnote\n");
	import("--clean-map o.map o.tar", 0);
	query("SELECT name FROM v1_host", "name\napp07\n");
	/* what is found by its name keeps it; and of no other member is there a row */
	query("SELECT DISTINCT member FROM v1_sighting",
	      "member\nsosreport-host0-obfuscated/sos_commands/kernel/dmesg\n");
	query("SELECT count(*) AS n FROM v1_member", "n\n1\n");
}

/* A ticket's zip around a collector's archive of two hosts: they stay apart. */
static void zipped(void **state)
{
	(void)state;
	struct iq_buf node[2];
	for (int i = 0; i < 2; i++) {
		const struct entry list[] = {
			{ "sosreport-x/sos_commands/host/hostname",
			  i ? IQ_LIT("db02\n") : IQ_LIT("db01\n"), 0, NULL },
			{ "sosreport-x/sos_commands/kernel/dmesg", iq_buf_as_slice(&dmesg), 0,
			  NULL },
		};
		struct iq_buf tar = tarred(list, 2, ARCHIVE_FORMAT_TAR_PAX_RESTRICTED);
		node[i] = packed(iq_buf_as_slice(&tar), ARCHIVE_FILTER_XZ);
		iq_buf_fini(&tar);
	}
	const struct entry list[] = {
		{ "c/sosreport-db01.tar.xz", iq_buf_as_slice(&node[0]), 0, NULL },
		{ "c/0010-renamed", iq_buf_as_slice(&node[1]), 0, NULL },
		{ "c/sos_reports/manifest.json", IQ_LIT("{\"version\": \"4.2\"}"), 0, NULL },
	};
	struct iq_buf tar = tarred(list, COUNT_OF(list), ARCHIVE_FORMAT_TAR_USTAR);
	struct iq_buf xz = packed(iq_buf_as_slice(&tar), ARCHIVE_FILTER_XZ);
	const struct entry outer[] = {
		{ "case/c.tar.xz", iq_buf_as_slice(&xz), 0, NULL },
		{ "case/notes.txt", IQ_LIT("see attachment\n"), 0, NULL },
	};
	struct iq_buf zip = tarred(outer, COUNT_OF(outer), ARCHIVE_FORMAT_ZIP);
	write_file("case.zip", iq_buf_as_slice(&zip));
	import("case.zip", 0);
	query("SELECT name FROM v1_host ORDER BY 1", "name\ndb01\ndb02\n");
	query("SELECT count(*) AS n, max(seen_count) AS seen FROM v1_event "
	      "WHERE kind = 'oom-kill'", "n\tseen\n2\t1\n");
	iq_buf_fini(&zip);
	iq_buf_fini(&xz);
	iq_buf_fini(&tar);
	iq_buf_fini(&node[0]);
	iq_buf_fini(&node[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_links),
		cmocka_unit_test(tailed),
		cmocka_unit_test(packed_directories),
		cmocka_unit_test(encrypted),
		cmocka_unit_test(checksums),
		cmocka_unit_test(forms_of_checksums),
		cmocka_unit_test(inner_checksums),
		cmocka_unit_test(supportconfig),
		cmocka_unit_test(apport),
		cmocka_unit_test(hostile_members),
		cmocka_unit_test(cut_everywhere),
		cmocka_unit_test(same_unpacked),
		cmocka_unit_test(dumps_not_shipped),
		cmocka_unit_test(hidden_names),
		cmocka_unit_test(zipped),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
