/* kern/mce.h - the status register of a machine check bank, in words.
 *
 * MCi_STATUS of x86: what failed (the architectural code in its low 16 bits) and how
 * bad it is.  Follows the Intel SDM 3B, "Machine-Check Architecture", the AMD APM 2 and
 * arch/x86/kernel/cpu/mce/severity.c.
 */
#ifndef IQ_KERN_MCE_H
#define IQ_KERN_MCE_H

#include "base/slice.h"

enum iq_mce_unit {
	IQ_MCE_UNKNOWN,
	IQ_MCE_MEMORY,			/* memory controller: DIMM, channel */
	IQ_MCE_CACHE,			/* of the processor */
	IQ_MCE_TLB,
	IQ_MCE_BUS,			/* between processors, or to I/O */
	IQ_MCE_INTERNAL,		/* of the processor itself */
	IQ_MCE_IO,
};

enum iq_mce_severity {
	IQ_MCE_NONE,			/* the register is not valid */
	IQ_MCE_CORRECTED,
	IQ_MCE_DEFERRED,		/* uncorrected, and nobody has used it yet */
	IQ_MCE_RECOVERABLE,		/* uncorrected; the task that used it can be killed */
	IQ_MCE_UNCORRECTED,
	IQ_MCE_FATAL,			/* the processor's state is lost */
};

struct iq_mce {
	enum iq_mce_unit unit;
	enum iq_mce_severity severity;
	unsigned code, model_code;	/* MCACOD, MSCOD */
	bool overflow;			/* more came than the bank could hold */
	bool address, misc;		/* their registers are valid */
	int channel;			/* of a memory controller; -1: not told */
	char what[96];			/* "memory controller, read, channel 1" */
};

/* AMD: its meaning of the bits that the makers differ in. */
void iq_mce_read(uint64_t status, bool amd, struct iq_mce *ret);

const char *iq_mce_severity_text(enum iq_mce_severity s);

#endif
