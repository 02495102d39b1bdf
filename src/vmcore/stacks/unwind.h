/* vmcore/stacks/unwind.h - who called whom: the frames of a stack in the dump.
 *
 * A frame is reliable if each step to it was told by the kernel's own tables or frame
 * records.  Where these end without having reached the end of the stack, what looks like
 * return addresses farther up is listed, not reliable, as the kernel prints it with "?".
 * Nothing is allocated; every step is bounded.
 */
#ifndef IQ_VMCORE_UNWIND_H
#define IQ_VMCORE_UNWIND_H

#include "vmcore/dump/memory.h"
#include "vmcore/stacks/orc.h"
#include "vmcore/symbols/symbols.h"

#define IQ_FRAMES_MAX 200
#define IQ_FRAMES_SCANNED_MAX 64
#define IQ_CROSSINGS_MAX 4

struct iq_frame {
	uint64_t ip;
	bool exact;		/* an instruction; else a return address behind a call */
	bool reliable;
};

enum iq_stack_end {
	IQ_STACK_WHOLE,		/* to user space, or to where nobody called */
	IQ_STACK_LOST,		/* the way on is not known */
	IQ_STACK_UNREADABLE,	/* it is known, but memory is missing */
	IQ_STACK_TOO_LONG,
};

struct iq_stack_frames {
	struct iq_frame frame[IQ_FRAMES_MAX + IQ_FRAMES_SCANNED_MAX];
	size_t n;
	enum iq_stack_end end;	/* of the reliable part */
	bool rewound;		/* of a task that died in an oops */
	/* x86: exceptions and interrupts that took the kernel away from something, the
	 * innermost first */
	struct iq_crossing {
		uint64_t regs;		/* what was saved, a struct pt_regs */
		bool whole;		/* all of it; else ip cs flags sp ss */
		size_t frame;		/* number of the frame that was interrupted */
	} crossing[IQ_CROSSINGS_MAX];
	size_t n_crossings;
};

/* Where to begin.  Of a sleeping task ip is a return address, of a running one an
 * instruction and the registers are known. */
struct iq_unwind_start {
	uint64_t ip, sp, bp;	/* bp: the frame pointer, x29 on arm64 */
	bool exact;
	uint64_t low, high;	/* the task's stack, [low, high); 0: not known */
	const uint64_t *regs;	/* x86: in the order of struct pt_regs, 21; NULL: unknown */
};

struct iq_unwinder {
	const struct iq_memory *mem;
	const struct iq_symbols *symbols;
	struct iq_orc orc;		/* x86; n 0: none */
	bool indirect_first;		/* x86 before 5.12: SP_INDIRECT adds, then reads */
	uint64_t pac_mask;		/* arm64 */
	uint64_t stackframe_at, regs_pc_at;	/* arm64: in pt_regs; 0: unknown */
	uint64_t stack_size;
};

void iq_unwind_x86(const struct iq_unwinder *u, const struct iq_unwind_start *s,
		   struct iq_stack_frames *ret);
void iq_unwind_arm64(const struct iq_unwinder *u, const struct iq_unwind_start *s,
		     struct iq_stack_frames *ret);

/* unwind_scan.c: adds what looks like return addresses from SP to the end of the
 * stack. */
void iq_unwind_scan(const struct iq_unwinder *u, const struct iq_unwind_start *s,
		    uint64_t sp, struct iq_stack_frames *ret);
/* The function that the instruction before VA, or at VA if EXACT, belongs to. */
bool iq_unwind_symbol(const struct iq_unwinder *u, uint64_t va, bool exact,
		      struct iq_symbol_at *ret);
bool iq_unwind_in(const struct iq_unwinder *u, uint64_t va, bool exact,
		  const char *const *functions);
/* True if there is a call right before VA; *TARGET is where it goes to, 0 if that is not
 * told by the instruction.  False also if text is not in the dump: then *READABLE is. */
bool iq_unwind_call_before(const struct iq_unwinder *u, uint64_t va, uint64_t *target,
			   bool *readable);
static inline bool iq_unwind_add(struct iq_stack_frames *f, uint64_t ip, bool exact,
				 bool reliable)
{
	if (f->n >= sizeof f->frame / sizeof *f->frame)
		return false;
	f->frame[f->n++] = (struct iq_frame){ ip, exact, reliable };
	return true;
}

#endif
