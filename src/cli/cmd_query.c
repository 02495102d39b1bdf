/* cli/cmd_query.c - SQL over a store, reading only. */
#include "cli/commands.h"
#include "cli/table.h"

#include <string.h>

static int list_named(void)
{
	const char *name, *meaning;
	for (size_t i = 0; iq_store_named_query_at(i, &name, &meaning); i++)
		printf("@%-14s%s\n", name, meaning);
	return fflush(stdout) ? IQ_EXIT_NOTHING : IQ_EXIT_OK;
}

/* Statements one after the other; blanks and comments at the end are none. */
static int run_all(struct iq_cli *c, struct iq_store *store, struct iq_slice sql,
		   const struct iq_table_format *format, struct iq_err *err)
{
	while (sql.n && !iq_cli_signal()) {
		sqlite3_stmt *st = NULL;
		struct iq_slice rest;
		if (iq_store_prepare_readonly(store, sql, &st, &rest, err))
			return -1;
		if (st) {
			int rc = sqlite3_column_count(st)
				? iq_table_print(format, iq_store_db(store), st, stdout, err) : 0;
			sqlite3_finalize(st);
			if (rc)
				return -1;
		}
		sql = rest;
	}
	(void)c;
	return 0;
}

/* Ctrl-C ends a long query. */
static int on_step(void *arg)
{
	(void)arg;
	return iq_cli_signal() != 0;
}

int iq_cmd_query(struct iq_cli *c)
{
	struct iq_err err = { 0 };
	struct iq_store *store = NULL;
	const struct iq_table_format *format = iq_table_format(c->format ? c->format : "table");
	if (!format)
		return iq_usage(c, "--format %s: table, csv, tsv, json, jsonl or markdown", c->format);
	if (c->n_args != 1)
		return iq_usage(c, "one SQL text or @NAME is needed");
	const char *sql = c->args[0];
	if (!strcmp(sql, "@"))
		return list_named();
	if (*sql == '@') {
		sql = iq_store_named_query(iq_slice_z(sql + 1));
		if (!sql)
			return iq_usage(c, "there is no query %s; inquest query @ lists them",
					c->args[0]);
	}
	if (iq_store_open(iq_cli_store(c), IQ_STORE_READ, &store, &err))
		return iq_complain_err(&err);
	sqlite3_progress_handler(iq_store_db(store), 10000, on_step, NULL);
	int status = IQ_EXIT_OK;
	if (run_all(c, store, iq_slice_z(sql), format, &err))
		status = iq_complain_err(&err);
	else if (fflush(stdout) || ferror(stdout))
		status = (iq_complain("cannot write the output"), IQ_EXIT_NOTHING);
	iq_store_close(store);
	return status;
}
