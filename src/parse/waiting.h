/* parse/waiting.h - inside of the room: the reports that are open, and how they begin and
 * end.  parse.h is for everybody else.
 *
 * waiting.c keeps and closes them, begin.c opens them, parse.c says which record goes where.
 * They belong to the parser; the one that took a line last stands in front.
 */
#ifndef IQ_PARSE_WAITING_H
#define IQ_PARSE_WAITING_H

#include "parse/alloc.h"
#include "parse/crash/book.h"
#include "parse/killers.h"
#include "parse/oom.h"
#include "parse/panic.h"
#include "parse/parse.h"

#define IQ_OPEN_LINES 200		/* of its host that are not its own: then it closes */
#define IQ_REPEAT_MAX 1024		/* fingerprints without a figure, a member */

enum iq_waiting_kind { IQ_WAITING_OOM, IQ_WAITING_ALLOC, IQ_WAITING_PANIC, IQ_WAITING_CRASH };

struct iq_waiting {
	struct iq_waiting *next;
	enum iq_waiting_kind kind;
	void *report;			/* struct iq_oom_report, iq_alloc ... */
	uint32_t host_no;
	int64_t boot_id, caller;
	int64_t asked_cpu;		/* which shows its stack for this report */
	char caller_kind;
	bool ended;			/* OOM: only its reaper's line is waited for */
	int64_t wall_us, mono_us;	/* of the line taken last */
	unsigned strange;		/* lines of this host since then */
};

/* What somebody asked for by SysRq, until its report begins. */
struct iq_sysrq {
	struct iq_buf text;
	int64_t line, wall_us, mono_us, boot_id;
	uint32_t host_no;
	bool there;
};

struct iq_parser {
	struct iq_sink *sink;
	struct iq_killers *killers;
	struct iq_crash_book *book;
	int64_t member_id;
	struct iq_waiting *open;
	size_t n_open;
	unsigned tick;
	struct iq_sysrq sysrq;		/* sysrq: Manual OOM execution */
	struct iq_sysrq crash;		/* sysrq: Trigger a crash */
	struct { uint64_t hash; unsigned n; } repeat[IQ_REPEAT_MAX];
};

/* --- waiting.c --- */

static inline bool iq_waiting_same_caller(const struct iq_waiting *e,
					  const struct iq_record *rec, int64_t boot_id)
{
	return e->host_no == rec->host_no && e->boot_id == boot_id &&
	       e->caller_kind == rec->caller_kind &&
	       (!rec->caller_kind || e->caller == rec->caller);
}

void iq_waiting_free(struct iq_waiting *e);
/* Takes REPORT over, also when it fails. */
int iq_waiting_add(struct iq_parser *p, enum iq_waiting_kind kind, void *report,
		   const struct iq_record *rec, int64_t boot_id, struct iq_err *err);
/* It took the record: in front with it. */
void iq_waiting_touch(struct iq_parser *p, struct iq_waiting **at, const struct iq_record *rec);
bool iq_waiting_is_silent(const struct iq_waiting *e, const struct iq_record *rec);
bool iq_waiting_is_callers(const struct iq_waiting *e, const struct iq_record *rec,
			   int64_t boot_id);

/* Close: those that waited too long; what holds too much; what the same caller has open of
 * KIND (a caller prints one thing at a time); crashes, of that caller or ALL; everything. */
int iq_waiting_close_stale(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
			   struct iq_err *err);
int iq_waiting_close_greedy(struct iq_parser *p, struct iq_err *err);
int iq_waiting_end_same(struct iq_parser *p, enum iq_waiting_kind kind,
			const struct iq_record *rec, int64_t boot_id, struct iq_err *err);
int iq_waiting_close_crashes(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
			     bool all, struct iq_err *err);
int iq_waiting_close_all(struct iq_parser *p, bool cut, struct iq_err *err);

/* --- begin.c: the record begins a report; 1: it was taken, -1 with ERR --- */

int iq_open_oom(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		enum iq_oom_kind kind, struct iq_err *err);
int iq_open_alloc(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		  struct iq_err *err);
int iq_open_panic(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		  struct iq_err *err);
int iq_open_crash(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		  const struct iq_opened *o, struct iq_err *err);
/* Is it a line from within a report whose beginning is lost? */
bool iq_begins_in_the_middle(struct iq_slice text);

#endif
