/* plugins/crash_panic.c - why the machine stopped itself (crash.h).
 *
 * The reason behind "not syncing: " by the table of the host; an earlier report that
 * led to it gives its cause.  A panic for lack of memory tells who was protected and
 * what the rest was.  Follows kernel/panic.c, kernel/exit.c, init/do_mounts.c,
 * mm/oom_kill.c.
 */
#include "crash.h"

#include <stdlib.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* --- init --- */

static void init_died(const struct look *l, struct judged *j)
{
	const char *at = l->c->reason ? strstr(l->c->reason, "exitcode=") : NULL;
	const struct inquest_exit *e = at ? l->h->exit_status(l->ctx, hex(at + 9)) : NULL;
	const char *name = l->c->comm ? l->c->comm : "init";

	judge(j, "init-died", "panic-init-died", INQUEST_CERTAIN);
	if (!e) {
		j->title = l->h->text(l->ctx, "process 1 (%s) ended", name);
		why(j, "The kernel cannot run without process 1. This kernel does not "
		       "print how it ended.");
		miss(j, "how init ended",
		     "its own last words on the console; a kernel from 3.10 on "
		     "prints the exit code");
		return;
	}
	if (inquest_known(e->signal))
		j->title = l->h->text(l->ctx,
				      "process 1 (%s) was killed by signal %lld%s%s%s",
				      name, (long long)e->signal, e->name ? " (" : "",
				      e->name ? e->name : "", e->name ? ")" : "");
	else
		j->title = l->h->text(
			l->ctx, "process 1 (%s) ended with exit code %lld%s%s", name,
			(long long)e->code, is(e->means, "it ended") ? "" : ": ",
			is(e->means, "it ended") ? "" : e->means);
	why(j, l->h->text(l->ctx, "The kernel cannot run without process 1%s%s.",
			  is(e->means, "it ended") ? "" : "; ",
			  is(e->means, "it ended") ? "" : e->means));
	advise(j, l->h->text(l->ctx, "look at: %s", e->next));
	if (!inquest_known(l->mono_us) || l->mono_us > INT64_C(120000000))
		return;
	why(j, "It happened while the machine was starting.");
	advise(j, "boot the previous kernel and initramfs, or with init=/bin/sh, and "
		  "look at what was changed last");
}

static const char *upper(const struct look *l, const char *s)
{
	return l->h->text(l->ctx, "%c%s.", *s >= 'a' && *s <= 'z' ? *s - 32 : *s,
			  *s ? s + 1 : "");
}

/* --- no root filesystem --- */

static void no_root(const struct look *l, struct judged *j,
		    const struct inquest_panic_reason *r)
{
	const char *at = strstr(r->text, "unknown-block(");
	const struct inquest_line *open = line_with(l, "Cannot open root device");
	char *end = NULL;
	long major = at ? strtol(at + 14, &end, 10) : -1;

	judge(j, "no-root-fs", "panic-no-root-fs", INQUEST_CERTAIN);
	j->title = l->h->text(l->ctx, "%s", r->means);
	why(j, upper(l, r->means));
	if (major == 0)
		why(j, "unknown-block(0,0): no device of the name in root= was there. "
		       "The driver of the disk, LVM, RAID or encryption is missing, or "
		       "there was no initramfs to load it.");
	else if (major > 0 && end && *end == ',')
		why(j,
		    l->h->text(
			    l->ctx,
			    "The device (%ld:%ld) was there: its filesystem is unknown "
			    "to this kernel, or damaged.",
			    major, strtol(end + 1, NULL, 10)));
	if (open)
		why(j, l->h->text(l->ctx, "The kernel says: `%s`.", open->text));
	advise(j, r->next);
	if (major > 0)
		advise(j, "check the filesystem from a rescue system; is its driver "
			  "built in or in the initramfs?");
}

/* --- no memory --- */

struct shortage {
	int64_t managed, free, processes, protected_, others, slab, rest;
	int64_t n_protected, n_others;
	const char *names;
};

#define TASKS                                                                            \
	"FROM v1_event_snapshot AS x JOIN v1_task AS t USING (snapshot_id) "             \
	"WHERE x.event_id = :event_id AND x.role = 'report' AND t.rss_bytes IS NOT "     \
	"NULL "
#define ZONES                                                                            \
	"FROM v1_event_snapshot AS x JOIN v1_zone AS z USING (snapshot_id) "             \
	"WHERE x.event_id = :event_id AND x.role = 'report'"
#define COUNTED(names)                                                                   \
	"SELECT sum(value * CASE unit WHEN 'pages' THEN coalesce(e.page_size, 4096) "    \
	"ELSE 1 END) FROM v1_event AS e JOIN v1_event_snapshot AS x USING (event_id) "   \
	"JOIN v1_counter AS c ON c.snapshot_id = x.snapshot_id "                         \
	"WHERE e.event_id = :event_id AND x.role = 'report' AND c.scope = 'host' "       \
	"AND c.name IN (" names ")"

static void load_shortage(const struct look *memory, struct shortage *s)
{
	int64_t lists;

	*s = (struct shortage){.rest = INQUEST_NULL};
	s->managed = ask(memory, "SELECT sum(managed_bytes) " ZONES);
	s->free = ask(memory, "SELECT sum(free_bytes) " ZONES);
	s->n_protected =
		ask(memory, "SELECT count(*) " TASKS "AND t.oom_score_adj = -1000");
	s->protected_ = ask(memory, "SELECT sum(t.rss_bytes) " TASKS
				    "AND t.oom_score_adj = -1000");
	s->n_others = ask(memory, "SELECT count(*) " TASKS "AND t.oom_score_adj > -1000");
	s->others = ask(memory,
			"SELECT sum(t.rss_bytes) " TASKS "AND t.oom_score_adj > -1000");
	s->names = ask_text(
		memory,
		"SELECT group_concat(n, ', ') FROM (SELECT "
		"printf('%s[%d] %s', t.comm, t.pid, human_bytes(t.rss_bytes)) AS n " TASKS
		"AND t.oom_score_adj = -1000 ORDER BY t.rss_bytes DESC LIMIT 4)");
	s->slab = ask(memory, COUNTED("'slab_unreclaimable'"));
	lists = ask(memory, COUNTED("'active_anon', 'inactive_anon', 'active_file', "
				    "'inactive_file', 'unevictable', 'isolated_anon', "
				    "'isolated_file', 'slab_reclaimable', "
				    "'slab_unreclaimable', "
				    "'pagetables', 'sec_pagetables', "
				    "'kernel_stack', 'free', 'bounce', 'free_pcp'"));
	if (inquest_known(s->managed) && inquest_known(lists) && lists > 0)
		s->rest = s->managed - lists;
}

static void protected_ones(const struct look *l, struct judged *j,
			   const struct shortage *s)
{
	const struct inquest_host *h = l->h;

	if (!inquest_known(s->n_protected) || !inquest_known(s->n_others) ||
	    s->n_protected + s->n_others == 0)
		return;
	if (s->n_protected == 0) {
		why(j, h->text(l->ctx,
			       "None of the %lld processes listed stood at oom_score_adj "
			       "-1000.",
			       (long long)s->n_others));
		return;
	}
	why(j, h->text(l->ctx,
		       "At oom_score_adj -1000, which exempts from being killed, stood "
		       "%lld process%s with %s together (%s)%s.",
		       (long long)s->n_protected, s->n_protected == 1 ? "" : "es",
		       h->bytes(l->ctx, s->protected_), s->names ? s->names : "?",
		       s->n_others ? h->text(l->ctx, "; the %lld others had %s",
					     (long long)s->n_others,
					     h->bytes(l->ctx, s->others))
				   : ""));
}

static void the_rest(const struct look *l, struct judged *j, const struct shortage *s)
{
	const struct inquest_host *h = l->h;
	int64_t held = inquest_or(s->protected_, 0) + inquest_or(s->others, 0);
	int64_t tenth = s->managed / 10;

	if (!inquest_known(s->managed) || s->managed <= 0)
		return;
	if (inquest_known(s->slab) && s->slab > tenth * 3) {
		why(j,
		    h->text(l->ctx,
			    "Of %s of memory %s (%s) lie in slab caches that cannot be "
			    "shrunk: the kernel's own, a leak as a rule.",
			    h->bytes(l->ctx, s->managed), h->bytes(l->ctx, s->slab),
			    h->share(l->ctx, s->slab, s->managed)));
		advise(j, "slabtop, or the slab table of the report, names the cache; a "
			  "cache that only grows is a leak of whoever fills it");
	}
	if (inquest_known(s->rest) && s->rest > tenth * 2) {
		why(j, h->text(l->ctx,
			       "Of %s of memory %s (%s) are in no counter: pages that a "
			       "driver or module took, a balloon, or a leak.",
			       h->bytes(l->ctx, s->managed), h->bytes(l->ctx, s->rest),
			       h->share(l->ctx, s->rest, s->managed)));
		advise(j, "suspect modules from outside the kernel, balloon drivers and "
			  "GPU drivers; page_owner=on names who took pages");
	}
	if (s->n_protected > 0 && s->protected_ > tenth * 3)
		advise(j, h->text(l->ctx, "give up the protection of what is large: %s",
				  s->names ? s->names : "see the process table"));
	else if (held < tenth && s->n_protected + s->n_others > 0)
		why(j,
		    h->text(l->ctx,
			    "All processes listed have %s together, %s of memory: they "
			    "are not where it went.",
			    h->bytes(l->ctx, held), h->share(l->ctx, held, s->managed)));
}

static void no_memory(const struct look *l, struct judged *j,
		      const struct inquest_panic_reason *r)
{
	int killable = is(r->verdict, "no-killable");
	struct look memory = *l;
	struct shortage s;

	judge(j, r->verdict, killable ? "panic-no-killable" : "panic-on-oom",
	      INQUEST_CERTAIN);
	j->title = killable ? "no process was left that may be killed"
			    : "vm.panic_on_oom demands a panic when memory runs out";
	if (killable)
		why(j,
		    "The kernel ran out of memory and found no process it may kill: "
		    "init, kernel threads and processes at oom_score_adj -1000 are "
		    "exempt. It says so "
		    "and stops. Why memory ran short is told by the memory event before "
		    "it.");
	else
		why(j, "Nothing was killed because the setting asks for a panic instead. "
		       "Why memory ran short is told by the memory event before it.");
	if (inquest_known(l->parent_id)) {
		memory.id = l->parent_id;
		load_shortage(&memory, &s);
		if (killable)
			protected_ones(l, j, &s);
		/* a cgroup's limit says nothing of the machine */
		if (!is(ask_text(&memory, "SELECT constraint_kind FROM v1_oom "
					  "WHERE event_id = :event_id"),
			"memcg"))
			the_rest(l, j, &s);
	}
	if (killable) {
		advise(j, "keep oom_score_adj -1000 to processes that hold little; what "
			  "is protected cannot be given up");
		advise(j, "if the tasks listed hold little memory, look for what no "
			  "process has: tmpfs and shared memory, slab, vmalloc, drivers");
	} else {
		advise(j, "unless another node takes over on a panic, set "
			  "vm.panic_on_oom=0, so that "
			  "one process dies and not the machine");
		advise(j, "with 1 it panics only where no cpuset, memory policy or "
			  "cgroup limits the request; with 2 always");
	}
}

/* --- what it says itself --- */

/* A check that somebody's code ran into, and not a timer or handler that found out. */
static int names_place(const struct inquest_panic_reason *r)
{
	static const char *const verdicts[] = {"stack-overflow", "memory-corruption",
					       "assertion", "use-after-free", "unknown"};

	return name_among(r->verdict, verdicts, COUNT(verdicts)) &&
	       !has(r->text, "kill the idle task");
}

/* Kernel stack is corrupted in: the function, or its address where symbols were not
 * printed (before 4.19); then the caller of __stack_chk_fail() is the one. */
static void canary(const struct look *l, struct judged *j,
		   const struct inquest_panic_reason *r)
{
	const char *at = strstr(r->text, "corrupted in: ");
	const char *name = at ? l->h->text(l->ctx, "%s", at + 14) : NULL;
	const char *frame =
		is(l->c->function, "__stack_chk_fail") ? l->c->suspect : l->c->function;

	if (name && !strchr(name, '+'))
		name = NULL;
	judge(j, "memory-corruption", "panic-stack-protector", INQUEST_CERTAIN);
	j->title = l->h->text(l->ctx,
			      "a buffer on the stack was written beyond its end%s%s%s",
			      name || frame ? ", found by " : "",
			      name    ? name
			      : frame ? frame
				      : "",
			      !name && frame ? "()" : "");
	why(j, upper(l, r->means));
	if (!name && at)
		why(j,
		    l->h->text(
			    l->ctx,
			    "The kernel names the place by its address alone: %s. "
			    "It lies in the image or in a module whose range holds it.",
			    at + 14));
	advise(j, r->next);
	advise(j, "sprintf(), strcpy() and the like into a fixed array are the usual "
		  "way; a module from outside the kernel is the first suspect");
}

static int from_reason(const struct look *l, struct judged *j,
		       const struct inquest_panic_reason *r)
{
	int alone = is(r->verdict, "panic-on-oops") || is(r->verdict, "panic-on-warn");

	judge(j, r->verdict, "panic-reason", INQUEST_CERTAIN);
	if (has(r->text, "Machine halted") || has(r->text, "corrupted stack end") ||
	    has(r->text, "kill the idle task") || has(r->text, "Unable to continue"))
		j->sure = INQUEST_LIKELY;
	j->title = l->c->function && names_place(r)
			   ? l->h->text(l->ctx, "%s, in %s", r->means, place(l))
			   : l->h->text(l->ctx, "%s", r->means);
	why(j, upper(l, r->means));
	if (alone) {
		why(j, "The report that led to it is not in what was read.");
		if (l->c->function)
			why(j, l->h->text(l->ctx, "What is left names %s.", place(l)));
		miss(j, "the report before the panic",
		     "the log from some seconds earlier: the "
		     "whole console, dmesg of the dump, pstore");
	}
	if (r->next)
		advise(j, r->next);
	return 1;
}

static void own_words(const struct look *l, struct judged *j)
{
	const char *text = l->c->reason ? l->c->reason : "?";
	const char *at = strstr(text, "not syncing: ");

	judge(j, "unknown", "panic-own-words", INQUEST_LIKELY);
	j->title = l->h->text(
		l->ctx, "code of the kernel or of a module stopped the machine: %s%s%s",
		at ? at + 13 : text, l->c->function ? ", from " : "",
		l->c->function ? place(l) : "");
	why(j, "None of the reasons that are known here: the text is what the caller of "
	       "panic() says of it.");
	advise(j, "search for that text in the source of the kernel and of the modules "
		  "that are loaded");
	if (!l->n_frames)
		miss(j, "the call trace behind the panic line",
		     "the whole console, or a dump");
}

/* --- what led to it --- */

static int takes_over(const struct look *l, struct judged *j, const struct look *parent,
		      const struct inquest_panic_reason *r)
{
	const char *stopped = r ? r->means : "the kernel stopped";

	if (!judge_event(parent, j))
		return 0;
	if (is(parent->kind, "hardware") && j->severity == INQUEST_WARNING) {
		*j = (struct judged){0}; /* what was corrected stops nothing */
		return 0;
	}
	j->n_why = 0;
	why(j, l->h->text(l->ctx, "Event %lld led to it and tells more: `%s`.",
			  (long long)parent->id,
			  parent->c->reason ? parent->c->reason : parent->kind));
	if (is(parent->kind, "warning") && is(j->verdict, "warning")) {
		judge(j, "panic-on-warn", "panic-on-warn", INQUEST_CERTAIN);
		j->severity = INQUEST_FAULT;
		advise(j, "kernel.panic_on_warn=0 keeps a machine running that is not "
			  "there to find defects");
	}
	j->severity = INQUEST_FAULT;
	why(j, l->h->text(l->ctx, "Then the kernel stopped: %s.", stopped));
	if (has(l->c->reason, "in interrupt"))
		why(j, "It happened in an interrupt or in the idle task: no setting "
		       "could have kept the machine running.");
	return 1;
}

int judge_panic(const struct look *l, struct judged *j, struct look *parent,
		int *ret_parent)
{
	const struct inquest_panic_reason *r = l->h->panic_reason(l->ctx, l->c->reason);

	if (l->c->manual == 1 || (r && is(r->verdict, "manual-crash")) ||
	    is(l->c->function, "sysrq_handle_crash"))
		return judge_oops(l, j) && is(j->verdict, "manual-crash") ? 1
		       : r ? from_reason(l, j, r)
			   : 0;
	if (inquest_known(l->parent_id) && look_at(parent, l->h, l->ctx, l->parent_id) &&
	    !is(parent->kind, "panic") && takes_over(l, j, parent, r)) {
		*ret_parent = 1;
		return 1;
	}
	if (!r) {
		if (line_with(l, "Hardware Error"))
			return judge_hardware(l, j);
		own_words(l, j);
		return 1;
	}
	if (starts(l->c->reason, "Kernel panic - not syncing: Kernel mode fault at addr ") &&
	    hex(l->c->reason + 54) < 4096) {
		from_reason(l, j, r);
		j->verdict = "null-dereference";
		return 1;
	}
	if (is(r->verdict, "init-died"))
		init_died(l, j);
	else if (is(r->verdict, "no-root-fs"))
		no_root(l, j, r);
	else if (is(r->verdict, "no-killable") || is(r->verdict, "panic-on-oom"))
		no_memory(l, j, r);
	else if (starts(r->text, "stack-protector"))
		canary(l, j, r);
	else if (is(r->verdict, "hardware-error") && line_with(l, "Hardware Error"))
		return judge_hardware(l, j);
	else if (from_reason(l, j, r))
		why(j, is(form(l), "serror") ? serror_code(l) : NULL);
	else
		return 0;
	return 1;
}
