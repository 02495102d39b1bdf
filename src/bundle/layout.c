/* bundle/layout.c - see layout.h.
 *
 * Follows the plugins of sos 2.3 to 4.12 (report/plugins/{host,date,kernel,logs,
 * systemd,process}.py) and bin/supportconfig of supportutils.
 */
#include "bundle/layout.h"

static const struct {
	struct iq_slice path;
	enum iq_bundle_role role;
} rows[] = {
	{ IQ_LIT("sos_commands/host/hostname"), IQ_BUNDLE_HOSTNAME },
	{ IQ_LIT("sos_commands/general/hostname"), IQ_BUNDLE_HOSTNAME },
	{ IQ_LIT("sos_commands/host/hostnamectl_status"), IQ_BUNDLE_HOSTNAMECTL },
	{ IQ_LIT("sos_commands/host/hostnamectl"), IQ_BUNDLE_HOSTNAMECTL },
	{ IQ_LIT("etc/machine-id"), IQ_BUNDLE_MACHINE_ID },
	{ IQ_LIT("var/lib/dbus/machine-id"), IQ_BUNDLE_MACHINE_ID },
	{ IQ_LIT("sos_commands/kernel/uname_-a"), IQ_BUNDLE_UNAME },
	{ IQ_LIT("etc/os-release"), IQ_BUNDLE_OS_RELEASE },
	{ IQ_LIT("usr/lib/os-release"), IQ_BUNDLE_OS_RELEASE },
	{ IQ_LIT("etc/redhat-release"), IQ_BUNDLE_OS_RELEASE },
	{ IQ_LIT("etc/centos-release"), IQ_BUNDLE_OS_RELEASE },
	{ IQ_LIT("etc/rocky-release"), IQ_BUNDLE_OS_RELEASE },
	{ IQ_LIT("etc/almalinux-release"), IQ_BUNDLE_OS_RELEASE },
	{ IQ_LIT("etc/oracle-release"), IQ_BUNDLE_OS_RELEASE },
	{ IQ_LIT("etc/system-release"), IQ_BUNDLE_OS_RELEASE },
	{ IQ_LIT("etc/alinux-release"), IQ_BUNDLE_OS_RELEASE },
	{ IQ_LIT("etc/anolis-release"), IQ_BUNDLE_OS_RELEASE },
	{ IQ_LIT("etc/openEuler-release"), IQ_BUNDLE_OS_RELEASE },
	{ IQ_LIT("etc/SuSE-release"), IQ_BUNDLE_OS_RELEASE },
	{ IQ_LIT("proc/sys/kernel/random/boot_id"), IQ_BUNDLE_BOOT_ID },
	{ IQ_LIT("proc/stat"), IQ_BUNDLE_STAT },
	{ IQ_LIT("proc/cmdline"), IQ_BUNDLE_CMDLINE },
	{ IQ_LIT("etc/localtime"), IQ_BUNDLE_ZONE_FILE },
	{ IQ_LIT("etc/timezone"), IQ_BUNDLE_ZONE_NAME },
	{ IQ_LIT("etc/sysconfig/clock"), IQ_BUNDLE_ZONE_NAME },
	{ IQ_LIT("sos_commands/host/uptime"), IQ_BUNDLE_UPTIME },
	{ IQ_LIT("sos_commands/general/uptime"), IQ_BUNDLE_UPTIME },
	{ IQ_LIT("sos_commands/date/date"), IQ_BUNDLE_DATE },
	{ IQ_LIT("sos_commands/general/date"), IQ_BUNDLE_DATE },
	{ IQ_LIT("sos_commands/date/date_--utc"), IQ_BUNDLE_DATE_UTC },
	{ IQ_LIT("sos_commands/systemd/timedatectl"), IQ_BUNDLE_TIMEDATECTL },
	{ IQ_LIT("sos_commands/hardware/dmidecode"), IQ_BUNDLE_DMIDECODE },
	{ IQ_LIT("sos_commands/kernel/dmidecode"), IQ_BUNDLE_DMIDECODE },
	{ IQ_LIT("sys/class/dmi/id/sys_vendor"), IQ_BUNDLE_DMI_VENDOR },
	{ IQ_LIT("sys/devices/virtual/dmi/id/sys_vendor"), IQ_BUNDLE_DMI_VENDOR },
	{ IQ_LIT("sys/class/dmi/id/product_name"), IQ_BUNDLE_DMI_PRODUCT },
	{ IQ_LIT("sys/devices/virtual/dmi/id/product_name"), IQ_BUNDLE_DMI_PRODUCT },
	{ IQ_LIT("sys/class/dmi/id/chassis_asset_tag"), IQ_BUNDLE_DMI_ASSET },
	{ IQ_LIT("sys/devices/virtual/dmi/id/chassis_asset_tag"), IQ_BUNDLE_DMI_ASSET },
	{ IQ_LIT("proc/sys/kernel/hostname"), IQ_BUNDLE_HOSTNAME },
	{ IQ_LIT("sos_commands/systemd/journalctl_--list-boots"), IQ_BUNDLE_LIST_BOOTS },
	{ IQ_LIT("sos_commands/logs/journalctl_--list-boots"), IQ_BUNDLE_LIST_BOOTS },
	{ IQ_LIT("sos_commands/login/last_-F_reboot"), IQ_BUNDLE_LAST },
	{ IQ_LIT("sos_commands/login/last_-F"), IQ_BUNDLE_LAST },
	{ IQ_LIT("sos_commands/login/last_reboot"), IQ_BUNDLE_LAST },
	{ IQ_LIT("sos_commands/login/last"), IQ_BUNDLE_LAST },
	{ IQ_LIT("sos_commands/last/last_reboot"), IQ_BUNDLE_LAST },
	{ IQ_LIT("sos_commands/last/last"), IQ_BUNDLE_LAST },
	{ IQ_LIT("version.txt"), IQ_BUNDLE_VERSION },
	{ IQ_LIT("sos_reports/manifest.json"), IQ_BUNDLE_MANIFEST },
	{ IQ_LIT("sos_logs/sos.log"), IQ_BUNDLE_SOS_LOG },
	{ IQ_LIT("sos_logs/ui.log"), IQ_BUNDLE_SOS_LOG },
	{ IQ_LIT("sos_logs/cleaner.log"), IQ_BUNDLE_CLEANER_LOG },
	{ IQ_LIT("sos_commands/general/dmesg_now"), IQ_BUNDLE_LOG_NOW },
	/* basic-environment.txt, basic-health-check.txt, hardware.txt */
	{ IQ_LIT("sos_commands/supportconfig/uname_-a"), IQ_BUNDLE_UNAME },
	{ IQ_LIT("sos_commands/supportconfig/date"), IQ_BUNDLE_DATE },
	{ IQ_LIT("sos_commands/supportconfig/uptime"), IQ_BUNDLE_UPTIME },
	{ IQ_LIT("sos_commands/supportconfig/hostname"), IQ_BUNDLE_HOSTNAME },
	{ IQ_LIT("sos_commands/supportconfig/hostnamectl"), IQ_BUNDLE_HOSTNAMECTL },
	{ IQ_LIT("sos_commands/supportconfig/timedatectl"), IQ_BUNDLE_TIMEDATECTL },
	{ IQ_LIT("sos_commands/supportconfig/timedatectl_--no-pager_status"),
	  IQ_BUNDLE_TIMEDATECTL },
	{ IQ_LIT("sos_commands/supportconfig/dmidecode"), IQ_BUNDLE_DMIDECODE },
	{ IQ_LIT("sos_commands/supportconfig/Virtualization"), IQ_BUNDLE_VIRTUALIZATION },
};

/* Commands whose output is a log; of the others many quote one (systemctl status the
 * last lines of each unit, cut to the width of a terminal). */
static bool is_log_command(struct iq_slice base)
{
	static const struct iq_slice leads[] = {
		IQ_LIT("dmesg"), IQ_LIT("journalctl_"), IQ_LIT("kubectl_logs"),
		IQ_LIT("docker_logs"), IQ_LIT("podman_logs"), IQ_LIT("crictl_logs"),
	};

	/* supportconfig: "dmesg -T | grep taint" */
	if (iq_has(base, IQ_LIT("_grep_")))
		return false;
	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
		if (iq_starts(base, leads[i]))
			return true;
	return false;
}

/* "journalctl_--no-pager_--boot", "journalctl_--boot_0_--no-pager"; not "--boot_-1", which
 * is another one, nor without --boot, which is all of them.  Those of one unit alone
 * do not begin with the boot. */
static bool is_log_now(struct iq_slice base)
{
	if (iq_eq(base, IQ_LIT("dmesg")) || iq_eq(base, IQ_LIT("dmesg_-T")))
		return true;
	if (!iq_starts(base, IQ_LIT("journalctl_")) || iq_has(base, IQ_LIT("_--unit")) ||
	    iq_has(base, IQ_LIT("_-u_")) || iq_has(base, IQ_LIT("_--list-boot")))
		return false;
	if (iq_has(base, IQ_LIT("_--this-boot")))
		return true;
	ptrdiff_t at = iq_find(base, IQ_LIT("_--boot"));
	struct iq_slice after = at < 0 ? IQ_SLICE_NULL : iq_from(base, (size_t)at + 7);
	return at >= 0 && (!after.n || iq_starts(after, IQ_LIT("_0_")) ||
			   iq_eq(after, IQ_LIT("_0")) || iq_starts(after, IQ_LIT("_--")));
}

/* "sos_commands/kdump/ls_-alhR_.var.crash", "find /var/crash/" of supportconfig */
static bool is_crash_list(const struct iq_bundle_place *p)
{
	bool kdump = iq_starts(p->path, IQ_LIT("sos_commands/kdump/"));

	if (iq_starts(p->command, IQ_LIT("ls_-al")))
		return kdump || iq_ends(p->command, IQ_LIT("_.var.crash"));
	return p->section && iq_starts(p->command, IQ_LIT("find_")) &&
	       iq_has(p->command, IQ_LIT(".crash"));
}

/* Copies of files in a supportconfig: only these are logs. */
static bool is_log_file(struct iq_slice path)
{
	return iq_starts(path, IQ_LIT("var/log/")) || iq_starts(path, IQ_LIT("var/crash/")) ||
	       iq_starts(path, IQ_LIT("sys/fs/pstore/"));
}

enum iq_bundle_role iq_bundle_role(const struct iq_bundle_place *p)
{
	if (!p->path.p)
		return IQ_BUNDLE_OTHER;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (iq_eq(p->path, rows[i].path))
			return rows[i].role;
	if (iq_starts(p->path, IQ_LIT("usr/share/zoneinfo/")))
		return IQ_BUNDLE_ZONE_FILE;
	if (p->command.p && is_crash_list(p))
		return IQ_BUNDLE_CRASH_LIST;
	if (p->command.p)
		return !is_log_command(p->command) ? IQ_BUNDLE_STATE
			: is_log_now(p->command) ? IQ_BUNDLE_LOG_NOW : IQ_BUNDLE_OTHER;
	return p->section && !is_log_file(p->path) ? IQ_BUNDLE_STATE : IQ_BUNDLE_OTHER;
}

bool iq_bundle_never_log(struct iq_slice path)
{
	static const struct iq_slice dirs[] = {
		IQ_LIT("proc/"), IQ_LIT("sys/"), IQ_LIT("etc/"), IQ_LIT("lib/"),
		IQ_LIT("usr/lib/"), IQ_LIT("usr/share/"), IQ_LIT("boot/"), IQ_LIT("dev/"),
		IQ_LIT("run/systemd/"), IQ_LIT("run/udev/"), IQ_LIT("sos_reports/"),
		IQ_LIT("sos_logs/"),
	};
	if (iq_starts(path, IQ_LIT("sys/fs/pstore/")))
		return false;
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		if (iq_starts(path, dirs[i]))
			return true;
	return false;
}

struct iq_slice iq_bundle_zone_name(struct iq_slice target)
{
	static const struct iq_slice mark = IQ_LIT("zoneinfo/");
	ptrdiff_t at = iq_rfind(target, mark);
	struct iq_slice zone = at < 0 ? IQ_SLICE_NULL : iq_from(target, (size_t)at + mark.n);

	if (!zone.n || zone.n > 100 || iq_has(zone, IQ_LIT("..")))
		return IQ_SLICE_NULL;
	return zone;
}

bool iq_bundle_no_log_place(struct iq_slice name)
{
	static const struct iq_slice places[] = {
		IQ_LIT("proc"), IQ_LIT("sys"), IQ_LIT("etc"), IQ_LIT("usr"), IQ_LIT("boot"),
		IQ_LIT("lib"), IQ_LIT("run"), IQ_LIT("sos_reports"), IQ_LIT("sos_logs"),
	};
	ptrdiff_t inner = iq_rfind(name, IQ_LIT("!"));
	struct iq_slice rest = iq_from(name, (size_t)(inner + 1));

	if (iq_has(rest, IQ_LIT("/pstore/")))
		return false;
	if (iq_ends(rest, IQ_LIT("/version.txt")) || iq_eq(rest, IQ_LIT("version.txt")))
		return true;
	/* the last component is the file itself */
	while (iq_find_char(rest, '/') >= 0) {
		struct iq_slice part = iq_cut(&rest, '/');
		for (size_t i = 0; i < sizeof places / sizeof *places; i++)
			if (iq_eq(part, places[i]))
				return true;
	}
	return false;
}

/* ABRT keeps a problem in a directory, a file a word on it (reason, kernel, hostname ...):
 * only these hold what the kernel printed. */
bool iq_bundle_is_abrt_name(struct iq_slice base)
{
	static const struct iq_slice logs[] = {
		IQ_LIT("backtrace"), IQ_LIT("dmesg"), IQ_LIT("var_log_messages"),
	};

	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++)
		if (iq_eq(base, logs[i]))
			return false;
	return !iq_starts(base, IQ_LIT("vmcore"));
}

bool iq_bundle_in_abrt(struct iq_slice path)
{
	ptrdiff_t slash = iq_rfind(path, IQ_LIT("/"));
	struct iq_slice dir = iq_head(path, slash < 0 ? 0 : (size_t)slash);
	ptrdiff_t above = iq_rfind(dir, IQ_LIT("/"));

	if (above < 0)
		return false;
	dir.n = (size_t)above;
	return iq_ends(dir, IQ_LIT("/abrt")) || iq_eq(dir, IQ_LIT("abrt"));
}

bool iq_bundle_is_abrt_word(struct iq_slice path)
{
	ptrdiff_t slash = iq_rfind(path, IQ_LIT("/"));

	return iq_bundle_in_abrt(path) &&
	       iq_bundle_is_abrt_name(iq_from(path, (size_t)(slash + 1)));
}
