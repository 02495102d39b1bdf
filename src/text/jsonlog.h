/* text/jsonlog.h - reading JSON logs object by object.
 *
 * Not a JSON parser for everything: a state machine that is fed pieces of text (lines)
 * and reports when an object that may be a record has closed, with its known fields
 * in a struct iq_fields.  Whole-file arrays, frames such as {"dmesg": [...]}, one
 * object a line, and pretty printed ones are all the same to it.  It is strict: what
 * cannot be JSON at that place stops it, so that a log with a stray brace is not
 * swallowed.  Bytes that are no UTF-8 pass (dmesg copies them raw).
 *
 * An object inside an array begins a new record, unless the one around it has a text
 * already; an object that is the value of a key adds to the record around it.  An array
 * of arrays of two strings, nanoseconds since 1970 and a text, gives a record each, with
 * the other fields of the object around it (Loki's API).  Depth is
 * bounded by IQ_JSONLOG_DEPTH.
 */
#ifndef IQ_TEXT_JSONLOG_H
#define IQ_TEXT_JSONLOG_H

#include "text/fields.h"

#define IQ_JSONLOG_DEPTH 32

enum iq_json_state {
	IQ_JSON_VALUE,		/* a value must come */
	IQ_JSON_KEY,		/* a key or '}' */
	IQ_JSON_COLON,
	IQ_JSON_AFTER,		/* ',' or a closing bracket */
	IQ_JSON_STRING,
	IQ_JSON_ESCAPE,
	IQ_JSON_HEX,
	IQ_JSON_WORD,		/* number, true, false, null */
	IQ_JSON_DONE,		/* outside of everything */
};

struct iq_json_reader {
	enum iq_json_state state;
	unsigned depth;
	uint32_t object_bits;	/* per depth: object or array */
	uint32_t record_bits;	/* per depth: a record began with this object */
	bool first;		/* nothing yet in this container */
	bool key_next;		/* the string is a key */
	enum iq_field field;	/* of the value at hand */
	enum iq_field array_field;	/* of the array around it, or NONE */
	unsigned array_depth;
	enum iq_field parent;	/* of the object around it, if its name is all that counts */
	unsigned parent_depth;
	unsigned pair_depth;	/* of an array in an array: Loki's ["1789...", "text"] */
	unsigned pair_n;	/* strings in it so far */
	unsigned hex_left;
	uint32_t hex, high;	/* high: first half of a surrogate pair */
	struct iq_buf value;
	struct iq_buf bytes;	/* array of byte values or of strings */
};

enum iq_json_result {
	IQ_JSON_MORE,		/* all of the piece used, nothing closed */
	IQ_JSON_RECORD,		/* an object closed at *at; F has its fields */
	IQ_JSON_END,		/* the outermost bracket closed at *at, no record left */
	IQ_JSON_BAD,		/* no JSON */
};

void iq_json_reader_init(struct iq_json_reader *j);
void iq_json_reader_fini(struct iq_json_reader *j);
void iq_json_reader_reset(struct iq_json_reader *j);

/* Reads PIECE (a line) from *at on.  After RECORD take what F has, set F->has_text to
 * false, and call again with the same piece and *at. */
enum iq_json_result iq_json_read(struct iq_json_reader *j, struct iq_slice piece,
				 size_t *at, struct iq_fields *f);

#endif
