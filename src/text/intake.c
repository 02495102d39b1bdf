/* text/intake.c - from a line of the stream to records: paste damage, layers, lines
 * without a header, special lines.  See reader_priv.h.
 */
#include "text/reader_priv.h"

#include "text/repair.h"
#include "text/runon.h"
#include "text/shape.h"

#define INDENT_MIN 8			/* columns of a header that dmesg would indent by */
#define AGAIN_MAX 100000		/* records that one line of JSON may hold */
#define RUN_ON_MIN 3			/* lost line ends that make a habit */
#define WORD_BYTES 24			/* that a mail may leave free at a line's end */

/* --- lines with a header --- */

/* Text of which no layer tells whether it is the kernel's.  CARRIED: a container or a
 * collector put its mark on each line, the kernel's and others. */
static bool looks_kernel(struct iq_reader *r, struct iq_slice text, enum iq_shape shape,
			 bool carried)
{
	if (shape == IQ_SHAPE_OPENER || shape == IQ_SHAPE_FRAME)
		r->bare_reach = IQ_BARE_REACH;
	else if (r->bare_reach && !r->all_bare)
		r->bare_reach--;
	/* between lines with headers it is what some program wrote to the console */
	bool kernel = r->wrap.mostly_headed ? shape == IQ_SHAPE_OPENER : r->bare_reach > 0;
	kernel |= carried && shape != IQ_SHAPE_UNKNOWN && r->bare_reach > 0;
	return kernel || (r->opts.wants && r->opts.wants(r->arg, text));
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

static int headed(struct iq_reader *r, const struct iq_peeled *p,
		  const struct iq_line *line, struct iq_slice raw, struct iq_err *err)
{
	struct iq_record rec = iq_record_of(r, p, line);
	r->summary.is_log = true;
	r->after_blank = false;
	r->boot_id = p->boot_id;
	bool named = p->kernel && iq_eq(p->ident, IQ_LIT("kernel"));
	if (p->dialect == p->transport && p->dialect != IQ_DIA_BARE && !named)
		rec.kernel = p->kernel && looks_kernel(r, rec.text, iq_shape_of(rec.text),
						       true);
	iq_watch_gaps(r, p, &rec);
	bool read = iq_is_read(r, &rec);
	size_t columns = r->wrap.kind ? iq_columns(raw) : 0;
	size_t width = iq_columns(iq_head(raw, p->header_width));
	int rc = iq_pieces(r, &rec, read, columns, err);
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
		*ret_blank = o->need == IQ_NEED_ROW ||
			     (o->need != IQ_NEED_FOLD && iq_seam_blank(have, text));
	*ret_blank |= lacks && have.n && have.p[have.n - 1] != ' ' && *text.p != ' ' &&
		      iq_seam_words(have, text);
	*ret_blank &= !iq_seam_hyphen(have, text);
	return lacks || (column && iq_shape_of(text) != IQ_SHAPE_OPENER);
}

static int continued(struct iq_reader *r, struct iq_slice text, const struct iq_line *line,
		     size_t columns, struct iq_err *err)
{
	struct iq_record rec = r->head.rec;
	rec.text = text;
	rec.first_line = line->number;
	rec.last_line = line->number + line->folded;
	rec.offset_bytes = line->offset_bytes;
	rec.flags = IQ_REC_CONT | (line->flags & IQ_LINE_CUT ? IQ_REC_CUT : 0);
	return iq_pieces(r, &rec, r->head.wanted, columns, err);
}

static int headless(struct iq_reader *r, struct iq_slice text, enum iq_shape shape,
		    const struct iq_line *line, size_t columns, struct iq_err *err)
{
	struct iq_record rec = {
		.text = text, .ident_pid = IQ_NULL, .first_line = line->number,
		.last_line = line->number + line->folded, .offset_bytes = line->offset_bytes,
		.wall_us = IQ_NULL, .mono_us = IQ_NULL, .level = -1, .facility = -1,
		.caller = IQ_NULL, .flags = IQ_REC_BARE,
		.host_no = iq_boots_host(&r->boots, IQ_SLICE_NULL),
	};
	rec.kernel = looks_kernel(r, text, shape, false);
	if (line->flags & IQ_LINE_CUT)
		rec.flags |= IQ_REC_CUT;
	return iq_pieces(r, &rec, r->opts.all_programs, columns, err);
}

/* Lines of a log pasted as one, and broken where that was too long: does TEXT, without a
 * header, end the record that the line before began? */
static bool is_tail(const struct iq_reader *r, const struct iq_line *line)
{
	return r->run_on.cuts >= RUN_ON_MIN && r->run_on.line == line->number - 1 &&
	       !r->after_blank && r->head.valid;
}

static int tail(struct iq_reader *r, struct iq_slice text, const struct iq_line *line,
		struct iq_err *err)
{
	struct iq_open_line *o = r->glue.last;
	if (!o)
		return continued(r, text, line, 0, err);
	/* at the full width a word may have been broken */
	bool blank = r->run_on.last_bytes < r->run_on.bytes ||
		     iq_seam_blank(iq_buf_as_slice(&o->text), text);
	return iq_glue_append(&r->glue, text, blank, line->number, 0, err);
}

static int bare(struct iq_reader *r, struct iq_slice text, const struct iq_line *line,
		struct iq_err *err)
{
	bool blank;
	size_t columns = iq_columns(text);
	int64_t last = line->number + line->folded;
	if (!iq_trim(text).n) {
		r->after_blank = true;
		return 0;
	}
	if (line->flags & IQ_LINE_OVERWRITTEN)
		return 0;
	struct iq_slice inner = text;
	if (is_tail(r, line))
		return tail(r, text, line, err);
	if (r->glue.last && r->glue.last->need == IQ_NEED_FIGURES && goes_on(r, text, &blank))
		return iq_glue_append(&r->glue, text, blank, last, columns, err);
	if (indented(r, &inner))
		return continued(r, inner, line, columns, err);
	if (goes_on(r, text, &blank))
		return iq_glue_append(&r->glue, text, blank, last, columns, err);
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
	struct iq_record rec = iq_record_of(r, p, line);
	rec.flags |= IQ_REC_REPEATED;
	/* deliver it once, which decides whether it is wanted, and the rest behind it */
	if (iq_glue_flush(&r->glue, err))
		return -1;
	bool read = iq_is_read(r, &rec);
	r->said_valid = false;
	if (iq_pieces(r, &rec, read, 0, err) || iq_glue_flush(&r->glue, err))
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
	struct iq_record rec = iq_record_of(r, p, line);
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
		at.host_no = iq_boots_host(&r->boots, p->host);
		iq_lost(r, &at, p->ident.p && !p->kernel ? "messages-lost" : "printk-dropped",
			p->special_n);
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
		      const struct iq_line *line, struct iq_err *err);

/* Hands on all that was kept, oldest first. */
static int replay(struct iq_reader *r, struct iq_err *err)
{
	/* in place of the header: its width counts for what is indented below */
	static const char blanks[] = "                                                    "
		"                                                                       ";
	struct iq_reverse *v = &r->reverse;
	int rc = 0;
	r->replaying = true;
	for (size_t end = v->n; end > 0 && !rc;) {
		size_t from = iq_reverse_before(v, end);
		for (size_t i = from; i < end && !rc; i++)
			rc = one_peeled(r, &v->kept[i].peeled, iq_slice_z(blanks),
					&v->kept[i].line, err);
		end = from;
	}
	r->replaying = false;
	iq_reverse_reset(v);
	return rc ? rc : iq_glue_flush(&r->glue, err);
}

/* Of a log whose newest line comes first: LINE has to wait.  Programs of which nothing is
 * ever read need not, and where a boot ends shows the fall of the times. */
static int keep(struct iq_reader *r, const struct iq_peeled *p, const struct iq_line *line,
		struct iq_err *err)
{
	if (p->special == IQ_SPECIAL_BOOT || p->special == IQ_SPECIAL_REBOOT ||
	    p->special == IQ_SPECIAL_PENDING)
		return 0;
	if (p->has_header && !p->kernel && !r->opts.all_programs && !p->special &&
	    !iq_program_of(p->ident)) {
		r->summary.is_log = true;
		r->summary.records_other++;
		return 0;
	}
	if (!iq_reverse_keep(&r->reverse, p, line))
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	if (r->reverse.bytes < IQ_REVERSE_BYTES)
		return 0;
	iq_reader_issue(r, "note", "newest-first", line->number, line->offset_bytes,
			"the log is written newest line first; more than 32 MiB of it "
			"are put in order in pieces");
	return replay(r, err);
}

static int one_peeled(struct iq_reader *r, const struct iq_peeled *p, struct iq_slice raw,
		      const struct iq_line *line, struct iq_err *err)
{
	size_t raw_bytes = 0;
	if (iq_peel_collecting(r->peeler, &raw_bytes) && raw_bytes)
		iq_lines_divert(&r->lines, raw_bytes);
	if (p->has_header && p->special != IQ_SPECIAL_PENDING && !r->replaying)
		r->counts[p->dialect]++;
	if (r->newest_first && !r->replaying)
		return keep(r, p, line, err);
	if (p->special)
		return special(r, p, line, err);
	return p->has_header ? headed(r, p, line, raw, err) : bare(r, p->text, line, err);
}

static int peel_line(struct iq_reader *r, struct iq_slice raw, const struct iq_line *line,
		     struct iq_err *err)
{
	struct iq_peeled peeled;
	bool known = iq_peel(r->peeler, raw, &peeled);
	/* blanks of web pages are put right behind a header too: columns need them */
	bool spaced = known && memchr(raw.p, '\xc2', raw.n) && iq_has(raw, IQ_LIT("\xc2\xa0"));
	if (spaced || (!known && typographic(raw))) {
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

/* A line without what copying put around it. */
static int undone(struct iq_reader *r, struct iq_slice text, const struct iq_line *line,
		  struct iq_err *err)
{
	bool habit = r->run_on.cuts >= RUN_ON_MIN && r->run_on.line == line->number - 1;
	enum iq_runon_form form = iq_runon_form(text, habit);
	if (form == IQ_RUNON_NONE)
		return peel_line(r, text, line, err);
	while (text.n) {
		if (peel_line(r, iq_runon_next(form, &text), line, err))
			return -1;
		r->run_on.cuts += text.n > 0;
	}
	return 0;
}

/* CUTS: the count before LINE was read. */
static void note_run_on(struct iq_reader *r, const struct iq_line *line, int64_t cuts)
{
	struct iq_run_on *o = &r->run_on;
	bool full = line->number == o->line + 1 && line->raw.n + WORD_BYTES >= o->bytes;
	if (o->cuts > cuts && line->raw.n > o->bytes)
		o->bytes = line->raw.n;
	if (o->cuts > cuts || full)
		o->line = line->number + line->folded;
	o->last_bytes = line->raw.n;
}

static int whole_line(struct iq_reader *r, const struct iq_line *line, struct iq_err *err)
{
	struct iq_slice text;
	int64_t cuts = r->run_on.cuts;
	if (line->flags & IQ_LINE_AFTER_NUL)
		r->after_blank = true;
	if (iq_peel_collecting(r->peeler, NULL))
		return peel_line(r, line->raw, line, err);
	if (!iq_paste_undo(&r->paste, line->raw, &r->undone, &text)) {
		r->after_blank = true;
		return 0;
	}
	do {
		struct iq_slice one = r->paste.html ? iq_next_line(&text, false) : text;
		if (undone(r, one, line, err))
			return -1;
	} while (r->paste.html && text.n);
	note_run_on(r, line, cuts);
	return 0;
}

int iq_intake_line(void *arg, const struct iq_line *line, struct iq_err *err)
{
	struct iq_reader *r = arg;
	if (r->fast && !line->flags && !iq_peel_collecting(r->peeler, NULL)) {
		int done = iq_hot_line(r, line->raw, err);
		if (done)
			return done < 0 ? -1 : 0;
	}
	if (!r->mail.used)
		return whole_line(r, line, err);
	struct iq_line one = *line;
	if (!iq_mail_undo(&r->mail, line->raw, &one.raw))
		return 0;
	one.folded = r->mail.folded;
	one.number -= one.folded;
	return whole_line(r, &one, err);
}

int iq_intake_flush(struct iq_reader *r, struct iq_err *err)
{
	struct iq_peeled peeled;
	bool ended = r->lines.offset == r->lines.start && r->lines.number > 1;
	struct iq_line end = { .raw = iq_slice("", 0), .number = r->lines.number - ended,
			       .offset_bytes = r->lines.start };
	struct iq_line last = end;
	last.folded = r->mail.folded;
	last.number -= last.folded;
	last.flags = IQ_LINE_CUT;
	if (iq_mail_flush(&r->mail, &last.raw) && whole_line(r, &last, err))
		return -1;
	if (iq_peel_flush(r->peeler, &peeled) &&
	    one_peeled(r, &peeled, peeled.text, &end, err))
		return -1;
	return r->newest_first ? replay(r, err) : 0;
}
