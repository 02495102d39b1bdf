/* vmcore/symbols/symbols.h - names and addresses of the kernel in the dump.
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

#define IQ_SYMBOLS_MAX 2000000		/* a kernel has 100 000 to 250 000 */
#define IQ_SYMBOL_NAME_MAX 1024		/* KSYM_NAME_LEN: 128, 512 since 6.1 */

/* MODULE p NULL: the kernel's, which come first; then those of one module after the
 * other.  Slices are copied.  -1: out of memory, or a limit. */
int iq_symbols_add(struct iq_symbols *s, struct iq_slice name, struct iq_slice module,
		   uint64_t va, char type);
/* Where code is.  The kernel's own ranges come from its symbols (_stext, _sinittext);
 * a module's have to be told, after its first symbol, or without any. */
int iq_symbols_text(struct iq_symbols *s, struct iq_slice module, uint64_t start,
		    uint64_t size);
/* After the last add (of the kernel, and again of the modules), before any question. */
int iq_symbols_sort(struct iq_symbols *s, struct iq_err *err);
/* Forgets everything: a table that turned out wrong. */
void iq_symbols_reset(struct iq_symbols *s);

/* For whoever learns names before addresses: the number of the kernel's symbol NAME
 * (chosen as by iq_symbol), its address set, all from number N on dropped.  Before
 * sorting. */
bool iq_symbols_number(const struct iq_symbols *s, struct iq_slice name, uint32_t *ret);
void iq_symbols_move(struct iq_symbols *s, uint32_t number, uint64_t va);
/* Symbol NUMBER, below iq_symbols_count(): its name behind its type letter, its
 * address. */
struct iq_slice iq_symbols_nth(const struct iq_symbols *s, uint32_t number, uint64_t *va);
void iq_symbols_cut(struct iq_symbols *s, uint32_t n);

size_t iq_symbols_count(const struct iq_symbols *s);

/* The kernel's own symbol NAME; of several the first that is data (d D b B r R), else
 * the first.  False: none. */
bool iq_symbol(const struct iq_symbols *s, const char *name, uint64_t *va);

/* The symbol NAME of MODULE. */
bool iq_symbol_of(const struct iq_symbols *s, struct iq_slice module, const char *name,
		  uint64_t *va);

/* True if VA is in code of the kernel or of a module, whether or not a symbol is known
 * there. */
bool iq_symbol_is_text(const struct iq_symbols *s, uint64_t va);

/* The text symbol that VA lies in: the last at or below it; of aliases the first in
 * table order, as the kernel prints.  False: VA is in no text of kernel or module.
 * For a return address ask for VA - 1 and print the offset + 1.
 * Of a module without symbols: name p NULL, start that of its code. */
bool iq_symbol_at(const struct iq_symbols *s, uint64_t va, struct iq_symbol_at *ret);

/* The variable that VA lies in or behind: the last symbol at or below it that is no
 * code, of MODULE, p NULL: of the kernel.  Looks at all of them. */
bool iq_symbol_below(const struct iq_symbols *s, struct iq_slice module, uint64_t va,
		     struct iq_symbol_at *ret);

#endif
