/* parse/memdump.c - see memdump.h: which line is which, and torn lines made whole. */
#include "parse/memdump_state.h"

#include <stdio.h>
#include <stdlib.h>

#include "kern/era.h"
#include "parse/roles.h"

struct iq_memdump *iq_memdump_new(void)
{
	struct iq_memdump *m = calloc(1, sizeof *m);
	if (!m)
		return NULL;
	iq_arena_init(&m->arena);
	iq_buf_init(&m->open);
	m->member_id = IQ_NULL;
	m->last_zone = -1;
	return m;
}

void iq_memdump_free(struct iq_memdump *m)
{
	if (!m)
		return;
	free(m->zones.v);
	free(m->nodes.v);
	free(m->lists.v);
	free(m->hugetlb.v);
	free(m->slabs.v);
	free(m->host.v);
	free(m->odd.v);
	iq_buf_fini(&m->open);
	iq_arena_fini(&m->arena);
	free(m);
}

void iq_memdump_member(struct iq_memdump *m, int64_t member_id)
{
	m->member_id = member_id;
}

void *iq_memdump_grow(struct iq_memdump *m, void **v, size_t *n, size_t *cap, size_t size,
		      size_t max)
{
	if (*n >= max) {
		m->dropped++;
		return NULL;
	}
	if (*n == *cap) {
		size_t more = *cap ? *cap * 2 : 8;
		void *p = realloc(*v, more * size);
		if (!p) {
			m->failed = true;
			return NULL;
		}
		*v = p;
		*cap = more;
	}
	void *at = (char *)*v + (*n)++ * size;
	memset(at, 0, size);
	return at;
}

/* "zone 0 DMA32"; NODE may be IQ_NULL and REST empty. */
void iq_memdump_set_role(struct iq_memdump *m, const char *role, int64_t node,
			 struct iq_slice rest)
{
	char number[24] = "";
	if (node != IQ_NULL)
		snprintf(number, sizeof number, " %lld", (long long)node);
	int n = snprintf(m->role, sizeof m->role, "%s%s%s%.*s", role, number,
			 rest.n ? " " : "", IQ_FMT(rest));
	m->role_n = n < 0 ? 0 : (size_t)n < sizeof m->role ? (size_t)n : sizeof m->role - 1;
}

void iq_memdump_open(struct iq_memdump *m, int kind, size_t index, size_t odd_before,
		     struct iq_slice text, int64_t line)
{
	if (text.p != m->open.p) {	/* else it is the open line, grown */
		iq_buf_reset(&m->open);
		iq_buf_slice(&m->open, iq_head(text, OPEN_BYTES_MAX));
	}
	m->open_kind = m->open.failed || text.n > OPEN_BYTES_MAX ? 0 : kind;
	m->open_tries = 0;
	m->open_index = index;
	m->open_odd = odd_before;
	m->open_line = line;
}

/* `CPU    0: hi:  186, btch:  31 usd:  30`, and 2.6.18's `cpu 0 hot: high 186 ...` */
static bool is_per_cpu_row(struct iq_slice s)
{
	int64_t cpu;
	if (!iq_skip(&s, IQ_LIT("CPU ")) && !iq_skip(&s, IQ_LIT("cpu ")))
		return false;
	iq_skip_blank(&s);
	if (!iq_memfield_number(&s, &cpu))
		return false;
	return iq_has(s, IQ_LIT("btch:")) || iq_has(s, IQ_LIT(" batch "));
}

static int take_start(struct iq_memdump *m, struct iq_slice s, const struct iq_record *rec)
{
	struct iq_slice t = s;
	int kind;
	if (*s.p >= '0' && *s.p <= '9')
		return iq_memdump_number_line(m, s);
	if (iq_starts(s, IQ_LIT("Mem-Info:")) || iq_starts(s, IQ_LIT("Mem-info:")))
		return IQ_MEMDUMP_HEADER;
	if (iq_starts(s, IQ_LIT("Node ")))
		return iq_memdump_node_line(m, s, rec->first_line);
	if (iq_skip(&t, IQ_LIT("lowmem_reserve[]:")) || iq_skip(&t, IQ_LIT("protections[]:")))
		return iq_memdump_reserve_line(m, t, rec->flags & IQ_REC_AFTER_GAP);
	if (is_per_cpu_row(s))
		return IQ_MEMDUMP_PER_CPU;
	kind = iq_memdump_word_line(m, s);
	if (!kind)
		kind = iq_memdump_global_line(m, s);
	if (!kind)
		kind = iq_memdump_bare_zone_line(m, s, rec->first_line);
	if (!kind)
		kind = iq_memdump_slab_row(m, s);
	return kind;
}

/* Could S be the rest of what is open?  printk's pieces break between fields, page
 * and mail wraps anywhere; the readers of fields and terms take blanks inside a token
 * for damage, so one blank between the pieces serves both. */
static int take_piece(struct iq_memdump *m, struct iq_slice s)
{
	if (!m->open_kind || m->open.n + s.n > OPEN_BYTES_MAX)
		return IQ_MEMDUMP_NONE;
	size_t before = m->open.n;
	iq_buf_char(&m->open, ' ');
	iq_buf_slice(&m->open, s);
	int kind = m->open.failed ? 0 : iq_memdump_extend(m, iq_buf_as_slice(&m->open));
	if (!kind) {
		m->open.n = before;
		if (++m->open_tries >= OPEN_TRIES_MAX)
			m->open_kind = 0;
	}
	return kind;
}

int iq_memdump_line(struct iq_memdump *m, const struct iq_record *rec)
{
	struct iq_slice s = iq_trim(rec->text);
	if (!s.n)
		return IQ_MEMDUMP_NONE;
	/* `Node 0` alone: what follows is a piece, even where it looks complete. */
	int kind = m->open_kind == IQ_MEMDUMP_HEADER ? take_piece(m, s) : IQ_MEMDUMP_NONE;
	if (!kind) {
		size_t role_n = m->role_n;
		int open_kind = m->open_kind;
		m->role_n = 0;
		m->open_kind = 0;
		kind = take_start(m, s, rec);
		if (!kind) {	/* nobody wrote over the role: a piece has that of its line */
			m->role_n = role_n;
			m->open_kind = open_kind;
			kind = take_piece(m, s);
		}
	}
	if (kind) {
		m->have |= 1u << kind;
		m->last_kind = kind;
	}
	return kind;
}

struct iq_slice iq_memdump_role(const struct iq_memdump *m)
{
	return m->role_n ? iq_slice(m->role, m->role_n) : IQ_SLICE_NULL;
}

unsigned iq_memdump_have(const struct iq_memdump *m)
{
	return m->have;
}

int64_t iq_memdump_page_size(const struct iq_memdump *m)
{
	return m->first_term_kb ? m->first_term_kb * 1024 : IQ_NULL;
}

int64_t iq_memdump_counter(const struct iq_memdump *m, struct iq_slice name)
{
	for (size_t i = 0; i < m->host.n; i++)
		if (iq_eq(m->host.v[i].name, name))
			return m->host.v[i].value;
	return IQ_NULL;
}

unsigned iq_memdump_torn(const struct iq_memdump *m)
{
	unsigned n = 0;
	for (size_t i = 0; i < m->zones.n; i++)
		n += m->zones.v[i].torn;
	for (size_t i = 0; i < m->nodes.n; i++)
		n += m->nodes.v[i].torn;
	return n;
}

uint32_t iq_memdump_forms(const struct iq_memdump *m)
{
	uint32_t forms = 0;
#define FORM(fact, member, bit) ((fact).member == IQ_NULL ? 0 : (uint32_t)IQ_FORM_##bit)
	for (size_t i = 0; i < m->zones.n; i++) {
		const struct iq_zone *z = &m->zones.v[i].fact;
		forms |= FORM(*z, managed_bytes, ZONE_MANAGED) |
			 FORM(*z, free_pcp_bytes, ZONE_FREE_PCP) |
			 FORM(*z, active_anon_bytes, ZONE_LRU) |
			 FORM(*z, highatomic_bytes, ZONE_HIGHATOMIC) |
			 FORM(*z, free_highatomic_bytes, ZONE_FREE_HIGHATOMIC) |
			 FORM(*z, boost_bytes, ZONE_BOOST) |
			 FORM(*z, kernel_stack_bytes, KERNEL_STACK_ZONE);
	}
	for (size_t i = 0; i < m->nodes.n; i++)
		forms |= FORM(m->nodes.v[i].fact, active_anon_bytes, NODE_LRU) |
			 FORM(m->nodes.v[i].fact, sec_pagetables_bytes, SEC_PAGETABLES);
#undef FORM
	if (iq_memdump_counter(m, IQ_LIT("sec_pagetables")) != IQ_NULL)
		forms |= IQ_FORM_SEC_PAGETABLES;
	if (m->slabs.n)
		forms |= IQ_FORM_SLAB_TABLE;
	return forms;
}

unsigned iq_memdump_dropped(const struct iq_memdump *m)
{
	return m->dropped;
}
