/* tests/parse/test_state.c - texts of /proc about the memory of the machine, of kernels
 * 2.6.32 to 7.2 (composed after their format strings), and hostile ones.
 */
#include "t_sink.h"

#include "parse/state/lists.h"
#include "parse/state/zones.h"

#define LINE(s) IQ_LIT(s)
#define TEXT_IS(got, z) assert_true(iq_eq(got, iq_slice_z(z)))

/* --- numbers --- */

static void test_meminfo(void **state)
{
	static const struct { const char *line, *name; int64_t value; const char *unit; } ok[] = {
		{ "MemTotal:        7990060 kB", "MemTotal", INT64_C(7990060) * 1024, "bytes" },
		{ "Active(anon):    1515484 kB", "Active(anon)", INT64_C(1515484) * 1024, "bytes" },
		{ "HugePages_Total:       12", "HugePages_Total", 12, "count" },
		{ "DirectMap1G:    13631488 kB", "DirectMap1G", INT64_C(13631488) * 1024, "bytes" },
		{ "NeverHeardOf:          1 kB", "NeverHeardOf", 1024, "bytes" },
	};
	static const char *const bad[] = {
		"", ":", "MemTotal:", "MemTotal: x kB", "MemTotal: -1 kB", "MemTotal: 1 MB",
		"MemTotal: 9223372036854775807 kB", "MemTotal: 99999999999999999999 kB",
		"        total:    used:    free:", "cat: /proc/meminfo: Permission denied",
		"Mem Total: 1 kB",
	};
	struct iq_number v;

	(void)state;
	for (size_t i = 0; i < sizeof ok / sizeof *ok; i++) {
		assert_true(iq_meminfo_line(iq_slice_z(ok[i].line), &v));
		TEXT_IS(v.name, ok[i].name);
		assert_int_equal(v.value, ok[i].value);
		assert_string_equal(v.unit, ok[i].unit);
		assert_int_equal(v.node, IQ_NULL);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(iq_meminfo_line(iq_slice_z(bad[i]), &v));
	assert_true(iq_meminfo_line(LINE("Node 3 HugePages_Free:     7"), &v));
	assert_int_equal(v.node, 3);
	assert_int_equal(v.value, 7);
	assert_false(iq_meminfo_line(iq_slice("Mem\0Total: 1 kB", 15), &v));
}

static void vmstat_is(const char *line, bool *kib, int64_t value, const char *unit)
{
	struct iq_number v;

	assert_true(iq_vmstat_line(iq_slice_z(line), kib, &v));
	assert_int_equal(v.value, value);
	assert_string_equal(v.unit, unit);
}

static void test_vmstat(void **state)
{
	struct iq_number v;
	bool kib = false;

	(void)state;
	/* 3.10: stacks are counted */
	vmstat_is("nr_free_pages 1200334", &kib, 1200334, "pages");
	vmstat_is("nr_kernel_stack 512", &kib, 512, "count");
	vmstat_is("pgpgin 77", &kib, 77, "KiB");
	vmstat_is("nr_dirtied 9", &kib, 9, "count");
	/* 4.8 and later: KiB */
	vmstat_is("nr_zone_inactive_anon 3281", &kib, 3281, "pages");
	vmstat_is("nr_kernel_stack 1568", &kib, 1568, "KiB");
	vmstat_is("nr_anon_transparent_hugepages 2", &kib, 2, "huge pages");
	vmstat_is("oom_kill 1", &kib, 1, "count");
	assert_false(iq_vmstat_line(LINE("nr_free_pages"), &kib, &v));
	assert_false(iq_vmstat_line(LINE("nr_free_pages 1 2"), &kib, &v));
	/* negative, as unsigned long */
	assert_false(iq_vmstat_line(LINE("nr_dirty 18446744073709551615"), &kib, &v));
}

static void test_free_command(void **state)
{
	struct iq_free_table t = { .n = 0 };
	struct iq_number v[IQ_FREE_COLUMNS];

	(void)state;
	assert_int_equal(iq_free_line(&t, LINE("Mem:  1 2 3"), v), 0);	/* no header yet */
	iq_free_line(&t, LINE("               total        used        free      shared  "
			      "buff/cache   available"), v);
	assert_int_equal(iq_free_line(&t, LINE("Mem:         8145320     2210544     5120336"
					       "       10412      814440     5690012"), v), 4);
	TEXT_IS(v[0].name, "MemTotal");
	assert_int_equal(v[0].value, INT64_C(8145320) * 1024);
	TEXT_IS(v[1].name, "MemFree");
	TEXT_IS(v[2].name, "Shmem");
	TEXT_IS(v[3].name, "MemAvailable");
	/* procps 3.2.8 */
	iq_free_line(&t, LINE("             total       used       free     shared    buffers"
			      "     cached"), v);
	assert_int_equal(iq_free_line(&t, LINE("Mem:       1020096     900000     120096"
					       "          0      20000     400000"), v), 4);
	TEXT_IS(v[2].name, "Buffers");		/* what is shared it cannot say */
	assert_int_equal(iq_free_line(&t, LINE("-/+ buffers/cache:     480000     540096"), v),
			 0);
	assert_int_equal(iq_free_line(&t, LINE("Swap:      2097144          0    2097144"), v),
			 2);
	TEXT_IS(v[1].name, "SwapFree");
}

static void test_pressure(void **state)
{
	struct iq_number v[IQ_PRESSURE_VALUES];

	(void)state;
	assert_int_equal(iq_pressure_line(LINE("full avg10=0.07 avg60=100.00 avg300=2.77 "
					       "total=13894617"), v), 4);
	TEXT_IS(v[0].name, "full avg10");
	assert_int_equal(v[0].value, 7);
	assert_int_equal(v[1].value, 10000);
	assert_int_equal(v[3].value, 13894617);
	assert_string_equal(v[3].unit, "us");
	assert_int_equal(iq_pressure_line(LINE("some avg10=900.00 avg60=1"), v), 0);
	assert_int_equal(iq_pressure_line(LINE("cat: read error: Operation not supported"), v),
			 0);
}

static void test_sysctl(void **state)
{
	struct iq_slice name, value;

	(void)state;
	assert_true(iq_sysctl_line(LINE("vm.lowmem_reserve_ratio = 256\t256\t32\t0"), &name,
				   &value));
	TEXT_IS(name, "vm.lowmem_reserve_ratio");
	TEXT_IS(value, "256\t256\t32\t0");
	assert_true(iq_sysctl_line(LINE("kernel.domainname = "), &name, &value));
	assert_int_equal(value.n, 0);
	assert_false(iq_sysctl_line(LINE("sysctl: reading key \"net.ipv6.x.stable_secret\""),
				    &name, &value));
	assert_false(iq_sysctl_line(LINE("sysctl: permission denied on key 'a.b' = 1"), &name,
				    &value));
}

/* --- zones --- */

struct zones {
	struct iq_zoneinfo_zone zone[8];
	struct iq_node node[4];
	size_t n, nodes, counters;
};

static void see(struct zones *z, const struct iq_zoneinfo *p)
{
	if (p->zone_done)
		z->zone[z->n++] = p->done;
	if (p->node_done)
		z->node[z->nodes++] = p->done_node;
	z->counters += p->is_counter;
}

static void read_zones(struct zones *z, const char *text)
{
	struct iq_slice rest = iq_slice_z(text);
	struct iq_zoneinfo p;

	memset(z, 0, sizeof *z);
	iq_zoneinfo_init(&p);
	for (int64_t no = 1; rest.n; no++) {
		if (iq_zoneinfo_line(&p, iq_cut(&rest, '\n'), no))
			see(z, &p);
	}
	iq_zoneinfo_end(&p);
	see(z, &p);
}

static void test_zoneinfo_new(void **state)
{
	/* 6.12, arm64 with pages of 64 KiB */
	static const char text[] =
		"Node 0, zone   Normal\n"
		"  per-node stats\n"
		"      nr_inactive_anon 3281\n"
		"      nr_mapped    7065\n"
		"      nr_kernel_stack 1568\n"
		"      nr_anon_transparent_hugepages 2\n"
		"  pages free     3589\n"
		"        boost    10\n"
		"        min      190\n"
		"        low      237\n"
		"        high     284\n"
		"        promo    331\n"
		"        spanned  4095\n"
		"        present  3998\n"
		"        managed  3840\n"
		"        cma      0\n"
		"        protection: (0, 550, 550)\n"
		"      nr_free_pages 3589\n"
		"      nr_zone_active_anon 42\n"
		"      nr_free_cma  7\n"
		"      numa_hit     5\n"
		"  pagesets\n"
		"    cpu: 0\n"
		"              count:    12\n"
		"              high:     42\n"
		"              batch:    63\n"
		"    cpu: 1\n"
		"              count:    30\n"
		"  vm stats threshold: 12\n"
		"  node_unreclaimable:  0\n"
		"  start_pfn:           1\n"
		"  reserved_highatomic: 512\n"
		"Node 1, zone  Movable\n"
		"  pages free     0\n"
		"        min      32\n"
		"        managed  0\n"
		"        protection: (0, 0, 0)\n";
	struct zones z;

	(void)state;
	read_zones(&z, text);
	assert_int_equal(z.n, 2);
	assert_int_equal(z.nodes, 1);
	assert_int_equal(z.node[0].inactive_anon_bytes, 3281);
	assert_int_equal(z.node[0].kernel_stack_bytes, 1568 * 1024);
	const struct iq_zone *f = &z.zone[0].zone;
	assert_string_equal(z.zone[0].name, "Normal");
	assert_int_equal(f->line, 1);
	assert_int_equal(f->free_bytes, 3589);
	assert_int_equal(f->boost_bytes, 10);
	assert_int_equal(f->min_bytes, 190);
	assert_int_equal(f->high_bytes, 284);
	assert_int_equal(f->managed_bytes, 3840);
	assert_int_equal(f->active_anon_bytes, 42);
	assert_int_equal(f->free_cma_bytes, 7);
	assert_int_equal(f->free_pcp_bytes, 42);
	assert_int_equal(f->highatomic_bytes, 512);
	assert_int_equal(f->all_unreclaimable, 0);
	assert_int_equal(f->inactive_anon_bytes, IQ_NULL);	/* its node's */
	assert_int_equal(z.zone[0].n_reserve, 3);
	assert_int_equal(z.zone[0].reserve[2], 550);
	assert_int_equal(z.zone[1].zone.node, 1);
	assert_int_equal(z.zone[1].zone.managed_bytes, 0);
	assert_int_equal(z.counters, 8);
}

static void test_zoneinfo_old(void **state)
{
	/* 2.6.32: everything is the zone's */
	static const char text[] =
		"Node 0, zone      DMA\n"
		"  pages free     3934\n"
		"        min      64\n"
		"        low      80\n"
		"        high     96\n"
		"        scanned  11\n"
		"        spanned  4095\n"
		"        present  3835\n"
		"    nr_free_pages 3934\n"
		"    nr_inactive_anon 5\n"
		"    nr_kernel_stack 3\n"
		"        protection: (0, 2991, 8041, 8041)\n"
		"  pagesets\n"
		"    cpu: 0\n"
		"              count: 0\n"
		"  all_unreclaimable: 1\n"
		"  prev_priority:     12\n"
		"  inactive_ratio:    1\n";
	struct zones z;

	(void)state;
	read_zones(&z, text);
	assert_int_equal(z.n, 1);
	assert_int_equal(z.nodes, 0);
	assert_int_equal(z.zone[0].zone.inactive_anon_bytes, 5);
	assert_int_equal(z.zone[0].zone.kernel_stack_bytes, IQ_NULL);	/* a number of them */
	assert_int_equal(z.zone[0].zone.pages_scanned, 11);
	assert_int_equal(z.zone[0].zone.all_unreclaimable, 1);
	assert_int_equal(z.zone[0].n_reserve, 4);
}

static void test_zoneinfo_bad(void **state)
{
	static const char text[] =
		"cat: /proc/zoneinfo: Permission denied\n"
		"        min      190\n"
		"Node x, zone Normal\n"
		"Node 0, zone\n"
		"Node 0, zone ANameThatNoKernelWouldEverUse\n"
		"Node 0, zone   Normal\n"
		"  pages free     99999999999999999999\n"
		"        min      9223372036854775807\n"
		"        protection: (0, 18446744073709551615, 1\n"
		"  pagesets\n"
		"              count: 9223372036854775807\n"
		"              count: 9223372036854775807\n";
	struct zones z;

	(void)state;
	read_zones(&z, text);
	assert_int_equal(z.n, 1);
	assert_int_equal(z.zone[0].zone.free_bytes, IQ_NULL);
	assert_int_equal(z.zone[0].zone.min_bytes, IQ_NULL);
	assert_int_equal(z.zone[0].n_reserve, 1);
}

static void test_buddy(void **state)
{
	struct iq_buddy_row r;

	(void)state;
	assert_true(iq_buddy_line(LINE("Node 0, zone    DMA32   1325    966 2 1234567 0 "), &r));
	assert_int_equal(r.n, 5);
	assert_int_equal(r.blocks[3], 1234567);
	assert_null(r.type.p);
	TEXT_IS(r.zone, "DMA32");
	assert_true(iq_buddy_line(LINE("Node    1, zone   Normal, type      Movable      7 "
				       ">100000      4 "), &r));
	assert_int_equal(r.node, 1);
	TEXT_IS(r.zone, "Normal");
	TEXT_IS(iq_migrate_letter(r.type), "M");
	assert_int_equal(r.blocks[0], 7);
	assert_int_equal(r.blocks[1], IQ_NULL);
	assert_null(iq_migrate_letter(LINE("Nothing")).p);
	assert_false(iq_buddy_line(LINE("Node 0, zone    DMA32"), &r));
	assert_false(iq_buddy_line(LINE("Node 0, zone    DMA32 1 2 x"), &r));
	assert_false(iq_buddy_line(LINE("Node 0, zone DMA 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 "
					"1 1 1 1 1 1 1 1"), &r));
}

/* --- lists --- */

static void test_slabinfo(void **state)
{
	struct iq_slab f;
	int64_t pages;

	(void)state;
	assert_true(iq_slabinfo_line(LINE("dentry(7:a.service)  120110 121002    192   21    1 :"
		" tunables    0    0    0 : slabdata   5762   5763      0"), &f, &pages));
	TEXT_IS(f.cache, "dentry(7:a.service)");
	assert_int_equal(f.objects, 121002);
	assert_int_equal(f.active, 120110);
	assert_int_equal(f.used_bytes, 120110 * 192);
	assert_int_equal(f.total_bytes, IQ_NULL);
	assert_int_equal(pages, 5763);
	assert_false(iq_slabinfo_line(LINE("slabinfo - version: 2.1"), &f, &pages));
	assert_false(iq_slabinfo_line(LINE("# name            <active_objs> <num_objs>"), &f,
				      &pages));
	assert_false(iq_slabinfo_line(LINE("a 1 2 3 4 9223372036854775807 : tunables 0 0 0 : "
					   "slabdata 1 2 3"), &f, &pages));
	assert_true(iq_slabinfo_line(LINE("a 9223372036854775807 2 3 4 5 : tunables 0 0 0 : "
					  "slabdata 1 2 3"), &f, &pages));
	assert_int_equal(f.used_bytes, IQ_NULL);
}

static void test_swaps(void **state)
{
	struct iq_swap_table t;
	struct iq_swap f;

	(void)state;
	iq_swap_table_init(&t, false);
	assert_false(iq_swap_line(&t, LINE("/dev/vdb partition 5 0 -2"), &f));
	assert_false(iq_swap_line(&t, LINE("Filename\t\t\t\tType\t\tSize\tUsed\tPriority"), &f));
	assert_true(iq_swap_line(&t, LINE("/swap\\040file\\040(deleted)             file\t\t"
					  "2097148\t12\t-2"), &f));
	TEXT_IS(f.path, "/swap\\040file\\040(deleted)");
	TEXT_IS(f.kind, "file");
	assert_int_equal(f.size_bytes, INT64_C(2097148) * 1024);
	assert_int_equal(f.used_bytes, 12 * 1024);
	assert_int_equal(f.priority, -2);
	assert_false(iq_swap_line(&t, LINE("/x file 9223372036854775807 0 -2"), &f));
	/* swapon --bytes --show has another order */
	iq_swap_table_init(&t, true);
	assert_false(iq_swap_line(&t, LINE("NAME       TYPE          SIZE USED PRIO"), &f));
	assert_true(iq_swap_line(&t, LINE("/dev/zram0 partition 67104768 4096  100"), &f));
	assert_int_equal(f.size_bytes, 67104768);
	assert_int_equal(f.priority, 100);
}

static void test_modules(void **state)
{
	struct iq_module f;

	(void)state;
	assert_true(iq_module_line(LINE("kvm 1380352 1 kvm_amd, Live 0xffffffffc04fa000"), &f));
	assert_int_equal(f.size_bytes, 1380352);
	assert_true((uint64_t)f.address == UINT64_C(0xffffffffc04fa000));
	assert_null(f.taints.p);
	assert_true(iq_module_line(LINE("nvidia 9 - - Live 0x0000000000000000 (POE)"), &f));
	TEXT_IS(f.taints, "POE");
	assert_int_equal(f.address, IQ_NULL);
	assert_true(iq_module_line(LINE("kvm_amd               147456  0"), &f));
	assert_false(iq_module_line(LINE("Module                  Size  Used by"), &f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_meminfo),
		cmocka_unit_test(test_vmstat),
		cmocka_unit_test(test_free_command),
		cmocka_unit_test(test_pressure),
		cmocka_unit_test(test_sysctl),
		cmocka_unit_test(test_zoneinfo_new),
		cmocka_unit_test(test_zoneinfo_old),
		cmocka_unit_test(test_zoneinfo_bad),
		cmocka_unit_test(test_buddy),
		cmocka_unit_test(test_slabinfo),
		cmocka_unit_test(test_swaps),
		cmocka_unit_test(test_modules),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
