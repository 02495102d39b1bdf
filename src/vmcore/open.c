/* vmcore/open.c - from descriptors to a dump whose memory can be read.
 *
 *   flattened? rebuild -> own header checks -> order of a split set -> libkdumpfile
 *   -> VMCOREINFO -> machine -> translation -> names and times for the report
 *
 * Whatever fails after the headers is kept as the reason why memory cannot be read;
 * the dump is open all the same and tells what it can.
 */
#include "vmcore/vmcore_impl.h"

#include <elf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "input/scratch.h"
#include "vmcore/dump/flattened.h"

void iq_vmcore_issue(struct iq_vmcore *v, const char *severity, const char *code,
		     int64_t offset_bytes, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (v->issue)
		v->issue(v->issue_arg, severity, code, offset_bytes, text);
}

/* --- machines --- */

static const struct machine {
	unsigned elf;
	const char *name;
	bool by_library;		/* it knows the page tables */
	bool of_32;			/* also where the dump has the headers of 64 bits */
} machines[] = {
	{ EM_X86_64, "x86_64", true },	  { EM_AARCH64, "aarch64", true },
	{ EM_386, "i686", true, true },	  { EM_PPC64, "ppc64", true },
	{ EM_PPC64, "ppc64le", true },	  { EM_S390, "s390x", true },
	{ EM_ARM, "arm", false, true },	  { EM_PPC, "ppc", false, true },
	{ EM_RISCV, "riscv64", false },	  { EM_LOONGARCH, "loongarch64", false },
	{ EM_MIPS, "mips", false },	  { EM_IA_64, "ia64", false },
	{ EM_SPARCV9, "sparc64", false }, { EM_PARISC, "parisc", false },
	{ EM_ALPHA, "alpha", false },
};

/* By the header's number or its name; NULL: it says neither, or another. */
static const struct machine *machine_of(const struct iq_dump_head *h)
{
	for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
		if (h->elf_machine ? h->elf_machine == machines[i].elf
				   : iq_eq(h->machine, iq_slice_z(machines[i].name)))
			return &machines[i];
	return NULL;
}

static struct iq_slice arch_name(enum iq_arch arch, const struct iq_dump_head *h)
{
	const struct machine *m = machine_of(h);

	if (arch == IQ_ARCH_X86_64)
		return IQ_LIT("x86_64");
	if (arch == IQ_ARCH_ARM64)
		return IQ_LIT("aarch64");
	return m ? iq_slice_z(m->name) : h->machine.n ? h->machine : IQ_SLICE_NULL;
}

/* i386 to i686 */
static bool is_i386(struct iq_slice machine)
{
	return machine.n == 4 && machine.p[0] == 'i' && iq_ends(machine, IQ_LIT("86"));
}

/* A header that names no machine at all is left to what its pages say. */
static int check_machine(const struct iq_dump_head *h, struct iq_err *err)
{
	const struct machine *m = machine_of(h);

	if (m ? m->by_library : !h->elf_machine && !h->machine.n)
		return 0;
	if (!m && !h->elf_machine && is_i386(h->machine))
		return 0;
	if (m)
		return iq_err_set(err, IQ_E_UNSUPPORTED, "a dump of a %s machine, whose page "
				  "tables are not known here; use crash", m->name);
	if (h->machine.n)
		return iq_err_set(err, IQ_E_UNSUPPORTED, "a dump of a machine '%.*s', which is "
				  "not known here", IQ_FMT(h->machine));
	return iq_err_set(err, IQ_E_UNSUPPORTED, "a dump of a machine with the ELF number %u, "
			  "which is not known here", h->elf_machine);
}

/* --- parts --- */

static int open_part(struct iq_vmcore *v, struct iq_part *p,
		     const struct iq_limits *limits, struct iq_err *err)
{
	char head[16] = "";

	if (pread(p->fd, head, sizeof head, 0) == (ssize_t)sizeof head &&
	    iq_flat_is(head, sizeof head)) {
		p->own_fd = iq_scratch_open(err);
		if (p->own_fd < 0 ||
		    iq_flat_rebuild(p->fd, p->own_fd, limits, &p->cut, err))
			return -1;
		p->flattened = true;
		p->fd = p->own_fd;
	}
	if (iq_dump_head_read(p->fd, &v->mem, &p->head, err))
		return p->cut ? iq_err_prefix(err, "flattened, cut off early") : -1;
	if (p->head.process)
		return iq_err_set(err, IQ_E_UNSUPPORTED, "the core dump of a program, not "
				  "of a kernel; use gdb or coredumpctl");
	if (p->head.xen)
		return iq_err_set(err, IQ_E_UNSUPPORTED, "the dump of a Xen host, whose "
				  "kernel lies behind Xen's own page tables; not read, use crash");
	if (check_machine(&p->head, err))
		return -1;
	if (p->head.need_bytes > p->head.file_bytes)
		p->cut = true;
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct iq_part *x = a, *y = b;
	return (x->head.start_pfn > y->head.start_pfn) -
	       (x->head.start_pfn < y->head.start_pfn);
}

__attribute__((format(printf, 2, 3)))
static void say_part(struct iq_vmcore *v, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	v->parts_missing = true;
	iq_vmcore_issue(v, "damage", "split-missing", IQ_NULL, "%s", text);
}

/* libkdumpfile 0.5 takes a set in any order, but a part with an empty range put
 * first makes all pages vanish, and a missing part goes unnoticed. */
static int order_split(struct iq_vmcore *v, struct iq_err *err)
{
	uint64_t at = 0;
	size_t n = 0;

	if (v->n_parts > 1)
		for (size_t i = 0; i < v->n_parts; i++)
			if (v->parts[i].head.kind != IQ_DUMP_KDUMP ||
			    !v->parts[i].head.split)
				return iq_err_set(err, IQ_E_USAGE, "several dumps that are "
						  "not parts of one; give them one by one");
	if (!v->parts[0].head.split)
		return 0;
	qsort(v->parts, v->n_parts, sizeof *v->parts, by_start);
	for (size_t i = 0; i < v->n_parts; i++) {
		const struct iq_dump_head *h = &v->parts[i].head;
		if (h->start_pfn >= h->end_pfn)
			continue;
		if (h->start_pfn != at)
			say_part(v, "a part of the split dump is missing or given twice: "
				 "page frames %llu to %llu", (unsigned long long)at,
				 (unsigned long long)h->start_pfn);
		at = h->end_pfn;
		n++;
	}
	if (!n)
		say_part(v, "of a split dump only what holds no pages: the other parts are "
			 "missing, give all of them");
	else if (at < v->parts[0].head.max_pfn)
		say_part(v, "the last part of the split dump is missing: page frames from "
			 "%llu on", (unsigned long long)at);
	return 0;
}

static void say_damage(struct iq_vmcore *v)
{
	for (size_t i = 0; i < v->n_parts; i++) {
		const struct iq_part *p = &v->parts[i];
		const struct iq_dump_head *h = &p->head;
		if (h->flags & IQ_DUMP_INCOMPLETE) {
			v->info.incomplete = true;
			iq_vmcore_issue(v, "damage", "dump-incomplete", IQ_NULL,
					"marked incomplete by its writer (disk full?): pages "
					"are missing");
		}
		if (!p->cut)
			continue;
		v->info.truncated = true;
		if (h->need_bytes > h->file_bytes)
			iq_vmcore_issue(v, "damage", "dump-truncated", h->file_bytes,
					"cut off: %lld of at least %lld bytes are there",
					(long long)h->file_bytes, (long long)h->need_bytes);
		else
			iq_vmcore_issue(v, "damage", "dump-truncated", IQ_NULL,
					"flattened, without an end mark: cut off");
	}
}

/* --- libkdumpfile --- */

/* A context that failed to open is left alone for good: even freeing it crashes. */
static int open_library(struct iq_vmcore *v, struct iq_err *err)
{
	int fds[IQ_SPLIT_PARTS_MAX];
	unsigned n = 0;
	bool mmap_ok = true;

	for (size_t i = 0; i < v->n_parts; i++) {
		const struct iq_part *p = &v->parts[i];
		if (!p->head.openable)
			return iq_err_set(err, IQ_E_FORMAT, "%s", p->cut ?
					  "cut off before its first page" :
					  "its headers are damaged");
		/* a part with an empty range: nothing in it */
		if (p->head.split && v->n_parts > 1 &&
		    p->head.start_pfn >= p->head.end_pfn)
			continue;
		mmap_ok = mmap_ok && p->head.kind == IQ_DUMP_ELF && !p->cut;
		fds[n++] = p->fd;
	}
	if (!n)
		return iq_err_set(err, IQ_E_FORMAT, "no part holds any page");
	kdump_ctx_t *kc = kdump_new();
	if (!kc)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	/* a page beyond the end of a mapped file is a SIGBUS */
	if (!mmap_ok)
		kdump_set_number_attr(kc, KDUMP_ATTR_FILE_MMAP_POLICY, KDUMP_MMAP_NEVER);
	/* its cache of 1024 pages is a list searched from the front; ours is in front */
	kdump_set_number_attr(kc, "cache.size", 16);
	kdump_status s = n == 1 ? kdump_open_fd(kc, fds[0]) : kdump_open_fdset(kc, n, fds);
	if (s != KDUMP_OK)
		return iq_err_set(err, IQ_E_FORMAT, "cannot be opened: %s",
				  kdump_get_err(kc));
	v->kc = kc;
	return 0;
}

/* --- what the dump says of itself --- */

static enum iq_arch arch_of(const struct iq_vmcore *v, const struct iq_dump_head *h)
{
	int64_t n;
	uint64_t a;

	const struct machine *m = machine_of(h);

	if (!h->big_endian && (m ? m->elf == EM_386 : is_i386(h->machine)))
		return IQ_ARCH_I386;
	if (h->long_bytes != 8 || h->big_endian)
		return IQ_ARCH_OTHER;
	if (h->elf_machine)
		return h->elf_machine == EM_X86_64 ? IQ_ARCH_X86_64 :
		       h->elf_machine == EM_AARCH64 ? IQ_ARCH_ARM64 : IQ_ARCH_OTHER;
	if (iq_eq(h->machine, IQ_LIT("x86_64")))
		return IQ_ARCH_X86_64;
	if (iq_eq(h->machine, IQ_LIT("aarch64")))
		return IQ_ARCH_ARM64;
	if (h->machine.n)
		return IQ_ARCH_OTHER;
	if (iq_vmcoreinfo_number(&v->vmcoreinfo, "kimage_voffset", &n))
		return IQ_ARCH_ARM64;
	return iq_vmcoreinfo_symbol(&v->vmcoreinfo, "init_top_pgt", &a) ||
	       iq_vmcoreinfo_symbol(&v->vmcoreinfo, "init_level4_pgt", &a)
		? IQ_ARCH_X86_64 : IQ_ARCH_OTHER;
}

static const char *format_name(struct iq_vmcore *v, const struct iq_part *p)
{
	const struct iq_dump_head *h = &p->head;
	const char *flat = p->flattened ? "flattened " : "";
	struct iq_slice s = h->kind == IQ_DUMP_ELF
		? iq_arena_printf(&v->mem, "%self", flat)
		: iq_arena_printf(&v->mem, "%s%s %u", flat,
				  h->disk ? "diskdump" : "kdump-compressed", h->version);
	return s.p ? s.p : "dump";
}

static const char *compression_name(unsigned flags)
{
	return flags & IQ_DUMP_ZLIB ? "zlib" : flags & IQ_DUMP_LZO ? "lzo" :
	       flags & IQ_DUMP_SNAPPY ? "snappy" : flags & IQ_DUMP_ZSTD ? "zstd" : "none";
}

static struct iq_slice or_null(struct iq_slice s)
{
	return s.n ? s : IQ_SLICE_NULL;
}

static void fill_from_header(struct iq_vmcore *v)
{
	const struct iq_part *p = &v->parts[0];
	const struct iq_dump_head *h = &p->head;
	struct iq_vmcore_info *i = &v->info;
	unsigned flags = 0;

	for (size_t k = 0; k < v->n_parts; k++)
		flags |= v->parts[k].head.flags;
	i->format = format_name(v, p);
	i->compression = compression_name(h->kind == IQ_DUMP_ELF ? 0 : flags);
	i->release = or_null(h->release);
	i->version = or_null(h->version_text);
	i->nodename = or_null(h->nodename);
	i->machine = or_null(h->machine);
	i->page_size = h->kind == IQ_DUMP_KDUMP ? h->block_size : IQ_NULL;
	i->crash_us = h->crash_us;
	i->dump_level = h->dump_level;
	i->parts = (int)v->n_parts;
}

static void fill_from_vmcoreinfo(struct iq_vmcore *v)
{
	struct iq_vmcore_info *i = &v->info;
	struct iq_slice s = iq_vmcoreinfo_line(&v->vmcoreinfo, "CRASHTIME");
	int64_t n;

	if (iq_to_i64(s, &n) && n > 0 && n < INT64_C(1) << 40)
		i->crash_us = n * 1000000;
	if (!i->release.p)
		i->release = or_null(iq_vmcoreinfo_line(&v->vmcoreinfo, "OSRELEASE"));
	i->build_id = or_null(iq_vmcoreinfo_line(&v->vmcoreinfo, "BUILD-ID"));
	s = iq_vmcoreinfo_line(&v->vmcoreinfo, "PAGESIZE");
	if (i->page_size == IQ_NULL && iq_to_i64(s, &n) && n >= 4096 && n <= 1 << 20 &&
	    (n & (n - 1)) == 0)
		i->page_size = n;
}

/* init_uts_ns.name: six strings of 65 bytes, at the start of the structure or behind
 * a reference count (5.10); "Linux" tells. */
static void fill_from_uts(struct iq_vmcore *v)
{
	struct iq_vmcore_info *i = &v->info;
	struct iq_slice *to[] = { NULL, &i->nodename, &i->release, &i->version,
				  &i->machine };
	size_t tries[] = { 0, 0, 4, 8 };
	uint64_t at;
	char b[5 * 65];

	if (!iq_vmcoreinfo_symbol(&v->vmcoreinfo, "init_uts_ns", &at))
		return;
	if (!iq_vmcoreinfo_offset(&v->vmcoreinfo, "uts_namespace.name", &tries[0]))
		tries[0] = 4;
	for (size_t k = 0; k < sizeof tries / sizeof *tries; k++) {
		if (iq_mem_read(&v->memory, at + tries[k], b, sizeof b) != IQ_MEM_OK ||
		    memcmp(b, "Linux", 6) != 0)
			continue;
		for (size_t f = 1; f < 5; f++) {
			struct iq_slice s = iq_slice(b + 65 * f, strnlen(b + 65 * f, 65));
			if (s.n && (!to[f]->p || f == 1))
				*to[f] = iq_arena_copy(&v->mem, s);
		}
		return;
	}
}

/* A note that the guest never filled, or not with this, is as good as none. */
static void find_vmcoreinfo(struct iq_vmcore *v)
{
	for (size_t i = 0; i < v->n_parts && !v->vmcoreinfo.text.p; i++)
		if (iq_has(v->parts[i].head.vmcoreinfo, IQ_LIT("OSRELEASE=")))
			v->vmcoreinfo.text = v->parts[i].head.vmcoreinfo;
}

static enum iq_reach_page read_page(void *arg, uint64_t pfn, void *to, size_t n)
{
	const struct iq_vmcore *v = arg;
	bool split = v->parts[0].head.split, held = false;

	for (size_t i = 0; i < v->n_parts; i++) {
		const struct iq_part *p = &v->parts[i];
		enum iq_reach_page is = p->reach ? iq_reach_page(p->reach, pfn, to, n)
						 : IQ_REACH_ASK;
		if (is != IQ_REACH_ASK)
			return is;
		held = held || (pfn >= p->head.start_pfn && pfn < p->head.end_pfn);
	}
	/* the range of a part that was not given */
	return !split || held || pfn >= v->parts[0].head.max_pfn ? IQ_REACH_ASK
								 : IQ_REACH_BEHIND;
}

/* Of an ELF dump the headers tell exactly whether it is cut; a kdump has to be asked
 * page by page. */
static int open_pages(struct iq_vmcore *v, struct iq_err *err)
{
	for (size_t i = 0; i < v->n_parts; i++) {
		struct iq_part *p = &v->parts[i];
		p->head.page_size = v->info.page_size;
		if (p->head.kind == IQ_DUMP_ELF && !p->cut)
			continue;
		p->reach = iq_reach_new(p->fd, &p->head);
		if (!p->reach)
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	}
	v->pages = iq_mem_new(v->kc, (size_t)v->info.page_size, read_page, v);
	return v->pages ? 0 : iq_err_set(err, IQ_E_NOMEM, "out of memory");
}

/* Pages, then VMCOREINFO if only they have it, then virtual addresses. */
static int open_memory(struct iq_vmcore *v, struct iq_err *err)
{
	const struct iq_dump_head *h = &v->parts[0].head;
	kdump_num_t page;

	if (open_library(v, err))
		return -1;
	if (v->info.page_size == IQ_NULL)
		v->info.page_size = 4096;
	/* of some machines the library does not know it, and divides by it */
	if (kdump_get_number_attr(v->kc, KDUMP_ATTR_PAGE_SIZE, &page) != KDUMP_OK || !page)
		kdump_set_number_attr(v->kc, KDUMP_ATTR_PAGE_SIZE,
				      (kdump_num_t)v->info.page_size);
	if (open_pages(v, err))
		return -1;
	if (!v->vmcoreinfo.text.p) {
		iq_vmcore_issue(v, "note", "vmcoreinfo-missing", IQ_NULL, "no VMCOREINFO in "
				"the header (QEMU without -device vmcoreinfo?); searched "
				"for in memory");
		v->vmcoreinfo.text = iq_vmcore_scan_info(v);
		fill_from_vmcoreinfo(v);
	}
	if (!v->vmcoreinfo.text.p)
		return iq_err_set(err, IQ_E_FORMAT, "no VMCOREINFO: the kernel does not say "
				  "where anything is");
	v->arch = arch_of(v, h);
	/* there the library translates and reads in one go: see reach.h */
	if (v->arch == IQ_ARCH_OTHER && v->info.truncated)
		return iq_err_set(err, IQ_E_UNSUPPORTED, "cut off, and of a machine whose "
				  "page tables are not known here");
	const struct machine *m = machine_of(h);
	bool of_32 = v->arch == IQ_ARCH_I386 || (m && m->of_32);
	v->memory = (struct iq_memory){ iq_mem_read_va, v->pages,
					of_32 ? 4 : h->long_bytes, h->big_endian };
	return iq_mem_translate(v->pages, v->arch, &v->vmcoreinfo, err);
}

int iq_vmcore_open(const int *fds, size_t n, const struct iq_limits *limits,
		   void (*issue)(void *arg, const char *severity, const char *code,
				 int64_t offset_bytes, const char *text),
		   void *arg, struct iq_vmcore **ret, struct iq_err *err)
{
	if (n == 0 || n > IQ_SPLIT_PARTS_MAX)
		return iq_err_set(err, IQ_E_USAGE, "%zu parts of a dump", n);
	struct iq_vmcore *v = calloc(1, sizeof *v);
	if (!v)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	iq_arena_init(&v->mem);
	v->issue = issue;
	v->issue_arg = arg;
	v->parts = calloc(n, sizeof *v->parts);
	for (size_t i = 0; v->parts && i < n; i++) {
		v->parts[i].fd = fds[i];
		v->parts[i].own_fd = -1;
		v->n_parts++;
	}
	int r = v->parts ? 0 : iq_err_set(err, IQ_E_NOMEM, "out of memory");
	for (size_t i = 0; r == 0 && i < n; i++)
		r = open_part(v, &v->parts[i], limits, err);
	if (r == 0)
		r = order_split(v, err);
	if (r) {
		iq_vmcore_close(v);
		return -1;
	}
	say_damage(v);
	find_vmcoreinfo(v);
	v->arch = arch_of(v, &v->parts[0].head);
	fill_from_header(v);
	fill_from_vmcoreinfo(v);
	if (open_memory(v, &v->no_memory) == 0)
		fill_from_uts(v);
	v->info.arch = arch_name(v->arch, &v->parts[0].head);
	*ret = v;
	return 0;
}

/* The context of libkdumpfile stays: freeing it reads what is freed already (0.5.1,
 * fixed in 0.5.2), and this process ends soon. */
void iq_vmcore_close(struct iq_vmcore *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < v->n_parts; i++) {
		iq_reach_free(v->parts[i].reach);
		if (v->parts[i].own_fd >= 0)
			close(v->parts[i].own_fd);
	}
	iq_mem_free(v->pages);
	free(v->parts);
	iq_arena_fini(&v->mem);
	free(v);
}

const struct iq_vmcore_info *iq_vmcore_info(const struct iq_vmcore *v)
{
	return &v->info;
}

const char *iq_vmcore_unreadable(const struct iq_vmcore *v)
{
	return v->no_memory.code ? v->no_memory.text : NULL;
}
