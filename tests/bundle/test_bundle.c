/* tests/bundle/test_bundle.c - which member of a bundle says what, and what it says.
 * All texts are composed after the programs that print them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/units.h"
#include "bundle/identity.h"
#include "model/facts.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void test_roles(void **state)
{
	static const struct {
		const char *name;
		enum iq_bundle_role role;
		const char *root;	/* NULL: none */
	} rows[] = {
		{ "sosreport-a/sos_commands/host/hostname", IQ_BUNDLE_HOSTNAME, "sosreport-a/" },
		{ "sos_commands/host/hostname", IQ_BUNDLE_HOSTNAME, "" },
		{ "c/s.tar.xz!s/sos_commands/general/hostname", IQ_BUNDLE_HOSTNAME,
		  "c/s.tar.xz!s/" },
		{ "c.tar!sos_commands/host/hostname", IQ_BUNDLE_HOSTNAME, "c.tar!" },
		{ "a/proc/stat", IQ_BUNDLE_STAT, "a/" },
		{ "a/proc/7/stat", IQ_BUNDLE_OTHER, "a/" },
		{ "a/notproc/stat", IQ_BUNDLE_OTHER, NULL },
		{ "a/sos_commands/kernel/dmesg", IQ_BUNDLE_LOG_NOW, "a/" },
		{ "a/sos_commands/logs/journalctl_--no-pager_--boot", IQ_BUNDLE_LOG_NOW, "a/" },
		/* another boot, or all of them: the content tells */
		{ "a/sos_commands/logs/journalctl_--no-pager_--boot_-1", IQ_BUNDLE_OTHER, "a/" },
		{ "a/sos_commands/logs/journalctl_--no-pager", IQ_BUNDLE_OTHER, "a/" },
		{ "a/sos_commands/docker/docker_logs_-t_web", IQ_BUNDLE_OTHER, "a/" },
		/* quotes the journal, but is no log */
		{ "a/sos_commands/systemd/systemctl_status_--all", IQ_BUNDLE_STATE, "a/" },
		{ "a/xsos_commands/systemd/systemctl_status_--all", IQ_BUNDLE_OTHER, NULL },
		{ "a/var/log/messages", IQ_BUNDLE_OTHER, "a/" },
		/* cut by sos, and read as what it stands for */
		{ "a/sos_strings/logs/journalctl_--no-pager_--boot.tailed", IQ_BUNDLE_LOG_NOW,
		  "a/" },
		{ "a/sos_strings/process/lsof_M_-n_-l_-c.tailed", IQ_BUNDLE_STATE, "a/" },
		{ "a/sos_strings/logs/var.log.messages.tailed", IQ_BUNDLE_OTHER, "a/" },
		/* sections of supportconfig */
		{ "scc_a/b.txt#/bin/uname -a", IQ_BUNDLE_UNAME, "scc_a/" },
		{ "scc_a/b.txt#/etc/os-release", IQ_BUNDLE_OS_RELEASE, "scc_a/" },
		{ "scc_a/boot.txt#/usr/bin/dmesg -T", IQ_BUNDLE_LOG_NOW, "scc_a/" },
		{ "scc_a/boot.txt#/usr/bin/dmesg -T | grep taint", IQ_BUNDLE_STATE, "scc_a/" },
		{ "boot.txt#/usr/bin/journalctl --boot=0 --no-pager", IQ_BUNDLE_LOG_NOW, "" },
		{ "boot.txt#/usr/bin/journalctl --no-pager --boot=-2 --output=short-iso",
		  IQ_BUNDLE_OTHER, "" },
		{ "messages.txt#/var/log/messages", IQ_BUNDLE_OTHER, "" },
		{ "memory.txt#/proc/meminfo", IQ_BUNDLE_STATE, "" },
		/* a tree that was left half made, and one packed by sos --pack-dir */
		{ "var/tmp/sos.x1/sosreport-b/sos_commands/host/hostname", IQ_BUNDLE_HOSTNAME,
		  "var/tmp/sos.x1/sosreport-b/" },
		{ "a/proc/sys.tar!sys/kernel/random/boot_id", IQ_BUNDLE_BOOT_ID, "a/" },
		{ "a/other.tar!sys/kernel/random/boot_id", IQ_BUNDLE_OTHER, "a/other.tar!" },
		/* a file of a container says nothing of the host */
		{ "a/sos_containers/web/etc/machine-id", IQ_BUNDLE_OTHER, "a/" },
		{ "", IQ_BUNDLE_OTHER, NULL },
	};
	struct iq_arena mem;
	(void)state;
	iq_arena_init(&mem);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct iq_bundle_place p;
		iq_bundle_place(iq_slice_z(rows[i].name), IQ_SLICE_NULL, &mem, &p);
		assert_int_equal(iq_bundle_role(&p), rows[i].role);
		if (!rows[i].root)
			assert_null(p.root.p);
		else
			assert_true(p.root.p && iq_eq(p.root, iq_slice_z(rows[i].root)));
	}
	iq_arena_fini(&mem);
}

static void test_places(void **state)
{
	static const struct {
		const char *name, *root, *path, *command;
	} rows[] = {
		{ "a/sos_commands/process/ps_auxwww", NULL, "sos_commands/process/ps_auxwww",
		  "ps_auxwww" },
		{ "a/sos_strings/logs/var.log.messages.tailed", NULL, "var/log/messages", NULL },
		{ "x/y/proc/meminfo", "x/y/", "proc/meminfo", NULL },
		{ "m.txt#/usr/bin/ps axwwo user,pid,%cpu", NULL,
		  "sos_commands/supportconfig/ps_axwwo_user_pid_cpu", "ps_axwwo_user_pid_cpu" },
		{ "a/proc/fs.tar!fs/nfs/x", NULL, "proc/fs/nfs/x", NULL },
		/* a root once known stays, but not for a bundle inside */
		{ "etc/x/proc/meminfo", "etc/x/", "proc/meminfo", NULL },
		{ "c/in.tar!t/proc/meminfo", "c/", "proc/meminfo", NULL },
	};
	struct iq_arena mem;
	(void)state;
	iq_arena_init(&mem);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct iq_bundle_place p;
		assert_true(iq_bundle_place(iq_slice_z(rows[i].name), iq_slice_z(rows[i].root),
					    &mem, &p));
		assert_true(iq_eq(p.path, iq_slice_z(rows[i].path)));
		assert_int_equal(p.command.p != NULL, rows[i].command != NULL);
		assert_true(!rows[i].command || iq_eq(p.command, iq_slice_z(rows[i].command)));
	}
	iq_arena_fini(&mem);
}

static void test_places_without_logs(void **state)
{
	static const char *const no_log[] = {
		"a/proc/zoneinfo", "a/etc/login.defs", "t/in.tar!b/etc/fstab", "a/version.txt",
		"proc/buddyinfo",
	};
	static const char *const may_be_log[] = {
		"a/var/log/messages", "report.txt", "a/sys/fs/pstore/dmesg-efi-1", "proc",
		"case/etc.tar!report.txt",
	};
	(void)state;
	for (size_t i = 0; i < COUNT(no_log); i++)
		assert_true(iq_bundle_no_log_place(iq_slice_z(no_log[i])));
	for (size_t i = 0; i < COUNT(may_be_log); i++)
		assert_false(iq_bundle_no_log_place(iq_slice_z(may_be_log[i])));
	assert_true(iq_bundle_never_log(IQ_LIT("proc/zoneinfo")));
	assert_false(iq_bundle_never_log(IQ_LIT("sys/fs/pstore/dmesg-efi-1")));
	assert_false(iq_bundle_never_log(IQ_LIT("usr/local/app/kern.log")));
	assert_true(iq_bundle_is_named(IQ_LIT("a/b.tar.xz!sosreport-c/")));
	assert_false(iq_bundle_is_named(IQ_LIT("sosreport-c/etc/")));
}

/* "last reboot" tells no years: they follow from where the file begins, and the days. */
static void test_last_without_years(void **state)
{
	(void)state;
	static const char text[] =
		"reboot   system boot  4.18.0-372.9.1.e Wed Jan 10 08:15   still running\n"
		"root     pts/0        10.0.0.1         Tue Jan  2 09:00 - 09:10  (00:10)\n"
		"reboot   system boot  4.18.0-372.el8   Mon Jan  1 07:00 - 08:14 (9+01:14)\n"
		"reboot   system boot  4.18.0-348.el8   Sat Dec 30 23:59 - 06:59 (1+07:00)\n"
		"reboot   system boot  4.18.0-348.el8   Thu Mar  3 10:20 - 23:58 (667+12:38)\n"
		"\nwtmp begins Thu Mar  3 10:20:44 2022\n";
	static const char *const starts[] = {
		"2024-01-10T08:15:00Z", "2024-01-01T07:00:00Z", "2023-12-30T23:59:00Z",
		"2022-03-03T10:20:00Z",
	};
	struct iq_arena mem;
	struct iq_reboots r = { 0 };
	iq_arena_init(&mem);
	assert_true(iq_reboots_take_last(&r, iq_slice_z(text), &mem));
	assert_int_equal(r.n, COUNT(starts));
	for (size_t i = 0; i < COUNT(starts); i++) {
		struct iq_buf b;
		iq_buf_init(&b);
		iq_time_iso(&b, r.at[i].first_us);
		assert_string_equal(b.p, starts[i]);
		iq_buf_fini(&b);
		assert_true(r.at[i].local);
		assert_int_equal(r.at[i].last_us, i ? r.at[i - 1].first_us : IQ_NULL);
	}
	assert_null(r.at[0].release.p);		/* it was cut */
	assert_true(iq_eq(r.at[1].release, IQ_LIT("4.18.0-372.el8")));
	/* no year anywhere: nothing is known */
	r = (struct iq_reboots){ 0 };
	assert_true(iq_reboots_take_last(&r, iq_head(iq_slice_z(text), 300), &mem));
	assert_int_equal(r.n, 0);
	/* a day that no such week has */
	static const char wrong[] =
		"reboot   system boot  4.18.0-348.el8   Fri Feb 30 10:20 - 23:58 (667+12:38)\n"
		"\nwtmp begins Thu Mar  3 10:20:44 2022\n";
	assert_true(iq_reboots_take_last(&r, iq_slice_z(wrong), &mem));
	assert_int_equal(r.n, 0);
	/* with them, as last -F has it */
	static const char full[] =
		"reboot   system boot  6.1.0-13-amd64   Sat Nov 21 10:01:09 2026   still running\n"
		"reboot   system boot  6.1.0-13-amd64   Fri Nov 20 10:00:09 2026 - Sat Nov 21\n";
	r = (struct iq_reboots){ 0 };
	assert_true(iq_reboots_take_last(&r, iq_slice_z(full), &mem));
	assert_int_equal(r.n, 2);
	assert_int_equal(r.at[1].last_us, r.at[0].first_us);
	iq_arena_fini(&mem);
}

static void test_abrt_words(void **state)
{
	(void)state;
	static const char *const words[] = {
		"var/spool/abrt/oops-2024-05-06-10:00:00-1234-0/reason", "abrt/x/kernel",
	};
	static const char *const others[] = {
		"var/spool/abrt/oops-2024-05-06-10:00:00-1234-0/backtrace", "abrt/x/dmesg",
		"var/spool/abrt/vmcore-127.0.0.1-2024-05-06-10:00:00/vmcore-dmesg.txt",
		"reason", "x/reason", "abrt/reason", "/reason", "cabrt/x/reason", "",
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		assert_true(iq_bundle_is_abrt_word(iq_slice_z(words[i])));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(iq_bundle_is_abrt_word(iq_slice_z(others[i])));
}

struct world {
	struct iq_arena mem;
	struct iq_bundle b;
};

static int setup(void **state)
{
	static struct world w;
	iq_arena_init(&w.mem);
	iq_bundle_init(&w.b);
	*state = &w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	iq_arena_fini(&w->mem);
	return 0;
}

static void take(struct world *w, enum iq_bundle_role role, const char *text)
{
	assert_true(iq_bundle_take(&w->b, role, iq_slice_z(text), &w->mem));
}

static void is(struct iq_slice s, const char *want)
{
	if (!want) {
		assert_null(s.p);
		return;
	}
	assert_non_null(s.p);
	assert_true(iq_eq(s, iq_slice_z(want)));
}

static void test_names(void **state)
{
	struct world *w = *state;
	take(w, IQ_BUNDLE_HOSTNAME, "db01\n");
	take(w, IQ_BUNDLE_HOSTNAME, "other\n");		/* the first one stays */
	take(w, IQ_BUNDLE_MACHINE_ID, "0123456789abcdef0123456789ABCDEF\n");
	take(w, IQ_BUNDLE_OS_RELEASE, "NAME=\"X\"\nPRETTY_NAME=\"X Linux 9.3\"\nID=x\n");
	take(w, IQ_BUNDLE_BOOT_ID, "2f0a8e3c-0d0b-4c55-9d9e-6f8c1f3a7b21\n");
	is(w->b.hostname, "db01");
	is(w->b.machine_id, "0123456789abcdef0123456789ABCDEF");
	is(w->b.os_release, "X Linux 9.3");
	is(w->b.boot_uuid, "2f0a8e3c-0d0b-4c55-9d9e-6f8c1f3a7b21");
	iq_bundle_init(&w->b);
	take(w, IQ_BUNDLE_OS_RELEASE, "Red Hat Enterprise Linux Server release 7.9 (Maipo)\n");
	is(w->b.os_release, "Red Hat Enterprise Linux Server release 7.9 (Maipo)");
}

static void test_error_messages_are_no_names(void **state)
{
	struct world *w = *state;
	take(w, IQ_BUNDLE_HOSTNAME, "hostname: Name or service not known\n");
	take(w, IQ_BUNDLE_MACHINE_ID, "uninitialized\n");
	take(w, IQ_BUNDLE_HOSTNAMECTL, "Failed to connect to bus: No such file\n");
	take(w, IQ_BUNDLE_BOOT_ID, "");
	take(w, IQ_BUNDLE_UNAME, "sh: uname: not found\n");
	take(w, IQ_BUNDLE_STAT, "cpu 1 2 3\nbtime now\n");
	take(w, IQ_BUNDLE_UPTIME, "uptime: cannot get\n");
	take(w, IQ_BUNDLE_DATE, "date: invalid\n");
	is(w->b.hostname, NULL);
	is(w->b.machine_id, NULL);
	is(w->b.boot_uuid, NULL);
	assert_true(iq_bundle_boot_start_us(&w->b) == IQ_NULL);
	assert_true(iq_bundle_zone_us(&w->b) == IQ_NULL);
}

static void test_names_from_other_commands(void **state)
{
	struct world *w = *state;
	take(w, IQ_BUNDLE_HOSTNAMECTL, " Static hostname: x\n      Machine ID: "
	     "0123456789abcdef0123456789abcdef\n         Boot ID: 1\n");
	take(w, IQ_BUNDLE_UNAME,
	     "Linux erp12 5.14.21-150500.53-default #1 SMP x86_64\n\n");
	is(w->b.machine_id, "0123456789abcdef0123456789abcdef");
	is(w->b.hostname, "erp12");
	is(w->b.kernel_release, "5.14.21-150500.53-default");
	is(w->b.boot_uuid, NULL);
	iq_bundle_init(&w->b);
	take(w, IQ_BUNDLE_HOSTNAMECTL, "         Boot ID: 2f0a8e3c0d0b4c559d9e6f8c1f3a7b21\n"
	     "Operating System: Anolis OS 8.8\n");
	is(w->b.boot_uuid, "2f0a8e3c0d0b4c559d9e6f8c1f3a7b21");
	is(w->b.os_release, "Anolis OS 8.8");
	take(w, IQ_BUNDLE_CMDLINE, "cat: /proc/cmdline: Permission denied\n");
	take(w, IQ_BUNDLE_CMDLINE, "BOOT_IMAGE=/vmlinuz root=/dev/vda1 crashkernel=auto\n");
	is(w->b.command_line, "BOOT_IMAGE=/vmlinuz root=/dev/vda1 crashkernel=auto");
}

static void test_dates_of_locales(void **state)
{
	static const char *const rows[] = {
		"Tue Nov 14 04:01:17 UTC 2023", "Tue Nov 14 04:01:17 AM UTC 2023",
		"Tue 14 Nov 2023 04:01:17 AM UTC", "Tue 14 Nov 2023 04:01:17 UTC",
	};
	struct world *w = *state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		iq_bundle_init(&w->b);
		take(w, IQ_BUNDLE_DATE_UTC, rows[i]);
		assert_true(iq_bundle_made_us(&w->b) == INT64_C(1699934477) * IQ_USEC);
	}
}

static void test_version_of_sos(void **state)
{
	static const struct {
		const char *text;
		bool above;
	} rows[] = {
		{ "sosreport: 3.9\nmemory: unversioned\n", false },
		{ "sosreport: 4.7", false }, { "sos report: 4.8.2", false },
		{ "sos report: 4.9.1", true }, { "sos report: 4.12.1\n", true },
		{ "1.2.3\n", false }, { "sos report: 99999999999.1", false },
	};
	struct world *w = *state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		iq_bundle_init(&w->b);
		take(w, IQ_BUNDLE_VERSION, rows[i].text);
		assert_int_equal(iq_bundle_names_boot_above(&w->b), rows[i].above);
	}
}

static void test_zone_by_two_dates(void **state)
{
	static const struct {
		const char *local, *utc;
		int64_t minutes;		/* IQ_NULL: not to be told */
	} rows[] = {
		{ "Tue Nov 14 12:01:17 CST 2023\n", "Tue Nov 14 04:01:17 UTC 2023\n", 480 },
		{ "Tue Nov 14 12:01:17 IST 2023\n", "Tue Nov 14 06:31:19 UTC 2023\n", 330 },
		{ "Mon Jan  1 00:10:00 EST 2024\n", "Mon Jan  1 05:10:00 UTC 2024\n", -300 },
		{ "Sun Dec 31 07:10:00 PM EST 2023\n", "Mon Jan  1 00:10:01 UTC 2024\n", -300 },
		{ "Mon Jan  1 00:10:00 UTC 2024\n", "Mon Jan  1 00:10:00 UTC 2024\n", 0 },
		{ "Mon Jan  1 00:10:00 X 2024\n", "Mon Jan  1 05:03:00 UTC 2024\n", IQ_NULL },
		{ "Mon Jan  1 00:10:00 X 2024\n", "Mon Jan  1 23:10:00 UTC 2024\n", IQ_NULL },
		{ "Mon Jan 41 00:10:00 X 2024\n", "Mon Jan  1 00:10:00 UTC 2024\n", IQ_NULL },
	};
	struct world *w = *state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		iq_bundle_init(&w->b);
		take(w, IQ_BUNDLE_DATE, rows[i].local);
		take(w, IQ_BUNDLE_DATE_UTC, rows[i].utc);
		int64_t want = rows[i].minutes == IQ_NULL ? IQ_NULL
							   : rows[i].minutes * 60 * IQ_USEC;
		assert_true(iq_bundle_zone_us(&w->b) == want);
	}
}

static void test_zone_by_timedatectl(void **state)
{
	struct world *w = *state;
	take(w, IQ_BUNDLE_TIMEDATECTL, "  Local time: Sat\n   Time zone: Asia/Shanghai "
	     "(CST, +0800)\n");
	assert_true(iq_bundle_zone_us(&w->b) == 8 * 3600 * IQ_USEC);
	iq_bundle_init(&w->b);
	take(w, IQ_BUNDLE_TIMEDATECTL, "Time zone: America/St_Johns (NDT, -0230)\n");
	assert_true(iq_bundle_zone_us(&w->b) == -150 * 60 * IQ_USEC);
	iq_bundle_init(&w->b);
	take(w, IQ_BUNDLE_TIMEDATECTL, "Time zone: X (X, +9999)\n");
	assert_true(iq_bundle_zone_us(&w->b) == IQ_NULL);
}

/* TZif version 1: LMT +8:05, CST +8, as Asia/Shanghai's, and its last change to CST. */
static const char tzif[] = "TZif\0" "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	"\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\1" "\0\0\0\2" "\0\0\0\x8"
	"\x80\0\0\0" "\1" "\0\0\x71\xd7\0\0" "\0\0\x70\x80\0\4" "LMT\0" "CST";

/* CET, CEST from 29 March 2026 01:00 UTC, CET again from 25 October 01:00 UTC. */
static const char summer[] = "TZif\0" "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	"\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\2" "\0\0\0\2" "\0\0\0\x9"
	"\x69\xc8\x79\x90" "\x6a\xdd\x54\x90" "\1\0" "\0\0\x0e\x10\0\0" "\0\0\x1c\x20\1\4"
	"CET\0" "CEST";

/* Local times are of the offset of their day, not of the day of the collection. */
static void test_zone_at(void **state)
{
	static const struct { struct iq_civil local; int hours; } rows[] = {
		{ { 2026, 11, 20, 13, 0, 0, 0 }, 1 }, { { 2026, 10, 25, 3, 0, 0, 0 }, 1 },
		{ { 2026, 10, 25, 2, 30, 0, 0 }, 1 },		/* twice: the later one */
		{ { 2026, 10, 25, 1, 59, 59, 0 }, 2 }, { { 2026, 10, 19, 3, 12, 44, 0 }, 2 },
	};
	struct world *w = *state;
	int64_t hour = 3600 * IQ_USEC;
	int64_t change = INT64_C(1774749600) * IQ_USEC;	/* 02:00 on 29 March 2026 */

	take(w, IQ_BUNDLE_DATE, "Fri Nov 20 13:00:00 CET 2026\n");
	iq_bundle_take_zone_file(&w->b, iq_slice(summer, sizeof summer));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t at = iq_civil_to_us(&rows[i].local);
		assert_true(iq_bundle_zone_at(&w->b, at) == rows[i].hours * hour);
	}
	/* before the collection's own summer: the change of spring is the last one */
	iq_bundle_init(&w->b);
	take(w, IQ_BUNDLE_DATE, "Mon Mar 30 13:00:00 CEST 2026\n");
	assert_true(iq_bundle_take(&w->b, IQ_BUNDLE_ZONE_FILE,
				   iq_slice(summer, sizeof summer), &w->mem));
	iq_bundle_take_own_zone(&w->b);
	assert_true(iq_bundle_zone_at(&w->b, change + hour) == 2 * hour);
	assert_true(iq_bundle_zone_at(&w->b, change - IQ_USEC) == hour);
	/* a file of another zone says nothing, nor does half of one */
	iq_bundle_init(&w->b);
	take(w, IQ_BUNDLE_DATE, "Fri Nov 20 13:00:00 EST 2026\n");
	iq_bundle_take_zone_file(&w->b, iq_slice(summer, sizeof summer));
	assert_true(w->b.zone_change_us == IQ_NULL);
	iq_bundle_init(&w->b);
	take(w, IQ_BUNDLE_DATE, "Fri Nov 20 13:00:00 CET 2026\n");
	for (size_t n = 0; n < sizeof summer - 1; n++) {
		iq_bundle_take_zone_file(&w->b, iq_slice(summer, n));
		assert_true(w->b.zone_change_us == IQ_NULL);
	}
}

static void test_zone_by_names(void **state)
{
	struct world *w = *state;
	take(w, IQ_BUNDLE_DATE, "Mon Mar 11 09:30:12 CET 2024\n");
	assert_true(iq_bundle_zone_us(&w->b) == 3600 * IQ_USEC);
	iq_bundle_init(&w->b);
	/* of two countries: the zone's file says which */
	take(w, IQ_BUNDLE_DATE, "Tue Nov 14 12:01:17 CST 2023\n");
	assert_true(iq_bundle_zone_us(&w->b) == IQ_NULL);
	iq_bundle_take_zone_file(&w->b, iq_slice(tzif, sizeof tzif));
	assert_true(iq_bundle_zone_us(&w->b) == 8 * 3600 * IQ_USEC);
	for (size_t n = 0; n < sizeof tzif; n++) {
		iq_bundle_take_zone_file(&w->b, iq_slice(tzif, n));
		assert_true(iq_bundle_zone_us(&w->b) == IQ_NULL);
	}
	/* the bundle's own copy of it, whichever comes first */
	iq_bundle_init(&w->b);
	take(w, IQ_BUNDLE_ZONE_FILE, "no such file\n");
	assert_true(iq_bundle_take(&w->b, IQ_BUNDLE_ZONE_FILE,
				   iq_slice((const char *)tzif, sizeof tzif), &w->mem));
	take(w, IQ_BUNDLE_DATE, "Tue Nov 14 12:01:17 CST 2023\n");
	assert_true(iq_bundle_zone_us(&w->b) == 8 * 3600 * IQ_USEC);
	take(w, IQ_BUNDLE_ZONE_NAME, "# x\nZONE=\"../../etc/passwd\"\n");
	is(w->b.zone_name, NULL);
	take(w, IQ_BUNDLE_ZONE_NAME, "ZONE=\"Asia/Shanghai\"\nUTC=true\n");
	is(w->b.zone_name, "Asia/Shanghai");
	iq_bundle_init(&w->b);
	take(w, IQ_BUNDLE_ZONE_NAME, "Europe/Berlin\n");
	is(w->b.zone_name, "Europe/Berlin");
	is(iq_bundle_zone_name(IQ_LIT("../usr/share/zoneinfo/Asia/Shanghai")), "Asia/Shanghai");
	is(iq_bundle_zone_name(IQ_LIT("../../zoneinfo/../../etc/passwd")), NULL);
	is(iq_bundle_zone_name(IQ_LIT("/etc/passwd")), NULL);
}

static void test_hardware(void **state)
{
	struct world *w = *state;
	take(w, IQ_BUNDLE_DMIDECODE, "# dmidecode 3.7\nHandle 0x0000, DMI type 0, 26 bytes\n"
	     "Platform Firmware Information\n\tVendor: SeaBIOS\n\n"
	     "Handle 0x0100, DMI type 1, 27 bytes\nSystem Information\n"
	     "\tManufacturer: Alibaba Cloud\n\tProduct Name: Alibaba Cloud ECS\n\n"
	     "Handle 0x0200, DMI type 2, 15 bytes\nBase Board\n\tManufacturer: Other\n");
	is(w->b.dmi.vendor, "Alibaba Cloud");
	is(w->b.dmi.product, "Alibaba Cloud ECS");
	is(iq_dmi_cloud(&w->b.dmi), "Alibaba Cloud ECS");
	iq_bundle_init(&w->b);
	/* Hyper-V is a cloud only with Azure's mark on its chassis */
	take(w, IQ_BUNDLE_DMI_VENDOR, "Microsoft Corporation\n");
	take(w, IQ_BUNDLE_DMI_PRODUCT, "Virtual Machine\n");
	is(iq_dmi_cloud(&w->b.dmi), NULL);
	take(w, IQ_BUNDLE_DMI_ASSET, "7783-7084-3265-9085-8269-3286-77\n");
	is(iq_dmi_cloud(&w->b.dmi), "Microsoft Azure");
	iq_bundle_init(&w->b);
	take(w, IQ_BUNDLE_DMI_VENDOR, "To Be Filled By O.E.M.\n");
	is(w->b.dmi.vendor, NULL);
	take(w, IQ_BUNDLE_VIRTUALIZATION, "Manufacturer:  QEMU\nHardware:      Standard PC\n");
	is(w->b.dmi.vendor, "QEMU");
	is(iq_dmi_cloud(&w->b.dmi), NULL);
}

static void test_start_of_the_boot(void **state)
{
	static const struct {
		const char *uptime;
		int64_t minutes;
	} rows[] = {
		{ " 12:01:19 up 1 day,  8:49,  2 users,  load average: 0.31, 0.24, 0.20", 1969 },
		{ " 10:02:57 up 4 min,  0 users,  load average: 2.70, 0.99, 0.36", 4 },
		{ " 10:02:57 up  3:05,  1 user,  load average: 2.70, 0.99, 0.36", 185 },
		{ " 10:02:57 up 12 days, 7 min,  1 user,  load average: 0, 0, 0", 17287 },
		{ " 10:02:57 up 2 days,  3 users", 2880 },
		{ " 09:30:13  up 5 days  0:35,  1 user,  load average: 1.02, 1.44, 2.10", 7235 },
	};
	struct world *w = *state;
	int64_t now = INT64_C(1699934477) * IQ_USEC;	/* 2023-11-14 04:01:17 */
	for (size_t i = 0; i < COUNT(rows); i++) {
		iq_bundle_init(&w->b);
		take(w, IQ_BUNDLE_DATE_UTC, "Tue Nov 14 04:01:17 UTC 2023\n");
		take(w, IQ_BUNDLE_UPTIME, rows[i].uptime);
		assert_true(iq_bundle_boot_start_us(&w->b) ==
			    now - rows[i].minutes * 60 * IQ_USEC);
	}
	/* the kernel's own word is better */
	take(w, IQ_BUNDLE_STAT, "cpu  1 2\nintr 5 0 0\nctxt 9\nbtime 1699000000\n");
	assert_true(iq_bundle_boot_start_us(&w->b) == INT64_C(1699000000) * IQ_USEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_places_without_logs),
		cmocka_unit_test(test_abrt_words),
		cmocka_unit_test(test_last_without_years),
		cmocka_unit_test_setup_teardown(test_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_error_messages_are_no_names, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_names_from_other_commands, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dates_of_locales, setup, teardown),
		cmocka_unit_test_setup_teardown(test_version_of_sos, setup, teardown),
		cmocka_unit_test_setup_teardown(test_zone_by_two_dates, setup, teardown),
		cmocka_unit_test_setup_teardown(test_zone_by_timedatectl, setup, teardown),
		cmocka_unit_test_setup_teardown(test_zone_by_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_zone_at, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hardware, setup, teardown),
		cmocka_unit_test_setup_teardown(test_start_of_the_boot, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
