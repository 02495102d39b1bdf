/* analyze/compute.h - the kernel's arithmetic for one event, from its stored facts.
 *
 * Brings the facts of a case into the shapes of kern/, runs the pure functions
 * there, and puts the results into the case (for plugins) and into the store
 * (v1_zone_check, v1_task_choice).  Which kernel's rules apply is inferred from the
 * report's own text, as iq_era_infer() does it.
 */
#ifndef IQ_ANALYZE_COMPUTE_H
#define IQ_ANALYZE_COMPUTE_H

#include "analyze/case.h"
#include "kern/account.h"
#include "kern/badness.h"
#include "kern/era.h"
#include "kern/gfp.h"
#include "kern/totalpages.h"
#include "kern/watermark.h"
#include "store/store.h"

/* What compute() keeps in case.work. */
struct iq_work {
	struct iq_era_evidence evidence;
	struct iq_era era;
	const struct iq_kernel_info *k;
	struct iq_gfp gfp;
	unsigned zone_config;
	enum iq_constraint constraint;		/* as printed, else inferred */
	struct iq_total_input total_in;
	struct iq_total total;
	struct iq_badness_task *tasks;		/* as case.tasks */
	struct iq_ranked *ranked;
	const struct inquest_choice **by_task;	/* in table order */
	size_t n_tasks, n_ranked;
	int64_t *victims;			/* pids, sorted */
	size_t n_victims;
};

/* Between the bytes of the facts and the pages of kern/; IQ_NULL stays. */
static inline int64_t iq_to_pages(const struct iq_case *c, int64_t bytes)
{
	return bytes == IQ_NULL ? IQ_NULL : bytes / c->event.page_size;
}

static inline int64_t iq_from_pages(const struct iq_case *c, int64_t pages)
{
	if (pages == IQ_NULL || __builtin_mul_overflow(pages, c->event.page_size, &pages))
		return IQ_NULL;
	return pages;
}

static inline bool iq_same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

static inline int iq_no_memory(struct iq_err *err)
{
	return iq_err_set(err, IQ_E_NOMEM, "out of memory");
}

/* The buffer as a text of the case; NULL: out of memory. */
const char *iq_case_keep(struct iq_case *c, struct iq_buf *b);

/* EARLIER: neighbours (struct inquest_neighbour, in time) up to and without this
 * event: their victims may still be listed.  Does nothing for an event without
 * v1_oom or of a user-space killer. */
int iq_compute(struct iq_case *c, const struct iq_row_list *earlier, struct iq_err *err);
/* The part of it in choice.c: totalpages, ranking, what differs. */
int iq_compute_choice(struct iq_case *c, struct iq_work *w,
		      const struct iq_row_list *earlier, struct iq_err *err);
/* Why the kernel's choice is not the first of the ranking, one clause; NULL: nothing
 * in the text explains it.  In differs.c. */
const char *iq_compute_why_differs(struct iq_case *c, const struct iq_work *w);
/* Writes v1_zone_check and v1_task_choice; within the caller's transaction. */
int iq_compute_store(const struct iq_case *c, struct iq_store *s, struct iq_err *err);

/* The choice made again under changes.  OUT (n_tasks) and *ret_total are filled for
 * who wants to show them; either may be NULL.  Pid, 0: nobody is left, IQ_NULL: not
 * computable.  A changed pid that is not in the table is ignored. */
int64_t iq_compute_rechoose(const struct iq_case *c, const struct inquest_change *changes,
			    size_t n_changes, int64_t limit_bytes, struct iq_ranked *out,
			    struct iq_total *ret_total);
int64_t iq_compute_adj_to_spare(const struct iq_case *c, int64_t pid);

/* What constrained the request: as printed, or, up to 4.19 and RHEL 7, where no line
 * says it, as mm/oom_kill.c:constrained_alloc() would have found. */
enum iq_constraint iq_compute_constraint(const struct iq_case *c);
const char *iq_constraint_name(enum iq_constraint k);	/* as in v1_oom; NULL: unknown */

/* The accounting identity of the host's counters, into case.account. */
void iq_compute_account(struct iq_case *c);

/* Which forms the text of a report shows (enum iq_form). */
uint32_t iq_compute_forms(const struct iq_case *c);

/* "0-1,3" holds N?  1, 0; -1: not a list. */
int iq_node_list_has(const char *list, int64_t n);
/* The highest of them; -1: no list of nodes. */
int64_t iq_node_list_last(const char *list);

#endif
