/* vmcore/state/tasks_report.c - what the search for tasks did not find, and why. */
#include "vmcore/state/tasks.h"

#include <stdio.h>

/* Kernels whose slab pages a makedumpfile below a release does not know (facts on
 * vmcores 1.6): marks of slab pages changed in 6.2, 6.10, 6.12 and 7.1. */
static const struct {
	int major, minor;
	const char *needs;
} filters[] = {
	{ 7, 1, "newer than 1.7.9" },
	{ 6, 12, "1.7.7" },
	{ 6, 10, "1.7.6" },
	{ 6, 2, "1.7.3" },
};

static const char *filter_for(struct iq_slice release)
{
	char text[32];
	int major, minor;

	snprintf(text, sizeof text, "%.*s", IQ_FMT(iq_head(release, sizeof text - 1)));
	if (sscanf(text, "%d.%d", &major, &minor) != 2)
		return NULL;
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
		if (major > filters[i].major ||
		    (major == filters[i].major && minor >= filters[i].minor))
			return filters[i].needs;
	return NULL;
}

static void say_filter(struct iq_tasks *s)
{
	struct iq_kimage *k = s->k;
	const char *needs = k->v ? filter_for(k->v->info.release) : NULL;
	int64_t level = k->v ? k->v->info.dump_level : IQ_NULL;

	if (!needs || level == IQ_NULL || level < 2)
		return;
	iq_ki_missing(k, "dump-filter", "pages with task_structs were filtered out: most "
		      "likely by a makedumpfile too old for this kernel, which takes slab "
		      "pages for free ones; %s%s keeps them",
		      needs[0] == 'n' ? "a makedumpfile " : "makedumpfile from ", needs);
}

static void say_counts(struct iq_tasks *s, uint64_t found)
{
	struct iq_kimage *k = s->k;
	size_t ways[6] = { 0 };
	char of[40] = "";

	for (size_t i = 0; i < s->n; i++)
		for (unsigned b = 0; b < 6; b++)
			ways[b] += s->t[i].ways >> b & 1;
	if (s->nr_threads != IQ_NULL)
		snprintf(of, sizeof of, " of %lld", (long long)s->nr_threads);
	iq_ki_missing(k, "tasks-missing", "%llu%s tasks found%s: %zu processes by the task "
		      "list, %zu tasks by threads, %zu by pid, %zu by parents and children, "
		      "%zu by searching pages%s; %zu task_structs and %zu pids not readable",
		      (unsigned long long)found, of,
		      s->list_end == IQ_LIST_WHOLE ? "" : ", the task list is broken",
		      s->by_list, ways[1], ways[2], ways[4], ways[5],
		      s->scan_cut ? " (not all of them)" : "", s->unreadable,
		      s->pids_unreadable);
}

void iq_tasks_say_missing(struct iq_tasks *s)
{
	struct iq_kimage *k = s->k;
	uint64_t found = iq_tasks_counted(s);
	bool all = s->nr_threads != IQ_NULL && (int64_t)found >= s->nr_threads &&
		   iq_tasks_short_of_threads(s) == 0;

	if (s->full)
		iq_ki_missing(k, "tasks-limit", "more tasks than a kernel can have: the "
			      "rest is left out");
	if (s->whole)
		return;
	if (all) {
		iq_vmcore_issue(k->v, "note", "task-list", IQ_NULL, "the list of processes "
				"is broken after %zu; all %lld tasks were found by other "
				"ways", s->by_list, (long long)s->nr_threads);
		return;
	}
	if (!found && !iq_symbols_count(k->symbols)) {
		k->missing = true;
		iq_vmcore_issue(k->v, "note", "tasks-unknown", IQ_NULL, "no tasks: without "
				"symbols it is not known where their list begins");
		return;
	}
	say_counts(s, found);
	if (s->unreadable || s->pids_unreadable || s->list_end == IQ_LIST_BROKEN)
		say_filter(s);
}
