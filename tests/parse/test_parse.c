/* tests/parse/test_parse.c - which record goes to which report, when a report ends, and
 * which lines are asked for.  Composed. */
#include <stdio.h>

#include "t_feed.h"

#define HEAD(c) c " invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0"
#define CPU_LINE(pid, c) "CPU: 0 PID: " pid " Comm: " c " Not tainted 5.10.0-8-amd64 #1"
#define KILLED(pid, name) "Killed process " pid " (" name ") total-vm:" pid "kB, anon-rss:18156kB, " \
	"file-rss:4kB, shmem-rss:704kB, UID:0 pgtables:72kB oom_score_adj:0"

static void callers_come_apart(void **state)
{
	struct t_feed t;
	(void)state;
	t_open(&t);
	t_say(&t, "T1", HEAD("a"));
	t_say(&t, "T2", HEAD("b"));
	t_say(&t, "T1", CPU_LINE("1", "a"));
	t_say(&t, "T3", "c: page allocation failure: order:4, mode:0x40cc0(GFP_KERNEL|__GFP_COMP), "
	      "nodemask=(null),cpuset=/,mems_allowed=0");
	t_say(&t, "T2", CPU_LINE("2", "b"));
	t_say(&t, "T3", CPU_LINE("3", "c"));
	t_say(&t, "T2", "memory: usage 8kB, limit 8kB, failcnt 2");
	t_say(&t, "T1", "memory: usage 4kB, limit 4kB, failcnt 1");
	t_say(&t, "T1", "Memory cgroup out of memory: " KILLED("11", "x"));
	t_say(&t, "T2", "Memory cgroup out of memory: " KILLED("12", "y"));
	t_say(&t, "T99", "oom_reaper: reaped process 11 (x), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB");
	t_say(&t, "T99", "oom_reaper: reaped process 12 (y), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB");
	t_end(&t);
	t_count(&t, IQ_FACT_EVENT, 3);
	t_count(&t, IQ_FACT_VICTIM, 2);
	for (size_t i = 0; i < t.f.n[IQ_FACT_OOM]; i++) {
		const struct iq_oom *o = T_FACT(&t.f, OOM, oom, i);
		if (o->alloc_kind.p)
			assert_int_equal(o->trigger_pid, 3);
		else
			assert_int_equal(o->failcnt, o->trigger_pid);
		if (!o->alloc_kind.p)
			assert_int_equal(t_event_of(&t, 10 + o->trigger_pid), o->event_id);
	}
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(T_FACT(&t.f, VICTIM, victim, i)->reaped, 1);
	t_close(&t);
}

static void caller_alone_tells_the_trigger(void **state)
{
	struct t_feed t;
	(void)state;
	t_open(&t);
	t_say(&t, "T4711", HEAD("a"));
	t_end(&t);
	assert_int_equal(T_FACT(&t.f, OOM, oom, 0)->trigger_pid, 4711);
	t_close(&t);
}

static void line_that_lost_its_caller(void **state)
{
	struct t_feed t;
	(void)state;
	t_open(&t);
	t_say(&t, "T1", HEAD("a"));
	t_say(&t, NULL, "memory: usage 8kB, limit 8kB, failcnt 2");
	t_end(&t);
	t_count(&t, IQ_FACT_EVENT, 1);
	assert_int_equal(T_FACT(&t.f, OOM, oom, 0)->failcnt, 2);
	t_close(&t);
}

static void hosts_come_apart(void **state)
{
	struct t_feed t;
	(void)state;
	t_open(&t);
	for (uint32_t host = 0; host < 2; host++) {
		struct iq_record r = t_record(host ? HEAD("b") : HEAD("a"), host + 1);
		r.host_no = host;
		assert_int_equal(iq_parser_record(t.p, &r, 1 + host, NULL), 0);
	}
	for (uint32_t host = 0; host < 2; host++) {
		struct iq_record r = t_record(host ? "memory: usage 4kB, limit 4kB, failcnt 2"
						   : "memory: usage 4kB, limit 4kB, failcnt 1", host + 3);
		r.host_no = host;
		assert_int_equal(iq_parser_record(t.p, &r, 1 + host, NULL), 0);
	}
	t_end(&t);
	t_count(&t, IQ_FACT_EVENT, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(T_FACT(&t.f, OOM, oom, i)->failcnt,
				 T_FACT(&t.f, EVENT, event, i)->boot_id);
	t_close(&t);
}

static void kills_behind_a_rate_limit_are_events_each(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, "Out of memory: " KILLED("11", "a"), "Out of memory: " KILLED("12", "a"),
	      "Out of memory: Kill process 13 (b) score 4 or sacrifice child",
	      "Killed process 13 (b) total-vm:188228kB, anon-rss:4240kB, file-rss:0kB",
	      "Out of memory: Kill process 14 (b) score 4 or sacrifice child",
	      "Killed process 14 (b) total-vm:188228kB, anon-rss:4240kB, file-rss:0kB");
	t_count(&t, IQ_FACT_EVENT, 4);
	t_count(&t, IQ_FACT_VICTIM, 4);
	static const int64_t at[] = { 1, 2, 3, 5 };
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(T_FACT(&t.f, SIGHTING, sighting, i)->first_line, at[i]);
		t_text(T_FACT(&t.f, EVENT, event, i)->missing, "headline,mem-info,table");
	}
	t_close(&t);
}

static void next_headline_ends_a_report(void **state)
{
	struct t_feed t;
	(void)state;
	T_RUN(&t, HEAD("a"), CPU_LINE("1", "a"), "Out of memory: " KILLED("11", "x"), HEAD("b"),
	      CPU_LINE("2", "b"),
	      "oom_reaper: reaped process 11 (x), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB",
	      "Out of memory: " KILLED("12", "y"));
	t_count(&t, IQ_FACT_EVENT, 2);
	t_count(&t, IQ_FACT_VICTIM, 2);
	assert_int_equal(T_FACT(&t.f, OOM, oom, 0)->trigger_pid, 1);
	assert_int_equal(T_FACT(&t.f, VICTIM, victim, 0)->pid, 11);
	assert_int_equal(T_FACT(&t.f, VICTIM, victim, 0)->reaped, 1);
	assert_true(T_FACT(&t.f, VICTIM, victim, 1)->reaped == IQ_NULL);
	t_close(&t);
}

static void silence_ends_a_report(void **state)
{
	struct t_feed t;
	(void)state;
	t_open(&t);
	t.mono_us = 1000000;
	t_say(&t, NULL, HEAD("a"));
	assert_true(iq_parser_open(t.p));
	t.mono_us = 9000000;
	t_say(&t, NULL, "memory: usage 4kB, limit 4kB, failcnt 1");
	t.mono_us = 19500000;
	t_say(&t, NULL, "usb 1-1: new device");
	assert_false(iq_parser_open(t.p));
	t_count(&t, IQ_FACT_EVENT, 1);
	t_end(&t);
	t_count(&t, IQ_FACT_EVENT, 1);
	t_close(&t);
}

static void strange_lines_end_a_report(void **state)
{
	struct t_feed t;
	(void)state;
	t_open(&t);
	t_say(&t, NULL, HEAD("a"));
	for (int i = 0; i < 190; i++)
		t_say(&t, NULL, "usb 1-1: new device");
	assert_true(iq_parser_open(t.p));
	for (int i = 0; i < 20; i++)
		t_say(&t, NULL, "usb 1-1: new device");
	assert_false(iq_parser_open(t.p));
	t_end(&t);
	t_close(&t);
}

static void next_boot_and_member_end_a_report(void **state)
{
	struct t_feed t;
	(void)state;
	t_open(&t);
	t_say(&t, NULL, HEAD("a"));
	struct iq_record r = t_record("Linux version 5.10", 2);
	assert_int_equal(iq_parser_record(t.p, &r, 2, NULL), 0);
	t_count(&t, IQ_FACT_EVENT, 1);
	t_say(&t, NULL, HEAD("b"));
	assert_int_equal(iq_parser_member(t.p, 2, NULL), 0);
	t_count(&t, IQ_FACT_EVENT, 2);
	t_say(&t, NULL, HEAD("c"));
	t_end(&t);
	assert_int_equal(T_FACT(&t.f, SIGHTING, sighting, 2)->member_id, 2);
	t_close(&t);
}

static void doubled_lines_count_once(void **state)
{
	static const char *const lines[] = {
		HEAD("a"), CPU_LINE("1", "a"), "memory: usage 4kB, limit 4kB, failcnt 1",
		"[ pid ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name",
		"[   11]     0    11     1000      100   131072        2             0 a",
		"Memory cgroup out of memory: " KILLED("11", "a"), NULL };
	struct t_feed t;
	(void)state;
	t_open(&t);
	for (size_t i = 0; lines[i]; i++) {
		t_say(&t, NULL, lines[i]);
		t_say(&t, NULL, lines[i]);
	}
	t_end(&t);
	t_count(&t, IQ_FACT_EVENT, 1);
	t_count(&t, IQ_FACT_VICTIM, 1);
	t_count(&t, IQ_FACT_TASK, 1);
	t_close(&t);
}

static void open_reports_are_bounded(void **state)
{
	struct t_feed t;
	(void)state;
	t_open(&t);
	for (int i = 0; i < 1000; i++) {
		char caller[16];
		snprintf(caller, sizeof caller, "T%d", i + 1);
		t_say(&t, caller, HEAD("a"));
	}
	assert_true(t.f.n[IQ_FACT_EVENT] >= 900);
	t_end(&t);
	t_count(&t, IQ_FACT_EVENT, 1000);
	t_close(&t);
}

static void user_space_lines_are_no_kernel_reports(void **state)
{
	struct t_feed t;
	(void)state;
	t_open(&t);
	struct iq_record r = t_record("Out of memory: " KILLED("11", "a"), 1);
	r.kernel = false;
	r.ident = IQ_LIT("node-problem-detector");
	assert_int_equal(iq_parser_record(t.p, &r, 1, NULL), 0);
	t_end(&t);
	for (size_t i = 0; i < t.f.n[IQ_FACT_EVENT]; i++)
		assert_false(iq_eq(T_FACT(&t.f, EVENT, event, i)->kind, IQ_LIT("panic")));
	t_close(&t);
}

/* Every line that may stand first must be asked for. */
static void wanted(void **state)
{
	static const char *const yes[] = {
		HEAD("a"), "Out of memory and no killable processes...",
		"Out of memory: Kill process 1 (a) score 2 or sacrifice child", "Killed process 1 (a)",
		"Out of memory: kill process 1 (a) score 2 or a child",
		"oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null)",
		"oom_reaper: reaped process 1 (a), now anon-rss:0kB", "oom-reaper: reaped process 1 (a)",
		"Task in /a killed as a result of limit of /b", "Memory limit reached of cgroup /a",
		"memory: usage 4kB, limit 4kB, failcnt 1", "Memory cgroup stats for /a:",
		"Tasks in /a are going to be killed due to memory.oom.group set",
		"Tasks state (memory values in pages):", "  [ pid ]   uid  tgid total_vm", "[  123]     0   123",
		"Mem-Info:", "active_anon:1 inactive_anon:2", "Node 0 DMA free:1kB",
		"Kernel panic - not syncing: x", "SysRq : Manual OOM execution",
		"sysrq: Manual OOM execution", "a: page allocation failure: order:0, mode:0x20",
		"kworker/u8:1: page allocation failure. order:0, mode:0x20",
		"a: page allocation stalls for 10004ms, order:0, mode:0x1", "a: vmalloc error: size 1,",
		"vmap allocation for size 1 failed", "vmalloc: allocation failure: 1 bytes",
		"vmalloc_node_range for size 1 failed", "SLUB: Unable to allocate memory on node -1",
		"SLAB: Unable to allocate memory on node -1", "cma: cma_alloc: alloc failed, req-size: 1",
		"cma: __cma_alloc: linux,cma: alloc failed, req-size: 1 pages, ret: -12",
		"Allocation of length 1 from process 2 (a) failed",
		"lowmemorykiller: Killing 'a' (1), adj 2,", "send sigkill to 1 (a), adj 2, size 3",
		"oomd kill: x", "low memory! at or below SIGTERM limits: mem 10.00%, swap 10.00%",
	};
	static const char *const no[] = {
		"", "x", "usb 1-1: new high-speed USB device number 2 using xhci_hcd",
		"EXT4-fs (vda1): mounted filesystem with ordered data mode", "Linux version 5.10.0",
		" [<ffffffff8158cbcc>] ? dump_stack+0x40/0x50", "ACPI: PM-Timer IO Port: 0x608",
		"kik kil ki k K KI KIL", "task: blocked for more than 120 seconds",
	};
	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		if (!iq_parser_wants(iq_slice_z(yes[i])))
			fail_msg("not wanted: %s", yes[i]);
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (iq_parser_wants(iq_slice_z(no[i])))
			fail_msg("wanted: %s", no[i]);
}

/* "kill" at any offset: the search goes in steps of eight. */
static void wanted_at_any_offset(void **state)
{
	char line[64];
	(void)state;
	for (size_t n = 4; n <= 40; n++)
		for (size_t at = 0; at + 4 <= n; at++) {
			memset(line, '.', sizeof line);
			memcpy(line + at, at & 1 ? "Kill" : "kill", 4);
			assert_int_equal(iq_parser_wants(iq_slice(line, n)), n >= 5);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(callers_come_apart),
		cmocka_unit_test(caller_alone_tells_the_trigger),
		cmocka_unit_test(line_that_lost_its_caller),
		cmocka_unit_test(hosts_come_apart),
		cmocka_unit_test(kills_behind_a_rate_limit_are_events_each),
		cmocka_unit_test(next_headline_ends_a_report),
		cmocka_unit_test(silence_ends_a_report),
		cmocka_unit_test(strange_lines_end_a_report),
		cmocka_unit_test(next_boot_and_member_end_a_report),
		cmocka_unit_test(doubled_lines_count_once),
		cmocka_unit_test(open_reports_are_bounded),
		cmocka_unit_test(user_space_lines_are_no_kernel_reports),
		cmocka_unit_test(wanted),
		cmocka_unit_test(wanted_at_any_offset),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
