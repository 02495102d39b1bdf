/* import/dump.c - a member that is a vmcore: its log, through the same reader and parser
 * as any other, and the state of the machine, as a snapshot that the log's events refer
 * to. */
#include "base/units.h"
#include "import/capture.h"
#include "vmcore/vmcore.h"

#include <stdio.h>
#include <unistd.h>

struct dump_run {
	struct iq_capture_run *c;
	struct iq_reader *reader;
	int64_t boot_id;
	int64_t last_mono_us;		/* IQ_NULL: no record yet */
};

/* printk's clock and the real one drift apart by seconds a day. */
#define DRIFT_US (15 * 60 * IQ_USEC)

static void on_issue(void *arg, const char *severity, const char *code,
		     int64_t offset_bytes, const char *text)
{
	struct dump_run *d = arg;
	iq_capture_issue(d->c, severity, code, IQ_NULL, offset_bytes, text);
}

static void on_reader_issue(void *arg, const char *severity, const char *code, int64_t line,
			    int64_t offset_bytes, const char *text)
{
	struct dump_run *d = arg;
	iq_capture_issue(d->c, severity, code, line, offset_bytes, text);
}

static int from_dump(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	struct dump_run *d = arg;
	if (rec->mono_us != IQ_NULL && rec->mono_us > d->last_mono_us)
		d->last_mono_us = rec->mono_us;
	return iq_reader_put(d->reader, rec, err);
}

static int on_record(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	struct dump_run *d = arg;
	if (d->c->req->what == IQ_READ_IMPORT && iq_capture_put_log(d->c, rec, d->boot_id, err))
		return -1;
	return iq_parser_record(d->c->parser, rec, d->boot_id, err);
}

/* The last record was printed when the machine crashed.  What the log said of the time
 * while it booted is nearer to the boot, but may have been a clock that was wrong. */
static void start_by_crash(struct iq_boot *f, int64_t wall_us, int64_t mono_us)
{
	if (wall_us == IQ_NULL || mono_us == IQ_NULL)
		return;
	int64_t start = wall_us - mono_us;
	if (f->start_us == IQ_NULL || f->start_us < start - DRIFT_US ||
	    f->start_us > start + DRIFT_US)
		f->start_us = start;
}

/* One boot: what the dump says of itself, completed by its log. */
static void take_boot(struct dump_run *d, const struct iq_vmcore_info *i)
{
	struct iq_boot_slot *b = iq_capture_boot(d->c, d->boot_id);
	struct iq_arena *a = &d->c->arena;
	if (!b)
		return;
	b->dump = true;
	b->fact.kernel_release = iq_arena_copy(a, i->release);
	b->fact.kernel_version = iq_arena_copy(a, i->version);
	b->fact.arch = iq_arena_copy(a, i->arch);
	if (i->page_size > 0)
		b->fact.page_size = i->page_size;
	const struct iq_reader_summary *s = iq_reader_summary(d->reader);
	for (size_t k = 0; k < s->n_boots; k++) {
		if (s->boots[k].command_line.p && !b->fact.command_line.p)
			b->fact.command_line = iq_arena_copy(a, s->boots[k].command_line);
		if (s->boots[k].wall_minus_mono_us != IQ_NULL && b->fact.start_us == IQ_NULL &&
		    !(s->boots[k].wall_kind & IQ_WALL_NO_YEAR))
			b->fact.start_us = s->boots[k].wall_minus_mono_us;
	}
	start_by_crash(&b->fact, i->crash_us, d->last_mono_us);
}

static int read_log(struct dump_run *d, struct iq_vmcore *v, struct iq_err *err)
{
	struct iq_reader_opts opts = {
		.want_all_kernel = true, .zone_offset_us = IQ_NULL,
		.name_date_us = IQ_NULL, .mtime_us = IQ_NULL,
	};
	struct iq_reader_ops ops = { on_record, on_reader_issue };
	d->reader = iq_reader_new(&opts, &ops, d);
	if (!d->reader)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	int rc = iq_parser_member(d->c->parser, d->c->member_id, err);
	if (!rc && iq_vmcore_log(v, from_dump, d, err)) {
		if (err->code == IQ_E_LIMIT)
			rc = -1;
		else
			iq_capture_issue(d->c, "damage", "vmcore-log", IQ_NULL, IQ_NULL,
					 err->text);
	}
	if (!rc)
		rc = iq_reader_finish(d->reader, false, err);
	if (!rc)
		rc = iq_parser_finish(d->c->parser, false, err);
	take_boot(d, iq_vmcore_info(v));
	iq_reader_free(d->reader);
	return rc;
}

/* --- the state --- */

static int link_events(struct iq_capture_run *c, int64_t snapshot_id, struct iq_err *err)
{
	for (size_t i = 0; i < c->n_dump_events; i++) {
		struct iq_event_snapshot f;
		iq_fact_init(IQ_FACT_EVENT_SNAPSHOT, &f);
		f.event_id = c->dump_events[i];
		f.snapshot_id = snapshot_id;
		f.role = IQ_LIT("dump");
		if (iq_sink_put(&c->sink, IQ_FACT_EVENT_SNAPSHOT, &f, err))
			return -1;
	}
	return 0;
}

/* Texts of the boot outlive the dump. */
static void keep_boot(struct iq_capture_run *c, struct iq_boot *to, const struct iq_boot *b)
{
	*to = *b;
	for (const struct iq_column *k = iq_fact_descs[IQ_FACT_BOOT].columns, *end =
	     k + iq_fact_descs[IQ_FACT_BOOT].n_columns; k < end; k++)
		if (k->kind == IQ_COL_TEXT && iq_fact_text(to, k)->p)
			*iq_fact_text(to, k) = iq_arena_copy(&c->arena,
							     *iq_fact_text(to, k));
}

static const char *given(const char *path)
{
	return *path ? path : NULL;
}

static int read_state(struct dump_run *d, struct iq_vmcore *v, struct iq_err *err)
{
	struct iq_capture_run *c = d->c;
	struct iq_boot_slot *slot = iq_capture_boot(c, d->boot_id);
	struct iq_snapshot snap;

	if (!slot)
		return 0;
	struct iq_boot boot = slot->fact;
	struct iq_vmcore_sources src = {
		.vmlinux = given(c->req->vmlinux), .system_map = given(c->req->system_map),
		.btf = given(c->req->btf), .debug_dir = given(c->req->debug_dir),
	};
	if (iq_vmcore_state(v, &src, &c->sink, c->member_id, &boot, &snap, err))
		return -1;
	/* the walkers put no boot: the slot is where it was */
	keep_boot(c, &slot->fact, &boot);
	/* both clocks of one moment, to the microsecond: better than what the log said of
	 * the time while it booted, which was that of a clock of whole seconds */
	if (snap.wall_us != IQ_NULL && snap.mono_us != IQ_NULL)
		slot->fact.start_us = snap.wall_us - snap.mono_us;
	if (snap.mono_us == IQ_NULL)
		snap.mono_us = d->last_mono_us;
	if (snap.wall_us == IQ_NULL)
		snap.wall_us = iq_vmcore_info(v)->crash_us;
	if (snap.wall_us != IQ_NULL && snap.wall_kind == IQ_NULL)
		snap.wall_kind = IQ_WALL_UTC;
	return iq_sink_put(&c->sink, IQ_FACT_SNAPSHOT, &snap, err) ||
	       link_events(c, snap.id, err) ? -1 : 0;
}

int iq_read_vmcore_fds(struct iq_capture_run *c, const int *fds, size_t n, struct iq_err *err)
{
	struct dump_run d = { .c = c, .last_mono_us = IQ_NULL };
	struct iq_vmcore *v = NULL;
	if (iq_vmcore_open(fds, n, &c->req->limits, on_issue, &d, &v, err))
		return -1;
	struct iq_slice node = iq_vmcore_info(v)->nodename;
	d.boot_id = iq_capture_new_boot(c, node.n ? node : IQ_SLICE_NULL);
	c->dump_boot_id = d.boot_id;
	c->n_dump_events = 0;
	c->format = iq_arena_copy(&c->arena, iq_slice_z(iq_vmcore_info(v)->format)).p;
	int rc = d.boot_id ? read_log(&d, v, err)
			   : iq_err_set(err, IQ_E_NOMEM, "out of memory");
	if (!rc)
		rc = read_state(&d, v, err);
	c->dump_boot_id = 0;
	iq_vmcore_close(v);
	return rc;
}

int iq_read_vmcore_member(struct iq_capture_run *c, struct iq_stream *m, struct iq_err *err)
{
	bool cut = false;
	int fd = iq_stream_fd(m, &cut, err);
	if (fd < 0)
		return -1;
	int rc = iq_read_vmcore_fds(c, &fd, 1, err);
	close(fd);
	return rc;
}
