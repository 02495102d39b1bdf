/* tests/parse/test_oom_eras.c - one OOM kill as every kernel since 2.6.32 prints it.
 *
 * Composed from the format strings of mm/oom_kill.c, mm/memcontrol.c and lib/dump_stack.c
 * of the trees named in the table; the happening is always the same, so the facts must
 * be too, less what an era does not print.
 */
#include <stdio.h>

#include "t_sink.h"

#include "base/buf.h"
#include "parse/parse.h"

enum head { H_OOM_ADJ, H_BOTH, H_PLAIN, H_NAMES, H_NODES, H_NULL2, H_NULL, H_SHORT };
enum cpu { CPU_PID, CPU_PLAIN, CPU_KDUMP, CPU_UID };
enum frame { F_ADDR, F_PLAIN, F_TASK };
enum table { T_2632, T_EL6, T_310, T_44, T_415, T_419, T_68 };
enum score { S_2632, S_SCORE, S_NONE };
enum killed { K_BARE, K_EL6, K_32, K_EL7, K_46, K_52, K_EL8, K_54 };
enum memcg { M_32, M_310, M_44, M_414, M_53 };

struct era {
	const char *name, *release;
	enum head head;
	bool cpuset, task_in, summary;
	enum cpu cpu;
	enum frame frame;
	enum table table;
	enum score score;
	enum killed killed;
	enum memcg memcg;
	bool mem_info_too;		/* cgroup reports have a Mem-Info block as well */
};

static const struct era eras[] = {
	{ "2.6.32", "2.6.32.9", H_OOM_ADJ, 1, 1, 0, CPU_PID, F_ADDR, T_2632, S_2632, K_BARE, M_32, 1 },
	{ "el6", "2.6.32-642.6.2.el6.x86_64", H_BOTH, 1, 1, 0, CPU_PID, F_ADDR, T_EL6, S_SCORE, K_EL6, M_32, 1 },
	{ "3.2", "3.2.0-4-amd64", H_BOTH, 1, 1, 0, CPU_PID, F_ADDR, T_EL6, S_SCORE, K_32, M_32, 1 },
	{ "3.4", "3.4.108", H_BOTH, 1, 1, 0, CPU_PID, F_ADDR, T_EL6, S_SCORE, K_32, M_32, 1 },
	{ "3.10", "3.10.105", H_PLAIN, 1, 1, 0, CPU_PLAIN, F_ADDR, T_310, S_SCORE, K_32, M_310, 0 },
	{ "3.16", "3.16.0-4-amd64", H_PLAIN, 1, 1, 0, CPU_PLAIN, F_ADDR, T_310, S_SCORE, K_32, M_310, 0 },
	{ "el7", "3.10.0-1160.el7.x86_64", H_PLAIN, 1, 1, 0, CPU_KDUMP, F_ADDR, T_310, S_SCORE, K_EL7, M_310, 0 },
	{ "4.4", "4.4.1", H_PLAIN, 1, 1, 0, CPU_PLAIN, F_ADDR, T_44, S_SCORE, K_32, M_44, 0 },
	{ "4.6", "4.6.2", H_NAMES, 1, 1, 0, CPU_PLAIN, F_ADDR, T_44, S_SCORE, K_46, M_44, 0 },
	{ "4.9", "4.9.0", H_NODES, 1, 1, 0, CPU_PLAIN, F_ADDR, T_44, S_SCORE, K_46, M_44, 0 },
	{ "4.14", "4.14.177", H_NULL2, 1, 1, 0, CPU_PLAIN, F_PLAIN, T_44, S_SCORE, K_46, M_414, 0 },
	{ "4.15", "4.15.0-112-generic", H_NULL, 1, 1, 0, CPU_PLAIN, F_PLAIN, T_415, S_SCORE, K_46, M_414, 0 },
	{ "4.19", "4.19.0-6-amd64", H_NULL, 1, 1, 0, CPU_PLAIN, F_PLAIN, T_419, S_SCORE, K_46, M_414, 0 },
	{ "ali4.19", "4.19.91-24.1.al7.x86_64", H_NULL, 1, 1, 0, CPU_KDUMP, F_PLAIN, T_419, S_SCORE, K_46, M_414, 0 },
	{ "el8", "4.18.0-240.el8.x86_64", H_SHORT, 0, 0, 1, CPU_KDUMP, F_PLAIN, T_415, S_NONE, K_EL8, M_53, 0 },
	{ "5.0", "5.0.1", H_SHORT, 0, 0, 1, CPU_PLAIN, F_PLAIN, T_419, S_SCORE, K_46, M_414, 0 },
	{ "5.2", "5.2.1", H_SHORT, 0, 0, 1, CPU_PLAIN, F_PLAIN, T_419, S_NONE, K_52, M_414, 0 },
	{ "5.4", "5.4.195", H_SHORT, 0, 0, 1, CPU_PLAIN, F_PLAIN, T_419, S_NONE, K_54, M_53, 0 },
	{ "5.10", "5.10.0-32-amd64", H_SHORT, 0, 0, 1, CPU_PLAIN, F_PLAIN, T_419, S_NONE, K_54, M_53, 0 },
	{ "5.15", "5.15.0", H_SHORT, 0, 0, 1, CPU_PLAIN, F_TASK, T_419, S_NONE, K_54, M_53, 0 },
	{ "6.1", "6.1.0-50-amd64", H_SHORT, 0, 0, 1, CPU_PLAIN, F_TASK, T_419, S_NONE, K_54, M_53, 0 },
	{ "6.5", "6.5.0", H_SHORT, 0, 0, 1, CPU_PLAIN, F_TASK, T_419, S_NONE, K_54, M_53, 0 },
	{ "6.8", "6.8.1", H_SHORT, 0, 0, 1, CPU_PLAIN, F_TASK, T_68, S_NONE, K_54, M_53, 0 },
	{ "6.12", "6.12.107+deb13-amd64", H_SHORT, 0, 0, 1, CPU_UID, F_TASK, T_68, S_NONE, K_54, M_53, 0 },
	{ "7.3", "7.3.4", H_SHORT, 0, 0, 1, CPU_UID, F_TASK, T_68, S_NONE, K_54, M_53, 0 },
};

/* ---------------------------------------------------------------- composing */

struct text {
	struct iq_buf b;
};

static void line(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void line(struct text *t, const char *fmt, ...)
{
	char buf[1024];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(buf, sizeof buf, fmt, ap);
	va_end(ap);
	iq_buf_str(&t->b, buf);
	iq_buf_char(&t->b, '\n');
}

#define TRIGGER "java: w (1)"
#define VICTIM "my (odd), x) y"

static void compose_head(struct text *t, const struct era *e)
{
	static const char *const heads[] = {
		[H_OOM_ADJ] = "gfp_mask=0x201da, order=0, oom_adj=0",
		[H_BOTH] = "gfp_mask=0x201da, order=0, oom_adj=0, oom_score_adj=0",
		[H_PLAIN] = "gfp_mask=0x201da, order=0, oom_score_adj=0",
		[H_NAMES] = "gfp_mask=0x24200ca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0",
		[H_NODES] = "gfp_mask=0x24200ca(GFP_HIGHUSER_MOVABLE), nodemask=0,2-3, order=0, oom_score_adj=0",
		[H_NULL2] = "gfp_mask=0x14200ca(GFP_HIGHUSER_MOVABLE), nodemask=(null),  order=0, oom_score_adj=0",
		[H_NULL] = "gfp_mask=0x6200ca(GFP_HIGHUSER_MOVABLE), nodemask=(null), order=0, oom_score_adj=0",
		[H_SHORT] = "gfp_mask=0x100cca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0",
	};
	line(t, TRIGGER " invoked oom-killer: %s", heads[e->head]);
	if (e->cpuset)
		line(t, TRIGGER " cpuset=set=1 mems_allowed=0,2-3");
	switch (e->cpu) {
	case CPU_PID:
		line(t, "Pid: 777, comm: " TRIGGER " Not tainted %s #1", e->release);
		break;
	case CPU_PLAIN:
		line(t, "CPU: 3 PID: 777 Comm: " TRIGGER " Not tainted %s #1", e->release);
		break;
	case CPU_KDUMP:
		line(t, "CPU: 3 PID: 777 Comm: " TRIGGER " Kdump: loaded Tainted: G          I    "
			"------------ T %s #1", e->release);
		break;
	case CPU_UID:
		line(t, "CPU: 3 UID: 0 PID: 777 Comm: " TRIGGER " Tainted: G           OE      %s #1 "
			"PREEMPT(lazy)  Debian 1 ", e->release);
		break;
	}
	line(t, "Hardware name: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16");
	line(t, "Call Trace:");
	if (e->frame == F_ADDR) {
		line(t, " [<ffffffff8158cbcc>] ? dump_stack+0x40/0x50");
		line(t, " [<ffffffff811b96d5>] filemap_fault+0x1c6/0x4f0");
	} else {
		line(t, "%s", e->frame == F_TASK ? " <TASK>" : " dump_stack_lvl+0x40/0x50");
		line(t, " ? dump_stack+0x63/0x8b [mod]");
		line(t, " filemap_fault+0x1c6/0x4f0");
	}
}

static void compose_mem_info(struct text *t)
{
	line(t, "Mem-Info:");
	line(t, "active_anon:15 inactive_anon:18 isolated_anon:0");
	line(t, " free:1973 free_pcp:0 free_cma:0");
	line(t, "Node 0 DMA32 free:3948kB min:3956kB low:4944kB high:5932kB");
	line(t, "lowmem_reserve[]: 0 0 0 0");
	line(t, "Node 0 DMA32: 934*4kB (UM) 28*8kB (UM) 0*16kB = 3960kB");
	line(t, "71 total pagecache pages");
	line(t, "Free swap  = 16kB");
	line(t, "Total swap = 32kB");
	line(t, "262014 pages RAM");
}

static void compose_cgroup(struct text *t, const struct era *e)
{
	if (e->task_in)
		line(t, "Task in /a/b killed as a result of limit of /a");
	line(t, "memory: usage 204800kB, limit 204804kB, failcnt 26");
	if (e->memcg == M_53) {
		line(t, "swap: usage 4kB, limit 9007199254740988kB, failcnt 1");
		line(t, "Memory cgroup stats for /a:");
		line(t, "anon 61440000");
		line(t, "        file 4096");
		line(t, "shmem 0");
		line(t, "pgfault 77");
		return;
	}
	line(t, "memory+swap: usage 204804kB, limit 9007199254740988kB, failcnt 1");
	if (e->memcg != M_32)
		line(t, "kmem: usage 8kB, limit 9007199254740988kB, failcnt 0");
	if (e->memcg >= M_310) {
		line(t, "Memory cgroup stats for /a: cache:4KB rss:60000KB rss_huge:0KB %smapped_file:0KB "
			"swap:4KB inactive_anon:0KB active_anon:0KB inactive_file:0KB active_file:0KB "
			"unevictable:0KB", e->memcg == M_414 ? "shmem:0KB " : "");
		line(t, "Memory cgroup stats for /a/b: cache:0KB rss:100KB rss_huge:0KB");
	}
}

static void compose_table(struct text *t, const struct era *e)
{
	static const char *const headers[] = {
		[T_2632] = "[ pid ]   uid  tgid total_vm      rss cpu oom_adj name",
		[T_EL6] = "[ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name",
		[T_310] = "[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name",
		[T_44] = "[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name",
		[T_415] = "[ pid ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name",
		[T_419] = "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name",
		[T_68] = "[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes "
			 "swapents oom_score_adj name",
	};
	static const struct { int pid, uid, vm, rss, anon, file, shmem, ptes, pmds, swap, adj; const char *name; } rows[] = {
		{ 1201, 0, 5101, 300, 200, 100, 0, 15, 1, 283, -1000, "sshd" },
		{ 4070, 1000, 20000, 15000, 14000, 900, 100, 40, 4, 7, 0, VICTIM },
	};
	if (e->table >= T_419)
		line(t, "Tasks state (memory values in pages):");
	line(t, "%s", headers[e->table]);
	for (size_t i = 0; i < 2; i++) {
		int pid = rows[i].pid, uid = rows[i].uid, vm = rows[i].vm, rss = rows[i].rss;
		int pages = rows[i].ptes + rows[i].pmds, swap = rows[i].swap, adj = rows[i].adj;
		const char *name = rows[i].name;
		switch (e->table) {
		case T_2632:
			line(t, "[%5d] %5d %5d %8d %8d %3d     %3d %s", pid, uid, pid, vm, rss, 1,
			     adj ? -17 : 0, name);
			break;
		case T_EL6:
			line(t, "[%5d] %5d %5d %8d %8d %3d     %3d         %5d %s", pid, uid, pid, vm,
			     rss, 1, adj ? -17 : 0, adj, name);
			break;
		case T_310:
			line(t, "[%5d] %5d %5d %8d %8d %7d %8d         %5d %s", pid, uid, pid, vm, rss,
			     pages, swap, adj, name);
			break;
		case T_44:
			line(t, "[%5d] %5d %5d %8d %8d %7d %7d %8d         %5d %s", pid, uid, pid, vm,
			     rss, rows[i].ptes, rows[i].pmds, swap, adj, name);
			break;
		case T_415:
		case T_419:
			line(t, e->table == T_415 ? "[%5d] %5d %5d %8d %8d %8d %8d         %5d %s"
			     : "[%7d] %5d %5d %8d %8d %8d %8d         %5d %s", pid, uid, pid, vm, rss,
			     pages * 4096, swap, adj, name);
			break;
		case T_68:
			line(t, "[%7d] %5d %5d %8d %8d %8d %8d %9d %8d %8d         %5d %s", pid, uid,
			     pid, vm, rss, rows[i].anon, rows[i].file, rows[i].shmem, pages * 4096,
			     swap, adj, name);
			break;
		}
	}
}

static void compose_kill(struct text *t, const struct era *e, bool cgroup)
{
	const char *prefix = cgroup ? "Memory cgroup out of memory" : "Out of memory";
	const char *rss = "total-vm:80000kB, anon-rss:56000kB, file-rss:3600kB";
	if (e->summary && cgroup)
		line(t, "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=set=1,"
			"mems_allowed=0,2-3,oom_memcg=/a,task_memcg=/a/b,task=" VICTIM
			",pid=4070,uid=1000");
	else if (e->summary)
		line(t, "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=set=1,"
			"mems_allowed=0,2-3,global_oom,task_memcg=/a/b,task=" VICTIM
			",pid=4070,uid=1000");
	if (e->score == S_2632)
		line(t, "%s: kill process 4070 (" VICTIM ") score 23 or a child", prefix);
	if (e->score == S_SCORE)
		line(t, "%s: Kill process 4070 (" VICTIM ") score 23 or sacrifice child", prefix);
	switch (e->killed) {
	case K_BARE:
		line(t, "Killed process 4070 (" VICTIM ")");
		break;
	case K_EL6:
		line(t, "Killed process 4070, UID 1000, (" VICTIM ") %s", rss);
		break;
	case K_32:
		line(t, "Killed process 4070 (" VICTIM ") %s", rss);
		break;
	case K_EL7:
		line(t, "Killed process 4070 (" VICTIM "), UID 1000, %s, shmem-rss:400kB", rss);
		break;
	case K_46:
		line(t, "Killed process 4070 (" VICTIM ") %s, shmem-rss:400kB", rss);
		break;
	case K_52:
		line(t, "%s: Killed process 4070 (" VICTIM ") %s, shmem-rss:400kB", prefix, rss);
		break;
	case K_EL8:
		line(t, "%s: Killed process 4070 (" VICTIM ") %s, shmem-rss:400kB, UID:1000", prefix, rss);
		break;
	case K_54:
		line(t, "%s: Killed process 4070 (" VICTIM ") %s, shmem-rss:400kB, UID:1000 "
			"pgtables:176kB oom_score_adj:0", prefix, rss);
		break;
	}
}

static void compose(struct text *t, const struct era *e, bool cgroup)
{
	compose_head(t, e);
	if (cgroup)
		compose_cgroup(t, e);
	if (!cgroup || e->mem_info_too)
		compose_mem_info(t);
	compose_table(t, e);
	compose_kill(t, e, cgroup);
	if (e->killed >= K_46)
		line(t, "oom_reaper: reaped process 4070 (" VICTIM "), now anon-rss:0kB, "
			"file-rss:0kB, shmem-rss:0kB");
}

/* ---------------------------------------------------------------- checking */

static const struct era *era;
static bool in_cgroup;

static void number(const char *what, int64_t got, int64_t want)
{
	if (got != want)
		fail_msg("%s %s: %s is %lld, not %lld", era->name, in_cgroup ? "cgroup" : "host",
			 what, (long long)got, (long long)want);
}

static void check_oom(const struct t_facts *t)
{
	const struct iq_oom *o = T_FACT(t, OOM, oom, 0);
	t_text(o->trigger_comm, TRIGGER);
	number("trigger pid", o->trigger_pid, 777);
	number("trigger adj", o->trigger_adj, era->head == H_OOM_ADJ ? IQ_NULL : 0);
	number("order", o->alloc_order, 0);
	t_text(o->gfp_flags, era->head < H_NAMES ? NULL : "GFP_HIGHUSER_MOVABLE");
	t_text(o->nodemask, era->head == H_NODES ? "0,2-3" : NULL);
	t_text(o->cpuset, "set=1");
	t_text(o->mems_allowed, "0,2-3");
	t_text(o->constraint_kind, !era->summary ? NULL : in_cgroup ? "memcg" : "none");
	number("global", o->global_oom, !in_cgroup);
	t_text(o->cgroup_limited, in_cgroup ? "/a" : NULL);
	t_text(o->cgroup_task, in_cgroup || era->summary ? "/a/b" : NULL);
	number("usage", o->usage_bytes, in_cgroup ? 204800 * 1024 : IQ_NULL);
	number("limit", o->limit_bytes, in_cgroup ? 204804 * 1024 : IQ_NULL);
	number("failcnt", o->failcnt, in_cgroup ? 26 : IQ_NULL);
	number("unlimited", o->unlimited, in_cgroup ? 0 : IQ_NULL);
	number("memsw", o->memsw_usage_bytes,
	       in_cgroup && era->memcg != M_53 ? 204804 * 1024 : IQ_NULL);
	number("memsw limit", o->memsw_limit_bytes, IQ_NULL);
	number("kmem", o->kmem_usage_bytes,
	       in_cgroup && era->memcg >= M_310 && era->memcg < M_53 ? 8192 : IQ_NULL);
	number("swap", o->swap_usage_bytes, in_cgroup && era->memcg == M_53 ? 4096 : IQ_NULL);
	bool memory = !in_cgroup || era->mem_info_too;
	number("swap free", o->swap_free_bytes, memory ? 16384 : IQ_NULL);
	number("swap total", o->swap_total_bytes, memory ? 32768 : IQ_NULL);
	number("tasks", o->tasks_listed, 2);
	number("victims", o->victim_count, 1);
	number("chosen", o->chosen_pid, era->score == S_NONE ? IQ_NULL : 4070);
	number("manual", o->manual, IQ_NULL);
}

static void check_victim(const struct t_facts *t)
{
	const struct iq_victim *v = T_FACT(t, VICTIM, victim, 0);
	assert_int_equal(t->n[IQ_FACT_VICTIM], 1);
	t_text(v->comm, VICTIM);
	number("pid", v->pid, 4070);
	number("uid", v->uid, 1000);
	number("adj", v->oom_score_adj, era->table == T_2632 ? IQ_NULL : 0);
	number("score", v->score, era->score == S_NONE ? IQ_NULL : 23);
	number("vm", v->total_vm_bytes, 80000 * 1024);
	number("anon", v->anon_rss_bytes, era->killed == K_BARE ? IQ_NULL : 56000 * 1024);
	number("file", v->file_rss_bytes, era->killed == K_BARE ? IQ_NULL : 3600 * 1024);
	number("shmem", v->shmem_rss_bytes, era->killed < K_EL7 ? IQ_NULL : 400 * 1024);
	number("page tables", v->page_table_bytes, era->table < T_310 ? IQ_NULL : 176 * 1024);
	t_text(v->cgroup, in_cgroup || era->summary ? "/a/b" : NULL);
	number("reaped", v->reaped, era->killed >= K_46 ? 1 : IQ_NULL);
}

static void check_task(const struct t_facts *t)
{
	const struct iq_task *k = T_FACT(t, TASK, task, 1), *s = T_FACT(t, TASK, task, 0);
	t_text(k->comm, VICTIM);
	number("task pid", k->pid, 4070);
	number("task tgid", k->tgid, 4070);
	number("task uid", k->uid, 1000);
	number("task vm", k->total_vm_bytes, 20000 * 4096);
	number("task rss", k->rss_bytes, 15000 * 4096);
	number("task anon", k->anon_rss_bytes, era->table == T_68 ? 14000 * 4096 : IQ_NULL);
	number("task swap", k->swap_bytes, era->table < T_310 ? IQ_NULL : 7 * 4096);
	number("task tables", k->page_table_bytes, era->table < T_310 ? IQ_NULL : 44 * 4096);
	number("task cpu", k->cpu, era->table < T_310 ? 1 : IQ_NULL);
	number("oom_adj", s->oom_adj, era->table < T_310 ? -17 : IQ_NULL);
	number("oom_score_adj", s->oom_score_adj, era->table == T_2632 ? IQ_NULL : -1000);
	number("seq", k->seq, 1);
}

static void check_cgroup(const struct t_facts *t)
{
	const struct iq_cgroup *c = T_FACT(t, CGROUP, cgroup, 0);
	t_text(c->path, "/a");
	number("cgroup usage", c->usage_bytes, 204800 * 1024);
	number("cgroup limit", c->limit_bytes, 204804 * 1024);
	number("cgroup anon", c->anon_bytes, era->memcg == M_32 ? IQ_NULL : 60000 * 1024);
	number("cgroup file", c->file_bytes, era->memcg == M_32 ? IQ_NULL : 4096);
	number("cgroup version", c->version, era->memcg == M_53 ? 2 : 1);
	if (era->memcg == M_53)
		number("pgfault", T_FACT(t, COUNTER, counter, 3)->value, 77);
}

static void check_event(const struct t_facts *t)
{
	const struct iq_event *e = T_FACT(t, EVENT, event, 0);
	const struct iq_sighting *s = T_FACT(t, SIGHTING, sighting, 0);
	const struct iq_stack *f = T_FACT(t, STACK, stack, 0);
	assert_int_equal(t->n[IQ_FACT_EVENT], 1);
	t_text(e->kind, "oom-kill");
	t_text(e->kernel_release, era->release);
	number("truncated", e->truncated, 0);
	t_text(e->missing, NULL);
	number("first line", s->first_line, 1);
	number("page", e->page_size, 4096);
	if (era->frame != F_TASK && era->frame != F_ADDR) {
		t_text(f->function, "dump_stack_lvl");
		number("reliable", f->reliable, 1);
		t_text(T_FACT(t, STACK, stack, 1)->module, "mod");
	} else {
		t_text(f->function, "dump_stack");
		number("reliable", f->reliable, 0);
	}
	number("stack pid", f->pid, 777);
}

static void run(const struct era *e, bool cgroup)
{
	struct text text;
	struct t_facts t;
	struct iq_err err;
	int64_t no = 0;
	era = e;
	in_cgroup = cgroup;
	t_init(&t);
	iq_buf_init(&text.b);
	compose(&text, e, cgroup);
	struct iq_parser *p = iq_parser_new(&t.sink);
	assert_int_equal(iq_parser_member(p, 1, &err), 0);
	for (struct iq_slice s = iq_buf_as_slice(&text.b); s.n;) {
		struct iq_record r = t_record("", ++no);
		r.text = iq_cut(&s, '\n');
		assert_int_equal(iq_parser_record(p, &r, 1, &err), 0);
	}
	assert_int_equal(iq_parser_finish(p, false, &err), 0);
	check_event(&t);
	check_oom(&t);
	check_victim(&t);
	check_task(&t);
	if (cgroup)
		check_cgroup(&t);
	iq_parser_free(p);
	iq_buf_fini(&text.b);
	t_fini(&t);
}

static void every_era_host(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof eras / sizeof *eras; i++)
		run(&eras[i], false);
}

static void every_era_cgroup(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof eras / sizeof *eras; i++)
		run(&eras[i], true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_era_host),
		cmocka_unit_test(every_era_cgroup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
