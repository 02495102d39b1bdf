/* vmcore/kernel/kpath.c - see kpath.h; fs/d_path.c:prepend_path().
 *
 * Names stand from the leaf to the root: at the root of a file system the walk goes on
 * at the place where that is mounted.  All loops are bounded by the number of steps.
 */
#include "vmcore/kernel/kpath.h"

#define STEPS_MAX 256
#define PATH_BYTES_MAX 4096
#define NAME_BYTES_MAX 255

struct path {
	struct iq_kimage *k;
	uint64_t mnt, dentry;
	char text[PATH_BYTES_MAX];
	size_t at;			/* where it begins so far */
};

static bool prepend_name(struct path *p)
{
	uint64_t va;

	if (!iq_ki_pointer(p->k, p->dentry, IQ_M_DENTRY_NAME, &va))
		return false;
	struct iq_slice s = iq_ki_string(p->k, va, NAME_BYTES_MAX + 1);
	if (!s.p || s.n == 0 || s.n + 1 > p->at)
		return false;
	p->at -= s.n;
	memcpy(p->text + p->at, s.p, s.n);
	p->text[--p->at] = '/';
	return true;
}

/* From the root of a mount to where it is mounted.  0: it is the topmost one; -1: not
 * readable. */
static int leave_mount(struct path *p)
{
	struct iq_kimage *k = p->k;
	uint64_t mount, parent;

	if (!iq_ki_has(k, IQ_M_MOUNT_MNT) || !iq_ki_has(k, IQ_M_MOUNT_PARENT) ||
	    !iq_ki_has(k, IQ_M_MOUNT_MOUNTPOINT))
		return 0;
	mount = p->mnt - k->member[IQ_M_MOUNT_MNT].offset;
	if (!iq_ki_pointer(k, mount, IQ_M_MOUNT_PARENT, &parent))
		return -1;
	if (parent == mount)
		return 0;
	if (!iq_ki_pointer(k, mount, IQ_M_MOUNT_MOUNTPOINT, &p->dentry))
		return -1;
	p->mnt = iq_ki_at(k, parent, IQ_M_MOUNT_MNT);
	return 1;
}

static bool walk_up(struct path *p)
{
	for (int i = 0; i < STEPS_MAX; i++) {
		uint64_t parent, root = 0;

		if (p->mnt && !iq_ki_pointer(p->k, p->mnt, IQ_M_VFSMOUNT_ROOT, &root))
			return false;
		if (!iq_ki_pointer(p->k, p->dentry, IQ_M_DENTRY_PARENT, &parent))
			return false;
		if (p->dentry == root || parent == p->dentry) {
			int r = p->mnt ? leave_mount(p) : 0;
			if (r <= 0)
				return r == 0;
			continue;
		}
		if (!prepend_name(p))
			return false;
		p->dentry = parent;
	}
	return false;
}

struct iq_slice iq_kr_path(struct iq_kimage *k, uint64_t mnt, uint64_t dentry)
{
	struct path p = { .k = k, .mnt = mnt, .dentry = dentry, .at = PATH_BYTES_MAX };

	if (!iq_ki_has(k, IQ_M_DENTRY_NAME) || !iq_ki_has(k, IQ_M_DENTRY_PARENT) ||
	    !walk_up(&p))
		return IQ_SLICE_NULL;
	if (p.at == PATH_BYTES_MAX)
		p.text[--p.at] = '/';
	return iq_arena_copy(&k->arena, iq_slice(p.text + p.at, PATH_BYTES_MAX - p.at));
}

struct iq_slice iq_kr_file_path(struct iq_kimage *k, uint64_t file)
{
	uint64_t mnt, dentry;

	if (!iq_ki_pointer(k, file, IQ_M_FILE_MNT, &mnt) ||
	    !iq_ki_pointer(k, file, IQ_M_FILE_DENTRY, &dentry))
		return IQ_SLICE_NULL;
	return iq_kr_path(k, mnt, dentry);
}
