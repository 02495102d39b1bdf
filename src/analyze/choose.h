/* analyze/choose.h - of the causes proposed for one event, the one.
 *
 * The most confident wins, then the higher priority, then the first plugin by file
 * name; `unknown` only where nothing else was proposed.  A loser of another verdict
 * that is `certain` or `strong` holds all the same and becomes contributing; the
 * others are dropped, as is one that says the same.  Pure.
 */
#ifndef IQ_ANALYZE_CHOOSE_H
#define IQ_ANALYZE_CHOOSE_H

#include "analyze/case.h"
#include "analyze/found.h"

/* Changes roles in F[N]; a dropped one gets role 0.  Index of the cause, or N. */
size_t iq_choose_cause(struct iq_found *f, size_t n);

/* The verdict of an event for which nobody proposed a cause.  Lives in ARENA. */
int iq_choose_unknown(const struct iq_case *c, struct iq_arena *arena,
		      struct iq_found *ret, struct iq_err *err);

#endif
