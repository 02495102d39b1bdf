/* store/sql.c - statements: their text, preparing, binding, and what SQLite's errors
 * mean to a user.
 */
#include <errno.h>
#include <stdio.h>

#include "base/utf8.h"
#include "store/internal.h"

#define SAME "SELECT e.id, e.mono_us, e.wall_us, e.wall_kind, e.capture_id, e.boot_id,"	\
	" b.boot_uuid, b.kernel_release, b.start_us, e.truncated"			\
	" FROM event AS e LEFT JOIN boot AS b ON b.id = e.boot_id"			\
	" WHERE e.fingerprint = ?1 AND e.host_id IS ?2"					\
	" AND (?2 IS NOT NULL OR e.capture_id = ?3)"

/* At most so many of the same fingerprint are looked at: a capture of nothing but
 * equal events must not cost their square. */
#define FEW " LIMIT 64"

/* Columns in the order of the table: otherwise SQLite moves every value twice. */
#define TASK_CHOICE "INSERT INTO task_choice(event_id, task_id, eligible, why_not,"	\
	" badness_pages, score, rank, killed) VALUES"
#define EVIDENCE "INSERT INTO evidence(finding_id, seq, capture_id, member, line, text,"	\
	" view_name, row_id) VALUES"
#define ROW_8 "(?, ?, ?, ?, ?, ?, ?, ?)"
#define FOUR(row) row "," row "," row "," row

static const char *const sql_text[IQ_SQL_MAX] = {
	[IQ_SQL_CAPTURE_BY_ID] = "SELECT 1 FROM capture WHERE id = ?1",
	[IQ_SQL_CAPTURE_BY_HASH] = "SELECT id, status = 'failed', EXISTS (SELECT 1 FROM issue AS i"
		" WHERE i.capture_id = c.id AND (i.severity = 'limit' OR i.code = 'reader'))"
		" FROM capture AS c WHERE sha256 = ?1",
	[IQ_SQL_CAPTURE_BY_SIZE] = "SELECT sha256 FROM capture AS c WHERE size_bytes = ?1"
		" AND status <> 'failed' AND length(sha256) = 64 AND NOT EXISTS (SELECT 1"
		"  FROM issue AS i WHERE i.capture_id = c.id"
		"  AND (i.severity = 'limit' OR i.code = 'reader')) LIMIT ?2",
	[IQ_SQL_CAPTURE_INSERT] =
		"INSERT INTO capture(path, kind, format, sha256, size_bytes, status,"
		" imported_us, tool_version) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[IQ_SQL_CAPTURE_PARTIAL] =
		"UPDATE capture SET status = 'partial' WHERE id = ?1 AND status = 'ok'",
	[IQ_SQL_HOST_BY_MACHINE] = "SELECT id FROM host WHERE machine_id = ?1 ORDER BY id LIMIT 1",
	[IQ_SQL_HOST_BY_NAME] = "SELECT id, machine_id IS NOT NULL FROM host WHERE name = ?1"
		" ORDER BY machine_id LIMIT 2",	/* NULL comes first */
	[IQ_SQL_HOST_FILL] =
		"UPDATE host SET name = coalesce(name, ?1), machine_id = coalesce(machine_id, ?2),"
		" dmi_vendor = coalesce(dmi_vendor, ?3), dmi_product = coalesce(dmi_product, ?4),"
		" os_release = coalesce(os_release, ?5), cloud = coalesce(cloud, ?6),"
		" analyzed = NULL WHERE id = ?7",
	[IQ_SQL_HOST_SEEN] =
		"INSERT OR IGNORE INTO host_seen(name, machine_id, dmi_vendor, dmi_product,"
		" os_release, cloud, host_id, capture_id) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[IQ_SQL_BOOT_BY_UUID] =
		"SELECT id, host_id FROM boot WHERE boot_uuid = ?1 ORDER BY id LIMIT 1",
	[IQ_SQL_BOOT_BY_START] =
		"SELECT id FROM (SELECT * FROM boot WHERE host_id = ?1"
		"  AND start_us BETWEEN ?2 AND ?3" FEW ")"
		" WHERE (kernel_release IS NULL OR ?4 IS NULL OR kernel_release = ?4)"
		" AND (boot_uuid IS NULL OR ?5 IS NULL OR boot_uuid = ?5)"
		" ORDER BY abs(start_us - (?2 + ?3) / 2) LIMIT 1",
	[IQ_SQL_BOOT_FILL] =
		"UPDATE boot SET kernel_release = coalesce(kernel_release, ?1),"
		" kernel_version = coalesce(kernel_version, ?2), arch = coalesce(arch, ?3),"
		" page_size = coalesce(page_size, ?4), command_line = coalesce(command_line, ?5),"
		" boot_uuid = coalesce(boot_uuid, ?6), start_us = coalesce(start_us, ?7),"
		" ram_bytes = coalesce(ram_bytes, ?8) WHERE id = ?9",
	[IQ_SQL_BOOT_SEEN] =
		"INSERT OR IGNORE INTO boot_seen(kernel_release, kernel_version, arch,"
		" page_size, command_line, boot_uuid, start_us, ram_bytes, boot_id, capture_id)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	[IQ_SQL_BOOT_READ] = "SELECT host_id, start_us FROM boot WHERE id = ?1",
	/* ?4 ?5: range of mono_us, ?6 ?7: of wall_us */
	[IQ_SQL_EVENT_SAME_MONO] = SAME " AND e.mono_us BETWEEN ?4 AND ?5" FEW,
	[IQ_SQL_EVENT_SAME_WALL] = SAME " AND e.wall_us BETWEEN ?6 AND ?7" FEW,
	[IQ_SQL_EVENT_SAME_WALL_NO_MONO] =
		SAME " AND e.mono_us IS NULL AND e.wall_us BETWEEN ?6 AND ?7" FEW,
	[IQ_SQL_EVENT_SAME_NO_MONO] = SAME " AND e.mono_us IS NULL" FEW,
	[IQ_SQL_EVENT_SAME_NO_WALL] = SAME " AND e.wall_us IS NULL" FEW,
	[IQ_SQL_EVENT_SAME_NO_TIME] = SAME " AND e.mono_us IS NULL AND e.wall_us IS NULL" FEW,
	[IQ_SQL_EVENT_SAME_ANY] = SAME FEW,
	[IQ_SQL_EVENT_WEALTH] =
		"SELECT truncated, missing,"
		" (SELECT count(*) FROM event_snapshot AS x JOIN task AS t USING (snapshot_id)"
		"  WHERE x.event_id = e.id AND x.role = 'report'),"
		" (SELECT count(*) FROM event_snapshot AS x JOIN zone AS z USING (snapshot_id)"
		"  WHERE x.event_id = e.id AND x.role = 'report'),"
		" (SELECT count(*) FROM event_snapshot AS x JOIN counter AS c USING (snapshot_id)"
		"  WHERE x.event_id = e.id AND x.role = 'report')"
		" + (SELECT count(*) FROM stack AS k WHERE k.event_id = e.id)"
		" FROM event AS e WHERE id = ?1",
	/* ?2: who speaks now; one capture alone needs no row */
	[IQ_SQL_EVENT_SEEN_FIRST] =
		"INSERT OR IGNORE INTO event_seen SELECT id, capture_id, boot_id, wall_us,"
		" wall_kind, mono_us, kernel_release, arch, page_size FROM event AS e"
		" WHERE id = ?1 AND capture_id <> ?2"
		" AND NOT EXISTS (SELECT 1 FROM event_seen AS x WHERE x.event_id = e.id)",
	/* parameters as of the next one, and ?11 the capture; several sightings of a
	 * capture are one voice */
	[IQ_SQL_EVENT_SEEN] =
		"INSERT INTO event_seen SELECT id, ?11, ?5, ?2, ?3, ?4, ?7, ?8, ?9"
		" FROM event AS e WHERE id = ?10 AND (capture_id <> ?11"
		"  OR EXISTS (SELECT 1 FROM event_seen AS x WHERE x.event_id = e.id))"
		" ON CONFLICT DO UPDATE SET"
		" wall_us = iif(?1 AND (wall_us IS NULL OR (wall_kind <> 0 AND ?3 = 0)), ?2, wall_us),"
		" wall_kind = iif(?1 AND (wall_us IS NULL OR (wall_kind <> 0 AND ?3 = 0)), ?3, wall_kind),"
		" mono_us = coalesce(mono_us, ?4), boot_id = coalesce(boot_id, ?5),"
		" kernel_release = coalesce(kernel_release, ?7), arch = coalesce(arch, ?8),"
		" page_size = coalesce(page_size, ?9)",
	[IQ_SQL_EVENT_FILL] =
		"UPDATE event SET wall_us = iif(b.better, ?2, wall_us),"
		" wall_kind = iif(b.better, ?3, wall_kind),"
		" mono_us = coalesce(mono_us, ?4), boot_id = coalesce(boot_id, ?5),"
		" host_id = coalesce(host_id, ?6), kernel_release = coalesce(kernel_release, ?7),"
		" arch = coalesce(arch, ?8), page_size = coalesce(page_size, ?9)"
		" FROM (SELECT e.id AS event, ?1 AND (e.wall_us IS NULL OR"
		"  (e.wall_kind <> 0 AND ?3 = 0)) AS better FROM event AS e WHERE e.id = ?10) AS b"
		" WHERE id = b.event",
	[IQ_SQL_EVENT_REPLACE] =
		"UPDATE event SET era = coalesce(?1, era), truncated = ?2, missing = ?3,"
		" capture_id = ?4 WHERE id = ?5",
	[IQ_SQL_EVENT_PARENT] = "SELECT parent_id FROM event WHERE id = ?1",
	[IQ_SQL_EVENT_SET_PARENT] =
		"UPDATE event SET parent_id = ?1 WHERE id = ?2 AND parent_id IS NULL",
	[IQ_SQL_LATER_STATE] =
		"INSERT OR IGNORE INTO event_snapshot(event_id, snapshot_id, role)"
		" SELECT e.id, s.id, 'later' FROM boot_seen AS b" IQ_STORE_LATER
		" AND b.capture_id = ?1",
	[IQ_SQL_REBOOTED_STATE] =
		"INSERT OR IGNORE INTO event_snapshot(event_id, snapshot_id, role)"
		" SELECT e.id, s.id, 'rebooted' FROM snapshot AS s" IQ_STORE_REBOOTED
		" AND s.capture_id = ?1",
	[IQ_SQL_STALE_BY_STATE] =
		"UPDATE event SET early = 2 WHERE verdict IS NOT NULL AND id IN"
		" (SELECT x.event_id FROM snapshot AS s JOIN event_snapshot AS x"
		"  ON x.snapshot_id = s.id AND x.role IN ('later', 'rebooted')"
		"  WHERE s.capture_id = ?1)",
	[IQ_SQL_STALE_BY_HOST] =
		"UPDATE event SET early = 2 WHERE early = 1 AND host_id IN"
		" (SELECT host_id FROM host_seen WHERE capture_id = ?1)",
	[IQ_SQL_STALE_BY_BOOT] =
		"UPDATE event SET early = 2 WHERE id IN (SELECT id FROM event"
		"  WHERE boot_id = ?1 AND verdict IS NOT NULL AND early IS NOT 2"
		"  ORDER BY id DESC LIMIT ?2)",
	/* not a CHECK: SQLite's JSON functions may not stand in an untrusted schema */
	[IQ_SQL_JSON_IS_ARRAY] =
		"SELECT CASE WHEN json_valid(?1) THEN json_type(?1) = 'array' ELSE 0 END",
	[IQ_SQL_FINDING_INSERT] =
		"INSERT INTO finding(event_id, host_id, plugin, rule, role, verdict, holder,"
		" severity, confidence, title, explanation, advice)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
	[IQ_SQL_FINDING_DEMOTE] =
		/* by its id: an index cannot be walked while it changes, SQLite would make a
		 * table of the rows first */
		"UPDATE finding SET role = 'contributing' WHERE id ="
		" (SELECT id FROM finding WHERE event_id = ?1 AND role = 'cause')",
	[IQ_SQL_EVENT_VERDICT] =
		"UPDATE event SET verdict = ?2, holder = ?3, severity = ?4, confidence = ?5,"
		" title = ?6 WHERE id = ?1",
	[IQ_SQL_EVENT_EARLY] = "UPDATE event SET early = 1 WHERE id = ?1 AND early IS NOT 2",
	[IQ_SQL_EVENT_BEFORE] =
		"UPDATE event SET early = 2 WHERE id = ?1 AND EXISTS (SELECT 1 FROM host_seen"
		" AS h WHERE h.host_id = event.host_id AND h.capture_id > ?2)",
	[IQ_SQL_HOST_DONE] =
		"UPDATE host SET analyzed = 1 WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM"
		" host_seen AS h WHERE h.host_id = host.id AND h.capture_id > ?2)",
	[IQ_SQL_EVENT_PUT_BACK] =
		"SELECT id FROM event WHERE early = 2 AND id > ?1 ORDER BY id LIMIT 1",
	[IQ_SQL_EVIDENCE_INSERT] = EVIDENCE ROW_8,
	[IQ_SQL_EVIDENCE_INSERT_4] = EVIDENCE FOUR(ROW_8),
	[IQ_SQL_FINDING_TRY] = "SAVEPOINT finding",
	[IQ_SQL_FINDING_KEEP] = "RELEASE finding",
	[IQ_SQL_MISSING_INSERT] =
		"INSERT INTO missing(finding_id, event_id, what, how_to_collect)"
		" SELECT ?1, ?2, value ->> 'what', value ->> 'how_to_collect' FROM json_each(?3)",
	[IQ_SQL_ZONE_CHECK_INSERT] =
		"INSERT INTO zone_check(event_id, zone_id, usable, reserve_bytes,"
		" mark_bytes, watermark_ok, order_ok, why) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[IQ_SQL_TASK_CHOICE_INSERT] = TASK_CHOICE ROW_8,
	[IQ_SQL_TASK_CHOICE_INSERT_16] = TASK_CHOICE FOUR(ROW_8) "," FOUR(ROW_8) ","
		FOUR(ROW_8) "," FOUR(ROW_8),
	/* what the capture itself said stays */
	[IQ_SQL_READING_EVENT] = "UPDATE event SET era = coalesce(era, ?2) WHERE id = ?1",
	[IQ_SQL_READING_OOM] = "UPDATE oom SET gfp_flags = coalesce(gfp_flags, ?2),"
		" totalpages_bytes = coalesce(totalpages_bytes, ?3) WHERE event_id = ?1",
};

const char *const iq_store_extra[IQ_FACT_MAX][2] = {
	[IQ_FACT_MEMBER] = { "capture_id" },
	[IQ_FACT_EVENT] = { "capture_id", "host_id" },
	[IQ_FACT_SNAPSHOT] = { "capture_id" },
	[IQ_FACT_UNIT] = { "capture_id" },
	[IQ_FACT_ISSUE] = { "capture_id" },
};

/* --- errors --- */

struct reason { int rc; const char *text; };

static const struct reason reasons[] = {
	{ SQLITE_BUSY, "is in use by another process; try again when that has ended" },
	{ SQLITE_LOCKED, "is in use by another process; try again when that has ended" },
	{ SQLITE_FULL, "no room left on the disk; nothing of this was stored" },
	{ SQLITE_READONLY, "cannot be written to; check the permissions of the file and "
			   "its directory" },
	{ SQLITE_CORRUPT, "is damaged; `sqlite3 STORE .recover` saves what is left" },
	{ SQLITE_NOTADB, "not an inquest store; name another file with --store" },
	{ SQLITE_CANTOPEN, "cannot be opened" },
	{ SQLITE_PERM, "cannot be opened" },
	{ SQLITE_INTERRUPT, "stopped" },
};

static const char *reason_of(int rc)
{
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].rc == (rc & 0xff))
			return reasons[i].text;
	return NULL;
}

static const char *reason_extended(int rc)
{
	switch (rc) {
	case SQLITE_READONLY_ROLLBACK:
	case SQLITE_READONLY_RECOVERY:
	case SQLITE_READONLY_DIRECTORY:
		return "an import was killed and its journal cannot be rolled back here; copy "
		       "the store and its -journal to a place that can be written to";
	default:
		return reason_of(rc);
	}
}

int iq_store_fail(struct iq_store *s, struct iq_err *err, const char *what)
{
	int rc = sqlite3_extended_errcode(s->db);
	int sys = sqlite3_system_errno(s->db);
	if ((rc & 0xff) == SQLITE_NOMEM)
		return iq_err_set(err, IQ_E_NOMEM, "%s: out of memory", s->path);
	const char *why = reason_extended(rc);
	enum iq_err_code code = (rc & 0xff) == SQLITE_INTERRUPT ? IQ_E_INTR : IQ_E_STORE;
	bool io = (rc & 0xff) == SQLITE_CANTOPEN || (rc & 0xff) == SQLITE_IOERR;
	if (io && sys)
		return iq_err_sys(err, sys, "%s: %s", s->path,
				  why ? why : "cannot be read or written, nothing was stored");
	if (why)
		return iq_err_set(err, code, "%s: %s", s->path, why);
	return iq_err_set(err, code, "%s: %s: %s", s->path, what, sqlite3_errmsg(s->db));
}

/* --- statements --- */

int iq_store_exec(struct iq_store *s, const char *sql, struct iq_err *err)
{
	if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return iq_store_fail(s, err, "writing to the store");
	return 0;
}

int iq_store_int(struct iq_store *s, const char *sql, int64_t *ret, struct iq_err *err)
{
	sqlite3_stmt *st;
	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) != SQLITE_OK)
		return iq_store_fail(s, err, "reading the store");
	int rc = sqlite3_step(st);
	*ret = rc == SQLITE_ROW ? iq_store_column_int(st, 0) : IQ_NULL;
	if (sqlite3_finalize(st) != SQLITE_OK)
		return iq_store_fail(s, err, "reading the store");
	return 0;
}

static sqlite3_stmt *prepare(struct iq_store *s, const char *sql, struct iq_err *err)
{
	sqlite3_stmt *st = NULL;
	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) != SQLITE_OK)
		iq_store_fail(s, err, "preparing a statement");
	return st;
}

sqlite3_stmt *iq_store_stmt(struct iq_store *s, enum iq_store_sql which, struct iq_err *err)
{
	if (!s->stmt[which])
		s->stmt[which] = prepare(s, sql_text[which], err);
	return s->stmt[which];
}

/* Returns the number of its columns. */
static size_t add_insert(struct iq_buf *sql, enum iq_fact_type type)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	size_t n = 0;
	/* Two reports of one event may name the same snapshot. */
	iq_buf_printf(sql, "INSERT %sINTO \"%s\"(",
		      type == IQ_FACT_EVENT_SNAPSHOT ? "OR IGNORE " : "", d->name);
	for (; n < d->n_columns; n++)
		iq_buf_printf(sql, "%s\"%s\"", n ? "," : "", d->columns[n].name);
	for (size_t i = 0; i < 2 && iq_store_extra[type][i]; i++, n++)
		iq_buf_printf(sql, ",\"%s\"", iq_store_extra[type][i]);
	iq_buf_str(sql, ") VALUES");
	return n;
}

sqlite3_stmt *iq_store_insert(struct iq_store *s, enum iq_fact_type type, int rows,
			      struct iq_err *err)
{
	sqlite3_stmt **st = rows == 1 ? &s->insert[type] : &s->insert_bulk[type];
	struct iq_buf sql;
	if (*st)
		return *st;
	iq_buf_init(&sql);
	size_t n = add_insert(&sql, type);
	for (int r = 0; r < rows; r++) {
		iq_buf_str(&sql, r ? ",(?" : "(?");
		for (size_t i = 1; i < n; i++)
			iq_buf_str(&sql, ",?");
		iq_buf_char(&sql, ')');
	}
	if (sql.failed)
		iq_err_set(err, IQ_E_NOMEM, "out of memory");
	else
		*st = prepare(s, sql.p, err);
	iq_buf_fini(&sql);
	return *st;
}

/* --- values --- */

void iq_store_bind_int(sqlite3_stmt *st, int at, int64_t v)
{
	if (v == IQ_NULL)
		sqlite3_bind_null(st, at);
	else
		sqlite3_bind_int64(st, at, v);
}

/* Nothing but printable ASCII, eight bytes at a time: nearly all text of a log. */
static bool is_plain(struct iq_slice v)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), top = ones << 7;
	uint64_t off = 0, x;
	size_t i = 0;
	for (; v.n - i >= 8; i += 8) {
		memcpy(&x, v.p + i, 8);
		uint64_t del = x ^ ones * 0x7f;
		off |= x | ((x - ones * 0x20) & ~x) | ((del - ones) & ~del);
	}
	for (; i < v.n; i++)
		if ((unsigned char)v.p[i] < 0x20 || (unsigned char)v.p[i] >= 0x7f)
			return false;
	return !(off & top);
}

int iq_store_bind_text(struct iq_store *s, sqlite3_stmt *st, int at, struct iq_slice v)
{
	if (!v.p)
		return sqlite3_bind_null(st, at);
	if (v.n > IQ_STORE_TEXT_MAX)
		return SQLITE_TOOBIG;
	if (is_plain(v) || iq_utf8_is_clean(v))
		return sqlite3_bind_text(st, at, v.n ? v.p : "", (int)v.n, SQLITE_STATIC);
	iq_buf_reset(&s->clean);
	iq_utf8_clean(&s->clean, v);
	if (s->clean.failed)
		return SQLITE_NOMEM;
	return sqlite3_bind_text(st, at, s->clean.p, (int)s->clean.n, SQLITE_TRANSIENT);
}

int64_t iq_store_column_int(sqlite3_stmt *st, int at)
{
	return sqlite3_column_type(st, at) == SQLITE_NULL ? IQ_NULL
							  : sqlite3_column_int64(st, at);
}

int iq_store_run(struct iq_store *s, sqlite3_stmt *st, const char *what, struct iq_err *err)
{
	int rc = sqlite3_step(st);
	int ret = rc == SQLITE_DONE || rc == SQLITE_ROW ? 0 : iq_store_fail(s, err, what);
	sqlite3_reset(st);
	return ret;
}
