/* text/repair.c - see repair.h */
#include "text/repair.h"

#include "base/utf8.h"

/* --- ANSI --- */

/* Length of the escape sequence at P (ESC), at least 1.  ECMA-48: CSI parameters
 * 0x30-0x3f, intermediates 0x20-0x2f, final 0x40-0x7e; OSC up to BEL or ST. */
static size_t escape_len(const char *p, size_t n)
{
	size_t i = 2;
	if (n < 2)
		return 1;
	if (p[1] == '[') {
		while (i < n && p[i] >= 0x20 && p[i] <= 0x3f)
			i++;
		return i < n && p[i] >= 0x40 && p[i] <= 0x7e ? i + 1 : i;
	}
	if (p[1] == ']' || p[1] == 'P' || p[1] == '_' || p[1] == '^') {
		while (i < n && p[i] != '\a' && p[i] != 0x1b)
			i++;
		if (i >= n)
			return i;
		return p[i] == '\a' ? i + 1 : i + (i + 1 < n && p[i + 1] == '\\' ? 2 : 0);
	}
	while (i - 1 < n && p[i - 1] >= 0x20 && p[i - 1] <= 0x2f)	/* ESC ( B */
		i++;
	return i <= n ? i : n;
}

/* Takes back the last character of P[0..N): a whole UTF-8 sequence. */
static size_t back_one(const char *p, size_t n)
{
	while (n && ((unsigned char)p[n - 1] & 0xc0) == 0x80)
		n--;
	return n ? n - 1 : 0;
}

size_t iq_strip_ansi(char *p, size_t n)
{
	if (!n || (!memchr(p, 0x1b, n) && !memchr(p, '\b', n) && !memchr(p, 0x7f, n)))
		return n;
	size_t to = 0;
	for (size_t i = 0; i < n;) {
		if (p[i] == 0x1b) {
			i += escape_len(p + i, n - i);
		} else if (p[i] == '\b') {
			to = back_one(p, to);
			i++;
		} else if (p[i] == 0x7f) {	/* prints nothing; mail programs leave them */
			i++;
		} else {
			p[to++] = p[i++];
		}
	}
	return to;
}

/* --- HTML --- */

struct entity {
	const char *name, *text;
};

static const struct entity entities[] = {
	{ "lt", "<" }, { "gt", ">" }, { "amp", "&" }, { "quot", "\"" }, { "apos", "'" },
	{ "nbsp", " " }, { "ndash", "-" }, { "mdash", "--" }, { "hellip", "..." },
	{ "lsquo", "'" }, { "rsquo", "'" }, { "ldquo", "\"" }, { "rdquo", "\"" },
	{ "Tab", "\t" }, { "NewLine", "\n" }, { "num", "#" }, { "lsqb", "[" },
	{ "rsqb", "]" }, { "lbrack", "[" }, { "rbrack", "]" }, { "lowbar", "_" },
	{ "colon", ":" }, { "equals", "=" }, { "plus", "+" }, { "ast", "*" },
};

static void add_cp(struct iq_buf *out, uint32_t cp)
{
	if (cp == 0xa0)
		cp = ' ';
	if (cp < 0x80) {
		iq_buf_char(out, (char)cp);
	} else if (cp < 0x800) {
		iq_buf_char(out, (char)(0xc0 | cp >> 6));
		iq_buf_char(out, (char)(0x80 | (cp & 63)));
	} else if (cp < 0x10000) {
		iq_buf_char(out, (char)(0xe0 | cp >> 12));
		iq_buf_char(out, (char)(0x80 | (cp >> 6 & 63)));
		iq_buf_char(out, (char)(0x80 | (cp & 63)));
	} else {
		iq_buf_char(out, (char)(0xf0 | cp >> 18));
		iq_buf_char(out, (char)(0x80 | (cp >> 12 & 63)));
		iq_buf_char(out, (char)(0x80 | (cp >> 6 & 63)));
		iq_buf_char(out, (char)(0x80 | (cp & 63)));
	}
}

/* "&#39;" or "&#x27;"; bytes used or 0 */
static size_t numeric_entity(struct iq_slice s, struct iq_buf *out)
{
	struct iq_slice t = iq_from(s, 2);
	uint64_t cp;
	bool hex = iq_skip(&t, IQ_LIT("x")) || iq_skip(&t, IQ_LIT("X"));
	if (!(hex ? iq_take_hex(&t, &cp) : iq_take_u64(&t, &cp)) || !iq_skip(&t, IQ_LIT(";")))
		return 0;
	if (!cp || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		cp = 0xfffd;
	if (out)
		add_cp(out, (uint32_t)cp);
	return s.n - t.n;
}

/* An entity at S ('&'): bytes used or 0.  OUT NULL: only looks. */
static size_t entity_at(struct iq_slice s, struct iq_buf *out)
{
	if (s.n < 4)
		return 0;
	if (s.p[1] == '#')
		return numeric_entity(s, out);
	struct iq_slice name = iq_from(iq_head(s, 10), 1);
	ptrdiff_t semi = iq_find_char(name, ';');
	if (semi <= 0)
		return 0;
	name = iq_head(name, (size_t)semi);
	for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
		if (iq_eq(name, iq_slice_z(entities[i].name))) {
			if (out)
				iq_buf_str(out, entities[i].text);
			return name.n + 2;
		}
	return 0;
}

/* Only names of HTML count: kernel text has <IRQ>, <TASK>, <4>, <unknown>. */
static const struct {
	const char *name;
	bool block;			/* ends a line */
} tags[] = {
	{ "br", true }, { "p", true }, { "div", true }, { "li", true }, { "tr", true },
	{ "pre", true }, { "blockquote", true }, { "h1", true }, { "h2", true },
	{ "h3", true }, { "h4", true }, { "ul", true }, { "ol", true }, { "table", true },
	{ "tbody", true }, { "thead", true }, { "hr", true }, { "html", true },
	{ "body", true }, { "head", true }, { "code", false }, { "span", false },
	{ "b", false }, { "i", false }, { "u", false }, { "em", false },
	{ "strong", false }, { "font", false }, { "a", false }, { "tt", false },
	{ "td", false }, { "th", false }, { "mark", false }, { "small", false },
	{ "samp", false }, { "kbd", false }, { "img", false }, { "sup", false },
	{ "sub", false }, { "del", false }, { "ins", false }, { "section", true },
	{ "article", true }, { "!doctype", true }, { "meta", true }, { "link", true },
	{ "title", true },
};

static bool tag_named(struct iq_slice name, bool *ret_block)
{
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (name.n == strlen(tags[i].name) &&
		    strncasecmp(name.p, tags[i].name, name.n) == 0) {
			*ret_block = tags[i].block;
			return true;
		}
	return false;
}

/* A tag at S ('<'): bytes used or 0.  *ret_line: it ends a line. */
static size_t tag_at(struct iq_slice s, bool *ret_line)
{
	bool block, close = s.n > 1 && s.p[1] == '/';
	size_t from = 1 + close, i = from;
	if (iq_starts(s, IQ_LIT("<!--"))) {
		ptrdiff_t end = iq_find(s, IQ_LIT("-->"));
		*ret_line = false;
		return end < 0 ? 0 : (size_t)end + 3;
	}
	while (i < s.n && i - from < 11 &&
	       ((s.p[i] | 0x20) >= 'a' || s.p[i] == '!' || (s.p[i] >= '1' && s.p[i] <= '4')) &&
	       (unsigned char)s.p[i] < 0x7b)
		i++;
	if (i == from || i >= s.n || !tag_named(iq_slice(s.p + from, i - from), &block))
		return 0;
	if (s.p[i] != '>' && s.p[i] != ' ' && s.p[i] != '/' && s.p[i] != '\t')
		return 0;
	/* <a>, <b>, <i>, <p> in capitals could be a kernel's mark; HTML of today is small */
	const char *end = memchr(s.p + i, '>', s.n - i < 4096 ? s.n - i : 4096);
	if (!end)
		return 0;
	bool br = !close && (iq_slice(s.p + from, i - from).n == 2) && block;
	*ret_line = block && (close || br);
	return (size_t)(end - s.p) + 1;
}

bool iq_looks_html(struct iq_slice s)
{
	bool line;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '&' && entity_at(iq_from(s, i), NULL))
			return true;
		if (s.p[i] == '<' && tag_at(iq_from(s, i), &line))
			return true;
	}
	return false;
}

/* The beginning of a cell that is not the first of its row. */
static bool next_cell(struct iq_slice s, const struct iq_buf *out)
{
	struct iq_slice name = iq_head(iq_from(s, 1), 2);
	return out->n && out->p[out->n - 1] != '\n' && out->p[out->n - 1] != ' ' &&
	       name.n == 2 && (strncasecmp(name.p, "td", 2) == 0 ||
			       strncasecmp(name.p, "th", 2) == 0) &&
	       s.n > 3 && (s.p[3] == '>' || s.p[3] == ' ');
}

void iq_undo_html(struct iq_buf *out, struct iq_slice s)
{
	for (size_t i = 0; i < s.n;) {
		bool line = false;
		size_t n = 0;
		if (s.p[i] == '&')
			n = entity_at(iq_from(s, i), out);
		else if (s.p[i] == '<') {
			n = tag_at(iq_from(s, i), &line);
			if (n && next_cell(iq_from(s, i), out))
				iq_buf_char(out, ' ');
		} else if (i + 1 < s.n && memcmp(s.p + i, "\xc2\xa0", 2) == 0) {
			iq_buf_char(out, ' ');
			n = 2;
		}
		/* "<tr>" begins a line where one is not begun already */
		if (line && (out->n || s.p[i + 1] == '/' || (s.p[i + 1] | 0x20) == 'b'))
			iq_buf_char(out, '\n');
		if (!n)
			iq_buf_char(out, s.p[i]);
		i += n ? n : 1;
	}
}

/* --- typography --- */

static const char *plain_form(uint32_t cp)
{
	switch (cp) {
	case 0x2018: case 0x2019: case 0x201a: case 0x2032:
		return "'";
	case 0x201c: case 0x201d: case 0x201e: case 0x2033: case 0xab: case 0xbb:
		return "\"";
	case 0x2010: case 0x2011: case 0x2012: case 0x2013: case 0x2212:
		return "-";
	case 0x2014: case 0x2015:
		return "--";
	case 0x2026:
		return "...";
	case 0xa0: case 0x2002: case 0x2003: case 0x2007: case 0x2009: case 0x202f:
	case 0x3000:
		return " ";
	case 0x200b: case 0x200c: case 0x200d: case 0x2060: case 0xfeff: case 0xad:
		return "";
	default:
		return NULL;
	}
}

void iq_undo_typography(struct iq_buf *out, struct iq_slice s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t cp = 0;
		size_t n = (unsigned char)s.p[i] < 0x80 ? 1 : iq_utf8_at(s.p + i, s.n - i, &cp);
		const char *plain = n > 1 ? plain_form(cp) : NULL;
		if (plain)
			iq_buf_str(out, plain);
		else
			iq_buf_add(out, s.p + i, n ? n : 1);
		i += n ? n : 1;
	}
}
