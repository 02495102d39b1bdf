/* analyze/whatif.c - who would have died (analyze.h)? */
#include <stdlib.h>

#include "analyze/analyze.h"
#include "analyze/compute.h"
#include "analyze/host.h"
#include "base/units.h"
#include "base/utf8.h"

#define SHOWN	10			/* rows of a ranking */
#define CHANGES_MAX 4096

static void add_bytes(struct iq_buf *out, int64_t bytes)
{
	if (bytes == IQ_NULL)
		iq_buf_char(out, '?');
	else
		iq_human_bytes(out, bytes);
}

static void add_name(struct iq_buf *out, const char *comm)
{
	iq_utf8_terminal(out, iq_slice_z(comm ? comm : "?"));
}

static bool of_cgroup(const struct iq_case *c)
{
	const struct iq_work *w = c->work;

	return w->constraint == IQ_CONSTRAINT_MEMCG;
}

/* --- are the questions sensible? --- */

static int check_pid(const struct iq_case *c, int64_t pid, const char *option,
		     struct iq_err *err)
{
	if (iq_case_task(c, pid))
		return 0;
	return iq_err_set(err, IQ_E_USAGE, "%s: no process %lld in the task table of event "
			  "%lld; `inquest query 'SELECT pid, comm FROM v1_task_choice JOIN "
			  "v1_task USING (task_id) WHERE event_id = %lld'` lists them", option,
			  (long long)pid, (long long)c->event.event_id,
			  (long long)c->event.event_id);
}

static int check_adj(const struct iq_whatif *w, size_t i, struct iq_err *err)
{
	const struct iq_whatif_adj *a = &w->adj[i];

	if (a->adj < -1000 || a->adj > 1000)
		return iq_err_set(err, IQ_E_USAGE, "--adj %lld=%lld: oom_score_adj goes from "
				  "-1000 to 1000", (long long)a->pid, (long long)a->adj);
	for (size_t k = 0; k < i; k++)
		if (w->adj[k].pid == a->pid)
			return iq_err_set(err, IQ_E_USAGE, "--adj: process %lld is there "
					  "twice", (long long)a->pid);
	return 0;
}

static int check_question(const struct iq_case *c, const struct iq_whatif *w,
			  struct iq_err *err)
{
	if (w->n_adj > CHANGES_MAX || w->n_without > CHANGES_MAX)
		return iq_err_set(err, IQ_E_USAGE, "more than %d changes", CHANGES_MAX);
	for (size_t i = 0; i < w->n_adj; i++)
		if (check_pid(c, w->adj[i].pid, "--adj", err) || check_adj(w, i, err))
			return -1;
	for (size_t i = 0; i < w->n_without; i++) {
		if (check_pid(c, w->without[i], "--without", err))
			return -1;
		for (size_t k = 0; k < w->n_adj; k++)
			if (w->adj[k].pid == w->without[i])
				return iq_err_set(err, IQ_E_USAGE, "process %lld is given to "
						  "both --adj and --without",
						  (long long)w->without[i]);
	}
	if (w->limit_bytes == IQ_NULL)
		return 0;
	if (!of_cgroup(c))
		return iq_err_set(err, IQ_E_USAGE, "--limit: no cgroup's limit was reached in "
				  "event %lld", (long long)c->event.event_id);
	if (w->limit_bytes < c->event.page_size)
		return iq_err_set(err, IQ_E_USAGE, "--limit: less than a page");
	return 0;
}

static int check_event(const struct iq_case *c, struct iq_err *err)
{
	const struct iq_work *w = c->work;
	long long id = (long long)c->event.event_id;

	if (!c->oom || !w)
		return iq_err_set(err, IQ_E_USAGE, "event %lld (%s) is no choice of the kernel",
				  id, c->event.kind ? c->event.kind : "?");
	if (!c->tasks.n)
		return iq_err_set(err, IQ_E_USAGE, "event %lld has no task table to choose "
				  "from", id);
	bool nobody = true;
	for (size_t i = 0; i < w->n_tasks; i++)
		nobody = nobody && w->ranked[i].state == IQ_BAD_NEVER;
	if (!w->n_ranked && !nobody)
		return iq_err_set(err, IQ_E_USAGE, "event %lld cannot be recomputed: %s", id,
				  c->ranking.why_not_computed ? c->ranking.why_not_computed
				  : "figures are missing");
	return 0;
}

/* --- the answer --- */

static void add_denominator(struct iq_buf *out, const struct iq_case *c,
			    const struct iq_total *t)
{
	if (t->pages == IQ_NULL) {
		iq_buf_str(out, "Scores are in thousandths of what may be used; that figure "
			   "is not in the report");
	} else {
		iq_buf_printf(out, "Scores are in thousandths of %lld pages (",
			      (long long)t->pages);
		add_bytes(out, iq_from_pages(c, t->pages));
		iq_buf_printf(out, "%s%s%s)", t->how ? ": " : "", t->how ? t->how : "",
			      t->exact ? "" : ", approximately");
	}
	if (t->missing)
		iq_buf_printf(out, "; not in the report: %s", t->missing);
	iq_buf_str(out, ".\n");
}

static const struct inquest_change *change_of(const struct inquest_change *ch, size_t n,
					      int64_t pid)
{
	for (size_t i = 0; i < n; i++)
		if (ch[i].pid == pid)
			return &ch[i];
	return NULL;
}

static void add_row(struct iq_buf *out, const struct iq_case *c, const struct iq_ranked *r,
		    const struct iq_total *total, const struct inquest_change *ch, size_t n)
{
	const struct iq_work *w = c->work;
	const struct inquest_task *t = c->tasks.p[r->task];
	const struct inquest_change *mine = change_of(ch, n, t->pid);
	int64_t adj = mine ? mine->adj : t->oom_score_adj;

	iq_buf_printf(out, "  %4zu %8lld %6lld  %12lld ", r->rank, (long long)t->pid,
		      (long long)(adj == IQ_NULL ? 0 : adj), (long long)r->points);
	if (total->pages > 0)
		iq_buf_printf(out, "%6lld  ",
			      (long long)iq_badness_score(r->points, total->pages, w->k));
	else
		iq_buf_str(out, "     ?  ");
	size_t at = out->n;
	add_bytes(out, t->rss_bytes);
	for (size_t used = out->n - at; used < 10; used++)
		iq_buf_char(out, ' ');
	iq_buf_char(out, ' ');
	add_name(out, t->comm);
	iq_buf_str(out, mine ? "  *\n" : "\n");
}

static void add_ranking(struct iq_buf *out, const char *head, const struct iq_case *c,
			const struct iq_ranked *ranked, const struct iq_total *total,
			const struct inquest_change *ch, size_t n)
{
	const struct iq_work *w = c->work;
	size_t shown = 0, more = 0;

	iq_buf_printf(out, "\n%s\n  rank      pid    adj        points  score  rss        name\n",
		      head);
	for (size_t i = 0; i < w->n_tasks && ranked[i].rank; i++) {
		if (shown < SHOWN) {
			add_row(out, c, &ranked[i], total, ch, n);
			shown++;
		} else {
			more++;
		}
	}
	bool unknown = false;
	for (size_t i = 0; i < w->n_tasks; i++)
		unknown |= ranked[i].state == IQ_BAD_UNKNOWN;
	if (!shown)
		iq_buf_printf(out, "  (%s)\n", unknown ? "not computable: figures are missing"
							: "nobody is eligible");
	if (more)
		iq_buf_printf(out, "  ... and %zu more\n", more);
}

static void add_task(struct iq_buf *out, const struct iq_case *c, int64_t pid)
{
	const struct inquest_task *t = iq_case_task(c, pid);

	add_name(out, t ? t->comm : NULL);
	iq_buf_printf(out, "[%lld]", (long long)pid);
}

static void add_changes(struct iq_buf *out, const struct iq_case *c,
			const struct iq_whatif *w)
{
	const char *sep = "";

	iq_buf_printf(out, "Event %lld", (long long)c->event.event_id);
	if (c->event.time)
		iq_buf_printf(out, ", %s", c->event.time);
	if (!w->n_adj && !w->n_without && w->limit_bytes == IQ_NULL)
		iq_buf_str(out, ", as it was");
	else
		iq_buf_str(out, ", if ");
	for (size_t i = 0; i < w->n_adj; i++, sep = " and ") {
		const struct inquest_task *t = iq_case_task(c, w->adj[i].pid);
		iq_buf_str(out, sep);
		add_task(out, c, w->adj[i].pid);
		iq_buf_printf(out, " had oom_score_adj %lld", (long long)w->adj[i].adj);
		if (t && t->oom_score_adj != IQ_NULL)
			iq_buf_printf(out, " (was %lld)", (long long)t->oom_score_adj);
	}
	for (size_t i = 0; i < w->n_without; i++, sep = " and ") {
		iq_buf_str(out, sep);
		add_task(out, c, w->without[i]);
		iq_buf_str(out, " were not there");
	}
	if (w->limit_bytes != IQ_NULL) {
		iq_buf_printf(out, "%sthe limit were ", sep);
		add_bytes(out, w->limit_bytes);
		iq_buf_str(out, " (was ");
		add_bytes(out, c->oom->limit_bytes);
		iq_buf_char(out, ')');
	}
	iq_buf_str(out, ":\n\n");
}

/* Anonymous memory of a task, or all it has where the report does not tell them
 * apart; 0: not known. */
static int64_t anon_of(const struct iq_case *c, int64_t pid)
{
	const struct inquest_task *t = iq_case_task(c, pid);
	int64_t anon = t ? t->anon_rss_bytes : IQ_NULL;

	if (anon == IQ_NULL)
		anon = t ? t->rss_bytes : IQ_NULL;
	return anon < 0 ? 0 : anon;
}

/* What was charged, and by how many pages the request would have passed or not. */
static void add_charge(struct iq_buf *out, const struct iq_case *c,
		       const struct iq_whatif *w)
{
	int64_t usage = c->oom->usage_bytes, order = c->oom->alloc_order, gone = 0, need;

	if (w->limit_bytes == IQ_NULL && !w->n_without)
		return;
	if (!of_cgroup(c))
		return;
	int64_t limit = w->limit_bytes != IQ_NULL ? w->limit_bytes : c->oom->limit_bytes;
	if (usage == IQ_NULL || limit == IQ_NULL) {
		iq_buf_str(out, "Whether the charge would have passed cannot be said: the "
			   "report does not show the cgroup's usage or limit.\n");
		return;
	}
	/* File pages may be shared and stay; what is anonymous goes with its process. */
	for (size_t i = 0; i < w->n_without; i++)
		if (__builtin_add_overflow(gone, anon_of(c, w->without[i]), &gone))
			gone = usage;
	need = order > 0 && order < 20 ? c->event.page_size << order : c->event.page_size;
	usage = gone >= usage ? 0 : usage - gone;
	iq_buf_str(out, "Usage was ");
	add_bytes(out, c->oom->usage_bytes);
	if (gone) {
		iq_buf_str(out, ", less ");
		add_bytes(out, gone);
		iq_buf_str(out, " of the absent");
	}
	iq_buf_str(out, ", and ");
	add_bytes(out, need);
	if (limit - usage >= need) {
		iq_buf_str(out, " more were asked for: the charge would have passed, with ");
		add_bytes(out, limit - usage - need);
		iq_buf_str(out, " to spare, and nobody would have died here. How much more "
			   "the processes would have taken later the report cannot say; "
			   "the ranking below is for the case that they fill it.\n");
	} else {
		iq_buf_str(out, " more were asked for: the charge would have failed all the "
			   "same, ");
		add_bytes(out, usage + need - limit);
		iq_buf_str(out, " too many.\n");
	}
}

/* Of a host: would a zone have come to its high mark with what is gone? */
static void add_freed(struct iq_buf *out, const struct iq_case *c, const struct iq_whatif *w)
{
	int64_t gone = 0, lack = IQ_NULL;

	if (!w->n_without || of_cgroup(c) || c->oom->manual == 1)
		return;
	for (size_t i = 0; i < w->n_without; i++)
		if (__builtin_add_overflow(gone, anon_of(c, w->without[i]), &gone))
			return;
	for (size_t i = 0; i < c->zones.n; i++) {
		const struct inquest_zone *z = c->zones.p[i];
		const struct inquest_zone_check *k = z->check;
		int64_t need;
		if (!k || k->usable != 1 || k->left_bytes == IQ_NULL ||
		    k->reserve_bytes == IQ_NULL || z->high_bytes == IQ_NULL ||
		    __builtin_add_overflow(z->high_bytes, k->reserve_bytes, &need) ||
		    __builtin_sub_overflow(need, k->left_bytes, &need))
			continue;
		if (lack == IQ_NULL || need < lack)
			lack = need;
	}
	if (lack == IQ_NULL || !gone)
		return;
	add_bytes(out, gone);
	iq_buf_str(out, " of anonymous memory would have been free; ");
	add_bytes(out, lack < 0 ? 0 : lack);
	iq_buf_str(out, gone > lack ? " were lacking for a zone's high mark: nobody would have died "
		   "here. The ranking below is for the case that others had taken it.\n"
		   : " were lacking for a zone's high mark: it would not have been enough.\n");
}

static void add_victims(struct iq_buf *out, const struct iq_case *c, int64_t before,
			int64_t after)
{
	const struct inquest_ranking *r = &c->ranking;
	const struct iq_work *w = c->work;

	iq_buf_str(out, "Chosen as it was: ");
	if (before == IQ_NULL)
		iq_buf_str(out, "nobody: no process of the table was eligible");
	else
		add_task(out, c, before);
	if (before != IQ_NULL && r->killed_pid != IQ_NULL && r->agrees == 0) {
		iq_buf_str(out, ", by the table; killed was ");
		add_task(out, c, r->killed_pid);
		iq_buf_printf(out, " (%s)", r->why_differs ? r->why_differs
			      : "the report does not show why");
	} else if (before != IQ_NULL && r->killed_pid != IQ_NULL) {
		iq_buf_str(out, ", and it was killed");
	}
	iq_buf_str(out, ".\nChosen then:      ");
	if (after == IQ_NULL)
		iq_buf_str(out, "not computable");
	else if (!after)
		iq_buf_str(out, "nobody: no process would be eligible");
	else
		add_task(out, c, after);
	iq_buf_str(out, after != IQ_NULL && after == before ? " as well.\n" : ".\n");
	if (c->oom->allocating_task == 1)
		iq_buf_str(out, "But vm.oom_kill_allocating_task was set: the kernel kills who asks, "
			   "whatever the points.\n");
	else if (c->oom->victim_count == 0 && c->oom->no_killable != 1)
		iq_buf_str(out, "But nobody was killed in this event: the kernel may not have chosen "
			   "at all (vm.panic_on_oom).\n");
	if (after > 0 && w->k->child_sacrifice)
		iq_buf_str(out, "Kernels before 5.1 kill a child of the chosen one instead, if one has "
			   "memory of its own; the table does not show whose child is who.\n");
	if (after > 0 && c->oom->group_kill == 1)
		iq_buf_str(out, "memory.oom.group was set: where it is set for the chosen one's "
			   "cgroup, all of that group die.\n");
	if (!after && !of_cgroup(c))
		iq_buf_str(out, "The kernel panics when a host runs out of memory and nobody "
			   "is left to kill.\n");
}

static void add_grounds(struct iq_buf *out, const struct iq_case *c)
{
	const struct iq_work *w = c->work;
	const struct inquest_ranking *r = &c->ranking;
	bool sure = w->era.known && r->totalpages_exact && r->agrees == 1 &&
		    !r->root_bonus_matters && c->event.truncated != 1 &&
		    (!c->event.page_size_assumed || iq_same(c->event.arch, "x86_64"));

	iq_buf_printf(out, "\nThis rests on the rules of kernel %s (%s), on %zu rows of the task "
		      "table, and on page size %lld%s.\n", w->k->name,
		      r->era && *r->era ? r->era : "no evidence", w->n_tasks,
		      (long long)c->event.page_size,
		      c->event.page_size_assumed ? " (assumed)" : "");
	iq_buf_printf(out, "Confidence: %s", sure ? "strong" : "likely");
	if (!w->era.known)
		iq_buf_str(out, "; the kernel is not known, the newest rules were taken");
	if (w->era.contradicts)
		iq_buf_str(out, "; no kernel of the printed release writes such a report");
	if (r->agrees == 1)
		iq_buf_str(out, "; recomputed as it was, the choice is the kernel's");
	if (r->agrees == 0)
		iq_buf_str(out, "; recomputed as it was, the choice is not the kernel's");
	if (r->root_bonus_matters == 1)
		iq_buf_str(out, "; the first place depends on whether root processes have "
			   "CAP_SYS_ADMIN, which uid 0 was taken for");
	if (c->event.truncated == 1)
		iq_buf_str(out, "; the report is cut, rows may be missing");
	iq_buf_str(out, ".\n");
}

static int answer(const struct iq_case *c, const struct iq_whatif *w,
		  const struct inquest_change *ch, size_t n_ch, struct iq_buf *out,
		  struct iq_err *err)
{
	const struct iq_work *k = c->work;
	struct iq_ranked *then = calloc(k->n_tasks, sizeof(*then));
	struct iq_total total;
	int64_t before = c->ranking.expected_pid, after;

	if (!then)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	after = iq_compute_rechoose(c, ch, n_ch, w->limit_bytes, then, &total);
	add_changes(out, c, w);
	add_victims(out, c, before, after);
	add_charge(out, c, w);
	add_freed(out, c, w);
	add_ranking(out, "As it was", c, k->ranked, &k->total, NULL, 0);
	iq_buf_str(out, "  ");
	add_denominator(out, c, &k->total);
	add_ranking(out, "Then (* changed)", c, then, &total, ch, n_ch);
	iq_buf_str(out, "  ");
	add_denominator(out, c, &total);
	add_grounds(out, c);
	free(then);
	return out->failed ? iq_err_set(err, IQ_E_NOMEM, "out of memory") : 0;
}

static int load(struct iq_store *s, struct iq_case *c, int64_t event_id, struct iq_err *err)
{
	struct iq_row_list earlier;
	struct iq_desk *desk = calloc(1, sizeof(*desk));
	size_t self;
	int rc;

	if (!desk)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	iq_desk_init(desk, iq_store_db(s));
	rc = iq_case_load(c, &desk->rows, event_id, err) ||
	     iq_desk_neighbours(desk, &c->event, &earlier, &self, err) ? -1 : 0;
	if (!rc) {
		earlier.n = self < earlier.n ? self : 0;
		rc = iq_compute(c, &earlier, err);
	}
	iq_desk_fini(desk);
	free(desk);
	return rc;
}

int iq_whatif(struct iq_store *s, const struct iq_whatif *w, struct iq_buf *out,
	      struct iq_err *err)
{
	struct inquest_change *ch = NULL;
	struct iq_case c;
	int rc = -1;

	iq_case_init(&c);
	if (load(s, &c, w->event_id, err) || check_event(&c, err) ||
	    check_question(&c, w, err))
		goto out;
	ch = calloc(w->n_adj + w->n_without + 1, sizeof(*ch));
	if (!ch) {
		iq_err_set(err, IQ_E_NOMEM, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < w->n_adj; i++)
		ch[i] = (struct inquest_change){ w->adj[i].pid, w->adj[i].adj };
	for (size_t i = 0; i < w->n_without; i++)
		ch[w->n_adj + i] = (struct inquest_change){ w->without[i], INQUEST_NULL };
	rc = answer(&c, w, ch, w->n_adj + w->n_without, out, err);
out:
	free(ch);
	iq_case_fini(&c);
	return rc;
}
