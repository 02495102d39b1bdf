/* import/inner.h - the digests that a collector's archive holds of the bundles in it.
 *
 * `sos collect` puts what each node wrote beside its archive into the outer one, next to it
 * or in checksums/, before it or behind it: both are kept to the end and compared then.
 * Names are borrowed from the arena of the capture.
 */
#ifndef IQ_IMPORT_INNER_H
#define IQ_IMPORT_INNER_H

#include "base/arena.h"
#include "import/checksum.h"
#include "import/hash.h"
#include "input/input.h"

#define IQ_INNER_DEPTH 4			/* of archives that lie in another */

struct iq_inner_one {
	struct iq_slice name;		/* of the file, without directories */
	struct iq_slice outer;		/* archive that it lies in, "" the capture */
	char sha256[IQ_HASH_HEX], md5[IQ_HASH_HEX];	/* "": none */
};

struct iq_inner {
	struct iq_inner_one *got;
	size_t n_got, cap_got;
	struct iq_inner_said { struct iq_inner_one of; struct iq_checksum sum; } *said;
	size_t n_said, cap_said;
	struct {			/* being read, one in another */
		struct iq_hash *hash;	/* NULL: free */
		struct iq_slice name;
	} now[IQ_INNER_DEPTH];
	struct iq_arena names;
};

void iq_inner_init(struct iq_inner *i);
void iq_inner_fini(struct iq_inner *i);

/* As the visitor's packed() and packed_end(). */
void iq_inner_packed(struct iq_inner *i, struct iq_slice name, struct iq_slice block);
void iq_inner_end(struct iq_inner *i, struct iq_slice name, bool whole);

/* A member that may be such a digest. */
void iq_inner_look(struct iq_inner *i, struct iq_stream *m);

/* Calls WRONG for each that does not agree; GOT is what the bytes gave. */
void iq_inner_compare(const struct iq_inner *i,
		      void (*wrong)(void *arg, const struct iq_inner_said *said, const char *got),
		      void *arg);

#endif
