/* import/read.c - the child's job: walks one capture, gives each member to its
 * reader, and puts at the end what belongs to the capture as a whole. */
#include "import/again.h"
#include "import/bid.h"
#include "import/capture.h"
#include "import/clean.h"
#include "import/finish.h"
#include "import/plain.h"
#include "import/refuse.h"
#include "parse/cgname.h"
#include "parse/sar.h"
#include "wire/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A spool may be this much larger than the bytes read: facts of a dense log are
 * smaller than its lines, but a tiny compressed bomb may unpack to rows. */
#define SPOOL_FLOOR_BYTES (UINT64_C(4) << 30)

#define SAR_HEAD_BYTES 512

struct job {
	struct iq_capture_run c;
	struct iq_wire_writer *wire;
	struct iq_arena member_arena;
};

/* --- the sink that all facts pass --- */

/* A report's own release stands in for a banner that the log does not have. */
static void learn_from_event(struct iq_capture_run *c, const struct iq_event *e)
{
	struct iq_boot_slot *b = iq_capture_boot(c, e->boot_id);
	if (!b)
		return;
	b->panicked |= iq_eq(e->kind, IQ_LIT("panic"));
	if (e->kernel_release.n && !b->event_release.p)
		b->event_release = iq_arena_copy(&c->arena, e->kernel_release);
	else if (e->kernel_release.n && !iq_eq(b->event_release, e->kernel_release))
		b->release_conflict = true;
	if (e->arch.n && !b->event_arch.p)
		b->event_arch = iq_arena_copy(&c->arena, e->arch);
}

/* The state of a dump is linked to the events of its log, once it is known. */
static int note_dump_event(struct iq_capture_run *c, const struct iq_event *e,
			   struct iq_err *err)
{
	if (!c->dump_boot_id || e->boot_id != c->dump_boot_id)
		return 0;
	int64_t *ids = iq_capture_grow(c->dump_events, c->n_dump_events,
				       &c->cap_dump_events, sizeof *ids);
	if (!ids)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	c->dump_events = ids;
	ids[c->n_dump_events++] = e->id;
	return 0;
}

/* A dump knows a task's cgroup by its path alone. */
static int put_task(struct iq_capture_run *c, const struct iq_task *t, struct iq_err *err)
{
	struct iq_task named = *t;
	if (t->cgroup.n && !t->unit.p && !t->container.p) {
		struct iq_cgname n;
		iq_cgname_parse(t->cgroup, &n);
		named.unit = n.unit;
		named.container = n.container;
	}
	return iq_sink_put(c->out, IQ_FACT_TASK, &named, err);
}

static int put_cgroup(struct iq_capture_run *c, const struct iq_cgroup *g,
		      struct iq_err *err)
{
	struct iq_cgroup named = *g;
	if (g->path.n && !g->unit.p && !g->container.p && !g->pod.p) {
		struct iq_cgname n;
		iq_cgname_parse(g->path, &n);
		named.unit = n.unit;
		named.container = n.container;
		named.pod = n.pod;
	}
	return iq_sink_put(c->out, IQ_FACT_CGROUP, &named, err);
}

/* Thousands of members that say nothing need no row. */
static void note_use(struct iq_capture_run *c, enum iq_fact_type type, const void *fact)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];

	for (size_t i = 0; i < d->n_columns && !c->member_used; i++)
		c->member_used = d->columns[i].kind == IQ_COL_REF &&
			d->columns[i].target == IQ_FACT_MEMBER &&
			memcmp((const char *)fact + d->columns[i].offset, &c->member_id,
			       sizeof c->member_id) == 0;
}

static int pass(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
		struct iq_err *err)
{
	struct iq_capture_run *c = (struct iq_capture_run *)
		(void *)((char *)sink - offsetof(struct iq_capture_run, sink));
	if (c->member_id && !c->member_used)
		note_use(c, type, fact);
	if (type == IQ_FACT_TASK)
		return put_task(c, fact, err);
	if (type == IQ_FACT_CGROUP)
		return put_cgroup(c, fact, err);
	if (type == IQ_FACT_EVENT) {
		learn_from_event(c, fact);
		if (note_dump_event(c, fact, err))
			return -1;
		int held = iq_problem_hold(c, fact);
		if (held)
			return held > 0 ? 0 : iq_err_set(err, IQ_E_NOMEM, "out of memory");
	}
	return iq_sink_put(c->out, type, fact, err);
}

/* --- members --- */

static bool is_only_member(const struct iq_capture_run *c)
{
	return c->member_name.n == 0;
}

static void refuse(struct iq_capture_run *c, const char *code, const char *text)
{
	iq_capture_issue(c, is_only_member(c) ? "failed" : "note", code, IQ_NULL, IQ_NULL,
			 text);
}

/* Not worth a line among the thousands of files of a bundle. */
static void pass_over(struct iq_capture_run *c, const char *code, const char *text)
{
	if (is_only_member(c) && !c->req->below)
		refuse(c, code, text);
	else
		c->n_without++;
}

static int read_text(struct iq_capture_run *c, struct iq_stream *m, struct iq_member *f,
		     struct iq_err *err)
{
	/* a file that was named itself is read all the same */
	struct iq_slice path = c->member_name.n ? c->member_name
		: c->req->below ? iq_slice_z(c->req->path) : IQ_LIT("");
	if ((c->in_bundle && iq_bundle_never_log(c->place.path)) || iq_bundle_is_abrt_word(path) ||
	    (!iq_bid_is_log(c->member_name, &c->place, iq_stream_peek(m, IQ_BID_BYTES)) &&
	     !(is_only_member(c) && !c->req->below &&
	       iq_bid_has_log(iq_stream_peek(m, IQ_BID_LATE_BYTES))))) {
		pass_over(c, "no-log", "text, but not a kernel log");
		return 0;
	}
	c->nothing_yet = false;
	if (!c->kind)
		c->kind = "log";
	if (c->place.tailed)
		iq_capture_issue(c, "note", "log-cut", 1, IQ_NULL, "only the end of this log, "
				 "from within a line on; sos report --log-size 0 takes all of it");
	if (iq_stream_is_tail(m))
		iq_capture_issue(c, "note", "log-cut", IQ_NULL, IQ_NULL, "only the last lines of "
				 "this log; supportconfig -l takes all of it");
	return iq_read_text_member(c, m, f, err);
}

static int dump_done(struct iq_capture_run *c, int rc, struct iq_err *err)
{
	if (rc && err->code == IQ_E_LIMIT)
		return -1;
	if (rc) {
		iq_capture_issue(c, is_only_member(c) ? "failed" : "damage", "vmcore", IQ_NULL,
				 IQ_NULL, err->text);
		iq_err_clear(err);
		return 0;
	}
	c->nothing_yet = false;
	c->n_dumps++;
	if (!c->kind)
		c->kind = "vmcore";
	return 0;
}

static int keep_dump_name(struct iq_capture_run *c)
{
	struct iq_slice *names = iq_capture_grow(c->dumps, c->n_dump_names, &c->cap_dump_names,
						 sizeof *names);
	if (!names)
		return -1;
	c->dumps = names;
	names[c->n_dump_names++] = iq_arena_copy(&c->arena, c->member_name);
	return 0;
}

static int read_dump(struct iq_capture_run *c, struct iq_stream *m, struct iq_err *err)
{
	c->member_used = true;
	if (c->place.root.p && keep_dump_name(c))
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	int kept = iq_parts_keep(&c->parts, m, c->member_id, err);
	if (kept > 0)
		return 0;
	return dump_done(c, kept < 0 ? -1 : iq_read_vmcore_member(c, m, err), err);
}

/* Split dumps, once all members were seen. */
static int read_set(void *arg, const int *fds, size_t n, const struct iq_dump_part *first,
		    struct iq_err *err)
{
	struct iq_capture_run *c = arg;
	c->member_id = first->member_id;
	c->member_name = iq_slice_z(first->name);
	c->member_kept = IQ_SLICE_NULL;
	c->member_is_now = false;
	int rc = dump_done(c, iq_read_vmcore_fds(c, fds, n, err), err);
	c->member_id = 0;
	return rc;
}

static bool is_of_collector(enum iq_bundle_role role)
{
	return role == IQ_BUNDLE_MANIFEST || role == IQ_BUNDLE_SOS_LOG ||
	       role == IQ_BUNDLE_CRASH_LIST || role == IQ_BUNDLE_CLEANER_LOG;
}

static int read_collectors(struct iq_capture_run *c, struct iq_stream *m,
			   enum iq_bundle_role role)
{
	struct iq_bundle_root *r = iq_capture_root(c, c->place.root);
	if (r && role == IQ_BUNDLE_CLEANER_LOG) {
		r->cleaned = true;
		return 0;
	}
	return !r ? 0 : role == IQ_BUNDLE_MANIFEST ? iq_read_manifest(c, r, m)
		: role == IQ_BUNDLE_CRASH_LIST ? iq_read_crash_list(c, r, m)
		: iq_read_sos_log(c, r, m);
}

/* One that cannot be kept costs the rest nothing. */
static int keep_journal(struct iq_capture_run *c, struct iq_stream *m, struct iq_err *err)
{
	if (!iq_journals_keep(&c->journals, m, c->member_id, err))
		return 0;
	if (err->code == IQ_E_LIMIT || err->code == IQ_E_NOMEM)
		return -1;
	iq_capture_issue(c, is_only_member(c) ? "failed" : "damage", "journal", IQ_NULL,
			 IQ_NULL, err->text);
	iq_err_clear(err);
	return 0;
}

static int by_kind(struct iq_capture_run *c, struct iq_stream *m, struct iq_member *f,
		   struct iq_err *err)
{
	struct iq_stream_info info = iq_stream_identify(m);
	enum iq_bundle_role role = iq_bundle_role(&c->place);
	int word = iq_problem_take(c, m);
	if (word)
		return word > 0 ? 0 : iq_err_set(err, IQ_E_NOMEM, "out of memory");
	f->format = iq_slice_z(info.format);
	c->member_is_now = role == IQ_BUNDLE_LOG_NOW;
	/* a name in /proc may hold any byte; whose it is was decided by its role */
	if ((info.kind == IQ_STREAM_TEXT || info.kind == IQ_STREAM_BINARY) &&
	    (role == IQ_BUNDLE_STATE || role == IQ_BUNDLE_OTHER)) {
		int taken = iq_capture_state(c, m, err);
		if (taken)
			return taken < 0 ? -1 : 0;
	}
	switch (info.kind) {
	case IQ_STREAM_TEXT:
		if (iq_sar_is(iq_stream_peek(m, SAR_HEAD_BYTES)))
			return iq_read_trend(c, m, f, err);
		if (role == IQ_BUNDLE_OTHER || role == IQ_BUNDLE_LOG_NOW)
			return read_text(c, m, f, err);
		c->n_without++;
		if (is_of_collector(role)) {
			c->member_of_collector = true;
			if (read_collectors(c, m, role))
				return iq_err_set(err, IQ_E_NOMEM, "out of memory");
			return 0;
		}
		if (role != IQ_BUNDLE_STATE &&
		    iq_capture_look(c, role, c->place.root,
				    iq_stream_peek(m, IQ_BUNDLE_LOOK_BYTES)))
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
		return 0;
	case IQ_STREAM_ELF_CORE:
	case IQ_STREAM_KDUMP:
	case IQ_STREAM_FLATTENED:
		return read_dump(c, m, err);
	case IQ_STREAM_JOURNAL:
		return keep_journal(c, m, err);
	case IQ_STREAM_BINARY:
		if (role == IQ_BUNDLE_ZONE_FILE &&
		    iq_capture_look(c, role, c->place.root,
				    iq_stream_peek(m, IQ_BUNDLE_LOOK_BYTES)))
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
		break;
	default:
		break;
	}
	const struct iq_other *other = iq_other_kind(info);
	if (info.kind == IQ_STREAM_ENCRYPTED)
		iq_refuse_encrypted(c, info.format);
	else if (other)
		(other->usual ? pass_over : refuse)(c, other->code, other->text);
	return 0;
}

/* Bundles in a collector's archive come one after the other. */
static int leave_archive(struct iq_capture_run *c, struct iq_slice next, struct iq_err *err)
{
	size_t n = (size_t)(iq_rfind(c->member_name, IQ_LIT("!")) + 1);

	return !n || iq_starts(next, iq_head(c->member_name, n)) ? 0
		: iq_capture_leave_states(c, c->member_name, err);
}

static int on_member(void *arg, struct iq_stream *m, struct iq_err *err)
{
	struct job *j = arg;
	struct iq_capture_run *c = &j->c;
	if (leave_archive(c, iq_stream_name(m), err))
		return -1;
	iq_arena_reset(&j->member_arena);
	c->member_name = iq_arena_copy(&j->member_arena, iq_stream_name(m));
	c->member_kept = IQ_SLICE_NULL;
	c->member_id = iq_sink_id(&c->sink, IQ_FACT_MEMBER);
	c->member_used = c->member_name.n == 0;
	c->member_of_collector = false;
	c->n_members++;
	iq_capture_place(c, &j->member_arena);
	if (c->member_name.n)
		c->kind = "bundle";
	struct iq_slice stage = iq_arena_printf(&j->member_arena, "reading %.*s",
						IQ_FMT(c->member_name));
	if (c->member_name.n && iq_wire_stage(j->wire, stage, err))
		return -1;
	struct iq_member f;
	iq_fact_init(IQ_FACT_MEMBER, &f);
	f.id = c->member_id;
	f.name = c->member_name.p ? c->member_name : IQ_LIT("");
	int64_t size = iq_stream_size(m);
	if (size >= 0)
		f.size_bytes = size;
	iq_inner_look(&c->inner, m);
	int rc = by_kind(c, m, &f, err);
	struct iq_err ignored, *why = rc ? &ignored : err;
	/* what a reader took may be told of at the end only */
	c->member_used = c->member_used || (iq_stream_was_read(m) && !c->member_of_collector);
	if (f.lines != IQ_NULL && c->member_name.n) {
		if (iq_capture_keep_member(c, &f))
			rc = iq_err_set(why, IQ_E_NOMEM, "out of memory");
	} else if (!c->member_used) {
		c->sink.last_id[IQ_FACT_MEMBER]--;	/* for the next one */
	} else if (iq_sink_put(&c->sink, IQ_FACT_MEMBER, &f, why)) {
		rc = -1;
	}
	c->member_id = 0;
	return rc;
}

static void on_walk_issue(void *arg, const char *severity, const char *code,
			  struct iq_slice member, int64_t offset_bytes, const char *text)
{
	struct job *j = arg;
	struct iq_capture_run *c = &j->c;
	if (c->member_id && iq_eq(member, c->member_name)) {
		iq_capture_issue(c, severity, code, IQ_NULL, offset_bytes, text);
		return;
	}
	/* not the member being read: name it in the text */
	char line[512];
	if (member.n)
		snprintf(line, sizeof line, "%.*s: %s", IQ_FMT(member), text);
	int64_t now = c->member_id;
	c->member_id = 0;
	iq_capture_issue(c, severity, code, IQ_NULL, offset_bytes, member.n ? line : text);
	c->member_id = now;
}

static void on_link(void *arg, struct iq_slice name, struct iq_slice target, bool hard)
{
	struct job *j = arg;
	iq_arena_reset(&j->member_arena);
	iq_capture_link(&j->c, name, target, hard, &j->member_arena);
}

static void on_packed(void *arg, struct iq_slice name, struct iq_slice block)
{
	struct job *j = arg;
	iq_inner_packed(&j->c.inner, name, block);
}

static void on_packed_end(void *arg, struct iq_slice name, bool whole)
{
	struct job *j = arg;
	iq_inner_end(&j->c.inner, name, whole);
}

static void on_raw(void *arg, const void *p, size_t n, void (*release)(void *, const void *),
		   void *release_arg)
{
	struct job *j = arg;
	iq_hash_add(j->c.hash, p, n, release, release_arg);
}

/* --- the end --- */

static int read_facts(struct job *j, const struct iq_walk_opts *opts, struct iq_err *err)
{
	struct iq_capture_run *c = &j->c;
	struct iq_visitor v = {
		.member = on_member, .issue = on_walk_issue, .raw = on_raw, .link = on_link,
		.packed = on_packed, .packed_end = on_packed_end, .arg = j,
	};
	if (iq_wire_stage(j->wire, IQ_LIT("opening"), err))
		return -1;
	if (strcmp(c->req->path, "-") != 0 && !c->req->more_bytes)
		iq_checksum_beside(c->req->path, &c->checksum);
	if (c->checksum.md5)
		iq_hash_also_md5(c->hash);
	int rc = iq_request_walk(c->req, opts, &v, err);
	if (!rc)
		rc = iq_parts_each(&c->parts, read_set, c, err);
	if (!rc)
		rc = iq_read_again(c, opts, on_member, j, err);
	if (!rc && c->journals.n)
		rc = iq_wire_stage(j->wire, IQ_LIT("reading binary journals"), err) ||
		     iq_read_journals(c, err) ? -1 : 0;
	if (rc) {
		if (!c->n_members && err->code != IQ_E_LIMIT)
			return -1;	/* could not even be opened: nothing to keep */
		iq_capture_issue(c, err->code == IQ_E_LIMIT ? "limit" : "damage",
				 err->code == IQ_E_LIMIT ? "limit" : "unreadable", IQ_NULL,
				 IQ_NULL, err->text);
	}
	struct iq_err ignored;
	(void)iq_parser_finish(c->parser, true, &ignored);
	if (iq_wire_stage(j->wire, IQ_LIT("finishing"), err))
		return -1;
	return iq_capture_finish(c, err);
}

/* Are these bytes in the store already?  Asked only where one of the same size is. */
static bool is_known(const struct iq_read_request *req)
{
	struct iq_err ignored;
	char hex[IQ_HASH_HEX], want[3];
	struct iq_hash *h = iq_hash_new();
	bool hashed = h && !iq_hash_add_rest(h, req->path, &ignored) && iq_hash_bytes(h) &&
		      !iq_hash_finish(h, hex, &ignored), found = false;
	for (uint32_t i = 0; hashed && i < req->n_known && !found; i++) {
		found = true;
		for (size_t k = 0; k < 32 && found; k++) {
			snprintf(want, sizeof want, "%02x", req->known[i][k]);
			found = !memcmp(hex + 2 * k, want, 2);
		}
	}
	iq_hash_free(h);
	return found;
}

int iq_read_job(const void *request, size_t n, const int *fds, size_t n_fds,
		volatile struct iq_jail_progress *progress)
{
	const struct iq_read_request *req = request;
	if (n != sizeof *req || !n_fds)
		return 1;
	struct iq_walk_opts opts = {
		.limits = req->limits, .stdin_fd = n_fds > 1 ? fds[1] : -1,
	};
	if (req->what == IQ_READ_LOG || req->what == IQ_READ_IDENTIFY)
		return iq_read_plain(req, &opts, fds[0]);
	struct stat st;
	if (!stat(req->path, &st) && S_ISREG(st.st_mode))
		progress->all_bytes = (uint64_t)st.st_size;
	if (req->n_known && req->n_known <= IQ_READ_KNOWN_MAX && is_known(req))
		return IQ_READ_KNOWN;
	struct iq_wire_writer wire;
	struct job j = { .wire = &wire };
	struct iq_err err = { 0 }, ignored;
	iq_wire_writer_init(&wire, fds[0], req->limits.bytes
			    ? req->limits.bytes + SPOOL_FLOOR_BYTES : 0);
	j.c = (struct iq_capture_run){
		.req = req, .progress = progress, .out = &wire.sink, .sink.put = pass,
		.hash = iq_hash_new(), .nothing_yet = true,
	};
	j.c.parser = iq_parser_new(&j.c.sink);
	iq_arena_init(&j.c.arena);
	iq_arena_init(&j.member_arena);
	iq_links_init(&j.c.links);
	iq_inner_init(&j.c.inner);
	struct iq_clean clean = { 0 };
	int rc = !req->clean_map[0] ? 0 : iq_clean_init(&clean, req->clean_map, &wire.sink, &err);
	if (clean.map)
		j.c.out = &clean.sink;
	if (!rc)
		rc = j.c.parser && j.c.hash ? read_facts(&j, &opts, &err)
			: iq_err_set(&err, IQ_E_NOMEM, "out of memory");
	bool told = iq_wire_done(&wire, rc ? &err : NULL, &ignored) == 0;
	/* freed for the sanitizers' sake: the process ends here */
	iq_clean_fini(&clean);
	iq_parser_free(j.c.parser);
	iq_hash_free(j.c.hash);
	free(j.c.hosts);
	free(j.c.boots);
	for (size_t i = 0; i < j.c.n_roots; i++) {
		iq_state_free(j.c.roots[i].state);
		free(j.c.roots[i].units);
	}
	free(j.c.roots);
	free(j.c.late);
	free(j.c.dumps);
	free(j.c.dump_events);
	free(j.c.trend_days);
	iq_parts_fini(&j.c.parts);
	iq_problems_fini(&j.c.problems);
	iq_links_fini(&j.c.links);
	iq_inner_fini(&j.c.inner);
	iq_journals_fini(&j.c.journals);
	iq_arena_fini(&j.c.arena);
	iq_arena_fini(&j.member_arena);
	iq_wire_writer_fini(&wire);
	bool passed_over = req->below && j.c.nothing_yet && !j.c.damaged && j.c.n_members;
	return !told ? IQ_READ_NO_ROOM : rc ? 1 : passed_over ? IQ_READ_PASSED_OVER : 0;
}
