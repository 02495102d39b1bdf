/* vmcore/dump/reach.h - does the file still hold this page, or was it cut off before it?
 *
 * libkdumpfile 0.5 gives zeros for a page stored uncompressed (kdump without
 * compression, ELF) that lies beyond the end of a cut file: the one wrong answer that
 * nobody can tell from a right one.  So the place of a page is looked up here first.
 */
#ifndef IQ_VMCORE_REACH_H
#define IQ_VMCORE_REACH_H

#include "vmcore/dump/header.h"

struct iq_reach;

/* Of one file, FD with the headers H (both stay the caller's).  NULL: out of memory. */
struct iq_reach *iq_reach_new(int fd, const struct iq_dump_head *h);
void iq_reach_free(struct iq_reach *r);

/* False: this file has the page, or a part of it, behind its own end.  True also for
 * pages that it does not have at all; that is the library's answer to give. */
bool iq_reach_ok(const struct iq_reach *r, uint64_t pfn);

#endif
