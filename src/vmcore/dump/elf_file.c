/* vmcore/dump/elf_file.c - what an ELF file of a kernel offers besides DWARF. */
#include "vmcore/dump/elf_file.h"

#include <gelf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void spell_id(const unsigned char *p, size_t n, char *ret, size_t room)
{
	for (size_t i = 0; i < n && 2 * i + 2 < room; i++)
		snprintf(ret + 2 * i, 3, "%02x", p[i]);
}

/* NT_GNU_BUILD_ID of the first note section that has one. */
static void find_build_id(struct iq_elf_file *f)
{
	GElf_Shdr sh;
	GElf_Nhdr nh;
	size_t name_at, desc_at;

	for (Elf_Scn *s = NULL; (s = elf_nextscn(f->elf, s)) && !*f->build_id;) {
		if (!gelf_getshdr(s, &sh) || sh.sh_type != SHT_NOTE)
			continue;
		Elf_Data *d = elf_getdata(s, NULL);
		for (size_t at = 0, next; d && d->d_buf && at < d->d_size &&
		     (next = gelf_getnote(d, at, &nh, &name_at, &desc_at)) > 0; at = next)
			if (nh.n_type == NT_GNU_BUILD_ID && nh.n_namesz == 4 &&
			    !memcmp((char *)d->d_buf + name_at, "GNU", 4) &&
			    nh.n_descsz <= 32)
				spell_id((unsigned char *)d->d_buf + desc_at, nh.n_descsz,
					 f->build_id, sizeof f->build_id);
	}
}

int iq_elf_file_open(int fd, struct iq_elf_file *ret, struct iq_err *err)
{
	*ret = (struct iq_elf_file){ .fd = fd };
	if (elf_version(EV_CURRENT) == EV_NONE)
		return iq_err_set(err, IQ_E_UNSUPPORTED, "libelf is too old");
	ret->elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (!ret->elf)
		return iq_err_set(err, IQ_E_FORMAT, "%s", elf_errmsg(-1));
	if (elf_kind(ret->elf) != ELF_K_ELF) {
		elf_end(ret->elf);
		ret->elf = NULL;
		return 0;
	}
	find_build_id(ret);
	return 0;
}

void iq_elf_file_close(struct iq_elf_file *f)
{
	if (f->elf)
		elf_end(f->elf);
	if (f->fd >= 0)
		close(f->fd);
	*f = (struct iq_elf_file){ .fd = -1 };
}

struct iq_slice iq_elf_file_section(const struct iq_elf_file *f, const char *name)
{
	size_t names;
	GElf_Shdr sh;

	if (!f->elf || elf_getshdrstrndx(f->elf, &names))
		return IQ_SLICE_NULL;
	for (Elf_Scn *s = NULL; (s = elf_nextscn(f->elf, s));) {
		if (!gelf_getshdr(s, &sh) || sh.sh_type == SHT_NOBITS)
			continue;
		const char *n = elf_strptr(f->elf, names, sh.sh_name);
		if (!n || strcmp(n, name) != 0)
			continue;
		Elf_Data *d = elf_rawdata(s, NULL);
		return d && d->d_buf ? iq_slice(d->d_buf, d->d_size) : IQ_SLICE_NULL;
	}
	return IQ_SLICE_NULL;
}

/* The letter of nm(1), as far as anybody asks: code, data, absolute. */
static char letter_of(Elf *elf, const GElf_Sym *s)
{
	GElf_Shdr sh;
	bool local = GELF_ST_BIND(s->st_info) == STB_LOCAL;
	char c = 'D';

	if (s->st_shndx == SHN_ABS) {
		c = 'A';
	} else if (s->st_shndx < SHN_LORESERVE) {
		Elf_Scn *scn = elf_getscn(elf, s->st_shndx);
		if (scn && gelf_getshdr(scn, &sh))
			c = sh.sh_flags & SHF_EXECINSTR ? 'T'
			    : sh.sh_type == SHT_NOBITS  ? 'B'
			    : sh.sh_flags & SHF_WRITE   ? 'D'
							: 'R';
	}
	return local ? (char)(c | 0x20) : c;
}

bool iq_elf_file_symbols(const struct iq_elf_file *f,
			 int (*each)(void *arg, struct iq_slice name, uint64_t va,
				     char type),
			 void *arg)
{
	GElf_Shdr sh;
	GElf_Sym sym;
	Elf_Scn *s = NULL;

	while (f->elf && (s = elf_nextscn(f->elf, s)))
		if (gelf_getshdr(s, &sh) && sh.sh_type == SHT_SYMTAB && sh.sh_entsize)
			break;
	Elf_Data *d = s ? elf_getdata(s, NULL) : NULL;
	if (!d)
		return false;
	for (int i = 1; gelf_getsym(d, i, &sym); i++) {
		unsigned type = GELF_ST_TYPE(sym.st_info);
		if (sym.st_shndx == SHN_UNDEF || type == STT_FILE || type == STT_SECTION)
			continue;
		const char *n = elf_strptr(f->elf, sh.sh_link, sym.st_name);
		if (n && *n &&
		    each(arg, iq_slice_z(n), sym.st_value, letter_of(f->elf, &sym)))
			break;
	}
	return true;
}
