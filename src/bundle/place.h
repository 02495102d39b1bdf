/* bundle/place.h - where in a bundle a member lies, whatever way it came.
 *
 * One path for the same datum however the bundle was packed: behind a top directory of
 * any name or several, in a tar beside the directory it stands for (sos --pack-dir),
 * cut and moved to sos_strings (.tailed), a section of a supportconfig text file.
 * Pure; borrows its arguments but for what it has to put together (MEM).
 */
#ifndef IQ_BUNDLE_PLACE_H
#define IQ_BUNDLE_PLACE_H

#include "base/arena.h"

struct iq_bundle_place {
	struct iq_slice root;		/* of the bundle, with its last slash; may be "" */
	struct iq_slice path;		/* in it: "proc/meminfo", "sos_commands/host/uptime",
					 * "sos_commands/supportconfig/free_-k" */
	struct iq_slice command;	/* "ps_auxwww": the file name sos gives a command's
					 * output; p NULL: a copy of a file */
	bool tailed;			/* only the end of it, from within a line on */
	bool section;			/* of a supportconfig file: without comments and
					 * empty lines, if a copy of a file */
};

/* NAME as the walk gives it; ROOT: that of the bundle it lies in where known (p NULL:
 * found by the directories below it).  False: lies in no bundle as far as its name
 * tells, or memory is out. */
bool iq_bundle_place(struct iq_slice name, struct iq_slice root, struct iq_arena *mem,
		     struct iq_bundle_place *ret);

/* Does the last directory of ROOT have a name that collectors give? */
bool iq_bundle_is_named(struct iq_slice root);

/* "/usr/bin/free -k" as sos would name the file: "free_-k". */
struct iq_slice iq_bundle_mangle(struct iq_slice command, struct iq_arena *mem);

#endif
