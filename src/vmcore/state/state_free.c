/* vmcore/state/state_free.c - a zone's free lists, by order and migrate type.
 *
 * free_area[order] has a count, nr_free, and a list of blocks for every migrate type
 * (include/linux/mmzone.h).  The count is what matters; to tell the types apart lists
 * have to be walked, through a struct page for each block.  All lists of an order are
 * walked step by step together until all but one are at their end: the rest of the
 * count is the last one's.  So the longest list is never walked, and what that costs is
 * bounded; beyond it an order is one row with the letters of all its types, as the
 * kernel's own reports have it.
 */
#include "vmcore/kernel/kread.h"
#include "vmcore/state/state_mem.h"

#define STEPS_MAX 4000		/* over all zones: 50 ms if each is in a page of its own */
#define ORDERS_MAX 64

static const struct {
	const char *name;
	char letter;			/* as show_migration_types() has them */
} types[] = {
	{ "MIGRATE_UNMOVABLE", 'U' }, { "MIGRATE_MOVABLE", 'M' },
	{ "MIGRATE_RECLAIMABLE", 'E' }, { "MIGRATE_HIGHATOMIC", 'H' },
	{ "MIGRATE_CMA", 'C' }, { "MIGRATE_ISOLATE", 'I' }, { "MIGRATE_RESERVE", 'R' },
};

struct one_list {
	uint64_t head, at;		/* at == head: the end */
	int64_t blocks;
	char letter;
};

struct lists {
	struct iq_kimage *k;
	struct iq_free_walk *w;
	struct one_list list[IQ_MIGRATE_TYPES_MAX];
	size_t n;			/* not empty ones */
	bool broken;
	struct iq_free_list row;
};

void iq_free_walk_init(const struct iq_kimage *k, struct iq_free_walk *w)
{
	*w = (struct iq_free_walk){ .steps = STEPS_MAX };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		int64_t v = iq_kr_enumerator(k, "migratetype", types[i].name, -1);
		if (v >= 0 && v < IQ_MIGRATE_TYPES_MAX)
			w->letter[v] = types[i].letter;
	}
}

static bool next_of(struct lists *l, uint64_t at, uint64_t *ret)
{
	int64_t v;

	if (!iq_kr_numbers(l->k, IQ_S_PAGE, at, l->k->mem->long_bytes, false, 1, &v) ||
	    !iq_ki_plausible(l->k, (uint64_t)v, l->k->mem->long_bytes))
		return false;
	*ret = (uint64_t)v;
	return true;
}

/* The lists of an order that hold anything. */
static void open_lists(struct lists *l, uint64_t area)
{
	const struct iq_member_at *m = &l->k->member[IQ_M_FREE_AREA_FREE_LIST];
	size_t n = iq_kr_count(l->k, IQ_M_FREE_AREA_FREE_LIST, IQ_MIGRATE_TYPES_MAX);

	l->n = 0;
	l->broken = n == 0;
	for (size_t t = 0; t < n; t++) {
		struct one_list *o = &l->list[l->n];
		*o = (struct one_list){ .head = area + m->offset + t * m->elem_size,
					.letter = l->w->letter[t] };
		if (!next_of(l, o->head, &o->at))
			l->broken = true;
		else if (o->at != o->head)
			l->n++;
		if (o->at && o->at != o->head && !o->letter)
			l->broken = true;
	}
}

/* One step in every list, while more than one of them goes on. */
static bool count_lists(struct lists *l, int64_t nr_free)
{
	for (int64_t round = 0; round <= nr_free; round++) {
		size_t going = 0, last = 0;
		int64_t known = 0;
		for (size_t i = 0; i < l->n; i++) {
			known += l->list[i].blocks;
			if (l->list[i].at != l->list[i].head) {
				going++;
				last = i;
			}
		}
		if (going == 1)
			l->list[last].blocks += nr_free - known;
		if (going <= 1)
			return going == 1 ? l->list[last].blocks > 0 : known == nr_free;
		for (size_t i = 0; i < l->n; i++) {
			struct one_list *o = &l->list[i];
			if (o->at == o->head)
				continue;
			if (!l->w->steps || !next_of(l, o->at, &o->at))
				return false;
			l->w->steps--;
			o->blocks++;
		}
	}
	return false;
}

static int put_row(struct lists *l, int64_t blocks, const char *letters, struct iq_err *err)
{
	l->row.blocks = blocks;
	l->row.migrate_type = letters[0] ? iq_slice_z(letters) : IQ_SLICE_NULL;
	return iq_sink_put(l->k->sink, IQ_FACT_FREE_LIST, &l->row, err);
}

static int put_order(struct lists *l, uint64_t area, struct iq_err *err)
{
	int64_t nr_free = iq_ki_value(l->k, area, IQ_M_FREE_AREA_NR_FREE);
	char letters[IQ_MIGRATE_TYPES_MAX + 1] = "";

	if (nr_free == IQ_NULL || nr_free < 0)
		return 0;
	open_lists(l, area);
	if (nr_free && !l->broken && count_lists(l, nr_free)) {
		for (size_t i = 0; i < l->n; i++) {
			letters[0] = l->list[i].letter;
			if (put_row(l, l->list[i].blocks, letters, err))
				return -1;
		}
		return 0;
	}
	for (size_t i = 0, n = 0; nr_free && i < l->n; i++)
		if (l->list[i].letter)
			letters[n++] = l->list[i].letter;
	return put_row(l, nr_free, letters, err);
}

int iq_state_free_lists(struct iq_kimage *k, struct iq_free_walk *w, int64_t node,
			struct iq_slice name, uint64_t zone, struct iq_err *err)
{
	const struct iq_member_at *m = &k->member[IQ_M_ZONE_FREE_AREA];
	struct lists l = { .k = k, .w = w };

	iq_fact_init(IQ_FACT_FREE_LIST, &l.row);
	l.row.snapshot_id = k->snapshot_id;
	l.row.node = node;
	l.row.zone = name;
	/* from the largest: those tell of fragmentation, and are short */
	for (size_t o = iq_kr_count(k, IQ_M_ZONE_FREE_AREA, ORDERS_MAX); o--;) {
		l.row.block_order = (int64_t)o;
		if (put_order(&l, zone + m->offset + o * m->elem_size, err))
			return -1;
	}
	return 0;
}
