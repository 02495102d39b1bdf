/* store/same.c - has this happening been stored already, and which report is richer?
 *
 * Candidates have the same fingerprint and host (a host without name: the same
 * capture).  Boots and times may not contradict each other; where the boots are not
 * known to be one, a time has to agree.  One event keeps one report, the richest,
 * and a sighting for every place.
 */
#include <stdlib.h>

#include "base/units.h"
#include "store/place.h"

#define MONO_SLACK_US (2 * IQ_USEC)	/* one copy lost its first lines */
#define EXACT_US 1000			/* whole copies bear one stamp */
#define SLEEP_MAX_US (60 * DAY_US)	/* in suspend, while printk's clock stood still */
#define DAY_US (INT64_C(86400) * IQ_USEC)	/* unknown zones are up to 26 hours off,
						 * mostly less than a day */
#define CLOCK_SLACK_US (60 * IQ_USEC)		/* one clock, several daemons that stamp */
#define START_SLACK_US (120 * IQ_USEC)
#define PARENTS_MAX 64				/* events in a row that led to each other */

/* --- which stored event is it? --- */

struct candidate {
	int64_t id, mono_us, wall_us, wall_kind, capture_id, boot_id, start_us;
	bool truncated;
	struct iq_slice boot_uuid, kernel_release;	/* valid until the next step */
};

static struct iq_slice column_text(sqlite3_stmt *st, int at)
{
	const char *text = (const char *)sqlite3_column_text(st, at);
	return iq_slice(text, text ? (size_t)sqlite3_column_bytes(st, at) : 0);
}

static void read_candidate(sqlite3_stmt *st, struct candidate *c)
{
	*c = (struct candidate){
		.id = sqlite3_column_int64(st, 0),
		.mono_us = iq_store_column_int(st, 1),
		.wall_us = iq_store_column_int(st, 2),
		.wall_kind = iq_store_column_int(st, 3),
		.capture_id = sqlite3_column_int64(st, 4),
		.boot_id = iq_store_column_int(st, 5),
		.boot_uuid = column_text(st, 6),
		.kernel_release = column_text(st, 7),
		.start_us = iq_store_column_int(st, 8),
		.truncated = sqlite3_column_int64(st, 9) != 0,
	};
}

static bool differ(struct iq_slice a, struct iq_slice b)
{
	return a.n && b.n && !iq_eq(a, b);
}

/* The distance, capped so that absurd values cannot overflow. */
static int64_t apart(int64_t a, int64_t b)
{
	int64_t d;
	if (__builtin_sub_overflow(a, b, &d) || d == INT64_MIN)
		return INT64_MAX;
	return d < 0 ? -d : d;
}

static bool boots_contradict(const struct iq_p_boot *b, const struct candidate *c)
{
	return b && c->boot_id != IQ_NULL && b->e.rowid != c->boot_id &&
	       (differ(b->f.boot_uuid, c->boot_uuid) ||
		differ(b->f.kernel_release, c->kernel_release) ||
		(b->start_us != IQ_NULL && c->start_us != IQ_NULL &&
		 apart(b->start_us, c->start_us) > START_SLACK_US));
}

static int64_t wall_slack(const struct iq_p_event *e, const struct candidate *c)
{
	bool same_clock = c->capture_id == e->capture_id && e->f.wall_kind == c->wall_kind &&
			  !(e->f.wall_kind & IQ_WALL_COMPUTED);
	return same_clock ? CLOCK_SLACK_US : DAY_US;
}

/* Figures that no other kill has: the victim's, as printed.  A wall time that was only
 * computed from the clock since boot then says no more than that it was not later: what
 * the machine slept is missing in it. */
static bool slept_between(const struct iq_p_event *e, const struct candidate *c)
{
	bool mine = e->f.wall_kind & IQ_WALL_COMPUTED, its = c->wall_kind & IQ_WALL_COMPUTED;
	int64_t later = mine ? c->wall_us : e->f.wall_us;
	int64_t earlier = mine ? e->f.wall_us : c->wall_us;
	return mine != its && later > earlier && apart(later, earlier) < SLEEP_MAX_US &&
	       iq_starts(e->f.fingerprint, IQ_LIT("oom-kill|killed=")) &&
	       iq_has(e->f.fingerprint, IQ_LIT("|anon="));
}

static int64_t mono_slack(const struct iq_p_event *e, const struct candidate *c,
			  bool same_boot)
{
	bool whole = (e->f.truncated == IQ_NULL || !e->f.truncated) && !c->truncated;
	return whole && !same_boot ? EXACT_US : MONO_SLACK_US;
}

/* Two boots of one member were told apart by its reader. */
static bool other_boot_of_member(struct iq_place *p, const struct iq_p_event *e,
				 const struct candidate *c)
{
	uint32_t i = iq_idmap_find(&p->owners, c->id);
	if (i == IQ_NONE || iq_place_member(e) == IQ_NONE)
		return false;
	const struct iq_p_owner *o = iq_idmap_at(&p->owners, i);
	const struct iq_p_event *mine = iq_idmap_at(&p->events, o->event);
	return iq_place_member(mine) == iq_place_member(e);
}

/* What another store kept apart stays apart. */
static bool told_apart(struct iq_place *p, const struct candidate *c)
{
	uint32_t i = iq_idmap_find(&p->owners, c->id);
	const struct iq_p_owner *o = i == IQ_NONE ? NULL : iq_idmap_at(&p->owners, i);
	return o && o->inserted;
}

/* How far apart in time, or -1: another happening. */
static int64_t distance(struct iq_place *p, const struct iq_p_event *e,
			const struct candidate *c)
{
	const struct iq_p_boot *b = iq_place_boot(p, e->f.boot_id);
	bool mono = e->f.mono_us != IQ_NULL && c->mono_us != IQ_NULL;
	bool wall = e->f.wall_us != IQ_NULL && c->wall_us != IQ_NULL;
	int64_t mono_apart = mono ? apart(e->f.mono_us, c->mono_us) : 0;
	int64_t wall_apart = wall ? apart(e->f.wall_us, c->wall_us) : 0;
	bool same_boot = b && b->e.rowid == c->boot_id;
	if (boots_contradict(b, c) || (p->joined && told_apart(p, c)))
		return -1;
	if (!same_boot && b && c->boot_id != IQ_NULL && other_boot_of_member(p, e, c))
		return -1;
	if ((mono && mono_apart > mono_slack(e, c, same_boot)) ||
	    (wall && wall_apart > wall_slack(e, c) && !slept_between(e, c)))
		return -1;
	if (!same_boot && !mono && !wall && (b || c->boot_id != IQ_NULL))
		return -1;
	return mono ? mono_apart : wall_apart;
}

static int search(struct iq_place *p, const struct iq_p_event *e, enum iq_store_sql which,
		  int64_t host, int64_t *best, int64_t *best_apart)
{
	sqlite3_stmt *st = iq_store_stmt(p->s, which, p->err);
	if (!st)
		return -1;
	iq_store_bind_text(p->s, st, 1, e->f.fingerprint);
	iq_store_bind_int(st, 2, host);
	sqlite3_bind_int64(st, 3, e->capture_id);
	if (which == IQ_SQL_EVENT_SAME_MONO) {
		sqlite3_bind_int64(st, 4, e->f.mono_us - MONO_SLACK_US);
		sqlite3_bind_int64(st, 5, e->f.mono_us + MONO_SLACK_US);
	} else if (which == IQ_SQL_EVENT_SAME_WALL || which == IQ_SQL_EVENT_SAME_WALL_NO_MONO) {
		sqlite3_bind_int64(st, 6, e->f.wall_us - DAY_US);
		sqlite3_bind_int64(st, 7, e->f.wall_us + DAY_US);
	}
	int rc;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct candidate c;
		read_candidate(st, &c);
		int64_t d = distance(p, e, &c);
		if (d >= 0 && (!*best || d < *best_apart)) {
			*best = c.id;
			*best_apart = d;
		}
	}
	if (rc != SQLITE_DONE)
		iq_store_fail(p->s, p->err, "looking for the event");
	sqlite3_reset(st);
	return rc == SQLITE_DONE ? 0 : -1;
}

/* The queries that together find all candidates, by what is known: [mono][wall]. */
static const enum iq_store_sql searches[2][2][3] = {
	{ { IQ_SQL_EVENT_SAME_ANY, IQ_SQL_MAX },
	  { IQ_SQL_EVENT_SAME_WALL, IQ_SQL_EVENT_SAME_NO_WALL, IQ_SQL_MAX } },
	{ { IQ_SQL_EVENT_SAME_MONO, IQ_SQL_EVENT_SAME_NO_MONO, IQ_SQL_MAX },
	  { IQ_SQL_EVENT_SAME_MONO, IQ_SQL_EVENT_SAME_WALL_NO_MONO,
	    IQ_SQL_EVENT_SAME_NO_TIME } },
};

/* Rowid of the same happening, 0 if it is new, -1 on error. */
static int64_t find_same(struct iq_place *p, const struct iq_p_event *e, int64_t host)
{
	int64_t best = 0, best_apart = 0;
	if (!e->f.fingerprint.n)
		return 0;
	const enum iq_store_sql *list =
		searches[e->f.mono_us != IQ_NULL][e->f.wall_us != IQ_NULL];
	for (size_t i = 0; i < 3 && list[i] != IQ_SQL_MAX; i++)
		if (search(p, e, list[i], host, &best, &best_apart) < 0)
			return -1;
	/* further away than those looked at so far */
	if (!best && e->f.wall_us != IQ_NULL &&
	    search(p, e, IQ_SQL_EVENT_SAME_ANY, host, &best, &best_apart) < 0)
		return -1;
	return best;
}

/* --- which report is richer? --- */

static int64_t count_parts(struct iq_slice missing)
{
	int64_t n = missing.n ? 1 : 0;
	for (size_t i = 0; i < missing.n; i++)
		n += missing.p[i] == ',';
	return n;
}

static bool richer(const struct iq_wealth *a, const struct iq_wealth *b)
{
	int a_parts = (a->tasks > 0) + (a->zones > 0), b_parts = (b->tasks > 0) + (b->zones > 0);
	if (a_parts != b_parts)
		return a_parts > b_parts;
	if (a->missing != b->missing)
		return a->missing < b->missing;
	if (a->truncated != b->truncated)
		return b->truncated;
	if (a->tasks != b->tasks)
		return a->tasks > b->tasks;
	return a->zones + a->others > b->zones + b->others;
}

static int stored_wealth(struct iq_place *p, int64_t rowid, struct iq_wealth *ret)
{
	uint32_t i = iq_idmap_find(&p->owners, rowid);
	if (i != IQ_NONE) {	/* of this very capture: not written yet */
		const struct iq_p_owner *o = iq_idmap_at(&p->owners, i);
		const struct iq_p_event *e = iq_idmap_at(&p->events, o->event);
		*ret = e->wealth;
		return 0;
	}
	sqlite3_stmt *st = iq_store_stmt(p->s, IQ_SQL_EVENT_WEALTH, p->err);
	if (!st)
		return -1;
	sqlite3_bind_int64(st, 1, rowid);
	int rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		*ret = (struct iq_wealth){
			.truncated = sqlite3_column_int64(st, 0) != 0,
			.missing = count_parts(column_text(st, 1)),
			.tasks = sqlite3_column_int64(st, 2),
			.zones = sqlite3_column_int64(st, 3),
			.others = sqlite3_column_int64(st, 4),
		};
	sqlite3_reset(st);
	return rc == SQLITE_ROW ? 0 : iq_store_fail(p->s, p->err, "reading an event");
}

/* --- taking its place --- */

static int own(struct iq_place *p, int64_t rowid, uint32_t event, bool inserted)
{
	struct iq_p_owner *o = iq_idmap_make(&p->owners, rowid);
	if (!o)
		return iq_err_set(p->err, IQ_E_NOMEM, "out of memory");
	o->event = event;
	o->inserted |= inserted;
	return 0;
}

/* What the poorer report said and the richer one will say again. */
static const char *const drop_report[] = {
	"DELETE FROM snapshot WHERE id IN (SELECT snapshot_id FROM event_snapshot"
	" WHERE event_id = ?1 AND role = 'report') AND NOT EXISTS (SELECT 1 FROM"
	" event_snapshot AS x WHERE x.snapshot_id = snapshot.id AND x.event_id <> ?1)",
	"DELETE FROM event_snapshot WHERE event_id = ?1 AND role = 'report'",
	"DELETE FROM oom WHERE event_id = ?1",
	"DELETE FROM victim WHERE event_id = ?1",
	"DELETE FROM event_line WHERE event_id = ?1",
	"DELETE FROM crash WHERE event_id = ?1",
	"DELETE FROM stack WHERE event_id = ?1",
};

static int clear_report(struct iq_place *p, int64_t rowid)
{
	if (iq_store_drop_analysis(p->s, rowid, IQ_SLICE_NULL, p->err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof drop_report / sizeof *drop_report; i++) {
		sqlite3_stmt *st;
		if (sqlite3_prepare_v2(p->s->db, drop_report[i], -1, &st, NULL) != SQLITE_OK)
			return iq_store_fail(p->s, p->err, "replacing an event");
		sqlite3_bind_int64(st, 1, rowid);
		int ret = iq_store_run(p->s, st, "replacing an event", p->err);
		sqlite3_finalize(st);
		if (ret < 0)
			return -1;
	}
	return 0;
}

static int say(struct iq_place *p, enum iq_store_sql which, const struct iq_p_event *e,
	       int64_t rowid, int64_t host)
{
	const struct iq_p_boot *b = iq_place_boot(p, e->f.boot_id);
	sqlite3_stmt *st = iq_store_stmt(p->s, which, p->err);
	if (!st)
		return -1;
	iq_store_bind_int(st, 1, e->f.wall_us == IQ_NULL ? 0 : 1);
	iq_store_bind_int(st, 2, e->f.wall_us);
	iq_store_bind_int(st, 3, e->f.wall_kind);
	iq_store_bind_int(st, 4, e->f.mono_us);
	iq_store_bind_int(st, 5, b ? b->e.rowid : IQ_NULL);
	iq_store_bind_int(st, 6, host);
	iq_store_bind_text(p->s, st, 7, e->f.kernel_release);
	iq_store_bind_text(p->s, st, 8, e->f.arch);
	iq_store_bind_int(st, 9, e->f.page_size);
	sqlite3_bind_int64(st, 10, rowid);
	return iq_store_run(p->s, st, "writing an event", p->err);
}

/* Two captures may each know a time that the other does not; a certain wall time is
 * better than one in an unknown zone.  What each of them said is kept, so that one can
 * be taken out again: before the first words of another come, those of the owner. */
static int fill(struct iq_place *p, const struct iq_p_event *e, int64_t rowid, int64_t host)
{
	sqlite3_stmt *st = iq_store_stmt(p->s, IQ_SQL_EVENT_SEEN_FIRST, p->err);
	if (!st)
		return -1;
	sqlite3_bind_int64(st, 1, rowid);
	sqlite3_bind_int64(st, 2, e->capture_id);
	if (iq_store_run(p->s, st, "writing an event", p->err) < 0)
		return -1;
	st = iq_store_stmt(p->s, IQ_SQL_EVENT_SEEN, p->err);
	if (!st)
		return -1;
	sqlite3_bind_int64(st, 11, e->capture_id);
	return say(p, IQ_SQL_EVENT_SEEN, e, rowid, host) < 0
		? -1 : say(p, IQ_SQL_EVENT_FILL, e, rowid, host);
}

static int replace(struct iq_place *p, struct iq_p_event *e, int64_t rowid)
{
	uint32_t i = iq_idmap_find(&p->owners, rowid);
	if (i != IQ_NONE) {
		const struct iq_p_owner *o = iq_idmap_at(&p->owners, i);
		((struct iq_p_event *)iq_idmap_at(&p->events, o->event))->dropped = true;
	} else if (clear_report(p, rowid) < 0) {
		return -1;
	}
	sqlite3_stmt *st = iq_store_stmt(p->s, IQ_SQL_EVENT_REPLACE, p->err);
	if (!st)
		return -1;
	iq_store_bind_text(p->s, st, 1, e->f.era);
	iq_store_bind_int(st, 2, e->f.truncated);
	iq_store_bind_text(p->s, st, 3, e->f.missing);
	sqlite3_bind_int64(st, 4, e->capture_id);
	sqlite3_bind_int64(st, 5, rowid);
	if (iq_store_run(p->s, st, "writing an event", p->err) < 0)
		return -1;
	return own(p, rowid, iq_idmap_index(&p->events, e), false);
}

static int insert_event(struct iq_place *p, struct iq_p_event *e, int64_t host)
{
	const struct iq_p_boot *b = iq_place_boot(p, e->f.boot_id);
	const int64_t refs[] = { b ? b->e.rowid : IQ_NULL, IQ_NULL };
	const int64_t extra[] = { e->capture_id, host };
	p->result.events_new++;
	if (iq_place_insert(p, IQ_FACT_EVENT, &e->f, refs, extra, &e->e.rowid) < 0)
		return -1;
	return own(p, e->e.rowid, iq_idmap_index(&p->events, e), true);
}

static int place_event(struct iq_place *p, struct iq_p_event *e)
{
	struct iq_wealth stored = { 0 };
	const struct iq_p_boot *b = iq_place_boot(p, e->f.boot_id);
	int64_t host = b ? b->host_rowid : IQ_NULL;
	if (!b && e->f.boot_id != IQ_NULL)
		p->refused[IQ_FACT_EVENT][IQ_CUT_REFERENCE]++;
	e->wealth.truncated = e->f.truncated != IQ_NULL && e->f.truncated != 0;
	e->wealth.missing = count_parts(e->f.missing);
	int64_t rowid = find_same(p, e, host);
	if (rowid < 0)
		return -1;
	if (!rowid)
		return insert_event(p, e, host);
	e->e.rowid = rowid;
	p->result.events_known++;
	if (stored_wealth(p, rowid, &stored) < 0 || fill(p, e, rowid, host) < 0)
		return -1;
	if (richer(&e->wealth, &stored))
		return replace(p, e, rowid);
	e->dropped = true;
	return 0;
}

/* --- parents --- */

/* Would CHILD become its own ancestor?  1, 0 or -1 on error; a chain without end in
 * sight counts as a ring. */
static int is_ring(struct iq_place *p, int64_t child, int64_t parent)
{
	sqlite3_stmt *st = iq_store_stmt(p->s, IQ_SQL_EVENT_PARENT, p->err);
	if (!st)
		return -1;
	for (int i = 0; i < PARENTS_MAX; i++) {
		if (parent == child)
			return 1;
		sqlite3_bind_int64(st, 1, parent);
		int rc = sqlite3_step(st);
		int64_t up = rc == SQLITE_ROW ? iq_store_column_int(st, 0) : IQ_NULL;
		sqlite3_reset(st);
		if (rc != SQLITE_ROW && rc != SQLITE_DONE)
			return iq_store_fail(p->s, p->err, "reading an event");
		if (up == IQ_NULL)
			return 0;
		parent = up;
	}
	return 1;
}

static int set_parent(struct iq_place *p, const struct iq_p_event *e)
{
	uint32_t i = iq_idmap_find(&p->events, e->f.parent_id);
	const struct iq_p_event *parent = i == IQ_NONE ? NULL : iq_idmap_at(&p->events, i);
	if (!parent || !parent->e.present) {
		p->refused[IQ_FACT_EVENT][IQ_CUT_REFERENCE]++;
		return 0;
	}
	int ring = is_ring(p, e->e.rowid, parent->e.rowid);
	if (ring)
		p->refused[IQ_FACT_EVENT][IQ_CUT_PARENT]++;
	if (ring)
		return ring < 0 ? -1 : 0;
	sqlite3_stmt *st = iq_store_stmt(p->s, IQ_SQL_EVENT_SET_PARENT, p->err);
	if (!st)
		return -1;
	sqlite3_bind_int64(st, 1, parent->e.rowid);
	sqlite3_bind_int64(st, 2, e->e.rowid);
	return iq_store_run(p->s, st, "writing an event", p->err);
}

int iq_place_events(struct iq_place *p)
{
	for (uint32_t i = 0; i < p->events.n; i++) {
		struct iq_p_event *e = iq_idmap_at(&p->events, i);
		if (e->e.present && place_event(p, e) < 0)
			return -1;
	}
	for (uint32_t i = 0; i < p->events.n; i++) {
		const struct iq_p_event *e = iq_idmap_at(&p->events, i);
		if (e->e.present && e->f.parent_id != IQ_NULL && set_parent(p, e) < 0)
			return -1;
	}
	return 0;
}
