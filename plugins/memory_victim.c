/* plugins/memory_victim.c - why this process was killed, and what would have saved it.
 *
 * Compares the kernel's choice, recomputed by the host, with what was killed; names
 * large processes that may not be killed.  Contributing.  Follows oom.md 2.6-2.8.
 */
#include <string.h>

#include "inquest/plugin.h"

/* Working defaults of this plugin. */
#define HOG_PERCENT	10	/* of totalpages */
#define NAMED		3	/* of the ranking */
#define HOGS		3	/* protected tasks that are asked about */
#define HOGS_SAID	2
#define GROUP_NAMED	6
#define NEXT_PERCENT	10	/* of the victim: less is no help instead of it */
#define SMALL_PERCENT	2	/* of usable memory: its death frees nothing to speak of */
#define MOST_PERCENT	50	/* of usable memory: it explains the lack */

struct look {
	const struct inquest_host *h;
	struct inquest_ctx *ctx;
	const struct inquest_event *ev;
	const struct inquest_oom *o;
	const struct inquest_ranking *r;
	const struct inquest_victim *v;	/* the first; NULL: none shown */
	const struct inquest_choice *killed;	/* its row; NULL: not in the table */
};

static const char *who(const struct look *l, const char *comm, int64_t pid)
{
	if (!inquest_known(pid))		/* masked, or left out */
		return comm ? comm : "?";
	return l->h->text(l->ctx, "%s[%lld]", comm ? comm : "?", (long long)pid);
}

static int64_t pages_to_bytes(const struct look *l, int64_t pages)
{
	if (!inquest_known(pages) || pages > INT64_MAX / l->ev->page_size ||
	    pages < -(INT64_MAX / l->ev->page_size))
		return INQUEST_NULL;
	return pages * l->ev->page_size;
}

static int64_t held(const struct inquest_task *t)
{
	int64_t sum = 0;

	inquest_add(&sum, t->rss_bytes);
	inquest_add(&sum, t->swap_bytes);
	return sum;
}

static size_t cite_task(const struct look *l, struct inquest_finding *f, int64_t pid)
{
	return l->h->cite_role(f, l->h->text(l->ctx, "task %lld", (long long)pid), 1);
}

static void cite(const struct look *l, struct inquest_finding *f)
{
	size_t n = l->h->cite_role(f, "chosen", 1) + l->h->cite_role(f, "killed ", 1);

	if (l->killed)
		n += cite_task(l, f, l->killed->task->pid);
	for (size_t i = 0; i < l->r->n_choices && i < NAMED; i++)
		if (inquest_known(l->r->choices[i]->rank))
			n += cite_task(l, f, l->r->choices[i]->task->pid);
	n += l->h->cite_role(f, "table-header", 1);
	if (!n)
		n = l->h->cite_role(f, "headline", 1);
	if (!n)
		l->h->cite_row(f, "v1_event", l->ev->event_id, "%s", l->ev->kind);
}

/* ------------------------------------------------------------ the ranking */

static void say_ranking(const struct look *l, struct inquest_finding *f)
{
	const struct inquest_ranking *r = l->r;
	/* until 3.4 the points themselves were thousandths */
	int permille = r->n_choices && r->choices[0]->badness_pages == r->choices[0]->score;
	size_t ranked = 0;

	if (permille)
		l->h->finding_explain(f, "By points (thousandths of %s, plus oom_score_adj) of those "
				      "that may be killed:", r->totalpages_how);
	else
		l->h->finding_explain(f, "By points (pages resident, in swap and in page tables, plus "
				      "oom_score_adj thousandths of %s) of those that may be killed:",
				      r->totalpages_how);
	for (size_t i = 0; i < r->n_choices && ranked < NAMED; i++) {
		const struct inquest_choice *c = r->choices[i];
		if (!inquest_known(c->rank))
			break;
		l->h->finding_explain(f, "%s %s %lld (adj %lld)", ranked++ ? "," : "",
				      who(l, c->task->comm, c->task->pid),
				      (long long)c->badness_pages,
				      (long long)inquest_or(c->task->oom_score_adj, 0));
	}
	l->h->finding_explain(f, ".");
}

/* Has the victim's adj, or somebody's, decided? */
static void say_adj(const struct look *l, struct inquest_finding *f)
{
	const struct inquest_task *big = NULL;

	for (size_t i = 0; i < l->r->n_choices; i++) {
		const struct inquest_choice *c = l->r->choices[i];
		if (!big || held(c->task) > held(big))
			big = c->task;
	}
	if (!big || big->pid == l->r->killed_pid || held(big) <= held(l->killed->task))
		return;
	l->h->finding_explain(f, " It was not the largest: %s holds %s with adj %lld, the victim %s "
			      "with adj %lld.", who(l, big->comm, big->pid),
			      l->h->bytes(l->ctx, held(big)),
			      (long long)inquest_or(big->oom_score_adj, 0),
			      l->h->bytes(l->ctx, held(l->killed->task)),
			      (long long)inquest_or(l->killed->task->oom_score_adj, 0));
}

/* Where oom_score_adj is set, by the kind of the group that the task is in. */
static const char *adj_setting(const struct look *l)
{
	const char *group = l->v && l->v->cgroup ? l->v->cgroup : l->o->cgroup_task;

	if (group && strstr(group, "kubepods"))
		return "Kubernetes sets it by the requests: those of a pod that equal its limits "
		       "give -997";
	if (group && (strstr(group, "docker") || strstr(group, "libpod")))
		return "containers: --oom-score-adj";
	return "systemd: OOMScoreAdjust=";
}

static void advise_adj(const struct look *l, struct inquest_finding *f)
{
	int64_t adj = l->h->adj_to_spare(l->ctx, l->r->killed_pid), next;
	struct inquest_change gone = { l->r->killed_pid, INQUEST_NULL };
	const struct inquest_task *t, *v = l->killed->task;
	const char *below = adj > -1000 ? " or less" : " only";

	if (!inquest_known(adj))
		return;
	next = l->h->rechoose(l->ctx, &gone, 1, INQUEST_NULL);
	t = next > 0 ? l->h->task(l->ctx, next) : NULL;
	if (!t || inquest_or(v->oom_score_adj, 0) <= adj)
		return;
	/* who holds next to nothing died for what others hold */
	if (inquest_or(v->oom_score_adj, 0) <= 0 &&
	    inquest_percent(held(v), pages_to_bytes(l, l->r->totalpages)) < SMALL_PERCENT)
		return;
	if (held(t) < held(v) / 100 * NEXT_PERCENT)
		l->h->finding_advise(f, "to protect %s would hardly help: with oom_score_adj %lld%s "
				     "%s would have been killed instead, which frees %s in place of "
				     "%s; more would have followed", who(l, v->comm, v->pid), (long long)adj,
				     below, who(l, t->comm, t->pid), l->h->bytes(l->ctx, held(t)),
				     l->h->bytes(l->ctx, held(v)));
	else
		l->h->finding_advise(f, "with oom_score_adj %lld%s %s would have been spared, "
				     "and %s killed instead (%s)", (long long)adj, below,
				     who(l, v->comm, v->pid), who(l, t->comm, t->pid),
				     adj_setting(l));
}

static const char *asker(const struct look *l)
{
	if (!l->o->trigger_comm || !l->v || l->o->manual == 1 ||
	    (inquest_known(l->o->trigger_pid) ? l->o->trigger_pid == l->v->pid
	     : l->v->comm && !strcmp(l->v->comm, l->o->trigger_comm)))
		return NULL;
	return inquest_known(l->o->trigger_pid)
		? who(l, l->o->trigger_comm, l->o->trigger_pid) : l->o->trigger_comm;
}

/* Who asked is not to blame for it, unless it is large itself. */
static void say_asker(const struct look *l, struct inquest_finding *f)
{
	const char *by = asker(l);
	const struct inquest_task *t = inquest_known(l->o->trigger_pid)
		? l->h->task(l->ctx, l->o->trigger_pid) : NULL;

	if (!by)
		return;
	if (t && l->killed && held(t) > held(l->killed->task) / 2)
		l->h->finding_explain(f, " %s, which asked for memory when there was none, holds %s "
				      "itself.", by, l->h->bytes(l->ctx, held(t)));
	else
		l->h->finding_explain(f, " %s only asked for memory when there was none: that says "
				      "nothing of its guilt.", by);
}

static struct inquest_finding *start(const struct look *l, const char *verdict,
				     enum inquest_severity severity,
				     enum inquest_confidence sure, const char *rule)
{
	return l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, verdict, severity, sure, rule);
}

/* The chosen one's name: of the score line, where a child died in its place. */
static const char *chosen(const struct look *l)
{
	if (inquest_known(l->o->chosen_pid))
		return who(l, l->o->chosen_comm, l->o->chosen_pid);
	return who(l, l->v->comm, l->v->pid);
}

static int64_t weight(const struct inquest_task *t)
{
	int64_t sum = held(t);

	inquest_add(&sum, t->page_table_bytes);
	return sum;
}

/* The first has the most memory and the highest adj as well: it wins whatever a
 * thousandth is. */
static int wins_anyhow(const struct inquest_ranking *r)
{
	const struct inquest_task *first = r->choices[0]->task;

	for (size_t i = 1; i < r->n_choices && inquest_known(r->choices[i]->rank); i++) {
		const struct inquest_task *t = r->choices[i]->task;
		if (weight(t) > weight(first) || inquest_or(t->oom_score_adj, 0) >
						 inquest_or(first->oom_score_adj, 0))
			return 0;
	}
	return 1;
}

static void say_expected(const struct look *l)
{
	struct inquest_finding *f = start(l, "victim-expected", INQUEST_SEV_NOTICE,
		l->r->totalpages_exact || wins_anyhow(l->r) ? INQUEST_STRONG
		: INQUEST_LIKELY, "memory-victim");

	if (l->r->n_choices == 1)
		l->h->finding_title(f, "%s was the only task listed", chosen(l));
	else
		l->h->finding_title(f, "%s had the most points of %zu tasks", chosen(l),
				    l->r->n_choices);
	say_ranking(l, f);
	if (l->killed && l->killed->task->pid == l->r->expected_pid) {
		say_adj(l, f);
		if (l->o->allocating_task != 1 && l->o->manual != 1)
			advise_adj(l, f);
	}
	say_asker(l, f);
	cite(l, f);
	l->h->finding_commit(f);
}

static void say_differs(const struct look *l)
{
	const struct inquest_task *t = l->h->task(l->ctx, l->r->expected_pid);
	int known = l->r->why_differs != NULL;
	struct inquest_finding *f = start(l, "victim-differs", known ? INQUEST_SEV_NOTICE
		: INQUEST_WARNING, known ? INQUEST_STRONG : INQUEST_LIKELY,
		"memory-victim-differs");

	l->h->finding_title(f, "killed was %s; by the table %s had more points",
			    who(l, l->v ? l->v->comm : NULL, l->r->killed_pid),
			    who(l, t ? t->comm : NULL, l->r->expected_pid));
	say_ranking(l, f);
	if (known)
		l->h->finding_explain(f, " Why the kernel chose otherwise: %s.", l->r->why_differs);
	else
		l->h->finding_explain(f, " Nothing in the text explains the difference. Possible: a task "
				      "that was already dying, a vfork child, swapoff or KSM at work, "
				      "or rules of a vendor's kernel.");
	cite(l, f);
	l->h->finding_commit(f);
}

/* There is a table, and no way to go over it again. */
static void say_not_computed(const struct look *l)
{
	struct inquest_finding *f;

	if (!l->r->n_choices || !l->r->why_not_computed || l->o->no_killable == 1)
		return;
	f = start(l, "victim-not-computed", INQUEST_SEV_NOTICE, INQUEST_CERTAIN,
		  "memory-victim-not-computed");
	l->h->finding_title(f, "why %s was chosen cannot be computed again", chosen(l));
	l->h->finding_explain(f, "Of the %zu tasks listed: %s.", l->r->n_choices,
			      l->r->why_not_computed);
	cite(l, f);
	l->h->finding_commit(f);
}

/* ------------------------------------------------------- what the text states */

static int listed(const struct look *l, int64_t pid)
{
	size_t n = 0;
	const struct inquest_task *const *t = l->h->tasks(l->ctx, &n);

	for (size_t i = 0; i < n; i++)
		if (t[i]->pid == pid)
			return 1;
	return 0;
}

/* Until 4.x the killer of a cgroup walks threads, and find_lock_task_mm() then names the
 * first live task of the process: mm/oom_kill.c of 3.10 to 4.4.  The table has a row a
 * process, so a thread is not in it; a parent with memory of its own would be. */
static int is_thread(const struct look *l)
{
	return l->killed && l->v->comm && l->o->chosen_comm &&
	       !strcmp(l->v->comm, l->o->chosen_comm) && !listed(l, l->o->chosen_pid);
}

static void say_sacrificed(const struct look *l)
{
	struct inquest_finding *f;

	if (!inquest_known(l->o->chosen_pid) || !l->v || l->v->pid == l->o->chosen_pid ||
	    l->o->allocating_task == 1)
		return;
	if (is_thread(l)) {
		f = start(l, "victim-thread", INQUEST_SEV_NOTICE, INQUEST_LIKELY,
			  "memory-victim-thread");
		l->h->finding_title(f, "chosen was %s, killed %s: a thread of the same process, it "
				    "seems", who(l, l->o->chosen_comm, l->o->chosen_pid),
				    who(l, l->v->comm, l->v->pid));
		l->h->finding_explain(f, "The chosen task is not in the table, which has one row for "
				      "a process. In a cgroup old kernels may choose a thread, and "
				      "then name the first task of its process.");
		cite(l, f);
		l->h->finding_commit(f);
		return;
	}
	f = start(l, "victim-child", INQUEST_SEV_NOTICE, INQUEST_CERTAIN, "memory-victim-child");
	l->h->finding_title(f, "chosen was %s, killed its child %s",
			    who(l, l->o->chosen_comm, l->o->chosen_pid),
			    who(l, l->v->comm, l->v->pid));
	l->h->finding_explain(f, "Kernels before 5.1 spare a parent by killing the child with the most "
			      "points that has memory of its own. The parent remains, and may start "
			      "the next.");
	cite(l, f);
	l->h->finding_commit(f);
}

static void say_allocating(const struct look *l)
{
	struct inquest_finding *f;

	if (l->o->allocating_task != 1)
		return;
	f = start(l, "victim-allocating-task", INQUEST_WARNING, INQUEST_CERTAIN,
		  "memory-victim-allocating");
	l->h->finding_title(f, "vm.oom_kill_allocating_task is set: who asked was killed");
	l->h->finding_explain(f, "The kernel compared nobody; whoever asks at the wrong moment dies, "
			      "however small it is.");
	l->h->finding_advise(f, "sysctl vm.oom_kill_allocating_task=0 unless the table is too long to "
			     "walk");
	cite(l, f);
	l->h->finding_commit(f);
}

/* memory.oom.group: who died with the first. */
static void say_group(const struct look *l)
{
	size_t n = 0;
	const struct inquest_victim *const *v = l->h->victims(l->ctx, &n);
	struct inquest_finding *f;
	int64_t anon = 0;

	if (l->o->group_kill != 1 || !n)
		return;
	f = start(l, "victim-group", INQUEST_SEV_NOTICE, INQUEST_CERTAIN, "memory-victim-group");
	if (n == 1)
		l->h->finding_title(f, "memory.oom.group is set: its whole cgroup was to die; one "
				    "process is shown");
	else
		l->h->finding_title(f, "memory.oom.group is set: %zu processes of the cgroup died "
				    "together", n);
	for (size_t i = 0; i < n && i < GROUP_NAMED; i++)
		l->h->finding_explain(f, "%s%s", i ? ", " : "", who(l, v[i]->comm, v[i]->pid));
	for (size_t i = 0; i < n; i++)
		inquest_add(&anon, v[i]->anon_rss_bytes);
	l->h->finding_explain(f, "%s: %s of anonymous memory in all. The first was chosen by its "
			      "points, the others because they share its cgroup (members at "
			      "oom_score_adj -1000 are spared); containers and services set it so "
			      "that no half of them lives on.", n > GROUP_NAMED ? " ..." : "",
			      l->h->bytes(l->ctx, anon));
	if (!l->h->cite_role(f, "group", 1))
		l->h->cite_role(f, "summary", 1);
	l->h->cite_role(f, "killed ", 8);
	l->h->finding_commit(f);
}

/* ------------------------------------------------------------- protected hogs */

/* Would it have been chosen without its protection? */
static int decides(const struct look *l, const struct inquest_task *t)
{
	struct inquest_change plain = { t->pid, 0 };

	return l->h->rechoose(l->ctx, &plain, 1, INQUEST_NULL) == t->pid;
}

/* A tenth of all, and an adj that takes away more points than it has: as good as never
 * chosen. */
static int is_large(const struct look *l, const struct inquest_task *t)
{
	int64_t total = pages_to_bytes(l, l->r->totalpages);
	int64_t adj = inquest_or(t->oom_score_adj, 0);

	return adj < 0 && inquest_known(total) && held(t) > total / 100 * HOG_PERCENT &&
	       weight(t) / (total / 1000 + 1) + adj <= 0;
}

/* The largest of the tasks with a negative adj, in order; how many. */
static size_t largest_protected(const struct look *l, const struct inquest_task **top)
{
	size_t n = 0, k = 0;
	const struct inquest_task *const *t = l->h->tasks(l->ctx, &n);

	for (size_t i = 0; i < n; i++) {
		size_t at = k;
		if (inquest_or(t[i]->oom_score_adj, 0) >= 0 || !held(t[i]))
			continue;
		while (at && held(top[at - 1]) < held(t[i]))
			at--;
		if (at == HOGS)
			continue;
		k += k < HOGS;
		memmove(&top[at + 1], &top[at], (k - at - 1) * sizeof(*top));
		top[at] = t[i];
	}
	return k;
}

static void say_hog(const struct look *l, const struct inquest_task *t, int decided)
{
	struct inquest_finding *f = start(l, "protected-hog", decided ? INQUEST_WARNING
		: INQUEST_SEV_NOTICE, INQUEST_STRONG, "memory-protected-hog");
	const char *name = who(l, t->comm, t->pid);

	l->h->finding_title(f, "%s holds %s and is protected by oom_score_adj %lld", name,
			    l->h->bytes(l->ctx, held(t)), (long long)t->oom_score_adj);
	if (decided && l->v)
		l->h->finding_explain(f, "With oom_score_adj 0 it would have been chosen, not %s.",
				      who(l, l->v->comm, l->v->pid));
	else if (decided)
		l->h->finding_explain(f, "With oom_score_adj 0 it would have been killed, which would "
				      "have freed most of that.");
	else
		l->h->finding_explain(f, "With oom_score_adj 0 it would not have been chosen either, but "
				      "as it is %s.", inquest_or(t->oom_score_adj, 0) == -1000
				      ? "what it holds no kill can free"
				      : "everybody else is killed before it");
	l->h->finding_advise(f, "oom_score_adj %lld keeps %s from being chosen: a milder value, or a "
			     "limit of its own below the %s it had",
			     (long long)t->oom_score_adj, t->comm ? t->comm : "it",
			     l->h->bytes(l->ctx, held(t)));
	if (!cite_task(l, f, t->pid))
		l->h->cite_row(f, "v1_task", t->task_id, "%s oom_score_adj %lld, %s", name,
			       (long long)t->oom_score_adj, l->h->bytes(l->ctx, held(t)));
	l->h->finding_commit(f);
}

static void say_hogs(const struct look *l)
{
	const struct inquest_task *top[HOGS];
	size_t n = largest_protected(l, top), said = 0;

	for (size_t i = 0; i < n && said < HOGS_SAID; i++) {
		int decided = decides(l, top[i]);
		if (l->v ? decided || is_large(l, top[i]) : decided && is_large(l, top[i])) {
			say_hog(l, top[i], decided);
			said++;
		}
	}
}

/* What they hold against what there is: do they explain the lack? */
static const char *share_of_all(const struct look *l, int64_t sum)
{
	int64_t total = pages_to_bytes(l, l->r->totalpages);

	if (!inquest_known(total))
		return ", of a machine whose size is not in the report: if that is little, the rest "
		       "is the kernel's own, or init's, which is never listed";
	return l->h->text(l->ctx, " of %s: %s", l->h->bytes(l->ctx, total),
			  inquest_percent(sum, total) >= MOST_PERCENT
			  ? "they are what fills it"
			  : "the rest is the kernel's own, or init's, which is never listed");
}

/* The table, where nobody could be killed: how much it explains. */
static void say_nobody(const struct look *l)
{
	size_t n = 0, never = 0;
	const struct inquest_task *const *t = l->h->tasks(l->ctx, &n);
	int64_t sum = 0;
	struct inquest_finding *f;

	if (l->o->no_killable != 1 || !n)
		return;
	for (size_t i = 0; i < n; i++) {
		never += inquest_or(t[i]->oom_score_adj, 0) == -1000;
		inquest_add(&sum, held(t[i]));
	}
	f = start(l, "victim-none", INQUEST_WARNING, INQUEST_STRONG, "memory-victim-none");
	l->h->finding_title(f, "nobody could be killed: %zu of %zu tasks listed are at "
			    "oom_score_adj -1000", never, n);
	l->h->finding_explain(f, "Together they hold %s%s.%s", l->h->bytes(l->ctx, sum),
			      share_of_all(l, sum), never == n ? ""
			      : " The others were dying already or share memory with init.");
	l->h->cite_role(f, "no-killable", 1);
	l->h->cite_role(f, "panic", 1);
	l->h->cite_role(f, "table-header", 2);
	if (!l->h->cite_role(f, "task ", 10))
		l->h->cite_row(f, "v1_event", l->ev->event_id, "%s", l->ev->kind);
	l->h->finding_commit(f);
}

/* The machine stops instead of killing: not a matter of who could be chosen. */
static void say_panic(const struct look *l)
{
	const struct inquest_line *line = l->h->line(l->ctx, "panic");
	struct inquest_finding *f;

	if (l->v || l->o->no_killable == 1 || !line || !line->text ||
	    !strstr(line->text, "panic_on_oom"))
		return;
	f = start(l, "victim-panic", INQUEST_SEV_NOTICE, INQUEST_CERTAIN, "memory-victim-panic");
	l->h->finding_title(f, "nobody was chosen: vm.panic_on_oom stops the machine instead");
	l->h->finding_explain(f, "The panic is an event of its own.");
	l->h->cite_line(f, line);
	l->h->finding_commit(f);
}

static void find_killed(struct look *l)
{
	for (size_t i = 0; i < l->r->n_choices && !l->killed; i++)
		if (inquest_known(l->r->killed_pid) &&
		    (l->r->choices[i]->task->pid == l->r->killed_pid ||
		     l->r->choices[i]->task->tgid == l->r->killed_pid))
			l->killed = l->r->choices[i];
}

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	struct look l = { .h = h, .ctx = ctx, .ev = h->event(ctx), .o = h->oom(ctx) };
	size_t n = 0;
	const struct inquest_victim *const *v = h->victims(ctx, &n);

	if (!l.ev || !l.o)
		return 0;
	l.v = n ? v[0] : NULL;
	l.r = h->ranking(ctx);
	if (!l.r)
		return 0;
	find_killed(&l);
	say_allocating(&l);
	if (l.r->computed == 1 && l.v &&
	    (l.r->agrees == 1 || (inquest_known(l.o->chosen_pid) &&
				  l.o->chosen_pid == l.r->expected_pid)))
		say_expected(&l);
	else if (l.r->computed == 1 && l.v && l.r->agrees == 0 && l.killed)
		say_differs(&l);
	else if (l.r->computed != 1 && l.v)
		say_not_computed(&l);
	say_sacrificed(&l);
	say_group(&l);
	if (l.o->manual != 1 && (l.v || l.o->no_killable == 1))
		say_hogs(&l);
	say_nobody(&l);
	say_panic(&l);
	return 0;
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "memory-victim",
	.version = "1.0",
	.description = "why this process was killed, who is protected, what would have spared it",
	.kinds = (const char *const[]){ "oom-kill", NULL },
	.event = look,
};
