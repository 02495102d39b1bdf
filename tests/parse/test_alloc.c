/* tests/parse/test_alloc.c - allocation failures of every era (composed from the formats of
 * mm/page_alloc.c, mm/slub.c, mm/slab.c, mm/vmalloc.c, mm/cma.c, mm/nommu.c). */
#include "t_sink.h"

#include "parse/alloc.h"
#include "parse/allocline.h"

/* --- single lines --- */

static const struct {
	const char *text, *kind, *comm, *mask, *flags, *nodemask, *cpuset, *mems;
	int64_t order, bytes;
} heads[] = {
	{ "xenwatch: page allocation failure. order:4, mode:0xd0", "page", "xenwatch", "0xd0",
	  NULL, NULL, NULL, NULL, 4, -1 },
	{ "swapper: page allocation failure: order:0, mode:0x20", "page", "swapper", "0x20", NULL,
	  NULL, NULL, NULL, 0, -1 },
	{ "kworker/0:1: page allocation failure: order:5, mode:0x24040c0(GFP_KERNEL|__GFP_COMP)",
	  "page", "kworker/0:1", "0x24040c0", "GFP_KERNEL|__GFP_COMP", NULL, NULL, NULL, 5, -1 },
	{ "a: b: page allocation failure: order:0, mode:0x1080020(GFP_ATOMIC), nodemask=(null)",
	  "page", "a: b", "0x1080020", "GFP_ATOMIC", NULL, NULL, NULL, 0, -1 },
	{ "a: page allocation failure: order:0, mode:0x484020(GFP_ATOMIC|__GFP_COMP), "
	  "nodemask=0,2-3", "page", "a", "0x484020", "GFP_ATOMIC|__GFP_COMP", "0,2-3", NULL, NULL,
	  0, -1 },
	{ "init: page allocation failure: order:3, mode:0x40a20(GFP_ATOMIC|__GFP_COMP), "
	  "nodemask=(null),cpuset=/,mems_allowed=0", "page", "init", "0x40a20",
	  "GFP_ATOMIC|__GFP_COMP", NULL, "/", "0", 3, -1 },
	{ "init: page allocation failure: order:3, mode:0x40a20(GFP_ATOMIC|__GFP_COMP), "
	  "nodemask=0-1,4,cpuset=a,b,mems_allowed=0,2", "page", "init", "0x40a20",
	  "GFP_ATOMIC|__GFP_COMP", "0-1,4", "a,b", "0,2", 3, -1 },
	{ "x: page allocation stalls for 10004ms, order:0, mode:0x24200ca(GFP_HIGHUSER_MOVABLE)",
	  "stall", "x", "0x24200ca", "GFP_HIGHUSER_MOVABLE", NULL, NULL, NULL, 0, -1 },
	{ "x: page allocation stall for 20 secs: order:2, mode:0xcc0(GFP_KERNEL) "
	  "nodemask=(null),cpuset=/,mems_allowed=0", "stall", "x", "0xcc0", "GFP_KERNEL", NULL, "/",
	  "0", 2, -1 },
	{ "vmalloc: allocation failure: 17178820608 bytes", "vmalloc", NULL, NULL, NULL, NULL,
	  NULL, NULL, -1, 17178820608 },
	{ "vmalloc: allocation failure, allocated 4096 of 81920 bytes", "vmalloc", NULL, NULL,
	  NULL, NULL, NULL, NULL, -1, 81920 },
	{ "insmod: vmalloc: allocation failure: 81920 bytes, mode:0x14000c0(GFP_KERNEL), "
	  "nodemask=(null)", "vmalloc", "insmod", "0x14000c0", "GFP_KERNEL", NULL, NULL, NULL, -1,
	  81920 },
	{ "insmod: vmalloc error: size 81920, page order 0, failed to allocate pages, "
	  "mode:0xcc2(GFP_KERNEL|__GFP_HIGHMEM), nodemask=(null),cpuset=/,mems_allowed=0",
	  "vmalloc", "insmod", "0xcc2", "GFP_KERNEL|__GFP_HIGHMEM", NULL, "/", "0", 0, 81920 },
	{ "insmod: vmalloc error: size 81920, exceeds total pages, mode:0xcc2(GFP_KERNEL), "
	  "nodemask=(null),cpuset=/,mems_allowed=0", "vmalloc", "insmod", "0xcc2", "GFP_KERNEL",
	  NULL, "/", "0", -1, 81920 },
	{ "vmap allocation for size 20480 failed: use vmalloc=<size> to increase size.", "vmap",
	  NULL, NULL, NULL, NULL, NULL, NULL, -1, 20480 },
	{ "vmalloc_node_range for size 20480 failed: Address range restricted to 0x1 - 0x2",
	  "vmap", NULL, NULL, NULL, NULL, NULL, NULL, -1, 20480 },
	{ "SLUB: Unable to allocate memory on node -1 (gfp=0x20)", "slub", NULL, "0x20", NULL,
	  NULL, NULL, NULL, -1, -1 },
	{ "SLUB: Unable to allocate memory on node 0, gfp=0x480020(GFP_ATOMIC)", "slub", NULL,
	  "0x480020", "GFP_ATOMIC", NULL, NULL, NULL, -1, -1 },
	{ "SLUB: Unable to allocate memory on CPU 3 (of node 0) on node -1, gfp=0x820(GFP_ATOMIC)",
	  "slub", NULL, "0x820", "GFP_ATOMIC", NULL, NULL, NULL, -1, -1 },
	{ "SLAB: Unable to allocate memory on node 0, gfp=0x480020(GFP_ATOMIC)", "slab", NULL,
	  "0x480020", "GFP_ATOMIC", NULL, NULL, NULL, -1, -1 },
	{ "cma: cma_alloc: alloc failed, req-size: 16 pages, ret: -12", "cma", NULL, NULL, NULL,
	  NULL, NULL, NULL, -1, -1 },
	{ "cma: __cma_alloc: reserved: alloc failed, req-size: 16 pages, ret: -16", "cma", NULL,
	  NULL, NULL, NULL, NULL, NULL, -1, -1 },
	{ "Allocation of length 65536 from process 77 (sh (x)) failed", "nommu", "sh (x)", NULL,
	  NULL, NULL, NULL, NULL, -1, 65536 },
	{ "cut: page allocation failure: order:", "page", "cut", NULL, NULL, NULL, NULL, NULL, -1,
	  -1 },
};

static const char *const strangers[] = {
	"", "page allocation failure", ": page allocation failure: order:0",
	"a: page allocation failures are common", "cma: Reserved 64 MiB at 0x0000",
	"WARNING: at mm/page_alloc.c:2204 __alloc_pages_nodemask+0x231/0x8f0()",
	"x: page allocation stalled", "vmalloc error:", "SLUB: HWalign=64, Order=0-3",
	"Allocation of length 12", "a line about a page allocation failure in a long sentence that "
	"goes on for so long that it is no name of a task: page allocation failure: order:0",
};

static int64_t or_null(int64_t v)
{
	return v < 0 ? IQ_NULL : v;
}

static void headlines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct iq_allocline l;
		assert_true(iq_alloc_begins(iq_slice_z(heads[i].text)));
		assert_true(iq_allocline_parse(iq_slice_z(heads[i].text), &l));
		assert_string_equal(iq_alloc_kind_name(l.kind), heads[i].kind);
		t_text(l.comm, heads[i].comm);
		t_text(l.gfp_mask, heads[i].mask);
		t_text(l.gfp_flags, heads[i].flags);
		t_text(l.nodemask, heads[i].nodemask);
		t_text(l.cpuset, heads[i].cpuset);
		t_text(l.mems_allowed, heads[i].mems);
		assert_int_equal(l.order, or_null(heads[i].order));
		assert_int_equal(l.bytes, or_null(heads[i].bytes));
	}
}

static void lines_that_are_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
		if (iq_alloc_begins(iq_slice_z(strangers[i])))
			fail_msg("taken: %s", strangers[i]);
}

/* --- reports --- */

/* Feeds all lines the way parse.c does; each headline that the open report refuses begins
 * another.  Returns how many lines nobody took. */
static unsigned run(const char *const *text, int64_t step_us, struct t_facts *t)
{
	struct iq_alloc *a = NULL;
	struct iq_err err;
	unsigned lost = 0;
	t_init(t);
	for (int64_t i = 0; text[i]; i++) {
		struct iq_record rec = t_record(text[i], i + 1);
		rec.mono_us = 1000000 + i * step_us;
		int got = a ? iq_alloc_line(a, &rec, &err) : 0;
		assert_true(got >= 0);
		if (got)
			continue;
		if (!iq_alloc_begins(rec.text)) {
			lost++;
			continue;
		}
		if (a)
			assert_int_equal(iq_alloc_close(a, &t->sink, false, NULL, &err), 0);
		iq_alloc_free(a);
		a = iq_alloc_new(&rec, 4, 5, &err);
		assert_non_null(a);
	}
	int64_t id = 0;
	assert_int_equal(iq_alloc_close(a, &t->sink, false, &id, &err), 0);
	assert_int_not_equal(id, 0);
	iq_alloc_free(a);
	return lost;
}

static const char *const whole[] = {
	"insmod: page allocation failure: order:4, mode:0x14040c0(GFP_KERNEL|__GFP_COMP), "
	"nodemask=(null)",
	"insmod cpuset=/ mems_allowed=0",
	"CPU: 1 PID: 4711 Comm: insmod Tainted: G           OE   4.14.177 #1",
	"Hardware name: QEMU Standard PC (i440FX + PIIX, 1996)",
	"Call Trace:",
	" dump_stack+0x63/0x8b",
	" warn_alloc+0x114/0x1c0",
	" load_module+0x22/0x2000",
	"Mem-Info:",
	"active_anon:10 inactive_anon:20 isolated_anon:0",
	" free:5000 free_pcp:0 free_cma:0",
	"Node 0 Normal free:20000kB min:4000kB low:5000kB high:6000kB managed:90000kB free_cma:0kB",
	"lowmem_reserve[]: 0 0 0",
	"Node 0 Normal: 5000*4kB (UME) 0*8kB = 20000kB",
	"1 total pagecache pages",
	"Free swap  = 8kB",
	"Total swap = 16kB",
	"30000 pages RAM",
	"7500 pages reserved",
	NULL
};

static void page_allocation_failure(void **state)
{
	(void)state;
	struct t_facts t;
	assert_int_equal(run(whole, 10, &t), 0);
	const struct iq_event *ev = T_FACT(&t, EVENT, event, 0);
	t_text(ev->kind, "alloc-failure");
	t_text(ev->kernel_release, "4.14.177");
	assert_int_equal(ev->page_size, 4096);
	assert_int_equal(ev->truncated, 0);
	t_text(ev->missing, NULL);
	assert_true(ev->fingerprint.n > 0);
	const struct iq_oom *o = T_FACT(&t, OOM, oom, 0);
	assert_int_equal(o->event_id, ev->id);
	t_text(o->alloc_kind, "page");
	t_text(o->trigger_comm, "insmod");
	assert_int_equal(o->trigger_pid, 4711);
	assert_int_equal(o->alloc_order, 4);
	t_text(o->gfp_mask, "0x14040c0");
	t_text(o->gfp_flags, "GFP_KERNEL|__GFP_COMP");
	t_text(o->cpuset, "/");
	t_text(o->mems_allowed, "0");
	t_text(o->nodemask, NULL);
	assert_int_equal(o->swap_free_bytes, 8192);
	assert_int_equal(o->swap_total_bytes, 16384);
	assert_int_equal(o->victim_count, IQ_NULL);
	assert_int_equal(T_FACT(&t, SNAPSHOT, snapshot, 0)->complete, 1);
	t_text(T_FACT(&t, EVENT_SNAPSHOT, event_snapshot, 0)->role, "report");
	assert_int_equal(T_FACT(&t, ZONE, zone, 0)->free_bytes, 20000 * 1024);
	assert_int_equal(T_FACT(&t, ZONE, zone, 0)->member_id, 4);
	t_text(T_FACT(&t, STACK, stack, 2)->function, "load_module");
	assert_int_equal(T_FACT(&t, SIGHTING, sighting, 0)->first_line, 1);
	assert_int_equal(T_FACT(&t, SIGHTING, sighting, 0)->last_line, 19);
	t_text(T_FACT(&t, EVENT_LINE, event_line, 0)->role, "headline");
	t_text(T_FACT(&t, EVENT_LINE, event_line, 1)->role, "cpuset");
	t_fini(&t);
}

static void slub_lines_around_a_page_failure_are_one_event(void **state)
{
	(void)state;
	static const char *const text[] = {
		"swapper/0: page allocation failure: order:0, mode:0x480020(GFP_ATOMIC), "
		"nodemask=(null)",
		"CPU: 0 PID: 0 Comm: swapper/0 Not tainted 4.19.1 #1",
		"Call Trace:",
		" new_slab+0x1/0x2",
		"SLUB: Unable to allocate memory on node -1, gfp=0x480020(GFP_ATOMIC)",
		"  cache: kmalloc-2048, object size: 2048, buffer size: 2048, default order: 3, "
		"min order: 0",
		"  node 0: slabs: 12, objs: 192, free: 0",
		NULL
	};
	struct t_facts t;
	assert_int_equal(run(text, 10, &t), 0);
	assert_int_equal(t.n[IQ_FACT_EVENT], 1);
	const struct iq_oom *o = T_FACT(&t, OOM, oom, 0);
	t_text(o->alloc_kind, "slub");
	t_text(o->alloc_cache, "kmalloc-2048");
	t_text(o->trigger_comm, "swapper/0");
	assert_int_equal(o->trigger_pid, 0);
	assert_int_equal(o->alloc_order, 0);
	t_text(T_FACT(&t, EVENT, event, 0)->missing, "mem-info");
	assert_int_equal(T_FACT(&t, EVENT, event, 0)->truncated, 0);
	t_fini(&t);
	/* the same two seconds apart are two */
	run(text, 2000000, &t);
	assert_int_equal(t.n[IQ_FACT_EVENT], 2);
	t_fini(&t);
}

static void vmalloc_line_in_front_belongs_to_it(void **state)
{
	(void)state;
	static const char *const text[] = {
		"vmalloc: allocation failure: 81920 bytes",
		"iptables: page allocation failure: order:0, mode:0x80d2",
		"CPU: 0 PID: 9 Comm: iptables Not tainted 3.10.0-1062.el7.x86_64 #1",
		NULL
	};
	struct t_facts t;
	assert_int_equal(run(text, 10, &t), 0);
	assert_int_equal(t.n[IQ_FACT_EVENT], 1);
	const struct iq_oom *o = T_FACT(&t, OOM, oom, 0);
	t_text(o->alloc_kind, "vmalloc");
	assert_int_equal(o->alloc_bytes, 81920);
	t_text(o->trigger_comm, "iptables");
	assert_int_equal(o->trigger_pid, 9);
	t_text(o->gfp_mask, "0x80d2");
	/* names are made where the kernel prints none */
	t_text(o->gfp_flags, "GFP_KERNEL|__GFP_HIGHMEM|__GFP_ZERO");
	t_fini(&t);
}

static void two_failures_are_two_events(void **state)
{
	(void)state;
	static const char *const text[] = {
		"a: page allocation failure: order:0, mode:0x20",
		"a: page allocation failure: order:0, mode:0x20",
		"b: page allocation failure: order:1, mode:0x20",
		"SLUB: Unable to allocate memory on node -1 (gfp=0x20)",
		"SLUB: Unable to allocate memory on node -1 (gfp=0x20)",
		"cma: cma_alloc: alloc failed, req-size: 16 pages, ret: -12",
		NULL
	};
	struct t_facts t;
	run(text, 10, &t);
	assert_int_equal(t.n[IQ_FACT_EVENT], 5);
	for (size_t i = 1; i < 5; i++)
		assert_false(iq_eq(T_FACT(&t, EVENT, event, i)->fingerprint,
				   T_FACT(&t, EVENT, event, i - 1)->fingerprint));
	t_fini(&t);
}

static void fingerprint_holds_across_clocks(void **state)
{
	(void)state;
	struct t_facts a, b;
	run(whole, 10, &a);
	run(whole, 20, &b);	/* another clock: a journal's */
	assert_true(iq_eq(T_FACT(&a, EVENT, event, 0)->fingerprint,
			  T_FACT(&b, EVENT, event, 0)->fingerprint));
	t_fini(&a);
	t_fini(&b);
}

static void clipped_reports_are_marked(void **state)
{
	(void)state;
	const char *some[8] = { NULL };
	struct t_facts t;
	some[0] = whole[0];	/* the headline alone */
	run(some, 10, &t);
	assert_int_equal(T_FACT(&t, EVENT, event, 0)->truncated, 1);
	t_text(T_FACT(&t, EVENT, event, 0)->missing, "cpu-line,stack,mem-info");
	assert_int_equal(t.n[IQ_FACT_SNAPSHOT], 0);
	t_fini(&t);
	for (int i = 1; i < 4; i++)	/* Mem-Info broken off */
		some[i] = whole[i + 7];
	run(some, 10, &t);
	assert_int_equal(T_FACT(&t, EVENT, event, 0)->truncated, 1);
	assert_int_equal(T_FACT(&t, SNAPSHOT, snapshot, 0)->complete, 0);
	t_fini(&t);
	static const char *const slub[] = {
		"SLUB: Unable to allocate memory on node -1 (gfp=0x20)", NULL
	};
	run(slub, 10, &t);	/* such a one has no more */
	assert_int_equal(T_FACT(&t, EVENT, event, 0)->truncated, 0);
	t_text(T_FACT(&t, EVENT, event, 0)->missing, NULL);
	t_fini(&t);
}

static void lines_of_others_are_left(void **state)
{
	(void)state;
	static const char *const text[] = {
		"a: page allocation failure: order:0, mode:0x20",
		"CPU: 0 PID: 1 Comm: a Not tainted 3.2.0 #1",
		"eth0: link up",
		"CPU: 1 PID: 2 Comm: b Not tainted 3.2.0 #1",	/* another's report */
		"b cpuset=/ mems_allowed=0",
		"Mem-Info:",
		" dump_stack+0x63/0x8b",			/* frames come before */
		NULL
	};
	struct t_facts t;
	assert_int_equal(run(text, 10, &t), 4);
	assert_int_equal(T_FACT(&t, OOM, oom, 0)->trigger_pid, 1);
	assert_int_equal(t.n[IQ_FACT_STACK], 0);
	t_fini(&t);
}

/* No addresses, and then vmalloc's own word: one failure, of address space. */
static void vmap_and_vmalloc_are_one_event(void **state)
{
	(void)state;
	static const char *const text[] = {
		"vmap allocation for size 8392704 failed: use vmalloc=<size> to increase size",
		"insmod: vmalloc: allocation failure: 8388608 bytes, mode:0x14000c0(GFP_KERNEL), "
		"nodemask=(null)",
		"insmod cpuset=/ mems_allowed=0",
		"insmod: vmalloc: allocation failure: 8388608 bytes, mode:0x14000c0(GFP_KERNEL), "
		"nodemask=(null)",			/* the next one */
		NULL
	};
	struct t_facts t;
	run(text, 10, &t);
	assert_int_equal(t.n[IQ_FACT_EVENT], 2);
	t_text(T_FACT(&t, OOM, oom, 0)->alloc_kind, "vmap");
	t_text(T_FACT(&t, OOM, oom, 0)->trigger_comm, "insmod");
	assert_int_equal(T_FACT(&t, OOM, oom, 0)->alloc_bytes, 8392704);
	t_text(T_FACT(&t, OOM, oom, 1)->alloc_kind, "vmalloc");
	t_fini(&t);
}

/* show_mem() alone: such reports have neither CPU line nor stack, and are whole. */
static void details_of_cma_and_nommu(void **state)
{
	(void)state;
	static const char *const cma[] = {
		"cma: cma_alloc: alloc failed, req-size: 1024 pages, ret: -12",
		"cma: number of available pages: 300@212=> 300 free of 4096 total pages", NULL
	};
	static const char *const nommu[] = {
		"Allocation of length 524288 from process 31 (busybox) failed", "Mem-Info:",
		"2048 pages RAM", "0 pages reserved", NULL
	};
	struct t_facts t;
	assert_int_equal(run(cma, 10, &t), 0);
	t_text(T_FACT(&t, EVENT_LINE, event_line, 1)->role, "alloc");
	t_fini(&t);
	run(nommu, 10, &t);
	t_text(T_FACT(&t, EVENT, event, 0)->missing, NULL);
	assert_int_equal(T_FACT(&t, EVENT, event, 0)->truncated, 0);
	t_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headlines),
		cmocka_unit_test(lines_that_are_none),
		cmocka_unit_test(page_allocation_failure),
		cmocka_unit_test(slub_lines_around_a_page_failure_are_one_event),
		cmocka_unit_test(vmalloc_line_in_front_belongs_to_it),
		cmocka_unit_test(two_failures_are_two_events),
		cmocka_unit_test(fingerprint_holds_across_clocks),
		cmocka_unit_test(clipped_reports_are_marked),
		cmocka_unit_test(lines_of_others_are_left),
		cmocka_unit_test(vmap_and_vmalloc_are_one_event),
		cmocka_unit_test(details_of_cma_and_nommu),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
