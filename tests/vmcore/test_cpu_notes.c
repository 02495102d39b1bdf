/* vmcore/cpu_notes: whose registers a note has, by everything that can tell. */
#include "compose.h"

#include "vmcore/stacks/cpu_notes.h"

#define CPUS 3
#define PERCPU(cpu) (UINT64_C(0x10000) * ((cpu) + 1))
#define NOTE_N (20 + 336)
#define AT_NOTES 0x100			/* in each CPU's area: the kernel's own note */

struct world {
	struct machine m;
	struct iq_memory mem;
	struct iq_vmcoreinfo info;
	struct iq_vmcore v;
	struct iq_part part;
	struct iq_buf notes;
	struct iq_kimage *k;
	uint64_t offsets[CPUS];
	struct iq_cpu_task running[CPUS];
	struct iq_cpu_regs regs[CPUS];
};

/* One NT_PRSTATUS as QEMU and the kernel write it. */
static void note(unsigned char *to, uint32_t pid, uint64_t ip, uint64_t sp, uint64_t gs_base,
		 bool user)
{
	struct machine m = { .mem = to, .n = NOTE_N };
	memset(to, 0, NOTE_N);
	poke(&m, 0, 4, 5);
	poke(&m, 4, 4, 336);
	poke(&m, 8, 4, 1);
	memcpy(to + 12, "CORE", 5);
	poke(&m, 20 + 32, 4, pid);
	poke(&m, 20 + 112 + 8 * 16, 8, ip);
	poke(&m, 20 + 112 + 8 * 17, 8, user ? 0x33 : 0x10);
	poke(&m, 20 + 112 + 8 * 19, 8, sp);
	poke(&m, 20 + 112 + 8 * 22, 8, gs_base);
}

static void add(struct world *w, uint32_t pid, uint64_t ip, uint64_t sp, uint64_t gs_base,
		bool user)
{
	unsigned char b[NOTE_N];
	note(b, pid, ip, sp, gs_base, user);
	iq_buf_add(&w->notes, b, sizeof b);
}

static struct world *begin(void)
{
	struct world *w = calloc(1, sizeof *w);
	machine_init(&w->m, PERCPU(CPUS), 8, false);
	w->mem = (struct iq_memory){ machine_read, &w->m, 8, false };
	iq_buf_printf(&w->m.info, "SYMBOL(crash_notes)=%llx\n", (unsigned long long)BASE + 8);
	poke(&w->m, 8, 8, AT_NOTES);
	w->info.text = iq_buf_as_slice(&w->m.info);
	iq_buf_init(&w->notes);
	w->v.parts = &w->part;
	w->v.n_parts = 1;
	w->k = calloc(1, sizeof *w->k);
	*w->k = (struct iq_kimage){ .mem = &w->mem, .info = &w->info, .arch = IQ_ARCH_X86_64,
				    .v = &w->v, .n_cpus = CPUS,
				    .percpu_offset = w->offsets };
	for (unsigned i = 0; i < CPUS; i++) {
		w->offsets[i] = BASE + PERCPU(i);
		w->running[i] = (struct iq_cpu_task){ 0x1000 * (i + 1),
						      0xf0000 + 0x4000 * i,
						      0xf4000 + 0x4000 * i, 100 + i };
	}
	return w;
}

static void read_notes(struct world *w)
{
	w->part.head.notes = iq_buf_as_slice(&w->notes);
	assert_int_equal(iq_cpu_notes_read(w->k, w->running, w->regs, NULL), 0);
}

static void end(struct world *w)
{
	iq_buf_fini(&w->notes);
	machine_fini(&w->m);
	free(w->k);
	free(w);
}

/* QEMU: the pid is no pid, gs tells; who is in user space is told by what is left. */
static void by_gs_base(void **state)
{
	(void)state;
	struct world *w = begin();
	add(w, 1, 0xa2, 0, w->offsets[2], false);
	add(w, 2, 0xa0, 0, w->offsets[0], false);
	add(w, 3, 0xa1, 0, 0x7f0000, true);
	read_notes(w);
	assert_int_equal(w->regs[0].ip, 0xa0);
	assert_int_equal(w->regs[2].ip, 0xa2);
	assert_int_equal(w->regs[1].ip, 0xa1);
	assert_true(w->regs[1].user && !w->regs[0].user);
	end(w);
}

/* A real kdump: the kernel's own copies are in the dump. */
static void by_the_kernels_copy(void **state)
{
	(void)state;
	struct world *w = begin();
	static const unsigned order[CPUS] = { 1, 2, 0 };
	for (unsigned i = 0; i < CPUS; i++) {
		note(w->m.mem + PERCPU(i) + AT_NOTES, 0, 0xb0 + i, 0, 0, false);
		add(w, 0, 0xb0 + order[i], 0, 0, false);
	}
	read_notes(w);
	for (unsigned i = 0; i < CPUS; i++)
		assert_int_equal(w->regs[i].ip, 0xb0 + i);
	/* and where the header has none they serve alone */
	w->notes.n = 0;
	read_notes(w);
	for (unsigned i = 0; i < CPUS; i++)
		assert_int_equal(w->regs[i].ip, 0xb0 + i);
	end(w);
}

static void by_stack_pid_and_place(void **state)
{
	(void)state;
	struct world *w = begin();
	add(w, 102, 0xc2, 0, 0, false);
	add(w, 0, 0xc0, 0xf3f00, 0, false);
	read_notes(w);
	assert_int_equal(w->regs[0].ip, 0xc0);	/* the stack pointer */
	assert_int_equal(w->regs[2].ip, 0xc2);	/* the pid */
	assert_false(w->regs[1].known);
	w->notes.n = 0;
	for (unsigned i = 0; i < CPUS; i++)
		add(w, 0, 0xd0 + i, 0, 0, i == 1);
	read_notes(w);
	for (unsigned i = 0; i < CPUS; i++)
		assert_int_equal(w->regs[i].ip, 0xd0 + i);
	assert_true(w->regs[1].user && !w->regs[0].user);
	end(w);
}

/* Cut notes, notes of other kinds, processors that do not exist. */
static void odd_notes(void **state)
{
	(void)state;
	struct world *w = begin();
	w->offsets[1] = UINT64_MAX;
	add(w, 0, 0, 0, 0, false);		/* all zero: it did not answer */
	add(w, 0, 0xe2, 0, w->offsets[2], false);
	add(w, 0, 0xe0, 0, w->offsets[0], false);
	w->notes.n -= 8;
	poke(&(struct machine){ .mem = (unsigned char *)w->notes.p, .n = w->notes.n },
	     20 + 112 + 8 * 17, 8, 0);
	read_notes(w);
	assert_false(w->regs[0].known || w->regs[1].known);
	assert_int_equal(w->regs[2].ip, 0xe2);
	end(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_gs_base),
		cmocka_unit_test(by_the_kernels_copy),
		cmocka_unit_test(by_stack_pid_and_place),
		cmocka_unit_test(odd_notes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
