/* text/reader.c - the stream: sample, decoding, end, summary.  See reader.h. */
#include "text/reader_priv.h"

#include "text/parts.h"
#include "text/repair.h"
#include "text/runon.h"
#include "text/shape.h"

#include <stdlib.h>

#define BID_BYTES (64 * 1024)

static void on_issue(void *arg, const char *severity, const char *code, int64_t line,
		     int64_t offset_bytes, const char *text)
{
	iq_reader_issue(arg, severity, code, line, offset_bytes, text);
}

static void on_raw(void *arg, const char *p, size_t n)
{
	struct iq_reader *r = arg;
	iq_peel_raw(r->peeler, p, n);
}

struct iq_reader *iq_reader_new(const struct iq_reader_opts *opts,
				const struct iq_reader_ops *ops, void *arg)
{
	struct iq_reader *r = calloc(1, sizeof *r);
	if (!r)
		return NULL;
	memcpy((void *)&r->ops, ops, sizeof *ops);
	r->opts = *opts;
	r->arg = arg;
	r->peeler = iq_peeler_new();
	iq_glue_init(&r->glue, iq_deliver_emit, r);
	iq_reverse_init(&r->reverse);
	iq_boots_init(&r->boots);
	iq_boots_host(&r->boots, IQ_SLICE_NULL);
	if (!r->peeler || !r->boots.seen || r->boots.failed) {
		iq_reader_free(r);
		return NULL;
	}
	return r;
}

void iq_reader_free(struct iq_reader *r)
{
	if (!r)
		return;
	if (r->started)
		iq_lines_fini(&r->lines);
	iq_peeler_free(r->peeler);
	iq_glue_fini(&r->glue);
	iq_boots_fini(&r->boots);
	iq_mail_fini(&r->mail);
	iq_reverse_fini(&r->reverse);
	iq_buf_fini(&r->sample);
	iq_buf_fini(&r->undone);
	iq_buf_fini(&r->typed);
	iq_buf_fini(&r->said_text);
	iq_buf_fini(&r->names);
	free(r->watched);
	free(r);
}

/* A line that begins with a brace, but for the first. */
static bool has_object_lines(struct iq_slice all)
{
	for (struct iq_slice s = iq_from(all, 1); s.n; s = iq_from(s, 1)) {
		ptrdiff_t at = iq_find_char(s, '{');
		if (at < 0)
			return false;
		s = iq_from(s, (size_t)at);
		if (s.p[-1] == '\n' || s.p[-1] == '\r')
			return true;
	}
	return false;
}

/* A console call's answer comes as one box, which is opened at the end.  A log of one
 * JSON object a line is none. */
static bool unbox(struct iq_buf *out, struct iq_slice all)
{
	if (has_object_lines(all))
		return false;
	return iq_unbox_console(out, all) && !out->failed;
}

/* Must all of it be there before the first line can be read? */
static bool looks_boxed(struct iq_slice sample)
{
	struct iq_buf out = { 0 };
	bool is = unbox(&out, sample) || iq_parts_reversed(sample);
	iq_buf_fini(&out);
	return is;
}

/* --- the sample --- */

struct sampling {
	struct iq_mail *mail;
	struct iq_paste *paste;
	struct iq_wrap_sample *wrap;	/* NULL: first round, for the packaging */
	struct iq_peeler *peeler;
	struct iq_buf buf;
	int64_t counts[IQ_DIA_MAX];
	int64_t lines, headed, openers, shaped;	/* shaped: surely kernel text */
	struct iq_lines *splitter;
	bool table;			/* rows of CSV under names */
	struct iq_fall fall;
};

static int sample_line(void *arg, const struct iq_line *line, struct iq_err *err)
{
	struct sampling *s = arg;
	struct iq_slice text, raw = line->raw;
	struct iq_peeled peeled;
	(void)err;
	if (s->mail->used && !iq_mail_undo(s->mail, line->raw, &raw))
		return 0;
	if (!s->wrap) {
		iq_paste_sample(s->paste, raw);
		return 0;
	}
	if (iq_peel_collecting(s->peeler, NULL))
		text = raw;
	else if (!iq_paste_undo(s->paste, raw, &s->buf, &text))
		return 0;
	bool known = iq_peel(s->peeler, text, &peeled);
	iq_fall_line(&s->fall, &peeled);
	for (int i = 0; peeled.again && i < 64; i++) {
		iq_peel(s->peeler, text, &peeled);
		iq_fall_line(&s->fall, &peeled);
	}
	size_t raw_bytes = 0;
	if (iq_peel_collecting(s->peeler, &raw_bytes) && raw_bytes)
		iq_lines_divert(s->splitter, raw_bytes);
	s->counts[peeled.dialect] += peeled.has_header;
	s->headed += peeled.has_header;
	enum iq_shape shape = iq_shape_of(peeled.text);
	s->lines += iq_trim(text).n > 0;
	s->openers += shape == IQ_SHAPE_OPENER;
	s->shaped += shape != IQ_SHAPE_UNKNOWN;
	if (!known || !peeled.special)
		iq_wrap_sample(s->wrap, text, known, peeled.text);
	return 0;
}

static void sample_raw(void *arg, const char *p, size_t n)
{
	struct sampling *s = arg;
	iq_peel_raw(s->peeler, p, n);
}

static void no_issue(void *arg, const char *severity, const char *code, int64_t line,
		     int64_t offset_bytes, const char *text)
{
	(void)arg, (void)severity, (void)code, (void)line, (void)offset_bytes, (void)text;
}

static void run_sample(struct sampling *s, struct iq_slice sample)
{
	struct iq_lines lines;
	struct iq_lines_ops ops = {
		.line = sample_line, .raw = sample_raw, .issue = no_issue, .arg = s,
		.seam = iq_runon_seam,
	};
	iq_lines_init(&lines, &ops, sample.p, sample.n);
	s->splitter = &lines;
	if (iq_lines_feed(&lines, sample.p, sample.n, NULL) == 0)
		iq_lines_finish(&lines, NULL);
	iq_lines_fini(&lines);
}

/* Both rounds; false: out of memory. */
static bool sample_all(struct sampling *s, struct iq_slice sample)
{
	struct iq_wrap_sample *wrap = calloc(1, sizeof *wrap);
	s->peeler = iq_peeler_new();
	iq_mail_detect(s->mail, sample);
	iq_fall_init(&s->fall);
	if (wrap && s->peeler) {
		run_sample(s, sample);
		iq_paste_decide(s->paste);
		iq_mail_restart(s->mail);
		s->wrap = wrap;
		run_sample(s, sample);
	}
	bool ok = wrap && s->peeler;
	s->table = ok && iq_peel_is_table(s->peeler);
	iq_mail_restart(s->mail);
	iq_buf_fini(&s->buf);
	iq_peeler_free(s->peeler);
	s->wrap = wrap;			/* the caller frees it */
	return ok;
}

static enum iq_dialect most(const int64_t *counts)
{
	enum iq_dialect best = IQ_DIA_BARE;
	for (int d = 1; d < IQ_DIA_MAX; d++)
		if (counts[d] > (best ? counts[best] : 0))
			best = (enum iq_dialect)d;
	return best;
}

/* Pieces that lie newest first, in the order of time. */
static int feed_parts(struct iq_reader *r, struct iq_slice all, struct iq_err *err)
{
	struct iq_text_part *parts = calloc(IQ_PARTS_MAX, sizeof *parts);
	size_t n = parts ? iq_parts_order(all, parts) : 0;
	int rc = parts ? 0 : iq_err_set(err, IQ_E_NOMEM, "out of memory");
	for (size_t i = 0; i < n && !rc; i++) {
		struct iq_slice one = iq_head(iq_from(all, parts[i].at), parts[i].n);
		r->lines.number = parts[i].line;
		r->lines.start = r->lines.offset = (int64_t)parts[i].at;
		rc = iq_lines_feed(&r->lines, one.p, one.n, err);
		/* the last piece of the file may lack the end of its line */
		if (!rc && one.n && one.p[one.n - 1] != '\n')
			rc = iq_lines_feed(&r->lines, "\n", 1, err);
		if (!rc)
			rc = iq_glue_flush(&r->glue, err);
		if (r->lines.number - 1 > r->summary.lines)
			r->summary.lines = r->lines.number - 1;
	}
	free(parts);
	return rc;
}

static int start(struct iq_reader *r, struct iq_err *err)
{
	struct iq_slice sample = iq_buf_as_slice(&r->sample);
	struct sampling s = { .paste = &r->paste, .mail = &r->mail };
	struct iq_lines_ops ops = {
		.line = iq_intake_line, .raw = on_raw, .issue = on_issue, .arg = r,
		.seam = iq_runon_seam,
	};
	r->started = true;
	bool ok = sample_all(&s, sample);
	if (ok)
		r->wrap = iq_wrap_decide(s.wrap);
	free(s.wrap);
	iq_lines_init(&r->lines, &ops, sample.p, sample.n);
	if (!ok)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	r->paste.last_number = 0;
	r->fast_dialect = most(s.counts);
	r->all_bare = !s.headed && s.openers && s.shaped * 8 >= s.lines;
	r->bare_reach = r->all_bare;
	bool reversed = !r->lines.skip && iq_parts_reversed(sample);
	r->newest_first = !reversed && iq_fall_decide(&s.fall);
	r->fast = !r->newest_first && !r->mail.used && !s.table && !r->paste.numbers && !r->paste.html && !r->paste.prefix_n && !r->wrap.kind &&
		  !r->opts.all_programs && !r->opts.want_all_kernel;
	int rc = reversed ? feed_parts(r, sample, err)
			  : iq_lines_feed(&r->lines, sample.p, sample.n, err);
	iq_buf_fini(&r->sample);
	return rc;
}

static void open_box(struct iq_reader *r)
{
	struct iq_buf out = { 0 };
	if (unbox(&out, iq_buf_as_slice(&r->sample))) {
		iq_buf_fini(&r->sample);
		r->sample = out;
	} else {
		iq_buf_fini(&out);
	}
}

/* A box larger than any console call gives: what is there is read, the rest dropped. */
static int close_box(struct iq_reader *r, struct iq_err *err)
{
	open_box(r);
	r->box_full = true;
	iq_reader_issue(r, "limit", "console-box", 1, IQ_BOX_MAX,
			"console output in JSON or base64, or pieces of pstore newest "
			"first, over 32 MiB; the rest was skipped");
	return start(r, err);
}

int iq_reader_feed(struct iq_reader *r, const char *p, size_t n, struct iq_err *err)
{
	r->summary.bytes += (int64_t)n;
	if (r->box_full)
		return 0;
	if (r->started)
		return iq_lines_feed(&r->lines, p, n, err);
	size_t limit = r->boxed ? IQ_BOX_MAX : IQ_READER_SAMPLE;
	size_t room = limit - r->sample.n;
	size_t now = n < room ? n : room;
	iq_buf_add(&r->sample, p, now);
	if (r->sample.failed)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	if (r->sample.n < limit)
		return 0;
	if (!r->boxed && looks_boxed(iq_buf_as_slice(&r->sample))) {
		r->boxed = true;
		r->summary.bytes -= (int64_t)(n - now);
		return iq_reader_feed(r, p + now, n - now, err);
	}
	if (r->boxed)
		return close_box(r, err);
	if (start(r, err))
		return -1;
	return n > now ? iq_lines_feed(&r->lines, p + now, n - now, err) : 0;
}

/* --- the end --- */

static void name_dialects(struct iq_reader *r)
{
	int64_t counts[IQ_DIA_MAX];
	memcpy(counts, r->counts, sizeof counts);
	iq_buf_reset(&r->names);
	for (enum iq_dialect d; (d = most(counts)) != IQ_DIA_BARE; counts[d] = 0) {
		if (r->names.n)
			iq_buf_char(&r->names, ',');
		iq_buf_str(&r->names, iq_dialect_name(d));
	}
	if (!r->names.n)
		iq_buf_str(&r->names, iq_dialect_name(IQ_DIA_BARE));
	r->summary.dialects = iq_buf_as_slice(&r->names);
}

int iq_reader_finish(struct iq_reader *r, bool cut, struct iq_err *err)
{
	struct iq_reader_summary *s = &r->summary;
	int rc = 0;
	if (!r->started) {
		open_box(r);
		rc = start(r, err);
	}
	if (!rc)
		rc = iq_lines_finish(&r->lines, err);
	if (!rc)
		rc = iq_intake_flush(r, err);
	if (cut && r->glue.last)
		r->glue.last->rec.flags |= IQ_REC_CUT;
	if (!rc)
		rc = iq_glue_flush(&r->glue, err);
	int64_t lines = r->lines.number - 1 + (r->lines.offset > r->lines.start);
	if (lines > s->lines)
		s->lines = lines;
	name_dialects(r);
	s->year_known = iq_years_decide(&r->years, &r->opts, &s->year_delta);
	s->hosts = r->boots.names;
	s->n_hosts = r->boots.n_hosts;
	s->boots = r->boots.boots;
	s->n_boots = r->boots.n_boots;
	if (r->boots.too_many_hosts)
		iq_reader_issue(r, "limit", "too-many-hosts", s->lines, s->bytes,
				"more than 4096 host names; the further ones are taken "
				"for the first");
	if (!rc && r->boots.failed)
		rc = iq_err_set(err, IQ_E_NOMEM, "out of memory");
	return rc;
}

const struct iq_reader_summary *iq_reader_summary(const struct iq_reader *r)
{
	return &r->summary;
}

const struct iq_boot_info *iq_reader_boots(const struct iq_reader *r, size_t *ret_n)
{
	*ret_n = r->boots.n_boots;
	return r->boots.boots;
}

int iq_reader_bid(const char *p, size_t n, const char **ret_name)
{
	struct iq_paste paste = { 0 };
	struct iq_mail mail = { 0 };
	struct sampling s = { .paste = &paste, .mail = &mail };
	struct iq_slice sample = iq_slice(p, n < BID_BYTES ? n : BID_BYTES);
	struct iq_buf out = { 0 };
	size_t odd = 0, skip;
	*ret_name = iq_dialect_name(IQ_DIA_BARE);
	if (!n)
		return 0;
	if (unbox(&out, iq_slice(p, n)))
		sample = iq_head(iq_buf_as_slice(&out), BID_BYTES);
	/* more than a tenth of bytes that no text has: not a log */
	bool wide = iq_coding_detect(sample.p, sample.n, &skip) != IQ_CODING_BYTES;
	for (size_t i = 0; !wide && i < sample.n; i++) {
		unsigned char c = (unsigned char)sample.p[i];
		odd += (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != 033 &&
			c) || c == 0x7f;
	}
	int bits = 0;
	if (odd * 10 <= sample.n && sample_all(&s, sample)) {
		enum iq_dialect d = most(s.counts);
		*ret_name = iq_dialect_name(d);
		int64_t sum = s.headed + s.openers;
		bits = sum > 200 ? 200 : (int)sum;
	}
	iq_mail_fini(&mail);
	free(s.wrap);
	iq_buf_fini(&out);
	return bits;
}
