/* analyze/choice.c - the kernel's choice of a victim, recomputed (compute.h). */
#include <stdlib.h>

#include "analyze/compute.h"
#include "base/units.h"

/* A victim that was killed this long before may still be in the table: the reaper
 * has taken its memory, the process waits to be gone. */
#define STILL_LISTED_US (INT64_C(120) * 1000000)

/* --- totalpages --- */

/* Sum over zones of a member, IQ_NULL if one of them lacks it or there is none. */
static int64_t zone_sum(const struct iq_case *c, size_t member, const char *nodes)
{
	int64_t sum = 0, v;
	bool any = false;

	for (size_t i = 0; i < c->zones.n; i++) {
		const struct inquest_zone *z = c->zones.p[i];
		if (nodes && iq_node_list_has(nodes, z->node) == 0)
			continue;
		memcpy(&v, (const char *)z + member, sizeof(v));
		if (v == IQ_NULL || __builtin_add_overflow(sum, v, &sum))
			return IQ_NULL;
		any = true;
	}
	return any ? sum : IQ_NULL;
}

/* Has every node of the list a zone line?  Without a list: unknown, so no. */
static bool nodes_shown(const struct iq_case *c, const char *list)
{
	int64_t last = iq_node_list_last(list);

	for (int64_t n = 0; n <= last && n < 1024; n++) {
		bool shown = false;
		if (iq_node_list_has(list, n) != 1)
			continue;
		for (size_t i = 0; i < c->zones.n && !shown; i++)
			shown = ((const struct inquest_zone *)c->zones.p[i])->node == n;
		if (!shown)
			return false;
	}
	return last >= 0;
}

static void find_total(const struct iq_case *c, struct iq_work *w)
{
	const struct inquest_oom *o = c->oom;
	struct iq_total_input *in = &w->total_in;
	const char *nodes = iq_node_list_has(o->nodemask, 0) >= 0 ? o->nodemask
		: o->mems_allowed;
	bool none = o->unlimited == 1;

	*in = (struct iq_total_input){
		.constraint = w->constraint,
		.ram = iq_to_pages(c, iq_case_counter(c, NULL, "pages RAM")),
		.reserved = iq_to_pages(c, iq_case_counter(c, NULL, "pages reserved")),
		.managed = iq_to_pages(c, zone_sum(c, offsetof(struct inquest_zone, managed_bytes),
					     NULL)),
		.swap_total = iq_to_pages(c, o->swap_total_bytes),
		.nodes_present = iq_to_pages(c, zone_sum(c, offsetof(struct inquest_zone,
							       present_bytes), nodes)),
		.nodes_all_shown = nodes_shown(c, nodes),
		.limit = none ? INT64_MAX : iq_to_pages(c, o->limit_bytes),
		.memsw_limit = iq_to_pages(c, o->memsw_limit_bytes),
		.swap_limit = iq_to_pages(c, o->swap_limit_bytes),
		.v2 = o->swap_usage_bytes != IQ_NULL || o->swap_limit_bytes != IQ_NULL,
	};
	iq_total_pages(in, w->k->total, &w->total);
}

/* A table prints what was counted; a dump tells both that and the exact figure. */
static int64_t as_counted(int64_t counted, int64_t bytes)
{
	return counted != IQ_NULL ? counted : bytes;
}

static void to_badness_task(const struct iq_case *c, const struct inquest_task *t,
			    struct iq_badness_task *ret)
{
	*ret = (struct iq_badness_task){
		.pid = t->pid, .uid = t->uid,
		.rss = iq_to_pages(c, as_counted(t->oom_rss_bytes, t->rss_bytes)),
		.swap = iq_to_pages(c, as_counted(t->oom_swap_bytes, t->swap_bytes)),
		.page_tables = iq_to_pages(c, t->page_table_bytes),
		.total_vm = iq_to_pages(c, t->total_vm_bytes),
		.adj = t->oom_score_adj, .oom_adj = t->oom_adj,
	};
}

static int list_tasks(struct iq_case *c, struct iq_work *w, struct iq_err *err)
{
	if (!c->tasks.n)
		return 0;
	w->tasks = iq_arena_alloc(&c->arena, c->tasks.n * sizeof(*w->tasks));
	if (!w->tasks)
		return iq_no_memory(err);
	for (size_t i = 0; i < c->tasks.n; i++)
		to_badness_task(c, c->tasks.p[i], &w->tasks[i]);
	w->n_tasks = c->tasks.n;
	return 0;
}

/* The row of the process that the score line names. */
static const struct iq_badness_task *scored(const struct iq_case *c, const struct iq_work *w)
{
	for (size_t i = 0; i < w->n_tasks; i++)
		if (w->tasks[i].pid == c->oom->chosen_pid)
			return &w->tasks[i];
	return NULL;
}

/* Where the denominator is approximate, the printed score tells it: score is points in
 * thousandths of it.  Only what the approximation contradicts is replaced, and only
 * from a score that is large enough to say it within five percent. */
static void total_by_score(const struct iq_case *c, struct iq_work *w)
{
	const struct iq_badness_task *t = scored(c, w);
	int64_t score = c->oom->chosen_score, lo, hi, points;
	struct iq_badness_task plain;
	const char *why;

	if (!t || w->total.exact || score == IQ_NULL || t->adj == IQ_NULL ||
	    c->oom->allocating_task == 1 || w->k->badness != IQ_BADNESS_PAGES)
		return;
	plain = *t;
	plain.adj = 0;
	score -= t->adj;
	if (score < 20 || iq_badness(&plain, 1, w->k, IQ_ADMIN_BY_UID, &points, &why) !=
	    IQ_BAD_POINTS || !iq_total_from_score(points, score, &lo, &hi))
		return;
	if (w->total.pages != IQ_NULL && w->total.pages >= lo - lo / 20 &&
	    w->total.pages <= hi + hi / 20)
		return;
	w->total.pages = lo + (hi - lo) / 2;
	w->total.how = "RAM and swap, about, by the printed score";
}

static int fill_total(struct iq_case *c, struct iq_work *w, struct iq_err *err)
{
	struct inquest_ranking *r = &c->ranking;
	struct iq_buf b;

	r->totalpages = w->total.pages;
	r->totalpages_exact = w->total.exact;
	if (w->total.pages == IQ_NULL && c->oom->totalpages_bytes != IQ_NULL)
		r->totalpages = w->total.pages = iq_to_pages(c, c->oom->totalpages_bytes);
	iq_buf_init(&b);
	if (w->total.how)
		iq_buf_printf(&b, "%s", w->total.how);
	if (r->totalpages != IQ_NULL) {
		iq_buf_printf(&b, "%s%lld pages = ", b.n ? " = " : "",
			      (long long)r->totalpages);
		iq_human_bytes(&b, iq_from_pages(c, r->totalpages));
	}
	if (w->total.missing)
		iq_buf_printf(&b, "%snot in the report: %s", b.n ? "; " : "",
			      w->total.missing);
	r->totalpages_how = iq_case_keep(c, &b);
	return r->totalpages_how ? 0 : iq_no_memory(err);
}

/* --- the choice --- */

static int by_pid(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static bool is_victim(const struct iq_work *w, int64_t pid)
{
	return pid != IQ_NULL && w->n_victims &&
	       bsearch(&pid, w->victims, w->n_victims, sizeof(pid), by_pid);
}

/* A row stands for its process: the line of the kill may name another thread of it. */
static bool was_killed(const struct iq_work *w, const struct inquest_task *t)
{
	return is_victim(w, t->pid) || is_victim(w, t->tgid);
}

static int list_victims(struct iq_case *c, struct iq_work *w, struct iq_err *err)
{
	if (!c->victims.n)
		return 0;
	w->victims = iq_arena_alloc(&c->arena, c->victims.n * sizeof(*w->victims));
	if (!w->victims)
		return iq_no_memory(err);
	for (size_t i = 0; i < c->victims.n; i++) {
		const struct inquest_victim *v = c->victims.p[i];
		if (v->pid != IQ_NULL)
			w->victims[w->n_victims++] = v->pid;
	}
	qsort(w->victims, w->n_victims, sizeof(*w->victims), by_pid);
	return 0;
}

/* Still listed, but killed in an event shortly before: from 4.9 on the selection
 * passes over it (MMF_OOM_SKIP); older kernels would not have chosen at all. */
static void mark_dying(const struct iq_case *c, struct iq_work *w,
		       const struct iq_row_list *earlier)
{
	for (size_t e = earlier ? earlier->n : 0; e-- > 0;) {
		const struct inquest_neighbour *n = earlier->p[e];
		bool mono = n->mono_us != IQ_NULL && c->event.mono_us != IQ_NULL;
		int64_t then = mono ? n->mono_us : n->wall_us;
		int64_t now = mono ? c->event.mono_us : c->event.wall_us;
		if (then == IQ_NULL || now == IQ_NULL || now - then > STILL_LISTED_US)
			return;
		for (size_t i = 0; n->victim_pid != IQ_NULL && i < w->n_tasks; i++) {
			const struct inquest_task *t = c->tasks.p[i];
			if (t->pid == n->victim_pid && t->comm &&
			    iq_same(n->victim_comm, t->comm) && !was_killed(w, t))
				w->tasks[i].already_dying = true;
		}
	}
}

static int fill_choices(struct iq_case *c, struct iq_work *w, struct iq_err *err)
{
	struct inquest_choice *all = iq_arena_alloc(&c->arena, w->n_tasks * sizeof(*all));
	const struct inquest_choice **list =
		iq_arena_alloc(&c->arena, w->n_tasks * sizeof(*list));

	w->by_task = iq_arena_alloc(&c->arena, w->n_tasks * sizeof(*w->by_task));
	if (!all || !list || !w->by_task)
		return iq_no_memory(err);
	for (size_t i = 0; i < w->n_tasks; i++) {
		const struct iq_ranked *r = &w->ranked[i];
		const struct inquest_task *t = c->tasks.p[r->task];
		bool ranked = r->state == IQ_BAD_POINTS;
		all[i] = (struct inquest_choice){
			.task = t,
			.eligible = r->state == IQ_BAD_UNKNOWN ? IQ_NULL : ranked,
			.why_not = r->why_not,
			.badness_pages = ranked ? r->points : IQ_NULL,
			.score = IQ_NULL,
			.rank = r->rank ? (int64_t)r->rank : IQ_NULL,
			.killed = was_killed(w, t),
		};
		if (ranked && w->total.pages > 0)
			all[i].score = iq_badness_score(r->points, w->total.pages, w->k);
		list[i] = w->by_task[r->task] = &all[i];
	}
	c->ranking.choices = list;
	c->ranking.n_choices = w->n_tasks;
	return 0;
}

static void compare(struct iq_case *c, struct iq_work *w)
{
	struct inquest_ranking *r = &c->ranking;
	const struct inquest_victim *v = c->victims.n ? c->victims.p[0] : NULL;

	r->killed_pid = v ? v->pid : IQ_NULL;
	r->expected_pid = IQ_NULL;
	r->agrees = IQ_NULL;
	r->computed = w->n_ranked > 0;
	if (!r->computed) {
		for (size_t i = 0; i < w->n_tasks && !r->why_not_computed; i++)
			if (w->ranked[i].state == IQ_BAD_UNKNOWN)
				r->why_not_computed = w->ranked[i].why_not;
		if (!r->why_not_computed)
			r->why_not_computed = w->n_tasks ? "no task is eligible"
				: "the report has no task table";
		return;
	}
	r->expected_pid = r->choices[0]->task->pid;
	if (r->killed_pid == IQ_NULL || r->expected_pid == IQ_NULL)
		return;
	/* Of a group kill the ranked one is the first; others may come in any order. */
	const struct inquest_task *first = r->choices[0]->task;
	r->agrees = c->oom->group_kill == 1 ? was_killed(w, first)
		: r->killed_pid == first->pid || r->killed_pid == first->tgid;
	if (!r->agrees)
		r->why_differs = iq_compute_why_differs(c, w);
}

int iq_compute_choice(struct iq_case *c, struct iq_work *w, const struct iq_row_list *earlier,
		  struct iq_err *err)
{
	find_total(c, w);
	if (list_tasks(c, w, err))
		return -1;
	total_by_score(c, w);
	if (fill_total(c, w, err) || list_victims(c, w, err))
		return -1;
	if (w->n_tasks) {
		struct iq_ranked *other;
		w->ranked = iq_arena_alloc(&c->arena, w->n_tasks * sizeof(*w->ranked));
		other = iq_arena_alloc(&c->arena, w->n_tasks * sizeof(*other));
		if (!w->ranked || !other)
			return iq_no_memory(err);
		if (w->era.kernel >= IQ_K_4_9)
			mark_dying(c, w, earlier);
		w->n_ranked = iq_rank(w->tasks, w->n_tasks, w->total.pages, w->k,
				      IQ_ADMIN_BY_UID, w->ranked);
		if (w->k->root_bonus && w->n_ranked) {
			size_t n = iq_rank(w->tasks, w->n_tasks, w->total.pages, w->k,
					   IQ_ADMIN_NOBODY, other);
			c->ranking.root_bonus_matters =
				n && other[0].task != w->ranked[0].task;
		}
		if (fill_choices(c, w, err))
			return -1;
	}
	compare(c, w);
	return 0;
}

/* --- again, under changes --- */

static void apply_changes(struct iq_badness_task *t, size_t n,
			  const struct inquest_change *changes, size_t n_changes)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < n_changes; k++) {
			if (changes[k].pid != t[i].pid)
				continue;
			if (changes[k].adj == IQ_NULL)
				t[i].already_dying = true;
			else
				t[i].adj = changes[k].adj;
		}
	}
}

int64_t iq_compute_rechoose(const struct iq_case *c, const struct inquest_change *changes,
			    size_t n_changes, int64_t limit_bytes, struct iq_ranked *out,
			    struct iq_total *ret_total)
{
	const struct iq_work *w = c->work;
	struct iq_badness_task *t = NULL;
	struct iq_ranked *mine = NULL;
	struct iq_total total;
	int64_t pid = IQ_NULL;

	if (!w || !w->n_tasks)
		return IQ_NULL;
	total = w->total;
	if (limit_bytes != IQ_NULL) {
		struct iq_total_input in = w->total_in;
		in.limit = iq_to_pages(c, limit_bytes);
		iq_total_pages(&in, w->k->total, &total);
	}
	if (ret_total)
		*ret_total = total;
	t = malloc(w->n_tasks * sizeof(*t));
	mine = out ? NULL : malloc(w->n_tasks * sizeof(*mine));
	if (t && (out || mine)) {
		struct iq_ranked *r = out ? out : mine;
		memcpy(t, w->tasks, w->n_tasks * sizeof(*t));
		apply_changes(t, w->n_tasks, changes, n_changes);
		size_t n = iq_rank(t, w->n_tasks, total.pages, w->k, IQ_ADMIN_BY_UID, r);
		pid = n ? t[r[0].task].pid : 0;
		for (size_t i = 0; !n && i < w->n_tasks; i++)
			if (r[i].state == IQ_BAD_UNKNOWN)
				pid = IQ_NULL;
	}
	free(t);
	free(mine);
	return pid;
}

/* Points grow with adj, so the highest adj that loses against the best of the others
 * is found by halving; the kernel's own tie rule decides between two. */
int64_t iq_compute_adj_to_spare(const struct iq_case *c, int64_t pid)
{
	const struct iq_work *w = c->work;
	const struct iq_ranked *mine = NULL, *best = NULL;

	if (!w || w->total.pages == IQ_NULL || w->total.pages < 1)
		return IQ_NULL;		/* an adj weighs nothing that is known */
	for (size_t i = 0; i < w->n_ranked; i++) {
		const struct iq_ranked *r = &w->ranked[i];
		if (w->tasks[r->task].pid == pid)
			mine = mine ? mine : r;
		else if (!best)
			best = r;
	}
	if (!mine || !best || pid == IQ_NULL)
		return IQ_NULL;
	bool after = mine->task > best->task;
	struct iq_badness_task two[2];
	struct iq_ranked r[2];
	int64_t lo = IQ_ADJ_NEVER, hi = 1000;

	two[after] = w->tasks[mine->task];
	two[!after] = w->tasks[best->task];
	while (lo < hi) {
		int64_t mid = lo + (hi - lo + 1) / 2;
		two[after].adj = mid;
		size_t n = iq_rank(two, 2, w->total.pages, w->k, IQ_ADMIN_BY_UID, r);
		if (n && r[0].task == (size_t)after)
			hi = mid - 1;
		else
			lo = mid;
	}
	return lo;
}
