/* analyze/query.c - a plugin's SQL (host.h, inquest/plugin.h). */
#include <math.h>
#include <stdio.h>

#include "analyze/host.h"
#include "model/facts.h"

struct inquest_query *iq_host_prepare(struct inquest_ctx *ctx, const char *sql)
{
	struct inquest_query *q = iq_arena_alloc(&ctx->arena, sizeof(*q));
	struct iq_err err = { 0 };

	if (!q || !sql) {
		iq_ctx_error(ctx, "%s", q ? "no SQL" : "out of memory");
		return NULL;
	}
	if (iq_desk_prepare(ctx->desk, sql, &q->s, &err)) {
		iq_ctx_error(ctx, "%s", err.text);
		return NULL;
	}
	q->ctx = ctx;
	q->next = ctx->queries;
	ctx->queries = q;
	return q;
}

static int parameter(struct inquest_query *q, const char *name)
{
	int at = q && q->s && name ? sqlite3_bind_parameter_index(q->s->st, name) : 0;

	if (!at && q)
		iq_ctx_error(q->ctx, "the statement has no parameter %s",
			     name ? name : "(null)");
	return at;
}

static int result(struct inquest_query *q, int rc)
{
	if (rc == SQLITE_OK)
		return 0;
	iq_ctx_error(q->ctx, "%s", sqlite3_errmsg(q->ctx->desk->db));
	return -1;
}

int iq_host_bind_int(struct inquest_query *q, const char *name, int64_t v)
{
	int at = parameter(q, name);

	if (!at)
		return -1;
	return result(q, v == IQ_NULL ? sqlite3_bind_null(q->s->st, at)
				      : sqlite3_bind_int64(q->s->st, at, v));
}

int iq_host_bind_text(struct inquest_query *q, const char *name, const char *v)
{
	int at = parameter(q, name);

	if (!at)
		return -1;
	return result(q, v ? sqlite3_bind_text(q->s->st, at, v, -1, SQLITE_TRANSIENT)
			   : sqlite3_bind_null(q->s->st, at));
}

int iq_host_step(struct inquest_query *q)
{
	int rc = q && q->s ? sqlite3_step(q->s->st) : SQLITE_MISUSE;

	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	if (q)
		iq_ctx_error(q->ctx, "%s", sqlite3_errmsg(q->ctx->desk->db));
	return -1;
}

int iq_host_column_count(struct inquest_query *q)
{
	return q && q->s ? sqlite3_column_count(q->s->st) : 0;
}

static bool there(struct inquest_query *q, int i)
{
	return i >= 0 && i < iq_host_column_count(q);
}

const char *iq_host_column_name(struct inquest_query *q, int i)
{
	return there(q, i) ? sqlite3_column_name(q->s->st, i) : NULL;
}

static bool is_null(struct inquest_query *q, int i)
{
	return !there(q, i) || sqlite3_column_type(q->s->st, i) == SQLITE_NULL;
}

int64_t iq_host_column_int(struct inquest_query *q, int i)
{
	return is_null(q, i) ? IQ_NULL : sqlite3_column_int64(q->s->st, i);
}

double iq_host_column_real(struct inquest_query *q, int i)
{
	return is_null(q, i) ? (double)NAN : sqlite3_column_double(q->s->st, i);
}

/* SQLite's own buffer would be gone at the next step. */
const char *iq_host_column_text(struct inquest_query *q, int i)
{
	if (is_null(q, i))
		return NULL;
	const char *z = (const char *)sqlite3_column_text(q->s->st, i);
	return z ? iq_arena_copy(&q->ctx->arena, iq_slice_z(z)).p : NULL;
}

void iq_host_finalize(struct inquest_query *q)
{
	if (!q || !q->s)
		return;
	iq_desk_release(q->s);
	q->s = NULL;
}
