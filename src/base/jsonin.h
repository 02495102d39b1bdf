/* base/jsonin.h - reading a JSON text (RFC 8259) token by token.
 *
 * Nothing is built: the reader walks over the text it is given and names the next token.
 * Keys and strings are slices of the text with their escapes in them; iq_jsonin_text()
 * undoes these.  Depth is bounded, a broken text ends in IQ_JSONIN_BAD for good.  Bytes
 * that are no UTF-8 pass.
 */
#ifndef IQ_BASE_JSONIN_H
#define IQ_BASE_JSONIN_H

#include "base/arena.h"

#define IQ_JSONIN_DEPTH 64

enum iq_jsonin_token {
	IQ_JSONIN_END,			/* of the text, after one whole value */
	IQ_JSONIN_BAD,
	IQ_JSONIN_OPEN,			/* { or [ ; ->object tells which */
	IQ_JSONIN_CLOSE,
	IQ_JSONIN_KEY, IQ_JSONIN_STRING,
	IQ_JSONIN_WORD,			/* a number, true, false or null */
};

struct iq_jsonin {
	struct iq_slice rest;
	uint64_t objects;		/* bit per depth: object, else array */
	unsigned depth;			/* brackets open, with the one just told of */
	bool object;			/* the bracket just told of */
	bool begun, after, bad;
	struct iq_slice text;		/* of KEY, STRING, WORD */
};

void iq_jsonin_init(struct iq_jsonin *j, struct iq_slice text);
enum iq_jsonin_token iq_jsonin_next(struct iq_jsonin *j);

/* After OPEN or KEY: passes over all up to the end of that value. */
void iq_jsonin_skip(struct iq_jsonin *j, enum iq_jsonin_token last);

/* RAW without escapes; in MEM only if it has some.  p NULL: memory is out. */
struct iq_slice iq_jsonin_text(struct iq_slice raw, struct iq_arena *mem);

#endif
