/* plugins/killer.h - a kill by a program for lack of memory, and the figures in its own
 * words.  Shared by the files of the plugin memory-killer, and by nothing else.
 *
 * The figures are read from text that anybody may have written: what does not fit is
 * INQUEST_NULL, and all of it is bounded by the line.
 */
#ifndef PLUGINS_KILLER_H
#define PLUGINS_KILLER_H

#include "inquest/plugin.h"

/* --- killer_figures.c: pure */

/* What stands behind the first LEAD in TEXT, blanks skipped; NULL: no such lead. */
const char *killer_behind(const char *text, const char *lead);
/* A whole number there: "mem avail:  702 of 7870 MiB". */
int64_t killer_int(const char *text, const char *lead);
/* A number with at most two places, in hundredths: "61.21%" is 6121. */
int64_t killer_hundredths(const char *text, const char *lead);
/* A quantity of Kubernetes in bytes: "60124Ki", "100Mi", "1.5Gi", "500M", "123". */
int64_t killer_quantity(const char *text, const char *lead);
/* Bytes of TEXT up to END (to its end if that is not there), at most 512. */
size_t killer_until(const char *text, const char *end);
/* Last component of a cgroup path: the unit. */
const char *killer_last_part(const char *path);

/* --- */

struct killer_look {
	const struct inquest_host *h;
	struct inquest_ctx *ctx;
	const struct inquest_event *ev;
	const struct inquest_oom *o;
	const struct inquest_victim *v;		/* the first; NULL: none */
	const struct inquest_line *const *lines;	/* of killers and tellers */
	size_t n_lines;
	const char *reason;			/* as the program gave it; "" */
};

/* The first of the lines with WHAT in it; NULL. */
const char *killer_line(const struct killer_look *l, const char *what);

/* --- killer_say.c: title, explanation, advice of the killer NAME.  0: not known. */
int killer_say(const struct killer_look *l, struct inquest_finding *f, const char *name);

#endif
