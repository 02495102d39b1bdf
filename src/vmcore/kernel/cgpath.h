/* vmcore/kernel/cgpath.h - paths of cgroups, below the root of their hierarchy.
 *
 * Follows kernel/cgroup/cgroup.c and fs/kernfs/dir.c of 3.16 to 7.x.
 */
#ifndef IQ_VMCORE_CGPATH_H
#define IQ_VMCORE_CGPATH_H

#include "vmcore/kernel/addrset.h"
#include "vmcore/kernel/kimage.h"

struct iq_cgpaths {
	struct iq_kimage *k;
	struct iq_addrset sets;		/* css_sets */
	struct iq_slice *path;		/* by number in sets; in mem */
	size_t cap;
	struct iq_arena mem;
	bool no_memory;
};

void iq_cgpaths_init(struct iq_cgpaths *c, struct iq_kimage *k);
void iq_cgpaths_free(struct iq_cgpaths *c);

/* Of the task at TASK: in the hierarchy of the memory controller, else in that of
 * version 2.  Lives with C; p NULL: not readable. */
struct iq_slice iq_cgpath_of_task(struct iq_cgpaths *c, uint64_t task);

/* Of the cgroup at CGROUP, in A. */
struct iq_slice iq_cgpath(struct iq_kimage *k, uint64_t cgroup, struct iq_arena *a);

/* Is CGROUP in the hierarchy of version 2?  Without that hierarchy: no. */
bool iq_cgroup_is_v2(struct iq_kimage *k, uint64_t cgroup);

/* The memory controller's place in arrays by subsystem; -1: not built in, or unknown. */
int iq_cgroup_memory_id(const struct iq_kimage *k);

#endif
