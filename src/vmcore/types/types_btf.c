/* vmcore/types/types_btf.c - members and enumerators out of BTF, by libbpf.
 *
 * libbpf finds a type by name with a walk over all of them; several hundred questions
 * would be as many walks over a hundred thousand types.  So one walk at the beginning
 * puts the names of structures, unions, enums and typedefs into a table.  Enumerators
 * get a table of their own when the first is asked for without its enum.
 *
 * The data was checked (btf_check.h) before libbpf saw it.  Chains of types may still
 * be endless or nested without bound: every walk here has its limit.
 */
#include "vmcore/types/types_btf.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vmcore/types/btf_check.h"

#define CHAIN_MAX 64		/* typedefs, qualifiers, dimensions in a row; real: 6 */
#define NESTED_MAX 16		/* nameless structures in each other; real: 4 */
#define STEPS_MAX 65536		/* members looked at for one answer; real: 600 */
#define PROBES_MAX 256		/* names that collide; in bad data without end */

struct name_slot {
	uint32_t hash, id;	/* id 0: free */
};

struct name_table {
	struct name_slot *slots;
	uint32_t mask;
};

struct btf_types {
	struct btf *btf;
	struct btf_types *base;	/* of a module's: the kernel's, not owned */
	uint32_t first_id, n_types;
	uint32_t n_string_bytes;	/* its own */
	struct name_table types, constants;
};

/* --- names --- */

static uint32_t hash_of(const char *s)
{
	uint32_t h = 2166136261u;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

static bool table_init(struct name_table *t, uint32_t n)
{
	uint32_t size = 64;
	while (size < n * 2)
		size *= 2;
	t->slots = calloc(size, sizeof *t->slots);
	t->mask = size - 1;
	return t->slots;
}

/* Equal names keep the order in which they came. */
static void table_add(struct name_table *t, const char *name, uint32_t id)
{
	uint32_t h = hash_of(name);
	for (uint32_t n = 0; n < PROBES_MAX; n++) {
		struct name_slot *s = &t->slots[(h + n) & t->mask];
		if (!s->id) {
			*s = (struct name_slot){ h, id };
			return;
		}
	}
}

/* The next id that may have the hash H; *n counts from 0.  0: no more. */
static uint32_t table_next(const struct name_table *t, uint32_t h, uint32_t *n)
{
	while (*n < PROBES_MAX) {
		const struct name_slot *s = &t->slots[(h + (*n)++) & t->mask];
		if (!s->id)
			return 0;
		if (s->hash == h)
			return s->id;
	}
	return 0;
}

static const char *name_at(const struct btf_types *b, uint32_t offset)
{
	const char *s = btf__name_by_offset(b->btf, offset);
	return s ? s : "";
}

static bool is_named_kind(const struct btf_type *t)
{
	return t->name_off && (btf_is_composite(t) || btf_is_any_enum(t) ||
			       btf_is_typedef(t));
}

static bool index_types(struct btf_types *b)
{
	uint32_t n = 0;

	for (uint32_t id = b->first_id; id < b->n_types; id++)
		n += is_named_kind(btf__type_by_id(b->btf, id));
	if (!table_init(&b->types, n))
		return false;
	for (uint32_t id = b->first_id; id < b->n_types; id++) {
		const struct btf_type *t = btf__type_by_id(b->btf, id);
		if (is_named_kind(t))
			table_add(&b->types, name_at(b, t->name_off), id);
	}
	return true;
}

/* --- walking --- */

/* Behind typedefs and qualifiers; NULL for nothing or an endless chain. */
static const struct btf_type *bare(const struct btf_types *b, uint32_t id)
{
	for (int i = 0; i < CHAIN_MAX; i++) {
		const struct btf_type *t = btf__type_by_id(b->btf, id);
		if (!t || !(btf_is_mod(t) || btf_is_typedef(t)))
			return t;
		id = t->type;
	}
	return NULL;
}

enum wanted { COMPOSITE, ENUM };

static const struct btf_type *usable(const struct btf_types *b, uint32_t id,
				     enum wanted w)
{
	const struct btf_type *t = bare(b, id);
	if (!t || !(w == ENUM ? btf_is_any_enum(t) : btf_is_composite(t)))
		return NULL;
	return t;
}

/* The first of its name that has members; an empty one if there is no other; a typedef
 * of a nameless one if there is nothing else. */
static const struct btf_type *find_type(const struct btf_types *b, const char *name,
					enum wanted w)
{
	const struct btf_type *best = NULL;
	uint32_t h = hash_of(name), id, n = 0;

	while ((id = table_next(&b->types, h, &n))) {
		const struct btf_type *raw = btf__type_by_id(b->btf, id);
		if (strcmp(name_at(b, raw->name_off), name) != 0)
			continue;
		const struct btf_type *t = usable(b, id, w);
		if (t && t == raw && btf_vlen(t))
			return t;
		if (t && !best)
			best = t;
	}
	return best || !b->base ? best : find_type(b->base, name, w);
}

struct found {
	uint32_t type, bits;	/* bits: 0, or the width of a bit field */
	uint64_t bit_offset;
};

static bool find_member(const struct btf_types *b, const struct btf_type *t,
			struct iq_slice want, int depth, int *steps, struct found *ret)
{
	const struct btf_member *m = btf_members(t);

	for (int i = 0; i < btf_vlen(t); i++, m++) {
		if (--*steps < 0)
			return false;
		const char *name = name_at(b, m->name_off);
		uint32_t at = btf_member_bit_offset(t, i);
		if (*name) {
			if (strncmp(name, want.p, want.n) != 0 || name[want.n])
				continue;
			*ret = (struct found){ m->type, btf_member_bitfield_size(t, i),
					      at};
			return true;
		}
		const struct btf_type *inner =
			depth ? usable(b, m->type, COMPOSITE) : NULL;
		if (inner && find_member(b, inner, want, depth - 1, steps, ret)) {
			ret->bit_offset += at;
			return true;
		}
	}
	return false;
}

/* An array's elements; of several dimensions the innermost. */
static const struct btf_type *element(const struct btf_types *b, const struct btf_type *t)
{
	for (int i = 0; t && btf_is_array(t); i++)
		t = i < CHAIN_MAX ? bare(b, btf_array(t)->type) : NULL;
	return t;
}

/* Bytes of T; false for what has no size, or one beyond 32 bits. */
static bool size_of(const struct btf_types *b, const struct btf_type *t, uint64_t *ret)
{
	uint64_t n = 1;

	for (int i = 0; t && btf_is_array(t); i++) {
		n *= btf_array(t)->nelems;
		if (i >= CHAIN_MAX || n > UINT32_MAX)
			return false;
		t = bare(b, btf_array(t)->type);
	}
	if (!t)
		return false;
	if (btf_is_ptr(t))
		n *= btf__pointer_size(b->btf);
	else if (btf_is_int(t) || btf_is_composite(t) || btf_is_any_enum(t) ||
		 btf_is_float(t))
		n *= t->size;
	else
		return false;
	*ret = n;
	return n <= UINT32_MAX;
}

/* Of a structure that wraps one number (atomic_t) that number decides. */
static bool is_signed(const struct btf_types *b, const struct btf_type *t)
{
	for (int i = 0; i < CHAIN_MAX && t; i++) {
		t = element(b, t);
		if (!t || !btf_is_composite(t) || !btf_vlen(t))
			break;
		t = bare(b, btf_members(t)->type);
	}
	return t && ((btf_is_int(t) && btf_int_encoding(t) & BTF_INT_SIGNED) ||
		     (btf_is_any_enum(t) && btf_kflag(t)));
}

/* BITS from bit AT of a structure: the bytes they lie in, and where in the number that
 * these bytes are.  Big-endian machines count from the other end. */
static bool place_bits(const struct btf_types *b, uint64_t at, uint32_t bits,
		       struct iq_member_at *ret)
{
	uint32_t first = at % 8, size = 1;

	while (size * 8 < first + bits)
		size *= 2;
	if (size > 8)
		return false;
	ret->offset = (uint32_t)(at / 8);
	ret->size = ret->elem_size = size;
	ret->bits = (uint8_t)bits;
	ret->bit = (uint8_t)(btf__endianness(b->btf) == BTF_BIG_ENDIAN
			     ? size * 8 - first - bits : first);
	return true;
}

static bool place(const struct btf_types *b, const struct found *f,
		  struct iq_member_at *ret)
{
	const struct btf_type *t = bare(b, f->type);
	uint64_t size, elem;

	memset(ret, 0, sizeof *ret);
	if (!t || f->bit_offset / 8 > UINT32_MAX)
		return false;
	ret->is_signed = is_signed(b, t);
	if (f->bits)
		return ret->known = place_bits(b, f->bit_offset, f->bits, ret);
	/* the size of an opaque thing is of no use, its place is */
	if (!size_of(b, t, &size))
		size = 0;
	elem = size;
	if (btf_is_array(t) && !size_of(b, bare(b, btf_array(t)->type), &elem))
		elem = 0;
	ret->offset = (uint32_t)(f->bit_offset / 8);
	ret->size = (uint32_t)size;
	ret->elem_size = (uint32_t)elem;
	return ret->known = true;
}

/* --- the door --- */

static bool member_of(void *impl, const char *type, const char *path,
		      struct iq_member_at *ret)
{
	const struct btf_types *b = impl;
	const struct btf_type *t = find_type(b, type, COMPOSITE);
	struct found all = { 0 };
	struct iq_slice rest = iq_slice_z(path);

	while (rest.n) {
		struct found f;
		int steps = STEPS_MAX;
		if (!t || !btf_is_composite(t) ||
		    !find_member(b, t, iq_cut(&rest, '.'), NESTED_MAX, &steps, &f))
			return false;
		all = (struct found){ f.type, f.bits, all.bit_offset + f.bit_offset };
		t = element(b, bare(b, f.type));
	}
	return all.type && place(b, &all, ret);
}

static bool size_of_type(void *impl, const char *type, uint64_t *ret)
{
	const struct btf_types *b = impl;
	const struct btf_type *t = find_type(b, type, COMPOSITE);
	return t && size_of(b, t, ret);
}

/* Older pahole does not say that an enum is signed; a 32-bit constant with its highest
 * bit set is a negative number far more often. */
static int64_t constant_at(const struct btf_type *t, uint32_t i)
{
	return btf_is_enum64(t) ? (int64_t)btf_enum64_value(btf_enum64(t) + i)
				: btf_enum(t)[i].val;
}

static uint32_t constant_name(const struct btf_type *t, uint32_t i)
{
	return btf_is_enum64(t) ? btf_enum64(t)[i].name_off : btf_enum(t)[i].name_off;
}

static bool each_constant(void *impl, const char *type,
			  void (*each)(void *arg, struct iq_slice name, int64_t value),
			  void *arg)
{
	const struct btf_types *b = impl;
	const struct btf_type *t = find_type(b, type, ENUM);

	for (uint32_t i = 0; t && i < btf_vlen(t); i++)
		each(arg, iq_slice_z(name_at(b, constant_name(t, i))), constant_at(t, i));
	return t;
}

/* pahole puts the per-CPU variables of vmlinux, and only those, into the type data. */
static bool each_percpu(void *impl,
			void (*each)(void *arg, struct iq_slice name, int64_t offset),
			void *arg)
{
	const struct btf_types *b = impl;

	for (uint32_t id = b->first_id; id < b->n_types; id++) {
		const struct btf_type *t = btf__type_by_id(b->btf, id);
		if (!btf_is_datasec(t) ||
		    strcmp(name_at(b, t->name_off), ".data..percpu") != 0)
			continue;
		const struct btf_var_secinfo *v = btf_var_secinfos(t);
		for (uint32_t i = 0; i < btf_vlen(t); i++) {
			const struct btf_type *var = btf__type_by_id(b->btf, v[i].type);
			if (var && btf_is_var(var))
				each(arg, iq_slice_z(name_at(b, var->name_off)),
				     v[i].offset);
		}
		return true;
	}
	return false;
}

static bool constant_in(const struct btf_types *b, const struct btf_type *t,
			const char *name, int64_t *ret)
{
	for (uint32_t i = 0; i < btf_vlen(t); i++)
		if (!strcmp(name_at(b, constant_name(t, i)), name)) {
			*ret = constant_at(t, i);
			return true;
		}
	return false;
}

/* Of all enums; the values stay where they are. */
static bool index_constants(struct btf_types *b)
{
	uint64_t n = 0;

	for (uint32_t id = b->first_id; id < b->n_types; id++) {
		const struct btf_type *t = btf__type_by_id(b->btf, id);
		n += btf_is_any_enum(t) ? btf_vlen(t) : 0;
	}
	if (n > IQ_BTF_MAX_BYTES || !table_init(&b->constants, (uint32_t)n))
		return false;
	for (uint32_t id = b->first_id; id < b->n_types; id++) {
		const struct btf_type *t = btf__type_by_id(b->btf, id);
		for (uint32_t i = 0; btf_is_any_enum(t) && i < btf_vlen(t); i++)
			if (constant_name(t, i))
				table_add(&b->constants, name_at(b, constant_name(t, i)),
					  id);
	}
	return true;
}

static bool constant(void *impl, const char *type, const char *name, int64_t *ret)
{
	struct btf_types *b = impl;

	if (type) {
		const struct btf_type *t = find_type(b, type, ENUM);
		return t && constant_in(b, t, name, ret);
	}
	if (!b->constants.slots && !index_constants(b))
		return false;
	uint32_t h = hash_of(name), id, n = 0;
	while ((id = table_next(&b->constants, h, &n)))
		if (constant_in(b, btf__type_by_id(b->btf, id), name, ret))
			return true;
	return b->base && constant(b->base, NULL, name, ret);
}

static void free_types(void *impl)
{
	struct btf_types *b = impl;
	if (!b)
		return;
	btf__free(b->btf);
	free(b->types.slots);
	free(b->constants.slots);
	free(b);
}

static const struct iq_types_ops ops = {
	.source = "BTF",
	.member = member_of,
	.size = size_of_type,
	.enumerator = constant,
	.each = each_constant,
	.each_percpu = each_percpu,
	.free = free_types,
};

/* btf__new_split() is declared, but the library of 1.1 does not export it; what reads
 * a file does the same. */
static struct btf *split_of(struct btf *base, const void *p, size_t n)
{
	char path[40];
	struct btf *r = NULL;
	int fd = memfd_create("btf", MFD_CLOEXEC);

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (fd >= 0 && write(fd, p, n) == (ssize_t)n)
		r = btf__parse_raw_split(path, base);
	if (fd >= 0)
		close(fd);
	return r;
}

static int parse(struct btf_types *b, const void *p, size_t n, unsigned pointer_bytes,
		 struct iq_err *err)
{
	struct iq_btf_head h;
	struct iq_btf_base under = { 1, 0 };

	if (b->base)
		under = (struct iq_btf_base){ b->base->n_types, b->base->n_string_bytes };
	if (iq_btf_check(p, n, &under, &b->n_types, err) ||
	    !iq_btf_head_read(p, n, n, &h))
		return -1;
	b->first_id = under.n_types;
	b->n_string_bytes = h.n_string_bytes;
	b->btf = b->base ? split_of(b->base->btf, p, h.n_bytes) : btf__new(p, h.n_bytes);
	if (!b->btf)
		return iq_err_set(err, IQ_E_FORMAT, "libbpf does not take the BTF");
	/* two counts of one thing: if they differ one of the walks is wrong */
	if (btf__type_cnt(b->btf) != b->n_types)
		return iq_err_set(err, IQ_E_FORMAT, "BTF: %u types, libbpf counts %u",
				  b->n_types, btf__type_cnt(b->btf));
	if (!b->base && pointer_bytes && btf__set_pointer_size(b->btf, pointer_bytes))
		return iq_err_set(err, IQ_E_FORMAT, "BTF: no pointer size");
	return index_types(b) ? 0 : iq_err_set(err, IQ_E_NOMEM, "out of memory");
}

int iq_types_btf_new(const void *p, size_t n, unsigned pointer_bytes,
		     const struct iq_types *base, struct iq_types **ret,
		     struct iq_err *err)
{
	struct iq_types *t = calloc(1, sizeof *t);
	struct btf_types *b = calloc(1, sizeof *b);

	if (!t || !b) {
		free(t);
		free(b);
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	}
	*t = (struct iq_types){ &ops, b };
	b->base = base && base->ops == &ops ? base->impl : NULL;
	/* its own complaints would go to standard error */
	libbpf_set_print(NULL);
	if (parse(b, p, n, pointer_bytes, err)) {
		iq_types_free(t);
		return -1;
	}
	*ret = t;
	return 0;
}

bool iq_types_btf_ends(const struct iq_types *t, uint32_t *n_types,
		       uint32_t *n_string_bytes)
{
	if (t->ops != &ops)
		return false;
	const struct btf_types *b = t->impl;
	*n_types = b->n_types;
	*n_string_bytes = b->n_string_bytes;
	return true;
}

void iq_types_free(struct iq_types *t)
{
	if (!t)
		return;
	t->ops->free(t->impl);
	free(t);
}
