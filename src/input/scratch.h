/* input/scratch.h - a file without a name, gone when it is closed.
 *
 * In $TMPDIR, else /var/tmp, else /tmp; where none can be written (a jail), in
 * memory.  Whoever fills it keeps to a limit.
 */
#ifndef IQ_INPUT_SCRATCH_H
#define IQ_INPUT_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

/* The descriptor, or -1 with ERR filled. */
int iq_scratch_open(struct iq_err *err);

/* Writes all of P at offset AT, leaving holes where pages of P are zero unless OVER
 * (something may have been written there before); the caller ends with ftruncate().
 * 0, or -1 with ERR filled. */
int iq_scratch_write(int fd, const char *p, size_t n, int64_t at, bool over,
		     struct iq_err *err);

#endif
