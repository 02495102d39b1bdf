/* text/hot.c - the hot loop over the lines of a syslog that nobody wants.  See
 * reader_priv.h.
 *
 * It finds the program by the line's shape, counts, and parses nothing but the month
 * and the clock of kernel lines, so that no year and no boot is missed.  Whatever is
 * not clear to it goes the long way.
 */
#include "text/peeler.h"
#include "text/reader_priv.h"

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
	if (r->glue.n_needy || (host.p && !iq_is_host(host)))
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

int iq_hot_line(struct iq_reader *r, struct iq_slice raw, struct iq_err *err)
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
