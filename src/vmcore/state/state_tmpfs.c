/* vmcore/state/state_tmpfs.c - what tmpfs and shared memory hold: by mount, and the largest
 * files.
 *
 * mm/shmem.c.  Shmem pages belong to no process once it is gone, so a shortage by a file
 * in /dev/shm looks like nobody's.  Every tmpfs has a super block; the kernel's own one
 * holds System V segments, memfds and shared anonymous memory.  What a mount holds in
 * memory is the sum over its inodes; its quota counts swapped pages too.  Rows of scope
 * "tmpfs PATH".  Small mounts are left out, and the walk is bounded.
 */
#include "vmcore/kernel/kpath.h"
#include "vmcore/kernel/kread.h"
#include "vmcore/state/state_mem.h"

#define SUPERS_MAX 20000
#define INODES_MAX 100000	/* over all mounts: 0.4 s if each page is unpacked */
#define PERCPU_READS_MAX 1000000	/* mounts times processors */
#define FILES_MAX 10			/* largest files, over all mounts */
#define WORTH_BYTES (1024 * 1024)
#define MOUNTS_TRIED_MAX 8
#define TMPFS_MAGIC 0x01021994		/* also of a rootfs and a devtmpfs made of it */

struct file {
	uint64_t inode, mnt;
	int64_t pages;
	struct iq_slice mount;		/* the scope it is shown under */
	bool internal;
};

struct walk {
	struct iq_kimage *k;
	struct iq_err *err;
	struct iq_arena mem;		/* names of mounts */
	struct file file[FILES_MAX];	/* largest first */
	size_t n_files;
	size_t inodes_left, percpu_left;
	bool cut, failed;
	/* of the super block that is walked */
	int64_t pages, inodes;
	uint64_t mnt;
	bool internal;
	struct iq_slice scope;
};

/* --- mounts --- */

/* The next mount of the super block behind AT (0: the first). */
static bool next_mount(struct iq_kimage *k, uint64_t sb, uint64_t at, uint64_t *ret)
{
	uint64_t head = iq_ki_at(k, sb, IQ_M_SUPER_MOUNTS), link;

	if (iq_ki_has(k, IQ_M_MOUNT_NEXT_FOR_SB))	/* 6.17: a plain chain */
		return at ? iq_ki_pointer(k, at, IQ_M_MOUNT_NEXT_FOR_SB, ret)
			  : iq_ki_pointer(k, sb, IQ_M_SUPER_MOUNTS, ret);
	if (!iq_ki_has(k, IQ_M_MOUNT_INSTANCE) || !iq_ki_has(k, IQ_M_SUPER_MOUNTS) ||
	    !(at ? iq_ki_pointer(k, at, IQ_M_MOUNT_INSTANCE, &link)
		 : iq_ki_pointer(k, sb, IQ_M_SUPER_MOUNTS, &link)) || link == head)
		return false;
	*ret = link - k->member[IQ_M_MOUNT_INSTANCE].offset;
	return true;
}

/* The kernel's own mount is in no namespace: an error code stands in its place. */
static bool is_internal(struct iq_kimage *k, uint64_t mount)
{
	int64_t ns;

	return iq_ki_get(k, mount, IQ_M_MOUNT_NS, &ns) && ns < 0 && ns > -4096;
}

/* The shortest path of the first few mounts; what containers add is longer. */
static void find_mount(struct walk *w, uint64_t sb)
{
	struct iq_kimage *k = w->k;
	struct iq_slice best = IQ_SLICE_NULL;
	uint64_t at = 0, root, mnt;

	w->mnt = 0;
	w->internal = false;
	for (int i = 0; i < MOUNTS_TRIED_MAX && next_mount(k, sb, at, &at); i++) {
		mnt = iq_ki_at(k, at, IQ_M_MOUNT_MNT);
		w->internal = is_internal(k, at);
		if (w->internal || !iq_ki_pointer(k, mnt, IQ_M_VFSMOUNT_ROOT, &root))
			continue;
		struct iq_slice s = iq_kr_path(k, mnt, root);
		if (!s.p || (best.p && s.n >= best.n))
			continue;
		best = s;
		w->mnt = mnt;
	}
	w->internal = w->internal && !best.p;
	w->scope = w->internal ? IQ_LIT("tmpfs shared memory")
		 : iq_arena_printf(&w->mem, "tmpfs %.*s", best.p ? (int)best.n : 1,
				   best.p ? best.p : "?");
}

/* --- inodes --- */

static void keep_file(struct walk *w, uint64_t inode, int64_t pages)
{
	size_t at = w->n_files;

	if (iq_kr_bytes(w->k, pages) < WORTH_BYTES)
		return;
	while (at && w->file[at - 1].pages < pages)
		at--;
	if (at == FILES_MAX)
		return;
	if (w->n_files < FILES_MAX)
		w->n_files++;
	memmove(&w->file[at + 1], &w->file[at],
		(w->n_files - 1 - at) * sizeof *w->file);
	w->file[at] = (struct file){ inode, w->mnt, pages, IQ_SLICE_NULL,
				      w->internal };
}

static int add_inode(void *arg, uint64_t inode)
{
	struct walk *w = arg;
	struct iq_kimage *k = w->k;
	int64_t n = iq_ki_value(k, iq_ki_at(k, inode, IQ_M_INODE_DATA),
				IQ_M_MAPPING_NRPAGES);

	if (!w->inodes_left) {
		w->cut = true;
		return 1;
	}
	w->inodes_left--;
	w->inodes++;
	if (n <= 0 || n > INT64_C(1) << 40)
		return 0;
	w->pages += n;
	keep_file(w, inode, n);
	return 0;
}

/* What the walk found of this super block's files goes under its name. */
static void name_files(struct walk *w)
{
	for (size_t i = 0; i < w->n_files; i++)
		if (!w->file[i].mount.p)
			w->file[i].mount = w->scope;
}

static int put_mount(struct walk *w, uint64_t sb)
{
	struct iq_kimage *k = w->k;
	int64_t resident = iq_kr_bytes(k, w->pages), used = IQ_NULL, limit = IQ_NULL, max;
	uint64_t info;

	if (iq_ki_pointer(k, sb, IQ_M_SUPER_FS_INFO, &info) &&
	    iq_ki_get(k, info, IQ_M_SHMEM_SB_MAX_BLOCKS, &max) && max > 0) {
		limit = iq_kr_bytes(k, max);
		/* counted only where there is a limit */
		if (iq_ki_has(k, IQ_M_SHMEM_SB_USED_BLOCKS) && w->percpu_left > k->n_cpus) {
			w->percpu_left -= k->n_cpus;
			used = iq_kr_bytes(k, iq_kr_percpu_counter(k,
					   iq_ki_at(k, info, IQ_M_SHMEM_SB_USED_BLOCKS)));
		}
	}
	if (resident < WORTH_BYTES && used < WORTH_BYTES)
		return 0;
	return iq_kr_put(k, w->scope, IQ_LIT("resident"), resident, "bytes", w->err) ||
	       iq_kr_put(k, w->scope, IQ_LIT("used"), used, "bytes", w->err) ||
	       iq_kr_put(k, w->scope, IQ_LIT("limit"), limit, "bytes", w->err) ||
	       iq_kr_put(k, w->scope, IQ_LIT("inodes"), w->inodes, "count", w->err) ? -1 : 0;
}

static int add_super(void *arg, uint64_t sb)
{
	struct walk *w = arg;
	struct iq_kimage *k = w->k;

	if (iq_ki_value(k, sb, IQ_M_SUPER_MAGIC) != TMPFS_MAGIC)
		return 0;
	w->pages = w->inodes = 0;
	find_mount(w, sb);
	iq_ki_list(k, iq_ki_at(k, sb, IQ_M_SUPER_INODES),
		   k->member[IQ_M_INODE_SB_LIST].offset, INODES_MAX + 1, add_inode, w);
	name_files(w);
	w->failed = put_mount(w, sb) != 0;
	iq_arena_reset(&k->arena);
	return w->failed;
}

/* --- the largest files --- */

/* "memfd:x", "SYSV...", "dev/zero" of the kernel's own mount have a name, not a path. */
static struct iq_slice file_name(struct iq_kimage *k, const struct file *f)
{
	uint64_t alias, dentry, at;
	struct iq_slice s;

	if (!iq_ki_has(k, IQ_M_DENTRY_ALIAS) ||
	    !iq_ki_pointer(k, f->inode, IQ_M_INODE_DENTRIES, &alias))
		return IQ_SLICE_NULL;
	dentry = alias - k->member[IQ_M_DENTRY_ALIAS].offset;
	if (!f->internal) {
		s = iq_kr_path(k, f->mnt, dentry);
		if (s.p && iq_ki_value(k, f->inode, IQ_M_INODE_NLINK) == 0)
			s = iq_arena_printf(&k->arena, "%.*s (deleted)", IQ_FMT(s));
		return s;
	}
	if (!iq_ki_pointer(k, dentry, IQ_M_DENTRY_NAME, &at))
		return IQ_SLICE_NULL;
	return iq_ki_string(k, at, 256);
}

static int put_files(struct walk *w)
{
	struct iq_kimage *k = w->k;

	for (size_t i = 0; i < w->n_files; i++) {
		struct iq_slice s = file_name(k, &w->file[i]);
		s = iq_arena_printf(&k->arena, "file %.*s", s.p ? (int)s.n : 1,
				    s.p ? s.p : "?");
		if (iq_kr_put(k, w->file[i].mount, s, iq_kr_bytes(k, w->file[i].pages),
			      "bytes", w->err))
			return -1;
		iq_arena_reset(&k->arena);
	}
	return 0;
}

int iq_state_tmpfs(struct iq_kimage *k, struct iq_err *err)
{
	static const enum iq_member_no needed[] = {
		IQ_M_SUPER_LIST, IQ_M_SUPER_MAGIC, IQ_M_SUPER_INODES, IQ_M_INODE_SB_LIST,
		IQ_M_INODE_DATA, IQ_M_MAPPING_NRPAGES, IQ_M_MOUNT_MNT,
	};
	struct walk w = { .k = k, .err = err, .inodes_left = INODES_MAX,
			  .percpu_left = PERCPU_READS_MAX };
	uint64_t head;
	int r;

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!iq_ki_has(k, needed[i]))
			return 0;
	if (!iq_ki_symbol(k, "super_blocks", &head))
		return 0;
	iq_arena_init(&w.mem);
	iq_ki_list(k, head, k->member[IQ_M_SUPER_LIST].offset, SUPERS_MAX, add_super, &w);
	r = w.failed ? -1 : put_files(&w);
	iq_arena_fini(&w.mem);
	if (!r && w.cut)
		iq_vmcore_issue(k->v, "limit", "tmpfs-files", IQ_NULL, "more than %d files in "
				"tmpfs and shared memory: what they hold was added up in part",
				INODES_MAX);
	return r;
}
