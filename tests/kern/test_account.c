/* tests/kern/test_account.c - the accounting identity; V3 of oom.md 7. */
#include "t.h"
#include "kern/account.h"

static struct iq_account_input v3(void)
{
	return (struct iq_account_input){
		.ram = 262014, .reserved = 8149, .managed = IQ_NULL,
		.active_anon = 15, .inactive_anon = 18, .isolated_anon = 0,
		.active_file = 7, .inactive_file = 8, .isolated_file = 0, .unevictable = 0,
		.slab_reclaimable = 1798, .slab_unreclaimable = 3674,
		.kernel_misc_reclaimable = IQ_NULL, .page_tables = 752,
		.sec_page_tables = IQ_NULL, .kernel_stack = 540, .bounce = 0, .free = 1973,
		.free_pcp = 0, .hugetlb = 0, .hugetlb_free = 0, .balloon = IQ_NULL,
		.shmem = 0, .swap_cache = IQ_NULL, .nodes_all_shown = true,
	};
}

static void v3_nearly_all_unaccounted(void **state)
{
	struct iq_account_input in = v3();
	struct iq_account a;
	(void)state;
	iq_account(&in, &a);
	assert_true(a.complete);
	assert_int_equal(a.managed, 253865);
	assert_int_equal(a.accounted, 8785);
	assert_int_equal(a.unaccounted, 245080);
	assert_int_equal(a.pages[IQ_HOLDER_UNACCOUNTED], 245080);
	assert_int_equal(a.pages[IQ_HOLDER_SLAB], 5472);
	assert_true(a.unaccounted > iq_account_noise(a.managed, 4096));
}

static void subsets_are_not_added(void **state)
{
	struct iq_account_input in = v3();
	struct iq_account a;
	(void)state;
	in.active_anon = 100000;
	in.shmem = 90000;
	in.hugetlb = 1024;
	iq_account(&in, &a);
	assert_int_equal(a.accounted, 8785 - 15 + 100000 + 1024);
	assert_int_equal(a.pages[IQ_HOLDER_PROCESSES], 100018 - 90000);
	assert_int_equal(a.pages[IQ_HOLDER_SHMEM], 90000);
}

static void missing_terms(void **state)
{
	struct iq_account_input in = v3();
	struct iq_account a;
	(void)state;
	in.slab_unreclaimable = IQ_NULL;
	iq_account(&in, &a);
	assert_false(a.complete);
	assert_int_equal(a.unaccounted, IQ_NULL);
	assert_string_equal(a.missing, "slab_unreclaimable");
	in = v3();
	in.ram = IQ_NULL;
	iq_account(&in, &a);
	assert_int_equal(a.unaccounted, IQ_NULL);
	in.managed = 253865;
	iq_account(&in, &a);
	assert_int_equal(a.unaccounted, 245080);
	in = v3();
	in.nodes_all_shown = false;	/* a lower bound of the stacks: not complete */
	iq_account(&in, &a);
	assert_false(a.complete);
	in = v3();
	in.active_anon = in.shmem = in.free = INT64_MAX;
	iq_account(&in, &a);
	assert_int_equal(a.pages[IQ_HOLDER_UNACCOUNTED], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v3_nearly_all_unaccounted),
		cmocka_unit_test(subsets_are_not_added), cmocka_unit_test(missing_terms),
	};
	return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
