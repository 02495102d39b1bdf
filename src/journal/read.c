/* journal/read.c - see journal.h.
 *
 * Which of two entries of different files is older: as sd-journal has it (compare_locations()
 * of systemd's sd-journal.c): by number if they were numbered together, by the monotonic
 * clock within one boot, else by the wall clock.
 */
#include "journal/file.h"
#include "journal/journal.h"
#include "base/limits.h"
#include "text/programs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct source {
	struct iq_jfile file;
	struct iq_jentry entry;		/* the next one */
	bool open, more;
};

struct run {
	const struct iq_journal_ops *ops;
	struct iq_journal_info *info;
	struct source *sources;
	size_t n;
	struct iq_jfields fields;	/* of the entry in hand */
	char message[IQ_LINE_MAX_BYTES];
};

static void issue(const struct run *r, size_t file, const char *severity, const char *code,
		  const char *text)
{
	r->info->damaged = true;
	if (r->ops->issue)
		r->ops->issue(r->ops->arg, (int)file, severity, code, IQ_NULL, text);
}

static struct iq_slice field(const struct run *r, enum iq_jfield f)
{
	return r->fields.has[f] ? iq_slice(r->fields.small[f], r->fields.n[f])
				: IQ_SLICE_NULL;
}

static int64_t number(struct iq_slice s)
{
	uint64_t v;
	return s.n && iq_take_u64(&s, &v) && !s.n && v <= INT64_MAX ? (int64_t)v : IQ_NULL;
}

/* --- machines --- */

static bool unnamed(struct iq_slice name)
{
	return !name.n || iq_starts(name, IQ_LIT("localhost"));
}

static void put_text(char *to, size_t size, struct iq_slice s)
{
	s = iq_head(s, size - 1);
	memcpy(to, s.n ? s.p : "", s.n);
	to[s.n] = 0;
}

static struct iq_journal_host *host_of(struct run *r, struct iq_slice id)
{
	struct iq_journal_info *info = r->info;
	if (id.n != 32)
		return NULL;
	for (size_t i = 0; i < info->n_hosts; i++)
		if (memcmp(info->hosts[i].machine_id, id.p, 32) == 0)
			return &info->hosts[i];
	if (info->n_hosts == IQ_JOURNAL_HOSTS_MAX)
		return NULL;
	struct iq_journal_host *h = &info->hosts[info->n_hosts++];
	put_text(h->machine_id, sizeof h->machine_id, id);
	return h;
}

/* The name that a machine bore last, from the last entries of the files. */
static void name_hosts(struct run *r)
{
	uint64_t newest[IQ_JOURNAL_HOSTS_MAX] = { 0 };
	for (size_t i = 0; i < r->n; i++) {
		struct source *s = &r->sources[i];
		struct iq_jentry e;
		if (!s->open || !iq_jfile_last(&s->file, &e))
			continue;
		iq_jfile_fields(&s->file, &e, &r->fields);
		struct iq_slice name = field(r, IQ_JF_HOSTNAME);
		struct iq_journal_host *h = host_of(r, field(r, IQ_JF_MACHINE_ID));
		if (!h || unnamed(name) || e.realtime < newest[h - r->info->hosts])
			continue;
		newest[h - r->info->hosts] = e.realtime;
		put_text(h->name, sizeof h->name, name);
	}
}

static struct iq_slice host_name(struct run *r)
{
	struct iq_slice shown = field(r, IQ_JF_HOSTNAME);
	struct iq_journal_host *h = host_of(r, field(r, IQ_JF_MACHINE_ID));
	if (!h)
		return shown;
	if (!h->name[0] && !unnamed(shown))
		put_text(h->name, sizeof h->name, shown);
	return h->name[0] ? iq_slice_z(h->name) : shown;
}

/* --- entries --- */

static int64_t small_number(struct run *r, enum iq_jfield f, int64_t below)
{
	int64_t v = number(field(r, f));
	return v >= 0 && v < below ? v : -1;
}

static void to_record(struct run *r, const struct iq_jentry *e, struct iq_record *rec,
		      char boot[33])
{
	int64_t mono = number(field(r, IQ_JF_SOURCE_MONO));	/* printk's own clock */
	int64_t pid = number(field(r, IQ_JF_SYSLOG_PID));
	*rec = (struct iq_record){
		.host = host_name(r),
		.ident = field(r, r->fields.has[IQ_JF_IDENTIFIER] ? IQ_JF_IDENTIFIER
								    : IQ_JF_COMM),
		.ident_pid = pid != IQ_NULL ? pid : number(field(r, IQ_JF_PID)),
		.first_line = (int64_t)r->info->entries,
		.last_line = (int64_t)r->info->entries, .offset_bytes = IQ_NULL,
		.wall_us = e->realtime <= INT64_MAX ? (int64_t)e->realtime : IQ_NULL,
		.wall_kind = IQ_WALL_UTC,
		.mono_us = mono != IQ_NULL ? mono
			 : e->monotonic <= INT64_MAX ? (int64_t)e->monotonic : IQ_NULL,
		.level = (int)small_number(r, IQ_JF_PRIORITY, 8),
		.facility = (int)small_number(r, IQ_JF_FACILITY, 128),
		.caller = IQ_NULL,
	};
	rec->kernel = iq_eq(field(r, IQ_JF_TRANSPORT), IQ_LIT("kernel")) &&
		      (!rec->ident.p || iq_eq(rec->ident, IQ_LIT("kernel")));
	for (int i = 0; i < 16; i++)
		snprintf(boot + 2 * i, 3, "%02x", e->boot_id[i]);
	rec->boot_id = iq_slice(boot, 32);
}

static int one_entry(struct run *r, struct source *s, struct iq_err *err)
{
	struct iq_record rec;
	char boot[33];
	r->info->entries++;
	iq_jfile_fields(&s->file, &s->entry, &r->fields);
	to_record(r, &s->entry, &rec, boot);
	/* of programs that nobody asks for, the message need not be looked up */
	if (rec.kernel || r->ops->all_programs ||
	    iq_program_of(rec.ident) != IQ_PROGRAM_OTHER) {
		rec.text = iq_jfile_message(&s->file, &s->entry, &r->fields, r->message,
					    sizeof r->message);
		if (!rec.text.p)
			return 0;
	}
	return r->ops->record(r->ops->arg, &rec, err);
}

/* --- order --- */

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int order(const struct source *a, const struct source *b)
{
	const struct iq_jentry *x = &a->entry, *y = &b->entry;
	int r = 0;
	if (memcmp(a->file.head.seqnum_id, b->file.head.seqnum_id, 16) == 0) {
		r = compare(x->seqnum, y->seqnum);
		if (r)
			return r;
	}
	if (memcmp(x->boot_id, y->boot_id, 16) == 0)
		r = compare(x->monotonic, y->monotonic);
	if (!r)
		r = compare(x->realtime, y->realtime);
	return r ? r : compare(x->xor_hash, y->xor_hash);
}

static void advance(struct source *s)
{
	s->more = iq_jfile_next(&s->file, &s->entry) > 0;
}

/* The oldest of the next entries; the same in other files is passed over. */
static struct source *oldest(struct run *r)
{
	struct source *best = NULL;
	for (size_t i = 0; i < r->n; i++) {
		struct source *s = &r->sources[i];
		int c = s->more && best ? order(s, best) : -1;
		if (!s->more)
			continue;
		if (c < 0)
			best = s;
		else if (c == 0)
			advance(s);
	}
	return best;
}

static int read_entries(struct run *r, struct iq_err *err)
{
	struct source *s;
	for (size_t i = 0; i < r->n; i++)
		if (r->sources[i].open)
			advance(&r->sources[i]);
	while ((s = oldest(r))) {
		if (one_entry(r, s, err))
			return -1;
		advance(s);
	}
	return 0;
}

/* --- files --- */

static void tell_damage(struct run *r, size_t i)
{
	const struct iq_jfile *f = &r->sources[i].file;
	const struct iq_journal_head *h = &f->head;
	char text[200], count[80] = "";
	if (!r->sources[i].open)
		return;
	if (h->n_entries > f->entries)
		snprintf(count, sizeof count, "; %" PRIu64 " of %" PRIu64 " entries are left",
			 f->entries, h->n_entries);
	else if (h->n_entries)
		snprintf(count, sizeof count, "; no entry is lost");
	if (h->cut) {
		/* what was set aside for more entries is no loss */
		if (h->n_entries > f->entries || !f->whole) {
			snprintf(text, sizeof text, "the journal ends early%s", count);
			issue(r, i, "damage", "truncated", text);
		}
	} else if (f->lost_bytes || h->damaged || h->n_entries > f->entries) {
		snprintf(text, sizeof text, "the journal is damaged%s", count);
		issue(r, i, "damage", "journal-damaged", text);
	}
}

static int open_all(struct run *r, const int *fds, struct iq_err *err)
{
	struct iq_err last = { 0 };
	for (size_t i = 0; i < r->n; i++) {
		struct source *s = &r->sources[i];
		struct iq_err why = { 0 };
		s->open = iq_jfile_open(&s->file, fds[i], &why) == 0;
		if (s->open) {
			r->info->files++;
			continue;
		}
		last = why;
		if (r->n > 1)
			issue(r, i, "damage", "journal", why.text);
	}
	if (r->info->files)
		return 0;
	*err = last;
	return -1;
}

int iq_journal_read(const int *fds, size_t n, const struct iq_journal_ops *ops,
		    struct iq_journal_info *ret, struct iq_err *err)
{
	*ret = (struct iq_journal_info){ 0 };
	if (!n || n > IQ_JOURNAL_FILES_MAX)
		return iq_err_set(err, IQ_E_BUG, "a journal of %zu files", n);
	struct run *r = calloc(1, sizeof *r);
	struct source *sources = calloc(n, sizeof *sources);
	int rc = r && sources ? 0 : iq_err_set(err, IQ_E_NOMEM, "out of memory");
	if (!rc) {
		*r = (struct run){ .ops = ops, .info = ret, .sources = sources, .n = n };
		rc = open_all(r, fds, err);
	}
	if (!rc) {
		name_hosts(r);
		rc = read_entries(r, err);
	}
	for (size_t i = 0; r && sources && i < n; i++) {
		if (!rc)
			tell_damage(r, i);
		if (sources[i].open)
			iq_jfile_close(&sources[i].file);
	}
	free(sources);
	free(r);
	return rc;
}
