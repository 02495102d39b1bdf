/* vmcore/printk/printk_ring.c - the lockless ring buffer of 5.10 and later.
 *
 * Follows kernel/printk/printk_ringbuffer.{h,c} of 5.10 to 7.2: descriptors by id
 * between tail and head, each with a state in the top bits of state_var and the
 * logical positions of its block in the text ring; infos beside them.  A block starts
 * with the id of its descriptor; one that would not fit before the end of the ring
 * lies at its beginning.  6.19 and later let a block end exactly at the end of the
 * ring (next position a multiple of the size), which older ones never did.
 */
#include "vmcore/printk/printk.h"

#define COUNT_BITS_MAX 26	/* LOG_BUF_LEN_MAX 2^31, 2^5 bytes a record */
#define SIZE_BITS_MAX 31
#define INFO_BYTES_MAX 512

enum state { RESERVED = 0, COMMITTED = 1, FINALIZED = 2, REUSABLE = 3 };

struct layout {			/* offsets from VMCOREINFO */
	size_t rb_desc_ring, rb_text_ring, rb_size;
	size_t dr_count_bits, dr_descs, dr_infos, dr_head_id, dr_tail_id;
	size_t tr_size_bits, tr_data;
	size_t desc_size, desc_state, desc_lpos, lpos_begin, lpos_next;
	size_t info_size, info_seq, info_ts, info_text_len, info_caller;
};

struct ring {
	struct iq_printk *p;
	struct layout l;
	unsigned count_bits, size_bits;
	uint64_t descs, infos, data, head_id, tail_id;
	uint64_t id_mask, long_mask;
	unsigned n_long;
	bool have_seq, gap;
	uint64_t last_seq, first_seq;
	uint64_t lost, unread, unfinished;	/* text gone, pages missing, being written */
};

static bool read_layout(const struct iq_vmcoreinfo *v, unsigned n_long, struct layout *l)
{
	const struct {
		bool size;
		const char *name;
		size_t *at;
	} want[] = {
		{ false, "printk_ringbuffer.desc_ring", &l->rb_desc_ring },
		{ false, "printk_ringbuffer.text_data_ring", &l->rb_text_ring },
		{ true,  "printk_ringbuffer", &l->rb_size },
		{ false, "prb_desc_ring.count_bits", &l->dr_count_bits },
		{ false, "prb_desc_ring.descs", &l->dr_descs },
		{ false, "prb_desc_ring.infos", &l->dr_infos },
		{ false, "prb_desc_ring.head_id", &l->dr_head_id },
		{ false, "prb_desc_ring.tail_id", &l->dr_tail_id },
		{ false, "prb_data_ring.size_bits", &l->tr_size_bits },
		{ false, "prb_data_ring.data", &l->tr_data },
		{ true,  "prb_desc", &l->desc_size },
		{ false, "prb_desc.state_var", &l->desc_state },
		{ false, "prb_desc.text_blk_lpos", &l->desc_lpos },
		{ false, "prb_data_blk_lpos.begin", &l->lpos_begin },
		{ false, "prb_data_blk_lpos.next", &l->lpos_next },
		{ true,  "printk_info", &l->info_size },
		{ false, "printk_info.seq", &l->info_seq },
		{ false, "printk_info.ts_nsec", &l->info_ts },
		{ false, "printk_info.text_len", &l->info_text_len },
		{ false, "printk_info.caller_id", &l->info_caller },
	};

	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		if (!(want[i].size ? iq_vmcoreinfo_size : iq_vmcoreinfo_offset)
		    (v, want[i].name, want[i].at))
			return false;
	/* what is read in one go has to hold what is taken from it */
	return l->desc_size <= INFO_BYTES_MAX && l->desc_state + n_long <= l->desc_size &&
	       l->desc_lpos + l->lpos_begin + n_long <= l->desc_size &&
	       l->desc_lpos + l->lpos_next + n_long <= l->desc_size &&
	       l->info_size <= INFO_BYTES_MAX && l->info_seq + 8 <= l->info_size &&
	       l->info_ts + 8 <= l->info_size && l->info_text_len + 4 <= l->info_size &&
	       l->info_caller + 4 <= l->info_size;
}

/* The two rings' own figures. */
static enum iq_mem_status read_rings(struct ring *r)
{
	const struct iq_memory *m = r->p->mem;
	const struct layout *l = &r->l;
	uint64_t prb, rb, count_bits, size_bits;
	const struct {
		size_t at, n;
		uint64_t *ret;
	} want[] = {
		{ l->rb_desc_ring + l->dr_count_bits, 4, &count_bits },
		{ l->rb_desc_ring + l->dr_descs, r->n_long, &r->descs },
		{ l->rb_desc_ring + l->dr_infos, r->n_long, &r->infos },
		{ l->rb_desc_ring + l->dr_head_id, r->n_long, &r->head_id },
		{ l->rb_desc_ring + l->dr_tail_id, r->n_long, &r->tail_id },
		{ l->rb_text_ring + l->tr_size_bits, 4, &size_bits },
		{ l->rb_text_ring + l->tr_data, r->n_long, &r->data },
	};

	if (!iq_vmcoreinfo_symbol(r->p->info, "prb", &prb))
		return IQ_MEM_FAILED;
	enum iq_mem_status s = iq_mem_uint(m, prb, r->n_long, &rb);
	for (size_t i = 0; s == IQ_MEM_OK && i < sizeof want / sizeof *want; i++)
		s = iq_mem_uint(m, rb + want[i].at, want[i].n, want[i].ret);
	if (s != IQ_MEM_OK)
		return s;
	r->count_bits = (unsigned)(count_bits > 64 ? 64 : count_bits);
	r->size_bits = (unsigned)(size_bits > 64 ? 64 : size_bits);
	return IQ_MEM_OK;
}

/* Where the text of a block lies, and how much room it has.  False: no text. */
static bool block_place(const struct ring *r, uint64_t begin, uint64_t next,
			uint64_t *ret_at, uint64_t *ret_n)
{
	uint64_t size = UINT64_C(1) << r->size_bits;
	uint64_t b = begin & (size - 1), n = next & (size - 1);
	uint64_t wraps = ((next >> r->size_bits) - (begin >> r->size_bits)) &
			 (r->long_mask >> r->size_bits);

	if (wraps == 0 && b < n) {
		*ret_at = b;
		*ret_n = n - b;
	} else if (wraps == 1 && n == 0) {	/* fits exactly: 6.19 */
		*ret_at = b;
		*ret_n = size - b;
	} else if (wraps == 1) {
		*ret_at = 0;
		*ret_n = n;
	} else {
		return false;
	}
	return *ret_n > r->n_long;
}

/* The text of the descriptor ID into p->text.  IQ_MEM_UNMAPPED: overwritten since. */
static enum iq_mem_status read_text(struct ring *r, uint64_t id, uint64_t begin,
				    uint64_t next, size_t len, struct iq_slice *ret)
{
	const struct iq_memory *m = r->p->mem;
	uint64_t at, n, owner;

	*ret = IQ_LIT("");
	if ((begin & 1) && (next & 1))		/* an empty line, or it failed */
		return begin == 3 || len == 0 ? IQ_MEM_OK : IQ_MEM_UNMAPPED;
	if (!block_place(r, begin, next, &at, &n))
		return IQ_MEM_UNMAPPED;
	enum iq_mem_status s = iq_mem_uint(m, r->data + at, r->n_long, &owner);
	if (s != IQ_MEM_OK)
		return s;
	if ((owner & r->id_mask) != id)
		return IQ_MEM_UNMAPPED;
	n -= r->n_long;
	if (len > n)
		len = (size_t)n;
	if (len > sizeof r->p->text)
		len = sizeof r->p->text;
	s = iq_mem_read(m, r->data + at + r->n_long, r->p->text, len);
	*ret = iq_slice(r->p->text, len);
	return s;
}

static void fill_record(struct ring *r, const unsigned char *info, struct iq_record *rec)
{
	const struct iq_memory *m = r->p->mem;
	const struct layout *l = &r->l;
	unsigned char bits = info[l->info_text_len + 3];
	uint64_t caller = iq_mem_int(m, info + l->info_caller, 4);

	iq_printk_blank(rec);
	rec->mono_us = (int64_t)(iq_mem_int(m, info + l->info_ts, 8) / 1000);
	rec->facility = info[l->info_text_len + 2];
	rec->level = m->big_endian ? bits & 7 : bits >> 5;	/* u8 flags:5, level:3 */
	rec->kernel = rec->facility == 0;	/* /dev/kmsg makes it 1 at least */
	rec->caller_kind = caller & 0x80000000u ? 'C' : 'T';
	rec->caller = (int64_t)(caller & 0x7fffffffu);
}

/* A jump in the numbers means records that were lost. */
static void note_seq(struct ring *r, uint64_t seq, struct iq_record *rec)
{
	if (!r->have_seq)
		r->first_seq = seq;
	if (r->gap || (r->have_seq ? seq != r->last_seq + 1 : seq != 0))
		rec->flags |= IQ_REC_AFTER_GAP;
	r->have_seq = true;
	r->last_seq = seq;
	r->gap = false;
}

static int one(struct ring *r, uint64_t id, struct iq_err *err)
{
	const struct iq_memory *m = r->p->mem;
	const struct layout *l = &r->l;
	unsigned char desc[INFO_BYTES_MAX], info[INFO_BYTES_MAX];
	uint64_t slot = id & ((UINT64_C(1) << r->count_bits) - 1);
	struct iq_record rec;
	struct iq_slice text;

	if (iq_mem_read(m, r->descs + slot * l->desc_size, desc, l->desc_size)) {
		r->unread++;
		r->gap = true;
		return 0;
	}
	uint64_t var = iq_mem_int(m, desc + l->desc_state, r->n_long);
	enum state state = (enum state)(var >> (8 * r->n_long - 2) & 3);
	if ((var & r->id_mask) != id || state == REUSABLE)
		return 0;		/* never used, or its text was overwritten */
	if (iq_mem_read(m, r->infos + slot * l->info_size, info, l->info_size)) {
		r->unread++;
		r->gap = true;
		return 0;
	}
	size_t len = (size_t)iq_mem_int(m, info + l->info_text_len, 2);
	const unsigned char *lpos = desc + l->desc_lpos;
	enum iq_mem_status s =
		read_text(r, id, iq_mem_int(m, lpos + l->lpos_begin, r->n_long),
			  iq_mem_int(m, lpos + l->lpos_next, r->n_long), len, &text);
	if (s != IQ_MEM_OK) {
		*(s == IQ_MEM_UNMAPPED ? &r->lost : &r->unread) += 1;
		r->gap = true;
		return 0;
	}
	if (state == RESERVED && !text.n)
		return 0;
	fill_record(r, info, &rec);
	note_seq(r, iq_mem_int(m, info + l->info_seq, 8), &rec);
	rec.text = text;
	if (state == RESERVED) {	/* the crash came while it was written */
		rec.flags |= IQ_REC_CUT;
		r->unfinished++;
	}
	return iq_printk_give(r->p, &rec, err);
}

static void tell(struct ring *r)
{
	struct iq_printk *p = r->p;

	if (r->have_seq && r->first_seq)
		iq_printk_issue(p, "note", "log-overwritten",
				"the ring buffer had wrapped: %llu older records are gone",
				(unsigned long long)r->first_seq);
	if (r->lost)
		iq_printk_issue(p, "note", "log-lost",
				"the text of %llu records was overwritten or never stored",
				(unsigned long long)r->lost);
	if (r->unread)
		iq_printk_issue(p, "damage", "log-unreadable",
				"%llu records lie in pages that the dump does not have",
				(unsigned long long)r->unread);
	if (r->unfinished)
		iq_printk_issue(p, "note", "log-unfinished",
				"%llu records were being written when the machine stopped",
				(unsigned long long)r->unfinished);
}

int iq_printk_ring(struct iq_printk *p, struct iq_err *err)
{
	struct ring r = { .p = p, .n_long = p->mem->long_bytes };
	int ret = 0;

	r.long_mask = r.n_long == 8 ? UINT64_MAX : UINT32_MAX;
	r.id_mask = r.long_mask >> 2;
	if (!read_layout(p->info, r.n_long, &r.l))
		return iq_err_set(err, IQ_E_UNSUPPORTED, "VMCOREINFO does not describe "
				  "the log buffer (or in a way no kernel does)");
	enum iq_mem_status s = read_rings(&r);
	if (s != IQ_MEM_OK)
		return iq_err_set(err, IQ_E_FORMAT, "the log buffer is %s", iq_mem_why(s));
	if (r.count_bits > COUNT_BITS_MAX || r.size_bits > SIZE_BITS_MAX)
		return iq_err_set(err, IQ_E_FORMAT, "the log buffer's sizes are absurd "
				  "(2^%u records, 2^%u bytes)", r.count_bits, r.size_bits);

	uint64_t count = UINT64_C(1) << r.count_bits;
	uint64_t n = ((r.head_id - r.tail_id) & r.id_mask) + 1;
	if (n > count) {
		iq_printk_issue(p, "damage", "log-damaged", "head and tail of the log "
				"buffer do not fit; all of its slots are tried");
		r.tail_id = r.head_id - count + 1;
		n = count;
	}
	for (uint64_t i = 0; ret == 0 && i < n; i++)
		ret = one(&r, (r.tail_id + i) & r.id_mask, err);
	tell(&r);
	if (ret == 0 && p->n == 0 && r.unread)
		return iq_err_set(err, IQ_E_FORMAT, "the log buffer is not in the dump");
	return ret;
}
