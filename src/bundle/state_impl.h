/* bundle/state_impl.h - inside of state.h, shared by its parts. */
#ifndef IQ_BUNDLE_STATE_IMPL_H
#define IQ_BUNDLE_STATE_IMPL_H

#include "base/arena.h"
#include "base/buf.h"
#include "bundle/state.h"
#include "parse/state/containers.h"
#include "parse/state/lists.h"
#include "parse/state/tasks.h"
#include "parse/state/unitlists.h"
#include "parse/state/units.h"
#include "parse/state/zones.h"

#define IQ_STATE_BYTES_MAX ((size_t)96 << 20)	/* of one machine's state */

/* Rows of one kind in the order in which they came. */
struct iq_state_rows {
	char *p;
	size_t n, cap;
};

/* From a 64 bit key to a row; what the key is a hash of is compared by the caller. */
struct iq_state_index {
	struct iq_state_slot {
		uint64_t key;
		uint32_t row;		/* + 1; 0: free */
	} *at;
	size_t cap, n;
};

struct iq_state_sysctl {
	struct iq_sysctl f;
	int rank;			/* a file of proc/sys before sysctl -a */
};

struct iq_state_slab {
	struct iq_slab f;
	int64_t pages;
};

struct iq_state_task {
	struct iq_task f;
	bool of_proc;			/* from /proc/PID, not ps alone */
	bool comm_exact;
	char start[8];			/* START of ps, to tell processes of one pid apart */
	char start_full[28];
	struct iq_pid_cgroup listed;	/* by lists of groups */
};

struct iq_state_group {
	struct iq_cgroup f;
	int64_t swap_max;		/* v2; IQ_NULL: not shown or none */
	int64_t memsw_usage;
	int64_t hierarchy_limit;	/* v1's own word on the limits above */
	bool has_limit;
	uint64_t have;			/* counters seen, by index of the file's table */
};

struct iq_state_pid_path {
	int64_t pid;
	struct iq_slice path;
	char hierarchy;			/* 'm'emory, 's'ystemd, 'u'nified; 't': systemd-cgls */
};

struct iq_state_unit {
	struct iq_unit f;
	struct iq_unit_more more;
	bool of_status;			/* systemctl status, not list-units; of listed units */
};

struct iq_state_setting {		/* a line of a unit file */
	struct iq_slice path;		/* as tidy_path() makes it */
	struct iq_slice unit;
	enum iq_unit_key key;		/* IQ_UNIT_KEYS: none, there is such a file */
	struct iq_slice value;
	int64_t line, file_line, member_id;	/* of the member, of the file in it */
	size_t seq;
};

struct iq_state {
	struct iq_arena arena;
	size_t bytes;			/* of all rows */
	size_t left_out;
	bool no_memory;
	uint64_t seed;

	/* the member being read */
	struct iq_state_file file;
	int64_t member_id, line, taken;
	struct iq_buf part;		/* of a line that goes on in the next block */
	bool enough, again;		/* again: it was read before, under another name */
	bool kib_stacks;
	union {
		struct iq_zoneinfo zoneinfo;
		struct iq_free_table free;
		struct iq_swap_table swap;
		struct iq_pid_status status;
		struct iq_pid_cgroup cgroup;
		struct iq_ps_table ps;
		struct {
			struct iq_unit_file f;
			int64_t above;	/* lines above it in its member */
		} unit_file;
		struct iq_cgls cgls;
		struct iq_slice procs;	/* path of the group */
		struct iq_container_table containers;
	} u;
	struct iq_state_unit unit;	/* block of systemctl show, or of status */
	struct iq_container inspected;
	size_t last_ps;			/* row + 1 that a thread's state belongs to */
	uint64_t have;			/* bits of kinds that were read */

	struct iq_state_rows counters, free_counters, zones, nodes, buddy, pagetypes, slabs,
		swaps, swapons, modules, lsmods, sysctls, huge, containers, pods, tasks, groups,
		cgls, units, listed, settings;
	struct iq_state_index by_pid, by_group, by_sysctl, by_unit, by_listed;
	bool all_services;		/* systemctl showed every one that is loaded */
	bool pagetypes_capped;		/* a count there is "more than" */
	int64_t smaps_page;
};

/* A zeroed row, NULL where none fits any more (counted) or memory is out (noted). */
void *iq_state_row(struct iq_state *s, struct iq_state_rows *r, size_t size, size_t max);
#define IQ_STATE_ROW(s, rows, type, max) ((type *)iq_state_row(s, rows, sizeof(type), max))
#define IQ_STATE_AT(rows, type, i) (&((type *)(void *)(rows)->p)[i])

struct iq_slice iq_state_keep(struct iq_state *s, struct iq_slice text);
/* Copies every text of a fact. */
void iq_state_keep_texts(struct iq_state *s, enum iq_fact_type type, void *fact);

/* A copy of FACT with its texts in a row of its own. */
void iq_state_keep_fact(struct iq_state *s, struct iq_state_rows *r, enum iq_fact_type type,
			const void *fact, size_t max);

uint64_t iq_state_hash(const struct iq_state *s, struct iq_slice text);
/* The next row under KEY after *at (start with SIZE_MAX); -1: no more. */
ptrdiff_t iq_state_find(const struct iq_state_index *x, uint64_t key, size_t *at);
bool iq_state_note(struct iq_state *s, struct iq_state_index *x, uint64_t key, size_t row);

/* --- state_take.c, by enum iq_state_kind --- */
extern const struct iq_state_taker {
	bool (*line)(struct iq_state *s, struct iq_slice line);
	bool once;			/* a table: not again under another name */
	size_t bytes_max;		/* of a member */
} iq_state_takers[];
/* The zone and node that the parser has completed. */
void iq_state_keep_zone(struct iq_state *s);

/* --- state_tasks.c --- */
struct iq_state_task *iq_state_task(struct iq_state *s, int64_t pid);
void iq_state_take_status(struct iq_state *s, const struct iq_pid_status *p);
void iq_state_take_stat(struct iq_state *s, const struct iq_task *t);
void iq_state_take_pid_cgroup(struct iq_state *s, int64_t pid, const struct iq_pid_cgroup *c);
void iq_state_take_ps(struct iq_state *s, enum iq_ps_line kind, const struct iq_ps_row *r);
int iq_state_put_tasks(struct iq_state *s, const struct iq_state_frame *f,
		       struct iq_sink *sink, struct iq_err *err);

/* --- state_groups.c --- */
bool iq_state_take_group(struct iq_state *s, struct iq_slice line);
int iq_state_put_groups(struct iq_state *s, const struct iq_state_frame *f,
			struct iq_sink *sink, struct iq_err *err);

/* --- state_containers.c --- */
int iq_state_put_containers(struct iq_state *s, const struct iq_state_frame *f,
			    struct iq_sink *sink, struct iq_err *err);

/* --- state_units.c --- */
void iq_state_take_unit(struct iq_state *s);		/* s->unit is complete */
/* A unit of list-units or status: *f with its texts. */
void iq_state_take_listed(struct iq_state *s, const struct iq_unit *f, bool of_status);
/* That there is such a unit file, and its settings. */
void iq_state_take_unit_file(struct iq_state *s);
void iq_state_take_setting(struct iq_state *s, enum iq_unit_key key,
			   struct iq_slice value);
int iq_state_compare(struct iq_slice a, struct iq_slice b);
/* Where the fact says which file makes that setting; NULL: nowhere. */
struct iq_slice *iq_state_setting_from(struct iq_unit *u, enum iq_unit_key key);

/* --- state_unitfiles.c --- */
/* The units that systemctl show does not have: what their files say, with what lists tell. */
int iq_state_put_unshown(struct iq_state *s, const struct iq_state_frame *f,
			 struct iq_sink *sink, struct iq_err *err);
int iq_state_put_units(struct iq_state *s, const struct iq_state_frame *f,
		       struct iq_sink *sink, struct iq_err *err);

/* --- state_memory.c --- */
int iq_state_put_memory(struct iq_state *s, const struct iq_state_frame *f,
			struct iq_sink *sink, struct iq_err *err);

#endif
