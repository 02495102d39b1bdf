/* vmcore/symbols/ksymtab.c - names of variables from the table of symbols that modules may use.
 *
 * A kernel without CONFIG_KALLSYMS_ALL names no variables in its symbol table, but those
 * it exports stand in __ksymtab and __ksymtab_gpl, one behind the other: { value, name,
 * namespace } since 5.4, { value, name } since 4.19, each a 32-bit distance from itself
 * (include/linux/export.h, CONFIG_HAVE_ARCH_PREL32_RELOCATIONS).  Nothing says where the
 * tables are; "init_task" is exported by every kernel, its name is searched for behind
 * the symbol table, and the entry that points to it before the names.  The functions in
 * it prove the find: the kernel's own table has them too.
 */
#include "vmcore/symbols/kallsyms.h"

#include <stdlib.h>

#define ABOVE_MAX (UINT64_C(24) << 20)	/* searched for the name */
#define TABLE_MAX (UINT64_C(4) << 20)	/* the names are no farther from their entries */
#define ENTRIES_MAX 100000
#define PAGE 4096
#define NEIGHBOURS_MIN 6		/* of 16 that have to be entries as well */

static const char wanted[] = "\0init_task";	/* with the NUL before it and behind */

struct table {
	const struct iq_memory *mem;
	uint64_t name_va;		/* of "init_task" */
	uint64_t at;			/* an entry */
	unsigned stride;
};

static bool relative(const struct iq_memory *mem, uint64_t at, uint64_t *ret)
{
	uint64_t v;

	if (iq_mem_uint(mem, at, 4, &v) != IQ_MEM_OK)
		return false;
	*ret = at + (uint64_t)(int64_t)(int32_t)(uint32_t)v;
	return true;
}

/* Upward from FROM, by pages; a match may lie across two of them. */
static bool find_name(const struct iq_memory *mem, uint64_t from, uint64_t *ret)
{
	const size_t n = sizeof wanted, keep = n - 1;
	char buf[PAGE + sizeof wanted];
	size_t kept = 0;

	from &= ~(uint64_t)(PAGE - 1);
	for (uint64_t off = 0; off < ABOVE_MAX; off += PAGE) {
		if (iq_mem_read(mem, from + off, buf + kept, PAGE) != IQ_MEM_OK) {
			kept = 0;
			continue;
		}
		ptrdiff_t at = iq_find(iq_slice(buf, kept + PAGE), iq_slice(wanted, n));
		if (at >= 0) {
			*ret = from + off - kept + (uint64_t)at + 1;
			return true;
		}
		memmove(buf, buf + kept + PAGE - keep, keep);
		kept = keep;
	}
	return false;
}

/* The name of the entry at AT, in BUF; p NULL: this is none.  The linker lets a name be
 * the tail of another. */
static struct iq_slice entry_name(const struct table *t, uint64_t at, char *buf, size_t n)
{
	uint64_t va;

	if (!relative(t->mem, at + 4, &va) || va - t->name_va + TABLE_MAX > 2 * TABLE_MAX)
		return IQ_SLICE_NULL;
	if (iq_mem_read(t->mem, va, buf, n) != IQ_MEM_OK) {	/* the last on its page? */
		size_t room = PAGE - (size_t)(va & (PAGE - 1));
		if (room >= n || iq_mem_read(t->mem, va, buf, room) != IQ_MEM_OK)
			return IQ_SLICE_NULL;
		n = room;
	}
	size_t k = strnlen(buf, n);
	for (size_t i = 0; i < k; i++)
		if (buf[i] <= ' ' || buf[i] > '~')
			return IQ_SLICE_NULL;
	return k && k < n ? iq_slice(buf, k) : IQ_SLICE_NULL;
}

static unsigned neighbours(const struct table *t, unsigned stride)
{
	char buf[128];
	unsigned n = 0;

	for (int i = -8; i <= 8; i++)
		n += entry_name(t, t->at + (uint64_t)((int64_t)i * stride), buf,
				sizeof buf).n > 0;
	return n;
}

/* Downward from the name: the entry that points to it, with others around. */
static bool find_entry(struct table *t)
{
	unsigned char page[PAGE];
	uint64_t top = t->name_va & ~(uint64_t)(PAGE - 1);

	for (uint64_t off = 0; off < TABLE_MAX; off += PAGE) {
		uint64_t va = top - off;
		if (iq_mem_read(t->mem, va, page, PAGE) != IQ_MEM_OK)
			continue;
		for (size_t i = 0; i < PAGE; i += 4) {
			uint32_t v = (uint32_t)iq_mem_int(t->mem, page + i, 4);
			if (v != (uint32_t)(t->name_va - (va + i)))
				continue;
			t->at = va + i - 4;
			/* every second step of the wrong one may be right */
			unsigned with = neighbours(t, 12), without = neighbours(t, 8);
			t->stride = with >= without ? 12 : 8;
			if (with >= NEIGHBOURS_MIN || without >= NEIGHBOURS_MIN)
				return true;
		}
	}
	return false;
}

/* From the entry found, STEP by step, those that the kernel's own table does not have.
 * *AGREE, *DIFFER: those it has. */
static int take(const struct table *t, struct iq_symbols *s, struct iq_symbols *to,
		int step, unsigned *agree, unsigned *differ)
{
	uint64_t at = t->at + (step > 0 ? 0 : (uint64_t)-(int64_t)t->stride), value, va;
	char buf[256];
	uint32_t no;

	for (unsigned i = 0, odd = 0; i < ENTRIES_MAX && odd < 16; i++) {
		struct iq_slice name = entry_name(t, at, buf, sizeof buf);
		bool ok = name.p && relative(t->mem, at, &value);
		at += (uint64_t)((int64_t)step * t->stride);
		odd = ok ? 0 : odd + 1;
		if (!ok)
			continue;
		if (iq_symbols_number(s, name, &no)) {
			iq_symbols_nth(s, no, &va);
			*(va == value ? agree : differ) += 1;
		} else if (iq_symbols_add(to, name, IQ_SLICE_NULL, value, 'D')) {
			return -1;
		}
	}
	return 0;
}

int iq_ksymtab_read(const struct iq_memory *mem, const struct iq_kallsyms *k,
		    struct iq_symbols *s)
{
	struct table t = { .mem = mem };
	struct iq_symbols *more;
	unsigned agree = 0, differ = 0;
	uint64_t va;
	int r;

	if (mem->long_bytes != 8 || !find_name(mem, k->token_index, &t.name_va) ||
	    !find_entry(&t))
		return 1;
	more = iq_symbols_new();
	r = more ? take(&t, s, more, 1, &agree, &differ) : -1;
	if (r == 0)
		r = take(&t, s, more, -1, &agree, &differ);
	size_t n = more && r == 0 && agree >= 16 && agree > 16 * differ
		? iq_symbols_count(more) : 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct iq_slice name = iq_from(iq_symbols_nth(more, (uint32_t)i, &va), 1);
		r = iq_symbols_add(s, name, IQ_SLICE_NULL, va, 'D');
	}
	iq_symbols_free(more);
	return r ? r : n == 0;
}
