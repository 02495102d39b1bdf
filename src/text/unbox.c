/* text/unbox.c - a console log in the box a cloud's call returned it in.
 *
 * Alibaba ECS GetInstanceConsoleOutput: JSON, ConsoleOutput in base64.  AWS EC2
 * GetConsoleOutput: JSON or XML, Output in base64 (its CLI decodes it).  GCE
 * getSerialPortOutput: JSON, contents as plain text.  Also a bare run of base64.
 */
#include "text/repair.h"

#include "text/peeler.h"

/* Shorter runs of letters are words. */
#define BASE64_MIN 64

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (iq_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* A blank inside a line ends base64; line ends (also escaped: \n) are skipped. */
static size_t line_end_at(struct iq_slice s)
{
	if (*s.p == '\n' || *s.p == '\r')
		return 1;
	return iq_starts(s, IQ_LIT("\\n")) || iq_starts(s, IQ_LIT("\\r")) ? 2 : 0;
}

/* All of S is base64; appends what it says. */
static bool base64(struct iq_buf *out, struct iq_slice s)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t digits = 0, i = 0;
	for (; i < s.n && s.p[i] != '='; i++) {
		size_t skip = line_end_at(iq_from(s, i));
		/* JSON may escape the slash */
		if (!skip && s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == '/')
			skip = 1;
		if (skip) {
			i += skip - 1;
			continue;
		}
		int v = base64_value(s.p[i]);
		if (v < 0)
			return false;
		digits++;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			iq_buf_char(out, (char)(bits >> have & 0xff));
		}
	}
	for (; i < s.n; i++)
		if (s.p[i] != '=' && !line_end_at(iq_from(s, i)) && s.p[i] != 'n' &&
		    s.p[i] != 'r')
			return false;
	return digits >= BASE64_MIN;
}

/* Decoded bytes that are a log: nearly all of them text. */
static bool is_text(struct iq_slice s)
{
	size_t odd = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		odd += (c < 0x20 && !strchr("\t\n\r\x1b\b", c)) || c == 0x7f || !c;
	}
	return s.n && odd <= s.n / 10 && memchr(s.p, '\n', s.n);
}

static bool decode(struct iq_buf *out, struct iq_slice s)
{
	size_t from = out->n;
	if (base64(out, s) && is_text(iq_from(iq_buf_as_slice(out), from)))
		return true;
	out->n = from;
	return false;
}

/* A JSON string without its quotes, undone. */
static void json_string(struct iq_buf *out, struct iq_slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
		if (s.p[i] != '\\' || i + 1 >= s.n) {
			iq_buf_char(out, s.p[i]);
			continue;
		}
		char c = s.p[++i];
		const char *at = c ? strchr(from, c) : NULL;
		struct iq_slice hex = iq_head(iq_from(s, i + 1), 4);
		uint64_t cp;
		if (c == 'u' && hex.n == 4 && iq_take_hex(&hex, &cp) && !hex.n) {
			iq_buf_char(out, cp < 0x80 ? (char)cp : '?');
			i += 4;
		} else {
			iq_buf_char(out, at ? to[at - from] : c);
		}
	}
}

/* The string behind "NAME":, without quotes; to the end if it was cut off. */
static bool json_value(struct iq_slice all, struct iq_slice name, struct iq_slice *ret)
{
	ptrdiff_t at = iq_find(all, name);
	if (at < 0)
		return false;
	struct iq_slice s = iq_ltrim(iq_from(all, (size_t)at + name.n));
	if (!iq_skip(&s, IQ_LIT(":")))
		return false;
	s = iq_ltrim(s);
	if (!iq_skip(&s, IQ_LIT("\"")))
		return false;
	size_t n = 0;
	while (n < s.n && s.p[n] != '"')
		n += s.p[n] == '\\' && n + 1 < s.n ? 2 : 1;
	*ret = iq_head(s, n);
	return true;
}

static bool xml_value(struct iq_slice all, struct iq_slice *ret)
{
	ptrdiff_t at = iq_find(all, IQ_LIT("<output>"));
	if (at < 0)
		return false;
	struct iq_slice s = iq_from(all, (size_t)at + sizeof("<output>") - 1);
	ptrdiff_t end = iq_find_char(s, '<');
	*ret = end < 0 ? s : iq_head(s, (size_t)end);
	return true;
}

static struct iq_slice trim_lines(struct iq_slice s)
{
	while (s.n && (*s.p == '\n' || *s.p == '\r' || *s.p == ' ' || *s.p == '\t'))
		s = iq_from(s, 1);
	while (s.n && strchr("\n\r \t", s.p[s.n - 1]) && s.p[s.n - 1])
		s.n--;
	return s;
}

bool iq_unbox_console(struct iq_buf *out, struct iq_slice all)
{
	static const char *const names[] = {
		"\"ConsoleOutput\"", "\"Output\"", "\"output\"", "\"contents\"",
	};
	struct iq_slice value, s = trim_lines(all);
	if (s.n < BASE64_MIN)
		return false;
	if (*s.p == '<')
		return xml_value(s, &value) && decode(out, trim_lines(value));
	if (*s.p != '{')
		return base64_value(*s.p) >= 0 && decode(out, s);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!json_value(s, iq_slice_z(names[i]), &value) || !value.n)
			continue;
		if (decode(out, value))
			return true;
		if (!iq_has(value, IQ_LIT("\\n")))
			continue;
		json_string(out, value);
		return true;
	}
	return false;
}
