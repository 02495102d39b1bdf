/* vmcore/state/tasks_pid.c - tasks by their numbers in the first pid namespace.
 *
 *   4.20 on     init_pid_ns.idr, an xarray        lib/xarray.c
 *   4.15, ..    the same as a radix tree          lib/radix-tree.c
 *   older       pid_hash[], chains of struct upid kernel/pid.c
 *
 * A node that is missing takes up to 64^level numbers with it: then the tree is broken,
 * and says nothing about how many there are.
 */
#include "vmcore/state/tasks.h"

#define TOP_SHIFT 60
#define SLOTS_MAX 64
#define XA_INTERNAL 2			/* low two bits of an entry */
#define RADIX_INTERNAL 1
#define PIDS_MAX 4194305
#define CHAIN_MAX 100000
#define PIDHASH_BITS_MAX 22

struct tree {
	struct iq_tasks *s;
	enum iq_member_no shift, slots;
	unsigned internal;		/* tag of a pointer to a node */
};

/* pid->tasks[PIDTYPE_PID].first is &task->pid_links[PIDTYPE_PID]; both are element 0.
 * A number may outlive its task as that of a group or session. */
static void take_pid(struct iq_tasks *s, uint64_t pid)
{
	struct iq_kimage *k = s->k;
	uint64_t node;

	if (!iq_ki_plausible(k, pid, 8))
		return;
	s->pids++;
	if (iq_mem_uint(k->mem, iq_ki_at(k, pid, IQ_M_PID_TASKS), k->mem->long_bytes,
			&node) != IQ_MEM_OK) {
		s->pids_unreadable++;
		return;
	}
	if (node)
		iq_tasks_add(s, node - k->member[IQ_M_TASK_PID_LINKS].offset, IQ_BY_PID);
}

/* SHIFT of a child must be below its parent's, so no loop is deeper than that. */
static void take_node(const struct tree *t, uint64_t node, int64_t above)
{
	struct iq_tasks *s = t->s;
	struct iq_kimage *k = s->k;
	const struct iq_member_at *slots = &k->member[t->slots];
	unsigned lb = k->mem->long_bytes;
	size_t n = slots->size / lb;
	unsigned char b[SLOTS_MAX * 8];
	int64_t shift;

	if (n > SLOTS_MAX)
		n = SLOTS_MAX;
	if (!iq_ki_plausible(k, node, 8) || !iq_ki_get(k, node, t->shift, &shift) ||
	    shift < 0 || shift >= above ||
	    iq_mem_read(k->mem, node + slots->offset, b, n * lb) != IQ_MEM_OK) {
		s->pids_broken = true;
		return;
	}
	for (size_t i = 0; i < n && s->pids < PIDS_MAX && !s->no_memory; i++) {
		uint64_t e = iq_mem_int(k->mem, b + i * lb, lb);
		if ((e & 3) == 0 && e)
			take_pid(s, e);
		else if ((e & 3) == t->internal && shift > 0 && e > 4096)
			take_node(t, e - t->internal, shift);
	}
}

static void by_tree(struct iq_tasks *s, uint64_t ns)
{
	struct iq_kimage *k = s->k;
	bool xa = iq_ki_has(k, IQ_M_PID_NAMESPACE_XA_HEAD);
	struct tree t = {
		s, xa ? IQ_M_XA_NODE_SHIFT : IQ_M_RADIX_NODE_SHIFT,
		xa ? IQ_M_XA_NODE_SLOTS : IQ_M_RADIX_NODE_SLOTS,
		xa ? XA_INTERNAL : RADIX_INTERNAL,
	};
	int64_t head;

	if (!iq_ki_has(k, t.shift) || !iq_ki_has(k, t.slots))
		return;
	if (!iq_ki_get(k, ns, xa ? IQ_M_PID_NAMESPACE_XA_HEAD : IQ_M_PID_NAMESPACE_RNODE,
		       &head)) {
		s->pids_broken = true;
		return;
	}
	uint64_t e = (uint64_t)head;
	if ((e & 3) == t.internal && e > 4096)
		take_node(&t, e - t.internal, TOP_SHIFT + 1);
	else if (e && (e & 3) == 0)
		take_pid(s, e);		/* one number alone */
}

/* One chain of pid_hash; struct upid stands in its struct pid at numbers[0] if it is
 * of the first namespace. */
static void take_chain(struct iq_tasks *s, uint64_t node, uint64_t ns)
{
	struct iq_kimage *k = s->k;
	uint64_t upid, of;

	for (size_t i = 0; node && i < CHAIN_MAX; i++) {
		upid = node - k->member[IQ_M_UPID_CHAIN].offset;
		if (iq_ki_pointer(k, upid, IQ_M_UPID_NS, &of) && of == ns)
			take_pid(s, upid - k->member[IQ_M_PID_NUMBERS].offset);
		if (iq_mem_uint(k->mem, node, k->mem->long_bytes, &node) != IQ_MEM_OK) {
			s->pids_broken = true;
			return;
		}
	}
}

static void by_hash(struct iq_tasks *s, uint64_t ns)
{
	struct iq_kimage *k = s->k;
	unsigned lb = k->mem->long_bytes;
	int64_t table, bits;
	uint64_t first;

	if (!iq_ki_has(k, IQ_M_UPID_CHAIN) || !iq_ki_has(k, IQ_M_PID_NUMBERS) ||
	    !iq_ki_variable(k, "pid_hash", 0, false, &table) ||
	    !iq_ki_variable(k, "pidhash_shift", 4, false, &bits) || bits < 0 ||
	    bits > PIDHASH_BITS_MAX)
		return;
	for (uint64_t i = 0; i < UINT64_C(1) << bits && s->pids < PIDS_MAX; i++) {
		if (iq_mem_uint(k->mem, (uint64_t)table + i * lb, lb, &first) == IQ_MEM_OK)
			take_chain(s, first, ns);
		else
			s->pids_broken = true;
	}
}

void iq_tasks_by_pid(struct iq_tasks *s)
{
	struct iq_kimage *k = s->k;
	uint64_t ns;

	if (!iq_ki_has(k, IQ_M_PID_TASKS) || !iq_ki_has(k, IQ_M_TASK_PID_LINKS) ||
	    !iq_ki_symbol(k, "init_pid_ns", &ns))
		return;
	if (iq_ki_has(k, IQ_M_PID_NAMESPACE_XA_HEAD) ||
	    iq_ki_has(k, IQ_M_PID_NAMESPACE_RNODE))
		by_tree(s, ns);
	else
		by_hash(s, ns);
}
