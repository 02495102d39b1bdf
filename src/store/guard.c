/* store/guard.c - a user's SQL may read, and that is all.
 *
 * The authorizer stands for the life of the connection and lets our own statements
 * through; while a user's is compiled it knows only the actions below.  Installing
 * it anew each time would expire every prepared statement.  Tables of virtual
 * modules that do something when read (pragma_optimize) are refused by name.
 */
#include <stdio.h>

#include "store/internal.h"

/* Functions that reach outside, whoever may have registered them. */
static const char *const denied_functions[] = {
	"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "lsmode",
	"sqlite_attach", "sqlite_detach", "zeroblob_file",
};

/* Also as tables: pragma_table_info('v1_event'). */
static const char *const allowed_pragmas[] = {
	"table_info", "table_xinfo", "table_list", "index_list", "index_info",
	"index_xinfo", "foreign_key_list", "function_list", "collation_list",
	"compile_options", "database_list", "integrity_check", "quick_check",
	"foreign_key_check", "application_id", "user_version", "page_size", "page_count",
};

/* These set something when they have an argument. */
static const char *const settable_pragmas[] = {
	"application_id", "user_version", "page_size",
};

static const char *const denied_tables[] = {
	"fsdir", "zipfile", "sqlite_stmt", "bytecode", "tables_used",
};

#define IN(name, list) is_in(name, list, sizeof(list) / sizeof *(list))

static bool is_in(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; name && i < n; i++)
		if (sqlite3_stricmp(name, list[i]) == 0)
			return true;
	return false;
}

static bool table_allowed(const char *name)
{
	if (name && sqlite3_strnicmp(name, "pragma_", 7) == 0)
		return IN(name + 7, allowed_pragmas);
	return !IN(name, denied_tables);
}

static bool allowed(int action, const char *a, const char *b)
{
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return true;
	case SQLITE_READ:
		return table_allowed(a);
	case SQLITE_FUNCTION:
		return !IN(b, denied_functions);
	case SQLITE_PRAGMA:
		return IN(a, allowed_pragmas) && !(b && IN(a, settable_pragmas));
	case SQLITE_UPDATE:
		/* SQLite asks this when a table-valued function declares its columns.
		 * A true UPDATE of it ends at DEFENSIVE, and at sqlite3_stmt_readonly(). */
		return a && strcmp(a, "sqlite_master") == 0;
	default:
		return false;
	}
}

struct action_name { int action; const char *name; };

static const struct action_name action_names[] = {
	{ SQLITE_INSERT, "INSERT into" }, { SQLITE_UPDATE, "UPDATE of" },
	{ SQLITE_DELETE, "DELETE from" }, { SQLITE_ATTACH, "ATTACH of" },
	{ SQLITE_DETACH, "DETACH of" }, { SQLITE_PRAGMA, "PRAGMA" },
	{ SQLITE_TRANSACTION, "a transaction:" }, { SQLITE_SAVEPOINT, "a savepoint:" },
	{ SQLITE_FUNCTION, "the function" }, { SQLITE_READ, "the table" },
	{ SQLITE_ANALYZE, "ANALYZE of" }, { SQLITE_REINDEX, "REINDEX of" },
	{ SQLITE_ALTER_TABLE, "ALTER TABLE in" },
};

int iq_store_authorize(void *arg, int action, const char *a, const char *b,
		       const char *db, const char *from)
{
	struct iq_store *s = arg;
	(void)db;
	(void)from;
	if (!s->guarded || allowed(action, a, b))
		return SQLITE_OK;
	const char *what = "CREATE or DROP of";
	for (size_t i = 0; i < sizeof action_names / sizeof *action_names; i++)
		if (action_names[i].action == action)
			what = action_names[i].name;
	const char *name = action == SQLITE_FUNCTION ? b : a;
	if (!s->denied[0])
		snprintf(s->denied, sizeof s->denied, "%s %s", what, name ? name : "");
	return SQLITE_DENY;
}

int iq_store_prepare_readonly(struct iq_store *s, struct iq_slice sql, sqlite3_stmt **ret,
			      struct iq_slice *ret_tail, struct iq_err *err)
{
	sqlite3_stmt *st = NULL;
	const char *tail = NULL;
	if (sql.n > 1 << 20)
		return iq_err_set(err, IQ_E_USAGE, "SQL longer than 1 MiB");
	s->guarded = true;
	s->denied[0] = 0;
	int rc = sqlite3_prepare_v3(s->db, sql.n ? sql.p : "", (int)sql.n, 0, &st, &tail);
	s->guarded = false;
	if (rc != SQLITE_OK && s->denied[0])
		return iq_err_set(err, IQ_E_USAGE, "only reading is allowed here, not %s",
				  s->denied);
	if (rc == SQLITE_ERROR || (rc & 0xff) == SQLITE_TOOBIG)
		return iq_err_set(err, IQ_E_USAGE, "SQL: %s", sqlite3_errmsg(s->db));
	if (rc != SQLITE_OK)
		return iq_store_fail(s, err, "SQL");
	if (st && !sqlite3_stmt_readonly(st)) {
		sqlite3_finalize(st);
		return iq_err_set(err, IQ_E_USAGE, "only reading is allowed here");
	}
	if (ret_tail)
		*ret_tail = tail ? iq_slice(tail, sql.n - (size_t)(tail - sql.p))
				 : iq_slice("", 0);
	*ret = st;
	return 0;
}
