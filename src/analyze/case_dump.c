/* analyze/case_dump.c - what a dump of the machine adds to an event of its log (case.h).
 *
 * The log's own figures are those of the moment and stay.  Where the log was cut, or the
 * kernel never printed it, the dump stands in: processes, slab caches and cgroups within
 * a minute, as they change slowly; zones and counters only if the event was the crash.
 * Which lists are the dump's is said with the verdict.
 */
#include "analyze/case.h"
#include "analyze/compute.h"
#include "model/facts.h"

#include <stdlib.h>

struct dump_part {
	bool is;
	const char *word;
};

#define NEAR_US		(INT64_C(60) * 1000000)
#define AT_CRASH_US	(INT64_C(1) * 1000000)
#define SEQ_OF_DUMP	(INT64_C(1) << 40)	/* behind all rows of a log */

bool iq_case_dump_near(struct iq_case *c, const struct iq_case_time *time)
{
	const struct inquest_event *e = &c->event;
	bool mono = time->mono_us != IQ_NULL && e->mono_us != IQ_NULL;
	int64_t then = mono ? e->mono_us : e->wall_us;
	int64_t now = mono ? time->mono_us : time->wall_us;

	/* the clock of the dump is that of the last tick: a second of play */
	if (then == IQ_NULL || now == IQ_NULL || __builtin_sub_overflow(now, then, &now) ||
	    now < -AT_CRASH_US || now > NEAR_US)
		return false;
	c->dump_after_us = now > 0 ? now : 0;
	c->at_crash = now <= AT_CRASH_US;
	return true;
}

static bool lists(const char *list, const char *word)
{
	struct iq_slice s = iq_slice_z(list);

	while (s.n)
		if (iq_eq(iq_trim(iq_cut(&s, ',')), iq_slice_z(word)))
			return true;
	return false;
}

bool iq_case_wants_tasks(const struct iq_case *c)
{
	const struct inquest_oom *o = c->oom;

	/* of a cpuset or a policy the kernel lists tasks of its nodes: not told by a dump */
	return o && iq_same(c->event.kind, "oom-kill") &&
	       !iq_same(o->constraint_kind, "cpuset") &&
	       !iq_same(o->constraint_kind, "memory_policy") &&
	       (!c->tasks.n || lists(c->event.missing, "table"));
}

/* Below the group whose limit was reached, or no group's limit. */
static bool inside(const struct iq_case *c, const struct inquest_task *t)
{
	const char *group = c->oom->cgroup_limited;
	size_t n = group ? strlen(group) : 0;

	if (n < 2)
		return true;
	return t->cgroup && !strncmp(t->cgroup, group, n) &&
	       (t->cgroup[n] == '\0' || t->cgroup[n] == '/');
}

static int by_pid(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static struct inquest_task *from_victim(struct iq_case *c, const struct inquest_victim *v)
{
	struct inquest_task *t = iq_arena_alloc(&c->arena, sizeof *t);

	if (!t)
		return NULL;
	*t = (struct inquest_task){
		.task_id = IQ_NULL, .pid = v->pid, .tgid = v->pid, .ppid = IQ_NULL,
		.uid = v->uid, .comm = v->comm, .oom_score_adj = v->oom_score_adj,
		.total_vm_bytes = v->total_vm_bytes, .rss_bytes = IQ_NULL,
		.oom_rss_bytes = IQ_NULL, .oom_swap_bytes = IQ_NULL,
		.anon_rss_bytes = v->anon_rss_bytes, .file_rss_bytes = v->file_rss_bytes,
		.shmem_rss_bytes = v->shmem_rss_bytes, .swap_bytes = IQ_NULL,
		.page_table_bytes = v->page_table_bytes, .cgroup = v->cgroup,
		.unit = v->unit, .container = v->container, .kernel_thread = 0,
		.seq = SEQ_OF_DUMP, .oom_adj = IQ_NULL,
	};
	if (v->anon_rss_bytes != IQ_NULL && v->file_rss_bytes != IQ_NULL)
		t->rss_bytes = v->anon_rss_bytes + v->file_rss_bytes +
			       (v->shmem_rss_bytes == IQ_NULL ? 0 : v->shmem_rss_bytes);
	return t;
}

int iq_case_add_tasks(struct iq_case *c, const struct iq_row_list *rows,
		      struct iq_err *err)
{
	size_t n = c->tasks.n, had = n, known = 0, max = n + rows->n + c->victims.n;
	void **all = iq_arena_alloc(&c->arena, (max + 1) * sizeof(*all));
	int64_t *pids = malloc((max + 1) * sizeof(*pids));

	if (!all || !pids) {
		free(pids);
		return iq_no_memory(err);
	}
	for (size_t i = 0; i < had; i++) {
		all[i] = c->tasks.p[i];
		pids[known++] = ((struct inquest_task *)all[i])->pid;
	}
	qsort(pids, known, sizeof(*pids), by_pid);
	for (size_t i = 0; i < c->victims.n; i++) {
		const struct inquest_victim *v = c->victims.p[i];
		if (v->pid == IQ_NULL || bsearch(&v->pid, pids, known, sizeof(*pids), by_pid))
			continue;
		all[n] = from_victim(c, v);
		if (!all[n]) {
			free(pids);
			return iq_no_memory(err);
		}
		pids[n] = v->pid;
		n++;
	}
	known = n;
	qsort(pids, known, sizeof(*pids), by_pid);
	for (size_t i = 0; i < rows->n; i++) {
		struct inquest_task *t = rows->p[i];
		if (!inside(c, t) || bsearch(&t->pid, pids, known, sizeof(*pids), by_pid))
			continue;
		t->seq = t->seq == IQ_NULL ? SEQ_OF_DUMP : t->seq + SEQ_OF_DUMP;
		all[n++] = t;
	}
	free(pids);
	qsort(all, n, sizeof(*all), iq_case_by_seq);
	c->tasks = (struct iq_row_list){ all, n };
	return 0;
}

/* --- counters, under the names that a report has for them --- */

static const struct { const char *report, *dump; } counter_names[] = {
	{ "active_anon", "nr_active_anon" }, { "inactive_anon", "nr_inactive_anon" },
	{ "isolated_anon", "nr_isolated_anon" }, { "active_file", "nr_active_file" },
	{ "inactive_file", "nr_inactive_file" }, { "isolated_file", "nr_isolated_file" },
	{ "unevictable", "nr_unevictable" }, { "dirty", "nr_dirty" },
	{ "writeback", "nr_writeback" }, { "slab_reclaimable", "nr_slab_reclaimable" },
	{ "slab_unreclaimable", "nr_slab_unreclaimable" }, { "mapped", "nr_mapped" },
	{ "shmem", "nr_shmem" }, { "pagetables", "nr_page_table_pages" },
	{ "sec_pagetables", "nr_sec_page_table_pages" }, { "bounce", "nr_bounce" },
	{ "kernel_misc_reclaimable", "nr_kernel_misc_reclaimable" },
	{ "free", "nr_free_pages" }, { "free_cma", "nr_free_cma" },
	{ "total pagecache pages", "nr_file_pages" },
	{ "pages in swap cache", "nr_swapcached" },
	{ "Free swap", "SwapFree" }, { "Total swap", "SwapTotal" },
};

static int64_t zones_sum(const struct iq_case *c, size_t member)
{
	int64_t total = 0, v;

	for (size_t i = 0; i < c->zones.n; i++) {
		memcpy(&v, (const char *)c->zones.p[i] + member, sizeof v);
		if (v == IQ_NULL || __builtin_add_overflow(total, v, &total))
			return IQ_NULL;
	}
	return c->zones.n ? total : IQ_NULL;
}

/* As show_mem() adds up its last lines: what is present, and of it what the allocator was
 * never given.  Not if a zone is missing. */
static void add_ram(struct iq_case *c, struct inquest_counter *to, size_t *n)
{
	int64_t present = zones_sum(c, offsetof(struct inquest_zone, present_bytes));
	int64_t managed = zones_sum(c, offsetof(struct inquest_zone, managed_bytes));
	int64_t total = iq_case_counter(c, NULL, "MemTotal");

	if (present == IQ_NULL || managed == IQ_NULL || present < managed ||
	    (total != IQ_NULL && (managed < total - total / 100 ||
				  managed > total + total / 100)))
		return;
	to[(*n)++] = (struct inquest_counter){ "host", "pages RAM", present, "bytes" };
	to[(*n)++] = (struct inquest_counter){ "host", "pages reserved", present - managed,
					       "bytes" };
}

int iq_case_dump_counters(struct iq_case *c, struct iq_err *err)
{
	const size_t names = sizeof counter_names / sizeof *counter_names;
	struct inquest_counter *add = iq_arena_alloc(&c->arena, (names + 2) * sizeof *add);
	size_t had = c->counters.n, n = 0;
	void **all = iq_arena_alloc(&c->arena, (had + names + 2) * sizeof *all);

	if (!add || !all)
		return iq_no_memory(err);
	for (size_t i = 0; i < names; i++) {
		int64_t v = iq_case_counter(c, NULL, counter_names[i].dump);
		if (v != IQ_NULL)
			add[n++] = (struct inquest_counter){
				"host", counter_names[i].report, v, "bytes" };
	}
	add_ram(c, add, &n);
	memcpy(all, c->counters.p, had * sizeof *all);
	for (size_t i = 0; i < n; i++)
		all[had + i] = &add[i];
	c->counters = (struct iq_row_list){ all, had + n };
	if (c->oom && c->oom->swap_total_bytes == IQ_NULL)
		c->oom->swap_total_bytes = iq_case_counter(c, NULL, "SwapTotal");
	if (c->oom && c->oom->swap_free_bytes == IQ_NULL)
		c->oom->swap_free_bytes = iq_case_counter(c, NULL, "SwapFree");
	return 0;
}

/* A memory cgroup's report does not print the host's swap, by which its processes are
 * ranked too; how much there is changes by swapon and swapoff only. */
bool iq_case_wants_swap(const struct iq_case *c)
{
	return c->oom && iq_same(c->event.kind, "oom-kill") && c->oom->cgroup_limited &&
	       c->oom->swap_total_bytes == IQ_NULL;
}

void iq_case_dump_swap(struct iq_case *c, const struct iq_row_list *rows)
{
	const struct inquest_counter *total = rows->n ? rows->p[0] : NULL;

	if (!total || total->value == IQ_NULL || total->value < 0)
		return;
	c->oom->swap_total_bytes = total->value;
	c->swap_from_dump = true;
}

/* Where the kernel panicked instead of killing, no line tells the cgroup of who asked;
 * in the dump of that moment he still stands. */
bool iq_case_wants_cgroup(const struct iq_case *c)
{
	return c->at_crash && c->oom && iq_same(c->event.kind, "oom-kill") &&
	       c->oom->cgroup_limited && !c->oom->cgroup_task && !c->victims.n &&
	       c->oom->trigger_pid != IQ_NULL;
}

void iq_case_dump_cgroup(struct iq_case *c, const struct iq_row_list *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		const struct inquest_task *t = rows->p[i];
		if (t->pid != c->oom->trigger_pid || !t->cgroup ||
		    !iq_same(t->comm, c->oom->trigger_comm))
			continue;
		c->oom->cgroup_task = t->cgroup;
		c->cgroup_from_dump = true;
		return;
	}
}

/* Words of PARTS from FIRST on, as a text of the case; "" if there are none. */
static const char *words(struct iq_case *c, const struct dump_part *parts, size_t first)
{
	struct iq_buf b;

	iq_buf_init(&b);
	for (size_t i = first; parts[i].word; i++)
		if (parts[i].is)
			iq_buf_printf(&b, "%s%s", b.n ? ", " : "", parts[i].word);
	iq_buf_printf(&b, "%s", "");
	return iq_case_keep(c, &b);
}

int iq_case_say_dump(struct iq_case *c, bool slabs, bool cgroups, bool memory, bool tasks,
		     struct iq_err *err)
{
	const struct dump_part lists[] = {
		{ slabs, "slab caches" }, { cgroups, "cgroups" }, { tasks, "processes" },
		{ memory, "zones and counters" }, { false, NULL },
	};
	const struct dump_part told[] = {
		{ tasks, "processes" }, { memory, "zones and counters" },
		{ c->swap_from_dump && !memory, "the size of swap" },
		{ c->cgroup_from_dump, "the task's cgroup" }, { false, NULL },
	};
	const char *all = words(c, lists, 0), *main = words(c, told, 0);

	if (!all || !main)
		return iq_no_memory(err);
	c->memory_from_dump = memory;
	c->event.from_dump = *all ? all : NULL;
	/* slab caches and cgroups are told of by who names them */
	c->dump_words = c->oom && *main ? main : NULL;
	return 0;
}
