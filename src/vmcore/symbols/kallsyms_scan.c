/* vmcore/symbols/kallsyms_scan.c - the kernel's symbol table where VMCOREINFO does not name it.
 *
 * Digits are tokens of themselves in every kernel, so the token table holds them one
 * after the other: "0\0" "1\0" .. "9\0".  From there forward lies the index of the
 * tokens, which proves the hit, and backward (scripts/kallsyms.c up to 6.3)
 *
 *   addresses, or offsets and relative_base; num_syms; names; markers; token_table;
 *   token_index
 *
 * each aligned to a long.  (Later kernels have more tables in another order, but tell
 * VMCOREINFO where they are.)  The markers, one per 256 names, give away how long the
 * names are; the count of symbols stands in front of the names.
 */
#include "vmcore/symbols/kallsyms.h"

#include <stdlib.h>

#define BELOW_MAX (UINT64_C(256) << 20)	/* of an image, below its data */
#define ABOVE_MAX (UINT64_C(64) << 20)
#define TOKENS 256
#define DIGITS_N 20
#define TABLE_MAX 65536
#define INDEX_N (TOKENS * 2)
#define MARKERS_MAX (IQ_SYMBOLS_MAX / 256 + 1)
#define HITS_MAX 64			/* of the digits; one is the rule */

static const char digits[DIGITS_N + 1] =
	"0\0001\0002\0003\0004\0005\0006\0007\0008\0009\0";

struct scan {
	const struct iq_memory *mem;
	uint64_t page_size, align;
	unsigned char *page;		/* one, and the beginning of the next */
	unsigned hits;
};

static uint64_t up(uint64_t v, uint64_t align)
{
	return (v + align - 1) & ~(align - 1);
}

static bool u32_at(const struct scan *s, uint64_t va, uint64_t *ret)
{
	return iq_mem_uint(s->mem, va, 4, ret) == IQ_MEM_OK;
}

/* --- forward: the index --- */

/* IDX is the index if all tokens begin where it says. */
static bool index_fits(const struct scan *s, uint64_t idx, uint64_t digit0,
		       uint64_t *table)
{
	unsigned char raw[INDEX_N];
	uint64_t last = 0;

	if (iq_mem_read(s->mem, idx, raw, sizeof raw) != IQ_MEM_OK)
		return false;
	*table = digit0 - iq_mem_int(s->mem, raw + 2 * '0', 2);
	for (unsigned i = 0; i < TOKENS; i++) {
		uint64_t at = iq_mem_int(s->mem, raw + 2 * i, 2), before;
		if (i == 0 ? at != 0 : at <= last)
			return false;
		last = at;
		if (i && (iq_mem_uint(s->mem, *table + at - 1, 1, &before) != IQ_MEM_OK ||
			  before != 0))
			return false;
	}
	return true;
}

/* Behind the 256 - '0' strings that begin with the digits. */
static bool find_index(const struct scan *s, uint64_t digit0, struct iq_kallsyms *ret)
{
	unsigned left = TOKENS - '0';
	uint64_t va = digit0, byte;

	for (uint64_t i = 0; left && i < TABLE_MAX; i++, va++) {
		if (iq_mem_uint(s->mem, va, 1, &byte) != IQ_MEM_OK)
			return false;
		left -= byte == 0;
	}
	if (left)
		return false;
	for (uint64_t align = 4; align <= 8; align += 4) {
		ret->token_index = up(va, align);
		if (index_fits(s, ret->token_index, digit0, &ret->token_table))
			return true;
	}
	return false;
}

/* --- backward: markers, names, count --- */

/* Bytes that N names take from VA on, with lengths of one byte or, TWO, of one or two;
 * at most MAX. */
static bool names_length(const struct scan *s, uint64_t va, uint64_t n, bool two,
			 uint64_t max, uint64_t *ret)
{
	uint64_t at = 0, b, c;

	for (uint64_t i = 0; i < n; i++) {
		if (at >= max || iq_mem_uint(s->mem, va + at, 1, &b) != IQ_MEM_OK || !b)
			return false;
		if (two && b & 0x80) {
			if (iq_mem_uint(s->mem, va + at + 1, 1, &c) != IQ_MEM_OK)
				return false;
			b = 1 + ((b & 0x7f) | c << 7);
		}
		at += 1 + b;
	}
	*ret = at;
	return at <= max;
}

/* The names begin at N if as many as are counted in front of them end at the markers,
 * of which there are COUNT, the last being LAST. */
static bool names_fit(const struct scan *s, uint64_t names, uint64_t markers,
		      uint64_t last, uint64_t count, struct iq_kallsyms *ret)
{
	uint64_t n, used, room = markers - names - last;

	if (!u32_at(s, names - s->align, &n) || n <= (count - 1) * TOKENS ||
	    n > count * TOKENS || n > IQ_SYMBOLS_MAX)
		return false;
	for (int two = 0; two < 2; two++) {
		if (names_length(s, names + last, n - (count - 1) * TOKENS, two, room, &used) &&
		    up(names + last + used, s->align) == markers) {
			ret->names = names;
			ret->n = (uint32_t)n;
			ret->markers = markers;
			return true;
		}
	}
	return false;
}

/* A table of markers, WIDTH bytes each, that ends at END; *first is where it begins. */
static bool markers_before(const struct scan *s, uint64_t end, unsigned width,
			   uint64_t *first, uint64_t *count, uint64_t *last)
{
	uint64_t va = end - width, v, above;

	if (iq_mem_uint(s->mem, va, width, &above) != IQ_MEM_OK)
		return false;
	if (above == 0) {		/* padding, where the entries are smaller */
		va -= width;
		if (iq_mem_uint(s->mem, va, width, &above) != IQ_MEM_OK || above == 0)
			return false;
	}
	*last = above;
	for (*count = 1; *count < MARKERS_MAX; ++*count) {
		va -= width;
		if (iq_mem_uint(s->mem, va, width, &v) != IQ_MEM_OK || v >= above)
			return false;
		above = v;
		if (v == 0) {
			++*count;
			*first = va;
			return true;
		}
	}
	return false;
}

static bool find_names(const struct scan *s, uint64_t end, struct iq_kallsyms *ret)
{
	uint64_t markers, count, last;

	for (unsigned width = 4; width <= 8; width += 4) {
		if (!markers_before(s, end, width, &markers, &count, &last) ||
		    last >= markers || last > (uint64_t)IQ_SYMBOLS_MAX * TOKENS)
			continue;
		/* the last group of names is at most 256 long */
		uint64_t names = (markers - last) & ~(s->align - 1);
		for (uint64_t i = 0; i < 2 * TOKENS * TOKENS / s->align; i++) {
			if (names_fit(s, names, markers, last, count, ret))
				return true;
			names -= s->align;
		}
	}
	return false;
}

/* --- the addresses in front of the count --- */

static bool find_addresses(const struct scan *s, uint64_t stext, struct iq_kallsyms *ret)
{
	uint64_t num = ret->names - s->align, base, at = num - s->align, v;

	/* relative_base is the image's first symbol, or 0 among per-CPU ones */
	if (iq_mem_uint(s->mem, at, s->mem->long_bytes, &base) != IQ_MEM_OK)
		return false;
	uint64_t offsets = at - up(4 * (uint64_t)ret->n, s->align);
	uint64_t addresses = num - s->mem->long_bytes * (uint64_t)ret->n;
	/* without a base, the last address stands there, and it lies above _stext like
	 * the base does not */
	if (base <= stext && stext - base < BELOW_MAX && u32_at(s, offsets, &v)) {
		ret->offsets = offsets;
		ret->relative_base = at;
		return true;
	}
	ret->addresses = addresses;
	return iq_mem_uint(s->mem, addresses, s->mem->long_bytes, &v) == IQ_MEM_OK;
}

/* Everything from one hit of the digits. */
static bool from_digits(struct scan *s, uint64_t digit0, uint64_t stext,
			struct iq_kallsyms *ret)
{
	memset(ret, 0, sizeof *ret);
	if (s->hits++ >= HITS_MAX || !find_index(s, digit0, ret))
		return false;
	return find_names(s, ret->token_table, ret) && find_addresses(s, stext, ret);
}

/* The page at VA and so much of the next that a match across them is seen. */
static bool search_page(struct scan *s, uint64_t va, uint64_t stext,
			struct iq_kallsyms *ret)
{
	size_t n = (size_t)s->page_size;

	if (iq_mem_read(s->mem, va, s->page, n) != IQ_MEM_OK)
		return false;
	if (iq_mem_read(s->mem, va + n, s->page + n, DIGITS_N) == IQ_MEM_OK)
		n += DIGITS_N;
	struct iq_slice rest = iq_slice((const char *)s->page, n);
	for (ptrdiff_t at; (at = iq_find(rest, iq_slice(digits, DIGITS_N))) >= 0;) {
		uint64_t hit = va + (uint64_t)(rest.p + at - (const char *)s->page);
		if (from_digits(s, hit, stext, ret))
			return true;
		rest = iq_from(rest, (size_t)at + DIGITS_N);
	}
	return false;
}

/* Read-only data lies between code and data, the table near its end: from there down,
 * then up.  init_uts_ns is data, and every VMCOREINFO has it. */
bool iq_kallsyms_scan(const struct iq_memory *mem, const struct iq_vmcoreinfo *info,
		      uint64_t page_size, struct iq_kallsyms *ret)
{
	struct scan s = { .mem = mem, .page_size = page_size, .align = mem->long_bytes };
	uint64_t stext, data;
	bool found = false;

	if (!iq_vmcoreinfo_symbol(info, "_stext", &stext))
		return false;
	if (!iq_vmcoreinfo_symbol(info, "init_uts_ns", &data) || data < stext)
		data = stext;
	data &= ~(page_size - 1);
	s.page = malloc((size_t)page_size + DIGITS_N);
	if (!s.page)
		return false;
	uint64_t below = data - stext < BELOW_MAX ? data - stext : BELOW_MAX;
	for (uint64_t at = 0; !found && at <= below; at += page_size)
		found = search_page(&s, data - at, stext, ret);
	for (uint64_t at = page_size; !found && at <= ABOVE_MAX; at += page_size)
		found = search_page(&s, data + at, stext, ret);
	free(s.page);
	return found;
}
