/* store/identity.c - is this the machine, the boot, that another capture spoke of?
 *
 * A host is its machine id, else its name; one that shows neither is known only
 * within its capture, unless a boot id tells.  A boot is its boot id, else a start
 * within two minutes on the same host with the same kernel.  When in doubt they are
 * different: two rows for one machine cost a join, one row for two machines lies.
 */
#include "base/units.h"
#include "store/place.h"

#define START_SLACK_US (120 * IQ_USEC)	/* wall clocks are set after boot */

static bool all_of(struct iq_slice s, const char *set)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr(set, s.p[i]) || !s.p[i])
			return false;
	return true;
}

/* An image's id before its first boot is empty, "uninitialized" or zeros. */
static bool is_machine_id(struct iq_slice id)
{
	return id.n >= 16 && all_of(id, "0123456789abcdefABCDEF-") && !all_of(id, "0-");
}

/* Names that half of all machines have before they get one. */
static bool is_host_name(struct iq_slice name)
{
	return name.n && !iq_starts(name, IQ_LIT("localhost")) && !iq_eq(name, IQ_LIT("(none)"));
}

/* Rowid or 0; -1 on error.  The statement's one parameter is KEY. */
static int64_t find_by_text(struct iq_place *p, enum iq_store_sql which, struct iq_slice key,
			    bool *ret_second, int64_t *ret_column)
{
	sqlite3_stmt *st = iq_store_stmt(p->s, which, p->err);
	if (!st)
		return -1;
	iq_store_bind_text(p->s, st, 1, key);
	int64_t id = 0;
	int rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		id = sqlite3_column_int64(st, 0);
		if (ret_column)
			*ret_column = sqlite3_column_int64(st, 1);
		if (ret_second)
			*ret_second = sqlite3_step(st) == SQLITE_ROW;
	} else if (rc != SQLITE_DONE) {
		id = iq_store_fail(p->s, p->err, "looking for a host or boot");
	}
	sqlite3_reset(st);
	return id;
}

static int64_t find_host(struct iq_place *p, const struct iq_host *f)
{
	bool by_machine = is_machine_id(f->machine_id), second = false;
	int64_t has_machine = 0;
	if (by_machine) {
		int64_t id = find_by_text(p, IQ_SQL_HOST_BY_MACHINE, f->machine_id, NULL, NULL);
		if (id)
			return id;
	}
	if (!is_host_name(f->name))
		return 0;
	int64_t id = find_by_text(p, IQ_SQL_HOST_BY_NAME, f->name, &second, &has_machine);
	/* Rows without a machine id come first.  With several of one name and none of
	 * them without, there is no telling which. */
	if (id > 0 && has_machine && (by_machine || second))
		return 0;
	return id;
}

static int bind_facts(struct iq_store *s, sqlite3_stmt *st, enum iq_fact_type type, void *fact)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	int at = 0;
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++) {
		if (c->kind == IQ_COL_TEXT)
			iq_store_bind_text(s, st, ++at, *iq_fact_text(fact, c));
		else if (c->kind == IQ_COL_INT)
			iq_store_bind_int(st, ++at, *iq_fact_int(fact, c));
	}
	return at;
}

/* Fills what the stored row lacks, and notes this capture's own words. */
static int speak_of(struct iq_place *p, enum iq_fact_type type, void *fact, int64_t rowid,
		    enum iq_store_sql fill, enum iq_store_sql seen)
{
	sqlite3_stmt *st = iq_store_stmt(p->s, fill, p->err);
	if (!st)
		return -1;
	sqlite3_bind_int64(st, bind_facts(p->s, st, type, fact) + 1, rowid);
	if (iq_store_run(p->s, st, "writing a host or boot", p->err) < 0)
		return -1;
	if (p->joined)
		return 0;	/* each capture's own words come with it */
	st = iq_store_stmt(p->s, seen, p->err);
	if (!st)
		return -1;
	int at = bind_facts(p->s, st, type, fact);
	sqlite3_bind_int64(st, at + 1, rowid);
	sqlite3_bind_int64(st, at + 2, p->capture_id);
	return iq_store_run(p->s, st, "writing a host or boot", p->err);
}

static int place_host(struct iq_place *p, struct iq_p_host *h)
{
	if (!h->e.rowid)
		h->e.rowid = find_host(p, &h->f);
	if (h->e.rowid < 0)
		return -1;
	if (!h->e.rowid &&
	    iq_place_insert(p, IQ_FACT_HOST, &h->f, NULL, NULL, &h->e.rowid) < 0)
		return -1;
	return speak_of(p, IQ_FACT_HOST, &h->f, h->e.rowid, IQ_SQL_HOST_FILL,
			IQ_SQL_HOST_SEEN);
}

static struct iq_p_host *host_of(struct iq_place *p, int64_t id)
{
	uint32_t i = id == IQ_NULL ? IQ_NONE : iq_idmap_find(&p->hosts, id);
	struct iq_p_host *h = i == IQ_NONE ? NULL : iq_idmap_at(&p->hosts, i);
	return h && h->e.present ? h : NULL;
}

/* A host without name is the one whose boot id we know. */
static int hosts_by_boot(struct iq_place *p)
{
	for (uint32_t i = 0; i < p->boots.n; i++) {
		struct iq_p_boot *b = iq_idmap_at(&p->boots, i);
		struct iq_p_host *h = b->e.present ? host_of(p, b->f.host_id) : NULL;
		if (!h || h->e.rowid || !b->f.boot_uuid.n || is_machine_id(h->f.machine_id) ||
		    is_host_name(h->f.name))
			continue;
		int64_t host = 0;
		int64_t id = find_by_text(p, IQ_SQL_BOOT_BY_UUID, b->f.boot_uuid, NULL, &host);
		if (id < 0)
			return -1;
		h->e.rowid = id ? host : 0;
	}
	return 0;
}

int iq_place_hosts(struct iq_place *p)
{
	if (hosts_by_boot(p) < 0)
		return -1;
	for (uint32_t i = 0; i < p->hosts.n; i++) {
		struct iq_p_host *h = iq_idmap_at(&p->hosts, i);
		if (h->e.present && place_host(p, h) < 0)
			return -1;
	}
	return 0;
}

/* For a boot that names no host: one of which nothing is known. */
static int64_t anonymous_host(struct iq_place *p)
{
	struct iq_p_host h = { .e.present = true };
	iq_fact_init(IQ_FACT_HOST, &h.f);
	if (!p->anonymous_host && place_host(p, &h) == 0)
		p->anonymous_host = h.e.rowid;
	return p->anonymous_host ? p->anonymous_host : -1;
}

static int64_t find_boot(struct iq_place *p, const struct iq_boot *f, int64_t host)
{
	if (f->boot_uuid.n) {
		int64_t id = find_by_text(p, IQ_SQL_BOOT_BY_UUID, f->boot_uuid, NULL, NULL);
		if (id)
			return id;
	}
	if (f->start_us == IQ_NULL)
		return 0;
	sqlite3_stmt *st = iq_store_stmt(p->s, IQ_SQL_BOOT_BY_START, p->err);
	if (!st)
		return -1;
	sqlite3_bind_int64(st, 1, host);
	sqlite3_bind_int64(st, 2, f->start_us - START_SLACK_US);
	sqlite3_bind_int64(st, 3, f->start_us + START_SLACK_US);
	iq_store_bind_text(p->s, st, 4, f->kernel_release);
	iq_store_bind_text(p->s, st, 5, f->boot_uuid);
	int rc = sqlite3_step(st);
	int64_t id = rc == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		id = iq_store_fail(p->s, p->err, "looking for a boot");
	sqlite3_reset(st);
	return id;
}

/* What the store knows of it by now. */
static int read_boot(struct iq_place *p, struct iq_p_boot *b)
{
	sqlite3_stmt *st = iq_store_stmt(p->s, IQ_SQL_BOOT_READ, p->err);
	if (!st)
		return -1;
	sqlite3_bind_int64(st, 1, b->e.rowid);
	int rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		b->host_rowid = sqlite3_column_int64(st, 0);
		b->start_us = iq_store_column_int(st, 1);
	}
	sqlite3_reset(st);
	return rc == SQLITE_ROW ? 0 : iq_store_fail(p->s, p->err, "reading a boot");
}

static int place_boot(struct iq_place *p, struct iq_p_boot *b)
{
	struct iq_p_host *h = host_of(p, b->f.host_id);
	int64_t host = h ? h->e.rowid : anonymous_host(p);
	if (host < 0)
		return -1;
	if (!h && b->f.host_id != IQ_NULL)
		p->refused[IQ_FACT_BOOT][IQ_CUT_REFERENCE]++;
	if (b->f.start_us != IQ_NULL && (b->f.start_us < -(INT64_C(1) << 56) ||
					 b->f.start_us > INT64_C(1) << 56)) {
		b->f.start_us = IQ_NULL;
		p->refused[IQ_FACT_BOOT][IQ_CUT_TIME]++;
	}
	b->e.rowid = find_boot(p, &b->f, host);
	if (b->e.rowid < 0 ||
	    (!b->e.rowid &&
	     iq_place_insert(p, IQ_FACT_BOOT, &b->f, &host, NULL, &b->e.rowid) < 0))
		return -1;
	if (speak_of(p, IQ_FACT_BOOT, &b->f, b->e.rowid, IQ_SQL_BOOT_FILL, IQ_SQL_BOOT_SEEN) < 0)
		return -1;
	return read_boot(p, b);
}

int iq_place_boots(struct iq_place *p)
{
	for (uint32_t i = 0; i < p->boots.n; i++) {
		struct iq_p_boot *b = iq_idmap_at(&p->boots, i);
		if (b->e.present && place_boot(p, b) < 0)
			return -1;
	}
	return 0;
}
