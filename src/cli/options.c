/* cli/options.c - the table of options, and reading them with getopt_long. */
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/zone.h"
#include "base/units.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

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
static bool take_plugin_dir(struct iq_cli *c, const char *a) { c->plugin_dir = a; return *a != 0; }
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

static bool take_timezone(struct iq_cli *c, const char *a)
{
	return iq_zone_offset(a, c->read.year, &c->read.zone_offset_us);
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
	{ "event", 0, "N", IQ_SET_REPORT | IQ_SET_WHATIF, "this event only", take_event },
	{ "host", 0, "NAME", IQ_SET_REPORT, "events of this host only", take_host },
	{ "since", 0, "TIME", IQ_SET_REPORT, "events from this time on, ISO 8601", take_since },
	{ "until", 0, "TIME", IQ_SET_REPORT, "events up to this time, ISO 8601", take_until },
	{ "verbose", 'v', NULL, IQ_SET_REPORT, "with tables: zones, ranking, free lists, stacks",
	  take_verbose },
	{ "format", 0, "FORMAT", IQ_SET_REPORT, "text (default) or json", take_format },
	{ "format", 0, "FORMAT", IQ_SET_QUERY,
	  "table (default), csv, tsv, json, jsonl or markdown", take_format },
	{ "output", 'o', "FILE", IQ_SET_REPORT, "write to FILE", take_output },
	{ "adj", 0, "PID=VALUE", IQ_SET_WHATIF,
	  "with this oom_score_adj; may be repeated", take_adj },
	{ "limit", 0, "BYTES", IQ_SET_WHATIF, "with this limit of the cgroup", take_limit },
	{ "without", 0, "PID", IQ_SET_WHATIF, "without this process; may be repeated", take_without },
	{ "year", 0, "Y", IQ_SET_READ, "the year of the last line, for logs that tell none", take_year },
	{ "timezone", 0, "TZ", IQ_SET_READ,
	  "the zone of logs that tell none: +08:00, UTC, or a name without summer time", take_timezone },
	{ "limit-bytes", 0, "N", IQ_SET_READ, "of one capture, unpacked; default 64G, 0 none",
	  take_limit_bytes },
	{ "limit-time", 0, "SECONDS", IQ_SET_READ,
	  "of processor time for one capture; default 1800, 0 none", take_limit_time },
	{ "limit-memory", 0, "N", IQ_SET_READ,
	  "of the reading process; default 2G, 0 none", take_limit_memory },
	{ "plugin-dir", 0, "DIR", IQ_SET_ANALYZE,
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

#define LONG_BASE 1000

/* getopt's tables of the options that this command takes. */
static void make_getopt(const struct iq_command *cmd, struct option *longs, char *shorts)
{
	*shorts++ = ':';		/* a missing argument is told apart */
	for (size_t i = 0; i < iq_n_options; i++) {
		const struct iq_option *o = &iq_options[i];
		if (!(o->sets & cmd->sets))
			continue;
		*longs++ = (struct option){ o->name, o->arg ? required_argument : no_argument,
					    NULL, LONG_BASE + (int)i };
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
			return fflush(stdout) ? IQ_EXIT_NOTHING : IQ_EXIT_OK;
		}
		if (!strcmp(o->name, "version")) {
			printf("inquest %s\n", PACKAGE_VERSION);
			return fflush(stdout) ? IQ_EXIT_NOTHING : IQ_EXIT_OK;
		}
		if (!o->take(c, optarg))
			return iq_usage(c, "--%s %s: not %s", o->name, optarg ? optarg : "",
					o->arg ? o->arg : "known");
	}
	c->args = (const char *const *)argv + optind;
	c->n_args = (size_t)(argc - optind);
	*ret_leave = false;
	return 0;
}
