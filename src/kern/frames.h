/* kern/frames.h - names in a trace that tell what was being allocated.
 *
 * A table of function names with the purpose behind them (oom.md 1.3).  Pure.
 */
#ifndef IQ_KERN_FRAMES_H
#define IQ_KERN_FRAMES_H

#include "base/slice.h"

/* NAME without what the compiler hung on: .isra.0 .constprop.1 .part.2 .cold .llvm.N,
 * and without +0x1/0x2 and [module]. */
struct iq_slice iq_frame_base(struct iq_slice name);

enum iq_purpose {
	IQ_PURPOSE_NONE, IQ_PURPOSE_ANON_FAULT, IQ_PURPOSE_FILE_FAULT, IQ_PURPOSE_PAGE_CACHE,
	IQ_PURPOSE_SHMEM, IQ_PURPOSE_VMALLOC, IQ_PURPOSE_FORK, IQ_PURPOSE_EXEC,
	IQ_PURPOSE_PAGE_TABLE, IQ_PURPOSE_MEMCG_CHARGE, IQ_PURPOSE_MODULE, IQ_PURPOSE_SLAB,
	IQ_PURPOSE_NETWORK, IQ_PURPOSE_FD_TABLE, IQ_PURPOSE_PIPE, IQ_PURPOSE_SWAP_IN,
	IQ_PURPOSE_THP, IQ_PURPOSE_HUGETLB, IQ_PURPOSE_KVM, IQ_PURPOSE_SYSRQ, IQ_PURPOSE_GPU,
	IQ_PURPOSE_BLOCK, IQ_PURPOSE_PERCPU, IQ_PURPOSE_BPF, IQ_PURPOSE_FAULT_OOM,
};

enum iq_purpose iq_frame_purpose(struct iq_slice name);
const char *iq_purpose_text(enum iq_purpose p);	/* "a page of anonymous memory" */

#endif
