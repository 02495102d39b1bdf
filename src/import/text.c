/* import/text.c - a member that is a text log: reader, parser, and what they told
 * of hosts and boots. */
#include "import/text.h"
#include "import/name_date.h"
#include "import/stops.h"
#include "base/units.h"

#include <stdio.h>

/* A reader never tells apart more boots than this in one member. */
#define BOOTS_MAX 65536

int64_t iq_text_boot_id(struct iq_text_run *t, const struct iq_record *rec)
{
	if (rec->boot_no >= BOOTS_MAX)
		return 0;
	if (rec->boot_no >= t->n_boot_ids) {
		size_t n = rec->boot_no + 16;
		int64_t *ids = iq_arena_alloc(&t->c->arena, n * sizeof *ids);
		if (!ids)
			return 0;
		if (t->n_boot_ids)
			memcpy(ids, t->boot_ids, t->n_boot_ids * sizeof *ids);
		t->boot_ids = ids;
		t->n_boot_ids = n;
	}
	if (!t->boot_ids[rec->boot_no])
		t->boot_ids[rec->boot_no] = iq_capture_new_boot(t->c, rec->host);
	return t->boot_ids[rec->boot_no];
}

static int on_record(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	struct iq_text_run *t = arg;
	int64_t boot = iq_text_boot_id(t, rec);
	if (!boot)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	struct iq_record moved;
	if (t->lines_before) {
		moved = *rec;
		moved.first_line += t->lines_before;
		moved.last_line += t->lines_before;
		rec = &moved;
	}
	if (t->c->req->what == IQ_READ_IMPORT && iq_capture_put_log(t->c, rec, boot, err))
		return -1;
	return iq_parser_record(t->c->parser, rec, boot, err);
}

static void on_issue(void *arg, const char *severity, const char *code, int64_t line,
		     int64_t offset_bytes, const char *text)
{
	struct iq_text_run *t = arg;
	if (line != IQ_NULL)
		line += t->lines_before;
	iq_capture_issue(t->c, severity, code, line, offset_bytes, text);
}

static bool wants(void *arg, struct iq_slice text)
{
	(void)arg;
	return iq_parser_wants(text);
}

static bool report_open(void *arg)
{
	const struct iq_text_run *t = arg;
	return iq_parser_open(t->c->parser);
}

/* IQ_NULL: it has none. */
static int64_t with_year(int64_t us, int kind, const struct iq_reader_summary *s)
{
	struct iq_civil civil;
	if (us == IQ_NULL || !(kind & IQ_WALL_NO_YEAR))
		return us;
	if (!s->year_known)
		return IQ_NULL;
	iq_civil_from_us(us, &civil);
	civil.year += s->year_delta;
	return iq_civil_to_us(&civil);
}

/* What the reader learnt of a boot, into the boot's fact. */
static void take_boot(struct iq_capture_run *c, struct iq_boot_slot *b,
		      const struct iq_boot_info *i, const struct iq_reader_summary *s)
{
	struct iq_boot *f = &b->fact;
	if (i->kernel_release.p)
		f->kernel_release = iq_arena_copy(&c->arena, i->kernel_release);
	if (i->kernel_version.p)
		f->kernel_version = iq_arena_copy(&c->arena, i->kernel_version);
	if (i->command_line.p)
		f->command_line = iq_arena_copy(&c->arena, i->command_line);
	if (i->arch.p)
		f->arch = iq_arena_copy(&c->arena, i->arch);
	if (i->boot_uuid.p)
		f->boot_uuid = iq_arena_copy(&c->arena, i->boot_uuid);
	b->first_us = with_year(i->first_wall_us, i->range_kind, s);
	b->last_us = with_year(i->last_wall_us, i->range_kind, s);
	b->range_kind = i->range_kind & IQ_WALL_LOCAL;
	int64_t start = with_year(i->wall_minus_mono_us, i->wall_kind, s);
	if (start == IQ_NULL)
		return;
	f->start_us = start;
	b->start_kind = i->wall_kind & IQ_WALL_LOCAL;
}

int iq_text_open(struct iq_text_run *t, struct iq_capture_run *c,
		 const struct iq_reader_opts *times, struct iq_err *err)
{
	static const struct iq_reader_ops ops = { on_record, on_issue };
	struct iq_reader_opts opts = *times;
	*t = (struct iq_text_run){ .c = c };
	opts.wants = wants;
	opts.report_open = report_open;
	opts.want_all_kernel = c->req->what == IQ_READ_IMPORT;
	t->reader = iq_reader_new(&opts, &ops, t);
	if (!t->reader)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	return iq_parser_member(c->parser, c->member_id, err);
}

void iq_text_close(struct iq_text_run *t, struct iq_member *f)
{
	const struct iq_reader_summary *s = iq_reader_summary(t->reader);
	f->format = iq_arena_copy(&t->c->arena, s->dialects);
	f->lines = s->lines;
	f->size_bytes = s->bytes;
	f->records_kernel = s->records_kernel;
	f->records_other = s->records_other;
	if (s->year_known)
		f->year_delta = s->year_delta;
	for (size_t i = 0; i < s->n_boots && i < t->n_boot_ids; i++) {
		struct iq_boot_slot *b = iq_capture_boot(t->c, t->boot_ids[i]);
		if (b)
			take_boot(t->c, b, &s->boots[i], s);
	}
	iq_reader_free(t->reader);
	t->reader = NULL;
}

static int feed(struct iq_text_run *t, struct iq_stream *m, struct iq_stops *stops,
		struct iq_err *err)
{
	struct iq_slice block;
	int got;
	iq_stream_short_holes(m);
	while ((got = iq_stream_read(m, &block)) > 0) {
		t->c->progress->done_bytes += block.n;
		if (iq_reader_feed(t->reader, block.p, block.n, err) ||
		    iq_stops_block(stops, block, err))
			return -1;
	}
	if (iq_reader_finish(t->reader, got < 0, err) ||
	    iq_stops_block(stops, IQ_SLICE_NULL, err) ||
	    iq_parser_finish(t->c->parser, got < 0, err))
		return -1;
	return iq_stops_finish(stops, err);
}

int iq_read_text_member(struct iq_capture_run *c, struct iq_stream *m, struct iq_member *f,
			struct iq_err *err)
{
	struct iq_text_run t;
	struct iq_reader_opts times = {
		.year = c->req->year, .zone_offset_us = c->req->zone_offset_us,
		.name_date_us = iq_name_date(c->member_name.n ? c->member_name
					     : iq_slice_z(c->req->path)),
		.mtime_us = iq_capture_mtime_us(c, iq_stream_mtime_us(m)),
		.mtime_is_member = c->member_name.n != 0,
	};
	int rc = iq_text_open(&t, c, &times, err);
	t.lines_before = iq_stream_lines_before(m);
	struct iq_stops *stops = rc ? NULL : iq_stops_new(&t, &times);
	if (!rc)
		rc = stops ? feed(&t, m, stops, err)
			   : iq_err_set(err, IQ_E_NOMEM, "out of memory");
	iq_stops_free(stops);
	if (t.reader && iq_reader_summary(t.reader)->is_log)
		c->n_logs++;
	if (t.reader)
		iq_text_close(&t, f);
	return rc;
}
