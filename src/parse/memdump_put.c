/* parse/memdump_put.c - from a Mem-Info block to facts. */
#include "parse/memdump_state.h"

#include <stdlib.h>

static int put_counters(const struct mem_counter *v, size_t n, struct iq_sink *sink,
			int64_t snapshot_id, struct iq_err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct iq_counter c;
		iq_fact_init(IQ_FACT_COUNTER, &c);
		c.snapshot_id = snapshot_id;
		c.scope = v[i].scope;
		c.name = v[i].name;
		c.value = v[i].value;
		c.unit = iq_slice_z(v[i].unit);
		if (iq_sink_put(sink, IQ_FACT_COUNTER, &c, err))
			return -1;
	}
	return 0;
}

/* 4.8 and 4.9 hand the four huge page figures of the node line over in the wrong
 * order (facts: both read; stable 4.9.y may have it right).  Their form is known by
 * the blank behind `shmem_thp:` together with pages_scanned, which 4.14 dropped.  The
 * global shmem counter, where there is one, tells whether this kernel has the fault. */
static bool thp_is_swapped(const struct iq_memdump *m, int64_t page_size)
{
	int64_t as_shmem = 0, as_thp = 0, pages = iq_memdump_counter(m, IQ_LIT("shmem"));
	bool form = false;
	for (size_t i = 0; i < m->nodes.n; i++) {
		const struct mem_node *n = &m->nodes.v[i];
		form = form || (n->spaced_thp && n->fact.pages_scanned != IQ_NULL);
		if (n->fact.shmem_bytes != IQ_NULL &&
		    __builtin_add_overflow(as_shmem, n->fact.shmem_bytes, &as_shmem))
			return form;
		if (n->fact.anon_thp_bytes != IQ_NULL &&
		    __builtin_add_overflow(as_thp, n->fact.anon_thp_bytes, &as_thp))
			return form;
	}
	int64_t bytes;
	if (!form || pages == IQ_NULL || page_size == IQ_NULL ||
	    __builtin_mul_overflow(pages, page_size, &bytes))
		return form;
	return llabs(bytes - as_thp) <= llabs(bytes - as_shmem);
}

static int put_nodes(const struct iq_memdump *m, struct iq_sink *sink, int64_t snapshot_id,
		     int64_t page_size, struct iq_err *err)
{
	bool swapped = thp_is_swapped(m, page_size);
	for (size_t i = 0; i < m->nodes.n; i++) {
		struct iq_node n = m->nodes.v[i].fact;
		if (swapped && m->nodes.v[i].spaced_thp) {
			const struct iq_node *p = &m->nodes.v[i].fact;
			n.shmem_bytes = p->anon_thp_bytes;
			n.shmem_thp_bytes = p->shmem_bytes;
			n.shmem_pmdmapped_bytes = p->shmem_thp_bytes;
			n.anon_thp_bytes = p->shmem_pmdmapped_bytes;
		}
		n.snapshot_id = snapshot_id;
		n.id = iq_sink_id(sink, IQ_FACT_NODE);
		if (iq_sink_put(sink, IQ_FACT_NODE, &n, err))
			return -1;
	}
	return 0;
}

/* "[0,1019904,1019904]": the kernel prints pages. */
static void reserve_json(const struct mem_zone *z, int64_t page_size, struct iq_buf *out)
{
	iq_buf_reset(out);
	for (unsigned i = 0; i < z->n_reserve; i++) {
		int64_t bytes;
		if (__builtin_mul_overflow(z->reserve_pages[i], page_size, &bytes)) {
			iq_buf_reset(out);
			return;
		}
		iq_buf_printf(out, "%c%lld", i ? ',' : '[', (long long)bytes);
	}
	if (z->n_reserve)
		iq_buf_char(out, ']');
}

static int put_zones(const struct iq_memdump *m, struct iq_sink *sink, int64_t snapshot_id,
		     int64_t page_size, struct iq_err *err)
{
	struct iq_buf json;
	int r = 0;
	iq_buf_init(&json);
	for (size_t i = 0; i < m->zones.n && !r; i++) {
		struct iq_zone z = m->zones.v[i].fact;
		z.snapshot_id = snapshot_id;
		z.id = iq_sink_id(sink, IQ_FACT_ZONE);
		if (page_size != IQ_NULL)
			reserve_json(&m->zones.v[i], page_size, &json);
		if (json.failed)
			r = iq_err_set(err, IQ_E_NOMEM, "out of memory");
		if (json.n)
			z.lowmem_reserve = iq_buf_as_slice(&json);
		if (!r)
			r = iq_sink_put(sink, IQ_FACT_ZONE, &z, err);
	}
	iq_buf_fini(&json);
	return r;
}

/* Order of a block, or -1 if it is no power of two of pages. */
static int order_of(int64_t block_kb, int64_t first_kb)
{
	for (int order = 0; order < TERMS_MAX; order++)
		if (first_kb << order == block_kb)
			return order;
	return -1;
}

static int put_list(const struct mem_list *l, int64_t first_kb, struct iq_sink *sink,
		    int64_t snapshot_id, struct iq_err *err)
{
	for (unsigned i = 0; i < l->n_terms; i++) {
		struct iq_free_list f;
		int order = order_of(l->term[i].block_kb, first_kb);
		if (order < 0)
			continue;
		iq_fact_init(IQ_FACT_FREE_LIST, &f);
		f.snapshot_id = snapshot_id;
		f.node = l->node;
		f.zone = l->zone;
		f.block_order = order;
		f.blocks = l->term[i].blocks;
		if (l->term[i].letters[0])
			f.migrate_type = iq_slice_z(l->term[i].letters);
		f.member_id = l->member_id;
		f.line = l->line;
		if (iq_sink_put(sink, IQ_FACT_FREE_LIST, &f, err))
			return -1;
	}
	return 0;
}

static int put_rest(const struct iq_memdump *m, struct iq_sink *sink, int64_t snapshot_id,
		    struct iq_err *err)
{
	for (size_t i = 0; i < m->hugetlb.n; i++) {
		struct iq_hugetlb h = m->hugetlb.v[i];
		h.snapshot_id = snapshot_id;
		if (iq_sink_put(sink, IQ_FACT_HUGETLB, &h, err))
			return -1;
	}
	for (size_t i = 0; i < m->slabs.n; i++) {
		struct iq_slab s;
		iq_fact_init(IQ_FACT_SLAB, &s);
		s.snapshot_id = snapshot_id;
		s.cache = m->slabs.v[i].cache;
		s.used_bytes = m->slabs.v[i].used_bytes;
		s.total_bytes = m->slabs.v[i].total_bytes;
		s.reclaimable = 0;	/* the table's heading says so */
		if (iq_sink_put(sink, IQ_FACT_SLAB, &s, err))
			return -1;
	}
	return 0;
}

int iq_memdump_put(const struct iq_memdump *m, struct iq_sink *sink, int64_t snapshot_id,
		   int64_t page_size, struct iq_err *err)
{
	if (m->failed || m->open.failed)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	int64_t own = iq_memdump_page_size(m);
	if (own != IQ_NULL)	/* printed with the very figures */
		page_size = own;
	if (put_counters(m->host.v, m->host.n, sink, snapshot_id, err) ||
	    put_counters(m->odd.v, m->odd.n, sink, snapshot_id, err) ||
	    put_nodes(m, sink, snapshot_id, page_size, err) ||
	    put_zones(m, sink, snapshot_id, page_size, err))
		return -1;
	int64_t first_kb = m->first_term_kb ? m->first_term_kb :
		page_size == IQ_NULL ? 0 : page_size / 1024;
	for (size_t i = 0; first_kb && i < m->lists.n; i++)
		if (put_list(&m->lists.v[i], first_kb, sink, snapshot_id, err))
			return -1;
	return put_rest(m, sink, snapshot_id, err);
}
