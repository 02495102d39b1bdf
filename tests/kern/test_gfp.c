/* tests/kern/test_gfp.c - masks of every era; the composites are those of oom.md 2.1,
 * single masks those of V18 and of the kernels' headers. */
#include "t.h"
#include "kern/gfp.h"

static const struct row {
	enum iq_gfp_era era;
	uint64_t v[14];
} rows[] = {
	/* KERNEL USER HIGHUSER HIGHUSER_MOVABLE |ZERO NOFS NOIO ATOMIC NOWAIT
	 * KERNEL_ACCOUNT KERNEL|COMP KERNEL|COMP|ZERO vmalloc ATOMIC|COMP */
	{ IQ_GFP_3_4, { 0xd0, 0x200d0, 0x200d2, 0x200da, 0x280da, 0x50, 0x10, 0x20, 0,
			0x1000d0, 0x40d0, 0xc0d0, 0x2d2, 0x4020 } },
	{ IQ_GFP_4_4, { 0x24000c0, 0x24200c0, 0x24200c2, 0x24200ca, 0x24280ca, 0x2400040,
			0x2400000, 0x2080020, 0x2000000, 0x25000c0, 0x24040c0, 0x240c0c0,
			0x24002c2, 0x2084020 } },
	{ IQ_GFP_4_14, { 0x14000c0, 0x14200c0, 0x14200c2, 0x14200ca, 0x14280ca, 0x1400040,
			 0x1400000, 0x1080020, 0x1000000, 0x15000c0, 0x14040c0, 0x140c0c0,
			 0x14002c2, 0x1084020 } },
	{ IQ_GFP_4_19, { 0x6000c0, 0x6200c0, 0x6200c2, 0x6200ca, 0x6280ca, 0x600040,
			 0x600000, 0x480020, 0x400000, 0x7000c0, 0x6040c0, 0x60c0c0,
			 0x6002c2, 0x484020 } },
	{ IQ_GFP_5_2, { 0xcc0, 0x100cc0, 0x100cc2, 0x100cca, 0x100dca, 0xc40, 0xc00, 0xa20,
			0x800, 0x400cc0, 0x40cc0, 0x40dc0, 0x2cc2, 0x40a20 } },
	{ IQ_GFP_6_1, { 0xcc0, 0x100cc0, 0x100cc2, 0x100cca, 0x100dca, 0xc40, 0xc00, 0xa20,
			0x800, 0x400cc0, 0x40cc0, 0x40dc0, 0x2cc2, 0x40a20 } },
	{ IQ_GFP_6_5, { 0xcc0, 0x100cc0, 0x100cc2, 0x100cca, 0x100dca, 0xc40, 0xc00, 0x820,
			0x800, 0x400cc0, 0x40cc0, 0x40dc0, 0x2cc2, 0x40820 } },
};
static const char *const columns[14] = {
	"GFP_KERNEL", "GFP_USER", "GFP_HIGHUSER", "GFP_HIGHUSER_MOVABLE",
	"GFP_HIGHUSER_MOVABLE|__GFP_ZERO", "GFP_NOFS", "GFP_NOIO", "GFP_ATOMIC",
	"GFP_NOWAIT", "GFP_KERNEL_ACCOUNT", "GFP_KERNEL|__GFP_COMP",
	"GFP_KERNEL|__GFP_COMP|__GFP_ZERO", "GFP_KERNEL|__GFP_HIGHMEM|__GFP_NOWARN",
	"GFP_ATOMIC|__GFP_COMP",
};

static uint64_t flags_of(const char *names, enum iq_gfp_era e)
{
	uint64_t v;
	assert_true(iq_gfp_value(iq_slice_z(names), e, &v));
	return iq_gfp_flags(v, e, NULL);
}

static void composites(void **state)
{
	(void)state;
	for (size_t r = 0; r < COUNT(rows); r++)
		for (size_t c = 0; c < COUNT(columns); c++) {
			uint64_t v = ~0ull, back = ~0ull;
			assert_true(iq_gfp_value(iq_slice_z(columns[c]), rows[r].era, &v));
			assert_int_equal(v, rows[r].v[c]);
			/* and what is printed for the number means the number again */
			struct iq_buf b;
			iq_buf_init(&b);
			iq_gfp_names(&b, v, rows[r].era);
			assert_true(iq_gfp_value(iq_buf_as_slice(&b), rows[r].era, &back));
			assert_int_equal(back, v);
			iq_buf_fini(&b);
		}
}

static void printed_names(void **state)
{
	static const struct { uint64_t v; enum iq_gfp_era e; const char *names; } t[] = {
		{ 0x6280ca, IQ_GFP_4_19, "GFP_HIGHUSER_MOVABLE|__GFP_ZERO" },
		{ 0x140dca, IQ_GFP_5_2, "GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO" },
		{ 0xcc0, IQ_GFP_5_15, "GFP_KERNEL" },
		{ 0x201da, IQ_GFP_3_4, "GFP_HIGHUSER_MOVABLE|__GFP_COLD" },
		{ 0x24002c2, IQ_GFP_4_4, "GFP_KERNEL|__GFP_HIGHMEM|__GFP_NOWARN" },
		{ 0x820, IQ_GFP_6_5, "GFP_ATOMIC" },
		{ 0xcc4, IQ_GFP_5_2, "GFP_KERNEL|GFP_DMA32" },
		{ 0x80000000cc0, IQ_GFP_5_2, "GFP_KERNEL|0x80000000000" },
		{ 0, IQ_GFP_5_2, "" },
		{ 0x20, IQ_GFP_3_4, "GFP_ATOMIC" },
		/* a composite with a flag that the era has no bit for is not meant */
		{ 0xd0, IQ_GFP_2_6_32, "GFP_KERNEL" },
		{ 0x280da, IQ_GFP_2_6_32, "GFP_HIGHUSER_MOVABLE|__GFP_ZERO" },
		{ 0x1000d0, IQ_GFP_3_4, "GFP_KERNEL_ACCOUNT" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct iq_buf b;
		iq_buf_init(&b);
		iq_gfp_names(&b, t[i].v, t[i].e);
		assert_string_equal(b.p ? b.p : "", t[i].names);
		iq_buf_fini(&b);
	}
}

/* V18, and others of their kind. */
static const struct {
	const char *text, *names;
	unsigned hint;
	uint64_t value;
	unsigned eras;		/* 0: not asked */
	const char *range;	/* NULL: not asked */
	int zone;		/* on x86-64 */
} decoded[] = {
	{ "0x62****(GFP_HIGHUSER_MOVABLE|__GFP_ZERO)", NULL, IQ_GFP_ALL_ERAS, 0x6280ca,
	  1u << IQ_GFP_4_19, "4.16-5.1", IQ_ZONE_MOVABLE },
	{ "0x60****(GFP_KERNEL)", NULL, IQ_GFP_ALL_ERAS, 0x6000c0, 1u << IQ_GFP_4_19,
	  "4.16-5.1", IQ_ZONE_NORMAL },
	{ "0x240****(GFP_KERNEL)", NULL, IQ_GFP_ALL_ERAS, 0x24000c0, 1u << IQ_GFP_4_4,
	  "4.4-4.9", IQ_ZONE_NORMAL },
	{ "0x240****", "GFP_KERNEL", IQ_GFP_ALL_ERAS, 0x24000c0, 1u << IQ_GFP_4_4,
	  NULL, IQ_ZONE_NORMAL },
	{ "0x100cca(GFP_HIGHUSER_MOVABLE)", NULL, IQ_GFP_ALL_ERAS, 0x100cca,
	  1u << IQ_GFP_5_2 | 1u << IQ_GFP_5_15 | 1u << IQ_GFP_6_1 | 1u << IQ_GFP_6_5,
	  "5.2 and later", IQ_ZONE_MOVABLE },
	{ "0x201da", NULL, IQ_GFP_ALL_ERAS, 0x201da, 1u << IQ_GFP_2_6_32 | 1u << IQ_GFP_3_4,
	  "2.6.32-4.3", IQ_ZONE_MOVABLE },
	{ "0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO)", NULL, IQ_GFP_ALL_ERAS,
	  0x140dca, 0, "5.2 and later", IQ_ZONE_MOVABLE },
	{ "0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO|__GFP_COMP)", NULL, IQ_GFP_ALL_ERAS,
	  0x140dca, 0, "5.2 and later", IQ_ZONE_MOVABLE },
	{ "0x24002c2", NULL, IQ_GFP_ALL_ERAS, 0x24002c2, 1u << IQ_GFP_4_4, "4.4-4.9",
	  IQ_ZONE_NORMAL },
	{ "0xa20(GFP_ATOMIC)", NULL, IQ_GFP_ALL_ERAS, 0xa20, 0, "5.2-6.2", IQ_ZONE_NORMAL },
	{ "0x820(GFP_ATOMIC)", NULL, IQ_GFP_ALL_ERAS, 0x820, 1u << IQ_GFP_6_5,
	  "6.3 and later", IQ_ZONE_NORMAL },
	{ "0x2280020(GFP_ATOMIC|__GFP_NOTRACK)", NULL, IQ_GFP_ALL_ERAS, 0x2280020,
	  1u << IQ_GFP_4_4, NULL, IQ_ZONE_NORMAL },
	{ "0x14200ca(GFP_HIGHUSER_MOVABLE)", NULL, IQ_GFP_ALL_ERAS, 0x14200ca,
	  1u << IQ_GFP_4_14, "4.10-4.15", IQ_ZONE_MOVABLE },
	{ "0x42d0", NULL, IQ_GFP_ALL_ERAS, 0x42d0, 0, "2.6.32-4.3", IQ_ZONE_NORMAL },
};

static void inference(void **state)
{
	(void)state;
	unsigned x86 = iq_zone_config(4, 0, IQ_LIT("x86_64"));
	for (size_t i = 0; i < COUNT(decoded); i++) {
		struct iq_gfp_text t;
		struct iq_gfp g;
		assert_true(iq_gfp_parse(iq_slice_z(decoded[i].text),
					 iq_slice_z(decoded[i].names), &t));
		iq_gfp_decode(&t, decoded[i].hint, &g);
		assert_true(g.known);
		assert_int_equal(g.value, decoded[i].value);
		if (decoded[i].eras)
			assert_int_equal(g.eras, decoded[i].eras);
		assert_int_equal(iq_gfp_zone(g.flags, x86), decoded[i].zone);
		if (decoded[i].range) {
			struct iq_buf b;
			iq_buf_init(&b);
			iq_gfp_eras_text(&b, g.eras);
			assert_string_equal(b.p, decoded[i].range);
			iq_buf_fini(&b);
		}
	}
}

static void hint_breaks_ties(void **state)
{
	struct iq_gfp_text t;
	struct iq_gfp g;
	(void)state;
	assert_true(iq_gfp_parse(IQ_LIT("0x100cca(GFP_HIGHUSER_MOVABLE)"), IQ_SLICE_NULL, &t));
	iq_gfp_decode(&t, 1u << IQ_GFP_5_15, &g);
	assert_int_equal(g.era, IQ_GFP_5_15);
	/* a hint that does not fit is not followed */
	iq_gfp_decode(&t, 1u << IQ_GFP_4_4, &g);
	assert_true(g.era >= IQ_GFP_5_2);
	/* a number alone that the hint explains */
	assert_true(iq_gfp_parse(IQ_LIT("0xcc0"), IQ_SLICE_NULL, &t));
	iq_gfp_decode(&t, 1u << IQ_GFP_5_2, &g);
	assert_int_equal(g.era, IQ_GFP_5_2);
	assert_true(iq_gfp_may_reclaim(g.flags));
}

static void fault_path(void **state)
{
	static const char *const zero[] = { "0x0", "0x0()", "0", "0()" };
	(void)state;
	for (size_t i = 0; i < COUNT(zero); i++) {
		struct iq_gfp_text t;
		struct iq_gfp g;
		assert_true(iq_gfp_parse(iq_slice_z(zero[i]), IQ_SLICE_NULL, &t));
		iq_gfp_decode(&t, IQ_GFP_ALL_ERAS, &g);
		assert_true(g.zero);
		assert_int_equal(g.eras, IQ_GFP_ALL_ERAS);
	}
}

static void nothing_to_parse(void **state)
{
	struct iq_gfp_text t;
	(void)state;
	assert_false(iq_gfp_parse(IQ_LIT(""), IQ_SLICE_NULL, &t));
	assert_false(iq_gfp_parse(IQ_LIT("GFP"), IQ_SLICE_NULL, &t));
	assert_false(iq_gfp_parse(IQ_SLICE_NULL, IQ_SLICE_NULL, &t));
	/* digits without end are cut, not overflown */
	assert_true(iq_gfp_parse(IQ_LIT("0xffffffffffffffffffffffff(GFP_KERNEL"),
				 IQ_SLICE_NULL, &t));
	assert_int_equal(t.digits, 16);
}

static void predicates(void **state)
{
	(void)state;
	for (enum iq_gfp_era e = 0; e < IQ_GFP_ERAS; e++) {
		assert_true(iq_gfp_may_reclaim(flags_of("GFP_KERNEL", e)));
		assert_true(iq_gfp_may_reclaim(flags_of("GFP_NOIO", e)));
		assert_false(iq_gfp_may_reclaim(flags_of("GFP_ATOMIC", e)));
		assert_false(iq_gfp_may_reclaim(flags_of("GFP_NOWAIT", e)));
		assert_true(iq_gfp_is_atomic(flags_of("GFP_ATOMIC", e)));
		assert_false(iq_gfp_is_atomic(flags_of("GFP_NOWAIT", e)));
		assert_false(iq_gfp_is_atomic(flags_of("GFP_KERNEL", e)));
		assert_true(iq_gfp_wakes_kswapd(flags_of("GFP_KERNEL", e), e));
		/* until 4.3 without a bit of its own in the mask */
		assert_true(iq_gfp_wakes_kswapd(flags_of("GFP_ATOMIC", e), e));
		assert_true(iq_gfp_cma(flags_of("GFP_HIGHUSER_MOVABLE", e)));
		assert_false(iq_gfp_cma(flags_of("GFP_HIGHUSER", e)));
		assert_true(iq_gfp_is_thp(flags_of("GFP_TRANSHUGE_LIGHT", e)));
	}
	struct iq_gfp g = { .era = IQ_GFP_5_2, .flags = flags_of("GFP_KERNEL|__GFP_THISNODE",
								 IQ_GFP_5_2) };
	assert_int_equal(iq_gfp_has(&g, IQ_LIT("__GFP_FS")), 1);
	assert_int_equal(iq_gfp_has(&g, IQ_LIT("__GFP_THISNODE")), 1);
	assert_int_equal(iq_gfp_has(&g, IQ_LIT("__GFP_NORETRY")), 0);
	assert_int_equal(iq_gfp_has(&g, IQ_LIT("__GFP_COLD")), 0);	/* other eras' */
	assert_int_equal(iq_gfp_has(&g, IQ_LIT("__GFP_NONSENSE")), -1);
	g.era = IQ_GFP_3_4;
	g.flags = flags_of("GFP_KERNEL", IQ_GFP_3_4);
	assert_int_equal(iq_gfp_has(&g, IQ_LIT("__GFP_DIRECT_RECLAIM")), 1);
}

static void class_zones(void **state)
{
	unsigned x86 = iq_zone_config(5, IQ_ZONE_BIT(IQ_ZONE_DMA32), IQ_SLICE_NULL);
	unsigned pae = iq_zone_config(4, IQ_ZONE_BIT(IQ_ZONE_HIGHMEM), IQ_SLICE_NULL);
	enum iq_gfp_era e = IQ_GFP_5_2;
	(void)state;
	assert_int_equal(iq_zone_index(x86, IQ_ZONE_NORMAL), 2);
	assert_int_equal(iq_zone_index(x86, IQ_ZONE_MOVABLE), 3);
	assert_int_equal(iq_zone_index(x86, IQ_ZONE_DEVICE), 4);
	assert_int_equal(iq_zone_index(x86, IQ_ZONE_HIGHMEM), -1);
	assert_int_equal(iq_zone_index(pae, IQ_ZONE_NORMAL), 1);
	assert_int_equal(iq_zone_index(pae, IQ_ZONE_HIGHMEM), 2);
	assert_int_equal(iq_gfp_zone(flags_of("GFP_HIGHUSER", e), x86), IQ_ZONE_NORMAL);
	assert_int_equal(iq_gfp_zone(flags_of("GFP_HIGHUSER", e), pae), IQ_ZONE_HIGHMEM);
	assert_int_equal(iq_gfp_zone(flags_of("GFP_HIGHUSER", e), 0), IQ_ZONE_NORMAL);
	assert_int_equal(iq_gfp_zone(flags_of("GFP_KERNEL|GFP_DMA", e), x86), IQ_ZONE_DMA);
	assert_int_equal(iq_gfp_zone(flags_of("GFP_KERNEL|GFP_DMA32", e), x86), IQ_ZONE_DMA32);
	assert_int_equal(iq_gfp_zone(flags_of("GFP_KERNEL|GFP_DMA32", e), pae), IQ_ZONE_NORMAL);
	assert_int_equal(iq_gfp_zone(7, x86), -1);
	assert_int_equal(iq_zone_config(9, 0, IQ_SLICE_NULL), 0);
	assert_int_equal(iq_zone_type(IQ_LIT("HighMem")), IQ_ZONE_HIGHMEM);
	assert_int_equal(iq_zone_type(IQ_LIT("High")), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(composites), cmocka_unit_test(printed_names),
		cmocka_unit_test(inference), cmocka_unit_test(hint_breaks_ties),
		cmocka_unit_test(fault_path), cmocka_unit_test(nothing_to_parse),
		cmocka_unit_test(predicates), cmocka_unit_test(class_zones),
	};
	return cmocka_run_group_tests_name("gfp", tests, NULL, NULL);
}
