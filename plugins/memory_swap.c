/* plugins/memory_swap.c - why swap did not help: none, full, or of no use here.
 *
 * Contributing, for host-wide OOM kills.  Follows oom.md 4 (C15-C17).
 */
#include <string.h>

#include "inquest/plugin.h"

/* Working defaults of this plugin. */
#define FULL_PERCENT	1	/* of swap still free */
#define FULL_BYTES	(INT64_C(1) << 20)
#define USELESS_PERCENT	10
#define SMALL_PERCENT	10	/* anonymous memory of managed: little to move out */
#define LOCKED_PERCENT	20

struct look {
	const struct inquest_host *h;
	struct inquest_ctx *ctx;
	const struct inquest_oom *o;
	const struct inquest_account *a;
};

/* Pages that swap could take: anonymous memory and tmpfs on the LRU lists. */
static int64_t swappable(const struct look *l)
{
	int64_t anon = l->a->anon_bytes, shmem = l->a->shmem_bytes;

	if (!inquest_known(anon) || !inquest_known(shmem) || anon < 0 || shmem < 0 ||
	    anon > INT64_MAX - shmem)
		return INQUEST_NULL;
	return anon + shmem;
}

static const char *why_useless(const struct look *l)
{
	int64_t lru = swappable(l), all = l->a->managed_bytes;

	if (inquest_known(l->o->alloc_order) && l->o->alloc_order > 0)
		return l->h->text(l->ctx, "the request needs %lld adjacent pages, which swapping "
				  "single pages out does not make",
				  l->o->alloc_order < 30 ? 1LL << l->o->alloc_order : 0LL);
	if (inquest_known(lru) && inquest_known(all) && inquest_percent(lru, all) < SMALL_PERCENT)
		return l->h->text(l->ctx, "there was next to nothing to move out: only %s of "
				  "anonymous memory and tmpfs were on the LRU lists; the rest is "
				  "kernel memory, which never goes to swap",
				  l->h->bytes(l->ctx, lru));
	if (inquest_percent(l->a->unevictable_bytes, all) >= LOCKED_PERCENT)
		return l->h->text(l->ctx, "%s are locked into memory",
				  l->h->bytes(l->ctx, l->a->unevictable_bytes));
	return NULL;
}

static void cite(const struct look *l, struct inquest_finding *f)
{
	l->h->cite_role(f, "swap-free", 1);
	l->h->cite_role(f, "swap-total", 1);
	if (!l->h->cite_role(f, "counters", 2) && !l->h->line(l->ctx, "swap-total"))
		l->h->cite_role(f, "headline", 1);
	l->h->finding_commit(f);
}

static struct inquest_finding *start(const struct look *l, const char *verdict,
				     enum inquest_severity severity,
				     enum inquest_confidence sure)
{
	return l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, verdict, severity, sure,
				 "memory-swap");
}

static void say_none(const struct look *l)
{
	struct inquest_finding *f = start(l, "no-swap", INQUEST_SEV_NOTICE, INQUEST_CERTAIN);

	l->h->finding_title(f, "the machine has no swap");
	l->h->finding_explain(f, "Anonymous memory could not be moved out; only file pages could be "
			      "reclaimed.");
	cite(l, f);
}

static void say_full(const struct look *l)
{
	struct inquest_finding *f = start(l, "swap-full", INQUEST_WARNING, INQUEST_CERTAIN);

	l->h->finding_title(f, "swap is full: %s free of %s",
			    l->h->bytes(l->ctx, l->o->swap_free_bytes),
			    l->h->bytes(l->ctx, l->o->swap_total_bytes));
	l->h->finding_explain(f, "What could be moved out had been moved out before anybody was "
			      "killed.");
	cite(l, f);
}

static void say_useless(const struct look *l)
{
	const char *why = why_useless(l);
	struct inquest_finding *f = start(l, "swap-unusable", INQUEST_WARNING,
					  why ? INQUEST_STRONG : INQUEST_LIKELY);

	l->h->finding_title(f, "swap could not help, though %s of %s were free",
			    l->h->bytes(l->ctx, l->o->swap_free_bytes),
			    l->h->bytes(l->ctx, l->o->swap_total_bytes));
	if (why)
		l->h->finding_explain(f, "Why: %s.", why);
	else
		l->h->finding_explain(f, "The report does not show why: the device may have been too "
				      "slow or blocked, vm.swappiness 0, zram that itself found no "
				      "memory, or the node or zone was the limit.");
	cite(l, f);
}

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	struct look l = { .h = h, .ctx = ctx, .o = h->oom(ctx) };
	int64_t total, left;

	if (!l.o || l.o->cgroup_limited || l.o->global_oom == 0 || l.o->manual == 1)
		return 0;
	l.a = h->account(ctx);
	total = l.o->swap_total_bytes;
	left = l.o->swap_free_bytes;
	if (!l.a || !inquest_known(total))
		return 0;
	if (!total)
		say_none(&l);
	else if (!inquest_known(left))
		return 0;
	else if (left < FULL_BYTES || inquest_percent(left, total) < FULL_PERCENT)
		say_full(&l);
	else if (inquest_percent(left, total) > USELESS_PERCENT)
		say_useless(&l);
	return 0;
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "memory-swap",
	.version = "1.0",
	.description = "swap: none, full, or of no use for this request",
	.kinds = (const char *const[]){ "oom-kill", NULL },
	.event = look,
};
