/* vmcore/stacks/state_stacks.c - the stack of every task, a row a frame.
 *
 * A task that sleeps left the way to its frames where it was switched away from; one on
 * a processor is unwound from that processor's registers.  Most tasks wait at one of a
 * few places: names are looked up once per address, and the frames below the first are
 * put once for all tasks that have the same (the view v1_stack joins them by hash).
 */
#include "vmcore/stacks/cpu_notes.h"
#include "vmcore/stacks/processors.h"
#include "vmcore/state/tasks.h"
#include "vmcore/stacks/unwind.h"
#include "vmcore/stacks/waits.h"

#include <stdio.h>
#include <stdlib.h>

#define NAMES 4096			/* addresses remembered */
#define STACK_SIZE 16384		/* THREAD_SIZE, where types do not tell */
#define STACK_SIZE_MAX (1 << 20)
#define MODULES_MAX 8192
#define FRAMES_ALL_MAX 4000000		/* of all tasks: half a million of tasks */
#define HASHES_MAX 1000000		/* different stacks; beyond, each has its own rows */

struct name {				/* of one frame */
	uint64_t ip;			/* 0: free */
	bool exact;
	struct iq_slice function, module;
	int64_t offset;			/* IQ_NULL: no function */
};

struct round {
	struct iq_kimage *k;
	struct iq_unwinder u;
	struct iq_stack_frames frames;	/* of one task */
	struct iq_cpu_task *running;	/* by processor */
	struct iq_cpu_regs *regs;
	struct iq_addrset runs;		/* tasks that run ... */
	uint32_t *runs_on;		/* ... and the processor of each */
	uint64_t fork;			/* where a task that never ran begins */
	size_t no_registers, unreadable, scanned, rewound;
	size_t frames_all;
	struct iq_addrset seen;		/* hashes whose frames were put */
	struct iq_waits waits;
	struct name names[NAMES];
};

/* --- the unwinder's tables --- */

static int add_module(void *arg, uint64_t module)
{
	struct round *r = arg;
	struct iq_kimage *k = r->k;
	uint64_t ips, entries;
	int64_t n;

	if (iq_ki_get(k, module, IQ_M_MODULE_NUM_ORCS, &n) && n &&
	    iq_ki_pointer(k, module, IQ_M_MODULE_ORC_IP, &ips) &&
	    iq_ki_pointer(k, module, IQ_M_MODULE_ORC, &entries))
		return iq_orc_add(&r->u.orc, ips, entries, (uint64_t)n & UINT32_MAX) < 0;
	return 0;
}

static bool release_before(const struct iq_kimage *k, uint64_t major, uint64_t minor)
{
	struct iq_slice s = iq_vmcoreinfo_line(k->info, "OSRELEASE");
	uint64_t a, b;

	return iq_take_u64(&s, &a) && iq_skip(&s, IQ_LIT(".")) && iq_take_u64(&s, &b) &&
	       (a < major || (a == major && b < minor));
}

static void open_x86(struct round *r)
{
	struct iq_kimage *k = r->k;
	uint64_t ips, end, entries, modules;

	iq_orc_init(&r->u.orc, k->mem);
	r->u.indirect_first = release_before(k, 5, 12);
	if (iq_ki_symbol(k, "__start_orc_unwind_ip", &ips) &&
	    iq_ki_symbol(k, "__stop_orc_unwind_ip", &end) && end > ips &&
	    iq_ki_symbol(k, "__start_orc_unwind", &entries))
		iq_orc_add(&r->u.orc, ips, entries, (end - ips) / 4);
	if (r->u.orc.n && iq_ki_has(k, IQ_M_MODULE_NUM_ORCS) &&
	    iq_ki_symbol(k, "modules", &modules))
		iq_ki_list(k, modules, k->member[IQ_M_MODULE_LIST].offset, MODULES_MAX,
			   add_module, r);
	if (!iq_orc_ready(&r->u.orc, iq_ki_has(k, IQ_M_ORC_ENTRY_SIGNAL)))
		iq_orc_fini(&r->u.orc);
	if (!iq_ki_symbol(k, "ret_from_fork_asm", &r->fork))	/* 6.5 */
		iq_ki_symbol(k, "ret_from_fork", &r->fork);
}

static void open_arm64(struct round *r)
{
	struct iq_kimage *k = r->k;
	int64_t mask;

	if (iq_vmcoreinfo_number(k->info, "KERNELPACMASK", &mask))
		r->u.pac_mask = (uint64_t)mask;
	if (iq_ki_has(k, IQ_M_PT_REGS_STACKFRAME) && iq_ki_has(k, IQ_M_PT_REGS_PC)) {
		r->u.stackframe_at = k->member[IQ_M_PT_REGS_STACKFRAME].offset;
		r->u.regs_pc_at = k->member[IQ_M_PT_REGS_PC].offset;
	}
	iq_ki_symbol(k, "ret_from_fork", &r->fork);
}

static void open_unwinder(struct round *r)
{
	struct iq_kimage *k = r->k;
	uint64_t size = k->struct_size[IQ_S_THREAD_UNION];

	r->u.mem = k->mem;
	r->u.symbols = k->symbols;
	r->u.stack_size = size >= 4096 && size <= STACK_SIZE_MAX && !(size & (size - 1))
		? size : STACK_SIZE;
	if (k->arch == IQ_ARCH_X86_64)
		open_x86(r);
	else
		open_arm64(r);
}

/* --- who runs --- */

static void stack_of(const struct round *r, uint64_t task, uint64_t *low, uint64_t *high)
{
	*low = *high = 0;
	if (iq_ki_pointer(r->k, task, IQ_M_TASK_STACK, low))
		*high = *low + r->u.stack_size;
}

static void runs_on(struct round *r, uint64_t task, int64_t pid, int64_t cpu)
{
	if (cpu < 0 || cpu >= (int64_t)r->k->n_cpus || r->running[cpu].task)
		return;
	struct iq_cpu_task *t = &r->running[cpu];
	bool new;
	size_t no = iq_addrset_add(&r->runs, task, &new);
	if (no == IQ_ADDRSET_NONE || !new)
		return;
	r->runs_on[no] = (uint32_t)cpu;
	t->task = task;
	t->pid = pid;
	stack_of(r, task, &t->low, &t->high);
}

/* Is there a processor that no run queue told the task of? */
static bool some_unknown(const struct round *r)
{
	for (uint32_t cpu = 0; cpu < r->k->n_cpus; cpu++)
		if (!r->running[cpu].task && r->k->percpu_offset[cpu] != UINT64_MAX)
			return true;
	return false;
}

/* What the run queues say; a kernel that does not name them marks tasks.  Those are asked
 * only where a queue is silent: on a large machine it takes a page of each. */
static int find_running(struct round *r, struct iq_err *err)
{
	struct iq_kimage *k = r->k;
	uint64_t task;
	int64_t on_cpu;

	r->running = calloc(k->n_cpus, sizeof *r->running);
	r->regs = calloc(k->n_cpus, sizeof *r->regs);
	r->runs_on = calloc(k->n_cpus, sizeof *r->runs_on);
	iq_addrset_init(&r->runs, k->n_cpus);
	if (!r->running || !r->regs || !r->runs_on)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	for (uint32_t cpu = 0; cpu < k->n_cpus; cpu++)
		if (iq_cpu_current(k, cpu, &task))
			runs_on(r, task, (int32_t)iq_ki_value(k, task, IQ_M_TASK_PID), cpu);
	bool ask = some_unknown(r);
	for (size_t i = 0; ask && i < k->tasks->n; i++) {
		const struct iq_task_at *t = &k->tasks->t[i];
		if (!iq_ki_get(k, t->va, IQ_M_TASK_ON_CPU, &on_cpu) || !on_cpu)
			continue;
		int64_t cpu = iq_ki_value(k, t->va, IQ_M_TASK_CPU);
		runs_on(r, t->va, t->pid, cpu == IQ_NULL && k->n_cpus == 1 ? 0 : cpu);
	}
	return iq_cpu_notes_read(k, r->running, r->regs, err);
}

static int64_t running_on(const struct round *r, uint64_t task)
{
	size_t no = iq_addrset_find(&r->runs, task);

	return no == IQ_ADDRSET_NONE ? -1 : (int64_t)r->runs_on[no];
}

/* --- where a stack begins --- */

/* struct inactive_task_frame: what __switch_to_asm pushed.  In 5.0, 5.1 and kernels that
 * took it over flags were among it: without types the word after BP tells, which is a
 * return address or not. */
static bool asleep_x86(const struct round *r, uint64_t task, struct iq_unwind_start *s)
{
	struct iq_kimage *k = r->k;
	bool known = iq_ki_has(k, IQ_M_INACTIVE_FRAME_BP) &&
		     iq_ki_has(k, IQ_M_INACTIVE_FRAME_IP);
	uint64_t bp_at = 40, ip_at = 48, size = 56;
	int64_t sp;

	if (known) {
		bp_at = k->member[IQ_M_INACTIVE_FRAME_BP].offset;
		ip_at = k->member[IQ_M_INACTIVE_FRAME_IP].offset;
		size = k->struct_size[IQ_S_INACTIVE_FRAME];
	}
	if (!iq_ki_get(k, task, IQ_M_TASK_THREAD_SP, &sp) ||
	    iq_mem_uint(k->mem, (uint64_t)sp + bp_at, 8, &s->bp) != IQ_MEM_OK ||
	    iq_mem_uint(k->mem, (uint64_t)sp + ip_at, 8, &s->ip) != IQ_MEM_OK)
		return false;
	s->sp = (uint64_t)sp + size;
	uint64_t next;
	if (!known && !iq_symbol_is_text(k->symbols, s->ip) &&
	    iq_mem_uint(k->mem, s->sp, 8, &next) == IQ_MEM_OK &&
	    iq_symbol_is_text(k->symbols, next)) {
		s->bp = s->ip;
		s->ip = next;
		s->sp += 8;
	}
	return true;
}

static bool asleep_arm64(const struct round *r, uint64_t task, struct iq_unwind_start *s)
{
	int64_t ip, sp, fp;

	if (!iq_ki_get(r->k, task, IQ_M_TASK_CONTEXT_PC, &ip) ||
	    !iq_ki_get(r->k, task, IQ_M_TASK_CONTEXT_SP, &sp) ||
	    !iq_ki_get(r->k, task, IQ_M_TASK_CONTEXT_FP, &fp))
		return false;
	s->ip = (uint64_t)ip;
	s->sp = (uint64_t)sp;
	s->bp = (uint64_t)fp;
	return true;
}

/* False: there is nothing to unwind, counted where that is a loss. */
static bool begin(struct round *r, uint64_t task, int64_t cpu, struct iq_unwind_start *s)
{
	memset(s, 0, sizeof *s);
	stack_of(r, task, &s->low, &s->high);
	if (cpu >= 0) {
		const struct iq_cpu_regs *c = &r->regs[cpu];
		r->no_registers += !c->known;
		if (!c->known || c->user)
			return false;
		s->ip = c->ip;
		s->sp = c->sp;
		s->bp = c->bp;
		s->exact = true;
		s->regs = r->k->arch == IQ_ARCH_X86_64 ? c->x86 : NULL;
		return true;
	}
	bool ok = r->k->arch == IQ_ARCH_X86_64 ? asleep_x86(r, task, s)
					       : asleep_arm64(r, task, s);
	/* a dead task has no stack any more */
	r->unreadable += !ok && s->low;
	s->exact = ok && r->fork && s->ip == r->fork;
	return ok;
}

/* --- rows --- */

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 32;
}

static uint64_t mix_text(uint64_t h, struct iq_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
	return mix(h, s.n);
}

static const struct name *name_of(struct round *r, const struct iq_frame *f)
{
	struct name *n = &r->names[mix(f->exact, f->ip) % NAMES];
	struct iq_symbol_at at;

	if (n->ip == f->ip && n->exact == f->exact)
		return n;
	*n = (struct name){ .ip = f->ip, .exact = f->exact, .offset = IQ_NULL };
	if (!iq_unwind_symbol(&r->u, f->ip, f->exact, &at))
		return n;
	n->function = at.name;
	n->module = at.module;
	n->offset = (int64_t)(f->ip - at.start);
	return n;
}

/* By what is shown, not by addresses: the same after the next boot. */
static uint64_t hash_of(struct round *r)
{
	uint64_t h = 0;

	for (size_t i = 0; i < r->frames.n; i++) {
		const struct name *n = name_of(r, &r->frames.frame[i]);
		h = mix(mix_text(mix_text(h, n->function), n->module), (uint64_t)n->offset);
		h = mix(h, r->frames.frame[i].reliable);
	}
	return h;
}

static int put_frame(struct round *r, struct iq_stack *row, size_t depth,
		     struct iq_err *err)
{
	const struct iq_frame *f = &r->frames.frame[depth];
	const struct name *name = name_of(r, f);

	row->depth = (int64_t)depth;
	row->function = name->function;
	row->module = name->module;
	row->offset = name->offset;
	row->reliable = f->reliable;
	return iq_sink_put(r->k->sink, IQ_FACT_STACK, row, err);
}

/* Frame 0 with the task; the others once for a hash, of no task. */
static int put(struct round *r, const struct iq_task_at *t, int64_t cpu,
	       struct iq_err *err)
{
	struct iq_kimage *k = r->k;
	uint64_t h = hash_of(r);
	char hash[17];
	int n = snprintf(hash, sizeof hash, "%016llx", (unsigned long long)h);
	struct iq_stack row;
	bool first = true;

	if (!r->frames.n)
		return 0;
	iq_fact_init(IQ_FACT_STACK, &row);
	row.snapshot_id = k->snapshot_id;
	row.pid = t->pid;
	row.cpu = cpu >= 0 ? cpu : t->idle_cpu >= 0 ? t->idle_cpu
						    : iq_ki_value(k, t->va, IQ_M_TASK_CPU);
	if (row.cpu == IQ_NULL && k->n_cpus == 1)
		row.cpu = 0;
	row.state = t->state ? iq_slice(&t->state, 1) : IQ_SLICE_NULL;
	row.hash = iq_slice(hash, (size_t)n);
	if (put_frame(r, &row, 0, err))
		return -1;
	if (iq_addrset_add(&r->seen, h, &first) != IQ_ADDRSET_NONE)
		row.pid = row.cpu = IQ_NULL;
	if (row.pid == IQ_NULL)
		row.state = IQ_SLICE_NULL;
	for (size_t i = 1; first && i < r->frames.n; i++)
		if (put_frame(r, &row, i, err))
			return -1;
	return 0;
}

/* What it waits for, by what its reliable frames are called. */
static void look_at_wait(struct round *r, const struct iq_task_at *t, int64_t cpu,
			 uint64_t sp)
{
	struct iq_slice function[IQ_WAIT_FRAMES_MAX], module[IQ_WAIT_FRAMES_MAX];
	size_t n = 0;

	for (; n < r->frames.n && n < IQ_WAIT_FRAMES_MAX && r->frames.frame[n].reliable; n++) {
		const struct name *name = name_of(r, &r->frames.frame[n]);
		function[n] = name->function;
		module[n] = name->module;
	}
	iq_waits_add(&r->waits, t, cpu, sp, function, module, n);
}

static struct iq_place place_of(struct round *r, size_t i)
{
	struct iq_place p = { .offset = IQ_NULL };

	if (i >= r->frames.n)
		return p;
	const struct name *name = name_of(r, &r->frames.frame[i]);
	return (struct iq_place){ name->function, name->module, name->offset };
}

static int put_processor(struct round *r, const struct iq_task_at *t, int64_t cpu,
			 struct iq_err *err)
{
	size_t at;
	const struct iq_crossing *c = iq_processor_place(&r->u, &r->frames, &at);
	struct iq_processor p = {
		.cpu = cpu, .task = t, .regs = &r->regs[cpu], .crossing = c,
		.at = place_of(r, at),
	};

	if (c)
		p.entered_by = place_of(r, c->frame - 1).function;
	return iq_processor_put(r->k, &p, err);
}

static int one_task(struct round *r, const struct iq_task_at *t, struct iq_err *err)
{
	struct iq_stack_frames *f = &r->frames;
	int64_t cpu = running_on(r, t->va);
	struct iq_unwind_start s;

	f->n = f->n_crossings = 0;
	if (!begin(r, t->va, cpu, &s)) {
		if (cpu >= 0)
			return put_processor(r, t, cpu, err);
		iq_waits_add(&r->waits, t, cpu, 0, NULL, NULL, 0);
		return 0;
	}
	if (r->k->arch == IQ_ARCH_X86_64)
		iq_unwind_x86(&r->u, &s, f);
	else
		iq_unwind_arm64(&r->u, &s, f);
	r->frames_all += f->n;
	r->unreadable += f->end == IQ_STACK_UNREADABLE;
	r->scanned += f->end == IQ_STACK_LOST;
	r->rewound += f->rewound;
	look_at_wait(r, t, cpu, s.sp);
	if (cpu >= 0 && put_processor(r, t, cpu, err))
		return -1;
	return put(r, t, cpu, err);
}

static void say(struct round *r)
{
	if (r->unreadable)
		iq_ki_missing(r->k, "stacks-unreadable", "%zu stack%s cannot be read, or not to "
			      "the end", r->unreadable, r->unreadable == 1 ? "" : "s");
	if (r->frames_all >= FRAMES_ALL_MAX)
		iq_ki_missing(r->k, "stacks-cut", "stacks of more than %d frames together: not "
			      "all were read", FRAMES_ALL_MAX);
	if (r->no_registers)
		iq_vmcore_issue(r->k->v, "note", "no-registers", IQ_NULL, "%zu processor%s "
				"without registers in the dump: what ran there is not known",
				r->no_registers, r->no_registers == 1 ? "" : "s");
	if (r->scanned)
		iq_vmcore_issue(r->k->v, "note", "stacks-scanned", IQ_NULL, "%zu stack%s could "
				"not be followed to the end; what looks like return "
				"addresses there is listed as not reliable", r->scanned,
				r->scanned == 1 ? "" : "s");
	if (r->rewound)
		iq_vmcore_issue(r->k->v, "note", "stack-rewound", IQ_NULL, "the stack of a task "
				"that died in an oops was rewound: where it was stands in "
				"the log");
}

int iq_state_stacks(struct iq_kimage *k, struct iq_err *err)
{
	struct round *r;

	if (!k->tasks)
		return 0;
	if (k->arch != IQ_ARCH_X86_64 && k->arch != IQ_ARCH_ARM64) {
		iq_vmcore_issue(k->v, "note", "stacks-unknown", IQ_NULL, "no stacks: those of "
				"this machine cannot be unwound here; crash can, with its "
				"vmlinux");
		return 0;
	}
	r = calloc(1, sizeof *r);
	if (!r)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	r->k = k;
	open_unwinder(r);
	iq_addrset_init(&r->seen, HASHES_MAX);
	iq_waits_init(&r->waits, k->tasks, r->u.stack_size);
	int rc = find_running(r, err);
	for (size_t i = 0; rc == 0 && i < k->tasks->n && r->frames_all < FRAMES_ALL_MAX; i++)
		rc = one_task(r, &k->tasks->t[i], err);
	if (rc == 0)
		rc = iq_waits_put(&r->waits, err);
	if (rc == 0)
		say(r);
	iq_waits_free(&r->waits);
	iq_orc_fini(&r->u.orc);
	iq_addrset_fini(&r->seen);
	iq_addrset_fini(&r->runs);
	free(r->runs_on);
	free(r->running);
	free(r->regs);
	free(r);
	return rc;
}
