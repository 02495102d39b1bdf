/* vmcore/symbols/kallsyms.h - where the kernel's own symbol table lies, and how it is read.
 *
 * Follows scripts/kallsyms.c and kernel/kallsyms.c of 2.6.32 to 7.x.
 */
#ifndef IQ_VMCORE_KALLSYMS_H
#define IQ_VMCORE_KALLSYMS_H

#include "vmcore/dump/memory.h"
#include "vmcore/symbols/symbols.h"
#include "vmcore/dump/vmcoreinfo.h"

/* Addresses in the dump; 0: this kernel has no such table. */
struct iq_kallsyms {
	uint64_t names, token_table, token_index;
	uint64_t offsets;		/* s32 each, or */
	uint64_t addresses;		/* a long each */
	uint64_t relative_base;		/* where the base of the offsets stands */
	uint64_t markers;		/* 0: known only by what precedes it */
	uint32_t n;
};

/* From VMCOREINFO, since 6.0.  False: it does not name them. */
bool iq_kallsyms_told(const struct iq_memory *mem, const struct iq_vmcoreinfo *info,
		      struct iq_kallsyms *ret);

/* kallsyms_scan.c: searched for in the kernel's memory around _stext; 5.10 and older,
 * and up to 6.3 the same order.  False: not found. */
bool iq_kallsyms_scan(const struct iq_memory *mem, const struct iq_vmcoreinfo *info,
		      uint64_t page_size, struct iq_kallsyms *ret);

/* Adds all symbols to S, which has none yet.  How lengths and addresses are written is
 * decided by the table itself: by its markers, and by the symbols whose addresses
 * VMCOREINFO gives.  -1 with ERR: not readable, or it does not fit the kernel; S is then
 * empty again.  *MISSING: symbols behind a place that could not be read. */
int iq_kallsyms_decode(const struct iq_memory *mem, const struct iq_vmcoreinfo *info,
		       const struct iq_kallsyms *t, struct iq_symbols *s, uint32_t *missing,
		       struct iq_err *err);

/* ksymtab.c: adds what the kernel exports and the table K, read into S, does not name:
 * variables of a kernel built without CONFIG_KALLSYMS_ALL.  0; 1: not found; -1: out of
 * memory. */
int iq_ksymtab_read(const struct iq_memory *mem, const struct iq_kallsyms *k,
		    struct iq_symbols *s);

/* What VMCOREINFO says of symbols, SYMBOL(NAME)=VA: what a table is proven by. */
#define IQ_KNOWN_MAX 64
struct iq_known {
	struct iq_slice name;		/* into VMCOREINFO */
	uint64_t va;
	uint32_t no;			/* in a table of symbols, if found there */
	bool found;
};
/* How many of them, at most IQ_KNOWN_MAX; looked up in S. */
size_t iq_known_symbols(const struct iq_vmcoreinfo *info, const struct iq_symbols *s,
			struct iq_known *ret);

#endif
