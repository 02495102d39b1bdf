/* kern/taint.h - the taint letters and what they mean (kernel/panic.c:taint_flags). */
#ifndef IQ_KERN_TAINT_H
#define IQ_KERN_TAINT_H

#include "base/buf.h"

struct iq_taint {
	char letter;
	const char *name;		/* as "Tainted: [O]=OOT_MODULE" prints it (6.12) */
	const char *meaning;
	bool suspect;			/* code or hardware outside the kernel's own: look there */
};

const struct iq_taint *iq_taint(char letter);	/* NULL: none such */

/* Letters of "Tainted: G           OE  " or "G OE": each once, blanks left out, into
 * RET (NUL-terminated).  Returns how many; 0 for "Not tainted" and nothing. */
size_t iq_taint_letters(struct iq_slice text, char ret[32]);

#define IQ_TAINT_LETTERS_MAX 65

/* Letters of the bits of tainted_mask or of a module's taints, lowest first; a bit that
 * no kernel known here uses is '?'. */
void iq_taint_of_bits(uint64_t bits, char ret[IQ_TAINT_LETTERS_MAX]);

#endif
