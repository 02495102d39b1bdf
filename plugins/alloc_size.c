/* plugins/alloc_size.c - requests that no amount of free memory would have served
 * (alloc.h): larger than the allocator's largest block or than RAM, no room in the
 * kernel's address space, none in a CMA area.
 *
 * Memory was not what ran out, and the list of causes has no word for it: the verdict is
 * `unknown`, but the title says what the text states.  Follows mm/vmalloc.c
 * (alloc_vmap_area(), __vmalloc_node_range()), mm/cma.c (cma_alloc()), MAX_ORDER in
 * mm/page_alloc.c, and oom.md 3.3, 3.4.
 */
#include "alloc.h"

#include <stdlib.h>

#define MODULES_BYTES_MAX                                                                \
	(INT64_C(4) << 30) /* x86-64 1.5 GiB, arm64 128 MiB to 2 GiB                     \
			    */

/* The first line of the failure with WHAT in it. */
static const struct inquest_line *line_with(const struct alloc_look *l, const char *what)
{
	static const char *const roles[] = {"headline", "alloc"};

	for (size_t r = 0; r < 2; r++) {
		size_t n = 0;
		const struct inquest_line *const *p = l->h->lines(l->ctx, roles[r], &n);
		for (size_t i = 0; i < n; i++)
			if (p[i]->text && strstr(p[i]->text, what))
				return p[i];
	}
	return NULL;
}

static struct inquest_finding *start(const struct alloc_look *l, const char *verdict,
				     enum inquest_confidence sure, const char *rule)
{
	return l->h->finding_new(l->ctx, INQUEST_CAUSE, verdict, INQUEST_WARNING, sure,
				 rule);
}

static void finish(const struct alloc_look *l, struct inquest_finding *f)
{
	l->h->cite_role(f, "headline", 1);
	l->h->cite_role(f, "alloc", 6);
	l->h->cite_role(f, "pages-ram", 1);
	l->h->cite_role(f, "pages-reserved", 1);
	l->h->finding_commit(f);
}

/* ------------------------------------------------------------- too large */

static int64_t largest_listed(const struct alloc_look *l)
{
	int64_t best = INQUEST_NULL;

	for (size_t i = 0; i < l->n_zones; i++)
		for (size_t k = 0; k < l->zones[i]->n_free_lists; k++)
			if (l->zones[i]->free_lists[k]->block_order > best)
				best = l->zones[i]->free_lists[k]->block_order;
	return best;
}

static int say_order(const struct alloc_look *l)
{
	int64_t most = largest_listed(l);
	struct inquest_finding *f;

	if (!inquest_known(most) || !inquest_known(l->order) || l->order <= most ||
	    most < 8 || l->order >= 30)
		return 0;
	f = start(l, "unknown", INQUEST_STRONG, "alloc-order-too-large");
	l->h->finding_title(
		f,
		"order %lld (%s) is more than this kernel's allocator can ever give; "
		"its largest block is order %lld (%s)",
		(long long)l->order, kb(l, alloc_block_bytes(l, l->order)),
		(long long)most, kb(l, alloc_block_bytes(l, most)));
	l->h->finding_explain(
		f, "However much memory is free, no such request is ever served: "
		   "the caller asks for more in one piece than the page allocator "
		   "deals in.");
	l->h->finding_advise(
		f, "a wrong or hostile size, or a table that has outgrown kmalloc(): see "
		   "the call trace for who asked, and the setting that gives the size");
	l->h->cite_role(f, "free-list ", 2);
	finish(l, f);
	return 1;
}

/* With the line of the counters that has it. */
static void say_free(const struct alloc_look *l, struct inquest_finding *f)
{
	size_t n = 0;
	const struct inquest_line *const *p = l->h->lines(l->ctx, "counters", &n);

	l->h->finding_explain(f, " %s were free.", kb(l, l->a->free_bytes));
	for (size_t i = 0; i < n; i++)
		if (p[i]->text && strstr(p[i]->text, " free:"))
			l->h->cite_line(f, p[i]);
}

static int say_vmalloc_size(const struct alloc_look *l)
{
	int64_t all = alloc_managed(l), bytes = l->o->alloc_bytes;
	int stated = line_with(l, "exceeds total pages") != NULL;
	struct inquest_finding *f;

	if (!is(l->o->alloc_kind, "vmalloc") || !inquest_known(bytes) ||
	    line_with(l, ", allocated ") ||
	    !(stated || (inquest_known(all) && bytes > all)))
		return 0;
	f = start(l, "unknown", stated ? INQUEST_CERTAIN : INQUEST_STRONG,
		  "alloc-vmalloc-size");
	l->h->finding_title(
		f, "vmalloc was asked for %s, more than all memory%s", kb(l, bytes),
		inquest_known(all) ? l->h->text(l->ctx, " (%s)", kb(l, all)) : "");
	l->h->finding_explain(
		f, "Nothing was short: __vmalloc_node_range() refuses a size above "
		   "the number of all pages at once.");
	if (inquest_known(l->a->free_bytes))
		say_free(l, f);
	l->h->finding_advise(
		f, "a wrong or hostile size: see the call trace for who asked (netfilter "
		   "tables, BPF maps, ioctls of a driver), and which program did");
	finish(l, f);
	return 1;
}

/* --------------------------------------------------------- address space */

/* "... Address range restricted to 0xffffffffc0000000 - 0xffffffffff000000" (6.12). */
static int64_t range_bytes(const struct alloc_look *l)
{
	const struct inquest_line *line = line_with(l, "Address range restricted to ");
	unsigned long long from, to;
	char *end;

	if (!line)
		return INQUEST_NULL;
	from = strtoull(strstr(line->text, "restricted to ") + 14, &end, 16);
	if (strncmp(end, " - ", 3))
		return INQUEST_NULL;
	to = strtoull(end + 3, NULL, 16);
	return to > from && to - from <= INT64_MAX ? (int64_t)(to - from) : INQUEST_NULL;
}

static int asked_for_code(const struct alloc_look *l)
{
	static const char *const leads[] = {"module_alloc", "execmem_", "bpf_jit_alloc",
					    "move_module", "layout_and_allocate"};
	size_t n = 0;
	const struct inquest_frame *const *f = l->h->frames(l->ctx, &n);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; f[i]->function && k < sizeof(leads) / sizeof(*leads);
		     k++)
			if (!strncmp(f[i]->function, leads[k], strlen(leads[k])))
				return 1;
	return 0;
}

static int is_64_bit(const struct alloc_look *l)
{
	return l->ev->arch && (strstr(l->ev->arch, "64") || is(l->ev->arch, "s390x"));
}

static int say_address_space(const struct alloc_look *l)
{
	int64_t range = range_bytes(l), bytes = l->o->alloc_bytes;
	int small =
		asked_for_code(l) || (inquest_known(range) && range <= MODULES_BYTES_MAX);
	struct inquest_finding *f;

	if (!is(l->o->alloc_kind, "vmap") && !line_with(l, "vm_struct allocation failed"))
		return 0;
	f = start(l, "unknown", INQUEST_CERTAIN, "alloc-address-space");
	l->h->finding_title(
		f, "no room for %s in the kernel's %s: addresses ran out, not memory",
		kb(l, bytes),
		small ? "range for modules and BPF programs" : "vmalloc range");
	l->h->finding_explain(
		f,
		"A vmalloc area needs a hole in a range of kernel addresses%s, and "
		"none of the size was left, whatever memory is free.",
		inquest_known(range) ? l->h->text(l->ctx, " (here %s)", kb(l, range))
				     : "");
	if (small)
		l->h->finding_advise(
			f,
			"count modules and BPF programs (lsmod, bpftool prog); many udev "
			"workers loading the same module at boot fill the range too; "
			"without KASAN and nokaslr the range is larger");
	else if (is_64_bit(l))
		l->h->finding_advise(
			f,
			"64 bit have terabytes of it: look for a leak or a wrong size, "
			"sort -k2 -n /proc/vmallocinfo | tail");
	else
		l->h->finding_advise(
			f,
			"32 bit: boot with a larger vmalloc= (for example vmalloc=256M), "
			"or a 64-bit kernel");
	l->h->finding_advise(
		f, "grep Vmalloc /proc/meminfo; /proc/vmallocinfo says who holds what");
	finish(l, f);
	return 1;
}

/* ------------------------------------------------------------------- CMA */

/* The number behind LEAD in a line that has it. */
static int64_t number_behind(const struct inquest_line *line, const char *lead)
{
	const char *at = line ? strstr(line->text, lead) : NULL;

	return at ? strtoll(at + strlen(lead), NULL, 10) : INQUEST_NULL;
}

static const char *cma_why(const struct alloc_look *l, int64_t ret)
{
	if (ret == -16)
		return "The area had free ranges, but pages lent to others could not be "
		       "moved out "
		       "of them in time (-EBUSY): pinned or under I/O. ";
	if (ret == -12)
		return "No run of that many pages is unused in the area (-ENOMEM): it is "
		       "used up, "
		       "or in too small pieces. ";
	if (ret == -4)
		return "The task was being killed (-EINTR). ";
	return inquest_known(ret)
		       ? l->h->text(l->ctx, "It returned %lld. ", (long long)ret)
		       : "";
}

static int say_cma_area(const struct alloc_look *l)
{
	const struct inquest_line *line = line_with(l, "alloc failed, req-size: ");
	const struct inquest_line *rest = line_with(l, "number of available pages");
	int64_t ret, pages, left;
	int pieces;
	struct inquest_finding *f;

	if (!is(l->o->alloc_kind, "cma"))
		return 0;
	pages = number_behind(line, "req-size: ");
	ret = number_behind(line, ", ret: ");
	left = number_behind(rest, "=> ");
	pieces = ret == -16 ||
		 (inquest_known(left) && inquest_known(pages) && left >= pages);
	f = start(l, pieces ? "fragmentation" : "unknown",
		  inquest_known(left) ? INQUEST_STRONG : INQUEST_LIKELY, "alloc-cma");
	l->h->finding_title(f, "the CMA area has no range of %lld pages%s%s",
			    (long long)inquest_or(pages, 0),
			    ret == -16 ? " that could be emptied" : "",
			    inquest_known(left)
				    ? l->h->text(l->ctx,
						 pieces ? ", though %lld are free"
							: "; %lld are free",
						 (long long)left)
				    : "");
	l->h->finding_explain(f, "%s", cma_why(l, ret));
	l->h->finding_explain(
		f,
		"The area (cma=, or reserved-memory of the device tree) serves devices "
		"that need one piece; memory elsewhere does not count. Drivers mostly "
		"try again or fall back.");
	l->h->finding_advise(
		f, "grep Cma /proc/meminfo; a larger area (cma=SIZE on the command line, "
		   "reserved-memory in the device tree) if the device did fail");
	finish(l, f);
	return 1;
}

int alloc_say_size(const struct alloc_look *l)
{
	return say_order(l) || say_vmalloc_size(l) || say_address_space(l) ||
	       say_cma_area(l);
}
