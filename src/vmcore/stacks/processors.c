/* vmcore/stacks/processors.c - see processors.h. */
#include "vmcore/stacks/processors.h"

#include <stdio.h>

#define TEXT_MAX 640
#define IP 16				/* in struct pt_regs; the five from there on are its tail */

#define ENDS_DEEP 8			/* frames that panic may be below */

/* The end of the machine, whoever asked for it. */
static const char *const ends[] = {
	"panic", "vpanic", "nmi_panic", "crash_kexec", "__crash_kexec", NULL
};

static bool is_end(const struct iq_unwinder *u, const struct iq_frame *f)
{
	return iq_unwind_in(u, f->ip, f->exact, ends);
}

/* The innermost exception that took the processor from something else: whoever panics,
 * or waits for the one that does, is interrupted too.  Without one the function that
 * called panic(), else the first. */
const struct iq_crossing *iq_processor_place(const struct iq_unwinder *u,
					     const struct iq_stack_frames *f, size_t *at)
{
	for (size_t i = 0; i < f->n_crossings; i++) {
		size_t k = f->crossing[i].frame;
		size_t end = i + 1 < f->n_crossings ? f->crossing[i + 1].frame : f->n;
		*at = k;
		while (k < end && k < f->n && !is_end(u, &f->frame[k]))
			k++;
		if (k == end && end <= f->n && *at)
			return &f->crossing[i];
	}
	*at = 0;
	for (size_t i = 0; i + 1 < f->n && i < ENDS_DEEP; i++)
		if (f->frame[i].reliable && is_end(u, &f->frame[i]))
			*at = i + 1;
	return NULL;
}

static const char *const x86_names[IQ_X86_REGS] = {
	"R15", "R14", "R13", "R12", "RBP", "RBX", "R11", "R10", "R9", "R8", "RAX", "RCX",
	"RDX", "RSI", "RDI", "ORIG_RAX", "RIP", "CS", "EFLAGS", "RSP", "SS",
};

/* In the order of the kernel's own lines. */
static const unsigned char order[IQ_X86_REGS] = {
	16, 17, 19, 20, 18, 10, 5, 11, 12, 13, 14, 4, 9, 8, 7, 6, 3, 2, 1, 0, 15,
};

static size_t add(char *to, size_t n, const char *name, uint64_t v)
{
	int k = n < TEXT_MAX ? snprintf(to + n, TEXT_MAX - n, "%s%s: %016llx", n ? " " : "",
					name, (unsigned long long)v) : 0;

	return k > 0 && n + (size_t)k < TEXT_MAX ? n + (size_t)k : n;
}

static size_t x86_text(char *to, const uint64_t *r, unsigned from)
{
	size_t n = 0;

	for (size_t i = 0; i < IQ_X86_REGS; i++)
		if (order[i] >= from)
			n = add(to, n, x86_names[order[i]], r[order[i]]);
	return n;
}

/* As the exception saved them; 0: not readable. */
static size_t saved_text(struct iq_kimage *k, const struct iq_crossing *c, char *to)
{
	uint64_t r[IQ_X86_REGS] = { 0 };

	for (unsigned i = c->whole ? 0 : IP; i < IQ_X86_REGS; i++)
		if (iq_mem_uint(k->mem, c->regs + i * 8, 8, &r[i]) != IQ_MEM_OK)
			return 0;
	return x86_text(to, r, c->whole ? 0 : IP);
}

static size_t note_text(const struct iq_kimage *k, const struct iq_cpu_regs *r, char *to)
{
	if (k->arch == IQ_ARCH_X86_64)
		return x86_text(to, r->x86, 0);
	size_t n = add(to, 0, "pc", r->ip);
	n = add(to, n, "sp", r->sp);
	return add(to, n, "x29", r->bp);
}

static void fill_registers(struct iq_kimage *k, const struct iq_processor *p, char *text,
			   struct iq_cpu *f)
{
	size_t n = p->crossing ? saved_text(k, p->crossing, text) : 0;

	f->registers_of = n ? IQ_LIT("exception") : IQ_LIT("dump");
	if (!n && p->regs->known)
		n = note_text(k, p->regs, text);
	if (n)
		f->registers = iq_slice(text, n);
	else
		f->registers_of = IQ_SLICE_NULL;
}

/* -1 in both: nobody panicked, or only on the way out. */
static int64_t who_crashed(struct iq_kimage *k)
{
	static const char *const names[] = { "panic_cpu", "crashing_cpu" };
	int64_t cpu;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (iq_ki_variable(k, names[i], 4, true, &cpu) && cpu >= 0)
			return cpu;
	return IQ_NULL;
}

int iq_processor_put(struct iq_kimage *k, const struct iq_processor *p,
		     struct iq_err *err)
{
	int64_t crashed = who_crashed(k);
	char text[TEXT_MAX];
	struct iq_cpu f;

	iq_fact_init(IQ_FACT_CPU, &f);
	f.snapshot_id = k->snapshot_id;
	f.cpu = p->cpu;
	f.pid = p->task->pid;
	f.comm = iq_ki_chars(k, p->task->va, IQ_M_TASK_COMM);
	if (crashed != IQ_NULL)
		f.crashed = crashed == p->cpu;
	if (p->regs->known)
		f.user_mode = p->regs->user;
	f.function = p->at.function;
	f.module = p->at.module;
	f.offset = p->at.offset;
	f.entered_by = p->entered_by;
	fill_registers(k, p, text, &f);
	int rc = iq_sink_put(k->sink, IQ_FACT_CPU, &f, err);
	iq_arena_reset(&k->arena);
	return rc;
}
