/* kern/gfp.h - the gfp mask of a request: bits, names, what it may use and do.
 *
 * The bits of a mask moved with every other kernel, the names did not.  Here a mask
 * is turned into a set of flags (enum iq_gfp_flag, ours, the same for all kernels)
 * and back.  Which table applies is inferred from number and names together; the
 * release string breaks ties.  Pure; no allocation.
 *
 * Follows include/linux/gfp.h (gfp_types.h from 6.1), include/trace/events/mmflags.h
 * and lib/vsprintf.c:format_flags() of 2.6.32 ... 7.3 (facts: oom.md 2.1, 2.2).
 */
#ifndef IQ_KERN_GFP_H
#define IQ_KERN_GFP_H

#include "base/buf.h"

/* Kernels that share one table of bits. */
enum iq_gfp_era {
	IQ_GFP_2_6_32,		/* 2.6.32, el6 */
	IQ_GFP_3_4,		/* 3.x - 4.3, el7 */
	IQ_GFP_4_4,		/* 4.4 - 4.9 */
	IQ_GFP_4_14,		/* 4.10 - 4.15 */
	IQ_GFP_4_19,		/* 4.16 - 5.1, el8 */
	IQ_GFP_5_2,		/* 5.2 - 5.14 */
	IQ_GFP_5_15,
	IQ_GFP_6_1,
	IQ_GFP_6_5,		/* 6.3 and later */
	IQ_GFP_ERAS
};
#define IQ_GFP_ALL_ERAS ((1u << IQ_GFP_ERAS) - 1)

enum iq_gfp_flag {
	IQ_GFP_F_DMA, IQ_GFP_F_HIGHMEM, IQ_GFP_F_DMA32, IQ_GFP_F_MOVABLE,
	IQ_GFP_F_WAIT,			/* until 4.3: may sleep and reclaim */
	IQ_GFP_F_RECLAIMABLE, IQ_GFP_F_HIGH, IQ_GFP_F_IO, IQ_GFP_F_FS,
	IQ_GFP_F_COLD, IQ_GFP_F_WRITE, IQ_GFP_F_NOWARN,
	IQ_GFP_F_RETRY_MAYFAIL,		/* __GFP_REPEAT until 4.12: other meaning there */
	IQ_GFP_F_NOFAIL, IQ_GFP_F_NORETRY, IQ_GFP_F_MEMALLOC, IQ_GFP_F_COMP,
	IQ_GFP_F_ZERO, IQ_GFP_F_NOMEMALLOC, IQ_GFP_F_HARDWALL, IQ_GFP_F_THISNODE,
	IQ_GFP_F_ATOMIC, IQ_GFP_F_ACCOUNT, IQ_GFP_F_NOTRACK, IQ_GFP_F_NO_KSWAPD,
	IQ_GFP_F_DIRECT_RECLAIM, IQ_GFP_F_OTHER_NODE, IQ_GFP_F_KSWAPD_RECLAIM,
	IQ_GFP_F_ZEROTAGS, IQ_GFP_F_SKIP_ZERO, IQ_GFP_F_SKIP_KASAN,
	IQ_GFP_F_SKIP_KASAN_UNPOISON, IQ_GFP_F_NOLOCKDEP, IQ_GFP_F_NO_OBJ_EXT,
	IQ_GFP_FLAGS
};
#define IQ_GFP_SET(f) (UINT64_C(1) << IQ_GFP_F_##f)

/* A mask as a log shows it: "0x62****(GFP_KERNEL)", "0x201da", "0x0()". */
struct iq_gfp_text {
	uint64_t value;			/* masked digits are 0 */
	uint64_t known;			/* 1 for each bit whose digit was legible */
	unsigned digits;
	bool has_number, masked;
	struct iq_slice names;		/* borrowed; p NULL: none printed */
};

/* TEXT is the mask with or without "(names)"; NAMES (p NULL: none) is used where
 * TEXT carries none.  False if there is neither number nor name. */
bool iq_gfp_parse(struct iq_slice text, struct iq_slice names, struct iq_gfp_text *ret);

struct iq_gfp {
	bool known;			/* flags and value are valid */
	uint64_t value;			/* masked digits recovered from the names */
	uint64_t flags;			/* IQ_GFP_SET() */
	uint64_t rest;			/* bits this era has no name for */
	unsigned eras;			/* all that fit: bit per enum iq_gfp_era; 0: none does */
	enum iq_gfp_era era;		/* the one used: of ERAS, or the hint if 0 */
	bool zero;			/* 0x0: of an OOM kill: page-fault path */
};

/* HINT: eras allowed by other evidence (release string), IQ_GFP_ALL_ERAS for none;
 * it decides only between eras that fit, or for a raw number nothing else fits. */
void iq_gfp_decode(const struct iq_gfp_text *t, unsigned hint, struct iq_gfp *ret);

/* Flags of a value, and back, in one era.  *ret_rest: bits without a name. */
uint64_t iq_gfp_flags(uint64_t value, enum iq_gfp_era era, uint64_t *ret_rest);

/* Value of "GFP_KERNEL|__GFP_ZERO|0x4"; false if a name is unknown in this era.
 * Names that %pGg never prints but people write (GFP_NOIO ...) are known too. */
bool iq_gfp_value(struct iq_slice names, enum iq_gfp_era era, uint64_t *ret);

/* Appends names as %pGg prints them: greedy, largest composite first. */
void iq_gfp_names(struct iq_buf *out, uint64_t value, enum iq_gfp_era era);

/* Which kernels a set of eras stands for: "4.16-5.1", "4.4-4.9 or 5.2 and later". */
void iq_gfp_eras_text(struct iq_buf *out, unsigned eras);

/* 1, 0; -1: no such flag name.  Composites: all of their bits are set. */
int iq_gfp_has(const struct iq_gfp *g, struct iq_slice name);

/* --- what a request may do (flags as in struct iq_gfp) --- */
bool iq_gfp_may_reclaim(uint64_t flags);	/* direct reclaim: may sleep */
bool iq_gfp_wakes_kswapd(uint64_t flags, enum iq_gfp_era era);
bool iq_gfp_is_atomic(uint64_t flags);		/* no reclaim, and the reserves: GFP_ATOMIC */
bool iq_gfp_is_thp(uint64_t flags);
/* May the zone's CMA pages serve it?  (ALLOC_CMA: movable) */
static inline bool iq_gfp_cma(uint64_t flags) { return flags & IQ_GFP_SET(MOVABLE); }

/* --- zones --- */
enum iq_zone_type {
	IQ_ZONE_DMA, IQ_ZONE_DMA32, IQ_ZONE_NORMAL, IQ_ZONE_HIGHMEM, IQ_ZONE_MOVABLE,
	IQ_ZONE_DEVICE, IQ_ZONE_TYPES
};
#define IQ_ZONE_BIT(t) (1u << (t))

/* Of "DMA32" ...; -1 for none of them.  And back. */
int iq_zone_type(struct iq_slice name);
const char *iq_zone_name(enum iq_zone_type t);

/* Which zone types this kernel was built with: bit set; 0 when it cannot be told.
 * From the number of lowmem_reserve[] terms (0: not shown), the zones seen in the
 * report, and the architecture (p NULL: not known). */
unsigned iq_zone_config(unsigned n_reserve, unsigned zones_seen, struct iq_slice arch);

/* Highest zone the request may use, an enum iq_zone_type; -1: invalid combination.
 * CONFIG 0: HIGHMEM only exists if asked for nothing else is known -> Normal. */
int iq_gfp_zone(uint64_t flags, unsigned config);

/* Index of a zone type in lowmem_reserve[]; -1 if the config has no such zone. */
int iq_zone_index(unsigned config, int type);

#endif
