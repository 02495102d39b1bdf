/* text/decode.h - whatever encoding a log has, turned into bytes of ASCII or UTF-8.
 *
 * Eight-bit text passes untouched (invalid UTF-8 is made safe where it is stored);
 * UTF-16 with a byte order mark, or without one when every second byte is zero, is
 * converted piece by piece, so that memory stays flat.  Belongs to one stream.
 */
#ifndef IQ_TEXT_DECODE_H
#define IQ_TEXT_DECODE_H

#include "base/buf.h"

enum iq_coding {
	IQ_CODING_BYTES,		/* ASCII, UTF-8, Latin-1 */
	IQ_CODING_UTF16LE,
	IQ_CODING_UTF16BE,
};

/* From the first bytes of a stream.  *ret_skip: length of the byte order mark. */
enum iq_coding iq_coding_detect(const char *p, size_t n, size_t *ret_skip);

struct iq_decoder {
	enum iq_coding coding;
	unsigned char odd;		/* first half of a unit cut by the block's end */
	bool has_odd;
	uint16_t high;			/* high surrogate that waits for its low one, or 0 */
};

/* Appends P[0..N) of a UTF-16 stream to OUT as UTF-8; a lone surrogate becomes
 * U+FFFD. */
void iq_decode_utf16(struct iq_decoder *d, const char *p, size_t n, struct iq_buf *out);

#endif
