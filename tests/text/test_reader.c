/* tests/text/test_reader.c - which records come out of which lines: gluing, wraps,
 * multi-line records, repetitions, filters.  All logs here are composed. */
#include "reader_run.h"

static void plain_lines(void **state)
{
	(void)state;
	check_log("[    1.000000] one\n[    1.000001] two\n",
		  "1 0.0 K |one\n2 0.0 K |two\n");
	check_log("", "");
	check_log("\n\n[    1.000000] three\r\n\n[    2.000000] cut",
		  "3 0.0 K |three\n5 0.0 Kx |cut\n");
	check_log("Mar  7 02:43:11 a kernel: [    1.500000] x\n"
		  "Mar  7 02:43:12 a sshd[3]: y\n"
		  "Mar  7 02:43:12 a kernel: z\n",
		  "1 0.0 K |x\n3 0.0 K |z\n");
}

/* dmesg of util-linux 2.26 and later indents by the header's width. */
static void indented_records(void **state)
{
	(void)state;
	check_log("[    6.087893] Memory cgroup stats for /a:\n"
		  "[    6.088658] anon 24735744\n"
		  "               file 0\n"
		  "               kernel_stack 49152\n"
		  "[    6.094855] Tasks state (memory values in pages):\n",
		  "1 0.0 K |Memory cgroup stats for /a:\n"
		  "2 0.0 K |anon 24735744\n"
		  "3 0.0 Kc |file 0\n"
		  "4 0.0 Kc |kernel_stack 49152\n"
		  "5 0.0 K |Tasks state (memory values in pages):\n");
	check_log("kern  :info  : [    6.088658] anon 24735744\n"
		  "                              file 0\n",
		  "1 0.0 K |anon 24735744\n2 0.0 Kc |file 0\n");
	check_log("Sep 13 10:13:21 web1 kernel: Mem-Info:\n"
		  "Sep 13 10:13:21 web1 kernel: active_anon:1 inactive_anon:2 isolated_anon:0\n"
		  "                              active_file:3 inactive_file:4 isolated_file:0\n"
		  "                              unevictable:5 dirty:6 writeback:7\n",
		  "1 0.0 K |Mem-Info:\n"
		  "2 0.0 K |active_anon:1 inactive_anon:2 isolated_anon:0\n"
		  "3 0.0 Kc | active_file:3 inactive_file:4 isolated_file:0\n"
		  "4 0.0 Kc | unevictable:5 dirty:6 writeback:7\n");
}

/* vmcore-dmesg and old dmesg leave further lines bare. */
static void unindented_records(void **state)
{
	(void)state;
	check_log("[    6.000000] Mem-Info:\n"
		  "[    6.000001] active_anon:1 inactive_anon:2 isolated_anon:0\n"
		  " active_file:3 inactive_file:4 isolated_file:0\n"
		  " unevictable:5 dirty:6 writeback:7 unstable:0\n"
		  "[    6.000002] Node 0 DMA free:4kB min:4kB free_cma:0kB all_unreclaimable? no\n"
		  "[    6.000003] lowmem_reserve[]: 0 0\n"
		  "[    6.000004] Memory cgroup stats for /a:\n"
		  "[    6.000005] anon 4096\n"
		  "file 0\n"
		  "slab 0\n"
		  "[    6.000006] x\n[    6.000007] x\n[    6.000008] x\n[    6.000009] x\n",
		  "1 0.0 K |Mem-Info:\n"
		  "2 0.0 K |active_anon:1 inactive_anon:2 isolated_anon:0\n"
		  "3 0.0 Kc | active_file:3 inactive_file:4 isolated_file:0\n"
		  "4 0.0 Kc | unevictable:5 dirty:6 writeback:7 unstable:0\n"
		  "5 0.0 K |Node 0 DMA free:4kB min:4kB free_cma:0kB all_unreclaimable? no\n"
		  "6 0.0 K |lowmem_reserve[]: 0 0\n"
		  "7 0.0 K |Memory cgroup stats for /a:\n"
		  "8 0.0 K |anon 4096\n"
		  "9 0.0 Kc |file 0\n"
		  "10 0.0 Kc |slab 0\n"
		  "11 0.0 K |x\n12 0.0 K |x\n13 0.0 K |x\n14 0.0 K |x\n");
}

static void escaped_newlines(void **state)
{
	(void)state;
	check_log("Mar  7 02:43:11 a kernel: active_anon:1 inactive_anon:2#012 "
		  "active_file:3#012 unevictable:4\n",
		  "1 0.0 K |active_anon:1 inactive_anon:2\n"
		  "1 0.0 Kc | active_file:3\n"
		  "1 0.0 Kc | unevictable:4\n");
	check_log("6,1,6088658,-;anon 1\\x0afile 2\n",
		  "1 0.0 K |anon 1\n1 0.0 Kc |file 2\n");
	/* pasted without the syslog header */
	check_log("Mem-Info:\nactive_anon:1 inactive_anon:2 isolated_anon:0#012 free:3\n",
		  "1 0.0 Kb |Mem-Info:\n"
		  "2 0.0 Kb |active_anon:1 inactive_anon:2 isolated_anon:0\n"
		  "2 0.0 Kcb | free:3\n");
}

/* pr_cont pieces that printk made records of (facts: oom 1.22). */
static void torn_lines(void **state)
{
	(void)state;
	check_log("[    6.000001] Node 0 \n"
		  "[    6.000002] DMA free:15360kB min:64kB\n",
		  "1-2 0.0 Kj |Node 0 DMA free:15360kB min:64kB\n");
	check_log("[    6.000001] Node 0 DMA: \n"
		  "[    6.000002] 1*4kB \n"
		  "[    6.000003] (U) \n"
		  "[    6.000004] 0*8kB \n"
		  "[    6.000005] = 4kB\n"
		  "[    6.000006] 71 total pagecache pages\n",
		  "1-5 0.0 Kj |Node 0 DMA: 1*4kB (U) 0*8kB = 4kB\n"
		  "6 0.0 K |71 total pagecache pages\n");
	check_log("[    6.000001] lowmem_reserve[]:\n"
		  "[    6.000002]  0\n[    6.000003]  972\n[    6.000004]  972\n"
		  "[    6.000005] Node 0 DMA32 free:1kB min:1kB\n",
		  "1-4 0.0 Kj |lowmem_reserve[]: 0 972 972\n"
		  "5 0.0 K |Node 0 DMA32 free:1kB min:1kB\n");
	check_log("[    6.000001] Task in \n"
		  "[    6.000002] /docker/abc\n"
		  "[    6.000003]  killed as a result of limit of \n"
		  "[    6.000004] /docker\n"
		  "[    6.000005] memory: usage 1kB, limit 1kB, failcnt 2\n",
		  "1-4 0.0 Kj |Task in /docker/abc killed as a result of limit of /docker\n"
		  "5 0.0 K |memory: usage 1kB, limit 1kB, failcnt 2\n");
	check_log("[    6.000001] a b invoked oom-killer: gfp_mask=0x14280ca(GFP_HIGHUSER_MOVABLE), nodemask=\n"
		  "[    6.000002] (null)\n"
		  "[    6.000003] ,  order=0, oom_score_adj=0\n"
		  "[    6.000004] a b cpuset=\n"
		  "[    6.000005] 0a1b2c\n"
		  "[    6.000006]  mems_allowed=0\n",
		  "1-3 0.0 Kj |a b invoked oom-killer: gfp_mask=0x14280ca(GFP_HIGHUSER_MOVABLE), "
		  "nodemask=(null),  order=0, oom_score_adj=0\n"
		  "4-6 0.0 Kj |a b cpuset=0a1b2c mems_allowed=0\n");
	check_log("[    6.000001] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null)\n"
		  "[    6.000002] ,cpuset=/,mems_allowed=0\n"
		  "[    6.000003] ,oom_memcg=/a,task_memcg=/a/b,task=c,pid=4,uid=0\n",
		  "1-3 0.0 Kj |oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,"
		  "mems_allowed=0,oom_memcg=/a,task_memcg=/a/b,task=c,pid=4,uid=0\n");
	check_log("[    6.000001] Memory cgroup stats for \n"
		  "[    6.000002] /a\n[    6.000003] :\n"
		  "[    6.000004]  cache:0KB\n[    6.000005]  rss:980KB\n"
		  "[    6.000006] [ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name\n",
		  "1-5 0.0 Kj |Memory cgroup stats for /a: cache:0KB rss:980KB\n"
		  "6 0.0 K |[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name\n");
}

/* What is no fragment lets the open line go; too much time does too. */
static void not_torn(void **state)
{
	(void)state;
	check_log("[    6.000001] Node 0 \n[    6.000002] eth0: link up\n"
		  "[    6.000003] DMA free:1kB min:1kB\n",
		  "1 0.0 K |Node 0 \n2 0.0 K |eth0: link up\n3 0.0 K |DMA free:1kB min:1kB\n");
	check_log("[    6.000001] Node 0 \n[    9.000002] DMA free:1kB min:1kB\n",
		  "1 0.0 K |Node 0 \n2 0.0 K |DMA free:1kB min:1kB\n");
	check_log("[    6.000001] Memory cgroup stats for /a:\n[    6.000002] anon 1\n",
		  "1 0.0 K |Memory cgroup stats for /a:\n2 0.0 K |anon 1\n");
}

/* Two callers print at once: each line comes together, order holds per caller. */
static void callers(void **state)
{
	(void)state;
	check_log("[    6.000001][   T10] Node 0 \n"
		  "[    6.000002][   T11] Node 1 \n"
		  "[    6.000003][   T10] DMA free:1kB min:1kB\n"
		  "[    6.000004][   T11] Normal free:2kB min:2kB\n"
		  "[    6.000005][   T10] lowmem_reserve[]: 0 0\n"
		  "[    6.000006][    C0] eth0: link up\n",
		  "1-3 0.0 Kj |Node 0 DMA free:1kB min:1kB\n"
		  "5 0.0 K |lowmem_reserve[]: 0 0\n"
		  "2-4 0.0 Kj |Node 1 Normal free:2kB min:2kB\n"
		  "6 0.0 K |eth0: link up\n");
	/* two hosts in one syslog */
	check_log("Mar  7 02:43:11 a kernel: Node 0 \n"
		  "Mar  7 02:43:11 b kernel: eth0: link up\n"
		  "Mar  7 02:43:11 a kernel: DMA free:1kB min:1kB all_unreclaimable? no\n"
		  "Mar  7 02:43:11 b kernel: done\n",
		  "1-3 0.0 Kj |Node 0 DMA free:1kB min:1kB all_unreclaimable? no\n"
		  "2 1.1 K |eth0: link up\n"
		  "4 1.1 K |done\n");
}

static void lost_newline(void **state)
{
	(void)state;
	check_log("[  482.381374] rbtree testing[  482.381400] BUG: soft lockup\n",
		  "1 0.0 K |rbtree testing\n1 0.0 K |BUG: soft lockup\n");
	check_log("** 93 printk messages dropped ** [  322.962139] BUG: KASAN: x\n",
		  "! note printk-dropped 1\n1 0.0 Kg |BUG: KASAN: x\n");
	check_log("[    1.000000] a\n** 5 printk messages dropped **\n[    2.000000] b\n",
		  "! note printk-dropped 2\n1 0.0 K |a\n3 0.0 Kg |b\n");
	check_log("[  584.319520][   T31] INFO: t\n"
		  "** replaying previous printk message **\n"
		  "[  584.319520][   T31] INFO: task x:1 blocked\n",
		  "3 0.0 K |INFO: task x:1 blocked\n");
}

/* A line that names no host is that of the host named last. */
static void unnamed_hosts(void **state)
{
	(void)state;
	check_log("Mar  7 02:43:11 a kernel: w\nMar  7 02:43:12 b kernel: x\n"
		  "Mar  7 02:43:13 kernel: y\nMar  7 02:43:14 a kernel: z\n"
		  "Mar  7 02:43:14 kernel: z\n",
		  "1 0.0 K |w\n2 1.1 K |x\n3 1.1 K |y\n4 0.0 K |z\n5 0.0 K |z\n");
	/* the first lines are of the one that is named then */
	check_log("Mar  7 02:43:11 kernel: w\nMar  7 02:43:12 b kernel: x\n",
		  "1 0.0 K |w\n2 0.0 K |x\n");
}

static void gaps(void **state)
{
	(void)state;
	check_log("6,1,1000,-;a\n6,2,2000,-;b\n6,9,3000,-;c\n",
		  "1 0.0 K |a\n! note sequence-gap 3\n2 0.0 K |b\n3 0.0 Kg |c\n");
	/* each machine counts its own */
	check_log("Mar  7 02:43:11 a 6,1,1000,-;a\nMar  7 02:43:11 b 6,700,2000,-;b\n"
		  "Mar  7 02:43:11 a 6,2,3000,-;c\nMar  7 02:43:11 b 6,703,4000,-;d\n",
		  "1 0.0 K |a\n2 1.1 K |b\n! note sequence-gap 4\n3 0.0 K |c\n"
		  "4 1.1 Kg |d\n");
	/* also where none is named */
	check_log("6,700,1000,-;a\n6,1,1000,-;b\n6,701,1001,-;c\n6,2,1001,-;d\n"
		  "6,5,1002,-;e\n6,702,1002,-;f\n",
		  "1 0.0 K |a\n2 0.0 K |b\n3 0.0 K |c\n! note sequence-gap 5\n4 0.0 K |d\n"
		  "5 0.0 Kg |e\n6 0.0 K |f\n");
	check_log("Mar  7 02:43:11 a systemd-journald[3]: Missed 12 kernel messages\n"
		  "Mar  7 02:43:11 a kernel: x\n",
		  "! note messages-lost 1\n2 0.0 Kg |x\n");
	check_log("Mar  7 02:43:11 a rsyslogd: imjournal: 9 messages lost due to rate-limiting\n"
		  "Mar  7 02:43:11 b kernel: y\n"
		  "Mar  7 02:43:11 a kernel: x\n",
		  "! note messages-lost 1\n2 1.0 K |y\n3 0.1 Kg |x\n");
	check_log("[    1.000000] oom_kill_process: 3 callbacks suppressed\n",
		  "! note messages-suppressed 1\n"
		  "1 0.0 K |oom_kill_process: 3 callbacks suppressed\n");
}

static void repetitions(void **state)
{
	(void)state;
	check_log("Mar  7 02:43:11 a kernel: x\n"
		  "Mar  7 02:43:12 a kernel: message repeated 3 times: [ x]\n"
		  "Mar  7 02:43:13 a kernel: y\n",
		  "1 0.0 K |x\n2 0.0 Kr |x\n2 0.0 Kr |x\n2 0.0 Kr |x\n3 0.0 K |y\n");
	check_log("Mar  7 02:43:11 a kernel: x\n"
		  "Mar  7 02:43:12 a last message repeated 2 times\n"
		  "Mar  7 02:43:13 a sshd[1]: z\n"
		  "Mar  7 02:43:13 a last message repeated 2 times\n",
		  "1 0.0 K |x\n2 0.0 Kr |x\n2 0.0 Kr |x\n");
	/* a lie about how often costs little */
	struct run r = run_new();
	const char *log = "Mar  7 02:43:11 a kernel: x\n"
			  "Mar  7 02:43:12 a last message repeated 2000000000 times\n";
	run_bytes(&r, log, strlen(log));
	assert_int_equal(r.records, 1001);
	run_end(&r);
}

static bool oom_only(void *arg, struct iq_slice text)
{
	(void)arg;
	return iq_has(text, IQ_LIT("oom-killer"));
}

/* What is dull is counted, by the hot loop and by the long way alike. */
static void filters(void **state)
{
	static const char log[] =
		"Mar  7 02:43:10 a systemd[1]: Started Session 1.\n"
		"Mar  7 02:43:10 a systemd[1]: x.service: A process of this unit has been killed by the OOM killer.\n"
		"Mar  7 02:43:10 a earlyoom[9]: mem avail: 1 of 2 MiB\n"
		"Mar  7 02:43:11 a kernel: eth0: link up\n"
		"Mar  7 02:43:11 a kernel: [    1.000000] eth0: link down\n"
		"Mar  7 02:43:11 a kernel: b invoked oom-killer: gfp_mask=0x0, order=0, oom_score_adj=0\n"
		"Mar  7 02:43:12 a sshd[1]: killed by oom-killer\n"
		"Mar  7 02:43:12 a kernel: later\n";
	static const char oom[] =
		"2 0.0  systemd|x.service: A process of this unit has been killed by the OOM killer.\n"
		"3 0.0  earlyoom|mem avail: 1 of 2 MiB\n"
		"6 0.0 K |b invoked oom-killer: gfp_mask=0x0, order=0, oom_score_adj=0\n";
	(void)state;
	struct run r = run_new();
	r.opts.want_all_kernel = false;
	r.opts.wants = oom_only;
	r.opts.report_open = run_open;
	run_bytes(&r, log, sizeof log - 1);
	check_out(&r, oom);
	assert_int_equal(r.sum->records_kernel, 4);
	assert_int_equal(r.sum->records_other, 2);
	assert_int_equal(r.sum->lines, 8);
	run_end(&r);
	/* in an open report every kernel line counts */
	r = run_new();
	r.opts.want_all_kernel = false;
	r.opts.wants = oom_only;
	r.opts.report_open = run_open;
	r.open = true;
	run_bytes(&r, log, sizeof log - 1);
	assert_int_equal(r.records, 6);
	run_end(&r);
	r = run_new();
	r.opts.all_programs = true;
	run_bytes(&r, log, sizeof log - 1);
	assert_int_equal(r.records, 8);
	run_end(&r);
}

static void bare_text(void **state)
{
	(void)state;
	check_log("a invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0\n"
		  "Call Trace:\n"
		  " [<ffffffff81720bf6>] dump_stack+0x45/0x56\n"
		  "something the kernel said\n"
		  "Killed process 1 (a) total-vm:1kB, anon-rss:2kB, file-rss:3kB\n",
		  "1 0.0 Kb |a invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0\n"
		  "2 0.0 Kb |Call Trace:\n"
		  "3 0.0 Kb | [<ffffffff81720bf6>] dump_stack+0x45/0x56\n"
		  "4 0.0 Kb |something the kernel said\n"
		  "5 0.0 Kb |Killed process 1 (a) total-vm:1kB, anon-rss:2kB, file-rss:3kB\n");
	check_log("dear all,\nplease find attached\nthe minutes\n", "");
	/* a program on the console between the kernel's lines */
	check_log("[    1.000000] a\n[    1.000001] b\nvictim exit status 137\n"
		  "[    1.000002] c\n[    1.000003] d\n",
		  "1 0.0 K |a\n2 0.0 K |b\n4 0.0 K |c\n5 0.0 K |d\n");
}

static void records_apart(void **state)
{
	const struct iq_reader_ops ops = { run_record, run_issue };
	struct iq_err err = { 0 };
	struct run r = run_new();
	struct iq_record rec = {
		.text = IQ_LIT("anon 1\nfile 2"), .kernel = true, .ident_pid = IQ_NULL,
		.first_line = 7, .last_line = 7, .wall_us = IQ_NULL, .mono_us = 5000000,
		.level = 6, .facility = 0, .caller = IQ_NULL,
	};
	(void)state;
	r.reader = iq_reader_new(&r.opts, &ops, &r);
	assert_int_equal(iq_reader_put(r.reader, &rec, &err), 0);
	rec.text = IQ_LIT("Node 0 ");
	rec.first_line = rec.last_line = 8;
	assert_int_equal(iq_reader_put(r.reader, &rec, &err), 0);
	rec.text = IQ_LIT("DMA free:1kB min:1kB");
	rec.first_line = rec.last_line = 9;
	assert_int_equal(iq_reader_put(r.reader, &rec, &err), 0);
	assert_int_equal(iq_reader_finish(r.reader, false, &err), 0);
	check_out(&r, "7 0.0 K |anon 1\n7 0.0 Kc |file 2\n"
		      "8-9 0.0 Kj |Node 0 DMA free:1kB min:1kB\n");
	assert_int_equal(iq_reader_summary(r.reader)->lines, 9);
	run_end(&r);
}

static void cut_stream(void **state)
{
	(void)state;
	struct run r = run_new();
	r.cut = true;
	run_bytes(&r, "[    1.000000] a\n[    1.000001] b\n", 34);
	check_out(&r, "1 0.0 K |a\n2 0.0 Kx |b\n");
	run_end(&r);
}

static void bids(void **state)
{
	static const struct { const char *text, *name; int least, most; } cases[] = {
		{ "[    1.000000] a\n[    1.000001] b\n", "dmesg", 2, 10 },
		{ "Mar  7 02:43:11 a sshd[1]: b\nMar  7 02:43:11 a sshd[1]: b\n", "syslog", 2, 10 },
		{ "Killed process 1 (a) total-vm:1kB, anon-rss:2kB, file-rss:3kB\n", "bare", 1, 5 },
		{ "dear all,\nplease find attached\n", "bare", 0, 0 },
		{ "\x01\x02\x03\x04\x05\x06\x0e\x0f[    1.000000] a\n", "bare", 0, 0 },
		{ "", "bare", 0, 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *name = NULL;
		int bits = iq_reader_bid(cases[i].text, strlen(cases[i].text), &name);
		assert_in_range(bits, cases[i].least, cases[i].most);
		assert_string_equal(name, cases[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_lines),
		cmocka_unit_test(indented_records),
		cmocka_unit_test(unindented_records),
		cmocka_unit_test(escaped_newlines),
		cmocka_unit_test(torn_lines),
		cmocka_unit_test(not_torn),
		cmocka_unit_test(callers),
		cmocka_unit_test(lost_newline),
		cmocka_unit_test(unnamed_hosts),
		cmocka_unit_test(gaps),
		cmocka_unit_test(repetitions),
		cmocka_unit_test(filters),
		cmocka_unit_test(bare_text),
		cmocka_unit_test(records_apart),
		cmocka_unit_test(cut_stream),
		cmocka_unit_test(bids),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
