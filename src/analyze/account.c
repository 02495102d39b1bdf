/* analyze/account.c - where a machine's memory is, from the stored counters. */
#include "analyze/compute.h"

static int64_t counter(const struct iq_case *c, const char *name)
{
	return iq_to_pages(c, iq_case_counter(c, NULL, name));
}

/* Adds up a member over a list; what some lines lack is missing in all. */
static int64_t sum(const struct iq_row_list *list, size_t member)
{
	int64_t total = 0, v;

	for (size_t i = 0; i < list->n; i++) {
		memcpy(&v, (const char *)list->p[i] + member, sizeof(v));
		if (v == IQ_NULL || __builtin_add_overflow(total, v, &total))
			return IQ_NULL;
	}
	return list->n ? total : IQ_NULL;
}

#define SUM(list, type, m) sum(&c->list, offsetof(struct type, m))

/* Kernel stacks stand in the zone lines up to 5.8, in the node lines from 5.10. */
static int64_t either(int64_t a, int64_t b)
{
	return a != IQ_NULL ? a : b;
}

/* Huge pages of all pools; FREE: the unused ones only.  No line: not known to be 0,
 * but a kernel with pools prints them, so it is where Mem-Info is. */
static int64_t huge_pages(const struct iq_case *c, bool only_free)
{
	int64_t total = 0, bytes;

	for (size_t i = 0; i < c->hugetlb.n; i++) {
		const struct inquest_hugetlb *h = c->hugetlb.p[i];
		int64_t n = only_free ? h->free : h->total;
		if (n == IQ_NULL || h->page_bytes == IQ_NULL ||
		    __builtin_mul_overflow(n, h->page_bytes, &bytes) ||
		    __builtin_add_overflow(total, bytes, &total))
			return IQ_NULL;
	}
	return iq_to_pages(c, total);
}

/* The zones printed hold all managed pages: no node was left out. */
static bool all_nodes_shown(const struct iq_case *c, int64_t ram)
{
	int64_t present = iq_to_pages(c, SUM(zones, inquest_zone, present_bytes));

	return ram != IQ_NULL && present != IQ_NULL && present >= ram - ram / 100;
}

/* The block of all nodes was cut: their own lines (4.8), or the zones' (before), add up
 * to the same where all were printed. */
static void gather_from_parts(const struct iq_case *c, struct iq_account_input *in)
{
#define OF_NODES(m) iq_to_pages(c, SUM(nodes, inquest_node, m))
#define OF_ZONES(m) iq_to_pages(c, SUM(zones, inquest_zone, m))
#define OF_BOTH(m) either(OF_NODES(m), OF_ZONES(m))
	in->active_anon = OF_BOTH(active_anon_bytes);
	in->inactive_anon = OF_BOTH(inactive_anon_bytes);
	in->active_file = OF_BOTH(active_file_bytes);
	in->inactive_file = OF_BOTH(inactive_file_bytes);
	in->isolated_anon = OF_NODES(isolated_anon_bytes);
	in->isolated_file = OF_NODES(isolated_file_bytes);
	in->unevictable = OF_BOTH(unevictable_bytes);
	in->shmem = OF_BOTH(shmem_bytes);
	in->slab_reclaimable = OF_ZONES(slab_reclaimable_bytes);
	in->slab_unreclaimable = OF_ZONES(slab_unreclaimable_bytes);
	in->page_tables = OF_BOTH(pagetables_bytes);
	in->free = OF_ZONES(free_bytes);
#undef OF_NODES
#undef OF_ZONES
#undef OF_BOTH
}

static void gather(const struct iq_case *c, struct iq_account_input *in)
{
	*in = (struct iq_account_input){
		.ram = counter(c, "pages RAM"),
		.reserved = counter(c, "pages reserved"),
		.managed = iq_to_pages(c, SUM(zones, inquest_zone, managed_bytes)),
		.active_anon = counter(c, "active_anon"),
		.inactive_anon = counter(c, "inactive_anon"),
		.isolated_anon = counter(c, "isolated_anon"),
		.active_file = counter(c, "active_file"),
		.inactive_file = counter(c, "inactive_file"),
		.isolated_file = counter(c, "isolated_file"),
		.unevictable = counter(c, "unevictable"),
		.slab_reclaimable = counter(c, "slab_reclaimable"),
		.slab_unreclaimable = counter(c, "slab_unreclaimable"),
		.kernel_misc_reclaimable = counter(c, "kernel_misc_reclaimable"),
		.page_tables = counter(c, "pagetables"),
		.sec_page_tables = counter(c, "sec_pagetables"),
		.kernel_stack = iq_to_pages(c, either(
			SUM(zones, inquest_zone, kernel_stack_bytes),
			SUM(nodes, inquest_node, kernel_stack_bytes))),
		.bounce = counter(c, "bounce"),
		.free = counter(c, "free"),
		.free_pcp = either(counter(c, "free_pcp"),
				   iq_to_pages(c, SUM(zones, inquest_zone, free_pcp_bytes))),
		.hugetlb = huge_pages(c, false),
		.hugetlb_free = huge_pages(c, true),
		.balloon = iq_to_pages(c, SUM(nodes, inquest_node, balloon_bytes)),
		.shmem = counter(c, "shmem"),
		.swap_cache = counter(c, "pages in swap cache"),
	};
	in->nodes_all_shown = all_nodes_shown(c, in->ram);
	if (in->nodes_all_shown && in->active_anon == IQ_NULL && in->inactive_anon == IQ_NULL &&
	    in->unevictable == IQ_NULL && in->free == IQ_NULL)
		gather_from_parts(c, in);
}

/* Which counters make up a holder, for people. */
static const char *const holder_what[IQ_HOLDERS] = {
	[IQ_HOLDER_PROCESSES] = "active_anon + inactive_anon + isolated_anon - shmem",
	[IQ_HOLDER_SHMEM] = "shmem",
	[IQ_HOLDER_SLAB] = "slab_reclaimable + slab_unreclaimable",
	[IQ_HOLDER_PAGE_TABLES] = "pagetables",
	[IQ_HOLDER_MLOCKED] = "unevictable",
	[IQ_HOLDER_HUGETLB] = "hugepages_total * hugepages_size",
	[IQ_HOLDER_KERNEL_STACKS] = "kernel_stack",
	[IQ_HOLDER_PAGE_CACHE] = "active_file + inactive_file + isolated_file",
	[IQ_HOLDER_UNACCOUNTED] = "managed - all that the counters explain",
};

/* A balloon is nobody's memory either, though 7.3 counts it. */
static void add_balloon(struct inquest_holding *h, int64_t balloon)
{
	if (balloon == IQ_NULL || balloon <= 0 || h->bytes == IQ_NULL)
		return;
	if (balloon > h->bytes) {
		h->what = "Balloon";
		h->bytes = 0;		/* the smaller rest is another matter */
	}
	if (__builtin_add_overflow(h->bytes, balloon, &h->bytes))
		h->bytes = INT64_MAX;
}

static void fill_holdings(struct iq_case *c, const struct iq_account *a, int64_t balloon)
{
	struct inquest_holding *h = iq_arena_alloc(&c->arena, IQ_HOLDERS * sizeof(*h));
	const struct inquest_holding **list =
		iq_arena_alloc(&c->arena, IQ_HOLDERS * sizeof(*list));
	size_t n = 0;

	if (!h || !list)
		return;
	for (int i = 0; i < IQ_HOLDERS; i++) {
		if (a->pages[i] == IQ_NULL)
			continue;
		h[i] = (struct inquest_holding){
			.holder = iq_holder_name(i), .what = holder_what[i],
			.bytes = iq_from_pages(c, a->pages[i]),
		};
		if (i == IQ_HOLDER_UNACCOUNTED)
			add_balloon(&h[i], iq_from_pages(c, balloon));
		size_t at = n++;
		for (; at && list[at - 1]->bytes < h[i].bytes; at--)
			list[at] = list[at - 1];
		list[at] = &h[i];
	}
	c->account.holdings = list;
	c->account.n_holdings = n;
}

void iq_compute_account(struct iq_case *c)
{
	struct inquest_account *out = &c->account;
	struct iq_account_input in;
	struct iq_account a;

	gather(c, &in);
	iq_account(&in, &a);
	*out = (struct inquest_account){
		.complete = a.complete,
		.missing = a.missing,
		.managed_bytes = iq_from_pages(c, a.managed),
		.accounted_bytes = iq_from_pages(c, a.accounted),
		.unaccounted_bytes = iq_from_pages(c, a.unaccounted),
		.anon_bytes = iq_from_pages(c, a.anon),
		.shmem_bytes = iq_from_pages(c, in.shmem),
		.file_bytes = iq_from_pages(c, a.file),
		.free_bytes = iq_from_pages(c, in.free),
		.slab_reclaimable_bytes = iq_from_pages(c, in.slab_reclaimable),
		.slab_unreclaimable_bytes = iq_from_pages(c, in.slab_unreclaimable),
		.page_tables_bytes = iq_from_pages(c, in.page_tables),
		.kernel_stacks_bytes = iq_from_pages(c, in.kernel_stack),
		.unevictable_bytes = iq_from_pages(c, in.unevictable),
		.hugetlb_bytes = c->hugetlb.n ? iq_from_pages(c, in.hugetlb) : IQ_NULL,
		.hugetlb_free_bytes = c->hugetlb.n ? iq_from_pages(c, in.hugetlb_free) : IQ_NULL,
		.reserved_bytes = iq_from_pages(c, in.reserved),
		.ram_bytes = iq_from_pages(c, in.ram),
		.noise_bytes = a.managed == IQ_NULL ? IQ_NULL :
			iq_from_pages(c, iq_account_noise(a.managed, c->event.page_size)),
	};
	fill_holdings(c, &a, in.balloon);
}
