/* base/units.c - see units.h.  Calendar arithmetic counts from 1 March of year 0,
 * so that the leap day is the last day of a year. */
#include "base/units.h"

#include <math.h>

int64_t iq_days_from_civil(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

int64_t iq_civil_to_us(const struct iq_civil *c)
{
	int64_t s = iq_days_from_civil(c->year, c->month, c->day) * 86400 +
		    c->hour * 3600 + c->minute * 60 + c->second;
	return s * IQ_USEC + c->usec;
}

void iq_civil_from_us(int64_t us, struct iq_civil *ret)
{
	int64_t s = us / IQ_USEC, frac = us % IQ_USEC;
	if (frac < 0) {
		frac += IQ_USEC;
		s--;
	}
	int64_t days = s / 86400, tod = s % 86400;
	if (tod < 0) {
		tod += 86400;
		days--;
	}
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	*ret = (struct iq_civil){
		.day = (int)(doy - (153 * mp + 2) / 5 + 1),
		.month = (int)(mp < 10 ? mp + 3 : mp - 9),
		.hour = (int)(tod / 3600), .minute = (int)(tod / 60 % 60),
		.second = (int)(tod % 60), .usec = (int)frac,
	};
	ret->year = (int)(yoe + era * 400 + (ret->month <= 2));
}

bool iq_civil_valid(const struct iq_civil *c)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	if (c->month < 1 || c->month > 12 || c->day < 1 || c->hour < 0 ||
	    c->hour > 23 || c->minute < 0 || c->minute > 59 || c->second < 0 ||
	    c->second > 60)
		return false;
	bool leap = c->year % 4 == 0 && (c->year % 100 != 0 || c->year % 400 == 0);
	return c->day <= days[c->month - 1] + (c->month == 2 && leap);
}

void iq_time_iso(struct iq_buf *out, int64_t wall_us)
{
	struct iq_civil c;
	iq_civil_from_us(wall_us, &c);
	iq_buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day,
		      c.hour, c.minute, c.second);
	if (c.usec)
		iq_buf_printf(out, ".%06d", c.usec);
	iq_buf_char(out, 'Z');
}

static bool two(struct iq_slice *s, int *ret)
{
	if (s->n < 2 || s->p[0] < '0' || s->p[0] > '9' || s->p[1] < '0' || s->p[1] > '9')
		return false;
	*ret = (s->p[0] - '0') * 10 + s->p[1] - '0';
	*s = iq_from(*s, 2);
	return true;
}

static bool take_zone(struct iq_slice *s, int64_t *ret_offset_s)
{
	*ret_offset_s = 0;
	if (!s->n || iq_skip(s, IQ_LIT("Z")))
		return true;
	bool minus = iq_skip(s, IQ_LIT("-"));
	int h, m = 0;
	if ((!minus && !iq_skip(s, IQ_LIT("+"))) || !two(s, &h))
		return false;
	iq_skip(s, IQ_LIT(":"));
	if (s->n && !two(s, &m))
		return false;
	*ret_offset_s = (minus ? -1 : 1) * (h * 3600 + m * 60);
	return true;
}

static bool take_clock(struct iq_slice *s, struct iq_civil *c)
{
	if (!two(s, &c->hour) || !iq_skip(s, IQ_LIT(":")) || !two(s, &c->minute))
		return false;
	if (iq_skip(s, IQ_LIT(":")) && !two(s, &c->second))
		return false;
	if (iq_skip(s, IQ_LIT(".")) || iq_skip(s, IQ_LIT(","))) {
		int unit = 100000;
		for (; s->n && *s->p >= '0' && *s->p <= '9'; *s = iq_from(*s, 1)) {
			c->usec += (*s->p - '0') * unit;
			unit /= 10;
		}
	}
	return true;
}

bool iq_time_parse(struct iq_slice s, int64_t *ret_us)
{
	struct iq_civil c = { 0 };
	int hi, lo;
	s = iq_trim(s);
	if (!two(&s, &hi) || !two(&s, &lo) || !iq_skip(&s, IQ_LIT("-")) ||
	    !two(&s, &c.month) || !iq_skip(&s, IQ_LIT("-")) || !two(&s, &c.day))
		return false;
	c.year = hi * 100 + lo;
	int64_t offset = 0;
	if (s.n) {
		if (!iq_skip(&s, IQ_LIT("T")) && !iq_skip(&s, IQ_LIT(" ")))
			return false;
		if (!take_clock(&s, &c))
			return false;
		s = iq_trim(s);
		if (!take_zone(&s, &offset) || s.n)
			return false;
	}
	if (!iq_civil_valid(&c))
		return false;
	*ret_us = iq_civil_to_us(&c) - offset * IQ_USEC;
	return true;
}

void iq_human_bytes(struct iq_buf *out, int64_t bytes)
{
	static const char *const unit[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double v = bytes < 0 ? -(double)bytes : (double)bytes;
	size_t u = 0;
	while (v >= 1023.5 && u + 1 < sizeof unit / sizeof *unit) {
		v /= 1024;
		u++;
	}
	const char *sign = bytes < 0 ? "-" : "";
	double near = floor(v + 0.5);
	if (v >= 100 || fabs(v - near) < 0.005 || !u)
		iq_buf_printf(out, "%s%.0f %s", sign, v, unit[u]);
	else
		iq_buf_printf(out, "%s%.*f %s", sign, v >= 9.995 ? 1 : 2, v, unit[u]);
}

bool iq_size_parse(struct iq_slice s, uint64_t *ret_bytes)
{
	s = iq_trim(s);
	uint64_t whole, part = 0, scale = 1;
	if (!iq_take_u64(&s, &whole))
		return false;
	if (iq_skip(&s, IQ_LIT("."))) {
		size_t digits = 0;
		for (; s.n && *s.p >= '0' && *s.p <= '9'; s = iq_from(s, 1))
			if (digits++ < 6) {
				part = part * 10 + (uint64_t)(*s.p - '0');
				scale *= 10;
			}
	}
	s = iq_ltrim(s);
	unsigned shift = 0;
	if (s.n) {
		const char *at = strchr("KMGTkmgt", *s.p);
		if (at && *at) {
			shift = 10 * (unsigned)(strchr("KMGT", *s.p & ~0x20) - "KMGT" + 1);
			s = iq_from(s, 1);
			iq_skip(&s, IQ_LIT("i"));
		}
		iq_skip(&s, IQ_LIT("B"));
	}
	if (s.n || (shift && whole >> (64 - shift)))
		return false;
	*ret_bytes = (whole << shift) + (uint64_t)((double)part / (double)scale *
						   (double)(UINT64_C(1) << shift));
	return true;
}
