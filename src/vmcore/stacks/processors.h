/* vmcore/stacks/processors.h - what each processor did when the machine stopped: its task,
 * where it was before an exception or interrupt took it away, and its registers then.
 *
 * The registers of an oops or a lockup are those that the exception saved on the stack
 * (struct pt_regs, arch/x86/include/asm/ptrace.h); those of the note are what the
 * processor did last, mostly panic itself.
 */
#ifndef IQ_VMCORE_PROCESSORS_H
#define IQ_VMCORE_PROCESSORS_H

#include "vmcore/stacks/cpu_notes.h"
#include "vmcore/stacks/unwind.h"
#include "vmcore/state/tasks.h"

struct iq_place {
	struct iq_slice function, module;	/* p NULL: not known; the kernel itself */
	int64_t offset;
};

struct iq_processor {
	int64_t cpu;
	const struct iq_task_at *task;
	const struct iq_cpu_regs *regs;
	const struct iq_crossing *crossing;	/* by which it was taken away; NULL: none */
	struct iq_place at;
	struct iq_slice entered_by;
};

/* The frame that tells what the processor did, 0 if F has none.  NULL: it was not taken
 * from there by an exception or interrupt. */
const struct iq_crossing *iq_processor_place(const struct iq_unwinder *u,
					     const struct iq_stack_frames *f, size_t *at);

/* -1: the sink failed. */
int iq_processor_put(struct iq_kimage *k, const struct iq_processor *p,
		     struct iq_err *err);

#endif
