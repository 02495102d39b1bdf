/* bundle/zone.c - see zone.h.  Follows RFC 8536 (TZif) and the names in tzdata. */
#include "bundle/zone.h"

#include "base/cursor.h"
#include "base/units.h"
#include "model/facts.h"

#define HOUR_US (3600 * IQ_USEC)
#define OFFSET_MAX_S (26 * 3600)

struct tzif {
	char version;
	uint32_t isutc, isstd, leap, times, types, chars;
};

static bool take_head(struct iq_cursor *c, struct tzif *t)
{
	const unsigned char *magic = iq_cur_bytes(c, 4);

	if (!magic || memcmp(magic, "TZif", 4) != 0)
		return false;
	t->version = (char)iq_cur_be(c, 1);
	iq_cur_bytes(c, 15);
	t->isutc = (uint32_t)iq_cur_be(c, 4);
	t->isstd = (uint32_t)iq_cur_be(c, 4);
	t->leap = (uint32_t)iq_cur_be(c, 4);
	t->times = (uint32_t)iq_cur_be(c, 4);
	t->types = (uint32_t)iq_cur_be(c, 4);
	t->chars = (uint32_t)iq_cur_be(c, 4);
	return !c->failed && t->types && t->types <= 256 && t->chars <= 2048 &&
	       t->times <= 100000 && t->leap <= 10000 && t->isutc <= 256 && t->isstd <= 256;
}

static struct iq_slice designation(struct iq_slice chars, size_t at)
{
	struct iq_slice s = at < chars.n ? iq_from(chars, at) : IQ_LIT("");
	ptrdiff_t end = iq_find_char(s, 0);
	return end < 0 ? IQ_LIT("") : iq_head(s, (size_t)end);
}

/* "CST-8" has no rule of summer time, "CET-1CEST,M3.5.0,M10.5.0/3" has. */
static bool footer_is_fixed(struct iq_cursor *c)
{
	struct iq_slice rest = iq_slice((const char *)c->p, iq_cur_left(c));
	return iq_skip(&rest, IQ_LIT("\n")) && iq_find_char(rest, '\n') > 0 &&
	       iq_find_char(rest, ',') < 0;
}

/* The parts of a file: of its second half, with wide times, where it has one. */
struct tables {
	struct tzif head;
	const unsigned char *changes, *uses, *types;
	struct iq_slice letters;
	size_t wide;
	bool fixed;
};

static bool take_tables(struct iq_slice file, struct tables *ret)
{
	struct iq_cursor c = iq_cursor(file.p, file.n);
	struct tzif t;

	ret->wide = 4;
	if (!take_head(&c, &t))
		return false;
	if (t.version >= '2') {			/* the same again with wide times */
		iq_cur_bytes(&c, t.times * 5 + t.types * 6 + t.chars + t.leap * 8 + t.isstd +
			     t.isutc);
		ret->wide = 8;
		if (!take_head(&c, &t))
			return false;
	}
	ret->changes = iq_cur_bytes(&c, t.times * ret->wide);
	ret->uses = iq_cur_bytes(&c, t.times);
	ret->types = iq_cur_bytes(&c, t.types * 6);
	const unsigned char *chars = iq_cur_bytes(&c, t.chars);
	iq_cur_bytes(&c, t.leap * (ret->wide + 4) + t.isstd + t.isutc);
	if (c.failed || !ret->types || !chars)
		return false;
	ret->letters = iq_slice((const char *)chars, t.chars);
	ret->fixed = t.version >= '2' && footer_is_fixed(&c);
	ret->head = t;
	return true;
}

/* The offset behind change I, counted from 1; 0: before all.  *NAME: its designation. */
static int64_t offset_of(const struct tables *t, size_t i, struct iq_slice *name)
{
	struct iq_cursor e = iq_cursor(t->types, t->head.types * 6);

	iq_cur_bytes(&e, (i ? t->uses[i - 1] : 0) * 6);
	int64_t s = (int32_t)iq_cur_be(&e, 4);
	iq_cur_bytes(&e, 1);
	size_t at = (size_t)iq_cur_be(&e, 1);
	if (e.failed || s > OFFSET_MAX_S || s < -OFFSET_MAX_S)
		return IQ_NULL;
	*name = designation(t->letters, at);
	return s * IQ_USEC;
}

int64_t iq_zone_of_file(struct iq_slice file, struct iq_slice abbreviation)
{
	struct tables t;
	struct iq_slice name;

	if (!take_tables(file, &t))
		return IQ_NULL;
	/* from the last change back to what was before all */
	for (size_t i = (size_t)t.head.times + 1; i-- > 0;) {
		int64_t us = offset_of(&t, i, &name);
		if (us == IQ_NULL)
			return IQ_NULL;
		if (!abbreviation.n)
			return t.fixed ? us : IQ_NULL;
		if (iq_eq(name, abbreviation))
			return us;
	}
	return IQ_NULL;
}

bool iq_zone_last_change(struct iq_slice file, int64_t at_us, struct iq_zone_change *ret)
{
	struct tables t;
	struct iq_slice name;

	if (at_us == IQ_NULL || !take_tables(file, &t) || !t.head.times)
		return false;
	struct iq_cursor c = iq_cursor(t.changes, t.head.times * t.wide);
	size_t last = 0;
	int64_t s = 0;
	for (size_t i = 1; i <= t.head.times; i++) {
		uint64_t raw = iq_cur_be(&c, t.wide);
		int64_t at = t.wide == 4 ? (int32_t)(uint32_t)raw : (int64_t)raw;
		if (at > at_us / IQ_USEC)
			break;
		last = i;
		s = at;
	}
	if (!last || c.failed || s < 0)		/* before 1970: nothing that a log is of */
		return false;
	ret->at_us = s * IQ_USEC;
	ret->before_us = offset_of(&t, last - 1, &name);
	ret->after_us = offset_of(&t, last, &name);
	return ret->before_us != IQ_NULL && ret->after_us != IQ_NULL;
}

/* "+08", "-0330": zones without letters of their own have these since 2017 */
static int64_t numeric(struct iq_slice s)
{
	bool west = iq_starts(s, IQ_LIT("-"));
	uint64_t n;

	if (!west && !iq_starts(s, IQ_LIT("+")))
		return IQ_NULL;
	s = iq_from(s, 1);
	size_t digits = s.n;
	if ((digits != 2 && digits != 4) || !iq_take_u64(&s, &n) || s.n)
		return IQ_NULL;
	int64_t minutes = (int64_t)(digits == 2 ? n * 60 : n / 100 * 60 + n % 100);
	return minutes > 15 * 60 ? IQ_NULL : (west ? -minutes : minutes) * 60 * IQ_USEC;
}

int64_t iq_zone_of_name(struct iq_slice s)
{
	static const struct {
		struct iq_slice name;
		int hours;
	} rows[] = {
		{ IQ_LIT("UTC"), 0 }, { IQ_LIT("GMT"), 0 }, { IQ_LIT("WET"), 0 },
		{ IQ_LIT("WEST"), 1 }, { IQ_LIT("CET"), 1 }, { IQ_LIT("CEST"), 2 },
		{ IQ_LIT("EET"), 2 }, { IQ_LIT("EEST"), 3 }, { IQ_LIT("MSK"), 3 },
		{ IQ_LIT("HKT"), 8 }, { IQ_LIT("AWST"), 8 }, { IQ_LIT("JST"), 9 },
		{ IQ_LIT("KST"), 9 }, { IQ_LIT("AEST"), 10 }, { IQ_LIT("AEDT"), 11 },
		{ IQ_LIT("NZST"), 12 }, { IQ_LIT("NZDT"), 13 }, { IQ_LIT("EDT"), -4 },
		{ IQ_LIT("EST"), -5 }, { IQ_LIT("MDT"), -6 }, { IQ_LIT("PDT"), -7 },
		{ IQ_LIT("MST"), -7 }, { IQ_LIT("SAST"), 2 }, { IQ_LIT("WIB"), 7 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (iq_eq(s, rows[i].name))
			return rows[i].hours * HOUR_US;
	return numeric(s);
}
