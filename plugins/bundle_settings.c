/* plugins/bundle_settings.c - settings that shaped an OOM kill, by the state a bundle has of
 * the same boot, or behind a reboot and then only likely; only those that mattered.  Contributing.
 *
 * Follows Documentation/admin-guide/sysctl/vm.rst, mm/oom_kill.c check_panic_on_oom() and
 * out_of_memory(), mm/vmscan.c get_scan_count().
 */
#include <stdlib.h>
#include <string.h>

#include "inquest/plugin.h"

/* Working defaults of this plugin. */
#define UNUSED_SWAP_PERCENT	50
#define MIN_FREE_PERCENT	5	/* of memory kept free: too much */

struct look {
	const struct inquest_host *h;
	struct inquest_ctx *ctx;
	const struct inquest_oom *o;
	struct inquest_finding *f;
	int64_t snapshot, managed;
	int host_wide, rebooted;
	size_t said;
};

/* The setting at collection; INQUEST_NULL: not shown. */
static int64_t setting(const struct look *l, const char *name, int64_t *ret_id)
{
	struct inquest_query *q = l->h->prepare(l->ctx, "SELECT sysctl_id, value FROM v1_sysctl "
		"WHERE snapshot_id = :snapshot AND name = :name LIMIT 1");
	int64_t v = INQUEST_NULL;
	const char *s;
	char *end;

	if (!q || l->h->bind_int(q, ":snapshot", l->snapshot) ||
	    l->h->bind_text(q, ":name", name) || l->h->step(q) != 1)
		return INQUEST_NULL;
	*ret_id = l->h->column_int(q, 0);
	s = l->h->column_text(q, 1);
	if (s && *s) {
		long long n = strtoll(s, &end, 10);
		if (!*end && n >= 0 && n <= INT32_MAX)
			v = n;
	}
	l->h->finalize(q);
	return v;
}

static void say(struct look *l, const char *name, int64_t value, int64_t id, const char *why)
{
	const char *one = l->h->text(l->ctx, "%s=%lld", name, (long long)value);

	if (!l->said++)
		l->h->finding_title(l->f, "settings that %s: %s", l->rebooted
				    ? "may have shaped it, as at collection after a reboot"
				    : "shaped it, as at collection", one);
	l->h->finding_explain(l->f, "%s%s: %s.", l->said > 1 ? " " : "", one, why);
	l->h->cite_row(l->f, "v1_sysctl", id, "%s = %lld", name, (long long)value);
}

static void on_panic(struct look *l, const char *name, int64_t v, int64_t id)
{
	if (v == 2)
		say(l, name, v, id, "every OOM is to panic, those of cgroups too; it was set after "
		    "this kill");
	else if (v == 1 && l->host_wide && !strcmp(l->o->constraint, "none"))
		say(l, name, v, id, "an OOM of the machine is to panic; it was set after this "
		    "kill");
}

static void on_allocating(struct look *l, const char *name, int64_t v, int64_t id)
{
	if (v && l->host_wide && l->o->allocating_task == 1)
		say(l, name, v, id, "whoever asks for memory is killed, however small it is; 0 "
		    "takes the largest");
}

static void on_overcommit(struct look *l, const char *name, int64_t v, int64_t id)
{
	if (v == 1 && l->host_wide)
		say(l, name, v, id, "the kernel refuses no promise, so programs learn of the "
		    "lack only by the kill");
	else if (v == 2 && l->host_wide)
		say(l, name, v, id, "strict accounting, and it ran out all the same: what it does not "
		    "count (kernel memory, shared mappings of files, huge pages) took the rest, or "
		    "vm.overcommit_ratio promises too much");
}

static void on_swappiness(struct look *l, const char *name, int64_t v, int64_t id)
{
	int64_t total = l->o->swap_total_bytes, left = l->o->swap_free_bytes;

	if (!v && l->host_wide && inquest_known(total) && total > 0 &&
	    inquest_percent(left, total) >= UNUSED_SWAP_PERCENT)
		say(l, name, v, id, l->h->text(l->ctx, "memory of processes is hardly ever swapped: %s "
		    "of %s swap was unused at the kill", l->h->bytes(l->ctx, left),
		    l->h->bytes(l->ctx, total)));
}

static void on_min_free(struct look *l, const char *name, int64_t v, int64_t id)
{
	int64_t bytes = v * 1024;

	if (l->host_wide && inquest_percent(bytes, l->managed) >= MIN_FREE_PERCENT)
		say(l, name, v, id, l->h->text(l->ctx, "%s, %s of memory, is kept from all ordinary "
		    "requests; one to three hundredths are plenty", l->h->bytes(l->ctx, bytes),
		    l->h->share(l->ctx, bytes, l->managed)));
}

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	static const struct {
		const char *name;
		void (*on)(struct look *l, const char *name, int64_t v, int64_t id);
	} settings[] = {
		{ "vm.panic_on_oom", on_panic },
		{ "vm.oom_kill_allocating_task", on_allocating },
		{ "vm.overcommit_memory", on_overcommit },
		{ "vm.swappiness", on_swappiness },
		{ "vm.min_free_kbytes", on_min_free },
	};
	struct look l = { .h = h, .ctx = ctx, .o = h->oom(ctx) };
	const struct inquest_account *a = h->account(ctx);
	struct inquest_query *q = h->prepare(ctx, "SELECT s.snapshot_id, x.role = 'rebooted' "
		"FROM v1_event_snapshot AS x JOIN v1_snapshot AS s USING (snapshot_id) "
		"WHERE x.event_id = :event AND x.role IN ('later', 'rebooted') "
		"ORDER BY x.role = 'rebooted', s.wall_us, s.snapshot_id LIMIT 1");

	if (!l.o || l.o->manual == 1 || !q || h->bind_int(q, ":event", h->event(ctx)->event_id) ||
	    h->step(q) != 1)
		return 0;
	l.snapshot = h->column_int(q, 0);
	l.rebooted = h->column_int(q, 1) == 1;
	l.managed = a ? a->managed_bytes : INQUEST_NULL;
	l.host_wide = l.o->constraint && strcmp(l.o->constraint, "memcg") != 0;
	l.f = h->finding_new(ctx, INQUEST_CONTRIBUTING, "settings", INQUEST_SEV_NOTICE,
			     l.rebooted ? INQUEST_LIKELY : INQUEST_CERTAIN, "bundle-settings");
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		int64_t id, v = setting(&l, settings[i].name, &id);
		if (inquest_known(v))
			settings[i].on(&l, settings[i].name, v, id);
	}
	if (l.said && l.rebooted)
		h->finding_explain(l.f, " Read in a later boot: /etc/sysctl.conf and /etc/sysctl.d "
				   "say what outlives a reboot.");
	if (l.said)
		h->finding_commit(l.f);
	return 0;
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "bundle-settings",
	.version = "1.0",
	.description = "Settings that shaped an OOM kill, by the state in a bundle",
	.kinds = (const char *const[]){ "oom-kill", NULL },
	.event = look,
};
