/* parse/state/lists.c - see lists.h.
 *
 * Follows mm/slab_common.c cache_show(), mm/swapfile.c swap_show(), kernel/module/procfs.c
 * m_show() of 2.6.32 to 7.2, util-linux swapon, kmod lsmod.
 */
#include "parse/state/lists.h"

static bool take_number(struct iq_slice *s, int64_t *ret)
{
	uint64_t n;

	iq_skip_blank(s);
	if (!iq_take_u64(s, &n) || n > INT64_MAX || (s->n && *s->p != ' ' && *s->p != '\t'))
		return false;
	*ret = (int64_t)n;
	return true;
}

static bool skip_word(struct iq_slice *s, const char *word)
{
	iq_skip_blank(s);
	return iq_eq(iq_word(s), iq_slice_z(word));
}

/* NAME active objs size objs-a-slab pages-a-slab : tunables 0 0 0 : slabdata a n s */
bool iq_slabinfo_line(struct iq_slice line, struct iq_slab *ret, int64_t *ret_pages)
{
	struct iq_slice s = iq_trim(line);
	int64_t v[11];

	iq_fact_init(IQ_FACT_SLAB, ret);
	ret->cache = iq_word(&s);
	if (!ret->cache.n || ret->cache.n > 200)
		return false;
	for (size_t i = 0; i < 5; i++)
		if (!take_number(&s, &v[i]))
			return false;
	if (!skip_word(&s, ":") || !skip_word(&s, "tunables"))
		return false;
	for (size_t i = 5; i < 8; i++)
		if (!take_number(&s, &v[i]))
			return false;
	if (!skip_word(&s, ":") || !skip_word(&s, "slabdata"))
		return false;
	for (size_t i = 8; i < 10; i++)
		if (!take_number(&s, &v[i]))
			return false;
	ret->active = v[0];
	ret->objects = v[1];
	ret->object_bytes = v[2];
	if (__builtin_mul_overflow(v[0], v[2], &ret->used_bytes))
		ret->used_bytes = IQ_NULL;
	return !__builtin_mul_overflow(v[9], v[4], ret_pages);
}

/* --- swaps --- */

enum { SWAP_OTHER, SWAP_PATH, SWAP_KIND, SWAP_SIZE, SWAP_USED, SWAP_PRIORITY };

void iq_swap_table_init(struct iq_swap_table *t, bool bytes)
{
	*t = (struct iq_swap_table){ .bytes = bytes };
}

static bool swap_header(struct iq_swap_table *t, struct iq_slice s)
{
	static const struct { const char *head; uint8_t column; } rows[] = {
		{ "Filename", SWAP_PATH }, { "NAME", SWAP_PATH }, { "Type", SWAP_KIND },
		{ "TYPE", SWAP_KIND }, { "Size", SWAP_SIZE }, { "SIZE", SWAP_SIZE },
		{ "Used", SWAP_USED }, { "USED", SWAP_USED }, { "Priority", SWAP_PRIORITY },
		{ "PRIO", SWAP_PRIORITY },
	};
	if (!iq_starts(s, IQ_LIT("Filename")) && !iq_starts(s, IQ_LIT("NAME ")))
		return false;
	for (t->n = 0; s.n && t->n < IQ_SWAP_COLUMNS; t->n++) {
		struct iq_slice word = iq_word(&s);
		t->column[t->n] = SWAP_OTHER;
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
			if (iq_eq(word, iq_slice_z(rows[i].head)))
				t->column[t->n] = rows[i].column;
		iq_skip_blank(&s);
	}
	return true;
}

static bool swap_amount(const struct iq_swap_table *t, struct iq_slice word, int64_t *ret)
{
	return take_number(&word, ret) && !word.n && (t->bytes || iq_kib(ret));
}

static bool swap_value(const struct iq_swap_table *t, uint8_t column, struct iq_slice word,
		       struct iq_swap *ret)
{
	switch (column) {
	case SWAP_PATH:
		ret->path = word;
		return word.n > 0;
	case SWAP_KIND:
		ret->kind = word;
		return word.n > 0;
	case SWAP_SIZE:
		return swap_amount(t, word, &ret->size_bytes);
	case SWAP_USED:
		return swap_amount(t, word, &ret->used_bytes);
	case SWAP_PRIORITY:
		return iq_to_i64(word, &ret->priority);
	default:
		return true;
	}
}

bool iq_swap_line(struct iq_swap_table *t, struct iq_slice line, struct iq_swap *ret)
{
	struct iq_slice s = iq_trim(line);

	iq_fact_init(IQ_FACT_SWAP, ret);
	if (swap_header(t, s) || !t->n)
		return false;
	for (size_t i = 0; i < t->n; i++) {
		iq_skip_blank(&s);
		if (!swap_value(t, t->column[i], iq_word(&s), ret))
			return false;
	}
	return ret->path.n && ret->size_bytes != IQ_NULL;
}

/* --- modules --- */

/* "kvm_amd 147456 0 - Live 0xffffffffc064f000 (OE)", of lsmod the first three */
bool iq_module_line(struct iq_slice line, struct iq_module *ret)
{
	struct iq_slice s = iq_trim(line), word;
	uint64_t address;
	int64_t users;

	iq_fact_init(IQ_FACT_MODULE, ret);
	ret->name = iq_word(&s);
	if (!ret->name.n || ret->name.n > 64 || !take_number(&s, &ret->size_bytes))
		return false;
	/* a count, or - where modules cannot be unloaded */
	iq_skip_blank(&s);
	word = iq_word(&s);
	if (!iq_eq(word, IQ_LIT("-")) && !iq_to_i64(word, &users))
		return false;
	iq_skip_blank(&s);
	iq_word(&s);			/* who uses it */
	iq_skip_blank(&s);
	iq_word(&s);			/* Live */
	iq_skip_blank(&s);
	word = iq_word(&s);
	if (iq_skip(&word, IQ_LIT("0x")) && iq_take_hex(&word, &address) && address)
		ret->address = (int64_t)address;
	iq_skip_blank(&s);
	if (s.n > 2 && s.p[0] == '(' && iq_ends(s, IQ_LIT(")")))
		ret->taints = iq_slice(s.p + 1, s.n - 2);
	return true;
}
