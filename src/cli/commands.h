/* cli/commands.h - the commands and options, as tables.
 *
 * The single source of --help, of inquest(1) and of the bash completion.
 */
#ifndef IQ_CLI_COMMANDS_H
#define IQ_CLI_COMMANDS_H

#include "cli/cli.h"

enum iq_option_set {		/* which commands take an option */
	IQ_SET_STORE = 1 << 0,
	IQ_SET_READ = 1 << 1,	/* reading captures */
	IQ_SET_IMPORT = 1 << 2,
	IQ_SET_REPORT = 1 << 3,
	IQ_SET_ANALYZE = 1 << 4,	/* plugins */
	IQ_SET_QUERY = 1 << 5,
	IQ_SET_WHATIF = 1 << 6,
	IQ_SET_ONLY = 1 << 7,
	IQ_SET_DIR = 1 << 8,
	IQ_SET_LIMIT = 1 << 9,	/* reading captures, and asking in SQL */
	IQ_SET_EXPORT = 1 << 12,
	IQ_SET_ALL = 1 << 10,	/* listed with every command */
	/* Taken by every command (contract.md 1, common options), listed only with those
	 * that it changes something for. */
	IQ_SET_COMMON = 1 << 11,
};

struct iq_option {
	const char *name;
	char letter;			/* 0: none */
	const char *arg;		/* NULL: takes none; "[X]": may be left out */
	unsigned sets;
	const char *help;
	/* Takes ARG into C; false if it is not what it should be. */
	bool (*take)(struct iq_cli *c, const char *arg);
};

struct iq_command {
	const char *name, *synopsis, *summary;
	unsigned sets;
	const char *text;		/* paragraphs, separated by blank lines */
	int (*run)(struct iq_cli *c);
};

extern const struct iq_option iq_options[];
extern const size_t iq_n_options;
extern const struct iq_command iq_commands[];
extern const size_t iq_n_commands;

const struct iq_command *iq_command_find(const char *name);

int iq_cmd_explain(struct iq_cli *c);
int iq_cmd_identify(struct iq_cli *c);
int iq_cmd_log(struct iq_cli *c);
int iq_cmd_import(struct iq_cli *c);
int iq_cmd_analyze(struct iq_cli *c);
int iq_cmd_report(struct iq_cli *c);
int iq_cmd_query(struct iq_cli *c);
int iq_cmd_whatif(struct iq_cli *c);
int iq_cmd_plugins(struct iq_cli *c);
int iq_cmd_schema(struct iq_cli *c);
int iq_cmd_merge(struct iq_cli *c);
int iq_cmd_forget(struct iq_cli *c);
int iq_cmd_export(struct iq_cli *c);

#endif
