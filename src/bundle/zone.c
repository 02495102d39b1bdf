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

int64_t iq_zone_of_file(struct iq_slice file, struct iq_slice abbreviation)
{
	struct iq_cursor c = iq_cursor(file.p, file.n);
	struct tzif t;
	size_t wide = 4;

	if (!take_head(&c, &t))
		return IQ_NULL;
	if (t.version >= '2') {			/* the same again with wide times */
		iq_cur_bytes(&c, t.times * 5 + t.types * 6 + t.chars + t.leap * 8 + t.isstd +
			     t.isutc);
		wide = 8;
		if (!take_head(&c, &t))
			return IQ_NULL;
	}
	iq_cur_bytes(&c, t.times * wide);
	const unsigned char *uses = iq_cur_bytes(&c, t.times);
	const unsigned char *types = iq_cur_bytes(&c, t.types * 6);
	const unsigned char *chars = iq_cur_bytes(&c, t.chars);
	iq_cur_bytes(&c, t.leap * (wide + 4) + t.isstd + t.isutc);
	if (c.failed || !types || !chars)
		return IQ_NULL;
	struct iq_slice letters = iq_slice((const char *)chars, t.chars);
	bool fixed = t.version >= '2' && footer_is_fixed(&c);
	/* from the last change back to what was before all */
	for (size_t i = (size_t)t.times + 1; i-- > 0;) {
		size_t type = i ? uses[i - 1] : 0;
		struct iq_cursor e = iq_cursor(types, t.types * 6);
		iq_cur_bytes(&e, type * 6);
		int64_t s = (int32_t)iq_cur_be(&e, 4);
		iq_cur_bytes(&e, 1);
		size_t name = (size_t)iq_cur_be(&e, 1);
		if (e.failed || s > OFFSET_MAX_S || s < -OFFSET_MAX_S)
			return IQ_NULL;
		if (!abbreviation.n)
			return fixed ? s * IQ_USEC : IQ_NULL;
		if (iq_eq(designation(letters, name), abbreviation))
			return s * IQ_USEC;
	}
	return IQ_NULL;
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
