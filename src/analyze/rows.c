/* analyze/rows.c - see rows.h. */
#include "analyze/rows.h"

#include "base/buf.h"
#include "model/facts.h"

void iq_rows_init(struct iq_row_reader *r, sqlite3 *db)
{
	*r = (struct iq_row_reader){ .db = db };
}

void iq_rows_fini(struct iq_row_reader *r)
{
	for (size_t i = 0; i < r->n; i++)
		sqlite3_finalize(r->stmt[i]);
	r->n = 0;
}

static int sql_error(struct iq_row_reader *r, const char *view, struct iq_err *err)
{
	return iq_err_set(err, IQ_E_STORE, "reading %s: %s", view, sqlite3_errmsg(r->db));
}

/* Appends the column list: NULL for what the view does not have. */
static int add_columns(struct iq_row_reader *r, const struct iq_row_shape *shape,
		       struct iq_buf *sql, struct iq_err *err)
{
	struct iq_buf probe;
	sqlite3_stmt *st = NULL;

	iq_buf_init(&probe);
	iq_buf_printf(&probe, "SELECT * FROM %s LIMIT 0", shape->view);
	int rc = sqlite3_prepare_v2(r->db, probe.p ? probe.p : "", -1, &st, NULL);
	iq_buf_fini(&probe);
	if (rc != SQLITE_OK)
		return sql_error(r, shape->view, err);
	for (size_t i = 0; i < shape->n_cols; i++) {
		bool there = false;
		for (int c = 0; c < sqlite3_column_count(st) && !there; c++)
			there = !strcmp(sqlite3_column_name(st, c), shape->cols[i].name);
		iq_buf_printf(sql, "%s%s", i ? ", " : "",
			      there ? shape->cols[i].name : "NULL");
	}
	sqlite3_finalize(st);
	return 0;
}

static int prepare(struct iq_row_reader *r, const struct iq_row_shape *shape,
		   sqlite3_stmt **ret, struct iq_err *err)
{
	struct iq_buf sql;

	for (size_t i = 0; i < r->n; i++) {
		if (r->shape[i] == shape) {
			*ret = r->stmt[i];
			return 0;
		}
	}
	if (r->n == IQ_ROW_SHAPES_MAX)
		return iq_err_set(err, IQ_E_BUG, "too many shapes");
	iq_buf_init(&sql);
	iq_buf_str(&sql, "SELECT ");
	if (add_columns(r, shape, &sql, err)) {
		iq_buf_fini(&sql);
		return -1;
	}
	iq_buf_printf(&sql, " FROM %s WHERE %s LIMIT %zu", shape->view, shape->where,
		      shape->max);
	int rc = sql.failed ? SQLITE_NOMEM :
		sqlite3_prepare_v3(r->db, sql.p, -1, SQLITE_PREPARE_PERSISTENT,
				   &r->stmt[r->n], NULL);
	iq_buf_fini(&sql);
	if (rc != SQLITE_OK)
		return sql_error(r, shape->view, err);
	r->shape[r->n] = shape;
	*ret = r->stmt[r->n++];
	return 0;
}

/* A text without its bytes after a NUL: plugins get C strings. */
static const char *copy_text(struct iq_arena *arena, sqlite3_value *v)
{
	const char *z = (const char *)sqlite3_value_text(v);

	return z ? iq_arena_copy(arena, iq_slice_z(z)).p : NULL;
}

/* One sqlite3_column_value() a cell: each sqlite3_column_*() locks and unlocks. */
static void *read_row(const struct iq_row_shape *shape, sqlite3_stmt *st,
		      struct iq_arena *arena)
{
	char *row = iq_arena_alloc(arena, shape->size);

	for (size_t i = 0; row && i < shape->n_cols; i++) {
		const struct iq_row_col *col = &shape->cols[i];
		sqlite3_value *cell = sqlite3_column_value(st, (int)i);
		void *at = row + col->offset;
		bool null = sqlite3_value_type(cell) == SQLITE_NULL;

		if (col->text) {
			const char *z = null ? NULL : copy_text(arena, cell);
			if (!null && !z)
				return NULL;
			memcpy(at, &z, sizeof(z));
		} else {
			int64_t v = null ? IQ_NULL : sqlite3_value_int64(cell);
			memcpy(at, &v, sizeof(v));
		}
	}
	return row;
}

static bool push(struct iq_arena *arena, struct iq_row_list *list, size_t *cap, void *row)
{
	if (list->n == *cap) {
		size_t more = *cap ? *cap * 2 : 8;
		void **p = iq_arena_alloc(arena, more * sizeof(*p));
		if (!p)
			return false;
		if (list->n)
			memcpy(p, list->p, list->n * sizeof(*p));
		list->p = p;
		*cap = more;
	}
	list->p[list->n++] = row;
	return true;
}

int iq_rows_load(struct iq_row_reader *r, const struct iq_row_shape *shape, int64_t id,
		 struct iq_arena *arena, struct iq_row_list *ret, struct iq_err *err)
{
	struct iq_row_list list = { NULL, 0 };
	sqlite3_stmt *st = NULL;
	size_t cap = 0;
	int rc;

	if (prepare(r, shape, &st, err))
		return -1;
	sqlite3_bind_int64(st, 1, id);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		void *row = read_row(shape, st, arena);
		if (!row || !push(arena, &list, &cap, row)) {
			sqlite3_reset(st);
			return iq_err_set(err, IQ_E_NOMEM, "out of memory reading %s",
					  shape->view);
		}
	}
	sqlite3_reset(st);
	if (rc != SQLITE_DONE)
		return sql_error(r, shape->view, err);
	*ret = list;
	return 0;
}
