/* vmcore/types/types_files.h - type data and symbols out of files that somebody gave.
 *
 * Nothing is taken from a file of another kernel: wrong offsets are worse than none.
 */
#ifndef IQ_VMCORE_TYPES_FILES_H
#define IQ_VMCORE_TYPES_FILES_H

#include "vmcore/kernel/kimage.h"

/* The build id of the kernel in the dump as hex digits, from VMCOREINFO or the notes of
 * its image; "" if neither tells. */
void iq_kimage_build_id(struct iq_kimage *k, char *ret, size_t n);

/* Does T agree with every size and offset in VMCOREINFO, and with the first tasks?  -1
 * with ERR: no, or there is nothing to compare. */
int iq_types_fit(const struct iq_kimage *k, const struct iq_types *t, struct iq_err *err);

enum iq_types_from {
	IQ_TYPES_BTF = 1,		/* BTF, alone or in an ELF file */
	IQ_TYPES_DWARF = 2,
};

/* The types in the file at PATH, by the first of FROM that is there.  -1 with ERR: it
 * cannot be read, has none, or is of another kernel. */
int iq_types_file(struct iq_kimage *k, const char *path, unsigned from,
		  struct iq_types **ret, struct iq_err *err);

/* The symbols of the ELF file at PATH that the dump's kernel has not, KASLR applied. */
int iq_symbols_file(struct iq_kimage *k, const char *path, struct iq_err *err);

/* Only what is a file: neither a pipe nor a device is waited for. */
int iq_open_regular(const char *path, struct iq_err *err);

/* debug_dir.c: the places below DIR where distributions put a kernel's debug file, by
 * build id (may be "") and release, in the order in which they are to be tried; EACH gets
 * a path that is there, and ends it with non-zero, which is returned. */
int iq_debug_dir_walk(const char *dir, const char *build_id, struct iq_slice release,
		      const char *const *forms,
		      int (*each)(void *arg, const char *path), void *arg);
extern const char *const iq_vmlinux_places[], *const iq_system_map_places[];

#endif
