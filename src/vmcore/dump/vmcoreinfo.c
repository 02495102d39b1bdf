/* vmcore/dump/vmcoreinfo.c - see vmcoreinfo.h */
#include "vmcore/dump/vmcoreinfo.h"

#include <stdio.h>

#include "base/cursor.h"

#define STRUCT_OFFSET_MAX (1 << 24)	/* no kernel structure is that large */

struct iq_slice iq_vmcoreinfo_line(const struct iq_vmcoreinfo *v, const char *key)
{
	struct iq_slice rest = v->text, want = iq_slice_z(key);

	while (rest.n) {
		struct iq_slice line = iq_cut(&rest, '\n');
		if (iq_skip(&line, want) && iq_skip(&line, IQ_LIT("=")))
			return line;
	}
	return IQ_SLICE_NULL;
}

static struct iq_slice call(const struct iq_vmcoreinfo *v, const char *kind,
			    const char *name)
{
	char key[128];
	int n = snprintf(key, sizeof key, "%s(%s)", kind, name);
	return n < 0 || (size_t)n >= sizeof key ? IQ_SLICE_NULL
						: iq_vmcoreinfo_line(v, key);
}

bool iq_vmcoreinfo_symbol(const struct iq_vmcoreinfo *v, const char *name, uint64_t *ret)
{
	struct iq_slice s = call(v, "SYMBOL", name);
	return s.p && iq_take_hex(&s, ret);
}

bool iq_vmcoreinfo_number(const struct iq_vmcoreinfo *v, const char *name, int64_t *ret)
{
	struct iq_slice s = call(v, "NUMBER", name);
	uint64_t hex;

	if (!s.p)
		return false;
	if (!iq_skip(&s, IQ_LIT("0x")))
		return iq_take_i64(&s, ret);
	if (!iq_take_hex(&s, &hex))
		return false;
	*ret = (int64_t)hex;
	return true;
}

static bool small(struct iq_slice s, size_t *ret)
{
	uint64_t n;
	if (!s.p || !iq_take_u64(&s, &n) || n > STRUCT_OFFSET_MAX)
		return false;
	*ret = (size_t)n;
	return true;
}

bool iq_vmcoreinfo_offset(const struct iq_vmcoreinfo *v, const char *name, size_t *ret)
{
	return small(call(v, "OFFSET", name), ret);
}

bool iq_vmcoreinfo_size(const struct iq_vmcoreinfo *v, const char *name, size_t *ret)
{
	return small(call(v, "SIZE", name), ret);
}

bool iq_note_next(struct iq_slice *notes, bool big_endian, struct iq_note *ret)
{
	struct iq_cursor c = iq_cursor(notes->p, notes->n);
	uint32_t f[3];

	if (iq_cur_left(&c) < 12)
		return false;
	for (int i = 0; i < 3; i++)
		f[i] = (uint32_t)(big_endian ? iq_cur_be(&c, 4) : iq_cur_le(&c, 4));
	size_t name_n = ((size_t)f[0] + 3) & ~(size_t)3;
	size_t desc_n = ((size_t)f[1] + 3) & ~(size_t)3;
	const char *name = (const char *)iq_cur_bytes(&c, name_n);
	size_t left = iq_cur_left(&c);
	if (!name || left < f[1])
		return false;
	/* the last one may end without its padding */
	const char *desc = (const char *)iq_cur_bytes(&c, desc_n < left ? desc_n : left);
	ret->name = iq_slice(name, strnlen(name, f[0]));
	ret->desc = iq_slice(desc, f[1]);
	ret->type = f[2];
	*notes = iq_from(*notes, notes->n - iq_cur_left(&c));
	return true;
}

struct iq_slice iq_note_find(struct iq_slice notes, bool big_endian, struct iq_slice name,
			     uint32_t type)
{
	struct iq_note n;

	while (iq_note_next(&notes, big_endian, &n))
		if (n.type == type && iq_eq(n.name, name))
			return n.desc;
	return IQ_SLICE_NULL;
}
