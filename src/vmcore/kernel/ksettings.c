/* vmcore/kernel/ksettings.c - see ksettings.h.
 *
 * include/linux/sysctl.h: a struct ctl_table has the file's name, the address of the
 * variable, its size and the file's mode.  Such structures stand in the kernel's data,
 * or in what is read-only of it since 6.11.  Two pointers into the kernel's image, a
 * small size and a mode are enough to tell them; the name is compared last.
 */
#include "vmcore/kernel/ksettings.h"

#define PAGE 4096
#define ENTRY_MAX 128			/* bytes of a ctl_table: 64 */
#define IMAGE_BEFORE (UINT64_C(48) << 20)	/* of init_uts_ns, at most */
#define IMAGE_BEHIND (UINT64_C(16) << 20)
#define NAME_MAX_BYTES 40

struct search {
	struct iq_kimage *k;
	struct iq_setting_at *set;
	size_t n;
	uint64_t from, to;		/* the image: addresses that count as its own */
};

static uint64_t field(const struct search *w, const unsigned char *entry,
		      enum iq_member_no m)
{
	const struct iq_member_at *at = &w->k->member[m];
	return iq_mem_int(w->k->mem, entry + at->offset, at->size < 8 ? at->size : 8);
}

static bool inside(const struct search *w, uint64_t va)
{
	return va >= w->from && va < w->to;
}

static void take(struct search *w, struct iq_slice name, uint64_t data, uint64_t bytes)
{
	for (size_t i = 0; i < w->n; i++) {
		struct iq_setting_at *s = &w->set[i];
		if (!iq_eq(name, iq_slice_z(s->name)))
			continue;
		/* one of a name in two directories is nobody's */
		if (s->bytes && s->va != data)
			s->va = 0;
		else
			s->va = data;
		s->bytes = (int64_t)bytes;
	}
}

static void look_at(struct search *w, const unsigned char *entry)
{
	uint64_t name = field(w, entry, IQ_M_SETTING_PROCNAME), data, bytes, mode;

	if (!inside(w, name))
		return;
	data = field(w, entry, IQ_M_SETTING_DATA);
	bytes = field(w, entry, IQ_M_SETTING_MAXLEN);
	mode = field(w, entry, IQ_M_SETTING_MODE);
	if (!inside(w, data) || bytes == 0 || bytes > PAGE || mode & ~UINT64_C(0777) ||
	    !(mode & 0400))
		return;
	struct iq_slice s = iq_ki_string(w->k, name, NAME_MAX_BYTES);
	if (s.n && s.n < NAME_MAX_BYTES)
		take(w, s, data, bytes);
	iq_arena_reset(&w->k->arena);
}

void iq_settings_find(struct iq_kimage *k, struct iq_setting_at *set, size_t n)
{
	static const enum iq_member_no needed[] = {
		IQ_M_SETTING_PROCNAME, IQ_M_SETTING_DATA, IQ_M_SETTING_MAXLEN,
		IQ_M_SETTING_MODE,
	};
	struct search w = { .k = k, .set = set, .n = n };
	unsigned char b[PAGE + ENTRY_MAX];
	size_t kept = 0;		/* bytes of the page before */
	uint64_t at, text;

	for (size_t i = 0; i < n; i++)
		set[i].va = 0, set[i].bytes = 0;
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!iq_ki_has(k, needed[i]) || k->member[needed[i]].offset > ENTRY_MAX - 8)
			return;
	if (!iq_ki_symbol(k, "init_uts_ns", &at))
		return;
	w.from = at - IMAGE_BEFORE;
	if (iq_ki_symbol(k, "_etext", &text) && text > w.from && text < at)
		w.from = text;
	w.from &= ~(uint64_t)(PAGE - 1);
	w.to = at + IMAGE_BEHIND;
	for (uint64_t va = w.from; va < w.to; va += PAGE) {
		if (iq_mem_read(k->mem, va, b + kept, PAGE) != IQ_MEM_OK) {
			kept = 0;
			continue;
		}
		size_t have = kept + PAGE;
		for (size_t o = 0; o + ENTRY_MAX <= have; o += k->mem->long_bytes)
			look_at(&w, b + o);
		kept = ENTRY_MAX - k->mem->long_bytes;
		memmove(b, b + have - kept, kept);
	}
}
