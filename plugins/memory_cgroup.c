/* plugins/memory_cgroup.c - an OOM kill because a memory cgroup reached its limit.
 *
 * Cause: cgroup-limit or cgroup-ancestor-limit, with the holder where memory.stat or
 * the per-cgroup lines carry it.  Contributing: a group filled by tmpfs or by kernel
 * memory, memory+swap or swap at its limit.  Follows oom.md 1.4, 1.5, 4 (C1-C5).
 */
#include <string.h>

#include "inquest/plugin.h"

/* Working defaults of this plugin, percent of the group's usage. */
#define SHMEM_PERCENT	50
#define KERNEL_PERCENT	30
#define MAIN_PERCENT	50
#define SLACK_BYTES	(INT64_C(1) << 20)	/* a charge is refused this near the limit */
#define NAME_COLUMNS	60
#define HEX_ID		64	/* digits of a container's id */
#define HEX_SHOWN	12

enum relation { REL_UNKNOWN, REL_OWN, REL_ANCESTOR, REL_NONE };

struct look {
	const struct inquest_host *h;
	struct inquest_ctx *ctx;
	const struct inquest_oom *o;
	/* of the limited cgroup and what is below it; INQUEST_NULL: not printed */
	int64_t anon, file, shmem, kernel, slab;
};

static int of_cgroup(const struct inquest_oom *o)
{
	return (o->constraint_kind && !strcmp(o->constraint_kind, "memcg")) ||
	       o->cgroup_limited || o->global_oom == 0;
}

/* Is PATH below TOP? */
static int is_below(const char *path, const char *top)
{
	size_t n = strlen(top);

	if (!strcmp(top, "/"))
		return path[0] == '/' && path[1];
	return !strncmp(path, top, n) && path[n] == '/';
}

static enum relation relate(const struct inquest_oom *o)
{
	if (!o->cgroup_limited || !o->cgroup_task)
		return REL_UNKNOWN;
	if (!strcmp(o->cgroup_limited, o->cgroup_task))
		return REL_OWN;
	return is_below(o->cgroup_task, o->cgroup_limited) ? REL_ANCESTOR : REL_NONE;
}

static int is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* For a title: ids of containers to their first 12 digits, as docker shows them; of
 * what is still long the end. */
static const char *short_name(const struct look *l, const char *path)
{
	char out[512];
	size_t n = 0, run = 0;

	for (const char *p = path; *p && n < sizeof(out) - 1; p++) {
		if (!is_hex(*p))
			run = 0;
		else if (!run)
			while (is_hex(p[run]))
				run++;
		if (run == HEX_ID && is_hex(*p)) {
			for (size_t i = 0; i < HEX_SHOWN && n < sizeof(out) - 1; i++)
				out[n++] = p[i];
			p += run - 1;
			run = 0;
		} else {
			out[n++] = *p;
		}
	}
	out[n] = 0;
	if (n <= NAME_COLUMNS)
		return l->h->text(l->ctx, "%s", out);
	const char *end = out + n - NAME_COLUMNS, *slash = strchr(end, '/');
	while ((*end & 0xc0) == 0x80)
		end++;		/* not inside a UTF-8 sequence */
	return l->h->text(l->ctx, "...%s", slash && slash[1] ? slash : end);
}

/* ------------------------------------------------------------ what is in it */

static int64_t stat(const struct look *l, const char *path, const char *name)
{
	return l->h->counter(l->ctx, l->h->text(l->ctx, "cgroup %s", path), name);
}

/* Version 1 prints a line of local figures for each group of the subtree, version 2
 * one block of the whole subtree. */
static void look_inside(struct look *l)
{
	size_t n = 0;
	const struct inquest_cgroup *const *g = l->h->cgroups(l->ctx, &n);
	const char *top = l->o->cgroup_limited;
	int whole = 0;

	l->anon = l->file = l->shmem = l->kernel = l->slab = INQUEST_NULL;
	for (size_t i = 0; i < n; i++)
		if (top && g[i]->path && g[i]->version == 2 && !strcmp(g[i]->path, top) &&
		    inquest_known(g[i]->anon_bytes))
			whole = 1;
	for (size_t i = 0; i < n; i++) {
		if (!g[i]->path || (top && strcmp(g[i]->path, top) &&
				    (whole || !is_below(g[i]->path, top))))
			continue;
		inquest_add(&l->anon, g[i]->anon_bytes);
		inquest_add(&l->file, g[i]->file_bytes);
		inquest_add(&l->shmem, g[i]->shmem_bytes);
		inquest_add(&l->kernel, g[i]->kernel_bytes);
	}
	if (top) {
		l->slab = stat(l, top, "slab");
		if (!inquest_known(l->slab)) {
			inquest_add(&l->slab, stat(l, top, "slab_reclaimable"));
			inquest_add(&l->slab, stat(l, top, "slab_unreclaimable"));
		}
		if (!inquest_known(l->kernel)) {
			static const char *const parts[] = { "kernel_stack", "pagetables",
				"sec_pagetables", "percpu", "sock", "vmalloc" };
			l->kernel = l->slab;
			for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
				inquest_add(&l->kernel, stat(l, top, parts[i]));
		}
	}
	if (inquest_known(l->o->kmem_usage_bytes) &&
	    (!inquest_known(l->kernel) || l->o->kmem_usage_bytes > l->kernel))
		l->kernel = l->o->kmem_usage_bytes;
}

static int64_t victims_anon(const struct look *l)
{
	size_t n = 0;
	const struct inquest_victim *const *v = l->h->victims(l->ctx, &n);
	int64_t sum = INQUEST_NULL;

	for (size_t i = 0; i < n; i++)
		inquest_add(&sum, v[i]->anon_rss_bytes);
	return sum;
}

static const char *holder(const struct look *l)
{
	int64_t usage = l->o->usage_bytes, cache;

	if (!inquest_known(usage) || usage <= 0)
		return NULL;
	if (inquest_percent(l->shmem, usage) >= SHMEM_PERCENT)
		return "shmem";
	if (inquest_percent(l->anon, usage) >= MAIN_PERCENT)
		return "processes";
	if (inquest_percent(l->slab, usage) >= KERNEL_PERCENT)
		return "slab";
	if (inquest_known(l->file)) {
		cache = l->file - inquest_or(l->shmem, 0);
		if (inquest_percent(cache, usage) >= MAIN_PERCENT && inquest_known(l->shmem))
			return "page-cache";
	}
	if (!inquest_known(l->anon) && inquest_percent(victims_anon(l), usage) >= MAIN_PERCENT)
		return "processes";
	return NULL;
}

/* --------------------------------------------------------------- which limit */

enum which { LIMIT_MEMORY, LIMIT_MEMSW, LIMIT_SWAP, LIMIT_KMEM };

static int at_limit(int64_t usage, int64_t limit)
{
	return inquest_known(usage) && inquest_known(limit) && usage >= limit - SLACK_BYTES;
}

static enum which which_limit(const struct inquest_oom *o)
{
	if (at_limit(o->memsw_usage_bytes, o->memsw_limit_bytes) &&
	    !at_limit(o->usage_bytes, o->limit_bytes))
		return LIMIT_MEMSW;
	if (at_limit(o->kmem_usage_bytes, o->kmem_limit_bytes) &&
	    !at_limit(o->usage_bytes, o->limit_bytes))
		return LIMIT_KMEM;
	return LIMIT_MEMORY;
}

static int64_t limit_of(const struct inquest_oom *o, enum which w)
{
	return w == LIMIT_MEMSW ? o->memsw_limit_bytes
	     : w == LIMIT_KMEM ? o->kmem_limit_bytes : o->limit_bytes;
}

static const char *limit_word(enum which w)
{
	return w == LIMIT_MEMSW ? "memory+swap limit"
	     : w == LIMIT_KMEM ? "kernel memory limit" : "limit";
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

	if (inquest_known(o->usage_bytes) && inquest_known(o->limit_bytes))
		h->finding_explain(f, "Usage was %s of %s. ", h->bytes(l->ctx, o->usage_bytes),
				   h->bytes(l->ctx, o->limit_bytes));
	else if (inquest_known(o->usage_bytes) && o->unlimited == 1)
		h->finding_explain(f, "Usage was %s; the memory limit itself is none. ",
				   h->bytes(l->ctx, o->usage_bytes));
	if (inquest_known(o->memsw_usage_bytes) && inquest_known(o->memsw_limit_bytes))
		h->finding_explain(f, "Memory+swap was %s of %s. ",
				   h->bytes(l->ctx, o->memsw_usage_bytes),
				   h->bytes(l->ctx, o->memsw_limit_bytes));
	if (inquest_known(o->swap_usage_bytes))
		h->finding_explain(f, "Swap was %s%s%s. ", h->bytes(l->ctx, o->swap_usage_bytes),
				   inquest_known(o->swap_limit_bytes) ? " of " : "",
				   inquest_known(o->swap_limit_bytes)
				   ? h->bytes(l->ctx, o->swap_limit_bytes) : "");
	if (inquest_known(o->failcnt) && o->failcnt > 0)
		h->finding_explain(f, "The limit had been hit %lld times by then. ",
				   (long long)o->failcnt);
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

static void explain(const struct look *l, struct inquest_finding *f, enum relation rel)
{
	const struct inquest_oom *o = l->o;

	if (rel == REL_OWN)
		l->h->finding_explain(f, "The task's own cgroup %s ran into its limit: the "
				      "machine as a whole need not be short. ",
				      o->cgroup_limited);
	else if (rel == REL_ANCESTOR)
		l->h->finding_explain(f, "The limit that was reached is that of %s, a parent of "
				      "the task's cgroup %s: all groups below it share it, and the "
				      "task's own limit (if any) was not reached. ",
				      o->cgroup_limited, o->cgroup_task);
	else if (rel == REL_NONE)
		l->h->finding_explain(f, "The text says that the limit of %s was reached and that "
				      "the task was in %s, which is not below it: lines of two "
				      "reports may be mixed here. ", o->cgroup_limited,
				      o->cgroup_task);
	else
		l->h->finding_explain(f, "The kernel says that a memory cgroup was out of memory%s. ",
				      o->cgroup_limited ? ", and which, but not where the task was"
				      : ", but not which one: the task's own or a parent's");
	explain_usage(l, f);
	explain_inside(l, f);
	if (rel == REL_ANCESTOR)
		explain_largest_child(l, f);
}

static const struct inquest_victim *first_victim(const struct look *l)
{
	size_t n = 0;
	const struct inquest_victim *const *v = l->h->victims(l->ctx, &n);

	return n ? v[0] : NULL;
}

static void advise(const struct look *l, struct inquest_finding *f, enum relation rel)
{
	const struct inquest_host *h = l->h;
	const struct inquest_oom *o = l->o;
	const struct inquest_victim *v = first_victim(l);
	int64_t limit = limit_of(o, which_limit(o));
	const char *path = o->cgroup_limited;

	if (rel == REL_ANCESTOR)
		h->finding_advise(f, "raise the limit of %s%s%s, or give the groups below it limits "
				  "that add up to less", path, inquest_known(limit) ? " above " : "",
				  inquest_known(limit) ? h->bytes(l->ctx, limit) : "");
	else if (path && inquest_known(limit))
		h->finding_advise(f, "if %s needs more than %s, raise its limit; if not, look for "
				  "what grows in it", v && v->unit ? v->unit : path,
				  h->bytes(l->ctx, limit));
	if (v && v->unit && rel == REL_OWN)
		h->finding_advise(f, "systemctl show -p MemoryMax,MemoryHigh,MemoryCurrent %s",
				  v->unit);
	else if (v && v->container)
		h->finding_advise(f, "the task ran in container %.12s: its memory limit is set by "
				  "docker --memory or the pod's resources.limits.memory",
				  v->container);
	if (path)
		h->finding_advise(f, "watch it: /sys/fs/cgroup%s/memory.events and memory.stat "
				  "(version 1: /sys/fs/cgroup/memory%s/memory.failcnt)", path, path);
	if (!path)
		h->finding_missing(f, "which cgroup reached its limit",
				   "messages of level info (6): the lines `Task in ... killed as a "
				   "result of limit of ...` or `oom-kill:constraint=...`");
	if (!inquest_known(o->limit_bytes) && o->unlimited != 1)
		h->finding_missing(f, "usage and limit of the cgroup",
				   "messages of level info (6): the line `memory: usage ..., "
				   "limit ...`");
}

static void cite(const struct look *l, struct inquest_finding *f)
{
	static const char *const roles[] = { "cgroup", "summary", "cgroup-memory",
		"cgroup-memsw", "cgroup-swap", "cgroup-kmem", "headline", "chosen" };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		n += l->h->cite_role(f, roles[i], 1);
	n += l->h->cite_role(f, "cgroup-stats", 3);
	n += l->h->cite_role(f, "killed ", 2);
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

/* ----------------------------------------------------------- contributing */

static void say_shmem(const struct look *l)
{
	int64_t usage = l->o->usage_bytes;
	struct inquest_finding *f;

	if (inquest_percent(l->shmem, usage) < SHMEM_PERCENT)
		return;
	f = l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, "cgroup-shmem", INQUEST_WARNING,
			      INQUEST_STRONG, "memory-cgroup-shmem");
	l->h->finding_title(f, "%lld %% of the cgroup is tmpfs or shared memory (%s)",
			    (long long)inquest_percent(l->shmem, usage), l->h->bytes(l->ctx, l->shmem));
	l->h->finding_explain(f, "Killing a process does not free files in tmpfs or detached "
			      "shared segments: the next kill will follow.");
	l->h->finding_advise(f, "df -t tmpfs; du -xsh /dev/shm /run; ipcs -m; in a pod: emptyDir "
			     "with medium Memory; give tmpfs a size=");
	if (!l->h->cite_role(f, "cgroup-stats", 4))
		l->h->cite_role(f, "headline", 1);
	l->h->finding_commit(f);
}

static void say_kernel(const struct look *l)
{
	int64_t usage = l->o->usage_bytes;
	struct inquest_finding *f;

	if (inquest_percent(l->kernel, usage) < KERNEL_PERCENT &&
	    which_limit(l->o) != LIMIT_KMEM)
		return;
	f = l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, "cgroup-kernel-memory",
			      INQUEST_WARNING, INQUEST_STRONG, "memory-cgroup-kernel");
	l->h->finding_title(f, "kernel memory is %lld %% of the cgroup (%s)",
			    (long long)inquest_percent(l->kernel, usage),
			    l->h->bytes(l->ctx, l->kernel));
	l->h->finding_explain(f, "Dentries, inodes, sockets, stacks and page tables are charged to "
			      "the group as well; no process shows them as its own%s.",
			      which_limit(l->o) == LIMIT_KMEM
			      ? ", and the limit on kernel memory was the one reached" : "");
	l->h->finding_advise(f, "look at slab, sock, percpu and kernel_stack in the group's "
			     "memory.stat; at many files, sockets or threads");
	if (which_limit(l->o) == LIMIT_KMEM)
		l->h->finding_advise(f, "do not set a limit on kernel memory "
				     "(memory.kmem.limit_in_bytes): it is deprecated");
	if (!l->h->cite_role(f, "cgroup-kmem", 1) && !l->h->cite_role(f, "cgroup-stats", 2))
		l->h->cite_role(f, "cgroup-memory", 1);
	l->h->finding_commit(f);
}

static void say_swap(const struct look *l)
{
	const struct inquest_oom *o = l->o;
	int v2 = inquest_known(o->swap_limit_bytes) && inquest_known(o->swap_usage_bytes) &&
		 o->swap_limit_bytes > 0 && o->swap_usage_bytes >= o->swap_limit_bytes -
						o->swap_limit_bytes / 100;
	int none = o->swap_limit_bytes == 0 ||
		   (inquest_known(o->memsw_limit_bytes) && inquest_known(o->limit_bytes) &&
		    o->memsw_limit_bytes == o->limit_bytes);
	struct inquest_finding *f;

	if (which_limit(o) != LIMIT_MEMSW && !v2 && !none)
		return;
	f = l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING,
			      none ? "cgroup-no-swap" : "cgroup-swap-full",
			      none ? INQUEST_SEV_NOTICE : INQUEST_WARNING, INQUEST_STRONG,
			      "memory-cgroup-swap");
	if (none)
		l->h->finding_title(f, "the cgroup may use no swap");
	else
		l->h->finding_title(f, "the cgroup's swap is full too (%s)",
				    l->h->bytes(l->ctx, v2 ? o->swap_limit_bytes
							   : o->memsw_limit_bytes));
	l->h->finding_explain(f, "%s", none ? "Its memory+swap limit equals its memory limit, or "
			      "its swap limit is 0: anonymous memory could not be moved out."
			      : "What could be moved out had been moved out.");
	if (!l->h->cite_role(f, "cgroup-swap", 1) && !l->h->cite_role(f, "cgroup-memsw", 1))
		l->h->cite_role(f, "cgroup-memory", 1);
	l->h->finding_commit(f);
}

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	struct look l = { .h = h, .ctx = ctx, .o = h->oom(ctx) };

	if (!l.o || l.o->manual == 1 || !of_cgroup(l.o))
		return 0;
	look_inside(&l);
	cause(&l);
	say_shmem(&l);
	say_kernel(&l);
	say_swap(&l);
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
