/* vmcore/state/state_meminfo.c - the lines of /proc/meminfo that can be told exactly, by the
 * names it has for them, in bytes.
 *
 * Follows fs/proc/meminfo.c of 4.18 to 7.x.  MemAvailable is an estimate and left out,
 * so are lines of one architecture.  A line whose parts are not all readable is left
 * out: nothing is filled with zeros.
 */
#include "vmcore/state/state_mem.h"

#define SWAP_TYPES_MAX 32		/* MAX_SWAPFILES is less */
#define BDEV_INODES_MAX 4000

/* Lines that are one counter. */
static const struct {
	const char *line, *counter;
} one_to_one[] = {
	{ "MemFree", "nr_free_pages" },
	{ "Active(anon)", "nr_active_anon" },
	{ "Inactive(anon)", "nr_inactive_anon" },
	{ "Active(file)", "nr_active_file" },
	{ "Inactive(file)", "nr_inactive_file" },
	{ "Unevictable", "nr_unevictable" },
	{ "Mlocked", "nr_mlock" },
	{ "Dirty", "nr_dirty" },
	{ "Writeback", "nr_writeback" },
	{ "AnonPages", "nr_anon_pages" },
	{ "Mapped", "nr_mapped" },
	{ "Shmem", "nr_shmem" },
	{ "SReclaimable", "nr_slab_reclaimable" },
	{ "SUnreclaim", "nr_slab_unreclaimable" },
	{ "KernelStack", "nr_kernel_stack" },
	{ "ShadowCallStack", "nr_shadow_call_stack" },
	{ "PageTables", "nr_page_table_pages" },
	{ "SecPageTables", "nr_sec_page_table_pages" },
	{ "Bounce", "nr_bounce" },
	{ "WritebackTmp", "nr_writeback_temp" },
	{ "AnonHugePages", "nr_anon_transparent_hugepages" },
	{ "ShmemHugePages", "nr_shmem_hugepages" },
	{ "ShmemPmdMapped", "nr_shmem_pmdmapped" },
	{ "FileHugePages", "nr_file_hugepages" },
	{ "FilePmdMapped", "nr_file_pmdmapped" },
	{ "CmaFree", "nr_free_cma" },
	{ "Unaccepted", "nr_unaccepted" },
	{ "Balloon", "nr_balloon_pages" },
	{ "GPUActive", "nr_gpu_active" },
	{ "GPUReclaim", "nr_gpu_reclaim" },
};

/* Lines that are the sum of two counters. */
static const struct {
	const char *line, *a, *b;
} sums[] = {
	{ "Active", "nr_active_anon", "nr_active_file" },
	{ "Inactive", "nr_inactive_anon", "nr_inactive_file" },
	{ "Slab", "nr_slab_reclaimable", "nr_slab_unreclaimable" },
	{ "KReclaimable", "nr_slab_reclaimable", "nr_kernel_misc_reclaimable" },
};

/* Lines that are a variable of pages; older names behind it. */
static const struct {
	const char *line, *variable;
} variables[] = {
	{ "MemTotal", "_totalram_pages" },	/* 5.0 */
	{ "MemTotal", "totalram_pages" },
	{ "SwapTotal", "total_swap_pages" },
	{ "SwapFree", "nr_swap_pages" },
	{ "HardwareCorrupted", "num_poisoned_pages" },
	{ "CmaTotal", "totalcma_pages" },
};

static int put(const struct iq_host_counters *c, const char *line, int64_t bytes,
	       struct iq_err *err)
{
	return iq_kr_put(c->k, IQ_LIT("host"), iq_slice_z(line), bytes, "bytes", err);
}

static int64_t sum(int64_t a, int64_t b)
{
	int64_t r;

	return a == IQ_NULL || b == IQ_NULL || __builtin_add_overflow(a, b, &r) ? IQ_NULL : r;
}

static int64_t pages_of(struct iq_kimage *k, const char *variable)
{
	int64_t pages;

	if (!iq_ki_variable(k, variable, 0, true, &pages))
		return IQ_NULL;
	return iq_kr_bytes(k, pages < 0 ? 0 : pages);
}

/* --- page cache --- */

struct inodes {
	struct iq_kimage *k;
	int64_t pages;
	bool failed;
};

static int add_inode(void *arg, uint64_t inode)
{
	struct inodes *w = arg;
	uint64_t at = iq_ki_at(w->k, inode, IQ_M_INODE_DATA);
	int64_t n = iq_ki_value(w->k, at, IQ_M_MAPPING_NRPAGES);

	if (n == IQ_NULL || n < 0 || __builtin_add_overflow(w->pages, n, &w->pages))
		w->failed = true;
	return w->failed;
}

/* "Buffers" are the cached pages of block devices as such: nr_blockdev_pages(). */
static int64_t buffers(struct iq_kimage *k)
{
	struct inodes w = { .k = k };
	uint64_t sb;

	if (!iq_ki_has(k, IQ_M_SUPER_INODES) || !iq_ki_has(k, IQ_M_INODE_SB_LIST) ||
	    !iq_ki_has(k, IQ_M_MAPPING_NRPAGES) || !iq_ki_has(k, IQ_M_INODE_DATA) ||
	    !iq_kr_pointer_at(k, "blockdev_superblock", &sb) ||
	    iq_ki_list(k, iq_ki_at(k, sb, IQ_M_SUPER_INODES),
		       k->member[IQ_M_INODE_SB_LIST].offset, BDEV_INODES_MAX, add_inode,
		       &w) != IQ_LIST_WHOLE || w.failed)
		return IQ_NULL;
	return iq_kr_bytes(k, w.pages);
}

/* Before there was a counter of it (5.12): all address spaces of all swap devices. */
static int64_t swap_cache_by_spaces(struct iq_kimage *k)
{
	unsigned step = k->mem->long_bytes;
	uint64_t spaces, counts, size = k->struct_size[IQ_S_MAPPING];
	int64_t total = 0, at, n, pages, types;

	if (!iq_ki_symbol(k, "swapper_spaces", &spaces) ||
	    !iq_ki_symbol(k, "nr_swapper_spaces", &counts) || !size ||
	    !iq_ki_variable(k, "nr_swapfiles", 4, false, &types) || types > SWAP_TYPES_MAX)
		return IQ_NULL;
	for (uint64_t t = 0; t < (uint64_t)types; t++) {
		if (!iq_kr_numbers(k, IQ_S_MAPPING, spaces + t * step, step, false, 1, &at) ||
		    !iq_kr_numbers(k, IQ_S_MAPPING, counts + t * 4, 4, false, 1, &n))
			return IQ_NULL;
		for (int64_t i = 0; at && i < n && i < 65536; i++) {
			pages = iq_ki_value(k, (uint64_t)at + (uint64_t)i * size,
					    IQ_M_MAPPING_NRPAGES);
			if (pages == IQ_NULL || __builtin_add_overflow(total, pages, &total))
				return IQ_NULL;
		}
	}
	return iq_kr_bytes(k, total);
}

static int put_cache(const struct iq_host_counters *c, struct iq_err *err)
{
	int64_t file = iq_host_bytes(c, "nr_file_pages");
	int64_t swap = iq_host_bytes(c, "nr_swapcached"), buf = buffers(c->k);

	if (swap == IQ_NULL)
		swap = swap_cache_by_spaces(c->k);
	if (put(c, "Buffers", buf, err) || put(c, "SwapCached", swap, err))
		return -1;
	if (file == IQ_NULL || swap == IQ_NULL || buf == IQ_NULL || file < swap ||
	    file - swap < buf)
		return 0;
	return put(c, "Cached", file - swap - buf, err);
}

/* --- what no list of pages has --- */

static int64_t percpu(struct iq_kimage *k)
{
	int64_t populated, units, pages;

	if (!iq_ki_variable(k, "pcpu_nr_populated", 0, false, &populated) ||
	    !iq_ki_variable(k, "pcpu_nr_units", 4, true, &units) || populated < 0 ||
	    units < 0 || __builtin_mul_overflow(populated, units, &pages))
		return IQ_NULL;
	return iq_kr_bytes(k, pages);
}

static int64_t committed(struct iq_kimage *k)
{
	uint64_t at;
	int64_t pages;

	if (!iq_ki_symbol(k, "vm_committed_as", &at))
		return IQ_NULL;
	pages = iq_kr_percpu_counter(k, at);
	return pages == IQ_NULL ? IQ_NULL : iq_kr_bytes(k, pages < 0 ? 0 : pages);
}

/* A counter of its own from 7.1; before that what was taken less what was given back, by
 * the drivers that count it (virtio, VMware). */
static int64_t balloon(const struct iq_host_counters *c)
{
	int64_t in = iq_host_events(c, "balloon_inflate");
	int64_t out = iq_host_events(c, "balloon_deflate");

	if (iq_host_bytes(c, "nr_balloon_pages") != IQ_NULL || in <= 0 ||
	    out < 0 || out > in)
		return IQ_NULL;
	return iq_kr_bytes(c->k, in - out);
}

/* What may be promised when overcommit is off: mm/util.c:vm_commit_limit(), so much of
 * memory but huge pages, and all of swap. */
static int64_t commit_limit(struct iq_kimage *k)
{
	int64_t kb, ratio, ram = pages_of(k, "_totalram_pages"), limit;
	int64_t huge = iq_hugetlb_bytes(k), swap = pages_of(k, "total_swap_pages");

	if (ram == IQ_NULL)
		ram = pages_of(k, "totalram_pages");
	if (!iq_ki_variable(k, "sysctl_overcommit_kbytes", 0, false, &kb) ||
	    !iq_ki_variable(k, "sysctl_overcommit_ratio", 4, true, &ratio) || swap == IQ_NULL ||
	    ram == IQ_NULL || huge == IQ_NULL || huge > ram || kb < 0 || ratio < 0 ||
	    ratio > INT16_MAX || kb > INT64_MAX >> 16 || ram > INT64_MAX >> 16 ||
	    k->page_size == 0)
		return IQ_NULL;
	int64_t page = (int64_t)k->page_size;
	limit = kb ? kb * 1024 / page : (ram - huge) / page * ratio / 100;
	return sum(limit * page, swap);
}

/* nr_vmalloc_pages: 5.3; a node counter: 7.x */
static int64_t vmalloc_used(const struct iq_host_counters *c)
{
	int64_t bytes = iq_host_bytes(c, "nr_vmalloc");

	return bytes != IQ_NULL ? bytes : pages_of(c->k, "nr_vmalloc_pages");
}

int iq_state_meminfo(const struct iq_host_counters *c, struct iq_err *err)
{
	const char *done = "";

	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
		int64_t bytes = pages_of(c->k, variables[i].variable);
		if (bytes == IQ_NULL || strcmp(done, variables[i].line) == 0)
			continue;
		done = variables[i].line;
		if (put(c, done, bytes, err))
			return -1;
	}
	for (size_t i = 0; i < sizeof one_to_one / sizeof *one_to_one; i++)
		if (put(c, one_to_one[i].line, iq_host_bytes(c, one_to_one[i].counter), err))
			return -1;
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
		if (put(c, sums[i].line, sum(iq_host_bytes(c, sums[i].a),
					     iq_host_bytes(c, sums[i].b)), err))
			return -1;
	if (put_cache(c, err))
		return -1;
	return put(c, "CommitLimit", commit_limit(c->k), err) ||
	       put(c, "Committed_AS", committed(c->k), err) ||
	       put(c, "Balloon", balloon(c), err) ||
	       put(c, "VmallocUsed", vmalloc_used(c), err) ||
	       put(c, "Percpu", percpu(c->k), err) ? -1 : 0;
}
