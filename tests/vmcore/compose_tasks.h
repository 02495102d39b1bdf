/* tests/vmcore/compose_tasks.h - a little machine with processes, threads and cgroups.
 *
 * Members lie where it pleases; what counts is that the walkers find them by the table.
 *
 *	swapper/0 swapper/1   idle tasks, the first is init_task
 *	1 init                cgroup /
 *	2 kthreadd            a kernel thread, in state idle
 *	100 java              leader of 101 and 102, cgroup /app/web
 *	200 gone              dead leader of 201, which holds its memory
 *	300 zombie            no memory, no threads
 */
#ifndef TESTS_VMCORE_COMPOSE_TASKS_H
#define TESTS_VMCORE_COMPOSE_TASKS_H

#include <stdio.h>
#include <stdlib.h>

#include "vmcore/kernel/kimage.h"
#include "vmcore/state/tasks.h"

#define LITTLE_BASE UINT64_C(0xffffffff81000000)
#define LITTLE_BYTES 65536

enum {
	T_STATE = 0, T_EXIT = 4, T_STACK = 8, T_FLAGS = 16, T_CPU = 24, T_PID = 28,
	T_TGID = 32, T_TASKS = 40, T_CHILDREN = 56, T_SIBLING = 72, T_PARENT = 88,
	T_LEADER = 96, T_NODE = 104, T_COMM = 120, T_SIGNAL = 136, T_CRED = 144,
	T_START = 160, T_CGROUPS = 168, T_MM = 176, T_PID_LINKS = 184, T_RSS = 248,
	T_SIZE = 0x160,
	S_THREADS = 0, S_HEAD = 8, S_ADJ = 24, S_SIZE = 0x40,
	M_TOTAL = 0, M_PGTABLES = 8, M_RSS = 16, M_SIZE = 0x100,
	PC_COUNT = 8, PC_COUNTERS = 16, PC_SIZE = 24,
	X_SHIFT = 0, X_SLOTS = 8, X_SIZE = 8 + 64 * 8,
	CSS_CGROUP = 0, CSS_CHILDREN = 8, CSS_SIBLING = 24, CSS_FLAGS = 40,
	MC_CSS = 16, MC_MEMORY = 64, MC_SWAP = 96, MC_EVENTS = 128, MC_OOM_GROUP = 192,
	MC_VMSTATS = 200, MC_SIZE = 0x100, C_ROOT = 0, C_KN = 8, K_NAME = 0, K_PARENT = 8,
};

enum { N_TASKS = 10 };
enum { SWAPPER0, SWAPPER1, INIT, KTHREADD, JAVA, JAVA1, JAVA2, GONE, GONE1, ZOMBIE };
enum { CG_ROOT, CG_APP, CG_WEB, CG_DYING, N_CGROUPS };

struct little {
	unsigned char *mem;
	size_t used;
	size_t hole_at, hole_n;		/* cannot be read */
	uint64_t task[N_TASKS], signal[N_TASKS], mm[N_TASKS], pid_node[5];
	uint64_t memcg[N_CGROUPS];
	struct iq_memory memory;
	struct iq_vmcoreinfo info;
	struct iq_vmcore v;
	struct iq_types types;
	struct iq_kimage k;
	/* what came out */
	struct iq_sink sink;
	struct iq_task got[64];
	char comm[64][64], cgroup[64][64], state[64][4];
	size_t n;
	struct iq_cgroup groups[32];
	char path[32][64];
	size_t n_groups, n_counters, n_facts;
	char issues[1024];
	struct iq_err err;
};

static inline enum iq_mem_status little_read(void *arg, uint64_t va, void *buf, size_t n)
{
	const struct little *l = arg;
	uint64_t at = va - LITTLE_BASE;

	if (at > LITTLE_BYTES || n > LITTLE_BYTES - at)
		return IQ_MEM_UNMAPPED;
	if (at < l->hole_at + l->hole_n && at + n > l->hole_at)
		return IQ_MEM_EXCLUDED;
	memcpy(buf, l->mem + at, n);
	return IQ_MEM_OK;
}

static inline void put(struct little *l, uint64_t va, size_t n, uint64_t v)
{
	if (va - LITTLE_BASE > LITTLE_BYTES - n)
		abort();
	for (size_t i = 0; i < n; i++)
		l->mem[va - LITTLE_BASE + i] = (unsigned char)(v >> 8 * i);
}

static inline uint64_t get8(const struct little *l, uint64_t va)
{
	uint64_t v = 0;
	for (size_t i = 8; i-- > 0;)
		v = v << 8 | l->mem[va - LITTLE_BASE + i];
	return v;
}

static inline uint64_t alloc(struct little *l, size_t n)
{
	uint64_t va = LITTLE_BASE + l->used;

	l->used += (n + 15) & ~(size_t)15;
	if (l->used > LITTLE_BYTES)
		abort();
	return va;
}

static inline uint64_t string(struct little *l, const char *s)
{
	uint64_t va = alloc(l, strlen(s) + 1);
	memcpy(l->mem + (va - LITTLE_BASE), s, strlen(s));
	return va;
}

static inline void list_init(struct little *l, uint64_t head)
{
	put(l, head, 8, head);
	put(l, head + 8, 8, head);
}

static inline void list_add_tail(struct little *l, uint64_t head, uint64_t node)
{
	uint64_t last = get8(l, head + 8);
	put(l, node, 8, head);
	put(l, node + 8, 8, last);
	put(l, last, 8, node);
	put(l, head + 8, 8, node);
}

/* --- the kernel's own knowledge of itself --- */

static inline void little_member(struct little *l, enum iq_member_no m, uint32_t offset,
				 uint32_t size, uint32_t elem, bool is_signed)
{
	l->k.member[m] = (struct iq_member_at){ .offset = offset, .size = size,
		.elem_size = elem, .is_signed = is_signed, .known = true };
}

static inline void little_members(struct little *l)
{
	const struct { enum iq_member_no m; uint32_t at, size, elem; bool is_signed; } rows[] = {
		{ IQ_M_TASK_STATE, T_STATE, 4, 4, false }, { IQ_M_TASK_EXIT_STATE, T_EXIT, 4, 4, true },
		{ IQ_M_TASK_FLAGS, T_FLAGS, 4, 4, false }, { IQ_M_TASK_CPU, T_CPU, 4, 4, false },
		{ IQ_M_TASK_PID, T_PID, 4, 4, true }, { IQ_M_TASK_TGID, T_TGID, 4, 4, true },
		{ IQ_M_TASK_TASKS, T_TASKS, 16, 16, false },
		{ IQ_M_TASK_CHILDREN, T_CHILDREN, 16, 16, false },
		{ IQ_M_TASK_SIBLING, T_SIBLING, 16, 16, false },
		{ IQ_M_TASK_REAL_PARENT, T_PARENT, 8, 8, false },
		{ IQ_M_TASK_GROUP_LEADER, T_LEADER, 8, 8, false },
		{ IQ_M_TASK_THREAD_NODE, T_NODE, 16, 16, false },
		{ IQ_M_TASK_COMM, T_COMM, 16, 1, true }, { IQ_M_TASK_SIGNAL, T_SIGNAL, 8, 8, false },
		{ IQ_M_TASK_REAL_CRED, T_CRED, 8, 8, false },
		{ IQ_M_TASK_START_TIME, T_START, 8, 8, false },
		{ IQ_M_TASK_CGROUPS, T_CGROUPS, 8, 8, false }, { IQ_M_TASK_MM, T_MM, 8, 8, false },
		{ IQ_M_TASK_PID_LINKS, T_PID_LINKS, 64, 16, false },
		{ IQ_M_SIGNAL_NR_THREADS, S_THREADS, 4, 4, true },
		{ IQ_M_SIGNAL_THREAD_HEAD, S_HEAD, 16, 16, false },
		{ IQ_M_SIGNAL_OOM_SCORE_ADJ, S_ADJ, 2, 2, true },
		{ IQ_M_CRED_UID, 4, 4, 4, false }, { IQ_M_MM_TOTAL_VM, M_TOTAL, 8, 8, false },
		{ IQ_M_MM_PGTABLES_BYTES, M_PGTABLES, 8, 8, true },
		{ IQ_M_PID_NAMESPACE_XA_HEAD, 8, 8, 8, false },
		{ IQ_M_XA_NODE_SHIFT, X_SHIFT, 1, 1, false },
		{ IQ_M_XA_NODE_SLOTS, X_SLOTS, 512, 8, false },
		{ IQ_M_PID_TASKS, 16, 32, 8, false },
		{ IQ_M_RQ_CURR, 8, 8, 8, false }, { IQ_M_RQ_IDLE, 16, 8, 8, false },
		{ IQ_M_CSS_SET_SUBSYS, 0, 16, 8, false }, { IQ_M_CSS_SET_DFL_CGRP, 16, 8, 8, false },
		{ IQ_M_CSS_CGROUP, CSS_CGROUP, 8, 8, false },
		{ IQ_M_CSS_CHILDREN, CSS_CHILDREN, 16, 16, false },
		{ IQ_M_CSS_SIBLING, CSS_SIBLING, 16, 16, false },
		{ IQ_M_CSS_FLAGS, CSS_FLAGS, 4, 4, false },
		{ IQ_M_CGROUP_ROOT, C_ROOT, 8, 8, false }, { IQ_M_CGROUP_KN, C_KN, 8, 8, false },
		{ IQ_M_KERNFS_NODE_NAME, K_NAME, 8, 8, false },
		{ IQ_M_KERNFS_NODE_PARENT, K_PARENT, 8, 8, false },
		{ IQ_M_MEM_CGROUP_CSS, MC_CSS, 48, 48, false },
		{ IQ_M_MEM_CGROUP_MEMORY, MC_MEMORY, 32, 32, false },
		{ IQ_M_MEM_CGROUP_SWAP, MC_SWAP, 32, 32, false },
		{ IQ_M_MEM_CGROUP_EVENTS, MC_EVENTS, 64, 8, false },
		{ IQ_M_MEM_CGROUP_OOM_GROUP, MC_OOM_GROUP, 1, 1, false },
		{ IQ_M_MEM_CGROUP_VMSTATS, MC_VMSTATS, 8, 8, false },
		{ IQ_M_MEMCG_VMSTATS_STATE, 0, 64, 8, true },
		{ IQ_M_PAGE_COUNTER_USAGE, 0, 8, 8, true }, { IQ_M_PAGE_COUNTER_MAX, 8, 8, 8, false },
		{ IQ_M_PAGE_COUNTER_FAILCNT, 16, 8, 8, false },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		little_member(l, rows[i].m, rows[i].at, rows[i].size, rows[i].elem,
			      rows[i].is_signed);
}

/* memcg counters: 1 and 2 have a place, at 0 and 3 of the compacted array. */
static inline bool little_enumerator(void *impl, const char *type, const char *name,
				     int64_t *ret)
{
	(void)impl;
	(void)type;
	if (!strcmp(name, "memory_cgrp_id"))
		*ret = 1;
	else if (!strcmp(name, "NR_ANON_MAPPED"))
		*ret = 17;
	else if (!strcmp(name, "NR_SLAB_UNRECLAIMABLE_B"))
		*ret = 6;
	else if (!strcmp(name, "NR_SHMEM"))
		*ret = 9;
	else if (!strcmp(name, "NR_FILE_PAGES"))
		*ret = 19;
	else
		return false;
	return true;
}

static inline bool little_each(void *impl, const char *type,
			       void (*each)(void *arg, struct iq_slice name, int64_t value),
			       void *arg)
{
	(void)impl;
	if (strcmp(type, "memcg_memory_event") != 0)
		return false;
	each(arg, IQ_LIT("MEMCG_MAX"), 2);
	each(arg, IQ_LIT("MEMCG_OOM_KILL"), 4);
	each(arg, IQ_LIT("MEMCG_NR_MEMORY_EVENTS"), 9);
	return true;
}

static inline void little_symbol(struct little *l, const char *name, uint64_t va)
{
	if (iq_symbols_add(l->k.symbols, iq_slice_z(name), IQ_SLICE_NULL, va, 'D'))
		abort();
}

/* --- tasks --- */

static inline void little_task(struct little *l, int at, int pid, int leader, const char *comm)
{
	uint64_t t = alloc(l, T_SIZE);

	l->task[at] = t;
	put(l, t + T_PID, 4, (uint64_t)pid);
	memcpy(l->mem + (t + T_COMM - LITTLE_BASE), comm, strlen(comm));
	list_init(l, t + T_CHILDREN);
	list_init(l, t + T_TASKS);
	list_init(l, t + T_SIBLING);
	if (leader == at) {
		uint64_t s = l->signal[at] = alloc(l, S_SIZE);
		list_init(l, s + S_HEAD);
		put(l, s + S_ADJ, 2, (uint64_t)(10 * at));
	} else {
		l->signal[at] = l->signal[leader];
	}
	uint64_t s = l->signal[at], cred = alloc(l, 16);
	put(l, s + S_THREADS, 4, l->mem[s - LITTLE_BASE] + 1u);
	list_add_tail(l, s + S_HEAD, t + T_NODE);
	put(l, t + T_SIGNAL, 8, s);
	put(l, t + T_TGID, 4, get8(l, l->task[leader] + T_PID) & UINT32_MAX);
	put(l, t + T_LEADER, 8, l->task[leader]);
	put(l, cred + 4, 4, 1000 + (uint64_t)at);
	put(l, t + T_CRED, 8, cred);
	put(l, t + T_STATE, 4, 1);
	put(l, t + T_START, 8, UINT64_C(1000000000) * (uint64_t)(at + 1));
	if (leader == at && at > SWAPPER1)
		list_add_tail(l, l->task[SWAPPER0] + T_TASKS, t + T_TASKS);
}

static inline void little_parent(struct little *l, int child, int parent)
{
	put(l, l->task[child] + T_PARENT, 8, l->task[parent]);
	list_add_tail(l, l->task[parent] + T_CHILDREN, l->task[child] + T_SIBLING);
}

static inline void little_mm(struct little *l, int at, int of)
{
	if (!l->mm[of])
		l->mm[of] = alloc(l, M_SIZE);
	l->mm[at] = l->mm[of];
	put(l, l->task[at] + T_MM, 8, l->mm[at]);
	put(l, l->mm[at] + M_TOTAL, 8, 1000);
	put(l, l->mm[at] + M_PGTABLES, 8, 8192);
}

/* count of the kind, and what CPUs or threads have not added yet */
static inline void little_rss_percpu(struct little *l)
{
	little_member(l, IQ_M_MM_RSS_STAT, M_RSS, 4 * PC_SIZE, PC_SIZE, false);
	little_member(l, IQ_M_PERCPU_COUNTER_COUNT, PC_COUNT, 8, 8, true);
	little_member(l, IQ_M_PERCPU_COUNTER_COUNTERS, PC_COUNTERS, 8, 8, false);
	l->k.struct_size[IQ_S_PERCPU_COUNTER] = PC_SIZE;
	for (int t = 0; t < N_TASKS; t++) {
		for (uint64_t i = 0; l->mm[t] && i < 4; i++) {
			uint64_t c = l->mm[t] + M_RSS + i * PC_SIZE;
			uint64_t parts = alloc(l, 64);
			if (get8(l, c + PC_COUNTERS))
				continue;
			put(l, c + PC_COUNT, 8, 100 * (i + 1));
			put(l, c + PC_COUNTERS, 8, parts);
			put(l, parts, 4, (uint64_t)-7);
			put(l, parts + 32, 4, 3);
		}
	}
}

static inline void little_rss_split(struct little *l)
{
	little_member(l, IQ_M_MM_RSS_COUNT, M_RSS, 32, 8, false);
	little_member(l, IQ_M_TASK_RSS_COUNT, T_RSS, 16, 4, true);
	for (int t = 0; t < N_TASKS; t++) {
		for (uint64_t i = 0; l->mm[t] && i < 4; i++) {
			put(l, l->mm[t] + M_RSS + i * 8, 8, i ? 100 * (i + 1) : (uint64_t)-63);
			put(l, l->task[t] + T_RSS + i * 4, 4, i ? (uint64_t)-2 : 30);
		}
	}
}

static inline void little_pids(struct little *l)
{
	uint64_t ns = alloc(l, 32), root = alloc(l, X_SIZE);

	little_symbol(l, "init_pid_ns", ns);
	put(l, ns + 8, 8, root + 2);
	put(l, root + X_SHIFT, 1, 6);
	for (int i = 0; i < N_TASKS; i++) {
		uint64_t pid = get8(l, l->task[i] + T_PID) & UINT32_MAX, p;
		uint64_t *node = &l->pid_node[pid >> 6];
		if (!pid)
			continue;
		if (!*node) {
			*node = alloc(l, X_SIZE);
			put(l, root + X_SLOTS + (pid >> 6) * 8, 8, *node + 2);
		}
		p = alloc(l, 64);
		put(l, *node + X_SLOTS + (pid & 63) * 8, 8, p);
		put(l, p + 16, 8, l->task[i] + T_PID_LINKS);
	}
}

static inline void little_tasks(struct little *l)
{
	static const struct { int at, leader, parent, pid; const char *comm; } rows[] = {
		{ SWAPPER0, SWAPPER0, SWAPPER0, 0, "swapper/0" },
		{ SWAPPER1, SWAPPER1, SWAPPER0, 0, "swapper/1" },
		{ INIT, INIT, SWAPPER0, 1, "init" }, { KTHREADD, KTHREADD, SWAPPER0, 2, "kthreadd" },
		{ JAVA, JAVA, INIT, 100, "java" }, { JAVA1, JAVA, INIT, 101, "java-gc" },
		{ JAVA2, JAVA, INIT, 102, "java-io" }, { GONE, GONE, INIT, 200, "gone" },
		{ GONE1, GONE, INIT, 201, "stays" }, { ZOMBIE, ZOMBIE, JAVA, 300, "zombie" },
	};
	for (size_t i = 0; i < N_TASKS; i++)
		little_task(l, rows[i].at, rows[i].pid, rows[i].leader, rows[i].comm);
	for (size_t i = 1; i < N_TASKS; i++) {
		put(l, l->task[i] + T_PARENT, 8, l->task[rows[i].parent]);
		if (rows[i].leader == rows[i].at && i > SWAPPER1)
			little_parent(l, rows[i].at, rows[i].parent);
	}
	put(l, l->task[KTHREADD] + T_FLAGS, 4, 0x00200000);
	put(l, l->task[KTHREADD] + T_STATE, 4, 0x402);
	put(l, l->task[GONE] + T_EXIT, 4, 0x20);
	put(l, l->task[GONE] + T_STATE, 4, 0x80);
	put(l, l->task[ZOMBIE] + T_EXIT, 4, 0x20);
	put(l, l->task[JAVA1] + T_STATE, 4, 2);
	little_mm(l, INIT, INIT);
	for (int i = JAVA; i <= JAVA2; i++)
		little_mm(l, i, JAVA);
	little_mm(l, GONE1, GONE1);
	little_symbol(l, "init_task", l->task[SWAPPER0]);
	uint64_t nr = alloc(l, 8), rq = alloc(l, 128);
	put(l, nr, 4, N_TASKS - 2);
	little_symbol(l, "nr_threads", nr);
	little_symbol(l, "runqueues", rq);
	for (uint64_t cpu = 0; cpu < 2; cpu++) {
		put(l, rq + 32 * cpu + 16, 8, l->task[cpu]);
		put(l, rq + 32 * cpu + 8, 8, cpu ? l->task[JAVA2] : l->task[0]);
	}
}

/* --- cgroups: / with /app (limit 500 pages), /app/web, and /app/old, removed --- */

static inline void little_cgroups(struct little *l)
{
	static const struct { int parent; const char *name; uint64_t use, max; } rows[] = {
		{ -1, "", 900, INT64_MAX / 4096 }, { CG_ROOT, "app", 400, 500 },
		{ CG_APP, "web", 300, 2000 }, { CG_APP, "old", 7, INT64_MAX / 4096 },
	};
	uint64_t kn[N_CGROUPS], cgroup[N_CGROUPS], root = alloc(l, 16), map = alloc(l, 32);
	uint64_t root_ptr = alloc(l, 8), dfl = root;

	memset(l->mem + (map - LITTLE_BASE), 0xff, 32);
	put(l, map + 17, 1, 0);
	put(l, map + 6, 1, 3);
	little_symbol(l, "cgrp_dfl_root", dfl);
	little_symbol(l, "mem_cgroup_stats_index", map);
	little_symbol(l, "root_mem_cgroup", root_ptr);
	for (int i = 0; i < N_CGROUPS; i++) {
		/* in a page of its own, as far as readers of strings can tell */
		l->used = (l->used + 255) & ~(size_t)255;
		uint64_t m = l->memcg[i] = alloc(l, MC_SIZE), css = m + MC_CSS;
		uint64_t stats = alloc(l, 64);
		kn[i] = alloc(l, 16);
		cgroup[i] = alloc(l, 16);
		put(l, kn[i] + K_NAME, 8, string(l, rows[i].name));
		put(l, cgroup[i] + C_KN, 8, kn[i]);
		put(l, cgroup[i] + C_ROOT, 8, dfl);
		put(l, css + CSS_CGROUP, 8, cgroup[i]);
		put(l, css + CSS_FLAGS, 4, i == CG_DYING ? 0 : 2);
		list_init(l, css + CSS_CHILDREN);
		put(l, m + MC_MEMORY, 8, rows[i].use);
		put(l, m + MC_MEMORY + 8, 8, rows[i].max);
		put(l, m + MC_MEMORY + 16, 8, (uint64_t)i);
		put(l, m + MC_SWAP, 8, 5);
		put(l, m + MC_EVENTS + 4 * 8, 8, (uint64_t)i);
		put(l, m + MC_OOM_GROUP, 1, i == CG_WEB);
		put(l, m + MC_VMSTATS, 8, stats);
		put(l, stats, 8, 11);
		put(l, stats + 3 * 8, 8, 12345);
		if (rows[i].parent < 0)
			continue;
		put(l, kn[i] + K_PARENT, 8, kn[rows[i].parent]);
		list_add_tail(l, l->memcg[rows[i].parent] + MC_CSS + CSS_CHILDREN,
			      css + CSS_SIBLING);
	}
	put(l, root_ptr, 8, l->memcg[CG_ROOT]);
	uint64_t set = alloc(l, 32), web = alloc(l, 32);
	put(l, set + 8, 8, l->memcg[CG_ROOT] + MC_CSS);
	put(l, set + 16, 8, cgroup[CG_ROOT]);
	put(l, web + 8, 8, l->memcg[CG_WEB] + MC_CSS);
	put(l, web + 16, 8, cgroup[CG_WEB]);
	for (int i = 0; i < N_TASKS; i++)
		put(l, l->task[i] + T_CGROUPS, 8, i >= JAVA && i <= JAVA2 ? web : set);
}

/* --- what comes out --- */

static inline void keep(char *to, size_t n, struct iq_slice s)
{
	snprintf(to, n, "%.*s", s.p ? (int)s.n : 6, s.p ? s.p : "(null)");
}

static inline int little_put(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
			     struct iq_err *err)
{
	struct little *l = (struct little *)(void *)((char *)sink -
						     offsetof(struct little, sink));
	(void)err;
	l->n_facts++;
	if (type == IQ_FACT_TASK && l->n < 64) {
		const struct iq_task *t = fact;
		keep(l->comm[l->n], 64, t->comm);
		keep(l->cgroup[l->n], 64, t->cgroup);
		keep(l->state[l->n], 4, t->state);
		l->got[l->n++] = *t;
	} else if (type == IQ_FACT_CGROUP && l->n_groups < 32) {
		keep(l->path[l->n_groups], 64, ((const struct iq_cgroup *)fact)->path);
		l->groups[l->n_groups++] = *(const struct iq_cgroup *)fact;
	}
	l->n_counters += type == IQ_FACT_COUNTER;
	return 0;
}

static inline void little_issue(void *arg, const char *severity, const char *code,
				int64_t offset, const char *text)
{
	struct little *l = arg;
	size_t n = strlen(l->issues);
	(void)offset;
	snprintf(l->issues + n, sizeof l->issues - n, "%s %s: %s\n", severity, code, text);
}

static inline struct little *little_new(bool percpu)
{
	static const struct iq_types_ops ops = {
		.source = "composed", .enumerator = little_enumerator, .each = little_each,
	};
	struct little *l = calloc(1, sizeof *l);

	l->mem = calloc(1, LITTLE_BYTES);
	l->used = 4096;
	l->memory = (struct iq_memory){ little_read, l, 8, false };
	l->v.issue = little_issue;
	l->v.issue_arg = l;
	l->v.info.dump_level = 31;
	l->v.info.release = IQ_LIT("6.12.1");
	l->types.ops = &ops;
	l->sink.put = little_put;
	struct iq_kimage *k = &l->k;
	k->mem = &l->memory;
	k->info = &l->info;
	k->arch = IQ_ARCH_X86_64;
	k->page_size = 4096;
	k->types = &l->types;
	k->symbols = iq_symbols_new();
	k->v = &l->v;
	k->sink = &l->sink;
	k->snapshot_id = 1;
	k->n_cpus = 2;
	k->percpu_offset = calloc(2, sizeof *k->percpu_offset);
	k->percpu_offset[1] = 32;
	iq_arena_init(&k->arena);
	little_members(l);
	little_tasks(l);
	little_pids(l);
	little_cgroups(l);
	(percpu ? little_rss_percpu : little_rss_split)(l);
	iq_symbols_sort(k->symbols, &l->err);
	return l;
}

static inline void little_free(struct little *l)
{
	if (l->k.tasks)
		iq_tasks_free(l->k.tasks);
	free(l->k.tasks);
	iq_symbols_free(l->k.symbols);
	free(l->k.percpu_offset);
	iq_arena_fini(&l->k.arena);
	free(l->mem);
	free(l);
}

#endif
