/* vmcore/kernel/cgpath.c - see cgpath.h. */
#include "vmcore/kernel/cgpath.h"

#include <stdlib.h>

#define DEPTH_MAX 256
#define PATH_BYTES_MAX 4096		/* PATH_MAX */
#define SUBSYS_MAX 64
#define SETS_MAX 4194304

int iq_cgroup_memory_id(const struct iq_kimage *k)
{
	int64_t n;

	if (!k->types || !k->types->ops->enumerator(k->types->impl, "cgroup_subsys_id",
						    "memory_cgrp_id", &n))
		return -1;
	return n >= 0 && n < SUBSYS_MAX ? (int)n : -1;
}

bool iq_cgroup_is_v2(struct iq_kimage *k, uint64_t cgroup)
{
	uint64_t root, v2;

	return iq_ki_symbol(k, "cgrp_dfl_root", &v2) &&
	       iq_ki_pointer(k, cgroup, IQ_M_CGROUP_ROOT, &root) && root == v2;
}

/* Names from the node up to the root, whose own is empty. */
struct iq_slice iq_cgpath(struct iq_kimage *k, uint64_t cgroup, struct iq_arena *a)
{
	char b[PATH_BYTES_MAX];
	size_t at = sizeof b;
	uint64_t node, name;

	if (!iq_ki_pointer(k, cgroup, IQ_M_CGROUP_KN, &node))
		return IQ_SLICE_NULL;
	for (size_t depth = 0; depth < DEPTH_MAX; depth++) {
		uint64_t up;
		if (iq_mem_uint(k->mem, iq_ki_at(k, node, IQ_M_KERNFS_NODE_PARENT),
				k->mem->long_bytes, &up) != IQ_MEM_OK)
			return IQ_SLICE_NULL;
		if (!up)
			return at < sizeof b ? iq_arena_copy(a, iq_slice(b + at, sizeof b - at))
					     : iq_arena_copy(a, IQ_LIT("/"));
		if (!iq_ki_plausible(k, up, 8) ||
		    !iq_ki_pointer(k, node, IQ_M_KERNFS_NODE_NAME, &name))
			return IQ_SLICE_NULL;
		struct iq_slice s = iq_ki_string(k, name, 256);
		if (!s.p || s.n + 1 > at)
			return IQ_SLICE_NULL;
		at -= s.n;
		memcpy(b + at, s.p, s.n);
		b[--at] = '/';
		node = up;
	}
	return IQ_SLICE_NULL;
}

/* css_set->subsys[] has the controller's own or the nearest ancestor that it is enabled
 * in; on version 2 the task's place is finer than that. */
static uint64_t cgroup_of_set(struct iq_kimage *k, uint64_t set)
{
	int id = iq_cgroup_memory_id(k);
	int64_t css;
	uint64_t cgroup, dfl;
	bool have_dfl = iq_ki_pointer(k, set, IQ_M_CSS_SET_DFL_CGRP, &dfl);

	if (id >= 0 && iq_ki_element(k, set, IQ_M_CSS_SET_SUBSYS, (size_t)id, &css) &&
	    iq_ki_plausible(k, (uint64_t)css, 8) &&
	    iq_ki_pointer(k, (uint64_t)css, IQ_M_CSS_CGROUP, &cgroup) &&
	    !(have_dfl && iq_cgroup_is_v2(k, cgroup)))
		return cgroup;
	return have_dfl ? dfl : 0;
}

void iq_cgpaths_init(struct iq_cgpaths *c, struct iq_kimage *k)
{
	*c = (struct iq_cgpaths){ .k = k };
	iq_addrset_init(&c->sets, SETS_MAX);
	iq_arena_init(&c->mem);
}

void iq_cgpaths_free(struct iq_cgpaths *c)
{
	iq_addrset_fini(&c->sets);
	free(c->path);
	iq_arena_fini(&c->mem);
}

struct iq_slice iq_cgpath_of_task(struct iq_cgpaths *c, uint64_t task)
{
	struct iq_kimage *k = c->k;
	uint64_t set;
	bool new;

	if (!iq_ki_has(k, IQ_M_KERNFS_NODE_PARENT) || !iq_ki_has(k, IQ_M_CGROUP_KN) ||
	    !iq_ki_pointer(k, task, IQ_M_TASK_CGROUPS, &set))
		return IQ_SLICE_NULL;
	size_t at = iq_addrset_add(&c->sets, set, &new);
	if (at == IQ_ADDRSET_NONE)
		return IQ_SLICE_NULL;
	if (!new)
		return at < c->cap ? c->path[at] : IQ_SLICE_NULL;
	if (at >= c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 64;
		struct iq_slice *path = reallocarray(c->path, cap, sizeof *path);
		if (!path) {
			c->no_memory = true;
			return IQ_SLICE_NULL;
		}
		c->path = path;
		c->cap = cap;
	}
	uint64_t cgroup = cgroup_of_set(k, set);
	return c->path[at] = cgroup ? iq_cgpath(k, cgroup, &c->mem) : IQ_SLICE_NULL;
}

struct iq_slice iq_ki_cgroup_path(struct iq_kimage *k, uint64_t task)
{
	uint64_t set, cgroup;

	if (!iq_ki_has(k, IQ_M_KERNFS_NODE_PARENT) || !iq_ki_has(k, IQ_M_CGROUP_KN) ||
	    !iq_ki_pointer(k, task, IQ_M_TASK_CGROUPS, &set))
		return IQ_SLICE_NULL;
	cgroup = cgroup_of_set(k, set);
	return cgroup ? iq_cgpath(k, cgroup, &k->arena) : IQ_SLICE_NULL;
}
