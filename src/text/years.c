/* text/years.c - see years.h */
#include "text/years.h"

#include "base/units.h"
#include "text/dialect.h"

#define DAY_US (86400 * IQ_USEC)
#define JUMP_BACK 40			/* days; less is disorder */

static int day_of_year(int month, int day)
{
	return (int)(iq_days_from_civil(IQ_STAMP_YEAR, month, day) -
		     iq_days_from_civil(IQ_STAMP_YEAR, 1, 1));
}

void iq_years_pass(struct iq_years *y, int month, int day)
{
	if (month < 1 || month > 12 || day < 1 || day > 31)
		return;
	int now = day_of_year(month, day);
	if (y->any && y->last_day - now > JUMP_BACK && y->turns < 200)
		y->turns++;
	else if (y->any && now - y->last_day > 366 - JUMP_BACK && y->turns)
		y->turns--;		/* a late line of December */
	if (month == 2 && day == 29) {
		y->leap_seen = true;
		y->leap_turn = y->turns;
	}
	y->any = true;
	y->last_day = now;
}

static int64_t move_years(int64_t us, int years)
{
	struct iq_civil c;
	iq_civil_from_us(us, &c);
	c.year += years;
	return iq_civil_to_us(&c);
}

int64_t iq_years_place(struct iq_years *y, int64_t wall_us)
{
	struct iq_civil c;
	iq_civil_from_us(wall_us, &c);
	iq_years_pass(y, c.month, c.day);
	y->last_us = y->turns ? move_years(wall_us, y->turns) : wall_us;
	return y->last_us;
}

/* Years from FROM to the same day of the year nearest to TO. */
static int nearest(int64_t from, int64_t to, int64_t *ret_off)
{
	struct iq_civil a, b;
	iq_civil_from_us(from, &a);
	iq_civil_from_us(to, &b);
	int best = b.year - a.year;
	int64_t best_off = INT64_MAX;
	for (int d = b.year - a.year - 1; d <= b.year - a.year + 1; d++) {
		int64_t off = move_years(from, d) - to;
		off = off < 0 ? -off : off;
		if (off < best_off) {
			best_off = off;
			best = d;
		}
	}
	*ret_off = best_off;
	return best;
}

void iq_years_anchor(struct iq_years *y, int64_t placed_us, int64_t true_us)
{
	int64_t off;
	int delta = nearest(placed_us, true_us, &off);
	if (y->has_anchor || off > 2 * DAY_US)
		return;
	y->has_anchor = true;
	y->anchor_delta = delta;
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* The last line was written at WITNESS or before, but not more than SLACK_DAYS. */
static bool by_end(const struct iq_years *y, int64_t witness, int slack_days, int *ret)
{
	struct iq_civil last, end;
	if (witness == IQ_NULL)
		return false;
	iq_civil_from_us(y->last_us, &last);
	iq_civil_from_us(witness, &end);
	int delta = end.year - last.year;
	if (move_years(y->last_us, delta) > witness + DAY_US)
		delta--;
	if (witness - move_years(y->last_us, delta) > slack_days * DAY_US)
		return false;
	if (y->leap_seen && !is_leap(IQ_STAMP_YEAR + y->leap_turn + delta))
		return false;
	*ret = delta;
	return true;
}

bool iq_years_decide(const struct iq_years *y, const struct iq_reader_opts *opts,
		     int *ret_delta)
{
	struct iq_civil last;
	*ret_delta = 0;
	if (!y->any)
		return false;
	iq_civil_from_us(y->last_us, &last);
	if (opts->year) {
		*ret_delta = opts->year - last.year;
		return true;
	}
	if (y->has_anchor) {
		*ret_delta = y->anchor_delta;
		return true;
	}
	/* A rotated file ends at the date in its name.  The mtime of a member may be
	 * that of the collection, when the machine had been silent for long; that of a
	 * plain file is worth something only if it agrees with the last line. */
	if (by_end(y, opts->name_date_us, 366, ret_delta))
		return true;
	return by_end(y, opts->mtime_us, opts->mtime_is_member ? 366 : 2, ret_delta);
}
