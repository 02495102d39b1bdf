/* plugins/bundle_unit.c - an OOM kill beside the state that a bundle has of the same boot:
 * unit, container and cgroup of the victim (unit.h).  Contributing.  All of that is of the
 * collection, after the fact, and said so.
 */
#include "unit.h"

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	size_t n = 0;
	const struct inquest_victim *const *v = h->victims(ctx, &n);
	struct unit_look l = { .h = h, .ctx = ctx, .ev = h->event(ctx), .o = h->oom(ctx) };

	if (!l.ev || !l.o || !n || !unit_later(&l))
		return 0;
	l.v = v[0];
	l.own = unit_find(&l, l.v->unit);
	/* of what a template says, the state is none of this one */
	if (inquest_known(l.own.id) && !unit_same(l.own.name, l.v->unit))
		l.own.state = l.own.result = NULL;
	unit_say_container(&l);
	unit_say_limit(&l);
	unit_say_adj(&l);
	unit_say_protected(&l);
	unit_say_after(&l);
	return 0;
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "bundle-unit",
	.version = "1.0",
	.description = "Unit, container and cgroup of the victim, by the state in a bundle",
	.kinds = (const char *const[]){ "oom-kill", NULL },
	.event = look,
};
