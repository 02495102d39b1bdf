/* parse/oomdblock.h - the candidates that systemd-oomd lists before it kills.
 *
 *	Considered 97 cgroups for killing, top candidates were:
 *	        Path: /user.slice/...
 *	                Pressure: Avg10: 1.77 Avg60: 0.69 Avg300: 0.32 Total: 1s
 *	                Current Memory Usage: 388.4M
 *	        Path: ...
 *	                Swap Usage: 1.2G
 *
 * Each line is a record of its own.  Keeps the last list, IQ_OOMD_BLOCK_MAX of it.
 * Follows systemd src/oom/oomd-util.c, oomd_dump_*_cgroup_context() (252 to 262).
 */
#ifndef IQ_PARSE_OOMDBLOCK_H
#define IQ_PARSE_OOMDBLOCK_H

#include "base/buf.h"
#include "model/facts.h"

#define IQ_OOMD_BLOCK_MAX 16		/* it prints ten */

struct iq_oomd_candidate {
	struct iq_buf path;
	int64_t memory_bytes, swap_bytes;	/* IQ_NULL: not printed */
	struct iq_buf text;			/* the line of the one or the other */
	int64_t line;
};

struct iq_oomd_block {
	struct iq_oomd_candidate item[IQ_OOMD_BLOCK_MAX];
	size_t n;
};

void iq_oomd_block_init(struct iq_oomd_block *b);
void iq_oomd_block_fini(struct iq_oomd_block *b);

/* True if TEXT, a line of systemd-oomd, belongs to such a list. */
bool iq_oomd_block_line(struct iq_oomd_block *b, struct iq_slice text, int64_t line);

/* The candidate of this path; NULL: not listed. */
const struct iq_oomd_candidate *iq_oomd_block_find(const struct iq_oomd_block *b,
						   struct iq_slice path);

/* "388.4M" as systemd prints sizes (powers of 1024); IQ_NULL: it is none. */
int64_t iq_oomd_size(struct iq_slice s);

#endif
