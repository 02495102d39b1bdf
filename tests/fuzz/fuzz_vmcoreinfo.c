/* tests/fuzz/fuzz_vmcoreinfo.c - any bytes as ELF notes, and as the text of VMCOREINFO.
 *
 * The first byte picks the byte order of the notes; what is found in them as VMCOREINFO,
 * else all of it, is asked for lines, symbols and numbers.
 */
#include <stdlib.h>

#include "vmcore/vmcoreinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(struct iq_slice part, struct iq_slice all)
{
	if (part.p && (part.p < all.p || part.p + part.n > all.p + all.n))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "init_uts_ns", "swapper_pg_dir", "", "prb",
					     "list_head.next", "PG_slab", "phys_base" };

	if (!size)
		return 0;
	struct iq_slice all = iq_slice((const char *)data + 1, size - 1);
	struct iq_slice note = iq_note_find(all, data[0] & 1, IQ_LIT("VMCOREINFO"), 0);
	within(note, all);
	within(iq_note_find(all, data[0] & 1, IQ_LIT("CORE"), 1), all);
	struct iq_vmcoreinfo info = { note.p ? note : all };
	within(iq_vmcoreinfo_line(&info, "OSRELEASE"), all);
	within(iq_vmcoreinfo_line(&info, "BUILD-ID"), all);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		uint64_t u;
		int64_t n;
		size_t z;
		(void)iq_vmcoreinfo_symbol(&info, names[i], &u);
		(void)iq_vmcoreinfo_number(&info, names[i], &n);
		(void)iq_vmcoreinfo_offset(&info, names[i], &z);
		(void)iq_vmcoreinfo_size(&info, names[i], &z);
	}
	return 0;
}
