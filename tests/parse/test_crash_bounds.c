/* tests/parse/test_crash_bounds.c - storms, endless traces, and reports torn apart. */
#include <stdio.h>

#include "t_crash.h"

static const struct iq_crash *only_crash(const struct t_feed *t)
{
	t_count(t, IQ_FACT_EVENT, 1);
	t_count(t, IQ_FACT_CRASH, 1);
	return T_FACT(&t->f, CRASH, crash, 0);
}

static void one_warning(struct t_feed *t)
{
	t_say(t, NULL, "------------[ cut here ]------------");
	t_say(t, NULL, "WARNING: CPU: 1 PID: 7 at fs/x.c:9 bad_fn+0x1/0x2 [x]");
	t_say(t, NULL, "CPU: 1 PID: 7 Comm: a Not tainted 5.10.0 #1");
	t_say(t, NULL, "Call Trace:");
	t_say(t, NULL, " outer+0x1/0x2 [x]");
	t_say(t, NULL, "---[ end trace 0123456789abcdef ]---");
}

/* Stored once, counted, with the times of the first and the last. */
static void storm_of_warnings(void **state)
{
	struct t_feed t;
	(void)state;
	t_open(&t);
	for (int64_t i = 0; i < 10000; i++) {
		t.mono_us = 1000000 + i * 1000;
		one_warning(&t);
	}
	t_end(&t);
	const struct iq_crash *c = only_crash(&t);
	assert_int_equal(c->repeats, 10000);
	assert_int_equal(T_FACT(&t.f, EVENT, event, 0)->mono_us, 1000000);
	assert_int_equal(c->last_mono_us, 1000000 + 9999 * 1000);
	t_count(&t, IQ_FACT_STACK, 1);
	assert_true(t.f.n[IQ_FACT_SIGHTING] <= 1000);
	t_close(&t);
}

/* Many that differ: each an event, none forgotten, whatever the book can hold. */
static void many_different_warnings(void **state)
{
	struct t_feed t;
	(void)state;
	t_open(&t);
	for (int i = 0; i < 1000; i++) {
		char line[96];
		snprintf(line, sizeof line, "WARNING: CPU: 1 PID: 7 at fs/x.c:%d bad_fn+0x1/0x2", i);
		t_say(&t, NULL, line);
	}
	t_end(&t);
	t_count(&t, IQ_FACT_EVENT, 1000);
	t_count(&t, IQ_FACT_CRASH, 1000);
	t_close(&t);
}

static void trace_of(struct t_feed *t, int lines)
{
	t_open(t);
	t_say(t, NULL, "BUG: kernel NULL pointer dereference, address: 0000000000000008");
	t_say(t, NULL, "Oops: 0000 [#1] SMP");
	t_say(t, NULL, "CPU: 1 PID: 12 Comm: a Not tainted 5.10.0 #1");
	t_say(t, NULL, "RIP: 0010:leaf+0x1/0x2");
	t_say(t, NULL, "Call Trace:");
	for (int i = 0; i < lines; i++) {
		char line[64];
		snprintf(line, sizeof line, " f_%d+0x1/0x2 [deep]", i);
		t_say(t, NULL, line);
	}
	t_say(t, NULL, "---[ end trace 0123456789abcdef ]---");
	t_end(t);
}

static void trace_of_5000_lines(void **state)
{
	struct t_feed t;
	(void)state;
	trace_of(&t, 5000);
	t_text(only_crash(&t)->function, "leaf");
	t_text(only_crash(&t)->module, "deep");
	t_count(&t, IQ_FACT_STACK, 5000);
	assert_int_equal(T_FACT(&t.f, STACK, stack, 4999)->depth, 4999);
	assert_int_equal(T_FACT(&t.f, SIGHTING, sighting, 0)->last_line, 5006);
	assert_true(t.f.n[IQ_FACT_EVENT_LINE] < 64);
	t_close(&t);
}

static void endless_trace_is_bounded(void **state)
{
	struct t_feed t;
	(void)state;
	trace_of(&t, 50000);
	assert_true(t.f.n[IQ_FACT_STACK] <= 8192);
	assert_int_equal(T_FACT(&t.f, SIGHTING, sighting, 0)->last_line, 50006);
	t_close(&t);
}

static const char *const report[] = {
	"BUG: unable to handle page fault for address: ffffb00010002018",
	"#PF: supervisor write access in kernel mode",
	"Oops: 0002 [#1] PREEMPT SMP NOPTI",
	"CPU: 0 PID: 174 Comm: agent Tainted: G           OE      6.1.0 #1",
	"RIP: 0010:flush_one+0x5/0x20 [disk]",
	"Call Trace:",
	" <TASK>",
	" flush_all+0xa/0xf [disk]",
	" </TASK>",
	"---[ end trace 0000000000000000 ]---",
};
#define N_REPORT (sizeof report / sizeof *report)

/* Cut behind any line: one event, and no more is told than was there. */
static void cut_anywhere(void **state)
{
	(void)state;
	for (size_t n = 1; n <= N_REPORT; n++) {
		struct t_feed t;
		t_open(&t);
		for (size_t i = 0; i < n; i++)
			t_say(&t, NULL, report[i]);
		assert_int_equal(iq_parser_finish(t.p, true, NULL), 0);
		const struct iq_crash *c = only_crash(&t);
		t_text(c->address, "ffffb00010002018");
		t_text(c->function, n > 4 ? "flush_one" : NULL);
		t_text(c->comm, n > 3 ? "agent" : NULL);
		assert_int_equal(T_FACT(&t.f, EVENT, event, 0)->truncated, n < N_REPORT);
		t_close(&t);
	}
}

/* Two CPUs, lines in any order of the two: each report is as if it were alone. */
static void interleaved_to_any_degree(void **state)
{
	uint32_t random = 12345;
	(void)state;
	for (int round = 0; round < 50; round++) {
		struct t_feed t;
		size_t at[2] = { 0, 0 };
		t_open(&t);
		while (at[0] < N_REPORT || at[1] < N_REPORT) {
			random = random * 1664525 + 1013904223;
			size_t who = random >> 31;
			if (at[who] >= N_REPORT)
				who ^= 1;
			char line[128];
			snprintf(line, sizeof line, "%s", report[at[who]++]);
			char *mine = who ? strstr(line, "flush_") : NULL;
			if (mine)
				memcpy(mine, "write_", 6);
			t_say(&t, who ? "T2" : "T1", line);
		}
		t_end(&t);
		t_count(&t, IQ_FACT_CRASH, 2);
		t_count(&t, IQ_FACT_STACK, 2);
		for (size_t i = 0; i < 2; i++) {
			const struct iq_crash *c = T_FACT(&t.f, CRASH, crash, i);
			bool second = iq_starts(c->function, IQ_LIT("write_"));
			for (size_t k = 0; k < 2; k++) {
				const struct iq_stack *s = T_FACT(&t.f, STACK, stack, k);
				if (s->event_id == c->event_id)
					t_text(s->function, second ? "write_all" : "flush_all");
			}
		}
		t_close(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(storm_of_warnings),
		cmocka_unit_test(many_different_warnings),
		cmocka_unit_test(trace_of_5000_lines),
		cmocka_unit_test(endless_trace_is_bounded),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(interleaved_to_any_degree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
