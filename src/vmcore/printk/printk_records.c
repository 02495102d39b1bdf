/* vmcore/printk/printk_records.c - the record buffer of 3.5 to 5.9, and the ring of
 * characters before it.
 *
 * Records follow kernel/printk.c of 3.5 and kernel/printk/printk.c to 5.9: struct
 * printk_log (`log` to 3.10) {u64 ts_nsec; u16 len, text_len, dict_len; u8 facility;
 * u8 flags:5, level:3; [u32 caller_id since 5.1]} with the text behind it, the next
 * one at +len, len 0 meaning "go on at the start".  Fragments that printk could not
 * join while they were written (LOG_CONT) are joined here, as dmesg does.
 *
 * Characters follow kernel/printk.c of 2.6.32: log_end counts all that were ever
 * written, the buffer holds the last log_buf_len of them.
 */
#include "vmcore/printk/printk.h"

#include <stdlib.h>

#define LOG_BUF_MAX (UINT64_C(1) << 31)
#define RECORD_BYTES_MAX 65536		/* len is 16 bits */

enum log_flags { LOG_NEWLINE = 2, LOG_PREFIX = 4, LOG_CONT = 8 };

/* --- records --- */

struct records {
	struct iq_printk *p;
	size_t head;			/* sizeof struct printk_log */
	size_t at_ts, at_len, at_text_len, at_caller;
	bool have_caller;
	uint64_t buf, buf_len, first, next;
	/* a record that waits for its rest; its text is in p->text */
	struct iq_record wait;
	bool waiting, open;		/* open: no newline yet */
};

static bool offset2(const struct iq_vmcoreinfo *v, const char *member, size_t *ret)
{
	char name[64];
	for (int i = 0; i < 2; i++) {
		const char *lead = i ? "log." : "printk_log.";
		size_t n = strlen(lead);
		memcpy(name, lead, n);
		strcpy(name + n, member);
		if (iq_vmcoreinfo_offset(v, name, ret))
			return true;
	}
	return false;
}

static bool read_layout(struct records *r)
{
	const struct iq_vmcoreinfo *v = r->p->info;

	if (!iq_vmcoreinfo_size(v, "printk_log", &r->head) &&
	    !iq_vmcoreinfo_size(v, "log", &r->head))
		return false;
	if (!offset2(v, "ts_nsec", &r->at_ts) || !offset2(v, "len", &r->at_len) ||
	    !offset2(v, "text_len", &r->at_text_len))
		return false;
	r->have_caller = offset2(v, "caller_id", &r->at_caller);
	return r->head >= 16 && r->head <= 64 && r->at_ts + 8 <= r->head &&
	       r->at_len + 2 <= r->head && r->at_text_len + 6 <= r->head &&
	       (!r->have_caller || r->at_caller + 4 <= r->head);
}

static enum iq_mem_status var(const struct iq_printk *p, const char *name, size_t n,
			      uint64_t *ret)
{
	uint64_t at;
	return iq_vmcoreinfo_symbol(p->info, name, &at) ? iq_mem_uint(p->mem, at, n, ret)
							: IQ_MEM_FAILED;
}

static int flush(struct records *r, struct iq_err *err)
{
	if (!r->waiting)
		return 0;
	r->waiting = false;
	return iq_printk_give(r->p, &r->wait, err);
}

static void fill_record(struct records *r, const unsigned char *h, struct iq_record *rec)
{
	const struct iq_memory *m = r->p->mem;
	unsigned char bits = h[r->at_text_len + 5];

	iq_printk_blank(rec);
	rec->mono_us = (int64_t)(iq_mem_int(m, h + r->at_ts, 8) / 1000);
	rec->facility = h[r->at_text_len + 4];
	rec->level = m->big_endian ? bits & 7 : bits >> 5;
	rec->kernel = rec->facility == 0;
	if (r->have_caller) {
		uint64_t caller = iq_mem_int(m, h + r->at_caller, 4);
		rec->caller_kind = caller & 0x80000000u ? 'C' : 'T';
		rec->caller = (int64_t)(caller & 0x7fffffffu);
	}
}

/* One record with the header H at offset AT of the buffer. */
static int one(struct records *r, uint64_t at, const unsigned char *h, struct iq_err *err)
{
	const struct iq_memory *m = r->p->mem;
	size_t len = (size_t)iq_mem_int(m, h + r->at_len, 2);
	size_t text_len = (size_t)iq_mem_int(m, h + r->at_text_len, 2);
	unsigned char bits = h[r->at_text_len + 5];
	unsigned flags = m->big_endian ? bits >> 3 : bits & 31;
	struct iq_record rec;

	if (text_len > len - r->head)
		text_len = len - r->head;
	fill_record(r, h, &rec);
	bool join = r->waiting && r->open && (flags & LOG_CONT) && !(flags & LOG_PREFIX) &&
		    rec.caller == r->wait.caller;
	if (!join && flush(r, err))
		return -1;
	size_t have = join ? r->wait.text.n : 0;
	if (text_len > sizeof r->p->text - have)
		text_len = sizeof r->p->text - have;
	enum iq_mem_status s = iq_mem_read(m, r->buf + at + r->head, r->p->text + have,
					   text_len);
	if (s != IQ_MEM_OK)
		text_len = 0;
	if (join) {
		r->wait.flags |= IQ_REC_JOINED;
	} else {
		r->wait = rec;
		r->waiting = true;
	}
	if (s != IQ_MEM_OK)
		r->wait.flags |= IQ_REC_CUT;
	r->wait.text = iq_slice(r->p->text, have + text_len);
	/* to 4.8 each fragment was a record; only those flagged may be open */
	r->open = !(flags & LOG_NEWLINE);
	return 0;
}

static int all_records(struct records *r, struct iq_err *err)
{
	const struct iq_memory *m = r->p->mem;
	unsigned char h[64];
	uint64_t at = r->first, walked = 0;

	while (at != r->next) {
		enum iq_mem_status s = at + r->head <= r->buf_len
			? iq_mem_read(m, r->buf + at, h, r->head) : IQ_MEM_OK;
		size_t len = at + r->head <= r->buf_len && s == IQ_MEM_OK
			? (size_t)iq_mem_int(m, h + r->at_len, 2) : 0;
		if (s != IQ_MEM_OK) {
			iq_printk_issue(r->p, "damage", "log-unreadable", "the log buffer is "
					"%s from byte %llu on", iq_mem_why(s),
					(unsigned long long)at);
			break;
		}
		if (len == 0) {			/* the rest of the buffer is not used */
			walked += r->buf_len - at;
			if (at == 0 || walked > r->buf_len)
				break;
			at = 0;
			continue;
		}
		if (len < r->head || len > r->buf_len - at) {
			iq_printk_issue(r->p, "damage", "log-damaged", "a record of the log "
					"buffer has an impossible length at byte %llu",
					(unsigned long long)at);
			break;
		}
		if (one(r, at, h, err))
			return -1;
		at += len;
		walked += len;
		if (walked > r->buf_len) {
			iq_printk_issue(r->p, "damage", "log-damaged",
					"the log buffer has no end");
			break;
		}
	}
	return flush(r, err);
}

int iq_printk_records(struct iq_printk *p, struct iq_err *err)
{
	struct records r = { .p = p };
	uint64_t first_seq = 0;

	if (!read_layout(&r))
		return iq_err_set(err, IQ_E_UNSUPPORTED, "VMCOREINFO does not describe "
				  "the log buffer (or in a way no kernel does)");
	enum iq_mem_status s = var(p, "log_buf", p->mem->long_bytes, &r.buf);
	if (s == IQ_MEM_OK)
		s = var(p, "log_buf_len", 4, &r.buf_len);
	if (s == IQ_MEM_OK)
		s = var(p, "log_first_idx", 4, &r.first);
	if (s == IQ_MEM_OK)
		s = var(p, "log_next_idx", 4, &r.next);
	if (s != IQ_MEM_OK)
		return iq_err_set(err, IQ_E_FORMAT, "the log buffer is %s", iq_mem_why(s));
	if (r.buf_len > LOG_BUF_MAX || r.first >= r.buf_len || r.next > r.buf_len)
		return iq_err_set(err, IQ_E_FORMAT, "the log buffer's figures are absurd");
	if (var(p, "log_first_seq", 8, &first_seq) == IQ_MEM_OK && first_seq)
		iq_printk_issue(p, "note", "log-overwritten",
				"the log buffer had wrapped: %llu older records are gone",
				(unsigned long long)first_seq);
	return all_records(&r, err);
}

/* --- characters --- */

struct bytes {
	struct iq_printk *p;
	size_t n;			/* of the line in p->text */
	bool cut;			/* its beginning was overwritten, or it is too long */
};

/* "<4>[  102.345678] text"; both parts may be missing. */
static int byte_line(struct bytes *b, struct iq_err *err)
{
	struct iq_slice s = iq_slice(b->p->text, b->n), t;
	struct iq_record rec;
	uint64_t v, usec;

	iq_printk_blank(&rec);
	t = s;
	if (iq_skip(&t, IQ_LIT("<")) && iq_take_u64(&t, &v) && iq_skip(&t, IQ_LIT(">")) &&
	    v < 1024) {
		rec.level = (int)(v & 7);
		rec.facility = (int)(v >> 3);
		rec.kernel = rec.facility == 0;
		s = t;
	}
	t = s;
	if (iq_skip(&t, IQ_LIT("["))) {
		iq_skip_blank(&t);
		if (iq_take_u64(&t, &v) && v < UINT32_MAX && iq_skip(&t, IQ_LIT(".")) &&
		    t.n >= 7 && t.p[6] == ']' && iq_take_u64(&t, &usec) && usec < 1000000 &&
		    iq_skip(&t, IQ_LIT("]"))) {
			iq_skip(&t, IQ_LIT(" "));
			rec.mono_us = (int64_t)v * 1000000 + (int64_t)usec;
			s = t;
		}
	}
	rec.text = s;
	rec.flags = b->cut ? IQ_REC_CUT : 0;
	b->n = 0;
	b->cut = false;
	return iq_printk_give(b->p, &rec, err);
}

static int byte_chunk(struct bytes *b, const char *p, size_t n, struct iq_err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n') {
			if (byte_line(b, err))
				return -1;
		} else if (b->n < sizeof b->p->text) {
			b->p->text[b->n++] = p[i];
		} else {
			b->cut = true;
		}
	}
	return 0;
}

int iq_printk_bytes(struct iq_printk *p, struct iq_err *err)
{
	struct bytes b = { .p = p };
	uint64_t buf, len, end, chars;
	char chunk[4096];

	enum iq_mem_status s = var(p, "log_buf", p->mem->long_bytes, &buf);
	if (s == IQ_MEM_OK)
		s = var(p, "log_buf_len", 4, &len);
	if (s == IQ_MEM_OK)
		s = var(p, "log_end", 4, &end);
	if (s != IQ_MEM_OK)
		return iq_err_set(err, IQ_E_FORMAT, "the log buffer is %s", iq_mem_why(s));
	/* a power of two, since the kernel masks with it */
	if (len == 0 || len > LOG_BUF_MAX || (len & (len - 1)))
		return iq_err_set(err, IQ_E_FORMAT, "the log buffer's figures are absurd");
	/* log_end wraps at 2^32; logged_chars stops at log_buf_len */
	if (var(p, "logged_chars", 4, &chars) != IQ_MEM_OK || chars > len)
		chars = end < len ? end : len;
	b.cut = chars == len;
	if (b.cut)
		iq_printk_issue(p, "note", "log-overwritten",
				"the log buffer had wrapped: its beginning is gone");
	for (uint64_t i = 0; i < chars;) {
		uint64_t at = (end - chars + i) & (len - 1);
		size_t n = sizeof chunk - at % sizeof chunk;
		n = n < len - at ? n : (size_t)(len - at);
		n = n < chars - i ? n : (size_t)(chars - i);
		s = iq_mem_read(p->mem, buf + at, chunk, n);
		if (s == IQ_MEM_OK) {
			if (byte_chunk(&b, chunk, n, err))
				return -1;
		} else {
			iq_printk_issue(p, "damage", "log-unreadable", "%zu bytes of the log "
					"buffer are %s", n, iq_mem_why(s));
			b.cut = true;
		}
		i += n;
	}
	if (!b.n)
		return 0;
	b.cut = true;
	return byte_line(&b, err);
}
