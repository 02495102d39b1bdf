/* vmcore/state/state_zones.c - nodes and zones: what was free, and what had to stay free.
 *
 * Follows mm/page_alloc.c and show_free_areas() (mm/show_mem.c): the columns mean what
 * the kernel prints in its own reports, watermarks with the boost in them.  Counters
 * are exact (vmstat.h).  Pages in the dump, bytes in the store.
 */
#include "base/buf.h"
#include "vmcore/state/state_mem.h"
#include "vmcore/kernel/vmstat.h"

#include <stddef.h>

#define ZONES_MAX 16
#define RECLAIM_RETRIES 16	/* MAX_RECLAIM_RETRIES: kswapd gives the node up */

struct column {
	const char *counter;
	size_t offset;
};

#define COL(fact, counter, member) { counter, offsetof(struct iq_##fact, member##_bytes) }

static const struct column node_columns[] = {
	COL(node, "nr_active_anon", active_anon),
	COL(node, "nr_inactive_anon", inactive_anon),
	COL(node, "nr_active_file", active_file),
	COL(node, "nr_inactive_file", inactive_file),
	COL(node, "nr_unevictable", unevictable),
	COL(node, "nr_isolated_anon", isolated_anon),
	COL(node, "nr_isolated_file", isolated_file),
	COL(node, "nr_mapped", mapped),
	COL(node, "nr_dirty", dirty),
	COL(node, "nr_writeback", writeback),
	COL(node, "nr_shmem", shmem),
	COL(node, "nr_shmem_hugepages", shmem_thp),
	COL(node, "nr_shmem_pmdmapped", shmem_pmdmapped),
	COL(node, "nr_anon_transparent_hugepages", anon_thp),
	COL(node, "nr_writeback_temp", writeback_tmp),
	COL(node, "nr_unstable", unstable),
	COL(node, "nr_kernel_stack", kernel_stack),
	COL(node, "nr_shadow_call_stack", shadow_call_stack),
	COL(node, "nr_page_table_pages", pagetables),
	COL(node, "nr_sec_page_table_pages", sec_pagetables),
	COL(node, "nr_balloon_pages", balloon),
	COL(node, "nr_gpu_active", gpu_active),
	COL(node, "nr_gpu_reclaim", gpu_reclaim),
};

/* The second names are those of the time before node counters (4.8). */
static const struct column zone_columns[] = {
	COL(zone, "nr_free_pages", free),
	COL(zone, "nr_free_cma", free_cma),
	COL(zone, "nr_zone_active_anon", active_anon),
	COL(zone, "nr_active_anon", active_anon),
	COL(zone, "nr_zone_inactive_anon", inactive_anon),
	COL(zone, "nr_inactive_anon", inactive_anon),
	COL(zone, "nr_zone_active_file", active_file),
	COL(zone, "nr_active_file", active_file),
	COL(zone, "nr_zone_inactive_file", inactive_file),
	COL(zone, "nr_inactive_file", inactive_file),
	COL(zone, "nr_zone_unevictable", unevictable),
	COL(zone, "nr_unevictable", unevictable),
	COL(zone, "nr_isolated_anon", isolated_anon),
	COL(zone, "nr_isolated_file", isolated_file),
	COL(zone, "nr_zone_write_pending", writepending),
	COL(zone, "nr_mlock", mlocked),
	COL(zone, "nr_dirty", dirty),
	COL(zone, "nr_writeback", writeback),
	COL(zone, "nr_mapped", mapped),
	COL(zone, "nr_shmem", shmem),
	COL(zone, "nr_slab_reclaimable", slab_reclaimable),
	COL(zone, "nr_slab_unreclaimable", slab_unreclaimable),
	COL(zone, "nr_kernel_stack", kernel_stack),
	COL(zone, "nr_page_table_pages", pagetables),
	COL(zone, "nr_unstable", unstable),
	COL(zone, "nr_bounce", bounce),
	COL(zone, "nr_writeback_temp", writeback_tmp),
	COL(zone, "nr_zspages", zspages),
};

struct walk {
	struct iq_kimage *k;
	struct iq_vmstat stat;
	struct iq_buf json;
	int64_t panic_cpu;		/* IQ_NULL: unknown */
	struct iq_free_walk lists;
	int64_t value[IQ_VMSTAT_ITEMS_MAX];
};

static void fill_columns(const struct walk *w, const struct iq_vmstat_set *set,
			 const struct column *columns, size_t n, void *fact)
{
	for (size_t c = 0; c < n; c++) {
		struct iq_slice want = iq_slice_z(columns[c].counter);
		for (size_t i = 0; i < set->n; i++) {
			if (!iq_eq(set->item[i].name, want))
				continue;
			int64_t v = iq_vmstat_bytes(w->k, &set->item[i], w->value[i]);
			memcpy((char *)fact + columns[c].offset, &v, sizeof v);
			break;
		}
	}
}

/* Without types nothing is known of a node but that it is there: no row of nothing. */
static bool says_nothing(const struct iq_node *n)
{
	for (size_t c = 0; c < sizeof node_columns / sizeof *node_columns; c++) {
		int64_t v;
		memcpy(&v, (const char *)n + node_columns[c].offset, sizeof v);
		if (v != IQ_NULL)
			return false;
	}
	return n->all_unreclaimable == IQ_NULL;
}

static int put_node(struct walk *w, const struct iq_kr_node *node, struct iq_err *err)
{
	struct iq_node n;
	int64_t failures;

	iq_fact_init(IQ_FACT_NODE, &n);
	n.id = iq_sink_id(w->k->sink, IQ_FACT_NODE);
	n.snapshot_id = w->k->snapshot_id;
	n.node = node->id;
	iq_vmstat_node(w->k, &w->stat, node->pgdat, w->value);
	fill_columns(w, &w->stat.node, node_columns,
		     sizeof node_columns / sizeof *node_columns, &n);
	failures = iq_ki_value(w->k, node->pgdat, IQ_M_NODE_KSWAPD_FAILURES);
	if (failures != IQ_NULL)
		n.all_unreclaimable = failures >= RECLAIM_RETRIES;
	if (says_nothing(&n))
		return 0;
	return iq_sink_put(w->k->sink, IQ_FACT_NODE, &n, err);
}

/* --- zones --- */

/* What a processor keeps on its own lists of this zone's pages. */
static int64_t pcp_pages(struct iq_kimage *k, uint64_t zone, uint32_t cpu)
{
	bool alone = iq_ki_has(k, IQ_M_ZONE_PER_CPU_PAGESET);
	uint64_t at;
	int64_t percpu = iq_ki_value(k, zone, alone ? IQ_M_ZONE_PER_CPU_PAGESET
						    : IQ_M_ZONE_PAGESET);

	if (percpu == IQ_NULL || !percpu || !iq_ki_percpu(k, (uint64_t)percpu, cpu, &at))
		return IQ_NULL;
	return iq_ki_value(k, alone ? at : iq_ki_at(k, at, IQ_M_PAGESET_PCP),
			   IQ_M_PCP_COUNT);
}

static void fill_pcp(struct walk *w, uint64_t zone, struct iq_zone *z)
{
	struct iq_kimage *k = w->k;
	int64_t sum = 0, part;
	uint64_t at;
	bool any = false;

	for (uint32_t cpu = 0; cpu < k->n_cpus; cpu++) {
		if (!iq_ki_percpu(k, 0, cpu, &at))
			continue;
		part = pcp_pages(k, zone, cpu);
		if (part == IQ_NULL || part < 0 || __builtin_add_overflow(sum, part, &sum))
			return;
		any = true;
		if (cpu == w->panic_cpu)
			z->local_pcp_bytes = iq_kr_bytes(k, part);
	}
	if (any)
		z->free_pcp_bytes = iq_kr_bytes(k, sum);
}

/* The kernel prints marks with the boost that was added for a while. */
static void fill_marks(struct iq_kimage *k, uint64_t zone, struct iq_zone *z)
{
	int64_t mark[8], *to[] = { &z->min_bytes, &z->low_bytes, &z->high_bytes };
	size_t n = iq_kr_array(k, IQ_S_ZONE, zone, IQ_M_ZONE_WATERMARK, mark, 8);
	int64_t boost = iq_ki_value(k, zone, IQ_M_ZONE_WATERMARK_BOOST);

	/* no such member: a kernel that does not boost (before 5.0) */
	if (!iq_ki_has(k, IQ_M_ZONE_WATERMARK_BOOST))
		boost = 0;
	else
		z->boost_bytes = iq_kr_bytes(k, boost);
	for (size_t i = 0; i < 3 && i < n; i++)
		if (mark[i] != IQ_NULL && boost != IQ_NULL &&
		    !__builtin_add_overflow(mark[i], boost, &mark[i]))
			*to[i] = iq_kr_bytes(k, mark[i]);
}

/* "[0,1019904,1019904]", or nothing if one of them is unknown. */
static void fill_reserve(struct walk *w, uint64_t zone, struct iq_zone *z)
{
	int64_t v[ZONES_MAX];
	size_t n = iq_kr_array(w->k, IQ_S_ZONE, zone, IQ_M_ZONE_LOWMEM_RESERVE, v, ZONES_MAX);

	iq_buf_reset(&w->json);
	for (size_t i = 0; i < n; i++) {
		int64_t bytes = iq_kr_bytes(w->k, v[i]);
		if (bytes == IQ_NULL)
			return;
		iq_buf_printf(&w->json, "%c%lld", i ? ',' : '[', (long long)bytes);
	}
	if (n) {
		iq_buf_char(&w->json, ']');
		z->lowmem_reserve = iq_buf_as_slice(&w->json);
	}
}

static int put_zone(struct walk *w, int64_t node, uint64_t zone, struct iq_err *err)
{
	struct iq_kimage *k = w->k;
	struct iq_zone z;
	uint64_t name;

	iq_fact_init(IQ_FACT_ZONE, &z);
	z.id = iq_sink_id(k->sink, IQ_FACT_ZONE);
	z.snapshot_id = k->snapshot_id;
	z.node = node;
	if (iq_ki_pointer(k, zone, IQ_M_ZONE_NAME, &name))
		z.zone = iq_ki_string(k, name, 16);
	iq_vmstat_zone(k, &w->stat, zone, w->value);
	fill_columns(w, &w->stat.zone, zone_columns,
		     sizeof zone_columns / sizeof *zone_columns, &z);
	fill_marks(k, zone, &z);
	fill_reserve(w, zone, &z);
	fill_pcp(w, zone, &z);
	z.highatomic_bytes = iq_kr_bytes(k, iq_ki_value(k, zone, IQ_M_ZONE_HIGHATOMIC));
	z.free_highatomic_bytes =
		iq_kr_bytes(k, iq_ki_value(k, zone, IQ_M_ZONE_FREE_HIGHATOMIC));
	z.present_bytes = iq_kr_bytes(k, iq_ki_value(k, zone, IQ_M_ZONE_PRESENT_PAGES));
	z.managed_bytes = iq_kr_bytes(k, iq_ki_value(k, zone, IQ_M_ZONE_MANAGED_PAGES));
	z.spanned_bytes = iq_kr_bytes(k, iq_ki_value(k, zone, IQ_M_ZONE_SPANNED_PAGES));
	if (w->json.failed)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	/* without types nothing is known of it but that it is there */
	if (!z.zone.p && z.free_bytes == IQ_NULL && z.managed_bytes == IQ_NULL)
		return 0;
	if (iq_sink_put(k->sink, IQ_FACT_ZONE, &z, err))
		return -1;
	return iq_state_free_lists(k, &w->lists, node, z.zone, zone, err);
}

static int put_all(struct walk *w, struct iq_err *err)
{
	struct iq_kr_node nodes[IQ_KR_NODES_MAX];
	uint64_t zones[ZONES_MAX];
	size_t n = iq_kr_nodes(w->k, nodes, IQ_KR_NODES_MAX);

	for (size_t i = 0; i < n; i++) {
		size_t n_zones = iq_kr_zones(w->k, nodes[i].pgdat, zones, ZONES_MAX);
		if (put_node(w, &nodes[i], err))
			return -1;
		for (size_t z = 0; z < n_zones; z++) {
			if (put_zone(w, nodes[i].id, zones[z], err))
				return -1;
			iq_arena_reset(&w->k->arena);
		}
	}
	return 0;
}

int iq_state_zones(struct iq_kimage *k, struct iq_err *err)
{
	struct walk w = { .k = k, .panic_cpu = IQ_NULL };
	int r;

	if (iq_vmstat_open(k, &w.stat, err))
		return -1;
	iq_ki_variable(k, "panic_cpu", 4, true, &w.panic_cpu);
	iq_free_walk_init(k, &w.lists);
	iq_buf_init(&w.json);
	r = put_all(&w, err);
	iq_buf_fini(&w.json);
	iq_vmstat_close(&w.stat);
	/* those of any large machine are: no fault of the dump, and not much is lost */
	if (!r && !w.lists.steps)
		iq_vmcore_issue(k->v, "note", "free-lists-long", IQ_NULL, "free lists are "
				"longer than is walked: some orders have their migrate types "
				"in one row");
	return r;
}
