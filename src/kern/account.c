/* kern/account.c - see account.h; mm/show_mem.c (lib/show_mem.c, mm/page_alloc.c
 * before 6.2) prints the terms, oom.md 2.9 says which are disjoint. */
#include "kern/account.h"
#include "kern/sat.h"
#include "kern/thresholds.h"

const char *iq_holder_name(enum iq_holder h)
{
	static const char *const names[IQ_HOLDERS] = {
		[IQ_HOLDER_PROCESSES] = "processes", [IQ_HOLDER_SHMEM] = "shmem",
		[IQ_HOLDER_SLAB] = "slab", [IQ_HOLDER_PAGE_TABLES] = "page-tables",
		[IQ_HOLDER_MLOCKED] = "mlocked", [IQ_HOLDER_HUGETLB] = "hugetlb",
		[IQ_HOLDER_KERNEL_STACKS] = "kernel-stacks",
		[IQ_HOLDER_PAGE_CACHE] = "page-cache",
		[IQ_HOLDER_UNACCOUNTED] = "unaccounted",
	};
	return (unsigned)h < IQ_HOLDERS ? names[h] : "?";
}

static int64_t sum3(int64_t a, int64_t b, int64_t c)
{
	if (a == IQ_NULL || b == IQ_NULL)
		return IQ_NULL;
	return iq_sat_add(iq_sat_add(a, b), iq_or_zero(c));
}

static int64_t sum2(int64_t a, int64_t b)
{
	if (a == IQ_NULL && b == IQ_NULL)
		return IQ_NULL;
	return iq_sat_add(iq_or_zero(a), iq_or_zero(b));
}

/* Anonymous LRU is processes' memory and shmem; counters drift, so never below 0. */
static void split_anon(const struct iq_account_input *in, struct iq_account *a)
{
	int64_t lru = sum3(in->active_anon, in->inactive_anon, in->isolated_anon);
	a->anon = lru;
	a->pages[IQ_HOLDER_SHMEM] = in->shmem;
	if (lru == IQ_NULL || in->shmem == IQ_NULL)
		return;
	/* SHM_LOCKed and mlocked tmpfs pages are shmem, but on the unevictable list */
	int64_t shmem = iq_min64(in->shmem, lru);
	a->anon = lru - shmem;
}

static void fill_holders(const struct iq_account_input *in, struct iq_account *a)
{
	split_anon(in, a);
	a->file = sum3(in->active_file, in->inactive_file, in->isolated_file);
	a->pages[IQ_HOLDER_PROCESSES] = a->anon;
	a->pages[IQ_HOLDER_SLAB] = sum2(in->slab_reclaimable, in->slab_unreclaimable);
	a->pages[IQ_HOLDER_PAGE_TABLES] = sum2(in->page_tables, in->sec_page_tables);
	a->pages[IQ_HOLDER_MLOCKED] = in->unevictable;
	a->pages[IQ_HOLDER_HUGETLB] = in->hugetlb;
	a->pages[IQ_HOLDER_KERNEL_STACKS] = in->kernel_stack;
	a->pages[IQ_HOLDER_PAGE_CACHE] = a->file;
}

/* The first term without which the rest says nothing. */
static const char *missing_term(const struct iq_account_input *in, const struct iq_account *a)
{
	const struct { int64_t value; const char *name; } need[] = {
		{ a->managed, "pages RAM and pages reserved" },
		{ a->anon, "active_anon, inactive_anon" },
		{ a->file, "active_file, inactive_file" },
		{ in->unevictable, "unevictable" },
		{ in->slab_unreclaimable, "slab_unreclaimable" },
		{ in->slab_reclaimable, "slab_reclaimable" },
		{ in->free, "free" },
		{ in->page_tables, "pagetables" },
	};
	for (size_t i = 0; i < sizeof need / sizeof *need; i++)
		if (need[i].value == IQ_NULL)
			return need[i].name;
	return NULL;
}

void iq_account(const struct iq_account_input *in, struct iq_account *ret)
{
	struct iq_account a = { .accounted = IQ_NULL, .unaccounted = IQ_NULL };
	for (size_t i = 0; i < IQ_HOLDERS; i++)
		a.pages[i] = IQ_NULL;
	bool both = in->ram != IQ_NULL && in->reserved != IQ_NULL;
	a.managed = both ? iq_sat_sub(in->ram, in->reserved)
			 : in->nodes_all_shown ? in->managed : IQ_NULL;
	fill_holders(in, &a);
	a.missing = missing_term(in, &a);
	if (!a.missing) {
		const int64_t terms[] = {
			in->active_anon, in->inactive_anon, in->isolated_anon,
			in->active_file, in->inactive_file, in->isolated_file,
			in->unevictable, in->slab_reclaimable, in->slab_unreclaimable,
			in->kernel_misc_reclaimable, in->page_tables, in->sec_page_tables,
			in->kernel_stack, in->bounce, in->free, in->free_pcp, in->hugetlb,
			in->balloon,
		};
		a.accounted = 0;
		for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
			a.accounted = iq_sat_add(a.accounted, iq_or_zero(terms[i]));
		a.unaccounted = iq_sat_sub(a.managed, a.accounted);
		a.pages[IQ_HOLDER_UNACCOUNTED] = a.unaccounted < 0 ? 0 : a.unaccounted;
		a.missing = in->kernel_stack == IQ_NULL ? "kernel_stack" :
			    !in->nodes_all_shown ? "lines of some nodes" : NULL;
	}
	a.complete = !a.missing;
	*ret = a;
}

int64_t iq_account_noise(int64_t managed, int64_t page_bytes)
{
	int64_t floor_pages = IQ_T_UNACCOUNTED_NOISE_BYTES / (page_bytes > 0 ? page_bytes : 4096);
	int64_t share = iq_sat_muldiv(managed, IQ_T_UNACCOUNTED_NOISE_PERCENT, 100);
	return share > floor_pages ? share : floor_pages;
}
