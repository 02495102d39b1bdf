/* analyze/neighbours.c - the memory events of one boot (host.h). */
#include <stdlib.h>

#include "analyze/host.h"
#include "model/facts.h"

#define EVENTS_MAX 200000

#define I(m) IQ_ROW_INT(inquest_neighbour, m)
#define T(m) IQ_ROW_TEXT(inquest_neighbour, m)
static const struct iq_row_col event_cols[] = {
	I(event_id), T(kind), I(wall_us), I(mono_us), T(constraint_kind),
	T(cgroup_limited), T(trigger_comm),
};
#undef I
#undef T
static const struct iq_row_shape event_shape = {
	.view = "v1_event JOIN v1_oom USING (event_id)", .where = "boot_id = ?1",
	.cols = event_cols, .n_cols = sizeof(event_cols) / sizeof(*event_cols),
	.size = sizeof(struct inquest_neighbour), .max = EVENTS_MAX,
};

struct victim_row {
	int64_t event_id, pid, anon_rss_bytes;
	const char *comm, *cgroup, *unit, *container;
};
static const struct iq_row_col victim_cols[] = {
	IQ_ROW_INT(victim_row, event_id), IQ_ROW_INT(victim_row, pid),
	IQ_ROW_INT(victim_row, anon_rss_bytes), IQ_ROW_TEXT(victim_row, comm),
	IQ_ROW_TEXT(victim_row, cgroup), IQ_ROW_TEXT(victim_row, unit),
	IQ_ROW_TEXT(victim_row, container),
};
static const struct iq_row_shape victim_shape = {
	.view = "v1_victim JOIN v1_event USING (event_id)", .where = "boot_id = ?1",
	.cols = victim_cols, .n_cols = sizeof(victim_cols) / sizeof(*victim_cols),
	.size = sizeof(struct victim_row), .max = EVENTS_MAX,
};

static int order(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_time(const void *a, const void *b)
{
	const struct inquest_neighbour *x = *(void *const *)a, *y = *(void *const *)b;
	int o = order(x->mono_us, y->mono_us);

	if (!o)
		o = order(x->wall_us, y->wall_us);
	return o ? o : order(x->event_id, y->event_id);
}

static int by_event(const void *a, const void *b)
{
	const struct victim_row *x = *(void *const *)a, *y = *(void *const *)b;

	return order(x->event_id, y->event_id);
}

static int key_event(const void *key, const void *b)
{
	return order(*(const int64_t *)key, (*(struct victim_row *const *)b)->event_id);
}

/* The first of an event's victims; VICTIMS sorted by event, stable by chance of
 * their order in the view is not asked for: any of them stands for a group kill. */
static void add_victim(struct inquest_neighbour *n, const struct iq_row_list *victims)
{
	void **at = victims->n ? bsearch(&n->event_id, victims->p, victims->n,
					 sizeof(*victims->p), key_event) : NULL;

	n->victim_pid = n->victim_anon_bytes = IQ_NULL;
	if (!at)
		return;
	const struct victim_row *v = *at;
	n->victim_pid = v->pid;
	n->victim_comm = v->comm;
	n->victim_cgroup = v->cgroup;
	n->victim_unit = v->unit;
	n->victim_container = v->container;
	n->victim_anon_bytes = v->anon_rss_bytes;
}

static int load(struct iq_desk *d, int64_t boot_id, struct iq_err *err)
{
	struct iq_neighbours *n = &d->neighbours;
	struct iq_row_list victims;

	iq_arena_reset(&n->arena);
	n->boot_id = IQ_NULL;
	if (iq_rows_load(&d->rows, &event_shape, boot_id, &n->arena, &n->list, err) ||
	    iq_rows_load(&d->rows, &victim_shape, boot_id, &n->arena, &victims, err))
		return -1;
	if (victims.n)
		qsort(victims.p, victims.n, sizeof(*victims.p), by_event);
	for (size_t i = 0; i < n->list.n; i++)
		add_victim(n->list.p[i], &victims);
	if (n->list.n)
		qsort(n->list.p, n->list.n, sizeof(*n->list.p), by_time);
	n->boot_id = boot_id;
	return 0;
}

void iq_desk_forget(struct iq_desk *d)
{
	d->neighbours.boot_id = IQ_NULL;
}

int iq_desk_neighbours(struct iq_desk *d, const struct inquest_event *event,
		       struct iq_row_list *ret, size_t *ret_self, struct iq_err *err)
{
	struct inquest_neighbour key = {
		.event_id = event->event_id, .wall_us = event->wall_us,
		.mono_us = event->mono_us,
	};
	void *at = &key, **found;

	*ret = (struct iq_row_list){ NULL, 0 };
	*ret_self = 0;
	if (event->boot_id == IQ_NULL)
		return 0;
	if (d->neighbours.boot_id != event->boot_id && load(d, event->boot_id, err))
		return -1;
	*ret = d->neighbours.list;
	found = ret->n ? bsearch(&at, ret->p, ret->n, sizeof(*ret->p), by_time) : NULL;
	*ret_self = found ? (size_t)(found - ret->p) : ret->n;
	return 0;
}
