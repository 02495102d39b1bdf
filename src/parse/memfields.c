/* parse/memfields.c - see memfields.h.  Names and their eras: mm/page_alloc.c and
 * mm/show_mem.c, show_free_areas(), 2.6.18 to 7.x. */
#include "parse/memfields.h"

#define Z(label, member, kind) \
	{ IQ_LIT(label), IQ_MEMCOL_##kind, offsetof(struct iq_zone, member), false }
#define Z_CLOSES(label, member, kind) \
	{ IQ_LIT(label), IQ_MEMCOL_##kind, offsetof(struct iq_zone, member), true }

/* In the order of the newest kernels, names that are gone where they once stood. */
static const struct iq_memcolumn zone_columns[] = {
	Z("free", free_bytes, BYTES),
	Z("boost", boost_bytes, BYTES),				/* 6.1 */
	Z("min", min_bytes, BYTES),
	Z("low", low_bytes, BYTES),
	Z("high", high_bytes, BYTES),
	Z("reserved_highatomic", highatomic_bytes, BYTES),	/* 5.8 */
	Z("free_highatomic", free_highatomic_bytes, BYTES),	/* 7.x */
	Z("active_anon", active_anon_bytes, BYTES),
	Z("inactive_anon", inactive_anon_bytes, BYTES),
	Z("active_file", active_file_bytes, BYTES),
	Z("inactive_file", inactive_file_bytes, BYTES),
	Z("unevictable", unevictable_bytes, BYTES),
	Z("isolated(anon)", isolated_anon_bytes, BYTES),	/* up to 4.7 */
	Z("isolated(file)", isolated_file_bytes, BYTES),
	Z("writepending", writepending_bytes, BYTES),		/* 4.8 */
	Z("zspages", zspages_bytes, BYTES),			/* 7.x */
	Z("spanned", spanned_bytes, BYTES),
	Z("present", present_bytes, BYTES),
	Z("managed", managed_bytes, BYTES),			/* 3.10 */
	Z("mlocked", mlocked_bytes, BYTES),
	Z("dirty", dirty_bytes, BYTES),				/* up to 4.7 */
	Z("writeback", writeback_bytes, BYTES),
	Z("mapped", mapped_bytes, BYTES),
	Z("shmem", shmem_bytes, BYTES),
	Z("slab_reclaimable", slab_reclaimable_bytes, BYTES),	/* up to 4.9 */
	Z("slab_unreclaimable", slab_unreclaimable_bytes, BYTES),
	Z("kernel_stack", kernel_stack_bytes, BYTES),		/* up to 5.8 */
	Z("pagetables", pagetables_bytes, BYTES),		/* up to 5.10 */
	Z("unstable", unstable_bytes, BYTES),			/* up to 4.7 */
	Z("bounce", bounce_bytes, BYTES),
	Z("free_pcp", free_pcp_bytes, BYTES),
	Z("local_pcp", local_pcp_bytes, BYTES),
	Z_CLOSES("free_cma", free_cma_bytes, BYTES),
	Z("writeback_tmp", writeback_tmp_bytes, BYTES),		/* up to 4.7 */
	Z("pages_scanned", pages_scanned, PLAIN),
	Z_CLOSES("all_unreclaimable", all_unreclaimable, FLAG),
	/* 2.6.18 to 2.6.27 */
	{ IQ_LIT("active"), IQ_MEMCOL_COUNTER, 0, false },
	{ IQ_LIT("inactive"), IQ_MEMCOL_COUNTER, 0, false },
};

#define N(label, member, kind) \
	{ IQ_LIT(label), IQ_MEMCOL_##kind, offsetof(struct iq_node, member), false }

static const struct iq_memcolumn node_columns[] = {
	N("active_anon", active_anon_bytes, BYTES),
	N("inactive_anon", inactive_anon_bytes, BYTES),
	N("active_file", active_file_bytes, BYTES),
	N("inactive_file", inactive_file_bytes, BYTES),
	N("unevictable", unevictable_bytes, BYTES),
	N("isolated(anon)", isolated_anon_bytes, BYTES),
	N("isolated(file)", isolated_file_bytes, BYTES),
	N("mapped", mapped_bytes, BYTES),
	N("dirty", dirty_bytes, BYTES),
	N("writeback", writeback_bytes, BYTES),
	N("shmem", shmem_bytes, BYTES),
	N("shmem_thp", shmem_thp_bytes, BYTES),
	N("shmem_pmdmapped", shmem_pmdmapped_bytes, BYTES),
	N("anon_thp", anon_thp_bytes, BYTES),
	N("writeback_tmp", writeback_tmp_bytes, BYTES),
	N("unstable", unstable_bytes, BYTES),				/* up to 5.4 */
	N("kernel_stack", kernel_stack_bytes, BYTES),			/* 5.10 */
	N("shadow_call_stack", shadow_call_stack_bytes, BYTES),
	N("pagetables", pagetables_bytes, BYTES),			/* 5.15 */
	N("sec_pagetables", sec_pagetables_bytes, BYTES),		/* 6.1 */
	N("pages_scanned", pages_scanned, PLAIN),			/* 4.8, 4.9 */
	{ IQ_LIT("all_unreclaimable"), IQ_MEMCOL_FLAG,
	  offsetof(struct iq_node, all_unreclaimable), true },
	N("Balloon", balloon_bytes, BYTES),				/* 7.x */
	N("gpu_active", gpu_active_bytes, BYTES),
	N("gpu_reclaim", gpu_reclaim_bytes, BYTES),
};

#define G(label) { IQ_LIT(label), IQ_MEMCOL_COUNTER, 0, false }

static const struct iq_memcolumn global_columns[] = {
	G("active_anon"), G("inactive_anon"), G("isolated_anon"),
	G("active_file"), G("inactive_file"), G("isolated_file"),
	G("unevictable"), G("dirty"), G("writeback"), G("unstable"),
	G("slab_reclaimable"), G("slab_unreclaimable"),
	G("mapped"), G("shmem"), G("pagetables"), G("sec_pagetables"), G("bounce"),
	G("kernel_misc_reclaimable"), G("free"), G("free_pcp"), G("free_cma"),
	/* 2.6.18 to 2.6.30 */
	G("Active_anon"), G("Active"), G("inactive"), G("slab"), G("mapped-file"),
	G("mapped-anon"),
};

#define TABLE(columns) { columns, sizeof(columns) / sizeof(*(columns)) }
const struct iq_memtable iq_memtable_zone = TABLE(zone_columns);
const struct iq_memtable iq_memtable_node = TABLE(node_columns);
const struct iq_memtable iq_memtable_global = TABLE(global_columns);

const struct iq_memcolumn *iq_memcolumn_find(const struct iq_memtable *table,
					     struct iq_slice name, size_t *hint)
{
	size_t at = hint ? *hint % table->n : 0;
	for (size_t i = 0; i < table->n; i++, at = at + 1 == table->n ? 0 : at + 1) {
		if (!iq_eq(table->columns[at].name, name))
			continue;
		if (hint)
			*hint = at + 1;
		return &table->columns[at];
	}
	return NULL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool iq_memfield_number(struct iq_slice *s, int64_t *ret)
{
	int64_t v = 0;
	size_t i = 0, end = 0;
	for (; i < s->n; i++) {
		if (is_blank(s->p[i]) && end)
			continue;
		if (!is_digit(s->p[i]))
			break;
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, s->p[i] - '0', &v))
			return false;
		end = i + 1;
	}
	if (!end)
		return false;
	*ret = v;
	*s = iq_from(*s, end);
	return true;
}

bool iq_memfield_kb(struct iq_slice *s)
{
	struct iq_slice t = *s;
	if (!iq_skip(&t, IQ_LIT("k")) && !iq_skip(&t, IQ_LIT("K")))
		return false;
	iq_skip_blank(&t);
	if (!iq_skip(&t, IQ_LIT("B")))
		return false;
	*s = t;
	return true;
}

/* WORDS without blanks into F->name; false if it does not fit or is empty. */
static bool squeeze(struct iq_slice words, struct iq_memfield *f)
{
	f->name_n = 0;
	for (size_t i = 0; i < words.n; i++) {
		if (is_blank(words.p[i]))
			continue;
		if (f->name_n == sizeof f->name)
			return false;
		f->name[f->name_n++] = words.p[i];
	}
	return f->name_n > 0;
}

/* TEXT without all but its last N words. */
static struct iq_slice last_words(struct iq_slice text, unsigned n)
{
	size_t at = text.n;
	while (n--) {
		while (at && is_blank(text.p[at - 1]))
			at--;
		while (at && !is_blank(text.p[at - 1]))
			at--;
	}
	return iq_from(text, at);
}

/* The name is the longest run of words at the end of TEXT that makes a known name
 * when its blanks are taken out; else the last word.  A name is broken once or twice,
 * not more. */
static void find_name(struct iq_slice text, const struct iq_memtable *table, size_t *hint,
		      struct iq_memfield *f)
{
	const size_t far = 2 * IQ_MEMFIELD_NAME_MAX;
	text = iq_trim(text);
	if (text.n > far)
		text = iq_from(text, text.n - far);
	text = last_words(text, 3);
	for (struct iq_slice rest = text; rest.n;) {
		if (squeeze(rest, f)) {
			f->column = iq_memcolumn_find(table, iq_slice(f->name, f->name_n),
						      hint);
			if (f->column)
				return;
		}
		text = rest;
		iq_word(&rest);
		rest = iq_ltrim(rest);
	}
	f->column = NULL;
	if (!squeeze(text, f))
		f->name_n = 0;
}

static int64_t take_flag(struct iq_slice *s)
{
	iq_skip_blank(s);
	if (iq_skip(s, IQ_LIT("yes")))
		return 1;
	return iq_skip(s, IQ_LIT("no")) ? 0 : IQ_NULL;
}

bool iq_memfield_next(struct iq_slice *s, const struct iq_memtable *table, size_t *hint,
		      struct iq_memfield *f)
{
	size_t at = 0;
	while (at < s->n && s->p[at] != ':' && s->p[at] != '?')
		at++;
	if (at == s->n) {
		*s = iq_trim(*s);
		return false;
	}
	bool flag = s->p[at] == '?';
	find_name(iq_head(*s, at), table, hint, f);
	*s = iq_from(*s, at + 1);
	f->value = IQ_NULL;
	f->kb = false;
	f->spaced = s->n && is_blank(*s->p);
	if (flag) {
		f->value = take_flag(s);
		return true;
	}
	struct iq_slice t = iq_ltrim(*s);
	int64_t v;
	if (!iq_memfield_number(&t, &v))
		return true;
	struct iq_slice unit = iq_ltrim(t);
	if (iq_memfield_kb(&unit)) {
		f->kb = true;
		t = unit;
		if (__builtin_mul_overflow(v, 1024, &v))
			v = IQ_NULL;
	}
	f->value = v;
	*s = t;
	return true;
}
