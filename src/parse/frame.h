/* parse/frame.h - one line of a kernel stack trace.
 *
 * Forms of all architectures (facts: %pS, %pB): "[<ffffffff8158cbcc>] ? f+0x40/0x50",
 * " f+0x1bd/0x4e0 [mod]", "([<..>] f+0x..)", arm's "[<c001>] (f+0x0/0x10) from ...".
 * A pure function; slices are views into the line.
 */
#ifndef IQ_PARSE_FRAME_H
#define IQ_PARSE_FRAME_H

#include "model/facts.h"

struct iq_frame {
	struct iq_slice function;
	struct iq_slice module;		/* p NULL: core kernel */
	int64_t offset;
	bool addressed;			/* [<address>] stands in front (x86: until 4.9) */
	bool reliable;			/* false: "? ", found on the stack but not proven */
};

bool iq_frame_parse(struct iq_slice text, struct iq_frame *ret);

/* The context mark at the front of *s, without brackets: "IRQ", "/TASK", "EOE"; *s is
 * moved behind it.  n 0: none. */
struct iq_slice iq_frame_mark(struct iq_slice *s);

/* <TASK>, </IRQ>, <EOI> ... */
bool iq_frame_is_mark(struct iq_slice text);

/* Nothing but words of 8 or 16 hex digits: the raw stack of kernels up to 4.9. */
bool iq_frame_is_hex_words(struct iq_slice text);

/* Does the frame tell what was being allocated?  (vmalloc, fork, page fault ...) */
bool iq_frame_tells(struct iq_slice function);

/* The architecture that alone has such a frame (uname -m), or NULL. */
const char *iq_frame_arch(struct iq_slice function);

#endif
