/* vmcore/types/dwarf_index.c - which types DWARF has, by name.
 *
 * DWARF repeats a structure in each of some three thousand compile units.  So the units
 * that define what is asked for are read first, by their names; the rest only if those
 * are not there.  Their named types go into a table, once.
 */
#include "vmcore/types/dwarf_index.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX (64 * 1000 * 1000)	/* of all units; 6.1: 9 million at the top */

struct iq_dwarf_slot {
	uint64_t hash;			/* 0: free */
	Dwarf_Off at;
};

/* --- names --- */

/* Structures, enums and typedefs are name spaces of their own. */
static uint64_t hash_of(const char *s, char space)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ (unsigned char)space;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
	return h | 1;
}

static struct iq_dwarf_slot *slot_of(const struct iq_dwarf_table *t, uint64_t hash)
{
	size_t i = (size_t)(hash >> 8) & t->mask;
	while (t->slots[i].hash && t->slots[i].hash != hash)
		i = (i + 1) & t->mask;
	return &t->slots[i];
}

/* The first of a name stays.  64 bits of hash stand for it: two names with the same one
 * do not happen by chance, and whoever makes them gains a wrong offset in a bad file. */
static bool table_add(struct iq_dwarf_table *t, uint64_t hash, Dwarf_Off at)
{
	if (!t->slots || t->n * 2 >= t->mask) {
		size_t mask = t->slots ? t->mask * 2 + 1 : 16383;
		struct iq_dwarf_table big = { NULL, mask, t->n };
		big.slots = calloc(big.mask + 1, sizeof *big.slots);
		if (!big.slots)
			return false;
		for (size_t i = 0; t->slots && i <= t->mask; i++)
			if (t->slots[i].hash)
				*slot_of(&big, t->slots[i].hash) = t->slots[i];
		free(t->slots);
		*t = big;
	}
	struct iq_dwarf_slot *s = slot_of(t, hash);
	if (!s->hash) {
		*s = (struct iq_dwarf_slot){ hash, at };
		t->n++;
	}
	return true;
}

bool iq_dwarf_find(const struct iq_dwarf_index *d, const char *name, char space,
		   Dwarf_Die *ret)
{
	const struct iq_dwarf_table *t = space == 'c' ? &d->constants : &d->types;
	const struct iq_dwarf_slot *s =
		t->slots ? slot_of(t, hash_of(name, space)) : NULL;
	return s && s->hash && dwarf_offdie(d->dw, s->at, ret);
}

static char space_of(int tag)
{
	switch (tag) {
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
		return 's';
	case DW_TAG_enumeration_type:
		return 'e';
	case DW_TAG_typedef:
		return 't';
	default:
		return 0;
	}
}

static void add_nameless(struct iq_dwarf_index *d, Dwarf_Off at)
{
	if (!(d->n_nameless & (d->n_nameless + 1))) {		/* 0 1 3 7: double */
		size_t room = 2 * (d->n_nameless + 1);
		Dwarf_Off *p = realloc(d->nameless, room * sizeof *p);
		if (!p) {
			d->full = true;
			return;
		}
		d->nameless = p;
	}
	d->nameless[d->n_nameless++] = at;
}

/* Whole types at the top of one unit. */
static void read_unit(struct iq_dwarf_index *d, Dwarf_Die *unit)
{
	Dwarf_Die die;

	if (dwarf_child(unit, &die))
		return;
	do {
		char space = space_of(dwarf_tag(&die));
		if (!space || dwarf_hasattr(&die, DW_AT_declaration))
			continue;
		const char *name = dwarf_diename(&die);
		if (name &&
		    !table_add(&d->types, hash_of(name, space), dwarf_dieoffset(&die)))
			d->full = true;
		else if (!name && space == 'e')
			add_nameless(d, dwarf_dieoffset(&die));
	} while (!d->full && ++d->entries < ENTRIES_MAX &&
		 dwarf_siblingof(&die, &die) == 0);
}

/* Where what members.def asks for is defined, or used whole.  A structure that is new
 * there needs a file here, or DWARF will not have it. */
static const char *const units[] = {
	"arch/arm64/kernel/process.c", "arch/x86/kernel/process.c",
	"arch/x86/kernel/process_64.c", "arch/x86/kernel/unwind_orc.c", "block/bdev.c",
	"block/genhd.c", "fs/block_dev.c", "fs/dcache.c", "fs/kernfs/dir.c",
	"fs/namespace.c", "fs/proc/meminfo.c", "fs/proc/task_mmu.c", "fs/super.c", "init/init_task.c",
	"ipc/shm.c", "kernel/bpf/btf.c", "kernel/cgroup/cgroup-v1.c",
	"kernel/cgroup/cgroup.c",
	"kernel/exit.c", "kernel/fork.c", "kernel/kallsyms.c", "kernel/kthread.c",
	"kernel/locking/mutex.c", "kernel/locking/rtmutex.c", "kernel/locking/rtmutex_api.c",
	"kernel/locking/rwsem.c", "kernel/locking/semaphore.c",
	"kernel/module.c", "kernel/module/kallsyms.c", "kernel/module/main.c",
	"kernel/pid.c",
	"kernel/pid_namespace.c", "kernel/printk/printk.c", "kernel/sched/core.c",
	"kernel/sched/loadavg.c", "kernel/signal.c", "kernel/sysctl.c",
	"kernel/time/timekeeping.c", "kernel/time/vsyscall.c", "kernel/workqueue.c",
	"lib/radix-tree.c", "lib/xarray.c", "mm/hugetlb.c", "mm/hugetlb_cgroup.c",
	"mm/memcontrol-v1.c", "mm/memcontrol.c", "mm/mm_init.c", "mm/oom_kill.c",
	"mm/page_alloc.c", "mm/percpu.c", "mm/shmem.c", "mm/show_mem.c", "mm/slab.c",
	"mm/slab_common.c", "mm/slub.c", "mm/swapfile.c", "mm/vmalloc.c", "mm/vmscan.c",
	"mm/vmstat.c", "mm/zswap.c",
};

/* By the path of the source, which may have any folder in front. */
static bool is_wanted(const char *name)
{
	size_t n = name ? strlen(name) : 0;

	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		size_t k = strlen(units[i]);
		if (n >= k && !strcmp(name + n - k, units[i]) &&
		    (n == k || name[n - k - 1] == '/'))
			return true;
	}
	return false;
}

void iq_dwarf_read_units(struct iq_dwarf_index *d, bool all)
{
	Dwarf_CU *cu = NULL, *next;
	Dwarf_Die die, sub;
	uint8_t type;

	while (dwarf_get_units(d->dw, cu, &next, NULL, &type, &die, &sub) == 0) {
		cu = next;
		if (++d->entries >= ENTRIES_MAX || d->full)
			return;
		if (type == DW_UT_skeleton)
			die = sub;
		/* what dwz and -fdebug-types-section took out of several has no name */
		int tag = dwarf_tag(&die);
		if (tag == DW_TAG_partial_unit || tag == DW_TAG_type_unit ||
		    (tag == DW_TAG_compile_unit &&
		     (all || is_wanted(dwarf_diename(&die)))))
			read_unit(d, &die);
	}
}

void iq_dwarf_each_enum(struct iq_dwarf_index *d, void (*each)(void *arg, Dwarf_Die *die),
			void *arg)
{
	Dwarf_Die t;

	for (size_t i = 0; d->types.slots && i <= d->types.mask && !d->full; i++)
		if (d->types.slots[i].hash &&
		    dwarf_offdie(d->dw, d->types.slots[i].at, &t) &&
		    dwarf_tag(&t) == DW_TAG_enumeration_type)
			each(arg, &t);
	for (size_t i = 0; i < d->n_nameless && !d->full; i++)
		if (dwarf_offdie(d->dw, d->nameless[i], &t))
			each(arg, &t);
}

void iq_dwarf_add_constant(struct iq_dwarf_index *d, const char *name, Dwarf_Off at)
{
	if (!table_add(&d->constants, hash_of(name, 'c'), at))
		d->full = true;
}

void iq_dwarf_free(struct iq_dwarf_index *d)
{
	if (d->dw)
		dwarf_end(d->dw);
	free(d->types.slots);
	free(d->constants.slots);
	free(d->nameless);
}
