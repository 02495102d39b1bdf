/* plugins/asker.c - which frame of a call trace asked for the memory (asker.h).
 *
 * Names of functions, as kernels 2.6.32 to 7.x have them, of mm/ and of what any caller
 * goes through: slab, vmalloc, DMA, network buffers.
 */
#include "asker.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define GAP_MAX  2 /* frames of another trace in between */

static int starts(const char *s, const char *lead)
{
	return !strncmp(s, lead, strlen(lead));
}

static int is_one_of(const char *function, const char *const *leads, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (starts(function, leads[i]))
			return 1;
	return 0;
}

/* Who prints, checks and traces: in any stack. */
static int is_tool(const char *function)
{
	static const char *const leads[] = {
		"dump_stack", "__dump_stack",   "show_stack",       "show_trace",
		"dump_trace", "dump_backtrace", "unwind_backtrace", "kmsan_",
		"__kasan",    "kasan_",         "lock_acquire",     "debug_check",
		"__sanitizer"};

	return is_one_of(function, leads, COUNT(leads));
}

/* Frames of the allocator and of wrappers that any caller goes through. */
static int is_allocator(const char *function)
{
	/* clang-format off */
	static const char *const leads[] = {
		"warn_alloc", "__alloc_pages", "alloc_page", "__alloc_frozen_pages",
		"alloc_frozen_pages", "__get_free_page", "get_free_page",
		"get_zeroed_page", "get_page_from_freelist", "__folio_alloc",
		"folio_alloc", "alloc_slab_page", "allocate_slab", "new_slab",
		"___slab_alloc", "__slab_alloc", "slab_alloc", "slab_out_of_memory",
		"kmem_cache_alloc", "__kmem_cache_alloc", "kmem_getpages", "cache_grow",
		"cache_alloc_refill", "fallback_alloc", "____cache_alloc",
		"__cache_alloc", "kmalloc", "__kmalloc", "__do_kmalloc", "___kmalloc",
		"krealloc", "__krealloc", "kvmalloc", "__kvmalloc", "kvrealloc",
		"vmalloc", "__vmalloc", "vzalloc", "kzalloc", "kmemdup", "memdup",
		"alloc_vmap_area", "__get_vm_area", "policy_alloc", "dma_generic_alloc",
		"dma_alloc", "__dma_alloc", "dma_direct_alloc", "__dma_direct_alloc",
		"dmam_alloc", "x86_swiotlb_alloc", "zone_watermark", "page_frag_alloc",
		"__page_frag", "page_pool_", "__page_pool", "alloc_skb", "__alloc_skb",
		"__netdev_alloc", "netdev_alloc", "__napi_alloc", "napi_alloc",
		"__build_skb", "build_skb", "skb_page_frag_refill", "__skb_", "pskb_",
		"skb_copy", "skb_clone", "mempool_alloc", "mempool_kmalloc",
		"alloc_large_", "execmem_", "module_alloc",
	};
	/* clang-format on */

	return is_one_of(function, leads, COUNT(leads));
}

/* The last frame a stack can have; not one that asks. */
static int is_bottom(const char *function)
{
	return starts(function, "ret_from_fork") || starts(function, "kthread") ||
	       starts(function, "entry_") || starts(function, "start_");
}

size_t asker_frames(const struct inquest_host *h, struct inquest_ctx *ctx,
		    const struct inquest_frame **ret)
{
	size_t n_all = 0, n = 0;
	const struct inquest_frame *const *frames = h->frames(ctx, &n_all);

	for (size_t i = 0; i < n_all && n < ASKER_FRAMES_MAX; i++)
		if (frames[i]->function && frames[i]->reliable != 0)
			ret[n++] = frames[i];
	return n;
}

size_t asker_first(const struct inquest_frame *const *frames, size_t n)
{
	size_t at = 0;

	while (at < n && !is_allocator(frames[at]->function))
		at++;
	return at;
}

/* Frames of another CPU may stand between (without caller ids two traces mix): a run of
 * allocator's frames with small gaps, and what comes behind its last. */
size_t asker_find(const struct inquest_frame *const *frames, size_t n)
{
	size_t last = n, at = asker_first(frames, n);

	for (size_t strange = 0; at < n && strange <= GAP_MAX; at++) {
		if (is_allocator(frames[at]->function)) {
			last = at;
			strange = 0;
		} else if (!is_tool(frames[at]->function)) {
			strange++;
		}
	}
	if (last + 1 >= n || is_bottom(frames[last + 1]->function))
		return n;
	return last + 1;
}

const char *asker_module(const struct inquest_frame *const *frames, size_t n, size_t asker)
{
	for (size_t i = asker; i < n; i++)
		if (frames[i]->module)
			return frames[i]->module;
	return NULL;
}
