/* vmcore/scan.c - VMCOREINFO where no header points to it.
 *
 * The kernel keeps the text in a page of its own that starts with "OSRELEASE=", and a
 * copy as an ELF note named VMCOREINFO; the guest's memory has both even if the tool
 * that made the dump was not told where (kernel/vmcore_info.c, facts on vmcores 1.11).
 * Every page in the dump is looked at once: seconds for a large one, so this is the
 * last resort.
 */
#include "vmcore/vmcore_impl.h"

#define SCAN_PAGES_MAX UINT64_C(4000000)	/* 16 GB of 4 kB pages */
#define INFO_PAGES_MAX 8

static bool is_info_text(const unsigned char *p, size_t n)
{
	/* the format string in .rodata has a % there */
	return n > 11 && memcmp(p, "OSRELEASE=", 10) == 0 && p[10] >= '0' && p[10] <= '9';
}

/* namesz 11, descsz, type 0, "VMCOREINFO\0" padded to 12 */
static bool is_info_note(const unsigned char *p, size_t n)
{
	return n > 12 + 12 + 11 && memcmp(p + 12, "VMCOREINFO", 11) == 0 &&
	       is_info_text(p + 24, n - 24);
}

/* The text from page PFN on, to its first NUL; it may fill more than one page. */
static struct iq_slice copy_text(struct iq_vmcore *v, uint64_t pfn, size_t skip)
{
	size_t page = (size_t)v->info.page_size, n = 0;
	char *text = iq_arena_alloc(&v->mem, page * INFO_PAGES_MAX);
	const unsigned char *p;

	for (uint64_t i = 0; text && i < INFO_PAGES_MAX; i++, skip = 0) {
		if (iq_mem_page(v->pages, pfn + i, &p) != IQ_MEM_OK)
			break;
		size_t k = strnlen((const char *)p + skip, page - skip);
		memcpy(text + n, p + skip, k);
		n += k;
		if (skip + k < page)
			break;
	}
	return n ? iq_slice(text, n) : IQ_SLICE_NULL;
}

struct iq_slice iq_vmcore_scan_info(struct iq_vmcore *v)
{
	size_t page = (size_t)v->info.page_size;
	kdump_addr_t pfn = 0;
	kdump_attr_t map = { .type = KDUMP_BITMAP };
	const unsigned char *p;

	if (kdump_get_attr(v->kc, "file.pagemap", &map) != KDUMP_OK ||
	    map.type != KDUMP_BITMAP)
		return IQ_SLICE_NULL;
	for (uint64_t n = 0; n < SCAN_PAGES_MAX; n++, pfn++) {
		if (kdump_bmp_find_set(map.val.bitmap, &pfn) != KDUMP_OK)
			break;
		if (iq_mem_page(v->pages, pfn, &p) != IQ_MEM_OK)
			continue;
		if (is_info_text(p, page))
			return copy_text(v, pfn, 0);
		if (is_info_note(p, page))
			return copy_text(v, pfn, 24);
	}
	return IQ_SLICE_NULL;
}
