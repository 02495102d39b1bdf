/* store/place.h - one import under way: what apply.c, identity.c, same.c and times.c
 * share.
 *
 * The first pass over the facts keeps those that others refer to (members, hosts,
 * boots, events, snapshots) in memory and counts what hangs on them; then they get
 * their places in the store; the second pass writes all the rest.  The first pass may
 * run while the capture is still being read; in a new store in memory it writes what
 * hangs on snapshots at once (early.c).  Facts come from
 * a jailed child and are hostile: every reference is looked up, none is believed.
 */
#ifndef IQ_STORE_PLACE_H
#define IQ_STORE_PLACE_H

#include "base/arena.h"
#include "store/idmap.h"
#include "store/internal.h"

#define IQ_NONE IQ_IDMAP_NONE

struct iq_p_member { struct iq_entry e; struct iq_member f; };
struct iq_p_host { struct iq_entry e; struct iq_host f; };

struct iq_p_boot {
	struct iq_entry e;
	struct iq_boot f;
	int64_t host_rowid;		/* of the stored boot */
	int64_t start_us;		/* likewise: other captures may have known it */
	bool marked;			/* its other events are to be judged again */
};

/* How much a report holds; the richer one of two is kept. */
struct iq_wealth {
	int64_t tasks, zones, others;	/* rows; others: counters, frames */
	int64_t missing;		/* parts that are not there */
	bool truncated;
};

struct iq_p_event {
	struct iq_entry e;
	struct iq_event f;
	bool sighted;
	uint32_t member;		/* of its first sighting, if any: iq_place_member() */
	bool dropped;			/* known already and no richer: only sightings count */
	bool has_oom, has_crash;
	struct iq_wealth wealth;
	int64_t capture_id;		/* rowid of the one whose report it is */
};

struct iq_p_snapshot {
	struct iq_entry e;
	struct iq_snapshot f;
	uint32_t event;			/* one that it is linked to, index or IQ_NONE */
	bool wanted;			/* by an event that is not dropped, or by none */
	bool linked;
	struct iq_wealth wealth;
};

struct iq_p_link { uint32_t event, snapshot; bool report; };

/* Why a row of the capture is not in the store, or not whole. */
enum iq_refusal {
	IQ_REFUSED_DUPLICATE,
	IQ_REFUSED_NO_TARGET,
	IQ_REFUSED_SECOND,
	IQ_REFUSED_TOO_LONG,
	IQ_REFUSED_TOO_MANY,
	IQ_CUT_REFERENCE,		/* kept without a reference to nothing */
	IQ_CUT_TIME,			/* kept without an absurd time */
	IQ_CUT_PARENT,			/* kept without a parent that is its own child */
	IQ_REFUSAL_MAX
};

/* A buffer for one fact, aligned for any. */
union iq_fact_buffer { char bytes[IQ_FACT_BYTES_MAX]; int64_t align; };

/* Settled facts of one kind that wait for a statement of many rows: rest.c. */
struct iq_bulk {
	enum iq_fact_type type;
	int n;
	union iq_fact_buffer facts[IQ_STORE_BULK_ROWS];
	struct iq_arena texts;
};

struct iq_place {
	struct iq_store *s;
	struct iq_fact_source *src;
	struct iq_err *err;
	struct iq_arena arena;		/* texts of what is kept in memory */
	struct iq_capture capture;
	bool have_capture;
	bool cut;			/* by a limit, or its reader died: facts are missing */
	int64_t capture_id;
	struct iq_idmap members, hosts, boots, events, snapshots;
	struct iq_idmap owners;		/* event rowid -> struct iq_p_owner */
	struct iq_p_link *links;
	size_t n_links, cap_links;
	int64_t anonymous_host;		/* rowid, 0: not needed so far */
	int64_t default_member;
	/* What all members agree on, for times without a member. */
	int64_t common_year_delta, common_zone_us, common_change_us, common_before_us;
	int64_t refused[IQ_FACT_MAX][IQ_REFUSAL_MAX];
	struct iq_bulk bulk;
	bool open;			/* its transaction */
	bool fresh;			/* the first of a store in memory */
	bool joined;			/* of another store: its captures are many (merge.c) */
	uint64_t early;			/* bit per type: see early.c */
	struct iq_apply_result result;
};

/* apply.c: an empty one, and what the second pass needs too. */
struct iq_place *iq_place_new(struct iq_store *s, struct iq_fact_source *src,
			      struct iq_err *err);
int iq_place_no_memory(struct iq_place *p);
/* Makes the times of events final, once members and boots are known. */
void iq_place_event_times(struct iq_place *p);
/* Keeps a fact of iq_place_map() in memory.  One that cannot be believed is counted. */
int iq_place_keep(struct iq_place *p, enum iq_fact_type type, void *fact);
/* The map of the facts of this kind that are kept in memory; NULL: they are not. */
struct iq_idmap *iq_place_map(struct iq_place *p, enum iq_fact_type type);
/* The member of rows that name none; its rowid, -1 on error. */
int64_t iq_place_default_member(struct iq_place *p);
uint32_t iq_place_boot_index(struct iq_place *p, int64_t id);
/* The index for an id that was mentioned, IQ_NONE if there is none to be had. */
uint32_t iq_place_mention(struct iq_idmap *m, int64_t id);
struct iq_slice iq_place_one_of(struct iq_slice s, const char *const *list,
				struct iq_slice other);
/* TO becomes a copy of FROM with texts of its own. */
int iq_place_copy(struct iq_place *p, struct iq_arena *texts, enum iq_fact_type type,
		  void *to, const void *from);

/* rest.c: the row of a fact that is not kept in memory; that of a fact whose references
 * are rows already; the rows still held back. */
int iq_rest_write(struct iq_place *p, enum iq_fact_type type, void *fact);
int iq_rest_put(struct iq_place *p, enum iq_fact_type type, void *fact);
int iq_rest_flush(struct iq_place *p);

/* early.c: rows that are written in the first pass already. */
uint64_t iq_early_types(void);
int iq_early_write(struct iq_place *p, enum iq_fact_type type, void *fact);
int iq_early_settle(struct iq_place *p);

/* Whose report is stored for an event of this capture. */
struct iq_p_owner { struct iq_entry e; uint32_t event; bool inserted; };

/* times.c: makes wall_us and mono_us of a fact final. */
struct iq_p_time { int64_t *wall_us, *wall_kind, *mono_us; };
void iq_place_common_clock(struct iq_place *p);
void iq_place_time(struct iq_place *p, enum iq_fact_type type, uint32_t member,
		   uint32_t boot, struct iq_p_time t);

/* A wall time without its year: "Mar  7 03:18:24". */
struct iq_slice iq_place_stamp(struct iq_place *p, int64_t wall_us);

/* identity.c: gives hosts and boots their rows. */
int iq_place_hosts(struct iq_place *p);
int iq_place_boots(struct iq_place *p);

/* same.c: gives events their rows, new or known. */
int iq_place_events(struct iq_place *p);

/* Inserts a fact kept in memory.  REFS: what its references became, in order;
 * EXTRA: values of iq_store_extra[]. */
int iq_place_insert(struct iq_place *p, enum iq_fact_type type, void *fact,
		    const int64_t *refs, const int64_t *extra, int64_t *ret_rowid);

static inline uint32_t iq_place_member(const struct iq_p_event *e)
{
	return e->sighted ? e->member : IQ_NONE;
}

static inline struct iq_p_boot *iq_place_boot(struct iq_place *p, int64_t id)
{
	uint32_t i = id == IQ_NULL ? IQ_NONE : iq_idmap_find(&p->boots, id);
	struct iq_p_boot *b = i == IQ_NONE ? NULL : iq_idmap_at(&p->boots, i);
	return b && b->e.present ? b : NULL;
}

#endif
