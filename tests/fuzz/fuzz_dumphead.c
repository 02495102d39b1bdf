/* tests/fuzz/fuzz_dumphead.c - any bytes as a dump.
 *
 * Our own reading of headers, notes, bitmaps and flattened streams (not libkdumpfile,
 * which is known to crash; what is tested here decides what it gets to see).
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "model/facts.h"
#include "vmcore/dump/flattened.h"
#include "vmcore/dump/header.h"
#include "vmcore/dump/reach.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void head(int fd)
{
	struct iq_dump_head h;
	struct iq_arena mem;
	struct iq_err err;

	iq_arena_init(&mem);
	if (iq_dump_head_read(fd, &mem, &h, &err) == 0) {
		struct iq_reach *r = iq_reach_new(fd, &h);
		if (h.openable && h.kind == IQ_DUMP_KDUMP && h.need_bytes <= 0)
			abort();
		size_t n = h.block_size > 0 && h.block_size <= 65536 ? (size_t)h.block_size
								     : 4096;
		unsigned char *page = malloc(n);
		for (uint64_t pfn = 0; r && page && pfn < 5000; pfn += 1 + pfn / 16)
			(void)iq_reach_page(r, pfn, page, n);
		if (r && page)
			(void)iq_reach_page(r, UINT64_MAX, page, n);
		free(page);
		iq_reach_free(r);
	}
	iq_arena_fini(&mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iq_limits limits = IQ_LIMITS_DEFAULT;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct iq_err err;
	bool cut;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	if (iq_flat_is((const char *)data, size)) {
		int out = memfd_create("fuzz", MFD_CLOEXEC);
		limits.bytes = 1 << 20;
		if (out < 0)
			abort();
		if (iq_flat_rebuild(fd, out, &limits, &cut, &err) == 0)
			head(out);
		close(out);
	} else {
		head(fd);
	}
	close(fd);
	return 0;
}
