/* import/trend.c - text of sar: how memory, swap and load went before and after. */
#include "import/capture.h"
#include "parse/sar.h"

struct trend_run {
	struct iq_capture_run *c;
	struct iq_sar sar;
	int64_t boot_id, zone_us;
	bool again;			/* the same day was read already */
};

/* One boot for all that sar says of a host: it is there for the host's sake, which boot a
 * row is of tells its time. */
static int64_t boot_of(struct iq_capture_run *c, struct iq_slice host)
{
	for (size_t i = 0; i < c->n_boots; i++)
		if (c->boots[i].trend && iq_eq(c->boots[i].trend_root, c->place.root) &&
		    iq_eq(c->boots[i].trend_host, host))
			return c->boots[i].fact.id;
	bool now = c->member_is_now;
	c->member_is_now = true;
	int64_t id = iq_capture_new_boot(c, host);
	c->member_is_now = now;
	struct iq_boot_slot *b = iq_capture_boot(c, id);
	if (!b)
		return 0;
	b->trend = true;
	b->trend_root = iq_arena_copy(&c->arena, c->place.root);
	b->trend_host = iq_arena_copy(&c->arena, host);
	return id;
}

/* sos has the same day twice: as the host printed it and as it was printed for sos. */
static int day_seen(struct iq_capture_run *c, int64_t boot_id, int64_t day_us, bool *ret)
{
	for (size_t i = 0; i < c->n_trend_days; i++)
		if (c->trend_days[i].boot_id == boot_id && c->trend_days[i].day_us == day_us)
			return *ret = true, 0;
	void *more = iq_capture_grow(c->trend_days, c->n_trend_days, &c->cap_trend_days,
				     sizeof *c->trend_days);
	if (!more)
		return -1;
	c->trend_days = more;
	c->trend_days[c->n_trend_days].boot_id = boot_id;
	c->trend_days[c->n_trend_days++].day_us = day_us;
	return 0;
}

static int on_value(void *arg, const struct iq_sar_value *v, struct iq_err *err)
{
	struct trend_run *t = arg;
	struct iq_trend f;
	if (!t->boot_id) {
		t->boot_id = boot_of(t->c, iq_slice_z(t->sar.host));
		if (!t->boot_id || day_seen(t->c, t->boot_id, t->sar.day_us, &t->again))
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	}
	if (t->again)
		return 0;
	iq_fact_init(IQ_FACT_TREND, &f);
	f.boot_id = t->boot_id;
	f.member_id = t->c->member_id;
	f.line = v->line;
	f.wall_us = v->wall_us;
	f.wall_kind = IQ_WALL_LOCAL;
	if (t->zone_us != IQ_NULL) {
		f.wall_us -= t->zone_us;
		f.wall_kind = IQ_WALL_UTC;
	}
	f.name = v->name;
	f.amount = v->value;
	f.unit = v->unit;
	return iq_sink_put(&t->c->sink, IQ_FACT_TREND, &f, err);
}

int iq_read_trend(struct iq_capture_run *c, struct iq_stream *m, struct iq_member *f,
		  struct iq_err *err)
{
	struct trend_run t = { .c = c, .zone_us = c->req->zone_offset_us };
	struct iq_slice block;
	int got;
	iq_sar_init(&t.sar, iq_sar_file_day(c->member_name.n ? c->member_name
					     : iq_slice_z(c->req->path)));
	while ((got = iq_stream_read(m, &block)) > 0)
		if (iq_sar_feed(&t.sar, block.p, block.n, on_value, &t, err))
			return -1;
	if (iq_sar_finish(&t.sar, on_value, &t, err))
		return -1;
	f->format = IQ_LIT("sar text");
	f->lines = t.sar.lines;
	if (!t.sar.values)
		return 0;		/* nothing but the line of a restart */
	c->nothing_yet = false;
	if (!c->kind)
		c->kind = "state";
	return 0;
}
