/* plugins/cgroup_look.c - whose limit, what is in the group, who holds it
 * (cgroup_look.h).  Follows oom.md 1.4, 1.5, 2.9. */
#include <stdlib.h>
#include <string.h>

#include "cgroup_look.h"

/* Working defaults of this plugin, percent of the group's usage. */
#define MAIN_PERCENT	50
#define SLACK_BYTES	(INT64_C(1) << 20)	/* a charge is refused this near the limit */
#define NAME_COLUMNS	60
#define HEX_ID		64	/* digits of a container's id */
#define HEX_SHOWN	12

/* Is PATH below TOP? */
int is_below(const char *path, const char *top)
{
	size_t n = strlen(top);

	if (!strcmp(top, "/"))
		return path[0] == '/' && path[1];
	return !strncmp(path, top, n) && path[n] == '/';
}

enum relation relate(const struct inquest_oom *o)
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
const char *short_name(const struct look *l, const char *path)
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

/* As version 2 names it, or version 1. */
static int64_t stat2(const struct look *l, const char *path, const char *v2, const char *v1)
{
	int64_t v = path ? stat(l, path, v2) : INQUEST_NULL;

	return path && !inquest_known(v) ? stat(l, path, v1) : v;
}

/* Version 1 prints a line of local figures for each group of the subtree, version 2
 * one block of the whole subtree. */
void look_inside(struct look *l)
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
	l->dirty = stat2(l, top, "file_dirty", "dirty");
	l->writeback = stat2(l, top, "file_writeback", "writeback");
	l->unevictable = stat2(l, top, "unevictable", "unevictable");
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

const char *holder(const struct look *l)
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

static int at_limit(int64_t usage, int64_t limit)
{
	return inquest_known(usage) && inquest_known(limit) && usage >= limit - SLACK_BYTES;
}

/* Both limits near: the one without room for a page is the one that refused.  Memory that
 * has room again was reclaimed into swap until that was used up. */
static int memsw_refused(const struct inquest_oom *o)
{
	return at_limit(o->memsw_usage_bytes, o->memsw_limit_bytes) &&
	       (!at_limit(o->usage_bytes, o->limit_bytes) ||
		(o->memsw_usage_bytes >= o->memsw_limit_bytes &&
		 o->memsw_limit_bytes > o->limit_bytes && o->usage_bytes < o->limit_bytes));
}

enum which which_limit(const struct inquest_oom *o)
{
	if (memsw_refused(o))
		return LIMIT_MEMSW;
	if (at_limit(o->kmem_usage_bytes, o->kmem_limit_bytes) &&
	    !at_limit(o->usage_bytes, o->limit_bytes))
		return LIMIT_KMEM;
	return LIMIT_MEMORY;
}

int64_t limit_of(const struct inquest_oom *o, enum which w)
{
	return w == LIMIT_MEMSW ? o->memsw_limit_bytes
	     : w == LIMIT_KMEM ? o->kmem_limit_bytes : o->limit_bytes;
}

const char *limit_word(enum which w)
{
	return w == LIMIT_MEMSW ? "memory+swap limit"
	     : w == LIMIT_KMEM ? "kernel memory limit" : "limit";
}

/* Does the release say that this kernel is older than MAJOR.MINOR?  0 where it does not. */
int is_before(const struct look *l, long major, long minor)
{
	const char *r = l->h->event(l->ctx)->kernel_release;
	char *end = NULL;
	long n = r ? strtol(r, &end, 10) : 0;

	if (n <= 0 || *end != '.')
		return 0;
	return n < major || (n == major && strtol(end + 1, NULL, 10) < minor);
}

/* Which lines a hierarchy prints tells its version.  Up to 4.19 version 2 prints those of
 * version 1 as well, with nothing in them. */
int version(const struct look *l)
{
	const struct inquest_oom *o = l->o;
	size_t n = 0;
	const struct inquest_cgroup *const *g = l->h->cgroups(l->ctx, &n);

	if (is_before(l, 4, 5))
		return 1;
	if (inquest_or(o->memsw_usage_bytes, 0) > 0 || inquest_or(o->kmem_usage_bytes, 0) > 0)
		return 1;
	if (inquest_known(o->swap_usage_bytes))
		return 2;
	for (size_t i = 0; i < n; i++)
		if (g[i]->version == 1 || g[i]->version == 2)
			return (int)g[i]->version;
	return 0;
}

int64_t held(const struct inquest_task *t)
{
	int64_t sum = 0;

	inquest_add(&sum, t->rss_bytes);
	inquest_add(&sum, t->swap_bytes);
	return sum;
}
