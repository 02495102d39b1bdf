/* vmcore/dump/reach.h - where a page is in the file: behind its end, or where it can be
 * read at once.
 *
 * libkdumpfile 0.5 gives zeros for a page stored uncompressed (kdump without
 * compression, ELF) that lies beyond the end of a cut file: the one wrong answer that
 * nobody can tell from a right one.  So the place of a page is looked up here first.
 * And its cache of file blocks is searched from the front, some 70 000 instructions for
 * a page: pages stored as they are or by zlib are read here, all others left to it.
 */
#ifndef IQ_VMCORE_REACH_H
#define IQ_VMCORE_REACH_H

#include "vmcore/dump/header.h"

struct iq_reach;

/* Of one file, FD with the headers H (both stay the caller's).  NULL: out of memory. */
struct iq_reach *iq_reach_new(int fd, const struct iq_dump_head *h);
void iq_reach_free(struct iq_reach *r);

enum iq_reach_page {
	IQ_REACH_READ,		/* TO has it */
	IQ_REACH_ASK,		/* the library's to read, or to say why not */
	IQ_REACH_BEHIND,	/* it, or a part of it, lies behind the end of the file */
};

/* N: bytes of a page.  Pages that this file does not have at all are the library's. */
enum iq_reach_page iq_reach_page(struct iq_reach *r, uint64_t pfn, void *to, size_t n);

#endif
