/* vmcore/types/btf_dump.c - the BTF that lies in the dump: the kernel's own.
 *
 * It stands between __start_BTF and __stop_BTF, in .rodata, which makedumpfile keeps.
 * Without these symbols the kernel's image is searched for a header that fits.
 */
#include "vmcore/types/btf_check.h"
#include "vmcore/kernel/kimage.h"
#include "vmcore/types/types_btf.h"

#include <stdlib.h>
#include <string.h>

#define IMAGE_MAX ((uint64_t)256 * 1024 * 1024)
#define GAP_MAX ((uint64_t)16 * 1024 * 1024)	/* in the image without a page: its end */

/* N bytes at VA, by pages so that what is missing can be said. */
static void *read_all(struct iq_kimage *k, uint64_t va, size_t n, struct iq_err *err)
{
	unsigned char *p = malloc(n);
	size_t lost = 0, pages = 0;
	enum iq_mem_status why = IQ_MEM_OK;

	if (!p) {
		iq_err_set(err, IQ_E_NOMEM, "out of memory");
		return NULL;
	}
	for (size_t at = 0, part; at < n; at += part, pages++) {
		part = k->page_size - (va + at) % k->page_size;
		if (part > n - at)
			part = n - at;
		enum iq_mem_status s = iq_mem_read(k->mem, va + at, p + at, part);
		lost += s != IQ_MEM_OK;
		why = s != IQ_MEM_OK ? s : why;
	}
	if (!lost)
		return p;
	free(p);
	iq_err_set(err, IQ_E_FORMAT,
		   "%zu of %zu pages of the kernel's BTF are %s", lost, pages,
		   iq_mem_why(why));
	return NULL;
}

/* A whole header at VA that is native to the dump; the bytes it describes, or 0. */
static size_t header_at(struct iq_kimage *k, uint64_t va)
{
	unsigned char b[IQ_BTF_HEADER_BYTES];
	struct iq_btf_head h;
	const uint16_t one = 1;
	bool we_big = !*(const unsigned char *)&one;

	if (iq_mem_read(k->mem, va, b, sizeof b) != IQ_MEM_OK ||
	    !iq_btf_head_read(b, sizeof b, IQ_BTF_MAX_BYTES, &h) ||
	    h.swapped != (we_big != k->mem->big_endian) || h.n_type_bytes < 4096)
		return 0;
	return h.n_bytes;
}

/* One page of the image; the magic may begin in the last bytes of the one before. */
static size_t search_page(struct iq_kimage *k, uint64_t va, const unsigned char *p,
			  size_t n, uint64_t *ret_va)
{
	const unsigned char magic[2] = { k->mem->big_endian ? 0xeb : 0x9f,
					 k->mem->big_endian ? 0x9f : 0xeb };
	const unsigned char *at = p, *end = p + n;

	while ((at = memmem(at, (size_t)(end - at), magic, 2))) {
		size_t size = 0;
		if (end - at < 4 || (at[2] == 1 && at[3] == 0))
			size = header_at(k, va + (uint64_t)(at - p));
		if (size) {
			*ret_va = va + (uint64_t)(at - p);
			return size;
		}
		at++;
	}
	return 0;
}

/* A table of symbols that has variables nobody exports has all: then there is no BTF. */
static bool has_all_symbols(const struct iq_kimage *k)
{
	uint64_t va;
	return k->symbols && (iq_symbol(k->symbols, "saved_command_line", &va) ||
			      iq_symbol(k->symbols, "__start_rodata", &va));
}

/* .rodata follows the code, which need not be looked at. */
static size_t search(struct iq_kimage *k, uint64_t *ret_va)
{
	uint64_t start, seen, va;
	unsigned char *p;
	size_t size = 0;

	if (has_all_symbols(k) || !iq_vmcoreinfo_symbol(k->info, "_stext", &start) ||
	    !(p = malloc(k->page_size)))
		return 0;
	if (iq_ki_symbol(k, "_etext", &va) && va > start && va - start < IMAGE_MAX)
		start = va;
	start -= start % k->page_size;
	seen = start;
	for (va = start; !size && va - start < IMAGE_MAX && va - seen < GAP_MAX;
	     va += k->page_size) {
		enum iq_mem_status s = iq_mem_read(k->mem, va, p, k->page_size);
		if (s != IQ_MEM_UNMAPPED)
			seen = va;
		if (s == IQ_MEM_OK)
			size = search_page(k, va, p, k->page_size, ret_va);
	}
	free(p);
	return size;
}

int iq_types_btf_dump(struct iq_kimage *k, struct iq_types **ret, struct iq_err *err)
{
	uint64_t start = 0, stop = 0;
	size_t n = 0;

	if (iq_ki_symbol(k, "__start_BTF", &start) &&
	    iq_ki_symbol(k, "__stop_BTF", &stop)) {
		if (stop - start > IQ_BTF_MAX_BYTES)
			return iq_err_set(err, IQ_E_FORMAT,
					  "the kernel's BTF is said to be "
					  "%llu bytes",
					  (unsigned long long)(stop - start));
		n = stop - start;
	} else {
		n = search(k, &start);
	}
	if (n < IQ_BTF_HEADER_BYTES)
		return 1;
	void *p = read_all(k, start, n, err);
	int r = p ? iq_types_btf_new(p, n, k->mem->long_bytes, NULL, ret, err) : -1;
	free(p);
	return r;
}
