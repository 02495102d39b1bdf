/* text/wrap.c - see wrap.h */
#include "text/wrap.h"

#include "text/shape.h"

#define MAIL_COLUMN_MAX 132

size_t iq_columns(struct iq_slice s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static size_t first_word(struct iq_slice s)
{
	return iq_columns(iq_word(&s));
}

static void bump(uint16_t *count)
{
	*count += *count < UINT16_MAX;
}

void iq_wrap_sample(struct iq_wrap_sample *w, struct iq_slice raw, bool headed,
		    struct iq_slice text)
{
	size_t columns = iq_columns(raw), last = w->last_columns;
	w->last_columns = columns;
	if (!iq_trim(raw).n) {
		w->last_columns = 0;
		return;
	}
	if (columns > IQ_WRAP_COLUMN_MAX) {
		w->n_long++;
		columns = IQ_WRAP_COLUMN_MAX;
	}
	bump(&w->total[columns]);
	w->n_headed += headed;
	w->n_bare += !headed;
	if (headed || last < IQ_WRAP_COLUMN_MIN || last > IQ_WRAP_COLUMN_MAX ||
	    iq_shape_of(text) != IQ_SHAPE_UNKNOWN)
		return;
	size_t with_word = last + 1 + first_word(raw);
	bump(&w->broken[last]);
	if (w->n_pairs < IQ_WRAP_PAIRS_MAX) {
		w->pair[w->n_pairs].columns = (uint16_t)last;
		w->pair[w->n_pairs++].with_word =
			(uint16_t)(with_word < UINT16_MAX ? with_word : UINT16_MAX);
	}
}

/* Lines longer than COLUMN: a wrapped text has none, or nearly. */
static size_t longer(const struct iq_wrap_sample *w, size_t column)
{
	size_t n = w->n_long;
	for (size_t i = column + 1; i < IQ_WRAP_COLUMN_MAX; i++)
		n += w->total[i];
	return n;
}

/* One length after which lines go on: the mode, if it covers most of the cases (*ret_sure),
 * or if the lines of that length nearly always go on. */
static size_t terminal_column(const struct iq_wrap_sample *w, size_t lines, bool *ret_sure)
{
	size_t best = 0, all = 0;
	*ret_sure = false;
	for (size_t i = IQ_WRAP_COLUMN_MIN; i < IQ_WRAP_COLUMN_MAX; i++) {
		all += w->broken[i];
		if (w->broken[i] >= 2 && w->broken[i] >= w->broken[best])
			best = i;
	}
	if (!best || longer(w, best) > lines / 50)
		return 0;
	size_t near = (size_t)w->broken[best] + w->broken[best - 1];
	*ret_sure = near * 10 >= all * 7;
	bool always = (size_t)w->broken[best] * 10 >= (size_t)w->total[best] * 7;
	return *ret_sure || always ? best : 0;
}

/* The longest line (but for a few that had no blank to be broken at), if nearly every
 * break is where the next word did not fit. */
static size_t mail_column(const struct iq_wrap_sample *w, size_t lines)
{
	size_t column = 0, fit = 0;
	for (size_t i = 0; i < w->n_pairs; i++)
		if (w->pair[i].columns > column)
			column = w->pair[i].columns;
	while (column <= MAIL_COLUMN_MAX && longer(w, column) > lines / 20)
		column++;
	for (size_t i = 0; i < w->n_pairs; i++)
		fit += w->pair[i].with_word > column;
	if (column > MAIL_COLUMN_MAX || w->n_pairs < 3)
		return 0;
	return fit * 10 >= w->n_pairs * 8 ? column : 0;
}

struct iq_wrap iq_wrap_decide(const struct iq_wrap_sample *w)
{
	struct iq_wrap wrap = { IQ_WRAP_NONE, 0, false };
	size_t lines = w->n_headed + w->n_bare;
	wrap.mostly_headed = w->n_headed >= 3 && w->n_headed * 10 >= lines * 7;
	bool sure;
	size_t terminal = terminal_column(w, lines, &sure), mail = mail_column(w, lines);
	if (terminal && (sure || !mail)) {
		wrap.kind = IQ_WRAP_TERMINAL;
		wrap.column = terminal;
	} else if (mail) {
		wrap.kind = IQ_WRAP_MAIL;
		wrap.column = mail;
	}
	return wrap;
}

bool iq_wrap_joins(const struct iq_wrap *w, size_t columns, struct iq_slice more,
		   bool *ret_blank)
{
	*ret_blank = false;
	switch (w->kind) {
	case IQ_WRAP_TERMINAL:
		*ret_blank = columns + 1 == w->column && *more.p != ' ';
		return columns == w->column || *ret_blank;
	case IQ_WRAP_MAIL:
		*ret_blank = true;
		return columns <= w->column &&
		       columns + 1 + first_word(more) > w->column;
	default:
		return false;
	}
}
