/* import/import.c - see import.h */
#include "import/import.h"
#include "import/hash.h"
#include "import/paths.h"
#include "import/plain.h"
#include "import/remarks.h"
#include "import/settle.h"
#include "import/spool.h"
#include "base/utf8.h"
#include "input/input.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define TICK_MS 200
#define FOLLOW_MS 10		/* a child fills a block of its spool about as fast */

/* A job under way, by its slot in the jail. */
struct flight {
	bool busy;
	size_t which;			/* index into paths */
	int fd;				/* the spool's */
	struct iq_spool spool;
	struct iq_place *place;		/* NULL: nothing was taken so far */
};

/* Captures are given to the jail before their turn, so that children read on while this
 * process commits or judges: for each job so many, and as long as they are no more than
 * AHEAD_BYTES altogether.  Their spools take room on the disk. */
#define AHEAD_PER_JOB 15
#define AHEAD_BYTES (UINT64_C(256) << 20)
#define TREE_BYTES (UINT64_C(16) << 20)		/* a directory is taken for so large */

struct import {
	struct iq_jail *jail;
	struct iq_store *store;
	const struct iq_import_opts *opts;
	struct iq_import_result *res;
	struct iq_paths paths;
	struct flight flights[IQ_JAIL_SLOTS];
	size_t under_way;
	uint64_t under_way_bytes;
	size_t *no_room;		/* found none beside other spools: indexes into paths */
	size_t n_no_room;
	bool alone;			/* these now, one by one */
	struct iq_settle settle;
	struct iq_remarks remarks;
	struct iq_import_opts path_opts;	/* as opts, but complains to remarks */
	struct iq_import_progress seen;
	struct flight *followed;	/* its facts are taken while its child reads */
};

/* PLACE in or of the capture at PATH. */
static void remark(struct import *im, const char *path, const char *place, const char *text)
{
	struct iq_buf line;
	iq_buf_init(&line);
	iq_utf8_terminal(&line, iq_slice_z(path));
	size_t path_n = line.n;
	iq_buf_reset(&line);
	iq_utf8_terminal(&line, iq_slice_z(place));
	iq_buf_str(&line, ": ");
	iq_utf8_terminal(&line, iq_slice_z(text));
	if (line.failed)
		im->remarks.lost++;
	else
		iq_remarks_add(&im->remarks, line.p, path_n);
	iq_buf_fini(&line);
}

static void complain(struct import *im, const char *path, const char *text)
{
	remark(im, path, path, text);
}

static void complain_of_path(void *arg, const char *line)
{
	struct import *im = arg;
	iq_remarks_add(&im->remarks, line, 0);
}

/* --- one capture --- */

static int open_spool(struct iq_err *err)
{
	const char *dir = getenv("TMPDIR");
	if (!dir || !*dir)
		dir = "/tmp";
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	char name[4096];
	if ((size_t)snprintf(name, sizeof name, "%s/inquest-XXXXXX", dir) >= sizeof name)
		return iq_err_set(err, IQ_E_IO, "TMPDIR is too long");
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0)
		return iq_err_sys(err, errno, "cannot make a temporary file in %s; set "
				  "TMPDIR to a directory with room", dir);
	unlink(name);
	return fd;
}

/* NULL with ERR: out of memory. */
static struct iq_read_request *new_request(const struct import *im, size_t which,
					   struct iq_err *err)
{
	const struct iq_path *p = &im->paths.at[which];
	struct iq_read_request *req = malloc(sizeof *req);
	if (!req) {
		iq_err_set(err, IQ_E_NOMEM, "out of memory");
		return NULL;
	}
	*req = im->opts->read;
	req->n_known = 0;
	snprintf(req->path, sizeof req->path, "%s", p->path);
	req->below = p->below;
	if (p->more.n && p->more.n <= sizeof req->more) {
		memcpy(req->more, p->more.p, p->more.n);
		req->more_bytes = (uint32_t)p->more.n;
	}
	return req;
}

/* Of one size with what is in the store, it may be that: the child looks first. */
static void ask_if_known(struct import *im, size_t which, struct iq_read_request *req)
{
	uint64_t bytes = im->paths.at[which].bytes;
	if (req->what == IQ_READ_IMPORT && bytes && !req->more_bytes)
		req->n_known = (uint32_t)iq_store_hashes_of_size(im->store, (int64_t)bytes,
								 req->known, IQ_READ_KNOWN_MAX);
}

/* Its facts go to the store from now on; nothing else may meanwhile. */
static int take_off(struct import *im, struct flight *f, struct iq_err *err)
{
	iq_spool_init(&f->spool, f->fd, im->paths.at[f->which].path);
	return iq_store_apply_begin(im->store, &f->spool.source, &f->place, err);
}

static void land(struct import *im, struct flight *f)
{
	iq_store_apply_drop(f->place);
	iq_spool_fini(&f->spool);
	if (im->followed == f)
		im->followed = NULL;
	close(f->fd);
	*f = (struct flight){ .busy = false };
}

static uint64_t weight(const struct import *im, size_t which)
{
	uint64_t bytes = im->paths.at[which].bytes;
	return bytes ? bytes : TREE_BYTES;
}

static int submit(struct import *im, size_t which, struct iq_err *err)
{
	int fd = open_spool(err);
	if (fd < 0)
		return -1;
	struct iq_read_request *req = new_request(im, which, err);
	if (!req) {
		close(fd);
		return -1;
	}
	ask_if_known(im, which, req);
	int fds[2] = { fd, STDIN_FILENO }, slot;
	size_t n = strcmp(req->path, "-") ? 1 : 2;
	int rc = iq_jail_submit(im->jail, req, sizeof *req, fds, n, &req->limits, &slot, err);
	free(req);
	if (rc) {
		close(fd);
		return -1;
	}
	struct flight *f = &im->flights[slot];
	*f = (struct flight){ .busy = true, .which = which, .fd = fd };
	im->under_way++;
	im->under_way_bytes += weight(im, which);
	if (im->paths.n > 1)
		return 0;
	im->followed = f;
	return take_off(im, f, err);
}

/* What its child has found so far.  A spool that is broken is told of at its end. */
static int take_more(struct flight *f, struct iq_err *err)
{
	struct iq_err why;
	if (f->spool.broken.code || iq_store_apply_more(f->place, &why) == 0 ||
	    f->spool.broken.code)
		return 0;
	*err = why;
	return -1;
}

/* Issues worth a line on standard error: what failed, was damaged, or hit a limit. */
#define ISSUE_LINES_MAX 3
#define FEW_CAPTURES 10			/* of more than these one line each */

static void tell_issues(struct import *im, const struct iq_apply_result *r, const char *path,
			size_t most)
{
	sqlite3_stmt *st = NULL;
	sqlite3 *db = iq_store_db(im->store);
	if (sqlite3_prepare_v2(db, "SELECT member, line, offset_bytes, text FROM v1_issue "
			       "WHERE capture_id = ? AND severity <> 'note' "
			       "ORDER BY severity <> 'failed', issue_id",
			       -1, &st, NULL) != SQLITE_OK)
		return;
	sqlite3_bind_int64(st, 1, r->capture_id);
	size_t n = 0;
	while (sqlite3_step(st) == SQLITE_ROW) {
		if (n++ >= most)
			continue;
		char place[4600];
		const char *member = (const char *)sqlite3_column_text(st, 0);
		int k = snprintf(place, sizeof place, "%.4095s%s%.256s", path,
				 member && *member ? "!" : "", member ? member : "");
		if (sqlite3_column_type(st, 1) != SQLITE_NULL)
			snprintf(place + k, sizeof place - (size_t)k, ":%lld",
				 (long long)sqlite3_column_int64(st, 1));
		else if (sqlite3_column_type(st, 2) != SQLITE_NULL)
			snprintf(place + k, sizeof place - (size_t)k, "@%lld",
				 (long long)sqlite3_column_int64(st, 2));
		remark(im, path, place, (const char *)sqlite3_column_text(st, 3));
	}
	sqlite3_finalize(st);
	if (n > most && most > 1) {
		char more[80];
		snprintf(more, sizeof more, "%zu more like these; %s", n - most,
			 im->opts->read.what == IQ_READ_EXPLAIN ? "explain -v lists them"
								: "query @issues lists them");
		complain(im, path, more);
	}
}

/* A child that died had no time to hash: done here, so that the same bytes are known
 * again. */
static void hash_for(const struct import *im, struct iq_spool *s, const char *path)
{
	struct iq_err ignored;
	struct iq_hash *h = im->opts->read.what == IQ_READ_IMPORT && !s->has_capture &&
			    strcmp(path, "-") ? iq_hash_new() : NULL;
	if (h && (iq_hash_add_rest(h, path, &ignored) || !iq_hash_bytes(h) ||
		  iq_hash_finish(h, s->sha256, &ignored)))
		s->sha256[0] = 0;
	s->size_bytes = h ? (int64_t)iq_hash_bytes(h) : 0;
	iq_hash_free(h);
}

static int apply(struct import *im, struct flight *f, const char *path,
		 struct iq_err *err)
{
	struct iq_spool *s = &f->spool;
	/* nothing at all came: no capture, only a complaint */
	if (!s->has_capture && !s->events && !s->complete && s->facts == 0 &&
	    s->outcome.code == IQ_E_IO) {
		im->res->failed++;
		complain(im, path, s->outcome.text);
		return 0;
	}
	struct iq_apply_result r = { 0 };
	hash_for(im, s, path);
	if (iq_store_apply_end(f->place, &r, err))
		return -1;
	im->res->events_new += (size_t)r.events_new;
	if (r.already_there)
		im->res->known++;
	else
		im->res->applied++;
	/* what was read whole before is not lost by a reading that fails now */
	bool failed = !r.already_there &&
		      (s->has_capture ? !strcmp(s->status, "failed") : !s->events);
	if (failed)
		im->res->failed++;
	else
		im->res->useful++;
	if (!failed && (s->damage || s->death[0]))
		im->res->damaged++;
	if (!r.already_there && (failed || s->damage || s->death[0]))
		tell_issues(im, &r, path, failed || im->paths.n > FEW_CAPTURES
						  ? 1 : ISSUE_LINES_MAX);
	return 0;
}

static int take_rest(struct import *im, struct flight *f, const struct iq_jail_result *r,
		     struct iq_err *err)
{
	const char *path = im->paths.at[f->which].path;
	if ((!f->place && take_off(im, f, err)) || take_more(f, err))
		return -1;
	if (f->spool.broken.code) {
		im->res->failed++;
		complain(im, path, f->spool.broken.text);
		return 0;
	}
	iq_spool_end(&f->spool, r);
	return apply(im, f, path, err);
}

/* Spools of captures that were read ahead may have taken the room: again when all others
 * have landed.  False: it was alone. */
static bool wait_for_room(struct import *im, size_t which)
{
	if (im->alone || im->paths.n == 1)
		return false;
	if (!im->no_room)
		im->no_room = calloc(im->paths.n, sizeof *im->no_room);
	if (!im->no_room)
		return false;
	im->no_room[im->n_no_room++] = which;
	return true;
}

static int finish(struct import *im, struct flight *f, const struct iq_jail_result *r,
		  struct iq_err *err)
{
	int rc = 0;
	if (r->exited && r->status == IQ_READ_NO_ROOM && wait_for_room(im, f->which)) {
		land(im, f);
		return 0;
	}
	im->seen.done++;
	im->seen.bytes += im->paths.at[f->which].bytes;
	if (r->exited && r->status == IQ_READ_PASSED_OVER) {
		im->res->passed_over++;
	} else if (r->exited && r->status == IQ_READ_KNOWN) {
		im->res->known++;
		im->res->useful++;
	} else if (r->exited && r->status == IQ_READ_NO_ROOM) {
		im->res->failed++;	/* half of a capture would be half a truth */
		complain(im, im->paths.at[f->which].path, "no room for its temporary "
			 "file, nothing was stored; set TMPDIR to a directory with room");
	} else {
		rc = take_rest(im, f, r, err);
	}
	land(im, f);
	return rc;
}

/* --- all of them --- */

static void report_progress(struct import *im)
{
	if (!im->opts->progress)
		return;
	struct iq_import_progress p = im->seen;
	p.known = im->res->known;
	p.failed = im->res->failed;
	for (int i = 0; i < IQ_JAIL_SLOTS; i++) {
		const struct flight *f = &im->flights[i];
		if (!f->busy)
			continue;
		struct iq_jail_progress now = iq_jail_progress(im->jail, i);
		uint64_t most = im->paths.at[f->which].bytes;
		p.bytes += now.done_bytes < most ? now.done_bytes : most;
	}
	im->opts->progress(im->opts->arg, &p);
}

static void measure(struct import *im)
{
	im->seen.all = im->paths.n;
	for (size_t i = 0; i < im->paths.n; i++) {
		struct iq_path *p = &im->paths.at[i];
		struct stat st;
		if (strcmp(p->path, "-") && !stat(p->path, &st) && S_ISREG(st.st_mode))
			p->bytes = (uint64_t)st.st_size;
		else
			im->seen.unsized++;
		im->seen.all_bytes += p->bytes;
	}
}

static bool stops(struct import *im)
{
	im->res->stopped = im->res->stopped || (im->opts->stop && im->opts->stop(im->opts->arg));
	return im->res->stopped;
}

/* A child that ended while we are to stop may have been ended by the same Ctrl-C. */
static int take_result(struct import *im, const struct iq_jail_result *r, struct iq_err *err)
{
	struct flight *f = &im->flights[r->slot];
	im->under_way--;
	im->under_way_bytes -= weight(im, f->which);
	if (!stops(im))
		return finish(im, f, r, err);
	land(im, f);
	return 0;
}

static int submit_some(struct import *im, size_t jobs, size_t *next, struct iq_err *err)
{
	size_t most = jobs * (1 + AHEAD_PER_JOB);
	if (most > IQ_JAIL_SLOTS)
		most = IQ_JAIL_SLOTS;
	if (im->n_no_room)
		most = im->alone ? 1 : jobs;
	while (*next < im->paths.n && im->under_way < most &&
	       (im->under_way < jobs || im->under_way_bytes < AHEAD_BYTES))
		if (submit(im, (*next)++, err))
			return -1;
	if (*next < im->paths.n || im->under_way || !im->n_no_room)
		return 0;
	im->alone = true;
	return submit(im, im->no_room[--im->n_no_room], err);
}

/* Children read while what others left is applied. */
static int run(struct import *im, struct iq_err *err)
{
	size_t next = 0, jobs = im->opts->jobs > 0 ? (size_t)im->opts->jobs : 1;
	int waited_ms = 0;
	if (jobs > IQ_JAIL_JOBS_MAX)
		jobs = IQ_JAIL_JOBS_MAX;
	iq_jail_at_once(im->jail, (int)jobs);
	iq_settle_begin(&im->settle, im->paths.n > 1);
	while (!stops(im) && (next < im->paths.n || im->under_way || im->n_no_room)) {
		if (submit_some(im, jobs, &next, err))
			return -1;
		struct iq_jail_result r;
		int tick_ms = im->followed ? FOLLOW_MS : TICK_MS;
		int got = iq_jail_wait(im->jail, tick_ms, &r, err);
		if (got < 0)
			return -1;
		if (got ? take_result(im, &r, err)
			: im->followed ? take_more(im->followed, err) : 0)
			return -1;
		if (iq_settle_some(&im->settle, err))
			return -1;
		waited_ms += tick_ms;
		if (got || waited_ms >= TICK_MS) {
			report_progress(im);
			waited_ms = 0;
		}
	}
	return 0;
}

/* Whoever named a directory expects something in it. */
static void say_nothing_found(struct import *im, const char *named)
{
	const struct iq_import_result *r = im->res;
	if (!r->passed_over || r->useful || r->failed || r->stopped || im->opts->shards > 1)
		return;
	im->res->failed++;
	complain(im, named, "no capture in it; give a log, a dump or a bundle, or a directory "
		 "that holds some");
}

static void fini(struct import *im)
{
	bool explains = im->opts->read.what == IQ_READ_EXPLAIN;
	for (int i = 0; i < IQ_JAIL_SLOTS; i++)
		if (im->flights[i].busy)
			land(im, &im->flights[i]);
	iq_remarks_say(&im->remarks, im->opts->complain, im->opts->arg,
		       explains ? NULL : "inquest query @issues lists what is stored");
	free(im->no_room);
	iq_paths_fini(&im->paths);
}

static int find_paths(struct import *im, const char *const *paths, size_t n, struct iq_err *err)
{
	im->path_opts = *im->opts;
	im->path_opts.complain = complain_of_path;
	im->path_opts.arg = im;
	int rc = iq_paths_find(&im->paths, paths, n, &im->path_opts, &im->res->failed, err);
	im->res->captures = im->paths.n;
	measure(im);
	return rc;
}

int iq_import(struct iq_jail *jail, struct iq_store *store, const char *const *paths,
	      size_t n_paths, const struct iq_import_opts *opts, struct iq_import_result *ret,
	      struct iq_err *err)
{
	*ret = (struct iq_import_result){ 0 };
	struct import im = { .jail = jail, .store = store, .opts = opts, .res = ret,
			     .settle = { .store = store, .opts = opts, .res = ret } };
	int rc = find_paths(&im, paths, n_paths, err);
	if (!rc)
		rc = run(&im, err);
	struct iq_err second = { 0 };
	if (iq_settle_end(&im.settle, rc ? &second : err))
		rc = -1;
	if (!rc)
		say_nothing_found(&im, paths[0]);
	fini(&im);
	return rc;
}

/* One after the other: their text goes to one place. */
static int run_plain(struct import *im, size_t which, int out_fd, struct iq_err *err)
{
	struct iq_read_request *req = new_request(im, which, err);
	if (!req)
		return -1;
	int fds[2] = { out_fd, STDIN_FILENO }, slot;
	size_t n = strcmp(req->path, "-") ? 1 : 2;
	int rc = iq_jail_submit(im->jail, req, sizeof *req, fds, n, &req->limits, &slot, err);
	free(req);
	if (rc)
		return -1;
	struct iq_jail_result r;
	int got;
	while (!(got = iq_jail_wait(im->jail, TICK_MS, &r, err)))
		if (im->opts->stop && im->opts->stop(im->opts->arg)) {
			im->res->stopped = true;
			return 0;
		}
	if (got < 0)
		return -1;
	const char *path = im->paths.at[which].path;
	char how[160];
	if (r.exited && (r.status == 0 || r.status == IQ_PLAIN_DAMAGED)) {
		im->res->applied++;
		im->res->useful++;
	}
	if (r.exited && r.status == IQ_PLAIN_DAMAGED) {
		im->res->damaged++;
	} else if (r.exited && r.status == IQ_READ_PASSED_OVER && im->paths.at[which].below) {
		im->res->passed_over++;
	} else if (r.exited && (r.status == IQ_PLAIN_NOTHING ||
				r.status == IQ_READ_PASSED_OVER)) {
		im->res->failed++;	/* the child said why */
	} else if (r.exited && r.status == IQ_PLAIN_IO) {
		return iq_err_set(err, IQ_E_IO, "cannot write the output");
	} else if (!r.exited && r.status == SIGPIPE) {
		im->res->stopped = true;	/* nobody reads on: no failure of ours */
	} else if (!r.exited || r.status) {
		iq_jail_describe(&r, how, sizeof how);
		im->res->failed++;
		complain(im, path, how);
	}
	return 0;
}

int iq_import_plain(struct iq_jail *jail, const char *const *paths, size_t n_paths,
		    const struct iq_import_opts *opts, int out_fd, struct iq_import_result *ret,
		    struct iq_err *err)
{
	*ret = (struct iq_import_result){ 0 };
	struct import im = { .jail = jail, .opts = opts, .res = ret };
	int rc = find_paths(&im, paths, n_paths, err);
	for (size_t i = 0; i < im.paths.n && !rc && !ret->stopped; i++)
		rc = run_plain(&im, i, out_fd, err);
	if (!rc)
		say_nothing_found(&im, paths[0]);
	fini(&im);
	return rc;
}
