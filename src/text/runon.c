/* text/runon.c - see runon.h */
#include "text/runon.h"

#include "text/peeler.h"

#define ENOUGH 3			/* headers that no quotation has */

/* A header inside a text: where it begins, and where the text behind it does. */
struct start {
	size_t at, text;
};

/* --- what stands in front of "kernel: " --- */

/* The word that ends at END (blank or start of S behind it): where it begins. */
static size_t word_before(struct iq_slice s, size_t end)
{
	while (end && s.p[end - 1] != ' ')
		end--;
	return end;
}

/* A stamp that ends at END: *ret_at. */
static bool stamp_before(struct iq_slice s, size_t end, size_t *ret_at)
{
	struct iq_stamp st;
	int64_t us;
	if (end >= 10 && s.p[end - 1] == ']') {
		ptrdiff_t at = iq_rfind(iq_head(s, end), IQ_LIT("["));
		*ret_at = (size_t)at;
		return at >= 0 && iq_kernel_time_at(iq_from(s, (size_t)at), &us) ==
				  end - (size_t)at;
	}
	/* "Mar  7 02:43:11", with a fraction of six digits, "2026-03-07 02:43:11" */
	static const size_t sizes[] = { 15, 22, 19 };
	for (size_t i = 0; i < 3; i++) {
		size_t at = end - sizes[i];
		if (end < sizes[i] || (at && s.p[at - 1] == ':'))
			continue;
		struct iq_slice t = iq_head(iq_from(s, at), sizes[i]);
		if ((sizes[i] == 19 ? iq_stamp_iso(t, &st) : iq_stamp_bsd(t, &st)) != t.n)
			continue;
		*ret_at = at;
		return true;
	}
	size_t at = word_before(s, end);
	*ret_at = at;
	return end - at >= 19 && iq_is_digit(s.p[at]) &&
	       iq_stamp_iso(iq_head(iq_from(s, at), end - at), &st) == end - at;
}

/* "kernel: " stands at AT of S.  STAMPED: with a stamp in front, or else alone. */
static bool tag_start(struct iq_slice s, size_t at, bool stamped, struct start *ret)
{
	ret->at = at;
	ret->text = at + sizeof("kernel: ") - 1;
	if (!stamped)
		return !at || s.p[at - 1] == ' ';
	if (at < 2 || s.p[at - 1] != ' ')
		return false;
	if (stamp_before(s, at - 1, &ret->at))		/* no host */
		return true;
	size_t host = word_before(s, at - 1);
	return host && host + 1 < at && s.p[at - 2] != ':' && stamp_before(s, host - 1, &ret->at);
}

/* --- the next header --- */

static bool next_tag(struct iq_slice s, size_t from, bool stamped, struct start *ret)
{
	while (from < s.n) {
		ptrdiff_t at = iq_find(iq_from(s, from), IQ_LIT("kernel: "));
		if (at < 0)
			return false;
		if (tag_start(s, from + (size_t)at, stamped, ret))
			return true;
		from += (size_t)at + 8;
	}
	return false;
}

static bool bracket_start(struct iq_slice s, size_t at, bool ctime, struct start *ret)
{
	struct iq_slice t = iq_from(s, at);
	struct iq_stamp st;
	int64_t us;
	size_t n = 0;
	if (!ctime)
		n = iq_kernel_time_at(t, &us);
	else if (t.n > 26 && t.p[25] == ']' && iq_stamp_asctime(iq_from(t, 1), &st))
		n = 26;
	/* the kernel pads seconds to five columns */
	if (n < 14 || (at + n < s.n && s.p[at + n] != ' ' && s.p[at + n] != '['))
		return false;
	*ret = (struct start){ at, at + n };
	return true;
}

static bool next_bracket(struct iq_slice s, size_t from, bool ctime, struct start *ret)
{
	while (from < s.n) {
		ptrdiff_t at = iq_find_char(iq_from(s, from), '[');
		if (at < 0)
			return false;
		from += (size_t)at;
		if (bracket_start(s, from, ctime, ret))
			return true;
		from++;
	}
	return false;
}

static bool next_start(enum iq_runon_form form, struct iq_slice s, size_t from,
		       struct start *ret)
{
	switch (form) {
	case IQ_RUNON_TAG:
	case IQ_RUNON_TAG_ALONE:
		return next_tag(s, from, form == IQ_RUNON_TAG, ret);
	case IQ_RUNON_CTIME:
	case IQ_RUNON_MONO:
		return next_bracket(s, from, form == IQ_RUNON_CTIME, ret);
	default:
		return false;
	}
}

/* The first header of FORM with text of another line in front; TEXT: where the text of
 * the line at hand begins, so that of headers behind each other only the first counts. */
static bool next_line(enum iq_runon_form form, struct iq_slice s, size_t text,
		      struct start *ret)
{
	while (next_start(form, s, text, ret)) {
		if (ret->at > text && iq_trim(iq_head(iq_from(s, text), ret->at - text)).n)
			return true;
		text = ret->text;
	}
	return false;
}

static size_t count(enum iq_runon_form form, struct iq_slice s)
{
	struct start st = { 0, 0 };
	size_t n = next_start(form, s, 0, &st);
	while (n && n < ENOUGH && next_line(form, s, st.text, &st))
		n++;
	return n;
}

/* Nearly all lines are told at a glance: JSON and CSV have their own ways to hold many
 * records, and the kernel's own stamp is not looked for here. */
static bool is_plain(struct iq_slice line)
{
	int64_t us;
	if (*line.p != '[')
		return *line.p == '{' || *line.p == '"';
	if (memchr("{[\"", line.p[1], 3))
		return true;
	size_t n = iq_kernel_time_at(line, &us);
	struct iq_slice text = iq_ltrim(iq_from(line, n));
	(void)iq_cut(&text, ' ');		/* a journal's host */
	return n && !iq_starts(text, IQ_LIT("kernel: "));
}

enum iq_runon_form iq_runon_form(struct iq_slice line, bool habit)
{
	struct start first, next;
	if (line.n < (habit ? 16 : 60) || is_plain(line))
		return IQ_RUNON_NONE;
	for (enum iq_runon_form form = IQ_RUNON_TAG; form <= IQ_RUNON_MONO; form++) {
		if (!next_start(form, line, 0, &first) || first.at)
			continue;
		return form != IQ_RUNON_MONO && next_line(form, line, first.text, &next)
			? form : IQ_RUNON_NONE;
	}
	for (enum iq_runon_form form = IQ_RUNON_TAG; form <= IQ_RUNON_MONO; form++)
		if (count(form, line) >= (habit ? 1 : ENOUGH))
			return form;
	return IQ_RUNON_NONE;
}

struct iq_slice iq_runon_next(enum iq_runon_form form, struct iq_slice *rest)
{
	struct start first, next;
	struct iq_slice s = *rest;
	size_t text = next_start(form, s, 0, &first) && !first.at ? first.text : 0;
	size_t end = next_line(form, s, text, &next) ? next.at : s.n;
	*rest = iq_from(s, end);
	while (end && s.p[end - 1] == ' ')		/* in place of the newline */
		end--;
	return iq_head(s, end);
}

/* Behind the comma of the last "},{" or "],[". */
static size_t json_seam(struct iq_slice s)
{
	static const struct iq_slice seams[] = {
		IQ_LIT("},{\""), IQ_LIT("}, {\""), IQ_LIT("],[\""), IQ_LIT("], [\""),
	};
	size_t best = 0;
	for (size_t i = 0; i < sizeof seams / sizeof *seams; i++) {
		ptrdiff_t at = iq_rfind(s, seams[i]);
		if (at >= 0 && (size_t)at + 2 > best)
			best = (size_t)at + 2;
	}
	return best;
}

/* In front of the last header in the second half. */
static size_t header_seam(struct iq_slice s)
{
	struct start st;
	size_t best = 0;
	enum iq_runon_form form = iq_runon_form(s, false);
	if (form == IQ_RUNON_NONE)
		form = IQ_RUNON_MONO;
	for (size_t from = s.n / 2; next_line(form, s, from, &st); from = st.text)
		best = st.at;
	return best;
}

size_t iq_runon_seam(struct iq_slice s)
{
	struct iq_slice t = iq_ltrim(s);
	size_t json = t.n && memchr("{[", *t.p, 2) ? json_seam(s) : 0;
	size_t best = json ? json : header_seam(s);
	return best >= s.n / 2 ? best : 0;
}
