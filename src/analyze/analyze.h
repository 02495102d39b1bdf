/* analyze/analyze.h - plugins over the store: facts become findings.
 *
 * iq_analyze() loads the plugins, recomputes for each event the kernel's zone
 * check and choice of victim (kern/), runs every plugin that looks at the event's
 * kind in a child process, and writes the findings; of the cause findings one is
 * chosen as the event's verdict (choose.h says how).  Everything it reads is a view.
 *
 * The caller holds no transaction and no running statement: a child is forked.
 */
#ifndef IQ_ANALYZE_ANALYZE_H
#define IQ_ANALYZE_ANALYZE_H

#include "base/buf.h"
#include "base/err.h"
#include "store/store.h"

struct iq_analyze_opts {
	const char *const *plugin_dirs;		/* searched in this order; NULL-terminated */
	const char *const *only;		/* plugin names, or NULL for all */
	bool again;				/* also events that have a verdict */
	/* What one plugin may take for one event: processor time and time on the
	 * clock.  0: 10 s and 60 s. */
	int64_t cpu_ms, wall_ms;
	/* One line about a plugin that failed: too old, crashed, refused.  */
	void (*remark)(void *arg, const char *text);
	bool (*stop)(void *arg);	/* true: leave after this batch; may be NULL */
	void (*progress)(void *arg, int64_t done, int64_t all);
	void *arg;
};

int iq_analyze(struct iq_store *s, const struct iq_analyze_opts *opts, struct iq_err *err);

/* The same in rounds, for a store that is being filled: each iq_analysis_round() judges
 * the events that came since the one before, and the hosts; iq_analysis_last() whatever
 * is left.  A verdict may rest on all that is known of its host: where a host had more to
 * tell after its events were judged, the last round judges them again, so that the order
 * of captures and the rounds between them make no difference.  Plugins are loaded once,
 * and one that fails too often is not asked in later rounds either.  OPTS stays the
 * caller's until iq_analysis_free(). */
struct iq_analysis;
int iq_analysis_new(struct iq_store *s, const struct iq_analyze_opts *opts,
		    struct iq_analysis **ret, struct iq_err *err);
int iq_analysis_round(struct iq_analysis *a, struct iq_err *err);
int iq_analysis_last(struct iq_analysis *a, struct iq_err *err);
void iq_analysis_free(struct iq_analysis *a);

/* What is loaded, from where: one call per plugin found. */
struct iq_plugin_info {
	const char *name, *version, *description, *path, *kind;	/* kind: "C" or "sql" */
	const char *status;		/* "ok", or why it was refused */
};
int iq_plugins_list(const struct iq_analyze_opts *opts,
		    void (*found)(void *arg, const struct iq_plugin_info *info), void *arg,
		    struct iq_err *err);

/* Who would have died?  ADJ: pid and new oom_score_adj. */
struct iq_whatif {
	int64_t event_id;
	const struct iq_whatif_adj { int64_t pid, adj; } *adj;
	size_t n_adj;
	int64_t limit_bytes;		/* IQ_NULL: as it was */
	const int64_t *without;
	size_t n_without;
};
/* Appends a text answer: the ranking before and after, who dies, what it rests on. */
int iq_whatif(struct iq_store *s, const struct iq_whatif *w, struct iq_buf *out,
	      struct iq_err *err);

#endif
