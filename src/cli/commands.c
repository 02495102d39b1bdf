/* cli/commands.c - the table of commands; see commands.h */
#include "cli/commands.h"

#include <string.h>

#define COMMON IQ_SET_ALL

const struct iq_command iq_commands[] = {
	{ "explain", "[OPTION]... PATH...", "read captures, analyse, report; keep nothing",
	  COMMON | IQ_SET_READ | IQ_SET_LIMIT | IQ_SET_REPORT | IQ_SET_ANALYZE,
	  "Reads each capture that PATH leads to (a log, a dump, a bundle; a directory of "
	  "such; - for standard input), explains every event in it and forgets it again. "
	  "What a file is is found out from its content. An unpacked bundle, or what one "
	  "crash left (a dump, the log saved beside it), is one capture; of any other "
	  "directory each log, dump and bundle below it is one, and other files are passed "
	  "over. Parts of a split dump are given together or as their directory.\n\n"
	  "The first line of each event can be read alone; below it stand the reasons, the "
	  "advice and the lines that prove it.",
	  iq_cmd_explain },
	{ "identify", "[OPTION]... PATH...", "say what each file is",
	  COMMON | IQ_SET_READ | IQ_SET_LIMIT,
	  "One line per file or member: format, compression, parts, damage, kernel release. "
	  "Reads all of it, so that damage anywhere is found. Of a bundle the logs, dumps "
	  "and bundles in it are listed, the other files counted.",
	  iq_cmd_identify },
	{ "log", "[OPTION]... PATH...", "print the kernel log of a capture in one plain form",
	  COMMON | IQ_SET_READ | IQ_SET_LIMIT,
	  "Kernel lines only, as [seconds.microseconds] and text, whatever form they came "
	  "in; of a dump all that its log buffer holds, as vmcore-dmesg would print it. "
	  "Where a log has no such stamp its wall time stands there.",
	  iq_cmd_log },
	{ "import", "[OPTION]... PATH...", "read captures into a store, analyse what is new",
	  COMMON | IQ_SET_STORE | IQ_SET_READ | IQ_SET_LIMIT | IQ_SET_IMPORT | IQ_SET_ANALYZE,
	  "Each capture is one transaction: after a crash or a kill the store holds whole "
	  "captures only, and running the same command again completes it. A capture whose "
	  "bytes are in the store already changes nothing.",
	  iq_cmd_import },
	{ "analyze", "[OPTION]...", "run the plugins again over a store",
	  COMMON | IQ_SET_STORE | IQ_SET_ANALYZE | IQ_SET_ONLY,
	  "Replaces the findings of all plugins, or of those named with --only.",
	  iq_cmd_analyze },
	{ "report", "[OPTION]...", "report on what a store holds",
	  COMMON | IQ_SET_STORE | IQ_SET_REPORT,
	  "The same report as explain gives, of events imported before.",
	  iq_cmd_report },
	{ "query", "[OPTION]... SQL | @NAME", "ask a store in SQL",
	  COMMON | IQ_SET_STORE | IQ_SET_QUERY | IQ_SET_LIMIT,
	  "Reads only, whatever the SQL says. The views v1_* are described by inquest "
	  "schema; regexp(PATTERN, TEXT), human_bytes(N) and pages(BYTES) are there besides "
	  "SQLite's own functions. @NAME runs a named query; @ alone lists them.",
	  iq_cmd_query },
	{ "whatif", "--event N [OPTION]...", "repeat the kernel's choice of a victim with other settings",
	  COMMON | IQ_SET_STORE | IQ_SET_WHATIF,
	  "Recomputes from the stored process table whom the kernel would have killed, had "
	  "a process had another oom_score_adj, had it not been there, or had the limit "
	  "been another.",
	  iq_cmd_whatif },
	{ "merge", "[OPTION]... STORE...", "join stores made elsewhere",
	  COMMON | IQ_SET_STORE | IQ_SET_ANALYZE,
	  "Takes over each STORE's captures with all facts, and analyses what is new. A "
	  "capture whose bytes are there already is passed over; what was seen in several "
	  "captures of one host becomes one event, as if all had been imported here. Each "
	  "STORE is one transaction and is only read; running the same command again changes "
	  "nothing. One made by an older inquest is upgraded first: inquest analyze -s STORE.",
	  iq_cmd_merge },
	{ "forget", "[OPTION]... CAPTURE...",
	  "take a capture and what only it said out of the store",
	  COMMON | IQ_SET_STORE | IQ_SET_ANALYZE,
	  "CAPTURE is its id, its path as inquest query @captures shows it, or the first 8 or "
	  "more digits of its SHA-256. An event that other captures saw too stays, with their "
	  "sightings; what was concluded about the machines of the capture is concluded "
	  "again. Where the stored report of such an event was this capture's own, the others "
	  "have to be imported again to bring theirs: each says so in an issue.",
	  iq_cmd_forget },
	{ "export", "[OPTION]... --to postgresql://...|DIR",
	  "copy a store into PostgreSQL or files",
	  COMMON | IQ_SET_STORE | IQ_SET_EXPORT,
	  "To a directory, which is made if need be: a file for each view, v1_event.csv and so "
	  "on. To PostgreSQL: a table for each view, which takes the place of one of that "
	  "name, all in one transaction; this needs psql(1), which also finds passwords where "
	  "it always does (PGPASSWORD, ~/.pgpass). What is written is one state of the store, "
	  "whoever writes to it meanwhile.",
	  iq_cmd_export },
	{ "plugins", "[OPTION]...", "list the plugins, from where, with which version",
	  COMMON | IQ_SET_ANALYZE | IQ_SET_DIR,
	  "One line per plugin: name, version, kind, whether it is in use or why not, and the "
	  "file. Below it what it is for.",
	  iq_cmd_plugins },
	{ "schema", "[OPTION]...", "describe the views, their columns, units and meaning",
	  COMMON | IQ_SET_STORE,
	  "The views are the same for every store that this version can read. With --store "
	  "the number of rows in that store stands beside each.",
	  iq_cmd_schema },
};
const size_t iq_n_commands = sizeof iq_commands / sizeof *iq_commands;

const struct iq_command *iq_command_find(const char *name)
{
	for (size_t i = 0; i < iq_n_commands; i++)
		if (!strcmp(iq_commands[i].name, name))
			return &iq_commands[i];
	return NULL;
}
