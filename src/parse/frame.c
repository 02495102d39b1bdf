/* parse/frame.c - see frame.h. */
#include "parse/frame.h"

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == '$';
}

/* "[<ffff...>]", "[ffff...]", "(" in front of an address; false if it is none. */
static bool skip_address(struct iq_slice *s)
{
	struct iq_slice t = *s;
	iq_skip(&t, IQ_LIT("("));
	if (!iq_skip(&t, IQ_LIT("[")))
		return false;
	bool angle = iq_skip(&t, IQ_LIT("<"));
	size_t n = 0;
	while (n < t.n && (is_hex(t.p[n]) || t.p[n] == '*'))
		n++;
	if (n && (n < 8 || n > 16))		/* none: somebody took the addresses out */
		return false;
	t = iq_from(t, n);
	if ((angle && !iq_skip(&t, IQ_LIT(">"))) || !iq_skip(&t, IQ_LIT("]")))
		return false;
	iq_skip(&t, IQ_LIT(")"));
	iq_skip_blank(&t);
	*s = t;
	return true;
}

static void module_of(struct iq_slice s, struct iq_frame *f)
{
	iq_skip_blank(&s);
	if (!iq_skip(&s, IQ_LIT("[")))
		return;
	size_t n = 0;
	while (n < s.n && (is_name(s.p[n]) || s.p[n] == '-'))
		n++;
	if (n && n < s.n && (s.p[n] == ']' || s.p[n] == ' '))
		f->module = iq_head(s, n);
}

/* arm's ") from [<8062eec8>] (caller+0x154/0x3c4)", since 6.1 " from caller+0x154/0x3c4":
 * what stands behind a name without offset. */
static bool is_arm_pair(struct iq_slice s)
{
	iq_skip(&s, IQ_LIT(")"));
	if (!iq_skip(&s, IQ_LIT(" from ")))
		return false;
	return iq_has(iq_head(s, 160), IQ_LIT("+0x"));
}

/* "<IRQ>", "</TASK>", "<<EOE>>", "<#DF>" at the front of *s. */
struct iq_slice iq_frame_mark(struct iq_slice *s)
{
	struct iq_slice t = iq_ltrim(*s);
	size_t n = 0;
	if (t.n < 3 || t.p[0] != '<')
		return IQ_SLICE_NULL;
	while (n < t.n && t.p[n] == '<')
		n++;
	size_t begin = n;
	while (n < t.n && ((t.p[n] >= 'A' && t.p[n] <= 'Z') ||
			   (t.p[n] >= '0' && t.p[n] <= '9') || t.p[n] == '/' ||
			   t.p[n] == '#' || t.p[n] == '_'))
		n++;
	struct iq_slice name = iq_slice(t.p + begin, n - begin);
	if (!name.n || n >= t.n || t.p[n] != '>' ||
	    (name.p[0] >= '0' && name.p[0] <= '9'))
		return IQ_SLICE_NULL;
	while (n < t.n && t.p[n] == '>')
		n++;
	*s = iq_ltrim(iq_from(t, n));
	return name;
}

bool iq_frame_parse(struct iq_slice text, struct iq_frame *ret)
{
	struct iq_frame f = { .offset = IQ_NULL, .reliable = true };
	struct iq_slice s = iq_ltrim(text);
	uint64_t offset, size;
	/* Context marks may stand in the same line: " <IRQ>  [<ffff...>] f+0x..." */
	while (iq_frame_mark(&s).n)
		;
	for (int i = 0; i < 2 && skip_address(&s); i++)
		f.addressed = true;
	if (iq_skip(&s, IQ_LIT("? ")))
		f.reliable = false;
	iq_skip_blank(&s);
	iq_skip(&s, IQ_LIT("("));
	iq_skip(&s, IQ_LIT("."));		/* ppc64 big endian */
	size_t n = 0;
	while (n < s.n && is_name(s.p[n]))
		n++;
	if (!n || (s.p[0] >= '0' && s.p[0] <= '9'))
		return false;
	f.function = iq_head(s, n);
	s = iq_from(s, n);
	if (is_arm_pair(s)) {
		*ret = f;
		return true;
	}
	if (!iq_skip(&s, IQ_LIT("+0x")) || !iq_take_hex(&s, &offset) ||
	    !iq_skip(&s, IQ_LIT("/0x")) || !iq_take_hex(&s, &size) || offset > INT64_MAX)
		return false;
	f.offset = (int64_t)offset;
	if (iq_has(s, IQ_LIT("(unreliable)")))
		f.reliable = false;
	module_of(s, &f);
	*ret = f;
	return true;
}

bool iq_frame_is_mark(struct iq_slice text)
{
	struct iq_slice s = iq_trim(text);
	if (s.n < 3 || s.n > 24 || s.p[0] != '<' || s.p[s.n - 1] != '>')
		return false;
	for (size_t i = 1; i + 1 < s.n; i++)
		if (!(s.p[i] >= 'A' && s.p[i] <= 'Z') && !(s.p[i] >= '0' && s.p[i] <= '9') &&
		    s.p[i] != '/' && s.p[i] != '#' && s.p[i] != '_' && s.p[i] != '<' &&
		    s.p[i] != '>')
			return false;
	return true;
}

bool iq_frame_is_hex_words(struct iq_slice text)
{
	int words = 0;
	for (;; words++) {
		struct iq_slice w = iq_word(&text);
		if (!w.n)
			return words > 0;
		if (w.n != 8 && w.n != 16)
			return false;
		for (size_t i = 0; i < w.n; i++)
			if (!is_hex(w.p[i]))
				return false;
	}
}

bool iq_frame_tells(struct iq_slice function)
{
	static const char *const leads[] = {
		"__vmalloc", "vmalloc", "vzalloc", "alloc_fdtable", "kmalloc_order",
		"__kmalloc_large", "load_module", "do_init_module", "init_module",
		"do_anonymous_page", "filemap_fault", "filemap_get_pages", "shmem_", "try_charge",
		"mem_cgroup_", "__mem_cgroup_charge", "obj_cgroup_charge", "pgd_alloc",
		"do_execve", "copy_process", "hugetlb_", "pagefault_out_of_memory",
		"moom_callback", "skb_page_frag_refill", "__alloc_skb", "pipe_write",
		"do_swap_page", "swapin_readahead", "dup_fd", "pte_alloc", "__pte_alloc",
		"page_cache_ra_", "__do_page_cache_readahead", "copy_page_range",
	};
	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
		if (iq_starts(function, iq_slice_z(leads[i])))
			return true;
	return false;
}

const char *iq_frame_arch(struct iq_slice function)
{
	static const struct { const char *lead, *arch; } frames[] = {
		{ "entry_SYSCALL_64", "x86_64" }, { "do_syscall_64", "x86_64" },
		{ "system_call_fastpath", "x86_64" }, { "ret_from_fork_asm", "x86_64" },
		{ "el0t_64_", "aarch64" }, { "el0_svc", "aarch64" }, { "el0_da", "aarch64" },
		{ "do_mem_abort", "aarch64" }, { "__arm64_", "aarch64" },
	};
	for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
		if (iq_starts(function, iq_slice_z(frames[i].lead)))
			return frames[i].arch;
	return NULL;
}
