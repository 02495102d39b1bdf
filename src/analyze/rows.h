/* analyze/rows.h - rows of a view into structs, by column name.
 *
 * A shape says which column of which view goes to which member.  The statement is
 * prepared once per reader; a column that the view lacks reads as missing, so a
 * store of another step loads with less instead of not at all.  Structs and texts
 * live in the caller's arena.  Knows SQL, but not what the rows mean.
 */
#ifndef IQ_ANALYZE_ROWS_H
#define IQ_ANALYZE_ROWS_H

#include <sqlite3.h>

#include "base/arena.h"
#include "base/err.h"

struct iq_row_col {
	const char *name;
	uint16_t offset;
	bool text;			/* const char *, else int64_t */
};

struct iq_row_shape {
	const char *view;
	const char *where;		/* "event_id = ?1 ORDER BY ..." */
	const struct iq_row_col *cols;
	size_t n_cols;
	size_t size;			/* of the struct */
	size_t max;			/* rows beyond are left: a bound, not a rule */
};

#define IQ_ROW_INT(type, m) { #m, offsetof(struct type, m), false }
#define IQ_ROW_TEXT(type, m) { #m, offsetof(struct type, m), true }

struct iq_row_list {
	void **p;			/* array of pointers to structs */
	size_t n;
};

#define IQ_ROW_SHAPES_MAX 32

struct iq_row_reader {
	sqlite3 *db;
	sqlite3_stmt *stmt[IQ_ROW_SHAPES_MAX];
	const struct iq_row_shape *shape[IQ_ROW_SHAPES_MAX];
	size_t n;
};

void iq_rows_init(struct iq_row_reader *r, sqlite3 *db);
void iq_rows_fini(struct iq_row_reader *r);

/* All rows whose WHERE holds for ID. */
int iq_rows_load(struct iq_row_reader *r, const struct iq_row_shape *shape, int64_t id,
		 struct iq_arena *arena, struct iq_row_list *ret, struct iq_err *err);

#endif
