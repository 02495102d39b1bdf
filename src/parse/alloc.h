/* parse/alloc.h - reports of allocations that failed without an OOM kill.
 *
 * Page allocation failures and stalls, SLUB and SLAB, vmalloc, vmap, CMA, nommu
 * (facts of mm/page_alloc.c warn_alloc, mm/slub.c slab_out_of_memory, mm/vmalloc.c,
 * mm/cma.c, mm/nommu.c; 2.6.32 to 7.x).  One struct is one open report of one printk
 * caller: CPU line, stack and Mem-Info that follow the headline belong to it.  The
 * SLUB and vmalloc lines of the same failure, before or inside, are one event with it.
 *
 * Gives event (kind alloc-failure), oom, snapshot, stack, event lines, sighting.
 * The caller decides which records reach it (host, printk caller) and when a silence
 * ends it.
 */
#ifndef IQ_PARSE_ALLOC_H
#define IQ_PARSE_ALLOC_H

#include "model/facts.h"
#include "text/record.h"

/* May TEXT begin such a report?  Cheap. */
bool iq_alloc_begins(struct iq_slice text);

struct iq_alloc;

/* REC begins it (iq_alloc_begins() said so); the line is taken.  NULL and ERR: out of
 * memory. */
struct iq_alloc *iq_alloc_new(const struct iq_record *rec, int64_t member_id,
			      int64_t boot_id, struct iq_err *err);
void iq_alloc_free(struct iq_alloc *a);

/* 1: taken.  0: not of this report, the caller may offer it to others; a headline of
 * another allocation failure is also 0 (close, then iq_alloc_new).  -1: ERR. */
int iq_alloc_line(struct iq_alloc *a, const struct iq_record *rec, struct iq_err *err);

/* Puts the facts.  CUT: the text broke off.  *ret_event_id may be NULL. */
int iq_alloc_close(struct iq_alloc *a, struct iq_sink *sink, bool cut,
		   int64_t *ret_event_id, struct iq_err *err);

#endif
