/* vmcore/state/state_counters.c - every counter of /proc/vmstat, of the host, each node and
 * each zone, then what /proc/meminfo makes of them (state_meminfo.c), and who holds what
 * they do not have (state_vmalloc.c, state_tmpfs.c).
 *
 * The host's are the sums over zones and nodes, as exact as those; where one of them
 * cannot be read, the kernel's own sums, vm_zone_stat and vm_node_stat, stand in.
 */
#include "vmcore/state/state_mem.h"
#include "vmcore/kernel/vmstat.h"

#include <stdio.h>
#include <stdlib.h>

#define ZONES_MAX 16

struct walk {
	struct iq_kimage *k;
	struct iq_vmstat stat;
	int64_t value[IQ_VMSTAT_ITEMS_MAX];
	int64_t zone_sum[IQ_VMSTAT_ITEMS_MAX], node_sum[IQ_VMSTAT_ITEMS_MAX];
	int64_t numa_sum[IQ_VMSTAT_ITEMS_MAX];
};

static void add(int64_t *sum, const int64_t *value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (sum[i] != IQ_NULL &&
		    (value[i] == IQ_NULL || __builtin_add_overflow(sum[i], value[i], &sum[i])))
			sum[i] = IQ_NULL;
}

static int put_set(struct walk *w, const char *scope, const struct iq_vmstat_set *set,
		   const int64_t *value, struct iq_err *err)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct iq_vmstat_item *it = &set->item[i];
		if (it->name.p &&
		    iq_kr_put(w->k, iq_slice_z(scope), it->name,
			      iq_vmstat_shown(w->k, it, value[i]), iq_vmstat_unit(it), err))
			return -1;
	}
	return 0;
}

static int put_zone(struct walk *w, int64_t node, uint64_t zone, struct iq_err *err)
{
	char scope[64];
	uint64_t at;
	struct iq_slice name = IQ_SLICE_NULL;

	if (iq_ki_pointer(w->k, zone, IQ_M_ZONE_NAME, &at))
		name = iq_ki_string(w->k, at, 16);
	snprintf(scope, sizeof scope, "zone %lld %.*s", (long long)node, IQ_FMT(name));
	iq_vmstat_zone(w->k, &w->stat, zone, w->value);
	add(w->zone_sum, w->value, w->stat.zone.n);
	if (name.p && put_set(w, scope, &w->stat.zone, w->value, err))
		return -1;
	iq_vmstat_numa(w->k, &w->stat, zone, w->value);
	add(w->numa_sum, w->value, w->stat.numa.n);
	return name.p ? put_set(w, scope, &w->stat.numa, w->value, err) : 0;
}

static int put_nodes(struct walk *w, struct iq_err *err)
{
	struct iq_kr_node nodes[IQ_KR_NODES_MAX];
	uint64_t zones[ZONES_MAX];
	char scope[64];
	size_t n = iq_kr_nodes(w->k, nodes, IQ_KR_NODES_MAX);

	for (size_t i = 0; n == 0 && i < IQ_VMSTAT_ITEMS_MAX; i++)
		w->zone_sum[i] = w->node_sum[i] = w->numa_sum[i] = IQ_NULL;
	for (size_t i = 0; i < n; i++) {
		snprintf(scope, sizeof scope, "node %lld", (long long)nodes[i].id);
		iq_vmstat_node(w->k, &w->stat, nodes[i].pgdat, w->value);
		add(w->node_sum, w->value, w->stat.node.n);
		if (put_set(w, scope, &w->stat.node, w->value, err))
			return -1;
		size_t n_zones = iq_kr_zones(w->k, nodes[i].pgdat, zones, ZONES_MAX);
		for (size_t z = 0; z < n_zones; z++) {
			if (put_zone(w, nodes[i].id, zones[z], err))
				return -1;
			iq_arena_reset(&w->k->arena);
		}
	}
	return 0;
}

/* Where a sum is unknown: what the kernel itself last added up. */
static void fill_sums(struct walk *w, const char *variable, int64_t *sum, size_t n)
{
	unsigned step = w->k->mem->long_bytes;
	uint64_t at;

	if (!iq_ki_symbol(w->k, variable, &at))
		return;
	for (size_t i = 0; i < n; i++)
		if (sum[i] == IQ_NULL)
			iq_kr_numbers(w->k, IQ_S_ZONE, at + i * step, step, true, 1, &sum[i]);
}

static int put_host(struct walk *w, struct iq_err *err)
{
	size_t nz = w->stat.zone.n, nn = w->stat.node.n;

	fill_sums(w, "vm_zone_stat", w->zone_sum, nz);
	fill_sums(w, "vm_stat", w->zone_sum, nz);	/* before 4.8 */
	fill_sums(w, "vm_node_stat", w->node_sum, nn);
	if (put_set(w, "host", &w->stat.zone, w->zone_sum, err) ||
	    put_set(w, "host", &w->stat.node, w->node_sum, err) ||
	    put_set(w, "host", &w->stat.numa, w->numa_sum, err))
		return -1;
	iq_vmstat_events(w->k, &w->stat, w->value);
	return put_set(w, "host", &w->stat.event, w->value, err);
}

int64_t iq_host_bytes(const struct iq_host_counters *c, const char *name)
{
	const struct {
		const struct iq_vmstat_set *set;
		const int64_t *value;
	} sets[] = { { &c->stat->zone, c->zone }, { &c->stat->node, c->node } };

	for (size_t s = 0; s < sizeof sets / sizeof *sets; s++)
		for (size_t i = 0; i < sets[s].set->n; i++)
			if (iq_eq(sets[s].set->item[i].name, iq_slice_z(name)))
				return iq_vmstat_bytes(c->k, &sets[s].set->item[i],
						       sets[s].value[i]);
	return IQ_NULL;
}

int64_t iq_host_events(const struct iq_host_counters *c, const char *name)
{
	for (size_t i = 0; i < c->stat->event.n; i++)
		if (iq_eq(c->stat->event.item[i].name, iq_slice_z(name)))
			return c->event[i];
	return IQ_NULL;
}

int iq_state_counters(struct iq_kimage *k, struct iq_err *err)
{
	struct walk *w = calloc(1, sizeof *w);
	int r;

	if (!w)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	w->k = k;
	r = iq_vmstat_open(k, &w->stat, err);
	if (!r) {
		struct iq_host_counters host = { k, &w->stat, w->zone_sum, w->node_sum,
						 w->value };
		r = put_nodes(w, err) || put_host(w, err) || iq_state_meminfo(&host, err) ||
		    iq_state_vmalloc(k, err) || iq_state_tmpfs(k, err);
		iq_vmstat_close(&w->stat);
	}
	free(w);
	return r ? -1 : 0;
}
