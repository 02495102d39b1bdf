/* text/dialect_kmsg.c - records of /dev/kmsg and of extended netconsole.
 *
 *   record = prefix "," seq "," usec ["," flag] *("," key "=" value) ";" text
 *
 * Follows kernel/printk/printk.c (info_print_ext_header, devkmsg_read: flag c and +)
 * and Documentation/networking/netconsole.rst (release in front, ncfrag=).  Time is in
 * microseconds since boot.  Fragments of one record are put together here while they
 * follow each other.
 */
#include "text/peeler.h"

struct kmsg_head {
	uint64_t pri, seq, usec;
	bool release, cont;
	char caller_kind;
	uint64_t caller;
	bool frag;
	uint64_t frag_at, frag_total;
};

static void head_key(struct iq_slice key, struct kmsg_head *h)
{
	if (key.n == 1)
		h->cont |= *key.p == 'c' || *key.p == '+';
	if (iq_skip(&key, IQ_LIT("caller=")) && key.n > 1 &&
	    (*key.p == 'T' || *key.p == 'C')) {
		char kind = *key.p;
		key = iq_from(key, 1);
		if (iq_take_u64(&key, &h->caller) && h->caller <= UINT32_MAX)
			h->caller_kind = kind;
	} else if (iq_skip(&key, IQ_LIT("ncfrag="))) {
		h->frag = iq_take_u64(&key, &h->frag_at) && iq_skip(&key, IQ_LIT("/")) &&
			  iq_take_u64(&key, &h->frag_total);
	}
}

/* "6.4.0," in front: a first field with a dot in it */
static void skip_release(struct iq_slice *s, struct kmsg_head *h)
{
	struct iq_slice rest = *s, first = iq_cut(&rest, ',');
	if (first.n > 64 || !iq_has(first, IQ_LIT(".")) || iq_has(first, IQ_LIT(" ")))
		return;
	h->release = true;
	*s = rest;
}

static bool head_at(struct iq_slice *s, struct kmsg_head *h)
{
	if (s->n < 6 || !iq_is_digit(*s->p))
		return false;
	struct iq_slice t = *s;
	*h = (struct kmsg_head){ 0 };
	skip_release(&t, h);
	if (!iq_take_u64(&t, &h->pri) || h->pri > 999 || !iq_skip(&t, IQ_LIT(",")) ||
	    !iq_take_u64(&t, &h->seq) || !iq_skip(&t, IQ_LIT(",")) ||
	    !iq_take_u64(&t, &h->usec) || h->seq > INT64_MAX || h->usec > INT64_MAX)
		return false;
	ptrdiff_t end = iq_find_char(iq_head(t, 512), ';');
	if (end < 0 || (end && *t.p != ','))
		return false;
	struct iq_slice keys = iq_head(t, (size_t)end);
	while (iq_skip(&keys, IQ_LIT(","))) {
		size_t n = 0;
		while (n < keys.n && keys.p[n] != ',')
			n++;
		head_key(iq_head(keys, n), h);
		keys = iq_from(keys, n);
	}
	*s = iq_from(t, (size_t)end + 1);
	return true;
}

static void fill(struct iq_peeled *r, const struct kmsg_head *h)
{
	iq_peel_set_dialect(r, h->release || h->frag ? IQ_DIA_NETCONSOLE : IQ_DIA_KMSG);
	iq_peel_set_pri(r, (unsigned)h->pri);
	r->mono_us = (int64_t)h->usec;
	r->seq = (int64_t)h->seq;
	r->kmsg_cont = h->cont;
	if (h->caller_kind) {
		r->caller_kind = h->caller_kind;
		r->caller = (int64_t)h->caller;
	}
}

/* A piece of a longer record: kept until the last one.  A piece out of order starts
 * anew; what was lost shows in the sequence numbers. */
static void fragment(struct iq_peeler *p, const struct kmsg_head *h, struct iq_slice *s,
		     struct iq_peeled *r)
{
	bool next = p->collect == IQ_COLLECT_FRAGMENT && p->frag.seq == r->seq &&
		    h->frag_at == p->frag_text.n;
	if (!next) {
		iq_buf_reset(&p->frag_text);
		p->frag = *r;
		p->frag_total = h->frag_total;
	}
	size_t room = IQ_LINE_MAX_BYTES - (p->frag_text.n < IQ_LINE_MAX_BYTES
						? p->frag_text.n : IQ_LINE_MAX_BYTES);
	iq_buf_slice(&p->frag_text, iq_head(*s, room));
	if (p->frag_text.n < h->frag_total && p->frag_text.n < IQ_LINE_MAX_BYTES) {
		p->collect = IQ_COLLECT_FRAGMENT;
		r->special = IQ_SPECIAL_PENDING;
		return;
	}
	p->collect = IQ_COLLECT_NONE;
	*s = iq_buf_as_slice(&p->frag_text);
}

bool iq_kmsg_continues(const struct iq_peeler *p, struct iq_slice line)
{
	struct kmsg_head h;
	ptrdiff_t at = iq_find(iq_head(line, 512), IQ_LIT(",ncfrag="));
	if (at < 0)
		return false;
	while (at > 0 && line.p[at - 1] != ' ')
		at--;
	line = iq_from(line, (size_t)at);
	return head_at(&line, &h) && h.frag && (int64_t)h.seq == p->frag.seq &&
	       h.frag_at == p->frag_text.n;
}

void iq_kmsg_emit_cut(struct iq_peeler *p, struct iq_peeled *r)
{
	*r = p->frag;
	/* what pointed into lines that are gone */
	r->host = r->ident = r->file = r->boot_id = IQ_SLICE_NULL;
	r->special = IQ_SPECIAL_NONE;
	r->text = iq_buf_as_slice(&p->frag_text);
	if (iq_unescape_hex(&p->unescaped, r->text))
		r->text = iq_buf_as_slice(&p->unescaped);
	p->collect = IQ_COLLECT_NONE;
}

bool iq_peel_kmsg(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	struct kmsg_head h;
	if (!head_at(s, &h))
		return false;
	fill(r, &h);
	/* fragments count bytes of the escaped text, and come whole in a line */
	if (h.frag && h.frag_total && (h.frag_at || s->n < h.frag_total))
		fragment(p, &h, s, r);
	return true;
}
