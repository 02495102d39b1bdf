/* kern/panic_reasons.h - the reasons behind "Kernel panic - not syncing: ".
 *
 * What each one really says: which cause it is by itself, which earlier report of the
 * same boot it only ends, and where to look next.  Follows panic(), nmi_panic() and
 * their callers, 2.6.32 to 7.2.
 */
#ifndef IQ_KERN_PANIC_REASONS_H
#define IQ_KERN_PANIC_REASONS_H

#include "base/slice.h"

struct iq_panic_reason {
	const char *pattern;		/* '*' stands for anything; not anchored at its end */
	const char *verdict;		/* the cause, where no earlier report tells a better one */
	const char *ends;		/* kinds of events it may end ("oops bug"), or NULL */
	const char *means;		/* one sentence, without its full stop */
	const char *next;		/* what to look at or do, one sentence; may be NULL */
};

/* REASON: with or without the words in front.  NULL: none of the table's. */
const struct iq_panic_reason *iq_panic_reason(struct iq_slice reason);

/* Behind "Kernel panic - not syncing: " and prefixes of a driver; without a "]---". */
struct iq_slice iq_panic_reason_text(struct iq_slice line);

/* "exitcode=0x00000b00" of init: fills what it says. */
struct iq_exit {
	int code;			/* exit(code); -1: killed by a signal */
	int signal;			/* 0: none */
	const char *name;		/* SIGSEGV; NULL */
	const char *means;		/* one clause; never NULL */
	const char *next;		/* what to look at; never NULL */
};
void iq_exit_read(uint64_t exitcode, struct iq_exit *ret);

/* SIGSEGV of 11; NULL: none such. */
const char *iq_signal_name(int signal);

#endif
