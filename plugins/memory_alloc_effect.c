/* plugins/memory_alloc_effect.c - who asked for the memory that was refused, what that
 * costs, and whether it was one of many.
 *
 * Contributing, for alloc-failure events.  The kernel prints a failure whether or not the
 * caller has another way; only what the call trace proves is said to be lost.  Follows
 * net/core/skbuff.c, mm/mempool.c, kernel/fork.c, mm/slub.c.
 */
#include <string.h>

#include "asker.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define STORM_MIN  5                        /* so many failures ... */
#define STORM_US   (600 * INT64_C(1000000)) /* ... within this time */
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

/* --------------------------------------------------------- what it costs */

static int passes(const struct look *l, const char *lead)
{
	size_t from = asker_first(l->frames, l->n_frames);

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
	if (l->o->trigger_comm && starts(l->o->trigger_comm, "swapper") && l->o->trigger_pid == 0)
		l->h->finding_explain(
			f,
			"It came in an interrupt while the CPU was idle (%s): from a "
			"device, mostly a network card, not from that task.",
			l->o->trigger_comm);
	else if (l->o->trigger_comm && starts(l->o->trigger_comm, "swapper") &&
		 l->o->trigger_pid == 1)
		l->h->finding_explain(
			f,
			"The kernel was still starting (%s[1] is init before its program): "
			"what asked was a driver or a part of the kernel as it set itself up.",
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
	size_t at = asker_find(l->frames, l->n_frames);
	const struct inquest_frame *a = at < l->n_frames ? l->frames[at] : NULL;
	const char *module = asker_module(l->frames, l->n_frames, at);
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
	const struct inquest_frame *reliable[ASKER_FRAMES_MAX];
	struct look l = {.h = h,
			 .ctx = ctx,
			 .ev = h->event(ctx),
			 .o = h->oom(ctx),
			 .frames = reliable};
	const struct inquest_neighbour *const *e;
	size_t n = 0, self = 0;

	if (!l.ev || !l.o)
		return 0;
	l.n_frames = asker_frames(h, ctx, reliable);
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
