/* parse/waiting.c - the reports that are open: taking them in, closing them when their
 * time has come.  See waiting.h and parse.c, which says when that is.
 */
#include "parse/waiting.h"

#include <stdlib.h>

#define OPEN_MAX 64
#define OPEN_SILENCE_US (10 * INT64_C(1000000))
#define LOCKUP_SILENCE_US (60 * INT64_C(1000000))	/* a stuck machine prints slowly */
#define OPEN_BYTES (96u << 20)		/* one report of 100 000 rows holds half of it */

void iq_waiting_free(struct iq_waiting *e)
{
	switch (e->kind) {
	case IQ_WAITING_OOM:
		iq_oom_free(e->report);
		break;
	case IQ_WAITING_ALLOC:
		iq_alloc_free(e->report);
		break;
	case IQ_WAITING_PANIC:
		iq_panic_free(e->report);
		break;
	case IQ_WAITING_CRASH:
		iq_crash_free(e->report);
		break;
	}
	free(e);
}

/* How often was FINGERPRINT there before in this member? (iq_oom_close) */
static unsigned repeat(void *arg, struct iq_slice fingerprint, int64_t boot_id)
{
	struct iq_parser *p = arg;
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)boot_id;
	for (size_t i = 0; i < fingerprint.n; i++)
		h = (h ^ (unsigned char)fingerprint.p[i]) * UINT64_C(0x100000001b3);
	h |= 1;
	for (size_t i = 0; i < 16; i++) {
		size_t at = (h + i) % IQ_REPEAT_MAX;
		if (!p->repeat[at].n)
			p->repeat[at].hash = h;
		if (p->repeat[at].hash == h)
			return p->repeat[at].n++;
	}
	p->repeat[h % IQ_REPEAT_MAX].hash = h;	/* full: the oldest here is forgotten */
	p->repeat[h % IQ_REPEAT_MAX].n = 1;
	return 0;
}

static int put_open(struct iq_parser *p, struct iq_waiting *e, bool cut, struct iq_err *err)
{
	struct iq_oom_close how = { p->sink, p->killers, cut && !e->ended, repeat, p };
	int64_t id;
	switch (e->kind) {
	case IQ_WAITING_OOM:
		return iq_oom_close(e->report, &how, &id, err);
	case IQ_WAITING_ALLOC:
		return iq_alloc_close(e->report, p->sink, cut, &id, err);
	case IQ_WAITING_PANIC:
		return iq_panic_close(e->report, &how, err);
	case IQ_WAITING_CRASH:
		return iq_crash_book_close(p->book, e->report, e->host_no, cut, err);
	}
	return 0;
}

/* Takes *AT out of the list, puts its facts, frees it. */
static int close_open(struct iq_parser *p, struct iq_waiting **at, bool cut, struct iq_err *err)
{
	struct iq_waiting *e = *at;
	*at = e->next;
	p->n_open--;
	int r = put_open(p, e, cut, err);
	iq_waiting_free(e);
	return r;
}

/* The one that has waited longest is the last. */
static int close_oldest(struct iq_parser *p, struct iq_err *err)
{
	struct iq_waiting **at = &p->open;
	if (!*at)
		return 0;
	while ((*at)->next)
		at = &(*at)->next;
	return close_open(p, at, false, err);
}

/* Oldest first, so that events are put in the order of the file. */
int iq_waiting_close_all(struct iq_parser *p, bool cut, struct iq_err *err)
{
	while (p->open) {
		struct iq_waiting **at = &p->open, **first = at;
		for (; *at; at = &(*at)->next)
			first = at;
		if (close_open(p, first, cut, err))
			return -1;
	}
	return 0;
}

static uint64_t silence_allowed(const struct iq_waiting *e)
{
	const struct iq_crash_report *r = e->report;
	bool lockup = e->kind == IQ_WAITING_CRASH &&
		      (r->kind == IQ_CRASH_SOFT || r->kind == IQ_CRASH_HARD ||
		       r->kind == IQ_CRASH_RCU);
	return lockup ? LOCKUP_SILENCE_US : OPEN_SILENCE_US;
}

bool iq_waiting_is_silent(const struct iq_waiting *e, const struct iq_record *rec)
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

static bool is_stale(const struct iq_waiting *e, const struct iq_record *rec, int64_t boot_id)
{
	return e->host_no == rec->host_no &&
	       (e->boot_id != boot_id || e->strange > IQ_OPEN_LINES ||
		iq_waiting_is_silent(e, rec));
}

/* Oldest first: the list has it last. */
int iq_waiting_close_stale(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
			   struct iq_err *err)
{
	for (;;) {
		struct iq_waiting **last = NULL;
		for (struct iq_waiting **at = &p->open; *at; at = &(*at)->next)
			if (is_stale(*at, rec, boot_id))
				last = at;
		if (!last)
			break;
		if (close_open(p, last, false, err))
			return -1;
	}
	for (struct iq_waiting *e = p->open; e; e = e->next)
		e->strange += e->host_no == rec->host_no;
	return 0;
}

/* What is open must not hold all memory. */
int iq_waiting_close_greedy(struct iq_parser *p, struct iq_err *err)
{
	for (;;) {
		size_t bytes = 0;
		for (struct iq_waiting *e = p->open; e; e = e->next)
			if (e->kind == IQ_WAITING_OOM)
				bytes += iq_oom_bytes(e->report);
			else if (e->kind == IQ_WAITING_CRASH)
				bytes += iq_crash_bytes(e->report);
		if (bytes <= OPEN_BYTES || p->n_open < 2)
			return 0;
		if (close_oldest(p, err))
			return -1;
	}
}

void iq_waiting_touch(struct iq_parser *p, struct iq_waiting **at, const struct iq_record *rec)
{
	struct iq_waiting *e = *at;
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
int iq_waiting_add(struct iq_parser *p, enum iq_waiting_kind kind, void *report,
		   const struct iq_record *rec, int64_t boot_id, struct iq_err *err)
{
	struct iq_waiting *e = calloc(1, sizeof *e);
	if (!e) {
		struct iq_waiting lost = { .kind = kind, .report = report };
		struct iq_waiting *copy = malloc(sizeof *copy);
		if (copy) {
			*copy = lost;
			iq_waiting_free(copy);
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
int iq_waiting_end_same(struct iq_parser *p, enum iq_waiting_kind kind,
			const struct iq_record *rec, int64_t boot_id, struct iq_err *err)
{
	for (struct iq_waiting **at = &p->open; *at;) {
		struct iq_waiting *e = *at;
		struct iq_oom_report *o = e->report;
		if (e->kind != kind || e->ended || !iq_waiting_same_caller(e, rec, boot_id)) {
			at = &e->next;
		} else if (kind == IQ_WAITING_OOM && (o->killed || o->summary)) {
			e->ended = true;
			at = &e->next;
		} else if (close_open(p, at, false, err)) {
			return -1;
		}
	}
	return 0;
}

bool iq_waiting_is_callers(const struct iq_waiting *e, const struct iq_record *rec,
			   int64_t boot_id)
{
	return iq_waiting_same_caller(e, rec, boot_id) ||
	       (!rec->caller_kind && e->host_no == rec->host_no && e->boot_id == boot_id);
}

/* Closes the crash reports of this boot, or only those of REC's caller.  Oldest first. */
int iq_waiting_close_crashes(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
			     bool all, struct iq_err *err)
{
	for (;;) {
		struct iq_waiting **last = NULL;
		for (struct iq_waiting **at = &p->open; *at; at = &(*at)->next)
			if ((*at)->kind == IQ_WAITING_CRASH && (*at)->host_no == rec->host_no &&
			    (*at)->boot_id == boot_id &&
			    (all || (!((struct iq_crash_report *)(*at)->report)->block &&
				     iq_waiting_is_callers(*at, rec, boot_id))))
				last = at;
		if (!last)
			return 0;
		if (close_open(p, last, false, err))
			return -1;
	}
}
