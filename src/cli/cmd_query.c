/* cli/cmd_query.c - SQL over a store, reading only. */
#include "cli/commands.h"
#include "cli/table.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>

static int list_named(void)
{
	const char *name, *meaning;
	for (size_t i = 0; iq_store_named_query_at(i, &name, &meaning); i++)
		printf("@%-14s%s\n", name, meaning);
	return iq_cli_written();
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

static bool out_of_time(const struct iq_cli *c)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return c->read.limits.seconds && (uint64_t)t.tv_sec >= c->read.limits.seconds;
}

/* Ctrl-C ends a long query, and so does its limit of time. */
static int on_step(void *arg)
{
	return iq_cli_signal() != 0 || out_of_time(arg);
}

/* The handler is not asked within one call of a function: should regexp() take for
 * ever, the system ends us. */
static void set_limits(struct iq_cli *c, struct iq_store *store)
{
	const struct iq_limits *l = &c->read.limits;
	struct rlimit r;
	sqlite3_progress_handler(iq_store_db(store), 10000, on_step, c);
	if (l->memory_bytes && l->memory_bytes < INT64_MAX)
		sqlite3_hard_heap_limit64((sqlite3_int64)l->memory_bytes);
	if (l->seconds && !getrlimit(RLIMIT_CPU, &r) && l->seconds + 5 < r.rlim_max) {
		r.rlim_cur = l->seconds + 5;
		setrlimit(RLIMIT_CPU, &r);
	}
}

static int failed(const struct iq_cli *c, struct iq_err *err)
{
	if (err->code == IQ_E_INTR && !iq_cli_signal() && out_of_time(c))
		iq_err_set(err, IQ_E_LIMIT, "SQL: stopped after %llu s of processor time; "
			   "raise --limit-time", (unsigned long long)c->read.limits.seconds);
	iq_complain_err(err);
	return err->code == IQ_E_LIMIT ? IQ_EXIT_PARTLY : IQ_EXIT_NOTHING;
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
	set_limits(c, store);
	int status = IQ_EXIT_OK;
	if (run_all(c, store, iq_slice_z(sql), format, &err))
		status = failed(c, &err);
	else
		status = iq_cli_written();
	iq_store_close(store);
	return status;
}
