/* import/checksum.h - the digest that a collector left beside its archive.
 *
 * sos writes NAME.sha256 (.md5 before 4.1), supportconfig NAME.md5: the digest alone, no
 * name.  Lines with a name are taken too, of coreutils (binary marks or not), BSD and
 * OpenSSL, also several in one file: one that names another file says nothing of this one.
 */
#ifndef IQ_IMPORT_CHECKSUM_H
#define IQ_IMPORT_CHECKSUM_H

#include <stdbool.h>

#include "base/slice.h"

#define IQ_CHECKSUM_HEX 65
#define IQ_CHECKSUM_FILE_MAX 16384	/* some hundred lines; a longer file is none */

struct iq_checksum {
	bool there, md5;		/* else SHA-256 */
	char file[16];			/* ".sha256" */
	char hex[IQ_CHECKSUM_HEX];	/* lower case */
};

/* Looks for one beside the file at PATH. */
void iq_checksum_beside(const char *path, struct iq_checksum *ret);

/* Is the file at PATH nothing but digests, as its name says? */
bool iq_checksum_is_one(const char *path);

/* The digest that a file of that NAME holds for the one beside it: the length of the suffix,
 * or 0: it is none. */
size_t iq_checksum_read(struct iq_slice name, struct iq_slice text, struct iq_checksum *ret);

#endif
