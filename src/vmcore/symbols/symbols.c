/* vmcore/symbols/symbols.c - see symbols.h.
 *
 * Names lie one behind the other in a single pool, each with its type letter in front
 * as kallsyms has it; per symbol there are an address, a place in the pool and the next
 * one of the same hash: 16 bytes.  An order by address is kept of text symbols alone.
 * 190 000 symbols come to 10 MB.
 */
#include "vmcore/symbols/symbols.h"

#include <stdlib.h>

#define POOL_MAX ((size_t)96 << 20)
#define BUCKETS (1u << 17)
#define NONE UINT32_MAX
#define CHAIN_MAX 20000			/* same names in a row: no kernel has that many */
#define MODULES_MAX 65536

struct module {
	uint32_t name;			/* in the pool */
	uint32_t first;			/* of its symbols; they end where the next begins */
};

struct range {				/* of code */
	uint64_t start, end;
	uint32_t module;		/* NONE: the kernel */
};

struct iq_symbols {
	char *pool;
	size_t pool_n, pool_cap;
	uint64_t *va;
	uint32_t *name, *next;
	size_t n, cap;
	uint32_t *bucket;		/* newest of each hash; the kernel's symbols only */
	struct module *modules;
	size_t n_modules, cap_modules;
	struct range *ranges;		/* sorted by start */
	size_t n_ranges, cap_ranges;
	uint32_t *text;			/* by address, then by number */
	size_t n_text;
};

struct iq_symbols *iq_symbols_new(void)
{
	struct iq_symbols *s = calloc(1, sizeof *s);

	if (s)
		s->bucket = malloc(BUCKETS * sizeof *s->bucket);
	if (!s || !s->bucket) {
		free(s);
		return NULL;
	}
	memset(s->bucket, 0xff, BUCKETS * sizeof *s->bucket);
	return s;
}

void iq_symbols_free(struct iq_symbols *s)
{
	if (!s)
		return;
	free(s->pool);
	free(s->va);
	free(s->name);
	free(s->next);
	free(s->bucket);
	free(s->modules);
	free(s->ranges);
	free(s->text);
	free(s);
}

void iq_symbols_reset(struct iq_symbols *s)
{
	s->n = s->n_text = s->n_modules = s->n_ranges = s->pool_n = 0;
	memset(s->bucket, 0xff, BUCKETS * sizeof *s->bucket);
}

size_t iq_symbols_count(const struct iq_symbols *s)
{
	return s->n;
}

/* --- filling --- */

static bool grow(void *array, size_t *cap, size_t need, size_t size)
{
	void **p = array;
	size_t n = *cap ? *cap : 64;

	if (need <= *cap)
		return true;
	while (n < need)
		n += n / 2;
	void *q = realloc(*p, n * size);
	if (!q)
		return false;
	*p = q;
	*cap = n;
	return true;
}

static bool grow_symbols(struct iq_symbols *s)
{
	size_t cap[3] = { s->cap, s->cap, s->cap };

	if (s->n < s->cap)
		return true;
	size_t need = s->n ? s->n + 1 : 65536;
	if (!grow(&s->va, &cap[0], need, sizeof *s->va) ||
	    !grow(&s->name, &cap[1], need, sizeof *s->name) ||
	    !grow(&s->next, &cap[2], need, sizeof *s->next))
		return false;
	s->cap = cap[2];
	return true;
}

/* Where NAME, with TYPE in front and a NUL behind, has been put; NONE: no room. */
static uint32_t pool_add(struct iq_symbols *s, char type, struct iq_slice name)
{
	size_t at = s->pool_n, n = name.n < IQ_SYMBOL_NAME_MAX ? name.n : IQ_SYMBOL_NAME_MAX;

	if (at + n + 2 > POOL_MAX || !grow(&s->pool, &s->pool_cap, at + n + 2, 1))
		return NONE;
	s->pool[at] = type;
	memcpy(s->pool + at + 1, name.p, n);
	s->pool[at + 1 + n] = 0;
	s->pool_n = at + n + 2;
	return (uint32_t)at;
}

static const char *name_at(const struct iq_symbols *s, uint32_t at)
{
	return s->pool + at + 1;
}

static uint32_t hash(const char *p, size_t n)
{
	uint64_t h = n, w;

	for (; n >= 8; p += 8, n -= 8) {
		memcpy(&w, p, 8);
		h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	w = 0;
	memcpy(&w, p, n);
	h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(h >> 40) % BUCKETS;
}

/* The module of that name, if it was the last one told of; else a new one. */
static uint32_t module_no(struct iq_symbols *s, struct iq_slice name)
{
	size_t last = s->n_modules - 1;

	if (s->n_modules && iq_eq(iq_slice_z(name_at(s, s->modules[last].name)), name))
		return (uint32_t)last;
	if (s->n_modules == MODULES_MAX || !grow(&s->modules, &s->cap_modules,
						 s->n_modules + 1, sizeof *s->modules))
		return NONE;
	uint32_t at = pool_add(s, 'm', name);
	if (at == NONE)
		return NONE;
	s->modules[s->n_modules] = (struct module){ at, (uint32_t)s->n };
	return (uint32_t)s->n_modules++;
}

int iq_symbols_add(struct iq_symbols *s, struct iq_slice name, struct iq_slice module,
		   uint64_t va, char type)
{
	if (s->n == IQ_SYMBOLS_MAX || !grow_symbols(s) ||
	    (module.p && module_no(s, module) == NONE))
		return -1;
	uint32_t at = pool_add(s, type, name), i = (uint32_t)s->n;
	if (at == NONE)
		return -1;
	s->va[i] = va;
	s->name[i] = at;
	s->next[i] = NONE;
	s->n++;
	if (!module.p) {
		uint32_t *b = &s->bucket[hash(name_at(s, at), strlen(name_at(s, at)))];
		s->next[i] = *b;
		*b = i;
	}
	return 0;
}

static bool add_range(struct iq_symbols *s, uint64_t start, uint64_t end, uint32_t module)
{
	if (start >= end)
		return true;
	if (!grow(&s->ranges, &s->cap_ranges, s->n_ranges + 1, sizeof *s->ranges))
		return false;
	s->ranges[s->n_ranges++] = (struct range){ start, end, module };
	return true;
}

int iq_symbols_text(struct iq_symbols *s, struct iq_slice module, uint64_t start,
		    uint64_t size)
{
	uint32_t m = module.p ? module_no(s, module) : NONE;
	uint64_t end;

	if ((module.p && m == NONE) || s->n_ranges >= 4 * MODULES_MAX)
		return -1;
	if (__builtin_add_overflow(start, size, &end))
		end = UINT64_MAX;
	return add_range(s, start, end, m) ? 0 : -1;
}

/* --- sorting --- */

static int by_start(const void *a, const void *b)
{
	const struct range *x = a, *y = b;
	return (x->start > y->start) - (x->start < y->start);
}

/* Of ranges that overlap (no kernel has such) the later one is cut. */
static void sort_ranges(struct iq_symbols *s)
{
	uint64_t end = 0;

	if (s->n_ranges > 1)
		qsort(s->ranges, s->n_ranges, sizeof *s->ranges, by_start);
	for (size_t i = 0; i < s->n_ranges; i++) {
		struct range *r = &s->ranges[i];
		r->start = r->start > end ? r->start : end;
		r->end = r->end > r->start ? r->end : r->start;
		end = r->end;
	}
}

static bool kernel_ranges(struct iq_symbols *s)
{
	static const char *const bounds[][2] = {
		{ "_stext", "_etext" }, { "_sinittext", "_einittext" },
	};
	size_t n = 0;

	for (size_t i = 0; i < s->n_ranges; i++)	/* those of an earlier sort */
		if (s->ranges[i].module != NONE)
			s->ranges[n++] = s->ranges[i];
	s->n_ranges = n;
	for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
		uint64_t start, end;
		if (iq_symbol(s, bounds[i][0], &start) && iq_symbol(s, bounds[i][1], &end) &&
		    !add_range(s, start, end, NONE))
			return false;
	}
	return true;
}

static const struct range *range_of(const struct iq_symbols *s, uint64_t va)
{
	size_t lo = 0, hi = s->n_ranges;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (s->ranges[mid].start <= va)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo && va < s->ranges[lo - 1].end ? &s->ranges[lo - 1] : NULL;
}

/* The kernel's by their letter; of modules whatever lies in code, but for the marks
 * that compilers leave (is_mapping_symbol() in linux/module_symbol.h). */
static bool is_text_symbol(const struct iq_symbols *s, size_t i, bool module)
{
	const char *p = s->pool + s->name[i];

	if (!module)
		return strchr("tTwWi", p[0]) && p[0];
	const struct range *r = range_of(s, s->va[i]);
	return r && r->module != NONE && p[1] && p[1] != '$' &&
	       !(p[1] == '.' && p[2] == 'L') && !(p[1] == 'L' && p[2] == '0');
}

static int by_address(const void *a, const void *b, void *arg)
{
	const struct iq_symbols *s = arg;
	const uint32_t *x = a, *y = b;

	if (s->va[*x] != s->va[*y])
		return s->va[*x] < s->va[*y] ? -1 : 1;
	return *x < *y ? -1 : 1;
}

int iq_symbols_sort(struct iq_symbols *s, struct iq_err *err)
{
	size_t kernel = s->n_modules ? s->modules[0].first : s->n, n = 0;
	bool sorted = true;

	if (!kernel_ranges(s))
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	sort_ranges(s);
	for (size_t i = 0; i < s->n; i++)
		n += is_text_symbol(s, i, i >= kernel);
	uint32_t *text = realloc(s->text, (n ? n : 1) * sizeof *text);
	if (!text)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	s->text = text;
	s->n_text = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (!is_text_symbol(s, i, i >= kernel))
			continue;
		sorted = sorted && (!s->n_text || s->va[text[s->n_text - 1]] <= s->va[i]);
		text[s->n_text++] = (uint32_t)i;
	}
	if (!sorted)
		qsort_r(text, s->n_text, sizeof *text, by_address, s);
	return 0;
}

/* --- questions --- */

/* The chain goes from the newest to the oldest. */
bool iq_symbols_number(const struct iq_symbols *s, struct iq_slice name, uint32_t *ret)
{
	uint32_t i = s->bucket[hash(name.p, name.n)], first = NONE, data = NONE;

	for (unsigned n = 0; i != NONE && n < CHAIN_MAX; i = s->next[i], n++) {
		const char *z = name_at(s, s->name[i]);
		if (strncmp(z, name.p, name.n) != 0 || z[name.n])
			continue;
		first = i;
		if (strchr("dDbBrR", s->pool[s->name[i]]))
			data = i;
	}
	*ret = data != NONE ? data : first;
	return first != NONE;
}

bool iq_symbol(const struct iq_symbols *s, const char *name, uint64_t *va)
{
	uint32_t no;

	if (!iq_symbols_number(s, iq_slice_z(name), &no))
		return false;
	*va = s->va[no];
	return true;
}

void iq_symbols_move(struct iq_symbols *s, uint32_t number, uint64_t va)
{
	s->va[number] = va;
}

struct iq_slice iq_symbols_nth(const struct iq_symbols *s, uint32_t number, uint64_t *va)
{
	*va = s->va[number];
	return iq_slice_z(s->pool + s->name[number]);
}

void iq_symbols_cut(struct iq_symbols *s, uint32_t n)
{
	if (n >= s->n)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while (s->bucket[i] != NONE && s->bucket[i] >= n)
			s->bucket[i] = s->next[s->bucket[i]];
	s->n = n;
}

bool iq_symbol_is_text(const struct iq_symbols *s, uint64_t va)
{
	return range_of(s, va) != NULL;
}

/* The first text symbol above VA, as an index into ->text. */
static size_t text_above(const struct iq_symbols *s, uint64_t va)
{
	size_t lo = 0, hi = s->n_text;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (s->va[s->text[mid]] <= va)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool iq_symbol_at(const struct iq_symbols *s, uint64_t va, struct iq_symbol_at *ret)
{
	const struct range *r = range_of(s, va);
	size_t above = text_above(s, va), i = above;
	uint64_t end;

	if (!r)
		return false;
	*ret = (struct iq_symbol_at){ .start = r->start, .type = 't' };
	if (r->module != NONE)
		ret->module = iq_slice_z(name_at(s, s->modules[r->module].name));
	end = above < s->n_text ? s->va[s->text[above]] : r->end;
	end = end < r->end ? end : r->end;
	if (i && s->va[s->text[i - 1]] >= r->start) {
		ret->start = s->va[s->text[i - 1]];
		/* the first of its aliases */
		i = ret->start ? text_above(s, ret->start - 1) : 0;
		ret->name = iq_slice_z(name_at(s, s->name[s->text[i]]));
		ret->type = s->pool[s->name[s->text[i]]];
	} else if (r->module == NONE) {
		return false;
	}
	ret->size = end - ret->start;
	return true;
}

/* The symbols of MODULE; false: it has none. */
static bool symbols_of(const struct iq_symbols *s, struct iq_slice module, size_t *first,
		       size_t *end)
{
	*first = 0;
	*end = s->n_modules ? s->modules[0].first : s->n;
	if (!module.p)
		return true;
	for (size_t m = 0; m < s->n_modules; m++) {
		if (!iq_eq(iq_slice_z(name_at(s, s->modules[m].name)), module))
			continue;
		*first = s->modules[m].first;
		*end = m + 1 < s->n_modules ? s->modules[m + 1].first : s->n;
		return true;
	}
	return false;
}

bool iq_symbol_of(const struct iq_symbols *s, struct iq_slice module, const char *name,
		  uint64_t *va)
{
	size_t i, end;

	if (!module.p || !symbols_of(s, module, &i, &end))
		return false;
	for (; i < end; i++) {
		if (strcmp(name_at(s, s->name[i]), name) == 0) {
			*va = s->va[i];
			return true;
		}
	}
	return false;
}

bool iq_symbol_below(const struct iq_symbols *s, struct iq_slice module, uint64_t va,
		     struct iq_symbol_at *ret)
{
	size_t first, end, best = SIZE_MAX;

	if (!symbols_of(s, module, &first, &end))
		return false;
	for (size_t i = first; i < end; i++) {
		const char *p = s->pool + s->name[i];
		if (s->va[i] > va || (best != SIZE_MAX && s->va[i] <= s->va[best]) ||
		    !p[1] || p[1] == '$' ||
		    (module.p ? iq_symbol_is_text(s, s->va[i]) : !strchr("dDbBrRvV", p[0])))
			continue;
		best = i;
	}
	if (best == SIZE_MAX)
		return false;
	*ret = (struct iq_symbol_at){ .name = iq_slice_z(name_at(s, s->name[best])),
				      .module = module, .start = s->va[best],
				      .type = s->pool[s->name[best]] };
	return true;
}
