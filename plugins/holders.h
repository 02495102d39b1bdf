/* plugins/holders.h - what memory_holders.c and memory_kernel.c share: a host-wide report
 * with its accounting, and how their findings begin and end.  Units bytes. */
#ifndef HOLDERS_H
#define HOLDERS_H

#include <stddef.h>
#include <string.h>

#include "inquest/plugin.h"

#define TOP	5	/* of a list, named */

struct look {
	const struct inquest_host *h;
	struct inquest_ctx *ctx;
	const struct inquest_event *ev;
	const struct inquest_oom *o;
	const struct inquest_account *a;
	int64_t all;		/* managed bytes */
};

static inline const char *size(const struct look *l, int64_t bytes)
{
	return l->h->bytes(l->ctx, bytes);
}

static inline struct inquest_finding *start(const struct look *l, const char *verdict,
				     enum inquest_severity severity, const char *rule)
{
	return l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, verdict, severity,
				 INQUEST_STRONG, rule);
}

/* With the counters it rests on; without lines, the event's own row. */
static inline void finish(const struct look *l, struct inquest_finding *f)
{
	size_t n = l->h->cite_role(f, "counters", 7);

	n += l->h->cite_role(f, "pages-ram", 1) + l->h->cite_role(f, "pages-reserved", 1);
	if (!n)
		l->h->cite_row(f, "v1_event", l->ev->event_id, "%s", l->ev->kind);
	l->h->finding_commit(f);
}

/* Sum over the nodes shown. */
static inline int64_t of_nodes(const struct look *l, size_t member)
{
	size_t n = 0;
	const struct inquest_node *const *p = l->h->nodes(l->ctx, &n);
	int64_t sum = INQUEST_NULL, v;

	for (size_t i = 0; i < n; i++) {
		memcpy(&v, (const char *)p[i] + member, sizeof(v));
		inquest_add(&sum, v);
	}
	return sum;
}

/* Fills *L; 0: nothing to look at.  A cgroup's limit does not ask what the machine has,
 * and a kill by hand says nothing of a lack. */
static inline int look_at(struct look *l, const struct inquest_host *h,
			  struct inquest_ctx *ctx)
{
	*l = (struct look){ .h = h, .ctx = ctx, .ev = h->event(ctx), .o = h->oom(ctx) };
	if (!l->ev || !l->o || l->o->cgroup_limited || l->o->global_oom == 0 ||
	    l->o->manual == 1)
		return 0;
	l->a = h->account(ctx);
	l->all = l->a ? l->a->managed_bytes : INQUEST_NULL;
	return l->a != NULL;
}

#endif
