/* tests/kern/test_badness.c - totalpages, points, ranking; V1, V7-V11, V16, V17, V19. */
#include "t.h"
#include "kern/badness.h"
#include "kern/totalpages.h"

static struct iq_badness_task task(int64_t pid, int64_t uid, int64_t rss, int64_t pt,
				   int64_t swap, int64_t adj)
{
	return (struct iq_badness_task){ .pid = pid, .uid = uid, .rss = rss,
		.page_tables = pt, .swap = swap, .adj = adj, .oom_adj = IQ_NULL,
		.total_vm = IQ_NULL };
}

static int64_t points(struct iq_badness_task t, int64_t total, enum iq_kernel k)
{
	int64_t p = IQ_NULL;
	const char *why = NULL;
	enum iq_badness_state s = iq_badness(&t, total, iq_kernel_info(k), IQ_ADMIN_BY_UID,
					     &p, &why);
	return s == IQ_BAD_POINTS ? p : IQ_NULL;
}

static int64_t first(const struct iq_badness_task *t, size_t n, int64_t total,
		     enum iq_kernel k, enum iq_admin admin)
{
	struct iq_ranked out[8];
	assert_true(n <= COUNT(out));
	return iq_rank(t, n, total, iq_kernel_info(k), admin, out) ? t[out[0].task].pid : 0;
}

static void v1_guest(void **state)
{
	(void)state;
	struct iq_total_input in = { .constraint = IQ_CONSTRAINT_NONE, .ram = 262014,
		.reserved = 8149, .managed = IQ_NULL, .swap_total = 833535 };
	struct iq_total total;
	iq_total_pages(&in, IQ_TOTAL_2_6_36, &total);
	assert_int_equal(total.pages, 1087400);
	assert_true(total.exact);
	const struct iq_badness_task t[] = {
		task(2063, 0, 0, 20, 150, -1000), task(3441, 0, 10, 60, 900, -1000),
		task(3557, 0, 5, 30 + 4, 1798, 0), task(3837, 33, 0, 63, 12663, 0),
		task(3841, 33, 0, 59 + 4, 12812, 0), task(3844, 33, 0, 60, 12036, 0),
		task(3849, 33, 0, 60, 11482, 0),
	};
	static const struct { int64_t pid, points; } want[] = {
		{ 3841, 12875 }, { 3837, 12726 }, { 3844, 12096 }, { 3849, 11542 },
		{ 3557, 1782 },
	};
	struct iq_ranked out[COUNT(t)];
	assert_int_equal(iq_rank(t, COUNT(t), total.pages, iq_kernel_info(IQ_K_4_4),
				 IQ_ADMIN_BY_UID, out), 5);
	for (size_t i = 0; i < COUNT(want); i++) {
		assert_int_equal(t[out[i].task].pid, want[i].pid);
		assert_int_equal(out[i].points, want[i].points);
	}
	assert_int_equal(out[5].state, IQ_BAD_NEVER);
	assert_int_equal(iq_badness_score(12875, total.pages, iq_kernel_info(IQ_K_4_4)), 11);
	assert_true(iq_score_fits(12875, total.pages, 11, iq_kernel_info(IQ_K_4_4)));
	assert_false(iq_score_fits(12875, total.pages, 13, iq_kernel_info(IQ_K_4_4)));
}

static void v7_inverse(void **state)
{
	int64_t lo, hi;
	(void)state;
	assert_true(iq_total_from_score(1807937, 972, &lo, &hi));
	assert_int_equal(lo, 1858106);
	assert_int_equal(hi, 1860017);
	assert_false(iq_total_from_score(1, 0, &lo, &hi));
}

static void v8_per_mille(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		enum iq_kernel k = i ? IQ_K_3_2 : IQ_K_EL6;
		assert_int_equal(points(task(1, 0, 100000, 200, 50, 0), 500000, k), 170);
		assert_int_equal(points(task(2, 5, 95000, 190, 0, 0), 500000, k), 190);
		assert_int_equal(points(task(3, 5, 1, 5, 0, 0), 500000, k), 1);
		assert_int_equal(points(task(4, 0, 1, 5, 0, 500), 500000, k), 470);
		assert_int_equal(points(task(5, 5, 900000, 5, 0, 500), 500000, k), 1000);
	}
}

static void v9_root_bonus(void **state)
{
	const struct iq_badness_task t[] = { task(1, 0, 500000, 1000, 0, 0),
					     task(2, 500, 489000, 980, 0, 0) };
	(void)state;
	assert_int_equal(points(t[0], 1906000, IQ_K_EL7), 485970);
	assert_int_equal(points(t[1], 1906000, IQ_K_EL7), 489980);
	assert_int_equal(iq_badness_score(485970, 1906000, iq_kernel_info(IQ_K_4_14)), 254);
	assert_int_equal(iq_badness_score(489980, 1906000, iq_kernel_info(IQ_K_4_14)), 257);
	assert_int_equal(first(t, 2, 1906000, IQ_K_EL7, IQ_ADMIN_BY_UID), 2);
	assert_int_equal(first(t, 2, 1906000, IQ_K_EL7, IQ_ADMIN_NOBODY), 1);
	assert_int_equal(first(t, 2, 1906000, IQ_K_4_15, IQ_ADMIN_BY_UID), 2);
	assert_int_equal(first(t, 2, 1906000, IQ_K_4_19, IQ_ADMIN_BY_UID), 1);
	assert_int_equal(first(t, 2, 1906000, IQ_K_EL8, IQ_ADMIN_BY_UID), 1);
}

static void v10_memcg_adj(void **state)
{
	const struct iq_badness_task t[] = {
		task(1, 0, 120000, 100, 0, 0), task(2, 0, 9000, 30, 0, -998),
		task(3, 0, 300, 10, 0, 1000),
	};
	(void)state;
	assert_int_equal(points(t[0], 131072, IQ_K_5_10), 120100);
	assert_int_equal(points(t[1], 131072, IQ_K_5_10), -121708);
	assert_int_equal(points(t[1], 131072, IQ_K_5_0), 1);
	assert_int_equal(points(t[2], 131072, IQ_K_5_10), 131310);
	assert_int_equal(iq_badness_score(131310, 131072, iq_kernel_info(IQ_K_5_0)), 1001);
	assert_int_equal(iq_badness_score(1, 131072, iq_kernel_info(IQ_K_5_0)), 0);
	assert_int_equal(first(t, 3, 131072, IQ_K_5_10, IQ_ADMIN_BY_UID), 3);
}

static void v11_protected(void **state)
{
	const struct iq_badness_task t[] = {
		task(1, 0, 1200000, 2496, 100, -800), task(2, 0, 20000, 126, 0, -500),
		task(3, 0, 500, 10, 0, -1000),
	};
	(void)state;
	assert_int_equal(points(t[0], 2539520, IQ_K_5_10), -828604);
	assert_int_equal(points(t[1], 2539520, IQ_K_5_10), -1249374);
	assert_int_equal(first(t, 3, 2539520, IQ_K_5_10, IQ_ADMIN_BY_UID), 1);
	assert_int_equal(first(t, 3, 2539520, IQ_K_4_19, IQ_ADMIN_BY_UID), 1);	/* tie: first */
	assert_int_equal(first(t, 3, 2539520, IQ_K_5_3, IQ_ADMIN_BY_UID), 2);	/* tie: last */
	assert_int_equal(first(t + 2, 1, 2539520, IQ_K_5_10, IQ_ADMIN_BY_UID), 0);
}

static void ties(void **state)
{
	static const struct { enum iq_kernel k; int64_t pid; } want[] = {
		{ IQ_K_3_10, 1 }, { IQ_K_EL7, 1 }, { IQ_K_4_4, 1 }, { IQ_K_4_19, 1 },
		{ IQ_K_5_2, 1 }, { IQ_K_EL8, 2 }, { IQ_K_ALI_4_19, 2 }, { IQ_K_5_3, 2 },
		{ IQ_K_6_1, 2 }, { IQ_K_7_3, 2 },
	};
	const struct iq_badness_task t[] = { task(1, 9, 700, 1, 0, 0), task(2, 9, 700, 1, 0, 0) };
	(void)state;
	for (size_t i = 0; i < COUNT(want); i++)
		assert_int_equal(first(t, 2, 100000, want[i].k, IQ_ADMIN_BY_UID), want[i].pid);
}

static void v16_64k_pages(void **state)
{
	(void)state;
	int64_t p = points(task(1, 9, 20000, 2621440 / 65536, 0, 0), 32720, IQ_K_EL8);
	assert_int_equal(p, 20040);
	assert_int_equal(iq_badness_score(p, 32720, iq_kernel_info(IQ_K_EL8)), 612);
}

static void v17_memcg_total(void **state)
{
	struct iq_total_input in = { .constraint = IQ_CONSTRAINT_MEMCG, .limit = 262144,
		.memsw_limit = 524288, .swap_total = 131072, .swap_limit = IQ_NULL };
	struct iq_total t;
	(void)state;
	for (enum iq_total_form f = IQ_TOTAL_2_6_36; f <= IQ_TOTAL_5_10; f++) {
		iq_total_pages(&in, f, &t);
		assert_int_equal(t.pages, 393216);
		assert_true(t.exact);
	}
	in.swappiness_zero = true;
	iq_total_pages(&in, IQ_TOTAL_5_10, &t);
	assert_int_equal(t.pages, 262144);
	in.swappiness_zero = false;
	in.memsw_limit = 262144;	/* no swap to be had: exact without Total swap */
	in.swap_total = IQ_NULL;
	iq_total_pages(&in, IQ_TOTAL_5_10, &t);
	assert_int_equal(t.pages, 262144);
	assert_true(t.exact);
	in.limit = IQ_NULL;
	iq_total_pages(&in, IQ_TOTAL_5_10, &t);
	assert_int_equal(t.pages, IQ_NULL);
	assert_non_null(t.missing);
}

static void total_of_nodes(void **state)
{
	struct iq_total_input in = { .constraint = IQ_CONSTRAINT_CPUSET, .nodes_present = 1000,
		.swap_total = 24, .nodes_all_shown = true };
	struct iq_total t;
	(void)state;
	iq_total_pages(&in, IQ_TOTAL_5_10, &t);
	assert_int_equal(t.pages, 1024);
	assert_true(t.exact);
	iq_total_pages(&in, IQ_TOTAL_4_9, &t);
	assert_false(t.exact);
	in.constraint = IQ_CONSTRAINT_UNKNOWN;
	iq_total_pages(&in, IQ_TOTAL_5_10, &t);
	assert_int_equal(t.pages, IQ_NULL);
}

static void v19_small_limit(void **state)
{
	(void)state;
	int64_t p = points(task(4015, 9, 6318, 28, 0, 994), 6400, IQ_K_4_19);
	assert_int_equal(p, 12310);
	assert_int_equal(iq_badness_score(p, 6400, iq_kernel_info(IQ_K_4_19)), 1923);
}

static void not_computable(void **state)
{
	struct iq_badness_task t = task(1, 0, IQ_NULL, 0, 0, 0);
	int64_t p;
	const char *why = NULL;
	(void)state;
	assert_int_equal(iq_badness(&t, 1000, iq_kernel_info(IQ_K_5_10), 0, &p, &why),
			 IQ_BAD_UNKNOWN);
	assert_non_null(why);
	/* without the total an adj has no weight that is known; at 0 it needs none */
	t.rss = 5;
	assert_int_equal(iq_badness(&t, IQ_NULL, iq_kernel_info(IQ_K_5_10), 0, &p, &why),
			 IQ_BAD_POINTS);
	assert_int_equal(p, 5);
	assert_int_equal(iq_badness(&t, IQ_NULL, iq_kernel_info(IQ_K_EL6), 0, &p, &why),
			 IQ_BAD_UNKNOWN);
	t.adj = -5;
	assert_int_equal(iq_badness(&t, IQ_NULL, iq_kernel_info(IQ_K_5_10), 0, &p, &why),
			 IQ_BAD_UNKNOWN);
	assert_int_equal(iq_badness(&t, 1000, iq_kernel_info(IQ_K_2_6_32), 0, &p, &why),
			 IQ_BAD_UNKNOWN);
	t.oom_adj = -17;
	t.adj = IQ_NULL;
	assert_int_equal(iq_badness(&t, 1000, iq_kernel_info(IQ_K_2_6_32), 0, &p, &why),
			 IQ_BAD_NEVER);
	/* figures a log may claim */
	t = task(1, 0, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX);
	assert_int_equal(points(t, INT64_MAX, IQ_K_5_10), INT64_MAX);
	t.adj = INT64_MIN + 1;
	assert_int_not_equal(points(t, INT64_MAX, IQ_K_5_10), INT64_MIN);
	assert_int_equal(points(t, 1, IQ_K_EL6), 1);
}

/* One adj that cannot be weighed leaves the order of all unknown. */
static void blind_order(void **state)
{
	struct iq_badness_task t[] = { task(1, 1, 90, 0, 0, 0), task(2, 1, 5, 0, 0, 300),
				       task(3, 1, 9, 0, 0, -1000) };
	struct iq_ranked r[3];
	(void)state;
	assert_int_equal(iq_rank(t, 3, IQ_NULL, iq_kernel_info(IQ_K_5_10), 0, r), 0);
	t[1].adj = 0;
	assert_int_equal(iq_rank(t, 3, IQ_NULL, iq_kernel_info(IQ_K_5_10), 0, r), 2);
	assert_int_equal(r[0].task, 0);
	assert_int_equal(iq_rank(t, 3, 1000, iq_kernel_info(IQ_K_5_10), 0, r), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v1_guest), cmocka_unit_test(blind_order), cmocka_unit_test(v7_inverse),
		cmocka_unit_test(v8_per_mille), cmocka_unit_test(v9_root_bonus),
		cmocka_unit_test(v10_memcg_adj), cmocka_unit_test(v11_protected),
		cmocka_unit_test(ties), cmocka_unit_test(v16_64k_pages),
		cmocka_unit_test(v17_memcg_total), cmocka_unit_test(total_of_nodes),
		cmocka_unit_test(v19_small_limit), cmocka_unit_test(not_computable),
	};
	return cmocka_run_group_tests_name("badness", tests, NULL, NULL);
}
