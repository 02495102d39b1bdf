/* import/checksum.h - the digest that a collector left beside its archive.
 *
 * sos writes NAME.sha256 (.md5 before 4.1), supportconfig NAME.md5: the digest alone, no
 * name; coreutils' form with a name behind it is taken too.
 */
#ifndef IQ_IMPORT_CHECKSUM_H
#define IQ_IMPORT_CHECKSUM_H

#include <stdbool.h>

#include "base/slice.h"

#define IQ_CHECKSUM_HEX 65

struct iq_checksum {
	bool there, md5;		/* else SHA-256 */
	char file[16];			/* ".sha256" */
	char hex[IQ_CHECKSUM_HEX];	/* lower case */
};

/* Looks for one beside the file at PATH. */
void iq_checksum_beside(const char *path, struct iq_checksum *ret);

/* Is the file at PATH nothing but a digest, as its name says? */
bool iq_checksum_is_one(const char *path);

/* The digest that a file of that NAME holds for the one beside it: the length of the suffix,
 * or 0: it is none. */
size_t iq_checksum_read(struct iq_slice name, struct iq_slice text, struct iq_checksum *ret);

#endif
