/* jail/jail.h - one capture, one child: the fork server and its limits.
 *
 * A capture may be made to break its reader.  So a small server process is forked
 * at the very start (before SQLite is opened and before any thread); for each
 * capture it forks a child, which gives up what it does not need (seccomp: no
 * program, no network, no file to write but unnamed temporary ones; limits on
 * processor time, address space, descriptors, core files) and runs the job.  What
 * becomes of the child is the result; its output went to descriptors that the
 * parent had opened for it.
 *
 * The parent talks to the server over a socket; if the parent dies, server and
 * children die with it.  Several jobs may be under way.  Not for threads.
 */
#ifndef IQ_JAIL_JAIL_H
#define IQ_JAIL_JAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"

struct iq_jail;

#define IQ_JAIL_REQUEST_MAX 40960	/* bytes of a request: paths and options */
#define IQ_JAIL_FDS_MAX 3
#define IQ_JAIL_JOBS_MAX 64		/* children at once */
#define IQ_JAIL_SLOTS 128		/* and jobs, with those that wait */

/* How far a job is; written by the child, read by the parent while it runs. */
struct iq_jail_progress {
	uint64_t done_bytes, all_bytes;
};

/* Runs in the child.  The return value is its exit status (0..100). */
typedef int (*iq_jail_job)(const void *request, size_t n, const int *fds, size_t n_fds,
			   volatile struct iq_jail_progress *progress);

struct iq_jail_result {
	int slot;
	bool exited;		/* else killed by signal */
	int status;		/* exit status, or the signal */
	uint64_t peak_rss_bytes;
};

/* Forks the server.  JOB is what every child runs. */
int iq_jail_start(iq_jail_job job, struct iq_jail **ret, struct iq_err *err);

/* No more than so many children at once, from the next job on (at first
 * IQ_JAIL_SLOTS).  Further jobs wait in the server, which starts the next as soon as
 * one ends, whatever the parent is busy with. */
void iq_jail_at_once(struct iq_jail *j, int children);

/* Starts a job, or queues it.  FDS are handed over (the caller keeps its own).  *ret_slot: its
 * number, below IQ_JAIL_SLOTS, free again once its result was taken. */
int iq_jail_submit(struct iq_jail *j, const void *request, size_t n, const int *fds,
		   size_t n_fds, const struct iq_limits *limits, int *ret_slot,
		   struct iq_err *err);

/* Waits up to TIMEOUT_MS (-1: for ever) for any job to end.  1 and *ret; 0 on
 * timeout or a signal; -1 if the server is gone. */
int iq_jail_wait(struct iq_jail *j, int timeout_ms, struct iq_jail_result *ret,
		 struct iq_err *err);

struct iq_jail_progress iq_jail_progress(const struct iq_jail *j, int slot);

/* Ends the server; jobs under way are killed. */
void iq_jail_stop(struct iq_jail *j);

/* One line on how a job ended that did not exit with a status of its own: "killed
 * by signal 11 (Segmentation fault)", "out of processor time" ... */
void iq_jail_describe(const struct iq_jail_result *r, char *buf, size_t n);

#endif
