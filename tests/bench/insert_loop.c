/* tests/bench/insert_loop.c - the least that a store costs: a prepared INSERT loop.
 *
 *   insert_loop STORE NEW
 *
 * Makes NEW with the tables and indexes of STORE, keeps the rows of STORE in memory, and
 * puts them into NEW in one transaction, each table by one prepared statement.  Prints
 * the seconds from BEGIN to the end of COMMIT.  Same journal and synchronous mode as the
 * store's own writer (see store/open.c).  Rows with a rowid keep it.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TABLES_MAX 128

struct table {
	char *name;
	int n_columns;
	size_t n_rows, room;
	sqlite3_value **values;		/* n_rows * n_columns */
	char *insert;
};

static void die(sqlite3 *db, const char *what)
{
	fprintf(stderr, "insert_loop: %s: %s\n", what, db ? sqlite3_errmsg(db) : "");
	exit(1);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st;
	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL))
		die(db, sql);
	return st;
}

static void keep_row(struct table *t, sqlite3_stmt *st)
{
	size_t n = (size_t)t->n_columns;
	if (t->n_rows == t->room) {
		t->room = t->room ? t->room * 2 : 64;
		t->values = realloc(t->values, t->room * n * sizeof *t->values);
		if (!t->values)
			die(NULL, "out of memory");
	}
	for (size_t i = 0; i < n; i++)
		t->values[t->n_rows * n + i] =
			sqlite3_value_dup(sqlite3_column_value(st, (int)i));
	t->n_rows++;
}

static void load(sqlite3 *db, struct table *t, const char *name)
{
	t->name = strdup(name);
	char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", name);
	sqlite3_stmt *st = prepare(db, sql);
	sqlite3_str *s = sqlite3_str_new(db);
	t->n_columns = sqlite3_column_count(st);
	while (sqlite3_step(st) == SQLITE_ROW)
		keep_row(t, st);
	sqlite3_str_appendf(s, "INSERT INTO \"%w\" VALUES(?", name);
	for (int i = 1; i < t->n_columns; i++)
		sqlite3_str_appendall(s, ",?");
	sqlite3_str_appendall(s, ")");
	t->insert = sqlite3_str_finish(s);
	sqlite3_finalize(st);
	sqlite3_free(sql);
}

static void put(sqlite3 *db, const struct table *t)
{
	sqlite3_stmt *st = prepare(db, t->insert);
	for (size_t r = 0; r < t->n_rows; r++) {
		for (int i = 0; i < t->n_columns; i++)
			sqlite3_bind_value(st, i + 1,
				t->values[r * (size_t)t->n_columns + (size_t)i]);
		if (sqlite3_step(st) != SQLITE_DONE)
			die(db, t->name);
		sqlite3_reset(st);
	}
	sqlite3_finalize(st);
}

static void exec(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL))
		die(db, sql);
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	static struct table tables[TABLES_MAX];
	int n = 0;
	sqlite3 *from, *to;
	if (argc != 3) {
		fprintf(stderr, "usage: insert_loop STORE NEW\n");
		return 2;
	}
	remove(argv[2]);
	if (sqlite3_open_v2(argv[1], &from, SQLITE_OPEN_READONLY, NULL))
		die(from, argv[1]);
	if (sqlite3_open(argv[2], &to))
		die(to, argv[2]);
	exec(to, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;"
		 "PRAGMA cache_size = -65536; PRAGMA foreign_keys = OFF;");
	sqlite3_stmt *st = prepare(from, "SELECT type, name, sql FROM sqlite_master WHERE "
		"type IN ('table', 'index') AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
		" ORDER BY type DESC");
	while (sqlite3_step(st) == SQLITE_ROW) {
		exec(to, (const char *)sqlite3_column_text(st, 2));
		if (*sqlite3_column_text(st, 0) == 't' && n < TABLES_MAX)
			load(from, &tables[n++], (const char *)sqlite3_column_text(st, 1));
	}
	sqlite3_finalize(st);
	double start = now();
	exec(to, "BEGIN IMMEDIATE");
	for (int i = 0; i < n; i++)
		put(to, &tables[i]);
	exec(to, "COMMIT");
	printf("%.3f\n", now() - start);
	sqlite3_close(from);
	sqlite3_close(to);
	return 0;
}
