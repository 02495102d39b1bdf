/* kern/watermark.h - may this zone serve this request?  The allocator's own check.
 *
 * All in pages.  Numbers the report does not show are IQ_NULL; the answer is
 * "unknown" only if such a number decides.  Pure.
 *
 * Follows mm/page_alloc.c:__zone_watermark_ok() of the kernel form given (enum
 * iq_wm_form; oom.md 2.4).
 */
#ifndef IQ_KERN_WATERMARK_H
#define IQ_KERN_WATERMARK_H

#include "kern/era.h"
#include "model/facts.h"

#define IQ_WM_ORDERS 20

enum iq_wm_mark { IQ_MARK_MIN, IQ_MARK_LOW, IQ_MARK_HIGH };

/* Letters behind a free list's count. */
enum iq_wm_letter {
	IQ_WM_U = 1 << 0, IQ_WM_M = 1 << 1, IQ_WM_E = 1 << 2, IQ_WM_C = 1 << 3,
	IQ_WM_H = 1 << 4, IQ_WM_R = 1 << 5, IQ_WM_I = 1 << 6,
	IQ_WM_ANY = 1 << 7,		/* none printed (before 3.9): all count */
};

struct iq_wm_zone {
	int64_t free, min, low, high;	/* as printed: with boost */
	int64_t boost, highatomic, free_highatomic, free_cma;
	int64_t reserve;		/* lowmem_reserve[class zone]; 0 for the class zone */
	unsigned n_orders;		/* 0: no free list printed */
	int64_t blocks[IQ_WM_ORDERS];
	uint8_t letters[IQ_WM_ORDERS];	/* enum iq_wm_letter */
};

void iq_wm_zone_init(struct iq_wm_zone *z);		/* all unknown */
uint8_t iq_wm_letters(struct iq_slice text);		/* "UME"; p NULL: ANY */

struct iq_wm_request {
	unsigned order;
	enum iq_wm_mark mark;
	bool high;			/* __GFP_HIGH */
	bool harder;			/* atomic: no direct reclaim, and __GFP_ATOMIC/HIGH */
	bool victim;			/* TIF_MEMDIE: ALLOC_OOM */
	bool cma;
};

/* Sets high, harder, cma from flags (kern/gfp.h), as gfp_to_alloc_flags() of FORM. */
void iq_wm_request_from_gfp(uint64_t gfp_flags, unsigned order, enum iq_wm_form form,
			    struct iq_wm_request *ret);

enum iq_wm_status {
	IQ_WM_OK,
	IQ_WM_FAIL_FREE,		/* first comparison: too few free pages */
	IQ_WM_FAIL_ORDER,		/* enough pages, but no block of the order */
	IQ_WM_UNKNOWN,
};

struct iq_wm_result {
	enum iq_wm_status status;
	int64_t free;			/* that counts, after subtractions */
	int64_t printed;		/* as the zone line has it */
	int64_t cma_off, highatomic_off;	/* subtracted: not for this request */
	int64_t mark;			/* after the request's discounts */
	int64_t reserve;		/* IQ_NULL: not printed */
	int64_t slack;			/* free - mark - reserve (reserve 0 if not printed);
					 * > 0 passes; IQ_NULL: not computable */
	bool first_ok;			/* the first comparison passes */
	bool first_unknown;
	bool order_unknown;		/* passes the first, no free list printed */
	bool boost_only;		/* fails, and would not without watermark_boost */
	int64_t usable_blocks;		/* of the order or above that the request may take */
	int64_t blocks;			/* of the order or above, any type */
	const char *missing;		/* UNKNOWN: what would have decided */
};

void iq_wm_check(const struct iq_wm_zone *z, const struct iq_wm_request *r,
		 enum iq_wm_form form, struct iq_wm_result *ret);

/* One clause with figures, in kB: "free 46592 kB <= min 46712 kB + reserve 0 kB". */
void iq_wm_text(struct iq_buf *out, const struct iq_wm_result *r,
		const struct iq_wm_request *q, int64_t page_bytes);

#endif
