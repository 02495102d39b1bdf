/* tests/analyze/test_crash.c - the cause of crashes: composed facts in, verdicts out,
 * through the plugins as they are built.
 *
 * What the parsers would have stored of lines after the kernel's format strings; how
 * those lines are read is tested with the parsers.
 */
#include "world.h"

#include <stdlib.h>

#define MAX_FRAMES 8

struct crash_row {
	const char *name;
	const char *kind, *reason, *form;
	const char *function, *module, *address, *access;
	const char *registers, *code, *message, *source_file, *waits_in;
	const char *frames[MAX_FRAMES];
	const char *line;		/* another line of the report, as hw or detail */
	/* what is to come out */
	const char *verdict, *confidence;
	const char *title;		/* a part of it */
	const char *explanation;	/* a part of it; NULL: not looked at */
	const char *taint;
};

static const struct crash_row rows[] = {
	{ "null with an offset, and the register", "oops",
	  "BUG: kernel NULL pointer dereference, address: 0000000000000028", "null-deref",
	  "lab_read", "lab", "0000000000000028", "read",
	  "RAX: 0000000000000000 RBX: ffff888012340000", "0f 0b <48> 8b 40 28 c3", NULL, NULL,
	  NULL, { "lab_read", "lab_open" }, NULL,
	  "null-dereference", "certain", "NULL pointer + 0x28 in RAX in lab_read()", "40" },
	{ "a call through NULL", "oops",
	  "BUG: kernel NULL pointer dereference, address: 0000000000000000", "null-deref",
	  "0x0", NULL, "0000000000000000", "exec", NULL, NULL, NULL, NULL, NULL,
	  { "lab_call" }, NULL,
	  "null-dereference", "certain", "a call through a NULL function pointer", NULL },
	{ "an errno", "oops", "BUG: unable to handle page fault for address: fffffffffffffff4",
	  "page-fault", "lab_use", NULL, "fffffffffffffff4", "read", NULL, NULL, NULL, NULL,
	  NULL, { "lab_use" }, NULL,
	  "bad-pointer", "strong", "error code ENOMEM used as a pointer", "IS_ERR" },
	{ "list poison", "oops", "Unable to handle kernel paging request at virtual address "
	  "dead000000000108", "page-fault", "lab_del", NULL, "dead000000000108", "write", NULL,
	  NULL, NULL, NULL, NULL, { "lab_del" }, NULL,
	  "use-after-free", "strong", "LIST_POISON1", "taken off" },
	{ "slab poison in a register, no address", "oops", "general protection fault: 0000 [#1] SMP",
	  "gpf", "lab_walk", NULL, NULL, NULL,
	  "RAX: 6b6b6b6b6b6b6b6b RBX: ffff888012340000", "<48> 8b 40 18", NULL, NULL, NULL,
	  { "lab_walk" }, NULL,
	  "use-after-free", "strong", "slab poison", "in RAX" },
	{ "text as a pointer", "oops", "general protection fault, probably for non-canonical "
	  "address 0x7273752f6e69622f: 0000 [#1] SMP", "gpf", "lab_walk", NULL,
	  "0x7273752f6e69622f", NULL, NULL, NULL, NULL, NULL, NULL, { "lab_walk" }, NULL,
	  "memory-corruption", "likely", "/bin/usr", NULL },
	{ "a wild pointer", "oops", "general protection fault, probably for non-canonical address "
	  "0xe017577ddf75b7dd: 0000 [#1] SMP", "gpf", "lab_bad", NULL, "0xe017577ddf75b7dd",
	  NULL, NULL, NULL, NULL, NULL, NULL, { "lab_bad" }, NULL,
	  "bad-pointer", "strong", "wild pointer", NULL },
	{ "a flipped bit", "oops", "general protection fault, probably for non-canonical address "
	  "0xffff088012340000: 0000 [#1] SMP", "gpf", "lab_bad", NULL, "0xffff088012340000",
	  NULL, "RAX: ffff088012340000 RBX: ffff888012340000", "<48> 8b 00", NULL, NULL, NULL,
	  { "lab_bad" }, NULL,
	  "bad-pointer", "strong", "wild pointer", "bit 47" },
	{ "a user address", "oops", "BUG: unable to handle page fault for address: 00007f1234567890",
	  "page-fault", "lab_ioctl", "lab", "00007f1234567890", "read", NULL, NULL, NULL, NULL,
	  NULL, { "lab_ioctl" }, NULL, "bad-pointer", "strong", "user space", NULL },
	{ "the allocator is the victim", "oops", "general protection fault: 0000 [#1] SMP", "gpf",
	  "kmem_cache_alloc", NULL, NULL, NULL, "R12: 3a00000000000041 RDI: ffff888003042a00",
	  "<49> 8b 1c 24", NULL, NULL, NULL, { "kmem_cache_alloc", "getname_flags" }, NULL,
	  "memory-corruption", "strong", "free list of a slab cache", "not the culprit" },
	{ "no address at all", "oops", "general protection fault: 0000 [#1] SMP", "gpf",
	  "find_get_entry", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	  { "find_get_entry" }, NULL, "bad-pointer", "likely", "general protection fault", NULL },
	{ "the guard page", "oops", "BUG: unable to handle page fault for address: ffffc90000547ff8",
	  "page-fault", "lab_recurse", "lab", "ffffc90000547ff8", "write",
	  "RSP: ffffc90000548000 RAX: 0000000000000001", NULL, NULL, NULL, NULL,
	  { "lab_recurse", "lab_recurse", "lab_recurse" }, NULL,
	  "stack-overflow", "strong", "beyond its end", NULL },
	{ "a double fault", "oops", "PANIC: double fault, error_code: 0x0", "double-fault",
	  "lab_big", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, { "lab_big" }, NULL,
	  "stack-overflow", "likely", "beyond its end", NULL },
	{ "divide", "oops", "divide error: 0000 [#1] SMP KASAN", "divide", "__tcp_select_window",
	  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, { "__tcp_select_window" }, NULL,
	  "divide-error", "certain", "__tcp_select_window()", NULL },
	{ "BUG", "oops", "kernel BUG at fs/buffer.c:1270!", "bug", "check_irqs_on", NULL, NULL,
	  NULL, NULL, NULL, NULL, "fs/buffer.c", NULL, { "check_irqs_on" }, NULL,
	  "assertion", "certain", "BUG() in check_irqs_on()", NULL },
	{ "BUG of a list", "oops", "kernel BUG at lib/list_debug.c:49!", "bug",
	  "__list_del_entry_valid", NULL, NULL, NULL, NULL, NULL,
	  "list_del corruption, ffff888 is LIST_POISON1", "lib/list_debug.c", NULL,
	  { "__list_del_entry_valid", "lab_del" }, NULL,
	  "memory-corruption", "certain", "linked list", "LIST_POISON1" },
	{ "BUG of usercopy", "oops", "kernel BUG at mm/usercopy.c:102!", "bug", "usercopy_abort",
	  NULL, NULL, NULL, NULL, NULL, NULL, "mm/usercopy.c", NULL, { "usercopy_abort" }, NULL,
	  "out-of-bounds", "certain", "copy to or from user space", NULL },
	{ "fortify", "oops", "kernel BUG at lib/string.c:1051!", "bug", "fortify_panic", NULL, NULL,
	  NULL, NULL, NULL, "detected buffer overflow in strlen", "lib/string.c", NULL,
	  { "fortify_panic", "lab_set" }, NULL,
	  "out-of-bounds", "certain", "beyond its buffer", NULL },
	{ "illegal instruction", "oops", "invalid opcode: 0000 [#1] SMP", "invalid-op", "lab_avx",
	  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, { "lab_avx" }, NULL,
	  "illegal-instruction", "likely", "processor does not know", NULL },
	{ "SysRq of old kernels", "oops", "BUG: unable to handle kernel NULL pointer dereference at "
	  "          (null)", "null-deref", "sysrq_handle_crash", NULL, "0", "write", NULL, NULL,
	  NULL, NULL, NULL, { "sysrq_handle_crash" }, NULL,
	  "manual-crash", "certain", "SysRq-c", NULL },
	{ "external abort at a port", "oops", "Internal error: synchronous external abort: 96000010 "
	  "[#1] PREEMPT SMP", "external-abort", "__raw_readb", NULL, NULL, NULL, NULL, NULL, NULL,
	  NULL, NULL, { "__raw_readb", "ns558_init" }, NULL,
	  "bad-pointer", "likely", "did not answer", NULL },
	{ "external abort in memory", "oops", "Internal error: synchronous external abort: 96000210 "
	  "[#1] PREEMPT SMP", "external-abort", "clear_page", NULL, NULL, NULL, NULL, NULL, NULL,
	  NULL, NULL, { "clear_page" }, NULL,
	  "hardware-error", "likely", "external abort", NULL },
	{ "KASAN use after free", "sanitizer", "BUG: KASAN: slab-use-after-free in lab_read+0x1/0x2",
	  "kasan-slab-use-after-free", "lab_read", "lab", NULL, "read", NULL, NULL, NULL, NULL,
	  NULL, { "lab_read" }, NULL, "use-after-free", "certain", "after it was freed", NULL },
	{ "KASAN out of bounds", "sanitizer", "BUG: KASAN: stack-out-of-bounds in "
	  "iov_iter_advance+0x4c0/0x4f0", "kasan-stack-out-of-bounds", "iov_iter_advance", NULL,
	  NULL, "read", NULL, NULL, NULL, NULL, NULL, { "iov_iter_advance" }, NULL,
	  "out-of-bounds", "certain", "beyond the end", NULL },
	{ "UBSAN shift", "sanitizer", "UBSAN: shift-out-of-bounds in lib/x.c:1:2",
	  "ubsan-shift-out-of-bounds", "lab_shift", NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	  NULL, { "lab_shift" }, NULL, "warning", "certain", "a shift by more bits", NULL },
	{ "UBSAN index", "sanitizer", "UBSAN: array-index-out-of-bounds in lib/x.c:1:2",
	  "ubsan-array-index-out-of-bounds", "lab_index", NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	  NULL, { "lab_index" }, NULL, "out-of-bounds", "certain", "index beyond", NULL },
	{ "SLUB poison", "bug", "BUG kmalloc-64 (Not tainted): Poison overwritten", "slab-corrupt",
	  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, { NULL }, NULL,
	  "memory-corruption", "certain", "after it was freed", NULL },
	{ "bad page", "bug", "BUG: Bad page state in process x  pfn:1234", "bad-page", "bad_page",
	  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, { "bad_page" }, NULL,
	  "memory-corruption", "certain", "impossible flags", NULL },
	{ "atomic", "bug", "BUG: scheduling while atomic: x/12/0x00000002", "atomic-schedule",
	  "lab_sleep", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, { "lab_sleep" }, NULL,
	  "scheduling-bug", "certain", "must not", NULL },
	{ "spinlock", "bug", "BUG: spinlock lockup suspected on CPU#3, gdbus/2329", "spinlock",
	  "do_raw_spin_lock", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, { "lab_lock" }, NULL,
	  "deadlock", "likely", "deadlock is suspected", NULL },
	{ "lockdep", "warning", "WARNING: possible circular locking dependency detected", "lockdep",
	  "lab_lock", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, { "lab_lock" }, NULL,
	  "deadlock", "certain", "opposite orders", NULL },
	{ "a warning", "warning", "WARNING: CPU: 1 PID: 2 at kernel/x.c:3 lab_warn+0x1/0x2", "warn",
	  "lab_warn", NULL, NULL, NULL, NULL, NULL, "too many frobs", "kernel/x.c", NULL,
	  { "lab_warn" }, NULL, "warning", "certain", "a warning in lab_warn()", "too many frobs" },
	{ "refcount", "warning", "WARNING: CPU: 1 PID: 2 at lib/refcount.c:28 "
	  "refcount_warn_saturate+0x1/0x2", "refcount", "refcount_warn_saturate", NULL, NULL, NULL,
	  NULL, NULL, "refcount_t: underflow; use-after-free.", "lib/refcount.c", NULL,
	  { "refcount_warn_saturate", "lab_put" }, NULL,
	  "memory-corruption", "certain", "reference count", NULL },
	{ "soft lockup on a lock", "soft-lockup", "watchdog: BUG: soft lockup - CPU#1 stuck for 22s!"
	  " [x:12]", "soft-lockup", "native_queued_spin_lock_slowpath", NULL, NULL, NULL, NULL,
	  NULL, NULL, NULL, NULL, { "native_queued_spin_lock_slowpath", "lab_lock" }, NULL,
	  "soft-lockup", "certain", "waiting for a spinlock", "holds the lock" },
	{ "hard lockup", "hard-lockup", "NMI watchdog: Watchdog detected hard LOCKUP on cpu 7",
	  "hard-lockup", "unthrottle_cfs_rq", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	  { "unthrottle_cfs_rq" }, NULL, "hard-lockup", "certain", "interrupts off", NULL },
	{ "RCU stall, starved", "rcu-stall", "rcu: INFO: rcu_sched self-detected stall on CPU",
	  "rcu-stall", "lab_loop", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, { "lab_loop" },
	  "rcu: rcu_sched kthread starved for 5252 jiffies! g100 f0x0",
	  "rcu-stall", "certain", "kept RCU waiting", "starved" },
	{ "workqueue", "workqueue-lockup", "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 "
	  "nice=0 stuck for 32s!", "wq-lockup", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	  NULL, { NULL }, NULL, "workqueue-lockup", "certain", "made no progress", NULL },
	{ "hung on storage", "hung-task", "INFO: task x:12 blocked for more than 120 seconds.",
	  "hung-task", "xfs_buf_iowait", "xfs", NULL, NULL, NULL, NULL, NULL, NULL, "io_schedule",
	  { "io_schedule", "xfs_buf_iowait", "xfs_read_agf" }, NULL,
	  "hung-task", "certain", "waits for storage", NULL },
	{ "hung on a lock below ext4", "hung-task", "INFO: task x:12 blocked for more than 120 "
	  "seconds.", "hung-task", "ext4_lookup", NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	  "__mutex_lock.isra.0", { "__schedule", "schedule", "schedule_preempt_disabled",
	  "__mutex_lock.isra.0", "ext4_lookup" }, NULL,
	  "hung-task", "certain", "waits for a lock, in ext4_lookup()", NULL },
	{ "frozen", "hung-task", "INFO: task x:12 blocked for more than 120 seconds.", "hung-task",
	  "__sb_start_write", NULL, NULL, NULL, NULL, NULL, NULL, NULL, "percpu_down_read",
	  { "schedule", "percpu_down_read", "__sb_start_write", "mnt_want_write" }, NULL,
	  "hung-task", "certain", "frozen filesystem", "fsfreeze" },
	{ "NFS", "hung-task", "INFO: task x:12 blocked for more than 120 seconds.", "hung-task",
	  "nfs_wait_on_request", "nfs", NULL, NULL, NULL, NULL, NULL, NULL, "io_schedule",
	  { "schedule", "io_schedule", "bit_wait_io", "nfs_wait_on_request" }, NULL,
	  "hung-task", "certain", "network filesystem", NULL },
	{ "MCE", "hardware", "mce: [Hardware Error]: CPU 2: Machine Check Exception: 5 Bank 7: "
	  "be00000000800400", "mce", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	  { NULL }, "mce: [Hardware Error]: CPU 2: Machine Check Exception: 5 Bank 7: "
	  "be00000000800400", "hardware-error", "certain", "bank 7: internal timer", "0x0400" },
	{ "CPER", "hardware", "{1}[Hardware Error]: Hardware error from APEI Generic Hardware Error "
	  "Source: 1", "ghes", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, { NULL },
	  "{1}[Hardware Error]:   section_type: memory error", "hardware-error", "certain",
	  "memory error", NULL },
	{ "ext4", "filesystem", "EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm "
	  "ls: reading directory lblock 0", "ext4", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	  NULL, { NULL }, NULL, "filesystem-error", "certain", "ext4", NULL },
	{ "disk", "storage", "blk_update_request: I/O error, dev sda, sector 1234", "block", NULL,
	  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, { NULL }, NULL,
	  "storage-error", "certain", "I/O on a block device failed", NULL },
	{ "init, SIGSEGV", "panic", "Kernel panic - not syncing: Attempted to kill init! "
	  "exitcode=0x0000000b", "init-died", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	  { NULL }, NULL, "init-died", "certain", "signal 11 (SIGSEGV)", NULL },
	{ "init, 127", "panic", "Kernel panic - not syncing: Attempted to kill init! "
	  "exitcode=0x00007f00", "init-died", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	  { NULL }, NULL, "init-died", "certain", "exit code 127", "not found" },
	{ "no root", "panic", "Kernel panic - not syncing: VFS: Unable to mount root fs on "
	  "unknown-block(0,0)", "no-root", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	  { NULL }, NULL, "no-root-fs", "certain", "root filesystem", "(0,0)" },
	{ "root with a driver", "panic", "Kernel panic - not syncing: VFS: Unable to mount root fs on"
	  " unknown-block(253,1)", "no-root", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	  { NULL }, NULL, "no-root-fs", "certain", "root filesystem", "253:1" },
	{ "SysRq", "panic", "Kernel panic - not syncing: sysrq triggered crash", "sysrq", NULL, NULL,
	  NULL, NULL, NULL, NULL, NULL, NULL, NULL, { NULL }, NULL,
	  "manual-crash", "certain", "SysRq-c", NULL },
	{ "an oops whose report is gone", "panic", "Kernel panic - not syncing: Fatal exception",
	  "oops-panic", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, { NULL }, NULL,
	  "panic-on-oops", "certain", "an oops", "not in what was read" },
	{ "own words", "panic", "Kernel panic - not syncing: my driver is sad", "unknown-panic",
	  "lab_panic", "lab", NULL, NULL, NULL, NULL, NULL, NULL, NULL, { "lab_panic" }, NULL,
	  "unknown", "likely", "my driver is sad", NULL },
	{ "watchdog", "panic", "Kernel panic - not syncing: Software Watchdog Timer expired",
	  "watchdog", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, { NULL }, NULL,
	  "watchdog", "certain", "watchdog", NULL },
	{ "the log just ends", "silent-stop", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	  NULL, NULL, { NULL }, NULL, "silent-stop", "likely", "just ends", NULL },
};

static struct iq_slice text_or_null(const char *s)
{
	return s ? iq_slice_z(s) : IQ_SLICE_NULL;
}

static void add_crash(struct feed *f, int64_t id, const struct crash_row *r, int64_t mono_s)
{
	world_event(f, id, r->kind, mono_s);
	ADD(f, CRASH, crash, .event_id = id, .reason = text_or_null(r->reason),
	    .form = text_or_null(r->form), .function = text_or_null(r->function),
	    .module = text_or_null(r->module), .address = text_or_null(r->address),
	    .access = text_or_null(r->access), .registers = text_or_null(r->registers),
	    .code = text_or_null(r->code), .message = text_or_null(r->message),
	    .source_file = text_or_null(r->source_file), .waits_in = text_or_null(r->waits_in),
	    .taint = text_or_null(r->taint),
	    .comm = TEXT("x"), .pid = 12, .cpu = 1, .stuck_us = 122000000);
	if (r->reason)
		world_line(f, id, id * 100, "headline", r->reason);
	if (r->line)
		world_line(f, id, id * 100 + 1, "hw", r->line);
	for (int64_t i = 0; i < MAX_FRAMES && r->frames[i]; i++)
		ADD(f, STACK, stack, .event_id = id, .depth = zero(i), .pid = 12,
		    .function = iq_slice_z(r->frames[i]), .reliable = 1,
		    .module = text_or_null(i == 0 ? r->module : NULL));
}

static void analyze(struct iq_store *s)
{
	const char *dirs[] = { getenv("INQUEST_PLUGIN_DIR"), NULL };
	struct iq_analyze_opts opts = { .plugin_dirs = dirs };
	struct iq_err err = { 0 };

	if (!dirs[0])
		skip();
	if (iq_analyze(s, &opts, &err))
		fail_msg("%s", err.text);
}

static const char *cell(struct iq_store *s, const char *sql, int64_t id)
{
	static char out[8][20000];
	static unsigned turn;
	char *p = out[turn++ % COUNT(out)];
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_prepare_v2(iq_store_db(s), sql, -1, &st, NULL), SQLITE_OK);
	sqlite3_bind_int64(st, 1, id);
	const char *t = sqlite3_step(st) == SQLITE_ROW ? (char *)sqlite3_column_text(st, 0)
						       : NULL;
	snprintf(p, sizeof(out[0]), "%s", t ? t : "");
	sqlite3_finalize(st);
	return p;
}

#define CAUSE(what) \
	"SELECT " what " FROM v1_finding WHERE role = 'cause' AND event_id = ?1"

/* Each on a boot of its own day, so that none is another's neighbour. */
static void verdicts(void **state)
{
	struct feed f;
	struct iq_store *s;
	size_t wrong = 0;

	(void)state;
	world_begin(&f, "ab", "web", "6.1.0");
	for (size_t i = 0; i < COUNT(rows); i++)
		add_crash(&f, (int64_t)i + 1, &rows[i], (int64_t)(i + 1) * 86400);
	s = world_end(&f, NULL);
	analyze(s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct crash_row *r = &rows[i];
		int64_t id = (int64_t)i + 1;
		const char *verdict = cell(s, CAUSE("verdict"), id);
		const char *sure = cell(s, CAUSE("confidence"), id);
		const char *title = cell(s, CAUSE("title"), id);
		const char *why = cell(s, CAUSE("explanation"), id);
		if (!strcmp(verdict, r->verdict) && !strcmp(sure, r->confidence) &&
		    strstr(title, r->title) && (!r->explanation || strstr(why, r->explanation)))
			continue;
		print_message("%s: %s [%s] %s\n    %s\n", r->name, verdict, sure, title, why);
		wrong++;
	}
	assert_int_equal(wrong, 0);
	assert_string_equal(cell(s, "SELECT count(*) FROM v1_finding AS f WHERE NOT EXISTS "
		"(SELECT 1 FROM v1_evidence AS e WHERE e.finding_id = f.finding_id)", 0), "0");
	iq_store_close(s);
}

static void add_panic(struct feed *f, int64_t id, int64_t parent, const char *reason,
		      int64_t mono_s)
{
	ADD(f, EVENT, event, .id = id, .boot_id = 1, .parent_id = parent,
	    .kind = TEXT("panic"), .fingerprint = iq_slice_z(reason),
	    .mono_us = mono_s * 1000000 + 1, .truncated = ZERO);
	ADD(f, SIGHTING, sighting, .event_id = id, .member_id = 1, .first_line = id * 100,
	    .last_line = id * 100 + 50);
	ADD(f, CRASH, crash, .event_id = id, .reason = iq_slice_z(reason));
	world_line(f, id, id * 100, "panic", reason);
}

/* A panic takes over the cause of what led to it, and names it. */
static void led_to(void **state)
{
	static const struct crash_row oops = { .kind = "oops",
		.reason = "BUG: kernel NULL pointer dereference, address: 0000000000000028",
		.form = "null-deref", .function = "lab_read", .module = "lab",
		.address = "0000000000000028", .access = "read", .frames = { "lab_read" } };
	static const struct crash_row warn = { .kind = "warning",
		.reason = "WARNING: CPU: 1 PID: 2 at kernel/x.c:3 lab_warn+0x1/0x2",
		.form = "warn", .function = "lab_warn", .frames = { "lab_warn" } };
	struct feed f;
	struct iq_store *s;

	(void)state;
	world_begin(&f, "cd", "web", "6.1.0");
	add_crash(&f, 1, &oops, 100);
	add_panic(&f, 2, 1, "Kernel panic - not syncing: Fatal exception", 100);
	add_crash(&f, 3, &warn, 90000);
	add_panic(&f, 4, 3, "Kernel panic - not syncing: kernel: panic_on_warn set ...", 90000);
	s = world_end(&f, NULL);
	analyze(s);
	assert_string_equal(cell(s, CAUSE("verdict"), 2), "null-dereference");
	assert_non_null(strstr(cell(s, CAUSE("explanation"), 2), "panic_on_oops"));
	assert_non_null(strstr(cell(s, CAUSE("title"), 2), "lab_read()"));
	assert_string_equal(cell(s, "SELECT group_concat(text, '|') FROM v1_evidence "
		"JOIN v1_finding USING (finding_id) WHERE event_id = ?1 AND role = 'cause'", 2),
		"Kernel panic - not syncing: Fatal exception|BUG: kernel NULL pointer "
		"dereference, address: 0000000000000028|frame 0: lab_read [lab]");
	assert_string_equal(cell(s, CAUSE("verdict"), 4), "panic-on-warn");
	assert_non_null(strstr(cell(s, CAUSE("title"), 4), "lab_warn()"));
	iq_store_close(s);
}

/* A dump of the same boot names the lock, and its owner. */
static void owner_from_a_dump(void **state)
{
	static const struct crash_row hung = { .kind = "hung-task",
		.reason = "INFO: task x:12 blocked for more than 120 seconds.",
		.form = "hung-task", .function = "lab_read", .module = "lab",
		.waits_in = "__mutex_lock", .frames = { "schedule", "__mutex_lock", "lab_read" } };
	struct feed f;
	struct iq_store *s;

	(void)state;
	world_begin(&f, "ef", "web", "6.1.0");
	add_crash(&f, 1, &hung, 200);
	ADD(&f, SNAPSHOT, snapshot, .id = 2, .boot_id = 1, .source = TEXT("vmcore"),
	    .mono_us = 260000000);
	ADD(&f, WAIT, wait, .snapshot_id = 2, .pid = 12, .comm = TEXT("x"), .kind = TEXT("mutex"),
	    .lock_name = TEXT("lab_mutex [lab]"), .owner_pid = 77, .owner_comm = TEXT("keeper"),
	    .certain = 1);
	ADD(&f, STACK, stack, .snapshot_id = 2, .pid = 77, .depth = ZERO,
	    .function = TEXT("__schedule"), .state = TEXT("S"));
	ADD(&f, STACK, stack, .snapshot_id = 2, .pid = 77, .depth = 1,
	    .function = TEXT("lab_sleep"), .state = TEXT("S"));
	s = world_end(&f, NULL);
	analyze(s);
	assert_string_equal(cell(s, CAUSE("title"), 1), "x[12] waits for a mutex lab_mutex [lab] "
		"that keeper[77] has, in lab_read(), for more than 122 s");
	assert_non_null(strstr(cell(s, CAUSE("explanation"), 1), "stood in lab_sleep at the dump"));
	iq_store_close(s);
}

/* Advice and modules of event 1 of a boot that has a dump, or a panic after it, or none. */
static struct iq_store *locked_up(const struct crash_row *row, bool dump, bool panic)
{
	struct feed f;

	world_begin(&f, "0f", "web", "6.1.0");
	add_crash(&f, 1, row, 200);
	if (panic)
		add_panic(&f, 3, 1, "Kernel panic - not syncing: softlockup: hung tasks", 200);
	if (dump) {
		ADD(&f, SNAPSHOT, snapshot, .id = 4, .boot_id = 1, .source = TEXT("vmcore"),
		    .mono_us = 201000000);
		ADD(&f, WAIT, wait, .snapshot_id = 4, .pid = 12, .comm = TEXT("x"),
		    .kind = TEXT("semaphore"), .lock_name = TEXT("lab_sem"));
		ADD(&f, MODULE, module, .snapshot_id = 4, .name = TEXT("lab_spin"),
		    .taints = TEXT("OE"));
		ADD(&f, MODULE, module, .snapshot_id = 4, .name = TEXT("ext4"));
		ADD(&f, MODULE, module, .snapshot_id = 4, .name = TEXT("unsigned_one"),
		    .taints = TEXT("E"));
	}
	return world_end(&f, NULL);
}

#define ADVICE CAUSE("advice")

/* Nobody is told to set what was set, or to make the dump that was read. */
static void advice_beside_a_dump(void **state)
{
	static const struct crash_row soft = { .kind = "soft-lockup",
		.reason = "watchdog: BUG: soft lockup - CPU#1 stuck for 23s! [x:12]",
		.form = "soft-lockup", .function = "lab_poll", .frames = { "lab_poll" } };
	static const struct crash_row hung = { .kind = "hung-task",
		.reason = "INFO: task x:12 blocked for more than 120 seconds.",
		.form = "hung-task", .function = "lab_read", .waits_in = "down",
		.frames = { "schedule", "down", "lab_read" } };
	struct iq_store *s;

	(void)state;
	s = locked_up(&soft, false, false);
	analyze(s);
	assert_non_null(strstr(cell(s, ADVICE, 1), "kernel.softlockup_panic=1 with kdump"));
	iq_store_close(s);
	s = locked_up(&soft, false, true);
	analyze(s);
	assert_null(strstr(cell(s, ADVICE, 1), "softlockup_panic=1"));
	assert_non_null(strstr(cell(s, ADVICE, 1), "if kdump wrote a dump"));
	iq_store_close(s);
	s = locked_up(&soft, true, true);
	analyze(s);
	assert_null(strstr(cell(s, ADVICE, 1), "kdump"));
	assert_non_null(strstr(cell(s, ADVICE, 1), "the dump has what the other CPUs did"));
	iq_store_close(s);
	s = locked_up(&hung, false, false);
	analyze(s);
	assert_non_null(strstr(cell(s, ADVICE, 1), "a dump (kernel.hung_task_panic=1"));
	iq_store_close(s);
	s = locked_up(&hung, true, false);
	analyze(s);
	assert_null(strstr(cell(s, ADVICE, 1), "a dump (kernel.hung_task_panic=1"));
	assert_non_null(strstr(cell(s, ADVICE, 1), "a semaphore does not keep who has it"));
	iq_store_close(s);
}

/* A crash by hand, in a log that has its line alone; the dump has who, if he wrote to
 * sysrq-trigger: FUNCTION is what the processor stood in. */
static struct iq_store *by_hand(const char *function)
{
	static const struct { int64_t pid, ppid; const char *comm; } tasks[] = {
		{ 812, 811, "bash" }, { 811, 790, "sudo" }, { 790, 1, "sshd" },
		{ 1, ZERO, "systemd" }, { 55, 1, "other" },
	};
	struct feed f;

	world_begin(&f, "0e", "web", "6.1.0");
	add_panic(&f, 1, 0, "Kernel panic - not syncing: sysrq triggered crash", 300);
	ADD(&f, SNAPSHOT, snapshot, .id = 4, .boot_id = 1, .source = TEXT("vmcore"),
	    .mono_us = 300000000);
	for (size_t i = 0; i < COUNT(tasks); i++)
		ADD(&f, TASK, task, .snapshot_id = 4, .pid = tasks[i].pid,
		    .tgid = tasks[i].pid, .ppid = tasks[i].ppid, .uid = ZERO,
		    .comm = iq_slice_z(tasks[i].comm));
	ADD(&f, CPU, cpu, .snapshot_id = 4, .cpu = ZERO, .pid = 55, .crashed = ZERO);
	ADD(&f, CPU, cpu, .snapshot_id = 4, .cpu = 1, .pid = 812, .crashed = 1);
	ADD(&f, STACK, stack, .snapshot_id = 4, .pid = 812, .depth = ZERO,
	    .function = TEXT("panic"), .state = TEXT("R"));
	ADD(&f, STACK, stack, .snapshot_id = 4, .pid = 812, .depth = 1,
	    .function = iq_slice_z(function), .state = TEXT("R"));
	return world_end(&f, NULL);
}

static void who_asked_for_it(void **state)
{
	struct iq_store *s = by_hand("write_sysrq_trigger");

	(void)state;
	analyze(s);
	assert_string_equal(cell(s, CAUSE("verdict"), 1), "manual-crash");
	assert_non_null(strstr(cell(s, CAUSE("explanation"), 1), "By the dump it was bash[812] of "
			       "uid 0, child of sudo[811], child of sshd[790], child of "
			       "systemd[1], who wrote to /proc/sysrq-trigger."));
	assert_non_null(strstr(cell(s, ADVICE, 1), "ask why"));
	iq_store_close(s);
	/* a keyboard interrupts whom it will */
	s = by_hand("sysrq_filter");
	analyze(s);
	assert_null(strstr(cell(s, CAUSE("explanation"), 1), "bash"));
	assert_non_null(strstr(cell(s, ADVICE, 1), "find out who"));
	iq_store_close(s);
}

/* A report lists modules only sometimes; a dump does always. */
static void modules_from_a_dump(void **state)
{
	static const struct crash_row soft = { .kind = "soft-lockup",
		.reason = "watchdog: BUG: soft lockup - CPU#1 stuck for 23s! [x:12]",
		.form = "soft-lockup", .function = "core_poll", .frames = { "core_poll" },
		.taint = "G OE" };
	struct iq_store *s = locked_up(&soft, true, false);

	(void)state;
	analyze(s);
	assert_string_equal(cell(s, "SELECT title FROM v1_finding WHERE event_id = ?1 AND "
				    "rule = 'crash-taint-modules'", 1),
			    "code from outside the kernel was loaded (lab_spin)");
	iq_store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(advice_beside_a_dump),
		cmocka_unit_test(modules_from_a_dump),
		cmocka_unit_test(who_asked_for_it),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(led_to),
		cmocka_unit_test(owner_from_a_dump),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
