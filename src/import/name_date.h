/* import/name_date.h - the date that a rotated log carries in its name. */
#ifndef IQ_IMPORT_NAME_DATE_H
#define IQ_IMPORT_NAME_DATE_H

#include "base/slice.h"

/* messages-20240101, syslog.2024-01-01.gz: midnight UTC of that day, in
 * microseconds; IQ_NULL if there is none in the last part of the path. */
int64_t iq_name_date(struct iq_slice path);

#endif
