/* parse/crash/anchor.h - which function to name: crash.function, suspect, module, key.
 *
 * contract: the symbol of the instruction pointer; where there is none, the first frame
 * that is not the reporting machinery; of a hung task the first that is neither
 * scheduler nor lock nor wait.  Where that is only the messenger, the suspect is the
 * first frame that is more.
 */
#ifndef IQ_PARSE_CRASH_ANCHOR_H
#define IQ_PARSE_CRASH_ANCHOR_H

#include "parse/crash/opener.h"
#include "parse/crash/trace.h"

/* The section that the report is about: that of C's CPU or pid, else the first. */
struct iq_section *iq_anchor_section(const struct iq_trace *t, const struct iq_crash *c,
				     enum iq_crash_kind kind);

/* Fills function, suspect, module, pc, waits_in, context, crash_key, loose_key,
 * key_version of C; what its opener's line has told is kept.  Texts live in MEM.
 * Returns the frame that is cited, or NULL. */
const struct iq_tframe *iq_anchor(struct iq_crash *c, enum iq_crash_kind kind,
				  const struct iq_trace *t, struct iq_arena *mem);

#endif
