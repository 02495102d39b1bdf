/* text/glue.c - see glue.h */
#include "text/glue.h"

#include "base/limits.h"
#include "base/units.h"

void iq_glue_init(struct iq_glue *g, int (*emit)(void *, const struct iq_record *,
						  struct iq_err *), void *arg)
{
	*g = (struct iq_glue){ .emit = emit, .arg = arg };
}

void iq_glue_fini(struct iq_glue *g)
{
	for (size_t i = 0; i < IQ_GLUE_OPEN; i++)
		iq_buf_fini(&g->slot[i].text);
}

/* What a record of its own can make up is waited for while others pass. */
static bool waits(const struct iq_open_line *o)
{
	return o->need != IQ_NEED_NOTHING && o->need != IQ_NEED_FIGURES &&
	       o->need != IQ_NEED_ROW;
}

/* Takes slot AT out of the row; its buffer is used again. */
static void vacate(struct iq_glue *g, size_t at)
{
	struct iq_buf text = g->slot[at].text;
	g->n_needy -= waits(&g->slot[at]);
	g->n--;
	memmove(&g->slot[at], &g->slot[at + 1], (g->n - at) * sizeof *g->slot);
	g->slot[g->n].text = text;
	g->last = NULL;
}

/* Hands out slot AT.  The slot is free before the callback runs. */
static int release(struct iq_glue *g, size_t at, struct iq_err *err)
{
	struct iq_open_line line = g->slot[at];
	line.rec.text = iq_buf_as_slice(&line.text);
	line.text.n = iq_mend(line.text.p, line.text.n);
	line.rec.text.n = line.text.n;
	if (line.rec.ident.p)
		line.rec.ident.p = line.ident;
	vacate(g, at);
	return g->emit(g->arg, &line.rec, err);
}

static bool same_source(const struct iq_record *a, const struct iq_record *b)
{
	return a->host_no == b->host_no && a->kernel == b->kernel &&
	       a->caller_kind == b->caller_kind && a->caller == b->caller;
}

static bool same_time(const struct iq_record *a, const struct iq_record *b)
{
	int64_t off = 0;
	if (a->mono_us != IQ_NULL && b->mono_us != IQ_NULL)
		off = b->mono_us - a->mono_us;
	else if (a->wall_us != IQ_NULL && b->wall_us != IQ_NULL)
		off = b->wall_us - a->wall_us;
	return off >= -IQ_USEC && off <= IQ_USEC;
}

static void set_need(struct iq_glue *g, struct iq_open_line *o, enum iq_need need)
{
	g->n_needy -= waits(o);
	o->need = need;
	g->n_needy += waits(o);
}

static int append(struct iq_glue *g, struct iq_open_line *o, struct iq_slice more,
		  bool blank, int64_t line, size_t columns, struct iq_err *err)
{
	if (o->need == IQ_NEED_FOLD && o->text.n)
		o->text.n--;			/* the backslash */
	if (blank)
		iq_buf_char(&o->text, ' ');
	if (o->text.n < IQ_LINE_MAX_BYTES)
		iq_buf_slice(&o->text, iq_head(more, IQ_LINE_MAX_BYTES - o->text.n));
	else
		o->rec.flags |= IQ_REC_CUT;
	if (o->text.failed)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	o->rec.flags |= IQ_REC_JOINED;
	o->rec.last_line = line;
	o->columns = columns;
	/* numbers of a torn lowmem_reserve[] and terms of stats have no last one */
	if (o->need != IQ_NEED_RESERVE && o->need != IQ_NEED_STATS)
		set_need(g, o, iq_need_of(iq_buf_as_slice(&o->text)));
	g->last = o;
	return 0;
}

/* Lets go what REC, which begins a line, shows to be whole. */
static int make_way(struct iq_glue *g, const struct iq_record *rec, struct iq_err *err)
{
	for (size_t i = 0; i < g->n;) {
		struct iq_open_line *o = &g->slot[i];
		if (waits(o) && !same_source(&o->rec, rec) &&
		    g->passed - o->opened <= IQ_GLUE_WAIT) {
			i++;
			continue;
		}
		if (release(g, i, err))
			return -1;
	}
	return g->n == IQ_GLUE_OPEN ? release(g, 0, err) : 0;
}

int iq_glue_meet(struct iq_glue *g, const struct iq_record *rec, size_t columns,
		 struct iq_err *err)
{
	g->passed++;
	for (size_t i = 0; i < g->n; i++) {
		struct iq_open_line *o = &g->slot[i];
		struct iq_slice have = iq_buf_as_slice(&o->text);
		if (!waits(o) || !same_source(&o->rec, rec) || !same_time(&o->rec, rec) ||
		    !iq_need_fits(o->need, have, rec->text, false))
			continue;
		return append(g, o, rec->text, iq_seam_blank(have, rec->text),
			      rec->last_line, columns, err) ? -1 : 1;
	}
	return make_way(g, rec, err);
}

int iq_glue_meet_bare(struct iq_glue *g, const struct iq_record *rec, struct iq_err *err)
{
	g->passed++;
	return make_way(g, rec, err);
}

int iq_glue_open(struct iq_glue *g, const struct iq_record *rec, enum iq_need need,
		 size_t columns, struct iq_err *err)
{
	struct iq_open_line *o = &g->slot[g->n];
	iq_buf_reset(&o->text);
	iq_buf_slice(&o->text, iq_head(rec->text, IQ_LINE_MAX_BYTES));
	if (o->text.failed)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	o->rec = *rec;
	if (rec->ident.p) {
		o->rec.ident = iq_head(rec->ident, IQ_IDENT_MAX);
		memcpy(o->ident, rec->ident.p, o->rec.ident.n);
	}
	o->need = need;
	o->columns = columns;
	o->opened = g->passed;
	g->n_needy += waits(o);
	g->last = o;
	g->n++;
	return 0;
}

int iq_glue_append(struct iq_glue *g, struct iq_slice more, bool blank, int64_t line,
		   size_t columns, struct iq_err *err)
{
	g->passed++;
	return append(g, g->last, more, blank, line, columns, err);
}

int iq_glue_pass(struct iq_glue *g, struct iq_err *err)
{
	g->passed++;
	g->last = NULL;
	for (size_t i = 0; i < g->n;) {
		struct iq_open_line *o = &g->slot[i];
		if (waits(o) && g->passed - o->opened <= IQ_GLUE_WAIT)
			i++;
		else if (release(g, i, err))
			return -1;
	}
	return 0;
}

int iq_glue_flush(struct iq_glue *g, struct iq_err *err)
{
	while (g->n)
		if (release(g, 0, err))
			return -1;
	g->last = NULL;
	return 0;
}

void iq_glue_drop_last(struct iq_glue *g)
{
	if (g->last)
		vacate(g, (size_t)(g->last - g->slot));
}
