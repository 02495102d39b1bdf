/* cli/cmd_read.c - the commands that read captures: explain, import, identify, log. */
#include "cli/commands.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

bool iq_cli_good_format(const struct iq_cli *c)
{
	return !c->format || !strcmp(c->format, "text") || !strcmp(c->format, "json");
}

int iq_cli_bad_format(const struct iq_cli *c)
{
	if (!strcmp(c->format, "html"))
		return iq_usage(c, "--format html: not there yet in inquest %s; text or json",
				PACKAGE_VERSION);
	return iq_usage(c, "--format %s: text or json", c->format);
}

static int need_paths(const struct iq_cli *c)
{
	return c->n_args ? 0 : iq_usage(c, "no PATH given");
}

int iq_cmd_explain(struct iq_cli *c)
{
	struct iq_err err = { 0 };
	struct iq_store *store = NULL;
	struct iq_import_result res = { 0 };
	if (need_paths(c))
		return IQ_EXIT_USAGE;
	if (!iq_cli_good_format(c))
		return iq_cli_bad_format(c);
	c->read.what = IQ_READ_EXPLAIN;
	if (iq_store_open(NULL, IQ_STORE_MEMORY, &store, &err))
		return iq_complain_err(&err);
	int status = IQ_EXIT_NOTHING;
	if (iq_cli_import(c, store, &res, &err)) {
		iq_complain_err(&err);
	} else if (!res.stopped) {
		status = iq_cli_import_status(c, &res);
		bool json = c->format && !strcmp(c->format, "json");
		if ((status != IQ_EXIT_NOTHING && iq_cli_analyze(c, store, false, &err)) ||
		    ((status != IQ_EXIT_NOTHING || (json && res.applied)) &&
		     iq_cli_report(c, store, &err)))
			status = iq_complain_err(&err);
	}
	iq_store_close(store);
	return status;
}

int iq_cmd_import(struct iq_cli *c)
{
	struct iq_err err = { 0 };
	struct iq_store *store = NULL;
	struct iq_import_result res = { 0 };
	if (need_paths(c))
		return IQ_EXIT_USAGE;
	c->read.what = IQ_READ_IMPORT;
	if (iq_store_open(iq_cli_store(c), IQ_STORE_WRITE, &store, &err))
		return iq_complain_err(&err);
	int status = iq_cli_import_judged(c, store, &res, &err)
		? iq_complain_err(&err) : iq_cli_import_status(c, &res);
	if (!c->quiet && isatty(STDERR_FILENO))
		fprintf(stderr, "%s: %zu read, %zu known before, %zu failed, %zu damaged; "
			"%zu new events\n", iq_cli_store(c), res.applied, res.known,
			res.failed, res.damaged, res.events_new);
	iq_store_close(store);
	return status;
}

static void print_complaint(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "inquest: %s\n", line);	/* escaped already */
}

static bool stop(void *arg)
{
	(void)arg;
	return iq_cli_signal() != 0;
}

static int plain(struct iq_cli *c, enum iq_read_what what)
{
	struct iq_err err = { 0 };
	struct iq_import_result res;
	if (need_paths(c))
		return IQ_EXIT_USAGE;
	c->read.what = what;
	struct iq_import_opts o = {
		.read = c->read, .complain = print_complaint, .stop = stop,
	};
	if (iq_import_plain(c->jail, c->args, c->n_args, &o, STDOUT_FILENO, &res, &err))
		return iq_complain_err(&err);
	if (res.stopped && !iq_cli_signal())	/* as if we had written ourselves */
		return IQ_EXIT_SIGNAL + SIGPIPE;
	return iq_cli_import_status(c, &res);
}

int iq_cmd_identify(struct iq_cli *c)
{
	return plain(c, IQ_READ_IDENTIFY);
}

int iq_cmd_log(struct iq_cli *c)
{
	return plain(c, IQ_READ_LOG);
}
