/* analyze/constraint.c - what constrained a request (compute.h).
 *
 * From 5.0 on and in RHEL 8 the report says it (CONSTRAINT_...).  Before, it is
 * found as mm/oom_kill.c:constrained_alloc() of 2.6.32 ... 4.19 did: a memory cgroup
 * by the words of the kill, then a mask that leaves out a node with memory, then a
 * cpuset that does.  Reports list zones of allowed nodes only; nodes that are not
 * allowed show in the lines of huge pages, which are never filtered.
 */
#include "analyze/compute.h"

static const struct { const char *name; enum iq_constraint is; } names[] = {
	{ "none", IQ_CONSTRAINT_NONE }, { "cpuset", IQ_CONSTRAINT_CPUSET },
	{ "memory_policy", IQ_CONSTRAINT_POLICY }, { "memcg", IQ_CONSTRAINT_MEMCG },
};

static enum iq_constraint printed(const char *kind)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (iq_same(kind, names[i].name))
			return names[i].is;
	return IQ_CONSTRAINT_UNKNOWN;
}

const char *iq_constraint_name(enum iq_constraint k)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].is == k)
			return names[i].name;
	return NULL;
}

/* Does LIST leave out a node that is there?  Node 0 is on every machine. */
static bool leaves_out(const struct iq_case *c, const char *list)
{
	if (iq_node_list_has(list, 0) < 0)
		return false;
	if (iq_node_list_has(list, 0) == 0)
		return true;
	for (size_t i = 0; i < c->zones.n; i++) {
		const struct inquest_zone *z = c->zones.p[i];
		if (z->node != IQ_NULL && !iq_node_list_has(list, z->node))
			return true;
	}
	for (size_t i = 0; i < c->hugetlb.n; i++) {
		const struct inquest_hugetlb *h = c->hugetlb.p[i];
		if (h->node != IQ_NULL && !iq_node_list_has(list, h->node))
			return true;
	}
	return false;
}

enum iq_constraint iq_compute_constraint(const struct iq_case *c)
{
	const struct inquest_oom *o = c->oom;
	enum iq_constraint p = printed(o->constraint_kind);

	if (p != IQ_CONSTRAINT_UNKNOWN)
		return p;
	if (o->cgroup_limited || o->global_oom == 0)
		return IQ_CONSTRAINT_MEMCG;
	/* an allocation failure asks zones, whatever else is missing */
	if (o->global_oom != 1 && !c->zones.n)
		return IQ_CONSTRAINT_UNKNOWN;
	/* 4.9 to 4.19 print the nodes of the cpuset where there is no mask */
	if (!iq_same(o->nodemask, o->mems_allowed) && leaves_out(c, o->nodemask))
		return IQ_CONSTRAINT_POLICY;
	return leaves_out(c, o->mems_allowed) ? IQ_CONSTRAINT_CPUSET : IQ_CONSTRAINT_NONE;
}
