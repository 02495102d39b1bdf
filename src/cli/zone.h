/* cli/zone.h - --timezone: a constant offset from UTC. */
#ifndef IQ_CLI_ZONE_H
#define IQ_CLI_ZONE_H

#include <stdbool.h>
#include <stdint.h>

/* "+08:00", "UTC", "Z", or a name of the system's zone files whose offset is the
 * same in winter and summer of YEAR (0: this one): a changing one would shift half
 * of the log silently.  False otherwise. */
bool iq_zone_offset(const char *text, int year, int64_t *ret_offset_us);

#endif
