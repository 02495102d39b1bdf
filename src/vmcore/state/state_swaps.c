/* vmcore/state/state_swaps.c - swap devices, as /proc/swaps has them.
 *
 * mm/swapfile.c: swap_info[] has a pointer for every device that ever was; those in use
 * have SWP_USED.  Huge pages are looked at from here too (state_hugetlb.c).
 */
#include "vmcore/kernel/kpath.h"
#include "vmcore/kernel/kread.h"
#include "vmcore/state/state_mem.h"

#define SWAPFILES_MAX 64
#define OFFLIST_BITS (UINT64_C(1) << 62 | UINT64_C(1) << 30)

/* Since 6.13 a flag of the allocator sits in one bit of the count. */
static int64_t used_pages(struct iq_kimage *k, uint64_t si, int64_t pages)
{
	int64_t used = iq_ki_value(k, si, IQ_M_SWAP_INUSE_PAGES);

	if (used != IQ_NULL && pages != IQ_NULL && used > pages)
		used = (int64_t)((uint64_t)used & ~OFFLIST_BITS);
	return used == IQ_NULL || (pages != IQ_NULL && used > pages) ? IQ_NULL : used;
}

/* The file's path; of a device that a file system of its own shows, else its disk. */
static struct iq_slice path_of(struct iq_kimage *k, uint64_t si)
{
	struct iq_slice s = IQ_SLICE_NULL;
	uint64_t file, bdev, disk;

	if (iq_ki_pointer(k, si, IQ_M_SWAP_SWAP_FILE, &file))
		s = iq_kr_file_path(k, file);
	if (s.p || !iq_ki_pointer(k, si, IQ_M_SWAP_BDEV, &bdev) ||
	    !iq_ki_pointer(k, bdev, IQ_M_BDEV_DISK, &disk))
		return s;
	s = iq_ki_chars(k, disk, IQ_M_GENDISK_NAME);
	return s.n ? iq_arena_printf(&k->arena, "/dev/%.*s", IQ_FMT(s)) : IQ_SLICE_NULL;
}

static int put_swap(struct iq_kimage *k, uint64_t si, struct iq_err *err)
{
	int64_t flags = iq_ki_value(k, si, IQ_M_SWAP_FLAGS), pages;
	int64_t in_use = iq_kr_enumerator(k, NULL, "SWP_USED", 1);
	int64_t block = iq_kr_enumerator(k, NULL, "SWP_BLKDEV", 1 << 6);
	struct iq_swap s;

	if (flags == IQ_NULL || !(flags & in_use))
		return 0;
	iq_fact_init(IQ_FACT_SWAP, &s);
	s.snapshot_id = k->snapshot_id;
	pages = iq_ki_value(k, si, IQ_M_SWAP_PAGES);
	s.size_bytes = iq_kr_bytes(k, pages);
	s.used_bytes = iq_kr_bytes(k, used_pages(k, si, pages));
	s.priority = iq_ki_value(k, si, IQ_M_SWAP_PRIO);
	s.kind = flags & block ? IQ_LIT("partition") : IQ_LIT("file");
	s.path = path_of(k, si);
	return iq_sink_put(k->sink, IQ_FACT_SWAP, &s, err);
}

static int put_swaps(struct iq_kimage *k, struct iq_err *err)
{
	unsigned step = k->mem->long_bytes;
	int64_t n, at;
	uint64_t table;

	if (!iq_ki_symbol(k, "swap_info", &table) ||
	    !iq_ki_variable(k, "nr_swapfiles", 4, false, &n))
		return 0;
	for (int64_t i = 0; i < n && i < SWAPFILES_MAX; i++) {
		if (!iq_kr_numbers(k, IQ_S_SWAP, table + (uint64_t)i * step, step, false, 1,
				   &at) ||
		    !iq_ki_plausible(k, (uint64_t)at, 8))
			continue;
		if (put_swap(k, (uint64_t)at, err))
			return -1;
		iq_arena_reset(&k->arena);
	}
	return 0;
}

int iq_state_swaps(struct iq_kimage *k, struct iq_err *err)
{
	return put_swaps(k, err) || iq_state_hugetlb(k, err) ? -1 : 0;
}
