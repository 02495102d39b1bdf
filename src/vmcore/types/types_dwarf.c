/* vmcore/types/types_dwarf.c - members and enumerators out of DWARF, by libdw.
 *
 * The members of a type are read when it is asked for; where types are: dwarf_index.h.
 * A file from elsewhere may be damaged: chains, depth and the number of entries looked at
 * are bounded.
 */
#include "vmcore/types/types_dwarf.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "vmcore/types/dwarf_index.h"

#define CHAIN_MAX 64
#define NESTED_MAX 16
#define STEPS_MAX 65536			/* members looked at for one answer */

struct dwarf_types {
	struct iq_elf_file elf;
	struct iq_dwarf_index index;
};

/* --- walking --- */

static bool type_of(Dwarf_Die *die, Dwarf_Die *ret)
{
	Dwarf_Attribute a;
	return dwarf_attr_integrate(die, DW_AT_type, &a) && dwarf_formref_die(&a, ret);
}

/* Behind typedefs and qualifiers. */
static bool bare(Dwarf_Die *die, Dwarf_Die *ret)
{
	*ret = *die;
	for (int i = 0; i < CHAIN_MAX; i++) {
		switch (dwarf_tag(ret)) {
		case DW_TAG_typedef:
		case DW_TAG_const_type:
		case DW_TAG_volatile_type:
		case DW_TAG_restrict_type:
		case DW_TAG_atomic_type:
			if (!type_of(ret, ret))
				return false;
			break;
		default:
			return true;
		}
	}
	return false;
}

static bool bare_type_of(Dwarf_Die *die, Dwarf_Die *ret)
{
	Dwarf_Die t;
	return type_of(die, &t) && bare(&t, ret);
}

static bool is_composite(Dwarf_Die *die)
{
	int tag = dwarf_tag(die);
	return tag == DW_TAG_structure_type || tag == DW_TAG_union_type;
}

static bool find_type(struct dwarf_types *d, const char *name, bool is_enum,
		      Dwarf_Die *ret)
{
	Dwarf_Die t;

	if (iq_dwarf_find(&d->index, name, is_enum ? 'e' : 's', ret))
		return true;
	return iq_dwarf_find(&d->index, name, 't', &t) && bare(&t, ret) &&
	       (is_enum ? dwarf_tag(ret) == DW_TAG_enumeration_type : is_composite(ret));
}

/* The byte a member begins at; of a union's, and of old compilers' first ones, 0. */
static bool byte_of(Dwarf_Die *m, uint64_t *ret)
{
	Dwarf_Attribute a;
	Dwarf_Word n;
	Dwarf_Op *op;
	size_t n_ops;

	*ret = 0;
	if (!dwarf_attr(m, DW_AT_data_member_location, &a))
		return true;
	if (dwarf_formudata(&a, &n) == 0) {
		*ret = n;
		return true;
	}
	if (dwarf_getlocation(&a, &op, &n_ops) || n_ops != 1 ||
	    op->atom != DW_OP_plus_uconst)
		return false;
	*ret = op->number;
	return true;
}

static bool number(Dwarf_Die *die, unsigned name, uint64_t *ret)
{
	Dwarf_Attribute a;
	Dwarf_Word n;

	if (!dwarf_attr(die, name, &a) || dwarf_formudata(&a, &n))
		return false;
	*ret = n;
	return true;
}

struct found {
	Dwarf_Die die;			/* the member */
	uint64_t byte;			/* of the structures around it */
};

static bool find_member(Dwarf_Die *type, struct iq_slice want, int depth, int *steps,
			struct found *ret)
{
	Dwarf_Die m, inner;
	uint64_t at;

	if (dwarf_child(type, &m))
		return false;
	do {
		if (dwarf_tag(&m) != DW_TAG_member)
			continue;
		const char *name = dwarf_diename(&m);
		if (name) {
			if (strncmp(name, want.p, want.n) != 0 || name[want.n])
				continue;
			*ret = (struct found){ m, 0 };
			return true;
		}
		if (depth && byte_of(&m, &at) && bare_type_of(&m, &inner) &&
		    is_composite(&inner) &&
		    find_member(&inner, want, depth - 1, steps, ret)) {
			ret->byte += at;
			return true;
		}
	} while (--*steps > 0 && dwarf_siblingof(&m, &m) == 0);
	return false;
}

/* All elements of all dimensions, and how many the first dimension has. */
static bool count_elements(Dwarf_Die *array, uint64_t *all, uint64_t *first)
{
	Dwarf_Die r;
	int n = 0;

	*all = 1;
	*first = 0;
	if (dwarf_child(array, &r))
		return false;
	do {
		uint64_t k = 0;
		if (dwarf_tag(&r) != DW_TAG_subrange_type)
			continue;
		if (!number(&r, DW_AT_count, &k) && number(&r, DW_AT_upper_bound, &k))
			k++;		/* -1 where there are none: 0 */
		if (k > UINT32_MAX)
			k = 0;
		*first = n ? *first : k;
		*all *= k;
		if (*all > UINT32_MAX)
			return false;
	} while (++n < CHAIN_MAX && dwarf_siblingof(&r, &r) == 0);
	return n > 0;
}

/* Bytes of a bare type that is no array; false for what has no size. */
static bool plain_size(Dwarf_Die *t, uint64_t *ret)
{
	uint8_t pointer;

	if (number(t, DW_AT_byte_size, ret))
		return *ret <= UINT32_MAX;
	if (dwarf_tag(t) != DW_TAG_pointer_type ||
	    !dwarf_cu_die(t->cu, &(Dwarf_Die){ 0 }, NULL, NULL, &pointer, NULL, NULL,
			  NULL))
		return false;
	*ret = pointer;
	return true;
}

/* An array's innermost element; anything else itself. */
static bool element_of(Dwarf_Die *t, Dwarf_Die *ret)
{
	*ret = *t;
	for (int i = 0; dwarf_tag(ret) == DW_TAG_array_type; i++) {
		Dwarf_Die array = *ret;
		if (i >= CHAIN_MAX || !bare_type_of(&array, ret))
			return false;
	}
	return true;
}

static void sizes(Dwarf_Die *t, struct iq_member_at *ret)
{
	Dwarf_Die e;
	uint64_t all = 1, first = 1, size = 0;

	if (dwarf_tag(t) == DW_TAG_array_type && !count_elements(t, &all, &first))
		return;
	if (!element_of(t, &e) || !plain_size(&e, &size) || size * all > UINT32_MAX)
		return;
	ret->size = (uint32_t)(size * all);
	ret->elem_size = (uint32_t)(first ? size * all / first : size);
}

static bool is_signed_base(Dwarf_Die *t)
{
	uint64_t e;
	return dwarf_tag(t) == DW_TAG_base_type && number(t, DW_AT_encoding, &e) &&
	       (e == DW_ATE_signed || e == DW_ATE_signed_char);
}

/* Of a structure that wraps one number (atomic_t) that number decides. */
static bool is_signed(Dwarf_Die *type)
{
	Dwarf_Die t = *type, m;

	for (int i = 0; i < CHAIN_MAX; i++) {
		Dwarf_Die e;
		if (!element_of(&t, &e))
			return false;
		if (!is_composite(&e))
			return is_signed_base(&e);
		if (dwarf_child(&e, &m) || dwarf_tag(&m) != DW_TAG_member ||
		    !bare_type_of(&m, &t))
			return false;
	}
	return false;
}

/* A bit field, in the way of DWARF 4 and later or of 2; false: it is none that fits. */
static bool place_bits(Dwarf_Die *m, uint64_t byte, uint64_t bits,
		       const struct iq_member_at *t, bool big, struct iq_member_at *ret)
{
	uint64_t at, from_top, unit = t->size;

	if (number(m, DW_AT_data_bit_offset, &at)) {
		at += byte * 8;
	} else if (number(m, DW_AT_bit_offset, &from_top)) {
		number(m, DW_AT_byte_size, &unit);
		at = byte * 8 + (big ? from_top : unit * 8 - from_top - bits);
	} else {
		at = byte * 8;
	}
	unsigned first = at % 8, size = 1;
	while (size * 8 < first + bits)
		size *= 2;
	if (size > 8 || at / 8 > UINT32_MAX)
		return false;
	ret->offset = (uint32_t)(at / 8);
	ret->size = ret->elem_size = size;
	ret->bits = (uint8_t)bits;
	ret->bit = (uint8_t)(big ? size * 8 - first - bits : first);
	return true;
}

static bool place(struct dwarf_types *d, struct found *f, struct iq_member_at *ret)
{
	GElf_Ehdr eh;
	Dwarf_Die t;
	uint64_t own = 0, bits;

	memset(ret, 0, sizeof *ret);
	if (!bare_type_of(&f->die, &t))
		return false;
	sizes(&t, ret);
	ret->is_signed = is_signed(&t);
	bool placed = byte_of(&f->die, &own);
	f->byte += own;
	if (number(&f->die, DW_AT_bit_size, &bits)) {
		bool big = gelf_getehdr(d->elf.elf, &eh) &&
			   eh.e_ident[EI_DATA] == ELFDATA2MSB;
		struct iq_member_at type = *ret;
		return ret->known = bits && bits <= 64 &&
				    place_bits(&f->die, f->byte, bits, &type, big, ret);
	}
	ret->offset = (uint32_t)f->byte;
	return ret->known = placed && f->byte <= UINT32_MAX;
}

/* --- the door --- */

static bool member_of(void *impl, const char *type, const char *path,
		      struct iq_member_at *ret)
{
	struct dwarf_types *d = impl;
	struct iq_slice rest = iq_slice_z(path);
	struct found f = { .byte = 0 };
	uint64_t around = 0, own;
	Dwarf_Die t, next;

	if (!rest.n || !find_type(d, type, false, &t))
		return false;
	for (;;) {
		int steps = STEPS_MAX;
		if (!is_composite(&t) ||
		    !find_member(&t, iq_cut(&rest, '.'), NESTED_MAX, &steps, &f))
			return false;
		f.byte += around;
		if (!rest.n)
			return place(d, &f, ret);
		if (!byte_of(&f.die, &own) || !bare_type_of(&f.die, &next) ||
		    !element_of(&next, &t))
			return false;
		around = f.byte + own;
	}
}

static bool size_of_type(void *impl, const char *type, uint64_t *ret)
{
	Dwarf_Die t;
	return find_type(impl, type, false, &t) && plain_size(&t, ret);
}

/* Compilers write what is below zero as a signed form, the rest as they like. */
static bool value_of(Dwarf_Die *e, int64_t *ret)
{
	Dwarf_Attribute a;
	Dwarf_Word u;
	Dwarf_Sword s;

	if (!dwarf_attr(e, DW_AT_const_value, &a))
		return false;
	unsigned form = dwarf_whatform(&a);
	if (form == DW_FORM_sdata || form == DW_FORM_implicit_const) {
		if (dwarf_formsdata(&a, &s))
			return false;
		*ret = s;
		return true;
	}
	if (dwarf_formudata(&a, &u))
		return false;
	*ret = (int64_t)u;
	return true;
}

static void each_in(Dwarf_Die *t,
		    void (*each)(void *arg, struct iq_slice name, int64_t value),
		    void *arg)
{
	Dwarf_Die e;
	int64_t v;
	int steps = STEPS_MAX;

	if (dwarf_child(t, &e))
		return;
	do {
		const char *name = dwarf_diename(&e);
		if (dwarf_tag(&e) == DW_TAG_enumerator && name && value_of(&e, &v))
			each(arg, iq_slice_z(name), v);
	} while (--steps > 0 && dwarf_siblingof(&e, &e) == 0);
}

static bool each_constant(void *impl, const char *type,
			  void (*each)(void *arg, struct iq_slice name, int64_t value),
			  void *arg)
{
	Dwarf_Die t;

	if (!find_type(impl, type, true, &t))
		return false;
	each_in(&t, each, arg);
	return true;
}

struct search {
	struct iq_slice name;
	int64_t value;
	bool found;
};

static void compare(void *arg, struct iq_slice name, int64_t value)
{
	struct search *s = arg;
	if (!s->found && iq_eq(name, s->name)) {
		s->value = value;
		s->found = true;
	}
}

struct adding {
	struct iq_dwarf_index *d;
	Dwarf_Off of;
};

static void add_constant(void *arg, struct iq_slice name, int64_t value)
{
	struct adding *a = arg;
	(void)value;
	iq_dwarf_add_constant(a->d, name.p, a->of);
}

static void add_enum(void *arg, Dwarf_Die *die)
{
	each_in(die, add_constant, &(struct adding){ arg, dwarf_dieoffset(die) });
}

static bool constant(void *impl, const char *type, const char *name, int64_t *ret)
{
	struct dwarf_types *d = impl;
	struct search s = { .name = iq_slice_z(name) };
	Dwarf_Die t;

	if (!type && !d->index.constants_done) {
		d->index.constants_done = true;
		iq_dwarf_each_enum(&d->index, add_enum, &d->index);
	}
	if (type ? !find_type(d, type, true, &t)
		 : !iq_dwarf_find(&d->index, name, 'c', &t))
		return false;
	each_in(&t, compare, &s);
	*ret = s.found ? s.value : *ret;
	return s.found;
}

static void free_types(void *impl)
{
	struct dwarf_types *d = impl;
	iq_dwarf_free(&d->index);
	iq_elf_file_close(&d->elf);
	free(d);
}

static const struct iq_types_ops ops = {
	.source = "DWARF",
	.member = member_of,
	.size = size_of_type,
	.enumerator = constant,
	.each = each_constant,
	.free = free_types,
};

int iq_types_dwarf_new(struct iq_elf_file *f, struct iq_types **ret, struct iq_err *err)
{
	struct iq_types *t = calloc(1, sizeof *t);
	struct dwarf_types *d = calloc(1, sizeof *d);
	Dwarf_Die task;

	if (!t || !d) {
		free(t);
		free(d);
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	}
	*t = (struct iq_types){ &ops, d };
	d->elf = *f;
	struct iq_dwarf_index *x = &d->index;
	x->dw = dwarf_begin_elf(f->elf, DWARF_C_READ, NULL);
	if (x->dw) {
		iq_dwarf_read_units(x, false);
		if (!find_type(d, "task_struct", false, &task))
			iq_dwarf_read_units(x, true);
	}
	if (x->full)
		iq_err_set(err, IQ_E_NOMEM, "out of memory");
	else if (!x->dw || !x->types.n)
		iq_err_set(err, IQ_E_FORMAT, "no DWARF in it%s%s", x->dw ? "" : ": ",
			   x->dw ? "" : dwarf_errmsg(-1));
	else if (!find_type(d, "task_struct", false, &task))
		iq_err_set(err, IQ_E_FORMAT, "its DWARF knows no task_struct: no kernel");
	else {
		*ret = t;
		*f = (struct iq_elf_file){ .fd = -1 };
		return 0;
	}
	d->elf = (struct iq_elf_file){ .fd = -1 };
	iq_types_free(t);
	return -1;
}
