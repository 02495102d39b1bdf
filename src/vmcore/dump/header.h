/* vmcore/dump/header.h - what the headers of a dump say, checked against the file.
 *
 * Read by ourselves before libkdumpfile may see the file: version 0.5 crashes on
 * headers that are cut or lie, and does not notice what is missing (facts on peers
 * 5.1, on vmcores 1.7).  Nothing here trusts a size or an offset.
 */
#ifndef IQ_VMCORE_HEADER_H
#define IQ_VMCORE_HEADER_H

#include "base/arena.h"
#include "base/err.h"

enum iq_dump_kind { IQ_DUMP_KDUMP, IQ_DUMP_ELF };

/* Bits of the status word and of a page's flags (makedumpfile diskdump_mod.h). */
enum iq_dump_flag {
	IQ_DUMP_ZLIB = 1, IQ_DUMP_LZO = 2, IQ_DUMP_SNAPPY = 4, IQ_DUMP_INCOMPLETE = 8,
	IQ_DUMP_ZSTD = 0x20,
};

struct iq_dump_load {			/* a PT_LOAD */
	uint64_t paddr, offset, filesz;
};

struct iq_dump_head {
	enum iq_dump_kind kind;
	bool disk;			/* DISKDUMP instead of KDUMP */
	bool big_endian;
	unsigned long_bytes;		/* 4 or 8 */
	unsigned version;		/* of the kdump header */
	unsigned flags;			/* status word and page flags together */
	int64_t block_size;
	int64_t file_bytes;
	uint64_t pages;			/* that the headers promise */
	int64_t need_bytes;		/* what the headers promise; more than the file: cut */
	int64_t crash_us, dump_level;	/* IQ_NULL: not told */
	bool split;
	uint64_t start_pfn, end_pfn, max_pfn;
	uint64_t bitmap2_at, bitmap2_bytes, descs_at;	/* kdump */
	struct iq_dump_load *loads;	/* ELF; in the arena */
	size_t n_loads;
	int64_t page_size;		/* filled by whoever learns it, 4096 until then */
	unsigned elf_machine;
	bool process;			/* the core of a program, not of a kernel */
	bool xen;			/* of a Xen host */
	bool openable;			/* fit for libkdumpfile */
	struct iq_slice sysname, nodename, release, version_text, machine;
	struct iq_slice vmcoreinfo;	/* copies in the arena; p NULL: none */
	struct iq_slice notes;		/* ELF notes as they are, NT_PRSTATUS of the CPUs
					   among them; in the arena */
};

/* -1 with ERR: not a dump, or cut so early that nothing can be said. */
int iq_dump_head_read(int fd, struct iq_arena *mem, struct iq_dump_head *ret,
		      struct iq_err *err);

#endif
