/* cli/options.c - the table of options, and reading them with getopt_long. */
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/zone.h"
#include "base/units.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool number(const char *arg, int64_t least, int64_t most, int64_t *ret)
{
	return iq_to_i64(iq_slice_z(arg), ret) && *ret >= least && *ret <= most;
}

static bool take_when(enum iq_when *to, const char *arg)
{
	static const char *const names[] = { "auto", "always", "never" };
	for (size_t i = 0; i < 3; i++)
		if (!strcmp(arg, names[i])) {
			*to = (enum iq_when)i;
			return true;
		}
	return false;
}

static bool take_store(struct iq_cli *c, const char *a) { c->store = a; return *a != 0; }
static bool take_quiet(struct iq_cli *c, const char *a) { (void)a; return c->quiet = true; }
static bool take_verbose(struct iq_cli *c, const char *a) { (void)a; return c->verbose = true; }
static bool take_no_pager(struct iq_cli *c, const char *a) { (void)a; return c->no_pager = true; }
static bool take_color(struct iq_cli *c, const char *a) { return take_when(&c->color, a); }
static bool take_progress(struct iq_cli *c, const char *a)
{
	return take_when(&c->progress, a) && c->progress != IQ_ALWAYS;
}
static bool take_plugin_dir(struct iq_cli *c, const char *a)
{
	c->plugin_dir = a;
	return !access(a, R_OK | X_OK);
}
static bool take_to(struct iq_cli *c, const char *a) { c->to = a; return *a != 0; }
static bool take_format(struct iq_cli *c, const char *a) { c->format = a; return *a != 0; }
static bool take_host(struct iq_cli *c, const char *a) { c->host = a; return *a != 0; }
static bool take_output(struct iq_cli *c, const char *a) { c->output = a; return *a != 0; }
static bool take_event(struct iq_cli *c, const char *a) { return number(a, 1, INT64_MAX, &c->event); }
static bool take_since(struct iq_cli *c, const char *a)
{
	return iq_time_parse(iq_slice_z(a), &c->since_us);
}
static bool take_until(struct iq_cli *c, const char *a)
{
	return iq_time_parse(iq_slice_z(a), &c->until_us);
}

static bool take_jobs(struct iq_cli *c, const char *a)
{
	int64_t v;
	if (!number(a, 1, IQ_JAIL_JOBS_MAX, &v))
		return false;
	c->jobs = (int)v;
	return true;
}

static bool take_shard(struct iq_cli *c, const char *a)
{
	struct iq_slice s = iq_slice_z(a);
	uint64_t k, n;
	if (!iq_take_u64(&s, &k) || !iq_skip(&s, IQ_LIT("/")) || !iq_take_u64(&s, &n) || s.n ||
	    k < 1 || k > n || n > 1000000)
		return false;
	c->shard = (int)k;
	c->shards = (int)n;
	return true;
}

static bool take_only(struct iq_cli *c, const char *a)
{
	if (c->n_only >= IQ_CLI_LIST_MAX)
		return false;
	c->only[c->n_only++] = a;
	return *a != 0;
}

static bool take_year(struct iq_cli *c, const char *a)
{
	int64_t v;
	if (!number(a, 1970, 9999, &v))
		return false;
	c->read.year = (int)v;
	return true;
}

/* Its offset is looked up when all options are known: --year may stand behind it. */
static bool take_timezone(struct iq_cli *c, const char *a) { c->timezone = a; return *a != 0; }

/* Files that widen what a dump tells.  They must be there; a log needs none. */
static bool take_path(char *to, size_t room, const char *a)
{
	return !access(a, R_OK) && (size_t)snprintf(to, room, "%s", a) < room;
}

static bool take_vmlinux(struct iq_cli *c, const char *a)
{
	return take_path(c->read.vmlinux, sizeof c->read.vmlinux, a);
}

static bool take_system_map(struct iq_cli *c, const char *a)
{
	return take_path(c->read.system_map, sizeof c->read.system_map, a);
}

static bool take_btf(struct iq_cli *c, const char *a)
{
	return take_path(c->read.btf, sizeof c->read.btf, a);
}

static bool take_debug_dir(struct iq_cli *c, const char *a)
{
	return take_path(c->read.debug_dir, sizeof c->read.debug_dir, a);
}

static bool take_clean_map(struct iq_cli *c, const char *a)
{
	return take_path(c->read.clean_map, sizeof c->read.clean_map, a);
}

static bool take_later(struct iq_cli *c, const char *a)
{
	(void)c;
	(void)a;
	return true;
}

static bool take_limit_bytes(struct iq_cli *c, const char *a)
{
	return iq_size_parse(iq_slice_z(a), &c->read.limits.bytes);
}

static bool take_limit_memory(struct iq_cli *c, const char *a)
{
	return iq_size_parse(iq_slice_z(a), &c->read.limits.memory_bytes);
}

static bool take_limit_time(struct iq_cli *c, const char *a)
{
	int64_t v;
	if (!number(a, 0, 10000000, &v))
		return false;
	c->read.limits.seconds = (uint64_t)v;
	return true;
}

static bool take_adj(struct iq_cli *c, const char *a)
{
	struct iq_slice s = iq_slice_z(a);
	if (c->n_adj >= IQ_CLI_LIST_MAX)
		return false;
	struct iq_whatif_adj *to = &c->adj[c->n_adj];
	if (!iq_take_i64(&s, &to->pid) || !iq_skip(&s, IQ_LIT("=")) ||
	    !iq_take_i64(&s, &to->adj) || s.n || to->adj < -1000 || to->adj > 1000)
		return false;
	c->n_adj++;
	return true;
}

static bool take_without(struct iq_cli *c, const char *a)
{
	if (c->n_without >= IQ_CLI_LIST_MAX)
		return false;
	return number(a, 0, INT64_MAX, &c->without[c->n_without++]);
}

static bool take_limit(struct iq_cli *c, const char *a)
{
	uint64_t v;
	if (!iq_size_parse(iq_slice_z(a), &v) || v > INT64_MAX)
		return false;
	c->limit_bytes = (int64_t)v;
	return true;
}

const struct iq_option iq_options[] = {
	{ "store", 's', "STORE", IQ_SET_STORE,
	  "the store; default $INQUEST_STORE, else inquest.db in the current directory", take_store },
	{ "jobs", 'j', "N", IQ_SET_IMPORT, "captures read at once; default 1", take_jobs },
	{ "shard", 0, "K/N", IQ_SET_IMPORT,
	  "only the K-th of N parts of the captures, by their paths", take_shard },
	{ "only", 0, "PLUGIN", IQ_SET_ONLY, "run this plugin only; may be repeated", take_only },
	{ "event", 0, "N", IQ_SET_REPORT, "this event only", take_event },
	{ "event", 0, "N", IQ_SET_WHATIF, "the event; inquest query @events lists them", take_event },
	{ "host", 0, "NAME", IQ_SET_REPORT, "events of this host only", take_host },
	{ "since", 0, "TIME", IQ_SET_REPORT, "events from this time on: ISO 8601, UTC unless it names a zone", take_since },
	{ "until", 0, "TIME", IQ_SET_REPORT, "events up to this time; a date alone is its first moment", take_until },
	{ "verbose", 'v', NULL, IQ_SET_REPORT, "with tables: zones, ranking, free lists, stacks; of a dump every event whole",
	  take_verbose },
	{ "format", 0, "FORMAT", IQ_SET_REPORT, "text (default) or json; html is not there yet", take_format },
	{ "format", 0, "FORMAT", IQ_SET_QUERY,
	  "table (default), csv, tsv, json, jsonl or markdown", take_format },
	{ "output", 'o', "FILE", IQ_SET_REPORT, "write to FILE, which appears when it is whole",
	  take_output },
	{ "redact", 0, "[=MAPFILE]", IQ_SET_REPORT, "hide names (not there yet)", take_later },
	{ "to", 0, "WHERE", IQ_SET_EXPORT, "postgresql://... or a directory", take_to },
	{ "format", 0, "FORMAT", IQ_SET_EXPORT, "csv (default) or jsonl", take_format },
	{ "adj", 0, "PID=VALUE", IQ_SET_WHATIF,
	  "with this oom_score_adj; may be repeated", take_adj },
	{ "limit", 0, "BYTES", IQ_SET_WHATIF, "with this limit of the cgroup", take_limit },
	{ "without", 0, "PID", IQ_SET_WHATIF, "without this process; may be repeated", take_without },
	{ "year", 0, "Y", IQ_SET_READ | IQ_SET_COMMON, "the year of the last line, for logs that tell none", take_year },
	{ "timezone", 0, "TZ", IQ_SET_READ | IQ_SET_COMMON,
	  "the zone of logs that tell none: +08:00, UTC, or a name without summer time", take_timezone },
	{ "vmlinux", 0, "FILE", IQ_SET_READ | IQ_SET_COMMON,
	  "the dump's kernel with BTF or DWARF, for one that has no BTF itself", take_vmlinux },
	{ "system-map", 0, "FILE", IQ_SET_READ | IQ_SET_COMMON,
	  "the dump's System.map, for a kernel without all of kallsyms", take_system_map },
	{ "btf", 0, "FILE", IQ_SET_READ | IQ_SET_COMMON,
	  "the dump's BTF, for a kernel that has none itself", take_btf },
	{ "debug-dir", 0, "DIR", IQ_SET_READ | IQ_SET_COMMON,
	  "where debug files of such a kernel lie, by build id or release", take_debug_dir },
	{ "clean-map", 0, "FILE", IQ_SET_READ | IQ_SET_COMMON,
	  "put back the names that sos clean hid, by its private map", take_clean_map },
	{ "limit-bytes", 0, "N", IQ_SET_READ | IQ_SET_COMMON, "of one capture, unpacked; default 64G, 0 none",
	  take_limit_bytes },
	{ "limit-time", 0, "SECONDS", IQ_SET_LIMIT | IQ_SET_COMMON,
	  "of processor time for one capture or query; default 1800, 0 none", take_limit_time },
	{ "limit-memory", 0, "N", IQ_SET_LIMIT | IQ_SET_COMMON,
	  "of the process that reads a capture, or of a query; default 2G, 0 none",
	  take_limit_memory },
	{ "plugin-dir", 0, "DIR", IQ_SET_ANALYZE | IQ_SET_COMMON,
	  "plugins from here first, then $INQUEST_PLUGIN_DIR and the installed ones", take_plugin_dir },
	{ "dir", 0, "DIR", IQ_SET_DIR, "the same as --plugin-dir", take_plugin_dir },
	{ "quiet", 'q', NULL, IQ_SET_ALL, "no progress, no remarks on standard error", take_quiet },
	{ "color", 0, "WHEN", IQ_SET_ALL, "auto, always or never; NO_COLOR counts", take_color },
	{ "progress", 0, "WHEN", IQ_SET_ALL, "auto or never", take_progress },
	{ "no-pager", 0, NULL, IQ_SET_ALL, "no pager on a terminal", take_no_pager },
	{ "help", 'h', NULL, IQ_SET_ALL, "this text", NULL },
	{ "version", 0, NULL, IQ_SET_ALL, "the version", NULL },
};
const size_t iq_n_options = sizeof iq_options / sizeof *iq_options;

static bool is_file(const struct iq_option *o)
{
	return o->take == take_vmlinux || o->take == take_system_map || o->take == take_btf ||
	       o->take == take_debug_dir || o->take == take_clean_map ||
	       o->take == take_plugin_dir;
}

/* What an argument should have been, for the complaint. */
static const char *expectation(const struct iq_option *o)
{
	static const struct { bool (*take)(struct iq_cli *, const char *); const char *text; } is[] = {
		{ take_color, "auto, always or never" }, { take_progress, "auto or never" },
		{ take_event, "a number from 1" }, { take_jobs, "a number from 1 to 64" },
		{ take_since, "a time such as 2026-11-21T10:43:07Z" },
		{ take_until, "a time such as 2026-11-21T10:43:07Z" },
		{ take_shard, "K/N, K from 1 to N" }, { take_year, "a year of four digits" },
		{ take_limit_bytes, "a size such as 512M" },
		{ take_limit_memory, "a size such as 512M" }, { take_limit, "a size such as 512M" },
		{ take_limit_time, "a number of seconds" },
		{ take_adj, "PID=VALUE, VALUE from -1000 to 1000, at most 64 times" },
		{ take_without, "the number of a process, at most 64 times" },
		{ take_only, "the name of a plugin, at most 64 times" },
	};
	for (size_t i = 0; i < sizeof is / sizeof *is; i++)
		if (is[i].take == o->take)
			return is[i].text;
	return "a name";
}

#define LONG_BASE 1000

/* getopt's tables of the options that this command takes. */
static void make_getopt(const struct iq_command *cmd, struct option *longs, char *shorts)
{
	*shorts++ = ':';		/* a missing argument is told apart */
	for (size_t i = 0; i < iq_n_options; i++) {
		const struct iq_option *o = &iq_options[i];
		if (!(o->sets & (cmd->sets | IQ_SET_COMMON)))
			continue;
		int has = !o->arg ? no_argument : *o->arg == '[' ? optional_argument
								 : required_argument;
		*longs++ = (struct option){ o->name, has, NULL, LONG_BASE + (int)i };
		if (o->letter) {
			*shorts++ = o->letter;
			if (o->arg)
				*shorts++ = ':';
		}
	}
	*longs = (struct option){ 0 };
	*shorts = 0;
}

static const struct iq_option *option_of(const struct iq_command *cmd, int got)
{
	if (got >= LONG_BASE)
		return &iq_options[got - LONG_BASE];
	for (size_t i = 0; i < iq_n_options; i++)
		if (iq_options[i].letter == got && iq_options[i].sets & cmd->sets)
			return &iq_options[i];
	return NULL;
}

/* What can be judged only when all options are known. */
static int check_together(struct iq_cli *c)
{
	if (c->timezone && !iq_zone_offset(c->timezone, c->read.year, &c->read.zone_offset_us))
		return iq_usage(c, "--timezone %s: not a zone, or one with summer time; give "
				"its offset, as in +02:00", c->timezone);
	return 0;
}

int iq_cli_options(struct iq_cli *c, int argc, char **argv, bool *ret_leave)
{
	struct option longs[64];
	char shorts[64];
	make_getopt(c->command, longs, shorts);
	*ret_leave = true;
	opterr = 0;
	int got;
	while ((got = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (got == ':')
			return iq_usage(c, "%s needs an argument", argv[optind - 1]);
		const struct iq_option *o = got == '?' ? NULL : option_of(c->command, got);
		if (!o && optopt && optopt < LONG_BASE)
			return iq_usage(c, "there is no option -%c", optopt);
		if (!o)
			return iq_usage(c, "there is no option %s, or it takes no argument",
					argv[optind - 1]);
		if (!strcmp(o->name, "help")) {
			iq_help_command(stdout, c->command);
			return iq_cli_written();
		}
		if (!strcmp(o->name, "version")) {
			printf("inquest %s\n", PACKAGE_VERSION);
			return iq_cli_written();
		}
		if (o->take == take_later)
			return iq_usage(c, "--%s: not there yet in inquest %s", o->name,
					PACKAGE_VERSION);
		if (!o->take(c, optarg))
			return iq_usage(c, "--%s %s: %s%s", o->name, optarg ? optarg : "",
					is_file(o) ? "" : "expected ",
					is_file(o) ? strerror(errno) : expectation(o));
	}
	c->args = (const char *const *)argv + optind;
	c->n_args = (size_t)(argc - optind);
	int status = check_together(c);
	*ret_leave = status != 0;
	return status;
}
