/* text/years.h - the year of stamps that have none.
 *
 * Syslog stamps lack a year.  The peeler takes IQ_STAMP_YEAR; this counts the turns of
 * the year as the stream goes by (a jump back of more than 40 days), so that times
 * increase, and at the end finds by how many years all of them are to be moved:
 * --year, an anchor in the text, the date in the file's name, the member's mtime, in
 * this order (facts: log-dialects 9.3).  --year is the year of the last line.
 */
#ifndef IQ_TEXT_YEARS_H
#define IQ_TEXT_YEARS_H

#include "text/reader.h"

struct iq_years {
	bool any;
	int turns;			/* of the year, so far */
	int last_day;			/* month * 32 + day of the last stamp */
	int64_t last_us;		/* of the last stamp, turns counted */
	bool leap_seen;			/* a 29 February, in which turn */
	int leap_turn;
	bool has_anchor;
	int anchor_delta;
};

/* A stamp without year passes: month 1..12. */
void iq_years_pass(struct iq_years *y, int month, int day);

/* WALL_US as the peeler gave it, moved by the turns so far. */
int64_t iq_years_place(struct iq_years *y, int64_t wall_us);

/* At the placed time PLACED_US the true time was TRUE_US. */
void iq_years_anchor(struct iq_years *y, int64_t placed_us, int64_t true_us);

/* *ret_delta: years to be added.  False: nothing tells. */
bool iq_years_decide(const struct iq_years *y, const struct iq_reader_opts *opts,
		     int *ret_delta);

#endif
