/* vmcore/stacks/unwind_scan.c - what a stack holds that looks like return addresses, and what
 * code and its names tell of them; see unwind.h.
 *
 * The last resort, as in the kernel's show_trace_log_lvl(): stale words of earlier calls
 * are among them, so these frames are never called reliable.
 */
#include "vmcore/stacks/unwind.h"

bool iq_unwind_symbol(const struct iq_unwinder *u, uint64_t va, bool exact,
		      struct iq_symbol_at *ret)
{
	return iq_symbol_at(u->symbols, exact ? va : va - 1, ret);
}

bool iq_unwind_in(const struct iq_unwinder *u, uint64_t va, bool exact,
		  const char *const *functions)
{
	struct iq_symbol_at at;

	if (!iq_unwind_symbol(u, va, exact, &at))
		return false;
	for (; *functions; functions++)
		if (iq_eq(at.name, iq_slice_z(*functions)))
			return true;
	return false;
}

/* e8 rel32, or ff /2 with a register or memory behind it (two to seven bytes). */
bool iq_unwind_call_before(const struct iq_unwinder *u, uint64_t va, uint64_t *target,
			   bool *readable)
{
	static const uint8_t sizes[] = { 2, 3, 4, 6, 7 };
	unsigned char b[8];

	*target = 0;
	*readable = iq_mem_read(u->mem, va - 7, b, 7) == IQ_MEM_OK;
	if (!*readable)
		return false;
	if (b[2] == 0xe8) {
		int32_t off = (int32_t)((uint32_t)b[3] | (uint32_t)b[4] << 8 |
					(uint32_t)b[5] << 16 | (uint32_t)b[6] << 24);
		*target = va + (uint64_t)(int64_t)off;
		return true;
	}
	for (size_t i = 0; i < sizeof sizes; i++) {
		const unsigned char *p = b + 7 - sizes[i];
		if (p[0] == 0xff && (p[1] >> 3 & 7) == 2)
			return true;
	}
	return false;
}

/* bl, blr, blraa.. of arm64 */
static bool arm_call_before(const struct iq_unwinder *u, uint64_t va, bool *readable)
{
	uint64_t w;

	*readable = !(va & 3) && iq_mem_uint(u->mem, va - 4, 4, &w) == IQ_MEM_OK;
	return *readable && ((w >> 26) == 0x25 || (w & 0xfefff800) == 0xd63f0800 ||
			     (w & 0xfffffc1f) == 0xd63f0000);
}

void iq_unwind_scan(const struct iq_unwinder *u, const struct iq_unwind_start *s,
		    uint64_t sp, struct iq_stack_frames *ret)
{
	bool on_task = sp >= s->low && sp < s->high, x86 = u->orc.mem != NULL;
	uint64_t end = on_task ? s->high : (sp | (u->stack_size - 1)) + 1, v, target;
	unsigned char page[4096];
	size_t found = 0;

	sp = (sp + 7) & ~UINT64_C(7);
	while (sp < end && found < IQ_FRAMES_SCANNED_MAX) {
		size_t n = 4096 - (size_t)(sp & 4095);
		n = n < end - sp ? n : (size_t)(end - sp);
		if (iq_mem_read(u->mem, sp, page, n) != IQ_MEM_OK)
			break;
		for (size_t i = 0; i + 8 <= n && found < IQ_FRAMES_SCANNED_MAX; i += 8) {
			bool readable;
			v = iq_mem_int(u->mem, page + i, 8);
			if (!iq_symbol_is_text(u->symbols, v))
				continue;
			bool call = x86 ? iq_unwind_call_before(u, v, &target, &readable)
					: arm_call_before(u, v, &readable);
			if (!call && readable)
				continue;
			found += iq_unwind_add(ret, v, false, false);
		}
		sp += n;
	}
}
