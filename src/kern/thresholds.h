/* kern/thresholds.h - the tunables of the decision table (oom.md 4).
 *
 * Working defaults of this tool, not constants of the kernel.  Percentages of managed
 * memory unless said.  Plugins repeat what they use: they see plugin.h alone.
 */
#ifndef IQ_KERN_THRESHOLDS_H
#define IQ_KERN_THRESHOLDS_H

#include <stdint.h>

#define IQ_T_ANON_PERCENT		60	/* C6 anonymous memory of processes */
#define IQ_T_ANON_TOP_PERCENT		50	/* C6 ... of it in the first five */
#define IQ_T_SHMEM_PERCENT		25	/* C7 */
#define IQ_T_SLAB_UNRECLAIMABLE_PERCENT	10	/* C8, Alibaba's */
#define IQ_T_SLAB_RECLAIMABLE_PERCENT	20	/* C9 */
#define IQ_T_PAGE_TABLES_PERCENT	5	/* C10 */
#define IQ_T_MLOCKED_PERCENT		20	/* C11 */
#define IQ_T_HUGETLB_PERCENT		25	/* C12 */
#define IQ_T_UNACCOUNTED_NOISE_PERCENT	3	/* 2.9 below: normal */
#define IQ_T_UNACCOUNTED_PERCENT	10	/* C13 finding */
#define IQ_T_UNACCOUNTED_MAIN_PERCENT	30	/* C13 the dominant consumer */
#define IQ_T_UNACCOUNTED_NOISE_BYTES	(INT64_C(64) << 20)
#define IQ_T_RESERVED_PERCENT		10	/* C14 of RAM: balloon, crashkernel */
#define IQ_T_SWAP_FULL_PERCENT		1	/* C15 of swap free */
#define IQ_T_SWAP_FULL_BYTES		(INT64_C(1) << 20)
#define IQ_T_SWAP_USELESS_PERCENT	10	/* C16 of swap free */
#define IQ_T_TRANSIENT_PERCENT		20	/* C30 file + reclaimable slab */
#define IQ_T_DIRTY_PERCENT		50	/* C31 of the file LRU */
#define IQ_T_DIRTY_FILE_PERCENT		20	/* C31 file LRU at least */
#define IQ_T_MEMCG_SHMEM_PERCENT	50	/* C3 of usage */
#define IQ_T_MEMCG_KERNEL_PERCENT	30	/* C4 of usage */
#define IQ_T_MEMCG_SLACK_BYTES		(INT64_C(1) << 20)	/* C1 usage below limit */
#define IQ_T_STORM_KILLS		3	/* C29 */
#define IQ_T_STORM_US			(INT64_C(600) * 1000000)
#define IQ_T_RANK_TOLERANCE_PERCENT	5	/* 2.8.7 table and selection differ in time */

#endif
