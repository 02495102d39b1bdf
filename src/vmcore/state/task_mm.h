/* vmcore/state/task_mm.h - what the address spaces of the tasks hold.
 *
 * Counters are exact: what threads (to 6.1) or CPUs (from 6.2) have counted for
 * themselves is added to what the mm_struct says.  The OOM killer does not go to that
 * length up to 6.19, so what it reads stands beside: that decides who dies.  Follows
 * include/linux/mm.h, mm/memory.c and mm/oom_kill.c of 2.6.34 to 7.x.
 */
#ifndef IQ_VMCORE_TASK_MM_H
#define IQ_VMCORE_TASK_MM_H

#include "vmcore/state/tasks.h"

/* The order in every kernel: MM_FILEPAGES MM_ANONPAGES MM_SWAPENTS, MM_SHMEMPAGES (4.5). */
enum { IQ_MM_FILE, IQ_MM_ANON, IQ_MM_SWAP, IQ_MM_SHMEM, IQ_MM_COUNTERS };

struct iq_mm {
	int64_t pages[IQ_MM_COUNTERS];	/* IQ_NULL: not readable, or none of that kind */
	int64_t counted[IQ_MM_COUNTERS];	/* as get_mm_counter() tells oom_badness() */
	int64_t total_vm_pages;
	int64_t page_table_bytes;
	bool read;
};

struct iq_mms {
	const struct iq_tasks *tasks;
	bool split;			/* threads count for themselves */
	struct iq_addrset set;
	struct iq_mm *mm;		/* by number in set */
	uint32_t *first, *next;		/* tasks of an mm: by its number, by the task's */
};

/* Which tasks of S have which mm; none is read yet.  -1: out of memory. */
int iq_mms_init(struct iq_mms *m, const struct iq_tasks *s, struct iq_err *err);
void iq_mms_free(struct iq_mms *m);

/* The mm of T, which is read when it is first asked for, beside whatever else is read of
 * the task: no cache holds the pages of all.  NULL: it has none, or is a kernel thread
 * that borrows one. */
const struct iq_mm *iq_mm_of(struct iq_mms *m, const struct iq_task_at *t);

#endif
