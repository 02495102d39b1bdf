/* plugins/unit_say.c - where limits came from (unit.h): the directive in the unit's file
 * (systemd.resource-control(5) MemoryMax=), the container as its runtime lists it; whom a
 * unit protects.  unit_adj.c has where the victim's oom_score_adj came from.
 */
#include "unit.h"

/* Working defaults of this plugin. */
#define PROTECTED_ADJ		(-500)
#define PROTECTED_PERCENT	10	/* of memory: a protected process worth a word */

static struct inquest_finding *start(const struct unit_look *l, const char *rule)
{
	return l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, rule, INQUEST_SEV_NOTICE,
				 INQUEST_CERTAIN, rule);
}

const char *unit_from(const struct unit_look *l, const struct unit *u, const char *file)
{
	if (file)
		return file;
	return l->h->text(l->ctx, "none of the unit files in the bundle (systemctl show %s says "
			  "it)", u->name);
}

static void say_use(const struct unit_look *l, struct inquest_finding *f, const struct unit *u)
{
	if (inquest_known(l->o->usage_bytes))
		l->h->finding_explain(f, "In use at the kill were %s.",
				      l->h->bytes(l->ctx, l->o->usage_bytes));
	if (inquest_known(u->peak) && inquest_known(u->current))
		l->h->finding_explain(f, " At collection%s, it uses %s; the most it used is %s.",
				      l->later, l->h->bytes(l->ctx, u->current),
				      l->h->bytes(l->ctx, u->peak));
}

void unit_say_limit(const struct unit_look *l)
{
	struct unit u = unit_find(l, unit_base(l->o->cgroup_limited));
	int64_t was = l->o->limit_bytes;
	struct inquest_finding *f;
	const char *file;

	if (!inquest_known(u.id) || !inquest_known(u.max) || !unit_same(l->o->constraint, "memcg"))
		return;
	file = unit_from(l, &u, u.max_from);
	f = start(l, "unit-limit");
	if (!inquest_known(was) || was == u.max)
		l->h->finding_title(f, "the limit of %s, %s, is set in %s%s", u.name,
				    l->h->bytes(l->ctx, u.max), file, unit_when(l));
	else
		l->h->finding_title(f, "the limit of %s was %s at the kill and is %s at "
				    "collection, set in %s%s", u.name,
				    l->h->bytes(l->ctx, was), l->h->bytes(l->ctx, u.max), file,
				    unit_when(l));
	say_use(l, f, &u);
	if (u.max_from && (!inquest_known(was) || was == u.max))
		l->h->finding_advise(f, "the limit to change for good stands in %s (systemctl "
				     "edit %s)", u.max_from, u.name);
	l->h->cite_row(f, "v1_unit", u.id, "%s: limit %s in %s", u.name,
		       l->h->bytes(l->ctx, u.max), file);
	l->h->finding_commit(f);
}

/* The unit of a task of the report: by pid and name, both as they are at collection in
 * the same boot. */
static struct unit unit_of(const struct unit_look *l, const struct inquest_task *t)
{
	struct inquest_query *q = l->h->prepare(l->ctx, "SELECT unit FROM v1_task "
		"WHERE snapshot_id = :snapshot AND pid = :pid AND comm = :comm LIMIT 1");

	if (t->unit || l->rebooted)
		return unit_find(l, t->unit);
	if (!q || l->h->bind_int(q, ":snapshot", l->snapshot) ||
	    l->h->bind_int(q, ":pid", t->pid) || l->h->bind_text(q, ":comm", t->comm) ||
	    l->h->step(q) != 1)
		return unit_find(l, NULL);
	return unit_find(l, l->h->text(l->ctx, "%s", l->h->column_text(q, 0)
				       ? l->h->column_text(q, 0) : ""));
}

static int64_t held(const struct inquest_task *t)
{
	int64_t sum = inquest_or(t->rss_bytes, 0), swap = inquest_or(t->swap_bytes, 0);

	return sum >= 0 && swap >= 0 && sum <= INT64_MAX - swap ? sum + swap : sum;
}

/* The largest of those that the kernel may hardly choose, of a kill of the machine. */
void unit_say_protected(const struct unit_look *l)
{
	size_t n = 0;
	const struct inquest_task *const *t = l->h->tasks(l->ctx, &n), *most = NULL;
	const struct inquest_account *a = l->h->account(l->ctx);
	struct inquest_finding *f;
	struct unit u;

	for (size_t i = 0; i < n; i++)
		if (inquest_known(t[i]->oom_score_adj) && t[i]->oom_score_adj <= PROTECTED_ADJ &&
		    t[i]->comm && (!most || held(t[i]) > held(most)))
			most = t[i];
	if (!most || !a || unit_same(l->o->constraint, "memcg") ||
	    inquest_percent(held(most), a->managed_bytes) < PROTECTED_PERCENT)
		return;
	u = unit_of(l, most);
	if (!inquest_known(u.id) || u.adj != most->oom_score_adj)
		return;
	f = start(l, "unit-protects");
	l->h->finding_title(f, "oom_score_adj %lld of %s[%lld], which holds %s, is set in %s%s",
			    (long long)u.adj, most->comm, (long long)most->pid,
			    l->h->bytes(l->ctx, held(most)), unit_from(l, &u, u.adj_from),
			    unit_when(l));
	if (u.source && !inquest_known(u.max))
		l->h->finding_explain(f, "Its unit %s has no limit of its own.", u.name);
	l->h->cite_row(f, "v1_unit", u.id, "%s: OOMScoreAdjust=%lld in %s", u.name,
		       (long long)u.adj, unit_from(l, &u, u.adj_from));
	l->h->finding_commit(f);
}

/* --------------------------------------------------------------- container */

void unit_say_container(const struct unit_look *l)
{
	struct inquest_query *q = l->h->prepare(l->ctx,
		"SELECT container_id, name, image, state, pod_name, namespace, runtime, "
		"memory_limit_bytes, oom_killed FROM v1_container WHERE snapshot_id = :snapshot "
		"AND length(container) >= 12 "
		"AND substr(:id, 1, length(container)) = container LIMIT 1");
	struct inquest_finding *f;
	const char *name, *pod;
	int64_t limit;

	if (!l->v->container || !q || l->h->bind_int(q, ":snapshot", l->snapshot) ||
	    l->h->bind_text(q, ":id", l->v->container) || l->h->step(q) != 1)
		return;
	name = l->h->column_text(q, 1);
	pod = l->h->column_text(q, 4);
	if (!name && !pod)
		return;
	name = l->h->text(l->ctx, "%s", name ? name : "?");
	f = start(l, "container-named");
	l->h->finding_title(f, "container %.12s is %s%s%s", l->v->container, name,
			    pod ? " of pod " : "", !pod ? "" : l->h->column_text(q, 5)
			    ? l->h->text(l->ctx, "%s/%s", l->h->column_text(q, 5), pod) : pod);
	if (l->h->column_text(q, 2))
		l->h->finding_explain(f, "Its image is %s. ", l->h->column_text(q, 2));
	limit = l->h->column_int(q, 7);
	if (inquest_known(limit) && limit == l->o->limit_bytes)
		l->h->finding_explain(f, "Its runtime was told its limit of %s. ",
				      l->h->bytes(l->ctx, limit));
	if (l->rebooted)
		l->h->finding_explain(f, "As its runtime had it at collection, after a reboot.");
	else if (l->h->column_text(q, 3))
		l->h->finding_explain(f, "At collection%s, its state is: %s%s.", l->later,
				      l->h->column_text(q, 3), l->h->column_int(q, 8) == 1
				      ? ", and its runtime saw it killed for lack of memory" : "");
	l->h->cite_row(f, "v1_container", l->h->column_int(q, 0), "%.12s %s", l->v->container,
		       name);
	l->h->finding_commit(f);
}
