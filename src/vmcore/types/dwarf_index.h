/* vmcore/types/dwarf_index.h - which types and enumerators DWARF has, by name; private to
 * types_dwarf.c and dwarf_index.c. */
#ifndef IQ_VMCORE_DWARF_INDEX_H
#define IQ_VMCORE_DWARF_INDEX_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct iq_dwarf_table {
	struct iq_dwarf_slot *slots;
	size_t mask, n;
};

struct iq_dwarf_index {
	Dwarf *dw;
	struct iq_dwarf_table types, constants;
	Dwarf_Off *nameless;		/* enums without a name */
	size_t n_nameless;
	uint64_t entries;		/* looked at so far */
	bool constants_done, full;	/* full: no memory for more */
};

/* Name spaces: 's' structures and unions, 'e' enums, 't' typedefs, 'c' enumerators (the
 * enum they are of). */
bool iq_dwarf_find(const struct iq_dwarf_index *d, const char *name, char space,
		   Dwarf_Die *ret);
/* ALL: every compile unit, not only those with a promising name. */
void iq_dwarf_read_units(struct iq_dwarf_index *d, bool all);
/* Calls EACH for all enums. */
void iq_dwarf_each_enum(struct iq_dwarf_index *d, void (*each)(void *arg, Dwarf_Die *die),
			void *arg);
/* Enumerator NAME is of the enum at AT; the first one stays. */
void iq_dwarf_add_constant(struct iq_dwarf_index *d, const char *name, Dwarf_Off at);
void iq_dwarf_free(struct iq_dwarf_index *d);

#endif
