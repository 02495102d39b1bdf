/* plugins/memory_holders.c - who holds the machine's memory, and what to look at.
 *
 * Contributing findings of a host-wide report: the largest processes, tmpfs, slab with
 * its caches, page tables, locked and huge pages, what no counter explains, memory
 * kept from the allocator, writeback that cannot keep up.  Follows oom.md 2.9, 4
 * (C6-C14, C31).
 */
#include <string.h>

#include "inquest/plugin.h"

/* Working defaults of this plugin, percent of managed memory unless said. */
#define PROCESSES_PERCENT	60
#define SHMEM_PERCENT		25
#define SLAB_FIXED_PERCENT	10	/* unreclaimable; Alibaba's threshold */
#define SLAB_BACK_PERCENT	20	/* reclaimable */
#define PAGE_TABLES_PERCENT	5
#define LOCKED_PERCENT		20
#define HUGETLB_PERCENT		25
#define HUGETLB_IDLE_PERCENT	5
#define UNACCOUNTED_PERCENT	10
#define UNACCOUNTED_MAIN_PERCENT 30
#define RESERVED_PERCENT	10	/* of RAM */
#define DIRTY_PERCENT		50	/* of file pages */
#define DIRTY_FILE_PERCENT	20
#define TOP			5

struct look {
	const struct inquest_host *h;
	struct inquest_ctx *ctx;
	const struct inquest_event *ev;
	const struct inquest_oom *o;
	const struct inquest_account *a;
	int64_t all;		/* managed bytes */
};

static const char *size(const struct look *l, int64_t bytes)
{
	return l->h->bytes(l->ctx, bytes);
}

static struct inquest_finding *start(const struct look *l, const char *verdict,
				     enum inquest_severity severity, const char *rule)
{
	return l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, verdict, severity,
				 INQUEST_STRONG, rule);
}

/* With the counters it rests on; without lines, the event's own row. */
static void finish(const struct look *l, struct inquest_finding *f)
{
	size_t n = l->h->cite_role(f, "counters", 7);

	n += l->h->cite_role(f, "pages-ram", 1) + l->h->cite_role(f, "pages-reserved", 1);
	if (!n)
		l->h->cite_row(f, "v1_event", l->ev->event_id, "%s", l->ev->kind);
	l->h->finding_commit(f);
}

/* -------------------------------------------------------------- processes */

static int64_t held(const struct inquest_task *t)
{
	int64_t rss = inquest_or(t->rss_bytes, 0), swap = inquest_or(t->swap_bytes, 0);

	if (rss < 0 || swap < 0 || rss > INT64_MAX - swap)
		return 0;
	return rss + swap;
}

static size_t largest(const struct look *l, const struct inquest_task **top)
{
	size_t n = 0, k = 0;
	const struct inquest_task *const *t = l->h->tasks(l->ctx, &n);

	for (size_t i = 0; i < n; i++) {
		size_t at = k;
		while (at && held(top[at - 1]) < held(t[i]))
			at--;
		if (at == TOP)
			continue;
		if (k < TOP)
			k++;
		memmove(&top[at + 1], &top[at], (k - at - 1) * sizeof(*top));
		top[at] = t[i];
	}
	return k;
}

static void say_processes(const struct look *l)
{
	const struct inquest_task *top[TOP];
	size_t n = largest(l, top);
	struct inquest_finding *f;

	if (!n || inquest_percent(l->a->anon_bytes, l->all) < PROCESSES_PERCENT)
		return;
	f = start(l, "process-memory", INQUEST_WARNING, "memory-processes");
	l->h->finding_title(f, "processes hold %s (%lld %% of memory), the largest is %s[%lld]",
			    size(l, l->a->anon_bytes),
			    (long long)inquest_percent(l->a->anon_bytes, l->all),
			    top[0]->comm ? top[0]->comm : "?", (long long)top[0]->pid);
	l->h->finding_explain(f, "By resident and swapped memory:");
	for (size_t i = 0; i < n; i++)
		l->h->finding_explain(f, "%s %s[%lld] %s%s%s", i ? "," : "",
				      top[i]->comm ? top[i]->comm : "?", (long long)top[i]->pid,
				      size(l, top[i]->rss_bytes),
				      inquest_or(top[i]->swap_bytes, 0) > 0 ? " + swap " : "",
				      inquest_or(top[i]->swap_bytes, 0) > 0
				      ? size(l, top[i]->swap_bytes) : "");
	l->h->finding_explain(f, ".");
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

static void say_shmem(const struct look *l)
{
	int64_t mapped = mapped_shmem(l);
	struct inquest_finding *f;

	if (inquest_percent(l->a->shmem_bytes, l->all) < SHMEM_PERCENT)
		return;
	f = start(l, "shmem", INQUEST_WARNING, "memory-shmem");
	l->h->finding_title(f, "tmpfs and shared memory hold %s (%lld %% of memory)",
			    size(l, l->a->shmem_bytes),
			    (long long)inquest_percent(l->a->shmem_bytes, l->all));
	if (inquest_known(mapped) && mapped < l->a->shmem_bytes / 2)
		l->h->finding_explain(f, "The processes listed map only %s of it: the rest is files in "
				      "tmpfs or detached segments, and outlives any kill.",
				      size(l, mapped));
	else
		l->h->finding_explain(f, "Files in tmpfs and detached segments outlive the process "
				      "that made them: a kill need not free them.");
	l->h->finding_advise(f, "df -t tmpfs; du -xsh /dev/shm /run /tmp; ipcs -m -p; give tmpfs a "
			     "size= below what the machine can spare");
	finish(l, f);
}

/* -------------------------------------------------------------------- slab */

static void name_caches(const struct look *l, struct inquest_finding *f)
{
	size_t n = 0;
	const struct inquest_slab *const *s = l->h->slabs(l->ctx, &n);

	if (!n) {
		l->h->finding_missing(f, "which slab caches hold it",
				      "slabtop -o or /proc/slabinfo while it grows (the kernel "
				      "prints the table only where slab exceeds all user memory)");
		return;
	}
	l->h->finding_explain(f, " Largest caches:");
	for (size_t i = 0; i < n && i < TOP; i++)
		l->h->finding_explain(f, "%s %s %s", i ? "," : "", s[i]->cache,
				      size(l, inquest_known(s[i]->total_bytes)
					      ? s[i]->total_bytes : s[i]->used_bytes));
	l->h->finding_explain(f, ".");
	if (!strncmp(s[0]->cache, "kmalloc-", 8) || !strncmp(s[0]->cache, "size-", 5))
		l->h->finding_advise(f, "%s is memory of many users: boot with slab_debug=U (older "
				     "kernels: slub_debug=U) and read alloc_traces of the cache in "
				     "/sys/kernel/debug/slab; suspect drivers first", s[0]->cache);
	else if (strstr(s[0]->cache, "dentry") || strstr(s[0]->cache, "inode"))
		l->h->finding_advise(f, "%s: who creates or walks so many files? lsof, fatrace; test: "
				     "sync; echo 2 > /proc/sys/vm/drop_caches", s[0]->cache);
	else
		l->h->finding_advise(f, "look at the users of cache %s; /proc/slabinfo, slabtop -o",
				     s[0]->cache);
	l->h->cite_role(f, "slab-header", 1);
	l->h->cite_role(f, "slab ", TOP);
}

static void say_slab(const struct look *l)
{
	int64_t fixed = l->a->slab_unreclaimable_bytes, back = l->a->slab_reclaimable_bytes;
	struct inquest_finding *f;

	if (inquest_percent(fixed, l->all) >= SLAB_FIXED_PERCENT) {
		f = start(l, "slab-unreclaimable", INQUEST_WARNING, "memory-slab-unreclaimable");
		l->h->finding_title(f, "unreclaimable kernel slab is %s (%lld %% of memory)",
				    size(l, fixed), (long long)inquest_percent(fixed, l->all));
		l->h->finding_explain(f, "It belongs to the kernel and its drivers; no kill frees "
				      "it.%s", l->h->line(l->ctx, "slab-header")
				      ? " The kernel printed its table, so it is larger than all "
				      "user memory." : "");
		name_caches(l, f);
		finish(l, f);
	}
	if (inquest_percent(back, l->all) >= SLAB_BACK_PERCENT) {
		f = start(l, "slab-reclaimable", INQUEST_WARNING, "memory-slab-reclaimable");
		l->h->finding_title(f, "reclaimable slab was not reclaimed: %s (%lld %% of memory)",
				    size(l, back), (long long)inquest_percent(back, l->all));
		l->h->finding_explain(f, "Mostly dentries and inodes; they were in use, or the request "
				      "was not allowed to enter file systems.");
		l->h->finding_advise(f, "test: echo 2 > /proc/sys/vm/drop_caches; then raise "
				     "vm.vfs_cache_pressure, or stop what walks so many files");
		finish(l, f);
	}
}

/* ----------------------------------------- page tables, locked, huge pages */

static void say_page_tables(const struct look *l)
{
	int64_t v = l->a->page_tables_bytes;
	size_t n = 0;
	const struct inquest_task *const *t = l->h->tasks(l->ctx, &n), *most = NULL;
	struct inquest_finding *f;

	if (inquest_percent(v, l->all) < PAGE_TABLES_PERCENT)
		return;
	for (size_t i = 0; i < n; i++)
		if (inquest_known(t[i]->page_table_bytes) &&
		    (!most || t[i]->page_table_bytes > most->page_table_bytes))
			most = t[i];
	f = start(l, "page-tables", INQUEST_WARNING, "memory-page-tables");
	l->h->finding_title(f, "page tables hold %s (%lld %% of memory)", size(l, v),
			    (long long)inquest_percent(v, l->all));
	l->h->finding_explain(f, "Many processes that map the same large memory in small pages each "
			      "need their own tables.");
	if (most)
		l->h->finding_explain(f, " The most has %s[%lld]: %s.", most->comm ? most->comm : "?",
				      (long long)most->pid, size(l, most->page_table_bytes));
	l->h->finding_advise(f, "map large shared memory with huge pages (databases: hugetlb or THP), "
			     "or use fewer processes (a connection pool)");
	finish(l, f);
}

static void say_locked(const struct look *l)
{
	int64_t v = l->a->unevictable_bytes;
	struct inquest_finding *f;

	if (inquest_percent(v, l->all) < LOCKED_PERCENT)
		return;
	f = start(l, "locked-memory", INQUEST_WARNING, "memory-locked");
	l->h->finding_title(f, "locked memory holds %s (%lld %% of memory)", size(l, v),
			    (long long)inquest_percent(v, l->all));
	l->h->finding_explain(f, "Unevictable pages (mlock, SHM_LOCK, ramfs) can neither be swapped "
			      "nor dropped.");
	l->h->finding_advise(f, "grep VmLck /proc/[0-9]*/status; limits.conf memlock, systemd "
			     "LimitMEMLOCK; QEMU mem-lock and VFIO pin whole guests; ramfs mounts");
	finish(l, f);
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
			    size(l, idle));
	l->h->finding_explain(f, "Pages of the pools serve hugetlb mappings alone: what is free in "
			      "them is of no use to anybody else.");
	l->h->finding_advise(f, "shrink the pool by what is unused: vm.nr_hugepages, "
			     "/sys/devices/system/node/node*/hugepages/*/nr_hugepages, or "
			     "hugepages= on the command line");
	l->h->cite_role(f, "hugetlb ", 8);
	finish(l, f);
}

/* ------------------------------------------------- what no counter explains */

/* Names in the trace that show what the request itself was for. */
static const char *trace_hint(const struct look *l)
{
	size_t n = 0;
	const struct inquest_frame *const *s = l->h->frames(l->ctx, &n);
	int vmalloc = 0;

	for (size_t i = 0; i < n; i++) {
		const char *name = s[i]->function;
		if (!name)
			continue;
		if (!strncmp(name, "alloc_fdtable", 13) || !strcmp(name, "dup_fd"))
			return "The request itself was for a table of file descriptors, which is "
			       "vmalloc memory and in no counter: very many open files are a "
			       "candidate, not proven";
		vmalloc |= !strncmp(name, "__vmalloc", 9) || !strncmp(name, "vmalloc", 7) ||
			   !strncmp(name, "vzalloc", 7);
	}
	return vmalloc ? "The request itself was for vmalloc, whose pages no counter shows: a "
			 "candidate, not proven" : NULL;
}

static int out_of_tree(const struct look *l)
{
	const struct inquest_line *cpu = l->h->line(l->ctx, "cpu");
	const char *t = cpu && cpu->text ? strstr(cpu->text, "Tainted: ") : NULL;

	if (!t)
		return 0;
	for (t += 9; *t == ' ' || (*t >= 'A' && *t <= 'Z'); t++)
		if (*t == 'O' || *t == 'P')
			return 1;
	return 0;
}

static void advise_unaccounted(const struct look *l, struct inquest_finding *f)
{
	l->h->finding_advise(f, "what shows it: /proc/vmallocinfo, Percpu and VmallocUsed in "
			     "/proc/meminfo, `cat /sys/kernel/debug/page_owner` (boot with "
			     "page_owner=on), from 6.10 /proc/allocinfo; zram: zramctl; ZFS: "
			     "arcstat; GPU: its driver's tools");
	l->h->finding_advise(f, "in a virtual machine ask the hypervisor for the balloon's size at "
			     "that time");
	if (out_of_tree(l))
		l->h->finding_advise(f, "modules from outside the kernel tree were loaded (taint O or "
				     "P): test without them first");
}

static void say_unaccounted(const struct look *l)
{
	int64_t v = l->a->unaccounted_bytes, share = inquest_percent(v, l->all);
	const char *hint;
	struct inquest_finding *f;

	if (share < UNACCOUNTED_PERCENT || v <= inquest_or(l->a->noise_bytes, 0))
		return;
	f = start(l, "unaccounted", share >= UNACCOUNTED_MAIN_PERCENT ? INQUEST_WARNING
		  : INQUEST_SEV_NOTICE, "memory-unaccounted");
	l->h->finding_title(f, "%s (%lld %% of memory) are in no counter of the report", size(l, v),
			    (long long)share);
	l->h->finding_explain(f, "Of %s managed memory the counters explain %s. The rest was taken from "
			      "the page allocator by the kernel itself: vmalloc, per-CPU data, "
			      "drivers, network and graphics buffers, zram, a balloon that leaves "
			      "the total as it is, or a leak. Processes do not hold it, so killing "
			      "them does not free it.", size(l, l->all),
			      size(l, l->a->accounted_bytes));
	if (!inquest_known(l->a->hugetlb_bytes))
		l->h->finding_explain(f, " Huge page pools are not in the report; they would count "
				      "as explained.");
	hint = trace_hint(l);
	if (hint)
		l->h->finding_explain(f, " %s.", hint);
	advise_unaccounted(l, f);
	l->h->cite_role(f, "frame", 3);
	finish(l, f);
}

static void say_reserved(const struct look *l)
{
	int64_t share = inquest_percent(l->a->reserved_bytes, l->a->ram_bytes);
	struct inquest_finding *f;

	if (share < RESERVED_PERCENT)
		return;
	f = start(l, "reserved-memory", INQUEST_SEV_NOTICE, "memory-reserved");
	l->h->finding_title(f, "%s of %s RAM (%lld %%) was never given to the allocator",
			    size(l, l->a->reserved_bytes), size(l, l->a->ram_bytes),
			    (long long)share);
	l->h->finding_explain(f, "A crash kernel, firmware, the page map, mem= or huge pages of boot, "
			      "or a virtio balloon that takes its pages out of the total.");
	l->h->finding_advise(f, "compare with `Memory: ... available` of the boot log; if it was less "
			     "there, a balloon has grown: see the hypervisor");
	l->h->cite_role(f, "pages-ram", 1);
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
	struct look l = { .h = h, .ctx = ctx, .ev = h->event(ctx), .o = h->oom(ctx) };

	if (!l.ev || !l.o || l.o->cgroup_limited || l.o->global_oom == 0 || l.o->manual == 1)
		return 0;	/* a cgroup's limit does not ask what the machine has */
	l.a = h->account(ctx);
	if (!l.a)
		return 0;
	l.all = l.a->managed_bytes;
	say_processes(&l);
	say_shmem(&l);
	say_slab(&l);
	say_page_tables(&l);
	say_locked(&l);
	say_hugetlb(&l);
	say_unaccounted(&l);
	say_reserved(&l);
	say_dirty(&l);
	return 0;
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "memory-holders",
	.version = "1.0",
	.description = "who holds the machine's memory: processes, tmpfs, slab, what is uncounted",
	.kinds = (const char *const[]){ "oom-kill", NULL },
	.event = look,
};
