/* vmcore/symbols.h - names and addresses of the kernel in the dump.
 *
 * Filled from the dump's own kallsyms (kallsyms.c, by VMCOREINFO or by searching for
 * the tables), its modules' symbol tables (modsyms.c), or a System.map that somebody
 * gave (sysmap.c).  Addresses are those in the dump, KASLR applied; per-CPU symbols
 * are what the kernel has for them: add __per_cpu_offset[cpu], modulo 2^64.
 *
 * Follows kernel/kallsyms.c and scripts/kallsyms.c of 2.6.32 to 7.x.  Names are not
 * unique.  Everything is freed with the table; slices live as long.
 */
#ifndef IQ_VMCORE_SYMBOLS_H
#define IQ_VMCORE_SYMBOLS_H

#include "base/err.h"
#include "base/slice.h"

struct iq_symbols;

struct iq_symbol_at {
	struct iq_slice name;
	struct iq_slice module;		/* p NULL: the kernel itself */
	uint64_t start, size;		/* size: up to the next symbol */
	char type;			/* the letter of nm(1) */
};

struct iq_symbols *iq_symbols_new(void);
void iq_symbols_free(struct iq_symbols *s);

/* MODULE p NULL: the kernel's.  Slices are copied.  -1: out of memory or over the limit
 * of symbols. */
int iq_symbols_add(struct iq_symbols *s, struct iq_slice name, struct iq_slice module,
		   uint64_t va, char type);
/* After the last add (of the kernel, and again of the modules), before any question. */
int iq_symbols_sort(struct iq_symbols *s, struct iq_err *err);

size_t iq_symbols_count(const struct iq_symbols *s);

/* The kernel's own symbol NAME; of several the first that is data (d D b B r R), else
 * the first.  False: none. */
bool iq_symbol(const struct iq_symbols *s, const char *name, uint64_t *va);

/* The text symbol that VA lies in: the last at or below it; of aliases the first in
 * table order, as the kernel prints.  False: VA is in no text of kernel or module.
 * For a return address ask for VA - 1 and print the offset + 1. */
bool iq_symbol_at(const struct iq_symbols *s, uint64_t va, struct iq_symbol_at *ret);

#endif
