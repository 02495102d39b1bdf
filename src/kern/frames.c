/* kern/frames.c - see frames.h.  Names from mm/, kernel/fork.c, fs/ and net/ of the
 * trees in oom.md 0.1; a name that ends in '*' is a prefix. */
#include "kern/frames.h"

struct iq_slice iq_frame_base(struct iq_slice name)
{
	static const char *const tails[] = { ".isra.", ".constprop.", ".part.", ".cold",
					     ".llvm.", ".lto_priv." };
	name = iq_trim(name);
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '+' || name.p[i] == ' ' || name.p[i] == '[')
			name.n = i;
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		ptrdiff_t at = iq_find(name, iq_slice_z(tails[i]));
		if (at > 0)
			name.n = (size_t)at;
	}
	return name;
}

/* The first match in the order of the table counts for one frame; of a trace the
 * innermost frame that matches tells most. */
static const struct { const char *name; enum iq_purpose purpose; } frames[] = {
	{ "moom_callback", IQ_PURPOSE_SYSRQ },
	{ "sysrq_handle_moom", IQ_PURPOSE_SYSRQ },
	{ "pagefault_out_of_memory", IQ_PURPOSE_FAULT_OOM },
	{ "mm_fault_error", IQ_PURPOSE_FAULT_OOM },
	{ "alloc_fdtable", IQ_PURPOSE_FD_TABLE },
	{ "expand_files", IQ_PURPOSE_FD_TABLE },
	{ "dup_fd", IQ_PURPOSE_FD_TABLE },
	{ "alloc_large_system_hash", IQ_PURPOSE_VMALLOC },
	{ "__vmalloc*", IQ_PURPOSE_VMALLOC },
	{ "vmalloc*", IQ_PURPOSE_VMALLOC },
	{ "vzalloc*", IQ_PURPOSE_VMALLOC },
	{ "alloc_pages_bulk*", IQ_PURPOSE_VMALLOC },
	{ "pcpu_*", IQ_PURPOSE_PERCPU },
	{ "__alloc_percpu*", IQ_PURPOSE_PERCPU },
	{ "bpf_*", IQ_PURPOSE_BPF },
	{ "load_module", IQ_PURPOSE_MODULE },
	{ "module_alloc*", IQ_PURPOSE_MODULE },
	{ "do_huge_pmd_anonymous_page", IQ_PURPOSE_THP },
	{ "do_huge_pmd_wp_page", IQ_PURPOSE_THP },
	{ "khugepaged*", IQ_PURPOSE_THP },
	{ "hugetlb_*", IQ_PURPOSE_HUGETLB },
	{ "alloc_fresh_huge_page", IQ_PURPOSE_HUGETLB },
	{ "swapin_readahead", IQ_PURPOSE_SWAP_IN },
	{ "__read_swap_cache_async", IQ_PURPOSE_SWAP_IN },
	{ "read_swap_cache_async", IQ_PURPOSE_SWAP_IN },
	{ "do_swap_page", IQ_PURPOSE_SWAP_IN },
	{ "shmem_*", IQ_PURPOSE_SHMEM },
	{ "pipe_write", IQ_PURPOSE_PIPE },
	{ "sk_page_frag_refill", IQ_PURPOSE_NETWORK },
	{ "skb_page_frag_refill", IQ_PURPOSE_NETWORK },
	{ "alloc_skb_with_frags", IQ_PURPOSE_NETWORK },
	{ "__alloc_skb", IQ_PURPOSE_NETWORK },
	{ "__netdev_alloc*", IQ_PURPOSE_NETWORK },
	{ "__napi_alloc*", IQ_PURPOSE_NETWORK },
	{ "page_pool_*", IQ_PURPOSE_NETWORK },
	{ "sock_alloc_send_*", IQ_PURPOSE_NETWORK },
	{ "ttm_*", IQ_PURPOSE_GPU },
	{ "drm_gem_*", IQ_PURPOSE_GPU },
	{ "i915_gem_*", IQ_PURPOSE_GPU },
	{ "kvm_*", IQ_PURPOSE_KVM },
	{ "bio_alloc*", IQ_PURPOSE_BLOCK },
	{ "blk_mq_alloc*", IQ_PURPOSE_BLOCK },
	{ "do_anonymous_page", IQ_PURPOSE_ANON_FAULT },
	{ "do_wp_page", IQ_PURPOSE_ANON_FAULT },
	{ "wp_page_copy", IQ_PURPOSE_ANON_FAULT },
	{ "do_cow_fault", IQ_PURPOSE_ANON_FAULT },
	{ "vma_alloc_folio", IQ_PURPOSE_ANON_FAULT },
	{ "alloc_pages_vma", IQ_PURPOSE_ANON_FAULT },
	{ "alloc_anon_folio", IQ_PURPOSE_ANON_FAULT },
	{ "filemap_fault", IQ_PURPOSE_FILE_FAULT },
	{ "page_cache_ra_unbounded", IQ_PURPOSE_PAGE_CACHE },
	{ "__do_page_cache_readahead", IQ_PURPOSE_PAGE_CACHE },
	{ "page_cache_sync_ra*", IQ_PURPOSE_PAGE_CACHE },
	{ "filemap_alloc_folio*", IQ_PURPOSE_PAGE_CACHE },
	{ "__page_cache_alloc", IQ_PURPOSE_PAGE_CACHE },
	{ "pagecache_get_page", IQ_PURPOSE_PAGE_CACHE },
	{ "grab_cache_page_write_begin", IQ_PURPOSE_PAGE_CACHE },
	{ "__filemap_get_folio*", IQ_PURPOSE_PAGE_CACHE },
	{ "pte_alloc_one", IQ_PURPOSE_PAGE_TABLE },
	{ "__pte_alloc", IQ_PURPOSE_PAGE_TABLE },
	{ "__pmd_alloc", IQ_PURPOSE_PAGE_TABLE },
	{ "__pud_alloc", IQ_PURPOSE_PAGE_TABLE },
	{ "pgd_alloc", IQ_PURPOSE_PAGE_TABLE },
	{ "alloc_thread_stack_node", IQ_PURPOSE_FORK },
	{ "alloc_thread_info*", IQ_PURPOSE_FORK },
	{ "dup_task_struct", IQ_PURPOSE_FORK },
	{ "copy_process", IQ_PURPOSE_FORK },
	{ "do_fork", IQ_PURPOSE_FORK },
	{ "_do_fork", IQ_PURPOSE_FORK },
	{ "kernel_clone", IQ_PURPOSE_FORK },
	{ "do_execve*", IQ_PURPOSE_EXEC },
	{ "copy_strings*", IQ_PURPOSE_EXEC },
	{ "load_elf_binary", IQ_PURPOSE_EXEC },
	{ "kmalloc_order*", IQ_PURPOSE_SLAB },
	{ "kmalloc_large*", IQ_PURPOSE_SLAB },
	{ "__kmalloc_large*", IQ_PURPOSE_SLAB },
	{ "new_slab", IQ_PURPOSE_SLAB },
	{ "allocate_slab", IQ_PURPOSE_SLAB },
	{ "___slab_alloc", IQ_PURPOSE_SLAB },
	{ "cache_grow*", IQ_PURPOSE_SLAB },
	{ "cache_alloc_refill", IQ_PURPOSE_SLAB },
	{ "try_charge*", IQ_PURPOSE_MEMCG_CHARGE },
	{ "__mem_cgroup_charge", IQ_PURPOSE_MEMCG_CHARGE },
	{ "mem_cgroup_*", IQ_PURPOSE_MEMCG_CHARGE },
	{ "__mem_cgroup_try_charge*", IQ_PURPOSE_MEMCG_CHARGE },
};

enum iq_purpose iq_frame_purpose(struct iq_slice name)
{
	name = iq_frame_base(name);
	for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
		struct iq_slice want = iq_slice_z(frames[i].name);
		bool prefix = want.p[want.n - 1] == '*';
		if (prefix)
			want.n--;
		if (prefix ? iq_starts(name, want) : iq_eq(name, want))
			return frames[i].purpose;
	}
	return IQ_PURPOSE_NONE;
}

const char *iq_purpose_text(enum iq_purpose p)
{
	static const char *const texts[] = {
		[IQ_PURPOSE_NONE] = "memory",
		[IQ_PURPOSE_ANON_FAULT] = "a page of anonymous memory",
		[IQ_PURPOSE_FILE_FAULT] = "a page of a mapped file",
		[IQ_PURPOSE_PAGE_CACHE] = "a page of the page cache",
		[IQ_PURPOSE_SHMEM] = "a page of shared memory or tmpfs",
		[IQ_PURPOSE_VMALLOC] = "pages for vmalloc",
		[IQ_PURPOSE_FORK] = "a new task (fork)",
		[IQ_PURPOSE_EXEC] = "the start of a program (exec)",
		[IQ_PURPOSE_PAGE_TABLE] = "a page table",
		[IQ_PURPOSE_MEMCG_CHARGE] = "a charge to a memory cgroup",
		[IQ_PURPOSE_MODULE] = "a kernel module",
		[IQ_PURPOSE_SLAB] = "kernel objects (slab, kmalloc)",
		[IQ_PURPOSE_NETWORK] = "a network buffer",
		[IQ_PURPOSE_FD_TABLE] = "a table of file descriptors",
		[IQ_PURPOSE_PIPE] = "a pipe buffer",
		[IQ_PURPOSE_SWAP_IN] = "a page to be read from swap",
		[IQ_PURPOSE_THP] = "a transparent huge page",
		[IQ_PURPOSE_HUGETLB] = "a huge page of hugetlb",
		[IQ_PURPOSE_KVM] = "a virtual machine (KVM)",
		[IQ_PURPOSE_SYSRQ] = "nothing: SysRq-f",
		[IQ_PURPOSE_GPU] = "graphics memory",
		[IQ_PURPOSE_BLOCK] = "block I/O",
		[IQ_PURPOSE_PERCPU] = "per-CPU memory",
		[IQ_PURPOSE_BPF] = "a BPF map or program",
		[IQ_PURPOSE_FAULT_OOM] = "a page fault that had already failed",
	};
	size_t n = sizeof texts / sizeof *texts;
	return (size_t)p < n ? texts[p] : "memory";
}
