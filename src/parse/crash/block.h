/* parse/crash/block.h - reports of hardware, filesystems and disks: lines of their own.
 *
 * Such a report has no trace and no CPU line.  It takes the lines of its own block (the
 * records of a machine check, a CPER) and those of the same device that follow at once:
 * a failed disk tells it through its controller, the block layer and the filesystem.
 */
#ifndef IQ_PARSE_CRASH_BLOCK_H
#define IQ_PARSE_CRASH_BLOCK_H

#include "parse/crash/crash.h"

/* REC opens O: does it belong to R, which is a block?  1 taken, 0 not. */
int iq_block_absorb(struct iq_crash_report *r, const struct iq_record *rec,
		    const struct iq_opened *o);

/* Any other line.  1 taken, 0 not. */
int iq_block_line(struct iq_crash_report *r, const struct iq_record *rec);

#endif
