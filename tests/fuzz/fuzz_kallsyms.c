/* tests/fuzz/fuzz_kallsyms.c - the kernel's symbol tables: VMCOREINFO up to a NUL, then
 * memory, by whole pages.  Whatever lies there, names are names, and every address has one or none.
 */
#include <stdlib.h>

#include "vmcore/symbols/kallsyms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BASE UINT64_C(0xffffffff81000000)

struct world {
	const uint8_t *mem;
	size_t n;
};

static enum iq_mem_status read_mem(void *arg, uint64_t va, void *buf, size_t n)
{
	const struct world *w = arg;
	uint64_t at = va - BASE;
	size_t pages = (w->n + 4095) & ~(size_t)4095;
	if (at > pages || n > pages - at)
		return va & 1 ? IQ_MEM_UNMAPPED : IQ_MEM_EXCLUDED;
	size_t have = at < w->n ? w->n - at : 0;
	memcpy(buf, w->mem + at, n < have ? n : have);
	if (n > have)
		memset((char *)buf + have, 0, n - have);
	return IQ_MEM_OK;
}

static void check(struct iq_symbols *s)
{
	struct iq_symbol_at at;
	uint64_t va;

	if (iq_symbols_sort(s, NULL))
		abort();
	for (uint32_t i = 0; i < iq_symbols_count(s); i++) {
		struct iq_slice name = iq_symbols_nth(s, i, &va);
		if (name.n < 1 || name.n > IQ_SYMBOL_NAME_MAX + 1)
			abort();
		if (!iq_symbol_at(s, va, &at))
			continue;
		if (at.start > va || va - at.start >= at.size || !at.name.p)
			abort();
	}
	iq_symbol(s, "init_task", &va);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, 0, size);
	size_t n = end ? (size_t)(end - data) : size;
	struct world w = { .mem = data + n + (end != NULL), .n = size - n - (end != NULL) };
	struct iq_memory mem = { read_mem, &w, 8, false };
	struct iq_vmcoreinfo info = { iq_slice((const char *)data, n) };
	struct iq_kallsyms k;
	uint32_t missing;

	if (!iq_kallsyms_told(&mem, &info, &k) && !iq_kallsyms_scan(&mem, &info, 4096, &k))
		return 0;
	struct iq_symbols *s = iq_symbols_new();
	if (!s)
		abort();
	if (iq_kallsyms_decode(&mem, &info, &k, s, &missing, NULL) == 0) {
		if (iq_symbols_count(s) + missing != k.n)
			abort();
		if (iq_ksymtab_read(&mem, &k, s) < 0)
			abort();
		check(s);
	}
	iq_symbols_free(s);
	return 0;
}
