/* text/paste.c - see paste.h; the forms are those of log-dialects, section 8. */
#include "text/paste.h"

#include "text/match.h"
#include "text/programs.h"
#include "text/repair.h"
#include "text/shape.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Compares S with a pattern: 0 digit, A upper case, a lower case, _ blank or digit,
 * the rest itself. */
static bool fits(struct iq_slice s, const char *pattern)
{
	size_t i = 0;
	for (; pattern[i]; i++) {
		if (i >= s.n)
			return false;
		char c = s.p[i];
		bool ok = pattern[i] == '0' ? is_digit(c)
			: pattern[i] == 'A' ? is_upper(c)
			: pattern[i] == 'a' ? c >= 'a' && c <= 'z'
			: pattern[i] == '_' ? c == ' ' || is_digit(c)
			: c == pattern[i];
		if (!ok)
			return false;
	}
	return true;
}

/* "4,354,3528688,-;text": /dev/kmsg */
bool iq_looks_kmsg(struct iq_slice s)
{
	size_t i = 0;
	for (int commas = 0; commas < 3; commas++, i++) {
		size_t from = i;
		while (i < s.n && i - from < 20 && is_digit(s.p[i]))
			i++;
		if (i == from || i >= s.n || s.p[i] != ',')
			return false;
	}
	while (i < s.n && i < 64 && s.p[i] != ';' && s.p[i] != ' ')
		i++;
	return i < s.n && s.p[i] == ';';
}

bool iq_looks_headed(struct iq_slice s)
{
	if (s.n < 8)
		return false;
	if (is_digit(*s.p) && iq_looks_kmsg(s))
		return true;
	if (*s.p == '<')
		return fits(s, "<0>") || fits(s, "<00>") || fits(s, "<000>");
	if (*s.p == '[') {
		/* [   12.345678], [Sat Sep 11 ..., but not "[ 1799]  0 ..." */
		if (fits(s, "[Aaa ") || fits(s, "[Aa ") || fits(s, "[Aaa00") ||
		    fits(s, "[0000-00-00"))
			return true;
		s = iq_ltrim(iq_from(s, 1));
		size_t i = 0;
		while (i < s.n && is_digit(s.p[i]))
			i++;
		return i && i + 1 < s.n && s.p[i] == '.' && is_digit(s.p[i + 1]);
	}
	return fits(s, "Aaa _0 00:00") || fits(s, "0000-00-00T00:00") ||
	       fits(s, "0000-00-00 00:00") || fits(s, "Aaa 0000-00-00 ") ||
	       fits(s, "kern  :");
}

/* "  565 ", "565:", "565\t" in front: the number, and *rest behind one separator. */
static bool take_number(struct iq_slice s, int64_t *ret, struct iq_slice *rest)
{
	uint64_t v;
	s = iq_ltrim(s);
	size_t before = s.n;
	if (!iq_take_u64(&s, &v) || before - s.n > 9)
		return false;
	if (s.n && !strchr(":)\t| -", *s.p))
		return false;
	if (s.n && (*s.p == ')' || *s.p == '|') && s.n > 1 && s.p[1] == ' ')
		s = iq_from(s, 1);
	*ret = (int64_t)v;
	*rest = iq_from(s, 1);
	return true;
}

/* "+[  143.591863] ...": a line that a patch adds to a file. */
static struct iq_slice undo_plus(struct iq_slice s)
{
	return s.n > 8 && *s.p == '+' && iq_looks_headed(iq_from(s, 1)) ? iq_from(s, 1) : s;
}

/* ">", "> > ", ">>": of mail; nothing a kernel prints begins so. */
static struct iq_slice undo_quotes(struct iq_slice s)
{
	struct iq_slice t = iq_ltrim(s);
	if (!t.n || *t.p != '>')
		return undo_plus(s);
	while (t.n && *t.p == '>') {
		s = iq_from(t, 1);
		t = iq_ltrim(s);
	}
	return undo_plus(s.n && *s.p == ' ' ? iq_from(s, 1) : s);
}

static bool has_nbsp(struct iq_slice s)
{
	return iq_find_char(s, '\xc2') >= 0 && iq_has(s, IQ_LIT("\xc2\xa0"));
}

static void undo_nbsp(struct iq_buf *out, struct iq_slice s)
{
	ptrdiff_t at;
	while ((at = iq_find(s, IQ_LIT("\xc2\xa0"))) >= 0) {
		iq_buf_slice(out, iq_head(s, (size_t)at));
		iq_buf_char(out, ' ');
		s = iq_from(s, (size_t)at + 2);
	}
	iq_buf_slice(out, s);
}

/* Something like a name, and nothing that a dialect has a meaning for. */
static bool may_be_prefix(struct iq_slice s)
{
	struct iq_slice word = s;
	size_t letters = 0;
	if (memchr("[<>*{", *s.p, 5) || iq_has(s, IQ_LIT("kernel")))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		letters += iq_ch_name(s.p[i]) || s.p[i] == '"' || s.p[i] == '\'';
		if (fits(iq_from(s, i), "00:00"))
			return false;		/* a clock: a header */
	}
	word.n = iq_span(s, 0, iq_ch_name);
	return letters && !iq_program_of(word);
}

/* grep -H has a colon behind the name, or a dash where the line is mere context. */
static bool has_prefix(const struct iq_paste *p, struct iq_slice s)
{
	size_t last = p->prefix_n - 1;
	return s.n > last && memcmp(s.p, p->prefix, last) == 0 &&
	       (s.p[last] == p->prefix[last] ||
		(memchr(":-", s.p[last], 2) && memchr(":-", p->prefix[last], 2)));
}

/* Lines without any header, all behind the same words. */
static void sample_prefix(struct iq_paste *p, struct iq_slice raw)
{
	size_t i = 1;
	if (iq_looks_headed(iq_ltrim(raw)) || iq_opens_line(iq_ltrim(raw)))
		return;
	while (i < raw.n && i <= sizeof p->prefix &&
	       !(memchr(" :|-\"'\t", raw.p[i - 1], 7) && iq_opens_line(iq_from(raw, i))))
		i++;
	if (i >= raw.n || i > sizeof p->prefix)
		return;
	struct iq_slice found = iq_head(raw, i);
	if (!p->prefix_n && may_be_prefix(found)) {
		memcpy(p->prefix, found.p, found.n);
		p->prefix_n = found.n;
	}
	bool same = p->prefix_n == found.n && has_prefix(p, found);
	p->prefixed += same;
	p->other_prefix += !same;
}

static struct iq_slice undo_prefix(const struct iq_paste *p, struct iq_slice s)
{
	char quote = p->prefix[p->prefix_n - 1];
	if (!has_prefix(p, s))
		return s;
	s = iq_from(s, p->prefix_n);
	if (quote == '"' || quote == '\'') {
		struct iq_slice t = iq_trim(s);
		if (t.n && t.p[t.n - 1] == ',')
			t.n--;
		if (t.n && t.p[t.n - 1] == quote)
			s.n = (size_t)(t.p - s.p) + t.n - 1;
	}
	return s;
}

static void sample_numbers(struct iq_paste *p, struct iq_slice raw)
{
	struct iq_slice rest;
	int64_t number;
	if (!take_number(undo_quotes(raw), &number, &rest))
		return;			/* the tail of a wrapped line breaks no run */
	bool headed = iq_looks_headed(iq_ltrim(rest));
	p->numbered++;
	p->run = number == p->sample_last + 1 && p->run ? p->run + 1 : 1;
	p->headed_run = headed && (number > p->sample_last || !p->headed_run)
		? p->headed_run + 1 : headed;
	p->sample_last = number;
	if (p->run > p->longest_run)
		p->longest_run = p->run;
	if (p->headed_run > p->longest_headed_run)
		p->longest_headed_run = p->headed_run;
}

void iq_paste_sample(struct iq_paste *p, struct iq_slice raw)
{
	if (!iq_trim(raw).n)
		return;
	p->lines++;
	p->nbsp |= has_nbsp(raw);
	if (!iq_looks_html(raw)) {
		sample_prefix(p, raw);
		sample_numbers(p, raw);
		return;
	}
	struct iq_buf plain = { 0 };
	p->html = true;
	iq_undo_html(&plain, raw);
	for (struct iq_slice all = iq_buf_as_slice(&plain); all.n;)
		sample_numbers(p, iq_cut(&all, '\n'));
	iq_buf_fini(&plain);
}

void iq_paste_decide(struct iq_paste *p)
{
	p->numbers = p->longest_run >= 3 || p->longest_headed_run >= 3 ||
		     (p->longest_headed_run && p->longest_headed_run == p->lines);
	if (p->prefixed < 3 || p->other_prefix * 2 > p->prefixed)
		p->prefix_n = 0;
}

static bool undo_number(struct iq_paste *p, struct iq_slice *s)
{
	struct iq_slice rest;
	int64_t number;
	if (!take_number(*s, &number, &rest))
		return false;
	if (number != p->last_number + 1 &&
	    !(iq_looks_headed(iq_ltrim(rest)) && (number > p->last_number ||
						  number == 1)) &&
	    p->last_number)
		return false;
	p->last_number = number;
	*s = rest;
	return true;
}

/* A fence: nothing but its marks and the word that names a language. */
static bool is_fence(struct iq_slice s)
{
	if (!iq_starts(s, IQ_LIT("```")) && !iq_starts(s, IQ_LIT("~~~")))
		return false;
	s = iq_trim(iq_from(s, 3));
	(void)iq_word(&s);
	return !iq_trim(s).n;
}

/* Fences on the text's own line, as people write who see no need for two more. */
static struct iq_slice undo_fence(struct iq_slice s)
{
	struct iq_slice t = iq_ltrim(s);
	if (!iq_skip(&t, IQ_LIT("```")))
		return s;
	if (iq_ends(iq_trim(t), IQ_LIT("```")))
		t = iq_head(t, (size_t)(iq_trim(t).p - t.p) + iq_trim(t).n - 3);
	return t;
}

/* Bullets and table pipes, only if a header or a known line is behind them. */
static struct iq_slice undo_bullet(struct iq_slice s)
{
	static const struct iq_slice bullets[] = {
		IQ_LIT("- "), IQ_LIT("* "), IQ_LIT("+ "), IQ_LIT("| "), IQ_LIT("# "),
		IQ_LIT(": "), IQ_LIT("`"), IQ_LIT("\xe2\x80\xa2 "), IQ_LIT("\xe2\x94\x82 "),
		IQ_LIT("// "), IQ_LIT("* "),
	};
	struct iq_slice t = iq_ltrim(s);
	for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++) {
		struct iq_slice rest = t;
		if (!iq_skip(&rest, bullets[i]))
			continue;
		struct iq_slice inner = iq_ltrim(rest);
		if (!iq_looks_headed(inner) && iq_shape_of(inner) != IQ_SHAPE_OPENER)
			return s;
		inner = iq_looks_headed(inner) ? inner : rest;
		while (inner.n && (*bullets[i].p == '`' || *bullets[i].p == '|') &&
		       inner.p[inner.n - 1] == *bullets[i].p)
			inner.n--;
		return *bullets[i].p == '|' ? iq_slice(inner.p, iq_trim(inner).n +
				(size_t)(iq_trim(inner).p - inner.p)) : inner;
	}
	return s;
}

static struct iq_slice undo_indent(struct iq_paste *p, struct iq_slice s)
{
	struct iq_slice t = iq_ltrim(s);
	size_t blanks = (size_t)(t.p - s.p);
	if (blanks && iq_looks_headed(t)) {
		p->indent = blanks;
		return t;
	}
	if (!blanks && iq_looks_headed(t))
		p->indent = 0;
	return iq_from(s, blanks < p->indent ? blanks : p->indent);
}

bool iq_paste_undo(struct iq_paste *p, struct iq_slice raw, struct iq_buf *buf,
		   struct iq_slice *ret)
{
	struct iq_slice s = raw;
	if (p->html && iq_looks_html(s)) {
		iq_buf_reset(buf);
		iq_undo_html(buf, s);
		s = iq_buf_as_slice(buf);
	} else if (p->nbsp && has_nbsp(s)) {
		iq_buf_reset(buf);
		undo_nbsp(buf, s);
		s = iq_buf_as_slice(buf);
	}
	if (p->numbers) {		/* "> 12 text" as well as "12 > text" */
		s = undo_quotes(s);
		undo_number(p, &s);
	}
	if (p->prefix_n)
		s = undo_prefix(p, s);
	*ret = s;
	if (!iq_ltrim(s).n)
		return true;
	if (*s.p == '[' || *s.p == '<') {
		p->indent = 0;
		return true;
	}
	s = undo_quotes(s);
	if (is_fence(iq_ltrim(s)))
		return false;
	s = undo_fence(s);
	if (!s.n)
		return true;
	if (s.n && memchr(" \t-*+|#:`/\xe2", *s.p, 11))
		s = undo_bullet(s);
	*ret = undo_indent(p, s);
	return true;
}
