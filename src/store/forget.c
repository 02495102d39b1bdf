/* store/forget.c - taking a capture out again, with what only it said.
 *
 * Deleting its row takes all that hangs on it (ON DELETE CASCADE).  Left to do: an event
 * that others saw too stays, with what they said of it; host, boot and event rows take
 * back its words; what was concluded on its machines is concluded again by whoever calls.
 *
 * Of a happening that several captures report, one report is stored.  Goes the capture
 * it came from, the others' is not there: they are marked as cut short, so that importing
 * them again brings it.
 */
#include <stdlib.h>

#include "store/internal.h"

#define STALE "(SELECT event_id FROM temp.gone_event)"
#define OWNED "(SELECT event_id FROM temp.gone_event WHERE owned AND shared)"

/* ?1: the capture.  In this order. */
static const char *const take_apart[] = {
	"CREATE TEMP TABLE IF NOT EXISTS gone(host_id INTEGER, boot_id INTEGER, start_us INTEGER)",
	"CREATE TEMP TABLE IF NOT EXISTS gone_event(event_id INTEGER PRIMARY KEY,"
	" owned INTEGER NOT NULL DEFAULT 0, shared INTEGER NOT NULL DEFAULT 0)",
	"DELETE FROM temp.gone",
	"DELETE FROM temp.gone_event",
	"INSERT INTO temp.gone(host_id) SELECT host_id FROM main.host_seen WHERE capture_id = ?1",
	"INSERT INTO temp.gone(boot_id, start_us) SELECT s.boot_id, b.start_us"
	" FROM main.boot_seen AS s JOIN main.boot AS b ON b.id = s.boot_id WHERE capture_id = ?1",
	/* Whatever it may have had a say in: events that it saw, whose state it shows, that
	 * it is evidence of, and all of its machines. */
	"INSERT INTO temp.gone_event(event_id, owned, shared) SELECT e.id, e.capture_id = ?1,"
	" EXISTS (SELECT 1 FROM sighting AS s JOIN member AS m ON m.id = s.member_id"
	"  WHERE s.event_id = e.id AND m.capture_id <> ?1) FROM event AS e WHERE e.id IN ("
	" SELECT id FROM event WHERE capture_id = ?1"
	" UNION SELECT s.event_id FROM member AS m JOIN sighting AS s ON s.member_id = m.id"
	"  WHERE m.capture_id = ?1"
	" UNION SELECT x.event_id FROM snapshot AS s JOIN event_snapshot AS x"
	"  ON x.snapshot_id = s.id WHERE s.capture_id = ?1"
	" UNION SELECT f.event_id FROM evidence AS v JOIN finding AS f ON f.id = v.finding_id"
	"  WHERE v.capture_id = ?1 AND f.event_id IS NOT NULL"
	" UNION SELECT h.id FROM temp.gone AS g JOIN event AS h ON h.host_id = g.host_id)",
	"INSERT INTO temp.gone(host_id) SELECT DISTINCT e.host_id FROM temp.gone_event AS g"
	" JOIN event AS e ON e.id = g.event_id WHERE e.host_id IS NOT NULL",
	"INSERT INTO temp.gone(host_id) SELECT DISTINCT f.host_id FROM evidence AS v"
	" JOIN finding AS f ON f.id = v.finding_id"
	" WHERE v.capture_id = ?1 AND f.host_id IS NOT NULL",
	/* what was concluded */
	"DELETE FROM task_choice WHERE event_id IN " STALE,
	"DELETE FROM zone_check WHERE event_id IN " STALE,
	"DELETE FROM finding WHERE event_id IN " STALE,
	"DELETE FROM finding WHERE host_id IN (SELECT host_id FROM temp.gone)",
	"UPDATE host SET analyzed = NULL WHERE id IN (SELECT host_id FROM temp.gone)",
	"UPDATE event SET verdict = NULL, holder = NULL, severity = NULL, confidence = NULL,"
	" title = NULL WHERE id IN " STALE,
	/* reports that came from it */
	"DELETE FROM oom WHERE event_id IN " OWNED,
	"DELETE FROM victim WHERE event_id IN " OWNED,
	"DELETE FROM crash WHERE event_id IN " OWNED,
	"DELETE FROM stack WHERE event_id IN " OWNED,
	"DELETE FROM event_line WHERE event_id IN " OWNED,
	"UPDATE event SET era = NULL, truncated = NULL, missing = NULL, capture_id ="
	" (SELECT min(m.capture_id) FROM sighting AS s JOIN member AS m ON m.id = s.member_id"
	"  WHERE s.event_id = event.id AND m.capture_id <> ?1) WHERE id IN " OWNED,
};

/* The words on an event that the others left: a certain wall time before one in an
 * unknown zone, else the first who said one, by capture. */
#define LEFT "FROM event_seen AS x WHERE x.event_id = event.id AND x.capture_id <> ?1"
#define WALL(column) "(SELECT x." column " " LEFT " AND x.wall_us IS NOT NULL"		\
	" ORDER BY x.wall_kind <> 0, x.capture_id LIMIT 1)"
#define WORD(column) "(SELECT x." column " " LEFT " AND x." column " IS NOT NULL"	\
	" ORDER BY x.capture_id LIMIT 1)"

static const char *const take_out[] = {
	"UPDATE event SET wall_us = " WALL("wall_us") ", wall_kind = " WALL("wall_kind")
	", mono_us = " WORD("mono_us") ", boot_id = " WORD("boot_id")
	", kernel_release = " WORD("kernel_release") ", arch = " WORD("arch")
	", page_size = " WORD("page_size")
	" WHERE id IN (SELECT g.event_id FROM temp.gone_event AS g JOIN event_seen AS x"
	"  ON x.event_id = g.event_id AND x.capture_id = ?1 WHERE g.shared)",
	"DELETE FROM capture WHERE id = ?1",
	"DELETE FROM boot WHERE id IN (SELECT boot_id FROM temp.gone)"
	" AND NOT EXISTS (SELECT 1 FROM boot_seen AS x WHERE x.boot_id = boot.id)"
	" AND NOT EXISTS (SELECT 1 FROM event_seen AS x WHERE x.boot_id = boot.id)"
	" AND NOT EXISTS (SELECT 1 FROM event AS e WHERE e.boot_id = boot.id)"
	" AND NOT EXISTS (SELECT 1 FROM snapshot AS s WHERE s.boot_id = boot.id)",
	"DELETE FROM host WHERE id IN (SELECT host_id FROM temp.gone)"
	" AND NOT EXISTS (SELECT 1 FROM host_seen AS x WHERE x.host_id = host.id)"
	" AND NOT EXISTS (SELECT 1 FROM boot AS b WHERE b.host_id = host.id)"
	" AND NOT EXISTS (SELECT 1 FROM unit AS u WHERE u.host_id = host.id)"
	" AND NOT EXISTS (SELECT 1 FROM event AS e WHERE e.host_id = host.id)",
};

/* Severity `limit` is what makes a further import read them again. */
static const char *const mark_cut[] = {
	"INSERT INTO issue(capture_id, severity, code, text) SELECT e.capture_id, 'limit',"
	" 'report-forgotten', 'the report of ' || count(*) || ' of its events was kept from a"
	" capture that was taken out; import this one again' FROM temp.gone_event AS g"
	" JOIN event AS e ON e.id = g.event_id WHERE g.owned AND g.shared GROUP BY 1",
	"UPDATE capture SET status = 'partial' WHERE status = 'ok' AND id IN (SELECT e.capture_id"
	" FROM temp.gone_event AS g JOIN event AS e ON e.id = g.event_id"
	" WHERE g.owned AND g.shared)",
};

static int run_steps(struct iq_store *s, const char *const *steps, size_t n,
		     int64_t capture_id, struct iq_err *err)
{
	for (size_t i = 0; i < n; i++) {
		sqlite3_stmt *st;
		if (sqlite3_prepare_v2(s->db, steps[i], -1, &st, NULL) != SQLITE_OK)
			return iq_store_fail(s, err, "taking a capture out");
		if (sqlite3_bind_parameter_count(st))
			sqlite3_bind_int64(st, 1, capture_id);
		int ret = iq_store_run(s, st, "taking a capture out", err);
		sqlite3_finalize(st);
		if (ret < 0)
			return -1;
	}
	return 0;
}

/* The words that the others left: the first who said one, by capture. */
static int take_back(struct iq_store *s, enum iq_fact_type type, struct iq_err *err)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	struct iq_buf sql;
	const char *sep = "";
	iq_buf_init(&sql);
	iq_buf_printf(&sql, "UPDATE %s SET ", d->name);
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++) {
		if (c->kind == IQ_COL_REF)
			continue;
		iq_buf_printf(&sql, "%s%s = (SELECT x.%s FROM %s_seen AS x WHERE x.%s_id = %s.id"
			      " AND x.%s IS NOT NULL ORDER BY x.capture_id LIMIT 1)", sep,
			      c->name, c->name, d->name, d->name, d->name, c->name);
		sep = ", ";
	}
	iq_buf_printf(&sql, " WHERE id IN (SELECT %s_id FROM temp.gone)", d->name);
	int ret = sql.failed ? iq_err_set(err, IQ_E_NOMEM, "out of memory")
			     : iq_store_exec(s, sql.p, err);
	iq_buf_fini(&sql);
	return ret;
}

/* Times that were computed from a start of the boot which is no longer said. */
static int shift_times(struct iq_store *s, struct iq_err *err)
{
	static const char *const tables[] = { "event", "event_seen", "snapshot", "log" };
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		struct iq_buf sql;
		iq_buf_init(&sql);
		iq_buf_printf(&sql, "UPDATE %s AS t SET wall_us = n.now + t.mono_us, wall_kind ="
			      " iif(n.now IS NULL, NULL, wall_kind) FROM (SELECT g.boot_id AS id,"
			      " g.start_us AS old, b.start_us AS now FROM temp.gone AS g"
			      " CROSS JOIN boot AS b ON b.id = g.boot_id"
			      " WHERE g.start_us IS NOT b.start_us) AS n WHERE t.boot_id = n.id"
			      " AND t.wall_kind = %d AND t.wall_us = n.old + t.mono_us",
			      tables[i], IQ_WALL_COMPUTED);
		int ret = sql.failed ? iq_err_set(err, IQ_E_NOMEM, "out of memory")
				     : iq_store_exec(s, sql.p, err);
		iq_buf_fini(&sql);
		if (ret < 0)
			return -1;
	}
	return 0;
}

#define RUN(list) run_steps(s, list, sizeof list / sizeof *(list), capture_id, err)

int iq_store_drop_capture(struct iq_store *s, int64_t capture_id, bool comes_again,
			  struct iq_err *err)
{
	if (RUN(take_apart) < 0 || (!comes_again && RUN(mark_cut) < 0) || RUN(take_out) < 0)
		return -1;
	return take_back(s, IQ_FACT_BOOT, err) < 0 || take_back(s, IQ_FACT_HOST, err) < 0 ||
	       shift_times(s, err) < 0 ? -1 : 0;
}

/* --- for people --- */

static bool is_hex(struct iq_slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!strchr("0123456789abcdef", text.p[i]) || !text.p[i])
			return false;
	return text.n >= 8 && text.n <= 64;
}

/* Up to two ids; how many there are, or -1. */
static int look_up(struct iq_store *s, const char *sql, struct iq_slice text, int64_t id[2],
		   struct iq_err *err)
{
	sqlite3_stmt *st;
	int n = 0;
	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) != SQLITE_OK)
		return iq_store_fail(s, err, "looking for the capture");
	sqlite3_bind_text(st, 1, text.p, (int)text.n, SQLITE_STATIC);
	int rc;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW && n < 2)
		id[n++] = sqlite3_column_int64(st, 0);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		n = iq_store_fail(s, err, "looking for the capture");
	sqlite3_finalize(st);
	return n;
}

int iq_store_name_capture(struct iq_store *s, struct iq_slice text, int64_t *ret,
			  struct iq_err *err)
{
	static const char *const ways[] = {
		"SELECT id FROM capture WHERE id || '' = ?1",
		"SELECT id FROM capture WHERE path = ?1 ORDER BY id",
		"SELECT id FROM capture WHERE substr(sha256, 1, length(?1)) = ?1",
	};
	int64_t id[2];
	for (size_t i = 0; i < 3; i++) {
		int n = i < 2 || is_hex(text) ? look_up(s, ways[i], text, id, err) : 0;
		if (n < 0)
			return -1;
		if (n > 1)
			return iq_err_set(err, IQ_E_USAGE, "%.*s: captures %lld and %lld are "
					  "called so; give the id of one", IQ_FMT(text),
					  (long long)id[0], (long long)id[1]);
		if (n == 1) {
			*ret = id[0];
			return 0;
		}
	}
	return iq_err_set(err, IQ_E_USAGE, "%.*s: no such capture; inquest query @captures "
			  "lists them", IQ_FMT(text));
}

int iq_store_forget(struct iq_store *s, int64_t capture_id, int64_t *reports_lost,
		    struct iq_err *err)
{
	int64_t lost = 0;
	if (iq_store_begin(s, err) < 0)
		return -1;
	if (iq_store_drop_capture(s, capture_id, false, err) < 0 ||
	    iq_store_int(s, "SELECT count(*) FROM temp.gone_event WHERE owned AND shared",
			 &lost, err) < 0) {
		iq_store_rollback(s);
		return -1;
	}
	*reports_lost += lost;
	return iq_store_commit(s, err);
}
