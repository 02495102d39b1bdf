/* tests/parse/t_sink.h - a sink that keeps what it is given, for the tests of parse/.
 *
 * Texts are copied, so a parser that hands out slices into freed memory is found out by
 * the sanitizers at the time of putting.
 */
#ifndef IQ_T_SINK_H
#define IQ_T_SINK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/arena.h"
#include "model/facts.h"
#include "text/record.h"

struct t_facts {
	struct iq_sink sink;		/* first: the sink is cast back */
	struct iq_arena mem;
	void **v[IQ_FACT_MAX];
	size_t n[IQ_FACT_MAX];
};

static inline int t_put(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
			struct iq_err *err)
{
	struct t_facts *t = (struct t_facts *)sink;
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	(void)err;
	void *copy = iq_arena_alloc(&t->mem, d->size);
	assert_non_null(copy);
	memcpy(copy, fact, d->size);
	for (size_t i = 0; i < d->n_columns; i++)
		if (d->columns[i].kind == IQ_COL_TEXT) {
			struct iq_slice *s = iq_fact_text(copy, &d->columns[i]);
			*s = iq_arena_copy(&t->mem, *s);
		}
	t->v[type] = realloc(t->v[type], (t->n[type] + 1) * sizeof *t->v[type]);
	assert_non_null(t->v[type]);
	t->v[type][t->n[type]++] = copy;
	return 0;
}

static inline void t_init(struct t_facts *t)
{
	memset(t, 0, sizeof *t);
	t->sink.put = t_put;
	iq_arena_init(&t->mem);
}

static inline void t_fini(struct t_facts *t)
{
	for (int i = 0; i < IQ_FACT_MAX; i++)
		free(t->v[i]);
	iq_arena_fini(&t->mem);
}

/* The I-th fact of a kind; fails the test if there is none. */
#define T_FACT(t, type, name, i) \
	((const struct iq_##name *)t_fact((t), IQ_FACT_##type, (i)))
static inline const void *t_fact(const struct t_facts *t, enum iq_fact_type type, size_t i)
{
	if (i >= t->n[type])
		fail_msg("%s %zu: there are %zu", iq_fact_descs[type].name, i, t->n[type]);
	return t->v[type][i];
}

static inline void t_text(struct iq_slice got, const char *want)
{
	if (!want) {
		if (got.p)
			fail_msg("expected none, got \"%.*s\"", IQ_FMT(got));
	} else if (!got.p || !iq_eq(got, iq_slice_z(want))) {
		fail_msg("expected \"%s\", got \"%.*s\"", want, IQ_FMT(got));
	}
}

static inline struct iq_record t_record(const char *text, int64_t line)
{
	return (struct iq_record){
		.text = iq_slice_z(text), .kernel = true, .first_line = line,
		.last_line = line, .wall_us = IQ_NULL, .mono_us = IQ_NULL,
		.ident_pid = IQ_NULL, .level = -1, .facility = -1,
	};
}

#endif
