/* vmcore/stacks/orc.c - see orc.h */
#include "vmcore/stacks/orc.h"

#include <stdlib.h>

#define ENTRY_BYTES 6
#define ENTRIES_MAX 8000000		/* a kernel has 300 000 to 500 000 */
#define TABLES_MAX 8192
#define SAMPLES 16			/* places looked at ... */
#define SAMPLE_ENTRIES 256		/* ... and entries at each, to learn the form */

#define MEMO 2048

struct iq_orc_memo {
	struct {
		uint64_t ip;
		bool known, found;
		struct iq_orc_entry entry;
	} at[MEMO];
};

void iq_orc_init(struct iq_orc *o, const struct iq_memory *mem)
{
	*o = (struct iq_orc){ .mem = mem };
}

void iq_orc_fini(struct iq_orc *o)
{
	free(o->tables);
	free(o->memo);
	o->tables = NULL;
	o->memo = NULL;
	o->n = o->cap = 0;
}

/* The address that entry NO is for. */
static bool ip_at(const struct iq_memory *mem, const struct iq_orc_table *t, uint32_t no,
		  uint64_t *ret)
{
	uint64_t at = t->ips + 4 * (uint64_t)no, off;

	if (iq_mem_uint(mem, at, 4, &off) != IQ_MEM_OK)
		return false;
	*ret = at + (uint64_t)(int64_t)(int32_t)(uint32_t)off;
	return true;
}

int iq_orc_add(struct iq_orc *o, uint64_t ips, uint64_t entries, uint64_t n)
{
	struct iq_orc_table t = { .ips = ips, .entries = entries, .n = (uint32_t)n };

	if (n == 0 || n > ENTRIES_MAX || o->n == TABLES_MAX ||
	    !ip_at(o->mem, &t, 0, &t.first) || !ip_at(o->mem, &t, t.n - 1, &t.last) ||
	    t.first > t.last)
		return 1;
	if (o->n == o->cap) {
		size_t cap = o->cap ? 2 * o->cap : 64;
		void *p = realloc(o->tables, cap * sizeof *o->tables);
		if (!p)
			return -1;
		o->tables = p;
		o->cap = cap;
	}
	o->tables[o->n++] = t;
	return 0;
}

/* --- what form the entries have --- */

/* Nearly all instructions find the caller by SP, with a return address: which numbers
 * stand for that in most entries tells the form (facts 5.1: SP is 5, in 7.x 3; a call
 * is 0, since 6.4 2). */
static bool learn(struct iq_orc *o, const struct iq_orc_table *t, bool signal_bit)
{
	unsigned char b[SAMPLE_ENTRIES * ENTRY_BYTES];
	size_t sp3 = 0, sp5 = 0, call2 = 0, call0 = 0;

	for (uint32_t s = 0; s < SAMPLES; s++) {
		uint32_t at = (uint32_t)((uint64_t)t->n * s / SAMPLES);
		uint32_t n = t->n - at < SAMPLE_ENTRIES ? t->n - at : SAMPLE_ENTRIES;
		if (iq_mem_read(o->mem, t->entries + ENTRY_BYTES * (uint64_t)at, b,
				n * ENTRY_BYTES) != IQ_MEM_OK)
			continue;
		for (uint32_t i = 0; i < n; i++) {
			uint64_t w = iq_mem_int(o->mem, b + ENTRY_BYTES * i + 4, 2);
			sp3 += (w & 15) == 3;
			sp5 += (w & 15) == 5;
			call0 += (w & 15) && (w >> 8 & 7) == 0;
			call2 += (w & 15) && (w >> 8 & 7) == 2;
		}
	}
	o->new_registers = sp3 > sp5;
	o->form = call2 > call0 ? IQ_ORC_TYPE3 : signal_bit ? IQ_ORC_TYPE2_SIGNAL
							    : IQ_ORC_TYPE2;
	return sp3 + sp5 > 0 && call0 + call2 > 0;
}

static int by_first(const void *a, const void *b)
{
	const struct iq_orc_table *x = a, *y = b;
	return (x->first > y->first) - (x->first < y->first);
}

bool iq_orc_ready(struct iq_orc *o, bool signal_bit)
{
	size_t largest = 0;

	if (!o->n)
		return false;
	for (size_t i = 1; i < o->n; i++)
		if (o->tables[i].n > o->tables[largest].n)
			largest = i;
	if (!learn(o, &o->tables[largest], signal_bit))
		return false;
	qsort(o->tables, o->n, sizeof *o->tables, by_first);
	o->memo = calloc(1, sizeof *o->memo);	/* without it it is only slower */
	return true;
}

/* --- entries --- */

static uint8_t reg(const struct iq_orc *o, unsigned no)
{
	static const uint8_t old[] = {
		IQ_ORC_NONE, IQ_ORC_PREV_SP, IQ_ORC_DX, IQ_ORC_DI, IQ_ORC_BP, IQ_ORC_SP,
		IQ_ORC_R10, IQ_ORC_R13, IQ_ORC_BP_INDIRECT, IQ_ORC_SP_INDIRECT,
	};
	static const uint8_t new[] = {
		IQ_ORC_NONE, IQ_ORC_AX, IQ_ORC_DX, IQ_ORC_SP, IQ_ORC_BP, IQ_ORC_DI,
		IQ_ORC_R10, IQ_ORC_R13, IQ_ORC_PREV_SP, IQ_ORC_SP_INDIRECT,
		IQ_ORC_BP_INDIRECT,
	};
	if (o->new_registers)
		return no < sizeof new ? new[no] : IQ_ORC_BAD;
	return no < sizeof old ? old[no] : IQ_ORC_BAD;
}

static void decode(const struct iq_orc *o, const unsigned char *b, struct iq_orc_entry *e)
{
	unsigned w = (unsigned)iq_mem_int(o->mem, b + 4, 2), bits = w >> 8;

	e->sp_offset = (int16_t)iq_mem_int(o->mem, b, 2);
	e->bp_offset = (int16_t)iq_mem_int(o->mem, b + 2, 2);
	e->sp_reg = reg(o, w & 15);
	e->bp_reg = reg(o, w >> 4 & 15);
	if (o->form == IQ_ORC_TYPE3) {
		e->type = bits & 7;
		e->signal = bits >> 3 & 1;
		return;
	}
	/* no register to start from: nothing is known, or here it ends */
	bool end = bits >> (o->form == IQ_ORC_TYPE2 ? 2 : 3) & 1;
	e->type = !(w & 15) ? (end ? IQ_ORC_END : IQ_ORC_UNDEFINED)
			    : (uint8_t)(IQ_ORC_CALL + (bits & 3));
	e->signal = o->form == IQ_ORC_TYPE2 ? (bits & 3) != 0 : bits >> 2 & 1;
}

/* The last table that begins at or below IP. */
static const struct iq_orc_table *table_of(const struct iq_orc *o, uint64_t ip)
{
	size_t lo = 0, hi = o->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (o->tables[mid].first <= ip)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? &o->tables[lo - 1] : NULL;
}

/* Of several entries for one address the last counts. */
static bool search(const struct iq_orc *o, uint64_t ip, struct iq_orc_entry *ret)
{
	const struct iq_orc_table *t = table_of(o, ip);
	unsigned char b[ENTRY_BYTES];
	uint64_t at;

	if (!t)
		return false;
	uint32_t lo = 0, hi = t->n;
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (!ip_at(o->mem, t, mid, &at))
			return false;
		if (at <= ip)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo || iq_mem_read(o->mem, t->entries + ENTRY_BYTES * (uint64_t)(lo - 1), b,
			       sizeof b) != IQ_MEM_OK)
		return false;
	decode(o, b, ret);
	return true;
}

bool iq_orc_find(const struct iq_orc *o, uint64_t ip, struct iq_orc_entry *ret)
{
	size_t slot = (size_t)(ip * UINT64_C(0x9e3779b97f4a7c15) >> 53);

	_Static_assert(MEMO == 1 << 11, "the slot is eleven bits");
	if (!o->memo)
		return search(o, ip, ret);
	if (!o->memo->at[slot].known || o->memo->at[slot].ip != ip) {
		o->memo->at[slot].known = true;
		o->memo->at[slot].ip = ip;
		o->memo->at[slot].found = search(o, ip, &o->memo->at[slot].entry);
	}
	*ret = o->memo->at[slot].entry;
	return o->memo->at[slot].found;
}
