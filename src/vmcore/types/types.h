/* vmcore/types/types.h - where the members of the kernel's structures lie.
 *
 * One door for several sources, in the order of kimage_types.c, which an issue of the
 * capture names: the BTF in the dump (types_btf.c), a BTF file or vmlinux given, its DWARF
 * (types_dwarf.c), the offsets that VMCOREINFO has (types_info.c), what can be inferred
 * from the tasks themselves (types_infer.c).  No offset is ever assumed.
 */
#ifndef IQ_VMCORE_TYPES_H
#define IQ_VMCORE_TYPES_H

#include "base/err.h"
#include "base/slice.h"

struct iq_types;

/* Where a member is.  A bit field has bits > 0: BITS wide from bit BIT (0 the lowest) of
 * the number at OFFSET of SIZE bytes, in the dump's byte order. */
struct iq_member_at {
	uint32_t offset, size;		/* bytes; of an array all of it; 0 not known */
	uint32_t elem_size;		/* of an array's element, else == size */
	uint8_t bit, bits;
	bool is_signed;
	bool known;			/* false: there is no such member */
};

struct iq_types_ops {
	/* Static: "BTF", "DWARF", "VMCOREINFO", "inferred". */
	const char *source;
	/* PATH: member names with dots ("rss_stat.count"); nameless members are looked
	 * through; an array's elements by their type ("node_zones" then "zone"). */
	bool (*member)(void *impl, const char *type, const char *path,
		       struct iq_member_at *ret);
	bool (*size)(void *impl, const char *type, uint64_t *ret);
	/* The value of an enumerator of the enum TYPE (NULL: of any). */
	bool (*enumerator)(void *impl, const char *type, const char *name, int64_t *ret);
	/* Calls EACH for every enumerator of TYPE in order; false: no such enum.  NULL:
	 * these types do not tell. */
	bool (*each)(void *impl, const char *type,
		     void (*each)(void *arg, struct iq_slice name, int64_t value), void *arg);
	/* Calls EACH for every per-CPU variable of the kernel, with its place behind
	 * __per_cpu_start.  NULL, or false: these types do not tell. */
	bool (*each_percpu)(void *impl,
			    void (*each)(void *arg, struct iq_slice name, int64_t offset),
			    void *arg);
	void (*free)(void *impl);
};

struct iq_types {
	const struct iq_types_ops *ops;
	void *impl;
};

void iq_types_free(struct iq_types *t);		/* NULL: nothing */

#endif
