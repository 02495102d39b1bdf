/* report/text_proof.c - the evidence of an event: every line that one of its findings
 * rests on, once, in order of the capture; then what was computed from them. */
#include "report/page.h"
#include "base/utf8.h"

#include <inttypes.h>

#define LINE_MAX 230			/* bytes of a line, without -v */
#define SCREEN_LINES 3			/* of a dump's one screen */
#define SCREEN_WIDTH 150

/* path!member:line: text, as it stands in the capture. */
static void put_place(struct iq_buf *b, sqlite3_stmt *st)
{
	iq_utf8_terminal(b, iq_cell(st, 0));
	if (iq_cell(st, 1).n) {
		iq_buf_char(b, '!');
		iq_utf8_terminal(b, iq_cell(st, 1));
	}
	if (!iq_cell_null(st, 2))
		iq_buf_printf(b, ":%" PRId64, iq_cell_int(st, 2));
	iq_buf_str(b, ": ");
}

/* No line of a capture: a row of a view, and whether the program made it. */
static void put_row(struct iq_buf *b, sqlite3_stmt *st)
{
	struct iq_slice view = iq_cell(st, 4);
	bool computed = iq_eq(view, IQ_LIT("v1_zone_check")) ||
			iq_eq(view, IQ_LIT("v1_task_choice"));

	iq_buf_str(b, computed ? "computed (" : "stored (");
	iq_utf8_terminal(b, view.n ? view : IQ_LIT("the event"));
	if (!iq_cell_null(st, 5))
		iq_buf_printf(b, " row %" PRId64, iq_cell_int(st, 5));
	iq_buf_str(b, "): ");
}

static void put_line(struct iq_page *p, sqlite3_stmt *st, bool once)
{
	size_t most = p->r->opts->verbose ? SIZE_MAX : p->screen ? SCREEN_WIDTH : LINE_MAX;
	struct iq_buf b;

	iq_buf_init(&b);
	if (iq_cell_null(st, 0))
		put_row(&b, st);
	else
		put_place(&b, st);
	iq_utf8_terminal(&b, iq_cell(st, 3));
	if (once && !p->r->opts->verbose && iq_page_seen(p, iq_buf_as_slice(&b))) {
		iq_buf_fini(&b);
		return;
	}
	iq_buf_str(p->out, "    ");
	if (b.n > most) {
		while (most && ((unsigned char)b.p[most] & 0xc0) == 0x80)
			most--;
		iq_buf_add(p->out, b.p, most);
		iq_buf_str(p->out, " ...\n");
	} else {
		iq_buf_add(p->out, b.p ? b.p : "", b.n);
		iq_buf_char(p->out, '\n');
	}
	iq_buf_fini(&b);
}

void iq_page_proof(struct iq_page *p, int64_t event, bool once)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_EVENT_EVIDENCE, event);

	iq_page_color(p, "1");
	iq_buf_str(p->out, "  Evidence\n");
	iq_page_color(p, "0");
	int n = 0;
	for (; iq_ask_next(st); n++)
		if (!p->screen || n < SCREEN_LINES)
			put_line(p, st, once);
	if (p->screen && n > SCREEN_LINES)
		iq_buf_printf(p->out, "    and %d more with -v\n", n - SCREEN_LINES);
}
