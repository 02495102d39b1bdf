/* import/remarks.h - what is to be said of the captures, kept to the end.
 *
 * Lines that scrolled by among thousands are lost; at the end they stand together, in the
 * order of the paths, and not more of them than anybody reads.  Owns its strings.
 */
#ifndef IQ_IMPORT_REMARKS_H
#define IQ_IMPORT_REMARKS_H

#include <stddef.h>

/* Beyond this many only their number is told. */
#define IQ_REMARKS_MAX 100

struct iq_remarks {
	struct iq_remark { char *line; size_t path_n, seq; } *at;
	size_t n, cap;
	size_t lost;			/* for want of memory */
};

/* LINE is "PATH...: TEXT"; those of one path (its first PATH_N bytes; 0: the whole line
 * tells) stay in the order in which they came. */
void iq_remarks_add(struct iq_remarks *r, const char *line, size_t path_n);
/* Hands the lines to SAY and forgets them.  WHERE: how to see the rest, or NULL. */
void iq_remarks_say(struct iq_remarks *r, void (*say)(void *arg, const char *line),
		    void *arg, const char *where);

#endif
