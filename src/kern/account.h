/* kern/account.h - where a machine's memory is: what the counters explain.
 *
 * managed = accounted + unaccounted; subsets (shmem, mapped, dirty ...) are never
 * added (oom.md 2.9).  Pages; IQ_NULL where not shown.  Pure.
 */
#ifndef IQ_KERN_ACCOUNT_H
#define IQ_KERN_ACCOUNT_H

#include "model/facts.h"

struct iq_account_input {
	int64_t ram, reserved;		/* pages RAM, pages reserved */
	int64_t managed;		/* sum over all zones, used where those are missing */
	int64_t active_anon, inactive_anon, isolated_anon;
	int64_t active_file, inactive_file, isolated_file;
	int64_t unevictable;
	int64_t slab_reclaimable, slab_unreclaimable, kernel_misc_reclaimable;
	int64_t page_tables, sec_page_tables;
	int64_t kernel_stack;		/* pages: sum of zone or node lines / page size */
	int64_t bounce, free, free_pcp;
	int64_t hugetlb, hugetlb_free;	/* pages: sum total * size, and the free ones */
	int64_t balloon;
	int64_t shmem;			/* subset of anon LRU: for the split only */
	int64_t swap_cache;		/* subset: for the split only */
	bool nodes_all_shown;		/* no node was filtered out of the report */
};

enum iq_holder {			/* contract: holders, disjoint */
	IQ_HOLDER_PROCESSES, IQ_HOLDER_SHMEM, IQ_HOLDER_SLAB, IQ_HOLDER_PAGE_TABLES,
	IQ_HOLDER_MLOCKED, IQ_HOLDER_HUGETLB, IQ_HOLDER_KERNEL_STACKS,
	IQ_HOLDER_PAGE_CACHE, IQ_HOLDER_UNACCOUNTED, IQ_HOLDERS
};
const char *iq_holder_name(enum iq_holder h);

struct iq_account {
	bool complete;			/* unaccounted is good to the slack of the counters */
	const char *missing;		/* static: the first term that was not there */
	int64_t managed, accounted, unaccounted;
	int64_t anon;			/* anonymous without shmem: active+inactive+isolated-shmem */
	int64_t file;			/* file LRU */
	int64_t pages[IQ_HOLDERS];	/* IQ_NULL: not printed */
};

void iq_account(const struct iq_account_input *in, struct iq_account *ret);

/* Smaller than this, unaccounted pages are noise: per-CPU counter drift. */
int64_t iq_account_noise(int64_t managed, int64_t page_bytes);

#endif
