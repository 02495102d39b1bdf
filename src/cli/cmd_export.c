/* cli/cmd_export.c - a store's views as files, or as tables of PostgreSQL.
 *
 * All of it is read in one transaction: what is written is one state of the store.  A file
 * appears when it is whole.  PostgreSQL is fed through its own psql(1), with COPY in its
 * text form, in one transaction: who looks sees the old tables or the new.
 */
#include "cli/commands.h"
#include "cli/table.h"
#include "base/utf8.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_postgres(const char *to)
{
	return !strncmp(to, "postgresql://", 13) || !strncmp(to, "postgres://", 11);
}

/* The views, in the order of their documentation.  NULL behind the last. */
static const char *view_at(size_t *at)
{
	size_t n;
	const struct iq_schema_row *rows = iq_store_schema(&n);
	for (; *at < n; ++*at)
		if (!*rows[*at].column)
			return rows[(*at)++].view;
	return NULL;
}

static int select_all(struct iq_store *store, const char *view, sqlite3_stmt **ret,
		      struct iq_err *err)
{
	char sql[120];
	snprintf(sql, sizeof sql, "SELECT * FROM %s", view);
	return iq_store_prepare_readonly(store, iq_slice_z(sql), ret, NULL, err);
}

/* --- files --- */

static int export_view(struct iq_cli *c, struct iq_store *store, const char *view,
		       const char *format, struct iq_err *err)
{
	char path[4500];
	struct iq_out out;
	sqlite3_stmt *st = NULL;
	if ((size_t)snprintf(path, sizeof path, "%s/%s.%s", c->to, view, format) >= sizeof path)
		return iq_err_set(err, IQ_E_USAGE, "%.100s...: the name is too long", c->to);
	if (select_all(store, view, &st, err))
		return -1;
	int rc = iq_out_open(&out, path, false, err);
	if (!rc) {
		rc = iq_table_print(iq_table_format(format), iq_store_db(store), st, out.f, err);
		if (rc)
			iq_out_abandon(&out);
		else
			rc = iq_out_close(&out, err);
	}
	sqlite3_finalize(st);
	return rc;
}

static int export_files(struct iq_cli *c, struct iq_store *store, struct iq_err *err)
{
	const char *view;
	if (mkdir(c->to, 0777) && errno != EEXIST)
		return iq_err_sys(err, errno, "%s: cannot be made", c->to);
	for (size_t at = 0; (view = view_at(&at));) {
		if (iq_cli_signal())
			return iq_err_set(err, IQ_E_INTR, "stopped");
		if (export_view(c, store, view, c->format ? c->format : "csv", err))
			return -1;
	}
	return 0;
}

/* --- PostgreSQL --- */

/* A view's own columns are integers but for those whose unit says text. */
static bool is_text(const struct iq_schema_row *row)
{
	static const char *const units[] = { "text", "ISO 8601", "hex", "letters", "date" };
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (!strcmp(row->unit, units[i]))
			return true;
	return !strncmp(row->unit, "JSON", 4);
}

static const char *type_of(const char *view, const char *column, const char *declared)
{
	size_t n;
	const struct iq_schema_row *rows = iq_store_schema(&n);
	if (declared && *declared)
		return strcmp(declared, "INTEGER") ? "text" : "bigint";
	for (size_t i = 0; i < n; i++)
		if (!strcmp(rows[i].view, view) && !strcmp(rows[i].column, column))
			return is_text(&rows[i]) ? "text" : "bigint";
	return "text";
}

static void put_table(FILE *f, const char *view, sqlite3_stmt *st)
{
	fprintf(f, "DROP TABLE IF EXISTS %s;\nCREATE TABLE %s(", view, view);
	for (int i = 0; i < sqlite3_column_count(st); i++) {
		const char *name = sqlite3_column_name(st, i);
		fprintf(f, "%s\n\t\"%s\" %s", i ? "," : "", name,
			type_of(view, name, sqlite3_column_decltype(st, i)));
	}
	fprintf(f, "\n);\nCOPY %s FROM STDIN;\n", view);
}

/* COPY's text form.  PostgreSQL takes no NUL and only valid UTF-8. */
static void put_value(FILE *f, sqlite3_stmt *st, int i, struct iq_buf *clean)
{
	const char *text = (const char *)sqlite3_column_text(st, i);
	if (!text) {
		fputs("\\N", f);
		return;
	}
	iq_buf_reset(clean);
	iq_utf8_clean(clean, iq_slice(text, (size_t)sqlite3_column_bytes(st, i)));
	for (size_t k = 0; k < clean->n; k++) {
		static const char from[] = "\\\t\n\r\b\f\v", to[] = "\\tnrbfv";
		char c = clean->p[k];
		const char *at = c ? strchr(from, c) : NULL;
		if (at) {
			fputc('\\', f);
			fputc(to[at - from], f);
		} else if (c) {
			fputc(c, f);
		}
	}
}

static int copy_view(FILE *f, struct iq_store *store, const char *view, struct iq_err *err)
{
	sqlite3_stmt *st = NULL;
	struct iq_buf clean;
	if (select_all(store, view, &st, err))
		return -1;
	iq_buf_init(&clean);
	put_table(f, view, st);
	int rc;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW && !ferror(f) && !iq_cli_signal())
		for (int i = 0, n = sqlite3_column_count(st); i < n; i++) {
			put_value(f, st, i, &clean);
			fputc(i + 1 < n ? '\t' : '\n', f);
		}
	fputs("\\.\n", f);
	if (rc != SQLITE_DONE && rc != SQLITE_ROW)
		iq_err_set(err, IQ_E_STORE, "%s: %s", view, sqlite3_errmsg(iq_store_db(store)));
	iq_buf_fini(&clean);
	sqlite3_finalize(st);
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? 0 : -1;
}

/* In the child.  Complaints of psql go to our standard error. */
static void run_psql(const char *to)
{
	execlp("psql", "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-", "-d", to,
	       (char *)NULL);
	_exit(errno == ENOENT ? 127 : 126);
}

static FILE *start_psql(const char *to, pid_t *ret, struct iq_err *err)
{
	int fds[2];
	if (pipe(fds)) {
		iq_err_sys(err, errno, "pipe");
		return NULL;
	}
	signal(SIGPIPE, SIG_IGN);	/* psql may end early: it says why */
	*ret = fork();
	if (!*ret) {
		dup2(fds[0], STDIN_FILENO);
		close(fds[0]);
		close(fds[1]);
		run_psql(to);
	}
	close(fds[0]);
	FILE *f = *ret > 0 ? fdopen(fds[1], "w") : NULL;
	if (!f) {
		iq_err_sys(err, errno, "psql cannot be started");
		close(fds[1]);
	}
	return f;
}

/* Without COMMIT at its end nothing is changed there. */
static int export_postgres(struct iq_cli *c, struct iq_store *store, struct iq_err *err)
{
	pid_t pid;
	FILE *f = start_psql(c->to, &pid, err);
	const char *view;
	int rc = 0, status = 0;
	if (!f)
		return -1;
	fputs("SET client_encoding = 'UTF8';\nSET client_min_messages = warning;\nBEGIN;\n", f);
	for (size_t at = 0; !rc && !ferror(f) && !iq_cli_signal() && (view = view_at(&at));)
		rc = copy_view(f, store, view, err);
	bool whole = !rc && !iq_cli_signal();
	fputs(whole ? "COMMIT;\n" : "ROLLBACK;\n", f);
	fclose(f);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (rc || !whole)
		return rc ? -1 : iq_err_set(err, IQ_E_INTR, "stopped");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return iq_err_set(err, IQ_E_IO, "PostgreSQL's psql is not there; install its "
				  "client, or export to a directory");
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0
		: iq_err_set(err, IQ_E_IO, "PostgreSQL: nothing was changed there");
}

/* --- the command --- */

static int export(struct iq_cli *c, struct iq_store *store, struct iq_err *err)
{
	sqlite3 *db = iq_store_db(store);
	if (sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
		return iq_err_set(err, IQ_E_STORE, "%s", sqlite3_errmsg(db));
	int rc = is_postgres(c->to) ? export_postgres(c, store, err)
				    : export_files(c, store, err);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	return rc;
}

int iq_cmd_export(struct iq_cli *c)
{
	struct iq_err err = { 0 };
	struct iq_store *store = NULL;
	if (c->n_args)
		return iq_usage(c, "%s: no argument is expected here", c->args[0]);
	if (!c->to)
		return iq_usage(c, "--to is needed: postgresql://... or a directory");
	if (c->format && strcmp(c->format, "csv") && strcmp(c->format, "jsonl"))
		return iq_usage(c, "--format %s: csv or jsonl", c->format);
	if (c->format && is_postgres(c->to))
		return iq_usage(c, "--format is for a directory");
	if (iq_store_open(iq_cli_store(c), IQ_STORE_READ, &store, &err))
		return iq_complain_err(&err);
	int status = export(c, store, &err) ? iq_complain_err(&err) : IQ_EXIT_OK;
	iq_store_close(store);
	return status;
}
