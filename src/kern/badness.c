/* kern/badness.c - see badness.h.
 *
 * mm/oom_kill.c:oom_badness() and select_bad_process() of the trees in oom.md 2.6,
 * 2.7; which rule holds where stands in the table of era.c.
 */
#include "kern/badness.h"
#include "kern/sat.h"

#include <stdlib.h>

static int64_t effective_adj(const struct iq_badness_task *t)
{
	if (t->adj != IQ_NULL)
		return t->adj;
	/* fs/proc/base.c of 3.10: the old scale in the new one */
	if (t->oom_adj == IQ_NULL)
		return IQ_NULL;
	if (t->oom_adj <= -17)
		return IQ_ADJ_NEVER;
	return t->oom_adj >= 15 ? 1000 : t->oom_adj * 1000 / 17;
}

static int64_t permille_points(int64_t used, int64_t adj, int64_t totalpages, bool admin)
{
	int64_t p = iq_sat_muldiv(used, 1000, totalpages);
	if (admin)
		p -= 30;
	p = iq_sat_add(p, adj);
	return p <= 0 ? 1 : p < 1000 ? p : 1000;
}

enum iq_badness_state iq_badness(const struct iq_badness_task *t, int64_t totalpages,
				 const struct iq_kernel_info *k, enum iq_admin admin,
				 int64_t *ret_points, const char **ret_why)
{
	int64_t adj = effective_adj(t);
	if (adj == IQ_ADJ_NEVER || (t->oom_adj != IQ_NULL && t->oom_adj <= -17)) {
		*ret_why = k->badness == IQ_BADNESS_TOTAL_VM ? "oom_adj -17"
							     : "oom_score_adj -1000";
		return IQ_BAD_NEVER;
	}
	if (t->already_dying) {
		*ret_why = "killed before, not yet gone";
		return IQ_BAD_NEVER;
	}
	if (k->badness == IQ_BADNESS_TOTAL_VM) {
		*ret_why = "2.6.32 counts processor time, children and capabilities, "
			   "which no report shows";
		return IQ_BAD_UNKNOWN;
	}
	bool total = totalpages != IQ_NULL && totalpages >= 1;
	/* without an adj nothing is measured against the total: pages are pages */
	bool needs_total = adj != 0 || k->badness == IQ_BADNESS_PERMILLE;
	if (t->rss == IQ_NULL || adj == IQ_NULL || (needs_total && !total)) {
		*ret_why = t->rss == IQ_NULL ? "rss not shown" :
			   adj == IQ_NULL ? "oom_score_adj not shown" : "totalpages not known";
		return IQ_BAD_UNKNOWN;
	}
	/* el6 to 3.4 print no page tables and no swap: their share is lost */
	int64_t used = iq_sat_add(iq_sat_add(t->rss, iq_or_zero(t->swap)),
				  iq_or_zero(t->page_tables));
	bool bonus = k->root_bonus && admin == IQ_ADMIN_BY_UID && t->uid == 0;
	if (k->badness == IQ_BADNESS_PERMILLE) {
		*ret_points = permille_points(used, adj, totalpages, bonus);
		return IQ_BAD_POINTS;
	}
	if (bonus)
		used -= iq_sat_muldiv(used, 3, 100);
	int64_t p = adj ? iq_sat_add(used, iq_sat_mul(adj, totalpages / 1000)) : used;
	*ret_points = k->clamp_one && p <= 0 ? 1 : p;
	return IQ_BAD_POINTS;
}

int64_t iq_badness_score(int64_t points, int64_t totalpages, const struct iq_kernel_info *k)
{
	if (k->badness == IQ_BADNESS_PERMILLE)
		return points;
	return totalpages > 0 ? iq_sat_muldiv(points, 1000, totalpages) : IQ_NULL;
}

bool iq_score_fits(int64_t points, int64_t totalpages, int64_t printed,
		   const struct iq_kernel_info *k)
{
	int64_t s = iq_badness_score(points, totalpages, k);
	if (s == IQ_NULL)
		return false;
	int64_t d = iq_sat_sub(s, printed);
	return d >= -1 && d <= 1;
}

/* The order of the choice: points, then the place in the table by tie rule. */
static int by_choice(const void *pa, const void *pb, void *arg)
{
	const struct iq_ranked *a = pa, *b = pb;
	const struct iq_kernel_info *k = arg;
	bool ra = a->state == IQ_BAD_POINTS, rb = b->state == IQ_BAD_POINTS;
	if (ra != rb)
		return ra ? -1 : 1;
	if (ra && a->points != b->points)
		return a->points > b->points ? -1 : 1;
	int earlier = a->task < b->task ? -1 : a->task > b->task;
	return ra && k->tie_last ? -earlier : earlier;
}

/* Does some adj have to be weighed against memory?  Then no order is known without
 * the total, even among those at 0. */
static bool weighs_adj(const struct iq_badness_task *tasks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t adj = effective_adj(&tasks[i]);
		if (adj != IQ_NULL && adj != 0 && adj != IQ_ADJ_NEVER)
			return true;
	}
	return false;
}

size_t iq_rank(const struct iq_badness_task *tasks, size_t n, int64_t totalpages,
	       const struct iq_kernel_info *k, enum iq_admin admin, struct iq_ranked *out)
{
	bool blind = weighs_adj(tasks, n) && (totalpages == IQ_NULL || totalpages < 1);
	for (size_t i = 0; i < n; i++) {
		out[i] = (struct iq_ranked){ .task = i, .points = IQ_NULL };
		out[i].state = iq_badness(&tasks[i], totalpages, k, admin, &out[i].points,
					  &out[i].why_not);
		if (blind && out[i].state == IQ_BAD_POINTS) {
			out[i].state = IQ_BAD_UNKNOWN;
			out[i].points = IQ_NULL;
			out[i].why_not = "totalpages not known";
		}
	}
	if (n > 1)
		qsort_r(out, n, sizeof *out, by_choice, (void *)(uintptr_t)k);
	size_t ranked = 0;
	while (ranked < n && out[ranked].state == IQ_BAD_POINTS) {
		out[ranked].rank = ranked + 1;
		ranked++;
	}
	return ranked;
}
