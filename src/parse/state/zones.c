/* parse/state/zones.c - see zones.h.
 *
 * Follows zoneinfo_show_print(), frag_show_print(), pagetypeinfo_showfree_print() of
 * mm/vmstat.c, 2.6.32 to 7.2.
 */
#include "parse/state/zones.h"

#define PAGES_MAX (INT64_C(1) << 47)	/* no machine has more; keeps products in range */

struct field {
	const char *name;
	size_t at;
};

#define Z(name, column) { name, offsetof(struct iq_zone, column) }
#define N(name, column) { name, offsetof(struct iq_node, column) }

/* Lines of the zone itself. */
static const struct field zone_fields[] = {
	Z("boost", boost_bytes), Z("min", min_bytes), Z("low", low_bytes),
	Z("high", high_bytes), Z("spanned", spanned_bytes), Z("present", present_bytes),
	Z("managed", managed_bytes), Z("scanned", pages_scanned),
};

/* Lines "name: N" at their end. */
static const struct field zone_tail_fields[] = {
	Z("all_unreclaimable", all_unreclaimable),
	Z("node_unreclaimable", all_unreclaimable),	/* since 4.14: of its node */
	Z("reserved_highatomic", highatomic_bytes),
	Z("free_highatomic", free_highatomic_bytes),
};

/* Counters of a zone; those of a node since 4.8 came per zone before. */
static const struct field zone_counters[] = {
	Z("nr_zone_active_anon", active_anon_bytes),
	Z("nr_zone_inactive_anon", inactive_anon_bytes),
	Z("nr_zone_active_file", active_file_bytes),
	Z("nr_zone_inactive_file", inactive_file_bytes),
	Z("nr_zone_unevictable", unevictable_bytes),
	Z("nr_zone_write_pending", writepending_bytes),
	Z("nr_active_anon", active_anon_bytes), Z("nr_inactive_anon", inactive_anon_bytes),
	Z("nr_active_file", active_file_bytes), Z("nr_inactive_file", inactive_file_bytes),
	Z("nr_unevictable", unevictable_bytes), Z("nr_mlock", mlocked_bytes),
	Z("nr_isolated_anon", isolated_anon_bytes),
	Z("nr_isolated_file", isolated_file_bytes), Z("nr_dirty", dirty_bytes),
	Z("nr_writeback", writeback_bytes), Z("nr_writeback_temp", writeback_tmp_bytes),
	Z("nr_mapped", mapped_bytes), Z("nr_shmem", shmem_bytes),
	Z("nr_slab_reclaimable", slab_reclaimable_bytes),
	Z("nr_slab_unreclaimable", slab_unreclaimable_bytes),
	Z("nr_page_table_pages", pagetables_bytes), Z("nr_unstable", unstable_bytes),
	Z("nr_bounce", bounce_bytes), Z("nr_zspages", zspages_bytes),
	Z("nr_free_cma", free_cma_bytes),
};

static const struct field node_counters[] = {
	N("nr_active_anon", active_anon_bytes), N("nr_inactive_anon", inactive_anon_bytes),
	N("nr_active_file", active_file_bytes), N("nr_inactive_file", inactive_file_bytes),
	N("nr_unevictable", unevictable_bytes),
	N("nr_isolated_anon", isolated_anon_bytes),
	N("nr_isolated_file", isolated_file_bytes), N("nr_mapped", mapped_bytes),
	N("nr_dirty", dirty_bytes), N("nr_writeback", writeback_bytes),
	N("nr_writeback_temp", writeback_tmp_bytes), N("nr_shmem", shmem_bytes),
	N("nr_unstable", unstable_bytes), N("nr_page_table_pages", pagetables_bytes),
	N("nr_sec_page_table_pages", sec_pagetables_bytes),
	N("nr_balloon_pages", balloon_bytes), N("nr_gpu_active", gpu_active_bytes),
	N("nr_gpu_reclaim", gpu_reclaim_bytes),
};

#define FILL(fields, fact, name, v) \
	fill(fields, sizeof(fields) / sizeof *(fields), fact, name, v)

static void fill(const struct field *f, size_t n, void *fact, struct iq_slice name,
		 int64_t v)
{
	for (size_t i = 0; i < n; i++)
		if (iq_eq(name, iq_slice_z(f[i].name)) && v <= PAGES_MAX)
			*(int64_t *)(void *)((char *)fact + f[i].at) = v;
}

static bool take_number(struct iq_slice *s, int64_t *ret)
{
	uint64_t n;

	iq_skip_blank(s);
	if (!iq_take_u64(s, &n) || n > INT64_MAX)
		return false;
	*ret = (int64_t)n;
	return true;
}

void iq_zoneinfo_init(struct iq_zoneinfo *z)
{
	memset(z, 0, sizeof *z);
}

static void finish_node(struct iq_zoneinfo *z)
{
	if (!z->in_node)
		return;
	z->done_node = z->node;
	z->node_done = true;
	z->in_node = false;
}

static void finish_zone(struct iq_zoneinfo *z)
{
	if (!z->in_zone)
		return;
	z->done = z->z;
	z->done.zone.zone = iq_slice_z(z->done.name);
	z->zone_done = true;
	z->in_zone = false;
}

/* "Node 0, zone   Normal", *rest behind it */
static bool take_head(struct iq_slice *s, int64_t *node, struct iq_slice *zone)
{
	if (!iq_skip(s, IQ_LIT("Node")) || !take_number(s, node) ||
	    !iq_skip(s, IQ_LIT(", zone")) || *node > 1 << 20)
		return false;
	iq_skip_blank(s);
	*zone = iq_word(s);
	if (iq_ends(*zone, IQ_LIT(",")))
		zone->n--;
	return zone->n > 0 && zone->n < 16;
}

static void start_zone(struct iq_zoneinfo *z, int64_t node, struct iq_slice name, int64_t no)
{
	iq_fact_init(IQ_FACT_ZONE, &z->z.zone);
	memset(z->z.name, 0, sizeof z->z.name);
	memcpy(z->z.name, name.p, name.n);
	z->z.zone.node = node;
	z->z.zone.line = no;
	z->z.n_reserve = 0;
	z->in_zone = true;
	z->in_pagesets = false;
}

/* "protection: (0, 459, 459, 459, 459)" */
static bool take_protection(struct iq_zoneinfo *z, struct iq_slice s)
{
	int64_t v;

	z->z.n_reserve = 0;
	if (!iq_skip(&s, IQ_LIT("(")))
		return false;
	while (z->z.n_reserve < IQ_ZONE_RESERVES && take_number(&s, &v)) {
		z->z.reserve[z->z.n_reserve++] = v > PAGES_MAX ? PAGES_MAX : v;
		if (!iq_skip(&s, IQ_LIT(",")))
			break;
	}
	return true;
}

/* "name: value" lines; those of page sets belong to a processor. */
static bool take_colon(struct iq_zoneinfo *z, struct iq_slice name, struct iq_slice s)
{
	int64_t v;

	s = iq_ltrim(s);
	if (iq_eq(name, IQ_LIT("protection")))
		return take_protection(z, s);
	if (iq_eq(name, IQ_LIT("count")) && z->in_pagesets && take_number(&s, &v)) {
		int64_t *sum = &z->z.zone.free_pcp_bytes;
		*sum = (*sum == IQ_NULL ? 0 : *sum) + (v < PAGES_MAX ? v : 0);
		if (*sum > PAGES_MAX)
			*sum = PAGES_MAX;
		return true;
	}
	if (!take_number(&s, &v))
		return false;
	FILL(zone_tail_fields, &z->z.zone, name, v);
	return true;
}

static bool take_counter(struct iq_zoneinfo *z, struct iq_slice line)
{
	if (!iq_vmstat_line(line, &z->kib_stacks, &z->number))
		return false;
	bool of_node = z->in_node, kib = strcmp(z->number.unit, "KiB") == 0;
	int64_t v = z->number.value;

	FILL(zone_fields, &z->z.zone, z->number.name, v);
	if (!iq_starts(z->number.name, IQ_LIT("nr_")) &&
	    !iq_starts(z->number.name, IQ_LIT("numa_")) && !of_node)
		return true;
	z->is_counter = true;
	z->counter_of_node = of_node;
	if (of_node)
		FILL(node_counters, &z->node, z->number.name, v);
	else
		FILL(zone_counters, &z->z.zone, z->number.name, v);
	if (iq_eq(z->number.name, IQ_LIT("nr_kernel_stack")) && kib && v < PAGES_MAX)
		*(of_node ? &z->node.kernel_stack_bytes : &z->z.zone.kernel_stack_bytes) =
			v * 1024;
	return true;
}

bool iq_zoneinfo_line(struct iq_zoneinfo *z, struct iq_slice line, int64_t no)
{
	struct iq_slice s = iq_trim(line), zone;
	int64_t node, v;

	z->node_done = z->zone_done = z->is_counter = false;
	if (iq_starts(line, IQ_LIT("Node "))) {
		if (!take_head(&s, &node, &zone))
			return false;
		finish_zone(z);
		finish_node(z);
		start_zone(z, node, zone, no);
		return true;
	}
	if (!z->in_zone)
		return false;
	if (iq_eq(s, IQ_LIT("per-node stats"))) {
		iq_fact_init(IQ_FACT_NODE, &z->node);
		z->node.node = z->z.zone.node;
		z->node.line = no;
		/* counters since 4.8, nr_zone_ ones come only later in the text */
		z->in_node = z->kib_stacks = true;
		return true;
	}
	if (iq_skip(&s, IQ_LIT("pages free"))) {
		finish_node(z);
		if (!take_number(&s, &v) || v > PAGES_MAX)
			return false;
		z->z.zone.free_bytes = v;
		return true;
	}
	if (iq_eq(s, IQ_LIT("pagesets"))) {
		z->in_pagesets = true;
		return true;
	}
	ptrdiff_t colon = iq_find_char(s, ':');
	if (colon > 0 && iq_find_char(iq_head(s, (size_t)colon), ' ') < 0)
		return take_colon(z, iq_head(s, (size_t)colon),
				  iq_from(s, (size_t)colon + 1));
	return colon < 0 && take_counter(z, line);
}

void iq_zoneinfo_end(struct iq_zoneinfo *z)
{
	z->node_done = z->zone_done = z->is_counter = false;
	finish_zone(z);
	finish_node(z);
}

/* --- free lists --- */

static bool take_blocks(struct iq_buddy_row *r, struct iq_slice s)
{
	bool more;
	int64_t v;

	for (r->n = 0; r->n < IQ_BUDDY_ORDERS; r->n++) {
		iq_skip_blank(&s);
		if (!s.n)
			break;
		more = iq_skip(&s, IQ_LIT(">"));
		if (!take_number(&s, &v) || (s.n && *s.p != ' ' && *s.p != '\t'))
			return false;
		r->blocks[r->n] = more ? IQ_NULL : v;
	}
	return r->n > 0 && !iq_trim(s).n;
}

bool iq_buddy_line(struct iq_slice line, struct iq_buddy_row *ret)
{
	struct iq_slice s = iq_trim(line);

	*ret = (struct iq_buddy_row){ .type = IQ_SLICE_NULL };
	if (!take_head(&s, &ret->node, &ret->zone))
		return false;
	iq_skip_blank(&s);
	if (iq_skip(&s, IQ_LIT("type "))) {
		iq_skip_blank(&s);
		ret->type = iq_word(&s);
		if (!ret->type.n)
			return false;
	}
	return take_blocks(ret, s);
}

struct iq_slice iq_migrate_letter(struct iq_slice type)
{
	static const struct { const char *type; struct iq_slice letter; } rows[] = {
		{ "Unmovable", IQ_LIT("U") }, { "Movable", IQ_LIT("M") },
		{ "Reclaimable", IQ_LIT("E") }, { "HighAtomic", IQ_LIT("H") },
		{ "CMA", IQ_LIT("C") }, { "Isolate", IQ_LIT("I") },
		{ "Reserve", IQ_LIT("R") },		/* to 4.3 */
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (iq_eq(type, iq_slice_z(rows[i].type)))
			return rows[i].letter;
	return IQ_SLICE_NULL;
}
