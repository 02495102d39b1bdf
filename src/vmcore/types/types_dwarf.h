/* vmcore/types/types_dwarf.h - types out of the DWARF of a kernel's ELF file. */
#ifndef IQ_VMCORE_TYPES_DWARF_H
#define IQ_VMCORE_TYPES_DWARF_H

#include "vmcore/dump/elf_file.h"
#include "vmcore/types/types.h"

/* F belongs to the types if this succeeds.  -1 with ERR: no DWARF, none of a kernel, or
 * out of memory. */
int iq_types_dwarf_new(struct iq_elf_file *f, struct iq_types **ret, struct iq_err *err);

#endif
