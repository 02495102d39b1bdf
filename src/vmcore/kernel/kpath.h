/* vmcore/kernel/kpath.h - the path of a file of the dead machine, through its mounts. */
#ifndef IQ_VMCORE_KPATH_H
#define IQ_VMCORE_KPATH_H

#include "vmcore/kernel/kimage.h"

/* DENTRY below the mount whose struct vfsmount is at MNT (0: below its own file system
 * only).  In the image's arena; p NULL: not readable.  As the machine's first mount
 * namespace saw it; what is deleted looks as before. */
struct iq_slice iq_kr_path(struct iq_kimage *k, uint64_t mnt, uint64_t dentry);

/* Of a struct file. */
struct iq_slice iq_kr_file_path(struct iq_kimage *k, uint64_t file);

#endif
