/* plugins/bundle_unit.c - an OOM kill beside the state that a bundle has of the same boot:
 * unit, container and cgroup of the victim (unit.h); of an earlier boot, beside what files
 * set up.  Contributing.  All of that is of the collection, after the fact, and said so.
 */
#include "unit.h"

/* Reports before 4.19 do not name the group of a victim when the machine ran out: the unit
 * whose main process it was, killed by SIGKILL, by systemd's own word. */
static struct unit by_main_process(const struct unit_look *l)
{
	struct inquest_query *q = l->rebooted ? NULL
		: l->h->prepare(l->ctx, "SELECT max(name), count(*) FROM v1_unit "
		"WHERE capture_id = :capture AND exec_pid = :pid AND exec_code = 2 "
		"AND exec_status = 9 AND (host_id IS NULL OR host_id = :host)");
	const char *name = NULL;

	if (q && !l->h->bind_int(q, ":capture", l->capture) &&
	    !l->h->bind_int(q, ":pid", l->v->pid) &&
	    (!inquest_known(l->ev->host_id) || !l->h->bind_int(q, ":host", l->ev->host_id)) &&
	    l->h->step(q) == 1 && l->h->column_int(q, 1) == 1)
		name = l->h->text(l->ctx, "%s", l->h->column_text(q, 0));
	if (q)
		l->h->finalize(q);
	return unit_find(l, name);
}

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	size_t n = 0;
	const struct inquest_victim *const *v = h->victims(ctx, &n);
	struct unit_look l = { .h = h, .ctx = ctx, .ev = h->event(ctx), .o = h->oom(ctx) };

	if (!l.ev || !l.o || !n || !unit_later(&l))
		return 0;
	l.v = v[0];
	l.own = l.v->unit || l.v->cgroup ? unit_find(&l, l.v->unit) : by_main_process(&l);
	/* of what a template says, the state is none of this one */
	if (inquest_known(l.own.id) && l.v->unit && !unit_same(l.own.name, l.v->unit))
		l.own.state = l.own.result = NULL;
	unit_say_container(&l);
	unit_say_limit(&l);
	unit_say_adj(&l);
	unit_say_protected(&l);
	(l.rebooted ? unit_say_policy : unit_say_after)(&l);
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
