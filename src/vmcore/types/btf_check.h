/* vmcore/types/btf_check.h - is a piece of memory BTF that may be handed to libbpf?
 *
 * libbpf 1.1 believes what it is given: names and ids beyond the end crash it or its
 * callers (facts: peers, section 5.4).  BTF comes out of a dump, so all of it is looked
 * at here first, once, from front to back.  Follows Documentation/bpf/btf.rst and
 * include/uapi/linux/btf.h, kinds 1 to 19.  Pure; any thread.
 */
#ifndef IQ_VMCORE_BTF_CHECK_H
#define IQ_VMCORE_BTF_CHECK_H

#include "base/err.h"

#define IQ_BTF_MAGIC 0xeb9f
#define IQ_BTF_HEADER_BYTES 24
#define IQ_BTF_MAX_BYTES ((size_t)64 * 1024 * 1024)	/* 7.2: 5 MB; with all debug 20 MB */

/* What a split BTF is built upon; both 0 for one that stands alone. */
struct iq_btf_base {
	uint32_t n_types;	/* void, id 0, counted: the first id of the split part */
	uint32_t n_string_bytes;
};

struct iq_btf_head {
	bool swapped;		/* not of this machine's byte order */
	uint32_t type_at, n_type_bytes;		/* from the start of the data */
	uint32_t string_at, n_string_bytes;
	uint32_t n_bytes;	/* header to the end of what it describes */
};

/* The header at P, of which N bytes are at hand; what it says must fit into ROOM bytes.
 * False: this is none. */
bool iq_btf_head_read(const void *p, size_t n, uint64_t room, struct iq_btf_head *ret);

/* Every record lies inside, is of a known kind and refers to names and types that are
 * there.  *ret_n_types: those of BASE and void included.  -1 with ERR: it is damaged. */
int iq_btf_check(const void *p, size_t n, const struct iq_btf_base *base,
		 uint32_t *ret_n_types, struct iq_err *err);

#endif
