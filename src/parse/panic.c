/* parse/panic.c - see panic.h. */
#include "parse/panic.h"

#include <stdlib.h>

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

struct iq_panic *iq_panic_new(const struct iq_record *rec, int64_t member_id,
			      int64_t boot_id, struct iq_oom_report *oom, struct iq_err *err)
{
	struct iq_panic *p = calloc(1, sizeof *p);
	if (!p) {
		iq_err_set(err, IQ_E_NOMEM, "panic report: out of memory");
		return NULL;
	}
	iq_report_init(&p->rep, "panic", rec, member_id, boot_id);
	iq_fact_init(IQ_FACT_CRASH, &p->crash);
	p->crash.reason = iq_report_keep(&p->rep, iq_trim(rec->text));
	p->oom_kind = iq_panic_of_oom(rec->text);
	p->oom = oom;
	iq_report_cite(&p->rep, rec, IQ_LIT(IQ_ROLE_PANIC));
	if (oom)
		iq_report_cite(&oom->rep, rec, IQ_LIT(IQ_ROLE_PANIC));
	return p;
}

void iq_panic_free(struct iq_panic *p)
{
	if (!p)
		return;
	iq_oom_free(p->oom);
	iq_report_fini(&p->rep);
	free(p);
}

int iq_panic_line(struct iq_panic *p, const struct iq_record *rec)
{
	struct iq_slice s = iq_ltrim(rec->text);
	if (p->done)
		return 0;
	if (iq_starts(s, END_LEAD)) {
		p->done = true;
		iq_report_touch(&p->rep, rec);
		return 1;
	}
	enum iq_common c = iq_report_common(s);
	if (c == IQ_COMMON_NONE || (c == IQ_COMMON_CPU && p->rep.have_cpu))
		return 0;
	if (c == IQ_COMMON_FRAME && !p->rep.have_cpu && !p->rep.in_trace)
		return 0;
	iq_report_take(&p->rep, rec, c);
	return 1;
}

static void fill_crash(struct iq_panic *p)
{
	char taint[64];
	if (p->rep.have_cpu) {
		p->crash.cpu = p->rep.cpu.cpu;
		p->crash.pid = p->rep.cpu.pid;
		p->crash.comm = p->rep.cpu.comm;
		if (p->rep.cpu.taint.p)
			p->crash.taint = iq_report_keep(&p->rep,
				iq_cpuline_taint(p->rep.cpu.taint, taint, sizeof taint));
	}
	p->crash.hardware = p->rep.hardware;
}

int iq_panic_close(struct iq_panic *p, const struct iq_oom_close *how, struct iq_err *err)
{
	int64_t parent = 0;
	if (p->oom) {
		/* "compulsory" alone stops the machine for a cgroup too. */
		bool host = p->oom_kind == IQ_PANIC_NO_KILLABLE ||
			    iq_has(p->crash.reason, IQ_LIT("system-wide"));
		iq_oom_panicked(p->oom, &p->rep, p->oom_kind == IQ_PANIC_NO_KILLABLE, host);
		if (iq_oom_close(p->oom, how, &parent, err))
			return -1;
	}
	fill_crash(p);
	if (parent)
		p->rep.ev.parent_id = parent;
	/* A boot panics once. */
	p->rep.ev.fingerprint = iq_arena_printf(&p->rep.mem, "panic|%.*s",
						IQ_FMT(p->crash.reason));
	/* After an oops no stack is dumped again, and so no CPU line. */
	p->rep.ev.truncated = how->cut;
	if (!p->rep.have_cpu)
		p->rep.ev.missing = IQ_LIT(IQ_ROLE_CPU);
	if (iq_report_put(&p->rep, how->sink, err))
		return -1;
	p->crash.event_id = p->rep.ev.id;
	return iq_sink_put(how->sink, IQ_FACT_CRASH, &p->crash, err);
}
