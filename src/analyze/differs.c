/* analyze/differs.c - why the kernel's choice is not the first of the recomputed ranking
 * (compute.h): what the text itself explains, the surest first.  Follows oom.md 2.8.
 */
#include "analyze/compute.h"
#include "kern/sat.h"

#define NEAR	20		/* a twentieth: table and choice are not of one moment */

struct differs {
	struct iq_case *c;
	const struct iq_work *w;
	const struct inquest_oom *o;
	/* the process that was chosen (by the score line, else the one killed) */
	const struct inquest_choice *mine, *top;
	const struct inquest_victim *v;
};

__attribute__((format(printf, 2, 0)))
static const char *text(const struct differs *d, const char *fmt, int64_t a, int64_t b)
{
	struct iq_buf out;

	iq_buf_init(&out);
	iq_buf_printf(&out, fmt, (long long)a, (long long)b);
	return iq_case_keep(d->c, &out);
}

static bool known_points(const struct differs *d)
{
	return d->mine && d->mine->badness_pages != IQ_NULL;
}

static const char *by_setting(const struct differs *d)
{
	return d->o->allocating_task == 1
		? "vm.oom_kill_allocating_task is set: the kernel killed the task that asked"
		: NULL;
}

static const char *by_child(const struct differs *d)
{
	return d->o->chosen_pid != IQ_NULL && d->o->chosen_pid == d->c->ranking.expected_pid
		? "a child of the chosen process was sacrificed in its place, as these "
		  "kernels do" : NULL;
}

/* Root of a container has no CAP_SYS_ADMIN, and so no discount: the score tells. */
static const char *by_score_of_root(const struct differs *d)
{
	int64_t points;
	const char *why;

	if (d->c->ranking.root_bonus_matters != 1 || !d->mine || d->mine->task->uid != 0 ||
	    d->o->chosen_score == IQ_NULL || d->w->total.pages == IQ_NULL)
		return NULL;
	for (size_t i = 0; i < d->w->n_tasks; i++) {
		const struct iq_badness_task *t = &d->w->tasks[i];
		if (t->pid != d->mine->task->pid)
			continue;
		if (iq_badness(t, d->w->total.pages, d->w->k, IQ_ADMIN_NOBODY, &points, &why) !=
		    IQ_BAD_POINTS || points < d->top->badness_pages ||
		    iq_score_fits(d->mine->badness_pages, d->w->total.pages,
				  d->o->chosen_score, d->w->k) ||
		    !iq_score_fits(points, d->w->total.pages, d->o->chosen_score, d->w->k))
			return NULL;
		return "its printed score is that of a process without CAP_SYS_ADMIN (uid 0 in a "
		       "container): without root's discount of 3 % it had the most";
	}
	return NULL;
}

static const char *by_bonus(const struct differs *d)
{
	return d->c->ranking.root_bonus_matters == 1
		? "the first places depend on who has CAP_SYS_ADMIN, which the report does "
		  "not show" : NULL;
}

static const char *not_listed(const struct differs *d)
{
	if (d->mine)
		return NULL;
	return d->c->event.truncated == 1
		? "the victim is not in the table, of which rows may be missing"
		: "the victim is not in the table";
}

/* PF_OOM_ORIGIN: swapoff is chosen before all others. */
static const char *by_origin(const struct differs *d)
{
	return iq_same(d->mine->task->comm, "swapoff")
		? "swapoff offers itself to be killed first (oom_flag_origin)" : NULL;
}

static const char *by_equal(const struct differs *d)
{
	return known_points(d) && d->mine->badness_pages == d->top->badness_pages
		? "both have the same points; which of two equals is taken depends on their "
		  "order in the kernel's list" : NULL;
}

static const char *by_adj(const struct differs *d)
{
	int64_t then = d->mine->task->oom_score_adj, at_kill = d->v->oom_score_adj;

	if (!d->mine->killed || then == IQ_NULL || at_kill == IQ_NULL || then == at_kill)
		return NULL;
	return text(d, "its oom_score_adj was %lld in the table and %lld when it was killed: "
		    "somebody changed it meanwhile", then, at_kill);
}

static const char *by_near(const struct differs *d)
{
	return known_points(d) && d->top->badness_pages > 0 &&
	       d->mine->badness_pages >= d->top->badness_pages - d->top->badness_pages / NEAR
		? "within 5 % of the first: the table is printed after the choice, and both "
		  "moved" : NULL;
}

/* The score was computed at the choice, the table after it. */
static const char *by_score(const struct differs *d)
{
	int64_t total = d->w->total.pages, score = d->o->chosen_score, had;

	if (!known_points(d) || score == IQ_NULL || total == IQ_NULL ||
	    d->w->k->badness != IQ_BADNESS_PAGES || d->mine->score == IQ_NULL ||
	    d->mine->score >= score - 1)
		return NULL;
	had = iq_sat_muldiv(iq_sat_add(score, 1), total, 1000);
	if (had < d->top->badness_pages)
		return NULL;
	return text(d, "its printed score of %lld says that it had the most when it was chosen; "
		    "in the table it is down to %lld: memory was freed in between", score,
		    d->mine->score);
}

/* An unknown denominator weighs adj against memory. */
static const char *by_total(const struct differs *d)
{
	int64_t a = d->mine->task->oom_score_adj, b = d->top->task->oom_score_adj;

	if (d->c->ranking.totalpages_exact || a == IQ_NULL || b == IQ_NULL || a == b)
		return NULL;
	return "the two differ in oom_score_adj, and what it weighs depends on RAM and swap "
	       "that the report does not show exactly";
}

/* A vfork child shares its parent's memory until exec: two rows with one set of
 * figures.  4.9 and later pass over it. */
static const char *by_vfork(const struct differs *d)
{
	const struct inquest_task *t = d->top->task;

	if (d->w->era.kernel < IQ_K_4_9 || t->rss_bytes <= 0)
		return NULL;
	for (size_t i = 0; i < d->c->tasks.n; i++) {
		const struct inquest_task *o = d->c->tasks.p[i];
		if (o != t && o->rss_bytes == t->rss_bytes &&
		    o->total_vm_bytes == t->total_vm_bytes &&
		    o->page_table_bytes == t->page_table_bytes &&
		    o->swap_bytes == t->swap_bytes)
			return "the first of the table shares all its figures with another task: "
			       "a child between vfork and exec is passed over";
	}
	return NULL;
}

static const char *by_vendor(const struct differs *d)
{
	struct iq_release r;

	if (d->w->era.kernel == IQ_K_ALI_4_19 ||
	    (iq_release_parse(d->w->evidence.release, &r) && r.vendor == IQ_VENDOR_ALIBABA))
		return "this kernel can choose by cgroup priority (memory.use_priority_oom)";
	if (iq_release_parse(d->w->evidence.release, &r) && r.vendor == IQ_VENDOR_EULER)
		return "this kernel looks through low-priority tasks first";
	return NULL;
}

const char *iq_compute_why_differs(struct iq_case *c, const struct iq_work *w)
{
	/* those behind not_listed() may use the row */
	static const char *(*const reasons[])(const struct differs *d) = {
		by_setting, by_child, by_score_of_root, by_bonus, not_listed, by_origin, by_equal, by_adj,
		by_score, by_near, by_total, by_vfork, by_vendor,
	};
	const struct inquest_ranking *r = &c->ranking;
	struct differs d = {
		.c = c, .w = w, .o = c->oom, .top = r->choices[0], .v = c->victims.p[0],
	};
	int64_t pid = c->oom->chosen_pid != IQ_NULL ? c->oom->chosen_pid : r->killed_pid;
	const char *why = NULL;

	for (size_t i = 0; i < r->n_choices && !d.mine; i++)
		if (r->choices[i]->task->pid == pid || r->choices[i]->task->tgid == pid)
			d.mine = r->choices[i];
	for (size_t i = 0; !why && i < sizeof(reasons) / sizeof(*reasons); i++)
		why = reasons[i](&d);
	return why;
}
