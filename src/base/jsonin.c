/* base/jsonin.c - see jsonin.h */
#include "base/jsonin.h"

void iq_jsonin_init(struct iq_jsonin *j, struct iq_slice text)
{
	*j = (struct iq_jsonin){ .rest = text };
	iq_skip(&j->rest, IQ_LIT("\xef\xbb\xbf"));
}

static enum iq_jsonin_token bad(struct iq_jsonin *j)
{
	j->bad = true;
	return IQ_JSONIN_BAD;
}

static void skip_space(struct iq_jsonin *j)
{
	while (j->rest.n && (*j->rest.p == ' ' || *j->rest.p == '\n' || *j->rest.p == '\t' ||
			     *j->rest.p == '\r'))
		j->rest = iq_from(j->rest, 1);
}

static bool in_object(const struct iq_jsonin *j)
{
	return j->depth && j->objects >> (j->depth - 1) & 1;
}

static bool take_string(struct iq_jsonin *j)
{
	size_t i = 1;

	while (i < j->rest.n && j->rest.p[i] != '"')
		i += j->rest.p[i] == '\\' ? 2 : 1;
	if (i >= j->rest.n)
		return false;
	j->text = iq_slice(j->rest.p + 1, i - 1);
	j->rest = iq_from(j->rest, i + 1);
	return true;
}

static enum iq_jsonin_token take_word(struct iq_jsonin *j)
{
	size_t n = 0;

	while (n < j->rest.n && (j->rest.p[n] == '-' || j->rest.p[n] == '+' ||
				 j->rest.p[n] == '.' ||
				 (j->rest.p[n] >= '0' && j->rest.p[n] <= '9') ||
				 ((unsigned char)(j->rest.p[n] | 32) >= 'a' &&
				  (unsigned char)(j->rest.p[n] | 32) <= 'z')))
		n++;
	if (!n)
		return bad(j);
	j->text = iq_head(j->rest, n);
	j->rest = iq_from(j->rest, n);
	j->after = true;
	return IQ_JSONIN_WORD;
}

static enum iq_jsonin_token take_value(struct iq_jsonin *j)
{
	char c = *j->rest.p;

	if (c == '"') {
		if (!take_string(j))
			return bad(j);
		j->after = true;
		return IQ_JSONIN_STRING;
	}
	if (c != '{' && c != '[')
		return take_word(j);
	if (j->depth == IQ_JSONIN_DEPTH)
		return bad(j);
	uint64_t bit = UINT64_C(1) << j->depth++;
	j->object = c == '{';
	j->objects = j->object ? j->objects | bit : j->objects & ~bit;
	j->rest = iq_from(j->rest, 1);
	j->after = false;
	return IQ_JSONIN_OPEN;
}

static enum iq_jsonin_token take_close(struct iq_jsonin *j)
{
	j->object = in_object(j);
	if (*j->rest.p != (j->object ? '}' : ']'))
		return bad(j);
	j->rest = iq_from(j->rest, 1);
	j->depth--;
	j->after = true;
	return IQ_JSONIN_CLOSE;
}

/* Is the value's key behind us? */
static enum iq_jsonin_token take_key(struct iq_jsonin *j)
{
	if (*j->rest.p != '"' || !take_string(j))
		return bad(j);
	struct iq_slice key = j->text;
	skip_space(j);
	if (!iq_skip(&j->rest, IQ_LIT(":")))
		return bad(j);
	j->text = key;
	j->begun = true;
	return IQ_JSONIN_KEY;
}

enum iq_jsonin_token iq_jsonin_next(struct iq_jsonin *j)
{
	if (j->bad)
		return IQ_JSONIN_BAD;
	skip_space(j);
	if (!j->rest.n)
		return !j->depth && j->after ? IQ_JSONIN_END : bad(j);
	if (j->begun && in_object(j)) {		/* behind a key */
		j->begun = false;
		return take_value(j);
	}
	if (!j->depth)
		return j->after ? bad(j) : take_value(j);
	char c = *j->rest.p;
	if (c == '}' || c == ']')
		return take_close(j);
	if (j->after) {
		if (!iq_skip(&j->rest, IQ_LIT(",")))
			return bad(j);
		skip_space(j);
		if (!j->rest.n)
			return bad(j);
		j->after = false;
	}
	return in_object(j) ? take_key(j) : take_value(j);
}

void iq_jsonin_skip(struct iq_jsonin *j, enum iq_jsonin_token last)
{
	unsigned outside = j->depth;

	if (last == IQ_JSONIN_KEY)
		last = iq_jsonin_next(j);
	else if (last == IQ_JSONIN_OPEN)
		outside--;
	else
		return;
	while (last != IQ_JSONIN_BAD && last != IQ_JSONIN_END && j->depth > outside)
		last = iq_jsonin_next(j);
}

static size_t put_utf8(char *to, uint32_t cp)
{
	if (cp < 0x80) {
		to[0] = (char)cp;
		return 1;
	}
	size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	for (size_t i = n; i-- > 1; cp >>= 6)
		to[i] = (char)(0x80 | (cp & 63));
	to[0] = (char)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | cp);
	return n;
}

static bool take_hex4(struct iq_slice s, size_t at, uint32_t *ret)
{
	*ret = 0;
	for (size_t i = at; i < at + 4; i++) {
		char c = i < s.n ? s.p[i] : 0;
		int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
			: c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (d < 0)
			return false;
		*ret = *ret * 16 + (uint32_t)d;
	}
	return true;
}

/* Behind a backslash at AT; *ret_used: bytes of the escape with it. */
static size_t unescape(struct iq_slice s, size_t at, char *to, size_t *ret_used)
{
	static const char from[] = "bfnrt", what[] = "\b\f\n\r\t";
	uint32_t cp, low;
	char c = at + 1 < s.n ? s.p[at + 1] : '\\';
	const char *known = strchr(from, c);

	*ret_used = 2;
	if (c == 'u' && take_hex4(s, at + 2, &cp)) {
		*ret_used = 6;
		if (cp >> 10 == 0x36 && at + 7 < s.n && s.p[at + 6] == '\\' &&
		    s.p[at + 7] == 'u' && take_hex4(s, at + 8, &low) && low >> 10 == 0x37) {
			*ret_used = 12;
			cp = 0x10000 + ((cp & 0x3ff) << 10 | (low & 0x3ff));
		} else if (cp >> 11 == 0x1b) {
			cp = 0xfffd;		/* half of a pair */
		}
		return put_utf8(to, cp);
	}
	to[0] = known && c ? what[known - from] : c;
	return 1;
}

struct iq_slice iq_jsonin_text(struct iq_slice raw, struct iq_arena *mem)
{
	if (iq_find_char(raw, '\\') < 0)
		return raw;
	char *to = iq_arena_alloc(mem, raw.n + 1);	/* an escape is no shorter */
	size_t n = 0, used;

	if (!to)
		return IQ_SLICE_NULL;
	for (size_t i = 0; i < raw.n; i += used) {
		used = 1;
		if (raw.p[i] == '\\')
			n += unescape(raw, i, to + n, &used);
		else
			to[n++] = raw.p[i];
	}
	return iq_slice(to, n);
}
