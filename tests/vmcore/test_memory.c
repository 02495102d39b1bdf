/* vmcore/state_zones, state_free, state_counters, vmstat, state_meminfo: exact counters,
 * marks, free lists and names of a composed kernel; what cannot be read is no zero. */
#include "compose_kernel.h"

#include "vmcore/kernel/vmstat.h"

#define PGDAT 0x1000
#define ZONE(i) (PGDAT + (size_t)(i) * 0x400)
#define CPU(i) (0x4000 + (size_t)(i) * 0x1000)
#define LISTS 0x8000

static const struct constant constants[] = {
	{ "zone_stat_item", "NR_FREE_PAGES", 0 },
	{ "zone_stat_item", "NR_ZONE_LRU_BASE", 1 },
	{ "zone_stat_item", "NR_ZONE_INACTIVE_ANON", 1 },
	{ "zone_stat_item", "NR_VM_ZONE_STAT_ITEMS", 2 },
	{ "node_stat_item", "NR_ANON_MAPPED", 0 },
	{ "node_stat_item", "NR_KERNEL_STACK_KB", 1 },
	{ "node_stat_item", "NR_ANON_THPS", 2 },
	{ "node_stat_item", "NR_SWAPCACHE", 3 },
	{ "node_stat_item", "NR_VM_NODE_STAT_ITEMS", 4 },
	{ "vm_event_item", "PGPGIN", 0 },
	{ "vm_event_item", "PGSCAN_SKIP_DMA", 1 },
	{ "vm_event_item", "COMPACTSTALL", 2 },
	{ "vm_event_item", "NR_VM_EVENT_ITEMS", 3 },
	{ "migratetype", "MIGRATE_UNMOVABLE", 0 },
	{ "migratetype", "MIGRATE_MOVABLE", 1 },
	{ NULL, NULL, 0 },
};

static void place_members(struct kernel *t)
{
	place(t, IQ_M_NODE_NODE_ZONES, 0, 0x800, 0x400, false);
	place(t, IQ_M_NODE_VM_STAT, 0x900, 32, 8, true);
	place_long(t, IQ_M_NODE_PER_CPU_NODESTATS, 0x940);
	place(t, IQ_M_NODE_KSWAPD_FAILURES, 0x948, 4, 4, true);
	place(t, IQ_M_NODESTAT_DIFF, 0x20, 4, 1, true);
	place(t, IQ_M_ZONE_WATERMARK, 0, 24, 8, false);
	place_long(t, IQ_M_ZONE_WATERMARK_BOOST, 0x18);
	place(t, IQ_M_ZONE_LOWMEM_RESERVE, 0x20, 16, 8, true);
	place_long(t, IQ_M_ZONE_NAME, 0x30);
	place_long(t, IQ_M_ZONE_PRESENT_PAGES, 0x38);
	place_long(t, IQ_M_ZONE_MANAGED_PAGES, 0x40);
	place_long(t, IQ_M_ZONE_PER_CPU_PAGESET, 0x50);
	place_long(t, IQ_M_ZONE_PER_CPU_ZONESTATS, 0x58);
	place(t, IQ_M_ZONE_FREE_AREA, 0x60, 0x50, 0x28, false);
	place(t, IQ_M_ZONE_VM_STAT, 0x100, 16, 8, true);
	place(t, IQ_M_FREE_AREA_FREE_LIST, 0, 32, 16, false);
	place_long(t, IQ_M_FREE_AREA_NR_FREE, 32);
	place(t, IQ_M_ZONESTAT_VM_STAT_DIFF, 0, 2, 1, true);
	place(t, IQ_M_PCP_COUNT, 4, 4, 4, true);
	place(t, IQ_M_EVENTS_EVENT, 0, 24, 8, false);
}

/* Lists of one order: U of N0 blocks, M of N1, their links from AT on. */
static void fill_order(struct kernel *t, size_t area, size_t at, size_t n0, size_t n1)
{
	size_t links[64];

	for (size_t type = 0; type < 2; type++) {
		size_t n = type ? n1 : n0;
		links[0] = area + type * 16;
		for (size_t i = 0; i < n; i++, at += 64)
			links[i + 1] = at;
		ring(t, links, n + 1);
	}
	poke(&t->m, area + 32, 8, n0 + n1);
}

static struct kernel *machine_with_memory(void)
{
	struct kernel *t = kernel_new(0x10000, constants);

	place_members(t);
	t->offsets[0] = BASE + CPU(0);
	t->offsets[1] = BASE + CPU(1);
	symbol(t, "node_data", 0x100);
	symbol(t, "nr_node_ids", 0x108);
	poke_ptr(t, 0x100, PGDAT);
	poke(&t->m, 0x108, 4, 1);
	poke_text(t, 0x200, "Normal");
	poke(&t->m, PGDAT + 0x900, 8, 1000);		/* anon */
	poke(&t->m, PGDAT + 0x908, 8, 160);		/* stacks, KiB */
	poke(&t->m, PGDAT + 0x910, 8, 1024);		/* THP, pages */
	poke(&t->m, PGDAT + 0x940, 8, 0x80);
	poke(&t->m, PGDAT + 0x948, 4, 16);
	size_t z = ZONE(1);				/* zone 0 is empty */
	for (unsigned i = 0; i < 3; i++)
		poke(&t->m, z + i * 8, 8, 10 + i);
	poke(&t->m, z + 0x18, 8, 5);
	poke(&t->m, z + 0x28, 8, 7);
	poke_ptr(t, z + 0x30, 0x200);
	poke(&t->m, z + 0x38, 8, 5000);
	poke(&t->m, z + 0x40, 8, 4900);
	poke(&t->m, z + 0x50, 8, 0x100);
	poke(&t->m, z + 0x58, 8, 0x180);
	poke(&t->m, z + 0x100, 8, 300);
	for (unsigned cpu = 0; cpu < 2; cpu++) {
		poke(&t->m, CPU(cpu) + 0x80 + 0x20, 1, cpu ? (uint8_t)-3 : 1);
		poke(&t->m, CPU(cpu) + 0x100 + 4, 4, 20 + cpu);
		poke(&t->m, CPU(cpu) + 0x180, 1, cpu ? (uint8_t)-8 : 2);
	}
	fill_order(t, z + 0x60, LISTS, 3, 20);
	fill_order(t, z + 0x88, LISTS + 0x2000, 0, 2);
	return t;
}

static void zones(void **state)
{
	struct kernel *t = machine_with_memory();
	(void)state;

	assert_int_equal(iq_state_zones(&t->k, NULL), 0);
	/* 300 + 2 - 8 pages; marks with the boost of 5 */
	expect(t, " node=0 zone='Normal' free_bytes=1204224 min_bytes=61440 low_bytes=65536 "
	       "high_bytes=69632 boost_bytes=20480 present_bytes=20480000 "
	       "managed_bytes=20070400 lowmem_reserve='[0,28672]'");
	expect(t, " free_pcp_bytes=167936");
	expect(t, " kernel_stack_bytes=163840");
	expect(t, " anon_thp_bytes=4194304");
	expect(t, " all_unreclaimable=1");
	expect(t, "zone='Normal' block_order=0 migrate_type='U' blocks=3\n");
	expect(t, "zone='Normal' block_order=0 migrate_type='M' blocks=20\n");
	expect(t, "zone='Normal' block_order=1 migrate_type='M' blocks=2\n");
	assert_int_equal(t->issues.n, 0);
	kernel_free(t);
}

/* A block that points nowhere: the count stands, with the letters of all types. */
static void broken_free_list(void **state)
{
	struct kernel *t = machine_with_memory();
	(void)state;

	poke(&t->m, LISTS + 64, 8, 12345);
	assert_int_equal(iq_state_zones(&t->k, NULL), 0);
	expect(t, "block_order=0 migrate_type='UM' blocks=23\n");
	expect(t, "block_order=1 migrate_type='M' blocks=2\n");
	kernel_free(t);
}

/* A list that never ends is left after as many blocks as there can be. */
static void endless_free_list(void **state)
{
	struct kernel *t = machine_with_memory();
	(void)state;

	poke_ptr(t, LISTS, LISTS);
	poke_ptr(t, LISTS + 3 * 64, LISTS + 3 * 64);
	poke(&t->m, ZONE(1) + 0x60 + 32, 8, UINT64_C(1) << 60);
	assert_int_equal(iq_state_zones(&t->k, NULL), 0);
	expect(t, "block_order=0 migrate_type='UM' blocks=1152921504606846976\n");
	assert_true(said(&t->issues, "note free-lists-long"));
	kernel_free(t);
}

static void unreadable_is_no_zero(void **state)
{
	struct kernel *t = machine_with_memory();
	(void)state;

	t->m.hole_at = CPU(1);
	t->m.hole_n = 0x1000;
	assert_int_equal(iq_state_zones(&t->k, NULL), 0);
	expect(t, " node=0 zone='Normal' min_bytes=61440");
	expect_none(t, "free_bytes=");
	expect_none(t, "free_pcp_bytes=");
	assert_true(t->k.lost[IQ_S_ZONESTAT][IQ_MEM_EXCLUDED] > 0);
	kernel_free(t);
}

/* Without types a node is known to be there, and nothing else: no row. */
static void nothing_is_no_row(void **state)
{
	struct kernel *t = machine_with_memory();
	(void)state;

	memset(t->k.member, 0, sizeof t->k.member);
	assert_int_equal(iq_state_zones(&t->k, NULL), 0);
	expect_none(t, "node ");
	expect_none(t, "zone ");
	kernel_free(t);
}

static void counters(void **state)
{
	struct kernel *t = machine_with_memory();
	(void)state;

	symbol(t, "vm_event_states", 0x300);
	t->offsets[0] = CPU(0) - 0x300;
	t->offsets[1] = CPU(1) - 0x300;
	poke(&t->m, PGDAT + 0x940, 8, BASE + 0x380);
	poke(&t->m, ZONE(1) + 0x50, 8, BASE + 0x400);
	poke(&t->m, ZONE(1) + 0x58, 8, BASE + 0x480);
	for (unsigned i = 0; i < 3; i++) {
		poke(&t->m, CPU(0) + i * 8, 8, i ? 100 * i : 3265);
		poke(&t->m, CPU(1) + i * 8, 8, i);
	}
	assert_int_equal(iq_state_counters(&t->k, NULL), 0);
	expect(t, "counter scope='zone 0 Normal' name='nr_free_pages' value=294 unit='pages'");
	expect(t, "counter scope='node 0' name='nr_anon_pages' value=998 unit='pages'");
	expect(t, "counter scope='host' name='nr_free_pages' value=294 unit='pages'");
	expect(t, "counter scope='host' name='nr_kernel_stack' value=160 unit='KiB'");
	/* counted in pages since 5.12, printed in huge pages */
	expect(t, "name='nr_anon_transparent_hugepages' value=2 unit='huge pages'");
	/* counted in sectors, printed in KiB */
	expect(t, "scope='host' name='pgpgin' value=1632 unit='KiB'");
	expect(t, "scope='host' name='pgskip_dma' value=101 unit='count'");
	expect(t, "scope='host' name='compact_stall' value=202 unit='count'");
	expect(t, "scope='host' name='MemFree' value=1204224 unit='bytes'");
	expect(t, "scope='host' name='KernelStack' value=163840 unit='bytes'");
	expect(t, "scope='host' name='AnonHugePages' value=4194304 unit='bytes'");
	/* no variable of total memory, so none is told */
	expect_none(t, "MemTotal");
	kernel_free(t);
}

/* Where a zone cannot be read whole, the kernel's own sum is better than none. */
static void sums_of_the_kernel(void **state)
{
	struct kernel *t = machine_with_memory();
	(void)state;

	t->m.hole_at = CPU(1);
	t->m.hole_n = 0x1000;
	symbol(t, "vm_zone_stat", 0x500);
	poke(&t->m, 0x500, 8, 290);
	assert_int_equal(iq_state_counters(&t->k, NULL), 0);
	expect(t, "counter scope='host' name='nr_free_pages' value=290 unit='pages'");
	expect_none(t, "scope='zone 0 Normal' name='nr_free_pages'");
	kernel_free(t);
}

/* The kernel's own table knows names better than the rule; an empty one is hidden. */
static void names_of_the_kernel(void **state)
{
	static const char *const text[] = { "nr_free_pages", "", "nr_anon_pages",
					    "nr_kernel_stack", "nr_anon_thing" };
	struct kernel *t = machine_with_memory();
	struct iq_vmstat s;
	(void)state;

	symbol(t, "vmstat_text", 0x600);
	for (size_t i = 0; i < COUNT(text); i++) {
		poke_ptr(t, 0x600 + i * 8, 0x700 + i * 32);
		poke_text(t, 0x700 + i * 32, text[i]);
	}
	assert_int_equal(iq_vmstat_open(&t->k, &s, NULL), 0);
	assert_int_equal(s.zone.n, 2);
	assert_true(iq_eq(s.zone.item[1].name, IQ_LIT("nr_zone_inactive_anon")));
	/* the block of node counters would end behind the table: by the rule */
	assert_true(iq_eq(s.node.item[2].name, IQ_LIT("nr_anon_transparent_hugepages")));
	iq_vmstat_close(&s);
	poke_ptr(t, 0x600 + 5 * 8, 0x700 + 5 * 32);
	poke_text(t, 0x700 + 5 * 32, "nr_swapcached");
	assert_int_equal(iq_vmstat_open(&t->k, &s, NULL), 0);
	assert_true(iq_eq(s.node.item[2].name, IQ_LIT("nr_anon_thing")));
	iq_vmstat_close(&s);
	kernel_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zones), cmocka_unit_test(nothing_is_no_row),
		cmocka_unit_test(broken_free_list),
		cmocka_unit_test(endless_free_list),
		cmocka_unit_test(unreadable_is_no_zero),
		cmocka_unit_test(counters),
		cmocka_unit_test(sums_of_the_kernel),
		cmocka_unit_test(names_of_the_kernel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
