/* import/bundle.c - whose logs are these: what a bundle says of its machine, given to
 * the hosts and boots that its logs speak of.
 *
 * In a tar these facts come in any order, often after the logs, so all is put
 * together at the end of the capture.
 */
#include "base/units.h"
#include "import/capture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ROOTS_MAX 1024			/* machines in one collector's archive */

struct iq_bundle_root *iq_capture_root(struct iq_capture_run *c, struct iq_slice prefix)
{
	for (size_t i = 0; i < c->n_roots; i++)
		if (iq_eq(c->roots[i].prefix, prefix))
			return &c->roots[i];
	if (c->n_roots >= ROOTS_MAX)
		return NULL;
	struct iq_bundle_root *roots = iq_capture_grow(c->roots, c->n_roots, &c->cap_roots,
						       sizeof *roots);
	if (!roots)
		return NULL;
	c->roots = roots;
	struct iq_bundle_root *r = &roots[c->n_roots];
	*r = (struct iq_bundle_root){ .prefix = iq_arena_copy(&c->arena, prefix) };
	iq_bundle_init(&r->facts);
	if (!r->prefix.p)
		return NULL;
	c->n_roots++;
	return r;
}

int iq_capture_look(struct iq_capture_run *c, enum iq_bundle_role role,
		    struct iq_slice root, struct iq_slice text)
{
	struct iq_bundle_root *r = iq_capture_root(c, root);

	if (!r)
		return c->n_roots >= ROOTS_MAX ? 0 : -1;
	r->sections = r->sections || c->place.section;
	return iq_bundle_take(&r->facts, role, text, &c->arena) ? 0 : -1;
}

void iq_capture_link(struct iq_capture_run *c, struct iq_slice name, struct iq_slice target,
		     bool hard, struct iq_arena *mem)
{
	struct iq_bundle_place p;
	struct iq_bundle_root *r;

	iq_bundle_place(name, IQ_SLICE_NULL, mem, &p);
	iq_links_add(&c->links, name, target, p.root, hard);
	if (hard || !iq_eq(p.path, IQ_LIT("etc/localtime")))
		return;
	struct iq_slice zone = iq_bundle_zone_name(target);
	r = zone.p ? iq_capture_root(c, p.root) : NULL;
	/* what a file of settings says may be older */
	if (r)
		r->facts.zone_name = iq_arena_copy(&c->arena, zone);
}

struct iq_bundle_root *iq_capture_root_of(struct iq_capture_run *c, struct iq_slice member)
{
	struct iq_bundle_root *best = NULL;

	for (size_t i = 0; member.n && i < c->n_roots; i++)
		if (iq_starts(member, c->roots[i].prefix) &&
		    (!best || c->roots[i].prefix.n > best->prefix.n))
			best = &c->roots[i];
	return best;
}

void iq_capture_place(struct iq_capture_run *c, struct iq_arena *mem)
{
	const struct iq_bundle_root *r = iq_capture_root_of(c, c->member_name);
	iq_bundle_place(c->member_name, r ? r->prefix : IQ_SLICE_NULL, mem, &c->place);
	c->in_bundle = c->place.root.p && ((r && iq_eq(r->prefix, c->place.root)) ||
					   iq_bundle_is_named(c->place.root));
}

struct iq_slice iq_capture_bundle_format(struct iq_capture_run *c)
{
	struct iq_slice all = IQ_SLICE_NULL;

	for (size_t i = 0; i < c->n_roots && all.n < 200; i++) {
		const struct iq_bundle_root *r = &c->roots[i];
		char one[32];
		if (r->facts.sos)
			snprintf(one, sizeof one, "sosreport %d.%d", r->facts.sos / 1000,
				 r->facts.sos % 1000);
		else if (r->sections)
			snprintf(one, sizeof one, "supportconfig");
		else
			continue;
		/* a version may be the beginning of another */
		ptrdiff_t at = iq_find(all, iq_slice_z(one));
		size_t end = (size_t)at + strlen(one);
		if (at >= 0 && (end == all.n || all.p[end] == ','))
			continue;
		all = iq_arena_printf(&c->arena, "%.*s%s%s", IQ_FMT(all), all.n ? "," : "", one);
	}
	return all;
}

/* --- members --- */

#define DAY_US (24 * 3600 * IQ_USEC)
#define YEAR_2000_US (946684800 * IQ_USEC)	/* no clock, or times wiped by a repacker */

int64_t iq_capture_mtime_us(struct iq_capture_run *c, int64_t mtime_us)
{
	const struct iq_bundle_root *r = iq_capture_root_of(c, c->member_name);
	int64_t made = r ? iq_bundle_made_us(&r->facts) : IQ_NULL;

	/* repacked later, or by someone who dropped the times */
	if (made != IQ_NULL && (mtime_us == IQ_NULL || mtime_us < YEAR_2000_US ||
				mtime_us > made + 2 * DAY_US))
		return made;
	return mtime_us;
}

int iq_capture_keep_member(struct iq_capture_run *c, const struct iq_member *f)
{
	struct iq_member *late = iq_capture_grow(c->late, c->n_late, &c->cap_late,
						 sizeof *late);
	if (!late)
		return -1;
	c->late = late;
	struct iq_member *m = &late[c->n_late];
	*m = *f;
	m->name = iq_arena_copy(&c->arena, f->name);
	m->format = iq_arena_copy(&c->arena, f->format);
	if (f->name.p && !m->name.p)
		return -1;
	c->n_late++;
	return 0;
}

/* This machine's description of the zone by that name; its own is seldom in a bundle. */
static void read_zone_file(struct iq_bundle *b)
{
	char path[200], data[8192];

	for (size_t i = 0; i < b->zone_name.n; i++) {
		char ch = b->zone_name.p[i];
		if (!(ch >= 'A' && ch <= 'Z') && !(ch >= 'a' && ch <= 'z') &&
		    !(ch >= '0' && ch <= '9') && !strchr("_+-/", ch))
			return;
	}
	snprintf(path, sizeof path, "/usr/share/zoneinfo/%.*s", IQ_FMT(b->zone_name));
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t n = fd < 0 ? -1 : read(fd, data, sizeof data);
	if (n > 0)
		iq_bundle_take_zone_file(b, iq_slice(data, (size_t)n));
	if (fd >= 0)
		close(fd);
}

void iq_capture_read_zones(struct iq_capture_run *c)
{
	for (size_t i = 0; i < c->n_roots; i++) {
		if (c->roots[i].facts.zone_name.n)
			read_zone_file(&c->roots[i].facts);
		iq_bundle_take_own_zone(&c->roots[i].facts);
	}
}

int iq_capture_put_members(struct iq_capture_run *c, struct iq_err *err)
{
	for (size_t i = 0; i < c->n_late; i++) {
		struct iq_member *m = &c->late[i];
		const struct iq_bundle_root *r = iq_capture_root_of(c, m->name);
		if (r && m->zone_offset_us == IQ_NULL) {
			m->zone_offset_us = iq_bundle_zone_us(&r->facts);
			m->zone_change_us = r->facts.zone_change_us;
			m->zone_before_us = r->facts.zone_before_us;
		}
		if (iq_sink_put(&c->sink, IQ_FACT_MEMBER, m, err))
			return -1;
	}
	return 0;
}

/* --- hosts and boots --- */

static struct iq_slice short_name(struct iq_slice name)
{
	ptrdiff_t dot = iq_find_char(name, '.');
	return dot > 0 ? iq_head(name, (size_t)dot) : name;
}

/* A machine has no name, or one that all have, until it is told its own. */
static bool may_be(struct iq_slice name, struct iq_slice bundles)
{
	return !name.n || iq_starts(name, IQ_LIT("localhost")) ||
	       iq_eq(name, IQ_LIT("(none)")) ||
	       (bundles.n && iq_eq(short_name(name), short_name(bundles)));
}

static struct iq_host *host_of(struct iq_capture_run *c, const struct iq_boot_slot *b)
{
	for (size_t i = 0; i < c->n_hosts; i++)
		if (c->hosts[i].id == b->fact.host_id)
			return &c->hosts[i];
	return NULL;
}

/* The host that the bundle is of, NULL if it does not say or memory is out. */
static struct iq_host *bundle_host(struct iq_capture_run *c, const struct iq_bundle *f)
{
	if (!f->hostname.p && !f->machine_id.p)
		return NULL;
	ptrdiff_t i = iq_capture_host(c, f->hostname);
	if (i < 0)
		return NULL;
	struct iq_host *h = &c->hosts[i];
	if (!h->machine_id.p)
		h->machine_id = f->machine_id;
	if (!h->os_release.p)
		h->os_release = f->os_release;
	if (!h->dmi_vendor.p && !h->dmi_product.p) {
		h->dmi_vendor = f->dmi.vendor;
		h->dmi_product = f->dmi.product;
		h->cloud = iq_dmi_cloud(&f->dmi);
	}
	return h;
}

static bool is_journal(struct iq_slice member)
{
	ptrdiff_t slash = iq_rfind(member, IQ_LIT("/"));
	return iq_starts(iq_from(member, (size_t)(slash + 1)), IQ_LIT("journalctl_"));
}

/* A log in local time told both clocks, the bundle tells the zone. */
static void to_utc(struct iq_boot_slot *b, int64_t zone_us)
{
	if (b->fact.start_us == IQ_NULL || !b->start_kind || zone_us == IQ_NULL)
		return;
	b->fact.start_us -= zone_us;
	b->start_kind = 0;
}

static void name_boot(struct iq_capture_run *c, struct iq_boot_slot *b)
{
	const struct iq_bundle_root *r = iq_capture_root_of(c, b->member);
	const struct iq_host *now = host_of(c, b);

	if (!r)
		return;
	if (!now || may_be(now->name, r->facts.hostname)) {
		const struct iq_host *h = bundle_host(c, &r->facts);
		if (h)
			b->fact.host_id = h->id;
	}
	if (iq_bundle_names_boot_above(&r->facts) && is_journal(b->member))
		b->fact.boot_uuid = IQ_SLICE_NULL;
	to_utc(b, iq_bundle_zone_at(&r->facts, b->fact.start_us));
	if (!b->now && !b->dump && may_be(now ? now->name : IQ_SLICE_NULL, r->facts.hostname))
		iq_capture_match_boot(&r->facts, b);
	if (!b->now)
		return;
	if (!b->fact.boot_uuid.p)
		b->fact.boot_uuid = r->facts.boot_uuid;
	if (b->fact.start_us == IQ_NULL)
		b->fact.start_us = iq_bundle_boot_start_us(&r->facts);
	if (!b->fact.kernel_release.p)
		b->fact.kernel_release = r->facts.kernel_release;
	if (!b->fact.arch.p)
		b->fact.arch = r->facts.arch;
	if (!b->fact.command_line.p)
		b->fact.command_line = r->facts.command_line;
}

static struct iq_slice dir_of(struct iq_slice member)
{
	return iq_head(member, (size_t)(iq_rfind(member, IQ_LIT("/")) + 1));
}

/* The log that was saved beside a dump is of the boot that crashed, whatever its clock
 * said while it booted; that of the kernel which saved it has another command line. */
static void join_crash(struct iq_capture_run *c, const struct iq_boot_slot *dump)
{
	for (size_t i = 0; i < c->n_boots; i++) {
		struct iq_boot_slot *b = &c->boots[i];
		if (b->dump || !iq_eq(dir_of(b->member), dir_of(dump->member)) ||
		    !iq_eq(b->fact.kernel_release, dump->fact.kernel_release) ||
		    (b->fact.command_line.n && dump->fact.command_line.n &&
		     !iq_eq(b->fact.command_line, dump->fact.command_line)))
			continue;
		b->fact.start_us = dump->fact.start_us;
		b->fact.host_id = dump->fact.host_id;
	}
}

/* Members without a host name belong to the one host that the others name. */
static void join_hosts(struct iq_capture_run *c)
{
	const struct iq_host *the_one = NULL, *h;

	for (size_t i = 0; i < c->n_boots; i++) {
		h = host_of(c, &c->boots[i]);
		if (!h || !h->name.p)
			continue;
		if (the_one && the_one != h)
			return;
		the_one = h;
	}
	for (size_t i = 0; the_one && i < c->n_boots; i++) {
		h = host_of(c, &c->boots[i]);
		if (!h || !h->name.p)
			c->boots[i].fact.host_id = the_one->id;
	}
}

/* As /proc/sys/kernel/random/boot_id has it; journals leave the dashes out. */
static struct iq_slice with_dashes(struct iq_capture_run *c, struct iq_slice uuid)
{
	if (uuid.n != 32)
		return uuid;
	return iq_arena_printf(&c->arena, "%.8s-%.4s-%.4s-%.4s-%.12s", uuid.p, uuid.p + 8,
			       uuid.p + 12, uuid.p + 16, uuid.p + 20);
}

/* Those that no boot is of any more are left out; the others get the ids 1, 2, ... */
static int put_used_hosts(struct iq_capture_run *c, struct iq_err *err)
{
	int64_t next = 0;

	for (size_t i = 0; i < c->n_hosts; i++) {
		struct iq_host h = c->hosts[i];
		bool used = c->n_boots == 0;
		for (size_t k = 0; k < c->n_boots; k++)
			used = used || c->boots[k].fact.host_id == h.id;
		if (!used)
			continue;
		/* ids not yet handed out again are larger: no mix-up */
		h.id = ++next;
		for (size_t k = 0; k < c->n_boots; k++)
			if (c->boots[k].fact.host_id == c->hosts[i].id)
				c->boots[k].fact.host_id = h.id;
		if (iq_sink_put(&c->sink, IQ_FACT_HOST, &h, err))
			return -1;
	}
	return 0;
}

int iq_capture_put_hosts(struct iq_capture_run *c, struct iq_err *err)
{
	for (size_t i = 0; i < c->n_boots; i++)
		name_boot(c, &c->boots[i]);
	for (size_t i = 0; c->n_dumps && i < c->n_boots; i++)
		if (c->boots[i].dump && c->boots[i].fact.kernel_release.n)
			join_crash(c, &c->boots[i]);
	join_hosts(c);
	for (size_t i = 0; i < c->n_roots; i++) {
		const struct iq_host *h = bundle_host(c, &c->roots[i].facts);
		if (h && iq_capture_list_boots(c, &c->roots[i], h))
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	}
	if (put_used_hosts(c, err))
		return -1;
	for (size_t i = 0; i < c->n_boots; i++) {
		struct iq_boot_slot *b = &c->boots[i];
		if (!b->fact.kernel_release.p && !b->release_conflict)
			b->fact.kernel_release = b->event_release;
		if (!b->fact.arch.p)
			b->fact.arch = b->event_arch;
		b->fact.boot_uuid = with_dashes(c, b->fact.boot_uuid);
		if (iq_sink_put(&c->sink, IQ_FACT_BOOT, &b->fact, err))
			return -1;
	}
	return 0;
}
