/* store/forget.c - taking a capture out again, with what only it said.
 *
 * Deleting its row takes all that hangs on it (ON DELETE CASCADE).  Left to do: an
 * event that others saw too stays, and host and boot rows take back its words.
 */
#include "store/internal.h"

/* ?1: the capture.  In this order. */
static const char *const steps[] = {
	/* Its tasks and zones may have been weighed for an event of another capture: no
	 * foreign key tells (001_tables.sql). */
	"DELETE FROM task_choice WHERE event_id IN (SELECT x.event_id FROM snapshot AS s"
	" JOIN event_snapshot AS x ON x.snapshot_id = s.id WHERE s.capture_id = ?1)",
	"DELETE FROM zone_check WHERE event_id IN (SELECT x.event_id FROM snapshot AS s"
	" JOIN event_snapshot AS x ON x.snapshot_id = s.id WHERE s.capture_id = ?1)",
	/* Findings of its events rest on what goes. */
	"DELETE FROM finding WHERE event_id IN (SELECT id FROM event WHERE capture_id = ?1)",
	"UPDATE event SET verdict = NULL, holder = NULL, severity = NULL, confidence = NULL,"
	" title = NULL WHERE capture_id = ?1",
	/* Somebody else's sighting keeps an event. */
	"UPDATE event SET capture_id = coalesce((SELECT m.capture_id FROM sighting AS s"
	" JOIN member AS m ON m.id = s.member_id"
	" WHERE s.event_id = event.id AND m.capture_id <> ?1 LIMIT 1), capture_id)"
	" WHERE capture_id = ?1",
	"CREATE TEMP TABLE IF NOT EXISTS gone(host_id INTEGER, boot_id INTEGER)",
	"DELETE FROM temp.gone",
	"INSERT INTO temp.gone(host_id) SELECT host_id FROM main.host_seen WHERE capture_id = ?1",
	"INSERT INTO temp.gone(boot_id) SELECT boot_id FROM main.boot_seen WHERE capture_id = ?1",
	"DELETE FROM capture WHERE id = ?1",
	"DELETE FROM boot WHERE id IN (SELECT boot_id FROM temp.gone)"
	" AND NOT EXISTS (SELECT 1 FROM boot_seen AS x WHERE x.boot_id = boot.id)"
	" AND NOT EXISTS (SELECT 1 FROM event AS e WHERE e.boot_id = boot.id)"
	" AND NOT EXISTS (SELECT 1 FROM snapshot AS s WHERE s.boot_id = boot.id)",
	"DELETE FROM host WHERE id IN (SELECT host_id FROM temp.gone)"
	" AND NOT EXISTS (SELECT 1 FROM host_seen AS x WHERE x.host_id = host.id)"
	" AND NOT EXISTS (SELECT 1 FROM boot AS b WHERE b.host_id = host.id)"
	" AND NOT EXISTS (SELECT 1 FROM event AS e WHERE e.host_id = host.id)",
};

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

int iq_store_drop_capture(struct iq_store *s, int64_t capture_id, struct iq_err *err)
{
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
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
	return take_back(s, IQ_FACT_BOOT, err) < 0 ? -1 : take_back(s, IQ_FACT_HOST, err);
}
