/* plugins/host_look.c - zones, nodes and holders of a host-wide report (host_look.h).
 * Follows oom.md 2.2, 2.4, 2.9. */
#include <string.h>

#include "host_look.h"

/* Working defaults of this plugin. */
#define HOLDER_PERCENT		30	/* of managed: the figures name a holder */
#define ELSEWHERE_PERCENT	1	/* of RAM, free outside: the others are not short */
#define ROOM_BYTES		(INT64_C(16) << 20)

int node_allowed(const struct look *l, int64_t node)
{
	if (!inquest_known(node))
		return 1;
	return inquest_list_has(l->o->mems_allowed, node) != 0 &&
	       inquest_list_has(l->o->nodemask, node) != 0;
}

int is(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* -------------------------------------------------------------- the zones */

static int is_above(const char *zone)
{
	return is(zone, "HighMem") || is(zone, "Movable");
}

/* Above the request's class zone, by its mask or by what the zones show? */
static int too_high(const struct look *l, const struct inquest_zone *z)
{
	return (z->check && z->check->usable == 0) || (l->below_highmem && is_above(z->zone));
}

/* May the request use it?  Not by its class zone (0), or nobody knows (taken as yes). */
int may_use(const struct look *l, const struct inquest_zone *z)
{
	return z->check && !too_high(l, z) && node_allowed(l, z->node);
}

const char *class_zone(const struct look *l)
{
	return l->g->class_zone ? l->g->class_zone : l->below_highmem;
}

/* Of a report whose request is lost: the zone below HighMem (the largest, the others are
 * kept for who can use no other), if it is under its marks while HighMem stands above
 * high - or is there without a line, as from 6.1 on zones above the request's are not
 * printed ("boost:" is as old). */
static const char *short_below_highmem(const struct look *l)
{
	const struct inquest_zone *low = NULL, *high = NULL;
	int64_t hidden = l->h->counter(l->ctx, NULL, "pages HighMem/MovableOnly");

	if (l->g->class_zone)
		return NULL;
	for (size_t i = 0; i < l->n_zones; i++) {
		const struct inquest_zone *z = l->zones[i];
		if (is(z->zone, "HighMem"))
			high = z;
		else if (!is_above(z->zone) &&
			 (!low || inquest_or(z->present_bytes, 0) > inquest_or(low->present_bytes, 0)))
			low = z;
	}
	if (!low || !low->check || (low->check->watermark_ok != 0 && low->check->high_ok != 0))
		return NULL;
	if (!high)
		return inquest_or(hidden, 0) > 0 && inquest_known(low->boost_bytes) ? low->zone
										    : NULL;
	return inquest_known(high->free_bytes) && inquest_known(high->high_bytes) &&
	       high->free_bytes - high->high_bytes >= ROOM_BYTES ? low->zone : NULL;
}

/* Would it pass but for the pages kept for atomic requests?  Kernels before 6.12 take
 * off all that is reserved, whether it is free or not. */
static void tally_atomic(struct look *l, const struct inquest_zone *z)
{
	const struct inquest_zone_check *c = z->check;
	int64_t more = c->left_bytes;

	if (c->watermark_ok != 0 || inquest_or(z->highatomic_bytes, 0) <= 0 ||
	    !inquest_known(more) || !inquest_known(c->mark_bytes))
		return;
	inquest_add(&more, z->highatomic_bytes);
	inquest_add(&more, -c->mark_bytes);
	inquest_add(&more, -inquest_or(c->reserve_bytes, 0));
	if (more <= 0)
		return;
	l->atomic_only++;
	inquest_add(&l->atomic_bytes, z->highatomic_bytes);
	for (size_t i = 0; i < z->n_free_lists; i++)
		if (z->free_lists[i]->migrate_type &&
		    strchr(z->free_lists[i]->migrate_type, 'H')) {
			l->atomic_shown++;
			break;
		}
}

static void tally_zone(struct look *l, const struct inquest_zone *z)
{
	const struct inquest_zone_check *c = z->check;
	int64_t slack;

	l->usable++;
	l->assumed |= c->usable != 1;
	inquest_add(&l->free_usable, z->free_bytes);
	inquest_add(&l->high_usable, z->high_bytes);
	inquest_add(&l->high_usable, c->reserve_bytes);
	if (inquest_known(c->left_bytes) && inquest_known(c->mark_bytes)) {
		slack = c->left_bytes - c->mark_bytes - inquest_or(c->reserve_bytes, 0);
		if (!inquest_known(l->slack) || slack > l->slack)
			l->slack = slack;
	}
	if (inquest_known(c->left_bytes) && inquest_known(z->high_bytes)) {
		int64_t lack = z->high_bytes;
		inquest_add(&lack, c->reserve_bytes);
		inquest_add(&lack, -c->left_bytes);
		if (!inquest_known(l->lack_high) || lack < l->lack_high)
			l->lack_high = lack;
	}
	tally_atomic(l, z);
	l->boost_only += c->boost_only == 1;
	l->above_high += c->high_ok == 1 && (!l->below_highmem || is(z->zone, l->below_highmem));
	if (c->watermark_ok == 0)
		l->short_of_min++;
	else if (!inquest_known(c->watermark_ok) ||
		 (l->below_highmem && !is(z->zone, l->below_highmem)))
		l->undecided++;		/* its reserve may forbid it */
	else if (c->order_ok == 0)
		l->no_block++;
	else if (c->order_ok == 1)
		l->pass++;
	else if (inquest_known(l->o->alloc_order) && l->o->alloc_order > 0)
		l->no_lists++;
	else
		l->pass++;	/* the order is not known, and 0 the commonest by far */
}

void tally(struct look *l)
{
	l->slack = l->free_usable = l->high_usable = l->lack_high = INQUEST_NULL;
	l->atomic_bytes = l->free_too_high = INQUEST_NULL;
	l->below_highmem = short_below_highmem(l);
	l->assumed |= l->below_highmem != NULL;
	for (size_t i = 0; i < l->n_zones; i++) {
		const struct inquest_zone *z = l->zones[i];
		if (may_use(l, z)) {
			tally_zone(l, z);
		} else if (too_high(l, z) && node_allowed(l, z->node)) {
			l->too_high++;
			inquest_add(&l->free_too_high, z->free_bytes);
		}
	}
}

/* No usable zone satisfies the request at the min mark. */
int all_short(const struct look *l)
{
	return l->usable && !l->pass && l->short_of_min + l->no_block > 0;
}

/* ... or none does at high, which is what the last try before the killer asks. */
int all_below_high(const struct look *l)
{
	return l->usable && !l->above_high;
}

int64_t reclaimable(const struct look *l)
{
	if (!inquest_known(l->a->file_bytes))
		return INQUEST_NULL;
	return l->a->file_bytes + inquest_or(l->a->slab_reclaimable_bytes, 0);
}

int64_t zones_managed(const struct look *l, int only_allowed)
{
	int64_t sum = INQUEST_NULL;

	for (size_t i = 0; i < l->n_zones; i++) {
		if (only_allowed && !node_allowed(l, l->zones[i]->node))
			continue;
		if (!inquest_known(l->zones[i]->managed_bytes))
			return INQUEST_NULL;
		inquest_add(&sum, l->zones[i]->managed_bytes);
	}
	return sum;
}

int64_t managed(const struct look *l)
{
	return inquest_known(l->a->managed_bytes) ? l->a->managed_bytes : zones_managed(l, 0);
}

/* ----------------------------------------------------------- other nodes */

/* Bytes free on nodes that the request may not use; INQUEST_NULL: not known. */
int64_t free_elsewhere(const struct look *l)
{
	int64_t sum = INQUEST_NULL, here = INQUEST_NULL;
	int64_t all = l->h->counter(l->ctx, NULL, "free");

	for (size_t i = 0; i < l->n_zones; i++)
		inquest_add(node_allowed(l, l->zones[i]->node) ? &here : &sum,
		    l->zones[i]->free_bytes);
	/* the counter is of the whole machine, whichever nodes are printed */
	if (inquest_known(all) && inquest_known(here) &&
	    (!inquest_known(sum) || all - here > sum))
		sum = all > here ? all - here : 0;
	return sum;
}

/* Is there a node that the request may not use? */
int bound(const struct look *l)
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
		inquest_add(&present, l->zones[i]->present_bytes);
	}
	if (inquest_list_has(l->o->mems_allowed, 0) == 0)
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
			inquest_add(&sum, inquest_or(l->zones[i]->min_bytes, 0));
	return sum;
}

int others_have(const struct look *l, int64_t elsewhere)
{
	int64_t ram = inquest_or(l->a->ram_bytes, 0);
	int64_t mark = marks_here(l);

	if (!inquest_known(elsewhere) || elsewhere < ROOM_BYTES)
		return 0;
	return elsewhere > mark && elsewhere > ram / 100 * ELSEWHERE_PERCENT;
}

/* Bytes in zones above the request's of which no line is printed (6.1 leaves them out);
 * 0: there are none.  *ret_free: of these, INQUEST_NULL: not told. */
int64_t hidden_above(const struct look *l, int64_t *ret_free)
{
	int64_t bytes = l->h->counter(l->ctx, NULL, "pages HighMem/MovableOnly");
	int64_t all = l->h->counter(l->ctx, NULL, "free"), seen = 0;

	*ret_free = INQUEST_NULL;
	if (!inquest_known(bytes) || bytes <= 0 || !class_zone(l) ||
	    is_above(class_zone(l)) || bound(l))
		return 0;
	for (size_t i = 0; i < l->n_zones; i++) {
		if (is_above(l->zones[i]->zone))
			return 0;
		inquest_add(&seen, l->zones[i]->free_bytes);
	}
	if (inquest_known(all) && inquest_known(seen) && all > seen)
		*ret_free = all - seen;
	return bytes;
}

/* A zone above the request's, on its nodes, with room: bytes above its high mark. */
int64_t room_above(const struct look *l, const char **ret_zone)
{
	int64_t best = 0;

	for (size_t i = 0; i < l->n_zones; i++) {
		const struct inquest_zone *z = l->zones[i];
		int64_t room;
		if (!too_high(l, z) || !node_allowed(l, z->node) ||
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

/* The min marks of all zones: what vm.min_free_kbytes spreads over them. */
int64_t marks(const struct look *l)
{
	int64_t sum = INQUEST_NULL;

	for (size_t i = 0; i < l->n_zones; i++)
		if (inquest_known(l->zones[i]->min_bytes))
			inquest_add(&sum, l->zones[i]->min_bytes -
				    inquest_or(l->zones[i]->boost_bytes, 0));
	return sum;
}

int all_zones(const struct look *l)
{
	int64_t present = INQUEST_NULL;

	for (size_t i = 0; i < l->n_zones; i++)
		inquest_add(&present, l->zones[i]->present_bytes);
	return inquest_known(l->a->ram_bytes) && inquest_known(present) &&
	       present >= l->a->ram_bytes - l->a->ram_bytes / 20;
}

/* ------------------------------------------------------------- the holder */

/* The largest holding of a whole machine, if the figures carry one. */
const struct inquest_holding *holder(const struct look *l)
{
	int64_t all = managed(l);

	for (size_t i = 0; i < l->a->n_holdings; i++) {
		const struct inquest_holding *x = l->a->holdings[i];
		if (!inquest_known(x->bytes) || inquest_percent(x->bytes, all) < HOLDER_PERCENT)
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
