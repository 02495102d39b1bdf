/* jail/jail.c - the parent's side of jail.h. */
#include "jail/jail.h"
#include "jail/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct iq_jail {
	int socket;
	pid_t server;
	int at_once;
	bool busy[IQ_JAIL_SLOTS];
	volatile struct iq_jail_progress *progress;	/* shared with the children */
};

#define PROGRESS_BYTES (IQ_JAIL_SLOTS * sizeof(struct iq_jail_progress))

int iq_jail_start(iq_jail_job job, struct iq_jail **ret, struct iq_err *err)
{
	struct iq_jail *j = calloc(1, sizeof *j);
	if (!j)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
		iq_err_sys(err, errno, "cannot set up the reading process");
		free(j);
		return -1;
	}
	void *shared = mmap(NULL, PROGRESS_BYTES, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	j->progress = shared;
	if (shared != MAP_FAILED)
		j->server = fork();
	if (shared == MAP_FAILED || j->server < 0) {
		iq_err_sys(err, errno, "cannot start the reading process");
		close(pair[0]);
		close(pair[1]);
		free(j);
		return -1;
	}
	if (!j->server) {
		close(pair[0]);
		iq_jail_serve(pair[1], job, shared);
	}
	close(pair[1]);
	j->socket = pair[0];
	j->at_once = IQ_JAIL_SLOTS;
	*ret = j;
	return 0;
}

void iq_jail_at_once(struct iq_jail *j, int children)
{
	j->at_once = children;
}

static int free_slot(const struct iq_jail *j)
{
	for (int i = 0; i < IQ_JAIL_SLOTS; i++)
		if (!j->busy[i])
			return i;
	return -1;
}

int iq_jail_submit(struct iq_jail *j, const void *request, size_t n, const int *fds,
		   size_t n_fds, const struct iq_limits *limits, int *ret_slot,
		   struct iq_err *err)
{
	struct iq_jail_ask *ask = calloc(1, sizeof *ask);
	int slot = free_slot(j);
	if (!ask || slot < 0 || n > sizeof ask->request || n_fds > IQ_JAIL_FDS_MAX) {
		free(ask);
		return iq_err_set(err, ask ? IQ_E_BUG : IQ_E_NOMEM,
				  "cannot hand over the job");
	}
	*ask = (struct iq_jail_ask){ .slot = slot, .at_once = j->at_once, .n = n,
				     .n_fds = n_fds, .limits = *limits };
	memcpy(ask->request, request, n);
	j->progress[slot] = (struct iq_jail_progress){ 0 };
	union {
		char bytes[CMSG_SPACE(IQ_JAIL_FDS_MAX * sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct iovec iov = { ask, sizeof *ask };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	if (n_fds) {
		m.msg_control = control.bytes;
		m.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, n_fds * sizeof(int));
	}
	ssize_t k;
	do
		k = sendmsg(j->socket, &m, MSG_NOSIGNAL);
	while (k < 0 && errno == EINTR);
	free(ask);
	if (k < 0)
		return iq_err_sys(err, errno, "the reading process is gone");
	j->busy[slot] = true;
	*ret_slot = slot;
	return 0;
}

int iq_jail_wait(struct iq_jail *j, int timeout_ms, struct iq_jail_result *ret,
		 struct iq_err *err)
{
	struct pollfd p = { j->socket, POLLIN, 0 };
	int got = poll(&p, 1, timeout_ms);
	if (got < 0 && errno != EINTR)
		return iq_err_sys(err, errno, "waiting for the reading process");
	if (got <= 0)
		return 0;
	struct iq_jail_result r;
	ssize_t k = recv(j->socket, &r, sizeof r, 0);
	if (k < 0 && errno == EINTR)
		return 0;
	if (k != (ssize_t)sizeof r || r.slot < 0 || r.slot >= IQ_JAIL_SLOTS)
		return iq_err_set(err, IQ_E_IO, "the reading process is gone");
	j->busy[r.slot] = false;
	*ret = r;
	return 1;
}

struct iq_jail_progress iq_jail_progress(const struct iq_jail *j, int slot)
{
	return j->progress[slot];
}

void iq_jail_stop(struct iq_jail *j)
{
	if (!j)
		return;
	close(j->socket);
	while (waitpid(j->server, NULL, 0) < 0 && errno == EINTR)
		;
	munmap((void *)j->progress, PROGRESS_BYTES);
	free(j);
}

void iq_jail_describe(const struct iq_jail_result *r, char *buf, size_t n)
{
	if (r->exited && r->status == 101)
		snprintf(buf, n, "the reading process could not be confined");
	else if (r->exited && r->status == 102)
		snprintf(buf, n, "no process could be started");
	else if (r->exited && r->status == 103)
		snprintf(buf, n, "the limit of memory is less than reading needs at all; "
			 "raise --limit-memory");
	else if (r->exited)
		snprintf(buf, n, "the reading process ended with status %d", r->status);
	else if (r->status == SIGXCPU)
		snprintf(buf, n, "the limit of processor time was reached (--limit-time)");
	else
		snprintf(buf, n, "the reading process was killed by signal %d (%s)",
			 r->status, strsignal(r->status));
}
