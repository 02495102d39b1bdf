/* vmcore/kernel/kheads.h - variables that no symbol names. */
#ifndef IQ_VMCORE_KHEADS_H
#define IQ_VMCORE_KHEADS_H

#include "vmcore/kernel/kimage.h"

/* Adds the symbols slab_caches, super_blocks, modules, node_data and those of per-CPU
 * variables where they are missing and can be found.  After types are known.  -1: out of memory. */
int iq_heads_find(struct iq_kimage *k, struct iq_err *err);

#endif
