/* base/slice.c - see slice.h */
#include "base/slice.h"

ptrdiff_t iq_rfind(struct iq_slice s, struct iq_slice needle)
{
	if (needle.n > s.n)
		return -1;
	for (size_t i = s.n - needle.n + 1; i-- > 0;)
		if (memcmp(s.p + i, needle.p, needle.n) == 0)
			return (ptrdiff_t)i;
	return -1;
}

struct iq_slice iq_ltrim(struct iq_slice s)
{
	iq_skip_blank(&s);
	return s;
}

struct iq_slice iq_trim(struct iq_slice s)
{
	iq_skip_blank(&s);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

struct iq_slice iq_word(struct iq_slice *s)
{
	iq_skip_blank(s);
	size_t i = 0;
	while (i < s->n && s->p[i] != ' ' && s->p[i] != '\t')
		i++;
	struct iq_slice w = iq_head(*s, i);
	*s = iq_from(*s, i);
	return w;
}

struct iq_slice iq_cut(struct iq_slice *s, char sep)
{
	ptrdiff_t at = iq_find_char(*s, sep);
	struct iq_slice part = at < 0 ? *s : iq_head(*s, (size_t)at);
	*s = at < 0 ? iq_from(*s, s->n) : iq_from(*s, (size_t)at + 1);
	return part;
}

bool iq_take_u64(struct iq_slice *s, uint64_t *ret)
{
	uint64_t v = 0;
	size_t i = 0, safe = s->n < 19 ? s->n : 19;	/* so many nines fit */
	for (; i < safe && (unsigned char)(s->p[i] - '0') <= 9; i++)
		v = v * 10 + (uint64_t)(s->p[i] - '0');
	for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s->p[i] - '0'), &v))
			return false;
	if (!i)
		return false;
	*ret = v;
	*s = iq_from(*s, i);
	return true;
}

bool iq_take_i64(struct iq_slice *s, int64_t *ret)
{
	struct iq_slice t = *s;
	bool neg = iq_skip(&t, IQ_LIT("-"));
	uint64_t v;
	if (!iq_take_u64(&t, &v) || v > (uint64_t)INT64_MAX)
		return false;
	*ret = neg ? -(int64_t)v : (int64_t)v;
	*s = t;
	return true;
}

bool iq_take_hex(struct iq_slice *s, uint64_t *ret)
{
	uint64_t v = 0;
	size_t i = 0;
	for (; i < s->n; i++) {
		char c = s->p[i];
		unsigned d;
		if (c >= '0' && c <= '9')
			d = (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			d = (unsigned)(c - 'a') + 10;
		else if (c >= 'A' && c <= 'F')
			d = (unsigned)(c - 'A') + 10;
		else
			break;
		if (v >> 60)
			return false;
		v = v << 4 | d;
	}
	if (!i)
		return false;
	*ret = v;
	*s = iq_from(*s, i);
	return true;
}

bool iq_to_i64(struct iq_slice s, int64_t *ret)
{
	int64_t v;
	s = iq_trim(s);
	if (!iq_take_i64(&s, &v) || s.n)
		return false;
	*ret = v;
	return true;
}
