/* parse/crash/line_bug.c - see line.h: WARNING, sanitizers, corrupt memory, atomic context. */
#include "parse/crash/line.h"

/* The number behind KEY in S, or *ret untouched. */
static void number_after(struct iq_slice s, const char *key, int64_t *ret)
{
	struct iq_slice k = iq_slice_z(key);
	ptrdiff_t at = iq_find(s, k);
	if (at < 0)
		return;
	s = iq_from(s, (size_t)at + k.n);
	(void)iq_take_i64(&s, ret);
}

/* "fs/ext4/inode.c:12" at the front of S, up to a blank; false if it is none. */
static bool take_place(struct iq_slice *s, struct iq_crash *c)
{
	struct iq_slice t = *s, w = iq_word(&t);
	ptrdiff_t colon = iq_find_char(w, ':');
	struct iq_slice no = colon > 0 ? iq_from(w, (size_t)colon + 1) : IQ_SLICE_NULL;
	int64_t line;
	if (colon <= 0 || !iq_take_i64(&no, &line))
		return false;
	c->source_file = iq_head(w, (size_t)colon);
	c->source_line = line;
	*s = iq_ltrim(t);
	return true;
}

/* lockdep and others, which share the word. */
static const char *const lockdep_texts[] = {
	"possible circular locking", "possible recursive locking", "inconsistent lock state",
	"possible irq lock inversion", "suspicious RCU usage", "suspicious rcu_dereference", "bad unlock balance",
	"held lock freed", "lock held when returning", "possible irq-unsafe",
	"Nested lock was not taken", "bad contention detected", "chain_key collision",
	"possible unsafe locking", "lock order", "still has locks held", "soft/hardirq-", "possible reason: unannotated",
};

static bool is_lockdep(struct iq_slice s)
{
	for (size_t i = 0; i < sizeof lockdep_texts / sizeof *lockdep_texts; i++)
		if (iq_has(s, iq_slice_z(lockdep_texts[i])))
			return true;
	return false;
}

/* 7.x: [condition] file:line at func+0x1/0x2, CPU#3: comm/123 */
static bool warning_new(struct iq_slice s, struct iq_crash *c)
{
	if (iq_starts(s, IQ_LIT("["))) {
		ptrdiff_t end = iq_rfind(s, IQ_LIT("] "));
		if (end < 0)
			return false;
		c->message = iq_slice(s.p + 1, (size_t)end - 1);
		s = iq_from(s, (size_t)end + 2);
	}
	(void)take_place(&s, c);
	ptrdiff_t cpu = iq_rfind(s, IQ_LIT(", CPU#"));
	if (cpu < 0 || !iq_skip(&s, IQ_LIT("at ")))
		return false;
	struct iq_slice who = iq_from(s, (size_t)cpu + 6 - 3);
	if (!iq_take_i64(&who, &c->cpu) || !iq_skip(&who, IQ_LIT(": ")))
		return false;
	(void)iq_take_task(who, '/', c);
	if (!iq_take_symbol(&s, &c->function, &c->module))
		c->pc = iq_cut(&s, ',');
	return true;
}

/* Older: [CPU: n PID: n ]at [file:line ]func+0x1/0x2[()][ (taint)] */
static bool warning_old(struct iq_slice s, struct iq_crash *c)
{
	if (iq_skip(&s, IQ_LIT("CPU: "))) {
		if (!iq_take_i64(&s, &c->cpu) || !iq_skip(&s, IQ_LIT(" PID: ")) ||
		    !iq_take_i64(&s, &c->pid))
			return false;
		iq_skip_blank(&s);
	}
	if (!iq_skip(&s, IQ_LIT("at ")))
		return false;
	bool place = take_place(&s, c);
	if (!iq_take_symbol(&s, &c->function, &c->module) && !place)
		return false;
	return true;
}

bool iq_take_warning(struct iq_slice s, struct iq_crash *c)
{
	s = iq_from(s, sizeof "WARNING: " - 1);
	if (is_lockdep(s)) {
		c->form = IQ_LIT("lockdep");
		return true;
	}
	struct iq_crash copy = *c;
	if (warning_old(s, c))
		return true;
	*c = copy;
	return warning_new(s, c);
}

bool iq_take_lockdep(struct iq_slice s, struct iq_crash *c)
{
	(void)c;
	return is_lockdep(s);
}

/* "BUG: KASAN: slab-out-of-bounds in f+0x1/0x2 [mod][ at addr ffff...]", KCSAN's
 * "data-race in f / g", KMSAN's "uninit-value in f+..." */
bool iq_take_kasan(struct iq_slice s, struct iq_crash *c)
{
	s = iq_from(s, sizeof "BUG: " - 1);
	(void)iq_cut(&s, ' ');
	ptrdiff_t in = iq_find(s, IQ_LIT(" in "));
	c->message = in < 0 ? s : iq_head(s, (size_t)in);
	if (in < 0)
		return true;
	s = iq_from(s, (size_t)in + 4);
	(void)iq_take_symbol(&s, &c->function, &c->module);
	ptrdiff_t at = iq_find(s, IQ_LIT(" at addr "));
	if (at >= 0) {
		s = iq_from(s, (size_t)at + 9);
		c->address = iq_word(&s);
	}
	return true;
}

bool iq_take_kfence(struct iq_slice s, struct iq_crash *c)
{
	if (!iq_take_kasan(s, c))
		return false;
	/* the kind of access is part of the words: "use-after-free write in" */
	static const char *const accesses[] = { "read", "write" };
	for (size_t i = 0; i < 2; i++)
		if (iq_ends(c->message, iq_slice_z(accesses[i])))
			c->access = iq_slice_z(accesses[i]);
	return true;
}

bool iq_take_ubsan(struct iq_slice s, struct iq_crash *c)
{
	s = iq_from(s, sizeof "UBSAN: " - 1);
	ptrdiff_t in = iq_rfind(s, IQ_LIT(" in "));
	if (in <= 0)
		return false;
	c->message = iq_head(s, (size_t)in);
	s = iq_from(s, (size_t)in + 4);
	return take_place(&s, c);
}

/* "BUG: Bad page state in process comm  pfn:12345" */
bool iq_take_bad_page(struct iq_slice s, struct iq_crash *c)
{
	ptrdiff_t at = iq_find(s, IQ_LIT("in process "));
	if (at < 0)
		return true;
	s = iq_from(s, (size_t)at + sizeof "in process " - 1);
	ptrdiff_t end = iq_rfind(s, IQ_LIT(" pfn:"));
	if (end < 0)
		end = iq_rfind(s, IQ_LIT(" pte:"));
	if (end >= 0) {
		c->comm = iq_trim(iq_head(s, (size_t)end));
		struct iq_slice page = iq_ltrim(iq_from(s, (size_t)end));
		c->object = iq_word(&page);
	}
	return true;
}

/* "BUG kmalloc-64 (Tainted: G    B  ): Redzone overwritten", 2.6.32 without taint */
bool iq_take_slub(struct iq_slice s, struct iq_crash *c)
{
	s = iq_from(s, 4);
	struct iq_slice cache = iq_word(&s);
	if (iq_ends(cache, IQ_LIT(":"))) {
		cache.n--;
	} else {
		iq_skip_blank(&s);
		if (!iq_starts(s, IQ_LIT("(")))
			return false;
		ptrdiff_t end = iq_rfind(s, IQ_LIT("): "));
		if (end < 0)
			return false;
		struct iq_slice taint = iq_slice(s.p + 1, (size_t)end - 1);
		if (iq_skip(&taint, IQ_LIT("Tainted: ")))
			c->taint = taint;
		s = iq_from(s, (size_t)end + 2);
	}
	c->object = cache;
	c->message = iq_trim(s);
	return cache.n > 0 && c->message.n > 0;
}

/* SLAB: "slab error in f(): cache `size-64': double free detected" */
bool iq_take_slab_error(struct iq_slice s, struct iq_crash *c)
{
	ptrdiff_t at = iq_find_char(s, '`');
	if (at < 0)
		return false;
	s = iq_from(s, (size_t)at + 1);
	c->object = iq_cut(&s, '\'');
	iq_skip(&s, IQ_LIT(": "));
	c->message = s;
	return true;
}

/* "BUG: scheduling while atomic: comm/pid/0x00000002" */
bool iq_take_atomic(struct iq_slice s, struct iq_crash *c)
{
	ptrdiff_t at = iq_find(s, IQ_LIT("atomic: "));
	if (at < 0)
		return true;
	s = iq_from(s, (size_t)at + 8);
	ptrdiff_t end = iq_rfind(s, IQ_LIT("/"));
	if (end > 0)
		(void)iq_take_task(iq_head(s, (size_t)end), '/', c);
	return true;
}

bool iq_take_sleeping(struct iq_slice s, struct iq_crash *c)
{
	ptrdiff_t at = iq_find(s, IQ_LIT("context at "));
	if (at >= 0) {
		s = iq_from(s, (size_t)at + sizeof "context at " - 1);
		(void)take_place(&s, c);
	}
	return true;
}

/* "BUG: using smp_processor_id() in preemptible [00000000] code: comm/pid" */
bool iq_take_preemptible(struct iq_slice s, struct iq_crash *c)
{
	ptrdiff_t at = iq_find(s, IQ_LIT("code: "));
	if (at < 0)
		return iq_has(s, IQ_LIT("preemptible"));
	return iq_take_task(iq_from(s, (size_t)at + 6), '/', c);
}

/* "BUG: spinlock lockup suspected on CPU#3, gdbus/2329", "... bad magic on CPU#0, x/1" */
bool iq_take_spinlock(struct iq_slice s, struct iq_crash *c)
{
	struct iq_slice t = s;
	number_after(s, " on CPU#", &c->cpu);
	ptrdiff_t at = iq_find(t, IQ_LIT(", "));
	if (at >= 0) {
		struct iq_slice who = iq_from(t, (size_t)at + 2);
		ptrdiff_t lock = iq_find(who, IQ_LIT(" (lock"));
		(void)iq_take_task(lock < 0 ? who : iq_head(who, (size_t)lock), '/', c);
	}
	c->lock_kind = iq_has(s, IQ_LIT("rwlock")) ? IQ_LIT("rwlock") : IQ_LIT("spinlock");
	c->form = iq_has(s, IQ_LIT("lockup")) ? IQ_LIT("spinlock-lockup") : IQ_LIT("spinlock");
	return true;
}

/* Any other "BUG: ...": not those of programs that begin alike. */
bool iq_take_bug_other(struct iq_slice s, struct iq_crash *c)
{
	c->message = iq_from(s, sizeof "BUG: " - 1);
	return c->message.n > 3;
}

/* irq 16: nobody cared (try booting with the "irqpoll" option) */
bool iq_take_irq(struct iq_slice s, struct iq_crash *c)
{
	if (!iq_has(s, IQ_LIT(": nobody cared")))
		return false;
	c->object = iq_cut(&s, ':');
	return true;
}

/* unregister_netdevice: waiting for eth0 to become free. Usage count = 3 */
bool iq_take_netdev(struct iq_slice s, struct iq_crash *c)
{
	ptrdiff_t at = iq_find(s, IQ_LIT("waiting for "));
	s = iq_from(s, (size_t)at + sizeof "waiting for " - 1);
	c->object = iq_word(&s);
	return c->object.n > 0;
}
