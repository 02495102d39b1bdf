/* plugins/memory_host.c - why the machine itself had no memory for a request.
 *
 * Cause of an oom-kill that no cgroup's limit explains: manual-oom, fault-path,
 * node-bound, zone-exhausted, fragmentation, transient, host-exhausted; nothing where
 * the text does not carry one (the host then says unknown, and what was missing).
 * Worked top-down: who asked for it, then the place, then whether there was a lack at
 * all.  Follows oom.md 2.3, 2.4, 4 (C18-C22, C26, C27, C30).
 */
#include <string.h>

#include "asker.h"
#include "host_look.h"

/* Working defaults of this plugin. */
#define RECLAIMABLE_PERCENT	20	/* of managed: C30 */
#define ROOM_BYTES		(INT64_C(16) << 20)
#define SMALL_FREE_PERCENT	5	/* free of managed, still "all in use" */
#define HIDDEN_PERCENT		10	/* of RAM, in zones above that are not printed */
#define LOWMEM_SLAB_PERCENT	50	/* of the zones below HighMem */
#define TELLING_SCORE		20	/* thousandths; below: nobody killable was large */
#define PLENTY_TIMES		4	/* free against the high marks: no shortage shows */

static int of_cgroup(const struct inquest_oom *o)
{
	return is(o->constraint_kind, "memcg") || o->cgroup_limited || o->global_oom == 0;
}

static struct inquest_finding *start(const struct look *l, const char *verdict,
				     enum inquest_confidence sure, const char *rule)
{
	return l->h->finding_new(l->ctx, INQUEST_CAUSE, verdict, INQUEST_FAULT, sure, rule);
}

static void finish(const struct look *l, struct inquest_finding *f, int zones)
{
	say_missing(l, f);
	cite(l, f, zones);
	l->h->finding_commit(f);
}

/* --------------------------------------------------------------- verdicts */

static void say_manual(const struct look *l)
{
	struct inquest_finding *f = start(l, "manual-oom", INQUEST_CERTAIN, "memory-manual");

	l->h->finding_title(f, "somebody asked for it by SysRq-f");
	l->h->finding_explain(f, "The killer was started by hand (SysRq-f on a keyboard or "
			      "console, or `echo f > /proc/sysrq-trigger`), not by a request that "
			      "found no memory: figures of the report show how the machine was "
			      "then, not a shortage.");
	say_holdings(l, f);
	l->h->finding_advise(f, "find out who: audit log, shell histories, serial console; "
			     "`sysctl kernel.sysrq` says what is allowed, bit 64 is for this");
	cite(l, f, 0);
	l->h->finding_commit(f);
}

static void say_fault_path(const struct look *l)
{
	struct inquest_finding *f = start(l, "fault-path", INQUEST_CERTAIN, "memory-fault-path");

	l->h->finding_title(f, "a page fault had failed for lack of memory somewhere "
			    "(gfp_mask=0x0)");
	l->h->finding_explain(f, "No allocation of this task stands behind the report: a page fault "
			      "returned VM_FAULT_OOM and the kernel then killed. Mostly a charge to "
			      "a memory cgroup had failed without a kill, or a driver's fault handler "
			      "gave up. The zones say nothing about it; memory may be plentiful.");
	l->h->finding_advise(f, "look for cgroups at their limit with the OOM killer disabled "
			     "(memory.oom_control), and at drivers in the call trace");
	l->h->finding_advise(f, "kernels from 5.16 on retry instead of killing");
	cite(l, f, 1);
	l->h->finding_commit(f);
}

static void advise_nodes(const struct look *l, struct inquest_finding *f, const char *nodes)
{
	int policy = is(l->o->constraint_kind, "memory_policy");
	int cpuset = l->o->cpuset && strcmp(l->o->cpuset, "/") != 0;

	if (policy || !cpuset)
		l->h->finding_advise(f, "a policy (numactl --membind, mbind): use --preferred or "
				     "--interleave instead; numastat -p %s shows where its memory is",
				     l->o->trigger_comm ? l->o->trigger_comm : "PID");
	if (!policy)
		l->h->finding_advise(f, "a cpuset: widen cpuset.mems of %s beyond node %s, or move "
				     "what else lives there; numastat -m shows the nodes",
				     cpuset ? l->o->cpuset : "the task's cgroup", nodes);
}

static int say_node_bound(const struct look *l)
{
	int64_t elsewhere = free_elsewhere(l);
	int stated = is(l->o->constraint_kind, "cpuset") ||
		     is(l->o->constraint_kind, "memory_policy");
	/* a node of movable memory alone: persistent memory, hotplug */
	int wrong_zones = !l->usable && l->too_high && l->n_zones;
	int short_here = all_short(l) || (l->usable && all_below_high(l));
	const char *nodes = which_nodes(l), *who;
	struct inquest_finding *f;
	enum inquest_confidence sure;

	if (!bound(l) || (l->usable && !short_here))
		return 0;
	if (!others_have(l, elsewhere)) {
		if (!stated || (l->usable && inquest_known(elsewhere)))
			return 0;	/* the others are short as well, or nobody knows */
		elsewhere = INQUEST_NULL;
	}
	/* which nodes are left out is read from what is not printed: not where it is cut */
	sure = inquest_known(elsewhere) && (l->usable || wrong_zones) &&
	       (stated || inquest_list_has(l->o->mems_allowed, 0) >= 0 || l->ev->truncated != 1)
	     ? INQUEST_STRONG : INQUEST_LIKELY;
	f = start(l, "node-bound", sure, "memory-node-bound");
	who = node_holder(l);
	if (who)
		l->h->finding_holder(f, who);
	if (wrong_zones)
		l->h->finding_title(f, "bound to node %s, which has no zone that the request may use "
				    "(%s free in a higher one)", nodes, kb(l, l->free_too_high));
	else
		l->h->finding_title(f, "bound to node %s, which is short%s", nodes,
			    inquest_known(elsewhere) ? l->h->text(l->ctx,
			    ", with %s free on other nodes", kb(l, elsewhere)) : "");
	say_request(l, f);
	l->h->finding_explain(f, "It may use node %s only, by %s.", nodes, who_binds(l));
	say_zones(l, f);
	if (inquest_known(elsewhere))
		l->h->finding_explain(f, " Elsewhere %s are free, out of its reach.",
				      kb(l, elsewhere));
	if (!wrong_zones)
		say_node(l, f);
	if (wrong_zones)
		l->h->finding_advise(f, "add a node with zone Normal to cpuset.mems: kernel memory "
				     "cannot come from movable nodes; from 5.16 on such a request "
				     "fails instead of killing");
	advise_idle_pools(l, f);
	advise_nodes(l, f, nodes);
	finish(l, f, 1);
	return 1;
}

/* With 32 bits slab lives below HighMem: does it fill what is there? */
static void say_lowmem(const struct look *l, struct inquest_finding *f)
{
	int64_t low = INQUEST_NULL, slab = INQUEST_NULL;

	for (size_t i = 0; i < l->n_zones; i++)
		if (may_use(l, l->zones[i]))
			inquest_add(&low, l->zones[i]->managed_bytes);
	inquest_add(&slab, l->a->slab_reclaimable_bytes);
	inquest_add(&slab, l->a->slab_unreclaimable_bytes);
	if (inquest_percent(slab, low) < LOWMEM_SLAB_PERCENT)
		return;
	l->h->finding_holder(f, "slab");
	l->h->finding_explain(f, " Of the %s below HighMem kernel slab holds %s (%s), and it can live "
			      "nowhere else.", kb(l, low), kb(l, slab),
			      l->h->share(l->ctx, slab, low));
}

/* The zone of the request, or where the machine has none of that name (ARM: DMA and
 * HighMem only) the highest below it: zones are printed upwards. */
static const char *short_zone(const struct look *l)
{
	const char *zone = NULL;

	for (size_t i = 0; i < l->n_zones; i++)
		if (may_use(l, l->zones[i]))
			zone = l->zones[i]->zone;
	return class_zone(l) && zone ? zone : class_zone(l);
}

static int say_zone(const struct look *l)
{
	int low = is(l->g->class_zone, "DMA") || is(l->g->class_zone, "DMA32");
	int firm = all_short(l);
	const char *zone = short_zone(l), *above = NULL;
	int64_t room = room_above(l, &above), all = managed(l), hidden, hidden_free;
	struct inquest_finding *f;

	/* above min, but not where the last try before the killer looks */
	if (!(firm || all_below_high(l)) || l->no_block || !zone)
		return 0;
	low &= firm;
	hidden = hidden_above(l, &hidden_free);
	if (hidden && inquest_percent(hidden, l->a->ram_bytes) >= HIDDEN_PERCENT) {
		above = "HighMem";
		room = inquest_or(hidden_free, 0);
		/* not told how much of it is free: the request could not use it anyway */
		low |= !inquest_known(hidden_free);
	}
	if (room < ROOM_BYTES || (inquest_known(all) && inquest_percent(room, all) < 1)) {
		if (!low)
			return 0;
		room = 0;
	}
	f = start(l, "zone-exhausted", room && firm && !l->below_highmem ? INQUEST_STRONG
									 : INQUEST_LIKELY,
		  "memory-zone-exhausted");
	l->h->finding_title(f, "zone %s is short, and the request may use no higher one%s",
			    zone, room ? l->h->text(l->ctx, " (%s above the mark in %s)",
			    kb(l, room), above) : "");
	say_request(l, f);
	if (l->below_highmem)
		l->h->finding_explain(f, "Its mask is not in the text; but one that HighMem may serve "
				      "would have found room there.");
	else
		l->h->finding_explain(f, "No zone above %s may serve it.", zone);
	say_zones(l, f);
	if (hidden)
		l->h->finding_explain(f, " %s lie in HighMem or Movable, of which the report prints "
				      "no line%s%s.", kb(l, hidden),
				      inquest_known(hidden_free) ? "; free in them: " : "",
				      inquest_known(hidden_free) ? kb(l, hidden_free) : "");
	if (is(above, "HighMem"))
		say_lowmem(l, f);
	if (is(above, "HighMem"))
		l->h->finding_advise(f, "a 64-bit kernel: with 32 bits all kernel memory (slab, "
				     "inodes, page tables) must fit in the first 896 MiB");
	else if (is(above, "Movable"))
		l->h->finding_advise(f, "zone Movable takes no kernel memory: make it smaller "
				     "(kernelcore=, movablecore=, movable_node on the kernel's command "
				     "line; memory onlined as online_movable)");
	else
		l->h->finding_advise(f, "the driver in the call trace asks for memory below a limit: "
				     "look at its DMA mask, at newer firmware or driver");
	finish(l, f, 1);
	return 1;
}

/* The caller that wants so many pages in one piece: what could ask for less. */
static void say_asker(const struct look *l, struct inquest_finding *f)
{
	const struct inquest_frame *frames[ASKER_FRAMES_MAX];
	size_t n = asker_frames(l->h, l->ctx, frames), at = asker_find(frames, n);
	const char *module = asker_module(frames, n, at);

	if (at == n)
		return;
	l->h->finding_explain(f, " Asked for by %s()%s%s.", frames[at]->function,
			      module ? ", module " : "", module ? module : "");
	l->h->cite_role(f, "frame", 2);
}

static int say_fragmentation(const struct look *l)
{
	int64_t order = inquest_or(l->o->alloc_order, 0), back = reclaimable(l);
	int listed = l->no_block > 0;
	enum inquest_confidence sure;
	struct inquest_finding *f;

	if (order <= 0 || l->pass || !(l->no_block || (l->no_lists && l->above_high)))
		return 0;
	sure = listed && !l->assumed && !l->undecided ? INQUEST_STRONG : INQUEST_LIKELY;
	f = start(l, "fragmentation", sure, "memory-fragmentation");
	l->h->finding_title(f, "no free block of order %lld (%s in one piece), though %s are free",
			    (long long)order, kb(l, order < 30 ? l->ev->page_size << order
							      : INQUEST_NULL),
			    kb(l, l->free_usable));
	say_request(l, f);
	l->h->finding_explain(f, "Enough pages are free, but not %lld adjacent ones of a type that "
			      "the request may take:", order < 30 ? 1LL << order : 0LL);
	say_zones(l, f);
	if (inquest_known(back) && inquest_percent(back, managed(l)) < SMALL_FREE_PERCENT)
		l->h->finding_explain(f, " Little is reclaimable, so there was not much left to "
				      "compact either: memory is nearly full as well.");
	say_asker(l, f);
	advise_blocks(l, f);
	finish(l, f, 1);
	return 1;
}

static int say_transient(const struct look *l)
{
	int64_t back = reclaimable(l), all = managed(l);
	struct inquest_finding *f;

	if (!l->above_high || !l->pass || !inquest_known(back) || !inquest_known(all) ||
	    inquest_percent(back, all) < RECLAIMABLE_PERCENT)
		return 0;
	f = start(l, "transient", l->assumed ? INQUEST_LIKELY : INQUEST_STRONG,
		  "memory-transient");
	l->h->finding_title(f, "no lack at the time of the report: %s free, %s reclaimable",
			    kb(l, l->free_usable), kb(l, back));
	say_request(l, f);
	l->h->finding_explain(f, "A zone that it may use stands above its high mark and reserve, "
			      "and %s of memory is reclaimable: memory came free between decision "
			      "and report, or reclaim was held up by slow I/O (dirty %s, under "
			      "writeback %s).", l->h->share(l->ctx, back, all),
			      kb(l, l->h->counter(l->ctx, NULL, "dirty")),
			      kb(l, l->h->counter(l->ctx, NULL, "writeback")));
	say_zones(l, f);
	say_holdings(l, f);
	l->h->finding_advise(f, "look for stalled storage at that time (hung tasks, I/O errors, "
			     "dirty and writeback pages) and at many tasks that ended at once");
	finish(l, f, 1);
	return 1;
}

static void title_exhausted(const struct look *l, struct inquest_finding *f,
			    const struct inquest_holding *x)
{
	int64_t all = managed(l);

	if (!x)
		l->h->finding_title(f, "the machine is out of memory");
	else
		l->h->finding_title(f, "the machine is out of memory: %s %s of %s (%s)",
				    holder_words(l, x), kb(l, x->bytes), kb(l, all),
				    l->h->share(l->ctx, x->bytes, all));
}

/* Did the zones decide it, and how surely? */
static enum inquest_confidence exhausted_sure(const struct look *l)
{
	int64_t back = reclaimable(l), all = managed(l);
	int little = inquest_known(back) && inquest_known(all) &&
		     inquest_percent(back, all) < RECLAIMABLE_PERCENT;

	/* a machine whose size is not told: zones of it may be missing as well */
	if (l->undecided || l->no_lists || l->assumed || !inquest_known(all) ||
	    (l->atomic_only && l->atomic_only == l->short_of_min && !l->atomic_shown))
		return INQUEST_LIKELY;
	if (bound(l) && !inquest_known(free_elsewhere(l)))
		return INQUEST_LIKELY;	/* nodes that it may not use may have plenty */
	/* a few lines of zones, picked out by somebody: others may have been left out */
	if (l->ev->truncated == 1 && !l->h->line(l->ctx, "counters"))
		return INQUEST_LIKELY;
	if (all_short(l) && !l->no_block && (little || !inquest_known(back)))
		return INQUEST_STRONG;
	return all_below_high(l) && little ? INQUEST_STRONG : INQUEST_LIKELY;
}

/* The rows that are there tell who was large, if not of what. */
static void say_rows(const struct look *l, struct inquest_finding *f)
{
	size_t n = 0;
	const struct inquest_task *t = largest(l);

	l->h->tasks(l->ctx, &n);
	if (!t || !inquest_known(t->rss_bytes))
		return;
	l->h->finding_explain(f, " Of the %zu process%s shown the largest is %s[%lld] with %s", n,
			      n == 1 ? "" : "es", t->comm ? t->comm : "?", (long long)t->pid,
			      kb(l, t->rss_bytes));
	if (inquest_or(t->swap_bytes, 0) > 0)
		l->h->finding_explain(f, " and %s in swap", kb(l, t->swap_bytes));
	l->h->finding_explain(f, ".");
	l->h->cite_role(f, l->h->text(l->ctx, "task %lld", (long long)t->pid), 1);
}

static void say_exhausted(const struct look *l)
{
	const struct inquest_holding *x = holder(l);
	struct inquest_finding *f = start(l, "host-exhausted", exhausted_sure(l),
					  "memory-host-exhausted");

	if (x)
		l->h->finding_holder(f, x->holder);
	title_exhausted(l, f, x);
	say_request(l, f);
	if (l->above_high)
		l->h->finding_explain(f, "When the report was printed some memory was free again:");
	else if (l->pass)
		l->h->finding_explain(f, "No zone that the request may use stands above its high mark, "
				      "which the last try before the killer asks for:");
	else if (l->undecided && l->short_of_min)
		l->h->finding_explain(f, "%zu of %zu zones %s under the min mark; whether the request "
				      "may take from the other%s a reserve decides that is not in "
				      "the log:", l->short_of_min, l->usable,
				      l->short_of_min == 1 ? "is" : "are",
				      l->undecided == 1 ? "" : "s");
	else
		l->h->finding_explain(f, "Every zone that the request may use is under its min "
				      "mark:");
	say_zones(l, f);
	say_holdings(l, f);
	if (!inquest_known(managed(l)))
		say_rows(l, f);
	if (l->atomic_only && l->atomic_only == l->short_of_min)
		l->h->finding_explain(f, " Only %s reserved for atomic requests puts them under it%s.",
				      kb(l, l->atomic_bytes), l->atomic_shown ? "" :
				      ", and no free block of that reserve is in the lists: kernels "
				      "before 6.12 take off all that is reserved, free or not");
	advise_exhausted(l, f, x);
	finish(l, f, 1);
}

/* A score is thousandths of RAM and swap: with adj 0 it tells how much of them the
 * victim held, and so how large they are about; a tiny one, that others hold them. */
static void say_share(const struct look *l, struct inquest_finding *f)
{
	size_t n = 0;
	const struct inquest_victim *const *v = l->h->victims(l->ctx, &n);
	int64_t score = l->o->chosen_score, had = INQUEST_NULL;

	if (!n || !inquest_known(score) || score < 1 || score > 1000 ||
	    v[0]->pid != l->o->chosen_pid || inquest_or(v[0]->oom_score_adj, 0) != 0)
		return;
	inquest_add(&had, v[0]->anon_rss_bytes);
	inquest_add(&had, v[0]->file_rss_bytes);
	inquest_add(&had, v[0]->shmem_rss_bytes);
	if (!inquest_known(had) || had <= 0 || had > INT64_MAX / 1000)
		return;
	l->h->finding_explain(f, " Its score of %lld says that %s held %lld.%lld %% of RAM and swap%s",
			      (long long)score, v[0]->comm ? v[0]->comm : "the victim",
			      (long long)(score / 10), (long long)(score % 10),
			      inquest_known(v[0]->oom_score_adj) ? "" : ", if its oom_score_adj was 0");
	if (score >= TELLING_SCORE)
		l->h->finding_explain(f, "; they are about %s together then.",
				      kb(l, had * 1000 / score));
	else
		l->h->finding_explain(f, ", %s to %s together then. No killable process had more: "
				      "either very many of its size filled them (ps -e | wc -l), or "
				      "the kernel and protected processes did.",
				      kb(l, had / (score + 1) * 1000), kb(l, had * 1000 / score));
}

/* No line says "Out of memory", only the kind of block that follows the headline. */
static int told_by_form(const struct look *l)
{
	size_t n = 0;

	l->h->victims(l->ctx, &n);
	return !n && !l->o->constraint_kind && !l->o->chosen_comm && l->o->no_killable != 1 &&
	       !l->h->line(l->ctx, "cgroup") && l->h->line(l->ctx, "counters");
}

/* Only a headline, or a table: it says that the host ran out, and no more. */
static void say_headline(const struct look *l)
{
	int64_t order = l->o->alloc_order;
	struct inquest_finding *f;

	if (inquest_known(order) && order > 0)
		return;		/* or fragmentation: not to be told apart here */
	f = start(l, "host-exhausted", INQUEST_LIKELY, "memory-host-headline");
	if (told_by_form(l)) {
		l->h->finding_title(f, "the machine is out of memory, by the form of the report; "
				    "figures are missing");
		l->h->finding_explain(f, "A Mem-Info block of the whole machine is begun, which is not "
				      "printed for a cgroup. Which zones were short, and who held the "
				      "memory, stood in the lines of it that are not here.");
	} else {
		l->h->finding_title(f, "the machine is out of memory, by the kernel's own word; "
				    "figures are missing");
		l->h->finding_explain(f, "The text names the host, not a cgroup%s. Whether all of it "
				      "was in use, and by whom, stands in a Mem-Info block that is "
				      "not here.", is(l->o->constraint_kind, "none")
				      ? ", and no cpuset or policy" : "");
	}
	say_share(l, f);
	say_rows(l, f);
	l->h->finding_advise(f, "collect the whole report: journalctl -k -b, dmesg, "
			     "/var/log/kern.log around that time");
	finish(l, f, 1);
}

/* Zones are there and not short: say so rather than guess. */
static void say_not_short(const struct look *l)
{
	struct inquest_finding *f = start(l, "unknown", INQUEST_GUESS, "memory-not-short");

	l->h->finding_title(f, "the zones that the request may use are not short in this report");
	l->h->finding_explain(f, "No cause shows in the figures printed:");
	say_zones(l, f);
	say_holdings(l, f);
	l->h->finding_missing(f, "the state of memory at the moment of the decision",
			      "vmstat, sar -r and /proc/pressure/memory taken every few seconds");
	finish(l, f, 1);
}

/* Free memory far above all marks, and not little of the whole. */
static int plenty(const struct look *l)
{
	int64_t high = inquest_or(l->high_usable, 0);

	return l->above_high && inquest_percent(l->free_usable, managed(l)) >= SMALL_FREE_PERCENT &&
	       l->free_usable / PLENTY_TIMES > high;
}

static void judge(struct look *l)
{
	if (l->o->manual == 1) {
		say_manual(l);
		return;
	}
	if (of_cgroup(l->o))
		return;
	if (l->g->fault_path == 1) {
		say_fault_path(l);
		return;
	}
	if (say_node_bound(l))
		return;
	if (!l->usable) {
		/* "no killable processes" is printed for cgroups and sysrq too (4.19) */
		if (l->o->global_oom == 1 || is(l->o->constraint_kind, "none"))
			say_headline(l);
		return;
	}
	if (say_zone(l) || say_fragmentation(l) || say_transient(l))
		return;
	if (plenty(l))
		say_not_short(l);
	else if (all_short(l) || all_below_high(l) || l->above_high)
		say_exhausted(l);
}

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	struct look l = { .h = h, .ctx = ctx, .ev = h->event(ctx), .o = h->oom(ctx) };

	if (!l.ev || !l.o)
		return 0;
	l.g = h->gfp(ctx);
	l.a = h->account(ctx);
	l.zones = h->zones(ctx, &l.n_zones);
	if (!l.g || !l.a)
		return 0;
	tally(&l);
	judge(&l);
	return 0;
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "memory-host",
	.version = "1.0",
	.description = "OOM kills for lack of memory of the machine, a node or a zone",
	.kinds = (const char *const[]){ "oom-kill", NULL },
	.event = look,
};
