/* report/text.c - the report for a person: one line per event that can be read
 * alone, then why, who, what to do, and the lines that prove it. */
#include "report/page.h"
#include "base/units.h"
#include "base/utf8.h"

#include <inttypes.h>

#define SOURCES_MAX 8			/* captures named, without -v */

/* --- the first line --- */

static void put_time(struct iq_page *p, sqlite3_stmt *ev)
{
	if (!iq_cell_null(ev, 17)) {
		struct iq_civil c;
		iq_civil_from_us(iq_cell_int(ev, 17), &c);
		iq_buf_printf(p->out, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day,
			      c.hour, c.minute, c.second);
	} else if (!iq_cell_null(ev, 18)) {
		iq_page_safe(p, iq_cell(ev, 18));
	} else if (!iq_cell_null(ev, 4)) {
		iq_buf_printf(p->out, "[%" PRId64 ".%06" PRId64 "]",
			      iq_cell_int(ev, 4) / IQ_USEC, iq_cell_int(ev, 4) % IQ_USEC);
	} else {
		iq_buf_str(p->out, "(no time)");
	}
	if (!iq_cell_null(ev, 5)) {
		iq_buf_char(p->out, ' ');
		iq_page_safe(p, iq_cell(ev, 5));
	}
}

/* "shop/cart-1", as kubelet writes a pod (older: "cart-1_shop(UID)"), or a hex id. */
static void put_container(struct iq_page *p, struct iq_slice name)
{
	bool pod = iq_find_char(name, '/') > 0 || iq_find_char(name, '_') > 0;
	iq_buf_str(p->out, pod ? "pod " : "container ");
	iq_page_safe(p, name.n == 64 ? iq_head(name, 12) : name);
}

static void put_victim(struct iq_page *p, sqlite3_stmt *st, bool figures)
{
	if (!iq_cell_null(st, 1))
		iq_page_safe(p, iq_cell(st, 1));
	else if (!iq_cell_null(st, 11))
		iq_page_safe(p, iq_cell(st, 11));
	else if (!iq_cell_null(st, 12))
		put_container(p, iq_cell(st, 12));
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
static bool put_victims(struct iq_page *p, int64_t event)
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

static void put_oom_subject(struct iq_page *p, int64_t event, const char *lead)
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
		iq_page_safe(p, iq_cell(st, 2));
		if (!iq_cell_null(st, 1))
			iq_buf_printf(p->out, "[%" PRId64 "]", iq_cell_int(st, 1));
	}
}

static const char *alloc_words(struct iq_slice kind)
{
	static const struct { const char *kind, *words; } t[] = {
		{ "stall", "allocation stall" }, { "slub", "slab allocation failure" },
		{ "slab", "slab allocation failure" }, { "vmalloc", "vmalloc failure" },
		{ "vmap", "vmalloc failure" }, { "cma", "CMA allocation failure" },
	};
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		if (iq_eq(kind, iq_slice_z(t[i].kind)))
			return t[i].words;
	return "allocation failure";
}

/* "vmalloc failure in modprobe[12] (8 MiB)", "allocation failure in x[1] (order 3)" */
static void put_alloc_subject(struct iq_page *p, int64_t event)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_OOM, event);
	bool there = iq_ask_next(st);
	iq_buf_str(p->out, alloc_words(there ? iq_cell(st, 23) : IQ_SLICE_NULL));
	if (!there)
		return;
	if (!iq_cell_null(st, 2)) {
		iq_buf_str(p->out, " in ");
		iq_page_safe(p, iq_cell(st, 2));
		if (!iq_cell_null(st, 1))
			iq_buf_printf(p->out, "[%" PRId64 "]", iq_cell_int(st, 1));
	}
	if (!iq_cell_null(st, 24)) {
		iq_buf_str(p->out, " (cache ");
		iq_page_safe(p, iq_cell(st, 24));
		iq_buf_char(p->out, ')');
	} else if (!iq_cell_null(st, 25)) {
		iq_buf_str(p->out, " (");
		iq_human_bytes(p->out, iq_cell_int(st, 25));
		iq_buf_char(p->out, ')');
	} else if (!iq_cell_null(st, 6)) {
		iq_buf_printf(p->out, " (order %" PRId64 ")", iq_cell_int(st, 6));
	}
}

static bool is_memory(struct iq_slice kind)
{
	return iq_eq(kind, IQ_LIT("oom-kill")) || iq_eq(kind, IQ_LIT("alloc-failure")) ||
	       iq_eq(kind, IQ_LIT("userspace-kill"));
}

static void put_subject(struct iq_page *p, sqlite3_stmt *ev)
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
		iq_page_crash_subject(p, id, kind, iq_cell(ev, 13));
}

void iq_page_what(struct iq_page *p, sqlite3_stmt *ev)
{
	put_subject(p, ev);
	if (!iq_cell_null(ev, 13)) {
		iq_buf_str(p->out, ": ");
		iq_page_safe(p, iq_cell(ev, 13));
	}
}

static void put_headline(struct iq_page *p, sqlite3_stmt *ev)
{
	iq_page_color(p, "1");
	put_time(p, ev);
	iq_buf_str(p->out, "  ");
	iq_page_what(p, ev);
	if (!iq_cell_null(ev, 15)) {
		iq_buf_str(p->out, "  ");
		iq_page_color(p, iq_eq(iq_cell(ev, 15), IQ_LIT("certain")) ||
			 iq_eq(iq_cell(ev, 15), IQ_LIT("strong")) ? "32" : "33");
		iq_buf_printf(p->out, "[%.*s]", IQ_FMT(iq_cell(ev, 15)));
	}
	iq_page_color(p, "0");
	iq_buf_char(p->out, '\n');
}

/* --- below it --- */

static void put_verdict(struct iq_page *p, sqlite3_stmt *ev, sqlite3_stmt *cause)
{
	struct iq_buf b;
	iq_buf_init(&b);
	/* the title says what it was: the list of causes has no word for it */
	if (iq_eq(iq_cell(cause, 1), IQ_LIT("unknown")) &&
	    !iq_eq(iq_cell(cause, 4), IQ_LIT("guess")))
		iq_buf_str(&b, "none of the named causes (unknown)");
	else
		iq_buf_slice(&b, iq_cell(cause, 1));
	if (iq_eq(iq_cell(cause, 2), IQ_LIT("unaccounted")))
		iq_buf_str(&b, ", memory in no counter (unaccounted)");
	else if (!iq_cell_null(cause, 2))
		iq_buf_printf(&b, ", memory held by %.*s", IQ_FMT(iq_cell(cause, 2)));
	if (!iq_cell_null(ev, 6) && is_memory(iq_cell(ev, 1)))	/* else with the machine */
		iq_buf_printf(&b, "; kernel %.*s", IQ_FMT(iq_cell(ev, 6)));
	if (iq_cell_int(ev, 8) > 1)
		iq_buf_printf(&b, "; seen in %" PRId64 " places", iq_cell_int(ev, 8));
	if (iq_cell_int(ev, 9) == 1)
		iq_buf_str(&b, "; the report is not whole");
	iq_page_paragraph(p, "Verdict", iq_buf_as_slice(&b));
	iq_buf_fini(&b);
	if (!iq_cell(cause, 7).n)
		return;
	if (is_memory(iq_cell(ev, 1)) || p->r->opts->verbose)
		iq_page_paragraph(p, "Why", iq_cell(cause, 7));
	else if (!iq_page_once(p, "Why", iq_cell(cause, 7)))
		iq_page_paragraph(p, "Why", IQ_LIT("as above"));
}

/* Advice is a JSON array of strings; SQLite takes it apart.  Of crashes, which come in
 * numbers, a line that stands above is not said again; how many were left out. */
static int put_advice(struct iq_page *p, struct iq_slice json, bool once, bool *first)
{
	sqlite3_stmt *st = NULL;
	int above = 0;

	if (!json.n || sqlite3_prepare_v2(p->r->db, "SELECT value FROM json_each(?)", -1, &st,
					  NULL) != SQLITE_OK)
		return 0;
	sqlite3_bind_text(st, 1, json.p, (int)json.n, SQLITE_TRANSIENT);
	while (iq_ask_next(st)) {
		struct iq_buf b;
		iq_buf_init(&b);
		iq_buf_str(&b, "- ");
		iq_buf_slice(&b, iq_cell(st, 0));
		bool put = true;
		if (once && !p->r->opts->verbose)
			put = iq_page_once(p, *first ? "Do" : "", iq_buf_as_slice(&b));
		else
			iq_page_paragraph(p, *first ? "Do" : "", iq_buf_as_slice(&b));
		iq_buf_fini(&b);
		*first = *first && !put;
		above += !put;
	}
	sqlite3_finalize(st);
	return above;
}

/* What speaks of the victim, or all the rest.  Only a doubt is worth a word. */
static void put_contributing(struct iq_page *p, int64_t event, bool once, bool victims)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_CONTRIBUTING, event);
	while (iq_ask_next(st)) {
		struct iq_slice sure = iq_cell(st, 4);
		if (iq_starts(iq_cell(st, 1), IQ_LIT("victim")) != victims)
			continue;
		struct iq_buf b;
		iq_buf_init(&b);
		iq_buf_slice(&b, iq_cell(st, 6));
		if (iq_eq(sure, IQ_LIT("likely")) || iq_eq(sure, IQ_LIT("guess")))
			iq_buf_printf(&b, " [%.*s]", IQ_FMT(sure));
		if (!iq_cell_null(st, 7) && iq_cell(st, 7).n)
			iq_buf_printf(&b, ". %.*s", IQ_FMT(iq_cell(st, 7)));
		if (once && !p->r->opts->verbose)
			iq_page_once(p, "Also", iq_buf_as_slice(&b));
		else
			iq_page_paragraph(p, victims ? "Victim" : "Also", iq_buf_as_slice(&b));
		iq_buf_fini(&b);
	}
}

static void put_all_advice(struct iq_page *p, int64_t event, bool once, sqlite3_stmt *cause)
{
	bool first = true;
	int above = put_advice(p, iq_cell(cause, 8), once, &first);
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_CONTRIBUTING, event);
	while (iq_ask_next(st))
		above += put_advice(p, iq_cell(st, 8), once, &first);
	if (above)
		iq_page_paragraph(p, first ? "Do" : "", first ? IQ_LIT("as above")
				  : IQ_LIT("- and as above"));
}

static void put_missing(struct iq_page *p, enum iq_question ask, int64_t id)
{
	sqlite3_stmt *st = iq_ask(p->r, ask, id);
	for (bool first = true; iq_ask_next(st); first = false) {
		struct iq_buf b;
		iq_buf_init(&b);
		iq_buf_printf(&b, "%.*s: %.*s", IQ_FMT(iq_cell(st, 0)), IQ_FMT(iq_cell(st, 1)));
		iq_page_paragraph(p, first ? "Missing" : "", iq_buf_as_slice(&b));
		iq_buf_fini(&b);
	}
}

/* What it was, why, and then what speaks of memory or of a crash. */
static void put_body(struct iq_page *p, int64_t id, bool memory, sqlite3_stmt *ev,
		     sqlite3_stmt *cause)
{
	put_verdict(p, ev, cause);
	if (memory)
		iq_page_killed(p, id);
	else
		iq_page_stack(p, id, iq_cell(ev, 1));
	put_contributing(p, id, false, true);
	if (memory)
		put_all_advice(p, id, false, cause);
	put_contributing(p, id, !memory, false);
	if (!memory)
		put_all_advice(p, id, true, cause);
	put_missing(p, IQ_ASK_EVENT_MISSING, id);
	iq_page_facts(p, id);
	if (p->screen)
		iq_page_dump_rest(p, id);
	iq_page_proof(p, id, !memory);
}

void iq_page_event(struct iq_page *p, int64_t id)
{
	sqlite3_stmt *ev = iq_ask(p->r, IQ_ASK_EVENT, id);
	if (!iq_ask_next(ev))
		return;
	put_headline(p, ev);
	iq_buf_char(p->out, '\n');
	bool memory = is_memory(iq_cell(ev, 1));
	/* what another event led to happened on the same machine, a moment later */
	if (p->screen || (!memory && (iq_cell_null(ev, 2) || p->r->opts->verbose)))
		iq_page_crash_machine(p, id);
	/* that asked for the event's row as well */
	ev = iq_ask(p->r, IQ_ASK_EVENT, id);
	sqlite3_stmt *cause = iq_ask(p->r, IQ_ASK_CAUSE, id);
	if (iq_ask_next(ev) && iq_ask_next(cause))
		put_body(p, id, memory, ev, cause);
	if (p->r->opts->verbose)
		iq_report_tables(p->r, p->pen, id);
	iq_buf_char(p->out, '\n');
}

/* --- around the events --- */

static void put_overview(struct iq_page *p)
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

static void put_nothing(struct iq_page *p)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_READ, INT64_MIN);
	bool any = iq_ask_next(st);
	if (any && iq_cell_int(st, 3)) {
		iq_buf_printf(p->out, "None of the %" PRId64 " events here is of that number, "
			      "host or time.\n", iq_cell_int(st, 3));
		return;
	}
	iq_buf_str(p->out, "No event found");
	if (any && !iq_cell_null(st, 1))
		iq_buf_printf(p->out, " in %" PRId64 " lines, %" PRId64 " of them the kernel's",
			      iq_cell_int(st, 1), iq_cell_null(st, 2) ? 0 : iq_cell_int(st, 2));
	iq_buf_str(p->out, ".\n\n");
}

static void put_notices(struct iq_page *p)
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
		iq_page_paragraph(p, "Notice", iq_buf_as_slice(&b));
		iq_buf_fini(&b);
		bool first = true;
		put_advice(p, iq_cell(st, 8), false, &first);
		put_missing(p, IQ_ASK_FINDING_MISSING, iq_cell_int(st, 0));
	}
}

/* Lines that never reached us, a kernel without types: no damage, but who reads the
 * report must know. */
static bool is_loss(struct iq_slice code)
{
	return iq_eq(code, IQ_LIT("printk-dropped")) || iq_eq(code, IQ_LIT("sequence-gap")) ||
	       iq_eq(code, IQ_LIT("messages-lost")) || iq_eq(code, IQ_LIT("types-missing")) ||
	       iq_eq(code, IQ_LIT("symbols-missing"));
}

/* What was cut, dropped or damaged; other notes only with -v. */
static void put_issues(struct iq_page *p)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_ISSUES, INT64_MIN);
	int most = p->screen ? 5 : 20, shown = 0, notes = 0;
	while (iq_ask_next(st)) {
		if (iq_eq(iq_cell(st, 3), IQ_LIT("note")) && !is_loss(iq_cell(st, 4)) &&
		    !p->r->opts->verbose) {
			notes++;
			continue;
		}
		if (shown++ >= most && !p->r->opts->verbose)
			continue;
		struct iq_buf b;
		iq_buf_init(&b);
		iq_buf_slice(&b, iq_cell(st, 0));
		if (iq_cell(st, 1).n)
			iq_buf_printf(&b, "!%.*s", IQ_FMT(iq_cell(st, 1)));
		if (!iq_cell_null(st, 2))
			iq_buf_printf(&b, ":%" PRId64, iq_cell_int(st, 2));
		iq_buf_printf(&b, ": %.*s", IQ_FMT(iq_cell(st, 5)));
		iq_page_paragraph(p, shown == 1 ? "Issues" : "", iq_buf_as_slice(&b));
		iq_buf_fini(&b);
	}
	if (shown > most && !p->r->opts->verbose)
		iq_buf_printf(p->out, "%*s... %d more with -v\n", IQ_PAGE_INDENT, "", shown - most);
	if (notes)
		iq_buf_printf(p->out, "  (%d note%s on the input with -v)\n", notes,
			      notes == 1 ? "" : "s");
}

/* What was read, and of which machines. */
static void put_sources(struct iq_page *p)
{
	struct iq_buf b;
	int n = 0;

	iq_buf_init(&b);
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_CAPTURES, INT64_MIN);
	for (; iq_ask_next(st); n++) {
		if (n >= SOURCES_MAX && !p->r->opts->verbose)
			continue;
		iq_buf_reset(&b);
		iq_buf_slice(&b, iq_cell(st, 1));
		for (int i = 2; i <= 7; i++) {
			static const char *const lead[] = { "", "", ": ", ", sha256 ", ", ", ", ",
							    ", host ", ", " };
			if (iq_cell_null(st, i) || (i == 3 && p->screen))
				continue;
			iq_buf_str(&b, lead[i]);
			if (i == 4)
				iq_human_bytes(&b, iq_cell_int(st, i));
			else
				iq_buf_slice(&b, iq_cell(st, i));
		}
		iq_page_paragraph(p, n ? "" : "Read", iq_buf_as_slice(&b));
	}
	if (n > SOURCES_MAX && !p->r->opts->verbose)
		iq_buf_printf(p->out, "%*s... and %d more with -v\n", IQ_PAGE_INDENT, "",
			      n - SOURCES_MAX);
	st = iq_ask(p->r, IQ_ASK_HOSTS, INT64_MIN);
	for (n = 0; p->r->opts->verbose && iq_ask_next(st); n++) {
		static const char *const lead[] = { "", "", ", machine-id ", ", ", ", kernel " };
		iq_buf_reset(&b);
		for (int i = 1; i <= 4; i++) {
			if (!iq_cell(st, i).n)
				continue;
			iq_buf_str(&b, b.n ? lead[i] : "");
			iq_buf_slice(&b, iq_cell(st, i));
		}
		if (b.n)
			iq_page_paragraph(p, n ? "" : "Hosts", iq_buf_as_slice(&b));
	}
	iq_buf_fini(&b);
}

static void put_events(struct iq_page *p)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_EVENTS, INT64_MIN);
	size_t n = 0;

	for (; iq_ask_next(st) && iq_pen_tick(p->pen); n++)
		iq_page_event(p, iq_cell_int(st, 0));
	if (!n)
		put_nothing(p);
}

int iq_report_text(struct iq_asks *r, struct iq_pen *pen, struct iq_err *err)
{
	struct iq_page p = { .r = r, .pen = pen, .out = &pen->buf };
	int w = r->opts->columns;
	p.columns = w <= 0 || w > 120 ? 110 : w - 1;
	put_overview(&p);
	if (!iq_page_dump(&p))
		put_events(&p);
	iq_page_machines(&p);
	put_notices(&p);
	put_issues(&p);
	put_sources(&p);
	(void)err;
	return 0;
}
