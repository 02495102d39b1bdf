/* vmcore/dump/header.c - see header.h.
 *
 * kdump-compressed follows diskdump_mod.h of makedumpfile: struct disk_dump_header in
 * block 0, struct kdump_sub_header in block 1, two bitmaps, page descriptors, data.
 * ELF follows elf.h and the notes of fs/proc/vmcore.c.
 */
#include "vmcore/dump/header.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cursor.h"
#include "model/facts.h"
#include "vmcore/dump/vmcoreinfo.h"

#define NOTES_MAX ((size_t)64 * 1024 * 1024)	/* 400 bytes a CPU, 8192 CPUs, and room */
#define PHDRS_MAX 1000000			/* makedumpfile -E makes one a hole */
#define PAGE_DESC_BYTES 24
#define DESCS_LOOKED_AT 4096
#define BITMAP_CHUNK (256 * 1024)

/* A field of the two headers: where it is in 64 and 32 bit dumps, how long. */
struct field {
	uint16_t at64, at32, n64, n32;
};

static const struct field
	KDH_TIME_SEC    = { 408, 404, 8, 4 },
	KDH_TIME_USEC   = { 416, 408, 8, 4 },
	KDH_STATUS      = { 424, 412, 4, 4 },
	KDH_BLOCK_SIZE  = { 428, 416, 4, 4 },
	KDH_SUB_BLOCKS  = { 432, 420, 4, 4 },
	KDH_BITMAP      = { 436, 424, 4, 4 },
	KDH_MAX_MAPNR   = { 440, 428, 4, 4 },
	SUB_DUMP_LEVEL  = { 8, 4, 4, 4 },
	SUB_SPLIT       = { 12, 8, 4, 4 },
	SUB_START_PFN   = { 16, 12, 8, 4 },
	SUB_END_PFN     = { 24, 16, 8, 4 },
	SUB_INFO_AT     = { 32, 20, 8, 8 },
	SUB_INFO_SIZE   = { 40, 28, 8, 4 },
	SUB_NOTE_AT     = { 48, 32, 8, 8 },
	SUB_NOTE_SIZE   = { 56, 40, 8, 4 },
	SUB_START_PFN64 = { 80, 56, 8, 8 },
	SUB_END_PFN64   = { 88, 64, 8, 8 },
	SUB_MAX_MAPNR64 = { 96, 72, 8, 8 };

#define UTS_AT 12
#define UTS_BYTES 65
#define SUB_BYTES 104

struct reader {
	int fd;
	struct iq_arena *mem;
	struct iq_dump_head *h;
	struct iq_err *err;
};

/* All N bytes at AT, in the arena; NULL if the file ends before. */
static char *read_at(struct reader *r, uint64_t at, size_t n)
{
	if (at > (uint64_t)r->h->file_bytes || n > (uint64_t)r->h->file_bytes - at)
		return NULL;
	char *p = iq_arena_alloc(r->mem, n + 1);
	size_t done = 0;
	while (p && done < n) {
		ssize_t got = pread(r->fd, p + done, n - done, (off_t)(at + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return NULL;
		done += (size_t)got;
	}
	return p;
}

static uint64_t num(const struct iq_dump_head *h, const char *p, size_t at, size_t n)
{
	struct iq_cursor c = iq_cursor(p + at, n);
	return h->big_endian ? iq_cur_be(&c, n) : iq_cur_le(&c, n);
}

static uint64_t get(const struct iq_dump_head *h, const char *p, struct field f)
{
	return h->long_bytes == 8 ? num(h, p, f.at64, f.n64) : num(h, p, f.at32, f.n32);
}

static void need(struct iq_dump_head *h, uint64_t at, uint64_t n)
{
	uint64_t end;
	if (__builtin_add_overflow(at, n, &end) || end > INT64_MAX)
		end = INT64_MAX;
	if ((int64_t)end > h->need_bytes)
		h->need_bytes = (int64_t)end;
}

/* --- kdump-compressed --- */

static struct iq_slice uts(const char *p, int which)
{
	const char *s = p + UTS_AT + UTS_BYTES * which;
	return iq_slice(s, strnlen(s, UTS_BYTES));
}

static bool block_size_ok(uint64_t n)
{
	return n >= 512 && n <= 1024 * 1024 && (n & (n - 1)) == 0;
}

/* Byte order and word size are said nowhere: the one that gives a sane block size
 * and sub-header. */
static bool kdump_shape(struct iq_dump_head *h, const char *p)
{
	for (int i = 0; i < 4; i++) {
		h->big_endian = i & 1;
		h->long_bytes = i & 2 ? 4 : 8;
		uint64_t sub = get(h, p, KDH_SUB_BLOCKS);
		h->version = (unsigned)num(h, p, 8, 4);
		h->block_size = (int64_t)get(h, p, KDH_BLOCK_SIZE);
		if (h->version <= 100 && block_size_ok((uint64_t)h->block_size) &&
		    sub <= 1024) {
			h->page_size = h->block_size;
			return true;
		}
	}
	return false;
}

static void kdump_time(struct iq_dump_head *h, const char *p)
{
	int64_t sec = (int64_t)get(h, p, KDH_TIME_SEC);
	int64_t usec = (int64_t)get(h, p, KDH_TIME_USEC);

	/* 0: QEMU, or makedumpfile over QEMU's file */
	if (sec > 0 && sec < INT64_C(1) << 40 && usec >= 0 && usec < 1000000)
		h->crash_us = sec * 1000000 + usec;
}

/* What the notes N say; of several segments of them the first with an answer.
 * XEN_ELFNOTE_CRASH_INFO: include/public/elfnote.h of Xen. */
static void take_notes(struct iq_dump_head *h, struct iq_slice n)
{
	if (!h->notes.p)
		h->notes = n;
	if (!h->vmcoreinfo.p)
		h->vmcoreinfo = iq_note_find(n, h->big_endian, IQ_LIT("VMCOREINFO"), 0);
	h->xen = h->xen || iq_note_find(n, h->big_endian, IQ_LIT("Xen"), 0x1000001).p ||
		 iq_note_find(n, h->big_endian, IQ_LIT("VMCOREINFO_XEN"), 0).p;
	/* the core of a program names its files and its arguments; no kernel does */
	h->process = h->process ||
		iq_note_find(n, h->big_endian, IQ_LIT("CORE"), NT_PRPSINFO).p ||
		iq_note_find(n, h->big_endian, IQ_LIT("CORE"), NT_AUXV).p;
}

/* The notes, then VMCOREINFO where the sub-header says. */
static void kdump_info(struct reader *r, const char *sub)
{
	struct iq_dump_head *h = r->h;
	uint64_t at = get(h, sub, SUB_INFO_AT), n = get(h, sub, SUB_INFO_SIZE);
	char *p;

	if (h->version >= 4) {
		uint64_t note_at = get(h, sub, SUB_NOTE_AT);
		uint64_t note_n = get(h, sub, SUB_NOTE_SIZE);
		need(h, note_at, note_n);
		if (note_n > NOTES_MAX)
			h->openable = false;
		else if (note_n && (p = read_at(r, note_at, note_n)))
			take_notes(h, iq_slice(p, note_n));
		else if (note_n)
			h->openable = false;
	}
	if (h->version >= 3 && n && n <= IQ_VMCOREINFO_MAX_BYTES) {
		need(h, at, n);
		if (!h->vmcoreinfo.p && (p = read_at(r, at, n)))
			h->vmcoreinfo = iq_slice(p, n);
	}
}

static void kdump_sub(struct reader *r, const char *sub)
{
	struct iq_dump_head *h = r->h;

	if (h->version >= 1)
		h->dump_level = (int32_t)get(h, sub, SUB_DUMP_LEVEL);
	if (h->version >= 2) {
		h->split = get(h, sub, SUB_SPLIT) != 0;
		h->start_pfn = get(h, sub, SUB_START_PFN);
		h->end_pfn = get(h, sub, SUB_END_PFN);
	}
	if (h->version >= 6) {
		h->start_pfn = get(h, sub, SUB_START_PFN64);
		h->end_pfn = get(h, sub, SUB_END_PFN64);
		h->max_pfn = get(h, sub, SUB_MAX_MAPNR64);
	}
	kdump_info(r, sub);
}

/* Bits FROM .. TO of the bitmap of N bytes at AT. */
static uint64_t count_bits(struct reader *r, uint64_t at, uint64_t n, uint64_t from,
			   uint64_t to)
{
	unsigned char *b = malloc(BITMAP_CHUNK);
	uint64_t count = 0, bit = 0;

	while (b && n && bit < to) {
		size_t k = n < BITMAP_CHUNK ? (size_t)n : BITMAP_CHUNK;
		ssize_t got = pread(r->fd, b, k, (off_t)at);
		if (got <= 0)
			break;
		for (ssize_t i = 0; i < got; i++, bit += 8) {
			unsigned v = b[i];
			if (bit + 8 <= from || bit >= to)
				continue;
			if (bit < from)
				v &= 0xffu << (from - bit);
			if (bit + 8 > to)
				v &= 0xffu >> (bit + 8 - to);
			count += (unsigned)__builtin_popcount(v & 0xff);
		}
		at += (uint64_t)got;
		n -= (uint64_t)got;
	}
	free(b);
	return count;
}

/* Pages in this file: bits of the second bitmap.  A part of a split set has the
 * bitmaps of the whole, and descriptors for its own range. */
static uint64_t count_pages(struct reader *r, uint64_t at, uint64_t n)
{
	const struct iq_dump_head *h = r->h;
	return h->split ? count_bits(r, at, n, h->start_pfn, h->end_pfn)
			: count_bits(r, at, n, 0, UINT64_MAX);
}

/* Descriptors FROM .. FROM + N: how they are compressed, where their data ends. */
static void look_at_descs(struct reader *r, uint64_t at, uint64_t n)
{
	struct iq_dump_head *h = r->h;
	char *p = read_at(r, at, (size_t)n * PAGE_DESC_BYTES);

	for (uint64_t i = 0; p && i < n; i++) {
		const char *d = p + i * PAGE_DESC_BYTES;
		uint64_t size = num(h, d, 8, 4);
		if (size && size <= (uint64_t)h->block_size) {
			h->flags |= (unsigned)num(h, d, 12, 4) & 0x27;
			need(h, num(h, d, 0, 8), size);
		}
	}
}

/* Written in the order of pfn, so the last ones reach furthest. */
static void kdump_pages(struct reader *r, uint64_t sub_blocks, uint64_t bitmap_blocks)
{
	struct iq_dump_head *h = r->h;
	uint64_t block = (uint64_t)h->block_size;
	uint64_t bitmaps = (1 + sub_blocks) * block, half = bitmap_blocks / 2 * block;
	uint64_t descs = bitmaps + bitmap_blocks * block;

	h->bitmap2_at = bitmaps + half;
	h->bitmap2_bytes = half;
	h->descs_at = descs;
	need(h, bitmaps, bitmap_blocks * block);
	if (descs > (uint64_t)h->file_bytes) {
		h->openable = false;	/* no page can be found */
		return;
	}
	uint64_t pages = h->pages = count_pages(r, h->bitmap2_at, half);
	need(h, descs, pages * PAGE_DESC_BYTES);
	uint64_t n = pages < DESCS_LOOKED_AT ? pages : DESCS_LOOKED_AT;
	look_at_descs(r, descs, n);
	if (pages > n)
		look_at_descs(r, descs + (pages - n) * PAGE_DESC_BYTES, n);
}

static int read_kdump(struct reader *r, const char *p)
{
	struct iq_dump_head *h = r->h;

	h->kind = IQ_DUMP_KDUMP;
	h->disk = memcmp(p, "DISKDUMP", 8) == 0;
	if (!kdump_shape(h, p))
		return iq_err_set(r->err, IQ_E_FORMAT, "the header of the dump is damaged");
	h->sysname = uts(p, 0);
	h->nodename = uts(p, 1);
	h->release = uts(p, 2);
	h->version_text = uts(p, 3);
	h->machine = uts(p, 4);
	h->flags = (unsigned)get(h, p, KDH_STATUS);
	h->max_pfn = get(h, p, KDH_MAX_MAPNR);
	kdump_time(h, p);
	uint64_t sub_blocks = get(h, p, KDH_SUB_BLOCKS), bitmap = get(h, p, KDH_BITMAP);
	need(h, 0, (uint64_t)h->block_size * (1 + sub_blocks));
	/* the library needs both blocks whole */
	h->openable = h->file_bytes >= h->need_bytes && sub_blocks >= 1 &&
		      bitmap > 0 && bitmap < UINT64_C(1) << 31;
	char *sub = sub_blocks ? read_at(r, (uint64_t)h->block_size, SUB_BYTES) : NULL;
	if (sub)
		kdump_sub(r, sub);
	else if (!h->disk)
		h->openable = false;
	if (bitmap < UINT64_C(1) << 31)
		kdump_pages(r, sub_blocks, bitmap);
	return 0;
}

/* --- ELF --- */

struct phdr {
	uint32_t type;
	uint64_t offset, paddr, filesz, memsz;
};

static void phdr_at(const struct iq_dump_head *h, const char *p, struct phdr *ret)
{
	ret->type = (uint32_t)num(h, p, 0, 4);
	if (h->long_bytes == 8)
		*ret = (struct phdr){ ret->type, num(h, p, 8, 8), num(h, p, 24, 8),
				      num(h, p, 32, 8), num(h, p, 40, 8) };
	else
		*ret = (struct phdr){ ret->type, num(h, p, 4, 4), num(h, p, 12, 4),
				      num(h, p, 16, 4), num(h, p, 20, 4) };
}

static void elf_notes(struct reader *r, const struct phdr *ph)
{
	struct iq_dump_head *h = r->h;

	if (ph->filesz > NOTES_MAX) {
		h->openable = false;
		return;
	}
	char *p = read_at(r, ph->offset, (size_t)ph->filesz);
	if (!p) {
		h->openable = false;
		return;
	}
	take_notes(h, iq_slice(p, (size_t)ph->filesz));
}

/* e_phnum 0xffff: the number is in sh_info of section 0 */
static uint64_t elf_phnum(struct reader *r, const char *p)
{
	struct iq_dump_head *h = r->h;
	uint64_t n = num(h, p, h->long_bytes == 8 ? 56 : 44, 2);

	if (n != 0xffff)
		return n;
	uint64_t shoff = h->long_bytes == 8 ? num(h, p, 40, 8) : num(h, p, 32, 4);
	char *sh = read_at(r, shoff, h->long_bytes == 8 ? 64 : 40);
	return sh ? num(h, sh, h->long_bytes == 8 ? 44 : 28, 4) : n;
}

static int read_elf(struct reader *r, const char *p)
{
	struct iq_dump_head *h = r->h;
	struct phdr ph;

	h->kind = IQ_DUMP_ELF;
	h->big_endian = p[EI_DATA] == ELFDATA2MSB;
	h->long_bytes = p[EI_CLASS] == ELFCLASS32 ? 4 : 8;
	h->elf_machine = (unsigned)num(h, p, 18, 2);
	uint64_t phoff = h->long_bytes == 8 ? num(h, p, 32, 8) : num(h, p, 28, 4);
	uint64_t size = num(h, p, h->long_bytes == 8 ? 54 : 42, 2);
	uint64_t n = elf_phnum(r, p), want = h->long_bytes == 8 ? 56 : 32;

	if (size != want || n == 0 || n > PHDRS_MAX)
		return iq_err_set(r->err, IQ_E_FORMAT, "the ELF header is damaged: %llu "
				  "program headers of %llu bytes", (unsigned long long)n,
				  (unsigned long long)size);
	need(h, phoff, n * size);
	char *table = read_at(r, phoff, (size_t)(n * size));
	if (!table)
		return iq_err_set(r->err, IQ_E_FORMAT, "cut off: the program headers at byte "
				  "%llu are missing", (unsigned long long)phoff);
	h->loads = iq_arena_alloc(r->mem, (size_t)n * sizeof *h->loads);
	if (!h->loads)
		return iq_err_set(r->err, IQ_E_NOMEM, "out of memory");
	h->openable = true;
	for (uint64_t i = 0; i < n; i++) {
		phdr_at(h, table + i * size, &ph);
		if (ph.type == PT_NOTE)
			elf_notes(r, &ph);
		if (ph.type == PT_LOAD || ph.type == PT_NOTE)
			need(h, ph.offset, ph.filesz);
		if (ph.type != PT_LOAD)
			continue;
		h->pages += ph.filesz / (uint64_t)h->page_size;
		h->loads[h->n_loads++] = (struct iq_dump_load){ ph.paddr, ph.offset,
								ph.filesz };
		if (ph.filesz > ph.memsz || ph.paddr + ph.memsz < ph.paddr)
			h->openable = false;
	}
	return 0;
}

int iq_dump_head_read(int fd, struct iq_arena *mem, struct iq_dump_head *ret,
		      struct iq_err *err)
{
	struct reader r = { fd, mem, ret, err };
	struct stat st;

	memset(ret, 0, sizeof *ret);
	ret->crash_us = ret->dump_level = IQ_NULL;
	ret->page_size = 4096;
	if (fstat(fd, &st))
		return iq_err_sys(err, errno, "cannot be examined");
	ret->file_bytes = st.st_size;
	char *p = read_at(&r, 0, 464);
	if (!p)
		return iq_err_set(err, IQ_E_FORMAT, "too short for a dump (%lld bytes)",
				  (long long)st.st_size);
	if (memcmp(p, "KDUMP   ", 8) == 0 || memcmp(p, "DISKDUMP", 8) == 0)
		return read_kdump(&r, p);
	if (memcmp(p, ELFMAG, SELFMAG) == 0)
		return read_elf(&r, p);
	return iq_err_set(err, IQ_E_FORMAT, "not a kernel dump");
}
