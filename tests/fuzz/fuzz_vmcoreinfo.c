/* tests/fuzz/fuzz_vmcoreinfo.c - what a kernel says of itself, and who reads it: lines,
 * numbers, notes, the types made of it, and the comparison of types with it.
 */
#include <stdlib.h>

#include "vmcore/kernel/kimage.h"
#include "vmcore/types/types_files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum iq_mem_status nothing(void *arg, uint64_t va, void *buf, size_t n)
{
	(void)arg;
	(void)va;
	memset(buf, 'x', n);
	return va & 4096 ? IQ_MEM_OK : IQ_MEM_EXCLUDED;
}

static void ask_types(struct iq_kimage *k)
{
	static const char *const names[][2] = {
		{ "page", "flags" }, { "page", "lru" }, { "zone", "free_area" },
		{ "zone", "vm_stat" }, { "free_area", "free_list" },
		{ "pglist_data", "node_zones" }, { "list_head", "next" },
	};
	struct iq_types *t = NULL;
	struct iq_member_at m;
	struct iq_err err;
	uint64_t n;

	if (iq_types_vmcoreinfo(k, &t, &err))
		return;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (t->ops->member(t->impl, names[i][0], names[i][1], &m) &&
		    (!m.known || m.offset > 1 << 24))
			abort();
		t->ops->size(t->impl, names[i][0], &n);
	}
	/* it cannot disagree with itself */
	if (iq_types_fit(k, t, &err) && err.code != IQ_E_USAGE)
		abort();
	iq_types_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iq_vmcoreinfo info = { iq_slice((const char *)data, size) };
	struct iq_memory mem = { nothing, NULL, 8, false };
	struct iq_kimage k = { .mem = &mem, .info = &info, .page_size = 4096,
			       .arch = IQ_ARCH_X86_64 };
	uint64_t va;
	int64_t n;
	char id[65];

	iq_vmcoreinfo_symbol(&info, "_stext", &va);
	iq_vmcoreinfo_number(&info, "phys_base", &n);
	iq_vmcoreinfo_line(&info, "OSRELEASE");
	iq_kimage_build_id(&k, id, sizeof id);
	if (strlen(id) > 64)
		abort();
	struct iq_slice d = iq_note_find(info.text, size & 1, IQ_LIT("VMCOREINFO"), 0);
	if (d.p && (d.p < info.text.p || d.p + d.n > info.text.p + size))
		abort();
	ask_types(&k);
	return 0;
}
