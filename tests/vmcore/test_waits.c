/* tests/vmcore/test_waits.c - who waits for whom, over a composed machine: found by the
 * waiter on the stack or by what the kernel noted, and not found where a ring lies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "compose_waits.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *const mutex[] = { "__schedule", "schedule", "schedule_preempt_disabled",
				     "__mutex_lock.constprop.0", "do_commit" };
static const char *const reads[] = { "__schedule", "schedule", "rwsem_down_read_slowpath",
				     "down_read", "do_look" };
static const char *const sem[] = { "__schedule", "schedule_timeout", "__down_common",
				   "down", "do_send" };
static const char *const asleep[] = { "__schedule", "schedule_timeout", "msleep", "do_rest" };
static const char *const rt[] = { "__schedule", "rt_mutex_slowlock", "rt_mutex_lock", "do_rt" };
static const char *const disk[] = { "__schedule", "schedule", "io_schedule",
				    "folio_wait_bit_common", "filemap_read" };

enum { COMM, KIND, MODE, NAME, CALLER, OWNER, SOURCE, NOTE };

static struct waits *open_with(const char *release, bool headless)
{
	struct waits *x = calloc(1, sizeof *x);
	struct little *l = little_new(true);

	l->info.text = iq_slice_z(release);
	little_locks(l, headless);
	put(l, l->task[JAVA1] + T_STATE, 4, 1);
	waits_open(x, l, headless);
	return x;
}

static void close_all(struct waits *x)
{
	little_free(x->l);
	free(x);
}

/* At those of JAVA1, JAVA2 and GONE1 that wait, with FRAMES. */
static void look(struct waits *x, const char *const *frames, size_t n)
{
	static const int who[] = { JAVA1, JAVA2, GONE1 };

	assert_int_equal(waits_begin(x), 0);
	for (size_t i = 0; i < COUNT(who); i++)
		if ((get8(x->l, x->l->task[who[i]] + T_STATE) & 0xff) == 2)
			waits_look(x, who[i], frames, n);
	waits_look(x, INIT, asleep, COUNT(asleep));
	assert_int_equal(waits_end(x), 0);
}

static void own(struct waits *x, size_t no, unsigned at, int task, unsigned flags)
{
	put(x->l, x->lock[no] + at, 8, x->l->task[task] | flags);
}

static void one_mutex(const char *release, bool headless)
{
	struct waits *x = open_with(release, headless);
	size_t a = waits_lock(x);

	own(x, a, X_OWNER, INIT, 1);
	waits_join(x, JAVA1, a, X_LIST);
	waits_join(x, JAVA2, a, X_LIST);
	look(x, mutex, COUNT(mutex));
	assert_int_equal(x->n, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct iq_wait *f = &x->got[i];
		assert_int_equal(f->pid, 101 + i);
		assert_string_equal(x->text[i][KIND], "mutex");
		assert_string_equal(x->text[i][CALLER], "do_commit");
		assert_string_equal(x->text[i][OWNER], "init");
		assert_true(iq_eq(f->owner_at, IQ_LIT("do_rest")));
		assert_true(iq_eq(f->root_at, IQ_LIT("do_rest")));
		assert_string_equal(x->text[i][SOURCE], "the waiter on its stack");
		assert_int_equal(f->owner_pid, 1);
		assert_int_equal(f->certain, 1);
		assert_int_equal(f->waiters, 2);
		assert_int_equal(f->root_pid, 1);
		assert_int_equal(f->deadlock, 0);
		assert_int_equal(f->since_us, (int64_t)(JAVA1 + i + 1) * 1000000);
	}
	close_all(x);
}

static void mutexes(void **state)
{
	(void)state;
	one_mutex("OSRELEASE=6.12.0\n", false);
	one_mutex("OSRELEASE=7.2.0\n", true);
}

/* The task says itself; the ring is not needed. */
static void noted(void **state)
{
	struct waits *x = open_with("OSRELEASE=6.16.0\n", false);
	size_t a = waits_lock(x);
	(void)state;

	little_member(x->l, IQ_M_TASK_BLOCKER, T_BLOCKER, 8, 8, false);
	own(x, a, RW_OWNER, JAVA, 0);
	put(x->l, x->lock[a] + RW_COUNT, 8, 3);
	list_init(x->l, x->lock[a] + RW_LIST);
	put(x->l, x->l->task[JAVA1] + T_STATE, 4, 2);
	put(x->l, x->l->task[JAVA1] + T_BLOCKER, 8, x->lock[a] | 3);
	look(x, disk, 2);
	assert_int_equal(x->n, 1);
	assert_string_equal(x->text[0][KIND], "rw-semaphore");
	assert_string_equal(x->text[0][MODE], "write");
	assert_string_equal(x->text[0][SOURCE], "noted in the task by the kernel");
	assert_int_equal(x->got[0].owner_pid, 100);
	assert_int_equal(x->got[0].waiters, 0);
	close_all(x);
}

/* A rw-semaphore that readers have names the last one of them, who may be gone. */
static void readers(void **state)
{
	struct waits *x = open_with("OSRELEASE=6.1.0\n", false);
	size_t a = waits_lock(x);
	(void)state;

	put(x->l, x->lock[a] + RW_COUNT, 8, 2 << 8 | 2);
	own(x, a, RW_OWNER, JAVA, 1);
	waits_join(x, GONE1, a, RW_LIST);
	look(x, reads, COUNT(reads));
	assert_int_equal(x->got[0].readers, 2);
	assert_int_equal(x->got[0].owner_pid, 100);
	assert_int_equal(x->got[0].certain, 0);
	assert_int_equal(x->got[0].root_pid, IQ_NULL);
	assert_string_equal(x->text[0][MODE], "read");
	assert_string_equal(x->text[0][NOTE],
			    "readers have it; the one named is the last to take it");
	close_all(x);
}

static void others(void **state)
{
	struct waits *x = open_with("OSRELEASE=6.1.0\n", false);
	size_t a = waits_lock(x), r = waits_lock(x);
	uint64_t waiter = alloc(x->l, 16);
	(void)state;

	waits_join(x, JAVA1, a, SEM_LIST);
	put(x->l, x->l->task[JAVA2] + T_STATE, 4, 2);
	put(x->l, x->l->task[JAVA2] + T_PI, 8, waiter);
	put(x->l, waiter + RW_TASK, 8, x->l->task[JAVA2]);
	put(x->l, waiter + RT_LOCK, 8, x->lock[r]);
	own(x, r, RT_OWNER, JAVA, 1);
	put(x->l, x->l->task[GONE1] + T_STATE, 4, 2);
	assert_int_equal(waits_begin(x), 0);
	waits_look(x, JAVA1, sem, COUNT(sem));
	waits_look(x, JAVA2, rt, COUNT(rt));
	waits_look(x, GONE1, disk, COUNT(disk));
	waits_look(x, INIT, disk, 2);		/* asleep, for nothing in particular */
	assert_int_equal(waits_end(x), 0);
	assert_int_equal(x->n, 3);
	assert_string_equal(x->text[0][KIND], "semaphore");
	assert_int_equal(x->got[0].owner_pid, IQ_NULL);
	assert_int_equal(x->got[0].waiters, 1);
	assert_string_equal(x->text[1][KIND], "rt-mutex");
	assert_int_equal(x->got[1].owner_pid, 100);
	assert_string_equal(x->text[2][KIND], "io");
	assert_string_equal(x->text[2][CALLER], "filemap_read");
	assert_int_equal(x->got[2].deadlock, IQ_NULL);
	close_all(x);
}

/* JAVA1 waits for JAVA2, who waits for GONE1, who has nothing to wait for; then GONE1
 * waits for JAVA1. */
static void chains(void **state)
{
	(void)state;
	for (int closed = 0; closed < 2; closed++) {
		struct waits *x = open_with("OSRELEASE=5.10.0\n", false);
		size_t a = waits_lock(x), b = waits_lock(x), c = waits_lock(x);
		own(x, a, X_OWNER, JAVA2, 1);
		own(x, b, X_OWNER, GONE1, 1);
		own(x, c, X_OWNER, JAVA1, 1);
		waits_join(x, JAVA1, a, X_LIST);
		waits_join(x, JAVA2, b, X_LIST);
		if (closed)
			waits_join(x, GONE1, c, X_LIST);
		look(x, mutex, COUNT(mutex));
		assert_int_equal(x->n, 2 + closed);
		for (size_t i = 0; i < x->n; i++) {
			assert_int_equal(x->got[i].deadlock, closed);
			if (!closed)
				assert_int_equal(x->got[i].root_pid, 201);
		}
		close_all(x);
	}
}

/* A lock that is being handed to its first waiter is no deadlock; one that a task takes
 * twice is. */
static void with_itself(void **state)
{
	(void)state;
	for (int given = 0; given < 2; given++) {
		struct waits *x = open_with("OSRELEASE=5.10.0\n", false);
		size_t a = waits_lock(x);
		own(x, a, X_OWNER, JAVA1, given ? 4 : 1);
		waits_join(x, JAVA1, a, X_LIST);
		look(x, mutex, COUNT(mutex));
		assert_int_equal(x->n, 1);
		assert_int_equal(x->got[0].owner_pid, 101);
		assert_int_equal(x->got[0].certain, !given);
		assert_int_equal(x->got[0].deadlock, !given);
		close_all(x);
	}
}

static void no_lock(struct waits *x)
{
	look(x, mutex, COUNT(mutex));
	assert_int_equal(x->n, 1);
	assert_string_equal(x->text[0][KIND], "mutex");
	assert_null(x->got[0].lock.p);
	assert_int_equal(x->got[0].owner_pid, IQ_NULL);
	close_all(x);
}

/* What does not hold is not told: a neighbour that does not point back, a waiter on
 * another's stack, two elements that are no waiters; two locks that might be it. */
static void lies(void **state)
{
	struct waits *x = open_with("OSRELEASE=6.12.0\n", false);
	size_t a = waits_lock(x), b;
	uint64_t other = 0;
	(void)state;

	own(x, a, X_OWNER, GONE1, 1);
	waits_join(x, JAVA1, a, X_LIST);
	put(x->l, x->lock[a] + X_LIST + 8, 8, x->lock[a]);
	no_lock(x);

	x = open_with("OSRELEASE=6.12.0\n", false);
	a = waits_lock(x);
	waits_join(x, JAVA1, a, X_LIST);
	other = alloc(x->l, 48);
	list_add_tail(x->l, x->lock[a] + X_LIST, other);
	put(x->l, other + W_TASK, 8, x->l->task[JAVA2]);
	no_lock(x);

	x = open_with("OSRELEASE=7.2.0\n", true);
	a = waits_lock(x);
	b = waits_lock(x);
	waits_join(x, JAVA1, a, X_LIST);
	put(x->l, x->lock[b] + X_LIST, 8, x->ring[a]);
	put(x->l, get8(x->l, x->l->task[JAVA1] + T_STACK) + LITTLE_SP + 24, 8, x->lock[b]);
	no_lock(x);
}

/* An owner that is no task: who had it has died with it. */
static void owner_gone(void **state)
{
	struct waits *x = open_with("OSRELEASE=6.12.0\n", false);
	size_t a = waits_lock(x);
	(void)state;

	put(x->l, x->lock[a] + X_OWNER, 8, (LITTLE_BASE + 0x8000) | 1);
	waits_join(x, JAVA1, a, X_LIST);
	look(x, mutex, COUNT(mutex));
	assert_int_equal(x->n, 1);
	assert_non_null(x->got[0].lock.p);
	assert_int_equal(x->got[0].owner_pid, IQ_NULL);
	assert_string_equal(x->text[0][NOTE], "its owner is no task of the machine any more");
	close_all(x);
}

static void frames(void **state)
{
	static const struct {
		const char *f[8];
		enum iq_wait_kind kind;
		enum iq_wait_mode mode;
		size_t caller;
	} rows[] = {
		{ { "__schedule", "schedule", "__mutex_lock.isra.1", "mutex_lock_io", "x" },
		  IQ_WAIT_MUTEX, IQ_MODE_NONE, 4 },
		{ { "__schedule", "__down", "down", "x" }, IQ_WAIT_SEMAPHORE, IQ_MODE_NONE, 3 },
		{ { "__schedule", "__down_read", "x" }, IQ_WAIT_RWSEM, IQ_MODE_READ, 2 },
		{ { "__switch_to", "__schedule", "rwsem_down_write_failed",
		    "call_rwsem_down_write_failed", "down_write", "x" },
		  IQ_WAIT_RWSEM, IQ_MODE_WRITE, 5 },
		{ { "__schedule", "wait_for_completion", "x" },
		  IQ_WAIT_COMPLETION, IQ_MODE_NONE, 2 },
		{ { "__schedule", "do_select", "x" }, IQ_WAIT_OTHER, IQ_MODE_NONE, 1 },
	}, spins[] = {
		{ { "stop_this_cpu", "asm_sysvec_reboot", "native_queued_spin_lock_slowpath",
		    "_raw_spin_lock_irqsave", "x" }, IQ_WAIT_SPINLOCK, IQ_MODE_NONE, 4 },
		{ { "osq_lock", "__mutex_lock.constprop.0", "x" },
		  IQ_WAIT_MUTEX, IQ_MODE_NONE, 2 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows) + COUNT(spins); i++) {
		bool spin = i >= COUNT(rows);
		const char *const *f = spin ? spins[i - COUNT(rows)].f : rows[i].f;
		struct iq_slice s[8];
		struct iq_wait_for w;
		size_t n = 0;
		for (; n < 8 && f[n]; n++)
			s[n] = iq_slice_z(f[n]);
		if (spin)
			assert_true(iq_spin_of_frames(s, n, &w));
		else
			w = iq_wait_of_frames(s, n);
		assert_int_equal(w.kind, spin ? spins[i - COUNT(rows)].kind : rows[i].kind);
		assert_int_equal(w.mode, spin ? spins[i - COUNT(rows)].mode : rows[i].mode);
		assert_int_equal(w.caller,
				 spin ? spins[i - COUNT(rows)].caller : rows[i].caller);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames), cmocka_unit_test(mutexes), cmocka_unit_test(noted),
		cmocka_unit_test(readers), cmocka_unit_test(others), cmocka_unit_test(chains),
		cmocka_unit_test(lies), cmocka_unit_test(with_itself), cmocka_unit_test(owner_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
