/* bundle/reboots.h - the boots of a machine, as it lists them.
 *
 * journalctl --list-boots (with a header line since systemd 253 or so, before with a dash
 * between the times) and last -F.  Each has its first and last moment; those of last end
 * where the next begins.  Texts live in the arena given.
 */
#ifndef IQ_BUNDLE_REBOOTS_H
#define IQ_BUNDLE_REBOOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define IQ_REBOOTS_MAX 512

struct iq_reboot {
	struct iq_slice uuid;		/* 32 hex digits; p NULL: not told */
	struct iq_slice release;	/* of the kernel; p NULL: not told */
	int64_t first_us, last_us;	/* IQ_NULL: not told */
	bool local;			/* in the machine's own zone */
};

struct iq_reboots {
	struct iq_reboot *at;
	size_t n;
};

/* False: out of memory.  What is no such line is passed over; nothing is added where one
 * of the lists was taken already, unless it told no ids and this one does. */
bool iq_reboots_take_list(struct iq_reboots *r, struct iq_slice text, struct iq_arena *mem);
bool iq_reboots_take_last(struct iq_reboots *r, struct iq_slice text, struct iq_arena *mem);

#endif
