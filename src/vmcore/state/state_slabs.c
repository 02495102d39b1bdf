/* vmcore/state/state_slabs.c - slab caches: objects, those in use, memory.
 *
 * SLUB (mm/slub.c): every node of a cache counts its slabs and the objects there is room
 * for (CONFIG_SLUB_DEBUG, which distributions have); how many are in use is what is not
 * free in the slabs on the partial lists, as /proc/slabinfo reckons: objects free in the
 * slabs that a processor holds count as used.  SLAB (mm/slab.c, gone in 6.8) has totals
 * since 4.10.  Long partial lists are extrapolated, as the kernel does.
 */
#include "vmcore/kernel/kread.h"

#define CACHES_MAX 20000
#define PARTIAL_MAX 20000		/* slabs looked at for all caches */
#define PARTIAL_SHARE 10		/* of what is left of them, for one node of a cache ... */
#define PARTIAL_MIN 16			/* ... but so many, while there are any */
#define NODES_OF_CACHES_MAX 1000000	/* real: 500 caches of 64 nodes */
#define OBJECTS_MAX 65535			/* of one slab: 15 bits */
#define RECLAIM_ACCOUNT_OLD 0x20000	/* SLAB_RECLAIM_ACCOUNT up to 6.8 */

struct walk {
	struct iq_kimage *k;
	struct iq_err *err;
	struct iq_kr_node *nodes;
	size_t n_nodes;
	size_t partial_left, nodes_left;
	int64_t reclaim_flag;
	bool failed;
	size_t caches, estimated, broken;
};

struct sums {
	int64_t objects, free, pages;	/* IQ_NULL: unknown */
};

static void add(int64_t *sum, int64_t v)
{
	if (*sum != IQ_NULL && (v == IQ_NULL || v < 0 || __builtin_add_overflow(*sum, v, sum)))
		*sum = IQ_NULL;
}

/* --- SLUB --- */

struct partial {
	struct walk *w;
	size_t seen, max;
	int64_t free;
	bool failed;
};

/* The type was part of struct page up to 5.16. */
static int count_free(void *arg, uint64_t slab)
{
	struct partial *p = arg;
	struct iq_kimage *k = p->w->k;
	bool own = iq_ki_has(k, IQ_M_SLAB_INUSE);
	int64_t inuse = iq_ki_value(k, slab, own ? IQ_M_SLAB_INUSE : IQ_M_PAGE_INUSE);
	int64_t objects = iq_ki_value(k, slab, own ? IQ_M_SLAB_OBJECTS : IQ_M_PAGE_OBJECTS);

	if (inuse < 0 || inuse > objects || objects > OBJECTS_MAX) {
		p->failed = true;
		return 1;
	}
	p->free += objects - inuse;
	p->seen++;
	if (p->w->partial_left)
		p->w->partial_left--;
	return p->seen >= p->max || !p->w->partial_left;
}

static int64_t free_objects(struct walk *w, uint64_t node)
{
	struct iq_kimage *k = w->k;
	size_t share = w->partial_left / PARTIAL_SHARE;
	struct partial p = { .w = w, .max = share < PARTIAL_MIN ? PARTIAL_MIN : share };
	enum iq_member_no link = iq_ki_has(k, IQ_M_SLAB_LIST) ? IQ_M_SLAB_LIST
							       : IQ_M_PAGE_SLAB_LIST;
	int64_t n = iq_ki_value(k, node, IQ_M_SLUB_NODE_NR_PARTIAL);
	enum iq_list_end end;

	if (n == IQ_NULL || n < 0 || !iq_ki_has(k, IQ_M_SLUB_NODE_PARTIAL) ||
	    !iq_ki_has(k, link))
		return IQ_NULL;
	if (n == 0)
		return 0;
	if (!w->partial_left)
		return IQ_NULL;
	end = iq_ki_list(k, iq_ki_at(k, node, IQ_M_SLUB_NODE_PARTIAL),
			 k->member[link].offset, p.max + 1, count_free, &p);
	if (p.failed || (end != IQ_LIST_WHOLE && end != IQ_LIST_STOPPED) || !p.seen) {
		w->broken++;
		return IQ_NULL;
	}
	if (end == IQ_LIST_WHOLE || (uint64_t)n <= p.seen)
		return p.free;
	w->estimated++;
	/* free < 2^15 * seen, so only a lie about n overflows */
	if (__builtin_mul_overflow(p.free, n, &p.free))
		return IQ_NULL;
	return p.free / (int64_t)p.seen;
}

static void add_slub_node(struct walk *w, uint64_t node, int64_t order, struct sums *s)
{
	int64_t slabs = iq_ki_value(w->k, node, IQ_M_SLUB_NODE_NR_SLABS);

	add(&s->objects, iq_ki_value(w->k, node, IQ_M_SLUB_NODE_TOTAL_OBJECTS));
	add(&s->free, free_objects(w, node));
	if (slabs != IQ_NULL && (slabs < 0 || slabs > INT64_MAX >> 16))
		slabs = IQ_NULL;
	add(&s->pages, slabs == IQ_NULL || order == IQ_NULL ? IQ_NULL : slabs << order);
}

/* --- SLAB --- */

static void add_slab_node(struct walk *w, uint64_t cache, uint64_t node, struct sums *s)
{
	struct iq_kimage *k = w->k;
	int64_t slabs = iq_ki_value(k, node, IQ_M_SLUB_NODE_TOTAL_SLABS);
	int64_t num = iq_ki_value(k, cache, IQ_M_CACHE_NUM), objects;
	int64_t order = iq_ki_value(k, cache, IQ_M_CACHE_GFPORDER);

	if (slabs == IQ_NULL || num == IQ_NULL || slabs < 0 || slabs > INT64_MAX >> 16 ||
	    __builtin_mul_overflow(slabs, num, &objects))
		objects = IQ_NULL;
	add(&s->objects, objects);
	add(&s->free, iq_ki_value(k, node, IQ_M_SLUB_NODE_FREE_OBJECTS));
	add(&s->pages, objects == IQ_NULL || order < 0 || order > 15 ? IQ_NULL
								      : slabs << order);
}

/* --- caches --- */

/* A cache's structure for a node: kmem_cache.node[], in 7.x per_node[].node. */
static uint64_t node_of(struct walk *w, uint64_t cache, int64_t id)
{
	struct iq_kimage *k = w->k;
	bool per_node = iq_ki_has(k, IQ_M_CACHE_PER_NODE);
	const struct iq_member_at *m = &k->member[per_node ? IQ_M_CACHE_PER_NODE
							    : IQ_M_CACHE_NODE];
	uint64_t at = cache + m->offset, node;
	int64_t v;

	if (!m->known || id < 0)
		return 0;
	if (per_node) {
		at += (uint64_t)id * m->elem_size;
		return iq_ki_pointer(k, at, IQ_M_PER_NODE_NODE, &node) ? node : 0;
	}
	/* SLAB of old has a pointer to the array, the others the array itself */
	if (!iq_kr_numbers(k, IQ_S_CACHE, at + (uint64_t)id * k->mem->long_bytes,
			   k->mem->long_bytes, false, 1, &v) ||
	    !iq_ki_plausible(k, (uint64_t)v, 8))
		return 0;
	return (uint64_t)v;
}

static void add_nodes(struct walk *w, uint64_t cache, struct sums *s)
{
	struct iq_kimage *k = w->k;
	bool slab = iq_ki_has(k, IQ_M_SLUB_NODE_FREE_OBJECTS);
	int64_t oo = iq_ki_value(k, cache, IQ_M_CACHE_OO);
	int64_t order = oo == IQ_NULL || oo < 0 || oo >> 16 > 15 ? IQ_NULL : oo >> 16;
	bool any = false;

	for (size_t i = 0; i < w->n_nodes; i++) {
		uint64_t node = w->nodes_left ? node_of(w, cache, w->nodes[i].id) : 0;
		if (!node)
			continue;
		w->nodes_left--;
		any = true;
		if (slab)
			add_slab_node(w, cache, node, s);
		else
			add_slub_node(w, node, order, s);
	}
	if (!any)
		*s = (struct sums){ IQ_NULL, IQ_NULL, IQ_NULL };
}

static int put_cache(void *arg, uint64_t cache)
{
	struct walk *w = arg;
	struct iq_kimage *k = w->k;
	struct sums s = { 0, 0, 0 };
	struct iq_slab f;
	uint64_t name;
	int64_t flags = iq_ki_value(k, cache, IQ_M_CACHE_FLAGS);

	iq_fact_init(IQ_FACT_SLAB, &f);
	f.snapshot_id = k->snapshot_id;
	if (iq_ki_pointer(k, cache, IQ_M_CACHE_NAME, &name))
		f.cache = iq_ki_string(k, name, 128);
	f.object_bytes = iq_ki_value(k, cache, IQ_M_CACHE_SIZE);
	if (flags != IQ_NULL)
		f.reclaimable = (flags & w->reclaim_flag) != 0;
	add_nodes(w, cache, &s);
	f.objects = s.objects;
	f.total_bytes = iq_kr_bytes(k, s.pages);
	if (s.objects != IQ_NULL && s.free != IQ_NULL && s.free <= s.objects)
		f.active = s.objects - s.free;
	if (f.active == IQ_NULL || f.object_bytes < 0 ||
	    __builtin_mul_overflow(f.active, f.object_bytes, &f.used_bytes))
		f.used_bytes = IQ_NULL;
	w->caches++;
	w->failed = iq_sink_put(k->sink, IQ_FACT_SLAB, &f, w->err) != 0;
	iq_arena_reset(&k->arena);
	return w->failed;
}

static void say(struct walk *w, enum iq_list_end end)
{
	if (end != IQ_LIST_WHOLE)
		iq_ki_missing(w->k, "slab-caches", "the list of slab caches breaks off; %zu "
			      "caches were found", w->caches);
	if (w->broken)
		iq_ki_missing(w->k, "slab-partial", "lists of partly used slabs cannot be "
			      "walked (%zu of them): how many objects are in use is unknown",
			      w->broken);
	/* /proc/slabinfo does so too, and says nothing of it */
	if (w->estimated || !w->partial_left)
		iq_vmcore_issue(w->k->v, "note", "slab-partial-long", IQ_NULL, "long lists "
				"of partly used slabs were walked in part: for %zu of them "
				"objects in use are extrapolated%s", w->estimated,
				w->partial_left ? "" : ", for those behind they are not known");
}

int iq_state_slabs(struct iq_kimage *k, struct iq_err *err)
{
	struct iq_kr_node nodes[IQ_KR_NODES_MAX];
	struct walk w = { .k = k, .err = err, .nodes = nodes, .partial_left = PARTIAL_MAX,
			  .nodes_left = NODES_OF_CACHES_MAX };
	int64_t bit = iq_kr_enumerator(k, "_slab_flag_bits", "_SLAB_RECLAIM_ACCOUNT", -1);
	uint64_t head;

	if (!iq_ki_has(k, IQ_M_CACHE_LIST) || !iq_ki_symbol(k, "slab_caches", &head))
		return 0;
	w.reclaim_flag = bit >= 0 && bit < 31 ? INT64_C(1) << bit : RECLAIM_ACCOUNT_OLD;
	w.n_nodes = iq_kr_nodes(k, nodes, IQ_KR_NODES_MAX);
	enum iq_list_end end = iq_ki_list(k, head, k->member[IQ_M_CACHE_LIST].offset,
					  CACHES_MAX, put_cache, &w);
	if (!w.failed)
		say(&w, end);
	return w.failed ? -1 : 0;
}
