/* parse/crash/anchor.c - see anchor.h; panics.md 8. */
#include "parse/crash/anchor.h"

#include "kern/crashkey.h"
#include "kern/frameclass.h"

struct iq_section *iq_anchor_section(const struct iq_trace *t, const struct iq_crash *c,
				     enum iq_crash_kind kind)
{
	bool by_cpu = kind == IQ_CRASH_SOFT || kind == IQ_CRASH_HARD || kind == IQ_CRASH_RCU;
	struct iq_section *first = NULL, *told = NULL;
	for (struct iq_section *s = t->sections; s; s = s->next) {
		if (!s->n && s->ip_kind == IQ_IP_NONE)
			continue;
		if (!first && s->of <= IQ_SECTION_OTHER)
			first = s;
		if (!told && s->have_cpu_line && s->n && s->of <= IQ_SECTION_OTHER)
			told = s;
		if (by_cpu && c->cpu != IQ_NULL && s->cpu == c->cpu &&
		    s->of <= IQ_SECTION_OTHER)
			return s;
	}
	/* lockdep shows where locks were taken before it shows its own trace */
	return told && (kind == IQ_CRASH_WARNING || kind == IQ_CRASH_BUG) ? told : first;
}

/* Which classes are no answer. */
enum skip {
	SKIP_REPORT = 1 << IQ_FRAME_REPORT, SKIP_SANITIZER = 1 << IQ_FRAME_SANITIZER,
	SKIP_WATCHDOG = 1 << IQ_FRAME_WATCHDOG, SKIP_WAIT = 1 << IQ_FRAME_WAIT,
	SKIP_SERVICE = 1 << IQ_FRAME_SERVICE, SKIP_HELPER = 1 << IQ_FRAME_HELPER,
	SKIP_ENTRY = 1 << IQ_FRAME_ENTRY,
};

static bool skipped(const struct iq_tframe *f, unsigned skip, bool all)
{
	return (!all && !f->reliable) || (skip & (1u << iq_frame_class(f->function)));
}

static bool any_reliable(const struct iq_tframe *f)
{
	for (; f; f = f->next)
		if (f->reliable)
			return true;
	return false;
}

/* The first from F on that SKIP does not skip; only those proven, if there are any. */
static const struct iq_tframe *first_of(const struct iq_tframe *f, unsigned skip, bool all)
{
	while (f && skipped(f, skip, all))
		f = f->next;
	return f;
}

/* The way from an interrupt into the code it interrupted. */
static bool is_interrupt_entry(struct iq_slice name)
{
	static const char *const names[] = {
		"apic_timer_interrupt", "trace_apic_timer_interrupt", "end_repeat_nmi", "nmi",
		"asm_exc_nmi", "el1_irq", "el1h_64_irq", "el1h_64_irq_handler", "__irq_svc",
		"reschedule_interrupt", "call_function_interrupt", "nmi_stack_correct",
		"nmi_restore", "decrementer_common", "ret_from_exception",
	};
	if (iq_starts(name, IQ_LIT("asm_sysvec_")) ||
	    (iq_has(name, IQ_LIT("apic_timer_interrupt")) &&
	     !iq_starts(name, IQ_LIT("sysvec_"))))
		return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (iq_eq(name, iq_slice_z(names[i])))
			return true;
	return false;
}

/* Where the interrupted code begins in a trace that starts in the watchdog. */
static const struct iq_tframe *interrupted(const struct iq_tframe *f, bool all)
{
	const struct iq_tframe *at = first_of(f, 0, all), *from = f;
	enum iq_frame_class class = at ? iq_frame_class(at->function) : IQ_FRAME_CODE;
	if (class != IQ_FRAME_REPORT && class != IQ_FRAME_WATCHDOG)
		return f;
	for (; f; f = f->next)
		if (is_interrupt_entry(f->function)) {
			while (f->next && is_interrupt_entry(f->next->function))
				f = f->next;
			return f->next ? f->next : from;
		}
	return from;
}

static unsigned function_skip(const struct iq_crash *c, enum iq_crash_kind kind)
{
	if (c->form.p && iq_eq(c->form, IQ_LIT("lockdep")))
		return SKIP_REPORT | SKIP_SANITIZER | SKIP_WAIT | SKIP_HELPER;
	switch (kind) {
	case IQ_CRASH_HUNG:
		return SKIP_REPORT | SKIP_WAIT;
	case IQ_CRASH_SOFT: case IQ_CRASH_HARD: case IQ_CRASH_RCU: case IQ_CRASH_PANIC:
	case IQ_CRASH_WORKQUEUE: case IQ_CRASH_HARDWARE:
		return SKIP_REPORT | SKIP_WATCHDOG;
	default:
		return SKIP_REPORT | SKIP_SANITIZER;
	}
}

static bool is_messenger(enum iq_crash_kind kind, struct iq_slice function)
{
	enum iq_frame_class c = iq_frame_class(function);
	return c == IQ_FRAME_HELPER || c == IQ_FRAME_SANITIZER || c == IQ_FRAME_REPORT ||
	       c == IQ_FRAME_WAIT || c == IQ_FRAME_SERVICE ||
	       (c == IQ_FRAME_WATCHDOG && kind != IQ_CRASH_PANIC);
}

struct search {
	struct iq_crash *c;
	enum iq_crash_kind kind;
	const struct iq_section *s;
	const struct iq_tframe *from;	/* what the report is about begins here */
	const struct iq_tframe *at;	/* the frame of function, or NULL */
	bool all;			/* no frame is proven: take those on the stack */
};

/* Without what the compiler put behind it, and without ppc64's dot. */
static struct iq_slice bare(struct iq_slice name)
{
	iq_skip(&name, IQ_LIT("."));
	ptrdiff_t dot = iq_find_char(name, '.');
	return dot > 0 ? iq_head(name, (size_t)dot) : name;
}

/* A function and its cold or split part are one. */
static bool same(struct iq_slice a, struct iq_slice b)
{
	return iq_eq(bare(a), bare(b));
}

static void find_function(struct search *x)
{
	struct iq_crash *c = x->c;
	const struct iq_section *s = x->s;
	bool trusted = x->kind != IQ_CRASH_HUNG && s && s->ip_kind == IQ_IP_SYMBOL;
	if (!c->function.p && trusted) {
		c->function = s->ip.function;
		c->module = s->ip.module;
	} else if (!c->function.p && s && s->ip_kind == IQ_IP_BAD) {
		c->pc = s->ip.address;
		return;
	} else if (!c->function.p) {
		x->at = first_of(x->from, function_skip(c, x->kind), x->all);
		if (!x->at)
			x->at = first_of(x->from, SKIP_REPORT | SKIP_SANITIZER, x->all);
		if (x->at && iq_frame_class(x->at->function) == IQ_FRAME_ENTRY) {
			const struct iq_tframe *code =
				first_of(x->from, SKIP_REPORT, x->all);
			x->at = x->kind == IQ_CRASH_HUNG ? x->at : code;
		}
		if (x->at) {
			c->function = x->at->function;
			c->module = x->at->module;
		}
		if (!c->pc.p && s && s->ip.address.p && s->ip_kind == IQ_IP_ADDRESS)
			c->pc = s->ip.address;
		return;
	}
	for (const struct iq_tframe *f = x->from; f; f = f->next)
		if (same(f->function, c->function)) {
			x->at = f;
			break;
		}
}

/* A small function has no frame of its own where frames are chained (x86 until 4.9), so
 * that its caller is on the stack but not proven: the first entry of all. */
static const struct iq_tframe *unproven_caller(const struct search *x)
{
	const struct iq_tframe *f = x->from;
	if (x->at || !x->c->function.p || !f || f->reliable || !f->addressed ||
	    x->kind != IQ_CRASH_OOPS || iq_frame_class(f->function) != IQ_FRAME_CODE)
		return NULL;
	return f;
}

static void find_suspect(struct search *x, unsigned skip)
{
	struct iq_crash *c = x->c;
	if (c->suspect.p || (c->function.p && !is_messenger(x->kind, c->function)))
		return;
	const struct iq_tframe *f = unproven_caller(x);
	if (!f)
		f = first_of(x->at ? x->at->next : x->from, skip, x->all);
	bool jumped = x->s && x->s->ip_kind == IQ_IP_BAD;
	if (!f || (iq_frame_class(f->function) == IQ_FRAME_ENTRY && !jumped))
		return;
	if (!same(f->function, c->function))
		c->suspect = f->function;
	if (!c->module.p)
		c->module = f->module;
}

/* The first frame outside the core kernel, where the function is within. */
static void find_module(struct search *x)
{
	const struct iq_tframe *f = x->at ? x->at : x->from;
	for (; f && !x->c->module.p; f = f->next)
		if (f->module.p && (f->reliable || x->all))
			x->c->module = f->module;
}

static void find_wait(struct search *x)
{
	const struct iq_tframe *found = NULL;
	for (const struct iq_tframe *f = x->from; f && f != x->at; f = f->next) {
		enum iq_frame_class class = iq_frame_class(f->function);
		if (!x->all && !f->reliable)
			continue;
		if (class != IQ_FRAME_WAIT)
			break;
		found = f;
	}
	if (found)
		x->c->waits_in = found->function;
}

/* Frames of the key: from the function outward, without those that tell nothing. */
static void make_key(struct search *x, struct iq_arena *mem)
{
	struct iq_crashkey k = { .form = x->c->form };
	const struct iq_tframe *f = x->from;
	struct iq_slice anchor = x->c->suspect.p ? x->c->suspect : x->c->function;
	if (anchor.p) {
		iq_crashkey_frame(&k, anchor, x->c->module);
		const struct iq_tframe *g = f;
		while (g && !same(g->function, anchor))
			g = g->next;
		f = g ? g->next : f;
	}
	for (; f && k.n < IQ_CRASHKEY_FRAMES; f = f->next) {
		enum iq_frame_class class = iq_frame_class(f->function);
		if (!x->all && !f->reliable)
			continue;
		if (class == IQ_FRAME_ENTRY)
			break;
		if (class == IQ_FRAME_CODE && !same(f->function, k.frames[k.n - !!k.n].function))
			iq_crashkey_frame(&k, f->function, f->module);	/* recursion once */
	}
	char buf[IQ_CRASHKEY_MAX];
	x->c->crash_key = iq_arena_copy(mem, iq_crashkey_text(&k, buf, sizeof buf));
	x->c->loose_key = iq_arena_copy(mem, iq_crashkey_loose(&k, buf, sizeof buf));
	x->c->key_version = IQ_CRASHKEY_VERSION;
}

const struct iq_tframe *iq_anchor(struct iq_crash *c, enum iq_crash_kind kind,
				  const struct iq_trace *t, struct iq_arena *mem)
{
	struct search x = { .c = c, .kind = kind, .s = iq_anchor_section(t, c, kind) };
	unsigned suspect = SKIP_REPORT | SKIP_SANITIZER | SKIP_WATCHDOG | SKIP_WAIT |
			   SKIP_SERVICE | SKIP_HELPER;
	x.from = x.s ? x.s->frames : NULL;
	x.all = !any_reliable(x.from);
	if (kind == IQ_CRASH_SOFT || kind == IQ_CRASH_HARD || kind == IQ_CRASH_RCU)
		x.from = interrupted(x.from, x.all);
	find_function(&x);
	find_suspect(&x, suspect);
	find_module(&x);
	if (kind == IQ_CRASH_HUNG)
		find_wait(&x);
	if (x.s && x.from && !c->context.p && kind != IQ_CRASH_HUNG) {
		char in = (x.at ? x.at : x.from)->context;
		c->context = in == 'i' ? IQ_LIT("irq") : in == 's' ? IQ_LIT("softirq") :
			     in == 'n' ? IQ_LIT("nmi") : IQ_LIT("task");
	}
	make_key(&x, mem);
	return x.at;
}
