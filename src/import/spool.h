/* import/spool.h - the facts a child left, made whole for the store.
 *
 * A child that died left no capture fact, and perhaps rows that refer to boots and
 * members whose facts come at the end.  The source wraps the spool: it adds what is
 * missing, and an issue that tells how the child ended.
 */
#ifndef IQ_IMPORT_SPOOL_H
#define IQ_IMPORT_SPOOL_H

#include "jail/jail.h"
#include "store/store.h"
#include "wire/wire.h"

struct iq_spool {
	struct iq_fact_source source;	/* first: given to iq_store_apply() */
	struct iq_wire_reader wire;
	/* found in the first pass */
	bool complete;			/* the child ended as it should */
	struct iq_err outcome;		/* what it said at its end */
	bool has_capture;
	char status[16];		/* of that capture fact */
	char sha256[65];		/* for the one made up, should the child have left none */
	int64_t size_bytes;
	int64_t max_ref[IQ_FACT_MAX];	/* highest id referred to */
	unsigned char *seen[IQ_FACT_MAX];	/* bit per id: its fact is there (boot, member, host) */
	size_t facts, events, damage;
	char death[700];		/* issue text, "" if it lived */
	/* replay */
	int phase;
	int64_t next_missing;
	enum iq_fact_type missing_type;
	const char *path;
};

/* FD: the spool; R: how the child ended; PATH of the capture.  All borrowed until
 * fini.  Reads the spool once.  -1 if it is not what our child writes. */
int iq_spool_init(struct iq_spool *s, int fd, const struct iq_jail_result *r, const char *path,
		  struct iq_err *err);
void iq_spool_fini(struct iq_spool *s);

#endif
