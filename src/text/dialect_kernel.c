/* text/dialect_kernel.c - headers that printk and dmesg(1) put in front of text.
 *
 * Follows kernel/printk/printk.c (info_print_prefix: <pri>, [%5lu.%06lu], [%6s]) and
 * util-linux sys-utils/dmesg.c (print_record).  Widths vary and blanks get lost on the
 * way, so only the shape inside the brackets counts: a time has a dot and six digits,
 * a caller is T or C and digits.  "[drm] ", "[<ffffffff81000000>] f", "[ 1799]" are
 * text.
 */
#include "text/peeler.h"

#include "base/units.h"

/* Headers nest when a console capture went through another logger. */
#define NESTED_MAX 12

static bool is_masked_digit(char c)
{
	return iq_is_digit(c) || c == '*';
}

static bool masked_seconds_at(struct iq_slice s, size_t *at)
{
	size_t i = *at, first = i;
	while (i < s.n && is_masked_digit(s.p[i]))
		i++;
	if (i == first || i - first > 12 || i + 7 > s.n || s.p[i] != '.')
		return false;
	for (size_t k = i + 1; k < i + 7; k++)
		if (!is_masked_digit(s.p[k]))
			return false;
	*at = i + 7;
	return true;
}

/* digits.6digits.  IQ_NULL in *ret_us: masked.  Asked several times of every line. */
bool iq_kernel_seconds_at(struct iq_slice s, size_t *at, int64_t *ret_us)
{
	size_t i = *at, end = s.n < i + 12 ? s.n : i + 12;
	int64_t v = 0;
	for (; i < end && iq_is_digit(s.p[i]); i++)
		v = v * 10 + (s.p[i] - '0');
	bool dot = i > *at && i + 7 <= s.n && s.p[i] == '.';
	for (size_t k = i + 1; dot && k < i + 7; k++) {
		v = v * 10 + (s.p[k] - '0');
		dot = iq_is_digit(s.p[k]);
	}
	if (dot) {
		*at = i + 7;
		*ret_us = v;
		return true;
	}
	if (!masked_seconds_at(s, at))
		return false;
	*ret_us = IQ_NULL;
	return true;
}

static size_t skip_blanks(struct iq_slice s, size_t at)
{
	while (at < s.n && s.p[at] == ' ')
		at++;
	return at;
}

size_t iq_kernel_time_at(struct iq_slice s, int64_t *ret_us)
{
	if (s.n < 10 || *s.p != '[')
		return 0;
	size_t at = skip_blanks(s, 1);
	int64_t us;
	if (!iq_kernel_seconds_at(s, &at, &us) || at >= s.n || s.p[at] != ']')
		return 0;
	*ret_us = us;
	return at + 1;
}

size_t iq_kernel_pri_at(struct iq_slice s, unsigned *ret_pri)
{
	unsigned v = 0;
	size_t i = 1;
	if (s.n < 3 || *s.p != '<')
		return 0;
	for (; i < s.n && i < 4 && iq_is_digit(s.p[i]); i++)
		v = v * 10 + (unsigned)(s.p[i] - '0');
	if (i == 1 || i >= s.n || s.p[i] != '>' || v > 191)
		return 0;
	*ret_pri = v;
	return i + 1;
}

/* "[    T1]" at the front; bytes used or 0. */
static size_t caller_at(struct iq_slice s, bool after_time, struct iq_peeled *r)
{
	if (s.n < 4 || *s.p != '[')
		return 0;
	size_t at = skip_blanks(s, 1);
	char kind = at < s.n ? s.p[at] : 0;
	if (kind != 'T' && kind != 'C')
		return 0;
	struct iq_slice digits = iq_from(s, at + 1);
	uint64_t id;
	if (!iq_take_u64(&digits, &id) || id > UINT32_MAX || !digits.n ||
	    *digits.p != ']')
		return 0;
	size_t n = (size_t)(digits.p - s.p) + 1;
	/* without a time in front only the padded form is taken for a header */
	if (!after_time && (n < 8 || digits.n < 2 || digits.p[1] != ' '))
		return 0;
	r->caller_kind = kind;
	r->caller = (int64_t)id;
	return n;
}

/* " <    0.000001>]" behind the time of -d: bytes used or 0. */
static size_t delta_tail(struct iq_slice s, int64_t *ret_us)
{
	size_t at = skip_blanks(s, 0);
	if (at + 1 >= s.n || s.p[at] != '<')
		return 0;
	at = skip_blanks(s, at + 1);
	bool minus = at < s.n && s.p[at] == '-';
	at += minus;
	if (!iq_kernel_seconds_at(s, &at, ret_us) || at + 1 >= s.n || s.p[at] != '>' ||
	    s.p[at + 1] != ']')
		return 0;
	if (minus && *ret_us != IQ_NULL)
		*ret_us = -*ret_us;
	return at + 2;
}

/* [ts], [ts <delta>] */
static bool peel_time(struct iq_slice *s, struct iq_peeled *r)
{
	size_t at = skip_blanks(*s, 1), tail = 1;
	int64_t us, delta = IQ_NULL;
	if (!iq_kernel_seconds_at(*s, &at, &us) || at >= s->n)
		return false;
	if (s->p[at] != ']') {
		tail = delta_tail(iq_from(*s, at), &delta);
		if (!tail)
			return false;
		r->delta_us = delta;
	}
	iq_peel_set_dialect(r, tail > 1 ? IQ_DIA_DELTA : IQ_DIA_PLAIN);
	r->mono_us = us;
	*s = iq_from(*s, at + tail);
	return true;
}

/* [<delta>] */
static bool peel_only_delta(struct iq_slice *s, struct iq_peeled *r)
{
	int64_t us;
	size_t n = delta_tail(iq_from(*s, 1), &us);
	if (!n)
		return false;
	iq_peel_set_dialect(r, IQ_DIA_ONLY_DELTA);
	r->delta_us = us;
	*s = iq_from(*s, 1 + n);
	return true;
}

/* [  +0.000432]: since the line before; a sum since the last full minute gives the
 * wall time. */
static bool peel_reltime_delta(struct iq_peeler *p, struct iq_slice *s,
			       struct iq_peeled *r)
{
	size_t at = skip_blanks(*s, 1);
	int64_t us;
	if (at >= s->n || (s->p[at] != '+' && s->p[at] != '-'))
		return false;
	bool minus = s->p[at++] == '-';
	if (!iq_kernel_seconds_at(*s, &at, &us) || at >= s->n || s->p[at] != ']')
		return false;
	if (minus && us != IQ_NULL)
		us = -us;
	iq_peel_set_dialect(r, IQ_DIA_RELTIME);
	r->delta_us = us;
	if (p && p->minute_us != IQ_NULL && us != IQ_NULL &&
	    !__builtin_add_overflow(p->since_us, us, &p->since_us) &&
	    p->since_us > -3600 * IQ_USEC && p->since_us < 3600 * IQ_USEC)
		iq_peel_set_wall(r, p->minute_us + p->since_us, p->minute_kind);
	*s = iq_from(*s, at + 1);
	return true;
}

/* [Sat Nov 21 09:37:28 2026], with <delta>, in any language; [Nov21 09:37] */
static bool peel_wall(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	const char *end = memchr(s->p, ']', s->n < 128 ? s->n : 128);
	if (!end)
		return false;
	struct iq_slice inside = iq_slice(s->p + 1, (size_t)(end - s->p) - 1);
	ptrdiff_t lt = iq_find(inside, IQ_LIT(" <"));
	int64_t delta = IQ_NULL;
	struct iq_stamp st;
	if (lt >= 0 && !delta_tail(iq_from(*s, 1 + (size_t)lt), &delta))
		return false;
	if (!iq_stamp_content(lt >= 0 ? iq_head(inside, (size_t)lt) : inside, &st))
		return false;
	if (!st.seconds && p) {
		p->minute_us = st.us;
		p->minute_kind = st.kind;
		p->since_us = 0;
	}
	r->delta_us = lt >= 0 ? delta : r->delta_us;
	iq_peel_set_dialect(r, !st.seconds ? IQ_DIA_RELTIME :
			       lt >= 0 ? IQ_DIA_CTIME_DELTA : IQ_DIA_CTIME);
	iq_peel_set_wall(r, st.us, st.kind);
	*s = iq_from(*s, inside.n + 2);
	return true;
}

/* What dmesg -T prints in the C locale and in English: everything at its place. */
static bool peel_ctime(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_stamp st;
	if (s->n < 26 || s->p[25] != ']' || !iq_stamp_asctime(iq_from(*s, 1), &st))
		return false;
	iq_peel_set_dialect(r, IQ_DIA_CTIME);
	iq_peel_set_wall(r, st.us, st.kind | IQ_WALL_COMPUTED);
	*s = iq_from(*s, 26);
	return true;
}

static bool peel_bracket(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	if (s->n < 6 || *s->p != '[')
		return false;
	size_t at = skip_blanks(*s, 1);
	char c = at < s->n ? s->p[at] : 0;
	if ((iq_is_digit(c) || c == '*') && (peel_time(s, r) || iq_peel_vendor_clock(s, r) ||
					     iq_peel_cpu_time(s, r)))
		return true;
	if (c == '<')
		return peel_only_delta(s, r);
	if (c == '+' || c == '-')
		return peel_reltime_delta(p, s, r);
	return peel_ctime(s, r) || peel_wall(p, s, r);
}

/* 2026-11-21T09:37:29,234567+00:00: the comma is dmesg's own */
static bool peel_dmesg_iso(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_stamp st;
	if (s->n < 27 || s->p[19] != ',')
		return false;
	size_t n = iq_stamp_iso(*s, &st);
	if (!n || st.frac_sep != ',' || !st.zone || n >= s->n || s->p[n] != ' ')
		return false;
	iq_peel_set_dialect(r, IQ_DIA_DMESG_ISO);
	iq_peel_set_wall(r, st.us, st.kind | IQ_WALL_COMPUTED);
	*s = iq_from(*s, n);
	return true;
}

/* Names of dmesg -x, with the long forms other writers use. */
int iq_level_named(struct iq_slice s)
{
	static const struct { struct iq_slice name; int level; } names[] = {
		{ IQ_LIT("emerg"), 0 }, { IQ_LIT("alert"), 1 }, { IQ_LIT("crit"), 2 },
		{ IQ_LIT("err"), 3 }, { IQ_LIT("warn"), 4 }, { IQ_LIT("notice"), 5 },
		{ IQ_LIT("info"), 6 }, { IQ_LIT("debug"), 7 }, { IQ_LIT("panic"), 0 },
		{ IQ_LIT("error"), 3 }, { IQ_LIT("warning"), 4 },
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (iq_eq(s, names[i].name))
			return names[i].level;
	return -1;
}

int iq_facility_named(struct iq_slice s)
{
	static const struct iq_slice names[] = {
		IQ_LIT("kern"), IQ_LIT("user"), IQ_LIT("mail"), IQ_LIT("daemon"),
		IQ_LIT("auth"), IQ_LIT("syslog"), IQ_LIT("lpr"), IQ_LIT("news"),
		IQ_LIT("uucp"), IQ_LIT("cron"), IQ_LIT("authpriv"), IQ_LIT("ftp"),
		IQ_LIT("res0"), IQ_LIT("res1"), IQ_LIT("res2"), IQ_LIT("res3"),
		IQ_LIT("local0"), IQ_LIT("local1"), IQ_LIT("local2"), IQ_LIT("local3"),
		IQ_LIT("local4"), IQ_LIT("local5"), IQ_LIT("local6"), IQ_LIT("local7"),
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (iq_eq(s, names[i]))
			return (int)i;
	return -1;
}

/* "kern  :info  : ", what dmesg -x prints in front of the time */
static bool peel_decode(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice rest = *s;
	if (s->n < 13 || *s->p < 'a' || *s->p > 'z')
		return false;
	struct iq_slice head = iq_head(rest, 20);
	ptrdiff_t colon = iq_find_char(head, ':');
	if (colon < 3)
		return false;
	int facility = iq_facility_named(iq_trim(iq_cut(&rest, ':')));
	if (facility < 0)
		return false;
	head = iq_head(rest, 10);
	colon = iq_find_char(head, ':');
	int level = colon < 0 ? -1 : iq_level_named(iq_trim(iq_cut(&rest, ':')));
	if (level < 0)
		return false;
	iq_peel_set_dialect(r, IQ_DIA_DECODE);
	r->facility = facility;
	r->level = level;
	*s = rest;
	iq_skip(s, IQ_LIT(" "));
	return true;
}

/* "193605.506728] ": a copy that began behind the bracket.  Digits may be gone too, so
 * the time is not known. */
static bool peel_clipped(struct iq_slice *s, struct iq_peeled *r)
{
	size_t at = 0;
	int64_t us;
	if (!iq_kernel_seconds_at(*s, &at, &us) || at + 1 >= s->n || s->p[at] != ']' ||
	    s->p[at + 1] != ' ')
		return false;
	iq_peel_set_dialect(r, IQ_DIA_PLAIN);
	*s = iq_from(*s, at + 1);
	return true;
}

/* One time of any kind, and the caller that may stand behind it. */
static bool peel_one_time(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	bool time = *s->p == '[' ? peel_bracket(p, s, r)
		  : peel_dmesg_iso(s, r) || (!r->has_header && peel_clipped(s, r));
	struct iq_slice t = *s;
	if (time)
		iq_skip(&t, IQ_LIT(" "));
	size_t n = caller_at(t, time, r);
	if (n) {
		*s = iq_from(t, n);
		iq_peel_set_dialect(r, IQ_DIA_PLAIN);
	}
	if (!time && !n)
		return false;
	if (time && !n)
		iq_peel_process(s, r);
	iq_skip(s, IQ_LIT(" "));
	return true;
}

bool iq_peel_kernel(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	bool any = peel_decode(s, r), timed = false;
	for (int i = 0; i < NESTED_MAX && s->n; i++) {
		unsigned pri;
		size_t n = iq_kernel_pri_at(*s, &pri);
		if (n) {
			/* crash's log -m has the level behind the time */
			if (timed && r->dialect == IQ_DIA_PLAIN)
				r->dialect = IQ_DIA_CRASH_LOG;
			iq_peel_set_dialect(r, IQ_DIA_RAW);
			iq_peel_set_pri(r, pri);
			*s = iq_from(*s, n);
			timed = false;
			any = true;
			continue;
		}
		/* a journal's monotonic form, pasted without its host names */
		if (timed && iq_skip(s, IQ_LIT("kernel: ")))
			continue;
		if ((*s->p != '[' && !iq_is_digit(*s->p)) || !peel_one_time(p, s, r))
			break;
		/* two headers after each other: not crash's form after all */
		if (r->dialect == IQ_DIA_CRASH_LOG)
			r->dialect = IQ_DIA_PLAIN;
		timed = true;
		any = true;
	}
	return any;
}

bool iq_peel_kernel_header(struct iq_slice text, struct iq_peeled *ret)
{
	bool any = iq_peel_kernel(NULL, &text, ret);
	ret->text = text;
	return any;
}

/* A header at P: [<pri>][time], behind it a blank or another bracket.  The kernel pads
 * seconds to five columns, so a whole stamp has at least 14 bytes. */
static bool header_at(struct iq_slice s, size_t least, int64_t *ret_us)
{
	unsigned pri;
	s = iq_from(s, iq_kernel_pri_at(s, &pri));
	size_t n = iq_kernel_time_at(s, ret_us);
	return n >= least && (n == s.n || s.p[n] == ' ' || s.p[n] == '[');
}

ptrdiff_t iq_find_second_header(struct iq_slice text, int64_t own_mono_us)
{
	/* where the range can be checked, blanks may have been lost */
	size_t least = own_mono_us == IQ_NULL ? 14 : 10;
	for (size_t at = 1; at < text.n; at++) {
		const char *b = memchr(text.p + at, '[', text.n - at);
		if (!b)
			return -1;
		at = (size_t)(b - text.p);
		size_t from = at;
		if (at >= 3 && b[-1] == '>')
			for (from = at - 1; from > 0 && text.p[from] != '<' && at - from < 5;)
				from--;
		int64_t us;
		unsigned pri;
		if (from < at && iq_kernel_pri_at(iq_from(text, from), &pri) != at - from)
			from = at;
		if (from == 0 || !header_at(iq_from(text, from), least, &us) || us == IQ_NULL)
			continue;
		if (own_mono_us == IQ_NULL || (us >= own_mono_us - IQ_USEC &&
					       us <= own_mono_us + 60 * IQ_USEC))
			return (ptrdiff_t)from;
	}
	return -1;
}
