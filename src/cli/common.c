/* cli/common.c - steps that several commands share; see cli.h */
#include "cli/cli.h"
#include "cli/commands.h"
#include "base/utf8.h"
#include "report/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static void vcomplain(const char *fmt, va_list ap)
{
	char text[2048];
	vsnprintf(text, sizeof text, fmt, ap);
	struct iq_buf b;
	iq_buf_init(&b);
	iq_utf8_terminal(&b, iq_slice_z(text));
	fprintf(stderr, "inquest: %s\n", b.failed ? text : b.p ? b.p : "");
	iq_buf_fini(&b);
}

void iq_complain(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vcomplain(fmt, ap);
	va_end(ap);
}

int iq_complain_err(const struct iq_err *err)
{
	if (err->code == IQ_E_INTR)	/* the status says it: 128 + signal */
		return IQ_EXIT_NOTHING;
	iq_complain("%s", err->text);
	return IQ_EXIT_NOTHING;
}

int iq_cli_written(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return IQ_EXIT_OK;
	iq_complain("standard output: cannot write: %s", strerror(errno));
	return IQ_EXIT_NOTHING;
}

int iq_usage(const struct iq_cli *c, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vcomplain(fmt, ap);
	va_end(ap);
	fprintf(stderr, "Usage: inquest %s %s; see inquest %s --help\n", c->command->name,
		c->command->synopsis, c->command->name);
	return IQ_EXIT_USAGE;
}

const char *iq_cli_store(const struct iq_cli *c)
{
	const char *env = getenv("INQUEST_STORE");
	return c->store ? c->store : env && *env ? env : "inquest.db";
}

/* --- plugins --- */

/* Beside the program when it has not been installed: BUILD/src/inquest finds
 * BUILD/plugins; PREFIX/bin/inquest finds its installed ones wherever PREFIX was
 * moved. */
static char *beside_program(const char *relative, const char *dir_of_program)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	if (n <= 0)
		return NULL;
	exe[n] = 0;
	char *slash = strrchr(exe, '/');
	if (!slash)
		return NULL;
	*slash = 0;
	char *last = strrchr(exe, '/');
	if (!last || strcmp(last + 1, dir_of_program))
		return NULL;
	*last = 0;
	char *out = NULL;
	if (asprintf(&out, "%s/%s", exe, relative) < 0)
		return NULL;
	if (access(out, X_OK)) {
		free(out);
		return NULL;
	}
	return out;
}

const char **iq_cli_plugin_dirs(const struct iq_cli *c)
{
	const char **dirs = calloc(6, sizeof *dirs);
	const char *env = getenv("INQUEST_PLUGIN_DIR");
	size_t n = 0;
	if (!dirs)
		return NULL;
	if (c->plugin_dir)
		dirs[n++] = strdup(c->plugin_dir);
	if (env && *env)
		dirs[n++] = strdup(env);
	char *near = beside_program("plugins", "src");
	if (near)
		dirs[n++] = near;
	else if (!access(IQ_PLUGIN_DIR, X_OK))
		dirs[n++] = strdup(IQ_PLUGIN_DIR);
	else if ((near = beside_program("lib/inquest/plugins", "bin")))
		dirs[n++] = near;
	return dirs;
}

void iq_cli_plugin_dirs_free(const char **dirs)
{
	for (size_t i = 0; dirs && dirs[i]; i++)
		free((char *)dirs[i]);
	free(dirs);
}

/* --- import --- */

struct watch {
	struct iq_cli *c;
	struct iq_store *store;
	struct timespec start;
	struct iq_analysis *analysis;	/* of an import that is judged as it goes */
};

static void on_complaint(void *arg, const char *line)
{
	struct watch *w = arg;
	if (w->c->shown)
		fputs("\r\033[K", stderr);
	w->c->complained = true;
	fprintf(stderr, "inquest: %s\n", line);
}

static double seconds_since(const struct timespec *t)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - t->tv_sec) + (double)(now.tv_nsec - t->tv_nsec) / 1e9;
}

/* What is left, by bytes where all sizes are known, else by captures; below 0: too early
 * to tell. */
static double seconds_left(const struct iq_import_progress *p, double seconds)
{
	bool sized = !p->unsized && p->all_bytes;
	double part = sized ? (double)p->bytes / (double)p->all_bytes
			    : (double)p->done / (double)(p->all ? p->all : 1);
	return part > 0.01 && part <= 1 ? seconds / part - seconds : -1;
}

static void put_time(double seconds)
{
	long s = (long)(seconds + 0.5);
	if (s >= 3600)
		fprintf(stderr, ", %ld:%02ld:%02ld left", s / 3600, s / 60 % 60, s % 60);
	else
		fprintf(stderr, ", %ld:%02ld left", s / 60, s % 60);
}

static void on_progress(void *arg, const struct iq_import_progress *p)
{
	struct watch *w = arg;
	double seconds = seconds_since(&w->start);
	if (w->c->quiet || w->c->progress == IQ_NEVER || !isatty(STDERR_FILENO) || seconds < 1)
		return;
	w->c->shown = true;
	fprintf(stderr, "\r\033[Kinquest: %zu of %zu captures", p->done, p->all);
	if (p->all_bytes)
		fprintf(stderr, ", %.0f %% of %.1f MiB, %.1f MiB/s",
			100.0 * (double)p->bytes / (double)p->all_bytes,
			(double)p->all_bytes / 1048576, (double)p->bytes / 1048576 / seconds);
	if (p->known)
		fprintf(stderr, ", %zu known", p->known);
	if (p->failed)
		fprintf(stderr, ", %zu failed", p->failed);
	double left = seconds_left(p, seconds);
	if (left >= 0)
		put_time(left);
}

static bool on_stop(void *arg)
{
	(void)arg;
	return iq_cli_signal() != 0;
}

int iq_cli_import_status(const struct iq_cli *c, const struct iq_import_result *res)
{
	/* of few captures a shard may have none: that job of an array has done its part */
	if (!res->useful && !(c->shards > 1 && !res->failed && !res->damaged))
		return IQ_EXIT_NOTHING;
	return res->failed || res->damaged ? IQ_EXIT_PARTLY : IQ_EXIT_OK;
}

/* --- analysis --- */

static void on_remark(void *arg, const char *text)
{
	const struct iq_cli *c = arg;
	if (c->quiet)
		return;
	if (c->shown)
		fputs("\r\033[K", stderr);
	iq_complain("%s", text);
}

/* DIRS of the options are to be freed. */
static int analyze_opts(struct iq_cli *c, struct iq_analyze_opts *o, struct iq_err *err)
{
	const char **dirs = iq_cli_plugin_dirs(c);
	if (!dirs)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	if (!dirs[0] && !c->quiet)
		iq_complain("no plugins found; give their directory with --plugin-dir");
	*o = (struct iq_analyze_opts){
		.plugin_dirs = dirs, .only = c->n_only ? c->only : NULL,
		.remark = on_remark, .stop = on_stop, .arg = c,
	};
	return 0;
}

int iq_cli_analyze(struct iq_cli *c, struct iq_store *store, bool again, struct iq_err *err)
{
	struct iq_analyze_opts o;
	if (analyze_opts(c, &o, err))
		return -1;
	o.again = again;
	int rc = iq_analyze(store, &o, err);
	iq_cli_plugin_dirs_free((const char **)o.plugin_dirs);
	return rc;
}

static int on_round(void *arg, struct iq_err *err)
{
	struct watch *w = arg;
	return iq_analysis_round(w->analysis, err);
}

static int import_watched(struct watch *w, bool judge, struct iq_import_result *res,
			  struct iq_err *err)
{
	struct iq_cli *c = w->c;
	clock_gettime(CLOCK_MONOTONIC, &w->start);
	struct iq_import_opts o = {
		.read = c->read, .jobs = c->jobs, .shard = c->shard, .shards = c->shards,
		.complain = on_complaint, .progress = on_progress, .stop = on_stop, .arg = w,
		.judge = judge ? on_round : NULL,
	};
	int rc = iq_import(c->jail, w->store, c->args, c->n_args, &o, res, err);
	if (c->shown)
		fputs("\r\033[K", stderr);
	c->shown = false;
	return rc;
}

int iq_cli_import(struct iq_cli *c, struct iq_store *store, struct iq_import_result *res,
		  struct iq_err *err)
{
	struct watch w = { .c = c, .store = store };
	return import_watched(&w, false, res, err);
}

int iq_cli_import_judged(struct iq_cli *c, struct iq_store *store,
			 struct iq_import_result *res, struct iq_err *err)
{
	struct watch w = { .c = c, .store = store };
	struct iq_analyze_opts o;
	if (analyze_opts(c, &o, err))
		return -1;
	int rc = iq_analysis_new(store, &o, &w.analysis, err) ||
		 import_watched(&w, true, res, err) ? -1 : 0;
	if (!rc && !res->stopped)
		rc = iq_analysis_last(w.analysis, err);
	iq_analysis_free(w.analysis);
	iq_cli_plugin_dirs_free((const char **)o.plugin_dirs);
	return rc;
}

/* --- report --- */

static int write_out(void *arg, const char *p, size_t n)
{
	struct iq_out *o = arg;
	if (fwrite(p, 1, n, o->f) == n && !fflush(o->f))
		return 0;
	o->errnum = errno;
	return -1;
}

static bool wants_color(const struct iq_cli *c)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	if (c->color != IQ_AUTO)
		return c->color == IQ_ALWAYS;
	return !(no && *no) && isatty(STDOUT_FILENO) && !c->output && term && strcmp(term, "dumb");
}

static int terminal_columns(void)
{
	struct winsize w;
	if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) && w.ws_col >= 40)
		return w.ws_col;
	return 0;
}

static int check_event(const struct iq_cli *c, struct iq_store *store, struct iq_err *err)
{
	sqlite3_stmt *st;
	if (c->event == IQ_NULL)
		return 0;
	if (iq_store_prepare_readonly(store, IQ_LIT("SELECT 1 FROM v1_event WHERE event_id = ?"),
				      &st, NULL, err))
		return -1;
	sqlite3_bind_int64(st, 1, c->event);
	int rc = sqlite3_step(st);
	sqlite3_finalize(st);
	return rc == SQLITE_ROW ? 0 : iq_err_set(err, IQ_E_USAGE, "there is no event %lld here",
						 (long long)c->event);
}

int iq_cli_report(struct iq_cli *c, struct iq_store *store, struct iq_err *err)
{
	if (check_event(c, store, err))
		return -1;
	struct iq_report_opts o = {
		.event_id = c->event, .host = c->host, .since_us = c->since_us,
		.until_us = c->until_us, .verbose = c->verbose, .color = wants_color(c),
		.columns = terminal_columns(), .version = PACKAGE_VERSION,
	};
	if (c->format && !strcmp(c->format, "json"))
		o.format = IQ_REPORT_JSON;
	struct iq_out out;
	bool pager = o.format == IQ_REPORT_TEXT && !c->no_pager;
	if (iq_out_open(&out, c->output, pager, err))
		return -1;
	if (iq_report(store, &o, write_out, &out, err)) {
		if (out.errnum)
			iq_err_sys(err, out.errnum, "%s: cannot write",
				   out.path ? out.path : "standard output");
		iq_out_abandon(&out);
		return -1;
	}
	return iq_out_close(&out, err);
}
