/* vmcore/symbols/modsyms.c - symbols of the loaded modules, and where their code is.
 *
 * Each struct module keeps the symbols of its core part as an ELF symbol table whose
 * values are addresses already (kernel/module/kallsyms.c); type letters are in a table
 * of their own since 5.2, in st_info before.  Its code is one of several pieces of
 * memory since 6.4, the beginning of a single one before.
 */
#include "vmcore/kernel/kimage.h"

#include <elf.h>
#include <stdlib.h>

#define MODULES_MAX 8192
#define SYMTAB_MAX 262144		/* of one module; the largest have 60 000 */
#define ALL_MAX (2 * IQ_SYMBOLS_MAX)	/* looked at in all modules together */
#define STRTAB_MAX ((size_t)16 << 20)
#define UNFORMED 3			/* MODULE_STATE_UNFORMED */

struct run {
	struct iq_kimage *k;
	size_t looked_at;
	size_t unreadable;		/* modules without their symbols */
	bool failed;			/* out of memory, or over a limit */
};

/* Where a module has its table; of several eras. */
struct table {
	uint64_t symtab, strtab, typetab;	/* typetab 0: none */
	size_t n;
};

static bool find_table(struct iq_kimage *k, uint64_t module, struct table *t)
{
	uint64_t ks;
	int64_t n;

	memset(t, 0, sizeof *t);
	if (iq_ki_pointer(k, module, IQ_M_MODULE_KALLSYMS, &ks)) {
		if (!iq_ki_pointer(k, ks, IQ_M_MOD_KALLSYMS_TYPETAB, &t->typetab))
			t->typetab = 0;
		if (!iq_ki_pointer(k, ks, IQ_M_MOD_KALLSYMS_SYMTAB, &t->symtab) ||
		    !iq_ki_pointer(k, ks, IQ_M_MOD_KALLSYMS_STRTAB, &t->strtab) ||
		    !iq_ki_get(k, ks, IQ_M_MOD_KALLSYMS_NUM_SYMTAB, &n))
			return false;
	} else if (!iq_ki_pointer(k, module, IQ_M_MODULE_SYMTAB, &t->symtab) ||
		   !iq_ki_pointer(k, module, IQ_M_MODULE_STRTAB, &t->strtab) ||
		   !iq_ki_get(k, module, IQ_M_MODULE_NUM_SYMTAB, &n)) {
		return false;
	}
	n &= UINT32_MAX;
	t->n = n < SYMTAB_MAX ? (size_t)n : SYMTAB_MAX;
	return true;
}

/* As much of N bytes at VA as can be read, by pages. */
static size_t read_some(const struct iq_memory *mem, uint64_t va, unsigned char *to,
			size_t n)
{
	size_t done = 0;

	while (done < n) {
		size_t k = 4096 - (size_t)((va + done) & 4095);
		k = k < n - done ? k : n - done;
		if (iq_mem_read(mem, va + done, to + done, k) != IQ_MEM_OK)
			break;
		done += k;
	}
	return done;
}

static char type_of(const struct table *t, const unsigned char *types, size_t i,
		    const Elf64_Sym *sym)
{
	char c = (char)(t->typetab ? types[i] : sym->st_info);

	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z' ? c : '?';
}

static int add_symbols(struct run *r, struct iq_slice name, const struct table *t,
		       const Elf64_Sym *syms, const unsigned char *types)
{
	struct iq_symbols *s = r->k->symbols;
	size_t top = 0;

	for (size_t i = 0; i < t->n; i++)
		if (syms[i].st_name > top && syms[i].st_name < STRTAB_MAX)
			top = syms[i].st_name;
	char *strings = malloc(top + IQ_SYMBOL_NAME_MAX);
	if (!strings)
		return -1;
	size_t have = read_some(r->k->mem, t->strtab, (unsigned char *)strings,
				top + IQ_SYMBOL_NAME_MAX);
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < t->n; i++) {
		const Elf64_Sym *y = &syms[i];
		if (y->st_shndx == SHN_UNDEF || y->st_name >= have)
			continue;
		size_t n = strnlen(strings + y->st_name, have - y->st_name);
		if (n && n < IQ_SYMBOL_NAME_MAX)
			rc = iq_symbols_add(s, iq_slice(strings + y->st_name, n), name,
					    y->st_value, type_of(t, types, i, y));
	}
	free(strings);
	return rc;
}

/* Elf64_Sym is as the dumped machine had it, which is ours in byte order. */
static void read_table(struct run *r, struct iq_slice name, const struct table *t)
{
	size_t bytes = t->n * sizeof(Elf64_Sym);
	Elf64_Sym *syms = malloc(bytes + t->n + 1);
	unsigned char *types = (unsigned char *)syms + bytes;

	if (!syms) {
		r->failed = true;
		return;
	}
	struct table some = *t;
	some.n = read_some(r->k->mem, t->symtab, (unsigned char *)syms, bytes) /
		 sizeof(Elf64_Sym);
	memset(types, 't', t->n);
	if (t->typetab)
		read_some(r->k->mem, t->typetab, types, t->n);
	r->looked_at += some.n;
	r->unreadable += some.n < t->n;
	if (add_symbols(r, name, &some, syms, types))
		r->failed = true;
	free(syms);
}

static void add_text(struct run *r, struct iq_slice name, uint64_t base, int64_t size)
{
	size &= UINT32_MAX;
	if (size && iq_symbols_text(r->k->symbols, name, base, (uint64_t)size))
		r->failed = true;
}

/* MOD_TEXT and MOD_INIT_TEXT of enum mod_mem_type */
static void text_pieces(struct run *r, struct iq_slice name, uint64_t module)
{
	static const char *const pieces[] = { "MOD_TEXT", "MOD_INIT_TEXT" };
	struct iq_kimage *k = r->k;
	uint32_t step = k->member[IQ_M_MODULE_MEM].elem_size, base;
	int64_t no, size;
	uint64_t at;

	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		if (!iq_ki_enumerator(k, "mod_mem_type", pieces[i], &no) || no < 0 ||
		    no >= 16)
			continue;
		base = step * (uint32_t)no;
		uint64_t piece = iq_ki_at(k, module, IQ_M_MODULE_MEM) + base;
		if (iq_ki_pointer(k, piece, IQ_M_MODULE_MEMORY_BASE, &at) &&
		    iq_ki_get(k, piece, IQ_M_MODULE_MEMORY_SIZE, &size))
			add_text(r, name, at, size);
	}
}

static void find_text(struct run *r, struct iq_slice name, uint64_t module)
{
	static const enum iq_member_no layout[][3] = {
		{ IQ_M_MODULE_CORE_BASE, IQ_M_MODULE_CORE_TEXT_SIZE, IQ_M_MODULE_CORE_SIZE },
		{ IQ_M_MODULE_INIT_BASE, IQ_M_MODULE_INIT_TEXT_SIZE, IQ_M_MODULE_INIT_SIZE },
	};
	struct iq_kimage *k = r->k;
	uint64_t base;
	int64_t size;

	if (iq_ki_has(k, IQ_M_MODULE_MEM)) {
		text_pieces(r, name, module);
		return;
	}
	for (size_t i = 0; i < 2; i++)
		if (iq_ki_pointer(k, module, layout[i][0], &base) &&
		    (iq_ki_get(k, module, layout[i][1], &size) ||
		     iq_ki_get(k, module, layout[i][2], &size)))
			add_text(r, name, base, size);
}

static int one_module(void *arg, uint64_t module)
{
	struct run *r = arg;
	struct iq_kimage *k = r->k;
	struct table t;

	if (iq_ki_value(k, module, IQ_M_MODULE_STATE) == UNFORMED)
		return 0;
	struct iq_slice name = iq_ki_chars(k, module, IQ_M_MODULE_NAME);
	if (!name.n) {
		r->unreadable++;
		return 0;
	}
	if (find_table(k, module, &t))
		read_table(r, name, &t);
	else
		r->unreadable++;
	find_text(r, name, module);
	return r->failed || r->looked_at > ALL_MAX;
}

int iq_module_symbols_read(struct iq_kimage *k, struct iq_err *err)
{
	struct run r = { .k = k };
	uint64_t head;

	if (k->mem->long_bytes != 8 || k->mem->big_endian ||
	    !iq_ki_has(k, IQ_M_MODULE_LIST) || !iq_ki_symbol(k, "modules", &head))
		return 1;
	enum iq_list_end end = iq_ki_list(k, head, k->member[IQ_M_MODULE_LIST].offset,
					  MODULES_MAX, one_module, &r);
	if (r.unreadable || end != IQ_LIST_WHOLE)
		iq_ki_missing(k, "module-symbols", "the symbols of %zu modules cannot be "
			      "read%s", r.unreadable, end == IQ_LIST_WHOLE ? "" :
			      "; the list of modules is broken or too long");
	return iq_symbols_sort(k->symbols, err);
}
