/* import/name_date.c - see name_date.h */
#include "import/name_date.h"
#include "base/units.h"
#include "model/facts.h"

static bool digits(struct iq_slice s, size_t at, size_t n, int *ret)
{
	if (at + n > s.n)
		return false;
	*ret = 0;
	for (size_t i = at; i < at + n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*ret = *ret * 10 + s.p[i] - '0';
	}
	return true;
}

static bool is_digit_at(struct iq_slice s, size_t at)
{
	return at < s.n && s.p[at] >= '0' && s.p[at] <= '9';
}

/* A date that starts at AT, in either form, with no further digit around it. */
static bool date_at(struct iq_slice s, size_t at, struct iq_civil *c)
{
	if ((at && is_digit_at(s, at - 1)) || !digits(s, at, 4, &c->year))
		return false;
	size_t dash = at + 4 < s.n && s.p[at + 4] == '-';
	size_t end = at + 8 + 2 * dash;
	if (!digits(s, at + 4 + dash, 2, &c->month) ||
	    !digits(s, at + 6 + 2 * dash, 2, &c->day) || is_digit_at(s, end))
		return false;
	if (dash && s.p[at + 7] != '-')
		return false;
	return c->year >= 1991 && c->year < 2200 && iq_civil_valid(c);
}

int64_t iq_name_date(struct iq_slice path)
{
	ptrdiff_t slash = iq_rfind(path, IQ_LIT("/"));
	struct iq_slice name = iq_from(path, (size_t)(slash + 1));
	for (size_t i = 0; i < name.n; i++) {
		struct iq_civil c = { 0 };
		if (date_at(name, i, &c))
			return iq_civil_to_us(&c);
	}
	return IQ_NULL;
}
