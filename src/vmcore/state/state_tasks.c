/* vmcore/state/state_tasks.c - rows of all tasks.
 *
 * Idle tasks have pid 0 and their CPU.  Memory stands with the leader of a process, or
 * with its first thread that still has an mm where the leader is dead, as in the
 * kernel's own table (find_lock_task_mm()); its other threads have none, so that sums
 * are right.
 */
#include "vmcore/kernel/cgpath.h"
#include "vmcore/state/task_badness.h"
#include "vmcore/state/tasks.h"

#include <stdio.h>
#include <stdlib.h>

#define PF_KTHREAD 0x00200000
#define LETTERS_MAX 16
#define KTHREAD_NAME_MAX 64
/* fs/proc/array.c; bits of task_struct.__state in include/linux/sched.h */
#define TASK_REPORT 0x7f
#define TASK_REPORT_OLD 0x3f		/* to 4.13, where no letter is for parked */
#define TASK_IDLE 0x402
#define TASK_RTLOCK_WAIT 0x1000
#define TASK_FROZEN 0x8000
#define TASK_PARKED_OLD 0x200

struct round {
	struct iq_kimage *k;
	struct iq_tasks tasks;
	struct iq_mms mms;
	struct iq_cgpaths paths;
	struct iq_badness_rules badness;
	char letters[LETTERS_MAX + 1];	/* R, then one for each bit */
	uint32_t *mm_row;		/* by process: the task that its memory stands with */
	int64_t seq;
};

/* --- state --- */

/* The letters this kernel prints: task_state_array[], "R (running)" and so on. */
static void read_letters(struct round *r)
{
	struct iq_kimage *k = r->k;
	unsigned lb = k->mem->long_bytes;
	uint64_t array, text;
	size_t n = 0;

	memcpy(r->letters, "RSDTtXZPI", 10);
	if (!iq_ki_symbol(k, "task_state_array", &array))
		return;
	char b[LETTERS_MAX + 1] = "";
	for (; n < 9; n++) {
		unsigned char c[2];
		if (iq_mem_uint(k->mem, array + n * lb, lb, &text) != IQ_MEM_OK ||
		    iq_mem_read(k->mem, text, c, 2) != IQ_MEM_OK || c[1] != ' ')
			break;
		b[n] = (char)c[0];
	}
	/* RSDTtZX.. to 3.13, RSDTtXZ to 4.13: there seven count, and what lies behind them
	 * is of no task that can be seen */
	if (n >= 7 && !memcmp(b, "RSDTt", 5) && strcmp(b, "RSDTtXZPI") != 0) {
		b[7] = '\0';
		memcpy(r->letters, b, 8);
	}
}

static struct iq_slice state_of(const struct round *r, uint64_t task)
{
	int64_t state, exit_state;
	size_t n = strlen(r->letters), at;

	if (!iq_ki_get(r->k, task, IQ_M_TASK_STATE, &state))
		return IQ_SLICE_NULL;
	exit_state = iq_ki_value(r->k, task, IQ_M_TASK_EXIT_STATE);
	if (exit_state == IQ_NULL)
		exit_state = 0;
	uint64_t bits = ((uint64_t)state | (uint64_t)exit_state);
	if (n > 8) {
		bits &= TASK_REPORT;
		if ((state & TASK_IDLE) == TASK_IDLE)
			bits = TASK_REPORT + 1;
		else if (state & (TASK_RTLOCK_WAIT | TASK_FROZEN))
			bits = 2;
	} else {
		bits = state == TASK_PARKED_OLD ? 1 : bits & TASK_REPORT_OLD;
	}
	at = bits ? 64 - (size_t)__builtin_clzll(bits) : 0;
	return at < n ? iq_slice(r->letters + at, 1) : IQ_SLICE_NULL;
}

/* --- one task --- */

static int64_t tgid_of(struct iq_kimage *k, uint64_t task, enum iq_member_no pointer)
{
	uint64_t other;

	return iq_ki_pointer(k, task, pointer, &other)
		? iq_ki_value(k, other, IQ_M_TASK_TGID) : IQ_NULL;
}

static int64_t uid_of(struct iq_kimage *k, uint64_t task)
{
	uint64_t cred;

	return iq_ki_pointer(k, task, IQ_M_TASK_REAL_CRED, &cred) ||
	       iq_ki_pointer(k, task, IQ_M_TASK_CRED, &cred)
		? iq_ki_value(k, cred, IQ_M_CRED_UID) : IQ_NULL;
}

/* By the run queues; without them by the task's own mark, which also the one has that
 * a CPU is just leaving, and none in a kernel for one CPU. */
static int64_t on_cpu(const struct round *r, const struct iq_task_at *t)
{
	int64_t marked;

	if (t->current || r->tasks.curr_read)
		return t->current;
	return iq_ki_get(r->k, t->va, IQ_M_TASK_ON_CPU, &marked) ? marked != 0 : IQ_NULL;
}

/* ns since boot, or a struct timespec before 3.17. */
static int64_t start_us(struct iq_kimage *k, uint64_t task)
{
	const struct iq_member_at *m = &k->member[IQ_M_TASK_START_TIME];
	uint64_t s, ns;

	if (!m->known)
		return IQ_NULL;
	if (m->size != 16) {
		int64_t v = iq_ki_value(k, task, IQ_M_TASK_START_TIME);
		return v < 0 ? IQ_NULL : v / 1000;
	}
	if (iq_mem_uint(k->mem, task + m->offset, 8, &s) != IQ_MEM_OK ||
	    iq_mem_uint(k->mem, task + m->offset + 8, 8, &ns) != IQ_MEM_OK ||
	    s > UINT32_MAX || ns > 999999999)
		return IQ_NULL;
	return (int64_t)(s * 1000000 + ns / 1000);
}

static int64_t bytes(const struct iq_kimage *k, int64_t pages)
{
	int64_t n;

	/* a counter may be below 0 for a moment; the kernel shows 0 then */
	if (pages == IQ_NULL)
		return IQ_NULL;
	if (pages < 0)
		return 0;
	return __builtin_mul_overflow(pages, (int64_t)k->page_size, &n) ? IQ_NULL : n;
}

static void fill_memory(const struct iq_kimage *k, const struct iq_mm *mm, struct iq_task *f)
{
	f->total_vm_bytes = bytes(k, mm->total_vm_pages);
	f->file_rss_bytes = bytes(k, mm->pages[IQ_MM_FILE]);
	f->anon_rss_bytes = bytes(k, mm->pages[IQ_MM_ANON]);
	f->shmem_rss_bytes = bytes(k, mm->pages[IQ_MM_SHMEM]);
	f->swap_bytes = bytes(k, mm->pages[IQ_MM_SWAP]);
	f->page_table_bytes = mm->page_table_bytes;
	if (f->file_rss_bytes == IQ_NULL || f->anon_rss_bytes == IQ_NULL)
		return;
	int64_t shmem = f->shmem_rss_bytes == IQ_NULL ? 0 : f->shmem_rss_bytes;
	if (__builtin_add_overflow(f->file_rss_bytes, f->anon_rss_bytes, &f->rss_bytes) ||
	    __builtin_add_overflow(f->rss_bytes, shmem, &f->rss_bytes))
		f->rss_bytes = IQ_NULL;
}

/* /proc shows the whole name of a kernel thread that does not fit into comm. */
static struct iq_slice comm_of(struct iq_kimage *k, const struct iq_task_at *t)
{
	uint64_t kthread, name;

	if (t->flags & PF_KTHREAD && t->idle_cpu < 0 &&
	    iq_ki_pointer(k, t->va, IQ_M_TASK_WORKER_PRIVATE, &kthread) &&
	    iq_ki_pointer(k, kthread, IQ_M_KTHREAD_FULL_NAME, &name)) {
		struct iq_slice s = iq_ki_string(k, name, KTHREAD_NAME_MAX);
		if (s.n)
			return s;
	}
	return iq_ki_chars(k, t->va, IQ_M_TASK_COMM);
}

/* What is the process's, with the task that it stands with. */
static void fill_process(struct round *r, size_t i, struct iq_task *f)
{
	const struct iq_task_at *t = &r->tasks.t[i];
	const struct iq_mm *mm;

	if (t->process == IQ_NO_PROCESS)
		return;
	if (r->mm_row[t->process] != i &&
	    (r->mm_row[t->process] != UINT32_MAX || t->pid != t->tgid))
		return;
	mm = iq_mm_of(&r->mms, t);
	if (mm)
		fill_memory(r->k, mm, f);
	if (t->pid && iq_ki_has(r->k, IQ_M_TASK_FLAGS))
		iq_badness_fill(r->k, &r->badness, t, mm, f);
}

static void fill(struct round *r, size_t i, struct iq_task *f)
{
	struct iq_kimage *k = r->k;
	const struct iq_task_at *t = &r->tasks.t[i];

	f->snapshot_id = k->snapshot_id;
	f->pid = t->pid;
	f->tgid = t->tgid;
	f->ppid = tgid_of(k, t->va, IQ_M_TASK_REAL_PARENT);
	f->uid = uid_of(k, t->va);
	f->comm = comm_of(k, t);
	f->state = state_of(r, t->va);
	f->flags = t->flags;
	f->cpu = t->idle_cpu >= 0 ? t->idle_cpu : iq_ki_value(k, t->va, IQ_M_TASK_CPU);
	if (!iq_ki_has(k, IQ_M_TASK_CPU) && (t->current || k->n_cpus == 1))
		f->cpu = t->current ? t->current_on : 0;
	f->on_cpu = on_cpu(r, t);
	f->start_us = start_us(k, t->va);
	if (t->signal) {
		f->oom_score_adj = iq_ki_value(k, t->signal, IQ_M_SIGNAL_OOM_SCORE_ADJ);
		f->oom_adj = iq_ki_value(k, t->signal, IQ_M_SIGNAL_OOM_ADJ);
	}
	f->kernel_thread = (t->flags & PF_KTHREAD) != 0;
	f->cgroup = iq_cgpath_of_task(&r->paths, t->va);
	f->seq = r->seq++;
	fill_process(r, i, f);
}

/* --- all of them --- */

/* The leader if it has an mm, else the first thread that has. */
static int choose_mm_rows(struct round *r, struct iq_err *err)
{
	const struct iq_tasks *s = &r->tasks;

	r->mm_row = malloc((s->signals.n + 1) * sizeof *r->mm_row);
	if (!r->mm_row)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	for (size_t i = 0; i < s->signals.n; i++)
		r->mm_row[i] = UINT32_MAX;
	for (size_t i = 0; i < s->n; i++) {
		const struct iq_task_at *t = &s->t[i];
		if (t->process == IQ_NO_PROCESS || !t->mm)
			continue;
		if (t->pid == t->tgid || r->mm_row[t->process] == UINT32_MAX)
			r->mm_row[t->process] = (uint32_t)i;
	}
	return 0;
}

static int put_all(struct round *r, struct iq_err *err)
{
	struct iq_kimage *k = r->k;

	for (size_t i = 0; i < r->tasks.n; i++) {
		struct iq_task f;
		iq_fact_init(IQ_FACT_TASK, &f);
		fill(r, i, &f);
		r->tasks.t[i].state = f.state.n ? f.state.p[0] : 0;
		if (iq_sink_put(k->sink, IQ_FACT_TASK, &f, err))
			return -1;
		iq_arena_reset(&k->arena);
	}
	return 0;
}

static int run(struct round *r, struct iq_err *err)
{
	if (iq_tasks_find(&r->tasks, r->k, err) || iq_mms_init(&r->mms, &r->tasks, err) ||
	    choose_mm_rows(r, err) || put_all(r, err))
		return -1;
	iq_tasks_say_missing(&r->tasks);
	return r->paths.no_memory ? iq_err_set(err, IQ_E_NOMEM, "out of memory") : 0;
}

int iq_state_tasks(struct iq_kimage *k, struct iq_err *err)
{
	struct round r = { .k = k };

	bool known = iq_ki_has(k, IQ_M_TASK_PID) && iq_ki_has(k, IQ_M_TASK_TGID) &&
		     iq_ki_has(k, IQ_M_TASK_COMM);

	if (!known && !k->types)
		return 0;		/* said already */
	if (!known) {
		k->missing = true;
		iq_vmcore_issue(k->v, "note", "tasks-unknown", IQ_NULL, "no tasks: where the "
				"members of task_struct are is not known");
		return 0;
	}
	iq_cgpaths_init(&r.paths, k);
	iq_badness_open(k, &r.badness);
	read_letters(&r);
	int rc = run(&r, err);
	iq_cgpaths_free(&r.paths);
	iq_mms_free(&r.mms);
	free(r.mm_row);
	k->tasks = malloc(sizeof *k->tasks);
	if (!k->tasks) {
		iq_tasks_free(&r.tasks);
		return rc ? rc : iq_err_set(err, IQ_E_NOMEM, "out of memory");
	}
	*k->tasks = r.tasks;		/* freed with the image */
	return rc;
}
