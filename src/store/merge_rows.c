/* store/merge_rows.c - the bulk of a merge: see merge.h.  One INSERT ... SELECT a table,
 * made from the descriptors of the facts, with references looked up in temp.m_*.
 *
 * Whatever is inserted passes the constraints of this store's tables again.
 */
#include "store/merge.h"

#include <stdio.h>

static const char maps[] =
	"CREATE TEMP TABLE IF NOT EXISTS m_capture(src INTEGER PRIMARY KEY, dst INTEGER, fresh INTEGER);"
	"CREATE TEMP TABLE IF NOT EXISTS m_member(src INTEGER PRIMARY KEY, dst INTEGER, fresh INTEGER);"
	"CREATE TEMP TABLE IF NOT EXISTS m_host(src INTEGER PRIMARY KEY, dst INTEGER);"
	"CREATE TEMP TABLE IF NOT EXISTS m_boot(src INTEGER PRIMARY KEY, dst INTEGER);"
	"CREATE TEMP TABLE IF NOT EXISTS m_event(src INTEGER PRIMARY KEY, dst INTEGER, dropped INTEGER);"
	"CREATE TEMP TABLE IF NOT EXISTS m_snapshot(src INTEGER PRIMARY KEY, dst INTEGER);"
	"DELETE FROM temp.m_capture; DELETE FROM temp.m_member; DELETE FROM temp.m_host;"
	"DELETE FROM temp.m_boot; DELETE FROM temp.m_event; DELETE FROM temp.m_snapshot;";

int iq_merge_maps(struct iq_store *s, struct iq_err *err)
{
	return iq_store_exec(s, maps, err);
}

/* --- captures and members --- */

/* The same bytes, or where nobody could hash them, the same import. */
static const char known_captures[] =
	"INSERT INTO temp.m_capture SELECT c.id, k.id, 0 FROM src.capture AS c"
	" JOIN main.capture AS k ON k.sha256 = c.sha256";
static const char known_unhashed[] =
	"INSERT OR IGNORE INTO temp.m_capture SELECT c.id, k.id, 0 FROM src.capture AS c"
	" JOIN main.capture AS k ON k.sha256 IS NULL AND k.path IS c.path"
	" AND k.imported_us = c.imported_us WHERE c.sha256 IS NULL";
static const char fresh_captures[] =
	"INSERT INTO temp.m_capture SELECT id, ?1 + row_number() OVER (ORDER BY id), 1"
	" FROM src.capture WHERE id NOT IN (SELECT src FROM temp.m_capture)";
static const char fresh_members[] =
	"INSERT INTO temp.m_member SELECT m.id, ?1 + row_number() OVER (ORDER BY m.id), 1"
	" FROM src.member AS m JOIN temp.m_capture AS c ON c.src = m.capture_id WHERE c.fresh";
/* A known capture may still lend the report of an event: its lines stand in members of
 * the same name. */
static const char known_members[] =
	"INSERT OR IGNORE INTO temp.m_member SELECT m.id, k.id, 0 FROM src.event_line AS l"
	" JOIN temp.m_event AS e ON e.src = l.event_id AND NOT e.dropped"
	" JOIN src.member AS m ON m.id = l.member_id"
	" JOIN temp.m_capture AS c ON c.src = m.capture_id AND NOT c.fresh"
	" JOIN main.member AS k ON k.capture_id = c.dst AND k.name IS m.name";
/* The rule of an import: what was printed with a report stands and falls with it. */
static const char snapshots[] =
	"INSERT INTO temp.m_snapshot SELECT n.id, ?1 + row_number() OVER (ORDER BY n.id)"
	" FROM src.snapshot AS n JOIN temp.m_capture AS c ON c.src = n.capture_id"
	" WHERE (c.fresh AND (NOT EXISTS (SELECT 1 FROM src.event_snapshot AS x"
	"   WHERE x.snapshot_id = n.id) OR EXISTS (SELECT 1 FROM src.event_snapshot AS x"
	"   WHERE x.snapshot_id = n.id AND x.role IS NOT 'report')))"
	" OR EXISTS (SELECT 1 FROM src.event_snapshot AS x JOIN temp.m_event AS e"
	"   ON e.src = x.event_id WHERE x.snapshot_id = n.id AND x.role = 'report'"
	"   AND NOT e.dropped)";

/* New rows get the ids behind those that TABLE has. */
static int number(struct iq_store *s, const char *table, const char *sql, struct iq_err *err)
{
	char ask[80];
	int64_t base;
	snprintf(ask, sizeof ask, "SELECT coalesce(max(id), 0) FROM main.%s", table);
	return iq_store_int(s, ask, &base, err) < 0 ? -1 : iq_merge_run(s, sql, base, err);
}

/* ", t.a, t.b" of a fact, but for its references. */
static void add_plain(struct iq_buf *sql, enum iq_fact_type type, const char *from)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++)
		if (c->kind != IQ_COL_REF)
			iq_buf_printf(sql, ", %s\"%s\"", from, c->name);
}

static int run_buf(struct iq_store *s, struct iq_buf *sql, struct iq_err *err)
{
	int rc = sql->failed ? iq_err_set(err, IQ_E_NOMEM, "out of memory")
			     : iq_merge_run(s, sql->p, 0, err);
	iq_buf_fini(sql);
	return rc;
}

int iq_merge_captures(struct iq_store *s, struct iq_err *err)
{
	struct iq_buf sql;
	if (iq_merge_run(s, known_captures, 0, err) < 0 ||
	    iq_merge_run(s, known_unhashed, 0, err) < 0 ||
	    number(s, "capture", fresh_captures, err) < 0 ||
	    number(s, "member", fresh_members, err) < 0)
		return -1;
	iq_buf_init(&sql);
	iq_buf_str(&sql, "INSERT INTO main.capture(id, imported_us, tool_version");
	add_plain(&sql, IQ_FACT_CAPTURE, "");
	iq_buf_str(&sql, ") SELECT m.dst, t.imported_us, t.tool_version");
	add_plain(&sql, IQ_FACT_CAPTURE, "t.");
	iq_buf_str(&sql, " FROM temp.m_capture AS m JOIN src.capture AS t ON t.id = m.src"
		   " WHERE m.fresh ORDER BY m.src");
	if (run_buf(s, &sql, err) < 0)
		return -1;
	iq_buf_init(&sql);
	iq_buf_str(&sql, "INSERT INTO main.member(id, capture_id");
	add_plain(&sql, IQ_FACT_MEMBER, "");
	iq_buf_str(&sql, ") SELECT m.dst, c.dst");
	add_plain(&sql, IQ_FACT_MEMBER, "t.");
	iq_buf_str(&sql, " FROM temp.m_member AS m JOIN src.member AS t ON t.id = m.src"
		   " JOIN temp.m_capture AS c ON c.src = t.capture_id ORDER BY m.src");
	return run_buf(s, &sql, err);
}

/* --- the rest --- */

static bool has_map(enum iq_fact_type type)
{
	return type == IQ_FACT_CAPTURE || type == IQ_FACT_MEMBER || type == IQ_FACT_HOST ||
	       type == IQ_FACT_BOOT || type == IQ_FACT_EVENT || type == IQ_FACT_SNAPSHOT;
}

/* What decides whether a row comes along, besides the capture_id of some kinds: the
 * same rules as those of an import (rest.c). */
struct condition { const char *join, *where; };

static struct condition condition_of(enum iq_fact_type type, enum iq_fact_type target)
{
	switch (target) {
	case IQ_FACT_MEMBER:
		if (type == IQ_FACT_LOG || type == IQ_FACT_TREND || type == IQ_FACT_SIGHTING)
			return (struct condition){ "", " AND r_member.fresh" };
		return type == IQ_FACT_EVENT_LINE ? (struct condition){ "", "" }
						  : (struct condition){ "LEFT ", "" };
	case IQ_FACT_EVENT:
		if (type == IQ_FACT_SIGHTING)
			return (struct condition){ "", "" };
		if (type == IQ_FACT_EVENT_SNAPSHOT)
			return (struct condition){ "", " AND (t.role IS NOT 'report' OR NOT"
						       " r_event.dropped)" };
		if (type == IQ_FACT_STACK)
			return (struct condition){ "LEFT ", " AND (t.event_id IS NULL OR"
							    " r_event.dropped = 0)" };
		return (struct condition){ "", " AND NOT r_event.dropped" };
	case IQ_FACT_SNAPSHOT:
		if (type == IQ_FACT_STACK)
			return (struct condition){ "LEFT ", " AND (t.snapshot_id IS NULL OR"
							    " r_snapshot.dst IS NOT NULL)" };
		return (struct condition){ "", "" };
	default:
		return (struct condition){ "LEFT ", "" };
	}
}

/* The statement that brings the rows of one table. */
static void make_insert(struct iq_buf *sql, enum iq_fact_type type)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	bool of_capture = iq_store_extra[type][0] != NULL;
	iq_buf_printf(sql, "INSERT OR %s INTO main.\"%s\"(",
		      type == IQ_FACT_EVENT_SNAPSHOT ? "IGNORE" : "ABORT", d->name);
	for (size_t i = 0; i < d->n_columns; i++)
		iq_buf_printf(sql, "%s\"%s\"", i ? ", " : "", d->columns[i].name);
	iq_buf_str(sql, of_capture ? ", capture_id) SELECT " : ") SELECT ");
	for (size_t i = 0; i < d->n_columns; i++) {
		const struct iq_column *c = &d->columns[i];
		bool ref = c->kind == IQ_COL_REF;
		iq_buf_printf(sql, ref ? "%sr_%s.dst" : "%st.\"%s\"", i ? ", " : "",
			      ref ? iq_fact_descs[c->target].name : c->name);
	}
	iq_buf_printf(sql, "%s FROM src.\"%s\" AS t", of_capture ? ", r_capture.dst" : "",
		      d->name);
	if (of_capture)
		iq_buf_str(sql, " CROSS JOIN temp.m_capture AS r_capture"
			   " ON r_capture.src = t.capture_id AND r_capture.fresh");
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++) {
		if (c->kind != IQ_COL_REF || !has_map(c->target))
			continue;
		const char *name = iq_fact_descs[c->target].name;
		const char *join = condition_of(type, c->target).join;
		iq_buf_printf(sql, " %sJOIN temp.m_%s AS r_%s ON r_%s.src = t.\"%s\"",
			      *join ? join : "CROSS ", name, name, name, c->name);
	}
	iq_buf_str(sql, " WHERE 1");
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++)
		if (c->kind == IQ_COL_REF)
			iq_buf_str(sql, condition_of(type, c->target).where);
	iq_buf_str(sql, " ORDER BY t.id");
}

static int put_snapshots(struct iq_store *s, struct iq_err *err)
{
	struct iq_buf sql;
	if (number(s, "snapshot", snapshots, err) < 0)
		return -1;
	iq_buf_init(&sql);
	iq_buf_str(&sql, "INSERT INTO main.snapshot(id, capture_id, boot_id");
	add_plain(&sql, IQ_FACT_SNAPSHOT, "");
	iq_buf_str(&sql, ") SELECT m.dst, c.dst, b.dst");
	add_plain(&sql, IQ_FACT_SNAPSHOT, "t.");
	iq_buf_str(&sql, " FROM temp.m_snapshot AS m JOIN src.snapshot AS t ON t.id = m.src"
		   " JOIN temp.m_capture AS c ON c.src = t.capture_id"
		   " LEFT JOIN temp.m_boot AS b ON b.src = t.boot_id ORDER BY m.src");
	return run_buf(s, &sql, err);
}

/* Each capture's own words on hosts and boots. */
static int put_words(struct iq_store *s, enum iq_fact_type type, struct iq_err *err)
{
	const char *name = iq_fact_descs[type].name;
	struct iq_buf sql;
	iq_buf_init(&sql);
	iq_buf_printf(&sql, "INSERT OR IGNORE INTO main.%s_seen(capture_id, %s_id", name, name);
	add_plain(&sql, type, "");
	iq_buf_str(&sql, ") SELECT c.dst, r.dst");
	add_plain(&sql, type, "t.");
	iq_buf_printf(&sql, " FROM src.%s_seen AS t JOIN temp.m_capture AS c"
		      " ON c.src = t.capture_id AND c.fresh JOIN temp.m_%s AS r"
		      " ON r.src = t.%s_id", name, name, name);
	return run_buf(s, &sql, err);
}

static const char event_words[] =
	"INSERT OR REPLACE INTO main.event_seen SELECT e.dst, c.dst, b.dst, t.wall_us,"
	" t.wall_kind, t.mono_us, t.kernel_release, t.arch, t.page_size"
	" FROM src.event_seen AS t JOIN temp.m_capture AS c ON c.src = t.capture_id AND c.fresh"
	" JOIN temp.m_event AS e ON e.src = t.event_id"
	" LEFT JOIN temp.m_boot AS b ON b.src = t.boot_id";

/* As an import does (sql.c): state that was collected later in the boot of an event. */
static const char later_state[] =
	"INSERT OR IGNORE INTO main.event_snapshot(event_id, snapshot_id, role)"
	" SELECT e.id, s.id, 'later' FROM temp.m_capture AS c"
	" CROSS JOIN main.boot_seen AS b ON b.capture_id = c.dst" IQ_STORE_LATER
	" AND c.fresh";
static const char rebooted_state[] =
	"INSERT OR IGNORE INTO main.event_snapshot(event_id, snapshot_id, role)"
	" SELECT e.id, s.id, 'rebooted' FROM temp.m_capture AS c"
	" CROSS JOIN main.snapshot AS s ON s.capture_id = c.dst" IQ_STORE_REBOOTED
	" AND c.fresh";

/* As an import does (apply.c): what was judged before its state or its neighbours came is
 * judged again. */
static const char *const stale[] = {
	"UPDATE main.event SET early = 2 WHERE verdict IS NOT NULL AND id IN"
	" (SELECT x.event_id FROM temp.m_capture AS c"
	"  JOIN main.snapshot AS s ON s.capture_id = c.dst"
	"  JOIN main.event_snapshot AS x ON x.snapshot_id = s.id"
	"  AND x.role IN ('later', 'rebooted')"
	"  WHERE c.fresh)",
	"UPDATE main.event SET early = 2 WHERE verdict IS NOT NULL AND boot_id IN"
	" (SELECT e.boot_id FROM temp.m_capture AS c"
	"  CROSS JOIN main.member AS m ON m.capture_id = c.dst"
	"  CROSS JOIN main.sighting AS s ON s.member_id = m.id"
	"  CROSS JOIN main.event AS e ON e.id = s.event_id WHERE c.fresh)",
};

static int mark_stale(struct iq_store *s, struct iq_err *err)
{
	for (size_t i = 0; i < sizeof stale / sizeof *stale; i++)
		if (iq_merge_run(s, stale[i], 0, err) < 0)
			return -1;
	return 0;
}

int iq_merge_rest(struct iq_store *s, struct iq_err *err)
{
	if (iq_merge_run(s, known_members, 0, err) < 0 || put_snapshots(s, err) < 0 ||
	    put_words(s, IQ_FACT_HOST, err) < 0 || put_words(s, IQ_FACT_BOOT, err) < 0 ||
	    iq_merge_run(s, event_words, 0, err) < 0)
		return -1;
	for (enum iq_fact_type type = 0; type < IQ_FACT_MAX; type++) {
		struct iq_buf sql;
		if (has_map(type))
			continue;
		iq_buf_init(&sql);
		make_insert(&sql, type);
		if (run_buf(s, &sql, err) < 0)
			return -1;
	}
	return iq_merge_run(s, later_state, 0, err) < 0 ||
	       iq_merge_run(s, rebooted_state, 0, err) < 0 ? -1 : mark_stale(s, err);
}
