/* text/parts.h - pieces of pstore that lie newest first.
 *
 * A backend with small records cuts a dump into pieces, "Panic#2 Part1" being the end of
 * the log (fs/pstore/platform.c: pstore_dump()); `cat /sys/fs/pstore/dmesg-*` puts them
 * into a file in that order.  Found here, so that the reader can take them in the order
 * of time, each line under its own number.  Knows no records.
 */
#ifndef IQ_TEXT_PARTS_H
#define IQ_TEXT_PARTS_H

#include "base/slice.h"

#define IQ_PARTS_MAX 1024		/* of one file; later ones are read as they lie */

struct iq_text_part {
	size_t at, n;			/* bytes of the text */
	int64_t line;			/* number of its first line, from 1 */
};

/* Do pieces of one dump lie newest first in TEXT? */
bool iq_parts_reversed(struct iq_slice text);

/* All of TEXT in the order of time, at most IQ_PARTS_MAX pieces: how many. */
size_t iq_parts_order(struct iq_slice text, struct iq_text_part *ret);

#endif
