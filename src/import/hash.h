/* import/hash.h - SHA-256 of a capture, on a thread of its own.
 *
 * The bytes are those that the walk reads anyway; the thread hashes one block
 * while the parser works on it, so the hash costs no time where there is a second
 * core.  If no thread can be had, it is done in place.
 */
#ifndef IQ_IMPORT_HASH_H
#define IQ_IMPORT_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define IQ_HASH_HEX 65			/* 64 digits and NUL */

struct iq_hash;

struct iq_hash *iq_hash_new(void);	/* NULL: out of memory */

/* From the first byte on also MD5, which some collectors' checksum files have.  False: the
 * library has none (FIPS). */
bool iq_hash_also_md5(struct iq_hash *h);
/* After iq_hash_finish(): lower-case hex, 32 digits; false: there is none. */
bool iq_hash_md5(const struct iq_hash *h, char ret[IQ_HASH_HEX]);

/* P stays unchanged until RELEASE was called with it (from the thread).  RELEASE
 * may be NULL: then the call returns only when the bytes were hashed. */
void iq_hash_add(struct iq_hash *h, const void *p, size_t n,
		 void (*release)(void *arg, const void *p), void *arg);

/* Adds the regular file at PATH from where the bytes handed over so far end; anything
 * else that PATH may be adds nothing.  -1 with ERR: it cannot be read to its end. */
int iq_hash_add_rest(struct iq_hash *h, const char *path, struct iq_err *err);

/* Bytes handed over so far. */
uint64_t iq_hash_bytes(const struct iq_hash *h);

/* Waits for the thread; the digest in lower-case hex.  Ends the hash. */
int iq_hash_finish(struct iq_hash *h, char ret[IQ_HASH_HEX], struct iq_err *err);
void iq_hash_free(struct iq_hash *h);

#endif
