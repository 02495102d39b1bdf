/* bundle/worth.c - see worth.h.  Return codes as sos's utilities.py sos_get_command_output()
 * gives them: 124 out of time, 126 and 127 not runnable.
 */
#include "bundle/worth.h"
#include "model/facts.h"

enum { TIME = 1, CUT = 2, FAIL = 4 };

static const struct {
	struct iq_slice command;	/* the beginning of a command line, without directory */
	unsigned of;
} rows[] = {
	{ IQ_LIT("dmesg"), TIME | CUT | FAIL },
	/* -1 fails where there is no earlier boot */
	{ IQ_LIT("journalctl --no-pager --boot -1"), TIME | CUT },
	{ IQ_LIT("journalctl --no-pager --catalog --boot -1"), TIME | CUT },
	{ IQ_LIT("journalctl --no-pager --unit"), 0 },
	{ IQ_LIT("journalctl --disk-usage"), 0 },
	{ IQ_LIT("journalctl"), TIME | CUT | FAIL },
	{ IQ_LIT("ps "), TIME | CUT | FAIL },
	{ IQ_LIT("free"), TIME | FAIL },
	{ IQ_LIT("slabtop"), TIME },
	{ IQ_LIT("lsof"), TIME },
	{ IQ_LIT("swapon"), TIME },
	{ IQ_LIT("sysctl -a"), TIME | CUT },
	{ IQ_LIT("systemctl show"), TIME | CUT | FAIL },
	{ IQ_LIT("systemctl status"), TIME },
	{ IQ_LIT("systemd-cgls"), TIME },
	{ IQ_LIT("docker ps"), TIME }, { IQ_LIT("podman ps"), TIME },
	{ IQ_LIT("crictl ps"), TIME }, { IQ_LIT("crictl pods"), TIME },
	{ IQ_LIT("numastat"), TIME }, { IQ_LIT("sar "), TIME },
	{ IQ_LIT("uname"), TIME | FAIL }, { IQ_LIT("uptime"), TIME | FAIL },
	{ IQ_LIT("hostname -"), 0 }, { IQ_LIT("hostname"), TIME | FAIL },
	{ IQ_LIT("date"), TIME | FAIL },
};

static const struct iq_slice plugins[] = {
	IQ_LIT("memory"), IQ_LIT("process"), IQ_LIT("kernel"), IQ_LIT("logs"),
	IQ_LIT("systemd"), IQ_LIT("cgroups"), IQ_LIT("kdump"), IQ_LIT("docker"),
	IQ_LIT("podman"), IQ_LIT("crio"), IQ_LIT("containerd"), IQ_LIT("sar"), IQ_LIT("host"),
	IQ_LIT("date"), IQ_LIT("numa"),
};

/* Blanks come doubled: "journalctl --no-pager  --boot". */
static bool begins(struct iq_slice exec, struct iq_slice lead)
{
	while (lead.n) {
		struct iq_slice word = iq_cut(&lead, ' ');
		if (!iq_skip(&exec, word))
			return false;
		if (!lead.n)
			return !exec.n || exec.p[0] == ' ' || iq_ends(word, IQ_LIT("-"));
		if (!exec.n || exec.p[0] != ' ')
			return false;
		iq_skip_blank(&exec);
	}
	return true;
}

static unsigned worth(struct iq_slice exec)
{
	static const struct iq_slice dirs[] = {
		IQ_LIT("/usr/"), IQ_LIT("/"), IQ_LIT("sbin/"), IQ_LIT("bin/"),
	};
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		iq_skip(&exec, dirs[i]);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (begins(exec, rows[i].command))
			return rows[i].of;
	return 0;
}

bool iq_worth_command(const struct iq_manifest_command *c, struct iq_worth *ret)
{
	unsigned of = worth(c->exec);

	if (c->status == 124 && of & TIME)
		*ret = (struct iq_worth){ "sos-timeout", "ran out of time, and the rest of its "
					   "output is missing; sos report --cmd-timeout gives "
					   "it longer" };
	else if (c->truncated && of & CUT)
		*ret = (struct iq_worth){ "sos-truncated", "only the end of its output was kept; "
					   "sos report --log-size 0 keeps all of it" };
	else if ((c->status == 126 || c->status == 127) && of & FAIL)
		*ret = (struct iq_worth){ "sos-failed", "could not be run on that machine" };
	else if (c->status != 0 && c->status != IQ_NULL && c->status != 124 && of & FAIL)
		*ret = (struct iq_worth){ "sos-failed", "failed; its output may be a message "
					   "only" };
	else
		return false;
	return true;
}

bool iq_worth_plugin(struct iq_slice plugin)
{
	for (size_t i = 0; i < sizeof plugins / sizeof *plugins; i++)
		if (iq_eq(plugin, plugins[i]))
			return true;
	return false;
}
