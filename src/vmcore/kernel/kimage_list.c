/* vmcore/kernel/kimage_list.c - rings of list_head in a machine that may have died while it
 * changed them, or whose dump left pages out.
 *
 * Follows include/linux/list.h.  Every element is remembered, so that a ring which does
 * not come back to its head ends, and no walk from the other end reports one twice.
 */
#include "vmcore/kernel/kimage.h"

#include <stdlib.h>

#define WAYS 3u			/* low bits of a slot: 1 met forward, 2 met backward */

struct seen {
	uint64_t *slots;	/* addresses met, which are even, and how; 0: free */
	size_t mask, n;
};

static uint64_t *slot_of(const struct seen *s, uint64_t va)
{
	size_t i = (size_t)(va * UINT64_C(0x9e3779b97f4a7c15) >> 20) & s->mask;
	while (s->slots[i] && (s->slots[i] & ~(uint64_t)WAYS) != va)
		i = (i + 1) & s->mask;
	return &s->slots[i];
}

static bool grow(struct seen *s)
{
	struct seen big = { NULL, s->slots ? s->mask * 2 + 1 : 127, s->n };

	big.slots = calloc(big.mask + 1, sizeof *big.slots);
	if (!big.slots)
		return false;
	for (size_t i = 0; s->slots && i <= s->mask; i++)
		if (s->slots[i])
			*slot_of(&big, s->slots[i] & ~(uint64_t)WAYS) = s->slots[i];
	free(s->slots);
	*s = big;
	return true;
}

enum meeting { FRESH, MET_OTHERWISE, MET_THIS_WAY, TOO_MANY };

static enum meeting meet(struct seen *s, uint64_t va, unsigned way, size_t max)
{
	if (s->n * 2 >= s->mask && !grow(s))
		return TOO_MANY;
	uint64_t *slot = slot_of(s, va);
	uint64_t was = *slot;
	if (!was && s->n >= max)
		return TOO_MANY;
	s->n += !was;
	*slot = va | (was & WAYS) | 1u << way;
	return !was ? FRESH : was >> way & 1 ? MET_THIS_WAY : MET_OTHERWISE;
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
		enum meeting m = meet(&w->seen, next, way, w->max);
		if (m == MET_THIS_WAY || m == TOO_MANY)
			return IQ_LIST_ENDLESS;
		odd = odd || there.to[!way] != at;
		if (m == FRESH && w->each(w->arg, next - w->offset))
			return IQ_LIST_STOPPED;
		at = next;
		here = there;
	}
	struct links h;
	if (odd || !links_at(w, w->head, &h) || h.to[!way] != at)
		return IQ_LIST_BROKEN;
	return IQ_LIST_WHOLE;
}

enum iq_list_end iq_ki_list(struct iq_kimage *k, uint64_t head, uint64_t offset,
			    size_t max, int (*each)(void *arg, uint64_t element),
			    void *arg)
{
	struct walk w = { k, head, offset, max, each, arg, { NULL, 0, 0 } };
	enum iq_list_end end = go(&w, 0);

	if (end == IQ_LIST_BROKEN || end == IQ_LIST_ENDLESS) {
		/* all the way round: what hangs between two broken links is met too */
		enum iq_list_end back = go(&w, 1);
		if (back == IQ_LIST_STOPPED || back == IQ_LIST_ENDLESS)
			end = back;
	}
	free(w.seen.slots);
	return end;
}
