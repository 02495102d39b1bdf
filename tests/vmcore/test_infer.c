/* vmcore/types_infer: tasks of a kernel whose layout nobody knows, composed one behind
 * the other as a slab has them, with rings, parents, stacks and lists of threads.
 */
#include "compose.h"

#include "vmcore/kernel/kimage.h"

enum {
	N = 24, TASK_BYTES = 0x600,
	FLAGS = 0x2c, STATE = 0x18, STACK = 0x20, TASKS = 0x100, MM = 0x120, PID = 0x148,
	PARENT = 0x150, LEADER = 0x178, NODE = 0x1a0, COMM = 0x208, SIGNAL = 0x248,
	SP = 0x3f0,
	AT_TASKS = 0x1000, AT_SIGNALS = 0x10000, AT_STACKS = 0x20000,
	STACK_STEP = 0x4000, END = AT_STACKS + N * STACK_STEP,
};

struct world {
	struct machine m;
	struct iq_memory mem;
	struct iq_vmcoreinfo info;
	struct iq_kimage k;
	char text[100];
};

static size_t task(unsigned i)
{
	return AT_TASKS + (i % N) * TASK_BYTES;
}

static size_t signal_of(unsigned i)
{
	return AT_SIGNALS + i * 0x80;
}

static void put_task(struct machine *m, unsigned i)
{
	size_t t = task(i), stack = AT_STACKS + i * STACK_STEP, s = signal_of(i);
	bool program = i == 1 || i > 12;

	poke(m, t + FLAGS, 4, program ? 0x400100 : 0x208040);
	poke(m, t + STATE, 8, i == 3);
	poke(m, t + STACK, 8, va_of(m, stack));
	poke(m, stack, 8, 0x57ac6e9d);
	poke(m, t + TASKS, 8, va_of(m, task(i + 1) + TASKS));
	poke(m, t + TASKS + 8, 8, va_of(m, task(i + N - 1) + TASKS));
	poke(m, t + MM, 8, program ? va_of(m, 0x800 + i * 8) : 0);
	poke(m, t + MM + 8, 8,
	     program  ? va_of(m, 0x800 + i * 8)
	     : i == 2 ? 0x1234567
		      : 0);
	poke(m, t + PID, 4, i < 3 ? i : 10 + i * 3);
	poke(m, t + PID + 4, 4, i < 3 ? i : 10 + i * 3);
	for (unsigned k = 0; k < 2; k++)
		poke(m, t + PARENT + 8 * k, 8,
		     va_of(m, task(i < 3     ? 0
				   : program ? 1
					     : 2)));
	poke(m, t + LEADER, 8, va_of(m, t));
	poke(m, t + NODE, 8, va_of(m, s + 16));
	poke(m, t + NODE + 8, 8, va_of(m, s + 16));
	poke(m, s + 16, 8, va_of(m, t + NODE));
	poke(m, s + 24, 8, va_of(m, t + NODE));
	snprintf((char *)m->mem + t + COMM, 16, i ? "task/%u" : "swapper/%u", i);
	poke(m, t + SIGNAL, 8, va_of(m, s));
	poke(m, t + SP, 8, va_of(m, stack + 0x3f00 - i * 8));
}

static int begin(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	machine_init(&w->m, END, 8, false);
	for (unsigned i = 0; i < N; i++)
		put_task(&w->m, i);
	w->mem = (struct iq_memory){ machine_read, &w->m, 8, false };
	snprintf(w->text, sizeof w->text, "SYMBOL(init_task)=%llx\n",
		 (unsigned long long)va_of(&w->m, task(0)));
	w->info.text = iq_slice_z(w->text);
	w->k = (struct iq_kimage){ .mem = &w->mem, .info = &w->info, .page_size = 4096,
				   .arch = IQ_ARCH_X86_64 };
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;
	machine_fini(&w->m);
	free(w);
	return 0;
}

/* Offset, or -1 for unknown. */
static int64_t where(struct world *w, const char *type, const char *path)
{
	struct iq_types *t = NULL;
	struct iq_member_at m;

	if (iq_types_infer(&w->k, &t, NULL))
		return -2;
	bool known = t->ops->member(t->impl, type, path, &m);
	iq_types_free(t);
	return known ? (int64_t)m.offset : -1;
}

static void all_of_them(void **state)
{
	static const struct {
		const char *path;
		int64_t offset;
	} rows[] = {
		{ "comm", COMM }, { "tasks", TASKS }, { "pid", PID }, { "tgid", PID + 4 },
		{ "stack", STACK }, { "__state", STATE }, { "mm", MM },
		{ "active_mm", MM + 8 },
		{ "flags", FLAGS }, { "real_parent", PARENT }, { "parent", PARENT + 8 },
		{ "group_leader", LEADER }, { "signal", SIGNAL }, { "thread_node", NODE },
		{ "thread.sp", SP },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(where(*state, "task_struct", rows[i].path),
				 rows[i].offset);
	assert_int_equal(where(*state, "signal_struct", "thread_head"), 16);
	assert_int_equal(where(*state, "task_struct", "oom_score_adj"), -1);
}

/* Two places that fit equally well are none. */
static void two_candidates(void **state)
{
	struct world *w = *state;

	for (unsigned i = 0; i < N; i++)
		memcpy(w->m.mem + task(i) + 0x1c0, w->m.mem + task(i) + PID, 8);
	assert_int_equal(where(w, "task_struct", "pid"), -1);
	assert_int_equal(where(w, "task_struct", "tgid"), -1);
	assert_int_equal(where(w, "task_struct", "comm"), COMM);
}

static void one_disagrees(void **state)
{
	struct world *w = *state;

	poke(&w->m, task(9) + PID, 4, 1);
	poke(&w->m, task(9) + PID + 4, 4, 1);
	assert_int_equal(where(w, "task_struct", "pid"), -1);
	/* a stack that overflowed does not matter, many do */
	poke(&w->m, AT_STACKS + 9 * STACK_STEP, 8, 0);
	assert_int_equal(where(w, "task_struct", "stack"), STACK);
	for (unsigned i = 10; i < 15; i++)
		poke(&w->m, AT_STACKS + i * STACK_STEP, 8, 0);
	assert_int_equal(where(w, "task_struct", "stack"), -1);
	assert_int_equal(where(w, "task_struct", "thread.sp"), -1);
}

static void broken_list(void **state)
{
	struct world *w = *state;

	w->m.hole_at = task(15);	/* enough of them lie before it */
	w->m.hole_n = TASK_BYTES;
	assert_int_equal(where(w, "task_struct", "pid"), PID);
	w->m.hole_at = task(5);
	assert_int_equal(where(w, "task_struct", "pid"), -2);
	w->m.hole_n = 0;
	poke(&w->m, task(15) + TASKS, 8, va_of(&w->m, task(3) + TASKS));
	assert_int_equal(where(w, "task_struct", "pid"), -2);
}

static void nothing_to_go_by(void **state)
{
	struct world *w = *state;

	memcpy(w->m.mem + task(0) + COMM, "idle", 5);
	assert_int_equal(where(w, "task_struct", "pid"), -2);
	w->info.text = IQ_LIT("");
	assert_int_equal(where(w, "task_struct", "pid"), -2);
	memset(w->m.mem, 0xff, w->m.n);
	w->info.text = iq_slice_z(w->text);
	assert_int_equal(where(w, "task_struct", "pid"), -2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_of_them, begin, end),
		cmocka_unit_test_setup_teardown(two_candidates, begin, end),
		cmocka_unit_test_setup_teardown(one_disagrees, begin, end),
		cmocka_unit_test_setup_teardown(broken_list, begin, end),
		cmocka_unit_test_setup_teardown(nothing_to_go_by, begin, end),
	};
	return cmocka_run_group_tests_name("vmcore_infer", tests, NULL, NULL);
}
