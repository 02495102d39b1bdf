/* vmcore/stacks/locks.c - see locks.h. */
#include "vmcore/stacks/locks.h"
#include "vmcore/kernel/kread.h"

#include <stdlib.h>

#define NO_LOCK UINT32_MAX
#define LOCKS_MAX 100000
#define STEPS_MAX 1000000		/* elements of all rings together */
#define RING_MAX 200000			/* waiters of one lock */
#define SEARCH_BYTES 2048		/* from the innermost frame: it is in one of the next few */
#define SAVED_MAX 128			/* registers that the switch put away */
#define FLAGS UINT64_C(7)		/* of owner fields: task_structs are aligned */
#define MUTEX_PICKUP 4			/* kernel/locking/mutex.h: handed over, not yet taken */
#define BLOCKER_TYPES UINT64_C(3)	/* include/linux/hung_task.h */
#define RWSEM_READER_OWNED 1		/* kernel/locking/rwsem.c */
#define RWSEM_WRITER_LOCKED 1
#define RWSEM_READER_SHIFT 8
#define RT_MUTEX_HAS_WAITERS 1

/* How a kind of lock is built; its waiter is a list_head and the task. */
static const struct form {
	enum iq_wait_kind kind;
	enum iq_member_no list, first, waiter_list, waiter_task;
} forms[] = {
	{ IQ_WAIT_MUTEX, IQ_M_MUTEX_WAIT_LIST, IQ_M_MUTEX_FIRST_WAITER,
	  IQ_M_MUTEX_WAITER_LIST, IQ_M_MUTEX_WAITER_TASK },
	{ IQ_WAIT_RWSEM, IQ_M_RWSEM_WAIT_LIST, IQ_M_RWSEM_FIRST_WAITER,
	  IQ_M_RWSEM_WAITER_LIST, IQ_M_RWSEM_WAITER_TASK },
	{ IQ_WAIT_SEMAPHORE, IQ_M_SEMAPHORE_WAIT_LIST, IQ_M_SEMAPHORE_FIRST_WAITER,
	  IQ_M_SEMAPHORE_WAITER_LIST, IQ_M_SEMAPHORE_WAITER_TASK },
};

static const struct form *form_of(const struct iq_locks *l, enum iq_wait_kind kind)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (forms[i].kind == kind)
			return iq_ki_has(l->k, forms[i].waiter_list) &&
			       iq_ki_has(l->k, forms[i].waiter_task) ? &forms[i] : NULL;
	return NULL;
}

void iq_locks_init(struct iq_locks *l, const struct iq_tasks *tasks, uint64_t stack_size)
{
	*l = (struct iq_locks){ .tasks = tasks, .k = tasks->k, .stack_size = stack_size,
				.steps = STEPS_MAX };
	iq_addrset_init(&l->known, LOCKS_MAX);
	iq_addrset_init(&l->waiting, tasks->n ? tasks->n : 1);
}

void iq_locks_free(struct iq_locks *l)
{
	iq_addrset_fini(&l->known);
	iq_addrset_fini(&l->waiting);
	free(l->lock);
	free(l->waits_for);
}

/* --- tasks --- */

static const struct iq_task_at *task_at(const struct iq_locks *l, uint64_t va)
{
	size_t no = iq_addrset_find(&l->tasks->known, va);

	return no == IQ_ADDRSET_NONE || l->tasks->task_of[no] == UINT32_MAX
		? NULL : &l->tasks->t[l->tasks->task_of[no]];
}

static bool on_stack_of(struct iq_locks *l, uint64_t va, uint64_t task)
{
	uint64_t low;

	return iq_ki_pointer(l->k, task, IQ_M_TASK_STACK, &low) && va >= low &&
	       va - low < l->stack_size;
}

static uint32_t waits_for(const struct iq_locks *l, uint64_t task)
{
	size_t no = iq_addrset_find(&l->waiting, task);

	return no == IQ_ADDRSET_NONE || l->no_memory ? NO_LOCK : l->waits_for[no];
}

static void set_waits_for(struct iq_locks *l, uint64_t task, uint32_t lock)
{
	bool new;
	size_t no = iq_addrset_add(&l->waiting, task, &new);

	if (no == IQ_ADDRSET_NONE || !new)
		return;			/* the first ring counts: a task waits once */
	if (no >= l->cap_waiting) {
		size_t cap = l->cap_waiting ? 2 * l->cap_waiting : 64;
		uint32_t *p = reallocarray(l->waits_for, cap, sizeof *p);
		if (!p) {
			/* no longer as long as the set: it is not asked any more */
			l->no_memory = true;
			return;
		}
		l->waits_for = p;
		l->cap_waiting = cap;
	}
	l->waits_for[no] = lock;
}

/* --- rings of waiters --- */

struct ring {
	uint64_t head;			/* of the elements the one that is no waiter; 0: none */
	size_t others;			/* more of them: it is no ring of waiters */
	int64_t waiters;
	bool whole;
};

/* The task of the waiter at W, which lies on that task's stack; 0: it is none. */
static uint64_t waiter_task(struct iq_locks *l, const struct form *f, uint64_t w)
{
	uint64_t task;

	return iq_ki_pointer(l->k, w, f->waiter_task, &task) && task_at(l, task) &&
	       on_stack_of(l, w, task) ? task : 0;
}

/* Once round from the list_head AT; LOCK: whose the waiters are, NO_LOCK: only look. */
static struct ring walk_ring(struct iq_locks *l, const struct form *f, uint64_t at,
			     uint32_t lock)
{
	const struct iq_memory *mem = l->k->mem;
	unsigned lb = mem->long_bytes;
	struct ring r = { 0 };
	uint64_t e = at, next, back;

	for (size_t n = 0; n < RING_MAX && l->steps; n++, l->steps--) {
		uint64_t w = e - l->k->member[f->waiter_list].offset;
		uint64_t task = waiter_task(l, f, w);
		if (task) {
			r.waiters++;
			if (lock != NO_LOCK)
				set_waits_for(l, task, lock);
		} else if (r.head) {
			r.others++;
			return r;
		} else {
			r.head = e;
		}
		if (iq_mem_uint(mem, e, lb, &next) != IQ_MEM_OK ||
		    !iq_ki_plausible(l->k, next, lb) ||
		    iq_mem_uint(mem, next + lb, lb, &back) != IQ_MEM_OK || back != e)
			return r;
		e = next;
		if (e == at) {
			r.whole = true;
			return r;
		}
	}
	return r;
}

/* Is the list_head OTHER in the ring of AT? */
static bool in_ring(struct iq_locks *l, uint64_t at, uint64_t other)
{
	unsigned lb = l->k->mem->long_bytes;
	uint64_t e = at;

	for (size_t n = 0; n < RING_MAX && l->steps; n++, l->steps--) {
		if (e == other)
			return true;
		if (iq_mem_uint(l->k->mem, e, lb, &e) != IQ_MEM_OK || e == at ||
		    !iq_ki_plausible(l->k, e, lb))
			return false;
	}
	return false;
}

/* Its own waiter in T's frames, as the address of the list_head in it; 0: none. */
static uint64_t find_waiter(struct iq_locks *l, const struct form *f, uint64_t task,
			    const unsigned char *stack, size_t n, uint64_t sp)
{
	const struct iq_memory *mem = l->k->mem;
	unsigned lb = mem->long_bytes;
	uint64_t next, prev, a, b;

	for (size_t i = 0; i + lb <= n; i += lb) {
		if (iq_mem_int(mem, stack + i, lb) != task)
			continue;
		uint64_t at = sp + i - l->k->member[f->waiter_task].offset +
			      l->k->member[f->waiter_list].offset;
		if (at >= sp && iq_mem_uint(mem, at, lb, &next) == IQ_MEM_OK &&
		    iq_mem_uint(mem, at + lb, lb, &prev) == IQ_MEM_OK &&
		    iq_ki_plausible(l->k, next, lb) && iq_ki_plausible(l->k, prev, lb) &&
		    iq_mem_uint(mem, next + lb, lb, &a) == IQ_MEM_OK && a == at &&
		    iq_mem_uint(mem, prev, lb, &b) == IQ_MEM_OK && b == at)
			return at;
	}
	return 0;
}

/* --- who has it --- */

static void name_owner(struct iq_locks *l, struct iq_lock *x, uint64_t owner, bool certain)
{
	owner &= ~FLAGS;
	if (!owner)
		return;
	x->owner = task_at(l, owner);
	x->certain = x->owner && certain;
	if (!x->owner && certain)
		x->note = "its owner is no task of the machine any more";
}

static void read_mutex(struct iq_locks *l, struct iq_lock *x)
{
	int64_t owner;

	if (!iq_ki_get(l->k, x->va, IQ_M_MUTEX_OWNER, &owner))
		return;
	/* an older owner is not kept by every configuration */
	if (!((uint64_t)owner & ~FLAGS) && iq_kr_release_from(l->k, 4, 10))
		x->note = "nobody has it: a waiter is about to get it";
	/* its next owner, who may still be among the waiters */
	bool given = owner & MUTEX_PICKUP && iq_kr_release_from(l->k, 4, 10);
	name_owner(l, x, (uint64_t)owner, !given);
	if (given)
		x->note = "it is being handed over to the one named";
}

/* From 5.3 on, and where that was backported, count has a bit for the writer and the
 * readers above it.  Older ones count in another way, and only the owner tells. */
static void read_rwsem(struct iq_locks *l, struct iq_lock *x)
{
	struct iq_kimage *k = l->k;
	int64_t owner = 0, count = 0;
	uint64_t slowpath;
	bool told = (iq_kr_release_from(k, 5, 3) ||
		     iq_ki_symbol(k, "rwsem_down_read_slowpath", &slowpath)) &&
		    iq_ki_get(k, x->va, IQ_M_RWSEM_COUNT, &count);
	bool has = iq_ki_get(k, x->va, IQ_M_RWSEM_OWNER, &owner);

	x->reader_owned = owner & RWSEM_READER_OWNED;
	if (told) {
		x->readers = count >> RWSEM_READER_SHIFT & INT32_MAX;
		if (count & RWSEM_WRITER_LOCKED) {
			x->reader_owned = false;
			x->readers = IQ_NULL;
			has = has && !(owner & RWSEM_READER_OWNED);
		} else if (!x->readers) {
			x->note = "nobody has it: a waiter is about to get it";
			return;
		}
	}
	if (has)
		name_owner(l, x, (uint64_t)owner, !x->reader_owned);
	if (x->reader_owned)
		x->note = x->owner ? "readers have it; the one named is the last to take it"
				   : "readers have it, and the lock names none";
}

static void read_semaphore(struct iq_locks *l, struct iq_lock *x)
{
	int64_t holder;

	if (iq_ki_get(l->k, x->va, IQ_M_SEMAPHORE_LAST_HOLDER, &holder))
		name_owner(l, x, (uint64_t)holder, false);
	x->note = x->owner ? "the one named is the last to take it"
			   : "a semaphore does not tell who has it";
}

static void read_rt_mutex(struct iq_locks *l, struct iq_lock *x)
{
	int64_t owner;

	if (iq_ki_get(l->k, x->va, IQ_M_RT_MUTEX_OWNER, &owner))
		name_owner(l, x, (uint64_t)owner, true);
}

static void read_lock(struct iq_locks *l, struct iq_lock *x)
{
	static void (*const read[IQ_WAIT_KINDS])(struct iq_locks *l, struct iq_lock *x) = {
		[IQ_WAIT_MUTEX] = read_mutex, [IQ_WAIT_RWSEM] = read_rwsem,
		[IQ_WAIT_SEMAPHORE] = read_semaphore, [IQ_WAIT_RT_MUTEX] = read_rt_mutex,
	};
	if (read[x->kind])
		read[x->kind](l, x);
}

/* --- locks --- */

/* The list of waiters from the lock on; every one of them is noted. */
static void count_waiters(struct iq_locks *l, uint32_t no)
{
	const struct form *f = form_of(l, l->lock[no].kind);
	unsigned lb = l->k->mem->long_bytes;
	uint64_t at, va = l->lock[no].va;
	struct ring r;

	if (!f)
		return;
	if (iq_ki_has(l->k, f->list)) {
		at = iq_ki_at(l->k, va, f->list);
	} else {
		/* a pointer to a waiter, whose list_head is the ring */
		if (!iq_ki_has(l->k, f->first) ||
		    iq_mem_uint(l->k->mem, iq_ki_at(l->k, va, f->first), lb, &at) ||
		    !iq_ki_plausible(l->k, at, lb))
			return;
		at = iq_ki_at(l->k, at, f->waiter_list);
	}
	r = walk_ring(l, f, at, no);
	if (r.whole && !r.others)
		l->lock[no].waiters = r.waiters;
}

static uint32_t add_lock(struct iq_locks *l, enum iq_wait_kind kind, uint64_t va,
			 enum iq_lock_source source)
{
	bool new;
	size_t no = l->no_memory ? IQ_ADDRSET_NONE : iq_addrset_add(&l->known, va, &new);

	if (no == IQ_ADDRSET_NONE)
		return NO_LOCK;
	if (!new)
		return l->lock[no].kind == kind ? (uint32_t)no : NO_LOCK;
	if (no >= l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 64;
		struct iq_lock *p = reallocarray(l->lock, cap, sizeof *p);
		if (!p) {
			l->no_memory = true;
			return NO_LOCK;
		}
		l->lock = p;
		l->cap = cap;
	}
	l->lock[no] = (struct iq_lock){ .kind = kind, .source = source, .va = va,
					.readers = IQ_NULL, .waiters = IQ_NULL };
	read_lock(l, &l->lock[no]);
	count_waiters(l, (uint32_t)no);
	return (uint32_t)no;
}

/* --- from the task --- */

/* What the kernel noted for its own hung task reports. */
static uint32_t by_blocker(struct iq_locks *l, const struct iq_task_at *t,
			   struct iq_wait_for *w)
{
	static const struct {
		enum iq_wait_kind kind;
		enum iq_wait_mode mode;
	} types[] = {
		{ IQ_WAIT_MUTEX, IQ_MODE_NONE }, { IQ_WAIT_SEMAPHORE, IQ_MODE_NONE },
		{ IQ_WAIT_RWSEM, IQ_MODE_READ }, { IQ_WAIT_RWSEM, IQ_MODE_WRITE },
	};
	int64_t v;

	if (!iq_ki_get(l->k, t->va, IQ_M_TASK_BLOCKER, &v) &&
	    !iq_ki_get(l->k, t->va, IQ_M_TASK_BLOCKER_MUTEX, &v))
		return NO_LOCK;
	uint64_t va = (uint64_t)v & ~BLOCKER_TYPES;
	if (!va || !iq_ki_plausible(l->k, va, 4))
		return NO_LOCK;
	w->kind = types[v & 3].kind;
	w->mode = types[v & 3].mode;
	return add_lock(l, w->kind, va, IQ_LOCK_BY_BLOCKER);
}

/* pi_blocked_on is a waiter that names task and lock. */
static uint32_t by_pi(struct iq_locks *l, const struct iq_task_at *t)
{
	uint64_t waiter, task, lock;

	if (!iq_ki_pointer(l->k, t->va, IQ_M_TASK_PI_BLOCKED_ON, &waiter) ||
	    !iq_ki_pointer(l->k, waiter, IQ_M_RT_WAITER_TASK, &task) || task != t->va ||
	    !iq_ki_pointer(l->k, waiter, IQ_M_RT_WAITER_LOCK, &lock))
		return NO_LOCK;
	return add_lock(l, IQ_WAIT_RT_MUTEX, lock, IQ_LOCK_BY_PI);
}

/* A ring without a head: of the words in its registers and frames just one is the address
 * of a lock whose first waiter is in it.  Not on its own stack, and no waiter: these point
 * to each other, and who would hold such a lock. */
static uint32_t lock_on_stack(struct iq_locks *l, const struct form *f, uint64_t at,
			      uint64_t task, const unsigned char *words, size_t n)
{
	unsigned lb = l->k->mem->long_bytes;
	uint64_t first, found = 0;

	for (size_t i = 0; i + lb <= n; i += lb) {
		uint64_t va = iq_mem_int(l->k->mem, words + i, lb);
		if (va == found || !iq_ki_plausible(l->k, va, lb) ||
		    on_stack_of(l, va, task) ||
		    iq_mem_uint(l->k->mem, iq_ki_at(l->k, va, f->first), lb, &first) ||
		    !iq_ki_plausible(l->k, first, lb) || !waiter_task(l, f, first) ||
		    !in_ring(l, at, iq_ki_at(l->k, first, f->waiter_list)) ||
		    in_ring(l, at, iq_ki_at(l->k, va, f->waiter_list)))
			continue;
		if (found)
			return NO_LOCK;
		found = va;
	}
	if (!found)
		return NO_LOCK;
	uint32_t no = add_lock(l, f->kind, found, IQ_LOCK_BY_WAITER);
	return no != NO_LOCK && waits_for(l, task) == no ? no : NO_LOCK;
}

/* Registers that a function must keep were saved where the task was switched away: on
 * x86 right below its innermost frame (struct inactive_task_frame), on arm64 in front of
 * the frame pointer in struct cpu_context.  How many bytes, into TO[SAVED_MAX]. */
static size_t saved_registers(struct iq_locks *l, const struct iq_task_at *t, uint64_t sp,
			      unsigned char *to)
{
	struct iq_kimage *k = l->k;
	uint64_t size = k->struct_size[IQ_S_INACTIVE_FRAME], va = sp - size;

	if (k->arch == IQ_ARCH_ARM64) {
		size = 10 * 8;		/* x19 to x28 */
		va = iq_ki_at(k, t->va, IQ_M_TASK_CONTEXT_FP) - size;
		if (!iq_ki_has(k, IQ_M_TASK_CONTEXT_FP))
			return 0;
	}
	return size && size <= SAVED_MAX && iq_mem_read(k->mem, va, to, size) == IQ_MEM_OK
		? (size_t)size : 0;
}

static uint32_t by_waiter(struct iq_locks *l, const struct iq_task_at *t, uint64_t sp,
			  const struct form *f)
{
	unsigned char words[SAVED_MAX + SEARCH_BYTES];
	size_t saved = saved_registers(l, t, sp, words), n = SEARCH_BYTES;
	unsigned char *stack = words + saved;
	uint64_t low, at;

	if (!iq_ki_pointer(l->k, t->va, IQ_M_TASK_STACK, &low) || sp < low ||
	    sp - low >= l->stack_size || sp % l->k->mem->long_bytes)
		return NO_LOCK;
	if (n > low + l->stack_size - sp)
		n = (size_t)(low + l->stack_size - sp);
	if (iq_mem_read(l->k->mem, sp, stack, n) != IQ_MEM_OK)
		return NO_LOCK;
	at = find_waiter(l, f, t->va, stack, n, sp);
	if (!at)
		return NO_LOCK;
	if (!iq_ki_has(l->k, f->list))
		return iq_ki_has(l->k, f->first)
			? lock_on_stack(l, f, at, t->va, words, saved + n) : NO_LOCK;
	struct ring r = walk_ring(l, f, at, NO_LOCK);
	if (!r.whole || r.others || !r.head)
		return NO_LOCK;
	return add_lock(l, f->kind, r.head - l->k->member[f->list].offset,
			IQ_LOCK_BY_WAITER);
}

uint32_t iq_lock_of(struct iq_locks *l, const struct iq_task_at *t, uint64_t sp,
		    struct iq_wait_for *w)
{
	uint32_t no = waits_for(l, t->va);

	if (no != NO_LOCK) {
		w->kind = l->lock[no].kind;
		return no;
	}
	no = by_blocker(l, t, w);
	if (no != NO_LOCK)
		return no;
	if (w->kind == IQ_WAIT_RT_MUTEX)
		return by_pi(l, t);
	const struct form *f = form_of(l, w->kind);
	return f ? by_waiter(l, t, sp, f) : NO_LOCK;
}
