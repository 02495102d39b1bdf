/* analyze/analyze.c - the order of things (analyze.h).
 *
 * Events go in batches: load and compute in this process, one transaction for
 * v1_zone_check and v1_task_choice (so that plugins find them in SQL), the plugins in
 * a child, one transaction for the findings.  While the child is at one batch, this
 * process loads the next.  An event left between the two transactions has no verdict
 * and is taken up by the next run.
 */
#include "analyze/analyze.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyze/choose.h"
#include "analyze/compute.h"
#include "analyze/findings.h"
#include "analyze/run.h"

/* One fork serves this many; what they hold in memory meanwhile is bounded too. */
#define BATCH_EVENTS	256
#define BATCH_BYTES	(16u * 1024 * 1024)

struct ids {
	int64_t *p;
	size_t n, cap;
};

struct batch {
	struct iq_case cases[BATCH_EVENTS];
	struct iq_item items[BATCH_EVENTS];
	size_t n;
	int64_t capture;		/* the newest when these were loaded */
};

struct iq_analysis {
	struct iq_store *s;
	const struct iq_analyze_opts *opts;
	struct iq_plugin_set set;
	bool selected[IQ_PLUGINS_MAX];
	struct iq_desk desk;
	struct iq_run run;
	struct batch batches[2];
	struct batch *now, *next;	/* the one the plugins see, the one being loaded */
	struct ids events, hosts;
	size_t loaded, done;		/* of the events */
	int64_t newest;			/* event of the rounds so far, or before them */
	bool early;			/* in a round that is not the last */
	bool overtaken;			/* another process brought more meanwhile */
};

/* Rounds that follow when another import overtakes the last one; then it is that one's
 * last that judges again. */
#define OVERTAKEN_MAX 8

/* --- which --- */

static int push_id(struct ids *ids, int64_t id)
{
	if (ids->n == ids->cap) {
		size_t cap = ids->cap ? ids->cap * 2 : 256;
		int64_t *p = reallocarray(ids->p, cap, sizeof(*p));
		if (!p)
			return -1;
		ids->p = p;
		ids->cap = cap;
	}
	ids->p[ids->n++] = id;
	return 0;
}

static int list_ids(struct iq_analysis *a, const char *sql, struct ids *ret, struct iq_err *err)
{
	sqlite3 *db = iq_store_db(a->s);
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);

	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		rc = SQLITE_OK;
		if (push_id(ret, sqlite3_column_int64(st, 0)))
			rc = SQLITE_NOMEM;
	}
	sqlite3_finalize(st);
	if (rc == SQLITE_NOMEM)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	return rc == SQLITE_DONE ? 0
		: iq_err_set(err, IQ_E_STORE, "reading the events: %s", sqlite3_errmsg(db));
}

/* *ret: the highest number in COLUMN of VIEW, 0 if it is empty. */
static int find_newest(struct iq_analysis *a, const char *column, const char *view,
		       int64_t *ret, struct iq_err *err)
{
	struct ids last = { NULL, 0, 0 };
	char sql[100];
	snprintf(sql, sizeof(sql), "SELECT %s FROM %s ORDER BY 1 DESC LIMIT 1", column, view);
	int rc = list_ids(a, sql, &last, err);

	*ret = last.n ? last.p[0] : 0;
	free(last.p);
	return rc;
}

static int find_newest_capture(struct iq_analysis *a, int64_t *ret, struct iq_err *err)
{
	*ret = 0;
	return a->run.path ? find_newest(a, "capture_id", "v1_capture", ret, err) : 0;
}

static int select_plugins(struct iq_analysis *a, struct iq_err *err)
{
	const char *const *only = a->opts->only;

	for (size_t i = 0; i < a->set.n; i++)
		a->selected[i] = !only;
	for (size_t k = 0; only && only[k]; k++) {
		bool found = false;
		for (size_t i = 0; i < a->set.n; i++) {
			const struct iq_plugin *p = &a->set.p[i];
			if (!p->c.name || strcmp(p->c.name, only[k]))
				continue;
			if (!p->ok)
				return iq_err_set(err, IQ_E_USAGE, "plugin %s: %s", only[k],
						  p->status);
			found = a->selected[i] = true;
		}
		if (!found)
			return iq_err_set(err, IQ_E_USAGE, "no plugin named %s; `inquest "
					  "plugins` lists them", only[k]);
	}
	for (size_t i = 0; i < a->set.n; i++)
		if (!a->set.p[i].ok && !only)
			iq_run_remark(&a->run, &a->set.p[i], NULL, a->set.p[i].status);
	return 0;
}

/* --- writing --- */

/* Was this finding's plugin asked in this run (so that what it said before goes)? */
static bool asked(const struct iq_analysis *a, struct iq_slice plugin)
{
	if (!a->opts->only || iq_eq(plugin, IQ_LIT("inquest")))
		return true;
	for (size_t i = 0; i < a->set.n; i++)
		if (a->selected[i] && iq_eq(plugin, iq_slice_z(a->set.p[i].c.name)))
			return true;
	return false;
}

static int64_t priority_of(const struct iq_analysis *a, struct iq_slice plugin)
{
	for (size_t i = 0; i < a->set.n; i++)
		if (a->set.p[i].ok && iq_eq(plugin, iq_slice_z(a->set.p[i].c.name)))
			return a->set.p[i].c.priority;
	return 0;
}

/* With --only: what the others said stays, and its cause competes again. */
static int take_over(struct iq_analysis *a, int64_t id, bool host, struct iq_found_list *list,
		     struct iq_err *err)
{
	struct iq_found_list old = { NULL, 0, 0 };

	if (iq_found_load(&a->desk.rows, id, host, &a->run.arena, &old, err))
		return -1;
	for (size_t i = 0; i < old.n; i++) {
		struct iq_found *f = &old.p[i];
		if (!host && iq_store_drop_analysis(a->s, id, f->plugin_name, err))
			return -1;
		if (asked(a, f->plugin_name))
			continue;
		f->priority = priority_of(a, f->plugin_name);
		if (iq_found_push(list, &a->run.arena, f, err))
			return -1;
	}
	return 0;
}

static struct iq_plugin *plugin_of(struct iq_analysis *a, const struct iq_found *f)
{
	return f->plugin < a->set.n ? &a->set.p[f->plugin] : NULL;
}

/* One that the store refuses (evidence of a capture that is not there) costs only
 * itself. */
static bool store_one(struct iq_analysis *a, const struct iq_item *item,
		      const struct iq_found *f)
{
	struct iq_err why = { 0 };
	int64_t event_id = item->c ? item->c->event.event_id : IQ_NULL;

	if (iq_found_store(a->s, f, event_id, item->c ? IQ_NULL : item->host_id, &why) == 0)
		return true;
	iq_run_remark(&a->run, plugin_of(a, f), item, why.text);
	return false;
}

/* Stores all findings.  1 if there is a cause among them, 0 if not. */
static int store_all(struct iq_analysis *a, size_t item, struct iq_found_list *list,
		     struct iq_err *err)
{
	uint8_t *roles = iq_arena_alloc(&a->run.arena, list->n + 1);
	size_t cause;

	if (!roles)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	for (size_t i = 0; i < list->n; i++)
		roles[i] = list->p[i].role;
	while ((cause = iq_choose_cause(list->p, list->n)) < list->n &&
	       !store_one(a, &a->now->items[item], &list->p[cause])) {
		roles[cause] = 0;	/* as if it had not been proposed */
		for (size_t i = 0; i < list->n; i++)
			list->p[i].role = roles[i];
	}
	for (size_t i = 0; i < list->n; i++)
		if (i != cause && list->p[i].role)
			store_one(a, &a->now->items[item], &list->p[i]);
	return cause < list->n;
}

static int ask(struct iq_analysis *a, const char *sql, int64_t event_id, bool *ret,
	       struct iq_err *err)
{
	struct iq_desk_statement *st;

	if (iq_desk_prepare(&a->desk, sql, &st, err))
		return -1;
	sqlite3_bind_int64(st->st, 1, event_id);
	*ret = sqlite3_step(st->st) != SQLITE_ROW || sqlite3_column_int(st->st, 0);
	iq_desk_release(st);
	return 0;
}

/* Another process may work through the same store: who comes second with an event
 * finds it done. */
static const char has_findings[] =
	"SELECT EXISTS (SELECT 1 FROM v1_finding WHERE event_id = ?1)";
static const char has_verdict[] =
	"SELECT verdict IS NOT NULL FROM v1_event WHERE event_id = ?1";

static int write_event(struct iq_analysis *a, size_t item, size_t from, size_t to,
		       struct iq_err *err)
{
	const struct iq_case *c = a->now->items[item].c;
	int64_t id = c->event.event_id;
	struct iq_found_list list = { NULL, 0, 0 };
	struct iq_found unknown;
	bool done = false;

	if (!a->opts->only && ask(a, has_findings, id, &done, err))
		return -1;
	if (done)
		return 0;
	if (a->opts->only && take_over(a, id, false, &list, err))
		return -1;
	for (size_t i = from; i < to; i++)
		if (iq_found_push(&list, &a->run.arena, &a->run.found[i], err))
			return -1;
	int cause = store_all(a, item, &list, err);
	if (cause)
		return cause < 0 ? -1 : 0;
	if (iq_choose_unknown(c, &a->run.arena, &unknown, err))
		return -1;
	return iq_found_store(a->s, &unknown, id, IQ_NULL, err);
}

static bool same_notice(const struct iq_found *a, const struct iq_found *b)
{
	return iq_eq(a->plugin_name, b->plugin_name) && iq_eq(a->rule, b->rule) &&
	       iq_eq(a->title, b->title);
}

/* A notice that is there already is not said twice. */
static int write_host(struct iq_analysis *a, size_t item, size_t from, size_t to,
		      struct iq_err *err)
{
	int64_t id = a->now->items[item].host_id;
	struct iq_found_list old = { NULL, 0, 0 };

	/* more is known of it than when these were made */
	int rc = a->opts->only ? 0 : iq_store_host_done(a->s, id, a->now->capture, err);
	if (rc < 0 || (!a->opts->only && !a->opts->again &&
		       iq_store_drop_notices(a->s, id, IQ_SLICE_NULL, err)))
		return -1;
	a->overtaken |= rc > 0;
	if (iq_found_load(&a->desk.rows, id, true, &a->run.arena, &old, err))
		return -1;
	for (size_t i = from; i < to; i++) {
		bool there = false;
		for (size_t k = 0; k < old.n && !there; k++)
			there = same_notice(&old.p[k], &a->run.found[i]);
		if (!there)
			store_one(a, &a->now->items[item], &a->run.found[i]);
	}
	return 0;
}

/* What another process stored since the event was loaded found no verdict to mark. */
static int mark_overtaken(struct iq_analysis *a, int64_t event_id, struct iq_err *err)
{
	int rc = iq_store_judged_before(a->s, event_id, a->now->capture, err);

	a->overtaken |= rc > 0;
	return rc < 0 ? -1 : 0;
}

static int write_found(struct iq_analysis *a, struct iq_err *err)
{
	size_t at = 0;
	int64_t newest;

	if (find_newest_capture(a, &newest, err))
		return -1;
	for (size_t i = 0; i < a->now->n; i++) {
		const struct iq_case *c = a->now->items[i].c;
		size_t from = at;
		while (at < a->run.n_found && a->run.found[at].item == i)
			at++;
		if ((c ? write_event : write_host)(a, i, from, at, err) ||
		    (c && a->early &&
		     iq_store_judged_early(a->s, c->event.event_id, err)) ||
		    (c && newest > a->now->capture &&
		     mark_overtaken(a, c->event.event_id, err)))
			return -1;
	}
	return 0;
}

/* --- batches --- */

/* Something of an earlier analysis, perhaps one that was killed half way. */
static const char has_leftovers[] =
	"SELECT EXISTS (SELECT 1 FROM v1_task_choice WHERE event_id = ?1)"
	" OR EXISTS (SELECT 1 FROM v1_zone_check WHERE event_id = ?1)"
	" OR EXISTS (SELECT 1 FROM v1_finding WHERE event_id = ?1)";

/* With --only, what was computed before is still there. */
static int store_computed(struct iq_analysis *a, struct iq_err *err)
{
	for (size_t i = 0; i < a->now->n; i++) {
		const struct iq_case *c = &a->now->cases[i];
		int64_t id = c->event.event_id;
		bool old, done = false;

		if (a->opts->only && a->opts->again)
			continue;
		if (!a->opts->again && ask(a, has_verdict, id, &done, err))
			return -1;
		if (done)
			continue;
		if (ask(a, has_leftovers, id, &old, err) ||
		    (old && iq_store_drop_analysis(a->s, id, IQ_SLICE_NULL, err)) ||
		    iq_compute_store(c, a->s, err))
			return -1;
	}
	return 0;
}

static int transaction(struct iq_analysis *a, int (*work)(struct iq_analysis *, struct iq_err *),
		       struct iq_err *err)
{
	if (iq_store_begin(a->s, err))
		return -1;
	if (work(a, err) || iq_store_commit(a->s, err)) {
		iq_store_rollback(a->s);
		return -1;
	}
	return 0;
}

static int load_case(struct iq_analysis *a, struct batch *b, int64_t id, struct iq_err *err)
{
	struct iq_case *c = &b->cases[b->n];
	struct iq_row_list earlier;
	size_t self;

	if (iq_case_load(c, &a->desk.rows, id, err) ||
	    iq_desk_neighbours(&a->desk, &c->event, &earlier, &self, err))
		return -1;
	earlier.n = self < earlier.n ? self : 0;
	if (iq_compute(c, &earlier, err))
		return iq_err_prefix(err, "event %lld", (long long)id);
	b->items[b->n++] = (struct iq_item){ .c = c, .host_id = c->event.host_id };
	return 0;
}

static int add_host(struct iq_analysis *a, int64_t id)
{
	struct ids *h = &a->hosts;

	if (id == IQ_NULL || a->opts->again || (h->n && h->p[h->n - 1] == id))
		return 0;
	return push_id(h, id);
}

static int load_batch(struct iq_analysis *a, struct iq_err *err)
{
	struct batch *b = a->next;
	size_t bytes = 0;

	b->n = 0;
	if (find_newest_capture(a, &b->capture, err))
		return -1;
	for (; b->n < BATCH_EVENTS && bytes < BATCH_BYTES &&
		       a->loaded < a->events.n; a->loaded++) {
		if (load_case(a, b, a->events.p[a->loaded], err))
			return -1;
		bytes += b->cases[b->n - 1].arena.total_bytes;
		if (add_host(a, b->cases[b->n - 1].event.host_id))
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	}
	return 0;
}

/* Reads only: the child may be reading the same store.  In one transaction, or each of
 * the twenty questions an event takes would lock and unlock the file. */
static int load_next(void *arg, struct iq_err *err)
{
	struct iq_analysis *a = arg;
	sqlite3 *db = iq_store_db(a->s);

	if (sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
		return iq_err_set(err, IQ_E_STORE, "reading the events: %s", sqlite3_errmsg(db));
	int rc = load_batch(a, err);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	return rc;
}

static void swap_batches(struct iq_analysis *a)
{
	struct batch *b = a->now;

	a->now = a->next;
	a->next = b;
}

static int run_plugins(struct iq_analysis *a, struct iq_err *err)
{
	a->run.items = a->now->items;
	a->run.n_items = a->now->n;
	return iq_run(&a->run, err) || transaction(a, write_found, err) ? -1 : 0;
}

static int analyze_events(struct iq_analysis *a, struct iq_err *err)
{
	a->run.meanwhile = load_next;
	a->run.meanwhile_arg = a;
	if (load_next(a, err))
		return -1;
	while (a->done < a->events.n) {
		if (a->opts->stop && a->opts->stop(a->opts->arg))
			return iq_err_set(err, IQ_E_INTR, "stopped");
		swap_batches(a);
		a->next->n = 0;
		if (transaction(a, store_computed, err) || run_plugins(a, err))
			return -1;
		a->done += a->now->n;
		if (a->opts->progress)
			a->opts->progress(a->opts->arg, (int64_t)a->done,
					  (int64_t)a->events.n);
	}
	a->run.meanwhile = NULL;
	return 0;
}

/* --- hosts --- */

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void sort_hosts(struct ids *h)
{
	size_t n = 0;

	if (h->n)
		qsort(h->p, h->n, sizeof(*h->p), compare_ids);
	for (size_t i = 0; i < h->n; i++)
		if (!n || h->p[n - 1] != h->p[i])
			h->p[n++] = h->p[i];
	h->n = n;
}

static bool has_host(const struct iq_plugin *p)
{
	return p->c.host || (p->rule && p->rule->host);
}

/* In a run over everything the old notices go first; those of a plugin that also
 * speaks of events cannot be told apart by the store and are compared instead. */
static int drop_notices(struct iq_analysis *a, struct iq_err *err)
{
	for (size_t i = 0; i < a->set.n; i++) {
		const struct iq_plugin *p = &a->set.p[i];
		bool only_hosts = !p->c.event && !(p->rule && !p->rule->host);
		if (p->ok && a->selected[i] && has_host(p) && only_hosts &&
		    iq_store_drop_analysis(a->s, IQ_NULL, iq_slice_z(p->c.name), err))
			return -1;
	}
	return 0;
}

static const struct iq_row_col name_cols[] = { { "name", 0, true } };
static const struct iq_row_shape name_shape = {
	.view = "v1_host", .where = "host_id = ?1", .cols = name_cols, .n_cols = 1,
	.size = sizeof(char *), .max = 1,
};

/* Those from AT on into the batch. */
static int load_hosts(struct iq_analysis *a, size_t at, struct iq_err *err)
{
	const struct ids *h = &a->hosts;
	struct batch *b = a->now;

	iq_case_reset(&b->cases[0]);
	b->n = 0;
	if (find_newest_capture(a, &b->capture, err))
		return -1;
	for (; b->n < BATCH_EVENTS && at + b->n < h->n; b->n++) {
		struct iq_row_list rows;
		int64_t id = h->p[at + b->n];
		if (iq_rows_load(&a->desk.rows, &name_shape, id, &b->cases[0].arena,
				 &rows, err))
			return -1;
		b->items[b->n] = (struct iq_item){
			.host_id = id,
			.host_name = rows.n ? *(char **)rows.p[0] : NULL,
		};
	}
	return 0;
}

static int push_host(void *arg, int64_t host_id)
{
	return push_id(arg, host_id);
}

static int analyze_hosts(struct iq_analysis *a, struct iq_err *err)
{
	struct ids *h = &a->hosts;
	bool any = false;

	for (size_t i = 0; i < a->set.n; i++)
		any |= a->set.p[i].ok && a->selected[i] && has_host(&a->set.p[i]);
	if (!any)
		return 0;
	if (a->opts->again &&
	    (list_ids(a, "SELECT host_id FROM v1_host", h, err) ||
	     transaction(a, drop_notices, err)))
		return -1;
	if (!a->opts->again && iq_store_waiting_hosts(a->s, push_host, h, err))
		return -1;
	sort_hosts(h);
	for (size_t at = 0; at < h->n; at += a->now->n)
		if (load_hosts(a, at, err) || run_plugins(a, err))
			return -1;
	return 0;
}

/* --- the whole --- */

static int open_plugins(struct iq_analysis *a, struct iq_err *err)
{
	const char *path = sqlite3_db_filename(iq_store_db(a->s), "main");

	a->run.path = path && *path ? path : NULL;
	a->run.remark = a->opts->remark;
	a->run.arg = a->opts->arg;
	if (a->opts->cpu_ms > 0)
		a->run.cpu_ms = a->opts->cpu_ms;
	if (a->opts->wall_ms > 0)
		a->run.wall_ms = a->opts->wall_ms;
	a->run.set = &a->set;
	a->run.selected = a->selected;
	a->run.desk = &a->desk;
	return iq_plugins_load(&a->set, a->opts->plugin_dirs, err) || select_plugins(a, err)
		? -1 : 0;
}

int iq_analysis_new(struct iq_store *s, const struct iq_analyze_opts *opts,
		    struct iq_analysis **ret, struct iq_err *err)
{
	struct iq_analysis *a = calloc(1, sizeof(*a));

	if (!a)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	a->s = s;
	a->opts = opts;
	iq_desk_init(&a->desk, iq_store_db(s));
	iq_run_init(&a->run);
	a->now = &a->batches[0];
	a->next = &a->batches[1];
	for (size_t i = 0; i < 2 * BATCH_EVENTS; i++)
		iq_case_init(&a->batches[i / BATCH_EVENTS].cases[i % BATCH_EVENTS]);
	if (open_plugins(a, err) || find_newest(a, "event_id", "v1_event", &a->newest, err)) {
		iq_analysis_free(a);
		return -1;
	}
	*ret = a;
	return 0;
}

void iq_analysis_free(struct iq_analysis *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < 2 * BATCH_EVENTS; i++)
		iq_case_fini(&a->batches[i / BATCH_EVENTS].cases[i % BATCH_EVENTS]);
	iq_run_fini(&a->run);
	iq_desk_fini(&a->desk);
	iq_plugins_free(&a->set);
	free(a->events.p);
	free(a->hosts.p);
	free(a);
}

static int analyze(struct iq_analysis *a, const char *events, struct iq_err *err)
{
	iq_desk_forget(&a->desk);
	a->events.n = a->hosts.n = a->loaded = a->done = 0;
	if (list_ids(a, events, &a->events, err))
		return -1;
	if (a->events.n && a->events.p[a->events.n - 1] > a->newest)
		a->newest = a->events.p[a->events.n - 1];
	return analyze_events(a, err) || analyze_hosts(a, err) ? -1 : 0;
}

int iq_analysis_round(struct iq_analysis *a, struct iq_err *err)
{
	char events[160];

	a->early = true;
	/* of a store with a million events not all are looked at again */
	snprintf(events, sizeof(events), "SELECT event_id FROM v1_event WHERE verdict IS NULL "
		 "AND event_id > %lld ORDER BY event_id", (long long)a->newest);
	return analyze(a, events, err);
}

static int put_back(struct iq_analysis *a, struct iq_err *err)
{
	return iq_store_put_back(a->s, err);
}

int iq_analysis_last(struct iq_analysis *a, struct iq_err *err)
{
	const char *events = a->opts->again
		? "SELECT event_id FROM v1_event ORDER BY event_id"
		: "SELECT event_id FROM v1_event WHERE verdict IS NULL ORDER BY event_id";

	/* a store in memory has no rounds */
	bool anew = a->opts->again || a->opts->only || !a->run.path;

	a->early = false;
	for (int i = 0; i == 0 || (!anew && a->overtaken && i < OVERTAKEN_MAX); i++) {
		a->overtaken = false;
		if ((!anew && transaction(a, put_back, err)) || analyze(a, events, err))
			return -1;
	}
	iq_run_remarks_end(&a->run);
	return 0;
}

int iq_analyze(struct iq_store *s, const struct iq_analyze_opts *opts, struct iq_err *err)
{
	struct iq_analysis *a;

	if (iq_analysis_new(s, opts, &a, err))
		return -1;
	/* Nobody else writes to a store in memory; where nothing of an earlier analysis
	 * has to go, its keys need no check. */
	bool alone = !a->run.path && !opts->again && !opts->only;
	int rc = alone && iq_store_check_keys(s, false, err) ? -1 : iq_analysis_last(a, err);
	if (alone && iq_store_check_keys(s, true, rc ? NULL : err))
		rc = -1;
	iq_analysis_free(a);
	return rc;
}

int iq_plugins_list(const struct iq_analyze_opts *opts,
		    void (*found)(void *arg, const struct iq_plugin_info *info), void *arg,
		    struct iq_err *err)
{
	struct iq_plugin_set set;

	if (iq_plugins_load(&set, opts->plugin_dirs, err))
		return -1;
	for (size_t i = 0; i < set.n; i++) {
		const struct iq_plugin *p = &set.p[i];
		struct iq_plugin_info info = {
			.name = p->c.name ? p->c.name : p->file,
			.version = p->c.version, .description = p->c.description,
			.path = p->path, .kind = p->sql ? "sql" : "C",
			.status = p->status,
		};
		found(arg, &info);
	}
	iq_plugins_free(&set);
	return 0;
}
