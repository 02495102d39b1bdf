/* kern/watermark.c - see watermark.h.
 *
 * mm/page_alloc.c:__zone_watermark_ok(), gfp_to_alloc_flags() of 2.6.32, 3.10, 4.4,
 * 4.14, 5.10, 6.1, 6.8, 6.12 (oom.md 2.4).
 */
#include "kern/watermark.h"
#include "kern/sat.h"

void iq_wm_zone_init(struct iq_wm_zone *z)
{
	memset(z, 0, sizeof *z);
	z->free = z->min = z->low = z->high = z->reserve = IQ_NULL;
	z->boost = z->highatomic = z->free_highatomic = z->free_cma = IQ_NULL;
}

uint8_t iq_wm_letters(struct iq_slice text)
{
	static const char letters[] = "UMECHRI";
	if (!text.p)
		return IQ_WM_ANY;
	uint8_t set = 0;
	for (size_t i = 0; i < text.n; i++) {
		const char *at = memchr(letters, text.p[i], sizeof letters - 1);
		if (at)
			set |= (uint8_t)(1u << (at - letters));
	}
	return set;
}

void iq_wm_request_from_gfp(uint64_t flags, unsigned order, enum iq_wm_form form,
			    struct iq_wm_request *ret)
{
	struct iq_wm_request r = { .order = order, .mark = IQ_MARK_MIN };
	bool wait = iq_gfp_may_reclaim(flags);
	bool may_dip = !(flags & IQ_GFP_SET(NOMEMALLOC));
	r.high = flags & IQ_GFP_SET(HIGH);
	if (form <= IQ_WM_3_10)
		r.harder = !wait && may_dip && !(flags & IQ_GFP_SET(NO_KSWAPD));
	else if (form < IQ_WM_6_1)
		r.harder = flags & IQ_GFP_SET(ATOMIC) && may_dip;
	else
		r.harder = !wait && may_dip;
	r.cma = form > IQ_WM_2_6_32 && iq_gfp_cma(flags);
	*ret = r;
}

/* The mark after what this request may dip below it. */
static int64_t discount(int64_t mark, const struct iq_wm_request *q, enum iq_wm_form form)
{
	if (form >= IQ_WM_6_1) {
		if (q->high) {
			mark -= mark / 2;
			if (q->harder)
				mark -= mark / 4;
		}
		return q->victim ? mark - mark / 2 : mark;
	}
	if (q->high)
		mark -= mark / 2;
	if (q->victim && form >= IQ_WM_4_14)
		return mark - mark / 2;
	return q->harder ? mark - mark / 4 : mark;
}

/* What of the free pages the request may not have.  *ret_bound: the figure is an
 * upper bound only. */
static int64_t unusable(const struct iq_wm_zone *z, const struct iq_wm_request *q,
			enum iq_wm_form form, struct iq_wm_result *r, bool *ret_bound)
{
	bool reserves = q->harder || q->victim || (form >= IQ_WM_6_1 && q->high);
	*ret_bound = false;
	if (form >= IQ_WM_4_4 && !reserves) {
		if (form == IQ_WM_6_12 && z->free_highatomic != IQ_NULL) {
			r->highatomic_off = z->free_highatomic;
		} else {
			r->highatomic_off = iq_or_zero(z->highatomic);
			*ret_bound = form == IQ_WM_6_12 && r->highatomic_off > 0;
		}
	}
	if (form >= IQ_WM_3_10 && !q->cma)
		r->cma_off = iq_or_zero(z->free_cma);
	return iq_sat_add((INT64_C(1) << q->order) - 1,
			  iq_sat_add(r->highatomic_off, r->cma_off));
}

/* May the request take a block from a list with these letters? */
static bool list_usable(uint8_t letters, const struct iq_wm_request *q, enum iq_wm_form form)
{
	if (form <= IQ_WM_3_10 || letters & IQ_WM_ANY)
		return true;
	if (letters & (IQ_WM_U | IQ_WM_M | IQ_WM_E))
		return true;
	if (letters & IQ_WM_C && q->cma)
		return true;
	if (form == IQ_WM_4_4)
		return q->harder;
	bool highatomic = form >= IQ_WM_6_1 ? (q->harder && q->high) : q->harder;
	return letters & IQ_WM_H && (highatomic || q->victim);
}

static void count_blocks(const struct iq_wm_zone *z, const struct iq_wm_request *q,
			 enum iq_wm_form form, struct iq_wm_result *r)
{
	for (unsigned o = q->order; o < z->n_orders && o < IQ_WM_ORDERS; o++) {
		if (z->blocks[o] <= 0)
			continue;
		r->blocks = iq_sat_add(r->blocks, z->blocks[o]);
		if (list_usable(z->letters[o], q, form))
			r->usable_blocks = iq_sat_add(r->usable_blocks, z->blocks[o]);
	}
}

/* 2.6.32-4.3: a share of the mark must be free at each higher order. */
static bool order_loop_ok(const struct iq_wm_zone *z, const struct iq_wm_request *q,
			  int64_t free, int64_t min)
{
	for (unsigned o = 0; o < q->order && o < IQ_WM_ORDERS; o++) {
		int64_t n = o < z->n_orders ? z->blocks[o] : 0;
		free = iq_sat_sub(free, iq_sat_mul(n, INT64_C(1) << o));
		min >>= 1;
		if (free <= min)
			return false;
	}
	return true;
}

static bool passes(int64_t free, int64_t mark, int64_t reserve)
{
	return free > iq_sat_add(mark, reserve);
}

static void check_order(const struct iq_wm_zone *z, const struct iq_wm_request *q,
			enum iq_wm_form form, struct iq_wm_result *r)
{
	count_blocks(z, q, form, r);
	if (!q->order) {
		r->status = IQ_WM_OK;
	} else if (!z->n_orders) {
		r->order_unknown = true;
		r->status = IQ_WM_UNKNOWN;
		r->missing = "free lists";
	} else if (form <= IQ_WM_3_10) {
		r->status = order_loop_ok(z, q, r->free, r->mark) ? IQ_WM_OK
								  : IQ_WM_FAIL_ORDER;
	} else {
		r->status = r->usable_blocks > 0 ? IQ_WM_OK : IQ_WM_FAIL_ORDER;
	}
}

static int64_t printed_mark(const struct iq_wm_zone *z, enum iq_wm_mark m)
{
	return m == IQ_MARK_MIN ? z->min : m == IQ_MARK_LOW ? z->low : z->high;
}

void iq_wm_check(const struct iq_wm_zone *z, const struct iq_wm_request *request,
		 enum iq_wm_form form, struct iq_wm_result *ret)
{
	struct iq_wm_request q = *request;
	struct iq_wm_result r = {
		.status = IQ_WM_UNKNOWN, .free = IQ_NULL, .printed = IQ_NULL, .mark = IQ_NULL,
		.reserve = z->reserve, .slack = IQ_NULL,
	};
	if (q.order >= IQ_WM_ORDERS)
		q.order = IQ_WM_ORDERS - 1;
	int64_t mark = printed_mark(z, q.mark);
	if (z->free == IQ_NULL || mark == IQ_NULL) {
		r.first_unknown = true;
		r.missing = z->free == IQ_NULL ? "free pages of the zone" : "the zone's watermark";
		count_blocks(z, &q, form, &r);
		*ret = r;
		return;
	}
	bool bound;
	int64_t off = unusable(z, &q, form, &r, &bound);
	r.free = iq_sat_sub(z->free, off);
	r.printed = z->free;
	r.mark = discount(mark, &q, form);
	r.slack = iq_sat_sub(r.free, iq_sat_add(r.mark, iq_or_zero(z->reserve)));
	bool ok = passes(r.free, r.mark, iq_or_zero(z->reserve));
	if (ok && z->reserve == IQ_NULL) {
		r.first_unknown = true;
		r.missing = "lowmem_reserve[]";
	} else if (!ok && bound &&
		   passes(iq_sat_add(r.free, iq_or_zero(z->highatomic)), r.mark,
			  iq_or_zero(z->reserve))) {
		r.first_unknown = true;
		r.missing = "free_highatomic";
	} else if (ok) {
		r.first_ok = true;
		check_order(z, &q, form, &r);
	} else {
		count_blocks(z, &q, form, &r);
		r.status = IQ_WM_FAIL_FREE;
		int64_t bare = discount(iq_sat_sub(mark, iq_or_zero(z->boost)), &q, form);
		r.boost_only = iq_or_zero(z->boost) > 0 &&
			       passes(r.free, bare, iq_or_zero(z->reserve));
	}
	*ret = r;
}

static void kb(struct iq_buf *out, int64_t pages, int64_t page_bytes)
{
	iq_buf_printf(out, "%lld kB",
		      (long long)iq_sat_mul(pages, page_bytes / 1024 ? page_bytes / 1024 : 1));
}

/* Why less is counted than the line of the zone has. */
static void say_held(struct iq_buf *out, const struct iq_wm_result *r, int64_t page_bytes)
{
	if (r->printed == r->free)
		return;
	iq_buf_str(out, " (of ");
	kb(out, r->printed, page_bytes);
	iq_buf_str(out, " printed");
	if (r->cma_off > 0) {
		iq_buf_str(out, "; ");
		kb(out, r->cma_off, page_bytes);
		iq_buf_str(out, " are CMA, for movable pages only");
	}
	if (r->highatomic_off > 0) {
		iq_buf_str(out, "; ");
		kb(out, r->highatomic_off, page_bytes);
		iq_buf_str(out, " are kept for atomic requests");
	}
	iq_buf_str(out, ")");
}

void iq_wm_text(struct iq_buf *out, const struct iq_wm_result *r,
		const struct iq_wm_request *q, int64_t page_bytes)
{
	static const char *const marks[] = { "min", "low", "high" };
	if (r->slack == IQ_NULL) {
		iq_buf_printf(out, "not shown: %s", r->missing);
		return;
	}
	iq_buf_str(out, "free ");
	kb(out, r->free, page_bytes);
	say_held(out, r, page_bytes);
	iq_buf_printf(out, " %s %s ", r->slack > 0 ? ">" : "<=", marks[q->mark]);
	kb(out, r->mark, page_bytes);
	if (r->reserve != IQ_NULL && r->reserve) {
		iq_buf_str(out, " + reserve ");
		kb(out, r->reserve, page_bytes);
	} else if (r->reserve == IQ_NULL && r->slack > 0) {
		iq_buf_str(out, "; above by ");
		kb(out, r->slack, page_bytes);
		iq_buf_str(out, ", but what is reserved against this request is not known");
	}
	if (r->first_unknown && r->slack <= 0)
		iq_buf_printf(out, "; undecided, %s is not in the log", r->missing);
	if (r->boost_only)
		iq_buf_str(out, "; only because of watermark_boost");
	if (r->status == IQ_WM_FAIL_ORDER && !r->blocks)
		iq_buf_printf(out, "; no free block of order %u", q->order);
	else if (r->status == IQ_WM_FAIL_ORDER && !r->usable_blocks)
		iq_buf_printf(out, "; %lld blocks of order %u or more, all of types this "
			      "request may not take", (long long)r->blocks, q->order);
	else if (r->status == IQ_WM_FAIL_ORDER)
		iq_buf_printf(out, "; too few blocks of order %u", q->order);
	else if (r->order_unknown)
		iq_buf_str(out, "; its free lists are not in the log");
}
