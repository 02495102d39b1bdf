/* parse/parse.c - the entrance: which record goes to which open report.  See parse.h.
 *
 * Open reports stand in a list, the one that took a line last in front.  A record is
 * offered to those of its host, boot and printk caller; what none takes may begin a
 * report, or is left to parse/killers.h.  A report whose kill is told ("ended") waits
 * for the reaper's line only, which comes from another task and is known by its pid.
 *
 * A report closes after OPEN_SILENCE_US of log time or IQ_OPEN_LINES lines of its host
 * that are not its own; the one that has waited longest also when too many are open or
 * they hold too much.
 */
#include "parse/waiting.h"

#include <stdlib.h>

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

void iq_parser_free(struct iq_parser *p)
{
	if (!p)
		return;
	for (struct iq_waiting *e = p->open, *next; e; e = next) {
		next = e->next;
		iq_waiting_free(e);
	}
	iq_killers_free(p->killers);
	iq_crash_book_free(p->book);
	iq_buf_fini(&p->sysrq.text);
	iq_buf_fini(&p->crash.text);
	free(p);
}

static int offer(struct iq_waiting *e, const struct iq_record *rec, enum iq_oom_kind kind,
		 struct iq_err *err)
{
	bool shared = kind == IQ_OOM_NONE || kind == IQ_OOM_MEMDUMP || kind == IQ_OOM_CPUSET;
	switch (e->kind) {
	case IQ_WAITING_OOM:
		return e->ended ? 0 : iq_oom_line(e->report, rec, kind, err);
	case IQ_WAITING_ALLOC:
		return shared ? iq_alloc_line(e->report, rec, err) : 0;
	case IQ_WAITING_PANIC:
		return kind == IQ_OOM_NONE ? iq_panic_line(e->report, rec) : 0;
	case IQ_WAITING_CRASH:
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
	struct iq_waiting *asks = NULL;
	if (rec->caller_kind != 'C' || !iq_skip(&s, IQ_LIT("NMI backtrace for cpu ")) ||
	    !iq_take_i64(&s, &cpu) || cpu != rec->caller)
		return;
	for (struct iq_waiting *e = p->open; e; e = e->next) {
		const struct iq_crash_report *r = e->report;
		if (e->kind != IQ_WAITING_CRASH || e->host_no != rec->host_no ||
		    e->boot_id != boot_id)
			continue;
		if (iq_waiting_same_caller(e, rec, boot_id))
			return;
		if (!asks && !r->ended && (r->kind == IQ_CRASH_RCU ||
		    r->kind == IQ_CRASH_HARD || r->kind == IQ_CRASH_SOFT))
			asks = e;
	}
	if (asks)
		asks->asked_cpu = cpu;
}

static bool is_asked(const struct iq_waiting *e, const struct iq_record *rec, int64_t boot_id)
{
	return rec->caller_kind == 'C' && e->asked_cpu == rec->caller &&
	       e->host_no == rec->host_no && e->boot_id == boot_id;
}

/* To the reports of the record's caller; a line that lost its caller, to any. */
static int offer_all(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		     enum iq_oom_kind kind, struct iq_err *err)
{
	note_asked(p, rec, boot_id);
	for (struct iq_waiting **at = &p->open; *at; at = &(*at)->next) {
		struct iq_waiting *e = *at;
		if (!iq_waiting_same_caller(e, rec, boot_id) && !is_asked(e, rec, boot_id) &&
		    (rec->caller_kind || e->host_no != rec->host_no || e->boot_id != boot_id))
			continue;
		int got = offer(e, rec, kind, err);
		if (got > 0)
			iq_waiting_touch(p, at, rec);
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
	for (struct iq_waiting **at = &p->open; *at; at = &(*at)->next) {
		struct iq_waiting *e = *at;
		if (e->kind != IQ_WAITING_OOM || e->host_no != rec->host_no ||
		    e->boot_id != boot_id ||
		    !iq_oom_knows(e->report, k.pid))
			continue;
		int got = iq_oom_line(e->report, rec, kind, err);
		if (got > 0)
			iq_waiting_touch(p, at, rec);
		return got;
	}
	return 0;
}

static void note_request(struct iq_sysrq *r, const struct iq_record *rec, int64_t boot_id)
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
	for (struct iq_waiting **at = &p->open; *at; at = &(*at)->next) {
		struct iq_waiting *e = *at;
		struct iq_oom_report *o = e->report;
		if (e->kind != IQ_WAITING_OOM || e->ended || e->host_no != rec->host_no ||
		    e->boot_id != boot_id || o->phase != IQ_OOM_AT_HEAD || !o->headline ||
		    (e->caller_kind && rec->caller_kind &&
		     !iq_waiting_same_caller(e, rec, boot_id)))
			continue;
		if (o->rep.ev.mono_us == rec->mono_us && o->rep.ev.wall_us == rec->wall_us &&
		    iq_eq(iq_buf_as_slice(&o->prev), rec->text)) {
			iq_report_touch(&o->rep, rec);
			iq_waiting_touch(p, at, rec);
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
		return iq_open_panic(p, rec, boot_id, err);
	if (kind == IQ_OOM_SYSRQ) {
		note_request(&p->sysrq, rec, boot_id);
		return 1;
	}
	if (iq_crash_request(rec->text)) {
		note_request(&p->crash, rec, boot_id);
		return 1;
	}
	if (kind == IQ_OOM_HEADLINE)
		return doubled_headline(p, rec, boot_id) ? 1
			: iq_open_oom(p, rec, boot_id, kind, err);
	struct iq_opened o;
	if (kind == IQ_OOM_NONE && iq_crash_opens(rec->text, &o))
		return iq_open_crash(p, rec, boot_id, &o, err);
	if (kind == IQ_OOM_REAPED || kind == IQ_OOM_UNREAPED)
		got = offer_reaped(p, rec, boot_id, kind, err);
	else
		got = p->open ? offer_all(p, rec, boot_id, kind, err) : 0;
	if (got)
		return got;
	if (iq_alloc_begins(rec->text))
		return iq_open_alloc(p, rec, boot_id, err);
	if (iq_oom_begins(kind) != IQ_OOM_NEVER)
		return iq_open_oom(p, rec, boot_id, kind, err);
	if (kind == IQ_OOM_NONE && iq_begins_in_the_middle(rec->text))
		return iq_open_crash(p, rec, boot_id, NULL, err);
	return 0;
}

int iq_parser_record(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		     struct iq_err *err)
{
	if (p->open && iq_waiting_close_stale(p, rec, boot_id, err))
		return -1;
	if (p->open && !(++p->tick & 255) && iq_waiting_close_greedy(p, err))
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
	if (iq_waiting_close_all(p, false, err) || iq_crash_book_flush(p->book, err) ||
	    iq_killers_member(p->killers, member_id, err))
		return -1;
	p->member_id = member_id;
	p->sysrq.there = p->crash.there = false;
	memset(p->repeat, 0, sizeof p->repeat);
	return 0;
}

int iq_parser_finish(struct iq_parser *p, bool cut, struct iq_err *err)
{
	if (iq_waiting_close_all(p, cut, err) || iq_crash_book_flush(p->book, err))
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
