/* text/decode.c - see decode.h */
#include "text/decode.h"

/* Without a mark: ASCII in UTF-16 has a zero in every second byte. */
static enum iq_coding without_mark(const unsigned char *b, size_t n)
{
	size_t zeros[2] = { 0, 0 };
	n = n > 4096 ? 4096 : n;
	n &= ~(size_t)1;
	if (n < 16)
		return IQ_CODING_BYTES;
	for (size_t i = 0; i < n; i++)
		zeros[i & 1] += !b[i];
	size_t units = n / 2;
	if (zeros[1] >= units * 9 / 10 && zeros[0] <= units / 50)
		return IQ_CODING_UTF16LE;
	if (zeros[0] >= units * 9 / 10 && zeros[1] <= units / 50)
		return IQ_CODING_UTF16BE;
	return IQ_CODING_BYTES;
}

enum iq_coding iq_coding_detect(const char *p, size_t n, size_t *ret_skip)
{
	const unsigned char *b = (const unsigned char *)p;
	*ret_skip = 0;
	if (n >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf) {
		*ret_skip = 3;
		return IQ_CODING_BYTES;
	}
	if (n >= 2 && b[0] == 0xff && b[1] == 0xfe) {
		*ret_skip = 2;
		return IQ_CODING_UTF16LE;
	}
	if (n >= 2 && b[0] == 0xfe && b[1] == 0xff) {
		*ret_skip = 2;
		return IQ_CODING_UTF16BE;
	}
	return without_mark(b, n);
}

static void put_utf8(struct iq_buf *out, uint32_t cp)
{
	char *to = iq_buf_reserve(out, 4);
	size_t n = 0;
	if (!to)
		return;
	if (cp < 0x80) {
		to[n++] = (char)cp;
	} else if (cp < 0x800) {
		to[n++] = (char)(0xc0 | cp >> 6);
		to[n++] = (char)(0x80 | (cp & 0x3f));
	} else if (cp < 0x10000) {
		to[n++] = (char)(0xe0 | cp >> 12);
		to[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
		to[n++] = (char)(0x80 | (cp & 0x3f));
	} else {
		to[n++] = (char)(0xf0 | cp >> 18);
		to[n++] = (char)(0x80 | (cp >> 12 & 0x3f));
		to[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
		to[n++] = (char)(0x80 | (cp & 0x3f));
	}
	out->n += n;
}

static void put_unit(struct iq_decoder *d, uint16_t u, struct iq_buf *out)
{
	bool low = u >= 0xdc00 && u <= 0xdfff;
	if (d->high && low) {
		put_utf8(out, 0x10000 + ((uint32_t)(d->high - 0xd800) << 10) +
			      (uint32_t)(u - 0xdc00));
		d->high = 0;
		return;
	}
	if (d->high)
		put_utf8(out, 0xfffd);
	d->high = u >= 0xd800 && u <= 0xdbff ? u : 0;
	if (!d->high)
		put_utf8(out, low ? 0xfffd : u);
}

void iq_decode_utf16(struct iq_decoder *d, const char *p, size_t n, struct iq_buf *out)
{
	const unsigned char *b = (const unsigned char *)p;
	bool big = d->coding == IQ_CODING_UTF16BE;
	for (size_t i = 0; i < n; i++) {
		if (!d->has_odd) {
			d->odd = b[i];
			d->has_odd = true;
			continue;
		}
		d->has_odd = false;
		put_unit(d, big ? (uint16_t)(d->odd << 8 | b[i])
				: (uint16_t)(b[i] << 8 | d->odd), out);
	}
}
