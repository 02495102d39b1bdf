/* plugins/unit_adj.c - where the victim's oom_score_adj came from (unit.h): what its
 * runtime says of the container, the class that kubelet puts a pod in, the unit's
 * OOMScoreAdjust=, systemd's user manager.
 *
 * Follows systemd.exec(5); kubernetes pkg/kubelet/qos/policy.go and
 * pkg/kubelet/cm/pod_container_manager_linux.go (names of groups); systemd's core/main.c
 * determine_default_oom_score_adjust() and user@.service of 250 and later.
 */
#include "unit.h"

#define POD_SANDBOX	(-998)		/* the container that holds a pod's namespaces */
#define GUARANTEED	(-997)		/* -998 before 1.22 */
#define BURSTABLE_LEAST	2
#define BURSTABLE_MOST	999
#define BEST_EFFORT	1000
#define USER_MANAGER	100		/* user@.service */
#define USER_SERVICES	200		/* what the user manager starts */

static struct inquest_finding *start(const struct unit_look *l,
				     enum inquest_confidence confidence)
{
	return l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, "unit-adj", INQUEST_SEV_NOTICE,
				 confidence, "unit-adj");
}

static const char *victim(const struct unit_look *l)
{
	return l->h->text(l->ctx, "%s[%lld]", l->v->comm ? l->v->comm : "?",
			  (long long)l->v->pid);
}

/* The line that names the victim. */
static void cite_victim(const struct unit_look *l, struct inquest_finding *f)
{
	const struct inquest_line *line = l->h->line(l->ctx, l->h->text(l->ctx, "killed %lld",
							(long long)l->v->pid));

	if (line)
		l->h->cite_line(f, line);
	else
		l->h->cite_row(f, "v1_event", l->ev->event_id, "%s, oom_score_adj %lld, in %s",
			       victim(l), (long long)l->v->oom_score_adj, l->v->cgroup);
}

/* The runtime says so itself. */
static int by_container(const struct unit_look *l)
{
	struct inquest_query *q = l->h->prepare(l->ctx,
		"SELECT container_id, name, oom_score_adj, runtime FROM v1_container "
		"WHERE snapshot_id = :snapshot AND length(container) >= 12 "
		"AND oom_score_adj = :adj "
		"AND substr(:id, 1, length(container)) = container LIMIT 1");
	struct inquest_finding *f;

	if (!l->v->container || !q || l->h->bind_int(q, ":snapshot", l->snapshot) ||
	    l->h->bind_int(q, ":adj", l->v->oom_score_adj) ||
	    l->h->bind_text(q, ":id", l->v->container) || l->h->step(q) != 1)
		return 0;
	f = start(l, INQUEST_CERTAIN);
	l->h->finding_title(f, "oom_score_adj %lld of %s[%lld] is what %s gives container %s",
			    (long long)l->v->oom_score_adj, l->v->comm ? l->v->comm : "?",
			    (long long)l->v->pid, l->h->text(l->ctx, "%s", l->h->column_text(q, 3)
			    ? l->h->column_text(q, 3) : "the runtime"),
			    l->h->column_text(q, 1) ? l->h->column_text(q, 1) : l->v->container);
	if (l->rebooted)
		l->h->finding_explain(f, "As it was at collection, after a reboot.");
	l->h->cite_row(f, "v1_container", l->h->column_int(q, 0), "oom_score_adj %lld",
		       (long long)l->v->oom_score_adj);
	l->h->finding_commit(f);
	return 1;
}

/* --- kubelet --- */

/* How many thousandths of memory a burstable container has asked for: the rest is its
 * oom_score_adj. */
static void say_request(const struct unit_look *l, struct inquest_finding *f)
{
	int64_t adj = l->v->oom_score_adj, id, total;
	struct inquest_query *q = l->h->prepare(l->ctx, "SELECT counter_id, value "
		"FROM v1_counter WHERE snapshot_id = :snapshot AND scope = 'host' "
		"AND name = 'MemTotal' LIMIT 1");

	if (l->rebooted || adj <= BURSTABLE_LEAST + 1 || adj >= BURSTABLE_MOST || !q ||
	    l->h->bind_int(q, ":snapshot", l->snapshot) || l->h->step(q) != 1)
		return;
	id = l->h->column_int(q, 0);
	total = l->h->column_int(q, 1);
	if (!inquest_known(total) || total < 0)
		return;
	l->h->finding_explain(f, " By that it requests about %lld.%lld %% of memory, %s.",
			      (long long)((1000 - adj) / 10), (long long)((1000 - adj) % 10),
			      l->h->bytes(l->ctx, total / 1000 * (1000 - adj)));
	l->h->cite_row(f, "v1_counter", id, "MemTotal %s", l->h->bytes(l->ctx, total));
}

static int by_kubelet(const struct unit_look *l)
{
	int64_t adj = l->v->oom_score_adj;
	const char *group = l->v->cgroup, *what, *why;
	int burstable = 0;
	struct inquest_finding *f;

	if (!group || !strstr(group, "/kubepods"))
		return 0;
	if (adj == POD_SANDBOX && unit_same(l->v->comm, "pause")) {
		what = "the container that holds a pod together";
		why = "It is killed last.";
	} else if (strstr(group, "besteffort") && adj == BEST_EFFORT) {
		what = "containers of best-effort pods";
		why = "They request no memory, and are killed before all others.";
	} else if (strstr(group, "burstable") && adj >= BURSTABLE_LEAST &&
		   adj <= BURSTABLE_MOST) {
		what = "containers of burstable pods";
		why = "It is 1000 less the thousandths of memory that the container requests "
		      "(resources.requests.memory): the less it asked for, the sooner it is "
		      "killed.";
		burstable = 1;
	} else if (!strstr(group, "burstable") && !strstr(group, "besteffort") &&
		   (adj == GUARANTEED || adj == GUARANTEED - 1)) {
		what = "containers of guaranteed pods";
		why = "Their limits are what they request; they are killed last.";
	} else {
		return 0;
	}
	f = start(l, INQUEST_STRONG);
	l->h->finding_title(f, "oom_score_adj %lld of %s is what kubelet gives %s",
			    (long long)adj, victim(l), what);
	l->h->finding_explain(f, "%s", why);
	cite_victim(l, f);
	if (burstable)
		say_request(l, f);
	l->h->finding_commit(f);
	return 1;
}

/* --- systemd --- */

static int by_user_manager(const struct unit_look *l)
{
	int64_t adj = l->v->oom_score_adj;
	struct inquest_finding *f;

	if (!l->v->cgroup || !strstr(l->v->cgroup, "/user@") ||
	    (adj != USER_MANAGER && adj != USER_SERVICES))
		return 0;
	f = start(l, INQUEST_LIKELY);
	l->h->finding_title(f, "oom_score_adj %lld of %s is that of what systemd's user manager "
			    "starts", (long long)adj, victim(l));
	l->h->finding_explain(f, "user@.service has OOMScoreAdjust=100, and since systemd 250 its "
			      "units get 100 more: programs of users are killed before "
			      "services.");
	cite_victim(l, f);
	l->h->finding_commit(f);
	return 1;
}

static void by_unit(const struct unit_look *l)
{
	const struct unit *u = &l->own;
	int64_t adj = l->v->oom_score_adj;
	struct inquest_finding *f;
	const char *who = victim(l);

	f = start(l, INQUEST_CERTAIN);
	if (adj == u->adj)
		l->h->finding_title(f, "oom_score_adj %lld of %s is set in %s%s",
				    (long long)adj, who, unit_from(l, u, u->adj_from),
				    unit_when(l));
	else
		l->h->finding_title(f, "oom_score_adj of %s was %lld, and its unit sets %lld in %s%s",
				    who, (long long)adj, (long long)u->adj,
				    unit_from(l, u, u->adj_from), unit_when(l));
	if (adj == u->adj && adj > 0)
		l->h->finding_explain(f, "OOMScoreAdjust= above 0 puts it before others that "
				      "hold as much.");
	else if (adj != u->adj)
		l->h->finding_explain(f, "The program or who started it wrote another value, or "
				      "the setting was changed after its start.");
	l->h->cite_row(f, "v1_unit", u->id, "%s: OOMScoreAdjust=%lld in %s", u->name,
		       (long long)u->adj, unit_from(l, u, u->adj_from));
	l->h->finding_commit(f);
}


void unit_say_adj(const struct unit_look *l)
{
	const struct unit *u = &l->own;
	int64_t adj = l->v->oom_score_adj;

	if (!inquest_known(adj) || (adj && (by_kubelet(l) || by_container(l))) ||
	    l->v->container)
		return;
	if (inquest_known(u->id) && inquest_known(u->adj) && (adj || u->adj))
		by_unit(l);
	else
		by_user_manager(l);
}
