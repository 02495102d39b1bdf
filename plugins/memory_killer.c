/* plugins/memory_killer.c - kills by programs for lack of memory, and programs that tell
 * of the kernel's.
 *
 * Cause of a userspace-kill: userspace-killer, certain, since the daemon says that it
 * killed, by which rule and with which figures.  An oom-kill that only tellers speak of
 * (systemd, containerd, kubelet) stays unknown: who killed is known, why is not.  Beside
 * a kernel report they are an echo and said to be one.  Follows oom.md 5.
 */
#include "killer.h"

#include <string.h>

#define AGAIN_US    (3600 * INT64_C(1000000))
#define LOOK_AROUND 2000 /* events before: a boot may have many */
#define COUNT(a)    (sizeof(a) / sizeof((a)[0]))

static int is(const char *a, const char *b)
{
	return a && !strcmp(a, b);
}

const char *killer_line(const struct killer_look *l, const char *what)
{
	for (size_t i = 0; i < l->n_lines; i++)
		if (l->lines[i]->text && strstr(l->lines[i]->text, what))
			return l->lines[i]->text;
	return NULL;
}

/* ------------------------------------------------------- the program killed */

static void say_kill(const struct killer_look *l)
{
	struct inquest_finding *f =
		l->h->finding_new(l->ctx, INQUEST_CAUSE, "userspace-killer",
				  INQUEST_FAULT, INQUEST_CERTAIN, "killer-userspace");

	l->h->finding_priority(f, 10);
	if (!killer_say(l, f, l->o->killer))
		l->h->finding_title(f, "%s killed it%s%s",
				    l->o->killer ? l->o->killer : "a program",
				    *l->reason ? ": " : "", l->reason);
	l->h->finding_explain(f, "The kernel's OOM killer had no part in it.");
	if (!l->h->cite_role(f, "killer", 12))
		l->h->cite_row(f, "v1_event", l->ev->event_id, "userspace-kill");
	l->h->finding_commit(f);
}

/* ------------------------------------------------------------- killed again */

static int same_victim(const struct inquest_neighbour *a,
		       const struct inquest_neighbour *b)
{
	if (a->victim_comm && b->victim_comm)
		return is(a->victim_comm, b->victim_comm);
	if (a->victim_unit && b->victim_unit)
		return is(a->victim_unit, b->victim_unit);
	return is(a->victim_cgroup, b->victim_cgroup);
}

static void say_again(const struct killer_look *l)
{
	size_t n = 0, self = 0, before = 0, last = 0;
	const struct inquest_neighbour *const *e = l->h->neighbours(l->ctx, &n, &self);
	struct inquest_finding *f;

	for (size_t i = self > LOOK_AROUND ? self - LOOK_AROUND : 0; i < self && self < n;
	     i++) {
		int64_t us = INQUEST_NULL;
		if (inquest_known(e[i]->mono_us) && inquest_known(e[self]->mono_us))
			us = e[self]->mono_us - e[i]->mono_us;
		else if (inquest_known(e[i]->wall_us) && inquest_known(e[self]->wall_us))
			us = e[self]->wall_us - e[i]->wall_us;
		if (!is(e[i]->kind, "userspace-kill") || !inquest_known(us) ||
		    us > AGAIN_US || !same_victim(e[i], e[self]))
			continue;
		before++;
		last = i;
	}
	if (!before)
		return;
	f = l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, "killed-again",
			      INQUEST_WARNING, INQUEST_CERTAIN, "killer-again");
	l->h->finding_title(f, "killed again: %zu time%s before within the hour", before,
			    before == 1 ? "" : "s");
	l->h->finding_explain(
		f, "What restarts it brings the same need back; the kill alone changes "
		   "nothing.");
	l->h->cite_row(f, "v1_event", e[last]->event_id, "the kill before");
	l->h->finding_commit(f);
}

/* ------------------------------------------------------------- who tells */

enum teller { TELL_SYSTEMD, TELL_RUNTIME, TELL_KUBELET, TELL_NPD, TELL_BEFORE, TELLERS };

/* Words of those who tell of a kernel's kill, and of killers that came before it. */
static const struct {
	const char *words;
	enum teller who;
} tells[] = {
	{"killed by the OOM killer", TELL_SYSTEMD},
	{"result 'oom-kill'", TELL_SYSTEMD},
	{"TaskOOM", TELL_RUNTIME},
	{"OOM event received", TELL_RUNTIME},
	{"OOM received", TELL_RUNTIME},
	{"System OOM encountered", TELL_KUBELET},
	{"Got sys oom event", TELL_KUBELET},
	{"OOMKilling", TELL_NPD},
	{"sending SIG", TELL_BEFORE},
	{"Sending SIG", TELL_BEFORE},
	{"killing process ", TELL_BEFORE},
};

static const char *const teller_names[TELLERS] = {
	"systemd", "the container runtime", "kubelet", "node-problem-detector", NULL};

static unsigned who_tells(const struct killer_look *l)
{
	unsigned set = 0;

	for (size_t i = 0; i < COUNT(tells); i++)
		if (killer_line(l, tells[i].words))
			set |= 1u << tells[i].who;
	return set;
}

static const char *names_of(const struct killer_look *l, unsigned set)
{
	const char *all = "";

	for (int i = 0; i < TELLERS; i++)
		if (set & 1u << i && teller_names[i])
			all = l->h->text(l->ctx, "%s%s%s", all, *all ? ", " : "",
					 teller_names[i]);
	return all;
}

static const char *who_died(const struct killer_look *l)
{
	if (l->v && l->v->comm)
		return l->v->comm;
	if (l->v && l->v->unit)
		return l->h->text(l->ctx, "a process of %s", l->v->unit);
	if (l->v && l->v->container)
		return l->h->text(l->ctx, "a process of container %.12s",
				  l->v->container);
	return "a process";
}

/* The kernel's own report is not here: that it killed is known, and no more. */
static void say_told_alone(const struct killer_look *l, unsigned set)
{
	struct inquest_finding *f =
		l->h->finding_new(l->ctx, INQUEST_CAUSE, "unknown", INQUEST_FAULT,
				  INQUEST_GUESS, "killer-told-alone");

	l->h->finding_title(
		f,
		"the kernel killed %s, says %s; its report, which tells why, is not "
		"here",
		who_died(l), names_of(l, set));
	if (set & 1u << TELL_RUNTIME)
		l->h->finding_explain(
			f, "A runtime's OOM event means that the kernel killed in that "
			   "container's cgroup: mostly at the container's own limit, "
			   "but a machine out of memory counts there as well. ");
	if (set & 1u << TELL_KUBELET)
		l->h->finding_explain(
			f, "kubelet's SystemOOM is no proof of a node out of memory: "
			   "older ones call every container's kill on kernels from 5.0 "
			   "on by that name. ");
	if (set & 1u << TELL_SYSTEMD)
		l->h->finding_explain(
			f, "systemd saw oom_kill grow in the unit's memory.events: the "
			   "limit reached may be the unit's, a parent's, or the "
			   "machine. ");
	l->h->finding_advise(f, "journalctl -k around that time has the kernel's report");
	if (l->v && l->v->unit)
		l->h->finding_advise(
			f,
			"systemctl show -p MemoryMax,MemoryPeak,MemorySwapMax %s: a "
			"peak at the limit says that it was the unit's own",
			l->v->unit);
	l->h->finding_missing(
		f, "the kernel's report (`... invoked oom-killer`, `oom-kill:`)",
		"the kernel log of the same minute: journalctl -k, dmesg, kern.log");
	l->h->cite_role(f, "killer", 8);
	l->h->finding_commit(f);
}

static void say_echo(const struct killer_look *l, unsigned set)
{
	int in_cgroup =
		is(l->o->constraint_kind, "memcg") || l->o->cgroup_limited != NULL;
	struct inquest_finding *f;

	set &= ~(1u << TELL_BEFORE);
	if (!set)
		return;
	f = l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, "kill-told",
			      INQUEST_SEV_NOTICE, INQUEST_CERTAIN, "killer-told");
	l->h->finding_title(f, "the same kill is told by %s: one kill, not two",
			    names_of(l, set));
	if (set & 1u << TELL_KUBELET && in_cgroup)
		l->h->finding_explain(
			f,
			"kubelet calls it a System OOM, but the kernel names a cgroup's "
			"limit: the node was not out of memory.");
	l->h->cite_role(f, "killer", 8);
	l->h->finding_commit(f);
}

/* A killer had sent a signal to the same process, and the kernel was faster. */
static void say_before(const struct killer_look *l)
{
	struct inquest_finding *f =
		l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, "killer-too-late",
				  INQUEST_WARNING, INQUEST_CERTAIN, "killer-too-late");

	l->h->finding_title(
		f,
		"a user-space killer had sent %s a signal, but the kernel killed it "
		"first",
		who_died(l));
	l->h->finding_explain(
		f, "Memory went faster than the process could end: a killer with higher "
		   "limits, or SIGKILL at once, would have come in time.");
	l->h->cite_role(f, "killer", 8);
	l->h->finding_commit(f);
}

/* -------------------------------------------------------------------- look */

static int has_kernel_report(const struct killer_look *l)
{
	static const char *const roles[] = {"headline", "killed ", "summary", "chosen",
					    "task "};
	size_t n = 0;

	for (size_t i = 0; i < COUNT(roles); i++)
		if (l->h->lines(l->ctx, roles[i], &n) && n)
			return 1;
	return 0;
}

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	struct killer_look l = {
		.h = h, .ctx = ctx, .ev = h->event(ctx), .o = h->oom(ctx)};
	const struct inquest_victim *const *v;
	size_t n = 0;
	unsigned set;

	if (!l.ev || !l.o)
		return 0;
	v = h->victims(ctx, &n);
	l.v = n ? v[0] : NULL;
	l.lines = h->lines(ctx, "killer", &l.n_lines);
	l.reason = l.o->killer_reason ? l.o->killer_reason : "";
	if (is(l.ev->kind, "userspace-kill")) {
		say_kill(&l);
		say_again(&l);
		return 0;
	}
	set = l.n_lines ? who_tells(&l) : 0;
	if (!set)
		return 0;
	if (!has_kernel_report(&l)) {
		say_told_alone(&l, set);
		return 0;
	}
	say_echo(&l, set);
	if (set & 1u << TELL_BEFORE)
		say_before(&l);
	return 0;
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "memory-killer",
	.version = "1.0",
	.description = "kills by systemd-oomd, earlyoom, kubelet and others, and who "
		       "tells of kills",
	.kinds = (const char *const[]){"userspace-kill", "oom-kill", NULL},
	.event = look,
};
