/* import/state.c - members that show the state of the machine: from the stream to the
 * state of their bundle (bundle/state.h), and at the end one snapshot for each.
 *
 * The snapshot is of the boot in which the bundle was made, and of that time: what the
 * machine was like afterwards, not when something happened.  Which events it is later
 * than, the store knows (it joins the boots).
 */
#include "base/units.h"
#include "import/capture.h"

#include <stdio.h>

/* A path that is state all by itself: only where it was asked for, not among all the
 * files of a directory. */
static bool loose_file(struct iq_capture_run *c, struct iq_state_file *p)
{
	struct iq_slice dir = iq_slice_z(c->req->path);

	if (c->req->below)
		return false;
	if (!c->member_name.n)
		return iq_state_loose_file(dir, p);
	/* "proc" itself was given */
	while (iq_ends(dir, IQ_LIT("/")))
		dir.n--;
	if (!iq_ends(dir, IQ_LIT("/proc")) && !iq_eq(dir, IQ_LIT("proc")))
		return false;
	struct iq_slice path = iq_arena_printf(&c->arena, "proc/%.*s", IQ_FMT(c->member_name));
	return path.p && iq_state_file(path, p);
}

static bool file_of(struct iq_capture_run *c, struct iq_state_file *p)
{
	if (!c->place.path.p)
		return loose_file(c, p);
	return iq_state_file(c->place.path, p);
}

/* *cut: there is more than such a file should have, or the stream breaks off. */
static int read_stream(struct iq_capture_run *c, struct iq_state *s, struct iq_stream *m,
		       size_t most, bool *cut)
{
	struct iq_slice block;
	size_t n = 0;
	int got = 0, rc = 0;

	while (!rc && (got = iq_stream_read(m, &block)) > 0) {
		c->progress->done_bytes += block.n;
		if (block.n > most - n) {
			iq_capture_issue(c, "limit", "state-cut", IQ_NULL, (int64_t)most,
					 "longer than such a file should be; the rest of it "
					 "is left out");
			*cut = true;
			block.n = most - n;
			return iq_state_feed(s, block);
		}
		n += block.n;
		rc = iq_state_feed(s, block);
	}
	*cut = *cut || got < 0;
	return rc;
}

int iq_capture_state(struct iq_capture_run *c, struct iq_stream *m, struct iq_err *err)
{
	struct iq_state_file p;
	bool cut = c->place.tailed;

	if (!file_of(c, &p))
		return 0;
	struct iq_bundle_root *r = iq_capture_root(c, c->place.path.p ? c->place.root
							       : IQ_LIT(""));
	if (!r || r->state_put)
		return 0;		/* more machines than there can be, or too late */
	if (!r->state)
		r->state = iq_state_new();
	if (!r->state)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	iq_state_begin(r->state, &p, c->member_id,
		       1 + iq_stream_lines_before(m));
	int rc = read_stream(c, r->state, m, iq_state_bytes_max(p.kind), &cut);
	int64_t n = iq_state_end(r->state, cut);
	r->state_cut = r->state_cut || cut;
	if (rc < 0 || n < 0)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	if (n) {
		c->nothing_yet = false;
		c->n_states++;
		if (!c->kind)
			c->kind = "state";
	}
	return 1;
}

/* --- rows --- */

/* Units refer to a host, and hosts get their ids last. */
struct filter {
	struct iq_sink sink;
	struct iq_capture_run *c;
	struct iq_bundle_root *r;
};

static int keep_unit(struct filter *f, const struct iq_unit *u, struct iq_err *err)
{
	const struct iq_fact_desc *d = &iq_fact_descs[IQ_FACT_UNIT];
	struct iq_bundle_root *r = f->r;
	struct iq_unit *units = iq_capture_grow(r->units, r->n_units, &r->cap_units,
						sizeof *units);
	if (!units)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	r->units = units;
	struct iq_unit *to = &units[r->n_units++];
	*to = *u;
	for (const struct iq_column *k = d->columns; k < d->columns + d->n_columns; k++)
		if (k->kind == IQ_COL_TEXT && iq_fact_text(to, k)->p)
			*iq_fact_text(to, k) = iq_arena_copy(&f->c->arena,
							     *iq_fact_text(to, k));
	return 0;
}

static int pass(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
		struct iq_err *err)
{
	struct filter *f = (struct filter *)(void *)sink;

	return type == IQ_FACT_UNIT ? keep_unit(f, fact, err)
				    : iq_sink_put(&f->c->sink, type, fact, err);
}

/* uname says it, or the bundle's logs. */
static struct iq_slice arch_of(struct iq_capture_run *c, const struct iq_bundle_root *r)
{
	for (size_t i = 0; i < c->n_boots && !r->facts.arch.p; i++) {
		const struct iq_boot_slot *b = &c->boots[i];
		struct iq_slice arch = b->fact.arch.p ? b->fact.arch : b->event_arch;
		if (arch.p && iq_capture_root_of(c, b->member) == r)
			return arch;
	}
	return r->facts.arch;
}

static int put_rows(struct iq_capture_run *c, struct iq_bundle_root *r, struct iq_err *err)
{
	struct filter f = { .sink.put = pass, .c = c, .r = r };

	if (r->state_put || !iq_state_any(r->state))
		return 0;
	r->state_put = true;
	r->frame = (struct iq_state_frame){
		.snapshot_id = iq_sink_id(&c->sink, IQ_FACT_SNAPSHOT), .host_id = IQ_NULL,
		.page_size = IQ_NULL, .arch = arch_of(c, r),
		.zone_us = iq_bundle_zone_us(&r->facts),
		.boot_us = iq_bundle_boot_start_us(&r->facts),
	};
	iq_state_settle_page_size(r->state, &r->frame);
	int rc = iq_state_put(r->state, &r->frame, &f.sink, err);
	iq_state_free(r->state);
	r->state = NULL;
	return rc;
}

int iq_capture_leave_states(struct iq_capture_run *c, struct iq_slice member,
			    struct iq_err *err)
{
	struct iq_slice archive = iq_head(member, (size_t)(iq_rfind(member, IQ_LIT("!")) + 1));

	for (size_t i = 0; archive.n && i < c->n_roots; i++)
		if (iq_starts(c->roots[i].prefix, archive) &&
		    put_rows(c, &c->roots[i], err))
			return -1;
	return 0;
}

/* --- the end --- */

/* The boot that the bundle was made in, as its logs name it, or a new one. */
static struct iq_boot_slot *boot_of(struct iq_capture_run *c, const struct iq_bundle_root *r)
{
	for (size_t i = 0; i < c->n_boots; i++) {
		struct iq_boot_slot *b = &c->boots[i];
		if (b->now && iq_capture_root_of(c, b->member) == r)
			return b;
	}
	struct iq_slice kept = c->member_kept;
	bool now = c->member_is_now;
	/* it lies in the bundle, so that it gets the bundle's names */
	c->member_kept = iq_arena_printf(&c->arena, "%.*sproc/", IQ_FMT(r->prefix));
	c->member_is_now = true;
	int64_t id = c->member_kept.p ? iq_capture_new_boot(c, r->facts.hostname) : 0;
	c->member_kept = kept;
	c->member_is_now = now;
	return id ? iq_capture_boot(c, id) : NULL;
}

int iq_capture_boot_states(struct iq_capture_run *c, struct iq_err *err)
{
	for (size_t i = 0; i < c->n_roots; i++) {
		struct iq_bundle_root *r = &c->roots[i];
		if (put_rows(c, r, err))
			return -1;
		if (!r->state_put)
			continue;
		struct iq_boot_slot *b = boot_of(c, r);
		if (!b)
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
		r->state_boot = b->fact.id;
		if (!r->frame.page_size_assumed && r->frame.page_size != IQ_NULL &&
		    b->fact.page_size == IQ_NULL)
			b->fact.page_size = r->frame.page_size;
	}
	return 0;
}

static void tell(struct iq_capture_run *c, const struct iq_bundle_root *r)
{
	char text[160];

	if (r->frame.page_size_assumed)
		iq_capture_issue(c, "note", "page-size", IQ_NULL, IQ_NULL,
				 "the size of a page is not shown; taken as 4096 bytes where "
				 "a file counts pages");
	if (!r->frame.left_out)
		return;
	snprintf(text, sizeof text, "%zu rows of the machine's state did not fit and were "
		 "left out", r->frame.left_out);
	iq_capture_issue(c, "limit", "state-limit", IQ_NULL, IQ_NULL, text);
}

static int put_snapshot(struct iq_capture_run *c, struct iq_bundle_root *r,
			struct iq_err *err)
{
	const struct iq_boot_slot *b = iq_capture_boot(c, r->state_boot);
	struct iq_snapshot snap;

	iq_fact_init(IQ_FACT_SNAPSHOT, &snap);
	snap.id = r->frame.snapshot_id;
	snap.boot_id = r->state_boot;
	snap.source = IQ_LIT("proc");
	snap.wall_us = iq_bundle_made_us(&r->facts);
	if (snap.wall_us != IQ_NULL)
		snap.wall_kind = IQ_WALL_UTC;
	snap.mono_us = r->facts.uptime_us;
	snap.complete = r->frame.left_out == 0 && !r->state_cut;
	for (size_t i = 0; i < r->n_units; i++) {
		r->units[i].host_id = b ? b->fact.host_id : IQ_NULL;
		if (iq_sink_put(&c->sink, IQ_FACT_UNIT, &r->units[i], err))
			return -1;
	}
	tell(c, r);
	return iq_sink_put(&c->sink, IQ_FACT_SNAPSHOT, &snap, err);
}

int iq_capture_put_states(struct iq_capture_run *c, struct iq_err *err)
{
	for (size_t i = 0; i < c->n_roots; i++)
		if (c->roots[i].state_put && put_snapshot(c, &c->roots[i], err))
			return -1;
	return 0;
}
