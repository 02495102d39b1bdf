/* vmcore/kimage_list.c - rings of list_head in a machine that may have died while it
 * changed them, or whose dump left pages out.
 *
 * Follows include/linux/list.h.  Every element is remembered, so that neither a ring
 * that does not come back to its head nor the walk from the other end meets one twice.
 */
#include "vmcore/kimage.h"

#include <stdlib.h>

struct seen {			/* addresses met; 0: free */
	uint64_t *slots;
	size_t mask, n;
};

static size_t slot_of(const struct seen *s, uint64_t va)
{
	size_t i = (size_t)(va * UINT64_C(0x9e3779b97f4a7c15) >> 20) & s->mask;
	while (s->slots[i] && s->slots[i] != va)
		i = (i + 1) & s->mask;
	return i;
}

static bool grow(struct seen *s)
{
	struct seen big = { NULL, s->slots ? s->mask * 2 + 1 : 127, s->n };

	big.slots = calloc(big.mask + 1, sizeof *big.slots);
	if (!big.slots)
		return false;
	for (size_t i = 0; s->slots && i <= s->mask; i++)
		if (s->slots[i])
			big.slots[slot_of(&big, s->slots[i])] = s->slots[i];
	free(s->slots);
	*s = big;
	return true;
}

/* 1 new, 0 met before, -1 out of memory. */
static int add(struct seen *s, uint64_t va)
{
	if (s->n * 2 >= s->mask && !grow(s))
		return -1;
	size_t i = slot_of(s, va);
	if (s->slots[i])
		return 0;
	s->slots[i] = va;
	s->n++;
	return 1;
}

struct walk {
	struct iq_kimage *k;
	uint64_t head, offset;
	size_t max;
	int (*each)(void *arg, uint64_t element);
	void *arg;
	struct seen seen;
};

struct links {
	uint64_t to[2];		/* next, prev */
};

static bool links_at(const struct walk *w, uint64_t va, struct links *ret)
{
	unsigned char b[16];
	unsigned n = w->k->mem->long_bytes;

	if (!iq_ki_plausible(w->k, va, n) ||
	    iq_mem_read(w->k->mem, va, b, 2 * n) != IQ_MEM_OK)
		return false;
	ret->to[0] = iq_mem_int(w->k->mem, b, n);
	ret->to[1] = iq_mem_int(w->k->mem, b + n, n);
	return true;
}

/* One direction, 0 next or 1 prev. */
static enum iq_list_end go(struct walk *w, unsigned way)
{
	struct links here, there;
	uint64_t at = w->head;
	bool odd = false;

	if (!links_at(w, at, &here))
		return IQ_LIST_BROKEN;
	while (here.to[way] != w->head) {
		uint64_t next = here.to[way];
		if (!links_at(w, next, &there))
			return IQ_LIST_BROKEN;
		int fresh = w->seen.n < w->max ? add(&w->seen, next) : -1;
		if (fresh <= 0)		/* backward: where the two walks meet */
			return fresh < 0 || way == 0 ? IQ_LIST_ENDLESS : IQ_LIST_BROKEN;
		odd = odd || there.to[!way] != at;
		if (w->each(w->arg, next - w->offset))
			return IQ_LIST_STOPPED;
		at = next;
		here = there;
	}
	struct links h;
	if (odd || !links_at(w, w->head, &h) || h.to[!way] != at)
		return IQ_LIST_BROKEN;
	return IQ_LIST_WHOLE;
}

enum iq_list_end iq_ki_list(struct iq_kimage *k, uint64_t head, uint64_t offset, size_t max,
			    int (*each)(void *arg, uint64_t element), void *arg)
{
	struct walk w = { k, head, offset, max, each, arg, { NULL, 0, 0 } };
	enum iq_list_end end = go(&w, 0);

	if (end == IQ_LIST_BROKEN || end == IQ_LIST_ENDLESS) {
		enum iq_list_end back = go(&w, 1);
		if (back == IQ_LIST_STOPPED || back == IQ_LIST_ENDLESS)
			end = back;
	}
	free(w.seen.slots);
	return end;
}
