/* plugins/crash_report.c - reports that the kernel prints and goes on: sanitizers,
 * corruption found by its own checks, atomic context, lockdep, warnings (crash.h).
 *
 * Follows mm/kasan/report*.c, mm/kfence/report.c, mm/kmsan/report.c, lib/ubsan.c,
 * mm/slub.c, mm/page_alloc.c bad_page(), lib/list_debug.c, lib/refcount.c,
 * kernel/sched/core.c, kernel/locking/.
 */
#include "crash.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct row {
	const char *word; /* in form, headline, message */
	const char *verdict, *rule;
	const char *title; /* " in PLACE" follows where it ends in a blank */
	const char *means, *advice;
	enum inquest_confidence sure;
};

#define WHO_FREED                                                                        \
	"the sections `Allocated by` and `Freed by` name both ends of the object's "     \
	"life: the missing reference or lock lies between them"
#define CATCH                                                                            \
	"slub_debug=FZPU on the command line, or a kernel with KASAN or KFENCE, names "  \
	"who wrote"
#define RAM                                                                              \
	"corruption in unrelated places, or single bits: test the memory (memtest86+, "  \
	"EDAC counters) before blaming the code"
#define SANE                                                                             \
	"the kernel goes on; the same report on many machines is a defect of the code, " \
	"on one machine look at its hardware and modules"

/* Sanitizers: by the type in the form (kasan-use-after-free), else in the headline. */
static const struct row sanitizers[] = {
	{"array-index-out-of-bounds", "out-of-bounds", "crash-ubsan-index",
	 "an index beyond the end of an array, in ",
	 "UBSAN compared the index with the array's declared size. Arrays declared with "
	 "one element and used as longer ones are reported too.",
	 "is the array a flexible one that is declared with a size? then it is harmless",
	 INQUEST_CERTAIN},
	{"shift-out-of-bounds", "warning", "crash-ubsan",
	 "a shift by more bits than the number has, "
	 "in ",
	 "UBSAN reports it and the kernel goes on: what the processor makes of it "
	 "depends on its make.",
	 SANE, INQUEST_CERTAIN},
	{"null-ptr-deref", "null-dereference", "crash-kasan-null",
	 "a NULL pointer was used in ",
	 "The address lies close to NULL: a member of a structure whose pointer was "
	 "NULL.",
	 NULL, INQUEST_CERTAIN},
	{"double-free", "use-after-free", "crash-double-free",
	 "an object was freed twice in ",
	 "Whoever got the object between the two shares it with somebody.", WHO_FREED,
	 INQUEST_CERTAIN},
	{"invalid-free", "memory-corruption", "crash-invalid-free",
	 "something was freed that is no object, in ",
	 "The pointer given back was not the start of an object that the allocator "
	 "knows.",
	 WHO_FREED, INQUEST_CERTAIN},
	{"invalid free", "memory-corruption", "crash-invalid-free",
	 "something was freed that is no object, in ",
	 "The pointer given back was not the start of an object, or it was freed "
	 "already.",
	 WHO_FREED, INQUEST_CERTAIN},
	{"use-after-free", "use-after-free", "crash-sanitizer-uaf",
	 "memory was used after it was freed, in ",
	 "The object had been given back when it was touched.", WHO_FREED,
	 INQUEST_CERTAIN},
	{"use-after-scope", "use-after-free", "crash-sanitizer-uaf",
	 "a local variable was used after its block had ended, in ",
	 "A pointer to it outlived it.", NULL, INQUEST_CERTAIN},
	{"out-of-bounds", "out-of-bounds", "crash-sanitizer-oob",
	 "an access beyond the end of an object, in ",
	 "The object is smaller than what was read or written.",
	 "the cache and size of the object, and how far beyond its end the address lies, "
	 "tell which length was not checked",
	 INQUEST_CERTAIN},
	{"memory corruption", "out-of-bounds", "crash-kfence-corruption",
	 "the bytes beside an object were overwritten, seen in ",
	 "KFENCE found the canary beside an object changed when it was freed: somebody "
	 "had written beyond its end.",
	 "who allocated it used it: look there", INQUEST_CERTAIN},
	{"user-memory-access", "bad-pointer", "crash-sanitizer-wild",
	 "an address of user space was used as the kernel's own, in ", NULL, NULL,
	 INQUEST_CERTAIN},
	{"wild-memory-access", "bad-pointer", "crash-sanitizer-wild",
	 "a wild pointer was used in ", "The address is none that the kernel could have.",
	 CATCH, INQUEST_CERTAIN},
	{"invalid read", "bad-pointer", "crash-sanitizer-wild",
	 "a wild pointer was read in ",
	 "The address lies in KFENCE's pool, and no object was ever there.", NULL,
	 INQUEST_CERTAIN},
	{"invalid write", "bad-pointer", "crash-sanitizer-wild",
	 "a wild pointer was written in ",
	 "The address lies in KFENCE's pool, and no object was ever there.", NULL,
	 INQUEST_CERTAIN},
	{"invalid-access", "memory-corruption", "crash-sanitizer-tag",
	 "the tag of a pointer did not fit its memory, in ",
	 "With tags an access beyond the end and one after the free look the same.",
	 WHO_FREED, INQUEST_CERTAIN},
	{"division-overflow", "divide-error", "crash-ubsan", "a division by zero, in ",
	 NULL, NULL, INQUEST_CERTAIN},
	{"data-race", "warning", "crash-kcsan",
	 "two CPUs used the same memory at once without a "
	 "lock, in ",
	 "KCSAN saw the value change under an access: harmless or not, the code does "
	 "not say that it is meant.",
	 "READ_ONCE() and WRITE_ONCE() where it is meant, a lock "
	 "where it is not",
	 INQUEST_CERTAIN},
	{"uninit-value", "warning", "crash-kmsan",
	 "memory was used before anything was written "
	 "to it, in ",
	 NULL, "`Uninit was created at` names the allocation to be filled in",
	 INQUEST_CERTAIN},
	{"infoleak", "warning", "crash-kmsan",
	 "uninitialised kernel memory was handed to user "
	 "space or a device, in ",
	 NULL,
	 "`Uninit was created at` names the allocation to be "
	 "filled in",
	 INQUEST_CERTAIN},
	{"memory leak", "warning", "crash-memory-leak",
	 "kmemleak found objects that nobody points "
	 "to",
	 "They were allocated by the stack shown, and never freed.", NULL,
	 INQUEST_LIKELY},
	{"ubsan", "warning", "crash-ubsan", "an operation that C does not define, in ",
	 "UBSAN reports it and the kernel goes on: a shift too far, an overflow, a "
	 "misaligned access or a value out of its type's range.",
	 SANE, INQUEST_CERTAIN},
	{"UBSAN", "warning", "crash-ubsan", "an operation that C does not define, in ",
	 "UBSAN reports it and the kernel goes on.", SANE, INQUEST_CERTAIN},
	{"kasan", "memory-corruption", "crash-kasan", "KASAN found a bad access in ",
	 NULL, WHO_FREED, INQUEST_STRONG},
	{"kfence", "memory-corruption", "crash-kfence", "KFENCE found a bad access in ",
	 NULL, WHO_FREED, INQUEST_STRONG},
};

/* The kernel's own checks, most telling words first. */
static const struct row checks[] = {
	{"Poison overwritten", "memory-corruption", "crash-slab-poison",
	 "an object of a slab cache was written after it was freed",
	 "The poison that the allocator leaves in a free object was changed. Whoever is "
	 "named by `Freed in` used it last, or somebody still had a pointer.",
	 "look who frees such an object and which pointer to it remains",
	 INQUEST_CERTAIN},
	{"edzone overwritten", "memory-corruption", "crash-slab-redzone",
	 "an object of a slab cache was written beyond its end",
	 "The bytes behind the object were changed: its owner, named by `Allocated in`, "
	 "wrote more than it had asked for.",
	 "compare the size of the object with what its owner "
	 "writes",
	 INQUEST_CERTAIN},
	{"adding overwritten", "memory-corruption", "crash-slab-redzone",
	 "the padding of a slab was overwritten",
	 "Somebody wrote beyond the end of an object, or "
	 "before its start.",
	 CATCH, INQUEST_CERTAIN},
	{"already free", "memory-corruption", "crash-slab-double-free",
	 "an object of a slab cache was freed twice",
	 "The second free is the one in the trace.",
	 "look for the first: two owners, or one error path too many", INQUEST_CERTAIN},
	{"reepointer corrupt", "memory-corruption", "crash-slab-freelist",
	 "the free list of a slab cache was overwritten",
	 "The allocator is the victim: somebody "
	 "wrote into an object after freeing it.",
	 CATCH, INQUEST_CERTAIN},
	{"Objects remaining in", "memory-corruption", "crash-slab-remaining",
	 "a slab cache was destroyed with objects still in use",
	 "Its owner lost track of them: "
	 "what still points to them will use freed memory.",
	 "look at the module that was just "
	 "being unloaded",
	 INQUEST_CERTAIN},
	{"slab-corrupt", "memory-corruption", "crash-slab",
	 "a slab cache was found corrupted",
	 "The allocator is the victim: somebody wrote where nothing was theirs.", CATCH,
	 INQUEST_CERTAIN},
	{"list_add", "memory-corruption", "crash-list-corruption",
	 "a linked list was found corrupted, in ",
	 "An entry was added twice, freed while on the "
	 "list, or overwritten.",
	 CATCH, INQUEST_CERTAIN},
	{"list_del", "memory-corruption", "crash-list-corruption",
	 "a linked list was found corrupted, in ",
	 "An entry was taken off twice, freed while on "
	 "the list, or overwritten.",
	 CATCH, INQUEST_CERTAIN},
	{"list_debug.c", "memory-corruption", "crash-list-corruption",
	 "a linked list was found corrupted, in ",
	 "An entry was added or taken off twice, freed "
	 "while on the list, or overwritten.",
	 CATCH, INQUEST_CERTAIN},
	{"list-corrupt", "memory-corruption", "crash-list-corruption",
	 "a linked list was found corrupted, in ",
	 "An entry was added or taken off twice, freed "
	 "while on the list, or overwritten.",
	 CATCH, INQUEST_CERTAIN},
	{"refcount_t", "memory-corruption", "crash-refcount",
	 "a reference count went wrong in ",
	 "One reference too many was given back, or one was "
	 "taken of what was already dead; the object is freed too early or never.",
	 "only the first report of a place is printed: look there who takes and gives "
	 "back references",
	 INQUEST_CERTAIN},
	{"refcount.c", "memory-corruption", "crash-refcount",
	 "a reference count went wrong in ", NULL,
	 "only the first report of a place is printed: look there who takes and gives "
	 "back references",
	 INQUEST_CERTAIN},
	{"ODEBUG", "use-after-free", "crash-debugobject",
	 "an object was freed while a timer or work "
	 "item in it was still active, in ",
	 "When the timer fires it will run in freed memory.",
	 "cancel it before the free (del_timer_sync(), cancel_work_sync())",
	 INQUEST_STRONG},
	{"debugobject", "use-after-free", "crash-debugobject",
	 "an object was freed while a timer or "
	 "work item in it was still active, in ",
	 NULL, NULL, INQUEST_STRONG},
	{"usercopy", "out-of-bounds", "crash-usercopy",
	 "a copy to or from user space would have "
	 "gone beyond its object, in ",
	 NULL, NULL, INQUEST_CERTAIN},
	{"fortify", "out-of-bounds", "crash-fortify",
	 "a copy would have gone beyond its buffer, in ", NULL, NULL, INQUEST_CERTAIN},
	{"stack-protector", "memory-corruption", "crash-stack-protector",
	 "a function's canary was overwritten: ", NULL, NULL, INQUEST_CERTAIN},
	{"Bad page map", "memory-corruption", "crash-bad-page-map",
	 "an entry of a page table was found corrupted",
	 "A page table is written by nobody but the memory manager: often memory that "
	 "fails, else somebody's stray write.",
	 RAM, INQUEST_CERTAIN},
	{"Bad page", "memory-corruption", "crash-bad-page",
	 "a page was found with impossible flags or counts",
	 "It was freed or handed out while somebody still used it, or its struct page "
	 "was overwritten.",
	 "`page dumped because` says what was wrong; a single bit in flags or "
	 "count: test the memory",
	 INQUEST_CERTAIN},
	{"bad-page", "memory-corruption", "crash-bad-page",
	 "a page was found with impossible "
	 "flags or counts",
	 NULL, RAM, INQUEST_CERTAIN},
	{"bad-rss", "memory-corruption", "crash-bad-rss",
	 "a process ended with memory left over in "
	 "its counts",
	 "A follow-up of an earlier corruption of its page tables, as a rule.", RAM,
	 INQUEST_LIKELY},
	{"bad-swap", "memory-corruption", "crash-bad-swap",
	 "an entry of a page table points to swap "
	 "that does not exist",
	 "The entry was overwritten: often memory that fails.", RAM, INQUEST_STRONG},
	{"scheduling while atomic", "scheduling-bug", "crash-atomic-schedule",
	 "a task went to sleep while it must not, in ",
	 "It held a spinlock or had preemption or interrupts off when it called "
	 "something that sleeps.",
	 "the preempt_count tells which: bits 0-7 preemption, 8-15 softirq, 16-19 "
	 "hardirq; look for a spinlock taken above the sleep in the trace",
	 INQUEST_CERTAIN},
	{"atomic-schedule", "scheduling-bug", "crash-atomic-schedule",
	 "a task went to sleep while it must not, in ", NULL, NULL, INQUEST_CERTAIN},
	{"sleeping function called", "scheduling-bug", "crash-atomic-sleep",
	 "a function that may sleep was called where nothing may, in ",
	 "It works as long as it need not wait; once it must, the CPU hangs.",
	 "look for a spinlock, rcu_read_lock() or disabled interrupts above the call in "
	 "the trace",
	 INQUEST_CERTAIN},
	{"atomic-sleep", "scheduling-bug", "crash-atomic-sleep",
	 "a function that may sleep was called where nothing may, in ", NULL, NULL,
	 INQUEST_CERTAIN},
	{"in preemptible", "scheduling-bug", "crash-preemptible",
	 "per-CPU data was used while the task could move to another CPU, in ", NULL,
	 "get_cpu() and put_cpu() around it, or a raw accessor where it does not matter",
	 INQUEST_CERTAIN},
	{"preemptible", "scheduling-bug", "crash-preemptible",
	 "per-CPU data was used while the task could move to another CPU, in ", NULL,
	 NULL, INQUEST_CERTAIN},
	{"workqueue leaked", "scheduling-bug", "crash-workqueue-leak",
	 "a work item ended with a lock held or preemption off",
	 "The function named forgot to "
	 "undo it on one of its paths.",
	 NULL, INQUEST_CERTAIN},
	{"nvalid wait context", "scheduling-bug", "crash-wait-context",
	 "a lock was taken that may sleep where nothing may, in ", NULL, NULL,
	 INQUEST_CERTAIN},
	{"spinlock recursion", "deadlock", "crash-spinlock-recursion",
	 "a CPU takes a spinlock that it holds already, in ",
	 "It will wait for itself for ever.",
	 "look for the first lock above in the trace", INQUEST_CERTAIN},
	{"bad magic", "memory-corruption", "crash-spinlock-magic",
	 "a lock was found overwritten or never set up, in ",
	 "Its memory was freed, overwritten or "
	 "never initialised.",
	 CATCH, INQUEST_STRONG},
	{"wrong owner", "deadlock", "crash-spinlock-owner",
	 "a spinlock is released by one who does "
	 "not hold it, in ",
	 NULL, NULL, INQUEST_STRONG},
	{"wrong CPU", "deadlock", "crash-spinlock-owner",
	 "a spinlock is released on another CPU "
	 "than it was taken on, in ",
	 NULL, NULL, INQUEST_STRONG},
	{"already unlocked", "deadlock", "crash-spinlock-owner",
	 "a lock that nobody holds is "
	 "released, in ",
	 NULL, NULL, INQUEST_STRONG},
	{"lockup suspected", "deadlock", "crash-spinlock-lockup",
	 "a CPU waits for a spinlock for so long that a deadlock is suspected, in ",
	 "The owner named holds it and does not let go: it waits itself, has its "
	 "interrupts off, or is gone.",
	 "look at the trace of the owner's CPU: what it does is the cause",
	 INQUEST_LIKELY},
	{"non-static key", "warning", "crash-lockdep-key",
	 "a lock was used that was never set up, in ",
	 "Its initialisation is missing, or the memory it is in is not what it should be. "
	 "lockdep switches itself off.",
	 SANE, INQUEST_CERTAIN},
	{" too low!", "warning", "crash-lockdep-full",
	 "lockdep has no room any more and switches itself off",
	 "It checks locks no longer; the kernel goes on. Nothing is wrong with the locks.",
	 "a debug kernel: CONFIG_LOCKDEP_BITS, _CHAINS_BITS and their like make room",
	 INQUEST_CERTAIN},
	{"stack overflow", "stack-overflow", "crash-stack-low",
	 "an interrupt found little left of the kernel's stack",
	 "The number is the bytes that are left; the trace shows who uses the stack.",
	 "look for functions with large frames in the trace (scripts/checkstack.pl) and "
	 "for layers that call each other: filesystem, device mapper, network",
	 INQUEST_CERTAIN},
	{"cpu backtrace", "warning", "crash-warning",
	 "all CPUs were asked for their stacks", NULL, NULL, INQUEST_LIKELY},
	{"circular locking", "deadlock", "crash-lockdep",
	 "locks are taken in opposite orders: a deadlock is possible",
	 "lockdep saw both orders, not the deadlock itself.",
	 "the chain in the report names both places", INQUEST_CERTAIN},
	{"recursive locking", "deadlock", "crash-lockdep",
	 "a lock of a class is taken that the task holds already",
	 "A deadlock if both are the same lock; nested ones of one class need a "
	 "subclass.",
	 NULL, INQUEST_CERTAIN},
	{"lock inversion", "deadlock", "crash-lockdep",
	 "a lock is taken in an interrupt and "
	 "elsewhere with interrupts on: a deadlock is possible",
	 NULL, NULL, INQUEST_CERTAIN},
	{"lock order detected", "deadlock", "crash-lockdep",
	 "a lock is taken in an interrupt and "
	 "elsewhere with interrupts on: a deadlock is possible",
	 NULL, NULL, INQUEST_CERTAIN},
	{"inconsistent lock state", "deadlock", "crash-lockdep",
	 "a lock is taken in an interrupt "
	 "and elsewhere with interrupts on: a deadlock is possible",
	 NULL, NULL, INQUEST_CERTAIN},
	{"bad unlock balance", "deadlock", "crash-lockdep-balance",
	 "a lock was released that was "
	 "not held, in ",
	 NULL, NULL, INQUEST_CERTAIN},
	{"held lock freed", "use-after-free", "crash-lockdep-freed",
	 "memory was freed with a lock "
	 "in it that is held, in ",
	 NULL, NULL, INQUEST_CERTAIN},
	{"lock held when returning to user space", "deadlock", "crash-lockdep-held",
	 "a system call returned with a lock held, in ", NULL, NULL, INQUEST_CERTAIN},
	{"still has locks held", "deadlock", "crash-lockdep-held",
	 "a task ended with locks held", "Whoever wants them next waits for ever.", NULL,
	 INQUEST_CERTAIN},
	{"still in use", "memory-corruption", "crash-busy-dentry",
	 "a directory entry was still in "
	 "use when its filesystem was taken away",
	 "A reference was not given back.", NULL, INQUEST_LIKELY},
};

static const struct row *row_of(const struct look *l, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (says(l, rows[i].word) || has(l->c->source_file, rows[i].word))
			return &rows[i];
	return NULL;
}

static void from_row(const struct look *l, struct judged *j, const struct row *r)
{
	size_t n = strlen(r->title);

	judge(j, r->verdict, r->rule, r->sure);
	j->title = l->h->text(l->ctx, "%s%s", r->title,
			      r->title[n - 1] == ' ' ? place(l) : "");
	why(j, r->means);
	if (l->c->object)
		why(j, l->h->text(l->ctx, "It is about %s.", l->c->object));
	if (l->c->access && inquest_known(l->c->access_bytes))
		why(j, l->h->text(l->ctx, "A %s of %lld bytes by %s.", l->c->access,
				  (long long)l->c->access_bytes, who(l)));
	if (!is(r->rule, "crash-lockdep"))
		why(j, said(l));
	if (is(r->verdict, "deadlock") && inquest_known(l->c->owner_pid))
		why(j, l->h->text(l->ctx, "The owner is %s[%lld]%s.",
				  l->c->owner_comm ? l->c->owner_comm : "task",
				  (long long)l->c->owner_pid,
				  inquest_known(l->c->owner_cpu)
					  ? l->h->text(l->ctx, " on CPU %lld",
						       (long long)l->c->owner_cpu)
					  : ""));
	advise(j, r->advice);
	if (is(r->verdict, "memory-corruption"))
		advise(j, RAM);
}

/* --- WARN() --- */

static const struct row warnings[] = {
	{"NETDEV WATCHDOG", NULL, "crash-netdev-watchdog",
	 "a network card did not send for too "
	 "long (transmit queue timed out)",
	 "The driver resets the card. Once: load or a hiccup; "
	 "again and again: the card, its firmware, the switch, or lost interrupts.",
	 "ethtool -S and the card's firmware version; look for AER errors and for soft "
	 "lockups at the same time",
	 INQUEST_CERTAIN},
	{"ransaction aborted", "filesystem-error", "crash-btrfs-abort",
	 "btrfs gave up a transaction and went read-only",
	 "The error in the message says why.",
	 "dmesg for I/O errors of the device; btrfs check on the unmounted filesystem",
	 INQUEST_CERTAIN},
	{"field-spanning write", NULL, "crash-field-spanning",
	 "a copy runs over the end of a "
	 "field of a structure, in ",
	 "FORTIFY_SOURCE reports it and lets it pass: often a "
	 "structure that is meant to be copied over as a whole.",
	 SANE, INQUEST_CERTAIN},
	{"suspicious RCU", NULL, "crash-rcu-usage",
	 "a list was read without the lock that RCU "
	 "wants, in ",
	 NULL, SANE, INQUEST_CERTAIN},
};

static void warning(const struct look *l, struct judged *j)
{
	const struct row *r = row_of(l, warnings, COUNT(warnings));
	const char *source = source_of(l);

	if (r) {
		from_row(l, j, r);
		if (!r->verdict)
			j->verdict = "warning";
	} else {
		judge(j, "warning", "crash-warning", INQUEST_CERTAIN);
		j->title = l->h->text(l->ctx, "a warning in %s%s%s", place(l),
				      source ? " at " : "", source ? source : "");
		why(j,
		    "The code met a state that it does not expect, said so and went on.");
		why(j, said(l));
		advise(j, "alone it stops nothing; look whether what follows in this "
			  "boot is its consequence");
	}
	if (is(j->verdict, "warning"))
		j->severity = INQUEST_WARNING;
	if (inquest_known(l->c->repeats) && l->c->repeats > 1)
		why(j, l->h->text(l->ctx, "It came %lld times in this boot.",
				  (long long)l->c->repeats));
}

static void irq(const struct look *l, struct judged *j)
{
	judge(j, "warning", "crash-irq-nobody-cared", INQUEST_CERTAIN);
	j->title = "an interrupt came that no driver took for its own; the line was "
		   "switched off";
	j->severity = INQUEST_WARNING;
	why(j,
	    "Devices on that line now get no interrupts: timeouts follow. Routing by the "
	    "firmware, a device that shares the line, or a driver that was unloaded too "
	    "early.");
	advise(j,
	       "/proc/interrupts names the devices on the line; try newer firmware, MSI "
	       "interrupts, or irqpoll");
	(void)l;
}

static void unregister(const struct look *l, struct judged *j)
{
	judge(j, "warning", "crash-netdev-reference", INQUEST_CERTAIN);
	j->title = l->h->text(l->ctx,
			      "a network device cannot be taken away: somebody keeps a "
			      "reference to it%s%s",
			      l->c->object ? ": " : "", l->c->object ? l->c->object : "");
	why(j, "Whoever waits for it waits for ever: creating and deleting network "
	       "namespaces and containers hangs.");
	advise(j, "a leak of the kernel: compare the release with known fixes (routes, "
		  "IPv6, bridges)");
}

int judge_report(const struct look *l, struct judged *j)
{
	const struct row *r = NULL;

	if (l->c->manual == 1) /* debug kernels tell more of a crash by SysRq-c */
		return judge_oops(l, j);
	if (is(l->kind, "sanitizer"))
		r = row_of(l, sanitizers, COUNT(sanitizers));
	else if (is(form(l), "irq-nobody-cared") || says(l, "nobody cared")) {
		irq(l, j);
		return 1;
	} else if (says(l, "unregister_netdevice")) {
		unregister(l, j);
		return 1;
	} else if (!is(l->kind, "warning") || !row_of(l, warnings, COUNT(warnings)))
		r = row_of(l, checks, COUNT(checks));
	if (!r && is(l->kind, "warning")) {
		warning(l, j);
		return 1;
	}
	if (!r) /* the words of a check that is not known here tell no bad access */
		return is(l->kind, "bug") && !is(form(l), "bug-other") ? judge_oops(l, j)
									: 0;
	from_row(l, j, r);
	if (is(j->verdict, "warning"))
		j->severity = INQUEST_WARNING;
	return 1;
}
