/* base/utf8.h - bytes of a capture made safe for a terminal, a store, a report.
 */
#ifndef IQ_BASE_UTF8_H
#define IQ_BASE_UTF8_H

#include "base/buf.h"

/* Length of the valid UTF-8 sequence at P (at most N bytes), 0 if there is none.
 * *ret_cp gets the code point. */
size_t iq_utf8_at(const char *p, size_t n, uint32_t *ret_cp);

/* Appends S as valid UTF-8 without control characters other than tab and
 * newline: an invalid byte, a C0/C1 control or DEL becomes \xNN.  For the store. */
void iq_utf8_clean(struct iq_buf *out, struct iq_slice s);

/* True if iq_utf8_clean() would change nothing. */
bool iq_utf8_is_clean(struct iq_slice s);

/* Code points that reorder or hide text: bidirectional controls, zero width, line
 * separators. */
bool iq_utf8_is_deceptive(uint32_t cp);

/* The same for a terminal, one line: tab becomes a blank; newline, and what is
 * deceptive, \xNN a byte. */
void iq_utf8_terminal(struct iq_buf *out, struct iq_slice s);

#endif
