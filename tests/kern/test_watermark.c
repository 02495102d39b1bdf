/* tests/kern/test_watermark.c - the zone check; V2, V4, V5, V6, V12-V15 of oom.md 7. */
#include "t.h"
#include "kern/watermark.h"

static struct iq_wm_zone zone(int64_t free, int64_t min, int64_t high, int64_t reserve)
{
	struct iq_wm_zone z;
	iq_wm_zone_init(&z);
	z.free = free;
	z.min = min;
	z.high = high;
	z.reserve = reserve;
	return z;
}

static struct iq_wm_request gfp(const char *names, enum iq_gfp_era e, unsigned order,
				enum iq_wm_form form)
{
	struct iq_wm_request q;
	uint64_t v;
	assert_true(iq_gfp_value(iq_slice_z(names), e, &v));
	iq_wm_request_from_gfp(iq_gfp_flags(v, e, NULL), order, form, &q);
	return q;
}

static struct iq_wm_result check(struct iq_wm_zone z, struct iq_wm_request q,
				 enum iq_wm_form form)
{
	struct iq_wm_result r;
	iq_wm_check(&z, &q, form, &r);
	return r;
}

static void lists(struct iq_wm_zone *z, unsigned n, const int64_t *blocks,
		  const char *const *letters)
{
	z->n_orders = n;
	for (unsigned i = 0; i < n; i++) {
		z->blocks[i] = blocks[i];
		z->letters[i] = iq_wm_letters(iq_slice_z(letters ? letters[i] : NULL));
	}
}

static void v2_guest_by_one_page(void **state)
{
	(void)state;
	struct iq_wm_request q = gfp("GFP_KERNEL|__GFP_HIGHMEM|__GFP_NOWARN", IQ_GFP_4_4, 0,
				     IQ_WM_4_4);
	struct iq_wm_result r = check(zone(986, 15, 22, 972), q, IQ_WM_4_4);
	assert_int_equal(r.status, IQ_WM_FAIL_FREE);
	assert_int_equal(r.slack, -1);
	r = check(zone(987, 989, 1483, 0), q, IQ_WM_4_4);
	assert_int_equal(r.status, IQ_WM_FAIL_FREE);
	assert_int_equal(r.slack, -2);
	q.mark = IQ_MARK_HIGH;
	r = check(zone(986, 15, 22, 972), q, IQ_WM_4_4);
	assert_int_equal(r.slack, 986 - 994);
	assert_int_equal(check(zone(987, 989, 1483, 0), q, IQ_WM_4_4).status, IQ_WM_FAIL_FREE);
}

static void v4_order_3(void **state)
{
	static const int64_t blocks[11] = { 1325, 966, 675 };
	static const char *const letters[11] = { "UME", "UME", "UME", "M" };
	struct iq_wm_zone z = zone(5875, 3973, 5959, 0);
	(void)state;
	lists(&z, 11, blocks, letters);
	struct iq_wm_request q = gfp("GFP_KERNEL", IQ_GFP_4_19, 3, IQ_WM_4_14);
	struct iq_wm_result r = check(z, q, IQ_WM_4_14);
	assert_int_equal(r.status, IQ_WM_FAIL_ORDER);
	assert_true(r.first_ok);
	assert_int_equal(r.free, 5868);
	assert_int_equal(r.usable_blocks, 0);
	assert_int_equal(check(z, q, IQ_WM_3_10).status, IQ_WM_FAIL_ORDER);
	q.order = 2;
	assert_int_equal(check(z, q, IQ_WM_4_14).status, IQ_WM_OK);
	q.order = 3;
	q.mark = IQ_MARK_HIGH;
	assert_int_equal(check(z, q, IQ_WM_4_14).status, IQ_WM_FAIL_FREE);
	q.mark = IQ_MARK_MIN;
	z.n_orders = 0;
	r = check(z, q, IQ_WM_4_14);
	assert_int_equal(r.status, IQ_WM_UNKNOWN);
	assert_true(r.first_ok && r.order_unknown);
}

static void v5_node_1(void **state)
{
	(void)state;
	struct iq_wm_request q = gfp("GFP_HIGHUSER_MOVABLE|__GFP_ZERO", IQ_GFP_4_19, 0,
				     IQ_WM_4_14);
	assert_int_equal(check(zone(10909, 11287, 209425, 0), q, IQ_WM_4_14).status,
			 IQ_WM_FAIL_FREE);
}

static void v6_reserve_decides(void **state)
{
	(void)state;
	struct iq_wm_request q = gfp("GFP_HIGHUSER_MOVABLE|__GFP_ZERO", IQ_GFP_4_19, 0,
				     IQ_WM_4_14);
	struct iq_wm_result r = check(zone(38790, 38103, 57153, IQ_NULL), q, IQ_WM_4_14);
	assert_int_equal(r.status, IQ_WM_UNKNOWN);
	assert_int_equal(r.slack, 687);
	assert_string_equal(r.missing, "lowmem_reserve[]");
	assert_int_equal(check(zone(38790, 38103, 57153, 686), q, IQ_WM_4_14).status, IQ_WM_OK);
	assert_int_equal(check(zone(38790, 38103, 57153, 687), q, IQ_WM_4_14).status,
			 IQ_WM_FAIL_FREE);
	q.mark = IQ_MARK_HIGH;	/* fails with any reserve: nothing is missing */
	assert_int_equal(check(zone(38790, 38103, 57153, IQ_NULL), q, IQ_WM_4_14).status,
			 IQ_WM_FAIL_FREE);
	q.mark = IQ_MARK_MIN;
	assert_int_equal(check(zone(11648, 11678, 17516, IQ_NULL), q, IQ_WM_4_14).status,
			 IQ_WM_FAIL_FREE);
}

static void v12_atomic(void **state)
{
	static const struct {
		const char *names;
		enum iq_gfp_era e;
		enum iq_wm_form form;
		int64_t reserve;
		enum iq_wm_status want;
		int64_t mark;
	} t[] = {
		{ "GFP_ATOMIC", IQ_GFP_4_4, IQ_WM_4_4, 0, IQ_WM_OK, 1536 },
		{ "GFP_ATOMIC", IQ_GFP_5_2, IQ_WM_4_14, 0, IQ_WM_OK, 1536 },
		{ "GFP_ATOMIC", IQ_GFP_6_5, IQ_WM_6_1, 0, IQ_WM_OK, 1536 },
		{ "GFP_ATOMIC", IQ_GFP_6_5, IQ_WM_6_12, 0, IQ_WM_OK, 1536 },
		{ "GFP_ATOMIC", IQ_GFP_3_4, IQ_WM_3_10, 0, IQ_WM_OK, 1536 },
		{ "GFP_ATOMIC", IQ_GFP_5_2, IQ_WM_4_14, 500, IQ_WM_FAIL_FREE, 1536 },
		{ "GFP_KERNEL|__GFP_HIGH", IQ_GFP_5_2, IQ_WM_4_14, 0, IQ_WM_FAIL_FREE, 2048 },
		{ "GFP_NOWAIT", IQ_GFP_6_5, IQ_WM_6_1, 0, IQ_WM_FAIL_FREE, 4096 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct iq_wm_request q = gfp(t[i].names, t[i].e, 0, t[i].form);
		struct iq_wm_result r = check(zone(2000, 4096, 6144, t[i].reserve), q, t[i].form);
		assert_int_equal(r.mark, t[i].mark);
		assert_int_equal(r.status, t[i].want);
	}
}

static void v13_highatomic(void **state)
{
	static const int64_t blocks[4] = { 5000, 2000, 0, 3 };
	static const char *const letters[4] = { "UME", "UM", "", "H" };
	struct iq_wm_zone z = zone(9024, 4096, 6144, 0);
	(void)state;
	z.highatomic = 24;
	lists(&z, 4, blocks, letters);
	struct iq_wm_result r = check(z, gfp("GFP_KERNEL", IQ_GFP_5_2, 3, IQ_WM_4_14),
				      IQ_WM_4_14);
	assert_int_equal(r.status, IQ_WM_FAIL_ORDER);
	assert_int_equal(r.free, 8993);
	assert_int_equal(r.blocks, 3);
	assert_int_equal(r.usable_blocks, 0);
	r = check(z, gfp("GFP_ATOMIC", IQ_GFP_5_2, 3, IQ_WM_4_14), IQ_WM_4_14);
	assert_int_equal(r.status, IQ_WM_OK);
	assert_int_equal(r.free, 9017);
	assert_int_equal(r.mark, 1536);
}

static void highatomic_bound_of_6_12(void **state)
{
	struct iq_wm_zone z = zone(1010, 1000, 1500, 0);
	(void)state;
	z.highatomic = 20;	/* at most 20 free ones: 990 or up to 1010 count */
	struct iq_wm_request q = gfp("GFP_KERNEL", IQ_GFP_6_5, 0, IQ_WM_6_12);
	struct iq_wm_result r = check(z, q, IQ_WM_6_12);
	assert_int_equal(r.status, IQ_WM_UNKNOWN);
	assert_string_equal(r.missing, "free_highatomic");
	assert_int_equal(check(z, q, IQ_WM_6_1).status, IQ_WM_FAIL_FREE);
	z.free_highatomic = 5;
	assert_int_equal(check(z, q, IQ_WM_6_12).status, IQ_WM_OK);
}

static void v14_boost(void **state)
{
	struct iq_wm_zone z = zone(9000, 9728, 12000, 0);
	(void)state;
	z.boost = 4096;
	struct iq_wm_request q = gfp("GFP_KERNEL", IQ_GFP_6_1, 0, IQ_WM_6_1);
	struct iq_wm_result r = check(z, q, IQ_WM_6_1);
	assert_int_equal(r.status, IQ_WM_FAIL_FREE);
	assert_true(r.boost_only);
	z.free = 5000;
	assert_false(check(z, q, IQ_WM_6_1).boost_only);
}

static void v15_cma(void **state)
{
	struct iq_wm_zone z = zone(20000, 8000, 12000, 0);
	(void)state;
	z.free_cma = 15000;
	struct iq_wm_result r = check(z, gfp("GFP_KERNEL", IQ_GFP_5_2, 0, IQ_WM_4_14),
				      IQ_WM_4_14);
	assert_int_equal(r.status, IQ_WM_FAIL_FREE);
	assert_int_equal(r.free, 5000);
	assert_int_equal(check(z, gfp("GFP_HIGHUSER_MOVABLE", IQ_GFP_5_2, 0, IQ_WM_4_14),
			       IQ_WM_4_14).status, IQ_WM_OK);
}

static void letters_by_era(void **state)
{
	static const int64_t blocks[4] = { 0, 0, 0, 9 };
	static const struct { const char *letters; enum iq_wm_form form; bool ok; } t[] = {
		{ "R", IQ_WM_4_4, false }, { "H", IQ_WM_4_14, false }, { "C", IQ_WM_4_14, false },
		{ "I", IQ_WM_6_1, false }, { "E", IQ_WM_6_1, true }, { "UC", IQ_WM_4_14, true },
		{ NULL, IQ_WM_4_14, true },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct iq_wm_zone z = zone(9000, 100, 200, 0);
		const char *const letters[4] = { "", "", "", t[i].letters };
		lists(&z, 4, blocks, letters);
		struct iq_wm_request q = { .order = 3 };
		assert_int_equal(check(z, q, t[i].form).status,
				 t[i].ok ? IQ_WM_OK : IQ_WM_FAIL_ORDER);
	}
	/* movable requests take CMA blocks */
	struct iq_wm_zone z = zone(9000, 100, 200, 0);
	const char *const cma[4] = { "", "", "", "C" };
	lists(&z, 4, blocks, cma);
	struct iq_wm_request q = { .order = 3, .cma = true };
	assert_int_equal(check(z, q, IQ_WM_4_14).status, IQ_WM_OK);
}

static void missing_figures(void **state)
{
	struct iq_wm_zone z = zone(IQ_NULL, 10, 20, 0);
	struct iq_wm_request q = { .order = 0 };
	struct iq_buf b;
	(void)state;
	assert_int_equal(check(z, q, IQ_WM_4_14).status, IQ_WM_UNKNOWN);
	z.free = 5;
	z.min = IQ_NULL;
	assert_int_equal(check(z, q, IQ_WM_4_14).status, IQ_WM_UNKNOWN);
	/* sizes that a log may claim do not overflow */
	z = zone(INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX);
	z.highatomic = z.free_cma = INT64_MAX;
	q.order = 4000000000u;
	assert_int_equal(check(z, q, IQ_WM_4_14).status, IQ_WM_FAIL_FREE);
	z = zone(38790, 38103, 57153, IQ_NULL);
	q.order = 0;
	struct iq_wm_result r = check(z, q, IQ_WM_4_14);
	iq_buf_init(&b);
	iq_wm_text(&b, &r, &q, 4096);
	assert_string_equal(b.p, "free 155160 kB > min 152412 kB; above by 2748 kB, but "
				 "what is reserved against this request is not known");
	/* what is not counted is said, or the figure looks wrong beside the log's */
	z = zone(129778, 2607, 3007, 0);
	z.free_cma = 128398;
	z.highatomic = 128;
	r = check(z, q, IQ_WM_4_14);
	iq_buf_reset(&b);
	iq_wm_text(&b, &r, &q, 4096);
	assert_string_equal(b.p, "free 5008 kB (of 519112 kB printed; 513592 kB are CMA, for "
				 "movable pages only; 512 kB are kept for atomic requests) "
				 "<= min 10428 kB");
	iq_buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v2_guest_by_one_page), cmocka_unit_test(v4_order_3),
		cmocka_unit_test(v5_node_1), cmocka_unit_test(v6_reserve_decides),
		cmocka_unit_test(v12_atomic), cmocka_unit_test(v13_highatomic),
		cmocka_unit_test(highatomic_bound_of_6_12), cmocka_unit_test(v14_boost),
		cmocka_unit_test(v15_cma), cmocka_unit_test(letters_by_era),
		cmocka_unit_test(missing_figures),
	};
	return cmocka_run_group_tests_name("watermark", tests, NULL, NULL);
}
