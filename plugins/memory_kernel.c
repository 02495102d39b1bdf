/* plugins/memory_kernel.c - memory of the kernel itself, and what to look at.
 *
 * Contributing findings of a host-wide report: slab with its caches, page tables, what
 * no counter explains, balloons, memory kept from the allocator.  Follows oom.md 2.9, 4
 * (C8-C10, C13, C14).
 */
#include <stdlib.h>

#include "holders.h"

/* Working defaults of this plugin, percent of managed memory unless said. */
#define SLAB_FIXED_PERCENT	10	/* unreclaimable; Alibaba's threshold */
#define SLAB_BACK_PERCENT	20	/* reclaimable */
#define PAGE_TABLES_PERCENT	5
#define UNACCOUNTED_PERCENT	10
#define UNACCOUNTED_MAIN_PERCENT 30
#define RESERVED_PERCENT	10	/* of RAM */
#define KERNEL_BYTES	(INT64_C(64) << 20)	/* image and page map of a small machine */
#define BALLOON_PERCENT		5

/* -------------------------------------------------------------------- slab */

/* What a cache's name says of its users; the first that its name begins with. */
static const struct { const char *cache, *advice; } caches[] = {
	{ "kmalloc-", "memory of many users; boot with slab_debug=U (before 6.12 slub_debug=U) and "
	  "read alloc_traces of the cache in /sys/kernel/debug/slab; suspect drivers first" },
	{ "size-", "memory of many users, drivers first; kmemleak or a crash dump tells whose" },
	{ "shmem_inode_cache", "files and directories in tmpfs, kept until they are deleted: find "
	  "/dev/shm /run /tmp -xdev | wc -l; mount tmpfs with nr_inodes=" },
	{ "dentry", "names of files, negative ones too: who creates or looks up so many? test: echo "
	  "2 > /proc/sys/vm/drop_caches" },
	{ "task_struct", "threads: ps -eLf | wc -l; pids.max, TasksMax= of who starts them" },
	{ "thread_stack", "threads: ps -eLf | wc -l; pids.max, TasksMax= of who starts them" },
	{ "vm_area_struct", "mappings: wc -l /proc/[0-9]*/maps | sort -n | tail; vm.max_map_count" },
	{ "anon_vma", "mappings and forks: many processes, or one with very many mappings" },
	{ "maple_node", "mappings: wc -l /proc/[0-9]*/maps | sort -n | tail" },
	{ "filp", "open files: cat /proc/sys/fs/file-nr; ls /proc/[0-9]*/fd | wc -l; ulimit -n" },
	{ "skbuff", "network buffers: ss -tmn, netstat -s, lengths of queues; a driver that loses "
	  "them" },
	{ "sock", "sockets: ss -s; who opens and does not close" },
	{ "TCP", "TCP sockets: ss -s; net.ipv4.tcp_mem" },
	{ "UNIX", "unix sockets: ss -xa | wc -l" },
	{ "nf_conntrack", "tracked connections: nf_conntrack_count against nf_conntrack_max" },
	{ "buffer_head", "pages of files on block devices; dirty data that is not written" },
	{ "radix_tree_node", "page cache of sparse files, or many of them" },
	{ "xfs_", "inodes and log items of XFS: held while files are open or dirty" },
	{ "bio", "block requests in flight: storage that does not answer (iostat -x, hung tasks)" },
	{ "zio_", "ZFS: arcstat; zfs_arc_max" },
	{ "kernfs_node_cache", "entries of sysfs and of cgroups: find /sys/fs/cgroup -type d | wc -l" },
	{ "cgroup", "control groups, dead ones too: grep memory /proc/cgroups; who creates them" },
	{ "names_cache", "paths in use by system calls that hang: look for tasks in state D" },
};

static const char *cache_advice(const char *name)
{
	for (size_t i = 0; i < sizeof(caches) / sizeof(*caches); i++)
		if (!strncmp(name, caches[i].cache, strlen(caches[i].cache)))
			return caches[i].advice;
	if (strstr(name, "inode"))
		return "inodes of a file system: who walks or creates so many files? lsof, fatrace; "
		       "test: echo 2 > /proc/sys/vm/drop_caches";
	return "look at its users: slabtop -o, /proc/slabinfo while it grows, perf record -e "
	       "kmem:kmem_cache_alloc";
}

/* The kernel's own table has the unreclaimable ones alone; a dump has all. */
static void name_caches(const struct look *l, struct inquest_finding *f, int reclaimable)
{
	size_t all = 0, n = 0;
	const struct inquest_slab *const *list = l->h->slabs(l->ctx, &all), *s[TOP];

	for (size_t i = 0; i < all && n < TOP; i++)
		if (!inquest_known(list[i]->reclaimable) ||
		    list[i]->reclaimable == reclaimable)
			s[n++] = list[i];
	if (!n) {
		l->h->finding_missing(f, "which slab caches hold it",
				      "slabtop -o or /proc/slabinfo while it grows (the kernel "
				      "prints the table only where slab exceeds all user memory)");
		return;
	}
	l->h->finding_explain(f, " Largest caches%s:", l->ev->from_dump &&
			      strstr(l->ev->from_dump, "slab caches") ? " in the dump" : "");
	for (size_t i = 0; i < n; i++)
		l->h->finding_explain(f, "%s %s %s", i ? "," : "", s[i]->cache,
				      size(l, inquest_known(s[i]->total_bytes)
					      ? s[i]->total_bytes : s[i]->used_bytes));
	l->h->finding_explain(f, ".");
	l->h->finding_advise(f, "%s: %s", s[0]->cache, cache_advice(s[0]->cache));
	l->h->cite_role(f, "slab-header", 1);
	for (size_t i = 0; i < n; i++)
		l->h->cite_role(f, l->h->text(l->ctx, "slab %s", s[i]->cache), 1);
}

static void say_slab(const struct look *l)
{
	int64_t fixed = l->a->slab_unreclaimable_bytes, back = l->a->slab_reclaimable_bytes;
	struct inquest_finding *f;

	if (inquest_percent(fixed, l->all) >= SLAB_FIXED_PERCENT) {
		f = start(l, "slab-unreclaimable", INQUEST_WARNING, "memory-slab-unreclaimable");
		l->h->finding_title(f, "unreclaimable kernel slab is %s (%s of memory)",
				    size(l, fixed), l->h->share(l->ctx, fixed, l->all));
		l->h->finding_explain(f, "It belongs to the kernel and its drivers; no kill frees "
				      "it.%s", l->h->line(l->ctx, "slab-header")
				      ? " The kernel printed its table, so it is larger than all "
				      "user memory." : "");
		name_caches(l, f, 0);
		finish(l, f);
	}
	if (inquest_percent(back, l->all) >= SLAB_BACK_PERCENT) {
		f = start(l, "slab-reclaimable", INQUEST_WARNING, "memory-slab-reclaimable");
		l->h->finding_title(f, "reclaimable slab was not reclaimed: %s (%s of memory)",
				    size(l, back), l->h->share(l->ctx, back, l->all));
		l->h->finding_explain(f, "Mostly dentries and inodes; they were in use, or the request "
				      "was not allowed to enter file systems.");
		l->h->finding_advise(f, "test: echo 2 > /proc/sys/vm/drop_caches; then raise "
				     "vm.vfs_cache_pressure, or stop what walks so many files");
		finish(l, f);
	}
}

/* -------------------------------------------------------------- page tables */

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
	l->h->finding_title(f, "page tables hold %s (%s of memory)", size(l, v),
			    l->h->share(l->ctx, v, l->all));
	l->h->finding_explain(f, "Many processes that map the same large memory in small pages each "
			      "need their own tables.");
	if (most)
		l->h->finding_explain(f, " The most has %s[%lld]: %s.", most->comm ? most->comm : "?",
				      (long long)most->pid, size(l, most->page_table_bytes));
	l->h->finding_advise(f, "map large shared memory with huge pages (databases: hugetlb or THP), "
			     "or use fewer processes (a connection pool)");
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

/* What the firmware of virtual machines calls itself. */
static const char *const virtual_names[] = {
	"QEMU", "KVM", "VMware", "VirtualBox", "Xen", "domU", "Virtual Machine", "Standard PC",
	"Compute Engine", "Amazon EC2", "Alibaba Cloud", "OpenStack", "Bochs", "Droplet",
	"dummy-virt", "Parallels", "bhyve",
};

/* 1, 0; -1: no line of the hardware. */
static int is_virtual(const struct look *l, const char **ret_name)
{
	const struct inquest_line *line = l->h->line(l->ctx, "hardware");
	const char *name = line && line->text ? strstr(line->text, "Hardware name: ") : NULL;

	if (!name)
		return -1;
	name += 15;
	size_t n = strcspn(name, ",(");
	while (n && name[n - 1] == ' ')
		n--;
	*ret_name = l->h->text(l->ctx, "%.*s", (int)n, name);
	for (size_t i = 0; i < sizeof(virtual_names) / sizeof(*virtual_names); i++)
		if (strstr(name, virtual_names[i]))
			return 1;
	return 0;
}

static void advise_unaccounted(const struct look *l, struct inquest_finding *f)
{
	const char *name = NULL;
	int guest = is_virtual(l, &name);

	l->h->finding_advise(f, "what shows memory in no counter: /proc/vmallocinfo, Percpu and "
			     "VmallocUsed in /proc/meminfo, `cat /sys/kernel/debug/page_owner` "
			     "(boot with page_owner=on), from 6.10 /proc/allocinfo; zram: zramctl; "
			     "ZFS: arcstat; GPU: its driver's tools");
	if (guest == 1)
		l->h->finding_advise(f, "this is a virtual machine (%s): ask its host for the "
				     "balloon's size at that time", name);
	else if (guest < 0)
		l->h->finding_advise(f, "in a virtual machine ask the hypervisor for the balloon's "
				     "size at that time");
	if (out_of_tree(l))
		l->h->finding_advise(f, "modules from outside the kernel tree were loaded (taint O or "
				     "P): test without them first");
}

/* A dump soon after tells what of it is vmalloc and per-CPU memory (the same pages may be
 * in both): what is left was asked for page by page. */
static void tell_by_dump(const struct look *l, struct inquest_finding *f, int64_t v)
{
	struct inquest_query *q = l->h->prepare(l->ctx,
		"SELECT c.counter_id, c.name, c.value, s.mono_us - e.mono_us FROM v1_event AS e "
		"JOIN v1_event_snapshot AS x USING (event_id) "
		"JOIN v1_snapshot AS s USING (snapshot_id) "
		"JOIN v1_counter AS c USING (snapshot_id) WHERE e.event_id = :event_id "
		"AND x.role = 'dump' AND s.mono_us - e.mono_us BETWEEN 0 AND 60000000 "
		"AND c.scope = 'host' AND c.unit = 'bytes' "
		"AND c.name IN ('VmallocUsed', 'Percpu') ORDER BY c.name LIMIT 2");
	int64_t id[2], bytes[2], later = 0;
	int n = 0;

	if (!q)
		return;
	l->h->bind_int(q, ":event_id", l->ev->event_id);
	for (; n < 2 && l->h->step(q) == 1; n++) {
		id[n] = l->h->column_int(q, 0);
		bytes[n] = l->h->column_int(q, 2);
		later = l->h->column_int(q, 3);
	}
	l->h->finalize(q);
	if (n < 2 || bytes[0] < 0 || bytes[1] < 0 || bytes[0] > v / 4 || bytes[1] > v / 4)
		return;
	l->h->finding_explain(f, " By the dump, %lld.%lld s later, no more than %s of it are per-CPU and "
			      "%s vmalloc memory: at least %s were taken page by page, by a "
			      "driver, a module or a balloon.", (long long)(later / 1000000),
			      (long long)(later / 100000 % 10), size(l, bytes[0]),
			      size(l, bytes[1]), size(l, v - bytes[0] - bytes[1]));
	for (int i = 0; i < 2; i++)
		l->h->cite_row(f, "v1_counter", id[i], "%s in the dump: %s",
			       i ? "vmalloc memory" : "per-CPU memory", size(l, bytes[i]));
}

static void say_unaccounted(const struct look *l)
{
	int64_t v = l->a->unaccounted_bytes, share = inquest_percent(v, l->all);
	const char *hint, *name;
	struct inquest_finding *f;

	if (share < UNACCOUNTED_PERCENT || v <= inquest_or(l->a->noise_bytes, 0))
		return;
	f = start(l, "unaccounted", share >= UNACCOUNTED_MAIN_PERCENT ? INQUEST_WARNING
		  : INQUEST_SEV_NOTICE, "memory-unaccounted");
	l->h->finding_title(f, "what is in no counter of the report (%s) the kernel took itself",
			    size(l, v));
	l->h->finding_explain(f, "Of %s managed memory the counters explain %s. The rest was taken from "
			      "the page allocator directly: vmalloc, per-CPU data, drivers, network "
			      "and graphics buffers, zram, %sor a leak. No process holds it, and no "
			      "kill frees it.", size(l, l->all), size(l, l->a->accounted_bytes),
			      is_virtual(l, &name) ? "a balloon that leaves the total as it is, "
						   : "");
	if (!inquest_known(l->a->hugetlb_bytes))
		l->h->finding_explain(f, " Huge page pools are not in the report; they would count "
				      "as explained.");
	tell_by_dump(l, f, v);
	hint = trace_hint(l);
	if (hint)
		l->h->finding_explain(f, " %s.", hint);
	advise_unaccounted(l, f);
	if (out_of_tree(l)) {
		l->h->finding_explain(f, " Modules from outside the kernel tree were loaded: a "
				      "candidate, not proven.");
		l->h->cite_role(f, "cpu", 1);
	}
	l->h->cite_role(f, "frame", 3);
	finish(l, f);
}

/* Of "crashkernel=256M,high" or "=512M@64M"; INQUEST_NULL where it is a list by size of
 * RAM or "auto".  *WORD: as it stands there; NULL: the boot has none. */
static int64_t crash_kernel(const struct look *l, const char **word)
{
	struct inquest_query *q = l->h->prepare(l->ctx,
		"SELECT ' ' || command_line FROM v1_boot WHERE boot_id = :boot");
	int64_t bytes = INQUEST_NULL;

	*word = NULL;
	if (!q)
		return bytes;
	l->h->bind_int(q, ":boot", l->ev->boot_id);
	const char *line = l->h->step(q) == 1 ? l->h->column_text(q, 0) : NULL;
	const char *at = line ? strstr(line, " crashkernel=") : NULL;
	if (at) {
		char *end;
		*word = l->h->text(l->ctx, "%.*s", (int)strcspn(at + 1, " "), at + 1);
		long long n = strtoll(at + 13, &end, 0);
		int shift = *end == 'K' || *end == 'k' ? 10 : *end == 'M' || *end == 'm' ? 20
			    : *end == 'G' || *end == 'g' ? 30 : 0;
		end += shift != 0;
		if (n > 0 && n < 1 << 20 && shift && (!*end || strchr(" ,@", *end)))
			bytes = (int64_t)n << shift;
	}
	l->h->finalize(q);
	return bytes;
}

static void say_reserved(const struct look *l)
{
	int64_t share = inquest_percent(l->a->reserved_bytes, l->a->ram_bytes);
	int64_t more = inquest_or(l->a->reserved_bytes, 0) - KERNEL_BYTES, crash;
	const char *word;
	struct inquest_finding *f;

	/* what the kernel itself takes at boot weighs on small machines only */
	if (inquest_percent(more, l->a->ram_bytes) < RESERVED_PERCENT)
		return;
	f = start(l, "reserved-memory", INQUEST_SEV_NOTICE, "memory-reserved");
	l->h->finding_title(f, "%s of %s RAM (%lld %%) was never given to the allocator",
			    size(l, l->a->reserved_bytes), size(l, l->a->ram_bytes),
			    (long long)share);
	crash = crash_kernel(l, &word);
	if (word)
		l->h->finding_explain(f, "%s stands on the command line%s; else firmware, the page "
				      "map, mem= or huge pages of boot, or a virtio balloon that "
				      "takes its pages out of the total.", word,
				      inquest_known(crash) && crash >= more / 2 &&
				      crash <= l->a->reserved_bytes ? " and is most of it" : "");
	else
		l->h->finding_explain(f, "A crash kernel, firmware, the page map, mem= or huge pages "
				      "of boot, or a virtio balloon that takes its pages out of "
				      "the total.");
	/* nothing is left to look for */
	if (inquest_known(crash) && crash <= l->a->reserved_bytes &&
	    inquest_percent(more - crash, l->a->ram_bytes) < RESERVED_PERCENT) {
		l->h->cite_role(f, "pages-ram", 1);
		finish(l, f);
		return;
	}
	l->h->finding_advise(f, "compare with `Memory: ... available` of the boot log; if it was less "
			     "there, a balloon has grown: see the hypervisor");
	l->h->cite_role(f, "pages-ram", 1);
	finish(l, f);
}

static void say_balloon(const struct look *l)
{
	int64_t v = of_nodes(l, offsetof(struct inquest_node, balloon_bytes));
	struct inquest_finding *f;

	if (inquest_percent(v, l->a->ram_bytes) < BALLOON_PERCENT)
		return;
	f = start(l, "balloon", INQUEST_WARNING, "memory-balloon");
	l->h->finding_title(f, "a balloon holds %s (%s of RAM)", size(l, v),
			    l->h->share(l->ctx, v, l->a->ram_bytes));
	l->h->finding_explain(f, "The hypervisor has taken it back from this guest.");
	l->h->finding_advise(f, "on the hypervisor: give the balloon's target back, or a lower bound "
			     "for it; in the guest deflate-on-oom, where the device offers it");
	l->h->cite_role(f, "node ", 4);
	finish(l, f);
}

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	struct look l;

	if (!look_at(&l, h, ctx))
		return 0;
	say_slab(&l);
	say_page_tables(&l);
	say_unaccounted(&l);
	say_balloon(&l);
	say_reserved(&l);
	return 0;
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "memory-kernel",
	.version = "1.0",
	.description = "the kernel's own memory: slab, page tables, balloons, what is uncounted",
	.kinds = (const char *const[]){ "oom-kill", NULL },
	.event = look,
};
