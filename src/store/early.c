/* store/early.c - rows that are written while the capture is still being read.  See
 * place.h.
 *
 * Into a store in memory that holds nothing yet, the rows that hang on a snapshot
 * (tasks, zones, counters: nearly all of a log of OOM reports) can go in the first pass
 * already, while the child reads on: their snapshot and member will get the rowids
 * 1, 2, 3 ... in the order of their indexes.  That is foreseen, not known.  Where it
 * comes otherwise (a report twice in the capture, a reference to nothing), or where a
 * row would have to be refused, all early rows go again and the second pass writes
 * them like the others.
 */
#include <stdio.h>

#include "store/place.h"

static bool is_early(enum iq_fact_type type)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	bool hangs = false;
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++) {
		if (c->kind != IQ_COL_REF)
			continue;
		if (c->target != IQ_FACT_SNAPSHOT && c->target != IQ_FACT_MEMBER)
			return false;
		hangs |= c->target == IQ_FACT_SNAPSHOT;
	}
	return hangs && !iq_store_extra[type][0];
}

uint64_t iq_early_types(void)
{
	uint64_t types = 0;
	_Static_assert(IQ_FACT_MAX <= 64, "a bit per type");
	for (unsigned t = 0; t < IQ_FACT_MAX; t++)
		types |= (uint64_t)is_early(t) << t;
	return types;
}

static int give_up(struct iq_place *p)
{
	char sql[80];
	uint64_t types = p->early;
	p->early = 0;
	p->bulk.n = 0;
	iq_arena_reset(&p->bulk.texts);
	for (unsigned t = 0; t < IQ_FACT_MAX; t++) {
		if (!(types >> t & 1))
			continue;
		snprintf(sql, sizeof sql, "DELETE FROM \"%s\"", iq_fact_descs[t].name);
		if (iq_store_exec(p->s, sql, p->err) < 0)
			return -1;
	}
	return 0;
}

/* False: rest.c would refuse the row. */
static bool foresee(struct iq_place *p, const struct iq_column *c, void *fact)
{
	if (c->kind == IQ_COL_TEXT)
		return !iq_fact_text(fact, c)->p ||
		       iq_fact_text(fact, c)->n <= IQ_STORE_TEXT_MAX;
	if (c->kind != IQ_COL_REF)
		return true;
	int64_t *id = iq_fact_int(fact, c);
	if (*id == IQ_NULL)
		return c->target == IQ_FACT_MEMBER;
	uint32_t at = iq_place_mention(iq_place_map(p, c->target), *id);
	*id = (int64_t)at + 1;
	return at != IQ_NONE;
}

int iq_early_write(struct iq_place *p, enum iq_fact_type type, void *fact)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++)
		if (!foresee(p, c, fact))
			return give_up(p);
	return iq_rest_put(p, type, fact);
}

static bool in_order(const struct iq_idmap *m)
{
	for (uint32_t i = 0; i < m->n; i++)
		if (((const struct iq_entry *)iq_idmap_at(m, i))->rowid != (int64_t)i + 1)
			return false;
	return true;
}

/* Between the passes, when snapshots and members have their rows. */
int iq_early_settle(struct iq_place *p)
{
	if (!p->early)
		return 0;
	if (!in_order(&p->snapshots) || !in_order(&p->members))
		return give_up(p);
	p->src->unwanted = p->early;
	return iq_rest_flush(p);
}
