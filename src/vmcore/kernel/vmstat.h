/* vmcore/kernel/vmstat.h - the counters of /proc/vmstat: their names, their exact values.
 *
 * Which counters there are, and where, depends on version and configuration: the enums
 * of the type data tell.  Names are those the kernel itself prints: its own table
 * vmstat_text where that can be read, else made of the enumerators (mm/vmstat.c,
 * include/linux/mmzone.h, vm_event_item.h of 3.10 to 7.x).
 *
 * Values are exact: what the processors have not yet folded in is added.  /proc and
 * the reports of the kernel may lag by that much.
 */
#ifndef IQ_VMCORE_VMSTAT_H
#define IQ_VMCORE_VMSTAT_H

#include "vmcore/kernel/kread.h"

#define IQ_VMSTAT_ITEMS_MAX 512		/* of one set; 7.x has 67 + 12 + 6 + about 120 */

enum iq_vmstat_kind {
	IQ_VMSTAT_COUNT,		/* events */
	IQ_VMSTAT_PAGES,
	IQ_VMSTAT_KIB,			/* stacks */
	IQ_VMSTAT_SECTORS,		/* of 512 bytes, printed in KiB: pgpgin, pgpgout */
	IQ_VMSTAT_HUGE,			/* counted in huge pages, printed so */
	IQ_VMSTAT_HUGE_PAGES,		/* counted in pages, printed in huge pages: 5.12 */
};

struct iq_vmstat_item {
	struct iq_slice name;		/* p NULL: no enumerator has this number */
	enum iq_vmstat_kind kind;
};

struct iq_vmstat_set {
	struct iq_vmstat_item *item;
	size_t n;
};

struct iq_vmstat {
	struct iq_arena mem;
	struct iq_vmstat_set zone, node, numa, event;
};

/* 0 also if no type data tells of counters: the sets are empty then. */
int iq_vmstat_open(struct iq_kimage *k, struct iq_vmstat *ret, struct iq_err *err);
void iq_vmstat_close(struct iq_vmstat *v);

/* Values of all items of the set, IQ_NULL where unreadable; as the kernel counts. */
void iq_vmstat_zone(struct iq_kimage *k, const struct iq_vmstat *v, uint64_t zone,
		    int64_t ret[IQ_VMSTAT_ITEMS_MAX]);
void iq_vmstat_numa(struct iq_kimage *k, const struct iq_vmstat *v, uint64_t zone,
		    int64_t ret[IQ_VMSTAT_ITEMS_MAX]);
void iq_vmstat_node(struct iq_kimage *k, const struct iq_vmstat *v, uint64_t pgdat,
		    int64_t ret[IQ_VMSTAT_ITEMS_MAX]);
void iq_vmstat_events(struct iq_kimage *k, const struct iq_vmstat *v,
		      int64_t ret[IQ_VMSTAT_ITEMS_MAX]);

/* A raw value as /proc/vmstat prints it, and the word for its unit. */
int64_t iq_vmstat_shown(const struct iq_kimage *k, const struct iq_vmstat_item *i,
			int64_t raw);
const char *iq_vmstat_unit(const struct iq_vmstat_item *i);
/* In bytes; IQ_NULL for what is no memory. */
int64_t iq_vmstat_bytes(const struct iq_kimage *k, const struct iq_vmstat_item *i,
			int64_t raw);

/* The zones of a node that have memory: their addresses, at most MAX. */
size_t iq_kr_zones(struct iq_kimage *k, uint64_t pgdat, uint64_t *ret, size_t max);

/* vmstat_names.c: the sets and their names. */
int iq_vmstat_names(struct iq_kimage *k, struct iq_vmstat *v, struct iq_err *err);

#endif
