/* input/find.c - which captures a path leads to.
 *
 * A directory is one capture when it has the layout of an unpacked bundle (facts on
 * support bundles: the root is the directory that holds sos_commands, whatever it is
 * called), or holds what one crash left: a dump, whole or in parts, with its log; what ABRT
 * kept of an oops; or
 * binary journals and nothing else (/var/log/journal/MACHINE-ID: the rotated parts of one).
 * Otherwise every file in it is one.
 */
#include "input/input.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "input/sniff.h"
#include "input/tree.h"

#define SPLIT_FILES_MAX 256			/* looked at in one directory */
#define LINK_NOTES_MAX 20

struct finder {
	const char *root;
	int (*found)(void *arg, const char *path, struct iq_err *err);
	void (*issue)(void *arg, const char *severity, const char *code,
		      const char *path, const char *text);
	void *arg;
	struct iq_buf path;
	unsigned links;
};

static bool has(int fd, const char *name, mode_t type)
{
	struct stat st;
	return fstatat(fd, name, &st, 0) == 0 && (st.st_mode & S_IFMT) == type;
}

/* "/" has proc and etc too, but there proc is the living one. */
static bool has_dead_proc(int fd)
{
	int proc = openat(fd, "proc", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct statfs fs;

	if (proc < 0)
		return false;
	bool dead = fstatfs(proc, &fs) == 0 && fs.f_type != PROC_SUPER_MAGIC;
	close(proc);
	return dead;
}

/* A copy of proc, or what holds one. */
static bool is_state(int fd)
{
	struct statfs fs;

	if (has(fd, "meminfo", S_IFREG) && (has(fd, "vmstat", S_IFREG) ||
					    has(fd, "zoneinfo", S_IFREG)))
		return fstatfs(fd, &fs) == 0 && fs.f_type != PROC_SUPER_MAGIC;
	return has(fd, "proc/meminfo", S_IFREG) && has_dead_proc(fd);
}

static bool is_bundle(int fd)
{
	return has(fd, "sos_commands", S_IFDIR) || has(fd, "sos_reports", S_IFDIR) ||
	       has(fd, "basic-environment.txt", S_IFREG) ||
	       (has_dead_proc(fd) && (has(fd, "var/log", S_IFDIR) ||
				      has(fd, "etc", S_IFDIR))) || is_state(fd);
}

/* What the crash kernel leaves behind: /var/crash/127.0.0.1-2024-01-02-03:04:05/ with
 * vmcore and vmcore-dmesg.txt (Red Hat, SUSE), /var/crash/202401020304/ with dump.*
 * and dmesg.* (Debian); vmcore.flat and vmcore-incomplete where saving went wrong. */
static bool is_crash_log_name(const char *name)
{
	return strncmp(name, "vmcore-dmesg", 12) == 0 || strncmp(name, "dmesg.", 6) == 0;
}

static bool is_dump_name(const char *name)
{
	return !is_crash_log_name(name) && (strncmp(name, "vmcore", 6) == 0 ||
					    strncmp(name, "dump.", 5) == 0);
}

/* Reads the head of a file into HEAD: 1 a part of a split dump, -1 another dump (or a
 * program), 0 neither. */
static int dump_part(int dir_fd, const char *name, int follow, struct iq_buf *head)
{
	static const char elf[] = "\x7f" "ELF", flat[] = "makedumpfile";
	struct stat st;
	int r = 0;

	/* a pipe that is opened and closed again has lost its writer */
	if (fstatat(dir_fd, name, &st, follow ? AT_SYMLINK_NOFOLLOW : 0) || !S_ISREG(st.st_mode))
		return 0;
	int fd = openat(dir_fd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | follow);
	if (fd < 0)
		return 0;
	iq_buf_reset(head);
	char *p = iq_buf_reserve(head, IQ_SNIFF_SPLIT_BYTES);
	if (p && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		ssize_t n = pread(fd, p, 16, 0);
		if (n == 16 && (memcmp(p, "KDUMP   ", 8) == 0 ||
				memcmp(p, "DISKDUMP", 8) == 0)) {
			n = pread(fd, p, IQ_SNIFF_SPLIT_BYTES, 0);
			head->n = n > 0 ? (size_t)n : 0;
			r = iq_sniff_split_part(iq_buf_as_slice(head)) ? 1 : -1;
		} else if (n == 16 && (memcmp(p, elf, 4) == 0 ||
				       memcmp(p, flat, sizeof flat) == 0)) {
			r = -1;
		} else if (n == 16 && is_dump_name(name)) {
			/* compressed by whoever kept it */
			n = pread(fd, p, IQ_SNIFF_WRAP_BYTES, 0);
			r = iq_sniff_wrap(iq_slice(p, n > 0 ? (size_t)n : 0)) ? -1 : 0;
		}
	}
	close(fd);
	return r;
}

bool iq_path_is_split_part(const char *path, uint64_t *ret_set)
{
	struct iq_buf head;

	iq_buf_init(&head);
	bool is = dump_part(AT_FDCWD, path, 0, &head) == 1;
	*ret_set = is ? iq_sniff_split_set(iq_buf_as_slice(&head)) : 0;
	iq_buf_fini(&head);
	return is;
}

/* What lies in a directory, as far as that tells whether it is one crash. */
struct contents {
	unsigned parts, dumps, crash_logs, journals, files;
	bool too_much;			/* directories, or more files than a crash leaves */
};

static bool is_journal(int dir_fd, const char *name)
{
	char head[8];
	struct stat st;

	if (!strstr(name, ".journal") || fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) ||
	    !S_ISREG(st.st_mode))
		return false;
	int fd = openat(dir_fd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	bool is = fd >= 0 && pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head &&
		  memcmp(head, "LPKSHHRH", sizeof head) == 0;
	if (fd >= 0)
		close(fd);
	return is;
}

static void look_into(int dir_fd, struct contents *c)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct iq_buf head;
	struct dirent *e;

	*c = (struct contents){ .too_much = !d };
	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	iq_buf_init(&head);
	while (!c->too_much && (e = readdir(d))) {
		if (e->d_type != DT_REG && e->d_type != DT_UNKNOWN) {
			c->too_much = e->d_type == DT_DIR && e->d_name[0] != '.';
			continue;
		}
		int part = dump_part(dir_fd, e->d_name, O_NOFOLLOW, &head);
		c->parts += part == 1;
		c->dumps += part < 0;
		c->crash_logs += is_crash_log_name(e->d_name);
		c->journals += is_journal(dir_fd, e->d_name);
		c->too_much = ++c->files > SPLIT_FILES_MAX;
	}
	iq_buf_fini(&head);
	closedir(d);
}

/* At least two parts, and no dump that is something else; or one dump with the log
 * that was saved beside it.  What else lies there belongs to the same crash. */
static bool is_one_crash(const struct contents *c)
{
	return c->parts ? c->dumps == 0 && (c->parts > 1 || c->crash_logs)
			: c->dumps == 1 && c->crash_logs;
}

/* Of the file that says so, in every directory that ABRT makes: its beginning. */
static bool begins(int dir_fd, const char *name, const char *const *with, size_t n)
{
	char head[32] = "";
	bool is = false;

	if (!has(dir_fd, name, S_IFREG))
		return false;
	int fd = openat(dir_fd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || pread(fd, head, sizeof head - 1, 0) < 0)
		head[0] = 0;
	for (size_t i = 0; i < n; i++)
		is = is || strncmp(head, with[i], strlen(with[i])) == 0;
	if (fd >= 0)
		close(fd);
	return is;
}

/* One problem of the kernel that ABRT keeps in a directory: the report, when it was found,
 * and a word a file on it (libreport's problem_data.h).  Those of programs stay apart. */
static bool is_problem(int fd)
{
	static const char *const types[] = { "Kerneloops", "vmcore", "abrt-oops",
					     "abrt-vmcore", "abrt-pstoreoops" };
	size_t n = sizeof types / sizeof *types;

	if (!has(fd, "time", S_IFREG) ||
	    !(has(fd, "backtrace", S_IFREG) || has(fd, "dmesg", S_IFREG) ||
	      has(fd, "vmcore-dmesg.txt", S_IFREG)))
		return false;
	if (has(fd, "type", S_IFREG))
		return begins(fd, "type", types, n);
	if (has(fd, "analyzer", S_IFREG))
		return begins(fd, "analyzer", types, n);
	return has(fd, "hostname", S_IFREG) && has(fd, "kernel", S_IFREG) &&
	       !has(fd, "executable", S_IFREG);
}

bool iq_path_is_problem(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is = fd >= 0 && is_problem(fd);

	if (fd >= 0)
		close(fd);
	return is;
}

static enum iq_path_kind dir_kind(int fd)
{
	struct contents c;

	if (is_bundle(fd))
		return IQ_PATH_BUNDLE;
	if (is_problem(fd))
		return IQ_PATH_CRASH;
	look_into(fd, &c);
	if (c.too_much)
		return IQ_PATH_DIR;
	if (c.files && c.journals == c.files)
		return IQ_PATH_JOURNAL;
	return is_one_crash(&c) ? IQ_PATH_CRASH : IQ_PATH_DIR;
}

int iq_path_kind(const char *path, enum iq_path_kind *ret, struct iq_err *err)
{
	struct stat st;

	if (strcmp(path, "-") == 0) {
		*ret = IQ_PATH_FILE;
		return 0;
	}
	/* not opened unless a directory: opening a pipe would wait */
	if (stat(path, &st))
		return iq_err_sys(err, errno, "cannot be opened");
	*ret = IQ_PATH_FILE;
	if (!S_ISDIR(st.st_mode))
		return 0;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return iq_err_sys(err, errno, "the directory cannot be opened");
	*ret = dir_kind(fd);
	close(fd);
	return 0;
}

/* ROOT/PATH */
static const char *full(struct finder *f, const char *path)
{
	iq_buf_reset(&f->path);
	iq_buf_str(&f->path, f->root);
	if (*path && !iq_ends(iq_buf_as_slice(&f->path), IQ_LIT("/")))
		iq_buf_char(&f->path, '/');
	iq_buf_str(&f->path, path);
	return f->path.failed ? f->root : f->path.p;
}

static int on_file(void *arg, const struct iq_tree_entry *e, struct iq_err *err)
{
	struct finder *f = arg;
	return f->found(f->arg, full(f, e->path), err);
}

static int on_enter(void *arg, const char *path, int fd, struct iq_err *err)
{
	struct finder *f = arg;
	if (dir_kind(fd) == IQ_PATH_DIR)
		return 1;
	return f->found(f->arg, full(f, path), err) ? -1 : 0;
}

static void on_issue(void *arg, const char *severity, const char *code,
		     const char *path, const char *text)
{
	struct finder *f = arg;
	if (f->issue)
		f->issue(f->arg, severity, code, full(f, path), text);
}

static void on_link(void *arg, const struct iq_tree_entry *e, const char *target)
{
	struct finder *f = arg;

	(void)target;
	if (f->links++ < LINK_NOTES_MAX)
		on_issue(f, "note", "left-out", e->path,
			 "a symbolic link, not followed; name it to have it read");
	else if (f->links == LINK_NOTES_MAX + 1)
		on_issue(f, "note", "left-out", e->path,
			 "further symbolic links are not listed");
}

int iq_find_captures(const char *path,
		     int (*found)(void *arg, const char *path, struct iq_err *err),
		     void (*issue)(void *arg, const char *severity, const char *code,
				   const char *path, const char *text),
		     void *arg, struct iq_err *err)
{
	static const struct iq_tree_ops ops = { on_file, on_enter, on_link, on_issue };
	struct finder f = { .root = path, .found = found, .issue = issue, .arg = arg };
	enum iq_path_kind kind;

	if (iq_path_kind(path, &kind, err))
		return -1;
	if (kind != IQ_PATH_DIR)
		return found(arg, path, err);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return iq_err_sys(err, errno, "the directory cannot be opened");
	iq_buf_init(&f.path);
	int r = iq_tree_walk(fd, &ops, &f, err);
	iq_buf_fini(&f.path);
	close(fd);
	return r;
}
