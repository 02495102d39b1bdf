/* vmcore/state_slabs, _modules, _swaps, _hugetlb, _sysctls, _vmalloc, _tmpfs, kheads:
 * what holds memory in a composed kernel, and what is found without symbols. */
#include "compose_kernel.h"

#include "kern/taint.h"
#include "vmcore/kernel/kheads.h"
#include "vmcore/state/state_mem.h"

#define HEAD 0x100

static const struct constant constants[] = {
	{ "_slab_flag_bits", "_SLAB_RECLAIM_ACCOUNT", 3 },
	{ NULL, NULL, 0 },
};

static void place_slub(struct kernel *t)
{
	place(t, IQ_M_CACHE_LIST, 0, 16, 16, false);
	place_long(t, IQ_M_CACHE_NAME, 0x10);
	place(t, IQ_M_CACHE_FLAGS, 0x18, 4, 4, false);
	place(t, IQ_M_CACHE_SIZE, 0x1c, 4, 4, false);
	place(t, IQ_M_CACHE_OO, 0x20, 4, 4, false);
	place(t, IQ_M_CACHE_NODE, 0x28, 8, 8, false);
	place_long(t, IQ_M_SLUB_NODE_NR_PARTIAL, 0);
	place(t, IQ_M_SLUB_NODE_PARTIAL, 8, 16, 16, false);
	place_long(t, IQ_M_SLUB_NODE_NR_SLABS, 0x18);
	place_long(t, IQ_M_SLUB_NODE_TOTAL_OBJECTS, 0x20);
	place(t, IQ_M_SLAB_LIST, 8, 16, 16, false);
	place(t, IQ_M_SLAB_INUSE, 0x18, 2, 2, false);
	place(t, IQ_M_SLAB_OBJECTS, 0x1a, 2, 2, false);
	t->k.member[IQ_M_SLAB_OBJECTS].bits = 15;
	place(t, IQ_M_NODE_NODE_ZONES, 0, 8, 8, false);
	symbol(t, "contig_page_data", 0x80);
}

/* One cache with its structure for the only node at CACHE + 0x80. */
static void cache(struct kernel *t, size_t at, const char *name, unsigned flags)
{
	poke_ptr(t, at + 0x10, at + 0x60);
	poke_text(t, at + 0x60, name);
	poke(&t->m, at + 0x18, 4, flags);
	poke(&t->m, at + 0x1c, 4, 256);
	poke(&t->m, at + 0x20, 4, 1 << 16 | 32);
	poke_ptr(t, at + 0x28, at + 0x80);
	poke(&t->m, at + 0x80 + 0x18, 8, 10);
	poke(&t->m, at + 0x80 + 0x20, 8, 320);
	size_t partial = at + 0x88;
	ring(t, &partial, 1);
}

static struct kernel *machine_with_caches(void)
{
	static const size_t list[] = { HEAD, 0x1000, 0x2000 };
	struct kernel *t = kernel_new(0x10000, constants);

	place_slub(t);
	symbol(t, "slab_caches", HEAD);
	cache(t, 0x1000, "dentry", 8);
	cache(t, 0x2000, "filp", 0);
	ring(t, list, COUNT(list));
	/* two partial slabs of dentries: 30 of 64 objects are free */
	static const size_t partial[] = { 0x1088, 0x3008, 0x3048 };
	ring(t, partial, COUNT(partial));
	poke(&t->m, 0x1080, 8, 2);
	poke(&t->m, 0x3018, 4, 32u << 16 | 20);
	poke(&t->m, 0x3058, 4, 32u << 16 | 14 | 1u << 31);	/* the bit above is another's */
	return t;
}

static void slabs(void **state)
{
	struct kernel *t = machine_with_caches();
	(void)state;

	assert_int_equal(iq_state_slabs(&t->k, NULL), 0);
	expect(t, "slab cache='dentry' objects=320 active=290 object_bytes=256 "
	       "total_bytes=81920 used_bytes=74240 reclaimable=1\n");
	expect(t, "slab cache='filp' objects=320 active=320 object_bytes=256 "
	       "total_bytes=81920 used_bytes=81920 reclaimable=0\n");
	assert_int_equal(t->issues.n, 0);
	kernel_free(t);
}

/* Totals stand where the partial list is torn; what is in use is unknown then. */
static void torn_partial_list(void **state)
{
	struct kernel *t = machine_with_caches();
	(void)state;

	poke(&t->m, 0x3008, 8, 1);
	poke(&t->m, 0x3048 + 8, 8, 1);
	assert_int_equal(iq_state_slabs(&t->k, NULL), 0);
	expect(t, "slab cache='dentry' objects=320 object_bytes=256 total_bytes=81920 "
	       "reclaimable=1\n");
	assert_true(said(&t->issues, "slab-partial"));
	assert_true(t->k.missing);
	kernel_free(t);
}

/* Of a long list a part stands for all, and no list takes what others need. */
static void long_partial_lists(void **state)
{
	enum { CACHES = 20, SLABS = 2100, STRIDE = 0x20, AREA = 0x100 + SLABS * STRIDE };
	static size_t list[CACHES + 1] = { HEAD }, partial[SLABS + 1];
	struct kernel *t = kernel_new(0x1000 + CACHES * AREA + 0x1000, constants);
	char name[16];
	(void)state;

	place_slub(t);
	symbol(t, "slab_caches", HEAD);
	for (size_t c = 0; c < CACHES; c++) {
		size_t at = list[c + 1] = 0x1000 + c * AREA;
		snprintf(name, sizeof name, "cache%zu", c);
		cache(t, at, name, 0);
		poke(&t->m, at + 0xa0, 8, SLABS * 32);
		partial[0] = at + 0x88;
		for (size_t i = 0; i < SLABS; i++) {
			size_t slab = at + 0x100 + i * STRIDE;
			partial[i + 1] = slab + 8;
			poke(&t->m, slab + 0x18, 4, 32u << 16 | 20);
		}
		ring(t, partial, COUNT(partial));
		poke(&t->m, at + 0x80, 8, SLABS);
	}
	ring(t, list, COUNT(list));
	assert_int_equal(iq_state_slabs(&t->k, NULL), 0);
	expect(t, "slab cache='cache0' objects=67200 active=42000 ");
	expect(t, "slab cache='cache19' objects=67200 active=42000 ");
	assert_true(said(&t->issues, "note slab-partial-long: long lists of partly used slabs "
			 "were walked in part: for 20 of them objects in use are extrapolated"));
	kernel_free(t);
}

static void endless_caches(void **state)
{
	struct kernel *t = machine_with_caches();
	(void)state;

	poke_ptr(t, 0x2000, 0x1000);
	poke_ptr(t, HEAD + 8, 0x1000);
	assert_int_equal(iq_state_slabs(&t->k, NULL), 0);
	expect(t, "slab cache='filp'");
	assert_true(said(&t->issues, "slab-caches"));
	kernel_free(t);
}

static void modules(void **state)
{
	static const size_t list[] = { HEAD, 0x1008, 0x2008 };
	struct kernel *t = kernel_new(0x10000, NULL);
	(void)state;

	symbol(t, "modules", HEAD);
	place(t, IQ_M_MODULE_STATE, 0, 4, 4, false);
	place(t, IQ_M_MODULE_LIST, 8, 16, 16, false);
	place(t, IQ_M_MODULE_NAME, 0x18, 56, 1, true);
	place_long(t, IQ_M_MODULE_TAINTS, 0x50);
	place(t, IQ_M_MODULE_MEM, 0x58, 32, 16, false);
	place_long(t, IQ_M_MODULE_MEMORY_BASE, 0);
	place(t, IQ_M_MODULE_MEMORY_SIZE, 8, 4, 4, false);
	ring(t, list, COUNT(list));
	poke_text(t, 0x1018, "lab_hung");
	poke(&t->m, 0x1050, 8, 1 << 12 | 1 << 13);
	poke_ptr(t, 0x1058, 0x8000);
	poke(&t->m, 0x1060, 4, 8192);
	poke(&t->m, 0x1070, 4, 4096);
	poke_text(t, 0x2018, "half");
	poke(&t->m, 0x2000, 4, 3);	/* not set up yet */
	assert_int_equal(iq_state_modules(&t->k, NULL), 0);
	expect(t, "module name='lab_hung' size_bytes=12288 address=-2130673664 "
	       "taints='OE'\n");
	expect_none(t, "half");
	kernel_free(t);
}

static void taint_letters(void **state)
{
	char s[IQ_TAINT_LETTERS_MAX];
	(void)state;

	iq_taint_of_bits(0, s);
	assert_string_equal(s, "");
	iq_taint_of_bits(1 | 1 << 7 | 1 << 19 | UINT64_C(1) << 28 | UINT64_C(1) << 63, s);
	assert_string_equal(s, "PDJH?");
	iq_taint_of_bits(UINT64_MAX, s);
	assert_int_equal(strlen(s), 64);
}

/* Since 6.13 the count has a flag in it. */
static void swaps(void **state)
{
	struct kernel *t = kernel_new(0x4000, NULL);
	(void)state;

	symbol(t, "swap_info", 0x100);
	symbol(t, "nr_swapfiles", 0x110);
	poke(&t->m, 0x110, 4, 2);
	poke_ptr(t, 0x100, 0x200);
	poke_ptr(t, 0x108, 0x300);
	place_long(t, IQ_M_SWAP_FLAGS, 0);
	place(t, IQ_M_SWAP_PRIO, 8, 2, 2, true);
	place(t, IQ_M_SWAP_PAGES, 12, 4, 4, false);
	place_long(t, IQ_M_SWAP_INUSE_PAGES, 16);
	poke(&t->m, 0x200, 8, 1 | 2 | 1 << 6);
	poke(&t->m, 0x208, 2, (uint16_t)-2);
	poke(&t->m, 0x20c, 4, 1000);
	poke(&t->m, 0x210, 8, UINT64_C(1) << 30 | 1000);
	poke(&t->m, 0x30c, 4, 77);	/* of a device that was switched off */
	assert_int_equal(iq_state_swaps(&t->k, NULL), 0);
	expect(t, "swap kind='partition' size_bytes=4096000 used_bytes=4096000 priority=-2\n");
	assert_int_equal(strchr(t->out.p, '\n') - t->out.p + 1, (int)t->out.n);
	kernel_free(t);
}

static void huge_pages(void **state)
{
	struct kernel *t = kernel_new(0x4000, NULL);
	(void)state;

	symbol(t, "contig_page_data", 0x80);
	symbol(t, "hstates", 0x200);
	symbol(t, "hugetlb_max_hstate", 0x100);
	symbol(t, "default_hstate_idx", 0x104);
	t->k.struct_size[IQ_S_HSTATE] = 0x40;
	place(t, IQ_M_HSTATE_ORDER, 0, 4, 4, false);
	place_long(t, IQ_M_HSTATE_NR, 8);
	place_long(t, IQ_M_HSTATE_FREE, 16);
	place_long(t, IQ_M_HSTATE_RESV, 24);
	place(t, IQ_M_HSTATE_NR_NODE, 32, 4, 4, false);
	place(t, IQ_M_HSTATE_FREE_NODE, 36, 4, 4, false);
	poke(&t->m, 0x100, 4, 2);
	poke(&t->m, 0x104, 4, 1);
	poke(&t->m, 0x200, 4, 18);
	poke(&t->m, 0x240, 4, 9);
	poke(&t->m, 0x248, 8, 10);
	poke(&t->m, 0x250, 8, 4);
	poke(&t->m, 0x258, 8, 3);
	poke(&t->m, 0x260, 4, 10);
	poke(&t->m, 0x264, 4, 4);
	assert_int_equal(iq_state_swaps(&t->k, NULL), 0);
	expect(t, "hugetlb node=0 page_bytes=2097152 total=10 free=4 reserved=3\n");
	expect(t, "hugetlb node=0 page_bytes=1073741824 total=0 free=0 reserved=0\n");
	expect(t, "name='HugePages_Total' value=10 unit='count'");
	expect(t, "name='Hugetlb' value=20971520 unit='bytes'");
	kernel_free(t);
}

static void settings(void **state)
{
	struct kernel *t = kernel_new(0x4000, NULL);
	(void)state;

	symbol(t, "sysctl_panic_on_oom", 0x100);
	symbol(t, "sysctl_overcommit_kbytes", 0x108);
	symbol(t, "watchdog_enabled", 0x110);
	symbol(t, "core_pattern", 0x120);
	symbol(t, "panic_timeout", 0x1000);
	poke(&t->m, 0x100, 4, 2);
	poke(&t->m, 0x108, 8, UINT64_MAX);
	poke(&t->m, 0x110, 8, 2);
	poke_text(t, 0x120, "|/usr/lib/core %P");
	t->m.hole_at = 0x1000;
	t->m.hole_n = 0x1000;
	assert_int_equal(iq_state_sysctls(&t->k, NULL), 0);
	expect(t, "sysctl name='vm.panic_on_oom' value='2'\n");
	expect(t, "sysctl name='vm.overcommit_kbytes' value='18446744073709551615'\n");
	expect(t, "sysctl name='kernel.nmi_watchdog' value='0'\n");
	expect(t, "sysctl name='kernel.soft_watchdog' value='1'\n");
	expect(t, "sysctl name='kernel.core_pattern' value='|/usr/lib/core %P'\n");
	expect_none(t, "name='kernel.panic'");
	kernel_free(t);
}

/* No symbol names a variable: the tables of /proc/sys do. */
static void settings_without_symbols(void **state)
{
	struct kernel *t = kernel_new(0x10000, NULL);
	static const struct {
		size_t at;
		const char *name;
		size_t data;
		unsigned bytes, mode;
	} tables[] = {
		{ 0x2000, "swappiness", 0x6000, 4, 0644 },
		{ 0x2fe0, "panic_on_oom", 0x6004, 4, 0644 },	/* across two pages */
		{ 0x4000, "min_free_kbytes", 0x6008, 4, 0777777 },
		{ 0x4040, "panic", 0x600c, 4, 0644 },
		{ 0x4080, "panic", 0x6010, 4, 0644 },
	};
	(void)state;

	symbol(t, "init_uts_ns", 0x8000);
	place_long(t, IQ_M_SETTING_PROCNAME, 0);
	place_long(t, IQ_M_SETTING_DATA, 8);
	place(t, IQ_M_SETTING_MAXLEN, 16, 4, 4, true);
	place(t, IQ_M_SETTING_MODE, 20, 4, 4, false);
	for (size_t i = 0; i < COUNT(tables); i++) {
		poke_ptr(t, tables[i].at, 0x9000 + i * 64);
		poke_ptr(t, tables[i].at + 8, tables[i].data);
		poke(&t->m, tables[i].at + 16, 4, tables[i].bytes);
		poke(&t->m, tables[i].at + 20, 4, tables[i].mode);
		poke_text(t, 0x9000 + i * 64, tables[i].name);
	}
	poke(&t->m, 0x6000, 4, 60);
	poke(&t->m, 0x6004, 4, 1);
	poke(&t->m, 0x6008, 4, 99);
	assert_int_equal(iq_state_sysctls(&t->k, NULL), 0);
	expect(t, "sysctl name='vm.swappiness' value='60'\n");
	expect(t, "sysctl name='vm.panic_on_oom' value='1'\n");
	expect_none(t, "min_free_kbytes");	/* no file has such a mode */
	expect_none(t, "name='kernel.panic'");	/* two of the name: whose? */
	kernel_free(t);
}

static void head_of_a_list(void **state)
{
	struct kernel *t = machine_with_caches();
	uint64_t va;
	(void)state;

	iq_symbols_free(t->k.symbols);
	t->k.symbols = iq_symbols_new();
	symbol(t, "init_uts_ns", HEAD - (16 << 20) + 0x800);	/* data end at 0x900 */
	symbol(t, "kmalloc_caches", 0x40);
	poke_ptr(t, 0x48, 0x1000);
	assert_int_equal(iq_heads_find(&t->k, NULL), 0);
	assert_true(iq_ki_symbol(&t->k, "slab_caches", &va));
	assert_int_equal(va, BASE + HEAD);
	assert_false(iq_ki_symbol(&t->k, "modules", &va));
	kernel_free(t);
}

static void vmalloc_areas(void **state)
{
	static const size_t list[] = { HEAD, 0x1010, 0x1090, 0x1110, 0x1190, 0x1210 };
	struct kernel *t = kernel_new(0x4000, NULL);
	(void)state;

	symbol(t, "vmap_area_list", HEAD);
	symbol(t, "_stext", 0x2800);
	assert_int_equal(iq_symbols_add(t->k.symbols, IQ_LIT("load_module"), IQ_SLICE_NULL,
					BASE + 0x3000, 't'), 0);
	assert_int_equal(iq_symbols_add(t->k.symbols, IQ_LIT("copy_process"), IQ_SLICE_NULL,
					BASE + 0x3100, 't'), 0);
	assert_int_equal(iq_symbols_add(t->k.symbols, IQ_LIT("_etext"), IQ_SLICE_NULL,
					BASE + 0x3200, 'T'), 0);
	assert_int_equal(iq_symbols_sort(t->k.symbols, NULL), 0);
	place(t, IQ_M_VMAP_AREA_LIST, 0x10, 16, 16, false);
	place_long(t, IQ_M_VMAP_AREA_VM, 0x20);
	place_long(t, IQ_M_VMAP_AREA_START, 0);
	place_long(t, IQ_M_VM_STRUCT_FLAGS, 0);
	place_long(t, IQ_M_VM_STRUCT_ADDR, 24);
	place(t, IQ_M_VM_STRUCT_NR_PAGES, 8, 4, 4, false);
	place_long(t, IQ_M_VM_STRUCT_CALLER, 16);
	ring(t, list, COUNT(list));
	for (size_t i = 0; i < 3; i++) {
		size_t area = 0x1000 + i * 0x80, vm = 0x2000 + i * 0x80;
		poke_ptr(t, area + 0x20, vm);
		poke_ptr(t, area, 0x3800 + i);
		poke_ptr(t, vm + 24, 0x3800 + i);
		poke(&t->m, vm, 8, 2);
		poke(&t->m, vm + 8, 4, 4);
		poke_ptr(t, vm + 16, i < 2 ? 0x3010 + i * 0x20 : 0x3200);
	}
	/* I/O memory has pages of nobody */
	poke_ptr(t, 0x1180 + 0x20, 0x2180);
	poke(&t->m, 0x2180, 8, 1);
	poke(&t->m, 0x2188, 4, 1000);
	poke_ptr(t, 0x1180, 0x3900);
	poke_ptr(t, 0x2198, 0x3900);
	/* an area without vm_struct: what its pointer shows is another's (before 5.2) */
	poke_ptr(t, 0x1200 + 0x20, 0x2000);
	poke_ptr(t, 0x1200, 0x3a00);
	assert_int_equal(iq_state_vmalloc(&t->k, NULL), 0);
	expect(t, "counter scope='vmalloc' name='load_module' value=32768 unit='bytes'\n");
	/* a call that was the last instruction returns behind its function */
	expect(t, "counter scope='vmalloc' name='copy_process' value=16384 unit='bytes'\n");
	expect_none(t, "unknown");
	assert_int_equal(t->issues.n, 0);
	kernel_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slabs),
		cmocka_unit_test(torn_partial_list), cmocka_unit_test(long_partial_lists),
		cmocka_unit_test(endless_caches),
		cmocka_unit_test(modules),
		cmocka_unit_test(taint_letters),
		cmocka_unit_test(swaps),
		cmocka_unit_test(huge_pages),
		cmocka_unit_test(settings),
		cmocka_unit_test(settings_without_symbols),
		cmocka_unit_test(head_of_a_list),
		cmocka_unit_test(vmalloc_areas),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
