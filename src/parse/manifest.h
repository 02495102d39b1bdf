/* parse/manifest.h - what sos says of its own work: sos_reports/manifest.json (4.0 on),
 * and of older ones the warnings of sos_logs/.
 *
 * Times of commands are seconds since 1970 (4.2 on), all others local without a zone:
 * together they tell the zone.
 */
#ifndef IQ_PARSE_MANIFEST_H
#define IQ_PARSE_MANIFEST_H

#include "base/arena.h"

struct iq_manifest_command {
	struct iq_slice plugin, exec, file;	/* file: below the bundle's root; p NULL: none */
	int64_t status;			/* IQ_NULL: not told */
	int64_t start_us;		/* UTC; IQ_NULL: not told */
	bool truncated;
};

struct iq_manifest_ops {
	void (*command)(void *arg, const struct iq_manifest_command *c);
	/* A plugin that ran into its time limit: the rest of its data is not there. */
	void (*plugin_timeout)(void *arg, struct iq_slice plugin);
	void *arg;
};

struct iq_manifest {
	struct iq_slice version;	/* "4.9.1"; slices of the text, p NULL: not told */
	int64_t local_start_us;		/* as if it were UTC; these are IQ_NULL if not told */
	int64_t start_us;		/* of the first command, UTC */
	int64_t zone_us;		/* local minus UTC */
	bool whole;			/* the text was JSON to its end */
};

/* Calls OPS as it goes; MEM for texts with escapes. */
void iq_manifest_read(struct iq_slice text, const struct iq_manifest_ops *ops,
		      struct iq_arena *mem, struct iq_manifest *ret);

/* A line of sos.log or ui.log: "... [plugin:process] command 'lsof' timed out after 300s",
 * "Plugin process timed out".  True: OPS was called. */
bool iq_manifest_log_line(struct iq_slice line, const struct iq_manifest_ops *ops);

#endif
