/* vmcore/state/task_badness.h - whom the kernel in the dump would kill, ran it out of
 * memory now: the badness of each process, and what spares it.
 *
 * For a shortage of the whole machine (the total is RAM and swap); that of a cgroup or of
 * some nodes has another total, and its event says so.  Follows mm/oom_kill.c:
 * oom_badness(), oom_unkillable_task(), find_lock_task_mm() of 2.6.36 to 7.x; the
 * arithmetic is kern/badness.h's.
 */
#ifndef IQ_VMCORE_TASK_BADNESS_H
#define IQ_VMCORE_TASK_BADNESS_H

#include "kern/badness.h"
#include "vmcore/state/task_mm.h"

struct iq_badness_rules {
	const struct iq_kernel_info *kernel;
	int64_t totalpages;		/* IQ_NULL: not readable */
	bool skips;			/* 4.9: MMF_OOM_SKIP and children of vfork() */
};

void iq_badness_open(struct iq_kimage *k, struct iq_badness_rules *ret);

/* Fills what F has of it; F is the row of T, a process's first task or that with its
 * memory, otherwise full.  MM NULL: it has none. */
void iq_badness_fill(struct iq_kimage *k, const struct iq_badness_rules *r,
		     const struct iq_task_at *t, const struct iq_mm *mm,
		     struct iq_task *f);

#endif
