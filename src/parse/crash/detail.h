/* parse/crash/detail.h - lines inside a report that tell one thing more: the access, the
 * lock and its owner, who allocated the object, which CPU stalled. */
#ifndef IQ_PARSE_CRASH_DETAIL_H
#define IQ_PARSE_CRASH_DETAIL_H

#include "parse/crash/crash.h"

/* Takes what REC tells into R; false: no such line. */
bool iq_crash_detail(struct iq_crash_report *r, const struct iq_record *rec);

#endif
