/* vmcore/kernel/vmstat.c - see vmstat.h; mm/vmstat.c.
 *
 * A counter of a zone is zone.vm_stat[item] plus a small signed difference of every
 * processor: up to 5.13 in per_cpu_pageset, then in per_cpu_zonestat; of a node (4.8)
 * in per_cpu_nodestat.  NUMA events are counted per processor and folded into the zone
 * (5.14), before in per_cpu_pageset as differences without sign.
 */
#include "vmcore/kernel/vmstat.h"

#define ZONES_MAX 16

int iq_vmstat_open(struct iq_kimage *k, struct iq_vmstat *ret, struct iq_err *err)
{
	*ret = (struct iq_vmstat){ 0 };
	iq_arena_init(&ret->mem);
	if (iq_vmstat_names(k, ret, err)) {
		iq_vmstat_close(ret);
		return -1;
	}
	return 0;
}

void iq_vmstat_close(struct iq_vmstat *v)
{
	iq_arena_fini(&v->mem);
}

static void add_all(int64_t *to, const int64_t *what, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (to[i] != IQ_NULL &&
		    (what[i] == IQ_NULL || __builtin_add_overflow(to[i], what[i], &to[i])))
			to[i] = IQ_NULL;
}

/* Adds array M of every processor's copy of the structure at PERCPU. */
static void add_percpu(struct iq_kimage *k, enum iq_struct_no s, uint64_t percpu,
		       enum iq_member_no m, int64_t *to, size_t n)
{
	int64_t part[IQ_VMSTAT_ITEMS_MAX];
	uint64_t at;

	if (iq_kr_count(k, m, n) < n)
		return;
	for (uint32_t cpu = 0; cpu < k->n_cpus; cpu++) {
		if (!iq_ki_percpu(k, percpu, cpu, &at))
			continue;
		iq_kr_array(k, s, at, m, part, n);
		add_all(to, part, n);
	}
}

/* The base array into RET; what is not in the structure is unknown. */
static void base(struct iq_kimage *k, enum iq_struct_no s, uint64_t at, enum iq_member_no m,
		 size_t n, int64_t *ret)
{
	for (size_t i = iq_kr_array(k, s, at, m, ret, n); i < n; i++)
		ret[i] = IQ_NULL;
}

/* A set of differences behind a per-CPU pointer of the structure: where the member
 * is not there, this kernel keeps them elsewhere, or has none (!SMP). */
static void add_from(struct iq_kimage *k, uint64_t structure, enum iq_member_no pointer,
		     enum iq_struct_no s, enum iq_member_no m, int64_t *to, size_t n)
{
	int64_t percpu;

	if (iq_ki_has(k, pointer) && iq_ki_has(k, m) &&
	    iq_ki_get(k, structure, pointer, &percpu) && percpu)
		add_percpu(k, s, (uint64_t)percpu, m, to, n);
}

void iq_vmstat_zone(struct iq_kimage *k, const struct iq_vmstat *v, uint64_t zone,
		    int64_t ret[IQ_VMSTAT_ITEMS_MAX])
{
	size_t n = v->zone.n;

	base(k, IQ_S_ZONE, zone, IQ_M_ZONE_VM_STAT, n, ret);
	add_from(k, zone, IQ_M_ZONE_PER_CPU_ZONESTATS, IQ_S_ZONESTAT,
		 IQ_M_ZONESTAT_VM_STAT_DIFF, ret, n);
	add_from(k, zone, IQ_M_ZONE_PAGESET, IQ_S_PAGESET, IQ_M_PAGESET_VM_STAT_DIFF, ret, n);
}

void iq_vmstat_numa(struct iq_kimage *k, const struct iq_vmstat *v, uint64_t zone,
		    int64_t ret[IQ_VMSTAT_ITEMS_MAX])
{
	size_t n = v->numa.n;

	base(k, IQ_S_ZONE, zone, IQ_M_ZONE_VM_NUMA, n, ret);
	add_from(k, zone, IQ_M_ZONE_PER_CPU_ZONESTATS, IQ_S_ZONESTAT, IQ_M_ZONESTAT_VM_NUMA,
		 ret, n);
	add_from(k, zone, IQ_M_ZONE_PAGESET, IQ_S_PAGESET, IQ_M_PAGESET_VM_NUMA_DIFF, ret, n);
}

void iq_vmstat_node(struct iq_kimage *k, const struct iq_vmstat *v, uint64_t pgdat,
		    int64_t ret[IQ_VMSTAT_ITEMS_MAX])
{
	base(k, IQ_S_NODE, pgdat, IQ_M_NODE_VM_STAT, v->node.n, ret);
	add_from(k, pgdat, IQ_M_NODE_PER_CPU_NODESTATS, IQ_S_NODESTAT, IQ_M_NODESTAT_DIFF,
		 ret, v->node.n);
}

void iq_vmstat_events(struct iq_kimage *k, const struct iq_vmstat *v,
		      int64_t ret[IQ_VMSTAT_ITEMS_MAX])
{
	size_t n = v->event.n;
	uint64_t percpu;
	bool known = iq_ki_symbol(k, "vm_event_states", &percpu) &&
		     iq_kr_count(k, IQ_M_EVENTS_EVENT, n) == n;

	for (size_t i = 0; i < n; i++)
		ret[i] = known ? 0 : IQ_NULL;
	if (known)
		add_percpu(k, IQ_S_EVENTS, percpu, IQ_M_EVENTS_EVENT, ret, n);
}

/* Transiently below 0: printed as 0, as the kernel does. */
int64_t iq_vmstat_shown(const struct iq_kimage *k, const struct iq_vmstat_item *i,
			int64_t raw)
{
	if (raw == IQ_NULL)
		return IQ_NULL;
	if (raw < 0 && i->kind != IQ_VMSTAT_COUNT)
		return 0;
	if (i->kind == IQ_VMSTAT_SECTORS)
		return raw / 2;
	/* a huge page is a page table full of pages */
	if (i->kind == IQ_VMSTAT_HUGE_PAGES && k->page_size >= 8)
		return raw / (int64_t)(k->page_size / 8);
	return raw;
}

const char *iq_vmstat_unit(const struct iq_vmstat_item *i)
{
	switch (i->kind) {
	case IQ_VMSTAT_PAGES: return "pages";
	case IQ_VMSTAT_KIB:
	case IQ_VMSTAT_SECTORS: return "KiB";
	case IQ_VMSTAT_HUGE:
	case IQ_VMSTAT_HUGE_PAGES: return "huge pages";
	default: return "count";
	}
}

int64_t iq_vmstat_bytes(const struct iq_kimage *k, const struct iq_vmstat_item *i,
			int64_t raw)
{
	if (raw == IQ_NULL || i->kind == IQ_VMSTAT_COUNT || i->kind == IQ_VMSTAT_SECTORS)
		return IQ_NULL;
	if (raw < 0)
		raw = 0;
	if (i->kind == IQ_VMSTAT_KIB)
		return raw < INT64_MAX / 1024 ? raw * 1024 : IQ_NULL;
	if (i->kind == IQ_VMSTAT_HUGE &&
	    __builtin_mul_overflow(raw, (int64_t)(k->page_size / 8), &raw))
		return IQ_NULL;
	return iq_kr_bytes(k, raw);
}

size_t iq_kr_zones(struct iq_kimage *k, uint64_t pgdat, uint64_t *ret, size_t max)
{
	const struct iq_member_at *zones = &k->member[IQ_M_NODE_NODE_ZONES];
	size_t all = iq_kr_count(k, IQ_M_NODE_NODE_ZONES, ZONES_MAX), n = 0;
	int64_t present;

	for (size_t i = 0; i < all && n < max; i++) {
		uint64_t at = pgdat + zones->offset + i * zones->elem_size;
		/* unreadable is not the same as empty */
		if (iq_ki_get(k, at, IQ_M_ZONE_PRESENT_PAGES, &present) && present == 0)
			continue;
		ret[n++] = at;
	}
	return n;
}
