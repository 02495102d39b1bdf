/* vmcore/dump/vmcoreinfo.h - the few hundred lines in which a kernel describes itself.
 *
 * KEY=VALUE lines, SYMBOL(x) hexadecimal, NUMBER OFFSET SIZE LENGTH decimal (some
 * NUMBERs of arm64 with 0x), written by kernel/vmcore_info.c (crash_core.c before
 * 6.9).  The text is borrowed; nothing is allocated; any thread.
 */
#ifndef IQ_VMCORE_VMCOREINFO_H
#define IQ_VMCORE_VMCOREINFO_H

#include "base/slice.h"

#define IQ_VMCOREINFO_MAX_BYTES (1024 * 1024)	/* kernels write one page, 7.x a few */

struct iq_vmcoreinfo {
	struct iq_slice text;
};

/* The value behind "KEY="; p NULL if there is none. */
struct iq_slice iq_vmcoreinfo_line(const struct iq_vmcoreinfo *v, const char *key);

/* True and *ret if KIND(NAME)= is there and a number. */
bool iq_vmcoreinfo_symbol(const struct iq_vmcoreinfo *v, const char *name, uint64_t *ret);
bool iq_vmcoreinfo_number(const struct iq_vmcoreinfo *v, const char *name, int64_t *ret);
bool iq_vmcoreinfo_offset(const struct iq_vmcoreinfo *v, const char *name, size_t *ret);
bool iq_vmcoreinfo_size(const struct iq_vmcoreinfo *v, const char *name, size_t *ret);

/* The notes of an ELF file, one after the other; name without its NUL. */
struct iq_note {
	struct iq_slice name, desc;
	uint32_t type;
};
/* The next of *NOTES, which is moved behind it; false: none, or cut. */
bool iq_note_next(struct iq_slice *notes, bool big_endian, struct iq_note *ret);

/* The descriptor of the ELF note NAME of TYPE among the notes N, p NULL if none. */
struct iq_slice iq_note_find(struct iq_slice notes, bool big_endian, struct iq_slice name,
			     uint32_t type);

#endif
