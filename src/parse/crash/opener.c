/* parse/crash/opener.c - see opener.h.  Texts: panics.md 3, 4 and 7. */
#include "parse/crash/opener.h"

#include "parse/crash/line.h"

const char *iq_crash_kind_name(enum iq_crash_kind kind)
{
	static const char *const names[] = {
		[IQ_CRASH_NONE] = "bug", [IQ_CRASH_PANIC] = "panic", [IQ_CRASH_OOPS] = "oops",
		[IQ_CRASH_BUG] = "bug", [IQ_CRASH_SANITIZER] = "sanitizer",
		[IQ_CRASH_WARNING] = "warning", [IQ_CRASH_SOFT] = "soft-lockup",
		[IQ_CRASH_HARD] = "hard-lockup", [IQ_CRASH_HUNG] = "hung-task",
		[IQ_CRASH_RCU] = "rcu-stall", [IQ_CRASH_WORKQUEUE] = "workqueue-lockup",
		[IQ_CRASH_HARDWARE] = "hardware", [IQ_CRASH_FILESYSTEM] = "filesystem",
		[IQ_CRASH_STORAGE] = "storage",
	};
	return names[kind];
}

/* How the figures of a line are read: false, and it is none of these lines. */
typedef bool take_fn(struct iq_slice s, struct iq_crash *c);

struct row {
	const char *text;
	enum iq_crash_kind kind;
	enum iq_opener_part part;
	const char *form;
	take_fn *take;
};

#define REPORT(text, kind, form, take) \
	{ text, IQ_CRASH_##kind, IQ_OPENER_REPORT, form, take }
#define BEFORE(text, form, take) \
	{ text, IQ_CRASH_BUG, IQ_OPENER_BEFORE, form, take }

/* The first row that fits counts. */
static const struct row rows[] = {
	{ "------------[ cut here ]---", IQ_CRASH_NONE, IQ_OPENER_CUT, "", NULL },
	{ "8<--- cut here ---", IQ_CRASH_NONE, IQ_OPENER_CUT, "", NULL },
	/* bad accesses */
	REPORT("BUG: unable to handle kernel NULL pointer", OOPS, "null-deref", iq_take_bad_access),
	REPORT("BUG: kernel NULL pointer dereference", OOPS, "null-deref", iq_take_bad_access),
	REPORT("BUG: Kernel NULL pointer dereference", OOPS, "null-deref", iq_take_bad_access),
	REPORT("BUG: unable to handle kernel", OOPS, "page-fault", iq_take_bad_access),
	REPORT("BUG: unable to handle page fault", OOPS, "page-fault", iq_take_bad_access),
	REPORT("BUG: Unable to handle kernel ", OOPS, "page-fault", iq_take_bad_access),
	REPORT("Unable to handle kernel NULL pointer", OOPS, "null-deref", iq_take_bad_access),
	REPORT("Unable to handle kernel ", OOPS, "page-fault", iq_take_bad_access),
	REPORT("Unhandled fault: ", OOPS, IQ_FORM_UNHANDLED, iq_take_bad_access),
	REPORT("Unhandled prefetch abort: ", OOPS, IQ_FORM_UNHANDLED, iq_take_bad_access),
	REPORT("Bad mode in ", OOPS, "bad-mode", iq_take_cpu_word),
	REPORT("kernel BUG at ", OOPS, "bug", iq_take_bug_at),
	REPORT("Kernel BUG at ", OOPS, "bug", iq_take_bug_at),
	REPORT("PANIC: double fault", OOPS, "double-fault", NULL),
	REPORT("PANIC: early exception", OOPS, "early-exception", iq_take_early),
	REPORT("BUG: stack guard page was hit", OOPS, "stack-guard", NULL),
	REPORT("Insufficient stack space to handle exception", OOPS, "stack-overflow", NULL),
	REPORT("Thread overran stack, or stack corrupted", OOPS, "stack-overflow", NULL),
	REPORT("SError Interrupt on CPU", HARDWARE, "serror", iq_take_cpu_word),
	REPORT("Machine check in kernel mode", HARDWARE, "mce", NULL),
	REPORT("do_IRQ: stack overflow", BUG, "stack-overflow", NULL),
	BEFORE("rust_kernel: panicked at", "rust-panic", NULL),
	REPORT("unregister_netdevice: waiting for", WARNING, "netdev-leak", iq_take_netdev),
	REPORT("Unhandled kernel unaligned access", OOPS, "alignment", NULL),
	/* what stands before a report and says why */
	BEFORE("list_add corruption", "list-corrupt", NULL),
	BEFORE("list_add double add", "list-corrupt", NULL),
	BEFORE("list_del corruption", "list-corrupt", NULL),
	BEFORE("usercopy: ", "usercopy", iq_take_usercopy),
	BEFORE("kernel memory exposure attempt", "usercopy", NULL),
	BEFORE("kernel memory overwrite attempt", "usercopy", NULL),
	BEFORE("detected buffer overflow in ", "fortify", NULL),
	BEFORE("refcount_t: ", "refcount", NULL),
	BEFORE("ODEBUG: ", "debugobject", NULL),
	BEFORE("CFI failure at ", "cfi", NULL),
	BEFORE("Missing ENDBR: ", "cfi", NULL),
	BEFORE("traps: Missing ENDBR: ", "cfi", NULL),
	BEFORE("kernel tried to execute ", "exec-fault", NULL),
	BEFORE("kasan: GPF could be caused by", "kasan-gpf", NULL),
	BEFORE("kasan: CONFIG_KASAN_INLINE enabled", "kasan-gpf", NULL),
	/* sanitizers */
	REPORT("BUG: KASAN: ", SANITIZER, "kasan", iq_take_kasan),
	REPORT("BUG: KFENCE: ", SANITIZER, "kfence", iq_take_kfence),
	REPORT("BUG: KCSAN: ", SANITIZER, "kcsan", iq_take_kasan),
	REPORT("BUG: KMSAN: ", SANITIZER, "kmsan", iq_take_kasan),
	REPORT("UBSAN: ", SANITIZER, "ubsan", iq_take_ubsan),
	REPORT("BUG: memory leak", SANITIZER, "memory-leak", NULL),
	/* lockups, stalls */
	REPORT("BUG: soft lockup", SOFT, "soft-lockup", iq_take_soft_lockup),
	REPORT("watchdog: BUG: soft lockup", SOFT, "soft-lockup", iq_take_soft_lockup),
	REPORT("NMI watchdog: BUG: soft lockup", SOFT, "soft-lockup", iq_take_soft_lockup),
	REPORT("Watchdog detected hard LOCKUP", HARD, "hard-lockup", iq_take_hard_lockup),
	REPORT("NMI watchdog: Watchdog detected hard", HARD, "hard-lockup", iq_take_hard_lockup),
	REPORT("watchdog: Watchdog detected hard", HARD, "hard-lockup", iq_take_hard_lockup),
	REPORT("watchdog: CPU", HARD, "hard-lockup", iq_take_hard_lockup),
	REPORT("Watchdog CPU:", HARD, "hard-lockup", iq_take_hard_lockup),
	REPORT("INFO: task ", HUNG, "hung-task", iq_take_hung),
	REPORT("INFO: RCU detected CPU", RCU, "rcu-stall", iq_take_rcu),
	REPORT("INFO: rcu", RCU, "rcu-stall", iq_take_rcu),
	REPORT("INFO: srcu", RCU, "rcu-stall", iq_take_rcu),
	REPORT("rcu: INFO: ", RCU, "rcu-stall", iq_take_rcu),
	REPORT("BUG: workqueue lockup", WORKQUEUE, "wq-lockup", iq_take_wq_lockup),
	/* BUG: that is no oops */
	REPORT("BUG: Bad page state in process ", BUG, "bad-page", iq_take_bad_page),
	REPORT("BUG: Bad page map in process ", BUG, "bad-page-map", iq_take_bad_page),
	REPORT("BUG: Bad page cache in process ", BUG, "bad-page", iq_take_bad_page),
	REPORT("BUG: Bad rss-counter state", BUG, "bad-rss", NULL),
	REPORT("BUG: non-zero ", BUG, "bad-rss", NULL),
	REPORT("BUG: scheduling while atomic", BUG, "atomic-schedule", iq_take_atomic),
	REPORT("scheduling while atomic", BUG, "atomic-schedule", iq_take_atomic),
	REPORT("BUG: sleeping function called from", BUG, "atomic-sleep", iq_take_sleeping),
	REPORT("BUG: using ", BUG, "preemptible", iq_take_preemptible),
	REPORT("BUG: spinlock ", BUG, "spinlock", iq_take_spinlock),
	REPORT("BUG: rwlock ", BUG, "spinlock", iq_take_spinlock),
	REPORT("BUG: memory leak", BUG, "memory-leak", NULL),
	REPORT("BUG: Invalid wait context", BUG, "lockdep", NULL),
	REPORT("[ BUG: ", BUG, "lockdep", NULL),
	REPORT("BUG: ", BUG, "bug-other", iq_take_bug_other),
	REPORT("BUG ", BUG, "slab-corrupt", iq_take_slub),
	REPORT("slab error in ", BUG, "slab-corrupt", iq_take_slab_error),
	REPORT("Slab corruption", BUG, "slab-corrupt", NULL),
	REPORT("irq ", BUG, "irq-nobody-cared", iq_take_irq),
	REPORT("swap_info_get: Bad swap ", BUG, "bad-swap", NULL),
	REPORT("get_swap_device: Bad swap ", BUG, "bad-swap", NULL),
	REPORT("swap_free: Bad swap ", BUG, "bad-swap", NULL),
	REPORT("INFO: trying to register non-static", BUG, "lockdep", NULL),
	REPORT("WARNING: ", WARNING, "warn", iq_take_warning),
	REPORT("[ INFO: ", WARNING, "lockdep", iq_take_lockdep),
};

static bool stack_guard(struct iq_slice s)
{
	/* 5.15+: BUG: TASK stack guard page was hit at ... */
	return iq_skip(&s, IQ_LIT("BUG: ")) && iq_word(&s).n &&
	       iq_starts(iq_ltrim(s), IQ_LIT("stack guard page was hit"));
}

static bool by_table(struct iq_slice s, struct iq_opened *ret)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		if (r->text[0] != s.p[0] || !iq_starts(s, iq_slice_z(r->text)))
			continue;
		iq_fact_init(IQ_FACT_CRASH, &ret->c);
		ret->kind = r->kind;
		ret->part = r->part;
		ret->c.form = iq_slice_z(r->form);
		if (r->take && !r->take(s, &ret->c))
			continue;
		return true;
	}
	return false;
}

/* "myscript: ", "unit[12]: ": a program that writes to the kernel's log. */
static bool is_name(struct iq_slice front)
{
	return iq_ends(front, IQ_LIT(": ")) && iq_find_char(iq_trim(front), ' ') < 0;
}

/* What was being printed without its newline stands in front: "testing... BUG: soft". */
static struct iq_slice without_front(struct iq_slice s)
{
	static const char *const texts[] = {
		"NMI watchdog: BUG: soft lockup - CPU#", "watchdog: BUG: soft lockup - CPU#",
		"BUG: soft lockup - CPU#", "BUG: unable to handle ",
		"BUG: kernel NULL pointer dereference", "general protection fault: ",
		"BUG: spinlock ", "BUG: KASAN: ", "BUG: scheduling while atomic",
		"BUG: sleeping function called", "BUG: Bad page state in process",
		"BUG: workqueue lockup",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		ptrdiff_t at = iq_find(s, iq_slice_z(texts[i]));
		if (at >= 0)
			return is_name(iq_head(s, (size_t)at)) ? s : iq_from(s, (size_t)at);
	}
	return s;
}

/* mips, loongarch: "CPU 1 Unable to handle kernel paging request at virtual address ..." */
static struct iq_slice without_cpu(struct iq_slice s)
{
	struct iq_slice t = s;
	int64_t cpu;
	return iq_skip(&t, IQ_LIT("CPU ")) && iq_take_i64(&t, &cpu) &&
	       iq_skip(&t, IQ_LIT(" ")) && iq_starts(t, IQ_LIT("Unable to handle kernel "))
		? t : s;
}

bool iq_crash_opens(struct iq_slice text, struct iq_opened *ret)
{
	struct iq_slice s = without_cpu(iq_trim(text));
	if (s.n < 8)
		return false;
	ret->text = s;
	if (stack_guard(s)) {
		iq_fact_init(IQ_FACT_CRASH, &ret->c);
		ret->kind = IQ_CRASH_OOPS;
		ret->part = IQ_OPENER_REPORT;
		ret->c.form = IQ_LIT("stack-guard");
		return true;
	}
	if (iq_find(s, IQ_LIT("BUG: ")) > 0 || iq_starts(s, IQ_LIT("kasan: GPF could")))
		s = without_front(s);
	ret->text = s;
	if (by_table(s, ret))
		return true;
	iq_fact_init(IQ_FACT_CRASH, &ret->c);
	if (iq_take_die(s, &ret->c)) {
		ret->kind = IQ_CRASH_OOPS;
		ret->part = IQ_OPENER_DIE;
		return true;
	}
	if (iq_take_fortify(s, &ret->c)) {
		ret->kind = IQ_CRASH_BUG;
		ret->part = IQ_OPENER_BEFORE;
		return true;
	}
	ret->kind = iq_take_block(s, &ret->c);
	ret->part = IQ_OPENER_BLOCK;
	return ret->kind != IQ_CRASH_NONE;
}
