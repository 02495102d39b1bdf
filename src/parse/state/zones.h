/* parse/state/zones.h - /proc/zoneinfo, buddyinfo, pagetypeinfo.
 *
 * Line by line, by the names of the fields.  All amounts are in PAGES: how large a page
 * is, these texts do not say, so whoever puts the facts multiplies.  In the facts that
 * come out here a column ..._bytes therefore holds pages (but kernel_stack_bytes, which
 * are bytes).
 */
#ifndef IQ_PARSE_STATE_ZONES_H
#define IQ_PARSE_STATE_ZONES_H

#include "parse/state/numbers.h"

#define IQ_ZONE_RESERVES 8		/* MAX_NR_ZONES is at most 6 */
#define IQ_BUDDY_ORDERS 24

struct iq_zoneinfo_zone {
	struct iq_zone zone;		/* name in ->name */
	char name[16];
	int64_t reserve[IQ_ZONE_RESERVES];
	size_t n_reserve;
};

struct iq_zoneinfo {
	struct iq_zoneinfo_zone z;	/* being read, or done */
	struct iq_node node;		/* the statistics of a node, once complete */
	bool in_zone, in_node, kib_stacks, in_pagesets;
	/* filled by iq_zoneinfo_line() */
	bool node_done, zone_done;
	struct iq_zoneinfo_zone done;
	struct iq_node done_node;
	bool is_counter, counter_of_node;	/* the line was the counter NUMBER */
	struct iq_number number;
};

void iq_zoneinfo_init(struct iq_zoneinfo *z);
/* LINE is number NO of its member.  Sets the marks above; false: not of the format. */
bool iq_zoneinfo_line(struct iq_zoneinfo *z, struct iq_slice line, int64_t no);
/* The end of the text: the last zone, if any. */
void iq_zoneinfo_end(struct iq_zoneinfo *z);

/* "Node 0, zone   Normal   1325    966 ..." and pagetypeinfo's "Node    0, zone
 * Normal, type    Unmovable ..." */
struct iq_buddy_row {
	int64_t node;
	struct iq_slice zone, type;	/* type p NULL: buddyinfo */
	int64_t blocks[IQ_BUDDY_ORDERS];	/* IQ_NULL: more than the kernel counted */
	size_t n;
};
bool iq_buddy_line(struct iq_slice line, struct iq_buddy_row *ret);

/* U, M, E, H, C, I for Unmovable ...; p NULL: of none of these. */
struct iq_slice iq_migrate_letter(struct iq_slice type);

#endif
