/* plugins/cgroup_more.c - what else holds of a cgroup at its limit: filled by tmpfs or
 * by kernel memory, page cache that could not be dropped, no swap or full swap
 * (cgroup_look.h).  Follows oom.md 4 (C3-C5). */
#include "cgroup_look.h"

#define CACHE_PERCENT	30	/* of usage: page cache worth a word */
#define DIRTY_PERCENT	50	/* of it */
#define LOCKED_PERCENT	30

/* ----------------------------------------------------------- contributing */

static void say_shmem(const struct look *l)
{
	int64_t usage = l->o->usage_bytes;
	struct inquest_finding *f;

	if (inquest_percent(l->shmem, usage) < SHMEM_PERCENT)
		return;
	f = l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, "cgroup-shmem", INQUEST_WARNING,
			      INQUEST_STRONG, "memory-cgroup-shmem");
	l->h->finding_title(f, "%s of the cgroup is tmpfs or shared memory (%s)",
			    l->h->share(l->ctx, l->shmem, usage), l->h->bytes(l->ctx, l->shmem));
	l->h->finding_explain(f, "Killing a process does not free files in tmpfs or detached "
			      "shared segments: the next kill will follow.");
	l->h->finding_advise(f, "df -t tmpfs; du -xsh /dev/shm /run; ipcs -m; in a pod: emptyDir "
			     "with medium Memory; give tmpfs a size=");
	if (!l->h->cite_role(f, "cgroup-stats", 4))
		l->h->cite_role(f, "headline", 1);
	l->h->finding_commit(f);
}

static void say_kernel(const struct look *l)
{
	int64_t usage = l->o->usage_bytes;
	struct inquest_finding *f;

	if (inquest_percent(l->kernel, usage) < KERNEL_PERCENT &&
	    which_limit(l->o) != LIMIT_KMEM)
		return;
	f = l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, "cgroup-kernel-memory",
			      INQUEST_WARNING, INQUEST_STRONG, "memory-cgroup-kernel");
	l->h->finding_title(f, "kernel memory is %s of the cgroup (%s)",
			    l->h->share(l->ctx, l->kernel, usage),
			    l->h->bytes(l->ctx, l->kernel));
	l->h->finding_explain(f, "Dentries, inodes, sockets, stacks and page tables are charged to "
			      "the group as well; no process shows them as its own%s.",
			      which_limit(l->o) == LIMIT_KMEM
			      ? ", and the limit on kernel memory was the one reached" : "");
	l->h->finding_advise(f, "look at slab, sock, percpu and kernel_stack in the group's "
			     "memory.stat; at many files, sockets or threads");
	if (which_limit(l->o) == LIMIT_KMEM)
		l->h->finding_advise(f, "take the limit on kernel memory away (echo -1 > "
				     "memory.kmem.limit_in_bytes; docker: no --kernel-memory): it "
				     "is deprecated, and the limit on all memory counts it too");
	if (!l->h->cite_role(f, "cgroup-kmem", 1) && !l->h->cite_role(f, "cgroup-stats", 2))
		l->h->cite_role(f, "cgroup-memory", 1);
	l->h->finding_commit(f);
}

/* Page cache is dropped before anybody dies, unless it cannot be. */
static void say_cache(const struct look *l)
{
	int64_t usage = l->o->usage_bytes, cache = l->file, held_up = INQUEST_NULL;
	int dirty, locked;
	struct inquest_finding *f;

	if (inquest_known(cache) && inquest_known(l->shmem))
		inquest_add(&cache, -l->shmem);
	inquest_add(&held_up, l->dirty);
	inquest_add(&held_up, l->writeback);
	dirty = inquest_percent(cache, usage) >= CACHE_PERCENT &&
		inquest_percent(held_up, cache) >= DIRTY_PERCENT;
	locked = inquest_percent(l->unevictable, usage) >= LOCKED_PERCENT;
	if (!dirty && !locked)
		return;
	f = l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, dirty ? "cgroup-writeback"
			      : "cgroup-locked", INQUEST_WARNING, INQUEST_STRONG,
			      dirty ? "memory-cgroup-writeback" : "memory-cgroup-locked");
	if (dirty) {
		l->h->finding_title(f, "%s of the cgroup's page cache waited to be written",
				    l->h->bytes(l->ctx, held_up));
		l->h->finding_explain(f, "Of %s page cache %s was dirty and %s under writeback: it "
				      "cannot be dropped before storage has it.",
				      l->h->bytes(l->ctx, cache), l->h->bytes(l->ctx, l->dirty),
				      l->h->bytes(l->ctx, l->writeback));
		l->h->finding_advise(f, "write in smaller steps (fsync, O_DIRECT), faster storage, or "
				     "vm.dirty_bytes; version 1 does not slow writers down by group");
	} else {
		l->h->finding_title(f, "%s of the cgroup is locked or otherwise unevictable",
				    l->h->bytes(l->ctx, l->unevictable));
		l->h->finding_explain(f, "Neither reclaim nor swap can take it.");
		l->h->finding_advise(f, "grep VmLck /proc/[0-9]*/status; LimitMEMLOCK=, "
				     "--ulimit memlock");
	}
	if (!l->h->cite_role(f, "cgroup-stats", 4))
		l->h->cite_role(f, "cgroup-memory", 1);
	l->h->finding_commit(f);
}

enum swap { SWAP_SILENT, SWAP_NONE, SWAP_NO_GAIN, SWAP_FULL };

/* What the swap lines say: none allowed, none gained by a limit on both together, or
 * all of it used. */
static enum swap swap_state(const struct inquest_oom *o)
{
	int equal = inquest_known(o->memsw_limit_bytes) &&
		    o->memsw_limit_bytes == o->limit_bytes;

	if (o->swap_limit_bytes == 0)
		return SWAP_NONE;
	if (equal)
		return inquest_known(o->usage_bytes) && inquest_known(o->memsw_usage_bytes) &&
		       o->memsw_usage_bytes <= o->usage_bytes ? SWAP_NONE : SWAP_NO_GAIN;
	if (inquest_known(o->swap_limit_bytes) && inquest_known(o->swap_usage_bytes) &&
	    o->swap_usage_bytes >= o->swap_limit_bytes - o->swap_limit_bytes / 100)
		return SWAP_FULL;
	return which_limit(o) == LIMIT_MEMSW ? SWAP_FULL : SWAP_SILENT;
}

static void say_swap(const struct look *l)
{
	const struct inquest_oom *o = l->o;
	enum swap s = swap_state(o);
	int64_t full = inquest_known(o->swap_limit_bytes) ? o->swap_limit_bytes
							  : o->memsw_limit_bytes;
	struct inquest_finding *f;

	if (s == SWAP_SILENT)
		return;
	f = l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING,
			      s == SWAP_FULL ? "cgroup-swap-full" : "cgroup-no-swap",
			      s == SWAP_FULL ? INQUEST_WARNING : INQUEST_SEV_NOTICE,
			      INQUEST_STRONG, "memory-cgroup-swap");
	if (s == SWAP_FULL) {
		l->h->finding_title(f, "the cgroup's swap is full too (%s%s)",
				    l->h->bytes(l->ctx, full),
				    inquest_known(o->swap_limit_bytes) ? "" : " with memory");
		l->h->finding_explain(f, "What could be moved out had been moved out.");
	} else if (s == SWAP_NO_GAIN) {
		l->h->finding_title(f, "swap gains the cgroup nothing: its memory+swap limit equals "
				    "its memory limit");
		l->h->finding_explain(f, "What is moved out still counts.");
	} else {
		l->h->finding_title(f, "the cgroup may use no swap");
		l->h->finding_explain(f, "Its %s: anonymous memory could not be moved out.",
				      o->swap_limit_bytes == 0 ? "swap limit is 0"
				      : "memory+swap limit equals its memory limit");
	}
	if (!l->h->cite_role(f, "cgroup-swap", 1) && !l->h->cite_role(f, "cgroup-memsw", 1))
		l->h->cite_role(f, "cgroup-memory", 1);
	l->h->finding_commit(f);
}

void say_more(const struct look *l)
{
	say_shmem(l);
	say_kernel(l);
	say_cache(l);
	say_swap(l);
}
