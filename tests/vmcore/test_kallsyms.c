/* vmcore/kallsyms*, symbols: composed tables in every way they were ever written. */
#include "compose.h"

#include "vmcore/symbols/kallsyms.h"

#define MEM 0x40000
#define TEXT BASE			/* _stext */
#define DATA (BASE + 0x30000)		/* init_uts_ns */
#define N_FUNCTIONS 700
#define N_SYMS (N_FUNCTIONS + 6)

struct shape {
	const char *name;
	enum { LONGS, ABSOLUTE_PERCPU, UNSIGNED, PLACE } layout;
	bool two_byte;			/* lengths, and a name that needs one */
	unsigned marker;		/* bytes of a marker */
	bool told;			/* VMCOREINFO names the tables */
	unsigned align;
};

static const struct shape shapes[] = {
	{ "3.10", LONGS, false, 8, false, 8 },
	{ "4.19", ABSOLUTE_PERCPU, false, 8, false, 8 },
	{ "5.10", ABSOLUTE_PERCPU, false, 4, false, 8 },
	{ "5.10 arm64", UNSIGNED, false, 4, false, 8 },
	{ "6.0", ABSOLUTE_PERCPU, false, 4, true, 8 },
	{ "6.1", ABSOLUTE_PERCPU, true, 4, true, 8 },
	{ "6.1 without base", LONGS, true, 4, true, 8 },
	{ "6.12 arm64", UNSIGNED, true, 4, true, 8 },
	{ "7.2", PLACE, true, 4, true, 4 },
};

/* A machine with N_SYMS symbols: two per-CPU ones, _stext, functions 64 bytes apart,
 * one with a long name, _etext, a variable. */
struct table {
	struct machine m;
	struct iq_vmcoreinfo info;
	struct iq_memory mem;
	size_t at;			/* next free byte */
	char names[N_SYMS][400];	/* with their type */
	uint64_t va[N_SYMS];
	size_t names_end;
};

static void name_symbols(struct table *t, const struct shape *s)
{
	size_t n = 0;
	/* per-CPU symbols count from 0 where the layout says so */
	bool low = s->layout == ABSOLUTE_PERCPU || s->layout == LONGS;
	strcpy(t->names[n], "A__per_cpu_start");
	t->va[n++] = low ? 0 : DATA + 0x800;
	strcpy(t->names[n], "Arunqueues");
	t->va[n++] = low ? 0x1f00 : DATA + 0x900;
	if (!low)
		n = 0;			/* addresses have to rise: they come last */
	strcpy(t->names[n], "T_stext");
	t->va[n++] = TEXT;
	for (unsigned i = 0; i < N_FUNCTIONS; i++) {
		snprintf(t->names[n], 400, "%cfunction_%u", i % 2 ? 't' : 'T', i);
		if (i == 333) {		/* as Rust has them */
			memset(t->names[n], 'x', s->two_byte ? 300 : 100);
			t->names[n][0] = 't';
		}
		t->va[n++] = TEXT + 64 * (uint64_t)i;
	}
	strcpy(t->names[n], "T_etext");
	t->va[n++] = TEXT + 64 * (uint64_t)N_FUNCTIONS;
	strcpy(t->names[n], "Dinit_uts_ns");
	t->va[n++] = DATA;
	if (!low) {
		strcpy(t->names[n], "D__per_cpu_start");
		t->va[n++] = DATA + 0x800;
		strcpy(t->names[n], "Drunqueues");
		t->va[n++] = DATA + 0x900;
	}
	strcpy(t->names[n], "Bswapper_pg_dir");
	t->va[n++] = DATA + 0x1000;
	assert_int_equal(n, N_SYMS);
}

static void align(struct table *t, unsigned n)
{
	t->at = (t->at + n - 1) / n * n;
}

static void put(struct table *t, unsigned n, uint64_t v)
{
	poke(&t->m, t->at, n, v);
	t->at += n;
}

static uint64_t put_addresses(struct table *t, const struct shape *s, uint64_t *base_at)
{
	align(t, 8);
	uint64_t at = BASE + t->at;
	for (size_t i = 0; i < N_SYMS; i++) {
		uint64_t v = t->va[i];
		switch (s->layout) {
		case LONGS: put(t, 8, v); break;
		case ABSOLUTE_PERCPU: put(t, 4, v < TEXT ? v : TEXT - 1 - v); break;
		case UNSIGNED: put(t, 4, v - TEXT); break;
		case PLACE: put(t, 4, v - (BASE + t->at)); break;
		}
	}
	*base_at = 0;
	if (s->layout == ABSOLUTE_PERCPU || s->layout == UNSIGNED) {
		align(t, 8);
		*base_at = BASE + t->at;
		put(t, 8, TEXT);
	}
	return at;
}

/* Tokens: a character stands for itself, others for pieces of names. */
static size_t token(unsigned i, char *to)
{
	if ((i >= '0' && i <= '9') || (i >= 'a' && i <= 'z') || (i >= 'A' && i <= 'Z') ||
	    i == '_')
		return (size_t)sprintf(to, "%c", (int)i);
	if (i == 1)
		return (size_t)sprintf(to, "function_");
	return (size_t)sprintf(to, "q%uz", i);
}

static void put_name(struct table *t, const struct shape *s, const char *name)
{
	char out[400];
	size_t n = 0;
	while (*name) {
		if (strncmp(name, "function_", 9) == 0) {
			out[n++] = 1;
			name += 9;
		} else {
			out[n++] = *name++;
		}
	}
	if (s->two_byte && n >= 128) {
		put(t, 1, (n & 0x7f) | 0x80);
		put(t, 1, n >> 7);
	} else {
		put(t, 1, n);
	}
	for (size_t i = 0; i < n; i++)
		put(t, 1, (unsigned char)out[i]);
}

/* offsets relative_base num_syms names markers tokens index, as up to 6.3; later ones
 * are found by VMCOREINFO in any order. */
static void compose(struct table *t, const struct shape *s)
{
	uint64_t marker[N_SYMS / 256 + 1], base_at, num, names, tokens, index, addresses;
	size_t at[256];
	memset(t, 0, sizeof *t);
	machine_init(&t->m, MEM, 8, false);
	name_symbols(t, s);
	t->at = 0x10000;
	addresses = put_addresses(t, s, &base_at);
	align(t, 8);
	num = BASE + t->at;
	put(t, 4, N_SYMS);
	align(t, s->align);
	names = BASE + t->at;
	for (size_t i = 0; i < N_SYMS; i++) {
		if (i % 256 == 0)
			marker[i / 256] = BASE + t->at - names;
		put_name(t, s, t->names[i]);
	}
	t->names_end = t->at;
	align(t, s->align);
	for (size_t i = 0; i <= (N_SYMS - 1) / 256; i++)
		put(t, s->marker, marker[i]);
	align(t, s->align);
	tokens = BASE + t->at;
	for (unsigned i = 0; i < 256; i++) {
		char text[20];
		size_t n = token(i, text);
		at[i] = BASE + t->at - tokens;
		for (size_t k = 0; k <= n; k++)
			put(t, 1, (unsigned char)text[k]);
	}
	align(t, s->align);
	index = BASE + t->at;
	for (unsigned i = 0; i < 256; i++)
		put(t, 2, at[i]);
	iq_buf_printf(&t->m.info, "OSRELEASE=6.1.0\nSYMBOL(_stext)=%llx\n"
		      "SYMBOL(init_uts_ns)=%llx\nSYMBOL(swapper_pg_dir)=%llx\n",
		      (unsigned long long)TEXT, (unsigned long long)DATA,
		      (unsigned long long)DATA + 0x1000);
	if (s->told) {
		iq_buf_printf(&t->m.info, "SYMBOL(kallsyms_names)=%llx\n"
			      "SYMBOL(kallsyms_num_syms)=%llx\n"
			      "SYMBOL(kallsyms_token_table)=%llx\n"
			      "SYMBOL(kallsyms_token_index)=%llx\nSYMBOL(%s)=%llx\n",
			      (unsigned long long)names, (unsigned long long)num,
			      (unsigned long long)tokens, (unsigned long long)index,
			      s->layout == LONGS ? "kallsyms_addresses" : "kallsyms_offsets",
			      (unsigned long long)addresses);
		if (base_at)
			iq_buf_printf(&t->m.info, "SYMBOL(kallsyms_relative_base)=%llx\n",
				      (unsigned long long)base_at);
	}
	t->info.text = iq_buf_as_slice(&t->m.info);
	t->mem = (struct iq_memory){ machine_read, &t->m, 8, false };
}

static int decode_table(struct table *t, struct iq_symbols *s, uint32_t *missing,
			struct iq_err *err)
{
	struct iq_kallsyms k;
	if (!iq_kallsyms_told(&t->mem, &t->info, &k) &&
	    !iq_kallsyms_scan(&t->mem, &t->info, 4096, &k))
		return 1;
	return iq_kallsyms_decode(&t->mem, &t->info, &k, s, missing, err);
}

static void every_shape(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(shapes); i++) {
		struct table *t = malloc(sizeof *t);
		struct iq_symbols *s = iq_symbols_new();
		struct iq_err err = { 0 };
		uint32_t missing = 9;
		compose(t, &shapes[i]);
		int r = decode_table(t, s, &missing, &err);
		if (r)
			fail_msg("%s: %d %s", shapes[i].name, r, err.text);
		assert_int_equal(missing, 0);
		assert_int_equal(iq_symbols_count(s), N_SYMS);
		for (uint32_t k = 0; k < N_SYMS; k++) {
			uint64_t va;
			struct iq_slice name = iq_symbols_nth(s, k, &va);
			assert_int_equal(name.n, strlen(t->names[k]));
			assert_memory_equal(name.p, t->names[k], name.n);
			if (va != t->va[k])
				fail_msg("%s: %s at %llx", shapes[i].name, name.p,
					 (unsigned long long)va);
		}
		iq_symbols_free(s);
		machine_fini(&t->m);
		free(t);
	}
}

/* A page of the names is missing: what is in front of it is there. */
static void names_cut(void **state)
{
	(void)state;
	struct table *t = malloc(sizeof *t);
	struct iq_symbols *s = iq_symbols_new();
	struct iq_err err = { 0 };
	uint32_t missing = 0;
	compose(t, &shapes[8]);
	t->m.hole_at = t->names_end / 4096 * 4096;
	t->m.hole_n = 1;
	/* without the last names nothing but _stext is left to compare */
	assert_int_equal(decode_table(t, s, &missing, &err), 0);
	assert_true(missing > 0 && missing < N_SYMS);
	assert_int_equal(iq_symbols_count(s) + missing, N_SYMS);
	assert_int_equal(iq_symbols_sort(s, &err), 0);
	uint64_t va;
	assert_true(iq_symbol(s, "function_5", &va));
	assert_false(iq_symbol(s, "swapper_pg_dir", &va));
	iq_symbols_free(s);
	machine_fini(&t->m);
	free(t);
}

/* A table of other addresses than the kernel says it has is refused. */
static void wrong_kernel(void **state)
{
	(void)state;
	struct table *t = malloc(sizeof *t);
	struct iq_symbols *s = iq_symbols_new();
	struct iq_err err = { 0 };
	uint32_t missing;
	compose(t, &shapes[5]);
	char *p = memmem(t->m.info.p, t->m.info.n, "SYMBOL(_stext)=f", 16);
	char *q = memmem(t->m.info.p, t->m.info.n, "SYMBOL(init_uts_ns)=f", 21);
	p[15] = 'e';
	q[20] = 'e';
	assert_int_equal(decode_table(t, s, &missing, &err), -1);
	assert_int_equal(err.code, IQ_E_FORMAT);
	assert_int_equal(iq_symbols_count(s), 0);
	iq_symbols_free(s);
	machine_fini(&t->m);
	free(t);
}

/* A kernel whose table has functions only: what it exports says where variables are.
 * The names are strings that may end in one another. */
static void exported_variables(void **state)
{
	(void)state;
	for (unsigned stride = 8; stride <= 12; stride += 4) {
		struct table *t = malloc(sizeof *t);
		struct iq_symbols *s = iq_symbols_new();
		struct iq_kallsyms k;
		uint32_t missing;
		uint64_t va;
		char names[2000] = "";
		size_t at = 0x28000, strings = 0x29000, n = 1, i;
		compose(t, &shapes[7]);
		for (i = 0; i < 40; i++) {
			size_t name = n, value = 64 * i;
			if (i == 20) {
				n += (size_t)sprintf(names + n, "init_task") + 1;
				value = DATA - BASE + 0x40;
			} else if (i == 21) {	/* the end of the one before */
				name = n - 5;
				value = DATA - BASE + 0x80;
			} else {
				n += (size_t)sprintf(names + n, "function_%zu", i) + 1;
			}
			poke(&t->m, at, 4, value - at);
			poke(&t->m, at + 4, 4, strings + name - (at + 4));
			at += stride;
		}
		memcpy(t->m.mem + strings, names, n);
		assert_true(iq_kallsyms_told(&t->mem, &t->info, &k));
		assert_int_equal(iq_kallsyms_decode(&t->mem, &t->info, &k, s, &missing, NULL), 0);
		assert_int_equal(iq_ksymtab_read(&t->mem, &k, s), 0);
		assert_int_equal(iq_symbols_count(s), N_SYMS + 2);
		assert_true(iq_symbol(s, "init_task", &va) && va == DATA + 0x40);
		assert_true(iq_symbol(s, "task", &va) && va == DATA + 0x80);
		/* what does not agree with the kernel's own table is not believed */
		iq_symbols_cut(s, N_SYMS);
		for (i = 0, at = 0x28000; i < 20; i++, at += stride)
			poke(&t->m, at, 4, 4 - at);
		assert_int_equal(iq_ksymtab_read(&t->mem, &k, s), 1);
		assert_int_equal(iq_symbols_count(s), N_SYMS);
		iq_symbols_free(s);
		machine_fini(&t->m);
		free(t);
	}
}

/* --- questions --- */

static void add(struct iq_symbols *s, const char *name, const char *module, uint64_t va,
		char type)
{
	assert_int_equal(iq_symbols_add(s, iq_slice_z(name), module ? iq_slice_z(module)
							    : IQ_SLICE_NULL, va, type), 0);
}

static const char *at(const struct iq_symbols *s, uint64_t va, char *to)
{
	struct iq_symbol_at r;
	if (!iq_symbol_at(s, va, &r))
		return "none";
	sprintf(to, "%.*s%s%.*s+%llx/%llx", IQ_FMT(r.name), r.module.p ? " " : "",
		IQ_FMT(r.module), (unsigned long long)(va - r.start),
		(unsigned long long)r.size);
	return to;
}

static void names_and_addresses(void **state)
{
	(void)state;
	struct iq_symbols *s = iq_symbols_new();
	struct iq_slice lab = IQ_LIT("lab"), bare = IQ_LIT("bare");
	char b[200];
	uint64_t va;
	add(s, "buffer", NULL, 0x9000, 't');
	add(s, "buffer", NULL, 0x20000, 'b');
	add(s, "buffer", NULL, 0x30000, 'd');
	add(s, "_stext", NULL, 0x1000, 'T');
	add(s, "first", NULL, 0x1000, 'T');
	add(s, "alias_a", NULL, 0x2000, 'T');
	add(s, "alias_b", NULL, 0x2000, 'W');
	add(s, "_etext", NULL, 0x10000, 'T');
	add(s, "variable", NULL, 0x2800, 'D');
	add(s, "lab_write", "lab", 0x80000100, 't');
	add(s, "$x", "lab", 0x80000180, 't');
	add(s, "lab_data", "lab", 0x80002000, 'd');
	assert_int_equal(iq_symbols_text(s, lab, 0x80000000, 0x1000), 0);
	assert_int_equal(iq_symbols_text(s, bare, 0x90000000, 0x1000), 0);
	assert_int_equal(iq_symbols_sort(s, NULL), 0);

	assert_true(iq_symbol(s, "buffer", &va) && va == 0x20000);
	assert_true(iq_symbol(s, "alias_b", &va) && va == 0x2000);
	assert_false(iq_symbol(s, "lab_write", &va));
	assert_false(iq_symbol(s, "", &va));
	assert_true(iq_symbol_of(s, lab, "lab_data", &va) && va == 0x80002000);
	assert_false(iq_symbol_of(s, bare, "lab_data", &va));

	assert_string_equal(at(s, 0xfff, b), "none");
	assert_string_equal(at(s, 0x1000, b), "_stext+0/1000");
	assert_string_equal(at(s, 0x2fff, b), "alias_a+fff/7000");	/* not the variable */
	assert_string_equal(at(s, 0xffff, b), "buffer+6fff/7000");
	assert_string_equal(at(s, 0x10000, b), "none");
	assert_string_equal(at(s, 0x80000010, b), " lab+10/100");
	assert_string_equal(at(s, 0x80000190, b), "lab_write lab+90/f00");
	assert_string_equal(at(s, 0x80002000, b), "none");
	assert_string_equal(at(s, 0x90000008, b), " bare+8/1000");
	assert_true(iq_symbol_is_text(s, 0x90000fff));
	assert_false(iq_symbol_is_text(s, 0x90001000));
	iq_symbols_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shape),
		cmocka_unit_test(names_cut),
		cmocka_unit_test(wrong_kernel),
		cmocka_unit_test(exported_variables),
		cmocka_unit_test(names_and_addresses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
