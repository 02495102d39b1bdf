/* input/elfnote.c - is an ELF core that of a program?
 *
 * It names its arguments (NT_PRPSINFO) or its auxiliary vector; no kernel's does.  To be
 * known from the first bytes: of a bundle's many cores none should be unpacked for that.
 * Follows fs/binfmt_elf.c of the kernel and elf(5).
 */
#include "input/sniff.h"

#include "base/cursor.h"

#define NT_PRPSINFO 3
#define NT_AUXV 6
#define NOTES_MAX 4096			/* looked at */

struct elf {
	struct iq_slice head;
	bool wide, big;
};

static uint64_t get(const struct elf *e, size_t at, size_t n)
{
	struct iq_cursor c = iq_cursor(e->head.p, e->head.n);
	iq_cur_bytes(&c, at);
	return e->big ? iq_cur_be(&c, n) : iq_cur_le(&c, n);
}

static bool has_program_note(const struct elf *e, uint64_t at, uint64_t size)
{
	uint64_t end = size > e->head.n || at > e->head.n - size ? e->head.n : at + size;

	for (unsigned i = 0; i < NOTES_MAX && at < end && end - at >= 12; i++) {
		uint64_t name_n = get(e, at, 4), desc_n = get(e, at + 4, 4);
		uint64_t type = get(e, at + 8, 4);
		if (at + 12 + 5 <= e->head.n && name_n == 5 &&
		    memcmp(e->head.p + at + 12, "CORE", 5) == 0 &&
		    (type == NT_PRPSINFO || type == NT_AUXV))
			return true;
		at += 12 + ((name_n + 3) & ~UINT64_C(3)) + ((desc_n + 3) & ~UINT64_C(3));
	}
	return false;
}

bool iq_sniff_program_core(struct iq_slice head)
{
	struct elf e = { head, head.n > 5 && head.p[4] == 2, head.n > 5 && head.p[5] == 2 };

	if (head.n < 64)
		return false;
	uint64_t at = get(&e, e.wide ? 32 : 28, e.wide ? 8 : 4);
	uint64_t size = get(&e, e.wide ? 54 : 42, 2), n = get(&e, e.wide ? 56 : 44, 2);
	for (uint64_t i = 0; i < n && size >= 32 && at < head.n && head.n - at >= size;
	     i++, at += size) {
		if (get(&e, at, 4) != 4)		/* PT_NOTE */
			continue;
		uint64_t notes = get(&e, at + (e.wide ? 8 : 4), e.wide ? 8 : 4);
		uint64_t bytes = get(&e, at + (e.wide ? 32 : 16), e.wide ? 8 : 4);
		return notes < head.n && has_program_note(&e, notes, bytes);
	}
	return false;
}
