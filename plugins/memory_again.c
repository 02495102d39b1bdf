/* plugins/memory_again.c - kills that come in numbers: a storm on one machine or in one
 * cgroup, and a victim that was started again and killed again.  Contributing.
 * Follows oom.md 4 (C29).
 */
#include <string.h>

#include "inquest/plugin.h"

/* Working defaults of this plugin. */
#define STORM_GAP_US	(INT64_C(600) * 1000000)	/* between two kills of one storm */
#define STORM_KILLS	3
#define LOOK_AROUND	2000		/* events before and after that are looked at */
#define CITED		4
#define NAMES		4

struct look {
	const struct inquest_host *h;
	struct inquest_ctx *ctx;
	const struct inquest_event *ev;
	const struct inquest_neighbour *const *all;
	size_t n, self, from, to;	/* to: behind the last */
};

static int same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* Of two events of one boot; INQUEST_NULL where one has no time. */
static int64_t apart(const struct inquest_neighbour *a, const struct inquest_neighbour *b)
{
	if (inquest_known(a->mono_us) && inquest_known(b->mono_us))
		return b->mono_us - a->mono_us;
	if (inquest_known(a->wall_us) && inquest_known(b->wall_us))
		return b->wall_us - a->wall_us;
	return INQUEST_NULL;
}

static int is_kill(const struct inquest_neighbour *e)
{
	return same(e->kind, "oom-kill") && inquest_known(e->victim_pid);
}

/* Both of the machine, or both by the limit of the same cgroup. */
static int same_place(const struct inquest_neighbour *a, const struct inquest_neighbour *b)
{
	if (!a->cgroup_limited || !b->cgroup_limited)
		return !a->cgroup_limited && !b->cgroup_limited;
	return same(a->cgroup_limited, b->cgroup_limited);
}

/* "41 s", "12 min", "3 h" */
static const char *span(const struct look *l, int64_t us)
{
	int64_t s = us / 1000000;

	if (s < 1)
		return "less than a second";
	if (s < 120)
		return l->h->text(l->ctx, "%lld s", (long long)s);
	if (s < 7200)
		return l->h->text(l->ctx, "%lld min", (long long)(s / 60));
	return l->h->text(l->ctx, "%lld h", (long long)(s / 3600));
}

static const char *name(const struct look *l, const struct inquest_neighbour *e)
{
	const char *comm = e->victim_comm ? e->victim_comm : "?";

	return inquest_known(e->victim_pid)
	       ? l->h->text(l->ctx, "%s[%lld]", comm, (long long)e->victim_pid) : comm;
}

static void cite(const struct look *l, struct inquest_finding *f, const size_t *which,
		 size_t n)
{
	if (!l->h->cite_role(f, "killed ", 1))
		l->h->cite_row(f, "v1_event", l->ev->event_id, "this kill");
	for (size_t i = 0, cited = 0; i < n && cited < CITED; i++) {
		const struct inquest_neighbour *e = l->all[which[i]];
		if (which[i] == l->self)
			continue;
		int64_t us = which[i] < l->self ? apart(e, l->all[l->self])
						: apart(l->all[l->self], e);
		l->h->cite_row(f, "v1_event", e->event_id, "%s killed, %s %s this one",
			       name(l, e), inquest_known(us) ? span(l, us) : "some time",
			       which[i] < l->self ? "before" : "after");
		cited++;
	}
	l->h->finding_commit(f);
}

/* ------------------------------------------------------------------- a storm */

/* Kills of the same place around this one with no long pause between them. */
static size_t storm(const struct look *l, size_t *which, size_t *ret_at)
{
	size_t first = l->self, n = 0;

	for (size_t i = l->self, last = l->self; i-- > l->from;) {
		if (!is_kill(l->all[i]) || !same_place(l->all[i], l->all[l->self]))
			continue;
		int64_t gap = apart(l->all[i], l->all[last]);
		if (!inquest_known(gap) || gap > STORM_GAP_US)
			break;
		first = last = i;
	}
	for (size_t i = first, last = first; i < l->to; i++) {
		if (!is_kill(l->all[i]) || !same_place(l->all[i], l->all[l->self]))
			continue;
		int64_t gap = apart(l->all[last], l->all[i]);
		if (i > l->self && (!inquest_known(gap) || gap > STORM_GAP_US))
			break;
		if (i == l->self)
			*ret_at = n;
		which[n++] = i;
		last = i;
	}
	return n;
}

/* "java x 4, sh, cron x 2" */
static void say_names(const struct look *l, struct inquest_finding *f, const size_t *which,
		      size_t n)
{
	const char *seen[NAMES];
	size_t k = 0, more = 0;

	for (size_t i = 0; i < n && !more; i++) {
		const char *comm = l->all[which[i]]->victim_comm;
		size_t count = 0, known = 0;
		for (size_t s = 0; s < k; s++)
			known |= same(seen[s], comm);
		if (!comm || known)
			continue;
		if (k == NAMES) {
			more = 1;
			break;
		}
		for (size_t j = i; j < n; j++)
			count += same(l->all[which[j]]->victim_comm, comm);
		l->h->finding_explain(f, "%s%s", k ? ", " : "Killed were: ", comm);
		if (count > 1)
			l->h->finding_explain(f, " x %zu", count);
		seen[k++] = comm;
	}
	if (k)
		l->h->finding_explain(f, "%s. ", more ? " ..." : "");
}

/* Most of the victims have one name: it is they together that are too large. */
static void advise_together(const struct look *l, struct inquest_finding *f,
			    const size_t *which, size_t n)
{
	const struct inquest_neighbour *e = l->all[l->self];
	size_t count = 0;
	int64_t most = INQUEST_NULL;

	for (size_t i = 0; i < n; i++)
		if (same(l->all[which[i]]->victim_comm, e->victim_comm)) {
			count++;
			if (inquest_known(l->all[which[i]]->victim_anon_bytes) &&
			    l->all[which[i]]->victim_anon_bytes > most)
				most = l->all[which[i]]->victim_anon_bytes;
		}
	if (!e->victim_comm || count < STORM_KILLS || count * 2 <= n || e->cgroup_limited)
		return;
	l->h->finding_advise(f, "%zu of the %zu killed are %s%s: fewer of them, or all of them in one "
			     "group with a limit (systemd slice with MemoryMax=, a container), so "
			     "that they die and not others", count, n, e->victim_comm,
			     inquest_known(most) ? l->h->text(l->ctx, ", with up to %s each",
			     l->h->bytes(l->ctx, most)) : "");
}

/* Said? */
static int say_storm(const struct look *l, size_t *which)
{
	size_t at = 0, n = storm(l, which, &at);
	struct inquest_finding *f;
	int64_t took;

	if (n < STORM_KILLS)
		return 0;
	took = apart(l->all[which[0]], l->all[which[n - 1]]);
	f = l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, "kill-storm", INQUEST_WARNING,
			      INQUEST_CERTAIN, "memory-kill-storm");
	l->h->finding_title(f, "kill %zu of %zu within %s", at + 1, n, span(l, took));
	say_names(l, f, which, n);
	l->h->finding_explain(f, "One kill did not end the lack: what was freed was taken again.");
	advise_together(l, f, which, n);
	cite(l, f, which, n);
	return 1;
}

/* ------------------------------------------------------------ the same again */

static int same_victim(const struct inquest_neighbour *a, const struct inquest_neighbour *b)
{
	if (a->victim_pid == b->victim_pid || !same(a->victim_comm, b->victim_comm))
		return 0;
	if (a->victim_unit || b->victim_unit)
		return same(a->victim_unit, b->victim_unit);
	/* a container that is started again has a new id */
	return same_place(a, b) || (a->victim_container && b->victim_container);
}

static void advise_growth(const struct look *l, struct inquest_finding *f,
			  const struct inquest_neighbour *before,
			  const struct inquest_neighbour *e)
{
	int64_t us = apart(before, e);

	if (inquest_known(us) && us > 1000000 && inquest_known(e->victim_anon_bytes) &&
	    e->victim_anon_bytes > 0)
		l->h->finding_advise(f, "from one kill to the next it took %s to reach %s: if that is "
				     "a leak, it fills %s an hour at least; if it is what %s needs, "
				     "give it more", span(l, us),
				     l->h->bytes(l->ctx, e->victim_anon_bytes),
				     l->h->bytes(l->ctx, e->victim_anon_bytes / (us / 1000000 + 1) *
						 3600), e->victim_comm);
}

static void say_again(const struct look *l, size_t *which)
{
	const struct inquest_neighbour *e = l->all[l->self], *before = NULL;
	struct inquest_finding *f;
	size_t n = 0, at = 0;
	int64_t us;

	if (!is_kill(e))
		return;
	for (size_t i = l->from; i < l->to; i++) {
		if (i != l->self && !(is_kill(l->all[i]) && same_victim(l->all[i], e)))
			continue;
		if (i == l->self)
			at = n;
		else if (i < l->self)
			before = l->all[i];
		which[n++] = i;
	}
	if (n < 2 || !before)
		return;
	us = apart(before, e);
	f = l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, "victim-again", INQUEST_WARNING,
			      INQUEST_STRONG, "memory-victim-again");
	l->h->finding_title(f, "%s%s%s was killed before: this is kill %zu of %zu in this log",
			    e->victim_comm, e->victim_unit ? " of " : "",
			    e->victim_unit ? e->victim_unit : "", at + 1, n);
	l->h->finding_explain(f, "Before it was %s%s: another process of the same name, started "
			      "again or one of several, was killed in turn.", name(l, before),
			      inquest_known(us) ? l->h->text(l->ctx, ", %s earlier", span(l, us))
						: "");
	advise_growth(l, f, before, e);
	if (e->victim_unit)
		l->h->finding_advise(f, "systemctl show -p Restart,NRestarts,MemoryMax %s: a service "
				     "that restarts at once meets the same end; RestartSec= and "
				     "StartLimitBurst= slow it down", e->victim_unit);
	cite(l, f, which, n);
}

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	static const size_t most = 2 * LOOK_AROUND + 1;
	struct look l = { .h = h, .ctx = ctx, .ev = h->event(ctx) };
	size_t which[2 * LOOK_AROUND + 1];

	l.all = h->neighbours(ctx, &l.n, &l.self);
	if (!l.ev || !l.all || l.self >= l.n || !is_kill(l.all[l.self]))
		return 0;
	l.from = l.self > LOOK_AROUND ? l.self - LOOK_AROUND : 0;
	l.to = l.n - l.from > most ? l.from + most : l.n;
	if (!say_storm(&l, which) || l.all[l.self]->victim_unit)
		say_again(&l, which);
	return 0;
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "memory-again",
	.version = "1.0",
	.description = "kill storms, and victims that were started and killed again",
	.kinds = (const char *const[]){ "oom-kill", NULL },
	.event = look,
};
