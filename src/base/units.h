/* base/units.h - bytes and times between numbers and text.
 *
 * Time is int64 microseconds: since 1970-01-01 UTC (wall) or since boot (mono).
 * Calendar arithmetic is our own (proleptic Gregorian), so neither TZ nor the
 * locale of the machine that runs inquest has a say.
 */
#ifndef IQ_BASE_UNITS_H
#define IQ_BASE_UNITS_H

#include "base/buf.h"

#define IQ_USEC INT64_C(1000000)

struct iq_civil {
	int year, month, day;		/* month 1..12 */
	int hour, minute, second, usec;
};

/* Days since 1970-01-01; any year within +-1e6. */
int64_t iq_days_from_civil(int year, int month, int day);
int64_t iq_civil_to_us(const struct iq_civil *c);
void iq_civil_from_us(int64_t us, struct iq_civil *ret);
bool iq_civil_valid(const struct iq_civil *c);

/* 2021-09-08T18:01:32Z, with a fraction if there is one. */
void iq_time_iso(struct iq_buf *out, int64_t wall_us);

/* ISO 8601 date or date and time, zone optional (UTC).  False if it is none. */
bool iq_time_parse(struct iq_slice s, int64_t *ret_us);

/* 190 MiB, 46592 KiB -> "45.5 MiB": three significant digits, powers of 1024. */
void iq_human_bytes(struct iq_buf *out, int64_t bytes);

/* 10, 64K, 1.5G ... (K M G T, optionally iB or B; powers of 1024). */
bool iq_size_parse(struct iq_slice s, uint64_t *ret_bytes);

#endif
