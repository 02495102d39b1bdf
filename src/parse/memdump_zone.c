/* parse/memdump_zone.c - node lines, zone lines, lowmem_reserve[] and free lists.
 *
 * `Node 0 DMA32 free:...` on NUMA kernels, `DMA32 free:...` on others (node 0 then).
 */
#include "parse/memdump_state.h"

#include <stdio.h>

#include "parse/roles.h"

#define ZONE_NAME_MAX 32

struct scan {
	unsigned known;		/* fields of the table that have a value */
	bool torn;		/* the last field breaks off */
	bool open;		/* or the field that comes last in all eras is not there */
	bool spaced_thp;
};

/* Whose fields they are. */
struct owner {
	const char *what;
	int64_t node;
	struct iq_slice zone;
};

static struct iq_slice scope_of(struct iq_memdump *m, const struct owner *o)
{
	return iq_arena_printf(&m->arena, "%s %lld%s%.*s", o->what, (long long)o->node,
			       o->zone.n ? " " : "", IQ_FMT(o->zone));
}

static void keep_odd(struct iq_memdump *m, const struct owner *owner,
		     const struct iq_memfield *f)
{
	struct mem_counter *c;
	bool word = f->name_n && (f->name[0] | 0x20) >= 'a' && (f->name[0] | 0x20) <= 'z';
	if (!word || f->value == IQ_NULL)
		return;
	c = VECTOR_ADD(m, &m->odd, IQ_MEMDUMP_COUNTERS_MAX);
	if (!c)
		return;
	*c = (struct mem_counter){
		.scope = scope_of(m, owner), .value = f->value, .unit = f->kb ? "bytes" : "count",
		.name = iq_arena_copy(&m->arena, iq_slice(f->name, f->name_n)),
	};
}

/* The value goes where the table says.  One in bytes without its kB has been cut off
 * somewhere in the digits: it is missing. */
static bool store_field(void *fact, const struct iq_memfield *f)
{
	int64_t *at = (int64_t *)(void *)((char *)fact + f->column->offset);
	bool fits = f->column->kind == IQ_MEMCOL_BYTES ? f->kb : !f->kb;
	if (f->value == IQ_NULL || !fits)
		return false;
	if (*at == IQ_NULL)
		*at = f->value;
	return true;
}

static struct scan scan_fields(struct iq_memdump *m, struct iq_slice s,
			       const struct iq_memtable *table, void *fact,
			       const struct owner *owner)
{
	struct scan r = { .open = true };
	struct iq_memfield f;
	size_t hint = 0;
	bool ok = true;
	for (unsigned i = 0; i < FIELDS_MAX && iq_memfield_next(&s, table, &hint, &f); i++) {
		if (!f.column || f.column->kind == IQ_MEMCOL_COUNTER) {
			keep_odd(m, owner, &f);
			ok = f.value != IQ_NULL;
			continue;
		}
		r.open = r.open && !f.column->closes;
		ok = store_field(fact, &f);
		r.known += ok;
		if (f.spaced && iq_eq(f.column->name, IQ_LIT("shmem_thp")))
			r.spaced_thp = true;
	}
	r.torn = !ok || iq_trim(s).n;
	r.open = r.open || r.torn;
	return r;
}

/* --- zones --- */

/* True if a later piece may follow. */
static bool scan_zone(struct iq_memdump *m, struct mem_zone *z, struct iq_slice text)
{
	const struct owner o = { "zone", z->fact.node, z->fact.zone };
	struct scan r = scan_fields(m, text, &iq_memtable_zone, &z->fact, &o);
	z->known = r.known;
	z->torn = r.torn;
	return r.open;
}

static struct mem_zone *find_zone(struct iq_memdump *m, int64_t node, struct iq_slice name)
{
	for (size_t i = 0; i < m->zones.n; i++)
		if (m->zones.v[i].fact.node == node && iq_eq(m->zones.v[i].fact.zone, name))
			return &m->zones.v[i];
	return NULL;
}

static struct mem_zone *add_zone(struct iq_memdump *m, int64_t node, struct iq_slice name,
				 int64_t line)
{
	struct mem_zone *z = VECTOR_ADD(m, &m->zones, IQ_MEMDUMP_ZONES_MAX);
	if (!z)
		return NULL;
	iq_fact_init(IQ_FACT_ZONE, &z->fact);
	z->fact.node = node;
	z->fact.zone = iq_arena_copy(&m->arena, name);
	z->fact.member_id = m->member_id;
	z->fact.line = line;
	return z;
}

/* TEXT: the fields behind the zone's name; WHOLE: the line, for later pieces. */
static int take_zone(struct iq_memdump *m, int64_t node, struct iq_slice name,
		     struct iq_slice text, struct iq_slice whole, int64_t line)
{
	struct mem_zone *z = find_zone(m, node, name);
	iq_memdump_set_role(m, IQ_ROLE_ZONE, node, name);
	if (z && !z->torn)	/* the same report seen twice: the first stands */
		return IQ_MEMDUMP_ZONE;
	size_t odd = m->odd.n;
	if (!z)
		z = add_zone(m, node, name, line);
	if (!z)
		return IQ_MEMDUMP_ZONE;
	bool open = scan_zone(m, z, text);
	m->last_zone = z - m->zones.v;
	if (open)
		iq_memdump_open(m, IQ_MEMDUMP_ZONE, (size_t)m->last_zone, odd, whole, line);
	return IQ_MEMDUMP_ZONE;
}

/* --- nodes --- */

static bool scan_node(struct iq_memdump *m, struct mem_node *n, struct iq_slice text)
{
	const struct owner o = { "node", n->fact.node, IQ_SLICE_NULL };
	struct scan r = scan_fields(m, text, &iq_memtable_node, &n->fact, &o);
	n->known = r.known;
	n->torn = r.torn;
	n->spaced_thp = r.spaced_thp;
	return r.open;
}

static int take_node(struct iq_memdump *m, int64_t node, struct iq_slice text,
		     struct iq_slice whole, int64_t line)
{
	struct mem_node *n = NULL;
	size_t odd = m->odd.n;
	iq_memdump_set_role(m, IQ_ROLE_NODE, node, IQ_LIT(""));
	for (size_t i = 0; i < m->nodes.n && !n; i++)
		if (m->nodes.v[i].fact.node == node)
			n = &m->nodes.v[i];
	if (n && !n->torn)
		return IQ_MEMDUMP_NODE;
	if (!n) {
		n = VECTOR_ADD(m, &m->nodes, IQ_MEMDUMP_NODES_MAX);
		if (!n)
			return IQ_MEMDUMP_NODE;
		iq_fact_init(IQ_FACT_NODE, &n->fact);
		n->fact.node = node;
		n->fact.member_id = m->member_id;
		n->fact.line = line;
	}
	if (scan_node(m, n, text))
		iq_memdump_open(m, IQ_MEMDUMP_NODE, (size_t)(n - m->nodes.v), odd, whole,
				line);
	return IQ_MEMDUMP_NODE;
}

/* --- free lists --- */

static void take_letters(struct iq_slice *s, struct mem_term *t)
{
	struct iq_slice in = *s;
	size_t n = 0;
	for (iq_skip(&in, IQ_LIT("(")); in.n && *in.p != ')'; in = iq_from(in, 1)) {
		if (*in.p == ' ' || *in.p == '\t')
			continue;
		if (*in.p < 'A' || *in.p > 'Z' || n + 1 >= sizeof t->letters)
			return;
		t->letters[n++] = *in.p;
	}
	t->letters[n] = 0;
	*s = iq_from(in, 1);
}

/* `N*SIZEkB (LETTERS)`; false: there is none. */
static bool take_term(struct iq_slice *s, struct mem_term *ret)
{
	struct iq_slice in = *s;
	struct mem_term t = { 0 };
	if (!iq_memfield_number(&in, &t.blocks))
		return false;
	iq_skip_blank(&in);
	if (!iq_skip(&in, IQ_LIT("*")))
		return false;
	iq_skip_blank(&in);
	if (!iq_memfield_number(&in, &t.block_kb))
		return false;
	iq_skip_blank(&in);
	if (!iq_memfield_kb(&in) || t.block_kb <= 0 || t.block_kb > INT64_C(1) << 32 ||
	    (t.block_kb & (t.block_kb - 1)))
		return false;
	iq_skip_blank(&in);
	if (in.n && *in.p == '(')
		take_letters(&in, &t);
	*s = in;
	*ret = t;
	return true;
}

static void scan_terms(struct mem_list *l, struct iq_slice s)
{
	int64_t total;
	l->n_terms = 0;
	while (l->n_terms < TERMS_MAX && take_term(&s, &l->term[l->n_terms])) {
		l->n_terms++;
		iq_skip_blank(&s);
	}
	iq_skip_blank(&s);
	l->closed = iq_skip(&s, IQ_LIT("="));
	s = iq_ltrim(s);
	l->closed = l->closed && iq_memfield_number(&s, &total);
}

/* The order-0 block is a page: 4 to 256 kB on all architectures. */
static void note_page_size(struct iq_memdump *m, const struct mem_list *l)
{
	int64_t kb = l->n_terms ? l->term[0].block_kb : 0;
	if (kb >= 4 && kb <= 256 && (!m->first_term_kb || kb < m->first_term_kb))
		m->first_term_kb = kb;
}

static int take_list(struct iq_memdump *m, int64_t node, struct iq_slice name,
		     struct iq_slice text, struct iq_slice whole, int64_t line)
{
	struct mem_list *l = NULL, now;
	scan_terms(&now, text);
	if (!now.n_terms && text.n)
		return IQ_MEMDUMP_NONE;
	iq_memdump_set_role(m, IQ_ROLE_FREE_LIST, node, name);
	for (size_t i = 0; i < m->lists.n && !l; i++)
		if (m->lists.v[i].node == node && iq_eq(m->lists.v[i].zone, name))
			l = &m->lists.v[i];
	if (l && (l->closed || l->n_terms >= now.n_terms))
		return IQ_MEMDUMP_FREE_LIST;
	if (!l) {
		l = VECTOR_ADD(m, &m->lists, IQ_MEMDUMP_ZONES_MAX);
		if (!l)
			return IQ_MEMDUMP_FREE_LIST;
		l->zone = iq_arena_copy(&m->arena, name);
	}
	now.node = node;
	now.zone = l->zone;
	now.member_id = m->member_id;
	now.line = line;
	*l = now;
	note_page_size(m, l);
	if (!l->closed)
		iq_memdump_open(m, IQ_MEMDUMP_FREE_LIST, (size_t)(l - m->lists.v), m->odd.n,
				whole, line);
	return IQ_MEMDUMP_FREE_LIST;
}

/* --- huge pages --- */

static int take_hugetlb(struct iq_memdump *m, int64_t node, struct iq_slice s, int64_t line)
{
	static const struct { struct iq_slice name; uint16_t offset; bool kb; } fields[] = {
		{ IQ_LIT("hugepages_total"), offsetof(struct iq_hugetlb, total), false },
		{ IQ_LIT("hugepages_free"), offsetof(struct iq_hugetlb, free), false },
		{ IQ_LIT("hugepages_surp"), offsetof(struct iq_hugetlb, surplus), false },
		{ IQ_LIT("hugepages_size"), offsetof(struct iq_hugetlb, page_bytes), true },
	};
	struct iq_hugetlb h;
	iq_fact_init(IQ_FACT_HUGETLB, &h);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		ptrdiff_t at = iq_find(s, fields[i].name);
		struct iq_slice in = at < 0 ? IQ_LIT("") :
			iq_trim(iq_from(s, (size_t)at + fields[i].name.n));
		int64_t v;
		if (!iq_skip(&in, IQ_LIT("=")) || !iq_take_i64(&in, &v))
			continue;
		if (fields[i].kb && (!iq_memfield_kb(&in) ||
				     __builtin_mul_overflow(v, 1024, &v)))
			continue;
		*(int64_t *)(void *)((char *)&h + fields[i].offset) = v;
	}
	char size[32] = "";
	if (h.page_bytes != IQ_NULL)
		snprintf(size, sizeof size, "%lldkB", (long long)(h.page_bytes / 1024));
	iq_memdump_set_role(m, IQ_ROLE_HUGETLB, node, iq_slice_z(size));
	for (size_t i = 0; i < m->hugetlb.n; i++)
		if (m->hugetlb.v[i].node == node && m->hugetlb.v[i].page_bytes == h.page_bytes)
			return IQ_MEMDUMP_HUGETLB;
	struct iq_hugetlb *new = VECTOR_ADD(m, &m->hugetlb, IQ_MEMDUMP_HUGETLB_MAX);
	if (new) {
		h.node = node;
		h.member_id = m->member_id;
		h.line = line;
		*new = h;
	}
	return IQ_MEMDUMP_HUGETLB;
}

/* --- telling them apart --- */

static bool is_zone_name(struct iq_slice s)
{
	static const struct iq_slice names[] = {	/* mm/page_alloc.c zone_names[] */
		IQ_LIT("DMA"), IQ_LIT("DMA32"), IQ_LIT("Normal"), IQ_LIT("HighMem"),
		IQ_LIT("Movable"), IQ_LIT("Device"),
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (iq_eq(s, names[i]))
			return true;
	return false;
}

/* S begins with a zone's name, or what may be one. */
static int zone_or_list(struct iq_memdump *m, int64_t node, struct iq_slice s,
			struct iq_slice whole, int64_t line)
{
	struct iq_slice rest = s, name = iq_word(&rest);
	ptrdiff_t colon = iq_find_char(name, ':');
	rest = iq_trim(rest);
	if (colon >= 0) {	/* DMA: 1*4kB, or without the blank */
		rest = iq_trim(iq_from(s, (size_t)colon + 1));
		name = iq_head(name, (size_t)colon);
		if (!name.n || name.n > ZONE_NAME_MAX)
			return IQ_MEMDUMP_NONE;
		if (!rest.n && !is_zone_name(name))
			return IQ_MEMDUMP_NONE;
		return take_list(m, node, name, rest, whole, line);
	}
	if (!name.n || name.n > ZONE_NAME_MAX)
		return IQ_MEMDUMP_NONE;
	if (iq_starts(rest, IQ_LIT("per-cpu:")))
		return IQ_MEMDUMP_PER_CPU;
	struct iq_slice first = rest;
	struct iq_memfield f;
	bool field = iq_memfield_next(&first, &iq_memtable_zone, NULL, &f) && f.column;
	/* `Node 0 DMA fr`, or just `Node 0 DMA`: broken off before the first value */
	if (!field && (!is_zone_name(name) || iq_find_char(rest, ':') >= 0))
		return IQ_MEMDUMP_NONE;
	return take_zone(m, node, name, rest, whole, line);
}

int iq_memdump_node_line(struct iq_memdump *m, struct iq_slice s, int64_t line)
{
	struct iq_slice t = s;
	int64_t node;
	if (!iq_skip(&t, IQ_LIT("Node ")))
		return IQ_MEMDUMP_NONE;
	iq_skip_blank(&t);
	if (!iq_take_i64(&t, &node) || node < 0 || node > INT32_MAX ||
	    (t.n && *t.p != ' ' && *t.p != '\t'))
		return IQ_MEMDUMP_NONE;
	t = iq_trim(t);
	if (!t.n) {		/* printed in pieces */
		iq_memdump_open(m, IQ_MEMDUMP_HEADER, 0, m->odd.n, s, line);
		return IQ_MEMDUMP_HEADER;
	}
	if (iq_starts(t, IQ_LIT("hugepages_")))
		return take_hugetlb(m, node, t, line);
	struct iq_slice first = t;
	struct iq_memfield f;
	/* A zone's line has its name in front: then the first field is not the first
	 * word. */
	struct iq_slice word = iq_word(&first);
	first = t;
	if (iq_find_char(word, ':') > 0 &&
	    iq_memfield_next(&first, &iq_memtable_node, NULL, &f) && f.column)
		return take_node(m, node, t, s, line);
	return zone_or_list(m, node, t, s, line);
}

int iq_memdump_bare_zone_line(struct iq_memdump *m, struct iq_slice s, int64_t line)
{
	struct iq_slice rest = s, word = iq_word(&rest), name = word;
	ptrdiff_t colon = iq_find_char(word, ':');
	if (colon >= 0)
		name = iq_head(word, (size_t)colon);
	/* A name alone says nothing, and may be any program's. */
	if (!is_zone_name(name) || (!iq_trim(rest).n && colon != (ptrdiff_t)word.n - 1))
		return IQ_MEMDUMP_NONE;
	if (colon < 0 && !iq_has(rest, IQ_LIT(":")))
		return IQ_MEMDUMP_NONE;
	return zone_or_list(m, 0, s, s, line);
}

static unsigned scan_reserve(struct iq_slice s, int64_t pages[RESERVES_MAX], bool *ret_clean)
{
	unsigned n = 0;
	for (iq_skip_blank(&s); n < RESERVES_MAX && iq_take_i64(&s, &pages[n]); n++)
		iq_skip_blank(&s);
	*ret_clean = !s.n;
	return n;
}

int iq_memdump_reserve_line(struct iq_memdump *m, struct iq_slice rest, bool after_gap)
{
	if (m->last_zone < 0 || after_gap) {	/* whose it is was lost */
		iq_memdump_set_role(m, IQ_ROLE_RESERVE, IQ_NULL, IQ_LIT(""));
		return IQ_MEMDUMP_RESERVE;
	}
	struct mem_zone *z = &m->zones.v[m->last_zone];
	bool clean;
	z->n_reserve = scan_reserve(rest, z->reserve_pages, &clean);
	iq_memdump_set_role(m, IQ_ROLE_RESERVE, z->fact.node, z->fact.zone);
	iq_memdump_open(m, IQ_MEMDUMP_RESERVE, (size_t)m->last_zone, m->odd.n, rest, 0);
	m->last_zone = -1;
	return IQ_MEMDUMP_RESERVE;
}

/* --- pieces --- */

/* The open zone's or node's line begins with its name: "Node 0 DMA free:..." */
static struct iq_slice behind_name(struct iq_slice s, struct iq_slice zone)
{
	if (iq_starts(s, IQ_LIT("Node "))) {
		iq_word(&s);
		iq_word(&s);
	}
	s = iq_ltrim(s);
	if (zone.p)
		iq_skip(&s, zone);
	return s;
}

static int extend_zone(struct iq_memdump *m, struct iq_slice text)
{
	struct mem_zone *z = &m->zones.v[m->open_index], old = *z;
	iq_fact_init(IQ_FACT_ZONE, &z->fact);
	z->fact.node = old.fact.node;
	z->fact.zone = old.fact.zone;
	z->fact.member_id = old.fact.member_id;
	z->fact.line = old.fact.line;
	size_t odd = m->odd.n;
	m->odd.n = m->open_odd;
	scan_zone(m, z, behind_name(text, z->fact.zone));
	if (z->known > old.known)
		return IQ_MEMDUMP_ZONE;
	*z = old;
	m->odd.n = odd;
	return IQ_MEMDUMP_NONE;
}

static int extend_node(struct iq_memdump *m, struct iq_slice text)
{
	struct mem_node *n = &m->nodes.v[m->open_index], old = *n;
	iq_fact_init(IQ_FACT_NODE, &n->fact);
	n->fact.node = old.fact.node;
	n->fact.member_id = old.fact.member_id;
	n->fact.line = old.fact.line;
	size_t odd = m->odd.n;
	m->odd.n = m->open_odd;
	scan_node(m, n, behind_name(text, IQ_SLICE_NULL));
	if (n->known > old.known)
		return IQ_MEMDUMP_NODE;
	*n = old;
	m->odd.n = odd;
	return IQ_MEMDUMP_NONE;
}

static int extend_list(struct iq_memdump *m, struct iq_slice text)
{
	struct mem_list *l = &m->lists.v[m->open_index], now = *l;
	struct iq_slice s = behind_name(text, l->zone);
	iq_skip(&s, IQ_LIT(":"));
	scan_terms(&now, iq_trim(s));
	bool more = now.n_terms > l->n_terms || (now.closed && !l->closed);
	if (!more && now.n_terms == l->n_terms && now.n_terms)	/* "(UME)" came later */
		more = !l->term[l->n_terms - 1].letters[0] &&
		       now.term[l->n_terms - 1].letters[0];
	if (!more)
		return IQ_MEMDUMP_NONE;
	*l = now;
	note_page_size(m, l);
	return IQ_MEMDUMP_FREE_LIST;
}

static int extend_reserve(struct iq_memdump *m, struct iq_slice text)
{
	int64_t pages[RESERVES_MAX];
	struct mem_zone *z = &m->zones.v[m->open_index];
	bool clean;
	unsigned n = scan_reserve(text, pages, &clean);
	if (!clean || n <= z->n_reserve)
		return IQ_MEMDUMP_NONE;
	memcpy(z->reserve_pages, pages, n * sizeof *pages);
	z->n_reserve = n;
	return IQ_MEMDUMP_RESERVE;
}

int iq_memdump_extend(struct iq_memdump *m, struct iq_slice text)
{
	switch (m->open_kind) {
	case IQ_MEMDUMP_HEADER: {
		m->open_kind = 0;
		m->role_n = 0;
		int kind = iq_memdump_node_line(m, text, m->open_line);
		return kind == IQ_MEMDUMP_HEADER ? IQ_MEMDUMP_NONE : kind;
	}
	case IQ_MEMDUMP_ZONE:
		return extend_zone(m, text);
	case IQ_MEMDUMP_NODE:
		return extend_node(m, text);
	case IQ_MEMDUMP_FREE_LIST:
		return extend_list(m, text);
	case IQ_MEMDUMP_RESERVE:
		return extend_reserve(m, text);
	default:
		return IQ_MEMDUMP_NONE;
	}
}
