/* base/json.h - writing JSON, nothing else.
 *
 * Commas and nesting are kept by the writer; the caller opens, names and closes.
 * With ->indent > 0 it is pretty printed.  Strings are made valid UTF-8 on the
 * way (base/utf8.h), so the output always parses.
 */
#ifndef IQ_BASE_JSON_H
#define IQ_BASE_JSON_H

#include "base/buf.h"

#define IQ_JSON_DEPTH 32

struct iq_json {
	struct iq_buf *out;
	unsigned indent;
	unsigned depth;
	bool any[IQ_JSON_DEPTH];	/* something was written on this level */
	bool after_key;
};

void iq_json_init(struct iq_json *j, struct iq_buf *out, unsigned indent);
void iq_json_open(struct iq_json *j, char bracket);		/* '{' or '[' */
void iq_json_close(struct iq_json *j, char bracket);		/* '}' or ']' */
void iq_json_key(struct iq_json *j, const char *key);
void iq_json_str(struct iq_json *j, struct iq_slice s);		/* NULL slice: null */
void iq_json_int(struct iq_json *j, int64_t v);
void iq_json_real(struct iq_json *j, double v);
void iq_json_bool(struct iq_json *j, bool v);
void iq_json_null(struct iq_json *j);
/* A number or value already in JSON's form. */
void iq_json_raw(struct iq_json *j, struct iq_slice s);

/* Appends S with quotes and escapes. */
void iq_json_quote(struct iq_buf *out, struct iq_slice s);

#endif
