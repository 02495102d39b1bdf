/* text/records.c - a record's text into lines, with boot, clocks, gaps.  See
 * reader_priv.h.
 *
 * The text of one record may hold several lines (newlines that the kernel printed, or
 * that got lost between two records): each goes on alone with the header of the first.
 */
#include "text/reader_priv.h"

#include "base/units.h"

/* --- one piece of text with its header --- */

/* A full date in the text of a line without year: audit and rtc lines of the kernel,
 * the time="2023-10-12T19:00:20Z" of programs written in Go. */
static void anchor_year(struct iq_reader *r, const struct iq_record *rec)
{
	struct iq_slice text = iq_ltrim(rec->text);
	int64_t anchor = IQ_NULL;
	ptrdiff_t at = rec->kernel ? -1 : iq_find(text, IQ_LIT("time=\""));
	if (rec->kernel && iq_boots_wants(text))
		anchor = iq_boots_anchor(text);
	else if (at >= 0 && !iq_time_parse(iq_head(iq_from(text, (size_t)at + 6), 19),
					   &anchor))
		anchor = IQ_NULL;
	if (anchor != IQ_NULL)
		iq_years_anchor(&r->years, rec->wall_us, anchor);
}

static int piece(struct iq_reader *r, struct iq_record *rec, bool read, size_t columns,
		 struct iq_err *err)
{
	struct iq_boots_line l = {
		.host = rec->host_no, .number = rec->first_line,
		.offset_bytes = rec->offset_bytes, .mono_us = rec->mono_us,
		.wall_us = rec->wall_us, .wall_kind = rec->wall_kind,
		.text = iq_ltrim(rec->text), .boot_id = r->boot_id, .kernel = rec->kernel,
		.program = !rec->kernel && rec->ident.n,
	};
	if (!(rec->flags & IQ_REC_CONT))
		rec->boot_no = iq_boots_line(&r->boots, &l);
	if (rec->wall_us != IQ_NULL && rec->wall_kind & IQ_WALL_NO_YEAR)
		anchor_year(r, rec);
	if (rec->kernel && (iq_ends(rec->text, IQ_LIT("callbacks suppressed")) ||
			    iq_ends(rec->text, IQ_LIT("due to ratelimiting")) ||
			    iq_ends(rec->text, IQ_LIT("messages suppressed"))))
		iq_reader_issue(r, "note", "messages-suppressed", rec->first_line,
				rec->offset_bytes, "printk held back messages here");
	return iq_deliver(r, rec, read, columns, err);
}

/* Without the blank that stands in place of a newline. */
static struct iq_slice without_end(struct iq_slice s)
{
	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

/* A newline that was lost: the rest of the text has a header of its own. */
static bool cut_second(struct iq_record *rec, struct iq_slice *rest)
{
	ptrdiff_t at = rec->kernel ? iq_find_second_header(rec->text, rec->mono_us) : -1;
	if (at <= 0)
		return false;
	*rest = iq_from(rec->text, (size_t)at);
	rec->text = without_end(iq_head(rec->text, (size_t)at));
	return true;
}

static int joined_lines(struct iq_reader *r, struct iq_record *rec, bool read,
			size_t columns, struct iq_err *err)
{
	struct iq_slice rest;
	while (cut_second(rec, &rest)) {
		r->run_on.cuts++;
		struct iq_peeled inner = {
			.mono_us = rec->mono_us, .level = rec->level, .text = rest,
			.facility = rec->facility, .caller_kind = rec->caller_kind,
			.caller = rec->caller,
		};
		if (iq_trim(rec->text).n && piece(r, rec, read, columns, err))
			return -1;
		if (!iq_peel_kernel_header(rest, &inner))
			break;		/* cannot be: it was found there */
		rec->text = without_end(inner.text);
		rec->mono_us = inner.mono_us;
		rec->level = inner.level;
		rec->facility = inner.facility;
		rec->caller_kind = inner.caller_kind;
		rec->caller = inner.caller;
	}
	return piece(r, rec, read, columns, err);
}

/* The next line of TEXT; #012 is a newline that a syslog daemon wrote so. */
struct iq_slice iq_next_line(struct iq_slice *text, bool octal)
{
	ptrdiff_t nl = iq_find_char(*text, '\n');
	ptrdiff_t at = octal ? iq_find(*text, IQ_LIT("#012")) : -1;
	bool first = at >= 0 && (nl < 0 || at < nl);
	ptrdiff_t cut = first ? at : nl;
	struct iq_slice line = cut < 0 ? *text : iq_head(*text, (size_t)cut);
	*text = cut < 0 ? iq_from(*text, text->n)
			: iq_from(*text, (size_t)cut + (first ? 4 : 1));
	return line;
}

/* All lines of a record's text. */
int iq_pieces(struct iq_reader *r, struct iq_record *rec, bool read, size_t columns,
		  struct iq_err *err)
{
	struct iq_slice text = rec->text;
	bool octal = rec->kernel && rec->flags & IQ_REC_BARE;
	bool whole = !memchr(text.p, '\n', text.n) &&
		     !(octal && iq_has(text, IQ_LIT("#012")));
	if (!text.n || whole)
		return joined_lines(r, rec, read, columns, err);
	struct iq_record base = *rec;
	while (text.n) {
		struct iq_record one = base;
		one.text = iq_next_line(&text, octal);
		if (iq_trim(one.text).n && joined_lines(r, &one, read, columns, err))
			return -1;
		base.flags |= IQ_REC_CONT;
		base.boot_no = one.boot_no;
	}
	rec->boot_no = base.boot_no;
	return 0;
}

/* --- lines with a header --- */

static void to_utc(const struct iq_reader *r, struct iq_record *rec)
{
	if (rec->wall_us == IQ_NULL || !(rec->wall_kind & IQ_WALL_LOCAL) ||
	    r->opts.zone_offset_us == IQ_NULL)
		return;
	rec->wall_us -= r->opts.zone_offset_us;
	rec->wall_kind &= ~IQ_WALL_LOCAL;
}

struct iq_record iq_record_of(struct iq_reader *r, const struct iq_peeled *p,
				  const struct iq_line *line)
{
	struct iq_record rec = {
		.text = p->text, .host = p->host, .ident = p->ident,
		.ident_pid = p->ident_pid, .kernel = p->kernel,
		.first_line = line->number - p->back,
		.last_line = line->number + line->folded,
		.offset_bytes = line->offset_bytes,
		.wall_us = p->wall_us, .mono_us = p->mono_us, .wall_kind = p->wall_kind,
		.level = p->level, .facility = p->facility,
		.caller_kind = p->caller_kind, .caller = p->caller,
		.host_no = iq_boots_host_of(&r->boots, p->host, p->boot_id),
		.flags = line->flags & IQ_LINE_CUT ? IQ_REC_CUT : 0,
	};
	if (rec.first_line < 1)
		rec.first_line = 1;
	if (rec.wall_us != IQ_NULL && rec.wall_kind & IQ_WALL_NO_YEAR)
		rec.wall_us = iq_years_place(&r->years, rec.wall_us);
	to_utc(r, &rec);
	return rec;
}

void iq_lost(struct iq_reader *r, const struct iq_record *rec, const char *code,
		 int64_t n)
{
	struct iq_buf text = { 0 };
	if (n == IQ_NULL || n <= 0)
		iq_buf_str(&text, "messages were lost here");
	else
		iq_buf_printf(&text, "%lld messages were lost here", (long long)n);
	/* before it reached us: a remark, no damage (contract.md 1, status 0) */
	iq_reader_issue(r, "note", code, rec->first_line, rec->offset_bytes,
			text.p ? text.p : "messages were lost here");
	iq_buf_fini(&text);
	struct iq_host_watch *w = iq_deliver_watch(r, rec->host_no);
	if (w)
		w->gap = true;
}

/* Counts SEQ; the number of records between it and the one before of its sender. */
static int64_t lost_before(struct iq_host_watch *w, int64_t seq)
{
	int of = -1;
	for (int i = 0; i < w->n_seq; i++)
		if (seq > w->seq[i] && (of < 0 || w->seq[i] > w->seq[of]))
			of = i;
	int64_t lost = of < 0 ? 0 : seq - w->seq[of] - 1;
	/* below both: a sender that is new, or counts anew */
	if (of != 0 && w->n_seq)
		w->seq[1] = w->seq[0];
	w->n_seq = of != 0 && w->n_seq < 2 ? w->n_seq + 1 : w->n_seq;
	w->seq[0] = seq;
	return lost;
}

void iq_watch_gaps(struct iq_reader *r, const struct iq_peeled *p,
		       const struct iq_record *rec)
{
	if (p->gap_before)
		iq_lost(r, rec, "printk-dropped", p->gap_before);
	struct iq_host_watch *w = p->seq < 0 ? NULL : iq_deliver_watch(r, rec->host_no);
	int64_t lost = w ? lost_before(w, p->seq) : 0;
	if (lost > 0)
		iq_lost(r, rec, "sequence-gap", lost);
}

bool iq_is_read(struct iq_reader *r, const struct iq_record *rec)
{
	if (r->opts.all_programs || rec->kernel)
		return r->opts.all_programs;
	enum iq_program program = iq_program_of(rec->ident);
	if (program == IQ_PROGRAM_LOGGER &&
	    iq_has(rec->text, IQ_LIT("begin to drop messages")))
		iq_lost(r, rec, "messages-lost", IQ_NULL);
	return (program == IQ_PROGRAM_KILLER || program == IQ_PROGRAM_WITNESS) &&
	       iq_program_line_matters(program, rec->text);
}

/* --- records that are already apart --- */

static int put_lines(struct iq_reader *r, const struct iq_record *rec, struct iq_err *err)
{
	struct iq_record one = *rec;
	if (!one.text.p)
		one.text = iq_slice("", 0);
	r->summary.is_log = true;
	r->summary.lines = rec->last_line > r->summary.lines ? rec->last_line
							     : r->summary.lines;
	one.host_no = iq_boots_host_of(&r->boots, rec->host, rec->boot_id);
	bool read = iq_is_read(r, &one);
	if (rec->last_line == rec->first_line)
		return iq_pieces(r, &one, read, 0, err);
	/* each line of its own has its own number */
	struct iq_slice text = one.text;
	while (text.n) {
		struct iq_record line = one;
		line.text = iq_cut(&text, '\n');
		line.last_line = line.first_line;
		if (iq_trim(line.text).n && iq_pieces(r, &line, read, 0, err))
			return -1;
		one.flags |= IQ_REC_CONT;
		one.boot_no = line.boot_no;
		one.first_line++;
	}
	return 0;
}

int iq_reader_put(struct iq_reader *r, const struct iq_record *rec, struct iq_err *err)
{
	r->boot_id = rec->boot_id;
	int rc = put_lines(r, rec, err);
	r->boot_id = IQ_SLICE_NULL;
	return rc;
}
