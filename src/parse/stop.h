/* parse/stop.h - a machine that stopped without a word: its log just ends, and the next
 * boot's banner follows without a shutdown.
 *
 * Asked with the lines around a banner, all programs' of one host, in the order of the
 * log.  The last line before is found by the clock, since a log daemon often writes first
 * lines of the new boot in front of the banner.  Says no where the log shows no programs
 * (the kernel alone never tells of a shutdown), where any word of a shutdown, a suspend, a
 * panic or a kexec stands near the end, where the new boot is a capture kernel, a replay
 * of old lines, or found its filesystems unmounted cleanly.
 *
 * Knows no files; slices are the caller's.
 */
#ifndef IQ_PARSE_STOP_H
#define IQ_PARSE_STOP_H

#include "base/err.h"
#include "model/facts.h"
#include "text/record.h"

#define IQ_STOP_GAP_MOST_US (24 * 3600 * INT64_C(1000000))	/* then lines may be missing */

struct iq_stop {
	size_t last;			/* the last line of the old boot */
	size_t banner;
	size_t unclean;			/* "recovery complete" ...; SIZE_MAX: none was said */
	int64_t gap_us;			/* between last and banner; IQ_NULL: not shown */
	bool few;			/* too few lines of programs to be the whole log */
};

/* RECS[BANNER] is the new boot's "Linux version"; texts, idents and hosts are valid. */
bool iq_stop_judge(const struct iq_record *recs, size_t n, size_t banner,
		   struct iq_stop *ret);

/* The event, of the boot that ended, with its lines as evidence. */
int iq_stop_put(const struct iq_record *recs, const struct iq_stop *s, int64_t member_id,
		int64_t boot_id, struct iq_sink *sink, struct iq_err *err);

#endif
