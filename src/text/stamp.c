/* text/stamp.c - see stamp.h */
#include "text/stamp.h"

#include "base/units.h"
#include "text/dialect.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Short names of glibc's locales (LC_TIME abmon) with the forms of older releases;
 * English stands apart.  Dots are not part of a token, ASCII letters match in either
 * case.  Names that mean different months in two languages are left out. */
static const struct month_name {
	const char *name;
	int month;
} month_names[] = {
	/* de fr es it pt nl sv da nb ca ro */
	{ "Mär", 3 }, { "Mrz", 3 }, { "Mai", 5 }, { "Okt", 10 }, { "Dez", 12 },
	{ "janv", 1 }, { "févr", 2 }, { "fév", 2 }, { "mars", 3 }, { "avril", 4 },
	{ "avr", 4 }, { "juin", 6 }, { "juil", 7 }, { "août", 8 }, { "sept", 9 },
	{ "déc", 12 }, { "FÉVR", 2 }, { "AOÛT", 8 }, { "DÉC", 12 },
	{ "ene", 1 }, { "abr", 4 }, { "ago", 8 }, { "dic", 12 },
	{ "gen", 1 }, { "mag", 5 }, { "giu", 6 }, { "lug", 7 }, { "set", 9 },
	{ "ott", 10 }, { "fev", 2 }, { "out", 10 },
	{ "mrt", 3 }, { "mei", 5 }, { "maj", 5 }, { "des", 12 },
	{ "febr", 2 }, { "març", 3 }, { "maig", 5 }, { "juny", 6 }, { "ag", 8 },
	{ "ian", 1 }, { "iun", 6 }, { "iul", 7 },
	/* pl cs tr hu */
	{ "sty", 1 }, { "lut", 2 }, { "kwi", 4 }, { "cze", 6 }, { "lip", 7 },
	{ "sie", 8 }, { "wrz", 9 }, { "paź", 10 }, { "lis", 11 }, { "gru", 12 },
	{ "led", 1 }, { "úno", 2 }, { "bře", 3 }, { "dub", 4 }, { "kvě", 5 },
	{ "čen", 6 }, { "čec", 7 }, { "srp", 8 }, { "zář", 9 }, { "říj", 10 },
	{ "pro", 12 },
	{ "Oca", 1 }, { "Şub", 2 }, { "Nis", 4 }, { "Haz", 6 }, { "Tem", 7 },
	{ "Ağu", 8 }, { "Eyl", 9 }, { "Eki", 10 }, { "Kas", 11 }, { "Ara", 12 },
	{ "márc", 3 }, { "ápr", 4 }, { "máj", 5 }, { "jún", 6 }, { "júl", 7 },
	{ "szept", 9 },
	/* ru uk sr */
	{ "янв", 1 }, { "фев", 2 }, { "февр", 2 }, { "мар", 3 }, { "марта", 3 },
	{ "апр", 4 }, { "мая", 5 }, { "май", 5 }, { "июн", 6 }, { "июня", 6 },
	{ "июл", 7 }, { "июля", 7 }, { "авг", 8 }, { "сен", 9 }, { "сент", 9 },
	{ "окт", 10 }, { "ноя", 11 }, { "нояб", 11 }, { "дек", 12 },
	{ "січ", 1 }, { "лют", 2 }, { "бер", 3 }, { "кві", 4 }, { "тра", 5 },
	{ "чер", 6 }, { "лип", 7 }, { "сер", 8 }, { "вер", 9 }, { "жов", 10 },
	{ "лис", 11 }, { "гру", 12 },
	{ "јан", 1 }, { "феб", 2 }, { "мај", 5 }, { "јун", 6 }, { "јул", 7 },
	{ "сеп", 9 }, { "нов", 11 }, { "дец", 12 },
	/* ka writes them in full */
	{ "იანვარი", 1 }, { "თებერვალი", 2 }, { "მარტი", 3 }, { "აპრილი", 4 },
	{ "მაისი", 5 }, { "ივნისი", 6 }, { "ივლისი", 7 }, { "აგვისტო", 8 },
	{ "სექტემბერი", 9 }, { "ოქტომბერი", 10 }, { "ნოემბერი", 11 },
	{ "დეკემბერი", 12 },
};

static int month_english(const char *p)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	for (int i = 0; i < 12; i++)
		if (p[0] == names[3 * i] && p[1] == names[3 * i + 1] &&
		    p[2] == names[3 * i + 2])
			return i + 1;
	return 0;
}

static bool same_name(struct iq_slice s, const char *name)
{
	if ((*s.p ^ *name) & ~0x20)		/* nearly all names end here */
		return false;
	size_t n = strlen(name);
	if (s.n != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		char a = s.p[i], b = name[i];
		if (a == b)
			continue;
		if ((a ^ b) != 0x20 || (a | 0x20) < 'a' || (a | 0x20) > 'z')
			return false;
	}
	return true;
}

static int month_numbered(struct iq_slice s)
{
	uint64_t n;
	iq_skip_blank(&s);
	if (!iq_take_u64(&s, &n) || n < 1 || n > 12)
		return 0;
	return iq_eq(s, IQ_LIT("月")) || iq_eq(s, IQ_LIT("월")) ? (int)n : 0;
}

int iq_stamp_month(struct iq_slice token)
{
	static const char *const english[] = {
		"jan", "feb", "mar", "apr", "may", "jun",
		"jul", "aug", "sep", "oct", "nov", "dec",
	};
	if (token.n < 2 || token.n > 40)
		return 0;
	if (is_digit(*token.p) || *token.p == ' ')
		return month_numbered(token);
	for (int i = 0; i < 12; i++)
		if (same_name(token, english[i]))
			return i + 1;
	for (size_t i = 0; i < sizeof month_names / sizeof *month_names; i++)
		if (same_name(token, month_names[i].name))
			return month_names[i].month;
	return 0;
}

/* Two digits, or masked ones: then *MASKED is set. */
static bool two(const char *p, int *ret, bool *masked)
{
	if (is_digit(p[0]) && is_digit(p[1])) {
		*ret = (p[0] - '0') * 10 + p[1] - '0';
		return true;
	}
	if ((p[0] == '*' || p[0] == 'X' || is_digit(p[0])) &&
	    (p[1] == '*' || p[1] == 'X' || is_digit(p[1]))) {
		*masked = true;
		*ret = 0;
		return true;
	}
	return false;
}

/* hh:mm:ss at P (8 bytes are there). */
static bool clock8(const char *p, struct iq_civil *c, bool *masked)
{
	return (p[2] == ':' || p[2] == '.') && p[5] == p[2] && two(p, &c->hour, masked) &&
	       two(p + 3, &c->minute, masked) && two(p + 6, &c->second, masked);
}

/* A fraction at S[*AT]: any number of digits, six are used. */
static void fraction(struct iq_slice s, size_t *at, struct iq_civil *c,
		     struct iq_stamp *st)
{
	if (*at + 1 >= s.n || (s.p[*at] != '.' && s.p[*at] != ',') ||
	    !is_digit(s.p[*at + 1]))
		return;
	st->frac_sep = s.p[*at];
	int unit = 100000;
	size_t i = *at + 1;
	for (; i < s.n && is_digit(s.p[i]) && st->frac_digits < 12; i++) {
		c->usec += (s.p[i] - '0') * unit;
		unit /= 10;
		st->frac_digits++;
	}
	*at = i;
}

static bool finish(const struct iq_civil *c, bool masked, struct iq_stamp *st)
{
	st->us = IQ_NULL;
	if (masked)
		return true;
	if (!iq_civil_valid(c))
		return false;
	st->us = iq_civil_to_us(c);
	return true;
}

/* +hh, +hhmm, +hh:mm; bytes used or 0. */
static size_t offset_at(struct iq_slice s, int64_t *ret_us, char *ret_form)
{
	int h, m = 0;
	bool masked = false;
	if (s.n < 3 || (s.p[0] != '+' && s.p[0] != '-') || !two(s.p + 1, &h, &masked))
		return 0;
	size_t n = 3;
	*ret_form = '+';
	if (s.n >= 6 && s.p[3] == ':' && two(s.p + 4, &m, &masked)) {
		*ret_form = ':';
		n = 6;
	} else if (s.n >= 5 && two(s.p + 3, &m, &masked)) {
		n = 5;
	}
	if (masked || h > 15 || m > 59)
		return 0;
	*ret_us = (s.p[0] == '-' ? -1 : 1) * (h * 3600 + m * 60) * IQ_USEC;
	return n;
}

size_t iq_stamp_iso(struct iq_slice s, struct iq_stamp *ret)
{
	struct iq_civil c = { 0 };
	struct iq_stamp st = { .kind = IQ_WALL_LOCAL, .seconds = true, .year = true };
	const char *p = s.p;
	bool masked = false;
	int hi, lo;
	if (s.n < 19 || p[4] != '-' || p[7] != '-' || (p[10] != 'T' && p[10] != ' ') ||
	    p[13] != ':' || !two(p, &hi, &masked) || !two(p + 2, &lo, &masked) ||
	    !two(p + 5, &c.month, &masked) || !two(p + 8, &c.day, &masked) ||
	    !clock8(p + 11, &c, &masked))
		return 0;
	c.year = hi * 100 + lo;
	st.date_sep = p[10];
	size_t n = 19;
	fraction(s, &n, &c, &st);
	if (!finish(&c, masked, &st))
		return 0;
	int64_t offset = 0;
	size_t zone = 0;
	if (n < s.n && s.p[n] == 'Z') {
		st.zone = 'Z';
		zone = 1;
	} else {
		zone = offset_at(iq_from(s, n), &offset, &st.zone);
	}
	if (zone)
		st.kind = IQ_WALL_UTC;
	if (st.us != IQ_NULL)
		st.us -= offset;
	*ret = st;
	return n + zone;
}

/* " 7", "07", "17" or "7" followed by a blank. */
static size_t day_at(struct iq_slice s, int *ret, bool *zero, bool *masked)
{
	if (s.n >= 3 && s.p[0] == ' ' && is_digit(s.p[1])) {
		*ret = s.p[1] - '0';
		return 2;
	}
	if (s.n >= 3 && s.p[1] == ' ' && is_digit(s.p[0])) {
		*ret = s.p[0] - '0';
		return 1;
	}
	if (s.n < 3 || !two(s.p, ret, masked))
		return 0;
	*zero = s.p[0] == '0';
	return 2;
}

/* The month's name at the front, in any language; bytes used with the blank behind. */
static size_t month_at(struct iq_slice s, int *ret, bool *masked)
{
	if (s.n > 4 && s.p[3] == ' ' && (*ret = month_english(s.p)))
		return 4;
	if (iq_starts(s, IQ_LIT("XXX ")) || iq_starts(s, IQ_LIT("*** "))) {
		*masked = true;
		*ret = 1;
		return 4;
	}
	size_t n = s.n && *s.p == ' ' ? 1 : 0;		/* ja: " 9月" */
	while (n < s.n && n < 24 && s.p[n] != ' ')
		n++;
	/* a day must follow; most words of plain text fail here */
	if (n + 3 >= s.n || s.p[n] != ' ' ||
	    !(is_digit(s.p[n + 1]) || s.p[n + 1] == '*' ||
	      (s.p[n + 1] == ' ' && is_digit(s.p[n + 2]))))
		return 0;
	size_t word = n > 1 && s.p[n - 1] == '.' ? n - 1 : n;
	*ret = iq_stamp_month(iq_head(s, word));
	return *ret ? n + 1 : 0;
}

size_t iq_stamp_bsd(struct iq_slice s, struct iq_stamp *ret)
{
	struct iq_civil c = { .year = IQ_STAMP_YEAR };
	struct iq_stamp st = { .kind = IQ_WALL_LOCAL | IQ_WALL_NO_YEAR, .seconds = true };
	bool masked = false;
	int hi, lo;
	size_t n = month_at(s, &c.month, &masked);
	size_t day = n ? day_at(iq_from(s, n), &c.day, &st.zero_day, &masked) : 0;
	if (!day)
		return 0;
	n += day;
	/* some writers put the year behind the day */
	if (s.n >= n + 6 && s.p[n] == ' ' && s.p[n + 5] == ' ' && is_digit(s.p[n + 1]) &&
	    two(s.p + n + 1, &hi, &masked) && two(s.p + n + 3, &lo, &masked) && !masked) {
		c.year = hi * 100 + lo;
		st.kind = IQ_WALL_LOCAL;
		st.year = true;
		n += 5;
	}
	if (s.n < n + 9 || s.p[n] != ' ' || s.p[n + 3] != ':' ||
	    !clock8(s.p + n + 1, &c, &masked))
		return 0;
	n += 9;
	fraction(s, &n, &c, &st);
	if (!finish(&c, masked, &st))
		return 0;
	*ret = st;
	return n;
}

size_t iq_stamp_logcat(struct iq_slice s, struct iq_stamp *ret)
{
	struct iq_civil c = { .year = IQ_STAMP_YEAR };
	struct iq_stamp st = { .kind = IQ_WALL_LOCAL | IQ_WALL_NO_YEAR, .seconds = true };
	bool masked = false;
	size_t n = 14;
	if (s.n < 18 || s.p[2] != '-' || s.p[5] != ' ' || s.p[14] != '.' ||
	    !two(s.p, &c.month, &masked) || !two(s.p + 3, &c.day, &masked) ||
	    !clock8(s.p + 6, &c, &masked))
		return 0;
	fraction(s, &n, &c, &st);
	if (st.frac_digits < 3 || !finish(&c, masked, &st))
		return 0;
	*ret = st;
	return n;
}

bool iq_stamp_is_weekday(const char *p)
{
	static const char names[] = "SunMonTueWedThuFriSat";
	for (int i = 0; i < 7; i++)
		if (memcmp(p, names + 3 * i, 3) == 0)
			return true;
	return false;
}

size_t iq_stamp_asctime(struct iq_slice s, struct iq_stamp *ret)
{
	struct iq_civil c = { 0 };
	struct iq_stamp st = { .kind = IQ_WALL_LOCAL, .seconds = true, .year = true };
	bool masked = false;
	int hi, lo;
	if (s.n < 24 || s.p[3] != ' ' || s.p[7] != ' ' || s.p[10] != ' ' ||
	    s.p[19] != ' ' || !iq_stamp_is_weekday(s.p) ||
	    !(c.month = month_english(s.p + 4)) ||
	    !day_at(iq_from(s, 8), &c.day, &st.zero_day, &masked) ||
	    !clock8(s.p + 11, &c, &masked) || !two(s.p + 20, &hi, &masked) ||
	    !two(s.p + 22, &lo, &masked))
		return 0;
	c.year = hi * 100 + lo;
	if (!finish(&c, masked, &st))
		return 0;
	*ret = st;
	return 24;
}

size_t iq_stamp_zone_word(struct iq_slice s, struct iq_stamp *st)
{
	int64_t offset = 0;
	char form;
	size_t n = offset_at(s, &offset, &form);
	if (n) {
		if (st->us != IQ_NULL)
			st->us -= offset;
		st->kind &= ~IQ_WALL_LOCAL;
		return n;
	}
	while (n < s.n && n < 6 && ((s.p[n] >= 'A' && s.p[n] <= 'Z')))
		n++;
	if (n < 3 && !(n == 1 && *s.p == 'Z'))
		return 0;
	struct iq_slice word = iq_head(s, n);
	/* other abbreviations are ambiguous (CST, IST): the zone stays unknown */
	if (iq_eq(word, IQ_LIT("UTC")) || iq_eq(word, IQ_LIT("GMT")) ||
	    iq_eq(word, IQ_LIT("Z")))
		st->kind &= ~IQ_WALL_LOCAL;
	return n;
}

/* --- stamps found by content --- */

struct content {
	struct iq_civil c;
	bool clock, day, month, year, seconds, masked;
};

static bool is_word_byte(char c)
{
	return (unsigned char)c >= 0x80 || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

/* hh:mm[:ss] with ':' or '.' at the front; bytes used or 0. */
static size_t content_clock(struct iq_slice s, struct content *t)
{
	bool masked = false;
	struct iq_civil *c = &t->c;
	if (s.n < 5 || (s.p[2] != ':' && s.p[2] != '.') || !two(s.p, &c->hour, &masked) ||
	    !two(s.p + 3, &c->minute, &masked))
		return 0;
	size_t n = 5;
	if (s.n >= 8 && s.p[5] == s.p[2] && two(s.p + 6, &c->second, &masked)) {
		t->seconds = true;
		n = 8;
	}
	if (n < s.n && (is_digit(s.p[n]) || s.p[n] == ':'))
		return 0;
	t->clock = true;
	t->masked |= masked;
	return n;
}

/* A run of digits (or mask): a numbered month, a year or a day. */
static size_t content_number(struct iq_slice s, struct content *t)
{
	size_t n = 0;
	bool masked = false;
	int v = 0;
	for (; n < s.n && n < 9 && (is_digit(s.p[n]) || s.p[n] == '*'); n++) {
		masked |= s.p[n] == '*';
		v = v * 10 + (s.p[n] == '*' ? 0 : s.p[n] - '0');
	}
	struct iq_slice rest = iq_from(s, n);
	t->masked |= masked;
	if (iq_starts(rest, IQ_LIT("月")) || iq_starts(rest, IQ_LIT("월"))) {
		t->c.month = v;
		t->month = true;
		return n + 3;
	}
	if (n == 4 && !t->year) {
		t->c.year = v;
		t->year = true;
	} else if (n <= 2 && n && !t->day) {
		t->c.day = v;
		t->day = true;
	} else {
		return 0;
	}
	return n;
}

static bool content_tokens(struct iq_slice s, struct content *t)
{
	while (s.n) {
		size_t n = 0;
		if (is_digit(*s.p) || *s.p == '*') {
			if (!t->clock)
				n = content_clock(s, t);
			if (!n)
				n = content_number(s, t);
			if (!n)
				return false;
		} else if (is_word_byte(*s.p)) {
			while (n < s.n && is_word_byte(s.p[n]))
				n++;
			/* fr and it: "mar" is Tuesday too, the month is the later one */
			int month = iq_stamp_month(iq_head(s, n));
			if (month) {
				t->c.month = month;
				t->month = true;
			}
		} else if (strchr(" ,.()", *s.p)) {
			n = 1;
		} else {
			return false;
		}
		s = iq_from(s, n);
	}
	return true;
}

bool iq_stamp_content(struct iq_slice inside, struct iq_stamp *ret)
{
	struct content t = { .c.year = IQ_STAMP_YEAR };
	if (inside.n < 8 || inside.n > 100 || !content_tokens(inside, &t) || !t.clock ||
	    !t.day)
		return false;
	if (!t.month) {
		/* an unknown language: the shape of a stamp, without a value */
		if (!t.year || !t.seconds)
			return false;
		t.masked = true;
	}
	struct iq_stamp st = {
		.kind = IQ_WALL_LOCAL | IQ_WALL_COMPUTED | (t.year ? 0 : IQ_WALL_NO_YEAR),
		.seconds = t.seconds, .year = t.year,
	};
	if (!finish(&t.c, t.masked, &st))
		return false;
	*ret = st;
	return true;
}
