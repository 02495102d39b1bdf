/* parse/parse.c - the entrance: which record goes to which open report.  See parse.h.
 *
 * Open reports stand in a list, the one that took a line last in front.  A record is
 * offered to those of its host, boot and printk caller; what none takes may begin a
 * report, or is left to parse/killers.h.  A report whose kill is told ("ended") waits
 * for the reaper's line only, which comes from another task and is known by its pid.
 *
 * A report closes after OPEN_SILENCE_US of log time or OPEN_LINES lines of its host
 * that are not its own; the one that has waited longest also when too many are open or
 * they hold too much.
 */
#include "parse/parse.h"

#include <stdlib.h>

#include "parse/alloc.h"
#include "parse/crash/book.h"
#include "parse/killers.h"
#include "parse/oom.h"
#include "parse/panic.h"

#define OPEN_MAX 64
#define OPEN_LINES 200
#define OPEN_SILENCE_US (10 * INT64_C(1000000))
#define LOCKUP_SILENCE_US (60 * INT64_C(1000000))	/* a stuck machine prints slowly */
#define OPEN_BYTES (96u << 20)		/* one report of 100 000 rows holds half of it */
#define REPEAT_MAX 1024			/* fingerprints without a figure, a member */

enum open_kind { OPEN_OOM, OPEN_ALLOC, OPEN_PANIC, OPEN_CRASH };

struct open {
	struct open *next;
	enum open_kind kind;
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
struct request {
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
	struct open *open;
	size_t n_open;
	unsigned tick;
	struct request sysrq;		/* sysrq: Manual OOM execution */
	struct request crash;		/* sysrq: Trigger a crash */
	struct { uint64_t hash; unsigned n; } repeat[REPEAT_MAX];
};

struct iq_parser *iq_parser_new(struct iq_sink *sink)
{
	struct iq_parser *p = calloc(1, sizeof *p);
	if (!p)
		return NULL;
	p->sink = sink;
	p->member_id = IQ_NULL;
	iq_buf_init(&p->sysrq.text);
	iq_buf_init(&p->crash.text);
	p->killers = iq_killers_new(sink);
	p->book = iq_crash_book_new(sink);
	if (!p->killers || !p->book) {
		iq_parser_free(p);
		return NULL;
	}
	return p;
}

static void free_open(struct open *e)
{
	switch (e->kind) {
	case OPEN_OOM:
		iq_oom_free(e->report);
		break;
	case OPEN_ALLOC:
		iq_alloc_free(e->report);
		break;
	case OPEN_PANIC:
		iq_panic_free(e->report);
		break;
	case OPEN_CRASH:
		iq_crash_free(e->report);
		break;
	}
	free(e);
}

void iq_parser_free(struct iq_parser *p)
{
	if (!p)
		return;
	for (struct open *e = p->open, *next; e; e = next) {
		next = e->next;
		free_open(e);
	}
	iq_killers_free(p->killers);
	iq_crash_book_free(p->book);
	iq_buf_fini(&p->sysrq.text);
	iq_buf_fini(&p->crash.text);
	free(p);
}

/* ---------------------------------------------------------------- closing */

/* How often was FINGERPRINT there before in this member? (iq_oom_close) */
static unsigned repeat(void *arg, struct iq_slice fingerprint, int64_t boot_id)
{
	struct iq_parser *p = arg;
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)boot_id;
	for (size_t i = 0; i < fingerprint.n; i++)
		h = (h ^ (unsigned char)fingerprint.p[i]) * UINT64_C(0x100000001b3);
	h |= 1;
	for (size_t i = 0; i < 16; i++) {
		size_t at = (h + i) % REPEAT_MAX;
		if (!p->repeat[at].n)
			p->repeat[at].hash = h;
		if (p->repeat[at].hash == h)
			return p->repeat[at].n++;
	}
	p->repeat[h % REPEAT_MAX].hash = h;	/* full: the oldest here is forgotten */
	p->repeat[h % REPEAT_MAX].n = 1;
	return 0;
}

static int put_open(struct iq_parser *p, struct open *e, bool cut, struct iq_err *err)
{
	struct iq_oom_close how = { p->sink, p->killers, cut && !e->ended, repeat, p };
	int64_t id;
	switch (e->kind) {
	case OPEN_OOM:
		return iq_oom_close(e->report, &how, &id, err);
	case OPEN_ALLOC:
		return iq_alloc_close(e->report, p->sink, cut, &id, err);
	case OPEN_PANIC:
		return iq_panic_close(e->report, &how, err);
	case OPEN_CRASH:
		return iq_crash_book_close(p->book, e->report, e->host_no, cut, err);
	}
	return 0;
}

/* Takes *AT out of the list, puts its facts, frees it. */
static int close_open(struct iq_parser *p, struct open **at, bool cut, struct iq_err *err)
{
	struct open *e = *at;
	*at = e->next;
	p->n_open--;
	int r = put_open(p, e, cut, err);
	free_open(e);
	return r;
}

/* The one that has waited longest is the last. */
static int close_oldest(struct iq_parser *p, struct iq_err *err)
{
	struct open **at = &p->open;
	if (!*at)
		return 0;
	while ((*at)->next)
		at = &(*at)->next;
	return close_open(p, at, false, err);
}

/* Oldest first, so that events are put in the order of the file. */
static int close_all(struct iq_parser *p, bool cut, struct iq_err *err)
{
	while (p->open) {
		struct open **at = &p->open, **first = at;
		for (; *at; at = &(*at)->next)
			first = at;
		if (close_open(p, first, cut, err))
			return -1;
	}
	return 0;
}

static uint64_t silence_allowed(const struct open *e)
{
	const struct iq_crash_report *r = e->report;
	bool lockup = e->kind == OPEN_CRASH &&
		      (r->kind == IQ_CRASH_SOFT || r->kind == IQ_CRASH_HARD ||
		       r->kind == IQ_CRASH_RCU);
	return lockup ? LOCKUP_SILENCE_US : OPEN_SILENCE_US;
}

static bool silent_too_long(const struct open *e, const struct iq_record *rec)
{
	uint64_t most = silence_allowed(e);
	if (rec->mono_us != IQ_NULL && e->mono_us != IQ_NULL)
		return rec->mono_us > e->mono_us &&
		       (uint64_t)rec->mono_us - (uint64_t)e->mono_us > most;
	if (rec->wall_us != IQ_NULL && e->wall_us != IQ_NULL)
		return rec->wall_us > e->wall_us &&
		       (uint64_t)rec->wall_us - (uint64_t)e->wall_us > most;
	return false;
}

static bool is_stale(const struct open *e, const struct iq_record *rec, int64_t boot_id)
{
	return e->host_no == rec->host_no &&
	       (e->boot_id != boot_id || e->strange > OPEN_LINES || silent_too_long(e, rec));
}

/* Oldest first: the list has it last. */
static int close_stale(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		       struct iq_err *err)
{
	for (;;) {
		struct open **last = NULL;
		for (struct open **at = &p->open; *at; at = &(*at)->next)
			if (is_stale(*at, rec, boot_id))
				last = at;
		if (!last)
			break;
		if (close_open(p, last, false, err))
			return -1;
	}
	for (struct open *e = p->open; e; e = e->next)
		e->strange += e->host_no == rec->host_no;
	return 0;
}

/* What is open must not hold all memory. */
static int close_greedy(struct iq_parser *p, struct iq_err *err)
{
	for (;;) {
		size_t bytes = 0;
		for (struct open *e = p->open; e; e = e->next)
			if (e->kind == OPEN_OOM)
				bytes += iq_oom_bytes(e->report);
			else if (e->kind == OPEN_CRASH)
				bytes += iq_crash_bytes(e->report);
		if (bytes <= OPEN_BYTES || p->n_open < 2)
			return 0;
		if (close_oldest(p, err))
			return -1;
	}
}

/* ---------------------------------------------------------------- opening */

static bool same_caller(const struct open *e, const struct iq_record *rec, int64_t boot_id)
{
	return e->host_no == rec->host_no && e->boot_id == boot_id &&
	       e->caller_kind == rec->caller_kind &&
	       (!rec->caller_kind || e->caller == rec->caller);
}

static void touch(struct iq_parser *p, struct open **at, const struct iq_record *rec)
{
	struct open *e = *at;
	if (rec->wall_us != IQ_NULL)
		e->wall_us = rec->wall_us;
	if (rec->mono_us != IQ_NULL)
		e->mono_us = rec->mono_us;
	e->strange = 0;
	if (at != &p->open) {
		*at = e->next;
		e->next = p->open;
		p->open = e;
	}
}

/* Takes REPORT over, also when it fails. */
static int add_open(struct iq_parser *p, enum open_kind kind, void *report,
		    const struct iq_record *rec, int64_t boot_id, struct iq_err *err)
{
	struct open *e = calloc(1, sizeof *e);
	if (!e) {
		struct open lost = { .kind = kind, .report = report };
		struct open *copy = malloc(sizeof *copy);
		if (copy) {
			*copy = lost;
			free_open(copy);
		}
		return iq_err_set(err, IQ_E_NOMEM, "open report: out of memory");
	}
	e->kind = kind;
	e->report = report;
	e->host_no = rec->host_no;
	e->boot_id = boot_id;
	e->caller_kind = rec->caller_kind;
	e->asked_cpu = IQ_NULL;
	e->caller = rec->caller;
	e->wall_us = rec->wall_us;
	e->mono_us = rec->mono_us;
	e->next = p->open;
	p->open = e;
	if (++p->n_open > OPEN_MAX)
		return close_oldest(p, err);
	return 0;
}

/* Ends what the same caller has open of KIND: a caller prints one thing at a time. */
static int end_same(struct iq_parser *p, enum open_kind kind, const struct iq_record *rec,
		    int64_t boot_id, struct iq_err *err)
{
	for (struct open **at = &p->open; *at;) {
		struct open *e = *at;
		struct iq_oom_report *o = e->report;
		if (e->kind != kind || e->ended || !same_caller(e, rec, boot_id)) {
			at = &e->next;
		} else if (kind == OPEN_OOM && (o->killed || o->summary)) {
			e->ended = true;
			at = &e->next;
		} else if (close_open(p, at, false, err)) {
			return -1;
		}
	}
	return 0;
}

static bool was_asked(const struct request *r, const struct iq_record *rec, int64_t boot_id)
{
	const struct open then = { .wall_us = r->wall_us, .mono_us = r->mono_us };
	return r->there && rec->first_line - r->line <= OPEN_LINES &&
	       r->host_no == rec->host_no &&
	       r->boot_id == boot_id && !silent_too_long(&then, rec);
}

/* R, which REC began, is what somebody asked for by SysRq-c, if that is so. */
static void tell_asked(struct iq_parser *p, struct iq_crash_report *r,
		       const struct iq_record *rec, int64_t boot_id)
{
	if (!was_asked(&p->crash, rec, boot_id))
		return;
	iq_crash_asked(r, iq_buf_as_slice(&p->crash.text), p->crash.line);
	p->crash.there = false;
}

static bool may_be_callers(const struct open *e, const struct iq_record *rec, int64_t boot_id)
{
	return same_caller(e, rec, boot_id) ||
	       (!rec->caller_kind && e->host_no == rec->host_no && e->boot_id == boot_id);
}

/* Closes the crash reports of this boot, or only those of REC's caller.  Oldest first. */
static int close_crashes(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
			 bool all, struct iq_err *err)
{
	for (;;) {
		struct open **last = NULL;
		for (struct open **at = &p->open; *at; at = &(*at)->next)
			if ((*at)->kind == OPEN_CRASH && (*at)->host_no == rec->host_no &&
			    (*at)->boot_id == boot_id &&
			    (all || (!((struct iq_crash_report *)(*at)->report)->block &&
				     may_be_callers(*at, rec, boot_id))))
				last = at;
		if (!last)
			return 0;
		if (close_open(p, last, false, err))
			return -1;
	}
}

static int open_oom(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		    enum iq_oom_kind kind, struct iq_err *err)
{
	if (end_same(p, OPEN_OOM, rec, boot_id, err) ||
	    close_crashes(p, rec, boot_id, false, err))
		return -1;
	struct iq_oom_report *o = iq_oom_new(rec, p->member_id, boot_id, err);
	if (!o)
		return -1;
	if (kind == IQ_OOM_HEADLINE && was_asked(&p->sysrq, rec, boot_id)) {
		iq_oom_manual(o, iq_buf_as_slice(&p->sysrq.text), p->sysrq.line);
		p->sysrq.there = false;
	}
	int got = iq_oom_line(o, rec, kind, err);
	if (got <= 0) {			/* it looked like one and was not */
		iq_oom_free(o);
		return got;
	}
	return add_open(p, OPEN_OOM, o, rec, boot_id, err) ? -1 : 1;
}

static int open_alloc(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		      struct iq_err *err)
{
	if (end_same(p, OPEN_ALLOC, rec, boot_id, err) ||
	    close_crashes(p, rec, boot_id, false, err))
		return -1;
	struct iq_alloc *a = iq_alloc_new(rec, p->member_id, boot_id, err);
	if (!a)
		return -1;
	return add_open(p, OPEN_ALLOC, a, rec, boot_id, err) ? -1 : 1;
}

/* The OOM run that a panic ends: its caller's own, else the latest that killed nobody. */
static struct iq_oom_report *take_run(struct iq_parser *p, const struct iq_record *rec,
				      int64_t boot_id)
{
	struct open **found = NULL;
	for (struct open **at = &p->open; *at; at = &(*at)->next) {
		struct open *e = *at;
		struct iq_oom_report *o = e->report;
		if (e->kind != OPEN_OOM || e->ended || e->host_no != rec->host_no ||
		    e->boot_id != boot_id || o->killed)
			continue;
		if (!found || same_caller(e, rec, boot_id))
			found = at;
		if (same_caller(e, rec, boot_id))
			break;
	}
	if (!found)
		return NULL;
	struct open *e = *found;
	struct iq_oom_report *o = e->report;
	*found = e->next;
	p->n_open--;
	free(e);
	return o;
}

/* The same where nothing is left of its report but the panic. */
static struct iq_oom_report *run_untold(struct iq_parser *p, const struct iq_record *rec,
					int64_t boot_id, struct iq_err *err)
{
	struct iq_oom_report *o = iq_oom_new(rec, p->member_id, boot_id, err);
	if (o && was_asked(&p->sysrq, rec, boot_id)) {
		iq_oom_manual(o, iq_buf_as_slice(&p->sysrq.text), p->sysrq.line);
		p->sysrq.there = false;
	}
	return o;
}

/* Registers without a headline were an oops, if that is what the panic says. */
static void begin_clipped(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id)
{
	if (!iq_has(rec->text, IQ_LIT("Fatal exception")))
		return;
	for (struct open *e = p->open; e; e = e->next) {
		struct iq_crash_report *r = e->report;
		if (e->kind == OPEN_CRASH && r->clipped && may_be_callers(e, rec, boot_id))
			r->begun = true;
	}
}

/* The report of hardware that a panic ends, if that is what the panic says. */
static struct iq_crash_report *take_hardware(struct iq_parser *p,
					     const struct iq_record *rec, int64_t boot_id)
{
	if (!iq_crash_reason_is(rec->text, IQ_CRASH_HARDWARE))
		return NULL;
	for (struct open **at = &p->open; *at; at = &(*at)->next) {
		struct open *e = *at;
		struct iq_crash_report *r = e->report;
		if (e->kind != OPEN_CRASH || r->kind != IQ_CRASH_HARDWARE ||
		    e->host_no != rec->host_no || e->boot_id != boot_id)
			continue;
		*at = e->next;
		p->n_open--;
		free(e);
		return r;
	}
	return NULL;
}

/* The report of this caller that panics before it has shown CPU and trace. */
static struct iq_crash_report *take_untold(struct iq_parser *p, const struct iq_record *rec,
					   int64_t boot_id)
{
	for (struct open **at = &p->open; *at; at = &(*at)->next) {
		struct open *e = *at;
		struct iq_crash_report *r = e->report;
		if (e->kind != OPEN_CRASH || !may_be_callers(e, rec, boot_id) || !r->begun ||
		    r->ended || r->end_trace || r->rep.have_cpu || r->trace.n_frames ||
		    (r->kind != IQ_CRASH_WARNING && r->kind != IQ_CRASH_SANITIZER &&
		     r->kind != IQ_CRASH_BUG))
			continue;
		*at = e->next;
		p->n_open--;
		free(e);
		return r;
	}
	return NULL;
}

static int open_panic(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		      struct iq_err *err)
{
	if (end_same(p, OPEN_PANIC, rec, boot_id, err))
		return -1;
	struct iq_oom_report *o = NULL;
	if (iq_panic_of_oom(rec->text) != IQ_PANIC_OTHER) {
		o = take_run(p, rec, boot_id);
		if (!o && !(o = run_untold(p, rec, boot_id, err)))
			return -1;
	}
	begin_clipped(p, rec, boot_id);
	struct iq_crash_report *hw = take_hardware(p, rec, boot_id);
	struct iq_crash_report *told = take_untold(p, rec, boot_id);
	if (close_crashes(p, rec, boot_id, true, err)) {
		iq_crash_free(told);
		iq_crash_free(hw);
		iq_oom_free(o);
		return -1;
	}
	const struct iq_crash_seen *cause =
		iq_crash_book_cause(p->book, rec->host_no, boot_id, rec->text);
	struct iq_panic *x = iq_panic_new(rec, p->member_id, boot_id, o, cause, hw, err);
	if (!x) {
		iq_crash_free(told);
		iq_crash_free(hw);
		iq_oom_free(o);
		return -1;
	}
	tell_asked(p, x->x, rec, boot_id);
	if (told)
		iq_panic_tells(x, told, p->book, rec->host_no);
	return add_open(p, OPEN_PANIC, x, rec, boot_id, err) ? -1 : 1;
}

/* One more piece of what its caller has open?  1, 0, -1 ERR. */
static int absorb(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		  const struct iq_opened *o)
{
	for (struct open **at = &p->open; *at; at = &(*at)->next) {
		if ((*at)->kind != OPEN_CRASH || !may_be_callers(*at, rec, boot_id) ||
		    !iq_crash_absorb((*at)->report, rec, o))
			continue;
		touch(p, at, rec);
		return 1;
	}
	return 0;
}

/* What is this caller telling, if it is an oops or a sanitizer's find?  An oops that comes
 * now broke in it, or is what the sanitizer saw. */
static enum iq_crash_kind within(const struct iq_parser *p, const struct iq_record *rec,
				 int64_t boot_id)
{
	for (const struct open *e = p->open; e; e = e->next) {
		const struct iq_crash_report *r = e->report;
		if (e->kind == OPEN_CRASH && may_be_callers(e, rec, boot_id) && r->begun &&
		    (r->kind == IQ_CRASH_OOPS || r->kind == IQ_CRASH_SANITIZER) &&
		    !r->ended && !r->end_trace)
			return r->kind;
	}
	return IQ_CRASH_NONE;
}

/* O NULL: the middle of an oops, whose beginning is lost. */
static int open_crash(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		      const struct iq_opened *o, struct iq_err *err)
{
	bool block = o && o->part == IQ_OPENER_BLOCK;
	if (o && absorb(p, rec, boot_id, o))
		return 1;
	enum iq_crash_kind outer_kind = o && !block ? within(p, rec, boot_id) : IQ_CRASH_NONE;
	if (!block && close_crashes(p, rec, boot_id, false, err))
		return -1;
	for (struct open *e = block ? NULL : p->open; e; e = e->next)
		if (e->kind == OPEN_PANIC && may_be_callers(e, rec, boot_id))
			((struct iq_panic *)e->report)->done = true;
	struct iq_crash_report *r = iq_crash_new(rec, o, p->member_id, boot_id, err);
	if (!r)
		return -1;
	if (r->kind == IQ_CRASH_OOPS)
		tell_asked(p, r, rec, boot_id);
	const struct iq_crash_seen *outer = outer_kind == IQ_CRASH_NONE ? NULL :
		iq_crash_book_latest(p->book, rec->host_no, boot_id, outer_kind);
	if (outer)
		r->rep.ev.parent_id = outer->event_id;
	return add_open(p, OPEN_CRASH, r, rec, boot_id, err) ? -1 : 1;
}

/* A register line of the kernel where nothing is open. */
static bool begins_in_the_middle(struct iq_slice text)
{
	struct iq_ip ip;
	return iq_ip_parse(text, &ip) == IQ_IP_SYMBOL;
}

/* ---------------------------------------------------------------- dispatch */

static int offer(struct open *e, const struct iq_record *rec, enum iq_oom_kind kind,
		 struct iq_err *err)
{
	bool shared = kind == IQ_OOM_NONE || kind == IQ_OOM_MEMDUMP || kind == IQ_OOM_CPUSET;
	switch (e->kind) {
	case OPEN_OOM:
		return e->ended ? 0 : iq_oom_line(e->report, rec, kind, err);
	case OPEN_ALLOC:
		return shared ? iq_alloc_line(e->report, rec, err) : 0;
	case OPEN_PANIC:
		return kind == IQ_OOM_NONE ? iq_panic_line(e->report, rec) : 0;
	case OPEN_CRASH:
		return kind == IQ_OOM_NONE ? iq_crash_line(e->report, rec) : 0;
	}
	return 0;
}

/* Another CPU is asked by NMI for its stack, and prints it as a caller of its own: it is
 * of the lockup or stall that asked. */
static void note_asked(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id)
{
	struct iq_slice s = iq_ltrim(rec->text);
	int64_t cpu;
	struct open *asks = NULL;
	if (rec->caller_kind != 'C' || !iq_skip(&s, IQ_LIT("NMI backtrace for cpu ")) ||
	    !iq_take_i64(&s, &cpu) || cpu != rec->caller)
		return;
	for (struct open *e = p->open; e; e = e->next) {
		const struct iq_crash_report *r = e->report;
		if (e->kind != OPEN_CRASH || e->host_no != rec->host_no || e->boot_id != boot_id)
			continue;
		if (same_caller(e, rec, boot_id))
			return;
		if (!asks && !r->ended && (r->kind == IQ_CRASH_RCU ||
		    r->kind == IQ_CRASH_HARD || r->kind == IQ_CRASH_SOFT))
			asks = e;
	}
	if (asks)
		asks->asked_cpu = cpu;
}

static bool is_asked(const struct open *e, const struct iq_record *rec, int64_t boot_id)
{
	return rec->caller_kind == 'C' && e->asked_cpu == rec->caller &&
	       e->host_no == rec->host_no && e->boot_id == boot_id;
}

/* To the reports of the record's caller; a line that lost its caller, to any. */
static int offer_all(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		     enum iq_oom_kind kind, struct iq_err *err)
{
	note_asked(p, rec, boot_id);
	for (struct open **at = &p->open; *at; at = &(*at)->next) {
		struct open *e = *at;
		if (!same_caller(e, rec, boot_id) && !is_asked(e, rec, boot_id) &&
		    (rec->caller_kind || e->host_no != rec->host_no || e->boot_id != boot_id))
			continue;
		int got = offer(e, rec, kind, err);
		if (got > 0)
			touch(p, at, rec);
		if (got)
			return got;
	}
	return 0;
}

/* The reaper is a task of its own: its line goes by the pid. */
static int offer_reaped(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
			enum iq_oom_kind kind, struct iq_err *err)
{
	struct iq_kill k;
	if (!iq_kill_reaped(rec->text, &k) && !iq_kill_unreaped(rec->text, &k))
		return 0;
	for (struct open **at = &p->open; *at; at = &(*at)->next) {
		struct open *e = *at;
		if (e->kind != OPEN_OOM || e->host_no != rec->host_no || e->boot_id != boot_id ||
		    !iq_oom_knows(e->report, k.pid))
			continue;
		int got = iq_oom_line(e->report, rec, kind, err);
		if (got > 0)
			touch(p, at, rec);
		return got;
	}
	return 0;
}

static void note_request(struct request *r, const struct iq_record *rec, int64_t boot_id)
{
	iq_buf_reset(&r->text);
	iq_buf_slice(&r->text, rec->text);
	r->line = rec->first_line;
	r->wall_us = rec->wall_us;
	r->mono_us = rec->mono_us;
	r->boot_id = boot_id;
	r->host_no = rec->host_no;
	r->there = !r->text.failed;
}

/* A headline again, with nothing but itself before: the line was doubled (one of the
 * two may have lost its caller). */
static int doubled_headline(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id)
{
	for (struct open **at = &p->open; *at; at = &(*at)->next) {
		struct open *e = *at;
		struct iq_oom_report *o = e->report;
		if (e->kind != OPEN_OOM || e->ended || e->host_no != rec->host_no ||
		    e->boot_id != boot_id || o->phase != IQ_OOM_AT_HEAD || !o->headline ||
		    (e->caller_kind && rec->caller_kind && !same_caller(e, rec, boot_id)))
			continue;
		if (o->rep.ev.mono_us == rec->mono_us && o->rep.ev.wall_us == rec->wall_us &&
		    iq_eq(iq_buf_as_slice(&o->prev), rec->text)) {
			iq_report_touch(&o->rep, rec);
			touch(p, at, rec);
			return 1;
		}
	}
	return 0;
}

/* 1 taken, 0 not, -1 ERR. */
static int kernel_record(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
			 struct iq_err *err)
{
	enum iq_oom_kind kind = iq_oom_classify(rec->text);
	int got;
	if (iq_panic_begins(rec->text))
		return open_panic(p, rec, boot_id, err);
	if (kind == IQ_OOM_SYSRQ) {
		note_request(&p->sysrq, rec, boot_id);
		return 1;
	}
	if (iq_crash_request(rec->text)) {
		note_request(&p->crash, rec, boot_id);
		return 1;
	}
	if (kind == IQ_OOM_HEADLINE)
		return doubled_headline(p, rec, boot_id) ? 1 : open_oom(p, rec, boot_id, kind, err);
	struct iq_opened o;
	if (kind == IQ_OOM_NONE && iq_crash_opens(rec->text, &o))
		return open_crash(p, rec, boot_id, &o, err);
	if (kind == IQ_OOM_REAPED || kind == IQ_OOM_UNREAPED)
		got = offer_reaped(p, rec, boot_id, kind, err);
	else
		got = p->open ? offer_all(p, rec, boot_id, kind, err) : 0;
	if (got)
		return got;
	if (iq_alloc_begins(rec->text))
		return open_alloc(p, rec, boot_id, err);
	if (iq_oom_begins(kind) != IQ_OOM_NEVER)
		return open_oom(p, rec, boot_id, kind, err);
	if (kind == IQ_OOM_NONE && begins_in_the_middle(rec->text))
		return open_crash(p, rec, boot_id, NULL, err);
	return 0;
}

int iq_parser_record(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		     struct iq_err *err)
{
	if (p->open && close_stale(p, rec, boot_id, err))
		return -1;
	if (p->open && !(++p->tick & 255) && close_greedy(p, err))
		return -1;
	int got = 0;
	/* What the reader may leave out is not looked at either: both see the same. */
	if (rec->kernel && !p->open && !iq_parser_wants(rec->text))
		return iq_killers_tick(p->killers, rec, err);
	if (rec->kernel)
		got = kernel_record(p, rec, boot_id, err);
	if (!got)
		got = iq_killers_record(p->killers, rec, boot_id, err);
	if (got < 0 || iq_killers_tick(p->killers, rec, err))
		return -1;
	return 0;
}

int iq_parser_member(struct iq_parser *p, int64_t member_id, struct iq_err *err)
{
	if (close_all(p, false, err) || iq_crash_book_flush(p->book, err) ||
	    iq_killers_member(p->killers, member_id, err))
		return -1;
	p->member_id = member_id;
	p->sysrq.there = p->crash.there = false;
	memset(p->repeat, 0, sizeof p->repeat);
	return 0;
}

int iq_parser_finish(struct iq_parser *p, bool cut, struct iq_err *err)
{
	if (close_all(p, cut, err) || iq_crash_book_flush(p->book, err))
		return -1;
	return iq_killers_finish(p->killers, err);
}

bool iq_parser_open(const struct iq_parser *p)
{
	return p->open != NULL;
}

bool iq_parser_wants_program(struct iq_slice ident)
{
	return iq_killers_wants_program(ident);
}
