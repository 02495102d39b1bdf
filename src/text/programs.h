/* text/programs.h - which programs of a syslog or journal are read.
 *
 * The kernel, and those that speak of memory running out (facts: oom, section 5).
 * Of the talkative ones only lines that hold one of a few words: everything else is
 * counted by the reader and dropped.  parse/ has a list of its own of what it
 * understands; this one may let more through.
 */
#ifndef IQ_TEXT_PROGRAMS_H
#define IQ_TEXT_PROGRAMS_H

#include "base/slice.h"

enum iq_program {
	IQ_PROGRAM_OTHER = 0,
	IQ_PROGRAM_KERNEL,
	IQ_PROGRAM_KILLER,	/* kills processes itself: every line counts */
	IQ_PROGRAM_WITNESS,	/* speaks of memory among much else: filtered */
	IQ_PROGRAM_LOGGER,	/* what it lost matters: it is not handed out */
};

/* IDENT without [PID]; a path in front is cut off. */
enum iq_program iq_program_of(struct iq_slice ident);

/* Is this line of such a program worth reading? */
bool iq_program_line_matters(enum iq_program program, struct iq_slice text);

#endif
