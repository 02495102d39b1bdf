/* text/jsonlog.c - see jsonlog.h.  Strings follow RFC 8259 but for bytes that are no
 * UTF-8, which pass, and raw control bytes other than newline, which pass too. */
#include "text/jsonlog.h"

#include "text/peeler.h"

void iq_json_reader_init(struct iq_json_reader *j)
{
	*j = (struct iq_json_reader){ .state = IQ_JSON_VALUE };
}

void iq_json_reader_fini(struct iq_json_reader *j)
{
	iq_buf_fini(&j->value);
	iq_buf_fini(&j->bytes);
}

void iq_json_reader_reset(struct iq_json_reader *j)
{
	struct iq_buf value = j->value, bytes = j->bytes;
	iq_buf_reset(&value);
	iq_buf_reset(&bytes);
	*j = (struct iq_json_reader){
		.state = IQ_JSON_VALUE, .value = value, .bytes = bytes,
	};
}

static bool in_object(const struct iq_json_reader *j)
{
	return j->depth && j->object_bits >> (j->depth - 1) & 1;
}

static void add_byte(struct iq_buf *b, char c)
{
	if (b->n < IQ_LINE_MAX_BYTES)
		iq_buf_char(b, c);
}

static void add_utf8(struct iq_buf *b, uint32_t cp)
{
	if (cp < 0x80) {
		add_byte(b, (char)cp);
	} else if (cp < 0x800) {
		add_byte(b, (char)(0xc0 | cp >> 6));
		add_byte(b, (char)(0x80 | (cp & 63)));
	} else if (cp < 0x10000) {
		add_byte(b, (char)(0xe0 | cp >> 12));
		add_byte(b, (char)(0x80 | (cp >> 6 & 63)));
		add_byte(b, (char)(0x80 | (cp & 63)));
	} else {
		add_byte(b, (char)(0xf0 | cp >> 18));
		add_byte(b, (char)(0x80 | (cp >> 12 & 63)));
		add_byte(b, (char)(0x80 | (cp >> 6 & 63)));
		add_byte(b, (char)(0x80 | (cp & 63)));
	}
}

/* A string of a pair: nanoseconds, then the text. */
static void pair_value(struct iq_json_reader *j, struct iq_fields *f, struct iq_slice v,
		       enum iq_field_form form)
{
	int64_t ns;
	bool first = !j->pair_n++;
	if (form != IQ_FORM_STRING || j->pair_n > 2)
		return;
	if (!first) {
		iq_fields_set(f, IQ_FIELD_LOG, v, form);
	} else if (v.n == 19 && iq_to_i64(v, &ns)) {
		f->wall_us = IQ_NULL;
		iq_fields_set(f, IQ_FIELD_STAMP, v, form);
	} else {
		j->pair_depth = 0;		/* some other array */
	}
}

/* A value is whole: to the record, or to the array it stands in. */
static void value_done(struct iq_json_reader *j, struct iq_fields *f,
		       enum iq_field_form form)
{
	struct iq_slice v = iq_buf_as_slice(&j->value);
	int64_t byte;
	if (j->pair_depth && j->depth == j->pair_depth) {
		pair_value(j, f, v, form);
		return;
	}
	if (j->array_field == IQ_FIELD_NONE) {
		if (j->field != IQ_FIELD_NONE)
			iq_fields_set(f, j->field, v, form);
		j->field = IQ_FIELD_NONE;
		return;
	}
	if (j->depth != j->array_depth)
		return;
	if (form == IQ_FORM_NUMBER && iq_to_i64(v, &byte) && byte >= 0 && byte < 256) {
		add_byte(&j->bytes, (char)byte);
	} else if (form == IQ_FORM_STRING) {
		if (j->bytes.n)			/* a field that occurs twice */
			add_byte(&j->bytes, '\n');
		for (size_t i = 0; i < v.n; i++)
			add_byte(&j->bytes, v.p[i]);
	}
}

static bool open_bracket(struct iq_json_reader *j, char c, struct iq_fields *f)
{
	if (j->depth >= IQ_JSONLOG_DEPTH)
		return false;
	bool as_value = in_object(j), object = c == '{';
	uint32_t bit = UINT32_C(1) << j->depth;
	j->object_bits = object ? j->object_bits | bit : j->object_bits & ~bit;
	j->record_bits &= ~bit;
	j->depth++;
	if (object && !as_value && !f->has_text) {
		uint32_t lines = f->lines;
		iq_fields_reset(f);
		f->lines = lines;
		j->record_bits |= bit;
		j->array_field = IQ_FIELD_NONE;
	} else if (!object && as_value && j->field != IQ_FIELD_NONE &&
		   j->array_field == IQ_FIELD_NONE) {
		j->array_field = j->field;
		j->array_depth = j->depth;
		iq_buf_reset(&j->bytes);
	}
	if (object && as_value && (j->field == IQ_FIELD_HOST || j->field == IQ_FIELD_IDENT)) {
		j->parent = j->field;
		j->parent_depth = j->depth;
	}
	if (!object && !as_value && j->depth > 1 && j->array_field == IQ_FIELD_NONE &&
	    !f->has_text) {
		j->pair_depth = j->depth;
		j->pair_n = 0;
	}
	j->field = IQ_FIELD_NONE;
	j->first = true;
	j->state = object ? IQ_JSON_KEY : IQ_JSON_VALUE;
	return true;
}

static enum iq_json_result close_bracket(struct iq_json_reader *j, char c,
					 struct iq_fields *f)
{
	if (!j->depth || in_object(j) != (c == '}'))
		return IQ_JSON_BAD;
	if (j->array_field != IQ_FIELD_NONE && j->array_depth == j->depth) {
		iq_fields_set(f, j->array_field, iq_buf_as_slice(&j->bytes),
			      IQ_FORM_STRING);
		j->array_field = IQ_FIELD_NONE;
	}
	bool pair = j->depth == j->pair_depth && j->pair_n >= 2;
	if (j->depth == j->pair_depth)
		j->pair_depth = 0;
	if (j->depth == j->parent_depth)
		j->parent_depth = 0;
	j->depth--;
	j->first = false;
	j->state = j->depth ? IQ_JSON_AFTER : IQ_JSON_DONE;
	if ((pair || j->record_bits >> j->depth & 1) && f->has_text)
		return IQ_JSON_RECORD;
	return j->depth ? IQ_JSON_MORE : IQ_JSON_END;
}

static bool start_value(struct iq_json_reader *j, char c, struct iq_fields *f)
{
	iq_buf_reset(&j->value);
	if (c == '{' || c == '[')
		return open_bracket(j, c, f);
	if (!j->depth)
		return false;			/* a bare word is no log */
	j->first = false;
	if (c == '"') {
		j->key_next = false;
		j->high = 0;
		j->state = IQ_JSON_STRING;
		return true;
	}
	if (c != '-' && c != 't' && c != 'f' && c != 'n' && !iq_is_digit(c))
		return false;
	add_byte(&j->value, c);
	j->state = IQ_JSON_WORD;
	return true;
}

static bool word_done(struct iq_json_reader *j, struct iq_fields *f)
{
	struct iq_slice w = iq_buf_as_slice(&j->value);
	enum iq_field_form form = IQ_FORM_NUMBER;
	if (!iq_is_digit(*w.p) && *w.p != '-') {
		if (!iq_eq(w, IQ_LIT("null")) && !iq_eq(w, IQ_LIT("true")) &&
		    !iq_eq(w, IQ_LIT("false")))
			return false;
		form = IQ_FORM_NULL;
	}
	value_done(j, f, form);
	j->state = IQ_JSON_AFTER;
	return true;
}

static enum iq_field key_named(const struct iq_json_reader *j)
{
	/* inside an array of a field names mean nothing */
	if (j->array_field != IQ_FIELD_NONE)
		return IQ_FIELD_NONE;
	enum iq_field id = iq_field_named(iq_buf_as_slice(&j->value));
	if (id != IQ_FIELD_NAME)
		return id;
	return j->depth == j->parent_depth ? j->parent : IQ_FIELD_NONE;
}

static void string_done(struct iq_json_reader *j, struct iq_fields *f)
{
	if (j->key_next) {
		j->field = key_named(j);
		j->state = IQ_JSON_COLON;
		return;
	}
	value_done(j, f, IQ_FORM_STRING);
	j->state = IQ_JSON_AFTER;
}

static bool escape(struct iq_json_reader *j, char c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	j->state = IQ_JSON_STRING;
	if (c == 'u') {
		j->hex = 0;
		j->hex_left = 4;
		j->state = IQ_JSON_HEX;
		return true;
	}
	const char *at = c ? strchr(from, c) : NULL;
	if (!at)
		return false;
	add_byte(&j->value, to[at - from]);
	return true;
}

static bool hex(struct iq_json_reader *j, char c)
{
	struct iq_slice s = iq_slice(&c, 1);
	uint64_t v;
	if (!iq_take_hex(&s, &v))
		return false;
	j->hex = j->hex << 4 | (uint32_t)v;
	if (--j->hex_left)
		return true;
	j->state = IQ_JSON_STRING;
	if (j->hex >= 0xd800 && j->hex < 0xdc00) {
		j->high = j->hex;
		return true;
	}
	if (j->hex >= 0xdc00 && j->hex < 0xe000)
		j->hex = j->high ? 0x10000 + ((j->high - 0xd800) << 10) +
				   (j->hex - 0xdc00) : 0xfffd;
	j->high = 0;
	add_utf8(&j->value, j->hex);
	return true;
}

/* Plain bytes of a string, as many as there are. */
static void string_run(struct iq_json_reader *j, struct iq_slice piece, size_t *at)
{
	size_t i = *at;
	while (i < piece.n && piece.p[i] != '"' && piece.p[i] != '\\')
		i++;
	size_t room = j->value.n < IQ_LINE_MAX_BYTES ? IQ_LINE_MAX_BYTES - j->value.n : 0;
	iq_buf_slice(&j->value, iq_head(iq_slice(piece.p + *at, i - *at), room));
	*at = i;
}

/* One byte where no string is open. */
static enum iq_json_result structure(struct iq_json_reader *j, char c,
				     struct iq_fields *f)
{
	if (c == ' ' || c == '\t' || c == '\r')
		return IQ_JSON_MORE;
	switch (j->state) {
	case IQ_JSON_VALUE:
		if (c == ']' && j->first && j->depth)
			return close_bracket(j, c, f);
		return start_value(j, c, f) ? IQ_JSON_MORE : IQ_JSON_BAD;
	case IQ_JSON_KEY:
		if (c == '}' && j->first)
			return close_bracket(j, c, f);
		if (c != '"')
			return IQ_JSON_BAD;
		iq_buf_reset(&j->value);
		j->key_next = true;
		j->state = IQ_JSON_STRING;
		return IQ_JSON_MORE;
	case IQ_JSON_COLON:
		j->state = IQ_JSON_VALUE;
		j->first = false;
		return c == ':' ? IQ_JSON_MORE : IQ_JSON_BAD;
	case IQ_JSON_AFTER:
		if (c == ',') {
			j->state = in_object(j) ? IQ_JSON_KEY : IQ_JSON_VALUE;
			j->first = false;
			return IQ_JSON_MORE;
		}
		return c == ']' || c == '}' ? close_bracket(j, c, f) : IQ_JSON_BAD;
	default:
		return IQ_JSON_BAD;
	}
}

/* One byte inside a word; a byte that ends it is read again as structure. */
static enum iq_json_result word_byte(struct iq_json_reader *j, char c,
				     struct iq_fields *f)
{
	if ((c >= 'a' && c <= 'z') || iq_is_digit(c) || c == '.' || c == '-' ||
	    c == '+' || c == 'E') {
		if (j->value.n > 64)
			return IQ_JSON_BAD;
		add_byte(&j->value, c);
		return IQ_JSON_MORE;
	}
	return word_done(j, f) ? structure(j, c, f) : IQ_JSON_BAD;
}

static enum iq_json_result one_byte(struct iq_json_reader *j, char c,
				    struct iq_fields *f)
{
	switch (j->state) {
	case IQ_JSON_STRING:
		if (c == '"')
			string_done(j, f);
		else
			j->state = IQ_JSON_ESCAPE;
		return IQ_JSON_MORE;
	case IQ_JSON_ESCAPE:
		return escape(j, c) ? IQ_JSON_MORE : IQ_JSON_BAD;
	case IQ_JSON_HEX:
		return hex(j, c) ? IQ_JSON_MORE : IQ_JSON_BAD;
	case IQ_JSON_WORD:
		return word_byte(j, c, f);
	default:
		return structure(j, c, f);
	}
}

enum iq_json_result iq_json_read(struct iq_json_reader *j, struct iq_slice piece,
				 size_t *at, struct iq_fields *f)
{
	while (*at < piece.n && j->state != IQ_JSON_DONE) {
		if (j->state == IQ_JSON_STRING)
			string_run(j, piece, at);
		if (*at >= piece.n)
			break;
		enum iq_json_result res = one_byte(j, piece.p[(*at)++], f);
		if (res != IQ_JSON_MORE)
			return res;
	}
	if (j->state == IQ_JSON_DONE)
		return IQ_JSON_END;
	/* a piece is a line: it may end inside a word, never inside a string */
	if (j->state == IQ_JSON_WORD && !word_done(j, f))
		return IQ_JSON_BAD;
	return j->state == IQ_JSON_STRING || j->state == IQ_JSON_ESCAPE ||
	       j->state == IQ_JSON_HEX ? IQ_JSON_BAD : IQ_JSON_MORE;
}
