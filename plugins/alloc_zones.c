/* plugins/alloc_zones.c - what the zones and the nodes say of a request (alloc.h).
 *
 * The host has checked each zone at the min mark with the request's own discounts; here
 * the answers are added up over the zones that the request may use.  Follows
 * mm/page_alloc.c:gfp_to_alloc_flags(), __setup_per_zone_wmarks().
 */
#include "alloc.h"

#include <stdlib.h>

/* Is NODE among those the request may use?  A request that may neither wait nor reclaim
 * passes over the task's cpuset (gfp_to_alloc_flags(): ~ALLOC_CPUSET). */
int alloc_node_allowed(const struct alloc_look *l, int64_t node)
{
	if (!inquest_known(node))
		return 1;
	if (inquest_known(l->tied_node) && node != l->tied_node)
		return 0;
	if (inquest_list_has(l->o->nodemask, node) == 0)
		return 0;
	return l->g->atomic == 1 || inquest_list_has(l->o->mems_allowed, node) != 0;
}

int alloc_may_use(const struct alloc_look *l, const struct inquest_zone *z)
{
	return z->check && z->check->usable != 0 && alloc_node_allowed(l, z->node);
}

static int64_t largest_block(const struct inquest_zone *z)
{
	int64_t best = INQUEST_NULL;

	for (size_t i = 0; i < z->n_free_lists; i++)
		if (z->free_lists[i]->blocks > 0 && z->free_lists[i]->block_order > best)
			best = z->free_lists[i]->block_order;
	return best;
}

/* Is every free block of Z on the lists of CMA, of the high-order atomic reserve or of
 * isolated pages?  The check of the marks lets an atomic request for one page count the
 * atomic reserve, but it is not given pages of it (seen from 6.1 on). */
static int only_reserved(const struct alloc_look *l, const struct inquest_zone *z)
{
	int blocks = 0;

	for (size_t i = 0; i < z->n_free_lists; i++) {
		const struct inquest_free_list *f = z->free_lists[i];
		if (f->blocks <= 0)
			continue;
		if (!f->migrate_type || strpbrk(f->migrate_type, "UMER") ||
		    (l->g->movable == 1 && strchr(f->migrate_type, 'C')))
			return 0;
		blocks = 1;
	}
	return blocks;
}

/* The host checks for the order printed; a nommu request has a length instead. */
static int64_t order_ok(const struct alloc_look *l, const struct inquest_zone *z)
{
	if (l->order == 0 && only_reserved(l, z))
		return 0;
	if (inquest_known(l->o->alloc_order))
		return z->check->order_ok;
	if (!inquest_known(l->order) || !l->order)
		return 1;
	if (!z->n_free_lists)
		return INQUEST_NULL;
	return largest_block(z) >= l->order;
}

/* Is Z better suited than l->main to stand for all in a title?  One above its mark with
 * most to spare; else the largest: DMA is always short. */
static int speaks_for_all(const struct alloc_look *l, const struct inquest_zone *z,
			  int64_t lacks)
{
	if (lacks < 0 || l->lacks < 0)
		return lacks < l->lacks;
	return inquest_or(z->present_bytes, 0) > inquest_or(l->main->present_bytes, 0);
}

/* At or above high + reserve, whatever the request's discounts, and by what counts. */
static int stands_above_high(const struct inquest_zone *z, int64_t lacks)
{
	int64_t over = z->check->left_bytes;

	if (!inquest_known(lacks) || lacks > -TRANSIENT_BYTES ||
	    !inquest_known(z->high_bytes))
		return 0;
	inquest_add(&over, -z->high_bytes);
	inquest_add(&over, -inquest_or(z->check->reserve_bytes, 0));
	return over >= 0;
}

static void tally_zone(struct alloc_look *l, const struct inquest_zone *z)
{
	const struct inquest_zone_check *c = z->check;
	int64_t lacks = INQUEST_NULL, order = order_ok(l, z), block = largest_block(z);

	l->usable++;
	l->assumed |= c->usable != 1;
	inquest_add(&l->free_usable, z->free_bytes);
	if (inquest_known(block) && block > l->largest_order)
		l->largest_order = block;
	if (inquest_known(c->left_bytes) && inquest_known(c->mark_bytes)) {
		lacks = c->mark_bytes;
		inquest_add(&lacks, c->reserve_bytes);
		inquest_add(&lacks, -c->left_bytes);
		if (!l->main || speaks_for_all(l, z, lacks)) {
			l->main = z;
			l->lacks = lacks;
		}
	}
	l->boost_only += c->boost_only == 1;
	l->above_high += stands_above_high(z, lacks);
	l->only_reserved += c->watermark_ok == 1 && l->order == 0 && order == 0;
	if (c->watermark_ok == 0)
		l->short_of_min++;
	else if (!inquest_known(c->watermark_ok))
		l->undecided++;
	else if (order == 0)
		l->no_block++;
	else if (inquest_known(lacks) && -lacks <= DRIFT_PAGES * l->ev->page_size)
		l->by_a_hair++;
	else if (order == 1)
		l->pass++;
	else
		l->no_lists++;
}

void alloc_tally(struct alloc_look *l)
{
	l->usable = l->short_of_min = l->no_block = l->pass = l->undecided = 0;
	l->above_high = l->no_lists = l->boost_only = l->by_a_hair = 0;
	l->only_reserved = 0;
	l->assumed = 0;
	l->main = NULL;
	l->lacks = 0;
	l->free_usable = l->largest_order = INQUEST_NULL;
	for (size_t i = 0; i < l->n_zones; i++)
		if (alloc_may_use(l, l->zones[i]))
			tally_zone(l, l->zones[i]);
}

/* No zone that the request may use serves it at the min mark. */
int alloc_all_short(const struct alloc_look *l)
{
	return l->usable && !l->pass && !l->no_lists && !l->undecided &&
	       l->short_of_min + l->no_block + l->by_a_hair > 0;
}

int64_t alloc_reclaimable(const struct alloc_look *l)
{
	int64_t sum = l->a->file_bytes;

	if (inquest_known(sum))
		inquest_add(&sum, l->a->slab_reclaimable_bytes);
	return sum;
}

int64_t alloc_managed(const struct alloc_look *l)
{
	int64_t sum = INQUEST_NULL;

	if (inquest_known(l->a->managed_bytes))
		return l->a->managed_bytes;
	for (size_t i = 0; i < l->n_zones; i++)
		inquest_add(&sum, l->zones[i]->managed_bytes);
	return sum;
}

/* Was memory there to be reclaimed?  1, 0, -1: not printed. */
int alloc_plenty_to_reclaim(const struct alloc_look *l)
{
	int64_t back = alloc_reclaimable(l), all = alloc_managed(l);

	if (!inquest_known(back) || !inquest_known(all))
		return -1;
	return inquest_percent(back, all) >= RECLAIMABLE_PERCENT;
}

int64_t alloc_vmalloc_got(const struct alloc_look *l)
{
	const struct inquest_line *line = l->h->line(l->ctx, "headline");
	const char *at = line && line->text ? strstr(line->text, ", allocated ") : NULL;

	return at ? strtoll(at + 12, NULL, 10) : INQUEST_NULL;
}

/* The largest holding of a machine that was full. */
static const char *holder_words(const char *holder)
{
	static const struct {
		const char *holder, *words;
	} t[] = {
		{"processes", "processes hold"},
		{"shmem", "tmpfs and shared memory hold"},
		{"slab", "kernel slab holds"},
		{"page-tables", "page tables hold"},
		{"mlocked", "locked memory holds"},
		{"hugetlb", "huge page pools hold"},
		{"kernel-stacks", "kernel stacks hold"},
		{"page-cache", "the page cache holds"},
		{"unaccounted", "no counter explains"},
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		if (is(holder, t[i].holder))
			return t[i].words;
	return holder;
}

int alloc_holder(const struct alloc_look *l, struct alloc_holder *ret)
{
	int64_t all = alloc_managed(l), got = alloc_vmalloc_got(l);

	if (inquest_percent(got, all) >= HOLDER_PERCENT) {
		*ret = (struct alloc_holder){"vmalloc", "the request itself had taken",
					     got};
		return 1;
	}
	if (alloc_plenty_to_reclaim(l) != 0)
		return 0;
	for (size_t i = 0; i < l->a->n_holdings; i++) {
		const struct inquest_holding *x = l->a->holdings[i];
		if (!inquest_known(x->bytes) ||
		    inquest_percent(x->bytes, all) < HOLDER_PERCENT)
			break;
		if (is(x->holder, "unaccounted") && !l->a->complete)
			continue;
		*ret = (struct alloc_holder){x->holder, holder_words(x->holder),
					     x->bytes};
		return 1;
	}
	return 0;
}

/* Bytes free on nodes that the request may not use; INQUEST_NULL: not known. */
int64_t alloc_free_elsewhere(const struct alloc_look *l)
{
	int64_t sum = INQUEST_NULL, here = INQUEST_NULL;
	int64_t all = l->h->counter(l->ctx, NULL, "free");

	for (size_t i = 0; i < l->n_zones; i++)
		inquest_add(alloc_node_allowed(l, l->zones[i]->node) ? &here : &sum,
			    l->zones[i]->free_bytes);
	/* Lines of nodes left out are not printed: the global counter has them, but of
	 * the zones above the request's as well (not printed from 6.1 on). */
	if (!inquest_known(sum) && is(l->g->class_zone, "Movable") &&
	    inquest_known(all) && inquest_known(here) && all > here)
		sum = all - here;
	return sum;
}

/* Free memory above the request's zone, beyond that zone's high mark: seen in the zone's
 * line, or (6.1 and later print no line of it) in the global counter. */
int64_t alloc_room_above(const struct alloc_look *l, const char **ret_zone)
{
	int64_t best = 0, shown = INQUEST_NULL, all = l->h->counter(l->ctx, NULL, "free");
	int other_nodes = 0;

	*ret_zone = NULL;
	for (size_t i = 0; i < l->n_zones; i++) {
		const struct inquest_zone *z = l->zones[i];
		inquest_add(&shown, z->free_bytes);
		other_nodes |= !alloc_node_allowed(l, z->node);
		if (!z->check || z->check->usable != 0 ||
		    !alloc_node_allowed(l, z->node) || is(z->zone, "Device") ||
		    !inquest_known(z->free_bytes) || !inquest_known(z->high_bytes))
			continue;
		if (z->free_bytes - z->high_bytes > best) {
			best = z->free_bytes - z->high_bytes;
			*ret_zone = z->zone;
		}
	}
	if (best || other_nodes || inquest_list_has(l->o->nodemask, 0) >= 0)
		return best;
	/* twice what is shown: marks of the zones not shown are not known */
	if (inquest_known(all) && inquest_known(shown) && all / 2 > shown) {
		*ret_zone = "higher zones";
		return all - shown;
	}
	return 0;
}

/* "SLUB: Unable to allocate memory on node 1": INQUEST_NULL for any (-1), or no such
 * line. */
static int64_t slab_node(const struct alloc_look *l)
{
	static const char *const roles[] = {"headline", "alloc"};

	for (size_t r = 0; r < 2; r++) {
		size_t n = 0;
		const struct inquest_line *const *p = l->h->lines(l->ctx, roles[r], &n);
		for (size_t i = 0; i < n; i++) {
			const char *at = p[i]->text && strstr(p[i]->text,
							      "Unable to allocate memory")
						 ? strstr(p[i]->text, ") on node ")
						 : NULL;
			long node;
			if (at) /* 6.12: "on CPU 3 (of node 0) on node 1" */
				at += 2;
			else if (p[i]->text &&
				 strstr(p[i]->text, "allocate memory on node "))
				at = strstr(p[i]->text, "on node ");
			if (!at)
				continue;
			node = strtol(at + 8, NULL, 10);
			return node >= 0 && node < 4096 ? node : INQUEST_NULL;
		}
	}
	return INQUEST_NULL;
}

/* Pages of a power of two that hold BYTES. */
static int64_t order_of(int64_t bytes, int64_t page)
{
	int64_t order = 0;

	while (order < 20 && page < INT64_C(1) << 30 && (page << order) < bytes)
		order++;
	return order;
}

/* "  cache: x, object size: 64, buffer size: 64, default order: 1, min order: 0" of SLUB,
 * "  cache: x, object size: 64, order: 0" of SLAB: a failure is reported at the least
 * order. */
static int64_t slab_order(const struct alloc_look *l)
{
	static const char *const leads[] = {", min order: ", ", order: "};
	size_t n = 0;
	const struct inquest_line *const *p = l->h->lines(l->ctx, "alloc", &n);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < 2 && p[i]->text && strstr(p[i]->text, "cache: ");
		     k++) {
			const char *at = strstr(p[i]->text, leads[k]);
			long v = at ? strtol(at + strlen(leads[k]), NULL, 10) : -1;
			if (v >= 0 && v < 30)
				return v;
		}
	return INQUEST_NULL;
}

int64_t alloc_order(const struct alloc_look *l)
{
	const struct inquest_oom *o = l->o;

	if (inquest_known(o->alloc_order))
		return o->alloc_order;
	if (is(o->alloc_kind, "slub") || is(o->alloc_kind, "slab"))
		return slab_order(l);
	if (is(o->alloc_kind, "nommu") && inquest_known(o->alloc_bytes) &&
	    o->alloc_bytes > 0)
		return order_of(o->alloc_bytes, l->ev->page_size);
	return INQUEST_NULL;
}

/* __GFP_THISNODE: the node is printed by SLUB alone; else it is the only one whose zones
 * are all short. */
void alloc_find_tied_node(struct alloc_look *l)
{
	int64_t found = INQUEST_NULL;

	l->tied_node = INQUEST_NULL;
	if (l->g->thisnode != 1)
		return;
	found = slab_node(l);
	for (size_t i = 0; i < l->n_zones && !inquest_known(found); i++) {
		int64_t node = l->zones[i]->node;
		if (!inquest_known(node) || (i && l->zones[i - 1]->node == node))
			continue;
		l->tied_node = node;
		alloc_tally(l);
		l->tied_node = INQUEST_NULL;
		if (!alloc_all_short(l))
			continue;
		if (inquest_known(found))
			return; /* two of them: nobody knows which */
		found = node;
	}
	l->tied_node = found;
}

/* Sum of the min marks that make up vm.min_free_kbytes (__setup_per_zone_wmarks(): not
 * those of HighMem and Movable), without the temporary boost.  INQUEST_NULL: a zone
 * may be missing, so the sum would be too small. */
int64_t alloc_reserve_now(const struct alloc_look *l)
{
	int64_t sum = INQUEST_NULL, present = INQUEST_NULL;

	for (size_t i = 0; i < l->n_zones; i++) {
		const struct inquest_zone *z = l->zones[i];
		if (!inquest_known(z->min_bytes) || !inquest_known(z->present_bytes))
			return INQUEST_NULL;
		inquest_add(&present, z->present_bytes);
		if (is(z->zone, "HighMem") || is(z->zone, "Movable") ||
		    is(z->zone, "Device"))
			continue;
		inquest_add(&sum, z->min_bytes - inquest_or(z->boost_bytes, 0));
	}
	if (!inquest_known(l->a->ram_bytes) || !inquest_known(present) ||
	    present < l->a->ram_bytes - l->a->ram_bytes / 50)
		return INQUEST_NULL;
	return sum;
}

/* Microseconds between this event and E; INQUEST_NULL: no clock tells. */
int alloc_loose_lists(const struct alloc_look *l, int64_t *ret_largest, int64_t *ret_free)
{
	struct inquest_query *q = l->h->prepare(
		l->ctx,
		"SELECT block_order, blocks, migrate_type, zone FROM v1_free_list "
		"JOIN v1_event_snapshot USING (snapshot_id) WHERE event_id = :e "
		"AND role NOT IN ('later', 'rebooted') "
		/* lowmem_reserve[] keeps others out of DMA, where blocks are left */
		"ORDER BY zone = 'DMA'");
	int rows = 0, others = 0;

	*ret_largest = -1;
	*ret_free = 0;
	if (!q || l->h->bind_int(q, ":e", l->ev->event_id))
		return 0;
	while (l->h->step(q) == 1) {
		int64_t order = l->h->column_int(q, 0), n = l->h->column_int(q, 1);
		const char *types = l->h->column_text(q, 2);
		int dma = is(l->h->column_text(q, 3), "DMA");
		if (dma && others)
			break;
		others |= !dma;
		rows = 1;
		int64_t block = alloc_block_bytes(l, order);
		if (n <= 0 || order > 20 || !inquest_known(block) ||
		    n > INT64_MAX / block)
			continue;
		inquest_add(ret_free, n * block);
		if (order > *ret_largest && (!types || strpbrk(types, "UME")))
			*ret_largest = order;
	}
	l->h->finalize(q);
	return rows;
}

int64_t alloc_apart(const struct alloc_look *l, const struct inquest_neighbour *e)
{
	int64_t a = l->ev->mono_us, b = e->mono_us;

	if (!inquest_known(a) || !inquest_known(b)) {
		a = l->ev->wall_us;
		b = e->wall_us;
	}
	if (!inquest_known(a) || !inquest_known(b))
		return INQUEST_NULL;
	return a > b ? a - b : b - a;
}

/* Did the kernel kill for lack of memory within a minute? */
int alloc_kill_is_near(const struct alloc_look *l)
{
	size_t n = 0, self = 0;
	const struct inquest_neighbour *const *e = l->h->neighbours(l->ctx, &n, &self);

	if (n > self + LOOK_AROUND)
		n = self + LOOK_AROUND;
	for (size_t i = self > LOOK_AROUND ? self - LOOK_AROUND : 0; i < n; i++) {
		int64_t d = alloc_apart(l, e[i]);
		if (is(e[i]->kind, "oom-kill") && !e[i]->cgroup_limited &&
		    !is(e[i]->constraint_kind, "memcg") && inquest_known(d) &&
		    d <= NEAR_US)
			return 1;
	}
	return 0;
}
