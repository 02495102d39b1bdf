/* text/runon.h - several lines of a log that were pasted as one.
 *
 * Browsers, chats and issue trackers lose newlines; each line's header then stands in
 * the middle of the text, and that is where it is cut.  A header inside is believed if
 * the text begins with one of the same form, or if there are at least three: ordinary
 * text may quote a line of a log.  (Lines that begin with the kernel's own stamp are cut
 * where their times are known: text/records.c.)
 */
#ifndef IQ_TEXT_RUNON_H
#define IQ_TEXT_RUNON_H

#include "base/slice.h"

enum iq_runon_form {
	IQ_RUNON_NONE,
	IQ_RUNON_TAG,			/* a stamp, "host kernel: " */
	IQ_RUNON_TAG_ALONE,		/* "kernel: " */
	IQ_RUNON_CTIME,			/* "[Sat Sep 11 12:24:42 2021] " */
	IQ_RUNON_MONO,			/* "[12345.678901] " */
};

/* What LINE is made of; NONE: one line, as nearly all.  HABIT: the line before was made
 * so, and LINE may begin with the end of its last. */
enum iq_runon_form iq_runon_form(struct iq_slice line, bool habit);

/* Cuts the next line off *rest: up to the next header of FORM that has text between. */
struct iq_slice iq_runon_next(enum iq_runon_form form, struct iq_slice *rest);

/* The last place at which S, the beginning of a line too long to be kept, can be cut: in
 * front of a header, or between two elements of JSON.  0: none in its second half. */
size_t iq_runon_seam(struct iq_slice s);

#endif
