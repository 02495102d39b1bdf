/* import/settle.h - when what was applied is committed, and when it is judged.
 *
 * Of many captures those that come within a fifth of a second are one transaction (a
 * commit waits for the disk four times, and writes the pages of indexes anew), and what
 * is new is judged in rounds while children read on: else one core would wait for the
 * other at the end.  A single capture is committed by itself and judged by the caller.
 */
#ifndef IQ_IMPORT_SETTLE_H
#define IQ_IMPORT_SETTLE_H

#include "import/import.h"

struct iq_settle {
	struct iq_store *store;
	const struct iq_import_opts *opts;	/* judge, arg */
	struct iq_import_result *res;		/* what was applied so far; ->stopped */

	/* within */
	bool holds;
	int64_t since_ms;
	size_t events, captures;		/* as of the last round */
};

void iq_settle_begin(struct iq_settle *t, bool many);
/* Now and then, with no capture half applied. */
int iq_settle_some(struct iq_settle *t, struct iq_err *err);
/* What was applied is in the store for good. */
int iq_settle_end(struct iq_settle *t, struct iq_err *err);

#endif
