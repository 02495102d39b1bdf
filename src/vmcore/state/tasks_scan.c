/* vmcore/state/tasks_scan.c - the last resort: every stored page is searched for what looks
 * like a task_struct.
 *
 * The mark is the pointer to the task's stack: page aligned, and the lowest word of a
 * stack is STACK_END_MAGIC (include/uapi/linux/magic.h).  task_structs come from a slab
 * in the direct map, so a physical page tells the address.  What was freed has neither
 * stack nor signals; what is dead already waits for RCU and is left out.
 */
#include "vmcore/state/tasks.h"

#define STACK_END_MAGIC 0x57AC6E9D
#define SCAN_PAGES_MAX 300000		/* seconds of unpacking */
#define EXIT_DEAD_BIT 0x10
#define TASK_ALIGN 16

/* Where the direct map has physical address 0; false: not known. */
static bool direct_map(struct iq_kimage *k, uint64_t *ret)
{
	int64_t base, bits, start;

	if (k->arch == IQ_ARCH_X86_64) {
		if (!iq_ki_variable(k, "page_offset_base", 8, false, &base))
			return false;
		*ret = (uint64_t)base;
		return true;
	}
	/* __phys_to_virt() of arch/arm64/include/asm/memory.h */
	if (k->arch != IQ_ARCH_ARM64 || !iq_vmcoreinfo_number(k->info, "VA_BITS", &bits) ||
	    !iq_vmcoreinfo_number(k->info, "PHYS_OFFSET", &start) || bits < 36 || bits > 52)
		return false;
	*ret = (UINT64_MAX << bits) - (uint64_t)start;
	return true;
}

/* A live task at VA that the pointer at its `stack` led to. */
static bool is_live(struct iq_kimage *k, uint64_t va, uint64_t stack)
{
	uint64_t magic, signal;
	int64_t exit_state;

	return iq_mem_uint(k->mem, stack, k->mem->long_bytes, &magic) == IQ_MEM_OK &&
	       magic == STACK_END_MAGIC &&
	       iq_ki_get(k, va, IQ_M_TASK_EXIT_STATE, &exit_state) &&
	       !(exit_state & EXIT_DEAD_BIT) &&
	       iq_ki_pointer(k, va, IQ_M_TASK_SIGNAL, &signal);
}

static void search_page(struct iq_tasks *s, uint64_t va, const unsigned char *page)
{
	struct iq_kimage *k = s->k;
	size_t n = (size_t)k->page_size, at = k->member[IQ_M_TASK_STACK].offset;

	for (size_t i = at % TASK_ALIGN; i + 8 <= n; i += TASK_ALIGN) {
		uint64_t stack = iq_mem_int(k->mem, page + i, 8), task = va + i - at;
		if (stack & (k->page_size - 1) || !iq_ki_plausible(k, stack, 8) ||
		    iq_addrset_find(&s->known, task) != IQ_ADDRSET_NONE)
			continue;
		if (is_live(k, task, stack))
			iq_tasks_add(s, task, IQ_BY_PAGES);
	}
}

void iq_tasks_by_pages(struct iq_tasks *s)
{
	struct iq_kimage *k = s->k;
	kdump_attr_t map = { .type = KDUMP_BITMAP };
	kdump_addr_t pfn = 0;
	const unsigned char *page;
	uint64_t base;

	if (!k->v || !k->v->pages || k->mem->long_bytes != 8 || !direct_map(k, &base) ||
	    !iq_ki_has(k, IQ_M_TASK_STACK) || !iq_ki_has(k, IQ_M_TASK_EXIT_STATE) ||
	    kdump_get_attr(k->v->kc, "file.pagemap", &map) != KDUMP_OK ||
	    map.type != KDUMP_BITMAP)
		return;
	for (; kdump_bmp_find_set(map.val.bitmap, &pfn) == KDUMP_OK; pfn++) {
		if (s->pages_scanned++ >= SCAN_PAGES_MAX || s->no_memory) {
			s->scan_cut = true;
			return;
		}
		if (iq_mem_page(k->v->pages, pfn, &page) != IQ_MEM_OK)
			continue;
		/* borrowed until the next read: search_page() reads */
		unsigned char copy[65536];
		if (k->page_size > sizeof copy)
			return;
		memcpy(copy, page, (size_t)k->page_size);
		search_page(s, base + pfn * k->page_size, copy);
	}
}
