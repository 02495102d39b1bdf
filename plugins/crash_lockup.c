/* plugins/crash_lockup.c - CPUs that make no progress: soft and hard lockups, RCU and
 * workqueue stalls (crash.h).
 *
 * The function that the CPU stood in says what it waited for or did too long.  Many CPUs
 * at the same second point below the kernel: to the hypervisor or the host.  Follows
 * kernel/watchdog.c, kernel/rcu/tree_stall.h, kernel/workqueue.c.
 */
#include "crash.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SECONDS  INT64_C(1000000)

/* What a CPU does that stands there. */
static const struct spin {
	const char *functions[16];
	const char *short_, *means, *advice;
} spins[] = {
	{{"native_queued_spin_lock_slowpath", "queued_spin_lock_slowpath",
	  "__pv_queued_spin_lock_slowpath", "_raw_spin_lock*", "_raw_read_lock*",
	  "_raw_write_lock*", "do_raw_spin_lock", "__ticket_spin_lock", "osq_lock",
	  "queued_write_lock_slowpath", "queued_read_lock_slowpath", "ticket_spin_lock*",
	  "mutex_spin_on_owner", "rwsem_spin_on_owner", NULL},
	 "waiting for a spinlock",
	 "It is not the culprit: whoever holds the lock is. Find the CPU that does not "
	 "wait.",
	 "get the stacks of all CPUs the next time: "
	 "kernel.softlockup_all_cpu_backtrace=1, or "
	 "SysRq-l; the owner is the one that stands somewhere else"},
	{{"smp_call_function*", "on_each_cpu*", "flush_tlb_*", "native_flush_tlb_*",
	  "csd_lock_wait*", "generic_exec_single", "multi_cpu_stop", "stop_machine*",
	  NULL},
	 "waiting for another CPU to answer",
	 "It sent an interrupt to other CPUs and one did not answer: that one has its "
	 "interrupts off or does not run at all.",
	 "look for the CPU that is not waiting; in a virtual machine: a vCPU that the "
	 "host does not run"},
	{{"pvclock_*", "kvm_clock*", "native_safe_halt", "default_idle*", "mwait_idle*",
	  "acpi_idle*", "intel_idle*", "poll_idle", "cpuidle_*", "xen_hypercall*", "hv_*",
	  "pv_native_safe_halt", "arch_cpu_idle", "read_hpet", NULL},
	 "idle or reading the clock",
	 "Nothing there takes long. An interrupt handler on top of it does (frames "
	 "marked IRQ), or the CPU did not run at all: paused or starved by the "
	 "hypervisor.",
	 "virtual machine: look at steal time and load of the host, live migration, "
	 "snapshots and suspended vCPUs at that time; else at the interrupt frames of "
	 "the trace"},
	{{"io_serial_*", "serial8250_*", "wait_for_xmitr*", "console_*", "vprintk*",
	  "univ8250_*", "pl011_*", "__handle_sysrq", NULL},
	 "writing to the console",
	 "A slow serial console is written with the lock held: the more is printed, the "
	 "longer it takes.",
	 "a smaller loglevel on the console, a faster serial line, or none"},
	{{"__do_softirq", "net_rx_action", "handle_softirqs", "run_ksoftirqd", "*_poll",
	  "napi_*", "__napi_poll", "process_backlog", NULL},
	 "handling interrupts and packets",
	 "More came in than one CPU can handle.",
	 "spread interrupts and receive queues (RSS, "
	 "irqbalance); look at what the network sent at that time"},
	{{"shrink_*", "isolate_*", "compact_*", "zap_*", "unmap_*", "free_pgtables",
	  "clear_huge_page*", "clear_page*", "copy_page*", "try_to_free*", "reclaim_*",
	  NULL},
	 "working through memory",
	 "Very large processes, much memory or slow memory of a virtual machine make "
	 "this long.",
	 "look at memory pressure and at swapping of the host"},
	{{"__sanitizer_cov*", "kcov_*", "__asan_*", "kasan_*", "kmsan_*", "__msan_*",
	  "msan_*", "__tsan_*", "check_memory_region", NULL},
	 "in code that is instrumented",
	 "The instrumentation is only where it was when the clock ran out; its caller "
	 "loops.",
	 NULL},
};

static const struct spin *spin_of(const struct look *l)
{
	for (size_t i = 0; i < COUNT(spins); i++) {
		size_t n = 0;
		while (n < COUNT(spins[i].functions) && spins[i].functions[n])
			n++;
		if (name_among(l->c->function, spins[i].functions, n) ||
		    (!l->c->function && l->n_frames &&
		     name_among(l->frames[0].function, spins[i].functions, n)))
			return &spins[i];
	}
	return NULL;
}

static const char *how_long(const struct look *l)
{
	if (!inquest_known(l->c->stuck_us) || l->c->stuck_us < SECONDS)
		return "";
	return l->h->text(l->ctx, " for %lld s", (long long)(l->c->stuck_us / SECONDS));
}

/* Other CPUs that got stuck within two seconds. */
static int64_t together(const struct look *l)
{
	return ask(l, "SELECT count(DISTINCT c.cpu) FROM (SELECT event_id, kind, "
		      "mono_us, title FROM v1_event "
		      "WHERE boot_id = :boot_id AND mono_us BETWEEN :mono_us - 2000000 "
		      "AND :mono_us + 2000000 LIMIT 300) AS e JOIN v1_crash AS c USING "
		      "(event_id) WHERE e.kind IN ('soft-lockup', 'hard-lockup')");
}

/* Words of the log around the event that tell of a machine that was not running. */
static const char *clock_line(const struct look *l)
{
	return ask_text(l, "SELECT g.text FROM v1_sighting AS s JOIN v1_log AS g "
			   "USING (member_id) WHERE s.event_id = :event_id "
			   "AND g.line BETWEEN s.first_line - 400 AND s.first_line + 400 "
			   "AND (g.text LIKE '%clocksource%unstable%' OR g.text LIKE "
			   "'%timekeeping watchdog%' "
			   "OR g.text LIKE '%hrtimer: interrupt took%' OR g.text LIKE "
			   "'%steal%') LIMIT 1");
}

static void hints(const struct look *l, struct judged *j)
{
	int64_t cpus = together(l);
	const char *line = clock_line(l);

	if (inquest_known(cpus) && cpus > 2) {
		why(j,
		    l->h->text(l->ctx,
			       "%lld CPUs got stuck within two seconds: what they have "
			       "in common is the machine itself, not the code that they "
			       "ran.",
			       (long long)cpus));
		advise(j, "virtual machine: look at steal time, overcommitment, live "
			  "migration and suspend on the host at that time; real machine: "
			  "power management, SMI, "
			  "a common lock");
	}
	if (line)
		why(j, l->h->text(l->ctx, "The log says nearby: `%s`.", line));
	if (inquest_known(l->c->repeats) && l->c->repeats > 1)
		why(j, l->h->text(l->ctx, "Reported %lld times while it lasted.",
				  (long long)l->c->repeats));
}

static void more(const struct look *l, struct judged *j)
{
	const struct spin *s = spin_of(l);

	if (s) {
		why(j, l->h->text(l->ctx, "%s() is where a CPU stands that is %s. %s",
				  l->c->function ? l->c->function : l->frames[0].function,
				  s->short_, s->means));
		advise(j, s->advice);
	} else if (l->c->function || l->n_frames) {
		why(j,
		    l->h->text(l->ctx,
			       "It stood in %s: a loop there, or one around it, ran too "
			       "long.",
			       place(l)));
		advise(j, l->h->text(l->ctx,
				     "look what %s loops over, and how long that list, "
				     "table or wait may become",
				     place(l)));
	} else {
		miss(j, "registers and call trace of the stuck CPU",
		     "keep messages of level info and above: dmesg, serial console; "
		     "kernel.softlockup_all_cpu_backtrace=1");
	}
	hints(l, j);
}

static const char *cpu_text(const struct look *l)
{
	return inquest_known(l->c->cpu)
		       ? l->h->text(l->ctx, "CPU %lld", (long long)l->c->cpu)
		       : "a CPU";
}

/* What gives more the next time; not if it is here already, nor to set what was set. */
static void next_time(const struct look *l, struct judged *j, const char *advice)
{
	if (inquest_known(ask(l, "SELECT 1 FROM v1_snapshot WHERE boot_id = :boot_id AND "
				 "source = 'vmcore' LIMIT 1")))
		advise(j, "the dump has what the other CPUs did: `Running` and `Blocked` "
			  "below, all stacks with -v or `inquest query @bt`");
	else if (inquest_known(ask(l, "SELECT 1 FROM v1_event WHERE parent_id = :event_id "
				      "AND kind = 'panic' LIMIT 1")))
		advise(j, "the kernel stopped on it as it was told to: if kdump wrote a dump, "
			  "it has the stacks and locks of all CPUs");
	else
		advise(j, advice);
}

static void soft(const struct look *l, struct judged *j)
{
	const struct spin *s = spin_of(l);

	judge(j, "soft-lockup", "crash-soft-lockup", INQUEST_CERTAIN);
	j->title = l->h->text(l->ctx, "%s ran kernel code%s without scheduling%s%s%s%s%s",
			      cpu_text(l), how_long(l), l->c->function ? ", in " : "",
			      l->c->function ? place(l) : "", s ? " (" : "",
			      s ? s->short_ : "", s ? ")" : "");
	why(j, "Interrupts still came, but the task on that CPU did not give it up.");
	more(l, j);
	next_time(l, j, "kernel.softlockup_panic=1 with kdump gives the stacks and locks of "
			"all CPUs the next time");
}

static void hard(const struct look *l, struct judged *j)
{
	const struct spin *s = spin_of(l);

	judge(j, "hard-lockup", "crash-hard-lockup", INQUEST_CERTAIN);
	j->title =
		l->h->text(l->ctx, "%s had its interrupts off%s%s%s%s%s%s", cpu_text(l),
			   *how_long(l) ? how_long(l) : " for too long",
			   l->c->function ? ", in " : "", l->c->function ? place(l) : "",
			   s ? " (" : "", s ? s->short_ : "", s ? ")" : "");
	why(j, "Not even the timer interrupt came through: a spinlock that is never "
	       "given back with interrupts off, a loop with interrupts off, firmware "
	       "(SMI), or a vCPU that "
	       "was not run.");
	if (inquest_known(l->c->other_cpu) && l->c->other_cpu != l->c->cpu)
		why(j, l->h->text(l->ctx, "CPU %lld noticed it.",
				  (long long)l->c->other_cpu));
	more(l, j);
	next_time(l, j, "kernel.hardlockup_panic=1 with kdump, and "
			"kernel.hardlockup_all_cpu_backtrace=1");
}

static void rcu(const struct look *l, struct judged *j)
{
	const struct inquest_line *starved = line_with(l, "kthread starved");

	judge(j, "rcu-stall", "crash-rcu-stall", INQUEST_CERTAIN);
	j->title = l->h->text(l->ctx, "%s kept RCU waiting%s%s%s", cpu_text(l),
			      how_long(l), l->c->function || l->c->suspect ? ", in " : "",
			      l->c->function || l->c->suspect ? place(l) : "");
	why(j, "A grace period did not end: a CPU did not pass through a quiet state (a "
	       "loop with preemption or interrupts off), a reader slept in its critical "
	       "section, or the "
	       "grace-period thread itself got no CPU.");
	if (starved) {
		why(j, "Here the grace-period thread got no CPU (starved): real-time "
		       "tasks, CPU limits, or a vCPU that the host did not run.");
		advise(j, "look for SCHED_FIFO tasks without a pause, and at steal time");
	}
	more(l, j);
	advise(j,
	       "memory that RCU was to free piles up meanwhile: an OOM soon after is the "
	       "consequence");
	next_time(l, j, "kernel.panic_on_rcu_stall=1 with kdump gives the state of all CPUs");
}

static void workqueue(const struct look *l, struct judged *j)
{
	judge(j, "workqueue-lockup", "crash-workqueue-lockup", INQUEST_CERTAIN);
	j->title = l->h->text(l->ctx, "a pool of kernel workers made no progress%s%s%s",
			      how_long(l), l->c->workqueue ? ": " : "",
			      l->c->workqueue ? l->c->workqueue : "");
	why(j, "Work was queued, and no worker of the pool finished or began any: a work "
	       "item that never sleeps keeps the CPU, or the CPU itself was stuck.");
	more(l, j);
	advise(j, "the lines `in-flight` behind `Showing busy workqueues` name the work "
		  "item that runs; what stands under `pending` only waits");
}

int judge_lockup(const struct look *l, struct judged *j)
{
	if (is(l->kind, "soft-lockup"))
		soft(l, j);
	else if (is(l->kind, "hard-lockup"))
		hard(l, j);
	else if (is(l->kind, "rcu-stall"))
		rcu(l, j);
	else
		workqueue(l, j);
	return 1;
}
