/* parse/cgname.h - what a cgroup's path says about who lives in it.
 *
 * Container runtimes and systemd put names into the path: units, container ids, pod
 * uids, in a form each.  A pure function over a table of these forms; no allocation,
 * no I/O.  All results are views into PATH and written as they stand there (a pod
 * uid of the systemd driver has _ for -, a scope may hold \x2d).
 *
 * Covers docker, containerd (CRI), CRI-O, podman/libpod, kubepods with the systemd
 * and the cgroupfs driver, LXC, systemd services, scopes, user sessions, machines.
 */
#ifndef IQ_PARSE_CGNAME_H
#define IQ_PARSE_CGNAME_H

#include "base/slice.h"

struct iq_cgname {
	struct iq_slice unit;		/* innermost systemd .service or .scope (user units too), else the
					 * innermost .slice; p NULL: none */
	struct iq_slice container;	/* hex id, or an LXC container's or machine's name */
	struct iq_slice pod;		/* uid of a Kubernetes pod */
	const char *kind;		/* "docker", "containerd", "cri-o", "podman", "container",
					 * "kubernetes", "lxc",
					 * "nspawn", "vm", "session", "service", "scope", "slice", "root",
					 * "cgroup"; static, never NULL */
};

void iq_cgname_parse(struct iq_slice path, struct iq_cgname *ret);

/* Is UNIT a component of PATH?  For lines that name a unit only. */
bool iq_cgname_has_unit(struct iq_slice path, struct iq_slice unit);

#endif
