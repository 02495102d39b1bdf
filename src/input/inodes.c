/* input/inodes.c - files of a tree that have several names, so that each is read once. */
#include "input/stream.h"

#include <stdlib.h>

#define INODES_MAX (1 << 20)		/* then names are files again */

struct iq_inode {
	uint64_t dev, ino;
	struct iq_slice name;		/* p NULL: free */
};

static size_t slot_of(const struct iq_inodes *t, uint64_t dev, uint64_t ino)
{
	size_t at = (size_t)((ino * UINT64_C(0x9e3779b97f4a7c15) ^ dev) >> 20) & (t->cap - 1);
	while (t->at[at].name.p && (t->at[at].ino != ino || t->at[at].dev != dev))
		at = (at + 1) & (t->cap - 1);
	return at;
}

static bool grow(struct iq_inodes *t)
{
	struct iq_inodes wider = *t;

	wider.cap = t->cap ? t->cap * 2 : 256;
	wider.at = calloc(wider.cap, sizeof *wider.at);
	if (!wider.at)
		return false;
	for (size_t i = 0; i < t->cap; i++)
		if (t->at[i].name.p)
			wider.at[slot_of(&wider, t->at[i].dev, t->at[i].ino)] = t->at[i];
	free(t->at);
	*t = wider;
	return true;
}

struct iq_slice iq_inodes_first(struct iq_inodes *t, uint64_t dev, uint64_t ino,
				struct iq_slice name)
{
	if (t->n >= INODES_MAX || (t->n * 2 >= t->cap && !grow(t)))
		return IQ_SLICE_NULL;
	struct iq_inode *i = &t->at[slot_of(t, dev, ino)];
	if (i->name.p)
		return i->name;
	if (!t->n)
		iq_arena_init(&t->names);
	*i = (struct iq_inode){ dev, ino, iq_arena_copy(&t->names, name) };
	t->n++;
	return IQ_SLICE_NULL;
}

void iq_inodes_fini(struct iq_inodes *t)
{
	if (t->n)
		iq_arena_fini(&t->names);
	free(t->at);
	*t = (struct iq_inodes){ 0 };
}
