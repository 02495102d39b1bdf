/* input/tree.c - see tree.h.  Depth first with a stack of its own, so a deep tree
 * costs descriptors (at most IQ_TREE_DEPTH_MAX), not C stack.
 */
#include "input/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"

struct level {
	int fd;
	struct iq_arena names_mem;
	const char **names;
	size_t n, at, cap;
	size_t path_n;			/* length of the path of this directory */
};

struct tree {
	const struct iq_tree_ops *ops;
	void *arg;
	struct iq_err *err;
	struct iq_buf path;
	struct level level[IQ_TREE_DEPTH_MAX];
	unsigned depth;			/* levels in use */
};

static void issue(struct tree *t, const char *severity, const char *code,
		  const char *text)
{
	if (t->ops->issue)
		t->ops->issue(t->arg, severity, code, t->path.p ? t->path.p : "", text);
}

static void issue_errno(struct tree *t, const char *what, int e)
{
	char text[200];
	snprintf(text, sizeof text, "%s: %s", what, strerror(e));
	issue(t, "failed", "unreadable", text);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int add_name(struct level *l, const char *name)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 64;
		const char **p = reallocarray(l->names, cap, sizeof *p);
		if (!p)
			return -1;
		l->names = p;
		l->cap = cap;
	}
	struct iq_slice s = iq_arena_copy(&l->names_mem, iq_slice_z(name));
	if (!s.p)
		return -1;
	l->names[l->n++] = s.p;
	return 0;
}

static int read_names(struct tree *t, struct level *l)
{
	/* a descriptor of its own: closedir() takes it along */
	int fd = openat(l->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	int r = 0;

	if (!d) {
		issue_errno(t, "the directory cannot be read", errno);
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while (r == 0 && (errno = 0, e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (l->n == IQ_TREE_ENTRIES_MAX) {
			issue(t, "limit", "entries", "too many entries; the rest is left out");
			break;
		}
		if (add_name(l, e->d_name))
			r = iq_err_set(t->err, IQ_E_NOMEM, "out of memory");
	}
	if (r == 0 && errno)
		issue_errno(t, "the directory cannot be read to its end", errno);
	closedir(d);
	if (l->n)
		qsort(l->names, l->n, sizeof *l->names, by_name);
	return r;
}

static void pop(struct tree *t)
{
	struct level *l = &t->level[--t->depth];
	iq_arena_fini(&l->names_mem);
	free(l->names);
	close(l->fd);
}

/* Takes FD. */
static int push(struct tree *t, int fd)
{
	struct level *l = &t->level[t->depth];

	memset(l, 0, sizeof *l);
	iq_arena_init(&l->names_mem);
	l->fd = fd;
	l->path_n = t->path.n;
	t->depth++;
	return read_names(t, l);
}

/* Made up by a kernel at the moment of reading: this machine's state is no capture,
 * and some of these files never end. */
static bool is_live(int fd)
{
	static const unsigned long live[] = {
		PROC_SUPER_MAGIC, SYSFS_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC,
		CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, SECURITYFS_MAGIC,
	};
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return false;
	for (size_t i = 0; i < sizeof live / sizeof *live; i++)
		if ((unsigned long)fs.f_type == live[i])
			return true;
	return false;
}

static int enter(struct tree *t, int dir_fd, const char *name)
{
	if (t->depth == IQ_TREE_DEPTH_MAX) {
		issue(t, "limit", "depth", "directories nested too deeply; left out");
		return 0;
	}
	int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		issue_errno(t, "the directory cannot be opened", errno);
		return 0;
	}
	int go = 1;
	if (is_live(fd)) {
		issue(t, "note", "left-out", "belongs to the running kernel; left out");
		go = 0;
	} else if (t->ops->enter) {
		go = t->ops->enter(t->arg, t->path.p, fd, t->err);
	}
	if (go <= 0) {
		close(fd);
		return go;
	}
	return push(t, fd);
}

static void tell_link(struct tree *t, const struct iq_tree_entry *e)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(e->dir_fd, e->name, target, sizeof target - 1);

	if (n < 0 || !t->ops->link)
		return;
	target[n] = 0;
	t->ops->link(t->arg, e, target);
}

static int visit(struct tree *t, struct level *l, const char *name)
{
	struct stat st;

	t->path.n = l->path_n;
	if (t->path.n)
		iq_buf_char(&t->path, '/');
	iq_buf_str(&t->path, name);
	if (t->path.failed)
		return iq_err_set(t->err, IQ_E_NOMEM, "out of memory");
	struct iq_tree_entry e = { t->path.p, name, l->fd, &st };
	if (fstatat(l->fd, name, &st, AT_SYMLINK_NOFOLLOW)) {
		issue_errno(t, "cannot be examined", errno);
		return 0;
	}
	switch (st.st_mode & S_IFMT) {
	case S_IFDIR:
		return enter(t, l->fd, name);
	case S_IFREG:
		return t->ops->file(t->arg, &e, t->err);
	case S_IFLNK:
		tell_link(t, &e);
		return 0;
	default:
		issue(t, "note", "left-out", "a device, pipe or socket; left out");
		return 0;
	}
}

int iq_tree_walk(int fd, const struct iq_tree_ops *ops, void *arg, struct iq_err *err)
{
	struct tree *t = calloc(1, sizeof *t);
	int r;

	if (!t)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	t->ops = ops;
	t->arg = arg;
	t->err = err;
	iq_buf_init(&t->path);
	iq_buf_str(&t->path, "");
	iq_buf_reserve(&t->path, PATH_MAX);
	r = ops->enter ? ops->enter(arg, "", fd, err) : 1;
	if (r > 0) {
		int root = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		r = root < 0 ? iq_err_sys(err, errno, "the directory cannot be opened")
			     : push(t, root);
	}
	while (r == 0 && t->depth) {
		struct level *l = &t->level[t->depth - 1];
		if (l->at == l->n)
			pop(t);
		else
			r = visit(t, l, l->names[l->at++]);
	}
	while (t->depth)
		pop(t);
	iq_buf_fini(&t->path);
	free(t);
	return r;
}
