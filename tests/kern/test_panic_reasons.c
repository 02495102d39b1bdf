/* tests/kern/test_panic_reasons.c - reasons of panics (kern/panic_reasons.h).  Lines
 * composed after the format strings. */
#include "t.h"

#include "kern/panic_reasons.h"

#include <string.h>

static const struct { const char *line, *verdict; } rows[] = {
	{ "Kernel panic - not syncing: Fatal exception", "panic-on-oops" },
	{ "Kernel panic - not syncing: Fatal exception in interrupt", "panic-on-oops" },
	{ "Kernel panic - not syncing: Oops - BUG: Fatal exception", "panic-on-oops" },
	{ "Kernel panic - not syncing: Oops: Fatal exception in interrupt", "panic-on-oops" },
	{ "Fatal exception: panic_on_oops", "panic-on-oops" },
	{ "Kernel panic - not syncing: kernel: panic_on_warn set ...", "panic-on-warn" },
	{ "Kernel panic - not syncing: panic_on_warn set ...", "panic-on-warn" },
	{ "Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b", "init-died" },
	{ "Kernel panic - not syncing: Attempted to kill init!", "init-died" },
	{ "Kernel panic - not syncing: hung_task: blocked tasks", "hung-task" },
	{ "Kernel panic - not syncing: softlockup: hung tasks", "soft-lockup" },
	{ "Kernel panic - not syncing: Hard LOCKUP", "hard-lockup" },
	{ "Kernel panic - not syncing: Watchdog detected hard LOCKUP on cpu 3", "hard-lockup" },
	{ "Kernel panic - not syncing: RCU Stall", "rcu-stall" },
	{ "Kernel panic - not syncing: workqueue: 2 stall(s) exceeded threshold 1",
	  "workqueue-lockup" },
	{ "Kernel panic - not syncing: NMI: Not continuing", "nmi" },
	{ "Kernel panic - not syncing: NMI IOCK error: Not continuing", "hardware-error" },
	{ "Kernel panic - not syncing: sysrq triggered crash", "manual-crash" },
	{ "Kernel panic - not syncing: Fatal machine check on current CPU", "hardware-error" },
	{ "Kernel panic - not syncing: Fatal Machine check", "hardware-error" },
	{ "Kernel panic - not syncing: Local fatal machine check!", "hardware-error" },
	{ "Kernel panic - not syncing: Fatal hardware error!", "hardware-error" },
	{ "Kernel panic - not syncing: GHES: Fatal hardware error", "hardware-error" },
	{ "Kernel panic - not syncing: Asynchronous SError Interrupt", "hardware-error" },
	{ "Kernel panic - not syncing: kernel stack overflow", "stack-overflow" },
	{ "Kernel panic - not syncing: corrupted stack end detected inside scheduler",
	  "stack-overflow" },
	{ "Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: ext4_x+0x1/0x2",
	  "memory-corruption" },
	{ "Kernel panic - not syncing: Machine halted.", "stack-overflow" },
	{ "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
	  "no-root-fs" },
	{ "Kernel panic - not syncing: No working init found.  Try passing init= option",
	  "no-root-fs" },
	{ "Kernel panic - not syncing: Out of memory and no killable processes...",
	  "no-killable" },
	{ "Kernel panic - not syncing: System is deadlocked on memory", "no-killable" },
	{ "Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled",
	  "panic-on-oom" },
	{ "Kernel panic - not syncing: EXT4-fs (device sda1): panic forced after error",
	  "filesystem-error" },
	{ "Kernel panic - not syncing: dm-verity device corrupted", "storage-error" },
	{ "Kernel panic - not syncing: Software Watchdog Timer expired", "watchdog" },
	{ "Kernel panic - not syncing: watchdog pretimeout event", "watchdog" },
	{ "---[ end Kernel panic - not syncing: sysrq triggered crash ]---", "manual-crash" },
	{ "Kernel panic - not syncing: sparse_init: Failed to allocate 4096 bytes align=0x40",
	  "unknown" },
};

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct iq_panic_reason *r = iq_panic_reason(iq_slice_z(rows[i].line));
		if (!r || strcmp(r->verdict, rows[i].verdict))
			fail_msg("%s: %s", rows[i].line, r ? r->verdict : "none");
		assert_non_null(r->means);
	}
	assert_null(iq_panic_reason(IQ_LIT("Kernel panic - not syncing: my driver is sad")));
	assert_null(iq_panic_reason(IQ_LIT("")));
}

static void texts(void **state)
{
	struct iq_slice s;

	(void)state;
	s = iq_panic_reason_text(IQ_LIT("---[ end Kernel panic - not syncing: Hard LOCKUP ]---"));
	assert_true(iq_eq(s, IQ_LIT("Hard LOCKUP")));
	s = iq_panic_reason_text(IQ_LIT("Kernel panic - syncing: old"));
	assert_true(iq_eq(s, IQ_LIT("old")));
}

static void exits(void **state)
{
	struct iq_exit e;

	(void)state;
	iq_exit_read(0x0b, &e);
	assert_int_equal(e.signal, 11);
	assert_string_equal(e.name, "SIGSEGV");
	assert_int_equal(e.code, -1);
	iq_exit_read(0x8b, &e);			/* with a core dumped */
	assert_int_equal(e.signal, 11);
	iq_exit_read(0x7f00, &e);
	assert_int_equal(e.signal, 0);
	assert_int_equal(e.code, 127);
	assert_non_null(strstr(e.means, "not found"));
	iq_exit_read(0x200, &e);
	assert_int_equal(e.code, 2);
	assert_null(e.name);
	iq_exit_read(0x13, &e);
	assert_int_equal(e.signal, 19);
	assert_null(e.name);
	assert_non_null(e.means);
	assert_non_null(e.next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(texts),
		cmocka_unit_test(exits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
