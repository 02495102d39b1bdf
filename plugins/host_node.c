/* plugins/host_node.c - who holds the memory of the nodes that a bound request may use
 * (host_look.h).  Node lines and pools of other nodes do not count.
 *
 * Units bytes; INQUEST_NULL where the report does not say.  Follows oom.md 1.7, 1.11.
 */
#include "host_look.h"

/* Working defaults of this plugin. */
#define NODE_HOLDER_PERCENT	50	/* of the nodes' memory */
#define SAID_PERCENT		2

struct sums {
	int64_t all, anon, shmem, huge, idle;	/* anon without shmem */
};

static int64_t pages(int64_t n, int64_t page_bytes)
{
	if (!inquest_known(n) || !inquest_known(page_bytes) || n < 0 || page_bytes <= 0 ||
	    n > INT64_MAX / page_bytes)
		return INQUEST_NULL;
	return n * page_bytes;
}

static struct sums sum_up(const struct look *l)
{
	size_t n = 0, m = 0;
	const struct inquest_node *const *p = l->h->nodes(l->ctx, &n);
	const struct inquest_hugetlb *const *t = l->h->hugetlb(l->ctx, &m);
	struct sums s = { zones_managed(l, 1), INQUEST_NULL, INQUEST_NULL, INQUEST_NULL,
			  INQUEST_NULL };

	for (size_t i = 0; i < n; i++) {
		if (!node_allowed(l, p[i]->node))
			continue;
		inquest_add(&s.anon, p[i]->active_anon_bytes);
		inquest_add(&s.anon, p[i]->inactive_anon_bytes);
		inquest_add(&s.shmem, p[i]->shmem_bytes);
	}
	for (size_t i = 0; i < m; i++) {
		if (!node_allowed(l, t[i]->node))
			continue;
		inquest_add(&s.huge, pages(t[i]->total, t[i]->page_bytes));
		inquest_add(&s.idle, pages(t[i]->free, t[i]->page_bytes));
	}
	if (inquest_known(s.anon) && inquest_known(s.shmem))
		inquest_add(&s.anon, -s.shmem);
	else
		s.anon = INQUEST_NULL;
	return s;
}

const char *node_holder(const struct look *l)
{
	struct sums s = sum_up(l);

	if (inquest_percent(s.huge, s.all) >= NODE_HOLDER_PERCENT)
		return "hugetlb";
	if (inquest_percent(s.shmem, s.all) >= NODE_HOLDER_PERCENT)
		return "shmem";
	return inquest_percent(s.anon, s.all) >= NODE_HOLDER_PERCENT ? "processes" : NULL;
}

static void say_largest(const struct look *l, struct inquest_finding *f)
{
	const struct inquest_task *t = largest(l);

	if (!t || !inquest_known(t->rss_bytes) || t->rss_bytes <= 0)
		return;
	l->h->finding_explain(f, " The largest of the processes listed is %s[%lld] with %s, on all "
			      "nodes together.", t->comm ? t->comm : "?", (long long)t->pid,
			      kb(l, t->rss_bytes));
	l->h->cite_role(f, l->h->text(l->ctx, "task %lld", (long long)t->pid), 1);
}

void say_node(const struct look *l, struct inquest_finding *f)
{
	struct sums s = sum_up(l);
	const struct { const char *what; int64_t bytes; } parts[] = {
		{ "processes", s.anon }, { "tmpfs and shared memory", s.shmem },
		{ "huge page pools", s.huge },
	};
	size_t said = 0;

	for (size_t i = 0; inquest_known(s.all) && i < sizeof(parts) / sizeof(*parts); i++) {
		if (inquest_percent(parts[i].bytes, s.all) < SAID_PERCENT)
			continue;
		l->h->finding_explain(f, "%s%s %s (%s)", said++ ? ", " : l->h->text(l->ctx,
				      " Of %s on node %s: ", kb(l, s.all), which_nodes(l)),
				      parts[i].what, kb(l, parts[i].bytes),
				      l->h->share(l->ctx, parts[i].bytes, s.all));
	}
	if (said)
		l->h->finding_explain(f, ".");
	if (inquest_or(s.huge, 0) > 0 && inquest_percent(s.huge, s.all) < SAID_PERCENT)
		l->h->finding_explain(f, " Huge page pools keep %s there.", kb(l, s.huge));
	if (inquest_or(s.idle, 0) > 0)
		l->h->finding_explain(f, " Of the pools %s are unused.", kb(l, s.idle));
	say_largest(l, f);
}

size_t advise_idle_pools(const struct look *l, struct inquest_finding *f)
{
	size_t m = 0, named = 0;
	const struct inquest_hugetlb *const *t = l->h->hugetlb(l->ctx, &m);

	for (size_t i = 0; i < m && named < 2; i++) {
		int64_t idle = pages(t[i]->free, t[i]->page_bytes);
		if (!node_allowed(l, t[i]->node) || inquest_or(idle, 0) <= 0 ||
		    !inquest_known(t[i]->node) || inquest_or(t[i]->total, 0) < t[i]->free)
			continue;
		l->h->finding_advise(f, "echo %lld > /sys/devices/system/node/node%lld/hugepages/"
				     "hugepages-%lldkB/nr_hugepages gives the %s of its pool that "
				     "nobody uses back to node %lld",
				     (long long)(t[i]->total - t[i]->free),
				     (long long)t[i]->node, (long long)(t[i]->page_bytes / 1024),
				     kb(l, idle), (long long)t[i]->node);
		named++;
	}
	return named;
}
