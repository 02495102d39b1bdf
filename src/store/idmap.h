/* store/idmap.h - a capture's own ids, which may be any number, to rows of a table
 * kept in memory.
 *
 * An entry comes into being when its id is first mentioned, by the fact itself or
 * by a reference to it, since facts come in any order; ->present tells which.  Every
 * entry starts with struct iq_entry.  Indexes stay, pointers move when it grows.
 */
#ifndef IQ_STORE_IDMAP_H
#define IQ_STORE_IDMAP_H

#include "base/slice.h"

/* More of one kind in one capture is not believed. */
#define IQ_IDMAP_MAX (1u << 20)
#define IQ_IDMAP_NONE UINT32_MAX

struct iq_entry {
	int64_t rowid;			/* once it is in the store, else 0 */
	bool present;
};

struct iq_idmap {
	size_t entry_size;
	char *entries;
	uint32_t n, cap;
	uint32_t *slots;		/* index + 1, 0 empty; a power of two of them */
	int64_t *keys;			/* of the entries */
	uint32_t n_slots;
	int64_t last_key;		/* runs of the same reference are the rule */
	uint32_t last;
};

void iq_idmap_init(struct iq_idmap *m, size_t entry_size);
void iq_idmap_fini(struct iq_idmap *m);

/* The entry of ID, made (zeroed) if need be; NULL when out of memory or full. */
void *iq_idmap_make(struct iq_idmap *m, int64_t id);
/* A further entry that no id leads to. */
void *iq_idmap_append(struct iq_idmap *m);
/* Index or IQ_IDMAP_NONE. */
uint32_t iq_idmap_find(struct iq_idmap *m, int64_t id);

static inline void *iq_idmap_at(const struct iq_idmap *m, uint32_t i)
{
	return m->entries + (size_t)i * m->entry_size;
}

static inline uint32_t iq_idmap_index(const struct iq_idmap *m, const void *entry)
{
	return (uint32_t)((size_t)((const char *)entry - m->entries) / m->entry_size);
}

#endif
