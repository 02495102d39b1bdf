/* plugins/memory_holders.c - which user memory fills the machine, and what to look at.
 *
 * Contributing findings of a host-wide report: the largest processes, tmpfs, locked and
 * huge pages, memory that no listed process has, writeback that cannot keep up.
 * Follows oom.md 2.9, 4 (C6, C7, C11, C12, C31).
 */
#include "holders.h"
#include "largest.h"

/* Working defaults of this plugin, percent of managed memory unless said. */
#define PROCESSES_PERCENT	60
#define SHMEM_PERCENT		25
#define MAPPED_PERCENT		70	/* of shmem: processes have it, not files */
#define LOCKED_PERCENT		20
#define HUGETLB_PERCENT		25
#define HUGETLB_IDLE_PERCENT	5
#define DIRTY_PERCENT		50	/* of file pages */
#define DIRTY_FILE_PERCENT	20
#define THP_PERCENT		50	/* of anonymous memory */
#define UNLISTED_PERCENT	10
#define UNLISTED_BYTES	(INT64_C(200) << 20)	/* of pid 1: Alibaba's threshold */

/* -------------------------------------------------------------- processes */

/* "java[2447] 1.9 GiB + 2 GiB swap, sh[9] 3 MiB" */
static const char *names(const struct look *l, const struct inquest_task *const *top,
			 size_t n)
{
	const char *out = "";

	for (size_t i = 0; i < n; i++) {
		int swapped = inquest_or(top[i]->swap_bytes, 0) > 0;
		out = l->h->text(l->ctx, "%s%s%s[%lld] %s%s%s%s", out, i ? ", " : "",
				 top[i]->comm ? top[i]->comm : "?", (long long)top[i]->pid,
				 size(l, top[i]->rss_bytes), swapped ? " + " : "",
				 swapped ? size(l, top[i]->swap_bytes) : "",
				 swapped ? " swap" : "");
	}
	return out;
}

static void say_processes(const struct look *l)
{
	const struct inquest_task *top[TOP];
	size_t n = largest_tasks(l->h, l->ctx, top, TOP);
	struct inquest_finding *f;

	if (!n || inquest_percent(l->a->anon_bytes, l->all) < PROCESSES_PERCENT)
		return;
	f = start(l, "process-memory", INQUEST_WARNING, "memory-processes");
	l->h->finding_title(f, "the largest of the processes: %s", names(l, top, n));
	l->h->finding_explain(f, "Resident memory, and what they have in swap. Processes hold %s in "
			      "all (%s of memory).", size(l, l->a->anon_bytes),
			      l->h->share(l->ctx, l->a->anon_bytes, l->all));
	for (size_t i = 0; i < n; i++)
		l->h->cite_role(f, l->h->text(l->ctx, "task %lld", (long long)top[i]->pid), 1);
	finish(l, f);
}

/* ------------------------------------------------------------------- tmpfs */

/* What the tasks of the table have of shared memory; INQUEST_NULL: no such column. */
static int64_t mapped_shmem(const struct look *l)
{
	size_t n = 0;
	const struct inquest_task *const *t = l->h->tasks(l->ctx, &n);
	int64_t sum = INQUEST_NULL;

	for (size_t i = 0; i < n; i++) {
		if (!inquest_known(t[i]->shmem_rss_bytes) || t[i]->shmem_rss_bytes < 0)
			return INQUEST_NULL;
		sum = inquest_or(sum, 0);
		if (t[i]->shmem_rss_bytes <= INT64_MAX - sum)
			sum += t[i]->shmem_rss_bytes;
	}
	return sum;
}

/* The task that maps most of it: by its own column, or (before 6.8 the table has none)
 * by what it has resident; NULL: none that could have half. */
static const struct inquest_task *mapper(const struct look *l, int by_column)
{
	size_t n = 0;
	const struct inquest_task *const *t = l->h->tasks(l->ctx, &n), *best = NULL;
	int64_t most = l->a->shmem_bytes / 2, v;

	for (size_t i = 0; i < n; i++) {
		v = by_column ? t[i]->shmem_rss_bytes : t[i]->rss_bytes;
		if (inquest_known(v) && v > most) {
			most = v;
			best = t[i];
		}
	}
	return best;
}

/* Whose it is, as far as the table tells. */
static void say_mapper(const struct look *l, struct inquest_finding *f)
{
	int64_t mapped = mapped_shmem(l);
	int by_column = inquest_known(mapped);
	const struct inquest_task *t = mapper(l, by_column);

	if (t && by_column)
		l->h->finding_explain(f, " %s[%lld] maps %s of it.", t->comm ? t->comm : "?",
				      (long long)t->pid, size(l, t->shmem_rss_bytes));
	else if (t && t->rss_bytes > inquest_or(l->a->anon_bytes, INT64_MAX) &&
		 inquest_percent(l->h->counter(l->ctx, NULL, "mapped"),
				 l->a->shmem_bytes) >= MAPPED_PERCENT)
		l->h->finding_explain(f, " Most of it is mapped, and %s[%lld] has %s resident, more than "
				      "its own memory can be: it seems to map it.",
				      t->comm ? t->comm : "?", (long long)t->pid,
				      size(l, t->rss_bytes));
	else if (by_column && mapped < l->a->shmem_bytes / 2)
		l->h->finding_explain(f, " The processes listed map only %s of it: the rest is files in "
				      "tmpfs or detached segments.", size(l, mapped));
	else
		return;
	if (t)
		l->h->cite_role(f, l->h->text(l->ctx, "task %lld", (long long)t->pid), 1);
}

static void say_shmem(const struct look *l)
{
	struct inquest_finding *f;

	if (inquest_percent(l->a->shmem_bytes, l->all) < SHMEM_PERCENT)
		return;
	f = start(l, "shmem", INQUEST_WARNING, "memory-shmem");
	l->h->finding_title(f, "what tmpfs and shared memory hold (%s) may outlive a kill",
			    size(l, l->a->shmem_bytes));
	l->h->finding_explain(f, "Files in tmpfs and detached segments stay when the process "
			      "that made them is gone.");
	say_mapper(l, f);
	l->h->finding_advise(f, "now: df -t tmpfs; du -xsh /dev/shm /run /tmp; ipcs -m -p; give tmpfs "
			     "a size= below what the machine can spare");
	finish(l, f);
}

/* ------------------------------------------------------- locked, huge pages */

static void say_locked(const struct look *l)
{
	int64_t v = l->a->unevictable_bytes;
	struct inquest_finding *f;

	if (inquest_percent(v, l->all) < LOCKED_PERCENT)
		return;
	f = start(l, "locked-memory", INQUEST_WARNING, "memory-locked");
	l->h->finding_title(f, "locked memory holds %s (%s of memory)", size(l, v),
			    l->h->share(l->ctx, v, l->all));
	l->h->finding_explain(f, "Unevictable pages (mlock, SHM_LOCK, ramfs) can neither be swapped "
			      "nor dropped.");
	l->h->finding_advise(f, "grep VmLck /proc/[0-9]*/status; limits.conf memlock, systemd "
			     "LimitMEMLOCK; QEMU mem-lock and VFIO pin whole guests; ramfs mounts");
	finish(l, f);
}

/* Pools with pages in them; empty ones prove nothing. */
static void cite_pools(const struct look *l, struct inquest_finding *f)
{
	size_t n = 0;
	const struct inquest_hugetlb *const *p = l->h->hugetlb(l->ctx, &n);

	for (size_t i = 0; i < n && i < 32; i++)
		if (inquest_or(p[i]->total, 0) > 0 && inquest_known(p[i]->page_bytes))
			l->h->cite_role(f, l->h->text(l->ctx, "hugetlb %lld %lldkB",
					(long long)inquest_or(p[i]->node, 0),
					(long long)(p[i]->page_bytes / 1024)), 1);
}

static void say_hugetlb(const struct look *l)
{
	int64_t all = l->a->hugetlb_bytes, idle = l->a->hugetlb_free_bytes;
	int64_t of = inquest_known(l->all) ? l->all : l->a->free_bytes;
	struct inquest_finding *f;

	/* of a report that does not show the machine's size, any idle GiB counts */
	if (!inquest_known(l->all)
	    ? inquest_or(idle, 0) < INT64_C(1) << 30
	    : inquest_percent(all, of) < HUGETLB_PERCENT &&
	      inquest_percent(idle, of) < HUGETLB_IDLE_PERCENT)
		return;
	f = start(l, "hugetlb-reserve", INQUEST_WARNING, "memory-hugetlb");
	l->h->finding_title(f, "huge page pools keep %s, of it %s unused", size(l, all),
			    size(l, inquest_or(idle, 0)));
	l->h->finding_explain(f, "Pages of the pools serve hugetlb mappings alone: what is free in "
			      "them is of no use to anybody else.");
	/* of a bound request its own nodes' pools are advised on with the cause */
	if (inquest_or(idle, 0) > 0 &&
	    (!l->o->constraint || !strcmp(l->o->constraint, "none")))
		l->h->finding_advise(f, "shrink the pools by the %s that are unused: vm.nr_hugepages, "
				     "/sys/devices/system/node/node*/hugepages/*/nr_hugepages, or "
				     "hugepages= on the command line", size(l, idle));
	cite_pools(l, f);
	finish(l, f);
}

/* ------------------------------------------------------- huge pages, pid 1 */

/* 4.8 and 4.9 print these figures under each other's names. */
static int names_shifted(const struct look *l)
{
	const char *r = l->ev->kernel_release;

	return r && (!strncmp(r, "4.8.", 4) || !strncmp(r, "4.9.", 4));
}

static void say_thp(const struct look *l)
{
	int64_t v = of_nodes(l, offsetof(struct inquest_node, anon_thp_bytes));
	struct inquest_finding *f;

	if (inquest_percent(v, l->a->anon_bytes) < THP_PERCENT || names_shifted(l) ||
	    inquest_percent(l->a->anon_bytes, l->all) < PROCESSES_PERCENT)
		return;
	f = start(l, "transparent-huge-pages", INQUEST_SEV_NOTICE, "memory-thp");
	/* the two are counted at different moments */
	l->h->finding_title(f, "%s of anonymous memory is in huge pages (%s)",
			    v >= l->a->anon_bytes ? "all"
			    : l->h->share(l->ctx, v, l->a->anon_bytes), size(l, v));
	l->h->finding_explain(f, "A program that touches its memory sparsely holds 2 MiB for every "
			      "page it uses; allocators that give pages back get none free.");
	l->h->finding_advise(f, "try /sys/kernel/mm/transparent_hugepage/enabled = madvise, and "
			     "khugepaged/max_ptes_none = 0; compare resident memory before and after");
	l->h->cite_role(f, "node ", 4);
	finish(l, f);
}

/* What the rows of the whole table have at most of anonymous memory. */
static int64_t listed_anon(const struct look *l)
{
	size_t n = 0;
	const struct inquest_task *const *t = l->h->tasks(l->ctx, &n);
	int64_t sum = INQUEST_NULL;

	for (size_t i = 0; i < n; i++) {
		int64_t v = inquest_known(t[i]->anon_rss_bytes) ? t[i]->anon_rss_bytes
								: t[i]->rss_bytes;
		if (!inquest_known(v))
			return INQUEST_NULL;
		inquest_add(&sum, v);
	}
	return sum;
}

/* The table leaves out pid 1 and what is already dying; of a cpuset or a policy also
 * those elsewhere. */
static void say_unlisted(const struct look *l)
{
	int64_t listed = listed_anon(l), anon = l->a->anon_bytes, more;
	size_t n = 0;
	struct inquest_finding *f;

	l->h->tasks(l->ctx, &n);
	if (!inquest_known(listed) || !inquest_known(anon) || l->ev->truncated == 1 ||
	    l->ev->from_dump ||		/* of another moment */
	    (inquest_known(l->o->tasks_listed) && (size_t)l->o->tasks_listed != n) ||
	    !l->o->constraint || strcmp(l->o->constraint, "none") != 0)
		return;
	more = anon - listed;
	if (more < UNLISTED_BYTES || inquest_percent(more, l->all) < UNLISTED_PERCENT)
		return;
	f = start(l, "unlisted-memory", INQUEST_WARNING, "memory-unlisted");
	l->h->finding_title(f, "%s of anonymous memory (%s) belongs to no process of the table",
			    size(l, more), l->h->share(l->ctx, more, l->all));
	l->h->finding_explain(f, "The counters have %s, all %zu rows together at most %s. The table "
			      "leaves out pid 1, which is never killed, and processes that are "
			      "already exiting.", size(l, anon), n, size(l, listed));
	l->h->finding_advise(f, "grep -E 'RssAnon|VmSwap' /proc/1/status; systemctl daemon-reexec "
			     "frees what pid 1 leaked; look for kills just before this one");
	l->h->cite_role(f, "table-header", 1);
	l->h->cite_role(f, "task ", 3);
	finish(l, f);
}

/* ----------------------------------------------------------------- writeback */

static void say_dirty(const struct look *l)
{
	int64_t dirty = l->h->counter(l->ctx, NULL, "dirty");
	int64_t wb = l->h->counter(l->ctx, NULL, "writeback"), sum;
	struct inquest_finding *f;

	if (!inquest_known(dirty) || !inquest_known(wb) || dirty < 0 || wb < 0 ||
	    dirty > INT64_MAX - wb)
		return;
	sum = dirty + wb;
	if (inquest_percent(sum, l->a->file_bytes) < DIRTY_PERCENT ||
	    inquest_percent(l->a->file_bytes, l->all) < DIRTY_FILE_PERCENT)
		return;
	f = start(l, "writeback-behind", INQUEST_WARNING, "memory-writeback");
	l->h->finding_title(f, "%s of page cache waited to be written", size(l, sum));
	l->h->finding_explain(f, "More than half of the file pages were dirty or under writeback: "
			      "reclaim had to wait for storage.");
	l->h->finding_advise(f, "look at storage at that time (iostat -x, hung tasks, I/O errors); "
			     "lower vm.dirty_ratio or set vm.dirty_bytes");
	finish(l, f);
}

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	struct look l;

	if (!look_at(&l, h, ctx))
		return 0;
	say_processes(&l);
	say_shmem(&l);
	say_locked(&l);
	say_hugetlb(&l);
	say_thp(&l);
	say_unlisted(&l);
	say_dirty(&l);
	return 0;
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "memory-holders",
	.version = "1.0",
	.description = "who holds the machine's memory: processes, tmpfs, locked and huge pages",
	.kinds = (const char *const[]){ "oom-kill", NULL },
	.event = look,
};
