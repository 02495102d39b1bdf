/* report/text_crash.c - a crash for a person: the words of its first line, the decisive
 * stack with the place marked, the machine it happened on. */
#include "report/page.h"

#include <inttypes.h>

#define FRAMES_MAX	8		/* of the decisive stack, without -v */
#define BEFORE_MAX	3		/* of them in front of the place */

/* columns of IQ_ASK_CRASH */
enum { REASON, FUNCTION, SUSPECT, MODULE, ADDRESS, COMM, PID, CPU, TAINT, HARDWARE, KEY,
	ACCESS };

/* What a kind is called in a ticket, and what its marked frame did. */
static const struct { const char *kind, *words, *mark; } kinds[] = {
	{ "panic", "panic", NULL }, { "oops", "oops", "failed here" },
	{ "bug", "kernel bug", "found here" }, { "sanitizer", "sanitizer report", "found here" },
	{ "warning", "warning", "warned here" }, { "soft-lockup", "soft lockup", "stood here" },
	{ "hard-lockup", "hard lockup", "stood here" }, { "rcu-stall", "RCU stall", "stood here" },
	{ "hung-task", "hung task", "waits here" },
	{ "workqueue-lockup", "workqueue lockup", NULL }, { "hardware", "hardware error", NULL },
	{ "filesystem", "filesystem error", NULL }, { "storage", "storage error", NULL },
	{ "silent-stop", "silent stop", NULL },
};

static size_t row_of(struct iq_slice kind)
{
	size_t i = 0;

	while (i < sizeof kinds / sizeof *kinds && !iq_eq(kind, iq_slice_z(kinds[i].kind)))
		i++;
	return i;
}

/* "oops in insmod[245]"; a title that begins with the task says it already. */
void iq_page_crash_subject(struct iq_page *p, int64_t event, struct iq_slice kind,
			   struct iq_slice title)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_CRASH, event);
	size_t row = row_of(kind);

	if (row < sizeof kinds / sizeof *kinds)
		iq_buf_str(p->out, kinds[row].words);
	else
		iq_page_safe(p, kind);
	if (!iq_ask_next(st))
		return;
	if (!title.n && !iq_cell_null(st, REASON)) {
		iq_buf_str(p->out, ": ");
		iq_page_safe(p, iq_cell(st, REASON));
	}
	if (iq_cell_null(st, COMM) || iq_starts(title, iq_cell(st, COMM)) ||
	    iq_starts(iq_cell(st, COMM), IQ_LIT("swapper/")))
		return;
	iq_buf_str(p->out, " in ");
	iq_page_safe(p, iq_cell(st, COMM));
	if (!iq_cell_null(st, PID))
		iq_buf_printf(p->out, "[%" PRId64 "]", iq_cell_int(st, PID));
}

/* --- the stack --- */

struct stack {
	struct iq_page *p;
	struct iq_slice place, address, access;	/* the function to be marked */
	const char *mark;
	struct iq_buf text;		/* lines of the stack, one behind the other */
	int before;			/* frames in front of the place that are left out */
};

static void put_mark(struct stack *s, struct iq_buf *b)
{
	iq_buf_str(b, "  <- ");
	if (s->address.n)
		iq_buf_printf(b, "%.*s%sat %.*s", IQ_FMT(s->access), s->access.n ? " " : "",
			      IQ_FMT(s->address));
	else
		iq_buf_str(b, s->mark);
}

static void put_frame(struct stack *s, struct iq_slice function, int64_t offset,
		      struct iq_slice module, bool here)
{
	struct iq_buf *b = &s->text;

	iq_buf_str(b, here ? "=> " : "- ");
	iq_buf_slice(b, function);
	if (offset != INT64_MIN)
		iq_buf_printf(b, "+0x%" PRIx64, (uint64_t)offset);
	if (module.n)
		iq_buf_printf(b, " [%.*s]", IQ_FMT(module));
	if (here && (s->mark || s->address.n))
		put_mark(s, b);
	iq_buf_char(b, '\n');
}

/* Place of the frame among the reliable ones; -1: it is not in the trace. */
static int find_place(struct stack *s, int64_t event)
{
	sqlite3_stmt *st = iq_ask(s->p->r, IQ_ASK_FRAMES, event);

	for (int n = 0; iq_ask_next(st);) {
		if (iq_cell_int(st, 3) == 0)
			continue;
		if (s->place.n && iq_eq(iq_cell(st, 0), s->place))
			return n;
		n++;
	}
	return -1;
}

static void put_stack(struct stack *s, int64_t event)
{
	bool all = s->p->r->opts->verbose;
	int at = find_place(s, event), shown = 0, n = 0, more = 0;
	int64_t depth = INT64_MIN;
	sqlite3_stmt *st = iq_ask(s->p->r, IQ_ASK_FRAMES, event);

	for (; iq_ask_next(st); n++) {
		if (iq_cell_int(st, 3) == 0) {	/* -v has them in its table */
			n--;
			continue;
		}
		if (iq_cell_int(st, 4) <= depth)
			break;		/* another CPU's */
		depth = iq_cell_int(st, 4);
		if (!shown && at < 0 && s->place.n)
			put_frame(s, s->place, INT64_MIN, IQ_SLICE_NULL, true);
		if ((!all && n < at - BEFORE_MAX) || (!all && shown >= FRAMES_MAX)) {
			more += shown >= FRAMES_MAX;
			continue;
		}
		put_frame(s, iq_cell(st, 0), iq_cell_int(st, 1), iq_cell(st, 2), n == at);
		shown++;
	}
	if (more)
		iq_buf_printf(&s->text, "and %d more with -v\n", more);
}

/* A line a frame; the same stack again is said in two words. */
static void put_lines(struct stack *s)
{
	struct iq_slice rest = iq_buf_as_slice(&s->text);

	if (!rest.n)
		return;
	if (!s->p->r->opts->verbose && iq_page_seen(s->p, rest)) {
		iq_page_paragraph(s->p, "Stack", IQ_LIT("as above"));
		return;
	}
	for (bool first = true; rest.n; first = false)
		iq_page_paragraph(s->p, first ? "Stack" : "", iq_cut(&rest, '\n'));
}

void iq_page_stack(struct iq_page *p, int64_t event, struct iq_slice kind)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_CRASH, event);
	size_t row = row_of(kind);
	struct iq_buf place, address, access;
	struct stack s = { .p = p };

	if (!iq_ask_next(st))
		return;
	/* the cells are gone as soon as the next question is asked */
	iq_buf_init(&place);
	iq_buf_init(&address);
	iq_buf_init(&access);
	iq_buf_slice(&place, iq_cell(st, iq_cell_null(st, FUNCTION) ? SUSPECT : FUNCTION));
	iq_buf_slice(&address, iq_cell(st, ADDRESS));
	iq_buf_slice(&access, iq_cell(st, ACCESS));
	s.place = iq_buf_as_slice(&place);
	s.address = iq_buf_as_slice(&address);
	s.access = iq_buf_as_slice(&access);
	s.mark = row < sizeof kinds / sizeof *kinds ? kinds[row].mark : NULL;
	iq_buf_init(&s.text);
	put_stack(&s, event);
	put_lines(&s);
	iq_buf_fini(&s.text);
	iq_buf_fini(&place);
	iq_buf_fini(&address);
	iq_buf_fini(&access);
}

/* --- the machine --- */

static void add(struct iq_buf *b, const char *lead, struct iq_slice s)
{
	if (s.n)
		iq_buf_printf(b, "%s%s%.*s", b->n ? ", " : "", lead, IQ_FMT(s));
}

void iq_page_crash_machine(struct iq_page *p, int64_t event)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_EVENT, event);
	struct iq_buf b;

	if (!iq_ask_next(st))
		return;
	iq_buf_init(&b);
	add(&b, "", iq_cell(st, 5));
	add(&b, "kernel ", iq_cell(st, 6));
	if (!iq_cell_null(st, 4) && iq_cell_int(st, 4) >= 0)
		iq_buf_printf(&b, "%sup %" PRId64 " s", b.n ? ", " : "",
			      iq_cell_int(st, 4) / INT64_C(1000000));
	st = iq_ask(p->r, IQ_ASK_CRASH, event);
	if (iq_ask_next(st)) {
		add(&b, "tainted ", iq_cell(st, TAINT));
		add(&b, "", iq_cell(st, HARDWARE));
	}
	if (b.n)
		iq_page_once(p, "Machine", iq_buf_as_slice(&b));
	iq_buf_fini(&b);
}
