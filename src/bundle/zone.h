/* bundle/zone.h - a machine's offset from UTC, where only names tell it.
 *
 * date(1) prints an abbreviation ("CST": China's or that of the US Central); the zone's
 * own file says what it stands for there.
 */
#ifndef IQ_BUNDLE_ZONE_H
#define IQ_BUNDLE_ZONE_H

#include "base/slice.h"

/* The newest offset that a file of /usr/share/zoneinfo has for ABBREVIATION; without one
 * (n 0), the offset of a zone that has no summer time.  Local minus UTC, IQ_NULL: it does
 * not say. */
int64_t iq_zone_of_file(struct iq_slice tzif, struct iq_slice abbreviation);

/* The last change of the offset before AT_US (UTC), as from summer time; ret: its moment
 * and the offsets on its two sides.  false: the file tells of none. */
struct iq_zone_change {
	int64_t at_us, before_us, after_us;
};
bool iq_zone_last_change(struct iq_slice tzif, int64_t at_us, struct iq_zone_change *ret);

/* An abbreviation that has one meaning only ("CEST", "+08"), else IQ_NULL. */
int64_t iq_zone_of_name(struct iq_slice abbreviation);

#endif
