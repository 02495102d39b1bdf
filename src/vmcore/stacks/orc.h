/* vmcore/stacks/orc.h - how to find the caller of any instruction of an x86-64 kernel.
 *
 * The kernel carries tables (CONFIG_UNWINDER_ORC, since 4.14) that tell for each range of
 * instructions where the previous stack pointer is; a module brings its own.  They are
 * searched where they lie in the dump.  Which of the forms they have is seen from the
 * entries.  Follows arch/x86/kernel/unwind_orc.c and arch/x86/include/asm/orc_types.h of
 * 4.14 to 7.x; see facts on vmcores 5.1.
 */
#ifndef IQ_VMCORE_ORC_H
#define IQ_VMCORE_ORC_H

#include "vmcore/dump/memory.h"

enum iq_orc_type {
	IQ_ORC_UNDEFINED,	/* nothing is known of these instructions */
	IQ_ORC_END,		/* nobody called this */
	IQ_ORC_CALL,		/* a return address lies below the previous stack pointer */
	IQ_ORC_REGS,		/* a struct pt_regs lies there */
	IQ_ORC_REGS_PARTIAL,	/* its last five words: ip cs flags sp ss */
};

/* Registers by name: their numbers changed. */
enum iq_orc_reg {
	IQ_ORC_NONE, IQ_ORC_PREV_SP, IQ_ORC_AX, IQ_ORC_DX, IQ_ORC_DI, IQ_ORC_BP, IQ_ORC_SP,
	IQ_ORC_R10, IQ_ORC_R13, IQ_ORC_BP_INDIRECT, IQ_ORC_SP_INDIRECT, IQ_ORC_BAD,
};

struct iq_orc_entry {
	int16_t sp_offset, bp_offset;
	uint8_t sp_reg, bp_reg;		/* enum iq_orc_reg */
	uint8_t type;			/* enum iq_orc_type */
	bool signal;			/* what comes next is an instruction, not a return */
};

/* How the 16 bits behind the offsets are divided. */
enum iq_orc_form {
	IQ_ORC_TYPE2,		/* type:2 end:1, to 6.2 */
	IQ_ORC_TYPE2_SIGNAL,	/* type:2 signal:1 end:1, 6.3 */
	IQ_ORC_TYPE3,		/* type:3 signal:1, since 6.4 */
};

struct iq_orc_table {
	uint64_t ips, entries;		/* arrays: s32 relative to itself; 6 bytes */
	uint32_t n;
	uint64_t first, last;		/* addresses of its first and last entry */
};

struct iq_orc_memo;

struct iq_orc {
	const struct iq_memory *mem;
	struct iq_orc_memo *memo;	/* of what was asked: tasks wait at few places */
	struct iq_orc_table *tables;	/* sorted by first */
	size_t n, cap;
	enum iq_orc_form form;
	bool new_registers;		/* numbered as in 7.x */
};

void iq_orc_init(struct iq_orc *o, const struct iq_memory *mem);
void iq_orc_fini(struct iq_orc *o);

/* A table of N entries; of the kernel first.  0; 1: not readable; -1: out of memory. */
int iq_orc_add(struct iq_orc *o, uint64_t ips, uint64_t entries, uint64_t n);

/* After the last: sorts, and finds out from the largest table how entries are written.
 * SIGNAL_BIT: types say that there is one beside a type of two bits.  False: no table
 * that makes sense. */
bool iq_orc_ready(struct iq_orc *o, bool signal_bit);

/* The entry for IP; false: none, or not readable. */
bool iq_orc_find(const struct iq_orc *o, uint64_t ip, struct iq_orc_entry *ret);

#endif
