/* parse/memdump_total.c - the lines of a Mem-Info block that speak of the whole host:
 * counters in pages, page cache, swap, RAM, unreclaimable slab, allocation profiling.
 */
#include "parse/memdump_state.h"

#include <stdio.h>

#include "parse/roles.h"

void iq_memdump_host(struct iq_memdump *m, struct iq_slice name, int64_t value,
		     const char *unit)
{
	if (value == IQ_NULL || iq_memdump_counter(m, name) != IQ_NULL)
		return;
	struct mem_counter *c = VECTOR_ADD(m, &m->host, HOST_COUNTERS_MAX);
	if (c)
		*c = (struct mem_counter){ IQ_LIT("host"), iq_arena_copy(&m->arena, name),
					   value, unit };
}

static int role(struct iq_memdump *m, const char *name, int kind)
{
	iq_memdump_set_role(m, name, IQ_NULL, IQ_LIT(""));
	return kind;
}

/* 2.6.28 to 2.6.31 begin the block with a capital; the counter is the same. */
static struct iq_slice counter_name(struct iq_slice name)
{
	return iq_eq(name, IQ_LIT("Active_anon")) ? IQ_LIT("active_anon") : name;
}

/* `active_anon:172 inactive_anon:4518735 isolated_anon:0`: plain numbers of pages.  With
 * kB behind them they belong to a node or zone. */
int iq_memdump_global_line(struct iq_memdump *m, struct iq_slice s)
{
	struct iq_slice first = s;
	struct iq_memfield f;
	size_t hint = 0;
	if (!iq_memfield_next(&first, &iq_memtable_global, &hint, &f) || !f.column || f.kb)
		return IQ_MEMDUMP_NONE;
	/* the name is where the line begins, not somewhere in a sentence */
	if (f.name_n > s.n || *s.p != f.name[0])
		return IQ_MEMDUMP_NONE;
	hint = 0;
	for (unsigned i = 0; i < FIELDS_MAX &&
	     iq_memfield_next(&s, &iq_memtable_global, &hint, &f); i++)
		if (f.name_n && !f.kb)
			iq_memdump_host(m, counter_name(iq_slice(f.name, f.name_n)), f.value,
					"pages");
	return role(m, IQ_ROLE_COUNTERS, IQ_MEMDUMP_COUNTERS);
}

/* --- lines that begin with a number --- */

struct pages_line {
	struct iq_slice tail;	/* behind the number; also the counter's name */
	int kind;
	const char *role;
};

static const struct pages_line pages_lines[] = {
	{ IQ_LIT("total pagecache pages"), IQ_MEMDUMP_PAGECACHE, IQ_ROLE_PAGECACHE },
	{ IQ_LIT("pages in swap cache"), IQ_MEMDUMP_SWAP_CACHE, IQ_ROLE_COUNTERS },
	{ IQ_LIT("pages RAM"), IQ_MEMDUMP_PAGES_RAM, IQ_ROLE_PAGES_RAM },
	{ IQ_LIT("pages of RAM"), IQ_MEMDUMP_PAGES_RAM, IQ_ROLE_PAGES_RAM },	/* 2.6.18 */
	{ IQ_LIT("pages HighMem/MovableOnly"), IQ_MEMDUMP_PAGES_OTHER, IQ_ROLE_COUNTERS },
	{ IQ_LIT("pages HighMem"), IQ_MEMDUMP_PAGES_OTHER, IQ_ROLE_COUNTERS },
	{ IQ_LIT("pages reserved"), IQ_MEMDUMP_PAGES_RESERVED, IQ_ROLE_PAGES_RESERVED },
	{ IQ_LIT("reserved pages"), IQ_MEMDUMP_PAGES_RESERVED, IQ_ROLE_PAGES_RESERVED },
	{ IQ_LIT("pages shared"), IQ_MEMDUMP_PAGES_OTHER, IQ_ROLE_COUNTERS },
	{ IQ_LIT("pages non-shared"), IQ_MEMDUMP_PAGES_OTHER, IQ_ROLE_COUNTERS },
	{ IQ_LIT("pages in pagetable cache"), IQ_MEMDUMP_PAGES_OTHER, IQ_ROLE_COUNTERS },
	{ IQ_LIT("pages cma reserved"), IQ_MEMDUMP_PAGES_OTHER, IQ_ROLE_COUNTERS },
	{ IQ_LIT("pages hwpoisoned"), IQ_MEMDUMP_PAGES_OTHER, IQ_ROLE_COUNTERS },
};

/* The units of lib/string_helpers.c string_get_size(), STRING_UNITS_2. */
static bool take_human(struct iq_slice *s, int64_t *ret_bytes)
{
	static const char units[] = " KMGTPE";
	uint64_t whole, part = 0, scale = 1;
	struct iq_slice t = *s;
	if (!iq_take_u64(&t, &whole))
		return false;
	if (iq_skip(&t, IQ_LIT(".")))
		for (; t.n && *t.p >= '0' && *t.p <= '9'; t = iq_from(t, 1))
			if (scale < 1000) {
				part = part * 10 + (uint64_t)(*t.p - '0');
				scale *= 10;
			}
	iq_skip_blank(&t);
	struct iq_slice unit = iq_word(&t);
	unsigned power = 0;
	if (!iq_eq(unit, IQ_LIT("B"))) {
		const char *at = unit.n == 3 && *unit.p != ' ' ?
			memchr(units, *unit.p, sizeof units - 1) : NULL;
		if (!at || !iq_ends(unit, IQ_LIT("iB")))
			return false;
		power = (unsigned)(at - units);
	}
	double v = ((double)whole + (double)part / (double)scale) *
		   (double)(UINT64_C(1) << 10 * power);
	if (v >= 9e18)
		return false;
	*ret_bytes = (int64_t)v;
	*s = t;
	return true;
}

/* `1.07 GiB   273408 mm/memory.c:1234 [module] func:do_anonymous_page`, 6.10+ */
static int allocation_row(struct iq_memdump *m, struct iq_slice s)
{
	int64_t bytes, calls;
	struct iq_slice t = s;
	if (!iq_has(s, IQ_LIT(" func:")) || !take_human(&t, &bytes))
		return IQ_MEMDUMP_NONE;
	t = iq_ltrim(t);
	if (!iq_take_i64(&t, &calls))
		return IQ_MEMDUMP_NONE;
	struct iq_slice place = iq_head(iq_trim(t), 256);
	iq_memdump_host(m, place, bytes, "bytes");
	iq_memdump_host(m, iq_arena_printf(&m->arena, "%.*s calls", IQ_FMT(place)), calls,
			"count");
	return role(m, IQ_ROLE_COUNTERS, IQ_MEMDUMP_ALLOCATIONS);
}

int iq_memdump_number_line(struct iq_memdump *m, struct iq_slice s)
{
	struct iq_slice t = s;
	int64_t v;
	if (!iq_memfield_number(&t, &v))
		return IQ_MEMDUMP_NONE;
	t = iq_trim(t);
	for (size_t i = 0; i < sizeof pages_lines / sizeof *pages_lines; i++) {
		if (!iq_eq(t, pages_lines[i].tail))
			continue;
		iq_memdump_host(m, t, v, "pages");
		return role(m, pages_lines[i].role, pages_lines[i].kind);
	}
	/* Between lines of this kind another one is a counter we have not heard of. */
	bool amid = m->last_kind == IQ_MEMDUMP_PAGES_RAM ||
		    m->last_kind == IQ_MEMDUMP_PAGES_RESERVED ||
		    m->last_kind == IQ_MEMDUMP_PAGES_OTHER;
	if (amid && iq_starts(t, IQ_LIT("pages ")) && t.n < IQ_MEMFIELD_NAME_MAX) {
		iq_memdump_host(m, t, v, "pages");
		return role(m, IQ_ROLE_COUNTERS, IQ_MEMDUMP_PAGES_OTHER);
	}
	return allocation_row(m, s);
}

/* --- lines that begin with a word --- */

/* `Free swap  = 12kB`, before 2.6.27 `Free swap:       12kB` */
static int swap_line(struct iq_memdump *m, struct iq_slice rest, struct iq_slice name,
		     const char *role_name, int kind)
{
	int64_t kb;
	iq_skip_blank(&rest);
	if (!iq_skip(&rest, IQ_LIT("=")) && !iq_skip(&rest, IQ_LIT(":")))
		return IQ_MEMDUMP_NONE;
	iq_skip_blank(&rest);
	if (iq_memfield_number(&rest, &kb) && !__builtin_mul_overflow(kb, 1024, &kb) &&
	    iq_memfield_kb(&rest))
		iq_memdump_host(m, name, kb, "bytes");
	return role(m, role_name, kind);
}

static int free_swap(struct iq_memdump *m, struct iq_slice rest)
{
	return swap_line(m, rest, IQ_LIT("Free swap"), IQ_ROLE_SWAP_FREE,
			 IQ_MEMDUMP_SWAP_FREE);
}

static int total_swap(struct iq_memdump *m, struct iq_slice rest)
{
	return swap_line(m, rest, IQ_LIT("Total swap"), IQ_ROLE_SWAP_TOTAL,
			 IQ_MEMDUMP_SWAP_TOTAL);
}

/* `Swap cache stats: add 1, delete 2, find 3/4` (up to 5.15) */
static int swap_cache(struct iq_memdump *m, struct iq_slice rest)
{
	static const struct { struct iq_slice lead, name; } parts[] = {
		{ IQ_LIT("add "), IQ_LIT("swap cache add") },
		{ IQ_LIT("delete "), IQ_LIT("swap cache delete") },
		{ IQ_LIT("find "), IQ_LIT("swap cache find success") },
		{ IQ_LIT("/"), IQ_LIT("swap cache find total") },
	};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		ptrdiff_t at = iq_find(rest, parts[i].lead);
		if (at < 0)
			continue;
		rest = iq_from(rest, (size_t)at + parts[i].lead.n);
		int64_t v;
		if (iq_take_i64(&rest, &v))
			iq_memdump_host(m, parts[i].name, v, "count");
	}
	return role(m, IQ_ROLE_COUNTERS, IQ_MEMDUMP_SWAP_CACHE);
}

static int slab_header(struct iq_memdump *m, struct iq_slice rest)
{
	(void)rest;
	return role(m, IQ_ROLE_SLAB_HEADER, IQ_MEMDUMP_SLAB_HEADER);
}

static int slab_columns(struct iq_memdump *m, struct iq_slice rest)
{
	if (!iq_eq(iq_word(&rest), IQ_LIT("Used")) || !iq_eq(iq_trim(rest), IQ_LIT("Total")))
		return IQ_MEMDUMP_NONE;
	return role(m, IQ_ROLE_SLAB_HEADER, IQ_MEMDUMP_SLAB_HEADER);
}

static int allocations(struct iq_memdump *m, struct iq_slice rest)
{
	if (!iq_starts(rest, IQ_LIT(":")) && !iq_starts(rest, IQ_LIT(" (")))
		return IQ_MEMDUMP_NONE;
	return role(m, IQ_ROLE_COUNTERS, IQ_MEMDUMP_ALLOCATIONS);
}

/* `Memory cgroup min protection 0kB -- low protection 0kB`, 7.x */
static int protection(struct iq_memdump *m, struct iq_slice rest)
{
	int64_t kb;
	struct iq_slice t = iq_ltrim(rest);
	if (iq_memfield_number(&t, &kb) && !__builtin_mul_overflow(kb, 1024, &kb))
		iq_memdump_host(m, IQ_LIT("memory cgroup min protection"), kb, "bytes");
	ptrdiff_t at = iq_find(rest, IQ_LIT("low protection "));
	if (at >= 0) {
		t = iq_from(rest, (size_t)at + 15);
		if (iq_memfield_number(&t, &kb) && !__builtin_mul_overflow(kb, 1024, &kb))
			iq_memdump_host(m, IQ_LIT("memory cgroup low protection"), kb,
					"bytes");
	}
	return role(m, IQ_ROLE_COUNTERS, IQ_MEMDUMP_PROTECTION);
}

static const struct {
	struct iq_slice lead;
	int (*take)(struct iq_memdump *m, struct iq_slice rest);
} word_lines[] = {
	{ IQ_LIT("Free swap"), free_swap },
	{ IQ_LIT("Total swap"), total_swap },
	{ IQ_LIT("Swap cache stats:"), swap_cache },
	{ IQ_LIT("Swap cache:"), swap_cache },			/* 2.6.18 */
	{ IQ_LIT("Unreclaimable slab info:"), slab_header },	/* 4.15 */
	{ IQ_LIT("excessive unreclaimable slab"), slab_header },
	{ IQ_LIT("Name "), slab_columns },
	{ IQ_LIT("Memory allocations"), allocations },		/* 6.10 */
	{ IQ_LIT("Memory cgroup min protection"), protection },
};

int iq_memdump_word_line(struct iq_memdump *m, struct iq_slice s)
{
	for (size_t i = 0; i < sizeof word_lines / sizeof *word_lines; i++)
		if (iq_skip(&s, word_lines[i].lead))
			return word_lines[i].take(m, s);
	return IQ_MEMDUMP_NONE;
}

/* `kmalloc-64      1234KB      1300KB`.  A cache's name has no blanks, but may be
 * anything else; only within the table. */
int iq_memdump_slab_row(struct iq_memdump *m, struct iq_slice s)
{
	int64_t used, total;
	if (!(m->have & 1u << IQ_MEMDUMP_SLAB_HEADER))
		return IQ_MEMDUMP_NONE;
	struct iq_slice name = iq_word(&s);
	s = iq_ltrim(s);
	if (!iq_take_i64(&s, &used) || !iq_memfield_kb(&s))
		return IQ_MEMDUMP_NONE;
	s = iq_ltrim(s);
	if (!iq_take_i64(&s, &total) || !iq_memfield_kb(&s) || iq_trim(s).n ||
	    __builtin_mul_overflow(used, 1024, &used) ||
	    __builtin_mul_overflow(total, 1024, &total))
		return IQ_MEMDUMP_NONE;
	iq_memdump_set_role(m, IQ_ROLE_SLAB, IQ_NULL, name);
	struct mem_slab *slab = VECTOR_ADD(m, &m->slabs, IQ_MEMDUMP_SLABS_MAX);
	if (slab)
		*slab = (struct mem_slab){ iq_arena_copy(&m->arena, iq_head(name, 256)),
					   used, total };
	return IQ_MEMDUMP_SLAB;
}
