/* parse/crash/crash.c - see crash.h. */
#include "parse/crash/crash.h"

#include <stdlib.h>

#include "kern/frameclass.h"
#include "parse/crash/anchor.h"
#include "parse/crash/block.h"
#include "parse/crash/detail.h"
#include "parse/crash/line.h"
#include "parse/frame.h"
#include "parse/roles.h"

#define REGS_MAX 4096
#define MESSAGE_MAX 512

static struct iq_slice keep(struct iq_crash_report *r, struct iq_slice s)
{
	return iq_report_keep(&r->rep, s);
}

/* The columns that O's line told and C does not have yet; texts are copied. */
static void merge(struct iq_crash_report *r, const struct iq_crash *from)
{
	const struct iq_fact_desc *d = &iq_fact_descs[IQ_FACT_CRASH];
	struct iq_crash copy = *from;
	for (size_t i = 0; i < d->n_columns; i++) {
		const struct iq_column *col = &d->columns[i];
		if (col->kind == IQ_COL_TEXT) {
			struct iq_slice *to = iq_fact_text(&r->c, col);
			struct iq_slice s = *iq_fact_text(&copy, col);
			if (!to->p && s.p)
				*to = keep(r, s);
		} else {
			int64_t *to = iq_fact_int(&r->c, col);
			if (*to == IQ_NULL)
				*to = *iq_fact_int(&copy, col);
		}
	}
}

/* Is the form of what stands before better than that of what follows? */
static bool tells_more(struct iq_slice form)
{
	static const char *const forms[] = {
		"list-corrupt", "usercopy", "fortify", "refcount", "debugobject", "cfi",
		"rust-panic",
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (iq_eq(form, iq_slice_z(forms[i])))
			return true;
	return false;
}

static void set_kind(struct iq_crash_report *r, enum iq_crash_kind kind)
{
	r->kind = kind;
	r->rep.ev.kind = iq_slice_z(iq_crash_kind_name(kind));
}

/* "Internal error: Oops: 5 [#1] SMP ARM": S_ISA of arch/arm/kernel/traps.c */
static void take_isa(struct iq_crash_report *r, struct iq_slice text)
{
	if (!r->rep.arch && iq_has(text, IQ_LIT("[#")) &&
	    (iq_ends(text, IQ_LIT(" ARM")) || iq_ends(text, IQ_LIT(" THUMB2"))))
		r->rep.arch = "arm";
}

/* The headline that makes R a report. */
static void begin(struct iq_crash_report *r, const struct iq_record *rec,
		  const struct iq_opened *o)
{
	struct iq_slice text = o->text.p ? o->text : iq_trim(rec->text);
	bool before = r->c.form.p != NULL;	/* something stood in front of it */
	set_kind(r, o->kind);
	take_isa(r, text);
	r->begun = true;
	r->block = o->part == IQ_OPENER_BLOCK;
	if (before && !tells_more(r->c.form))
		r->c.form = IQ_SLICE_NULL;
	/* an assertion's own text is the headline, the place of the BUG() comes after */
	if (!r->c.reason.p || o->kind == IQ_CRASH_WARNING || !tells_more(r->c.form)) {
		if (r->c.reason.p && !r->c.message.p)
			r->c.message = r->c.reason;
		r->c.reason = keep(r, text);
	}
	merge(r, &o->c);
	iq_report_cite(&r->rep, rec, o->kind == IQ_CRASH_PANIC ? IQ_LIT(IQ_ROLE_PANIC) :
				     o->part == IQ_OPENER_DIE ? IQ_LIT(IQ_ROLE_DIE) :
				     IQ_LIT(IQ_ROLE_HEADLINE));
}

static void before(struct iq_crash_report *r, const struct iq_record *rec,
		   const struct iq_opened *o)
{
	if (o->part == IQ_OPENER_CUT) {
		iq_report_touch(&r->rep, rec);
		return;
	}
	if (!r->c.reason.p)
		r->c.reason = keep(r, iq_trim(rec->text));
	merge(r, &o->c);
	iq_report_cite(&r->rep, rec, IQ_LIT(IQ_ROLE_HEADLINE));
}

struct iq_crash_report *iq_crash_new(const struct iq_record *rec, const struct iq_opened *o,
				     int64_t member_id, int64_t boot_id, struct iq_err *err)
{
	struct iq_crash_report *r = calloc(1, sizeof *r);
	if (!r) {
		iq_err_set(err, IQ_E_NOMEM, "crash report: out of memory");
		return NULL;
	}
	iq_report_init(&r->rep, "bug", rec, member_id, boot_id);
	iq_fact_init(IQ_FACT_CRASH, &r->c);
	iq_trace_init(&r->trace, &r->rep.mem);
	iq_buf_init(&r->regs);
	if (!o) {
		r->clipped = true;
		set_kind(r, IQ_CRASH_OOPS);
		(void)iq_crash_line(r, rec);
	} else if (o->part == IQ_OPENER_CUT || o->part == IQ_OPENER_BEFORE) {
		before(r, rec, o);
	} else {
		begin(r, rec, o);
	}
	return r;
}

void iq_crash_become_panic(struct iq_crash_report *r, const struct iq_record *rec,
			   struct iq_slice form)
{
	set_kind(r, IQ_CRASH_PANIC);
	r->block = r->ended = false;
	r->idle = 0;
	r->c.reason = keep(r, iq_trim(rec->text));
	if (!r->c.form.p)
		r->c.form = form;
	iq_report_cite(&r->rep, rec, IQ_LIT(IQ_ROLE_PANIC));
}

void iq_crash_free(struct iq_crash_report *r)
{
	if (!r)
		return;
	iq_buf_fini(&r->regs);
	iq_report_fini(&r->rep);
	free(r);
}

size_t iq_crash_bytes(const struct iq_crash_report *r)
{
	return r->rep.mem.total_bytes + r->regs.cap;
}

/* ---------------------------------------------------------------- openers inside */

static bool can_follow(enum iq_crash_kind kind)
{
	return kind == IQ_CRASH_OOPS || kind == IQ_CRASH_WARNING || kind == IQ_CRASH_SANITIZER;
}

static void take_die(struct iq_crash_report *r, const struct iq_record *rec,
		     const struct iq_opened *o)
{
	if (r->c.form.p && (iq_eq(r->c.form, IQ_LIT(IQ_FORM_UNHANDLED)) || r->clipped))
		r->c.form = IQ_SLICE_NULL;
	r->begun = true;
	take_isa(r, iq_trim(rec->text));
	if (!r->c.reason.p)
		r->c.reason = keep(r, iq_trim(rec->text));
	merge(r, &o->c);
	iq_report_cite(&r->rep, rec, IQ_LIT(IQ_ROLE_DIE));
}

/* A WARN prints its message behind its first line (until 4.18, and in 7.x). */
static void take_message(struct iq_crash_report *r, const struct iq_record *rec,
			 const struct iq_opened *o)
{
	if (!r->c.message.p)
		r->c.message = keep(r, iq_head(iq_trim(rec->text), MESSAGE_MAX));
	if (o->kind == IQ_CRASH_HARD) {		/* 3.x: a hard lockup is told by a WARN */
		set_kind(r, IQ_CRASH_HARD);
		r->c.function = r->c.module = IQ_SLICE_NULL;
		r->c.form = IQ_SLICE_NULL;
	} else if (tells_more(o->c.form)) {
		r->c.form = IQ_SLICE_NULL;
	}
	merge(r, &o->c);
	iq_report_cite(&r->rep, rec, IQ_LIT(IQ_ROLE_MESSAGE));
}

int iq_crash_absorb(struct iq_crash_report *r, const struct iq_record *rec,
		    const struct iq_opened *o)
{
	bool empty = !r->trace.n_frames;
	if (r->block)
		return iq_block_absorb(r, rec, o);
	if (r->ended || o->part == IQ_OPENER_BLOCK)
		return 0;
	if (!r->begun && !r->clipped) {
		if (o->part == IQ_OPENER_CUT || o->part == IQ_OPENER_BEFORE)
			before(r, rec, o);
		else if (can_follow(o->kind))
			begin(r, rec, o);
		else
			return 0;
		return 1;
	}
	if (r->kind == IQ_CRASH_OOPS && o->part == IQ_OPENER_DIE && !r->c.die.p &&
	    (empty || r->clipped)) {
		take_die(r, rec, o);
		return 1;
	}
	if (r->kind == IQ_CRASH_OOPS && empty && !r->c.die.p && !r->rep.have_cpu &&
	    iq_starts(o->text, IQ_LIT("Thread overran stack"))) {
		/* ppc's bad_page_fault(), between the address and the die header */
		r->c.form = IQ_SLICE_NULL;
		if (!r->c.message.p)
			r->c.message = keep(r, o->text);
		merge(r, &o->c);
		iq_report_cite(&r->rep, rec, IQ_LIT(IQ_ROLE_DETAIL));
		return 1;
	}
	if (r->kind == IQ_CRASH_WARNING && empty && !r->rep.have_cpu &&
	    (o->part == IQ_OPENER_BEFORE || o->kind == IQ_CRASH_HARD)) {
		take_message(r, rec, o);
		return 1;
	}
	if (r->kind == IQ_CRASH_SANITIZER && o->kind == IQ_CRASH_SANITIZER && empty &&
	    iq_ends(r->c.reason, IQ_LIT("[inline]"))) {
		/* decoded: a line for each function inlined, the kernel's own comes last */
		r->c.function = r->c.module = IQ_SLICE_NULL;
		r->c.reason = keep(r, iq_trim(rec->text));
		merge(r, &o->c);
		iq_report_cite(&r->rep, rec, IQ_LIT(IQ_ROLE_HEADLINE));
		return 1;
	}
	if (r->kind == IQ_CRASH_RCU && o->kind == IQ_CRASH_RCU && empty) {
		merge(r, &o->c);
		iq_report_cite(&r->rep, rec, IQ_LIT(IQ_ROLE_DETAIL));
		return 1;
	}
	return 0;
}

/* ---------------------------------------------------------------- lines */

static struct iq_section *section(struct iq_crash_report *r)
{
	return r->trace.cur ? r->trace.cur : iq_trace_section(&r->trace, IQ_SECTION_TASK);
}

static void take_regs(struct iq_crash_report *r, const struct iq_record *rec)
{
	struct iq_slice s = iq_trim(rec->text);
	iq_report_touch(&r->rep, rec);
	if (r->end_trace)
		r->repeated_regs = true;	/* a WARN does not do that */
	if (r->trace.n_frames || r->regs.n + s.n + 1 > REGS_MAX || iq_frame_is_hex_words(s) ||
	    r->end_trace)
		return;
	if (r->regs.n)
		iq_buf_char(&r->regs, '\n');
	iq_buf_slice(&r->regs, s);
}

/* Is the place in this line that of what the report is about? */
static bool wants_ip(const struct iq_crash_report *r, const struct iq_section *s,
		     const struct iq_ip *ip, enum iq_ip_kind k)
{
	if (s->ip_kind == IQ_IP_ADDRESS || s->ip_kind == IQ_IP_NONE) {
		if (k == IQ_IP_ADDRESS)
			return s->ip_kind == IQ_IP_NONE && !s->n;
		if (!s->n || r->end_trace)
			return true;
		/* behind frames: printed again, or what the watchdog interrupted */
		return r->kind == IQ_CRASH_SOFT || r->kind == IQ_CRASH_HARD ||
		       r->kind == IQ_CRASH_RCU || ip->tail;
	}
	return false;
}

/* i386 until 4.18 tells the CPU there: "EIP: 0060:[<c11e4690>] EFLAGS: 00010286 CPU: 0" */
static void take_eflags_cpu(struct iq_section *s, struct iq_slice text)
{
	ptrdiff_t at = iq_find(text, IQ_LIT("EFLAGS: "));
	ptrdiff_t cpu = at < 0 ? -1 : iq_find(text, IQ_LIT(" CPU: "));
	if (cpu < 0 || !s)
		return;
	struct iq_slice n = iq_from(text, (size_t)cpu + 6);
	if (s->cpu == IQ_NULL)
		(void)iq_take_i64(&n, &s->cpu);
}

static bool take_ip(struct iq_crash_report *r, const struct iq_record *rec)
{
	struct iq_ip ip;
	enum iq_ip_kind k = iq_ip_parse(rec->text, &ip);
	if (k == IQ_IP_NONE)
		return false;
	take_regs(r, rec);
	struct iq_section *s = section(r);
	take_eflags_cpu(s, rec->text);
	if (ip.tail && k == IQ_IP_SYMBOL)
		r->repeated_regs = true;
	if (!r->rep.arch && k != IQ_IP_NONE)
		r->rep.arch = ip.arch;
	if (!s || k == IQ_IP_USER || !wants_ip(r, s, &ip, k))
		return true;
	s->ip_kind = k;
	s->ip = ip;
	s->ip.function = keep(r, ip.function);
	s->ip.module = keep(r, ip.module);
	s->ip.address = keep(r, ip.address);
	iq_report_cite(&r->rep, rec, IQ_LIT(IQ_ROLE_IP));
	return true;
}

static bool take_cpu(struct iq_crash_report *r, const struct iq_record *rec)
{
	struct iq_cpuline c;
	if (!iq_cpuline_parse(rec->text, &c))
		return false;
	struct iq_section *s = section(r);
	if (!s)
		return true;
	/* of a trace that is over already: another CPU tells where it is */
	if (s->have_cpu_line || s->of > IQ_SECTION_OTHER || (s->n && r->kind != IQ_CRASH_PANIC))
		s = iq_trace_section(&r->trace, IQ_SECTION_OTHER);
	s->have_cpu_line = true;
	if (s->cpu == IQ_NULL)
		s->cpu = c.cpu;
	s->pid = c.pid;
	s->comm = keep(r, c.comm);
	bool hung = r->kind == IQ_CRASH_HUNG;	/* CPU lines there are of other CPUs */
	if (hung && !r->rep.have_cpu)
		return iq_report_touch(&r->rep, rec), true;
	iq_report_take(&r->rep, rec, IQ_COMMON_CPU);
	return true;
}

static bool is_flagged(struct iq_slice word)
{
	ptrdiff_t at = iq_find_char(word, '(');
	return at > 0 && word.p[word.n - 1] == ')';
}

/* "Modules linked in: a b(O) c(POE) [last unloaded: x]": those with flags. */
static void take_modules(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_buf b;
	iq_buf_init(&b);
	ptrdiff_t last = iq_find(s, IQ_LIT("[last unloaded: "));
	if (last >= 0) {
		struct iq_slice u = iq_from(s, (size_t)last + sizeof "[last unloaded: " - 1);
		if (!r->c.last_unloaded.p)
			r->c.last_unloaded = keep(r, iq_trim(iq_cut(&u, ']')));
		s = iq_head(s, (size_t)last);
	}
	for (struct iq_slice w = iq_word(&s); w.n; w = iq_word(&s)) {
		if (!is_flagged(w) || b.n > 1024)
			continue;
		if (b.n)
			iq_buf_char(&b, ' ');
		iq_buf_slice(&b, w);
	}
	if (b.n && !r->c.modules.p)
		r->c.modules = keep(r, iq_buf_as_slice(&b));
	r->rep.failed |= b.failed;
	iq_buf_fini(&b);
}

/* Lines that need no more than to be known. */
static bool take_marked(struct iq_crash_report *r, const struct iq_record *rec)
{
	static const char *const known[] = {
		"Stack:", "Krnl Code:", "Instruction dump:", "Last Breaking-Event-Address",
		"Dumping ftrace buffer", "Kernel Offset:", "last sysfs file:", "task: ",
		"ti: ", "Exception stack(", "Process ", "note: ", "Fixing recursive fault",
		"PGD ", "pgd = ", "*pde", "*pdpt", "user pgtable:", "swapper pgtable:",
		"Sending NMI", "CPU features:", "Memory Limit:", "Mem abort info", "Data abort info",
		"Showing busy workqueues", "Showing all locks", "workqueue ", "pwq ",
		"in-flight:", "pending:", "delayed:", "inactive:", "pool ", "irq event stamp",
		"hardirqs last", "softirqs last", "Preemption disabled", "NMI backtrace for",
		"---------------------------------", "==========", "(ftrace buffer empty)",
		"SMP: stopping", "SMP ", "Register r", "Memory state around", "PHYS_OFFSET",
	};
	struct iq_slice s = iq_ltrim(rec->text);
	if (iq_skip(&s, IQ_LIT("Code:"))) {
		if (!r->c.code.p) {
			r->c.code = keep(r, iq_trim(s));
			iq_report_cite(&r->rep, rec, IQ_LIT(IQ_ROLE_CODE));
		}
		iq_report_touch(&r->rep, rec);
		return true;
	}
	if (iq_skip(&s, IQ_LIT("Modules linked in:"))) {
		take_modules(r, s);
		iq_report_cite(&r->rep, rec, IQ_LIT(IQ_ROLE_MODULES));
		return true;
	}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (iq_starts(s, iq_slice_z(known[i]))) {
			iq_report_touch(&r->rep, rec);
			return true;
		}
	return false;
}

static bool is_end(struct iq_slice s)
{
	return iq_starts(s, IQ_LIT("---[ end trace"));
}

/* The first frames that tell what was being done, for those who cite them. */
static void cite_frame(struct iq_crash_report *r, const struct iq_record *rec)
{
	struct iq_frame f;
	if (r->n_cited >= 8 || r->trace.n_sections > 1 || !iq_frame_parse(rec->text, &f) ||
	    !f.reliable || iq_frame_class(f.function) != IQ_FRAME_CODE)
		return;
	r->n_cited++;
	iq_report_cite(&r->rep, rec, IQ_LIT(IQ_ROLE_FRAME));
}

static bool take_common(struct iq_crash_report *r, const struct iq_record *rec)
{
	enum iq_common c = iq_report_common(rec->text);
	switch (c) {
	case IQ_COMMON_CPU:
		return take_cpu(r, rec);
	case IQ_COMMON_FRAME:
		if (r->end_trace)
			return false;		/* of something else */
		iq_report_touch(&r->rep, rec);
		cite_frame(r, rec);
		return iq_trace_line(&r->trace, rec->text);
	case IQ_COMMON_REGS:
		if (iq_trace_line(&r->trace, rec->text))
			iq_report_touch(&r->rep, rec);
		else
			take_regs(r, rec);
		return true;
	case IQ_COMMON_WORKQUEUE:
		if (!r->c.workqueue.p)
			r->c.workqueue = keep(r, iq_trim(iq_from(iq_ltrim(rec->text), 10)));
		iq_report_take(&r->rep, rec, c);
		return true;
	case IQ_COMMON_TAINTED:
	case IQ_COMMON_HARDWARE:
	case IQ_COMMON_TRACE:
		iq_report_take(&r->rep, rec, c);
		return true;
	case IQ_COMMON_NONE:
		break;
	}
	return false;
}

/* A WARN's or BUG's own words, between its first line and what is common to all. */
static bool take_words(struct iq_crash_report *r, const struct iq_record *rec)
{
	struct iq_slice s = iq_trim(rec->text);
	bool early = !r->rep.have_cpu && !r->trace.n_frames && !r->c.modules.p;
	if (!s.n || r->end_trace || r->clipped || !early)
		return false;
	if (!r->begun) {			/* behind "cut here" */
		if (r->c.message.p)
			return false;
		r->c.message = keep(r, iq_head(s, MESSAGE_MAX));
		iq_report_cite(&r->rep, rec, IQ_LIT(IQ_ROLE_MESSAGE));
		return true;
	}
	if (r->kind != IQ_CRASH_WARNING || r->c.message.p || r->idle > 3)
		return false;
	r->c.message = keep(r, iq_head(s, MESSAGE_MAX));
	iq_report_cite(&r->rep, rec, IQ_LIT(IQ_ROLE_MESSAGE));
	return true;
}

int iq_crash_line(struct iq_crash_report *r, const struct iq_record *rec)
{
	struct iq_slice s = iq_ltrim(rec->text);
	if (r->block)
		return iq_block_line(r, rec);
	if (r->ended || !s.n)
		return 0;
	/* a dump that was asked for begins: its traces are of others */
	if (iq_starts(s, IQ_LIT("sysrq: Show ")) || iq_starts(s, IQ_LIT("SysRq : Show ")) ||
	    iq_starts(s, IQ_LIT("sysrq: SysRq : Show "))) {
		r->ended = true;
		return 0;
	}
	if (is_end(s)) {
		r->ended = r->end_trace;
		r->end_trace = true;
		iq_report_cite(&r->rep, rec, IQ_LIT(IQ_ROLE_END));
		r->idle = 0;
		return 1;
	}
	if (take_ip(r, rec) || iq_crash_detail(r, rec) || take_marked(r, rec) ||
	    take_common(r, rec) || take_words(r, rec)) {
		r->idle = 0;
		return 1;
	}
	if (++r->idle > (r->begun || r->clipped ? 64 : 12))
		r->ended = true;
	return 0;
}

/* ---------------------------------------------------------------- the end */

bool iq_crash_is_event(const struct iq_crash_report *r)
{
	if (r->clipped)			/* registers alone may be of anything */
		return r->begun || r->repeated_regs;
	if (!r->begun)
		return r->c.reason.p != NULL;
	if (r->c.form.p && iq_eq(r->c.form, IQ_LIT(IQ_FORM_UNHANDLED)))
		return r->c.die.p != NULL;	/* a program's fault is told alike */
	return true;
}

static void take_task(struct iq_crash_report *r)
{
	struct iq_crash *c = &r->c;
	struct iq_section *s = iq_anchor_section(&r->trace, c, r->kind);
	const struct iq_cpuline *line = &r->rep.cpu;
	bool hung = r->kind == IQ_CRASH_HUNG;
	if (s && !hung && c->cpu == IQ_NULL)
		c->cpu = s->cpu;		/* told by its registers */
	if (s && !hung && (s->have_cpu_line || s->comm.p)) {
		if (c->cpu == IQ_NULL)
			c->cpu = s->cpu;
		if (c->pid == IQ_NULL)
			c->pid = s->pid;
		if (!c->comm.p)
			c->comm = s->comm;
	} else if (r->rep.have_cpu && !hung) {
		if (c->cpu == IQ_NULL)
			c->cpu = line->cpu;
		if (c->pid == IQ_NULL)
			c->pid = line->pid;
		if (!c->comm.p)
			c->comm = line->comm;
	}
	if (hung && s) {
		s->pid = c->pid;
		s->comm = c->comm;
	}
}

static void take_taint(struct iq_crash_report *r)
{
	char taint[64];
	struct iq_slice t = r->c.taint.p ? r->c.taint : r->rep.cpu.taint;
	if (!t.p)
		return;
	r->c.taint = keep(r, iq_cpuline_taint(t, taint, sizeof taint));
	if (!r->c.taint.n)
		r->c.taint = IQ_SLICE_NULL;
}

/* kasan: kasan-slab-out-of-bounds; ubsan: ubsan-shift-out-of-bounds */
static void name_form(struct iq_crash_report *r)
{
	static const char *const open_ended[] = { "kasan", "kfence", "kcsan", "kmsan", "ubsan" };
	struct iq_crash *c = &r->c;
	for (size_t i = 0; i < sizeof open_ended / sizeof *open_ended; i++) {
		struct iq_slice m = c->message;
		struct iq_slice word = iq_word(&m);
		if (!iq_eq(c->form, iq_slice_z(open_ended[i])) || r->kind != IQ_CRASH_SANITIZER ||
		    !word.n)
			continue;
		if (iq_starts(word, IQ_LIT("Undefined")))
			word = IQ_LIT("undefined");
		c->form = iq_arena_printf(&r->rep.mem, "%s-%.*s", open_ended[i],
					  IQ_FMT(iq_head(word, 40)));
		return;
	}
	if (!c->form.p || !c->form.n)
		c->form = iq_slice_z(r->kind == IQ_CRASH_OOPS ? "oops" : "bug");
}

/* Where no line says it, the code of the fault does: x86 until 5.3 (bit 1 write, bit 4
 * instruction fetch), arm64's ESR (class 0x20, 0x21 fetch; bit 6 write), arm's FSR. */
static void access_from_code(struct iq_crash_report *r)
{
	struct iq_slice code = r->c.error_code;
	uint64_t v;
	if (r->c.access.p || !r->rep.arch || !iq_take_hex(&code, &v) || code.n ||
	    (!iq_eq(r->c.form, IQ_LIT("null-deref")) &&
	     !iq_eq(r->c.form, IQ_LIT("page-fault"))))
		return;
	struct iq_slice arch = iq_slice_z(r->rep.arch);
	if (iq_eq(arch, IQ_LIT("x86_64")) || iq_eq(arch, IQ_LIT("i686")))
		r->c.access = v & 16 ? IQ_LIT("exec") : v & 2 ? IQ_LIT("write") : IQ_LIT("read");
	else if (iq_starts(arch, IQ_LIT("arm")) && v & 0x800)	/* FSR_WRITE */
		r->c.access = IQ_LIT("write");
	else if (iq_eq(arch, IQ_LIT("aarch64")) && v >> 26)
		r->c.access = (v >> 27 & 31) == 0x10 ? IQ_LIT("exec") :
			      v & 64 ? IQ_LIT("write") : IQ_LIT("read");
}

static void set_quality(struct iq_crash_report *r, bool cut)
{
	static const struct { const char *word; char letter; } words[] = {
		{ "not-first", 'D' },
	};
	struct iq_slice taint = r->c.taint;
	bool later = taint.p && iq_find_char(taint, words[0].letter) >= 0;
	bool unreliable = r->trace.n_frames > 0;
	for (const struct iq_section *s = r->trace.sections; s; s = s->next)
		for (const struct iq_tframe *f = s->frames; f && unreliable; f = f->next)
			unreliable = !f->reliable;
	if (!later && !unreliable && !cut && !r->clipped)
		return;
	r->c.quality = iq_arena_printf(&r->rep.mem, "%s%s%s", later ? "not-first," : "",
				       unreliable ? "unreliable," : "",
				       cut || r->clipped ? "truncated," : "");
	if (r->c.quality.n)
		r->c.quality.n--;
}

/* SLUB tells who is to blame: a freed object was written by a user of whoever freed it, a
 * red zone by a user of whoever allocated it. */
static void name_object_user(struct iq_crash_report *r)
{
	struct iq_crash *c = &r->c;
	if (!iq_eq(c->form, IQ_LIT("slab-corrupt")) || c->suspect.p)
		return;
	bool freed = iq_has(c->message, IQ_LIT("oison overwritten"));
	if (iq_has(c->message, IQ_LIT("already free")) || iq_has(c->message, IQ_LIT("double free")))
		return;			/* the trace shows who frees it again */
	struct iq_slice function = freed ? r->free_in.function : r->alloc_in.function;
	if (!function.p || iq_eq(function, c->function) ||
	    iq_frame_class(function) != IQ_FRAME_CODE)
		return;
	c->suspect = function;
	if (!c->module.p)
		c->module = freed ? r->free_in.module : r->alloc_in.module;
}

/* NETDEV WATCHDOG: eth0 (ixgbe): transmit queue 6 timed out: the driver is named there */
static void name_driver(struct iq_crash_report *r)
{
	struct iq_slice m = r->c.message;
	if (!iq_skip(&m, IQ_LIT("NETDEV WATCHDOG: ")))
		return;
	r->c.object = iq_word(&m);
	ptrdiff_t end = iq_find_char(m, ')');
	m = iq_ltrim(m);
	if (end > 0 && iq_skip(&m, IQ_LIT("(")) && !r->c.module.p)
		r->c.module = iq_cut(&m, ')');
}

/* Equal in every capture of the same happening: of an oops its number, which a boot has
 * once; else the headline. */
static void set_fingerprint(struct iq_crash_report *r)
{
	const char *kind = iq_crash_kind_name(r->kind);
	if (!r->c.reason.p)
		r->rep.ev.fingerprint = iq_arena_printf(&r->rep.mem, "%s|clipped|%.*s", kind,
							IQ_FMT(r->c.function));
	else if (r->kind == IQ_CRASH_OOPS && r->c.report_no != IQ_NULL)
		r->rep.ev.fingerprint = iq_arena_printf(&r->rep.mem, "oops|#%lld",
							(long long)r->c.report_no);
	else
		r->rep.ev.fingerprint = iq_arena_printf(&r->rep.mem, "%s|%.*s", kind,
							IQ_FMT(r->c.reason));
}

bool iq_crash_request(struct iq_slice text)
{
	struct iq_slice s = iq_trim(text);
	bool sysrq = iq_skip(&s, IQ_LIT("sysrq: "));
	sysrq |= iq_skip(&s, IQ_LIT("SysRq : "));
	return sysrq && iq_eq(s, IQ_LIT("Trigger a crash"));
}

void iq_crash_asked(struct iq_crash_report *r, struct iq_slice text, int64_t line)
{
	r->c.manual = 1;
	iq_report_cite_text(&r->rep, line, IQ_LIT(IQ_ROLE_SYSRQ), text);
}

/* Until 5.3 SysRq-c wrote through a NULL pointer.  What was asked for and then happened
 * elsewhere is another crash. */
static void settle_request(struct iq_crash_report *r)
{
	struct iq_crash *c = &r->c;
	bool there = iq_eq(c->function, IQ_LIT("sysrq_handle_crash")) ||
		     iq_eq(c->suspect, IQ_LIT("sysrq_handle_crash"));
	if (there)
		c->manual = 1;
	else if (c->function.p && r->kind == IQ_CRASH_OOPS)
		c->manual = IQ_NULL;
	if (c->manual == 1 && (there || r->kind == IQ_CRASH_OOPS) &&
	    (r->kind == IQ_CRASH_OOPS || r->kind == IQ_CRASH_PANIC))
		c->form = IQ_LIT("sysrq");
}

void iq_crash_settle(struct iq_crash_report *r, bool cut)
{
	struct iq_crash *c = &r->c;
	take_task(r);
	take_taint(r);
	name_form(r);
	access_from_code(r);
	if (r->kind != IQ_CRASH_OOPS)
		r->rep.ev.parent_id = IQ_NULL;	/* told within another, but no part of it */
	if (r->regs.n && !c->registers.p)
		c->registers = keep(r, iq_buf_as_slice(&r->regs));
	c->hardware = r->rep.hardware;
	name_driver(r);
	name_object_user(r);
	(void)iq_anchor(c, r->kind, &r->trace, &r->rep.mem);
	settle_request(r);
	r->rep.ev.truncated = (cut && !r->end_trace) || r->clipped;
	if (!r->rep.have_cpu && r->kind != IQ_CRASH_HUNG && !r->block)
		r->rep.ev.missing = IQ_LIT(IQ_ROLE_CPU);
	set_quality(r, cut && !r->end_trace);
	set_fingerprint(r);
}

int iq_crash_put(struct iq_crash_report *r, struct iq_sink *sink, struct iq_err *err)
{
	if (r->trace.failed || r->regs.failed)
		return iq_err_set(err, IQ_E_NOMEM, "crash report: out of memory");
	if (iq_report_put(&r->rep, sink, err))
		return -1;
	r->c.event_id = r->rep.ev.id;
	return iq_trace_put(&r->trace, iq_anchor_section(&r->trace, &r->c, r->kind),
			    r->rep.ev.id, sink, err);
}
