/* plugins/alloc.h - the request that failed and the zones it may use.
 *
 * Shared by the files of the plugin memory-alloc, and by nothing else.  The look is made
 * anew for each event and holds pointers of the host, good until the callback returns.
 * Bytes throughout; INQUEST_NULL is not known.
 */
#ifndef PLUGINS_ALLOC_H
#define PLUGINS_ALLOC_H

#include <string.h>

#include "inquest/plugin.h"

/* Working defaults of this plugin, not the kernel's. */
#define RECLAIMABLE_PERCENT	20	/* of managed: memory was there, not a lack (C30) */
#define HOLDER_PERCENT		30	/* of managed: the figures name a holder */
#define ROOM_BYTES		(INT64_C(16) << 20)	/* free elsewhere, worth a word */
#define TRANSIENT_BYTES		(INT64_C(1) << 20)	/* a zone with less to spare decides nothing */
/* Figures are printed after the failure, and per-CPU counters lag behind: so little above
 * the mark is still short of it (oom.md 2.4: 64 pages a CPU; here for four). */
#define DRIFT_PAGES		256
#define ZONES_SAID		6
#define COSTLY_ORDER		3	/* the kernel's PAGE_ALLOC_COSTLY_ORDER */
#define LOOK_AROUND		2000	/* events before and after: a boot may have many */
#define NEAR_US			(60 * INT64_C(1000000))
/* What vm.min_free_kbytes is advised to become: twice as much, within this share of
 * memory (a larger reserve takes more than it gives). */
#define RESERVE_PERCENT_MAX	3

struct alloc_look {
	const struct inquest_host *h;
	struct inquest_ctx *ctx;
	const struct inquest_event *ev;
	const struct inquest_oom *o;
	const struct inquest_gfp *g;
	const struct inquest_account *a;
	const struct inquest_zone *const *zones;
	size_t n_zones;
	int64_t order;		/* of the request; INQUEST_NULL: not known */
	int64_t tied_node;	/* __GFP_THISNODE: the one it may use; INQUEST_NULL: any */
	int in_reclaim;		/* the trace runs through reclaim */
	/* over the zones that the request may use */
	size_t usable, short_of_min, no_block, pass, undecided, above_high, no_lists;
	size_t boost_only, by_a_hair, only_reserved;
	int assumed;		/* class zone or allowed nodes are not known for sure */
	int64_t free_usable;
	int64_t largest_order;	/* of the blocks free in them; INQUEST_NULL: no lists */
	const struct inquest_zone *main;	/* the zone a title speaks of */
	int64_t lacks;		/* what it lacks: mark + reserve - what counts as free */
};

static inline int is(const char *a, const char *b)
{
	return a && !strcmp(a, b);
}

/* Bytes of a block of ORDER; INQUEST_NULL: no kernel has such a one. */
static inline int64_t alloc_block_bytes(const struct alloc_look *l, int64_t order)
{
	if (order < 0 || order >= 30 || l->ev->page_size > INT64_C(1) << 30)
		return INQUEST_NULL;
	return l->ev->page_size << order;
}

static inline const char *kb(const struct alloc_look *l, int64_t bytes)
{
	return l->h->bytes(l->ctx, bytes);
}

static inline int alloc_may_not_wait(const struct alloc_look *l)
{
	return l->g->direct_reclaim == 0;
}

static inline const char *alloc_mask_name(const struct alloc_look *l)
{
	return l->g->flags && *l->g->flags ? l->g->flags
	     : l->o->gfp_mask ? l->o->gfp_mask : "its mask";
}

/* gfp_allowed_mask strips the rights to wait and reclaim from every request until the
 * machine is up; the task is the first one, without a CPU's number in its name. */
static inline int alloc_is_booting(const struct alloc_look *l)
{
	return l->g->direct_reclaim == 0 && l->g->kswapd_reclaim == 0 && l->g->high == 0 &&
	       is(l->o->trigger_comm, "swapper");
}

static inline int alloc_is_stall(const struct alloc_look *l)
{
	return is(l->o->alloc_kind, "stall");
}

/* --- alloc_zones.c */
/* Is NODE among those the request may use?  A request that may neither wait nor reclaim
 * passes over the task's cpuset (gfp_to_alloc_flags(): ~ALLOC_CPUSET). */
int alloc_node_allowed(const struct alloc_look *l, int64_t node);
int alloc_may_use(const struct alloc_look *l, const struct inquest_zone *z);
void alloc_tally(struct alloc_look *l);
/* No zone that the request may use serves it at the min mark. */
int alloc_all_short(const struct alloc_look *l);
int64_t alloc_reclaimable(const struct alloc_look *l);
int64_t alloc_managed(const struct alloc_look *l);
/* Was memory there to be reclaimed?  1, 0, -1: not printed. */
int alloc_plenty_to_reclaim(const struct alloc_look *l);
/* What vmalloc had got when it failed, as printed; it is given back after the report.
 * INQUEST_NULL: not printed. */
int64_t alloc_vmalloc_got(const struct alloc_look *l);
/* Who holds most of a machine that was full, or what the request itself had taken of it.
 * 0: nobody much, or the machine was not full. */
struct alloc_holder {
	const char *holder;	/* word of the contract */
	const char *words;	/* "processes hold" */
	int64_t bytes;
};
int alloc_holder(const struct alloc_look *l, struct alloc_holder *ret);
/* Bytes free on nodes that the request may not use; INQUEST_NULL: not known. */
int64_t alloc_free_elsewhere(const struct alloc_look *l);
/* Free memory above the request's zone, beyond that zone's high mark: seen in the zone's
 * line, or (6.1 and later print no line of it) in the global counter. */
int64_t alloc_room_above(const struct alloc_look *l, const char **ret_zone);
/* __GFP_THISNODE: the node is printed by SLUB alone; else it is the only one whose zones
 * are all short. */
void alloc_find_tied_node(struct alloc_look *l);
/* Of the request, as printed, or from what SLUB, SLAB and nommu print instead. */
int64_t alloc_order(const struct alloc_look *l);
/* Sum of the min marks that make up vm.min_free_kbytes (__setup_per_zone_wmarks(): not
 * those of HighMem and Movable), without the temporary boost.  INQUEST_NULL: a zone
 * may be missing, so the sum would be too small. */
int64_t alloc_reserve_now(const struct alloc_look *l);
/* Free lists whose zone lines are cut off: the largest order with a block that any
 * request may take, and the bytes free in all of them.  0: none are there either. */
int alloc_loose_lists(const struct alloc_look *l, int64_t *ret_largest, int64_t *ret_free);
/* Microseconds between this event and E; INQUEST_NULL: no clock tells. */
int64_t alloc_apart(const struct alloc_look *l, const struct inquest_neighbour *e);
/* Did the kernel kill for lack of memory within a minute? */
int alloc_kill_is_near(const struct alloc_look *l);

/* --- alloc_size.c */
/* 1: it has said why; 0: free memory could have served the request. */
int alloc_say_size(const struct alloc_look *l);

/* --- alloc_words.c */
/* The task is reclaiming memory itself (PF_MEMALLOC): it may use all reserves and is not
 * sent to reclaim again. */
int alloc_runs_through_reclaim(const struct alloc_look *l);
void alloc_say_rights(const struct alloc_look *l, struct inquest_finding *f);
void alloc_say_zones(const struct alloc_look *l, struct inquest_finding *f);
/* CMA pages are free and yet not for a request that cannot be moved later. */
void alloc_say_cma(const struct alloc_look *l, struct inquest_finding *f);
void alloc_say_reclaimable(const struct alloc_look *l, struct inquest_finding *f);
void alloc_say_holder(const struct alloc_look *l, struct inquest_finding *f);
void alloc_cite(const struct alloc_look *l, struct inquest_finding *f);
/* What would have decided, or decided more surely. */
void alloc_say_missing(const struct alloc_look *l, struct inquest_finding *f);
void alloc_advise_reserve(const struct alloc_look *l, struct inquest_finding *f);
void alloc_advise_kswapd(const struct alloc_look *l, struct inquest_finding *f);
void alloc_advise_order(const struct alloc_look *l, struct inquest_finding *f);

#endif
