/* store/idmap.c - see idmap.h: open addressing, linear probing, half full at most. */
#include <stdlib.h>

#include "store/idmap.h"

void iq_idmap_init(struct iq_idmap *m, size_t entry_size)
{
	*m = (struct iq_idmap){ .entry_size = entry_size, .last = IQ_IDMAP_NONE };
}

void iq_idmap_fini(struct iq_idmap *m)
{
	free(m->entries);
	free(m->keys);
	free(m->slots);
	iq_idmap_init(m, m->entry_size);
}

/* splitmix64's finish: ids are chosen by the capture, so spread them well. */
static uint32_t slot_of(const struct iq_idmap *m, int64_t id)
{
	uint64_t x = (uint64_t)id + UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)(x ^ x >> 31) & (m->n_slots - 1);
}

/* The slot where ID is, or the empty one where it would be. */
static uint32_t probe(const struct iq_idmap *m, int64_t id)
{
	uint32_t at = slot_of(m, id);
	while (m->slots[at] && m->keys[m->slots[at] - 1] != id)
		at = (at + 1) & (m->n_slots - 1);
	return at;
}

uint32_t iq_idmap_find(struct iq_idmap *m, int64_t id)
{
	if (m->last != IQ_IDMAP_NONE && m->last_key == id)
		return m->last;
	if (!m->n_slots)
		return IQ_IDMAP_NONE;
	uint32_t slot = m->slots[probe(m, id)];
	if (!slot)
		return IQ_IDMAP_NONE;
	m->last_key = id;
	m->last = slot - 1;
	return m->last;
}

static bool grow_entries(struct iq_idmap *m)
{
	if (m->n < m->cap)
		return true;
	uint32_t cap = m->cap ? m->cap * 2 : 16;
	char *entries = m->n < IQ_IDMAP_MAX
		? realloc(m->entries, cap * m->entry_size) : NULL;
	if (!entries)
		return false;
	m->entries = entries;
	int64_t *keys = realloc(m->keys, cap * sizeof *keys);
	if (!keys)
		return false;
	m->keys = keys;
	m->cap = cap;
	return true;
}

static bool grow_slots(struct iq_idmap *m)
{
	if (m->n * 2 < m->n_slots)
		return true;
	uint32_t n_old = m->n_slots, *old = m->slots;
	uint32_t n = n_old ? n_old * 2 : 64;
	uint32_t *slots = calloc(n, sizeof *slots);
	if (!slots)
		return false;
	m->slots = slots;
	m->n_slots = n;
	for (uint32_t i = 0; i < n_old; i++)
		if (old[i])
			m->slots[probe(m, m->keys[old[i] - 1])] = old[i];
	free(old);
	return true;
}

void *iq_idmap_append(struct iq_idmap *m)
{
	if (!grow_entries(m))
		return NULL;
	void *e = iq_idmap_at(m, m->n);
	memset(e, 0, m->entry_size);
	m->keys[m->n++] = 0;
	return e;
}

void *iq_idmap_make(struct iq_idmap *m, int64_t id)
{
	uint32_t at = iq_idmap_find(m, id);
	if (at != IQ_IDMAP_NONE)
		return iq_idmap_at(m, at);
	if (!grow_slots(m) || !iq_idmap_append(m))
		return NULL;
	uint32_t i = m->n - 1;
	m->keys[i] = id;
	m->slots[probe(m, id)] = i + 1;
	m->last_key = id;
	m->last = i;
	return iq_idmap_at(m, i);
}
