/* bundle/state_memory.c - zones, free lists, caches, pools, counters and settings of the
 * machine; and how large a page is.
 *
 * /proc/zoneinfo and slabinfo count pages, /proc/meminfo KiB: MemTotal is the sum of the
 * zones' managed pages, so that one gives the size of the other.  Where two sources tell
 * the same (proc/swaps and swapon, buddyinfo and pagetypeinfo), one of them is put.
 */
#include "bundle/state_impl.h"

#define PAGE_LEAST 4096
#define PAGE_MOST 65536

/* --- the size of a page --- */

static int64_t counter_of(const struct iq_state *s, const char *name, const char *unit)
{
	for (size_t i = 0; i < s->counters.n; i++) {
		const struct iq_counter *c = IQ_STATE_AT(&s->counters, struct iq_counter, i);
		if (iq_eq(c->name, iq_slice_z(name)) && iq_eq(c->scope, IQ_LIT("host")) &&
		    iq_eq(c->unit, iq_slice_z(unit)))
			return c->value;
	}
	return IQ_NULL;
}

/* The size that BYTES / PAGES is nearest to, if it is near. */
static int64_t size_from(int64_t bytes, int64_t pages, int percent)
{
	if (bytes == IQ_NULL || pages == IQ_NULL || pages <= 0 || bytes <= 0)
		return IQ_NULL;
	double one = (double)bytes / (double)pages;
	for (int64_t size = PAGE_LEAST; size <= PAGE_MOST; size *= 2)
		if (one > (double)size * (100 - percent) / 100 &&
		    one < (double)size * (100 + percent) / 100)
			return size;
	return IQ_NULL;
}

static int64_t managed_pages(const struct iq_state *s)
{
	int64_t sum = 0;

	for (size_t i = 0; i < s->zones.n; i++) {
		int64_t v = IQ_STATE_AT(&s->zones, struct iq_zoneinfo_zone, i)
			->zone.managed_bytes;
		if (v != IQ_NULL && __builtin_add_overflow(sum, v, &sum))
			return IQ_NULL;
	}
	return sum ? sum : IQ_NULL;
}

/* Counters that both texts have, taken moments apart: large, and slow to change. */
static int64_t size_from_counters(const struct iq_state *s)
{
	static const struct { const char *bytes, *pages; } pairs[] = {
		{ "AnonPages", "nr_anon_pages" }, { "SUnreclaim", "nr_slab_unreclaimable" },
		{ "PageTables", "nr_page_table_pages" }, { "MemFree", "nr_free_pages" },
	};
	int64_t size = IQ_NULL;

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		int64_t one = size_from(counter_of(s, pairs[i].bytes, "bytes"),
					counter_of(s, pairs[i].pages, "pages"), 20);
		if (one != IQ_NULL && size != IQ_NULL && one != size)
			return IQ_NULL;
		size = one != IQ_NULL ? one : size;
	}
	return size;
}

void iq_state_settle_page_size(const struct iq_state *s, struct iq_state_frame *f)
{
	f->page_size_assumed = false;
	if (f->page_size != IQ_NULL)
		return;
	f->page_size = s->smaps_page;
	if (f->page_size == IQ_NULL)
		f->page_size = size_from(counter_of(s, "MemTotal", "bytes"),
					 managed_pages(s), 10);
	if (f->page_size == IQ_NULL)
		f->page_size = size_from_counters(s);
	if (f->page_size != IQ_NULL)
		return;
	f->page_size = PAGE_LEAST;
	if (!s->zones.n && !s->nodes.n && !s->slabs.n) {
		f->page_size = IQ_NULL;		/* nobody asks */
		return;
	}
	/* some machines have one size only */
	f->page_size_assumed = !iq_starts(f->arch, IQ_LIT("x86_64")) &&
		!(f->arch.n == 4 && iq_starts(f->arch, IQ_LIT("i")) &&
		  iq_ends(f->arch, IQ_LIT("86"))) && !iq_starts(f->arch, IQ_LIT("s390"));
}

/* --- putting --- */

static int64_t times(int64_t pages, int64_t size)
{
	int64_t bytes;

	return pages == IQ_NULL || __builtin_mul_overflow(pages, size, &bytes) ? IQ_NULL
									       : bytes;
}

/* Columns that are pages so far. */
static void scale(enum iq_fact_type type, void *fact, int64_t size)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];

	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++) {
		size_t n = strlen(c->name);
		if (c->kind == IQ_COL_INT && n > 6 && !strcmp(c->name + n - 6, "_bytes") &&
		    strcmp(c->name, "kernel_stack_bytes") != 0)
			*iq_fact_int(fact, c) = times(*iq_fact_int(fact, c), size);
	}
}

static struct iq_slice reserve_text(struct iq_state *s, const struct iq_zoneinfo_zone *z,
				    int64_t size)
{
	struct iq_buf b;

	if (!z->n_reserve)
		return IQ_SLICE_NULL;
	iq_buf_init(&b);
	for (size_t i = 0; i < z->n_reserve; i++)
		iq_buf_printf(&b, "%c%lld", i ? ',' : '[',
			      (long long)times(z->reserve[i], size));
	iq_buf_char(&b, ']');
	struct iq_slice text = iq_state_keep(s, iq_buf_as_slice(&b));
	iq_buf_fini(&b);
	return text;
}

static int put_zones(struct iq_state *s, const struct iq_state_frame *f,
		     struct iq_sink *sink, struct iq_err *err)
{
	for (size_t i = 0; i < s->zones.n; i++) {
		struct iq_zoneinfo_zone *z = IQ_STATE_AT(&s->zones, struct iq_zoneinfo_zone, i);
		z->zone.snapshot_id = f->snapshot_id;
		z->zone.zone = iq_slice_z(z->name);
		z->zone.lowmem_reserve = reserve_text(s, z, f->page_size);
		scale(IQ_FACT_ZONE, &z->zone, f->page_size);
		if (iq_sink_put(sink, IQ_FACT_ZONE, &z->zone, err))
			return -1;
	}
	for (size_t i = 0; i < s->nodes.n; i++) {
		struct iq_node *n = IQ_STATE_AT(&s->nodes, struct iq_node, i);
		n->snapshot_id = f->snapshot_id;
		scale(IQ_FACT_NODE, n, f->page_size);
		if (iq_sink_put(sink, IQ_FACT_NODE, n, err))
			return -1;
	}
	return 0;
}

/* By migrate type, which says what a request could use, unless the kernel stopped
 * counting. */
static int put_free_lists(struct iq_state *s, const struct iq_state_frame *f,
			  struct iq_sink *sink, struct iq_err *err)
{
	struct iq_state_rows *rows = s->pagetypes.n && !(s->pagetypes_capped && s->buddy.n)
				     ? &s->pagetypes : &s->buddy;

	for (size_t i = 0; i < rows->n; i++) {
		struct iq_free_list *l = IQ_STATE_AT(rows, struct iq_free_list, i);
		l->snapshot_id = f->snapshot_id;
		if (l->blocks != IQ_NULL && iq_sink_put(sink, IQ_FACT_FREE_LIST, l, err))
			return -1;
	}
	return 0;
}

/* Rows whose reference to the snapshot stands first, as in all of these. */
static int put_rows(struct iq_state_rows *rows, enum iq_fact_type type, size_t stride,
		    const struct iq_state_frame *f, struct iq_sink *sink, struct iq_err *err)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];

	for (size_t i = 0; i < rows->n; i++) {
		void *fact = rows->p + i * stride;
		*iq_fact_int(fact, &d->columns[0]) = f->snapshot_id;
		if (iq_sink_put(sink, type, fact, err))
			return -1;
	}
	return 0;
}

static int put_slabs(struct iq_state *s, const struct iq_state_frame *f,
		     struct iq_sink *sink, struct iq_err *err)
{
	for (size_t i = 0; i < s->slabs.n; i++) {
		struct iq_state_slab *row = IQ_STATE_AT(&s->slabs, struct iq_state_slab, i);
		row->f.total_bytes = times(row->pages, f->page_size);
	}
	return put_rows(&s->slabs, IQ_FACT_SLAB, sizeof(struct iq_state_slab), f, sink, err);
}

#define PUT(rows, type, T) put_rows(rows, type, sizeof(T), f, sink, err)

/* Pools that sysfs does not show are in meminfo, those of the default size. */
static int put_pools(struct iq_state *s, const struct iq_state_frame *f,
		     struct iq_sink *sink, struct iq_err *err)
{
	struct iq_hugetlb h;

	if (s->huge.n)
		return PUT(&s->huge, IQ_FACT_HUGETLB, struct iq_hugetlb);
	iq_fact_init(IQ_FACT_HUGETLB, &h);
	h.snapshot_id = f->snapshot_id;
	h.page_bytes = counter_of(s, "Hugepagesize", "bytes");
	h.total = counter_of(s, "HugePages_Total", "count");
	h.free = counter_of(s, "HugePages_Free", "count");
	h.reserved = counter_of(s, "HugePages_Rsvd", "count");
	h.surplus = counter_of(s, "HugePages_Surp", "count");
	return h.page_bytes == IQ_NULL || h.total == IQ_NULL ? 0
		: iq_sink_put(sink, IQ_FACT_HUGETLB, &h, err);
}

int iq_state_put_memory(struct iq_state *s, const struct iq_state_frame *f,
			struct iq_sink *sink, struct iq_err *err)
{
	bool meminfo = counter_of(s, "MemTotal", "bytes") != IQ_NULL;
	struct iq_state_rows *swaps = s->swaps.n ? &s->swaps : &s->swapons;
	struct iq_state_rows *modules = s->modules.n ? &s->modules : &s->lsmods;

	if (put_pools(s, f, sink, err) || put_zones(s, f, sink, err) ||
	    put_free_lists(s, f, sink, err) || put_slabs(s, f, sink, err) ||
	    PUT(&s->counters, IQ_FACT_COUNTER, struct iq_counter) ||
	    (!meminfo && PUT(&s->free_counters, IQ_FACT_COUNTER, struct iq_counter)) ||
	    PUT(swaps, IQ_FACT_SWAP, struct iq_swap) ||
	    PUT(modules, IQ_FACT_MODULE, struct iq_module) ||
	    PUT(&s->sysctls, IQ_FACT_SYSCTL, struct iq_state_sysctl))
		return -1;
	return 0;
}
