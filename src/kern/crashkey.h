/* kern/crashkey.h - one text for one defect, on whatever host and build it shows.
 *
 *	null-deref | lab_release_buffer[lab_null] < lab_flush_queue[lab_null] < proc_reg_write
 *
 * panics.md 8: the form, the function that matters and up to two frames outward, names
 * without suffixes of the compiler, system call wrappers, offsets.  No addresses, pids,
 * CPUs, lines.  Another recipe is another IQ_CRASHKEY_VERSION: keys of two versions do
 * not compare.  Pure.
 */
#ifndef IQ_KERN_CRASHKEY_H
#define IQ_KERN_CRASHKEY_H

#include "base/slice.h"

#define IQ_CRASHKEY_VERSION 1
#define IQ_CRASHKEY_FRAMES 3
#define IQ_CRASHKEY_MAX 512

struct iq_crashkey {
	struct iq_slice form;
	struct { struct iq_slice function, module; } frames[IQ_CRASHKEY_FRAMES];
	unsigned n;
};

/* The next frame outward; what is over IQ_CRASHKEY_FRAMES is left out. */
void iq_crashkey_frame(struct iq_crashkey *k, struct iq_slice function,
		       struct iq_slice module);

/* Into BUF; n 0 where nothing but the form is known (such keys would match anything). */
struct iq_slice iq_crashkey_text(const struct iq_crashkey *k, char *buf, size_t n);
/* Form and function alone. */
struct iq_slice iq_crashkey_loose(const struct iq_crashkey *k, char *buf, size_t n);

#endif
