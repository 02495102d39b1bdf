/* tests/vmcore/compose.h - a little machine's memory, composed: a printk buffer of
 * any era behind virtual addresses, with the VMCOREINFO that describes it.
 */
#ifndef TESTS_VMCORE_COMPOSE_H
#define TESTS_VMCORE_COMPOSE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "vmcore/printk/printk.h"

#ifndef RELEASE
#define RELEASE "6.1.0-test"
#endif
#define BASE UINT64_C(0xffffffff81000000)
#define COUNT(a) (sizeof(a) / sizeof *(a))

struct machine {
	unsigned char *mem;		/* at BASE */
	size_t n;
	unsigned lb;			/* bytes of a long */
	bool big;
	struct iq_buf info;		/* VMCOREINFO */
	/* what cannot be read: [hole_at, hole_at + hole_n) */
	size_t hole_at, hole_n;
};

static inline void machine_init(struct machine *m, size_t n, unsigned lb, bool big)
{
	memset(m, 0, sizeof *m);
	m->mem = calloc(1, n);
	m->n = n;
	m->lb = lb;
	m->big = big;
	iq_buf_init(&m->info);
}

static inline void machine_fini(struct machine *m)
{
	free(m->mem);
	iq_buf_fini(&m->info);
}

static inline void poke(struct machine *m, size_t at, size_t n, uint64_t v)
{
	assert_true(at + n <= m->n);
	for (size_t i = 0; i < n; i++)
		m->mem[at + i] = (unsigned char)(v >> 8 * (m->big ? n - 1 - i : i));
}

static inline enum iq_mem_status machine_read(void *arg, uint64_t va, void *buf, size_t n)
{
	const struct machine *m = arg;
	uint64_t at = va - BASE;
	if (m->lb == 4)
		at &= UINT32_MAX;
	if (at > m->n || n > m->n - at)
		return IQ_MEM_UNMAPPED;
	if (at < m->hole_at + m->hole_n && at + n > m->hole_at)
		return IQ_MEM_EXCLUDED;
	memcpy(buf, m->mem + at, n);
	return IQ_MEM_OK;
}

static inline uint64_t va_of(const struct machine *m, size_t at)
{
	return m->lb == 4 ? (BASE + at) & UINT32_MAX : BASE + at;
}

/* --- the ring buffer of 5.10+, written the way the kernel does --- */

struct ring_shape {
	unsigned count_bits, size_bits;
	size_t info_size, at_caller;	/* 88, 20 in 5.10 .. 6.12; 112, 20 in 7.2 */
	uint64_t first_id, first_lpos;
	bool exact_fit;			/* 6.19: a block may end at the end of the ring */
};

struct ring {
	struct machine *m;
	struct ring_shape s;
	size_t descs, infos, data;	/* offsets into mem */
	uint64_t head_id, tail_id, lpos, seq;
};

enum { AT_PRB = 0, AT_RB = 64, AT_DESCS = 256 };

static inline void ring_info(struct ring *r)
{
	struct machine *m = r->m;
	unsigned lb = m->lb;
	struct {
		const char *name;
		size_t value;
	} rows[] = {
		{ "SIZE(printk_ringbuffer)", 11 * lb },
		{ "OFFSET(printk_ringbuffer.desc_ring)", 0 },
		{ "OFFSET(printk_ringbuffer.text_data_ring)", 6 * lb },
		{ "OFFSET(prb_desc_ring.count_bits)", 0 },
		{ "OFFSET(prb_desc_ring.descs)", lb },
		{ "OFFSET(prb_desc_ring.infos)", 2 * lb },
		{ "OFFSET(prb_desc_ring.head_id)", 3 * lb },
		{ "OFFSET(prb_desc_ring.tail_id)", 4 * lb },
		{ "SIZE(prb_desc)", 3 * lb },
		{ "OFFSET(prb_desc.state_var)", 0 },
		{ "OFFSET(prb_desc.text_blk_lpos)", lb },
		{ "OFFSET(prb_data_blk_lpos.begin)", 0 },
		{ "OFFSET(prb_data_blk_lpos.next)", lb },
		{ "SIZE(printk_info)", r->s.info_size },
		{ "OFFSET(printk_info.seq)", 0 },
		{ "OFFSET(printk_info.ts_nsec)", 8 },
		{ "OFFSET(printk_info.text_len)", 16 },
		{ "OFFSET(printk_info.caller_id)", r->s.at_caller },
		{ "OFFSET(prb_data_ring.size_bits)", 0 },
		{ "OFFSET(prb_data_ring.data)", lb },
	};
	iq_buf_printf(&m->info, "OSRELEASE=" RELEASE "\nPAGESIZE=4096\nSYMBOL(prb)=%llx\n",
		      (unsigned long long)va_of(m, AT_PRB));
	for (size_t i = 0; i < COUNT(rows); i++)
		iq_buf_printf(&m->info, "%s=%zu\n", rows[i].name, rows[i].value);
}

static inline uint64_t long_mask(const struct machine *m)
{
	return m->lb == 8 ? UINT64_MAX : UINT32_MAX;
}

static inline uint64_t id_mask(const struct machine *m)
{
	return long_mask(m) >> 2;
}

static inline void ring_begin(struct ring *r, struct machine *m, struct ring_shape s)
{
	unsigned lb = m->lb;
	memset(r, 0, sizeof *r);
	r->m = m;
	r->s = s;
	r->descs = AT_DESCS;
	r->infos = r->descs + ((size_t)3 * lb << s.count_bits);
	r->data = r->infos + (s.info_size << s.count_bits);
	assert_true(r->data + ((size_t)1 << s.size_bits) <= m->n);
	r->tail_id = s.first_id & id_mask(m);
	r->head_id = (r->tail_id - 1) & id_mask(m);
	r->lpos = s.first_lpos & long_mask(m);
	poke(m, AT_PRB, lb, va_of(m, AT_RB));
	poke(m, AT_RB, 4, s.count_bits);
	poke(m, AT_RB + lb, lb, va_of(m, r->descs));
	poke(m, AT_RB + 2 * lb, lb, va_of(m, r->infos));
	poke(m, AT_RB + 6 * lb, 4, s.size_bits);
	poke(m, AT_RB + 7 * lb, lb, va_of(m, r->data));
	ring_info(r);
}

static inline void ring_end(struct ring *r)
{
	poke(r->m, AT_RB + 3 * r->m->lb, r->m->lb, r->head_id);
	poke(r->m, AT_RB + 4 * r->m->lb, r->m->lb, r->tail_id);
}

static inline size_t desc_at(const struct ring *r, uint64_t id)
{
	return r->descs + (size_t)(id & ((UINT64_C(1) << r->s.count_bits) - 1)) * 3 *
	       r->m->lb;
}

static inline size_t info_at(const struct ring *r, uint64_t id)
{
	return r->infos + (size_t)(id & ((UINT64_C(1) << r->s.count_bits) - 1)) *
	       r->s.info_size;
}

static inline void set_state(struct ring *r, uint64_t id, unsigned state)
{
	poke(r->m, desc_at(r, id), r->m->lb,
	     (uint64_t)state << (8 * r->m->lb - 2) | id);
}

/* Where a block of N bytes goes: data_alloc() and get_next_lpos(). */
static inline size_t ring_block(struct ring *r, size_t n, uint64_t *begin, uint64_t *next)
{
	uint64_t size = UINT64_C(1) << r->s.size_bits, mask = long_mask(r->m), at;
	n = (n + r->m->lb - 1) / r->m->lb * r->m->lb;
	*begin = r->lpos;
	*next = (r->lpos + n) & mask;
	bool fits = (*begin & (size - 1)) + n < size ||
		    (r->s.exact_fit && (*begin & (size - 1)) + n == size);
	at = *begin & (size - 1);
	if (!fits) {
		at = 0;
		*next = ((*begin | (size - 1)) + 1 + n) & mask;
	}
	r->lpos = *next;
	return r->data + (size_t)at;
}

/* Makes room as the kernel does: descriptors whose block is overwritten become
 * reusable.  The caller says from which id on blocks are whole. */
static inline uint64_t ring_add(struct ring *r, const char *text, unsigned level,
				unsigned facility, uint32_t caller, uint64_t ts_nsec)
{
	struct machine *m = r->m;
	uint64_t begin, next, id = (r->head_id + 1) & id_mask(m);
	size_t len = strlen(text), d, i;
	r->head_id = id;
	if (((r->head_id - r->tail_id) & id_mask(m)) >= UINT64_C(1) << r->s.count_bits)
		r->tail_id = (r->tail_id + 1) & id_mask(m);
	d = desc_at(r, id);
	i = info_at(r, id);
	if (len) {
		size_t at = ring_block(r, m->lb + len, &begin, &next);
		poke(m, at, m->lb, id);
		memcpy(m->mem + at + m->lb, text, len);
	} else {
		begin = next = 3;		/* NO_LPOS: an empty line */
	}
	poke(m, d + m->lb, m->lb, begin);
	poke(m, d + 2 * m->lb, m->lb, next);
	set_state(r, id, 2);
	poke(m, i, 8, r->seq++);
	poke(m, i + 8, 8, ts_nsec);
	poke(m, i + 16, 2, len);
	m->mem[i + 18] = (unsigned char)facility;
	m->mem[i + 19] = (unsigned char)(m->big ? level : level << 5);
	poke(m, i + r->s.at_caller, 4, caller);
	return id;
}

/* --- the record buffer of 3.5 to 5.9; struct log to 3.10 --- */

enum { AT_BUF_PTR = 0, AT_BUF_LEN = 8, AT_FIRST = 16, AT_NEXT = 24, AT_SEQ = 32,
       AT_END = 40, AT_CHARS = 48, AT_BUF = 4096 };

struct records {
	struct machine m;
	size_t head, at;		/* at: next free byte of the buffer */
	size_t buf_len;
	bool caller;
};

static inline void records_begin(struct records *r, const char *name, size_t head,
				 bool caller, size_t buf_len, bool big, size_t mem_n)
{
	static const char *const symbols[] = { "log_buf", "log_buf_len", "log_first_idx",
					       "log_next_idx", "log_first_seq" };
	machine_init(&r->m, mem_n, 8, big);
	r->head = head;
	r->caller = caller;
	r->buf_len = buf_len;
	r->at = 0;
	for (size_t i = 0; i < COUNT(symbols); i++)
		iq_buf_printf(&r->m.info, "SYMBOL(%s)=%llx\n", symbols[i],
			      (unsigned long long)(BASE + i * 8));
	iq_buf_printf(&r->m.info, "SIZE(%s)=%zu\nOFFSET(%s.ts_nsec)=0\nOFFSET(%s.len)=8\n"
		      "OFFSET(%s.text_len)=10\nOFFSET(%s.dict_len)=12\n", name, head, name,
		      name, name, name);
	if (caller)
		iq_buf_printf(&r->m.info, "OFFSET(%s.caller_id)=16\n", name);
	poke(&r->m, AT_BUF_PTR, 8, BASE + AT_BUF);
	poke(&r->m, AT_BUF_LEN, 4, buf_len);
}

static inline void records_add(struct records *r, const char *text, unsigned level,
			       unsigned flags, uint32_t caller, uint64_t ts_nsec)
{
	size_t n = strlen(text), len = (r->head + n + 3) & ~(size_t)3;
	/* log_has_space() keeps room for the header of zeros that says: go on at 0 */
	if (r->at + len + r->head > r->buf_len) {
		memset(r->m.mem + AT_BUF + r->at, 0, r->buf_len - r->at);
		r->at = 0;
	}
	size_t h = AT_BUF + r->at;
	poke(&r->m, h, 8, ts_nsec);
	poke(&r->m, h + 8, 2, len);
	poke(&r->m, h + 10, 2, n);
	poke(&r->m, h + 12, 2, 0);
	r->m.mem[h + 14] = 0;
	r->m.mem[h + 15] = (unsigned char)(r->m.big ? flags << 3 | level : level << 5 | flags);
	if (r->caller)
		poke(&r->m, h + 16, 4, caller);
	memcpy(r->m.mem + h + r->head, text, n);
	r->at += len;
	poke(&r->m, AT_NEXT, 4, r->at);
}

/* --- what comes out --- */

struct got {
	struct iq_record rec[64];
	char text[64][1200];
	size_t n, n_issues;
	char code[16][32], severity[16][16];
	int rc;
	struct iq_err err;
};

static inline int got_record(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	struct got *g = arg;
	if (g->n == 64)
		return iq_err_set(err, IQ_E_BUG, "more records than expected");
	snprintf(g->text[g->n], sizeof g->text[0], "%.*s", IQ_FMT(rec->text));
	g->rec[g->n] = *rec;
	g->rec[g->n].text.p = g->text[g->n];
	g->n++;
	return 0;
}

static inline void got_issue(void *arg, const char *severity, const char *code,
			     int64_t offset, const char *text)
{
	struct got *g = arg;
	(void)offset;
	(void)text;
	if (g->n_issues == 16)
		return;
	snprintf(g->severity[g->n_issues], 16, "%s", severity);
	snprintf(g->code[g->n_issues++], 32, "%s", code);
}

static inline void decode(struct got *g, struct machine *m,
			  int (*decoder)(struct iq_printk *, struct iq_err *))
{
	struct iq_memory mem = { machine_read, m, m->lb, m->big };
	struct iq_vmcoreinfo info = { iq_buf_as_slice(&m->info) };
	struct iq_printk *p = calloc(1, sizeof *p);
	memset(g, 0, sizeof *g);
	p->mem = &mem;
	p->info = &info;
	p->record = got_record;
	p->issue = got_issue;
	p->arg = p->issue_arg = g;
	g->rc = decoder(p, &g->err);
	free(p);
}

#endif
