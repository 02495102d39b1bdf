/* tests/parse/test_oom.c - what an OOM report can be besides whole: who dies, who does
 * not, what is lost.  Composed from the format strings of mm/oom_kill.c. */
#include <stdio.h>

#include "t_feed.h"

#define HEAD "a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0"
#define CPU_LINE "CPU: 0 PID: 7 Comm: a Not tainted 5.10.0-8-amd64 #1"
#define HEADER "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name"
#define ROW(pid, name) "[" pid "]     0 " pid "    15631     4716    73728        0             0 " name
#define KILLED(pid, name) "Killed process " pid " (" name ") total-vm:62524kB, anon-rss:18156kB, " \
	"file-rss:4kB, shmem-rss:704kB, UID:0 pgtables:72kB oom_score_adj:0"
#define SUMMARY(pid, name) "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/," \
	"mems_allowed=0,oom_memcg=/p,task_memcg=/p/c,task=" name ",pid=" pid ",uid=0"
#define USAGE "memory: usage 24576kB, limit 24576kB, failcnt 39"

static const struct iq_oom *oom(const struct t_feed *t, size_t i)
{
	return T_FACT(&t->f, OOM, oom, i);
}

static const struct iq_victim *victim(const struct t_feed *t, size_t i)
{
	return T_FACT(&t->f, VICTIM, victim, i);
}

static const struct iq_event *event(const struct t_feed *t, size_t i)
{
	return T_FACT(&t->f, EVENT, event, i);
}

/* --- who dies --- */

static void group_kill_is_one_event(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, HEAD, CPU_LINE, USAGE, HEADER, ROW("   11", "a"), ROW("   12", "b"),
	      SUMMARY("11", "a"), "Memory cgroup out of memory: " KILLED("11", "a"),
	      "Tasks in /p/c are going to be killed due to memory.oom.group set",
	      "Memory cgroup out of memory: " KILLED("11", "a"),
	      "Memory cgroup out of memory: " KILLED("12", "b"),
	      "Memory cgroup out of memory: " KILLED("13", "c"),
	      "oom_reaper: reaped process 12 (b), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB");
	t_count(&t, IQ_FACT_EVENT, 1);
	t_count(&t, IQ_FACT_VICTIM, 3);
	assert_int_equal(oom(&t, 0)->group_kill, 1);
	assert_int_equal(oom(&t, 0)->victim_count, 3);
	assert_int_equal(victim(&t, 0)->pid, 11);
	t_text(victim(&t, 2)->cgroup, "/p/c");		/* the group is a leaf: all live there */
	assert_int_equal(victim(&t, 1)->reaped, 1);
	assert_true(victim(&t, 0)->reaped == IQ_NULL);
	t_close(&t);
}

static void group_of_an_ancestor_does_not_place_its_victims(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, SUMMARY("11", "a"), "Memory cgroup out of memory: " KILLED("11", "a"),
	      "Tasks in /p are going to be killed due to memory.oom.group set",
	      "Memory cgroup out of memory: " KILLED("12", "b"));
	t_text(victim(&t, 0)->cgroup, "/p/c");
	t_text(victim(&t, 1)->cgroup, NULL);
	t_close(&t);
}

static void a_child_is_sacrificed(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, "Out of memory: Kill process 46211 (parent) score 561 or sacrifice child",
	      "Killed process 46433 (child) total-vm:536552kB, anon-rss:12012kB, file-rss:53740kB, "
	      "shmem-rss:4kB",
	      "oom_reaper: reaped process 46433 (renamed), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB");
	t_count(&t, IQ_FACT_EVENT, 1);
	t_count(&t, IQ_FACT_VICTIM, 1);
	assert_int_equal(oom(&t, 0)->chosen_pid, 46211);
	assert_int_equal(oom(&t, 0)->chosen_score, 561);
	assert_int_equal(victim(&t, 0)->pid, 46433);
	t_text(victim(&t, 0)->comm, "child");
	assert_true(victim(&t, 0)->score == IQ_NULL);	/* that of the parent */
	assert_int_equal(victim(&t, 0)->reaped, 1);
	t_close(&t);
}

static void allocating_task(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, HEAD, CPU_LINE,
	      "Out of memory (oom_kill_allocating_task): " KILLED("7", "a"));
	assert_int_equal(oom(&t, 0)->allocating_task, 1);
	assert_int_equal(oom(&t, 0)->global_oom, 1);
	assert_int_equal(victim(&t, 0)->pid, 7);
	t_close(&t);
}

static void sharing_same_memory_is_no_other_event(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, "Out of memory: Kill process 4 (a) score 5 or sacrifice child",
	      "Killed process 4 (a) total-vm:4kB, anon-rss:4kB, file-rss:0kB",
	      "Kill process 5 (b) sharing same memory");
	t_count(&t, IQ_FACT_EVENT, 1);
	t_text(t_cited(&t, "killed 5"), "Kill process 5 (b) sharing same memory");
	t_close(&t);
}

/* --- victims that no Killed line names --- */

static void alibaba_reaper_alone_tells_the_victim(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, "a invoked oom-killer: gfp_mask=0x6000c0(GFP_KERNEL), nodemask=(null), order=0, "
	      "oom_score_adj=0", "CPU: 0 PID: 7 Comm: a Not tainted 4.19.91-24.1.al7.x86_64 #1",
	      "Task in /p/c killed as a result of limit of /p", USAGE, HEADER, ROW("   11", "a"),
	      ROW("   12", "b"),
	      "oom_reaper: reaped process 12 (b), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB");
	t_count(&t, IQ_FACT_EVENT, 1);
	assert_int_equal(victim(&t, 0)->pid, 12);
	assert_int_equal(victim(&t, 0)->total_vm_bytes, 15631 * 4096);	/* the table's */
	assert_int_equal(victim(&t, 0)->reaped, 1);
	assert_int_equal(event(&t, 0)->truncated, 0);
	t_close(&t);
}

static void alibaba_summary_alone_tells_the_victim(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, HEAD, CPU_LINE, USAGE, HEADER, ROW("   11", "a"), SUMMARY("11", "a"));
	assert_int_equal(victim(&t, 0)->pid, 11);
	t_text(victim(&t, 0)->comm, "a");
	assert_int_equal(oom(&t, 0)->victim_count, 1);
	t_close(&t);
}

static void reaper_alone_is_an_event(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, "oom-reaper: reaped process 12 (b), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB");
	t_count(&t, IQ_FACT_EVENT, 1);
	assert_int_equal(victim(&t, 0)->pid, 12);
	assert_int_equal(event(&t, 0)->truncated, 1);
	t_close(&t);
}

static void unable_to_reap(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, "Out of memory: " KILLED("11", "a"), "oom_reaper: unable to reap pid:11 (a)");
	t_count(&t, IQ_FACT_EVENT, 1);
	assert_int_equal(victim(&t, 0)->reaped, 0);
	t_close(&t);
}

/* --- nobody dies --- */

static void cgroup_without_killable_task(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, HEAD, CPU_LINE, USAGE, HEADER, ROW("   11", "a"),
	      "Out of memory and no killable processes...");
	t_count(&t, IQ_FACT_EVENT, 1);
	t_count(&t, IQ_FACT_VICTIM, 0);
	assert_int_equal(oom(&t, 0)->victim_count, 0);
	assert_int_equal(oom(&t, 0)->no_killable, 1);
	assert_int_equal(oom(&t, 0)->global_oom, 0);
	assert_int_equal(event(&t, 0)->truncated, 0);
	t_close(&t);
}

static void victim_was_exiting(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, HEAD, CPU_LINE, USAGE, SUMMARY("11", "a"),
	      "Memory cgroup out of memory: OOM victim 11 (a) is already exiting. Skip killing the task");
	t_count(&t, IQ_FACT_EVENT, 1);
	t_count(&t, IQ_FACT_VICTIM, 0);
	assert_int_equal(oom(&t, 0)->victim_count, 0);
	t_close(&t);
}

static void panic_has_the_memory_event_as_parent(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, HEAD, CPU_LINE, "Mem-Info:", "active_anon:1 inactive_anon:2 isolated_anon:0", HEADER,
	      ROW("   11", "a"), "Out of memory and no killable processes...",
	      "Kernel panic - not syncing: System is deadlocked on memory",
	      "CPU: 0 PID: 7 Comm: a Tainted: G           OE     5.10.0-8-amd64 #1",
	      "Hardware name: QEMU Standard PC", "Call Trace:", " dump_stack+0x6b/0x83",
	      " panic+0x114/0x2f1", "---[ end Kernel panic - not syncing: System is deadlocked on memory ]---");
	t_count(&t, IQ_FACT_EVENT, 2);
	t_text(event(&t, 0)->kind, "oom-kill");
	t_text(event(&t, 1)->kind, "panic");
	assert_int_equal(event(&t, 1)->parent_id, event(&t, 0)->id);
	assert_true(event(&t, 0)->parent_id == IQ_NULL);
	const struct iq_crash *c = T_FACT(&t.f, CRASH, crash, 0);
	t_text(c->reason, "Kernel panic - not syncing: System is deadlocked on memory");
	t_text(c->comm, "a");
	t_text(c->taint, "G OE");
	t_text(c->hardware, "QEMU Standard PC");
	assert_int_equal(c->pid, 7);
	assert_int_equal(c->cpu, 0);
	t_close(&t);
}

static void panic_after_a_table_without_head(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, "[ 1799]     0  1799    26512      245      56       3        0         -1000 sshd",
	      "[29219]     0 29219    10832      126      26       3        0         -1000 systemd-udevd",
	      "Kernel panic - not syncing: Out of memory and no killable processes...",
	      "CPU: 1 PID: 3578 Comm: kworker/u176:4 Not tainted 4.9.0 #1");
	t_count(&t, IQ_FACT_EVENT, 2);
	assert_int_equal(oom(&t, 0)->tasks_listed, 2);
	assert_int_equal(oom(&t, 0)->victim_count, 0);
	assert_int_equal(oom(&t, 0)->no_killable, 1);
	assert_int_equal(oom(&t, 0)->trigger_pid, 3578);	/* who panics is who asked */
	t_text(event(&t, 0)->kernel_release, "4.9.0");
	t_text(event(&t, 0)->missing, "headline,mem-info");
	assert_int_equal(event(&t, 1)->parent_id, event(&t, 0)->id);
	t_close(&t);
}

static void panic_without_memory_event(void **state)
{
	static const char *const oom_reasons[] = {
		"Kernel panic - not syncing: out of memory. panic_on_oom is selected",
		"Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled",
		"Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000009",
	};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct t_feed t;
		t_open(&t);
		t_say(&t, NULL, oom_reasons[i]);
		t_say(&t, NULL, "Pid: 1, comm: init Tainted: P           ---------------    2.6.32 #1 Dell R610");
		t_end(&t);
		/* a panic of the OOM killer says that there was a run of it */
		t_count(&t, IQ_FACT_EVENT, i < 2 ? 2 : 1);
		const struct iq_crash *c = T_FACT(&t.f, CRASH, crash, 0);
		t_text(c->reason, oom_reasons[i]);
		t_text(c->taint, "P");
		t_text(c->hardware, "Dell R610");
		if (i < 2) {
			assert_int_equal(oom(&t, 0)->victim_count, 0);
			assert_int_equal(event(&t, 0)->truncated, 1);
			assert_int_equal(event(&t, 1)->parent_id, event(&t, 0)->id);
		} else {
			assert_true(event(&t, 0)->parent_id == IQ_NULL);
		}
		t_close(&t);
	}
}

static void other_panic_leaves_an_open_run_alone(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, "Kernel panic - not syncing: corrupted stack end detected inside scheduler",
	      "CPU: 1 PID: 7 Comm: kworker/u4:0 Not tainted 4.20.0 #1", "Call Trace:",
	      " dump_stack+0x1/0x2", HEAD, "a cpuset=/ mems_allowed=0", " panic+0x1/0x2");
	t_count(&t, IQ_FACT_EVENT, 2);
	t_count(&t, IQ_FACT_STACK, 2);
	assert_true(oom(&t, 0)->trigger_pid == IQ_NULL);
	t_close(&t);
}

/* --- asked for --- */

static void manual(void **state)
{
	static const char *const says[] = { "SysRq : Manual OOM execution",
					    "sysrq: Manual OOM execution" };
	struct t_feed t;
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		t_open(&t);
		t_say(&t, "T1", says[i]);
		t_say(&t, "T7", "kworker/1:1 invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0");
		t_end(&t);
		assert_int_equal(oom(&t, 0)->manual, 1);
		t_text(t_cited(&t, "sysrq"), says[i]);
		t_close(&t);
	}
	T_RUN(&t, "a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1, oom_score_adj=0");
	assert_int_equal(oom(&t, 0)->manual, 1);
	assert_int_equal(oom(&t, 0)->alloc_order, -1);
	t_close(&t);
	T_RUN(&t, "k invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0",
	      "CPU: 0 PID: 7 Comm: k Not tainted 3.10.0 #1", "Call Trace:",
	      " [<ffffffff811b2245>] moom_callback+0x20/0x30");
	assert_int_equal(oom(&t, 0)->manual, 1);
	t_close(&t);
	T_RUN(&t, "sysrq: OOM request ignored because killer is disabled", "OOM killer disabled.",
	      "OOM killer enabled.", "sysrq: Manual OOM execution");
	t_count(&t, IQ_FACT_EVENT, 0);
	t_close(&t);
}

/* --- clipped --- */

static void headline_alone(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, "gunicorn: w [1] invoked oom-killer: gfp_mask=0x62****(GFP_HIGHUSER_MOVABLE|__GFP_ZERO), "
	      "nodemask=(null), order=0,");
	t_count(&t, IQ_FACT_EVENT, 1);
	t_text(oom(&t, 0)->trigger_comm, "gunicorn: w [1]");
	t_text(oom(&t, 0)->gfp_mask, "0x62****");
	t_text(oom(&t, 0)->gfp_flags, "GFP_HIGHUSER_MOVABLE|__GFP_ZERO");
	assert_int_equal(oom(&t, 0)->alloc_order, 0);
	assert_true(oom(&t, 0)->trigger_adj == IQ_NULL);
	assert_true(oom(&t, 0)->victim_count == IQ_NULL);
	assert_true(oom(&t, 0)->tasks_listed == IQ_NULL);
	assert_true(oom(&t, 0)->global_oom == IQ_NULL);
	assert_int_equal(event(&t, 0)->truncated, 1);
	t_text(event(&t, 0)->missing, "mem-info,table,killed");
	t_count(&t, IQ_FACT_SNAPSHOT, 0);
	t_close(&t);
}

static void header_without_rows(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, HEAD, "Tasks state (memory values in pages):",
	      "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oo_score_adj name",
	      "Out of memory: " KILLED("11", "a"));
	t_count(&t, IQ_FACT_EVENT, 1);
	assert_int_equal(oom(&t, 0)->tasks_listed, 0);
	t_close(&t);
}

static void ends_inside_the_table(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, HEAD, CPU_LINE, "Mem-Info:", HEADER, ROW("   11", "a"), ROW("   12", "b"));
	assert_int_equal(event(&t, 0)->truncated, 1);
	t_text(event(&t, 0)->missing, "killed");
	assert_int_equal(oom(&t, 0)->tasks_listed, 2);
	assert_true(oom(&t, 0)->victim_count == IQ_NULL);
	t_close(&t);
}

static void broken_off_text(void **state)
{
	struct t_feed t;
	(void)state;
	t_open(&t);
	t_say(&t, NULL, HEAD);
	t_say(&t, NULL, "Out of memory: " KILLED("11", "a"));
	assert_int_equal(iq_parser_finish(t.p, true, NULL), 0);
	assert_int_equal(event(&t, 0)->truncated, 1);
	t_close(&t);
}

static void mem_info_alone_is_no_event(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, "SysRq : Show Memory", "Mem-Info:", "active_anon:1 inactive_anon:2 isolated_anon:0",
	      "Node 0 DMA32 free:3948kB min:3956kB low:4944kB high:5932kB", "[ 12]     0  nonsense");
	t_count(&t, IQ_FACT_EVENT, 0);
	t_close(&t);
}

static void mem_info_first_when_the_head_is_lost(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, "Node 0 DMA32 free:3948kB min:3956kB low:4944kB high:5932kB",
	      "Node 0 DMA32: 934*64kB (UM) 28*128kB (UM) = 3960kB", HEADER, ROW("   11", "a"),
	      "Out of memory: " KILLED("11", "a"));
	t_count(&t, IQ_FACT_EVENT, 1);
	t_count(&t, IQ_FACT_ZONE, 1);
	assert_int_equal(event(&t, 0)->page_size, 65536);
	assert_int_equal(T_FACT(&t.f, TASK, task, 0)->rss_bytes, INT64_C(4716) * 65536);
	t_text(event(&t, 0)->missing, "headline");
	t_close(&t);
}

static void page_size_from_the_kill(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, HEAD, CPU_LINE, USAGE, HEADER,
	      "[   11]     0    11     1000      100   131072        2             0 a",
	      "Memory cgroup out of memory: Killed process 11 (a) total-vm:64000kB, anon-rss:6400kB, "
	      "file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:128kB oom_score_adj:0");
	assert_int_equal(event(&t, 0)->page_size, 65536);
	assert_int_equal(T_FACT(&t.f, TASK, task, 0)->swap_bytes, 2 * 65536);
	t_close(&t);
}

/* --- texts that people have touched --- */

static void masks_blanks_and_hyphens(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, "a invoked oom-killer: gfp_mask=0x24****(GFP_KERNEL), nodemask=0, order=0, oom_score_adj=0",
	      "memory: usage 2048**kB, limit 204800kB, failcnt 26", HEADER,
	      "[   **]     0    **     1000      100   131072        2             0 a",
	      "Out of memory: Kill process **** (a) score 5 or sacrifice child",
	      "Killed process **** (a) total-vm: 188228KB, anon-rss:4240kB, file-rss:0kB");
	t_count(&t, IQ_FACT_EVENT, 1);
	assert_true(oom(&t, 0)->usage_bytes == IQ_NULL);
	assert_int_equal(oom(&t, 0)->limit_bytes, 204800 * 1024);
	t_count(&t, IQ_FACT_VICTIM, 1);
	assert_true(victim(&t, 0)->pid == IQ_NULL);
	assert_int_equal(victim(&t, 0)->total_vm_bytes, 188228 * 1024);
	assert_true(T_FACT(&t.f, TASK, task, 0)->pid == IQ_NULL);
	t_close(&t);
}

static void fields_of_the_future_are_kept(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, HEAD, "[  pid  ]   uid  tgid total_vm      rss rss_huge pgtables_bytes swapents oom_score_adj name",
	      "[   11]     0    11     1000      100   77   131072        2             -5 a b",
	      "Out of memory: Killed process 11 (a b) total-vm:4000kB, anon-rss:400kB, file-rss:0kB, "
	      "shmem-rss:0kB, swap-rss:12kB, UID:0 pgtables:128kB oom_score_adj:-5");
	t_text(T_FACT(&t.f, TASK, task, 0)->comm, "a b");
	assert_int_equal(T_FACT(&t.f, TASK, task, 0)->oom_score_adj, -5);
	t_count(&t, IQ_FACT_COUNTER, 2);
	t_text(T_FACT(&t.f, COUNTER, counter, 0)->name, "task 11 rss_huge");
	assert_int_equal(T_FACT(&t.f, COUNTER, counter, 0)->value, 77);
	t_text(T_FACT(&t.f, COUNTER, counter, 1)->name, "killed 11 swap-rss");
	assert_int_equal(T_FACT(&t.f, COUNTER, counter, 1)->value, 12 * 1024);
	t_close(&t);
}

static void limits_that_are_none(void **state)
{
	static const char *const limits[] = { "9007199254740988", "9007199254740991",
					      "9007199254740928", "18014398509481983" };
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct t_feed t;
		char text[200];
		snprintf(text, sizeof text, "memory: usage 4kB, limit %skB, failcnt 0", limits[i]);
		t_open(&t);
		t_say(&t, NULL, HEAD);
		t_say(&t, NULL, text);
		t_end(&t);
		assert_int_equal(oom(&t, 0)->unlimited, 1);
		assert_true(oom(&t, 0)->limit_bytes == IQ_NULL);
		t_close(&t);
	}
}

static void limit_of_host_is_no_cgroup(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, HEAD, "Task in /user.slice killed as a result of limit of host",
	      "Node 0 DMA32 free:155160kB min:152412kB low:190512kB high:228612kB");
	t_text(oom(&t, 0)->cgroup_limited, NULL);
	t_text(oom(&t, 0)->cgroup_task, "/user.slice");
	assert_int_equal(oom(&t, 0)->global_oom, 1);
	t_close(&t);
	T_RUN(&t, HEAD, "Memory limit reached of cgroup /a:b");
	t_text(oom(&t, 0)->cgroup_limited, "/a:b");
	assert_int_equal(oom(&t, 0)->global_oom, 0);
	t_close(&t);
}

/* --- fingerprints --- */

static void fingerprint_of_a_kill_forgets_the_dialect(void **state)
{
	struct t_feed a, b;
	(void)state;
	T_RUN(&a, HEAD, CPU_LINE, HEADER, ROW("   11", "a"), "Out of memory: " KILLED("11", "a"));
	t_open(&b);
	b.mono_us = 5000000;
	t_say(&b, "T7", "Killed process 11 (a) total-vm:62524kB, anon-rss:18156kB, file-rss:4kB");
	t_end(&b);
	assert_true(iq_eq(event(&a, 0)->fingerprint, event(&b, 0)->fingerprint));
	t_close(&a);
	t_close(&b);
}

static void bare_headlines_are_counted(void **state)
{
	struct t_feed t;
	(void)state;
	t_open(&t);
	for (int i = 0; i < 3; i++) {
		t.mono_us = (i + 1) * INT64_C(20000000);
		t_say(&t, NULL, HEAD);
	}
	t_end(&t);
	t_count(&t, IQ_FACT_EVENT, 3);
	assert_false(iq_eq(event(&t, 0)->fingerprint, event(&t, 1)->fingerprint));
	assert_false(iq_eq(event(&t, 1)->fingerprint, event(&t, 2)->fingerprint));
	t_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(group_kill_is_one_event),
		cmocka_unit_test(group_of_an_ancestor_does_not_place_its_victims),
		cmocka_unit_test(a_child_is_sacrificed),
		cmocka_unit_test(allocating_task),
		cmocka_unit_test(sharing_same_memory_is_no_other_event),
		cmocka_unit_test(alibaba_reaper_alone_tells_the_victim),
		cmocka_unit_test(alibaba_summary_alone_tells_the_victim),
		cmocka_unit_test(reaper_alone_is_an_event),
		cmocka_unit_test(unable_to_reap),
		cmocka_unit_test(cgroup_without_killable_task),
		cmocka_unit_test(victim_was_exiting),
		cmocka_unit_test(panic_has_the_memory_event_as_parent),
		cmocka_unit_test(panic_after_a_table_without_head),
		cmocka_unit_test(panic_without_memory_event),
		cmocka_unit_test(other_panic_leaves_an_open_run_alone),
		cmocka_unit_test(manual),
		cmocka_unit_test(headline_alone),
		cmocka_unit_test(header_without_rows),
		cmocka_unit_test(ends_inside_the_table),
		cmocka_unit_test(broken_off_text),
		cmocka_unit_test(mem_info_alone_is_no_event),
		cmocka_unit_test(mem_info_first_when_the_head_is_lost),
		cmocka_unit_test(page_size_from_the_kill),
		cmocka_unit_test(masks_blanks_and_hyphens),
		cmocka_unit_test(fields_of_the_future_are_kept),
		cmocka_unit_test(limits_that_are_none),
		cmocka_unit_test(limit_of_host_is_no_cgroup),
		cmocka_unit_test(fingerprint_of_a_kill_forgets_the_dialect),
		cmocka_unit_test(bare_headlines_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
