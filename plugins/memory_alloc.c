/* plugins/memory_alloc.c - why the page allocator gave nothing to a request.
 *
 * Cause of an alloc-failure: node-bound, zone-exhausted, fragmentation, transient,
 * reserve-exhausted, host-exhausted, and cgroup-limit for a slab cache that belongs to a
 * memory cgroup.  What the request was not allowed to do (wait, reclaim, use the file
 * system, leave its zone or node) is half of every answer: a request with all rights ends
 * in an OOM kill, not in a failure.  Requests that no amount of free memory would have
 * served are alloc_size.c's.
 *
 * Follows mm/page_alloc.c (__alloc_pages_slowpath(), gfp_to_alloc_flags(), warn_alloc())
 * of 2.6.32 ... 7.x, mm/slub.c (slab_out_of_memory()), mm/vmalloc.c, mm/nommu.c, and
 * oom.md 2.3, 2.4, 3, 4 (C18-C22, C30).
 */
#include "alloc.h"

static struct inquest_finding *start(const struct alloc_look *l, const char *verdict,
				     enum inquest_confidence sure, const char *rule)
{
	/* a driver that finds no buffer goes on without it: not as bad as a kill */
	enum inquest_severity bad = alloc_may_not_wait(l) || alloc_is_stall(l)
					    ? INQUEST_WARNING
					    : INQUEST_FAULT;

	return l->h->finding_new(l->ctx, INQUEST_CAUSE, verdict, bad, sure, rule);
}

/* The figures decide without an assumption. */
static int firm(const struct alloc_look *l)
{
	return !l->assumed && !l->by_a_hair && !l->undecided && !l->no_lists;
}

static void finish(const struct alloc_look *l, struct inquest_finding *f)
{
	alloc_say_missing(l, f);
	alloc_cite(l, f);
	l->h->finding_commit(f);
}

static const char *who_binds(const struct alloc_look *l)
{
	if (inquest_known(l->tied_node))
		return "it is tied to it (__GFP_THISNODE)";
	if (inquest_list_has(l->o->nodemask, 0) >= 0)
		return "by a memory policy or the caller's node mask";
	return l->o->cpuset && strcmp(l->o->cpuset, "/")
		       ? l->h->text(l->ctx, "by cpuset %s", l->o->cpuset)
		       : "by its cpuset";
}

static const char *which_nodes(const struct alloc_look *l)
{
	if (inquest_known(l->tied_node))
		return l->h->text(l->ctx, "%lld", (long long)l->tied_node);
	return inquest_list_has(l->o->nodemask, 0) >= 0 ? l->o->nodemask
							: l->o->mems_allowed;
}

static int say_node_bound(const struct alloc_look *l)
{
	int64_t elsewhere = alloc_free_elsewhere(l), marks = INQUEST_NULL;
	struct inquest_finding *f;

	for (size_t i = 0; i < l->n_zones; i++)
		if (alloc_node_allowed(l, l->zones[i]->node))
			inquest_add(&marks, l->zones[i]->high_bytes);
	if (!alloc_all_short(l) || !inquest_known(elsewhere) || elsewhere < ROOM_BYTES ||
	    elsewhere < inquest_or(marks, 0) || !which_nodes(l))
		return 0;
	f = start(l, "node-bound", firm(l) ? INQUEST_STRONG : INQUEST_LIKELY,
		  "alloc-node-bound");
	l->h->finding_title(
		f, "bound to node %s, which is short, with %s free on other nodes",
		which_nodes(l), kb(l, elsewhere));
	alloc_say_rights(l, f);
	l->h->finding_explain(f, "It may use node %s only, %s: ", which_nodes(l),
			      who_binds(l));
	alloc_say_zones(l, f);
	l->h->finding_explain(f, "Elsewhere %s are free, out of its reach.",
			      kb(l, elsewhere));
	l->h->finding_advise(
		f,
		"numastat -m and numactl --hardware show the nodes; widen the cpuset "
		"or the policy, or move what else fills node %s",
		which_nodes(l));
	finish(l, f);
	return 1;
}

/* A zone that is there by address, but of which the allocator was given no page: in a
 * crash kernel all of its memory lies higher. */
static int is_empty(const struct alloc_look *l)
{
	size_t usable = 0;

	for (size_t i = 0; i < l->n_zones; i++) {
		const struct inquest_zone *z = l->zones[i];
		if (!z->check || z->check->usable == 0)
			continue;
		if (z->managed_bytes != 0)
			return 0;
		usable++;
	}
	return usable > 0;
}

static int say_zone(const struct alloc_look *l)
{
	int low = is(l->g->class_zone, "DMA") || is(l->g->class_zone, "DMA32");
	const char *above = NULL;
	int64_t room = alloc_room_above(l, &above), all = alloc_managed(l);
	struct inquest_finding *f;

	if (!alloc_all_short(l) || l->no_block || !l->g->class_zone || alloc_is_stall(l))
		return 0;
	if (room < ROOM_BYTES || (inquest_known(all) && inquest_percent(room, all) < 1)) {
		if (!low)
			return 0;
		room = 0;
	}
	f = start(l, "zone-exhausted", room && firm(l) ? INQUEST_STRONG : INQUEST_LIKELY,
		  "alloc-zone-exhausted");
	l->h->finding_title(
		f, "zone %s is short, and the request may use no higher one%s",
		l->g->class_zone,
		room ? l->h->text(l->ctx, " (%s free in %s)", kb(l, room), above) : "");
	l->h->finding_explain(f, "Mask %s confines the request to zone %s and below. ",
			      alloc_mask_name(l), l->g->class_zone);
	alloc_say_rights(l, f);
	alloc_say_zones(l, f);
	alloc_say_cma(l, f);
	if (is_empty(l)) {
		l->h->finding_explain(f, " No page of that zone was ever the allocator's (managed:0kB): "
				      "every request bound to it fails. That is usual in a crash "
				      "kernel, whose memory lies higher, and mostly harmless there.");
		l->h->finding_advise(f, "in a crash kernel (kdump) nothing, if it goes on; from 5.17 on "
				     "the kernel asks no empty zone for its DMA pool and caches");
	} else if (low)
		l->h->finding_advise(
			f,
			"the driver in the call trace asks for memory below %s because "
			"its device cannot address more: a wider DMA mask, an IOMMU, "
			"newer firmware or a newer driver",
			is(l->g->class_zone, "DMA") ? "16 MiB (some architectures "
						      "1 GiB or 4 GiB)"
						    : "4 GiB");
	else if (is(above, "HighMem"))
		l->h->finding_advise(
			f, "a 64-bit kernel: with 32 bits all kernel memory (slab, "
			   "inodes, page tables) must fit in the first 896 MiB");
	else
		l->h->finding_advise(
			f,
			"less movable-only memory (kernelcore=, movable_node, memory "
			"onlined as movable): the kernel's own requests cannot use it");
	finish(l, f);
	return 1;
}

/* The kernel is not up yet: what it has been given so far is too little. */
static int say_booting(const struct alloc_look *l)
{
	struct inquest_finding *f;

	if (!alloc_is_booting(l) || !alloc_all_short(l))
		return 0;
	f = l->h->finding_new(l->ctx, INQUEST_CAUSE, "host-exhausted", INQUEST_FAULT,
			      firm(l) ? INQUEST_STRONG : INQUEST_LIKELY, "alloc-booting");
	l->h->finding_title(
		f, "while booting: %s free of %s that the kernel had been given by then",
		kb(l, l->free_usable), kb(l, alloc_managed(l)));
	l->h->finding_explain(
		f, "The kernel was not up yet: until then no request may reclaim, and "
		   "there is nothing to reclaim. ");
	alloc_say_zones(l, f);
	l->h->finding_advise(
		f, "more memory for the (virtual) machine, or less taken before: "
		   "crashkernel=, hugepages=, mem=, a large initrd, the firmware's "
		   "memory map (see the lines `Memory: ...K/...K available`)");
	finish(l, f);
	return 1;
}

static void title_fragmented(const struct alloc_look *l, struct inquest_finding *f)
{
	int64_t order = l->order;
	const char *largest = inquest_known(l->largest_order)
				      ? l->h->text(l->ctx, "; largest: order %lld",
						   (long long)l->largest_order)
				      : "";

	l->h->finding_title(
		f, "no free block of order %lld (%s in one piece)%s, though %s are free",
		(long long)order, kb(l, alloc_block_bytes(l, order)),
		l->largest_order < order ? largest : "", kb(l, l->free_usable));
}

static int say_fragmentation(const struct alloc_look *l)
{
	struct inquest_finding *f;
	int sure = l->no_block && firm(l);

	if (inquest_or(l->order, 0) <= 0 || l->pass || !(l->no_block || l->no_lists))
		return 0;
	f = start(l, "fragmentation", sure ? INQUEST_STRONG : INQUEST_LIKELY,
		  "alloc-fragmentation");
	title_fragmented(l, f);
	alloc_say_rights(l, f);
	l->h->finding_explain(
		f,
		"Enough pages are free, but not %lld adjacent ones of a type that "
		"the request may take: ",
		l->order < 30 ? 1LL << l->order : 0LL);
	alloc_say_zones(l, f);
	alloc_say_cma(l, f);
	alloc_say_reclaimable(l, f);
	alloc_advise_order(l, f);
	if (alloc_may_not_wait(l))
		alloc_advise_reserve(l, f);
	finish(l, f);
	return 1;
}

static int say_transient(const struct alloc_look *l)
{
	struct inquest_finding *f;

	if (alloc_may_not_wait(l) || !l->above_high || !l->pass ||
	    alloc_plenty_to_reclaim(l) != 1)
		return 0;
	f = start(l, "transient", l->assumed ? INQUEST_LIKELY : INQUEST_STRONG,
		  "alloc-transient");
	l->h->finding_title(
		f, "no lack when the report was printed: %s free, %s reclaimable",
		kb(l, l->free_usable), kb(l, alloc_reclaimable(l)));
	alloc_say_rights(l, f);
	l->h->finding_explain(
		f, "A zone that the request may use stands above its high mark and "
		   "reserve: memory came free between failure and report, or reclaim "
		   "was held up by slow I/O. ");
	alloc_say_zones(l, f);
	alloc_say_reclaimable(l, f);
	l->h->finding_advise(
		f, "look for stalled storage at that time (hung tasks, I/O errors, many "
		   "dirty or writeback pages) and for many tasks that ended at once");
	finish(l, f);
	return 1;
}

/* Short of the mark, or above it again by the time of the report. */
static void title_reserve(const struct alloc_look *l, struct inquest_finding *f)
{
	const char *zone = l->main ? l->main->zone : "?";

	if (!l->main)
		l->h->finding_title(
			f,
			"a request that may not wait (%s) found nothing free; figures "
			"are missing",
			alloc_mask_name(l));
	else if (l->only_reserved && !l->pass)
		l->h->finding_title(
			f,
			"a request that may not wait (%s): all that is free in zone %s "
			"is reserved for higher orders or CMA",
			alloc_mask_name(l), zone);
	else if (l->lacks >= 0)
		l->h->finding_title(
			f,
			"a request that may not wait (%s): zone %s is %s under the mark "
			"for it",
			alloc_mask_name(l), zone,
			kb(l, l->lacks ? l->lacks : l->ev->page_size));
	else
		l->h->finding_title(
			f,
			"a request that may not wait (%s) found too little free; zone %s "
			"has %s above the mark by now",
			alloc_mask_name(l), zone, kb(l, -l->lacks));
}

static enum inquest_confidence reserve_sure(const struct alloc_look *l)
{
	if (alloc_all_short(l))
		return firm(l) ? INQUEST_STRONG : INQUEST_LIKELY;
	/* fragmentation that has passed, or something that no figure shows */
	if (l->pass && (inquest_or(l->order, 0) > 0 || l->above_high))
		return INQUEST_GUESS;
	return INQUEST_LIKELY;
}

static int say_reserve(const struct alloc_look *l)
{
	struct inquest_finding *f;

	if (!alloc_may_not_wait(l) && !(l->in_reclaim && alloc_all_short(l)))
		return 0;
	f = start(l, "reserve-exhausted", reserve_sure(l), "alloc-reserve-exhausted");
	if (alloc_may_not_wait(l))
		title_reserve(l, f);
	else
		l->h->finding_title(
			f,
			"reclaim itself found nothing free: zone %s is %s under its mark",
			l->main ? l->main->zone : "?", kb(l, l->lacks));
	alloc_say_rights(l, f);
	if (l->pass)
		l->h->finding_explain(
			f, "When the report was printed more was free again: ");
	alloc_say_zones(l, f);
	alloc_say_cma(l, f);
	alloc_say_reclaimable(l, f);
	alloc_say_holder(l, f);
	alloc_advise_reserve(l, f);
	alloc_advise_kswapd(l, f);
	alloc_advise_order(l, f);
	finish(l, f);
	return 1;
}

static void title_exhausted(const struct alloc_look *l, struct inquest_finding *f)
{
	const char *lead = alloc_is_stall(l) ? "reclaim finds nothing fast enough"
					     : "the machine is out of memory";
	int64_t all = alloc_managed(l);
	struct alloc_holder x;

	if (alloc_holder(l, &x))
		l->h->finding_title(f, "%s: %s %s of %s (%lld %%)", lead, x.words,
				    kb(l, x.bytes), kb(l, all),
				    (long long)inquest_percent(x.bytes, all));
	else
		l->h->finding_title(f, "%s", lead);
}

static void advise_exhausted(const struct alloc_look *l, struct inquest_finding *f)
{
	struct alloc_holder x;

	if (alloc_holder(l, &x) && is(x.holder, "vmalloc")) {
		l->h->finding_advise(
			f,
			"ask for less: %s in one go is more than this machine could "
			"give; the call trace says whose size it is (a BPF map, a "
			"netfilter table, an ioctl)",
			kb(l, l->o->alloc_bytes));
		return;
	}
	l->h->finding_advise(
		f, "now: ps -eo pid,rss,vsz,comm --sort=-rss | head; slabtop -o; "
		   "grep . /proc/meminfo");
	l->h->finding_advise(
		f, "then: a limit on the service that grew (systemd MemoryMax, "
		   "container limit), so that it dies alone; or more memory or swap");
}

static int say_exhausted(const struct alloc_look *l)
{
	int little = alloc_plenty_to_reclaim(l) == 0;
	struct inquest_finding *f;

	if (l->g->direct_reclaim != 1 ||
	    !(alloc_all_short(l) || (little && !l->above_high && l->usable)))
		return 0;
	f = start(l, "host-exhausted",
		  alloc_all_short(l) && little && firm(l) ? INQUEST_STRONG
							  : INQUEST_LIKELY,
		  "alloc-host-exhausted");
	if (little || alloc_is_stall(l))
		title_exhausted(l, f);
	else
		l->h->finding_title(
			f,
			"every usable zone is under its mark, and reclaim did not help "
			"in time (%s reclaimable)",
			kb(l, alloc_reclaimable(l)));
	alloc_say_rights(l, f);
	alloc_say_zones(l, f);
	alloc_say_cma(l, f);
	alloc_say_reclaimable(l, f);
	alloc_say_holder(l, f);
	advise_exhausted(l, f);
	if (!little)
		alloc_advise_kswapd(l, f);
	finish(l, f);
	return 1;
}

/* Nothing but the lists of free blocks. */
static int say_loose_lists(const struct alloc_look *l)
{
	int64_t largest, left;
	struct inquest_finding *f;

	if (l->order <= 0 || l->order >= 30 || !alloc_loose_lists(l, &largest, &left) ||
	    largest >= l->order || left < alloc_block_bytes(l, l->order))
		return 0;
	f = start(l, "fragmentation", INQUEST_LIKELY, "alloc-fragmentation-lists");
	l->h->finding_title(
		f,
		"no free block of order %lld (%s in one piece); largest: order %lld, "
		"though %s are free",
		(long long)l->order, kb(l, alloc_block_bytes(l, l->order)),
		(long long)largest, kb(l, left));
	alloc_say_rights(l, f);
	l->h->finding_explain(
		f, "The lists of free blocks show none of that size of a type that "
		   "every request may take; the marks of the zones are cut off.");
	l->h->cite_role(f, "free-list ", 6);
	alloc_advise_order(l, f);
	finish(l, f);
	return 1;
}

static void say_atomic_headline(const struct alloc_look *l)
{
	struct inquest_finding *f =
		start(l, "reserve-exhausted", INQUEST_LIKELY, "alloc-reserve-headline");

	title_reserve(l, f);
	alloc_say_rights(l, f);
	alloc_advise_reserve(l, f);
	alloc_advise_kswapd(l, f);
	finish(l, f);
}

static void say_order_headline(const struct alloc_look *l)
{
	struct inquest_finding *f =
		start(l, "fragmentation", INQUEST_LIKELY, "alloc-order-headline");

	l->h->finding_title(f, "order %lld asks for %s in one piece; figures are missing",
			    (long long)l->order, kb(l, alloc_block_bytes(l, l->order)));
	alloc_say_rights(l, f);
	l->h->finding_explain(
		f, "Had the machine as a whole been out of memory, the kernel would have "
		   "killed for smaller requests; the text shows no such kill near it.");
	alloc_advise_order(l, f);
	finish(l, f);
}

/* No zones.  An atomic request of one page has failed for want of a reserve, whatever
 * the figures; one of more than order 3 that may reclaim fails of fragmentation, unless
 * the machine was killing at that time. */
static int say_headline(const struct alloc_look *l)
{
	if (!inquest_known(l->order) || l->n_zones)
		return 0;
	if (say_loose_lists(l))
		return 1;
	if (alloc_may_not_wait(l) && l->order == 0)
		say_atomic_headline(l);
	else if (l->g->direct_reclaim == 1 && l->order > COSTLY_ORDER &&
		 !alloc_kill_is_near(l))
		say_order_headline(l);
	else
		return 0;
	return 1;
}

/* "kmalloc-64(123:NAME)": a cache of the memory cgroup NAME (memcg_create_kmem_cache(),
 * 3.8 to 5.8).  Its slabs are charged to that cgroup. */
static const char *cgroup_of_cache(const struct alloc_look *l)
{
	const char *open = l->o->alloc_cache ? strchr(l->o->alloc_cache, '(') : NULL;
	const char *p = open ? open + 1 : "";
	size_t n;

	while (*p >= '0' && *p <= '9')
		p++;
	if (!open || p == open + 1 || *p != ':')
		return NULL;
	n = strlen(p + 1);
	if (n < 2 || p[n] != ')')
		return NULL;
	return l->h->text(l->ctx, "%.*s", (int)(n - 1), p + 1);
}

/* Has the page allocator complained as well?  Then it was it that refused. */
static int pages_refused(const struct alloc_look *l)
{
	static const char *const roles[] = {"headline", "alloc"};

	for (size_t r = 0; r < 2; r++) {
		size_t n = 0;
		const struct inquest_line *const *p = l->h->lines(l->ctx, roles[r], &n);
		for (size_t i = 0; i < n; i++)
			if (p[i]->text && strstr(p[i]->text, "page allocation failure"))
				return 1;
	}
	return 0;
}

static int say_cgroup_cache(const struct alloc_look *l)
{
	const char *name = cgroup_of_cache(l);
	struct inquest_finding *f;

	if (!name || pages_refused(l))
		return 0;
	f = start(l, "cgroup-limit", INQUEST_LIKELY, "alloc-cgroup-cache");
	l->h->finding_holder(f, "slab");
	l->h->finding_title(
		f,
		"slab cache of cgroup %s could not grow; the page allocator did not "
		"complain",
		name);
	alloc_say_rights(l, f);
	l->h->finding_explain(
		f,
		"%s is the cache of one memory cgroup: kernels from 3.8 to 5.8 charge "
		"each new slab of it to that cgroup. Had pages been short, a `page "
		"allocation failure` would stand beside it (unless rate limiting ate "
		"that), so the charge was refused: the cgroup is at its limit%s.",
		l->o->alloc_cache,
		alloc_may_not_wait(l)
			? ", and a request that may not wait cannot reclaim in it"
			: "");
	l->h->finding_advise(
		f,
		"memory.usage_in_bytes, memory.kmem.usage_in_bytes and "
		"memory.kmem.slabinfo of cgroup %s against its limits; raise "
		"memory.limit_in_bytes, and set no limit on kernel memory",
		name);
	if (alloc_may_not_wait(l))
		l->h->finding_advise(
			f, "from 5.4 on atomic charges may pass the limit, so that "
			   "network traffic does not stall on it");
	l->h->finding_advise(
		f, "kernels of the 3.10 line (RHEL 7) leak kernel memory of cgroups that "
		   "are gone: a newer kernel, or cgroup.memory=nokmem on the command "
		   "line where it is known");
	l->h->cite_role(f, "headline", 1);
	l->h->cite_role(f, "alloc", 4);
	l->h->finding_commit(f);
	return 1;
}

/* Neither figures nor mask decide. */
static void say_unknown(const struct alloc_look *l)
{
	struct inquest_finding *f = start(l, "unknown", INQUEST_GUESS, "alloc-undecided");

	if (!l->usable && alloc_may_not_wait(l) && inquest_or(l->order, 0) > 0)
		l->h->finding_title(f,
				    "the reserve or fragmentation: a request of order "
				    "%lld that may not "
				    "wait, and no figures",
				    (long long)l->order);
	else if (!l->usable)
		l->h->finding_title(f, "the text does not say how memory was");
	else if (l->pass)
		l->h->finding_title(f, "the zones that the request may use are not short "
				       "in this report");
	else
		l->h->finding_title(f,
				    "the figures do not decide why the request failed");
	alloc_say_rights(l, f);
	alloc_say_zones(l, f);
	alloc_say_cma(l, f);
	alloc_say_reclaimable(l, f);
	if (l->pass)
		l->h->finding_missing(
			f, "the state of memory at the moment of the failure",
			"vmstat, sar -r and /proc/pressure/memory taken every few "
			"seconds");
	finish(l, f);
}

static void judge(struct alloc_look *l)
{
	if (alloc_say_size(l) || say_cgroup_cache(l) || say_headline(l))
		return;
	if (!l->usable) {
		say_unknown(l);
		return;
	}
	if (say_booting(l) || say_node_bound(l) || say_zone(l) || say_fragmentation(l) ||
	    say_transient(l) || say_reserve(l) || say_exhausted(l))
		return;
	say_unknown(l);
}

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	struct alloc_look l = {.h = h,
			       .ctx = ctx,
			       .ev = h->event(ctx),
			       .o = h->oom(ctx),
			       .tied_node = INQUEST_NULL};

	if (!l.ev || !l.o)
		return 0;
	l.g = h->gfp(ctx);
	l.a = h->account(ctx);
	l.zones = h->zones(ctx, &l.n_zones);
	if (!l.g || !l.a)
		return 0;
	l.order = alloc_order(&l);
	l.in_reclaim = alloc_runs_through_reclaim(&l);
	alloc_find_tied_node(&l);
	alloc_tally(&l);
	judge(&l);
	return 0;
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "memory-alloc",
	.version = "1.0",
	.description = "allocation failures: reserve, fragmentation, zone, node, machine",
	.kinds = (const char *const[]){"alloc-failure", NULL},
	.event = look,
};
