/* base/limits.h - what one capture may cost, and the bounds of one line.
 *
 * A capture is hostile until proven otherwise: every limit has a default, the
 * first three can be set by --limit-bytes, --limit-time and --limit-memory.
 * Reaching one is an issue row of severity `limit` and exit status 3; what was
 * read until then is kept.
 */
#ifndef IQ_BASE_LIMITS_H
#define IQ_BASE_LIMITS_H

#include <stdint.h>

struct iq_limits {
	uint64_t bytes;		/* of one capture, unpacked; 0: none */
	uint64_t seconds;	/* of processor time of one capture; 0: none */
	uint64_t memory_bytes;	/* address space of the reading child; 0: none */
	uint64_t members;	/* files inside one capture */
	unsigned depth;		/* archives and filters inside each other */
	unsigned ratio;		/* unpacked : packed, once over ratio_floor_bytes */
	uint64_t ratio_floor_bytes;
};

#define IQ_LIMITS_DEFAULT ((struct iq_limits){				\
	.bytes = UINT64_C(64) << 30,	/* a log of 10 GB passes, a 1 TB bomb not */ \
	.seconds = 1800,						\
	.memory_bytes = UINT64_C(2) << 30,				\
	.members = 1000000,						\
	.depth = 6,			/* log.gz in .tar.xz in a collector's in a .zip */ \
	.ratio = 2000,			/* repetitive logs reach 300 with xz */	\
	.ratio_floor_bytes = UINT64_C(1) << 30 })

/* A longer line is cut here and marked (facts: kernel records end at 1024
 * bytes; JSON records of a journal reach some 10 kB). */
#define IQ_LINE_MAX_BYTES (64 * 1024)

#endif
