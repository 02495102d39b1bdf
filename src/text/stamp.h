/* text/stamp.h - the wall-clock stamps that logs carry.
 *
 * Pure functions; microseconds since 1970 UTC.  A stamp without zone is taken as UTC
 * and marked IQ_WALL_LOCAL; one without year gets IQ_STAMP_YEAR and IQ_WALL_NO_YEAR.
 * Digits masked with '*' (and journald's XXX XX XX:XX:XX) have the shape of a stamp
 * but no value: us is IQ_NULL then.
 *
 * Forms and names of months: dmesg(1) of util-linux with its translated patterns,
 * glibc's LC_TIME tables, RFC 3164, RFC 3339, journalctl.
 */
#ifndef IQ_TEXT_STAMP_H
#define IQ_TEXT_STAMP_H

#include "base/slice.h"
#include "model/facts.h"

struct iq_stamp {
	int64_t us;			/* IQ_NULL: masked */
	int kind;			/* enum iq_wall_kind */
	unsigned frac_digits;
	char frac_sep;			/* '.' ',' or 0 */
	char date_sep;			/* ISO: 'T' or ' ' */
	char zone;			/* ISO: 'Z', '+' (+0000), ':' (+00:00), 0 none */
	bool zero_day;			/* BSD: a one-digit day had a leading zero */
	bool seconds, year;		/* shown */
};

/* 1..12, or 0: TOKEN (without dots) is a month's short name in a language that
 * dmesg(1) or journalctl(1) speak; "9月" and "9월" too. */
int iq_stamp_month(struct iq_slice token);

/* At the front of S; the number of bytes used, or 0 if there is no such stamp. */
size_t iq_stamp_iso(struct iq_slice s, struct iq_stamp *ret);	/* 2026-11-21T09:37:29,234567+00:00 */
size_t iq_stamp_bsd(struct iq_slice s, struct iq_stamp *ret);	/* Mar  7 02:43:11.123 */
size_t iq_stamp_logcat(struct iq_slice s, struct iq_stamp *ret); /* 03-07 02:43:11.123 */
size_t iq_stamp_asctime(struct iq_slice s, struct iq_stamp *ret); /* Thu Jan  1 00:00:12 1970 */

/* The inside of the brackets of dmesg -T and -e, in any of its languages, found by
 * content: a clock, a day, a month, perhaps a year and a weekday. */
bool iq_stamp_content(struct iq_slice inside, struct iq_stamp *ret);

/* Zone behind a stamp with the blank in front of it already gone: "UTC", "CEST",
 * "+02", "+0200", "+02:00".  Applies it to *st and returns the bytes used, 0: none. */
size_t iq_stamp_zone_word(struct iq_slice s, struct iq_stamp *st);

/* Sun..Sat, English. */
bool iq_stamp_is_weekday(const char *p);

#endif
