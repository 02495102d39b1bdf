/* vmcore/orc, unwind_*: composed stacks, each with tables in every form. */
#include "compose.h"

#include "vmcore/stacks/unwind.h"

#define FN 0x100			/* bytes of a function */
#define IPS 0x3000
#define ENTRIES 0x3800
#define STACK 0x4000
#define TOP 0x8000
#define MEM 0xc000			/* a second stack behind the first */

enum { SCHEDULE, WAIT, SYSCALL, ENTRY, IRQ_ENTRY, IRQ_HANDLER, PANIC, CRASH_KEXEC,
       SWITCH, FORK, REWIND, PARTIAL, FRAMED, NOTHING, N_FN };

static const char *const fn_names[N_FN] = {
	"schedule", "wait", "do_syscall_64", "entry_SYSCALL_64", "asm_irq", "irq_handler",
	"panic", "__crash_kexec", "switch_stack", "ret_from_fork", "rewind_stack_do_exit",
	"asm_fault", "framed", "nothing",
};

struct form {
	enum iq_orc_form form;
	bool new_registers, indirect_first;
};

static const struct form forms[] = {
	{ IQ_ORC_TYPE2, false, true },		/* 5.10 */
	{ IQ_ORC_TYPE2, false, false },		/* 6.1 */
	{ IQ_ORC_TYPE2_SIGNAL, false, false },	/* 6.3 */
	{ IQ_ORC_TYPE3, false, false },		/* 6.12 */
	{ IQ_ORC_TYPE3, true, false },		/* 7.2 */
};

struct stack {
	struct machine m;
	struct iq_memory mem;
	struct iq_symbols *s;
	struct iq_unwinder u;
	const struct form *form;
	size_t n_orc, sp;		/* sp: where the next word goes */
	struct iq_unwind_start start;
	struct iq_stack_frames f;
};

/* Registers by the number of the form. */
static unsigned reg_no(const struct form *f, enum iq_orc_reg r)
{
	static const unsigned old[] = {
		[IQ_ORC_NONE] = 0, [IQ_ORC_PREV_SP] = 1, [IQ_ORC_DX] = 2, [IQ_ORC_DI] = 3,
		[IQ_ORC_BP] = 4, [IQ_ORC_SP] = 5, [IQ_ORC_R10] = 6, [IQ_ORC_R13] = 7,
		[IQ_ORC_BP_INDIRECT] = 8, [IQ_ORC_SP_INDIRECT] = 9,
	};
	static const unsigned new[] = {
		[IQ_ORC_NONE] = 0, [IQ_ORC_AX] = 1, [IQ_ORC_DX] = 2, [IQ_ORC_SP] = 3,
		[IQ_ORC_BP] = 4, [IQ_ORC_DI] = 5, [IQ_ORC_R10] = 6, [IQ_ORC_R13] = 7,
		[IQ_ORC_PREV_SP] = 8, [IQ_ORC_SP_INDIRECT] = 9, [IQ_ORC_BP_INDIRECT] = 10,
	};
	return f->new_registers ? new[r] : old[r];
}

static void orc(struct stack *s, unsigned fn, enum iq_orc_reg sp_reg, int sp,
		enum iq_orc_reg bp_reg, int bp, enum iq_orc_type type, bool signal)
{
	size_t i = s->n_orc++, at = IPS + 4 * i, e = ENTRIES + 6 * i;
	unsigned bits = 0, old_type = type >= IQ_ORC_CALL ? type - IQ_ORC_CALL : 0;
	switch (s->form->form) {
	case IQ_ORC_TYPE2: bits = old_type | (type == IQ_ORC_END) << 2; break;
	case IQ_ORC_TYPE2_SIGNAL:
		bits = old_type | (unsigned)signal << 2 | (type == IQ_ORC_END) << 3;
		break;
	case IQ_ORC_TYPE3: bits = type | (unsigned)signal << 3; break;
	}
	poke(&s->m, at, 4, FN * fn - at);
	poke(&s->m, e, 2, (uint16_t)sp);
	poke(&s->m, e + 2, 2, (uint16_t)bp);
	poke(&s->m, e + 4, 2, reg_no(s->form, sp_reg) | reg_no(s->form, bp_reg) << 4 |
	     bits << 8);
}

static void tables(struct stack *s)
{
	const enum iq_orc_reg no = IQ_ORC_NONE, sp = IQ_ORC_SP;
	orc(s, SCHEDULE, sp, 16, IQ_ORC_PREV_SP, -16, IQ_ORC_CALL, false);
	orc(s, WAIT, sp, 24, no, 0, IQ_ORC_CALL, false);
	orc(s, SYSCALL, sp, 8, no, 0, IQ_ORC_CALL, false);
	orc(s, ENTRY, sp, 0, no, 0, IQ_ORC_REGS, true);
	orc(s, IRQ_ENTRY, sp, 0, no, 0, IQ_ORC_REGS, true);
	orc(s, IRQ_HANDLER, sp, 8, no, 0, IQ_ORC_CALL, false);
	orc(s, PANIC, sp, 16, no, 0, IQ_ORC_CALL, false);
	orc(s, CRASH_KEXEC, no, 0, no, 0, IQ_ORC_UNDEFINED, false);
	orc(s, SWITCH, IQ_ORC_SP_INDIRECT, s->form->indirect_first ? 8 : 8, no, 0,
	    IQ_ORC_CALL, false);
	orc(s, FORK, no, 0, no, 0, IQ_ORC_END, false);
	orc(s, REWIND, no, 0, no, 0, IQ_ORC_UNDEFINED, false);
	orc(s, PARTIAL, sp, 8, no, 0, IQ_ORC_REGS_PARTIAL, true);
	orc(s, FRAMED, IQ_ORC_BP, 16, IQ_ORC_PREV_SP, -16, IQ_ORC_CALL, false);
	orc(s, NOTHING, no, 0, no, 0, IQ_ORC_UNDEFINED, false);
}

static void begin(struct stack *s, const struct form *form)
{
	memset(s, 0, sizeof *s);
	machine_init(&s->m, MEM, 8, false);
	s->mem = (struct iq_memory){ machine_read, &s->m, 8, false };
	s->form = form;
	s->s = iq_symbols_new();
	iq_symbols_add(s->s, IQ_LIT("_stext"), IQ_SLICE_NULL, BASE, 'R');
	for (unsigned i = 0; i < N_FN; i++)
		iq_symbols_add(s->s, iq_slice_z(fn_names[i]), IQ_SLICE_NULL, BASE + FN * i,
			       't');
	iq_symbols_add(s->s, IQ_LIT("_etext"), IQ_SLICE_NULL, BASE + FN * N_FN, 'R');
	assert_int_equal(iq_symbols_sort(s->s, NULL), 0);
	s->u = (struct iq_unwinder){ .mem = &s->mem, .symbols = s->s, .stack_size = TOP - STACK,
				     .indirect_first = form && form->indirect_first };
	s->sp = STACK + 0x1000;
	s->start.low = BASE + STACK;
	s->start.high = BASE + TOP;
	if (!form)
		return;
	tables(s);
	iq_orc_init(&s->u.orc, &s->mem);
	assert_int_equal(iq_orc_add(&s->u.orc, BASE + IPS, BASE + ENTRIES, s->n_orc), 0);
	assert_true(iq_orc_ready(&s->u.orc, form->form == IQ_ORC_TYPE2_SIGNAL));
	assert_int_equal(s->u.orc.form, form->form);
	assert_int_equal(s->u.orc.new_registers, form->new_registers);
}

static void end(struct stack *s)
{
	iq_orc_fini(&s->u.orc);
	iq_symbols_free(s->s);
	machine_fini(&s->m);
}

static void push(struct stack *s, uint64_t v)
{
	poke(&s->m, s->sp, 8, v);
	s->sp += 8;
}

static uint64_t in(unsigned fn)		/* behind a call in the middle of it */
{
	return BASE + FN * fn + 0x20;
}

static uint64_t here(const struct stack *s)
{
	return BASE + s->sp;
}

/* struct pt_regs with these; BP in its place. */
static void push_regs(struct stack *s, uint64_t ip, uint64_t sp, bool user, uint64_t bp)
{
	for (unsigned i = 0; i < 16; i++)
		push(s, i == 4 ? bp : 0);
	push(s, ip);
	push(s, user ? 0x33 : 0x10);
	push(s, 0);
	push(s, sp);
	push(s, 0x18);
}

static void start(struct stack *s, unsigned fn, bool exact)
{
	s->start.ip = in(fn);
	s->start.sp = here(s);
	s->start.exact = exact;
}

/* "wait schedule? ..": functions, a question mark behind what is not reliable. */
static const char *frames(struct stack *s, char *to)
{
	size_t n = 0;
	for (size_t i = 0; i < s->f.n; i++) {
		struct iq_symbol_at at;
		const struct iq_frame *f = &s->f.frame[i];
		bool known = iq_unwind_symbol(&s->u, f->ip, f->exact, &at);
		n += (size_t)sprintf(to + n, "%s%.*s%s", n ? " " : "",
				     known ? (int)at.name.n : 1, known ? at.name.p : "-",
				     f->reliable ? "" : "?");
	}
	return to;
}

static void expect(struct stack *s, const char *want, enum iq_stack_end how)
{
	char got[4000] = "";
	iq_unwind_x86(&s->u, &s->start, &s->f);
	assert_string_equal(frames(s, got), want);
	assert_int_equal(s->f.end, how);
}

/* --- x86 --- */

static void asleep_in_a_call(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct stack s;
		begin(&s, &forms[i]);
		start(&s, SCHEDULE, false);
		push(&s, 0x1234);		/* bp, saved */
		push(&s, in(WAIT));
		push(&s, 0);
		push(&s, 0);
		push(&s, in(SYSCALL));
		push(&s, in(ENTRY));
		push_regs(&s, 0x401000, 0x7ffc0000, true, 0);
		expect(&s, "schedule wait do_syscall_64 entry_SYSCALL_64", IQ_STACK_WHOLE);
		end(&s);
	}
}

/* Interrupted on the task's stack, handled on another: the tables lead back. */
static void through_an_interrupt(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct stack s;
		begin(&s, &forms[i]);
		size_t task_sp = s.sp;
		/* the task's stack: regs of the interrupt, and where it was */
		size_t regs = s.sp + 0x100;
		s.sp = regs;
		push_regs(&s, in(WAIT), BASE + task_sp + 0x400, false, BASE + 0x5555);
		s.sp = task_sp + 0x400 + 16;
		push(&s, in(SYSCALL));
		push(&s, in(FORK));
		/* the interrupt's stack: its bottom word points to the task's */
		s.sp = TOP + 0x3000;
		start(&s, IRQ_HANDLER, true);
		push(&s, in(SWITCH));
		/* 5.10 reads at sp + 8; later kernels read at sp and add 8 */
		if (!forms[i].indirect_first) {
			push(&s, BASE + regs - 8);
		} else {
			push(&s, 0);
			push(&s, BASE + regs);
		}
		poke(&s.m, regs - 8, 8, in(IRQ_ENTRY));
		expect(&s, "irq_handler switch_stack asm_irq wait do_syscall_64 ret_from_fork",
		       IQ_STACK_WHOLE);
		assert_true(s.f.frame[0].exact);
		assert_false(s.f.frame[2].exact);
		assert_true(s.f.frame[3].exact);
		assert_false(s.f.frame[4].exact);
		end(&s);
	}
}

/* Only ip, cs, flags, sp, ss on the stack; the frame pointer serves the next. */
static void partial_and_framed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct stack s;
		begin(&s, &forms[i]);
		size_t frame = s.sp + 0x200;
		start(&s, PARTIAL, true);
		s.start.bp = BASE + frame;
		push(&s, 0);
		push(&s, in(FRAMED));
		push(&s, 0x10);
		push(&s, 0);
		push(&s, BASE + s.sp + 0x100);
		s.sp = frame;
		push(&s, 0);
		push(&s, in(FORK));
		expect(&s, "asm_fault framed ret_from_fork", IQ_STACK_WHOLE);
		end(&s);
	}
}

/* A word that only looks like a return address is not told from one: all are marked. */
static void scanned_where_lost(void **state)
{
	(void)state;
	struct stack s;
	begin(&s, &forms[3]);
	start(&s, SCHEDULE, false);
	push(&s, 0);
	push(&s, in(NOTHING));
	push(&s, 7);
	push(&s, in(WAIT));			/* no call before it in the code */
	push(&s, in(SYSCALL));
	s.m.mem[FN * SYSCALL + 0x20 - 5] = 0xe8;
	expect(&s, "schedule nothing do_syscall_64?", IQ_STACK_LOST);
	/* code that is not in the dump cannot be asked */
	s.m.hole_at = 0;
	s.m.hole_n = IPS;
	expect(&s, "schedule nothing wait? do_syscall_64?", IQ_STACK_LOST);
	end(&s);
}

static void panicked_with_kexec(void **state)
{
	(void)state;
	for (int text = 0; text < 2; text++) {
		struct stack s;
		begin(&s, &forms[1]);
		start(&s, CRASH_KEXEC, true);
		push(&s, 0);
		push(&s, in(WAIT));		/* stale */
		push(&s, in(PANIC));
		push(&s, 0);
		push(&s, in(SYSCALL));
		push(&s, in(FORK));
		/* e8 of a call from panic() to __crash_kexec() */
		size_t call = FN * PANIC + 0x20 - 5;
		s.m.mem[call] = 0xe8;
		poke(&s.m, call + 1, 4, FN * CRASH_KEXEC - (call + 5));
		if (!text) {
			s.m.hole_at = 0;
			s.m.hole_n = IPS;
		}
		expect(&s, "__crash_kexec panic do_syscall_64 ret_from_fork", IQ_STACK_WHOLE);
		end(&s);
	}
}

static void rewound_after_an_oops(void **state)
{
	(void)state;
	struct stack s;
	begin(&s, &forms[3]);
	start(&s, PANIC, true);
	push(&s, 0);
	push(&s, in(REWIND));
	push(&s, in(WAIT));
	expect(&s, "panic rewind_stack_do_exit", IQ_STACK_LOST);
	assert_true(s.f.rewound);
	end(&s);
}

/* A call of NULL; a stack that leads to itself; one that is not in the dump. */
static void bad_stacks(void **state)
{
	(void)state;
	struct stack s;
	begin(&s, &forms[4]);
	start(&s, 0, true);
	s.start.ip = 0;
	push(&s, in(SYSCALL));
	push(&s, in(FORK));
	expect(&s, "- do_syscall_64 ret_from_fork", IQ_STACK_WHOLE);
	end(&s);

	begin(&s, &forms[4]);
	start(&s, ENTRY, false);
	push_regs(&s, in(ENTRY), here(&s), false, 0);
	iq_unwind_x86(&s.u, &s.start, &s.f);
	assert_true(s.f.n < 20);
	end(&s);

	begin(&s, &forms[4]);
	start(&s, SCHEDULE, false);
	s.m.hole_at = STACK;
	s.m.hole_n = TOP - STACK;
	expect(&s, "schedule", IQ_STACK_UNREADABLE);
	end(&s);
}

/* Without tables: CONFIG_UNWINDER_FRAME_POINTER. */
static void frame_pointers(void **state)
{
	(void)state;
	struct stack s;
	begin(&s, NULL);
	iq_orc_init(&s.u.orc, &s.mem);
	start(&s, SCHEDULE, false);
	s.start.bp = BASE + s.sp + 0x10;
	s.sp += 0x10;
	push(&s, BASE + s.sp + 0x20);
	push(&s, in(WAIT));
	s.sp += 0x10;
	push(&s, (BASE + s.sp + 0x40) | 1);	/* saved where it pointed to regs */
	push(&s, in(IRQ_ENTRY));
	s.sp += 0x30;
	push_regs(&s, 0x401000, 0x7ffc0000, true, 0);
	expect(&s, "schedule wait asm_irq", IQ_STACK_WHOLE);
	end(&s);
}

/* Those of a kernel thread lead to registers of nothing at the top of its stack; with
 * FRED there are two words above. */
static void frame_pointers_of_a_kernel_thread(void **state)
{
	(void)state;
	for (size_t above = 0; above <= 16; above += 16) {
		struct stack s;
		begin(&s, NULL);
		iq_orc_init(&s.u.orc, &s.mem);
		s.sp = TOP - above - 21 * 8 - 0x20;
		start(&s, SCHEDULE, false);
		s.start.bp = here(&s);
		push(&s, (BASE + s.sp + 0x20) | 1);
		push(&s, in(FORK));
		s.sp += 0x10;
		for (unsigned i = 0; i < 21; i++)
			push(&s, 0);
		expect(&s, "schedule ret_from_fork", IQ_STACK_WHOLE);
		end(&s);
	}
}

/* --- arm64 --- */

#define PAC UINT64_C(0x007f000000000000)

static void arm(struct stack *s)
{
	begin(s, NULL);
	s->u.pac_mask = PAC;
}

static void expect_arm(struct stack *s, const char *want, enum iq_stack_end how)
{
	char got[4000] = "";
	iq_unwind_arm64(&s->u, &s->start, &s->f);
	assert_string_equal(frames(s, got), want);
	assert_int_equal(s->f.end, how);
}

static void record(struct stack *s, uint64_t next, uint64_t lr)
{
	push(s, next);
	push(s, lr);
}

static void frame_records(void **state)
{
	(void)state;
	struct stack s;
	arm(&s);
	start(&s, SCHEDULE, false);
	s.start.bp = here(&s);
	record(&s, here(&s) + 0x20, in(WAIT) & ~PAC);	/* signed */
	s.sp += 0x10;
	record(&s, here(&s) + 0x10, in(SYSCALL));
	record(&s, 0, 0);
	expect_arm(&s, "schedule wait do_syscall_64", IQ_STACK_WHOLE);
	/* a record that is missing ends it */
	s.m.hole_at = s.sp - 0x20;
	s.m.hole_n = 0x20;
	expect_arm(&s, "schedule wait", IQ_STACK_UNREADABLE);
	end(&s);
}

/* Since 6.14 a record of zeros with a word behind stands in struct pt_regs. */
static void interrupted_arm(void **state)
{
	(void)state;
	struct stack s;
	arm(&s);
	s.u.stackframe_at = 304;
	s.u.regs_pc_at = 256;
	start(&s, IRQ_HANDLER, true);
	s.start.bp = here(&s);
	size_t regs = s.sp + 0x40;
	record(&s, BASE + regs + 304, in(IRQ_ENTRY));
	poke(&s.m, regs + 304 + 16, 8, 2);
	poke(&s.m, regs + 256, 8, in(WAIT));
	poke(&s.m, regs + 29 * 8, 8, BASE + regs + 0x200);
	s.sp = regs + 0x200;
	record(&s, here(&s) + 0x10, in(SYSCALL));
	push(&s, 0);
	push(&s, 0);
	push(&s, 1);				/* FRAME_META_TYPE_FINAL */
	expect_arm(&s, "irq_handler asm_irq wait do_syscall_64", IQ_STACK_WHOLE);
	assert_true(s.f.frame[2].exact);
	/* a ring of records */
	s.sp = regs + 0x200;
	record(&s, BASE + s.sp, in(SYSCALL));
	iq_unwind_arm64(&s.u, &s.start, &s.f);
	assert_true(s.f.n < 100);
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asleep_in_a_call),
		cmocka_unit_test(through_an_interrupt),
		cmocka_unit_test(partial_and_framed),
		cmocka_unit_test(scanned_where_lost),
		cmocka_unit_test(panicked_with_kexec),
		cmocka_unit_test(rewound_after_an_oops),
		cmocka_unit_test(bad_stacks),
		cmocka_unit_test(frame_pointers),
		cmocka_unit_test(frame_pointers_of_a_kernel_thread),
		cmocka_unit_test(frame_records),
		cmocka_unit_test(interrupted_arm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
