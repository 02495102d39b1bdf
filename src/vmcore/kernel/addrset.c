/* vmcore/kernel/addrset.c - see addrset.h: open addressing, at most two thirds full. */
#include "vmcore/kernel/addrset.h"

#include <stdlib.h>

void iq_addrset_init(struct iq_addrset *s, size_t max)
{
	*s = (struct iq_addrset){ .max = max < INT32_MAX ? max : INT32_MAX };
}

void iq_addrset_fini(struct iq_addrset *s)
{
	free(s->va);
	free(s->slot);
	*s = (struct iq_addrset){ .max = 0 };
}

static size_t home(const struct iq_addrset *s, uint64_t va)
{
	return (size_t)(va * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (s->n_slots - 1);
}

static uint32_t *slot_of(const struct iq_addrset *s, uint64_t va)
{
	size_t i = home(s, va);

	while (s->slot[i] && s->va[s->slot[i] - 1] != va)
		i = (i + 1) & (s->n_slots - 1);
	return &s->slot[i];
}

static bool grow(struct iq_addrset *s)
{
	size_t cap = s->cap ? s->cap * 2 : 64;
	uint64_t *va = reallocarray(s->va, cap, sizeof *va);

	if (!va)
		return false;
	s->va = va;
	uint32_t *slot = calloc(cap * 2, sizeof *slot);
	if (!slot)
		return false;
	free(s->slot);
	s->slot = slot;
	s->cap = cap;
	s->n_slots = cap * 2;
	for (size_t i = 0; i < s->n; i++)
		*slot_of(s, va[i]) = (uint32_t)i + 1;
	return true;
}

size_t iq_addrset_find(const struct iq_addrset *s, uint64_t va)
{
	return s->n ? (size_t)*slot_of(s, va) - 1 : IQ_ADDRSET_NONE;
}

size_t iq_addrset_add(struct iq_addrset *s, uint64_t va, bool *ret_new)
{
	size_t at = iq_addrset_find(s, va);

	*ret_new = false;
	if (at != IQ_ADDRSET_NONE)
		return at;
	if (s->n >= s->max || (s->n == s->cap && !grow(s)))
		return IQ_ADDRSET_NONE;
	s->va[s->n] = va;
	*slot_of(s, va) = (uint32_t)s->n + 1;
	*ret_new = true;
	return s->n++;
}
