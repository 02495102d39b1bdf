/* parse/memcg.h - what an OOM report tells of memory cgroups.
 *
 * mm/memcontrol.c and mm/memcontrol-v1.c: mem_cgroup_print_oom_context(), _meminfo().
 * 2.6.32 to 4.19 name the task's and the limit's cgroup in a line; 3.10 to 5.2 print
 * one line of statistics a cgroup (KB, each without its children), 5.3+ and el8 a
 * block of "name value" lines of the cgroup at its limit (bytes and event counts).
 *
 * The collection copies into the arena of its report.  Bounded: IQ_MEMCG_*_MAX.
 */
#ifndef IQ_PARSE_MEMCG_H
#define IQ_PARSE_MEMCG_H

#include "base/arena.h"
#include "model/facts.h"

#define IQ_MEMCG_GROUPS_MAX	10000
#define IQ_MEMCG_COUNTERS_MAX	200000
/* A limit from here on is none (page_counter and res_counter maxima of all eras). */
#define IQ_MEMCG_UNLIMITED_KB	(INT64_C(1) << 43)

/* "Task in A killed as a result of limit of B".  *ret_limited p NULL: broke off. */
bool iq_memcg_task_in(struct iq_slice text, struct iq_slice *ret_task,
		      struct iq_slice *ret_limited);
/* "Memory limit reached of cgroup B" */
bool iq_memcg_limit_reached(struct iq_slice text, struct iq_slice *ret_limited);

enum iq_memcg_res { IQ_MEMCG_MEMORY, IQ_MEMCG_MEMSW, IQ_MEMCG_KMEM, IQ_MEMCG_SWAP,
		    IQ_MEMCG_RES_MAX };

/* "memory: usage 1kB, limit 2kB, failcnt 3" and its sisters. */
struct iq_memcg_usage {
	enum iq_memcg_res res;
	int64_t usage_bytes, limit_bytes, failcnt;
	bool unlimited;
};
bool iq_memcg_usage(struct iq_slice text, struct iq_memcg_usage *ret);

struct iq_memcg_counter {
	struct iq_memcg_counter *next;
	struct iq_slice name;
	int64_t value;
	bool count;			/* events; else bytes */
};

struct iq_memcg_group {
	struct iq_memcg_group *next;
	struct iq_slice path;		/* p NULL: the line does not say */
	struct iq_memcg_counter *counters, **end;
	bool block;
};

struct iq_memcg {
	struct iq_arena *mem;
	struct iq_memcg_group *groups, **end, *open;
	size_t n_groups, n_counters;
	bool failed;			/* out of memory */
};

void iq_memcg_init(struct iq_memcg *m, struct iq_arena *mem);

/* "Memory cgroup stats for PATH:" with or without the numbers behind it. */
bool iq_memcg_stats(struct iq_memcg *m, struct iq_slice text);
/* "name value" while a block is open. */
bool iq_memcg_block_line(struct iq_memcg *m, struct iq_slice text);
/* Is the name one that a finding may cite? */
bool iq_memcg_tells(struct iq_slice name);
static inline void iq_memcg_end_block(struct iq_memcg *m) { m->open = NULL; }

/* The usage lines belong to LIMITED; USAGE[res].res is valid where seen[res]. */
struct iq_memcg_limited {
	struct iq_slice path;		/* p NULL: not known */
	struct iq_memcg_usage usage[IQ_MEMCG_RES_MAX];
	bool seen[IQ_MEMCG_RES_MAX];
};
/* Puts cgroup and counter facts. */
int iq_memcg_put(const struct iq_memcg *m, const struct iq_memcg_limited *limited,
		 struct iq_sink *sink, int64_t snapshot_id, struct iq_err *err);

#endif
