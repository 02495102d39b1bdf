/* kern/totalpages.c - see totalpages.h. */
#include "kern/totalpages.h"
#include "kern/sat.h"

static void fail(struct iq_total *t, const char *missing)
{
	t->pages = IQ_NULL;
	t->exact = false;
	t->missing = missing;
}

static int64_t managed(const struct iq_total_input *in, bool *ret_exact)
{
	*ret_exact = true;
	if (in->ram != IQ_NULL && in->reserved != IQ_NULL)
		return iq_sat_sub(in->ram, in->reserved);
	/* zones that were filtered out, or cut away, may be missing here */
	*ret_exact = in->nodes_all_shown;
	return in->managed;
}

static void total_host(const struct iq_total_input *in, struct iq_total *t)
{
	int64_t ram = managed(in, &t->exact);
	if (ram == IQ_NULL) {
		fail(t, "pages RAM and pages reserved");
	} else if (in->swap_total == IQ_NULL) {
		t->pages = ram;
		t->exact = false;
		t->missing = "Total swap";
	} else {
		t->pages = iq_sat_add(ram, in->swap_total);
	}
	t->how = "usable RAM + swap";
}

static void total_nodes(const struct iq_total_input *in, enum iq_total_form form,
			struct iq_total *t)
{
	t->how = "RAM of the allowed nodes + swap";
	if (in->nodes_present == IQ_NULL) {
		fail(t, "present: of the allowed nodes' zones");
		return;
	}
	t->pages = iq_sat_add(in->nodes_present, iq_or_zero(in->swap_total));
	/* until 5.3 node_spanned_pages counts holes too, and is not printed */
	t->exact = form >= IQ_TOTAL_5_4 && in->swap_total != IQ_NULL && in->nodes_all_shown;
	if (!t->exact)
		t->missing = form < IQ_TOTAL_5_4 ? "spanned pages of the nodes" : "Total swap";
}

static void total_memcg(const struct iq_total_input *in, enum iq_total_form form,
			struct iq_total *t)
{
	t->how = "limit of the cgroup + the swap it may use";
	if (in->limit == IQ_NULL) {
		fail(t, "limit of the cgroup");
		return;
	}
	int64_t room = in->swap_total;
	t->exact = room != IQ_NULL;
	if (!t->exact) {	/* memcg reports of 3.10 and later do not print it */
		t->missing = "Total swap of the host";
		room = in->v2 ? in->swap_limit : in->memsw_limit;
		room = room == IQ_NULL || room == INT64_MAX ? 0
		     : in->v2 ? room : iq_sat_sub(room, in->limit);
		if (room == 0 && ((in->v2 && in->swap_limit == 0) ||
				  (!in->v2 && in->memsw_limit == in->limit)))
			t->exact = true;	/* none may be used, whatever there is */
	}
	if (in->swappiness_zero)
		room = 0;
	int64_t all = iq_sat_add(in->limit, room);
	if (in->v2) {
		if (in->swap_limit != IQ_NULL)
			all = iq_sat_add(in->limit, iq_min64(in->swap_limit, room));
	} else if (in->memsw_limit != IQ_NULL && form >= IQ_TOTAL_5_10) {
		int64_t own = iq_sat_sub(in->memsw_limit, in->limit);
		all = iq_sat_add(in->limit, iq_min64(own < 0 ? 0 : own, room));
	} else if (in->memsw_limit != IQ_NULL) {
		all = iq_min64(all, in->memsw_limit);
	}
	t->pages = all < 1 ? 1 : all;
	if (t->exact)
		t->missing = NULL;
}

void iq_total_pages(const struct iq_total_input *in, enum iq_total_form form,
		    struct iq_total *ret)
{
	struct iq_total t = { .pages = IQ_NULL };
	switch (in->constraint) {
	case IQ_CONSTRAINT_NONE:
		total_host(in, &t);
		break;
	case IQ_CONSTRAINT_CPUSET:
	case IQ_CONSTRAINT_POLICY:
		total_nodes(in, form, &t);
		break;
	case IQ_CONSTRAINT_MEMCG:
		total_memcg(in, form, &t);
		break;
	default:
		fail(&t, "what constrained the request");
	}
	*ret = t;
}

bool iq_total_from_score(int64_t points, int64_t score, int64_t *ret_lo, int64_t *ret_hi)
{
	if (score <= 0 || points <= 0)
		return false;
	/* score = floor(points * 1000 / total) */
	*ret_hi = iq_sat_muldiv(points, 1000, score);
	*ret_lo = iq_sat_add(iq_sat_muldiv(points, 1000, iq_sat_add(score, 1)), 1);
	return true;
}
