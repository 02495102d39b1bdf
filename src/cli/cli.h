/* cli/cli.h - what the commands share: options, exit status, complaints.
 *
 * One struct iq_cli is made in main and handed to the command; there is no other
 * state but the flag that a signal handler sets.
 */
#ifndef IQ_CLI_CLI_H
#define IQ_CLI_CLI_H

#include <stdio.h>
#include <sys/types.h>

#include "analyze/analyze.h"
#include "base/err.h"
#include "import/import.h"
#include "jail/jail.h"
#include "store/store.h"

/* Exit status, contract 1. */
enum iq_exit {
	IQ_EXIT_OK = 0,
	IQ_EXIT_NOTHING = 1,	/* nothing could be done */
	IQ_EXIT_USAGE = 2,
	IQ_EXIT_PARTLY = 3,	/* done, but an input was damaged or failed */
	IQ_EXIT_SIGNAL = 128,
};

enum iq_when { IQ_AUTO, IQ_ALWAYS, IQ_NEVER };

#define IQ_CLI_LIST_MAX 64

struct iq_cli {
	const struct iq_command *command;
	const char *const *args;	/* behind the options */
	size_t n_args;

	const char *store;
	bool quiet, verbose, no_pager;
	enum iq_when color, progress;
	const char *plugin_dir;
	const char *only[IQ_CLI_LIST_MAX + 1];
	size_t n_only;
	int jobs, shard, shards;
	struct iq_read_request read;
	const char *timezone;		/* as given; read.zone_offset_us is made of it */
	/* report */
	const char *format, *host, *output, *to;
	int64_t event, since_us, until_us;
	/* whatif */
	struct iq_whatif_adj adj[IQ_CLI_LIST_MAX];
	size_t n_adj;
	int64_t without[IQ_CLI_LIST_MAX];
	size_t n_without;
	int64_t limit_bytes;

	struct iq_jail *jail;
	bool complained;
	bool shown;		/* a line of progress is on standard error */
};

/* Parses the options of C->command; the rest ends up in ->args.  0, or the exit
 * status to leave with (help, version, wrong usage: said). */
int iq_cli_options(struct iq_cli *c, int argc, char **argv, bool *ret_leave);

/* inquest: TEXT on standard error. */
void iq_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int iq_complain_err(const struct iq_err *err);	/* returns IQ_EXIT_NOTHING */
int iq_cli_written(void);	/* flushes standard output; the status, a failure is said */
int iq_usage(const struct iq_cli *c, const char *fmt, ...)	/* returns IQ_EXIT_USAGE */
	__attribute__((format(printf, 2, 3)));

/* --store, else $INQUEST_STORE, else inquest.db. */
const char *iq_cli_store(const struct iq_cli *c);

/* Directories to look for plugins in, NULL-terminated; allocated once, freed at exit
 * with iq_cli_plugin_dirs_free(). */
const char **iq_cli_plugin_dirs(const struct iq_cli *c);
void iq_cli_plugin_dirs_free(const char **dirs);

/* Shared steps of several commands. */
bool iq_cli_good_format(const struct iq_cli *c);	/* of a report */
int iq_cli_bad_format(const struct iq_cli *c);		/* returns IQ_EXIT_USAGE */
int iq_cli_import(struct iq_cli *c, struct iq_store *store, struct iq_import_result *res,
		  struct iq_err *err);
/* Judges too, meanwhile and at the end. */
int iq_cli_import_judged(struct iq_cli *c, struct iq_store *store,
			 struct iq_import_result *res, struct iq_err *err);
int iq_cli_analyze(struct iq_cli *c, struct iq_store *store, bool again, struct iq_err *err);
int iq_cli_report(struct iq_cli *c, struct iq_store *store, struct iq_err *err);

/* The status that an import's outcome calls for. */
int iq_cli_import_status(const struct iq_cli *c, const struct iq_import_result *res);

/* The signal that asked us to stop, or 0. */
int iq_cli_signal(void);

/* --- where text goes: standard output, a file, or a pager --- */
struct iq_out {
	FILE *f;
	pid_t pager;
	const char *path;		/* of -o, or NULL */
	int errnum;			/* why writing failed, or 0 */
	char *target;			/* the regular file it will be; owned, or NULL */
	char tmp[4200];			/* what is written, beside it */
};
int iq_out_open(struct iq_out *o, const char *path, bool pager, struct iq_err *err);
int iq_out_close(struct iq_out *o, struct iq_err *err);
void iq_out_abandon(struct iq_out *o);

#endif
