/* parse/crashlist.h - dumps in a listing of the directory where crashes are saved: ls -alhR,
 * ls -alZR, ls -alRh (sos), find (supportconfig). */
#ifndef IQ_PARSE_CRASHLIST_H
#define IQ_PARSE_CRASHLIST_H

#include "base/slice.h"

struct iq_listed_dump {
	struct iq_slice dir, name;	/* "/var/crash/202401020304", "dump.202401020304" */
	struct iq_slice size;		/* as printed, "1.2G" or bytes; p NULL: not told */
	struct iq_slice time;		/* as printed, "Jan  2 03:04" */
};

/* Is a file of that name a dump, whole or not? */
bool iq_is_dump_name(struct iq_slice name);

void iq_crashlist_read(struct iq_slice text,
		       void (*found)(void *arg, const struct iq_listed_dump *d), void *arg);

#endif
