/* analyze/child.c - see child.h.
 *
 * Two clocks watch the child: its own interval timer counts processor time and
 * kills it by SIGPROF, and the parent, which sees the tick counter of the shared
 * page, kills it when the counter stands still too long (asleep, or signals
 * blocked).
 */
#include "analyze/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define POLL_MS		100
#define PIPE_BYTES	(1024 * 1024)
#define EXIT_DONE	0
#define EXIT_LOST	97		/* the parent is gone: nobody reads this */

/* A plugin that calls exit() must not run what the program registered for its own
 * end: the last one registered runs first, and goes. */
static void leave(int status, void *arg)
{
	(void)arg;
	_exit(status);
}

static void child_set_up(pid_t parent)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGSEGV, SIGBUS,
		SIGFPE, SIGILL, SIGABRT, SIGPROF, SIGALRM, SIGCHLD, SIGQUIT };
	sigset_t none;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	on_exit(leave, NULL);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_LOST);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	}
}

int iq_child_start(struct iq_child *c, int (*body)(void *arg, struct iq_child *c), void *arg,
		   struct iq_err *err)
{
	pid_t self = getpid();
	int fds[2];

	c->page = mmap(NULL, sizeof(*c->page), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (c->page == MAP_FAILED)
		return iq_err_sys(err, errno, "memory for a child process");
	c->page->item = c->page->step = -1;
	if (pipe2(fds, O_CLOEXEC) < 0) {
		iq_err_sys(err, errno, "pipe");
		munmap(c->page, sizeof(*c->page));
		return -1;
	}
	/* as much as the system allows, so that the child seldom waits for its reader */
	fcntl(fds[1], F_SETPIPE_SZ, PIPE_BYTES);
	c->pid = fork();
	if (c->pid < 0) {
		iq_err_sys(err, errno, "fork");
		close(fds[0]);
		close(fds[1]);
		munmap(c->page, sizeof(*c->page));
		return -1;
	}
	if (c->pid == 0) {
		close(fds[0]);
		c->fd = fds[1];
		child_set_up(self);
		iq_child_at(c, -1, -1);
		_exit(body(arg, c) == 0 ? EXIT_DONE : 1);
	}
	close(fds[1]);
	c->fd = fds[0];
	return 0;
}

void iq_child_at(struct iq_child *c, int64_t item, int64_t step)
{
	struct itimerval t = {
		.it_value = { c->cpu_ms / 1000, c->cpu_ms % 1000 * 1000 },
	};

	c->page->item = item;
	c->page->step = step;
	c->page->ticks++;
	setitimer(ITIMER_PROF, &t, NULL);
}

void iq_child_write(struct iq_child *c, struct iq_buf *b)
{
	for (size_t at = 0; at < b->n;) {
		ssize_t n = write(c->fd, b->p + at, b->n - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(EXIT_LOST);
		at += (size_t)n;
	}
	iq_buf_reset(b);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void tell_end(const struct iq_child *c, int status, struct iq_child_result *ret)
{
	ret->item = c->page->item;
	ret->step = c->page->step;
	if (ret->end == IQ_CHILD_FLOOD) {
		snprintf(ret->how, sizeof(ret->how), "found without end");
	} else if (ret->end == IQ_CHILD_TIMEOUT ||
		   (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF)) {
		bool cpu = ret->end != IQ_CHILD_TIMEOUT;
		ret->end = IQ_CHILD_TIMEOUT;
		snprintf(ret->how, sizeof(ret->how), "%s %.3g s%s",
			 cpu ? "took more than" : "did not answer for",
			 (double)(cpu ? c->cpu_ms : c->wall_ms) / 1000,
			 cpu ? " of processor time" : "");
	} else if (WIFSIGNALED(status)) {
		ret->end = IQ_CHILD_DIED;
		snprintf(ret->how, sizeof(ret->how), "crashed: %s",
			 strsignal(WTERMSIG(status)));
	} else if (WEXITSTATUS(status) != EXIT_DONE || ret->item != -1) {
		ret->end = IQ_CHILD_DIED;
		snprintf(ret->how, sizeof(ret->how), "ended its process with status %d",
			 WEXITSTATUS(status));
	} else {
		ret->end = IQ_CHILD_DONE;
		ret->how[0] = '\0';
	}
}

/* True: there may be more to read. */
static bool read_some(struct iq_child *c, struct iq_buf *out)
{
	char *at = iq_buf_reserve(out, 64 * 1024);
	ssize_t n;

	if (!at)
		return false;
	do
		n = read(c->fd, at, 64 * 1024);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		out->n += (size_t)n;
	return n > 0;
}

int iq_child_collect(struct iq_child *c, struct iq_buf *out, size_t max_bytes,
		     struct iq_child_result *ret, struct iq_err *err)
{
	int64_t ticks = -1, since = now_ms();
	size_t start = out->n;
	int status = 0;

	*ret = (struct iq_child_result){ .end = IQ_CHILD_DONE };
	for (;;) {
		struct pollfd p = { .fd = c->fd, .events = POLLIN };
		int n = poll(&p, 1, POLL_MS);
		if (n > 0 && !read_some(c, out))
			break;
		if (c->page->ticks != ticks) {
			ticks = c->page->ticks;
			since = now_ms();
		} else if (now_ms() - since > c->wall_ms) {
			ret->end = IQ_CHILD_TIMEOUT;
			break;
		}
		if (out->n - start > max_bytes) {
			ret->end = IQ_CHILD_FLOOD;
			break;
		}
	}
	bool failed = out->failed;
	if (ret->end != IQ_CHILD_DONE || failed)
		kill(c->pid, SIGKILL);
	close(c->fd);
	/* It may have closed the pipe and gone on: give it the time it has left. */
	while (waitpid(c->pid, &status, WNOHANG) == 0) {
		if (now_ms() - since > c->wall_ms) {
			ret->end = IQ_CHILD_TIMEOUT;
			kill(c->pid, SIGKILL);
		}
		nanosleep(&(struct timespec){ .tv_nsec = 200000 }, NULL);
	}
	tell_end(c, status, ret);
	munmap(c->page, sizeof(*c->page));
	return failed ? iq_err_set(err, IQ_E_NOMEM, "out of memory") : 0;
}
