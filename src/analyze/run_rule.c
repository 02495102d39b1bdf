/* analyze/run_rule.c - running one SQL rule for one event or host (host.h, rule.h). */
#include <stdio.h>

#include "analyze/host.h"
#include "base/units.h"
#include "model/facts.h"

/* Columns that make evidence; the others fill holes. */
enum { EV_CAPTURE, EV_MEMBER, EV_LINE, EV_TEXT, EV_VIEW, EV_ROW, EV_COLUMNS };
static const char *const evidence_names[EV_COLUMNS] = {
	"capture_id", "member", "line", "text", "view_name", "row_id",
};

static bool append_value(void *arg, struct iq_slice column, struct iq_slice format,
			 struct iq_buf *out)
{
	struct inquest_query *q = arg;

	for (int i = 0; i < iq_host_column_count(q); i++) {
		sqlite3_stmt *st = q->s->st;
		if (!iq_eq(column, iq_slice_z(sqlite3_column_name(st, i))))
			continue;
		int type = sqlite3_column_type(st, i);
		if (type == SQLITE_NULL)
			iq_buf_char(out, '?');
		else if (format.n)
			iq_human_bytes(out, sqlite3_column_int64(st, i));
		else if (type == SQLITE_FLOAT)
			iq_buf_printf(out, "%.4g", sqlite3_column_double(st, i));
		else
			iq_buf_str(out, (const char *)sqlite3_column_text(st, i));
		return true;
	}
	return false;
}

static const char *fill(struct inquest_ctx *ctx, struct inquest_query *q,
			struct iq_slice template, struct iq_err *err)
{
	struct iq_slice text;
	struct iq_buf b;

	iq_buf_init(&b);
	if (iq_rule_fill(template, append_value, q, &b, err)) {
		iq_buf_fini(&b);
		return NULL;
	}
	text = iq_arena_copy(&ctx->arena, iq_buf_as_slice(&b));
	iq_buf_fini(&b);
	if (!text.p)
		iq_err_set(err, IQ_E_NOMEM, "out of memory");
	return text.p;
}

/* From the first row: everything but the evidence. */
static struct inquest_finding *begin(struct inquest_ctx *ctx, struct inquest_query *q,
				     struct iq_err *err)
{
	const struct iq_rule *r = ctx->plugin->rule;
	struct inquest_finding *f;
	const char *z;

	f = iq_host_finding_new(ctx, (enum inquest_role)r->role, r->verdict.p,
				(enum inquest_severity)r->severity,
				(enum inquest_confidence)r->confidence, r->rule.p);
	if (!f || !(z = fill(ctx, q, r->title, err)))
		return NULL;
	iq_host_finding_title(f, "%s", z);
	if (r->explanation.p) {
		if (!(z = fill(ctx, q, r->explanation, err)))
			return NULL;
		iq_host_finding_explain(f, "%s", z);
	}
	if (r->holder.p)
		iq_host_finding_holder(f, r->holder.p);
	for (size_t i = 0; i < r->n_advice; i++) {
		if (!(z = fill(ctx, q, r->advice[i], err)))
			return NULL;
		iq_host_finding_advise(f, "%s", z);
	}
	for (size_t i = 0; i < r->n_missing; i++)
		iq_host_finding_missing(f, r->missing[i].what.p, r->missing[i].how.p);
	return f;
}

static void find_columns(struct inquest_query *q, int at[EV_COLUMNS])
{
	for (int e = 0; e < EV_COLUMNS; e++)
		at[e] = -1;
	for (int i = 0; i < iq_host_column_count(q); i++)
		for (int e = 0; e < EV_COLUMNS; e++)
			if (!strcmp(iq_host_column_name(q, i), evidence_names[e]))
				at[e] = i;
}

static void cite(struct inquest_query *q, const int at[EV_COLUMNS],
		 struct inquest_finding *f)
{
	const char *text = iq_host_column_text(q, at[EV_TEXT]);
	const char *view = iq_host_column_text(q, at[EV_VIEW]);
	struct inquest_line l = {
		.capture_id = iq_host_column_int(q, at[EV_CAPTURE]),
		.member = iq_host_column_text(q, at[EV_MEMBER]),
		.line = iq_host_column_int(q, at[EV_LINE]),
		.text = text,
	};

	if (view)
		iq_host_cite_row(f, view, iq_host_column_int(q, at[EV_ROW]), "%s",
				 text ? text : "");
	if (l.capture_id != IQ_NULL || (!view && text))
		iq_host_cite_line(f, &l);
}

static int failed(struct inquest_ctx *ctx, const char *why)
{
	snprintf(ctx->failure, sizeof(ctx->failure), "%.*s",
		 (int)sizeof(ctx->failure) - 1, why);
	return -1;
}

static int run_rule(struct inquest_ctx *ctx, const struct iq_rule *r)
{
	const char *name = ctx->c ? ":event_id" : ":host_id";
	struct inquest_finding *f = NULL;
	struct inquest_query *q = iq_host_prepare(ctx, r->sql);
	struct iq_err err = { 0 };
	int at[EV_COLUMNS], rc;

	if (!q || iq_host_bind_int(q, name, ctx->c ? ctx->c->event.event_id : ctx->host_id))
		return failed(ctx, ctx->error);
	find_columns(q, at);
	while ((rc = iq_host_step(q)) == 1) {
		if (!f && !(f = begin(ctx, q, &err)))
			return failed(ctx, err.text[0] ? err.text : ctx->error);
		cite(q, at, f);
	}
	iq_host_finalize(q);
	if (rc < 0 || (f && iq_host_finding_commit(f)))
		return failed(ctx, ctx->error);
	return 0;
}

/* The SELECTs of rules are long, and preparing all of them for a log that has no state of
 * the machine beside it takes longer than reading it. */
static int has_source(struct inquest_ctx *ctx, enum iq_rule_source source, bool *ret)
{
	struct iq_desk *d = ctx->desk;
	int rc = 0;

	if (!d->asked[source]) {
		struct inquest_query *q = iq_host_prepare(ctx, "SELECT 1 FROM v1_snapshot "
							  "WHERE source = :source LIMIT 1");
		rc = !q || iq_host_bind_text(q, ":source", iq_rule_source_name(source))
			? -1 : iq_host_step(q);
		iq_host_finalize(q);
		d->has[source] = rc == 1;
		d->asked[source] = rc >= 0;
	}
	*ret = d->has[source];
	return rc < 0 ? -1 : 0;
}

int iq_ctx_run_rule(struct inquest_ctx *ctx)
{
	const struct iq_rule *r = ctx->plugin->rule;
	bool there = true;

	if (r->needs && has_source(ctx, r->needs, &there))
		return failed(ctx, ctx->error);
	return there ? run_rule(ctx, r) : 0;
}
