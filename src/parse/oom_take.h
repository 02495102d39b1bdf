/* parse/oom_take.h - what each line of an OOM report says; private to oom*.c.
 */
#ifndef IQ_PARSE_OOM_TAKE_H
#define IQ_PARSE_OOM_TAKE_H

#include "parse/oom.h"

/* False: no report keeps anything of that kind. */
bool iq_oom_take(struct iq_oom_report *o, const struct iq_record *rec, enum iq_oom_kind kind);

/* "anon 24735744" while a cgroup's block is open. */
bool iq_oom_take_block_line(struct iq_oom_report *o, const struct iq_record *rec);

struct iq_oom_victim *iq_oom_find_victim(const struct iq_oom_report *o, int64_t pid);

#endif
