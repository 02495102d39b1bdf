/* journal/unpack.c - see unpack.h.
 *
 * LZ4 blocks after lz4_Block_format.md of LZ4; the others have a magic, and are
 * libarchive's. */
#include "journal/unpack.h"

#include <archive.h>
#include <stdint.h>
#include <string.h>

static ssize_t by_libarchive(const unsigned char *p, size_t n, char *out, size_t cap)
{
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	size_t have = 0;
	ssize_t got;
	if (!a)
		return -1;
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_format_raw(a);
	if (archive_read_open_memory(a, p, n) == ARCHIVE_OK &&
	    archive_read_next_header(a, &entry) == ARCHIVE_OK &&
	    archive_filter_count(a) > 1)
		while (have < cap && (got = archive_read_data(a, out + have, cap - have)) > 0)
			have += (size_t)got;
	archive_read_free(a);
	return have ? (ssize_t)have : -1;
}

/* A length of four bits, with more bytes where it is 15. */
static size_t length(const unsigned char *p, size_t n, size_t *at, size_t bits)
{
	size_t len = bits, more = 255;
	while (bits == 15 && more == 255 && *at < n) {
		more = p[(*at)++];
		len += more;
	}
	return len;
}

static ssize_t by_lz4(const unsigned char *p, size_t n, char *out, size_t cap)
{
	size_t at = 8, have = 0;	/* the size in front is not needed */
	while (at < n && have < cap) {
		unsigned token = p[at++];
		size_t len = length(p, n, &at, token >> 4);
		len = len < n - at ? len : n - at;
		len = len < cap - have ? len : cap - have;
		memcpy(out + have, p + at, len);
		at += len;
		have += len;
		if (n - at < 2 || have == cap)
			break;
		size_t back = (size_t)p[at] | (size_t)p[at + 1] << 8;
		at += 2;
		len = length(p, n, &at, token & 15) + 4;
		if (!back || back > have)
			break;
		for (; len && have < cap; len--, have++)
			out[have] = out[have - back];
	}
	return have ? (ssize_t)have : -1;
}

ssize_t iq_journal_unpack(unsigned flags, const unsigned char *p, size_t n, char *out,
			  size_t cap)
{
	return flags & IQ_JPACK_LZ4 ? by_lz4(p, n, out, cap) : by_libarchive(p, n, out, cap);
}
