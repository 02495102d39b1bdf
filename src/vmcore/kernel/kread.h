/* vmcore/kernel/kread.h - what several walkers read: rows of numbers, sums over processors,
 * the machine's nodes, a counter put into the store.
 *
 * A number that cannot be read is IQ_NULL and counted in k->lost like any other.
 * Nothing is allocated but strings in the image's arena.
 */
#ifndef IQ_VMCORE_KREAD_H
#define IQ_VMCORE_KREAD_H

#include "vmcore/kernel/kimage.h"

#define IQ_KR_NODES_MAX 1024		/* MAX_NUMNODES of every configuration */

struct iq_kr_node {
	int64_t id;
	uint64_t pgdat;
};

/* N numbers of SIZE bytes at VA into RET.  If they cannot be read in one piece, one by
 * one.  True: all of them were read. */
bool iq_kr_numbers(struct iq_kimage *k, enum iq_struct_no s, uint64_t va, unsigned size,
		   bool is_signed, size_t n, int64_t *ret);

/* The elements of an array member, at most MAX.  How many there are in RET: 0 if there
 * is no such member. */
size_t iq_kr_array(struct iq_kimage *k, enum iq_struct_no s, uint64_t structure,
		   enum iq_member_no m, int64_t *ret, size_t max);

/* Elements of an array member, by its type; at most MAX. */
size_t iq_kr_count(const struct iq_kimage *k, enum iq_member_no m, size_t max);

/* A variable that holds a pointer to a kernel object; false: none, or NULL. */
bool iq_kr_pointer_at(struct iq_kimage *k, const char *name, uint64_t *ret);

/* struct percpu_counter at VA: its sum over the possible processors, exact. */
int64_t iq_kr_percpu_counter(struct iq_kimage *k, uint64_t va);

/* Online nodes with their pglist_data, at most MAX. */
size_t iq_kr_nodes(struct iq_kimage *k, struct iq_kr_node *ret, size_t max);

/* PAGES of this machine in bytes; IQ_NULL for IQ_NULL and for what cannot be. */
int64_t iq_kr_bytes(const struct iq_kimage *k, int64_t pages);

/* The vm_struct of a vmap_area; false: it has none (before 5.2 its pointer is not even
 * NULL then). */
bool iq_kr_vm_area(struct iq_kimage *k, uint64_t area, uint64_t *ret);

/* The value of the enumerator NAME of the enum TYPE (NULL: any), or OTHERWISE. */
int64_t iq_kr_enumerator(const struct iq_kimage *k, const char *type, const char *name,
			 int64_t otherwise);

/* True if the release is at least MAJOR.MINOR.  Only for what no type can tell. */
bool iq_kr_release_from(const struct iq_kimage *k, int major, int minor);

/* Puts a counter row; nothing for IQ_NULL.  SCOPE: "host", "node 0", "zone 0 DMA". */
int iq_kr_put(struct iq_kimage *k, struct iq_slice scope, struct iq_slice name,
	      int64_t value, const char *unit, struct iq_err *err);

#endif
