/* plugins/memory_cgroup.c - an OOM kill because a memory cgroup reached its limit.
 *
 * Cause: cgroup-limit or cgroup-ancestor-limit, with the holder where memory.stat or
 * the per-cgroup lines carry it.  Contributing: a group filled by tmpfs or by kernel
 * memory, memory+swap or swap at its limit.  Follows oom.md 1.4, 1.5, 4 (C1-C5).
 */
#include <string.h>

#include "cgroup_look.h"

#define NAMED		3
#define POOL		4	/* processes of one name, worth counting */
#define ROOM_BYTES	(INT64_C(1) << 20)	/* usage this far below the limit is told */

static int of_cgroup(const struct inquest_oom *o)
{
	return (o->constraint_kind && !strcmp(o->constraint_kind, "memcg")) ||
	       o->cgroup_limited || o->global_oom == 0;
}

/* ---------------------------------------------------------------- the cause */

static void set_title(const struct look *l, struct inquest_finding *f, enum relation rel)
{
	const struct inquest_oom *o = l->o;
	enum which w = which_limit(o);
	int64_t limit = limit_of(o, w);
	const char *of = inquest_known(limit)
		? l->h->text(l->ctx, " of %s", l->h->bytes(l->ctx, limit)) : "";

	if (!o->cgroup_limited)
		l->h->finding_title(f, "a memory cgroup at its %s%s; the text does not name it",
				    limit_word(w), of);
	else if (rel == REL_ANCESTOR)
		l->h->finding_title(f, "parent cgroup %s at its %s%s, the task was in %s",
				    short_name(l, o->cgroup_limited), limit_word(w), of,
				    short_name(l, o->cgroup_task));
	else
		l->h->finding_title(f, "cgroup %s at its %s%s", short_name(l, o->cgroup_limited),
				    limit_word(w), of);
}

static void explain_usage(const struct look *l, struct inquest_finding *f)
{
	const struct inquest_host *h = l->h;
	const struct inquest_oom *o = l->o;
	enum which w = which_limit(o);
	int64_t hits = w == LIMIT_MEMSW ? o->memsw_failcnt
		     : w == LIMIT_KMEM ? o->kmem_failcnt : o->failcnt;

	if (inquest_known(o->usage_bytes) && inquest_known(o->limit_bytes))
		h->finding_explain(f, "%s of %s were in use. ", h->bytes(l->ctx, o->usage_bytes),
				   h->bytes(l->ctx, o->limit_bytes));
	else if (inquest_known(o->usage_bytes) && o->unlimited == 1)
		h->finding_explain(f, "Usage was %s; the memory limit itself is none. ",
				   h->bytes(l->ctx, o->usage_bytes));
	if (inquest_known(o->memsw_usage_bytes) && inquest_known(o->memsw_limit_bytes))
		h->finding_explain(f, "Memory+swap was %s of %s. ",
				   h->bytes(l->ctx, o->memsw_usage_bytes),
				   h->bytes(l->ctx, o->memsw_limit_bytes));
	if (which_limit(o) == LIMIT_KMEM)
		h->finding_explain(f, "Kernel memory was %s of %s. ",
				   h->bytes(l->ctx, o->kmem_usage_bytes),
				   h->bytes(l->ctx, o->kmem_limit_bytes));
	if (inquest_known(o->swap_usage_bytes) && (o->swap_usage_bytes > 0 ||
						   inquest_known(o->swap_limit_bytes)))
		h->finding_explain(f, "Swap was %s%s%s. ", h->bytes(l->ctx, o->swap_usage_bytes),
				   inquest_known(o->swap_limit_bytes) ? " of " : "",
				   inquest_known(o->swap_limit_bytes)
				   ? h->bytes(l->ctx, o->swap_limit_bytes) : "");
	if (inquest_or(hits, 0) > 0)
		h->finding_explain(f, "The %s had been hit %lld time%s by then. ", limit_word(w),
				   (long long)hits, hits == 1 ? "" : "s");
}

static void explain_inside(const struct look *l, struct inquest_finding *f)
{
	const struct { const char *name; int64_t bytes; } parts[] = {
		{ "anonymous memory of processes", l->anon }, { "page cache", l->file },
		{ "of that tmpfs and shared memory", l->shmem }, { "kernel memory", l->kernel },
	};
	int any = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (!inquest_known(parts[i].bytes) || (!parts[i].bytes && i))
			continue;
		l->h->finding_explain(f, "%s%s %s", any ? ", " : "In it: ", parts[i].name,
				      l->h->bytes(l->ctx, parts[i].bytes));
		any = 1;
	}
	if (any)
		l->h->finding_explain(f, ". ");
}

/* Version 1 lists the groups below one by one: name the one that holds most. */
static void explain_largest_child(const struct look *l, struct inquest_finding *f)
{
	size_t n = 0;
	const struct inquest_cgroup *const *g = l->h->cgroups(l->ctx, &n), *best = NULL;
	int64_t most = -1;

	for (size_t i = 0; i < n; i++) {
		int64_t sum = INQUEST_NULL;
		if (!g[i]->path || !l->o->cgroup_limited ||
		    !is_below(g[i]->path, l->o->cgroup_limited))
			continue;
		inquest_add(&sum, g[i]->anon_bytes);
		inquest_add(&sum, g[i]->file_bytes);
		if (inquest_known(sum) && sum > most) {
			most = sum;
			best = g[i];
		}
	}
	if (best && most > 0)
		l->h->finding_explain(f, "Of the groups below it %s holds most: %s. ",
				      best->path, l->h->bytes(l->ctx, most));
}

/* Many of one name: each is small beside what they have together. */
static void explain_pool(const struct look *l, struct inquest_finding *f, const char *comm)
{
	size_t n = 0, count = 0;
	const struct inquest_task *const *t = l->h->tasks(l->ctx, &n);
	int64_t sum = INQUEST_NULL;

	for (size_t i = 0; comm && i < n; i++)
		if (t[i]->comm && !strcmp(t[i]->comm, comm)) {
			inquest_add(&sum, t[i]->rss_bytes);
			count++;
		}
	if (count >= POOL)
		l->h->finding_explain(f, "%zu processes %s have %s together (memory that they share "
				      "counts for each). ", count, comm, l->h->bytes(l->ctx, sum));
}

/* The largest processes of the table: it lists those of the group alone. */
static void explain_tasks(const struct look *l, struct inquest_finding *f)
{
	size_t n = 0, k = 0;
	const struct inquest_task *const *t = l->h->tasks(l->ctx, &n), *top[NAMED];

	for (size_t i = 0; i < n; i++) {
		size_t at = k;
		while (at && held(top[at - 1]) < held(t[i]))
			at--;
		if (at == NAMED)
			continue;
		k += k < NAMED;
		memmove(&top[at + 1], &top[at], (k - at - 1) * sizeof(*top));
		top[at] = t[i];
	}
	for (size_t i = 0; i < k; i++) {
		int swapped = inquest_or(top[i]->swap_bytes, 0) > 0;
		l->h->finding_explain(f, "%s%s[%lld] %s%s%s%s", i ? ", " : n == 1
				      ? "Its only process listed: "
				      : l->h->text(l->ctx, "Largest of its %zu processes: ", n),
				      top[i]->comm ? top[i]->comm : "?", (long long)top[i]->pid,
				      l->h->bytes(l->ctx, top[i]->rss_bytes),
				      swapped ? " + " : "", swapped
				      ? l->h->bytes(l->ctx, top[i]->swap_bytes) : "",
				      swapped ? " swap" : "");
		l->h->cite_role(f, l->h->text(l->ctx, "task %lld", (long long)top[i]->pid), 1);
	}
	if (k)
		l->h->finding_explain(f, ". ");
	if (k)
		explain_pool(l, f, top[0]->comm);
}

/* A charge is refused for what is missing at that moment; figures follow later. */
static void explain_room(const struct look *l, struct inquest_finding *f)
{
	const struct inquest_oom *o = l->o;

	if (which_limit(o) != LIMIT_MEMORY || !inquest_known(o->usage_bytes) ||
	    !inquest_known(o->limit_bytes) || o->usage_bytes >= o->limit_bytes - ROOM_BYTES ||
	    (inquest_known(o->alloc_order) && o->alloc_order > 0))
		return;
	l->h->finding_explain(f, "That is %s below the limit: something was freed between the refused "
			      "charge and the report. ",
			      l->h->bytes(l->ctx, o->limit_bytes - o->usage_bytes));
}

/* No limit is printed: what the victim had is charged to the group that was full. */
static void explain_victim(const struct look *l, struct inquest_finding *f)
{
	size_t n = 0;
	const struct inquest_victim *const *v = l->h->victims(l->ctx, &n);

	if (n && inquest_or(v[0]->anon_rss_bytes, 0) > 0 && !inquest_known(l->o->limit_bytes))
		l->h->finding_explain(f, "%s%s alone had %s of anonymous memory: the limit is hardly "
				      "below that. ", v[0]->comm ? v[0]->comm : "The victim",
				      inquest_known(v[0]->pid)
				      ? l->h->text(l->ctx, "[%lld]", (long long)v[0]->pid) : "",
				      l->h->bytes(l->ctx, v[0]->anon_rss_bytes));
}

static void explain(const struct look *l, struct inquest_finding *f, enum relation rel)
{
	const struct inquest_oom *o = l->o;

	if (rel == REL_OWN)
		l->h->finding_explain(f, "The task's own cgroup %s ran into its limit: the "
				      "machine as a whole need not be short. ",
				      short_name(l, o->cgroup_limited));
	else if (rel == REL_ANCESTOR)
		l->h->finding_explain(f, "The limit that was reached is that of %s, a parent of "
				      "the task's cgroup %s: all groups below it share it, and the "
				      "task's own limit (if any) was not reached. ",
				      short_name(l, o->cgroup_limited),
				      short_name(l, o->cgroup_task));
	else if (rel == REL_NONE)
		l->h->finding_explain(f, "The text says that the limit of %s was reached and that "
				      "the task was in %s, which is not below it: lines of two "
				      "reports may be mixed here. ", o->cgroup_limited,
				      o->cgroup_task);
	else
		l->h->finding_explain(f, "The kernel says that a memory cgroup was out of memory%s. ",
				      o->cgroup_limited ? ", and which, but not where the task was"
				      : ", but not which one: the task's own or a parent's");
	if (!o->cgroup_limited)
		explain_victim(l, f);
	explain_usage(l, f);
	explain_room(l, f);
	explain_inside(l, f);
	explain_tasks(l, f);
	if (rel == REL_ANCESTOR)
		explain_largest_child(l, f);
}

static void cite(const struct look *l, struct inquest_finding *f)
{
	static const char *const roles[] = { "cgroup", "summary", "cgroup-memory",
		"cgroup-memsw", "cgroup-swap", "headline", "frame", "chosen" };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		n += l->h->cite_role(f, roles[i], 1);
	if (inquest_or(l->o->kmem_usage_bytes, 0) > 0)
		n += l->h->cite_role(f, "cgroup-kmem", 1);
	n += l->h->cite_role(f, "cgroup-stats", 3);
	n += l->h->cite_role(f, "killed ", 2);
	n += l->h->cite_role(f, "killed", 1);		/* its pid masked or left out */
	if (!n)
		l->h->cite_row(f, "v1_event", l->h->event(l->ctx)->event_id, "cgroup kill");
}

static void cause(const struct look *l)
{
	enum relation rel = relate(l->o);
	const char *verdict = rel == REL_ANCESTOR ? "cgroup-ancestor-limit"
			    : rel == REL_NONE ? "unknown" : "cgroup-limit";
	enum inquest_confidence sure = rel == REL_OWN || rel == REL_ANCESTOR
		? INQUEST_CERTAIN : rel == REL_NONE ? INQUEST_GUESS : INQUEST_LIKELY;
	struct inquest_finding *f = l->h->finding_new(l->ctx, INQUEST_CAUSE, verdict,
						      INQUEST_FAULT, sure, "memory-cgroup-limit");
	const char *who = holder(l);

	l->h->finding_priority(f, 10);
	if (who && rel != REL_NONE)
		l->h->finding_holder(f, who);
	set_title(l, f, rel);
	explain(l, f, rel);
	advise(l, f, rel);
	cite(l, f);
	l->h->finding_commit(f);
}

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	struct look l = { .h = h, .ctx = ctx, .o = h->oom(ctx) };

	if (!l.o || l.o->manual == 1 || !of_cgroup(l.o))
		return 0;
	look_inside(&l);
	cause(&l);
	say_more(&l);
	return 0;
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "memory-cgroup",
	.version = "1.0",
	.description = "OOM kills by the limit of a memory cgroup or of its parent",
	.kinds = (const char *const[]){ "oom-kill", NULL },
	.priority = 10,
	.event = look,
};
