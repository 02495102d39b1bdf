/* parse/memdump.h - the Mem-Info block that the kernel's show_mem() prints.
 *
 * It stands in OOM reports and in allocation failures, the same text in both, from
 * 2.6.32 to 7.x: global counters, node and zone lines, lowmem_reserve, free lists,
 * huge pages, page cache, swap, RAM, slab table, allocation profiling.  One struct
 * takes one block line by line, in whatever state the lines are (torn, wrapped,
 * clipped, edited), and puts it out as the facts of a snapshot.
 *
 * Follows mm/page_alloc.c and mm/show_mem.c (show_free_areas, show_mem),
 * mm/hugetlb.c, mm/swap_state.c, mm/slab_common.c (dump_unreclaimable_slab).  Which
 * era prints what is not asked: fields go by their names, and a name without a
 * column becomes a counter of that name.
 *
 * Everything is optional.  Copies what it keeps; bounded (IQ_MEMDUMP_*_MAX, what is
 * over is counted in iq_memdump_dropped).  One block a struct, one thread.
 */
#ifndef IQ_PARSE_MEMDUMP_H
#define IQ_PARSE_MEMDUMP_H

#include "model/facts.h"
#include "text/record.h"

#define IQ_MEMDUMP_ZONES_MAX	1024	/* zones of all nodes */
#define IQ_MEMDUMP_NODES_MAX	1024
#define IQ_MEMDUMP_HUGETLB_MAX	4096	/* nodes times sizes */
#define IQ_MEMDUMP_SLABS_MAX	4096
#define IQ_MEMDUMP_COUNTERS_MAX	8192	/* names without a column */

/* What a line is.  Also bits: 1u << kind of iq_memdump_have(). */
enum iq_memdump_kind {
	IQ_MEMDUMP_NONE = 0,		/* not of this block */
	IQ_MEMDUMP_HEADER,		/* Mem-Info: */
	IQ_MEMDUMP_PER_CPU,		/* per-cpu lists of old kernels: known, not kept */
	IQ_MEMDUMP_COUNTERS,		/* active_anon:%lu inactive_anon:%lu ... */
	IQ_MEMDUMP_NODE,
	IQ_MEMDUMP_ZONE,
	IQ_MEMDUMP_RESERVE,		/* lowmem_reserve[]: */
	IQ_MEMDUMP_FREE_LIST,
	IQ_MEMDUMP_HUGETLB,
	IQ_MEMDUMP_PAGECACHE,		/* total pagecache pages */
	IQ_MEMDUMP_SWAP_CACHE,		/* pages in swap cache, Swap cache stats */
	IQ_MEMDUMP_SWAP_FREE,
	IQ_MEMDUMP_SWAP_TOTAL,
	IQ_MEMDUMP_PAGES_RAM,
	IQ_MEMDUMP_PAGES_OTHER,		/* HighMem/MovableOnly, cma reserved, hwpoisoned ... */
	IQ_MEMDUMP_PAGES_RESERVED,
	IQ_MEMDUMP_SLAB_HEADER,
	IQ_MEMDUMP_SLAB,
	IQ_MEMDUMP_ALLOCATIONS,		/* allocation profiling, 6.10+ */
	IQ_MEMDUMP_PROTECTION,		/* Memory cgroup min protection, 7.x */
};

struct iq_memdump;

struct iq_memdump *iq_memdump_new(void);		/* NULL: out of memory */
void iq_memdump_free(struct iq_memdump *m);

/* The lines that follow come from this member of the capture. */
void iq_memdump_member(struct iq_memdump *m, int64_t member_id);

/* Takes one line.  Returns enum iq_memdump_kind; 0: not mine, nothing changed.  A
 * torn line's later piece returns the kind of the line it continues. */
int iq_memdump_line(struct iq_memdump *m, const struct iq_record *rec);

/* Role of the line that iq_memdump_line() accepted last (parse/roles.h), as
 * "zone 0 DMA32"; valid until the next line.  p NULL: nothing that one would cite. */
struct iq_slice iq_memdump_role(const struct iq_memdump *m);

/* Kinds seen, 1u << kind each.  0: nothing to put. */
unsigned iq_memdump_have(const struct iq_memdump *m);

/* From the free lists' first term; IQ_NULL if there is none. */
int64_t iq_memdump_page_size(const struct iq_memdump *m);

/* A counter of scope `host` by the kernel's name ("active_anon", "pages RAM", "Free
 * swap"); swap in bytes, others in pages.  IQ_NULL: not there. */
int64_t iq_memdump_counter(const struct iq_memdump *m, struct iq_slice name);

/* Which eras' forms were seen: bits of enum iq_form (kern/era.h). */
uint32_t iq_memdump_forms(const struct iq_memdump *m);

/* Zone or node lines that break off, lines over a bound. */
unsigned iq_memdump_torn(const struct iq_memdump *m);
unsigned iq_memdump_dropped(const struct iq_memdump *m);

/* Puts node, zone, free_list, hugetlb, slab and counter facts of that snapshot.
 * PAGE_SIZE (bytes) is for what is printed in pages and must be bytes
 * (lowmem_reserve); IQ_NULL: iq_memdump_page_size(), and what cannot be converted
 * stays away. */
int iq_memdump_put(const struct iq_memdump *m, struct iq_sink *sink, int64_t snapshot_id,
		   int64_t page_size, struct iq_err *err);

#endif
