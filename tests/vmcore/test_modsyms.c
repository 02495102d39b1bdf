/* vmcore/modsyms, sysmap: composed modules of two eras, and files of symbols. */
#include "compose.h"

#include <elf.h>
#include <unistd.h>

#include "vmcore/kernel/kimage.h"

/* Offsets of the composed structures. */
enum { M_STATE = 0, M_LIST = 8, M_NAME = 24, M_KALLSYMS = 88, M_MEM = 96, M_BASE = 96,
       M_SIZE = 104, M_TEXT = 108 };
enum { HEAD = 0, MOD_A = 0x100, MOD_B = 0x300, KS = 0x500, SYMTAB = 0x600, STRTAB = 0x900,
       TYPETAB = 0xa00, CODE = 0x2000 };

static void member(struct iq_kimage *k, enum iq_member_no m, uint32_t offset, uint32_t size)
{
	k->member[m] = (struct iq_member_at){ .offset = offset, .size = size,
					      .elem_size = size, .known = true };
}

static void known_members(struct iq_kimage *k, bool pieces)
{
	member(k, IQ_M_MODULE_STATE, M_STATE, 4);
	member(k, IQ_M_MODULE_LIST, M_LIST, 16);
	member(k, IQ_M_MODULE_NAME, M_NAME, 56);
	member(k, IQ_M_MODULE_KALLSYMS, M_KALLSYMS, 8);
	member(k, IQ_M_MOD_KALLSYMS_SYMTAB, 0, 8);
	member(k, IQ_M_MOD_KALLSYMS_NUM_SYMTAB, 8, 4);
	member(k, IQ_M_MOD_KALLSYMS_STRTAB, 16, 8);
	member(k, IQ_M_MOD_KALLSYMS_TYPETAB, 24, 8);
	if (pieces) {
		member(k, IQ_M_MODULE_MEM, M_MEM, 7 * 24);
		k->member[IQ_M_MODULE_MEM].elem_size = 24;
		member(k, IQ_M_MODULE_MEMORY_BASE, 0, 8);
		member(k, IQ_M_MODULE_MEMORY_SIZE, 8, 4);
	} else {
		member(k, IQ_M_MODULE_CORE_BASE, M_BASE, 8);
		member(k, IQ_M_MODULE_CORE_SIZE, M_SIZE, 4);
		member(k, IQ_M_MODULE_CORE_TEXT_SIZE, M_TEXT, 4);
	}
}

static void module(struct machine *m, size_t at, const char *name, unsigned state,
		   bool pieces)
{
	poke(m, at + M_STATE, 4, state);
	strcpy((char *)m->mem + at + M_NAME, name);
	if (pieces) {		/* MOD_TEXT is the second here: by name, not by number */
		poke(m, at + M_MEM + 24, 8, BASE + CODE);
		poke(m, at + M_MEM + 32, 4, 0x200);
	} else {
		poke(m, at + M_BASE, 8, BASE + CODE);
		poke(m, at + M_SIZE, 4, 0x800);
		poke(m, at + M_TEXT, 4, 0x200);
	}
}

static void symbol(struct machine *m, unsigned no, const char *name, char type,
		   uint64_t value, unsigned section)
{
	static const char strings[] = "\0write\0read\0state\0missing\0$x";
	memcpy(m->mem + STRTAB, strings, sizeof strings);
	size_t at = SYMTAB + no * 24, n = 0;
	while (*name && strcmp(strings + n, name) != 0)
		n++;
	poke(m, at, 4, n);
	poke(m, at + 6, 2, section);
	poke(m, at + 8, 8, value);
	m->mem[TYPETAB + no] = (unsigned char)type;
}

static void modules(bool pieces)
{
	struct machine m;
	machine_init(&m, 0x4000, 8, false);
	module(&m, MOD_A, "lab", 0, pieces);
	module(&m, MOD_B, "forming", 3, pieces);
	poke(&m, HEAD, 8, BASE + MOD_A + M_LIST);
	poke(&m, HEAD + 8, 8, BASE + MOD_B + M_LIST);
	poke(&m, MOD_A + M_LIST, 8, BASE + MOD_B + M_LIST);
	poke(&m, MOD_A + M_LIST + 8, 8, BASE + HEAD);
	poke(&m, MOD_B + M_LIST, 8, BASE + HEAD);
	poke(&m, MOD_B + M_LIST + 8, 8, BASE + MOD_A + M_LIST);
	poke(&m, MOD_A + M_KALLSYMS, 8, BASE + KS);
	poke(&m, KS, 8, BASE + SYMTAB);
	poke(&m, KS + 8, 4, 6);
	poke(&m, KS + 16, 8, BASE + STRTAB);
	poke(&m, KS + 24, 8, BASE + TYPETAB);
	symbol(&m, 0, "", 0, 0, SHN_UNDEF);
	symbol(&m, 1, "write", 't', BASE + CODE + 0x40, 1);
	symbol(&m, 2, "read", 't', BASE + CODE + 0x100, 1);
	symbol(&m, 3, "state", 'b', BASE + CODE + 0x700, 2);
	symbol(&m, 4, "missing", 'U', BASE + CODE + 0x48, SHN_UNDEF);
	symbol(&m, 5, "$x", 't', BASE + CODE + 0x50, 1);

	struct iq_memory mem = { machine_read, &m, 8, false };
	iq_buf_printf(&m.info, "SYMBOL(modules)=%llx\nNUMBER(MOD_TEXT)=1\n",
		      (unsigned long long)BASE + HEAD);
	struct iq_vmcoreinfo info = { iq_buf_as_slice(&m.info) };
	struct iq_kimage *k = calloc(1, sizeof *k);
	k->mem = &mem;
	k->info = &info;
	k->arch = IQ_ARCH_X86_64;
	k->symbols = iq_symbols_new();
	iq_arena_init(&k->arena);
	known_members(k, pieces);
	assert_int_equal(iq_module_symbols_read(k, NULL), 0);
	assert_int_equal(iq_symbols_count(k->symbols), 4);
	assert_false(k->missing);

	struct iq_symbol_at at;
	uint64_t va;
	assert_true(iq_symbol_at(k->symbols, BASE + CODE + 0x60, &at));
	assert_true(iq_eq(at.name, IQ_LIT("write")) && iq_eq(at.module, IQ_LIT("lab")));
	assert_int_equal(at.size, 0xc0);
	assert_int_equal(at.type, 't');
	assert_true(iq_symbol_at(k->symbols, BASE + CODE + 0x1ff, &at));
	assert_true(iq_eq(at.name, IQ_LIT("read")));
	assert_false(iq_symbol_at(k->symbols, BASE + CODE + 0x200, &at));
	assert_true(iq_symbol_of(k->symbols, IQ_LIT("lab"), "state", &va));
	assert_int_equal(va, BASE + CODE + 0x700);
	iq_symbols_free(k->symbols);
	iq_arena_fini(&k->arena);
	free(k);
	machine_fini(&m);
}

static void modules_in_pieces(void **state)
{
	(void)state;
	modules(true);
}

static void modules_in_one_piece(void **state)
{
	(void)state;
	modules(false);
}

/* --- System.map --- */

static int read_map_of(const char *told, unsigned long_bytes, const char *text,
		       struct iq_symbols *s, struct iq_err *err)
{
	struct iq_vmcoreinfo info = { iq_slice_z(told) };
	struct iq_memory mem = { .long_bytes = long_bytes };
	struct iq_kimage *k = calloc(1, sizeof *k);
	FILE *f = tmpfile();
	fputs(text, f);
	fflush(f);
	lseek(fileno(f), 0, SEEK_SET);
	k->info = &info;
	k->mem = &mem;
	k->symbols = s;
	int r = iq_system_map_read(k, fileno(f), err);
	fclose(f);
	free(k);
	return r;
}

static int read_map(const char *text, struct iq_symbols *s, struct iq_err *err)
{
	return read_map_of("SYMBOL(_stext)=ffffffff91000000\n"
			   "SYMBOL(init_uts_ns)=ffffffff92000000\n"
			   "SYMBOL(elsewhere)=ffffffff92000100\n", 8, text, s, err);
}

static const char map[] =
	"0000000000000000 D __per_cpu_start\n"
	"000000000001f00 A runqueues\n"
	"ffffffff81000000 T _stext\n"
	"ffffffff81000040 t work\n"
	"ffffffff81001000 T _etext\n"
	"not a line\n"
	"ffffffff82000000 D init_uts_ns\n"
	"ffffffff82000200 d init_task\n"
	"ffffffffc0000000 t lab_write\t[lab]\n";

static void map_moved_by_kaslr(void **state)
{
	(void)state;
	struct iq_symbols *s = iq_symbols_new();
	struct iq_symbol_at at;
	struct iq_err err = { 0 };
	uint64_t va;
	assert_int_equal(read_map(map, s, &err), 0);
	assert_int_equal(iq_symbols_count(s), 7);
	assert_true(iq_symbol(s, "init_task", &va) && va == UINT64_C(0xffffffff92000200));
	assert_true(iq_symbol(s, "runqueues", &va) && va == 0x1f00);
	assert_true(iq_symbol_at(s, UINT64_C(0xffffffff91000050), &at));
	assert_true(iq_eq(at.name, IQ_LIT("work")));
	iq_symbols_free(s);
}

/* Of 32 bits: moved as well, down too, and never beyond 32 bits; what is no address of
 * the kernel stays. */
static void map_of_32_bits(void **state)
{
	(void)state;
	struct iq_symbols *s = iq_symbols_new();
	struct iq_err err = { 0 };
	uint64_t va;
	assert_int_equal(read_map_of("SYMBOL(_stext)=c6000000\nSYMBOL(init_uts_ns)=c6900000\n",
				     4, "c1000000 T _stext\nc1900000 D init_uts_ns\n"
				     "c1b00000 D runqueues\n00000040 A kexec_size\n", s, &err), 0);
	assert_true(iq_symbol(s, "runqueues", &va) && va == 0xc6b00000);
	assert_true(iq_symbol(s, "kexec_size", &va) && va == 0x40);
	iq_symbols_free(s);
	s = iq_symbols_new();
	assert_int_equal(read_map_of("SYMBOL(_stext)=c0400000\nSYMBOL(init_uts_ns)=c0d00000\n",
				     4, "c1000000 T _stext\nc1900000 D init_uts_ns\n", s, &err), 0);
	assert_true(iq_symbol(s, "_stext", &va) && va == 0xc0400000);
	iq_symbols_free(s);
}

/* What the kernel's own table has stays; variables are added. */
static void map_beside_the_kernels_table(void **state)
{
	(void)state;
	struct iq_symbols *s = iq_symbols_new();
	uint64_t va;
	iq_symbols_add(s, IQ_LIT("_stext"), IQ_SLICE_NULL, UINT64_C(0xffffffff91000000), 'T');
	iq_symbols_add(s, IQ_LIT("init_uts_ns"), IQ_SLICE_NULL, 1, 'D');
	assert_int_equal(read_map(map, s, NULL), 0);
	assert_int_equal(iq_symbols_count(s), 5);
	assert_true(iq_symbol(s, "init_uts_ns", &va) && va == 1);
	assert_true(iq_symbol(s, "init_task", &va) && va == UINT64_C(0xffffffff92000200));
	assert_false(iq_symbol(s, "work", &va));
	iq_symbols_free(s);
}

static void map_of_another_kernel(void **state)
{
	(void)state;
	struct iq_symbols *s = iq_symbols_new();
	struct iq_err err = { 0 };
	assert_int_equal(read_map("ffffffff81000000 T _stext\nffffffff82345000 D init_uts_ns\n",
				  s, &err), -1);
	assert_int_equal(err.code, IQ_E_USAGE);
	/* /proc/kallsyms of who may not see it */
	assert_int_equal(read_map("0000000000000000 T _stext\n0000000000000000 D init_uts_ns\n",
				  s, &err), -1);
	assert_non_null(strstr(err.text, "of another kernel: "));
	/* what a distribution puts into /boot instead */
	assert_int_equal(read_map("ffffffffffffffff B The real System.map is elsewhere\n", s,
				  &err), -1);
	assert_non_null(strstr(err.text, "holds 1 symbols, no kernel has so few"));
	assert_int_equal(read_map("PK\3\4", s, &err), -1);
	assert_int_equal(err.code, IQ_E_FORMAT);
	assert_int_equal(iq_symbols_count(s), 0);
	iq_symbols_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modules_in_pieces),
		cmocka_unit_test(modules_in_one_piece),
		cmocka_unit_test(map_moved_by_kaslr),
		cmocka_unit_test(map_of_32_bits),
		cmocka_unit_test(map_beside_the_kernels_table),
		cmocka_unit_test(map_of_another_kernel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
