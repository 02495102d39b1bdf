/* kern/badness.h - who is to die: the kernel's choice, recomputed.
 *
 * mm/oom_kill.c:oom_badness(), select_bad_process() of the reference kernel given
 * (oom.md 2.6, 2.7).  Pages; IQ_NULL where not shown.  No allocation: the caller
 * brings the arrays.
 */
#ifndef IQ_KERN_BADNESS_H
#define IQ_KERN_BADNESS_H

#include "kern/era.h"
#include "model/facts.h"

#define IQ_ADJ_NEVER (-1000)

struct iq_badness_task {
	int64_t pid, uid;
	int64_t rss, swap, page_tables;	/* pages; page_tables: nr_ptes + nr_pmds, or bytes */
	int64_t total_vm;		/* 2.6.32 only */
	int64_t adj;			/* oom_score_adj */
	int64_t oom_adj;		/* 2.6.32: -17..15 */
	bool already_dying;		/* MMF_OOM_SKIP: killed before, still listed */
};

enum iq_admin { IQ_ADMIN_BY_UID, IQ_ADMIN_NOBODY };	/* who has CAP_SYS_ADMIN */

enum iq_badness_state {
	IQ_BAD_POINTS,			/* eligible: *ret_points is valid */
	IQ_BAD_NEVER,			/* not eligible: *ret_why */
	IQ_BAD_UNKNOWN,			/* figures missing, or 2.6.32: *ret_why */
};

/* *ret_points and *ret_why (static) are written as the result says. */
enum iq_badness_state iq_badness(const struct iq_badness_task *t, int64_t totalpages,
				 const struct iq_kernel_info *k, enum iq_admin admin,
				 int64_t *ret_points, const char **ret_why);

/* The score as this kernel prints it (points * 1000 / totalpages). */
int64_t iq_badness_score(int64_t points, int64_t totalpages, const struct iq_kernel_info *k);

struct iq_ranked {
	size_t task;			/* index into the tasks */
	enum iq_badness_state state;
	int64_t points;			/* of IQ_BAD_POINTS, else IQ_NULL */
	const char *why_not;		/* NULL if ranked; static */
	size_t rank;			/* from 1; 0: not ranked */
};

/* Ranks N tasks in table order into OUT[N], best first, the others behind in table
 * order.  Equal points: as the kernel breaks ties.  Returns how many are ranked. */
size_t iq_rank(const struct iq_badness_task *tasks, size_t n, int64_t totalpages,
	       const struct iq_kernel_info *k, enum iq_admin admin, struct iq_ranked *out);

/* Does a printed score fit the recomputed points (difference at most 1)? */
bool iq_score_fits(int64_t points, int64_t totalpages, int64_t printed,
		   const struct iq_kernel_info *k);

#endif
