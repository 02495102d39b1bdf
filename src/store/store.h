/* store/store.h - the SQLite file that all facts go to and all answers come from.
 *
 * One writer of facts: iq_store_apply() puts one capture into the store in one
 * transaction, or several that came close together (iq_store_hold()).  Rollback journal, busy timeout, foreign keys.  Analysts, reports
 * and plugins read through the views v1_* (schema/).  Not for threads.
 */
#ifndef IQ_STORE_STORE_H
#define IQ_STORE_STORE_H

#include <sqlite3.h>

#include "base/err.h"
#include "model/facts.h"

#define IQ_STORE_APPLICATION_ID 0x494e5153

enum iq_store_mode {
	IQ_STORE_MEMORY,	/* explain: gone at close; path is ignored */
	IQ_STORE_WRITE,		/* created or upgraded if need be */
	IQ_STORE_READ,		/* a hot journal of a killed import is rolled back first */
};

struct iq_store;

int iq_store_open(const char *path, enum iq_store_mode mode, struct iq_store **ret,
		  struct iq_err *err);
void iq_store_close(struct iq_store *s);
sqlite3 *iq_store_db(struct iq_store *s);

/* Facts of one capture, in any order, as often as asked. */
struct iq_fact_source {
	/* 1 and the fact (valid until the next call), 0 at the end or where the source
	 * has no more so far, -1 error. */
	int (*next)(struct iq_fact_source *src, enum iq_fact_type *ret_type, void *ret_fact,
		    struct iq_err *err);
	int (*rewind)(struct iq_fact_source *src, struct iq_err *err);
	/* Bit per fact type: set before rewind() for facts that need not come again. */
	uint64_t unwanted;
};

struct iq_apply_result {
	int64_t capture_id;
	int64_t events_new, events_known;	/* known: sightings of an event already there */
	bool already_there;			/* the same bytes were imported before: nothing changed */
};

/* One capture, one transaction.  On error nothing of it is in the store. */
int iq_store_apply(struct iq_store *s, struct iq_fact_source *src,
		   struct iq_apply_result *ret, struct iq_err *err);

/* The same in steps, for a source that is still growing: all it has so far is taken by
 * each more(), and end() is called when it is whole.  Until then nothing else may be
 * written to the store.  SRC stays the caller's until drop(), which undoes what was not
 * brought to its end. */
struct iq_place;
int iq_store_apply_begin(struct iq_store *s, struct iq_fact_source *src,
			 struct iq_place **ret, struct iq_err *err);
int iq_store_apply_more(struct iq_place *p, struct iq_err *err);
int iq_store_apply_end(struct iq_place *p, struct iq_apply_result *ret,
		       struct iq_err *err);
void iq_store_apply_drop(struct iq_place *p);

/* Capture with this hash, or 0. */
int64_t iq_store_find_capture(struct iq_store *s, struct iq_slice sha256);
/* The hashes of captures of that size which another reading of the same bytes would not
 * replace, 32 bytes each; as many as there are, or 0 if that is more than MAX. */
size_t iq_store_hashes_of_size(struct iq_store *s, int64_t size_bytes,
			       unsigned char (*ret)[32], size_t max);

/* --- stores made elsewhere --- */

struct iq_merge_result {
	int64_t captures_new, captures_known, events_new;
};

/* The captures of the store at PATH that are not here yet, with all they say, in one
 * transaction.  Events seen in both become one, by the rules of an import; findings are
 * not taken over (iq_analyze() makes them).  On error nothing of it is in the store; ERR
 * begins with the file at fault. */
int iq_store_merge(struct iq_store *s, const char *path, struct iq_merge_result *ret,
		   struct iq_err *err);

/* --- taking a capture out --- */

/* Which capture is meant by an id, its path, or 8 or more digits of its SHA-256? */
int iq_store_name_capture(struct iq_store *s, struct iq_slice text, int64_t *ret,
			  struct iq_err *err);
/* With what only it said, in one transaction.  *REPORTS_LOST grows by the events that others
 * saw too, but whose report was its own.  What is left without a verdict, and its hosts, are
 * for iq_analyze(). */
int iq_store_forget(struct iq_store *s, int64_t capture_id, int64_t *reports_lost,
		    struct iq_err *err);

/* --- what analysis writes --- */

struct iq_evidence {
	int64_t capture_id;		/* IQ_NULL: not from a line */
	struct iq_slice member;
	int64_t line;
	struct iq_slice text;
	struct iq_slice view_name;	/* p NULL: not from a row */
	int64_t row_id;
};

struct iq_finding {
	int64_t event_id, host_id;	/* one of them IQ_NULL */
	struct iq_slice plugin, rule, role, verdict, holder, severity, confidence;
	struct iq_slice title, explanation, advice;	/* advice: JSON array of strings */
	struct iq_slice missing;	/* JSON array of {"what","how_to_collect"}, p NULL: none */
	const struct iq_evidence *evidence;
	size_t n_evidence;
};

struct iq_zone_check {
	int64_t event_id, zone_id, usable, reserve_bytes, mark_bytes, watermark_ok, order_ok;
	struct iq_slice why;
};

struct iq_task_choice {
	int64_t event_id, task_id, eligible, badness_pages, score, rank, killed;
	struct iq_slice why_not;
};

/* Within a transaction of the caller's (iq_store_begin/commit).  Checks and choices of
 * an event are put once; iq_store_drop_analysis() makes room for new ones. */
int iq_store_begin(struct iq_store *s, struct iq_err *err);
int iq_store_commit(struct iq_store *s, struct iq_err *err);
void iq_store_rollback(struct iq_store *s);
/* From hold() to release() all commits are one: the last, by release().  A commit costs
 * four waits for the disk, and with indexes it writes the same pages again and again;
 * what comes many times a second is better put together.  Others cannot write meanwhile,
 * and an error takes back everything since hold(): for fractions of a second.  In a store
 * in memory it does nothing. */
void iq_store_hold(struct iq_store *s);
int iq_store_release(struct iq_store *s, struct iq_err *err);
/* For a store in memory and a writer that takes nothing back: references are its own and
 * hold, so SQLite need not look each of them up.  ON: it does again, as at the start. */
int iq_store_check_keys(struct iq_store *s, bool on, struct iq_err *err);
int iq_store_put_finding(struct iq_store *s, const struct iq_finding *f, struct iq_err *err);
int iq_store_put_zone_check(struct iq_store *s, const struct iq_zone_check *c, struct iq_err *err);
/* N of them at once; quick where they come by the sixteen and ordered by task. */
int iq_store_put_task_choices(struct iq_store *s, const struct iq_task_choice *c, size_t n,
			      struct iq_err *err);
/* What analysis read out of a report where the capture did not say it. */
struct iq_reading {
	int64_t event_id;
	struct iq_slice era, gfp_flags;
	int64_t totalpages_bytes;
};
int iq_store_put_reading(struct iq_store *s, const struct iq_reading *r, struct iq_err *err);
/* Removes what analysis wrote for an event (IQ_NULL: for all, notices too); with
 * PLUGIN only the findings of that plugin. */
int iq_store_drop_analysis(struct iq_store *s, int64_t event_id, struct iq_slice plugin,
			   struct iq_err *err);
/* Hosts of which something was said, or taken back, since their notices were made: calls
 * EACH, which -1 stops. */
int iq_store_waiting_hosts(struct iq_store *s, int (*each)(void *arg, int64_t host_id),
			   void *arg, struct iq_err *err);
/* The verdict of an event was made when an import had more to read: perhaps of its host.
 * Within a transaction. */
int iq_store_judged_early(struct iq_store *s, int64_t event_id, struct iq_err *err);
/* It was made of what was there up to a capture: where a later one speaks of its host, it
 * is to be judged again, and 1 is returned.  Within a transaction. */
int iq_store_judged_before(struct iq_store *s, int64_t event_id, int64_t capture_id,
			   struct iq_err *err);
/* Events of whose machine or boot more was told since they were judged, by any import,
 * also one that was killed, lose their verdict; the others keep it.  Within a
 * transaction. */
int iq_store_put_back(struct iq_store *s, struct iq_err *err);
/* Its notices are made, of what was there up to a capture.  1: a later one speaks of it
 * and it goes on waiting.  Within a transaction. */
int iq_store_host_done(struct iq_store *s, int64_t host_id, int64_t capture_id,
		       struct iq_err *err);
/* Removes the notices of a host; with PLUGIN only those of that plugin. */
int iq_store_drop_notices(struct iq_store *s, int64_t host_id, struct iq_slice plugin,
			  struct iq_err *err);

/* --- a user's SQL --- */

/* Prepares one statement that may only read (authorizer, query_only, defensive);
 * regexp(), human_bytes(), pages() are there.  *ret_tail: what stands behind it.
 * *ret is NULL where there is nothing but blanks and comments.  A limit of time is
 * the caller's: sqlite3_progress_handler(). */
int iq_store_prepare_readonly(struct iq_store *s, struct iq_slice sql, sqlite3_stmt **ret,
			      struct iq_slice *ret_tail, struct iq_err *err);
/* Installs regexp(), human_bytes(), pages() on a connection. */
int iq_store_functions(sqlite3 *db, struct iq_err *err);

/* The views, their columns, units and meaning, as rows; from schema/.  The first row
 * of a view has the column "": its unit says where the rows of the view come from,
 * its meaning what one is. */
struct iq_schema_row { const char *view, *column, *unit, *meaning; };
const struct iq_schema_row *iq_store_schema(size_t *ret_n);

/* Named queries (@events ...): SQL or NULL. */
const char *iq_store_named_query(struct iq_slice name);
/* By index, for listings; NULL behind the last. */
const char *iq_store_named_query_at(size_t i, const char **ret_name, const char **ret_meaning);

#endif
