/* analyze/compute.c - era, request and zones (compute.h); the choice is choice.c's. */
#include "analyze/compute.h"

const char *iq_case_keep(struct iq_case *c, struct iq_buf *b)
{
	const char *z = b->failed ? NULL : iq_arena_copy(&c->arena, iq_buf_as_slice(b)).p;

	iq_buf_fini(b);
	return z;
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
	c->ranking.era = iq_case_keep(c, &b);
	if (!c->event.era)
		c->event.era = c->ranking.era;
	if (w->era.contradicts) {
		iq_buf_init(&b);
		iq_era_mismatch_text(&b, &w->era, &w->evidence);
		c->event.era_mismatch = iq_case_keep(c, &b);
	}
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
		g->fault_path = w->gfp.zero && iq_same(c->event.kind, "oom-kill");
	g->direct_reclaim = g->kswapd_reclaim = g->high = g->atomic = g->io = g->fs =
		g->noretry = g->retry_mayfail = g->nofail = g->thisnode = g->movable =
		g->account = g->highmem = g->dma = g->dma32 = g->comp = g->zero = IQ_NULL;
	if (!w->gfp.known || g->fault_path)
		return;
	if (!g->flags) {
		iq_buf_init(&b);
		iq_gfp_names(&b, w->gfp.value, w->gfp.era);
		g->flags = iq_case_keep(c, &b);
	}
	iq_buf_init(&b);
	iq_gfp_eras_text(&b, w->gfp.eras ? w->gfp.eras : 1u << w->gfp.era);
	g->era = iq_case_keep(c, &b);
	int zone = iq_gfp_zone(w->gfp.flags, w->zone_config);
	if (zone >= 0) {
		int index = w->zone_config ? iq_zone_index(w->zone_config, zone) : -1;
		g->class_zone = iq_zone_name(zone);
		g->class_index = index >= 0 ? index : IQ_NULL;
	}
	g->direct_reclaim = iq_gfp_may_reclaim(w->gfp.flags);
	g->kswapd_reclaim = iq_gfp_wakes_kswapd(w->gfp.flags, w->gfp.era);
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

/* "7" or "2-5", and the comma behind it. */
static bool take_nodes(struct iq_slice *s, int64_t *ret_lo, int64_t *ret_hi)
{
	if (!iq_take_i64(s, ret_lo))
		return false;
	*ret_hi = *ret_lo;
	if (iq_skip(s, IQ_LIT("-")) && !iq_take_i64(s, ret_hi))
		return false;
	return !s->n || iq_skip(s, IQ_LIT(","));
}

int iq_node_list_has(const char *list, int64_t n)
{
	struct iq_slice s = iq_trim(iq_slice_z(list));
	bool has = false;
	int64_t lo, hi;

	if (!s.p || !s.n)
		return -1;
	while (s.n) {
		if (!take_nodes(&s, &lo, &hi))
			return -1;
		has |= n >= lo && n <= hi;
	}
	return has;
}

int64_t iq_node_list_last(const char *list)
{
	struct iq_slice s = iq_trim(iq_slice_z(list));
	int64_t last = -1, lo, hi;

	while (s.n && take_nodes(&s, &lo, &hi))
		if (hi > last)
			last = hi;
	return s.n ? -1 : last;
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
	/* gfp_to_alloc_flags(): an atomic request passes over the task's cpuset */
	bool by_cpuset = c->gfp.atomic != 1 &&
			 iq_node_list_has(c->oom->mems_allowed, z->node) == 0;
	if (z->node != IQ_NULL &&
	    (by_cpuset || iq_node_list_has(c->oom->nodemask, z->node) == 0)) {
		*ret_why = "its node is not allowed";
		return 0;
	}
	return class >= 0 && type >= 0 ? 1 : IQ_NULL;
}

/* No class of request is kept out of this zone. */
static bool nothing_reserved(const struct inquest_zone *z)
{
	for (size_t i = 0; i < z->n_reserve; i++)
		if (z->reserve[i])
			return false;
	return z->n_reserve > 0;
}

static int64_t reserve_of(const struct iq_case *c, const struct inquest_zone *z, int class)
{
	if (nothing_reserved(z))
		return 0;
	if (class >= 0 && iq_zone_type(iq_slice_z(z->zone)) == class)
		return 0;
	if (c->gfp.class_index == IQ_NULL || c->gfp.class_index >= (int64_t)z->n_reserve)
		return IQ_NULL;
	return iq_to_pages(c, z->reserve[c->gfp.class_index]);
}

static void to_wm_zone(const struct iq_case *c, const struct inquest_zone *z, int class,
		       struct iq_wm_zone *ret)
{
	iq_wm_zone_init(ret);
	ret->free = iq_to_pages(c, z->free_bytes);
	ret->min = iq_to_pages(c, z->min_bytes);
	ret->low = iq_to_pages(c, z->low_bytes);
	ret->high = iq_to_pages(c, z->high_bytes);
	ret->boost = iq_to_pages(c, z->boost_bytes);
	ret->highatomic = iq_to_pages(c, z->highatomic_bytes);
	ret->free_highatomic = iq_to_pages(c, z->free_highatomic_bytes);
	ret->free_cma = iq_to_pages(c, z->free_cma_bytes);
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
		return iq_no_memory(err);
	if (w->gfp.known && c->gfp.fault_path != 1)
		iq_wm_request_from_gfp(w->gfp.flags, order, w->k->wm, &q);
	q.mark = IQ_MARK_MIN;
	high = q;
	high.mark = IQ_MARK_HIGH;
	to_wm_zone(c, z, class, &wz);
	iq_wm_check(&wz, &q, w->k->wm, &r);
	iq_wm_check(&wz, &high, w->k->wm, &rh);
	out->usable = usable(c, class, z, &why);
	out->reserve_bytes = iq_from_pages(c, r.reserve);
	out->mark_bytes = iq_from_pages(c, r.mark);
	out->left_bytes = iq_from_pages(c, r.free);
	out->watermark_ok = r.first_unknown ? IQ_NULL : r.first_ok;
	out->high_ok = rh.first_unknown ? IQ_NULL : rh.first_ok;
	out->boost_only = r.boost_only;
	out->order_ok = c->oom->alloc_order == IQ_NULL ? IQ_NULL
		: order_result(&r, order, z->n_free_lists || !order);
	out->usable_blocks = z->n_free_lists ? r.usable_blocks : IQ_NULL;
	if (!why) {
		iq_buf_init(&b);
		iq_wm_text(&b, &r, &q, c->event.page_size);
		why = iq_case_keep(c, &b);
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

	if (w->constraint == IQ_CONSTRAINT_MEMCG)
		return 0;
	for (size_t i = 0; i < c->zones.n; i++)
		if (check_zone(c, w, c->zones.p[i], class, err))
			return -1;
	return 0;
}

int iq_compute(struct iq_case *c, const struct iq_row_list *earlier, struct iq_err *err)
{
	struct iq_work *w = iq_arena_alloc(&c->arena, sizeof(*w));

	if (!w)
		return iq_no_memory(err);
	c->gfp = (struct inquest_gfp){ .mask = IQ_NULL, .class_index = IQ_NULL };
	c->ranking = (struct inquest_ranking){
		.totalpages = IQ_NULL, .expected_pid = IQ_NULL, .killed_pid = IQ_NULL,
		.agrees = IQ_NULL,
	};
	iq_compute_account(c);
	if (!c->oom || iq_same(c->event.kind, "userspace-kill"))
		return 0;
	c->work = w;
	infer_era(c, w);
	w->constraint = iq_compute_constraint(c);
	c->oom->constraint = iq_constraint_name(w->constraint);
	w->zone_config = find_zone_config(c);
	fill_gfp(c, w);
	if (check_zones(c, w, err))
		return -1;
	return iq_compute_choice(c, w, earlier, err);
}

/* --- into the store --- */

/* By task: keys that only grow are appended, not searched for. */
static int store_choices(const struct iq_case *c, struct iq_store *s, struct iq_err *err)
{
	const struct iq_work *w = c->work;
	struct iq_task_choice rows[64];
	size_t n = 0;
	for (size_t i = 0; i < c->ranking.n_choices; i++) {
		const struct inquest_choice *k = w->by_task[i];
		if (k->task->task_id == IQ_NULL)
			continue;	/* a victim known by the line of its kill alone */
		rows[n++] = (struct iq_task_choice){
			.event_id = c->event.event_id, .task_id = k->task->task_id,
			.eligible = k->eligible, .badness_pages = k->badness_pages,
			.score = k->score, .rank = k->rank, .killed = k->killed,
			.why_not = iq_slice_z(k->why_not),
		};
		if (n < sizeof(rows) / sizeof(*rows))
			continue;
		if (iq_store_put_task_choices(s, rows, n, err))
			return -1;
		n = 0;
	}
	return iq_store_put_task_choices(s, rows, n, err);
}

/* The era, names for a raw mask, the denominator where it is exact. */
static int store_reading(const struct iq_case *c, struct iq_store *s, struct iq_err *err)
{
	const struct iq_work *w = c->work;
	const struct inquest_ranking *r = &c->ranking;

	if (!w || !c->oom)
		return 0;
	struct iq_reading row = {
		.event_id = c->event.event_id,
		.era = w->era.known ? iq_slice_z(c->event.era) : IQ_SLICE_NULL,
		.gfp_flags = w->gfp.known ? iq_slice_z(c->gfp.flags) : IQ_SLICE_NULL,
		.totalpages_bytes = r->totalpages_exact ? iq_from_pages(c, r->totalpages)
							: IQ_NULL,
	};
	return iq_store_put_reading(s, &row, err);
}

int iq_compute_store(const struct iq_case *c, struct iq_store *s, struct iq_err *err)
{
	if (store_reading(c, s, err))
		return -1;
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
	return store_choices(c, s, err);
}
