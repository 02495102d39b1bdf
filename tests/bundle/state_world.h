/* tests/bundle/state_world.h - members of a bundle that show the state of a machine, given
 * one by one and put together: what test_state.c and test_state_units.c begin with.
 */
#ifndef TESTS_BUNDLE_STATE_WORLD_H
#define TESTS_BUNDLE_STATE_WORLD_H

#include <stdio.h>

#include "../parse/t_sink.h"

#include "bundle/state.h"

struct world {
	struct iq_state *s;
	struct t_facts facts;
	struct iq_state_frame frame;
	int64_t members;
};

static inline void start(struct world *w)
{
	memset(w, 0, sizeof *w);
	w->s = iq_state_new();
	assert_non_null(w->s);
	t_init(&w->facts);
	w->frame = (struct iq_state_frame){ .snapshot_id = 7, .host_id = 3,
					    .page_size = IQ_NULL, .zone_us = IQ_NULL,
					    .boot_us = IQ_NULL };
}

/* In blocks of STEP bytes. */
static inline int64_t give_by(struct world *w, const char *path, struct iq_slice text, size_t step)
{
	struct iq_state_file f;

	assert_true(iq_state_file(iq_slice_z(path), &f));
	iq_state_begin(w->s, &f, ++w->members, 1);
	while (text.n && iq_state_feed(w->s, iq_head(text, step)) == 0)
		text = iq_from(text, step);
	int64_t n = iq_state_end(w->s, false);
	assert_true(n >= 0);
	return n;
}

static inline int64_t give(struct world *w, const char *path, const char *text)
{
	return give_by(w, path, iq_slice_z(text), 4096);
}

static inline void put(struct world *w)
{
	struct iq_err err;

	iq_state_settle_page_size(w->s, &w->frame);
	assert_int_equal(iq_state_put(w->s, &w->frame, &w->facts.sink, &err), 0);
}

static inline void end(struct world *w)
{
	t_fini(&w->facts);
	iq_state_free(w->s);
}

#define N(w, TYPE) ((w)->facts.n[IQ_FACT_##TYPE])
#define AT(w, TYPE, type, i) ((const struct iq_##type *)(w)->facts.v[IQ_FACT_##TYPE][i])

static inline const struct iq_task *task(struct world *w, int64_t pid)
{
	for (size_t i = 0; i < N(w, TASK); i++)
		if (AT(w, TASK, task, i)->pid == pid)
			return AT(w, TASK, task, i);
	return NULL;
}

static inline const struct iq_unit *unit(struct world *w, const char *name)
{
	for (size_t i = 0; i < N(w, UNIT); i++)
		if (iq_eq(AT(w, UNIT, unit, i)->name, iq_slice_z(name)))
			return AT(w, UNIT, unit, i);
	return NULL;
}

static inline const struct iq_cgroup *group(struct world *w, const char *path)
{
	for (size_t i = 0; i < N(w, CGROUP); i++)
		if (iq_eq(AT(w, CGROUP, cgroup, i)->path, iq_slice_z(path)))
			return AT(w, CGROUP, cgroup, i);
	return NULL;
}

#define TEXT_IS(got, z) assert_true(iq_eq(got, iq_slice_z(z)))

#endif
