/* parse/killerline.c - see killerline.h. */
#include "parse/killerline.h"

#define ID_MIN 12		/* hex digits of a container's short id */
#define PATH_BYTES_MAX 4096
#define UNIT_BYTES_MAX 256	/* systemd's UNIT_NAME_MAX */

/* --- pieces of lines --- */

/* Moves *s behind the first LEAD in it. */
static bool seek(struct iq_slice *s, struct iq_slice lead)
{
	ptrdiff_t at = iq_find(*s, lead);
	if (at < 0)
		return false;
	*s = iq_from(*s, (size_t)at + lead.n);
	return true;
}

static int64_t number_at(struct iq_slice s, struct iq_slice lead)
{
	int64_t v;
	return seek(&s, lead) && iq_take_i64(&s, &v) ? v : IQ_NULL;
}

static int64_t scaled_at(struct iq_slice s, struct iq_slice lead, int64_t unit)
{
	int64_t v = number_at(s, lead);
	return v == IQ_NULL || __builtin_mul_overflow(v, unit, &v) ? IQ_NULL : v;
}

/* What stands between OPEN and the last CLOSE behind it: names may hold either. */
static struct iq_slice quoted(struct iq_slice s, struct iq_slice open, struct iq_slice close)
{
	if (!seek(&s, open))
		return IQ_SLICE_NULL;
	ptrdiff_t end = iq_rfind(iq_head(s, 512), close);
	return end < 0 ? IQ_SLICE_NULL : iq_head(s, (size_t)end);
}

static struct iq_slice hex_id(struct iq_slice s)
{
	size_t n = 0;
	while (n < s.n && ((s.p[n] >= '0' && s.p[n] <= '9') ||
			   (s.p[n] >= 'a' && s.p[n] <= 'f')))
		n++;
	return n >= ID_MIN && n <= 64 ? iq_head(s, n) : IQ_SLICE_NULL;
}

/* --- systemd-oomd --- */

/* "Killed PATH due to REASON"; 262: "Marked PATH for killing due to REASON" */
static bool oomd_kill(struct iq_slice s, struct iq_killerline *l)
{
	struct iq_slice path = s, due;
	ptrdiff_t at;
	if (iq_skip(&path, IQ_LIT("Killed ")))
		due = IQ_LIT(" due to ");
	else if (iq_skip(&path, IQ_LIT("Marked ")))
		due = IQ_LIT(" for killing due to ");
	else
		return false;
	at = iq_find(path, due);
	if (at <= 0 || at > PATH_BYTES_MAX || *path.p != '/')
		return false;
	l->what = IQ_KILLER_KILL;
	l->killer = "systemd-oomd";
	l->cgroup = iq_head(path, (size_t)at);
	l->reason = iq_trim(iq_from(path, (size_t)at + due.n));
	return l->reason.n > 0;
}

/* "Memory pressure for X is 51.2% > 50.00% for > 20s with reclaim activity", "Memory
 * used (1) / total (2) and swap used (3) / total (4) is more than 90.00%" */
static bool oomd_context(struct iq_slice s, struct iq_killerline *l)
{
	bool pressure = iq_starts(s, IQ_LIT("Memory pressure for ")) &&
			iq_has(s, IQ_LIT("% for > "));
	bool used = (iq_starts(s, IQ_LIT("Memory used (")) ||
		     iq_starts(s, IQ_LIT("Swap used ("))) && iq_has(s, IQ_LIT(" / total ("));
	if (!pressure && !used)
		return false;
	l->what = IQ_KILLER_CONTEXT;
	l->killer = "systemd-oomd";
	return true;
}

/* --- systemd, PID 1 or a user's --- */

static const struct {
	struct iq_slice tail;
	enum iq_killer_what what;
	bool ends;			/* the line ends with it */
} unit_lines[] = {
	{ IQ_LIT(": A process of this unit has been killed by the OOM killer."),
	  IQ_KILLER_TOLD_OOM, true },
	{ IQ_LIT(": Failed with result 'oom-kill'."), IQ_KILLER_RESULT, true },
	{ IQ_LIT(": systemd-oomd killed "), IQ_KILLER_TOLD_OOMD, false },
	{ IQ_LIT(": Main process exited, code=killed, status=9/KILL"), IQ_KILLER_EXIT, true },
};

static bool unit_line(struct iq_slice s, struct iq_killerline *l)
{
	for (size_t i = 0; i < sizeof unit_lines / sizeof *unit_lines; i++) {
		ptrdiff_t at = iq_find(s, unit_lines[i].tail);
		if (at <= 0 || at > UNIT_BYTES_MAX)
			continue;
		struct iq_slice rest = iq_from(s, (size_t)at + unit_lines[i].tail.n);
		if (unit_lines[i].ends ? rest.n != 0 : !iq_has(rest, IQ_LIT(" in this unit")))
			continue;
		struct iq_slice unit = iq_head(s, (size_t)at);
		/* a unit's name has no blank and a suffix */
		if (iq_find_char(unit, ' ') >= 0 || iq_find_char(unit, '.') < 0)
			continue;
		l->what = unit_lines[i].what;
		l->killer = l->what == IQ_KILLER_TOLD_OOMD ? "systemd-oomd" : "systemd";
		l->unit = unit;
		return true;
	}
	return false;
}

/* --- earlyoom --- */

/* 1.2, 1.3: `killing process 4070 "stress" with signal 15: badness 804, VmRSS 600 MiB` */
static bool earlyoom_old(struct iq_slice s, struct iq_killerline *l)
{
	struct iq_slice rest = s;
	if (!iq_skip(&rest, IQ_LIT("killing process ")) || !iq_take_i64(&rest, &l->pid) ||
	    !iq_skip(&rest, IQ_LIT(" \"")))
		return false;
	ptrdiff_t end = iq_find(rest, IQ_LIT("\" with signal "));
	if (end < 0)
		return false;
	l->what = IQ_KILLER_KILL;
	l->killer = "earlyoom";
	l->comm = iq_head(rest, (size_t)end);
	l->rss_bytes = scaled_at(rest, IQ_LIT("VmRSS "), 1024 * 1024);
	return true;
}

/* 1.0, 1.1: `Killing process 'stress' with signal 15, pid: 4070, badness: 804, VmRSS: 600 MiB` */
static bool earlyoom_first(struct iq_slice s, struct iq_killerline *l)
{
	struct iq_slice rest = s;
	if (!iq_skip(&rest, IQ_LIT("Killing process '")))
		return false;
	ptrdiff_t end = iq_find(rest, IQ_LIT("' with signal "));
	if (end < 0)
		return false;
	l->what = IQ_KILLER_KILL;
	l->killer = "earlyoom";
	l->comm = iq_head(rest, (size_t)end);
	rest = iq_from(rest, (size_t)end);
	l->pid = number_at(rest, IQ_LIT(", pid: "));
	l->rss_bytes = scaled_at(rest, IQ_LIT("VmRSS: "), 1024 * 1024);
	return l->pid != IQ_NULL;
}

/* `sending SIGTERM to process 4070 uid 1000 "stress": badness 804, VmRSS 600 MiB`, 1.8:
 * `oom_score 804, ...`, 1.9: `..., oom_score_adj 0, VmRSS 600 MiB, cmdline "..."` */
static bool earlyoom_kill(struct iq_slice s, struct iq_killerline *l)
{
	struct iq_slice rest = s;
	if (!iq_skip(&rest, IQ_LIT("sending SIG")) || !seek(&rest, IQ_LIT(" to process ")) ||
	    !iq_take_i64(&rest, &l->pid))
		return false;
	l->what = IQ_KILLER_KILL;
	l->killer = "earlyoom";
	l->uid = number_at(rest, IQ_LIT(" uid "));
	l->adj = number_at(rest, IQ_LIT("oom_score_adj "));
	l->rss_bytes = scaled_at(rest, IQ_LIT("VmRSS "), 1024 * 1024);
	if (seek(&rest, IQ_LIT(" \""))) {
		ptrdiff_t end = iq_find(rest, IQ_LIT("\": "));
		if (end >= 0)
			l->comm = iq_head(rest, (size_t)end);
	}
	return true;
}

static bool earlyoom_other(struct iq_slice s, struct iq_killerline *l)
{
	if (iq_starts(s, IQ_LIT("low memory! at or below SIG")) ||
	    iq_starts(s, IQ_LIT("Low Memory! At or below sig")) ||
	    iq_starts(s, IQ_LIT("mem avail:")))
		l->what = IQ_KILLER_CONTEXT;
	else if (iq_starts(s, IQ_LIT("escalating to SIGKILL after ")) ||
		 iq_starts(s, IQ_LIT("process exited after ")) ||
		 (iq_starts(s, IQ_LIT("process ")) && iq_has(s, IQ_LIT(" exited after "))))
		l->what = IQ_KILLER_DETAIL;
	else
		return false;
	l->killer = "earlyoom";
	return true;
}

/* --- nohang: a block of lines --- */

static bool nohang_line(struct iq_slice s, struct iq_killerline *l)
{
	static const struct iq_slice why[] = {
		IQ_LIT("Memory status that requires"), IQ_LIT("MemAvailable ["),
		IQ_LIT("SwapFree ["), IQ_LIT("ZRAM ["), IQ_LIT("Mem Zram ["), IQ_LIT("PSI "),
		IQ_LIT("Memory info, "),
	};
	s = iq_trim(s);
	l->killer = "nohang";
	/* "  PID:  N, name: NAME, state: S, EUID: N"; 0.1: "  PID: N, Name: NAME, badness: N" */
	if (iq_skip(&s, IQ_LIT("PID:"))) {
		s = iq_ltrim(s);
		if (!iq_take_i64(&s, &l->pid))
			return false;
		l->what = IQ_KILLER_VICTIM;
		l->uid = number_at(s, IQ_LIT("EUID: "));
		l->adj = number_at(s, IQ_LIT("oom_score_adj: "));
		if (seek(&s, IQ_LIT("ame: "))) {
			ptrdiff_t end = iq_find(s, IQ_LIT(", state:"));
			if (end < 0)
				end = iq_find(s, IQ_LIT(", badness:"));
			l->comm = iq_trim(end < 0 ? s : iq_head(s, (size_t)end));
		}
		return true;
	}
	if ((iq_starts(s, IQ_LIT("Sending SIG")) || iq_starts(s, IQ_LIT("Send SIG"))) &&
	    iq_has(s, IQ_LIT(" to the victim"))) {
		l->what = IQ_KILLER_KILL;
		return true;
	}
	struct iq_slice run = s;		/* what the user wants to be done instead */
	if (iq_skip(&run, IQ_LIT("Run the command: "))) {
		l->what = IQ_KILLER_KILL;
		l->needs_context = true;
		return run.n > 0;
	}
	for (size_t i = 0; i < sizeof why / sizeof *why; i++)
		if (iq_starts(s, why[i])) {
			l->what = IQ_KILLER_CONTEXT;
			return true;
		}
	return false;
}

/* --- Meta's oomd, through /dev/kmsg --- */

/* "oomd kill: 10s 60s 300s PATH USAGE ruleset:[a] detectorgroup:[b] killer:NAME v2" */
static bool meta_kill(struct iq_slice s, struct iq_killerline *l)
{
	if (!iq_skip(&s, IQ_LIT("oomd kill: ")) || iq_has(s, IQ_LIT("killer:(dry)")))
		return false;
	struct iq_slice rest = s;
	for (int i = 0; i < 3; i++) {
		struct iq_slice w = iq_word(&rest);
		if (!w.n || *w.p < '0' || *w.p > '9')
			return false;
	}
	l->what = IQ_KILLER_KILL;
	l->killer = "oomd";
	l->cgroup = iq_word(&rest);
	iq_skip_blank(&rest);
	iq_take_i64(&rest, &l->rss_bytes);	/* what the cgroup uses */
	l->reason = iq_trim(s);
	return l->cgroup.n > 0 && l->cgroup.n <= PATH_BYTES_MAX;
}

/* --- Talos, through /dev/kmsg --- */

/* The value of KEY in the fields behind the words: "\"cgroup\": \"" */
static struct iq_slice talos_value(struct iq_slice s, struct iq_slice key)
{
	if (!seek(&s, key))
		return IQ_SLICE_NULL;
	ptrdiff_t end = iq_find_char(iq_head(s, PATH_BYTES_MAX), key.p[key.n - 1] == '[' ? ']'
											   : '"');
	return end < 0 ? IQ_SLICE_NULL : iq_head(s, (size_t)end);
}

/* machined's runtime.OOMController: "OOM controller triggered", "Sending SIGKILL to
 * cgroup {... "cgroup": "/sys/fs/cgroup/PATH"}", "victim processes: {... "processes":
 * [PID, PID]}" */
static bool talos_line(struct iq_slice s, struct iq_killerline *l)
{
	iq_skip(&s, IQ_LIT("[talos] "));
	if (!iq_has(s, IQ_LIT("\"runtime.OOMController\"")))
		return false;
	l->killer = "talos";
	if (iq_starts(s, IQ_LIT("OOM controller triggered"))) {
		l->what = IQ_KILLER_CONTEXT;
		l->reason = iq_head(s, sizeof("OOM controller triggered") - 1);
	} else if (iq_starts(s, IQ_LIT("Sending SIGKILL to cgroup"))) {
		l->what = IQ_KILLER_KILL;
		l->cgroup = talos_value(s, IQ_LIT("\"cgroup\": \""));
		if (iq_skip(&l->cgroup, IQ_LIT("/sys/fs/cgroup")) && !l->cgroup.n)
			l->cgroup = IQ_LIT("/");
		return l->cgroup.n > 0;
	} else if (iq_starts(s, IQ_LIT("victim processes:"))) {
		l->what = IQ_KILLER_DETAIL;
		struct iq_slice pids = talos_value(s, IQ_LIT("\"processes\": ["));
		if (!iq_take_i64(&pids, &l->pid) || pids.n)	/* one, or none is named */
			l->pid = IQ_NULL;
	} else {
		return false;
	}
	return true;
}

/* --- Android --- */

/* lmkd: "Kill 'com.app' (1234), uid 10100, oom_score_adj 900 to free 100kB rss, 2kB
 * swap; reason: ..."; before 2020 "oom_adj 900 to free 100kB" */
static bool lmkd_kill(struct iq_slice s, struct iq_killerline *l)
{
	struct iq_slice rest = s;
	if (!iq_skip(&rest, IQ_LIT("Kill '")) || !iq_has(rest, IQ_LIT(" to free ")) ||
	    !seek(&rest, IQ_LIT("' (")) || !iq_take_i64(&rest, &l->pid))
		return false;
	l->what = IQ_KILLER_KILL;
	l->killer = "lmkd";
	l->comm = quoted(iq_head(s, (size_t)(rest.p - s.p)), IQ_LIT("Kill '"), IQ_LIT("' ("));
	l->uid = number_at(rest, IQ_LIT("uid "));
	l->adj = number_at(rest, IQ_LIT("oom_score_adj "));
	if (l->adj == IQ_NULL)
		l->adj = number_at(rest, IQ_LIT("oom_adj "));
	l->rss_bytes = scaled_at(rest, IQ_LIT(" to free "), 1024);
	if (seek(&rest, IQ_LIT("reason: ")))
		l->reason = iq_trim(rest);
	return true;
}

/* The kernel's: "send sigkill to 123 (x), adj 9, size 1234" (3.10, 4.4), "Killing 'x'
 * (123), adj 529," (4.9). */
static bool lowmem_kill(struct iq_slice s, struct iq_killerline *l)
{
	bool named = iq_skip(&s, IQ_LIT("lowmemorykiller: "));
	struct iq_slice rest = s;
	if (iq_skip(&rest, IQ_LIT("send sigkill to "))) {
		if (!iq_take_i64(&rest, &l->pid))
			return false;
		l->comm = quoted(rest, IQ_LIT(" ("), IQ_LIT("), adj "));
	} else if (iq_skip(&rest, IQ_LIT("Killing '"))) {
		ptrdiff_t end = iq_find(rest, IQ_LIT("' ("));
		if (end < 0)
			return false;
		l->comm = iq_head(rest, (size_t)end);
		rest = iq_from(rest, (size_t)end + 3);
		if (!iq_take_i64(&rest, &l->pid))
			return false;
	} else {
		return false;
	}
	l->adj = number_at(rest, IQ_LIT("adj "));
	if (!named && l->adj == IQ_NULL)
		return false;
	l->what = IQ_KILLER_KILL;
	l->killer = "lowmemorykiller";
	return true;
}

/* The lines below "Killing": "to free 1kB on behalf of 'y' (2) because", "cache 3kB is
 * below limit 4kB for oom_score_adj 5", "Free memory is 6kB above reserved" */
static bool lowmem_detail(struct iq_slice s, struct iq_killerline *l)
{
	s = iq_ltrim(s);
	if (!(iq_starts(s, IQ_LIT("to free ")) && iq_has(s, IQ_LIT(" on behalf of '"))) &&
	    !(iq_starts(s, IQ_LIT("cache ")) && iq_has(s, IQ_LIT(" is below limit "))) &&
	    !(iq_starts(s, IQ_LIT("Free memory is ")) && iq_has(s, IQ_LIT(" reserved"))))
		return false;
	l->what = IQ_KILLER_DETAIL;
	l->killer = "lowmemorykiller";
	if (iq_starts(s, IQ_LIT("cache ")))
		l->reason = s;
	return true;
}

/* --- Kubernetes and runtimes --- */

/* kubelet's event, in its log, in `kubectl describe`, in a journal */
static bool system_oom(struct iq_slice s, struct iq_killerline *l)
{
	if (!seek(&s, IQ_LIT("System OOM encountered, victim process: ")))
		return false;
	ptrdiff_t end = iq_find(s, IQ_LIT(", pid: "));
	l->what = IQ_KILLER_TOLD_OOM;
	l->killer = "kubelet";
	l->comm = iq_trim(end < 0 ? iq_head(s, 64) : iq_head(s, (size_t)end));
	l->pid = number_at(s, IQ_LIT(", pid: "));
	return true;
}

/* "Got sys oom event" event={Pid:1 ProcessName:x ... ContainerName:/ ...} */
static bool sys_oom_event(struct iq_slice s, struct iq_killerline *l)
{
	if (!iq_has(s, IQ_LIT("Got sys oom event")))
		return false;
	l->what = IQ_KILLER_TOLD_OOM;
	l->killer = "kubelet";
	l->pid = number_at(s, IQ_LIT("Pid:"));
	if (seek(&s, IQ_LIT("ProcessName:")))
		l->comm = iq_word(&s);
	return true;
}

/* node-problem-detector repeats the kernel's line */
static bool npd_copy(struct iq_slice s, struct iq_killerline *l)
{
	if (!iq_has(s, IQ_LIT("OOMKilling")) || !seek(&s, IQ_LIT("Killed process ")) ||
	    !iq_take_i64(&s, &l->pid))
		return false;
	l->what = IQ_KILLER_TOLD_OOM;
	l->killer = "node-problem-detector";
	if (iq_skip(&s, IQ_LIT(" ("))) {
		ptrdiff_t end = iq_find(s, IQ_LIT(") total-vm:"));
		if (end >= 0)
			l->comm = iq_head(s, (size_t)end);
	}
	return true;
}

/* msg="TaskOOM event container_id:\"ID\"", older "&TaskOOM{ContainerID:ID,...}" */
static bool task_oom(struct iq_slice s, struct iq_killerline *l)
{
	if (!seek(&s, IQ_LIT("TaskOOM")))
		return false;
	struct iq_slice id = s;
	if (!seek(&id, IQ_LIT("container_id:")) && !seek(&id, IQ_LIT("ContainerID:")) &&
	    !seek(&id, IQ_LIT("containerID=")))
		return false;
	while (id.n && (*id.p == '\\' || *id.p == '"' || *id.p == ' '))
		id = iq_from(id, 1);
	l->container = hex_id(id);
	l->what = IQ_KILLER_TOLD_OOM;
	l->killer = "containerd";
	return l->container.p != NULL;
}

/* "conmon 1234567890ab <nwarn>: OOM event received"; dockerd's "container ID ... OOM" */
static bool conmon_oom(struct iq_slice s, struct iq_killerline *l)
{
	if (!iq_has(s, IQ_LIT("OOM event received")) && !iq_ends(s, IQ_LIT(": OOM received")))
		return false;
	iq_skip(&s, IQ_LIT("conmon "));
	l->container = hex_id(s);
	l->what = IQ_KILLER_TOLD_OOM;
	l->killer = "conmon";
	return true;
}

/* The pod a line of kubelet's is about: pod="NAMESPACE/NAME", of an event object="...",
 * or Namespace:"...", Name:"..." in one before 1.20. */
static struct iq_slice pod_of(struct iq_slice s)
{
	static const struct iq_slice leads[] = { IQ_LIT(" pod=\""), IQ_LIT(" object=\"") };
	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
		struct iq_slice rest = s;
		if (!seek(&rest, leads[i]))
			continue;
		ptrdiff_t end = iq_find_char(iq_head(rest, 512), '"');
		return end > 0 ? iq_head(rest, (size_t)end) : IQ_SLICE_NULL;
	}
	return IQ_SLICE_NULL;
}

/* kubelet's eviction manager: `"Eviction manager: must evict pod(s) to reclaim"
 * resourceName="memory"` and `"... pod is evicted successfully" pod="shop/cart"`; up to
 * 1.20 "eviction manager: must evict pod(s) to reclaim memory" and "... pod
 * cart_shop(UID) is evicted successfully". */
static bool eviction_manager(struct iq_slice s, struct iq_killerline *l)
{
	struct iq_slice rest = s, old = s;
	l->killer = "kubelet";
	if (iq_has(s, IQ_LIT("to reclaim"))) {
		l->what = IQ_KILLER_CONTEXT;
		if (seek(&old, IQ_LIT("viction manager: ")))
			l->reason = iq_trim(iq_cut(&old, '"'));
		return iq_has(s, IQ_LIT("resourceName=\"memory\"")) ||
		       iq_has(s, IQ_LIT("to reclaim memory"));
	}
	if (!seek(&rest, IQ_LIT(" evicted successfully")))
		return false;
	l->what = IQ_KILLER_KILL;
	l->needs_context = true;
	l->container = pod_of(rest);
	if (!l->container.p && seek(&old, IQ_LIT("manager: pod "))) {
		ptrdiff_t end = iq_find_char(old, ' ');
		l->container = iq_head(old, end > 0 ? (size_t)end : 0);
	}
	return l->container.n > 0;
}

/* An eviction is kubelet's own kill: "The node was low on resource: memory. ..." */
static bool eviction(struct iq_slice s, struct iq_killerline *l)
{
	struct iq_slice rest = s;
	if (!seek(&rest, IQ_LIT("The node was low on resource: memory")))
		return false;
	l->what = IQ_KILLER_KILL;
	l->killer = "kubelet";
	l->reason = iq_slice(rest.p - sizeof("The node was low on resource: memory") + 1,
			     rest.n + sizeof("The node was low on resource: memory") - 1);
	l->container = pod_of(s);
	if (!l->container.p && seek(&rest, IQ_LIT("Container ")) &&
	    iq_has(rest, IQ_LIT(" was using ")))
		l->container = iq_word(&rest);
	return true;
}

/* --- all --- */

static const struct {
	bool (*parse)(struct iq_slice s, struct iq_killerline *l);
	struct iq_slice hint;		/* must be in the line */
	struct iq_slice ident;		/* p != NULL: only from this program */
} forms[] = {
	{ unit_line, IQ_LIT(": "), IQ_SLICE_NULL },
	{ oomd_kill, IQ_LIT(" due to "), IQ_SLICE_NULL },
	{ oomd_context, IQ_LIT(" used ("), IQ_SLICE_NULL },
	{ oomd_context, IQ_LIT("Memory pressure for "), IQ_SLICE_NULL },
	{ earlyoom_kill, IQ_LIT("sending SIG"), IQ_SLICE_NULL },
	{ earlyoom_old, IQ_LIT("killing process "), IQ_SLICE_NULL },
	{ earlyoom_first, IQ_LIT("' with signal "), IQ_SLICE_NULL },
	{ earlyoom_other, IQ_LIT("emory! "), IQ_SLICE_NULL },
	{ earlyoom_other, IQ_LIT("mem avail:"), IQ_SLICE_NULL },
	{ earlyoom_other, IQ_LIT(" after "), IQ_LIT("earlyoom") },
	{ nohang_line, IQ_LIT(""), IQ_LIT("nohang") },
	{ nohang_line, IQ_LIT(""), IQ_LIT("nohang-desktop") },
	{ nohang_line, IQ_LIT(" to the victim"), IQ_SLICE_NULL },	/* in a terminal */
	{ nohang_line, IQ_LIT(" requires corrective"), IQ_SLICE_NULL },
	{ nohang_line, IQ_LIT("_threshold_min_"), IQ_SLICE_NULL },
	{ nohang_line, IQ_LIT(", badness: "), IQ_SLICE_NULL },
	{ nohang_line, IQ_LIT("Run the command: "), IQ_SLICE_NULL },
	{ meta_kill, IQ_LIT("oomd kill: "), IQ_SLICE_NULL },
	{ talos_line, IQ_LIT("runtime.OOMController"), IQ_SLICE_NULL },
	{ lmkd_kill, IQ_LIT("Kill '"), IQ_SLICE_NULL },
	{ lowmem_kill, IQ_LIT("send sigkill to "), IQ_SLICE_NULL },
	{ lowmem_kill, IQ_LIT("Killing '"), IQ_SLICE_NULL },
	{ lowmem_detail, IQ_LIT("on behalf of '"), IQ_SLICE_NULL },
	{ lowmem_detail, IQ_LIT("is below limit "), IQ_SLICE_NULL },
	{ lowmem_detail, IQ_LIT("Free memory is "), IQ_SLICE_NULL },
	{ system_oom, IQ_LIT("System OOM encountered"), IQ_SLICE_NULL },
	{ sys_oom_event, IQ_LIT("Got sys oom event"), IQ_SLICE_NULL },
	{ npd_copy, IQ_LIT("OOMKilling"), IQ_SLICE_NULL },
	{ task_oom, IQ_LIT("TaskOOM"), IQ_SLICE_NULL },
	{ conmon_oom, IQ_LIT("OOM "), IQ_LIT("conmon") },
	{ conmon_oom, IQ_LIT("conmon "), IQ_SLICE_NULL },
	{ eviction_manager, IQ_LIT("viction manager: "), IQ_SLICE_NULL },
	{ eviction, IQ_LIT("The node was low on resource: memory"), IQ_SLICE_NULL },
};

bool iq_killerline_parse(struct iq_slice text, struct iq_slice ident,
			 struct iq_killerline *ret)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct iq_killerline l = { .pid = IQ_NULL, .uid = IQ_NULL, .adj = IQ_NULL,
					   .rss_bytes = IQ_NULL };
		if (forms[i].ident.p && !iq_eq(forms[i].ident, ident))
			continue;
		if (!iq_has(text, forms[i].hint) || !forms[i].parse(iq_trim(text), &l))
			continue;
		*ret = l;
		return true;
	}
	return false;
}
