/* plugins/host_look.h - one host-wide report as memory_host.c looks at it: which zones
 * and nodes the request may use and how they stand, what other nodes have, who holds
 * the memory, and how that is said.  Private to that plugin.
 *
 * Units bytes; INQUEST_NULL where the report does not say.
 */
#ifndef HOST_LOOK_H
#define HOST_LOOK_H

#include "inquest/plugin.h"

struct look {
	const struct inquest_host *h;
	struct inquest_ctx *ctx;
	const struct inquest_event *ev;
	const struct inquest_oom *o;
	const struct inquest_gfp *g;
	const struct inquest_account *a;
	const struct inquest_zone *const *zones;
	size_t n_zones;
	/* over the zones that the request may use */
	size_t usable, short_of_min, no_block, pass, undecided, above_high, no_lists;
	size_t boost_only, atomic_only;	/* fail for these reserves alone */
	size_t atomic_shown;	/* of those: free lists with a block of that reserve */
	size_t too_high;	/* on allowed nodes, above the request's zone */
	int assumed;		/* class zone or allowed nodes are not known for sure */
	/* The request is not told, but the zones below HighMem are short while HighMem has
	 * room: one that may use it would not have come here.  The lower zone it means. */
	const char *below_highmem;
	int64_t slack;		/* best of: free - mark - reserve */
	int64_t free_usable;	/* bytes free in them */
	int64_t high_usable;	/* their high marks and reserves together */
	int64_t atomic_bytes;	/* reserved for atomic requests in them */
	int64_t free_too_high;
	int64_t lack_high;	/* least of: high + reserve - free */
};

int is(const char *a, const char *b);

/* --- host_look.c: zones, nodes, holders */
void tally(struct look *l);
int node_allowed(const struct look *l, int64_t node);	/* not known: yes */
int may_use(const struct look *l, const struct inquest_zone *z);
const char *class_zone(const struct look *l);	/* highest zone of the request, or NULL */
int all_short(const struct look *l);		/* none passes at the min mark */
int all_below_high(const struct look *l);	/* none at high, as the last try asks */
int64_t reclaimable(const struct look *l);
int64_t managed(const struct look *l);
int64_t zones_managed(const struct look *l, int only_allowed);
int64_t free_elsewhere(const struct look *l);	/* on nodes that are not allowed */
int bound(const struct look *l);		/* is there such a node? */
int others_have(const struct look *l, int64_t elsewhere);
int64_t hidden_above(const struct look *l, int64_t *ret_free);
int64_t room_above(const struct look *l, const char **ret_zone);
int64_t marks(const struct look *l);		/* min marks of the zones, without boost */
int all_zones(const struct look *l);		/* is every zone of the machine printed? */
const struct inquest_holding *holder(const struct look *l);

/* --- host_say.c: words, figures, evidence */
const char *kb(const struct look *l, int64_t bytes);
const char *holder_noun(const struct inquest_holding *x);
const char *holder_words(const struct look *l, const struct inquest_holding *x);
void say_request(const struct look *l, struct inquest_finding *f);
void say_zones(const struct look *l, struct inquest_finding *f);
void say_holdings(const struct look *l, struct inquest_finding *f);
void say_missing(const struct look *l, struct inquest_finding *f);
const char *who_binds(const struct look *l);
const char *which_nodes(const struct look *l);
void cite(const struct look *l, struct inquest_finding *f, int zones);

/* --- host_node.c: the nodes that the request may use, and they alone */
const char *node_holder(const struct look *l);
void say_node(const struct look *l, struct inquest_finding *f);
/* Huge pages there that nobody uses; how many pools were named. */
size_t advise_idle_pools(const struct look *l, struct inquest_finding *f);

/* --- host_advice.c */
const struct inquest_task *largest(const struct look *l);	/* by RAM and swap */
/* What to do about free memory in pieces that are too small. */
void advise_blocks(const struct look *l, struct inquest_finding *f);
/* What to do about a machine whose memory is in use. */
void advise_exhausted(const struct look *l, struct inquest_finding *f,
		      const struct inquest_holding *x);

#endif
