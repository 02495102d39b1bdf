/* text/words.h - does any word of a list stand in a text?  For the lists that are asked
 * of line after line and seldom answered with yes; private to text/.
 *
 * Each word comes with two of its bytes that follow each other, the rarest in logs: only
 * where these stand side by side it is looked for.  Pairs are compared sixteen at a time.
 */
#ifndef IQ_TEXT_WORDS_H
#define IQ_TEXT_WORDS_H

#include "base/slice.h"

typedef unsigned char iq_bytes16 __attribute__((vector_size(16)));

struct iq_rare_word {
	struct iq_slice word;
	iq_bytes16 first, second;	/* of the pair, each sixteen times */
};

#define IQ_BYTES16(c) { c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c }
/* A literal and the pair in it. */
#define IQ_RARE(word, a, b) { IQ_LIT(word), IQ_BYTES16(a), IQ_BYTES16(b) }

bool iq_has_rare(struct iq_slice text, const struct iq_rare_word *words, size_t n);

#endif
