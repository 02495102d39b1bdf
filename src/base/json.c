/* base/json.c - see json.h */
#include "base/json.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <math.h>

void iq_json_init(struct iq_json *j, struct iq_buf *out, unsigned indent)
{
	*j = (struct iq_json){ .out = out, .indent = indent };
}

static void newline(struct iq_json *j)
{
	if (!j->indent)
		return;
	iq_buf_char(j->out, '\n');
	for (unsigned i = 0; i < j->depth * j->indent; i++)
		iq_buf_char(j->out, ' ');
}

/* What goes in front of a value or a key. */
static void lead(struct iq_json *j)
{
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	if (!j->depth)
		return;
	if (j->any[j->depth - 1])
		iq_buf_char(j->out, ',');
	j->any[j->depth - 1] = true;
	newline(j);
}

void iq_json_open(struct iq_json *j, char bracket)
{
	lead(j);
	iq_buf_char(j->out, bracket);
	if (j->depth < IQ_JSON_DEPTH)
		j->any[j->depth++] = false;
}

void iq_json_close(struct iq_json *j, char bracket)
{
	bool any = j->depth && j->any[j->depth - 1];
	if (j->depth)
		j->depth--;
	if (any)
		newline(j);
	iq_buf_char(j->out, bracket);
	if (!j->depth && j->indent)
		iq_buf_char(j->out, '\n');
}

void iq_json_key(struct iq_json *j, const char *key)
{
	lead(j);
	iq_json_quote(j->out, iq_slice_z(key));
	iq_buf_str(j->out, j->indent ? ": " : ":");
	j->after_key = true;
}

void iq_json_str(struct iq_json *j, struct iq_slice s)
{
	if (!s.p) {
		iq_json_null(j);
		return;
	}
	lead(j);
	iq_json_quote(j->out, s);
}

void iq_json_int(struct iq_json *j, int64_t v)
{
	lead(j);
	iq_buf_printf(j->out, "%" PRId64, v);
}

void iq_json_real(struct iq_json *j, double v)
{
	lead(j);
	if (isinf(v))		/* JSON has no word for it; readers make this infinite */
		iq_buf_str(j->out, v < 0 ? "-1e999" : "1e999");
	else
		iq_buf_printf(j->out, "%.15g", v);
}

void iq_json_bool(struct iq_json *j, bool v)
{
	iq_json_raw(j, v ? IQ_LIT("true") : IQ_LIT("false"));
}

void iq_json_null(struct iq_json *j)
{
	iq_json_raw(j, IQ_LIT("null"));
}

void iq_json_raw(struct iq_json *j, struct iq_slice s)
{
	lead(j);
	iq_buf_slice(j->out, s);
}

/* A valid way to write any character, and one that no terminal acts on. */
static void escape(struct iq_buf *out, uint32_t cp)
{
	if (cp >= 0x10000) {
		iq_buf_printf(out, "\\u%04x", (unsigned)(0xd800 + ((cp - 0x10000) >> 10)));
		cp = 0xdc00 + (cp & 0x3ff);
	}
	iq_buf_printf(out, "\\u%04x", (unsigned)cp);
}

void iq_json_quote(struct iq_buf *out, struct iq_slice s)
{
	iq_buf_char(out, '"');
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		size_t k = iq_utf8_at(s.p + i, s.n - i, &cp);
		if (!k) {			/* as base/utf8.h does for the store */
			iq_buf_printf(out, "\\\\x%02x", (unsigned char)s.p[i]);
			i++;
			continue;
		}
		if (cp == '"' || cp == '\\')
			iq_buf_char(out, '\\');
		if (cp == '\n')
			iq_buf_str(out, "\\n");
		else if (cp == '\t')
			iq_buf_str(out, "\\t");
		else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || iq_utf8_is_deceptive(cp))
			escape(out, cp);
		else
			iq_buf_add(out, s.p + i, k);
		i += k;
	}
	iq_buf_char(out, '"');
}
