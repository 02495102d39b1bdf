/* kern/insn.h - which register the faulting instruction took its address from.
 *
 * The instruction stands marked in the "Code:" line, the registers in lines of their
 * own; together they say "RAX was NULL, and the member at 0x28 was read".  Knows as
 * much of x86-64, i386 and arm64 as addresses of memory take.  Follows the Intel SDM 2
 * and the Arm ARM (loads and stores).
 */
#ifndef IQ_KERN_INSN_H
#define IQ_KERN_INSN_H

#include "base/slice.h"

#define IQ_REGISTERS_MAX 48

struct iq_register {
	char name[8];			/* as printed, in capitals: RAX, X0, EIP */
	uint64_t value;
};

/* "RAX: 0000... RBX: ...", "x29: ffff... x28: ...", "EAX: ..", lines joined by newlines.
 * Each name once, the first wins.  Returns how many. */
size_t iq_registers_read(struct iq_slice text, struct iq_register *ret, size_t max);

struct iq_operand {
	const struct iq_register *base, *index;	/* of the list given; NULL: none */
	int64_t displacement;
	unsigned scale;
	uint64_t address;		/* what they make together */
};

/* The memory operand of the marked instruction of CODE; false: none, unreadable, or a
 * register is not in the list. */
bool iq_operand_read(struct iq_slice code, struct iq_slice arch,
		     const struct iq_register *regs, size_t n, struct iq_operand *ret);

#endif
