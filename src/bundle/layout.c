/* bundle/layout.c - see layout.h.
 *
 * Follows the plugins of sos 2.3 to 4.12 (report/plugins/{host,date,kernel,logs,
 * systemd,process}.py) and bin/supportconfig of supportutils.  The newest name first
 * where a name changed.
 */
#include "bundle/layout.h"

/* A path ends with TAIL, from the beginning of a component on. */
static const struct {
	struct iq_slice tail;
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
	{ IQ_LIT("proc/sys/kernel/random/boot_id"), IQ_BUNDLE_BOOT_ID },
	{ IQ_LIT("proc/stat"), IQ_BUNDLE_STAT },
	{ IQ_LIT("sos_commands/host/uptime"), IQ_BUNDLE_UPTIME },
	{ IQ_LIT("sos_commands/general/uptime"), IQ_BUNDLE_UPTIME },
	{ IQ_LIT("sos_commands/date/date"), IQ_BUNDLE_DATE },
	{ IQ_LIT("sos_commands/general/date"), IQ_BUNDLE_DATE },
	{ IQ_LIT("sos_commands/date/date_--utc"), IQ_BUNDLE_DATE_UTC },
	{ IQ_LIT("sos_commands/systemd/timedatectl"), IQ_BUNDLE_TIMEDATECTL },
	{ IQ_LIT("basic-environment.txt"), IQ_BUNDLE_ENVIRONMENT },
	{ IQ_LIT("version.txt"), IQ_BUNDLE_VERSION },
	{ IQ_LIT("sos_commands/kernel/dmesg"), IQ_BUNDLE_LOG_NOW },
	{ IQ_LIT("sos_commands/kernel/dmesg_-T"), IQ_BUNDLE_LOG_NOW },
	{ IQ_LIT("sos_commands/general/dmesg_now"), IQ_BUNDLE_LOG_NOW },
	{ IQ_LIT("sos_commands/logs/journalctl_--no-pager_--boot"), IQ_BUNDLE_LOG_NOW },
	{ IQ_LIT("sos_commands/logs/journalctl_--no-pager_--catalog_--boot"),
	  IQ_BUNDLE_LOG_NOW },
	{ IQ_LIT("sos_commands/logs/journalctl_--all_--this-boot_--no-pager"),
	  IQ_BUNDLE_LOG_NOW },
};

static const struct iq_slice sos_commands = IQ_LIT("sos_commands/");

static bool at_component(struct iq_slice name, size_t at)
{
	return at == 0 || name.p[at - 1] == '/' || name.p[at - 1] == '!';
}

/* Commands of sos whose output is a log; of the others many quote one (systemctl
 * status the last lines of each unit, cut to the width of a terminal). */
static bool is_log_command(struct iq_slice file)
{
	static const struct iq_slice leads[] = {
		IQ_LIT("dmesg"), IQ_LIT("journalctl_"), IQ_LIT("kubectl_logs"),
		IQ_LIT("docker_logs"), IQ_LIT("podman_logs"), IQ_LIT("crictl_logs"),
	};
	ptrdiff_t slash = iq_rfind(file, IQ_LIT("/"));
	struct iq_slice base = iq_from(file, (size_t)(slash + 1));

	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
		if (iq_starts(base, leads[i]))
			return true;
	return false;
}

enum iq_bundle_role iq_bundle_role(struct iq_slice name, struct iq_slice *ret_root)
{
	*ret_root = IQ_SLICE_NULL;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!iq_ends(name, rows[i].tail) ||
		    !at_component(name, name.n - rows[i].tail.n))
			continue;
		*ret_root = iq_head(name, name.n - rows[i].tail.n);
		return rows[i].role;
	}
	ptrdiff_t at = iq_rfind(name, sos_commands);
	if (at < 0 || !at_component(name, (size_t)at))
		return IQ_BUNDLE_OTHER;
	*ret_root = iq_head(name, (size_t)at);
	return is_log_command(iq_from(name, (size_t)at + sos_commands.n))
		? IQ_BUNDLE_OTHER : IQ_BUNDLE_STATE;
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
