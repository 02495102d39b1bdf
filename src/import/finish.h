/* import/finish.h - the end of a capture: its hash and status, the digest beside it, what
 * was left out, and all that waited for its last member. */
#ifndef IQ_IMPORT_FINISH_H
#define IQ_IMPORT_FINISH_H

#include "import/capture.h"

int iq_capture_finish(struct iq_capture_run *c, struct iq_err *err);

#endif
