/* cli/out.c - where a report goes: standard output, a pager, or a file that
 * appears only when it is whole. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is no regular file (a device, a pipe) is written to, never replaced. */
static int open_in_place(struct iq_out *o, struct iq_err *err)
{
	o->f = fopen(o->path, "we");
	return o->f ? 0 : iq_err_sys(err, errno, "%s: cannot write there", o->path);
}

static mode_t mode_of_new(const struct stat *old)
{
	if (old)
		return old->st_mode & 0777;
	mode_t mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

/* A file beside the one that PATH means, links followed. */
static int open_file(struct iq_out *o, struct iq_err *err)
{
	struct stat st;
	bool old = !stat(o->path, &st);
	if (old && !S_ISREG(st.st_mode))
		return open_in_place(o, err);
	if (old && access(o->path, W_OK))
		return iq_err_sys(err, errno, "%s: cannot write there", o->path);
	char *real = old ? realpath(o->path, NULL) : strdup(o->path);
	int n = real ? snprintf(o->tmp, sizeof o->tmp, "%s.XXXXXX", real) : -1;
	o->target = real;
	if (n < 0)
		return iq_err_sys(err, errno, "%s: cannot write there", o->path);
	if ((size_t)n >= sizeof o->tmp)
		return iq_err_set(err, IQ_E_IO, "%s: the name is too long", o->path);
	int fd = mkostemp(o->tmp, O_CLOEXEC);
	o->f = fd < 0 || fchmod(fd, mode_of_new(old ? &st : NULL)) ? NULL : fdopen(fd, "w");
	if (o->f)
		return 0;
	iq_err_sys(err, errno, "%s: cannot write there", o->path);
	if (fd >= 0) {
		close(fd);
		unlink(o->tmp);
	}
	return -1;
}

/* In the child.  A pager that is not there must not swallow the report. */
static void run_pager(const char *pager)
{
	char *command = NULL;
	setenv("LESS", "FRX", 0);
	if (!pager)
		execlp("less", "less", (char *)NULL);
	else if (asprintf(&command, "(%s) || cat", pager) > 0)
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	execlp("cat", "cat", (char *)NULL);
	_exit(127);
}

static void open_pager(struct iq_out *o)
{
	const char *pager = getenv("PAGER");
	int fds[2];
	if (!isatty(STDOUT_FILENO) || (pager && (!*pager || !strcmp(pager, "cat"))) || pipe(fds))
		return;
	pid_t pid = fork();
	if (!pid) {
		dup2(fds[0], STDIN_FILENO);
		close(fds[0]);
		close(fds[1]);
		run_pager(pager);
	}
	close(fds[0]);
	FILE *f = pid > 0 ? fdopen(fds[1], "w") : NULL;
	if (!f) {
		close(fds[1]);
		return;
	}
	signal(SIGPIPE, SIG_IGN);	/* q in the pager is no failure */
	o->f = f;
	o->pager = pid;
}

int iq_out_open(struct iq_out *o, const char *path, bool pager, struct iq_err *err)
{
	*o = (struct iq_out){ .f = stdout };
	if (path && strcmp(path, "-")) {
		o->path = path;
		if (!open_file(o, err))
			return 0;
		free(o->target);
		return -1;
	}
	if (pager)
		open_pager(o);
	return 0;
}

/* On the disk before it takes its name: a crash leaves the old file or the new. */
static int close_file(struct iq_out *o, bool bad, int why, struct iq_err *err)
{
	if (!bad && o->target && fsync(fileno(o->f)) && errno != EINVAL) {
		bad = true;
		why = errno;
	}
	if (fclose(o->f) && !bad) {
		bad = true;
		why = errno;
	}
	if (!bad && o->target && rename(o->tmp, o->target)) {
		bad = true;
		why = errno;
	}
	if (bad && o->target)
		unlink(o->tmp);
	free(o->target);
	return bad ? iq_err_sys(err, why, "%s: cannot write", o->path) : 0;
}

int iq_out_close(struct iq_out *o, struct iq_err *err)
{
	bool bad = fflush(o->f) || ferror(o->f);
	int why = errno;
	if (o->pager) {
		fclose(o->f);
		while (waitpid(o->pager, NULL, 0) < 0 && errno == EINTR)
			;
		return 0;
	}
	if (!o->path)
		return bad ? iq_err_sys(err, why, "standard output: cannot write") : 0;
	return close_file(o, bad, why, err);
}

void iq_out_abandon(struct iq_out *o)
{
	struct iq_err ignored;
	if (o->path) {
		fclose(o->f);
		if (o->target)
			unlink(o->tmp);
		free(o->target);
	} else {
		(void)iq_out_close(o, &ignored);
	}
}
