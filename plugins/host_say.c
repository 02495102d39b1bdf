/* plugins/host_say.c - a host-wide report in words: the request, its zones, who holds
 * what, and the lines that prove it (host_look.h).  What to do: host_advice.c. */
#include <string.h>

#include "host_look.h"

#define ZONES_SAID	6
#define HOLDINGS_SAID	4
#define SAID_PERCENT	2	/* of managed: smaller holdings are not worth a word */

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

/* Above min, and yet not where the last try before the killer wants it. */
static const char *below_high(const struct look *l, const struct inquest_zone *z)
{
	const struct inquest_zone_check *c = z->check;

	if (c->watermark_ok != 1 || c->order_ok == 0 || c->high_ok != 0 ||
	    !inquest_known(z->high_bytes))
		return "";
	return l->h->text(l->ctx, ", but not above high %lld kB%s",
			  (long long)(z->high_bytes / 1024),
			  inquest_or(c->reserve_bytes, 0) > 0 ? " + reserve" : "");
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
		l->h->finding_explain(f, "%snode %lld %s: %s%s", said++ ? "; " : " ",
				      (long long)inquest_or(z->node, 0), z->zone,
				      z->check->why, below_high(l, z));
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

/* Words for who holds memory; of a holder without a row its own. */
static const struct { const char *holder, *noun, *verb; } holders[] = {
	{ "processes", "processes", "hold" },
	{ "shmem", "tmpfs and shared memory", "hold" },
	{ "slab", "kernel slab", "holds" },
	{ "page-tables", "page tables", "hold" },
	{ "mlocked", "locked memory", "holds" },
	{ "hugetlb", "huge page pools", "hold" },
	{ "kernel-stacks", "kernel stacks", "hold" },
	{ "page-cache", "page cache", "holds" },
	{ "swap-cache", "swap cache", "holds" },
	{ "unaccounted", "in no counter", "" },
};

const char *holder_noun(const struct inquest_holding *x)
{
	for (size_t i = 0; i < sizeof(holders) / sizeof(*holders); i++)
		if (is(x->holder, holders[i].holder))
			return is(x->what, "Balloon") ? "a balloon" : holders[i].noun;
	return x->holder;
}

/* "processes hold", "no counter explains" */
const char *holder_words(const struct look *l, const struct inquest_holding *x)
{
	if (is(x->what, "Balloon"))
		return "a balloon holds";
	if (is(x->holder, "unaccounted"))
		return "no counter explains";
	for (size_t i = 0; i < sizeof(holders) / sizeof(*holders); i++)
		if (is(x->holder, holders[i].holder))
			return l->h->text(l->ctx, "%s %s", holders[i].noun, holders[i].verb);
	return l->h->text(l->ctx, "%s hold", x->holder);
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
				      " Of %s managed memory: ", kb(l, all)), holder_noun(x),
				      kb(l, x->bytes), l->h->share(l->ctx, x->bytes, all));
	}
	if (said)
		l->h->finding_explain(f, ".");
	if (inquest_known(l->a->free_bytes))
		l->h->finding_explain(f, " Free: %s (%s).", kb(l, l->a->free_bytes),
				      l->h->share(l->ctx, l->a->free_bytes, all));
	if (inquest_known(back))
		l->h->finding_explain(f, " Reclaimable (file pages and reclaimable slab): %s "
				      "(%s).", kb(l, back), l->h->share(l->ctx, back, all));
	say_swap(l, f);
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
	n += l->h->cite_role(f, "killed", 1);		/* its pid masked or left out */
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
		if (!may_use(l, z) || inquest_known(z->check->watermark_ok) ||
		    inquest_known(z->check->reserve_bytes) || !inquest_known(z->free_bytes))
			continue;
		if (z->n_reserve)	/* the mask tells which of the figures counts */
			l->h->finding_missing(f, "the mask of the request (gfp_mask=)",
					      "keep the log from before the report: the line "
					      "`... invoked oom-killer: gfp_mask=...`");
		else
			l->h->finding_missing(f, l->h->text(l->ctx,
				"lowmem_reserve[] of node %lld %s", (long long)
				inquest_or(z->node, 0), z->zone),
				"the whole Mem-Info block: it stands below the zone's line");
		break;
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
