/* analyze/findings.h - findings between memory and the store.
 */
#ifndef IQ_ANALYZE_FINDINGS_H
#define IQ_ANALYZE_FINDINGS_H

#include "analyze/found.h"
#include "analyze/rows.h"

struct iq_found_list {
	struct iq_found *p;
	size_t n, cap;
};

int iq_found_push(struct iq_found_list *list, struct iq_arena *arena,
		  const struct iq_found *f, struct iq_err *err);

/* Writes one finding of an event or a host; the other id is IQ_NULL. */
int iq_found_store(struct iq_store *s, const struct iq_found *f, int64_t event_id,
		   int64_t host_id, struct iq_err *err);

/* What the store has on an event (or a host: HOST true), appended to LIST. */
int iq_found_load(struct iq_row_reader *r, int64_t id, bool host, struct iq_arena *arena,
		  struct iq_found_list *list, struct iq_err *err);

#endif
