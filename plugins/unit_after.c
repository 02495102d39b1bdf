/* plugins/unit_after.c - what became of the victim's unit (unit.h): what systemd and ps say
 * when the bundle was made, in the boot of the kill; behind a reboot, what its files say.
 */
#include "unit.h"

#define TIGHT_PERCENT	90	/* of its limit: the cgroup is about to kill again */
/* Some forms of ps print the start in whole minutes, and uptime, from which it is
 * reckoned, is one too. */
#define CLOCK_US	(INT64_C(60) * 1000000)

/* A task of the collection. */
struct later_task {
	int64_t id, pid, rss, start;
};

static int later_task(const struct unit_look *l, int64_t pid, struct later_task *ret)
{
	struct inquest_query *q = l->h->prepare(l->ctx, "SELECT task_id, pid, rss_bytes, start_us "
		"FROM v1_task WHERE snapshot_id = :snapshot AND pid = :pid LIMIT 1");

	if (!inquest_known(pid) || !q || l->h->bind_int(q, ":snapshot", l->snapshot) ||
	    l->h->bind_int(q, ":pid", pid) || l->h->step(q) != 1)
		return 0;
	*ret = (struct later_task){ l->h->column_int(q, 0), l->h->column_int(q, 1),
				    l->h->column_int(q, 2), l->h->column_int(q, 3) };
	return 1;
}

/* Was it started after the kill?  1, 0, -1: not to be told.  COMM: its name at the kill,
 * if that is known.  LISTED: had it been there then, the report's table would have it. */
static int is_new(const struct unit_look *l, const struct later_task *t, const char *comm,
		  int listed)
{
	const struct inquest_task *old = l->h->task(l->ctx, t->pid);
	size_t n = 0;

	if (inquest_known(t->start) && inquest_known(l->ev->mono_us)) {
		if (t->start > l->ev->mono_us + CLOCK_US)
			return 1;
		if (t->start < l->ev->mono_us - 2 * CLOCK_US)
			return 0;
	}
	if (old)
		return comm && !unit_same(old->comm, comm) ? 1 : 0;
	l->h->tasks(l->ctx, &n);
	return n && listed && !l->ev->truncated ? 1 : -1;
}

static struct inquest_finding *start(const struct unit_look *l, int bad)
{
	return l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, "unit-after",
				 bad ? INQUEST_WARNING : INQUEST_SEV_NOTICE, INQUEST_CERTAIN,
				 "unit-after");
}

/* What the group holds by now, of what it may. */
static void say_cgroup(const struct unit_look *l, struct inquest_finding *f)
{
	struct inquest_query *q = l->h->prepare(l->ctx,
		"SELECT cgroup_id, usage_bytes, coalesce(effective_limit_bytes, limit_bytes) "
		"FROM v1_cgroup WHERE snapshot_id = :snapshot AND path = :path "
		"AND usage_bytes IS NOT NULL LIMIT 1");
	const char *path = unit_same(l->o->constraint, "memcg") && l->o->cgroup_limited
			   ? l->o->cgroup_limited : l->v->cgroup;
	int64_t use, limit;

	if (!path || !q || l->h->bind_int(q, ":snapshot", l->snapshot) ||
	    l->h->bind_text(q, ":path", path) || l->h->step(q) != 1)
		return;
	use = l->h->column_int(q, 1);
	limit = l->h->column_int(q, 2);
	l->h->finding_explain(f, " The cgroup %s uses %s%s%s at collection%s.", path,
			      l->h->bytes(l->ctx, use), inquest_known(limit) ? " of " : "",
			      inquest_known(limit) ? l->h->bytes(l->ctx, limit) : "",
			      inquest_percent(use, limit) >= TIGHT_PERCENT
			      ? ": it is at its limit again" : "");
	l->h->cite_row(f, "v1_cgroup", l->h->column_int(q, 0), "%s: %s in use", path,
		       l->h->bytes(l->ctx, use));
}

static void cite_unit(const struct unit_look *l, struct inquest_finding *f)
{
	const struct unit *u = &l->own;

	l->h->cite_row(f, "v1_unit", u->id, "%s: %s%s%s%s%s", u->name, u->state ? u->state : "?",
		       u->result ? ", Result=" : "", u->result ? u->result : "",
		       inquest_known(u->restarts) ? ", NRestarts=" : "",
		       inquest_known(u->restarts)
		       ? l->h->text(l->ctx, "%lld", (long long)u->restarts) : "");
}

/* The victim was a child of the main process: systemd ended the others (OOMPolicy=). */
static void say_policy(const struct unit_look *l, struct inquest_finding *f)
{
	const struct unit *u = &l->own;

	if (!inquest_known(u->exec_pid) || u->exec_pid == l->v->pid ||
	    !unit_same(u->oom_policy, "stop") || !unit_same(u->result, "oom-kill"))
		return;
	l->h->finding_explain(f, " The kernel killed one of its processes; OOMPolicy=stop%s%s had "
			      "systemd end the others too.", u->policy_from ? " in " : "",
			      u->policy_from ? u->policy_from : "");
}

static void say_stopped(const struct unit_look *l)
{
	const struct unit *u = &l->own;
	struct inquest_finding *f = start(l, 1);
	int no = unit_same(u->restart, "no");

	l->h->finding_title(f, "%s is down at collection%s: %s%s%s", u->name, l->later,
			    u->state, u->result ? ", Result=" : "", u->result ? u->result : "");
	if (u->restart)
		l->h->finding_explain(f, "Restart=%s%s%s%s.", u->restart,
				      u->restart_from ? " in " : "",
				      u->restart_from ? u->restart_from : "",
				      no ? ": nothing starts it again" : "");
	say_policy(l, f);
	say_cgroup(l, f);
	/* a scope is made by whoever started its processes */
	if (!strstr(u->name, ".scope"))
		l->h->finding_advise(f, "now: systemctl start %s, unless it has been done since%s",
				     u->name, no ? "; Restart=on-failure starts it again by itself"
				     : "");
	cite_unit(l, f);
	l->h->finding_commit(f);
}

static void say_running(const struct unit_look *l)
{
	const struct unit *u = &l->own;
	struct later_task t;
	struct inquest_finding *f;
	int fresh;

	if (!later_task(l, u->main_pid, &t) || u->main_pid == l->v->pid)
		return;
	/* the table of a cgroup has its own tasks alone, the main one may be beside it */
	fresh = is_new(l, &t, NULL, inquest_or(u->restarts, 0) > 0 ||
		       !unit_same(l->o->constraint, "memcg"));
	if (fresh < 0)
		return;
	f = start(l, 0);
	if (fresh)
		l->h->finding_title(f, "%s runs again at collection%s: main process %lld",
				    u->name, l->later, (long long)t.pid);
	else
		l->h->finding_title(f, "%s went on: its main process %lld was not the one killed",
				    u->name, (long long)t.pid);
	if (fresh && inquest_or(u->restarts, 0) > 0)
		l->h->finding_explain(f, "systemd restarted it %lld time%s (Restart=%s).",
				      (long long)u->restarts, u->restarts == 1 ? "" : "s",
				      u->restart ? u->restart : "?");
	if (inquest_known(t.rss))
		l->h->finding_explain(f, " That process has %s resident at collection.",
				      l->h->bytes(l->ctx, t.rss));
	say_cgroup(l, f);
	cite_unit(l, f);
	l->h->cite_row(f, "v1_task", t.id, "process %lld at collection", (long long)t.pid);
	l->h->finding_commit(f);
}

/* No unit tells: one of the same name in the same cgroup. */
static int say_namesake(const struct unit_look *l)
{
	struct inquest_query *q = l->h->prepare(l->ctx,
		"SELECT task_id, pid, rss_bytes, start_us FROM v1_task "
		"WHERE snapshot_id = :snapshot AND comm = :comm AND pid <> :pid "
		"AND coalesce(tgid, pid) = pid AND cgroup = :cgroup ORDER BY pid LIMIT 100");
	struct later_task t;
	int rc, fresh = 0;

	if (!l->v->comm || !l->v->cgroup || !q ||
	    l->h->bind_int(q, ":snapshot", l->snapshot) ||
	    l->h->bind_text(q, ":comm", l->v->comm) || l->h->bind_int(q, ":pid", l->v->pid) ||
	    l->h->bind_text(q, ":cgroup", l->v->cgroup))
		return 0;
	while (fresh != 1 && (rc = l->h->step(q)) == 1) {
		t = (struct later_task){ l->h->column_int(q, 0), l->h->column_int(q, 1),
					 l->h->column_int(q, 2), l->h->column_int(q, 3) };
		fresh = is_new(l, &t, l->v->comm, 1);
	}
	l->h->finalize(q);
	if (fresh != 1)
		return 0;
	struct inquest_finding *f = start(l, 0);
	l->h->finding_title(f, "%s runs again at collection%s: process %lld in the same cgroup",
			    l->v->comm, l->later, (long long)t.pid);
	if (inquest_known(t.rss))
		l->h->finding_explain(f, "It has %s resident at collection.",
				      l->h->bytes(l->ctx, t.rss));
	say_cgroup(l, f);
	l->h->cite_row(f, "v1_task", t.id, "%s[%lld] at collection", l->v->comm,
		       (long long)t.pid);
	l->h->finding_commit(f);
	return 1;
}

/* Machines without cgroups: one of the same name and user, where the victim was the only
 * one of its name. */
static int say_successor(const struct unit_look *l)
{
	struct inquest_query *q = l->h->prepare(l->ctx,
		"SELECT task_id, pid, rss_bytes, start_us FROM v1_task "
		"WHERE snapshot_id = :snapshot AND comm = :comm AND pid <> :pid AND uid = :uid "
		"AND coalesce(tgid, pid) = pid ORDER BY pid LIMIT 100");
	struct later_task t, found = { 0, 0, INQUEST_NULL, INQUEST_NULL };
	const struct inquest_task *const *old;
	size_t n = 0, namesakes = 0, more = 0;
	struct inquest_finding *f;
	int rc;

	old = l->h->tasks(l->ctx, &n);
	for (size_t i = 0; i < n; i++)
		namesakes += old[i]->pid != l->v->pid && unit_same(old[i]->comm, l->v->comm);
	if (!n || namesakes || l->v->cgroup || !l->v->comm || !inquest_known(l->v->uid) ||
	    unit_same(l->o->constraint, "memcg") || !q ||
	    l->h->bind_int(q, ":snapshot", l->snapshot) ||
	    l->h->bind_text(q, ":comm", l->v->comm) || l->h->bind_int(q, ":pid", l->v->pid) ||
	    l->h->bind_int(q, ":uid", l->v->uid))
		return 0;
	while ((rc = l->h->step(q)) == 1) {
		t = (struct later_task){ l->h->column_int(q, 0), l->h->column_int(q, 1),
					 l->h->column_int(q, 2), l->h->column_int(q, 3) };
		if (is_new(l, &t, l->v->comm, 1) == 1 && !more++)
			found = t;
	}
	l->h->finalize(q);
	if (!more)
		return 0;
	f = l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, "unit-after", INQUEST_SEV_NOTICE,
			      INQUEST_LIKELY, "unit-after");
	l->h->finding_title(f, "%s runs again at collection%s: process %lld of the same user",
			    l->v->comm, l->later, (long long)found.pid);
	if (inquest_known(found.rss))
		l->h->finding_explain(f, "It has %s resident at collection.",
				      l->h->bytes(l->ctx, found.rss));
	l->h->cite_row(f, "v1_task", found.id, "%s[%lld] at collection", l->v->comm,
		       (long long)found.pid);
	l->h->finding_commit(f);
	return 1;
}

/* A group that no unit and no namesake speaks of. */
static void say_group(const struct unit_look *l)
{
	struct inquest_query *q = l->h->prepare(l->ctx,
		"SELECT cgroup_id, usage_bytes, coalesce(effective_limit_bytes, limit_bytes) "
		"FROM v1_cgroup WHERE snapshot_id = :snapshot AND path = :path LIMIT 1");
	struct inquest_finding *f;
	int64_t use, limit;

	if (!l->o->cgroup_limited || !q || l->h->bind_int(q, ":snapshot", l->snapshot) ||
	    l->h->bind_text(q, ":path", l->o->cgroup_limited) || l->h->step(q) != 1)
		return;
	use = l->h->column_int(q, 1);
	limit = l->h->column_int(q, 2);
	if (!inquest_known(use) || !inquest_known(limit))
		return;
	f = start(l, inquest_percent(use, limit) >= TIGHT_PERCENT);
	l->h->finding_title(f, "the cgroup uses %s of %s at collection%s",
			    l->h->bytes(l->ctx, use), l->h->bytes(l->ctx, limit), l->later);
	l->h->cite_row(f, "v1_cgroup", l->h->column_int(q, 0), "%s: %s of %s",
		       l->o->cgroup_limited, l->h->bytes(l->ctx, use),
		       l->h->bytes(l->ctx, limit));
	l->h->finding_commit(f);
}

/* Does systemd start a service again whose main process SIGKILL ended?  systemd.service(5)
 * Restart=; -1: the value is none of its. */
static int restarts_killed(const char *policy)
{
	static const struct { const char *word; int again; } words[] = {
		{ "no", 0 }, { "on-success", 0 }, { "always", 1 }, { "on-failure", 1 },
		{ "on-abnormal", 1 }, { "on-abort", 1 }, { "on-watchdog", 0 },
	};

	for (size_t i = 0; policy && i < sizeof(words) / sizeof(*words); i++)
		if (unit_same(policy, words[i].word))
			return words[i].again;
	return -1;
}

static const char *set_in(const struct unit_look *l, const char *file)
{
	return file ? l->h->text(l->ctx, " in %s", file) : "";
}

/* Behind a reboot: what the unit's files have systemd do, not what became of it. */
void unit_say_policy(const struct unit_look *l)
{
	const struct unit *u = &l->own;
	const char *dot = u->name ? strrchr(u->name, '.') : NULL;
	int again = restarts_killed(u->restart);
	struct inquest_finding *f;

	if (!inquest_known(u->id) || !unit_same(dot, ".service") || again < 0)
		return;
	f = l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, "unit-policy", INQUEST_SEV_NOTICE,
			      INQUEST_CERTAIN, "unit-policy");
	l->h->finding_title(f, "Restart=%s%s: systemd %s %s again when its main process is "
			    "killed%s", u->restart, set_in(l, u->restart_from),
			    again ? "starts" : "does not start", u->name, unit_when(l));
	if (unit_same(u->oom_policy, "stop") || unit_same(u->oom_policy, "kill"))
		l->h->finding_explain(f, "OOMPolicy=%s%s: when the kernel kills one of its "
				      "processes, the others end too.", u->oom_policy,
				      set_in(l, u->policy_from));
	else if (unit_same(u->oom_policy, "continue"))
		l->h->finding_explain(f, "OOMPolicy=continue%s: the kill of one of its processes "
				      "does not end the others.", set_in(l, u->policy_from));
	if (!again)
		l->h->finding_advise(f, "Restart=on-failure (systemctl edit %s) starts it again by "
				     "itself", u->name);
	l->h->cite_row(f, "v1_unit", u->id, "%s: Restart=%s%s", u->name, u->restart,
		       set_in(l, u->restart_from));
	l->h->finding_commit(f);
}

void unit_say_after(const struct unit_look *l)
{
	const struct unit *u = &l->own;

	/* what has files alone has no state of its own */
	if (inquest_known(u->id) && u->source &&
	    !strncmp(u->source, "systemctl ", 10) && u->state) {
		/* one that runs may still have the result of a run before; scopes and lists of
		 * units have no main process, the tasks must tell */
		int runs = unit_same(u->state, "active");
		if (runs && inquest_known(u->main_pid))
			say_running(l);
		else if (!runs && (unit_same(u->state, "failed") ||
				   unit_same(u->result, "oom-kill")))
			say_stopped(l);
		if (!runs || inquest_known(u->main_pid))
			return;
	}
	if (!say_namesake(l) && !say_successor(l) && unit_same(l->o->constraint, "memcg"))
		say_group(l);
}
