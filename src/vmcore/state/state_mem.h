/* vmcore/state/state_mem.h - what the walkers of memory state share among themselves. */
#ifndef IQ_VMCORE_STATE_MEM_H
#define IQ_VMCORE_STATE_MEM_H

#include "vmcore/kernel/vmstat.h"

#define IQ_MIGRATE_TYPES_MAX 16

struct iq_free_walk {
	size_t steps;			/* free blocks still to be looked at for their type */
	char letter[IQ_MIGRATE_TYPES_MAX];	/* of each migrate type; 0: unknown */
};

/* state_free.c: the free lists of one zone. */
void iq_free_walk_init(const struct iq_kimage *k, struct iq_free_walk *w);
int iq_state_free_lists(struct iq_kimage *k, struct iq_free_walk *w, int64_t node,
			struct iq_slice name, uint64_t zone, struct iq_err *err);

/* The host's counters, as the kernel counts. */
struct iq_host_counters {
	struct iq_kimage *k;
	const struct iq_vmstat *stat;
	const int64_t *zone, *node, *event;
};

/* One of them by its name in /proc/vmstat, in bytes; IQ_NULL: none, or unreadable. */
int64_t iq_host_bytes(const struct iq_host_counters *c, const char *name);

/* Who holds what no counter has: the rows of scope "vmalloc" and "tmpfs PATH". */
int iq_state_vmalloc(struct iq_kimage *k, struct iq_err *err);
int iq_state_tmpfs(struct iq_kimage *k, struct iq_err *err);

/* state_hugetlb.c; all pools together, IQ_NULL: unreadable. */
int iq_state_hugetlb(struct iq_kimage *k, struct iq_err *err);
int64_t iq_hugetlb_bytes(struct iq_kimage *k);

/* An event counter by its name; IQ_NULL as well. */
int64_t iq_host_events(const struct iq_host_counters *c, const char *name);

/* state_meminfo.c */
int iq_state_meminfo(const struct iq_host_counters *c, struct iq_err *err);

#endif
