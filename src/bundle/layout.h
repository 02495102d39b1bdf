/* bundle/layout.h - what a member of a support bundle is, by its path.
 *
 * Paths of sosreport 2 to 4 and supportconfig (facts on support bundles, 3), as place.h
 * gives them.  Pure.
 */
#ifndef IQ_BUNDLE_LAYOUT_H
#define IQ_BUNDLE_LAYOUT_H

#include "bundle/place.h"

enum iq_bundle_role {
	IQ_BUNDLE_OTHER,	/* not known: its content decides */
	IQ_BUNDLE_STATE,	/* settings and state: no log, even where it quotes one */
	IQ_BUNDLE_LOG_NOW,	/* log of the boot in which the bundle was made */
	/* who and when, see identity.h */
	IQ_BUNDLE_HOSTNAME, IQ_BUNDLE_HOSTNAMECTL, IQ_BUNDLE_MACHINE_ID, IQ_BUNDLE_UNAME,
	IQ_BUNDLE_OS_RELEASE, IQ_BUNDLE_BOOT_ID, IQ_BUNDLE_STAT, IQ_BUNDLE_UPTIME,
	IQ_BUNDLE_DATE, IQ_BUNDLE_DATE_UTC, IQ_BUNDLE_TIMEDATECTL, IQ_BUNDLE_CMDLINE,
	IQ_BUNDLE_ZONE_FILE, IQ_BUNDLE_ZONE_NAME,	/* TZif; the name in a file of settings */
	IQ_BUNDLE_DMIDECODE, IQ_BUNDLE_DMI_VENDOR, IQ_BUNDLE_DMI_PRODUCT,
	IQ_BUNDLE_DMI_ASSET,	/* of the chassis: clouds write a mark there */
	IQ_BUNDLE_VIRTUALIZATION,	/* supportconfig's own few lines */
	IQ_BUNDLE_CRASH_LIST,	/* of the directory where dumps are saved */
	/* of the collector */
	IQ_BUNDLE_VERSION, IQ_BUNDLE_MANIFEST, IQ_BUNDLE_CLEANER_LOG, IQ_BUNDLE_SOS_LOG,
	IQ_BUNDLE_LIST_BOOTS, IQ_BUNDLE_LAST,	/* the boots before, see reboots.h */
};

enum iq_bundle_role iq_bundle_role(const struct iq_bundle_place *p);

/* Is it text that lies where a machine keeps settings, programs or its state?  Lines
 * without any header are no log there. */
bool iq_bundle_no_log_place(struct iq_slice name);

/* Is it one of the small files by which ABRT describes a problem?  Its reason repeats the
 * headline of the report beside it. */
bool iq_bundle_is_abrt_word(struct iq_slice path);

/* The two halves of that: does it lie in such a directory; is a file there, by the name
 * without directories, a word and no log? */
bool iq_bundle_in_abrt(struct iq_slice path);
bool iq_bundle_is_abrt_name(struct iq_slice base);

/* The same of a path in what is known to be a bundle, where nobody has to look: thousands
 * of files. */
bool iq_bundle_never_log(struct iq_slice path);

/* A link "etc/localtime" points to the zone: "Asia/Shanghai"; p NULL: it does not. */
struct iq_slice iq_bundle_zone_name(struct iq_slice target);

#endif
