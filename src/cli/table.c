/* cli/table.c - see table.h.  `table` needs the widths of its columns before it can
 * print: it gathers TABLE_ROWS rows, and goes on with these widths. */
#include "cli/table.h"
#include "base/json.h"
#include "base/utf8.h"

#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define TABLE_ROWS 1000
#define WIDTH_MAX 100
#define WIDTH_LEAST 8		/* no text is cut below this to fit a terminal */

struct printer {
	FILE *f;
	sqlite3_stmt *st;
	int n;				/* columns */
	int64_t row;
	struct iq_buf line;
	struct iq_buf scratch;		/* the value in hand, if it had to be written anew */
	bool terminal;
	int columns;			/* of the terminal; 0: as wide as need be */
	/* table only */
	locale_t utf8;			/* for the widths of characters; 0: one each */
	int *width;
	bool *right;
	char **held;
	size_t n_held;
};

struct iq_table_format {
	const char *name;
	void (*begin)(struct printer *p);
	void (*row)(struct printer *p);
	void (*end)(struct printer *p);
};

/* A blob as SQL writes it: X'00ff'. */
static struct iq_slice blob(struct printer *p, int i)
{
	const unsigned char *b = sqlite3_column_blob(p->st, i);
	int n = sqlite3_column_bytes(p->st, i);
	iq_buf_reset(&p->scratch);
	iq_buf_str(&p->scratch, "X'");
	for (int k = 0; k < n; k++)
		iq_buf_printf(&p->scratch, "%02x", b[k]);
	iq_buf_char(&p->scratch, '\'');
	return iq_buf_as_slice(&p->scratch);
}

static struct iq_slice value(struct printer *p, int i)
{
	if (sqlite3_column_type(p->st, i) == SQLITE_BLOB)
		return blob(p, i);
	const char *t = (const char *)sqlite3_column_text(p->st, i);
	return t ? iq_slice(t, (size_t)sqlite3_column_bytes(p->st, i)) : IQ_SLICE_NULL;
}

static bool is_number(struct printer *p, int i)
{
	int t = sqlite3_column_type(p->st, i);
	return t == SQLITE_INTEGER || t == SQLITE_FLOAT;
}

static void put_line(struct printer *p)
{
	fwrite(p->line.p ? p->line.p : "", 1, p->line.n, p->f);
	iq_buf_reset(&p->line);
}

/* --- csv, tsv --- */

static void csv_field(struct iq_buf *b, struct iq_slice s)
{
	bool quote = !s.n && s.p;
	for (size_t i = 0; i < s.n; i++)
		quote |= s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r';
	if (quote)
		iq_buf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			iq_buf_char(b, '"');
		iq_buf_char(b, s.p[i]);
	}
	if (quote)
		iq_buf_char(b, '"');
}

static void tsv_field(struct iq_buf *b, struct iq_slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\t')
			iq_buf_str(b, "\\t");
		else if (s.p[i] == '\n')
			iq_buf_str(b, "\\n");
		else if (s.p[i] == '\r')
			iq_buf_str(b, "\\r");
		else if (s.p[i] == '\\')
			iq_buf_str(b, "\\\\");
		else
			iq_buf_char(b, s.p[i]);
	}
}

static void separated(struct printer *p, bool names, char sep,
		      void (*field)(struct iq_buf *, struct iq_slice))
{
	for (int i = 0; i < p->n; i++) {
		if (i)
			iq_buf_char(&p->line, sep);
		field(&p->line, names ? iq_slice_z(sqlite3_column_name(p->st, i)) : value(p, i));
	}
	/* a file gets what is there; a terminal must not obey it */
	if (p->terminal) {
		struct iq_buf raw = p->line;
		iq_buf_init(&p->line);
		iq_utf8_terminal(&p->line, iq_buf_as_slice(&raw));
		iq_buf_fini(&raw);
	}
	iq_buf_str(&p->line, sep == ',' && !p->terminal ? "\r\n" : "\n");
	put_line(p);
}

static void csv_begin(struct printer *p) { separated(p, true, ',', csv_field); }
static void csv_row(struct printer *p) { separated(p, false, ',', csv_field); }
static void tsv_begin(struct printer *p) { separated(p, true, '\t', tsv_field); }
static void tsv_row(struct printer *p) { separated(p, false, '\t', tsv_field); }
static void nothing(struct printer *p) { (void)p; }

/* --- json, jsonl --- */

static void json_object(struct printer *p)
{
	struct iq_json j;
	iq_json_init(&j, &p->line, 0);
	iq_json_open(&j, '{');
	for (int i = 0; i < p->n; i++) {
		iq_json_key(&j, sqlite3_column_name(p->st, i));
		if (sqlite3_column_type(p->st, i) == SQLITE_INTEGER)
			iq_json_int(&j, sqlite3_column_int64(p->st, i));
		else if (sqlite3_column_type(p->st, i) == SQLITE_FLOAT)
			iq_json_real(&j, sqlite3_column_double(p->st, i));
		else
			iq_json_str(&j, value(p, i));
	}
	iq_json_close(&j, '}');
}

static void jsonl_row(struct printer *p)
{
	json_object(p);
	iq_buf_char(&p->line, '\n');
	put_line(p);
}

static void json_begin(struct printer *p) { fputs("[", p->f); }
static void json_row(struct printer *p)
{
	iq_buf_str(&p->line, p->row ? ",\n " : "\n ");
	json_object(p);
	put_line(p);
}
static void json_end(struct printer *p) { fputs(p->row ? "\n]\n" : "]\n", p->f); }

/* --- markdown --- */

static void markdown_cells(struct printer *p, bool names)
{
	for (int i = 0; i < p->n; i++) {
		struct iq_slice s = names ? iq_slice_z(sqlite3_column_name(p->st, i)) : value(p, i);
		struct iq_buf cell;
		iq_buf_init(&cell);
		iq_utf8_terminal(&cell, s);
		iq_buf_str(&p->line, "| ");
		for (size_t k = 0; k < cell.n; k++) {
			if (cell.p[k] == '|')
				iq_buf_char(&p->line, '\\');
			iq_buf_char(&p->line, cell.p[k]);
		}
		iq_buf_char(&p->line, ' ');
		iq_buf_fini(&cell);
	}
	iq_buf_str(&p->line, "|\n");
	put_line(p);
}

static void markdown_begin(struct printer *p)
{
	markdown_cells(p, true);
	for (int i = 0; i < p->n; i++)
		fputs("|---", p->f);
	fputs("|\n", p->f);
}
static void markdown_row(struct printer *p) { markdown_cells(p, false); }

/* --- table --- */

/* Columns on a terminal: wide characters take two, combining ones none.  Stops where more
 * than MOST would be taken; *ret_n: bytes until there. */
static int width_up_to(const struct printer *p, const char *z, int most, size_t *ret_n)
{
	int w = 0;
	size_t n = strlen(z), all = n;
	locale_t before = p->utf8 ? uselocale(p->utf8) : (locale_t)0;
	while (n) {
		uint32_t cp = 0;
		size_t k = iq_utf8_at(z, n, &cp);
		int one = k > 1 && before ? wcwidth((wchar_t)cp) : 1;
		one = one < 0 ? 1 : one;
		if (w + one > most)
			break;
		w += one;
		k = k ? k : 1;
		z += k;
		n -= k;
	}
	if (before)
		uselocale(before);
	*ret_n = all - n;
	return w;
}

static int width_of(const struct printer *p, const char *z)
{
	size_t n;
	return width_up_to(p, z, INT_MAX, &n);
}

/* Takes from the widest columns of text until all fit side by side. */
static void fit(struct printer *p)
{
	int all = 2 * (p->n - 1);
	for (int i = 0; i < p->n; i++)
		all += p->width[i];
	while (p->columns && all > p->columns) {
		int widest = -1, next = WIDTH_LEAST, alike = 0;
		for (int i = 0; i < p->n; i++)
			if (!p->right[i] && (widest < 0 || p->width[i] > p->width[widest]))
				widest = i;
		if (widest < 0 || p->width[widest] <= WIDTH_LEAST)
			return;
		for (int i = 0; i < p->n; i++) {
			bool text = i != widest && !p->right[i];
			alike += text && p->width[i] == p->width[widest];
			if (text && p->width[i] > next && p->width[i] < p->width[widest])
				next = p->width[i];
		}
		int most = alike ? 1 : p->width[widest] - next;	/* alike: in turn */
		int give = all - p->columns < most ? all - p->columns : most;
		p->width[widest] -= give;
		all -= give;
	}
}

/* What does not fit ends in a mark. */
static void put_cut(struct printer *p, int i, const char *z, bool last)
{
	size_t n;
	int w = width_up_to(p, z, p->width[i] - 1, &n);
	fprintf(p->f, "%.*s…%*s", (int)n, z, last ? 0 : p->width[i] - 1 - w, "");
	fputs(last ? "\n" : "  ", p->f);
}

static void put_cell(struct printer *p, int i, const char *z)
{
	int w = width_of(p, z), pad = p->width[i] > w ? p->width[i] - w : 0;
	bool last = i == p->n - 1;
	if (p->columns && w > p->width[i] && !p->right[i]) {
		put_cut(p, i, z, last);
		return;
	}
	if (p->right[i])
		fprintf(p->f, "%*s%s", pad, "", z);
	else
		fprintf(p->f, "%s%*s", z, last ? 0 : pad, "");
	fputs(last ? "\n" : "  ", p->f);
}

static void flush_held(struct printer *p)
{
	fit(p);
	for (int i = 0; i < p->n; i++)
		put_cell(p, i, sqlite3_column_name(p->st, i));
	for (size_t k = 0; k < p->n_held; k++)
		put_cell(p, (int)(k % (size_t)p->n), p->held[k]);
	for (size_t k = 0; k < p->n_held; k++)
		free(p->held[k]);
	p->n_held = 0;
	free(p->held);
	p->held = NULL;
}

static void table_begin(struct printer *p)
{
	p->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	p->width = calloc((size_t)p->n + 1, sizeof *p->width);
	p->right = calloc((size_t)p->n + 1, sizeof *p->right);
	p->held = calloc((size_t)TABLE_ROWS * (size_t)p->n + 1, sizeof *p->held);
	for (int i = 0; p->width && i < p->n; i++)
		p->width[i] = width_of(p, sqlite3_column_name(p->st, i));
}

static char *cell_text(struct printer *p, int i)
{
	struct iq_buf b;
	iq_buf_init(&b);
	iq_buf_str(&b, "");
	iq_utf8_terminal(&b, value(p, i));
	return b.p;
}

static void table_row(struct printer *p)
{
	if (!p->width || !p->right)
		return;
	for (int i = 0; i < p->n; i++) {
		char *z = cell_text(p, i);
		if (!z)
			return;
		if (p->held) {
			p->held[p->n_held++] = z;
			int w = width_of(p, z);
			if (w > p->width[i])
				p->width[i] = w < WIDTH_MAX ? w : WIDTH_MAX;
			if (!p->row || !p->right[i])
				p->right[i] |= is_number(p, i);
		} else {
			put_cell(p, i, z);
			free(z);
		}
	}
	if (p->held && p->row + 1 >= TABLE_ROWS)
		flush_held(p);
}

static void table_end(struct printer *p)
{
	if (p->held && p->width && p->right)
		flush_held(p);
	free(p->held);
	free(p->width);
	free(p->right);
	if (p->utf8)
		freelocale(p->utf8);
}

static const struct iq_table_format formats[] = {
	{ "table", table_begin, table_row, table_end },
	{ "csv", csv_begin, csv_row, nothing },
	{ "tsv", tsv_begin, tsv_row, nothing },
	{ "json", json_begin, json_row, json_end },
	{ "jsonl", nothing, jsonl_row, nothing },
	{ "markdown", markdown_begin, markdown_row, nothing },
};

const struct iq_table_format *iq_table_format(const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

int iq_table_print(const struct iq_table_format *format, sqlite3 *db, sqlite3_stmt *st, FILE *f,
		   struct iq_err *err)
{
	struct printer p = { .f = f, .st = st, .n = sqlite3_column_count(st) };
	iq_buf_init(&p.line);
	iq_buf_init(&p.scratch);
	p.terminal = isatty(fileno(f));
	struct winsize w;
	if (p.terminal && !ioctl(fileno(f), TIOCGWINSZ, &w) && w.ws_col >= 40)
		p.columns = w.ws_col;
	format->begin(&p);
	int rc;
	for (; (rc = sqlite3_step(st)) == SQLITE_ROW; p.row++)
		format->row(&p);
	format->end(&p);
	iq_buf_fini(&p.line);
	iq_buf_fini(&p.scratch);
	switch (rc & 0xff) {
	case SQLITE_DONE:
		return 0;
	case SQLITE_INTERRUPT:
		return iq_err_set(err, IQ_E_INTR, "stopped");
	case SQLITE_NOMEM:
		return iq_err_set(err, IQ_E_LIMIT, "SQL: the limit of memory was reached; "
				  "raise --limit-memory");
	default:
		return iq_err_set(err, IQ_E_STORE, "SQL: %s", sqlite3_errmsg(db));
	}
}
