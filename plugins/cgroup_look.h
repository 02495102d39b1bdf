/* plugins/cgroup_look.h - a report of a memory cgroup at its limit, as memory_cgroup.c
 * looks at it: whose limit, what is in the group, who holds it.  Private to that plugin.
 *
 * Units bytes; INQUEST_NULL where the report does not say.
 */
#ifndef CGROUP_LOOK_H
#define CGROUP_LOOK_H

#include "inquest/plugin.h"

#define KERNEL_PERCENT	30	/* of usage: kernel memory worth a word */
#define SHMEM_PERCENT	50

enum relation { REL_UNKNOWN, REL_OWN, REL_ANCESTOR, REL_NONE };
enum which { LIMIT_MEMORY, LIMIT_MEMSW, LIMIT_SWAP, LIMIT_KMEM };

struct look {
	const struct inquest_host *h;
	struct inquest_ctx *ctx;
	const struct inquest_oom *o;
	/* of the limited cgroup and what is below it */
	int64_t anon, file, shmem, kernel, slab, dirty, writeback, unevictable;
};

/* --- cgroup_look.c */
enum relation relate(const struct inquest_oom *o);
int is_below(const char *path, const char *top);
const char *short_name(const struct look *l, const char *path);	/* for a title */
void look_inside(struct look *l);
const char *holder(const struct look *l);
enum which which_limit(const struct inquest_oom *o);
int64_t limit_of(const struct inquest_oom *o, enum which w);
const char *limit_word(enum which w);
int is_before(const struct look *l, long major, long minor);	/* of its kernel */
int version(const struct look *l);		/* of the hierarchy: 1, 2; 0: not known */
int64_t held(const struct inquest_task *t);	/* resident and swapped */

/* --- cgroup_advice.c: what to do, by the kind of cgroup */
void advise(const struct look *l, struct inquest_finding *f, enum relation rel);

/* --- cgroup_more.c: contributing findings */
void say_more(const struct look *l);

#endif
