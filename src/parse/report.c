/* parse/report.c - see report.h. */
#include "parse/report.h"

#include <stdio.h>

#include "parse/frame.h"
#include "parse/roles.h"

void iq_report_init(struct iq_report *r, const char *kind, const struct iq_record *rec,
		    int64_t member_id, int64_t boot_id)
{
	memset(r, 0, sizeof *r);
	iq_arena_init(&r->mem);
	iq_fact_init(IQ_FACT_EVENT, &r->ev);
	r->ev.kind = iq_slice_z(kind);
	r->ev.boot_id = boot_id;
	r->ev.wall_us = rec->wall_us;
	r->ev.wall_kind = rec->wall_us == IQ_NULL ? IQ_NULL : rec->wall_kind;
	r->ev.mono_us = rec->mono_us;
	r->member_id = member_id;
	r->first_line = rec->first_line;
	r->last_line = rec->last_line;
	r->line_end = &r->lines;
	r->frame_end = &r->frames;
}

void iq_report_fini(struct iq_report *r)
{
	iq_arena_fini(&r->mem);
}

struct iq_slice iq_report_keep(struct iq_report *r, struct iq_slice s)
{
	struct iq_slice copy = iq_arena_copy(&r->mem, s);
	r->failed |= s.p && !copy.p;
	return copy;
}

void iq_report_touch(struct iq_report *r, const struct iq_record *rec)
{
	if (rec->first_line < r->first_line)	/* pieces of pstore lie newest first */
		r->first_line = rec->first_line;
	if (rec->last_line > r->last_line)
		r->last_line = rec->last_line;
}

void iq_report_cite_text(struct iq_report *r, int64_t line, struct iq_slice role,
			 struct iq_slice text)
{
	if (r->n_lines >= IQ_REPORT_LINES_MAX)
		return;
	struct iq_report_line *l = iq_arena_alloc(&r->mem, sizeof *l);
	if (!l) {
		r->failed = true;
		return;
	}
	l->line = line;
	l->role = role;
	l->text = text;
	*r->line_end = l;
	r->line_end = &l->next;
	r->n_lines++;
}

void iq_report_cite(struct iq_report *r, const struct iq_record *rec, struct iq_slice role)
{
	iq_report_touch(r, rec);
	if (r->n_lines < IQ_REPORT_LINES_MAX)
		iq_report_cite_text(r, rec->first_line, iq_report_keep(r, role),
				    iq_report_keep(r, rec->text));
}

void iq_report_cite_pid(struct iq_report *r, const struct iq_record *rec, const char *role,
			int64_t pid)
{
	char buf[64];
	int n = pid == IQ_NULL ? snprintf(buf, sizeof buf, "%s", role)
			       : snprintf(buf, sizeof buf, "%s %lld", role, (long long)pid);
	iq_report_cite(r, rec, iq_slice(buf, (size_t)n));
}

/* First words of lines; the longest list of them is the registers'. */
static const struct common_lead {
	const char *lead;
	enum iq_common kind;
	const char *arch;
} common_leads[] = {
	{ "CPU:", IQ_COMMON_CPU, NULL },		/* 3.10 */
	{ "Pid:", IQ_COMMON_CPU, NULL },		/* until 3.9 */
	{ "Tainted: [", IQ_COMMON_TAINTED, NULL },	/* 6.12 */
	{ "Hardware name:", IQ_COMMON_HARDWARE, NULL },
	{ "Workqueue:", IQ_COMMON_WORKQUEUE, NULL },
	{ "Call Trace:", IQ_COMMON_TRACE, NULL },
	{ "Call trace:", IQ_COMMON_TRACE, "aarch64" },
	{ "Backtrace:", IQ_COMMON_TRACE, NULL },	/* arm */
	{ "RIP:", IQ_COMMON_REGS, "x86_64" },
	{ "RSP:", IQ_COMMON_REGS, "x86_64" },
	{ "RAX:", IQ_COMMON_REGS, "x86_64" },
	{ "RDX:", IQ_COMMON_REGS, "x86_64" },
	{ "RBP:", IQ_COMMON_REGS, "x86_64" },
	{ "R10:", IQ_COMMON_REGS, "x86_64" },
	{ "R13:", IQ_COMMON_REGS, "x86_64" },
	{ "EIP:", IQ_COMMON_REGS, "i686" },
	{ "EAX:", IQ_COMMON_REGS, "i686" },
	{ "ESI:", IQ_COMMON_REGS, "i686" },
	{ "DS:", IQ_COMMON_REGS, NULL },
	{ "Code:", IQ_COMMON_REGS, NULL },
	{ "ORIG_RAX:", IQ_COMMON_REGS, "x86_64" },
	{ "pc :", IQ_COMMON_REGS, "aarch64" },
	{ "lr :", IQ_COMMON_REGS, "aarch64" },
	{ "sp :", IQ_COMMON_REGS, "aarch64" },
	{ "NIP:", IQ_COMMON_REGS, NULL },
	{ "GPR", IQ_COMMON_REGS, NULL },
	{ "Krnl PSW", IQ_COMMON_REGS, "s390x" },
};

static const struct common_lead *find_lead(struct iq_slice s)
{
	for (size_t i = 0; i < sizeof common_leads / sizeof *common_leads; i++)
		if (s.p[0] == common_leads[i].lead[0] &&
		    iq_starts(s, iq_slice_z(common_leads[i].lead)))
			return &common_leads[i];
	return NULL;
}

enum iq_common iq_report_common(struct iq_slice text)
{
	struct iq_slice s = iq_ltrim(text);
	struct iq_cpuline cpu;
	struct iq_frame frame;
	if (!s.n)
		return IQ_COMMON_NONE;
	const struct common_lead *l = find_lead(s);
	if (l && l->kind == IQ_COMMON_CPU)
		return iq_cpuline_parse(s, &cpu) ? IQ_COMMON_CPU : IQ_COMMON_NONE;
	if (l)
		return l->kind;
	if (iq_frame_parse(s, &frame))
		return IQ_COMMON_FRAME;
	if (iq_frame_is_mark(s) || iq_frame_is_hex_words(s))
		return IQ_COMMON_REGS;
	return IQ_COMMON_NONE;
}

static void take_cpu(struct iq_report *r, const struct iq_record *rec)
{
	struct iq_cpuline c;
	if (!r->have_cpu && iq_cpuline_parse(rec->text, &c)) {
		c.comm = iq_report_keep(r, c.comm);
		c.taint = iq_report_keep(r, c.taint);
		c.release = iq_report_keep(r, c.release);
		if (c.hardware.p)
			r->hardware = iq_report_keep(r, c.hardware);
		r->cpu = c;
		r->have_cpu = true;
		r->ev.kernel_release = c.release;
		const char *arch = iq_cpuline_arch(c.release);
		if (arch)
			r->arch = arch;
	}
	iq_report_cite(r, rec, IQ_LIT(IQ_ROLE_CPU));
}

static void take_frame(struct iq_report *r, const struct iq_record *rec)
{
	struct iq_frame f;
	if (!iq_frame_parse(rec->text, &f))
		return;
	if (!r->arch)
		r->arch = iq_frame_arch(f.function);
	if (iq_frame_tells(f.function))
		iq_report_cite(r, rec, IQ_LIT(IQ_ROLE_FRAME));
	if (r->n_frames >= IQ_REPORT_FRAMES_MAX)
		return;
	struct iq_report_frame *k = iq_arena_alloc(&r->mem, sizeof *k);
	if (!k) {
		r->failed = true;
		return;
	}
	k->function = iq_report_keep(r, f.function);
	k->module = iq_report_keep(r, f.module);
	k->offset = f.offset;
	k->reliable = f.reliable;
	*r->frame_end = k;
	r->frame_end = &k->next;
	r->n_frames++;
}

void iq_report_take(struct iq_report *r, const struct iq_record *rec, enum iq_common kind)
{
	struct iq_slice s = iq_ltrim(rec->text);
	const struct common_lead *l = s.n ? find_lead(s) : NULL;
	iq_report_touch(r, rec);
	if (!r->arch && l && l->arch)
		r->arch = l->arch;
	switch (kind) {
	case IQ_COMMON_CPU:
		take_cpu(r, rec);
		break;
	case IQ_COMMON_TAINTED:
	case IQ_COMMON_WORKQUEUE:
		iq_report_cite(r, rec, IQ_LIT(IQ_ROLE_CPU));
		break;
	case IQ_COMMON_HARDWARE:
		if (!r->hardware.p)
			r->hardware = iq_report_keep(r, iq_trim(iq_from(s, 14)));
		iq_report_cite(r, rec, IQ_LIT(IQ_ROLE_HARDWARE));
		break;
	case IQ_COMMON_TRACE:
		r->in_trace = true;
		break;
	case IQ_COMMON_FRAME:
		take_frame(r, rec);
		break;
	case IQ_COMMON_REGS:
	case IQ_COMMON_NONE:
		break;
	}
}

static int put_stack(const struct iq_report *r, struct iq_sink *sink, struct iq_err *err)
{
	struct iq_stack st;
	int64_t depth = 0;
	for (const struct iq_report_frame *f = r->frames; f; f = f->next) {
		iq_fact_init(IQ_FACT_STACK, &st);
		st.event_id = r->ev.id;
		if (r->have_cpu) {
			st.pid = r->cpu.pid;
			st.cpu = r->cpu.cpu;
		}
		st.depth = depth++;
		st.function = f->function;
		st.offset = f->offset;
		st.module = f->module;
		st.reliable = f->reliable;
		if (iq_sink_put(sink, IQ_FACT_STACK, &st, err))
			return -1;
	}
	return 0;
}

static int put_lines(const struct iq_report *r, struct iq_sink *sink, struct iq_err *err)
{
	struct iq_event_line el;
	for (const struct iq_report_line *l = r->lines; l; l = l->next) {
		iq_fact_init(IQ_FACT_EVENT_LINE, &el);
		el.event_id = r->ev.id;
		el.member_id = r->member_id;
		el.line = l->line;
		el.role = l->role;
		el.text = l->text;
		if (iq_sink_put(sink, IQ_FACT_EVENT_LINE, &el, err))
			return -1;
	}
	return 0;
}

int iq_report_put(struct iq_report *r, struct iq_sink *sink, struct iq_err *err)
{
	struct iq_sighting seen;
	if (r->failed)
		return iq_err_set(err, IQ_E_NOMEM, "report: out of memory");
	if (!r->ev.id)
		r->ev.id = iq_sink_id(sink, IQ_FACT_EVENT);
	if (r->arch && !r->ev.arch.p)
		r->ev.arch = iq_slice_z(r->arch);
	iq_fact_init(IQ_FACT_SIGHTING, &seen);
	seen.event_id = r->ev.id;
	seen.member_id = r->member_id;
	seen.first_line = r->first_line;
	seen.last_line = r->last_line;
	if (iq_sink_put(sink, IQ_FACT_EVENT, &r->ev, err) ||
	    iq_sink_put(sink, IQ_FACT_SIGHTING, &seen, err) ||
	    put_lines(r, sink, err) || put_stack(r, sink, err))
		return -1;
	return 0;
}
