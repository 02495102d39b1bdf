/* store/merge.c - another store's captures into this one, in one transaction.
 *
 * The other one may be a stranger's and hostile: it is attached read-only, must have the
 * very tables of this program and no trigger, and SQLite must find nothing wrong in it
 * and no reference to nothing; its views are never read.  Facts come over; findings are
 * made here, by the plugins that are here.
 *
 * Hosts, boots and events get their rows by the rules of an import (identity.c, same.c),
 * all other tables in bulk (merge_rows.c).  A capture whose bytes are here already brings
 * nothing; what one store keeps apart stays apart.
 */
#include "store/merge.h"

#include <ctype.h>
#include <stdlib.h>
#include <sys/stat.h>

int iq_merge_run(struct iq_store *s, const char *sql, int64_t base, struct iq_err *err)
{
	sqlite3_stmt *st;
	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) != SQLITE_OK)
		return iq_store_fail(s, err, "joining a store");
	if (sqlite3_bind_parameter_count(st))
		sqlite3_bind_int64(st, 1, base);
	int ret = iq_store_run(s, st, "joining a store", err);
	sqlite3_finalize(st);
	return ret;
}

/* --- the other store --- */

/* A name as SQLite's URIs have it; nothing in it can be an option. */
static void make_uri(struct iq_buf *uri, const char *path)
{
	iq_buf_str(uri, *path == '/' ? "file://" : "file:./");
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;
		if (isalnum(c) || strchr("/._-", c))
			iq_buf_char(uri, *path);
		else
			iq_buf_printf(uri, "%%%02X", c);
	}
	iq_buf_str(uri, "?mode=ro");
}

static int attach(struct iq_store *s, const char *path, struct iq_err *err)
{
	struct iq_buf uri;
	sqlite3_stmt *st = NULL;
	iq_buf_init(&uri);
	make_uri(&uri, path);
	int rc = uri.failed ? SQLITE_NOMEM
		: sqlite3_prepare_v2(s->db, "ATTACH ?1 AS src", -1, &st, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(st, 1, uri.p, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	sqlite3_finalize(st);
	iq_buf_fini(&uri);
	return rc == SQLITE_DONE ? 0 : iq_store_fail(s, err, "opening it");
}

static int is_other_file(struct iq_store *s, const char *path, struct iq_err *err)
{
	struct stat mine, other;
	const char *name = sqlite3_db_filename(s->db, "main");
	if (name && !stat(name, &mine) && !stat(path, &other) && mine.st_dev == other.st_dev &&
	    mine.st_ino == other.st_ino)
		return iq_err_set(err, IQ_E_USAGE, "%s: is the store itself", path);
	return 0;
}

/* What must not be there, one row each.  Tables that somebody added are never read. */
static const char strange[] =
	"SELECT 'no table or index ' || name || ' as this inquest makes it' FROM"
	" (SELECT type, name, tbl_name, sql FROM main.sqlite_schema WHERE type IN ('table',"
	" 'index') AND name NOT GLOB 'sqlite_*' EXCEPT"
	" SELECT type, name, tbl_name, sql FROM src.sqlite_schema)"
	" UNION ALL SELECT 'a trigger' FROM src.sqlite_schema WHERE type = 'trigger'"
	" UNION ALL SELECT 'a virtual table' FROM src.sqlite_schema WHERE type = 'table'"
	" AND rootpage IS 0 LIMIT 1";

static int check_schema(struct iq_store *s, struct iq_err *err)
{
	sqlite3_stmt *st;
	if (sqlite3_prepare_v2(s->db, strange, -1, &st, NULL) != SQLITE_OK)
		return iq_store_fail(s, err, "reading its schema");
	int rc = sqlite3_step(st), ret = 0;
	if (rc == SQLITE_ROW)
		ret = iq_err_set(err, IQ_E_STORE, "%s: has %.200s; it cannot be joined", s->path,
				 (const char *)sqlite3_column_text(st, 0));
	else if (rc != SQLITE_DONE)
		ret = iq_store_fail(s, err, "reading its schema");
	sqlite3_finalize(st);
	return ret;
}

static int check_pragma(struct iq_store *s, const char *sql, const char *good,
			struct iq_err *err)
{
	sqlite3_stmt *st;
	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) != SQLITE_OK)
		return iq_store_fail(s, err, "checking it");
	int rc = sqlite3_step(st), ret = 0;
	const char *found = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(st, 0) : NULL;
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		ret = iq_store_fail(s, err, "checking it");
	else if (rc == SQLITE_ROW && (!good || !found || strcmp(found, good) != 0))
		ret = iq_err_set(err, IQ_E_STORE, "%s: is damaged; `sqlite3 STORE .recover` "
				 "saves what is left", s->path);
	sqlite3_finalize(st);
	return ret;
}

static int check(struct iq_store *s, const char *path, struct iq_err *err)
{
	(void)path;
	return check_schema(s, err) < 0 ||
	       check_pragma(s, "PRAGMA src.quick_check(1)", "ok", err) < 0 ||
	       check_pragma(s, "PRAGMA src.foreign_key_check", NULL, err) < 0 ? -1 : 0;
}

/* --- captures of which a longer reading comes --- */

#define CUT(db, id) "EXISTS (SELECT 1 FROM " db ".issue AS i WHERE i.capture_id = " id	\
	" AND (i.severity = 'limit' OR i.code = 'reader'))"

/* As in an import: one that failed, or that a limit or a dead reader cut short, makes
 * room. */
static const char outdone[] =
	"SELECT k.id FROM src.capture AS c JOIN main.capture AS k ON k.sha256 = c.sha256"
	" WHERE c.status <> 'failed' AND (k.status = 'failed'"
	" OR (" CUT("main", "k.id") " AND NOT " CUT("src", "c.id") "))";

static int drop_outdone(struct iq_store *s, struct iq_err *err)
{
	for (;;) {
		int64_t id;
		if (iq_store_int(s, outdone, &id, err) < 0)
			return -1;
		if (id == IQ_NULL)
			return 0;
		if (iq_store_drop_capture(s, id, true, err) < 0)
			return -1;
	}
}

/* --- hosts, boots, events: into memory --- */

/* The events that captures new here speak of, and those that led to them. */
static const char needed_events[] =
	"INSERT OR IGNORE INTO temp.m_event(src) SELECT s.event_id FROM temp.m_member AS m"
	" JOIN src.sighting AS s ON s.member_id = m.src WHERE m.fresh"
	" UNION SELECT x.event_id FROM temp.m_capture AS c JOIN src.snapshot AS n"
	"  ON n.capture_id = c.src JOIN src.event_snapshot AS x ON x.snapshot_id = n.id"
	"  WHERE c.fresh"
	" UNION SELECT e.id FROM temp.m_capture AS c JOIN src.event AS e"
	"  ON e.capture_id = c.src WHERE c.fresh";
static const char needed_parents[] =
	"INSERT OR IGNORE INTO temp.m_event(src) WITH RECURSIVE up(id) AS ("
	" SELECT e.parent_id FROM temp.m_event AS m JOIN src.event AS e ON e.id = m.src"
	"  WHERE e.parent_id IS NOT NULL UNION"
	" SELECT e.parent_id FROM up JOIN src.event AS e ON e.id = up.id"
	"  WHERE e.parent_id IS NOT NULL) SELECT id FROM up";
static const char needed_boots[] =
	"INSERT OR IGNORE INTO temp.m_boot(src) SELECT t.boot_id FROM src.boot_seen AS t"
	" JOIN temp.m_capture AS c ON c.src = t.capture_id WHERE c.fresh"
	" UNION SELECT e.boot_id FROM temp.m_event AS m JOIN src.event AS e ON e.id = m.src"
	"  WHERE e.boot_id IS NOT NULL"
	" UNION SELECT n.boot_id FROM src.snapshot AS n JOIN temp.m_capture AS c"
	"  ON c.src = n.capture_id WHERE c.fresh AND n.boot_id IS NOT NULL";
static const char needed_hosts[] =
	"INSERT OR IGNORE INTO temp.m_host(src) SELECT t.host_id FROM src.host_seen AS t"
	" JOIN temp.m_capture AS c ON c.src = t.capture_id WHERE c.fresh"
	" UNION SELECT b.host_id FROM temp.m_boot AS m JOIN src.boot AS b ON b.id = m.src"
	" UNION SELECT u.host_id FROM src.unit AS u JOIN temp.m_capture AS c"
	"  ON c.src = u.capture_id WHERE c.fresh AND u.host_id IS NOT NULL";

/* Behind the columns of an event: owner, its first sighting, what its report holds. */
static const char event_extra[] =
	", c.dst, (SELECT min(s.member_id) FROM src.sighting AS s WHERE s.event_id = t.id),"
	" (SELECT count(*) FROM src.event_snapshot AS x JOIN src.task AS k USING (snapshot_id)"
	"  WHERE x.event_id = t.id AND x.role = 'report'),"
	" (SELECT count(*) FROM src.event_snapshot AS x JOIN src.zone AS k USING (snapshot_id)"
	"  WHERE x.event_id = t.id AND x.role = 'report'),"
	" (SELECT count(*) FROM src.event_snapshot AS x JOIN src.counter AS k USING (snapshot_id)"
	"  WHERE x.event_id = t.id AND x.role = 'report')"
	" + (SELECT count(*) FROM src.stack AS k WHERE k.event_id = t.id)";

static sqlite3_stmt *prepare_facts(struct iq_place *p, enum iq_fact_type type)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	struct iq_buf sql;
	sqlite3_stmt *st = NULL;
	iq_buf_init(&sql);
	iq_buf_str(&sql, "SELECT t.id");
	for (size_t i = 0; i < d->n_columns; i++)
		iq_buf_printf(&sql, ", t.\"%s\"", d->columns[i].name);
	iq_buf_printf(&sql, "%s FROM temp.m_%s AS m JOIN src.%s AS t ON t.id = m.src %s"
		      " ORDER BY m.src", type == IQ_FACT_EVENT ? event_extra : "", d->name,
		      d->name, type == IQ_FACT_EVENT
		      ? "LEFT JOIN temp.m_capture AS c ON c.src = t.capture_id" : "");
	if (sql.failed)
		iq_place_no_memory(p);
	else if (sqlite3_prepare_v2(p->s->db, sql.p, -1, &st, NULL) != SQLITE_OK)
		iq_store_fail(p->s, p->err, "joining a store");
	iq_buf_fini(&sql);
	return st;
}

static void read_fact(enum iq_fact_type type, sqlite3_stmt *st, void *fact)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	iq_fact_init(type, fact);
	*(int64_t *)fact = sqlite3_column_int64(st, 0);
	for (size_t i = 0; i < d->n_columns; i++) {
		const struct iq_column *c = &d->columns[i];
		int at = (int)i + 1;
		if (c->kind != IQ_COL_TEXT) {
			*iq_fact_int(fact, c) = iq_store_column_int(st, at);
			continue;
		}
		const char *text = (const char *)sqlite3_column_text(st, at);
		if (text)
			*iq_fact_text(fact, c) =
				iq_slice(text, (size_t)sqlite3_column_bytes(st, at));
	}
}

static void read_event_extra(struct iq_place *p, sqlite3_stmt *st, struct iq_p_event *e)
{
	int at = (int)iq_fact_descs[IQ_FACT_EVENT].n_columns + 1;
	e->capture_id = sqlite3_column_int64(st, at);
	e->sighted = sqlite3_column_type(st, at + 1) != SQLITE_NULL;
	if (e->sighted)		/* the number tells one member from another, no more */
		e->member = iq_place_mention(&p->members, sqlite3_column_int64(st, at + 1));
	e->wealth = (struct iq_wealth){
		.tasks = sqlite3_column_int64(st, at + 2),
		.zones = sqlite3_column_int64(st, at + 3),
		.others = sqlite3_column_int64(st, at + 4),
	};
}

static int load(struct iq_place *p, enum iq_fact_type type)
{
	union iq_fact_buffer fact;
	struct iq_idmap *m = iq_place_map(p, type);
	sqlite3_stmt *st = prepare_facts(p, type);
	int rc = SQLITE_ERROR, ret = st ? 0 : -1;
	while (ret == 0 && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		read_fact(type, st, fact.bytes);
		uint32_t n = m->n;
		ret = iq_place_keep(p, type, fact.bytes);
		if (ret == 0 && m->n == n)
			ret = iq_err_set(p->err, IQ_E_STORE, "too many rows of %s to be joined",
					 iq_fact_descs[type].name);
		if (ret == 0 && type == IQ_FACT_EVENT)
			read_event_extra(p, st, iq_idmap_at(m, n));
	}
	if (ret == 0 && rc != SQLITE_DONE)
		ret = iq_store_fail(p->s, p->err, "joining a store");
	sqlite3_finalize(st);
	return ret;
}

/* Which rows they became. */
static int put_map(struct iq_place *p, enum iq_fact_type type, const char *sql)
{
	struct iq_idmap *m = iq_place_map(p, type);
	sqlite3_stmt *st;
	int ret = 0;
	if (sqlite3_prepare_v2(p->s->db, sql, -1, &st, NULL) != SQLITE_OK)
		return iq_store_fail(p->s, p->err, "joining a store");
	for (uint32_t i = 0; i < m->n && ret == 0; i++) {
		const struct iq_entry *e = iq_idmap_at(m, i);
		sqlite3_bind_int64(st, 1, m->keys[i]);
		sqlite3_bind_int64(st, 2, e->rowid);
		if (type == IQ_FACT_EVENT)
			sqlite3_bind_int64(st, 3, ((const struct iq_p_event *)e)->dropped);
		if (e->present)
			ret = iq_store_run(p->s, st, "joining a store", p->err);
	}
	sqlite3_finalize(st);
	return ret;
}

static int place(struct iq_place *p)
{
	static const char *const needed[] = { needed_events, needed_parents, needed_boots,
					      needed_hosts };
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (iq_merge_run(p->s, needed[i], 0, p->err) < 0)
			return -1;
	if (load(p, IQ_FACT_HOST) < 0 || load(p, IQ_FACT_BOOT) < 0 ||
	    load(p, IQ_FACT_EVENT) < 0)
		return -1;
	if (iq_place_hosts(p) < 0 || iq_place_boots(p) < 0)
		return -1;
	iq_place_event_times(p);
	if (iq_place_events(p) < 0)
		return -1;
	return put_map(p, IQ_FACT_HOST, "UPDATE temp.m_host SET dst = ?2 WHERE src = ?1") < 0 ||
	       put_map(p, IQ_FACT_BOOT, "UPDATE temp.m_boot SET dst = ?2 WHERE src = ?1") < 0 ||
	       put_map(p, IQ_FACT_EVENT, "UPDATE temp.m_event SET dst = ?2, dropped = ?3"
			       " WHERE src = ?1") < 0 ? -1 : 0;
}

/* --- the whole --- */

static int join(struct iq_store *s, struct iq_merge_result *ret, struct iq_err *err)
{
	int64_t known;
	if (drop_outdone(s, err) < 0 || iq_merge_maps(s, err) < 0 ||
	    iq_merge_captures(s, err) < 0 ||
	    iq_store_int(s, "SELECT count(*) FROM temp.m_capture WHERE fresh",
			 &ret->captures_new, err) < 0 ||
	    iq_store_int(s, "SELECT count(*) FROM temp.m_capture WHERE NOT fresh", &known,
			 err) < 0)
		return -1;
	ret->captures_known = known;
	if (!ret->captures_new)
		return 0;
	struct iq_place *p = iq_place_new(s, NULL, err);
	if (!p)
		return -1;
	p->joined = true;
	/* years and zones are settled */
	p->common_year_delta = p->common_zone_us = p->common_change_us = IQ_NULL;
	int rc = place(p) < 0 || iq_merge_rest(s, err) < 0 ? -1 : 0;
	ret->events_new = p->result.events_new;
	iq_store_apply_drop(p);
	return rc;
}

/* Messages name the store they are about. */
static int about_other(struct iq_store *s, const char *path,
		       int (*step)(struct iq_store *s, const char *path, struct iq_err *err),
		       struct iq_err *err)
{
	char *mine = s->path;
	s->path = (char *)path;
	int rc = step(s, path, err);
	s->path = mine;
	return rc;
}

static bool fault_of_other(struct iq_store *s)
{
	int rc = sqlite3_errcode(s->db) & 0xff;
	return rc == SQLITE_CONSTRAINT || rc == SQLITE_MISMATCH || rc == SQLITE_TOOBIG;
}

static int join_in_transaction(struct iq_store *s, const char *path,
			       struct iq_merge_result *ret, struct iq_err *err)
{
	if (about_other(s, path, attach, err) < 0)
		return -1;
	int rc = iq_store_begin(s, err);
	if (rc == 0) {
		rc = about_other(s, path, check, err);
		if (rc == 0 && (rc = join(s, ret, err)) < 0 && fault_of_other(s))
			iq_err_prefix(err, "%s: cannot be joined", path);
		if (rc == 0)
			rc = iq_store_commit(s, err);
	}
	if (rc)
		iq_store_rollback(s);
	sqlite3_exec(s->db, "DETACH src", NULL, NULL, NULL);
	return rc;
}

int iq_store_merge(struct iq_store *s, const char *path, struct iq_merge_result *ret,
		   struct iq_err *err)
{
	*ret = (struct iq_merge_result){ 0 };
	if (is_other_file(s, path, err) || iq_store_look(path, err) < 0)
		return -1;
	return join_in_transaction(s, path, ret, err);
}
