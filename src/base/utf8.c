/* base/utf8.c - see utf8.h */
#include "base/utf8.h"

size_t iq_utf8_at(const char *p, size_t n, uint32_t *ret_cp)
{
	const unsigned char *s = (const unsigned char *)p;
	if (!n)
		return 0;
	if (s[0] < 0x80) {
		*ret_cp = s[0];
		return 1;
	}
	size_t len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	if (s[0] < 0xc2 || s[0] > 0xf4 || n < len)
		return 0;
	uint32_t cp = s[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (s[i] & 0x3fu);
	}
	if (cp < least[len] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	*ret_cp = cp;
	return len;
}

static bool is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
}

/* Characters that make a line read otherwise than it is stored. */
bool iq_utf8_is_deceptive(uint32_t cp)
{
	return cp == 0x00ad || cp == 0x061c || cp == 0x180e ||
	       (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff ||
	       (cp >= 0xfff9 && cp <= 0xfffb) || (cp >= 0xe0000 && cp <= 0xe007f);
}

bool iq_utf8_is_clean(struct iq_slice s)
{
	for (size_t i = 0; i < s.n;) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 0x20 && c < 0x7f) {
			i++;
			continue;
		}
		uint32_t cp;
		size_t k = iq_utf8_at(s.p + i, s.n - i, &cp);
		if (!k || (is_control(cp) && cp != '\t' && cp != '\n'))
			return false;
		i += k;
	}
	return true;
}

static void hex_bytes(struct iq_buf *out, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		iq_buf_printf(out, "\\x%02x", (unsigned char)p[i]);
}

/* Printable ASCII from I on goes as it is, in one piece; where it ends. */
static size_t add_plain(struct iq_buf *out, struct iq_slice s, size_t i)
{
	size_t from = i;
	while (i < s.n && s.p[i] >= 0x20 && s.p[i] < 0x7f)
		i++;
	if (i > from)
		iq_buf_add(out, s.p + from, i - from);
	return i;
}

void iq_utf8_clean(struct iq_buf *out, struct iq_slice s)
{
	for (size_t i = add_plain(out, s, 0); i < s.n; i = add_plain(out, s, i)) {
		uint32_t cp;
		size_t k = iq_utf8_at(s.p + i, s.n - i, &cp);
		if (!k || (is_control(cp) && cp != '\t' && cp != '\n'))
			hex_bytes(out, s.p + i, k ? k : 1);
		else
			iq_buf_add(out, s.p + i, k);
		i += k ? k : 1;
	}
}

void iq_utf8_terminal(struct iq_buf *out, struct iq_slice s)
{
	for (size_t i = add_plain(out, s, 0); i < s.n; i = add_plain(out, s, i)) {
		uint32_t cp = 0;
		size_t k = iq_utf8_at(s.p + i, s.n - i, &cp);
		if (k && cp == '\t')
			iq_buf_char(out, ' ');
		else if (!k || is_control(cp) || iq_utf8_is_deceptive(cp))
			hex_bytes(out, s.p + i, k ? k : 1);
		else
			iq_buf_add(out, s.p + i, k);
		i += k ? k : 1;
	}
}
