/* vmcore/kernel/kimage.c - values of the kernel's structures: members, variables, strings.
 *
 * A read that fails is counted by the structure it was for and by its reason; whoever
 * walks goes on with IQ_NULL.  See kimage.h; lists are in kimage_list.c, opening in
 * kimage_open.c.
 */
#include "vmcore/kernel/kimage.h"

#include <string.h>

#define CPU_STRINGS_MAX 4096	/* bytes of one string */

static const uint8_t struct_of[IQ_M_MAX] = {
#define IQ_STRUCT(STRUCT, ...)
#define IQ_MEMBER(STRUCT, MEMBER, ...) [IQ_M_##STRUCT##_##MEMBER] = IQ_S_##STRUCT,
#include "vmcore/types/members.def"
};
_Static_assert(IQ_S_MAX < UINT8_MAX, "numbers of structures fit a byte");

bool iq_ki_read(struct iq_kimage *k, enum iq_struct_no s, uint64_t va, void *buf,
		size_t n)
{
	enum iq_mem_status st = iq_mem_read(k->mem, va, buf, n);
	if (st != IQ_MEM_OK)
		k->lost[s][st]++;
	return st == IQ_MEM_OK;
}

static int64_t extend(uint64_t v, unsigned bits, bool is_signed)
{
	if (bits < 64 && is_signed && v >> (bits - 1) & 1)
		v |= ~UINT64_C(0) << bits;
	return (int64_t)v;
}

/* N bytes (1 2 4 8; anything else is read as a word). */
static bool number_at(struct iq_kimage *k, enum iq_struct_no s, uint64_t va, uint32_t n,
		      bool is_signed, int64_t *ret)
{
	unsigned char b[8];

	if (n != 1 && n != 2 && n != 4 && n != 8)
		n = k->mem->long_bytes;
	if (!iq_ki_read(k, s, va, b, n))
		return false;
	*ret = extend(iq_mem_int(k->mem, b, n), n * 8, is_signed);
	return true;
}

bool iq_ki_get(struct iq_kimage *k, uint64_t structure, enum iq_member_no m, int64_t *ret)
{
	const struct iq_member_at *a = &k->member[m];
	int64_t v;

	if (!a->known)
		return false;
	if (!number_at(k, struct_of[m], structure + a->offset, a->elem_size,
		       a->is_signed && !a->bits, &v))
		return false;
	if (a->bits)
		v = extend((uint64_t)v >> a->bit &
			   (a->bits < 64 ? (UINT64_C(1) << a->bits) - 1 : UINT64_MAX),
			   a->bits, a->is_signed);
	*ret = v;
	return true;
}

int64_t iq_ki_value(struct iq_kimage *k, uint64_t structure, enum iq_member_no m)
{
	int64_t v;
	return iq_ki_get(k, structure, m, &v) ? v : IQ_NULL;
}

bool iq_ki_pointer(struct iq_kimage *k, uint64_t structure, enum iq_member_no m,
		   uint64_t *ret)
{
	int64_t v;

	if (!k->member[m].known ||
	    !number_at(k, struct_of[m], structure + k->member[m].offset,
		       k->mem->long_bytes, false, &v) ||
	    !iq_ki_plausible(k, (uint64_t)v, 1))
		return false;
	*ret = (uint64_t)v;
	return true;
}

bool iq_ki_element(struct iq_kimage *k, uint64_t structure, enum iq_member_no m, size_t i,
		   int64_t *ret)
{
	const struct iq_member_at *a = &k->member[m];

	/* an array of no elements is one that goes on behind the structure */
	if (!a->known || !a->elem_size || (a->size && i >= a->size / a->elem_size))
		return false;
	return number_at(k, struct_of[m], structure + a->offset + i * a->elem_size,
			 a->elem_size, a->is_signed, ret);
}

struct iq_slice iq_ki_chars(struct iq_kimage *k, uint64_t structure, enum iq_member_no m)
{
	const struct iq_member_at *a = &k->member[m];

	if (!a->known || a->size == 0 || a->size > CPU_STRINGS_MAX)
		return IQ_SLICE_NULL;
	char *p = iq_arena_alloc(&k->arena, a->size + 1);
	if (!p || !iq_ki_read(k, struct_of[m], structure + a->offset, p, a->size))
		return IQ_SLICE_NULL;
	return iq_slice(p, strnlen(p, a->size));
}

/* Page by page: the string may end just before one that is not there. */
struct iq_slice iq_ki_string(struct iq_kimage *k, uint64_t va, size_t max)
{
	char buf[CPU_STRINGS_MAX];
	size_t n = 0;

	if (max > sizeof buf)
		max = sizeof buf;
	while (n < max) {
		size_t room = 256 - ((va + n) & 255);
		if (room > max - n)
			room = max - n;
		if (iq_mem_read(k->mem, va + n, buf + n, room) != IQ_MEM_OK)
			return IQ_SLICE_NULL;
		const char *end = memchr(buf + n, 0, room);
		if (end)
			return iq_arena_copy(&k->arena,
					     iq_slice(buf, (size_t)(end - buf)));
		n += room;
	}
	return iq_arena_copy(&k->arena, iq_slice(buf, n));
}

/* --- variables --- */

bool iq_ki_symbol(const struct iq_kimage *k, const char *name, uint64_t *va)
{
	return (k->symbols && iq_symbol(k->symbols, name, va)) ||
	       iq_vmcoreinfo_symbol(k->info, name, va);
}

bool iq_ki_variable(struct iq_kimage *k, const char *name, unsigned size, bool is_signed,
		    int64_t *ret)
{
	unsigned char b[8];
	uint64_t va;

	if (size == 0)
		size = k->mem->long_bytes;
	if (size > sizeof b || !iq_ki_symbol(k, name, &va) ||
	    iq_mem_read(k->mem, va, b, size) != IQ_MEM_OK)
		return false;
	*ret = extend(iq_mem_int(k->mem, b, size), size * 8, is_signed);
	return true;
}

bool iq_ki_percpu(const struct iq_kimage *k, uint64_t percpu, uint32_t cpu, uint64_t *ret)
{
	if (cpu >= k->n_cpus || k->percpu_offset[cpu] == UINT64_MAX)
		return false;
	*ret = percpu + k->percpu_offset[cpu];
	if (k->mem->long_bytes == 4)
		*ret = (uint32_t)*ret;
	return true;
}

bool iq_ki_enumerator(const struct iq_kimage *k, const char *type, const char *name,
		      int64_t *ret)
{
	const struct iq_types *t = k->types;
	return (t && t->ops->enumerator &&
		t->ops->enumerator(t->impl, type, name, ret)) ||
	       iq_vmcoreinfo_number(k->info, name, ret);
}

/* With five levels of page tables the kernel begins at 0xff00..., so of x86-64 only the
 * highest eight bits are sure (facts on vmcores 8.18). */
bool iq_ki_plausible(const struct iq_kimage *k, uint64_t va, unsigned align)
{
	if (va & (align - 1))
		return false;
	switch (k->arch) {
	case IQ_ARCH_X86_64:
		return va >> 56 == 0xff;
	case IQ_ARCH_ARM64:
		return va >> 52 == 0xfff;
	default:
		return va >= k->page_size &&
		       (k->mem->long_bytes == 8 || va <= UINT32_MAX);
	}
}
