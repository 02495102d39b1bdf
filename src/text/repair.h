/* text/repair.h - undoing what terminals, web pages and mail did to a line.
 *
 * Pure functions of their input; the caller owns the buffers.
 */
#ifndef IQ_TEXT_REPAIR_H
#define IQ_TEXT_REPAIR_H

#include "base/buf.h"

/* Removes ANSI/VT escape sequences, OSC (hyperlinks, titles) and backspace
 * overstrikes from P[0..N) in place; returns the new length.  Cheap if there are none. */
size_t iq_strip_ansi(char *p, size_t n);

/* True if S holds entities or tags that a browser would have eaten: worth
 * iq_undo_html(). */
bool iq_looks_html(struct iq_slice s);

/* Appends S to OUT without HTML tags and with entities decoded (no-break space
 * becomes a blank); <br>, </p>, </li>, </tr>, </div> become newlines.  What only
 * looks like a tag (<IRQ>, <TASK>, <4>, <ffffffff81000000>) stays. */
void iq_undo_html(struct iq_buf *out, struct iq_slice s);

/* Appends S to OUT with typographic quotes, dashes, ellipses and spaces mapped back to
 * ASCII, zero-width characters dropped.  For matching, not for evidence. */
void iq_undo_typography(struct iq_buf *out, struct iq_slice s);

/* The whole of a capture, when it is a console log in a box: base64 text, or the JSON
 * of a cloud's console call ("ConsoleOutput", "Output" in base64; "contents" plain).
 * Appends the log to OUT and returns true; false: it is no such thing.  A capture cut
 * off in the middle gives what was there. */
bool iq_unbox_console(struct iq_buf *out, struct iq_slice all);

#endif
