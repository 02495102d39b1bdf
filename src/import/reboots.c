/* import/reboots.c - which boot a log is of, when the bundle was made in a later one.
 *
 * A log that says nothing of boots but bears times is of the boot in which these lie: by
 * the list of boots in the bundle, or, for the one in which it was made, by when that
 * began.  Times around a border say nothing, and then it stays a boot of its own.
 */
#include "base/units.h"
#include "import/capture.h"

#define MINUTE_US (60 * IQ_USEC)
/* The first lines are dated when a daemon reads them, boots begin before; uptime is told
 * in minutes. */
#define BORDER_US (2 * MINUTE_US)

static int64_t in_utc(const struct iq_bundle *f, int64_t us, bool local)
{
	if (us == IQ_NULL || !local)
		return us;
	int64_t zone = iq_bundle_zone_at(f, us);
	return zone == IQ_NULL ? IQ_NULL : us - zone;
}

static bool holds(const struct iq_bundle *f, const struct iq_reboot *r, int64_t first,
		  int64_t last)
{
	int64_t from = in_utc(f, r->first_us, r->local);
	int64_t to = in_utc(f, r->last_us, r->local);
	return from != IQ_NULL && first >= from - BORDER_US / 2 &&
	       (r->last_us == IQ_NULL || (to != IQ_NULL && last <= to + BORDER_US / 2));
}

static const struct iq_reboot *the_only(const struct iq_bundle *f, int64_t first, int64_t last)
{
	const struct iq_reboot *found = NULL;
	for (size_t i = 0; i < f->reboots.n; i++) {
		if (!holds(f, &f->reboots.at[i], first, last))
			continue;
		if (found)
			return NULL;
		found = &f->reboots.at[i];
	}
	return found;
}

/* No zone is known, so the bundle's own clock and the log's are both left local: enough to
 * tell whether the log is of the boot in which the bundle was made. */
static void match_local(const struct iq_bundle *f, struct iq_boot_slot *b)
{
	if (f->date_us != IQ_NULL && f->uptime_us != IQ_NULL && b->first_us != IQ_NULL &&
	    b->range_kind == IQ_WALL_LOCAL && !f->reboots.n &&
	    b->first_us >= f->date_us - f->uptime_us + BORDER_US / 2 &&
	    b->last_us != IQ_NULL && b->last_us <= f->date_us + BORDER_US)
		b->fact.boot_uuid = f->boot_uuid;
}

void iq_capture_match_boot(const struct iq_bundle *f, struct iq_boot_slot *b)
{
	int64_t zone = iq_bundle_zone_us(f), start = iq_bundle_boot_start_us(f);
	int64_t first = in_utc(f, b->first_us, b->range_kind);
	int64_t last = in_utc(f, b->last_us, b->range_kind);
	if (b->fact.boot_uuid.p)
		return;
	if (zone == IQ_NULL)
		match_local(f, b);
	if (first == IQ_NULL || last == IQ_NULL)
		return;
	const struct iq_reboot *r = the_only(f, first, last);
	if (r) {
		b->fact.boot_uuid = r->uuid;
		if (!b->fact.kernel_release.p)
			b->fact.kernel_release = r->release;
		if (b->fact.start_us == IQ_NULL)
			b->fact.start_us = in_utc(f, r->first_us, r->local);
	} else if (start != IQ_NULL && first >= start + BORDER_US / 2) {
		b->fact.boot_uuid = f->boot_uuid;
		if (b->fact.start_us == IQ_NULL)
			b->fact.start_us = start;
	}
}

int iq_capture_list_boots(struct iq_capture_run *c, const struct iq_bundle_root *r,
			  const struct iq_host *host)
{
	struct iq_slice name = host->name;
	for (size_t i = 0; i < r->facts.reboots.n; i++) {
		const struct iq_reboot *from = &r->facts.reboots.at[i];
		int64_t id = iq_capture_new_boot(c, name);
		struct iq_boot_slot *b = iq_capture_boot(c, id);
		if (!b)
			return -1;
		b->fact.boot_uuid = from->uuid;
		b->fact.kernel_release = from->release;
		b->fact.start_us = in_utc(&r->facts, from->first_us, from->local);
	}
	return 0;
}
