/* bundle/state_path.h - which members of a bundle hold the state of the machine, and
 * what they are called by.
 *
 * By the path below the bundle's root alone; whether there is data in the file shows
 * when it is read.  Commands are known by the names that sos gives to their output.
 */
#ifndef IQ_BUNDLE_STATE_PATH_H
#define IQ_BUNDLE_STATE_PATH_H

#include "base/slice.h"

enum iq_state_kind {
	IQ_STATE_NONE,
	IQ_STATE_MEMINFO, IQ_STATE_VMSTAT, IQ_STATE_ZONEINFO, IQ_STATE_BUDDYINFO,
	IQ_STATE_PAGETYPEINFO, IQ_STATE_SLABINFO, IQ_STATE_SWAPS, IQ_STATE_SWAPON,
	IQ_STATE_MODULES, IQ_STATE_LSMOD, IQ_STATE_FREE, IQ_STATE_PRESSURE,
	IQ_STATE_SYSCTL_ALL,
	IQ_STATE_SYSCTL,		/* one file; ->name */
	IQ_STATE_HUGE,			/* one file of a pool; ->name, node, number */
	IQ_STATE_CGROUP,		/* one file of a group; ->path, name, number: version */
	IQ_STATE_PID_STATUS,		/* these: ->number is the pid */
	IQ_STATE_PID_STAT, IQ_STATE_PID_ADJ, IQ_STATE_PID_OLD_ADJ, IQ_STATE_PID_CGROUP,
	IQ_STATE_PID_SMAPS,
	IQ_STATE_PS,
	IQ_STATE_UNITS,			/* systemctl show; ->name "all": every service */
	IQ_STATE_UNIT_FILE,		/* ->name: of the unit; path: of the file */
	IQ_STATE_UNIT_CAT,		/* systemctl cat: such files, each under its path */
	IQ_STATE_UNIT_LIST, IQ_STATE_UNIT_STATUS,	/* systemctl list-units, status */
	IQ_STATE_CGLS,
	IQ_STATE_CGROUP_PROCS,		/* of a group; ->path, name: of which hierarchy */
	IQ_STATE_CONTAINERS,		/* ->name: the runtime */
	IQ_STATE_INSPECT,
	IQ_STATE_KERNELS,		/* installed: ->name "files" of /boot, "packages" */
	IQ_STATE_KDUMP,			/* how dumps are saved; ->name: which file says it */
};

struct iq_state_file {
	enum iq_state_kind kind;
	struct iq_slice path, name;	/* slices of what was given, or static */
	int64_t number, node;		/* INT64_MIN: none */
};

/* PATH: below the root of a bundle, as bundle/place.h gives it.  False: no state is
 * known to be there. */
bool iq_state_file(struct iq_slice path, struct iq_state_file *ret);

/* A unit file by its path on the machine: "/etc/systemd/system/x.service". */
bool iq_state_unit_path(struct iq_slice path, struct iq_state_file *ret);

/* The path of a file outside any bundle: .../proc/meminfo */
bool iq_state_loose_file(struct iq_slice path, struct iq_state_file *ret);

#endif
