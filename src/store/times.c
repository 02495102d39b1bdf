/* store/times.c - wall times made final: year and zone, which a log's reader learns
 * only at its end, and wall time from time since boot where there is no other.
 */
#include <stdio.h>

#include "base/units.h"
#include "store/place.h"

/* Years 1 to 9999: what ISO text and SQLite can say. */
#define WALL_MIN INT64_C(-62135596800000000)
#define WALL_MAX INT64_C(253402300799999999)
/* A century of uptime. */
#define MONO_MAX (INT64_C(100) * 366 * 86400 * IQ_USEC)
#define YEARS_MAX 9999

static bool wall_sane(int64_t us)
{
	return us >= WALL_MIN && us <= WALL_MAX;
}

static const struct iq_p_member *member_at(struct iq_place *p, uint32_t i)
{
	const struct iq_p_member *m = i == IQ_NONE ? NULL : iq_idmap_at(&p->members, i);
	return m && m->e.present ? m : NULL;
}

/* A time whose member is not known may still use a year that all members share. */
void iq_place_common_clock(struct iq_place *p)
{
	bool first = true;
	p->common_year_delta = p->common_zone_us = p->common_change_us = IQ_NULL;
	for (uint32_t i = 0; i < p->members.n; i++) {
		const struct iq_p_member *m = member_at(p, i);
		if (!m)
			continue;
		if (first) {
			p->common_year_delta = m->f.year_delta;
			p->common_zone_us = m->f.zone_offset_us;
			p->common_change_us = m->f.zone_change_us;
			p->common_before_us = m->f.zone_before_us;
		}
		if (m->f.year_delta != p->common_year_delta)
			p->common_year_delta = IQ_NULL;
		if (m->f.zone_offset_us != p->common_zone_us ||
		    m->f.zone_change_us != p->common_change_us)
			p->common_zone_us = IQ_NULL;
		first = false;
	}
}

static int64_t add_years(int64_t wall, int64_t years)
{
	struct iq_civil c;
	if (years == IQ_NULL || years < -YEARS_MAX || years > YEARS_MAX || !wall_sane(wall))
		return IQ_NULL;
	iq_civil_from_us(wall, &c);
	c.year += (int)years;		/* 29 February of no leap year: 1 March */
	return iq_civil_to_us(&c);
}

/* What to subtract from a local time: it may lie before the last change of summer time. */
static int64_t zone_at(const struct iq_place *p, const struct iq_p_member *m, int64_t wall)
{
	int64_t zone = m ? m->f.zone_offset_us : p->common_zone_us;
	int64_t change = m ? m->f.zone_change_us : p->common_change_us;
	int64_t before = m ? m->f.zone_before_us : p->common_before_us;

	return zone != IQ_NULL && change != IQ_NULL && before != IQ_NULL && wall < change
		? before : zone;
}

static int64_t correct(struct iq_place *p, const struct iq_p_member *m, int64_t wall,
		       int64_t *kind)
{
	int64_t years = m ? m->f.year_delta : p->common_year_delta;
	if (*kind & IQ_WALL_NO_YEAR) {
		wall = add_years(wall, years);
		*kind &= ~(int64_t)IQ_WALL_NO_YEAR;
	}
	int64_t zone = zone_at(p, m, wall);
	if (wall != IQ_NULL && (*kind & IQ_WALL_LOCAL) && zone != IQ_NULL) {
		if (__builtin_sub_overflow(wall, zone, &wall))
			return INT64_MAX;
		*kind &= ~(int64_t)IQ_WALL_LOCAL;
	}
	return wall;
}

static int64_t from_boot(struct iq_place *p, uint32_t boot, int64_t mono)
{
	const struct iq_p_boot *b = boot == IQ_NONE ? NULL : iq_idmap_at(&p->boots, boot);
	int64_t wall;
	if (!b || !b->e.present || b->start_us == IQ_NULL || mono == IQ_NULL ||
	    __builtin_add_overflow(b->start_us, mono, &wall) || !wall_sane(wall))
		return IQ_NULL;
	return wall;
}

void iq_place_time(struct iq_place *p, enum iq_fact_type type, uint32_t member,
		   uint32_t boot, struct iq_p_time t)
{
	int64_t kind = *t.wall_kind == IQ_NULL ? IQ_WALL_UTC : *t.wall_kind;
	int64_t wall = *t.wall_us;
	if (*t.mono_us != IQ_NULL && (*t.mono_us < 0 || *t.mono_us > MONO_MAX)) {
		*t.mono_us = IQ_NULL;
		p->refused[type][IQ_CUT_TIME]++;
	}
	if (wall != IQ_NULL)
		wall = correct(p, member_at(p, member), wall, &kind);
	if (wall != IQ_NULL && !wall_sane(wall)) {
		wall = IQ_NULL;
		p->refused[type][IQ_CUT_TIME]++;
	}
	if (wall == IQ_NULL) {
		wall = from_boot(p, boot, *t.mono_us);
		kind = IQ_WALL_COMPUTED;
	}
	*t.wall_us = wall;
	*t.wall_kind = wall == IQ_NULL ? IQ_NULL : kind;
}

struct iq_slice iq_place_stamp(struct iq_place *p, int64_t wall_us)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct iq_civil c;
	char text[32];
	if (wall_us == IQ_NULL || !wall_sane(wall_us))
		return IQ_SLICE_NULL;
	iq_civil_from_us(wall_us, &c);
	snprintf(text, sizeof text, "%.3s %2d %02d:%02d:%02d", months + 3 * (c.month - 1),
		 c.day, c.hour, c.minute, c.second);
	return iq_arena_copy(&p->arena, iq_slice_z(text));
}
