/* parse/allocline.h - the lines that name an allocation that failed.
 *
 * Pure functions; slices are views into the line.  mm/page_alloc.c warn_alloc() and its
 * elders, mm/slub.c and mm/slab.c slab_out_of_memory(), mm/vmalloc.c, mm/cma.c,
 * mm/nommu.c; 2.6.32 to 7.x.
 */
#ifndef IQ_PARSE_ALLOCLINE_H
#define IQ_PARSE_ALLOCLINE_H

#include "model/facts.h"

enum iq_alloc_kind {
	IQ_ALLOC_PAGE,			/* page allocation failure */
	IQ_ALLOC_STALL,			/* page allocation stalls for ... */
	IQ_ALLOC_VMALLOC,
	IQ_ALLOC_VMAP,			/* address space, not memory */
	IQ_ALLOC_SLUB,
	IQ_ALLOC_SLAB,
	IQ_ALLOC_CMA,
	IQ_ALLOC_NOMMU,
};
const char *iq_alloc_kind_name(enum iq_alloc_kind kind);	/* oom.alloc_kind */

struct iq_allocline {
	enum iq_alloc_kind kind;
	struct iq_slice comm;		/* who asked; p NULL: not printed */
	int64_t pid;			/* nommu only */
	int64_t order;
	struct iq_slice gfp_mask;	/* "0x14020", p NULL: not printed */
	struct iq_slice gfp_flags;	/* between its brackets */
	struct iq_slice nodemask, cpuset, mems_allowed;
	int64_t bytes;			/* asked for */
	int64_t pages;			/* asked for, of a CMA area */
	bool page_request;		/* has order or mode: the page allocator's own line */
};

/* False: another line; *ret is then untouched. */
bool iq_allocline_parse(struct iq_slice text, struct iq_allocline *ret);

/* "  cache: kmalloc-64, object size: 64, ..." */
bool iq_allocline_cache(struct iq_slice text, struct iq_slice *ret_cache);

/* What else belongs to a SLUB or SLAB report: node lines, the debugging hint. */
bool iq_allocline_detail(struct iq_slice text);

/* How much of the CMA areas is left (CONFIG_CMA_DEBUG): "number of available pages: ..." */
bool iq_allocline_area(struct iq_slice text);

/* "COMM cpuset=NAME mems_allowed=LIST" (up to 4.19) */
bool iq_allocline_cpuset(struct iq_slice text, struct iq_slice *ret_comm,
			 struct iq_slice *ret_cpuset, struct iq_slice *ret_mems);

#endif
