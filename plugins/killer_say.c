/* plugins/killer_say.c - what each user-space killer means by its words (killer.h).
 *
 * Follows systemd src/oom/oomd-manager.c and oomd-util.c (247 to 262), earlyoom main.c
 * and kill.c (1.2 to 1.9), nohang 0.2, facebookincubator/oomd, Android lmkd.cpp and
 * lowmemorykiller.c, kubelet pkg/kubelet/eviction (helpers.go, eviction_manager.go),
 * Talos machined controllers/runtime/oom.go.
 */
#include "killer.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *size(const struct killer_look *l, int64_t bytes)
{
	return l->h->bytes(l->ctx, bytes);
}

static const char *mib(const struct killer_look *l, int64_t n)
{
	return size(l, n < 0 || n > (INT64_MAX >> 20) ? INQUEST_NULL : n << 20);
}

/* 6121 as "61.21 %". */
static const char *percent(const struct killer_look *l, int64_t hundredths)
{
	if (!inquest_known(hundredths))
		return "?";
	return l->h->text(l->ctx, "%lld.%02lld %%", (long long)(hundredths / 100),
			  (long long)(hundredths % 100));
}

/* ---------------------------------------------------------- systemd-oomd */

static const char *victim_unit(const struct killer_look *l)
{
	const char *path = l->v && l->v->cgroup ? l->v->cgroup : NULL;

	if (l->v && l->v->unit)
		return l->v->unit;
	return path ? killer_last_part(path) : "the unit";
}

/* Digits, or hex digits with one among them: a pid or a piece of a UUID. */
static int is_number(const char *s, size_t n)
{
	int digits = 0;

	for (size_t i = 0; i < n; i++) {
		if (!((s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f')))
			return 0;
		digits |= s[i] <= '9';
	}
	return n && digits;
}

/* A scope is made anew at each start: what stays is a drop-in for the names that begin
 * like it ("app-chromium-.scope.d", systemd.unit(5)). */
static const char *lasting_name(const struct killer_look *l, const char *unit)
{
	size_t n = strlen(unit), end;

	if (n < 7 || strcmp(unit + n - 6, ".scope"))
		return unit;
	end = n -= 6;
	while (end) {
		size_t dash = end;
		while (dash && unit[dash - 1] != '-')
			dash--;
		if (dash < 2 || !is_number(unit + dash, end - dash))
			break;
		end = dash - 1;
	}
	return end == n ? unit : l->h->text(l->ctx, "%.*s-.scope", (int)end, unit);
}

static void oomd_advice(const struct killer_look *l, struct inquest_finding *f)
{
	const char *unit = victim_unit(l), *lasting = lasting_name(l, unit);
	const char *path = l->v && l->v->cgroup ? l->v->cgroup : "";
	const char *user = strstr(path, "/user@") ? " --user" : "";

	if (lasting != unit)
		l->h->finding_advise(
			f,
			"limit what grew in it: MemoryHigh= and MemoryMax= in a drop-in "
			"%s.d/memory.conf below /etc/systemd/%s, so that it is slowed "
			"or dies alone",
			lasting, *user ? "user" : "system");
	else
		l->h->finding_advise(
			f,
			"limit what grew in it: systemctl%s edit %s, MemoryHigh= and "
			"MemoryMax=, so that it is slowed or dies alone",
			user, unit);
	l->h->finding_advise(
		f,
		"to have it spared: ManagedOOMPreference=avoid (or omit) in %s; "
		"oomctl shows what is watched and with which limits",
		lasting == unit ? unit : "the same place");
}

/* "memory pressure for PATH being 61.21% > 50.00% for > 20s with reclaim activity" */
static void oomd_pressure(const struct killer_look *l, struct inquest_finding *f,
			  const char *path)
{
	int n = (int)killer_until(path, " being ");
	int64_t was = killer_hundredths(l->reason, " being ");
	int64_t limit = killer_hundredths(l->reason, "% > ");
	const char *span = killer_behind(l->reason, " for > ");
	const char *unit = killer_last_part(l->h->text(l->ctx, "%.*s", n, path));

	span = span ? l->h->text(l->ctx, "%.*s", (int)killer_until(span, " with"), span)
		    : "?";
	l->h->finding_title(
		f,
		"systemd-oomd: memory pressure of %s was %s, over its limit of %s "
		"for more than %s",
		unit, percent(l, was), percent(l, limit), span);
	l->h->finding_explain(
		f,
		"In the last 10 s all tasks of %.*s waited for memory at once for "
		"%s of the time (PSI, full, avg10). Over %s for more than %s "
		"systemd-oomd kills, as a whole and with SIGKILL, the control group "
		"below it that reclaims most. ",
		n, path, percent(l, was), percent(l, limit), span);
	oomd_advice(l, f);
	l->h->finding_advise(
		f,
		"if work like this may stall so long: a higher "
		"ManagedOOMMemoryPressureLimit= for %s (now %s), or "
		"DefaultMemoryPressureLimit= and DefaultMemoryPressureDurationSec= "
		"in oomd.conf; ManagedOOMMemoryPressure=auto ends the watch",
		unit, percent(l, limit));
}

/* "memory used (1) / total (2) and swap used (3) / total (4) being more than 90.00%";
 * 247, 248: swap alone */
static void oomd_used(const struct killer_look *l, struct inquest_finding *f,
		      const char *memory, const char *swap)
{
	int64_t m = killer_int(memory, "used ("), mt = killer_int(memory, "total (");
	int64_t s = killer_int(swap, "used ("), st = killer_int(swap, "total (");
	int64_t limit = killer_hundredths(l->reason, "more than ");

	l->h->finding_title(f, "systemd-oomd: %sswap %lld %% used, over its limit of %s",
			    memory ? l->h->text(l->ctx, "memory %lld %% and ",
						(long long)inquest_percent(m, mt))
				   : "",
			    (long long)inquest_percent(s, st), percent(l, limit));
	if (memory)
		l->h->finding_explain(f, "Memory used was %s of %s, ", size(l, m),
				      size(l, mt));
	l->h->finding_explain(
		f,
		"%s %s of %s. With both above %s systemd-oomd kills, with SIGKILL, "
		"the control group that uses most swap, before everything stalls. ",
		memory ? "swap" : "Swap used was", size(l, s), size(l, st),
		percent(l, limit));
	oomd_advice(l, f);
	l->h->finding_advise(
		f,
		"more swap or zram moves this further off (%s now); SwapUsedLimit= in "
		"oomd.conf is the limit (now %s), ManagedOOMSwap=auto takes a slice "
		"out of the watch",
		size(l, st), percent(l, limit));
}

static void say_oomd(const struct killer_look *l, struct inquest_finding *f)
{
	const char *told = killer_line(l, "systemd-oomd killed ");
	const char *path = killer_behind(l->reason, "emory pressure for ");
	const char *memory = strstr(l->reason, "emory used (");
	const char *swap = strstr(l->reason, "wap used (");
	int64_t n = killer_int(told, "systemd-oomd killed ");

	if (path && strstr(path, " being "))
		oomd_pressure(l, f, path);
	else if (swap)
		oomd_used(l, f, memory, swap);
	else {
		l->h->finding_title(f, "systemd-oomd killed it%s%s",
				    *l->reason ? ": " : "", l->reason);
		oomd_advice(l, f);
		l->h->finding_missing(f,
				      "systemd-oomd's own line, which gives the reason",
				      "journalctl -u systemd-oomd around that time");
	}
	if (inquest_known(l->o->usage_bytes))
		l->h->finding_explain(f, "The group used %s of memory. ",
				      size(l, l->o->usage_bytes));
	if (inquest_known(l->o->swap_usage_bytes))
		l->h->finding_explain(f, "It used %s of swap. ",
				      size(l, l->o->swap_usage_bytes));
	if (inquest_known(n))
		l->h->finding_explain(f, "%lld process%s of %s died. ", (long long)n,
				      n == 1 ? "" : "es", victim_unit(l));
}

/* -------------------------------------------------------------- earlyoom */

/* Its report of every second: the one nearest to the kill. */
static const char *last_line(const struct killer_look *l, const char *what)
{
	const char *last = NULL;

	for (size_t i = 0; i < l->n_lines; i++)
		if (l->lines[i]->text && strstr(l->lines[i]->text, what))
			last = l->lines[i]->text;
	return last;
}

/* 1.0, 1.1: "Low Memory! At or below sigterm limits (mem: 10 %, swap: 10 %)" */
static const char *low_line(const struct killer_look *l)
{
	const char *low = killer_line(l, "low memory! at or below");

	return low ? low : killer_line(l, "Low Memory! At or below");
}

static int64_t low_limit(const char *low, const char *of)
{
	const char *at = killer_behind(killer_behind(low, "imits"), of);

	return at ? killer_hundredths(at, *at == ':' ? ":" : "") : INQUEST_NULL;
}

static void earlyoom_title(const struct killer_look *l, struct inquest_finding *f)
{
	const char *state = last_line(l, "mem avail:");
	const char *swap = state ? strstr(state, "swap free:") : NULL;
	const char *low = low_line(l);
	const char *sent = killer_line(l, "sending SIG");
	const char *first = killer_line(l, "' with signal ");
	const char *signal =
		(sent && !strncmp(killer_behind(sent, "sending "), "SIGKILL", 7)) ||
				killer_int(first, "' with signal ") == 9
			? "SIGKILL"
			: "SIGTERM";
	int64_t m = low_limit(low, "mem"), s = low_limit(low, "swap");

	if (!state || !swap)
		l->h->finding_title(
			f, "earlyoom sent %s: memory and swap at or under %s and %s",
			signal, percent(l, m), percent(l, s));
	else if (!killer_int(swap, " of "))
		l->h->finding_title(
			f, "earlyoom sent %s: %s of memory left (%s, limit %s), no swap",
			signal, mib(l, killer_int(state, "mem avail:")),
			percent(l, killer_hundredths(state, "MiB (")), percent(l, m));
	else
		l->h->finding_title(
			f,
			"earlyoom sent %s: %s of memory (limit %s) and %s of swap "
			"(limit %s) left",
			signal, percent(l, killer_hundredths(state, "MiB (")),
			percent(l, m), percent(l, killer_hundredths(swap, "MiB (")),
			percent(l, s));
}

static void earlyoom_victim(const struct killer_look *l, struct inquest_finding *f)
{
	const char *sent = killer_line(l, "sending SIG");
	int64_t rss, score;

	if (!sent)
		sent = killer_line(l, "killing process ");
	if (!sent)
		sent = killer_line(l, "Killing process '");
	rss = killer_int(sent, "VmRSS ");
	if (!inquest_known(rss))
		rss = killer_int(sent, "VmRSS: ");
	score = killer_int(sent, "oom_score ");
	if (!inquest_known(score))
		score = killer_int(sent, "badness ");
	if (!inquest_known(score))
		score = killer_int(sent, "badness: ");
	if (l->v && l->v->comm && inquest_known(rss))
		l->h->finding_explain(
			f, "It chose %s, %s resident%s. ", l->v->comm, mib(l, rss),
			inquest_known(score)
				? l->h->text(l->ctx, ", with an oom_score of %lld",
					     (long long)score)
				: "");
}

static void say_earlyoom(const struct killer_look *l, struct inquest_finding *f)
{
	const char *state = last_line(l, "mem avail:");
	const char *low = low_line(l);
	const char *later = killer_line(l, "escalating to SIGKILL");
	int64_t total = killer_int(state ? strstr(state, "mem avail:") : NULL, " of ");
	int64_t m = low_limit(low, "mem");
	int64_t seconds = killer_hundredths(later, "after ");

	earlyoom_title(l, f);
	l->h->finding_explain(
		f, "earlyoom acts when available memory and free swap are both at or "
		   "under their limits: SIGTERM first, SIGKILL at the lower ones. ");
	earlyoom_victim(l, f);
	if (inquest_known(seconds))
		l->h->finding_explain(
			f, "It had not ended %lld.%lld s later and got SIGKILL. ",
			(long long)(seconds / 100), (long long)(seconds / 10 % 10));
	if (inquest_known(total) && total < INT64_C(1) << 40 && inquest_known(m) &&
	    m <= 10000)
		l->h->finding_advise(
			f,
			"the limit stands for %s of %s: if that much left is enough "
			"here, lower it (earlyoom -m %%[,%%] for memory, -s for swap; "
			"-M, -S in KiB)",
			mib(l, total * m / 10000), mib(l, total));
	else
		l->h->finding_advise(
			f, "the limits: earlyoom -m %%[,%%] for memory, -s for swap; "
			   "-M, -S in KiB");
	if (l->v && l->v->comm)
		l->h->finding_advise(
			f,
			"to have it spared: --avoid '^%s$'; --prefer names who goes "
			"first",
			l->v->comm);
	l->h->finding_advise(
		f, "limit what grew (systemd MemoryMax), or add memory, swap or zram");
}

/* ---------------------------------------------------------------- nohang */

static void say_nohang(const struct killer_look *l, struct inquest_finding *f)
{
	const char *sent = killer_behind(killer_line(l, "Sending SIG"), "Sending ");
	const char *run = killer_behind(killer_line(l, "Run the command: "),
					"Run the command: ");
	const char *all = "";

	if (!sent) /* 0.1 */
		sent = killer_behind(killer_line(l, "Send SIG"), "Send ");
	for (size_t i = 0; i < l->n_lines; i++) {
		const char *t = l->lines[i]->text;
		if (!t || !strstr(t, "threshold"))
			continue;
		while (*t == ' ')
			t++;
		all = l->h->text(l->ctx, "%s%s%.120s", all, *all ? "; " : "", t);
	}
	if (!*all)
		all = "memory was under its thresholds";
	if (run)
		l->h->finding_title(f, "nohang ran `%.120s`: %s", run, all);
	else
		l->h->finding_title(f, "nohang sent %.*s: %s",
				    sent ? (int)killer_until(sent, " ") : 8,
				    sent ? sent : "a signal", all);
	l->h->finding_explain(
		f, "nohang sends SIGTERM under its soft, SIGKILL under its hard "
		   "thresholds, to the process with the highest badness. ");
	l->h->finding_advise(
		f, "/etc/nohang/nohang.conf: the thresholds by the names above, "
		   "badness_adj_re_name to spare or prefer a process");
	l->h->finding_advise(
		f, "limit what grew (systemd MemoryMax), or add memory, swap or zram");
}

/* ------------------------------------------------------------ Meta's oomd */

static void say_meta(const struct killer_look *l, struct inquest_finding *f)
{
	const char *set = killer_behind(l->reason, "ruleset:[");
	const char *detectors = killer_behind(l->reason, "detectorgroup:[");
	const char *how = killer_behind(l->reason, "killer:");
	int64_t pressure = killer_hundredths(l->reason, "");

	l->h->finding_title(
		f, "oomd: rules `%.*s`; pressure %s over 10 s, the group used %s",
		set ? (int)killer_until(set, "]") : 1, set ? set : "?",
		percent(l, pressure), size(l, l->o->usage_bytes));
	if (detectors)
		l->h->finding_explain(f, "What set it off: `%.*s`. ",
				      (int)killer_until(detectors, "]"), detectors);
	if (how)
		l->h->finding_explain(f, "Who dies was chosen by `%.*s`. ",
				      (int)killer_until(how, " "), how);
	l->h->finding_advise(
		f, "oomd.json: the ruleset by that name, its detectors and their "
		   "thresholds; the xattr trusted.oomd_kill counts kills of a group");
	l->h->finding_advise(
		f, "memory.low or memory.high for the group, so that it is throttled "
		   "before");
}

/* ----------------------------------------------------------------- Talos */

static void say_talos(const struct killer_look *l, struct inquest_finding *f)
{
	const char *path = l->v && l->v->cgroup ? l->v->cgroup : "";

	l->h->finding_title(f, "Talos: its OOM controller killed the control group %s",
			    killer_last_part(path));
	l->h->finding_explain(
		f, "Talos 1.12 and later watch the memory pressure of the node (PSI) and "
		   "kill, as a whole and with SIGKILL, the control group that ranks "
		   "highest: pods of QoS class BestEffort first, then Burstable. ");
	l->h->finding_advise(
		f, "give the pods memory requests that fit what they use, so that the "
		   "scheduler does not overfill the node");
	l->h->finding_advise(
		f, "the machine config document OOMConfig: triggerExpression says when, "
		   "cgroupRankingExpression who");
}

/* --------------------------------------------------------------- Android */

static void say_lmkd(const struct killer_look *l, struct inquest_finding *f)
{
	const char *kill = killer_line(l, "Kill '");
	int64_t rss = killer_int(kill, " to free "), swap = killer_int(kill, "kB rss, ");

	l->h->finding_title(f, "lmkd: %s",
			    *l->reason ? l->reason
				       : "it chose this process to free "
					 "memory");
	if (inquest_known(rss) && rss < (INT64_MAX >> 10))
		l->h->finding_explain(f, "It held %s%s. ", size(l, rss << 10),
				      inquest_known(swap) && swap < (INT64_MAX >> 10)
					      ? l->h->text(l->ctx, " and %s in swap",
							   size(l, swap << 10))
					      : "");
	l->h->finding_explain(
		f,
		"lmkd kills the process of the highest oom_score_adj first%s: 900 and "
		"more are cached apps, whose end nobody sees; below 200 the user "
		"does. ",
		l->v && inquest_known(l->v->oom_score_adj)
			? l->h->text(l->ctx, " (here %lld)",
				     (long long)l->v->oom_score_adj)
			: "");
	l->h->finding_advise(
		f, "dumpsys meminfo, dumpsys activity oom; properties ro.lmk.* set the "
		   "thresholds");
}

static void say_lowmemorykiller(const struct killer_look *l, struct inquest_finding *f)
{
	int64_t cache = killer_int(l->reason, "cache "),
		limit = killer_int(l->reason, "limit ");

	if (inquest_known(cache) && inquest_known(limit) && cache < (INT64_MAX >> 10) &&
	    limit < (INT64_MAX >> 10))
		l->h->finding_title(
			f, "lowmemorykiller: page cache %s, under the limit of %s",
			size(l, cache << 10), size(l, limit << 10));
	else
		l->h->finding_title(f,
				    "lowmemorykiller chose this process to free memory");
	l->h->finding_explain(
		f,
		"Android's driver in the kernel (until 4.11) kills when page cache and "
		"free memory are both under the limit of an oom_score_adj class. ");
	l->h->finding_advise(
		f, "/sys/module/lowmemorykiller/parameters/minfree and adj are its "
		   "limits; dumpsys meminfo shows who holds memory");
}

/* --------------------------------------------------------------- kubelet */

static void kubelet_container(const struct killer_look *l, struct inquest_finding *f,
			      const char *text)
{
	const char *name = killer_behind(text, "Container ");
	int n = name ? (int)killer_until(name, " was using") : 0;
	int64_t used = killer_quantity(text, " was using ");
	int64_t asked = killer_quantity(text, "request is ");

	if (!inquest_known(asked)) /* until 1.25 */
		asked = killer_quantity(text, "its request of ");
	if (!name || n > 63 || !inquest_known(used))
		return;
	l->h->finding_explain(f, "Container %.*s used %s%s. ", n, name, size(l, used),
			      inquest_known(asked)
				      ? l->h->text(l->ctx, ", it had requested %s",
						   asked ? size(l, asked) : "nothing")
				      : "");
	if (!inquest_known(asked) || asked < used)
		l->h->finding_advise(
			f,
			"set resources.requests.memory of %.*s to what it uses (%s): the "
			"scheduler then finds it room, and it is no longer the first "
			"to go",
			n, name, size(l, used));
}

static void say_kubelet(const struct killer_look *l, struct inquest_finding *f)
{
	const char *low = killer_line(l, "The node was low on resource: memory");
	int64_t limit = killer_quantity(low, "Threshold quantity: ");
	int64_t left = killer_quantity(low, "available: ");

	if (inquest_known(limit) && inquest_known(left))
		l->h->finding_title(
			f,
			"kubelet evicted it: %s of memory left on the node, threshold %s",
			size(l, left), size(l, limit));
	else
		l->h->finding_title(f,
				    "kubelet evicted it to reclaim memory on the node");
	l->h->finding_explain(
		f, "An eviction, not an OOM kill: kubelet ends whole pods when "
		   "memory.available of the node falls under evictionHard (or stays "
		   "under evictionSoft). First go pods that use more than they "
		   "requested, then by priority, then by how much they exceed. ");
	kubelet_container(l, f, low);
	l->h->finding_advise(
		f, "kubectl describe node: requests against what is used; pods without "
		   "requests on a full node are evicted first");
	l->h->finding_advise(
		f,
		"evictionHard memory.available%s and kubeReserved/systemReserved in the "
		"kubelet's configuration keep room for the system",
		inquest_known(limit) ? l->h->text(l->ctx, " (now %s)", size(l, limit))
				     : "");
}

int killer_say(const struct killer_look *l, struct inquest_finding *f, const char *name)
{
	static const struct {
		const char *name;
		void (*say)(const struct killer_look *l, struct inquest_finding *f);
	} killers[] = {
		{"systemd-oomd", say_oomd}, {"earlyoom", say_earlyoom},
		{"nohang", say_nohang},     {"oomd", say_meta},
		{"lmkd", say_lmkd},         {"lowmemorykiller", say_lowmemorykiller},
		{"kubelet", say_kubelet},   {"talos", say_talos},
	};

	for (size_t i = 0; name && i < COUNT(killers); i++) {
		if (strcmp(killers[i].name, name))
			continue;
		killers[i].say(l, f);
		return 1;
	}
	return 0;
}
