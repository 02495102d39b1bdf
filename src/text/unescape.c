/* text/unescape.c - the escapes of syslog daemons and of /dev/kmsg undone.
 *
 * rsyslog (runtime/parser.c, SanitizeMsg) writes a control byte as '#' and three octal
 * digits, or with escapeControlCharactersCStyle as \n, \t, \x1b; BSD daemons write ^I.
 * A literal '#' is not escaped, so only what can be a control byte is undone.
 * /dev/kmsg (printk.c, append_char) writes every byte below 0x20, from 0x7f on, and
 * the backslash itself as \xHH, so there the undoing is exact.
 */
#include "text/peeler.h"

static int hex_digit(char c)
{
	if (iq_is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* \xHH at P; the byte or -1. */
static int hex_escape(const char *p, size_t n)
{
	if (n < 4 || p[0] != '\\' || p[1] != 'x')
		return -1;
	int hi = hex_digit(p[2]), lo = hex_digit(p[3]);
	return hi < 0 || lo < 0 ? -1 : hi * 16 + lo;
}

/* #000 to #037 and #177; the byte or -1. */
static int octal_escape(const char *p, size_t n)
{
	if (n < 4 || p[0] != '#')
		return -1;
	if (memcmp(p + 1, "177", 3) == 0)
		return 0x7f;
	if (p[1] != '0' || p[2] < '0' || p[2] > '3' || p[3] < '0' || p[3] > '7')
		return -1;
	return (p[2] - '0') * 8 + p[3] - '0';
}

/* One escape of a syslog daemon at P: its length, or 0.  KERNEL: kernel text, in
 * which \n, \t and ^I do not occur by themselves; \x2d and the like are part of unit
 * names and stay. */
static size_t syslog_escape(const char *p, size_t n, bool kernel, int *ret)
{
	if (*p == '#') {
		*ret = octal_escape(p, n);
		return *ret < 0 ? 0 : 4;
	}
	if (!kernel || n < 2)
		return 0;
	if (*p == '^') {
		*ret = p[1] == 'I' ? '\t' : p[1] == 'J' ? '\n' : -1;
		return *ret < 0 ? 0 : 2;
	}
	if (p[1] == 'n' || p[1] == 't') {
		*ret = p[1] == 'n' ? '\n' : '\t';
		return 2;
	}
	*ret = hex_escape(p, n);
	return *ret < 0 || *ret >= 0x20 ? 0 : 4;
}

bool iq_unescape_syslog(struct iq_buf *out, struct iq_slice s, bool kernel)
{
	bool any = memchr(s.p, '#', s.n) ||
		   (kernel && (memchr(s.p, '\\', s.n) || memchr(s.p, '^', s.n)));
	if (!any)
		return false;
	size_t done = 0;
	any = false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '#' && s.p[i] != '\\' && s.p[i] != '^')
			continue;
		int byte;
		size_t n = syslog_escape(s.p + i, s.n - i, kernel, &byte);
		if (!n)
			continue;
		if (!any)
			iq_buf_reset(out);
		any = true;
		iq_buf_add(out, s.p + done, i - done);
		iq_buf_char(out, (char)byte);
		i += n - 1;
		done = i + 1;
	}
	if (any)
		iq_buf_add(out, s.p + done, s.n - done);
	return any;
}

bool iq_unescape_hex(struct iq_buf *out, struct iq_slice s)
{
	if (!s.n || !memchr(s.p, '\\', s.n))
		return false;
	iq_buf_reset(out);
	for (size_t i = 0; i < s.n; i++) {
		int byte = hex_escape(s.p + i, s.n - i);
		if (byte >= 0)
			i += 3;
		iq_buf_char(out, byte >= 0 ? (char)byte : s.p[i]);
	}
	return true;
}
