/* vmcore/stacks/unwind_x86.c - frames of an x86-64 stack by ORC, see unwind.h.
 *
 * Follows unwind_next_frame() in arch/x86/kernel/unwind_orc.c.  Interrupts, exceptions
 * and the switches between stacks need nothing special: tables lead through them.
 */
#include "vmcore/stacks/unwind.h"

/* struct pt_regs, in words */
enum { R13 = 2, R12, BP = 4, R10 = 7, AX = 10, DX = 12, SI, DI = 14, IP = 16, CS = 17,
       FLAGS, SP = 19, SS, N_REGS };

#define SWITCHES_MAX 8			/* of stacks: task, interrupt, exceptions */
#define TOP_PADDING_MAX 16		/* asm/thread_info.h: with FRED, else none */

struct walk {
	const struct iq_unwinder *u;
	const struct iq_unwind_start *s;
	struct iq_stack_frames *f;
	uint64_t ip, sp, bp;
	bool exact;
	bool guessed;			/* a step that no table told: kernel's orc_fp_entry */
	uint64_t regs_va;		/* of the last pt_regs passed, 0: none */
	bool full;			/* all of them are there, not only the last five */
	const uint64_t *regs;		/* those of the start */
	unsigned switches;
	enum iq_stack_end end;
};

static bool word(struct walk *w, uint64_t va, uint64_t *ret)
{
	if (iq_mem_uint(w->u->mem, va, 8, ret) == IQ_MEM_OK)
		return true;
	w->end = IQ_STACK_UNREADABLE;
	return false;
}

/* A register that is only known where an interrupt saved it. */
static bool saved(struct walk *w, unsigned no, uint64_t *ret)
{
	if (w->regs) {
		*ret = w->regs[no];
		return true;
	}
	return w->regs_va && w->full && word(w, w->regs_va + 8 * (uint64_t)no, ret);
}

/* --- one step --- */

static bool indirect_sp(struct walk *w, const struct iq_orc_entry *e, bool add_first,
			uint64_t *ret)
{
	uint64_t v, off = (uint64_t)(int64_t)e->sp_offset;

	if (!word(w, w->sp + (add_first ? off : 0), &v))
		return false;
	*ret = v + (add_first ? 0 : off);
	return true;
}

/* What SP_INDIRECT means changed in 5.12 (87ccc826bf1c).  The release says which; if
 * that leads nowhere the other is tried, for it was taken back to older kernels. */
static bool through_sp(struct walk *w, const struct iq_orc_entry *e, uint64_t *ret)
{
	bool first = w->u->indirect_first;
	uint64_t other, ip;

	if (!indirect_sp(w, e, first, ret))
		return false;
	if (e->type != IQ_ORC_CALL ||
	    (iq_mem_uint(w->u->mem, *ret - 8, 8, &ip) == IQ_MEM_OK &&
	     iq_symbol_is_text(w->u->symbols, ip)))
		return true;
	if (indirect_sp(w, e, !first, &other) &&
	    iq_mem_uint(w->u->mem, other - 8, 8, &ip) == IQ_MEM_OK &&
	    iq_symbol_is_text(w->u->symbols, ip))
		*ret = other;
	return true;
}

/* The stack pointer before this function was entered. */
static bool previous_sp(struct walk *w, const struct iq_orc_entry *e, uint64_t *ret)
{
	uint64_t off = (uint64_t)(int64_t)e->sp_offset, v;

	switch (e->sp_reg) {
	case IQ_ORC_SP: *ret = w->sp + off; return true;
	case IQ_ORC_BP: *ret = w->bp + off; return true;
	case IQ_ORC_SP_INDIRECT: return through_sp(w, e, ret);
	case IQ_ORC_BP_INDIRECT: return word(w, w->bp + off, ret);
	case IQ_ORC_AX: *ret = off; return saved(w, AX, &v) && (*ret += v, true);
	case IQ_ORC_DX: *ret = off; return saved(w, DX, &v) && (*ret += v, true);
	case IQ_ORC_DI: *ret = off; return saved(w, DI, &v) && (*ret += v, true);
	case IQ_ORC_R10: *ret = off; return saved(w, R10, &v) && (*ret += v, true);
	case IQ_ORC_R13: *ret = off; return saved(w, R13, &v) && (*ret += v, true);
	default: return false;
	}
}

static bool previous_bp(struct walk *w, const struct iq_orc_entry *e, uint64_t prev_sp)
{
	uint64_t off = (uint64_t)(int64_t)e->bp_offset;

	switch (e->bp_reg) {
	case IQ_ORC_NONE:
		if (w->regs_va && w->full && e->type == IQ_ORC_REGS)
			return word(w, w->regs_va + 8 * BP, &w->bp);
		return true;
	case IQ_ORC_PREV_SP: return word(w, prev_sp + off, &w->bp);
	case IQ_ORC_BP: return word(w, w->bp + off, &w->bp);
	default: return false;
	}
}

/* Leads upward on one stack; to another only a few times. */
static bool goes_on(struct walk *w, uint64_t from)
{
	uint64_t mask = ~(w->u->stack_size - 1);

	if ((from & mask) == (w->sp & mask) && w->sp > from)
		return true;
	return ++w->switches <= SWITCHES_MAX;
}

/* IP, SP and BP of who called; false with w->end set: there is nobody, or it is not
 * known who. */
static bool step(struct walk *w, const struct iq_orc_entry *e)
{
	uint64_t prev, old = w->sp;

	w->end = IQ_STACK_LOST;
	if (e->type == IQ_ORC_END) {
		w->end = IQ_STACK_WHOLE;
		return false;
	}
	if (e->type < IQ_ORC_CALL || e->type > IQ_ORC_REGS_PARTIAL ||
	    !previous_sp(w, e, &prev))
		return false;
	w->regs = NULL;
	switch (e->type) {
	case IQ_ORC_CALL:
		if (!word(w, prev - 8, &w->ip))
			return false;
		w->sp = prev;
		w->regs_va = 0;
		break;
	case IQ_ORC_REGS:
		if (!word(w, prev + 8 * IP, &w->ip) || !word(w, prev + 8 * SP, &w->sp))
			return false;
		w->regs_va = prev;
		w->full = true;
		break;
	default:
		if (!word(w, prev, &w->ip) || !word(w, prev + 24, &w->sp))
			return false;
		w->regs_va = prev - 8 * IP;
		w->full = false;
	}
	w->exact = e->signal;
	return previous_bp(w, e, prev) && goes_on(w, old);
}

/* Interrupted in user space: the kernel's stack begins here. */
static bool from_user(struct walk *w)
{
	uint64_t cs;

	return w->regs_va && word(w, w->regs_va + 8 * CS, &cs) && (cs & 3);
}

/* What copy_thread() put at the top of a kernel thread's stack are registers of nothing;
 * where frame pointers lead the way, they lead there (unwind_frame.c:is_last_frame()). */
static bool of_kernel_thread(const struct walk *w)
{
	uint64_t behind = w->regs_va + 8 * N_REGS;

	return w->regs_va && w->full && w->s->high && behind <= w->s->high &&
	       w->s->high - behind <= TOP_PADDING_MAX;
}

/* --- special places --- */

static const char *const crash_kexec[] = { "__crash_kexec", NULL };
static const char *const crash_callers[] = {
	"panic", "vpanic", "crash_kexec", "oops_end", NULL
};
static const char *const rewound[] = {
	"rewind_stack_and_make_dead", "rewind_stack_do_exit", NULL
};

/* __crash_kexec() has no tables, and of its own registers it notes the stack pointer
 * and some address in itself: the return address of its caller is the first word
 * behind a call of it, or without text in the dump the first in whoever calls it. */
static bool leave_crash_kexec(struct walk *w)
{
	struct iq_symbol_at self;
	uint64_t v, target;
	bool readable;

	if (!iq_unwind_symbol(w->u, w->ip, true, &self))
		return false;
	for (uint64_t sp = w->sp & ~UINT64_C(7), i = 0; i < 1024; i += 8) {
		if (iq_mem_uint(w->u->mem, sp + i, 8, &v) != IQ_MEM_OK)
			return false;
		if (!iq_symbol_is_text(w->u->symbols, v))
			continue;
		bool call = iq_unwind_call_before(w->u, v, &target, &readable);
		if (call ? target != self.start
			 : readable || !iq_unwind_in(w->u, v, false, crash_callers))
			continue;
		w->ip = v;
		w->sp = sp + i + 8;
		w->exact = false;
		w->regs = NULL;
		return true;
	}
	return false;
}

/* What the kernel assumes of instructions that it has no entry for: a call of NULL, or
 * generated code that keeps a frame pointer (null_orc_entry, orc_fp_entry).  A kernel
 * without tables (CONFIG_UNWINDER_FRAME_POINTER) keeps one everywhere, with bit 0 set
 * where it points to a struct pt_regs. */
static bool unknown_code(struct walk *w, struct iq_orc_entry *e)
{
	bool no_tables = !w->u->orc.n;
	uint64_t ip;

	if (w->exact && w->ip == 0) {
		*e = (struct iq_orc_entry){ .sp_reg = IQ_ORC_SP, .sp_offset = 8,
					    .type = IQ_ORC_CALL };
		return true;
	}
	if (no_tables && w->bp & 1) {
		*e = (struct iq_orc_entry){ .sp_reg = IQ_ORC_BP, .sp_offset = -1,
					    .type = IQ_ORC_REGS, .signal = true };
		return true;
	}
	if (no_tables && !w->bp) {
		*e = (struct iq_orc_entry){ .type = IQ_ORC_END };
		return true;
	}
	*e = (struct iq_orc_entry){ .sp_reg = IQ_ORC_BP, .sp_offset = 16,
				    .bp_reg = IQ_ORC_PREV_SP, .bp_offset = -16,
				    .type = IQ_ORC_CALL };
	/* only if that leads to code */
	if (w->bp < w->sp || iq_mem_uint(w->u->mem, w->bp + 8, 8, &ip) != IQ_MEM_OK ||
	    !iq_symbol_is_text(w->u->symbols, ip))
		return false;
	w->guessed = w->guessed || !no_tables;
	return true;
}

void iq_unwind_x86(const struct iq_unwinder *u, const struct iq_unwind_start *s,
		   struct iq_stack_frames *ret)
{
	struct walk w = { .u = u, .s = s, .f = ret, .ip = s->ip, .sp = s->sp, .bp = s->bp,
			  .exact = s->exact, .regs = s->regs, .end = IQ_STACK_LOST };
	struct iq_orc_entry e;
	uint64_t sp = s->sp;

	ret->n = 0;
	ret->rewound = false;
	ret->n_crossings = 0;
	for (;;) {
		bool text = iq_symbol_is_text(u->symbols, w.ip), reliable = !w.guessed;
		bool found = text && iq_orc_find(&u->orc, w.exact ? w.ip : w.ip - 1, &e);
		found = found || unknown_code(&w, &e);
		if (!text && !found && !(w.exact && ret->n < 2))
			break;
		if (ret->n == IQ_FRAMES_MAX) {
			w.end = IQ_STACK_TOO_LONG;
			break;
		}
		iq_unwind_add(ret, w.ip, w.exact, reliable);
		sp = w.sp;
		w.end = IQ_STACK_LOST;
		if (w.exact && iq_unwind_in(u, w.ip, true, crash_kexec)) {
			if (!leave_crash_kexec(&w))
				break;
			continue;
		}
		if (!found)
			break;
		if (!step(&w, &e))
			break;
		w.end = IQ_STACK_LOST;
		if (from_user(&w) || of_kernel_thread(&w)) {
			w.end = IQ_STACK_WHOLE;
			break;
		}
		if (w.regs_va && ret->n_crossings < IQ_CROSSINGS_MAX)
			ret->crossing[ret->n_crossings++] =
				(struct iq_crossing){ w.regs_va, w.full, ret->n };
	}
	ret->end = w.end;
	if (ret->n)
		ret->rewound = iq_unwind_in(u, ret->frame[ret->n - 1].ip, false, rewound);
	if (w.end == IQ_STACK_LOST && !ret->rewound)
		iq_unwind_scan(u, s, sp, ret);
}
