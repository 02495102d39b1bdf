/* cli/out.c - where a report goes: standard output, a pager, or a file that
 * appears only when it is whole. */
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_file(struct iq_out *o, struct iq_err *err)
{
	if ((size_t)snprintf(o->tmp, sizeof o->tmp, "%s.XXXXXX", o->path) >= sizeof o->tmp)
		return iq_err_set(err, IQ_E_IO, "%s: the name is too long", o->path);
	int fd = mkstemp(o->tmp);
	o->f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!o->f)
		return iq_err_sys(err, errno, "%s: cannot write there", o->path);
	return 0;
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
		setenv("LESS", "FRX", 0);
		execl("/bin/sh", "sh", "-c", pager ? pager : "less", (char *)NULL);
		execlp("cat", "cat", (char *)NULL);
		_exit(127);
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
	*o = (struct iq_out){ .f = stdout, .path = path };
	if (path)
		return open_file(o, err);
	if (pager)
		open_pager(o);
	return 0;
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
		return bad ? iq_err_sys(err, why, "cannot write the output") : 0;
	bad |= fclose(o->f) != 0;
	if (bad || rename(o->tmp, o->path)) {
		why = errno;
		unlink(o->tmp);
		return iq_err_sys(err, why, "%s: cannot write", o->path);
	}
	return 0;
}

void iq_out_abandon(struct iq_out *o)
{
	struct iq_err ignored;
	if (o->path) {
		fclose(o->f);
		unlink(o->tmp);
	} else {
		(void)iq_out_close(o, &ignored);
	}
}
