/* tests/parse/test_memdump.c - Mem-Info lines of every era, whole and damaged.
 *
 * All texts composed from the formats of mm/page_alloc.c and mm/show_mem.c.
 */
#include "t_sink.h"

#include <stdio.h>

#include "kern/era.h"
#include "parse/memdump.h"

static int feed_flags(struct iq_memdump *m, const char *text, unsigned flags)
{
	static int64_t line;
	struct iq_record rec = t_record(text, ++line);
	rec.flags = flags;
	return iq_memdump_line(m, &rec);
}

static int feed(struct iq_memdump *m, const char *text)
{
	return feed_flags(m, text, 0);
}

static void put(struct iq_memdump *m, struct t_facts *t, int64_t page_size)
{
	struct iq_err err;
	t_init(t);
	assert_int_equal(iq_memdump_put(m, &t->sink, 7, page_size, &err), 0);
}

/* --- which line is which --- */

static const struct { const char *text; int kind; const char *role; } lines[] = {
	{ "Mem-Info:", IQ_MEMDUMP_HEADER, NULL },
	{ "Node 0 DMA per-cpu:", IQ_MEMDUMP_PER_CPU, NULL },
	{ "DMA per-cpu:", IQ_MEMDUMP_PER_CPU, NULL },
	{ "CPU    0: hi:  186, btch:  31 usd:  30", IQ_MEMDUMP_PER_CPU, NULL },
	{ "cpu 0 hot: high 186, batch 31 used:30", IQ_MEMDUMP_PER_CPU, NULL },
	{ "active_anon:15 inactive_anon:18 isolated_anon:0", IQ_MEMDUMP_COUNTERS, "counters" },
	{ " active_file:7 inactive_file:8 isolated_file:0", IQ_MEMDUMP_COUNTERS, "counters" },
	{ " unevictable:0 dirty:3 writeback:26 unstable:0", IQ_MEMDUMP_COUNTERS, "counters" },
	{ " unevictable:0 dirty:3 writeback:26", IQ_MEMDUMP_COUNTERS, "counters" },
	{ " free:1973 slab_reclaimable:1798 slab_unreclaimable:3674", IQ_MEMDUMP_COUNTERS,
	  "counters" },
	{ " slab_reclaimable:1798 slab_unreclaimable:3674", IQ_MEMDUMP_COUNTERS, "counters" },
	{ " mapped:8 shmem:1 pagetables:752 bounce:0", IQ_MEMDUMP_COUNTERS, "counters" },
	{ " mapped:8 shmem:1 pagetables:752", IQ_MEMDUMP_COUNTERS, "counters" },
	{ " sec_pagetables:2 bounce:0", IQ_MEMDUMP_COUNTERS, "counters" },
	{ " kernel_misc_reclaimable:0", IQ_MEMDUMP_COUNTERS, "counters" },
	{ " free:1973 free_pcp:0 free_cma:0", IQ_MEMDUMP_COUNTERS, "counters" },
	{ " free_cma:0", IQ_MEMDUMP_COUNTERS, "counters" },
	{ "Node 3 active_anon:4kB inactive_anon:0kB shmem:0kB all_unreclaimable? no",
	  IQ_MEMDUMP_NODE, "node 3" },
	{ "Node 0 DMA free:15kB min:4kB low:5kB high:6kB", IQ_MEMDUMP_ZONE, "zone 0 DMA" },
	{ "DMA32 free:15kB min:4kB low:5kB high:6kB", IQ_MEMDUMP_ZONE, "zone 0 DMA32" },
	{ "lowmem_reserve[]: 0 0 0 0", IQ_MEMDUMP_RESERVE, "reserve 0 DMA32" },
	{ "Node 1 Normal: 2*4kB (UME) 0*8kB = 8kB", IQ_MEMDUMP_FREE_LIST,
	  "free-list 1 Normal" },
	{ "HighMem: 2*4kB 0*8kB = 8kB", IQ_MEMDUMP_FREE_LIST, "free-list 0 HighMem" },
	{ "Node 0 hugepages_total=8 hugepages_free=1 hugepages_surp=0 hugepages_size=2048kB",
	  IQ_MEMDUMP_HUGETLB, "hugetlb 0 2048kB" },
	{ "71 total pagecache pages", IQ_MEMDUMP_PAGECACHE, "pagecache" },
	{ "42 pages in swap cache", IQ_MEMDUMP_SWAP_CACHE, "counters" },
	{ "Swap cache stats: add 245190, delete 245148, find 77026/136093",
	  IQ_MEMDUMP_SWAP_CACHE, "counters" },
	{ "Free swap  = 3118172kB", IQ_MEMDUMP_SWAP_FREE, "swap-free" },
	{ "Total swap = 3334140kB", IQ_MEMDUMP_SWAP_TOTAL, "swap-total" },
	{ "Free swap:            0kB", IQ_MEMDUMP_SWAP_FREE, "swap-free" },
	{ "262014 pages RAM", IQ_MEMDUMP_PAGES_RAM, "pages-ram" },
	{ "0 pages HighMem/MovableOnly", IQ_MEMDUMP_PAGES_OTHER, "counters" },
	{ "0 pages HighMem", IQ_MEMDUMP_PAGES_OTHER, "counters" },
	{ "8149 pages reserved", IQ_MEMDUMP_PAGES_RESERVED, "pages-reserved" },
	{ "100 pages shared", IQ_MEMDUMP_PAGES_OTHER, "counters" },
	{ "200 pages non-shared", IQ_MEMDUMP_PAGES_OTHER, "counters" },
	{ "0 pages in pagetable cache", IQ_MEMDUMP_PAGES_OTHER, "counters" },
	{ "16384 pages cma reserved", IQ_MEMDUMP_PAGES_OTHER, "counters" },
	{ "0 pages hwpoisoned", IQ_MEMDUMP_PAGES_OTHER, "counters" },
	{ "5 pages balloonized", IQ_MEMDUMP_PAGES_OTHER, "counters" },
	{ "Unreclaimable slab info:", IQ_MEMDUMP_SLAB_HEADER, "slab-header" },
	{ "Name                      Used          Total", IQ_MEMDUMP_SLAB_HEADER,
	  "slab-header" },
	{ "kmalloc-64             1234KB       1300KB", IQ_MEMDUMP_SLAB, "slab kmalloc-64" },
	{ "excessive unreclaimable slab but cannot dump stats", IQ_MEMDUMP_SLAB_HEADER,
	  "slab-header" },
	{ "Memory allocations:", IQ_MEMDUMP_ALLOCATIONS, "counters" },
	{ "Memory allocations (profiling is currently turned on):", IQ_MEMDUMP_ALLOCATIONS,
	  "counters" },
	{ "    1.50 GiB   393216 mm/memory.c:1066 func:folio_prealloc",
	  IQ_MEMDUMP_ALLOCATIONS, "counters" },
	{ "     512 KiB      128 drivers/a.c:7 [b] func:c", IQ_MEMDUMP_ALLOCATIONS,
	  "counters" },
	{ "Memory cgroup min protection 12kB -- low protection 8kB", IQ_MEMDUMP_PROTECTION,
	  "counters" },
	/* not of this block, however alike */
	{ "", IQ_MEMDUMP_NONE, NULL },
	{ "DMA zone: 3999 pages, LIFO batch:0", IQ_MEMDUMP_NONE, NULL },
	{ "  DMA zone: 64 pages reserved", IQ_MEMDUMP_NONE, NULL },
	{ "Node 0, zone   Normal, type    Movable    1   0", IQ_MEMDUMP_NONE, NULL },
	{ "Node 0 CPUs: 0-3", IQ_MEMDUMP_NONE, NULL },
	{ "CPU: 1 PID: 7 Comm: x Not tainted 4.4.1 #2", IQ_MEMDUMP_NONE, NULL },
	{ "Normal people write Normal things", IQ_MEMDUMP_NONE, NULL },
	{ "anon 4096", IQ_MEMDUMP_NONE, NULL },
	{ "memory: usage 1024kB, limit 1024kB, failcnt 3", IQ_MEMDUMP_NONE, NULL },
	{ "Memory cgroup stats for /a: cache:0KB rss:1KB", IQ_MEMDUMP_NONE, NULL },
	{ "[ 2054]     0  2054     5101        0      14       3      141             0 x",
	  IQ_MEMDUMP_NONE, NULL },
	{ "Killed process 1 (free:2) total-vm:4kB, anon-rss:4kB", IQ_MEMDUMP_NONE, NULL },
	{ " [<ffffffff8158cbcc>] ? dump_stack+0x40/0x50", IQ_MEMDUMP_NONE, NULL },
};

static void kinds_and_roles(void **state)
{
	(void)state;
	struct iq_memdump *m = iq_memdump_new();
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		int kind = feed(m, lines[i].text);
		if (kind != lines[i].kind)
			fail_msg("\"%s\": kind %d, want %d", lines[i].text, kind,
				 lines[i].kind);
		if (kind)
			t_text(iq_memdump_role(m), lines[i].role);
	}
	iq_memdump_free(m);
}

static void slab_rows_only_in_their_table(void **state)
{
	(void)state;
	struct iq_memdump *m = iq_memdump_new();
	assert_int_equal(feed(m, "kmalloc-64             1234KB       1300KB"), 0);
	assert_int_equal(iq_memdump_have(m), 0);
	iq_memdump_free(m);
}

static void unknown_page_counts_amid_known_ones(void **state)
{
	(void)state;
	struct iq_memdump *m = iq_memdump_new();
	assert_int_equal(feed(m, "5 pages balloonized"), 0);
	assert_int_equal(feed(m, "262014 pages RAM"), IQ_MEMDUMP_PAGES_RAM);
	assert_int_equal(feed(m, "5 pages balloonized"), IQ_MEMDUMP_PAGES_OTHER);
	assert_int_equal(iq_memdump_counter(m, IQ_LIT("pages balloonized")), 5);
	iq_memdump_free(m);
}

/* --- zone and node lines of each era: how many columns come out, and a few values --- */

struct era {
	const char *name, *text;
	unsigned columns;		/* numbers that are not missing, node and line aside */
	const char *column;
	int64_t value;
};

static const struct era zones[] = {
	{ "2.6.32, el6, 3.2", "Node 0 DMA32 free:44kB min:40kB low:48kB high:60kB active_anon:4kB "
	  "inactive_anon:4kB active_file:4kB inactive_file:4kB unevictable:4kB isolated(anon):4kB "
	  "isolated(file):4kB present:4kB mlocked:4kB dirty:4kB writeback:4kB mapped:4kB shmem:4kB "
	  "slab_reclaimable:4kB slab_unreclaimable:8kB kernel_stack:4kB pagetables:4kB unstable:4kB "
	  "bounce:4kB writeback_tmp:4kB pages_scanned:12 all_unreclaimable? yes",
	  26, "pages_scanned", 12 },
	{ "3.10", "Node 0 DMA32 free:44kB min:40kB low:48kB high:60kB active_anon:4kB "
	  "inactive_anon:4kB active_file:4kB inactive_file:4kB unevictable:4kB isolated(anon):4kB "
	  "isolated(file):4kB present:4kB managed:16kB mlocked:4kB dirty:4kB writeback:4kB mapped:4kB "
	  "shmem:4kB slab_reclaimable:4kB slab_unreclaimable:8kB kernel_stack:4kB pagetables:4kB "
	  "unstable:4kB bounce:4kB free_cma:4kB writeback_tmp:4kB pages_scanned:12 "
	  "all_unreclaimable? no", 28, "managed_bytes", 16384 },
	{ "el7.7, 4.4", "Node 0 DMA32 free:44kB min:40kB low:48kB high:60kB active_anon:4kB "
	  "inactive_anon:4kB active_file:4kB inactive_file:4kB unevictable:4kB isolated(anon):4kB "
	  "isolated(file):4kB present:4kB managed:4kB mlocked:4kB dirty:4kB writeback:4kB mapped:4kB "
	  "shmem:4kB slab_reclaimable:4kB slab_unreclaimable:8kB kernel_stack:4kB pagetables:4kB "
	  "unstable:4kB bounce:4kB free_pcp:4kB local_pcp:4kB free_cma:4kB writeback_tmp:4kB "
	  "pages_scanned:12 all_unreclaimable? yes", 30, "all_unreclaimable", 1 },
	{ "4.8, 4.9", "Node 0 DMA32 free:44kB min:40kB low:48kB high:60kB active_anon:4kB "
	  "inactive_anon:4kB active_file:4kB inactive_file:4kB unevictable:4kB writepending:28kB "
	  "present:4kB managed:4kB mlocked:4kB slab_reclaimable:4kB slab_unreclaimable:8kB "
	  "kernel_stack:4kB pagetables:4kB bounce:4kB free_pcp:4kB local_pcp:4kB free_cma:4kB",
	  21, "writepending_bytes", 28672 },
	{ "4.14 to 5.4", "Node 0 DMA32 free:44kB min:40kB low:48kB high:60kB active_anon:4kB "
	  "inactive_anon:4kB active_file:4kB inactive_file:4kB unevictable:4kB writepending:4kB "
	  "present:4kB managed:4kB mlocked:4kB kernel_stack:12kB pagetables:4kB bounce:4kB "
	  "free_pcp:4kB local_pcp:4kB free_cma:4kB", 19, "kernel_stack_bytes", 12288 },
	{ "5.8", "Node 0 DMA32 free:44kB min:40kB low:48kB high:60kB reserved_highatomic:2048KB "
	  "active_anon:4kB inactive_anon:4kB active_file:4kB inactive_file:4kB unevictable:4kB "
	  "writepending:4kB present:4kB managed:4kB mlocked:4kB kernel_stack:4kB pagetables:4kB "
	  "bounce:4kB free_pcp:4kB local_pcp:4kB free_cma:4kB", 20, "highatomic_bytes", 2097152 },
	{ "5.15", "Node 0 DMA32 free:44kB min:40kB low:48kB high:60kB reserved_highatomic:2048KB "
	  "active_anon:4kB inactive_anon:4kB active_file:4kB inactive_file:4kB unevictable:4kB "
	  "writepending:4kB present:4kB managed:4kB mlocked:4kB bounce:4kB free_pcp:4kB local_pcp:4kB "
	  "free_cma:20kB", 18, "free_cma_bytes", 20480 },
	{ "6.1 to 6.12", "Node 0 DMA32 free:44kB boost:16kB min:40kB low:48kB high:60kB "
	  "reserved_highatomic:0KB active_anon:4kB inactive_anon:4kB active_file:4kB inactive_file:4kB "
	  "unevictable:4kB writepending:4kB present:4kB managed:4kB mlocked:4kB bounce:4kB "
	  "free_pcp:4kB local_pcp:4kB free_cma:4kB", 19, "boost_bytes", 16384 },
	{ "7.3", "Node 0 DMA32 free:44kB boost:0kB min:40kB low:48kB high:60kB "
	  "reserved_highatomic:4kB free_highatomic:24kB active_anon:4kB inactive_anon:4kB "
	  "active_file:4kB inactive_file:4kB unevictable:4kB writepending:4kB zspages:36kB present:4kB "
	  "managed:4kB mlocked:4kB bounce:0kB free_pcp:4kB local_pcp:4kB free_cma:4kB",
	  21, "zspages_bytes", 36864 },
};

static const struct era nodes[] = {
	{ "4.14 to 5.4", "Node 0 active_anon:4kB inactive_anon:8kB active_file:4kB inactive_file:4kB "
	  "unevictable:4kB isolated(anon):4kB isolated(file):4kB mapped:4kB dirty:4kB writeback:4kB "
	  "shmem:40kB shmem_thp: 4kB shmem_pmdmapped: 8kB anon_thp: 12kB writeback_tmp:4kB "
	  "unstable:4kB all_unreclaimable? yes", 17, "shmem_bytes", 40960 },
	{ "5.8", "Node 0 active_anon:4kB inactive_anon:8kB active_file:4kB inactive_file:4kB "
	  "unevictable:4kB isolated(anon):4kB isolated(file):4kB mapped:4kB dirty:4kB writeback:4kB "
	  "shmem:40kB shmem_thp: 4kB shmem_pmdmapped: 8kB anon_thp: 12kB writeback_tmp:4kB "
	  "all_unreclaimable? yes", 16, "anon_thp_bytes", 12288 },
	{ "5.10, arm64", "Node 0 active_anon:4kB inactive_anon:8kB active_file:4kB inactive_file:4kB "
	  "unevictable:4kB isolated(anon):4kB isolated(file):4kB mapped:4kB dirty:4kB writeback:4kB "
	  "shmem:4kB shmem_thp: 4kB shmem_pmdmapped: 8kB anon_thp: 12kB writeback_tmp:4kB "
	  "kernel_stack:1234kB shadow_call_stack:312kB all_unreclaimable? no",
	  18, "shadow_call_stack_bytes", 319488 },
	{ "6.1, 6.5", "Node 0 active_anon:4kB inactive_anon:8kB active_file:4kB inactive_file:4kB "
	  "unevictable:4kB isolated(anon):4kB isolated(file):4kB mapped:4kB dirty:4kB writeback:4kB "
	  "shmem:4kB shmem_thp: 4kB shmem_pmdmapped: 8kB anon_thp: 12kB writeback_tmp:4kB "
	  "kernel_stack:1234kB pagetables:44kB sec_pagetables:48kB all_unreclaimable? no",
	  19, "sec_pagetables_bytes", 49152 },
	{ "6.8, 6.12", "Node 0 active_anon:4kB inactive_anon:8kB active_file:4kB inactive_file:4kB "
	  "unevictable:4kB isolated(anon):4kB isolated(file):4kB mapped:4kB dirty:4kB writeback:4kB "
	  "shmem:4kB shmem_thp:4kB shmem_pmdmapped:8kB anon_thp:12kB writeback_tmp:4kB "
	  "kernel_stack:1234kB pagetables:44kB sec_pagetables:48kB all_unreclaimable? no",
	  19, "pagetables_bytes", 45056 },
	{ "7.3", "Node 0 active_anon:4kB inactive_anon:8kB active_file:4kB inactive_file:4kB "
	  "unevictable:4kB isolated(anon):4kB isolated(file):4kB mapped:4kB dirty:4kB writeback:4kB "
	  "shmem:4kB shmem_thp:4kB shmem_pmdmapped:8kB anon_thp:12kB kernel_stack:1234kB "
	  "pagetables:44kB sec_pagetables:48kB all_unreclaimable? no Balloon:512kB gpu_active:4kB "
	  "gpu_reclaim:8kB", 21, "balloon_bytes", 524288 },
};

/* Compares against what is set in FACT, of the kind that IDX names. */
static void check_era(const struct era *e, enum iq_fact_type type, const void *fact)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	unsigned n = 0;
	for (size_t i = 0; i < d->n_columns; i++) {
		const struct iq_column *c = &d->columns[i];
		if (c->kind != IQ_COL_INT || !strcmp(c->name, "node") ||
		    !strcmp(c->name, "line"))
			continue;
		int64_t v = *iq_fact_int((void *)(uintptr_t)fact, c);
		n += v != IQ_NULL;
		if (!strcmp(c->name, e->column) && v != e->value)
			fail_msg("%s: %s is %lld, want %lld", e->name, c->name, (long long)v,
				 (long long)e->value);
	}
	if (n != e->columns)
		fail_msg("%s: %u columns, want %u", e->name, n, e->columns);
}

static void lines_of_every_era(const struct era *eras, size_t n, enum iq_fact_type type)
{
	for (size_t i = 0; i < n; i++) {
		struct iq_memdump *m = iq_memdump_new();
		struct t_facts t;
		feed(m, eras[i].text);
		assert_int_equal(iq_memdump_torn(m), 0);
		put(m, &t, 4096);
		check_era(&eras[i], type, t_fact(&t, type, 0));
		assert_int_equal(t.n[IQ_FACT_COUNTER], 0);
		t_fini(&t);
		iq_memdump_free(m);
	}
}

static void zone_lines(void **state)
{
	(void)state;
	lines_of_every_era(zones, sizeof zones / sizeof *zones, IQ_FACT_ZONE);
}

static void node_lines(void **state)
{
	(void)state;
	lines_of_every_era(nodes, sizeof nodes / sizeof *nodes, IQ_FACT_NODE);
}

static void forms_tell_the_era(void **state)
{
	(void)state;
	struct iq_memdump *m = iq_memdump_new();
	feed(m, zones[0].text);
	assert_int_equal(iq_memdump_forms(m), IQ_FORM_ZONE_LRU | IQ_FORM_KERNEL_STACK_ZONE);
	feed(m, "Node 0 Normal free:4kB boost:0kB managed:4kB reserved_highatomic:0KB "
		"free_pcp:0kB");
	assert_int_equal(iq_memdump_forms(m) &
			 (IQ_FORM_ZONE_BOOST | IQ_FORM_ZONE_MANAGED | IQ_FORM_ZONE_HIGHATOMIC |
			  IQ_FORM_ZONE_FREE_PCP | IQ_FORM_ZONE_FREE_HIGHATOMIC),
			 IQ_FORM_ZONE_BOOST | IQ_FORM_ZONE_MANAGED | IQ_FORM_ZONE_HIGHATOMIC |
			 IQ_FORM_ZONE_FREE_PCP);
	iq_memdump_free(m);
}

/* --- the argument order of 4.8 and 4.9 --- */

static const struct iq_node *thp_case(const char *global, const char *node, struct t_facts *t)
{
	struct iq_memdump *m = iq_memdump_new();
	feed(m, global);
	feed(m, node);
	put(m, t, 4096);
	iq_memdump_free(m);
	return T_FACT(t, NODE, node, 0);
}

#define THP_4_9 "Node 0 active_anon:4kB shmem:0kB shmem_thp: 0kB shmem_pmdmapped: 2048kB " \
		"anon_thp: 400kB writeback_tmp:0kB unstable:0kB pages_scanned:0 all_unreclaimable? no"

static void thp_arguments_in_the_wrong_order(void **state)
{
	(void)state;
	struct t_facts t;
	const struct iq_node *n = thp_case("mapped:8 shmem:100 pagetables:1 bounce:0", THP_4_9, &t);
	assert_int_equal(n->shmem_bytes, 400 * 1024);
	assert_int_equal(n->shmem_thp_bytes, 0);
	assert_int_equal(n->shmem_pmdmapped_bytes, 0);
	assert_int_equal(n->anon_thp_bytes, 2048 * 1024);
	t_fini(&t);
	/* nothing to compare with: the form decides */
	n = thp_case("", THP_4_9, &t);
	assert_int_equal(n->shmem_bytes, 400 * 1024);
	t_fini(&t);
	/* a stable kernel with the fix: the global counter agrees with what is printed */
	n = thp_case("mapped:8 shmem:0 pagetables:1 bounce:0", THP_4_9, &t);
	assert_int_equal(n->shmem_bytes, 0);
	assert_int_equal(n->anon_thp_bytes, 400 * 1024);
	t_fini(&t);
	/* 4.14 has no pages_scanned there and is right */
	n = thp_case("", nodes[0].text, &t);
	assert_int_equal(n->shmem_bytes, 40 * 1024);
	t_fini(&t);
}

/* --- reserves, free lists, huge pages, swap --- */

static void reserve_is_bytes_and_belongs_to_the_zone_before(void **state)
{
	(void)state;
	struct t_facts t;
	struct iq_memdump *m = iq_memdump_new();
	feed(m, "Node 0 DMA free:3944kB min:60kB low:72kB high:88kB free_cma:0kB");
	assert_int_equal(feed(m, "lowmem_reserve[]: 0 972 972 972"), IQ_MEMDUMP_RESERVE);
	t_text(iq_memdump_role(m), "reserve 0 DMA");
	feed(m, "Node 0 Normal free:3944kB min:60kB low:72kB high:88kB free_cma:0kB");
	assert_int_equal(feed_flags(m, "lowmem_reserve[]: 0 1 1 1", IQ_REC_AFTER_GAP),
			 IQ_MEMDUMP_RESERVE);
	put(m, &t, 4096);
	t_text(T_FACT(&t, ZONE, zone, 0)->lowmem_reserve, "[0,3981312,3981312,3981312]");
	t_text(T_FACT(&t, ZONE, zone, 1)->lowmem_reserve, NULL);
	t_fini(&t);
	/* the page size is not known: nothing is guessed */
	put(m, &t, IQ_NULL);
	t_text(T_FACT(&t, ZONE, zone, 0)->lowmem_reserve, NULL);
	t_fini(&t);
	iq_memdump_free(m);
}

static void free_lists_tell_orders_letters_and_page_size(void **state)
{
	(void)state;
	struct t_facts t;
	struct iq_memdump *m = iq_memdump_new();
	feed(m, "Node 0 Normal free:4kB min:4kB low:4kB high:4kB free_cma:0kB");
	feed(m, "lowmem_reserve[]: 0 3");
	feed(m, "Node 0 Normal: 10*64kB (UME) 0*128kB (M) 1*256kB (H) 0*512kB = 896kB");
	assert_int_equal(iq_memdump_page_size(m), 65536);
	put(m, &t, 4096);	/* what the text says is better than what the caller thinks */
	assert_int_equal(t.n[IQ_FACT_FREE_LIST], 4);
	const struct iq_free_list *f = T_FACT(&t, FREE_LIST, free_list, 0);
	assert_int_equal(f->block_order, 0);
	assert_int_equal(f->blocks, 10);
	t_text(f->migrate_type, "UME");
	t_text(T_FACT(&t, FREE_LIST, free_list, 1)->migrate_type, "M");
	f = T_FACT(&t, FREE_LIST, free_list, 2);
	assert_int_equal(f->block_order, 2);
	t_text(f->migrate_type, "H");
	t_text(T_FACT(&t, FREE_LIST, free_list, 3)->migrate_type, NULL);
	t_text(T_FACT(&t, ZONE, zone, 0)->lowmem_reserve, "[0,196608]");
	t_fini(&t);
	iq_memdump_free(m);
}

static void huge_pages_and_swap(void **state)
{
	(void)state;
	struct t_facts t;
	struct iq_memdump *m = iq_memdump_new();
	feed(m, "Node 1 hugepages_total=360 hugepages_free=359 hugepages_surp=1 "
		"hugepages_size=1048576kB");
	feed(m, "Node 1 hugepages_total=3 hugepages_free=2 hugepages_su");
	feed(m, "Free swap  = 3118172kB");
	feed(m, "Total swap = 3334140kB");
	put(m, &t, 4096);
	const struct iq_hugetlb *h = T_FACT(&t, HUGETLB, hugetlb, 0);
	assert_int_equal(h->node, 1);
	assert_int_equal(h->page_bytes, INT64_C(1) << 30);
	assert_int_equal(h->total, 360);
	assert_int_equal(h->free, 359);
	assert_int_equal(h->surplus, 1);
	assert_int_equal(h->reserved, IQ_NULL);
	assert_int_equal(T_FACT(&t, HUGETLB, hugetlb, 1)->page_bytes, IQ_NULL);
	assert_int_equal(iq_memdump_counter(m, IQ_LIT("Free swap")), 3118172 * INT64_C(1024));
	assert_int_equal(iq_memdump_counter(m, IQ_LIT("Total swap")), 3334140 * INT64_C(1024));
	t_fini(&t);
	iq_memdump_free(m);
}

static void slab_table(void **state)
{
	(void)state;
	struct t_facts t;
	struct iq_memdump *m = iq_memdump_new();
	feed(m, "Unreclaimable slab info:");
	feed(m, "Name                      Used          Total");
	feed(m, "nf_conntrack_ffff8801         12KB         16KB");
	feed(m, "task_struct          5KB");
	put(m, &t, 4096);
	assert_int_equal(t.n[IQ_FACT_SLAB], 1);
	const struct iq_slab *s = T_FACT(&t, SLAB, slab, 0);
	t_text(s->cache, "nf_conntrack_ffff8801");
	assert_int_equal(s->used_bytes, 12288);
	assert_int_equal(s->total_bytes, 16384);
	assert_int_equal(s->reclaimable, 0);
	assert_int_equal(s->objects, IQ_NULL);
	t_fini(&t);
	iq_memdump_free(m);
}

static const struct iq_counter *find_counter(const struct t_facts *t, const char *scope,
					     const char *name)
{
	for (size_t i = 0; i < t->n[IQ_FACT_COUNTER]; i++) {
		const struct iq_counter *c = T_FACT(t, COUNTER, counter, i);
		if (iq_eq(c->scope, iq_slice_z(scope)) && iq_eq(c->name, iq_slice_z(name)))
			return c;
	}
	fail_msg("no counter %s %s", scope, name);
	return NULL;
}

static void counters_by_name(void **state)
{
	(void)state;
	struct t_facts t;
	struct iq_memdump *m = iq_memdump_new();
	feed(m, "active_anon:172 inactive_anon:4518735 isolated_anon:");
	feed(m, " unevictable:1 dirty:2 writeback:3 quantum:4");
	feed(m, "Node 0 active_anon:4kB quantum:8kB all_unreclaimable? no");
	feed(m, "Node 0 DMA free:4kB min:4kB quarks:12 low:8kB");
	feed(m, "  1.50 GiB   393216 mm/memory.c:1066 func:folio_prealloc");
	feed(m, "Memory cgroup min protection 12kB -- low protection 8kB");
	put(m, &t, 4096);
	assert_int_equal(find_counter(&t, "host", "inactive_anon")->value, 4518735);
	t_text(find_counter(&t, "host", "inactive_anon")->unit, "pages");
	assert_int_equal(iq_memdump_counter(m, IQ_LIT("isolated_anon")), IQ_NULL);
	assert_int_equal(find_counter(&t, "host", "quantum")->value, 4);
	assert_int_equal(find_counter(&t, "node 0", "quantum")->value, 8192);
	t_text(find_counter(&t, "node 0", "quantum")->unit, "bytes");
	assert_int_equal(find_counter(&t, "zone 0 DMA", "quarks")->value, 12);
	t_text(find_counter(&t, "zone 0 DMA", "quarks")->unit, "count");
	assert_int_equal(find_counter(&t, "host", "mm/memory.c:1066 func:folio_prealloc")->value,
			 INT64_C(3) << 29);
	assert_int_equal(find_counter(&t, "host", "memory cgroup low protection")->value, 8192);
	assert_int_equal(T_FACT(&t, ZONE, zone, 0)->low_bytes, 8192);
	t_fini(&t);
	iq_memdump_free(m);
}

/* --- damage --- */

/* Each case is fed with these lines and must give this zone and first free list. */
static const struct {
	const char *name, *lines[8];
	int64_t free_kb, managed_kb, pages_scanned, blocks0, blocks1;
} torn[] = {
	{ "wrapped inside a name",
	  { "Node 0 DMA32 free:3948kB min:3956kB low:4944kB high:5932kB present:1032064kB manag",
	    "ed:999552kB mlocked:0kB free_cma:0kB writeback_t", "mp:0kB pages_scanned:792 "
	    "all_unreclaimable? yes" }, 3948, 999552, 792, -1, -1 },
	{ "wrapped inside a number",
	  { "Node 0 DMA32 free:3948kB managed:4kB pages_scanned:36", "0 all_unreclaimable? yes" },
	  3948, 4, 360, -1, -1 },
	{ "joined with the indent of a page",
	  { "Node 0 DMA32 fr    ee:39    48kB min:0kB unevi    ctable:0kB mana    ged:16k  B" },
	  3948, 16, -1, -1, -1 },
	{ "node apart from its zone",
	  { "Node 0 ", "DMA32 free:3948kB min:3956kB managed:8kB" }, 3948, 8, -1, -1, -1 },
	{ "free list, a term a line",
	  { "Node 0 DMA32 free:4kB managed:4kB", "Node 0 DMA32:", "856*4kB ", "(UME) ", "375*8kB (M)",
	    "= 6424kB" }, 4, 4, -1, 856, 375 },
	{ "free list with blanks in its terms",
	  { "Node 0 DMA32 free:4kB managed:4kB",
	    "Node 0 DMA32: 85    6*4kB (U    ME) 0     *8kB 1*1    6kB =" }, 4, 4, -1, 856, 0 },
	{ "cut in a number: missing, not small",
	  { "Node 0 DMA32 free:4kB managed:99" }, 4, -1, -1, -1, -1 },
	{ "seen twice, by console and journal",
	  { "Node 0 DMA32 free:4kB managed:4kB free_cma:0kB",
	    "Node 0 DMA32 free:4kB managed:4kB free_cma:0kB", "Node 0 DMA32: 3*4kB (U) 2*8kB = 28kB",
	    "Node 0 DMA32: 3*4kB (U) 2*8kB = 28kB" }, 4, 4, -1, 3, 2 },
	{ "lines of others between the pieces",
	  { "Node 0 DMA32 free:4kB managed:4kB pages_sc", "eth0: link up", "anned:7 "
	    "all_unreclaimable? no" }, 4, 4, 7, -1, -1 },
};

static void same(const char *name, const char *what, int64_t got, int64_t want, int64_t unit)
{
	want = want < 0 ? IQ_NULL : want * unit;
	if (got != want)
		fail_msg("%s: %s is %lld, want %lld", name, what, (long long)got,
			 (long long)want);
}

static void damaged_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof torn / sizeof *torn; i++) {
		struct iq_memdump *m = iq_memdump_new();
		struct t_facts t;
		for (size_t j = 0; j < 8 && torn[i].lines[j]; j++)
			if (!feed(m, torn[i].lines[j]) && strncmp(torn[i].lines[j], "eth0", 4))
				fail_msg("%s: line %zu is not recognised", torn[i].name, j);
		put(m, &t, 4096);
		assert_int_equal(t.n[IQ_FACT_ZONE], 1);
		const struct iq_zone *z = T_FACT(&t, ZONE, zone, 0);
		same(torn[i].name, "free", z->free_bytes, torn[i].free_kb, 1024);
		same(torn[i].name, "managed", z->managed_bytes, torn[i].managed_kb, 1024);
		same(torn[i].name, "pages_scanned", z->pages_scanned, torn[i].pages_scanned, 1);
		if (torn[i].blocks0 >= 0) {
			const struct iq_free_list *f = T_FACT(&t, FREE_LIST, free_list, 0);
			same(torn[i].name, "order 0", f->blocks, torn[i].blocks0, 1);
			t_text(f->migrate_type, strstr(torn[i].name, "twice") ? "U" : "UME");
			f = T_FACT(&t, FREE_LIST, free_list, 1);
			same(torn[i].name, "order 1", f->blocks, torn[i].blocks1, 1);
		}
		t_fini(&t);
		iq_memdump_free(m);
	}
}

static void reserve_in_pieces(void **state)
{
	(void)state;
	struct t_facts t;
	struct iq_memdump *m = iq_memdump_new();
	feed(m, "Node 0 DMA free:4kB managed:4kB free_cma:0kB");
	feed(m, "lowmem_reserve[]:");
	assert_int_equal(feed(m, " 0 972"), IQ_MEMDUMP_RESERVE);
	assert_int_equal(feed(m, " 972"), IQ_MEMDUMP_RESERVE);
	put(m, &t, 4096);
	t_text(T_FACT(&t, ZONE, zone, 0)->lowmem_reserve, "[0,3981312,3981312]");
	t_fini(&t);
	iq_memdump_free(m);
}

static void torn_lines_are_counted(void **state)
{
	(void)state;
	struct iq_memdump *m = iq_memdump_new();
	feed(m, "Node 0 DMA free:4kB managed:4kB free_cma:0kB");
	assert_int_equal(iq_memdump_torn(m), 0);
	feed(m, "Node 0 Normal free:4kB mana");
	assert_int_equal(iq_memdump_torn(m), 1);
	iq_memdump_free(m);
}

static void bounded(void **state)
{
	(void)state;
	struct iq_memdump *m = iq_memdump_new();
	struct t_facts t;
	char text[96];
	for (int i = 0; i < IQ_MEMDUMP_ZONES_MAX + 10; i++) {
		snprintf(text, sizeof text, "Node %d Normal free:4kB odd%d:1 free_cma:0kB", i, i);
		assert_int_equal(feed(m, text), IQ_MEMDUMP_ZONE);
	}
	feed(m, "Unreclaimable slab info:");
	for (int i = 0; i < IQ_MEMDUMP_SLABS_MAX + 10; i++) {
		snprintf(text, sizeof text, "cache-%d 1KB 2KB", i);
		assert_int_equal(feed(m, text), IQ_MEMDUMP_SLAB);
	}
	assert_int_equal(iq_memdump_dropped(m), 20);
	put(m, &t, 4096);
	assert_int_equal(t.n[IQ_FACT_ZONE], IQ_MEMDUMP_ZONES_MAX);
	assert_int_equal(t.n[IQ_FACT_SLAB], IQ_MEMDUMP_SLABS_MAX);
	t_fini(&t);
	iq_memdump_free(m);
}

static void numbers_too_large_are_missing(void **state)
{
	(void)state;
	struct iq_memdump *m = iq_memdump_new();
	struct t_facts t;
	feed(m, "Node 0 DMA free:9223372036854775807kB min:99999999999999999999999kB low:4kB");
	feed(m, "lowmem_reserve[]: 0 9223372036854775807");
	feed(m, "active_anon:99999999999999999999 inactive_anon:3");
	put(m, &t, 4096);
	const struct iq_zone *z = T_FACT(&t, ZONE, zone, 0);
	assert_int_equal(z->free_bytes, IQ_NULL);
	assert_int_equal(z->min_bytes, IQ_NULL);
	t_text(z->lowmem_reserve, NULL);
	assert_int_equal(iq_memdump_counter(m, IQ_LIT("active_anon")), IQ_NULL);
	t_fini(&t);
	iq_memdump_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_and_roles),
		cmocka_unit_test(slab_rows_only_in_their_table),
		cmocka_unit_test(unknown_page_counts_amid_known_ones),
		cmocka_unit_test(zone_lines),
		cmocka_unit_test(node_lines),
		cmocka_unit_test(forms_tell_the_era),
		cmocka_unit_test(thp_arguments_in_the_wrong_order),
		cmocka_unit_test(reserve_is_bytes_and_belongs_to_the_zone_before),
		cmocka_unit_test(free_lists_tell_orders_letters_and_page_size),
		cmocka_unit_test(huge_pages_and_swap),
		cmocka_unit_test(slab_table),
		cmocka_unit_test(counters_by_name),
		cmocka_unit_test(damaged_lines),
		cmocka_unit_test(reserve_in_pieces),
		cmocka_unit_test(torn_lines_are_counted),
		cmocka_unit_test(bounded),
		cmocka_unit_test(numbers_too_large_are_missing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
