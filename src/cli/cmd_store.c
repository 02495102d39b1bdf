/* cli/cmd_store.c - the commands that ask a store or the plugins: analyze, report,
 * whatif, plugins, schema.  (query stands alone: cmd_query.c) */
#include "cli/commands.h"
#include "base/utf8.h"

#include <errno.h>
#include <string.h>

static int no_arguments(const struct iq_cli *c)
{
	return c->n_args ? iq_usage(c, "%s: no argument is expected here", c->args[0]) : 0;
}

static int with_store(struct iq_cli *c, enum iq_store_mode mode,
		      int (*work)(struct iq_cli *, struct iq_store *, struct iq_err *))
{
	struct iq_err err = { 0 };
	struct iq_store *store = NULL;
	if (iq_store_open(iq_cli_store(c), mode, &store, &err))
		return iq_complain_err(&err);
	int rc = work(c, store, &err);
	iq_store_close(store);
	return rc ? iq_complain_err(&err) : IQ_EXIT_OK;
}

static int analyze(struct iq_cli *c, struct iq_store *store, struct iq_err *err)
{
	return iq_cli_analyze(c, store, true, err);
}

int iq_cmd_analyze(struct iq_cli *c)
{
	return no_arguments(c) ? IQ_EXIT_USAGE : with_store(c, IQ_STORE_WRITE, analyze);
}

int iq_cmd_report(struct iq_cli *c)
{
	if (no_arguments(c))
		return IQ_EXIT_USAGE;
	if (!iq_cli_good_format(c))
		return iq_cli_bad_format(c);
	return with_store(c, IQ_STORE_READ, iq_cli_report);
}

static int whatif(struct iq_cli *c, struct iq_store *store, struct iq_err *err)
{
	struct iq_whatif w = {
		.event_id = c->event, .adj = c->adj, .n_adj = c->n_adj,
		.limit_bytes = c->limit_bytes, .without = c->without, .n_without = c->n_without,
	};
	struct iq_buf out;
	iq_buf_init(&out);
	int rc = iq_whatif(store, &w, &out, err);
	if (!rc && (out.failed || fwrite(out.p ? out.p : "", 1, out.n, stdout) != out.n ||
		    fflush(stdout)))
		rc = iq_err_sys(err, errno, "standard output: cannot write");
	iq_buf_fini(&out);
	return rc;
}

int iq_cmd_whatif(struct iq_cli *c)
{
	if (no_arguments(c))
		return IQ_EXIT_USAGE;
	if (c->event == IQ_NULL)
		return iq_usage(c, "--event N is needed; inquest query @events lists them");
	return with_store(c, IQ_STORE_READ, whatif);
}

static void put_field(const char *text, int width)
{
	struct iq_buf b;
	iq_buf_init(&b);
	iq_utf8_terminal(&b, iq_slice_z(text ? text : ""));
	printf("%-*s  ", width, b.p ? b.p : "");
	iq_buf_fini(&b);
}

static void on_plugin(void *arg, const struct iq_plugin_info *i)
{
	(void)arg;
	put_field(i->name, 22);
	put_field(i->version, 8);
	put_field(i->kind, 4);
	put_field(i->status, 4);
	put_field(i->path, 0);
	putchar('\n');
	if (i->description && *i->description)
		printf("    %s\n", i->description);
}

int iq_cmd_plugins(struct iq_cli *c)
{
	struct iq_err err = { 0 };
	if (no_arguments(c))
		return IQ_EXIT_USAGE;
	const char **dirs = iq_cli_plugin_dirs(c);
	struct iq_analyze_opts o = { .plugin_dirs = dirs };
	int rc = dirs ? iq_plugins_list(&o, on_plugin, NULL, &err) : -1;
	iq_cli_plugin_dirs_free(dirs);
	if (rc)
		return iq_complain_err(&err);
	return iq_cli_written();
}

static int count_rows(struct iq_store *store, const char *view, int64_t *ret, struct iq_err *err)
{
	char sql[120];
	sqlite3_stmt *st;
	snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", view);
	if (iq_store_prepare_readonly(store, iq_slice_z(sql), &st, NULL, err))
		return -1;
	int rc = sqlite3_step(st);
	*ret = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return rc == SQLITE_ROW ? 0 : iq_err_set(err, IQ_E_STORE, "%s: %s", view,
						 sqlite3_errmsg(iq_store_db(store)));
}

/* The row of a view itself has no column; its unit says where the rows come from. */
static int print_view(const struct iq_schema_row *r, struct iq_store *store, bool first,
		      struct iq_err *err)
{
	printf("%s%s: %s (from: %s)", first ? "" : "\n", r->view, r->meaning, r->unit);
	if (store) {
		int64_t rows;
		if (count_rows(store, r->view, &rows, err))
			return -1;
		printf(", %lld rows", (long long)rows);
	}
	putchar('\n');
	return 0;
}

static int schema(struct iq_cli *c, struct iq_store *store, struct iq_err *err)
{
	size_t n;
	const struct iq_schema_row *rows = iq_store_schema(&n);
	(void)c;
	for (size_t i = 0; i < n; i++) {
		if (*rows[i].column)
			printf("    %-24s %-10s %s\n", rows[i].column, rows[i].unit,
			       rows[i].meaning);
		else if (print_view(&rows[i], store, !i, err))
			return -1;
	}
	/* a full disk may have been met long before the last bytes */
	return fflush(stdout) || ferror(stdout)
		? iq_err_sys(err, errno ? errno : EIO, "standard output: cannot write") : 0;
}

int iq_cmd_schema(struct iq_cli *c)
{
	struct iq_err err = { 0 };
	if (no_arguments(c))
		return IQ_EXIT_USAGE;
	if (c->store)
		return with_store(c, IQ_STORE_READ, schema);
	return schema(c, NULL, &err) ? iq_complain_err(&err) : IQ_EXIT_OK;
}
