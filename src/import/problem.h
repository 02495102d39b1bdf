/* import/problem.h - the directory in which ABRT keeps one problem: a report of the kernel
 * without stamps (backtrace), and small files of one word each that say on which host,
 * under which kernel and when it was found.
 *
 * Loose it is a capture of its own; in a bundle several lie in var/spool/abrt.  What these
 * words say is given to the logs and events of the same directory where they say nothing
 * themselves.  Names as libreport's problem_data.h and abrt's oops-utils.c have them.
 * Texts live in the arena of the capture.
 */
#ifndef IQ_IMPORT_PROBLEM_H
#define IQ_IMPORT_PROBLEM_H

#include "base/arena.h"
#include "input/input.h"
#include "model/facts.h"

struct iq_capture_run;

struct iq_problem {
	struct iq_slice dir;		/* of its members' names, with the last slash */
	struct iq_slice hostname, kernel, arch, os_release, machine_id;	/* p NULL: not told */
	int64_t time_us;		/* when it was found first; IQ_NULL: not told */
	bool later;			/* found by the next boot: its kernel, its time */
};

struct iq_problems {
	struct iq_problem *at;
	size_t n, cap;
	struct iq_event *held;		/* events without a wall time, until all is read */
	size_t n_held, cap_held;
	int loose;			/* is the capture itself one? 1, -1 no, 0 not looked */
};

void iq_problems_fini(struct iq_problems *p);

/* The member being read: 1 a word, which was taken; 0 something else; -1 out of memory. */
int iq_problem_take(struct iq_capture_run *c, struct iq_stream *m);

/* Keeps an event that may get its time: 1 it is kept, 0 put it; -1 out of memory. */
int iq_problem_hold(struct iq_capture_run *c, const struct iq_event *e);

/* All members were seen: hosts and boots get what the words say, held events are put. */
int iq_problems_settle(struct iq_capture_run *c, struct iq_err *err);

#endif
