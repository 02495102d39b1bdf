/* store/merge.h - one store into another: what merge.c and merge_rows.c share.
 *
 * Within the transaction the other store is attached as `src`; tables temp.m_* say which
 * row here each of its rows became.
 */
#ifndef IQ_STORE_MERGE_H
#define IQ_STORE_MERGE_H

#include "store/place.h"

/* Runs SQL with ?1 bound to BASE, if it has that parameter. */
int iq_merge_run(struct iq_store *s, const char *sql, int64_t base, struct iq_err *err);

/* merge_rows.c: rows of whole tables, once captures, members, hosts, boots and events
 * have theirs. */
int iq_merge_maps(struct iq_store *s, struct iq_err *err);
int iq_merge_captures(struct iq_store *s, struct iq_err *err);
int iq_merge_rest(struct iq_store *s, struct iq_err *err);

#endif
