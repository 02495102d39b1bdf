/* text/mail.c - see mail.h */
#include "text/mail.h"

#include "base/limits.h"

#define CERTAIN 2			/* "=3D" that no plain text has by chance */

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10
		: c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool upper_hex(char c)
{
	return hex(c) >= 0 && !(c >= 'a' && c <= 'f');
}

/* "Content-Transfer-Encoding: quoted-printable": 1; another encoding: 0; else -1 */
static int says_encoding(struct iq_slice line)
{
	static const char name[] = "content-transfer-encoding:", kind[] = "quoted-printable";
	if (line.n < sizeof name || strncasecmp(line.p, name, sizeof name - 1) != 0)
		return -1;
	struct iq_slice value = iq_trim(iq_from(line, sizeof name - 1));
	return value.n >= sizeof kind - 1 &&
	       strncasecmp(value.p, kind, sizeof kind - 1) == 0;
}

void iq_mail_detect(struct iq_mail *m, struct iq_slice sample)
{
	size_t certain = 0, stray = 0;
	bool said = false;
	*m = (struct iq_mail){ 0 };
	for (const char *p = sample.p, *end = p + sample.n;
	     (p = memchr(p, '=', (size_t)(end - p))); p++) {
		if (end - p < 3)
			break;
		certain += p[1] == '3' && p[2] == 'D';
		/* of a soft break only the end of the line may follow, blanks apart */
		stray += p[1] != '\n' && p[1] != '\r' && p[1] != ' ' &&
			 !(upper_hex(p[1]) && upper_hex(p[2]));
	}
	if (!certain)
		return;
	for (struct iq_slice all = sample; all.n && !said;)
		said = says_encoding(iq_cut(&all, '\n')) == 1;
	m->used = said || (certain >= CERTAIN && certain > 2 * stray);
	m->by_header = said;
	iq_mail_restart(m);
}

void iq_mail_restart(struct iq_mail *m)
{
	/* with a header it begins behind that */
	m->on = m->used && !m->by_header;
	m->open = false;
}

void iq_mail_fini(struct iq_mail *m)
{
	iq_buf_fini(&m->text);
}

static void decode(struct iq_buf *out, struct iq_slice s)
{
	size_t room = out->n < IQ_LINE_MAX_BYTES ? IQ_LINE_MAX_BYTES - out->n : 0;
	s = iq_head(s, room);
	for (size_t i = 0; i < s.n; i++) {
		bool escape = s.p[i] == '=' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 &&
			      hex(s.p[i + 2]) >= 0;
		if (escape)
			iq_buf_char(out, (char)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2])));
		else
			iq_buf_char(out, s.p[i]);
		i += escape ? 2 : 0;
	}
}

bool iq_mail_undo(struct iq_mail *m, struct iq_slice raw, struct iq_slice *ret)
{
	int said = says_encoding(raw);
	if (said >= 0)
		m->on = said;
	if (!m->open) {
		*ret = raw;
		m->folded = 0;
		if (!m->on || !memchr(raw.p, '=', raw.n))
			return true;
		iq_buf_reset(&m->text);
	} else {
		m->folded++;
	}
	struct iq_slice line = raw;	/* blanks at the end were added on the way */
	while (line.n && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t'))
		line.n--;
	m->open = m->on && line.n && line.p[line.n - 1] == '=' &&
		  m->text.n < IQ_LINE_MAX_BYTES;
	decode(&m->text, m->open ? iq_head(line, line.n - 1) : line);
	*ret = iq_buf_as_slice(&m->text);
	return !m->open;
}

bool iq_mail_flush(struct iq_mail *m, struct iq_slice *ret)
{
	bool was = m->open;
	m->open = false;
	*ret = iq_buf_as_slice(&m->text);
	return was;
}
