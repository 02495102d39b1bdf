/* parse/allocline.c - see allocline.h. */
#include "parse/allocline.h"

#include "parse/cpuline.h"

static const char *const kind_names[] = {
	[IQ_ALLOC_PAGE] = "page", [IQ_ALLOC_STALL] = "stall", [IQ_ALLOC_VMALLOC] = "vmalloc",
	[IQ_ALLOC_VMAP] = "vmap", [IQ_ALLOC_SLUB] = "slub", [IQ_ALLOC_SLAB] = "slab",
	[IQ_ALLOC_CMA] = "cma", [IQ_ALLOC_NOMMU] = "nommu",
};

const char *iq_alloc_kind_name(enum iq_alloc_kind kind)
{
	return kind_names[kind];
}

static int64_t number_behind(struct iq_slice s, struct iq_slice lead)
{
	ptrdiff_t at = iq_find(s, lead);
	int64_t v;
	if (at < 0)
		return IQ_NULL;
	s = iq_ltrim(iq_from(s, (size_t)at + lead.n));
	return iq_take_i64(&s, &v) ? v : IQ_NULL;
}

/* "0x24000c0(GFP_KERNEL)" or "0xd0" */
static void mask_of(struct iq_slice s, struct iq_slice lead, struct iq_allocline *l)
{
	ptrdiff_t at = iq_find(s, lead);
	if (at < 0)
		return;
	s = iq_from(s, (size_t)at + lead.n);
	size_t n = 0;
	while (n < s.n && s.p[n] != '(' && s.p[n] != ',' && s.p[n] != ' ' && s.p[n] != ')')
		n++;
	if (!n)
		return;
	l->gfp_mask = iq_head(s, n);
	s = iq_from(s, n);
	if (iq_skip(&s, IQ_LIT("(")))
		l->gfp_flags = iq_cut(&s, ')');
}

/* The part that the page allocator puts behind all its words. */
static void request(struct iq_slice s, struct iq_allocline *l)
{
	l->order = number_behind(s, IQ_LIT("order:"));
	mask_of(s, IQ_LIT("mode:"), l);
	l->page_request = l->order != IQ_NULL || l->gfp_mask.p;
	ptrdiff_t mask = iq_find(s, IQ_LIT("nodemask="));
	ptrdiff_t cpuset = iq_find(s, IQ_LIT(",cpuset="));
	if (mask >= 0) {
		/* a list has commas of its own */
		struct iq_slice rest = iq_from(s, (size_t)mask + 9);
		l->nodemask = cpuset > mask ? iq_head(rest, (size_t)(cpuset - mask) - 9)
					    : iq_word(&rest);
		if (!l->nodemask.n || iq_starts(l->nodemask, IQ_LIT("(null)")))
			l->nodemask = IQ_SLICE_NULL;
	}
	ptrdiff_t mems = iq_find(s, IQ_LIT(",mems_allowed="));
	if (cpuset >= 0) {
		size_t from = (size_t)cpuset + 8;
		l->cpuset = iq_slice(s.p + from, (mems > cpuset ? (size_t)mems : s.n) - from);
	}
	if (mems >= 0)
		l->mems_allowed = iq_trim(iq_from(s, (size_t)mems + 14));
}

/* Text in front of ": WHAT"; false if WHAT is not there.  A task's name may hold
 * anything, so the last place counts. */
static bool behind_comm(struct iq_slice s, struct iq_slice what, struct iq_slice *ret_comm,
			struct iq_slice *ret_rest)
{
	const size_t far = 64;	/* a name has 15 bytes, a kworker's with its queue more */
	ptrdiff_t at = iq_rfind(iq_head(s, far + what.n), what);
	if (at <= 0)
		return false;
	*ret_comm = iq_cpuline_name(iq_head(s, (size_t)at));
	*ret_rest = iq_from(s, (size_t)at + what.n);
	return true;
}

static bool page_failure(struct iq_slice s, struct iq_allocline *l)
{
	struct iq_slice rest;
	/* 4.9 prints the name in a record of its own, which may be lost or elsewhere. */
	rest = s;
	if (!behind_comm(s, IQ_LIT(": page allocation failure"), &l->comm, &rest) &&
	    (!iq_skip(&rest, IQ_LIT("page allocation failure")) ||
	     !iq_has(rest, IQ_LIT("order:"))))
		return false;
	if (!iq_skip(&rest, IQ_LIT(".")) && !iq_skip(&rest, IQ_LIT(":")))
		return false;			/* prose and titles name no order */
	l->kind = IQ_ALLOC_PAGE;
	request(rest, l);
	l->page_request = true;
	return true;
}

/* 4.9: "stalls for %ums, order:"; 7.3: "stall for %lu secs: order:" */
static bool page_stall(struct iq_slice s, struct iq_allocline *l)
{
	struct iq_slice rest;
	if (!behind_comm(s, IQ_LIT(": page allocation stall"), &l->comm, &rest))
		return false;
	iq_skip(&rest, IQ_LIT("s"));
	if (!iq_starts(rest, IQ_LIT(" for ")))
		return false;
	l->kind = IQ_ALLOC_STALL;
	request(rest, l);
	l->page_request = true;
	return true;
}

static bool vmalloc_failure(struct iq_slice s, struct iq_allocline *l)
{
	static const struct iq_slice alone = IQ_LIT("vmalloc: allocation failure");
	struct iq_slice rest = s;
	if (!iq_skip(&rest, alone) &&
	    !behind_comm(s, IQ_LIT(": vmalloc: allocation failure"), &l->comm, &rest))
		return false;
	l->kind = IQ_ALLOC_VMALLOC;
	l->bytes = number_behind(rest, IQ_LIT(" of "));	/* ", allocated 1 of 2 bytes" */
	if (l->bytes == IQ_NULL)
		l->bytes = number_behind(rest, IQ_LIT(": "));
	request(rest, l);
	return true;
}

/* 6.1+: "%s: vmalloc error: size %lu, failed to allocate pages, mode:..." */
static bool vmalloc_error(struct iq_slice s, struct iq_allocline *l)
{
	struct iq_slice rest;
	if (!behind_comm(s, IQ_LIT(": vmalloc error:"), &l->comm, &rest))
		return false;
	l->kind = IQ_ALLOC_VMALLOC;
	l->bytes = number_behind(rest, IQ_LIT("size "));
	request(rest, l);
	if (l->order == IQ_NULL)
		l->order = number_behind(rest, IQ_LIT("page order "));
	return true;
}

static bool vmap_failure(struct iq_slice s, struct iq_allocline *l)
{
	if (!iq_starts(s, IQ_LIT("vmap allocation for size ")) &&
	    !iq_starts(s, IQ_LIT("vmalloc_node_range for size ")))
		return false;
	l->kind = IQ_ALLOC_VMAP;
	l->bytes = number_behind(s, IQ_LIT("for size "));
	return true;
}

static bool slab_failure(struct iq_slice s, struct iq_allocline *l)
{
	if (iq_skip(&s, IQ_LIT("SLUB: Unable to allocate memory on ")))
		l->kind = IQ_ALLOC_SLUB;
	else if (iq_skip(&s, IQ_LIT("SLAB: Unable to allocate memory on ")))
		l->kind = IQ_ALLOC_SLAB;
	else
		return false;
	mask_of(s, IQ_LIT("gfp="), l);
	return true;
}

/* "cma: cma_alloc: alloc failed, req-size: 16 pages, ret: -12"; 6.1+ puts the area's
 * name between.  dma_alloc_from_contiguous() of older ones says less and is left. */
static bool cma_failure(struct iq_slice s, struct iq_allocline *l)
{
	if (!iq_starts(s, IQ_LIT("cma: ")) || !iq_has(s, IQ_LIT("alloc failed, req-size: ")))
		return false;
	l->kind = IQ_ALLOC_CMA;
	l->pages = number_behind(s, IQ_LIT("req-size: "));
	return true;
}

/* "Allocation of length %lu from process %d (%s) failed" */
static bool nommu_failure(struct iq_slice s, struct iq_allocline *l)
{
	if (!iq_starts(s, IQ_LIT("Allocation of length ")) || !iq_has(s, IQ_LIT(" failed")))
		return false;
	ptrdiff_t at = iq_find(s, IQ_LIT(" from process "));
	if (at < 0)
		return false;
	l->kind = IQ_ALLOC_NOMMU;
	l->bytes = number_behind(s, IQ_LIT("length "));
	l->pid = number_behind(s, IQ_LIT("process "));
	struct iq_slice rest = iq_from(s, (size_t)at);
	ptrdiff_t open = iq_find_char(rest, '('), close = iq_rfind(rest, IQ_LIT(")"));
	if (open >= 0 && close > open)
		l->comm = iq_slice(rest.p + open + 1, (size_t)(close - open) - 1);
	return true;
}

/* "order:%d": the line of code that prints it, in a patch or a document. */
static bool is_format(struct iq_slice s)
{
	static const struct iq_slice forms[] = {
		IQ_LIT("order:%"), IQ_LIT("mode:%"), IQ_LIT("mode:0x%"), IQ_LIT("gfp=%"),
		IQ_LIT("gfp=0x%"), IQ_LIT("size %"), IQ_LIT(" of %"), IQ_LIT("length %"),
	};
	if (iq_find_char(s, '%') < 0)
		return false;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (iq_has(s, forms[i]))
			return true;
	return false;
}

bool iq_allocline_parse(struct iq_slice text, struct iq_allocline *ret)
{
	static bool (*const forms[])(struct iq_slice, struct iq_allocline *) = {
		page_failure, page_stall, vmalloc_failure, vmalloc_error, vmap_failure,
		slab_failure, cma_failure, nommu_failure,
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct iq_allocline l = { .pid = IQ_NULL, .order = IQ_NULL,
					  .bytes = IQ_NULL, .pages = IQ_NULL };
		if (!forms[i](iq_trim(text), &l))
			continue;
		*ret = l;
		return !is_format(text);
	}
	return false;
}

bool iq_allocline_cache(struct iq_slice text, struct iq_slice *ret_cache)
{
	struct iq_slice s = iq_trim(text);
	if (!iq_skip(&s, IQ_LIT("cache: ")))
		return false;
	ptrdiff_t end = iq_find(s, IQ_LIT(", object size:"));
	*ret_cache = iq_trim(end < 0 ? s : iq_head(s, (size_t)end));
	return ret_cache->n > 0;
}

bool iq_allocline_detail(struct iq_slice text)
{
	struct iq_slice s = iq_trim(text);
	int64_t node;
	if (iq_has(s, IQ_LIT(" debugging increased min order, use sl")))
		return true;
	return iq_skip(&s, IQ_LIT("node ")) && iq_take_i64(&s, &node) &&
	       iq_starts(s, IQ_LIT(": slabs: "));
}

bool iq_allocline_area(struct iq_slice text)
{
	struct iq_slice s = iq_trim(text);
	iq_skip(&s, IQ_LIT("cma: "));
	return iq_starts(s, IQ_LIT("number of available pages: "));
}

bool iq_allocline_cpuset(struct iq_slice text, struct iq_slice *ret_comm,
			 struct iq_slice *ret_cpuset, struct iq_slice *ret_mems)
{
	struct iq_slice s = iq_trim(text);
	ptrdiff_t cpuset = iq_rfind(iq_head(s, 80), IQ_LIT(" cpuset="));
	ptrdiff_t mems = cpuset <= 0 ? -1 : iq_find(s, IQ_LIT(" mems_allowed="));
	if (mems < cpuset + 8)
		return false;
	*ret_comm = iq_head(s, (size_t)cpuset);
	*ret_cpuset = iq_slice(s.p + cpuset + 8, (size_t)(mems - cpuset) - 8);
	*ret_mems = iq_trim(iq_from(s, (size_t)mems + 14));
	return true;
}
