/* parse/state/tasks.h - what /proc/PID/ and ps say of processes.
 *
 * Fields that a text does not show stay IQ_NULL or without pointer.  Slices lie in the
 * line that was given; a name that had to be unescaped lies in the struct.  Pure.
 */
#ifndef IQ_PARSE_STATE_TASKS_H
#define IQ_PARSE_STATE_TASKS_H

#include "parse/state/numbers.h"

#define IQ_COMM_MAX 64			/* kernel threads have long names since 5.17 */

struct iq_pid_status {
	struct iq_task task;		/* ->comm in name[] */
	char name[IQ_COMM_MAX];
	char state[2];			/* behind ->task.state */
	bool any, has_memory;		/* lines seen; VmRSS or VmSize among them */
};

/* /proc/PID/status, line by line, then done(): which are kernel threads. */
void iq_pid_status_init(struct iq_pid_status *s);
void iq_pid_status_line(struct iq_pid_status *s, struct iq_slice line);
bool iq_pid_status_done(struct iq_pid_status *s);

/* /proc/PID/stat: one line.  Ticks of start are those of user space, 1/100 s.
 * rss_bytes is left out (pages). */
bool iq_pid_stat(struct iq_slice line, struct iq_task *ret);

/* A line of /proc/PID/cgroup, or of ps's CGROUP column where commas separate them.
 * The memory controller's path, else that of v2, wins; units are those of the path
 * that systemd keeps. */
struct iq_pid_cgroup {
	struct iq_slice memory, unified, systemd;	/* p NULL: not there */
};
bool iq_pid_cgroup_line(struct iq_pid_cgroup *c, struct iq_slice line);
void iq_pid_cgroup_list(struct iq_pid_cgroup *c, struct iq_slice list);
struct iq_slice iq_pid_cgroup_path(const struct iq_pid_cgroup *c);
/* Where the unit's name is: systemd's own hierarchy before the memory controller's,
 * in which a unit without limits may have no group. */
struct iq_slice iq_pid_cgroup_unit(const struct iq_pid_cgroup *c);

/* --- ps --- */

#define IQ_PS_COLUMNS 32

struct iq_ps_table {
	uint8_t column[IQ_PS_COLUMNS];
	size_t n;			/* 0: no header yet */
	uint32_t has;			/* bits of the columns */
};

struct iq_ps_row {
	struct iq_task task;
	bool comm_exact;		/* the kernel's name, not the first word of a command */
	struct iq_slice start;		/* START as printed, one word */
	struct iq_slice start_full;	/* "Sat Nov 21 10:10:51 2026" of lstart */
	struct iq_pid_cgroup cgroup;
};

enum iq_ps_line {
	IQ_PS_NONE,			/* an error, torn, or a thread */
	IQ_PS_HEADER,
	IQ_PS_PROCESS,
	IQ_PS_THREAD_STATE,		/* of the process before: ->task.state */
};

enum iq_ps_line iq_ps_line(struct iq_ps_table *t, struct iq_slice line,
			   struct iq_ps_row *ret);

#endif
