/* vmcore/stacks/cpu_notes.h - the registers of each processor when the machine stopped.
 *
 * From the NT_PRSTATUS notes of the dump's headers, written by QEMU or by the dying
 * kernel, and where a processor has none there, from the copy that the kernel keeps
 * (crash_notes).  See facts on vmcores 1.3, 1.5, 5.2.
 */
#ifndef IQ_VMCORE_CPU_NOTES_H
#define IQ_VMCORE_CPU_NOTES_H

#include "vmcore/kernel/kimage.h"

#define IQ_X86_REGS 21			/* the words of struct pt_regs, in its order */

struct iq_cpu_regs {
	bool known;			/* a note was found for this processor */
	bool user;			/* it was in user space */
	uint64_t ip, sp, bp;		/* bp: x29 on arm64 */
	uint64_t x86[IQ_X86_REGS];
};

/* What a processor runs, for telling whose a note is. */
struct iq_cpu_task {
	uint64_t task;			/* 0: not known */
	uint64_t low, high;		/* its stack */
	int64_t pid;
};

/* Fills RET[0 .. k->n_cpus).  -1: out of memory. */
int iq_cpu_notes_read(struct iq_kimage *k, const struct iq_cpu_task *running,
		      struct iq_cpu_regs *ret, struct iq_err *err);

#endif
