/* bundle/reboots.c - see reboots.h.
 *
 * Follows systemd src/journal/journalctl.c (list_boots) of 219 to 257 and util-linux
 * login-utils/last.c (-F, --time-format full; without it the short form, which has no year).
 */
#include "bundle/reboots.h"

#include "base/units.h"
#include "model/facts.h"

#define MINUTE_US (60 * IQ_USEC)

static bool take_number(struct iq_slice *s, size_t digits, int *ret)
{
	uint64_t v;
	struct iq_slice word = iq_head(*s, digits);
	if (s->n < digits || !iq_take_u64(&word, &v) || word.n)
		return false;
	*ret = (int)v;
	*s = iq_from(*s, digits);
	return true;
}

static bool take_clock(struct iq_slice *s, struct iq_civil *c)
{
	return take_number(s, 2, &c->hour) && iq_skip(s, IQ_LIT(":")) &&
	       take_number(s, 2, &c->minute) && iq_skip(s, IQ_LIT(":")) &&
	       take_number(s, 2, &c->second);
}

/* "2026-11-21 10:19:25 UTC" somewhere in *s, which moves behind it. */
static bool take_stamp(struct iq_slice *s, int64_t *ret, bool *ret_local)
{
	for (; s->n >= 19; *s = iq_from(*s, 1)) {
		struct iq_slice t = *s;
		struct iq_civil c = { 0 };
		if (!take_number(&t, 4, &c.year) || !iq_skip(&t, IQ_LIT("-")) ||
		    !take_number(&t, 2, &c.month) || !iq_skip(&t, IQ_LIT("-")) ||
		    !take_number(&t, 2, &c.day) || !iq_skip(&t, IQ_LIT(" ")) ||
		    !take_clock(&t, &c) || !iq_civil_valid(&c))
			continue;
		*ret = iq_civil_to_us(&c);
		*ret_local = !iq_starts(t, IQ_LIT(" UTC")) && !iq_starts(t, IQ_LIT(" GMT"));
		*s = t;
		return true;
	}
	return false;
}

static struct iq_reboot *add(struct iq_reboots *r, struct iq_arena *mem)
{
	if (!r->at)
		r->at = iq_arena_alloc(mem, IQ_REBOOTS_MAX * sizeof *r->at);
	if (!r->at || r->n == IQ_REBOOTS_MAX)
		return NULL;
	struct iq_reboot *b = &r->at[r->n++];
	*b = (struct iq_reboot){ .first_us = IQ_NULL, .last_us = IQ_NULL };
	return b;
}

static bool is_boot_id(struct iq_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("0123456789abcdef", s.p[i]) || !s.p[i])
			return false;
	return s.n == 32;
}

bool iq_reboots_take_list(struct iq_reboots *r, struct iq_slice text, struct iq_arena *mem)
{
	if (r->n && r->at[0].uuid.p)
		return true;
	r->n = 0;
	while (text.n && r->n < IQ_REBOOTS_MAX) {
		struct iq_slice line = iq_cut(&text, '\n');
		struct iq_reboot b = { 0 };
		int64_t index;
		bool local;
		if (!iq_to_i64(iq_word(&line), &index))
			continue;
		struct iq_slice id = iq_word(&line);
		if (!is_boot_id(id) || !take_stamp(&line, &b.first_us, &b.local) ||
		    !take_stamp(&line, &b.last_us, &local) || b.last_us < b.first_us)
			continue;
		b.uuid = iq_arena_copy(mem, id);
		struct iq_reboot *to = add(r, mem);
		if (!to || !b.uuid.p)
			return false;
		*to = b;
	}
	return true;
}

/* "Sat Nov 21 10:01:09 2026", or without -F "Sat Nov 21 10:01": year 0. */
static bool take_date(struct iq_slice *line, struct iq_civil *c, int *ret_weekday)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static const char days[] = "SunMonTueWedThuFriSat";
	struct iq_slice weekday = iq_word(line), month = iq_word(line), day = iq_word(line),
			clock = iq_word(line), rest = *line, year = iq_word(&rest);

	*c = (struct iq_civil){ 0 };
	*ret_weekday = -1;
	for (int i = 0; i < 7; i++)
		if (iq_eq(weekday, iq_slice(days + 3 * i, 3)))
			*ret_weekday = i;
	for (int i = 0; i < 12; i++)
		if (iq_eq(month, iq_slice(months + 3 * i, 3)))
			c->month = i + 1;
	if (!c->month || !take_number(&day, day.n < 2 ? 1 : 2, &c->day))
		return false;
	if (clock.n == 5)
		return take_number(&clock, 2, &c->hour) && iq_skip(&clock, IQ_LIT(":")) &&
		       take_number(&clock, 2, &c->minute);
	if (!take_clock(&clock, c) || !take_number(&year, 4, &c->year))
		return false;
	*line = rest;
	return iq_civil_valid(c);
}

/* "wtmp begins Sat Nov 21 10:01:09 2026", the last line; IQ_NULL: not there. */
static int64_t begin_of_file(struct iq_slice text)
{
	struct iq_civil c;
	int weekday;

	while (text.n) {
		struct iq_slice line = iq_cut(&text, '\n');
		if (iq_skip(&line, IQ_LIT("wtmp begins ")) && take_date(&line, &c, &weekday) &&
		    c.year)
			return iq_civil_to_us(&c);
	}
	return IQ_NULL;
}

/* A boot as it is read: of its time all but the year may be known. */
struct dated {
	struct iq_civil c;
	int weekday;
};

/* The first such day from AFTER on, of a year in which it is that day of the week. */
static int64_t next_such(const struct dated *d, int64_t after_us)
{
	struct iq_civil c = d->c, from;

	iq_civil_from_us(after_us, &from);
	for (int i = 0; i < 12; i++) {
		c.year = from.year + i;
		if (!iq_civil_valid(&c))
			continue;
		int64_t us = iq_civil_to_us(&c), days = us / (86400 * IQ_USEC);
		/* its second is not told */
		if (us >= after_us - MINUTE_US && (days + 4) % 7 == d->weekday)
			return us;
	}
	return IQ_NULL;
}

/* Without years: from the oldest, behind which the file begins, to the newest. */
static bool give_years(struct iq_reboots *r, const struct dated *dated, int64_t begin_us)
{
	for (size_t i = r->n; begin_us != IQ_NULL && i-- > 0;) {
		begin_us = next_such(&dated[i], begin_us);
		r->at[i].first_us = begin_us;
		/* a name of 16 characters was cut */
		if (r->at[i].release.n >= 16)
			r->at[i].release = IQ_SLICE_NULL;
	}
	for (size_t i = 1; i < r->n; i++)
		r->at[i].last_us = r->at[i - 1].first_us;
	return begin_us != IQ_NULL;
}

/* Newest first: each ends where the one read before began. */
bool iq_reboots_take_last(struct iq_reboots *r, struct iq_slice text, struct iq_arena *mem)
{
	struct dated dated[IQ_REBOOTS_MAX];
	int64_t next_us = IQ_NULL, begin_us = begin_of_file(text);
	bool years = true;
	if (r->n)
		return true;
	while (text.n && r->n < IQ_REBOOTS_MAX) {
		struct iq_slice line = iq_cut(&text, '\n');
		struct dated d;
		if (!iq_eq(iq_word(&line), IQ_LIT("reboot")) ||
		    !iq_eq(iq_word(&line), IQ_LIT("system")) ||
		    !iq_eq(iq_word(&line), IQ_LIT("boot")))
			continue;
		struct iq_slice release = iq_word(&line);
		if (!take_date(&line, &d.c, &d.weekday))
			continue;
		int64_t first_us = d.c.year ? iq_civil_to_us(&d.c) : IQ_NULL;
		if (d.c.year && next_us != IQ_NULL && first_us > next_us)
			continue;
		struct iq_reboot *b = add(r, mem);
		if (!b)
			return false;
		dated[r->n - 1] = d;
		years = years && d.c.year;
		b->first_us = first_us;
		b->last_us = next_us;
		b->local = true;
		b->release = iq_arena_copy(mem, release);
		next_us = first_us;
	}
	if (!years && !give_years(r, dated, begin_us))
		r->n = 0;
	return true;
}
