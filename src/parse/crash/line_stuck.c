/* parse/crash/line_stuck.c - see line.h: soft and hard lockups, hung tasks, RCU stalls,
 * workqueues.  Times are printed in seconds, RCU's in jiffies, which are of no known
 * length and so no time. */
#include "parse/crash/line.h"

#include "base/units.h"

static void seconds(struct iq_slice s, int64_t *us)
{
	int64_t v;
	if (iq_take_i64(&s, &v) && v >= 0 && v < INT64_MAX / IQ_USEC)
		*us = v * IQ_USEC;
}

/* What stands behind KEY in S; p NULL: it is not there. */
static struct iq_slice after(struct iq_slice s, const char *key)
{
	struct iq_slice k = iq_slice_z(key);
	ptrdiff_t at = iq_find(s, k);
	return at < 0 ? IQ_SLICE_NULL : iq_from(s, (size_t)at + k.n);
}

static void number(struct iq_slice s, int64_t *ret)
{
	iq_skip_blank(&s);
	if (s.p)
		(void)iq_take_i64(&s, ret);
}

/* BUG: soft lockup - CPU#1 stuck for 22s! [comm:1234]; the comm may hold ] and : */
bool iq_take_soft_lockup(struct iq_slice s, struct iq_crash *c)
{
	number(after(s, "CPU#"), &c->cpu);
	struct iq_slice t = after(s, "stuck for ");
	if (t.p)
		seconds(t, &c->stuck_us);
	t = after(s, "! [");
	if (t.p) {
		ptrdiff_t end = iq_rfind(t, IQ_LIT("]"));
		(void)iq_take_task(end < 0 ? t : iq_head(t, (size_t)end), ':', c);
	}
	return true;
}

/* NMI watchdog: Watchdog detected hard LOCKUP on cpu 7
 * watchdog: CPU3: Watchdog detected hard LOCKUP on cpu 7		(7.x: who tells it first)
 * watchdog: CPU 3 self-detected hard LOCKUP @ f+0x1/0x2		(ppc)
 * watchdog: CPU 3 detected hard LOCKUP on other CPUs 1,2
 * Watchdog CPU:3 Hard LOCKUP */
bool iq_take_hard_lockup(struct iq_slice s, struct iq_crash *c)
{
	struct iq_slice t = after(s, "ard LOCKUP");
	struct iq_slice cpu = after(s, "CPU");
	int64_t teller = IQ_NULL;
	if (!t.p)
		return false;
	iq_skip(&cpu, IQ_LIT(":"));
	number(cpu, &teller);
	struct iq_slice stuck = after(t, " on cpu ");
	if (!stuck.p)
		stuck = after(t, " on other CPUs ");
	if (stuck.p) {
		number(stuck, &c->cpu);
		if (teller != IQ_NULL && teller != c->cpu)
			c->other_cpu = teller;
		return true;
	}
	c->cpu = teller;
	t = after(t, "@ ");
	if (t.p)
		(void)iq_take_symbol(&t, &c->function, &c->module);
	return true;
}

/* INFO: task comm:pid blocked for more than 120 seconds.
 * INFO: task comm:pid blocked in I/O wait for more than 143 seconds.
 * INFO: task comm:pid can't die for more than 143 seconds. */
bool iq_take_hung(struct iq_slice s, struct iq_crash *c)
{
	static const char *const texts[] = {
		" blocked for more than ", " blocked in I/O wait for more than ",
		" can't die for more than ",
	};
	s = iq_from(s, sizeof "INFO: task " - 1);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		ptrdiff_t at = iq_rfind(s, iq_slice_z(texts[i]));
		if (at <= 0)
			continue;
		seconds(iq_from(s, (size_t)at + strlen(texts[i])), &c->stuck_us);
		if (i == 1)
			c->lock_kind = IQ_LIT("I/O");
		return iq_take_task(iq_head(s, (size_t)at), ':', c);
	}
	return false;
}

/* INFO: rcu_sched self-detected stall on CPU[ { 3}][ (t=6000 jiffies ...)]
 * INFO: rcu_preempt detected stalls on CPUs/tasks:[ { 1 2} (detected by 0, t=...)]
 * INFO: rcu_sched detected expedited stalls on CPUs/tasks: { 1-.... } 26 jiffies
 * INFO: RCU detected CPU 1 stall (t=...)	INFO: RCU detected CPU stalls: 1 (detected by 0 */
bool iq_take_rcu(struct iq_slice s, struct iq_crash *c)
{
	if (!iq_has(s, IQ_LIT("stall")))
		return false;
	if (iq_has(s, IQ_LIT("Stall ended before")))
		return false;
	bool self = iq_has(s, IQ_LIT("self-detected"));
	struct iq_slice t = after(s, "{");
	if (t.p)
		number(t, &c->cpu);
	t = after(s, "detected CPU ");
	if (t.p)
		number(t, &c->cpu);
	t = after(s, "detected by ");
	if (t.p)
		number(t, &c->other_cpu);
	if (self && c->other_cpu != IQ_NULL)
		c->other_cpu = IQ_NULL;
	return iq_has(s, IQ_LIT("detected"));
}

/* BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 32s! */
bool iq_take_wq_lockup(struct iq_slice s, struct iq_crash *c)
{
	struct iq_slice pool = after(s, "pool ");
	struct iq_slice t = after(s, "stuck for ");
	if (t.p)
		seconds(t, &c->stuck_us);
	if (pool.p) {
		ptrdiff_t end = iq_find(pool, IQ_LIT(" stuck for"));
		c->workqueue = end < 0 ? pool : iq_head(pool, (size_t)end);
		t = after(pool, "cpus=");
		if (t.p)
			number(t, &c->cpu);
	}
	return true;
}
