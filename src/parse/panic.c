/* parse/panic.c - see panic.h. */
#include "parse/panic.h"

#include <stdlib.h>

#include "parse/crash/line.h"
#include "parse/roles.h"

#define LEAD IQ_LIT("Kernel panic - not syncing")
#define END_LEAD IQ_LIT("---[ end Kernel panic")

/* Reasons of mm/oom_kill.c. */
static const struct {
	const char *text;
	enum iq_panic_oom kind;
	const char *since, *until;
} reasons[] = {
	{ "Out of memory and no killable processes", IQ_PANIC_NO_KILLABLE, "2.6.32", "4.15" },
	{ "System is deadlocked on memory", IQ_PANIC_NO_KILLABLE, "4.19, el8", NULL },
	{ "panic_on_oom is enabled", IQ_PANIC_ON_OOM, "el6, 3.2", NULL },
	{ "panic_on_oom is selected", IQ_PANIC_ON_OOM, "2.6.32", "2.6.35" },
	{ "ompulsory panic_on_oom", IQ_PANIC_ON_OOM, "2.6.32", "2.6.35" },
};

bool iq_panic_begins(struct iq_slice text)
{
	return iq_starts(iq_ltrim(text), LEAD);
}

enum iq_panic_oom iq_panic_of_oom(struct iq_slice text)
{
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (iq_has(text, iq_slice_z(reasons[i].text)))
			return reasons[i].kind;
	return IQ_PANIC_OTHER;
}

/* What the reason says in one word (crash.form). */
static struct iq_slice form_of(struct iq_slice reason)
{
	static const struct { const char *text, *form; } forms[] = {
		{ "sysrq triggered crash", "sysrq" }, { "atal exception", "oops-panic" },
		{ "Attempted to kill init", "init-died" }, { "No init found", "no-init" },
		{ "No working init", "no-init" }, { "Requested init", "no-init" },
		{ "Unable to mount root", "no-root" }, { "hung_task: ", "hung-task" },
		{ "softlockup: ", "soft-lockup" }, { "ard LOCKUP", "hard-lockup" },
		{ "RCU Stall", "rcu-stall" }, { "panic_on_warn", "warn" },
		{ "warned too often", "warn" }, { "stack-protector", "stack-corrupt" },
		{ "corrupted stack end", "stack-overflow" },
		{ "stack overflow", "stack-overflow" }, { "stack guard", "stack-guard" },
		{ "achine check", "mce" }, { "hardware error", "ghes" }, { "SError", "serror" },
		{ "NMI", "nmi" }, { "atchdog", "watchdog" }, { "EXT4-fs", "fs-panic" },
		{ "BTRFS panic", "fs-panic" }, { "dm-verity", "fs-panic" },
		{ "emory and no killable", "oom-panic" }, { "deadlocked on memory", "oom-panic" },
		{ "panic_on_oom", "oom-panic" },
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (iq_has(reason, iq_slice_z(forms[i].text)))
			return iq_slice_z(forms[i].form);
	return IQ_LIT("panic");
}

struct iq_panic *iq_panic_new(const struct iq_record *rec, int64_t member_id,
			      int64_t boot_id, struct iq_oom_report *oom,
			      const struct iq_crash_seen *cause,
			      struct iq_crash_report *hardware, struct iq_err *err)
{
	struct iq_opened o = { .kind = IQ_CRASH_PANIC, .part = IQ_OPENER_REPORT };
	struct iq_panic *p = calloc(1, sizeof *p);
	iq_fact_init(IQ_FACT_CRASH, &o.c);
	o.c.form = form_of(rec->text);
	if (p && hardware)
		iq_crash_become_panic(p->x = hardware, rec, o.c.form);
	else if (!p || !(p->x = iq_crash_new(rec, &o, member_id, boot_id, err))) {
		free(p);
		iq_err_set(err, IQ_E_NOMEM, "panic report: out of memory");
		return NULL;
	}
	p->oom_kind = iq_panic_of_oom(rec->text);
	p->oom = oom;
	p->has_cause = cause != NULL;
	if (cause)
		p->cause = *cause;
	if (oom)
		iq_report_cite(&oom->rep, rec, IQ_LIT(IQ_ROLE_PANIC));
	return p;
}

void iq_panic_free(struct iq_panic *p)
{
	if (!p)
		return;
	iq_oom_free(p->oom);
	iq_crash_free(p->told);
	iq_crash_free(p->x);
	free(p);
}

void iq_panic_tells(struct iq_panic *p, struct iq_crash_report *told,
		    struct iq_crash_book *book, uint32_t host_no)
{
	p->told = told;
	p->book = book;
	p->host_no = host_no;
}

int iq_panic_line(struct iq_panic *p, const struct iq_record *rec)
{
	struct iq_slice s = iq_ltrim(rec->text);
	struct iq_report *rep = &p->x->rep;
	if (p->done)
		return 0;
	if (iq_starts(s, END_LEAD)) {
		p->done = true;
		iq_report_touch(rep, rec);
		return 1;
	}
	enum iq_common c = iq_report_common(s);
	if (c == IQ_COMMON_CPU && rep->have_cpu)
		return 0;
	if (c == IQ_COMMON_FRAME && !rep->have_cpu && !rep->in_trace)
		return 0;
	if (p->told)
		(void)iq_crash_line(p->told, rec);
	return iq_crash_line(p->x, rec);
}

static struct iq_slice kept(struct iq_panic *p, const char *z)
{
	return *z ? iq_report_keep(&p->x->rep, iq_slice_z(z)) : IQ_SLICE_NULL;
}

/* An oops or lockup ends in this: the panic happened where that did, and after an oops
 * no stack is dumped again. */
static void inherit(struct iq_panic *p)
{
	struct iq_crash *c = &p->x->c;
	const struct iq_crash_seen *s = &p->cause;
	p->x->rep.ev.parent_id = s->event_id;
	if (s->manual)
		c->manual = 1;
	c->crash_key = kept(p, s->key);
	c->loose_key = kept(p, s->loose_key);
	if (s->kind == IQ_CRASH_HUNG)		/* told by khungtaskd, of another task */
		return;
	if (*s->function || *s->suspect) {
		c->function = kept(p, s->function);
		c->suspect = kept(p, s->suspect);
		c->module = kept(p, s->module);
	}
	if (p->x->rep.have_cpu)
		return;
	c->cpu = s->cpu;
	c->pid = s->pid;
	c->comm = kept(p, s->comm);
	c->taint = kept(p, s->taint);
}

int iq_panic_close(struct iq_panic *p, const struct iq_oom_close *how, struct iq_err *err)
{
	int64_t parent = 0;
	struct iq_report *rep = &p->x->rep;
	if (p->oom) {
		/* "compulsory" alone stops the machine for a cgroup too. */
		bool host = p->oom_kind == IQ_PANIC_NO_KILLABLE ||
			    iq_has(p->x->c.reason, IQ_LIT("system-wide"));
		iq_oom_panicked(p->oom, rep, p->oom_kind == IQ_PANIC_NO_KILLABLE, host);
		if (iq_oom_close(p->oom, how, &parent, err))
			return -1;
	}
	if (p->told) {
		enum iq_crash_kind kind = p->told->kind;
		if (iq_crash_book_close(p->book, p->told, p->host_no, how->cut, err))
			return -1;
		const struct iq_crash_seen *s =
			iq_crash_book_latest(p->book, p->host_no, rep->ev.boot_id, kind);
		p->has_cause = s != NULL;
		if (s)
			p->cause = *s;
	}
	if (iq_has(p->x->c.reason, IQ_LIT("stack is corrupted in: "))) {
		struct iq_slice at = p->x->c.reason;
		at = iq_from(at, (size_t)iq_find(at, IQ_LIT("corrupted in: ")) + 14);
		(void)iq_take_symbol(&at, &p->x->c.function, &p->x->c.module);
	}
	iq_crash_settle(p->x, how->cut);
	if (p->has_cause)
		inherit(p);
	if (parent)
		rep->ev.parent_id = parent;
	if (iq_eq(p->x->c.form, IQ_LIT("sysrq")))
		p->x->c.manual = 1;
	p->x->c.repeats = 1;
	if (iq_crash_put(p->x, how->sink, err))
		return -1;
	return iq_sink_put(how->sink, IQ_FACT_CRASH, &p->x->c, err);
}
