/* store/apply.c - one capture into the store, in one transaction: see place.h for
 * the two passes.  On any error the transaction is rolled back; a row that cannot be
 * stored is left out and counted, and an issue row says how many and why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "store/place.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

/* --- first pass: what others refer to --- */

int iq_place_no_memory(struct iq_place *p)
{
	return iq_err_set(p->err, IQ_E_NOMEM, "out of memory");
}

/* TO becomes a copy of the fact FROM with texts of its own. */
int iq_place_copy(struct iq_place *p, struct iq_arena *texts, enum iq_fact_type type,
		  void *to, const void *from)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	memcpy(to, from, d->size);
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++) {
		if (c->kind != IQ_COL_TEXT)
			continue;
		struct iq_slice *text = iq_fact_text(to, c);
		if (!text->p)
			continue;
		*text = iq_arena_copy(texts, *text);
		if (!text->p)
			return iq_place_no_memory(p);
	}
	return 0;
}

static bool too_long(enum iq_fact_type type, void *fact)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++)
		if (c->kind == IQ_COL_TEXT && iq_fact_text(fact, c)->p &&
		    iq_fact_text(fact, c)->n > IQ_STORE_TEXT_MAX)
			return true;
	return false;
}

struct iq_idmap *iq_place_map(struct iq_place *p, enum iq_fact_type type)
{
	switch (type) {
	case IQ_FACT_MEMBER: return &p->members;
	case IQ_FACT_HOST: return &p->hosts;
	case IQ_FACT_BOOT: return &p->boots;
	case IQ_FACT_EVENT: return &p->events;
	case IQ_FACT_SNAPSHOT: return &p->snapshots;
	default: return NULL;
	}
}

uint32_t iq_place_mention(struct iq_idmap *m, int64_t id)
{
	const void *e = id == IQ_NULL || id == 0 ? NULL : iq_idmap_make(m, id);
	return e ? iq_idmap_index(m, e) : IQ_NONE;
}

/* The struct behind the entry, where the fact's copy lies. */
static void *fact_of(enum iq_fact_type type, void *entry)
{
	switch (type) {
	case IQ_FACT_MEMBER: return &((struct iq_p_member *)entry)->f;
	case IQ_FACT_HOST: return &((struct iq_p_host *)entry)->f;
	case IQ_FACT_BOOT: return &((struct iq_p_boot *)entry)->f;
	case IQ_FACT_EVENT: return &((struct iq_p_event *)entry)->f;
	default: return &((struct iq_p_snapshot *)entry)->f;
	}
}

int iq_place_keep(struct iq_place *p, enum iq_fact_type type, void *fact)
{
	struct iq_idmap *m = iq_place_map(p, type);
	int64_t id = *(int64_t *)fact;
	if (too_long(type, fact)) {
		p->refused[type][IQ_REFUSED_TOO_LONG]++;
		return 0;
	}
	struct iq_entry *e = id && id != IQ_NULL ? iq_idmap_make(m, id) : iq_idmap_append(m);
	if (!e && m->n >= IQ_IDMAP_MAX)
		p->refused[type][IQ_REFUSED_TOO_MANY]++;
	else if (!e)
		return iq_place_no_memory(p);
	else if (e->present)
		p->refused[type][IQ_REFUSED_DUPLICATE]++;
	if (!e || e->present)
		return 0;
	e->present = true;
	return iq_place_copy(p, &p->arena, type, fact_of(type, e), fact);
}

static int keep_capture(struct iq_place *p, void *fact)
{
	if (p->have_capture || too_long(IQ_FACT_CAPTURE, fact)) {
		p->refused[IQ_FACT_CAPTURE][IQ_REFUSED_SECOND]++;
		return 0;
	}
	p->have_capture = true;
	return iq_place_copy(p, &p->arena, IQ_FACT_CAPTURE, &p->capture, fact);
}

static int keep_link(struct iq_place *p, const struct iq_event_snapshot *f)
{
	struct iq_p_link link = {
		.event = iq_place_mention(&p->events, f->event_id),
		.snapshot = iq_place_mention(&p->snapshots, f->snapshot_id),
		.report = iq_eq(f->role, IQ_LIT("report")),
	};
	if (link.event == IQ_NONE || link.snapshot == IQ_NONE)
		return 0;	/* refused in the second pass */
	if (p->n_links == p->cap_links) {
		size_t cap = p->cap_links ? p->cap_links * 2 : 64;
		struct iq_p_link *links = cap <= 4 * (size_t)IQ_IDMAP_MAX
			? realloc(p->links, cap * sizeof *links) : NULL;
		if (!links)
			return iq_place_no_memory(p);
		p->links = links;
		p->cap_links = cap;
	}
	p->links[p->n_links++] = link;
	return 0;
}

static void note_sighting(struct iq_place *p, const struct iq_sighting *f)
{
	uint32_t at = iq_place_mention(&p->events, f->event_id);
	if (at == IQ_NONE)
		return;
	struct iq_p_event *e = iq_idmap_at(&p->events, at);
	if (!e->sighted)
		e->member = iq_place_mention(&p->members, f->member_id);
	e->sighted = true;
}

static void count_row(struct iq_place *p, int64_t snapshot_id, size_t counter)
{
	uint32_t at = iq_place_mention(&p->snapshots, snapshot_id);
	if (at == IQ_NONE)
		return;
	struct iq_p_snapshot *s = iq_idmap_at(&p->snapshots, at);
	++*(int64_t *)(void *)((char *)&s->wealth + counter);
}

static void count_frame(struct iq_place *p, const struct iq_stack *f)
{
	uint32_t at = iq_place_mention(&p->events, f->event_id);
	if (at == IQ_NONE)
		return;
	struct iq_p_event *e = iq_idmap_at(&p->events, at);
	e->wealth.others++;
}

static int keep_or_count(struct iq_place *p, enum iq_fact_type type, void *fact)
{
	switch (type) {
	case IQ_FACT_CAPTURE:
		return keep_capture(p, fact);
	case IQ_FACT_MEMBER:
	case IQ_FACT_HOST:
	case IQ_FACT_BOOT:
	case IQ_FACT_EVENT:
	case IQ_FACT_SNAPSHOT:
		return iq_place_keep(p, type, fact);
	case IQ_FACT_EVENT_SNAPSHOT:
		return keep_link(p, fact);
	case IQ_FACT_SIGHTING:
		note_sighting(p, fact);
		return 0;
	case IQ_FACT_TASK:
		count_row(p, ((struct iq_task *)fact)->snapshot_id,
			  offsetof(struct iq_wealth, tasks));
		return 0;
	case IQ_FACT_ZONE:
		count_row(p, ((struct iq_zone *)fact)->snapshot_id,
			  offsetof(struct iq_wealth, zones));
		return 0;
	case IQ_FACT_COUNTER:
		count_row(p, ((struct iq_counter *)fact)->snapshot_id,
			  offsetof(struct iq_wealth, others));
		return 0;
	case IQ_FACT_STACK:
		count_frame(p, fact);
		return 0;
	case IQ_FACT_ISSUE: {
		const struct iq_issue *i = fact;
		p->cut = p->cut || iq_eq(i->severity, IQ_LIT("limit")) ||
			 iq_eq(i->code, IQ_LIT("reader"));
		return 0;
	}
	default:
		return 0;
	}
}

static int collect_one(struct iq_place *p, enum iq_fact_type type, void *fact)
{
	if (keep_or_count(p, type, fact) < 0)
		return -1;
	return p->early >> type & 1 ? iq_early_write(p, type, fact) : 0;
}

/* Hands every fact to EACH. */
static int for_each(struct iq_place *p,
		    int (*each)(struct iq_place *, enum iq_fact_type, void *))
{
	union iq_fact_buffer fact;
	enum iq_fact_type type;
	int rc;
	while ((rc = p->src->next(p->src, &type, fact.bytes, p->err)) > 0) {
		if ((unsigned)type >= IQ_FACT_MAX)
			return iq_err_set(p->err, IQ_E_FORMAT, "a fact of unknown kind %u",
					  (unsigned)type);
		if (each(p, type, fact.bytes) < 0)
			return -1;
	}
	return rc;
}

/* What is left of the first pass, and the sums over it. */
static int finish_collecting(struct iq_place *p)
{
	if (for_each(p, collect_one) < 0)
		return -1;
	if (!p->have_capture)
		return iq_err_set(p->err, IQ_E_FORMAT, "facts without a capture");
	for (size_t i = 0; i < p->n_links; i++) {
		struct iq_p_event *e = iq_idmap_at(&p->events, p->links[i].event);
		struct iq_p_snapshot *s = iq_idmap_at(&p->snapshots, p->links[i].snapshot);
		if (!s->linked)
			s->event = p->links[i].event;
		s->linked = true;
		if (!p->links[i].report)
			continue;
		e->wealth.tasks += s->wealth.tasks;
		e->wealth.zones += s->wealth.zones;
		e->wealth.others += s->wealth.others;
	}
	return 0;
}

/* --- between the passes: rows for what was kept --- */

int iq_place_insert(struct iq_place *p, enum iq_fact_type type, void *fact,
		    const int64_t *refs, const int64_t *extra, int64_t *ret_rowid)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	sqlite3_stmt *st = iq_store_insert(p->s, type, 1, p->err);
	if (!st)
		return -1;
	int at = 0, rc = SQLITE_OK;
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++) {
		if (c->kind == IQ_COL_TEXT)
			rc |= iq_store_bind_text(p->s, st, ++at, *iq_fact_text(fact, c));
		else if (c->kind == IQ_COL_INT)
			iq_store_bind_int(st, ++at, *iq_fact_int(fact, c));
		else
			iq_store_bind_int(st, ++at, *refs++);
	}
	for (size_t i = 0; i < 2 && iq_store_extra[type][i]; i++)
		iq_store_bind_int(st, ++at, extra[i]);
	if (rc != SQLITE_OK) {
		sqlite3_reset(st);
		return iq_place_no_memory(p);
	}
	if (iq_store_run(p->s, st, d->name, p->err) < 0)
		return -1;
	*ret_rowid = sqlite3_last_insert_rowid(p->s->db);
	return 0;
}

struct iq_slice iq_place_one_of(struct iq_slice s, const char *const *list, struct iq_slice other)
{
	for (; *list; list++)
		if (iq_eq(s, iq_slice_z(*list)))
			return s;
	return other;
}

static int place_capture(struct iq_place *p)
{
	static const char *const kinds[] = { "log", "vmcore", "bundle", "journal", "state", NULL };
	static const char *const states[] = { "ok", "partial", "failed", NULL };
	sqlite3_stmt *st = iq_store_stmt(p->s, IQ_SQL_CAPTURE_INSERT, p->err);
	struct timespec now;
	if (!st)
		return -1;
	clock_gettime(CLOCK_REALTIME, &now);
	iq_store_bind_text(p->s, st, 1, p->capture.path);
	iq_store_bind_text(p->s, st, 2, iq_place_one_of(p->capture.kind, kinds, IQ_SLICE_NULL));
	iq_store_bind_text(p->s, st, 3, p->capture.format);
	/* "" tells no capture from another, and two of it would be one */
	iq_store_bind_text(p->s, st, 4, p->capture.sha256.n ? p->capture.sha256
							    : IQ_SLICE_NULL);
	iq_store_bind_int(st, 5, p->capture.size_bytes);
	iq_store_bind_text(p->s, st, 6, iq_place_one_of(p->capture.status, states, IQ_LIT("partial")));
	sqlite3_bind_int64(st, 7, (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	sqlite3_bind_text(st, 8, PACKAGE_VERSION, -1, SQLITE_STATIC);
	if (iq_store_run(p->s, st, "writing the capture", p->err) < 0)
		return -1;
	p->capture_id = sqlite3_last_insert_rowid(p->s->db);
	return 0;
}

static int place_members(struct iq_place *p)
{
	for (uint32_t i = 0; i < p->members.n; i++) {
		struct iq_p_member *m = iq_idmap_at(&p->members, i);
		if (!m->e.present)
			continue;
		if (iq_place_insert(p, IQ_FACT_MEMBER, &m->f, NULL, &p->capture_id,
				    &m->e.rowid) < 0)
			return -1;
		if (!p->default_member || m->f.name.n == 0)
			p->default_member = m->e.rowid;
	}
	iq_place_common_clock(p);
	return 0;
}

/* The member of what names none: the capture itself. */
int64_t iq_place_default_member(struct iq_place *p)
{
	struct iq_member m;
	iq_fact_init(IQ_FACT_MEMBER, &m);
	m.name = iq_slice("", 0);
	if (!p->default_member &&
	    iq_place_insert(p, IQ_FACT_MEMBER, &m, NULL, &p->capture_id,
			    &p->default_member) < 0)
		return -1;
	return p->default_member;
}

uint32_t iq_place_boot_index(struct iq_place *p, int64_t id)
{
	return id == IQ_NULL ? IQ_NONE : iq_idmap_find(&p->boots, id);
}

void iq_place_event_times(struct iq_place *p)
{
	for (uint32_t i = 0; i < p->events.n; i++) {
		struct iq_p_event *e = iq_idmap_at(&p->events, i);
		int64_t said = e->f.wall_us, kind = e->f.wall_kind;
		if (!e->e.present)
			continue;
		if (!p->joined)
			e->capture_id = p->capture_id;
		iq_place_time(p, IQ_FACT_EVENT, iq_place_member(e),
			      iq_place_boot_index(p, e->f.boot_id),
			      (struct iq_p_time){ &e->f.wall_us, &e->f.wall_kind,
						  &e->f.mono_us });
		if (e->f.wall_us == IQ_NULL && kind != IQ_NULL && kind & IQ_WALL_NO_YEAR)
			e->f.stamp = iq_place_stamp(p, said);
	}
}

static void settle_snapshot_time(struct iq_place *p, struct iq_p_snapshot *s)
{
	const struct iq_p_event *e = s->linked ? iq_idmap_at(&p->events, s->event) : NULL;
	iq_place_time(p, IQ_FACT_SNAPSHOT, e && e->e.present ? iq_place_member(e) : IQ_NONE,
		      iq_place_boot_index(p, s->f.boot_id),
		      (struct iq_p_time){ &s->f.wall_us, &s->f.wall_kind, &s->f.mono_us });
}

/* A snapshot printed with a report that is not stored is not stored either. */
static void choose_snapshots(struct iq_place *p)
{
	for (uint32_t i = 0; i < p->snapshots.n; i++) {
		struct iq_p_snapshot *s = iq_idmap_at(&p->snapshots, i);
		s->wanted = !s->linked;
	}
	for (size_t i = 0; i < p->n_links; i++) {
		const struct iq_p_event *e = iq_idmap_at(&p->events, p->links[i].event);
		struct iq_p_snapshot *s = iq_idmap_at(&p->snapshots, p->links[i].snapshot);
		if (!e->e.present || !e->dropped || !p->links[i].report)
			s->wanted = true;
	}
}

static int place_snapshots(struct iq_place *p)
{
	choose_snapshots(p);
	for (uint32_t i = 0; i < p->snapshots.n; i++) {
		struct iq_p_snapshot *s = iq_idmap_at(&p->snapshots, i);
		if (!s->e.present || !s->wanted)
			continue;
		const struct iq_p_boot *b = iq_place_boot(p, s->f.boot_id);
		const int64_t boot = b ? b->e.rowid : IQ_NULL;
		if (!b && s->f.boot_id != IQ_NULL)
			p->refused[IQ_FACT_SNAPSHOT][IQ_CUT_REFERENCE]++;
		settle_snapshot_time(p, s);
		if (iq_place_insert(p, IQ_FACT_SNAPSHOT, &s->f, &boot, &p->capture_id,
				    &s->e.rowid) < 0)
			return -1;
	}
	return 0;
}

static int place_kept(struct iq_place *p)
{
	if (place_capture(p) < 0 || place_members(p) < 0 || iq_place_hosts(p) < 0 ||
	    iq_place_boots(p) < 0)
		return -1;
	iq_place_event_times(p);
	return iq_place_events(p) < 0 || place_snapshots(p) < 0 ? -1 : 0;
}

/* --- second pass, the rest: rest.c --- */

/* Every event is seen somewhere: without a sighting one could not follow it. */
static int sight_the_rest(struct iq_place *p)
{
	for (uint32_t i = 0; i < p->events.n; i++) {
		const struct iq_p_event *e = iq_idmap_at(&p->events, i);
		if (!e->e.present || e->sighted)
			continue;
		struct iq_sighting s;
		int64_t refs[] = { e->e.rowid, iq_place_default_member(p) }, rowid;
		iq_fact_init(IQ_FACT_SIGHTING, &s);
		if (refs[1] < 0 ||
		    iq_place_insert(p, IQ_FACT_SIGHTING, &s, refs, NULL, &rowid) < 0)
			return -1;
	}
	return 0;
}

/* --- what was refused --- */

static const char *const refusal_text[IQ_REFUSAL_MAX] = {
	[IQ_REFUSED_DUPLICATE] = "not stored: the same id twice",
	[IQ_REFUSED_NO_TARGET] = "not stored: what they belong to is not there",
	[IQ_REFUSED_SECOND] = "not stored: there is one already",
	[IQ_REFUSED_TOO_LONG] = "not stored: longer than 64 MiB",
	[IQ_REFUSED_TOO_MANY] = "not stored: too many in one capture",
	[IQ_CUT_REFERENCE] = "stored without a reference to what is not there",
	[IQ_CUT_TIME] = "stored without a time that cannot be",
	[IQ_CUT_PARENT] = "stored without a parent that is their own child",
};

static int put_refusal(struct iq_place *p, enum iq_fact_type type, enum iq_refusal why)
{
	char text[200];
	struct iq_issue i;
	int64_t none = IQ_NULL, rowid;
	iq_fact_init(IQ_FACT_ISSUE, &i);
	snprintf(text, sizeof text, "%lld rows of %s %s", (long long)p->refused[type][why],
		 iq_fact_descs[type].name, refusal_text[why]);
	i.severity = why == IQ_REFUSED_TOO_MANY ? IQ_LIT("limit") : IQ_LIT("damage");
	i.code = why == IQ_CUT_TIME ? IQ_LIT("absurd-time") : IQ_LIT("refused-rows");
	i.text = iq_slice_z(text);
	return iq_place_insert(p, IQ_FACT_ISSUE, &i, &none, &p->capture_id, &rowid);
}

static int put_refusals(struct iq_place *p)
{
	bool any = false;
	for (unsigned type = 0; type < IQ_FACT_MAX; type++)
		for (unsigned why = 0; why < IQ_REFUSAL_MAX; why++) {
			if (!p->refused[type][why])
				continue;
			any = true;
			if (put_refusal(p, type, why) < 0)
				return -1;
		}
	if (!any)
		return 0;
	sqlite3_stmt *st = iq_store_stmt(p->s, IQ_SQL_CAPTURE_PARTIAL, p->err);
	if (!st)
		return -1;
	sqlite3_bind_int64(st, 1, p->capture_id);
	return iq_store_run(p->s, st, "writing the capture", p->err);
}

/* --- the transaction --- */

/* How far an earlier import of the same bytes came. */
struct earlier { bool failed, cut; };

/* Id of a capture with these bytes, 0 or -1. */
static int64_t find_capture(struct iq_store *s, struct iq_slice sha256, struct earlier *ret,
			    struct iq_err *err)
{
	sqlite3_stmt *st = sha256.n ? iq_store_stmt(s, IQ_SQL_CAPTURE_BY_HASH, err) : NULL;
	if (!st)
		return sha256.n ? -1 : 0;
	iq_store_bind_text(s, st, 1, sha256);
	int64_t id = 0;
	int rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		id = sqlite3_column_int64(st, 0);
		ret->failed = sqlite3_column_int(st, 1);
		ret->cut = sqlite3_column_int(st, 2);
	} else if (rc != SQLITE_DONE) {
		id = iq_store_fail(s, err, "looking for the capture");
	}
	sqlite3_reset(st);
	return id;
}

int64_t iq_store_find_capture(struct iq_store *s, struct iq_slice sha256)
{
	struct earlier e = { 0 };
	int64_t id = find_capture(s, sha256, &e, NULL);
	return id > 0 && !e.failed ? id : 0;
}

static bool read_hex(const unsigned char *hex, unsigned char ret[32])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < 64; i++) {
		const char *at = hex[i] ? strchr(digits, hex[i]) : NULL;
		if (!at)
			return false;
		ret[i / 2] = (unsigned char)(ret[i / 2] << 4 | (at - digits));
	}
	return true;
}

size_t iq_store_hashes_of_size(struct iq_store *s, int64_t size_bytes,
			       unsigned char (*ret)[32], size_t max)
{
	struct iq_err ignored;
	sqlite3_stmt *st = iq_store_stmt(s, IQ_SQL_CAPTURE_BY_SIZE, &ignored);
	size_t n = 0;
	if (!st)
		return 0;
	sqlite3_bind_int64(st, 1, size_bytes);
	sqlite3_bind_int64(st, 2, (int64_t)max + 1);
	while (sqlite3_step(st) == SQLITE_ROW && n <= max) {
		if (n == max || read_hex(sqlite3_column_text(st, 0), ret[n]))
			n++;
	}
	sqlite3_reset(st);
	return n > max ? 0 : n;
}

/* State that was collected later, in the boot of an event or behind a reboot; in the boot
 * either may come first. */
static int link_later(struct iq_place *p)
{
	static const enum iq_store_sql links[] = { IQ_SQL_LATER_STATE, IQ_SQL_REBOOTED_STATE };

	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		sqlite3_stmt *st = iq_store_stmt(p->s, links[i], p->err);
		if (!st)
			return -1;
		sqlite3_bind_int64(st, 1, p->capture_id);
		if (iq_store_run(p->s, st, "linking state to events", p->err) < 0)
			return -1;
	}
	return 0;
}

/* What was judged before this capture was here is marked, to be judged again when all is
 * read (iq_store_put_back()): what its state was collected for; what an import judged in
 * rounds, of the hosts it speaks of; and the neighbours of its events, for a storm is
 * larger now.  Of these not more than STALE_MAX: of an endless boot that is imported file
 * by file, each file costs no more than that. */
#define STALE_MAX 1000

static int mark_by(struct iq_place *p, enum iq_store_sql which, int64_t id)
{
	sqlite3_stmt *st = iq_store_stmt(p->s, which, p->err);
	if (!st)
		return -1;
	sqlite3_bind_int64(st, 1, id);
	if (which == IQ_SQL_STALE_BY_BOOT)
		sqlite3_bind_int64(st, 2, STALE_MAX);
	return iq_store_run(p->s, st, "marking what is to be judged again", p->err);
}

static int mark_stale(struct iq_place *p)
{
	if (p->s->mode == IQ_STORE_MEMORY)	/* judged once, at the end */
		return 0;
	if (mark_by(p, IQ_SQL_STALE_BY_STATE, p->capture_id) < 0 ||
	    mark_by(p, IQ_SQL_STALE_BY_HOST, p->capture_id) < 0)
		return -1;
	for (uint32_t i = 0; i < p->events.n; i++) {
		const struct iq_p_event *e = iq_idmap_at(&p->events, i);
		uint32_t at = e->e.present ? iq_place_boot_index(p, e->f.boot_id) : IQ_NONE;
		struct iq_p_boot *b = at == IQ_NONE ? NULL : iq_idmap_at(&p->boots, at);
		if (!b || !b->e.present || b->marked)
			continue;
		b->marked = true;
		if (mark_by(p, IQ_SQL_STALE_BY_BOOT, b->e.rowid) < 0)
			return -1;
	}
	return 0;
}

static int write_all(struct iq_place *p)
{
	struct earlier e = { 0 };
	int64_t id = find_capture(p->s, p->capture.sha256, &e, p->err);
	if (id < 0)
		return -1;
	/* one that a limit or a dead reader cut short makes room for a longer reading */
	if (id && !e.failed && !(e.cut && !p->cut)) {
		p->result.capture_id = id;
		p->result.already_there = true;
		return 0;
	}
	if (id && iq_store_drop_capture(p->s, id, true, p->err) < 0)
		return -1;
	if (place_kept(p) < 0 || iq_early_settle(p) < 0 ||
	    p->src->rewind(p->src, p->err) < 0 || for_each(p, iq_rest_write) < 0 ||
	    iq_rest_flush(p) < 0 || sight_the_rest(p) < 0 || link_later(p) < 0 ||
	    mark_stale(p) < 0 || put_refusals(p) < 0)
		return -1;
	p->result.capture_id = p->capture_id;
	return 0;
}

static int begin(struct iq_place *p)
{
	p->open = iq_store_begin(p->s, p->err) == 0;
	return p->open ? 0 : -1;
}

/* The first capture of a store that only explains replaces nothing, and this room gives
 * out every reference: SQLite need not look each of them up again (a tenth of the time
 * of a thousand reports), and rows can be written before the last fact is there. */
static int begin_fresh(struct iq_place *p)
{
	int64_t captures = 1;
	if (p->s->mode != IQ_STORE_MEMORY)
		return 0;
	if (iq_store_int(p->s, "SELECT count(*) FROM capture", &captures, p->err) < 0)
		return -1;
	if (captures)
		return 0;
	if (iq_store_check_keys(p->s, false, p->err) < 0)
		return -1;
	p->fresh = true;
	p->early = iq_early_types();
	return begin(p);
}

struct iq_place *iq_place_new(struct iq_store *s, struct iq_fact_source *src,
			      struct iq_err *err)
{
	struct iq_place *p = calloc(1, sizeof *p);
	if (!p) {
		iq_err_set(err, IQ_E_NOMEM, "out of memory");
		return NULL;
	}
	*p = (struct iq_place){ .s = s, .src = src, .err = err };
	iq_arena_init(&p->arena);
	iq_arena_init(&p->bulk.texts);
	iq_idmap_init(&p->members, sizeof(struct iq_p_member));
	iq_idmap_init(&p->hosts, sizeof(struct iq_p_host));
	iq_idmap_init(&p->boots, sizeof(struct iq_p_boot));
	iq_idmap_init(&p->events, sizeof(struct iq_p_event));
	iq_idmap_init(&p->snapshots, sizeof(struct iq_p_snapshot));
	iq_idmap_init(&p->owners, sizeof(struct iq_p_owner));
	return p;
}

int iq_store_apply_begin(struct iq_store *s, struct iq_fact_source *src,
			 struct iq_place **ret, struct iq_err *err)
{
	struct iq_place *p = iq_place_new(s, src, err);
	if (!p)
		return -1;
	src->unwanted = 0;
	if (src->rewind(src, err) < 0 || begin_fresh(p) < 0) {
		iq_store_apply_drop(p);
		return -1;
	}
	*ret = p;
	return 0;
}

int iq_store_apply_more(struct iq_place *p, struct iq_err *err)
{
	p->err = err;
	return for_each(p, collect_one);
}

int iq_store_apply_end(struct iq_place *p, struct iq_apply_result *ret,
		       struct iq_err *err)
{
	p->err = err;
	if (finish_collecting(p) < 0 || (!p->open && begin(p) < 0) || write_all(p) < 0 ||
	    iq_store_commit(p->s, err) < 0)
		return -1;
	p->open = false;
	if (ret)
		*ret = p->result;
	return 0;
}

void iq_store_apply_drop(struct iq_place *p)
{
	if (!p)
		return;
	struct iq_idmap *const maps[] = { &p->members, &p->hosts, &p->boots, &p->events,
					  &p->snapshots, &p->owners };
	if (p->open)
		iq_store_rollback(p->s);
	if (p->fresh)
		iq_store_check_keys(p->s, true, NULL);
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		iq_idmap_fini(maps[i]);
	free(p->links);
	iq_arena_fini(&p->arena);
	iq_arena_fini(&p->bulk.texts);
	free(p);
}

int iq_store_apply(struct iq_store *s, struct iq_fact_source *src,
		   struct iq_apply_result *ret, struct iq_err *err)
{
	struct iq_place *p;
	if (iq_store_apply_begin(s, src, &p, err) < 0)
		return -1;
	int rc = iq_store_apply_end(p, ret, err);
	iq_store_apply_drop(p);
	return rc;
}
