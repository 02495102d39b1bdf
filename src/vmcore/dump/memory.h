/* vmcore/dump/memory.h - reading a dead machine's memory, by virtual address.
 *
 * What decodes a structure asks for bytes through this, so it can be tried on a
 * composed piece of memory without any dump.  A read gives all the bytes or none.
 *
 * A page that the dump left out is not the same as an address that was never mapped,
 * and neither is a zero: whoever shows a value has to say which it was.
 */
#ifndef IQ_VMCORE_MEMORY_H
#define IQ_VMCORE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum iq_mem_status {
	IQ_MEM_OK = 0,
	IQ_MEM_EXCLUDED,	/* mapped, but filtered out of the dump */
	IQ_MEM_DAMAGED,		/* in the dump, but cut off or not decompressible */
	IQ_MEM_UNMAPPED,	/* the page tables have nothing there */
	IQ_MEM_FAILED,		/* out of memory, no way to translate */
};

struct iq_memory {
	enum iq_mem_status (*read)(void *arg, uint64_t va, void *buf, size_t n);
	void *arg;
	unsigned long_bytes;	/* 4 or 8: also of pointers */
	bool big_endian;
};

static inline enum iq_mem_status iq_mem_read(const struct iq_memory *m, uint64_t va,
					     void *buf, size_t n)
{
	return m->read(m->arg, va, buf, n);
}

/* A number of N bytes at P, in the dump's byte order. */
static inline uint64_t iq_mem_int(const struct iq_memory *m, const void *p, size_t n)
{
	const unsigned char *b = p;
	uint64_t v = 0;
	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)b[i] << 8 * (m->big_endian ? n - 1 - i : i);
	return v;
}

/* A number of N bytes (at most 8) at VA; *ret only on success. */
static inline enum iq_mem_status iq_mem_uint(const struct iq_memory *m, uint64_t va,
					     size_t n, uint64_t *ret)
{
	unsigned char b[8];
	enum iq_mem_status s = iq_mem_read(m, va, b, n);
	if (s == IQ_MEM_OK)
		*ret = iq_mem_int(m, b, n);
	return s;
}

static inline const char *iq_mem_why(enum iq_mem_status s)
{
	switch (s) {
	case IQ_MEM_OK: return "readable";
	case IQ_MEM_EXCLUDED: return "excluded from the dump";
	case IQ_MEM_DAMAGED: return "damaged or cut off";
	case IQ_MEM_UNMAPPED: return "not mapped";
	default: return "not readable";
	}
}

#endif
