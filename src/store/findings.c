/* store/findings.c - what analysis writes, and how it is taken back.
 *
 * A finding rests on evidence or is refused.  The one of role cause is the event's
 * verdict and stands in the event's own columns too; a further one takes its place
 * and the former becomes contributing.
 */
#include "store/internal.h"

static int check_array(struct iq_store *s, const struct iq_finding *f, const char *name,
		       struct iq_slice json, struct iq_err *err)
{
	sqlite3_stmt *st = json.p ? iq_store_stmt(s, IQ_SQL_JSON_IS_ARRAY, err) : NULL;
	if (!st)
		return json.p ? -1 : 0;
	iq_store_bind_text(s, st, 1, json);
	bool good = sqlite3_step(st) == SQLITE_ROW && sqlite3_column_int(st, 0);
	sqlite3_reset(st);
	return good ? 0 : iq_err_set(err, IQ_E_BUG, "finding %.*s refused: %s is no JSON array",
				     IQ_FMT(f->rule), name);
}

/* Plugins name the captures; keys may not be checked (iq_store_check_keys()). */
static int check_captures(struct iq_store *s, const struct iq_finding *f,
			  struct iq_err *err)
{
	int64_t found = IQ_NULL;
	for (size_t i = 0; i < f->n_evidence; i++) {
		int64_t id = f->evidence[i].capture_id;
		if (id == IQ_NULL || id == found)
			continue;
		sqlite3_stmt *st = iq_store_stmt(s, IQ_SQL_CAPTURE_BY_ID, err);
		if (!st)
			return -1;
		sqlite3_bind_int64(st, 1, id);
		bool there = sqlite3_step(st) == SQLITE_ROW;
		sqlite3_reset(st);
		if (!there)
			return iq_err_set(err, IQ_E_BUG, "finding %.*s refused: evidence "
					  "of capture %lld, which is not there",
					  IQ_FMT(f->rule), (long long)id);
		found = id;
	}
	return 0;
}

static int check(struct iq_store *s, const struct iq_finding *f, struct iq_err *err)
{
	bool event = f->event_id != IQ_NULL, host = f->host_id != IQ_NULL;
	if (!f->n_evidence)
		return iq_err_set(err, IQ_E_BUG, "finding %.*s of %.*s refused: no evidence",
				  IQ_FMT(f->rule), IQ_FMT(f->plugin));
	if (event == host)
		return iq_err_set(err, IQ_E_BUG, "finding %.*s refused: it is about %s",
				  IQ_FMT(f->rule), event ? "an event and a host" : "nothing");
	if (host && !iq_eq(f->role, IQ_LIT("notice")))
		return iq_err_set(err, IQ_E_BUG, "finding %.*s refused: of a host there are "
				  "notices only", IQ_FMT(f->rule));
	return check_array(s, f, "advice", f->advice, err) < 0 ||
	       check_array(s, f, "missing", f->missing, err) < 0 ||
	       check_captures(s, f, err) < 0 ? -1 : 0;
}

static int put_evidence(struct iq_store *s, enum iq_store_sql which, int64_t finding,
			const struct iq_finding *f, size_t from, size_t n,
			struct iq_err *err)
{
	sqlite3_stmt *st = iq_store_stmt(s, which, err);
	if (!st)
		return -1;
	int at = 0;
	for (size_t i = from; i < from + n; i++) {
		const struct iq_evidence *e = &f->evidence[i];
		iq_store_bind_int(st, ++at, finding);
		iq_store_bind_int(st, ++at, (int64_t)i);
		iq_store_bind_int(st, ++at, e->capture_id);
		iq_store_bind_text(s, st, ++at, e->member);
		iq_store_bind_int(st, ++at, e->line);
		iq_store_bind_text(s, st, ++at, e->text);
		iq_store_bind_text(s, st, ++at, e->view_name);
		iq_store_bind_int(st, ++at, e->view_name.p ? e->row_id : IQ_NULL);
	}
	return iq_store_run(s, st, "writing evidence", err);
}

/* A finding may rest on twenty lines: by fours. */
static int put_all_evidence(struct iq_store *s, int64_t finding, const struct iq_finding *f,
			    struct iq_err *err)
{
	size_t i = 0;
	for (; f->n_evidence - i >= 4; i += 4)
		if (put_evidence(s, IQ_SQL_EVIDENCE_INSERT_4, finding, f, i, 4, err) < 0)
			return -1;
	for (; i < f->n_evidence; i++)
		if (put_evidence(s, IQ_SQL_EVIDENCE_INSERT, finding, f, i, 1, err) < 0)
			return -1;
	return 0;
}

static int put_missing(struct iq_store *s, int64_t finding, const struct iq_finding *f,
		       struct iq_err *err)
{
	if (!f->missing.p)
		return 0;
	sqlite3_stmt *st = iq_store_stmt(s, IQ_SQL_MISSING_INSERT, err);
	if (!st)
		return -1;
	sqlite3_bind_int64(st, 1, finding);
	iq_store_bind_int(st, 2, f->event_id);
	iq_store_bind_text(s, st, 3, f->missing);
	return iq_store_run(s, st, "writing what is missing", err);
}

static int demote(struct iq_store *s, int64_t event_id, struct iq_err *err)
{
	sqlite3_stmt *st = iq_store_stmt(s, IQ_SQL_FINDING_DEMOTE, err);
	if (!st)
		return -1;
	sqlite3_bind_int64(st, 1, event_id);
	return iq_store_run(s, st, "writing a finding", err);
}

static int set_verdict(struct iq_store *s, const struct iq_finding *f, struct iq_err *err)
{
	sqlite3_stmt *st = iq_store_stmt(s, IQ_SQL_EVENT_VERDICT, err);
	if (!st)
		return -1;
	sqlite3_bind_int64(st, 1, f->event_id);
	iq_store_bind_text(s, st, 2, f->verdict);
	iq_store_bind_text(s, st, 3, f->holder);
	iq_store_bind_text(s, st, 4, f->severity);
	iq_store_bind_text(s, st, 5, f->confidence);
	iq_store_bind_text(s, st, 6, f->title);
	return iq_store_run(s, st, "writing the verdict", err);
}

static int put_row(struct iq_store *s, const struct iq_finding *f, int64_t *ret_id,
		   struct iq_err *err)
{
	const struct iq_slice text[] = { f->plugin, f->rule, f->role, f->verdict, f->holder,
					 f->severity, f->confidence, f->title,
					 f->explanation, f->advice };
	sqlite3_stmt *st = iq_store_stmt(s, IQ_SQL_FINDING_INSERT, err);
	if (!st)
		return -1;
	iq_store_bind_int(st, 1, f->event_id);
	iq_store_bind_int(st, 2, f->host_id);
	for (int i = 0; i < (int)(sizeof text / sizeof *text); i++)
		iq_store_bind_text(s, st, 3 + i, text[i]);
	if (iq_store_run(s, st, "writing a finding", err) < 0)
		return -1;
	*ret_id = sqlite3_last_insert_rowid(s->db);
	return 0;
}

static int put_finding(struct iq_store *s, const struct iq_finding *f, struct iq_err *err)
{
	int64_t id;
	bool cause = iq_eq(f->role, IQ_LIT("cause"));
	if ((cause && demote(s, f->event_id, err) < 0) || put_row(s, f, &id, err) < 0)
		return -1;
	if (put_all_evidence(s, id, f, err) < 0 || put_missing(s, id, f, err) < 0)
		return -1;
	return cause ? set_verdict(s, f, err) : 0;
}

static int run_plain(struct iq_store *s, enum iq_store_sql which, struct iq_err *err)
{
	sqlite3_stmt *st = iq_store_stmt(s, which, err);
	return st ? iq_store_run(s, st, "writing a finding", err) : -1;
}

/* All of it or nothing, and the caller's transaction goes on either way: one bad
 * plugin costs nothing else. */
int iq_store_put_finding(struct iq_store *s, const struct iq_finding *f, struct iq_err *err)
{
	if (check(s, f, err) < 0 || run_plain(s, IQ_SQL_FINDING_TRY, err) < 0)
		return -1;
	if (put_finding(s, f, err) == 0)
		return run_plain(s, IQ_SQL_FINDING_KEEP, err);
	sqlite3_exec(s->db, "ROLLBACK TO finding; RELEASE finding", NULL, NULL, NULL);
	return -1;
}

int iq_store_put_zone_check(struct iq_store *s, const struct iq_zone_check *c,
			    struct iq_err *err)
{
	const int64_t v[] = { c->event_id, c->zone_id, c->usable, c->reserve_bytes,
			      c->mark_bytes, c->watermark_ok, c->order_ok };
	sqlite3_stmt *st = iq_store_stmt(s, IQ_SQL_ZONE_CHECK_INSERT, err);
	if (!st)
		return -1;
	for (int i = 0; i < (int)(sizeof v / sizeof *v); i++)
		iq_store_bind_int(st, i + 1, v[i]);
	iq_store_bind_text(s, st, 8, c->why);
	return iq_store_run(s, st, "writing a zone check", err);
}

static int put_choices(struct iq_store *s, enum iq_store_sql which,
		       const struct iq_task_choice *c, size_t n, struct iq_err *err)
{
	sqlite3_stmt *st = iq_store_stmt(s, which, err);
	int at = 0;
	for (size_t i = 0; i < n && st; i++, c++) {
		const int64_t ids[] = { c->event_id, c->task_id, c->eligible };
		const int64_t figures[] = { c->badness_pages, c->score, c->rank, c->killed };
		for (size_t k = 0; k < sizeof ids / sizeof *ids; k++)
			iq_store_bind_int(st, ++at, ids[k]);
		iq_store_bind_text(s, st, ++at, c->why_not);
		for (size_t k = 0; k < sizeof figures / sizeof *figures; k++)
			iq_store_bind_int(st, ++at, figures[k]);
	}
	return st ? iq_store_run(s, st, "writing the choice of tasks", err) : -1;
}

int iq_store_put_task_choices(struct iq_store *s, const struct iq_task_choice *c, size_t n,
			      struct iq_err *err)
{
	for (; n >= 16; n -= 16, c += 16)
		if (put_choices(s, IQ_SQL_TASK_CHOICE_INSERT_16, c, 16, err) < 0)
			return -1;
	for (; n; n--, c++)
		if (put_choices(s, IQ_SQL_TASK_CHOICE_INSERT, c, 1, err) < 0)
			return -1;
	return 0;
}

/* --- taking it back --- */

#define NO_VERDICT "UPDATE event SET verdict = NULL, holder = NULL, severity = NULL,"	\
	" confidence = NULL, title = NULL WHERE verdict IS NOT NULL"

/* ?1: event or NULL, ?2: plugin.  Evidence and missing go with their findings. */
static const char *const drop_of_event[] = {
	NO_VERDICT " AND id = ?1",
	"DELETE FROM finding WHERE event_id = ?1",
	"DELETE FROM zone_check WHERE event_id = ?1",
	"DELETE FROM task_choice WHERE event_id = ?1",
	NULL
};
static const char *const drop_all[] = {
	NO_VERDICT, "DELETE FROM evidence", "DELETE FROM missing", "DELETE FROM finding",
	"DELETE FROM zone_check", "DELETE FROM task_choice", NULL
};
static const char *const drop_plugin_of_event[] = {
	NO_VERDICT " AND id = ?1 AND EXISTS (SELECT 1 FROM finding AS f"
	" WHERE f.event_id = ?1 AND f.role = 'cause' AND f.plugin = ?2)",
	"DELETE FROM finding WHERE event_id = ?1 AND plugin = ?2",
	NULL
};
static const char *const drop_plugin[] = {
	NO_VERDICT " AND id IN (SELECT f.event_id FROM finding AS f"
	" WHERE f.role = 'cause' AND f.plugin = ?2)",
	"DELETE FROM finding WHERE plugin = ?2",
	NULL
};

static const char *const drop_notices[] = { "DELETE FROM finding WHERE host_id = ?1", NULL };
static const char *const drop_notices_of_plugin[] = {
	"DELETE FROM finding WHERE host_id = ?1 AND plugin = ?2", NULL
};

static int drop(struct iq_store *s, const char *const *steps, int64_t id,
		struct iq_slice plugin, struct iq_err *err)
{
	for (; *steps; steps++) {
		sqlite3_stmt *st;
		if (sqlite3_prepare_v2(s->db, *steps, -1, &st, NULL) != SQLITE_OK)
			return iq_store_fail(s, err, "dropping findings");
		int n = sqlite3_bind_parameter_count(st);
		if (n >= 1)
			iq_store_bind_int(st, 1, id);
		if (n >= 2)
			iq_store_bind_text(s, st, 2, plugin);
		int ret = iq_store_run(s, st, "dropping findings", err);
		sqlite3_finalize(st);
		if (ret < 0)
			return -1;
	}
	return 0;
}

int iq_store_drop_analysis(struct iq_store *s, int64_t event_id, struct iq_slice plugin,
			   struct iq_err *err)
{
	const char *const *steps = event_id == IQ_NULL
		? (plugin.p ? drop_plugin : drop_all)
		: (plugin.p ? drop_plugin_of_event : drop_of_event);
	return drop(s, steps, event_id, plugin, err);
}

int iq_store_waiting_hosts(struct iq_store *s, int (*each)(void *arg, int64_t host_id),
			   void *arg, struct iq_err *err)
{
	sqlite3_stmt *st;
	if (sqlite3_prepare_v2(s->db, "SELECT id FROM host WHERE analyzed IS NULL ORDER BY id",
			       -1, &st, NULL) != SQLITE_OK)
		return iq_store_fail(s, err, "reading the hosts");
	int rc;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		if (each(arg, sqlite3_column_int64(st, 0)))
			break;
	int ret = rc == SQLITE_DONE ? 0
		: rc == SQLITE_ROW ? iq_err_set(err, IQ_E_NOMEM, "out of memory")
		: iq_store_fail(s, err, "reading the hosts");
	sqlite3_finalize(st);
	return ret;
}

int iq_store_judged_early(struct iq_store *s, int64_t event_id, struct iq_err *err)
{
	sqlite3_stmt *st = iq_store_stmt(s, IQ_SQL_EVENT_EARLY, err);
	if (!st)
		return -1;
	sqlite3_bind_int64(st, 1, event_id);
	return iq_store_run(s, st, "writing the verdict", err);
}

/* Behind event AFTER.  0: none. */
static int64_t next_to_put_back(struct iq_store *s, int64_t after, struct iq_err *err)
{
	sqlite3_stmt *st = iq_store_stmt(s, IQ_SQL_EVENT_PUT_BACK, err);
	if (!st)
		return -1;
	sqlite3_bind_int64(st, 1, after);
	int rc = sqlite3_step(st);
	int64_t id = rc == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_reset(st);
	return rc == SQLITE_ROW || rc == SQLITE_DONE
		? id : iq_store_fail(s, err, "reading the events");
}

int iq_store_put_back(struct iq_store *s, struct iq_err *err)
{
	int64_t id = 0;
	while ((id = next_to_put_back(s, id, err)) > 0)
		if (iq_store_drop_analysis(s, id, IQ_SLICE_NULL, err) < 0)
			return -1;
	return id < 0 ? -1
		: iq_store_exec(s, "UPDATE event SET early = NULL WHERE early = 1;"
				"UPDATE event SET early = NULL WHERE early = 2", err);
}

/* Rows that were changed, or -1. */
static int run_before(struct iq_store *s, enum iq_store_sql which, int64_t id,
		      int64_t capture_id, struct iq_err *err)
{
	sqlite3_stmt *st = iq_store_stmt(s, which, err);
	if (!st)
		return -1;
	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int64(st, 2, s->mode == IQ_STORE_WRITE ? capture_id : INT64_MAX);
	return iq_store_run(s, st, "writing what was judged", err) < 0
		? -1 : sqlite3_changes(s->db);
}

int iq_store_judged_before(struct iq_store *s, int64_t event_id, int64_t capture_id,
			   struct iq_err *err)
{
	return run_before(s, IQ_SQL_EVENT_BEFORE, event_id, capture_id, err);
}

int iq_store_host_done(struct iq_store *s, int64_t host_id, int64_t capture_id,
		       struct iq_err *err)
{
	int n = run_before(s, IQ_SQL_HOST_DONE, host_id, capture_id, err);
	return n < 0 ? -1 : n == 0;
}

int iq_store_drop_notices(struct iq_store *s, int64_t host_id, struct iq_slice plugin,
			  struct iq_err *err)
{
	return drop(s, plugin.p ? drop_notices_of_plugin : drop_notices, host_id, plugin, err);
}

int iq_store_put_reading(struct iq_store *s, const struct iq_reading *r, struct iq_err *err)
{
	sqlite3_stmt *st = iq_store_stmt(s, IQ_SQL_READING_EVENT, err);
	if (!st)
		return -1;
	iq_store_bind_int(st, 1, r->event_id);
	iq_store_bind_text(s, st, 2, r->era);
	if (iq_store_run(s, st, "writing the era of an event", err) < 0)
		return -1;
	st = iq_store_stmt(s, IQ_SQL_READING_OOM, err);
	if (!st)
		return -1;
	iq_store_bind_int(st, 1, r->event_id);
	iq_store_bind_text(s, st, 2, r->gfp_flags);
	iq_store_bind_int(st, 3, r->totalpages_bytes);
	return iq_store_run(s, st, "writing what a report means", err);
}
