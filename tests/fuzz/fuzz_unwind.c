/* tests/fuzz/fuzz_unwind.c - ORC tables and stacks.
 *
 * Byte 0: 1 arm64, 2 types say that entries have a signal bit, 4 SP_INDIRECT of before
 * 5.12.  Byte 1: entries of the table.  Then ip, sp and bp, 8 bytes each, and memory:
 * code of eight functions, the table's addresses at 0x400, its entries at 0x600, the
 * stack from 0x1000 on.  Whatever lies there, it ends, within bounds, and code is code.
 */
#include <stdlib.h>

#include "vmcore/stacks/unwind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BASE UINT64_C(0xffffffff81000000)
#define HEAD 26

struct world {
	const uint8_t *mem;
	size_t n;
	unsigned long reads;
};

static enum iq_mem_status read_mem(void *arg, uint64_t va, void *buf, size_t n)
{
	struct world *w = arg;
	uint64_t at = va - BASE;
	if (++w->reads > 200000)
		abort();
	if (at > w->n || n > w->n - at)
		return va & 1 ? IQ_MEM_UNMAPPED : IQ_MEM_EXCLUDED;
	memcpy(buf, w->mem + at, n);
	return IQ_MEM_OK;
}

static struct iq_symbols *symbols(void)
{
	static const char *const names[] = {
		"schedule", "do_syscall_64", "entry", "panic", "__crash_kexec", "el1h_64_irq",
		"rewind_stack_do_exit", "ret_from_fork",
	};
	struct iq_symbols *s = iq_symbols_new();
	if (!s)
		abort();
	iq_symbols_add(s, IQ_LIT("_stext"), IQ_SLICE_NULL, BASE, 'R');
	iq_symbols_add(s, IQ_LIT("_etext"), IQ_SLICE_NULL, BASE + 0x400, 'R');
	for (unsigned i = 0; i < 8; i++)
		iq_symbols_add(s, iq_slice_z(names[i]), IQ_SLICE_NULL, BASE + 0x80 * i, 't');
	if (iq_symbols_sort(s, NULL))
		abort();
	return s;
}

static void check(const struct iq_unwinder *u, const struct iq_stack_frames *f)
{
	size_t outside = 0, scanned = 0;
	if (f->n > IQ_FRAMES_MAX + IQ_FRAMES_SCANNED_MAX)
		abort();
	for (size_t i = 0; i < f->n; i++) {
		outside += !iq_symbol_is_text(u->symbols, f->frame[i].ip);
		scanned += !f->frame[i].reliable && !f->frame[i].exact;
	}
	if (f->end == IQ_STACK_WHOLE && f->n == 0 && scanned)
		abort();
	/* code that no table knows is passed only where a frame pointer leads on */
	if (outside > f->n)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < HEAD)
		return 0;
	struct world w = { .mem = data + HEAD, .n = size - HEAD };
	struct iq_memory mem = { read_mem, &w, 8, false };
	struct iq_symbols *s = symbols();
	struct iq_unwinder u = { .mem = &mem, .symbols = s, .stack_size = 4096,
				 .indirect_first = data[0] & 4,
				 .pac_mask = UINT64_C(0x007f000000000000),
				 .stackframe_at = 304, .regs_pc_at = 256 };
	struct iq_unwind_start start = {
		.ip = iq_mem_int(&mem, data + 2, 8), .sp = iq_mem_int(&mem, data + 10, 8),
		.bp = iq_mem_int(&mem, data + 18, 8), .exact = data[0] & 8,
		.low = BASE + 0x1000, .high = BASE + 0x2000,
	};
	static struct iq_stack_frames f;

	if (data[0] & 1) {
		iq_unwind_arm64(&u, &start, &f);
	} else {
		iq_orc_init(&u.orc, &mem);
		if (iq_orc_add(&u.orc, BASE + 0x400, BASE + 0x600, data[1]) < 0)
			abort();
		if (!iq_orc_ready(&u.orc, data[0] & 2))
			iq_orc_fini(&u.orc);
		iq_unwind_x86(&u, &start, &f);
		iq_orc_fini(&u.orc);
	}
	check(&u, &f);
	iq_symbols_free(s);
	return 0;
}
