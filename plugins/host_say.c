/* plugins/host_say.c - a host-wide report in words: the request, its zones, who holds
 * what, what to do, and the lines that prove it (host_look.h). */
#include <string.h>

#include "host_look.h"

#define ZONES_SAID	6
#define HOLDINGS_SAID	4
#define SAID_PERCENT	2	/* of managed: smaller holdings are not worth a word */
#define NAMES		8	/* of the largest processes */
#define MANY		5	/* processes of one name: a pool of workers */

const char *kb(const struct look *l, int64_t bytes)
{
	return l->h->bytes(l->ctx, bytes);
}

/* What was asked for: size, mask, the zones that may serve it. */
void say_request(const struct look *l, struct inquest_finding *f)
{
	int64_t order = l->o->alloc_order;

	if (!l->o->trigger_comm || !inquest_known(order) || order < 0 || order > 20)
		return;
	l->h->finding_explain(f, "%s asked for %s (order %lld%s%s)", l->o->trigger_comm,
			      kb(l, l->ev->page_size << order), (long long)order,
			      l->g->flags ? ", " : "", l->g->flags ? l->g->flags : "");
	if (l->g->class_zone)
		l->h->finding_explain(f, " from zone %s%s", l->g->class_zone,
				      is(l->g->class_zone, "DMA") ? "" : " or below");
	l->h->finding_explain(f, ". ");
}

void say_zones(const struct look *l, struct inquest_finding *f)
{
	size_t said = 0;

	for (size_t i = 0; i < l->n_zones; i++) {
		const struct inquest_zone *z = l->zones[i];
		if (!may_use(l, z) || !z->check->why)
			continue;
		if (said == ZONES_SAID) {
			l->h->finding_explain(f, " ...");
			break;
		}
		l->h->finding_explain(f, "%snode %lld %s: %s", said++ ? "; " : " ",
				      (long long)inquest_or(z->node, 0), z->zone,
				      z->check->why);
	}
	if (said)
		l->h->finding_explain(f, ".");
}

static void say_swap(const struct look *l, struct inquest_finding *f)
{
	int64_t total = l->o->swap_total_bytes, left = l->o->swap_free_bytes;

	if (!inquest_known(total) || !inquest_known(left))
		return;
	if (!total)
		l->h->finding_explain(f, " There is no swap.");
	else
		l->h->finding_explain(f, " Swap: %s free of %s.", kb(l, left), kb(l, total));
}

void say_holdings(const struct look *l, struct inquest_finding *f)
{
	int64_t all = managed(l), back = reclaimable(l);
	size_t said = 0;

	if (!inquest_known(all))
		return;
	for (size_t i = 0; i < l->a->n_holdings && said < HOLDINGS_SAID; i++) {
		const struct inquest_holding *x = l->a->holdings[i];
		if (!inquest_known(x->bytes) || inquest_percent(x->bytes, all) < SAID_PERCENT)
			break;
		l->h->finding_explain(f, "%s%s %s (%s)",
				      said++ ? ", " : l->h->text(l->ctx,
				      " Of %s managed memory: ", kb(l, all)),
				      is(x->what, "Balloon") ? "balloon" : x->holder,
				      kb(l, x->bytes), l->h->share(l->ctx, x->bytes, all));
	}
	if (said)
		l->h->finding_explain(f, ".");
	if (inquest_known(back))
		l->h->finding_explain(f, " Reclaimable (file pages and reclaimable slab): %s "
				      "(%s).", kb(l, back), l->h->share(l->ctx, back, all));
	say_swap(l, f);
}

/* ---------------------------------------------------------------- what to do */

static int64_t held(const struct inquest_task *t)
{
	int64_t sum = 0;

	inquest_add(&sum, t->rss_bytes);
	inquest_add(&sum, t->swap_bytes);
	return sum;
}

const struct inquest_task *largest(const struct look *l)
{
	size_t n = 0;
	const struct inquest_task *const *t = l->h->tasks(l->ctx, &n), *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (!best || held(t[i]) > held(best))
			best = t[i];
	return best;
}

/* A few of the largest: names worth counting. */
static size_t largest_names(const struct look *l, const struct inquest_task **top)
{
	size_t n = 0, k = 0;
	const struct inquest_task *const *t = l->h->tasks(l->ctx, &n);

	for (size_t i = 0; i < n; i++) {
		size_t at = k;
		while (at && held(top[at - 1]) < held(t[i]))
			at--;
		if (at == NAMES)
			continue;
		k += k < NAMES;
		memmove(&top[at + 1], &top[at], (k - at - 1) * sizeof(*top));
		top[at] = t[i];
	}
	return k;
}

/* The name under which many processes have most together. */
static const char *pool(const struct look *l, size_t *ret_n, int64_t *ret_sum)
{
	size_t n = 0;
	const struct inquest_task *const *t = l->h->tasks(l->ctx, &n), *top[NAMES];
	const char *best = NULL;

	*ret_sum = *ret_n = 0;
	for (size_t i = largest_names(l, top); i-- > 0;) {
		size_t count = 0;
		int64_t sum = 0, most = 0;
		for (size_t k = 0; k < n; k++)
			if (is(t[k]->comm, top[i]->comm)) {
				inquest_add(&sum, t[k]->rss_bytes);
				most = t[k]->rss_bytes > most ? t[k]->rss_bytes : most;
				count++;
			}
		/* one giant among them is no pool */
		if (count >= MANY && sum > *ret_sum && most < sum / 3) {
			best = top[i]->comm;
			*ret_sum = sum;
			*ret_n = count;
		}
	}
	return best;
}

/* The limit under which the largest would have left a zone at its high mark. */
static void advise_limit(const struct look *l, struct inquest_finding *f,
			 const struct inquest_task *t)
{
	int64_t lack = inquest_or(l->lack_high, 0), rss = inquest_or(t->rss_bytes, 0);

	if (lack < 0)
		lack = 0;
	const char *name = l->h->text(l->ctx, "%s[%lld]", t->comm ? t->comm : "?",
				      (long long)t->pid);

	if (rss <= lack || rss < managed(l) / 10)
		return;
	if (lack)
		l->h->finding_advise(f, "a limit of %s on %s (systemd MemoryMax=, the container's "
				     "memory limit) would have held: it had %s resident, and %s more "
				     "free would have brought a zone to its high mark; above its "
				     "limit it dies alone", kb(l, rss - lack), name, kb(l, rss),
				     kb(l, lack));
	else
		l->h->finding_advise(f, "a limit below the %s that %s had (systemd MemoryMax=, the "
				     "container's memory limit): above its limit it dies alone",
				     kb(l, rss), name);
}

/* Memory that no reclaim gives back, and what is in swap; INQUEST_NULL: not known. */
static int64_t demand(const struct look *l)
{
	int64_t sum = managed(l), back = reclaimable(l), out = l->o->swap_total_bytes;

	if (!inquest_known(sum) || !inquest_known(back) || !inquest_known(l->a->free_bytes))
		return INQUEST_NULL;
	inquest_add(&sum, -back);
	inquest_add(&sum, -l->a->free_bytes);
	if (inquest_known(out) && inquest_known(l->o->swap_free_bytes)) {
		inquest_add(&sum, out);
		inquest_add(&sum, -l->o->swap_free_bytes);
	}
	return sum;
}

static void advise_processes(const struct look *l, struct inquest_finding *f)
{
	const struct inquest_task *t = largest(l);
	int64_t all = managed(l), need = demand(l), sum;
	size_t n;
	const char *name = pool(l, &n, &sum);

	if (t)
		advise_limit(l, f, t);
	if (name && inquest_percent(sum, all) >= 20)
		l->h->finding_advise(f, "fewer workers: %zu processes %s have %s resident, about "
				     "%s each (a setting like MaxRequestWorkers, pm.max_children, "
				     "max_connections)", n, name, kb(l, sum),
				     kb(l, sum / (int64_t)n));
	if (inquest_known(need))
		l->h->finding_advise(f, "or more memory: in use and not reclaimable were %s, in RAM and "
				     "swap together, of %s RAM", kb(l, need), kb(l, all));
}

void advise_exhausted(const struct look *l, struct inquest_finding *f,
		      const struct inquest_holding *x)
{
	l->h->finding_advise(f, "now: free -m; ps -eo pid,rss,vsz,comm --sort=-rss | head%s",
			     x && is(x->holder, "slab") ? "; slabtop -o" :
			     x && is(x->holder, "shmem") ? "; df -t tmpfs; ipcs -m" : "");
	if (!x || is(x->holder, "processes") || is(x->holder, "mlocked") ||
	    is(x->holder, "page-tables"))
		advise_processes(l, f);
	else
		l->h->finding_advise(f, "limits on processes would hardly have helped: what fills "
				     "memory is %s", is(x->what, "Balloon") ? "a balloon"
				     : is(x->holder, "unaccounted") ? "in no counter"
				     : x->holder);
}

/* ----------------------------------------------------------------- evidence */

static void cite_zones(const struct look *l, struct inquest_finding *f, size_t *n)
{
	int order = inquest_known(l->o->alloc_order) && l->o->alloc_order > 0;

	*n += l->h->cite_role(f, "zone ", 8);
	*n += l->h->cite_role(f, "reserve ", 8);
	if (order)
		*n += l->h->cite_role(f, "free-list ", 6);
	for (size_t i = 0; i < l->n_zones && i < 8; i++)
		if (may_use(l, l->zones[i]) && l->zones[i]->check->why)
			l->h->cite_row(f, "v1_zone_check", l->zones[i]->zone_id,
				       "node %lld %s: %s",
				       (long long)inquest_or(l->zones[i]->node, 0),
				       l->zones[i]->zone, l->zones[i]->check->why);
}

void cite(const struct look *l, struct inquest_finding *f, int zones)
{
	static const char *const roles[] = { "headline", "sysrq", "cgroup", "summary",
		"cpuset", "chosen", "no-killable", "panic" };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		n += l->h->cite_role(f, roles[i], 1);
	if (zones) {
		cite_zones(l, f, &n);
		n += l->h->cite_role(f, "counters", 7);
		n += l->h->cite_role(f, "swap-free", 1);
		n += l->h->cite_role(f, "swap-total", 1);
		n += l->h->cite_role(f, "pages-ram", 1);
		n += l->h->cite_role(f, "pages-reserved", 1);
	}
	n += l->h->cite_role(f, "killed ", 3);
	if (l->o->no_killable == 1) {
		n += l->h->cite_role(f, "table-header", 1);
		n += l->h->cite_role(f, "task ", 10);
	}
	if (!n)
		n += l->h->cite_role(f, "task ", 3);
	if (!n)
		l->h->cite_row(f, "v1_event", l->ev->event_id, "%s", l->ev->kind);
}

/* What would have decided. */
void say_missing(const struct look *l, struct inquest_finding *f)
{
	const char *part = inquest_or(l->ev->truncated, 0) || l->ev->missing
			 ? l->ev->missing : NULL;

	for (size_t i = 0; i < l->n_zones; i++) {
		const struct inquest_zone *z = l->zones[i];
		if (may_use(l, z) && !inquest_known(z->check->watermark_ok) &&
		    !inquest_known(z->check->reserve_bytes) && inquest_known(z->free_bytes)) {
			l->h->finding_missing(f, l->h->text(l->ctx,
				"lowmem_reserve[] of node %lld %s", (long long)
				inquest_or(z->node, 0), z->zone),
				"the whole Mem-Info block: it stands below the zone's line");
			break;
		}
	}
	if (l->no_lists)
		l->h->finding_missing(f, "the free lists of the zones",
				      "the whole Mem-Info block (lines `Node 0 Normal: 12*4kB ...`)");
	if (!l->n_zones || (part && strstr(part, "mem-info")))
		l->h->finding_missing(f, "the Mem-Info block of the report",
				      "the kernel log of all levels: dmesg or journalctl -k, not a "
				      "console with `quiet`");
}

/* ------------------------------------------------------------- other nodes */

const char *who_binds(const struct look *l)
{
	if (is(l->o->constraint_kind, "memory_policy"))
		return "a memory policy (mbind, numactl)";
	if (inquest_list_has(l->o->nodemask, 0) >= 0 && l->o->mems_allowed &&
	    strcmp(l->o->nodemask, l->o->mems_allowed))
		return "a memory policy (mbind, numactl)";
	if (l->o->cpuset && strcmp(l->o->cpuset, "/"))
		return l->h->text(l->ctx, "cpuset %s", l->o->cpuset);
	if (inquest_list_has(l->o->mems_allowed, 0) >= 0)
		return "its cpuset";
	return "a cpuset or a memory policy, the text does not say which";
}

/* The nodes the request may use, in words: as printed, or those whose zones are. */
const char *which_nodes(const struct look *l)
{
	const char *list = inquest_list_has(l->o->nodemask, 0) >= 0 ? l->o->nodemask
			 : inquest_list_has(l->o->mems_allowed, 0) >= 0 ? l->o->mems_allowed : NULL;
	int64_t last = -1;

	for (size_t i = 0; !list && i < l->n_zones; i++)
		if (inquest_known(l->zones[i]->node))
			last = l->zones[i]->node;
	if (list || last < 0)
		return list ? list : "?";
	list = NULL;
	for (size_t i = 0; i < l->n_zones; i++) {
		int64_t node = l->zones[i]->node;
		if (!inquest_known(node) || (i && l->zones[i - 1]->node == node))
			continue;
		list = list ? l->h->text(l->ctx, "%s,%lld", list, (long long)node)
			    : l->h->text(l->ctx, "%lld", (long long)node);
	}
	return list ? list : "?";
}
