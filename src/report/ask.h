/* report/ask.h - the questions a report asks of the views, prepared once: when first
 * asked, since most captures need only a few of them.
 *
 * Every SELECT of the room stands in ask.c; json.c and text.c run through them for
 * one event after the other.  A cell is NULL where the capture does not say.
 */
#ifndef IQ_REPORT_ASK_H
#define IQ_REPORT_ASK_H

#include "report/report.h"

enum iq_question {
	IQ_ASK_EVENTS,		/* ids that match the options, in order */
	IQ_ASK_EVENT,		/* :id */
	IQ_ASK_SIGHTING,
	IQ_ASK_OOM,
	IQ_ASK_VICTIMS,
	IQ_ASK_CRASH,
	IQ_ASK_FRAMES,
	IQ_ASK_CAUSE,
	IQ_ASK_CONTRIBUTING,
	IQ_ASK_EVIDENCE,	/* :id of a finding */
	IQ_ASK_EVENT_EVIDENCE,	/* of all findings of an event */
	IQ_ASK_EVENT_MISSING,
	IQ_ASK_FINDING_MISSING,
	IQ_ASK_CAPTURES,
	IQ_ASK_HOSTS,
	IQ_ASK_NOTICES,
	IQ_ASK_ISSUES,
	IQ_ASK_MISSING,		/* of all */
	IQ_ASK_COUNTS,		/* verdicts of the selected events */
	IQ_ASK_READ,		/* members and lines read */
	/* -v */
	IQ_ASK_ZONES,
	IQ_ASK_RANKING,
	IQ_ASK_FREE_LISTS,
	IQ_ASK_CGROUPS,
	IQ_ASK_SLABS,
	/* the machine in a dump; :id of a snapshot but for the first */
	IQ_ASK_DUMPS,
	IQ_ASK_DUMP_LEAD,	/* event that a screen of it leads with */
	IQ_ASK_DUMP_END,	/* its panic; :id of the one it leads with */
	IQ_ASK_DUMP_CRASHED,	/* 1: of a crash that memory has no part in */
	IQ_ASK_DUMP_MEMORY,
	IQ_ASK_DUMP_ZONES,
	IQ_ASK_DUMP_FULL_CGROUPS,
	IQ_ASK_DUMP_KERNEL_MEMORY,
	IQ_ASK_DUMP_COUNTS,
	IQ_ASK_DUMP_LARGEST,
	IQ_ASK_DUMP_PROTECTED,
	IQ_ASK_DUMP_RUNNING,
	IQ_ASK_DUMP_READY,
	IQ_ASK_DUMP_WAITING,	/* by stack alone */
	IQ_ASK_DUMP_BLOCKED,
	IQ_ASK_DUMP_OWNERS,
	IQ_ASK_DUMP_SPINNING,
	IQ_ASK_DUMP_CPUS,
	IQ_ASK_DUMP_SLEEPING,
	IQ_ASK_DUMP_FREE_LISTS,
	IQ_ASK_DUMP_CGROUPS,
	IQ_ASK_DUMP_SLABS,
	IQ_ASK_DUMP_TASKS,
	IQ_ASK_MAX
};

struct iq_asks {
	sqlite3 *db;
	const struct iq_report_opts *opts;
	sqlite3_stmt *st[IQ_ASK_MAX];
	struct iq_err err;		/* the first that a question met */
};

void iq_asks_init(struct iq_asks *r, struct iq_store *s, const struct iq_report_opts *opts);
void iq_asks_fini(struct iq_asks *r);

/* Behind the last question: -1 with ERR if any of them could not be answered to its
 * end, so that a damaged store never looks like one that holds less. */
int iq_asks_end(struct iq_asks *r, struct iq_err *err);

/* Resets the question, binds :id and the options' filters.  NULL, which has no rows, if
 * the store does not know what it asks for. */
sqlite3_stmt *iq_ask(struct iq_asks *r, enum iq_question q, int64_t id);

/* Steps; true while there is a row. */
static inline bool iq_ask_next(sqlite3_stmt *st)
{
	return sqlite3_step(st) == SQLITE_ROW;
}

static inline bool iq_cell_null(sqlite3_stmt *st, int i)
{
	return sqlite3_column_type(st, i) == SQLITE_NULL;
}

static inline int64_t iq_cell_int(sqlite3_stmt *st, int i)
{
	return iq_cell_null(st, i) ? INT64_MIN : sqlite3_column_int64(st, i);
}

static inline struct iq_slice iq_cell(sqlite3_stmt *st, int i)
{
	const char *t = (const char *)sqlite3_column_text(st, i);
	return t ? iq_slice(t, (size_t)sqlite3_column_bytes(st, i)) : IQ_SLICE_NULL;
}

#endif
