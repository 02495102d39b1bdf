/* analyze/compute.c - see compute.h. */
#include "analyze/compute.h"

#include <stdlib.h>

#include "base/units.h"

/* A victim that was killed this long before may still be in the table: the reaper
 * has taken its memory, the process waits to be gone. */
#define STILL_LISTED_US (INT64_C(120) * 1000000)

static int no_memory(struct iq_err *err)
{
	return iq_err_set(err, IQ_E_NOMEM, "out of memory");
}

static int64_t pages(const struct iq_case *c, int64_t bytes)
{
	return bytes == IQ_NULL ? IQ_NULL : bytes / c->event.page_size;
}

static int64_t to_bytes(const struct iq_case *c, int64_t n)
{
	if (n == IQ_NULL || __builtin_mul_overflow(n, c->event.page_size, &n))
		return IQ_NULL;
	return n;
}

/* The buffer as a text of the case. */
static const char *keep(struct iq_case *c, struct iq_buf *b)
{
	const char *z = b->failed ? NULL : iq_arena_copy(&c->arena, iq_buf_as_slice(b)).p;

	iq_buf_fini(b);
	return z;
}

static bool is(const char *a, const char *b)
{
	return a && !strcmp(a, b);
}

/* --- era and request --- */

static unsigned gfp_eras_of(uint32_t kernels)
{
	unsigned eras = 0;

	for (int k = 0; k < IQ_KERNELS; k++)
		if (kernels & IQ_KERNEL_BIT(k))
			eras |= 1u << iq_kernel_info(k)->gfp;
	return eras ? eras : IQ_GFP_ALL_ERAS;
}

static void infer_era(struct iq_case *c, struct iq_work *w)
{
	struct iq_gfp_text text;
	bool mask = c->oom && iq_gfp_parse(iq_slice_z(c->oom->gfp_mask),
					   iq_slice_z(c->oom->gfp_flags), &text);
	struct iq_buf b;

	w->evidence.forms = iq_compute_forms(c);
	w->evidence.release = iq_slice_z(c->event.kernel_release);
	if (mask) {
		iq_gfp_decode(&text, IQ_GFP_ALL_ERAS, &w->gfp);
		w->evidence.gfp_eras = w->gfp.eras;
	}
	iq_era_infer(&w->evidence, &w->era);
	w->k = iq_kernel_info(w->era.kernel);
	if (mask)
		iq_gfp_decode(&text, gfp_eras_of(w->era.known ? w->era.kernels : 0), &w->gfp);
	iq_buf_init(&b);
	iq_era_text(&b, &w->era, &w->evidence);
	c->ranking.era = keep(c, &b);
	if (!c->event.era)
		c->event.era = c->ranking.era;
}

static unsigned find_zone_config(const struct iq_case *c)
{
	unsigned seen = 0, n_reserve = 0;

	for (size_t i = 0; i < c->zones.n; i++) {
		const struct inquest_zone *z = c->zones.p[i];
		int type = iq_zone_type(iq_slice_z(z->zone));
		if (type >= 0)
			seen |= IQ_ZONE_BIT(type);
		if (z->n_reserve > n_reserve)
			n_reserve = (unsigned)z->n_reserve;
	}
	return iq_zone_config(n_reserve, seen, iq_slice_z(c->event.arch));
}

static int64_t flag(const struct iq_work *w, uint64_t bits)
{
	return (w->gfp.flags & bits) != 0;
}

static void fill_gfp(struct iq_case *c, struct iq_work *w)
{
	struct inquest_gfp *g = &c->gfp;
	struct iq_buf b;

	g->mask = w->gfp.known ? (int64_t)w->gfp.value : IQ_NULL;
	g->flags = c->oom->gfp_flags;
	g->class_index = g->fault_path = IQ_NULL;
	if (w->gfp.known)
		g->fault_path = w->gfp.zero && is(c->event.kind, "oom-kill");
	g->direct_reclaim = g->kswapd_reclaim = g->high = g->atomic = g->io = g->fs =
		g->noretry = g->retry_mayfail = g->nofail = g->thisnode = g->movable =
		g->account = g->highmem = g->dma = g->dma32 = g->comp = g->zero = IQ_NULL;
	if (!w->gfp.known || g->fault_path)
		return;
	if (!g->flags) {
		iq_buf_init(&b);
		iq_gfp_names(&b, w->gfp.value, w->gfp.era);
		g->flags = keep(c, &b);
	}
	iq_buf_init(&b);
	iq_gfp_eras_text(&b, w->gfp.eras ? w->gfp.eras : 1u << w->gfp.era);
	g->era = keep(c, &b);
	int zone = iq_gfp_zone(w->gfp.flags, w->zone_config);
	if (zone >= 0) {
		int index = w->zone_config ? iq_zone_index(w->zone_config, zone) : -1;
		g->class_zone = iq_zone_name(zone);
		g->class_index = index >= 0 ? index : IQ_NULL;
	}
	g->direct_reclaim = iq_gfp_may_reclaim(w->gfp.flags);
	g->kswapd_reclaim = iq_gfp_wakes_kswapd(w->gfp.flags);
	g->atomic = iq_gfp_is_atomic(w->gfp.flags);
	g->high = flag(w, IQ_GFP_SET(HIGH));
	g->io = flag(w, IQ_GFP_SET(IO));
	g->fs = flag(w, IQ_GFP_SET(FS));
	g->noretry = flag(w, IQ_GFP_SET(NORETRY));
	g->retry_mayfail = flag(w, IQ_GFP_SET(RETRY_MAYFAIL));
	g->nofail = flag(w, IQ_GFP_SET(NOFAIL));
	g->thisnode = flag(w, IQ_GFP_SET(THISNODE));
	g->movable = flag(w, IQ_GFP_SET(MOVABLE));
	g->account = flag(w, IQ_GFP_SET(ACCOUNT));
	g->highmem = flag(w, IQ_GFP_SET(HIGHMEM));
	g->dma = flag(w, IQ_GFP_SET(DMA));
	g->dma32 = flag(w, IQ_GFP_SET(DMA32));
	g->comp = flag(w, IQ_GFP_SET(COMP));
	g->zero = flag(w, IQ_GFP_SET(ZERO));
}

/* --- zones --- */

int iq_node_list_has(const char *list, int64_t n)
{
	struct iq_slice s = iq_trim(iq_slice_z(list));
	bool has = false;

	if (!s.p || !s.n)
		return -1;
	while (s.n) {
		int64_t lo, hi;
		if (!iq_take_i64(&s, &lo))
			return -1;
		hi = lo;
		if (iq_skip(&s, IQ_LIT("-")) && !iq_take_i64(&s, &hi))
			return -1;
		has |= n >= lo && n <= hi;
		if (s.n && !iq_skip(&s, IQ_LIT(",")))
			return -1;
	}
	return has;
}

/* May the request use this zone?  1, 0, IQ_NULL, and why not. */
static int64_t usable(const struct iq_case *c, int class, const struct inquest_zone *z,
		      const char **ret_why)
{
	int type = iq_zone_type(iq_slice_z(z->zone));

	*ret_why = NULL;
	if (class >= 0 && type > class) {
		*ret_why = "above the highest zone the request may use";
		return 0;
	}
	if (z->node != IQ_NULL && (iq_node_list_has(c->oom->mems_allowed, z->node) == 0 ||
				   iq_node_list_has(c->oom->nodemask, z->node) == 0)) {
		*ret_why = "its node is not allowed";
		return 0;
	}
	return class >= 0 && type >= 0 ? 1 : IQ_NULL;
}

static int64_t reserve_of(const struct iq_case *c, const struct inquest_zone *z, int class)
{
	if (class >= 0 && iq_zone_type(iq_slice_z(z->zone)) == class)
		return 0;
	if (c->gfp.class_index == IQ_NULL || c->gfp.class_index >= (int64_t)z->n_reserve)
		return IQ_NULL;
	return pages(c, z->reserve[c->gfp.class_index]);
}

static void to_wm_zone(const struct iq_case *c, const struct inquest_zone *z, int class,
		       struct iq_wm_zone *ret)
{
	iq_wm_zone_init(ret);
	ret->free = pages(c, z->free_bytes);
	ret->min = pages(c, z->min_bytes);
	ret->low = pages(c, z->low_bytes);
	ret->high = pages(c, z->high_bytes);
	ret->boost = pages(c, z->boost_bytes);
	ret->highatomic = pages(c, z->highatomic_bytes);
	ret->free_highatomic = pages(c, z->free_highatomic_bytes);
	ret->free_cma = pages(c, z->free_cma_bytes);
	ret->reserve = reserve_of(c, z, class);
	for (size_t i = 0; i < z->n_free_lists; i++) {
		const struct inquest_free_list *f = z->free_lists[i];
		int64_t o = f->block_order;
		if (o < 0 || o >= IQ_WM_ORDERS || f->blocks == IQ_NULL)
			continue;
		if (o >= ret->n_orders) {
			for (int64_t k = ret->n_orders; k <= o; k++)
				ret->blocks[k] = ret->letters[k] = 0;
			ret->n_orders = (unsigned)o + 1;
		}
		ret->blocks[o] += f->blocks;
		if (f->blocks > 0)
			ret->letters[o] |= iq_wm_letters(iq_slice_z(f->migrate_type));
	}
}

static int64_t order_result(const struct iq_wm_result *r, unsigned order, bool lists)
{
	if (r->status == IQ_WM_OK)
		return 1;
	if (r->status == IQ_WM_FAIL_ORDER)
		return 0;
	if (!lists || r->order_unknown)
		return IQ_NULL;
	return order ? r->usable_blocks > 0 : r->first_unknown ? IQ_NULL : r->first_ok;
}

static int check_zone(struct iq_case *c, struct iq_work *w, struct inquest_zone *z,
		      int class, struct iq_err *err)
{
	struct inquest_zone_check *out = iq_arena_alloc(&c->arena, sizeof(*out));
	unsigned order = c->oom->alloc_order > 0 && c->oom->alloc_order < IQ_WM_ORDERS
		? (unsigned)c->oom->alloc_order : 0;
	struct iq_wm_request q = { .order = order }, high;
	struct iq_wm_result r, rh;
	struct iq_wm_zone wz;
	struct iq_buf b;
	const char *why;

	if (!out)
		return no_memory(err);
	if (w->gfp.known && c->gfp.fault_path != 1)
		iq_wm_request_from_gfp(w->gfp.flags, order, w->k->wm, &q);
	q.mark = IQ_MARK_MIN;
	high = q;
	high.mark = IQ_MARK_HIGH;
	to_wm_zone(c, z, class, &wz);
	iq_wm_check(&wz, &q, w->k->wm, &r);
	iq_wm_check(&wz, &high, w->k->wm, &rh);
	out->usable = usable(c, class, z, &why);
	out->reserve_bytes = to_bytes(c, r.reserve);
	out->mark_bytes = to_bytes(c, r.mark);
	out->left_bytes = to_bytes(c, r.free);
	out->watermark_ok = r.first_unknown ? IQ_NULL : r.first_ok;
	out->high_ok = rh.first_unknown ? IQ_NULL : rh.first_ok;
	out->boost_only = r.boost_only;
	out->order_ok = c->oom->alloc_order == IQ_NULL ? IQ_NULL
		: order_result(&r, order, z->n_free_lists || !order);
	out->usable_blocks = z->n_free_lists ? r.usable_blocks : IQ_NULL;
	if (!why) {
		iq_buf_init(&b);
		iq_wm_text(&b, &r, &q, c->event.page_size);
		why = keep(c, &b);
	}
	out->why = why;
	z->check = out;
	return 0;
}

/* A cgroup's charge asks no zone. */
static int check_zones(struct iq_case *c, struct iq_work *w, struct iq_err *err)
{
	int class = w->gfp.known && c->gfp.fault_path != 1
		? iq_gfp_zone(w->gfp.flags, w->zone_config) : -1;

	if (is(c->oom->constraint_kind, "memcg"))
		return 0;
	for (size_t i = 0; i < c->zones.n; i++)
		if (check_zone(c, w, c->zones.p[i], class, err))
			return -1;
	return 0;
}

/* --- totalpages --- */

static enum iq_constraint constraint_of(const struct inquest_oom *oom)
{
	static const struct { const char *name; enum iq_constraint is; } names[] = {
		{ "none", IQ_CONSTRAINT_NONE }, { "cpuset", IQ_CONSTRAINT_CPUSET },
		{ "memory_policy", IQ_CONSTRAINT_POLICY }, { "memcg", IQ_CONSTRAINT_MEMCG },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (is(oom->constraint_kind, names[i].name))
			return names[i].is;
	return IQ_CONSTRAINT_UNKNOWN;
}

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
	for (int64_t n = 0; list && n < 1024; n++) {
		bool shown = false;
		if (iq_node_list_has(list, n) != 1)
			continue;
		for (size_t i = 0; i < c->zones.n && !shown; i++)
			shown = ((const struct inquest_zone *)c->zones.p[i])->node == n;
		if (!shown)
			return false;
	}
	return list && iq_node_list_has(list, 0) >= 0;
}

static void find_total(struct iq_case *c, struct iq_work *w)
{
	const struct inquest_oom *o = c->oom;
	struct iq_total_input *in = &w->total_in;
	const char *nodes = iq_node_list_has(o->nodemask, 0) >= 0 ? o->nodemask
		: o->mems_allowed;
	bool none = o->unlimited == 1;

	*in = (struct iq_total_input){
		.constraint = constraint_of(o),
		.ram = pages(c, iq_case_counter(c, NULL, "pages RAM")),
		.reserved = pages(c, iq_case_counter(c, NULL, "pages reserved")),
		.managed = pages(c, zone_sum(c, offsetof(struct inquest_zone, managed_bytes),
					     NULL)),
		.swap_total = pages(c, o->swap_total_bytes),
		.nodes_present = pages(c, zone_sum(c, offsetof(struct inquest_zone,
							       present_bytes), nodes)),
		.nodes_all_shown = nodes_shown(c, nodes),
		.limit = none ? INT64_MAX : pages(c, o->limit_bytes),
		.memsw_limit = pages(c, o->memsw_limit_bytes),
		.swap_limit = pages(c, o->swap_limit_bytes),
		.v2 = o->swap_usage_bytes != IQ_NULL || o->swap_limit_bytes != IQ_NULL,
	};
	iq_total_pages(in, w->k->total, &w->total);
}

static int fill_total(struct iq_case *c, struct iq_work *w, struct iq_err *err)
{
	struct inquest_ranking *r = &c->ranking;
	struct iq_buf b;

	r->totalpages = w->total.pages;
	r->totalpages_exact = w->total.exact;
	if (w->total.pages == IQ_NULL && c->oom->totalpages_bytes != IQ_NULL)
		r->totalpages = w->total.pages = pages(c, c->oom->totalpages_bytes);
	iq_buf_init(&b);
	if (w->total.how)
		iq_buf_printf(&b, "%s", w->total.how);
	if (r->totalpages != IQ_NULL) {
		iq_buf_printf(&b, "%s%lld pages = ", b.n ? " = " : "",
			      (long long)r->totalpages);
		iq_human_bytes(&b, to_bytes(c, r->totalpages));
	}
	if (w->total.missing)
		iq_buf_printf(&b, "%snot in the report: %s", b.n ? "; " : "",
			      w->total.missing);
	r->totalpages_how = keep(c, &b);
	return r->totalpages_how ? 0 : no_memory(err);
}

/* --- the choice --- */

static int by_pid(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static bool was_killed(const struct iq_work *w, int64_t pid)
{
	return pid != IQ_NULL && w->n_victims &&
	       bsearch(&pid, w->victims, w->n_victims, sizeof(pid), by_pid);
}

static int list_victims(struct iq_case *c, struct iq_work *w, struct iq_err *err)
{
	if (!c->victims.n)
		return 0;
	w->victims = iq_arena_alloc(&c->arena, c->victims.n * sizeof(*w->victims));
	if (!w->victims)
		return no_memory(err);
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
			    is(n->victim_comm, t->comm) && !was_killed(w, t->pid))
				w->tasks[i].already_dying = true;
		}
	}
}

static void to_badness_task(const struct iq_case *c, const struct inquest_task *t,
			    struct iq_badness_task *ret)
{
	*ret = (struct iq_badness_task){
		.pid = t->pid, .uid = t->uid,
		.rss = pages(c, t->rss_bytes), .swap = pages(c, t->swap_bytes),
		.page_tables = pages(c, t->page_table_bytes),
		.total_vm = pages(c, t->total_vm_bytes),
		.adj = t->oom_score_adj, .oom_adj = t->oom_adj,
	};
}

static int fill_choices(struct iq_case *c, struct iq_work *w, struct iq_err *err)
{
	struct inquest_choice *all = iq_arena_alloc(&c->arena, w->n_tasks * sizeof(*all));
	const struct inquest_choice **list =
		iq_arena_alloc(&c->arena, w->n_tasks * sizeof(*list));

	if (!all || !list)
		return no_memory(err);
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
			.killed = was_killed(w, t->pid),
		};
		if (ranked && w->total.pages > 0)
			all[i].score = iq_badness_score(r->points, w->total.pages, w->k);
		list[i] = &all[i];
	}
	c->ranking.choices = list;
	c->ranking.n_choices = w->n_tasks;
	return 0;
}

/* What a choice that differs from the ranking may come from (oom.md 2.8). */
static const char *why_differs(struct iq_case *c, const struct iq_work *w)
{
	const struct inquest_ranking *r = &c->ranking;
	const struct inquest_choice *killed = NULL, *top = r->choices[0];
	const struct inquest_oom *o = c->oom;

	for (size_t i = 0; i < r->n_choices && !killed; i++)
		if (r->choices[i]->task->pid == r->killed_pid)
			killed = r->choices[i];
	if (o->allocating_task == 1)
		return "vm.oom_kill_allocating_task is set: the kernel killed the task "
		       "that asked";
	if (o->chosen_pid != IQ_NULL && o->chosen_pid == r->expected_pid)
		return "a child of the chosen process was sacrificed in its place, as "
		       "these kernels do";
	if (r->root_bonus_matters == 1)
		return "the first places depend on who has CAP_SYS_ADMIN, which the "
		       "report does not show";
	if (!killed)
		return "the victim is not in the table";
	if (killed->badness_pages != IQ_NULL && top->badness_pages > 0 &&
	    killed->badness_pages >= top->badness_pages - top->badness_pages / 20)
		return "within 5 % of the first: the table is printed after the choice, "
		       "and both moved";
	if (w->k == iq_kernel_info(IQ_K_ALI_4_19) || w->era.kernel == IQ_K_ALI_4_19)
		return "this kernel can choose by cgroup priority (memory.use_priority_oom)";
	return NULL;
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
	r->agrees = c->oom->group_kill == 1 ? was_killed(w, r->expected_pid)
		: r->killed_pid == r->expected_pid;
	if (!r->agrees)
		r->why_differs = why_differs(c, w);
}

static int choose(struct iq_case *c, struct iq_work *w, const struct iq_row_list *earlier,
		  struct iq_err *err)
{
	w->n_tasks = c->tasks.n;
	if (list_victims(c, w, err))
		return -1;
	if (w->n_tasks) {
		struct iq_ranked *other;
		w->tasks = iq_arena_alloc(&c->arena, w->n_tasks * sizeof(*w->tasks));
		w->ranked = iq_arena_alloc(&c->arena, w->n_tasks * sizeof(*w->ranked));
		other = iq_arena_alloc(&c->arena, w->n_tasks * sizeof(*other));
		if (!w->tasks || !w->ranked || !other)
			return no_memory(err);
		for (size_t i = 0; i < w->n_tasks; i++)
			to_badness_task(c, c->tasks.p[i], &w->tasks[i]);
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

int iq_compute(struct iq_case *c, const struct iq_row_list *earlier, struct iq_err *err)
{
	struct iq_work *w = iq_arena_alloc(&c->arena, sizeof(*w));

	if (!w)
		return no_memory(err);
	c->gfp = (struct inquest_gfp){ .mask = IQ_NULL, .class_index = IQ_NULL };
	c->ranking = (struct inquest_ranking){
		.totalpages = IQ_NULL, .expected_pid = IQ_NULL, .killed_pid = IQ_NULL,
		.agrees = IQ_NULL,
	};
	iq_compute_account(c);
	if (!c->oom || is(c->event.kind, "userspace-kill"))
		return 0;
	c->work = w;
	infer_era(c, w);
	w->zone_config = find_zone_config(c);
	fill_gfp(c, w);
	if (check_zones(c, w, err))
		return -1;
	find_total(c, w);
	return fill_total(c, w, err) || choose(c, w, earlier, err) ? -1 : 0;
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

	if (!w || !w->n_ranked)
		return IQ_NULL;
	total = w->total;
	if (limit_bytes != IQ_NULL) {
		struct iq_total_input in = w->total_in;
		in.limit = pages(c, limit_bytes);
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

	for (size_t i = 0; w && i < w->n_ranked; i++) {
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

/* --- into the store --- */

int iq_compute_store(const struct iq_case *c, struct iq_store *s, struct iq_err *err)
{
	for (size_t i = 0; i < c->zones.n; i++) {
		const struct inquest_zone *z = c->zones.p[i];
		const struct inquest_zone_check *k = z->check;
		if (!k)
			continue;
		struct iq_zone_check row = {
			.event_id = c->event.event_id, .zone_id = z->zone_id,
			.usable = k->usable, .reserve_bytes = k->reserve_bytes,
			.mark_bytes = k->mark_bytes, .watermark_ok = k->watermark_ok,
			.order_ok = k->order_ok, .why = iq_slice_z(k->why),
		};
		if (iq_store_put_zone_check(s, &row, err))
			return -1;
	}
	for (size_t i = 0; i < c->ranking.n_choices; i++) {
		const struct inquest_choice *k = c->ranking.choices[i];
		struct iq_task_choice row = {
			.event_id = c->event.event_id, .task_id = k->task->task_id,
			.eligible = k->eligible, .badness_pages = k->badness_pages,
			.score = k->score, .rank = k->rank, .killed = k->killed,
			.why_not = iq_slice_z(k->why_not),
		};
		if (iq_store_put_task_choice(s, &row, err))
			return -1;
	}
	return 0;
}
