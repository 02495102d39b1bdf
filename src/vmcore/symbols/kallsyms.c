/* vmcore/symbols/kallsyms.c - see kallsyms.h.
 *
 * A name is a length and that many numbers of tokens; the first letter of the text they
 * stand for is the symbol's type.  Lengths are one byte, since 6.1 two if the first has
 * bit 7 set.  Addresses have four forms (scripts/kallsyms.c, write_src()):
 *
 *   addresses        a long each (CONFIG_KALLSYMS_BASE_RELATIVE=n, gone in 6.12)
 *   absolute-percpu  offset >= 0 is the address, else base - 1 - offset (x86-64 SMP
 *                    until 6.15)
 *   unsigned         base + offset
 *   place-relative   address of the offset itself + offset (7.x)
 *
 * Nothing tells them apart but the addresses that come out, so those of VMCOREINFO's
 * SYMBOL() lines are compared.
 */
#include "vmcore/symbols/kallsyms.h"

#include <stdlib.h>

#include "vmcore/kernel/kimage.h"

#define TOKENS 256
#define TOKEN_BYTES_MAX (65536 + 512)
#define SLACK 16			/* short tokens are copied in one go */
#define WINDOW 65536
#define NAME_TOKENS_MAX 0x3fff

struct tokens {
	char text[TOKEN_BYTES_MAX + SLACK];
	uint16_t at[TOKENS];
	uint16_t length[TOKENS];
};

/* The stream of names, a window of it at a time. */
struct names {
	const struct iq_memory *mem;
	uint64_t va;			/* of buf[0] */
	size_t at, n;
	bool two_byte_lengths;
	bool saw_long;			/* a length that the two rules read differently */
	unsigned char buf[WINDOW + NAME_TOKENS_MAX + 2];
};

bool iq_kallsyms_told(const struct iq_memory *mem, const struct iq_vmcoreinfo *info,
		      struct iq_kallsyms *t)
{
	uint64_t at, n;

	memset(t, 0, sizeof *t);
	if (!iq_vmcoreinfo_symbol(info, "kallsyms_names", &t->names) ||
	    !iq_vmcoreinfo_symbol(info, "kallsyms_token_table", &t->token_table) ||
	    !iq_vmcoreinfo_symbol(info, "kallsyms_token_index", &t->token_index) ||
	    !iq_vmcoreinfo_symbol(info, "kallsyms_num_syms", &at))
		return false;
	if (!iq_vmcoreinfo_symbol(info, "kallsyms_offsets", &t->offsets) &&
	    !iq_vmcoreinfo_symbol(info, "kallsyms_addresses", &t->addresses))
		return false;
	if (!iq_vmcoreinfo_symbol(info, "kallsyms_relative_base", &t->relative_base))
		t->relative_base = 0;
	if (iq_mem_uint(mem, at, 4, &n) != IQ_MEM_OK)
		return false;
	t->n = (uint32_t)n;
	return true;
}

/* --- tokens --- */

static int read_tokens(const struct iq_memory *mem, const struct iq_kallsyms *k,
		       struct tokens *t, struct iq_err *err)
{
	unsigned char raw[TOKENS * 2];
	size_t n;

	if (iq_mem_read(mem, k->token_index, raw, sizeof raw) != IQ_MEM_OK)
		return iq_err_set(err, IQ_E_FORMAT, "its token index is not readable");
	for (size_t i = 0; i < TOKENS; i++) {
		t->at[i] = (uint16_t)iq_mem_int(mem, raw + 2 * i, 2);
		if (i && t->at[i] <= t->at[i - 1])
			return iq_err_set(err, IQ_E_FORMAT, "its token index is damaged");
	}
	memset(t->text, 0, sizeof t->text);
	/* the last token's end is not told; the index lies behind it */
	n = (size_t)t->at[TOKENS - 1] + 1;
	uint64_t gap = k->token_index - k->token_table;
	if (gap > n && gap < TOKEN_BYTES_MAX)
		n = (size_t)gap;
	if (iq_mem_read(mem, k->token_table, t->text, n) != IQ_MEM_OK)
		return iq_err_set(err, IQ_E_FORMAT, "its token table is not readable");
	for (size_t i = 0; i < TOKENS; i++)
		t->length[i] = (uint16_t)strnlen(t->text + t->at[i], IQ_SYMBOL_NAME_MAX);
	return 0;
}

/* --- names --- */

/* Keeps what is unread and reads on, by pages, up to what is not readable. */
static void refill(struct names *s)
{
	size_t rest = s->n - s->at;

	memmove(s->buf, s->buf + s->at, rest);
	s->va += s->at;
	s->at = 0;
	s->n = rest;
	while (s->n < WINDOW) {
		uint64_t va = s->va + s->n;
		size_t k = 4096 - (size_t)(va & 4095);
		if (iq_mem_read(s->mem, va, s->buf + s->n, k) != IQ_MEM_OK)
			break;
		s->n += k;
	}
}

/* The tokens of the next name, and how many.  False: not readable. */
static bool next_name(struct names *s, const unsigned char **ret, size_t *n)
{
	if (s->n - s->at < NAME_TOKENS_MAX + 2)
		refill(s);
	const unsigned char *p = s->buf + s->at;
	size_t left = s->n - s->at, head = 1;
	if (left < 2)
		return false;
	*n = p[0];
	if (p[0] & 0x80) {
		s->saw_long = true;
		if (s->two_byte_lengths) {
			*n = (size_t)(p[0] & 0x7f) | (size_t)p[1] << 7;
			head = 2;
		}
	}
	if (*n == 0 || *n > NAME_TOKENS_MAX || left - head < *n)
		return false;
	*ret = p + head;
	s->at += head + *n;
	return true;
}

/* The text of N tokens at P; its length, 0 if it is too long to be a name. */
static size_t expand(const struct tokens *t, const unsigned char *p, size_t n, char *to)
{
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		const char *from = t->text + t->at[p[i]];
		size_t k = t->length[p[i]];
		if (used + k > IQ_SYMBOL_NAME_MAX)
			return 0;
		if (k <= SLACK)
			memcpy(to + used, from, SLACK);
		else
			memcpy(to + used, from, k);
		used += k;
	}
	return used;
}

struct decoded {
	uint32_t n;			/* names read */
	bool fits_markers;
};

/* Compares marker NO, which says where every 256th name begins, with AT.  They are longs
 * before 5.0 (commit 80ffbaa5b1bd). */
static bool marker_is(const struct iq_memory *mem, uint64_t markers, uint32_t no,
		      uint64_t at)
{
	uint64_t v;

	return (iq_mem_uint(mem, markers + 4 * (uint64_t)no, 4, &v) == IQ_MEM_OK &&
		v == at) ||
	       (iq_mem_uint(mem, markers + mem->long_bytes * (uint64_t)no, 4, &v) ==
		IQ_MEM_OK && v == at);
}

/* The markers stand behind the names, aligned to a long, to 4 bytes in 7.x. */
static bool markers_fit(const struct names *s, const struct iq_kallsyms *k, uint32_t no,
			uint64_t last)
{
	uint64_t end = s->va + s->at;

	if (k->markers)
		return marker_is(s->mem, k->markers, no, last);
	return marker_is(s->mem, (end + 3) & ~UINT64_C(3), no, last) ||
	       marker_is(s->mem, (end + 7) & ~UINT64_C(7), no, last);
}

/* One pass over the names; addresses come later. */
static int decode_names(struct names *s, const struct tokens *t,
			const struct iq_kallsyms *k, struct iq_symbols *to,
			struct decoded *d, struct iq_err *err)
{
	char text[IQ_SYMBOL_NAME_MAX + SLACK];
	const unsigned char *p;
	uint64_t last = 0;
	uint32_t i;
	size_t n;

	s->va = k->names;
	s->at = s->n = 0;
	for (i = 0; i < k->n; i++) {
		if ((i & 255) == 0)
			last = s->va + s->at - k->names;
		if (!next_name(s, &p, &n))
			break;
		n = expand(t, p, n, text);
		/* a type letter, then a name */
		if (n < 2 || !((text[0] | 0x20) >= 'a' && (text[0] | 0x20) <= 'z'))
			break;
		if (iq_symbols_add(to, iq_slice(text + 1, n - 1), IQ_SLICE_NULL, 0, text[0]))
			return iq_err_set(err, IQ_E_LIMIT, "more symbols than any kernel has, "
					  "or out of memory");
	}
	d->n = i;
	d->fits_markers = i == k->n && markers_fit(s, k, (i - 1) / 256, last);
	return 0;
}

/* Most tables hold no name that the two ways of writing lengths would read differently;
 * of the others the markers decide; if they cannot be read, whichever gets farther. */
static int all_names(const struct iq_memory *mem, const struct iq_kallsyms *k,
		     const struct tokens *t, struct iq_symbols *to, struct decoded *d,
		     struct iq_err *err)
{
	struct names *s = malloc(sizeof *s);
	uint32_t got[2] = { 0 };
	int r = -1;

	if (!s)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	s->mem = mem;
	for (int pass = 0; pass < 3; pass++) {
		if (pass == 2 && got[1] >= got[0])
			break;
		s->two_byte_lengths = pass != 1;
		s->saw_long = false;
		iq_symbols_reset(to);
		r = decode_names(s, t, k, to, d, err);
		if (r || d->fits_markers || !s->saw_long)
			break;
		got[pass % 2] = d->n;
	}
	free(s);
	return r;
}

/* --- addresses --- */

enum layout { ADDRESSES, PLACE_RELATIVE, ABSOLUTE_PERCPU, UNSIGNED, LAYOUTS };

struct addresses {
	enum layout layout;
	uint64_t table, base;
	unsigned bytes;			/* of an entry */
	unsigned char *raw;
};

static uint64_t address(const struct iq_memory *mem, const struct addresses *a,
			uint32_t i)
{
	uint64_t v = iq_mem_int(mem, a->raw + (size_t)i * a->bytes, a->bytes);
	int64_t off = (int32_t)(uint32_t)v;

	switch (a->layout) {
	case PLACE_RELATIVE: return a->table + 4 * (uint64_t)i + (uint64_t)off;
	case ABSOLUTE_PERCPU: return off >= 0 ? (uint64_t)off
					      : a->base - 1 - (uint64_t)off;
	case UNSIGNED: return a->base + v;
	default: return v;
	}
}

/* As many as can be read; -1: none. */
static int read_addresses(const struct iq_memory *mem, const struct iq_kallsyms *k,
			  struct addresses *a, uint32_t *n, struct iq_err *err)
{
	size_t done = 0, all;

	a->bytes = k->addresses ? mem->long_bytes : 4;
	a->table = k->addresses ? k->addresses : k->offsets;
	all = (size_t)*n * a->bytes;
	a->raw = malloc(all + 1);
	if (!a->raw)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	while (done < all) {
		uint64_t va = a->table + done;
		size_t part = 4096 - (size_t)(va & 4095);
		part = part < all - done ? part : all - done;
		if (iq_mem_read(mem, va, a->raw + done, part) != IQ_MEM_OK)
			break;
		done += part;
	}
	*n = (uint32_t)(done / a->bytes);
	if (k->relative_base &&
	    iq_mem_uint(mem, k->relative_base, mem->long_bytes, &a->base) != IQ_MEM_OK)
		return iq_err_set(err, IQ_E_FORMAT, "its base address is not readable");
	return *n ? 0 : iq_err_set(err, IQ_E_FORMAT, "its addresses are not readable");
}

size_t iq_known_symbols(const struct iq_vmcoreinfo *info, const struct iq_symbols *s,
			struct iq_known *ret)
{
	struct iq_slice rest = info->text;
	size_t n = 0;

	while (rest.n && n < IQ_KNOWN_MAX) {
		struct iq_slice line = iq_cut(&rest, '\n');
		if (!iq_skip(&line, IQ_LIT("SYMBOL(")))
			continue;
		struct iq_known k = { .name = iq_cut(&line, ')') };
		if (!iq_skip(&line, IQ_LIT("=")) || !iq_take_hex(&line, &k.va) ||
		    k.name.n == 0 || k.name.n >= IQ_SYMBOL_NAME_MAX)
			continue;
		k.found = iq_symbols_number(s, k.name, &k.no);
		ret[n++] = k;
	}
	return n;
}

static unsigned matches(const struct iq_memory *mem, const struct addresses *a,
			const struct iq_known *known, size_t n, uint32_t limit, unsigned *of)
{
	unsigned hits = 0;

	*of = 0;
	for (size_t i = 0; i < n; i++) {
		if (!known[i].found || known[i].no >= limit)
			continue;
		++*of;
		hits += address(mem, a, known[i].no) == known[i].va;
	}
	return hits;
}

/* A static variable may share its name with a symbol that VMCOREINFO means: nearly all
 * have to fit, not all. */
static int choose_layout(const struct iq_memory *mem, const struct iq_kallsyms *k,
			 struct addresses *a, const struct iq_known *known, size_t n_known,
			 uint32_t n, struct iq_err *err)
{
	unsigned best = 0, of = 0;
	enum layout found = LAYOUTS;

	for (enum layout l = 0; l < LAYOUTS; l++) {
		if ((l == ADDRESSES) != (k->addresses != 0) ||
		    (l >= ABSOLUTE_PERCPU && !k->relative_base))
			continue;
		a->layout = l;
		unsigned hits = matches(mem, a, known, n_known, n, &of);
		if (hits > best) {
			best = hits;
			found = l;
		}
	}
	if (found == LAYOUTS || best * 4 < of * 3)
		return iq_err_set(err, IQ_E_FORMAT, "%u of %u addresses that VMCOREINFO gives "
				  "agree with it", best, of);
	a->layout = found;
	return 0;
}

static int give_addresses(const struct iq_memory *mem, const struct iq_vmcoreinfo *info,
			  const struct iq_kallsyms *k, struct iq_symbols *s, uint32_t *n,
			  struct iq_err *err)
{
	struct iq_known known[IQ_KNOWN_MAX];
	size_t n_known = iq_known_symbols(info, s, known);
	struct addresses a = { .raw = NULL };
	int r = read_addresses(mem, k, &a, n, err);

	if (r == 0)
		r = choose_layout(mem, k, &a, known, n_known, *n, err);
	for (uint32_t i = 0; r == 0 && i < *n; i++)
		iq_symbols_move(s, i, address(mem, &a, i));
	free(a.raw);
	return r;
}

int iq_kallsyms_decode(const struct iq_memory *mem, const struct iq_vmcoreinfo *info,
		       const struct iq_kallsyms *k, struct iq_symbols *s, uint32_t *missing,
		       struct iq_err *err)
{
	struct tokens *t;
	struct decoded d = { 0 };
	int r;

	*missing = 0;
	if (k->n == 0 || k->n > IQ_SYMBOLS_MAX)
		return iq_err_set(err, IQ_E_FORMAT, "it claims %u symbols", (unsigned)k->n);
	t = malloc(sizeof *t);
	if (!t)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	r = read_tokens(mem, k, t, err);
	if (r == 0)
		r = all_names(mem, k, t, s, &d, err);
	free(t);
	uint32_t n = d.n;
	if (r == 0 && n == 0)
		r = iq_err_set(err, IQ_E_FORMAT, "its names are not readable");
	if (r == 0)
		r = give_addresses(mem, info, k, s, &n, err);
	if (r) {
		iq_symbols_reset(s);
		return -1;
	}
	iq_symbols_cut(s, n);
	*missing = k->n - n;
	return 0;
}

/* What VMCOREINFO names and the table does not: variables, where the kernel was built
 * without CONFIG_KALLSYMS_ALL (Debian's arm64 cloud kernels). */
static int add_known(const struct iq_vmcoreinfo *info, struct iq_symbols *s)
{
	struct iq_known known[IQ_KNOWN_MAX];
	size_t n = iq_known_symbols(info, s, known);

	for (size_t i = 0; i < n; i++)
		if (!known[i].found &&
		    iq_symbols_add(s, known[i].name, IQ_SLICE_NULL, known[i].va, 'D'))
			return -1;
	return 0;
}

int iq_kallsyms_read(struct iq_kimage *k, struct iq_err *err)
{
	struct iq_kallsyms t;
	uint32_t missing, no;

	if (!iq_kallsyms_told(k->mem, k->info, &t) &&
	    !iq_kallsyms_scan(k->mem, k->info, k->page_size, &t))
		return 1;
	if (iq_kallsyms_decode(k->mem, k->info, &t, k->symbols, &missing, err))
		return iq_err_prefix(err, "the kernel's symbol table");
	if (missing && k->v)
		iq_vmcore_issue(k->v, "damage", "kallsyms-cut", IQ_NULL, "%u of the kernel's %u "
				"symbols cannot be read", (unsigned)missing, (unsigned)t.n);
	if ((!iq_symbols_number(k->symbols, IQ_LIT("init_task"), &no) &&
	     iq_ksymtab_read(k->mem, &t, k->symbols) < 0) || add_known(k->info, k->symbols))
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	return iq_symbols_sort(k->symbols, err);
}
