/* bundle/identity.h - which machine and which boot a bundle was made on.
 *
 * Each fact from its own small member, in whatever order they come; everything may be
 * missing, or be an error message instead.  Texts live in the arena given.
 */
#ifndef IQ_BUNDLE_IDENTITY_H
#define IQ_BUNDLE_IDENTITY_H

#include "base/arena.h"
#include "bundle/dmi.h"
#include "bundle/layout.h"
#include "bundle/reboots.h"
#include "parse/manifest.h"

struct iq_bundle {
	struct iq_slice hostname, machine_id, os_release;	/* p NULL: not told */
	struct iq_slice kernel_release, arch, boot_uuid, command_line;
	struct iq_dmi dmi;
	struct iq_reboots reboots;	/* newest first or last, as listed */
	struct iq_slice zone_name;	/* "Asia/Shanghai", by the link etc/localtime */
	struct iq_slice zone_file;	/* its own description of its zone, TZif */
	struct iq_slice date_zone;	/* "CST", as date printed it */
	int sos;			/* version, 4009 for 4.9; 0: not told, no sos */
	int64_t boot_us;		/* btime; these are IQ_NULL if not told */
	int64_t manifest_zone_us, manifest_us, manifest_local_us;	/* begin of the collection */
	int64_t uptime_us, date_us, date_utc_us, zone_us, zone_file_us;
	/* The local time from which on the offset of the collection holds, and the one before
	 * it: the last change from or to summer time; IQ_NULL: none, or too long ago. */
	int64_t zone_change_us, zone_before_us;
};

void iq_bundle_init(struct iq_bundle *b);

/* The most that is needed of a member, from its beginning (/proc/stat has a line of
 * all interrupts first). */
#define IQ_BUNDLE_LOOK_BYTES ((size_t)256 * 1024)

/* What the member of that role says.  False: out of memory. */
bool iq_bundle_take(struct iq_bundle *b, enum iq_bundle_role role, struct iq_slice text,
		    struct iq_arena *mem);

/* Is what a member of that role would say known already? */
bool iq_bundle_knows(const struct iq_bundle *b, enum iq_bundle_role role);

/* Do boot separators in its journals name the boot above instead of the one below?
 * From 4.9 on sos has journalctl print backwards and turns the lines round. */
bool iq_bundle_names_boot_above(const struct iq_bundle *b);

/* When the boot began (a minute or so off where only uptime tells), IQ_NULL unknown. */
int64_t iq_bundle_boot_start_us(const struct iq_bundle *b);

/* When the bundle was made, IQ_NULL unknown. */
int64_t iq_bundle_made_us(const struct iq_bundle *b);

/* What its manifest says. */
bool iq_bundle_take_manifest(struct iq_bundle *b, const struct iq_manifest *m);

/* What the file of that zone says, should nothing better be known. */
void iq_bundle_take_zone_file(struct iq_bundle *b, struct iq_slice tzif);

/* The last change of summer time by the bundle's own TZif: when all of it was read. */
void iq_bundle_take_own_zone(struct iq_bundle *b);

/* Local time minus UTC, IQ_NULL unknown. */
int64_t iq_bundle_zone_us(const struct iq_bundle *b);

/* The same for a local time, which may lie before the last change of summer time; in the
 * hour that occurs twice it is the offset after it. */
int64_t iq_bundle_zone_at(const struct iq_bundle *b, int64_t local_us);

#endif
