/* parse/crash/line_block.c - see line.h: lines of hardware, filesystems and disks. */
#include "parse/crash/line.h"

enum iq_crash_kind iq_take_block(struct iq_slice s, struct iq_crash *c)
{
	(void)s;
	(void)c;
	return IQ_CRASH_NONE;
}
