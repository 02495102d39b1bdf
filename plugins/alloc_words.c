/* plugins/alloc_words.c - sentences about a request: what it may do, how memory was, what
 * to change (alloc.h).
 *
 * Follows mm/page_alloc.c:__alloc_pages_slowpath() for what each flag costs a request.
 */
#include "alloc.h"

#include <stdlib.h>

static int starts(const char *s, const char *lead)
{
	return !strncmp(s, lead, strlen(lead));
}

/* The task is reclaiming memory itself (PF_MEMALLOC): it may use all reserves and is not
 * sent to reclaim again. */
int alloc_runs_through_reclaim(const struct alloc_look *l)
{
	static const char *const leads[] = {
		"shrink_",        "try_to_free_",  "do_try_to_free",
		"balance_pgdat",  "kswapd",        "pageout",
		"swap_writepage", "zswap_store",   "zswap_frontswap_store",
		"__node_reclaim", "__zone_reclaim"};
	size_t n = 0;
	const struct inquest_frame *const *f = l->h->frames(l->ctx, &n);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; f[i]->reliable == 1 && f[i]->function &&
				   k < sizeof(leads) / sizeof(*leads);
		     k++)
			if (starts(f[i]->function, leads[k]))
				return 1;
	return 0;
}

/* An OOM kill of this boot whose victim is the task that asked; what is printed of it
 * after the kill is that of a dying task, which gets no second try. */
static const struct inquest_neighbour *killed_before(const struct alloc_look *l)
{
	size_t n = 0, self = 0;
	const struct inquest_neighbour *const *e = l->h->neighbours(l->ctx, &n, &self);

	for (size_t i = self > LOOK_AROUND ? self - LOOK_AROUND : 0; i < n && i <= self;
	     i++)
		if (e[i]->event_id != l->ev->event_id &&
		    inquest_known(e[i]->victim_pid) &&
		    e[i]->victim_pid == l->o->trigger_pid && is(e[i]->kind, "oom-kill"))
			return e[i];
	return NULL;
}

static void say_no_wait(const struct alloc_look *l, struct inquest_finding *f)
{
	l->h->finding_explain(
		f,
		"The request (%s) had to be served at once: it may not sleep, so "
		"it could neither wait nor reclaim nor compact%s. ",
		alloc_mask_name(l),
		l->g->high == 1
			? ", only take what was free, for which it is let "
			  "further down into the reserve than others"
			: ", and has no claim on the reserve below the min mark either");
	if (l->g->kswapd_reclaim == 0)
		l->h->finding_explain(f, "It does not even wake kswapd. ");
}

/* Why the kernel gives up on a request that may reclaim; NULL: it does not. */
static const char *gives_up(const struct alloc_look *l)
{
	const struct inquest_gfp *g = l->g;

	if (g->noretry == 1)
		return "gives up after one round (__GFP_NORETRY): its caller has "
		       "something "
		       "else to fall back on";
	if (g->retry_mayfail == 1)
		return "fails rather than have a process killed (__GFP_RETRY_MAYFAIL)";
	if (inquest_known(l->order) && l->order > COSTLY_ORDER)
		return "for more than order 3 the kernel tries once and kills nobody";
	if (g->thisnode == 1)
		return "from one node only, and nobody is killed for that";
	if (g->dma == 1 || g->dma32 == 1)
		return "below an address limit only, and nobody is killed for that";
	return NULL;
}

/* Who asked, where the flags alone do not explain an error. */
static const char *special_task(const struct alloc_look *l, int all_rights)
{
	if (l->in_reclaim)
		return "It was made while reclaiming memory (see the call trace): such a "
		       "request is not sent to reclaim a second time. ";
	if (killed_before(l))
		return "Its task had been killed by the OOM killer before: a dying task "
		       "gets the last of the reserve and then an error. ";
	if (all_rights && inquest_known(l->order) && !alloc_is_stall(l))
		return "Such a request is as a rule refused only to a task that is being "
		       "killed or that reclaims memory itself; otherwise it waits or "
		       "ends in "
		       "an OOM kill. ";
	return "";
}

/* A request that may reclaim, and what it may not. */
static void say_limits(const struct alloc_look *l, struct inquest_finding *f)
{
	const char *why = gives_up(l);
	int limited = l->g->fs == 0;

	l->h->finding_explain(f, "The request (%s) may wait and reclaim",
			      alloc_mask_name(l));
	if (limited)
		l->h->finding_explain(f, ", but not %s while it does so",
				      l->g->io == 0 ? "start any I/O"
						    : "enter file systems");
	if (why)
		l->h->finding_explain(f, "%s %s", limited ? ", and" : ", but", why);
	l->h->finding_explain(f, ". %s", special_task(l, !why && !limited));
}

/* "vmalloc: allocation failure, allocated 1 of 2 bytes": how far it came. */
static void say_vmalloc(const struct alloc_look *l, struct inquest_finding *f)
{
	int64_t got = alloc_vmalloc_got(l);

	if (!is(l->o->alloc_kind, "vmalloc") || !inquest_known(l->o->alloc_bytes))
		return;
	l->h->finding_explain(
		f, "vmalloc was asked for %s%s%s, page by page. ",
		kb(l, l->o->alloc_bytes), inquest_known(got) ? " and had " : "",
		inquest_known(got)
			? l->h->text(l->ctx, "%s when it got no more", kb(l, got))
			: "");
}

/* "10008ms" of "stalls for 10008ms, order:" (4.9 to 4.14), "12 secs" of 7.x. */
static const char *stalled_for(const struct alloc_look *l)
{
	const struct inquest_line *line = l->h->line(l->ctx, "headline");
	const char *at =
		line && line->text ? strstr(line->text, "page allocation stall") : NULL;
	size_t n;

	at = at ? strstr(at, " for ") : NULL;
	n = at ? strcspn(at + 5, ":,") : 0;
	return n && n < 32 ? l->h->text(l->ctx, "%.*s", (int)n, at + 5) : "seconds";
}

void alloc_say_rights(const struct alloc_look *l, struct inquest_finding *f)
{
	say_vmalloc(l, f);
	if (alloc_may_not_wait(l))
		say_no_wait(l, f);
	else if (l->g->direct_reclaim == 1)
		say_limits(l, f);
	if (alloc_is_stall(l))
		l->h->finding_explain(f,
				      "It has not failed: it has been waiting for %s. ",
				      stalled_for(l));
}

void alloc_say_zones(const struct alloc_look *l, struct inquest_finding *f)
{
	size_t said = 0;

	for (size_t i = 0; i < l->n_zones; i++) {
		const struct inquest_zone *z = l->zones[i];
		if (!alloc_may_use(l, z) || !z->check->why)
			continue;
		if (said == ZONES_SAID) {
			l->h->finding_explain(f, " ...");
			break;
		}
		l->h->finding_explain(f, "%snode %lld %s: %s", said++ ? "; " : "",
				      (long long)inquest_or(z->node, 0), z->zone,
				      z->check->why);
	}
	if (said)
		l->h->finding_explain(f, ". ");
}

/* CMA pages are free and yet not for a request that cannot be moved later. */
void alloc_say_cma(const struct alloc_look *l, struct inquest_finding *f)
{
	int64_t cma = INQUEST_NULL;

	for (size_t i = 0; i < l->n_zones; i++)
		if (alloc_may_use(l, l->zones[i]))
			inquest_add(&cma, l->zones[i]->free_cma_bytes);
	if (l->only_reserved)
		l->h->finding_explain(
			f, "What is free there is on the lists of the high-order atomic "
			   "reserve or of CMA only, from which a single page is not "
			   "given. ");
	if (l->g->movable == 0 && inquest_percent(cma, l->free_usable) >= 50)
		l->h->finding_explain(
			f,
			"Of %s free %s belong to CMA, which only movable pages "
			"may use. ",
			kb(l, l->free_usable), kb(l, cma));
}

void alloc_say_reclaimable(const struct alloc_look *l, struct inquest_finding *f)
{
	int64_t back = alloc_reclaimable(l), all = alloc_managed(l);

	if (!inquest_known(back) || !inquest_known(all))
		return;
	l->h->finding_explain(
		f,
		"Reclaimable (file pages and reclaimable slab) were %s, %lld %% of "
		"%s",
		kb(l, back), (long long)inquest_percent(back, all), kb(l, all));
	if (alloc_may_not_wait(l) && alloc_plenty_to_reclaim(l) == 1)
		l->h->finding_explain(f, ": memory was there, but not at once");
	else if (alloc_may_not_wait(l) && alloc_all_short(l) && !l->no_block)
		l->h->finding_explain(f, ": the machine as a whole was short");
	l->h->finding_explain(f, ". ");
}

void alloc_say_holder(const struct alloc_look *l, struct inquest_finding *f)
{
	int64_t all = alloc_managed(l);
	struct alloc_holder x;

	if (!alloc_holder(l, &x))
		return;
	l->h->finding_holder(f, x.holder);
	l->h->finding_explain(f, "Of %s managed memory %s %s (%lld %%). ", kb(l, all),
			      x.words, kb(l, x.bytes),
			      (long long)inquest_percent(x.bytes, all));
}

void alloc_cite(const struct alloc_look *l, struct inquest_finding *f)
{
	static const char *const roles[] = {"headline", "cpuset"};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		n += l->h->cite_role(f, roles[i], 1);
	n += l->h->cite_role(f, "alloc", 4);
	n += l->h->cite_role(f, "zone ", 8);
	n += l->h->cite_role(f, "reserve ", 8);
	if (inquest_or(l->order, 0) > 0)
		n += l->h->cite_role(f, "free-list ", 6);
	for (size_t i = 0; i < l->n_zones && i < 8; i++)
		if (alloc_may_use(l, l->zones[i]) && l->zones[i]->check->why)
			l->h->cite_row(f, "v1_zone_check", l->zones[i]->zone_id,
				       "node %lld %s: %s",
				       (long long)inquest_or(l->zones[i]->node, 0),
				       l->zones[i]->zone, l->zones[i]->check->why);
	n += l->h->cite_role(f, "counters", 7);
	n += l->h->cite_role(f, "pages-ram", 1);
	n += l->h->cite_role(f, "pages-reserved", 1);
	if (!n)
		l->h->cite_row(f, "v1_event", l->ev->event_id, "%s", l->ev->kind);
}

/* What would have decided, or decided more surely. */
void alloc_say_missing(const struct alloc_look *l, struct inquest_finding *f)
{
	if (!l->n_zones) {
		l->h->finding_missing(
			f, "the Mem-Info block of the report (zones, marks, free lists)",
			"the kernel log of all levels: dmesg or journalctl -k; the "
			"block is rate limited, so keep the first report of a burst");
		return;
	}
	if (l->no_lists)
		l->h->finding_missing(
			f, "the free lists of the zones",
			"the whole Mem-Info block (lines `Node 0 Normal: 12*4kB ...`)");
	for (size_t i = 0; i < l->n_zones; i++) {
		const struct inquest_zone *z = l->zones[i];
		if (!alloc_may_use(l, z) || inquest_known(z->check->watermark_ok) ||
		    inquest_known(z->check->reserve_bytes) ||
		    !inquest_known(z->free_bytes))
			continue;
		l->h->finding_missing(
			f,
			l->h->text(l->ctx, "lowmem_reserve[] of node %lld %s",
				   (long long)inquest_or(z->node, 0), z->zone),
			"the whole Mem-Info block: it stands below the zone's line");
		break;
	}
	if (!l->g->flags && !l->o->gfp_mask)
		l->h->finding_missing(
			f, "the mask of the request (mode:)",
			"the line `... page allocation failure: order:..., mode:...`");
}

void alloc_advise_reserve(const struct alloc_look *l, struct inquest_finding *f)
{
	int64_t now = alloc_reserve_now(l), all = alloc_managed(l), most, want;

	if (!inquest_known(now) || now <= 0 || now > INT64_MAX / 1000 ||
	    !inquest_known(all) || all <= 0) {
		l->h->finding_advise(
			f,
			"raise vm.min_free_kbytes (look at what it is now; up to some "
			"%d %% of memory)",
			RESERVE_PERCENT_MAX);
		return;
	}
	most = all / 100 * RESERVE_PERCENT_MAX;
	want = now * 2 < most ? now * 2 : most;
	if (l->main && l->lacks > 0 && want < now + l->lacks && now + l->lacks <= most)
		want = now + l->lacks;
	if (want < now + now / 4)
		l->h->finding_advise(
			f,
			"vm.min_free_kbytes is about %lld already (%lld.%lld %% of "
			"memory): rather look for what asks for so much at once",
			(long long)(now / 1024), (long long)(now * 100 / all),
			(long long)(now * 1000 / all % 10));
	else
		l->h->finding_advise(
			f,
			"sysctl -w vm.min_free_kbytes=%lld (now about %lld, the sum of "
			"the zones' min marks): a larger reserve for requests that "
			"cannot wait",
			(long long)(want / 1024), (long long)(now / 1024));
}

/* Does the release say that this kernel is older than MAJOR.MINOR? */
static int is_before(const struct alloc_look *l, long major, long minor)
{
	char *end = NULL;
	long a = l->ev->kernel_release ? strtol(l->ev->kernel_release, &end, 10) : 0;

	if (a <= 0 || *end != '.')
		return 0;
	return a < major || (a == major && strtol(end + 1, NULL, 10) < minor);
}

void alloc_advise_kswapd(const struct alloc_look *l, struct inquest_finding *f)
{
	if (is_before(l, 4, 6))
		return;
	l->h->finding_advise(
		f, "%svm.watermark_scale_factor (10 by default; try 50 to 100) wakes "
		   "kswapd earlier, which keeps more free without enlarging the "
		   "reserve", l->ev->kernel_release ? "" : "from 4.6 on ");
}

void alloc_advise_order(const struct alloc_look *l, struct inquest_finding *f)
{
	int64_t order = inquest_or(l->order, 0);

	if (order <= 0)
		return;
	if (is(l->o->alloc_kind, "nommu")) {
		l->h->finding_advise(
			f, "without an MMU every mapping is one piece: start what "
			   "needs much early, link it so that it needs less (smaller "
			   "stack and heap), vm.nr_trim_pages; now: sync; echo 3 > "
			   "/proc/sys/vm/drop_caches");
		return;
	}
	if (alloc_may_not_wait(l))
		l->h->finding_advise(
			f,
			"if it is a network driver: buffers of order %lld come from "
			"jumbo frames or coalescing; an MTU that fits one page, a "
			"smaller "
			"ring (ethtool -G) or a newer driver asks for single pages",
			(long long)order);
	else if (order > COSTLY_ORDER)
		l->h->finding_advise(
			f, "have it asked for early: load the module or set the size at "
			   "boot, when memory is still in large blocks; in the code "
			   "kvmalloc() or a list of pages takes single ones");
	l->h->finding_advise(
		f,
		"now: echo 1 > /proc/sys/vm/compact_memory, then watch "
		"/proc/buddyinfo and /proc/pagetypeinfo%s",
		is_before(l, 5, 9)
			? ""
			: "; later: vm.compaction_proactiveness (5.9 and later)");
}
