/* parse/state/units.h - what systemd says of its units: systemctl show, unit files, the
 * tree of systemd-cgls.
 *
 * Line by line; slices lie in the line given.  Sizes in bytes.  A limit that is printed
 * as "infinity", "[not set]" or all ones is IQ_NULL.
 */
#ifndef IQ_PARSE_STATE_UNITS_H
#define IQ_PARSE_STATE_UNITS_H

#include "model/facts.h"

/* "Key=Value" of systemctl show, into the unit's fact.  False: a key that is of no
 * concern here.  Texts of UNIT are slices of LINE. */
struct iq_unit_more {			/* what is not in the fact */
	struct iq_slice fragment, drop_ins;	/* paths; those of drop-ins by blanks */
};
bool iq_unit_show_line(struct iq_slice line, struct iq_unit *unit,
		       struct iq_unit_more *more);

/* --- unit files --- */

enum iq_unit_key {
	IQ_UNIT_OOM_SCORE_ADJUST, IQ_UNIT_OOM_POLICY, IQ_UNIT_MEMORY_MAX,
	IQ_UNIT_MEMORY_LIMIT, IQ_UNIT_MEMORY_HIGH, IQ_UNIT_RESTART, IQ_UNIT_KEYS
};

struct iq_unit_file {
	bool in_section;		/* one that holds such settings */
	bool continued;			/* the line before ended in a backslash */
};
/* A setting of a unit file: 1 + its key, *ret_value as written (empty: put back to the
 * default).  0: another line. */
int iq_unit_file_line(struct iq_unit_file *f, struct iq_slice line,
		      struct iq_slice *ret_value);

/* "96M", "1.5G", "infinity", "50%" as unit files and systemctl have them; false: not an
 * amount of bytes. */
bool iq_unit_bytes(struct iq_slice value, int64_t *ret);

/* Puts a setting of a unit file into the fact. */
void iq_unit_apply(struct iq_unit *unit, enum iq_unit_key key, struct iq_slice value);

/* --- systemd-cgls --- */

#define IQ_CGLS_DEPTH 24
#define IQ_CGLS_PATH 1024

struct iq_cgls {
	char path[IQ_CGLS_PATH];	/* of the group that the lines are in */
	size_t at[IQ_CGLS_DEPTH], n[IQ_CGLS_DEPTH];	/* its depth in columns, length of path */
	size_t depth;
};
void iq_cgls_init(struct iq_cgls *t);
/* A process: true, *ret_pid, and the path of its group in t->path. */
bool iq_cgls_line(struct iq_cgls *t, struct iq_slice line, int64_t *ret_pid,
		  struct iq_slice *ret_path);

#endif
