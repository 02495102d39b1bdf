/* vmcore/types/types_btf.h - types out of BTF, wherever it came from. */
#ifndef IQ_VMCORE_TYPES_BTF_H
#define IQ_VMCORE_TYPES_BTF_H

#include "vmcore/types/types.h"

/* P stays the caller's and may go.  POINTER_BYTES 4 or 8; 0: let the BTF say.  BASE: the
 * kernel's types if this is a module's BTF, split off from them; it has to stay as long.
 * -1 with ERR: damaged, or out of memory. */
int iq_types_btf_new(const void *p, size_t n, unsigned pointer_bytes,
		     const struct iq_types *base, struct iq_types **ret,
		     struct iq_err *err);

/* Where a part split off from T would go on; false: T is no BTF. */
bool iq_types_btf_ends(const struct iq_types *t, uint32_t *n_types,
		       uint32_t *n_string_bytes);

#endif
