/* analyze/run.h - all plugins over some events or hosts, in a child process.
 *
 * The child inherits the loaded cases (and a store in memory) by fork; of a store in
 * a file it opens its own connection for reading.  A plugin that dies or hangs loses
 * its findings for that event: the child is started again at the first event that
 * was not finished, and passes over the culprit there.  One that does so
 * IQ_RUN_FAILURES_MAX times is not asked again in this run.
 */
#ifndef IQ_ANALYZE_RUN_H
#define IQ_ANALYZE_RUN_H

#include "analyze/host.h"

#define IQ_RUN_FAILURES_MAX	5
#define IQ_RUN_REMARKS_MAX	5	/* of one plugin; more are counted */

struct iq_item {
	struct iq_case *c;		/* NULL: a host */
	int64_t host_id;
	const char *host_name;
};

struct iq_run {
	struct iq_plugin_set *set;
	const bool *selected;		/* by plugin, NULL: all */
	struct iq_desk *desk;		/* the parent's */
	const char *path;		/* of a store in a file, or NULL */
	int64_t cpu_ms, wall_ms;
	void (*remark)(void *arg, const char *text);
	void *arg;

	struct iq_item *items;
	size_t n_items;

	/* Called once a run, while the child is at work; reads only.  May be NULL. */
	int (*meanwhile)(void *arg, struct iq_err *err);
	void *meanwhile_arg;

	/* Results, until the next run. */
	struct iq_arena arena;
	struct iq_found *found;		/* ordered by item, then as they came */
	size_t n_found;

	/* within */
	uint8_t *skip;			/* item by plugin */
	size_t from;
};

void iq_run_init(struct iq_run *r);
void iq_run_fini(struct iq_run *r);
/* Runs over r->items. */
int iq_run(struct iq_run *r, struct iq_err *err);
/* One line about a plugin, with the event or host it was at (ITEM NULL: none). */
void iq_run_remark(struct iq_run *r, struct iq_plugin *p, const struct iq_item *item,
		   const char *text);
/* Says how many remarks were held back. */
void iq_run_remarks_end(struct iq_run *r);

#endif
