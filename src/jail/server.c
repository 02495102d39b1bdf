/* jail/server.c - the process that forks one child per job and reports its end.
 *
 * It holds nothing but the socket, so its children start from a clean state.  It
 * learns of ended children through a signalfd, which poll(2) can wait for together
 * with the socket.
 */
#include "jail/server.h"
#include "jail/confine.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct server {
	int socket, signals;
	iq_jail_job job;
	volatile struct iq_jail_progress *progress;
	pid_t child[IQ_JAIL_JOBS_MAX];
	struct iq_jail_ask ask;
	int fds[IQ_JAIL_FDS_MAX];
};

/* A message with the descriptors that came along.  False: the parent is gone. */
static bool receive(struct server *s)
{
	union {
		char bytes[CMSG_SPACE(sizeof s->fds)];
		struct cmsghdr align;
	} control;
	struct iovec iov = { &s->ask, sizeof s->ask };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.bytes, .msg_controllen = sizeof control.bytes,
	};
	ssize_t k;
	do
		k = recvmsg(s->socket, &m, MSG_CMSG_CLOEXEC);
	while (k < 0 && errno == EINTR);
	if (k != (ssize_t)sizeof s->ask)
		return false;
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	size_t got = 0;
	if (c && c->cmsg_type == SCM_RIGHTS) {
		got = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(s->fds, CMSG_DATA(c), got * sizeof(int));
	}
	return got == s->ask.n_fds;
}

static void run_child(struct server *s)
{
	sigset_t none;
	sigemptyset(&none);
	close(s->socket);
	close(s->signals);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGXCPU, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_IGN);	/* a full disk is EFBIG, an error like others */
	bool filtered;
	struct iq_err err = { 0 };
	if (iq_confine(&s->ask.limits, &filtered, &err))
		_exit(err.code == IQ_E_LIMIT ? 103 : 101);
	int status = s->job(s->ask.request, s->ask.n, s->fds, s->ask.n_fds,
			    &s->progress[s->ask.slot]);
	/* no exit handlers: libraries may be in any state (model: peers 5.1) */
	_exit(status);
}

static void send_result(struct server *s, const struct iq_jail_result *r)
{
	ssize_t k;
	do
		k = send(s->socket, r, sizeof *r, MSG_NOSIGNAL);
	while (k < 0 && errno == EINTR);
}

static void start_job(struct server *s)
{
	s->progress[s->ask.slot] = (struct iq_jail_progress){ 0 };
	pid_t pid = fork();
	if (!pid)
		run_child(s);
	for (size_t i = 0; i < s->ask.n_fds; i++)
		close(s->fds[i]);
	if (pid < 0)
		send_result(s, &(struct iq_jail_result){ s->ask.slot, true, 102, 0 });
	else
		s->child[s->ask.slot] = pid;
}

static void reap(struct server *s)
{
	struct signalfd_siginfo info;
	(void)!read(s->signals, &info, sizeof info);
	int status;
	struct rusage usage;
	pid_t pid;
	while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
		for (int slot = 0; slot < IQ_JAIL_JOBS_MAX; slot++) {
			if (s->child[slot] != pid)
				continue;
			s->child[slot] = 0;
			send_result(s, &(struct iq_jail_result){
				.slot = slot, .exited = WIFEXITED(status),
				.status = WIFEXITED(status) ? WEXITSTATUS(status)
							    : WTERMSIG(status),
				.peak_rss_bytes = (uint64_t)usage.ru_maxrss * 1024,
			});
		}
	}
}

void iq_jail_serve(int socket, iq_jail_job job, volatile struct iq_jail_progress *progress)
{
	struct server s = { .socket = socket, .job = job, .progress = progress };
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigset_t chld;
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	s.signals = signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s.signals < 0)
		_exit(1);
	struct pollfd wait[] = { { socket, POLLIN, 0 }, { s.signals, POLLIN, 0 } };
	for (;;) {
		if (poll(wait, 2, -1) < 0 && errno != EINTR)
			break;
		if (wait[1].revents)
			reap(&s);
		if (wait[0].revents) {
			if (!receive(&s))
				break;
			start_job(&s);
		}
	}
	for (int slot = 0; slot < IQ_JAIL_JOBS_MAX; slot++)
		if (s.child[slot] > 0)
			kill(s.child[slot], SIGKILL);
	_exit(0);
}
