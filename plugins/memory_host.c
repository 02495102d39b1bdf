/* plugins/memory_host.c - why the machine itself had no memory for a request.
 *
 * Cause of an oom-kill that no cgroup's limit explains: manual-oom, fault-path,
 * node-bound, zone-exhausted, fragmentation, transient, host-exhausted; nothing where
 * the text does not carry one (the host then says unknown, and what was missing).
 * Worked top-down: who asked for it, then the place, then whether there was a lack at
 * all.  Follows oom.md 2.3, 2.4, 4 (C18-C22, C26, C27, C30).
 */
#include <string.h>

#include "inquest/plugin.h"

/* Working defaults of this plugin. */
#define RECLAIMABLE_PERCENT	20	/* of managed: C30 */
#define HOLDER_PERCENT		30	/* of managed: the figures name a holder */
#define NODE_HOLDER_PERCENT	50
#define ELSEWHERE_PERCENT	1	/* of RAM, free outside: the others are not short */
#define ROOM_BYTES		(INT64_C(16) << 20)
#define SMALL_FREE_PERCENT	5	/* free of managed, still "all in use" */
#define PLENTY_TIMES		4	/* free against the high marks: no shortage shows */
#define ZONES_SAID		6

struct look {
	const struct inquest_host *h;
	struct inquest_ctx *ctx;
	const struct inquest_event *ev;
	const struct inquest_oom *o;
	const struct inquest_gfp *g;
	const struct inquest_account *a;
	const struct inquest_zone *const *zones;
	size_t n_zones;
	/* over the zones that the request may use */
	size_t usable, short_of_min, no_block, pass, undecided, above_high, no_lists;
	size_t boost_only;
	int assumed;		/* class zone or allowed nodes are not known for sure */
	int64_t slack;		/* best of: free - mark - reserve */
	int64_t free_usable;	/* bytes free in them */
	int64_t high_usable;	/* their high marks and reserves together */
};

static int64_t percent(int64_t part, int64_t whole)
{
	if (part < 0 || whole <= 0)
		return 0;
	return part > INT64_MAX / 100 ? part / (whole / 100 + 1) : part * 100 / whole;
}

static void add(int64_t *to, int64_t v)
{
	if (!inquest_known(v))
		return;
	if (!inquest_known(*to))
		*to = 0;
	if (v <= INT64_MAX - *to)
		*to += v;
}

/* Is N in "0-1,3"?  1, 0; -1: not a list (absent, "(null)"). */
static int in_list(const char *s, int64_t n)
{
	int hit = 0;

	if (!s || *s < '0' || *s > '9')
		return -1;
	while (*s >= '0' && *s <= '9') {
		int64_t lo = 0, hi;
		for (; *s >= '0' && *s <= '9'; s++)
			lo = lo < 100000 ? lo * 10 + (*s - '0') : lo;
		hi = lo;
		if (*s == '-')
			for (hi = 0, s++; *s >= '0' && *s <= '9'; s++)
				hi = hi < 100000 ? hi * 10 + (*s - '0') : hi;
		hit |= n >= lo && n <= hi;
		if (*s == ',')
			s++;
	}
	return hit;
}

static int node_allowed(const struct look *l, int64_t node)
{
	if (!inquest_known(node))
		return 1;
	return in_list(l->o->mems_allowed, node) != 0 && in_list(l->o->nodemask, node) != 0;
}

static int is(const char *a, const char *b)
{
	return a && !strcmp(a, b);
}

static int of_cgroup(const struct inquest_oom *o)
{
	return is(o->constraint_kind, "memcg") || o->cgroup_limited || o->global_oom == 0;
}

/* -------------------------------------------------------------- the zones */

/* May the request use it?  Not by its class zone (0), or nobody knows (taken as yes). */
static int may_use(const struct look *l, const struct inquest_zone *z)
{
	return z->check && z->check->usable != 0 && node_allowed(l, z->node);
}

static void tally_zone(struct look *l, const struct inquest_zone *z)
{
	const struct inquest_zone_check *c = z->check;
	int64_t slack;

	l->usable++;
	l->assumed |= c->usable != 1;
	add(&l->free_usable, z->free_bytes);
	add(&l->high_usable, z->high_bytes);
	add(&l->high_usable, c->reserve_bytes);
	if (inquest_known(c->left_bytes) && inquest_known(c->mark_bytes)) {
		slack = c->left_bytes - c->mark_bytes - inquest_or(c->reserve_bytes, 0);
		if (!inquest_known(l->slack) || slack > l->slack)
			l->slack = slack;
	}
	l->boost_only += c->boost_only == 1;
	l->above_high += c->high_ok == 1;
	if (c->watermark_ok == 0)
		l->short_of_min++;
	else if (!inquest_known(c->watermark_ok))
		l->undecided++;
	else if (c->order_ok == 0)
		l->no_block++;
	else if (c->order_ok == 1)
		l->pass++;
	else if (inquest_known(l->o->alloc_order) && l->o->alloc_order > 0)
		l->no_lists++;
	else
		l->pass++;	/* the order is not known, and 0 the commonest by far */
}

static void tally(struct look *l)
{
	l->slack = l->free_usable = l->high_usable = INQUEST_NULL;
	for (size_t i = 0; i < l->n_zones; i++)
		if (may_use(l, l->zones[i]))
			tally_zone(l, l->zones[i]);
}

/* No usable zone satisfies the request at the min mark. */
static int all_short(const struct look *l)
{
	return l->usable && !l->pass && l->short_of_min + l->no_block > 0;
}

/* ... or none does at high, which is what the last try before the killer asks. */
static int all_below_high(const struct look *l)
{
	return l->usable && !l->above_high;
}

static int64_t reclaimable(const struct look *l)
{
	if (!inquest_known(l->a->file_bytes))
		return INQUEST_NULL;
	return l->a->file_bytes + inquest_or(l->a->slab_reclaimable_bytes, 0);
}

static int64_t zones_managed(const struct look *l, int only_allowed)
{
	int64_t sum = INQUEST_NULL;

	for (size_t i = 0; i < l->n_zones; i++) {
		if (only_allowed && !node_allowed(l, l->zones[i]->node))
			continue;
		if (!inquest_known(l->zones[i]->managed_bytes))
			return INQUEST_NULL;
		add(&sum, l->zones[i]->managed_bytes);
	}
	return sum;
}

static int64_t managed(const struct look *l)
{
	return inquest_known(l->a->managed_bytes) ? l->a->managed_bytes : zones_managed(l, 0);
}

/* ----------------------------------------------------------- other nodes */

/* Bytes free on nodes that the request may not use; INQUEST_NULL: not known. */
static int64_t free_elsewhere(const struct look *l)
{
	int64_t sum = INQUEST_NULL, here = INQUEST_NULL;
	int64_t all = l->h->counter(l->ctx, NULL, "free");

	for (size_t i = 0; i < l->n_zones; i++)
		add(node_allowed(l, l->zones[i]->node) ? &here : &sum,
		    l->zones[i]->free_bytes);
	if (inquest_known(all) && inquest_known(here) && all > here &&
	    (!inquest_known(sum) || all - here > sum))
		sum = all - here;
	return sum;
}

/* Is there a node that the request may not use? */
static int bound(const struct look *l)
{
	size_t n = 0;
	const struct inquest_hugetlb *const *p = l->h->hugetlb(l->ctx, &n);
	int64_t present = INQUEST_NULL;

	if (is(l->o->constraint_kind, "cpuset") || is(l->o->constraint_kind, "memory_policy"))
		return 1;
	for (size_t i = 0; i < n; i++)
		if (!node_allowed(l, p[i]->node))
			return 1;
	for (size_t i = 0; i < l->n_zones; i++) {
		if (!node_allowed(l, l->zones[i]->node))
			return 1;
		add(&present, l->zones[i]->present_bytes);
	}
	if (in_list(l->o->mems_allowed, 0) == 0)
		return 1;	/* node 0 is there on every machine but has no say here */
	/* Lines of nodes that are not allowed are not printed: memory is missing in them.
	 * Only a request for the highest zone shows all zones of its nodes (6.1). */
	for (size_t i = 0; i < l->n_zones; i++)
		if (!inquest_known(l->zones[i]->present_bytes) ||
		    !inquest_known(l->zones[i]->free_bytes))
			return 0;	/* lines are cut */
	return is(l->g->class_zone, "Movable") && inquest_known(l->a->ram_bytes) &&
	       inquest_known(present) && l->a->ram_bytes - present > l->a->ram_bytes / 20;
}

/* The marks of the zones here, all together: what a machine of this size keeps. */
static int64_t marks_here(const struct look *l)
{
	int64_t sum = 0;

	for (size_t i = 0; i < l->n_zones; i++)
		if (node_allowed(l, l->zones[i]->node))
			add(&sum, inquest_or(l->zones[i]->min_bytes, 0));
	return sum;
}

static int others_have(const struct look *l, int64_t elsewhere)
{
	int64_t ram = inquest_or(l->a->ram_bytes, 0);
	int64_t mark = marks_here(l);

	if (!inquest_known(elsewhere) || elsewhere < ROOM_BYTES)
		return 0;
	return elsewhere > mark && elsewhere > ram / 100 * ELSEWHERE_PERCENT;
}

/* ------------------------------------------------------------- the holder */

/* The largest holding of a whole machine, if the figures carry one. */
static const struct inquest_holding *holder(const struct look *l)
{
	int64_t all = managed(l);

	for (size_t i = 0; i < l->a->n_holdings; i++) {
		const struct inquest_holding *x = l->a->holdings[i];
		if (!inquest_known(x->bytes) || percent(x->bytes, all) < HOLDER_PERCENT)
			break;
		/* what nobody counts is only known where all the others are; lines of
		 * nodes that were left out change stacks and per-CPU lists alone */
		if (is(x->holder, "unaccounted") && !l->a->complete &&
		    !(l->a->missing && strstr(l->a->missing, "nodes")))
			continue;
		return x;
	}
	return NULL;
}

/* Of the allowed nodes alone. */
static const char *node_holder(const struct look *l)
{
	size_t n = 0, m = 0;
	const struct inquest_node *const *p = l->h->nodes(l->ctx, &n);
	const struct inquest_hugetlb *const *t = l->h->hugetlb(l->ctx, &m);
	int64_t anon = INQUEST_NULL, shmem = INQUEST_NULL, huge = INQUEST_NULL;
	int64_t all = zones_managed(l, 1);

	for (size_t i = 0; i < n; i++) {
		if (!node_allowed(l, p[i]->node))
			continue;
		add(&anon, p[i]->active_anon_bytes);
		add(&anon, p[i]->inactive_anon_bytes);
		add(&shmem, p[i]->shmem_bytes);
	}
	for (size_t i = 0; i < m; i++)
		if (node_allowed(l, t[i]->node) && inquest_known(t[i]->total) &&
		    inquest_known(t[i]->page_bytes) && t[i]->page_bytes > 0 &&
		    t[i]->total < INT64_MAX / t[i]->page_bytes)
			add(&huge, t[i]->total * t[i]->page_bytes);
	if (percent(huge, all) >= NODE_HOLDER_PERCENT)
		return "hugetlb";
	if (!inquest_known(anon) || !inquest_known(shmem))
		return NULL;
	if (percent(shmem, all) >= NODE_HOLDER_PERCENT)
		return "shmem";
	return percent(anon - shmem, all) >= NODE_HOLDER_PERCENT ? "processes" : NULL;
}

/* ----------------------------------------------------------------- texts */

static const char *kb(const struct look *l, int64_t bytes)
{
	return l->h->bytes(l->ctx, bytes);
}

static void say_zones(const struct look *l, struct inquest_finding *f)
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

static void say_holdings(const struct look *l, struct inquest_finding *f)
{
	int64_t all = managed(l), back = reclaimable(l);
	size_t said = 0;

	if (!inquest_known(all))
		return;
	for (size_t i = 0; i < l->a->n_holdings && said < 4; i++) {
		const struct inquest_holding *x = l->a->holdings[i];
		if (!inquest_known(x->bytes) || percent(x->bytes, all) < 2)
			break;
		l->h->finding_explain(f, "%s%s %s (%lld %%)",
				      said++ ? ", " : l->h->text(l->ctx,
				      " Of %s managed memory: ", kb(l, all)), x->holder,
				      kb(l, x->bytes), (long long)percent(x->bytes, all));
	}
	if (said)
		l->h->finding_explain(f, ".");
	if (inquest_known(back))
		l->h->finding_explain(f, " Reclaimable (file pages and reclaimable slab): %s "
				      "(%lld %%).", kb(l, back), (long long)percent(back, all));
	if (inquest_known(l->o->swap_total_bytes) && inquest_known(l->o->swap_free_bytes))
		l->h->finding_explain(f, l->o->swap_total_bytes
				      ? " Swap: %s free of %s." : " There is no swap.",
				      kb(l, l->o->swap_free_bytes), kb(l, l->o->swap_total_bytes));
}

static void cite_zones(const struct look *l, struct inquest_finding *f, size_t *n)
{
	int order = inquest_known(l->o->alloc_order) && l->o->alloc_order > 0;

	*n += l->h->cite_role(f, "zone ", 8);
	*n += l->h->cite_role(f, "reserve ", 8);
	if (order)
		*n += l->h->cite_role(f, "free-list ", 6);
	for (size_t i = 0; i < l->n_zones && i < 8; i++)
		if (may_use(l, l->zones[i]) && l->zones[i]->check->why)
			l->h->cite_row(f, "v1_zone_check", l->zones[i]->zone_id, "%s",
				       l->zones[i]->check->why);
}

static void cite(const struct look *l, struct inquest_finding *f, int zones)
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
	if (!n)
		n += l->h->cite_role(f, "task ", 3);
	if (!n)
		l->h->cite_row(f, "v1_event", l->ev->event_id, "%s", l->ev->kind);
}

/* What would have decided. */
static void say_missing(const struct look *l, struct inquest_finding *f)
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

static struct inquest_finding *start(const struct look *l, const char *verdict,
				     enum inquest_confidence sure, const char *rule)
{
	return l->h->finding_new(l->ctx, INQUEST_CAUSE, verdict, INQUEST_FAULT, sure, rule);
}

static void finish(const struct look *l, struct inquest_finding *f, int zones)
{
	say_missing(l, f);
	cite(l, f, zones);
	l->h->finding_commit(f);
}

/* --------------------------------------------------------------- verdicts */

static void say_manual(const struct look *l)
{
	struct inquest_finding *f = start(l, "manual-oom", INQUEST_CERTAIN, "memory-manual");

	l->h->finding_title(f, "somebody asked for it by SysRq-f");
	l->h->finding_explain(f, "The killer was started by hand (SysRq-f on a keyboard or "
			      "console, or `echo f > /proc/sysrq-trigger`), not by a request that "
			      "found no memory: figures of the report show how the machine was "
			      "then, not a shortage.");
	say_holdings(l, f);
	l->h->finding_advise(f, "find out who: audit log, shell histories, serial console; "
			     "`sysctl kernel.sysrq` says what is allowed, bit 64 is for this");
	cite(l, f, 0);
	l->h->finding_commit(f);
}

static void say_fault_path(const struct look *l)
{
	struct inquest_finding *f = start(l, "fault-path", INQUEST_CERTAIN, "memory-fault-path");

	l->h->finding_title(f, "a page fault had failed for lack of memory somewhere "
			    "(gfp_mask=0x0)");
	l->h->finding_explain(f, "No allocation of this task stands behind the report: a page fault "
			      "returned VM_FAULT_OOM and the kernel then killed. Mostly a charge to "
			      "a memory cgroup had failed without a kill, or a driver's fault handler "
			      "gave up. The zones say nothing about it; memory may be plentiful.");
	l->h->finding_advise(f, "look for cgroups at their limit with the OOM killer disabled "
			     "(memory.oom_control), and at drivers in the call trace");
	l->h->finding_advise(f, "kernels from 5.16 on retry instead of killing");
	cite(l, f, 1);
	l->h->finding_commit(f);
}

static const char *who_binds(const struct look *l)
{
	if (is(l->o->constraint_kind, "memory_policy"))
		return "a memory policy (mbind, numactl)";
	if (in_list(l->o->nodemask, 0) >= 0 && l->o->mems_allowed &&
	    strcmp(l->o->nodemask, l->o->mems_allowed))
		return "a memory policy (mbind, numactl)";
	if (l->o->cpuset && strcmp(l->o->cpuset, "/"))
		return l->h->text(l->ctx, "cpuset %s", l->o->cpuset);
	if (in_list(l->o->mems_allowed, 0) >= 0)
		return "its cpuset";
	return "a cpuset or a memory policy, the text does not say which";
}

/* The nodes the request may use, in words: as printed, or those whose zones are. */
static const char *which_nodes(const struct look *l)
{
	const char *list = in_list(l->o->nodemask, 0) >= 0 ? l->o->nodemask
			 : in_list(l->o->mems_allowed, 0) >= 0 ? l->o->mems_allowed : NULL;
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

static int say_node_bound(const struct look *l)
{
	int64_t elsewhere = free_elsewhere(l);
	int stated = is(l->o->constraint_kind, "cpuset") ||
		     is(l->o->constraint_kind, "memory_policy");
	int short_here = all_short(l) || (l->usable && all_below_high(l));
	const char *nodes = which_nodes(l), *who;
	struct inquest_finding *f;
	enum inquest_confidence sure;

	if (!bound(l) || (l->usable && !short_here))
		return 0;
	if (!others_have(l, elsewhere)) {
		if (!stated || (l->usable && inquest_known(elsewhere)))
			return 0;	/* the others are short as well, or nobody knows */
		elsewhere = INQUEST_NULL;
	}
	/* which nodes are left out is read from what is not printed: not where it is cut */
	sure = inquest_known(elsewhere) && l->usable &&
	       (stated || in_list(l->o->mems_allowed, 0) >= 0 || l->ev->truncated != 1)
	     ? INQUEST_STRONG : INQUEST_LIKELY;
	f = start(l, "node-bound", sure, "memory-node-bound");
	who = node_holder(l);
	if (who)
		l->h->finding_holder(f, who);
	l->h->finding_title(f, "bound to node %s, which is short%s", nodes,
			    inquest_known(elsewhere) ? l->h->text(l->ctx,
			    ", with %s free on other nodes", kb(l, elsewhere)) : "");
	l->h->finding_explain(f, "The request may use node %s only, by %s.",
			      nodes, who_binds(l));
	say_zones(l, f);
	if (inquest_known(elsewhere))
		l->h->finding_explain(f, " Elsewhere %s are free, out of its reach.",
				      kb(l, elsewhere));
	if (is(l->o->constraint_kind, "memory_policy"))
		l->h->finding_advise(f, "numactl --preferred or --interleave instead of --membind; "
				     "numastat -p PID shows where its memory is");
	else
		l->h->finding_advise(f, "widen cpuset.mems of %s, or move what else lives on node "
				     "%s; numastat -m shows the nodes",
				     l->o->cpuset ? l->o->cpuset : "the cpuset",
				     nodes);
	finish(l, f, 1);
	return 1;
}

/* A zone above the request's, on its nodes, with room: bytes above its high mark. */
static int64_t room_above(const struct look *l, const char **ret_zone)
{
	int64_t best = 0;

	for (size_t i = 0; i < l->n_zones; i++) {
		const struct inquest_zone *z = l->zones[i];
		int64_t room;
		if (!z->check || z->check->usable != 0 || !node_allowed(l, z->node) ||
		    is(z->zone, "Device") || !inquest_known(z->free_bytes) ||
		    !inquest_known(z->high_bytes))
			continue;
		room = z->free_bytes - z->high_bytes;
		if (room > best) {
			best = room;
			*ret_zone = z->zone;
		}
	}
	return best;
}

static int say_zone(const struct look *l)
{
	int low = is(l->g->class_zone, "DMA") || is(l->g->class_zone, "DMA32");
	const char *above = NULL;
	int64_t room = room_above(l, &above), all = managed(l);
	struct inquest_finding *f;

	if (!all_short(l) || l->no_block || !l->g->class_zone)
		return 0;
	if (room < ROOM_BYTES || (inquest_known(all) && percent(room, all) < 1)) {
		if (!low)
			return 0;
		room = 0;
	}
	f = start(l, "zone-exhausted", room ? INQUEST_STRONG : INQUEST_LIKELY,
		  "memory-zone-exhausted");
	l->h->finding_title(f, "zone %s is short, and the request may use no higher one%s",
			    l->g->class_zone, room ? l->h->text(l->ctx, " (%s above the mark in %s)",
			    kb(l, room), above) : "");
	l->h->finding_explain(f, "Mask %s confines the request to zone %s and below.",
			      l->g->flags ? l->g->flags : "", l->g->class_zone);
	say_zones(l, f);
	if (is(above, "HighMem"))
		l->h->finding_advise(f, "a 64-bit kernel: with 32 bits all kernel memory (slab, "
				     "inodes, page tables) must fit in the first 896 MiB");
	else
		l->h->finding_advise(f, "the driver in the call trace asks for memory below a limit: "
				     "look at its DMA mask, at newer firmware or driver");
	finish(l, f, 1);
	return 1;
}

static int say_fragmentation(const struct look *l)
{
	int64_t order = inquest_or(l->o->alloc_order, 0), back = reclaimable(l);
	int listed = l->no_block > 0;
	enum inquest_confidence sure;
	struct inquest_finding *f;

	if (order <= 0 || l->pass || !(l->no_block || (l->no_lists && l->above_high)))
		return 0;
	sure = listed && !l->assumed && !l->undecided ? INQUEST_STRONG : INQUEST_LIKELY;
	f = start(l, "fragmentation", sure, "memory-fragmentation");
	l->h->finding_title(f, "no free block of order %lld (%s in one piece), though %s are free",
			    (long long)order, kb(l, order < 30 ? l->ev->page_size << order
							      : INQUEST_NULL),
			    kb(l, l->free_usable));
	l->h->finding_explain(f, "Enough pages are free, but not %lld adjacent ones of a type that "
			      "the request may take:", order < 30 ? 1LL << order : 0LL);
	say_zones(l, f);
	if (inquest_known(back) && percent(back, managed(l)) < SMALL_FREE_PERCENT)
		l->h->finding_explain(f, " Little is reclaimable, so there was not much left to "
				      "compact either: memory is nearly full as well.");
	l->h->finding_advise(f, "now: echo 1 > /proc/sys/vm/compact_memory; "
			     "then watch /proc/buddyinfo and /proc/pagetypeinfo");
	l->h->finding_advise(f, "later: raise vm.min_free_kbytes or vm.watermark_scale_factor; keep "
			     "kernel requests small (vmalloc, smaller ring or jumbo buffers)");
	finish(l, f, 1);
	return 1;
}

static int say_transient(const struct look *l)
{
	int64_t back = reclaimable(l), all = managed(l);
	struct inquest_finding *f;

	if (!l->above_high || !l->pass || !inquest_known(back) || !inquest_known(all) ||
	    percent(back, all) < RECLAIMABLE_PERCENT)
		return 0;
	f = start(l, "transient", l->assumed ? INQUEST_LIKELY : INQUEST_STRONG,
		  "memory-transient");
	l->h->finding_title(f, "no lack at the time of the report: %s free, %s reclaimable",
			    kb(l, l->free_usable), kb(l, back));
	l->h->finding_explain(f, "A zone that the request may use stands above its high mark and "
			      "reserve, and %lld %% of memory is reclaimable: memory came free "
			      "between decision and report, or reclaim was held up by slow I/O.",
			      (long long)percent(back, all));
	say_zones(l, f);
	say_holdings(l, f);
	l->h->finding_advise(f, "look for stalled storage at that time (hung tasks, I/O errors, "
			     "dirty and writeback pages) and at many tasks that ended at once");
	finish(l, f, 1);
	return 1;
}

static const char *holder_words(const char *holder)
{
	static const struct { const char *holder, *words; } t[] = {
		{ "processes", "processes hold" }, { "shmem", "tmpfs and shared memory hold" },
		{ "slab", "kernel slab holds" }, { "page-tables", "page tables hold" },
		{ "mlocked", "locked memory holds" }, { "hugetlb", "huge page pools hold" },
		{ "kernel-stacks", "kernel stacks hold" }, { "page-cache", "page cache holds" },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		if (is(holder, t[i].holder))
			return t[i].words;
	return holder;
}

static void title_exhausted(const struct look *l, struct inquest_finding *f,
			    const struct inquest_holding *x)
{
	int64_t all = managed(l);

	if (!x)
		l->h->finding_title(f, "the machine is out of memory");
	else
		l->h->finding_title(f, "the machine is out of memory: %s %s of %s (%lld %%)",
				    is(x->holder, "unaccounted") ? "no counter explains"
								 : holder_words(x->holder),
				    kb(l, x->bytes), kb(l, all),
				    (long long)percent(x->bytes, all));
}

/* Did the zones decide it, and how surely? */
static enum inquest_confidence exhausted_sure(const struct look *l)
{
	int64_t back = reclaimable(l), all = managed(l);
	int little = inquest_known(back) && inquest_known(all) &&
		     percent(back, all) < RECLAIMABLE_PERCENT;

	if (l->undecided || l->no_lists || l->assumed)
		return INQUEST_LIKELY;
	if (all_short(l) && !l->no_block && (little || !inquest_known(back)))
		return INQUEST_STRONG;
	return all_below_high(l) && little ? INQUEST_STRONG : INQUEST_LIKELY;
}

static void say_exhausted(const struct look *l)
{
	const struct inquest_holding *x = holder(l);
	struct inquest_finding *f = start(l, "host-exhausted", exhausted_sure(l),
					  "memory-host-exhausted");

	if (x)
		l->h->finding_holder(f, x->holder);
	title_exhausted(l, f, x);
	if (l->above_high)
		l->h->finding_explain(f, "When the report was printed some memory was free again:");
	else if (l->pass)
		l->h->finding_explain(f, "Zones stand between min and high; the last try before the "
				      "killer asks for high:");
	else if (l->undecided)
		l->h->finding_explain(f, "A zone is under its min mark, and another above it only "
				      "if its reserve does not forbid it:");
	else
		l->h->finding_explain(f, "Every zone that the request may use is under its min "
				      "mark:");
	say_zones(l, f);
	say_holdings(l, f);
	if (l->boost_only && l->boost_only == l->short_of_min)
		l->h->finding_explain(f, " Only the temporary watermark_boost puts them under it.");
	l->h->finding_advise(f, "now: ps -eo pid,rss,vsz,comm --sort=-rss | head; slabtop -o; "
			     "grep . /proc/meminfo");
	l->h->finding_advise(f, "then: a limit on the service that grew (systemd MemoryMax, "
			     "container limit), so that it dies alone; or more memory or swap");
	finish(l, f, 1);
}

/* Only a headline, or a table: it says that the host ran out, and no more. */
static void say_headline(const struct look *l)
{
	int64_t order = l->o->alloc_order;
	struct inquest_finding *f;

	if (inquest_known(order) && order > 0)
		return;		/* or fragmentation: not to be told apart here */
	f = start(l, "host-exhausted", INQUEST_LIKELY, "memory-host-headline");
	l->h->finding_title(f, "the machine is out of memory, by the kernel's own word; figures are "
			    "missing");
	l->h->finding_explain(f, "The text names the host, not a cgroup%s. Whether all of it was in "
			      "use, and by whom, stands in a Mem-Info block that is not here.",
			      is(l->o->constraint_kind, "none")
			      ? ", and no cpuset or policy" : "");
	l->h->finding_advise(f, "collect the whole report: journalctl -k -b, dmesg, "
			     "/var/log/kern.log around that time");
	finish(l, f, 1);
}

/* Zones are there and not short: say so rather than guess. */
static void say_not_short(const struct look *l)
{
	struct inquest_finding *f = start(l, "unknown", INQUEST_GUESS, "memory-not-short");

	l->h->finding_title(f, "the zones that the request may use are not short in this report");
	l->h->finding_explain(f, "No cause shows in the figures printed:");
	say_zones(l, f);
	say_holdings(l, f);
	l->h->finding_missing(f, "the state of memory at the moment of the decision",
			      "vmstat, sar -r and /proc/pressure/memory taken every few seconds");
	finish(l, f, 1);
}

/* Free memory far above all marks, and not little of the whole. */
static int plenty(const struct look *l)
{
	int64_t high = inquest_or(l->high_usable, 0);

	return l->above_high && percent(l->free_usable, managed(l)) >= SMALL_FREE_PERCENT &&
	       l->free_usable / PLENTY_TIMES > high;
}

static void judge(struct look *l)
{
	if (l->o->manual == 1) {
		say_manual(l);
		return;
	}
	if (of_cgroup(l->o))
		return;
	if (l->g->fault_path == 1) {
		say_fault_path(l);
		return;
	}
	if (say_node_bound(l))
		return;
	if (!l->usable) {
		if (l->o->global_oom == 1 || is(l->o->constraint_kind, "none") ||
		    l->o->no_killable == 1)
			say_headline(l);
		return;
	}
	if (say_zone(l) || say_fragmentation(l) || say_transient(l))
		return;
	if (plenty(l))
		say_not_short(l);
	else if (all_short(l) || all_below_high(l) || l->above_high)
		say_exhausted(l);
}

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	struct look l = { .h = h, .ctx = ctx, .ev = h->event(ctx), .o = h->oom(ctx) };

	if (!l.ev || !l.o)
		return 0;
	l.g = h->gfp(ctx);
	l.a = h->account(ctx);
	l.zones = h->zones(ctx, &l.n_zones);
	if (!l.g || !l.a)
		return 0;
	tally(&l);
	judge(&l);
	return 0;
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "memory-host",
	.version = "1.0",
	.description = "OOM kills for lack of memory of the machine, a node or a zone",
	.kinds = (const char *const[]){ "oom-kill", NULL },
	.event = look,
};
