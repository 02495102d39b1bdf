/* plugins/unit.h - the victim's unit, container and cgroup as a bundle shows them: state
 * that was collected after the kill, in the boot of the kill.  Behind a reboot state says
 * nothing of the kill; what files set is taken then, and said to be of that time.
 *
 * Texts are the host's (good until the callback returns).
 */
#ifndef INQUEST_PLUGINS_UNIT_H
#define INQUEST_PLUGINS_UNIT_H

#include <string.h>

#include "inquest/plugin.h"

struct unit {
	int64_t id;
	const char *name, *state, *sub, *result, *restart, *oom_policy, *source;
	int64_t main_pid, exec_pid, exec_code, exec_status, restarts;
	int64_t adj, max, current, peak;
	const char *adj_from, *max_from, *restart_from, *policy_from;
};

struct unit_look {
	const struct inquest_host *h;
	struct inquest_ctx *ctx;
	const struct inquest_event *ev;
	const struct inquest_oom *o;
	const struct inquest_victim *v;		/* the first */
	int64_t snapshot, capture;
	const char *later;			/* ", 36 s later", or "" */
	int rebooted;				/* collected in a later boot: files only */
	struct unit own;			/* the victim's unit; id INQUEST_NULL: not shown */
};

/* 0: the event has no state of its own boot, nor its capture of a later one. */
int unit_later(struct unit_look *l);
/* The unit NAME of that collection, or the template it is made of; its id is INQUEST_NULL
 * where it is not shown. */
struct unit unit_find(const struct unit_look *l, const char *name);
/* FILE, or that none in the bundle has it. */
const char *unit_from(const struct unit_look *l, const struct unit *u, const char *file);
/* "", or that the files are those of a later boot. */
const char *unit_when(const struct unit_look *l);
/* What was killed, where it is limited, what became of it. */
void unit_say_limit(const struct unit_look *l);
void unit_say_adj(const struct unit_look *l);
void unit_say_protected(const struct unit_look *l);
void unit_say_after(const struct unit_look *l);
void unit_say_policy(const struct unit_look *l);
void unit_say_container(const struct unit_look *l);

static inline int unit_same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* Behind the last slash. */
static inline const char *unit_base(const char *path)
{
	const char *s = path ? strrchr(path, '/') : NULL;

	return s ? s + 1 : path;
}

#endif
