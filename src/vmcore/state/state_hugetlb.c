/* vmcore/state/state_hugetlb.c - the pools of huge pages, by node.
 *
 * mm/hugetlb.c: hstates[], one pool for each size of page that was set up.
 */
#include "vmcore/kernel/kread.h"
#include "vmcore/state/state_mem.h"

#define POOLS_MAX 16

struct pools {
	uint64_t at, size;		/* the array, and one of it */
	int64_t n;
};

static bool find_pools(struct iq_kimage *k, struct pools *ret)
{
	ret->size = k->struct_size[IQ_S_HSTATE];
	if (!ret->size || !iq_ki_symbol(k, "hstates", &ret->at) ||
	    !iq_ki_variable(k, "hugetlb_max_hstate", 4, true, &ret->n))
		return false;
	if (ret->n > POOLS_MAX)
		ret->n = POOLS_MAX;
	return true;
}

static int64_t page_bytes(struct iq_kimage *k, uint64_t h)
{
	int64_t order = iq_ki_value(k, h, IQ_M_HSTATE_ORDER);

	return order < 1 || order > 40 ? IQ_NULL : iq_kr_bytes(k, INT64_C(1) << order);
}

int64_t iq_hugetlb_bytes(struct iq_kimage *k)
{
	struct pools p;
	int64_t sum = 0, bytes;

	if (!find_pools(k, &p))
		return iq_ki_symbol(k, "hstates", &p.at) ? IQ_NULL : 0;
	for (int64_t i = 0; i < p.n; i++) {
		uint64_t h = p.at + (uint64_t)i * p.size;
		int64_t size = page_bytes(k, h), n = iq_ki_value(k, h, IQ_M_HSTATE_NR);
		if (size == IQ_NULL || n < 0 || __builtin_mul_overflow(n, size, &bytes) ||
		    __builtin_add_overflow(sum, bytes, &sum))
			return IQ_NULL;
	}
	return sum;
}

/* Reserved pages are a promise of the whole pool: of a node they are known only where
 * there is no other. */
static int put_pool_nodes(struct iq_kimage *k, uint64_t h, struct iq_hugetlb *f,
			  const struct iq_kr_node *nodes, size_t n, struct iq_err *err)
{
	int64_t reserved = f->reserved;

	for (size_t i = 0; i < n; i++) {
		size_t id = (size_t)nodes[i].id;
		f->node = nodes[i].id;
		f->total = f->free = f->surplus = IQ_NULL;
		iq_ki_element(k, h, IQ_M_HSTATE_NR_NODE, id, &f->total);
		iq_ki_element(k, h, IQ_M_HSTATE_FREE_NODE, id, &f->free);
		iq_ki_element(k, h, IQ_M_HSTATE_SURPLUS_NODE, id, &f->surplus);
		f->reserved = n == 1 ? reserved : IQ_NULL;
		if (iq_sink_put(k->sink, IQ_FACT_HUGETLB, f, err))
			return -1;
	}
	return 0;
}

/* The pool of the usual size, as /proc/meminfo has it. */
static int put_default(struct iq_kimage *k, const struct iq_hugetlb *f, struct iq_err *err)
{
	const struct {
		const char *name;
		int64_t value;
		const char *unit;
	} lines[] = {
		{ "HugePages_Total", f->total, "count" },
		{ "HugePages_Free", f->free, "count" },
		{ "HugePages_Rsvd", f->reserved, "count" },
		{ "HugePages_Surp", f->surplus, "count" },
		{ "Hugepagesize", f->page_bytes, "bytes" },
	};

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (iq_kr_put(k, IQ_LIT("host"), iq_slice_z(lines[i].name), lines[i].value,
			      lines[i].unit, err))
			return -1;
	return 0;
}

static int put_pool(struct iq_kimage *k, uint64_t h, bool usual,
		    const struct iq_kr_node *nodes, size_t n, struct iq_err *err)
{
	struct iq_hugetlb f;

	iq_fact_init(IQ_FACT_HUGETLB, &f);
	f.snapshot_id = k->snapshot_id;
	f.page_bytes = page_bytes(k, h);
	if (f.page_bytes == IQ_NULL)
		return 0;
	f.total = iq_ki_value(k, h, IQ_M_HSTATE_NR);
	f.free = iq_ki_value(k, h, IQ_M_HSTATE_FREE);
	f.reserved = iq_ki_value(k, h, IQ_M_HSTATE_RESV);
	f.surplus = iq_ki_value(k, h, IQ_M_HSTATE_SURPLUS);
	if (usual && put_default(k, &f, err))
		return -1;
	if (n && iq_ki_has(k, IQ_M_HSTATE_NR_NODE))
		return put_pool_nodes(k, h, &f, nodes, n, err);
	return iq_sink_put(k->sink, IQ_FACT_HUGETLB, &f, err);
}

int iq_state_hugetlb(struct iq_kimage *k, struct iq_err *err)
{
	struct iq_kr_node nodes[IQ_KR_NODES_MAX];
	struct pools p;
	int64_t usual;

	if (!find_pools(k, &p))
		return 0;
	if (!iq_ki_variable(k, "default_hstate_idx", 4, false, &usual))
		usual = -1;
	size_t n = iq_kr_nodes(k, nodes, IQ_KR_NODES_MAX);
	for (int64_t i = 0; i < p.n; i++)
		if (put_pool(k, p.at + (uint64_t)i * p.size, i == usual, nodes, n, err))
			return -1;
	return iq_kr_put(k, IQ_LIT("host"), IQ_LIT("Hugetlb"), iq_hugetlb_bytes(k), "bytes",
			 err);
}
