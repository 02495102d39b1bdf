/* vmcore/types/types_files.c - files that somebody gave: a vmlinux, a debug file, raw BTF. */
#include "vmcore/types/types_files.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmcore/types/btf_check.h"
#include "vmcore/dump/elf_file.h"
#include "vmcore/types/types_btf.h"
#include "vmcore/types/types_dwarf.h"

/* --- whose kernel --- */

/* The notes of the image, for kernels whose VMCOREINFO has no BUILD-ID (before 5.9). */
static struct iq_slice id_in_notes(struct iq_kimage *k, char *buf, size_t room)
{
	uint64_t start, stop;
	size_t n;

	if (!iq_ki_symbol(k, "__start_notes", &start) ||
	    !iq_ki_symbol(k, "__stop_notes", &stop))
		return IQ_SLICE_NULL;
	n = stop - start < room ? stop - start : room;
	if (stop < start || iq_mem_read(k->mem, start, buf, n) != IQ_MEM_OK)
		return IQ_SLICE_NULL;
	return iq_note_find(iq_slice(buf, n), k->mem->big_endian, IQ_LIT("GNU"),
			    NT_GNU_BUILD_ID);
}

void iq_kimage_build_id(struct iq_kimage *k, char *ret, size_t n)
{
	struct iq_slice hex = iq_trim(iq_vmcoreinfo_line(k->info, "BUILD-ID"));
	char buf[4096];

	*ret = 0;
	if (hex.n) {
		snprintf(ret, n, "%.*s", IQ_FMT(hex));
		return;
	}
	struct iq_slice id = id_in_notes(k, buf, sizeof buf);
	for (size_t i = 0; i < id.n && 2 * i + 2 < n; i++)
		snprintf(ret + 2 * i, 3, "%02x", (unsigned char)id.p[i]);
}

/* 1: by its build id of this kernel; 0: it or the dump does not tell; -1: another. */
static int compare_build_id(struct iq_kimage *k, const struct iq_elf_file *f,
			    struct iq_err *err)
{
	char id[65];

	iq_kimage_build_id(k, id, sizeof id);
	if (!*id || !*f->build_id)
		return 0;
	if (!strcmp(id, f->build_id))
		return 1;
	return iq_err_set(err, IQ_E_USAGE,
			  "of another kernel: its build id is %.40s, that of "
			  "the dump %.40s", f->build_id, id);
}

/* --- its symbols --- */

static int add_symbol(void *arg, struct iq_slice name, uint64_t va, char type)
{
	return iq_symbols_add(arg, name, IQ_SLICE_NULL, va, type);
}

int iq_symbols_file(struct iq_kimage *k, const char *path, struct iq_err *err)
{
	struct iq_elf_file f = { .fd = -1 };
	struct iq_symbols *map = iq_symbols_new();
	int fd = map ? iq_open_regular(path, err)
		     : iq_err_set(err, IQ_E_NOMEM, "out of memory");
	int r = fd < 0 || iq_elf_file_open(fd, &f, err) ||
		compare_build_id(k, &f, err) < 0;

	if (!r && (!iq_elf_file_symbols(&f, add_symbol, map) || !iq_symbols_count(map)))
		r = iq_err_set(err, IQ_E_FORMAT, "no symbols in it");
	r = r || iq_symbols_merge(k, map, err);
	iq_symbols_free(map);
	iq_elf_file_close(&f);
	return r ? iq_err_prefix(err, "%s", path) : 0;
}

/* --- the file --- */

int iq_open_regular(const char *path, struct iq_err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return iq_err_sys(err, errno, "cannot be opened");
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return iq_err_set(err, IQ_E_USAGE, "not a file");
	}
	return fd;
}

static int raw_btf(struct iq_kimage *k, int fd, struct iq_types **ret, struct iq_err *err)
{
	struct stat st;

	if (fstat(fd, &st) || st.st_size < IQ_BTF_HEADER_BYTES ||
	    (uint64_t)st.st_size > IQ_BTF_MAX_BYTES)
		return iq_err_set(err, IQ_E_FORMAT, "neither BTF nor an ELF file; of a "
				  "vmlinuz its vmlinux is needed");
	size_t n = (size_t)st.st_size;
	unsigned char *p = malloc(n);
	if (!p)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	int r = pread(fd, p, n, 0) == (ssize_t)n
		? iq_types_btf_new(p, n, k->mem->long_bytes, NULL, ret, err)
		: iq_err_set(err, IQ_E_IO, "cannot be read whole");
	free(p);
	return r;
}

/* BTF first: reading it is a hundred times quicker than DWARF. */
static int elf_types(struct iq_kimage *k, struct iq_elf_file *f, unsigned from,
		     struct iq_types **ret, struct iq_err *err)
{
	struct iq_slice btf = iq_elf_file_section(f, ".BTF");
	struct iq_err first = { 0 };

	if (from & IQ_TYPES_BTF && btf.n &&
	    !iq_types_btf_new(btf.p, btf.n, k->mem->long_bytes, NULL, ret, &first))
		return 0;
	if (from & IQ_TYPES_DWARF)
		return iq_types_dwarf_new(f, ret, err);
	return first.code ? (*err = first, -1)
			  : iq_err_set(err, IQ_E_FORMAT, "an ELF file without .BTF");
}

static int from_elf(struct iq_kimage *k, struct iq_elf_file *f, unsigned from,
		    struct iq_types **ret, struct iq_err *err)
{
	int known = compare_build_id(k, f, err);

	if (known < 0 || elf_types(k, f, from, ret, err))
		return -1;
	if (!known && iq_types_fit(k, *ret, err)) {
		iq_types_free(*ret);
		*ret = NULL;
		return -1;
	}
	return 0;
}

int iq_types_file(struct iq_kimage *k, const char *path, unsigned from,
		  struct iq_types **ret, struct iq_err *err)
{
	struct iq_elf_file f = { .fd = -1 };
	int fd = iq_open_regular(path, err);
	int r = fd < 0 ? -1 : iq_elf_file_open(fd, &f, err);

	*ret = NULL;
	if (!r && f.elf)
		r = from_elf(k, &f, from, ret, err);
	else if (!r && from & IQ_TYPES_BTF)
		r = raw_btf(k, fd, ret, err) ? -1 : iq_types_fit(k, *ret, err);
	else if (!r)
		r = iq_err_set(err, IQ_E_FORMAT,
			       "not an ELF file; of a vmlinuz its vmlinux "
			       "is needed");
	if (r) {
		iq_types_free(*ret);
		*ret = NULL;
	}
	iq_elf_file_close(&f);
	return r ? iq_err_prefix(err, "%s", path) : 0;
}
