/* import/spool.h - the facts of a child, made whole for the store.
 *
 * The source may be asked while the child still writes; it says 0 where there is no more
 * so far.  A child that died left no capture fact, and perhaps rows that refer to boots
 * and members whose facts come at the end: once its end is known the source adds what is
 * missing, and an issue that tells how the child ended.
 *
 * A child that a capture has taken over may change what was read already, so a second
 * pass may differ from the first; the store looks up every reference again.
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
	struct iq_err broken;		/* why this is not what a child writes */
	bool ended;			/* iq_spool_end() was called */
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

/* FD: the spool; PATH of the capture.  Both borrowed until fini. */
void iq_spool_init(struct iq_spool *s, int fd, const char *path);
/* The child has ended, and the source was asked until it said 0.  R: how. */
void iq_spool_end(struct iq_spool *s, const struct iq_jail_result *r);
void iq_spool_fini(struct iq_spool *s);

#endif
