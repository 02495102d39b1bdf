/* vmcore/: the stacks of sleeping tasks in the lab's dumps of real kernels are those that
 * the guest's own /proc/PID/stack showed, function by function and offset by offset.
 */
#include "sample.h"

#define TASKS 4096
#define FRAMES 64

struct frame {
	char function[128];
	int64_t offset;
};

struct task_stack {
	int64_t pid;
	char hash[20];
	bool reliable;
	size_t n;
	struct frame f[FRAMES];
	const struct task_stack *same;	/* who has the frames */
};

struct collect {
	struct iq_sink sink;
	struct task_stack *t;
	size_t n;
};

static int put(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
	       struct iq_err *err)
{
	struct collect *c = (struct collect *)sink;
	const struct iq_stack *f = fact;
	(void)err;
	if (type != IQ_FACT_STACK)
		return 0;
	if (f->depth == 0) {
		assert_true(c->n < TASKS);
		struct task_stack *new = &c->t[c->n++];
		*new = (struct task_stack){ .pid = f->pid, .reliable = true, .same = new };
		snprintf(new->hash, sizeof new->hash, "%.*s", IQ_FMT(f->hash));
		for (size_t i = 0; i + 1 < c->n && new->same == new; i++)
			if (strcmp(c->t[i].hash, new->hash) == 0)
				new->same = &c->t[i];
	} else {			/* once for all that have the same */
		assert_true(f->pid == IQ_NULL && f->cpu == IQ_NULL && !f->state.p);
		assert_ptr_equal(c->t[c->n - 1].same, &c->t[c->n - 1]);
	}
	struct task_stack *t = &c->t[c->n - 1];
	assert_true(iq_eq(f->hash, iq_slice_z(t->hash)) && t->hash[0]);
	if (t->n == FRAMES)
		return 0;
	t->reliable = t->reliable && f->reliable;
	snprintf(t->f[t->n].function, sizeof t->f[0].function, "%.*s", IQ_FMT(f->function));
	t->f[t->n++].offset = f->offset;
	return 0;
}

static const struct task_stack *of_pid(const struct collect *c, int64_t pid)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->t[i].pid == pid)
			return c->t[i].same;
	return NULL;
}

/* LIST is "f+0x1/0x2", "g+0x3/0x4 [mod]": what the kernel shows leaves out the frames of
 * the scheduler that are deepest. */
static bool same(struct iq_slice list, const struct task_stack *t)
{
	size_t want = 0, at;
	for (size_t i = 0; i < list.n; i++)
		want += list.p[i] == '"';
	want /= 2;
	if (!t || !t->reliable || t->n < want)
		return false;
	at = t->n - want;
	while (want--) {
		struct iq_slice frame = truth_string(&list), function = iq_cut(&frame, '+');
		uint64_t offset;
		if (!iq_skip(&frame, IQ_LIT("0x")) || !iq_take_hex(&frame, &offset) ||
		    !iq_eq(function, iq_slice_z(t->f[at].function)) ||
		    t->f[at].offset != (int64_t)offset)
			return false;
		at++;
	}
	return true;
}

/* Modules stand in brackets in it. */
static struct iq_slice frames_of(struct iq_slice process)
{
	ptrdiff_t at = iq_find(process, IQ_LIT("\"kernel_stack\": [\n")), end;
	if (at < 0)
		return IQ_SLICE_NULL;
	process = iq_from(process, (size_t)at + 16);
	end = iq_find(process, IQ_LIT("\n     ]"));
	return end < 0 ? IQ_SLICE_NULL : iq_head(process, (size_t)end);
}

static bool asleep(struct iq_slice process)
{
	struct iq_slice state = truth_value(process, "state", ',');
	return state.n > 1 && strchr("SDI", state.p[1]);
}

/* Every process of the last snapshot; those that went on since may differ. */
static void compare(const struct sample *s, const struct collect *c)
{
	ptrdiff_t last = iq_rfind(s->truth, IQ_LIT("\"processes\": ["));
	assert_true(last > 0);
	struct iq_slice rest = iq_from(s->truth, (size_t)last);
	size_t n = 0, good = 0;
	while ((last = iq_find(rest, IQ_LIT("\"pid\": "))) >= 0) {
		uint64_t pid;
		rest = iq_from(rest, (size_t)last + 7);
		struct iq_slice number = rest, one = rest;
		ptrdiff_t next = iq_find(rest, IQ_LIT("\"pid\": "));
		if (next >= 0)
			one = iq_head(rest, (size_t)next);
		struct iq_slice stack = frames_of(one);
		if (!iq_take_u64(&number, &pid) || !asleep(one) ||
		    iq_find_char(stack, '"') < 0)
			continue;
		n++;
		good += same(stack, of_pid(c, (int64_t)pid));
	}
	print_message("%s: %zu of %zu stacks\n", s->dir[0], good, n);
	assert_true(n > 40);
	/* the damaged dump has lost the stacks or the tasks of some */
	assert_true(good + (iq_has(iq_slice_z(s->dir[0]), IQ_LIT("-lost")) ? 8 : 2) >= n);
}

static void stacks(const struct sample *s, struct iq_vmcore *v)
{
	struct collect *c = calloc(1, sizeof *c);
	struct iq_snapshot snap;
	struct iq_boot boot;
	struct iq_err err;
	c->sink.put = put;
	c->t = calloc(TASKS, sizeof *c->t);
	iq_fact_init(IQ_FACT_BOOT, &boot);
	if (iq_vmcore_state(v, NULL, &c->sink, 1, &boot, &snap, &err))
		fail_msg("%s: %s", s->dir[0], err.text);
	compare(s, c);
	free(c->t);
	free(c);
}

static void stacks_are_the_truth(void **state)
{
	sample_run(*state, stacks);
}

int main(void)
{
	struct CMUnitTest tests[N_SAMPLES];
	for (size_t i = 0; i < N_SAMPLES; i++)
		tests[i] = (struct CMUnitTest){ sample_dirs[i][0], stacks_are_the_truth, NULL,
						NULL, (void *)(uintptr_t)sample_dirs[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
