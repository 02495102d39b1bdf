/* analyze/case.h - one event with all its facts, as plugins will see it.
 *
 * iq_case_load() fills the public structs of inquest/plugin.h from the views;
 * compute.h adds the kernel's arithmetic.  Everything lives in the case's arena
 * until iq_case_reset(), so a forked child inherits it without loading anything.
 */
#ifndef IQ_ANALYZE_CASE_H
#define IQ_ANALYZE_CASE_H

#include "analyze/inquest/plugin.h"
#include "analyze/rows.h"

struct iq_case {
	struct iq_arena arena;
	struct inquest_event event;
	struct inquest_oom *oom;		/* NULL: no memory event */
	int64_t snapshot_id;			/* IQ_NULL: none with the report */
	/* lists of the public structs */
	struct iq_row_list victims, tasks, nodes, zones, counters, hugetlb, slabs;
	struct iq_row_list cgroups, swaps, frames, lines;
	/* filled by compute.h */
	struct inquest_gfp gfp;
	struct inquest_ranking ranking;
	struct inquest_account account;
	void *work;				/* what compute.c keeps for rechoose() */
	/* a dump of the same boot, taken soon after the event */
	bool at_crash;				/* so soon that memory is still as it was */
	int64_t dump_after_us;
	bool memory_from_dump;			/* zones, nodes, counters */
	bool swap_from_dump, cgroup_from_dump;	/* oom->swap_total_bytes, ->cgroup_task */
	const char *dump_words;			/* what a verdict rests on of it; NULL: nothing */
};

/* --- what a dump adds to an event of its log (case_dump.c) --- */

struct iq_case_time { int64_t wall_us, mono_us; };

/* Was the dump, at TIME, taken so soon after the event that it still tells of it?
 * Fills the case's times. */
bool iq_case_dump_near(struct iq_case *c, const struct iq_case_time *time);
/* Does the event have no table of tasks, or a part of one, where there should be one? */
bool iq_case_wants_tasks(const struct iq_case *c);
/* ROWS (struct inquest_task) behind those of the log, which win; victims that are gone
 * from the dump as the line of their kill has them. */
int iq_case_add_tasks(struct iq_case *c, const struct iq_row_list *rows,
		      struct iq_err *err);
/* The case's counters are the dump's: adds them under the names that a report has. */
int iq_case_dump_counters(struct iq_case *c, struct iq_err *err);
/* Does the event lack what a dump's row of SwapTotal, or of the task that asked, tells?
 * ROWS: of struct inquest_counter, of struct inquest_task. */
bool iq_case_wants_swap(const struct iq_case *c);
void iq_case_dump_swap(struct iq_case *c, const struct iq_row_list *rows);
bool iq_case_wants_cgroup(const struct iq_case *c);
void iq_case_dump_cgroup(struct iq_case *c, const struct iq_row_list *rows);
int iq_case_say_dump(struct iq_case *c, bool slabs, bool cgroups, bool memory, bool tasks,
		     struct iq_err *err);
int iq_case_by_seq(const void *a, const void *b);	/* pointers to inquest_task * */

void iq_case_init(struct iq_case *c);
void iq_case_reset(struct iq_case *c);
void iq_case_fini(struct iq_case *c);

/* Fails (IQ_E_USAGE) if there is no such event. */
int iq_case_load(struct iq_case *c, struct iq_row_reader *r, int64_t event_id,
		 struct iq_err *err);

/* A counter in bytes (pages converted, counts as they are), or IQ_NULL. */
int64_t iq_case_counter(const struct iq_case *c, const char *scope, const char *name);
const struct inquest_task *iq_case_task(const struct iq_case *c, int64_t pid);
/* Does LINE have this role (see lines() of the host)? */
bool iq_case_has_role(const struct inquest_line *line, const char *role);

/* The memory events of one boot, in order of time: struct inquest_neighbour. */
int iq_case_neighbours(struct iq_row_reader *r, int64_t boot_id, struct iq_arena *arena,
		       struct iq_row_list *ret, struct iq_err *err);

#endif
