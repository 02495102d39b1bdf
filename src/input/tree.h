/* input/tree.h - a directory tree, sorted by name, without leaving it.
 *
 * Links are told, not followed; other file systems of the kernel's own making (proc,
 * sysfs ...) are not entered; depth and number of entries are bounded.  Everything
 * is opened relative to its directory, so a tree that is changed meanwhile cannot
 * lead outside.
 */
#ifndef IQ_INPUT_TREE_H
#define IQ_INPUT_TREE_H

#include "input/input.h"

struct stat;

#define IQ_TREE_DEPTH_MAX 64
#define IQ_TREE_ENTRIES_MAX 1000000	/* of one directory */

struct iq_tree_entry {
	const char *path;		/* from the root, "var/log/messages" */
	const char *name;		/* its last part, for openat(dir_fd) */
	int dir_fd;
	const struct stat *st;		/* of it, not of what a link leads to */
};

struct iq_tree_ops {
	/* A regular file.  -1 with ERR filled stops the walk. */
	int (*file)(void *arg, const struct iq_tree_entry *e, struct iq_err *err);
	/* Asked before a directory is entered (FD is it; "" the root).  1: enter it,
	 * 0: do not, -1: stop.  NULL: enter all. */
	int (*enter)(void *arg, const char *path, int fd, struct iq_err *err);
	void (*link)(void *arg, const struct iq_tree_entry *e, const char *target);
	void (*issue)(void *arg, const char *severity, const char *code,
		      const char *path, const char *text);
};

/* FD stays the caller's. */
int iq_tree_walk(int fd, const struct iq_tree_ops *ops, void *arg, struct iq_err *err);

#endif
