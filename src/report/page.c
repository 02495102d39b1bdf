/* report/page.c - see page.h */
#include "report/page.h"
#include "base/utf8.h"

void iq_page_color(struct iq_page *p, const char *code)
{
	if (p->r->opts->color)
		iq_buf_printf(p->out, "\033[%sm", code);
}

void iq_page_safe(struct iq_page *p, struct iq_slice s)
{
	iq_utf8_terminal(p->out, s);
}

/* --- paragraphs --- */

static uint64_t hash_of(struct iq_slice s)
{
	uint64_t h = 0xcbf29ce484222325;	/* FNV-1a */

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3;
	return h;
}

bool iq_page_seen(struct iq_page *p, struct iq_slice s)
{
	uint64_t h = hash_of(s);

	for (size_t i = 0; i < p->n_seen; i++)
		if (p->seen[i] == h)
			return true;
	if (p->n_seen < sizeof p->seen / sizeof *p->seen)
		p->seen[p->n_seen++] = h;
	return false;
}

bool iq_page_once(struct iq_page *p, const char *label, struct iq_slice s)
{
	if (iq_page_seen(p, s))
		return false;
	iq_page_paragraph(p, label, s);
	return true;
}

static int display_width(const char *s, size_t n)
{
	int w = 0;
	for (size_t i = 0; i < n; i++)
		w += ((unsigned char)s[i] & 0xc0) != 0x80;
	return w;
}

void iq_page_paragraph(struct iq_page *p, const char *label, struct iq_slice s)
{
	const int indent = IQ_PAGE_INDENT;
	struct iq_buf clean;
	iq_buf_init(&clean);
	iq_utf8_terminal(&clean, s);
	struct iq_slice rest = iq_buf_as_slice(&clean);
	iq_page_color(p, "1");
	iq_buf_printf(p->out, "  %-*s", indent - 2, label);
	iq_page_color(p, "0");
	int col = indent;
	for (struct iq_slice w = iq_word(&rest); w.n; w = iq_word(&rest)) {
		int width = display_width(w.p, w.n);
		if (col > indent && col + 1 + width > p->columns) {
			iq_buf_printf(p->out, "\n%*s", indent, "");
			col = indent;
		} else if (col > indent) {
			iq_buf_char(p->out, ' ');
			col++;
		}
		iq_buf_slice(p->out, w);
		col += width;
	}
	iq_buf_char(p->out, '\n');
	iq_buf_fini(&clean);
}
