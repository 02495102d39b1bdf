/* plugins/memory_alloc_effect.c - who asked for the memory that was refused, what that
 * costs, and whether it was one of many.
 *
 * Contributing, for alloc-failure events.  The kernel prints a failure whether or not the
 * caller has another way; only what the call trace proves is said to be lost.  Follows
 * net/core/skbuff.c, mm/mempool.c, kernel/fork.c, mm/slub.c.
 */
#include <string.h>

#include "inquest/plugin.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define STORM_MIN  5                        /* so many failures ... */
#define STORM_US   (600 * INT64_C(1000000)) /* ... within this time */
#define FRAMES_MAX 64
#define GAP_MAX    2 /* frames of another trace in between */
#define LOOK_AROUND 2000 /* events before and after: a boot may have many */
#define NEAR_US    (60 * INT64_C(1000000))

struct look {
	const struct inquest_host *h;
	struct inquest_ctx *ctx;
	const struct inquest_event *ev;
	const struct inquest_oom *o;
	const struct inquest_frame **frames; /* the reliable ones */
	size_t n_frames;
};

static int starts(const char *s, const char *lead)
{
	return !strncmp(s, lead, strlen(lead));
}

/* ------------------------------------------------------------- who asked */

static int is_one_of(const char *function, const char *const *leads, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (starts(function, leads[i]))
			return 1;
	return 0;
}

/* Who prints, checks and traces: in any stack. */
static int is_tool(const char *function)
{
	static const char *const leads[] = {
		"dump_stack", "__dump_stack",   "show_stack",       "show_trace",
		"dump_trace", "dump_backtrace", "unwind_backtrace", "kmsan_",
		"__kasan",    "kasan_",         "lock_acquire",     "debug_check",
		"__sanitizer"};

	return is_one_of(function, leads, COUNT(leads));
}

/* Frames of the allocator and of wrappers that any caller goes through. */
static int is_allocator(const char *function)
{
	/* clang-format off */
	static const char *const leads[] = {
		"warn_alloc", "__alloc_pages", "alloc_page", "__alloc_frozen_pages",
		"alloc_frozen_pages", "__get_free_page", "get_free_page",
		"get_zeroed_page", "get_page_from_freelist", "__folio_alloc",
		"folio_alloc", "alloc_slab_page", "allocate_slab", "new_slab",
		"___slab_alloc", "__slab_alloc", "slab_alloc", "slab_out_of_memory",
		"kmem_cache_alloc", "__kmem_cache_alloc", "kmem_getpages", "cache_grow",
		"cache_alloc_refill", "fallback_alloc", "____cache_alloc",
		"__cache_alloc", "kmalloc", "__kmalloc", "__do_kmalloc", "___kmalloc",
		"krealloc", "__krealloc", "kvmalloc", "__kvmalloc", "kvrealloc",
		"vmalloc", "__vmalloc", "vzalloc", "kzalloc", "kmemdup", "memdup",
		"alloc_vmap_area", "__get_vm_area", "policy_alloc", "dma_generic_alloc",
		"dma_alloc", "__dma_alloc", "dma_direct_alloc", "__dma_direct_alloc",
		"dmam_alloc", "x86_swiotlb_alloc", "zone_watermark", "page_frag_alloc",
		"__page_frag", "page_pool_", "__page_pool", "alloc_skb", "__alloc_skb",
		"__netdev_alloc", "netdev_alloc", "__napi_alloc", "napi_alloc",
		"__build_skb", "build_skb", "skb_page_frag_refill", "__skb_", "pskb_",
		"skb_copy", "skb_clone", "mempool_alloc", "mempool_kmalloc",
		"alloc_large_", "execmem_", "module_alloc",
	};
	/* clang-format on */

	return is_one_of(function, leads, COUNT(leads));
}

/* The last frame a stack can have; not one that asks. */
static int is_bottom(const char *function)
{
	return starts(function, "ret_from_fork") || starts(function, "kthread") ||
	       starts(function, "entry_") || starts(function, "start_");
}

/* Index of the frame that called the allocator, n_frames if none.  Frames of another CPU
 * may stand between (without caller ids two traces mix): a run of allocator's frames with
 * small gaps, and what comes behind its last. */
static size_t find_asker(const struct look *l)
{
	size_t last = l->n_frames, at = 0;

	while (at < l->n_frames && !is_allocator(l->frames[at]->function))
		at++;
	for (size_t strange = 0; at < l->n_frames && strange <= GAP_MAX; at++) {
		if (is_allocator(l->frames[at]->function)) {
			last = at;
			strange = 0;
		} else if (!is_tool(l->frames[at]->function)) {
			strange++;
		}
	}
	if (last + 1 >= l->n_frames || is_bottom(l->frames[last + 1]->function))
		return l->n_frames;
	return last + 1;
}

/* The driver or module behind a core function. */
static const char *module_below(const struct look *l, size_t asker)
{
	for (size_t i = asker; i < l->n_frames; i++)
		if (l->frames[i]->module)
			return l->frames[i]->module;
	return NULL;
}

/* --------------------------------------------------------- what it costs */

static int passes(const struct look *l, const char *lead)
{
	size_t from = 0;

	while (from < l->n_frames && !is_allocator(l->frames[from]->function))
		from++;
	for (size_t i = from; i < l->n_frames; i++)
		if (starts(l->frames[i]->function, lead))
			return 1;
	return 0;
}

/* By a frame of the trace; the first row that fits. */
static const struct {
	const char *frame, *where, *cost;
} costs[] = {
	{"mempool_alloc", "for a mempool",
	 "A mempool keeps some elements of its own: the caller gets one of them or "
	 "waits, so this "
	 "warning by itself cost nothing."},
	{"net_rx_action", "in the receive path of the network (softirq)",
	 "The packet at hand is dropped, or the receive ring is refilled a little later. "
	 "TCP sends "
	 "again what was lost; UDP does not. The driver's and /proc/net/softnet_stat "
	 "counters show "
	 "how much."},
	{"__napi_alloc_skb", "for a received packet",
	 "The packet is dropped and counted by the driver; TCP sends it again."},
	{"__netdev_alloc_skb", "for the receive ring of a network card",
	 "Received packets are dropped while the ring is not refilled; TCP sends them "
	 "again."},
	{"tcp_stream_alloc_skb", "for data a program sends over TCP",
	 "TCP tries again on its timer; a connection may stall for a moment."},
	{"sk_stream_alloc_skb", "for data a program sends over TCP",
	 "TCP tries again on its timer; a connection may stall for a moment."},
	{"__alloc_skb", "for a packet or netlink message",
	 "The sender gets ENOBUFS or ENOMEM, or tries again."},
	{"dup_task_struct", "for the stack of a new task",
	 "fork() or clone() fails with ENOMEM: a process or thread was not started."},
	{"copy_process", "for fork() or clone()",
	 "It fails with ENOMEM: a process or thread was not started."},
	{"load_module", "for the loading of a module", "Loading the module fails."},
	{"swap_writepage", "for writing to swap",
	 "The page stays in memory and is tried later."},
	{"usb_submit_urb", "for a USB request",
	 "The request fails; the device may be reset by its driver."},
	{"drm_", "for a graphics driver", "Drivers mostly fall back to single pages."},
	{"ttm_", "for a graphics driver", "Drivers mostly fall back to single pages."},
};

static void say_cost(const struct look *l, struct inquest_finding *f)
{
	if (l->o->alloc_kind && !strcmp(l->o->alloc_kind, "stall")) {
		l->h->finding_explain(
			f, "Nothing was refused; the task waited, and so did who waits "
			   "for it.");
		return;
	}
	for (size_t i = 0; i < COUNT(costs); i++) {
		if (!passes(l, costs[i].frame))
			continue;
		l->h->finding_explain(f, "This was memory %s. %s", costs[i].where,
				      costs[i].cost);
		return;
	}
	if (l->o->trigger_comm && starts(l->o->trigger_comm, "swapper/"))
		l->h->finding_explain(
			f,
			"It came in an interrupt while the CPU was idle (%s): from a "
			"device, mostly a network card, not from that task.",
			l->o->trigger_comm);
	else
		l->h->finding_explain(
			f,
			"Whether anything broke the report does not say: the kernel "
			"warns also where the caller has another way. A message of the "
			"caller right after it, or an ENOMEM in a program's log, "
			"would.");
}

static void cite_frame(const struct look *l, struct inquest_finding *f,
		       const struct inquest_frame *frame)
{
	struct inquest_query *q =
		l->h->prepare(l->ctx, "SELECT stack_id FROM v1_stack "
				      "WHERE event_id = :e AND depth = :d");

	if (q && !l->h->bind_int(q, ":e", l->ev->event_id) &&
	    !l->h->bind_int(q, ":d", frame->depth) && l->h->step(q) == 1)
		l->h->cite_row(f, "v1_stack", l->h->column_int(q, 0), "%s%s%s%s",
			       frame->function, frame->module ? " [" : "",
			       frame->module ? frame->module : "",
			       frame->module ? "]" : "");
	if (q)
		l->h->finalize(q);
}

static void say_asker(const struct look *l)
{
	size_t at = find_asker(l);
	const struct inquest_frame *a = at < l->n_frames ? l->frames[at] : NULL;
	const char *module = module_below(l, at);
	struct inquest_finding *f;

	if (!a)
		return;
	f = l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, "alloc-asker",
			      INQUEST_SEV_NOTICE, INQUEST_STRONG, "alloc-asker");
	l->h->finding_title(f, "asked for by %s()%s%s%s", a->function,
			    module ? ", module " : "", module ? module : "",
			    module && !a->module ? " further up" : "");
	say_cost(l, f);
	l->h->cite_role(f, "headline", 1);
	l->h->cite_role(f, "frame", 2);
	cite_frame(l, f, a);
	l->h->finding_commit(f);
}

/* ---------------------------------------------------------- one of many */

static size_t first_near(size_t self)
{
	return self > LOOK_AROUND ? self - LOOK_AROUND : 0;
}

static int64_t when(const struct inquest_neighbour *e)
{
	return inquest_known(e->mono_us) ? e->mono_us : e->wall_us;
}

/* Distance in time; INQUEST_NULL: no clock tells. */
static int64_t apart(const struct inquest_neighbour *a, const struct inquest_neighbour *b)
{
	int mono = inquest_known(a->mono_us) && inquest_known(b->mono_us);
	int64_t s = mono ? a->mono_us : a->wall_us, t = mono ? b->mono_us : b->wall_us;

	if (!inquest_known(s) || !inquest_known(t))
		return INQUEST_NULL;
	return s > t ? s - t : t - s;
}

static int is_kind(const struct inquest_neighbour *e, const char *kind)
{
	return e->kind && !strcmp(e->kind, kind);
}

/* Said once, at the first of a run. */
static void say_storm(const struct look *l, const struct inquest_neighbour *const *e,
		      size_t n, size_t self)
{
	size_t many = 0;
	int64_t last = INQUEST_NULL;
	struct inquest_finding *f;

	for (size_t i = first_near(self); i < n; i++) {
		int64_t d = apart(e[i], e[self]);
		if (!is_kind(e[i], "alloc-failure") || !inquest_known(d) || d > STORM_US)
			continue;
		if (i < self)
			return;
		many++;
		last = when(e[i]);
	}
	if (many < STORM_MIN)
		return;
	f = l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, "alloc-storm",
			      INQUEST_WARNING, INQUEST_CERTAIN, "alloc-storm");
	l->h->finding_title(f, "the first of %zu allocation failures within %lld s", many,
			    (long long)((last - when(e[self])) / 1000000));
	l->h->finding_explain(
		f, "The kernel limits the rate of these reports: there were at least as "
		   "many. A single one is nothing; this is a machine that lives at the "
		   "edge of its reserve.");
	l->h->cite_role(f, "headline", 1);
	l->h->cite_role(f, "suppressed", 2);
	l->h->finding_commit(f);
}

static void say_kill(const struct look *l, const struct inquest_neighbour *const *e,
		     size_t n, size_t self)
{
	const struct inquest_neighbour *best = NULL;
	int64_t near = NEAR_US;
	struct inquest_finding *f;

	for (size_t i = first_near(self); i < n; i++) {
		int64_t d = apart(e[i], e[self]);
		if (!is_kind(e[i], "oom-kill") || e[i]->cgroup_limited ||
		    !inquest_known(d) || d > near ||
		    (e[i]->constraint_kind && !strcmp(e[i]->constraint_kind, "memcg")))
			continue;
		near = d;
		best = e[i];
	}
	if (!best)
		return;
	f = l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, "alloc-oom-near",
			      INQUEST_WARNING, INQUEST_CERTAIN, "alloc-oom-near");
	l->h->finding_title(f, "the OOM killer ran %s %s it (event %lld)",
			    near < 1000000 ? "within a second"
					   : l->h->text(l->ctx, "%lld s",
							(long long)(near / 1000000)),
			    when(best) > when(e[self]) ? "after" : "before",
			    (long long)best->event_id);
	l->h->finding_explain(f, "Both may have one cause: read that event too.");
	l->h->cite_row(f, "v1_event", best->event_id, "oom-kill%s%s",
		       best->victim_comm ? " of " : "",
		       best->victim_comm ? best->victim_comm : "");
	l->h->finding_commit(f);
}

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	const struct inquest_frame *reliable[FRAMES_MAX];
	struct look l = {.h = h,
			 .ctx = ctx,
			 .ev = h->event(ctx),
			 .o = h->oom(ctx),
			 .frames = reliable};
	const struct inquest_frame *const *frames;
	size_t n_all = 0;
	const struct inquest_neighbour *const *e;
	size_t n = 0, self = 0;

	if (!l.ev || !l.o)
		return 0;
	frames = h->frames(ctx, &n_all);
	for (size_t i = 0; i < n_all && l.n_frames < FRAMES_MAX; i++)
		if (frames[i]->function && frames[i]->reliable != 0)
			reliable[l.n_frames++] = frames[i];
	say_asker(&l);
	e = h->neighbours(ctx, &n, &self);
	if (n > self + LOOK_AROUND)
		n = self + LOOK_AROUND;
	if (e && self < n) {
		say_storm(&l, e, n, self);
		say_kill(&l, e, n, self);
	}
	return 0;
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "memory-alloc-effect",
	.version = "1.0",
	.description = "allocation failures: who asked, what it costs, one of how many",
	.kinds = (const char *const[]){"alloc-failure", NULL},
	.event = look,
};
