/* vmcore/types/types_infer.c - where members of task_struct lie, told by the tasks themselves.
 *
 * The last resort for a kernel without type data and without its vmlinux: init_task is a
 * symbol, its name is known, its list closes, pids count up.  A member is taken only if
 * exactly one place fits for all tasks looked at; everything else stays unknown.  Of
 * 64-bit little-endian kernels since 4.9, whose stacks end in a magic number that
 * task_struct points to.  Follows include/linux/sched.h; each rule was right, and found
 * one candidate only, on 5.10, 6.1, 6.12 and 7.2 (facts on vmcores 3.3.4).
 */
#include "vmcore/kernel/kimage.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW 16384u		/* bytes of a task_struct; real: up to 10 kB */
#define SAMPLES_MAX 64u
#define TASKS_MAX 100000u
#define COMM_BYTES 16u
#define STACK_END_MAGIC 0x57ac6e9du
#define STACK_BYTES 16384u	/* at least; more with KASAN, then fewer fit */
#define PF_KTHREAD 0x00200000u
#define THREAD_HEAD 16u		/* of signal_struct, since 3.14 */
#define NOWHERE UINT32_MAX

struct sample {
	uint64_t va;
	unsigned char *w;	/* WINDOW bytes; what cannot be read is 0 */
};

struct infer {
	struct iq_kimage *k;
	uint64_t init;
	struct sample s[SAMPLES_MAX];	/* 0: init_task, 1 and 2: pid 1 and 2 */
	size_t n;
	uint32_t comm, tasks, pid, stack, mm, flags, parent, leader, sp, signal, node;
};

/* --- reading --- */

static uint64_t word(const struct sample *s, uint32_t at)
{
	uint64_t v;
	memcpy(&v, s->w + at, sizeof v);
	return v;
}

static uint32_t half(const struct sample *s, uint32_t at)
{
	uint32_t v;
	memcpy(&v, s->w + at, sizeof v);
	return v;
}

static bool read_word(const struct infer *f, uint64_t va, uint64_t *ret)
{
	return iq_ki_plausible(f->k, va, 8) && !iq_mem_uint(f->k->mem, va, 8, ret);
}

/* The task at VA, unless one of its first WHOLE bytes is missing; -1: out of memory. */
static int take_sample(struct infer *f, uint64_t va, uint32_t whole)
{
	struct sample *s = &f->s[f->n];

	s->w = s->w ? s->w : malloc(WINDOW);
	if (!s->w)
		return -1;
	s->va = va;
	memset(s->w, 0, WINDOW);
	for (uint32_t at = 0, part; at < WINDOW; at += part) {
		part = (uint32_t)(f->k->page_size - (va + at) % f->k->page_size);
		part = part > WINDOW - at ? WINDOW - at : part;
		if (iq_mem_read(f->k->mem, va + at, s->w + at, part) && at < whole)
			return 0;
	}
	f->n++;
	return 0;
}

/* --- the list of tasks, which finds itself --- */

static uint32_t find_comm(const struct infer *f)
{
	const unsigned char *at = memmem(f->s[0].w, WINDOW - COMM_BYTES, "swapper", 7);
	return at && (at[7] == '/' || !at[7]) ? (uint32_t)(at - f->s[0].w) : NOWHERE;
}

static bool is_name(const struct infer *f, uint64_t va)
{
	char b[COMM_BYTES];
	size_t n = 0;

	if (iq_mem_read(f->k->mem, va, b, sizeof b) != IQ_MEM_OK)
		return false;
	while (n < sizeof b && (unsigned char)b[n] >= ' ')
		n++;
	return n > 0 && n < sizeof b && !b[n];
}

/* The elements of a ring of tasks with its list at O, up to a page that is missing; 0: it
 * is none. */
static size_t ring_at(const struct infer *f, uint32_t o)
{
	uint64_t head = f->init + o, at = head, next, prev;
	size_t n = 0;

	while (n < TASKS_MAX) {
		if (!read_word(f, at, &next) || !iq_ki_plausible(f->k, next, 8))
			return 0;
		if (!read_word(f, next + 8, &prev))
			return n;
		if (prev != at)
			return 0;
		if (next == head)
			return n;
		if (!is_name(f, next - o + f->comm))
			return 0;
		at = next;
		n++;
	}
	return 0;
}

static bool find_tasks(struct infer *f)
{
	uint32_t found = NOWHERE;

	for (uint32_t o = 0; o + 16 <= f->comm; o += 8) {
		if (!iq_ki_plausible(f->k, word(&f->s[0], o), 8) || ring_at(f, o) <= 10)
			continue;
		if (found != NOWHERE)
			return false;
		found = o;
	}
	f->tasks = found;
	return found != NOWHERE;
}

static bool take_samples(struct infer *f)
{
	uint64_t at = f->init + f->tasks;

	while (f->n < SAMPLES_MAX && read_word(f, at, &at) && at != f->init + f->tasks)
		if (take_sample(f, at - f->tasks, f->comm + COMM_BYTES))
			return false;
	return f->n > 10;
}

/* --- rules: does a member lie at AT in sample I? --- */

typedef bool rule(const struct infer *f, size_t i, uint32_t at);

/* Those of pid 0, 1 and 2, and pid and tgid alike, as for every leader. */
static bool is_pid(const struct infer *f, size_t i, uint32_t at)
{
	uint32_t v = half(&f->s[i], at);

	if (v != half(&f->s[i], at + 4) || (i < 3 ? v != i : v < 3 || v > 1u << 22))
		return false;
	for (size_t j = 0; j < i; j++)
		if (half(&f->s[j], at) == v)
			return false;
	return true;
}

static bool is_stack(const struct infer *f, size_t i, uint32_t at)
{
	uint64_t p = word(&f->s[i], at), v;
	return !(p & 4095) && read_word(f, p, &v) && (uint32_t)v == STACK_END_MAGIC;
}

/* mm and active_mm: the same for programs, the first 0 for kernel threads. */
static bool is_mm(const struct infer *f, size_t i, uint32_t at)
{
	uint64_t mm = word(&f->s[i], at), active = word(&f->s[i], at + 8);

	if (i == 0 || i == 2)
		return !mm;
	return (i > 1 && !mm) || (iq_ki_plausible(f->k, mm, 8) && mm == active);
}

static bool is_flags(const struct infer *f, size_t i, uint32_t at)
{
	bool kthread = half(&f->s[i], at) & PF_KTHREAD;
	return i == 0 || kthread == !word(&f->s[i], f->mm);
}

/* real_parent and parent: the same, and a task; of the first three the idle task. */
static bool is_parent(const struct infer *f, size_t i, uint32_t at)
{
	uint64_t p = word(&f->s[i], at);

	if (p != word(&f->s[i], at + 8))
		return false;
	return i < 3 ? p == f->init
		     : iq_ki_plausible(f->k, p, 8) && is_name(f, p + f->comm);
}

static bool is_leader(const struct infer *f, size_t i, uint32_t at)
{
	return word(&f->s[i], at) == f->s[i].va;
}

static bool is_sp(const struct infer *f, size_t i, uint32_t at)
{
	uint64_t stack = word(&f->s[i], f->stack), v = word(&f->s[i], at);
	return v > stack && v < stack + STACK_BYTES && !(v & 7);
}

/* The list of threads in signal_struct begins with a member of the task. */
static bool is_signal(const struct infer *f, size_t i, uint32_t at)
{
	uint64_t p = word(&f->s[i], at), first, back;
	uint64_t base = f->s[i].va;

	/* before comm: behind it may be the next task of the same slab, and its list */
	if (!read_word(f, p + THREAD_HEAD, &first) || first <= base ||
	    first >= base + f->comm || !read_word(f, first + 8, &back))
		return false;
	return back == p + THREAD_HEAD;
}

/* The one place in [FROM, TO) where RULE holds for at least PERCENT of the samples, and
 * for pid 1 and 2. */
static uint32_t only_place(const struct infer *f, uint32_t from, uint32_t to,
			   uint32_t step, unsigned percent, rule *holds)
{
	uint32_t found = NOWHERE;

	for (uint32_t at = from; at + 16 <= to; at += step) {
		size_t yes = 0, no = 0;
		for (size_t i = 0; i < f->n && no * 100 <= f->n * (100 - percent); i++)
			if (holds(f, i, at))
				yes++;
			else if (++no && (i == 1 || i == 2))
				break;
		if (yes + no < f->n || yes * 100 < f->n * percent)
			continue;
		if (found != NOWHERE)
			return NOWHERE;
		found = at;
	}
	return found;
}

/* Where the thread list hangs, the same in all. */
static uint32_t find_node(const struct infer *f)
{
	uint64_t first, node = 0;

	for (size_t i = 1; i < f->n; i++) {
		if (!read_word(f, word(&f->s[i], f->signal) + THREAD_HEAD, &first))
			continue;
		if (node && first - f->s[i].va != node)
			return NOWHERE;
		node = first - f->s[i].va;
	}
	return node && node < WINDOW ? (uint32_t)node : NOWHERE;
}

static void find_members(struct infer *f)
{
	f->pid = only_place(f, f->tasks + 16, f->comm, 4, 100, is_pid);
	f->stack = only_place(f, 0, 256, 8, 90, is_stack);
	f->mm = only_place(f, f->tasks + 16, f->comm, 8, 100, is_mm);
	f->parent = only_place(f, f->tasks + 16, f->comm, 8, 100, is_parent);
	f->leader = only_place(f, f->tasks + 16, f->comm, 8, 100, is_leader);
	f->signal = only_place(f, f->comm + COMM_BYTES, WINDOW, 8, 90, is_signal);
	f->flags = f->mm == NOWHERE ? NOWHERE : only_place(f, 0, 256, 4, 95, is_flags);
	f->sp = f->stack == NOWHERE ? NOWHERE :
		only_place(f, f->comm + COMM_BYTES, WINDOW, 8, 90, is_sp);
	f->node = f->signal == NOWHERE ? NOWHERE : find_node(f);
}

/* --- the door --- */

#define MEMBERS_MAX 20

struct known {
	const char *type, *path;
	struct iq_member_at at;
};

struct inferred {
	struct known m[MEMBERS_MAX];
	size_t n;
};

static void add(struct inferred *r, const char *type, const char *path, uint32_t at,
		int32_t plus, uint32_t size, bool is_signed)
{
	if (at == NOWHERE || (int64_t)at + plus < 0)
		return;
	r->m[r->n++] = (struct known){ type, path, {
		.offset = (uint32_t)((int64_t)at + plus), .size = size, .elem_size = size,
		.is_signed = is_signed, .known = true } };
}

static void list_members(struct inferred *r, const struct infer *f)
{
	const char *task = "task_struct";

	add(r, task, "comm", f->comm, 0, COMM_BYTES, false);
	r->m[0].at.elem_size = 1;
	add(r, task, "tasks", f->tasks, 0, 16, false);
	add(r, task, "pid", f->pid, 0, 4, true);
	add(r, task, "tgid", f->pid, 4, 4, true);
	add(r, task, "stack", f->stack, 0, 8, false);
	/* a long before 5.14, then half of it: little-endian the same */
	add(r, task, "__state", f->stack, -8, 4, false);
	add(r, task, "mm", f->mm, 0, 8, false);
	add(r, task, "active_mm", f->mm, 8, 8, false);
	add(r, task, "flags", f->flags, 0, 4, false);
	add(r, task, "real_parent", f->parent, 0, 8, false);
	add(r, task, "parent", f->parent, 8, 8, false);
	add(r, task, "group_leader", f->leader, 0, 8, false);
	add(r, task, "signal", f->signal, 0, 8, false);
	add(r, task, "thread_node", f->node, 0, 16, false);
	add(r, "signal_struct", "thread_head", f->node == NOWHERE ? NOWHERE : THREAD_HEAD,
	    0, 16, false);
	if (f->k->arch == IQ_ARCH_X86_64)
		add(r, task, "thread.sp", f->sp, 0, 8, false);
}

static bool member_of(void *impl, const char *type, const char *path,
		      struct iq_member_at *ret)
{
	const struct inferred *r = impl;

	for (size_t i = 0; i < r->n; i++)
		if (!strcmp(r->m[i].type, type) && !strcmp(r->m[i].path, path)) {
			*ret = r->m[i].at;
			return true;
		}
	return false;
}

static bool no_size(void *impl, const char *type, uint64_t *ret)
{
	(void)impl;
	(void)type;
	(void)ret;
	return false;
}

static bool no_constant(void *impl, const char *type, const char *name, int64_t *ret)
{
	(void)impl;
	(void)type;
	(void)name;
	(void)ret;
	return false;
}

static const struct iq_types_ops ops = {
	.source = "inferred",
	.member = member_of,
	.size = no_size,
	.enumerator = no_constant,
	.free = free,
};

static int infer(struct infer *f, struct iq_types **ret, struct iq_err *err)
{
	if (take_sample(f, f->init, 0))
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	f->comm = find_comm(f);
	if (f->comm == NOWHERE || !find_tasks(f) || !take_samples(f))
		return 1;
	find_members(f);
	struct iq_types *t = calloc(1, sizeof *t);
	struct inferred *r = calloc(1, sizeof *r);
	if (!t || !r) {
		free(t);
		free(r);
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	}
	list_members(r, f);
	*t = (struct iq_types){ &ops, r };
	*ret = t;
	return 0;
}

int iq_types_infer(struct iq_kimage *k, struct iq_types **ret, struct iq_err *err)
{
	struct infer *f = calloc(1, sizeof *f);
	int r = 1;

	if (!f)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	f->k = k;
	if (k->mem->long_bytes == 8 && !k->mem->big_endian &&
	    iq_ki_symbol(k, "init_task", &f->init))
		r = infer(f, ret, err);
	for (size_t i = 0; i < SAMPLES_MAX; i++)
		free(f->s[i].w);
	free(f);
	return r;
}
