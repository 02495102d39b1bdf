/* analyze/desk.c - the guarded connection and its statements (host.h). */
#include "analyze/host.h"

#include <stdlib.h>
#include <strings.h>

#include "model/facts.h"

void iq_desk_init(struct iq_desk *d, sqlite3 *db)
{
	*d = (struct iq_desk){ .db = db, .neighbours = { .boot_id = IQ_NULL } };
	iq_rows_init(&d->rows, db);
	iq_arena_init(&d->neighbours.arena);
}

void iq_desk_fini(struct iq_desk *d)
{
	iq_rows_fini(&d->rows);
	for (size_t i = 0; i < d->n_statements; i++) {
		sqlite3_finalize(d->statements[i].st);
		free(d->statements[i].sql);
	}
	d->n_statements = 0;
	iq_arena_fini(&d->neighbours.arena);
}

static bool is_view(const char *name)
{
	return name && !strncasecmp(name, "v1_", 3);
}

/* Reading is allowed where it happens through a view: INNER is the view that the
 * access stands in.  A read of no column ("") is what is left of count(*) over a
 * view. */
static int authorize(void *arg, int what, const char *a, const char *b, const char *schema,
		     const char *inner)
{
	(void)arg;
	(void)schema;
	switch (what) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_READ:
		if (is_view(a) || is_view(inner) || (b && !*b))
			return SQLITE_OK;
		return a && (!strcmp(a, "json_each") || !strcmp(a, "json_tree"))
			? SQLITE_OK : SQLITE_DENY;
	case SQLITE_FUNCTION:
		return b && !strcasecmp(b, "load_extension") ? SQLITE_DENY : SQLITE_OK;
	default:
		return SQLITE_DENY;
	}
}

int iq_desk_guard(sqlite3 *db, struct iq_err *err)
{
	/* A table-valued function is set up at its first use, and that looks like CREATE
	 * TABLE to the authorizer. */
	static const char first[] = "PRAGMA query_only = 1;"
		"SELECT 1 FROM json_each('[]'); SELECT 1 FROM json_tree('[]')";

	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	if (sqlite3_exec(db, first, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_set_authorizer(db, authorize, NULL) != SQLITE_OK)
		return iq_err_set(err, IQ_E_STORE, "guarding the store: %s",
				  sqlite3_errmsg(db));
	return 0;
}

static struct iq_desk_statement *find_statement(struct iq_desk *d, const char *sql)
{
	for (size_t i = 0; i < d->n_statements; i++) {
		struct iq_desk_statement *s = &d->statements[i];
		if (!s->busy && s->sql && !strcmp(s->sql, sql))
			return s;
	}
	return NULL;
}

/* A free slot: a new one, or the first that nobody uses. */
static struct iq_desk_statement *find_slot(struct iq_desk *d)
{
	if (d->n_statements < IQ_DESK_STATEMENTS) {
		struct iq_desk_statement *s = &d->statements[d->n_statements++];
		*s = (struct iq_desk_statement){ NULL, NULL, false };
		return s;
	}
	for (size_t i = 0; i < d->n_statements; i++) {
		struct iq_desk_statement *s = &d->statements[i];
		if (s->busy)
			continue;
		sqlite3_finalize(s->st);
		free(s->sql);
		*s = (struct iq_desk_statement){ NULL, NULL, false };
		return s;
	}
	return NULL;
}

/* Nothing but blanks, comments and semicolons? */
static bool only_blank(sqlite3 *db, const char *tail)
{
	sqlite3_stmt *st = NULL;
	bool blank = sqlite3_prepare_v2(db, tail, -1, &st, &tail) == SQLITE_OK && !st &&
		     !*tail;

	sqlite3_finalize(st);
	return blank;
}

int iq_desk_prepare(struct iq_desk *d, const char *sql, struct iq_desk_statement **ret,
		    struct iq_err *err)
{
	struct iq_desk_statement *s = find_statement(d, sql);
	const char *tail = "";

	if (!s) {
		s = find_slot(d);
		if (!s)
			return iq_err_set(err, IQ_E_LIMIT, "more than %d statements at once",
					  IQ_DESK_STATEMENTS);
		if (sqlite3_prepare_v3(d->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->st,
				       &tail) != SQLITE_OK)
			return iq_err_set(err, IQ_E_STORE, "%s", sqlite3_errmsg(d->db));
		if (!s->st || (*tail && !only_blank(d->db, tail)) ||
		    !sqlite3_stmt_readonly(s->st)) {
			const char *why = !s->st ? "there is no statement"
				: "one SELECT, and nothing else";
			sqlite3_finalize(s->st);
			s->st = NULL;
			return iq_err_set(err, IQ_E_USAGE, "%s", why);
		}
		s->sql = strdup(sql);
		if (!s->sql) {
			sqlite3_finalize(s->st);
			s->st = NULL;
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
		}
	}
	s->busy = true;
	*ret = s;
	return 0;
}

void iq_desk_release(struct iq_desk_statement *s)
{
	sqlite3_reset(s->st);
	sqlite3_clear_bindings(s->st);
	s->busy = false;
}
