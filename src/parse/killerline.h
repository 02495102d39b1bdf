/* parse/killerline.h - one line of a program that kills for lack of memory or tells of it.
 *
 * A pure function over tables of wordings; slices are views into the line.  The line is
 * the program's own text, its name (ident) is used where the words alone are too common.
 * Wordings: systemd 247 to 262 (oomd-manager.c, unit.c), earlyoom 1.6 to 1.9 (kill.c,
 * main.c), nohang 0.2, facebookincubator/oomd (BaseKillPlugin), Android
 * lowmemorykiller.c 3.10 to 4.11 and lmkd.cpp, kubelet oom_watcher_linux.go and
 * eviction/helpers.go, node-problem-detector, containerd, conmon, Talos 1.12 and later
 * (machined's controllers/runtime/oom.go).
 */
#ifndef IQ_PARSE_KILLERLINE_H
#define IQ_PARSE_KILLERLINE_H

#include "model/facts.h"

enum iq_killer_what {
	IQ_KILLER_NOTHING,
	IQ_KILLER_CONTEXT,		/* why a kill may follow: kept for it */
	IQ_KILLER_VICTIM,		/* who a kill that follows is about (nohang) */
	IQ_KILLER_KILL,			/* it killed */
	IQ_KILLER_DETAIL,		/* what came of its last kill */
	/* told by others, weakest first */
	IQ_KILLER_EXIT,			/* a unit's process died by SIGKILL: no proof */
	IQ_KILLER_RESULT,		/* Failed with result 'oom-kill' */
	IQ_KILLER_TOLD_OOM,		/* the kernel's OOM killer was at work */
	IQ_KILLER_TOLD_OOMD,		/* systemd-oomd was */
};

struct iq_killerline {
	enum iq_killer_what what;
	const char *killer;		/* "systemd-oomd" ...; of a teller: its own name; static */
	struct iq_slice reason;		/* p NULL: the line gives none */
	struct iq_slice comm, cgroup, unit, container;
	int64_t pid, uid, adj, rss_bytes;	/* IQ_NULL: not printed */
	bool needs_context;		/* a kill for memory only if a line before says so */
};

/* IDENT p NULL: not known.  False: a line of no interest; *ret is then untouched. */
bool iq_killerline_parse(struct iq_slice text, struct iq_slice ident,
			 struct iq_killerline *ret);

#endif
