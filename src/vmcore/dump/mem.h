/* vmcore/dump/mem.h - pages of a dump, cached, and virtual addresses on top of them.
 *
 * libkdumpfile is used as a reader of physical pages only: its own cache is a list
 * searched from the front, and its translation needs attributes that QEMU's dumps do
 * not set (facts on vmcores 1.5, 1.8).  Machines whose page tables we do not know are
 * left to its translation.
 */
#ifndef IQ_VMCORE_MEM_H
#define IQ_VMCORE_MEM_H

#include "base/err.h"
#include "vmcore/dump/memory.h"
#include "vmcore/dump/reach.h"
#include "vmcore/dump/vmcoreinfo.h"

#include <libkdumpfile/kdumpfile.h>

#define IQ_PAGE_CACHE_BYTES ((size_t)64 * 1024 * 1024)

enum iq_arch { IQ_ARCH_OTHER, IQ_ARCH_X86_64, IQ_ARCH_ARM64, IQ_ARCH_I386 };

struct iq_mem;

/* PAGE_SIZE: bytes of a page.  KC stays the caller's.  READ_PAGE is asked first: what lies
 * behind the end of the file is IQ_MEM_DAMAGED.  NULL: the library reads all. */
struct iq_mem *iq_mem_new(kdump_ctx_t *kc, size_t page_size,
			  enum iq_reach_page (*read_page)(void *arg, uint64_t pfn, void *to,
							  size_t n),
			  void *arg);
void iq_mem_free(struct iq_mem *m);

/* One page of physical memory by its frame number, borrowed until the next call. */
enum iq_mem_status iq_mem_page(struct iq_mem *m, uint64_t pfn,
			       const unsigned char **ret);

/* How virtual addresses are found, from VMCOREINFO; -1 with ERR if it does not say. */
int iq_mem_translate(struct iq_mem *m, enum iq_arch arch,
		     const struct iq_vmcoreinfo *info, struct iq_err *err);

/* iq_memory.read, with a struct iq_mem as its arg. */
enum iq_mem_status iq_mem_read_va(void *mem, uint64_t va, void *buf, size_t n);

#endif
