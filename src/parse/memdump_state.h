/* parse/memdump_state.h - what one Mem-Info block has come to; private to memdump*.c.
 *
 * memdump.c tells lines apart and mends torn ones, memdump_zone.c reads node and zone
 * lines, reserves and free lists, memdump_total.c the lines about the whole host,
 * memdump_put.c makes facts.
 */
#ifndef IQ_PARSE_MEMDUMP_STATE_H
#define IQ_PARSE_MEMDUMP_STATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "parse/memdump.h"
#include "parse/memfields.h"

#define RESERVES_MAX	16	/* MAX_NR_ZONES is 6 at the most */
#define TERMS_MAX	32	/* orders */
#define FIELDS_MAX	128	/* of one line */
#define HOST_COUNTERS_MAX 512
#define OPEN_BYTES_MAX	8192	/* a torn line that has grown longer is left alone */
#define OPEN_TRIES_MAX	16	/* lines of others between its pieces */

struct mem_zone {
	struct iq_zone fact;
	int64_t reserve_pages[RESERVES_MAX];
	unsigned n_reserve;
	unsigned known;			/* fields with a value */
	bool torn;			/* breaks off inside a field */
};

struct mem_node {
	struct iq_node fact;
	unsigned known;
	bool torn;
	bool spaced_thp;		/* `shmem_thp: 0kB`, as 4.8 to 6.5 print */
};

struct mem_term {
	int64_t block_kb, blocks;
	char letters[12];		/* "" : none printed */
};

struct mem_list {
	int64_t node, member_id, line;
	struct iq_slice zone;
	struct mem_term term[TERMS_MAX];
	unsigned n_terms;
	bool closed;			/* `= NkB` was there */
};

struct mem_counter {
	struct iq_slice scope, name;
	int64_t value;
	const char *unit;
};

struct mem_slab {
	struct iq_slice cache;
	int64_t used_bytes, total_bytes;
};

#define VECTOR(type) struct { type *v; size_t n, cap; }

struct iq_memdump {
	struct iq_arena arena;
	int64_t member_id;
	unsigned have, dropped;
	bool failed;			/* out of memory: said when the facts are put */

	VECTOR(struct mem_zone) zones;
	VECTOR(struct mem_node) nodes;
	VECTOR(struct mem_list) lists;
	VECTOR(struct iq_hugetlb) hugetlb;
	VECTOR(struct mem_slab) slabs;
	VECTOR(struct mem_counter) host;	/* scope host */
	VECTOR(struct mem_counter) odd;		/* of nodes and zones, without a column */
	int64_t first_term_kb;			/* smallest over all lists */
	ptrdiff_t last_zone;			/* that a reserve line belongs to, or -1 */

	/* The line accepted last, as long as a later piece may continue it. */
	struct iq_buf open;
	int open_kind;			/* 0: none */
	size_t open_index;		/* into zones, nodes or lists */
	size_t open_odd;		/* m->odd.n before it */
	int64_t open_line;		/* where its first piece stands */
	unsigned open_tries;		/* lines that did not fit */
	int last_kind;

	char role[128];
	size_t role_n;
};

/* Room for one more in a VECTOR of at most MAX, zeroed; NULL: dropped. */
#define VECTOR_ADD(m, vec, max) \
	((__typeof__((vec)->v))iq_memdump_grow((m), (void **)&(vec)->v, &(vec)->n, \
					       &(vec)->cap, sizeof *(vec)->v, (max)))
void *iq_memdump_grow(struct iq_memdump *m, void **v, size_t *n, size_t *cap, size_t size,
		      size_t max);

void iq_memdump_set_role(struct iq_memdump *m, const char *role, int64_t node,
			 struct iq_slice rest);

/* The line at hand stays open: a later piece may belong to it. */
void iq_memdump_open(struct iq_memdump *m, int kind, size_t index, size_t odd_before,
		     struct iq_slice text, int64_t line);

/* --- memdump_zone.c: S is the text; 0: not such a line --- */
int iq_memdump_node_line(struct iq_memdump *m, struct iq_slice s, int64_t line);
int iq_memdump_bare_zone_line(struct iq_memdump *m, struct iq_slice s, int64_t line);
int iq_memdump_reserve_line(struct iq_memdump *m, struct iq_slice rest, bool after_gap);
/* TEXT is the whole of an open line with a new piece behind.  Its kind if it says more
 * than before, else 0 and nothing changed. */
int iq_memdump_extend(struct iq_memdump *m, struct iq_slice text);

/* --- memdump_total.c --- */
void iq_memdump_host(struct iq_memdump *m, struct iq_slice name, int64_t value,
		     const char *unit);
int iq_memdump_global_line(struct iq_memdump *m, struct iq_slice s);
int iq_memdump_number_line(struct iq_memdump *m, struct iq_slice s);
int iq_memdump_word_line(struct iq_memdump *m, struct iq_slice s);
int iq_memdump_slab_row(struct iq_memdump *m, struct iq_slice s);

#endif
