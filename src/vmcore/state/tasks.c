/* vmcore/state/tasks.c - see tasks.h: lists, threads, run queues, relatives. */
#include "vmcore/state/tasks.h"

#include <stdlib.h>

#define TASKS_MAX 4194304		/* PID_MAX_LIMIT, include/linux/threads.h */
#define PID_LIMIT 4194304
#define CPU_TASKS_MAX 65536

/* --- what is a task --- */

/* Room for one more of SIZE in ARRAY; NULL: out of memory. */
static void *room(struct iq_tasks *s, void *array, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return array;
	size_t want = *cap ? *cap * 2 : 256;
	void *bigger = reallocarray(array, want, size);
	if (!bigger)
		s->no_memory = true;
	else
		*cap = want;
	return bigger;
}

#define COMM_MAX 64			/* 16 in every kernel */

/* Printable up to a NUL, as comm is. */
static bool read_comm(const struct iq_kimage *k, uint64_t task, char *b)
{
	const struct iq_member_at *m = &k->member[IQ_M_TASK_COMM];
	size_t n = m->size < COMM_MAX ? m->size : COMM_MAX;

	if (!m->known || iq_mem_read(k->mem, task + m->offset, b, n) != IQ_MEM_OK)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!b[i])
			return true;
		if ((unsigned char)b[i] < 0x20 && b[i] != '\t' && b[i] != '\n')
			return false;
	}
	return false;
}

/* "swapper/N" is the idle task of CPU N; "swapper" before 3.4 and without SMP. */
static bool is_idle(const char *comm, int32_t *cpu)
{
	int64_t n = 0;

	if (strncmp(comm, "swapper", 7) != 0)
		return false;
	if (comm[7] == '/' && !iq_to_i64(iq_slice_z(comm + 8), &n))
		return false;
	*cpu = n >= 0 && n < CPU_TASKS_MAX ? (int32_t)n : 0;
	return true;
}

/* Fills T from the task_struct at T->va; false: it is none. */
static bool look(struct iq_tasks *s, struct iq_task_at *t)
{
	struct iq_kimage *k = s->k;
	int64_t pid, tgid, flags;
	char comm[COMM_MAX];

	t->idle_cpu = -1;
	t->process = IQ_NO_PROCESS;
	if (!iq_ki_get(k, t->va, IQ_M_TASK_PID, &pid) ||
	    !iq_ki_get(k, t->va, IQ_M_TASK_TGID, &tgid)) {
		s->unreadable++;
		return false;
	}
	if (pid < 0 || pid > PID_LIMIT || tgid < 0 || tgid > PID_LIMIT || !pid != !tgid ||
	    !read_comm(k, t->va, comm) || (!pid && !is_idle(comm, &t->idle_cpu))) {
		s->not_tasks++;
		return false;
	}
	t->pid = (int32_t)pid;
	t->tgid = (int32_t)tgid;
	t->flags = iq_ki_get(k, t->va, IQ_M_TASK_FLAGS, &flags) ? (uint32_t)flags : 0;
	if (!iq_ki_pointer(k, t->va, IQ_M_TASK_SIGNAL, &t->signal))
		t->signal = 0;
	if (!iq_ki_pointer(k, t->va, IQ_M_TASK_MM, &t->mm))
		t->mm = 0;
	return true;
}

static void join_process(struct iq_tasks *s, struct iq_task_at *t)
{
	bool new;
	size_t at = t->signal ? iq_addrset_add(&s->signals, t->signal, &new)
			      : IQ_ADDRSET_NONE;

	if (at == IQ_ADDRSET_NONE)
		return;
	if (new) {
		struct iq_process_at *p = room(s, s->p, at, &s->cap_p, sizeof *p);
		if (!p)
			return;
		s->p = p;
		p[at] = (struct iq_process_at){
			iq_ki_value(s->k, t->signal, IQ_M_SIGNAL_NR_THREADS), 0
		};
	}
	t->process = (uint32_t)at;
	s->p[at].found++;
}

/* The first task lies in the kernel's image, which the direct map shows again. */
static bool is_alias(const struct iq_tasks *s, const struct iq_task_at *t)
{
	for (size_t i = 0; t->idle_cpu >= 0 && i < s->n; i++)
		if (s->t[i].idle_cpu == t->idle_cpu)
			return true;
	return false;
}

struct iq_task_at *iq_tasks_add(struct iq_tasks *s, uint64_t va, enum iq_task_way way)
{
	bool new;

	if (s->no_memory || !iq_ki_plausible(s->k, va, 8))
		return NULL;
	size_t at = iq_addrset_add(&s->known, va, &new);
	if (at == IQ_ADDRSET_NONE) {
		s->full = true;
		return NULL;
	}
	if (!new) {
		if (s->task_of[at] == UINT32_MAX)
			return NULL;
		struct iq_task_at *t = &s->t[s->task_of[at]];
		t->ways |= (uint8_t)way;
		return t;
	}
	uint32_t *task_of = room(s, s->task_of, at, &s->cap_known, sizeof *task_of);
	if (!task_of)
		return NULL;
	s->task_of = task_of;
	task_of[at] = UINT32_MAX;
	struct iq_task_at *all = room(s, s->t, s->n, &s->cap, sizeof *all);
	if (!all)
		return NULL;
	s->t = all;
	struct iq_task_at *t = &all[s->n];
	*t = (struct iq_task_at){ .va = va, .ways = (uint8_t)way };
	if (!look(s, t) || (way == IQ_BY_PAGES && is_alias(s, t)))
		return NULL;
	task_of[at] = (uint32_t)s->n++;
	if (t->idle_cpu >= 0) {
		t->ring_seen = true;
		s->n_idle++;
	} else {
		join_process(s, t);
	}
	return t;
}

/* --- lists --- */

struct ring {
	struct iq_tasks *s;
	enum iq_task_way way;
	uint64_t not_this;		/* the ring's head, where it is met as an element */
};

static int ring_task(void *arg, uint64_t va)
{
	struct ring *r = arg;

	if (va == r->not_this)
		return 0;
	struct iq_task_at *t = iq_tasks_add(r->s, va, r->way);
	if (t && r->way == IQ_BY_LIST)
		r->s->by_list++;
	if (t && r->way == IQ_BY_THREADS)
		t->ring_seen = true;
	return r->s->no_memory;
}

/* Room for loops: what the kernel counted, and as much again. */
static size_t bound(const struct iq_tasks *s)
{
	return s->nr_threads != IQ_NULL && s->nr_threads > 0 &&
	       s->nr_threads < TASKS_MAX ? (size_t)s->nr_threads * 4 + 10000 : TASKS_MAX;
}

static enum iq_list_end walk(struct iq_tasks *s, uint64_t head, enum iq_member_no link,
			     enum iq_task_way way, uint64_t not_this)
{
	struct ring r = { s, way, not_this };

	return iq_ki_list(s->k, head, s->k->member[link].offset, bound(s), ring_task, &r);
}

static void by_list(struct iq_tasks *s)
{
	uint64_t init;

	s->list_end = IQ_LIST_BROKEN;
	if (!iq_ki_symbol(s->k, "init_task", &init) || !iq_ki_has(s->k, IQ_M_TASK_TASKS))
		return;
	s->list_end = walk(s, iq_ki_at(s->k, init, IQ_M_TASK_TASKS), IQ_M_TASK_TASKS,
			   IQ_BY_LIST, init);
}

/* Where init_task has no name: the ring is the same from any leader on. */
static void by_list_of(struct iq_tasks *s)
{
	uint64_t va = 0;

	for (size_t i = 0; i < s->n && !va; i++)
		if (s->t[i].pid == s->t[i].tgid && s->t[i].pid)
			va = s->t[i].va;
	if (!va || !iq_ki_has(s->k, IQ_M_TASK_TASKS))
		return;
	s->by_list++;			/* where it began */
	s->list_end = walk(s, iq_ki_at(s->k, va, IQ_M_TASK_TASKS), IQ_M_TASK_TASKS,
			   IQ_BY_LIST, va);
}

/* The threads of T's process, by the head in its signal_struct or, where that is not
 * readable or older than 3.14, from T on. */
static void threads_of(struct iq_tasks *s, size_t i)
{
	struct iq_kimage *k = s->k;
	struct iq_task_at *t = &s->t[i];
	uint64_t signal = t->signal, va = t->va;
	bool node = iq_ki_has(k, IQ_M_TASK_THREAD_NODE) &&
		    iq_ki_has(k, IQ_M_SIGNAL_THREAD_HEAD);

	t->ring_seen = true;
	/* one thread, and this is it: no need to go round */
	if (t->process != IQ_NO_PROCESS && s->p[t->process].nr_threads == 1)
		return;
	if (node && signal) {
		uint64_t head = iq_ki_at(k, signal, IQ_M_SIGNAL_THREAD_HEAD);
		walk(s, head, IQ_M_TASK_THREAD_NODE, IQ_BY_THREADS, 0);
	} else if (iq_ki_has(k, IQ_M_TASK_THREAD_GROUP)) {
		walk(s, iq_ki_at(k, va, IQ_M_TASK_THREAD_GROUP), IQ_M_TASK_THREAD_GROUP,
		     IQ_BY_THREADS, va);
	}
}

/* S grows while this runs; every task's ring is seen once. */
static void by_threads(struct iq_tasks *s)
{
	for (size_t i = 0; i < s->n && !s->no_memory; i++)
		if (!s->t[i].ring_seen)
			threads_of(s, i);
}

/* --- CPUs --- */

bool iq_cpu_current(struct iq_kimage *k, uint32_t cpu, uint64_t *ret)
{
	uint64_t var, at;

	if (iq_ki_symbol(k, "runqueues", &var) && iq_ki_percpu(k, var, cpu, &at) &&
	    iq_ki_pointer(k, at, IQ_M_RQ_CURR, ret))
		return true;
	return iq_ki_symbol(k, "current_task", &var) && iq_ki_percpu(k, var, cpu, &at) &&
	       iq_mem_uint(k->mem, at, k->mem->long_bytes, ret) == IQ_MEM_OK &&
	       iq_ki_plausible(k, *ret, 8);
}

static void by_run_queue(struct iq_tasks *s, uint32_t cpu, uint64_t rq)
{
	struct iq_kimage *k = s->k;
	uint64_t va;

	if (iq_ki_pointer(k, rq, IQ_M_RQ_IDLE, &va))
		iq_tasks_add(s, va, IQ_BY_RQ);
	if (!iq_cpu_current(k, cpu, &va)) {
		s->curr_read = false;
		return;
	}
	struct iq_task_at *t = iq_tasks_add(s, va, IQ_BY_RQ);
	if (t) {
		t->current = true;
		t->current_on = cpu;
	}
}

static void by_run_queues(struct iq_tasks *s)
{
	struct iq_kimage *k = s->k;
	uint64_t queues, init, rq;

	bool named = iq_ki_symbol(k, "runqueues", &queues);

	s->curr_read = named;
	for (uint32_t i = 0; named && i < k->n_cpus && i < CPU_TASKS_MAX; i++)
		if (iq_ki_percpu(k, queues, i, &rq))
			by_run_queue(s, i, rq);
	/* the idle task of the CPU that booted, should its queue not be readable */
	if (iq_ki_symbol(k, "init_task", &init))
		iq_tasks_add(s, init, IQ_BY_RQ);
}

/* --- relatives --- */

static int child(void *arg, uint64_t va)
{
	struct iq_tasks *s = arg;
	iq_tasks_add(s, va, IQ_BY_FAMILY);
	return s->no_memory;
}

static void family_of(struct iq_tasks *s, size_t i)
{
	struct iq_kimage *k = s->k;
	uint64_t va = s->t[i].va, other;

	if (iq_ki_has(k, IQ_M_TASK_CHILDREN) && iq_ki_has(k, IQ_M_TASK_SIBLING))
		iq_ki_list(k, iq_ki_at(k, va, IQ_M_TASK_CHILDREN),
			   k->member[IQ_M_TASK_SIBLING].offset, bound(s), child, s);
	if (iq_ki_pointer(k, va, IQ_M_TASK_REAL_PARENT, &other))
		iq_tasks_add(s, other, IQ_BY_FAMILY);
	if (iq_ki_pointer(k, va, IQ_M_TASK_GROUP_LEADER, &other))
		iq_tasks_add(s, other, IQ_BY_FAMILY);
}

/* Until nobody new turns up. */
static void by_family(struct iq_tasks *s)
{
	for (size_t i = 0; i < s->n && !s->no_memory; i++) {
		if (!s->t[i].ring_seen)
			threads_of(s, i);
		family_of(s, i);
	}
}

/* --- all of it --- */

/* Does everything that counts tasks agree?  Not every kernel names nr_threads. */
static bool whole(const struct iq_tasks *s)
{
	return s->list_end == IQ_LIST_WHOLE && s->unreadable == 0 &&
	       iq_tasks_short_of_threads(s) == 0 &&
	       (s->nr_threads == IQ_NULL ? !s->pids_broken && !s->pids_unreadable
					 : (int64_t)iq_tasks_counted(s) >= s->nr_threads);
}

uint64_t iq_tasks_short_of_threads(const struct iq_tasks *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->signals.n; i++)
		if (s->p[i].nr_threads > s->p[i].found && s->p[i].nr_threads <= PID_LIMIT)
			n += (uint64_t)(s->p[i].nr_threads - s->p[i].found);
	return n;
}

int iq_tasks_find(struct iq_tasks *s, struct iq_kimage *k, struct iq_err *err)
{
	uint64_t init;

	*s = (struct iq_tasks){ .k = k };
	iq_addrset_init(&s->known, 2 * (size_t)TASKS_MAX);
	iq_addrset_init(&s->signals, TASKS_MAX);
	if (!iq_ki_variable(k, "nr_threads", 4, true, &s->nr_threads) ||
	    s->nr_threads < 0 || s->nr_threads > PID_LIMIT)
		s->nr_threads = IQ_NULL;
	by_list(s);
	by_run_queues(s);
	by_threads(s);
	iq_tasks_by_pid(s);
	by_threads(s);
	if (!whole(s))
		by_family(s);
	if (!whole(s) && (s->nr_threads == IQ_NULL ||
			  (int64_t)iq_tasks_counted(s) < s->nr_threads)) {
		iq_tasks_by_pages(s);
		if (!iq_ki_symbol(k, "init_task", &init))
			by_list_of(s);
		by_family(s);
	}
	s->whole = whole(s);
	return s->no_memory ? iq_err_set(err, IQ_E_NOMEM, "out of memory") : 0;
}

void iq_tasks_free(struct iq_tasks *s)
{
	iq_addrset_fini(&s->known);
	iq_addrset_fini(&s->signals);
	free(s->task_of);
	free(s->t);
	free(s->p);
}
