/* bundle/state_containers.c - containers, put together by id: a runtime lists them (once
 * the running ones, once all), and says more of each when it inspects one.  Lists print
 * the first 12 or 13 digits of an id, inspection all 64.
 */
#include "bundle/state_impl.h"

#include <stdlib.h>

/* An id sorts right before those that it is the beginning of. */
static int by_id(const void *a, const void *b)
{
	const struct iq_container *x = a, *y = b;
	size_t n = x->container.n < y->container.n ? x->container.n : y->container.n;
	int c = memcmp(x->container.p, y->container.p, n);

	if (c)
		return c;
	if (x->container.n != y->container.n)
		return x->container.n < y->container.n ? -1 : 1;
	/* in the order in which they came, which are those of two members */
	c = x->member_id < y->member_id ? -1 : x->member_id > y->member_id;
	return c ? c : x->line < y->line ? -1 : x->line > y->line;
}

static void fill_from(struct iq_container *to, const struct iq_container *from)
{
	const struct iq_fact_desc *d = &iq_fact_descs[IQ_FACT_CONTAINER];
	struct iq_container f = *from;

	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++) {
		if (c->kind == IQ_COL_TEXT && !iq_fact_text(to, c)->p)
			*iq_fact_text(to, c) = *iq_fact_text(&f, c);
		else if (c->kind != IQ_COL_TEXT && *iq_fact_int(to, c) == IQ_NULL)
			*iq_fact_int(to, c) = *iq_fact_int(&f, c);
	}
}

/* --- pods --- */

#define POD_DIGITS 13			/* of a pod's id that the lists of crictl print */

static struct iq_slice pod_key(const struct iq_container *c)
{
	return iq_head(c->sandbox, POD_DIGITS);
}

static int by_pod(const void *a, const void *b)
{
	return iq_state_compare(pod_key(a), pod_key(b));
}

/* The list of pods knows the namespace, which that of containers lacks. */
static void add_pod(const struct iq_state *s, struct iq_container *c)
{
	const struct iq_container *pod = c->sandbox.n < POD_DIGITS || !s->pods.n ? NULL
		: bsearch(c, s->pods.p, s->pods.n, sizeof *pod, by_pod);

	if (!pod)
		return;
	if (!c->pod_name.p)
		c->pod_name = pod->pod_name;
	if (!c->namespace.p)
		c->namespace = pod->namespace;
}

int iq_state_put_containers(struct iq_state *s, const struct iq_state_frame *f,
			    struct iq_sink *sink, struct iq_err *err)
{
	struct iq_container *all = (void *)s->containers.p;
	size_t n = s->containers.n;

	if (n)
		qsort(all, n, sizeof *all, by_id);
	if (s->pods.n)
		qsort(s->pods.p, s->pods.n, sizeof(struct iq_container), by_pod);
	for (size_t i = 0; i < n; i++) {
		if (i + 1 < n && iq_starts(all[i + 1].container, all[i].container)) {
			fill_from(&all[i + 1], &all[i]);
			continue;
		}
		all[i].snapshot_id = f->snapshot_id;
		iq_container_name(&all[i]);
		add_pod(s, &all[i]);
		if (iq_sink_put(sink, IQ_FACT_CONTAINER, &all[i], err))
			return -1;
	}
	return 0;
}
