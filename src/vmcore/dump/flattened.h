/* vmcore/dump/flattened.h - putting a flattened dump (makedumpfile -F, QEMU) back in shape.
 *
 * The stream is a header of 4096 bytes and records {offset, size, bytes} in the order
 * of writing; libkdumpfile of Debian 12 does not read it.  The real file is rebuilt in
 * one without a name, sparse (input/scratch.h).
 */
#ifndef IQ_VMCORE_FLATTENED_H
#define IQ_VMCORE_FLATTENED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/limits.h"

#define IQ_FLAT_HEAD_BYTES 4096

bool iq_flat_is(const char *head, size_t n);

/* Rebuilds FD into OUT.  *ret_cut: there is no end mark, or a record is impossible;
 * what came before stands.  -1: it could not be written, or a limit was reached. */
int iq_flat_rebuild(int fd, int out, const struct iq_limits *limits, bool *ret_cut,
		    struct iq_err *err);

#endif
