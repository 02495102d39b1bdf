/* tests/parse/test_pieces.c - single lines: who is killed, who runs where, frames,
 * rows of the process table, cgroups.  Composed from the kernel's format strings. */
#include "t_sink.h"

#include "parse/cpuline.h"
#include "parse/frame.h"
#include "parse/killed.h"
#include "parse/memcg.h"
#include "parse/tasktable.h"

#define N IQ_NULL
#define KB(x) ((x) * INT64_C(1024))

static void killed_lines(void **state)
{
	static const struct {
		const char *text, *comm;
		enum iq_kill_prefix prefix;
		int64_t pid, vm, anon, file, shmem, uid, tables, adj;
	} rows[] = {
		{ "Killed process 12 (a)", "a", IQ_KILL_BARE, 12, N, N, N, N, N, N, N },
		{ "Killed process 12 (a (b) c)", "a (b) c", IQ_KILL_BARE, 12, N, N, N, N, N, N, N },
		{ "Killed process 12 (a) vsz:8kB, anon-rss:4kB, file-rss:0kB", "a", IQ_KILL_BARE, 12,
		  KB(8), KB(4), 0, N, N, N, N },
		{ "Killed process 12, UID 48, (a) total-vm:8kB, anon-rss:4kB, file-rss:0kB", "a",
		  IQ_KILL_BARE, 12, KB(8), KB(4), 0, N, 48, N, N },
		{ "Killed process 12 (), UID 48, total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:1kB",
		  "", IQ_KILL_BARE, 12, KB(8), KB(4), 0, KB(1), 48, N, N },
		{ "Memory cgroup out of memory: Killed process 12 (a) total-vm:9kB) total-vm:8kB, "
		  "anon-rss:4kB, file-rss:0kB, shmem-rss:1kB, UID:7 pgtables:2kB oom_score_adj:-998",
		  "a) total-vm:9kB", IQ_KILL_CGROUP, 12, KB(8), KB(4), 0, KB(1), 7, KB(2), -998 },
		{ "Out of memory: Killed process 12 (a) total-vm:100kB, anon-rss:4kB, file-rss:0kB, "
		  "shmem-rss:1kB, UID:7 pgtables:53248kB oom-score-adj:0", "a", IQ_KILL_HOST, 12,
		  KB(100), KB(4), 0, KB(1), 7, 53248, 0 },		/* 5.4: bytes */
		{ "Out of memory (oom_kill_allocating_task): Killed process 12 (a) total-vm:8kB, "
		  "anon-rss:4kB, file-rss:0k", "a", IQ_KILL_ALLOCATING, 12, KB(8), KB(4), N, N, N, N, N },
		{ "Killed process 12 (a) total-vm:99999999999999999999kB, anon-rss:9223372036854775807kB",
		  "a", IQ_KILL_BARE, 12, N, N, N, N, N, N, N },
		{ "Killed process 12 (nam", NULL, IQ_KILL_BARE, 12, N, N, N, N, N, N, N },
	};
	struct iq_kill k;
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(iq_kill_killed(iq_slice_z(rows[i].text), &k));
		t_text(k.comm, rows[i].comm);
		assert_int_equal(k.prefix, rows[i].prefix);
		assert_int_equal(k.pid, rows[i].pid);
		assert_true(k.total_vm_bytes == rows[i].vm);
		assert_true(k.anon_rss_bytes == rows[i].anon);
		assert_true(k.file_rss_bytes == rows[i].file);
		assert_true(k.shmem_rss_bytes == rows[i].shmem);
		assert_true(k.uid == rows[i].uid);
		assert_true(k.page_table_bytes == rows[i].tables);
		assert_true(k.adj == rows[i].adj);
	}
	assert_false(iq_kill_killed(IQ_LIT("Killed process"), &k));
	assert_false(iq_kill_killed(IQ_LIT("Killed process x"), &k));
}

static void chosen_lines(void **state)
{
	struct iq_kill k;
	(void)state;
	assert_true(iq_kill_chosen(IQ_LIT("Memory cgroup out of memory: Kill process 5 (a) score 1 b) "
					  "score 1923 or sacrifice child"), &k));
	assert_int_equal(k.pid, 5);
	assert_int_equal(k.score, 1923);
	t_text(k.comm, "a) score 1 b");
	assert_int_equal(k.prefix, IQ_KILL_CGROUP);
	assert_true(iq_kill_chosen(IQ_LIT("No available memory (MPOL_BIND): kill process 5 (a) score 0 or a child"), &k));
	assert_int_equal(k.prefix, IQ_KILL_MEMPOLICY);
	assert_false(iq_kill_chosen(IQ_LIT("Kill process 5 (a) sharing same memory"), &k));
	assert_true(iq_kill_sharing(IQ_LIT("Kill process 5 (a) sharing same memory"), &k));
	assert_int_equal(k.pid, 5);
	assert_true(iq_kill_exiting(IQ_LIT("Out of memory: OOM victim 5 (a) is already exiting. Skip killing the task"), &k));
	assert_int_equal(k.pid, 5);
	t_text(k.comm, "a");
}

static void summary_lines(void **state)
{
	struct iq_kill_summary k;
	(void)state;
	assert_true(iq_kill_summary(IQ_LIT("oom-kill:constraint=CONSTRAINT_MEMORY_POLICY,nodemask=1,3-4,"
		"cpuset=a,b=c,mems_allowed=0-1,3,global_oom,task_memcg=/x,task=y/z,task=q,pid=1,uid=2,"
		"pid=77,uid=1000"), &k));
	t_text(k.constraint, "CONSTRAINT_MEMORY_POLICY");
	t_text(k.nodemask, "1,3-4");
	t_text(k.cpuset, "a,b=c");
	t_text(k.mems_allowed, "0-1,3");
	assert_true(k.global);
	t_text(k.oom_memcg, NULL);
	assert_int_equal(k.pid, 77);
	assert_int_equal(k.uid, 1000);
	/* euler4.19, and kernels without memory cgroups */
	assert_true(iq_kill_summary(IQ_LIT("oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,"
		"mems_allowed=0,task=a, b,pid=7,uid=0"), &k));
	t_text(k.task, "a, b");
	t_text(k.task_memcg, NULL);
	assert_false(k.global);
	/* broken off */
	assert_true(iq_kill_summary(IQ_LIT("oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpu"), &k));
	t_text(k.nodemask, "(null),cpu");
	assert_true(k.pid == IQ_NULL);
	assert_false(iq_kill_summary(IQ_LIT("oom-kill: something else"), &k));
}

static void cpu_lines(void **state)
{
	static const struct {
		const char *text, *comm, *taint, *release, *hardware, *arch;
		int64_t cpu, uid, pid;
	} rows[] = {
		{ "CPU: 0 PID: 3841 Comm: memcheck-amd64- Not tainted 4.4.0-x86_64-linode63 #2",
		  "memcheck-amd64-", NULL, "4.4.0-x86_64-linode63", NULL, "x86_64", 0, N, 3841 },
		{ "CPU: 3 PID: 9 Comm: a b) Kdump: loaded Tainted: G          I    ------------ T "
		  "3.10.0-1160.el7.x86_64 #1", "a b)", "G I T", "3.10.0-1160.el7.x86_64", NULL, "x86_64",
		  3, N, 9 },
		{ "CPU: 1 UID: 104 PID: 1073875 Comm: postgres Not tainted 6.16.9+deb14-amd64 #1 "
		  "PREEMPT(lazy)  Debian 6.16.9-1 ", "postgres", NULL, "6.16.9+deb14-amd64", NULL,
		  "x86_64", 1, 104, 1073875 },
		{ "Pid: 168, comm: xenwatch Tainted: GF  W  O--------------    2.6.32-358.el6.i686 #1 "
		  "Red Hat KVM", "xenwatch", "GF W O", "2.6.32-358.el6.i686", "Red Hat KVM", "i686", N, N,
		  168 },
		{ "CPU: 2 PID: 5 Comm: x Not tainted 6.1.0-50-cloud-arm64 #1", "x", NULL,
		  "6.1.0-50-cloud-arm64", NULL, "aarch64", 2, N, 5 },
		{ "CPU: 5 PID: -534549613 Comm: Yl\xaf Not tainted 4.17.0-rc1+ #8", "Yl\xaf", NULL,
		  "4.17.0-rc1+", NULL, NULL, 5, N, -534549613 },
		{ "CPU: * PID: *** Comm: x", "x", NULL, NULL, NULL, NULL, N, N, N },
	};
	struct iq_cpuline c;
	char buf[32];
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(iq_cpuline_parse(iq_slice_z(rows[i].text), &c));
		t_text(c.comm, rows[i].comm);
		t_text(c.taint.p ? iq_cpuline_taint(c.taint, buf, sizeof buf) : IQ_SLICE_NULL, rows[i].taint);
		t_text(c.release, rows[i].release);
		t_text(c.hardware, rows[i].hardware);
		const char *arch = c.release.p ? iq_cpuline_arch(c.release) : NULL;
		t_text(iq_slice_z(arch), rows[i].arch);
		assert_true(c.cpu == rows[i].cpu && c.uid == rows[i].uid && c.pid == rows[i].pid);
	}
	assert_false(iq_cpuline_parse(IQ_LIT("CPU    0: hi:    0, btch:   1 usd:   0"), &c));
	assert_false(iq_cpuline_parse(IQ_LIT("CPU: 1"), &c));
}

static void frames(void **state)
{
	static const struct {
		const char *text, *function, *module;
		int64_t offset;
		bool reliable;
	} rows[] = {
		{ " [<ffffffff8158cbcc>] ? dump_stack+0x40/0x50", "dump_stack", NULL, 0x40, false },
		{ "[<ffffffff811b96d5>] filemap_fault+0x1c6/0x4f0", "filemap_fault", NULL, 0x1c6, true },
		{ " ? __x64.isra.0.cold+0xc27/0xdc0 [mod_a 1f2e3d4c]", "__x64.isra.0.cold", "mod_a", 0xc27, false },
		{ "([<0000000000123456>] show_trace+0x10/0x20)", "show_trace", NULL, 0x10, true },
		{ "[c000000001234560] [c000000000012340] .do_it+0x8/0x90 (unreliable)", "do_it", NULL, 8, false },
		{ " <IRQ>  [<ffffffff813a0886>] _sched_show_task+0x2a6/0x4f0", "_sched_show_task", NULL, 0x2a6, true },
		{ "[<c0012345>] (unwind_backtrace+0x0/0x10) from [<c00abcde>] (show_stack+0x20/0x30)",
		  "unwind_backtrace", NULL, 0, true },
	};
	struct iq_frame f;
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(iq_frame_parse(iq_slice_z(rows[i].text), &f));
		t_text(f.function, rows[i].function);
		t_text(f.module, rows[i].module);
		assert_int_equal(f.offset, rows[i].offset);
		assert_int_equal(f.reliable, rows[i].reliable);
	}
	assert_false(iq_frame_parse(IQ_LIT("Mem-Info:"), &f));
	assert_false(iq_frame_parse(IQ_LIT("RIP: 0033:0x401f8c"), &f));
	assert_true(iq_frame_is_mark(IQ_LIT(" </TASK>")));
	assert_true(iq_frame_is_mark(IQ_LIT(" <<EOE>>")));
	assert_false(iq_frame_is_mark(IQ_LIT("<6>x>")));
	assert_true(iq_frame_is_hex_words(IQ_LIT("ffffffff811c6a55 00000015118e701d")));
	assert_false(iq_frame_is_hex_words(IQ_LIT("ffffffff811c6a55 x")));
}

/* --- tables --- */

static void table_of(struct iq_tasktable *t, struct iq_arena *mem, const char *const *lines)
{
	iq_arena_init(mem);
	iq_tasktable_init(t, mem);
	for (int64_t i = 1; *lines; lines++, i++) {
		struct iq_record r = t_record(*lines, i);
		if (iq_tasktable_is_header(r.text))
			iq_tasktable_header(t, r.text);
		else if (iq_tasktable_is_row(r.text))
			iq_tasktable_row(t, &r);
	}
	iq_tasktable_finish(t, 4096);
}

/* Rows alone: the layout must be told from the numbers. */
static void layouts_without_a_header(void **state)
{
	static const struct {
		const char *lines[4];
		int64_t tables, swap, adj, oom_adj, cpu;
	} rows[] = {
		{ { "[ 2101]    48  2101    44000     9000   0       0 my 1 httpd",	/* 2.6.32 */
		    "[ 2102]     0  2102    44000     9000   1     -17 sshd" }, N, N, N, 0, 0 },
		{ { "[ 2101]    48  2101    44000     9000   3       0             0 7 my 1 httpd",	/* el6 */
		    "[ 2102]     0  2102    44000     9000   1     -17         -1000 sshd" }, N, N, 0, 0, 3 },
		{ { "[ 2101]    48  2101    44000     9000      90        5             0 my 1 httpd",	/* 3.10 */
		    "[ 2102]     0  2102    44000     9000      80        0         -1000 sshd" },
		  90 * 4096, 5 * 4096, 0, N, N },
		{ { "[ 2101]    48  2101    44000     9000   368640        5             0 my 1 httpd",	/* 4.15 */
		    "[ 2102]     0  2102    44000     9000    98304        0         -1000 sshd" },
		  368640, 5 * 4096, 0, N, N },
		{ { "[ 2101]    48  2101    44000     9000      90       3        5             0 my 1 httpd",
		    "[ 2102]     0  2102    44000     9000      80       4        0         -1000 sshd" },
		  93 * 4096, 5 * 4096, 0, N, N },					/* 4.4 */
		{ { "[   2101]    48  2101    44000     9000     8000      900       100   368640        5             0 my 1 httpd",
		    "[   2102]     0  2102    44000     9000     8000      900       100   368640        0         -1000 sshd" },
		  368640, 5 * 4096, 0, N, N },						/* 6.8 */
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct iq_tasktable t;
		struct iq_arena mem;
		table_of(&t, &mem, rows[i].lines);
		const struct iq_taskrow *r = iq_tasktable_find(&t, 2101);
		assert_non_null(r);
		assert_true(r->task.page_table_bytes == rows[i].tables);
		assert_true(r->task.swap_bytes == rows[i].swap);
		assert_true(r->task.oom_score_adj == rows[i].adj);
		assert_true(r->task.oom_adj == rows[i].oom_adj);
		assert_true(r->task.cpu == rows[i].cpu);
		t_text(r->task.comm, i == 1 ? "7 my 1 httpd" : "my 1 httpd");
		t_text(iq_tasktable_find(&t, 2102)->task.comm, "sshd");
		assert_null(iq_tasktable_find(&t, 2103));
		iq_arena_fini(&mem);
	}
}

static void names_of_any_kind(void **state)
{
	static const char *const lines[] = {
		"[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name",
		"[    1]     0     1     1000      100       5        0             0 (sd-pam)",
		"[    2]     0     2     1000      100       5        0             0 1234",
		"[    3]     0     3     1000      100       5        0             0 ",
		"[    4]     0     4     1000      100       5        0             0 a [b] c, d=e",
		"[    5]     0     5     1000      100       5        0",
		NULL };
	static const char *const names[] = { "(sd-pam)", "1234", "", "a [b] c, d=e", NULL };
	struct iq_tasktable t;
	struct iq_arena mem;
	(void)state;
	table_of(&t, &mem, lines);
	assert_int_equal(t.n_rows, 5);
	for (int64_t i = 0; i < 5; i++) {
		const struct iq_taskrow *r = iq_tasktable_find(&t, i + 1);
		t_text(r->task.comm, names[i]);
		assert_int_equal(r->task.rss_bytes, 100 * 4096);
	}
	assert_true(iq_tasktable_find(&t, 5)->task.oom_score_adj == IQ_NULL);
	iq_arena_fini(&mem);
}

static void what_is_no_row(void **state)
{
	static const char *const no[] = {
		"[<ffffffff8158cbcc>] ? dump_stack+0x40/0x50", "[    1.234567] x", "[1] 2 3 4 5 6 x",
		"[ pid ]", "[12", "[]", "[12345678901] 0 1 2 3 4 5 6 7 x", "[ 12] a b c d e f g",
	};
	(void)state;
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (iq_tasktable_is_row(iq_slice_z(no[i])))
			fail_msg("a row: %s", no[i]);
}

/* --- cgroups --- */

static void cgroup_lines(void **state)
{
	struct iq_slice a, b;
	struct iq_memcg_usage u;
	struct iq_memcg m;
	struct iq_arena mem;
	(void)state;
	assert_true(iq_memcg_task_in(IQ_LIT("Task in /a b killed as a result of limit of /a"), &a, &b));
	t_text(a, "/a b");
	t_text(b, "/a");
	assert_true(iq_memcg_task_in(IQ_LIT("Task in /a killed as a result of limit of"), &a, &b));
	t_text(b, NULL);
	assert_false(iq_memcg_task_in(IQ_LIT("Task in /a does well"), &a, &b));
	assert_true(iq_memcg_usage(IQ_LIT("kmem: usage 4kB, limit 9007199254740988kB, failcnt 3"), &u));
	assert_int_equal(u.res, IQ_MEMCG_KMEM);
	assert_true(u.unlimited && u.limit_bytes == IQ_NULL && u.failcnt == 3);
	assert_true(iq_memcg_usage(IQ_LIT("memory: usage 4kB, lim"), &u));
	assert_true(u.usage_bytes == 4096 && u.limit_bytes == IQ_NULL && !u.unlimited);
	iq_arena_init(&mem);
	iq_memcg_init(&m, &mem);
	assert_false(iq_memcg_block_line(&m, IQ_LIT("anon 4096")));
	assert_true(iq_memcg_stats(&m, IQ_LIT("Memory cgroup stats for /k/pod:cri-containerd:ab:")));
	t_text(m.open->path, "/k/pod:cri-containerd:ab");
	assert_true(iq_memcg_block_line(&m, IQ_LIT("   anon 4096")));
	assert_false(iq_memcg_block_line(&m, IQ_LIT("Tasks state (memory values in pages):")));
	assert_false(iq_memcg_block_line(&m, IQ_LIT("anon")));
	assert_true(iq_memcg_stats(&m, IQ_LIT("Memory cgroup stats: cache:4KB rss:8KB swap:1")));
	t_text(m.groups->next->path, NULL);
	assert_int_equal(m.groups->next->counters->value, 4096);
	assert_null(m.groups->next->counters->next->next);	/* the last number is cut */
	iq_arena_fini(&mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_lines),
		cmocka_unit_test(chosen_lines),
		cmocka_unit_test(summary_lines),
		cmocka_unit_test(cpu_lines),
		cmocka_unit_test(frames),
		cmocka_unit_test(layouts_without_a_header),
		cmocka_unit_test(names_of_any_kind),
		cmocka_unit_test(what_is_no_row),
		cmocka_unit_test(cgroup_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
