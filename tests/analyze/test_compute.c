/* tests/analyze/test_compute.c - the kernel's arithmetic over stored facts: V2, V3,
 * V9 ... V11 of the facts, forms that tell the era, and what a choice may differ by.
 *
 * Texts are composed.
 */
#include "world.h"
#include "analyze/compute.h"
#include "analyze/host.h"

static void load(struct iq_store *s, struct iq_case *c, int64_t id)
{
	struct iq_desk *d = calloc(1, sizeof(*d));
	struct iq_row_list earlier;
	struct iq_err err = { 0 };
	size_t self;

	iq_case_init(c);
	iq_desk_init(d, iq_store_db(s));
	if (iq_case_load(c, &d->rows, id, &err) ||
	    iq_desk_neighbours(d, &c->event, &earlier, &self, &err))
		fail_msg("%s", err.text);
	earlier.n = self;
	if (iq_compute(c, &earlier, &err))
		fail_msg("%s", err.text);
	iq_desk_fini(d);
	free(d);
}

/* --- zones --- */

static void add_zone(struct feed *f, int64_t node, const char *name, int64_t free,
		     int64_t min, int64_t low, int64_t high, const char *reserve)
{
	ADD(f, ZONE, zone, .snapshot_id = 1, .node = zero(node), .zone = iq_slice_z(name),
	    .free_bytes = free * PAGE, .min_bytes = min * PAGE, .low_bytes = low * PAGE,
	    .high_bytes = high * PAGE, .present_bytes = 100000 * PAGE,
	    .managed_bytes = 99000 * PAGE, .lowmem_reserve = iq_slice_z(reserve));
}

static void add_oom(struct feed *f, const char *mask, int64_t order, const char *mems)
{
	ADD(f, OOM, oom, .event_id = 1, .constraint_kind = TEXT("none"),
	    .gfp_mask = iq_slice_z(mask), .alloc_order = zero(order),
	    .mems_allowed = iq_slice_z(mems), .swap_total_bytes = INT64_C(833535) * PAGE);
}

static const struct inquest_zone_check *check_of(const struct iq_case *c, size_t i)
{
	const struct inquest_zone *z = c->zones.p[i];

	assert_non_null(z->check);
	return z->check;
}

/* DMA misses by one page, because of lowmem_reserve[]; DMA32 by two. */
static void v2_zones(void **state)
{
	struct iq_store *s;
	struct iq_case c;
	struct feed f;

	(void)state;
	world_begin(&f, "v2", "guest", "4.4.0");
	world_event(&f, 1, "oom-kill", 9);
	add_oom(&f, "0x24002c2", 0, "0");
	add_zone(&f, 0, "DMA", 986, 15, 18, 22, "[0, 3981312, 3981312, 3981312]");
	add_zone(&f, 0, "DMA32", 987, 989, 1236, 1483, "[0, 0, 0, 0]");
	s = world_end(&f, NULL);
	load(s, &c, 1);
	assert_string_equal(c.gfp.class_zone, "Normal");
	assert_int_equal(c.gfp.class_index, 2);
	assert_int_equal(c.gfp.direct_reclaim, 1);
	assert_int_equal(c.gfp.highmem, 1);
	const struct inquest_zone_check *dma = check_of(&c, 0), *dma32 = check_of(&c, 1);
	assert_int_equal(dma->usable, 1);
	assert_int_equal(dma->reserve_bytes, 972 * PAGE);
	assert_int_equal(dma->mark_bytes, 15 * PAGE);
	assert_int_equal(dma->left_bytes, 986 * PAGE);
	assert_int_equal(dma->watermark_ok, 0);
	assert_int_equal(dma32->reserve_bytes, 0);
	assert_int_equal(dma32->watermark_ok, 0);
	assert_non_null(dma32->why);
	iq_case_fini(&c);
	iq_store_close(s);
}

/* Order 3: enough pages, no block (V4); the node that is not allowed (V5); a zone
 * above the request's own; a reserve that is not printed decides (V6). */
static void orders_and_nodes(void **state)
{
	static const int64_t blocks[] = { 1325, 966, 675, 0, 0, 0 };
	struct iq_store *s;
	struct iq_case c;
	struct feed f;

	(void)state;
	world_begin(&f, "v4", "h", "4.19.0");
	world_event(&f, 1, "oom-kill", 9);
	add_oom(&f, "0x6000c0(GFP_KERNEL)", 3, "0");
	add_zone(&f, 0, "DMA32", 5875, 3973, 4966, 5959, NULL);
	add_zone(&f, 0, "Normal", 5875, 3973, 4966, 5959, NULL);
	add_zone(&f, 0, "Movable", 9, 9, 9, 9, NULL);
	add_zone(&f, 1, "Normal", 90000, 10, 20, 30, NULL);
	for (int64_t o = 0; o < (int64_t)COUNT(blocks); o++)
		ADD(&f, FREE_LIST, free_list, .snapshot_id = 1, .node = ZERO,
		    .zone = TEXT("Normal"), .block_order = zero(o),
		    .migrate_type = blocks[o] ? TEXT("UME") : IQ_SLICE_NULL,
		    .blocks = zero(blocks[o]));
	s = world_end(&f, NULL);
	load(s, &c, 1);
	const struct inquest_zone_check *low = check_of(&c, 0), *normal = check_of(&c, 1);
	assert_int_equal(low->reserve_bytes, IQ_NULL);
	assert_int_equal(low->watermark_ok, IQ_NULL);	/* 1895 pages of reserve decide */
	assert_int_equal(normal->usable, 1);
	assert_int_equal(normal->reserve_bytes, 0);
	assert_int_equal(normal->watermark_ok, 1);
	assert_int_equal(normal->high_ok, 0);
	assert_int_equal(normal->order_ok, 0);
	assert_int_equal(normal->usable_blocks, 0);
	assert_int_equal(check_of(&c, 2)->usable, 0);
	assert_int_equal(check_of(&c, 3)->usable, 0);
	assert_non_null(strstr(check_of(&c, 3)->why, "node"));
	iq_case_fini(&c);
	iq_store_close(s);
}

/* A request that may neither wait nor reclaim passes over the task's cpuset; where
 * nothing is reserved in a zone, no class of request is needed to say so. */
static void atomic_ignores_cpuset(void **state)
{
	static const struct { const char *mask; int64_t usable; } t[] = {
		{ "0xa20(GFP_ATOMIC)", 1 }, { "0x800(GFP_NOWAIT)", 0 },
		{ "0xcc0(GFP_KERNEL)", 0 }, { NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct iq_store *s;
		struct iq_case c;
		struct feed f;
		world_begin(&f, "atomic", "h", "5.10.0");
		world_event(&f, 1, "alloc-failure", 9);
		add_oom(&f, t[i].mask, 0, "0");
		add_zone(&f, 1, "Normal", 90000, 10, 20, 30, "[0, 0, 0, 0, 0]");
		s = world_end(&f, NULL);
		load(s, &c, 1);
		assert_int_equal(check_of(&c, 0)->usable, t[i].usable);
		assert_int_equal(check_of(&c, 0)->reserve_bytes, 0);
		iq_case_fini(&c);
		iq_store_close(s);
	}
}

/* Up to 4.19 nothing prints the constraint: it is found as the kernel found it. */
static void constraint_inferred(void **state)
{
	static const struct {
		const char *mems, *mask, *limited;
		int64_t global;
		enum iq_constraint want;
	} t[] = {
		{ "0-1", NULL, NULL, 1, IQ_CONSTRAINT_NONE },
		{ "0-1", "(null)", NULL, 1, IQ_CONSTRAINT_NONE },
		{ "0-1", "0-1", NULL, 1, IQ_CONSTRAINT_NONE },
		{ "1", NULL, NULL, 1, IQ_CONSTRAINT_CPUSET },	/* no node 0 */
		{ "0", NULL, NULL, 1, IQ_CONSTRAINT_CPUSET },	/* node 1 is there */
		{ "0", "0", NULL, 1, IQ_CONSTRAINT_CPUSET },
		{ "0-1", "0", NULL, 1, IQ_CONSTRAINT_POLICY },
		{ "0-1", NULL, "/a", IQ_NULL, IQ_CONSTRAINT_MEMCG },
		{ "0-1", NULL, NULL, ZERO, IQ_CONSTRAINT_MEMCG },
		{ NULL, NULL, NULL, IQ_NULL, IQ_CONSTRAINT_NONE },	/* zones are there */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct iq_store *s;
		struct iq_case c;
		struct feed f;

		world_begin(&f, "con", "h", "4.4.0");
		world_event(&f, 1, "oom-kill", 9);
		ADD(&f, OOM, oom, .event_id = 1, .alloc_order = ZERO,
		    .mems_allowed = iq_slice_z(t[i].mems), .nodemask = iq_slice_z(t[i].mask),
		    .cgroup_limited = iq_slice_z(t[i].limited),
		    .global_oom = t[i].global == IQ_NULL ? 0 : t[i].global);
		add_zone(&f, 0, "Normal", 9, 9, 9, 9, NULL);
		ADD(&f, HUGETLB, hugetlb, .snapshot_id = 1, .node = 1, .page_bytes = 2097152,
		    .total = ZERO, .free = ZERO);
		s = world_end(&f, NULL);
		load(s, &c, 1);
		assert_int_equal(iq_compute_constraint(&c), t[i].want);
		iq_case_fini(&c);
		iq_store_close(s);
	}
}

/* A charge to a cgroup asks no zone, even where old kernels print them. */
static void cgroup_zones(void **state)
{
	struct iq_store *s;
	struct iq_case c;
	struct feed f;

	(void)state;
	world_begin(&f, "cg", "h", "3.2.0");
	world_v10(&f, 1, 5);
	add_zone(&f, 0, "Normal", 1, 2, 3, 4, NULL);
	s = world_end(&f, NULL);
	load(s, &c, 1);
	assert_null(((struct inquest_zone *)c.zones.p[0])->check);
	iq_case_fini(&c);
	iq_store_close(s);
}

static void node_lists(void **state)
{
	static const struct { const char *list; int64_t n; int has; } rows[] = {
		{ "0", 0, 1 }, { "0", 1, 0 }, { "0-1,3", 1, 1 }, { "0-1,3", 2, 0 },
		{ "0-1,3", 3, 1 }, { "(null)", 0, -1 }, { "", 0, -1 }, { NULL, 0, -1 },
		{ "0-", 0, -1 }, { "1,x", 1, -1 }, { "0-99999999999999999999", 3, -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(iq_node_list_has(rows[i].list, rows[i].n), rows[i].has);
}

/* --- where the memory is --- */

static void v3_account(void **state)
{
	static const struct { const char *name; int64_t pages; } counters[] = {
		{ "active_anon", 15 }, { "inactive_anon", 18 }, { "isolated_anon", 0 },
		{ "active_file", 7 }, { "inactive_file", 8 }, { "isolated_file", 0 },
		{ "unevictable", 0 }, { "slab_reclaimable", 1798 },
		{ "slab_unreclaimable", 3674 }, { "pagetables", 752 }, { "bounce", 0 },
		{ "free", 1973 }, { "free_pcp", 0 }, { "shmem", 0 }, { "pages RAM", 262014 },
		{ "pages reserved", 8149 },
	};
	struct iq_store *s;
	struct iq_case c;
	struct feed f;

	(void)state;
	world_begin(&f, "v3", "guest", "4.4.0");
	world_event(&f, 1, "oom-kill", 9);
	add_oom(&f, "0x24002c2", 0, "0");
	for (size_t i = 0; i < COUNT(counters); i++)
		world_counter(&f, 1, counters[i].name, counters[i].pages);
	ADD(&f, ZONE, zone, .snapshot_id = 1, .node = ZERO, .zone = TEXT("DMA"),
	    .present_bytes = 3998 * PAGE, .kernel_stack_bytes = 48 * 1024);
	ADD(&f, ZONE, zone, .snapshot_id = 1, .node = ZERO, .zone = TEXT("DMA32"),
	    .present_bytes = 258016 * PAGE, .kernel_stack_bytes = 2112 * 1024);
	s = world_end(&f, NULL);
	load(s, &c, 1);
	assert_int_equal(c.account.complete, 1);
	assert_int_equal(c.account.managed_bytes, INT64_C(253865) * PAGE);
	assert_int_equal(c.account.unaccounted_bytes, INT64_C(245080) * PAGE);
	assert_string_equal(c.account.holdings[0]->holder, "unaccounted");
	assert_int_equal(c.ranking.totalpages, 1087400);
	assert_int_equal(c.ranking.totalpages_exact, 1);
	iq_case_fini(&c);
	iq_store_close(s);
}

/* --- choice --- */

static void header(struct feed *f, int64_t id, const char *columns)
{
	world_line(f, id, 1, "table-header", columns);
}

static void global_event(struct feed *f, int64_t id, int64_t mono_s, const char *columns,
			 int64_t totalpages, const struct world_task *t, size_t n)
{
	world_event(f, id, "oom-kill", mono_s);
	ADD(f, OOM, oom, .event_id = id, .constraint_kind = TEXT("none"),
	    .alloc_order = ZERO, .swap_total_bytes = ZERO, .global_oom = 1);
	header(f, id, columns);
	world_counter(f, id, "pages RAM", totalpages);
	world_counter(f, id, "pages reserved", 0);
	world_tasks(f, id, t, n);
}

#define COLUMNS_4_4 "[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name"
#define COLUMNS_5 "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name"

static void v9_root_bonus(void **state)
{
	static const struct world_task tasks[] = {
		{ 1, 0, 500000, 1000, 0, 0, "A" }, { 2, 1000, 489000, 980, 0, 0, "B" },
	};
	struct iq_store *s;
	struct iq_case c;
	struct feed f;

	(void)state;
	world_begin(&f, "v9", "h", "4.4.0");
	global_event(&f, 1, 5, COLUMNS_4_4, 1906000, tasks, COUNT(tasks));
	world_victim(&f, 1, 2, "B");
	s = world_end(&f, NULL);
	load(s, &c, 1);
	assert_int_equal(c.ranking.expected_pid, 2);
	assert_int_equal(c.ranking.agrees, 1);
	assert_int_equal(c.ranking.root_bonus_matters, 1);
	assert_int_equal(c.ranking.choices[0]->badness_pages, 489980);
	assert_int_equal(c.ranking.choices[0]->score, 257);
	assert_int_equal(c.ranking.choices[1]->badness_pages, 485970);
	iq_case_fini(&c);
	iq_store_close(s);
}

/* Only protected ones left: 5.10 kills the first of them by negative points. */
static void v11_protected(void **state)
{
	static const struct world_task tasks[] = {
		{ 10, 0, 20000, 126, 0, -500, "dockerd" },
		{ 11, 999, 1200000, 2496, 100, -800, "mysqld" },
		{ 12, 0, 900, 20, 0, -1000, "sshd" },
	};
	struct iq_store *s;
	struct iq_case c;
	struct feed f;

	(void)state;
	world_begin(&f, "v11", "h", "5.10.0");
	global_event(&f, 1, 5, COLUMNS_5, 2539520, tasks, COUNT(tasks));
	world_line(&f, 1, 3, "killed 11", "Out of memory: Killed process 11 (mysqld) "
		   "total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:999 "
		   "pgtables:1kB oom_score_adj:-800");
	world_victim(&f, 1, 11, "mysqld");
	s = world_end(&f, NULL);
	load(s, &c, 1);
	assert_int_equal(c.ranking.expected_pid, 11);
	assert_int_equal(c.ranking.choices[0]->badness_pages, -828604);
	assert_int_equal(c.ranking.choices[1]->badness_pages, -1249374);
	assert_int_equal(c.ranking.choices[2]->eligible, 0);
	assert_int_equal(c.ranking.choices[2]->rank, IQ_NULL);
	assert_non_null(c.ranking.choices[2]->why_not);
	/* With -966 mysqld's points fall below dockerd's. */
	int64_t spare = iq_compute_adj_to_spare(&c, 11);
	struct inquest_change ch = { 11, spare };
	assert_int_equal(iq_compute_rechoose(&c, &ch, 1, IQ_NULL, NULL, NULL), 10);
	ch.adj = spare + 1;
	assert_int_equal(iq_compute_rechoose(&c, &ch, 1, IQ_NULL, NULL, NULL), 11);
	ch.adj = IQ_NULL;
	assert_int_equal(iq_compute_rechoose(&c, &ch, 1, IQ_NULL, NULL, NULL), 10);
	assert_int_equal(iq_compute_adj_to_spare(&c, 12), IQ_NULL);
	iq_case_fini(&c);
	iq_store_close(s);
}

/* A victim of a moment ago is still listed, and passed over. */
static void still_listed(void **state)
{
	static const struct world_task tasks[] = {
		{ 20, 1, 90000, 100, 0, 0, "big" }, { 21, 1, 50000, 90, 0, 0, "small" },
	};
	struct iq_store *s;
	struct iq_case c;
	struct feed f;

	(void)state;
	for (int gap = 10; gap <= 1000; gap += 990) {
		world_begin(&f, "dying", "h", "5.10.0");
		global_event(&f, 1, 5, COLUMNS_5, 400000, tasks, COUNT(tasks));
		world_victim(&f, 1, 20, "big");
		global_event(&f, 2, 5 + gap, COLUMNS_5, 400000, tasks, COUNT(tasks));
		world_victim(&f, 2, 21, "small");
		s = world_end(&f, NULL);
		load(s, &c, 2);
		assert_int_equal(c.ranking.agrees, gap == 10);
		iq_case_fini(&c);
		iq_store_close(s);
	}
}

/* Why a kill is not the first of the ranking. */
static void differs(void **state)
{
	static const struct world_task tasks[] = {
		{ 30, 1, 90000, 100, 0, 0, "parent" }, { 31, 1, 50000, 90, 0, 0, "child" },
		{ 32, 1, 89000, 90, 0, 0, "close" }, { 33, 0, 10, 0, 0, 0, "swapoff" },
	};
	static const struct {
		int64_t killed, chosen, allocating;
		const char *says;	/* NULL: nothing explains it */
		int64_t score, adj;	/* as printed with the kill */
	} rows[] = {
		{ 31, 30, 0, "child" }, { 31, 0, 1, "oom_kill_allocating_task" },
		{ 32, 0, 0, "5 %" }, { 31, 0, 0, NULL }, { 99, 0, 0, "not in the table" },
		{ 31, 31, 0, "memory was freed in between", 226, 0 }, { 31, 31, 0, NULL, 125, 0 },
		{ 31, 0, 0, "was 0 in the table and 500", 0, 500 }, { 33, 0, 0, "swapoff" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct iq_store *s;
		struct iq_case c;
		struct feed f;
		world_begin(&f, "differs", "h", "4.19.0");
		world_event(&f, 1, "oom-kill", 5);
		ADD(&f, OOM, oom, .event_id = 1, .constraint_kind = TEXT("none"),
		    .swap_total_bytes = ZERO, .chosen_pid = rows[i].chosen,
		    .chosen_score = rows[i].score,
		    .allocating_task = rows[i].allocating);
		header(&f, 1, COLUMNS_5);
		world_counter(&f, 1, "pages RAM", 400000);
		world_counter(&f, 1, "pages reserved", 0);
		world_tasks(&f, 1, tasks, COUNT(tasks));
		ADD(&f, VICTIM, victim, .event_id = 1, .pid = rows[i].killed, .comm = TEXT("x"),
		    .oom_score_adj = rows[i].adj);
		s = world_end(&f, NULL);
		load(s, &c, 1);
		assert_int_equal(c.ranking.agrees, 0);
		if (rows[i].says)
			assert_non_null(strstr(c.ranking.why_differs, rows[i].says));
		else
			assert_null(c.ranking.why_differs);
		iq_case_fini(&c);
		iq_store_close(s);
	}
}

/* Swap of the host is not in a cgroup's report: the printed score tells the total. */
static void total_from_score(void **state)
{
	static const struct world_task tasks[] = { { 40, 1, 100000, 100, 99900, 0, "mem" } };
	struct iq_store *s;
	struct iq_case c;
	struct feed f;

	(void)state;
	world_begin(&f, "score", "h", "3.13.0");
	world_event(&f, 1, "oom-kill", 5);
	ADD(&f, OOM, oom, .event_id = 1, .global_oom = ZERO, .cgroup_limited = TEXT("/a"),
	    .limit_bytes = 110000 * PAGE, .chosen_pid = 40, .chosen_score = 500);
	header(&f, 1, "[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name");
	world_tasks(&f, 1, tasks, COUNT(tasks));
	world_victim(&f, 1, 40, "mem");
	s = world_end(&f, NULL);
	load(s, &c, 1);
	assert_int_equal(c.ranking.totalpages_exact, 0);
	assert_in_range(c.ranking.totalpages, 399200, 400000);	/* 200000 / 0.500..0.501 */
	assert_non_null(strstr(c.ranking.totalpages_how, "printed score"));
	iq_case_fini(&c);
	iq_store_close(s);
}

static void not_computable(void **state)
{
	struct iq_store *s;
	struct iq_case c;
	struct feed f;

	(void)state;
	world_begin(&f, "none", "h", "5.10.0");
	world_event(&f, 1, "oom-kill", 5);
	ADD(&f, OOM, oom, .event_id = 1, .constraint_kind = TEXT("none"));
	world_victim(&f, 1, 9, "x");
	world_event(&f, 2, "panic", 6);
	s = world_end(&f, NULL);
	load(s, &c, 1);
	assert_int_equal(c.ranking.computed, 0);
	assert_non_null(strstr(c.ranking.why_not_computed, "no task table"));
	assert_int_equal(c.ranking.agrees, IQ_NULL);
	assert_int_equal(c.ranking.totalpages, IQ_NULL);
	assert_int_equal(c.account.complete, 0);
	assert_int_equal(c.gfp.mask, IQ_NULL);
	assert_int_equal(c.gfp.direct_reclaim, IQ_NULL);
	assert_int_equal(iq_compute_rechoose(&c, NULL, 0, IQ_NULL, NULL, NULL), IQ_NULL);
	iq_case_fini(&c);
	load(s, &c, 2);
	assert_null(c.oom);
	assert_null(c.work);
	iq_case_fini(&c);
	iq_store_close(s);
}

/* --- forms --- */

static void forms(void **state)
{
	static const struct { const char *role, *text; uint32_t forms; } rows[] = {
		{ "headline", "a invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=0",
		  IQ_FORM_GFP_RAW },
		{ "headline", "a invoked oom-killer: gfp_mask=0x62****(GFP_HIGHUSER_MOVABLE), "
		  "nodemask=(null), order=0", IQ_FORM_GFP_NAMES | IQ_FORM_NODEMASK_HEAD },
		{ "headline", "a: page allocation failure: order:4, mode:0xcc0(GFP_KERNEL), "
		  "nodemask=(null)", IQ_FORM_GFP_NAMES },
		{ "headline", "a: page allocation failure: order:4, mode:0xd0",
		  IQ_FORM_GFP_RAW },
		{ "table-header", COLUMNS_4_4, IQ_FORM_COL_NR_PTES | IQ_FORM_COL_NR_PMDS },
		{ "table-header", COLUMNS_5, IQ_FORM_COL_PGTABLES_BYTES },
		{ "table-header", "Tasks state (memory values in pages):", IQ_FORM_TASKS_STATE },
		{ "table-header", "[ pid ]   uid  tgid total_vm      rss cpu oom_adj name",
		  IQ_FORM_COL_OOM_ADJ | IQ_FORM_COL_CPU | IQ_FORM_COL_NO_SWAPENTS },
		{ "killed 5", "Killed process 5 (x) total-vm:1kB, anon-rss:1kB, file-rss:0kB", 0 },
		{ "killed 5", "Out of memory: Killed process 5 (x) total-vm:1kB, anon-rss:1kB, "
		  "file-rss:0kB, shmem-rss:0kB", IQ_FORM_KILLED_PREFIX | IQ_FORM_KILLED_SHMEM },
		{ "cgroup", "Task in /a killed as a result of limit of host",
		  IQ_FORM_TASK_IN | IQ_FORM_LIMIT_OF_HOST },
		{ "chosen", "Out of memory: Kill process 5 (x) score 9 or sacrifice child",
		  IQ_FORM_KILL_SCORE },
		{ "other", COLUMNS_5, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct inquest_line l = { .role = rows[i].role, .text = rows[i].text };
		void *list[] = { &l };
		struct iq_case c;
		iq_case_init(&c);
		c.lines = (struct iq_row_list){ list, 1 };
		if (iq_compute_forms(&c) != rows[i].forms)
			fail_msg("row %zu: %x", i, iq_compute_forms(&c));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v2_zones), cmocka_unit_test(orders_and_nodes),
		cmocka_unit_test(atomic_ignores_cpuset),
		cmocka_unit_test(constraint_inferred),
		cmocka_unit_test(cgroup_zones), cmocka_unit_test(node_lists),
		cmocka_unit_test(v3_account), cmocka_unit_test(v9_root_bonus),
		cmocka_unit_test(total_from_score), cmocka_unit_test(v11_protected), cmocka_unit_test(still_listed),
		cmocka_unit_test(differs), cmocka_unit_test(not_computable),
		cmocka_unit_test(forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
