/* parse/begin.c - a record that begins a report, and what it takes over from the lines
 * before it.  See waiting.h.
 */
#include "parse/waiting.h"

#include <stdlib.h>

static bool was_asked(const struct iq_sysrq *r, const struct iq_record *rec, int64_t boot_id)
{
	const struct iq_waiting then = { .wall_us = r->wall_us, .mono_us = r->mono_us };
	return r->there && rec->first_line - r->line <= IQ_OPEN_LINES &&
	       r->host_no == rec->host_no &&
	       r->boot_id == boot_id && !iq_waiting_is_silent(&then, rec);
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

int iq_open_oom(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		enum iq_oom_kind kind, struct iq_err *err)
{
	if (iq_waiting_end_same(p, IQ_WAITING_OOM, rec, boot_id, err) ||
	    iq_waiting_close_crashes(p, rec, boot_id, false, err))
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
	return iq_waiting_add(p, IQ_WAITING_OOM, o, rec, boot_id, err) ? -1 : 1;
}

int iq_open_alloc(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		  struct iq_err *err)
{
	if (iq_waiting_end_same(p, IQ_WAITING_ALLOC, rec, boot_id, err) ||
	    iq_waiting_close_crashes(p, rec, boot_id, false, err))
		return -1;
	struct iq_alloc *a = iq_alloc_new(rec, p->member_id, boot_id, err);
	if (!a)
		return -1;
	return iq_waiting_add(p, IQ_WAITING_ALLOC, a, rec, boot_id, err) ? -1 : 1;
}

/* The OOM run that a panic ends: its caller's own, else the latest that killed nobody. */
static struct iq_oom_report *take_run(struct iq_parser *p, const struct iq_record *rec,
				      int64_t boot_id)
{
	struct iq_waiting **found = NULL;
	for (struct iq_waiting **at = &p->open; *at; at = &(*at)->next) {
		struct iq_waiting *e = *at;
		struct iq_oom_report *o = e->report;
		if (e->kind != IQ_WAITING_OOM || e->ended || e->host_no != rec->host_no ||
		    e->boot_id != boot_id || o->killed)
			continue;
		if (!found || iq_waiting_same_caller(e, rec, boot_id))
			found = at;
		if (iq_waiting_same_caller(e, rec, boot_id))
			break;
	}
	if (!found)
		return NULL;
	struct iq_waiting *e = *found;
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
	for (struct iq_waiting *e = p->open; e; e = e->next) {
		struct iq_crash_report *r = e->report;
		if (e->kind == IQ_WAITING_CRASH && r->clipped &&
		    iq_waiting_is_callers(e, rec, boot_id))
			r->begun = true;
	}
}

/* The report of hardware that a panic ends, if that is what the panic says. */
static struct iq_crash_report *take_hardware(struct iq_parser *p,
					     const struct iq_record *rec, int64_t boot_id)
{
	if (!iq_crash_reason_is(rec->text, IQ_CRASH_HARDWARE))
		return NULL;
	for (struct iq_waiting **at = &p->open; *at; at = &(*at)->next) {
		struct iq_waiting *e = *at;
		struct iq_crash_report *r = e->report;
		if (e->kind != IQ_WAITING_CRASH || r->kind != IQ_CRASH_HARDWARE ||
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
	for (struct iq_waiting **at = &p->open; *at; at = &(*at)->next) {
		struct iq_waiting *e = *at;
		struct iq_crash_report *r = e->report;
		if (e->kind != IQ_WAITING_CRASH ||
		    !iq_waiting_is_callers(e, rec, boot_id) || !r->begun ||
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

int iq_open_panic(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		  struct iq_err *err)
{
	if (iq_waiting_end_same(p, IQ_WAITING_PANIC, rec, boot_id, err))
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
	if (iq_waiting_close_crashes(p, rec, boot_id, true, err)) {
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
	return iq_waiting_add(p, IQ_WAITING_PANIC, x, rec, boot_id, err) ? -1 : 1;
}

/* One more piece of what its caller has open?  1, 0, -1 ERR. */
static int absorb(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		  const struct iq_opened *o)
{
	for (struct iq_waiting **at = &p->open; *at; at = &(*at)->next) {
		if ((*at)->kind != IQ_WAITING_CRASH ||
		    !iq_waiting_is_callers(*at, rec, boot_id) ||
		    !iq_crash_absorb((*at)->report, rec, o))
			continue;
		iq_waiting_touch(p, at, rec);
		return 1;
	}
	return 0;
}

/* What is this caller telling, if it is an oops or a sanitizer's find?  An oops that comes
 * now broke in it, or is what the sanitizer saw. */
static enum iq_crash_kind within(const struct iq_parser *p, const struct iq_record *rec,
				 int64_t boot_id)
{
	for (const struct iq_waiting *e = p->open; e; e = e->next) {
		const struct iq_crash_report *r = e->report;
		if (e->kind == IQ_WAITING_CRASH &&
		    iq_waiting_is_callers(e, rec, boot_id) && r->begun &&
		    (r->kind == IQ_CRASH_OOPS || r->kind == IQ_CRASH_SANITIZER) &&
		    !r->ended && !r->end_trace)
			return r->kind;
	}
	return IQ_CRASH_NONE;
}

/* O NULL: the middle of an oops, whose beginning is lost. */
int iq_open_crash(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		  const struct iq_opened *o, struct iq_err *err)
{
	bool block = o && o->part == IQ_OPENER_BLOCK;
	if (o && absorb(p, rec, boot_id, o))
		return 1;
	enum iq_crash_kind outer_kind = o && !block ? within(p, rec, boot_id) : IQ_CRASH_NONE;
	if (!block && iq_waiting_close_crashes(p, rec, boot_id, false, err))
		return -1;
	for (struct iq_waiting *e = block ? NULL : p->open; e; e = e->next)
		if (e->kind == IQ_WAITING_PANIC && iq_waiting_is_callers(e, rec, boot_id))
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
	return iq_waiting_add(p, IQ_WAITING_CRASH, r, rec, boot_id, err) ? -1 : 1;
}

/* A register line of the kernel where nothing is open. */
bool iq_begins_in_the_middle(struct iq_slice text)
{
	struct iq_ip ip;
	return iq_ip_parse(text, &ip) == IQ_IP_SYMBOL;
}
