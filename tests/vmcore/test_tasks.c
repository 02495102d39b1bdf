/* tests/vmcore/test_tasks.c - the walkers of tasks and cgroups over a composed machine:
 * whole, and with one thing after the other broken.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "compose_tasks.h"
#include "vmcore/kernel/addrset.h"

static struct little *walk(struct little *l)
{
	if (iq_state_tasks(&l->k, &l->err) || iq_state_cgroups(&l->k, &l->err))
		fail_msg("%s", l->err.text);
	iq_ki_say_lost(&l->k);
	return l;
}

static const struct iq_task *task(const struct little *l, int pid)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->got[i].pid == pid)
			return &l->got[i];
	fail_msg("no task %d", pid);
	return NULL;
}

static size_t at(const struct little *l, const struct iq_task *t)
{
	return (size_t)(t - l->got);
}

static void all_there(const struct little *l)
{
	assert_int_equal(l->n, N_TASKS);
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < i; k++)
			assert_true(l->got[i].pid != l->got[k].pid || !l->got[i].pid);
}

/* Every field of every kind of task. */
static void whole_machine(void **state)
{
	struct little *l = walk(little_new(true));
	const struct iq_task *t;
	(void)state;

	all_there(l);
	assert_string_equal(l->issues, "");
	assert_false(l->k.missing);
	t = task(l, 100);
	assert_string_equal(l->comm[at(l, t)], "java");
	assert_string_equal(l->cgroup[at(l, t)], "/app/web");
	assert_string_equal(l->state[at(l, t)], "S");
	assert_int_equal(t->tgid, 100);
	assert_int_equal(t->ppid, 1);
	assert_int_equal(t->uid, 1000 + JAVA);
	assert_int_equal(t->oom_score_adj, 10 * JAVA);
	assert_int_equal(t->start_us, 1000000 * (JAVA + 1));
	assert_int_equal(t->total_vm_bytes, 1000 * 4096);
	assert_int_equal(t->page_table_bytes, 8192);
	/* count - 7 + 3 of two CPUs */
	assert_int_equal(t->file_rss_bytes, 96 * 4096);
	assert_int_equal(t->anon_rss_bytes, 196 * 4096);
	assert_int_equal(t->swap_bytes, 296 * 4096);
	assert_int_equal(t->shmem_rss_bytes, 396 * 4096);
	assert_int_equal(t->rss_bytes, (96 + 196 + 396) * 4096);
	assert_int_equal(t->kernel_thread, 0);
	/* a thread shares the memory, and sums stay right */
	t = task(l, 101);
	assert_int_equal(t->tgid, 100);
	assert_string_equal(l->state[at(l, t)], "D");
	assert_int_equal(t->rss_bytes, IQ_NULL);
	t = task(l, 2);
	assert_int_equal(t->kernel_thread, 1);
	assert_string_equal(l->state[at(l, t)], "I");
	assert_string_equal(l->cgroup[at(l, t)], "/");
	/* the leader is dead: its first thread has the memory */
	t = task(l, 200);
	assert_string_equal(l->state[at(l, t)], "Z");
	assert_int_equal(t->rss_bytes, IQ_NULL);
	assert_int_equal(task(l, 201)->anon_rss_bytes, 196 * 4096);
	t = task(l, 300);
	assert_string_equal(l->state[at(l, t)], "Z");
	assert_int_equal(t->total_vm_bytes, IQ_NULL);
	assert_int_equal(t->ppid, 100);
	little_free(l);
}

/* To 6.1: the mm alone is below zero; its threads have the rest. */
static void split_counters(void **state)
{
	struct little *l = walk(little_new(false));
	(void)state;

	all_there(l);
	assert_int_equal(task(l, 100)->file_rss_bytes, (-63 + 3 * 30) * 4096);
	assert_int_equal(task(l, 100)->anon_rss_bytes, (200 - 3 * 2) * 4096);
	/* what is still below zero is shown as the kernel shows it */
	assert_int_equal(task(l, 201)->file_rss_bytes, 0);
	little_free(l);
}

/* What the OOM killer would count: not what CPUs or threads keep for themselves. */
static struct little *with_ram(bool percpu, const char *release)
{
	struct little *l = little_new(percpu);
	uint64_t ram = alloc(l, 8), swap = alloc(l, 8);

	put(l, ram, 8, 90000);
	put(l, swap, 8, 10999);
	little_symbol(l, "_totalram_pages", ram);
	little_symbol(l, "total_swap_pages", swap);
	iq_symbols_sort(l->k.symbols, &l->err);
	l->info.text = iq_slice_z(release);
	return walk(l);
}

static void spared(const struct little *l, int pid, const char *why)
{
	const struct iq_task *t = task(l, pid);

	assert_int_equal(t->badness_pages, IQ_NULL);
	assert_true(iq_eq(t->badness_why_not, iq_slice_z(why)));
}

static void badness(void **state)
{
	struct little *l = with_ram(true, "OSRELEASE=6.12.0\n");
	const struct iq_task *t = task(l, 100);
	(void)state;

	assert_int_equal(t->rss_bytes, (96 + 196 + 396) * 4096);
	assert_int_equal(t->oom_rss_bytes, (100 + 200 + 400) * 4096);
	assert_int_equal(t->oom_swap_bytes, 300 * 4096);
	/* and two pages of tables, and 40 thousandths of RAM and swap */
	assert_int_equal(t->badness_pages, 700 + 300 + 2 + 40 * 100);
	assert_int_equal(task(l, 101)->badness_pages, IQ_NULL);
	assert_null(task(l, 101)->badness_why_not.p);
	assert_int_equal(task(l, 201)->badness_pages, 1002 + 70 * 100);
	spared(l, 1, "init");
	spared(l, 2, "kernel thread");
	spared(l, 300, "no memory of its own any more");
	little_free(l);
	/* get_mm_rss_sum() */
	l = with_ram(true, "OSRELEASE=7.0.1\n");
	assert_int_equal(task(l, 100)->oom_rss_bytes, (96 + 196 + 396) * 4096);
	little_free(l);
	/* to 6.1 the mm alone, and no less than nothing of a kind */
	l = with_ram(false, "OSRELEASE=5.10.0\n");
	assert_int_equal(task(l, 100)->oom_rss_bytes, (200 + 400) * 4096);
	assert_int_equal(task(l, 100)->badness_pages, 600 + 300 + 2 + 40 * 100);
	little_free(l);
}

/* How much swap there is cannot be read: that is not none. */
static void badness_without_swap(void **state)
{
	(void)state;
	for (int unreadable = 0; unreadable < 2; unreadable++) {
		struct little *l = little_new(true);
		uint64_t ram = alloc(l, 8);

		put(l, ram, 8, 100000);
		little_symbol(l, "_totalram_pages", ram);
		if (unreadable)
			little_symbol(l, "total_swap_pages", ram + (UINT64_C(1) << 30));
		iq_symbols_sort(l->k.symbols, &l->err);
		l->info.text = IQ_LIT("OSRELEASE=6.12.0\n");
		walk(l);
		assert_int_equal(task(l, 100)->badness_pages,
				 unreadable ? IQ_NULL : 700 + 300 + 2 + 40 * 100);
		little_free(l);
	}
}

static void never(struct little *l, const char *why)
{
	put(l, l->signal[GONE] + S_ADJ, 2, (uint64_t)-1000);
	l->info.text = IQ_LIT("OSRELEASE=5.10.0\n");
	walk(l);
	spared(l, 201, "oom_score_adj -1000");
	spared(l, 100, why);
	little_free(l);
}

/* Its memory is reaped already, or its parent's. */
static void badness_never(void **state)
{
	struct little *l = little_new(true);
	(void)state;

	little_member(l, IQ_M_MM_FLAGS, M_SIZE - 8, 8, 8, false);
	put(l, l->mm[JAVA] + M_SIZE - 8, 8, 1 << 21);
	never(l, "killed before, its memory already reaped");
	l = little_new(true);
	little_member(l, IQ_M_TASK_VFORK_DONE, T_RSS, 8, 8, false);
	put(l, l->task[JAVA] + T_RSS, 8, l->task[JAVA]);
	put(l, l->task[INIT] + T_MM, 8, l->mm[JAVA]);
	never(l, "child of vfork()");
}

/* Of tasks in state R the run queues tell who ran; one of them missing, nobody does. */
static void who_ran(void **state)
{
	struct little *l = little_new(true);
	(void)state;

	for (int i = JAVA; i <= JAVA2; i += 2)
		put(l, l->task[i] + T_STATE, 4, 0);
	walk(l);
	assert_string_equal(l->state[at(l, task(l, 102))], "R");
	assert_int_equal(task(l, 102)->on_cpu, 1);
	assert_string_equal(l->state[at(l, task(l, 100))], "R");
	assert_int_equal(task(l, 100)->on_cpu, 0);
	assert_int_equal(task(l, 1)->on_cpu, 0);
	little_free(l);

	l = little_new(true);
	l->k.member[IQ_M_RQ_CURR].known = false;
	walk(l);
	assert_int_equal(task(l, 102)->on_cpu, IQ_NULL);
	little_free(l);
}

static void idle_tasks(void **state)
{
	struct little *l = walk(little_new(true));
	unsigned seen = 0;
	(void)state;

	for (size_t i = 0; i < l->n; i++) {
		if (l->got[i].pid)
			continue;
		assert_int_equal(l->comm[i][8] - '0', l->got[i].cpu);
		seen |= 1u << l->got[i].cpu;
	}
	assert_int_equal(seen, 3);
	little_free(l);
}

/* nr_threads below zero counts nothing: it does not make a broken list whole. */
static void count_that_lies(void **state)
{
	struct little *l = little_new(true);
	uint64_t nr;
	(void)state;

	assert_true(iq_symbol(l->k.symbols, "nr_threads", &nr));
	put(l, nr, 4, (uint32_t)-632698733);
	put(l, l->task[INIT] + T_TASKS, 8, 0x1234567);
	put(l, l->task[JAVA] + T_TASKS + 8, 8, 0x1234567);
	walk(l);
	all_there(l);
	assert_null(strstr(l->issues, "all -"));
	little_free(l);
}

/* task_struct of INIT leads nowhere, both ways: the others by pid, queues, relatives. */
static void list_broken(void **state)
{
	struct little *l = little_new(true);
	(void)state;

	put(l, l->task[INIT] + T_TASKS, 8, 0x1234567);
	put(l, l->task[JAVA] + T_TASKS + 8, 8, 0x1234567);
	walk(l);
	all_there(l);
	assert_non_null(strstr(l->issues, "note task-list: "));
	assert_false(l->k.missing);
	little_free(l);

	/* also without numbers, a ring that goes on for ever, and one that loops */
	l = little_new(true);
	put(l, l->task[INIT] + T_TASKS, 8, 0x1234567);
	put(l, l->task[JAVA] + T_TASKS + 8, 8, l->task[GONE] + T_TASKS);
	l->k.member[IQ_M_PID_TASKS].known = false;
	put(l, l->task[JAVA1] + T_NODE, 8, l->task[JAVA] + T_NODE);
	walk(l);
	all_there(l);
	little_free(l);
}

/* A page with a task_struct was filtered out: counted, said, and with what it would
 * not have happened. */
static void task_lost(void **state)
{
	struct little *l = little_new(true);
	(void)state;

	l->hole_at = l->task[GONE] - LITTLE_BASE;
	l->hole_n = T_SIZE;
	walk(l);
	assert_int_equal(l->n, N_TASKS - 1);
	assert_true(l->k.missing);
	assert_non_null(strstr(l->issues, "damage tasks-missing: 7 of 8 tasks found"));
	assert_non_null(strstr(l->issues, "makedumpfile from 1.7.7 keeps them"));
	assert_non_null(strstr(l->issues, "damage unreadable: "));
	assert_int_equal(task(l, 201)->tgid, 200);
	little_free(l);

	/* a node of the pid tree is gone, and nobody with it */
	l = little_new(true);
	l->hole_at = l->pid_node[1] - LITTLE_BASE;
	l->hole_n = X_SIZE;
	walk(l);
	all_there(l);
	assert_null(strstr(l->issues, "tasks-missing"));
	assert_non_null(strstr(l->issues, "xa_node 1; excluded from the dump: 1"));
	little_free(l);
}

/* What the pointers lead to is no task. */
static void no_tasks(void **state)
{
	struct little *l = little_new(true);
	(void)state;

	memset(l->mem + (l->task[JAVA] + T_COMM - LITTLE_BASE), 1, 16);
	put(l, l->task[GONE] + T_PID, 4, 0x7fffffff);
	put(l, l->task[ZOMBIE] + T_PID, 4, 0);
	walk(l);
	assert_int_equal(l->n, N_TASKS - 3);
	assert_non_null(strstr(l->issues, "damage tasks-missing: 5 of 8 tasks found"));
	little_free(l);
}

/* To 4.13 there is no letter for idle and parked; to 3.13 Z and X were the other way. */
static void letters_of(const char *const *words, const char *gone)
{
	struct little *l = little_new(true);
	uint64_t array = alloc(l, 96);

	for (size_t i = 0; words[i]; i++)
		put(l, array + 8 * i, 8, string(l, words[i]));
	little_symbol(l, "task_state_array", array);
	iq_symbols_sort(l->k.symbols, &l->err);
	put(l, l->task[INIT] + T_STATE, 4, 0x200);	/* parked, to 4.13 */
	walk(l);
	assert_string_equal(l->state[at(l, task(l, 2))], "D");
	assert_string_equal(l->state[at(l, task(l, 1))], "S");
	assert_string_equal(l->state[at(l, task(l, 200))], gone);
	little_free(l);
}

static void letters_of_old(void **state)
{
	static const char *const v4[] = { "R (running)", "S (sleeping)", "D (disk sleep)",
		"T (stopped)", "t (tracing stop)", "X (dead)", "Z (zombie)", NULL };
	static const char *const v3[] = { "R (running)", "S (sleeping)", "D (disk sleep)",
		"T (stopped)", "t (tracing stop)", "Z (zombie)", "X (dead)", "x (dead)",
		"K (wakekill)", "W (waking)", "P (parked)", NULL };
	(void)state;

	letters_of(v4, "Z");
	letters_of(v3, "X");		/* 0x20 was dead then */
}

static const struct iq_cgroup *group(const struct little *l, const char *path)
{
	for (size_t i = 0; i < l->n_groups; i++)
		if (!strcmp(l->path[i], path))
			return &l->groups[i];
	fail_msg("no cgroup %s", path);
	return NULL;
}

static void cgroups(void **state)
{
	struct little *l = walk(little_new(true));
	const struct iq_cgroup *g = group(l, "/app/web");
	(void)state;

	assert_int_equal(l->n_groups, N_CGROUPS);
	assert_int_equal(g->version, 2);
	assert_int_equal(g->usage_bytes, 300 * 4096);
	assert_int_equal(g->limit_bytes, 2000 * 4096);
	assert_int_equal(g->unlimited, 0);
	/* that of /app is lower */
	assert_int_equal(g->effective_limit_bytes, 500 * 4096);
	assert_int_equal(g->failcnt, CG_WEB);
	assert_int_equal(g->oom_kills, CG_WEB);
	assert_int_equal(g->oom_group, 1);
	assert_int_equal(g->swap_bytes, 5 * 4096);
	/* the compacted array */
	assert_int_equal(g->anon_bytes, 11 * 4096);
	assert_int_equal(g->shmem_bytes, IQ_NULL);
	g = group(l, "/");
	assert_int_equal(g->unlimited, 1);
	assert_int_equal(g->limit_bytes, IQ_NULL);
	assert_int_equal(g->effective_limit_bytes, IQ_NULL);
	assert_int_equal(group(l, "/app/old (deleted)")->usage_bytes, 7 * 4096);
	little_free(l);
}

/* Version 1: the controller has a hierarchy of its own, and tasks their place in it. */
static void cgroups_v1(void **state)
{
	struct little *l = little_new(true);
	uint64_t node_stat = alloc(l, 256);
	(void)state;

	little_symbol(l, "vm_node_stat", node_stat);
	iq_symbols_sort(l->k.symbols, &l->err);
	put(l, node_stat + 17 * 8, 8, 5000);
	put(l, node_stat + 19 * 8, 8, 600);
	for (int i = 0; i < N_CGROUPS; i++)
		put(l, get8(l, l->memcg[i] + MC_CSS + CSS_CGROUP) + C_ROOT, 8,
		    LITTLE_BASE + 64);
	walk(l);
	const struct iq_cgroup *g = group(l, "/app/web");
	assert_int_equal(g->version, 1);
	assert_int_equal(g->limit_bytes, 2000 * 4096);
	assert_int_equal(g->usage_bytes, 300 * 4096);
	/* the root is charged for nothing: the machine's file and anonymous pages */
	assert_int_equal(group(l, "/")->usage_bytes, 5600 * 4096);
	/* memory and swap together are not swap */
	assert_int_equal(g->swap_bytes, IQ_NULL);
	assert_string_equal(l->cgroup[at(l, task(l, 100))], "/app/web");
	little_free(l);
}

static void cgroups_broken(void **state)
{
	struct little *l = little_new(true);
	(void)state;

	/* a child that is its own ancestor, and one that cannot be read */
	put(l, l->memcg[CG_WEB] + MC_CSS + CSS_CHILDREN, 8,
	    l->memcg[CG_APP] + MC_CSS + CSS_SIBLING);
	l->hole_at = l->memcg[CG_DYING] - LITTLE_BASE;
	l->hole_n = MC_SIZE;
	walk(l);
	assert_int_equal(l->n_groups, 3);
	assert_true(l->k.missing);
	assert_non_null(strstr(l->issues, "damage cgroups-missing: "));
	little_free(l);
}

static void addresses(void **state)
{
	struct iq_addrset s;
	bool new;
	(void)state;

	iq_addrset_init(&s, 1000);
	assert_int_equal(iq_addrset_find(&s, 1), IQ_ADDRSET_NONE);
	for (uint64_t i = 0; i < 1000; i++) {
		assert_int_equal(iq_addrset_add(&s, i * 4096, &new), i);
		assert_true(new);
	}
	for (uint64_t i = 0; i < 1000; i++) {
		assert_int_equal(iq_addrset_add(&s, i * 4096, &new), i);
		assert_false(new);
	}
	assert_int_equal(iq_addrset_add(&s, 1, &new), IQ_ADDRSET_NONE);
	assert_int_equal(iq_addrset_find(&s, 1), IQ_ADDRSET_NONE);
	iq_addrset_fini(&s);
}

/* --- without types --- */

/* Members of a run queue are not known: the per-CPU variable tells who runs. */
static void current_by_variable(void **state)
{
	struct little *l = little_new(true);
	uint64_t at = alloc(l, 64), va;
	(void)state;

	put(l, at, 8, l->task[INIT]);
	put(l, at + 32, 8, l->task[JAVA1]);
	little_symbol(l, "current_task", at);
	iq_symbols_sort(l->k.symbols, &l->err);
	assert_true(iq_cpu_current(&l->k, 1, &va));
	assert_int_equal(va, l->task[JAVA2]);		/* the run queue's */
	l->k.member[IQ_M_RQ_CURR].known = false;
	assert_true(iq_cpu_current(&l->k, 0, &va));
	assert_int_equal(va, l->task[INIT]);
	assert_true(iq_cpu_current(&l->k, 1, &va));
	assert_int_equal(va, l->task[JAVA1]);
	assert_false(iq_cpu_current(&l->k, 2, &va));
	/* where it runs is known then, if not where the others did */
	l->k.member[IQ_M_TASK_CPU].known = false;
	walk(l);
	assert_int_equal(task(l, 101)->cpu, 1);
	assert_int_equal(task(l, 100)->cpu, IQ_NULL);
	put(l, at, 8, 77);
	assert_false(iq_cpu_current(&l->k, 0, &va));
	little_free(l);
}

static char frames_seen[200];

static int put_frame(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
		     struct iq_err *err)
{
	const struct iq_stack *f = fact;
	size_t n = strlen(frames_seen);

	(void)sink;
	(void)err;
	if (type == IQ_FACT_STACK)
		snprintf(frames_seen + n, sizeof frames_seen - n, "%.*s%s ",
			 IQ_FMT(f->function), f->reliable == 1 ? "" : "?");
	return 0;
}

/* What __switch_to_asm pushed, with the flags of 5.0 in front or without. */
static void asleep_without_types(void **state)
{
	const uint64_t text = LITTLE_BASE + 0x100000;
	(void)state;
	for (size_t flags = 0; flags <= 8; flags += 8) {
		struct little *l = little_new(true);
		uint64_t stack = alloc(l, 256), sp = stack + 16, frame = stack + 128;

		little_member(l, IQ_M_TASK_THREAD_SP, 0x150, 8, 8, false);
		iq_symbols_add(l->k.symbols, IQ_LIT("_stext"), IQ_SLICE_NULL, text - 16, 'T');
		iq_symbols_add(l->k.symbols, IQ_LIT("__schedule"), IQ_SLICE_NULL, text, 't');
		iq_symbols_add(l->k.symbols, IQ_LIT("ret_from_fork"), IQ_SLICE_NULL,
			       text + 0x100, 't');
		iq_symbols_add(l->k.symbols, IQ_LIT("_etext"), IQ_SLICE_NULL, text + 0x200,
			       'T');
		iq_symbols_sort(l->k.symbols, &l->err);
		walk(l);
		put(l, l->task[KTHREADD] + T_STACK, 8, stack);
		put(l, l->task[KTHREADD] + 0x150, 8, sp);
		put(l, sp + flags + 40, 8, frame);
		put(l, sp + flags + 48, 8, text + 0x20);
		put(l, frame + 8, 8, text + 0x120);
		l->sink.put = put_frame;
		frames_seen[0] = '\0';
		assert_int_equal(iq_state_stacks(&l->k, &l->err), 0);
		assert_string_equal(frames_seen, "__schedule ret_from_fork ");
		little_free(l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_machine), cmocka_unit_test(split_counters),
		cmocka_unit_test(badness), cmocka_unit_test(badness_never),
		cmocka_unit_test(badness_without_swap),
		cmocka_unit_test(current_by_variable), cmocka_unit_test(asleep_without_types),
		cmocka_unit_test(who_ran), cmocka_unit_test(count_that_lies),
		cmocka_unit_test(idle_tasks), cmocka_unit_test(list_broken),
		cmocka_unit_test(task_lost), cmocka_unit_test(no_tasks),
		cmocka_unit_test(letters_of_old), cmocka_unit_test(cgroups),
		cmocka_unit_test(cgroups_v1), cmocka_unit_test(cgroups_broken), cmocka_unit_test(addresses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
