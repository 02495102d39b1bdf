/* import/stops.c - see stops.h. */
#include "import/stops.h"

#include "base/buf.h"

#include <stdlib.h>

#define BEFORE_BYTES (32 * 1024)
#define AFTER_BYTES (96 * 1024)
/* The reader holds back its sample; until it has it, more must be there to look back to. */
#define FIRST_BYTES (IQ_READER_SAMPLE + BEFORE_BYTES)
#define WAITING_MAX 4			/* banners whose lines behind are still to come */
#define STOPS_MAX 256			/* of one member */
#define RECORDS_MAX 4096
#define BANNER_REACH 20			/* lines from a boot's first one to its banner */
#define ENTRIES_BEFORE 256
#define ENTRIES_AFTER 1500

/* The surroundings of a banner, while they come together. */
struct around {
	struct iq_buf bytes;
	int64_t at;			/* of bytes.p[0] in the stream */
	int64_t banner_at, banner_line;
	size_t boot;			/* the reader's number of the new boot */
};

struct found {
	struct iq_record recs[3];	/* last line, banner, unclean */
	struct iq_stop stop;
	int64_t boot_id;		/* of the boot that ended */
};

/* Records with copies of their texts. */
struct records {
	struct iq_arena mem;
	struct iq_record *at;
	size_t n, cap;
};

struct iq_stops {
	struct iq_text_run *t;
	struct iq_reader_opts times;
	struct iq_buf win;		/* the bytes in front of the next block */
	int64_t total;
	size_t n_boots;			/* looked at */
	struct around waiting[WAITING_MAX];
	size_t n_waiting;
	unsigned n_judged;
	struct found *found;
	size_t n_found, cap_found;
	struct records entries;		/* of a journal */
	size_t banner;			/* among them; SIZE_MAX: none yet */
};

struct iq_stops *iq_stops_new(struct iq_text_run *t, const struct iq_reader_opts *times)
{
	struct iq_stops *s = calloc(1, sizeof *s);
	if (!s)
		return NULL;
	s->t = t;
	s->times = *times;
	s->times.all_programs = s->times.want_all_kernel = true;
	s->banner = SIZE_MAX;
	iq_buf_init(&s->win);
	iq_arena_init(&s->entries.mem);
	return s;
}

void iq_stops_free(struct iq_stops *s)
{
	if (!s)
		return;
	iq_buf_fini(&s->win);
	for (size_t i = 0; i < WAITING_MAX; i++)
		iq_buf_fini(&s->waiting[i].bytes);
	iq_arena_fini(&s->entries.mem);
	free(s->entries.at);
	free(s->found);
	free(s);
}

/* --- records --- */

/* 0, or -1 out of memory. */
static int add(struct records *r, const struct iq_record *rec)
{
	struct iq_record *at = iq_capture_grow(r->at, r->n, &r->cap, sizeof *at);
	if (!at)
		return -1;
	r->at = at;
	at[r->n] = *rec;
	at[r->n].text = iq_arena_copy(&r->mem, rec->text);
	at[r->n].ident = iq_arena_copy(&r->mem, rec->ident);
	at[r->n].host = iq_arena_copy(&r->mem, rec->host);
	at[r->n].boot_id = IQ_SLICE_NULL;
	r->n++;
	return 0;
}

static int take(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	struct records *r = arg;
	if (r->n < RECORDS_MAX && add(r, rec))
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	return 0;
}

static bool is_banner(const struct iq_record *rec)
{
	return rec->kernel && iq_starts(iq_ltrim(rec->text), IQ_LIT("Linux version "));
}

/* --- what was found --- */

/* The boot of the same host in front of NEW; -1: none. */
static ptrdiff_t boot_before(const struct iq_boot_info *boots, size_t new)
{
	for (size_t i = new; i-- > 0;)
		if (boots[i].host_no == boots[new].host_no)
			return (ptrdiff_t)i;
	return -1;
}

static int keep(struct iq_stops *s, const struct iq_record *recs, const struct iq_stop *stop,
		size_t new_boot, struct iq_err *err)
{
	size_t n;
	const struct iq_boot_info *boots = iq_reader_boots(s->t->reader, &n);
	ptrdiff_t old = new_boot < n ? boot_before(boots, new_boot) : -1;
	struct found *f = iq_capture_grow(s->found, s->n_found, &s->cap_found, sizeof *f);
	if (!f)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	s->found = f;
	f += s->n_found++;
	const size_t from[3] = { stop->last, stop->banner, stop->unclean };
	struct iq_arena *mem = &s->t->c->arena;
	*f = (struct found){ .stop = *stop };
	f->stop.last = 0;
	f->stop.banner = 1;
	f->stop.unclean = stop->unclean == SIZE_MAX ? SIZE_MAX : 2;
	for (size_t i = 0; i < 3; i++) {
		if (from[i] == SIZE_MAX)
			continue;
		f->recs[i] = recs[from[i]];
		f->recs[i].text = iq_arena_copy(mem, iq_head(recs[from[i]].text, 512));
		f->recs[i].ident = iq_arena_copy(mem, recs[from[i]].ident);
		f->recs[i].host = f->recs[i].boot_id = IQ_SLICE_NULL;
		f->recs[i].mono_us = IQ_NULL;	/* it stopped then or later */
	}
	struct iq_record of = recs[stop->last];
	of.boot_no = old < 0 ? 0 : (uint32_t)old;
	f->boot_id = old < 0 ? iq_capture_new_boot(s->t->c, of.host)
			     : iq_text_boot_id(s->t, &of);
	return f->boot_id ? 0 : iq_err_set(err, IQ_E_NOMEM, "out of memory");
}

/* --- a text --- */

/* Whole lines only. */
static struct iq_slice whole(const struct around *a, int64_t *ret_at)
{
	struct iq_slice bytes = iq_buf_as_slice(&a->bytes);
	ptrdiff_t nl = a->at ? iq_find_char(bytes, '\n') : -1;
	*ret_at = a->at + nl + 1;
	return iq_from(bytes, (size_t)(nl + 1));
}

static size_t find_banner(const struct records *r, int64_t at)
{
	size_t i = 0;
	while (i < r->n && r->at[i].offset_bytes < at)
		i++;
	for (size_t k = 0; k < BANNER_REACH && i + k < r->n; k++)
		if (is_banner(&r->at[i + k]))
			return i + k;
	return SIZE_MAX;
}

/* Years and lines as the member's own reader counts them. */
static void align(struct records *r, size_t banner, const struct around *a,
		  const struct iq_boot_info *boot, int64_t lines_before)
{
	int64_t lines = a->banner_line + lines_before, years = 0;
	size_t first = banner;
	while (first > 0 && r->at[first - 1].offset_bytes >= a->banner_at)
		first--;
	lines -= r->at[first].first_line;
	if (boot->first_wall_us != IQ_NULL && r->at[first].wall_us != IQ_NULL &&
	    boot->range_kind == r->at[first].wall_kind && boot->range_kind & IQ_WALL_NO_YEAR)
		years = boot->first_wall_us - r->at[first].wall_us;
	for (size_t i = 0; i < r->n; i++) {
		r->at[i].first_line += lines;
		r->at[i].last_line += lines;
		if (r->at[i].wall_us != IQ_NULL)
			r->at[i].wall_us += years;
	}
}

static int judge(struct iq_stops *s, const struct around *a, struct iq_err *err)
{
	static const struct iq_reader_ops ops = { take, NULL };
	struct records r = { 0 };
	int64_t at;
	struct iq_slice bytes = whole(a, &at);
	struct iq_stop stop;
	iq_arena_init(&r.mem);
	struct iq_reader *reader = iq_reader_new(&s->times, &ops, &r);
	int rc = !reader ? iq_err_set(err, IQ_E_NOMEM, "out of memory")
		: iq_reader_feed(reader, bytes.p, bytes.n, err) ||
		  iq_reader_finish(reader, true, err) ? -1 : 0;
	for (size_t i = 0; i < r.n; i++)
		r.at[i].offset_bytes += at;
	size_t banner = rc ? SIZE_MAX : find_banner(&r, a->banner_at);
	size_t n;
	const struct iq_boot_info *boots = iq_reader_boots(s->t->reader, &n);
	if (banner != SIZE_MAX && a->boot < n) {
		align(&r, banner, a, &boots[a->boot], s->t->lines_before);
		if (iq_stop_judge(r.at, r.n, banner, &stop))
			rc = keep(s, r.at, &stop, a->boot, err);
	}
	iq_reader_free(reader);
	iq_arena_fini(&r.mem);
	free(r.at);
	return rc;
}

/* The first that waits is as complete as it will get. */
static int judge_first(struct iq_stops *s, struct iq_err *err)
{
	struct around a = s->waiting[0];
	int rc = s->n_judged++ < STOPS_MAX ? judge(s, &a, err) : 0;
	memmove(s->waiting, s->waiting + 1, (WAITING_MAX - 1) * sizeof a);
	iq_buf_reset(&a.bytes);
	s->waiting[WAITING_MAX - 1] = a;
	s->n_waiting--;
	return rc;
}

/* Takes what is there of the bytes around: the window, then BLOCK, which begins at AT. */
static int begin(struct iq_stops *s, const struct iq_boot_info *b, size_t boot,
		 struct iq_slice block, int64_t at, struct iq_err *err)
{
	int64_t from = b->first_offset - BEFORE_BYTES, win_at = at - (int64_t)s->win.n;
	if (from < win_at)
		from = win_at;
	if (b->first_offset < win_at || b->first_offset > at + (int64_t)block.n)
		return 0;
	if (s->n_waiting == WAITING_MAX && judge_first(s, err))
		return -1;
	struct around *a = &s->waiting[s->n_waiting++];
	a->at = from;
	a->banner_at = b->first_offset;
	a->banner_line = b->first_line;
	a->boot = boot;
	if (from < at)
		iq_buf_slice(&a->bytes, iq_from(iq_buf_as_slice(&s->win),
						(size_t)(from - win_at)));
	else
		block = iq_from(block, (size_t)(from - at));
	int64_t most = a->banner_at + AFTER_BYTES - (a->at + (int64_t)a->bytes.n);
	if (most > 0)
		iq_buf_slice(&a->bytes, iq_head(block, (size_t)most));
	return a->bytes.failed ? iq_err_set(err, IQ_E_NOMEM, "out of memory") : 0;
}

/* Those that waited for this block. */
static int go_on(struct iq_stops *s, size_t n, struct iq_slice block, struct iq_err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct around *a = &s->waiting[i];
		int64_t most = a->banner_at + AFTER_BYTES - (a->at + (int64_t)a->bytes.n);
		if (most > 0)
			iq_buf_slice(&a->bytes, iq_head(block, (size_t)most));
		if (a->bytes.failed)
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	}
	return 0;
}

static int judge_complete(struct iq_stops *s, struct iq_err *err)
{
	while (s->n_waiting && s->waiting[0].at + (int64_t)s->waiting[0].bytes.n >=
	       s->waiting[0].banner_at + AFTER_BYTES)
		if (judge_first(s, err))
			return -1;
	return 0;
}

static int slide(struct iq_stops *s, struct iq_slice block, struct iq_err *err)
{
	size_t most = s->total < 2 * FIRST_BYTES ? FIRST_BYTES : BEFORE_BYTES;
	if (block.n >= most) {
		iq_buf_reset(&s->win);
		block = iq_from(block, block.n - most);
	} else if (s->win.n + block.n > most) {
		size_t drop = s->win.n + block.n - most;
		memmove(s->win.p, s->win.p + drop, s->win.n - drop);
		s->win.n -= drop;
	}
	iq_buf_slice(&s->win, block);
	return s->win.failed ? iq_err_set(err, IQ_E_NOMEM, "out of memory") : 0;
}

int iq_stops_block(struct iq_stops *s, struct iq_slice block, struct iq_err *err)
{
	size_t n;
	const struct iq_boot_info *boots = iq_reader_boots(s->t->reader, &n);
	if (go_on(s, s->n_waiting, block, err))
		return -1;
	for (; s->n_boots < n && s->n_judged + s->n_waiting < STOPS_MAX; s->n_boots++) {
		const struct iq_boot_info *b = &boots[s->n_boots];
		/* the first of all may stand behind lines that were dropped unread */
		if (b->first_offset > 0 &&
		    begin(s, b, s->n_boots, block, s->total, err))
			return -1;
	}
	s->total += (int64_t)block.n;
	return judge_complete(s, err) || slide(s, block, err) ? -1 : 0;
}

/* --- a journal --- */

/* The entries around the banner are all there. */
static int judge_entries(struct iq_stops *s, struct iq_err *err)
{
	struct records *r = &s->entries;
	struct iq_stop stop;
	size_t n;
	(void)iq_reader_boots(s->t->reader, &n);
	size_t boot = r->at[s->banner].boot_no;
	int rc = s->n_judged++ < STOPS_MAX && boot < n &&
		 iq_stop_judge(r->at, r->n, s->banner, &stop)
		? keep(s, r->at, &stop, boot, err) : 0;
	s->banner = SIZE_MAX;
	return rc;
}

/* Only the last ones stay. */
static int forget(struct iq_stops *s, struct iq_err *err)
{
	struct records old = s->entries, *r = &s->entries;
	size_t from = old.n > ENTRIES_BEFORE ? old.n - ENTRIES_BEFORE : 0;
	*r = (struct records){ 0 };
	iq_arena_init(&r->mem);
	int rc = 0;
	for (size_t i = from; i < old.n && !rc; i++)
		rc = add(r, &old.at[i]);
	iq_arena_fini(&old.mem);
	free(old.at);
	return rc ? iq_err_set(err, IQ_E_NOMEM, "out of memory") : 0;
}

int iq_stops_entry(struct iq_stops *s, const struct iq_record *rec, struct iq_err *err)
{
	struct records *r = &s->entries;
	bool full = s->banner != SIZE_MAX ? r->n - s->banner > ENTRIES_AFTER
					  : r->n >= 4 * ENTRIES_BEFORE;
	bool banner = is_banner(rec);
	if (s->banner != SIZE_MAX && (full || banner) && judge_entries(s, err))
		return -1;
	if (full && forget(s, err))
		return -1;
	size_t n;
	(void)iq_reader_boots(s->t->reader, &n);
	struct iq_record one = *rec;
	one.boot_no = (uint32_t)(n ? n - 1 : 0);
	one.text = iq_head(one.text, 512);
	if (add(r, &one))
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	if (banner)
		s->banner = r->n - 1;
	return 0;
}

/* --- the end --- */

int iq_stops_finish(struct iq_stops *s, struct iq_err *err)
{
	struct iq_capture_run *c = s->t->c;
	while (s->n_waiting)
		if (judge_first(s, err))
			return -1;
	if (s->banner != SIZE_MAX && judge_entries(s, err))
		return -1;
	for (size_t i = 0; i < s->n_found; i++) {
		const struct found *f = &s->found[i];
		const struct iq_boot_slot *b = iq_capture_boot(c, f->boot_id);
		if (b && !b->panicked &&
		    iq_stop_put(f->recs, &f->stop, c->member_id, f->boot_id, &c->sink, err))
			return -1;
	}
	return 0;
}
