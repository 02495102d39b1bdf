/* vmcore/kernel/addrset.h - which addresses were seen already, and their numbers.
 *
 * Every walk over the dump's pointers needs to know where it has been: lists loop,
 * trees meet, several tasks share one mm.  Addresses are numbered from 0 in the order
 * in which they came, so what is kept of each goes into an array beside the set.
 */
#ifndef IQ_VMCORE_ADDRSET_H
#define IQ_VMCORE_ADDRSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IQ_ADDRSET_NONE SIZE_MAX

struct iq_addrset {
	uint64_t *va;			/* by number; N of them */
	size_t n, max;
	uint32_t *slot;			/* number + 1, 0: free */
	size_t n_slots, cap;
};

/* At most MAX addresses (below 2^31). */
void iq_addrset_init(struct iq_addrset *s, size_t max);
void iq_addrset_fini(struct iq_addrset *s);

/* The number of VA, *ret_new if it was not in the set; IQ_ADDRSET_NONE: the set is full
 * or memory ran out. */
size_t iq_addrset_add(struct iq_addrset *s, uint64_t va, bool *ret_new);
/* IQ_ADDRSET_NONE: it is not in the set. */
size_t iq_addrset_find(const struct iq_addrset *s, uint64_t va);

#endif
