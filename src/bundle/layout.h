/* bundle/layout.h - what a member of a support bundle is, by its path.
 *
 * Paths of sosreport 2 to 4 and supportconfig (facts on support bundles, 3).  The root
 * of a bundle is whatever stands before a known path: a top directory, a name of an
 * archive inside another, nothing in an unpacked one.  Pure; borrows its arguments.
 */
#ifndef IQ_BUNDLE_LAYOUT_H
#define IQ_BUNDLE_LAYOUT_H

#include "base/slice.h"

enum iq_bundle_role {
	IQ_BUNDLE_OTHER,	/* not known: its content decides */
	IQ_BUNDLE_STATE,	/* settings and state: no log, even where it quotes one */
	IQ_BUNDLE_LOG_NOW,	/* log of the boot in which the bundle was made */
	/* who and when, see identity.h */
	IQ_BUNDLE_HOSTNAME, IQ_BUNDLE_HOSTNAMECTL, IQ_BUNDLE_MACHINE_ID, IQ_BUNDLE_UNAME,
	IQ_BUNDLE_OS_RELEASE, IQ_BUNDLE_BOOT_ID, IQ_BUNDLE_STAT, IQ_BUNDLE_UPTIME,
	IQ_BUNDLE_DATE, IQ_BUNDLE_DATE_UTC, IQ_BUNDLE_TIMEDATECTL, IQ_BUNDLE_ENVIRONMENT,
	IQ_BUNDLE_VERSION,	/* of the collector */
};

/* *ret_root: the part of NAME before the known path, with its last slash; p NULL if
 * the path is not known. */
enum iq_bundle_role iq_bundle_role(struct iq_slice name, struct iq_slice *ret_root);

/* Is it text that lies where a machine keeps settings, programs or its state?  Lines
 * without any header are no log there. */
bool iq_bundle_no_log_place(struct iq_slice name);

#endif
