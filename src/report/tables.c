/* report/tables.c - the tables of -v: zones against their watermarks, the kernel's
 * ranking recomputed, free lists, cgroups, slabs, the stack; of a dump the processes. */
#include "report/forms.h"
#include "base/units.h"
#include "base/utf8.h"

#include <inttypes.h>

static void title(struct iq_pen *pen, const char *text)
{
	iq_buf_printf(&pen->buf, "\n  %s\n", text);
}

/* A right-aligned size; "-" where the capture does not say. */
static void size(struct iq_pen *pen, int64_t bytes, int width)
{
	struct iq_buf b;
	iq_buf_init(&b);
	if (bytes == INT64_MIN)
		iq_buf_char(&b, '-');
	else
		iq_human_bytes(&b, bytes);
	iq_buf_printf(&pen->buf, " %*s", width, b.p ? b.p : "");
	iq_buf_fini(&b);
}

static void number(struct iq_pen *pen, int64_t v, int width)
{
	if (v == INT64_MIN)
		iq_buf_printf(&pen->buf, " %*s", width, "-");
	else
		iq_buf_printf(&pen->buf, " %*" PRId64, width, v);
}

static void name(struct iq_pen *pen, struct iq_slice s, int width)
{
	size_t before = pen->buf.n + 1;
	iq_buf_char(&pen->buf, ' ');
	iq_utf8_terminal(&pen->buf, s);
	for (int w = (int)(pen->buf.n - before); w < width; w++)
		iq_buf_char(&pen->buf, ' ');
}

static void zones(struct iq_asks *r, struct iq_pen *pen, int64_t event)
{
	sqlite3_stmt *st = iq_ask(r, IQ_ASK_ZONES, event);
	for (bool first = true; iq_ask_next(st); first = false) {
		if (first) {
			title(pen, "Zones against their watermarks");
			iq_buf_printf(&pen->buf, "    %4s %-8s %10s %10s %10s %10s %10s %10s  %s\n",
				      "node", "zone", "free", "min", "low", "high", "managed",
				      "reserve", "for this request");
		}
		iq_buf_str(&pen->buf, "   ");
		number(pen, iq_cell_int(st, 0), 4);
		name(pen, iq_cell(st, 1), 8);
		for (int i = 2; i <= 6; i++)
			size(pen, iq_cell_int(st, i), 10);
		size(pen, iq_cell_int(st, 8), 10);
		iq_buf_str(&pen->buf, "  ");
		iq_utf8_terminal(&pen->buf, iq_cell_null(st, 11) ? IQ_LIT("-") : iq_cell(st, 11));
		iq_buf_char(&pen->buf, '\n');
	}
}

static void ranking(struct iq_asks *r, struct iq_pen *pen, int64_t event)
{
	sqlite3_stmt *st = iq_ask(r, IQ_ASK_RANKING, event);
	for (bool first = true; iq_ask_next(st); first = false) {
		if (first) {
			title(pen, "The kernel's choice, recomputed");
			iq_buf_printf(&pen->buf, "    %4s %8s %-16s %8s %6s %10s %10s %10s %6s\n",
				      "rank", "pid", "comm", "uid", "adj", "rss", "swap", "badness",
				      "score");
		}
		iq_buf_str(&pen->buf, iq_cell_int(st, 11) == 1 ? "  * " : "    ");
		pen->buf.n--;
		number(pen, iq_cell_int(st, 0), 4);
		number(pen, iq_cell_int(st, 1), 8);
		name(pen, iq_cell(st, 2), 16);
		number(pen, iq_cell_int(st, 3), 8);
		number(pen, iq_cell_int(st, 4), 6);
		size(pen, iq_cell_int(st, 5), 10);
		size(pen, iq_cell_int(st, 6), 10);
		number(pen, iq_cell_int(st, 7), 10);
		number(pen, iq_cell_int(st, 8), 6);
		if (iq_cell_int(st, 9) == 0)
			iq_buf_printf(&pen->buf, "  not eligible: %.*s", IQ_FMT(iq_cell(st, 10)));
		iq_buf_char(&pen->buf, '\n');
	}
}

static void free_lists(struct iq_asks *r, struct iq_pen *pen, enum iq_question ask, int64_t id)
{
	sqlite3_stmt *st = iq_ask(r, ask, id);
	int64_t node = INT64_MIN, last_order = -1;
	bool any = false;
	while (iq_ask_next(st)) {
		if (!any)
			title(pen, "Free blocks by order (blocks and the lists they are on)");
		if (!any || iq_cell_int(st, 0) != node || iq_cell_int(st, 2) <= last_order) {
			iq_buf_printf(&pen->buf, "%s    node %" PRId64, any ? "\n" : "",
				      iq_cell_int(st, 0));
			name(pen, iq_cell(st, 1), 8);
		}
		any = true;
		node = iq_cell_int(st, 0);
		last_order = iq_cell_int(st, 2);
		iq_buf_printf(&pen->buf, " %" PRId64 ":%" PRId64, last_order, iq_cell_int(st, 3));
		if (!iq_cell_null(st, 4))
			iq_buf_printf(&pen->buf, "(%.*s)", IQ_FMT(iq_cell(st, 4)));
	}
	if (any)
		iq_buf_char(&pen->buf, '\n');
}

static void cgroups(struct iq_asks *r, struct iq_pen *pen, enum iq_question ask, int64_t id)
{
	sqlite3_stmt *st = iq_ask(r, ask, id);
	for (bool first = true; iq_ask_next(st); first = false) {
		if (first) {
			title(pen, "Cgroups");
			iq_buf_printf(&pen->buf, "    %10s %10s %10s %10s %10s %10s  %s\n", "usage",
				      "limit", "anon", "file", "shmem", "kernel", "path");
		}
		iq_buf_str(&pen->buf, "   ");
		for (int i = 1; i <= 6; i++)
			size(pen, iq_cell_int(st, i), 10);
		iq_buf_char(&pen->buf, ' ');
		name(pen, iq_cell(st, 0), 0);
		iq_buf_char(&pen->buf, '\n');
	}
}

static void slabs(struct iq_asks *r, struct iq_pen *pen, enum iq_question ask, int64_t id)
{
	sqlite3_stmt *st = iq_ask(r, ask, id);
	for (bool first = true; iq_ask_next(st); first = false) {
		if (first)
			title(pen, ask == IQ_ASK_SLABS ?
			      "Largest unreclaimable slab caches (used, total)" :
			      "Largest slab caches (used, total)");
		iq_buf_str(&pen->buf, "   ");
		name(pen, iq_cell(st, 0), 24);
		size(pen, iq_cell_int(st, 1), 10);
		size(pen, iq_cell_int(st, 2), 10);
		iq_buf_char(&pen->buf, '\n');
	}
}

static void stack(struct iq_asks *r, struct iq_pen *pen, int64_t event)
{
	sqlite3_stmt *st = iq_ask(r, IQ_ASK_FRAMES, event);
	for (bool first = true; iq_ask_next(st); first = false) {
		if (first)
			title(pen, "Stack");
		iq_buf_str(&pen->buf, iq_cell_int(st, 3) == 0 ? "    ? " : "      ");
		iq_utf8_terminal(&pen->buf, iq_cell(st, 0));
		if (!iq_cell_null(st, 1))
			iq_buf_printf(&pen->buf, "+0x%" PRIx64, iq_cell_int(st, 1));
		if (!iq_cell_null(st, 2))
			iq_buf_printf(&pen->buf, " [%.*s]", IQ_FMT(iq_cell(st, 2)));
		iq_buf_char(&pen->buf, '\n');
	}
}

static void processes(struct iq_asks *r, struct iq_pen *pen, int64_t snapshot)
{
	sqlite3_stmt *st = iq_ask(r, IQ_ASK_DUMP_TASKS, snapshot);
	for (bool first = true; iq_ask_next(st); first = false) {
		if (first) {
			title(pen, "Largest processes");
			iq_buf_printf(&pen->buf, "    %8s %8s %8s %6s %-1s %10s %10s %10s %10s"
				      "  %-16s %s\n", "pid", "ppid", "uid", "adj", "S", "rss",
				      "swap", "virtual", "badness", "comm", "cgroup");
		}
		iq_buf_str(&pen->buf, "   ");
		for (int i = 0; i <= 2; i++)
			number(pen, iq_cell_int(st, i), 8);
		number(pen, iq_cell_int(st, 3), 6);
		name(pen, iq_cell(st, 4), 1);
		for (int i = 5; i <= 7; i++)
			size(pen, iq_cell_int(st, i), 10);
		number(pen, iq_cell_int(st, 10), 10);
		iq_buf_char(&pen->buf, ' ');
		name(pen, iq_cell(st, 8), 16);
		name(pen, iq_cell(st, 9), 0);
		if (!iq_cell_null(st, 11))
			iq_buf_printf(&pen->buf, "  (never killed: %.*s)",
				      IQ_FMT(iq_cell(st, 11)));
		iq_buf_char(&pen->buf, '\n');
	}
}

void iq_report_machine_tables(struct iq_asks *r, struct iq_pen *pen, int64_t snapshot)
{
	processes(r, pen, snapshot);
	free_lists(r, pen, IQ_ASK_DUMP_FREE_LISTS, snapshot);
	cgroups(r, pen, IQ_ASK_DUMP_CGROUPS, snapshot);
	slabs(r, pen, IQ_ASK_DUMP_SLABS, snapshot);
}

void iq_report_tables(struct iq_asks *r, struct iq_pen *pen, int64_t event_id)
{
	zones(r, pen, event_id);
	free_lists(r, pen, IQ_ASK_FREE_LISTS, event_id);
	ranking(r, pen, event_id);
	cgroups(r, pen, IQ_ASK_CGROUPS, event_id);
	slabs(r, pen, IQ_ASK_SLABS, event_id);
	stack(r, pen, event_id);
}
