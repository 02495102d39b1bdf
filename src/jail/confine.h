/* jail/confine.h - what a child gives up before it looks at a capture. */
#ifndef IQ_JAIL_CONFINE_H
#define IQ_JAIL_CONFINE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/limits.h"

/* Limits and system call filter of the calling process, for good.  A kernel
 * without seccomp is no error: *ret_filtered says whether the filter stands. */
int iq_confine(const struct iq_limits *limits, bool *ret_filtered, struct iq_err *err);

#endif
