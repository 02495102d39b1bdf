/* parse/sar.c - see sar.h.  Follows sysstat: common.c print_gal_header(), pr_stats.c of
 * versions 10 (RHEL 7) to 12.7; facts on support bundles, 12. */
#include "parse/sar.h"

#include "base/units.h"

#define DAY_S 86400

enum unit { BYTES, PAGES_S, FAULTS_S, LOAD, TASKS };

static const struct iq_slice units[] = {
	[BYTES] = IQ_LIT("bytes"), [PAGES_S] = IQ_LIT("pages/s"),
	[FAULTS_S] = IQ_LIT("faults/s"), [LOAD] = IQ_LIT("load"), [TASKS] = IQ_LIT("tasks"),
};

/* As sar heads them, as /proc/meminfo and /proc/vmstat call them where those have it. */
static const struct { struct iq_slice column, name; enum unit unit; } names[] = {
	{ IQ_LIT("kbmemfree"), IQ_LIT("MemFree"), BYTES },
	{ IQ_LIT("kbavail"), IQ_LIT("MemAvailable"), BYTES },
	{ IQ_LIT("kbbuffers"), IQ_LIT("Buffers"), BYTES },
	{ IQ_LIT("kbcached"), IQ_LIT("Cached"), BYTES },
	{ IQ_LIT("kbcommit"), IQ_LIT("Committed_AS"), BYTES },
	{ IQ_LIT("kbanonpg"), IQ_LIT("AnonPages"), BYTES },
	{ IQ_LIT("kbslab"), IQ_LIT("Slab"), BYTES },
	{ IQ_LIT("kbdirty"), IQ_LIT("Dirty"), BYTES },
	{ IQ_LIT("kbswpfree"), IQ_LIT("SwapFree"), BYTES },
	{ IQ_LIT("kbswpused"), IQ_LIT("SwapUsed"), BYTES },
	{ IQ_LIT("pswpin/s"), IQ_LIT("pswpin"), PAGES_S },
	{ IQ_LIT("pswpout/s"), IQ_LIT("pswpout"), PAGES_S },
	{ IQ_LIT("pgscank/s"), IQ_LIT("pgscan_kswapd"), PAGES_S },
	{ IQ_LIT("pgscand/s"), IQ_LIT("pgscan_direct"), PAGES_S },
	{ IQ_LIT("majflt/s"), IQ_LIT("pgmajfault"), FAULTS_S },
	{ IQ_LIT("ldavg-1"), IQ_LIT("ldavg-1"), LOAD },
	{ IQ_LIT("ldavg-5"), IQ_LIT("ldavg-5"), LOAD },
	{ IQ_LIT("blocked"), IQ_LIT("blocked"), TASKS },
};

static int name_of(struct iq_slice column)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (iq_eq(names[i].column, column))
			return (int)i;
	return -1;
}

void iq_sar_init(struct iq_sar *s, int file_day)
{
	s->file_day = file_day;
	s->host[0] = 0;
	s->day_us = INT64_MIN;
	s->lines = s->values = s->restarts = 0;
	s->n_columns = 0;
	s->last_s = -1;
	s->days = 0;
	s->n = 0;
}

/* --- the first line --- */

/* Three numbers with anything between: year first, or day and month in either order. */
static int64_t date_of(struct iq_slice s, int file_day)
{
	uint64_t v[3];
	struct iq_civil c = { 0 };
	for (int i = 0; i < 3; i++) {
		while (s.n && (*s.p < '0' || *s.p > '9'))
			s = iq_from(s, 1);
		if (!iq_take_u64(&s, &v[i]) || v[i] > 9999)
			return INT64_MIN;
	}
	if (v[0] >= 1000) {
		c.year = (int)v[0];
		c.month = (int)v[1];
		c.day = (int)v[2];
	} else {
		/* 11/21/26: month first in the C locale, day first in most others */
		bool day_first = v[0] > 12 || (v[1] <= 12 && file_day == (int)v[0] &&
					       file_day != (int)v[1]);
		c.year = (int)(v[2] < 100 ? 2000 + v[2] : v[2]);
		c.month = (int)v[day_first];
		c.day = (int)v[!day_first];
	}
	return iq_civil_valid(&c) ? iq_civil_to_us(&c) : INT64_MIN;
}

/* "Linux RELEASE (HOST) DATE _ARCH_ (N CPU)"; *ret_host, *ret_date borrowed. */
static bool first_line(struct iq_slice line, struct iq_slice *ret_host,
		       struct iq_slice *ret_date)
{
	struct iq_slice rest = iq_trim(line);
	if (!iq_skip(&rest, IQ_LIT("Linux ")) || !iq_ends(rest, IQ_LIT(" CPU)")))
		return false;
	iq_word(&rest);
	rest = iq_ltrim(rest);
	ptrdiff_t end = iq_find_char(rest, ')');
	if (!iq_skip(&rest, IQ_LIT("(")) || end < 1)
		return false;
	*ret_host = iq_head(rest, (size_t)end - 1);
	rest = iq_ltrim(iq_from(rest, (size_t)end));
	ptrdiff_t tab = iq_find_char(rest, '_');
	*ret_date = iq_trim(iq_head(rest, tab < 0 ? 0 : (size_t)tab));
	return ret_date->n >= 6 && ret_host->n < 256;
}

bool iq_sar_is(struct iq_slice head)
{
	struct iq_slice host, date;
	while (head.n && (*head.p == '\n' || *head.p == '\r'))
		head = iq_from(head, 1);
	return first_line(iq_cut(&head, '\n'), &host, &date) && date_of(date, 0) != INT64_MIN;
}

int iq_sar_file_day(struct iq_slice path)
{
	ptrdiff_t slash = iq_rfind(path, IQ_LIT("/"));
	struct iq_slice base = iq_from(path, (size_t)(slash + 1));
	uint64_t v;
	if (!iq_skip(&base, IQ_LIT("sar")))
		return 0;
	iq_skip(&base, IQ_LIT("."));
	if (!iq_take_u64(&base, &v))
		return 0;
	v %= 100;				/* sar20261121 */
	return v >= 1 && v <= 31 ? (int)v : 0;
}

static void take_first(struct iq_sar *s, struct iq_slice host, struct iq_slice date)
{
	memcpy(s->host, host.p, host.n);
	s->host[host.n] = 0;
	s->day_us = date_of(date, s->file_day);
}

/* --- rows --- */

/* Halves of the day as locales write them: 0 before noon, 12 after; -1: no such word. */
static int half_of(struct iq_slice word)
{
	static const struct { struct iq_slice word; int hours; } halves[] = {
		{ IQ_LIT("AM"), 0 }, { IQ_LIT("PM"), 12 }, { IQ_LIT("am"), 0 },
		{ IQ_LIT("pm"), 12 }, { IQ_LIT("a.m."), 0 }, { IQ_LIT("p.m."), 12 },
		{ IQ_LIT("\u4e0a\u5348"), 0 }, { IQ_LIT("\u4e0b\u5348"), 12 },	/* zh */
		{ IQ_LIT("\u5348\u524d"), 0 }, { IQ_LIT("\u5348\u5f8c"), 12 },	/* ja */
		{ IQ_LIT("\uc624\uc804"), 0 }, { IQ_LIT("\uc624\ud6c4"), 12 },	/* ko */
		{ IQ_LIT("\u03c0\u03bc"), 0 }, { IQ_LIT("\u03bc\u03bc"), 12 },	/* el */
	};
	for (size_t i = 0; i < sizeof halves / sizeof *halves; i++)
		if (iq_eq(word, halves[i].word))
			return halves[i].hours;
	return -1;
}

/* What stands behind a number of a clock: ":", ".", or the word for hours in a language
 * that writes it there, then perhaps with a blank. */
static bool skip_mark(struct iq_slice *s, bool last)
{
	size_t n = 0;

	while (n < s->n && (s->p[n] < '0' || s->p[n] > '9') && s->p[n] != ' ' &&
	       s->p[n] != '\t')
		n++;
	bool letters = n >= 2 && (unsigned char)*s->p >= 0x80 && n <= 6;
	if (!letters && (last ? n != 0 : n != 1 || !strchr(":.,", *s->p)))
		return false;
	*s = iq_from(*s, n);
	if (letters && !last)
		iq_skip_blank(s);
	return true;
}

/* "10:01:42", "10:01:42 AM", "10.01.42", and what other locales make of it, at the front
 * of *s: seconds of the day, -1. */
static int64_t clock_of(struct iq_slice *s)
{
	struct iq_slice at = *s, next = *s;
	int half = half_of(iq_word(&next));
	uint64_t h, m, sec;

	if (half >= 0)
		at = next;
	iq_skip_blank(&at);
	if (!iq_take_u64(&at, &h) || !skip_mark(&at, false) || !iq_take_u64(&at, &m) ||
	    !skip_mark(&at, false) || !iq_take_u64(&at, &sec) || !skip_mark(&at, true) ||
	    h > 23 || m > 59 || sec > 60)
		return -1;
	next = at;
	if (half < 0 && (half = half_of(iq_word(&next))) >= 0)
		at = next;
	*s = at;
	if (half >= 0)
		h = h % 12 + (uint64_t)half;
	return (int64_t)(h * 3600 + m * 60 + sec);
}

/* "12.34" in thousandths; a comma in some locales. */
static bool thousandths(struct iq_slice s, int64_t *ret)
{
	uint64_t whole, part = 0;
	if (!iq_take_u64(&s, &whole) || whole > INT64_MAX / 4096)
		return false;
	unsigned digits = 0;
	if (iq_skip(&s, IQ_LIT(".")) || iq_skip(&s, IQ_LIT(",")))
		for (; s.n && *s.p >= '0' && *s.p <= '9'; s = iq_from(s, 1), digits++)
			if (digits < 3)
				part = part * 10 + (uint64_t)(*s.p - '0');
	for (; digits < 3; digits++)
		part *= 10;
	*ret = (int64_t)(whole * 1000 + part);
	return s.n == 0;
}

static bool take_header(struct iq_sar *s, struct iq_slice rest)
{
	int8_t columns[IQ_SAR_COLUMNS_MAX];
	bool any = false;
	int n = 0;
	for (struct iq_slice w; n < IQ_SAR_COLUMNS_MAX && (w = iq_word(&rest)).n; n++) {
		columns[n] = (int8_t)name_of(w);
		any |= columns[n] >= 0;
	}
	if (any) {
		memcpy(s->columns, columns, (size_t)n);
		s->n_columns = n;
		s->last_s = -1;
		s->days = 0;
	}
	return any;
}

static int take_row(struct iq_sar *s, int64_t clock, struct iq_slice rest, iq_sar_fn fn,
		    void *arg, struct iq_err *err)
{
	if (clock < s->last_s && s->last_s - clock > DAY_S / 2)
		s->days++;			/* the file goes on behind midnight */
	s->last_s = clock;
	struct iq_sar_value v = {
		.line = s->lines,
		.wall_us = s->day_us + (s->days * DAY_S + clock) * IQ_USEC,
	};
	struct iq_slice w;
	for (int i = 0; i < s->n_columns && (w = iq_word(&rest)).n; i++) {
		if (s->columns[i] < 0 || !thousandths(w, &v.value))
			continue;
		enum unit unit = names[s->columns[i]].unit;
		v.name = names[s->columns[i]].name;
		v.unit = units[unit];
		if (unit == BYTES)
			v.value = v.value / 1000 * 1024;
		s->values++;
		if (fn(arg, &v, err))
			return -1;
	}
	return 0;
}

static int take_line(struct iq_sar *s, struct iq_slice line, iq_sar_fn fn, void *arg,
		     struct iq_err *err)
{
	struct iq_slice host, date, rest = line;
	s->lines++;
	if (!iq_trim(line).n) {
		s->n_columns = 0;
		return 0;
	}
	if (first_line(line, &host, &date)) {
		take_first(s, host, date);
		s->n_columns = 0;
		return 0;
	}
	int64_t clock = s->day_us == INT64_MIN ? -1 : clock_of(&rest);
	if (clock < 0)
		return 0;			/* "Average:" and what is no row */
	if (iq_starts(iq_ltrim(rest), IQ_LIT("LINUX RESTART"))) {
		s->restarts++;
		return 0;
	}
	if (take_header(s, rest) || !s->n_columns)
		return 0;
	return take_row(s, clock, rest, fn, arg, err);
}

int iq_sar_feed(struct iq_sar *s, const char *p, size_t n, iq_sar_fn fn, void *arg,
		struct iq_err *err)
{
	struct iq_slice in = iq_slice(p, n);
	while (in.n) {
		ptrdiff_t end = iq_find_char(in, '\n');
		size_t take = end < 0 ? in.n : (size_t)end;
		size_t room = sizeof s->line - s->n;
		memcpy(s->line + s->n, in.p, take < room ? take : room);
		s->n += take < room ? take : room;
		in = iq_from(in, end < 0 ? in.n : take + 1);
		if (end >= 0 && iq_sar_finish(s, fn, arg, err))
			return -1;
	}
	return 0;
}

int iq_sar_finish(struct iq_sar *s, iq_sar_fn fn, void *arg, struct iq_err *err)
{
	struct iq_slice line = iq_slice(s->line, s->n);
	s->n = 0;
	return take_line(s, line, fn, arg, err);
}
