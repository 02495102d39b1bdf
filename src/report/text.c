/* report/text.c - the report for a person: one line per event that can be read
 * alone, then why, who, what to do, and the lines that prove it. */
#include "report/forms.h"
#include "base/units.h"
#include "base/utf8.h"

#include <inttypes.h>

#define INDENT 12			/* of the paragraphs behind their labels */
#define EVIDENCE_MAX 12			/* lines an event, without -v */

struct page {
	struct iq_asks *r;
	struct iq_pen *pen;
	struct iq_buf *out;
	int columns;
};

static void color(struct page *p, const char *code)
{
	if (p->r->opts->color)
		iq_buf_printf(p->out, "\033[%sm", code);
}

static void safe(struct page *p, struct iq_slice s)
{
	iq_utf8_terminal(p->out, s);
}

/* --- paragraphs --- */

static int display_width(const char *s, size_t n)
{
	int w = 0;
	for (size_t i = 0; i < n; i++)
		w += ((unsigned char)s[i] & 0xc0) != 0x80;
	return w;
}

/* Words of S wrapped behind INDENT blanks; the first line starts at the label. */
static void paragraph(struct page *p, const char *label, struct iq_slice s, int indent)
{
	struct iq_buf clean;
	iq_buf_init(&clean);
	iq_utf8_terminal(&clean, s);
	struct iq_slice rest = iq_buf_as_slice(&clean);
	color(p, "1");
	iq_buf_printf(p->out, "  %-*s", indent - 2, label);
	color(p, "0");
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

/* --- the first line --- */

static void put_time(struct page *p, sqlite3_stmt *ev)
{
	if (!iq_cell_null(ev, 17)) {
		struct iq_civil c;
		iq_civil_from_us(iq_cell_int(ev, 17), &c);
		iq_buf_printf(p->out, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day,
			      c.hour, c.minute, c.second);
	} else if (!iq_cell_null(ev, 4)) {
		iq_buf_printf(p->out, "[%" PRId64 ".%06" PRId64 "]",
			      iq_cell_int(ev, 4) / IQ_USEC, iq_cell_int(ev, 4) % IQ_USEC);
	} else {
		iq_buf_str(p->out, "(no time)");
	}
	if (!iq_cell_null(ev, 5)) {
		iq_buf_char(p->out, ' ');
		safe(p, iq_cell(ev, 5));
	}
}

static void put_victim(struct page *p, sqlite3_stmt *st, bool figures)
{
	if (!iq_cell_null(st, 1))
		safe(p, iq_cell(st, 1));
	else if (!iq_cell_null(st, 11))
		safe(p, iq_cell(st, 11));
	else
		iq_buf_str(p->out, "a process");
	if (!iq_cell_null(st, 0))
		iq_buf_printf(p->out, "[%" PRId64 "]", iq_cell_int(st, 0));
	if (!figures || (iq_cell_null(st, 3) && iq_cell_null(st, 6)))
		return;
	iq_buf_str(p->out, " (");
	if (!iq_cell_null(st, 3))
		iq_buf_printf(p->out, "adj %" PRId64, iq_cell_int(st, 3));
	if (!iq_cell_null(st, 6)) {
		iq_buf_str(p->out, iq_cell_null(st, 3) ? "" : ", ");
		iq_human_bytes(p->out, iq_cell_int(st, 6));
		iq_buf_str(p->out, " anon");
	}
	iq_buf_char(p->out, ')');
}

/* "killed java[2447] (adj 0, 190 MiB anon), sh[2450] and 3 more"; false: no victim */
static bool put_victims(struct page *p, int64_t event)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_VICTIMS, event);
	int n = 0;
	for (; iq_ask_next(st); n++) {
		if (n < 2) {
			iq_buf_str(p->out, n ? ", " : "killed ");
			put_victim(p, st, n == 0);
		}
	}
	if (n > 2)
		iq_buf_printf(p->out, " and %d more", n - 2);
	return n > 0;
}

static void put_oom_subject(struct page *p, int64_t event, const char *lead)
{
	iq_buf_str(p->out, lead);
	if (put_victims(p, event))
		return;
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_OOM, event);
	bool row = iq_ask_next(st);
	if (row && iq_cell_int(st, 26) == 0)
		iq_buf_str(p->out, "nobody was killed");
	else
		iq_buf_str(p->out, "victim not shown");
	if (row && !iq_cell_null(st, 2)) {
		iq_buf_str(p->out, ", asked for by ");
		safe(p, iq_cell(st, 2));
		if (!iq_cell_null(st, 1))
			iq_buf_printf(p->out, "[%" PRId64 "]", iq_cell_int(st, 1));
	}
}

static void put_alloc_subject(struct page *p, int64_t event)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_OOM, event);
	iq_buf_str(p->out, "allocation failure");
	if (!iq_ask_next(st))
		return;
	if (!iq_cell_null(st, 2)) {
		iq_buf_str(p->out, " in ");
		safe(p, iq_cell(st, 2));
		if (!iq_cell_null(st, 1))
			iq_buf_printf(p->out, "[%" PRId64 "]", iq_cell_int(st, 1));
	}
	if (!iq_cell_null(st, 6))
		iq_buf_printf(p->out, " (order %" PRId64 ")", iq_cell_int(st, 6));
}

static void put_crash_subject(struct page *p, int64_t event, struct iq_slice kind)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_CRASH, event);
	if (iq_ask_next(st) && !iq_cell_null(st, 0))
		safe(p, iq_cell(st, 0));
	else
		safe(p, kind);
}

static void put_subject(struct page *p, sqlite3_stmt *ev)
{
	struct iq_slice kind = iq_cell(ev, 1);
	int64_t id = iq_cell_int(ev, 0);
	if (iq_eq(kind, IQ_LIT("oom-kill")))
		put_oom_subject(p, id, "OOM: ");
	else if (iq_eq(kind, IQ_LIT("userspace-kill")))
		put_oom_subject(p, id, "user-space kill: ");
	else if (iq_eq(kind, IQ_LIT("alloc-failure")))
		put_alloc_subject(p, id);
	else
		put_crash_subject(p, id, kind);
}

static void put_headline(struct page *p, sqlite3_stmt *ev)
{
	color(p, "1");
	put_time(p, ev);
	iq_buf_str(p->out, "  ");
	put_subject(p, ev);
	if (!iq_cell_null(ev, 13)) {
		iq_buf_str(p->out, ": ");
		safe(p, iq_cell(ev, 13));
	}
	if (!iq_cell_null(ev, 15)) {
		iq_buf_str(p->out, "  ");
		color(p, iq_eq(iq_cell(ev, 15), IQ_LIT("certain")) ||
			 iq_eq(iq_cell(ev, 15), IQ_LIT("strong")) ? "32" : "33");
		iq_buf_printf(p->out, "[%.*s]", IQ_FMT(iq_cell(ev, 15)));
	}
	color(p, "0");
	iq_buf_char(p->out, '\n');
}

/* --- below it --- */

static void put_verdict(struct page *p, sqlite3_stmt *ev, sqlite3_stmt *cause)
{
	struct iq_buf b;
	iq_buf_init(&b);
	iq_buf_slice(&b, iq_cell(cause, 1));
	if (!iq_cell_null(cause, 2))
		iq_buf_printf(&b, ", memory held by %.*s", IQ_FMT(iq_cell(cause, 2)));
	if (!iq_cell_null(ev, 6))
		iq_buf_printf(&b, "; kernel %.*s", IQ_FMT(iq_cell(ev, 6)));
	if (iq_cell_int(ev, 8) > 1)
		iq_buf_printf(&b, "; seen in %" PRId64 " places", iq_cell_int(ev, 8));
	if (iq_cell_int(ev, 9) == 1)
		iq_buf_str(&b, "; the report is not whole");
	paragraph(p, "Verdict", iq_buf_as_slice(&b), INDENT);
	iq_buf_fini(&b);
	if (!iq_cell_null(cause, 7))
		paragraph(p, "Why", iq_cell(cause, 7), INDENT);
}

/* Advice is a JSON array of strings; SQLite takes it apart. */
static void put_advice(struct page *p, struct iq_slice json, bool *first)
{
	sqlite3_stmt *st = NULL;
	if (!json.n || sqlite3_prepare_v2(p->r->db, "SELECT value FROM json_each(?)", -1, &st,
					  NULL) != SQLITE_OK)
		return;
	sqlite3_bind_text(st, 1, json.p, (int)json.n, SQLITE_TRANSIENT);
	while (iq_ask_next(st)) {
		struct iq_buf b;
		iq_buf_init(&b);
		iq_buf_str(&b, "- ");
		iq_buf_slice(&b, iq_cell(st, 0));
		paragraph(p, *first ? "Do" : "", iq_buf_as_slice(&b), INDENT);
		iq_buf_fini(&b);
		*first = false;
	}
	sqlite3_finalize(st);
}

static void put_contributing(struct page *p, int64_t event)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_CONTRIBUTING, event);
	while (iq_ask_next(st)) {
		struct iq_buf b;
		iq_buf_init(&b);
		iq_buf_slice(&b, iq_cell(st, 6));
		if (!iq_cell_null(st, 7) && iq_cell(st, 7).n)
			iq_buf_printf(&b, ". %.*s", IQ_FMT(iq_cell(st, 7)));
		bool victim = iq_starts(iq_cell(st, 1), IQ_LIT("victim"));
		paragraph(p, victim ? "Victim" : "Also", iq_buf_as_slice(&b), INDENT);
		iq_buf_fini(&b);
	}
}

static void put_all_advice(struct page *p, int64_t event, sqlite3_stmt *cause)
{
	bool first = true;
	put_advice(p, iq_cell(cause, 8), &first);
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_CONTRIBUTING, event);
	while (iq_ask_next(st))
		put_advice(p, iq_cell(st, 8), &first);
}

static void put_missing(struct page *p, enum iq_question ask, int64_t id)
{
	sqlite3_stmt *st = iq_ask(p->r, ask, id);
	for (bool first = true; iq_ask_next(st); first = false) {
		struct iq_buf b;
		iq_buf_init(&b);
		iq_buf_printf(&b, "%.*s: %.*s", IQ_FMT(iq_cell(st, 0)), IQ_FMT(iq_cell(st, 1)));
		paragraph(p, first ? "Missing" : "", iq_buf_as_slice(&b), INDENT);
		iq_buf_fini(&b);
	}
}

/* path!member:line: text, as it stands in the capture, cut to the page. */
static void put_evidence_line(struct page *p, sqlite3_stmt *st)
{
	struct iq_buf b;
	iq_buf_init(&b);
	if (!iq_cell_null(st, 0)) {
		iq_utf8_terminal(&b, iq_cell(st, 0));
		if (iq_cell(st, 1).n) {
			iq_buf_char(&b, '!');
			iq_utf8_terminal(&b, iq_cell(st, 1));
		}
		if (!iq_cell_null(st, 2))
			iq_buf_printf(&b, ":%" PRId64, iq_cell_int(st, 2));
		iq_buf_str(&b, ": ");
	}
	iq_utf8_terminal(&b, iq_cell(st, 3));
	size_t most = p->r->opts->verbose ? SIZE_MAX : 230;
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

static int put_evidence(struct page *p, int64_t finding, int shown)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_EVIDENCE, finding);
	while (iq_ask_next(st)) {
		if (shown++ < EVIDENCE_MAX || p->r->opts->verbose)
			put_evidence_line(p, st);
	}
	return shown;
}

static void put_all_evidence(struct page *p, int64_t event, int64_t cause)
{
	color(p, "1");
	iq_buf_str(p->out, "  Evidence\n");
	color(p, "0");
	int shown = put_evidence(p, cause, 0);
	if (p->r->opts->verbose) {
		sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_CONTRIBUTING, event);
		while (iq_ask_next(st))
			shown = put_evidence(p, iq_cell_int(st, 0), shown);
	} else if (shown > EVIDENCE_MAX) {
		iq_buf_printf(p->out, "    ... %d more lines with -v\n", shown - EVIDENCE_MAX);
	}
}

static void put_event(struct page *p, int64_t id)
{
	sqlite3_stmt *ev = iq_ask(p->r, IQ_ASK_EVENT, id);
	if (!iq_ask_next(ev))
		return;
	put_headline(p, ev);
	iq_buf_char(p->out, '\n');
	sqlite3_stmt *cause = iq_ask(p->r, IQ_ASK_CAUSE, id);
	if (iq_ask_next(cause)) {
		put_verdict(p, ev, cause);
		put_contributing(p, id);
		put_all_advice(p, id, cause);
		put_missing(p, IQ_ASK_EVENT_MISSING, id);
		put_all_evidence(p, id, iq_cell_int(cause, 0));
	}
	if (p->r->opts->verbose)
		iq_report_tables(p->r, p->pen, id);
	iq_buf_char(p->out, '\n');
}

/* --- around the events --- */

static void put_overview(struct page *p)
{
	int64_t all = 0;
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_COUNTS, INT64_MIN);
	while (iq_ask_next(st))
		all += iq_cell_int(st, 2);
	if (all < 2)
		return;
	iq_buf_printf(p->out, "%" PRId64 " events: ", all);
	st = iq_ask(p->r, IQ_ASK_COUNTS, INT64_MIN);
	for (bool first = true; iq_ask_next(st); first = false)
		iq_buf_printf(p->out, "%s%" PRId64 " %.*s (%.*s)", first ? "" : ", ",
			      iq_cell_int(st, 2), IQ_FMT(iq_cell(st, 0)),
			      iq_cell_null(st, 1) ? 12 : (int)iq_cell(st, 1).n,
			      iq_cell_null(st, 1) ? "not analysed" : iq_cell(st, 1).p);
	iq_buf_str(p->out, "\n\n");
}

static void put_nothing(struct page *p)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_READ, INT64_MIN);
	iq_buf_str(p->out, "No event found");
	if (iq_ask_next(st) && !iq_cell_null(st, 1))
		iq_buf_printf(p->out, " in %" PRId64 " lines, %" PRId64 " of them the kernel's",
			      iq_cell_int(st, 1), iq_cell_null(st, 2) ? 0 : iq_cell_int(st, 2));
	iq_buf_str(p->out, ".\n");
}

static void put_notices(struct page *p)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_NOTICES, INT64_MIN);
	while (iq_ask_next(st)) {
		struct iq_buf b;
		iq_buf_init(&b);
		if (!iq_cell_null(st, 10))
			iq_buf_printf(&b, "%.*s: ", IQ_FMT(iq_cell(st, 10)));
		iq_buf_slice(&b, iq_cell(st, 6));
		if (!iq_cell_null(st, 7))
			iq_buf_printf(&b, ". %.*s", IQ_FMT(iq_cell(st, 7)));
		paragraph(p, "Notice", iq_buf_as_slice(&b), INDENT);
		iq_buf_fini(&b);
		bool first = true;
		put_advice(p, iq_cell(st, 8), &first);
	}
}

/* What was cut, dropped or damaged; notes only with -v. */
static void put_issues(struct page *p)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_ISSUES, INT64_MIN);
	int shown = 0, notes = 0;
	while (iq_ask_next(st)) {
		if (iq_eq(iq_cell(st, 3), IQ_LIT("note")) && !p->r->opts->verbose) {
			notes++;
			continue;
		}
		if (shown++ >= 20 && !p->r->opts->verbose)
			continue;
		struct iq_buf b;
		iq_buf_init(&b);
		iq_buf_slice(&b, iq_cell(st, 0));
		if (iq_cell(st, 1).n)
			iq_buf_printf(&b, "!%.*s", IQ_FMT(iq_cell(st, 1)));
		if (!iq_cell_null(st, 2))
			iq_buf_printf(&b, ":%" PRId64, iq_cell_int(st, 2));
		iq_buf_printf(&b, ": %.*s", IQ_FMT(iq_cell(st, 5)));
		paragraph(p, shown == 1 ? "Issues" : "", iq_buf_as_slice(&b), INDENT);
		iq_buf_fini(&b);
	}
	if (shown > 20 && !p->r->opts->verbose)
		iq_buf_printf(p->out, "%*s... %d more with -v\n", INDENT, "", shown - 20);
	if (notes)
		iq_buf_printf(p->out, "  (%d note%s on the input with -v)\n", notes,
			      notes == 1 ? "" : "s");
}

int iq_report_text(struct iq_asks *r, struct iq_pen *pen, struct iq_err *err)
{
	struct page p = { .r = r, .pen = pen, .out = &pen->buf };
	int w = r->opts->columns;
	p.columns = w <= 0 || w > 120 ? 110 : w - 1;
	put_overview(&p);
	sqlite3_stmt *st = iq_ask(r, IQ_ASK_EVENTS, INT64_MIN);
	size_t n = 0;
	for (; iq_ask_next(st) && iq_pen_tick(pen); n++)
		put_event(&p, iq_cell_int(st, 0));
	if (!n)
		put_nothing(&p);
	put_notices(&p);
	put_issues(&p);
	(void)err;
	return 0;
}
