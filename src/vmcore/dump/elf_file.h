/* vmcore/dump/elf_file.h - a kernel's ELF file that somebody gave: its build id, its .BTF, its
 * symbols.  Read by libelf, which checks what the file says against its length.
 */
#ifndef IQ_VMCORE_ELF_FILE_H
#define IQ_VMCORE_ELF_FILE_H

#include <libelf.h>

#include "base/err.h"
#include "base/slice.h"

struct iq_elf_file {
	int fd;
	Elf *elf;		/* NULL: no ELF file; that is no error */
	char build_id[65];	/* hex digits, "" if it has none */
};

/* FD belongs to RET from now on, also if this fails. */
int iq_elf_file_open(int fd, struct iq_elf_file *ret, struct iq_err *err);
void iq_elf_file_close(struct iq_elf_file *f);

/* A section's bytes, until close; p NULL: there is none, or none in the file. */
struct iq_slice iq_elf_file_section(const struct iq_elf_file *f, const char *name);

/* Calls EACH for every symbol with a name and an address, TYPE as nm(1) has it; non-zero
 * ends it.  False: no symbol table. */
bool iq_elf_file_symbols(const struct iq_elf_file *f,
			 int (*each)(void *arg, struct iq_slice name, uint64_t va,
				     char type),
			 void *arg);

#endif
