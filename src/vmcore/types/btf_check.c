/* vmcore/types/btf_check.c - one walk over BTF, before libbpf sees it. */
#include "vmcore/types/btf_check.h"

#include <byteswap.h>
#include <linux/btf.h>
#include <string.h>

struct check {
	const unsigned char *types;
	uint32_t n_bytes;
	bool swapped;
	uint64_t names_end;		/* of base and this */
	uint32_t n_types;
	uint32_t max_id;		/* the highest that anything referred to */
};

static uint32_t u32_at(const void *p, bool swapped)
{
	uint32_t v;
	memcpy(&v, p, 4);
	return swapped ? bswap_32(v) : v;
}

bool iq_btf_head_read(const void *p, size_t n, uint64_t room, struct iq_btf_head *ret)
{
	const unsigned char *b = p;
	uint16_t magic;

	if (n < IQ_BTF_HEADER_BYTES)
		return false;
	memcpy(&magic, b, 2);
	ret->swapped = magic == bswap_16(IQ_BTF_MAGIC);
	if (!ret->swapped && magic != IQ_BTF_MAGIC)
		return false;
	bool s = ret->swapped;
	uint64_t head = u32_at(b + 4, s);
	uint64_t type_off = u32_at(b + 8, s), type_len = u32_at(b + 12, s);
	uint64_t str_off = u32_at(b + 16, s), str_len = u32_at(b + 20, s);
	if (b[2] != 1 || b[3] != 0 || head < IQ_BTF_HEADER_BYTES || head > 4096)
		return false;
	/* libbpf wants the strings behind the types, and both aligned */
	if (type_off % 4 || type_len % 4 || str_off < type_off + type_len ||
	    str_len == 0 || head + str_off + str_len > room || room > IQ_BTF_MAX_BYTES)
		return false;
	ret->type_at = (uint32_t)(head + type_off);
	ret->n_type_bytes = (uint32_t)type_len;
	ret->string_at = (uint32_t)(head + str_off);
	ret->n_string_bytes = (uint32_t)str_len;
	ret->n_bytes = (uint32_t)(head + str_off + str_len);
	return true;
}

/* What follows the twelve bytes of each kind. */
enum refers {
	REF_NONE,
	REF_SIZE,		/* the third word is a size, or nothing */
	REF_TYPE,		/* the third word is a type */
};

static const struct shape {
	enum refers third;
	uint8_t fixed;		/* bytes behind */
	uint8_t each;		/* bytes for each of vlen */
	int8_t name, type;	/* where in each; -1: none */
} shapes[] = {
	[BTF_KIND_INT] =	{ REF_SIZE, 4, 0, -1, -1 },
	[BTF_KIND_PTR] =	{ REF_TYPE, 0, 0, -1, -1 },
	[BTF_KIND_ARRAY] =	{ REF_NONE, 12, 0, -1, -1 },
	[BTF_KIND_STRUCT] =	{ REF_SIZE, 0, 12, 0, 4 },
	[BTF_KIND_UNION] =	{ REF_SIZE, 0, 12, 0, 4 },
	[BTF_KIND_ENUM] =	{ REF_SIZE, 0, 8, 0, -1 },
	[BTF_KIND_FWD] =	{ REF_NONE, 0, 0, -1, -1 },
	[BTF_KIND_TYPEDEF] =	{ REF_TYPE, 0, 0, -1, -1 },
	[BTF_KIND_VOLATILE] =	{ REF_TYPE, 0, 0, -1, -1 },
	[BTF_KIND_CONST] =	{ REF_TYPE, 0, 0, -1, -1 },
	[BTF_KIND_RESTRICT] =	{ REF_TYPE, 0, 0, -1, -1 },
	[BTF_KIND_FUNC] =	{ REF_TYPE, 0, 0, -1, -1 },
	[BTF_KIND_FUNC_PROTO] =	{ REF_TYPE, 0, 8, 0, 4 },
	[BTF_KIND_VAR] =	{ REF_TYPE, 4, 0, -1, -1 },
	[BTF_KIND_DATASEC] =	{ REF_SIZE, 0, 12, -1, 0 },
	[BTF_KIND_FLOAT] =	{ REF_SIZE, 0, 0, -1, -1 },
	[BTF_KIND_DECL_TAG] =	{ REF_TYPE, 4, 0, -1, -1 },
	[BTF_KIND_TYPE_TAG] =	{ REF_TYPE, 0, 0, -1, -1 },
	[BTF_KIND_ENUM64] =	{ REF_SIZE, 0, 12, 0, -1 },
};

/* a function's linkage hides in vlen, and nothing stands behind it */
static bool uses_vlen(unsigned kind)
{
	return shapes[kind].each != 0;
}

static void refer(struct check *c, uint32_t id)
{
	if (id > c->max_id)
		c->max_id = id;
}

static int bad(const struct check *c, size_t at, const char *what, struct iq_err *err)
{
	return iq_err_set(err, IQ_E_FORMAT,
			  "BTF is damaged: %s, type %u at byte %zu", what,
			  c->n_types, at);
}

/* One record at AT; the bytes it takes, or 0. */
static size_t check_record(struct check *c, size_t at, struct iq_err *err)
{
	const unsigned char *p = c->types + at;
	size_t left = c->n_bytes - at;
	bool s = c->swapped;

	if (left < 12)
		return bad(c, at, "a record that is cut off", err), 0;
	uint32_t info = u32_at(p + 4, s), kind = info >> 24 & 31, vlen = info & 0xffff;
	if (kind == 0 || kind >= sizeof shapes / sizeof *shapes)
		return bad(c, at, "an unknown kind", err), 0;
	const struct shape *h = &shapes[kind];
	size_t n = 12 + h->fixed + (size_t)(uses_vlen(kind) ? vlen : 0) * h->each;
	if (n > left)
		return bad(c, at, "members beyond the end", err), 0;
	if (u32_at(p, s) >= c->names_end)
		return bad(c, at, "a name beyond the end", err), 0;
	if (h->third == REF_TYPE)
		refer(c, u32_at(p + 8, s));
	if (kind == BTF_KIND_ARRAY) {
		refer(c, u32_at(p + 12, s));
		refer(c, u32_at(p + 16, s));
	}
	p += 12 + h->fixed;
	for (uint32_t i = 0; h->each && i < vlen; i++, p += h->each) {
		if (h->name >= 0 && u32_at(p + h->name, s) >= c->names_end)
			return bad(c, at, "a member's name beyond the end", err), 0;
		if (h->type >= 0)
			refer(c, u32_at(p + h->type, s));
	}
	return n;
}

int iq_btf_check(const void *p, size_t n, const struct iq_btf_base *base,
		 uint32_t *ret_n_types, struct iq_err *err)
{
	const struct iq_btf_base none = { 1, 0 };
	struct iq_btf_head h;

	if (!base)
		base = &none;
	if (!iq_btf_head_read(p, n, n, &h))
		return iq_err_set(err, IQ_E_FORMAT,
				  "no BTF header, or one that does not fit");
	const char *strings = (const char *)p + h.string_at;
	/* a string may run on into the next, but not beyond the last; the first is "" */
	if (strings[h.n_string_bytes - 1] || (!base->n_string_bytes && strings[0]))
		return iq_err_set(err, IQ_E_FORMAT,
				  "BTF is damaged: its names have no end");
	struct check c = {
		.types = (const unsigned char *)p + h.type_at, .n_bytes = h.n_type_bytes,
		.swapped = h.swapped, .n_types = base->n_types,
		.names_end = (uint64_t)base->n_string_bytes + h.n_string_bytes,
	};
	for (size_t at = 0; at < c.n_bytes; c.n_types++) {
		size_t used = check_record(&c, at, err);
		if (!used)
			return -1;
		at += used;
	}
	if (c.max_id >= c.n_types)
		return iq_err_set(err, IQ_E_FORMAT,
				  "BTF is damaged: it speaks of type %u and "
				  "has %u", c.max_id, c.n_types);
	*ret_n_types = c.n_types;
	return 0;
}
