/* parse/state/lists.h - slabinfo, swaps, modules: one thing a line.
 *
 * Slices lie in the line; a line that is not of the format gives false.  Pure.
 */
#ifndef IQ_PARSE_STATE_LISTS_H
#define IQ_PARSE_STATE_LISTS_H

#include "parse/state/numbers.h"

/* A cache of /proc/slabinfo, with or without the header (supportconfig drops it).
 * *ret_pages: pages of all its slabs; total_bytes is left to who knows a page's size. */
bool iq_slabinfo_line(struct iq_slice line, struct iq_slab *ret, int64_t *ret_pages);

/* /proc/swaps, swapon -s, swapon --show, by the names of the header. */
#define IQ_SWAP_COLUMNS 12
struct iq_swap_table {
	uint8_t column[IQ_SWAP_COLUMNS];
	size_t n;
	bool bytes;			/* swapon --bytes: else KiB */
};
/* BYTES: of a command that was told --bytes.  Paths keep their octal escapes. */
void iq_swap_table_init(struct iq_swap_table *t, bool bytes);
bool iq_swap_line(struct iq_swap_table *t, struct iq_slice line, struct iq_swap *ret);

/* /proc/modules and lsmod. */
bool iq_module_line(struct iq_slice line, struct iq_module *ret);

#endif
