/* import/plain.h - `inquest log` and `inquest identify`: what a capture holds, as
 * text, written by the child itself. */
#ifndef IQ_IMPORT_PLAIN_H
#define IQ_IMPORT_PLAIN_H

#include "import/request.h"
#include "input/input.h"

/* Writes to FD.  The exit status of the child: 0, IQ_PLAIN_DAMAGED, IQ_PLAIN_NOTHING,
 * IQ_READ_PASSED_OVER (nothing, and nothing wrong with it) or IQ_PLAIN_IO. */
#define IQ_PLAIN_NOTHING 1
#define IQ_PLAIN_DAMAGED 3
#define IQ_PLAIN_IO 4
int iq_read_plain(const struct iq_read_request *req, const struct iq_walk_opts *opts, int fd);

#endif
