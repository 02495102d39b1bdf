/* vmcore/stacks/waits.c - see waits.h.
 *
 * How long a task has waited is told from when it last got a processor
 * (sched_info.last_arrival), by the clock of the run queues, which the tick moves on.
 * Follows kernel/sched/stats.h and core.c of 2.6.32 to 7.x.
 */
#include "vmcore/stacks/waits.h"
#include "vmcore/kernel/kread.h"

#include <stdio.h>
#include <stdlib.h>

#define NONE UINT32_MAX
#define ROWS_MAX 1000000
#define NAMED_MAX 2000			/* locks whose variable is looked for */
#define MODULES_MAX 8192
#define PIECES_MAX 16			/* enum mod_mem_type */

/* --- run queues --- */

/* Of a queue that is read for more than its task: without it nothing else is wrong. */
static int64_t of_queue(const struct iq_kimage *k, uint64_t rq, enum iq_member_no m)
{
	const struct iq_member_at *a = &k->member[m];
	uint64_t v;

	return a->known && (a->elem_size == 4 || a->elem_size == 8) &&
	       iq_mem_uint(k->mem, rq + a->offset, a->elem_size, &v) == IQ_MEM_OK
		? (int64_t)v : IQ_NULL;
}

static void later(int64_t *max, int64_t v)
{
	if (v != IQ_NULL && v > 0 && v > *max)
		*max = v;
}

/* The CPU that took the last tick is the one that is right. */
static void read_clocks(struct iq_waits *w)
{
	struct iq_kimage *k = w->k;
	uint64_t queues, rq;

	w->now = w->now_task = IQ_NULL;
	if (!iq_ki_symbol(k, "runqueues", &queues))
		return;
	for (uint32_t cpu = 0; cpu < k->n_cpus; cpu++) {
		if (!iq_ki_percpu(k, queues, cpu, &rq))
			continue;
		later(&w->now, of_queue(k, rq, IQ_M_RQ_CLOCK));
		later(&w->now_task, of_queue(k, rq, IQ_M_RQ_CLOCK_TASK));
	}
}

static void fill_times(struct iq_waits *w, const struct iq_task_at *t, struct iq_wait *f)
{
	bool arrival = iq_ki_has(w->k, IQ_M_TASK_LAST_ARRIVAL);
	int64_t then = iq_ki_value(w->k, t->va, arrival ? IQ_M_TASK_LAST_ARRIVAL
							: IQ_M_TASK_EXEC_START);
	int64_t now = arrival ? w->now : w->now_task;

	/* 0: it never ran, or accounting was off then */
	if (then == IQ_NULL || then <= 0)
		return;
	f->since_us = then / 1000;
	if (now != IQ_NULL)
		f->waited_us = now > then ? (now - then) / 1000 : 0;
}

/* --- rows --- */

void iq_waits_init(struct iq_waits *w, const struct iq_tasks *tasks, uint64_t stack_size)
{
	*w = (struct iq_waits){ .k = tasks->k };
	iq_locks_init(&w->locks, tasks, stack_size);
	iq_addrset_init(&w->who, ROWS_MAX);
	iq_arena_init(&w->names);
	w->stands_in = calloc(tasks->n ? tasks->n : 1, sizeof *w->stands_in);
	w->no_memory = !w->stands_in;
	read_clocks(w);
}

void iq_waits_free(struct iq_waits *w)
{
	iq_locks_free(&w->locks);
	iq_addrset_fini(&w->who);
	iq_arena_fini(&w->names);
	free(w->stands_in);
	free(w->row);
}

static struct iq_wait_row *new_row(struct iq_waits *w, const struct iq_task_at *t)
{
	bool new;
	size_t no = iq_addrset_add(&w->who, t->va, &new);

	if (no == IQ_ADDRSET_NONE || !new || no != w->n) {
		w->full = true;
		return NULL;
	}
	if (w->n >= w->cap) {
		size_t cap = w->cap ? 2 * w->cap : 64;
		struct iq_wait_row *p = reallocarray(w->row, cap, sizeof *p);
		if (!p) {
			w->no_memory = true;
			return NULL;
		}
		w->row = p;
		w->cap = cap;
	}
	w->row[w->n] = (struct iq_wait_row){ .task = t, .lock = NONE, .root = NONE,
					     .cpu = -1 };
	return &w->row[w->n++];
}

static bool is_lock(enum iq_wait_kind k)
{
	return k == IQ_WAIT_MUTEX || k == IQ_WAIT_SEMAPHORE || k == IQ_WAIT_RWSEM ||
	       k == IQ_WAIT_PERCPU_RWSEM || k == IQ_WAIT_RT_MUTEX;
}

static void note_place(struct iq_waits *w, const struct iq_task_at *t,
		       const struct iq_slice *function, size_t n, size_t at)
{
	if (at < n)
		w->stands_in[t - w->locks.tasks->t] = function[at];
}

static struct iq_slice place_of(const struct iq_waits *w, const struct iq_task_at *t)
{
	return w->stands_in[t - w->locks.tasks->t];
}

void iq_waits_add(struct iq_waits *w, const struct iq_task_at *t, int64_t cpu, uint64_t sp,
		  const struct iq_slice *function, const struct iq_slice *module, size_t n)
{
	struct iq_wait_for what;
	uint32_t lock = NONE;
	int64_t io;

	if (w->no_memory)
		return;
	if (cpu >= 0) {
		bool spins = iq_spin_of_frames(function, n, &what);
		note_place(w, t, function, n, spins ? what.caller : 0);
		if (!spins)
			return;
	} else {
		what = iq_wait_of_frames(function, n);
		note_place(w, t, function, n, what.caller);
		if (t->state != 'D' && !(t->state == 'S' && is_lock(what.kind)))
			return;
		if (is_lock(what.kind) || (what.kind == IQ_WAIT_OTHER && t->state == 'D'))
			lock = iq_lock_of(&w->locks, t, sp, &what);
		if (what.kind == IQ_WAIT_OTHER &&
		    iq_ki_get(w->k, t->va, IQ_M_TASK_IN_IOWAIT, &io) && io)
			what.kind = IQ_WAIT_IO;
	}
	struct iq_wait_row *r = new_row(w, t);
	if (!r)
		return;
	r->what = what;
	r->lock = lock;
	r->cpu = cpu >= 0 ? (int32_t)cpu : -1;
	if (what.caller < n) {
		r->caller = function[what.caller];
		r->module = module[what.caller];
	}
}

/* --- chains of owners --- */

/* Whose row is next: that of the owner, if he waits himself and is sure to have it. */
static uint32_t next_of(const struct iq_waits *w, uint32_t i)
{
	const struct iq_lock *x = w->row[i].lock == NONE ? NULL
							 : &w->locks.lock[w->row[i].lock];
	size_t no = x && x->owner && x->certain ? iq_addrset_find(&w->who, x->owner->va)
						: IQ_ADDRSET_NONE;

	return no == IQ_ADDRSET_NONE || no >= w->n ? NONE : (uint32_t)no;
}

/* The last row of each chain; one that comes back to itself is a deadlock for all that
 * lead there.  Each row is walked once: what is behind is known then. */
static int find_roots(struct iq_waits *w)
{
	uint32_t *path = malloc((w->n ? w->n : 1) * sizeof *path);
	unsigned char *seen = calloc(w->n ? w->n : 1, 1);	/* 1: on the path, 2: done */

	for (uint32_t i = 0; path && seen && i < w->n; i++) {
		size_t n = 0;
		uint32_t at = i, end;
		bool loop;
		while (at != NONE && !seen[at]) {
			seen[at] = 1;
			path[n++] = at;
			at = next_of(w, at);
		}
		loop = at != NONE && (seen[at] == 1 || w->row[at].deadlock);
		end = at == NONE ? (n ? path[n - 1] : NONE)
				 : seen[at] == 1 ? at : w->row[at].root;
		while (n) {
			struct iq_wait_row *r = &w->row[path[--n]];
			r->root = end;
			r->deadlock = loop;
			seen[path[n]] = 2;
		}
	}
	bool ok = path && seen;
	free(path);
	free(seen);
	return ok ? 0 : -1;
}

/* --- names of locks --- */

struct search {
	struct iq_kimage *k;
	uint64_t va;
	struct iq_slice name;
};

static bool holds(uint64_t va, uint64_t base, int64_t size)
{
	return va >= base && va - base < ((uint64_t)size & UINT32_MAX);
}

static int holds_it(void *arg, uint64_t module)
{
	struct search *s = arg;
	struct iq_kimage *k = s->k;
	const struct iq_member_at *mem = &k->member[IQ_M_MODULE_MEM];
	size_t n = iq_kr_count(k, IQ_M_MODULE_MEM, PIECES_MAX);
	uint64_t base;
	int64_t size;
	bool found = false;

	if (!mem->known)
		found = iq_ki_pointer(k, module, IQ_M_MODULE_CORE_BASE, &base) &&
			iq_ki_get(k, module, IQ_M_MODULE_CORE_SIZE, &size) &&
			holds(s->va, base, size);
	for (size_t i = 0; i < n && !found; i++) {
		uint64_t piece = module + mem->offset + i * mem->elem_size;
		found = iq_ki_pointer(k, piece, IQ_M_MODULE_MEMORY_BASE, &base) &&
			iq_ki_get(k, piece, IQ_M_MODULE_MEMORY_SIZE, &size) &&
			holds(s->va, base, size);
	}
	if (found)
		s->name = iq_ki_chars(k, module, IQ_M_MODULE_NAME);
	return found;
}

/* "lab_big_mutex [lab_hung]", "rtnl_mutex", "init_net+0x140": a variable of the kernel or
 * of a module; p NULL: it was allocated. */
static struct iq_slice name_of(struct iq_waits *w, uint64_t va)
{
	struct iq_kimage *k = w->k;
	struct search s = { .k = k, .va = va };
	struct iq_symbol_at at;
	uint64_t start, end, modules;
	char offset[24] = "";

	bool image = iq_ki_symbol(k, "_stext", &start) && iq_ki_symbol(k, "_end", &end) &&
		     va >= start && va < end;
	if (!image && iq_ki_has(k, IQ_M_MODULE_LIST) && iq_ki_symbol(k, "modules", &modules))
		iq_ki_list(k, modules, k->member[IQ_M_MODULE_LIST].offset, MODULES_MAX,
			   holds_it, &s);
	if ((!image && !s.name.n) || !iq_symbol_below(k->symbols, s.name, va, &at))
		return IQ_SLICE_NULL;
	if (va > at.start)
		snprintf(offset, sizeof offset, "+0x%llx",
			 (unsigned long long)(va - at.start));
	return iq_arena_printf(&w->names, "%.*s%s%s%.*s%s", IQ_FMT(at.name), offset,
			       s.name.n ? " [" : "", IQ_FMT(s.name), s.name.n ? "]" : "");
}

/* --- into the store --- */

static struct iq_slice state_of(const struct iq_task_at *t)
{
	return t->state ? iq_slice(&t->state, 1) : IQ_SLICE_NULL;
}

static void fill_lock(struct iq_waits *w, const struct iq_lock *x, struct iq_wait *f,
		      char address[24])
{
	static const char *const sources[] = {
		[IQ_LOCK_BY_BLOCKER] = "noted in the task by the kernel",
		[IQ_LOCK_BY_WAITER] = "the waiter on its stack",
		[IQ_LOCK_BY_PI] = "the waiter noted in the task",
	};
	int n = snprintf(address, 24, "0x%llx", (unsigned long long)x->va);

	f->lock = iq_slice(address, (size_t)n);
	f->readers = x->readers;
	f->waiters = x->waiters;
	f->source = iq_slice_z(sources[x->source]);
	if (x->note)
		f->note = iq_slice_z(x->note);
	if (!x->owner)
		return;
	f->owner_pid = x->owner->pid;
	f->owner_comm = iq_ki_chars(w->k, x->owner->va, IQ_M_TASK_COMM);
	f->owner_state = state_of(x->owner);
	f->owner_at = place_of(w, x->owner);
	f->certain = x->certain;
}

/* The owner at the end of the chain: of the last row's lock. */
static void fill_root(struct iq_waits *w, const struct iq_wait_row *r, struct iq_wait *f)
{
	const struct iq_wait_row *last = r->root == NONE ? NULL : &w->row[r->root];
	const struct iq_lock *x = !last || last->lock == NONE ? NULL
							      : &w->locks.lock[last->lock];
	const struct iq_lock *own = r->lock == NONE ? NULL : &w->locks.lock[r->lock];
	const struct iq_task_at *root = NULL;

	if (own && own->owner && own->certain)
		root = x && x->owner && x->certain ? x->owner : last ? last->task : NULL;
	f->deadlock = own ? r->deadlock : IQ_NULL;
	if (!root)
		return;
	f->root_pid = root->pid;
	f->root_comm = iq_ki_chars(w->k, root->va, IQ_M_TASK_COMM);
	f->root_at = place_of(w, root);
}

static int put_row(struct iq_waits *w, const struct iq_wait_row *r,
		   const struct iq_slice *names, struct iq_err *err)
{
	struct iq_wait f;
	char address[24], spins[40];

	iq_fact_init(IQ_FACT_WAIT, &f);
	f.snapshot_id = w->k->snapshot_id;
	f.pid = r->task->pid;
	f.comm = iq_ki_chars(w->k, r->task->va, IQ_M_TASK_COMM);
	f.state = state_of(r->task);
	f.kind = iq_wait_kind_name(r->what.kind);
	f.mode = iq_wait_mode_name(r->what.mode);
	f.caller = r->caller;
	if (r->lock != NONE) {
		fill_lock(w, &w->locks.lock[r->lock], &f, address);
		if (r->lock < NAMED_MAX)
			f.lock_name = names[r->lock];
		fill_root(w, r, &f);
	}
	if (r->cpu >= 0) {
		int n = snprintf(spins, sizeof spins, "spins on CPU %d", r->cpu);
		f.source = iq_slice(spins, (size_t)n);
	} else {
		fill_times(w, r->task, &f);
	}
	return iq_sink_put(w->k->sink, IQ_FACT_WAIT, &f, err);
}

static int put_rows(struct iq_waits *w, struct iq_err *err)
{
	size_t n = w->locks.known.n < NAMED_MAX ? w->locks.known.n : NAMED_MAX;
	struct iq_slice *names = calloc(n ? n : 1, sizeof *names);
	int rc = 0;

	if (!names)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		names[i] = name_of(w, w->locks.lock[i].va);
		iq_arena_reset(&w->k->arena);
	}
	for (size_t i = 0; i < w->n && rc == 0; i++) {
		rc = put_row(w, &w->row[i], names, err);
		iq_arena_reset(&w->k->arena);
	}
	free(names);
	return rc;
}

static int put_queues(struct iq_kimage *k, struct iq_err *err)
{
	static const struct { const char *name; enum iq_member_no m; } rows[] = {
		{ "nr_running", IQ_M_RQ_NR_RUNNING }, { "nr_switches", IQ_M_RQ_NR_SWITCHES },
		{ "nr_iowait", IQ_M_RQ_NR_IOWAIT },
	};
	uint64_t queues, rq;
	char scope[24];

	if (!iq_ki_symbol(k, "runqueues", &queues))
		return 0;
	for (uint32_t cpu = 0; cpu < k->n_cpus; cpu++) {
		if (!iq_ki_percpu(k, queues, cpu, &rq))
			continue;
		int n = snprintf(scope, sizeof scope, "cpu %u", cpu);
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
			if (iq_kr_put(k, iq_slice(scope, (size_t)n), iq_slice_z(rows[i].name),
				      of_queue(k, rq, rows[i].m), "count", err))
				return -1;
	}
	return 0;
}

int iq_waits_put(struct iq_waits *w, struct iq_err *err)
{
	if (w->no_memory || w->locks.no_memory || find_roots(w))
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	if (w->full || !w->locks.steps)
		iq_vmcore_issue(w->k->v, "limit", "waits-many", IQ_NULL, "more tasks wait, or "
				"for longer lists of waiters, than are looked at: not all of "
				"them are told");
	return put_rows(w, err) || put_queues(w->k, err) ? -1 : 0;
}
