/* report/text_dump.c - the report on a dump, on one screen: what the machine died of with
 * its stack, how it ended, what else was wrong before, then the machine (machine.c).
 *
 * One event is told whole: the root of the panic, or where somebody crashed the machine
 * by hand, the last fault before.  The others get a line each.  -v has all of them whole.
 */
#include "report/page.h"
#include "base/units.h"

#include <inttypes.h>

#define OTHERS_MAX 6

/* The time of day, or since boot. */
static void put_clock(struct iq_buf *b, sqlite3_stmt *ev)
{
	int64_t wall = iq_cell_int(ev, 17), mono = iq_cell_int(ev, 4);
	struct iq_civil c;

	if (wall != INT64_MIN) {
		iq_civil_from_us(wall, &c);
		iq_buf_printf(b, "%02d:%02d:%02d ", c.hour, c.minute, c.second);
	} else if (mono != INT64_MIN) {
		iq_buf_printf(b, "[%" PRId64 " s] ", mono / IQ_USEC);
	}
}

/* A line for the event, as wide as the page. */
static void put_line(struct iq_page *p, const char *label, int64_t event)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_EVENT, event);
	size_t most = (size_t)(p->columns - IQ_PAGE_INDENT - 16);
	struct iq_buf line, *out = p->out;

	if (!iq_ask_next(st))
		return;
	iq_buf_init(&line);
	put_clock(&line, st);
	p->out = &line;
	iq_page_what(p, st);
	p->out = out;
	if (line.n > most) {
		while (most && ((unsigned char)line.p[most] & 0xc0) == 0x80)
			most--;
		line.n = most;
		iq_buf_str(&line, " ...");
	}
	iq_buf_printf(&line, " (event %" PRId64 ")", event);
	iq_page_paragraph(p, label, iq_buf_as_slice(&line));
	iq_buf_fini(&line);
}

/* The panic, where it is not the one told above; why, where that was another reason. */
static void put_end(struct iq_page *p, int64_t lead)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_DUMP_END, lead);
	struct iq_buf b;

	iq_buf_init(&b);
	if (!iq_ask_next(st)) {
		iq_buf_str(&b, "its log has no panic: the dump was made from outside, or the "
			       "end of the log is lost");
	} else if (iq_cell_int(st, 0) != lead) {
		iq_buf_printf(&b, "%.*s (event %" PRId64 ")", IQ_FMT(iq_cell(st, 1)),
			      iq_cell_int(st, 0));
		if (!iq_cell_null(st, 2))
			iq_buf_printf(&b, ": %.*s", IQ_FMT(iq_cell(st, 2)));
	}
	if (b.n)
		iq_page_paragraph(p, "Died", iq_buf_as_slice(&b));
	iq_buf_fini(&b);
}

/* Whatever else happened, in order. */
static void put_others(struct iq_page *p, int64_t lead)
{
	int64_t ids[OTHERS_MAX], end = INT64_MIN;
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_DUMP_END, lead);
	size_t n = 0;

	if (iq_ask_next(st))
		end = iq_cell_int(st, 0);
	st = iq_ask(p->r, IQ_ASK_EVENTS, INT64_MIN);
	while (iq_ask_next(st)) {
		int64_t id = iq_cell_int(st, 0);
		if (id == lead || id == end)
			continue;
		if (n < OTHERS_MAX)
			ids[n] = id;
		n++;
	}
	for (size_t i = 0; i < n && i < OTHERS_MAX; i++)
		put_line(p, i ? "" : "Others", ids[i]);
	if (n > OTHERS_MAX)
		iq_buf_printf(p->out, "%*s... and %zu more with -v\n", IQ_PAGE_INDENT, "",
			      n - OTHERS_MAX);
}

void iq_page_dump_rest(struct iq_page *p, int64_t lead)
{
	put_end(p, lead);
	put_others(p, lead);
}

/* Nothing but a dump was read, and no one event was asked for. */
static bool is_dump_alone(struct iq_page *p)
{
	const struct iq_report_opts *o = p->r->opts;
	sqlite3_stmt *st;
	int dumps = 0, captures = 0;

	if (o->verbose || o->event_id != INT64_MIN || o->since_us != INT64_MIN ||
	    o->until_us != INT64_MIN)
		return false;
	st = iq_ask(p->r, IQ_ASK_DUMPS, INT64_MIN);
	while (iq_ask_next(st))
		dumps++;
	st = iq_ask(p->r, IQ_ASK_CAPTURES, INT64_MIN);
	while (iq_ask_next(st))
		captures++;
	return dumps == 1 && captures == 1;
}

bool iq_page_dump(struct iq_page *p)
{
	if (!is_dump_alone(p))
		return false;
	p->screen = true;
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_DUMP_LEAD, INT64_MIN);
	if (!iq_ask_next(st) || iq_cell_null(st, 0))
		return false;
	int64_t lead = iq_cell_int(st, 0);
	iq_page_event(p, lead);
	return true;
}
