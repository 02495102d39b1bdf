/* vmcore/kernel/kread.c - see kread.h; lib/percpu_counter.c, include/linux/mmzone.h. */
#include "vmcore/kernel/kread.h"

#define PER_NODE_READS_MAX 400000	/* nodes times processors; real: 8192 times 36 */

static int64_t number(const struct iq_memory *m, const void *p, unsigned size, bool is_signed)
{
	uint64_t v = iq_mem_int(m, p, size);

	if (is_signed && size < 8 && v >> (8 * size - 1) & 1)
		v |= ~UINT64_C(0) << 8 * size;
	return (int64_t)v;
}

static bool one_by_one(struct iq_kimage *k, enum iq_struct_no s, uint64_t va, unsigned size,
		       bool is_signed, size_t n, int64_t *ret)
{
	unsigned char b[8];
	bool all = true;

	for (size_t i = 0; i < n; i++) {
		enum iq_mem_status st = iq_mem_read(k->mem, va + i * size, b, size);
		if (st == IQ_MEM_OK) {
			ret[i] = number(k->mem, b, size, is_signed);
			continue;
		}
		k->lost[s][st]++;
		ret[i] = IQ_NULL;
		all = false;
	}
	return all;
}

bool iq_kr_numbers(struct iq_kimage *k, enum iq_struct_no s, uint64_t va, unsigned size,
		   bool is_signed, size_t n, int64_t *ret)
{
	unsigned char b[2048];
	bool all = true;

	for (size_t i = 0; i < n; i++)
		ret[i] = IQ_NULL;
	if (size == 0 || size > 8)
		return n == 0;
	for (size_t done = 0; done < n;) {
		size_t part = n - done < sizeof b / size ? n - done : sizeof b / size;
		uint64_t at = va + done * size;
		if (iq_mem_read(k->mem, at, b, part * size) == IQ_MEM_OK)
			for (size_t i = 0; i < part; i++)
				ret[done + i] = number(k->mem, b + i * size, size, is_signed);
		else
			all &= one_by_one(k, s, at, size, is_signed, part, ret + done);
		done += part;
	}
	return all;
}

size_t iq_kr_count(const struct iq_kimage *k, enum iq_member_no m, size_t max)
{
	const struct iq_member_at *at = &k->member[m];
	size_t n = at->known && at->elem_size ? at->size / at->elem_size : 0;

	return n < max ? n : max;
}

size_t iq_kr_array(struct iq_kimage *k, enum iq_struct_no s, uint64_t structure,
		   enum iq_member_no m, int64_t *ret, size_t max)
{
	size_t n = iq_kr_count(k, m, max);

	iq_kr_numbers(k, s, iq_ki_at(k, structure, m), k->member[m].elem_size,
		      k->member[m].is_signed, n, ret);
	return n;
}

bool iq_kr_pointer_at(struct iq_kimage *k, const char *name, uint64_t *ret)
{
	int64_t v;

	if (!iq_ki_variable(k, name, 0, false, &v) || !iq_ki_plausible(k, (uint64_t)v, 1))
		return false;
	*ret = (uint64_t)v;
	return true;
}

int64_t iq_kr_percpu_counter(struct iq_kimage *k, uint64_t va)
{
	int64_t sum, counters, part;
	uint64_t at;

	if (!iq_ki_get(k, va, IQ_M_PERCPU_COUNTER_COUNT, &sum))
		return IQ_NULL;
	/* without SMP there is nothing but the count */
	if (!iq_ki_has(k, IQ_M_PERCPU_COUNTER_COUNTERS))
		return sum;
	if (!iq_ki_get(k, va, IQ_M_PERCPU_COUNTER_COUNTERS, &counters))
		return IQ_NULL;
	for (uint32_t cpu = 0; counters && cpu < k->n_cpus; cpu++) {
		if (!iq_ki_percpu(k, (uint64_t)counters, cpu, &at))
			continue;
		if (!iq_kr_numbers(k, IQ_S_PERCPU_COUNTER, at, 4, true, 1, &part) ||
		    __builtin_add_overflow(sum, part, &sum))
			return IQ_NULL;
	}
	return sum;
}

/* node_online_map, which VMCOREINFO names; true also where it is not readable. */
static bool is_online(struct iq_kimage *k, uint64_t map, int64_t node)
{
	uint64_t word;

	if (!map || iq_mem_uint(k->mem, map + (uint64_t)node / 64 * 8, 8, &word) != IQ_MEM_OK)
		return true;
	return word >> node % 64 & 1;
}

size_t iq_kr_nodes(struct iq_kimage *k, struct iq_kr_node *ret, size_t max)
{
	unsigned step = k->mem->long_bytes;
	uint64_t table, map = 0;
	int64_t n_ids, pgdat;
	size_t n = 0;

	if (!iq_ki_symbol(k, "node_data", &table)) {
		if (max == 0 || !iq_ki_symbol(k, "contig_page_data", &ret[0].pgdat))
			return 0;
		ret[0].id = 0;
		return 1;
	}
	if (!iq_ki_variable(k, "nr_node_ids", 4, false, &n_ids) || n_ids < 1 ||
	    n_ids > IQ_KR_NODES_MAX)
		n_ids = 1;
	iq_vmcoreinfo_symbol(k->info, "node_online_map", &map);
	/* every node is asked for every processor: no machine has both in thousands */
	if (max > PER_NODE_READS_MAX / (k->n_cpus ? k->n_cpus : 1))
		max = PER_NODE_READS_MAX / (k->n_cpus ? k->n_cpus : 1);
	for (int64_t id = 0; id < n_ids && n < max; id++) {
		if (!is_online(k, map, id) ||
		    !iq_kr_numbers(k, IQ_S_NODE, table + (uint64_t)id * step, step, false, 1,
				   &pgdat) ||
		    !iq_ki_plausible(k, (uint64_t)pgdat, 8))
			continue;
		ret[n++] = (struct iq_kr_node){ id, (uint64_t)pgdat };
	}
	return n;
}

int64_t iq_kr_bytes(const struct iq_kimage *k, int64_t pages)
{
	int64_t bytes;

	if (pages == IQ_NULL || pages < 0 || k->page_size > INT32_MAX ||
	    __builtin_mul_overflow(pages, (int64_t)k->page_size, &bytes))
		return IQ_NULL;
	return bytes;
}

int64_t iq_kr_enumerator(const struct iq_kimage *k, const char *type, const char *name,
			 int64_t otherwise)
{
	int64_t v;

	return iq_ki_enumerator(k, type, name, &v) ? v : otherwise;
}

bool iq_kr_release_from(const struct iq_kimage *k, int major, int minor)
{
	struct iq_slice s = iq_vmcoreinfo_line(k->info, "OSRELEASE");
	uint64_t a, b;

	if (!iq_take_u64(&s, &a) || !iq_skip(&s, IQ_LIT(".")) || !iq_take_u64(&s, &b))
		return false;
	return a > (uint64_t)major || (a == (uint64_t)major && b >= (uint64_t)minor);
}

bool iq_kr_vm_area(struct iq_kimage *k, uint64_t area, uint64_t *ret)
{
	uint64_t start, addr;

	return iq_ki_pointer(k, area, IQ_M_VMAP_AREA_VM, ret) &&
	       iq_ki_plausible(k, *ret, 8) &&
	       iq_ki_pointer(k, area, IQ_M_VMAP_AREA_START, &start) &&
	       iq_ki_pointer(k, *ret, IQ_M_VM_STRUCT_ADDR, &addr) && start == addr;
}

int iq_kr_put(struct iq_kimage *k, struct iq_slice scope, struct iq_slice name,
	      int64_t value, const char *unit, struct iq_err *err)
{
	struct iq_counter c;

	if (value == IQ_NULL)
		return 0;
	iq_fact_init(IQ_FACT_COUNTER, &c);
	c.snapshot_id = k->snapshot_id;
	c.scope = scope;
	c.name = name;
	c.value = value;
	c.unit = iq_slice_z(unit);
	return iq_sink_put(k->sink, IQ_FACT_COUNTER, &c, err);
}
