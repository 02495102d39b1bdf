/* vmcore/kernel/vmstat_names.c - which counters this kernel has, and their names.
 *
 * An enumerator in small letters is the name, but for the exceptions below.  The table
 * vmstat_text of the dump knows better where it can be read: its blocks (zones, NUMA,
 * nodes, thresholds, events) are found by the name of their first item.
 */
#include "vmcore/kernel/vmstat.h"

#define TEXTS_MAX 1024

/* What differs from the enumerator in small letters; all versions. */
static const struct {
	const char *enumerator, *name;
} exceptions[] = {
	{ "NR_ANON_MAPPED", "nr_anon_pages" },
	{ "NR_ANON_PAGES", "nr_anon_pages" },
	{ "NR_FILE_MAPPED", "nr_mapped" },
	{ "NR_FILE_DIRTY", "nr_dirty" },
	{ "NR_SHMEM_THPS", "nr_shmem_hugepages" },
	{ "NR_FILE_THPS", "nr_file_hugepages" },
	{ "NR_ANON_THPS", "nr_anon_transparent_hugepages" },
	{ "NR_ANON_TRANSPARENT_HUGEPAGES", "nr_anon_transparent_hugepages" },
	{ "NR_VMSCAN_IMMEDIATE", "nr_vmscan_immediate_reclaim" },
	{ "NR_WRITEBACK_TEMP", "nr_writeback_temp" },
	{ "NR_KERNEL_STACK_KB", "nr_kernel_stack" },
	{ "NR_KERNEL_SCS_KB", "nr_shadow_call_stack" },
	{ "NR_KERNEL_SCS_BYTES", "nr_shadow_call_stack_bytes" },
	{ "NR_PAGETABLE", "nr_page_table_pages" },
	{ "NR_SECONDARY_PAGETABLE", "nr_sec_page_table_pages" },
	{ "NR_SWAPCACHE", "nr_swapcached" },
	{ "NR_UNSTABLE_NFS", "nr_unstable" },
	{ "NR_FREE_CMA_PAGES", "nr_free_cma" },
	{ "NR_SLAB_RECLAIMABLE_B", "nr_slab_reclaimable" },
	{ "NR_SLAB_UNRECLAIMABLE_B", "nr_slab_unreclaimable" },
	{ "NR_KERNEL_MISC_RECLAIMABLE", "nr_kernel_misc_reclaimable" },
	{ "NUMA_INTERLEAVE_HIT", "numa_interleave" },
	{ "NUMA_PAGE_MIGRATE", "numa_pages_migrated" },
	{ "PGSCAN_ZONE_RECLAIM_SUCCESS", "zone_reclaim_success" },
	{ "PGSCAN_ZONE_RECLAIM_FAILED", "zone_reclaim_failed" },
	{ "THP_SCAN_EXCEED_SHARED_PTE", "thp_scan_exceed_share_pte" },
	{ "COMPACTMIGRATE_SCANNED", "compact_migrate_scanned" },
	{ "COMPACTFREE_SCANNED", "compact_free_scanned" },
	{ "COMPACTISOLATED", "compact_isolated" },
	{ "COMPACTSTALL", "compact_stall" },
	{ "COMPACTFAIL", "compact_fail" },
	{ "COMPACTSUCCESS", "compact_success" },
	{ "KCOMPACTD_WAKE", "compact_daemon_wake" },
	{ "KCOMPACTD_MIGRATE_SCANNED", "compact_daemon_migrate_scanned" },
	{ "KCOMPACTD_FREE_SCANNED", "compact_daemon_free_scanned" },
	{ "HTLB_BUDDY_PGALLOC", "htlb_buddy_alloc_success" },
	{ "HTLB_BUDDY_PGALLOC_FAIL", "htlb_buddy_alloc_fail" },
	{ "UNEVICTABLE_PGCULLED", "unevictable_pgs_culled" },
	{ "UNEVICTABLE_PGSCANNED", "unevictable_pgs_scanned" },
	{ "UNEVICTABLE_PGRESCUED", "unevictable_pgs_rescued" },
	{ "UNEVICTABLE_PGMLOCKED", "unevictable_pgs_mlocked" },
	{ "UNEVICTABLE_PGMUNLOCKED", "unevictable_pgs_munlocked" },
	{ "UNEVICTABLE_PGCLEARED", "unevictable_pgs_cleared" },
	{ "UNEVICTABLE_PGSTRANDED", "unevictable_pgs_stranded" },
	{ "DIRECT_MAP_LEVEL2_SPLIT", "direct_map_level2_splits" },
	{ "DIRECT_MAP_LEVEL3_SPLIT", "direct_map_level3_splits" },
	{ "DIRECT_MAP_LEVEL2_COLLAPSE", "direct_map_level2_collapses" },
	{ "DIRECT_MAP_LEVEL3_COLLAPSE", "direct_map_level3_collapses" },
};

/* nr_ items that count happenings, not pages that are there. */
static const char *const happenings[] = {
	"nr_vmscan_write", "nr_vmscan_immediate_reclaim", "nr_dirtied", "nr_written",
	"nr_throttled_written", "nr_foll_pin_acquired", "nr_foll_pin_released",
	"nr_foll_pin_requested", "nr_foll_pin_returned", "nr_pages_scanned",
};

static const char *const huge_items[] = {
	"nr_shmem_hugepages", "nr_shmem_pmdmapped", "nr_file_hugepages",
	"nr_file_pmdmapped", "nr_anon_transparent_hugepages",
};

static bool in_list(const char *const *list, size_t n, struct iq_slice s)
{
	for (size_t i = 0; i < n; i++)
		if (iq_eq(s, iq_slice_z(list[i])))
			return true;
	return false;
}

static struct iq_slice name_of(struct iq_arena *a, struct iq_slice enumerator)
{
	for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
		if (iq_eq(enumerator, iq_slice_z(exceptions[i].enumerator)))
			return iq_slice_z(exceptions[i].name);
	/* PGSCAN_SKIP_DMA and others: one for each zone */
	struct iq_slice rest = enumerator, s;
	s = iq_skip(&rest, IQ_LIT("PGSCAN_SKIP_"))
		? iq_arena_printf(a, "pgskip_%.*s", IQ_FMT(rest))
		: iq_arena_copy(a, enumerator);
	for (size_t i = 0; i < s.n; i++) {
		char *c = (char *)s.p + i;
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	}
	return s;
}

/* --- enumerators --- */

struct filling {
	struct iq_vmstat *v;
	struct iq_vmstat_set *set;
	bool failed;
};

/* Markers inside the enums are not counters: NR_VM_..._ITEMS is how many there are,
 * ..._BASE is another name of the item behind it. */
static void take(void *arg, struct iq_slice name, int64_t value)
{
	struct filling *f = arg;

	if (value < 0 || value > IQ_VMSTAT_ITEMS_MAX)
		return;
	if (iq_starts(name, IQ_LIT("NR_VM_")) && iq_ends(name, IQ_LIT("_ITEMS"))) {
		f->set->n = (size_t)value;
		return;
	}
	if (iq_ends(name, IQ_LIT("_BASE")) || value == IQ_VMSTAT_ITEMS_MAX ||
	    f->set->item[value].name.p)
		return;
	f->set->item[value].name = name_of(&f->v->mem, name);
	f->failed = f->failed || !f->set->item[value].name.p;
}

static int fill(struct iq_kimage *k, struct iq_vmstat *v, struct iq_vmstat_set *set,
		const char *type, struct iq_err *err)
{
	struct filling f = { v, set, false };

	set->item = iq_arena_alloc(&v->mem, IQ_VMSTAT_ITEMS_MAX * sizeof *set->item);
	if (!set->item)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	/* without the number of items at the end the enum is not the one that is meant */
	if (k->types && k->types->ops->each)
		k->types->ops->each(k->types->impl, type, take, &f);
	return f.failed ? iq_err_set(err, IQ_E_NOMEM, "out of memory") : 0;
}

/* --- vmstat_text --- */

static bool is_name(struct iq_slice s)
{
	if (!s.p || s.n > 63)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9') &&
		    s.p[i] != '_')
			return false;
	return true;
}

/* An entry that is no name ends the table, whose length is not known.  An empty one is a
 * counter that is not shown (4.18, 4.19). */
static size_t read_texts(struct iq_kimage *k, struct iq_arena *mem, struct iq_slice *ret)
{
	unsigned step = k->mem->long_bytes;
	uint64_t table, at;
	size_t n = 0;

	if (!iq_ki_symbol(k, "vmstat_text", &table))
		return 0;
	for (; n < TEXTS_MAX; n++) {
		if (iq_mem_uint(k->mem, table + n * step, step, &at) != IQ_MEM_OK ||
		    !iq_ki_plausible(k, at, 1))
			break;
		struct iq_slice s = iq_ki_string(k, at, 64);
		if (!is_name(s))
			break;
		ret[n] = iq_arena_copy(mem, s);
		if (!ret[n].p)
			break;
	}
	return n;
}

static void rename_by(struct iq_vmstat_set *set, const struct iq_slice *text, size_t n)
{
	for (size_t base = 0; set->n && base + set->n <= n; base++) {
		if (!iq_eq(text[base], set->item[0].name))
			continue;
		for (size_t i = 0; i < set->n; i++)
			if (text[base + i].n)
				set->item[i].name = text[base + i];
		return;
	}
}

static void set_kinds(const struct iq_kimage *k, struct iq_vmstat_set *set)
{
	/* "mm: memcontrol: convert NR_..._THPS account to pages" and the swap cache's own
	 * counter came with the same release, 5.12 */
	bool in_pages = iq_kr_enumerator(k, "node_stat_item", "NR_SWAPCACHE", -1) >= 0 ||
			iq_kr_release_from(k, 5, 12);
	/* up to 4.8 the number of stacks was counted */
	bool stacks_kib = iq_kr_enumerator(k, "zone_stat_item", "NR_KERNEL_STACK", -1) < 0;

	for (size_t i = 0; i < set->n; i++) {
		struct iq_vmstat_item *it = &set->item[i];
		bool stack = iq_eq(it->name, IQ_LIT("nr_kernel_stack"));
		if (iq_eq(it->name, IQ_LIT("pgpgin")) || iq_eq(it->name, IQ_LIT("pgpgout")))
			it->kind = IQ_VMSTAT_SECTORS;
		else if (!it->name.p || !iq_starts(it->name, IQ_LIT("nr_")) ||
		    (stack && !stacks_kib) ||
		    in_list(happenings, sizeof happenings / sizeof *happenings, it->name))
			it->kind = IQ_VMSTAT_COUNT;
		else if (stack || iq_eq(it->name, IQ_LIT("nr_shadow_call_stack")))
			it->kind = IQ_VMSTAT_KIB;
		else if (in_list(huge_items, sizeof huge_items / sizeof *huge_items, it->name))
			it->kind = in_pages ? IQ_VMSTAT_HUGE_PAGES : IQ_VMSTAT_HUGE;
		else
			it->kind = IQ_VMSTAT_PAGES;
	}
}

int iq_vmstat_names(struct iq_kimage *k, struct iq_vmstat *v, struct iq_err *err)
{
	if (fill(k, v, &v->zone, "zone_stat_item", err) ||
	    fill(k, v, &v->node, "node_stat_item", err) ||
	    fill(k, v, &v->numa, "numa_stat_item", err) ||
	    fill(k, v, &v->event, "vm_event_item", err))
		return -1;
	struct iq_slice *text = iq_arena_alloc(&v->mem, TEXTS_MAX * sizeof *text);
	if (!text)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	size_t n = read_texts(k, &v->mem, text);
	struct iq_vmstat_set *sets[] = { &v->zone, &v->node, &v->numa, &v->event };
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		rename_by(sets[i], text, n);
		set_kinds(k, sets[i]);
	}
	iq_arena_reset(&k->arena);
	return 0;
}
