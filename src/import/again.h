/* import/again.h - small members that are known only by the name of a link to them. */
#ifndef IQ_IMPORT_AGAIN_H
#define IQ_IMPORT_AGAIN_H

#include "import/capture.h"

/* Walks the capture once more if a link has a name that tells of the machine and what it
 * points to has not; hands each such text to MEMBER under the link's name.  Says which
 * links run in circles.  -1 with ERR: MEMBER said stop. */
int iq_read_again(struct iq_capture_run *c, const struct iq_walk_opts *opts,
		  int (*member)(void *arg, struct iq_stream *m, struct iq_err *err), void *arg,
		  struct iq_err *err);

#endif
