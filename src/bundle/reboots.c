/* bundle/reboots.c - see reboots.h.
 *
 * Follows systemd src/journal/journalctl.c (list_boots) of 219 to 257 and util-linux
 * login-utils/last.c (-F, --time-format full).
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

/* "Sat Nov 21 10:01:09 2026" */
static int64_t full_time(struct iq_slice *line)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct iq_civil c = { 0 };
	iq_word(line);
	struct iq_slice month = iq_word(line), day = iq_word(line), clock = iq_word(line),
			year = iq_word(line);
	for (int i = 0; i < 12; i++)
		if (iq_eq(month, iq_slice(months + 3 * i, 3)))
			c.month = i + 1;
	if (!c.month || !take_number(&day, day.n < 2 ? 1 : 2, &c.day) || !take_clock(&clock, &c) ||
	    !take_number(&year, 4, &c.year) || !iq_civil_valid(&c))
		return IQ_NULL;
	return iq_civil_to_us(&c);
}

/* Newest first: each ends where the one read before began. */
bool iq_reboots_take_last(struct iq_reboots *r, struct iq_slice text, struct iq_arena *mem)
{
	int64_t next_us = IQ_NULL;
	if (r->n)
		return true;
	while (text.n && r->n < IQ_REBOOTS_MAX) {
		struct iq_slice line = iq_cut(&text, '\n');
		if (!iq_eq(iq_word(&line), IQ_LIT("reboot")) ||
		    !iq_eq(iq_word(&line), IQ_LIT("system")) ||
		    !iq_eq(iq_word(&line), IQ_LIT("boot")))
			continue;
		struct iq_slice release = iq_word(&line);
		int64_t first_us = full_time(&line);
		if (first_us == IQ_NULL || (next_us != IQ_NULL && first_us > next_us))
			continue;
		struct iq_reboot *b = add(r, mem);
		if (!b)
			return false;
		b->first_us = first_us;
		b->last_us = next_us;
		b->local = true;
		b->release = iq_arena_copy(mem, release);
		next_us = first_us;
	}
	return true;
}
