/* vmcore/kimage, kimage_list: values, strings, per-CPU copies and rings of a composed
 * machine, of both byte orders and word sizes, with pages missing. */
#include "compose.h"

#include "vmcore/kernel/kimage.h"

static void begin(struct iq_kimage *k, struct machine *m, struct iq_memory *mem)
{
	static const struct iq_vmcoreinfo none;

	memset(k, 0, sizeof *k);
	*mem = (struct iq_memory){ machine_read, m, m->lb, m->big };
	k->mem = mem;
	k->info = &none;
	k->page_size = 4096;
	k->arch = m->lb == 8 && !m->big ? IQ_ARCH_X86_64 : IQ_ARCH_OTHER;
	iq_arena_init(&k->arena);
}

static void member(struct iq_kimage *k, enum iq_member_no m, uint32_t offset,
		   uint32_t size, uint32_t elem, bool is_signed)
{
	k->member[m] = (struct iq_member_at){ .offset = offset, .size = size,
					      .elem_size = elem, .is_signed = is_signed,
					      .known = true };
}

static void values_of(unsigned lb, bool big)
{
	struct machine m;
	struct iq_memory mem;
	struct iq_kimage k;
	int64_t v;
	uint64_t p;

	machine_init(&m, 8192, lb, big);
	begin(&k, &m, &mem);
	uint64_t task = va_of(&m, 0x100);
	poke(&m, 0x100, 4, (uint64_t)-5);
	poke(&m, 0x104, 4, (uint64_t)-5);
	poke(&m, 0x108, 2, 0x8001);
	poke(&m, 0x110, lb, va_of(&m, 0x800));
	poke(&m, 0x118, lb, 12);
	poke(&m, 0x120, 4, UINT64_C(0xb) << 9);
	for (unsigned i = 0; i < 3; i++)
		poke(&m, 0x130 + i * lb, lb, 100 + i);
	member(&k, IQ_M_TASK_PID, 0, 4, 4, true);
	member(&k, IQ_M_TASK_FLAGS, 4, 4, 4, false);
	member(&k, IQ_M_TASK_CPU, 8, 2, 2, true);
	member(&k, IQ_M_TASK_MM, 0x10, lb, lb, false);
	member(&k, IQ_M_TASK_SIGNAL, 0x18, lb, lb, false);
	member(&k, IQ_M_TASK_TASKS, 0x30, 3 * lb, lb, false);
	member(&k, IQ_M_TASK_ON_CPU, 0x20, 4, 4, false);
	k.member[IQ_M_TASK_ON_CPU].bit = 9;
	k.member[IQ_M_TASK_ON_CPU].bits = 4;
	assert_int_equal(iq_ki_value(&k, task, IQ_M_TASK_PID), -5);
	assert_int_equal(iq_ki_value(&k, task, IQ_M_TASK_FLAGS), 0xfffffffb);
	assert_int_equal(iq_ki_value(&k, task, IQ_M_TASK_CPU), -32767);
	assert_int_equal(iq_ki_value(&k, task, IQ_M_TASK_ON_CPU), 11);
	k.member[IQ_M_TASK_ON_CPU].is_signed = true;
	assert_int_equal(iq_ki_value(&k, task, IQ_M_TASK_ON_CPU), -5);
	assert_true(iq_ki_pointer(&k, task, IQ_M_TASK_MM, &p));
	assert_int_equal(p, va_of(&m, 0x800));
	assert_false(iq_ki_pointer(&k, task, IQ_M_TASK_SIGNAL, &p));
	assert_true(iq_ki_element(&k, task, IQ_M_TASK_TASKS, 2, &v));
	assert_int_equal(v, 102);
	assert_false(iq_ki_element(&k, task, IQ_M_TASK_TASKS, 3, &v));
	assert_int_equal(iq_ki_value(&k, task, IQ_M_TASK_TASKS), 100);
	/* unknown is not lost, what is not there is; neither is zero */
	assert_int_equal(iq_ki_value(&k, task, IQ_M_TASK_TGID), IQ_NULL);
	assert_int_equal(k.lost[IQ_S_TASK][IQ_MEM_EXCLUDED], 0);
	m.hole_at = 0x100;
	m.hole_n = 4;
	assert_int_equal(iq_ki_value(&k, task, IQ_M_TASK_PID), IQ_NULL);
	assert_int_equal(k.lost[IQ_S_TASK][IQ_MEM_EXCLUDED], 1);
	iq_arena_fini(&k.arena);
	machine_fini(&m);
}

static void values(void **state)
{
	(void)state;
	values_of(8, false);
	values_of(8, true);
	values_of(4, false);
}

static void strings(void **state)
{
	struct machine m;
	struct iq_memory mem;
	struct iq_kimage k;
	(void)state;

	machine_init(&m, 8192, 8, false);
	begin(&k, &m, &mem);
	member(&k, IQ_M_TASK_COMM, 0, 16, 1, true);
	memcpy(m.mem + 64, "0123456789abcdefX", 17);
	memcpy(m.mem + 128, "init", 5);
	/* without an end it ends with its array */
	assert_true(iq_eq(iq_ki_chars(&k, va_of(&m, 64), IQ_M_TASK_COMM),
			  IQ_LIT("0123456789abcdef")));
	assert_true(
		iq_eq(iq_ki_chars(&k, va_of(&m, 128), IQ_M_TASK_COMM), IQ_LIT("init")));
	assert_null(iq_ki_chars(&k, va_of(&m, 8190), IQ_M_TASK_COMM).p);
	/* the last string before a page that is not there */
	memcpy(m.mem + 8192 - 3, "ab", 3);
	assert_true(iq_eq(iq_ki_string(&k, va_of(&m, 8192 - 3), 100), IQ_LIT("ab")));
	assert_true(iq_eq(iq_ki_string(&k, va_of(&m, 64), 4), IQ_LIT("0123")));
	memset(m.mem + 8192 - 3, 'x', 3);
	assert_null(iq_ki_string(&k, va_of(&m, 8192 - 3), 100).p);
	iq_arena_fini(&k.arena);
	machine_fini(&m);
}

static void places(void **state)
{
	struct iq_kimage k = { .arch = IQ_ARCH_X86_64, .page_size = 4096, .n_cpus = 2 };
	struct iq_memory mem = { NULL, NULL, 8, false };
	uint64_t offsets[2] = { UINT64_C(0xffff888100000000), UINT64_MAX }, at;
	(void)state;

	k.mem = &mem;
	k.percpu_offset = offsets;
	assert_true(iq_ki_percpu(&k, 0x1000, 0, &at));
	assert_int_equal(at, UINT64_C(0xffff888100001000));
	/* 7.x: an address of the template; the sum wraps */
	offsets[0] = UINT64_C(0xffff8c1725c5b000) - UINT64_C(0xffffffff83000000);
	assert_true(iq_ki_percpu(&k, UINT64_C(0xffffffff83000010), 0, &at));
	assert_int_equal(at, UINT64_C(0xffff8c1725c5b010));
	assert_false(iq_ki_percpu(&k, 0x1000, 1, &at));
	assert_false(iq_ki_percpu(&k, 0x1000, 2, &at));
	assert_true(iq_ki_plausible(&k, UINT64_C(0xff11000000001000), 8));
	assert_false(iq_ki_plausible(&k, UINT64_C(0xff11000000001004), 8));
	assert_false(iq_ki_plausible(&k, 0, 8));
	assert_false(iq_ki_plausible(&k, UINT64_C(0x00007f0000000000), 8));
	k.arch = IQ_ARCH_ARM64;
	assert_true(iq_ki_plausible(&k, UINT64_C(0xfff0000000001000), 8));
	assert_false(iq_ki_plausible(&k, UINT64_C(0xff11000000001000), 8));
}

/* --- rings --- */

enum { HEAD = 0x40, OFFSET = 0x20, STEP = 0x80, FIRST = 0x100, N = 20 };

struct met {
	unsigned n, times[N], stop_at;
	uint64_t order[N * 2];
	struct machine *m;
};

static size_t element_at(unsigned i)
{
	return FIRST + i * STEP;
}

static int meet(void *arg, uint64_t element)
{
	struct met *e = arg;
	uint64_t i = (element - va_of(e->m, FIRST)) / STEP;

	assert_true(i < N);
	e->times[i]++;
	assert_int_equal(e->times[i], 1);
	e->order[e->n++] = i;
	return e->stop_at && e->n == e->stop_at;
}

static void set_links(struct machine *m, size_t at, size_t next, size_t prev)
{
	poke(m, at, m->lb, va_of(m, next));
	poke(m, at + m->lb, m->lb, va_of(m, prev));
}

static size_t link_of(unsigned i)		/* beyond: the head */
{
	return i >= N ? HEAD : element_at(i) + OFFSET;
}

static void make_ring(struct machine *m)
{
	set_links(m, HEAD, link_of(0), link_of(N - 1));
	for (unsigned i = 0; i < N; i++)
		set_links(m, link_of(i), link_of(i + 1), link_of(i - 1));
}

static enum iq_list_end walk(struct iq_kimage *k, struct met *e, size_t max)
{
	e->n = 0;
	memset(e->times, 0, sizeof e->times);
	return iq_ki_list(k, va_of(e->m, HEAD), OFFSET, max, meet, e);
}

static void ring_of(unsigned lb, bool big)
{
	struct machine m;
	struct iq_memory mem;
	struct iq_kimage k;
	struct met e = { .m = &m };

	machine_init(&m, 8192, lb, big);
	begin(&k, &m, &mem);
	make_ring(&m);
	assert_int_equal(walk(&k, &e, 100), IQ_LIST_WHOLE);
	assert_int_equal(e.n, N);
	for (unsigned i = 0; i < N; i++)
		assert_int_equal(e.order[i], i);
	assert_int_equal(walk(&k, &e, N), IQ_LIST_WHOLE);
	assert_int_equal(walk(&k, &e, N - 1), IQ_LIST_ENDLESS);
	assert_int_equal(e.n, N - 1);
	e.stop_at = 3;
	assert_int_equal(walk(&k, &e, 100), IQ_LIST_STOPPED);
	assert_int_equal(e.n, 3);
	e.stop_at = 0;

	/* an element that cannot be read: the rest from the other end */
	m.hole_at = element_at(7);
	m.hole_n = STEP;
	assert_int_equal(walk(&k, &e, 100), IQ_LIST_BROKEN);
	assert_int_equal(e.n, N - 1);
	assert_int_equal(e.order[7], N - 1);
	m.hole_n = 0;

	/* one that points astray */
	poke(&m, link_of(4), m.lb, 0x1234567);
	assert_int_equal(walk(&k, &e, 100), IQ_LIST_BROKEN);
	assert_int_equal(e.n, N);

	/* one that points back: neither way for ever, each once */
	poke(&m, link_of(4), m.lb, va_of(&m, link_of(2)));
	assert_int_equal(walk(&k, &e, 100), IQ_LIST_ENDLESS);
	assert_int_equal(e.n, N);

	/* half out of the list, as a machine that died there leaves it */
	make_ring(&m);
	poke(&m, link_of(4), m.lb, va_of(&m, link_of(6)));
	assert_int_equal(walk(&k, &e, 100), IQ_LIST_BROKEN);
	assert_int_equal(e.n, N);

	/* empty, and never set up */
	set_links(&m, HEAD, HEAD, HEAD);
	assert_int_equal(walk(&k, &e, 100), IQ_LIST_WHOLE);
	assert_int_equal(e.n, 0);
	poke(&m, HEAD, m.lb, 0);
	poke(&m, HEAD + m.lb, m.lb, 0);
	assert_int_equal(walk(&k, &e, 100), IQ_LIST_BROKEN);
	assert_int_equal(e.n, 0);
	iq_arena_fini(&k.arena);
	machine_fini(&m);
}

static void rings(void **state)
{
	(void)state;
	ring_of(8, false);
	ring_of(8, true);
	ring_of(4, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(strings),
		cmocka_unit_test(places),
		cmocka_unit_test(rings),
	};
	return cmocka_run_group_tests_name("vmcore_kimage", tests, NULL, NULL);
}
