/* kern/totalpages.h - the denominator of the OOM score.
 *
 * mm/oom_kill.c:constrained_alloc() and mem_cgroup_get_max()/_get_limit() of the
 * form given (oom.md 2.5).  Pages; IQ_NULL where not shown.  Pure.
 */
#ifndef IQ_KERN_TOTALPAGES_H
#define IQ_KERN_TOTALPAGES_H

#include "kern/era.h"
#include "model/facts.h"

enum iq_constraint {
	IQ_CONSTRAINT_NONE, IQ_CONSTRAINT_CPUSET, IQ_CONSTRAINT_POLICY,
	IQ_CONSTRAINT_MEMCG, IQ_CONSTRAINT_UNKNOWN,
};

struct iq_total_input {
	enum iq_constraint constraint;
	int64_t ram, reserved;		/* pages RAM, pages reserved */
	int64_t managed;		/* sum over zones, where those two are missing */
	int64_t swap_total;
	int64_t nodes_present;		/* sum over the allowed nodes' zones */
	bool nodes_all_shown;		/* each allowed node had zone lines */
	int64_t limit;			/* of the memory cgroup */
	int64_t memsw_limit;		/* v1; INT64_MAX: none */
	int64_t swap_limit;		/* v2; INT64_MAX: none */
	bool v2;
	bool swappiness_zero;		/* known to be 0 */
};

struct iq_total {
	int64_t pages;			/* IQ_NULL: not derivable */
	bool exact;
	const char *how;		/* static: "RAM + swap" ... */
	const char *missing;		/* static, when not derivable or not exact */
};

void iq_total_pages(const struct iq_total_input *in, enum iq_total_form form,
		    struct iq_total *ret);

/* The reverse: from a victim's points and the printed score, totalpages lies in
 * [*ret_lo, *ret_hi].  False if score is not positive. */
bool iq_total_from_score(int64_t points, int64_t score, int64_t *ret_lo, int64_t *ret_hi);

#endif
