/* kern/address.h - what the value of a pointer tells of where it came from.
 *
 * A fault address, or a register: NULL plus an offset, an errno used as a pointer, a
 * poison that a list, the slab or the page allocator left behind, text where a pointer
 * should be, or an ordinary address of some range.  Follows include/linux/poison.h,
 * include/linux/err.h, mm/slub.c, arch/{x86,arm64}/ memory layouts.
 *
 * Pure; keeps nothing.  Addresses of 32-bit kernels are given in the low half.
 */
#ifndef IQ_KERN_ADDRESS_H
#define IQ_KERN_ADDRESS_H

#include "base/slice.h"

enum iq_address_kind {
	IQ_ADDRESS_UNKNOWN,
	IQ_ADDRESS_NULL,  /* NULL and an offset below 64 KiB */
	IQ_ADDRESS_ERRNO, /* ERR_PTR() */
	IQ_ADDRESS_ONES,  /* all ones: ERR_PTR(-EPERM), or read from a dead device */
	IQ_ADDRESS_LIST_POISON, /* an entry that was taken off its list */
	IQ_ADDRESS_POISON,      /* another poison pointer with a name */
	IQ_ADDRESS_FREED,       /* bytes that the allocator writes into what is freed */
	IQ_ADDRESS_UNINIT,      /* bytes that it writes into what is new */
	IQ_ADDRESS_REDZONE,     /* bytes behind an object */
	IQ_ADDRESS_SHADOW,      /* KASAN shadow of an address near NULL */
	IQ_ADDRESS_TEXT,        /* printable bytes */
	IQ_ADDRESS_NONCANONICAL,
	IQ_ADDRESS_USER,
	IQ_ADDRESS_DIRECT,  /* direct map: page, kmalloc() */
	IQ_ADDRESS_VMALLOC, /* vmalloc and kernel stacks */
	IQ_ADDRESS_VMEMMAP, /* struct page */
	IQ_ADDRESS_IMAGE,   /* kernel text and data */
	IQ_ADDRESS_MODULE,
	IQ_ADDRESS_KERNEL, /* of the kernel's half, nothing closer is known */
};

struct iq_address {
	enum iq_address_kind kind;
	const char *name;  /* LIST_POISON1, EINVAL, "slab poison"; NULL: none */
	const char *means; /* one clause: what it suggests; never NULL */
	int64_t offset;    /* from NULL, or from the named value */
	int err;           /* IQ_ADDRESS_ERRNO: the positive errno */
	char text[9];      /* IQ_ADDRESS_TEXT: the bytes, lowest first, others as '.' */
};

/* ARCH as uname -m prints it; empty: x86_64 for wide values. */
void iq_address_read(uint64_t value, struct iq_slice arch, struct iq_address *ret);

/* Is it something that no working pointer ever is? */
bool iq_address_is_wild(const struct iq_address *a);

/* Number of the one bit that tells A from B, counted from 0, if it lies above the page
 * offset; -1: they differ in none, in more, or in a low one. */
int iq_address_flip(uint64_t a, uint64_t b);

/* EINVAL of 22; NULL: no such errno. */
const char *iq_errno_name(int err);

#endif
