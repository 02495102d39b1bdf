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

/* What the parent asked for, and the descriptors that came along. */
struct asked {
	struct iq_jail_ask ask;
	int fds[IQ_JAIL_FDS_MAX];
};

struct server {
	int socket, signals;
	iq_jail_job job;
	volatile struct iq_jail_progress *progress;
	pid_t child[IQ_JAIL_SLOTS];
	int running, at_once;
	struct asked *queue[IQ_JAIL_SLOTS];	/* of those that wait, the first is next */
	size_t n_queue;
};

/* A message with the descriptors that came along.  NULL: the parent is gone. */
static struct asked *receive(const struct server *s)
{
	struct asked *a = calloc(1, sizeof *a);
	if (!a)
		return NULL;
	union {
		char bytes[CMSG_SPACE(sizeof a->fds)];
		struct cmsghdr align;
	} control;
	struct iovec iov = { &a->ask, sizeof a->ask };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.bytes, .msg_controllen = sizeof control.bytes,
	};
	ssize_t k;
	do
		k = recvmsg(s->socket, &m, MSG_CMSG_CLOEXEC);
	while (k < 0 && errno == EINTR);
	struct cmsghdr *c = k < 0 ? NULL : CMSG_FIRSTHDR(&m);
	size_t got = 0;
	if (c && c->cmsg_type == SCM_RIGHTS) {
		got = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(a->fds, CMSG_DATA(c), got * sizeof(int));
	}
	if (k == (ssize_t)sizeof a->ask && got == a->ask.n_fds)
		return a;
	free(a);
	return NULL;
}

static void run_child(const struct server *s, struct asked *a)
{
	sigset_t none;
	sigemptyset(&none);
	close(s->socket);
	close(s->signals);
	for (size_t i = 0; i < s->n_queue; i++)		/* spools of other captures */
		for (size_t k = 0; k < s->queue[i]->ask.n_fds; k++)
			close(s->queue[i]->fds[k]);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGXCPU, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_IGN);	/* a full disk is EFBIG, an error like others */
	/* The parent, which all of them wait for in the end, goes first. */
	(void)!nice(1);
	bool filtered;
	struct iq_err err = { 0 };
	if (iq_confine(&a->ask.limits, &filtered, &err))
		_exit(err.code == IQ_E_LIMIT ? 103 : 101);
	int status = s->job(a->ask.request, a->ask.n, a->fds, a->ask.n_fds,
			    &s->progress[a->ask.slot]);
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

static void start_job(struct server *s, struct asked *a)
{
	pid_t pid = fork();
	if (!pid)
		run_child(s, a);
	for (size_t i = 0; i < a->ask.n_fds; i++)
		close(a->fds[i]);
	if (pid < 0) {
		send_result(s, &(struct iq_jail_result){ a->ask.slot, true, 102, 0 });
	} else {
		s->child[a->ask.slot] = pid;
		s->running++;
	}
	free(a);
}

static void start_waiting(struct server *s)
{
	while (s->n_queue && s->running < s->at_once) {
		struct asked *first = s->queue[0];
		memmove(s->queue, s->queue + 1, --s->n_queue * sizeof *s->queue);
		start_job(s, first);
	}
}

static void reap(struct server *s)
{
	struct signalfd_siginfo info;
	(void)!read(s->signals, &info, sizeof info);
	int status;
	struct rusage usage;
	pid_t pid;
	while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
		for (int slot = 0; slot < IQ_JAIL_SLOTS; slot++) {
			if (s->child[slot] != pid)
				continue;
			s->child[slot] = 0;
			s->running--;
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
			struct asked *a = receive(&s);
			if (!a || s.n_queue == IQ_JAIL_SLOTS)
				break;
			s.queue[s.n_queue++] = a;
			s.at_once = a->ask.at_once;
		}
		start_waiting(&s);
	}
	for (int slot = 0; slot < IQ_JAIL_SLOTS; slot++)
		if (s.child[slot] > 0)
			kill(s.child[slot], SIGKILL);
	_exit(0);
}
