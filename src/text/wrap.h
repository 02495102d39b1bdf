/* text/wrap.h - lines that a terminal or a mail program broke at a column.
 *
 * Found on the sample at the start of a stream: how long were the lines after which
 * a line came that neither has a header nor can begin a line of kernel text?  A
 * terminal breaks at one length, inside words; mail breaks at the last blank that
 * fits.  Breaks at no constant column (web pages) are left to the grammar
 * (text/shape.h).  Columns are characters, not bytes.
 */
#ifndef IQ_TEXT_WRAP_H
#define IQ_TEXT_WRAP_H

#include "base/slice.h"

#define IQ_WRAP_COLUMN_MIN 60
#define IQ_WRAP_COLUMN_MAX 1023
#define IQ_WRAP_PAIRS_MAX 2048

enum iq_wrap_kind { IQ_WRAP_NONE, IQ_WRAP_TERMINAL, IQ_WRAP_MAIL };

struct iq_wrap {
	enum iq_wrap_kind kind;
	size_t column;
	bool mostly_headed;	/* nearly every line of the sample has a header */
};

struct iq_wrap_sample {
	uint16_t total[IQ_WRAP_COLUMN_MAX + 1];	/* lines of that length, saturating */
	uint16_t broken[IQ_WRAP_COLUMN_MAX + 1]; /* ... that seem to go on in the next */
	struct { uint16_t columns, with_word; } pair[IQ_WRAP_PAIRS_MAX];
	size_t n_pairs, n_long;			/* lines over IQ_WRAP_COLUMN_MAX */
	size_t n_headed, n_bare;
	size_t last_columns;			/* 0: blank, or none yet */
};

size_t iq_columns(struct iq_slice s);

/* One line of the sample: RAW without quotes and numbers, TEXT without header. */
void iq_wrap_sample(struct iq_wrap_sample *w, struct iq_slice raw, bool headed,
		    struct iq_slice text);
struct iq_wrap iq_wrap_decide(const struct iq_wrap_sample *w);

/* Was a line of that many COLUMNS broken, so that MORE, a line without header, goes on
 * with it?  *ret_blank: a blank was lost at the seam. */
bool iq_wrap_joins(const struct iq_wrap *w, size_t columns, struct iq_slice more,
		   bool *ret_blank);

#endif
