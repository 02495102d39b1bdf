/* journal/unpack.h - compressed data of a journal: xz streams, zstd frames, LZ4 blocks
 * with their size in front. */
#ifndef IQ_JOURNAL_UNPACK_H
#define IQ_JOURNAL_UNPACK_H

#include <stddef.h>
#include <sys/types.h>

enum { IQ_JPACK_XZ = 1, IQ_JPACK_LZ4 = 2, IQ_JPACK_ZSTD = 4 };	/* flags of an object */

/* At most CAP bytes to OUT; how many, -1 if it is damaged from the start. */
ssize_t iq_journal_unpack(unsigned flags, const unsigned char *p, size_t n, char *out,
			  size_t cap);

#endif
