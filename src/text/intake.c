/* text/intake.c - from a line of the stream to records: the hot loop, paste damage,
 * layers, special lines, text with newlines in it, lines without a header.  See
 * reader_priv.h.
 *
 * The hot loop takes the lines of a syslog that nobody wants: it finds the program by
 * the line's shape, counts, and parses nothing but the clock of kernel lines, so that
 * no boot is missed.  Whatever is not clear to it goes the long way.
 */
#include "text/reader_priv.h"

#include "base/units.h"
#include "text/repair.h"
#include "text/shape.h"

#define INDENT_MIN 8			/* columns of a header that dmesg would indent by */
#define AGAIN_MAX 100000		/* records that one line of JSON may hold */

/* --- the hot loop --- */

/* Months are looked at even there: the year may turn between two lines of interest. */
static void watch_month(struct iq_reader *r, struct iq_slice raw)
{
	struct iq_slice day = iq_slice(raw.p + 4, 2);
	struct iq_peeled peeled;
	uint32_t now = (uint32_t)(unsigned char)raw.p[0] << 16 |
		       (uint32_t)(unsigned char)raw.p[1] << 8 | (unsigned char)raw.p[2];
	int64_t d;
	if (now == r->month || raw.p[3] != ' ' || !iq_to_i64(day, &d))
		return;
	r->month = now;
	iq_peel(r->peeler, raw, &peeled);
	if (peeled.wall_us != IQ_NULL && peeled.wall_kind & IQ_WALL_NO_YEAR)
		iq_years_place(&r->years, peeled.wall_us);
}

static struct iq_slice behind_tag(struct iq_slice raw, struct iq_slice tag)
{
	struct iq_slice s = iq_from(raw, (size_t)(tag.p + tag.n - raw.p));
	if (s.n && *s.p == '[') {
		ptrdiff_t at = iq_find_char(iq_head(s, 16), ']');
		s = iq_from(s, at < 0 ? 0 : (size_t)at + 1);
	}
	iq_skip(&s, IQ_LIT(":"));
	iq_skip(&s, IQ_LIT(" "));
	return s;
}

/* May this kernel text be dropped unread? */
static bool kernel_is_dull(struct iq_reader *r, struct iq_slice host, struct iq_slice body)
{
	struct iq_peeled head = { .mono_us = IQ_NULL, .text = body };
	if (r->glue.n_needy)
		return false;
	iq_peel_kernel_header(body, &head);
	struct iq_slice text = iq_ltrim(head.text);
	if (!text.n)
		return true;
	if (iq_starts(text, IQ_LIT("message rep")) || iq_ends(text, IQ_LIT("suppressed")) ||
	    iq_ends(text, IQ_LIT("ratelimiting")) || iq_starts(text, IQ_LIT("** ")) ||
	    iq_boots_wants(text) || iq_deliver_wants(r, text))
		return false;
	return head.mono_us == IQ_NULL ||
	       iq_boots_goes_on(&r->boots, iq_boots_host(&r->boots, host), head.mono_us);
}

/* 1: done with, 0: the long way, -1: ERR. */
static int hot_line(struct iq_reader *r, struct iq_slice raw, struct iq_err *err)
{
	struct iq_slice host, tag;
	if (!iq_peel_syslog_tag(raw, &host, &tag))
		return 0;
	if (raw.n > 16 && *raw.p >= 'A' && *raw.p <= 'Z')
		watch_month(r, raw);
	enum iq_program program = iq_program_of(tag);
	bool kernel = program == IQ_PROGRAM_KERNEL;
	/* The line before must be out before the parser is asked about this one. */
	if (program && r->glue.n > r->glue.n_needy && iq_glue_pass(&r->glue, err))
		return -1;
	if (program) {
		struct iq_slice body = behind_tag(raw, tag);
		if (kernel ? !kernel_is_dull(r, host, body)
			   : iq_program_line_matters(program, body))
			return 0;
	}
	if (r->glue.n && iq_glue_pass(&r->glue, err))
		return -1;
	if (kernel)
		r->summary.records_kernel++;
	else
		r->summary.records_other++;
	r->counts[r->fast_dialect]++;
	r->summary.is_log = true;
	r->head.valid = r->said_valid = r->after_blank = false;
	return 1;
}

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
		.host = rec->host_no, .number = rec->first_line, .mono_us = rec->mono_us,
		.wall_us = rec->wall_us, .wall_kind = rec->wall_kind,
		.text = iq_ltrim(rec->text), .boot_id = r->boot_id, .kernel = rec->kernel,
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

/* A newline that was lost: the rest of the text has a header of its own. */
static bool cut_second(struct iq_record *rec, struct iq_slice *rest)
{
	ptrdiff_t at = rec->kernel ? iq_find_second_header(rec->text, rec->mono_us) : -1;
	if (at <= 0)
		return false;
	*rest = iq_from(rec->text, (size_t)at);
	rec->text = iq_head(rec->text, (size_t)at);
	return true;
}

static int joined_lines(struct iq_reader *r, struct iq_record *rec, bool read,
			size_t columns, struct iq_err *err)
{
	struct iq_slice rest;
	while (cut_second(rec, &rest)) {
		struct iq_peeled inner = {
			.mono_us = rec->mono_us, .level = rec->level, .text = rest,
			.facility = rec->facility, .caller_kind = rec->caller_kind,
			.caller = rec->caller,
		};
		if (iq_trim(rec->text).n && piece(r, rec, read, columns, err))
			return -1;
		if (!iq_peel_kernel_header(rest, &inner))
			break;		/* cannot be: it was found there */
		rec->text = inner.text;
		rec->mono_us = inner.mono_us;
		rec->level = inner.level;
		rec->facility = inner.facility;
		rec->caller_kind = inner.caller_kind;
		rec->caller = inner.caller;
	}
	return piece(r, rec, read, columns, err);
}

/* The next line of TEXT; #012 is a newline that a syslog daemon wrote so. */
static struct iq_slice next_line(struct iq_slice *text, bool octal)
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
static int pieces(struct iq_reader *r, struct iq_record *rec, bool read, size_t columns,
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
		one.text = next_line(&text, octal);
		if (iq_trim(one.text).n && joined_lines(r, &one, read, columns, err))
			return -1;
		base.flags |= IQ_REC_CONT;
		base.boot_no = one.boot_no;
	}
	rec->boot_no = base.boot_no;
	return 0;
}

/* Text of which no layer tells whether it is the kernel's. */
static bool looks_kernel(struct iq_reader *r, struct iq_slice text, enum iq_shape shape)
{
	if (shape == IQ_SHAPE_OPENER || shape == IQ_SHAPE_FRAME)
		r->bare_reach = IQ_BARE_REACH;
	else if (r->bare_reach && !r->all_bare)
		r->bare_reach--;
	/* between lines with headers it is what some program wrote to the console */
	bool kernel = r->wrap.mostly_headed ? shape == IQ_SHAPE_OPENER : r->bare_reach > 0;
	return kernel || (r->opts.wants && r->opts.wants(r->arg, text));
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

static struct iq_record record_of(struct iq_reader *r, const struct iq_peeled *p,
				  const struct iq_line *line)
{
	struct iq_record rec = {
		.text = p->text, .host = p->host, .ident = p->ident,
		.ident_pid = p->ident_pid, .kernel = p->kernel,
		.first_line = line->number - p->back, .last_line = line->number,
		.offset_bytes = line->offset_bytes,
		.wall_us = p->wall_us, .mono_us = p->mono_us, .wall_kind = p->wall_kind,
		.level = p->level, .facility = p->facility,
		.caller_kind = p->caller_kind, .caller = p->caller,
		.host_no = iq_boots_host(&r->boots, p->host),
		.flags = line->flags & IQ_LINE_CUT ? IQ_REC_CUT : 0,
	};
	if (rec.first_line < 1)
		rec.first_line = 1;
	if (rec.wall_us != IQ_NULL && rec.wall_kind & IQ_WALL_NO_YEAR)
		rec.wall_us = iq_years_place(&r->years, rec.wall_us);
	to_utc(r, &rec);
	return rec;
}

static void lost(struct iq_reader *r, const struct iq_record *rec, const char *code,
		 int64_t n)
{
	struct iq_buf text = { 0 };
	if (n == IQ_NULL || n <= 0)
		iq_buf_str(&text, "messages were lost here");
	else
		iq_buf_printf(&text, "%lld messages were lost here", (long long)n);
	iq_reader_issue(r, "damage", code, rec->first_line, rec->offset_bytes,
			text.p ? text.p : "messages were lost here");
	iq_buf_fini(&text);
	iq_deliver_gap(r, rec->host_no);
}

static void watch_gaps(struct iq_reader *r, const struct iq_peeled *p,
		       const struct iq_record *rec)
{
	if (p->gap_before)
		lost(r, rec, "printk-dropped", p->gap_before);
	if (p->seq < 0)
		return;
	if (r->last_seq >= 0 && p->seq > r->last_seq + 1)
		lost(r, rec, "sequence-gap", p->seq - r->last_seq - 1);
	r->last_seq = p->seq;
}

static void keep_head(struct iq_reader *r, const struct iq_record *rec, size_t width,
		      bool read)
{
	struct iq_head_line *h = &r->head;
	h->rec = *rec;
	h->rec.text = h->rec.host = IQ_SLICE_NULL;
	if (rec->ident.p) {
		h->rec.ident = iq_slice(h->ident, rec->ident.n < IQ_IDENT_MAX
						  ? rec->ident.n : IQ_IDENT_MAX);
		memcpy(h->ident, rec->ident.p, h->rec.ident.n);
	}
	h->width = width;
	h->wanted = read;
	h->valid = true;
	/* "Memory cgroup stats for A:" and its first pair come with a header, the other
	 * pairs without (vmcore-dmesg, old dmesg) */
	h->stats = iq_starts(rec->text, IQ_LIT("Memory cgroup stats")) ||
		   (h->stats && iq_shape_of(rec->text) == IQ_SHAPE_PAIR);
}

static bool is_read(struct iq_reader *r, const struct iq_record *rec)
{
	if (r->opts.all_programs || rec->kernel)
		return r->opts.all_programs;
	enum iq_program program = iq_program_of(rec->ident);
	if (program == IQ_PROGRAM_LOGGER && iq_program_loss(rec->text))
		lost(r, rec, "logger-dropped", iq_program_loss(rec->text));
	return (program == IQ_PROGRAM_KILLER || program == IQ_PROGRAM_WITNESS) &&
	       iq_program_line_matters(program, rec->text);
}

static int headed(struct iq_reader *r, const struct iq_peeled *p,
		  const struct iq_line *line, struct iq_slice raw, struct iq_err *err)
{
	struct iq_record rec = record_of(r, p, line);
	r->summary.is_log = true;
	r->after_blank = false;
	r->boot_id = p->boot_id;
	if (p->dialect == p->transport && p->dialect != IQ_DIA_BARE)
		rec.kernel = p->kernel && looks_kernel(r, rec.text, iq_shape_of(rec.text));
	watch_gaps(r, p, &rec);
	bool read = is_read(r, &rec);
	size_t columns = r->wrap.kind ? iq_columns(raw) : 0;
	size_t width = iq_columns(iq_head(raw, p->header_width));
	int rc = pieces(r, &rec, read, columns, err);
	keep_head(r, &rec, width, read);
	r->boot_id = IQ_SLICE_NULL;
	return rc;
}

/* --- lines without one --- */

/* Does the line begin with the blanks by which dmesg and journalctl indent further
 * lines of a record?  Then *text is moved behind them. */
static bool indented(const struct iq_reader *r, struct iq_slice *text)
{
	size_t blanks = text->n - iq_ltrim(*text).n;
	if (!r->head.valid || r->head.width < INDENT_MIN || blanks < r->head.width)
		return false;
	*text = iq_from(*text, r->head.width);
	return true;
}

/* Does the text go on with the line before it? */
static bool goes_on(const struct iq_reader *r, struct iq_slice text, bool *ret_blank)
{
	const struct iq_open_line *o = r->glue.last;
	if (!o || r->after_blank)
		return false;
	struct iq_slice have = iq_buf_as_slice(&o->text);
	bool column = iq_wrap_joins(&r->wrap, o->columns, text, ret_blank);
	bool lacks = iq_need_fits(o->need, have, text, true);
	if (lacks && !column)
		*ret_blank = o->need != IQ_NEED_FOLD && iq_seam_blank(have, text);
	return lacks || (column && iq_shape_of(text) != IQ_SHAPE_OPENER);
}

static int continued(struct iq_reader *r, struct iq_slice text, const struct iq_line *line,
		     size_t columns, struct iq_err *err)
{
	struct iq_record rec = r->head.rec;
	rec.text = text;
	rec.first_line = rec.last_line = line->number;
	rec.offset_bytes = line->offset_bytes;
	rec.flags = IQ_REC_CONT | (line->flags & IQ_LINE_CUT ? IQ_REC_CUT : 0);
	return pieces(r, &rec, r->head.wanted, columns, err);
}

static int headless(struct iq_reader *r, struct iq_slice text, enum iq_shape shape,
		    const struct iq_line *line, size_t columns, struct iq_err *err)
{
	struct iq_record rec = {
		.text = text, .ident_pid = IQ_NULL, .first_line = line->number,
		.last_line = line->number, .offset_bytes = line->offset_bytes,
		.wall_us = IQ_NULL, .mono_us = IQ_NULL, .level = -1, .facility = -1,
		.caller = IQ_NULL, .flags = IQ_REC_BARE,
	};
	rec.kernel = looks_kernel(r, text, shape);
	if (line->flags & IQ_LINE_CUT)
		rec.flags |= IQ_REC_CUT;
	return pieces(r, &rec, r->opts.all_programs, columns, err);
}

static int bare(struct iq_reader *r, struct iq_slice text, const struct iq_line *line,
		struct iq_err *err)
{
	bool blank;
	size_t columns = iq_columns(text);
	if (!iq_trim(text).n) {
		r->after_blank = true;
		return 0;
	}
	if (line->flags & IQ_LINE_OVERWRITTEN)
		return 0;
	struct iq_slice inner = text;
	if (indented(r, &inner))
		return continued(r, inner, line, columns, err);
	if (goes_on(r, text, &blank))
		return iq_glue_append(&r->glue, text, blank, line->number, columns, err);
	enum iq_shape shape = iq_shape_of(text);
	bool stat = shape == IQ_SHAPE_PAIR && r->head.stats;
	bool known = shape == IQ_SHAPE_OPENER || shape == IQ_SHAPE_FRAME || stat;
	bool after_head = r->head.valid && r->head.rec.kernel && !r->after_blank;
	r->after_blank = false;
	if (known && after_head && r->wrap.mostly_headed)
		return continued(r, text, line, columns, err);
	return headless(r, text, shape, line, columns, err);
}

/* --- special lines --- */

static int repeated(struct iq_reader *r, const struct iq_peeled *p,
		    const struct iq_line *line, struct iq_err *err)
{
	struct iq_record rec = record_of(r, p, line);
	rec.flags |= IQ_REC_REPEATED;
	/* deliver it once, which decides whether it is wanted, and the rest behind it */
	if (iq_glue_flush(&r->glue, err))
		return -1;
	bool read = is_read(r, &rec);
	r->said_valid = false;
	if (pieces(r, &rec, read, 0, err) || iq_glue_flush(&r->glue, err))
		return -1;
	if (!r->said_valid || p->special_n < 2)
		return 0;
	struct iq_record said = r->said;
	said.text = iq_buf_as_slice(&r->said_text);
	return iq_deliver_repeat(r, &said, p->special_n - 1, err);
}

static int last_repeated(struct iq_reader *r, const struct iq_peeled *p,
			 const struct iq_line *line, struct iq_err *err)
{
	struct iq_record rec = record_of(r, p, line);
	if (iq_glue_flush(&r->glue, err))
		return -1;
	if (!r->said_valid || r->said.host_no != rec.host_no ||
	    r->said.last_line != line->number - 1)
		return 0;
	struct iq_buf copy = { 0 };
	iq_buf_slice(&copy, iq_buf_as_slice(&r->said_text));
	if (copy.failed)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	struct iq_record said = r->said;
	said.text = iq_buf_as_slice(&copy);
	said.first_line = said.last_line = line->number;
	said.offset_bytes = line->offset_bytes;
	said.wall_us = rec.wall_us;
	said.wall_kind = rec.wall_kind;
	said.mono_us = IQ_NULL;
	int rc = iq_deliver_repeat(r, &said, p->special_n, err);
	iq_buf_fini(&copy);
	return rc;
}

static int special(struct iq_reader *r, const struct iq_peeled *p,
		   const struct iq_line *line, struct iq_err *err)
{
	struct iq_record at = { .first_line = line->number,
				.offset_bytes = line->offset_bytes };
	switch (p->special) {
	case IQ_SPECIAL_PENDING:
		return 0;
	case IQ_SPECIAL_BOOT:
	case IQ_SPECIAL_REBOOT:
		if (iq_glue_flush(&r->glue, err))
			return -1;
		iq_boots_separator(&r->boots, p->boot_id);
		r->head.valid = false;
		return 0;
	case IQ_SPECIAL_GAP:
		at.host_no = p->host.p ? iq_boots_host(&r->boots, p->host) : 0;
		lost(r, &at, "printk-dropped", p->special_n);
		return 0;
	case IQ_SPECIAL_GREP_GAP:
	case IQ_SPECIAL_NOISE:
	case IQ_SPECIAL_MARK:
		r->after_blank = true;
		return 0;
	case IQ_SPECIAL_REPLAY:		/* the piece before it comes again, whole */
		iq_glue_drop_last(&r->glue);
		return 0;
	case IQ_SPECIAL_REPEATED:
		return repeated(r, p, line, err);
	case IQ_SPECIAL_LAST_REPEATED:
		return last_repeated(r, p, line, err);
	case IQ_SPECIAL_NO_TEXT:
		iq_reader_issue(r, "damage", "no-text", line->number, line->offset_bytes,
				"the log was written without the text of this message");
		return 0;
	default:
		return 0;
	}
}

/* --- a line --- */

static bool typographic(struct iq_slice s)
{
	return iq_has(s, IQ_LIT("\xc2\xa0")) || iq_has(s, IQ_LIT("\xe2\x80")) ||
	       iq_has(s, IQ_LIT("\xef\xbb\xbf"));
}

static int one_peeled(struct iq_reader *r, const struct iq_peeled *p, struct iq_slice raw,
		      const struct iq_line *line, struct iq_err *err)
{
	size_t raw_bytes = 0;
	if (iq_peel_collecting(r->peeler, &raw_bytes) && raw_bytes)
		iq_lines_divert(&r->lines, raw_bytes);
	if (p->has_header && p->special != IQ_SPECIAL_PENDING)
		r->counts[p->dialect]++;
	if (p->special)
		return special(r, p, line, err);
	return p->has_header ? headed(r, p, line, raw, err) : bare(r, p->text, line, err);
}

static int peel_line(struct iq_reader *r, struct iq_slice raw, const struct iq_line *line,
		     struct iq_err *err)
{
	struct iq_peeled peeled;
	bool known = iq_peel(r->peeler, raw, &peeled);
	if (!known && typographic(raw)) {
		iq_buf_reset(&r->typed);
		iq_undo_typography(&r->typed, raw);
		raw = iq_buf_as_slice(&r->typed);
		iq_peel(r->peeler, raw, &peeled);
	}
	for (int i = 0;; i++) {
		if (one_peeled(r, &peeled, raw, line, err))
			return -1;
		if (!peeled.again || i >= AGAIN_MAX)
			return 0;
		iq_peel(r->peeler, raw, &peeled);
	}
}

int iq_intake_line(void *arg, const struct iq_line *line, struct iq_err *err)
{
	struct iq_reader *r = arg;
	struct iq_slice text;
	if (r->fast && !line->flags && !iq_peel_collecting(r->peeler, NULL)) {
		int done = hot_line(r, line->raw, err);
		if (done)
			return done < 0 ? -1 : 0;
	}
	if (line->flags & IQ_LINE_AFTER_NUL)
		r->after_blank = true;
	if (iq_peel_collecting(r->peeler, NULL))
		return peel_line(r, line->raw, line, err);
	if (!iq_paste_undo(&r->paste, line->raw, &r->undone, &text)) {
		r->after_blank = true;
		return 0;
	}
	do {
		struct iq_slice one = r->paste.html ? next_line(&text, false) : text;
		if (peel_line(r, one, line, err))
			return -1;
	} while (r->paste.html && text.n);
	return 0;
}

int iq_intake_flush(struct iq_reader *r, struct iq_err *err)
{
	struct iq_peeled peeled;
	struct iq_line end = { iq_slice("", 0), r->lines.number, r->lines.start, 0 };
	if (!iq_peel_flush(r->peeler, &peeled))
		return 0;
	return one_peeled(r, &peeled, peeled.text, &end, err);
}

/* --- records that are already apart --- */

int iq_reader_put(struct iq_reader *r, const struct iq_record *rec, struct iq_err *err)
{
	struct iq_record one = *rec;
	if (!one.text.p)
		one.text = iq_slice("", 0);
	r->summary.is_log = true;
	r->summary.lines = rec->last_line > r->summary.lines ? rec->last_line
							     : r->summary.lines;
	one.host_no = iq_boots_host(&r->boots, rec->host);
	return pieces(r, &one, is_read(r, &one), 0, err);
}
