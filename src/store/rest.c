/* store/rest.c - the second pass of an import: every fact that nothing refers to gets
 * its row.  See place.h.
 *
 * Rows that come by the hundred thousand (lines, tasks) wait until IQ_STORE_BULK_ROWS of one
 * kind are there and go in one statement; a fact's texts are the reader's and are
 * copied meanwhile.  Rows get their ids in the order of the facts all the same.
 */
#include "store/place.h"

enum fate { STORE, SKIP, REFUSE, FAIL };

/* Refers to an event whose report is not stored: only the sighting counts, and a
 * link to what is not part of the report. */
static bool falls_with_report(enum iq_fact_type type, const void *fact)
{
	if (type == IQ_FACT_SIGHTING)
		return false;
	return type != IQ_FACT_EVENT_SNAPSHOT ||
	       iq_eq(((const struct iq_event_snapshot *)fact)->role, IQ_LIT("report"));
}

static enum fate refuse(struct iq_place *p, enum iq_fact_type type, enum iq_refusal why)
{
	p->refused[type][why]++;
	return REFUSE;
}

/* Must the row have it?  What a row is followed to its capture by. */
static bool needed(enum iq_fact_type type, enum iq_fact_type target)
{
	switch (target) {
	case IQ_FACT_MEMBER:
		return type == IQ_FACT_LOG || type == IQ_FACT_TREND || type == IQ_FACT_SIGHTING ||
		       type == IQ_FACT_EVENT_LINE;
	case IQ_FACT_EVENT:
	case IQ_FACT_SNAPSHOT:
		return type != IQ_FACT_STACK;
	default:
		return false;
	}
}

static enum fate resolve(struct iq_place *p, enum iq_fact_type type, const void *fact,
			 const struct iq_column *c, int64_t *id)
{
	bool need = needed(type, c->target);
	if (*id == IQ_NULL && need && c->target == IQ_FACT_MEMBER) {
		*id = iq_place_default_member(p);
		return *id < 0 ? FAIL : STORE;
	}
	if (*id == IQ_NULL)
		return need ? refuse(p, type, IQ_REFUSED_NO_TARGET) : STORE;
	struct iq_idmap *m = iq_place_map(p, c->target);
	uint32_t at = m ? iq_idmap_find(m, *id) : IQ_NONE;
	const struct iq_entry *e = at == IQ_NONE ? NULL : iq_idmap_at(m, at);
	if ((!e || !e->present) && need)
		return refuse(p, type, IQ_REFUSED_NO_TARGET);
	if (!e || !e->present) {
		p->refused[type][IQ_CUT_REFERENCE]++;
		*id = IQ_NULL;
		return STORE;
	}
	if (c->target == IQ_FACT_SNAPSHOT && !((const struct iq_p_snapshot *)e)->wanted)
		return SKIP;
	if (c->target == IQ_FACT_EVENT && ((const struct iq_p_event *)e)->dropped &&
	    falls_with_report(type, fact))
		return SKIP;
	*id = e->rowid;
	return STORE;
}

/* One oom or crash an event. */
static bool is_second(struct iq_place *p, enum iq_fact_type type, int64_t event_id)
{
	uint32_t at = event_id == IQ_NULL ? IQ_NONE : iq_idmap_find(&p->events, event_id);
	if (at == IQ_NONE)
		return false;
	struct iq_p_event *e = iq_idmap_at(&p->events, at);
	bool *has = type == IQ_FACT_OOM ? &e->has_oom : &e->has_crash;
	bool second = *has;
	*has = true;
	return second;
}

/* What one kind of fact needs before its row is bound. */
static enum fate prepare_row(struct iq_place *p, enum iq_fact_type type, void *fact)
{
	static const char *const severities[] = { "note", "damage", "limit", "failed", NULL };
	switch (type) {
	case IQ_FACT_LOG: {
		struct iq_log *l = fact;
		uint32_t member = l->member_id == IQ_NULL
			? IQ_NONE : iq_idmap_find(&p->members, l->member_id);
		iq_place_time(p, type, member, iq_place_boot_index(p, l->boot_id),
			      (struct iq_p_time){ &l->wall_us, &l->wall_kind, &l->mono_us });
		return STORE;
	}
	case IQ_FACT_TREND: {
		struct iq_trend *t = fact;
		int64_t no_mono = IQ_NULL;
		uint32_t member = t->member_id == IQ_NULL
			? IQ_NONE : iq_idmap_find(&p->members, t->member_id);
		iq_place_time(p, type, member, IQ_NONE,
			      (struct iq_p_time){ &t->wall_us, &t->wall_kind, &no_mono });
		return STORE;
	}
	case IQ_FACT_OOM:
		return is_second(p, type, ((struct iq_oom *)fact)->event_id)
			? refuse(p, type, IQ_REFUSED_SECOND) : STORE;
	case IQ_FACT_CRASH:
		return is_second(p, type, ((struct iq_crash *)fact)->event_id)
			? refuse(p, type, IQ_REFUSED_SECOND) : STORE;
	case IQ_FACT_ISSUE: {
		struct iq_issue *i = fact;
		i->severity = iq_place_one_of(i->severity, severities, IQ_LIT("note"));
		return STORE;
	}
	default:
		return STORE;
	}
}

/* Makes references those of the store's rows: a fact is settled once. */
static enum fate settle(struct iq_place *p, enum iq_fact_type type, void *fact)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	bool followed = type != IQ_FACT_STACK;	/* a frame has a snapshot or an event */
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++) {
		if (c->kind == IQ_COL_TEXT && iq_fact_text(fact, c)->p &&
		    iq_fact_text(fact, c)->n > IQ_STORE_TEXT_MAX)
			return refuse(p, type, IQ_REFUSED_TOO_LONG);
		if (c->kind != IQ_COL_REF)
			continue;
		enum fate fate = resolve(p, type, fact, c, iq_fact_int(fact, c));
		if (fate != STORE)
			return fate;
		followed |= *iq_fact_int(fact, c) != IQ_NULL;
	}
	return followed ? STORE : refuse(p, type, IQ_REFUSED_NO_TARGET);
}

/* Binds a settled fact to the parameters behind AT. */
static int bind_row(struct iq_place *p, enum iq_fact_type type, void *fact,
		    sqlite3_stmt *st, int at)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	int rc = SQLITE_OK;
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++)
		if (c->kind == IQ_COL_TEXT)
			rc |= iq_store_bind_text(p->s, st, ++at, *iq_fact_text(fact, c));
		else
			iq_store_bind_int(st, ++at, *iq_fact_int(fact, c));
	for (size_t i = 0; i < 2 && iq_store_extra[type][i]; i++)
		sqlite3_bind_int64(st, ++at, p->capture_id);
	return rc == SQLITE_OK ? 0 : iq_place_no_memory(p);
}

/* --- one by one, and many at once --- */

/* N facts, each IQ_FACT_BYTES_MAX bytes behind the other. */
static int write_rows(struct iq_place *p, enum iq_fact_type type, char *facts, int n)
{
	sqlite3_stmt *st = iq_store_insert(p->s, type, n, p->err);
	if (!st)
		return -1;
	int per_row = sqlite3_bind_parameter_count(st) / n;
	for (int i = 0; i < n; i++)
		if (bind_row(p, type, facts + (size_t)i * IQ_FACT_BYTES_MAX, st, i * per_row) < 0)
			return -1;
	return iq_store_run(p->s, st, iq_fact_descs[type].name, p->err);
}

int iq_rest_flush(struct iq_place *p)
{
	struct iq_bulk *b = &p->bulk;
	int rc = 0;
	if (b->n == IQ_STORE_BULK_ROWS)
		rc = write_rows(p, b->type, b->facts[0].bytes, b->n);
	else
		for (int i = 0; i < b->n && rc == 0; i++)
			rc = write_rows(p, b->type, b->facts[i].bytes, 1);
	b->n = 0;
	iq_arena_reset(&b->texts);
	return rc;
}

static bool comes_in_runs(enum iq_fact_type type)
{
	return type == IQ_FACT_LOG || type == IQ_FACT_TREND || type == IQ_FACT_TASK ||
	       type == IQ_FACT_EVENT_LINE || type == IQ_FACT_COUNTER ||
	       type == IQ_FACT_FREE_LIST || type == IQ_FACT_STACK;
}

static int put_by(struct iq_place *p, enum iq_fact_type type, const void *fact)
{
	struct iq_bulk *b = &p->bulk;
	if (b->n && b->type != type && iq_rest_flush(p) < 0)
		return -1;
	b->type = type;
	if (iq_place_copy(p, &b->texts, type, b->facts[b->n++].bytes, fact) < 0)
		return -1;
	return b->n == IQ_STORE_BULK_ROWS ? iq_rest_flush(p) : 0;
}

int iq_rest_put(struct iq_place *p, enum iq_fact_type type, void *fact)
{
	return comes_in_runs(type) ? put_by(p, type, fact) : write_rows(p, type, fact, 1);
}

int iq_rest_write(struct iq_place *p, enum iq_fact_type type, void *fact)
{
	if (type == IQ_FACT_CAPTURE || iq_place_map(p, type) || p->early >> type & 1)
		return 0;
	enum fate fate = prepare_row(p, type, fact);
	if (fate == STORE)
		fate = settle(p, type, fact);
	if (fate != STORE)
		return fate == FAIL ? -1 : 0;
	return iq_rest_put(p, type, fact);
}
