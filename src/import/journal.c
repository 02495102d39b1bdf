/* import/journal.c - members that are binary journals: their entries, through the same
 * reader and parser as the lines of a log.
 *
 * Where several files are one journal, it is a member of its own, named after their
 * directory; `line` is an entry's number in it (journal/journal.h).
 */
#include "import/stops.h"
#include "import/text.h"
#include "journal/journal.h"

#include <stdlib.h>

struct journal_run {
	struct iq_text_run t;
	struct iq_stops *stops;
	const struct iq_journal_file *files;
};

static int on_entry(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	struct journal_run *r = arg;
	return iq_reader_put(r->t.reader, rec, err) ||
	       iq_stops_entry(r->stops, rec, err) ? -1 : 0;
}

static void on_issue(void *arg, int file, const char *severity, const char *code,
		     int64_t offset_bytes, const char *text)
{
	struct journal_run *r = arg;
	struct iq_capture_run *c = r->t.c;
	int64_t whole = c->member_id;
	c->member_id = r->files[file].member_id;
	iq_capture_issue(c, severity, code, IQ_NULL, offset_bytes, text);
	c->member_id = whole;
}

/* The names of the machines are those of the entries; what they are not told by is the
 * machine id that goes with each. */
static void take_hosts(struct iq_capture_run *c, const struct iq_journal_info *info)
{
	for (size_t i = 0; i < info->n_hosts; i++) {
		struct iq_slice name = iq_slice_z(info->hosts[i].name);
		ptrdiff_t at = iq_capture_host(c, name.n ? name : IQ_SLICE_NULL);
		if (at >= 0 && !c->hosts[at].machine_id.p)
			c->hosts[at].machine_id = iq_arena_copy(&c->arena, iq_slice_z(
							info->hosts[i].machine_id));
	}
}

static int read_entries(struct journal_run *r, size_t n, struct iq_member *f,
			struct iq_err *err)
{
	struct iq_capture_run *c = r->t.c;
	struct iq_reader_opts times = {
		.zone_offset_us = IQ_NULL, .name_date_us = IQ_NULL, .mtime_us = IQ_NULL,
	};
	struct iq_journal_ops ops = { on_entry, on_issue, r, false };
	struct iq_journal_info info = { 0 };
	int *fds = calloc(n, sizeof *fds);
	if (!fds)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		fds[i] = r->files[i].fd;
	int rc = iq_text_open(&r->t, c, &times, err);
	r->stops = rc ? NULL : iq_stops_new(&r->t, &times);
	if (!rc && !r->stops)
		rc = iq_err_set(err, IQ_E_NOMEM, "out of memory");
	if (!rc)
		rc = iq_journal_read(fds, n, &ops, &info, err);
	free(fds);
	if (!rc)
		rc = iq_reader_finish(r->t.reader, info.damaged, err);
	if (!rc)
		rc = iq_parser_finish(c->parser, info.damaged, err);
	if (!rc)
		rc = iq_stops_finish(r->stops, err);
	iq_stops_free(r->stops);
	if (r->t.reader)
		iq_text_close(&r->t, f);
	f->lines = (int64_t)info.entries;
	f->size_bytes = IQ_NULL;
	f->format = IQ_LIT("systemd journal");
	if (!rc)
		take_hosts(c, &info);
	return rc;
}

/* The files of one directory. */
static int read_set(void *arg, const struct iq_journal_file *files, size_t n,
		    struct iq_err *err)
{
	struct iq_capture_run *c = arg;
	struct journal_run r = { .t.c = c, .files = files };
	struct iq_member f;
	bool whole = n > 1;
	iq_fact_init(IQ_FACT_MEMBER, &f);
	f.name = whole ? iq_arena_copy(&c->arena, iq_journals_dir(files))
		       : iq_arena_copy(&c->arena, iq_slice_z(files->name));
	f.id = whole ? iq_sink_id(&c->sink, IQ_FACT_MEMBER) : files->member_id;
	c->member_id = f.id;
	c->member_name = c->member_kept = f.name;
	c->member_is_now = false;
	int rc = read_entries(&r, n, &f, err);
	if (rc && err->code != IQ_E_LIMIT && err->code != IQ_E_NOMEM) {
		iq_capture_issue(c, f.name.n ? "damage" : "failed", "journal", IQ_NULL,
				 IQ_NULL, err->text);
		iq_err_clear(err);
		rc = 0;
	} else if (!rc) {
		c->nothing_yet = false;
		c->n_journals++;
		if (!c->kind)
			c->kind = "journal";
	}
	if (whole && iq_sink_put(&c->sink, IQ_FACT_MEMBER, &f, rc ? NULL : err))
		rc = -1;
	c->member_id = 0;
	return rc;
}

int iq_read_journals(struct iq_capture_run *c, struct iq_err *err)
{
	return iq_journals_each(&c->journals, read_set, c, err);
}
